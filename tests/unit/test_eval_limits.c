/* The evaluation at its limits: no memory after n blocks, and large cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "tests/support/histories.h"
#include "tests/support/ladders.h"

enum {
	MANY = 5000,
	ROOM = 64 * 1024 * 1024,	/* what a case of so many events may take */
	MEMORY_STEPS = 5000		/* more blocks than a case of 60 events asks for */
};

/* An arena's `more` that has so many blocks to give. */
struct purse {
	unsigned left, given, returned;
};

static void *
more_while_it_lasts(void *self, void *old, size_t n)
{
	struct purse *p = self;

	if (n == 0) {
		p->returned++;
		return cc_heap_more(NULL, old, 0);
	}
	if (p->left == 0)
		return NULL;
	p->left--;
	p->given++;
	return cc_heap_more(NULL, old, n);
}

static enum cc_code
evaluate_with(unsigned blocks, size_t limit, const struct cc_case_file *f,
    struct cc_result *ret)
{
	struct purse p = {.left = blocks};
	struct cc_arena a = {.more = more_while_it_lasts, .self = &p, .limit = limit};
	struct cc_eval_options o = cc_case_at(f->last);
	struct cc_err err = {.code = CC_OK};
	enum cc_code code = cc_eval_case(cc_case_pack(), &f->c, &o, &a, ret, &err);

	if (code != CC_OK) {
		assert_int_equal(err.code, code);
		assert_non_null(strstr(err.msg, "memory"));
	}
	cc_arena_done(&a);
	assert_int_equal(p.given, p.returned);
	return code;
}

static void
without_memory_it_says_so_and_leaves_the_result_alone(void **state)
{
	uint64_t seed = 5;
	struct cc_case_file f;
	unsigned n;

	(void)state;
	cc_histories_tell(&seed, &f, 60);
	for (n = 0; n < MEMORY_STEPS; n++) {
		struct cc_result r;
		unsigned char was[sizeof r];

		memset(&r, 0xa5, sizeof r);
		memcpy(was, &r, sizeof r);
		if (evaluate_with(n, SIZE_MAX, &f, &r) == CC_OK)
			break;
		assert_int_equal(evaluate_with(n, SIZE_MAX, &f, &r), CC_ENOMEM);
		assert_memory_equal(&r, was, sizeof r);
	}
	assert_true(n > 1 && n < MEMORY_STEPS);
	cc_case_end(&f);
}

static void
at_the_limit_of_the_arena_it_says_so_too(void **state)
{
	uint64_t seed = 6;
	struct cc_case_file f;
	size_t limit;

	(void)state;
	cc_histories_tell(&seed, &f, 60);
	for (limit = 0;; limit += 16 * 1024) {
		struct cc_result r;
		enum cc_code code = evaluate_with(MEMORY_STEPS, limit, &f, &r);

		if (code == CC_OK)
			break;
		assert_int_equal(code, CC_ENOMEM);
		assert_true(limit < ROOM);
	}
	assert_true(limit > 16 * 1024);
	cc_case_end(&f);
}

static void
more_events_than_the_limit_are_refused(void **state)
{
	struct cc_case_file f;
	struct cc_eval_options o;
	struct cc_arena a;
	struct cc_result r;
	struct cc_err err;
	struct cc_case c;

	(void)state;
	cc_case_begin(&f, "c1");
	o = cc_case_at((struct cc_wall){0});
	c = f.c;
	c.nevents = CC_CASE_EVENTS_MAX + 1;	/* none of them is looked at */
	cc_heap_arena_init(&a, CC_CASE_ARENA);
	assert_int_equal(cc_eval_case(cc_case_pack(), &c, &o, &a, &r, &err), CC_ERANGE);
	assert_non_null(strstr(err.msg, "200000"));
	cc_arena_done(&a);
	cc_case_end(&f);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
a_case_of_thousands_of_events_fits_its_room(void **state)
{
	uint64_t seed = 7;
	struct cc_case_file f;
	struct cc_arena a;
	struct cc_eval_options o;
	struct cc_result r;
	double from;

	(void)state;
	cc_histories_tell(&seed, &f, MANY);
	o = cc_case_at(f.last);
	cc_heap_arena_init(&a, ROOM);
	from = seconds();
	r = cc_case_eval(&f.c, &o, &a);
	print_message("%d events: %u clocks, %zu KiB, %.3f s\n", MANY, r.nclocks,
	    a.total / 1024, seconds() - from);
	assert_true(r.nclocks > MANY / 10);
	cc_arena_done(&a);
	cc_case_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_it_says_so_and_leaves_the_result_alone),
		cmocka_unit_test(at_the_limit_of_the_arena_it_says_so_too),
		cmocka_unit_test(more_events_than_the_limit_are_refused),
		cmocka_unit_test(a_case_of_thousands_of_events_fits_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
