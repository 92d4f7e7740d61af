/* An instance that vanishes and another of its rule and subject that appears are one
 * to those who were told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

/* A deadline of ten days, of which R0 was told three days ahead; the event it begins
 * with, and so its instance, is then another. */
static struct cc_clock *
replaced(struct cc_world *w)
{
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 10 * D);

	cc_world_nothing(w, 0);
	cc_world_in_time(cc_world_fires(w, 7 * D, "before-3d", 7 * D), R0);
	c->origin_id = CC_STR("e-2");
	return c;
}

/* The last step found that e-2 takes the place of e-1. */
static void
is_heir(const struct cc_world *w)
{
	const struct cc_plan_heir *h = w->plan.heirs;

	assert_int_equal(w->plan.nheirs, 1);
	assert_ptr_equal(&w->plan.instances[h->instance], cc_world_of(w, "e-2"));
	assert_ptr_equal(&w->plan.instances[h->of], cc_world_of(w, "e-1"));
	assert_false(cc_world_of(w, "e-1")->present);
	assert_true(cc_world_of(w, "e-2")->told);
}

static void
of_the_same_due_nothing_is_said_and_the_ladder_goes_on(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = replaced(w);

	cc_world_nothing(w, 8 * D);
	is_heir(w);
	assert_int_equal(cc_world_of(w, "e-2")->epoch, 1);
	assert_int_equal(cc_world_of(w, "e-2")->told_due.s, T0 + 10 * D);
	assert_int_equal(cc_world_of(w, "e-2")->known.s, T0 + 8 * D);
	cc_world_expect_wake(w, 9 * D);
	cc_world_nothing(w, 8 * D);
	assert_int_equal(w->plan.nheirs, 0);
	cc_world_in_time(cc_world_fires(w, 9 * D, "before-1d", 9 * D), R0);
	cc_world_close(c, CC_END_ACT, 9 * D + H);
	(void)cc_world_says(w, 9 * D + H, CC_FIRE_CLEAR);
}

static void
its_own_rung_that_falls_then_fires(void **state)
{
	struct cc_world *w = *state;
	const struct cc_firing *f;

	(void)replaced(w);
	f = cc_world_fires(w, 9 * D, "before-1d", 9 * D);
	cc_world_in_time(f, R0);
	assert_int_equal(f->heir_of, CC_PLAN_NONE);	/* the rung is its own */
	is_heir(w);
}

static void
of_another_due_moved_is_said(void **state)
{
	struct cc_world *w = *state;
	const struct cc_firing *f;

	replaced(w)->due = cc_world_at(11 * D);
	f = cc_world_says(w, 8 * D, CC_FIRE_MOVED);
	cc_world_news(f, CC_NOTICE, R0, 10 * D);
	is_heir(w);
	assert_ptr_equal(&w->plan.instances[f->instance], cc_world_of(w, "e-2"));
	assert_ptr_equal(&w->plan.instances[f->heir_of], cc_world_of(w, "e-1"));
	assert_int_equal(f->clock, 0);
	assert_int_equal(f->epoch, 1);
	assert_int_equal(cc_world_of(w, "e-2")->told_due.s, T0 + 11 * D);
	cc_world_nothing(w, 8 * D + 1);
	cc_world_in_time(cc_world_fires(w, 10 * D, "before-1d", 10 * D), R0);
}

static void
rungs_done_under_the_old_due_fire_under_the_new(void **state)
{
	struct cc_world *w = *state;

	replaced(w)->due = cc_world_at(30 * D);
	cc_world_news(cc_world_says(w, 8 * D, CC_FIRE_MOVED), CC_WARNING, 0, 10 * D);
	cc_world_in_time(cc_world_fires(w, 27 * D, "before-3d", 27 * D), R0);
}

static void
that_has_ended_clear_is_said(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = replaced(w);
	const struct cc_firing *f;

	cc_world_close(c, CC_END_ACT, 8 * D);
	f = cc_world_says(w, 8 * D, CC_FIRE_CLEAR);
	cc_world_news(f, CC_NOTICE, 0, NEVER);
	is_heir(w);
	assert_int_equal(f->clock, 0);
	assert_ptr_equal(&w->plan.instances[f->heir_of], cc_world_of(w, "e-1"));
	cc_world_nothing(w, 9 * D);
	c->end = CC_END_NONE;
	cc_world_news(cc_world_says(w, 9 * D, CC_FIRE_BACK), CC_WARNING, R0, NEVER);
}

