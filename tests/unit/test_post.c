/*
 * daemon/post.h: when a message may leave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/ladders.h"
#include "tests/unit/post_kit.h"

/* --- quiet hours ------------------------------------------------------------------ */

/* The night of 2026-03-07 loses an hour, that of 2026-10-31 gains one. */
static const struct {
	const char *zone;
	int from, until;		/* HHMM */
	const char *now, *over;		/* NULL: they do not hold */
} nights[] = {
	{"America/Chicago", 2000, 700, "2026-07-01T00:59:59Z", NULL},
	{"America/Chicago", 2000, 700, "2026-07-01T01:00:00Z", "2026-07-01T12:00:00Z"},
	{"America/Chicago", 2000, 700, "2026-07-01T05:30:00Z", "2026-07-01T12:00:00Z"},
	{"America/Chicago", 2000, 700, "2026-07-01T11:59:59Z", "2026-07-01T12:00:00Z"},
	{"America/Chicago", 2000, 700, "2026-07-01T12:00:00Z", NULL},
	{"America/Denver", 2000, 700, "2026-07-01T01:00:00Z", NULL},
	{"America/Denver", 2000, 700, "2026-07-01T02:00:00Z", "2026-07-01T13:00:00Z"},
	{"America/Denver", 2000, 700, "2026-07-01T12:30:00Z", "2026-07-01T13:00:00Z"},
	/* The clock is put on: ten hours. */
	{"America/Chicago", 2000, 700, "2026-03-08T02:00:00Z", "2026-03-08T12:00:00Z"},
	{"America/Chicago", 2000, 700, "2026-03-08T11:59:59Z", "2026-03-08T12:00:00Z"},
	{"America/Chicago", 2000, 700, "2026-03-08T12:00:00Z", NULL},
	{"America/Denver", 2000, 700, "2026-03-08T03:00:00Z", "2026-03-08T13:00:00Z"},
	/* And back: twelve. */
	{"America/Chicago", 2000, 700, "2026-11-01T01:00:00Z", "2026-11-01T13:00:00Z"},
	{"America/Chicago", 2000, 700, "2026-11-01T12:59:59Z", "2026-11-01T13:00:00Z"},
	{"America/Chicago", 2000, 700, "2026-11-01T13:00:00Z", NULL},
	{"America/Denver", 2000, 700, "2026-11-01T13:59:59Z", "2026-11-01T14:00:00Z"},
	/* They end at a time that comes twice: at the first. */
	{"America/Chicago", 2000, 130, "2026-11-01T06:29:59Z", "2026-11-01T06:30:00Z"},
	{"America/Chicago", 2000, 130, "2026-11-01T06:30:00Z", NULL},
	{"America/Chicago", 2000, 130, "2026-11-01T07:10:00Z", NULL},
	/* At one that does not come: an hour later by the wall. */
	{"America/Chicago", 2000, 230, "2026-03-08T08:29:59Z", "2026-03-08T08:30:00Z"},
	/* Within one day; and all of it but a minute. */
	{"America/Chicago", 1200, 1300, "2026-07-01T16:59:59Z", NULL},
	{"America/Chicago", 1200, 1300, "2026-07-01T17:00:00Z", "2026-07-01T18:00:00Z"},
	{"America/Chicago", 1200, 1300, "2026-07-01T18:00:00Z", NULL},
	{"America/Chicago", 1, 0, "2026-07-01T05:00:30Z", NULL},
	{"America/Chicago", 1, 0, "2026-07-01T05:01:00Z", "2026-07-02T05:00:00Z"},
	{"America/Chicago", 1, 0, "2026-07-02T04:59:59Z", "2026-07-02T05:00:00Z"},
	{"America/Chicago", -1, -1, "2026-07-01T05:00:00Z", NULL},
};

static int32_t
seconds(int hhmm)
{
	return hhmm < 0 ? -1 : hhmm / 100 * 3600 + hhmm % 100 * 60;
}

static struct cc_wall
instant(const char *text)
{
	struct cc_wall t;

	assert_int_equal(cc_wall_parse(post_text(text), &t, NULL), CC_OK);
	return t;
}

