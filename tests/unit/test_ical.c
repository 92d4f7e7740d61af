/* The deadline as iCalendar, read back by a parser. */
#include "notify/ical.h"

#include <libical/ical.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/notify_kit.h"

static char *
render(const struct cc_message *m, enum cc_calendar_form form, bool title)
{
	struct cc_ical c = {.message = m, .form = form, .language = CC_ENGLISH,
	    .organizer = "clock@example.test", .title = title};
	struct cc_err err = {.msg = ""};
	char *text = NULL;

	if (cc_ical_render(&c, &text, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return text;
}

/* The one entry of the calendar that the text is. */
static icalcomponent *
parse(const char *text, icalcomponent_kind kind, icalcomponent **ret_entry)
{
	icalcomponent *calendar = icalparser_parse_string(text);

	assert_non_null(calendar);
	assert_int_equal(icalcomponent_count_errors(calendar), 0);
	assert_int_equal(icalcomponent_count_components(calendar, ICAL_ANY_COMPONENT), 1);
	assert_int_equal(icalcomponent_get_method(calendar), ICAL_METHOD_PUBLISH);
	*ret_entry = icalcomponent_get_first_component(calendar, kind);
	assert_non_null(*ret_entry);
	assert_true(icalrestriction_check(calendar));
	return calendar;
}

static int
count(icalcomponent *c, icalproperty_kind kind)
{
	return icalcomponent_count_properties(c, kind);
}

static void
a_todo_has_the_due_in_utc_the_thread_and_the_epoch(void **state)
{
	struct cc_message m = kit_message();
	icalcomponent *calendar, *todo;
	struct icaltimetype due;
	char *text;

	(void)state;
	m.epoch = 3;
	text = render(&m, CC_CALENDAR_TODO, false);
	assert_non_null(strstr(text, "\r\nDUE:20260309T003000Z\r\n"));
	calendar = parse(text, ICAL_VTODO_COMPONENT, &todo);
	due = icalcomponent_get_due(todo);
	assert_int_equal(icaltime_as_timet(due), 1773016200);
	assert_true(icaltime_is_utc(due));
	assert_string_equal(icalcomponent_get_uid(todo),
	    "ffeeddccbbaa99887766554433221100@caseclock");
	assert_int_equal(icalcomponent_get_sequence(todo), 3);
	assert_string_equal(icalcomponent_get_summary(todo),
	    "48211234: overdue: priority-1-initial-contact");
	assert_int_equal(icalcomponent_get_status(todo), ICAL_STATUS_NEEDSACTION);
	assert_int_equal(count(todo, ICAL_URL_PROPERTY), 1);
	assert_int_equal(count(todo, ICAL_DESCRIPTION_PROPERTY), 0);
	icalcomponent_free(calendar);
	free(text);
}

static void
an_event_begins_at_the_due_and_takes_no_time(void **state)
{
	struct cc_message m = kit_message();
	icalcomponent *calendar, *event;
	char *text = render(&m, CC_CALENDAR_EVENT, false);

	(void)state;
	calendar = parse(text, ICAL_VEVENT_COMPONENT, &event);
	assert_int_equal(icaltime_as_timet(icalcomponent_get_dtstart(event)), 1773016200);
	assert_int_equal(icaldurationtype_as_int(icalcomponent_get_duration(event)), 0);
	assert_int_equal(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
	icalcomponent_free(calendar);
	free(text);
}

static const struct {
	enum cc_state state;
	bool withdrawn;
	enum cc_calendar_form form;
	enum icalproperty_status status;
	int completed;
} ends[] = {
	{CC_STATE_MET, false, CC_CALENDAR_TODO, ICAL_STATUS_COMPLETED, 1},
	{CC_STATE_LATE, false, CC_CALENDAR_TODO, ICAL_STATUS_COMPLETED, 1},
	{CC_STATE_CANCELLED, false, CC_CALENDAR_TODO, ICAL_STATUS_CANCELLED, 0},
	{CC_STATE_EXEMPT, false, CC_CALENDAR_TODO, ICAL_STATUS_CANCELLED, 0},
	{CC_STATE_RUNNING, true, CC_CALENDAR_TODO, ICAL_STATUS_CANCELLED, 0},
	{CC_STATE_MET, false, CC_CALENDAR_EVENT, ICAL_STATUS_CANCELLED, 0},
};

static void
what_is_over_is_completed_or_cancelled(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct cc_message m = kit_message();
		icalcomponent *calendar, *entry;
		char *text;

		m.rung = "clear";
		m.state = ends[i].state;
		m.withdrawn = ends[i].withdrawn;
		m.ended = m.due;
		text = render(&m, ends[i].form, false);
		calendar = parse(text, ends[i].form == CC_CALENDAR_TODO ? ICAL_VTODO_COMPONENT :
		    ICAL_VEVENT_COMPONENT, &entry);
		assert_int_equal(icalcomponent_get_status(entry), ends[i].status);
		assert_int_equal(count(entry, ICAL_COMPLETED_PROPERTY), ends[i].completed);
		icalcomponent_free(calendar);
		free(text);
	}
}

static void
a_duty_to_be_done_at_once_has_no_due(void **state)
{
	struct cc_message m = kit_message();
	struct cc_ical c = {.message = &m, .form = CC_CALENDAR_EVENT,
	    .organizer = "clock@example.test"};
	icalcomponent *calendar, *todo;
	char *text;

	(void)state;
	m.kind = CC_KIND_IMMEDIATE;
	text = render(&m, CC_CALENDAR_TODO, false);
	calendar = parse(text, ICAL_VTODO_COMPONENT, &todo);
	assert_int_equal(count(todo, ICAL_DUE_PROPERTY), 0);
	assert_non_null(strstr(icalcomponent_get_summary(todo), "to be done at once"));
	icalcomponent_free(calendar);
	free(text);
	text = NULL;
	assert_int_equal(cc_ical_render(&c, &text, NULL), CC_ENOENT);
	assert_null(text);
}

static void
lists_and_configuration_alerts_have_no_entry(void **state)
{
	(void)state;
	for (int form = CC_FORM_GROUP; form <= CC_FORM_CONFIGURATION; form++) {
		struct cc_message m = kit_message();
		struct cc_ical c = {.message = &m, .form = CC_CALENDAR_TODO,
		    .organizer = "clock@example.test"};
		char *text = NULL;

		m.form = (enum cc_message_form)form;
		assert_int_equal(cc_ical_render(&c, &text, NULL), CC_ENOENT);
		assert_null(text);
	}
}

static void
the_title_is_in_the_summary_only_when_asked_for(void **state)
{
	struct cc_message m = kit_message();
	char *without = render(&m, CC_CALENDAR_TODO, false);
	char *with = render(&m, CC_CALENDAR_TODO, true);

	(void)state;
	assert_null(strstr(without, "See the child"));
	assert_non_null(strstr(with, "See the child"));
	free(without);
	free(with);
}

static void
hostile_texts_make_no_property_of_their_own(void **state)
{
	static const char *const evil[] = {"x\r\nATTACH:file:///etc/passwd",
		"x\nEND:VTODO\nBEGIN:VALARM", "a;b,c\\d", "\xff\xfe", "x\x01y"};

	(void)state;
	for (size_t i = 0; i < sizeof evil / sizeof evil[0]; i++) {
		struct cc_message m = kit_message();
		icalcomponent *calendar, *todo;
		char *text;

		m.case_id = m.rule = m.title = m.thread = evil[i];
		m.link = i == 0 ? "https://x.test/\r\nATTACH:y" : "javascript:x";
		text = render(&m, CC_CALENDAR_TODO, true);
		calendar = parse(text, ICAL_VTODO_COMPONENT, &todo);
		assert_int_equal(count(todo, ICAL_ATTACH_PROPERTY), 0);
		assert_int_equal(count(todo, ICAL_URL_PROPERTY), 0);
		assert_int_equal(icalcomponent_count_components(todo, ICAL_ANY_COMPONENT), 0);
		icalcomponent_free(calendar);
		free(text);
	}
}

static void
forms_are_found_by_their_words(void **state)
{
	enum cc_calendar_form form = CC_CALENDAR_NONE;

	(void)state;
	assert_true(cc_calendar_form_find("event", &form));
	assert_int_equal(form, CC_CALENDAR_EVENT);
	assert_true(cc_calendar_form_find("none", &form));
	assert_int_equal(form, CC_CALENDAR_NONE);
	assert_false(cc_calendar_form_find("vtodo", &form));
}

static int
free_memory(void **state)
{
	(void)state;
	icaltimezone_free_builtin_timezones();
	icalmemory_free_ring();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_todo_has_the_due_in_utc_the_thread_and_the_epoch),
		cmocka_unit_test(an_event_begins_at_the_due_and_takes_no_time),
		cmocka_unit_test(what_is_over_is_completed_or_cancelled),
		cmocka_unit_test(a_duty_to_be_done_at_once_has_no_due),
		cmocka_unit_test(lists_and_configuration_alerts_have_no_entry),
		cmocka_unit_test(the_title_is_in_the_summary_only_when_asked_for),
		cmocka_unit_test(hostile_texts_make_no_property_of_their_own),
		cmocka_unit_test(forms_are_found_by_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, free_memory);
}
