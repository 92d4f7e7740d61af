#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/json.h"

static struct cc_json *
parsed(const char *text)
{
	struct cc_err err = {.code = CC_OK};
	struct cc_json *doc = NULL;

	if (cc_json_parse((struct cc_str){text, (uint32_t)strlen(text)}, &doc,
	    &err) != CC_OK)
		fail_msg("%s: %s", text, err.msg);
	return doc;
}

static void
reads_each_type(void **state)
{
	struct cc_json *d = parsed("{\"n\":null,\"t\":true,\"f\":false,"
	    "\"i\":-9223372036854775808,\"r\":1.5,\"s\":\"a\\u00e9\","
	    "\"l\":[1,\"x\"],\"o\":{\"k\":7}}");
	int64_t i = 0;
	double r = 0;
	bool b = false;

	(void)state;
	assert_int_equal(cc_json_type(d), CC_JSON_OBJECT);
	assert_int_equal(cc_json_type(cc_json_get(d, "n")), CC_JSON_NULL);
	assert_int_equal(cc_json_type(cc_json_get(d, "t")), CC_JSON_BOOL);
	assert_int_equal(cc_json_type(cc_json_get(d, "i")), CC_JSON_INT);
	assert_int_equal(cc_json_type(cc_json_get(d, "r")), CC_JSON_REAL);
	assert_int_equal(cc_json_type(cc_json_get(d, "s")), CC_JSON_STRING);
	assert_int_equal(cc_json_type(cc_json_get(d, "l")), CC_JSON_LIST);
	assert_int_equal(cc_json_type(cc_json_get(d, "none")), CC_JSON_NONE);
	assert_true(cc_json_bool(cc_json_get(d, "t"), &b));
	assert_true(b);
	assert_true(cc_json_bool(cc_json_get(d, "f"), &b));
	assert_false(b);
	assert_true(cc_json_int(cc_json_get(d, "i"), &i));
	assert_true(i == INT64_MIN);
	assert_true(cc_json_number(cc_json_get(d, "r"), &r));
	assert_true(r > 1.4 && r < 1.6);
	assert_string_equal(cc_json_get_text(d, "s"), "a\xc3\xa9");
	assert_int_equal(cc_json_count(cc_json_get(d, "l")), 2);
	assert_int_equal(cc_json_count(d), 8);
	assert_string_equal(cc_json_text(cc_json_at(cc_json_get(d, "l"), 1)),
	    "x");
	assert_true(cc_json_int(cc_json_get(cc_json_get(d, "o"), "k"), &i));
	assert_int_equal(i, 7);
	cc_json_free(d);
}

static void
wrong_types_and_nothing_have_no_value(void **state)
{
	struct cc_json *d = parsed("{\"s\":\"x\",\"r\":1.0}");
	const struct cc_json *s = cc_json_get(d, "s");
	struct cc_json_walk w = {NULL, NULL, NULL};
	int64_t i = 42;
	double r = 42;
	bool b = true;

	(void)state;
	assert_false(cc_json_int(s, &i));
	assert_false(cc_json_int(cc_json_get(d, "r"), &i));
	assert_false(cc_json_int(NULL, &i));
	assert_int_equal(i, 42);
	assert_false(cc_json_bool(s, &b));
	assert_false(cc_json_bool(NULL, &b));
	assert_true(b);
	assert_false(cc_json_number(s, &r));
	assert_false(cc_json_number(NULL, &r));
	assert_null(cc_json_text(d));
	assert_null(cc_json_text(NULL));
	assert_null(cc_json_get(s, "x"));
	assert_null(cc_json_get(NULL, "x"));
	assert_null(cc_json_get_text(NULL, "x"));
	assert_null(cc_json_at(d, 0));
	assert_null(cc_json_at(NULL, 0));
	assert_int_equal(cc_json_count(NULL), 0);
	assert_int_equal(cc_json_count(s), 0);
	assert_int_equal(cc_json_type(NULL), CC_JSON_NONE);
	assert_false(cc_json_next(NULL, &w));
	assert_false(cc_json_next(s, &w));
	cc_json_free(d);
	cc_json_free(NULL);
}

static void
members_are_walked_and_printed_in_their_order(void **state)
{
	static const char text[] =
	    "{\"z\":1,\"a\":[true,null,\"\\n\"],\"m\":{\"k\":0.5}}";
	static const char *const names[] = {"z", "a", "m"};
	struct cc_json *d = parsed(text);
	struct cc_json_walk w = {NULL, NULL, NULL};
	struct cc_buf b;
	size_t n = 0;

	(void)state;
	while (cc_json_next(d, &w)) {
		assert_true(n < 3);
		assert_string_equal(w.name, names[n]);
		assert_ptr_equal(w.value, cc_json_get(d, names[n]));
		n++;
	}
	assert_int_equal(n, 3);
	cc_buf_init(&b, 1024);
	cc_json_print(&b, d);
	assert_int_equal(cc_buf_end(&b, 0), CC_OK);
	assert_int_equal(b.n, strlen(text));
	assert_memory_equal(b.p, text, b.n);
	cc_buf_clear(&b);
	cc_json_print(&b, cc_json_get(d, "z"));
	assert_memory_equal(b.p, "1", 1);
	cc_buf_done(&b);
	cc_buf_init(&b, 5);
	cc_json_print(&b, d);
	assert_int_equal(cc_buf_end(&b, 0), CC_ERANGE);
	cc_buf_done(&b);
	cc_json_free(d);
}

static void
what_is_not_json_is_refused_with_words(void **state)
{
	static const struct {
		const char *text;
		uint32_t n;
	} bad[] = {
		{"", 0}, {"{", 1}, {"{}x", 3}, {"{\"a\":1,\"a\":1}", 13},
		{"\"\xff\"", 3}, {"\"\0\"", 3}, {"\"\\u0000\"", 8},
		{"\xef\xbb\xbf{}", 5}, {"1e999", 5}, {"01", 2}, {"tru", 3},
		{"\"", 1}, {"\"\\", 2}, {"\\", 1}
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cc_json *doc = NULL;
		struct cc_err err = {.code = CC_OK};

		assert_int_equal(cc_json_parse((struct cc_str){bad[i].text,
		    bad[i].n}, &doc, &err), CC_EINVAL);
		assert_null(doc);
		assert_int_equal(strncmp(err.msg, "expected JSON", 13), 0);
		for (const char *p = err.msg; *p != '\0'; p++)
			assert_true(*p >= ' ' && *p <= '~');
	}
}

static void
nesting_has_a_limit(void **state)
{
	char text[2 * (CC_JSON_DEPTH + 1)];
	struct cc_json *doc;
	struct cc_err err;

	(void)state;
	for (uint32_t depth = CC_JSON_DEPTH; depth <= CC_JSON_DEPTH + 1;
	     depth++) {
		enum cc_code code;

		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		code = cc_json_parse((struct cc_str){text, 2 * depth}, &doc,
		    &err);
		if (depth == CC_JSON_DEPTH) {
			assert_int_equal(code, CC_OK);
			cc_json_free(doc);
		} else {
			assert_int_equal(code, CC_EINVAL);
			assert_non_null(strstr(err.msg, "64 deep"));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_type),
		cmocka_unit_test(wrong_types_and_nothing_have_no_value),
		cmocka_unit_test(members_are_walked_and_printed_in_their_order),
		cmocka_unit_test(what_is_not_json_is_refused_with_words),
		cmocka_unit_test(nesting_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
