/*
 * daemon/engine_inner.h: nobody is left untold, where a message was closed before it left,
 * went elsewhere, or was said together with others.
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

/* The first warning of P1_CONTACT was told and sent. */
static void
tell_of_contact(struct lab *l)
{
	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, 19 * HOUR);
	(void)told_deliver(l, CC_OUTBOX_SENT);
	assert_int_equal(told_message(l, P1_CONTACT, "elapsed-75", "s-worker")->state,
	    CC_OUTBOX_SENT);
}

static void
expect_sent(struct lab *l, const char *clock, const char *rung, const char *who)
{
	const struct cc_store_message *m = told_message(l, clock, rung, who);

	if (m == NULL)
		fail_msg("no %s to %s", rung, who);
	if (m->state != CC_OUTBOX_SENT)
		fail_msg("%s to %s was not sent: '%.*s'", rung, who, (int)m->reason.n,
		    m->reason.p);
}

/* `old` is voided, and an intake `fresh` says the same, in one group. */
static void
correct(struct lab *l, const char *old, const char *fresh)
{
	char voided[64], data[128];
	struct cc_job *j[2];

	(void)snprintf(voided, sizeof voided, "void.%s", old);
	(void)snprintf(data, sizeof data, "\"event_id\":\"%s\",\"reason\":\"corrected\"", old);
	j[0] = lab_submit(l, told_event(voided, "event.voided", l->kit.now.wall.s - CC_KIT_T0,
	    data));
	j[1] = lab_submit(l, cc_kit_intake(fresh, "c1", "P1", 0));
	assert_true(cc_engine_step(l->engine, false));
	lab_expect_back(l, j, 2);
	cc_job_free(j[0]);
	cc_job_free(j[1]);
}

/* --- the end ---------------------------------------------------------------------------- */

static void
whoever_stands_in_hears_the_end_of_what_the_other_was_told(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	told_reload(l, "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,"
	    "away_until,delegate_id\n"
	    "s-duty,program_director,duty@example.org,,,,,,,\n"
	    "s-sup,supervisor,sup@example.org,,s-duty,,,,,\n"
	    "s-other,caseworker,other@example.org,,s-sup,,,,,\n"
	    "s-worker,caseworker,worker@example.org,,s-sup,,,2026-03-01,2026-03-20,s-other\n",
	    "");
	told_say(l, "k1", "contact.made", 19 * HOUR, SEEN);
	(void)told_deliver(l, CC_OUTBOX_SENT);	/* closes it, and writes the other */
	(void)told_deliver(l, CC_OUTBOX_SENT);
	expect_sent(l, P1_CONTACT, "clear", "s-other");
	assert_int_equal(told_message(l, P1_CONTACT, "clear", "s-worker")->state,
	    CC_OUTBOX_SUPERSEDED);
}

/* Nothing was said of the second and the third, and yet it is theirs that ends. */
static void
the_end_is_told_when_the_event_was_corrected_more_than_once(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	correct(l, "e1", "e2");
	(void)told_deliver(l, CC_OUTBOX_SENT);
	correct(l, "e2", "e3");
	(void)told_deliver(l, CC_OUTBOX_SENT);
	correct(l, "e3", "e4");
	assert_int_equal(told_count(l, P1_CONTACT, "moved", ""), 0);
	told_say(l, "k1", "contact.made", 19 * HOUR, SEEN);
	(void)told_deliver(l, CC_OUTBOX_SENT);
	expect_sent(l, P1_CONTACT, "clear", "s-worker");
}

/* --- moved and moved back ----------------------------------------------------------------- */

/* The breach fell while the clock was thought to have another due: that it is back is
 * all that says so. */
static void
a_due_that_is_moved_back_tells_of_the_breach_that_fell_meanwhile(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;

	told_assign(l, "a1", -44 * DAY, "s-worker");
	told_intake(l, "e1", -44 * DAY, "P2");
	told_say(l, "g1", "stage.progressed", -44 * DAY + 60,
	    "\"stage_id\":\"st1\",\"to\":\"INV\",\"intake_id\":\"i-e1\"");
	(void)told_deliver(l, CC_OUTBOX_SENT);
	told_say(l, "q1", "extension.requested", 0, "\"extension_id\":\"x1\"");
	told_say(l, "q2", "extension.decided", 0, "\"extension_id\":\"x1\",\"granted\":true,"
	    "\"new_due_date\":\"2026-04-10\",\"role\":\"program_director\",\"written\":true");
	assert_int_equal(told_count(l, SUBMIT, "moved", "s-worker"), 1);
	(void)lab_live(l, 3 * DAY);
	told_say(l, "v1", "event.voided", 3 * DAY, "\"event_id\":\"q2\"");
	assert_int_equal(told_count(l, SUBMIT, "moved", "s-worker"), 2);
	assert_int_equal(told_count(l, SUBMIT, "breach", ""), 0);
	(void)told_deliver(l, CC_OUTBOX_SENT);
	expect_sent(l, SUBMIT, "moved", "s-worker");
	expect_sent(l, SUBMIT, "moved", "s-sup");
	m = told_message(l, SUBMIT, "moved", "s-worker");
	assert_true(told_says(m, "\"state\":\"overdue\""));
}

