#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/mistake_kit.h"

static const struct cc_mistake_row terms[] = {
	{"an unknown list", "terms.yaml", NULL, "term: []\n",
	    {"terms.yaml:1:1: file: unknown key 'term', did you mean 'terms'?"}},
	{"a declaration without a name", "terms.yaml", NULL, "terms:\n  - is: 3\n",
	    {"terms.yaml:2:5: expected a mapping with the key 'term'"}},
	{"a declaration that is text", "terms.yaml", NULL, "terms: [x]\n",
	    {"terms.yaml:1:9: expected a mapping with the key 'term'"}},
	{"terms that are no list", "terms.yaml", NULL, "terms: {term: x}\n",
	    {"terms.yaml:1:8: terms: expected a list, found a mapping"}},
	{"a bad name", "terms.yaml", NULL, "terms:\n  - {term: x-y, is: 3}\n",
	    {"terms.yaml:2:12: 'x-y' is no name (letters, digits and _)"}},
	{"a name of a digit", "terms.yaml", NULL, "terms:\n  - {term: 3x, is: 3}\n",
	    {"terms.yaml:2:12: '3x' is no name (letters, digits and _)"}},
	{"a term without is", "terms.yaml", NULL, "terms:\n  - term: x\n",
	    {"terms.yaml:2:11: term 'x': the key 'is' is missing"}},
	{"a term with an unknown key", "terms.yaml", NULL,
	    "terms:\n  - {term: x, is: 3, if: 4}\n",
	    {"terms.yaml:2:22: x: unknown key 'if', did you mean 'is'?"}},
	{"an empty expression", "terms.yaml", NULL, "terms:\n  - {term: x, is: \"\"}\n",
	    {"terms.yaml:2:19: expression: expected text, found nothing"}},
	{"an expression that is a list", "terms.yaml", NULL, "terms:\n  - {term: x, is: [3]}\n",
	    {"terms.yaml:2:19: expression: expected text, found a list"}},
	{"one name twice", "terms.yaml", NULL,
	    "terms:\n  - {term: x, is: 3}\nsets:\n  - {set: x, members: []}\n",
	    {"terms.yaml:4:11: 'x' is declared twice (first in terms.yaml:2)"}},
	{"one name in two files", "terms.yaml", NULL,
	    "terms:\n  - {term: x, is: 3}\n  - {term: x, is: 3}\n",
	    {"terms.yaml:3:12: 'x' is declared twice (first in terms.yaml:2)"}},
	{"a parameter of an unknown type", "terms.yaml", NULL,
	    "terms:\n  - {term: \"x(p: idd)\", is: 3}\n",
	    {"terms.yaml:2:12: 'x': 'idd' is no type of a parameter"}},
	{"a parameter without a type", "terms.yaml", NULL, "terms:\n  - {term: x(p), is: 3}\n",
	    {"terms.yaml:2:12: 'x': expected parameters as (name: type, ...), at most 8"}},
	{"too many parameters", "terms.yaml", NULL, "terms:\n"
	    "  - {term: \"x(a: id, b: id, c: id, d: id, e: id, f: id, g: id, h: id, i: "
	    "id)\", is: 3}\n",
	    {"terms.yaml:2:12: 'x': expected parameters as (name: type, ...), at most 8"}},
	{"parameters with more behind", "terms.yaml", NULL,
	    "terms:\n  - {term: \"x(p: id) y\", is: 3}\n",
	    {"terms.yaml:2:12: 'x': expected parameters as (name: type, ...), at most 8"}},
	{"a set with parameters", "terms.yaml", NULL,
	    "sets:\n  - {set: \"x(p: id)\", members: []}\n",
	    {"terms.yaml:2:11: 'x': a set has no parameters"}},
	{"a term that needs itself", "terms.yaml", NULL, "terms:\n  - {term: x, is: x + 1}\n",
	    {"terms.yaml:2:21: 'x' depends on itself"}},
	{"terms that need each other", "terms.yaml", NULL,
	    "terms:\n  - {term: x, is: y + 1}\n  - {term: y, is: z}\n"
	    "  - {term: z, is: x}\n",
	    {"terms.yaml:4:20: 'x' depends on itself"}},
	{"a timeline that needs itself", "terms.yaml", NULL,
	    "timelines:\n  - timeline: x\n    values: [red]\n    set:\n"
	    "      - {on: a.made, when: x just before it = red, to: red}\n",
	    {"terms.yaml:5:30: 'x' depends on itself"}},
	{"a set that needs itself", "terms.yaml", NULL,
	    "sets:\n  - set: x\n    members:\n      - {for: m in x, give: {a: 1}}\n",
	    {"terms.yaml:4:21: 'x' depends on itself"}},
	{"a span that looks at itself", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: a.made, to: red}]}\n"
	    "spans:\n  - {span: s, of: x, while: [red], attributes: {y: count s}}\n",
	    {"terms.yaml:4:59: 's' depends on itself"}},
	{"a span that looks at itself through a term", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: a.made, to: red}]}\n"
	    "spans:\n  - {span: s, of: x, while: [red], attributes: {y: many}}\n"
	    "terms:\n  - {term: many, is: count s}\n",
	    {"terms.yaml:4:56: 'many' depends on itself"}},
	{"attributes that need each other", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: a.made, to: red}]}\n"
	    "spans:\n  - {span: s, of: x, while: [red], attributes: {y: z, z: y}}\n",
	    {"terms.yaml:4:58: attribute 'y' depends on itself"}},
	{"an attribute with a taken name", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: a.made, to: red}]}\n"
	    "spans:\n"
	    "  - {span: s, of: x, while: [red], attributes: {start: count a.made}}\n",
	    {"terms.yaml:4:49: the name 'start' is taken"}},
	{"a span of no timeline", "terms.yaml", NULL,
	    "spans:\n  - {span: s, of: x, while: [red]}\n",
	    {"terms.yaml:2:19: span 's': there is no timeline 'x'"}},
	{"a span without of", "terms.yaml", NULL, "spans:\n  - {span: s, while: [red]}\n",
	    {"terms.yaml:2:12: span 's': the key 'of' is missing"}},
	{"a span while nothing", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: a.made, to: red}]}\n"
	    "spans:\n  - {span: s, of: x}\n",
	    {"terms.yaml:4:12: span 's' needs 'while': the values it lasts for"}},
	{"a span while an unknown value", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: a.made, to: red}]}\n"
	    "spans:\n  - {span: s, of: x, while: [green]}\n",
	    {"terms.yaml:4:30: while: unknown code 'green'"}},
	{"a span with other parameters", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: a.made, to: red}]}\n"
	    "spans:\n  - {span: \"s(p: id)\", of: x, while: [red]}\n",
	    {"terms.yaml:4:12: span 's' has 1 parameters, its timeline 0"}},
	{"a timeline without values", "terms.yaml", NULL,
	    "timelines:\n  - {timeline: x, set: [{on: a.made, to: red}]}\n",
	    {"terms.yaml:2:16: timeline 'x' needs 'values' and 'set', and has at most "
	     "one parameter"}},
	{"a timeline to an unknown value", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: a.made, to: blue}]}\n",
	    {"terms.yaml:2:57: unknown name 'blue', did you mean 'value'?"}},
	{"a timeline on no events", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: 3, to: red}]}\n",
	    {"terms.yaml:2:45: on: expected events, found a number"}},
	{"an entry without to", "terms.yaml", NULL,
	    "timelines:\n  - {timeline: x, values: [red], set: [{on: a.made}]}\n",
	    {"terms.yaml:2:40: timeline 'x': an entry needs 'on' and 'to'"}},
	{"another same_second", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], same_second: first, set: [{on: a.made, "
	    "to: red}]}\n",
	    {"terms.yaml:2:47: same_second: 'first' is none of last"}},
	{"a mistake in a term that only a timeline reads", "terms.yaml", NULL, "timelines:\n"
	    "  - {timeline: x, values: [red], set: [{on: t, to: red}]}\nterms:\n"
	    "  - {term: t, is: \"a.made[nn = 3]\"}\n",
	    {"terms.yaml:4:27: unknown name 'nn', did you mean 'n'?"}},
	{"members that give other names", "terms.yaml", NULL, "sets:\n  - set: s\n    members:\n"
	    "      - {for: e in a.made, give: {x: 1, y: 2}}\n"
	    "      - {for: e in a.made, give: {x: 1, z: 2}}\n",
	    {"terms.yaml:5:41: set 's': its first members do not give 'z'",
	     "terms.yaml:5:34: set 's': these members do not give 'y'"}},
	{"members that give other types", "terms.yaml", NULL, "sets:\n  - set: s\n    members:\n"
	    "      - {for: e in a.made, give: {x: 1}}\n"
	    "      - {for: e in a.made, give: {x: \"e.who\"}}\n",
	    {"terms.yaml:5:39: x: expected a number, found an id"}},
	{"members without give", "terms.yaml", NULL,
	    "sets:\n  - set: s\n    members:\n      - {for: e in a.made}\n",
	    {"terms.yaml:2:10: set 's': expected 'give', a mapping of names to values"}},
	{"a set without members", "terms.yaml", NULL, "sets:\n  - {set: s}\n",
	    {"terms.yaml:2:11: set 's' needs 'members', a list"}},
	{"a generator that is none", "terms.yaml", NULL, "sets:\n  - set: s\n    members:\n"
	    "      - {for: e of a.made, give: {x: 1}}\n",
	    {"terms.yaml:4:17: expected 'in' before 'of'"}},
	{"a misspelt rule", "terms.yaml", NULL,
	    "terms:\n  - {term: x, is: count clocks(\"won\")}\n",
	    {"terms.yaml:2:32: there is no rule 'won'"}},
	{"a misspelt name", "terms.yaml", NULL, "terms:\n  - {term: some_name, is: 3}\n"
	    "  - {term: y, is: some_nane + 1}\n",
	    {"terms.yaml:3:19: unknown name 'some_nane', did you mean 'some_name'?"}},
	{"a folded expression", "terms.yaml", NULL,
	    "terms:\n  - term: x\n    is: >-\n      count a.made[k = red and\n"
	    "        it.n > mm]\n",
	    {"terms.yaml:5:16: unknown name 'mm'"}},
};

