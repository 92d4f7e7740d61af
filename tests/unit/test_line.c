#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/ladders.h"
#include "tests/support/small_schema.h"
#include "wire/line.h"
#include "wire/rpc.h"

enum { ARENA = 16 * 1024 * 1024 };

/* 2026-03-08T12:00:00Z */
#define NOW INT64_C(1772971200)

static struct cc_str
str(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static struct cc_line_rules
rules_at_now(void)
{
	struct cc_line_rules r = cc_test_line_rules();

	r.has_now = true;
	r.now.s = NOW;
	return r;
}

static struct cc_refused
refused(const struct cc_line_rules *rules, struct cc_str line)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_line l;

	cc_wire_line_parse(rules, line, &a, &l);
	if (l.kind != CC_LINE_REFUSED)
		fail_msg("not refused: %.*s", (int)line.n, line.p);
	cc_arena_done(&a);
	return l.refused;
}

static bool
text_is(struct cc_str s, const char *want)
{
	return cc_str_eq(s, str(want));
}

/* A good line padded with blanks to n bytes. */
static char *
padded(size_t n)
{
	char *line = malloc(n);
	size_t have = strlen(cc_test_event_full);

	assert_non_null(line);
	assert_true(have <= n);
	memset(line, ' ', n);
	memcpy(line, cc_test_event_full, have);
	return line;
}

static void
a_line_of_the_limit_passes_and_one_byte_more_is_too_large(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena a = cc_test_arena(ARENA);
	char *line = padded(CC_LINE_MAX_BYTES + 1);
	struct cc_refused r;
	struct cc_line l;

	(void)state;
	cc_wire_line_parse(&rules, (struct cc_str){line, CC_LINE_MAX_BYTES}, &a,
	    &l);
	assert_int_equal(l.kind, CC_LINE_EVENT);
	r = refused(&rules, (struct cc_str){line, CC_LINE_MAX_BYTES + 1});
	assert_int_equal(r.code, CC_REFUSED_TOO_LARGE);
	assert_non_null(strstr(r.message, "65536"));
	rules.max_bytes = 100;
	r = refused(&rules, str(cc_test_event_full));
	assert_int_equal(r.code, CC_REFUSED_TOO_LARGE);
	assert_string_equal(r.id, "");
	free(line);
	cc_arena_done(&a);
}

static void
nesting_of_32_is_read_and_of_33_is_not(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	char line[2100];

	(void)state;
	for (int depth = 32; depth <= 1000; depth += depth == 32 ? 1 : 967) {
		struct cc_refused r;
		int n = depth;

		memset(line, '[', (size_t)n);
		memset(line + n, ']', (size_t)n);
		r = refused(&rules, (struct cc_str){line, (uint32_t)(2 * n)});
		assert_int_equal(r.code, depth == 32 ? CC_REFUSED_INVALID_EVENT :
		    CC_REFUSED_PARSE_ERROR);
	}
	/* brackets inside a text do not nest, quoted quotes do not end it */
	memset(line, '[', 200);
	memcpy(line, "\"\\\"", 3);
	line[199] = '"';
	assert_int_equal(refused(&rules, (struct cc_str){line, 200}).code,
	    CC_REFUSED_INVALID_EVENT);
}

static void
a_nul_is_a_parse_error_wherever_it_stands(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	size_t n = strlen(cc_test_event_full);
	char line[1024];

	(void)state;
	for (size_t at = 0; at <= n; at++) {
		struct cc_refused r;

		memcpy(line, cc_test_event_full, n + 1);
		line[at] = '\0';
		r = refused(&rules, (struct cc_str){line, (uint32_t)n + 1});
		assert_int_equal(r.code, CC_REFUSED_PARSE_ERROR);
	}
}

static void
a_reader_without_the_right_is_told_forbidden_after_parsing(void **state)
{
	struct cc_line_rules rules = rules_at_now();

	(void)state;
	rules.may_send = false;
	assert_int_equal(refused(&rules, str(cc_test_event_full)).code,
	    CC_REFUSED_FORBIDDEN);
	assert_int_equal(refused(&rules, str("[]")).code, CC_REFUSED_FORBIDDEN);
	assert_int_equal(refused(&rules, str("[")).code, CC_REFUSED_PARSE_ERROR);
}

static void
no_memory_is_overloaded(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena none = cc_test_arena(0);
	struct cc_line l;

	(void)state;
	cc_wire_line_parse(&rules, str(cc_test_event_full), &none, &l);
	assert_int_equal(l.kind, CC_LINE_REFUSED);
	assert_int_equal(l.refused.code, CC_REFUSED_OVERLOADED);
	assert_string_equal(l.refused.id, "e-1");
	cc_arena_done(&none);
}

static void
a_request_is_told_from_an_event(void **state)
{
	static const char ask[] =
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}";
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_refused r;
	struct cc_draft d;
	struct cc_line l;

	(void)state;
	rules.may_send = false;
	cc_wire_line_parse(&rules, str(ask), &a, &l);
	assert_int_equal(l.kind, CC_LINE_REQUEST);
	assert_string_equal(cc_rpc_method(l.request), "status");
	cc_rpc_free(l.request);
	rules.may_send = true;
	assert_false(cc_wire_event_parse(&rules, str(ask), &a, &d, &r));
	assert_int_equal(r.code, CC_REFUSED_INVALID_EVENT);
	assert_string_equal(r.pointer, "/specversion");
	cc_arena_done(&a);
}

static void
blank_lines_can_be_told(void **state)
{
	(void)state;
	assert_true(cc_wire_line_blank(str("")));
	assert_true(cc_wire_line_blank(str(" \t\r")));
	assert_false(cc_wire_line_blank(str(" x")));
	assert_false(cc_wire_line_blank((struct cc_str){"\0", 1}));
}

static void
the_draft_outlives_the_line(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena a = cc_test_arena(ARENA);
	size_t n = strlen(cc_test_event_full);
	char *line = malloc(n);
	struct cc_refused r;
	struct cc_draft d;

	(void)state;
	assert_non_null(line);
	memcpy(line, cc_test_event_full, n);
	assert_true(cc_wire_event_parse(&rules,
	    (struct cc_str){line, (uint32_t)n}, &a, &d, &r));
	memset(line, 0, n);
	free(line);
	assert_true(text_is(d.subject, "48211234"));
	assert_true(text_is(d.fields[2].items[1].text, "V2"));
	cc_arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_line_of_the_limit_passes_and_one_byte_more_is_too_large),
		cmocka_unit_test(nesting_of_32_is_read_and_of_33_is_not),
		cmocka_unit_test(a_nul_is_a_parse_error_wherever_it_stands),
		cmocka_unit_test(
		    a_reader_without_the_right_is_told_forbidden_after_parsing),
		cmocka_unit_test(no_memory_is_overloaded),
		cmocka_unit_test(a_request_is_told_from_an_event),
		cmocka_unit_test(blank_lines_can_be_told),
		cmocka_unit_test(the_draft_outlives_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
