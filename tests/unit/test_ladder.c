#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/rule.h"
#include "tests/support/ladders.h"

#define H CC_TEST_H
#define D CC_TEST_D
#define NEVER INT64_MIN
#define T0 INT64_C(1772928000)	/* 2026-03-08T00:00:00Z */

static const struct cc_rule deadline = {.id = "d", .kind = CC_KIND_DEADLINE};
static const struct cc_rule recurring = {.id = "r", .kind = CC_KIND_RECURRING};
static const struct cc_rule immediate = {.id = "i", .kind = CC_KIND_IMMEDIATE};
static const struct cc_rule window = {.id = "w", .kind = CC_KIND_WINDOW};
static const struct cc_rule gate = {.id = "g", .kind = CC_KIND_GATE};
static const struct cc_rule fresh = {.id = "f", .kind = CC_KIND_FRESHNESS};

/* A rung and its instant, counted from T0. */
struct fall {
	const char *rung;
	int64_t at;
};

static struct cc_wall
at(int64_t s)
{
	return (struct cc_wall){s};
}

static struct cc_clock
clock_of(const struct cc_rule *r, cc_dur_s len)
{
	return (struct cc_clock){
		.rule = r, .subject = CC_STR("case"), .period = 1,
		.armed = at(T0), .started = at(T0), .due = at(T0 + len),
		.ended = CC_NEVER, .paused = CC_NEVER, .resumed = CC_NEVER,
	};
}

static const struct cc_ladder *
ladder_of(const struct cc_clock *c)
{
	return cc_ladder_for(&cc_test_ladders, c);
}

static void
expect_falls(const struct cc_clock *c, const struct fall *want, size_t n)
{
	const struct cc_ladder *l = ladder_of(c);

	assert_non_null(l);
	assert_int_equal(l->nrungs, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(l->rungs[i].name, want[i].rung);
		assert_int_equal(cc_rung_at(&l->rungs[i], c).s,
		    T0 + want[i].at);
	}
}

static void
expect_alerts(const struct cc_clock *c, int64_t now, const struct fall *want,
    size_t n)
{
	struct cc_alert got[CC_RUNGS_MAX];
	const struct cc_ladder *l = ladder_of(c);

	assert_int_equal(cc_alerts_of(l, c, at(T0 + now), got), n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(got[i].rung->name, want[i].rung);
		assert_ptr_equal(got[i].rung, &l->rungs[got[i].place]);
		assert_int_equal(got[i].at.s, T0 + want[i].at);
	}
}

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
ladder_of_a_day_falls_at_these_instants(void **state)
{
	static const struct fall want[] = {
		{"elapsed-75", 18 * H}, {"breach", 24 * H + 1},
		{"after-4h", 28 * H}, {"after-12h", 36 * H},
		{"repeat-1", 60 * H}, {"repeat-2", 108 * H},
		{"repeat-3", 204 * H}, {"repeat-4", 372 * H},
		{"repeat-5", 540 * H}, {"repeat-6", 708 * H},
		{"repeat-7", 876 * H}, {"repeat-8", 1044 * H},
		{"repeat-9", 1212 * H}, {"repeat-10", 1380 * H},
	};
	struct cc_clock c = clock_of(&deadline, 24 * H);

	(void)state;
	expect_falls(&c, want, COUNT(want));
	expect_alerts(&c, 60 * D, want, COUNT(want));
	expect_alerts(&c, 18 * H - 1, want, 0);
	expect_alerts(&c, 18 * H, want, 1);
	expect_alerts(&c, 24 * H, want, 1);
	expect_alerts(&c, 24 * H + 1, want, 2);
}

static void
ladder_of_three_days_is_still_the_short_one(void **state)
{
	static const struct fall want[] = {
		{"elapsed-75", 54 * H}, {"breach", 72 * H + 1},
		{"after-4h", 76 * H}, {"after-12h", 84 * H},
		{"repeat-1", 108 * H}, {"repeat-2", 156 * H},
		{"repeat-3", 252 * H}, {"repeat-4", 420 * H},
		{"repeat-5", 588 * H}, {"repeat-6", 756 * H},
		{"repeat-7", 924 * H}, {"repeat-8", 1092 * H},
		{"repeat-9", 1260 * H}, {"repeat-10", 1428 * H},
	};
	struct cc_clock c = clock_of(&recurring, 72 * H);

	(void)state;
	expect_falls(&c, want, COUNT(want));
	c.due.s++;
	assert_ptr_equal(ladder_of(&c), &cc_test_long);
}