static void
quiet_hours_are_hours_of_the_wall_clock(void **state)
{
	struct lab *l = *state;

	for (size_t i = 0; i < sizeof nights / sizeof nights[0]; i++) {
		const struct cc_zone *z = cc_zones_find(&l->kit.setup->zones,
		    post_text(nights[i].zone));
		struct cc_day_times t = {.quiet_from = seconds(nights[i].from),
		    .quiet_until = seconds(nights[i].until), .digest_at = -1};
		struct cc_wall now = instant(nights[i].now), over;

		assert_non_null(z);
		over = cc_quiet_until(&t, z, now);
		if (over.s != (nights[i].over == NULL ? now : instant(nights[i].over)).s)
			fail_msg("%zu: %s at %s", i, nights[i].zone, nights[i].now);
	}
}

static void
a_person_has_times_of_his_own_or_those_of_the_configuration(void **state)
{
	const struct cc_config cf = {.times = {72000, 25200, 21600}};
	const struct cc_person own = {.quiet_from = 1, .quiet_until = 2, .digest_at = 3};
	const struct cc_person none = {.quiet_from = -1, .quiet_until = -1, .digest_at = -2};
	const struct cc_person as = {.quiet_from = -1, .quiet_until = -1, .digest_at = -1};

	(void)state;
	assert_int_equal(cc_times_of(&own, &cf).quiet_from, 1);
	assert_int_equal(cc_times_of(&own, &cf).quiet_until, 2);
	assert_int_equal(cc_times_of(&own, &cf).digest_at, 3);
	assert_int_equal(cc_times_of(&none, &cf).quiet_from, 72000);
	assert_int_equal(cc_times_of(&none, &cf).digest_at, -1);
	assert_int_equal(cc_times_of(&as, &cf).quiet_until, 25200);
	assert_int_equal(cc_times_of(&as, &cf).digest_at, 21600);
	assert_int_equal(cc_times_of(NULL, &cf).digest_at, 21600);
}

/* --- what a message waits for -------------------------------------------------------- */

/* T0 is 18:00 at Chicago. */
static void
set_quiet(struct lab *l, int from, int until)
{
	l->kit.setup->config.times.quiet_from = seconds(from);
	l->kit.setup->config.times.quiet_until = seconds(until);
}

static int64_t
silence(struct lab *l, struct cc_store_silence s, int64_t until)
{
	int64_t id = 0;

	s.by = s.reason = CC_STR("test");
	s.at = l->kit.now.wall;
	s.until = (struct cc_wall){CC_KIT_T0 + until};
	s.ended = CC_NEVER;
	assert_int_equal(cc_store_silence_add(l->store, &s, &id, NULL), CC_OK);
	cc_post_forget(l->engine);
	return id;
}

static void
must_wait(const struct cc_store_message *row, const char *hold, int64_t until)
{
	if (!lab_is(row->hold, hold))
		fail_msg("%.*s waits for '%.*s', not for '%s'", (int)row->id.n, row->id.p,
		    (int)row->hold.n, row->hold.p, hold);
	assert_int_equal(row->next.s, CC_KIT_T0 + until);
	assert_int_equal(row->created.s, CC_KIT_T0);
	assert_int_equal(row->give_up.s, row->next.s + 3 * DAY);
	assert_int_equal(row->state, CC_OUTBOX_QUEUED);
}

static struct cc_store_message
put(struct lab *l, const char *id, const char *recipient)
{
	struct cc_message m = post_message(id, "thread");
	struct cc_posting p = post_posting(l, &m, recipient);

	return post_put(l, &p);
}

