/* A pack's own tests: what the runner finds, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/pack_test.h"
#include "tests/support/pack_kit.h"

enum { ARENA = 64 * 1024 * 1024, LINES = 8, MANY = 1000 };

/* The files' beginnings: a story of one ticket, due 2026-03-06 was a holiday. */
#define STORY                                                                \
	"histories:\n"                                                       \
	"  one:\n"                                                           \
	"    - {at: 2026-03-04T20:00:00Z, type: ticket.opened, ticket_id: T1, urgency: low}\n" \
	"tests:\n"
#define TEST "  - test: it holds\n    rules: [receipt-2bd]\n    history: one\n"
#define AT "    now: 2026-03-05T00:00:00Z\n"
#define CLOCKS "    clocks:\n"
#define RUNS                                                                 \
	"{subject: e-1, state: running, started: 2026-03-04T20:00:00Z, "     \
	"due: 2026-03-09T23:59:59Z}"
#define SAID(state)                                                          \
	"{clock: receipt-2bd, subject: e-1, state: " state                   \
	", started: 2026-03-04T20:00:00Z, due: 2026-03-09T23:59:59Z"

static struct cc_test_pack office;
static struct cc_arena arena;
static struct cc_diags diags;
static struct cc_pack_tests tests;

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
begin(void **state)
{
	(void)state;
	tests = (struct cc_pack_tests){.pack = office.pack, .arena = &arena, .diags = &diags};
	return 0;
}

static int
end(void **state)
{
	(void)state;
	cc_diags_done(&diags);
	cc_arena_reset(&arena);
	return 0;
}

static bool
parse(const char *text)
{
	return cc_pack_test_parse(&tests, "t.yaml",
	    (struct cc_str){text, (uint32_t)strlen(text)});
}

static void
read_good(const char *text)
{
	if (parse(text))
		return;
	for (unsigned i = 0; i < cc_diags_kept(&diags); i++)
		print_error("%s\n", diags.text[i]);
	fail_msg("refused");
}

