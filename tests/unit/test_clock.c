#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/clock.h"
#include "scheduler/rule.h"
#include "tests/support/ladders.h"

#define NEVER INT64_MIN

static const struct cc_rule deadline = {.id = "d", .kind = CC_KIND_DEADLINE};
static const struct cc_rule recurring = {.id = "r", .kind = CC_KIND_RECURRING};
static const struct cc_rule immediate = {.id = "i", .kind = CC_KIND_IMMEDIATE};
static const struct cc_rule window = {.id = "w", .kind = CC_KIND_WINDOW};
static const struct cc_rule gate = {.id = "g", .kind = CC_KIND_GATE};
static const struct cc_rule fresh = {.id = "f", .kind = CC_KIND_FRESHNESS};

static struct cc_wall
at(int64_t s)
{
	return (struct cc_wall){s};
}

/* Armed and started at 100, due at 200; nothing else has happened. */
static struct cc_clock
clock_of(const struct cc_rule *r)
{
	return (struct cc_clock){
		.rule = r, .subject = CC_STR("case"), .period = 1,
		.armed = at(100), .started = at(100), .due = at(200),
		.ended = CC_NEVER, .paused = CC_NEVER, .resumed = CC_NEVER,
		.origin_event = -1, .end_event = -1,
	};
}

static struct cc_clock
ended_clock(const struct cc_rule *r, enum cc_end end, int64_t ended, bool met)
{
	struct cc_clock c = clock_of(r);

	c.end = end;
	c.ended = at(ended);
	c.met = met;
	return c;
}

static void
expect(const struct cc_clock *c, int64_t now, enum cc_state state, int64_t ended)
{
	struct cc_view v;

	assert_true(cc_clock_view(c, at(now), &v));
	assert_string_equal(cc_state_text(v.state), cc_state_text(state));
	assert_int_equal(v.ended.s, ended);
}

static void
expect_next(const struct cc_clock *c, int64_t now, int64_t next)
{
	assert_int_equal(cc_clock_next(c, at(now)).s, next);
}

static void
does_not_exist_before_it_is_armed(void **state)
{
	struct cc_clock c = clock_of(&deadline);
	struct cc_view v = {CC_STATE_LATE, {1}, {2}, {3}};

	(void)state;
	assert_false(cc_clock_view(&c, at(99), &v));
	assert_int_equal(v.state, CC_STATE_LATE);
	assert_int_equal(v.ended.s, 3);
	expect_next(&c, 99, 100);
	expect_next(&c, -5, 100);
	c.armed = CC_NEVER;
	assert_false(cc_clock_view(&c, at(500), &v));
	expect_next(&c, 99, NEVER);
}

static void
is_printed_when_armed_before_its_start(void **state)
{
	struct cc_clock c = clock_of(&deadline);

	(void)state;
	c.started = at(150);
	expect(&c, 100, CC_STATE_RUNNING, NEVER);
	expect_next(&c, 100, 201);
}

static void
runs_through_the_due_second_and_is_overdue_after_it(void **state)
{
	const struct cc_rule *const rules[] = {&deadline, &recurring, &immediate};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct cc_clock c = clock_of(rules[i]);

		expect(&c, 100, CC_STATE_RUNNING, NEVER);
		expect(&c, 200, CC_STATE_RUNNING, NEVER);
		expect(&c, 201, CC_STATE_OVERDUE, NEVER);
		expect_next(&c, 100, 201);
		expect_next(&c, 201, NEVER);
	}
}

static void
runs_for_ever_without_a_due(void **state)
{
	struct cc_clock c = clock_of(&deadline);
	struct cc_view v;

	(void)state;
	c.due = CC_NEVER;
	expect(&c, INT64_MAX, CC_STATE_RUNNING, NEVER);
	expect_next(&c, 100, NEVER);
	assert_true(cc_clock_view(&c, at(100), &v));
	assert_false(cc_given(v.due));
	c.due = at(INT64_MAX);
	expect(&c, INT64_MAX, CC_STATE_RUNNING, NEVER);
	expect_next(&c, 100, NEVER);
}

