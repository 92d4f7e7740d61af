#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/record.h"

/* 2026-03-08T00:30:00Z */
#define T0 INT64_C(1772929800)

static const struct cc_rule rule = {
	.id = "priority-1-initial-contact", .section = "2244.1",
	.kind = CC_KIND_DEADLINE, .responsible = 0, .assignment = "primary"
};
static const struct cc_rule top_rule = {
	.id = "r", .section = "1; 2", .kind = CC_KIND_GATE, .responsible = 2,
	.assignment = "primary"
};
static const struct cc_chain chain = {
	.role = {"caseworker", "supervisor", "program_director"}, .n = 3
};

static struct cc_wall
at(int64_t s)
{
	return (struct cc_wall){s};
}

static void
holds(struct cc_buf *b, const char *want)
{
	assert_int_equal(b->n, strlen(want));
	assert_memory_equal(b->p, want, b->n);
	cc_buf_clear(b);
}

static void
a_clock_is_printed_as_the_format_says(void **state)
{
	struct cc_clock c = {.rule = &rule, .subject = CC_STR("v1"), .period = 1};
	struct cc_view v = {
		CC_STATE_MET, at(T0), at(T0 + 86400), at(T0 + 72600)
	};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 4096);
	assert_int_equal(cc_record_clock(&b, CC_STR("48211234"), &c, &v), CC_OK);
	holds(&b, "{\"record\":\"clock\",\"case\":\"48211234\","
	    "\"clock\":\"priority-1-initial-contact\",\"subject\":\"v1\","
	    "\"period\":1,\"state\":\"met\",\"started\":\"2026-03-08T00:30:00Z\","
	    "\"due\":\"2026-03-09T00:30:00Z\",\"ended\":\"2026-03-08T20:40:00Z\","
	    "\"section\":\"2244.1\",\"kind\":\"deadline\"}");
	cc_buf_done(&b);
}

static void
what_is_not_there_is_null(void **state)
{
	struct cc_clock c = {.rule = &top_rule, .subject = CC_STR("a/b"),
	    .period = 4294967295u};
	struct cc_view v = {CC_STATE_OPEN, at(0), CC_NEVER, CC_NEVER};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 4096);
	assert_int_equal(cc_record_clock(&b, CC_STR("k"), &c, &v), CC_OK);
	holds(&b, "{\"record\":\"clock\",\"case\":\"k\",\"clock\":\"r\","
	    "\"subject\":\"a/b\",\"period\":4294967295,\"state\":\"open\","
	    "\"started\":\"1970-01-01T00:00:00Z\",\"due\":null,\"ended\":null,"
	    "\"section\":\"1; 2\",\"kind\":\"gate\"}");
	cc_buf_done(&b);
}

static void
an_alert_names_the_roles_told(void **state)
{
	static const struct cc_rung rung = {
		.name = "breach", .base = CC_RUNG_BREACH, .to = 1 | 2,
		.severity = CC_CRITICAL
	};
	struct cc_clock c = {.rule = &rule, .subject = CC_STR("e-4"), .period = 1};
	struct cc_alert a = {&rung, 1, at(T0)};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 4096);
	assert_int_equal(cc_record_alert(&b, CC_STR("48211234"), &c, &a, &chain),
	    CC_OK);
	holds(&b, "{\"record\":\"alert\",\"case\":\"48211234\","
	    "\"clock\":\"priority-1-initial-contact\",\"subject\":\"e-4\","
	    "\"period\":1,\"at\":\"2026-03-08T00:30:00Z\",\"rung\":\"breach\","
	    "\"severity\":\"critical\",\"to\":[\"caseworker\",\"supervisor\"]}");
	cc_buf_done(&b);
}

static void
a_role_is_named_once_at_the_top_of_the_chain(void **state)
{
	static const struct cc_rung rung = {
		.name = "failed", .base = CC_RUNG_FAILED, .to = 1 | 2 | 8,
		.severity = CC_WARNING
	};
	struct cc_clock c = {.rule = &top_rule, .subject = CC_STR("x"),
	    .period = 2};
	struct cc_alert a = {&rung, 0, at(T0)};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 4096);
	assert_int_equal(cc_record_alert(&b, CC_STR("k"), &c, &a, &chain), CC_OK);
	cc_buf_char(&b, '\0');
	assert_non_null(strstr(b.p,
	    "\"severity\":\"warning\",\"to\":[\"program_director\"]}"));
	cc_buf_done(&b);
}

static void
a_fired_rung_adds_what_happened(void **state)
{
	static const struct cc_str to[] = {{"supervisor", 10}};
	static const struct cc_str messages[] = {{"m1", 2}, {"m2", 2}};
	struct cc_record_fired r = {
		.case_id = CC_STR("k"), .clock = CC_STR("c"),
		.subject = CC_STR("s"), .rung = CC_STR("after-4h"), .period = 1,
		.epoch = 2, .at = at(T0), .fired = at(T0 + 1),
		.severity = CC_NOTICE, .to = to, .nto = 1, .messages = messages,
		.nmessages = 2
	};
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 4096);
	assert_int_equal(cc_record_fired(&b, &r), CC_OK);
	holds(&b, "{\"record\":\"alert\",\"case\":\"k\",\"clock\":\"c\","
	    "\"subject\":\"s\",\"period\":1,\"at\":\"2026-03-08T00:30:00Z\","
	    "\"rung\":\"after-4h\",\"severity\":\"notice\","
	    "\"to\":[\"supervisor\"],\"fired\":\"2026-03-08T00:30:01Z\","
	    "\"epoch\":2,\"messages\":[\"m1\",\"m2\"]}");
	r.nto = r.nmessages = 0;
	assert_int_equal(cc_record_fired(&b, &r), CC_OK);
	cc_buf_char(&b, '\0');
	assert_non_null(strstr(b.p, "\"to\":[],"));
	assert_non_null(strstr(b.p, "\"messages\":[]}"));
	cc_buf_done(&b);
}

/* Every place at which the buffer can run full. */
static void
a_record_is_in_the_buffer_whole_or_not_at_all(void **state)
{
	struct cc_clock c = {.rule = &rule, .subject = CC_STR("v1"), .period = 1};
	struct cc_view v = {CC_STATE_MET, at(T0), at(T0), at(T0)};
	size_t max = 0;
	enum cc_code code;

	(void)state;
	do {
		struct cc_buf b;

		cc_buf_init(&b, ++max);
		cc_buf_char(&b, '#');
		code = cc_record_clock(&b, CC_STR("k"), &c, &v);
		if (code != CC_OK) {
			assert_int_equal(code, CC_ERANGE);
			assert_int_equal(b.n, 1);
		} else {
			assert_int_equal(b.n, max);
		}
		cc_buf_done(&b);
	} while (code != CC_OK && max < 1000);
	assert_int_equal(code, CC_OK);
	assert_true(max > 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_is_printed_as_the_format_says),
		cmocka_unit_test(what_is_not_there_is_null),
		cmocka_unit_test(an_alert_names_the_roles_told),
		cmocka_unit_test(a_role_is_named_once_at_the_top_of_the_chain),
		cmocka_unit_test(a_fired_rung_adds_what_happened),
		cmocka_unit_test(a_record_is_in_the_buffer_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