static void
ladder_of_45_days_falls_at_these_instants(void **state)
{
	/* Due at the end of a local day: 23:59:59. */
	static const int64_t due = 46 * D - 1;
	const struct fall want[] = {
		{"before-3d", due - 3 * D}, {"before-1d", due - D},
		{"breach", due + 1}, {"after-1d", due + D},
		{"after-3d", due + 3 * D}, {"repeat-1", due + 4 * D},
		{"repeat-2", due + 6 * D}, {"repeat-3", due + 10 * D},
		{"repeat-4", due + 17 * D}, {"repeat-5", due + 24 * D},
		{"repeat-6", due + 31 * D}, {"repeat-7", due + 38 * D},
		{"repeat-8", due + 45 * D}, {"repeat-9", due + 52 * D},
		{"repeat-10", due + 59 * D},
	};
	struct cc_clock c = clock_of(&recurring, due);

	(void)state;
	expect_falls(&c, want, COUNT(want));
	expect_alerts(&c, 365 * D, want, COUNT(want));
}

static void
an_immediate_duty_is_raised_and_reminded_of(void **state)
{
	static const struct fall want[] = {
		{"raise", 2 * D}, {"remind-1", 2 * D + 4 * H},
		{"remind-2", 2 * D + 12 * H}, {"remind-3", 2 * D + 28 * H},
		{"remind-4", 2 * D + 52 * H}, {"remind-5", 2 * D + 76 * H},
		{"remind-6", 2 * D + 100 * H}, {"remind-7", 2 * D + 124 * H},
		{"remind-8", 2 * D + 148 * H}, {"remind-9", 2 * D + 172 * H},
		{"remind-10", 2 * D + 196 * H},
	};
	struct cc_clock c = clock_of(&immediate, 0);

	(void)state;
	c.armed = at(T0 + 2 * D);	/* counted from there, not from the start */
	expect_falls(&c, want, COUNT(want));
	expect_alerts(&c, 30 * D, want, COUNT(want));
	expect_alerts(&c, 2 * D - 1, want, 0);
	c.due = CC_NEVER;
	expect_falls(&c, want, COUNT(want));
}

static void
a_window_is_told_of_once_before_its_end(void **state)
{
	static const struct fall want[] = {{"before-3d", 57 * D}};
	struct cc_clock c = clock_of(&window, 60 * D);

	(void)state;
	expect_falls(&c, want, 1);
	expect_alerts(&c, 57 * D - 1, want, 0);
	expect_alerts(&c, 57 * D, want, 1);
	expect_alerts(&c, 90 * D, want, 1);	/* nothing at its end */
	c.end = CC_END_ACT;
	c.met = true;
	c.ended = at(T0 + 57 * D);
	expect_alerts(&c, 90 * D, want, 0);
}

static void
a_short_or_endless_window_has_no_ladder(void **state)
{
	struct cc_clock c = clock_of(&window, 6 * D);
	struct cc_alert got[CC_RUNGS_MAX];

	(void)state;
	assert_null(ladder_of(&c));
	assert_int_equal(cc_alerts_of(NULL, &c, at(T0 + 90 * D), got), 0);
	c.due.s++;
	assert_ptr_equal(ladder_of(&c), &cc_test_window);
	c.due = CC_NEVER;
	assert_null(ladder_of(&c));
}

static void
a_failed_test_falls_at_the_event_it_guards(void **state)
{
	static const struct fall want[] = {{"failed", 0}};
	const struct cc_rule *const rules[] = {&gate, &fresh};

	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct cc_clock c = clock_of(rules[i], 0);

		c.end = CC_END_ACT;
		c.ended = at(T0);
		expect_alerts(&c, -1, want, 0);
		expect_alerts(&c, 0, want, 1);
		expect_alerts(&c, 90 * D, want, 1);
		c.met = true;
		expect_alerts(&c, 90 * D, want, 0);
		assert_false(cc_given(cc_rung_at(&cc_test_failed.rungs[0], &c)));
		c.met = false;
		c.end = CC_END_EXEMPT;
		expect_alerts(&c, 90 * D, want, 0);
	}
}

