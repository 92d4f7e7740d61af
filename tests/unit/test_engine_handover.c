/*
 * daemon/engine_inner.h: a new holder of a case is told what is open.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/told_lab.h"
#include "wire/message.h"

#define HANDOVER "handover"

static void
begin_case(struct lab *l)
{
	told_assign(l, "a1", -3 * HOUR, "s-worker");
	told_intake(l, "e1", -2 * HOUR, "P1");
	assert_int_equal(told_count(l, HANDOVER, "", ""), 0);
}

static void
the_new_holder_hears_what_is_open(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	struct cc_message_doc *doc;
	struct cc_message text;
	bool found = false;

	begin_case(l);
	told_assign(l, "a2", -60, "s-other");
	assert_int_equal(told_count(l, HANDOVER, "", ""), 1);
	m = told_message(l, HANDOVER, "", "s-other");
	assert_non_null(m);
	assert_true(lab_is(m->case_id, "c1"));
	assert_true(lab_is(m->address, "other@example.org"));
	assert_true(m->safety);
	assert_int_equal(m->alert, 0);
	assert_int_equal(cc_message_parse(m->payload.p, m->payload.n, &text, &doc, NULL),
	    CC_OK);
	assert_int_equal(text.form, CC_FORM_HANDOVER);
	assert_true(text.nitems > 0);
	for (uint32_t i = 0; i < text.nitems; i++) {
		const struct cc_message *item = &text.items[i];

		assert_true(cc_state_live(item->state));
		if (strcmp(item->rule, P1_CONTACT) == 0) {
			found = true;
			assert_string_equal(item->subject, "v1");
			assert_int_equal(item->due.s, CC_KIT_T0 + 22 * HOUR);
		}
		if (i > 0 && cc_given(item->due))	/* the soonest first */
			assert_true(text.items[i - 1].due.s <= item->due.s ||
			    text.items[i - 1].state == CC_STATE_OVERDUE);
	}
	assert_true(found);
	assert_int_equal(text.nleft_out, 0);
	cc_message_doc_free(doc);
}

static void
the_worst_comes_first(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	struct cc_message_doc *doc;
	struct cc_message text;

	begin_case(l);
	(void)lab_live(l, 30 * HOUR);
	told_assign(l, "a2", 30 * HOUR, "s-other");
	m = told_message(l, HANDOVER, "", "s-other");
	assert_int_equal(cc_message_parse(m->payload.p, m->payload.n, &text, &doc, NULL),
	    CC_OK);
	assert_int_equal(text.items[0].state, CC_STATE_OVERDUE);
	assert_int_equal(text.items[0].severity, CC_CRITICAL);
	assert_int_equal(text.severity, CC_CRITICAL);
	for (uint32_t i = 1; i < text.nitems; i++)
		assert_true(text.items[i - 1].state == CC_STATE_OVERDUE ||
		    text.items[i].state != CC_STATE_OVERDUE);
	cc_message_doc_free(doc);
}

static void
the_same_holder_again_hears_nothing(void **state)
{
	struct lab *l = *state;

	begin_case(l);
	told_assign(l, "a2", -60, "s-worker");
	assert_int_equal(told_count(l, HANDOVER, "", ""), 0);
}

static void
nothing_open_is_nothing_to_tell(void **state)
{
	struct lab *l = *state;

	told_assign(l, "a1", -HOUR, "s-worker");
	told_assign(l, "a2", -60, "s-other");
	assert_int_equal(told_count(l, HANDOVER, "", ""), 0);
}

static void
old_news_of_holders_tells_nobody(void **state)
{
	struct lab *l = *state;

	told_intake(l, "e1", -10 * DAY, "P1");
	told_assign(l, "a1", -8 * DAY, "s-other");
	assert_int_equal(told_count(l, HANDOVER, "", ""), 0);
	told_assign(l, "a2", -6 * DAY, "s-worker");
	assert_int_equal(told_count(l, HANDOVER, "", "s-worker"), 1);
}

static void
a_holder_of_the_past_who_has_a_successor_hears_nothing(void **state)
{
	struct lab *l = *state;

	begin_case(l);
	told_assign(l, "a2", -2 * HOUR - 60, "s-other");
	assert_int_equal(told_count(l, HANDOVER, "", "s-other"), 1);
	told_assign(l, "a0", -3 * HOUR - 60, "s-sup");
	assert_int_equal(told_count(l, HANDOVER, "", "s-sup"), 0);
}