/* It ended before anybody was told, so nothing is known of it: it may be new or not. */
static void
what_has_ended_is_no_heir_of_another_due_nor_of_what_had_gone(void **state)
{
	struct cc_world *w = *state;
	struct cc_instance stored;
	struct cc_clock *c = replaced(w);

	c->due = cc_world_at(9 * D);
	cc_world_close(c, CC_END_ACT, 8 * D);
	assert_int_equal(cc_world_says(w, 8 * D, CC_FIRE_CLEAR)->clock, CC_PLAN_NONE);
	assert_int_equal(w->plan.nheirs, 0);
	stored = *cc_world_only(w);
	stored.unsent = true;
	w->plan.instances = &stored;
	c->due = cc_world_at(10 * D);
	cc_world_nothing(w, 8 * D + 1);
	assert_int_equal(w->plan.nheirs, 0);
	c->end = CC_END_NONE;	/* live, it has come now */
	stored.present = false;
	stored.unsent = true;
	w->plan.instances = &stored;
	w->plan.ninstances = 1;
	cc_world_nothing(w, 8 * D + 2);
	is_heir(w);
}

static void
a_clear_that_has_not_left_is_taken_over(void **state)
{
	struct cc_world *w = *state;
	struct cc_instance stored;

	for (int unsent = 0; unsent < 2; unsent++) {
		w->nclocks = w->plan.ninstances = 0;
		(void)replaced(w);
		w->nclocks = 0;
		(void)cc_world_says(w, 8 * D, CC_FIRE_CLEAR);
		w->nclocks = 1;
		stored = *cc_world_only(w);
		stored.unsent = unsent != 0;
		w->plan.instances = &stored;
		cc_world_step(w, 8 * D + 30);
		assert_int_equal(w->plan.nheirs, unsent);
		assert_false(cc_world_of(w, "e-1")->unsent);
		if (unsent != 0) {
			assert_int_equal(w->plan.nfirings, 0);
			is_heir(w);
			cc_world_close(&w->clocks[0], CC_END_ACT, 8 * D + 60);
			(void)cc_world_says(w, 8 * D + 60, CC_FIRE_CLEAR);
		} else {	/* they heard that it was withdrawn: another */
			assert_int_equal(w->plan.nfirings, 1);
			assert_int_equal(w->plan.firings[0].kind, CC_FIRE_RUNG);
			assert_int_equal(w->plan.firings[0].heir_of, CC_PLAN_NONE);
		}
	}
}

static void
there_is_one_heir_only(void **state)
{
	struct cc_world *w = *state;
	struct cc_instance stored[2];
	struct cc_clock *c = replaced(w);

	cc_world_nothing(w, 8 * D);
	is_heir(w);
	memcpy(stored, w->plan.instances, sizeof stored);
	for (int i = 0; i < 2; i++)
		stored[i].unsent = !stored[i].present;
	w->plan.instances = stored;
	c = cc_world_add(w, &cc_world_deadline, 10 * D);
	c->origin_id = CC_STR("e-3");
	cc_world_late_news(cc_world_fires(w, 8 * D + 1, "before-3d", 7 * D), R0, false);
	assert_int_equal(w->plan.nheirs, 0);
}

static void
only_of_the_same_rule_and_subject(void **state)
{
	struct cc_world *w = *state;

	for (int i = 0; i < 2; i++) {
		struct cc_clock *c;

		w->nclocks = w->plan.ninstances = 0;
		c = replaced(w);
		if (i == 0)
			c->subject = CC_STR("V2");
		else
			c->rule = &cc_world_urgent;
		cc_world_step(w, 7 * D);
		assert_int_equal(w->plan.nheirs, 0);
		assert_int_equal(w->plan.nfirings, 2);
		assert_int_equal(w->plan.firings[0].kind, CC_FIRE_RUNG);
		assert_int_equal(w->plan.firings[1].kind, CC_FIRE_CLEAR);
	}
}

static void
what_nobody_was_told_of_or_was_cleared_has_no_heir(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_deadline, 10 * D);

	cc_world_nothing(w, 0);
	c->origin_id = CC_STR("e-2");
	cc_world_nothing(w, 1 * D);
	assert_int_equal(w->plan.nheirs, 0);
	(void)cc_world_only(w);
	(void)cc_world_fires(w, 7 * D, "before-3d", 7 * D);
	cc_world_close(c, CC_END_ACT, 8 * D);
	(void)cc_world_says(w, 8 * D, CC_FIRE_CLEAR);
	c->origin_id = CC_STR("e-3");
	c->end = CC_END_NONE;
	cc_world_late_news(cc_world_fires(w, 8 * D, "before-3d", 7 * D), R0, false);
	assert_int_equal(w->plan.nheirs, 0);
}