static void
no_other_rung_falls_for_a_test_and_no_failure_for_others(void **state)
{
	static const struct cc_rung breach = {"breach", CC_RUNG_BREACH, 0, 1,
	    CC_CRITICAL};
	struct cc_clock g = clock_of(&gate, 0), d = clock_of(&deadline, D);

	(void)state;
	assert_false(cc_given(cc_rung_at(&breach, &g)));
	assert_false(cc_given(cc_rung_at(&cc_test_failed.rungs[0], &d)));
	assert_true(cc_given(cc_rung_at(&breach, &d)));
}

static void
a_rung_never_falls_before_the_arming(void **state)
{
	static const struct fall at_arming[] = {{"after-4h", 30 * H}};
	static const struct fall both[] = {
		{"after-4h", 30 * H}, {"after-12h", 36 * H},
	};
	struct cc_clock c = clock_of(&deadline, 24 * H);

	(void)state;
	c.armed = at(T0 + 30 * H);	/* an upgrade: the due is past at once */
	assert_int_equal(cc_rung_at(&cc_test_short.rungs[0], &c).s, T0 + 30 * H);
	expect_alerts(&c, 30 * H - 1, NULL, 0);
	expect_alerts(&c, 30 * H, at_arming, 1);	/* only the gravest */
	expect_alerts(&c, 36 * H, both, 2);
}

static void
a_rung_may_fall_before_a_start_in_the_future(void **state)
{
	static const struct fall want[] = {{"before-3d", D}};
	struct cc_clock c = clock_of(&deadline, 4 * D);

	(void)state;
	c.started = at(T0 + 2 * D);
	assert_ptr_equal(ladder_of(&c), &cc_test_short);
	c.started = at(T0 + 4 * D - 73 * H);
	c.due = at(T0 + 4 * D);
	expect_alerts(&c, D, want, 1);
	c.started = at(T0 + 12 * H);
	expect_alerts(&c, D, want, 1);
}

static void
at_the_same_second_the_act_wins(void **state)
{
	static const struct fall want[] = {
		{"elapsed-75", 18 * H}, {"breach", 24 * H + 1},
	};
	struct cc_clock c = clock_of(&deadline, 24 * H);

	(void)state;
	c.end = CC_END_ACT;
	c.met = true;
	c.ended = at(T0 + 18 * H);
	expect_alerts(&c, 9 * D, want, 0);
	c.ended.s++;
	expect_alerts(&c, 9 * D, want, 1);
	c.met = false;
	c.ended = at(T0 + 24 * H + 1);
	expect_alerts(&c, 9 * D, want, 1);
	c.ended.s++;
	expect_alerts(&c, 9 * D, want, 2);
	c.ended = at(T0 - 1);	/* "acts from": ended before it was armed */
	expect_alerts(&c, 9 * D, want, 0);
}

static void
an_end_in_the_future_holds_nothing_back(void **state)
{
	static const struct fall want[] = {{"elapsed-75", 18 * H}};
	struct cc_clock c = clock_of(&deadline, 24 * H);

	(void)state;
	c.end = CC_END_CANCELLED;
	c.ended = at(T0 + 20 * H);
	expect_alerts(&c, 19 * H, want, 1);
	expect_alerts(&c, 90 * H, want, 1);
}

static void
a_rung_inside_a_pause_is_left_out(void **state)
{
	static const struct fall want[] = {
		{"elapsed-75", 18 * H}, {"after-4h", 28 * H},
		{"after-12h", 36 * H},
	};
	struct cc_clock c = clock_of(&deadline, 24 * H);

	(void)state;
	c.paused = at(T0 + 24 * H + 1);
	c.resumed = at(T0 + 28 * H);	/* the pause does not hold its end */
	expect_alerts(&c, 40 * H, want, 3);
	c.resumed = CC_NEVER;
	expect_alerts(&c, 40 * H, want, 1);
}

