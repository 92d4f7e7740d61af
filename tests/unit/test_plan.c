#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/world.h"

#define H CC_TEST_H
#define D CC_TEST_D
#define NEVER INT64_MIN
#define T0 CC_WORLD_T0
#define R0 CC_TEST_R0
#define R1 CC_TEST_R1
#define R2 CC_TEST_R2
#define R3 CC_TEST_R3

static void
fires_each_rung_once_at_its_instant(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_deadline, 24 * H);
	cc_world_nothing(w, 0);
	cc_world_nothing(w, 18 * H - 1);
	cc_world_in_time(cc_world_fires(w, 18 * H, "elapsed-75", 18 * H), R0);
	cc_world_nothing(w, 18 * H);
	cc_world_nothing(w, 18 * H + 1);
	cc_world_nothing(w, 24 * H);
	cc_world_in_time(cc_world_fires(w, 24 * H + 1, "breach", 24 * H + 1), R0 | R1);
	cc_world_in_time(cc_world_fires(w, 28 * H, "after-4h", 28 * H), R2);
	cc_world_nothing(w, 28 * H + 1);
	cc_world_in_time(cc_world_fires(w, 36 * H, "after-12h", 36 * H), R3);
	cc_world_in_time(cc_world_fires(w, 60 * H, "repeat-1", 60 * H), R0 | R1);
	assert_int_equal(cc_world_only(w)->epoch, 1);
	assert_int_equal(cc_world_only(w)->ndone, 5);
}

static void
never_fires_twice_after_a_restart(void **state)
{
	struct cc_world *w = *state;
	struct cc_instance stored;
	uint32_t done[4];

	cc_world_add(w, &cc_world_deadline, 24 * H);
	cc_world_nothing(w, 0);
	(void)cc_world_fires(w, 18 * H, "elapsed-75", 18 * H);
	stored = *cc_world_only(w);
	assert_true(stored.ndone <= 4);
	memcpy(done, stored.done, stored.ndone * sizeof done[0]);
	stored.done = done;
	w->plan.instances = &stored;	/* all that a store gives back */
	cc_world_nothing(w, 18 * H + 30);
	(void)cc_world_fires(w, 24 * H + 1, "breach", 24 * H + 1);
}

static void
wakes_exactly_when_something_changes(void **state)
{
	static const int64_t wakes[] = {
		18 * H, 24 * H + 1, 28 * H, 36 * H, 60 * H, 108 * H, 204 * H,
	};
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	c->armed = cc_world_at(2 * H);
	cc_world_nothing(w, -5);
	cc_world_expect_wake(w, 2 * H);
	assert_int_equal(w->plan.ninstances, 0);
	cc_world_nothing(w, 2 * H);
	for (size_t i = 0; i < sizeof wakes / sizeof wakes[0]; i++) {
		cc_world_expect_wake(w, wakes[i]);
		cc_world_step(w, wakes[i]);
		assert_int_equal(w->plan.nfirings, 1);
	}
	cc_world_step(w, 1380 * H);	/* the last repeat */
	cc_world_expect_wake(w, NEVER);
}

static void
wakes_for_the_earliest_of_several_clocks(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_deadline, 48 * H);
	cc_world_add(w, &cc_world_urgent, 24 * H);
	cc_world_add(w, &cc_world_window, 2 * H)->armed = cc_world_at(1 * H);
	cc_world_nothing(w, 0);
	cc_world_expect_wake(w, 1 * H);
	cc_world_nothing(w, 1 * H);
	cc_world_expect_wake(w, 2 * H + 1);
	cc_world_nothing(w, 2 * H + 1);
	cc_world_expect_wake(w, 18 * H);
	(void)cc_world_fires(w, 18 * H, "elapsed-75", 18 * H);
	cc_world_expect_wake(w, 24 * H + 1);
}

static void
does_not_wake_for_rungs_that_an_end_forestalls(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	cc_world_close(c, CC_END_CANCELLED, 18 * H);
	cc_world_nothing(w, 0);
	cc_world_expect_wake(w, 18 * H);
	cc_world_nothing(w, 18 * H);
	cc_world_expect_wake(w, NEVER);
	assert_int_equal(w->plan.ninstances, 0);
}

static void
does_not_wake_for_rungs_inside_an_endless_pause(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	c->paused = cc_world_at(2 * H);
	cc_world_nothing(w, 0);
	cc_world_expect_wake(w, 2 * H);
	cc_world_nothing(w, 2 * H);
	cc_world_expect_wake(w, NEVER);
	c->resumed = cc_world_at(19 * H);
	cc_world_nothing(w, 3 * H);
	cc_world_expect_wake(w, 19 * H);
}

