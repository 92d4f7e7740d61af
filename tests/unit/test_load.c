#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "tests/support/ladders.h"
#include "tests/support/mistake_kit.h"

static const char texas[] = "policy/packs/texas-cps";

static int
begin(void **state)
{
	(void)state;
	return cc_test_go_to_the_tree();
}

static void
loads_the_texas_pack_without_a_mistake(void **state)
{
	struct cc_test_pack p;

	(void)state;
	cc_test_pack_load(texas, &p);
	cc_test_pack_expect(&p, NULL, 0);
	assert_string_equal(p.pack->name, "texas-cps");
	assert_int_equal(p.pack->schema.ntypes, 60);
	assert_true(p.pack->nrules >= 165);
	assert_string_equal(p.pack->schema.types[p.pack->assign.type].name, "case.assigned");
	assert_string_equal(p.pack->zone->name, "America/Chicago");
	for (uint16_t i = 1; i < p.pack->nrules; i++)
		assert_true(strcmp(p.pack->rules[i - 1]->id, p.pack->rules[i]->id) < 0);
	cc_test_pack_done(&p);
}

static void
every_rule_of_the_texas_pack_says_who_and_where_it_is_written(void **state)
{
	struct cc_test_pack p;

	(void)state;
	cc_test_pack_load(texas, &p);
	cc_test_pack_expect(&p, NULL, 0);
	for (uint16_t i = 0; i < p.pack->nrules; i++) {
		const struct cc_rule *r = p.pack->rules[i];

		assert_true(r->title[0] != '\0' && r->section[0] != '\0' && r->line > 0);
		assert_non_null(strstr(r->file, "/rules/"));
		assert_true(r->responsible < p.pack->chain.n);
		assert_int_equal(r->index, i);
	}
	cc_test_pack_done(&p);
}

static void
the_same_files_have_the_same_stamp_and_others_another(void **state)
{
	struct cc_test_file file = {"terms.yaml", "terms: []\n"};
	struct cc_test_pack a, b, c;

	(void)state;
	cc_small_pack(NULL, 0, &a);
	cc_small_pack(&file, 1, &b);
	file.text = "terms: [] # and more\n";
	cc_small_pack(&file, 1, &c);
	cc_test_pack_expect(&a, NULL, 0);
	cc_test_pack_expect(&b, NULL, 0);
	cc_test_pack_expect(&c, NULL, 0);
	assert_string_equal(a.pack->stamp, b.pack->stamp);
	assert_string_not_equal(a.pack->stamp, c.pack->stamp);
	cc_test_pack_done(&a);
	cc_test_pack_done(&b);
	cc_test_pack_done(&c);
}

static void
reads_rules_from_every_yaml_file_and_no_other(void **state)
{
	static const struct cc_test_file files[] = {
		{"rules/z.yaml", "terms:\n  - {term: later, is: count a.made}\n"},
		{"rules/b.yaml", "terms:\n  - {term: earlier, is: later + 1}\n"},
		{"rules/notes.txt", "rules: [\n"}, {"rules/.hidden.yaml", "rules: [\n"},
		{"rules/c.yaml~", "rules: [\n"},
	};
	struct cc_test_pack p;

	(void)state;
	cc_small_pack(files, 5, &p);
	cc_test_pack_expect(&p, NULL, 0);
	cc_test_pack_done(&p);
}

/* Every mistake of every file at once, each once, in the order of the files. */
static void
reports_the_mistakes_of_all_files_at_once(void **state)
{
	static const struct cc_test_file files[] = {
		{"pack.yaml", "name: small\nversion: 1\nlanguage: 1\nzone: Etc/UTC\n"
		    "calendar: {holidays: days, workdays: [mon, tues]}\nchain: [desk]\n"},
		{"days", "2026-02-30\n"},
		{"events.yaml", "types:\n  a.made:\n    fields:\n      who: {typ: id}\n"
		    "      n: {type: in}\n"},
		{"terms.yaml", "terms:\n  - {term: t, is: count b.made}\n"
		    "  - {term: u, is: t + 1}\n"},
		{"rules/b.yaml", "rules:\n  - {rule: x, title: t, section: s, kind: gate,\n"
		    "     responsible: chief, for: e in a.made}\n"},
	};
	static const char *const lines[] = {
		"events.yaml:4:13: who: unknown key 'typ', did you mean 'type'?",
		"events.yaml:5:17: type: 'in' is none of id, bool, int, time, date, zone, enum, "
		    "list; did you mean 'id'?",
		"pack.yaml:1:1: pack.yaml: the key 'effective' is missing",
		"pack.yaml:5:44: workdays: 'tues' is none of sun, mon, tue, wed, thu, fri, sat; "
		    "did you mean 'tue'?",
		"days:1:1: date \"2026-02-30\": there is no such date; expected for example "
		    "2026-03-09",
		"terms.yaml:2:25: unknown name 'b.made', did you mean 'a.made'?",
		"rules/b.yaml:3:19: responsible: 'chief' is none of desk",
		"rules/b.yaml:2:12: rule 'x': a gate needs 'passed'",
	};
	struct cc_test_pack p;

	(void)state;
	cc_small_pack(files, 5, &p);
	cc_test_pack_expect(&p, lines, sizeof lines / sizeof lines[0]);
	cc_test_pack_done(&p);
}

