/*
 * daemon/engine_inner.h: who is told that a clock has moved, is back, or is over; and who
 * is told in the place of one who cannot be reached.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/told_lab.h"

/* A contact with the child v1. */
#define SEEN "\"contact_id\":\"k1\",\"mode\":\"face_to_face\",\"seen_person_ids\":[\"v1\"]," \
	"\"purposes\":[\"interview\",\"observation\",\"meaningful\"],\"home_visit\":true"

/* The worker's case with one child, and the first warning of P1_CONTACT told. */
static void
tell_of_contact(struct lab *l)
{
	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, 19 * HOUR);
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", ""), 1);
	assert_non_null(told_message(l, P1_CONTACT, "elapsed-75", "s-worker"));
}

static struct cc_str
thread_of(struct lab *l, const char *clock, const char *rung)
{
	static char text[64];
	const struct cc_store_message *m = told_message(l, clock, rung, "");

	assert_non_null(m);
	(void)snprintf(text, sizeof text, "%s", m->thread.p);
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static const struct cc_store_alert *
alert_of(struct lab *l, const char *clock, const char *rung)
{
	struct cc_store_alerts list = lab_alerts(l, "c1");

	for (uint32_t i = list.n; i-- > 0;)
		if (lab_is(list.items[i].rule, clock) && lab_is(list.items[i].rung, rung))
			return &list.items[i];
	return NULL;
}

/* --- the end ------------------------------------------------------------------------ */

static void
whoever_was_told_hears_that_it_is_met(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	struct cc_str thread;

	tell_of_contact(l);
	told_say(l, "k1", "contact.made", 19 * HOUR - 60, SEEN);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", ""), 1);
	thread = thread_of(l, P1_CONTACT, "elapsed-75");
	m = told_message(l, P1_CONTACT, "clear", "s-worker");
	assert_non_null(m);
	assert_true(cc_str_eq(m->thread, thread));
	assert_true(lab_is(m->channel, "email"));
	assert_true(m->safety);
	assert_true(told_says(m, "\"state\":\"met\""));
	assert_true(told_says(m, "\"cause\":\"contact.made\""));
	assert_true(told_says(m, "\"to\":[\"caseworker\"]"));
	assert_null(strstr(m->payload.p, "withdrawn"));
	assert_int_equal(alert_of(l, P1_CONTACT, "clear")->state, CC_STATE_MET);
}

static void
everybody_who_was_told_hears_that_it_is_late(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	(void)lab_live(l, 25 * HOUR);
	assert_int_equal(told_count(l, P1_CONTACT, "breach", "s-worker"), 1);
	assert_int_equal(told_count(l, P1_CONTACT, "breach", "s-sup"), 2);
	told_say(l, "k1", "contact.made", 25 * HOUR, SEEN);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", ""), 3);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", "s-worker"), 1);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", "s-sup"), 2);
	assert_true(told_says(told_message(l, P1_CONTACT, "clear", "s-sup"),
	    "\"state\":\"late\""));
}

static void
it_is_cancelled_by_another_priority(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	told_say(l, "p1", "intake.priority_changed", 19 * HOUR,
	    "\"intake_id\":\"i-e1\",\"old_priority\":\"P1\",\"new_priority\":\"PN\"");
	assert_true(told_says(told_message(l, P1_CONTACT, "clear", "s-worker"),
	    "\"state\":\"cancelled\""));
	assert_true(told_says(told_message(l, P1_CONTACT, "clear", "s-worker"),
	    "\"cause\":\"intake.priority_changed\""));
}

static void
it_is_withdrawn_with_its_event(void **state)
{
	struct lab *l = *state;
	const struct cc_store_alert *al;
	const struct cc_store_message *m;

	tell_of_contact(l);
	told_say(l, "x1", "event.voided", 19 * HOUR,
	    "\"event_id\":\"e1\",\"reason\":\"entered_in_error\"");
	m = told_message(l, P1_CONTACT, "clear", "s-worker");
	assert_non_null(m);
	assert_true(told_says(m, "\"withdrawn\":true"));
	assert_true(told_says(m, "\"cause\":\"event.voided\""));
	assert_true(told_says(m, "\"title\":\"See the child"));
	al = alert_of(l, P1_CONTACT, "clear");
	assert_int_equal(al->state, CC_STATE_CANCELLED);
	assert_int_equal(al->due.s, CC_KIT_T0 + DAY);
	assert_int_equal(al->period, 1);
}

