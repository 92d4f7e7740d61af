#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/ladders.h"
#include "wire/json.h"
#include "wire/message.h"

/* 2026-03-08T00:30:00Z */
#define T0 INT64_C(1772929800)

static struct cc_wall
at(int64_t s)
{
	return (struct cc_wall){s};
}

static struct cc_message
sample(void)
{
	return (struct cc_message){
		.id = "0123456789abcdef0123456789abcdef",
		.thread = "fedcba9876543210fedcba9876543210",
		.case_id = "48211234", .rule = "priority-1-initial-contact",
		.title = "See the child \"today\"", .section = "2244.1",
		.subject = "v1", .period = 1, .epoch = 2,
		.kind = CC_KIND_DEADLINE, .state = CC_STATE_OVERDUE,
		.started = at(T0), .due = at(T0 + 86400), .ended = CC_NEVER,
		.at = at(T0 + 86401), .fired = at(T0 + 86402), .known = at(T0),
		.late = false, .rung = "breach", .severity = CC_CRITICAL,
		.told = {"caseworker", "supervisor"}, .ntold = 2,
		.role = "supervisor", .link = "https://cms.example/c/48211234",
		.zone = "America/Chicago",
		.due_local = "Sun 2026-03-08 19:30:00 CDT",
		.at_local = "Sun 2026-03-08 19:30:01 CDT"
	};
}

static void
same_text(const char *x, const char *y)
{
	assert_int_equal(x == NULL, y == NULL);
	if (x != NULL)
		assert_string_equal(x, y);
}

static void
same_message(const struct cc_message *x, const struct cc_message *y)
{
	same_text(x->id, y->id);
	same_text(x->thread, y->thread);
	same_text(x->case_id, y->case_id);
	same_text(x->rule, y->rule);
	same_text(x->title, y->title);
	same_text(x->section, y->section);
	same_text(x->subject, y->subject);
	assert_int_equal(x->period, y->period);
	assert_int_equal(x->epoch, y->epoch);
	assert_int_equal(x->kind, y->kind);
	assert_int_equal(x->state, y->state);
	assert_int_equal(x->started.s, y->started.s);
	assert_int_equal(x->due.s, y->due.s);
	assert_int_equal(x->ended.s, y->ended.s);
	assert_int_equal(x->at.s, y->at.s);
	assert_int_equal(x->fired.s, y->fired.s);
	assert_int_equal(x->known.s, y->known.s);
	assert_int_equal(x->late, y->late);
	same_text(x->rung, y->rung);
	assert_int_equal(x->severity, y->severity);
	assert_int_equal(x->ntold, y->ntold);
	for (uint32_t i = 0; i < x->ntold; i++)
		same_text(x->told[i], y->told[i]);
	same_text(x->role, y->role);
	same_text(x->link, y->link);
	same_text(x->zone, y->zone);
	same_text(x->due_local, y->due_local);
	same_text(x->at_local, y->at_local);
}

static char *
printed(const struct cc_message *m)
{
	struct cc_err err;
	char *text = NULL;

	assert_int_equal(cc_message_print(m, &text, &err), CC_OK);
	assert_non_null(text);
	return text;
}

static void
there_and_back(const struct cc_message *m)
{
	char *text = printed(m);
	size_t n = strlen(text);
	char *own = malloc(n);
	struct cc_message_doc *doc;
	struct cc_message back;
	struct cc_err err;

	assert_non_null(own);
	memcpy(own, text, n);
	free(text);
	assert_int_equal(cc_message_parse(own, n, &back, &doc, &err), CC_OK);
	free(own);	/* the message points into its own object */
	same_message(m, &back);
	cc_message_doc_free(doc);
}

