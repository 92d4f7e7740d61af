/*
 * daemon/backoff.h - when what could not be done is tried again.
 *
 * Source:    DESIGN.md section 7 (Delivery).
 * Purity:    no clock, no randomness of its own: jitter is an argument.
 * Units:     seconds.
 */
#ifndef CC_DAEMON_BACKOFF_H
#define CC_DAEMON_BACKOFF_H

#include "scheduler/base.h"

/* alerts.retry_first and alerts.retry_most: 1 s <= first <= most. */
struct cc_backoff_range {
	cc_dur_s first, most;
};

/*
 * The wait after the n-th attempt (1, 2, ...) failed: anything from `first` to a ceiling
 * that doubles with each attempt up to `most`, chosen by `jitter` (any number), so that
 * those who failed together do not come back together; what the far side asked for
 * (`retry_after`, -1: nothing) is never undercut.
 */
cc_dur_s cc_backoff(const struct cc_backoff_range *r, uint32_t attempt, int64_t retry_after,
    uint32_t jitter);

#endif
