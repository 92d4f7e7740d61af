/*
 * daemon/outgoing*.c: what a message says is looked at again when it is about to leave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/outgoing_kit.h"

enum fate {
	NOTHING, SENT, DUE, WAITING, DEAD, LOST, TIMED_OUT, UNDER_WAY, CARRIED_SENT,
	CARRIED_DUE, CARRIED_DEAD
};

/* An alert of the instance, and what became of its message to the worker. */
struct told {
	const char *rung;
	enum fate fate;
	uint32_t epoch;
	int due;			/* days after T0 */
	bool before;			/* of the instance whose place this one took */
};

/* The message is of epoch 1 and due 3 unless the rung opens another. */
static const struct {
	const char *what, *rung;
	struct out_stands now;
	struct told first, later;	/* written before and after the message */
	const char *said;		/* NULL: it is sent */
} rules[] = {
	{"a rung of a live clock", "breach", OUT_LIVE, {0}, {0}, NULL},
	{"after a lesser one", "breach", OUT_LIVE, {"before-1d", SENT, 1, 3, false}, {0}, NULL},
	{"after one of the last epoch", "breach", OUT_LIVE, {"moved", SENT, 1, 3, false}, {0},
	    NULL},
	{"of a new epoch", "breach", OUT_NEXT_EPOCH, {0}, {0}, "superseded: moved"},
	{"of a clock that is met", "breach", OUT_MET, {0}, {0}, "superseded: ended"},
	{"of one that ended late", "breach", OUT_WAS_LATE, {0}, {0}, "superseded: ended"},
	{"of one that vanished", "breach", OUT_GONE, {0}, {0}, "superseded: ended"},
	{"of a failed gate", "failed", {1, true, true, false, CC_STATE_FAILED, 3, 0}, {0},
	    {0}, NULL},
	{"of a gate that passed", "failed", {1, false, true, false, CC_STATE_PASSED, 3, 0},
	    {0}, {0}, "superseded: ended"},
	{"of one that goes on as another", "breach", OUT_TAKEN(3), {0}, {0}, NULL},
	{"of one that is another with another due", "breach", OUT_TAKEN(5), {0}, {0},
	    "superseded: moved"},
	{"when a later rung was sent", "breach", OUT_LIVE, {0}, {"after-1d", SENT, 1, 3, false},
	    "superseded: overtaken"},
	{"when a later rung leaves now", "breach", OUT_LIVE, {0}, {"after-1d", DUE, 1, 3, false},
	    "superseded: overtaken"},
	{"when a later rung is under way", "breach", OUT_LIVE, {0},
	    {"after-1d", UNDER_WAY, 1, 3, false}, "superseded: overtaken"},
	{"when a later rung leaves later", "breach", OUT_LIVE, {0},
	    {"after-1d", WAITING, 1, 3, false}, NULL},
	{"when a later rung is dead", "breach", OUT_LIVE, {0}, {"after-1d", DEAD, 1, 3, false},
	    NULL},
	{"when a later rung may have come", "breach", OUT_LIVE, {0},
	    {"after-1d", LOST, 1, 3, false}, NULL},
	{"when a later rung was carried", "breach", OUT_LIVE, {0},
	    {"after-1d", CARRIED_SENT, 1, 3, false}, "superseded: overtaken"},
	{"when its carrier is dead", "breach", OUT_LIVE, {0},
	    {"after-1d", CARRIED_DEAD, 1, 3, false}, NULL},

	{"moved", "moved", OUT_LIVE, {"breach", SENT, 1, 2, false}, {0}, NULL},
	{"moved, and nobody was told", "moved", OUT_LIVE, {0}, {0}, NULL},
	{"moved again", "moved", OUT_NEXT_EPOCH, {"breach", SENT, 1, 2, false}, {0},
	    "superseded: moved again"},
	{"moved, and ended", "moved", OUT_MET, {"breach", SENT, 1, 2, false}, {0},
	    "superseded: ended"},
	{"moved to what was told", "moved", OUT_LIVE, {"breach", SENT, 1, 3, false}, {0},
	    "superseded: nothing new"},
	{"moved to what a carrier told", "moved", OUT_LIVE, {"breach", CARRIED_SENT, 1, 3, false},
	    {0}, "superseded: nothing new"},
	{"moved to what may have been told", "moved", OUT_LIVE, {"breach", LOST, 1, 3, false},
	    {0}, NULL},
	{"moved to what a dead one said", "moved", OUT_LIVE, {"breach", DEAD, 1, 3, false}, {0},
	    NULL},
	{"moved to what the one before told", "moved", OUT_LIVE, {"breach", SENT, 1, 3, true},
	    {0}, "superseded: nothing new"},
	{"moved from what the one before told", "moved", OUT_LIVE, {"breach", SENT, 1, 2, true},
	    {0}, NULL},
	{"back, and it was told to be over", "back", OUT_LIVE, {"clear", SENT, 1, 3, false}, {0},
	    NULL},
	{"back, and nobody was told that it was over", "back", OUT_LIVE,
	    {"breach", SENT, 1, 3, false}, {0}, "superseded: nothing new"},

	{"clear", "clear", OUT_MET, {"breach", SENT, 1, 3, false}, {0}, NULL},
	{"clear, told by a carrier", "clear", OUT_MET, {"breach", CARRIED_SENT, 1, 3, false}, {0},
	    NULL},
	{"clear, told of the one before", "clear", OUT_MET, {"breach", SENT, 1, 3, true}, {0},
	    NULL},
	{"clear of one that vanished", "clear", OUT_GONE, {"breach", SENT, 1, 3, false}, {0},
	    NULL},
	{"clear, and live again", "clear", OUT_NEXT_EPOCH, {"breach", SENT, 1, 3, false}, {0},
	    "superseded: back"},
	{"clear, and another in its place", "clear", OUT_TAKEN(3),
	    {"breach", SENT, 1, 3, false}, {0}, "superseded: back"},
	{"clear, and nobody was told", "clear", OUT_MET, {0}, {0}, "superseded: never told"},
	{"clear, and all died", "clear", OUT_MET, {"breach", DEAD, 1, 3, false}, {0},
	    "superseded: never told"},
	{"clear, and the rung waits", "clear", OUT_MET, {"breach", WAITING, 1, 3, false}, {0},
	    "superseded: never told"},
	{"clear, and its carrier waits", "clear", OUT_MET, {"breach", CARRIED_DUE, 1, 3, false},
	    {0}, "superseded: never told"},
	{"clear, and the rung may have come", "clear", OUT_MET, {"breach", LOST, 1, 3, false},
	    {0}, NULL},
	{"clear, and the rung got no answer", "clear", OUT_MET,
	    {"breach", TIMED_OUT, 1, 3, false}, {0}, NULL},
	{"clear, and the rung is under way", "clear", OUT_MET, {"breach", UNDER_WAY, 1, 3, false},
	    {0}, NULL},
	{"clear of what was late, and nobody was told", "clear", OUT_WAS_LATE, {0}, {0}, NULL},
	{"clear twice", "clear", OUT_MET, {"clear", SENT, 1, 3, false}, {0},
	    "superseded: nothing new"},
	{"clear of another epoch", "clear", {2, false, true, false, CC_STATE_MET, 3, 0},
	    {"clear", SENT, 1, 3, false}, {0}, NULL},
};

