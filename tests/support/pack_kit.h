/*
 * tests/support/pack_kit.h - policy packs and histories, for tests.
 *
 * Purpose:   a pack from texts in memory (through a folder that is removed at
 *            once) or from a folder of the tree; a history from lines of JSON;
 *            what a pack says of it, as records or in short lines.
 * Ownership: a struct cc_test_pack owns all it holds: cc_test_pack_done.  Texts
 *            given back belong to the caller: free().
 * Errors:    what a test cannot go on with fails the CMocka test that runs.
 */
#ifndef CC_TESTS_SUPPORT_PACK_KIT_H
#define CC_TESTS_SUPPORT_PACK_KIT_H

#include "policy/load.h"
#include "scheduler/eval.h"

struct cc_test_file {
	const char *name;	/* "rules/a.yaml" */
	const char *text;
};

struct cc_test_pack {
	struct cc_arena arena;
	struct cc_diags diags;		/* without the folder's name */
	const struct cc_pack *pack;	/* NULL: refused */
	struct cc_err err;
	enum cc_code code;
};

/* All zones of the system, loaded once. */
const struct cc_zones *cc_test_system_zones(void);

/* Goes to the root of the tree; the tests run in any folder of it. */
int cc_test_go_to_the_tree(void);

void cc_test_pack_load(const char *dir, struct cc_test_pack *ret);
/* The files of the table; of two with one name the last counts, and a text NULL
 * leaves the file out. */
void cc_test_pack_make(const struct cc_test_file *files, unsigned n,
    struct cc_test_pack *ret);
void cc_test_pack_done(struct cc_test_pack *p);

/* It was loaded; or refused with these lines and no other. */
void cc_test_pack_expect(const struct cc_test_pack *p, const char *const *lines, unsigned n);

/* A line of input. */
#define CC_TEST_EVENT(id, type, time, data)                                  \
	CC_TEST_EVENT_FROM("/a", id, type, time, data)
#define CC_TEST_EVENT_FROM(source, id, type, time, data)                     \
	"{\"specversion\":\"1.0\",\"id\":\"" id "\",\"source\":\"" source       \
	"\",\"type\":\"" type "\",\"subject\":\"k\",\"time\":\"" time           \
	"\",\"data\":{" data "}}"

/* The case of those lines; an event is recorded a second after the one before
 * it, from 1970 on. */
struct cc_case cc_test_case(const struct cc_pack *p, const char *const *lines,
    unsigned n, struct cc_arena *a);

/* "2026-03-02T12:00:00Z" */
struct cc_wall cc_test_wall(const char *text);

/* The clock records of `simulate`, a line each. */
char *cc_test_records(const struct cc_pack *p, const char *const *lines,
    unsigned n, const char *now);

/* The same, shorter: "rule subject period state started due ended", instants as
 * "03-02T12:00:00" in the case's zone, "-" for none; of these rules only
 * (separated by blanks; NULL: all). */
char *cc_test_brief(const struct cc_pack *p, const char *rules,
    const char *const *lines, unsigned n, const char *now);

#endif
