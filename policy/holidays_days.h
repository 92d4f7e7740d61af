/*
 * policy/holidays_days.h - the days a holiday file gives, while it is read.
 *
 * Purpose:   what holidays.c, holidays_ics.c and nobody else share.
 * Limits:    CC_HOLIDAYS_DAYS.
 * Ownership: the list lives in a scratch arena; names in the arena of the
 *            result.
 * Threads:   none; no state.
 */
#ifndef CC_POLICY_HOLIDAYS_DAYS_H
#define CC_POLICY_HOLIDAYS_DAYS_H

#include "policy/holidays.h"

struct cc_holidays_days {
	struct cc_holiday *day;	/* room for CC_HOLIDAYS_DAYS, as found */
	uint32_t n;
	cc_day first, last;	/* vouched for */
};

/* What is read, and where the parts go. */
struct cc_holidays_job {
	const struct cc_holidays_source *src;
	struct cc_str bytes;
	struct cc_arena *arena;	/* for the result */
	struct cc_arena *tmp;	/* for everything else */
	struct cc_holidays_days days;
};

/* False when the list is full. */
bool cc_holidays_add(struct cc_holidays_days *d, struct cc_holiday h);

/* A name for explain: one line, control characters made spaces, at most
 * CC_HOLIDAYS_NAME bytes of whole characters.  NULL without memory. */
const char *cc_holidays_name(struct cc_arena *a, struct cc_str s);

/* Reads the iCalendar text j->bytes into j->days. */
enum cc_code cc_holidays_ics(struct cc_holidays_job *j, struct cc_err *reterr)
    CC_MUST_USE;

#endif
