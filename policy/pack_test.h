/*
 * policy/pack_test.h - a pack's own tests: histories and the clocks they must
 * give.
 *
 * Source:    docs/policy-language.md section 10.
 * Purpose:   read test files, each test ready to run; run one, and say line by
 *            line where what was found differs from what was expected.
 * Ownership: tests and all they hold live in the arena they were read into and
 *            borrow the pack; a difference lives in the arena of its run.
 * Errors:    a mistaken file adds to the list of diagnostics, each at its place;
 *            its good tests are there nevertheless, and must not be run.
 * Limits:    the enum below, and those of policy/yaml.h for each file; what is
 *            over them is reported.
 * Threads:   reading: one thread.  Running: any, each with its own arena.
 */
#ifndef CC_POLICY_PACK_TEST_H
#define CC_POLICY_PACK_TEST_H

#include "policy/diag.h"
#include "scheduler/why.h"

enum {
	CC_PACK_TESTS_MAX = 20000,
	CC_PACK_TEST_EVENTS = 5000,	/* of one test, its history among them */
	CC_PACK_TEST_RULES = 64, CC_PACK_TEST_LINES = 1000
};

/* Lines of text, sorted; a record is written as it stands in a test file. */
struct cc_pack_lines {
	const char **v;
	uint32_t n, cap;
};

struct cc_pack_test {
	const char *name;
	struct cc_place at;
	const struct cc_rule **rules;
	uint16_t nrules;
	struct cc_case c;
	struct cc_wall now;
	bool as_known;
	struct cc_wall known_at;
	const struct cc_calendar *calendar;	/* instead of the pack's, or NULL */
	struct cc_pack_lines clocks, alerts;
	bool wants_alerts;
};

struct cc_pack_tests {
	const struct cc_pack *pack;
	struct cc_arena *arena;
	struct cc_diags *diags;
	struct cc_pack_test *v;
	uint32_t n, cap;
};

/* Adds the tests of one file to `t`, whose pack, arena and diags are set.  False
 * when the file has mistakes. */
bool cc_pack_test_read(struct cc_pack_tests *t, const char *path);

/* The same of text in memory; `name` stands for the file in messages. */
bool cc_pack_test_parse(struct cc_pack_tests *t, const char *name, struct cc_str text);

/*
 * What differs: lines that begin with "- " (expected, not found) or "+ " (found,
 * not expected), none when the test holds.  CC_ENOMEM, CC_ERANGE (cc_eval_case).
 */
enum cc_code cc_pack_test_run(const struct cc_pack *p, const struct cc_pack_test *t,
    struct cc_arena *a, struct cc_pack_lines *ret, struct cc_err *reterr) CC_MUST_USE;

/* Why one of its rules gives the clocks that it gives.  Errors of cc_why_not. */
enum cc_code cc_pack_test_why(const struct cc_pack *p, const struct cc_pack_test *t,
    const struct cc_rule *rule, struct cc_arena *a, struct cc_why *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
