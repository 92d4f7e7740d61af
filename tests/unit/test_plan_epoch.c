#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
late_news_goes_to_all_roles_of_the_passed_rungs(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_deadline, 24 * H);
	cc_world_late_news(cc_world_fires(w, 29 * H, "after-4h", 28 * H), R0 | R1 | R2, false);
	assert_int_equal(cc_world_only(w)->known.s, T0 + 29 * H);
	assert_int_equal(cc_world_only(w)->due.s, T0 + 24 * H);
	assert_int_equal(cc_world_only(w)->told_due.s, T0 + 24 * H);
	assert_int_equal(cc_world_only(w)->ndone, 3);
	cc_world_nothing(w, 30 * H);
	cc_world_in_time(cc_world_fires(w, 36 * H, "after-12h", 36 * H), R3);
	assert_int_equal(cc_world_only(w)->known.s, T0 + 29 * H);
}

static void
news_within_a_minute_is_not_late(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_deadline, 24 * H);
	cc_world_nothing(w, 0);
	cc_world_in_time(cc_world_fires(w, 18 * H + 60, "elapsed-75", 18 * H), R0);
	cc_world_late_news(cc_world_fires(w, 24 * H + 62, "breach", 24 * H + 1), R0 | R1, false);
}

static void
a_wake_handled_late_fires_once_for_all_it_missed(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_deadline, 24 * H);
	cc_world_nothing(w, 0);
	cc_world_late_news(cc_world_fires(w, 28 * H, "after-4h", 28 * H), R0 | R1 | R2, false);
	assert_int_equal(cc_world_only(w)->known.s, T0);
	cc_world_nothing(w, 28 * H + 1);
}

static void
holds_back_news_of_the_distant_past(void **state)
{
	static const struct {
		const struct cc_rule *rule;
		int64_t after_due;
		const char *rung;
		int64_t fell;
		uint8_t to;
		bool held;
	} rows[] = {
		{&cc_world_deadline, 7 * D, "repeat-2", 84 * H, 15, false},
		{&cc_world_deadline, 7 * D + 1, "repeat-2", 84 * H, 15, true},
		{&cc_world_urgent, 7 * D + 1, "repeat-2", 84 * H, 15, false},
		{&cc_world_urgent, 30 * D, "repeat-6", 684 * H, 15, false},
		{&cc_world_urgent, 30 * D + 1, "repeat-6", 684 * H, 15, true},
		{&cc_world_deadline, 3650 * D, "repeat-10", 1356 * H, 15, true},
	};
	struct cc_world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		w->nclocks = 0;
		w->plan.ninstances = 0;
		cc_world_add(w, rows[i].rule, 24 * H);
		cc_world_late_news(cc_world_fires(w, 24 * H + rows[i].after_due, rows[i].rung,
		    24 * H + rows[i].fell), rows[i].to, rows[i].held);
		assert_int_equal(cc_world_only(w)->told, !rows[i].held);
		assert_int_equal(cc_given(cc_world_only(w)->told_due), !rows[i].held);
		cc_world_nothing(w, 24 * H + rows[i].after_due);
	}
}

static void
without_a_due_the_rung_says_how_distant_it_is(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_immediate, 0)->due = CC_NEVER;
	cc_world_late_news(cc_world_fires(w, 196 * H + 7 * D, "remind-10", 196 * H), R0 | R1,
	    false);
	w->plan.ninstances = 0;
	cc_world_late_news(cc_world_fires(w, 196 * H + 7 * D + 1, "remind-10", 196 * H), R0 | R1,
	    true);
}

static void
rungs_still_to_come_fire_after_a_held_one(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_deadline, 24 * H);
	cc_world_late_news(cc_world_fires(w, 360 * H, "repeat-3", 204 * H), 15, true);
	cc_world_expect_wake(w, 372 * H);
	cc_world_in_time(cc_world_fires(w, 372 * H, "repeat-4", 372 * H), R0 | R1);
	assert_true(cc_world_only(w)->told);
}

static void
repeats_long_after_the_due_are_not_held(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_deadline, 24 * H);
	for (cc_world_step(w, 0); w->plan.wake.s < T0 + 540 * H; )
		cc_world_step(w, w->plan.wake.s - T0);
	/* Two minutes late, since the daemon was started anew. */
	cc_world_late_news(cc_world_fires(w, 540 * H + 120, "repeat-5", 540 * H), R0 | R1, false);
}

static void
a_held_rung_tells_nobody_so_its_end_is_kept_but_no_epoch(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	cc_world_late_news(cc_world_fires(w, 360 * H, "repeat-3", 204 * H), 15, true);
	cc_world_close(c, CC_END_ACT, 30 * H);
	cc_world_nothing(w, 361 * H);
	assert_false(cc_world_only(w)->live);
	assert_false(cc_world_only(w)->told);
	c->end = CC_END_NONE;	/* the act was voided: live again */
	cc_world_nothing(w, 362 * H);
	assert_int_equal(cc_world_only(w)->epoch, 1);
	assert_true(cc_world_only(w)->live);
}

