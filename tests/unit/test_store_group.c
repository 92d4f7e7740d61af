/* Messages that wait on purpose, that another one says, or that come back. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "store/outbox.h"

static int64_t
add_held(struct store_fixture *f, const char *id, const char *hold, int64_t next)
{
	struct cc_store_message m = store_message(id, "c", next);
	struct cc_store_added r = { 0 };

	m.hold = S(hold);
	ok(cc_store_outbox_add(f->st, &m, &r, NULL));
	assert_true(r.added);
	return r.id;
}

static void
begin_with_case(struct store_fixture *f)
{
	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
}

static struct cc_store_message
get(struct store_fixture *f, const char *id)
{
	struct cc_store_message m = { 0 };

	ok(cc_store_message_get(f->st, S(id), &f->a, &m, NULL));
	return m;
}

static struct cc_store_messages
claim(struct store_fixture *f, int64_t now)
{
	const struct cc_store_claim c = { .now = W(now), .lease = 60, .limit = 50,
	    .owner = S("me") };
	struct cc_store_messages l = { 0 };

	ok(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL));
	return l;
}

static enum cc_code
move(struct store_fixture *f, const struct cc_store_outcome *o)
{
	enum cc_code row = CC_EBUG;

	ok(cc_store_outbox_complete(f->st, o, 1, &row, NULL));
	return row;
}

/* To `to` without an attempt. */
static struct cc_store_outcome
plain(int64_t no, int64_t fence, enum cc_outbox_state to)
{
	return (struct cc_store_outcome){ .no = no, .fence = fence, .to = to, .next = CC_NEVER,
	    .now = W(200), .started = CC_NEVER, .ended = CC_NEVER, .code = S("why") };
}

static enum cc_code
group(struct store_fixture *f, int64_t no, int64_t carrier)
{
	struct cc_store_outcome o = plain(no, 0, CC_OUTBOX_GROUPED);

	o.carrier = carrier;
	return move(f, &o);
}

/* --- holds --------------------------------------------------------------- */

static void
a_message_waits_under_its_hold_until_any_move(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_outcome o;
	struct cc_store_message m = store_message("born held", "c", 1);
	struct cc_store_messages l;
	struct cc_store_added r;
	char long_hold[CC_STORE_HOLD_MAX + 1];

	memset(long_hold, 'h', sizeof long_hold);
	begin_with_case(f);
	(void)add_held(f, "m", "group", 50);
	assert_text(get(f, "m").hold, "group");
	assert_int_equal(claim(f, 49).n, 0);
	l = claim(f, 50);
	assert_int_equal(l.n, 1);
	assert_text(l.items[0].hold, "");
	assert_text(get(f, "m").hold, "");
	o = plain(l.items[0].no, l.items[0].fence, CC_OUTBOX_QUEUED);
	o.next = W(300);
	o.hold = (struct cc_str){ long_hold, sizeof long_hold };
	assert_int_equal(move(f, &o), CC_EINVAL);
	o.hold.n--;
	assert_int_equal(move(f, &o), CC_OK);
	assert_int_equal(get(f, "m").hold.n, CC_STORE_HOLD_MAX);
	o = plain(l.items[0].no, 0, CC_OUTBOX_QUEUED);	/* put off again, unclaimed */
	o.next = W(400);
	assert_int_equal(move(f, &o), CC_OK);
	assert_text(get(f, "m").hold, "");
	assert_int_equal(get(f, "m").next.s, 400);
	o.hold = S("quiet");
	assert_int_equal(move(f, &o), CC_OK);
	assert_text(get(f, "m").hold, "quiet");
	o = plain(l.items[0].no, 0, CC_OUTBOX_SUPERSEDED);
	o.hold = S("quiet");		/* means nothing here */
	assert_int_equal(move(f, &o), CC_OK);
	assert_text(get(f, "m").hold, "");
	m.state = CC_OUTBOX_HELD;
	m.hold = S("quiet");
	ok(cc_store_outbox_add(f->st, &m, &r, NULL));
	assert_text(get(f, "born held").hold, "");
	m.id = S("too long");
	m.hold = (struct cc_str){ long_hold, sizeof long_hold };
	assert_int_equal(cc_store_outbox_add(f->st, &m, &r, NULL), CC_EINVAL);
	store_commit(f->st);
}