static void
nothing_falls_without_what_it_counts_from(void **state)
{
	static const struct cc_rung rungs[] = {
		{"before-1d", CC_RUNG_BEFORE, D, 1, CC_NOTICE},
		{"elapsed-75", CC_RUNG_ELAPSED, 75, 1, CC_NOTICE},
		{"breach", CC_RUNG_BREACH, 0, 1, CC_NOTICE},
		{"after-1d", CC_RUNG_AFTER, D, 1, CC_NOTICE},
	};
	struct cc_clock c = clock_of(&deadline, 0);

	(void)state;
	assert_false(cc_given(cc_rung_at(&rungs[1], &c)));	/* no length */
	assert_true(cc_given(cc_rung_at(&rungs[2], &c)));
	c.started.s++;						/* or less */
	assert_false(cc_given(cc_rung_at(&rungs[1], &c)));
	c.due = CC_NEVER;
	for (size_t i = 0; i < COUNT(rungs); i++)
		assert_false(cc_given(cc_rung_at(&rungs[i], &c)));
	c = clock_of(&deadline, D);
	c.armed = CC_NEVER;
	assert_false(cc_given(cc_rung_at(&rungs[2], &c)));
}

static void
a_sum_that_does_not_fit_never_falls(void **state)
{
	static const struct cc_rung after = {"after", CC_RUNG_AFTER, INT64_MAX,
	    1, CC_NOTICE};
	static const struct cc_rung before = {"before", CC_RUNG_BEFORE,
	    INT64_MIN, 1, CC_NOTICE};
	static const struct cc_rung share = {"elapsed", CC_RUNG_ELAPSED,
	    INT64_MAX, 1, CC_NOTICE};
	struct cc_clock c = clock_of(&deadline, D);

	(void)state;
	assert_false(cc_given(cc_rung_at(&after, &c)));
	assert_false(cc_given(cc_rung_at(&before, &c)));
	assert_false(cc_given(cc_rung_at(&share, &c)));
}

static void
a_share_is_cut_to_whole_seconds(void **state)
{
	static const struct cc_rung share = {"elapsed-75", CC_RUNG_ELAPSED, 75,
	    1, CC_NOTICE};
	static const int64_t rows[][2] = {
		{1, 0}, {2, 1}, {3, 2}, {4, 3}, {101, 75}, {199, 149}, {200, 150},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cc_clock c = clock_of(&deadline, rows[i][0]);

		assert_int_equal(cc_rung_at(&share, &c).s, T0 + rows[i][1]);
	}
}

static void
sorts_alerts_by_instant_and_keeps_the_last_of_equals(void **state)
{
	static const struct cc_rung rungs[] = {
		{"late", CC_RUNG_AFTER, 3 * D, 1, CC_NOTICE},
		{"first", CC_RUNG_BEFORE, D, 1, CC_NOTICE},
		{"second", CC_RUNG_AFTER, D, 1, CC_NOTICE},
		{"other-second", CC_RUNG_AFTER, D, 1, CC_NOTICE},
		{"other-late", CC_RUNG_AFTER, 3 * D, 1, CC_NOTICE},
	};
	static const struct cc_ladder own = {"own", rungs, COUNT(rungs)};
	struct cc_rule r = deadline;
	struct cc_clock c = clock_of(&r, 5 * D);
	static const struct fall want[] = {
		{"first", 4 * D}, {"other-second", 6 * D}, {"other-late", 8 * D},
	};

	(void)state;
	r.ladder = &own;
	expect_alerts(&c, 90 * D, want, 3);
}

static void
an_own_ladder_replaces_the_default(void **state)
{
	struct cc_rule r = deadline;
	struct cc_clock c = clock_of(&r, 24 * H);

	(void)state;
	assert_ptr_equal(ladder_of(&c), &cc_test_short);
	r.ladder = &cc_test_failed;
	assert_ptr_equal(ladder_of(&c), &cc_test_failed);
}

static void
a_deadline_without_due_has_no_default_ladder(void **state)
{
	struct cc_clock c = clock_of(&deadline, 24 * H);

	(void)state;
	c.due = CC_NEVER;
	assert_null(ladder_of(&c));
}

