/* Why a rule gives the clocks it gives, and no others: over the pack of
 * tests/packs/office, whose zone is Lisbon (winter time is UTC). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "scheduler/why.h"
#include "tests/support/pack_kit.h"

#define E CC_TEST_EVENT
#define OPENED(id, time, more)                                               \
	E(id, "ticket.opened", time, "\"ticket_id\":\"T-" id "\",\"urgency\":" more)
#define STAGE(id, time, to) E(id, "stage.set", time, "\"stage\":\"" to "\"")
#define BARE(id, type, time) E(id, type, time, "")

enum { ARENA = 64 * 1024 * 1024, LINES = 8, MANY = 2 * CC_WHY_MAX };

static struct cc_test_pack office;
static struct cc_arena arena;

static int
load_office(void **state)
{
	(void)state;
	if (cc_test_go_to_the_tree() != 0)
		return -1;
	cc_test_pack_load("tests/packs/office", &office);
	cc_test_pack_expect(&office, NULL, 0);
	cc_heap_arena_init(&arena, ARENA);
	return 0;
}

static int
drop_office(void **state)
{
	(void)state;
	cc_arena_done(&arena);
	cc_test_pack_done(&office);
	return 0;
}

static int
rule_of(const char *id)
{
	for (uint16_t i = 0; i < office.pack->nrules; i++)
		if (strcmp(office.pack->rules[i]->id, id) == 0)
			return i;
	fail_msg("there is no rule %s", id);
	return -1;
}

static struct cc_why
ask(const char *rule, const char *now, const char *const *lines, unsigned n)
{
	struct cc_eval_options o = {.now = cc_test_wall(now), .only_rule = rule_of(rule)};
	struct cc_case c = cc_test_case(office.pack, lines, n, &arena);
	struct cc_why why;
	struct cc_err err;

	if (cc_why_not(office.pack, &c, &o, &arena, &why, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return why;
}

static const struct row {
	const char *what, *rule, *now;
	const char *events[LINES];
	const char *lines[LINES];	/* each choice's, or the one when there is none */
} rows[] = {
	{"a clock that stands", "receipt-2bd", "2026-03-04T21:00:00Z",
	    {OPENED("1", "2026-03-04T20:00:00Z", "\"low\"")},
	    {"t = 1: there is a clock for 1, number 1"}},
	{"nothing that begins it", "receipt-2bd", "2026-03-04T21:00:00Z",
	    {BARE("1", "review.asked", "2026-03-04T20:00:00Z")},
	    {"nothing begins it: there is no t in ticket.opened"}},
	{"a future event does not begin it yet", "receipt-2bd", "2026-03-04T19:59:59Z",
	    {OPENED("1", "2026-03-04T20:00:00Z", "\"low\"")},
	    {"nothing begins it: there is no t in ticket.opened"}},
	{"some, but none that fits the brackets", "hazard-now", "2026-03-04T21:00:00Z",
	    {OPENED("1", "2026-03-04T20:00:00Z", "\"low\""),
		OPENED("2", "2026-03-04T20:00:00Z", "\"low\"")},
	    {"nothing begins it: there is no t in ticket.opened[hazard] "
		"(2 without the condition in brackets)"}},
	{"the second generator has no element", "look-urgent", "2026-03-04T21:00:00Z",
	    {OPENED("1", "2026-03-04T20:00:00Z", "\"low\"")},
	    {"nothing begins it: there is no s in rated(t)[value = urgent] "
		"(1 without the condition in brackets)"}},
	{"a span is named by its beginning", "look-urgent", "2026-03-06T21:00:00Z",
	    {OPENED("1", "2026-03-04T20:00:00Z", "\"urgent\"")},
	    {"t = 1, s = rated from 1: there is a clock for 1, number 1"}},
	{"only the parts of the condition that fail are told", "look-missed",
	    "2026-03-06T21:00:00Z",
	    {OPENED("1", "2026-03-04T10:00:00Z", "\"urgent\""),
		STAGE("2", "2026-03-04T11:00:00Z", "shut")},
	    {"c = look-urgent of 1: this does not hold: not (c.cancelled <= c.due)"}},
	{"every part that fails is told", "look-missed", "2026-03-06T21:00:00Z",
	    {OPENED("1", "2026-03-04T10:00:00Z", "\"urgent\""),
		E("3", "visit.made", "2026-03-04T10:30:00Z", "\"purpose\":\"look\""),
		STAGE("2", "2026-03-04T11:00:00Z", "shut")},
	    {"c = look-urgent of 1: this does not hold: not (c.act <= c.due); nor this: "
		"not (c.cancelled <= c.due)"}},
	{"a clock that is yet to come", "look-missed", "2026-03-04T18:00:00Z",
	    {OPENED("1", "2026-03-04T10:00:00Z", "\"urgent\"")},
	    {"c = look-urgent of 1: there will be a clock for 1 from "
		"Wed 2026-03-04 18:00:01 WET"}},
	{"and when it has come", "look-missed", "2026-03-04T18:00:01Z",
	    {OPENED("1", "2026-03-04T10:00:00Z", "\"urgent\"")},
	    {"c = look-urgent of 1: there is a clock for 1, number 1"}},
	{"a second trigger while the first stands", "offer-window-5d", "2026-03-05T10:00:00Z",
	    {BARE("1", "offer.made", "2026-03-04T10:00:00Z"),
		BARE("2", "offer.made", "2026-03-05T10:00:00Z")},
	    {"o = 1: there is a clock for case, number 1",
		"o = 2: an earlier clock still stood: that of case begun by 1, from "
		"Wed 2026-03-04 10:00:00 WET"}},
	{"a second trigger after the first was taken", "offer-window-5d", "2026-03-05T10:00:00Z",
	    {BARE("1", "offer.made", "2026-03-04T10:00:00Z"),
		BARE("3", "offer.taken", "2026-03-04T12:00:00Z"),
		BARE("2", "offer.made", "2026-03-05T10:00:00Z")},
	    {"o = 1: there is a clock for case, number 1",
		"o = 2: there is a clock for case, number 2"}},
	{"once for each person", "tell-tenants-3bd", "2026-03-05T10:00:00Z",
	    {OPENED("1", "2026-03-04T10:00:00Z", "\"low\",\"tenant_ids\":[\"P1\"]"),
		OPENED("2", "2026-03-05T10:00:00Z", "\"low\",\"tenant_ids\":[\"P1\"]")},
	    {"m = to_tell(person P1, origin 1): there is a clock for P1, number 1",
		"m = to_tell(person P1, origin 2): another clock stands for it: that of P1 begun "
		"by 1, from Wed 2026-03-04 10:00:00 WET"}},
	{"the periods of a series", "works-visit-monthly", "2026-05-05T10:00:00Z",
	    {OPENED("1", "2026-03-02T10:00:00Z", "\"low\""),
		STAGE("2", "2026-03-03T10:00:00Z", "works"),
		E("3", "visit.made", "2026-03-20T10:00:00Z", "\"purpose\":\"look\"")},
	    {"w = works from 2: there is a clock for case, number 1",
		"w = works from 2: there is a clock for case, number 2"}},
	{"a rule that says nothing", "base-visits", "2026-03-05T10:00:00Z",
	    {BARE("1", "offer.made", "2026-03-04T10:00:00Z")},
	    {"the rule prints no clocks: it only shows that a row may say nothing"}},
};

