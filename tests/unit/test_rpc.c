#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/ladders.h"
#include "tests/support/small_schema.h"
#include "wire/line.h"
#include "wire/rpc.h"

static struct cc_str
str(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static struct cc_rpc *
request(const char *line)
{
	struct cc_line_rules rules = cc_test_line_rules();
	struct cc_arena a = cc_test_arena(1024 * 1024);
	struct cc_line l;

	cc_wire_line_parse(&rules, str(line), &a, &l);
	if (l.kind != CC_LINE_REQUEST)
		fail_msg("no request: %s", line);
	cc_arena_done(&a);
	return l.request;
}

#define LIST(params)                                                         \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clocks.list\",\"params\":" \
	params "}"

static void
a_request_says_what_it_asks(void **state)
{
	static const char *const names[] = {
		"case", "state", "all", "limit", NULL
	};
	struct cc_rpc *r = request(LIST("{\"case\":\"48211234\",\"state\":"
	    "[\"running\",\"overdue\"],\"all\":true,\"limit\":1000}"));
	struct cc_str items[2], text = {NULL, 0};
	struct cc_rpc_texts states = {items, 2, 0};
	struct cc_err err;
	int64_t limit = 100;
	bool all = false;

	(void)state;
	assert_null(cc_rpc_fault(r));
	assert_string_equal(cc_rpc_id(r), "1");
	assert_string_equal(cc_rpc_method(r), "clocks.list");
	assert_int_equal(cc_rpc_only(r, names, &err), CC_OK);
	assert_int_equal(cc_rpc_need(r, "case", &err), CC_OK);
	assert_int_equal(cc_rpc_text(r, "case", &text, &err), CC_OK);
	assert_string_equal(text.p, "48211234");
	assert_int_equal(text.n, 8);
	assert_int_equal(cc_rpc_list(r, "state", &states, &err), CC_OK);
	assert_int_equal(states.n, 2);
	assert_string_equal(states.items[1].p, "overdue");
	assert_int_equal(cc_rpc_bool(r, "all", &all, &err), CC_OK);
	assert_true(all);
	assert_int_equal(cc_rpc_int(r, "limit", (struct cc_rpc_range){1, 1000},
	    &limit, &err), CC_OK);
	assert_int_equal(limit, 1000);
	cc_rpc_free(r);
}

static void
an_absent_parameter_leaves_the_default(void **state)
{
	static const char *const lines[] = {
		"{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"m\"}",
		LIST("{}"),
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		static const char *const none[] = {NULL};
		struct cc_rpc *r = request(lines[i]);
		struct cc_rpc_texts list = {NULL, 0, 77};
		struct cc_str text = CC_STR("default");
		struct cc_err err;
		int64_t n = 100;
		bool b = true;

		assert_int_equal(cc_rpc_only(r, none, &err), CC_OK);
		assert_int_equal(cc_rpc_text(r, "x", &text, &err), CC_OK);
		assert_string_equal(text.p, "default");
		assert_int_equal(cc_rpc_list(r, "x", &list, &err), CC_OK);
		assert_int_equal(list.n, 77);
		assert_int_equal(cc_rpc_bool(r, "x", &b, &err), CC_OK);
		assert_true(b);
		assert_int_equal(cc_rpc_int(r, "x", (struct cc_rpc_range){1, 2},
		    &n, &err), CC_OK);
		assert_int_equal(n, 100);
		assert_false(cc_rpc_has(r, "x"));
		assert_int_equal(cc_rpc_need(r, "x", &err), CC_EINVAL);
		assert_non_null(strstr(err.msg, "parameter x is missing"));
		cc_rpc_free(r);
	}
}

enum getter { TEXT, TEXTS, BOOL, INT };

static enum cc_code
get(const struct cc_rpc *r, enum getter g, struct cc_err *err)
{
	struct cc_str items[2], text = CC_STR("same");
	struct cc_rpc_texts list = {items, 2, 9};
	int64_t n = 9;
	bool b = true;
	enum cc_code code = CC_OK;

	switch (g) {
	case TEXT:
		code = cc_rpc_text(r, "p", &text, err);
		break;
	case TEXTS:
		code = cc_rpc_list(r, "p", &list, err);
		break;
	case BOOL:
		code = cc_rpc_bool(r, "p", &b, err);
		break;
	case INT:
		code = cc_rpc_int(r, "p", (struct cc_rpc_range){1, 1000}, &n,
		    err);
		break;
	}
	assert_true(text.n == 4 && list.n == 9 && n == 9 && b);
	return code;
}

static void
a_wrong_parameter_is_named(void **state)
{
	static const struct {
		enum getter g;
		const char *line, *words;
	} rows[] = {
		{TEXT, LIST("{\"p\":5}"), "parameter p: expected a string; got 5"},
		{TEXT, LIST("{\"p\":null}"), "got null"},
		{TEXTS, LIST("{\"p\":\"x\"}"), "a list of strings; got \"x\""},
		{TEXTS, LIST("{\"p\":[\"x\",1]}"), "a list of strings; got 1"},
		{TEXTS, LIST("{\"p\":[\"x\",\"y\",\"z\"]}"), "at most 2"},
		{BOOL, LIST("{\"p\":\"true\"}"), "true or false; got \"true\""},
		{BOOL, LIST("{\"p\":0}"), "got 0"},
		{INT, LIST("{\"p\":0}"), "from 1 to 1000; got 0"},
		{INT, LIST("{\"p\":1001}"), "got 1001"},
		{INT, LIST("{\"p\":1.0}"), "fraction"},
		{INT, LIST("{\"p\":\"7\"}"), "got \"7\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_rpc *r = request(rows[i].line);
		struct cc_err err;

		assert_null(cc_rpc_fault(r));
		assert_int_equal(get(r, rows[i].g, &err), CC_EINVAL);
		if (strstr(err.msg, rows[i].words) == NULL)
			fail_msg("%s: %s", rows[i].line, err.msg);
		cc_rpc_free(r);
	}
}

static void
an_unknown_parameter_is_named(void **state)
{
	static const char *const names[] = {"case", NULL};
	struct cc_rpc *r = request(LIST("{\"case\":\"1\",\"cse\\n\":\"1\"}"));
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_rpc_only(r, names, &err), CC_EINVAL);
	assert_string_equal(err.msg, "unknown parameter \"cse\\x0a\"");
	cc_rpc_free(r);
	r = request(LIST("[1]"));
	assert_null(cc_rpc_fault(r));
	assert_int_equal(cc_rpc_only(r, names, &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "by name"));
	assert_false(cc_rpc_has(r, "case"));
	cc_rpc_free(r);
}

static void
all_parameters_can_be_written_down(void **state)
{
	static const struct {
		const char *line, *json;
	} rows[] = {
		{LIST("{\"case\": \"1\", \"n\": [2, null]}"), "{\"case\":\"1\",\"n\":[2,null]}"},
		{LIST("{}"), "{}"}, {LIST("[1]"), "{}"},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}", "{}"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_rpc *r = request(rows[i].line);
		struct cc_buf b;

		cc_buf_init(&b, 100);
		cc_rpc_params(r, &b);
		assert_int_equal(cc_buf_end(&b, 0), CC_OK);
		assert_int_equal(b.n, strlen(rows[i].json));
		assert_memory_equal(b.p, rows[i].json, b.n);
		cc_buf_done(&b);
		cc_buf_init(&b, 1);	/* no room is remembered */
		cc_rpc_params(r, &b);
		assert_int_equal(cc_buf_end(&b, 0), CC_ERANGE);
		cc_buf_done(&b);
		cc_rpc_free(r);
	}
}

