/* The outbox: its moves as a table, and what every store promises of them. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "store/outbox.h"

/* --- the moves ----------------------------------------------------------- */

static void
each_pair_of_state_and_event_moves_as_written(void **state)
{
	enum { Q = CC_OUTBOX_QUEUED, C, S_, D, P, H, G };
	/* claim, deliver, retry, give up, supersede, hold, lose, redrive, group, extend,
	 * release, bounce */
	static const int expected[CC_OUTBOX_COUNT][CC_OUTBOX_EVENTS - 1] = {
		[Q] = { C, 0, Q, D, P, H, 0, 0, G, 0, Q, 0 },
		[C] = { 0, S_, Q, D, P, H, Q, 0, G, C, 0, 0 },
		[S_] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, D },
		[D] = { 0, 0, 0, 0, 0, 0, 0, Q, 0, 0, 0, 0 },
		[P] = { 0 },
		[H] = { 0, 0, 0, 0, 0, 0, 0, Q, 0, 0, 0, 0 },
		[G] = { 0 },
	};

	(void)state;
	for (int s = 0; s < CC_OUTBOX_COUNT; s++)
		for (int e = 1; e < CC_OUTBOX_EVENTS; e++)
			assert_int_equal(cc_outbox_move((enum cc_outbox_state)s,
			    (enum cc_outbox_event)e), expected[s][e - 1]);
	assert_int_equal(cc_outbox_move((enum cc_outbox_state)99, CC_OUTBOX_CLAIM), 0);
	assert_int_equal(cc_outbox_move(CC_OUTBOX_QUEUED, (enum cc_outbox_event)99), 0);
	assert_string_equal(cc_outbox_state_text(CC_OUTBOX_DEAD), "dead");
	assert_string_equal(cc_outbox_state_text(CC_OUTBOX_GROUPED), "grouped");
	assert_string_equal(cc_outbox_state_text((enum cc_outbox_state)0), "unknown");
	assert_string_equal(cc_attempt_text(CC_ATTEMPT_LOST), "lost");
	assert_string_equal(cc_attempt_text((enum cc_attempt_outcome)77), "unknown");
}

static void
a_text_is_never_cut_inside_a_character(void **state)
{
	(void)state;
	assert_int_equal(cc_store_cut(S("abc"), 5).n, 3);
	assert_int_equal(cc_store_cut(S("abcdef"), 5).n, 5);
	assert_int_equal(cc_store_cut(S("abcd\xc3\xa9"), 5).n, 4);
	assert_int_equal(cc_store_cut(S("abc\xc3\xa9"), 5).n, 5);
	assert_int_equal(cc_store_cut(S("\xa9\xa9\xa9"), 2).n, 0);
	assert_int_equal(cc_store_cut((struct cc_str){ NULL, 0 }, 2).n, 0);
}

/* --- helpers ------------------------------------------------------------- */

static void
add(struct store_fixture *f, const char *id, int64_t next)
{
	const struct cc_store_message m = store_message(id, "c", next);
	struct cc_store_added r;

	ok(cc_store_outbox_add(f->st, &m, &r, NULL));
	assert_true(r.added);
}

static void
begin_with_case(struct store_fixture *f)
{
	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
}

static struct cc_store_messages
claim(struct store_fixture *f, int64_t now, uint32_t limit)
{
	const struct cc_store_claim c = { .now = W(now), .lease = 60, .limit = limit,
	    .owner = S("me") };
	struct cc_store_messages l = { 0 };

	ok(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL));
	return l;
}

static struct cc_store_outcome
outcome(const struct cc_store_message *m, enum cc_outbox_state to)
{
	return (struct cc_store_outcome){ .no = m->no, .fence = m->fence, .to = to,
	    .next = to == CC_OUTBOX_QUEUED ? W(500) : CC_NEVER, .now = W(200),
	    .started = W(150), .ended = W(160),
	    .attempt = to == CC_OUTBOX_SENT ? CC_ATTEMPT_SENT : CC_ATTEMPT_TEMP,
	    .code = S("451"), .detail = S("later, please") };
}

