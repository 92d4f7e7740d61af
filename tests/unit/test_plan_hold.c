/* Acknowledgements hold rungs until they end; of safety clocks only some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/world.h"

#define H CC_TEST_H
#define D CC_TEST_D
#define NEVER INT64_MIN
#define R0 CC_TEST_R0
#define R1 CC_TEST_R1
#define R2 CC_TEST_R2
#define R3 CC_TEST_R3

/* A deadline of a day, of which R0 was told after 18 h. */
static struct cc_clock *
told(struct cc_world *w, const struct cc_rule *rule)
{
	struct cc_clock *c = cc_world_add(w, rule, 24 * H);

	cc_world_nothing(w, 0);
	cc_world_in_time(cc_world_fires(w, 18 * H, "elapsed-75", 18 * H), R0);
	return c;
}

static void
rungs_within_a_hold_wait_for_its_end(void **state)
{
	struct cc_world *w = *state;

	cc_world_hold(w, told(w, &cc_world_deadline), 19 * H, 30 * H);
	cc_world_nothing(w, 19 * H);
	cc_world_expect_wake(w, 24 * H + 1);	/* overdue: no rung, but a change */
	cc_world_nothing(w, 24 * H + 1);
	cc_world_expect_wake(w, 30 * H);
	cc_world_nothing(w, 30 * H - 1);
	cc_world_late_news(cc_world_fires(w, 30 * H, "after-4h", 28 * H), R0 | R1 | R2, false);
	cc_world_nothing(w, 30 * H);
	cc_world_in_time(cc_world_fires(w, 36 * H, "after-12h", 36 * H), R3);
}

static void
a_hold_is_of_the_rungs_from_its_beginning_to_before_its_end(void **state)
{
	static const struct {
		int64_t from, until;
		bool held;
	} rows[] = {
		{24 * H + 1, 24 * H + 2, true},
		{24 * H + 2, 25 * H, false},
		{20 * H, 24 * H + 1, false},
		{25 * H, 20 * H, false},
		{24 * H + 1, 24 * H + 1, false},
	};
	struct cc_world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		w->nclocks = w->plan.ninstances = w->nholds = 0;
		cc_world_hold(w, told(w, &cc_world_deadline), rows[i].from, rows[i].until);
		cc_world_step(w, 24 * H + 1);
		assert_int_equal(w->plan.nfirings, !rows[i].held);
		cc_world_step(w, 24 * H + 2);
		assert_int_equal(w->plan.nfirings, rows[i].held);
	}
}

static void
a_hold_ends_when_the_last_that_follows_does(void **state)
{
	/* In any order; the second reaches further, the third begins within it. */
	static const int64_t holds[][2] = {
		{19 * H, 26 * H}, {20 * H, 25 * H}, {24 * H, 30 * H}, {29 * H, 31 * H},
	};
	struct cc_world *w = *state;

	for (unsigned first = 0; first < 4; first++) {
		struct cc_clock *c;

		w->nclocks = w->plan.ninstances = w->nholds = 0;
		c = told(w, &cc_world_deadline);
		for (unsigned k = 0; k < 4; k++) {
			const int64_t *h = holds[(first + 3 * k) % 4];

			cc_world_hold(w, c, h[0], h[1]);
		}
		cc_world_nothing(w, 30 * H);
		cc_world_expect_wake(w, 31 * H);
		cc_world_late_news(cc_world_fires(w, 31 * H, "after-4h", 28 * H),
		    R0 | R1 | R2, false);
	}
}

