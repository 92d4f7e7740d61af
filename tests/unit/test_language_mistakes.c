#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "tests/support/lang_kit.h"
#include "tests/support/mistake_kit.h"

/* Each expression has one mistake, and the message stands at its place or right
 * behind the part that is of a wrong type. */
static const struct cc_lang_row mistakes[] = {
	{"frist a.made", "1: unknown name 'frist'"},
	{"a.mode", "1: unknown name 'a.mode', did you mean 'a.made'?"},
	{"a.mad", "1: unknown name 'a.mad', did you mean 'a.made'?"},
	{"firts", "1: unknown name 'firts'"},
	{"first",
	    "1: 'first' wants a sequence behind it, and after a bound both "
	    "stand in parentheses: (first ...)"},
	{"phase",
	    "6: timeline 'phase' is read 'just before E', 'just after E', 'at "
	    "T' or 'at last'"},
	{"phase at", "9: expected a value before 'end'"},
	{"phase at 3", "11: at: expected an instant, found a number"},
	{"phase just", "11: expected 'after' before 'end'"},
	{"phase just after 24h", "21: just before or after: expected an event, found a duration"},
	{"own at last", "5: 'own' wants 1 argument, found 0"},
	{"own(\"V1\", \"V2\") at last", "17: 'own' wants 1 argument, found 2"},
	{"own(3) at last", "8: p: expected an id, found a number"},
	{"of_person", "10: 'of_person' wants 1 argument, found 0"},
	{"of_person()", "12: 'of_person' wants 1 argument, found 0"},
	{"of_person(3)", "13: p: expected an id, found a number"},
	{"of_person(\"V1\", \"V2\")", "22: 'of_person' wants 1 argument, found 2"},
	{"twice(\"V1\")", "12: x: expected a number, found an id"},
	{"kind_of(first seg)", "19: 'e' of 'kind_of' is an event, found a span, member or clock"},
	{"odd_of(first d.never)",
	    "22: 'e' of 'odd_of' is an event, found an event with other fields"},
	{"every-a", "1: unknown name 'every'"},
	{"clocks(every)", "8: expected the id of a rule, quoted"},
	{"clocks(\"every\")", "8: there is no rule 'every', did you mean 'every-a'?"},
	{"clocks(\"every-a\", \"every\")",
	    "19: there is no rule 'every', did you mean 'every-a'?"},
	{"clocks()", "8: expected the id of a rule, quoted"},
	{"(first a.made).m", "16: an event has no 'm', did you mean 'n'?"},
	{"(first a.made).k.x", "18: a code has no 'x'"},
	{"(first seg).strat",
	    "13: a span, member or clock has no 'strat', did you mean 'start'?"},
	{"first seg.start", "11: 'start' cannot be collected over a sequence"},
	{"seg.strat", "5: spans, members or clocks has no 'strat', did you mean 'start'?"},
	{"a.made.n", "8: 'n' cannot be collected over a sequence"},
	{"a.made.on", "8: 'on' cannot be collected over a sequence"},
	{"(a.made | d.never).flga", "20: events has no 'flga', did you mean 'flag'?"},
	{"(first b.made | d.never).odd",
	    "26: 'odd' is not of one type in all the types of events here"},
	{"3.x", "3: a number has no 'x'"},
	{"(first pairs).persn",
	    "15: a span, member or clock has no 'persn', did you mean 'person'?"},
	{"1 +", "4: expected a value before 'end'"},
	{"+ 1", "1: expected a value before '+'"},
	{"(1", "3: expected ')' before 'end'"},
	{"1)", "2: ')' was not expected here"},
	{"a.made[", "8: expected a value before 'end'"},
	{"a.made[k = red", "15: expected ']' before 'end'"},
	{"a.made]", "7: ']' was not expected here"},
	{"{x in a.made: yes", "18: expected '}' before 'end'"},
	{"{a.made}", "3: expected 'in' before '.'"},
	{"{3 in a.made: yes}", "2: expected a name and 'in'"},
	{"every x in a.made yes", "19: expected ':' before 'yes'"},
	{"every x in 3: yes", "13: expected a sequence after 'in', found a number"},
	{"some x in a.made: 3", "20: condition: expected yes or no, found a number"},
	{"all x in a.made: a.made", "24: expected one value for each, found events"},
	{"first moment 3 from beginning before absent: yes",
	    "14: expected a name after 'first moment'"},
	{"first moment t from 3 before absent: yes",
	    "23: from: expected an instant, found a number"},
	{"first moment t from beginning before absent: 3",
	    "47: condition: expected yes or no, found a number"},
	{"a.made[n]", "9: condition: expected yes or no, found a number"},
	{"3[yes]", "3: [...] wants a sequence before it, found a number"},
	{"(first a.made).k = blue", "24: this code is not one of those that it is compared with"},
	{"(first a.made).k = \"red\"", "25: comparison: expected a code, found an id"},
	{"(first a.made).k = grene", "20: unknown name 'grene', did you mean 'green'?"},
	{"(first a.made).k = rde", "20: unknown name 'rde'"},
	{"(first a.made).k in (red, blue)",
	    "31: this code is not one of those that it is compared with"},
	{"(first a.made).k in (red", "25: expected ')' before 'end'"},
	{"(first a.made).marks has yellow", "26: unknown name 'yellow'"},
	{"1 in (1, \"a\")", "13: in: expected a number, found an id"},
	{"1 = \"a\"", "8: comparison: expected an id, found a number"},
	{"1 = 24h", "8: comparison: expected a duration, found a number"},
	{"24h = D(first a.made)", "22: comparison: expected a date, found a duration"},
	{"a.made = b.made",
	    "16: comparison: events cannot be compared; say which one (first, "
	    "last)"},
	{"\"a\" < \"b\"", "10: comparison: an id has no order"},
	{"yes < no", "9: comparison: yes or no has no order"},
	{"first seg < last seg", "21: comparison: a span, member or clock has no order"},
	{"(first a.made).k < red", "23: comparison: a code has no order"},
	{"1 and yes", "7: and: expected yes or no, found a number"},
	{"yes or 1", "9: or: expected yes or no, found a number"},
	{"not 1", "6: not: expected yes or no, found a number"},
	{"if 1 then 2 else 3", "6: if: expected yes or no, found a number"},
	{"if yes then 2 else \"a\"", "23: then and else: expected an id, found a number"},
	{"if yes then 2", "14: expected 'else' before 'end'"},
	{"if yes 2 else 3", "8: expected 'then' before '2'"},
	{"1 otherwise \"a\"", "16: otherwise: expected an id, found a number"},
	{"D(first a.made) + 24h",
	    "22: a date and a duration cannot be added (hours go with "
	    "instants: 24h; whole days with dates: D(x) + 10)"},
	{"first a.made + 1",
	    "17: an instant and a number cannot be added (hours go with "
	    "instants: 24h; whole days with dates: D(x) + 10)"},
	{"first a.made + first b.made",
	    "28: an instant and an instant cannot be added (hours go with "
	    "instants: 24h; whole days with dates: D(x) + 10)"},
	{"1 + 24h",
	    "8: a number and a duration cannot be added (hours go with "
	    "instants: 24h; whole days with dates: D(x) + 10)"},
	{"1 - D(first a.made)",
	    "20: a number and a date cannot be subtracted (hours go with "
	    "instants: 24h; whole days with dates: D(x) + 10)"},
	{"\"a\" + 1",
	    "8: an id and a number cannot be added (hours go with instants: "
	    "24h; whole days with dates: D(x) + 10)"},
	{"yes + 1",
	    "8: yes or no and a number cannot be added (hours go with "
	    "instants: 24h; whole days with dates: D(x) + 10)"},
	{"D(3)", "5: D: expected an instant, found a number"},
	{"D()", "4: D wants 1 argument, found 0"},
	{"D(first a.made, 1)", "19: D wants 1 argument, found 2"},
	{"SOD(first a.made)", "18: SOD: expected a date, found an event"},
	{"EOD(first a.made)", "18: EOD: expected a date, found an event"},
	{"LOCAL(D(first a.made), 9)", "26: LOCAL: expected a duration, found a number"},
	{"BD(D(first a.made), 24h)", "25: BD: expected a number, found a duration"},
	{"in_block(D(first a.made))", "26: in_block: expected an instant, found a date"},
	{"months(D(first a.made))", "24: months wants 2 arguments, found 1"},
	{"business_elapsed(first a.made, 3)",
	    "34: business_elapsed: expected a duration, found a number"},
	{"longest_gap(first a.made, seg, last a.made)",
	    "44: longest_gap: expected events, found spans, members or clocks"},
	{"earliest()", "11: earliest wants at least one argument"},
	{"earliest(1, \"a\")", "17: earliest: expected an id, found a number"},
	{"latest(a.made)", "15: latest wants single values, found events; say first or last"},
	{"union(a.made, b.made)", "22: union puts ids together; for events say a | b"},
	{"union(a.made.who, seg)", "23: union: expected ids, found spans, members or clocks"},
	{"union(3)", "9: union: expected ids, found a number"},
	{"minus(a.made, a.made.who)", "26: minus: expected events, found ids"},
	{"ids(3)", "7: ids: expected an id, found a number"},
	{"ids(a.made.who)", "16: ids: expected an id, found ids"},
	{"count 3", "1: unknown name 'count', did you mean 'counted'?"},
	{"first 3",
	    "1: 'first' wants a sequence behind it, and after a bound both "
	    "stand in parentheses: (first ...)"},
	{"any \"a\"", "1: unknown name 'any'"},
	{"a.made | seg", "13: |: expected events, found spans, members or clocks"},
	{"a.made | 3", "11: |: expected events, found a number"},
	{"a.made from 3", "14: bound: expected an instant, found a number"},
	{"a.made from a.made", "19: bound: expected an instant, found events"},
	{"a.made preceding 24h", "21: bound: expected an event, found a duration"},
	{"a.made in a.made", "17: expected a span after 'in', found events"},
	{"a.made in (first pairs)",
	    "24: expected a span after 'in', found a span, member or clock"},
	{"a.made in (first clocks(\"every-a\"))",
	    "36: expected a span after 'in', found a span, member or clock"},
	{"a.made in 3", "12: expected a span after 'in', found a number"},
	{"a.made until first b.made",
	    "14: 'first' wants a sequence behind it, and after a bound both "
	    "stand in parentheses: (first ...)"},
	{"seg from beginning", "5: 'from' was not expected here"},
	{"first a.made is 3", "18: expected given, absent or an event type after 'is'"},
	{"first a.made is a.made | b.made",
	    "32: expected given, absent or an event type after 'is'"},
	{"3 is a.made", "12: expected given, absent or an event type after 'is'"},
	{"(first a.made).n refers to first b.made",
	    "40: only an id field of an event refers to an event"},
	{"\"x\" refers to first b.made", "27: only an id field of an event refers to an event"},
	{"(first a.made).ref refers to 3", "31: refers to: expected an event, found a number"},
	{"(first a.made).ref refers first b.made", "27: expected 'to' before 'first'"},
	{"(first a.made).n matches \"x\"", "29: a number cannot match an id"},
	{"(first a.made).who matches a.made.who", "38: an id cannot match ids"},
	{"\"V1\" in 3", "10: an id cannot be in a number"},
	{"3 in a.made.who", "16: a number cannot be in ids"},
	{"a.made has 3", "13: events cannot have a number"},
	{"3 has 3", "8: a number cannot have a number"},
	{"\"bad id\"", "1: \"bad id\" is no id"},
	{"\"\"", "1: \"\" is no id"},
	{"\"open", "1: cannot read '\"open'"},
	{"5 ; 6", "3: cannot read ';'"},
	{"1 ! 2", "3: cannot read '!'"},
	{"100000001", "1: cannot read '100000001'"},
	{"100000001h", "1: cannot read '100000001h'"},
	{"yes yes", "5: 'yes' was not expected here"},
	{"1 = 1 = 1", "7: '=' was not expected here"},
	{"(first a.made).", "16: expected a name after '.'"},
	{"(first a.made).3", "16: expected a name after '.'"},
	{"twice(twice)", "12: 'twice' wants 1 argument, found 0"},
	{"probe_0", "1: unknown name 'probe_0'"},
};

