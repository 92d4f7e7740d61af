#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/lex.h"
#include "tests/support/ladders.h"

enum { TOKENS = 14 };

struct expected {
	enum cc_token_kind kind;
	const char *text;
	int64_t number;
	uint32_t offset;
};

static const struct row {
	const char *text;
	struct expected tokens[TOKENS];	/* up to the end, which is not listed */
} rows[] = {
	{"", {{CC_T_END, NULL, 0, 0}}},
	{" \t\r\n ", {{CC_T_END, NULL, 0, 0}}},
	{"a", {{CC_T_NAME, "a", 0, 0}}},
	{"first contact.made", {{CC_T_NAME, "first", 0, 0}, {CC_T_NAME, "contact", 0, 6},
	    {CC_T_PUNCT, ".", 0, 13}, {CC_T_NAME, "made", 0, 14}}},
	{"15_day", {{CC_T_NAME, "15_day", 0, 0}}},
	{"24hours", {{CC_T_NAME, "24hours", 0, 0}}},
	{"_x9", {{CC_T_NAME, "_x9", 0, 0}}},
	{"24h 30m 15s", {{CC_T_DURATION, "24h", 86400, 0}, {CC_T_DURATION, "30m", 1800, 4},
	    {CC_T_DURATION, "15s", 15, 8}}},
	{"7d", {{CC_T_NAME, "7d", 0, 0}}},
	{"010", {{CC_T_NUMBER, "010", 10, 0}}},
	{"100000000", {{CC_T_NUMBER, "100000000", 100000000, 0}}},
	{"100000001", {{CC_T_BAD, "100000001", 0, 0}}},
	{"99999999999999999999999999", {{CC_T_BAD, "99999999999999999999999999", 0, 0}}},
	{"100000001h", {{CC_T_BAD, "100000001h", 0, 0}}},
	{"99999999999999999999999h", {{CC_T_BAD, "99999999999999999999999h", 0, 0}}},
	{"19:00:00", {{CC_T_TIME, "19:00:00", 68400, 0}}},
	{"23:59:59", {{CC_T_TIME, "23:59:59", 86399, 0}}},
	{"24:00:00", {{CC_T_NUMBER, "24", 24, 0}, {CC_T_PUNCT, ":", 0, 2},
	    {CC_T_NUMBER, "00", 0, 3}, {CC_T_PUNCT, ":", 0, 5}, {CC_T_NUMBER, "00", 0, 6}}},
	{"7:00:00", {{CC_T_NUMBER, "7", 7, 0}, {CC_T_PUNCT, ":", 0, 1},
	    {CC_T_NUMBER, "00", 0, 2}, {CC_T_PUNCT, ":", 0, 4}, {CC_T_NUMBER, "00", 0, 5}}},
	{"12:60:00", {{CC_T_NUMBER, "12", 12, 0}, {CC_T_PUNCT, ":", 0, 2},
	    {CC_T_NUMBER, "60", 60, 3}, {CC_T_PUNCT, ":", 0, 5}, {CC_T_NUMBER, "00", 0, 6}}},
	{"\"home\"", {{CC_T_TEXT, "home", 0, 0}}},
	{"\"\"", {{CC_T_TEXT, "", 0, 0}}},
	{"\"open", {{CC_T_BAD, "\"open", 0, 0}}},
	{"a<=b", {{CC_T_NAME, "a", 0, 0}, {CC_T_PUNCT, "<=", 0, 1}, {CC_T_NAME, "b", 0, 3}}},
	{"a>=b!=c<d>e=f", {{CC_T_NAME, "a", 0, 0}, {CC_T_PUNCT, ">=", 0, 1},
	    {CC_T_NAME, "b", 0, 3}, {CC_T_PUNCT, "!=", 0, 4}, {CC_T_NAME, "c", 0, 6},
	    {CC_T_PUNCT, "<", 0, 7}, {CC_T_NAME, "d", 0, 8}, {CC_T_PUNCT, ">", 0, 9},
	    {CC_T_NAME, "e", 0, 10}, {CC_T_PUNCT, "=", 0, 11}, {CC_T_NAME, "f", 0, 12}}},
	{"()[]{},:.|+-", {{CC_T_PUNCT, "(", 0, 0}, {CC_T_PUNCT, ")", 0, 1},
	    {CC_T_PUNCT, "[", 0, 2}, {CC_T_PUNCT, "]", 0, 3}, {CC_T_PUNCT, "{", 0, 4},
	    {CC_T_PUNCT, "}", 0, 5}, {CC_T_PUNCT, ",", 0, 6}, {CC_T_PUNCT, ":", 0, 7},
	    {CC_T_PUNCT, ".", 0, 8}, {CC_T_PUNCT, "|", 0, 9}, {CC_T_PUNCT, "+", 0, 10},
	    {CC_T_PUNCT, "-", 0, 11}}},
	{"!", {{CC_T_BAD, "!", 0, 0}}},
	{"! =", {{CC_T_BAD, "!", 0, 0}, {CC_T_PUNCT, "=", 0, 2}}},
	{"a ; b", {{CC_T_NAME, "a", 0, 0}, {CC_T_BAD, ";", 0, 2}, {CC_T_NAME, "b", 0, 4}}},
	{"'a'", {{CC_T_BAD, "'", 0, 0}, {CC_T_NAME, "a", 0, 1}, {CC_T_BAD, "'", 0, 2}}},
	{"\xc3\xa4", {{CC_T_BAD, "\xc3", 0, 0}, {CC_T_BAD, "\xa4", 0, 1}}},
};

