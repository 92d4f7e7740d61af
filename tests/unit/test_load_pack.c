#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/mistake_kit.h"

static const struct cc_mistake_row pack[] = {
	{"a missing pack.yaml", "pack.yaml", NULL, NULL,
	    {"pack.yaml: No such file or directory"}},
	{"missing keys", "pack.yaml", NULL, "name: small\n",
	    {"pack.yaml:1:1: pack.yaml: the key 'version' is missing",
	     "pack.yaml:1:1: pack.yaml: the key 'effective' is missing",
	     "pack.yaml:1:1: pack.yaml: the key 'language' is missing",
	     "pack.yaml:1:1: pack.yaml: the key 'zone' is missing",
	     "pack.yaml:1:1: pack.yaml: the key 'calendar' is missing",
	     "pack.yaml:1:1: pack.yaml: 'chain' is a list of 1 to 8 roles, lowest first"}},
	{"an empty file", "pack.yaml", NULL, "",
	    {"pack.yaml:1:1: the file is empty"}},
	{"a list", "pack.yaml", NULL, "- a\n",
	    {"pack.yaml:1:1: pack.yaml: expected a mapping, found a list"}},
	{"an unknown key", "pack.yaml", "", "ladder: []\n",
	    {"pack.yaml:11:1: pack.yaml: unknown key 'ladder', did you mean 'ladders'?"}},
	{"another language", "pack.yaml", "language: 1\n", "language: 2\n",
	    {"pack.yaml:4:11: expected a whole number from 1 to 1, found '2'"}},
	{"an unknown zone", "pack.yaml", "zone: Etc/UTC\n", "zone: Etc/Nowhere\n",
	    {"pack.yaml:5:7: unknown time zone 'Etc/Nowhere'"}},
	{"a name that is a list", "pack.yaml", "name: small\n", "name: [small]\n",
	    {"pack.yaml:1:7: name: expected text, found a list"}},
	{"no calendar", "pack.yaml",
	    "calendar:\n  holidays: days\n  workdays: [mon, tue, wed, thu, fri]\n"
	    "  block: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n",
	    "",
	    {"pack.yaml:1:1: pack.yaml: the key 'calendar' is missing"}},
	{"an unknown weekday", "pack.yaml", "  workdays: [mon, tue, wed, thu, fri]\n",
	    "  workdays: [mon, tue, wed, thu, fry]\n",
	    {"pack.yaml:8:34: workdays: 'fry' is none of sun, mon, tue, wed, thu, fri, "
	     "sat; did you mean 'fri'?"}},
	{"no workdays", "pack.yaml", "  workdays: [mon, tue, wed, thu, fri]\n",
	    "  workdays: []\n",
	    {"pack.yaml:7:3: calendar: 'workdays' needs at least one day"}},
	{"a block that is no time", "pack.yaml",
	    "  block: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n",
	    "  block: {from: 'mon 8:00', to: 'fri 17:00:00'}\n",
	    {"pack.yaml:9:17: expected a weekday and a time such as 'mon 08:00:00', "
	     "found 'mon 8:00'"}},
	{"a block with more behind it", "pack.yaml",
	    "  block: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n",
	    "  block: {from: 'mon 08:00:00 x', to: 'fri 17:00:00'}\n",
	    {"pack.yaml:9:17: expected a weekday and a time such as 'mon 08:00:00', "
	     "found 'mon 08:00:00 x'"}},
	{"a block without an end", "pack.yaml",
	    "  block: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n",
	    "  block: {from: 'mon 08:00:00'}\n",
	    {"pack.yaml:9:10: block: expected a mapping with 'from' and 'to'"}},
	{"an unknown calendar key", "pack.yaml",
	    "  block: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n",
	    "  blocks: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n",
	    {"pack.yaml:9:3: calendar: unknown key 'blocks', did you mean 'block'?"}},
	{"a missing holiday file", "pack.yaml", "  holidays: days\n", "  holidays: gone\n",
	    {"gone: No such file or directory"}},
	{"no holidays", "pack.yaml", "  holidays: days\n", "",
	    {"pack.yaml:7:3: calendar: the key 'holidays' is missing"}},
	{"a mistake in the holidays", "days", NULL, "2026-03-06\n2026-13-01\n",
	    {"days:2:1: date \"2026-13-01\": there is no such date; expected for "
	     "example 2026-03-09"}},
	{"an empty chain", "pack.yaml", "chain: [desk, chief]\n", "chain: []\n",
	    {"pack.yaml:1:1: pack.yaml: 'chain' is a list of 1 to 8 roles, lowest first"}},
	{"too long a chain", "pack.yaml", "chain: [desk, chief]\n",
	    "chain: [a, b, c, d, e, f, g, h, i]\n",
	    {"pack.yaml:1:1: pack.yaml: 'chain' is a list of 1 to 8 roles, lowest first"}},
	{"an assignment by an unknown event", "pack.yaml", "",
	    "assignment: {event: a.mode, role: k}\n",
	    {"pack.yaml:11:21: there is no event type 'a.mode', did you mean 'a.made'?"}},
	{"an assignment by an unknown field", "pack.yaml", "",
	    "assignment: {event: a.made, role: kk, staff: who}\n",
	    {"pack.yaml:11:35: 'a.made' has no field 'kk', did you mean 'k'?"}},
	{"an assignment without an event", "pack.yaml", "", "assignment: {role: k}\n",
	    {"pack.yaml:11:13: expected a mapping with the key 'event'"}},
	{"an assignment with an unknown key", "pack.yaml", "",
	    "assignment: {event: a.made, stuff: who}\n",
	    {"pack.yaml:11:29: assignment: unknown key 'stuff', did you mean 'staff'?"}},
	{"an assignment by lists", "pack.yaml", "", "assignment: {event: [a.made], role: [k]}\n",
	    {"pack.yaml:11:21: event: expected text, found a list"}},
	{"a zone from a field that is none", "pack.yaml", "",
	    "zone_from: {event: a.made, field: who}\n",
	    {"pack.yaml:11:12: zone_from: names no zone field"}},
	{"a zone from an unknown field", "pack.yaml", "",
	    "zone_from: {event: a.made, field: where}\n",
	    {"pack.yaml:11:35: 'a.made' has no field 'where'"}},
	{"a ladder without rungs", "pack.yaml", "", "ladders:\n  - name: x\n",
	    {"pack.yaml:12:5: a ladder needs 'name' and 'rungs'"}},
	{"a ladder whose name is a list", "pack.yaml", "",
	    "ladders:\n  - {name: [x], rungs: []}\n",
	    {"pack.yaml:12:12: name: expected text, found a list"}},
	{"an unknown key of a ladder", "pack.yaml", "",
	    "ladders:\n  - {name: x, rungs: [], kind: [gate]}\n",
	    {"pack.yaml:12:26: ladder: unknown key 'kind', did you mean 'kinds'?"}},
	{"two ladders of one name", "pack.yaml", "",
	    "ladders:\n  - {name: x, rungs: []}\n  - {name: x, rungs: []}\n",
	    {"pack.yaml:13:12: two ladders are named 'x'"}},
	{"an unknown kind", "pack.yaml", "",
	    "ladders:\n  - {name: x, kinds: [deadlines], rungs: []}\n",
	    {"pack.yaml:12:23: kinds: 'deadlines' is none of deadline, recurring, "
	     "window, freshness, gate, immediate; did you mean 'deadline'?"}},
	{"a rung that is no instant", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: before, to: [R0], severity: notice}\n",
	    {"pack.yaml:14:16: rung 'before': expected before-3d, elapsed-75, breach, "
	     "after-4h, raise or failed"}},
	{"a rung of no length", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: before-3w, to: [R0], severity: notice}\n",
	    {"pack.yaml:14:16: expected a time such as 30s, 15m, 4h or 2d, found '3w'"}},
	{"a share over 99", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: elapsed-100, to: [R0], severity: notice}\n",
	    {"pack.yaml:14:16: expected a whole number from 1 to 99, found '100'"}},
	{"a rung to nobody", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: breach, severity: notice}\n",
	    {"pack.yaml:14:9: a rung needs 'to' (for example [R0, R1]) and 'severity'"}},
	{"a rung to an unknown role", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: breach, to: [R0, R6], severity: notice}\n",
	    {"pack.yaml:14:33: to: 'R6' is none of R0, R1, R2, R3, R4, R5; did you mean "
	     "'R0'?"}},
	{"an unknown severity", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: breach, to: [R0], severity: loud}\n",
	    {"pack.yaml:14:44: severity: 'loud' is none of notice, warning, critical"}},
	{"a rung that can never fire", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: before-1d, to: [R0], severity: notice}\n"
	    "      - {rung: before-3d, to: [R0], severity: notice}\n",
	    {"pack.yaml:12:5: rung 'before-3d' is not later than the one before it and "
	     "can never fire"}},
	{"rungs that a kind never reaches", "pack.yaml", "",
	    "ladders:\n  - name: x\n    kinds: [gate, deadline, immediate]\n    rungs:\n"
	    "      - {rung: failed, to: [R0], severity: notice}\n"
	    "      - {rung: elapsed-50, to: [R0], severity: notice}\n",
	    {"pack.yaml:12:5: rung 'failed' can never fire for kind deadline: only gates and "
	     "freshness tests fail",
	     "pack.yaml:12:5: rung 'elapsed-50' can never fire for kind gate: a test is judged "
	     "once: only 'failed' can fire",
	     "pack.yaml:12:5: rung 'failed' can never fire for kind immediate: only gates and "
	     "freshness tests fail",
	     "pack.yaml:12:5: rung 'elapsed-50' can never fire for kind immediate: a duty to be "
	     "done at once has no time that elapses"}},
	{"a rung twice", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: raise, to: [R0], severity: notice}\n"
	    "      - {rung: raise, to: [R0], severity: notice}\n",
	    {"pack.yaml:15:9: rungs 'raise' and 'raise' have one name or key"}},
	{"a repeat behind nothing that repeats", "pack.yaml", "",
	    "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: before-1d, to: [R0], severity: notice}\n"
	    "      - {repeat: {gaps: [1d], at_most: 2}, to: [R0], severity: notice}\n",
	    {"pack.yaml:15:9: repeat follows breach or an after- rung"}},
	{"too many repeats", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {rung: breach, to: [R0], severity: notice}\n"
	    "      - {repeat: {gaps: [1d], at_most: 32}, to: [R0], severity: notice}\n",
	    {"pack.yaml:15:9: a ladder has at most 32 rungs, repeats included"}},
	{"a repeat without gaps", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {repeat: {gaps: [], at_most: 2}, to: [R0], severity: notice}\n",
	    {"pack.yaml:14:18: repeat needs 'gaps' (a list) and 'at_most'"}},
	{"a remind without a first", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {remind: {up_to: 1d, at_most: 2}, to: [R0], severity: notice}\n",
	    {"pack.yaml:14:18: remind needs 'first', 'up_to' and 'at_most'"}},
	{"a rung of no sort", "pack.yaml", "", "ladders:\n  - name: x\n    rungs:\n"
	    "      - {to: [R0], severity: notice}\n",
	    {"pack.yaml:14:9: expected 'rung', 'repeat' or 'remind'"}},
	{"ladders that are no list", "pack.yaml", "", "ladders: {x: 1}\n",
	    {"pack.yaml:11:10: ladders: expected a list, found a mapping"}},
	{"a zone from no field", "pack.yaml", "", "zone_from: {event: a.made}\n",
	    {"pack.yaml:11:12: zone_from: the key 'field' is missing"}},
	{"a block that is text", "pack.yaml",
	    "  block: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n",
	    "  block: always\n",
	    {"pack.yaml:9:10: block: expected a mapping with 'from' and 'to'"}},
};