static void
two_assignments_at_once_are_one_message(void **state)
{
	struct lab *l = *state;
	struct cc_job *j[2];

	begin_case(l);
	j[0] = lab_submit(l, told_event("a2", "case.assigned", -60,
	    "\"role\":\"primary\",\"staff_id\":\"s-other\",\"program\":\"CPI\""));
	j[1] = lab_submit(l, told_event("a3", "case.assigned", -30,
	    "\"role\":\"secondary\",\"staff_id\":\"s-other\""));
	assert_true(cc_engine_step(l->engine, false));
	lab_expect_back(l, j, 2);
	cc_job_free(j[0]);
	cc_job_free(j[1]);
	assert_int_equal(told_count(l, HANDOVER, "", ""), 1);
}

/* A sender's clock may be a little ahead of ours. */
static void
an_assignment_that_lies_ahead_is_told_at_its_time(void **state)
{
	struct lab *l = *state;

	begin_case(l);
	told_assign(l, "a2", 120, "s-other");
	assert_int_equal(told_count(l, HANDOVER, "", ""), 0);
	(void)lab_live(l, 119);
	assert_int_equal(told_count(l, HANDOVER, "", ""), 0);
	(void)lab_live(l, 121);
	assert_int_equal(told_count(l, HANDOVER, "", "s-other"), 1);
	(void)lab_live(l, DAY);
	assert_int_equal(told_count(l, HANDOVER, "", ""), 1);
}

static void
it_is_told_at_its_time_after_a_restart(void **state)
{
	struct lab *l = *state;

	begin_case(l);
	told_assign(l, "a2", 120, "s-other");
	cc_engine_free(l->engine);
	lab_start(l, "run-2");
	(void)lab_live(l, 600);
	assert_int_equal(told_count(l, HANDOVER, "", "s-other"), 1);
}

static void
one_on_leave_is_stood_in_for(void **state)
{
	struct lab *l = *state;

	told_reload(l, "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,"
	    "away_until,delegate_id\n"
	    "s-duty,program_director,duty@example.org,,,,,,,\n"
	    "s-worker,caseworker,worker@example.org,,s-duty,,,,,\n"
	    "s-other,caseworker,other@example.org,,s-duty,,,2026-03-07,2026-03-20,s-third\n"
	    "s-third,caseworker,third@example.org,office,s-duty,,,,,\n", "");
	begin_case(l);
	told_assign(l, "a2", -60, "s-other");
	assert_int_equal(told_count(l, HANDOVER, "", "s-other"), 0);
	assert_int_equal(told_count(l, HANDOVER, "", "s-third"), 2);
}

static void
a_long_list_is_cut_and_counted(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	struct cc_message_doc *doc;
	struct cc_message text;
	char data[200], id[16];

	begin_case(l);
	for (int i = 0; i < CC_MESSAGE_ITEMS_MAX + 5; i++) {
		(void)snprintf(id, sizeof id, "n%d", i);
		(void)snprintf(data, sizeof data, "\"intake_id\":\"i-%s\",\"priority\":\"P1\","
		    "\"screened\":false,\"victim_person_ids\":[\"w%d\"]", id, i);
		told_say(l, id, "intake.received", -60, data);
	}
	told_assign(l, "a2", -30, "s-other");
	m = told_message(l, HANDOVER, "", "s-other");
	assert_non_null(m);
	assert_int_equal(cc_message_parse(m->payload.p, m->payload.n, &text, &doc, NULL),
	    CC_OK);
	assert_int_equal(text.nitems, CC_MESSAGE_ITEMS_MAX);
	assert_true(text.nleft_out >= 6);
	/* The intake of the beginning is the soonest of them. */
	assert_int_equal(text.items[0].due.s <= CC_KIT_T0 + 22 * HOUR, 1);
	cc_message_doc_free(doc);
}

#define T(name) cmocka_unit_test_setup_teardown(name, told_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_new_holder_hears_what_is_open),
		T(the_worst_comes_first),
		T(the_same_holder_again_hears_nothing),
		T(nothing_open_is_nothing_to_tell),
		T(old_news_of_holders_tells_nobody),
		T(a_holder_of_the_past_who_has_a_successor_hears_nothing),
		T(two_assignments_at_once_are_one_message),
		T(an_assignment_that_lies_ahead_is_told_at_its_time),
		T(it_is_told_at_its_time_after_a_restart),
		T(one_on_leave_is_stood_in_for),
		T(a_long_list_is_cut_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