static void
expect(const struct row *r, const struct cc_token *t, const struct expected *e)
{
	if (t->kind != e->kind || t->offset != e->offset ||
	    (e->kind != CC_T_BAD && t->number != e->number) ||
	    t->text.n != strlen(e->text) || memcmp(t->text.p, e->text, t->text.n) != 0)
		fail_msg("%s: expected '%s' at %u, found '%.*s' of kind %d at %u", r->text,
		    e->text, e->offset, (int)t->text.n, t->text.p, (int)t->kind, t->offset);
}

static void
reads_every_kind_of_word_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_lexer l = {rows[i].text, (uint32_t)strlen(rows[i].text), 0};
		struct cc_token t;

		for (int k = 0; k < TOKENS && rows[i].tokens[k].text != NULL; k++) {
			t = cc_lex_next(&l);
			expect(&rows[i], &t, &rows[i].tokens[k]);
		}
		t = cc_lex_next(&l);
		assert_int_equal(t.kind, CC_T_END);
		assert_int_equal(t.offset, l.n);
		t = cc_lex_next(&l);
		assert_int_equal(t.kind, CC_T_END);
	}
}

static void
reads_no_byte_behind_the_text(void **state)
{
	char *exact = malloc(7);
	struct cc_lexer l = {exact, 7, 0};

	(void)state;
	assert_non_null(exact);
	memcpy(exact, "12:30:0", 7);
	while (cc_lex_next(&l).kind != CC_T_END)
		assert_true(l.at <= 7);
	free(exact);
}

static void
a_word_is_a_name_or_a_mark_but_no_text(void **state)
{
	struct cc_lexer l = {"and \"and\" , <=", 14, 0};
	struct cc_token t = cc_lex_next(&l);

	(void)state;
	assert_true(cc_token_is(&t, "and"));
	assert_false(cc_token_is(&t, "an"));
	assert_false(cc_token_is(&t, "andy"));
	t = cc_lex_next(&l);
	assert_false(cc_token_is(&t, "and"));
	t = cc_lex_next(&l);
	assert_true(cc_token_is(&t, ","));
	t = cc_lex_next(&l);
	assert_true(cc_token_is(&t, "<="));
	t = cc_lex_next(&l);
	assert_false(cc_token_is(&t, ""));
}

static void
any_bytes_come_to_an_end(void **state)
{
	uint64_t seed = cc_test_seed(7);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[40];
		uint32_t n = (uint32_t)cc_test_random(&seed, sizeof text), steps = 0;
		struct cc_lexer l = {text, n, 0};

		for (uint32_t k = 0; k < n; k++)
			text[k] = (char)cc_test_random(&seed, 256);
		while (cc_lex_next(&l).kind != CC_T_END)
			assert_true(++steps <= n && l.at <= n);
		assert_int_equal(l.at, n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind_of_word_with_its_place),
		cmocka_unit_test(reads_no_byte_behind_the_text),
		cmocka_unit_test(a_word_is_a_name_or_a_mark_but_no_text),
		cmocka_unit_test(any_bytes_come_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