static enum cc_code
complete(struct store_fixture *f, const struct cc_store_outcome *o)
{
	enum cc_code row = CC_EBUG;

	ok(cc_store_outbox_complete(f->st, o, 1, &row, NULL));
	return row;
}

static struct cc_store_message
get(struct store_fixture *f, const char *id)
{
	struct cc_store_message m = { 0 };

	ok(cc_store_message_get(f->st, S(id), &f->a, &m, NULL));
	return m;
}

/* --- adding -------------------------------------------------------------- */

static void
a_message_is_added_once_and_comes_back_whole(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_message m = store_message("m1", "c", 50), r;
	struct cc_store_added a, b;

	m.alert = 9;
	m.safety = true;
	begin_with_case(f);
	ok(cc_store_outbox_add(f->st, &m, &a, NULL));
	assert_true(a.added);
	m.payload = S("other");
	ok(cc_store_outbox_add(f->st, &m, &b, NULL));
	assert_false(b.added);
	assert_int_equal(b.id, a.id);
	m.id = S("m2");
	m.case_id = S("nobody");
	assert_int_equal(cc_store_outbox_add(f->st, &m, &b, NULL), CC_ENOENT);
	m.case_id = S("");
	ok(cc_store_outbox_add(f->st, &m, &b, NULL));
	store_commit(f->st);
	r = get(f, "m1");
	assert_int_equal(r.no, a.id);
	assert_text(r.id, "m1");
	assert_text(r.case_id, "c");
	assert_text(r.recipient, "s-1");
	assert_text(r.channel, "email");
	assert_text(r.address, "a@example.org");
	assert_text(r.thread, "thread");
	assert_text(r.payload, "{\"rule\":\"r\"}");
	assert_int_equal(r.alert, 9);
	assert_true(r.safety);
	assert_int_equal(r.state, CC_OUTBOX_QUEUED);
	assert_int_equal(r.created.s, 10);
	assert_int_equal(r.next.s, 50);
	assert_int_equal(r.give_up.s, 5000);
	assert_int_equal(r.attempts, 0);
	assert_false(cc_given(r.lease));
	assert_false(cc_given(r.closed));
	assert_text(get(f, "m2").case_id, "");
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_QUEUED], 2);
	assert_int_equal(cc_store_message_get(f->st, S("m3"), &f->a, &r, NULL), CC_ENOENT);
}

static void
a_message_can_be_born_held(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_message m = store_message("m1", "c", 50), r;
	struct cc_store_added a;
	struct cc_wall next;

	m.state = CC_OUTBOX_HELD;
	m.reason = S("history");
	begin_with_case(f);
	ok(cc_store_outbox_add(f->st, &m, &a, NULL));
	m.state = CC_OUTBOX_SENT;
	m.id = S("m2");
	assert_int_equal(cc_store_outbox_add(f->st, &m, &a, NULL), CC_EINVAL);
	store_commit(f->st);
	r = get(f, "m1");
	assert_int_equal(r.state, CC_OUTBOX_HELD);
	assert_text(r.reason, "history");
	assert_int_equal(r.closed.s, 10);
	ok(cc_store_outbox_next(f->st, NULL, 0, &next, NULL));
	assert_false(cc_given(next));
}

/* --- claims -------------------------------------------------------------- */