static void
a_malformed_request_is_told_apart(void **state)
{
	static const struct {
		const char *line, *id, *words;
	} rows[] = {
		{"{\"jsonrpc\":\"2.0\",\"method\":\"m\"}", "null", "needs an id"},
		{"{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"m\"}", "null",
		    "string, a number or null"},
		{"{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"m\"}", "null",
		    "string, a number or null"},
		{"{\"jsonrpc\":\"1.0\",\"id\":3,\"method\":\"m\"}", "3", "2.0"},
		{"{\"jsonrpc\":2.0,\"id\":3,\"method\":\"m\"}", "3", "2.0"},
		{"{\"jsonrpc\":\"2.0\",\"id\":3}", "3", "method"},
		{"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":5}", "3", "method"},
		{"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"\"}", "3", "method"},
		{"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"m\",\"params\":5}",
		    "3", "params"},
		{"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"m\",\"param\":{}}",
		    "3", "no members but"},
		{"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"m12345678901234567890"
		    "12345678901234567890123456789012345678901234\"}", "3",
		    "64 bytes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_rpc *r = request(rows[i].line);

		if (cc_rpc_fault(r) == NULL ||
		    strstr(cc_rpc_fault(r), rows[i].words) == NULL)
			fail_msg("%s", rows[i].line);
		assert_string_equal(cc_rpc_id(r), rows[i].id);
		assert_string_equal(cc_rpc_method(r), "");
		cc_rpc_free(r);
	}
	cc_rpc_free(NULL);
}

static void
an_id_comes_back_as_it_was_sent(void **state)
{
	static const char *const ids[] = {
		"1", "-9223372036854775808", "\"a\"", "\"\"", "\"a\\\"b\\n\"",
		"\"\xc3\xa9\"", "null", "1.5"
	};
	char line[1024], text[300];

	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		struct cc_rpc *r;

		(void)snprintf(line, sizeof line,
		    "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"m\"}", ids[i]);
		r = request(line);
		assert_null(cc_rpc_fault(r));
		assert_string_equal(cc_rpc_id(r), ids[i]);
		cc_rpc_free(r);
	}
	for (size_t n = 253; n <= 254; n++) {
		struct cc_rpc *r;

		memset(text, 'x', n);
		text[n] = '\0';
		(void)snprintf(line, sizeof line,
		    "{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"method\":\"m\"}", text);
		r = request(line);
		if (n == 253) {
			assert_null(cc_rpc_fault(r));
			assert_int_equal(strlen(cc_rpc_id(r)), 255);
		} else {
			assert_non_null(strstr(cc_rpc_fault(r), "too long"));
			assert_string_equal(cc_rpc_id(r), "null");
		}
		cc_rpc_free(r);
	}
}

