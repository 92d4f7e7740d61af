/* What explain says in words, construct by construct, and where it stops; over a pack
 * of its own, in UTC, with one holiday: Friday 2026-03-06. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/explain.h"
#include "policy/heap.h"
#include "tests/support/mistake_kit.h"

enum { ARENA = 256 * 1024 * 1024, TEXT_MAX = 1024 * 1024, RULES_TEXT = 4096, MANY = 60,
	LINE = 256 };

/* A case of `n` events a.made, a second apart from Thursday 2026-03-05T12:00:00Z on. */
static char lines[MANY][LINE];
static const char *line[MANY];

struct telling {
	struct cc_test_pack pack;
	struct cc_arena arena;
	struct cc_setup setup;
	struct cc_result result;
	struct cc_traces traces;
	struct cc_buf b;
};

static void
write_lines(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(lines[i], sizeof lines[i],
		    "{\"specversion\":\"1.0\",\"id\":\"e%u\",\"source\":\"/a\",\"type\":"
		    "\"a.made\",\"subject\":\"k\",\"time\":\"2026-03-05T12:00:%02uZ\",\"data\":"
		    "{\"n\":%u}}", i, i, i);
		line[i] = lines[i];
	}
}

/* What is told of the first clock of rule "one", whose keys from `for` on and the
 * declarations before it are given. */
static void
tell(struct telling *t, const char *before, const char *keys, unsigned events, bool ask)
{
	char rules[RULES_TEXT];
	const struct cc_test_file file = {"rules/a.yaml", rules};
	struct cc_eval_options o = {.now = cc_test_wall("2026-03-20T00:00:00Z"),
	    .only_rule = -1, .traces = ask ? &t->traces : NULL};
	struct cc_explaining x = {.setup = &t->setup, .result = &t->result,
	    .case_id = CC_STR("k"), .traces = ask ? &t->traces : NULL};
	struct cc_view v;
	struct cc_case c;

	*t = (struct telling){.pack = {.code = CC_OK}};
	(void)snprintf(rules, sizeof rules, "%srules:\n  - {rule: one, section: '1', title: t, "
	    "kind: deadline, responsible: desk, %s}\n", before, keys);
	cc_small_pack(&file, 1, &t->pack);
	cc_test_pack_expect(&t->pack, NULL, 0);
	cc_heap_arena_init(&t->arena, ARENA);
	write_lines(events);
	c = cc_test_case(t->pack.pack, line, events, &t->arena);
	assert_int_equal(cc_eval_case(t->pack.pack, &c, &o, &t->arena, &t->result, NULL), CC_OK);
	assert_true(t->result.nclocks > 0);
	x.clock = &t->result.clocks[0];
	x.view = &v;
	assert_true(cc_clock_view(x.clock, o.now, &v));
	t->setup.pack = t->pack.pack;
	t->setup.zones.version = "none";
	cc_buf_init(&t->b, TEXT_MAX);
	cc_explain(&x, &t->b);
	assert_int_equal(cc_buf_end(&t->b, 0), CC_OK);
	cc_buf_char(&t->b, '\0');
}

static void
told(struct telling *t)
{
	cc_buf_done(&t->b);
	cc_arena_done(&t->arena);
	cc_test_pack_done(&t->pack);
}

static void
says(const struct telling *t, const char *text)
{
	if (strstr(t->b.p, text) == NULL)
		fail_msg("it does not say '%s':\n%s", text, t->b.p);
}

#define TERMS                                                                \
	"terms:\n  - {term: 'after(t: instant, n: number)', is: EOD(D(t) + n)}\n" \
	"  - {term: 'work(t: instant)', is: 'BD(D(t), 2)'}\n"