/* --- the scene ------------------------------------------------------------------------ */

static void
carry(struct out_scene *s, const struct cc_store_message *m, enum fate fate)
{
	struct lab *l = s->lab;
	char id[32];
	struct cc_store_message by;
	struct cc_store_outcome o = {.no = m->no, .to = CC_OUTBOX_GROUPED,
	    .now = l->kit.now.wall, .started = CC_NEVER, .ended = CC_NEVER};
	enum cc_code code;

	(void)snprintf(id, sizeof id, "by.%s", s->case_id);
	by = out_carrier(l, id, fate == CARRIED_DUE ? DAY : 0);
	o.carrier = by.no;
	assert_int_equal(cc_store_outbox_complete(l->store, &o, 1, &code, NULL), CC_OK);
	assert_int_equal(code, CC_OK);
	if (fate == CARRIED_DUE)
		return;
	by = out_claim_one(l, &by);
	post_move(l, &by, fate == CARRIED_SENT ? CC_OUTBOX_SENT : CC_OUTBOX_DEAD,
	    fate == CARRIED_SENT ? CC_ATTEMPT_SENT : CC_ATTEMPT_PERM, 0);
}

static void
time_out(struct lab *l, const struct cc_store_message *m)
{
	struct cc_store_outcome o = {.no = m->no, .fence = m->fence, .to = CC_OUTBOX_QUEUED,
	    .now = l->kit.now.wall, .next = {l->kit.now.wall.s + DAY},
	    .started = l->kit.now.wall, .ended = l->kit.now.wall,
	    .attempt = CC_ATTEMPT_TEMP, .code = CC_STR("timeout")};
	enum cc_code code;

	assert_int_equal(cc_store_outbox_complete(l->store, &o, 1, &code, NULL), CC_OK);
	assert_int_equal(code, CC_OK);
}

