/*
 * daemon/engine_inner.h: an acknowledgement holds the ladder of a clock, never the clock,
 * and always ends; of a safety clock it holds next to nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/post_kit.h"
#include "tests/unit/told_lab.h"

static bool
answers(const char *answer, const char *words)
{
	if (strstr(answer, words) != NULL)
		return true;
	print_message("no %s in %s\n", words, answer);
	return false;
}

static const char *
ask(struct lab *l, const char *params)
{
	return post_ask(l, "alert.acknowledge", params);
}

static int64_t
alert_of(struct lab *l, const char *clock, const char *rung)
{
	struct cc_store_alerts list = lab_alerts(l, "c1");

	for (uint32_t i = list.n; i-- > 0;)
		if (lab_is(list.items[i].rule, clock) && lab_is(list.items[i].rung, rung))
			return list.items[i].id;
	fail_msg("no %s of %s", rung, clock);
	return 0;
}

static unsigned
alerts_of(struct lab *l, const char *clock, const char *rung)
{
	struct cc_store_alerts list = lab_alerts(l, "c1");
	unsigned n = 0;

	for (uint32_t i = 0; i < list.n; i++)
		n += lab_is(list.items[i].rule, clock) && (rung[0] == '\0' ||
		    lab_is(list.items[i].rung, rung));
	return n;
}

/* An investigation on its 44th day, of which the worker was warned; due in a day. */
static void
tell_of_submission(struct lab *l)
{
	told_assign(l, "b1", -44 * DAY, "s-worker");
	told_intake(l, "f1", -44 * DAY, "P2");
	told_say(l, "g1", "stage.progressed", -44 * DAY + 60,
	    "\"stage_id\":\"st1\",\"to\":\"INV\",\"intake_id\":\"i-f1\"");
	assert_int_equal(alerts_of(l, SUBMIT, ""), 1);
}

static void
tell_of_contact(struct lab *l)
{
	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, 19 * HOUR);
	assert_int_equal(alerts_of(l, P1_CONTACT, "elapsed-75"), 1);
}

static int64_t
acknowledge(struct lab *l, int64_t alert, const char *length, const char *by)
{
	char params[200];

	(void)snprintf(params, sizeof params, "{\"alert\":%" PRId64 ",\"for\":\"%s\",\"by\":"
	    "\"%s\"}", alert, length, by);
	assert_true(answers(ask(l, params), "\"result\""));
	return alert;
}

/* --- what it holds --------------------------------------------------------------------- */

static void
it_holds_the_whole_ladder_to_its_end(void **state)
{
	struct lab *l = *state;
	struct cc_store_alerts list;
	unsigned breaches = 0;

	tell_of_submission(l);
	/* Due 2026-03-10T04:59:59Z; held over the breach. */
	(void)acknowledge(l, alert_of(l, SUBMIT, "before-3d"), "3d", "s-worker");
	(void)lab_live(l, 3 * DAY - 1);
	assert_int_equal(alerts_of(l, SUBMIT, ""), 1);
	(void)lab_live(l, 3 * DAY + 10);
	/* At its end the gravest that was missed, once. */
	assert_int_equal(alerts_of(l, SUBMIT, ""), 2);
	list = lab_alerts(l, "c1");
	for (uint32_t i = 0; i < list.n; i++)
		if (lab_is(list.items[i].rule, SUBMIT) && list.items[i].fired.s ==
		    CC_KIT_T0 + 3 * DAY)
			breaches++;
	assert_int_equal(breaches, 1);
}

/* What it held is no history, however long ago it fell. */
static void
what_was_held_for_long_is_told_at_its_end(void **state)
{
	struct lab *l = *state;
	struct cc_store_alerts list;

	cc_setup_unref(l->kit.setup);
	l->kit.setup = cc_kit_setup(&l->kit, "alerts: {group_wait: 0s, ack_max: 20d, "
	    "history: 1d}\n");
	cc_engine_adopt(l->engine, cc_setup_ref(l->kit.setup));
	tell_of_submission(l);
	(void)acknowledge(l, alert_of(l, SUBMIT, "before-3d"), "20d", "s-worker");
	(void)lab_live(l, 20 * DAY + 1);
	assert_int_equal(alerts_of(l, SUBMIT, ""), 2);
	list = lab_alerts(l, "c1");
	for (uint32_t i = 0; i < list.n; i++)
		if (lab_is(list.items[i].rule, SUBMIT))
			assert_int_equal(list.items[i].held.n, 0);
}