static void
what_is_printed_is_read(void **state)
{
	struct cc_message m = sample();

	(void)state;
	there_and_back(&m);
	m.link = NULL;
	m.due_local = NULL;
	m.started = m.due = m.known = CC_NEVER;
	m.ended = at(T0);
	m.late = true;
	m.ntold = 0;
	m.title = "\xc3\xa9\n\t\\";
	there_and_back(&m);
	m.period = m.epoch = UINT32_MAX;
	for (int i = 0; i < CC_MESSAGE_TOLD_MAX; i++)
		m.told[i] = "r";
	m.ntold = CC_MESSAGE_TOLD_MAX;
	/* a due may lie after the last instant that an event may have */
	m.due = at(4102444800 + 86399);
	m.started = at(0);
	there_and_back(&m);
	for (int k = CC_KIND_DEADLINE; k <= CC_KIND_IMMEDIATE; k++) {
		m.kind = (enum cc_kind)k;
		there_and_back(&m);
	}
	for (int s = CC_STATE_RUNNING; s <= CC_STATE_FAILED; s++) {
		m.state = (enum cc_state)s;
		there_and_back(&m);
	}
	for (int s = CC_NOTICE; s <= CC_CRITICAL; s++) {
		m.severity = (enum cc_severity)s;
		there_and_back(&m);
	}
}

static enum cc_code
parse_only(const char *text)
{
	struct cc_message m;
	struct cc_message_doc *doc = NULL;
	struct cc_err err = {.code = CC_OK};
	enum cc_code code = cc_message_parse(text, strlen(text), &m, &doc, &err);

	if (code == CC_OK)
		cc_message_doc_free(doc);
	else
		assert_null(doc);
	return code;
}

/* The message with `from` written as `to`, of the same length or shorter. */
static enum cc_code
changed(const char *from, const char *to)
{
	struct cc_message m = sample();
	char *text = printed(&m), *place = strstr(text, from);
	enum cc_code code;

	assert_non_null(place);
	assert_true(strlen(to) <= strlen(from));
	memset(place, ' ', strlen(from));
	memcpy(place, to, strlen(to));
	code = parse_only(text);
	free(text);
	return code;
}

static void
what_is_no_message_is_refused(void **state)
{
	static const char *const bad[] = {"", "{", "[]", "{}", "null", "5"};
	static const char *const members[] = {
		"id", "thread", "case", "clock", "title", "section", "subject",
		"rung", "role", "link", "zone", "due_local", "at_local", "period",
		"epoch", "kind", "state", "severity", "started", "due", "ended",
		"at", "fired", "known", "late", "to"
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(parse_only(bad[i]), CC_EINVAL);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		char from[40], to[40];

		(void)snprintf(from, sizeof from, "\"%s\":", members[i]);
		(void)snprintf(to, sizeof to, "\"%c%s\":", 'X', members[i] + 1);
		assert_int_equal(changed(from, from), CC_OK);
		assert_int_equal(changed(from, to), CC_EINVAL);
	}
	assert_int_equal(changed("\"deadline\"", "\"dead\""), CC_EINVAL);
	assert_int_equal(changed("\"overdue\"", "null"), CC_EINVAL);
	assert_int_equal(changed("\"critical\"", "\"bad\""), CC_EINVAL);
	assert_int_equal(changed("\"epoch\":2", "\"epoch\":-"), CC_EINVAL);
	assert_int_equal(changed("\"late\":false", "\"late\":0"), CC_EINVAL);
	assert_int_equal(changed("[\"caseworker\"", "[1"), CC_EINVAL);
	assert_int_equal(changed("\"title\":\"See the child", "\"title\":null,\""),
	    CC_EINVAL);
	assert_int_equal(changed("2026-03-08T00:30:00Z", "2026-02-30T00:30:00Z"),
	    CC_EINVAL);
	assert_int_equal(changed("2026-03-08T00:30:00Z", "2026-03-08T24:30:00Z"),
	    CC_EINVAL);
	assert_int_equal(changed("2026-03-08T00:30:00Z", "2026-03-08 00:30:00Z"),
	    CC_EINVAL);
	assert_int_equal(changed("2026-03-08T00:30:00Z", "2026-03-08"),
	    CC_EINVAL);
}

