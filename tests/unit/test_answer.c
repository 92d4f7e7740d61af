#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "wire/answer.h"

static struct cc_answer
accepted(void)
{
	return (struct cc_answer){
		.status = CC_ACCEPTED, .id = CC_STR("e-1"),
		.source = CC_STR("/cms/region-07"), .seq = 17
	};
}

static struct cc_refused
wrong_code(void)
{
	struct cc_refused r = {.code = CC_NOT_REFUSED};

	cc_refuse(&r, CC_REFUSED_INVALID_DATA, "/data/priority",
	    "expected one of P1, P2, PN; got \"%s\"", "P9");
	cc_refused_of(&r, CC_STR("e-1"), CC_STR("/cms/region-07"));
	return r;
}

static void
holds(struct cc_buf *b, const char *want)
{
	assert_int_equal(b->n, strlen(want));
	assert_memory_equal(b->p, want, b->n);
	cc_buf_clear(b);
}

static void
answers_have_the_members_of_the_protocol(void **state)
{
	struct cc_answer a = accepted();
	struct cc_refused r = wrong_code();
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, CC_ANSWER_MAX_BYTES);
	assert_int_equal(cc_answer_put(&b, &a), CC_OK);
	holds(&b, "{\"status\":\"accepted\",\"id\":\"e-1\","
	    "\"source\":\"/cms/region-07\",\"seq\":17}\n");
	a.status = CC_DUPLICATE;
	assert_int_equal(cc_answer_put(&b, &a), CC_OK);
	holds(&b, "{\"status\":\"duplicate\",\"id\":\"e-1\","
	    "\"source\":\"/cms/region-07\",\"seq\":17}\n");
	assert_int_equal(cc_answer_put_refused(&b, &r), CC_OK);
	holds(&b, "{\"status\":\"rejected\",\"id\":\"e-1\","
	    "\"source\":\"/cms/region-07\",\"error\":{\"code\":\"invalid_data\","
	    "\"pointer\":\"/data/priority\",\"message\":"
	    "\"expected one of P1, P2, PN; got \\\"P9\\\"\"}}\n");
	cc_buf_done(&b);
}

static void
members_that_are_not_usable_are_left_out(void **state)
{
	struct cc_refused r = {.code = CC_NOT_REFUSED};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, CC_ANSWER_MAX_BYTES);
	cc_refuse(&r, CC_REFUSED_PARSE_ERROR, "", "no");
	assert_int_equal(cc_answer_put_refused(&b, &r), CC_OK);
	holds(&b, "{\"status\":\"rejected\",\"error\":{\"code\":\"parse_error\","
	    "\"pointer\":\"\",\"message\":\"no\"}}\n");
	cc_refused_of(&r, CC_STR("e"), (struct cc_str){NULL, 0});
	assert_int_equal(cc_answer_put_refused(&b, &r), CC_OK);
	holds(&b, "{\"status\":\"rejected\",\"id\":\"e\",\"error\":{\"code\":"
	    "\"parse_error\",\"pointer\":\"\",\"message\":\"no\"}}\n");
	cc_refused_of(&r, (struct cc_str){NULL, 0}, CC_STR("s"));
	assert_int_equal(cc_answer_put_refused(&b, &r), CC_OK);
	holds(&b, "{\"status\":\"rejected\",\"source\":\"s\",\"error\":{\"code\":"
	    "\"parse_error\",\"pointer\":\"\",\"message\":\"no\"}}\n");
	cc_buf_done(&b);
}

/* The worst refusal: every text full of bytes that take six to write. */
static void
no_answer_is_longer_than_the_limit(void **state)
{
	struct cc_refused r = wrong_code();
	struct cc_buf b;

	(void)state;
	memset(r.pointer, 1, sizeof r.pointer - 1);
	memset(r.message, 1, sizeof r.message - 1);
	memset(r.id, 'x', sizeof r.id - 1);
	memset(r.source, '"', sizeof r.source - 1);
	r.pointer[sizeof r.pointer - 1] = r.message[sizeof r.message - 1] = '\0';
	r.id[sizeof r.id - 1] = r.source[sizeof r.source - 1] = '\0';
	cc_buf_init(&b, CC_ANSWER_MAX_BYTES);
	assert_int_equal(cc_answer_put_refused(&b, &r), CC_OK);
	assert_true(b.n > 4000);
	cc_buf_done(&b);
}

