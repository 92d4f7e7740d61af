/*
 * tests/support/case.h - cases told in a few words, under the Texas pack.
 *
 * Purpose:   events as JSON lines or in short form, evaluated at an instant, and
 *            the printed clock lines; and tables of such cases, each row a test
 *            of its own.  Every event goes through the reader of wire/ and the
 *            compact form, as in the daemon.
 * Format:    short form, one event a line:
 *                TIME TYPE [FIELD=VALUE ...] [#ID[@SOURCE]]
 *            TIME is RFC 3339; VALUE is [A,B,...], true, false, a number or a
 *            text.  Without #ID the n-th event of the case is "en"; without a
 *            source it is "/t".  tests/support/words.h has words for most lines.
 * Ownership: a case owns its events (cc_case_end); printed lines are malloc's.
 * Errors:    what is not as expected fails the CMocka test that runs.
 * Threads:   one.
 */
#ifndef CC_TESTS_SUPPORT_CASE_H
#define CC_TESTS_SUPPORT_CASE_H

#include "scheduler/eval.h"

enum { CC_CASE_ARENA = 64 * 1024 * 1024 };

/* Events in order of arrival; recorded at their own time unless a test says
 * otherwise. */
struct cc_case_file {
	struct cc_case c;
	struct cc_input *events;
	uint32_t cap;
	struct cc_arena arena;
	struct cc_wall last;		/* the greatest time */
};

/* The pack of CC_SRC (or the current folder), loaded at the first call. */
const struct cc_pack *cc_case_pack(void);

/* Load the pack anew, with the calendar of this file of the source tree; what was
 * made under the pack before is gone. */
void cc_case_pack_with(const char *holidays);

/* The path of a file of the source tree, freed with free(). */
char *cc_case_path(const char *file);

void cc_case_begin(struct cc_case_file *f, const char *id);
void cc_case_end(struct cc_case_file *f);

/* One event as a JSON line without its newline. */
void cc_case_json(struct cc_case_file *f, const char *line, size_t n);

/* Events in short form, each line one. */
void cc_case_short(struct cc_case_file *f, const char *lines);

/* Another event whose compact form is `bytes`, which the caller keeps. */
void cc_case_take(struct cc_case_file *f, struct cc_input in, struct cc_wall time);

/* Everything known, at now. */
struct cc_eval_options cc_case_at(struct cc_wall now);

/* The clocks, in the arena. */
struct cc_result cc_case_eval(const struct cc_case *c,
    const struct cc_eval_options *o, struct cc_arena *a);

/* The records of a result at now, each with its newline; freed with free(). */
char *cc_case_records(const struct cc_case *c, const struct cc_result *r,
    struct cc_wall now);

/* The same of a case evaluated at now, in an arena of its own. */
char *cc_case_print(const struct cc_case *c, const struct cc_eval_options *o);

/* Every value of every clock, armed or not, a line each: what does not depend on
 * now.  Freed with free(). */
char *cc_case_dump(const struct cc_result *r);

struct cc_wall cc_case_time(const char *rfc3339);

/* One test: what one rule says of a case at an instant.  `expect` has a line
 * "SUBJECT PERIOD STATE STARTED DUE ENDED" for each record, "-" for null. */
struct cc_case_row {
	const char *name;
	const char *events;
	const char *now;
	const char *rule;
	const char *expect;
};

/* Run each row as a test of its name; what main() returns. */
int cc_case_run(const char *group, const struct cc_case_row *rows, size_t n);

#endif
