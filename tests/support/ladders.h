/*
 * tests/support/ladders.h - the default ladders, built by hand, and an arena.
 *
 * Source:    DESIGN.md section 7, the table of default ladders.  A repeat or a
 *            remind counts from the rung before it.
 * Ownership: static data; the arena is ended with cc_arena_done.
 */
#ifndef CC_TESTS_SUPPORT_LADDERS_H
#define CC_TESTS_SUPPORT_LADDERS_H

#include "scheduler/arena.h"
#include "scheduler/rule.h"

#define CC_TEST_H ((int64_t)3600)
#define CC_TEST_D ((int64_t)86400)

enum {
	CC_TEST_R0 = 1, CC_TEST_R1 = 2, CC_TEST_R2 = 4, CC_TEST_R3 = 8
};

/* Due within 72 h, due later, immediate, gate and freshness, window. */
extern const struct cc_ladder cc_test_short, cc_test_long, cc_test_immediate,
    cc_test_failed, cc_test_window;
extern const struct cc_ladders cc_test_ladders;

/* An arena over the heap that may hold `limit` bytes. */
struct cc_arena cc_test_arena(size_t limit);

/* A number below `n`, from a seed that it moves on (splitmix64). */
uint64_t cc_test_random(uint64_t *seed, uint64_t n);

/* CC_SEED from the environment, else `otherwise`; prints what it gives. */
uint64_t cc_test_seed(uint64_t otherwise);

/*
 * How many random cases: `n`, or, with CC_CASES in the environment (1 to 1,000,000),
 * as many more or fewer as CC_CASES is more or fewer than `of`; at least 1.
 */
unsigned cc_test_count(unsigned n, unsigned of);

#endif