static void
a_hold_is_of_its_instance_and_epoch_alone(void **state)
{
	struct cc_world *w = *state;

	for (int i = 0; i < 7; i++) {
		struct cc_hold *h;

		w->nclocks = w->plan.ninstances = w->nholds = 0;
		h = cc_world_hold(w, told(w, &cc_world_deadline), 19 * H, 30 * H);
		switch (i) {
		case 0:
			h->rule = CC_STR("u");
			break;
		case 1:
			h->subject = CC_STR("V2");
			break;
		case 2:
			h->origin_id = CC_STR("e-2");
			break;
		case 3:
			h->origin_source = CC_STR("/other");
			break;
		case 4:
			h->same = 1;
			break;
		case 5:
			h->epoch = 2;
			break;
		default:
			break;
		}
		cc_world_step(w, 24 * H + 1);
		assert_int_equal(w->plan.nfirings, i < 6);
	}
}

static void
moved_and_clear_are_not_held(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w, &cc_world_deadline);

	cc_world_hold(w, c, 19 * H, 60 * H);
	cc_world_nothing(w, 25 * H);
	c->due = cc_world_at(26 * H);
	cc_world_news(cc_world_says(w, 25 * H, CC_FIRE_MOVED), CC_WARNING, R0, 24 * H);
	/* and the new epoch was not acknowledged */
	cc_world_in_time(cc_world_fires(w, 26 * H + 1, "breach", 26 * H + 1), R0 | R1);
	cc_world_hold(w, c, 27 * H, 60 * H)->epoch = 2;
	cc_world_close(c, CC_END_ACT, 40 * H);
	cc_world_nothing(w, 39 * H);
	cc_world_expect_wake(w, 40 * H);
	(void)cc_world_says(w, 40 * H, CC_FIRE_CLEAR);
	cc_world_nothing(w, 60 * H);
}

static void
of_a_safety_clock_a_breach_and_higher_roles_are_not_held(void **state)
{
	struct cc_world *w = *state;

	cc_world_hold(w, told(w, &cc_world_urgent), 19 * H, 100 * H)->roles = R0 | R1;
	cc_world_nothing(w, 19 * H);
	cc_world_in_time(cc_world_fires(w, 24 * H + 1, "breach", 24 * H + 1), R0 | R1);
	cc_world_in_time(cc_world_fires(w, 28 * H, "after-4h", 28 * H), R2);
	cc_world_in_time(cc_world_fires(w, 36 * H, "after-12h", 36 * H), R3);
	cc_world_expect_wake(w, 100 * H);
	cc_world_nothing(w, 60 * H);	/* repeat-1 */
	cc_world_late_news(cc_world_fires(w, 100 * H, "repeat-1", 60 * H), R0 | R1, false);
}

static void
of_a_safety_clock_repeats_are_held_whoever_acknowledged(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_urgent, 24 * H);

	cc_world_nothing(w, 0);
	cc_world_late_news(cc_world_fires(w, 40 * H, "after-12h", 36 * H), 15, false);
	cc_world_hold(w, c, 50 * H, 62 * H)->roles = R3;
	cc_world_nothing(w, 60 * H);
	cc_world_late_news(cc_world_fires(w, 62 * H, "repeat-1", 60 * H), R0 | R1, false);
}

static void
of_a_safety_clock_rungs_to_the_acknowledger_alone_are_held(void **state)
{
	static const struct cc_rule urgent = {
		.id = "ui", .kind = CC_KIND_IMMEDIATE, .safety = true,
		.ladder = &cc_test_long,
	};
	struct cc_world *w = *state;

	for (int i = 0; i < 2; i++) {
		struct cc_clock *c;

		w->nclocks = w->plan.ninstances = w->nholds = 0;
		c = cc_world_add(w, &urgent, 10 * D);
		cc_world_nothing(w, 0);
		(void)cc_world_fires(w, 7 * D, "before-3d", 7 * D);
		cc_world_hold(w, c, 8 * D, 9 * D + H)->roles = i == 0 ? R0 : R1;
		cc_world_step(w, 9 * D);
		assert_int_equal(w->plan.nfirings, i);
		cc_world_step(w, 9 * D + H);
		assert_int_equal(w->plan.nfirings, !i);
	}
}