static const struct {
	const char *due;	/* of a clock that starts on Thursday 2026-03-05 at noon */
	const char *says[5];
} rows[] = {
	{"e + 90m", {"Thu 2026-03-05 12:00:00 UTC + 90 min = Thu 2026-03-05 13:30:00 UTC"}},
	{"BD_END(D(e), 2)", {"BD_END(Thu 2026-03-05, 2) = Tue 2026-03-10 23:59:59 UTC",
	    "2026-03-05 Thursday  - the day it counts from", "2026-03-06 Friday    - holiday: ",
	    ", line 1)", "2026-03-07 Saturday  - weekend"}},
	{"EOD(BD_FROM(D(e), 2))", {"2026-03-05 Thursday  day 1", "2026-03-09 Monday    day 2"}},
	{"EOD(NBD(e.time))", {"NBD(Thu 2026-03-05 12:00:00 UTC) = Mon 2026-03-09",
	    "2026-03-09 Monday    day 1"}},
	{"business_elapsed(e.time, 24h)", {"2026-03-05 Thursday  43200 s",
	    "2026-03-06 Friday    - holiday", "2026-03-09 Monday    43200 s"}},
	{"EOD(months(D(e), 1))", {"months(Thu 2026-03-05, 1) = Sun 2026-04-05"}},
	{"LOCAL(D(e) + 1, 19:00:00)", {"LOCAL(Fri 2026-03-06, 19 h) = Fri 2026-03-06 19:00:00"}},
	{"if in_block(e.time) then e + 1h else e + 2h",
	    {"in_block(Thu 2026-03-05 12:00:00 UTC) = yes", "the condition holds, so "}},
	{"if business_day(D(e) + 1) then e + 1h else e + 2h",
	    {"business_day(Fri 2026-03-06) = no", "the condition does not hold, so "}},
	{"after(e.time, 3)", {"Thu 2026-03-05 + 3 days = Sun 2026-03-08",
	    "2026-03-08 Sunday    day 3", "after is Sun 2026-03-08 23:59:59 UTC"}},
	/* a term that is remembered is told each time */
	{"latest(EOD(work(e.time)), EOD(work(e.time)) + 1h)",
	    {"2026-03-10 Tuesday   day 2", "\"what\":\"BD\",\"gave\":true",
	    "\"what\":\"BD\",\"gave\":false"}},
	/* what went into a parameter is told where it came from */
	{"after(EOD(BD(D(e), 1)), 1)", {"BD(Thu 2026-03-05, 1) = Mon 2026-03-09",
	    "2026-03-09 Monday    day 1", "Mon 2026-03-09 + 1 days = Tue 2026-03-10"}},
	{"earliest(e + 1h, e + 2h)", {"the earliest of these: Thu 2026-03-05 13:00:00 UTC",
	    "\"gave\":false,\"a\":\"2026-03-05T12:00:00Z\",\"b\":7200"}},
	{"(first b.made).time otherwise e + 1h", {"time of an event that has not come: absent",
	    "that is absent, so Thu 2026-03-05 13:00:00 UTC"}},
	{"EOD(D(e) + 400)", {"2027-04-09 Friday    day 400"}},
	{"EOD(D(e) + 401)", {"more than 400 days: not listed", "\"days\":[]"}},
};

static void
each_function_says_what_went_in_and_what_came_out(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char keys[LINE];
		struct telling t;

		(void)snprintf(keys, sizeof keys, "for: e in a.made, subject: e, due: '%s'",
		    rows[i].due);
		tell(&t, TERMS, keys, 1, true);
		for (unsigned k = 0; k < 5 && rows[i].says[k] != NULL; k++)
			says(&t, rows[i].says[k]);
		told(&t);
	}
}

static void
a_let_is_told_once_and_named_where_it_is_used_again(void **state)
{
	struct telling t;

	(void)state;
	tell(&t, "", "for: e in a.made, subject: e, let: {x: 'EOD(D(e) + 2)'}, due: 'latest(x, "
	    "x + 1h)'", 1, true);
	says(&t, "x is Sat 2026-03-07 23:59:59 UTC");
	says(&t, "\"name\":\"x\",\"same\":1,");
	says(&t, "2026-03-07 Saturday  day 2");
	told(&t);
}

static void
the_due_of_another_clock_is_told_with_its_own_sum(void **state)
{
	struct telling t;

	(void)state;
	tell(&t, "", "for: c in clocks(\"two\"), due: c.due + 1h}\n  - {rule: two, section: '1', "
	    "title: t, kind: deadline, responsible: desk, for: e in a.made, subject: e, "
	    "due: 'BD_END(D(e), 1)'", 1, true);
	says(&t, "due of the clock two is Mon 2026-03-09 23:59:59 UTC");
	says(&t, "2026-03-09 Monday    day 1");
	told(&t);
}

