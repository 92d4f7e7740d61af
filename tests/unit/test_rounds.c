/*
 * daemon/rounds.h: digests, who cannot be reached, and the audit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/post_kit.h"
#include "tests/unit/told_lab.h"
#include "wire/message.h"

/* The kit's time begins on Saturday 2026-03-07 at 18:00 in Chicago. */
enum { NIGHT = 9 * HOUR, LATE = 13 * HOUR };

static const char staff_plain[] =
    "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
    "delegate_id\n"
    "s-top,program_administrator,top@example.org,,,,,,,\n"
    "s-duty,program_director,duty@example.org,,s-top,,,,,\n"
    "s-sup,supervisor,sup@example.org,,s-duty,unit-7,,,,\n"
    "s-worker,caseworker,worker@example.org,,s-sup,unit-7,,,,\n"
    "s-mute,caseworker,,,s-sup,,,,,\n";

/* The worker leaves for good tomorrow, and nobody stands in. */
static const char staff_of_the_mute[] =
    "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
    "delegate_id\n"
    "s-duty,program_director,duty@example.org,,,,,,,\n"
    "s-sup,supervisor,sup@example.org,,s-duty,unit-7,,2026-03-12,2026-03-20,s-mute\n"
    "s-worker,caseworker,worker@example.org,,s-sup,unit-7,,,,\n"
    "s-mute,supervisor,,,s-duty,,,,,\n";

static void
adopt(struct lab *l, const char *staff, const char *more)
{
	struct cc_setup *s;

	(void)cc_kit_file(&l->kit, "staff.csv", staff);
	s = cc_kit_setup(&l->kit, more);
	cc_engine_adopt(l->engine, cc_setup_ref(s));
	cc_setup_unref(l->kit.setup);
	l->kit.setup = s;
	assert_true(cc_engine_step(l->engine, false));
}

static void
assign(struct lab *l, const char *case_id, const char *staff)
{
	char line[400];

	(void)snprintf(line, sizeof line, "{\"specversion\":\"1.0\",\"id\":\"a-%s\","
	    "\"source\":\"/t\",\"type\":\"case.assigned\",\"subject\":\"%s\","
	    "\"time\":\"2026-03-07T23:00:00Z\",\"data\":{\"role\":\"primary\","
	    "\"staff_id\":\"%s\"}}", case_id, case_id, staff);
	assert_int_equal(lab_tell(l, line), CC_RESULT_ACCEPTED);
}

static void
open_case(struct lab *l, const char *case_id, const char *staff)
{
	char id[64];

	(void)snprintf(id, sizeof id, "i-%s", case_id);
	assign(l, case_id, staff);
	assert_int_equal(lab_tell(l, cc_kit_intake(id, case_id, "P1", 0)),
	    CC_RESULT_ACCEPTED);
}

static struct cc_store_messages
messages(struct lab *l)
{
	struct cc_store_message_filter f = {.payload = true, .limit = CC_STORE_LIST_MAX};
	struct cc_store_messages list = {0};

	cc_arena_reset(&l->arena);
	assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL),
	    CC_OK);
	return list;
}

/* How many messages to this person have this form; the last one's payload. */
static unsigned
count_form(struct lab *l, const char *who, enum cc_message_form form,
    const char **ret_payload)
{
	struct cc_store_messages list = messages(l);
	unsigned n = 0;

	for (uint32_t i = 0; i < list.n; i++) {
		const struct cc_store_message *row = &list.items[i];
		struct cc_message m;
		struct cc_message_doc *doc = NULL;

		assert_int_equal(cc_message_parse(row->payload.p, row->payload.n, &m, &doc,
		    NULL), CC_OK);
		if (m.form == form && lab_is(row->recipient, who)) {
			n++;
			if (ret_payload != NULL)
				*ret_payload = row->payload.p;
		}
		cc_message_doc_free(doc);
	}
	return n;
}