static void
tells_how_it_ended(void **state)
{
	static const struct {
		enum cc_end end;
		int64_t ended;
		bool met;
		enum cc_state state;
	} rows[] = {
		{CC_END_ACT, 200, true, CC_STATE_MET},
		{CC_END_ACT, 201, false, CC_STATE_LATE},
		{CC_END_EXEMPT, 150, false, CC_STATE_EXEMPT},
		{CC_END_CANCELLED, 150, false, CC_STATE_CANCELLED},
		{CC_END_CANCELLED, 300, false, CC_STATE_CANCELLED},
		{CC_END_ACT, 50, true, CC_STATE_MET},	/* "acts from" */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_clock c = ended_clock(&deadline, rows[i].end,
		    rows[i].ended, rows[i].met);

		expect(&c, 300, rows[i].state, rows[i].ended);
		expect(&c, 9999, rows[i].state, rows[i].ended);
		expect_next(&c, 300, NEVER);
	}
}

static void
runs_on_until_a_cancellation_that_counts_later(void **state)
{
	struct cc_clock c = ended_clock(&deadline, CC_END_CANCELLED, 250, false);

	(void)state;
	expect(&c, 200, CC_STATE_RUNNING, NEVER);
	expect(&c, 249, CC_STATE_OVERDUE, NEVER);
	expect(&c, 250, CC_STATE_CANCELLED, 250);
	expect_next(&c, 100, 201);
	expect_next(&c, 201, 250);
	expect_next(&c, 250, NEVER);
}

static void
is_paused_and_never_overdue_while_paused(void **state)
{
	struct cc_clock c = clock_of(&deadline);
	struct cc_view v;

	(void)state;
	c.paused = at(150);
	c.resumed = at(260);
	expect(&c, 149, CC_STATE_RUNNING, NEVER);
	expect(&c, 150, CC_STATE_PAUSED, NEVER);
	expect(&c, 259, CC_STATE_PAUSED, NEVER);
	expect(&c, 260, CC_STATE_OVERDUE, NEVER);
	expect_next(&c, 100, 150);
	expect_next(&c, 150, 260);
	expect_next(&c, 260, NEVER);
	assert_true(cc_clock_view(&c, at(220), &v));
	assert_int_equal(v.due.s, 200);
	c.resumed = at(180);
	expect(&c, 180, CC_STATE_RUNNING, NEVER);
	expect_next(&c, 180, 201);
}

static void
stays_paused_when_nobody_resumes_it(void **state)
{
	struct cc_clock c = clock_of(&deadline);

	(void)state;
	c.paused = at(150);
	expect(&c, 100000, CC_STATE_PAUSED, NEVER);
	expect_next(&c, 150, NEVER);
	expect_next(&c, 120, 150);
}

static void
an_end_counts_while_paused(void **state)
{
	struct cc_clock c = ended_clock(&deadline, CC_END_ACT, 250, true);

	(void)state;
	c.paused = at(150);
	expect(&c, 249, CC_STATE_PAUSED, NEVER);
	expect(&c, 250, CC_STATE_MET, 250);
	expect_next(&c, 150, 250);
	expect_next(&c, 250, NEVER);
}

static void
a_pause_after_the_end_changes_nothing(void **state)
{
	struct cc_clock c = ended_clock(&deadline, CC_END_ACT, 120, true);

	(void)state;
	c.paused = at(150);
	c.resumed = at(160);
	expect(&c, 155, CC_STATE_MET, 120);
	expect_next(&c, 120, NEVER);
}

