/*
 * scheduler/calendar.h - business days, holidays, the weekly business block.
 *
 * Source:    catalogue 0.1 (BD_END, NBD), R4, R5; calendar of the pack.
 * Purity:    no clock, no I/O, no allocation, no globals.
 * Units:     cc_day civil dates; seconds of the local day; weekday 0 Sunday.
 * Ownership: borrows the table of holidays, which is sorted and unique.
 */
#ifndef CC_SCHEDULER_CALENDAR_H
#define CC_SCHEDULER_CALENDAR_H

#include "scheduler/civil.h"

struct cc_holiday {
	cc_day day;
	const char *name;	/* for explain: what day it is */
	uint32_t line;		/* line of the file that says so, 0 unknown */
};

struct cc_calendar {
	const struct cc_holiday *holidays;	/* sorted by day, unique */
	uint32_t nholidays;
	const char *file;	/* that names them, NULL: not known */
	cc_day first, last;	/* dates the holiday data vouches for; first > last: none */
	uint8_t workdays;	/* bit n set: weekday n is a work day (0 Sunday) */
	int block_from_wday, block_to_wday;	/* the weekly block: from weekday */
	int32_t block_from_s, block_to_s;	/* and second, up to, not including */
};

const struct cc_holiday *cc_holiday_on(const struct cc_calendar *c, cc_day d);
bool cc_business_day(const struct cc_calendar *c, cc_day d);

/* The n-th business day after d (n >= 1); d itself is not counted.  After
 * CC_BUSINESS_SEARCH days without one it gives d + n: a calendar without work
 * days cannot hang the caller (the loader refuses one). */
enum { CC_BUSINESS_SEARCH = 4000 };
cc_day cc_business_after(const struct cc_calendar *c, cc_day d, int n);

/* The n-th business day from d on, d counted when it is one. */
cc_day cc_business_from(const struct cc_calendar *c, cc_day d, int n);

/* R5: inside the weekly block, and not a holiday. */
bool cc_in_block(const struct cc_calendar *c, const struct cc_zone *z,
    struct cc_wall t);

/* NBD(t), R5: that same day if t lies before the block's opening second on its
 * first weekday and that day is a business day; else the first business day
 * after the local date. */
cc_day cc_next_business(const struct cc_calendar *c, const struct cc_zone *z,
    struct cc_wall t);

/* The first instant at which `d` seconds of elapsed time have been counted on
 * business days since t (baby-moses-specialist-24h). */
struct cc_wall cc_business_elapsed(const struct cc_calendar *c,
    const struct cc_zone *z, struct cc_wall t, cc_dur_s d);

#endif
