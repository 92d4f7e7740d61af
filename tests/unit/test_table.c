#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/table.h"

static const struct cc_column columns[] = {
	{.title = "ID"}, {.title = "N", .right = true}, {.title = "TITLE", .may_cut = true},
};

static void
put_row(struct cc_table *t, const char *a, const char *b, const char *c)
{
	cc_table_cell(t, a, CC_RED);
	cc_table_cell(t, b, CC_PLAIN);
	cc_table_cell(t, c, CC_PLAIN);
}

static void
columns_are_as_wide_as_their_widest_cell(void **state)
{
	struct cc_table t;
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	cc_table_begin(&t, f, columns, 3);
	put_row(&t, "Zo\xc3\xab", "5", "short");
	put_row(&t, "longer", "1234", NULL);
	put_row(&t, "", "\033[31m", "a\tb");
	assert_true(cc_table_end(&t));
	assert_int_equal(fclose(f), 0);
	assert_int_equal(t.rows, 3);
	assert_string_equal(text,
	    "ID          N  TITLE\n"
	    "Zo\xc3\xab         5  short\n"
	    "longer   1234  -\n"
	    "-       ?[31m  a?b\n");
	free(text);
}

static void
a_narrow_terminal_cuts_the_one_column_that_may_be(void **state)
{
	struct cc_table t;
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	cc_table_begin(&t, f, columns, 3);
	t.screen = 24;
	put_row(&t, "a", "1", "exactly so much t");
	put_row(&t, "a", "1", "exactly so much too much");
	assert_true(cc_table_end(&t));
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text,
	    "ID  N  TITLE\n"
	    "a   1  exactly so much t\n"
	    "a   1  exactly so much \xe2\x80\xa6\n");
	free(text);
}

static void
colours_only_where_they_are_wanted(void **state)
{
	struct cc_table t;
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	cc_table_begin(&t, f, columns, 3);
	assert_false(t.colours);
	t.colours = true;
	put_row(&t, "a", "1", "x");
	assert_true(cc_table_end(&t));
	assert_int_equal(fclose(f), 0);
	assert_non_null(strstr(text, "\033[31ma\033[0m   1  x\n"));
	free(text);
}

static void
a_long_table_is_printed_in_stretches(void **state)
{
	enum { ROWS = 2 * CC_TABLE_ROWS + 7 };
	struct cc_table t;
	char *text = NULL, word[32];
	size_t n, lines = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	cc_table_begin(&t, f, columns, 3);
	for (int i = 0; i < ROWS; i++) {
		(void)snprintf(word, sizeof word, "%d", i);
		put_row(&t, word, word, "x");
	}
	assert_true(cc_table_end(&t));
	assert_int_equal(fclose(f), 0);
	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_int_equal(lines, ROWS + 1);
	assert_int_equal(t.rows, ROWS);
	assert_non_null(strstr(text, "\n2006  2006  x\n"));
	free(text);
}

static void
nothing_is_printed_for_no_row(void **state)
{
	struct cc_table t;
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	cc_table_begin(&t, f, columns, 3);
	assert_true(cc_table_end(&t));
	assert_int_equal(fclose(f), 0);
	assert_int_equal(n, 0);
	free(text);
}

static void
knows_how_wide_a_text_is(void **state)
{
	static const struct {
		const char *text;
		unsigned columns;
	} rows[] = {
		{"", 0}, {"abc", 3}, {"\xc3\xa9", 1}, {"e\xcc\x81", 1},
		{"\xe6\x97\xa5\xe6\x9c\xac", 4}, {"\xf0\x9f\x98\x80", 2},
		{"\xff\xfe", 2}, {"\xe6\x97", 2}, {"a\xc3", 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (cc_text_columns(rows[i].text) != rows[i].columns)
			fail_msg("row %zu: %u", i, cc_text_columns(rows[i].text));
		assert_int_equal(cc_text_fit(rows[i].text, 99), strlen(rows[i].text));
	}
	assert_int_equal(cc_text_fit("\xe6\x97\xa5\xe6\x9c\xac", 3), 3);
	assert_int_equal(cc_text_fit("abc", 2), 2);
}

static void
takes_control_characters_out(void **state)
{
	char *safe = cc_text_safe("a\033[2J\x7f\xc2\x9b" "31m\xc2\xa9");

	(void)state;
	assert_string_equal(safe, "a?[2J???31m\xc2\xa9");
	free(safe);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(a_narrow_terminal_cuts_the_one_column_that_may_be),
		cmocka_unit_test(colours_only_where_they_are_wanted),
		cmocka_unit_test(a_long_table_is_printed_in_stretches),
		cmocka_unit_test(nothing_is_printed_for_no_row),
		cmocka_unit_test(knows_how_wide_a_text_is),
		cmocka_unit_test(takes_control_characters_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