static const struct cc_mistake_row events[] = {
	{"no types", "events.yaml", NULL, "codes: {}\n",
	    {"events.yaml:1:1: expected 'types', a mapping of 1 to 128 event types"}},
	{"types without a type", "events.yaml", NULL, "types: {}\n",
	    {"events.yaml:1:1: expected 'types', a mapping of 1 to 128 event types"}},
	{"a type without a mapping", "events.yaml", "", "  c.made:\n",
	    {"events.yaml:9:10: c.made: expected a mapping, found text"}},
	{"an unknown key of a type", "events.yaml", "", "  c.made: {field: {}}\n",
	    {"events.yaml:9:12: c.made: unknown key 'field', did you mean 'fields'?"}},
	{"fields that are a list", "events.yaml", "", "  c.made: {fields: [a]}\n",
	    {"events.yaml:9:20: type 'c.made': expected a mapping of fields"}},
	{"a field without a type", "events.yaml", "", "  c.made: {fields: {x: {}}}\n",
	    {"events.yaml:9:24: field 'x': the key 'type' is missing"}},
	{"a field of an unknown type", "events.yaml", "",
	    "  c.made: {fields: {x: {type: string}}}\n",
	    {"events.yaml:9:31: type: 'string' is none of id, bool, int, time, date, "
	     "zone, enum, list"}},
	{"a field that is text", "events.yaml", "", "  c.made: {fields: {x: id}}\n",
	    {"events.yaml:9:24: x: expected a mapping, found text"}},
	{"an unknown key of a field", "events.yaml", "",
	    "  c.made: {fields: {x: {type: id, require: yes}}}\n",
	    {"events.yaml:9:35: x: unknown key 'require', did you mean 'required'?"}},
	{"required that is no yes or no", "events.yaml", "",
	    "  c.made: {fields: {x: {type: id, required: maybe}}}\n",
	    {"events.yaml:9:45: expected yes or no, found 'maybe'"}},
	{"an enum without codes", "events.yaml", "", "  c.made: {fields: {x: {type: enum}}}\n",
	    {"events.yaml:9:24: field 'x': an enum needs its codes"}},
	{"an enum of an unknown list", "events.yaml", "",
	    "  c.made: {fields: {x: {type: enum, enum: colours}}}\n",
	    {"events.yaml:9:43: enum: there is no list 'colours' under 'codes'"}},
	{"a code twice", "events.yaml", "",
	    "  c.made: {fields: {x: {type: enum, enum: [a, b, a]}}}\n",
	    {"events.yaml:9:43: code 'a' is listed twice"}},
	{"absent of an id", "events.yaml", "",
	    "  c.made: {fields: {x: {type: id, absent: true}}}\n",
	    {"events.yaml:9:43: field 'x': only a bool has 'absent'"}},
	{"a list of lists", "events.yaml", "",
	    "  c.made: {fields: {x: {type: list, items: {type: list}}}}\n",
	    {"events.yaml:9:51: field 'x': no lists in lists"}},
	{"a list of nothing", "events.yaml", "", "  c.made: {fields: {x: {type: list}}}\n",
	    {"events.yaml:9:24: field 'x': a list needs 'items'"}},
	{"voids of an unknown field", "events.yaml", "",
	    "  c.made: {voids: y, fields: {x: {type: id}}}\n",
	    {"events.yaml:9:19: voids: 'y' is no id field of 'c.made'"}},
	{"voids of a number", "events.yaml", "",
	    "  c.made: {voids: x, fields: {x: {type: int}}}\n",
	    {"events.yaml:9:19: voids: 'x' is no id field of 'c.made'"}},
	{"a type twice", "events.yaml", "", "  a.made: {fields: {}}\n",
	    {"events.yaml:9:3: key 'a.made' given twice (first in line 2)"}},
};

static void
says_what_is_wrong_with_the_pack_file(void **state)
{
	(void)state;
	cc_expect_mistakes(pack, sizeof pack / sizeof pack[0]);
}

static void
says_what_is_wrong_with_the_events(void **state)
{
	(void)state;
	cc_expect_mistakes(events, sizeof events / sizeof events[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_wrong_with_the_pack_file),
		cmocka_unit_test(says_what_is_wrong_with_the_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
