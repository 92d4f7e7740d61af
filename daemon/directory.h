/*
 * daemon/directory.h - the staff: who they are, how to reach them, who is above.
 *
 * Source:    DESIGN.md section 7 (People).
 * Purpose:   a CSV file with the columns of CC_STAFF_COLUMNS in any order becomes a
 *            table sorted by staff_id, its links resolved and free of circles.
 *            Four more columns may be there: language, quiet_from, quiet_until (HH:MM,
 *            both or neither) and digest_at (HH:MM, or "none").
 * Units:     dates are civil days local to the row's zone, both included; times of the
 *            day in seconds.
 * Ownership: the table lives in the caller's arena and borrows pack and zones.
 * Errors:    all mistakes are reported, each with file, line and column: an unknown,
 *            missing or doubled column; a double staff_id; an unknown role,
 *            supervisor, delegate, time zone or endpoint; a circle of supervisors; a
 *            bad date, address or id; half a leave, or one that ends before it begins.
 * Limits:    CC_DIRECTORY_BYTES a file, CC_DIRECTORY_ROWS rows.
 * Threads:   read-only once loaded.
 */
#ifndef CC_DAEMON_DIRECTORY_H
#define CC_DAEMON_DIRECTORY_H

#include "policy/diag.h"
#include "scheduler/arena.h"
#include "scheduler/pack.h"

enum { CC_DIRECTORY_BYTES = 32 * 1024 * 1024, CC_DIRECTORY_ROWS = 200000 };

struct cc_person {
	struct cc_str id;
	uint8_t role;			/* place in the chain */
	const char *email, *webhook, *unit;	/* "" when not given */
	const struct cc_zone *zone;
	const struct cc_person *supervisor, *delegate;	/* or NULL */
	const char *language;			/* "" when not given */
	int32_t quiet_from, quiet_until;	/* -1: the configuration's */
	int32_t digest_at;			/* -1: the configuration's, -2: none */
	bool has_leave;
	cc_day away_from, away_until;
};

struct cc_directory {
	const struct cc_person *people;	/* sorted by id */
	uint32_t n;
};

struct cc_directory_source {
	const char *path;
	const struct cc_chain *chain;
	const struct cc_zones *zones;
	const struct cc_zone *zone;		/* of rows that name none */
	/* Whether the configuration has an endpoint of that name. */
	bool (*endpoint)(const void *self, const char *name);
	const void *self;
};

/* CC_EINVAL after mistakes, CC_EIO, CC_ENOENT, CC_ERANGE, CC_ENOMEM; every one is in
 * the list of diagnostics too. */
enum cc_code cc_directory_load(const struct cc_directory_source *src,
    struct cc_arena *a, struct cc_diags *d, struct cc_directory *ret) CC_MUST_USE;

/* The same from text in memory; src->path names it. */
enum cc_code cc_directory_parse(const struct cc_directory_source *src,
    struct cc_str text, struct cc_arena *a, struct cc_diags *d,
    struct cc_directory *ret) CC_MUST_USE;

/* The person of that id, or NULL. */
const struct cc_person *cc_directory_find(const struct cc_directory *dir,
    struct cc_str id);

/* Whether the person is on leave at t. */
bool cc_person_away(const struct cc_person *p, struct cc_wall t);

#endif