static void
a_message_has_a_limit(void **state)
{
	struct cc_message m = sample();
	char *title = malloc(CC_MESSAGE_JSON_MAX + 1);
	char *text = NULL, *big;
	struct cc_err err;

	(void)state;
	assert_non_null(title);
	memset(title, 'x', CC_MESSAGE_JSON_MAX);
	title[CC_MESSAGE_JSON_MAX] = '\0';
	m.title = title;
	assert_int_equal(cc_message_print(&m, &text, &err), CC_ERANGE);
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_ERANGE);
	assert_null(text);
	m = sample();
	m.ntold = CC_MESSAGE_TOLD_MAX + 1;
	assert_int_equal(cc_message_print(&m, &text, &err), CC_ERANGE);
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_ERANGE);
	assert_null(text);
	free(title);
	m = sample();
	big = printed(&m);
	big = realloc(big, CC_MESSAGE_JSON_MAX + 2);
	assert_non_null(big);
	memset(big + strlen(big), ' ', CC_MESSAGE_JSON_MAX + 1 - strlen(big));
	big[CC_MESSAGE_JSON_MAX + 1] = '\0';
	assert_int_equal(parse_only(big), CC_EINVAL);
	big[CC_MESSAGE_JSON_MAX] = '\0';
	assert_int_equal(parse_only(big), CC_OK);
	free(big);
}

static void
the_webhook_body_is_a_cloudevent(void **state)
{
	static const char want[] =
	    "{\"specversion\":\"1.0\","
	    "\"id\":\"0123456789abcdef0123456789abcdef\","
	    "\"source\":\"/caseclock\",\"type\":\"caseclock.alert.fired\","
	    "\"subject\":\"48211234\",\"time\":\"2026-03-09T00:30:02Z\","
	    "\"datacontenttype\":\"application/json\",\"data\":{"
	    "\"record\":\"alert\",\"case\":\"48211234\","
	    "\"clock\":\"priority-1-initial-contact\",\"subject\":\"v1\","
	    "\"period\":1,\"at\":\"2026-03-09T00:30:01Z\",\"rung\":\"breach\","
	    "\"severity\":\"critical\",\"to\":[\"caseworker\",\"supervisor\"],"
	    "\"clock_record\":{\"record\":\"clock\",\"case\":\"48211234\","
	    "\"clock\":\"priority-1-initial-contact\",\"subject\":\"v1\","
	    "\"period\":1,\"state\":\"overdue\","
	    "\"started\":\"2026-03-08T00:30:00Z\","
	    "\"due\":\"2026-03-09T00:30:00Z\",\"ended\":null,"
	    "\"section\":\"2244.1\",\"kind\":\"deadline\"},"
	    "\"title\":\"See the child \\\"today\\\"\","
	    "\"link\":\"https://cms.example/c/48211234\",\"epoch\":2}}";
	struct cc_message m = sample();
	struct cc_err err;
	char *text;

	(void)state;
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_OK);
	assert_string_equal(text, want);
	free(text);
	m.link = NULL;
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_OK);
	assert_non_null(strstr(text, "\"link\":null,\"epoch\":2}}"));
	free(text);
}

static void
survives_hostile_messages(void **state)
{
	struct cc_message m = sample();
	char *text = printed(&m);
	size_t n = strlen(text);
	char *own = malloc(n + 1);
	uint64_t seed = cc_test_seed(7);

	(void)state;
	assert_non_null(own);
	for (int i = 0; i < 5000; i++) {
		memcpy(own, text, n + 1);
		for (uint64_t k = 1 + cc_test_random(&seed, 3); k > 0; k--) {
			own[cc_test_random(&seed, n)] =
			    (char)(1 + cc_test_random(&seed, 255));
		}
		own[cc_test_random(&seed, 8) == 0 ? cc_test_random(&seed, n) :
		    n] = '\0';
		(void)parse_only(own);
	}
	free(own);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_printed_is_read),
		cmocka_unit_test(what_is_no_message_is_refused),
		cmocka_unit_test(a_message_has_a_limit),
		cmocka_unit_test(the_webhook_body_is_a_cloudevent),
		cmocka_unit_test(survives_hostile_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