static void
says_why(void **state)
{
	const struct row *row = *state;
	char line[CC_WHY_LINE];
	unsigned n = 0, want = 0;
	struct cc_why why;

	while (n < LINES && row->events[n] != NULL)
		n++;
	while (want < LINES && row->lines[want] != NULL)
		want++;
	why = ask(row->rule, row->now, row->events, n);
	if (why.nchoices == 0) {
		cc_why_line(&why, NULL, line);
		assert_string_equal(line, row->lines[0]);
		assert_int_equal(want, 1);
	}
	for (uint32_t i = 0; i < why.nchoices; i++) {
		cc_why_line(&why, &why.choices[i], line);
		assert_true(i < want);
		assert_string_equal(line, row->lines[i]);
	}
	assert_true(why.nchoices == 0 || why.nchoices == want);
	cc_arena_reset(&arena);
}

/* Its clocks are those of an evaluation: asking changes nothing. */
static void
asking_gives_the_clocks_of_an_evaluation(void **state)
{
	const char *const lines[] = {
		OPENED("1", "2026-03-04T10:00:00Z", "\"urgent\",\"tenant_ids\":[\"P1\",\"P2\"]"),
		BARE("2", "offer.made", "2026-03-04T11:00:00Z"),
		BARE("3", "offer.made", "2026-03-05T11:00:00Z"),
		STAGE("4", "2026-03-06T11:00:00Z", "works"),
		E("5", "visit.made", "2026-03-20T10:00:00Z", "\"purpose\":\"look\""),
	};
	const unsigned n = sizeof lines / sizeof lines[0];
	struct cc_eval_options o = {.now = cc_test_wall("2026-05-05T10:00:00Z")};
	struct cc_case c = cc_test_case(office.pack, lines, n, &arena);
	struct cc_err err;

	(void)state;
	for (o.only_rule = 0; o.only_rule < office.pack->nrules; o.only_rule++) {
		struct cc_result r;
		struct cc_why why;
		uint32_t stands = 0;

		assert_int_equal(cc_eval_case(office.pack, &c, &o, &arena, &r, &err), CC_OK);
		assert_int_equal(cc_why_not(office.pack, &c, &o, &arena, &why, &err), CC_OK);
		for (uint32_t i = 0; i < why.nchoices; i++) {
			assert_int_not_equal(why.choices[i].outcome, 0);
			stands += why.choices[i].outcome <= CC_WHY_LATER;
		}
		if (!office.pack->rules[o.only_rule]->silent)
			assert_int_equal(stands, r.nclocks);
	}
	cc_arena_reset(&arena);
}

