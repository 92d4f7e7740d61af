/*
 * daemon/backoff.h - when a message that could not be delivered is tried again.
 *
 * Source:    DESIGN.md section 7 (Delivery).
 * Purity:    no clock, no randomness of its own: jitter is an argument.
 * Units:     seconds.
 */
#ifndef CC_DAEMON_BACKOFF_H
#define CC_DAEMON_BACKOFF_H

#include "scheduler/base.h"

enum { CC_BACKOFF_LEAST = 30, CC_BACKOFF_MOST = 3600 };

/*
 * The wait after the n-th attempt (1, 2, ...) failed: anything from CC_BACKOFF_LEAST to
 * a ceiling that doubles with each attempt up to CC_BACKOFF_MOST, chosen by `jitter`
 * (any number); what the far side asked for (`retry_after`, -1: nothing) is never
 * undercut.
 */
cc_dur_s cc_backoff(uint32_t attempt, int64_t retry_after, uint32_t jitter);

#endif