static void
holds(struct cc_buf *b, const char *want)
{
	assert_int_equal(b->n, strlen(want));
	assert_memory_equal(b->p, want, b->n);
	cc_buf_clear(b);
}

static void
answers_are_written_as_the_standard_says(void **state)
{
	struct cc_rpc_error e = {CC_RPC_PARAMS, "unknown parameter \"x\"",
	    {NULL, 0}};
	struct cc_buf b;
	size_t mark;

	(void)state;
	cc_buf_init(&b, 1024);
	assert_int_equal(cc_rpc_result(&b, "7", CC_STR("{\"items\":[]}")), CC_OK);
	holds(&b, "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"items\":[]}}\n");
	mark = cc_rpc_begin(&b, "\"a\"");
	cc_buf_puts(&b, "true");
	assert_int_equal(cc_rpc_end(&b, mark), CC_OK);
	holds(&b, "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":true}\n");
	assert_int_equal(cc_rpc_error(&b, "7", &e), CC_OK);
	holds(&b, "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32602,"
	    "\"message\":\"unknown parameter \\\"x\\\"\"}}\n");
	e = (struct cc_rpc_error){CC_RPC_STORE, "disk", CC_STR("{\"a\":1}")};
	assert_int_equal(cc_rpc_error(&b, "null", &e), CC_OK);
	holds(&b, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32002,"
	    "\"message\":\"disk\",\"data\":{\"a\":1}}}\n");
	cc_buf_done(&b);
}