static void
one_that_is_there_again_is_heir_too(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = replaced(w);
	const struct cc_firing *f;

	c->due = cc_world_at(20 * D);
	(void)cc_world_says(w, 8 * D, CC_FIRE_MOVED);
	c->origin_id = CC_STR("e-1");	/* the correction was voided */
	c->due = cc_world_at(10 * D);
	f = cc_world_says(w, 9 * D + 1, CC_FIRE_MOVED);
	cc_world_news(f, CC_WARNING, R0, 20 * D);
	assert_int_equal(f->epoch, 2);
	assert_ptr_equal(&w->plan.instances[f->instance], cc_world_of(w, "e-1"));
	assert_ptr_equal(&w->plan.instances[f->heir_of], cc_world_of(w, "e-2"));
	c->origin_id = CC_STR("e-2");	/* and the void as well, under the due just told */
	cc_world_nothing(w, 9 * D + 2);
	assert_int_equal(w->plan.nheirs, 1);
	assert_int_equal(cc_world_of(w, "e-2")->epoch, 2);
	assert_int_equal(cc_world_of(w, "e-2")->told_due.s, T0 + 10 * D);
	cc_world_in_time(cc_world_fires(w, 10 * D + 1, "breach", 10 * D + 1), R0 | R1);
}

static void
a_window_that_had_expired_is_heir_of_an_equal_due_only(void **state)
{
	struct cc_world *w = *state;

	for (int equal = 0; equal < 2; equal++) {
		struct cc_clock *c;

		w->nclocks = w->plan.ninstances = 0;
		c = cc_world_add(w, &cc_world_window, 60 * D);
		cc_world_nothing(w, 0);
		(void)cc_world_fires(w, 57 * D, "before-3d", 57 * D);
		c->origin_id = CC_STR("e-2");
		if (!equal)
			c->due = cc_world_at(50 * D);
		cc_world_step(w, equal ? 61 * D : 58 * D);
		assert_int_equal(w->plan.nheirs, equal);
		assert_int_equal(w->plan.nfirings, !equal);
		if (!equal)
			assert_int_equal(w->plan.firings[0].clock, CC_PLAN_NONE);
		else
			is_heir(w);
	}
}

static void
a_window_there_again_but_expired_leaves_the_other_withdrawn(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = cc_world_add(w, &cc_world_window, 60 * D);
	const struct cc_firing *f;

	cc_world_nothing(w, 0);
	(void)cc_world_fires(w, 57 * D, "before-3d", 57 * D);
	c->origin_id = CC_STR("e-2");
	c->due = cc_world_at(90 * D);
	(void)cc_world_says(w, 58 * D, CC_FIRE_MOVED);
	c->origin_id = CC_STR("e-1");
	c->due = cc_world_at(60 * D);
	f = cc_world_says(w, 61 * D, CC_FIRE_CLEAR);
	assert_int_equal(w->plan.nheirs, 0);
	assert_ptr_equal(&w->plan.instances[f->instance], cc_world_of(w, "e-2"));
}

/* The origins of what the heirs of e-1 and e-2 are; NULL: none. */
static void
heirs_are(struct cc_world *w, int64_t now, const char *of_first, const char *of_second)
{
	cc_world_step(w, now);
	for (uint32_t i = 0; i < w->plan.nheirs; i++) {
		const struct cc_plan_heir *h = &w->plan.heirs[i];
		const char *want = &w->plan.instances[h->of] == cc_world_of(w, "e-1") ?
		    of_first : of_second;

		assert_non_null(want);
		assert_ptr_equal(&w->plan.instances[h->instance], cc_world_of(w, want));
	}
	assert_int_equal(w->plan.nheirs, (of_first != NULL) + (of_second != NULL));
}

/* Two told periods vanish and two others come; what these are like. */
struct came {
	int64_t due[2];
	uint32_t period[2];
	bool ended[2];
	const char *of_first, *of_second;
};