static void
waits_for_others_to_the_same_recipient(void **state)
{
	struct lab *l = *state;
	struct cc_store_message row;

	post_begin(l);
	row = put(l, "a", "s-worker");
	must_wait(&row, "group", 30);
	cc_kit_at(&l->kit, 20);
	l->engine->now = cc_kit_now(&l->kit);
	row = put(l, "b", "s-worker");
	assert_int_equal(row.next.s, CC_KIT_T0 + 30);	/* with the first */
	row = put(l, "c", "s-sup");
	assert_int_equal(row.next.s, CC_KIT_T0 + 50);
	cc_kit_at(&l->kit, 30);
	l->engine->now = cc_kit_now(&l->kit);
	row = put(l, "d", "s-worker");
	assert_int_equal(row.next.s, CC_KIT_T0 + 60);	/* the first has left */
	cc_kit_at(&l->kit, -DAY);	/* the clock was wrong */
	l->engine->now = cc_kit_now(&l->kit);
	row = put(l, "e", "s-worker");
	assert_int_equal(row.next.s, CC_KIT_T0 - DAY + 30);
	post_commit(l);
}

static void
leaves_at_once_where_nothing_is_gathered(void **state)
{
	struct lab *l = *state;
	struct cc_store_message row;

	l->kit.setup->config.group_wait = 0;
	post_begin(l);
	row = put(l, "a", "s-worker");
	must_wait(&row, "", 0);
	post_commit(l);
}

static void
what_is_never_put_together_does_not_wait_for_others(void **state)
{
	struct lab *l = *state;
	struct cc_message m = post_message("a", "thread");
	struct cc_posting p = post_posting(l, &m, "s-sup");
	struct cc_store_message row;

	post_begin(l);
	p.row.channel = CC_STR("webhook:office");
	p.row.address = CC_STR("office");
	row = post_put(l, &p);
	must_wait(&row, "", 0);
	p = post_posting(l, &m, "s-sup");
	p.message.id = "b";
	p.message.form = CC_FORM_HANDOVER;
	row = post_put(l, &p);
	must_wait(&row, "", 0);
	p.message.id = "c";
	p.message.form = 0;
	p.at_once = true;
	row = post_put(l, &p);
	must_wait(&row, "", 0);
	post_commit(l);
}

static void
waits_for_the_end_of_quiet_hours(void **state)
{
	struct lab *l = *state;
	struct cc_store_message row;

	set_quiet(l, 1730, 700);
	post_begin(l);
	row = put(l, "a", "s-worker");
	must_wait(&row, "quiet", 12 * HOUR);
	row = put(l, "b", "operator");
	must_wait(&row, "", 0);
	post_commit(l);
}

static void
waits_for_the_silence_that_lasts_longest(void **state)
{
	struct lab *l = *state;
	struct cc_store_message row;
	int64_t longest;
	char hold[32];

	set_quiet(l, 1730, 700);
	post_begin(l);
	(void)silence(l, (struct cc_store_silence){.case_id = CC_STR("c2")}, 9 * DAY);
	(void)silence(l, (struct cc_store_silence){.rule = CC_STR("other-rule")}, 9 * DAY);
	(void)silence(l, (struct cc_store_silence){.recipient = CC_STR("s-sup")}, 9 * DAY);
	(void)silence(l, (struct cc_store_silence){.rule = CC_STR("some-rule"),
	    .recipient = CC_STR("s-sup")}, 9 * DAY);
	row = put(l, "a", "s-worker");
	must_wait(&row, "quiet", 12 * HOUR);
	(void)silence(l, (struct cc_store_silence){.rule = CC_STR("some-rule")}, HOUR);
	longest = silence(l, (struct cc_store_silence){.recipient = CC_STR("s-worker")},
	    2 * DAY);
	(void)silence(l, (struct cc_store_silence){.recipient = CC_STR("s-worker"),
	    .rule = CC_STR("some-rule")}, DAY);
	row = put(l, "b", "s-worker");
	(void)snprintf(hold, sizeof hold, "silence:%d", (int)longest);
	must_wait(&row, hold, 2 * DAY);
	row = put(l, "c", "operator");
	must_wait(&row, "", 0);
	post_commit(l);
}