static void
a_window_is_open_used_cancelled_or_expired(void **state)
{
	static const struct {
		enum cc_end end;
		int64_t ended;
		bool met;
		int64_t now;
		enum cc_state state;
		int64_t seen;
	} rows[] = {
		{CC_END_NONE, NEVER, false, 200, CC_STATE_OPEN, NEVER},
		{CC_END_NONE, NEVER, false, 201, CC_STATE_EXPIRED, 200},
		{CC_END_ACT, 200, true, 199, CC_STATE_OPEN, NEVER},
		{CC_END_ACT, 200, true, 200, CC_STATE_USED, 200},
		{CC_END_ACT, 150, true, 9000, CC_STATE_USED, 150},
		{CC_END_CANCELLED, 150, false, 150, CC_STATE_CANCELLED, 150},
		{CC_END_CANCELLED, 200, false, 300, CC_STATE_CANCELLED, 200},
		/* After the due nothing counts, whatever is said (G19). */
		{CC_END_CANCELLED, 201, false, 300, CC_STATE_EXPIRED, 200},
		{CC_END_ACT, 201, true, 300, CC_STATE_EXPIRED, 200},
		{CC_END_ACT, 150, false, 160, CC_STATE_OPEN, NEVER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_clock c = ended_clock(&window, rows[i].end,
		    rows[i].ended, rows[i].met);

		expect(&c, rows[i].now, rows[i].state, rows[i].seen);
	}
}

static void
a_window_wakes_once_at_its_end(void **state)
{
	struct cc_clock c = clock_of(&window);

	(void)state;
	expect_next(&c, 100, 201);
	expect_next(&c, 201, NEVER);
	c = ended_clock(&window, CC_END_ACT, 150, true);
	expect_next(&c, 100, 150);
	expect_next(&c, 150, NEVER);
	c = ended_clock(&window, CC_END_CANCELLED, 300, false);
	expect_next(&c, 100, 201);
	expect_next(&c, 201, NEVER);
	c.due = CC_NEVER;
	expect(&c, 299, CC_STATE_OPEN, NEVER);
	expect(&c, 300, CC_STATE_CANCELLED, 300);
	c.paused = at(110);
	expect(&c, 120, CC_STATE_OPEN, NEVER);
}

static void
a_test_is_judged_at_the_event_it_guards(void **state)
{
	const struct cc_rule *const rules[] = {&gate, &fresh};
	struct cc_view v;

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct cc_clock c = ended_clock(rules[i], CC_END_ACT, 100, true);

		assert_false(cc_clock_view(&c, at(99), &v));
		expect(&c, 100, CC_STATE_PASSED, 100);
		assert_true(cc_clock_view(&c, at(100), &v));
		assert_int_equal(v.started.s, 100);
		assert_int_equal(v.due.s, 100);
		expect_next(&c, 99, 100);
		expect_next(&c, 100, NEVER);
		c.met = false;
		expect(&c, 100, CC_STATE_FAILED, 100);
		c.end = CC_END_NONE;
		expect(&c, 100, CC_STATE_FAILED, 100);
		c.ended = CC_NEVER;	/* then its start is that event */
		expect(&c, 100, CC_STATE_FAILED, 100);
		c.end = CC_END_EXEMPT;
		expect(&c, 100, CC_STATE_EXEMPT, 100);
	}
}

static void
orders_by_rule_subject_and_period(void **state)
{
	struct cc_clock sorted[] = {
		clock_of(&deadline), clock_of(&gate), clock_of(&gate),
		clock_of(&gate), clock_of(&gate),
	};

	(void)state;
	sorted[1].subject = CC_STR("V1");
	sorted[2].subject = CC_STR("V1");
	sorted[2].period = 10;
	sorted[3].subject = CC_STR("V10");
	sorted[4].subject = CC_STR("v1");
	for (int i = 0; i < 5; i++) {
		for (int j = 0; j < 5; j++) {
			int c = cc_clock_cmp(&sorted[i], &sorted[j]);

			assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
		}
	}
}

