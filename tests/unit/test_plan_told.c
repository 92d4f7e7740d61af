/* What those who were told of a clock hear when it moves, ends, or is live again. */
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

/* A deadline of ten days, of which R0 was told three days ahead. */
static struct cc_clock *
told(struct cc_world *w)
{
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 10 * D);

	cc_world_nothing(w, 0);
	cc_world_in_time(cc_world_fires(w, 7 * D, "before-3d", 7 * D), R0);
	return c;
}

static void
a_moved_due_is_told_in_a_new_epoch(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);
	const struct cc_firing *f;

	c->due = cc_world_at(20 * D);
	f = cc_world_says(w, 8 * D, CC_FIRE_MOVED);
	cc_world_news(f, CC_WARNING, 0, 10 * D);
	assert_int_equal(f->epoch, 2);
	assert_int_equal(f->clock, 0);
	assert_int_equal(f->heir_of, CC_PLAN_NONE);
	assert_int_equal(cc_world_only(w)->due.s, T0 + 20 * D);
	assert_int_equal(cc_world_only(w)->told_due.s, T0 + 20 * D);
	cc_world_expect_wake(w, 17 * D);
	cc_world_nothing(w, 8 * D);
	cc_world_in_time(cc_world_fires(w, 17 * D, "before-3d", 17 * D), R0);
	cc_world_nothing(w, 17 * D + 1);
	assert_int_equal(cc_world_only(w)->epoch, 2);
}

static void
moved_stands_for_every_rung_already_passed(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);

	c->due = cc_world_at(6 * D);
	cc_world_news(cc_world_says(w, 7 * D + H, CC_FIRE_MOVED), CC_CRITICAL, R0 | R1 | R2,
	    10 * D);
	assert_int_equal(cc_world_only(w)->ndone, 5);
	cc_world_expect_wake(w, 9 * D);
	cc_world_in_time(cc_world_fires(w, 9 * D, "after-3d", 9 * D), R3);
}

static void
moved_stands_for_a_rung_that_falls_then(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);

	c->due = cc_world_at(11 * D);
	cc_world_news(cc_world_says(w, 8 * D, CC_FIRE_MOVED), CC_NOTICE, R0, 10 * D);
	cc_world_nothing(w, 8 * D + 1);
	cc_world_in_time(cc_world_fires(w, 10 * D, "before-1d", 10 * D), R0);
}

static void
each_move_is_told_and_only_once(void **state)
{
	static const int64_t dues[] = {12, 11, 12, 10, 40};
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);
	int64_t before = 10;

	for (uint32_t i = 0; i < sizeof dues / sizeof dues[0]; i++) {
		c->due = cc_world_at(dues[i] * D);
		cc_world_step(w, 7 * D + (int64_t)i + 1);
		assert_int_equal(w->plan.nfirings, 1);
		assert_int_equal(w->plan.firings[0].kind, CC_FIRE_MOVED);
		assert_int_equal(w->plan.firings[0].previous_due.s, T0 + before * D);
		assert_int_equal(w->plan.firings[0].epoch, i + 2);
		assert_int_equal(cc_world_only(w)->told_due.s, T0 + dues[i] * D);
		cc_world_nothing(w, 7 * D + (int64_t)i + 1);
		before = dues[i];
	}
}

static void
a_due_that_appears_or_goes_is_another(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_immediate, 0);

	cc_world_in_time(cc_world_fires(w, 0, "raise", 0), R0);
	c->due = CC_NEVER;
	cc_world_news(cc_world_says(w, 10, CC_FIRE_MOVED), CC_WARNING, R0, 0);
	assert_false(cc_given(cc_world_only(w)->told_due));
	cc_world_nothing(w, 11);
	c->due = cc_world_at(0);
	cc_world_news(cc_world_says(w, 20, CC_FIRE_MOVED), CC_WARNING, R0, NEVER);
	assert_int_equal(cc_world_only(w)->epoch, 3);
	assert_int_equal(cc_world_only(w)->told_due.s, T0);
	cc_world_expect_wake(w, 4 * H);
}

static void
a_paused_clock_that_moves_is_told_and_its_rungs_wait(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);

	c->paused = cc_world_at(8 * D);
	cc_world_nothing(w, 8 * D);
	c->due = cc_world_at(12 * D);
	cc_world_news(cc_world_says(w, 9 * D + H, CC_FIRE_MOVED), CC_WARNING, 0, 10 * D);
	assert_int_equal(cc_world_only(w)->state, CC_STATE_PAUSED);
	cc_world_nothing(w, 10 * D);
	c->resumed = cc_world_at(11 * D + H);
	cc_world_nothing(w, 11 * D);
	cc_world_expect_wake(w, 11 * D + H);
	cc_world_late_news(cc_world_fires(w, 11 * D + H, "before-1d", 11 * D), R0, false);
	cc_world_nothing(w, 11 * D + H + 1);
}