static void
the_case_of_a_silence_is_that_of_the_row(void **state)
{
	struct lab *l = *state;
	struct cc_store_event ev = {.source = CC_STR("/t"), .id = CC_STR("e"),
	    .case_id = CC_STR("c1"), .bytes = CC_STR("x"), .recorded = {CC_KIT_T0}};
	struct cc_store_appended appended;
	struct cc_message m = post_message("a", "thread");
	struct cc_posting p = post_posting(l, &m, "s-worker");
	struct cc_store_message row;
	char hold[32];

	post_begin(l);
	assert_int_equal(cc_store_event_append(l->store, &ev, &appended, NULL), CC_OK);
	(void)snprintf(hold, sizeof hold, "silence:%d", (int)silence(l,
	    (struct cc_store_silence){.case_id = CC_STR("c1")}, DAY));
	p.row.case_id = CC_STR("c1");
	row = post_put(l, &p);
	must_wait(&row, hold, DAY);
	post_commit(l);
}

static void
language_is_that_of_the_person(void **state)
{
	struct lab *l = *state;
	struct cc_message m = post_message("a", "thread");
	struct cc_posting p = post_posting(l, &m, "s-worker");
	struct cc_person es = *p.person;
	struct cc_store_message row;

	es.language = "es";
	p.person = &es;
	p.message.language = "fr";
	post_begin(l);
	row = post_put(l, &p);
	assert_non_null(strstr(row.payload.p, "\"language\":\"es\""));
	p.message.id = "b";
	es.language = "";
	row = post_put(l, &p);
	assert_null(strstr(row.payload.p, "language"));
	post_commit(l);
}

static void
the_same_id_again_changes_nothing(void **state)
{
	struct lab *l = *state;
	struct cc_store_message first, again;

	post_begin(l);
	first = put(l, "a", "s-worker");
	cc_kit_at(&l->kit, HOUR);
	l->engine->now = cc_kit_now(&l->kit);
	again = put(l, "a", "s-sup");
	assert_int_equal(again.no, first.no);
	assert_int_equal(again.next.s, first.next.s);
	assert_true(lab_is(again.recipient, "s-worker"));
	post_commit(l);
}

/* Whatever holds the others. */
static void
a_message_of_a_safety_clock_never_waits(void **state)
{
	static const char *const people[] = {"s-worker", "s-sup", "s-duty", "operator"};
	struct lab *l = *state;
	uint64_t seed = 20260308;
	unsigned waiting = 0;
	char id[16];

	for (unsigned i = 0; i < 400; i++) {
		struct cc_message m = post_message(id, "thread");
		int64_t now = (int64_t)cc_test_random(&seed, 40 * DAY);
		struct cc_posting p;
		struct cc_store_message row;

		(void)snprintf(id, sizeof id, "m%u", i);
		cc_kit_at(&l->kit, now);
		set_quiet(l, (int)cc_test_random(&seed, 24) * 100,
		    (int)cc_test_random(&seed, 24) * 100 + 30);
		l->kit.setup->config.group_wait = (int64_t)cc_test_random(&seed, 3) * 30;
		post_begin(l);
		if (cc_test_random(&seed, 4) == 0)
			(void)silence(l, (struct cc_store_silence){.rule = CC_STR("some-rule")},
			    now + 1 + (int64_t)cc_test_random(&seed, DAY));
		p = post_posting(l, &m, people[cc_test_random(&seed, 4)]);
		p.row.safety = cc_test_random(&seed, 2) == 0;
		row = post_put(l, &p);
		if (row.safety) {
			assert_int_equal(row.hold.n, 0);
			assert_int_equal(row.next.s, row.created.s);
		} else if (row.next.s > row.created.s) {
			assert_true(row.hold.n > 0);
			waiting++;
		}
		post_commit(l);
	}
	assert_true(waiting > 100);
}

#define T(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(quiet_hours_are_hours_of_the_wall_clock),
		T(a_person_has_times_of_his_own_or_those_of_the_configuration),
		T(waits_for_others_to_the_same_recipient),
		T(leaves_at_once_where_nothing_is_gathered),
		T(what_is_never_put_together_does_not_wait_for_others),
		T(waits_for_the_end_of_quiet_hours),
		T(waits_for_the_silence_that_lasts_longest),
		T(the_case_of_a_silence_is_that_of_the_row),
		T(language_is_that_of_the_person),
		T(the_same_id_again_changes_nothing),
		T(a_message_of_a_safety_clock_never_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