static void
held_rungs_fire_again_under_a_new_due(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 10 * D);

	cc_world_late_news(cc_world_fires(w, 18 * D, "repeat-2", 16 * D), 15, true);
	c->due = cc_world_at(40 * D);
	cc_world_nothing(w, 18 * D + 60);
	assert_int_equal(cc_world_only(w)->epoch, 2);
	assert_int_equal(cc_world_only(w)->ndone, 0);
	assert_false(cc_world_only(w)->told);
	cc_world_in_time(cc_world_fires(w, 37 * D, "before-3d", 37 * D), R0);
	cc_world_in_time(cc_world_fires(w, 40 * D + 1 - D, "before-1d", 39 * D), R0);
	cc_world_in_time(cc_world_fires(w, 40 * D + 1, "breach", 40 * D + 1), R0 | R1);
}

static void
a_moved_due_only_plans_anew_when_nobody_was_told(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 10 * D);

	cc_world_nothing(w, 0);
	c->due = cc_world_at(20 * D);
	cc_world_nothing(w, 7 * D);
	assert_int_equal(cc_world_only(w)->epoch, 1);
	assert_int_equal(cc_world_only(w)->due.s, T0 + 20 * D);
	cc_world_in_time(cc_world_fires(w, 17 * D, "before-3d", 17 * D), R0);
}

static void
live_again_is_no_epoch_when_nobody_was_told(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	cc_world_nothing(w, 0);
	cc_world_close(c, CC_END_ACT, 2 * H);
	cc_world_nothing(w, 2 * H);
	assert_int_equal(w->plan.ninstances, 0);
	c->end = CC_END_NONE;
	cc_world_nothing(w, 3 * H);
	assert_int_equal(cc_world_only(w)->epoch, 1);
	assert_int_equal(cc_world_only(w)->known.s, T0 + 3 * H);
	cc_world_in_time(cc_world_fires(w, 18 * H, "elapsed-75", 18 * H), R0);
}

static void
an_untold_instance_that_vanishes_is_forgotten(void **state)
{
	struct cc_world *w = *state;

	cc_world_add(w, &cc_world_deadline, 24 * H);
	cc_world_nothing(w, 0);
	assert_false(cc_world_only(w)->told);
	w->nclocks = 0;
	cc_world_nothing(w, 1 * H);
	assert_int_equal(w->plan.ninstances, 0);
}

static void
a_pause_holds_rungs_and_the_gravest_fires_when_it_ends(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	c->paused = cc_world_at(10 * H);
	for (int64_t h = 0; h < 40; h++)
		cc_world_nothing(w, h * H);
	assert_int_equal(cc_world_only(w)->state, CC_STATE_PAUSED);
	c->resumed = cc_world_at(40 * H);
	cc_world_late_news(cc_world_fires(w, 40 * H, "after-12h", 36 * H), R0 | R1 | R2 | R3,
	    false);
	cc_world_nothing(w, 41 * H);
	cc_world_in_time(cc_world_fires(w, 60 * H, "repeat-1", 60 * H), R0 | R1);
}

static void
what_a_long_pause_kept_back_is_not_history(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 24 * H);

	c->paused = cc_world_at(10 * H);
	c->resumed = cc_world_at(380 * H);
	cc_world_nothing(w, 0);
	cc_world_nothing(w, 20 * H);
	cc_world_late_news(cc_world_fires(w, 380 * H, "repeat-4", 372 * H), 15, false);
	w->plan.ninstances = 0;	/* but known only long after, it is */
	cc_world_late_news(cc_world_fires(w, 390 * H, "repeat-4", 372 * H), 15, true);
}

static void
a_test_that_failed_long_ago_is_held(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_gate, 0);

	cc_world_close(c, CC_END_ACT, 0);
	c->met = false;
	cc_world_late_news(cc_world_fires(w, 7 * D + 1, "failed", 0), R0 | R1, true);
	cc_world_nothing(w, 8 * D);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, cc_world_begin, cc_world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(late_news_goes_to_all_roles_of_the_passed_rungs),
		TEST(news_within_a_minute_is_not_late),
		TEST(a_wake_handled_late_fires_once_for_all_it_missed),
		TEST(holds_back_news_of_the_distant_past),
		TEST(without_a_due_the_rung_says_how_distant_it_is),
		TEST(rungs_still_to_come_fire_after_a_held_one),
		TEST(repeats_long_after_the_due_are_not_held),
		TEST(a_held_rung_tells_nobody_so_its_end_is_kept_but_no_epoch),
		TEST(held_rungs_fire_again_under_a_new_due),
		TEST(a_moved_due_only_plans_anew_when_nobody_was_told),
		TEST(live_again_is_no_epoch_when_nobody_was_told),
		TEST(an_untold_instance_that_vanishes_is_forgotten),
		TEST(a_pause_holds_rungs_and_the_gravest_fires_when_it_ends),
		TEST(what_a_long_pause_kept_back_is_not_history),
		TEST(a_test_that_failed_long_ago_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
