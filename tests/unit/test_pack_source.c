/* A pack as it is written: its declarations, and what differs between two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/folder.h"
#include "policy/heap.h"
#include "policy/pack_source.h"
#include "tests/support/pack_kit.h"

enum { ARENA = 16 * 1024 * 1024, PATH = 512 };

static struct cc_arena arena;
static struct cc_diags diags;
static char folder[PATH];

static int
begin(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	cc_heap_arena_init(&arena, ARENA);
	(void)snprintf(folder, sizeof folder, "%s/caseclock-source-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	return mkdtemp(folder) == NULL ? -1 : cc_test_go_to_the_tree();
}

static int
end(void **state)
{
	(void)state;
	cc_diags_done(&diags);
	cc_arena_done(&arena);
	return rmdir(folder);
}

static const struct cc_yaml *
yaml(const char *text)
{
	const struct cc_yaml *y = cc_yaml_parse("x.yaml", text, strlen(text), &arena, &diags);

	assert_non_null(y);
	return y;
}

static struct cc_str
word(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static void
write_file(const char *name)
{
	char path[2 * PATH];
	FILE *f;

	assert_true(snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
}

static void
drop_file(const char *name)
{
	char path[2 * PATH];

	assert_true(snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path);
	assert_int_equal(unlink(path), 0);
}

static void
lists_the_yaml_files_of_a_folder_in_order(void **state)
{
	static const char *const names[] = {"b.yaml", "a.yaml", "c.yml", ".d.yaml", ".yaml",
	    "e.yaml~", "B.yaml"};
	struct cc_folder f = {.n = 0};
	struct cc_err err;

	(void)state;
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		write_file(names[i]);
	assert_int_equal(cc_folder_list(folder, ".", &arena, &f, &err), CC_OK);
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		drop_file(names[i]);
	assert_int_equal(f.n, 3);
	assert_string_equal(strrchr(f.v[0], '/'), "/B.yaml");
	assert_string_equal(strrchr(f.v[1], '/'), "/a.yaml");
	assert_string_equal(strrchr(f.v[2], '/'), "/b.yaml");
}

static void
a_folder_that_is_not_there_is_told_apart_from_one_that_cannot_be_read(void **state)
{
	struct cc_folder f = {.n = 0};
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_folder_list(folder, "none", &arena, &f, &err), CC_ENOENT);
	write_file("plain");
	assert_int_equal(cc_folder_list(folder, "plain", &arena, &f, &err), CC_EIO);
	drop_file("plain");
	assert_int_equal(f.n, 0);
}

static void
too_many_files_and_too_long_paths_are_refused(void **state)
{
	struct cc_folder f = {.n = 0};
	struct cc_err err;
	char name[2000];

	(void)state;
	for (int i = 0; i <= CC_FOLDER_FILES; i++) {
		(void)snprintf(name, sizeof name, "f%d.yaml", i);
		write_file(name);
	}
	assert_int_equal(cc_folder_list(folder, ".", &arena, &f, &err), CC_ERANGE);
	for (int i = 0; i <= CC_FOLDER_FILES; i++) {
		(void)snprintf(name, sizeof name, "f%d.yaml", i);
		drop_file(name);
	}
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_int_equal(cc_folder_list(folder, name, &arena, &f, &err), CC_ERANGE);
}

static void
finds_each_declaration_of_a_pack_by_name(void **state)
{
	struct cc_pack_source s;
	struct cc_err err;
	const struct cc_pack_decl *d;

	(void)state;
	assert_int_equal(cc_pack_source_read("tests/packs/office", &arena, &diags, &s, &err),
	    CC_OK);
	d = cc_pack_source_find(&s, CC_PART_RULE, word("offer-window-5d"));
	assert_non_null(d);
	assert_string_equal(cc_yaml_get(d->yaml, "due")->text, "EOD(D(o) + 5)");
	d = cc_pack_source_find(&s, CC_PART_TERM, word("rolled"));
	assert_non_null(d);
	assert_non_null(cc_pack_source_find(&s, CC_PART_SPAN, word("rated")));
	assert_non_null(cc_pack_source_find(&s, CC_PART_TIMELINE, word("stage")));
	assert_non_null(cc_pack_source_find(&s, CC_PART_SET, word("to_tell")));
	assert_null(cc_pack_source_find(&s, CC_PART_TERM, word("stage")));
	assert_null(cc_pack_source_find(&s, CC_PART_RULE, word("offer")));
	assert_non_null(cc_yaml_get(s.head, "ladders"));
	assert_non_null(cc_yaml_get(s.events, "types"));
}

static void
a_folder_that_is_no_pack_is_refused(void **state)
{
	struct cc_pack_source s;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_pack_source_read(folder, &arena, &diags, &s, &err), CC_ENOENT);
	assert_int_equal(cc_pack_source_read("tests", &arena, &diags, &s, &err), CC_ENOENT);
}

static const struct pair {
	const char *a, *b;
	bool same;
} pairs[] = {
	{"x: 1", "x: 1", true},
	{"x: 1", "x: 2", false},
	{"{x: 1, y: 2}", "{y: 2, x: 1}", true},
	{"{x: 1, y: 2}", "{x: 1}", false},
	{"{x: 1}", "{x: 1, y: 2}", false},
	{"{x: 1, y: 2}", "{x: 1, z: 2}", false},
	{"[1, 2]", "[1, 2]", true},
	{"[1, 2]", "[2, 1]", false},
	{"[1, 2]", "[1, 2, 3]", false},
	{"x: [1]", "x: 1", false},
	{"x: a and b", "x: >-\n  a\n  and  b", true},
	{"x: a and b", "x: a andb", false},
	{"x: ab", "x: a b", false},
	{"x: 'a '", "x: a", true},
	{"x: a", "x: a b", false},
};

static void
two_trees_say_the_same_when_only_blanks_and_order_of_keys_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		const struct cc_yaml *a = yaml(pairs[i].a), *b = yaml(pairs[i].b);

		if (cc_pack_same(a, b) != pairs[i].same || cc_pack_same(b, a) != pairs[i].same)
			fail_msg("%s | %s", pairs[i].a, pairs[i].b);
	}
	assert_true(cc_pack_same(NULL, NULL));
	assert_false(cc_pack_same(NULL, yaml("x: 1")));
}

static const struct mention {
	const char *text, *word;
	bool there;
} mentions[] = {
	{"due: moved(seg, 45)", "moved", true},
	{"due: removed(seg, 45)", "moved", false},
	{"due: moved_on(seg)", "moved", false},
	{"due: moved-on(seg)", "moved", false},
	{"due: x.moved", "moved", true},
	{"for: [a in b, 'c in moved[x = y]']", "moved", true},
	{"for: {a: {b: [moved]}}", "moved", true},
	{"moved: x", "moved", false},
	{"for: c in clocks(\"rule-a\")", "rule-a", true},
	{"for: c in clocks(\"rule-ab\")", "rule-a", false},
	{"due: remove + moved", "moved", true},
};

static void
a_word_is_mentioned_when_it_stands_by_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mentions / sizeof mentions[0]; i++)
		if (cc_pack_mentions(yaml(mentions[i].text), word(mentions[i].word)) !=
		    mentions[i].there)
			fail_msg("%s in %s", mentions[i].word, mentions[i].text);
}

int
main(void)
{
#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		WITH_FOLDER(lists_the_yaml_files_of_a_folder_in_order),
		WITH_FOLDER(a_folder_that_is_not_there_is_told_apart_from_one_that_cannot_be_read),
		WITH_FOLDER(too_many_files_and_too_long_paths_are_refused),
		WITH_FOLDER(finds_each_declaration_of_a_pack_by_name),
		WITH_FOLDER(a_folder_that_is_no_pack_is_refused),
		WITH_FOLDER(two_trees_say_the_same_when_only_blanks_and_order_of_keys_differ),
		WITH_FOLDER(a_word_is_mentioned_when_it_stands_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