/* Lets time pass as lab_live does, and delivers what is claimed. */
static void
deliver(struct lab *l, int64_t until)
{
	for (;;) {
		struct cc_queued *q;
		struct cc_claimed *c;
		struct cc_outcomes *o;
		struct cc_wall next;

		lab_want(l, MANY);
		assert_true(cc_engine_step(l->engine, false));
		q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
		if (q == NULL) {
			next = cc_engine_next(l->engine);
			if (!cc_given(next) || next.s > CC_KIT_T0 + until)
				break;
			if (next.s > l->kit.now.wall.s)
				cc_kit_at(&l->kit, next.s - CC_KIT_T0);
			continue;
		}
		c = (struct cc_claimed *)q;
		l->claims++;
		o = calloc(1, sizeof *o + c->rows.n * sizeof o->items[0]);
		assert_non_null(o);
		o->work.kind = CC_WORK_OUTCOMES;
		o->n = c->rows.n;
		for (uint32_t i = 0; i < o->n; i++)
			o->items[i] = (struct cc_outcome){.no = c->rows.items[i].no,
			    .fence = c->rows.items[i].fence, .to = CC_OUTBOX_SENT,
			    .now = l->kit.now.wall, .started = l->kit.now.wall,
			    .ended = l->kit.now.wall, .attempt = CC_ATTEMPT_SENT,
			    .code = "250"};
		cc_claimed_free(c);
		assert_true(cc_engine_force(l->engine, &o->work));
		assert_true(cc_engine_step(l->engine, false));
		q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
		assert_non_null(q);
		if (((struct cc_work *)q)->kind == CC_WORK_CLAIMED)
			fail_msg("a claim came before the outcomes");
		assert_ptr_equal(q, &o->work.queued);
		assert_null(q->next);
		free(o);
	}
	cc_kit_at(&l->kit, until);
}

static int64_t
figure(const atomic_int_least64_t *f)
{
	return atomic_load(f);
}

static void
the_audit_finds_no_gap_in_a_week_that_went_well(void **state)
{
	struct lab *l = *state;

	adopt(l, staff_plain, "");
	open_case(l, "c1", "s-worker");
	open_case(l, "c2", "s-worker");
	deliver(l, 7 * DAY);
	assert_int_equal(figure(&l->figures.audit_at), CC_KIT_T0 + 6 * DAY + 8 * HOUR);
	assert_int_equal(figure(&l->figures.audit_cases), 2);
	assert_true(figure(&l->figures.audit_rungs) > 10);
	assert_int_equal(figure(&l->figures.audit_gaps), 0);
	assert_int_equal(count_form(l, "operator", CC_FORM_CONFIGURATION, NULL), 0);
}

/* Behind the engine's back the case loses its wake and what had been planned. */
static void
lose_the_wake(struct lab *l, const char *case_id)
{
	struct cc_str id = {case_id, (uint32_t)strlen(case_id)};
	struct cc_store_case row;
	struct cc_store_put put = {.case_id = id, .wake = CC_NEVER};

	cc_arena_reset(&l->arena);
	assert_int_equal(cc_store_case_load(l->store, id, &l->arena, &row, NULL), CC_OK);
	put.expected = row.version;
	put.stamps = row.stamps;
	put.instances = row.instances;
	put.ninstances = row.ninstances;
	assert_int_equal(cc_store_begin(l->store, NULL), CC_OK);
	assert_int_equal(cc_store_case_put(l->store, &put, NULL), CC_OK);
	assert_int_equal(cc_store_commit(l->store, NULL), CC_OK);
	cc_engine_free(l->engine);
	lab_start(l, "run-2");
}

static void
the_audit_finds_what_was_not_told_and_tells_the_operator(void **state)
{
	struct lab *l = *state;
	const char *payload = NULL;

	adopt(l, staff_plain, "");
	open_case(l, "c1", "s-worker");
	open_case(l, "c2", "s-worker");
	lose_the_wake(l, "c1");
	(void)lab_live(l, 2 * DAY);
	assert_int_equal(figure(&l->figures.audit_cases), 2);
	assert_true(figure(&l->figures.audit_gaps) > 0);
	assert_true(count_form(l, "operator", CC_FORM_CONFIGURATION, &payload) > 0);
	assert_non_null(strstr(payload, "audit"));
	assert_non_null(strstr(payload, "\"case\":\"c1\""));
}

