#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/yaml.h"
#include "tests/support/ladders.h"

enum { ARENA = 64 * 1024 * 1024 };

static struct cc_arena arena;
static struct cc_diags diags;

static int
begin(void **state)
{
	(void)state;
	cc_heap_arena_init(&arena, ARENA);
	memset(&diags, 0, sizeof diags);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	cc_diags_done(&diags);
	cc_arena_done(&arena);
	return 0;
}

static const struct cc_yaml *
parse(const char *text)
{
	cc_diags_done(&diags);
	return cc_yaml_parse("f.yaml", text, strlen(text), &arena, &diags);
}

static void
expect_one(const char *what, const char *words)
{
	if (diags.n != 1 || strcmp(diags.text[0], words) != 0)
		fail_msg("%s: expected \"%s\", found %u: \"%s\"", what, words, diags.n,
		    diags.n == 0 ? "" : diags.text[0]);
}

/* What is no single well-formed document, or has what a pack may not have. */
static const struct {
	const char *text, *words;
} refused[] = {
	{"", "f.yaml:1:1: the file is empty"},
	{"# only this\n\n", "f.yaml:3:1: the file is empty"},
	{"a: &x 1\nb: *x\n", "f.yaml:1:4: anchors (&) and tags (!) are not allowed; "
	    "quote the text if it begins so"},
	{"a: *x\n", "f.yaml:1:4: anchors, aliases and tags are not allowed"},
	{"a: !!int 1\n", "f.yaml:1:4: anchors (&) and tags (!) are not allowed; "
	    "quote the text if it begins so"},
	{"a: &x [1]\n", "f.yaml:1:4: anchors, aliases and tags are not allowed"},
	{"a: !!map {b: 1}\n", "f.yaml:1:4: anchors, aliases and tags are not allowed"},
	{"<<: {a: 1}\na: *b\n", "f.yaml:2:4: anchors, aliases and tags are not allowed"},
	{"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document in one file is not allowed"},
	{"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: key 'a' given twice (first in line 1)"},
	{"x: {b: 1, c: 2, b: 3}\n", "f.yaml:1:17: key 'b' given twice (first in line 1)"},
	{"[a]: 1\n", "f.yaml:1:1: expected a key, found a list or a mapping"},
	{"a: \"x\\0y\"\n", "f.yaml:1:4: a NUL character is not allowed"},
	{"a: [1, 2\nb: 3\n", "f.yaml:2:2: YAML: did not find expected ',' or ']', "
	    "while parsing a flow sequence"},
	{"a: b: c\n", "f.yaml:1:5: YAML: mapping values are not allowed in this context"},
	{"a: 'open\n", "f.yaml:2:1: YAML: found unexpected end of stream, "
	    "while scanning a quoted scalar"},
	{"a:\n\t- b\n", "f.yaml:2:1: YAML: found character that cannot start any token, "
	    "while scanning for the next token"},
};

static void
refuses_with_the_place_and_the_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		assert_null(parse(refused[i].text));
		expect_one(refused[i].text, refused[i].words);
	}
}

static void
refuses_a_nul_byte_and_what_is_no_utf8(void **state)
{
	(void)state;
	assert_null(cc_yaml_parse("f.yaml", "a: b\0c\n", 7, &arena, &diags));
	assert_int_equal(diags.n, 1);
	assert_non_null(strstr(diags.text[0], "control characters are not allowed"));
	assert_null(parse("a: \xff\n"));
	assert_int_equal(diags.n, 1);
	assert_non_null(strstr(diags.text[0], "invalid leading UTF-8 octet"));
}

static void
refuses_what_is_nested_too_deeply(void **state)
{
	char text[2 * CC_YAML_DEPTH + 8];

	(void)state;
	for (int n = CC_YAML_DEPTH - 1; n <= CC_YAML_DEPTH + 1; n++) {
		memset(text, '[', (size_t)n);
		memset(text + n, ']', (size_t)n);
		text[2 * n] = '\0';
		if (n <= CC_YAML_DEPTH) {
			assert_non_null(parse(text));
			continue;
		}
		assert_null(parse(text));
		expect_one(text, "f.yaml:1:33: nested deeper than 32 levels");
	}
}

static void
refuses_a_hundred_thousand_levels_without_falling(void **state)
{
	size_t n = 100000;
	char *text = malloc(n + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '[', n);
	text[n] = '\0';
	assert_null(parse(text));
	assert_int_equal(diags.n, 1);
	free(text);
}

static void
refuses_a_file_that_is_missing_or_too_large(void **state)
{
	char path[] = "/tmp/caseclock-yaml-XXXXXX", want[120];
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i <= CC_YAML_BYTES; i++)
		(void)putc('#', f);
	assert_int_equal(fclose(f), 0);
	assert_null(cc_yaml_read(path, &arena, &diags));
	assert_int_equal(diags.n, 1);
	assert_non_null(strstr(diags.text[0], "1048576"));
	assert_int_equal(remove(path), 0);
	cc_diags_done(&diags);
	assert_null(cc_yaml_read(path, &arena, &diags));
	(void)snprintf(want, sizeof want, "%s: ", path);
	assert_memory_equal(diags.text[0], want, strlen(want));
}