static void
a_release_is_of_exactly_one_hold(void **state)
{
	struct store_fixture *f = *state;
	struct cc_wall next;
	uint32_t n = 99;

	begin_with_case(f);
	(void)add_held(f, "a", "silence:3", 500);
	(void)add_held(f, "b", "silence:3", 50);
	(void)add_held(f, "c", "silence:33", 500);
	(void)add_held(f, "d", "", 500);
	assert_int_equal(cc_store_outbox_release(f->st, S(""), W(100), &n, NULL), CC_EINVAL);
	assert_int_equal(cc_store_outbox_release(f->st, S("silence:3"), CC_NEVER, &n, NULL),
	    CC_EINVAL);
	assert_int_equal(cc_store_outbox_release(f->st, store_text("%065d", 1), W(1), &n, NULL),
	    CC_EINVAL);
	assert_int_equal(n, 99);
	ok(cc_store_outbox_release(f->st, S("silence:"), W(100), &n, NULL));
	assert_int_equal(n, 0);
	ok(cc_store_outbox_release(f->st, S("silence:3"), W(100), &n, NULL));
	assert_int_equal(n, 2);
	ok(cc_store_outbox_release(f->st, S("silence:3"), W(100), &n, NULL));
	assert_int_equal(n, 0);
	store_commit(f->st);
	assert_text(get(f, "a").hold, "");
	assert_int_equal(get(f, "a").next.s, 100);
	assert_int_equal(get(f, "a").state, CC_OUTBOX_QUEUED);
	assert_int_equal(get(f, "b").next.s, 50);	/* due already: keeps its place */
	assert_text(get(f, "b").hold, "");
	assert_text(get(f, "c").hold, "silence:33");
	assert_int_equal(get(f, "c").next.s, 500);
	assert_int_equal(get(f, "d").next.s, 500);
	ok(cc_store_outbox_next(f->st, NULL, 0, &next, NULL));
	assert_int_equal(next.s, 50);
}

static void
a_release_of_many_goes_on_in_the_next_call(void **state)
{
	struct store_fixture *f = *state;
	uint32_t n;

	begin_with_case(f);
	for (int i = 0; i < CC_STORE_LIST_MAX + 5; i++)
		(void)add_held(f, store_text("m%d", i).p, "digest", 500);
	ok(cc_store_outbox_release(f->st, S("digest"), W(100), &n, NULL));
	assert_int_equal(n, CC_STORE_LIST_MAX);
	assert_text(get(f, store_text("m%d", CC_STORE_LIST_MAX - 1).p).hold, "");
	assert_text(get(f, store_text("m%d", CC_STORE_LIST_MAX).p).hold, "digest");
	ok(cc_store_outbox_release(f->st, S("digest"), W(100), &n, NULL));
	assert_int_equal(n, 5);
	store_commit(f->st);
}

/* --- groups -------------------------------------------------------------- */

static void
a_grouped_message_is_said_by_its_carrier_and_goes_nowhere(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_redrive r = { S("x"), W(700), W(9000) };
	struct cc_store_messages l;
	struct cc_store_message m;
	struct cc_store_outcome o;
	int64_t carrier;
	uint32_t n = 99;

	begin_with_case(f);
	(void)add_held(f, "x", "group", 500);
	(void)add_held(f, "y", "", 5);
	carrier = add_held(f, "carrier", "", 500);
	assert_int_equal(group(f, get(f, "x").no, carrier), CC_OK);
	l = claim(f, 100);
	assert_int_equal(l.n, 1);
	o = plain(l.items[0].no, l.items[0].fence, CC_OUTBOX_GROUPED);
	o.carrier = carrier;
	assert_int_equal(move(f, &o), CC_OK);
	assert_int_equal(move(f, &o), CC_ECONFLICT);
	store_commit(f->st);
	m = get(f, "x");
	assert_int_equal(m.state, CC_OUTBOX_GROUPED);
	assert_int_equal(m.carrier, carrier);
	assert_text(m.hold, "");
	assert_text(m.reason, "why");
	assert_int_equal(m.closed.s, 200);
	assert_false(cc_given(m.next));
	assert_int_equal(m.attempts, 0);
	assert_int_equal(get(f, "y").carrier, carrier);
	assert_int_equal(get(f, "carrier").carrier, 0);
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_GROUPED], 2);
	assert_int_equal(store_status(f->st).outbox[0], 3);
	store_begin(f->st);
	assert_int_equal(cc_store_redrive(f->st, &r, &n, NULL), CC_ECONFLICT);
	assert_int_equal(cc_store_outbox_bounce(f->st, S("x"), S("a"), S("b"), W(1), NULL),
	    CC_ECONFLICT);
	store_commit(f->st);
}