static void
each_person_gets_one_digest_a_day_at_the_local_time(void **state)
{
	struct lab *l = *state;
	const char *payload = NULL;

	adopt(l, staff_plain, "alerts: {digest_at: \"07:00\"}\n");
	open_case(l, "c1", "s-worker");
	(void)lab_live(l, 12 * HOUR - 1);	/* clocks went forward: 07:00 is 12:00 UTC */
	assert_int_equal(count_form(l, "s-worker", CC_FORM_DIGEST, NULL), 0);
	(void)lab_live(l, 12 * HOUR + 10);
	assert_int_equal(count_form(l, "s-worker", CC_FORM_DIGEST, &payload), 1);
	assert_non_null(strstr(payload, "priority-1"));
	assert_null(strstr(payload, "\"unit\""));
	assert_int_equal(count_form(l, "s-sup", CC_FORM_DIGEST, &payload), 1);
	assert_non_null(strstr(payload, "\"unit\":\"unit-7\""));
	assert_int_equal(count_form(l, "s-mute", CC_FORM_DIGEST, NULL), 0);
	(void)lab_live(l, 3 * DAY);
	assert_int_equal(count_form(l, "s-worker", CC_FORM_DIGEST, NULL), 3);
	assert_int_equal(atomic_load(&l->figures.digests), 6);
}

static void
a_digest_is_made_again_after_a_restart_under_the_same_id(void **state)
{
	struct lab *l = *state;

	adopt(l, staff_plain, "alerts: {digest_at: \"07:00\"}\n");
	open_case(l, "c1", "s-worker");
	(void)lab_live(l, 12 * HOUR + 10);
	assert_int_equal(count_form(l, "s-worker", CC_FORM_DIGEST, NULL), 1);
	/* The word that it was made is lost, as if the process had died before it. */
	assert_int_equal(cc_store_begin(l->store, NULL), CC_OK);
	assert_int_equal(cc_store_meta_put(l->store, CC_STR("rounds.digest"),
	    CC_STR("1772928001"), NULL), CC_OK);
	assert_int_equal(cc_store_commit(l->store, NULL), CC_OK);
	cc_engine_free(l->engine);
	lab_start(l, "run-2");
	(void)lab_live(l, 12 * HOUR + 60);
	assert_int_equal(atomic_load(&l->figures.digests), 4);
	assert_int_equal(count_form(l, "s-worker", CC_FORM_DIGEST, NULL), 1);
}

static void
a_digest_that_is_half_a_day_late_is_left_out(void **state)
{
	struct lab *l = *state;

	adopt(l, staff_plain, "alerts: {digest_at: \"07:00\"}\n");
	open_case(l, "c1", "s-worker");
	cc_engine_free(l->engine);
	cc_kit_at(&l->kit, 12 * HOUR + LATE);
	lab_start(l, "run-2");
	(void)lab_live(l, 12 * HOUR + LATE + HOUR);
	assert_int_equal(count_form(l, "s-worker", CC_FORM_DIGEST, NULL), 0);
	(void)lab_live(l, 36 * HOUR + 10);
	assert_int_equal(count_form(l, "s-worker", CC_FORM_DIGEST, NULL), 1);
}

static void
people_who_will_not_be_reached_are_reported_before_they_are_needed(void **state)
{
	struct lab *l = *state;
	const char *payload = NULL;

	adopt(l, staff_of_the_mute, "");
	assign(l, "c1", "s-worker");
	/* 72 hours: its breach falls on 11 March, the steps after it into the leave. */
	assert_int_equal(lab_tell(l, cc_kit_intake("i1", "c1", "P2", 0)),
	    CC_RESULT_ACCEPTED);
	(void)lab_live(l, NIGHT);
	assert_true(figure(&l->figures.unreachable) > 0);
	assert_true(count_form(l, "operator", CC_FORM_CONFIGURATION, &payload) > 0);
	assert_non_null(strstr(payload, "s-mute"));
}

