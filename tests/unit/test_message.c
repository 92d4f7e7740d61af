#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/ladders.h"
#include "tests/unit/message_kit.h"
#include "wire/json.h"
#include "wire/message.h"

/* Equal; `loose`: what is missing in x may be "" in y. */
static void
same_text(const char *x, const char *y, bool loose)
{
	if (x == NULL && loose && y != NULL)
		x = "";
	assert_int_equal(x == NULL, y == NULL);
	if (x != NULL)
		assert_string_equal(x, y);
}

static void
same_texts(const struct cc_message *x, const struct cc_message *y, bool loose)
{
	same_text(x->case_id, y->case_id, loose);
	same_text(x->rule, y->rule, loose);
	same_text(x->title, y->title, loose);
	same_text(x->section, y->section, loose);
	same_text(x->subject, y->subject, loose);
	same_text(x->rung, y->rung, loose);
	same_text(x->role, y->role, loose);
	same_text(x->zone, y->zone, loose);
	same_text(x->at_local, y->at_local, loose);
	same_text(x->link, y->link, false);
	same_text(x->due_local, y->due_local, false);
	same_text(x->language, y->language, false);
	same_text(x->previous_due_local, y->previous_due_local, false);
	same_text(x->cause, y->cause, false);
	same_text(x->ends, y->ends, false);
	same_text(x->thread_before, y->thread_before, false);
	same_text(x->unit, y->unit, false);
}

static void
same_members(const struct cc_message *x, const struct cc_message *y, bool loose)
{
	same_texts(x, y, loose);
	assert_int_equal(x->period, y->period);
	assert_int_equal(x->epoch, y->epoch);
	assert_int_equal(x->kind, y->kind);
	assert_int_equal(x->state, y->state);
	assert_int_equal(x->severity, y->severity);
	assert_int_equal(x->started.s, y->started.s);
	assert_int_equal(x->due.s, y->due.s);
	assert_int_equal(x->ended.s, y->ended.s);
	assert_int_equal(x->at.s, y->at.s);
	assert_int_equal(x->fired.s, y->fired.s);
	assert_int_equal(x->known.s, y->known.s);
	assert_int_equal(x->previous_due.s, y->previous_due.s);
	assert_int_equal(x->late, y->late);
	assert_int_equal(x->withdrawn, y->withdrawn);
	assert_int_equal(x->nleft_out, y->nleft_out);
	assert_int_equal(x->ntold, y->ntold);
	for (uint32_t i = 0; i < x->ntold; i++)
		same_text(x->told[i], y->told[i], false);
	assert_int_equal(x->form == 0 ? CC_FORM_ALERT : x->form, y->form);
}

