/* The arena, over the heap and over a heap that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "scheduler/arena.h"

enum { MIB = 1024 * 1024 };

/* A heap that counts its blocks and has no more after `left` of them. */
struct counter {
	int held, left;
};

static void *
counted(void *self, void *old, size_t n)
{
	struct counter *c = self;

	if (n == 0) {
		c->held--;
		free(old);
		return NULL;
	}
	if (c->left-- <= 0)
		return NULL;
	c->held++;
	return malloc(n);
}

static void
gives_zeroed_memory_that_fits_any_type(void **state)
{
	struct cc_arena a;

	(void)state;
	cc_heap_arena_init(&a, 16 * MIB);
	for (size_t n = 0; n < 3000; n += 7) {
		struct cc_mark m = cc_arena_mark(&a);
		char *p = cc_arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		/* Dirty it: what is released and given again is clean. */
		memset(p, 0xa5, n);
		if (n % 2 == 0)
			cc_arena_release(&a, m);
	}
	cc_arena_done(&a);
	assert_int_equal(a.total, 0);
}

static void
keeps_what_was_given_while_it_grows(void **state)
{
	enum { N = 5000 };
	static uint32_t *kept[N];
	struct cc_arena a;

	(void)state;
	cc_heap_arena_init(&a, 64 * MIB);
	for (uint32_t i = 0; i < N; i++) {
		kept[i] = cc_arena_array(&a, 1 + i % 97, sizeof(uint32_t));
		assert_non_null(kept[i]);
		for (uint32_t k = 0; k < 1 + i % 97; k++)
			kept[i][k] = i;
	}
	for (uint32_t i = 0; i < N; i++) {
		for (uint32_t k = 0; k < 1 + i % 97; k++)
			assert_int_equal(kept[i][k], i);
	}
	assert_non_null(cc_arena_alloc(&a, 5 * MIB));
	cc_arena_done(&a);
}

static void
stops_at_its_limit_and_says_so(void **state)
{
	struct cc_arena a;
	int n = 0;

	(void)state;
	cc_heap_arena_init(&a, MIB);
	while (cc_arena_alloc(&a, 1000) != NULL) {
		assert_true(a.total <= MIB);
		assert_true(n++ < 2000);
	}
	assert_true(n > 500);
	assert_true(a.failed);
	assert_null(cc_arena_alloc(&a, 1000));
	cc_arena_reset(&a);
	assert_false(a.failed);
	assert_non_null(cc_arena_alloc(&a, 1000));
	assert_false(a.failed);
	assert_null(cc_arena_alloc(&a, 2 * MIB));
	assert_true(a.failed);
	cc_arena_done(&a);
	assert_false(a.failed);
}

static void
refuses_sizes_that_overflow(void **state)
{
	struct cc_arena a;

	(void)state;
	cc_heap_arena_init(&a, SIZE_MAX);
	assert_null(cc_arena_alloc(&a, SIZE_MAX));
	assert_true(a.failed);
	cc_arena_reset(&a);
	assert_null(cc_arena_alloc(&a, SIZE_MAX - 20));
	cc_arena_reset(&a);
	assert_null(cc_arena_array(&a, SIZE_MAX / 8 + 1, 16));
	assert_true(a.failed);
	cc_arena_reset(&a);
	assert_null(cc_arena_text(&a, "x", SIZE_MAX));
	assert_non_null(cc_arena_array(&a, 0, 16));
	assert_non_null(cc_arena_array(&a, 16, 0));
	cc_arena_done(&a);
}

static void
gives_back_all_since_a_mark(void **state)
{
	struct counter c = {0, 1000};
	struct cc_arena a = {.more = counted, .self = &c, .limit = 64 * MIB};
	struct cc_mark empty = cc_arena_mark(&a), m;
	char *first = cc_arena_text(&a, "first", 5);
	size_t total;

	(void)state;
	m = cc_arena_mark(&a);
	total = a.total;
	for (int i = 0; i < 100; i++)
		assert_non_null(cc_arena_alloc(&a, 10000));
	assert_true(c.held > 5);
	cc_arena_release(&a, m);
	assert_int_equal(c.held, 1);
	assert_int_equal(a.total, total);
	assert_string_equal(first, "first");
	cc_arena_release(&a, empty);
	assert_int_equal(c.held, 0);
	assert_int_equal(a.total, 0);
}

static void
reset_keeps_one_block_and_done_none(void **state)
{
	struct counter c = {0, 1000};
	struct cc_arena a = {.more = counted, .self = &c, .limit = 64 * MIB};

	(void)state;
	cc_arena_reset(&a);
	cc_arena_done(&a);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 50; i++)
			assert_non_null(cc_arena_alloc(&a, 30000));
		cc_arena_reset(&a);
		assert_int_equal(c.held, 1);
	}
	cc_arena_done(&a);
	assert_int_equal(c.held, 0);
	assert_int_equal(a.total, 0);
	assert_non_null(cc_arena_alloc(&a, 1));
	cc_arena_done(&a);
	assert_int_equal(c.held, 0);
}

static void
fails_softly_at_every_block(void **state)
{
	(void)state;
	for (int n = 0;; n++) {
		struct counter c = {0, n};
		struct cc_arena a = {
			.more = counted, .self = &c, .limit = 64 * MIB
		};
		int given = 0;

		while (given < 20 && cc_arena_alloc(&a, 40000) != NULL)
			given++;
		assert_int_equal(a.failed, given < 20);
		cc_arena_done(&a);
		assert_int_equal(c.held, 0);
		if (given == 20)
			break;
		assert_true(n < 100);
	}
}

static void
copies_text_with_an_end(void **state)
{
	struct cc_arena a;
	char *p;

	(void)state;
	cc_heap_arena_init(&a, MIB);
	p = cc_arena_text(&a, "abcdef", 3);
	assert_string_equal(p, "abc");
	p = cc_arena_text(&a, NULL, 0);
	assert_string_equal(p, "");
	p = cc_arena_text(&a, "a\0b", 3);
	assert_memory_equal(p, "a\0b", 4);
	cc_arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_memory_that_fits_any_type),
		cmocka_unit_test(keeps_what_was_given_while_it_grows),
		cmocka_unit_test(stops_at_its_limit_and_says_so),
		cmocka_unit_test(refuses_sizes_that_overflow),
		cmocka_unit_test(gives_back_all_since_a_mark),
		cmocka_unit_test(reset_keeps_one_block_and_done_none),
		cmocka_unit_test(fails_softly_at_every_block),
		cmocka_unit_test(copies_text_with_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
