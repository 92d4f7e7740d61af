#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/lang_kit.h"

/*
 * What each expression is worth over the history of lang_kit.c, in the order of
 * docs/policy-language.md.  "-" is absent.
 */
static const struct cc_lang_row values[] = {
	/* literals */
	{"3", "3"}, {"24h", "86400s"}, {"30m", "1800s"}, {"15s", "15s"}, {"yes", "yes"},
	{"no", "no"}, {"\"home\"", "home"}, {"absent", "-"}, {"beginning", "beginning"},
	{"case", "case"}, {"(3)", "3"}, {"shut", "shut"},

	/* selectors, fields, what comes with every event */
	{"a.made", "[a1 a2 a3 a4@/b]"}, {"b.made", "[b1 b1@/b b2]"},
	{"first a.made", "a1"}, {"last a.made", "a4@/b"}, {"count a.made", "4"},
	{"any a.made", "yes"}, {"no a.made", "no"}, {"any d.never", "no"},
	{"no d.never", "yes"}, {"first d.never", "-"}, {"count d.never", "0"},
	{"(first a.made).time", "2026-03-02T09:00:00Z"}, {"(first a.made).id", "a1"},
	{"(first a.made).n", "3"}, {"(first a.made).k", "red"}, {"(first a.made).who", "V1"},
	{"(first a.made).on", "2026-03-10"}, {"(first a.made).at", "2026-03-05T12:00:00Z"},
	{"(first a.made).people", "[V1 V2]"}, {"(first a.made).marks", "[red green]"},
	{"(last a.made).people", "-"}, {"(first a.made).flag", "yes"},

	/* what is absent */
	{"(first d.never).n", "-"}, {"(last a.made).n", "-"}, {"(last a.made).n = 3", "no"},
	{"(last a.made).n != 3", "no"}, {"not (last a.made).n = 3", "yes"},
	{"(last a.made).n < 3 or (last a.made).n >= 3", "no"}, {"(last a.made).n + 1", "-"},
	{"1 + (last a.made).n", "-"}, {"1 + absent", "-"}, {"absent + 1", "-"},
	{"(last a.made).n is absent", "yes"}, {"(last a.made).n is given", "no"},
	{"(first a.made).n is given", "yes"}, {"first d.never is absent", "yes"},
	{"first a.made is given", "yes"}, {"(last a.made).flag", "no"},
	{"(last a.made).sure", "yes"}, {"(last a.made).sure is given", "no"},
	{"(first a.made).sure", "no"}, {"(first a.made).sure is given", "yes"},
	{"absent = absent", "no"}, {"(first d.never).flag", "no"},

	/* filters */
	{"a.made[k = red]", "[a1]"}, {"a.made[k = red or n is absent]", "[a1 a2 a3 a4@/b]"},
	{"a.made[it.k = green]", "[a2]"}, {"a.made[x: x.k = green]", "[a2]"},
	{"a.made[time > (first b.made).time]", "[a3 a4@/b]"},
	{"a.made[k = red][n = 3]", "[a1]"}, {"a.made[k = red][n = 4]", "[]"},
	{"a.made[x: any b.made[who = x.who]]", "[a1 a2]"},
	{"a.made[any b.made[who = who]]", "[a1 a2 a3 a4@/b]"},
	{"(first a.made)[k = red]", "[a1]"}, {"(first a.made)[k = green]", "[]"},
	{"(first a.made).people[it = \"V2\"]", "[V2]"},
	{"seg[value = down]", "[seg:s2]"}, {"a.made[people has \"V3\"]", "[a2]"},

	/* merging and bounds */
	{"a.made | b.made", "[a1 b1 a2 b1@/b a3 b2 a4@/b]"}, {"a.made | a.made[k = red]",
	    "[a1 a2 a3 a4@/b]"}, {"(a.made | b.made)[n >= 3]", "[a1 b1]"},
	{"first a.made | b.made", "a1"},
	{"a.made from (first b.made)", "[a2 a3 a4@/b]"},
	{"a.made after (first b.made)", "[a3 a4@/b]"}, {"a.made until (first b.made)", "[a1 a2]"},
	{"a.made before (first b.made)", "[a1]"}, {"a.made preceding (first b.made)", "[a1]"},
	{"b.made following (first a.made[k = green])", "[b1@/b b2]"},
	{"b.made preceding (first a.made[k = green])", "[b1]"},
	{"a.made from beginning", "[a1 a2 a3 a4@/b]"}, {"a.made until beginning", "[]"},
	{"a.made from (first d.never)", "[]"}, {"a.made after (first d.never)", "[]"},
	{"a.made following (first d.never)", "[]"},
	{"a.made until (first d.never)", "[a1 a2 a3 a4@/b]"},
	{"a.made before (first d.never)", "[a1 a2 a3 a4@/b]"},
	{"a.made preceding (first d.never)", "[a1 a2 a3 a4@/b]"},
	{"a.made from (first b.made) until (first b.made).time + 26h", "[a2 a3]"},
	{"a.made in (first seg)", "[a1 a2]"}, {"a.made in (last seg)", "[]"},
	{"last a.made until (first b.made)", "a2"},
	{"any a.made before (first b.made) + 1s", "yes"},
	{"minus(a.made, a.made[k = red]) until (first b.made)", "[a2]"},

	/* logic: not binds tighter than and, and tighter than or */
	{"yes or no and no", "yes"}, {"(yes or no) and no", "no"}, {"not no and no", "no"},
	{"not (no and no)", "yes"}, {"not not yes", "yes"}, {"no or no", "no"},
	{"if no then 1 else if no then 2 else 3", "3"}, {"if yes then 1 else 2", "1"},
	{"if absent then 1 else 2", "2"}, {"if yes then absent else 2", "-"},
	{"1 + 2 = 3 and 1 < 2", "yes"}, {"absent otherwise 2", "2"},
	{"(last a.made).n otherwise (first b.made).n otherwise 7", "5"},
	{"1 otherwise 2 = 1", "yes"}, {"if no then 1 else 2 + 3", "5"},

	/* comparisons */
	{"1 = 1", "yes"}, {"1 != 1", "no"}, {"1 < 2", "yes"}, {"2 <= 2", "yes"}, {"1 > 2", "no"},
	{"2 >= 3", "no"}, {"first a.made = first a.made[k = red]", "yes"},
	{"first a.made = last a.made", "no"}, {"first a.made < first b.made", "yes"},
	{"first b.made <= first a.made[k = green]", "yes"},
	{"first b.made = first a.made[k = green]", "no"},
	{"first a.made = SOD(D(first a.made)) + 9h", "yes"}, {"\"V1\" = (first a.made).who", "yes"},
	{"first seg = last seg", "no"}, {"first seg = first seg[value = up]", "yes"},
	{"(first a.made).k in (red, green)", "yes"}, {"(first a.made).k in (green)", "no"},
	{"1 in (2, 1)", "yes"}, {"(last a.made).k in (red, green)", "no"},
	{"\"V2\" in (first a.made).people", "yes"}, {"\"V9\" in (first a.made).people", "no"},
	{"(first a.made) in a.made[k = red]", "yes"}, {"(first a.made) in b.made", "no"},
	{"(first a.made).people has \"V2\"", "yes"}, {"(first a.made).marks has green", "yes"},
	{"(first a.made).marks has blue", "no"}, {"(last a.made).marks has red", "no"},
	{"(first a.made).who matches \"V1\"", "yes"}, {"(first a.made).who matches \"V2\"", "no"},
	{"(last a.made).who matches \"V2\"", "yes"},
	{"(first a.made).people matches \"V2\"", "yes"},
	{"(first a.made).people matches \"V9\"", "no"},
	{"(first a.made[k is absent]).people matches \"V9\"", "yes"},
	{"(last a.made).people matches \"V9\"", "yes"},
	{"(first a.made).people matches (first a.made[k = green]).people", "no"},
	{"(first a.made).people matches ids(\"V9\", \"V2\")", "yes"},
	{"(first a.made).refs refers to first b.made", "yes"},
	{"(first a.made).refs refers to last b.made", "no"},
	{"(last a.made).ref refers to first b.made", "no"},
	{"(last a.made).ref refers to first b.made[k is absent]", "yes"},
	{"(first a.made).ref refers to first b.made", "no"},
	{"first a.made is a.made", "yes"}, {"first a.made is b.made", "no"},
	{"first d.never is a.made", "no"}, {"(a.made | b.made)[it is b.made]", "[b1 b1@/b b2]"},
	{"(first b.made).k in (red, blue)", "yes"},

	/* codes that look like words */
	{"(first a.made[k = green]).answer = yes", "yes"},
	{"(first a.made[k = green]).answer", "yes"}, {"(first a.made).answer = no", "yes"},
	{"(first a.made).answer = 15_day", "no"}, {"(last a.made).answer = 15_day", "yes"},

	/* quantifiers */
	{"every x in a.made: x.time > beginning", "yes"}, {"every x in a.made: x.n = 3", "no"},
	{"every x in d.never: no", "yes"}, {"some x in a.made: x.n = 3", "yes"},
	{"some x in d.never: yes", "no"}, {"earliest x in a.made: x.n", "3"},
	{"earliest x in b.made: x.n + 0", "5"},
	{"latest x in a.made: x.time", "2026-03-06T08:00:00Z"},
	{"earliest x in a.made[k = green] | b.made: x.time", "2026-03-03T10:00:00Z"},
	{"earliest x in d.never: x.time", "-"}, {"all x in a.made: x.time", "2026-03-06T08:00:00Z"},
	{"all x in a.made: x.n", "-"}, {"all x in d.never: x.time", "-"},
	{"{x in a.made: x.k = green}", "[a2]"}, {"count {x in a.made: x.n is absent}", "3"},
	{"every x in (first a.made).people: some y in b.made: y.who = x", "yes"},
	{"some v in (first a.made).people: v = \"V2\"", "yes"},
	{"{v in union((first a.made).people, ids(\"V7\")): any b.made[who = v]}", "[V1 V2]"},

	/* functions over values */
	{"earliest(1, absent, (last a.made).n)", "1"}, {"latest(1, 2, absent)", "2"},
	{"all_of(1, 2)", "2"}, {"all_of(1, absent)", "-"}, {"earliest(absent)", "-"},
	{"latest((first a.made).time, first b.made)", "2026-03-03T10:00:00Z"},
	{"union((first a.made).people, a.made.who)", "[V1 V2]"},
	{"union(ids(\"V5\"), \"V4\", a.made.people)", "[V5 V4 V1 V2 V3]"},
	{"minus(a.made.people, (first a.made).people)", "[V3]"},
	{"minus(a.made.people, \"V2\", ids(\"V3\"))", "[V1]"},
	{"ids(\"V1\", (last a.made).who, \"V1\")", "[V1]"}, {"a.made.who", "[V1 V2]"},
	{"a.made.people", "[V1 V2 V3]"}, {"b.made.k", "[blue red]"},
	{"minus(a.made, a.made[k = red])", "[a2 a3 a4@/b]"}, {"a.made.id", "[a1 a2 a3 a4]"},

	/* the calendar: 2026-03-06 is a holiday, the 7th and 8th a weekend */
	{"D(first b.made)", "2026-03-03"}, {"SOD(D(first b.made))", "2026-03-03T00:00:00Z"},
	{"EOD(D(first b.made))", "2026-03-03T23:59:59Z"},
	{"LOCAL(D(first b.made), 19:00:00)", "2026-03-03T19:00:00Z"},
	{"BD(D(first b.made), 3)", "2026-03-09"}, {"BD_END(D(first b.made), 2)",
	    "2026-03-05T23:59:59Z"}, {"BD_FROM(D(first b.made), 1)", "2026-03-03"},
	{"BD_FROM((first a.made).on - 4, 1)", "2026-03-09"}, {"NBD(first b.made)", "2026-03-04"},
	{"in_block(first b.made)", "yes"}, {"in_block(last a.made)", "no"},
	{"business_day(D(first b.made))", "yes"}, {"business_day(D(last a.made))", "no"},
	{"business_elapsed(first b.made, 24h)", "2026-03-04T10:00:00Z"},
	{"business_elapsed((first a.made).at, 24h)", "2026-03-09T12:00:00Z"},
	{"months(D(first b.made), 1)", "2026-04-03"}, {"months(D(first b.made), 0 - 12)",
	    "2025-03-03"}, {"months((first a.made).on + 21, 1)", "2026-04-30"},
	{"D(first b.made) + 10", "2026-03-13"}, {"D(first b.made) - 3", "2026-02-28"},
	{"(first a.made).on - D(first b.made)", "7"},
	{"first b.made + 24h", "2026-03-04T10:00:00Z"},
	{"first b.made - 24h", "2026-03-02T10:00:00Z"}, {"first b.made - first a.made", "90000s"},
	{"24h + 30m", "88200s"}, {"24h - 30m", "84600s"}, {"1 + 2 - 4", "-1"},
	{"D(first d.never)", "-"}, {"EOD(D(first d.never) + 1)", "-"},
	{"EOD(D(first b.made) + 99999999)", "-"}, {"BD_END(D(first b.made), 100000000)", "-"},
	{"months(D(first b.made), 99999999)", "-"},
	{"business_elapsed(first b.made, 99999999h)", "-"},
	{"longest_gap(first a.made, a.made, last a.made)", "2"},
	{"longest_gap(first a.made, d.never, last a.made)", "4"},
	{"longest_gap(first a.made, a.made, first d.never)", "-"},
	{"longest_gap(last a.made, a.made, first a.made)", "0"},

	/* terms */
	{"twice(4)", "8"}, {"of_person(\"V2\")", "[a2]"}, {"first of_person(\"V2\")", "a2"},
	{"of_person(\"V1\") until (first b.made)", "[a1]"}, {"kind_of(first a.made)", "red"},
	{"kind_of(first b.made)", "blue"}, {"either_kind(last b.made)", "red"},
	{"named_late", "[V1 V2]"}, {"of_person((last a.made).who)", "[]"},

	/* a timeline just before, just after, at, at last */
	{"phase just before (first s.set)", "none"}, {"phase just after (first s.set)", "up"},
	{"phase at (first s.set)", "up"}, {"phase just before (first a.made)", "none"},
	{"phase just after (first a.made)", "none"}, {"phase at (first a.made)", "up"},
	{"phase at (first a.made).time - 1s", "none"},
	{"phase just after (first s.set[to = down])", "down"},
	{"phase at (first s.set[to = down])", "up"},
	{"phase just before (first s.set[to = down])", "up"},
	{"phase just after (first b.made)", "up"}, {"phase at last", "up"},
	{"phase at (first d.never)", "-"}, {"phase just before (first d.never)", "-"},
	{"calm just after (first s.set[to = down])", "up"},
	{"calm at (first s.set[to = down])", "up"}, {"calm at last", "up"},
	{"own(\"V1\") at (first b.made)", "down"}, {"own(\"V2\") at (first b.made)", "up"},
	{"own(\"V9\") at last", "none"}, {"own((last a.made).who) at last", "-"},
	{"begun at (first a.made)", "-"}, {"begun just after (first b.made)", "none"},
	{"begun at last", "up"}, {"moved at (first b.made) - 35h", "none"},
	{"moved at SOD(D(first b.made))", "up"}, {"moved just before (first b.made)", "up"},
	{"counted at last", "3_more"}, {"asked just after (last b.made)", "red"},

	/* spans */
	{"seg", "[seg:s1 seg:s2 seg:s3 seg:s6]"}, {"run", "[run:s1 run:s6]"},
	{"(first run).value", "up"}, {"(first run).end", "s5"}, {"(last run).end", "-"},
	{"(last run).prev = first run", "yes"}, {"(first run).prev", "-"},
	{"(first run).made", "3"}, {"(first run).first_made", "a1"}, {"(first run).again", "4"},
	{"seg at (first b.made)", "seg:s3"}, {"seg just before (first b.made)", "seg:s1"},
	{"seg just before (first s.set)", "-"}, {"seg just after (first s.set)", "seg:s1"},
	{"seg at (first run).end", "-"}, {"seg at last", "seg:s6"},
	{"run at (first b.made)", "run:s1"},
	{"mine(\"V2\")", "[mine:s3]"}, {"mine(\"V1\")", "[mine:s1 mine:s6]"},
	{"mine(\"V9\")", "[]"}, {"mine(\"V2\") at last", "mine:s3"},
	{"mine((last a.made).who)", "[]"}, {"(last mine(\"V1\")).prev = first mine(\"V1\")", "yes"},
	{"(first mine(\"V2\")).owner", "V2"}, {"seg.value", "[up down]"},

	/* sets and clocks */
	{"pairs", "[pairs pairs pairs pairs]"}, {"pairs.person", "[V1 V2 V3]"},
	{"count pairs[late]", "1"}, {"(last pairs).since", "2026-03-04T12:00:00Z"},
	{"(first pairs).extra", "-"}, {"(last pairs).extra", "1"},
	{"count clocks(\"every-a\")", "4"}, {"(first clocks(\"every-a\")).due",
	    "2026-03-02T10:00:00Z"}, {"(first clocks(\"every-a\")).origin", "a1"},
	{"(first clocks(\"every-a\")).e", "a1"}, {"(first clocks(\"every-a\")).act", "-"},
	{"(first clocks(\"every-a\", \"every-b\")).size", "3"},
	{"count clocks(\"every-b\", \"every-a\")", "7"},
	{"(last clocks(\"every-b\")).ended", "-"}, {"(first clocks(\"chained\")).act",
	    "2026-03-03T10:00:00Z"}, {"count clocks(\"chained\")", "3"},
	{"(last clocks(\"chained\")).origin", "a3"},
	{"(last clocks(\"chained\")).cancelled", "2026-03-05T00:00:00Z"},

	/* the first moment */
	{"first moment t from (first a.made) before absent: yes", "2026-03-02T09:00:00Z"},
	{"first moment t from (first a.made) before absent: any b.made until t",
	    "2026-03-03T10:00:00Z"},
	{"first moment t from (first a.made) before (first b.made): any b.made until t", "-"},
	{"first moment t from (first d.never) before absent: yes", "-"},
	{"first moment t from beginning before absent: count a.made until t = 3",
	    "2026-03-04T12:00:00Z"},
	{"first moment t from (last b.made) before (first b.made): yes", "-"},
};

static void
gives_the_values_that_the_reference_says(void **state)
{
	(void)state;
	cc_lang_expect_values(values, sizeof values / sizeof values[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_values_that_the_reference_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