static void
keeps_every_scalar_as_text_with_its_place(void **state)
{
	const struct cc_yaml *r = parse("a: 010\nb:\n  - yes\n  - ''\n  - {c: ~}\n");
	const struct cc_yaml *b = cc_yaml_get(r, "b");

	(void)state;
	assert_non_null(r);
	assert_string_equal(cc_yaml_get(r, "a")->text, "010");
	assert_int_equal(b->kind, CC_YAML_LIST);
	assert_int_equal(b->n, 3);
	assert_string_equal(b->items[0]->text, "yes");
	assert_int_equal(b->items[1]->len, 0);
	assert_string_equal(cc_yaml_get(b->items[2], "c")->text, "~");
	assert_int_equal(b->items[2]->at.line, 5);
	assert_int_equal(b->items[2]->at.column, 5);
	assert_null(cc_yaml_get(r, "c"));
	assert_null(cc_yaml_get(b, "c"));
	assert_null(cc_yaml_get(NULL, "c"));
}

/* Each '^' of the text is taken out; it stands for the place of the word "HERE". */
static const char *const marked[] = {
	"a: one two HERE", "a: HERE", "a: 'one HERE'", "a: \"one HERE\"",
	"a: >-\n  one\n  two HERE three", "a: >-\n\n\n    one\n    two\n\n    HERE",
	"a: >  # why\n  one\n  HERE\n  three", "a: |\n  one\n    two\n  HERE",
	"a: one\n  two\n  three HERE", "a: 'one\n  HERE'", "a: \"one\n\n  two HERE\"",
	"a: 'it''s HERE'", "a: \"say \\\"home\\\" and \\\\ HERE\"",
	"# caf\xc3\xa9 \xe2\x82\xac\na: \"\xc3\xa9t\xc3\xa9 HERE\"",
	"\357\273\277q: 1\na: one HERE", "a: one\r\n  HERE\r\n",
	"# \xe2\x82\xac\r\na: >-\r\n  one\r\n  HERE",
};

static struct cc_place
place_in(const char *text)
{
	struct cc_place p = {"f.yaml", 1, 1};
	const char *here = strstr(text, "HERE");

	if (text[0] == '\357')
		text += 3;	/* a byte order mark has no column */
	for (; text < here; text++) {
		if (*text == '\n') {
			p.line++;
			p.column = 1;
		} else {
			p.column += ((unsigned char)*text & 0xc0) != 0x80;
		}
	}
	return p;
}

static void
finds_a_word_of_a_scalar_in_the_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof marked / sizeof marked[0]; i++) {
		const struct cc_yaml *a = cc_yaml_get(parse(marked[i]), "a");
		struct cc_place want = place_in(marked[i]), is;

		assert_non_null(a);
		is = cc_yaml_place(a, (size_t)(strstr(a->text, "HERE") - a->text));
		if (is.line != want.line || is.column != want.column)
			fail_msg("%s: expected %u:%u, found %u:%u", marked[i], want.line,
			    want.column, is.line, is.column);
	}
}

static void
the_end_of_a_scalar_is_behind_its_last_character(void **state)
{
	const struct cc_yaml *r = parse("a: >-\n  one\n  two\nb: x\n");
	const struct cc_yaml *a = cc_yaml_get(r, "a");
	struct cc_place at = cc_yaml_place(a, a->len);

	(void)state;
	assert_int_equal(at.line, 3);
	assert_int_equal(at.column, 6);
}

static void
names_unknown_keys_and_what_was_meant(void **state)
{
	static const char *const keys[] = {"title", "kind"};
	const struct cc_yaml *r = parse("title: x\nkinds: y\nqqqqqq: z\n");

	(void)state;
	assert_false(cc_yaml_keys(r, "rule", keys, 2, &diags));
	assert_int_equal(diags.n, 2);
	assert_string_equal(diags.text[0],
	    "f.yaml:2:1: rule: unknown key 'kinds', did you mean 'kind'?");
	assert_string_equal(diags.text[1], "f.yaml:3:1: rule: unknown key 'qqqqqq'");
	r = parse("[a]\n");
	assert_false(cc_yaml_keys(r, "rule", keys, 2, &diags));
	expect_one("list", "f.yaml:1:1: rule: expected a mapping, found a list");
}

