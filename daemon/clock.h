/*
 * daemon/clock.h - the one place of the daemon that reads a clock.
 *
 * Source:    DESIGN.md section 3; house style for time.
 * Purpose:   a step samples once and hands the sample down by value, so that all
 *            of a step happens at one instant.
 * Units:     wall: UTC seconds; mono: milliseconds that never jump, for waits
 *            only, never stored.
 * Threads:   any.
 */
#ifndef CC_DAEMON_CLOCK_H
#define CC_DAEMON_CLOCK_H

#include "scheduler/base.h"

struct cc_mono {
	int64_t ms;
};

struct cc_now {
	struct cc_wall wall;
	struct cc_mono mono;
};

struct cc_now cc_now_read(void);

/* The same under the type of a source of time that tests may replace. */
typedef struct cc_now cc_now_fn(void *self);
struct cc_now cc_now_system(void *self);

#endif