static void
looks_at_no_more_rungs_than_an_answer_holds(void **state)
{
	struct cc_rung rungs[CC_RUNGS_MAX + 8];
	struct cc_ladder own = {"own", rungs, CC_RUNGS_MAX + 8};
	struct cc_rule r = deadline;
	struct cc_clock c = clock_of(&r, D);
	struct cc_alert got[CC_RUNGS_MAX];

	(void)state;
	for (int i = 0; i < CC_RUNGS_MAX + 8; i++)
		rungs[i] = (struct cc_rung){"after", CC_RUNG_AFTER, 100 - i, 1,
		    CC_NOTICE};
	r.ladder = &own;
	assert_int_equal(cc_alerts_of(&own, &c, at(T0 + 9 * D), got),
	    CC_RUNGS_MAX);
	assert_int_equal(got[CC_RUNGS_MAX - 1].place, 0);
}

static void
names_the_role_that_a_bit_stands_for(void **state)
{
	static const struct cc_chain chain = {{"caseworker", "supervisor",
	    "program_director", "program_administrator"}, 4};
	static const struct {
		uint8_t responsible;
		const char *assignment;
		unsigned n;
		const char *role;
	} rows[] = {
		{0, "primary", 0, "caseworker"},
		{0, NULL, 0, "caseworker"},
		{0, "secondary", 0, "secondary"},
		{0, "secondary", 1, "supervisor"},
		{0, "primary", 3, "program_administrator"},
		{0, "primary", 7, "program_administrator"},
		{1, "primary", 0, "supervisor"},
		{1, "secondary", 0, "supervisor"},
		{1, "primary", 1, "program_director"},
		{2, "primary", 2, "program_administrator"},
		{7, "primary", 0, "program_administrator"},
	};
	static const struct cc_chain none = {{NULL}, 0};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cc_rule r = deadline;

		r.responsible = rows[i].responsible;
		r.assignment = rows[i].assignment;
		assert_string_equal(cc_rung_role(&chain, &r, rows[i].n),
		    rows[i].role);
	}
	assert_string_equal(cc_rung_role(&none, &deadline, 1), "");
}

static void
names_severities(void **state)
{
	(void)state;
	assert_string_equal(cc_severity_text(CC_NOTICE), "notice");
	assert_string_equal(cc_severity_text(CC_WARNING), "warning");
	assert_string_equal(cc_severity_text(CC_CRITICAL), "critical");
	assert_string_equal(cc_severity_text((enum cc_severity)0), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ladder_of_a_day_falls_at_these_instants),
		cmocka_unit_test(ladder_of_three_days_is_still_the_short_one),
		cmocka_unit_test(ladder_of_45_days_falls_at_these_instants),
		cmocka_unit_test(an_immediate_duty_is_raised_and_reminded_of),
		cmocka_unit_test(a_window_is_told_of_once_before_its_end),
		cmocka_unit_test(a_short_or_endless_window_has_no_ladder),
		cmocka_unit_test(a_failed_test_falls_at_the_event_it_guards),
		cmocka_unit_test(
		    no_other_rung_falls_for_a_test_and_no_failure_for_others),
		cmocka_unit_test(a_rung_never_falls_before_the_arming),
		cmocka_unit_test(a_rung_may_fall_before_a_start_in_the_future),
		cmocka_unit_test(at_the_same_second_the_act_wins),
		cmocka_unit_test(an_end_in_the_future_holds_nothing_back),
		cmocka_unit_test(a_rung_inside_a_pause_is_left_out),
		cmocka_unit_test(nothing_falls_without_what_it_counts_from),
		cmocka_unit_test(a_sum_that_does_not_fit_never_falls),
		cmocka_unit_test(a_share_is_cut_to_whole_seconds),
		cmocka_unit_test(
		    sorts_alerts_by_instant_and_keeps_the_last_of_equals),
		cmocka_unit_test(an_own_ladder_replaces_the_default),
		cmocka_unit_test(a_deadline_without_due_has_no_default_ladder),
		cmocka_unit_test(looks_at_no_more_rungs_than_an_answer_holds),
		cmocka_unit_test(names_the_role_that_a_bit_stands_for),
		cmocka_unit_test(names_severities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