static void
without_one_the_breach_comes_at_its_time(void **state)
{
	struct lab *l = *state;

	tell_of_submission(l);
	(void)lab_live(l, 3 * DAY - 1);
	assert_int_equal(alerts_of(l, SUBMIT, "breach"), 1);
}

static void
the_end_is_kept_over_a_restart(void **state)
{
	struct lab *l = *state;

	tell_of_submission(l);
	(void)acknowledge(l, alert_of(l, SUBMIT, "before-3d"), "3d", "s-worker");
	cc_engine_free(l->engine);
	lab_start(l, "run-2");
	/* Down over the end of it: what was held is told, once. */
	cc_kit_at(&l->kit, 3 * DAY + HOUR);
	(void)lab_live(l, 3 * DAY + HOUR);
	assert_int_equal(alerts_of(l, SUBMIT, ""), 2);
}

static void
of_a_safety_clock_it_never_holds_the_breach(void **state)
{
	struct lab *l = *state;

	tell_of_contact(l);
	(void)lab_live(l, 23 * HOUR);
	(void)acknowledge(l, alert_of(l, P1_CONTACT, "elapsed-75"), "4h", "s-worker");
	(void)lab_live(l, DAY + 1);
	assert_int_equal(alerts_of(l, P1_CONTACT, "breach"), 1);
}

static void
of_a_safety_clock_it_holds_what_goes_to_the_acknowledger_only(void **state)
{
	struct lab *l = *state;

	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, DAY + 2 * HOUR);
	assert_int_equal(alerts_of(l, P1_CONTACT, "breach"), 1);
	/* after-4h goes to the program director: held by none of the others. */
	(void)acknowledge(l, alert_of(l, P1_CONTACT, "breach"), "4h", "s-sup");
	(void)lab_live(l, DAY + 5 * HOUR);
	assert_int_equal(alerts_of(l, P1_CONTACT, "after-4h"), 1);
}

static void
a_role_above_is_held_by_its_own_acknowledgement(void **state)
{
	struct lab *l = *state;

	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, DAY + 2 * HOUR);
	(void)acknowledge(l, alert_of(l, P1_CONTACT, "breach"), "4h", "s-lead");
	(void)lab_live(l, DAY + 5 * HOUR);
	assert_int_equal(alerts_of(l, P1_CONTACT, "after-4h"), 0);
	(void)lab_live(l, DAY + 6 * HOUR + 1);
	assert_int_equal(alerts_of(l, P1_CONTACT, "after-4h"), 1);
}

/* Who is on leave stands for the role all the same, and the delegate is not bothered. */
static void
one_on_leave_may_acknowledge(void **state)
{
	struct lab *l = *state;

	told_reload(l, "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,"
	    "away_until,delegate_id\n"
	    "s-duty,program_director,duty@example.org,,,,,,,\n"
	    "s-deputy,program_director,deputy@example.org,,,,,,,\n"
	    "s-lead,program_director,lead@example.org,,,,,2026-03-01,2026-03-20,s-deputy\n"
	    "s-sup,supervisor,sup@example.org,,s-lead,,,,,\n"
	    "s-worker,caseworker,worker@example.org,,s-sup,,,,,\n", "");
	told_assign(l, "a1", -HOUR, "s-worker");
	told_intake(l, "e1", 0, "P1");
	(void)lab_live(l, DAY + 2 * HOUR);
	(void)acknowledge(l, alert_of(l, P1_CONTACT, "breach"), "4h", "s-lead");
	(void)lab_live(l, DAY + 5 * HOUR);
	assert_int_equal(alerts_of(l, P1_CONTACT, "after-4h"), 0);
	(void)lab_live(l, DAY + 6 * HOUR + 1);
	assert_int_equal(told_count(l, P1_CONTACT, "after-4h", "s-deputy"), 1);
}

