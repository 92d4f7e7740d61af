/*
 * daemon/explain_days.h - the days that one step of a sum counted or skipped.
 *
 * Source:    catalogue R2 to R5 (days, business days); scheduler/calendar.h.
 * Purpose:   a step that counts days (date plus days, BD, BD_FROM, BD_END, NBD,
 *            business_elapsed) taken apart again, day by day.
 * Ownership: borrows everything.
 * Limits:    CC_DAYS_MAX days of one step.
 * Purity:    pure.
 */
#ifndef CC_DAEMON_EXPLAIN_DAYS_H
#define CC_DAEMON_EXPLAIN_DAYS_H

#include "scheduler/calendar.h"
#include "scheduler/trace.h"

enum { CC_DAYS_MAX = 400, CC_DAYS_WHY = 400 };

/* From first to last; number and left change as the days are gone through. */
struct cc_days {
	const struct cc_calendar *calendar;
	const struct cc_zone *zone;
	const struct cc_trace_step *step;
	cc_day first, last;
	int number;
	bool many;	/* more than CC_DAYS_MAX: last lies before first */
};

struct cc_counted {
	int number;			/* of the days counted; 0: not counted */
	int64_t seconds;		/* of the day, where hours are counted; else 0 */
	const struct cc_holiday *holiday;	/* why not, or NULL */
	char why[CC_DAYS_WHY];		/* for people; "" when it counts */
};

/* False when the step counts no days. */
bool cc_days_of(const struct cc_trace_step *s, const struct cc_calendar *c,
    const struct cc_zone *z, struct cc_days *ret);

/* The next day of them in order, from the first on. */
void cc_days_next(struct cc_days *d, cc_day day, struct cc_counted *ret);

#endif
