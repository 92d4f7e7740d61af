/*
 * policy/ics_scan.h - a first look at an iCalendar text: lines and nesting.
 *
 * Purpose:   libical tells no line numbers and is quiet about much.  This
 *            look finds where each event and each of its properties stands,
 *            and refuses what must never reach the library: other nesting
 *            than events in one calendar, or too much of anything.
 * Source:    RFC 5545 sections 3.1 (folding) and 3.4 to 3.6.
 * Limits:    CC_HOLIDAYS_LINES, CC_HOLIDAYS_EVENTS, four components deep.
 * Ownership: everything lives in the arena that is handed in.
 * Errors:    CC_EINVAL with "FILE:LINE:COLUMN: "; CC_ERANGE; CC_ENOMEM.
 * Threads:   none; no state.
 */
#ifndef CC_POLICY_ICS_SCAN_H
#define CC_POLICY_ICS_SCAN_H

#include "scheduler/arena.h"

/* One content line, unfolded: NAME;params:value. */
struct cc_ics_prop {
	struct cc_str name, value;
	uint32_t line;		/* where it begins */
	uint32_t column;	/* of the value, if the line is not folded */
};

struct cc_ics_event {
	uint32_t line;		/* of BEGIN:VEVENT */
	const struct cc_ics_prop *props;	/* its own, not an alarm's */
	uint32_t nprops;
};

struct cc_ics {
	struct cc_ics_event *events;	/* in the order of the file */
	uint32_t nevents;
	struct cc_ics_prop reviewed;	/* X-CASECLOCK-REVIEWED; line 0: none */
};

/* Looks through `text`, called `path` in errors. */
enum cc_code cc_ics_scan(const char *path, struct cc_str text,
    struct cc_arena *a, struct cc_ics *ret, struct cc_err *reterr)
    CC_MUST_USE;

/* The first property of that name, whatever its case, or NULL. */
const struct cc_ics_prop *cc_ics_prop(const struct cc_ics_event *e,
    const char *name);

#endif