static const struct cc_mistake_row rules[] = {
	{"rules that need each other", "rules/a.yaml", "    for: e in a.made\n    due: e + 1h\n",
	    "    for: e in clocks(\"two\")\n    \n  - rule: two\n    section: '1'\n"
	    "    title: t\n    kind: deadline\n    responsible: desk\n"
	    "    for: e in clocks(\"one\")\n    \n",
	    {"rules/a.yaml:14:22: 'one' depends on itself"}},
	{"a rule with nothing", "rules/a.yaml", NULL, "rules:\n  - rule: one\n",
	    {"rules/a.yaml:2:11: rule 'one': the key 'title' is missing",
	     "rules/a.yaml:2:11: rule 'one': the key 'section' is missing",
	     "rules/a.yaml:2:11: rule 'one': the key 'kind' is missing",
	     "rules/a.yaml:2:11: rule 'one': the key 'responsible' is missing",
	     "rules/a.yaml:2:11: rule 'one': needs 'origin' (the event that begins the "
	     "clock) or 'started'"}},
	{"a rule with an unknown key", "rules/a.yaml", "    due: e + 1h\n", "    dew: e + 1h\n",
	    {"rules/a.yaml:8:5: one: unknown key 'dew'"}},
	{"a rule of an unknown kind", "rules/a.yaml", "    kind: deadline\n",
	    "    kind: dedline\n",
	    {"rules/a.yaml:5:11: kind: 'dedline' is none of deadline, recurring, "
	     "window, freshness, gate, immediate; did you mean 'deadline'?"}},
	{"a rule for an unknown role", "rules/a.yaml", "    responsible: desk\n",
	    "    responsible: desc\n",
	    {"rules/a.yaml:6:18: responsible: 'desc' is none of desk, chief; did you "
	     "mean 'desk'?"}},
	{"a rule for an unknown event", "rules/a.yaml", "    for: e in a.made\n",
	    "    for: e in a.maid\n",
	    {"rules/a.yaml:7:15: unknown name 'a.maid', did you mean 'a.made'?"}},
	{"a rule with an unknown field", "rules/a.yaml", "    for: e in a.made\n",
	    "    for: 'e in a.made[m = 3]'\n",
	    {"rules/a.yaml:7:23: unknown name 'm', did you mean 'n'?"}},
	{"a rule with an unknown code", "rules/a.yaml", "    for: e in a.made\n",
	    "    for: 'e in a.made[k = grean]'\n",
	    {"rules/a.yaml:7:27: unknown name 'grean', did you mean 'green'?"}},
	{"a rule with an unknown rule", "rules/a.yaml", "    for: e in a.made\n    due: e + 1h\n",
	    "    for: e in clocks(\"won\")\n    due: e.due\n",
	    {"rules/a.yaml:7:22: there is no rule 'won'"}},
	{"two rules of one id", "rules/a.yaml", "",
	    "  - rule: one\n    section: '1'\n    title: t\n    kind: deadline\n"
	    "    responsible: desk\n    for: e in a.made\n    due: e + 1h\n",
	    {"rules/a.yaml:9:11: 'one' is declared twice (first in rules/a.yaml:2)"}},
	{"a rule with parameters", "rules/a.yaml", "  - rule: one\n",
	    "  - rule: \"one(p: id)\"\n",
	    {"rules/a.yaml:2:11: 'one': a rule has no parameters"}},
	{"a rule without an event", "rules/a.yaml", "    for: e in a.made\n    due: e + 1h\n", "",
	    {"rules/a.yaml:2:11: rule 'one': needs 'origin' (the event that begins the "
	     "clock) or 'started'"}},
	{"a generator over a number", "rules/a.yaml", "    for: e in a.made\n",
	    "    for: e in 3\n",
	    {"rules/a.yaml:7:16: expected a sequence after 'in', found a number"}},
	{"a due that is a date", "rules/a.yaml", "    due: e + 1h\n", "    due: D(e) + 1\n",
	    {"rules/a.yaml:8:10: due: expected an instant, found a date"}},
	{"a where that is a number", "rules/a.yaml", "", "    where: 3\n",
	    {"rules/a.yaml:9:12: where: expected yes or no, found a number"}},
	{"a name that is taken by a clock", "rules/a.yaml", "", "    let: {due: 3}\n",
	    {"rules/a.yaml:9:11: the name 'due' is taken"}},
	{"a generator with a taken name", "rules/a.yaml", "    for: e in a.made\n    due: e + 1h\n",
	    "    for: origin in a.made\n    due: origin + 1h\n",
	    {"rules/a.yaml:7:10: the name 'origin' is taken"}},
	{"two generators of one name", "rules/a.yaml", "    for: e in a.made\n",
	    "    for: [e in a.made, e in b.made]\n",
	    {"rules/a.yaml:7:10: the name 'e' is taken"}},
	{"a let that is a list", "rules/a.yaml", "", "    let: [3]\n",
	    {"rules/a.yaml:9:10: let: expected a mapping of names to expressions"}},
	{"a subject of five", "rules/a.yaml", "", "    subject: [e, e, e, e, e]\n",
	    {"rules/a.yaml:9:14: subject: at most 4 parts"}},
	{"a subject that is a number", "rules/a.yaml", "", "    subject: e.n\n",
	    {"rules/a.yaml:9:14: subject: expected an id, found a number"}},
	{"acts that are a number", "rules/a.yaml", "", "    acts: [b.made, 3]\n",
	    {"rules/a.yaml:9:20: acts: expected events, an event or an instant, found a "
	     "number"}},
	{"once_per events", "rules/a.yaml", "", "    once_per: a.made\n",
	    {"rules/a.yaml:9:15: once_per: expected one value, found events"}},
	{"once_per five", "rules/a.yaml", "", "    once_per: [1, 2, 3, 4, 5]\n",
	    {"rules/a.yaml:9:15: once_per: at most 4 values"}},
	{"again of another word", "rules/a.yaml", "", "    again: never\n",
	    {"rules/a.yaml:9:12: again: 'never' is none of ignored, own"}},
	{"paused without from", "rules/a.yaml", "", "    paused: {until: e}\n",
	    {"rules/a.yaml:9:13: paused needs 'from' (an instant)"}},
	{"paused that is text", "rules/a.yaml", "", "    paused: e\n",
	    {"rules/a.yaml:9:13: paused: expected a mapping, found text"}},
	{"a chain without acts", "rules/a.yaml", "", "    chain: {from: e}\n",
	    {"rules/a.yaml:9:12: chain needs 'from' (an event) and 'acts'"}},
	{"a chain with an unknown key", "rules/a.yaml", "",
	    "    chain: {from: e, acts: b.made, until: e}\n",
	    {"rules/a.yaml:9:36: chain: unknown key 'until'"}},
	{"a gate without passed", "rules/a.yaml", "    kind: deadline\n", "    kind: gate\n",
	    {"rules/a.yaml:2:11: rule 'one': a gate needs 'passed'"}},
	{"a freshness test without passed", "rules/a.yaml", "    kind: deadline\n",
	    "    kind: freshness\n",
	    {"rules/a.yaml:2:11: rule 'one': a freshness test needs 'passed'"}},
	{"records of another word", "rules/a.yaml", "", "    records: some\n    reason: r\n",
	    {"rules/a.yaml:9:14: records: the only word here is 'none'"}},
	{"records none without a reason", "rules/a.yaml", "", "    records: none\n",
	    {"rules/a.yaml:2:11: rule 'one': 'records: none' needs a 'reason'"}},
	{"safety that is no yes or no", "rules/a.yaml", "", "    safety: perhaps\n",
	    {"rules/a.yaml:9:13: expected yes or no, found 'perhaps'"}},
	{"earlier that is no list", "rules/a.yaml", "", "    earlier: e + 2h\n",
	    {"rules/a.yaml:9:14: earlier: expected a list, found text"}},
	{"earlier with an unknown key", "rules/a.yaml", "",
	    "    earlier: [{started: 2026-01-01, due: e + 2h}]\n",
	    {"rules/a.yaml:9:16: earlier: unknown key 'started'"}},
	{"earlier without a date", "rules/a.yaml", "", "    earlier: [{due: e + 2h}]\n",
	    {"rules/a.yaml:9:15: earlier needs 'started_before' (a date) and 'due'"}},
	{"earlier without a due", "rules/a.yaml", "",
	    "    earlier: [{started_before: 2026-01-01}]\n",
	    {"rules/a.yaml:9:15: earlier needs 'started_before' (a date) and 'due'"}},
	{"earlier with a date that is none", "rules/a.yaml", "",
	    "    earlier: [{started_before: 2026-02-30, due: e + 2h}]\n",
	    {"rules/a.yaml:9:32: started_before: '2026-02-30' is no date (YYYY-MM-DD)"}},
	{"earlier in a wrong order, and a date twice", "rules/a.yaml", "",
	    "    earlier:\n      - {started_before: 2026-02-02, due: e + 2h}\n"
	    "      - {started_before: 2026-02-01, due: e + 3h}\n"
	    "      - {started_before: 2026-02-01, due: e + 4h}\n",
	    {"rules/a.yaml:11:26: started_before: 2026-02-01 is not later than the date "
	     "before it: the oldest comes first",
	     "rules/a.yaml:12:26: started_before: 2026-02-01 is not later than the date "
	     "before it: the oldest comes first"}},
	{"earlier with a due that is no instant", "rules/a.yaml", "",
	    "    earlier: [{started_before: 2026-01-01, due: 2h}]\n",
	    {"rules/a.yaml:9:49: due: expected an instant, found a duration"}},
	{"earlier of a gate", "rules/a.yaml", "    kind: deadline\n",
	    "    kind: gate\n    passed: any b.made until e\n"
	    "    earlier: [{started_before: 2026-01-01, due: e}]\n",
	    {"rules/a.yaml:7:14: earlier: gates and freshness tests have no due"}},
	{"an unknown ladder", "rules/a.yaml", "", "    ladder: loud\n",
	    {"rules/a.yaml:9:13: ladder: there is no ladder 'loud' in pack.yaml"}},
	{"a safety rule that no ladder tells of", "rules/a.yaml", "", "    safety: yes\n",
	    {"rules/a.yaml:9:13: safety: pack.yaml has no ladder for some clocks of this kind: "
	     "nobody would be told of 'breach'"}},
	{"a safety rule that a digest would hold back", "rules/a.yaml", "", "    digest: yes\n",
	    {"rules/a.yaml:9:5: one: unknown key 'digest'"}},
	{"a rule with quiet hours", "rules/a.yaml", "", "    quiet: yes\n",
	    {"rules/a.yaml:9:5: one: unknown key 'quiet'"}},
	{"an unknown assignment", "rules/a.yaml", "", "    assignment: reed\n",
	    {"rules/a.yaml:9:17: assignment: unknown code 'reed'"}},
	{"an unknown program", "rules/a.yaml", "", "    program: reed\n",
	    {"rules/a.yaml:9:14: program: unknown code 'reed'"}},
	{"a broken rules file", "rules/a.yaml", NULL, "rules: [\n",
	    {"rules/a.yaml:2:1: YAML: did not find expected node content, while parsing "
	     "a flow node"}},
	{"a misspelt ladder", "rules/a.yaml", "", "    ladder: lowd\n",
	    {"rules/a.yaml:9:13: ladder: there is no ladder 'lowd' in pack.yaml"}},
};

static void
says_what_is_wrong_with_a_declaration(void **state)
{
	(void)state;
	cc_expect_mistakes(terms, sizeof terms / sizeof terms[0]);
}

static void
says_what_is_wrong_with_a_rule(void **state)
{
	(void)state;
	cc_expect_mistakes(rules, sizeof rules / sizeof rules[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_wrong_with_a_declaration),
		cmocka_unit_test(says_what_is_wrong_with_a_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