static void
choices_past_the_limit_are_counted(void **state)
{
	static char text[MANY][256];
	const char *lines[MANY];
	struct cc_why why;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(text[i], sizeof text[i], "{\"specversion\":\"1.0\",\"id\":\"e%d\","
		    "\"source\":\"/a\",\"type\":\"offer.made\",\"subject\":\"k\","
		    "\"time\":\"2026-03-04T10:00:00Z\",\"data\":{}}", i);
		lines[i] = text[i];
	}
	why = ask("offer-window-5d", "2026-03-05T10:00:00Z", lines, MANY);
	assert_int_equal(why.total, MANY);
	assert_int_equal(why.nchoices, CC_WHY_MAX);
	assert_int_equal(why.choices[0].outcome, CC_WHY_STANDS);
	assert_int_equal(why.choices[CC_WHY_MAX - 1].outcome, CC_WHY_IGNORED);
	cc_arena_reset(&arena);
}

static void
a_rule_that_there_is_not_is_refused(void **state)
{
	struct cc_eval_options o = {.only_rule = office.pack->nrules};
	struct cc_case c = {.nevents = 0};
	struct cc_why why;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_why_not(office.pack, &c, &o, &arena, &why, &err), CC_EINVAL);
	o.only_rule = -1;
	assert_int_equal(cc_why_not(office.pack, &c, &o, &arena, &why, &err), CC_EINVAL);
	cc_arena_reset(&arena);
}

static void
an_arena_at_its_limit_is_an_error(void **state)
{
	const char *const lines[] = {OPENED("1", "2026-03-04T10:00:00Z", "\"urgent\"")};
	struct cc_eval_options o = {.now = cc_test_wall("2026-05-05T10:00:00Z")};
	struct cc_case c = cc_test_case(office.pack, lines, 1, &arena);
	bool failed = false, passed = false;

	(void)state;
	o.only_rule = rule_of("look-missed");
	for (size_t limit = 1024; !passed; limit += 4096) {
		struct cc_arena small;
		struct cc_why why;
		struct cc_err err;
		enum cc_code code;

		cc_heap_arena_init(&small, limit);
		code = cc_why_not(office.pack, &c, &o, &small, &why, &err);
		assert_true(code == CC_OK || code == CC_ENOMEM);
		failed |= code == CC_ENOMEM;
		passed = code == CC_OK;
		cc_arena_done(&small);
	}
	assert_true(failed);
	cc_arena_reset(&arena);
}

int
main(void)
{
	static struct row copy[sizeof rows / sizeof rows[0]];
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(asking_gives_the_clocks_of_an_evaluation),
		cmocka_unit_test(choices_past_the_limit_are_counted),
		cmocka_unit_test(a_rule_that_there_is_not_is_refused),
		cmocka_unit_test(an_arena_at_its_limit_is_an_error),
	};
	static struct CMUnitTest list[sizeof rows / sizeof rows[0] +
	    sizeof others / sizeof others[0]];
	size_t n = 0;

	memcpy(copy, rows, sizeof rows);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		list[n++] = (struct CMUnitTest){.name = rows[i].what, .test_func = says_why,
		    .initial_state = &copy[i]};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		list[n++] = others[i];
	return _cmocka_run_group_tests("why", list, n, load_office, drop_office);
}