static void
same_message(const struct cc_message *x, const struct cc_message *y)
{
	same_text(x->id, y->id, false);
	same_text(x->thread, y->thread, false);
	same_members(x, y, x->form > CC_FORM_ALERT);
	assert_int_equal(x->nitems, y->nitems);
	for (uint32_t i = 0; i < x->nitems; i++) {
		assert_null(y->items[i].id);
		assert_null(y->items[i].thread);
		assert_int_equal(y->items[i].nitems, 0);
		same_members(&x->items[i], &y->items[i], true);
	}
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
	struct cc_message m = message_sample();

	(void)state;
	there_and_back(&m);
	m.link = NULL;
	m.due_local = NULL;
	m.started = m.due = m.known = CC_NEVER;
	m.ended = message_at(MESSAGE_T0);
	m.late = true;
	m.ntold = 0;
	m.title = "\xc3\xa9\n\t\\";
	there_and_back(&m);
	m.period = m.epoch = UINT32_MAX;
	for (int i = 0; i < CC_MESSAGE_TOLD_MAX; i++)
		m.told[i] = "r";
	m.ntold = CC_MESSAGE_TOLD_MAX;
	/* a due may lie after the last instant that an event may have */
	m.due = message_at(4102444800 + 86399);
	m.started = message_at(0);
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

static void
moved_dates_and_all_clears_are_read(void **state)
{
	struct cc_message m = message_sample();

	(void)state;
	m.language = "es";
	m.previous_due = message_at(MESSAGE_T0 + 3600);
	m.previous_due_local = "Sat 2026-03-07 19:30:00 CST";
	m.cause = "event.voided";
	m.withdrawn = true;
	m.ends = "contact.made, case.closed";
	m.thread_before = "00000000000000000000000000000000";
	m.rung = "moved";
	there_and_back(&m);
	m.form = CC_FORM_ALERT;
	m.nleft_out = 3;
	m.unit = "";
	there_and_back(&m);
}

static void
lists_are_read_with_their_items(void **state)
{
	struct cc_message items[CC_MESSAGE_ITEMS_MAX], m;

	(void)state;
	for (int i = 0; i < CC_MESSAGE_ITEMS_MAX; i++)
		items[i] = message_item(i % 2 == 0 ? "c-1" : "c-2");
	items[1] = (struct cc_message){		/* nothing but what a list shows */
		.case_id = "c-9", .title = "t", .at = CC_NEVER, .fired = CC_NEVER,
		.started = CC_NEVER, .due = message_at(MESSAGE_T0), .ended = CC_NEVER,
		.known = CC_NEVER,
		.previous_due = CC_NEVER
	};
	items[2].withdrawn = true;
	items[2].previous_due = message_at(MESSAGE_T0);
	for (int f = CC_FORM_GROUP; f <= CC_FORM_CONFIGURATION; f++) {
		m = message_list((enum cc_message_form)f, items, 3);
		m.unit = "North 7";
		there_and_back(&m);
		m.nitems = 0;
		there_and_back(&m);
	}
	m = message_list(CC_FORM_DIGEST, items, CC_MESSAGE_ITEMS_MAX);
	m.nleft_out = 77;
	there_and_back(&m);
	m = message_item("c-1");
	m.id = "i";
	m.thread = "t";
	m.form = CC_FORM_GROUP;
	there_and_back(&m);
}

/* The id and thread of an item are not kept: the list's are what counts. */
static void
an_item_loses_its_own_id(void **state)
{
	struct cc_message one = message_sample(), m = message_list(CC_FORM_GROUP, &one, 1), back;
	struct cc_message_doc *doc;
	struct cc_err err;
	char *text = printed(&m);

	(void)state;
	assert_int_equal(cc_message_parse(text, strlen(text), &back, &doc, &err), CC_OK);
	assert_null(back.items[0].id);
	assert_null(back.items[0].thread);
	cc_message_doc_free(doc);
	free(text);
}

static void
items_have_limits(void **state)
{
	struct cc_message items[CC_MESSAGE_ITEMS_MAX + 1], inner = message_item("c-3"), m;
	char *text = NULL;
	struct cc_err err;

	(void)state;
	for (int i = 0; i <= CC_MESSAGE_ITEMS_MAX; i++)
		items[i] = message_item("c-1");
	m = message_list(CC_FORM_GROUP, items, CC_MESSAGE_ITEMS_MAX + 1);
	assert_int_equal(cc_message_print(&m, &text, &err), CC_ERANGE);
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_ERANGE);
	m = message_sample();
	m.items = items;
	m.nitems = 1;
	assert_int_equal(cc_message_print(&m, &text, &err), CC_EINVAL);
	m = message_list(CC_FORM_GROUP, items, 2);
	items[1].items = &inner;
	items[1].nitems = 1;
	assert_int_equal(cc_message_print(&m, &text, &err), CC_EINVAL);
	items[1] = message_item("c-1");
	items[1].form = CC_FORM_GROUP;
	assert_int_equal(cc_message_print(&m, &text, &err), CC_EINVAL);
	items[1] = message_item("c-1");
	items[1].ntold = CC_MESSAGE_TOLD_MAX + 1;
	assert_int_equal(cc_message_print(&m, &text, &err), CC_ERANGE);
	assert_null(text);
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
	struct cc_message m = message_sample();
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

/* A group of two with `from` written as `to`. */
static enum cc_code
changed_list(const char *from, const char *to)
{
	struct cc_message items[2] = {message_item("c-1"), message_item("c-2")};
	struct cc_message m = message_list(CC_FORM_GROUP, items, 2);
	char *text, *place;
	enum cc_code code;

	items[1].withdrawn = true;
	items[1].previous_due = message_at(MESSAGE_T0);
	items[1].cause = "time";
	m.nleft_out = 5;
	text = printed(&m);
	place = strstr(text, from);
	assert_non_null(place);
	assert_true(strlen(to) <= strlen(from));
	memset(place, ' ', strlen(from));
	memcpy(place, to, strlen(to));
	code = parse_only(text);
	free(text);
	return code;
}

static void
what_is_no_list_is_refused(void **state)
{
	static const char *const bad[][2] = {
		{"\"form\":\"group\"", "\"form\":\"gr\""},
		{"\"form\":\"group\"", "\"form\":null"},
		{"\"form\":\"group\"", "\"form\":\"alert\""},	/* with items */
		{"\"items\":", "\"itemX\":"},
		{"\"withdrawn\":true", "\"withdrawn\":1"},
		{"\"left_out\":5", "\"left_out\":-"},
		{"\"left_out\":5", "\"left_out\":{"},
		{"\"cause\":\"time\"", "\"cause\":null"},
		{"\"cause\":\"time\"", "\"items\":[]"},	/* in an item */
		{"\"cause\":\"time\"", "\"form\":\"a\""},
		{"\"previous_due\":\"2026", "\"previous_due\":\"x026"},
		{"\"case\":\"c-1\"", "\"case\":null"},
		{"\"state\":null", "\"state\":5"},
		{"\"kind\":\"deadline\"", "\"kind\":\"dead\""},
	};

	(void)state;
	assert_int_equal(changed_list("items", "items"), CC_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (changed_list(bad[i][0], bad[i][1]) != CC_EINVAL)
			fail_msg("accepted: %s for %s", bad[i][1], bad[i][0]);
	}
}

static void
a_message_has_a_limit(void **state)
{
	struct cc_message m = message_sample();
	char *title = malloc(CC_MESSAGE_EVENT_MAX + 1);
	char *text = NULL, *big;
	struct cc_err err;

	(void)state;
	assert_non_null(title);
	memset(title, 'x', CC_MESSAGE_EVENT_MAX);
	title[CC_MESSAGE_EVENT_MAX] = '\0';
	m.title = title;
	assert_int_equal(cc_message_print(&m, &text, &err), CC_ERANGE);
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_ERANGE);
	assert_null(text);
	m = message_sample();
	m.ntold = CC_MESSAGE_TOLD_MAX + 1;
	assert_int_equal(cc_message_print(&m, &text, &err), CC_ERANGE);
	assert_int_equal(cc_message_cloudevent(&m, &text, &err), CC_ERANGE);
	assert_null(text);
	free(title);
	m = message_sample();
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
survives_hostile_messages(void **state)
{
	struct cc_message items[2] = {message_item("c-1"), message_item("c-2")};
	struct cc_message m = message_list(CC_FORM_GROUP, items, 2);
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
		cmocka_unit_test(moved_dates_and_all_clears_are_read),
		cmocka_unit_test(lists_are_read_with_their_items),
		cmocka_unit_test(an_item_loses_its_own_id),
		cmocka_unit_test(items_have_limits),
		cmocka_unit_test(what_is_no_message_is_refused),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(a_message_has_a_limit),
		cmocka_unit_test(survives_hostile_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