static void
an_end_is_told_once(void **state)
{
	static const struct {
		enum cc_end end;
		int64_t at;
		enum cc_state state;
	} rows[] = {
		{CC_END_ACT, 8 * D, CC_STATE_MET},
		{CC_END_ACT, 11 * D, CC_STATE_LATE},
		{CC_END_EXEMPT, 8 * D, CC_STATE_EXEMPT},
		{CC_END_CANCELLED, 8 * D, CC_STATE_CANCELLED},
	};
	struct cc_world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct cc_firing *f;

		w->nclocks = w->plan.ninstances = 0;
		cc_world_close(told(w), rows[i].end, rows[i].at);
		f = cc_world_says(w, 12 * D, CC_FIRE_CLEAR);
		cc_world_news(f, CC_NOTICE, 0, NEVER);
		assert_int_equal(f->epoch, 1);
		assert_int_equal(f->clock, 0);
		assert_int_equal(cc_world_only(w)->state, rows[i].state);
		assert_false(cc_world_only(w)->live);
		cc_world_expect_wake(w, NEVER);
		cc_world_nothing(w, 12 * D);
		cc_world_nothing(w, 13 * D);
	}
}

static void
an_end_known_ahead_is_told_when_it_comes(void **state)
{
	struct cc_world *w = *state;

	cc_world_close(told(w), CC_END_ACT, 8 * D);
	cc_world_nothing(w, 8 * D - 1);
	cc_world_expect_wake(w, 8 * D);
	(void)cc_world_says(w, 8 * D, CC_FIRE_CLEAR);
}

static void
nobody_told_hears_of_no_end(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 10 * D);

	cc_world_nothing(w, 0);
	cc_world_close(c, CC_END_ACT, 2 * D);
	cc_world_nothing(w, 2 * D);
	w->nclocks = 0;
	c = cc_world_add(w, &cc_world_deadline, 10 * D);
	cc_world_late_news(cc_world_fires(w, 30 * D, "repeat-4", 27 * D), 15, true);
	cc_world_close(c, CC_END_ACT, 11 * D);
	cc_world_nothing(w, 31 * D);
	w->nclocks = 0;
	cc_world_nothing(w, 32 * D);
	assert_false(cc_world_only(w)->present);
}

static void
a_due_that_moves_with_the_end_is_told_with_it(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);
	const struct cc_firing *f;

	c->due = cc_world_at(20 * D);
	cc_world_close(c, CC_END_ACT, 15 * D);
	f = cc_world_says(w, 15 * D, CC_FIRE_CLEAR);
	cc_world_news(f, CC_NOTICE, 0, 10 * D);
	assert_int_equal(f->epoch, 2);
	assert_int_equal(cc_world_only(w)->told_due.s, T0 + 20 * D);
	assert_int_equal(cc_world_only(w)->ndone, 1);
	cc_world_nothing(w, 16 * D);
	assert_int_equal(cc_world_only(w)->epoch, 2);
}

static void
a_due_that_moves_after_the_end_is_told_when_it_is_live_again(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);

	cc_world_close(c, CC_END_ACT, 8 * D);
	(void)cc_world_says(w, 8 * D, CC_FIRE_CLEAR);
	c->due = cc_world_at(40 * D);
	cc_world_nothing(w, 9 * D);
	assert_int_equal(cc_world_only(w)->epoch, 1);
	assert_int_equal(cc_world_only(w)->due.s, T0 + 40 * D);
	assert_int_equal(cc_world_only(w)->told_due.s, T0 + 10 * D);
	c->end = CC_END_NONE;
	cc_world_news(cc_world_says(w, 9 * D + 1, CC_FIRE_MOVED), CC_WARNING, 0, 10 * D);
	assert_int_equal(cc_world_only(w)->epoch, 2);
	cc_world_close(c, CC_END_ACT, 9 * D + 2);
	assert_int_equal(cc_world_says(w, 9 * D + 2, CC_FIRE_CLEAR)->epoch, 2);
	c->due = cc_world_at(30 * D);	/* there and back while nobody waits */
	cc_world_nothing(w, 9 * D + 3);
	c->due = cc_world_at(40 * D);
	c->end = CC_END_NONE;
	cc_world_news(cc_world_says(w, 9 * D + 4, CC_FIRE_BACK), CC_WARNING, 0, NEVER);
}

