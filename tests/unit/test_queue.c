/*
 * daemon/queue.h: order, limits, waiting, and the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "daemon/queue.h"

enum { MANY = 20000 };

struct item {
	struct cc_queued queued;
	int number;
};

static struct item items[MANY];

static int
begin(void **state)
{
	static struct cc_queue q;

	for (int i = 0; i < MANY; i++)
		items[i] = (struct item){.queued = {.bytes = 10}, .number = i};
	if (cc_queue_init(&q, 4, 100, NULL) != CC_OK)
		return -1;
	*state = &q;
	return 0;
}

static int
end(void **state)
{
	cc_queue_done(*state);
	return 0;
}

static void
expect(struct cc_queued *got, int from, int n)
{
	for (int i = 0; i < n; i++, got = got->next) {
		assert_non_null(got);
		assert_int_equal(((struct item *)got)->number, from + i);
	}
	assert_null(got);
}

static void
gives_back_what_it_took_in_order_and_in_groups(void **state)
{
	struct cc_queue *q = *state;

	for (int i = 0; i < 4; i++)
		assert_true(cc_queue_push(q, &items[i].queued));
	assert_int_equal(cc_queue_length(q), 4);
	expect(cc_queue_take(q, 3, false), 0, 3);
	assert_true(cc_queue_push(q, &items[4].queued));
	expect(cc_queue_take(q, 10, true), 3, 2);
	assert_null(cc_queue_take(q, 10, false));
}

static void
is_full_at_either_limit(void **state)
{
	struct cc_queue *q = *state;

	for (int i = 0; i < 4; i++)
		assert_true(cc_queue_push(q, &items[i].queued));
	assert_false(cc_queue_push(q, &items[4].queued));
	expect(cc_queue_take(q, 10, false), 0, 4);
	items[0].queued.bytes = 90;
	items[1].queued.bytes = 11;
	assert_true(cc_queue_push(q, &items[0].queued));
	assert_false(cc_queue_push(q, &items[1].queued));
	items[1].queued.bytes = 10;
	assert_true(cc_queue_push(q, &items[1].queued));
	expect(cc_queue_take(q, 10, false), 0, 2);
}

static void
takes_one_item_that_is_larger_than_the_limit_alone(void **state)
{
	struct cc_queue *q = *state;

	items[0].queued.bytes = 1000;
	assert_true(cc_queue_push(q, &items[0].queued));
	assert_false(cc_queue_push(q, &items[1].queued));
	expect(cc_queue_take(q, 10, false), 0, 1);
}

static void
force_goes_beyond_the_limits(void **state)
{
	struct cc_queue *q = *state;

	for (int i = 0; i < 9; i++)
		assert_true(cc_queue_force(q, &items[i].queued));
	assert_int_equal(cc_queue_length(q), 9);
	expect(cc_queue_take(q, 10, false), 0, 9);
}

static void
is_roomy_below_half(void **state)
{
	struct cc_queue *q = *state;

	assert_true(cc_queue_roomy(q));
	for (int i = 0; i < 3; i++)
		assert_true(cc_queue_push(q, &items[i].queued));
	assert_false(cc_queue_roomy(q));
	expect(cc_queue_take(q, 1, false), 0, 1);
	assert_true(cc_queue_roomy(q));
	items[3].queued.bytes = 60;
	assert_true(cc_queue_force(q, &items[3].queued));
	assert_false(cc_queue_roomy(q));
	expect(cc_queue_take(q, 9, false), 1, 3);
}

static void
takes_nothing_after_the_end_and_gives_what_is_left(void **state)
{
	struct cc_queue *q = *state;

	assert_true(cc_queue_push(q, &items[0].queued));
	cc_queue_close(q);
	assert_true(cc_queue_closed(q));
	assert_false(cc_queue_push(q, &items[1].queued));
	assert_false(cc_queue_force(q, &items[1].queued));
	expect(cc_queue_take(q, 9, true), 0, 1);
	assert_null(cc_queue_take(q, 9, true));
}

static void
a_poke_ends_one_wait_whether_it_comes_before_or_after(void **state)
{
	struct cc_queue *q = *state;

	cc_queue_poke(q);
	assert_null(cc_queue_take(q, 9, true));
	assert_true(cc_queue_push(q, &items[0].queued));
	expect(cc_queue_take(q, 9, true), 0, 1);
}

static void *
fill(void *self)
{
	for (int i = 0; i < MANY;)
		if (cc_queue_push(self, &items[i].queued))
			i++;
	cc_queue_close(self);
	return NULL;
}

static void
passes_everything_from_one_thread_to_another(void **state)
{
	struct cc_queue *q = *state;
	pthread_t thread;
	int next = 0;

	assert_int_equal(pthread_create(&thread, NULL, fill, q), 0);
	for (;;) {
		struct cc_queued *got = cc_queue_take(q, 7, true);

		if (got == NULL && cc_queue_closed(q) && cc_queue_length(q) == 0)
			break;
		for (; got != NULL; got = got->next)
			assert_int_equal(((struct item *)got)->number, next++);
	}
	assert_int_equal(next, MANY);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    gives_back_what_it_took_in_order_and_in_groups, begin, end),
		cmocka_unit_test_setup_teardown(is_full_at_either_limit, begin, end),
		cmocka_unit_test_setup_teardown(
		    takes_one_item_that_is_larger_than_the_limit_alone, begin, end),
		cmocka_unit_test_setup_teardown(force_goes_beyond_the_limits, begin, end),
		cmocka_unit_test_setup_teardown(is_roomy_below_half, begin, end),
		cmocka_unit_test_setup_teardown(
		    takes_nothing_after_the_end_and_gives_what_is_left, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_poke_ends_one_wait_whether_it_comes_before_or_after, begin, end),
		cmocka_unit_test_setup_teardown(
		    passes_everything_from_one_thread_to_another, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