static void
claims_come_in_order_of_next_and_carry_a_fence(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_messages l, l2;
	struct cc_wall next;

	begin_with_case(f);
	add(f, "late", 300);
	add(f, "b", 100);
	add(f, "a", 100);
	add(f, "early", 50);
	ok(cc_store_outbox_next(f->st, NULL, 0, &next, NULL));
	assert_int_equal(next.s, 50);
	l = claim(f, 49, 10);
	assert_int_equal(l.n, 0);
	l = claim(f, 100, 2);
	assert_int_equal(l.n, 2);
	assert_text(l.items[0].id, "early");
	assert_text(l.items[1].id, "b");
	assert_text(l.items[0].payload, "{\"rule\":\"r\"}");
	assert_text(l.items[0].owner, "me");
	assert_int_equal(l.items[0].state, CC_OUTBOX_CLAIMED);
	assert_int_equal(l.items[0].lease.s, 160);
	assert_int_equal(l.items[0].claimed.s, 100);
	assert_true(l.items[0].fence > 0);
	assert_int_equal(l.items[0].fence, l.items[1].fence);
	l2 = claim(f, 100, 10);
	assert_int_equal(l2.n, 1);
	assert_text(l2.items[0].id, "a");
	assert_true(l2.items[0].fence > l.items[0].fence);
	ok(cc_store_outbox_next(f->st, NULL, 0, &next, NULL));
	assert_int_equal(next.s, 160);	/* the end of the leases */
	store_commit(f->st);
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_CLAIMED], 3);
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_QUEUED], 1);
	assert_int_equal(store_status(f->st).outbox[0], 4);
}

static void
each_outcome_is_kept_with_its_attempt(void **state)
{
	struct store_fixture *f = *state;
	static const struct {
		enum cc_outbox_state to;
		const char *id;
	} table[] = { { CC_OUTBOX_SENT, "m0" }, { CC_OUTBOX_QUEUED, "m1" },
	    { CC_OUTBOX_DEAD, "m2" }, { CC_OUTBOX_SUPERSEDED, "m3" }, { CC_OUTBOX_HELD, "m4" } };
	struct cc_store_outcome o[5];
	enum cc_code rows[5];
	struct cc_store_messages l;

	begin_with_case(f);
	for (int i = 0; i < 5; i++)
		add(f, table[i].id, i);
	l = claim(f, 100, 10);
	assert_int_equal(l.n, 5);
	for (int i = 0; i < 5; i++)
		o[i] = outcome(&l.items[i], table[i].to);
	o[3].started = CC_NEVER;	/* superseded before any attempt */
	ok(cc_store_outbox_complete(f->st, o, 5, rows, NULL));
	store_commit(f->st);
	for (int i = 0; i < 5; i++) {
		struct cc_store_message m = get(f, table[i].id);
		struct cc_store_attempts t;

		assert_int_equal(rows[i], CC_OK);
		assert_int_equal(m.state, table[i].to);
		assert_text(m.reason, "451 later, please");
		assert_int_equal(m.attempts, i != 3);
		assert_false(cc_given(m.lease));
		assert_text(m.owner, "");
		assert_int_equal(cc_given(m.next), i == 1);
		assert_int_equal(cc_given(m.closed), i != 1);
		ok(cc_store_attempts_list(f->st, &(struct cc_store_attempt_filter){ m.no, 0, 10 },
		    &f->a, &t, NULL));
		assert_int_equal(t.n, i != 3);
		if (t.n == 0)
			continue;
		assert_int_equal(t.items[0].number, 1);
		assert_int_equal(t.items[0].started.s, 150);
		assert_int_equal(t.items[0].ended.s, 160);
		assert_int_equal(t.items[0].outcome, i == 0 ? CC_ATTEMPT_SENT : CC_ATTEMPT_TEMP);
		assert_text(t.items[0].code, "451");
		assert_text(t.items[0].detail, "later, please");
	}
	assert_int_equal(store_status(f->st).attempts, 4);
	for (int i = 0; i < 5; i++)
		assert_int_equal(store_status(f->st).outbox[table[i].to], 1);
}