static void
nobody_hears_of_what_nobody_was_told(void **state)
{
	struct lab *l = *state;

	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	told_say(l, "k1", "contact.made", 0, SEEN);
	assert_int_equal(told_count(l, P1_CONTACT, "", ""), 0);
	told_say(l, "x1", "event.voided", 0, "\"event_id\":\"e1\"");
	assert_int_equal(told_count(l, P1_CONTACT, "", ""), 0);
}

/* --- another due ---------------------------------------------------------------------- */

/* An investigation on its 44th day, of which the worker was warned. */
static void
tell_of_submission(struct lab *l)
{
	told_assign(l, "a1", -44 * DAY, "s-worker");
	told_intake(l, "e1", -44 * DAY, "P2");
	told_say(l, "g1", "stage.progressed", -44 * DAY + 60,
	    "\"stage_id\":\"st1\",\"to\":\"INV\",\"intake_id\":\"i-e1\"");
	assert_int_equal(told_count(l, SUBMIT, "", ""), 1);
}

static void
an_extension_is_told_with_both_dates(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	const struct cc_store_alert *al;
	struct cc_str thread;

	tell_of_submission(l);
	told_say(l, "q1", "extension.requested", -60, "\"extension_id\":\"x1\"");
	told_say(l, "q2", "extension.decided", -30, "\"extension_id\":\"x1\",\"granted\":true,"
	    "\"new_due_date\":\"2026-04-10\",\"role\":\"program_director\",\"written\":true");
	thread = thread_of(l, SUBMIT, "");
	assert_int_equal(told_count(l, SUBMIT, "moved", ""), 1);
	m = told_message(l, SUBMIT, "moved", "s-worker");
	assert_non_null(m);
	assert_true(cc_str_eq(m->thread, thread));
	assert_true(lab_is(m->channel, "email"));
	assert_true(told_says(m, "\"cause\":\"extension.decided\""));
	assert_true(told_says(m, "\"due\":\"2026-04-11T04:59:59Z\""));
	assert_true(told_says(m, "\"previous_due\":\"2026-03-"));
	assert_true(told_says(m, "\"previous_due_local\":\""));
	assert_true(told_says(m, "\"epoch\":2"));
	al = alert_of(l, SUBMIT, "moved");
	assert_true(al->previous_due.s < al->due.s);
	assert_int_equal(al->to.n, 0);
	/* Sent by the same channel, and said once. */
	(void)told_deliver(l, CC_OUTBOX_SENT);
	told_assign(l, "a2", 0, "s-worker");
	assert_int_equal(told_count(l, SUBMIT, "moved", ""), 1);
}

static void
one_that_is_overdue_under_the_new_due_goes_to_the_roles_of_what_has_passed(void **state)
{
	struct lab *l = *state;
	const struct cc_store_alert *al;

	tell_of_contact(l);
	told_say(l, "p1", "intake.priority_changed", 19 * HOUR,
	    "\"intake_id\":\"i-e1\",\"new_priority\":\"PN\"");
	assert_int_equal(told_count(l, P1_CONTACT, "clear", "s-worker"), 1);
	(void)lab_live(l, 30 * HOUR);
	told_say(l, "x1", "event.voided", 30 * HOUR, "\"event_id\":\"p1\"");
	al = alert_of(l, P1_CONTACT, "back");
	assert_non_null(al);
	assert_true(lab_is(al->to, "caseworker supervisor program_director"));
	assert_int_equal(al->severity, CC_CRITICAL);
	assert_int_equal(told_count(l, P1_CONTACT, "back", "s-worker"), 1);
	assert_int_equal(told_count(l, P1_CONTACT, "back", "s-sup"), 2);
	assert_int_equal(told_count(l, P1_CONTACT, "back", "s-lead"), 1);
	assert_int_equal(told_count(l, P1_CONTACT, "breach", ""), 0);
	assert_true(told_says(told_message(l, P1_CONTACT, "back", "s-lead"),
	    "\"cause\":\"event.voided\""));
}

static void
the_message_says_that_the_calendar_has_changed(void **state)
{
	static const char rule[] = "baby-moses-specialist-24h";
	struct lab *l = *state;
	const struct cc_store_message *m;

	/* Noon of a Friday: 12 hours of it and of Monday. */
	told_assign(l, "a1", -2 * DAY, "s-worker");
	told_say(l, "d1", "determination.made", -30 * HOUR,
	    "\"kind\":\"baby_moses_identified\",\"person_id\":\"v1\"");
	(void)lab_live(l, 40 * HOUR);
	assert_true(told_count(l, rule, "", "s-worker") >= 1);
	(void)cc_kit_file(&l->kit, "holidays.txt", "2026-03-09\n");
	told_reload(l, told_staff, "holidays: holidays.txt\n");
	(void)lab_live(l, 40 * HOUR + 1);
	m = told_message(l, rule, "moved", "s-worker");
	assert_non_null(m);
	assert_true(told_says(m, "\"previous_due\":\"2026-03-09T17:00:00Z\""));
	assert_true(told_says(m, "\"due\":\"2026-03-10T17:00:00Z\""));
	assert_true(told_says(m, "\"cause\":\"calendar\""));
	assert_int_equal(told_count(l, rule, "moved", ""), 1);
}