static void
fires_only_the_gravest_of_rungs_that_fall_together(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	c->armed = cc_world_at(30 * H);	/* an upgrade: the due is past at once */
	cc_world_nothing(w, 20 * H);
	/* Nobody was told of the breach: those whom it concerned are told now. */
	cc_world_late_news(cc_world_fires(w, 30 * H, "after-4h", 30 * H), R0 | R1 | R2, false);
	cc_world_nothing(w, 30 * H + 1);
	cc_world_in_time(cc_world_fires(w, 36 * H, "after-12h", 36 * H), R3);
}

static void
a_clock_that_ended_before_it_was_known_fires_nothing(void **state)
{
	static const enum cc_end ends[] = {
		CC_END_ACT, CC_END_EXEMPT, CC_END_CANCELLED,
	};
	struct cc_world *w = *state;

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		w->nclocks = 0;
		cc_world_close(cc_world_add(w, &cc_world_deadline, 24 * H), ends[i], 30 * H);
		cc_world_nothing(w, 40 * H);
		assert_int_equal(w->plan.ninstances, 0);
		cc_world_expect_wake(w, NEVER);
	}
}

static void
a_failed_test_fires_once_and_a_passed_one_never(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_gate, 0);

	cc_world_close(c, CC_END_ACT, 0);
	c->met = false;
	cc_world_nothing(w, -1);
	cc_world_expect_wake(w, 0);
	cc_world_in_time(cc_world_fires(w, 0, "failed", 0), R0 | R1);
	cc_world_nothing(w, 1);
	cc_world_expect_wake(w, NEVER);
	assert_true(cc_world_only(w)->live);
	w->plan.ninstances = 0;
	c->met = true;
	cc_world_nothing(w, 4);
	assert_int_equal(w->plan.ninstances, 0);
}

static void
a_window_fires_before_its_end_and_not_at_it(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_window, 60 * D);
	cc_world_nothing(w, 0);
	cc_world_expect_wake(w, 57 * D);
	cc_world_in_time(cc_world_fires(w, 57 * D, "before-3d", 57 * D), R0);
	cc_world_expect_wake(w, 60 * D + 1);
	cc_world_nothing(w, 60 * D + 1);
	assert_int_equal(cc_world_only(w)->state, CC_STATE_EXPIRED);
	cc_world_expect_wake(w, NEVER);
}

static void
tells_instances_apart_by_rule_subject_origin_and_place(void **state)
{
	struct cc_world *w = *state;

	for (int i = 0; i < 6; i++)
		cc_world_add(w, i == 1 ? &cc_world_urgent : &cc_world_deadline, 24 * H);
	w->clocks[2].subject = CC_STR("V2");
	w->clocks[3].origin_id = CC_STR("e-2");
	w->clocks[4].origin_source = CC_STR("/other");
	w->clocks[5].same = 1;
	cc_world_nothing(w, 0);
	assert_int_equal(w->plan.ninstances, 6);
	cc_world_step(w, 18 * H);
	assert_int_equal(w->plan.nfirings, 6);
	for (uint32_t i = 0; i < 6; i++) {
		assert_int_equal(w->plan.firings[i].clock, i);
		assert_int_equal(w->plan.instances[i].ndone, 1);
	}
	/* In another order, as after a correction, they are the same. */
	for (int i = 0; i < 3; i++) {
		struct cc_clock c = w->clocks[i];

		w->clocks[i] = w->clocks[5 - i];
		w->clocks[5 - i] = c;
	}
	cc_world_nothing(w, 18 * H + 1);
	assert_int_equal(w->plan.ninstances, 6);
}

static void
the_period_is_no_part_of_the_identity(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	cc_world_nothing(w, 0);
	(void)cc_world_fires(w, 18 * H, "elapsed-75", 18 * H);
	c->period = 2;		/* an earlier one became known */
	cc_world_nothing(w, 19 * H);
	assert_int_equal(cc_world_only(w)->epoch, 1);
}

static void
silent_rules_are_passed_over(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_basis, 24 * H);
	cc_world_nothing(w, 30 * H);
	assert_int_equal(w->plan.ninstances, 0);
	cc_world_expect_wake(w, NEVER);
}

static void
a_clock_without_a_ladder_is_kept_while_live(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_window, 2 * D);

	cc_world_nothing(w, 0);
	assert_true(cc_world_only(w)->live);
	cc_world_expect_wake(w, 2 * D + 1);
	cc_world_close(c, CC_END_ACT, 1 * D);
	cc_world_nothing(w, 1 * D);
	assert_int_equal(w->plan.ninstances, 0);
}