/* Written, and brought to its fate. */
static void
tell(struct out_scene *s, const struct told *t)
{
	struct out_written w = out_worker;
	struct cc_store_message m;

	if (t->fate == NOTHING)
		return;
	w.rung = t->rung;
	w.epoch = t->epoch;
	w.due = t->due;
	w.before = t->before;
	w.next = t->fate == WAITING || t->fate >= CARRIED_SENT ? DAY : 0;
	m = out_write(s, &w);
	if (t->fate >= CARRIED_SENT)
		carry(s, &m, t->fate);
	if (t->fate == WAITING || t->fate == DUE || t->fate >= CARRIED_SENT)
		return;
	m = out_claim_one(s->lab, &m);
	if (t->fate == SENT)
		post_move(s->lab, &m, CC_OUTBOX_SENT, CC_ATTEMPT_SENT, 0);
	else if (t->fate == DEAD)
		post_move(s->lab, &m, CC_OUTBOX_DEAD, CC_ATTEMPT_PERM, 0);
	else if (t->fate == LOST)
		post_move(s->lab, &m, CC_OUTBOX_QUEUED, CC_ATTEMPT_LOST, DAY);
	else if (t->fate == TIMED_OUT)
		time_out(s->lab, &m);
}

/* --- the rules -------------------------------------------------------------------------- */

static void
says_only_what_is_news_to_the_recipient(void **state)
{
	struct lab *l = *state;

	for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct out_written w = out_worker;
		struct out_scene s;
		struct cc_store_message m;
		struct cc_store_messages rows;
		bool sent = false;

		post_begin(l);
		out_begin(&s, l, i, &rules[i].now);
		tell(&s, &rules[i].first);
		w.rung = rules[i].rung;
		w.next = 1;
		if (strcmp(w.rung, "clear") == 0) {
			w.state = rules[i].now.state;
			w.epoch = strcmp(rules[i].what, "clear of another epoch") == 0 ? 2 : 1;
		}
		if (rules[i].first.before)
			w.thread_before = s.before;
		m = out_write(&s, &w);
		tell(&s, &rules[i].later);
		cc_kit_at(&l->kit, l->kit.now.wall.s - CC_KIT_T0 + 1);
		l->engine->now = cc_kit_now(&l->kit);
		rows = out_look(l);
		for (uint32_t k = 0; k < rows.n; k++)
			sent |= rows.items[k].no == m.no;
		m = post_row(l, m.id.p);
		if (sent != (rules[i].said == NULL))
			fail_msg("%s: %s, '%.*s'", rules[i].what, sent ? "is sent" : "is not sent",
			    (int)m.reason.n, m.reason.p);
		if (!sent && !out_begins(m.reason, rules[i].said))
			fail_msg("%s: '%.*s'", rules[i].what, (int)m.reason.n, m.reason.p);
		assert_int_equal(m.state, sent ? CC_OUTBOX_CLAIMED : CC_OUTBOX_SUPERSEDED);
		cc_store_rollback(l->store);
		cc_arena_reset(&l->arena);
	}
}

static void
keeps_how_the_clock_stood_and_records_no_attempt(void **state)
{
	static const struct out_stands now = {3, false, true, false, CC_STATE_MET, 2, 0};
	struct lab *l = *state;
	struct out_scene s;
	struct cc_store_message m;

	post_begin(l);
	out_begin(&s, l, 1, &now);
	m = out_write(&s, &out_worker);
	assert_int_equal(out_look(l).n, 0);
	m = post_row(l, m.id.p);
	assert_true(lab_is(m.reason, "superseded: moved (the clock is met now, due "
	    "2026-03-10T00:00:00Z, epoch 3)"));
	assert_int_equal(m.attempts, 0);
	assert_int_equal(m.closed.s, CC_KIT_T0);
	post_commit(l);
}

static void
another_channel_and_another_recipient_count_for_themselves(void **state)
{
	static const struct out_stands met = OUT_MET, live = OUT_LIVE;
	struct lab *l = *state;
	struct out_scene s;
	struct out_written w = out_worker;
	struct cc_store_message m;

	post_begin(l);
	out_begin(&s, l, 1, &met);
	w.channel = "webhook:office";
	w.address = "office";
	w.recipient = "s-sup";
	m = out_write(&s, &w);
	m = out_claim_one(l, &m);
	post_move(l, &m, CC_OUTBOX_SENT, CC_ATTEMPT_SENT, 0);
	w.rung = "clear";
	w.state = CC_STATE_MET;
	(void)out_write(&s, &w);
	w.channel = "email";
	w.address = "sup@example.org";
	m = out_write(&s, &w);
	assert_int_equal(out_look(l).n, 1);		/* the webhook's */
	assert_true(out_begins(post_row(l, m.id.p).reason, "superseded: never told"));
	out_begin(&s, l, 2, &live);
	(void)out_write(&s, &out_worker);
	w = out_worker;
	w.rung = "after-1d";
	w.recipient = "s-duty";
	w.address = "duty@example.org";
	(void)out_write(&s, &w);
	assert_int_equal(out_look(l).n, 2);
	post_commit(l);
}