/* Every message of the alert was closed before it left: still somebody must know. */
static void
the_one_responsible_is_told_where_nobody_had_heard(void **state)
{
	struct lab *l = *state;
	struct cc_store_outcome o = {.to = CC_OUTBOX_SUPERSEDED, .now = {CC_KIT_T0},
	    .started = CC_NEVER, .ended = CC_NEVER, .code = CC_STR("superseded: ended"),
	    .detail = CC_STR("")};
	enum cc_code code;

	tell_of_submission(l);
	o.no = told_message(l, SUBMIT, "", "s-worker")->no;
	assert_int_equal(cc_store_begin(l->store, NULL), CC_OK);
	assert_int_equal(cc_store_outbox_complete(l->store, &o, 1, &code, NULL), CC_OK);
	assert_int_equal(code, CC_OK);
	assert_int_equal(cc_store_commit(l->store, NULL), CC_OK);
	told_say(l, "q1", "extension.requested", -60, "\"extension_id\":\"x1\"");
	told_say(l, "q2", "extension.decided", -30, "\"extension_id\":\"x1\",\"granted\":true,"
	    "\"new_due_date\":\"2026-04-10\",\"role\":\"program_director\",\"written\":true");
	assert_int_equal(told_count(l, SUBMIT, "moved", "s-worker"), 1);
	assert_int_equal(told_count(l, SUBMIT, "moved", ""), 1);
}

/* --- the place of another ------------------------------------------------------------- */

/* e1 is voided, and e2 says the same at another time, in one group. */
static void
correct(struct lab *l, int64_t at)
{
	struct cc_job *j[2];

	j[0] = lab_submit(l, told_event("x1", "event.voided", l->kit.now.wall.s - CC_KIT_T0,
	    "\"event_id\":\"e1\",\"reason\":\"corrected\""));
	j[1] = lab_submit(l, cc_kit_intake("e2", "c1", "P1", at));
	assert_true(cc_engine_step(l->engine, false));
	lab_expect_back(l, j, 2);
	cc_job_free(j[0]);
	cc_job_free(j[1]);
}

static void
a_corrected_event_is_told_as_one_move(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	char before[64];
	struct cc_str thread;

	tell_of_contact(l);
	correct(l, 2 * HOUR);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", ""), 0);
	assert_int_equal(told_count(l, P1_CONTACT, "moved", ""), 1);
	thread = thread_of(l, P1_CONTACT, "elapsed-75");
	(void)snprintf(before, sizeof before, "\"thread_before\":\"%s\"", thread.p);
	m = told_message(l, P1_CONTACT, "moved", "s-worker");
	assert_true(told_says(m, before));
	assert_false(cc_str_eq(m->thread, thread));
	assert_true(told_says(m, "\"previous_due\":\"2026-03-09T00:00:00Z\""));
	assert_true(told_says(m, "\"due\":\"2026-03-09T02:00:00Z\""));
	assert_true(told_says(m, "\"cause\":\"intake.received\""));
}

static void
the_same_again_is_not_told_and_its_end_is(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	unsigned said;

	tell_of_contact(l);
	(void)told_deliver(l, CC_OUTBOX_SENT);
	correct(l, 0);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", ""), 0);
	assert_int_equal(told_count(l, P1_CONTACT, "moved", ""), 0);
	/* What was kept of it is closed. */
	m = told_message(l, P1_CONTACT, "same", "s-worker");
	assert_non_null(m);
	assert_int_equal(m->state, CC_OUTBOX_SUPERSEDED);
	said = told_deliver(l, CC_OUTBOX_SENT);
	assert_int_equal(told_message(l, P1_CONTACT, "same", "")->state,
	    CC_OUTBOX_SUPERSEDED);
	assert_int_equal(said, 0);
	told_say(l, "k1", "contact.made", 19 * HOUR, SEEN);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", ""), 1);
	m = told_message(l, P1_CONTACT, "clear", "s-worker");
	assert_non_null(m);
	assert_true(told_says(m, "\"thread_before\":\""));
	assert_true(told_deliver(l, CC_OUTBOX_SENT) >= 1);
	assert_int_equal(told_message(l, P1_CONTACT, "clear", "s-worker")->state,
	    CC_OUTBOX_SENT);
}

