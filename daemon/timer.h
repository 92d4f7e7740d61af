/*
 * daemon/timer.h - one timer on the wall clock, which notices when that jumps.
 *
 * Source:    DESIGN.md section 8 (one timer, at most 30 s ahead).
 * Purpose:   calls back at the instant it was set for, after CC_TIMER_MOST seconds at
 *            the latest, and at once when the wall clock was set; the callee looks what
 *            is due and sets it again.
 * Threads:   the loop's.
 * Errors:    CC_EIO  the system gives no such timer.
 */
#ifndef CC_DAEMON_TIMER_H
#define CC_DAEMON_TIMER_H

#include <uv.h>

#include "daemon/clock.h"

enum { CC_TIMER_MOST = 30 };

struct cc_timer {
	uv_poll_t poll;
	int fd;
	bool open;
	void (*on_time)(struct cc_timer *t, bool jumped);
	void *data;
};

enum cc_code cc_timer_open(struct cc_timer *t, uv_loop_t *loop, struct cc_err *reterr)
    CC_MUST_USE;

/* Sets it for `at` (CC_NEVER: no instant is known); what has passed fires in the next
 * second, never at once: so that a fault cannot make it spin. */
void cc_timer_set(struct cc_timer *t, struct cc_wall at, struct cc_wall now);

void cc_timer_close(struct cc_timer *t);	/* twice is fine */

#endif