/* --- quiet hours, silences, leave -------------------------------------------------------- */

static void
what_has_become_quiet_since_is_put_back(void **state)
{
	static const struct out_stands live = OUT_LIVE;
	struct lab *l = *state;
	struct out_scene s;
	struct out_written w = out_worker;
	struct cc_store_message m, safe, digest;
	struct cc_message text = post_message("d1", "d");
	struct cc_posting p = post_posting(l, &text, "s-worker");
	struct cc_store_messages rows;

	post_begin(l);
	out_begin(&s, l, 1, &live);
	m = out_write(&s, &w);
	out_begin(&s, l, 2, &live);
	w.safety = true;
	safe = out_write(&s, &w);
	p.message.form = CC_FORM_DIGEST;
	p.at_once = true;
	digest = post_put(l, &p);
	l->kit.setup->config.times = (struct cc_day_times){17 * HOUR, 7 * HOUR, -1};
	rows = out_look(l);
	assert_int_equal(rows.n, 2);
	assert_int_equal(rows.items[0].no, safe.no);
	assert_int_equal(rows.items[1].no, digest.no);
	m = post_row(l, m.id.p);
	assert_int_equal(m.state, CC_OUTBOX_QUEUED);
	assert_true(lab_is(m.hold, "quiet"));
	assert_int_equal(m.next.s, CC_KIT_T0 + 12 * HOUR);
	assert_int_equal(m.attempts, 0);
	post_commit(l);
}

static void
what_has_been_silenced_since_is_put_back(void **state)
{
	static const struct out_stands live = OUT_LIVE;
	struct lab *l = *state;
	struct cc_store_silence silence = {.case_id = CC_STR("c1"), .by = CC_STR("b"),
	    .reason = CC_STR("r"), .at = {CC_KIT_T0}, .until = {CC_KIT_T0 + DAY},
	    .ended = CC_NEVER};
	struct out_scene s;
	struct cc_store_message m;
	int64_t id = 0;
	char hold[32];

	post_begin(l);
	out_begin(&s, l, 1, &live);
	m = out_write(&s, &out_worker);
	assert_int_equal(cc_store_silence_add(l->store, &silence, &id, NULL), CC_OK);
	cc_post_forget(l->engine);
	(void)snprintf(hold, sizeof hold, "silence:%d", (int)id);
	assert_int_equal(out_look(l).n, 0);
	m = post_row(l, m.id.p);
	assert_true(lab_is(m.hold, hold));
	assert_int_equal(m.next.s, CC_KIT_T0 + DAY);
	/* It is not given up for want of attempts that nobody made. */
	assert_int_equal(m.give_up.s, CC_KIT_T0 + 31 * DAY);
	post_commit(l);
}

static void
who_is_on_leave_is_not_told(void **state)
{
	static const struct out_stands live = OUT_LIVE;
	struct lab *l = *state;
	struct cc_setup *old = l->engine->setup, *away;
	struct out_scene s;
	struct cc_store_message m;
	struct cc_store_message_filter f = {.alert = 0, .limit = 100};
	struct cc_store_messages list = {0};

	(void)cc_kit_file(&l->kit, "staff.csv",
	    "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
	    "delegate_id\ns-duty,program_director,duty@example.org,,,,,,,\n"
	    "s-worker,caseworker,worker@example.org,,s-duty,,,2026-03-01,2026-03-31,s-duty\n");
	away = cc_kit_setup(&l->kit, "");
	l->engine->setup = away;
	post_begin(l);
	out_begin(&s, l, 1, &live);
	m = out_write(&s, &out_worker);
	assert_int_equal(out_look(l).n, 0);
	assert_true(out_begins(post_row(l, m.id.p).reason, "superseded: delegate"));
	f.alert = m.alert;
	assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	assert_int_equal(list.n, 2);
	assert_true(lab_is(list.items[1].recipient, "s-duty"));
	post_commit(l);
	l->engine->setup = old;
	cc_setup_unref(away);
}

#define T(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(says_only_what_is_news_to_the_recipient),
		T(keeps_how_the_clock_stood_and_records_no_attempt),
		T(another_channel_and_another_recipient_count_for_themselves),
		T(what_has_become_quiet_since_is_put_back),
		T(what_has_been_silenced_since_is_put_back),
		T(who_is_on_leave_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