static void
a_carrier_is_there_and_is_never_grouped_itself(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_outcome o;
	int64_t a, b, c;

	begin_with_case(f);
	a = add_held(f, "a", "", 500);
	b = add_held(f, "b", "", 500);
	c = add_held(f, "c", "", 500);
	assert_int_equal(group(f, a, 0), CC_EINVAL);
	assert_int_equal(group(f, a, -1), CC_EINVAL);
	assert_int_equal(group(f, a, 99), CC_EINVAL);
	assert_int_equal(group(f, a, a), CC_EINVAL);
	assert_int_equal(group(f, 99, a), CC_ENOENT);
	assert_int_equal(group(f, a, b), CC_OK);
	assert_int_equal(group(f, c, a), CC_EINVAL);	/* a is grouped */
	assert_int_equal(group(f, b, c), CC_EINVAL);	/* b carries a */
	assert_int_equal(get(f, "b").state, CC_OUTBOX_QUEUED);
	o = plain(c, 0, CC_OUTBOX_SUPERSEDED);
	o.carrier = b;				/* means nothing here */
	assert_int_equal(move(f, &o), CC_OK);
	assert_int_equal(get(f, "c").carrier, 0);
	store_commit(f->st);
}

static void
a_dead_carrier_that_is_redriven_goes_again_alone(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_redrive r = { S(""), W(700), W(9000) };
	struct cc_store_messages l;
	struct cc_store_outcome o;
	int64_t carrier;
	uint32_t n = 99;

	begin_with_case(f);
	(void)add_held(f, "x", "group", 500);
	carrier = add_held(f, "carrier", "", 5);
	assert_int_equal(group(f, get(f, "x").no, carrier), CC_OK);
	l = claim(f, 100);
	o = plain(carrier, l.items[0].fence, CC_OUTBOX_DEAD);
	assert_int_equal(move(f, &o), CC_OK);
	ok(cc_store_redrive(f->st, &r, &n, NULL));
	assert_int_equal(n, 1);
	l = claim(f, 700);
	assert_int_equal(l.n, 1);
	assert_text(l.items[0].id, "carrier");
	assert_int_equal(get(f, "x").state, CC_OUTBOX_GROUPED);
	store_commit(f->st);
}

/* --- notices that come back ---------------------------------------------- */

static void
a_sent_message_that_bounces_is_dead_and_can_be_redriven(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_redrive r = { S("m"), W(700), W(9000) };
	struct cc_store_messages l;
	struct cc_store_outcome o;
	char text[600];
	uint32_t n = 99;

	memset(text, 'x', sizeof text);
	begin_with_case(f);
	(void)add_held(f, "m", "", 5);
	assert_int_equal(cc_store_outbox_bounce(f->st, S("m"), S("5.1.1"), S("gone"), W(300),
	    NULL), CC_ECONFLICT);
	assert_int_equal(cc_store_outbox_bounce(f->st, S("nobody"), S("5.1.1"), S("gone"),
	    W(300), NULL), CC_ENOENT);
	l = claim(f, 100);
	assert_int_equal(cc_store_outbox_bounce(f->st, S("m"), S("5.1.1"), S("gone"), W(300),
	    NULL), CC_ECONFLICT);
	o = plain(l.items[0].no, l.items[0].fence, CC_OUTBOX_SENT);
	o.started = o.ended = W(150);
	o.attempt = CC_ATTEMPT_SENT;
	assert_int_equal(move(f, &o), CC_OK);
	assert_int_equal(cc_store_outbox_bounce(f->st, S("m"), S("5.1.1"), S("gone"), CC_NEVER,
	    NULL), CC_EINVAL);
	ok(cc_store_outbox_bounce(f->st, S("m"), S("5.1.1"), S("no such mailbox"), W(300), NULL));
	assert_int_equal(cc_store_outbox_bounce(f->st, S("m"), S("5.1.1"), S("gone"), W(300),
	    NULL), CC_ECONFLICT);
	store_commit(f->st);
	assert_int_equal(get(f, "m").state, CC_OUTBOX_DEAD);
	assert_text(get(f, "m").reason, "5.1.1 no such mailbox");
	assert_int_equal(get(f, "m").closed.s, 300);
	assert_int_equal(get(f, "m").attempts, 1);
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_DEAD], 1);
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_SENT], 0);
	assert_int_equal(store_status(f->st).attempts, 1);
	store_begin(f->st);
	ok(cc_store_redrive(f->st, &r, &n, NULL));
	l = claim(f, 700);
	o.fence = l.items[0].fence;
	assert_int_equal(move(f, &o), CC_OK);
	ok(cc_store_outbox_bounce(f->st, S("m"), (struct cc_str){ text, sizeof text },
	    (struct cc_str){ text, sizeof text }, W(800), NULL));
	store_commit(f->st);
	assert_int_equal(get(f, "m").reason.n, CC_OUTBOX_CODE_MAX + 1 + CC_STORE_DETAIL_MAX);
}

