/* Codes, errors and borrowed text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/base.h"

static void
fills_an_error_and_returns_its_code(void **state)
{
	struct cc_err err = {CC_OK, 0, ""};

	(void)state;
	assert_int_equal(cc_fail(&err, CC_EIO, 5, "disk %d: %s", 3, "gone"),
	    CC_EIO);
	assert_int_equal(err.code, CC_EIO);
	assert_int_equal(err.sys, 5);
	assert_string_equal(err.msg, "disk 3: gone");
	assert_int_equal(cc_fail(NULL, CC_ENOENT, 0, "nobody reads this"),
	    CC_ENOENT);
}

static void
cuts_an_error_that_is_too_long(void **state)
{
	struct cc_err err;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	(void)cc_fail(&err, CC_EINVAL, 0, "%s", text);
	assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

static void
has_words_for_every_code(void **state)
{
	static const enum cc_code codes[] = {
#define CC_CODE_LIST(name, text) name,
		CC_CODES(CC_CODE_LIST)
#undef CC_CODE_LIST
	};

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		assert_int_equal(codes[i], i);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(cc_code_text(codes[i]),
			    cc_code_text(codes[k]));
	}
	assert_string_equal(cc_code_text(CC_OK), "ok");
	assert_string_equal(cc_code_text(CC_EBUG), "internal error");
	assert_string_equal(cc_code_text((enum cc_code)9999), "unknown code");
}

static void
compares_text_as_bytes(void **state)
{
	static const struct {
		struct cc_str a, b;
		int order;
	} t[] = {
		{{"", 0}, {"", 0}, 0}, {{NULL, 0}, {NULL, 0}, 0},
		{{"", 0}, {"a", 1}, -1}, {{"a", 1}, {"", 0}, 1},
		{{"abc", 3}, {"abc", 3}, 0}, {{"abc", 3}, {"abd", 3}, -1},
		{{"ab", 2}, {"abc", 3}, -1}, {{"b", 1}, {"abc", 3}, 1},
		{{"a\0b", 3}, {"a\0c", 3}, -1},
		{{"a\0", 2}, {"a", 1}, 1},
		{{"\xff", 1}, {"a", 1}, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		int c = cc_str_cmp(t[i].a, t[i].b);

		assert_int_equal((c > 0) - (c < 0), t[i].order);
		assert_int_equal(cc_str_eq(t[i].a, t[i].b), t[i].order == 0);
	}
	assert_int_equal(CC_STR("four").n, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_an_error_and_returns_its_code),
		cmocka_unit_test(cuts_an_error_that_is_too_long),
		cmocka_unit_test(has_words_for_every_code),
		cmocka_unit_test(compares_text_as_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