static void
with_everybody_in_reach_nothing_is_reported(void **state)
{
	struct lab *l = *state;

	adopt(l, staff_plain, "");
	open_case(l, "c1", "s-worker");
	(void)lab_live(l, NIGHT);
	assert_true(figure(&l->figures.audit_at) > 0);
	assert_int_equal(figure(&l->figures.unreachable), 0);
}

static void
rounds_that_fail_to_be_kept_begin_anew(void **state)
{
	struct lab *l = *state;

	adopt(l, staff_plain, "alerts: {digest_at: \"07:00\"}\n");
	open_case(l, "c1", "s-worker");
	(void)lab_live(l, 12 * HOUR - 1);
	l->fail_from = l->calls + 1;
	l->fail_to = l->calls + 2;
	(void)lab_live(l, 12 * HOUR + 60);
	assert_int_equal(count_form(l, "s-worker", CC_FORM_DIGEST, NULL), 1);
	assert_int_equal(count_form(l, "s-sup", CC_FORM_DIGEST, NULL), 1);
}

/* --- an audit that knows why ------------------------------------------------------ */

static void
acknowledgements_that_follow_each_other_leave_no_gap(void **state)
{
	struct lab *l = *state;
	struct cc_store_alerts list;
	char params[128];

	told_reload(l, told_staff, "");
	told_assign(l, "b1", -44 * DAY, "s-worker");
	told_intake(l, "f1", -44 * DAY, "P2");
	told_say(l, "g1", "stage.progressed", -44 * DAY + 60,
	    "\"stage_id\":\"st1\",\"to\":\"INV\",\"intake_id\":\"i-f1\"");
	list = lab_alerts(l, "c1");
	while (list.n > 0 && !lab_is(list.items[list.n - 1].rule, SUBMIT))
		list.n--;
	assert_true(list.n > 0);
	(void)snprintf(params, sizeof params, "{\"alert\":%lld,\"for\":\"3d\",\"by\":"
	    "\"s-worker\"}", (long long)list.items[list.n - 1].id);
	assert_non_null(strstr(post_ask(l, "alert.acknowledge", params), "\"result\""));
	/* Due after two days and five hours; the second begins later and goes on. */
	deliver(l, 2 * DAY + 20 * HOUR);
	assert_non_null(strstr(post_ask(l, "alert.acknowledge", params), "\"result\""));
	deliver(l, 3 * DAY + NIGHT);
	assert_int_equal(figure(&l->figures.audit_at), CC_KIT_T0 + 3 * DAY + 8 * HOUR);
	assert_int_equal(figure(&l->figures.audit_gaps), 0);
}

static void
what_took_the_place_of_a_voided_fact_and_was_voided_too_leaves_no_gap(void **state)
{
	static const char data[] = "\"contact_id\":\"k\",\"mode\":\"face_to_face\","
	    "\"seen_person_ids\":[\"PM\"],\"purposes\":[\"interview\"]";
	struct lab *l = *state;

	told_reload(l, told_staff, "");
	told_assign(l, "b1", 0, "s-worker");
	told_intake(l, "f1", 0, "P1");
	told_say(l, "g1", "stage.progressed", 60, "\"stage_id\":\"st1\",\"to\":\"INV\"");
	told_say(l, "p1", "person.added", 120,
	    "\"person_id\":\"PM\",\"roles\":[\"parent_in_home\"]");
	(void)lab_live(l, 4 * HOUR);
	told_say(l, "k1", "contact.made", 2 * HOUR, data);
	assert_int_equal(told_count(l, "rights-before-interview", "failed", "s-worker"), 1);
	told_say(l, "k2", "contact.made", 3 * HOUR, data);
	told_say(l, "v1", "event.voided", 4 * HOUR, "\"event_id\":\"k1\"");
	assert_int_equal(told_count(l, "rights-before-interview", "moved", "s-worker"), 1);
	(void)lab_live(l, 5 * HOUR);
	told_say(l, "v2", "event.voided", 5 * HOUR, "\"event_id\":\"k2\"");
	(void)lab_live(l, NIGHT);
	assert_true(figure(&l->figures.audit_at) > 0);
	assert_int_equal(figure(&l->figures.audit_gaps), 0);
}

