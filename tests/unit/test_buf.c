#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/clock.h"
#include "wire/buf.h"

static void
holds(const struct cc_buf *b, const char *want)
{
	assert_int_equal(b->n, strlen(want));
	if (b->n != 0)
		assert_memory_equal(b->p, want, b->n);
}

static void
grows_up_to_its_limit_and_no_further(void **state)
{
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 1000);
	for (int i = 0; i < 1000; i++)
		cc_buf_char(&b, 'x');
	assert_int_equal(b.fail, CC_OK);
	assert_int_equal(b.n, 1000);
	assert_true(b.cap <= 1000);
	cc_buf_char(&b, 'x');
	assert_int_equal(b.fail, CC_ERANGE);
	assert_int_equal(b.n, 1000);
	cc_buf_done(&b);
	assert_null(b.p);
	assert_int_equal(b.max, 1000);
}

static void
a_line_that_does_not_fit_leaves_nothing_behind(void **state)
{
	struct cc_buf b;
	size_t mark;

	(void)state;
	cc_buf_init(&b, 8);
	cc_buf_puts(&b, "one\n");
	mark = b.n;
	cc_buf_puts(&b, "two");
	cc_buf_puts(&b, "three");
	cc_buf_puts(&b, "!");
	assert_int_equal(cc_buf_end(&b, mark), CC_ERANGE);
	holds(&b, "one\n");
	cc_buf_puts(&b, "two\n");
	assert_int_equal(cc_buf_end(&b, mark), CC_OK);
	holds(&b, "one\ntwo\n");
	cc_buf_done(&b);
}

static void
what_was_sent_can_be_dropped(void **state)
{
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 100);
	cc_buf_consume(&b, 5);
	cc_buf_puts(&b, "abcdef");
	cc_buf_consume(&b, 2);
	holds(&b, "cdef");
	cc_buf_consume(&b, 0);
	holds(&b, "cdef");
	cc_buf_consume(&b, 4);
	holds(&b, "");
	cc_buf_done(&b);
}

static void
taken_bytes_have_a_nul_and_belong_to_the_caller(void **state)
{
	struct cc_buf b;
	char *text;

	(void)state;
	cc_buf_init(&b, 3);
	cc_buf_puts(&b, "abc");
	text = cc_buf_take(&b);
	assert_string_equal(text, "abc");
	free(text);
	text = cc_buf_take(&b);
	assert_string_equal(text, "");
	free(text);
	cc_buf_puts(&b, "abcd");
	assert_null(cc_buf_take(&b));
	cc_buf_clear(&b);
	assert_int_equal(b.fail, CC_OK);
	cc_buf_done(&b);
}

static void
numbers_are_written_to_the_last_digit(void **state)
{
	static const struct {
		int64_t v;
		const char *want;
	} rows[] = {
		{0, "0"}, {7, "7"}, {-1, "-1"}, {1234567890, "1234567890"},
		{INT64_MAX, "9223372036854775807"},
		{INT64_MIN, "-9223372036854775808"},
	};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 100);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		cc_buf_clear(&b);
		cc_buf_int(&b, rows[i].v);
		holds(&b, rows[i].want);
	}
	cc_buf_done(&b);
}

static void
texts_are_escaped_and_always_utf8(void **state)
{
	static const struct {
		const char *text;
		uint32_t n;
		const char *want;
	} rows[] = {
		{"", 0, "\"\""},
		{"plain", 5, "\"plain\""},
		{"a\"b\\c", 5, "\"a\\\"b\\\\c\""},
		{"\n\r\t", 3, "\"\\n\\r\\t\""},
		{"\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\x7f\""},
		{"/", 1, "\"/\""},
		{"\xc3\xa9", 2, "\"\xc3\xa9\""},
		{"\xe2\x82\xac!", 4, "\"\xe2\x82\xac!\""},
		{"\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\""},
		/* not UTF-8: alone, cut off, overlong, surrogate, too high */
		{"\xff", 1, "\"\\ufffd\""},
		{"a\x80z", 3, "\"a\\ufffdz\""},
		{"\xc3", 1, "\"\\ufffd\""},
		{"\xe2\x82", 2, "\"\\ufffd\\ufffd\""},
		{"\xc0\xaf", 2, "\"\\ufffd\\ufffd\""},
		{"\xe0\x80\x80", 3, "\"\\ufffd\\ufffd\\ufffd\""},
		{"\xed\xa0\x80", 3, "\"\\ufffd\\ufffd\\ufffd\""},
		{"\xf0\x80\x80\x80", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
		{"\xf4\x90\x80\x80", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
		{"\xf8\x88\x80\x80", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
	};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 100);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		cc_buf_clear(&b);
		cc_buf_json(&b, (struct cc_str){rows[i].text, rows[i].n});
		holds(&b, rows[i].want);
	}
	cc_buf_done(&b);
}

static void
an_instant_is_text_and_never_is_null(void **state)
{
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 100);
	cc_buf_wall(&b, (struct cc_wall){1772929800});
	cc_buf_char(&b, ',');
	cc_buf_wall(&b, CC_NEVER);
	holds(&b, "\"2026-03-08T00:30:00Z\",null");
	cc_buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_up_to_its_limit_and_no_further),
		cmocka_unit_test(a_line_that_does_not_fit_leaves_nothing_behind),
		cmocka_unit_test(what_was_sent_can_be_dropped),
		cmocka_unit_test(taken_bytes_have_a_nul_and_belong_to_the_caller),
		cmocka_unit_test(numbers_are_written_to_the_last_digit),
		cmocka_unit_test(texts_are_escaped_and_always_utf8),
		cmocka_unit_test(an_instant_is_text_and_never_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