static void
an_answer_that_does_not_fit_is_not_begun(void **state)
{
	struct cc_answer a = accepted();
	struct cc_refused r = wrong_code();
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 80);
	assert_int_equal(cc_answer_put(&b, &a), CC_OK);
	assert_int_equal(cc_answer_put(&b, &a), CC_ERANGE);
	assert_int_equal(cc_answer_put_refused(&b, &r), CC_ERANGE);
	holds(&b, "{\"status\":\"accepted\",\"id\":\"e-1\","
	    "\"source\":\"/cms/region-07\",\"seq\":17}\n");
	cc_buf_done(&b);
}

static enum cc_code
read_text(const char *line, struct cc_json **doc, struct cc_answer_seen *ret)
{
	struct cc_str text = {line, (uint32_t)strlen(line)};
	struct cc_err err = {.code = CC_OK};
	enum cc_code code;

	assert_int_equal(cc_json_parse(text, doc, &err), CC_OK);
	code = cc_answer_read(*doc, ret, &err);
	assert_int_equal(code == CC_OK, err.msg[0] == '\0');
	return code;
}

static void
what_is_written_is_read(void **state)
{
	struct cc_answer a = accepted();
	struct cc_refused r = wrong_code();
	struct cc_answer_seen seen;
	struct cc_json *doc;
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, CC_ANSWER_MAX_BYTES);
	assert_int_equal(cc_answer_put(&b, &a), CC_OK);
	cc_buf_char(&b, '\0');
	assert_int_equal(read_text(b.p, &doc, &seen), CC_OK);
	assert_int_equal(seen.status, CC_ACCEPTED);
	assert_string_equal(seen.id, "e-1");
	assert_string_equal(seen.source, "/cms/region-07");
	assert_int_equal(seen.seq, 17);
	assert_null(seen.code);
	cc_json_free(doc);
	cc_buf_clear(&b);
	assert_int_equal(cc_answer_put_refused(&b, &r), CC_OK);
	cc_buf_char(&b, '\0');
	assert_int_equal(read_text(b.p, &doc, &seen), CC_OK);
	assert_int_equal(seen.status, CC_REJECTED);
	assert_string_equal(seen.code, "invalid_data");
	assert_string_equal(seen.pointer, "/data/priority");
	assert_string_equal(seen.message, r.message);
	cc_json_free(doc);
	cc_buf_done(&b);
}

static void
what_is_no_answer_is_refused(void **state)
{
	static const char *const bad[] = {
		"{}", "[]", "5", "{\"status\":1}", "{\"status\":\"ok\"}",
		"{\"status\":\"accepted\"}",
		"{\"status\":\"accepted\",\"id\":\"e\",\"source\":\"s\"}",
		"{\"status\":\"duplicate\",\"id\":\"e\",\"seq\":1}",
		"{\"status\":\"accepted\",\"id\":\"\",\"source\":\"\",\"seq\":\"1\"}",
		"{\"status\":\"rejected\"}",
		"{\"status\":\"rejected\",\"error\":{\"code\":\"x\"}}",
		"{\"status\":\"rejected\",\"error\":\"x\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cc_answer_seen seen = {.seq = 99};
		struct cc_json *doc;

		assert_int_equal(read_text(bad[i], &doc, &seen), CC_EINVAL);
		assert_int_equal(seen.seq, 99);
		cc_json_free(doc);
	}
}

static void
a_text_too_long_for_a_refusal_is_cut(void **state)
{
	char text[2 * CC_REFUSED_TEXT];
	struct cc_refused r = {.code = CC_NOT_REFUSED};

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	cc_refuse(&r, CC_REFUSED_OVERLOADED, text, "%s", text);
	cc_refused_of(&r, (struct cc_str){text, 500}, (struct cc_str){text, 500});
	assert_int_equal(strlen(r.pointer), CC_POINTER_TEXT - 1);
	assert_int_equal(strlen(r.message), CC_REFUSED_TEXT - 1);
	assert_int_equal(strlen(r.id), CC_EVENT_ID_MAX);
	assert_int_equal(strlen(r.source), CC_EVENT_SOURCE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_have_the_members_of_the_protocol),
		cmocka_unit_test(members_that_are_not_usable_are_left_out),
		cmocka_unit_test(no_answer_is_longer_than_the_limit),
		cmocka_unit_test(an_answer_that_does_not_fit_is_not_begun),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_no_answer_is_refused),
		cmocka_unit_test(a_text_too_long_for_a_refusal_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