static void
names_states_and_kinds(void **state)
{
	static const char *const states[] = {
		"unknown", "running", "overdue", "paused", "met", "late",
		"cancelled", "exempt", "open", "used", "expired", "passed",
		"failed", "unknown",
	};
	static const char *const kinds[] = {
		"unknown", "deadline", "recurring", "window", "freshness",
		"gate", "immediate", "unknown",
	};
	static const char live[] = "01110000100000";

	(void)state;
	for (unsigned i = 0; i < sizeof states / sizeof states[0]; i++) {
		assert_string_equal(cc_state_text((enum cc_state)i), states[i]);
		assert_int_equal(cc_state_live((enum cc_state)i), live[i] == '1');
	}
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		assert_string_equal(cc_kind_text((enum cc_kind)i), kinds[i]);
}

enum { RANGE = 40 };

static struct cc_wall
some_time(uint64_t *seed)
{
	return cc_test_random(seed, 4) == 0 ? CC_NEVER :
	    at((int64_t)cc_test_random(seed, RANGE));
}

static struct cc_clock
random_clock(uint64_t *seed)
{
	const struct cc_rule *const rules[] = {
		&deadline, &recurring, &immediate, &window, &gate, &fresh,
	};
	struct cc_clock c = clock_of(rules[cc_test_random(seed, 6)]);

	c.armed = at((int64_t)cc_test_random(seed, RANGE));
	c.started = at((int64_t)cc_test_random(seed, RANGE));
	c.due = some_time(seed);
	c.end = (enum cc_end)cc_test_random(seed, 4);
	c.ended = c.end == CC_END_NONE ? CC_NEVER :
	    at((int64_t)cc_test_random(seed, RANGE));
	c.met = cc_test_random(seed, 2) == 0;
	c.paused = some_time(seed);
	c.resumed = cc_given(c.paused) ? some_time(seed) : CC_NEVER;
	return c;
}

static bool
same(const struct cc_clock *c, int64_t a, int64_t b)
{
	struct cc_view x = {0}, y = {0};
	bool ax = cc_clock_view(c, at(a), &x), by = cc_clock_view(c, at(b), &y);

	return ax == by && x.state == y.state && x.started.s == y.started.s &&
	    x.due.s == y.due.s && x.ended.s == y.ended.s;
}

static void
changes_only_at_the_instants_that_next_names(void **state)
{
	uint64_t seed = cc_test_seed(20260307);

	(void)state;
	for (int n = 0; n < 20000; n++) {
		struct cc_clock c = random_clock(&seed);

		for (int64_t t = -2; t < RANGE + 2; t++) {
			struct cc_wall next = cc_clock_next(&c, at(t));
			int64_t s = t + 1;

			while (s < RANGE + 4 && same(&c, t, s))
				s++;
			if (s == RANGE + 4)
				assert_false(cc_given(next));
			else
				assert_int_equal(next.s, s);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_not_exist_before_it_is_armed),
		cmocka_unit_test(is_printed_when_armed_before_its_start),
		cmocka_unit_test(
		    runs_through_the_due_second_and_is_overdue_after_it),
		cmocka_unit_test(runs_for_ever_without_a_due),
		cmocka_unit_test(tells_how_it_ended),
		cmocka_unit_test(runs_on_until_a_cancellation_that_counts_later),
		cmocka_unit_test(is_paused_and_never_overdue_while_paused),
		cmocka_unit_test(stays_paused_when_nobody_resumes_it),
		cmocka_unit_test(an_end_counts_while_paused),
		cmocka_unit_test(a_pause_after_the_end_changes_nothing),
		cmocka_unit_test(a_window_is_open_used_cancelled_or_expired),
		cmocka_unit_test(a_window_wakes_once_at_its_end),
		cmocka_unit_test(a_test_is_judged_at_the_event_it_guards),
		cmocka_unit_test(orders_by_rule_subject_and_period),
		cmocka_unit_test(names_states_and_kinds),
		cmocka_unit_test(changes_only_at_the_instants_that_next_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