static struct cc_pack_lines
run(uint32_t i)
{
	struct cc_pack_lines lines = {.n = 0};
	struct cc_err err;

	assert_true(i < tests.n);
	if (cc_pack_test_run(office.pack, &tests.v[i], &arena, &lines, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return lines;
}

/* ---- what is found ------------------------------------------------------- */

static const struct found {
	const char *what, *text;
	const char *lines[LINES];
} found[] = {
	{"what is as expected differs in nothing", STORY TEST AT CLOCKS "      - " RUNS "\n",
	    {NULL}},
	{"instants are compared, not their texts", STORY TEST AT CLOCKS
	    "      - {subject: e-1, state: running, started: 2026-03-04T21:00:00+01:00, "
	    "due: 2026-03-09T18:59:59-05:00}\n", {NULL}},
	{"a clock that was not expected is found", STORY TEST AT "    clocks: []\n",
	    {"+ " SAID("running") "}"}},
	{"a clock of another state is expected and found", STORY TEST AT CLOCKS
	    "      - {subject: e-1, state: met, started: 2026-03-04T20:00:00Z, "
	    "due: 2026-03-09T23:59:59Z}\n",
	    {"- " SAID("met") "}", "+ " SAID("running") "}"}},
	{"a clock expected once too often is not found", STORY TEST AT CLOCKS
	    "      - " RUNS "\n      - " RUNS "\n", {"- " SAID("running") "}"}},
	{"another period is another clock", STORY TEST AT CLOCKS
	    "      - {subject: e-1, period: 2, state: running, started: 2026-03-04T20:00:00Z, "
	    "due: 2026-03-09T23:59:59Z}\n",
	    {"- {clock: receipt-2bd, subject: e-1, period: 2, state: running, "
	    "started: 2026-03-04T20:00:00Z, due: 2026-03-09T23:59:59Z}",
	    "+ " SAID("running") "}"}},
	{"the latest event's time is now when nothing else is said", STORY TEST
	    "    events:\n      - {at: 2026-03-10T00:00:00Z, type: review.asked}\n"
	    "    clocks: []\n", {"+ " SAID("overdue") "}"}},
	{"events go on in the numbers of the history", STORY TEST
	    "    events:\n"
	    "      - {at: 2026-03-05T10:00:00Z, type: ticket.opened, ticket_id: T2, urgency: low}\n"
	    CLOCKS "      - " RUNS "\n",
	    {"+ {clock: receipt-2bd, subject: e-2, state: running, "
	    "started: 2026-03-05T10:00:00Z, due: 2026-03-10T23:59:59Z}"}},
	{"an event refers to another by its number", STORY TEST
	    "    events:\n"
	    "      - {at: 2026-03-05T10:00:00Z, type: letter.sent, letter: receipt, "
	    "about_id: e-1}\n"
	    "    clocks: []\n",
	    {"+ " SAID("met") ", ended: 2026-03-05T10:00:00Z}"}},
	{"an exact repeat counts once", STORY TEST AT
	    "    events:\n"
	    "      - {id: e-1, at: 2026-03-04T20:00:00Z, type: ticket.opened, ticket_id: T1, "
	    "urgency: low}\n" CLOCKS "      - " RUNS "\n", {NULL}},
	{"no holidays for this test", STORY TEST AT "    holidays: none\n    clocks: []\n",
	    {"+ {clock: receipt-2bd, subject: e-1, state: running, "
	    "started: 2026-03-04T20:00:00Z, due: 2026-03-06T23:59:59Z}"}},
	{"other holidays for this test", STORY TEST AT
	    "    holidays: [2026-03-09, 2026-03-05]\n    clocks: []\n",
	    {"+ {clock: receipt-2bd, subject: e-1, state: running, "
	    "started: 2026-03-04T20:00:00Z, due: 2026-03-10T23:59:59Z}"}},
	{"what was recorded later was not known", STORY TEST AT
	    "    known_at: 2026-03-04T23:00:00Z\n    events:\n"
	    "      - {at: 2026-03-04T22:00:00Z, recorded: 2026-03-04T23:00:01Z, "
	    "type: stage.set, stage: shut}\n" CLOCKS "      - " RUNS "\n", {NULL}},
	{"what was recorded then was known", STORY TEST AT
	    "    known_at: 2026-03-04T23:00:01Z\n    events:\n"
	    "      - {at: 2026-03-04T22:00:00Z, recorded: 2026-03-04T23:00:01Z, "
	    "type: stage.set, stage: shut}\n    clocks: []\n",
	    {"+ " SAID("cancelled") ", ended: 2026-03-04T22:00:00Z}"}},
	{"alerts are looked at when some are expected", STORY TEST
	    "    now: 2026-03-10T00:00:00Z\n" CLOCKS
	    "      - {subject: e-1, state: overdue, started: 2026-03-04T20:00:00Z, "
	    "due: 2026-03-09T23:59:59Z}\n"
	    "    alerts:\n"
	    "      - {subject: e-1, at: 2026-03-07T23:59:59Z, rung: before-2d, to: [clerk], "
	    "severity: notice}\n"
	    "      - {subject: e-1, at: 2026-03-10T00:00:00Z, rung: breach, to: [clerk], "
	    "severity: warning}\n",
	    {"+ {clock: receipt-2bd, subject: e-1, at: 2026-03-10T00:00:00Z, rung: breach, "
	    "to: [clerk, foreman], severity: warning}",
	    "- {clock: receipt-2bd, subject: e-1, at: 2026-03-10T00:00:00Z, rung: breach, "
	    "to: [clerk], severity: warning}"}},
	{"several rules in one test", STORY
	    "  - test: two\n    rules: [receipt-2bd, answer-10d]\n    history: one\n" AT CLOCKS
	    "      - {clock: answer-10d, subject: T1, state: running, "
	    "started: 2026-03-04T20:00:00Z, due: 2026-03-16T23:59:59Z}\n"
	    "      - {clock: receipt-2bd, subject: e-1, state: running, "
	    "started: 2026-03-04T20:00:00Z, due: 2026-03-09T23:59:59Z}\n", {NULL}},
	{"numbers, dates and yes or no are read as their field wants them",
	    "tests:\n  - test: typed\n    rules: [hazard-now]\n    events:\n"
	    "      - {at: 2026-03-04T20:00:00Z, type: ticket.opened, ticket_id: 17, urgency: low, "
	    "hazard: yes}\n"
	    "      - at: 2026-03-04T21:00:00Z\n        type: tenant.joined\n"
	    "        data: {tenant_id: P1, reachable: no, moved_in_on: 2026-03-01}\n" CLOCKS
	    "      - {subject: e-1, state: overdue, started: 2026-03-04T20:00:00Z, "
	    "due: 2026-03-04T20:00:00Z}\n", {NULL}},
};

static void
finds_what_differs(void **state)
{
	const struct found *f = *state;
	struct cc_pack_lines lines;
	uint32_t n = 0;

	read_good(f->text);
	assert_int_equal(tests.n, 1);
	lines = run(0);
	while (n < LINES && f->lines[n] != NULL)
		n++;
	for (uint32_t i = 0; i < lines.n && i < n; i++)
		assert_string_equal(lines.v[i], f->lines[i]);
	for (uint32_t i = n; i < lines.n; i++)
		print_error("found also: %s\n", lines.v[i]);
	assert_int_equal(lines.n, n);
}

/* ---- what is refused ----------------------------------------------------- */

static const struct refused {
	const char *what, *text, *line;
} refused[] = {
	{"an unknown rule",
	    "tests:\n  - {test: a, rules: [receipt-2db], now: 2026-03-05T00:00:00Z, clocks: []}\n",
	    "t.yaml:2:23: there is no rule 'receipt-2db', did you mean 'receipt-2bd'?"},
	{"a rule that prints nothing",
	    "tests:\n  - {test: a, rules: [base-visits], now: 2026-03-05T00:00:00Z, clocks: []}\n",
	    "t.yaml:2:23: rule 'base-visits' prints no records: there is nothing to test"},
	{"a rule named twice", "tests:\n  - {test: a, rules: [hazard-now, hazard-now], "
	    "now: 2026-03-05T00:00:00Z, clocks: []}\n",
	    "t.yaml:2:35: rule 'hazard-now' is named twice"},
	{"no rules", "tests:\n  - {test: a, now: 2026-03-05T00:00:00Z, clocks: []}\n",
	    "t.yaml:2:5: rules: expected a list of 1 to 64 rules"},
	{"no events and no now", "tests:\n  - {test: a, rules: [hazard-now], clocks: []}\n",
	    "t.yaml:2:5: this test has no events"},
	{"no name", "tests:\n  - {rules: [hazard-now], clocks: []}\n",
	    "t.yaml:2:5: the key 'test' is missing"},
	{"two tests of one name", STORY TEST AT "    clocks: []\n" TEST AT "    clocks: []\n",
	    "t.yaml:10:11: there is another test of this name, in line 5"},
	{"a history that is not there", "tests:\n  - {test: a, rules: [hazard-now], history: two, "
	    "now: 2026-03-05T00:00:00Z, clocks: []}\n",
	    "t.yaml:2:45: there is no history 'two' in this file"},
	{"an unknown key", STORY TEST AT "    clocks: []\n    alert: []\n",
	    "t.yaml:10:5: a test: unknown key 'alert', did you mean 'alerts'?"},
	{"an event without a type", STORY TEST
	    "    events:\n      - {at: 2026-03-04T20:00:00Z}\n    clocks: []\n",
	    "t.yaml:9:9: this event has no 'type'"},
	{"an event that is no mapping", STORY TEST AT "    events: [x]\n    clocks: []\n",
	    "t.yaml:9:14: an event is a mapping: {at: TIME, type: TYPE, FIELD: VALUE, ...}"},
	{"an unknown field, at its key", STORY TEST AT
	    "    events:\n      - {at: 2026-03-04T20:00:00Z, type: review.asked, when: x}\n"
	    "    clocks: []\n",
	    "t.yaml:10:56: invalid_data: expected only fields of review.asked; this one is not "
	    "declared"},
	{"an unlisted code, at its place in the list or text", STORY TEST AT
	    "    events:\n      - {at: 2026-03-04T20:00:00Z, type: stage.set, stage: shot}\n"
	    "    clocks: []\n",
	    "t.yaml:10:53: invalid_data: expected one of triage, works, review, shut; "
	    "got \"shot\""},
	{"a bad id in a list, at its place", STORY TEST AT
	    "    events:\n      - {at: 2026-03-04T20:00:00Z, type: visit.made, purpose: look, "
	    "tenant_ids: [P1, P 2]}\n    clocks: []\n", NULL},
	{"another event of the same id", STORY TEST AT
	    "    events:\n      - {id: e-1, at: 2026-03-04T20:00:00Z, type: review.asked}\n"
	    "    clocks: []\n",
	    "t.yaml:10:9: there is another event 'e-1' from '/t' with other content before it"},
	{"a time without an offset", STORY TEST "    now: 2026-03-04T20:00:00\n    clocks: []\n",
	    NULL},
	{"a state that there is not", STORY TEST AT CLOCKS
	    "      - {state: mat, started: 2026-03-04T20:00:00Z}\n",
	    "t.yaml:10:17: state: 'mat' is none of running, overdue, paused, met, late, cancelled, "
	    "exempt, open, used, expired, passed, failed; did you mean 'met'?"},
	{"a clock of a rule that the test does not look at", STORY TEST AT CLOCKS
	    "      - {clock: hazard-now, state: met, started: 2026-03-04T20:00:00Z}\n",
	    "t.yaml:10:17: rule 'hazard-now' is not among the 'rules' of this test"},
	{"a clock that does not say of which of several rules", STORY
	    "  - test: two\n    rules: [receipt-2bd, answer-10d]\n    history: one\n" CLOCKS
	    "      - {state: met, started: 2026-03-04T20:00:00Z}\n",
	    "t.yaml:9:9: the key 'clock' is missing: 'rules' names several"},
	{"a clock without a start", STORY TEST AT CLOCKS "      - {state: met}\n",
	    "t.yaml:10:9: the key 'started' is missing"},
	{"no word on clocks", STORY TEST AT, "t.yaml:5:5: the key 'clocks' is missing"},
	{"an alert without roles", STORY TEST AT "    clocks: []\n    alerts:\n"
	    "      - {at: 2026-03-04T20:00:00Z, rung: breach, severity: warning}\n",
	    "t.yaml:11:9: the key 'to' is missing"},
	{"a date named twice", STORY TEST AT "    holidays: [2026-03-09, 2026-03-09]\n"
	    "    clocks: []\n", "t.yaml:9:15: holidays: a date is named twice"},
	{"a file of another form", "- test: a\n",
	    "t.yaml:1:1: a test file: expected a mapping, found a list"},
	{"a file without tests", "histories: {}\n", "t.yaml:1:1: the key 'tests' is missing"},
};

static void
refuses_a_mistake(void **state)
{
	const struct refused *r = *state;

	assert_false(parse(r->text));
	if (r->line == NULL) {
		assert_true(diags.n >= 1);
		return;
	}
	for (unsigned i = 1; i < cc_diags_kept(&diags); i++)
		print_error("also: %s\n", diags.text[i]);
	assert_string_equal(diags.text[0], r->line);
	assert_int_equal(diags.n, 1);
}

static void
tells_all_mistakes_of_a_file_at_once(void **state)
{
	(void)state;
	assert_false(parse(STORY TEST "    clocks: [{state: mat, started: x}]\n"
	    "  - {test: b, rules: [x], history: y, clocks: []}\n"));
	assert_int_equal(diags.n, 3);
}

static void
a_thousand_tests_share_a_history(void **state)
{
	size_t cap = 64 * 1024 + MANY * 400, n;
	char *text = malloc(cap);

	(void)state;
	assert_non_null(text);
	n = (size_t)snprintf(text, cap, "%s", STORY);
	for (int i = 0; i < MANY; i++)
		n += (size_t)snprintf(text + n, cap - n, "  - test: number %d\n"
		    "    rules: [receipt-2bd]\n    history: one\n" AT CLOCKS
		    "      - " RUNS "\n", i);
	read_good(text);
	free(text);
	assert_int_equal(tests.n, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		struct cc_mark before = cc_arena_mark(&arena);

		assert_int_equal(run(i).n, 0);
		cc_arena_release(&arena, before);
	}
}

static void
too_many_events_are_refused(void **state)
{
	size_t cap = (CC_PACK_TEST_EVENTS + 2) * 100, n;
	char *text = malloc(cap);

	(void)state;
	assert_non_null(text);
	n = (size_t)snprintf(text, cap, "tests:\n  - test: a\n    rules: [hazard-now]\n"
	    "    clocks: []\n    events:\n");
	for (int i = 0; i <= CC_PACK_TEST_EVENTS; i++)
		n += (size_t)snprintf(text + n, cap - n,
		    "      - {at: 2026-03-04T20:00:00Z, type: review.asked}\n");
	assert_false(parse(text));
	free(text);
	assert_int_equal(diags.n, 1);
	assert_non_null(strstr(diags.text[0], "more than 5000 events"));
}

static void
an_arena_at_its_limit_is_an_error(void **state)
{
	struct cc_arena small;
	struct cc_pack_lines lines;
	struct cc_err err;

	(void)state;
	read_good(STORY TEST AT CLOCKS "      - " RUNS "\n");
	cc_heap_arena_init(&small, 4096);
	assert_int_equal(cc_pack_test_run(office.pack, &tests.v[0], &small, &lines, &err),
	    CC_ENOMEM);
	cc_arena_done(&small);
}

#define TABLE(rows, fn)                                                      \
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)            \
		list[n++] = (struct CMUnitTest){.name = rows[i].what,        \
		    .test_func = fn, .setup_func = begin, .teardown_func = end, \
		    .initial_state = &copy_of_##rows[i]}

int
main(void)
{
	static struct found copy_of_found[sizeof found / sizeof found[0]];
	static struct refused copy_of_refused[sizeof refused / sizeof refused[0]];
	static const struct CMUnitTest others[] = {
		cmocka_unit_test_setup_teardown(tells_all_mistakes_of_a_file_at_once, begin, end),
		cmocka_unit_test_setup_teardown(a_thousand_tests_share_a_history, begin, end),
		cmocka_unit_test_setup_teardown(too_many_events_are_refused, begin, end),
		cmocka_unit_test_setup_teardown(an_arena_at_its_limit_is_an_error, begin, end),
	};
	static struct CMUnitTest list[sizeof found / sizeof found[0] +
	    sizeof refused / sizeof refused[0] + sizeof others / sizeof others[0]];
	size_t n = 0;

	memcpy(copy_of_found, found, sizeof found);
	memcpy(copy_of_refused, refused, sizeof refused);
	TABLE(found, finds_what_differs);
	TABLE(refused, refuses_a_mistake);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		list[n++] = others[i];
	return _cmocka_run_group_tests("a pack's own tests", list, n, load_office, drop_office);
}