static void
a_due_that_is_moved_back_in_time_is_not_told(void **state)
{
	struct lab *l = *state;

	told_assign(l, "a1", -44 * DAY, "s-worker");
	told_intake(l, "e1", -44 * DAY, "P2");
	told_say(l, "g1", "stage.progressed", -44 * DAY + 60,
	    "\"stage_id\":\"st1\",\"to\":\"INV\",\"intake_id\":\"i-e1\"");
	(void)told_deliver(l, CC_OUTBOX_SENT);
	told_say(l, "q1", "extension.requested", 0, "\"extension_id\":\"x1\"");
	told_say(l, "q2", "extension.decided", 0, "\"extension_id\":\"x1\",\"granted\":true,"
	    "\"new_due_date\":\"2026-04-10\",\"role\":\"program_director\",\"written\":true");
	told_say(l, "v1", "event.voided", 0, "\"event_id\":\"q2\"");
	(void)told_deliver(l, CC_OUTBOX_SENT);
	assert_int_equal(told_message(l, SUBMIT, "moved", "s-worker")->state,
	    CC_OUTBOX_SUPERSEDED);
}

/* --- overdue as soon as it is known --------------------------------------------------------- */

/* An upgrade counts from the report: the worker, the supervisor and the director all have
 * to hear that it is overdue, not the last of them only. */
static void
an_upgrade_whose_due_is_past_is_told_to_all_who_would_have_been(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;

	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P2");
	(void)lab_live(l, 30 * HOUR);
	assert_int_equal(told_count(l, P1_CONTACT, "", ""), 0);
	told_say(l, "p1", "intake.priority_changed", 30 * HOUR,
	    "\"intake_id\":\"i-e1\",\"new_priority\":\"P1\"");
	(void)told_deliver(l, CC_OUTBOX_SENT);
	expect_sent(l, P1_CONTACT, "after-4h", "s-worker");
	expect_sent(l, P1_CONTACT, "after-4h", "s-sup");
	expect_sent(l, P1_CONTACT, "after-4h", "s-lead");
	m = told_message(l, P1_CONTACT, "after-4h", "s-worker");
	assert_true(told_says(m, "\"late\":true"));
}

/* --- said together ------------------------------------------------------------------------ */

/* Two clocks that are no matter of safety, told to the worker in one mail. */
static void
tell_together(struct lab *l)
{
	cc_setup_unref(l->kit.setup);
	(void)cc_kit_file(&l->kit, "staff.csv", told_staff);
	l->kit.setup = cc_kit_setup(&l->kit, "alerts: {group_wait: 2m}\n");
	cc_engine_adopt(l->engine, cc_setup_ref(l->kit.setup));
	told_assign(l, "a1", -44 * DAY, "s-worker");
	told_intake(l, "e1", -44 * DAY, "P2");
	told_say(l, "g1", "stage.progressed", -44 * DAY + 60,
	    "\"stage_id\":\"st1\",\"to\":\"INV\",\"intake_id\":\"i-e1\"");
	(void)lab_live(l, 10 * 60);
}

static unsigned
carried(struct lab *l, const char *who, char clocks[8][64])
{
	struct cc_store_message_filter f = {.state = CC_OUTBOX_GROUPED, .payload = true,
	    .limit = 1000};
	struct cc_store_messages list = {0};
	unsigned n = 0;

	cc_arena_reset(&l->arena);
	assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	for (uint32_t i = 0; i < list.n && n < 8; i++) {
		struct cc_store_alert al;

		if (!lab_is(list.items[i].recipient, who))
			continue;
		assert_int_equal(cc_store_alert_get(l->store, list.items[i].alert, &l->arena,
		    &al, NULL), CC_OK);
		(void)snprintf(clocks[n++], 64, "%.*s", (int)al.rule.n, al.rule.p);
	}
	return n;
}

static void
each_part_of_a_dead_mail_goes_to_the_next_above(void **state)
{
	struct lab *l = *state;
	char clocks[8][64];
	unsigned n;

	tell_together(l);
	assert_int_equal(told_count(l, SUBMIT, "", "s-sup"), 0);
	(void)told_deliver(l, CC_OUTBOX_DEAD);
	n = carried(l, "s-worker", clocks);
	assert_true(n >= 2);
	for (unsigned i = 0; i < n; i++)
		if (told_count(l, clocks[i], "", "s-sup") == 0)
			fail_msg("nobody above was told of %s", clocks[i]);
	assert_true(told_count(l, SUBMIT, "", "s-sup") > 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, told_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(whoever_stands_in_hears_the_end_of_what_the_other_was_told),
		T(the_end_is_told_when_the_event_was_corrected_more_than_once),
		T(a_due_that_is_moved_back_tells_of_the_breach_that_fell_meanwhile),
		T(a_due_that_is_moved_back_in_time_is_not_told),
		T(an_upgrade_whose_due_is_past_is_told_to_all_who_would_have_been),
		T(each_part_of_a_dead_mail_goes_to_the_next_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