static void
an_event_that_does_not_count_is_told_with_the_reason(void **state)
{
	struct telling t;

	(void)state;
	tell(&t, "terms:\n  - {term: good, is: 'a.made[n in (1, 2)]'}\n",
	    "origin: first a.made, due: 'latest g in (good until (first good)): EOD(D(g) + g.n)'",
	    4, true);
	says(&t, "not counted, its conditions are not met: event e0 (a.made)");
	says(&t, "not counted, outside the time that counts: event e2 (a.made)");
	says(&t, "what counts is good (");
	says(&t, "a.made[n in (1, 2)]");
	says(&t, "n of event e1 (a.made) of Thu 2026-03-05 12:00:01 UTC: 1 (n: 1)");
	says(&t, "\"why\":\"outside\"");
	says(&t, "\"why\":\"conditions\"");
	told(&t);
}

static void
a_pause_and_an_ending_are_told_with_what_caused_them(void **state)
{
	struct telling t;

	(void)state;
	tell(&t, "", "for: 'e in a.made[n = 0]', due: EOD(D(e)), paused: {from: '(first a.made[n = "
	    "1]).time', until: '(first a.made[n = 2]).time'}, acts: 'all_of((first a.made[n = 3])"
	    ".time, (first a.made[n = 2]).time)'", 4, true);
	says(&t, "\"paused  Thu 2026-03-05 12:00:01 UTC\",\"  time of event e1 (a.made)");
	says(&t, "\"resumed Thu 2026-03-05 12:00:02 UTC\",\"  time of event e2 (a.made)");
	says(&t, "  act, by the rule: all_of(");
	says(&t, "  time of event e3 (a.made)");
	told(&t);
}

static void
of_many_events_that_do_not_count_fifty_are_told(void **state)
{
	static const char keys[] =
	    "origin: first a.made, due: 'latest g in a.made[n = 0]: EOD(D(g))'";
	struct telling t;

	(void)state;
	tell(&t, "", keys, CC_TRACE_PASSED + 1, true);
	assert_null(strstr(t.b.p, "and more than these"));
	assert_null(strstr(t.b.p, "passed_more"));
	told(&t);
	tell(&t, "", keys, CC_TRACE_PASSED + 2, true);
	says(&t, "and more than these 50");
	says(&t, "\"passed_more\":true");
	told(&t);
}

static void
a_sum_of_too_many_steps_is_cut_and_says_so(void **state)
{
	static const char keys[] = "started: '(first a.made).time', "
	    "due: 'latest g in a.made: latest h in a.made: EOD(D(h))'";
	struct telling t;

	(void)state;
	tell(&t, "", keys, 10, true);
	assert_null(strstr(t.b.p, "\"cut\":true"));
	told(&t);
	tell(&t, "", keys, 20, true);
	says(&t, "\"cut\":true");
	says(&t, "there are more steps than the 400 noted");
	says(&t, "\"due\":\"2026-03-05T23:59:59Z\"");
	told(&t);
}

static void
without_steps_it_says_that_there_are_none(void **state)
{
	struct telling t;

	(void)state;
	tell(&t, "", "for: e in a.made, subject: e, due: EOD(D(e) + 1)", 1, false);
	assert_int_equal(t.result.clocks[0].traced, 0);
	says(&t, "\"sum\":null");
	says(&t, "the case is too big for its sums to be shown");
	told(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_function_says_what_went_in_and_what_came_out),
		cmocka_unit_test(a_let_is_told_once_and_named_where_it_is_used_again),
		cmocka_unit_test(the_due_of_another_clock_is_told_with_its_own_sum),
		cmocka_unit_test(an_event_that_does_not_count_is_told_with_the_reason),
		cmocka_unit_test(a_pause_and_an_ending_are_told_with_what_caused_them),
		cmocka_unit_test(of_many_events_that_do_not_count_fifty_are_told),
		cmocka_unit_test(a_sum_of_too_many_steps_is_cut_and_says_so),
		cmocka_unit_test(without_steps_it_says_that_there_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
