/*
 * tests/unit/engine_lab.h - an engine on the store in memory, turned by hand.
 *
 * Purpose:   what the tests of the engine share: commits that can be made to fail, an
 *            outlet that is looked into, and time that passes when the test says so.
 * Ownership: lab_begin makes everything, lab_end checks the store and frees it.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_UNIT_ENGINE_LAB_H
#define CC_TESTS_UNIT_ENGINE_LAB_H

#include "daemon/reader.h"
#include "tests/support/setup_kit.h"

enum { HOUR = 3600, DAY = 86400, MANY = 64 };

struct lab {
	struct cc_kit kit;
	struct cc_store *store, *reader_store;
	struct cc_engine *engine;
	struct cc_reader *reader;
	struct cc_figures figures;
	struct cc_outlet outlet;
	struct cc_arena arena;
	unsigned commits, woken;
	uint32_t back_at_commit;	/* most that was in the outlet at a commit */
	unsigned calls, fail_from, fail_to;	/* of commits: these fail */
	uint64_t claims;		/* batches of messages taken from this engine */
};

/* Set-up and tear-down; *state is a struct lab. */
int lab_begin(void **state);
int lab_end(void **state);

/* A new engine on the same store, under this owner's name. */
void lab_start(struct lab *l, const char *owner);

struct cc_job *lab_submit(struct lab *l, const char *line);

/* What comes back must be these, in this order. */
void lab_expect_back(struct lab *l, struct cc_job *const *jobs, unsigned n);

/* One event in its own group; its result. */
enum cc_job_result lab_tell(struct lab *l, const char *line);

/* Says that there is room for so many messages of any channel. */
void lab_want(struct lab *l, uint32_t n);

void lab_turn_to(struct lab *l, int64_t at);

/* Lets time pass up to `until`, stopping at each instant the engine asks for; how many
 * turns that took. */
unsigned lab_live(struct lab *l, int64_t until);

/* The alerts of a case, good until the next call. */
struct cc_store_alerts lab_alerts(struct lab *l, const char *case_id);
bool lab_is(struct cc_str s, const char *text);
int64_t lab_events_kept(struct lab *l);

#endif
