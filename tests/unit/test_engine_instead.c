/*
 * daemon/engine_inner.h: who is told when the one who should be cannot: leave, people who
 * have gone, other addresses, messages that are dead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/told_lab.h"

#define HEAD "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until," \
	"delegate_id\n"
#define ABOVE "s-duty,program_director,duty@example.org,,,,,,,\n" \
	"s-padm,program_administrator,padm@example.org,,,,,,,\n" \
	"s-lead,program_director,lead@example.org,,s-padm,,,,,\n" \
	"s-sup,supervisor,sup@example.org,office,s-lead,,,,,\n"
#define OTHER "s-other,caseworker,other@example.org,,s-sup,,,,,\n"

static void
tell_of_contact(struct lab *l)
{
	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, 19 * HOUR);
	assert_non_null(told_message(l, P1_CONTACT, "elapsed-75", "s-worker"));
}

/* Whether the message of that rung to that recipient goes elsewhere now. */
static bool
moves(struct lab *l, const char *rung, const char *who)
{
	struct cc_store_message m = *told_message(l, P1_CONTACT, rung, who);
	struct cc_err err = {.msg = ""};
	bool moved = false;

	assert_int_equal(cc_store_begin(l->store, NULL), CC_OK);
	if (cc_tell_elsewhere(l->engine, &m, &moved, &err) != CC_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(cc_store_commit(l->store, NULL), CC_OK);
	return moved;
}

static void
fails(struct lab *l, const char *rung, const char *who)
{
	struct cc_store_message m = *told_message(l, P1_CONTACT, rung, who);
	struct cc_err err = {.msg = ""};

	m.payload.n = 0;	/* it is read where it is wanted */
	assert_int_equal(cc_store_begin(l->store, NULL), CC_OK);
	if (cc_tell_higher(l->engine, &m, &err) != CC_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(cc_store_commit(l->store, NULL), CC_OK);
}

/* --- leave and changes ------------------------------------------------------------- */

static void
nobody_else_is_told_while_all_is_as_it_was(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	assert_false(moves(l, "elapsed-75", "s-worker"));
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", ""), 1);
}

static void
one_on_leave_is_stood_in_for_when_the_message_leaves(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;

	tell_of_contact(l);
	told_reload(l, HEAD ABOVE OTHER
	    "s-worker,caseworker,worker@example.org,,s-sup,,,2026-03-08,2026-03-20,s-other\n",
	    "");
	assert_true(moves(l, "elapsed-75", "s-worker"));
	m = told_message(l, P1_CONTACT, "elapsed-75", "s-other");
	assert_non_null(m);
	assert_true(lab_is(m->address, "other@example.org"));
	assert_true(m->safety);
	assert_true(m->alert != 0);
	assert_true(told_says(m, "\"role\":\"caseworker\""));
	/* And only once. */
	assert_true(moves(l, "elapsed-75", "s-worker"));
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-other"), 1);
}

static void
a_delegate_who_is_away_or_mute_does_not_stand_in(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	told_reload(l, HEAD ABOVE "s-other,caseworker,,,s-sup,,,,,\n"
	    "s-worker,caseworker,worker@example.org,,s-sup,,,2026-03-08,2026-03-20,s-other\n",
	    "");
	assert_false(moves(l, "elapsed-75", "s-worker"));
	told_reload(l, HEAD ABOVE
	    "s-other,caseworker,other@example.org,,s-sup,,,2026-03-08,2026-03-20,s-worker\n"
	    "s-worker,caseworker,worker@example.org,,s-sup,,,2026-03-08,2026-03-20,s-other\n",
	    "");
	assert_false(moves(l, "elapsed-75", "s-worker"));
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", ""), 1);
}

/* The worker is on leave, then the delegate is and the worker is back: nobody's message
 * is closed without another in its place. */
static void
a_message_may_come_back(void **state)
{
	struct lab *l = *state;
	struct cc_store_outcome o = {.to = CC_OUTBOX_SUPERSEDED, .started = CC_NEVER,
	    .ended = CC_NEVER, .code = CC_STR("superseded: delegate"), .detail = CC_STR("")};
	enum cc_code code;

	tell_of_contact(l);
	told_reload(l, HEAD ABOVE OTHER
	    "s-worker,caseworker,worker@example.org,,s-sup,,,2026-03-08,2026-03-20,s-other\n",
	    "");
	assert_true(moves(l, "elapsed-75", "s-worker"));
	o.no = told_message(l, P1_CONTACT, "elapsed-75", "s-worker")->no;
	o.now = l->kit.now.wall;
	assert_int_equal(cc_store_begin(l->store, NULL), CC_OK);
	assert_int_equal(cc_store_outbox_complete(l->store, &o, 1, &code, NULL), CC_OK);
	assert_int_equal(code, CC_OK);
	assert_int_equal(cc_store_commit(l->store, NULL), CC_OK);
	told_reload(l, HEAD ABOVE "s-worker,caseworker,worker@example.org,,s-sup,,,,,\n"
	    "s-other,caseworker,other@example.org,,s-sup,,,2026-03-08,2026-03-20,s-worker\n",
	    "");
	assert_true(moves(l, "elapsed-75", "s-other"));
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-worker"), 2);
	assert_int_equal(told_message(l, P1_CONTACT, "elapsed-75", "s-worker")->state,
	    CC_OUTBOX_QUEUED);
}

static void
who_has_left_is_replaced_by_whoever_has_the_role_now(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	told_reload(l, HEAD ABOVE OTHER, "");
	assert_true(moves(l, "elapsed-75", "s-worker"));
	/* The holder is unknown: the route. */
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-duty"), 1);
	assert_int_equal(told_count(l, "configuration", "", "operator"), 1);
	assert_true(told_says(told_message(l, "configuration", "", "operator"),
	    "no staff_id s-worker"));
}

static void
the_new_holder_is_told_in_the_place_of_one_who_has_left(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	told_assign(l, "a2", 19 * HOUR, "s-other");
	told_reload(l, HEAD ABOVE OTHER, "");
	assert_true(moves(l, "elapsed-75", "s-worker"));
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-other"), 1);
}

static void
another_address_is_another_message(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	char id[64];

	tell_of_contact(l);
	(void)snprintf(id, sizeof id, "%s", told_message(l, P1_CONTACT, "elapsed-75",
	    "s-worker")->id.p);
	told_reload(l, HEAD ABOVE "s-worker,caseworker,w2@example.org,,s-sup,,,,,\n", "");
	assert_true(moves(l, "elapsed-75", "s-worker"));
	m = told_message(l, P1_CONTACT, "elapsed-75", "s-worker");
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-worker"), 2);
	assert_true(lab_is(m->address, "w2@example.org"));
	assert_false(lab_is(m->id, id));
	assert_false(moves(l, "elapsed-75", "s-worker"));
	/* What is over is told once, where the last message went. */
	told_say(l, "x1", "event.voided", 19 * HOUR, "\"event_id\":\"e1\"");
	assert_int_equal(told_count(l, P1_CONTACT, "clear", ""), 1);
	assert_true(lab_is(told_message(l, P1_CONTACT, "clear", "")->address,
	    "w2@example.org"));
}

static void
one_without_any_address_any_more_has_left(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	told_reload(l, HEAD ABOVE "s-worker,caseworker,,,s-sup,,,,,\n", "");
	assert_true(moves(l, "elapsed-75", "s-worker"));
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-duty"), 1);
	assert_true(told_says(told_message(l, "configuration", "", "operator"),
	    "No address can be used for staff_id s-worker"));
}

static void
leave_is_looked_at_when_the_rung_fires(void **state)
{
	struct lab *l = *state;

	told_reload(l, HEAD ABOVE OTHER
	    "s-worker,caseworker,worker@example.org,,s-sup,,,2026-03-08,2026-03-20,s-other\n",
	    "");
	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, 19 * HOUR);
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-worker"), 0);
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-other"), 1);
}

/* --- dead messages --------------------------------------------------------------------- */

static void
a_dead_message_goes_to_the_next_above(void **state)
{
	struct lab *l = *state;
	const struct cc_store_message *m;
	char thread[64];

	tell_of_contact(l);
	(void)snprintf(thread, sizeof thread, "%s", told_message(l, P1_CONTACT, "elapsed-75",
	    "s-worker")->thread.p);
	fails(l, "elapsed-75", "s-worker");
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-sup"), 2);
	m = told_message(l, P1_CONTACT, "elapsed-75", "s-sup");
	assert_true(lab_is(m->thread, thread));
	assert_true(told_says(m, "\"role\":\"supervisor\""));
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-lead"), 0);
	assert_int_equal(told_count(l, "configuration", "", "operator"), 1);
	assert_true(told_says(told_message(l, "configuration", "", "operator"),
	    "Staff_id s-worker cannot be reached through email"));
	/* Whoever was told in his place hears of the end. */
	told_say(l, "x1", "event.voided", 19 * HOUR, "\"event_id\":\"e1\"");
	assert_int_equal(told_count(l, P1_CONTACT, "clear", "s-sup"), 2);
}

static void
one_who_is_told_another_way_is_told(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	(void)lab_live(l, 25 * HOUR);
	assert_int_equal(told_count(l, P1_CONTACT, "breach", "s-sup"), 2);
	fails(l, "breach", "s-sup");
	assert_int_equal(told_count(l, P1_CONTACT, "breach", "s-lead"), 0);
	assert_int_equal(told_count(l, "configuration", "", "operator"), 1);
	/* The worker's: the supervisor, who stands above, was told already. */
	fails(l, "breach", "s-worker");
	assert_int_equal(told_count(l, P1_CONTACT, "breach", ""), 3);
}

static void
when_both_ways_are_shut_the_next_above_is_told(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	(void)lab_live(l, DAY);
	(void)told_deliver(l, CC_OUTBOX_SENT);
	(void)lab_live(l, DAY + 1);
	assert_true(told_deliver(l, CC_OUTBOX_DEAD) >= 3);
	fails(l, "breach", "s-sup");
	assert_true(told_count(l, P1_CONTACT, "breach", "s-lead") >= 1);
}

static void
above_the_top_stands_the_operator(void **state)
{
	struct lab *l = *state;

	told_reload(l, HEAD "s-duty,program_director,duty@example.org,,,,,,,\n"
	    "s-sup,supervisor,sup@example.org,,,,,,,\n"
	    "s-worker,caseworker,worker@example.org,,s-sup,,,,,\n", "");
	tell_of_contact(l);
	fails(l, "elapsed-75", "s-worker");
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "s-sup"), 1);
	fails(l, "elapsed-75", "s-sup");
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "operator"), 1);
	fails(l, "elapsed-75", "operator");
	assert_int_equal(told_count(l, P1_CONTACT, "elapsed-75", "operator"), 1);
}

static void
a_dead_clear_goes_nowhere_else(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	told_say(l, "x1", "event.voided", 19 * HOUR, "\"event_id\":\"e1\"");
	fails(l, "clear", "s-worker");
	assert_int_equal(told_count(l, P1_CONTACT, "clear", ""), 1);
	assert_int_equal(told_count(l, "configuration", "", "operator"), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, told_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nobody_else_is_told_while_all_is_as_it_was),
		T(one_on_leave_is_stood_in_for_when_the_message_leaves),
		T(a_delegate_who_is_away_or_mute_does_not_stand_in),
		T(a_message_may_come_back),
		T(who_has_left_is_replaced_by_whoever_has_the_role_now),
		T(the_new_holder_is_told_in_the_place_of_one_who_has_left),
		T(another_address_is_another_message),
		T(one_without_any_address_any_more_has_left),
		T(leave_is_looked_at_when_the_rung_fires),
		T(a_dead_message_goes_to_the_next_above),
		T(one_who_is_told_another_way_is_told),
		T(when_both_ways_are_shut_the_next_above_is_told),
		T(above_the_top_stands_the_operator),
		T(a_dead_clear_goes_nowhere_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