static void
a_stale_fence_is_refused_row_by_row(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_messages l;
	struct cc_store_outcome o[5];
	enum cc_code rows[5];

	begin_with_case(f);
	for (int i = 0; i < 4; i++)
		add(f, i == 0 ? "m0" : i == 1 ? "m1" : i == 2 ? "m2" : "m3", i);
	l = claim(f, 100, 3);
	for (int i = 0; i < 3; i++)
		o[i] = outcome(&l.items[i], CC_OUTBOX_SENT);
	o[1].fence--;
	o[3] = outcome(&l.items[2], CC_OUTBOX_SENT);
	o[3].no = 99;
	o[4] = outcome(&l.items[2], CC_OUTBOX_DEAD);	/* sent just before, in this call */
	ok(cc_store_outbox_complete(f->st, o, 5, rows, NULL));
	assert_int_equal(rows[0], CC_OK);
	assert_int_equal(rows[1], CC_ECONFLICT);
	assert_int_equal(rows[2], CC_OK);
	assert_int_equal(rows[3], CC_ENOENT);
	assert_int_equal(rows[4], CC_ECONFLICT);
	assert_int_equal(get(f, "m1").state, CC_OUTBOX_CLAIMED);
	assert_int_equal(get(f, "m1").attempts, 0);
	/* Unclaimed: only while queued, and never "sent". */
	o[0] = outcome(&(struct cc_store_message){ .no = get(f, "m3").no }, CC_OUTBOX_SENT);
	assert_int_equal(complete(f, &o[0]), CC_EINVAL);
	o[0].to = CC_OUTBOX_SUPERSEDED;
	o[0].started = CC_NEVER;
	assert_int_equal(complete(f, &o[0]), CC_OK);
	assert_int_equal(complete(f, &o[0]), CC_ECONFLICT);
	o[0].to = CC_OUTBOX_CLAIMED;
	assert_int_equal(complete(f, &o[0]), CC_EINVAL);
	store_commit(f->st);
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_SENT], 2);
}

static void
a_lease_that_ran_out_is_requeued_with_a_lost_attempt(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_messages first, second;
	struct cc_store_attempts t;
	struct cc_store_outcome o;

	begin_with_case(f);
	add(f, "m", 5);
	first = claim(f, 100, 10);
	assert_int_equal(claim(f, 159, 10).n, 0);
	second = claim(f, 160, 10);
	assert_int_equal(second.n, 1);
	assert_true(second.items[0].fence > first.items[0].fence);
	assert_int_equal(second.items[0].attempts, 1);
	o = outcome(&first.items[0], CC_OUTBOX_SENT);	/* the first sender wakes up */
	assert_int_equal(complete(f, &o), CC_ECONFLICT);
	o = outcome(&second.items[0], CC_OUTBOX_SENT);
	assert_int_equal(complete(f, &o), CC_OK);
	store_commit(f->st);
	ok(cc_store_attempts_list(f->st, &(struct cc_store_attempt_filter){
	    first.items[0].no, 0, 1 }, &f->a, &t, NULL));
	assert_int_equal(t.n, 1);
	assert_int_equal(t.next, 1);
	assert_int_equal(t.items[0].outcome, CC_ATTEMPT_LOST);
	assert_int_equal(t.items[0].started.s, 100);
	assert_int_equal(t.items[0].ended.s, 160);
	ok(cc_store_attempts_list(f->st, &(struct cc_store_attempt_filter){
	    first.items[0].no, t.next, 1 }, &f->a, &t, NULL));
	assert_int_equal(t.n, 1);
	assert_int_equal(t.items[0].number, 2);
	assert_int_equal(t.next, 0);
}

static void
claims_of_a_dead_process_are_requeued_at_the_start(void **state)
{
	struct store_fixture *f = *state;
	uint32_t n = 99;

	begin_with_case(f);
	add(f, "m1", 5);
	add(f, "m2", 6);
	(void)claim(f, 100, 1);
	store_commit(f->st);
	store_begin(f->st);
	ok(cc_store_outbox_requeue(f->st, W(101), S("me"), &n, NULL));
	assert_int_equal(n, 0);		/* its own claims stay */
	ok(cc_store_outbox_requeue(f->st, W(101), S(""), &n, NULL));
	assert_int_equal(n, 0);		/* no lease ran out */
	ok(cc_store_outbox_requeue(f->st, W(101), S("another"), &n, NULL));
	assert_int_equal(n, 1);
	store_commit(f->st);
	assert_int_equal(get(f, "m1").state, CC_OUTBOX_QUEUED);
	assert_int_equal(get(f, "m1").next.s, 101);
}