static void
the_clock_is_never_held(void **state)
{
	struct lab *l = *state;

	tell_of_submission(l);
	(void)acknowledge(l, alert_of(l, SUBMIT, "before-3d"), "3d", "s-worker");
	told_say(l, "s1", "case.submitted", 0,
	    "\"submission_id\":\"u1\",\"recommended_action\":\"close\"");
	assert_int_equal(alerts_of(l, SUBMIT, "clear"), 1);
}

/* --- how it is asked for ----------------------------------------------------------------- */

static void
says_what_it_holds_and_until_when(void **state)
{
	struct lab *l = *state;
	const char *answer;

	tell_of_contact(l);
	answer = ask(l, "{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"until\":"
	    "\"2026-03-08T14:30:00-06:00\",\"by\":\"s-worker\"}");
	assert_true(answers(answer, "\"until\":\"2026-03-08T20:30:00Z\",\"holds\":"
	    "\"repeats\"}"));
	tell_of_submission(l);
	answer = ask(l, "{\"case\":\"c1\",\"clock\":\"" SUBMIT "\",\"subject\":\"case\","
	    "\"for\":\"7d\",\"by\":\"s-worker\"}");
	assert_true(answers(answer, "\"holds\":\"ladder\"}"));
	{
		struct cc_store_acks_of q = {.case_id = CC_STR("c1"), .now = l->kit.now.wall,
		    .limit = 10};
		struct cc_store_acks acks;

		cc_arena_reset(&l->arena);
		assert_int_equal(cc_store_acks_list(l->store, &q, &l->arena, &acks, NULL),
		    CC_OK);
		assert_int_equal(acks.n, 2);
		assert_true(lab_is(acks.items[0].by, "s-worker"));
	}
}

static void
refuses_what_would_hold_too_long_or_nothing(void **state)
{
	static const struct {
		const char *params, *words;
	} table[] = {
		{"{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"for\":\"1h\"}", "by"},
		{"{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"by\":\"s-worker\"}", "end"},
		{"{\"case\":\"c1\",\"for\":\"1h\",\"by\":\"s-worker\"}", "case and clock"},
		{"{\"alert\":1,\"case\":\"c1\",\"for\":\"1h\",\"by\":\"s-worker\"}",
		    "either alert"},
		{"{\"case\":\"c9\",\"clock\":\"" P1_CONTACT "\",\"for\":\"1h\",\"by\":"
		    "\"s-worker\"}", "there is no case 'c9'"},
		{"{\"case\":\"c1\",\"clock\":\"nonesuch\",\"for\":\"1h\",\"by\":\"s-worker\"}",
		    "no live clock"},
		{"{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"subject\":\"v9\",\"for\":"
		    "\"1h\",\"by\":\"s-worker\"}", "no live clock"},
		{"{\"alert\":999999,\"for\":\"1h\",\"by\":\"s-worker\"}", "no alert 999999"},
		{"{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"for\":\"1h\",\"by\":"
		    "\"s-ghost\"}", "no staff_id 's-ghost'"},
		{"{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"for\":\"4h\",\"until\":"
		    "\"2026-03-08T20:30:00Z\",\"by\":\"s-worker\"}", "one of until and for"},
		{"{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"for\":\"14401s\",\"by\":"
		    "\"s-worker\"}", "safety clock"},
		{"{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"for\":\"0s\",\"by\":"
		    "\"s-worker\"}", "after now"},
		{"{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"until\":"
		    "\"2026-03-08T00:00:00Z\",\"by\":\"s-worker\"}", "after now"},
	};
	struct lab *l = *state;

	tell_of_contact(l);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const char *answer = ask(l, table[i].params);

		if (!answers(answer, "-32602") || !answers(answer, table[i].words))
			fail_msg("%s", table[i].params);
	}
	assert_true(answers(ask(l, "{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"for\":"
	    "\"4h\",\"by\":\"s-worker\"}"), "\"result\""));
}