static void
live_again_under_the_same_due_is_back(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);
	const struct cc_firing *f;

	cc_world_close(c, CC_END_ACT, 8 * D);
	(void)cc_world_says(w, 8 * D, CC_FIRE_CLEAR);
	c->end = CC_END_NONE;	/* the act was voided */
	f = cc_world_says(w, 11 * D + H, CC_FIRE_BACK);
	cc_world_news(f, CC_CRITICAL, R0 | R1 | R2, NEVER);
	assert_int_equal(f->epoch, 2);
	assert_int_equal(cc_world_only(w)->state, CC_STATE_OVERDUE);
	assert_int_equal(cc_world_only(w)->told_due.s, T0 + 10 * D);
	cc_world_nothing(w, 12 * D);
	cc_world_in_time(cc_world_fires(w, 13 * D, "after-3d", 13 * D), R3);
	cc_world_close(c, CC_END_ACT, 13 * D + 1);
	assert_int_equal(cc_world_says(w, 13 * D + 1, CC_FIRE_CLEAR)->epoch, 2);
}

static void
what_vanishes_is_withdrawn_and_may_come_back(void **state)
{
	struct cc_world *w = *state;
	const struct cc_firing *f;

	(void)told(w);
	w->nclocks = 0;
	f = cc_world_says(w, 8 * D, CC_FIRE_CLEAR);
	cc_world_news(f, CC_NOTICE, 0, NEVER);
	assert_int_equal(f->clock, CC_PLAN_NONE);
	assert_int_equal(f->epoch, 1);
	assert_true(cc_world_only(w)->told);
	assert_false(cc_world_only(w)->present);
	assert_false(cc_world_only(w)->live);
	assert_int_equal(cc_world_only(w)->state, CC_STATE_RUNNING);
	cc_world_expect_wake(w, NEVER);
	cc_world_nothing(w, 9 * D);
	w->nclocks = 1;
	f = cc_world_says(w, 9 * D + 1, CC_FIRE_BACK);
	cc_world_news(f, CC_WARNING, R0, NEVER);
	assert_int_equal(f->epoch, 2);
	assert_true(cc_world_only(w)->present);
	assert_int_equal(cc_world_only(w)->known.s, T0);
	w->nclocks = 0;
	assert_int_equal(cc_world_says(w, 9 * D + 2, CC_FIRE_CLEAR)->epoch, 2);
}

static void
what_ended_and_vanishes_was_cleared_already(void **state)
{
	struct cc_world *w = *state;

	cc_world_close(told(w), CC_END_ACT, 8 * D);
	(void)cc_world_says(w, 8 * D, CC_FIRE_CLEAR);
	w->nclocks = 0;
	cc_world_nothing(w, 9 * D);
	w->nclocks = 1;		/* there again, still ended */
	cc_world_nothing(w, 10 * D);
	assert_true(cc_world_only(w)->present);
	assert_int_equal(cc_world_only(w)->epoch, 1);
}

static void
an_arming_moved_ahead_takes_the_clock_away(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w);

	c->armed = cc_world_at(9 * D);
	assert_int_equal(cc_world_says(w, 8 * D, CC_FIRE_CLEAR)->clock, CC_PLAN_NONE);
	assert_false(cc_world_only(w)->present);
	cc_world_expect_wake(w, 9 * D);
	cc_world_news(cc_world_says(w, 9 * D, CC_FIRE_BACK), CC_WARNING, R0, NEVER);
	assert_int_equal(cc_world_only(w)->epoch, 2);
}

static void
a_failed_test_that_passes_is_cleared_and_may_fail_again(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_gate, 0);

	cc_world_close(c, CC_END_ACT, 0);
	c->met = false;
	cc_world_in_time(cc_world_fires(w, 0, "failed", 0), R0 | R1);
	cc_world_nothing(w, 1);
	c->met = true;		/* the approval arrived late */
	(void)cc_world_says(w, 2, CC_FIRE_CLEAR);
	assert_false(cc_world_only(w)->live);
	assert_int_equal(cc_world_only(w)->state, CC_STATE_PASSED);
	c->met = false;		/* and was voided */
	cc_world_news(cc_world_says(w, 3, CC_FIRE_BACK), CC_WARNING, R0 | R1, NEVER);
	assert_int_equal(cc_world_only(w)->epoch, 2);
	c->started = c->ended = cc_world_at(-60);
	cc_world_news(cc_world_says(w, 4, CC_FIRE_MOVED), CC_WARNING, R0 | R1, 0);
	c->end = CC_END_EXEMPT;
	assert_int_equal(cc_world_says(w, 5, CC_FIRE_CLEAR)->epoch, 3);
}