static void
a_dead_message_can_be_redriven(void **state)
{
	struct store_fixture *f = *state;
	static const enum cc_outbox_state to[] = { CC_OUTBOX_DEAD, CC_OUTBOX_DEAD,
	    CC_OUTBOX_SENT, CC_OUTBOX_HELD };
	struct cc_store_redrive r = { S("m0"), W(700), W(9000) };
	struct cc_store_messages l;
	uint32_t n = 99;

	begin_with_case(f);
	for (int i = 0; i < 4; i++)
		add(f, store_text("m%d", i).p, i);
	l = claim(f, 100, 10);
	for (int i = 0; i < 4; i++) {
		const struct cc_store_outcome o = outcome(&l.items[i], to[i]);

		assert_int_equal(complete(f, &o), CC_OK);
	}
	ok(cc_store_redrive(f->st, &r, &n, NULL));
	assert_int_equal(n, 1);
	assert_int_equal(get(f, "m0").state, CC_OUTBOX_QUEUED);
	assert_int_equal(get(f, "m0").next.s, 700);
	assert_int_equal(get(f, "m0").give_up.s, 9000);
	assert_false(cc_given(get(f, "m0").closed));
	assert_int_equal(cc_store_redrive(f->st, &r, &n, NULL), CC_ECONFLICT);
	r.id = S("m2");
	assert_int_equal(cc_store_redrive(f->st, &r, &n, NULL), CC_ECONFLICT);
	r.id = S("nobody");
	assert_int_equal(cc_store_redrive(f->st, &r, &n, NULL), CC_ENOENT);
	r.id = S("");
	ok(cc_store_redrive(f->st, &r, &n, NULL));
	assert_int_equal(n, 1);		/* m1; held ones are asked for by id */
	assert_int_equal(get(f, "m3").state, CC_OUTBOX_HELD);
	r.id = S("m3");
	ok(cc_store_redrive(f->st, &r, &n, NULL));
	store_commit(f->st);
	/* The number of the next attempt goes on. */
	store_begin(f->st);
	l = claim(f, 700, 1);
	assert_int_equal(l.items[0].attempts, 1);
	store_commit(f->st);
}

/* --- lists --------------------------------------------------------------- */

static void
count_messages(struct store_fixture *f, struct cc_store_message_filter q, uint32_t expected)
{
	uint32_t seen = 0;
	int64_t before = 0;

	q.limit = 3;
	for (;;) {
		struct cc_store_messages l;

		ok(cc_store_messages_list(f->st, &q, &f->a, &l, NULL));
		for (uint32_t i = 0; i < l.n; i++, seen++) {
			const struct cc_store_message *m = &l.items[i];

			assert_true(m->no > before);
			before = m->no;
			assert_true(q.state == 0 || m->state == q.state);
			assert_true(q.alert == 0 || m->alert == q.alert);
			assert_true(q.case_id.n == 0 || cc_str_eq(q.case_id, m->case_id));
			assert_int_equal(m->payload.n > 0, q.payload);
		}
		if (l.next == 0)
			break;
		q.after = l.next;
	}
	assert_int_equal(seen, expected);
}