static void
a_clear_that_has_not_left_is_taken_back_for_an_heir(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	(void)told_deliver(l, CC_OUTBOX_SENT);
	told_say(l, "x1", "event.voided", 19 * HOUR, "\"event_id\":\"e1\"");
	assert_int_equal(told_message(l, P1_CONTACT, "clear", "s-worker")->state,
	    CC_OUTBOX_QUEUED);
	told_intake(l, "e2", 2 * HOUR, "P1");
	assert_int_equal(told_message(l, P1_CONTACT, "clear", "s-worker")->state,
	    CC_OUTBOX_SUPERSEDED);
	assert_int_equal(strncmp(told_message(l, P1_CONTACT, "clear", "")->reason.p,
	    "replaced", 8), 0);
	assert_int_equal(told_count(l, P1_CONTACT, "moved", "s-worker"), 1);
}

static void
a_clear_that_has_left_stands(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	(void)told_deliver(l, CC_OUTBOX_SENT);
	told_say(l, "x1", "event.voided", 19 * HOUR, "\"event_id\":\"e1\"");
	(void)told_deliver(l, CC_OUTBOX_SENT);
	told_intake(l, "e2", 2 * HOUR, "P1");
	assert_int_equal(told_message(l, P1_CONTACT, "clear", "s-worker")->state,
	    CC_OUTBOX_SENT);
	assert_int_equal(told_count(l, P1_CONTACT, "moved", ""), 0);
}

/* Somebody knows already that it is over: the others hear so as well. */
static void
a_clear_of_which_one_has_left_stands(void **state)
{
	struct lab *l = *state;
	struct cc_store_outcome o = {.to = CC_OUTBOX_DEAD, .started = CC_NEVER,
	    .ended = CC_NEVER, .code = CC_STR("550"), .detail = CC_STR("")};
	enum cc_code code;

	tell_of_contact(l);
	(void)lab_live(l, 25 * HOUR);
	(void)told_deliver(l, CC_OUTBOX_SENT);
	told_say(l, "x1", "event.voided", 25 * HOUR, "\"event_id\":\"e1\"");
	o.no = told_message(l, P1_CONTACT, "clear", "s-worker")->no;
	o.now = l->kit.now.wall;
	assert_int_equal(cc_store_begin(l->store, NULL), CC_OK);
	assert_int_equal(cc_store_outbox_complete(l->store, &o, 1, &code, NULL), CC_OK);
	assert_int_equal(code, CC_OK);
	assert_int_equal(cc_store_commit(l->store, NULL), CC_OK);
	told_intake(l, "e2", 20 * HOUR, "P1");
	assert_int_equal(told_message(l, P1_CONTACT, "clear", "s-sup")->state,
	    CC_OUTBOX_QUEUED);
	assert_int_equal(told_count(l, P1_CONTACT, "moved", ""), 0);
}

/* --- copies ------------------------------------------------------------------------------ */

static void
copies_of_all_go_to_the_channels_of_the_configuration(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;

	cc_setup_unref(l->kit.setup);
	l->kit.setup = cc_kit_setup(&l->kit,
	    "alerts: {group_wait: 0s, copies: [journal]}\nmodules: {journal: {}}\n");
	cc_engine_adopt(l->engine, cc_setup_ref(l->kit.setup));
	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, 19 * HOUR);
	m = told_message(l, P1_CONTACT, "elapsed-75", "copies");
	assert_non_null(m);
	assert_true(lab_is(m->channel, "journal"));
	assert_int_equal(m->address.n, 0);
	told_say(l, "k1", "contact.made", 19 * HOUR - 60, SEEN);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", "copies"), 1);
	assert_int_equal(told_count(l, P1_CONTACT, "clear", "s-worker"), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, told_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(whoever_was_told_hears_that_it_is_met),
		T(everybody_who_was_told_hears_that_it_is_late),
		T(it_is_cancelled_by_another_priority),
		T(it_is_withdrawn_with_its_event),
		T(nobody_hears_of_what_nobody_was_told),
		T(an_extension_is_told_with_both_dates),
		T(one_that_is_overdue_under_the_new_due_goes_to_the_roles_of_what_has_passed),
		T(the_message_says_that_the_calendar_has_changed),
		T(the_one_responsible_is_told_where_nobody_had_heard),
		T(a_corrected_event_is_told_as_one_move),
		T(the_same_again_is_not_told_and_its_end_is),
		T(a_clear_that_has_not_left_is_taken_back_for_an_heir),
		T(a_clear_that_has_left_stands),
		T(a_clear_of_which_one_has_left_stands),
		T(copies_of_all_go_to_the_channels_of_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