static void
an_answer_that_does_not_fit_is_not_begun(void **state)
{
	struct cc_rpc_error e = {CC_RPC_METHOD, "no such method", {NULL, 0}};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 40);
	assert_int_equal(cc_rpc_result(&b, "1", CC_STR("123456789")), CC_ERANGE);
	assert_int_equal(b.n, 0);
	assert_int_equal(cc_rpc_error(&b, "1", &e), CC_ERANGE);
	assert_int_equal(b.n, 0);
	assert_int_equal(cc_rpc_ask(&b, 1, "clocks.list", CC_STR("{}")),
	    CC_ERANGE);
	assert_int_equal(b.n, 0);
	assert_int_equal(cc_rpc_result(&b, "1", CC_STR("1")), CC_OK);
	cc_buf_done(&b);
}

static void
what_is_asked_is_understood_and_what_is_answered_too(void **state)
{
	struct cc_rpc_error e = {CC_RPC_METHOD, "no such method", CC_STR("[1]")};
	struct cc_rpc_reply reply;
	struct cc_json *doc;
	struct cc_rpc *r;
	struct cc_err err;
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 1024);
	assert_int_equal(cc_rpc_ask(&b, 12, "status", (struct cc_str){NULL, 0}),
	    CC_OK);
	holds(&b, "{\"jsonrpc\":\"2.0\",\"id\":12,\"method\":\"status\"}\n");
	assert_int_equal(cc_rpc_ask(&b, 12, "m", CC_STR("{\"p\":1}")), CC_OK);
	b.p[b.n - 1] = '\0';
	r = request(b.p);
	assert_null(cc_rpc_fault(r));
	assert_true(cc_rpc_has(r, "p"));

	cc_buf_clear(&b);
	assert_int_equal(cc_rpc_result(&b, cc_rpc_id(r), CC_STR("{\"x\":[]}")),
	    CC_OK);
	cc_rpc_free(r);
	assert_int_equal(cc_json_parse((struct cc_str){b.p, (uint32_t)b.n}, &doc,
	    &err), CC_OK);
	assert_int_equal(cc_rpc_reply(doc, &reply, &err), CC_OK);
	assert_true(reply.has_id);
	assert_int_equal(reply.id, 12);
	assert_int_equal(cc_json_count(reply.result), 1);
	cc_json_free(doc);

	cc_buf_clear(&b);
	assert_int_equal(cc_rpc_error(&b, "null", &e), CC_OK);
	assert_int_equal(cc_json_parse((struct cc_str){b.p, (uint32_t)b.n}, &doc,
	    &err), CC_OK);
	assert_int_equal(cc_rpc_reply(doc, &reply, &err), CC_OK);
	assert_false(reply.has_id);
	assert_null(reply.result);
	assert_int_equal(reply.code, -32601);
	assert_string_equal(reply.message, "no such method");
	assert_int_equal(cc_json_count(reply.data), 1);
	cc_json_free(doc);
	cc_buf_done(&b);
}

static void
what_is_no_reply_is_refused(void **state)
{
	static const char *const bad[] = {
		"{}", "[]", "{\"jsonrpc\":\"2.0\",\"id\":1}",
		"{\"id\":1,\"result\":1}",
		"{\"jsonrpc\":\"2.0\",\"result\":1}",
		"{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":1}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"error\":{}}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1}}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":5}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cc_rpc_reply reply = {.id = 42};
		struct cc_json *doc;
		struct cc_err err;

		assert_int_equal(cc_json_parse(str(bad[i]), &doc, &err), CC_OK);
		assert_int_equal(cc_rpc_reply(doc, &reply, &err), CC_EINVAL);
		assert_int_equal(reply.id, 42);
		cc_json_free(doc);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_says_what_it_asks),
		cmocka_unit_test(an_absent_parameter_leaves_the_default),
		cmocka_unit_test(a_wrong_parameter_is_named),
		cmocka_unit_test(an_unknown_parameter_is_named),
		cmocka_unit_test(a_malformed_request_is_told_apart),
		cmocka_unit_test(an_id_comes_back_as_it_was_sent),
		cmocka_unit_test(answers_are_written_as_the_standard_says),
		cmocka_unit_test(an_answer_that_does_not_fit_is_not_begun),
		cmocka_unit_test(
		    what_is_asked_is_understood_and_what_is_answered_too),
		cmocka_unit_test(all_parameters_can_be_written_down),
		cmocka_unit_test(what_is_no_reply_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