/* --- messages whose time is over ---------------------------------------------------- */

/* The supervisor can be reached through an endpoint only. */
static const char staff_of_the_deaf[] =
    "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
    "delegate_id\n"
    "s-duty,program_director,duty@example.org,,,,,,,\n"
    "s-sup,supervisor,,office,s-duty,unit-7,,,,\n"
    "s-worker,caseworker,worker@example.org,,s-sup,unit-7,,,,\n";

/* How many messages of this state, with this reason, go to this person. */
static unsigned
count_state(struct lab *l, const char *who, enum cc_outbox_state to, const char *reason)
{
	struct cc_store_messages list = messages(l);
	unsigned n = 0;

	for (uint32_t i = 0; i < list.n; i++)
		n += list.items[i].state == to && lab_is(list.items[i].recipient, who) &&
		    strncmp(list.items[i].reason.p, reason, strlen(reason)) == 0;
	return n;
}

static void
what_an_endpoint_never_took_is_told_to_whoever_stands_above(void **state)
{
	static const struct cc_quota shut = {.channel = "webhook:office", .n = 0};
	const struct cc_want want = {.quotas = &shut, .n = 1};
	struct lab *l = *state;
	unsigned duty;

	adopt(l, staff_of_the_deaf, "");
	cc_engine_want(l->engine, &want);
	open_case(l, "c1", "s-worker");
	(void)lab_live(l, 4 * DAY - HOUR);	/* the breach fell after a day */
	assert_int_equal(count_state(l, "s-sup", CC_OUTBOX_DEAD, ""), 0);
	duty = told_count(l, P1_CONTACT, "breach", "s-duty");
	assert_int_equal(duty, 0);
	(void)lab_live(l, 4 * DAY + 2 * HOUR);
	assert_true(count_state(l, "s-sup", CC_OUTBOX_DEAD, "expired") > 0);
	assert_int_equal(told_count(l, P1_CONTACT, "breach", "s-duty"), 1);
	assert_int_equal(count_state(l, "s-worker", CC_OUTBOX_DEAD, ""), 0);
}

static void
after_a_long_stop_everything_is_tried_once_before_it_is_given_up(void **state)
{
	struct lab *l = *state;

	adopt(l, staff_of_the_deaf, "");
	open_case(l, "c1", "s-worker");
	(void)lab_live(l, 25 * HOUR);
	cc_engine_free(l->engine);
	cc_kit_at(&l->kit, 6 * DAY);
	lab_start(l, "run-2");
	deliver(l, 6 * DAY + 2 * HOUR);
	assert_int_equal(count_state(l, "s-sup", CC_OUTBOX_DEAD, ""), 0);
	assert_int_equal(count_state(l, "s-worker", CC_OUTBOX_DEAD, ""), 0);
	assert_true(count_state(l, "s-sup", CC_OUTBOX_SENT, "250") > 0);
}

#define WITH_A_LAB(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_A_LAB(the_audit_finds_no_gap_in_a_week_that_went_well),
		WITH_A_LAB(the_audit_finds_what_was_not_told_and_tells_the_operator),
		WITH_A_LAB(each_person_gets_one_digest_a_day_at_the_local_time),
		WITH_A_LAB(a_digest_is_made_again_after_a_restart_under_the_same_id),
		WITH_A_LAB(a_digest_that_is_half_a_day_late_is_left_out),
		WITH_A_LAB(people_who_will_not_be_reached_are_reported_before_they_are_needed),
		WITH_A_LAB(with_everybody_in_reach_nothing_is_reported),
		WITH_A_LAB(rounds_that_fail_to_be_kept_begin_anew),
		WITH_A_LAB(acknowledgements_that_follow_each_other_leave_no_gap),
		WITH_A_LAB(what_took_the_place_of_a_voided_fact_and_was_voided_too_leaves_no_gap),
		WITH_A_LAB(what_an_endpoint_never_took_is_told_to_whoever_stands_above),
		WITH_A_LAB(after_a_long_stop_everything_is_tried_once_before_it_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