/* --- lists --------------------------------------------------------------- */

static void
assert_list(struct store_fixture *f, struct cc_store_message_filter q, const char *expected)
{
	char ids[600];
	size_t n = 0;

	q.limit = 2;
	ids[0] = '\0';
	for (;;) {
		struct cc_store_messages l = { 0 };

		ok(cc_store_messages_list(f->st, &q, &f->a, &l, NULL));
		for (uint32_t i = 0; i < l.n; i++)
			n += (size_t)snprintf(ids + n, sizeof ids - n, "%s%s", n == 0 ? "" : " ",
			    l.items[i].id.p);
		if (l.next == 0)
			break;
		q.after = l.next;
	}
	assert_string_equal(ids, expected);
}

static void
add_in(struct store_fixture *f, const char *id, const char *thread, const char *recipient)
{
	struct cc_store_message m = store_message(id, id[0] == 'c' ? "c" : "d", 500);
	struct cc_store_added r;

	m.thread = S(thread);
	m.recipient = S(recipient);
	m.alert = id[1] - '0';
	ok(cc_store_outbox_add(f->st, &m, &r, NULL));
}

static void
messages_are_listed_by_thread_recipient_and_carrier(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_messages l;

	begin_with_case(f);
	(void)store_event(f->st, "d", "e2", 1);
	add_in(f, "c1", "t1", "ann");
	add_in(f, "c2", "t1", "bob");
	add_in(f, "d3", "t1", "ann");
	add_in(f, "c4", "t2", "ann");
	add_in(f, "d5", "t2", "bob");
	add_in(f, "c6", "", "ann");
	assert_int_equal(group(f, 1, 5), CC_OK);
	assert_int_equal(group(f, 3, 5), CC_OK);
	assert_int_equal(group(f, 4, 6), CC_OK);
	store_commit(f->st);
	assert_list(f, (struct cc_store_message_filter){ .thread = S("t1") }, "c1 c2 d3");
	assert_list(f, (struct cc_store_message_filter){ .thread = S("t2") }, "c4 d5");
	assert_list(f, (struct cc_store_message_filter){ .thread = S("t3") }, "");
	assert_list(f, (struct cc_store_message_filter){ .thread = S("t1"),
	    .recipient = S("ann") }, "c1 d3");
	assert_list(f, (struct cc_store_message_filter){ .thread = S("t1"),
	    .recipient = S("cy") }, "");
	assert_list(f, (struct cc_store_message_filter){ .thread = S("t1"),
	    .case_id = S("c") }, "c1 c2");
	assert_list(f, (struct cc_store_message_filter){ .thread = S("t1"), .alert = 3 }, "d3");
	assert_list(f, (struct cc_store_message_filter){ .thread = S("t1"),
	    .state = CC_OUTBOX_QUEUED }, "c2");
	assert_list(f, (struct cc_store_message_filter){ .carrier = 5 }, "c1 d3");
	assert_list(f, (struct cc_store_message_filter){ .carrier = 6 }, "c4");
	assert_list(f, (struct cc_store_message_filter){ .carrier = 1 }, "");
	assert_list(f, (struct cc_store_message_filter){ .carrier = 5, .case_id = S("d") }, "d3");
	assert_list(f, (struct cc_store_message_filter){ .carrier = 5, .thread = S("t2") }, "");
	assert_list(f, (struct cc_store_message_filter){ .state = CC_OUTBOX_GROUPED },
	    "c1 d3 c4");
	assert_list(f, (struct cc_store_message_filter){ .case_id = S("c") }, "c1 c2 c4 c6");
	assert_list(f, (struct cc_store_message_filter){ .alert = 3, .thread = S("t1"),
	    .case_id = S("nobody") }, "");
	assert_int_equal(cc_store_messages_list(f->st, &(struct cc_store_message_filter){
	    .recipient = S("ann"), .limit = 1 }, &f->a, &l, NULL), CC_EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_message_waits_under_its_hold_until_any_move),
		BOTH(a_release_is_of_exactly_one_hold),
		BOTH(a_release_of_many_goes_on_in_the_next_call),
		BOTH(a_grouped_message_is_said_by_its_carrier_and_goes_nowhere),
		BOTH(a_carrier_is_there_and_is_never_grouped_itself),
		BOTH(a_dead_carrier_that_is_redriven_goes_again_alone),
		BOTH(a_sent_message_that_bounces_is_dead_and_can_be_redriven),
		BOTH(messages_are_listed_by_thread_recipient_and_carrier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