static void
which_is_whose_goes_by_due_then_life_then_order(void **state)
{
	static const struct came rows[] = {
		{{10 * D, 11 * D}, {1, 2}, {false, false}, "e-3", "e-4"},
		{{11 * D, 10 * D}, {1, 2}, {false, false}, "e-4", "e-3"},
		{{20 * D, 21 * D}, {1, 2}, {false, false}, "e-3", "e-4"},
		{{20 * D, 21 * D}, {2, 1}, {false, false}, "e-4", "e-3"},
		{{20 * D, 20 * D}, {1, 1}, {false, false}, "e-3", "e-4"},
		{{20 * D, 11 * D}, {1, 2}, {false, false}, "e-3", "e-4"},
		{{11 * D, 20 * D}, {1, 2}, {false, false}, "e-4", "e-3"},
		{{20 * D, 21 * D}, {1, 2}, {true, false}, "e-4", NULL},
		{{10 * D, 10 * D}, {1, 2}, {true, false}, "e-4", NULL},
		{{10 * D, 20 * D}, {1, 2}, {true, false}, "e-3", "e-4"},
		{{10 * D, 11 * D}, {1, 2}, {true, true}, "e-3", "e-4"},
	};
	struct cc_world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		w->nclocks = w->plan.ninstances = 0;
		for (int k = 0; k < 2; k++) {
			struct cc_clock *c = cc_world_add(w, &cc_world_deadline, (10 + k) * D);

			c->origin_id = k == 0 ? CC_STR("e-1") : CC_STR("e-2");
			c->started = cc_world_at(k);
			c->period = (uint32_t)k + 1;
		}
		cc_world_step(w, 8 * D);
		assert_int_equal(w->plan.nfirings, 2);
		for (int k = 0; k < 2; k++) {
			struct cc_clock *c = &w->clocks[k];

			c->origin_id = k == 0 ? CC_STR("e-3") : CC_STR("e-4");
			c->due = cc_world_at(rows[i].due[k]);
			c->period = rows[i].period[k];
			if (rows[i].ended[k])
				cc_world_close(c, CC_END_ACT, 8 * D);
		}
		heirs_are(w, 8 * D + 1, rows[i].of_first, rows[i].of_second);
	}
}

static void
of_two_that_vanish_one_is_withdrawn_when_one_comes(void **state)
{
	struct cc_world *w = *state;

	for (int k = 0; k < 2; k++) {
		struct cc_clock *c = cc_world_add(w, &cc_world_deadline, (10 + k) * D);

		c->origin_id = k == 0 ? CC_STR("e-1") : CC_STR("e-2");
	}
	cc_world_step(w, 8 * D);
	w->nclocks = 1;
	w->clocks[0].origin_id = CC_STR("e-3");
	w->clocks[0].due = cc_world_at(11 * D);
	heirs_are(w, 8 * D + 1, NULL, "e-3");
	assert_int_equal(w->plan.nfirings, 1);
	assert_int_equal(w->plan.firings[0].kind, CC_FIRE_CLEAR);
	assert_ptr_equal(&w->plan.instances[w->plan.firings[0].instance],
	    cc_world_of(w, "e-1"));
	assert_int_equal(w->plan.firings[0].previous_due.s, NEVER);
}

static void
a_paused_heir_of_another_due_is_told(void **state)
{
	struct cc_world *w = *state;
	struct cc_clock *c = replaced(w);

	c->due = cc_world_at(9 * D);
	c->paused = cc_world_at(7 * D);
	cc_world_news(cc_world_says(w, 8 * D, CC_FIRE_MOVED), CC_NOTICE, R0, 10 * D);
	is_heir(w);
	cc_world_nothing(w, 8 * D + H);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, cc_world_begin, cc_world_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_the_same_due_nothing_is_said_and_the_ladder_goes_on),
		TEST(its_own_rung_that_falls_then_fires),
		TEST(of_another_due_moved_is_said),
		TEST(rungs_done_under_the_old_due_fire_under_the_new),
		TEST(that_has_ended_clear_is_said),
		TEST(what_has_ended_is_no_heir_of_another_due_nor_of_what_had_gone),
		TEST(a_clear_that_has_not_left_is_taken_over),
		TEST(there_is_one_heir_only),
		TEST(only_of_the_same_rule_and_subject),
		TEST(what_nobody_was_told_of_or_was_cleared_has_no_heir),
		TEST(one_that_is_there_again_is_heir_too),
		TEST(a_window_that_had_expired_is_heir_of_an_equal_due_only),
		TEST(a_window_there_again_but_expired_leaves_the_other_withdrawn),
		TEST(which_is_whose_goes_by_due_then_life_then_order),
		TEST(of_two_that_vanish_one_is_withdrawn_when_one_comes),
		TEST(a_paused_heir_of_another_due_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
