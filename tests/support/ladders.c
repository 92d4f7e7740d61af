#include "tests/support/ladders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define H CC_TEST_H
#define D CC_TEST_D
#define R0 CC_TEST_R0
#define R1 CC_TEST_R1
#define R2 CC_TEST_R2
#define R3 CC_TEST_R3

#define REPEAT(n, amount) \
	{"repeat-" #n, CC_RUNG_AFTER, (amount), R0 | R1, CC_CRITICAL}

static const struct cc_rung short_rungs[] = {
	{"elapsed-75", CC_RUNG_ELAPSED, 75, R0, CC_WARNING},
	{"breach", CC_RUNG_BREACH, 0, R0 | R1, CC_CRITICAL},
	{"after-4h", CC_RUNG_AFTER, 4 * H, R2, CC_CRITICAL},
	{"after-12h", CC_RUNG_AFTER, 12 * H, R3, CC_CRITICAL},
	REPEAT(1, 36 * H), REPEAT(2, 84 * H), REPEAT(3, 180 * H),
	REPEAT(4, 348 * H), REPEAT(5, 516 * H), REPEAT(6, 684 * H),
	REPEAT(7, 852 * H), REPEAT(8, 1020 * H), REPEAT(9, 1188 * H),
	REPEAT(10, 1356 * H),
};

static const struct cc_rung long_rungs[] = {
	{"before-3d", CC_RUNG_BEFORE, 3 * D, R0, CC_NOTICE},
	{"before-1d", CC_RUNG_BEFORE, 1 * D, R0, CC_WARNING},
	{"breach", CC_RUNG_BREACH, 0, R0 | R1, CC_CRITICAL},
	{"after-1d", CC_RUNG_AFTER, 1 * D, R2, CC_CRITICAL},
	{"after-3d", CC_RUNG_AFTER, 3 * D, R3, CC_CRITICAL},
	REPEAT(1, 4 * D), REPEAT(2, 6 * D), REPEAT(3, 10 * D),
	REPEAT(4, 17 * D), REPEAT(5, 24 * D), REPEAT(6, 31 * D),
	REPEAT(7, 38 * D), REPEAT(8, 45 * D), REPEAT(9, 52 * D),
	REPEAT(10, 59 * D),
};

#define REMIND(n, amount, to) \
	{"remind-" #n, CC_RUNG_REMIND, (amount), (to), CC_WARNING}

static const struct cc_rung immediate_rungs[] = {
	{"raise", CC_RUNG_RAISE, 0, R0, CC_WARNING},
	REMIND(1, 4 * H, R0), REMIND(2, 12 * H, R0),
	REMIND(3, 28 * H, R0 | R1), REMIND(4, 52 * H, R0 | R1),
	REMIND(5, 76 * H, R0 | R1), REMIND(6, 100 * H, R0 | R1),
	REMIND(7, 124 * H, R0 | R1), REMIND(8, 148 * H, R0 | R1),
	REMIND(9, 172 * H, R0 | R1), REMIND(10, 196 * H, R0 | R1),
};

static const struct cc_rung failed_rungs[] = {
	{"failed", CC_RUNG_FAILED, 0, R0 | R1, CC_WARNING},
};

static const struct cc_rung window_rungs[] = {
	{"before-3d", CC_RUNG_BEFORE, 3 * D, R0, CC_NOTICE},
};

#define LADDER(var, rungs) \
	const struct cc_ladder var = {#var, rungs, sizeof rungs / sizeof rungs[0]}

LADDER(cc_test_short, short_rungs);
LADDER(cc_test_long, long_rungs);
LADDER(cc_test_immediate, immediate_rungs);
LADDER(cc_test_failed, failed_rungs);
LADDER(cc_test_window, window_rungs);

enum {
	DUTIES = 1 << CC_KIND_DEADLINE | 1 << CC_KIND_RECURRING,
	TESTS = 1 << CC_KIND_GATE | 1 << CC_KIND_FRESHNESS,
	WINDOWS = 1 << CC_KIND_WINDOW,
	IMMEDIATE = 1 << CC_KIND_IMMEDIATE
};

static const struct cc_ladder_choice choices[] = {
	{DUTIES, true, INT64_MIN, 72 * H, &cc_test_short},
	{DUTIES, true, 72 * H + 1, INT64_MAX, &cc_test_long},
	{IMMEDIATE, false, INT64_MIN, INT64_MAX, &cc_test_immediate},
	{TESTS, false, INT64_MIN, INT64_MAX, &cc_test_failed},
	{WINDOWS, true, 6 * D + 1, INT64_MAX, &cc_test_window},
};

const struct cc_ladders cc_test_ladders = {
	choices, sizeof choices / sizeof choices[0]
};

static void *
more(void *self, void *old, size_t n)
{
	(void)self;
	if (n == 0) {
		free(old);
		return NULL;
	}
	return malloc(n);
}

struct cc_arena
cc_test_arena(size_t limit)
{
	return (struct cc_arena){.more = more, .limit = limit};
}

uint64_t
cc_test_random(uint64_t *seed, uint64_t n)
{
	uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % n;
}

uint64_t
cc_test_seed(uint64_t otherwise)
{
	const char *given = getenv("CC_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : otherwise;

	printf("CC_SEED=%" PRIu64 "\n", seed);
	return seed;
}

unsigned
cc_test_count(unsigned n, unsigned of)
{
	const char *given = getenv("CC_CASES");
	uint64_t cases, scaled;
	char *end;

	if (given == NULL)
		return n;
	cases = strtoull(given, &end, 10);
	if (*end != '\0' || cases < 1 || cases > 1000000) {
		fprintf(stderr, "CC_CASES is a number from 1 to 1000000, not %s\n", given);
		exit(2);
	}
	scaled = n * cases / of;
	return scaled == 0 ? 1 : (unsigned)scaled;
}