static void
says_what_is_wrong_with_an_expression_and_where(void **state)
{
	(void)state;
	cc_lang_expect_mistakes(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

/* `word` so many times, then `end`. */
static char *
repeated(const char *word, unsigned times, const char *end)
{
	size_t n = strlen(word);
	char *text = malloc(n * times + strlen(end) + 1);

	assert_non_null(text);
	for (unsigned i = 0; i < times; i++)
		memcpy(text + n * i, word, n);
	memcpy(text + n * times, end, strlen(end) + 1);
	return text;
}

static void
refuses_what_is_nested_too_deeply(void **state)
{
	static const struct {
		const char *word, *is;
		unsigned times;
	} deep[] = {
		{"(", "61: nested too deeply", 100000},
		{"not ", "241: nested too deeply", 100000},
		{"if yes then ", "721: nested too deeply", 50000},
		{"a.made[", "120: too many filters inside one another", 50000},
		{"D(", "121: nested too deeply", 100000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof deep / sizeof deep[0]; i++) {
		char *text = repeated(deep[i].word, deep[i].times, "yes");
		struct cc_lang_row row = {text, deep[i].is};

		cc_lang_expect_mistakes(&row, 1);
		free(text);
	}
}

static void
counts_long_sums_as_far_as_they_can_be_walked(void **state)
{
	char *sum = repeated("1 + ", 1000, "1");
	struct cc_lang_row row = {sum, "1001"};

	(void)state;
	cc_lang_expect_values(&row, 1);
	free(sum);
}

static void
an_expression_too_long_to_walk_ends_the_evaluation_not_the_program(void **state)
{
	static const char *const line[] = {
		CC_TEST_EVENT("a", "a.made", "2026-03-02T10:00:00Z", "")};
	struct cc_eval_options o = {.now = cc_test_wall("2026-03-03T00:00:00Z"), .only_rule = -1};
	char *sum = repeated("1 + ", 100000, "1 = 3\n"), *text;
	size_t n = strlen(sum) + 200;
	struct cc_test_file file = {"rules/b.yaml", NULL};
	struct cc_test_pack p;
	struct cc_result r;
	struct cc_arena a;
	struct cc_case c;
	struct cc_err err;

	(void)state;
	text = malloc(n);
	assert_non_null(text);
	(void)snprintf(text, n, "rules:\n  - rule: long\n    section: s\n    title: t\n"
	    "    kind: deadline\n    responsible: desk\n    for: e in a.made\n"
	    "    where: %s", sum);
	file.text = text;
	cc_small_pack(&file, 1, &p);
	cc_test_pack_expect(&p, NULL, 0);
	cc_heap_arena_init(&a, 64 * 1024 * 1024);
	c = cc_test_case(p.pack, line, 1, &a);
	assert_int_equal(cc_eval_case(p.pack, &c, &o, &a, &r, &err), CC_ENOMEM);
	assert_non_null(strstr(err.msg, "the limit for one case"));
	cc_arena_done(&a);
	cc_test_pack_done(&p);
	free(text);
	free(sum);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_wrong_with_an_expression_and_where),
		cmocka_unit_test(refuses_what_is_nested_too_deeply),
		cmocka_unit_test(counts_long_sums_as_far_as_they_can_be_walked),
		cmocka_unit_test(
		    an_expression_too_long_to_walk_ends_the_evaluation_not_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
