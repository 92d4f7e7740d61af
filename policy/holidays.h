/*
 * policy/holidays.h - the holidays of a calendar, from a reviewed file.
 *
 * Source:    catalogue R4, R5; DESIGN.md section 6 (--holidays).
 * Formats:   iCalendar (RFC 5545) when the name ends in .ics or the text
 *            begins with BEGIN:VCALENDAR; else a plain list.
 *
 *   A plain list has one date YYYY-MM-DD a line; "#" begins a comment, which
 *   after a date is the name of that day; blank lines count nothing.  It
 *   vouches for the whole years from its first date to its last; a list
 *   without a date says that there are no holidays, in any year.
 *
 *   Of an iCalendar file whole-day VEVENTs count (DTSTART a date, no longer
 *   than 31 days by DTEND or DURATION), with RRULE from DAILY up, RDATE and
 *   EXDATE.  DTSTART must be the first day that its RRULE gives.  The kind
 *   is in CATEGORIES.  STATUS:CANCELLED does not count.  It vouches for the
 *   years of the calendar's property X-CASECLOCK-REVIEWED:FROM/TO (two
 *   dates, both included), without it for none.  Rules run on to the end of
 *   2099 all the same.
 *
 * Limits:    the enum below; over any of them the file is refused.
 * Ownership: the table lives in the arena; nothing stays there after an
 *            error.
 * Errors:    CC_EINVAL a bad file: the text begins "FILE:LINE:COLUMN: " and
 *            says what was expected; CC_ERANGE a limit; CC_ENOENT, CC_EIO,
 *            CC_ENOMEM.
 * Threads:   libical keeps process-wide settings that this module sets to
 *            the same value each time; call it from one thread at a time.
 */
#ifndef CC_POLICY_HOLIDAYS_H
#define CC_POLICY_HOLIDAYS_H

#include "policy/fnv.h"
#include "scheduler/arena.h"
#include "scheduler/calendar.h"

enum {
	CC_HOLIDAYS_BYTES = 1024 * 1024,	/* of one file */
	CC_HOLIDAYS_LINES = 50000,
	CC_HOLIDAYS_EVENTS = 2000,
	CC_HOLIDAYS_RULES = 200,		/* RRULEs of one file */
	CC_HOLIDAYS_OF_EVENT = 5000,		/* days one event gives */
	CC_HOLIDAYS_DAYS = 20000,		/* days all events give */
	CC_HOLIDAYS_SPAN = 31,			/* days of one occurrence */
	CC_HOLIDAYS_NAME = 200			/* bytes of a name */
};

struct cc_holidays_source {
	const char *path;		/* the file, and its name in errors */
	const char *const *drop;	/* kinds (CATEGORIES) that do not count */
	uint32_t ndrop;
	bool drop_must_exist;		/* refuse a kind that no event has */
};

/*
 * Loads src->path and fills holidays, nholidays, first and last of *ret; the
 * other members stay as they are.  ret_version gets the hash of the content
 * and of the kinds dropped: what a derivation is stamped with.
 */
enum cc_code cc_holidays_load(const struct cc_holidays_source *src,
    struct cc_arena *a, struct cc_calendar *ret,
    char ret_version[CC_FNV_TEXT], struct cc_err *reterr) CC_MUST_USE;

/* The same from bytes in memory. */
enum cc_code cc_holidays_parse(const struct cc_holidays_source *src,
    struct cc_str bytes, struct cc_arena *a, struct cc_calendar *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
