/*
 * scheduler/civil.h - civil dates, zone tables, and the local day.
 *
 * Source:    rule sheet G5; catalogue 0.1 and R1 to R10; DESIGN.md section 3.
 * Purity:    no clock, no I/O, no allocation, no globals; a zone is a table
 *            that the shell loaded (policy/tzif.h).
 * Units:     struct cc_wall UTC seconds; cc_day days since 1970-01-01;
 *            seconds of the day 0 to 86399; offsets seconds east of UTC.
 * Ownership: borrows every argument.
 * Invariant: transitions are strictly increasing; nkinds >= 1; every index
 *            is in range (the loader proves it).
 */
#ifndef CC_SCHEDULER_CIVIL_H
#define CC_SCHEDULER_CIVIL_H

#include "scheduler/base.h"

struct cc_civil {
	int year, month, day;	/* month 1 to 12, day 1 to 31 */
};

/* One kind of local time: offset east of UTC, and its abbreviation. */
struct cc_zone_kind {
	int32_t offset;
	bool dst;
	char abbr[8];
};

/* When a yearly change happens, in the words of a POSIX TZ footer. */
struct cc_zone_change {
	enum { CC_CHANGE_M = 1, CC_CHANGE_J, CC_CHANGE_N } form;
	int month, week, wday;	/* form M: 1-12, 1-5, 0-6 (0 Sunday) */
	int yday;		/* forms J (1-365, no leap day) and N (0-365) */
	int32_t time;		/* seconds after local midnight, may be <0 or >86400 */
};

/* What holds after the last transition. */
struct cc_zone_rule {
	bool has_dst;
	struct cc_zone_kind std, dst;
	struct cc_zone_change to_dst, to_std;
};

struct cc_zone {
	const char *name;
	const int64_t *at;		/* ntrans instants, increasing */
	const uint8_t *kind_at;		/* kind from at[i] on */
	const struct cc_zone_kind *kinds;
	uint32_t ntrans, nkinds;
	uint32_t first_kind;		/* before at[0] */
	bool has_rule;			/* else the last kind holds for ever */
	struct cc_zone_rule rule;
};

cc_day cc_day_of(struct cc_civil c);
struct cc_civil cc_civil_of(cc_day d);
bool cc_civil_ok(struct cc_civil c);		/* a real date, years 1 to 9999 */
int cc_weekday(cc_day d);			/* 0 Sunday to 6 Saturday */

/* The kind of local time in force at t. */
const struct cc_zone_kind *cc_zone_at(const struct cc_zone *z, struct cc_wall t);

/* D(t): the local date of t. */
cc_day cc_local_day(const struct cc_zone *z, struct cc_wall t);

/* Local seconds since the local midnight that a clock on the wall shows. */
int32_t cc_local_seconds(const struct cc_zone *z, struct cc_wall t);

/* LOCAL(d, s): the instant at which the wall shows s seconds after midnight of
 * d.  In a gap the offset in force before it is used; in an overlap the first. */
struct cc_wall cc_local(const struct cc_zone *z, cc_day d, int32_t s);

/* SOD(d): the first instant of local date d (also where midnight is skipped).
 * EOD(d): SOD(d + 1) - 1 s. */
struct cc_wall cc_sod(const struct cc_zone *z, cc_day d);
struct cc_wall cc_eod(const struct cc_zone *z, cc_day d);

/* The same day of the month n months on, clamped to that month's last day. */
cc_day cc_add_months(cc_day d, int n);

/*
 * RFC 3339 with an offset ("Z" or "+hh:mm") to an instant; fractions are cut.
 * Refused: no offset, a date that does not exist, second 60, an instant
 * outside 1970-01-01T00:00:00Z to 2099-12-31T23:59:59Z, anything left over.
 * CC_EINVAL with words for people.
 */
enum cc_code cc_wall_parse(struct cc_str text, struct cc_wall *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* "YYYY-MM-DD", a real date in 1970 to 2099.  CC_EINVAL. */
enum cc_code cc_day_parse(struct cc_str text, cc_day *ret,
    struct cc_err *reterr) CC_MUST_USE;

enum { CC_WALL_TEXT = 24, CC_DAY_TEXT = 12, CC_LOCAL_TEXT = 48 };

/* "2026-03-09T00:30:00Z" */
void cc_wall_format(struct cc_wall t, char ret[CC_WALL_TEXT]);
/* "2026-03-09" */
void cc_day_format(cc_day d, char ret[CC_DAY_TEXT]);
/* For people: "Mon 2026-03-09 19:30:00 CDT" */
void cc_local_format(const struct cc_zone *z, struct cc_wall t,
    char ret[CC_LOCAL_TEXT]);

#endif