static void
refuses_what_is_over(void **state)
{
	struct lab *l = *state;
	char params[200];
	int64_t alert;

	tell_of_contact(l);
	alert = alert_of(l, P1_CONTACT, "elapsed-75");
	told_say(l, "p1", "intake.priority_changed", 19 * HOUR,
	    "\"intake_id\":\"i-e1\",\"old_priority\":\"P1\",\"new_priority\":\"PN\"");
	(void)snprintf(params, sizeof params, "{\"alert\":%" PRId64 ",\"for\":\"1h\",\"by\":"
	    "\"s-worker\"}", alert);
	assert_true(answers(ask(l, params), "has ended: cancelled"));
	told_say(l, "x1", "event.voided", 19 * HOUR, "\"event_id\":\"p1\"");
	assert_true(answers(ask(l, params), "has moved since alert"));
	told_say(l, "x2", "event.voided", 19 * HOUR, "\"event_id\":\"e1\"");
	assert_true(answers(ask(l, params), "was withdrawn"));
}

static void
refuses_to_guess_which_of_several(void **state)
{
	struct lab *l = *state;
	const char *answer;

	told_assign(l, "a1", -HOUR, "s-worker");
	told_say(l, "e1", "intake.received", 0, "\"intake_id\":\"i-1\",\"priority\":\"P1\","
	    "\"screened\":false,\"victim_person_ids\":[\"v1\",\"v2\"]");
	(void)lab_live(l, 19 * HOUR);
	answer = ask(l, "{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"for\":\"1h\",\"by\":"
	    "\"s-worker\"}");
	assert_true(answers(answer, "several clocks"));
	assert_true(answers(answer, "v1, v2"));
	answer = ask(l, "{\"case\":\"c1\",\"clock\":\"" P1_CONTACT "\",\"subject\":\"v2\","
	    "\"for\":\"1h\",\"by\":\"s-worker\"}");
	assert_true(answers(answer, "\"result\""));
}

/* --- a held alert that is told after all ------------------------------------------- */

static void
who_is_told_of_history_hears_its_end(void **state)
{
	struct lab *l = *state;
	char params[64];

	told_assign(l, "a1", -70 * DAY, "s-worker");
	told_intake(l, "e1", -70 * DAY, "P2");
	told_say(l, "g1", "stage.progressed", -70 * DAY + 60,
	    "\"stage_id\":\"st1\",\"to\":\"INV\",\"intake_id\":\"i-e1\"");
	assert_int_equal(told_count(l, SUBMIT, "", ""), 0);
	(void)snprintf(params, sizeof params, "{\"alert\":%" PRId64 "}",
	    lab_alerts(l, "c1").items[0].id);
	for (uint32_t i = 0; i < lab_alerts(l, "c1").n; i++)
		if (lab_is(lab_alerts(l, "c1").items[i].rule, SUBMIT))
			(void)snprintf(params, sizeof params, "{\"alert\":%" PRId64 "}",
			    lab_alerts(l, "c1").items[i].id);
	assert_true(answers(post_ask(l, "messages.redrive", params), "\"redriven\":1"));
	assert_true(told_count(l, SUBMIT, "", "s-worker") >= 1);
	assert_true(answers(post_ask(l, "messages.redrive", params), "-32602"));
	told_say(l, "s1", "case.submitted", 0,
	    "\"submission_id\":\"u1\",\"recommended_action\":\"close\"");
	assert_int_equal(told_count(l, SUBMIT, "clear", "s-worker"), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, told_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_holds_the_whole_ladder_to_its_end),
		T(what_was_held_for_long_is_told_at_its_end),
		T(without_one_the_breach_comes_at_its_time),
		T(the_end_is_kept_over_a_restart),
		T(of_a_safety_clock_it_never_holds_the_breach),
		T(of_a_safety_clock_it_holds_what_goes_to_the_acknowledger_only),
		T(a_role_above_is_held_by_its_own_acknowledgement),
		T(one_on_leave_may_acknowledge),
		T(the_clock_is_never_held),
		T(says_what_it_holds_and_until_when),
		T(refuses_what_would_hold_too_long_or_nothing),
		T(refuses_what_is_over),
		T(refuses_to_guess_which_of_several),
		T(who_is_told_of_history_hears_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