static void
an_empty_case_has_no_plan(void **state)
{
	struct cc_world *w = *state;

	cc_world_nothing(w, 0);
	assert_int_equal(w->plan.ninstances, 0);
	cc_world_expect_wake(w, NEVER);
}

static void
refuses_two_clocks_of_one_identity(void **state)
{
	struct cc_world *w = *state;
	struct cc_plan_input in;
	struct cc_plan ret = {.ninstances = 77};
	struct cc_err err;

	cc_world_add(w, &cc_world_deadline, 24 * H);
	cc_world_add(w, &cc_world_urgent, 24 * H);
	cc_world_add(w, &cc_world_deadline, 48 * H);
	in = cc_world_input(w, 0);
	assert_int_equal(cc_plan_case(&in, &w->arena, &ret, &err), CC_EBUG);
	assert_non_null(strstr(err.msg, "rule d "));
	assert_int_equal(ret.ninstances, 77);
	w->nclocks = 2;
	cc_world_nothing(w, 0);
	w->nclocks = 3;		/* and when one of them is known already */
	in = cc_world_input(w, 1);
	assert_int_equal(cc_plan_case(&in, &w->arena, &ret, &err), CC_EBUG);
	assert_int_equal(ret.ninstances, 77);
}

/* Memory that runs out after `left` more blocks. */
static void *
scarce(void *self, void *old, size_t n)
{
	int *left = self;

	if (n == 0) {
		free(old);
		return NULL;
	}
	return (*left)-- > 0 ? malloc(n) : NULL;
}

static void
says_so_when_memory_ends_and_leaves_the_answer_alone(void **state)
{
	enum { N = 3000 };
	static struct cc_clock many[N];
	static char name[N][8];
	int failed = 0;

	(void)state;
	for (int i = 0; i < N; i++) {
		struct cc_world w = {.nclocks = 0};

		many[i] = *cc_world_add(&w, &cc_world_deadline, 24 * H);
		(void)snprintf(name[i], sizeof name[i], "%d", i * 7919 % N);
		many[i].subject = (struct cc_str){name[i],
		    (uint32_t)strlen(name[i])};
	}
	for (int blocks = 0;; blocks++) {
		int left = blocks;
		struct cc_arena a = {.more = scarce, .self = &left,
		    .limit = SIZE_MAX};
		struct cc_plan_input in = {.clocks = many, .nclocks = N,
		    .ladders = &cc_test_ladders, .now = cc_world_at(18 * H),
		    .settings = {60, 7 * D, 30 * D}};
		struct cc_plan ret = {.nfirings = 77};
		struct cc_err err;
		enum cc_code code = cc_plan_case(&in, &a, &ret, &err);

		assert_int_equal(ret.nfirings, code == CC_OK ? N : 77);
		if (code == CC_OK) {	/* and N are found again, each once */
			in.old = ret.instances;
			in.nold = ret.ninstances;
			left = 1000;
			assert_int_equal(cc_plan_case(&in, &a, &ret, &err), CC_OK);
			assert_int_equal(ret.ninstances, N);
			assert_int_equal(ret.nfirings, 0);
		} else {
			assert_int_equal(code, CC_ENOMEM);
			failed++;
		}
		cc_arena_done(&a);
		if (code == CC_OK)
			break;
	}
	assert_true(failed >= 4);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, cc_world_begin, cc_world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fires_each_rung_once_at_its_instant),
		TEST(never_fires_twice_after_a_restart),
		TEST(wakes_exactly_when_something_changes),
		TEST(wakes_for_the_earliest_of_several_clocks),
		TEST(does_not_wake_for_rungs_that_an_end_forestalls),
		TEST(does_not_wake_for_rungs_inside_an_endless_pause),
		TEST(fires_only_the_gravest_of_rungs_that_fall_together),
		TEST(a_clock_that_ended_before_it_was_known_fires_nothing),
		TEST(a_failed_test_fires_once_and_a_passed_one_never),
		TEST(a_window_fires_before_its_end_and_not_at_it),
		TEST(tells_instances_apart_by_rule_subject_origin_and_place),
		TEST(the_period_is_no_part_of_the_identity),
		TEST(silent_rules_are_passed_over),
		TEST(a_clock_without_a_ladder_is_kept_while_live),
		TEST(an_empty_case_has_no_plan),
		TEST(refuses_two_clocks_of_one_identity),
		cmocka_unit_test(
		    says_so_when_memory_ends_and_leaves_the_answer_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
