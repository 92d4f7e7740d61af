/* The webhook's body: wire/message.h, cc_message_cloudevent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/message_kit.h"
#include "wire/json.h"

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
	struct cc_message m = message_sample();
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
is_of_type(const struct cc_message *m, const char *type)
{
	char want[80], *text;
	struct cc_err err;

	(void)snprintf(want, sizeof want, "\"type\":\"%s\"", type);
	assert_int_equal(cc_message_cloudevent(m, &text, &err), CC_OK);
	assert_non_null(strstr(text, want));
	free(text);
}

static void
the_type_of_the_body_says_what_it_is(void **state)
{
	struct cc_message m = message_sample();

	(void)state;
	is_of_type(&m, "caseclock.alert.fired");
	m.rung = "moved";
	is_of_type(&m, "caseclock.alert.moved");
	m.rung = "back";
	is_of_type(&m, "caseclock.alert.moved");
	m.rung = "clear";
	is_of_type(&m, "caseclock.alert.cleared");
	m = message_list(CC_FORM_GROUP, NULL, 0);
	is_of_type(&m, "caseclock.messages.group");
	m.form = CC_FORM_DIGEST;
	is_of_type(&m, "caseclock.messages.digest");
	m.form = CC_FORM_HANDOVER;
	is_of_type(&m, "caseclock.messages.handover");
	m.form = CC_FORM_CONFIGURATION;
	is_of_type(&m, "caseclock.configuration");
}

static void
the_body_of_a_moved_date_says_both(void **state)
{
	struct cc_message m = message_sample();
	struct cc_err err;
	char *text;

	(void)state;
	m.rung = "clear";
	m.previous_due = message_at(MESSAGE_T0);
	m.withdrawn = true;
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_OK);
	assert_non_null(strstr(text, "\"epoch\":2,\"previous_due\":\"2026-03-08T00:30:00Z\","
	    "\"withdrawn\":true}}"));
	free(text);
}

static void
the_body_of_a_list_holds_its_items(void **state)
{
	struct cc_message items[2] = {message_item("c-1"), message_item("c-2")};
	struct cc_message m = message_list(CC_FORM_HANDOVER, items, 2);
	struct cc_json *json;
	struct cc_err err;
	const struct cc_json *data, *inside;
	char *text;

	(void)state;
	m.nleft_out = 4;
	m.unit = "North";
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_OK);
	assert_int_equal(cc_json_parse((struct cc_str){text, (uint32_t)strlen(text)},
	    &json, &err), CC_OK);
	assert_null(cc_json_get(json, "subject"));
	data = cc_json_get(json, "data");
	assert_string_equal(cc_json_get_text(data, "form"), "handover");
	assert_string_equal(cc_json_get_text(data, "title"), "Due this week");
	assert_string_equal(cc_json_get_text(data, "unit"), "North");
	inside = cc_json_get(data, "items");
	assert_int_equal(cc_json_count(inside), 2);
	assert_string_equal(cc_json_get_text(cc_json_at(inside, 1), "case"), "c-2");
	assert_string_equal(cc_json_get_text(cc_json_get(cc_json_at(inside, 1), "clock_record"),
	    "state"), "overdue");
	assert_non_null(strstr(text, "\"left_out\":4}}"));
	cc_json_free(json);
	free(text);
	m.case_id = "c-1";
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_OK);
	assert_non_null(strstr(text, "\"subject\":\"c-1\",\"time\""));
	free(text);
}

/* Whatever can be printed, with all its items, fits in a body. */
static void
what_can_be_printed_fits_in_a_body(void **state)
{
	struct cc_message items[CC_MESSAGE_ITEMS_MAX], m;
	char *text = NULL, *body = NULL, id[256];
	struct cc_err err;
	size_t n = 0;

	(void)state;
	memset(id, '\\', sizeof id);
	id[sizeof id - 1] = '\0';
	do {		/* the longest ids that can be printed */
		free(text);
		text = NULL;
		id[255 - n++] = '\0';
		for (int i = 0; i < CC_MESSAGE_ITEMS_MAX; i++) {
			items[i] = message_item(id);
			items[i].subject = items[i].rule = items[i].section = id;
		}
		m = message_list(CC_FORM_DIGEST, items, CC_MESSAGE_ITEMS_MAX);
	} while (cc_message_print(&m, &text, &err) == CC_ERANGE);
	assert_true(strlen(text) > CC_MESSAGE_JSON_MAX - 1000);
	assert_int_equal(cc_message_cloudevent(&m, &body, &err), CC_OK);
	free(body);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_webhook_body_is_a_cloudevent),
		cmocka_unit_test(the_type_of_the_body_says_what_it_is),
		cmocka_unit_test(the_body_of_a_moved_date_says_both),
		cmocka_unit_test(the_body_of_a_list_holds_its_items),
		cmocka_unit_test(what_can_be_printed_fits_in_a_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