static void
counts_more_mistakes_than_it_keeps(void **state)
{
	char text[16384] = "terms:\n";
	struct cc_test_file file = {"terms.yaml", text};
	struct cc_test_pack p;
	size_t n = strlen(text);

	(void)state;
	for (int i = 0; i < 150; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
		    "  - {term: t%d, is: nothing_such_as_%d}\n", i, i);
	assert_true(n < sizeof text);
	cc_small_pack(&file, 1, &p);
	assert_int_equal(p.code, CC_EINVAL);
	assert_int_equal(p.diags.n, 150);
	assert_int_equal(cc_diags_kept(&p.diags), CC_DIAGS_MAX);
	assert_non_null(strstr(p.err.msg, "150 mistakes"));
	cc_test_pack_done(&p);
}

/* A chain of terms, each needing the next. */
static void
refuses_names_that_need_one_another_too_far(void **state)
{
	static char text[128 * 1024];
	struct cc_test_file file = {"terms.yaml", text};
	struct cc_test_pack p;

	(void)state;
	for (int deep = 60; deep <= 2000; deep += 1940) {
		size_t n = (size_t)snprintf(text, sizeof text, "terms:\n");

		for (int i = 0; i < deep; i++)
			n += (size_t)snprintf(text + n, sizeof text - n,
			    "  - {term: t%d, is: t%d + 1}\n", i, i + 1);
		n += (size_t)snprintf(text + n, sizeof text - n, "  - {term: t%d, is: 1}\n", deep);
		assert_true(n < sizeof text);
		cc_small_pack(&file, 1, &p);
		if (deep == 60) {
			cc_test_pack_expect(&p, NULL, 0);
		} else {
			assert_int_equal(p.code, CC_EINVAL);
			assert_string_equal(p.diags.text[0], "terms.yaml:66:25: more than 64 names "
			    "that need one another in a row");
		}
		cc_test_pack_done(&p);
	}
}

static void
refuses_more_declarations_than_it_has_room_for(void **state)
{
	static char text[128 * 1024];
	struct cc_test_file file = {"terms.yaml", text};
	size_t n = (size_t)snprintf(text, sizeof text, "terms:\n");
	struct cc_test_pack p;

	(void)state;
	for (int i = 0; i < 2050; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "  - {term: t%d, is: 1}\n", i);
	assert_true(n < sizeof text);
	cc_small_pack(&file, 1, &p);
	assert_int_equal(p.code, CC_EINVAL);
	assert_string_equal(p.diags.text[0],
	    "terms.yaml:2050:5: more than 2048 declarations in one pack");
	cc_test_pack_done(&p);
}

static void
says_that_there_is_no_such_folder(void **state)
{
	static const char *const lines[] = {
		"pack.yaml: No such file or directory", "events.yaml: No such file or directory",
		"terms.yaml: No such file or directory",
		"rules: cannot be read: No such file or directory",
	};
	struct cc_test_pack p;

	(void)state;
	cc_test_pack_load("tests/no-such-pack", &p);
	cc_test_pack_expect(&p, lines, 4);
	cc_test_pack_done(&p);
}

/* At every limit of memory the pack is loaded, or the code says why not. */
static void
answers_out_of_memory_and_loads_nothing(void **state)
{
	struct cc_pack_options o = {.dir = "tests/packs/office",
	    .zones = cc_test_system_zones()};
	bool loaded = false;

	(void)state;
	for (size_t limit = 1024; !loaded; limit += limit / 7) {
		struct cc_arena a;
		struct cc_diags d = {.n = 0};
		const struct cc_pack *p = NULL;
		struct cc_err err;
		enum cc_code code;

		assert_true(limit < CC_PACK_ARENA);
		cc_heap_arena_init(&a, limit);
		code = cc_pack_load(&o, &a, &d, &p, &err);
		loaded = code == CC_OK;
		assert_true(loaded || code == CC_ENOMEM);
		assert_true((p != NULL) == loaded);
		cc_diags_done(&d);
		cc_arena_done(&a);
	}
}

static void
takes_the_holidays_of_another_file(void **state)
{
	struct cc_pack_options o = {.dir = texas, .holidays = "tests/packs/office/holidays.txt",
	    .zones = cc_test_system_zones()};
	const struct cc_pack *p = NULL;
	struct cc_diags d = {.n = 0};
	struct cc_arena a;
	struct cc_err err;

	(void)state;
	cc_heap_arena_init(&a, CC_PACK_ARENA);
	assert_int_equal(cc_pack_load(&o, &a, &d, &p, &err), CC_OK);
	assert_int_equal(p->calendar.nholidays, 4);
	cc_diags_done(&d);
	cc_arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_the_texas_pack_without_a_mistake),
		cmocka_unit_test(every_rule_of_the_texas_pack_says_who_and_where_it_is_written),
		cmocka_unit_test(the_same_files_have_the_same_stamp_and_others_another),
		cmocka_unit_test(reads_rules_from_every_yaml_file_and_no_other),
		cmocka_unit_test(reports_the_mistakes_of_all_files_at_once),
		cmocka_unit_test(counts_more_mistakes_than_it_keeps),
		cmocka_unit_test(refuses_names_that_need_one_another_too_far),
		cmocka_unit_test(refuses_more_declarations_than_it_has_room_for),
		cmocka_unit_test(says_that_there_is_no_such_folder),
		cmocka_unit_test(answers_out_of_memory_and_loads_nothing),
		cmocka_unit_test(takes_the_holidays_of_another_file),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