static const struct {
	const char *text;
	int64_t value;		/* -1: refused */
} wholes[] = {
	{"0", 0}, {"7", 7}, {"99", 99}, {"100", -1}, {"010", -1}, {"00", -1}, {"-1", -1},
	{"+1", -1}, {"1.0", -1}, {"0x10", -1}, {"1e2", -1}, {"''", -1}, {"' 1'", -1},
	{"1234567890123456", -1}, {"[1]", -1}, {"{a: 1}", -1},
}, durations[] = {
	{"30s", 30}, {"15m", 900}, {"4h", 14400}, {"2d", 172800}, {"0s", 0}, {"s", -1},
	{"4", -1}, {"04h", -1}, {"4H", -1}, {"4 h", -1}, {"1000000s", 1000000},
	{"1000001s", -1}, {"-4h", -1}, {"[4h]", -1}, {"4w", -1},
};

static void
reads_whole_numbers_and_times_strictly(void **state)
{
	int64_t v;
	bool ok;

	(void)state;
	for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++) {
		v = -1;
		ok = cc_yaml_whole(parse(wholes[i].text), 0, 99, &v, &diags);
		if (ok != (wholes[i].value >= 0) || v != wholes[i].value || diags.n != !ok)
			fail_msg("%s: %d %lld", wholes[i].text, ok, (long long)v);
	}
	for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
		v = -1;
		ok = cc_yaml_duration(parse(durations[i].text), &v, &diags);
		if (ok != (durations[i].value >= 0) || v != durations[i].value || diags.n != !ok)
			fail_msg("%s: %d %lld", durations[i].text, ok, (long long)v);
	}
	assert_false(cc_yaml_whole(parse("010"), 1, 9, &v, &diags));
	expect_one("010", "f.yaml:1:1: expected a whole number from 1 to 9, found '010'");
	assert_false(cc_yaml_duration(parse("{a: 1}"), &v, &diags));
	expect_one("map", "f.yaml:1:1: expected a time such as 30s, 15m, 4h or 2d, "
	    "found 'a mapping'");
}

static void
reads_yes_and_no_and_listed_words(void **state)
{
	static const char *const words[] = {"notice", "warning", "critical"};
	bool b = false;

	(void)state;
	assert_true(cc_yaml_yes(parse("yes"), &b, &diags) && b);
	assert_true(cc_yaml_yes(parse("false"), &b, &diags) && !b);
	assert_false(cc_yaml_yes(parse("Yes"), &b, &diags));
	expect_one("Yes", "f.yaml:1:1: expected yes or no, found 'Yes'");
	assert_false(cc_yaml_yes(parse("[yes]"), &b, &diags));
	expect_one("[yes]", "f.yaml:1:1: expected yes or no, found 'a list'");
	assert_int_equal(cc_yaml_word(parse("critical"), words, 3, "severity", &diags), 2);
	assert_int_equal(cc_yaml_word(parse("warnin"), words, 3, "severity", &diags), -1);
	expect_one("warnin", "f.yaml:1:1: severity: 'warnin' is none of notice, warning, "
	    "critical; did you mean 'warning'?");
	assert_int_equal(cc_yaml_word(parse("''"), words, 3, "severity", &diags), -1);
	expect_one("''", "f.yaml:1:1: severity: expected text, found nothing");
}

static void
keeps_a_hundred_mistakes_and_counts_them_all(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= CC_DIAGS_MAX + 50; i++)
		cc_diag(&diags, (struct cc_place){"f.yaml", i, 1}, "mistake %u", i);
	assert_int_equal(diags.n, CC_DIAGS_MAX + 50);
	assert_int_equal(cc_diags_kept(&diags), CC_DIAGS_MAX);
	assert_string_equal(diags.text[CC_DIAGS_MAX - 1], "f.yaml:100:1: mistake 100");
}

static void
answers_out_of_memory_at_any_limit(void **state)
{
	static const char text[] = "a: {b: [1, 2, 3, {c: >-\n  x y\n  z}]}\n";

	(void)state;
	for (size_t limit = 0; limit < 4096; limit += 16) {
		struct cc_arena small = cc_test_arena(limit);
		struct cc_diags d = {.n = 0};

		/* What is read is whole, and what is not says so. */
		if (cc_yaml_parse("f.yaml", text, sizeof text - 1, &small, &d) == NULL)
			assert_true(d.n > 0 || small.failed);
		else
			assert_int_equal(d.n, 0);
		cc_diags_done(&d);
		cc_arena_done(&small);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_with_the_place_and_the_words),
		TEST(refuses_a_nul_byte_and_what_is_no_utf8),
		TEST(refuses_what_is_nested_too_deeply),
		TEST(refuses_a_hundred_thousand_levels_without_falling),
		TEST(refuses_a_file_that_is_missing_or_too_large),
		TEST(keeps_every_scalar_as_text_with_its_place),
		TEST(finds_a_word_of_a_scalar_in_the_file),
		TEST(the_end_of_a_scalar_is_behind_its_last_character),
		TEST(names_unknown_keys_and_what_was_meant),
		TEST(reads_whole_numbers_and_times_strictly),
		TEST(reads_yes_and_no_and_listed_words),
		TEST(keeps_a_hundred_mistakes_and_counts_them_all),
		TEST(answers_out_of_memory_at_any_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