static void
messages_are_listed_by_case_state_and_alert(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_messages l;
	struct cc_store_added r;

	begin_with_case(f);
	(void)store_event(f->st, "d", "e2", 1);
	for (int i = 0; i < 40; i++) {
		struct cc_store_message m = store_message("x", i % 2 == 0 ? "c" : "d", i);

		m.id = store_text("m%d", i);
		m.alert = i % 4;
		ok(cc_store_outbox_add(f->st, &m, &r, NULL));
	}
	l = claim(f, 100, 35);
	assert_int_equal(l.n, 35);
	for (uint32_t i = 0; i < 28; i++) {
		static const enum cc_outbox_state to[] = { CC_OUTBOX_SENT, CC_OUTBOX_DEAD,
		    CC_OUTBOX_SUPERSEDED, CC_OUTBOX_HELD };
		const struct cc_store_outcome o = outcome(&l.items[i], to[i / 7]);

		assert_int_equal(complete(f, &o), CC_OK);
	}
	store_commit(f->st);
	count_messages(f, (struct cc_store_message_filter){ .limit = 1 }, 40);
	count_messages(f, (struct cc_store_message_filter){ .payload = true }, 40);
	count_messages(f, (struct cc_store_message_filter){ .state = CC_OUTBOX_QUEUED }, 5);
	count_messages(f, (struct cc_store_message_filter){ .state = CC_OUTBOX_GROUPED }, 0);
	for (int s = CC_OUTBOX_CLAIMED; s <= CC_OUTBOX_HELD; s++)
		count_messages(f, (struct cc_store_message_filter){
		    .state = (enum cc_outbox_state)s }, 7);
	count_messages(f, (struct cc_store_message_filter){ .case_id = S("c") }, 20);
	count_messages(f, (struct cc_store_message_filter){ .case_id = S("c"),
	    .state = CC_OUTBOX_SENT }, 4);
	count_messages(f, (struct cc_store_message_filter){ .case_id = S("nobody") }, 0);
	count_messages(f, (struct cc_store_message_filter){ .alert = 3 }, 10);
	count_messages(f, (struct cc_store_message_filter){ .alert = 3, .case_id = S("d") }, 10);
	count_messages(f, (struct cc_store_message_filter){ .alert = 3, .case_id = S("c") }, 0);
	count_messages(f, (struct cc_store_message_filter){ .alert = 3, .case_id = S("nobody") },
	    0);
	count_messages(f, (struct cc_store_message_filter){ .alert = 3,
	    .state = CC_OUTBOX_DEAD }, 2);
	assert_int_equal(cc_store_messages_list(f->st, &(struct cc_store_message_filter){
	    .state = CC_OUTBOX_COUNT, .limit = 1 }, &f->a, &l, NULL), CC_EINVAL);
}

static void
claims_and_outcomes_have_limits(void **state)
{
	struct store_fixture *f = *state;
	static struct cc_store_outcome o[CC_STORE_LIST_MAX + 1];
	static enum cc_code rows[CC_STORE_LIST_MAX + 1];
	struct cc_store_messages l;
	struct cc_store_claim c = { .now = W(1), .lease = 60, .limit = 1, .owner = S("me") };
	char long_text[1000];
	struct cc_store_outcome one;

	begin_with_case(f);
	assert_int_equal(cc_store_outbox_complete(f->st, o, CC_STORE_LIST_MAX + 1, rows, NULL),
	    CC_EINVAL);
	c.lease = 0;
	assert_int_equal(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL), CC_EINVAL);
	c.lease = 86401;
	assert_int_equal(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL), CC_EINVAL);
	c.lease = 86400;
	c.owner = S("");
	assert_int_equal(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL), CC_EINVAL);
	c.owner = S("me");
	c.now = W(INT64_MAX);
	assert_int_equal(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL), CC_EINVAL);
	memset(long_text, 'x', sizeof long_text);
	add(f, "m", 1);
	l = claim(f, 100, 1);
	one = outcome(&l.items[0], CC_OUTBOX_DEAD);
	one.code = one.detail = (struct cc_str){ long_text, sizeof long_text };
	assert_int_equal(complete(f, &one), CC_OK);
	store_commit(f->st);
	assert_int_equal(get(f, "m").reason.n, CC_OUTBOX_CODE_MAX + 1 + CC_STORE_DETAIL_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pair_of_state_and_event_moves_as_written),
		cmocka_unit_test(a_text_is_never_cut_inside_a_character),
		BOTH(a_message_is_added_once_and_comes_back_whole),
		BOTH(a_message_can_be_born_held),
		BOTH(claims_come_in_order_of_next_and_carry_a_fence),
		BOTH(each_outcome_is_kept_with_its_attempt),
		BOTH(a_stale_fence_is_refused_row_by_row),
		BOTH(a_lease_that_ran_out_is_requeued_with_a_lost_attempt),
		BOTH(claims_of_a_dead_process_are_requeued_at_the_start),
		BOTH(a_dead_message_can_be_redriven),
		BOTH(messages_are_listed_by_case_state_and_alert),
		BOTH(claims_and_outcomes_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