/* A window of sixty days, of which R0 was told. */
static struct cc_clock *
told_window(struct cc_world *w)
{
	struct cc_clock *c = cc_world_add(w, &cc_world_window, 60 * D);

	cc_world_nothing(w, 0);
	cc_world_in_time(cc_world_fires(w, 57 * D, "before-3d", 57 * D), R0);
	return c;
}

static void
a_window_that_expires_is_not_cleared(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told_window(w);
	const struct cc_firing *f;

	cc_world_nothing(w, 60 * D + 1);
	assert_int_equal(cc_world_only(w)->state, CC_STATE_EXPIRED);
	c->due = cc_world_at(59 * D);
	cc_world_nothing(w, 61 * D);
	assert_int_equal(cc_world_only(w)->epoch, 1);
	c->due = cc_world_at(90 * D);	/* extended after all */
	cc_world_news(cc_world_says(w, 62 * D, CC_FIRE_MOVED), CC_WARNING, 0, 60 * D);
	cc_world_nothing(w, 91 * D);
	cc_world_close(c, CC_END_ACT, 80 * D);	/* and used in time, known late */
	c->met = true;
	f = cc_world_says(w, 92 * D, CC_FIRE_CLEAR);
	assert_int_equal(f->epoch, 2);
	assert_int_equal(cc_world_only(w)->state, CC_STATE_USED);
	cc_world_nothing(w, 93 * D);
}

static void
an_expired_window_that_vanishes_is_withdrawn(void **state)
{
	struct cc_world *w = *state;

	(void)told_window(w);
	cc_world_nothing(w, 60 * D + 1);
	w->nclocks = 0;
	(void)cc_world_says(w, 61 * D, CC_FIRE_CLEAR);
	cc_world_nothing(w, 62 * D);
}

static void
a_window_that_is_used_or_cancelled_is_cleared(void **state)
{
	struct cc_world *w = *state;

	for (int i = 0; i < 2; i++) {
		w->nclocks = w->plan.ninstances = 0;
		cc_world_close(told_window(w), i == 0 ? CC_END_ACT : CC_END_CANCELLED, 58 * D);
		(void)cc_world_says(w, 58 * D, CC_FIRE_CLEAR);
		assert_int_equal(cc_world_only(w)->state,
		    i == 0 ? CC_STATE_USED : CC_STATE_CANCELLED);
		cc_world_nothing(w, 70 * D);
	}
}

/* What was told and ended before there were clears is not dug up. */
static void
an_end_that_was_stored_without_clear_stays_silent(void **state)
{
	struct cc_world *w = *state;
	struct cc_instance stored;

	cc_world_close(told(w), CC_END_ACT, 8 * D);
	stored = *cc_world_only(w);
	stored.live = false;
	stored.state = CC_STATE_MET;
	w->plan.instances = &stored;
	cc_world_nothing(w, 9 * D);
	cc_world_nothing(w, 10 * D);
	stored = *cc_world_only(w);
	stored.present = false;
	w->plan.instances = &stored;
	w->nclocks = 0;
	cc_world_nothing(w, 11 * D);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, cc_world_begin, cc_world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_moved_due_is_told_in_a_new_epoch),
		TEST(moved_stands_for_every_rung_already_passed),
		TEST(moved_stands_for_a_rung_that_falls_then),
		TEST(each_move_is_told_and_only_once),
		TEST(a_due_that_appears_or_goes_is_another),
		TEST(a_paused_clock_that_moves_is_told_and_its_rungs_wait),
		TEST(an_end_is_told_once),
		TEST(an_end_known_ahead_is_told_when_it_comes),
		TEST(nobody_told_hears_of_no_end),
		TEST(a_due_that_moves_with_the_end_is_told_with_it),
		TEST(a_due_that_moves_after_the_end_is_told_when_it_is_live_again),
		TEST(live_again_under_the_same_due_is_back),
		TEST(what_vanishes_is_withdrawn_and_may_come_back),
		TEST(what_ended_and_vanishes_was_cleared_already),
		TEST(an_arming_moved_ahead_takes_the_clock_away),
		TEST(a_failed_test_that_passes_is_cleared_and_may_fail_again),
		TEST(a_window_that_expires_is_not_cleared),
		TEST(an_expired_window_that_vanishes_is_withdrawn),
		TEST(a_window_that_is_used_or_cancelled_is_cleared),
		TEST(an_end_that_was_stored_without_clear_stays_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