static void
a_lesser_rung_is_passed_over_once_a_graver_one_went_to_its_roles(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_urgent, 24 * H);

	/* No rung has fired yet, but the clock was acknowledged. */
	cc_world_nothing(w, 0);
	cc_world_hold(w, c, 1 * H, 26 * H);
	cc_world_nothing(w, 18 * H);
	cc_world_in_time(cc_world_fires(w, 24 * H + 1, "breach", 24 * H + 1), R0 | R1);
	assert_int_equal(cc_world_only(w)->ndone, 2);
	cc_world_expect_wake(w, 28 * H);
	cc_world_nothing(w, 26 * H);
}

static void
a_lesser_rung_still_fires_when_the_graver_one_went_to_others(void **state)
{
	static const struct cc_rung rungs[] = {
		{"before-1d", CC_RUNG_BEFORE, D, R0, CC_WARNING},
		{"after-1d", CC_RUNG_AFTER, D, R2, CC_CRITICAL},
	};
	static const struct cc_ladder ladder = {"gap", rungs, 2};
	static const struct cc_rule rule = {
		.id = "gap", .kind = CC_KIND_DEADLINE, .safety = true, .ladder = &ladder,
	};
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &rule, 10 * D);

	cc_world_nothing(w, 0);
	cc_world_hold(w, c, 8 * D, 12 * D);
	cc_world_nothing(w, 9 * D);
	cc_world_in_time(cc_world_fires(w, 11 * D, "after-1d", 11 * D), R2);
	cc_world_late_news(cc_world_fires(w, 12 * D, "before-1d", 9 * D), R0, false);
}

static void
a_hold_and_a_pause_follow_each_other(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = told(w, &cc_world_deadline);

	cc_world_hold(w, c, 20 * H, 26 * H);
	cc_world_hold(w, c, 29 * H, 33 * H);
	c->paused = cc_world_at(25 * H);
	c->resumed = cc_world_at(30 * H);
	cc_world_nothing(w, 24 * H + 1);	/* held to 26 h, paused to 30, held to 33 */
	cc_world_nothing(w, 30 * H);
	cc_world_expect_wake(w, 33 * H);
	cc_world_late_news(cc_world_fires(w, 33 * H, "after-4h", 28 * H), R0 | R1 | R2, false);
}

static void
what_a_long_hold_kept_back_is_not_history(void **state)
{
	struct cc_world *w = *state;

	cc_world_hold(w, told(w, &cc_world_deadline), 19 * H, 400 * H);
	cc_world_nothing(w, 380 * H);
	cc_world_late_news(cc_world_fires(w, 400 * H, "repeat-4", 372 * H), 15, false);
}

static void
a_window_that_expires_within_a_hold_fires_nothing(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_window, 60 * D);

	cc_world_nothing(w, 0);
	cc_world_hold(w, c, 50 * D, 61 * D);
	cc_world_nothing(w, 57 * D);
	cc_world_nothing(w, 61 * D);
	cc_world_expect_wake(w, NEVER);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, cc_world_begin, cc_world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rungs_within_a_hold_wait_for_its_end),
		TEST(a_hold_is_of_the_rungs_from_its_beginning_to_before_its_end),
		TEST(a_hold_ends_when_the_last_that_follows_does),
		TEST(a_hold_is_of_its_instance_and_epoch_alone),
		TEST(moved_and_clear_are_not_held),
		TEST(of_a_safety_clock_a_breach_and_higher_roles_are_not_held),
		TEST(of_a_safety_clock_repeats_are_held_whoever_acknowledged),
		TEST(of_a_safety_clock_rungs_to_the_acknowledger_alone_are_held),
		TEST(a_lesser_rung_is_passed_over_once_a_graver_one_went_to_its_roles),
		TEST(a_lesser_rung_still_fires_when_the_graver_one_went_to_others),
		TEST(a_hold_and_a_pause_follow_each_other),
		TEST(what_a_long_hold_kept_back_is_not_history),
		TEST(a_window_that_expires_within_a_hold_fires_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
