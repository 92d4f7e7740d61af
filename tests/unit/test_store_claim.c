/* Claims: the channels take turns, within quotas, and a claim can be made longer. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "store/outbox.h"
#include "store/sqlite.h"

static void
add_with(struct store_fixture *f, const char *channel, const char *id, int64_t next,
    bool safety)
{
	struct cc_store_message m = store_message(id, "", next);
	struct cc_store_added r;

	m.channel = S(channel);
	m.safety = safety;
	ok(cc_store_outbox_add(f->st, &m, &r, NULL));
	assert_true(r.added);
}

static void
add(struct store_fixture *f, const char *channel, const char *id, int64_t next)
{
	add_with(f, channel, id, next, false);
}

static void
add_many(struct store_fixture *f, const char *channel, int n, int64_t next)
{
	for (int i = 0; i < n; i++)
		add(f, channel, store_text("%s-%d", channel, i).p, next + i);
}

/* The ids of a claim, parted by a space. */
static void
assert_claim(struct store_fixture *f, const struct cc_store_claim *c, const char *expected)
{
	struct cc_store_messages l = { 0 };
	char ids[600];
	size_t n = 0;

	ok(cc_store_outbox_claim(f->st, c, &f->a, &l, NULL));
	ids[0] = '\0';
	for (uint32_t i = 0; i < l.n; i++)
		n += (size_t)snprintf(ids + n, sizeof ids - n, "%s%s", i == 0 ? "" : " ",
		    l.items[i].id.p);
	assert_string_equal(ids, expected);
}

static struct cc_store_claim
a_claim(uint32_t limit)
{
	return (struct cc_store_claim){ .now = W(100), .lease = 60, .limit = limit,
	    .owner = S("me") };
}

/* --- turns --------------------------------------------------------------- */

static void
channels_take_turns_and_what_is_claimed_comes_in_order_of_next(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_claim c = a_claim(5);

	store_begin(f->st);
	add_many(f, "a", 6, 1);
	add_many(f, "b", 2, 50);
	add_many(f, "c", 6, 90);
	/* First turns a-0 b-0 c-0; of the second turns those with the earliest next. */
	assert_claim(f, &c, "a-0 a-1 b-0 b-1 c-0");
	assert_claim(f, &c, "a-2 a-3 a-4 c-1 c-2");
	assert_claim(f, &c, "a-5 c-3 c-4 c-5");
	assert_claim(f, &c, "");
	store_commit(f->st);
}

static void
more_channels_than_the_limit_give_one_each_the_earliest_first(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_claim c = a_claim(3);

	store_begin(f->st);
	for (int i = 0; i < 8; i++)
		add_many(f, store_text("ch%d", i).p, 2, 40 - i * 5);
	assert_claim(f, &c, "ch7-0 ch6-0 ch5-0");
	store_commit(f->st);
}

static void
no_channel_gives_more_than_its_quota(void **state)
{
	static const struct {
		uint32_t limit, each, a, b;	/* 99: no quota given */
		const char *expected;
	} table[] = {
		{ 9, 0, 99, 99, "a-0 a-1 a-2 a-3 b-0 b-1 b-2 b-3" },
		{ 9, 1, 99, 99, "a-0 b-0" },
		{ 9, 0, 2, 99, "a-0 a-1 b-0 b-1 b-2 b-3" },
		{ 9, 1, 3, 99, "a-0 a-1 a-2 b-0" },
		{ 9, 0, 0, 99, "b-0 b-1 b-2 b-3" },
		{ 9, 2, 0, 0, "" },
		{ 3, 0, 99, 1, "a-0 a-1 b-0" },
		{ 3, 0, 0, 99, "b-0 b-1 b-2" },
		{ 4, 0, 99, 99, "a-0 a-1 b-0 b-1" },
		{ 9, 0, 4096, 1, "a-0 a-1 a-2 a-3 b-0" },
	};
	struct store_fixture *f = *state;

	store_begin(f->st);
	add_many(f, "a", 4, 1);
	add_many(f, "b", 4, 50);
	add(f, "b", "later", 101);
	store_commit(f->st);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cc_store_quota q[4];
		struct cc_store_claim c = a_claim(table[i].limit);
		uint32_t n = 0;

		q[n++] = (struct cc_store_quota){ S("nobody"), 7 };
		if (table[i].a != 99)
			q[n++] = (struct cc_store_quota){ S("a"), table[i].a };
		if (table[i].b != 99) {
			q[n++] = (struct cc_store_quota){ S("b"), table[i].b };
			q[n++] = (struct cc_store_quota){ S("b"), 77 };	/* not the first */
		}
		c.each = table[i].each;
		c.quotas = q;
		c.nquotas = n;
		store_begin(f->st);
		assert_claim(f, &c, table[i].expected);
		cc_store_rollback(f->st);
	}
}

static void
next_does_not_speak_of_a_channel_that_is_shut(void **state)
{
	struct store_fixture *f = *state;
	const struct cc_store_quota shut[] = { { S("a"), 0 }, { S("nobody"), 0 }, { S("b"), 3 } };
	const struct cc_store_quota both[] = { { S("a"), 0 }, { S("b"), 0 } };
	struct cc_store_claim c = a_claim(1);
	struct cc_wall next = W(7);

	ok(cc_store_outbox_next(f->st, shut, 3, &next, NULL));
	assert_false(cc_given(next));
	store_begin(f->st);
	add(f, "a", "a", 10);
	add(f, "b", "b", 20);
	add(f, "b", "b2", 15);
	store_commit(f->st);
	ok(cc_store_outbox_next(f->st, NULL, 0, &next, NULL));
	assert_int_equal(next.s, 10);
	ok(cc_store_outbox_next(f->st, shut, 3, &next, NULL));
	assert_int_equal(next.s, 15);
	ok(cc_store_outbox_next(f->st, both, 2, &next, NULL));
	assert_false(cc_given(next));
	store_begin(f->st);
	assert_claim(f, &c, "a");
	store_commit(f->st);
	ok(cc_store_outbox_next(f->st, both, 2, &next, NULL));
	assert_int_equal(next.s, 160);		/* a lease ends whatever is shut */
}

static void
quotas_have_limits(void **state)
{
	struct store_fixture *f = *state;
	static struct cc_store_quota q[CC_STORE_QUOTAS_MAX + 1];
	struct cc_store_claim c = a_claim(1);
	struct cc_store_messages l;
	struct cc_wall next;

	for (int i = 0; i <= CC_STORE_QUOTAS_MAX; i++)
		q[i] = (struct cc_store_quota){ S("x"), 1 };
	c.quotas = q;
	c.nquotas = CC_STORE_QUOTAS_MAX + 1;
	store_begin(f->st);
	assert_int_equal(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL), CC_EINVAL);
	assert_int_equal(cc_store_outbox_next(f->st, q, c.nquotas, &next, NULL), CC_EINVAL);
	c.nquotas--;
	ok(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL));
	q[3].channel = S("");
	assert_int_equal(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL), CC_EINVAL);
	assert_int_equal(cc_store_outbox_next(f->st, q, 4, &next, NULL), CC_EINVAL);
	ok(cc_store_outbox_next(f->st, q, 3, &next, NULL));
	store_commit(f->st);
}

/* --- lanes --------------------------------------------------------------- */

static void
of_a_channel_those_with_safety_come_first(void **state)
{
	static const struct {
		uint32_t limit, each;
		const char *expected;
	} table[] = {
		{ 1, 0, "s50" },
		{ 2, 0, "s50 s60" },
		{ 3, 0, "s50 s60 s60b" },
		{ 5, 0, "s50 s60 s60b o1 o2" },
		{ 9, 2, "s50 s60" },
		{ 9, 4, "s50 s60 s60b o1" },
		{ 9, 0, "s50 s60 s60b o1 o2 o3" },	/* s101 is not due yet */
	};
	struct store_fixture *f = *state;

	store_begin(f->st);
	for (int i = 1; i <= 3; i++)
		add(f, "email", store_text("o%d", i).p, i);
	add_with(f, "email", "s60", 60, true);
	add_with(f, "email", "s60b", 60, true);
	add_with(f, "email", "s50", 50, true);
	add_with(f, "email", "s101", 101, true);
	store_commit(f->st);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cc_store_claim c = a_claim(table[i].limit);

		c.each = table[i].each;
		store_begin(f->st);
		assert_claim(f, &c, table[i].expected);
		cc_store_rollback(f->st);
	}
}

/* The turn of a channel is the one of its best message; of the last turn, in which not all
 * have room, those with the earliest next are claimed, with safety or without. */
static void
channels_take_turns_whatever_their_lanes(void **state)
{
	struct store_fixture *f = *state;
	const struct cc_store_quota q = { S("b"), 2 };
	struct cc_store_claim c = a_claim(5);

	c.quotas = &q;
	c.nquotas = 1;
	store_begin(f->st);
	add_many(f, "a", 3, 1);
	add_many(f, "b", 3, 10);
	add_many(f, "c", 3, 20);
	add_with(f, "b", "b-safe", 90, true);
	add_with(f, "c", "c-safe", 80, true);
	add_with(f, "c", "c-safer", 85, true);
	/* First turns a-0 b-safe c-safe; second ones a-1 b-0, and c-safer without room. */
	assert_claim(f, &c, "c-safe b-safe a-0 a-1 b-0");
	assert_claim(f, &c, "c-safer a-2 b-1 b-2 c-0");
	assert_claim(f, &c, "c-1 c-2");
	store_commit(f->st);
}

static void
next_is_the_earliest_of_both_lanes(void **state)
{
	static const struct {
		int64_t safe, other;	/* 0: none */
		int64_t expected;
	} table[] = {
		{ 30, 0, 30 }, { 0, 30, 30 }, { 30, 20, 20 }, { 20, 30, 20 },
	};
	struct store_fixture *f = *state;
	const struct cc_store_quota shut = { S("shut"), 0 };

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cc_wall next = W(7);

		store_begin(f->st);
		add_with(f, "shut", "s", 5, true);
		add(f, "shut", "o", 6);
		if (table[i].safe != 0)
			add_with(f, "email", "safe", table[i].safe, true);
		if (table[i].other != 0)
			add(f, "email", "other", table[i].other);
		ok(cc_store_outbox_next(f->st, &shut, 1, &next, NULL));
		assert_int_equal(next.s, table[i].expected);
		cc_store_rollback(f->st);
	}
}

static void
a_message_keeps_its_lane_whatever_becomes_of_it(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_claim c = a_claim(1);
	const struct cc_store_redrive again = { S("safe"), W(170), W(900) };
	struct cc_store_outcome o = { .to = CC_OUTBOX_QUEUED, .next = W(95), .now = W(100),
	    .hold = S("quiet"), .started = CC_NEVER };
	struct cc_store_messages l = { 0 };
	enum cc_code row;
	uint32_t n;

	store_begin(f->st);
	add_many(f, "email", 9, 1);
	add_with(f, "email", "safe", 90, true);
	for (int i = 0; i < 4; i++) {
		ok(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL));
		assert_int_equal(l.n, 1);
		assert_text(l.items[0].id, "safe");
		assert_true(l.items[0].safety);
		o.no = l.items[0].no;
		o.fence = l.items[0].fence;
		if (i == 0) {		/* held, then let go */
			ok(cc_store_outbox_complete(f->st, &o, 1, &row, NULL));
			ok(cc_store_outbox_release(f->st, S("quiet"), W(100), &n, NULL));
		} else if (i == 1) {	/* lost */
			ok(cc_store_outbox_requeue(f->st, W(165), S(""), &n, NULL));
			c.now = W(170);
		} else {		/* given up, then sent again */
			o.to = CC_OUTBOX_DEAD;
			ok(cc_store_outbox_complete(f->st, &o, 1, &row, NULL));
			ok(cc_store_redrive(f->st, &again, &n, NULL));
		}
	}
	store_commit(f->st);
	ok(cc_store_verify(f->st, NULL));
}

/* --- cost ---------------------------------------------------------------- */

/* Many waiting in a channel that is shut, and in one that is slow: a claim of the
 * others takes as many steps of SQLite's machine as if they were not there. */
static int64_t
steps_of_a_claim(struct store_fixture *f)
{
	const struct cc_store_quota q[] = { { S("shut"), 0 }, { S("slow"), 2 } };
	struct cc_store_claim c = a_claim(10);
	struct cc_sqlite *s = cc_sqlite_of(f->st);
	struct cc_store_messages l;
	struct cc_wall next;
	int64_t steps = 0;

	c.quotas = q;
	c.nquotas = 2;
	for (int i = 0; i < CC_SQL_COUNT; i++)
		if (s->stmt[i] != NULL)
			(void)sqlite3_stmt_status(s->stmt[i], SQLITE_STMTSTATUS_VM_STEP, 1);
	store_begin(f->st);
	ok(cc_store_outbox_next(f->st, q, 2, &next, NULL));
	ok(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL));
	assert_true(l.n >= 3);
	cc_store_rollback(f->st);
	for (int i = 0; i < CC_SQL_COUNT; i++)
		if (s->stmt[i] != NULL)
			steps += sqlite3_stmt_status(s->stmt[i], SQLITE_STMTSTATUS_VM_STEP, 0);
	return steps;
}

static void
what_waits_in_one_channel_costs_the_others_nothing(void **state)
{
	enum { MANY = 20000 };
	struct store_fixture *f = *state;
	int64_t few, many;

	store_begin(f->st);
	add_many(f, "shut", 3, 1);
	add_many(f, "slow", 3, 1);
	add_many(f, "email", 1, 90);
	store_commit(f->st);
	few = steps_of_a_claim(f);
	store_begin(f->st);
	for (int i = 0; i < MANY; i++)
		add(f, i % 2 == 0 ? "shut" : "slow", store_text("more%d", i).p, 2);
	store_commit(f->st);
	many = steps_of_a_claim(f);
	assert_true(few > 100);		/* it does count */
	assert_true(many <= few + few / 10);
}

/* A storm of ordinary messages: neither a safety alert behind them nor one before them
 * makes a claim read along. */
static void
a_storm_costs_the_claim_of_a_safety_alert_nothing(void **state)
{
	enum { MANY = 100000 };
	struct store_fixture *f = *state;
	int64_t few, many;

	store_begin(f->st);
	add_many(f, "shut", 3, 1);
	add_many(f, "slow", 3, 1);
	for (int i = 0; i < 4; i++) {
		add_with(f, "slow", store_text("safe%d", i).p, 90, true);
		add_with(f, "slow", store_text("later%d", i).p, 190, true);
	}
	add_many(f, "email", 1, 90);
	store_commit(f->st);
	few = steps_of_a_claim(f);
	store_begin(f->st);
	for (int i = 0; i < MANY; i++)
		add(f, "slow", store_text("more%d", i).p, i % 80);
	store_commit(f->st);
	many = steps_of_a_claim(f);
	assert_true(few > 100);		/* it does count */
	assert_true(many <= few + few / 10);
}

/* --- longer claims ------------------------------------------------------- */

static void
a_long_delivery_keeps_its_lease(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_claim c = a_claim(10);
	struct cc_store_messages l = { 0 };
	struct cc_store_message m;
	uint32_t n = 9;

	store_begin(f->st);
	add(f, "a", "m", 1);
	add(f, "a", "other", 1);
	ok(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL));
	assert_int_equal(l.n, 2);
	ok(cc_store_outbox_extend(f->st, l.items[0].no, l.items[0].fence, W(500), NULL));
	ok(cc_store_message_get(f->st, S("m"), &f->a, &m, NULL));
	assert_int_equal(m.state, CC_OUTBOX_CLAIMED);
	assert_int_equal(m.lease.s, 500);
	assert_int_equal(m.claimed.s, 100);
	assert_text(m.owner, "me");
	assert_int_equal(m.attempts, 0);
	ok(cc_store_outbox_requeue(f->st, W(499), S(""), &n, NULL));
	assert_int_equal(n, 1);		/* the other one */
	ok(cc_store_outbox_requeue(f->st, W(500), S(""), &n, NULL));
	assert_int_equal(n, 1);
	store_commit(f->st);
}

static void
a_claim_that_is_over_cannot_be_made_longer(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_claim c = a_claim(10);
	struct cc_store_messages l = { 0 }, l2 = { 0 };
	uint32_t n;

	store_begin(f->st);
	add(f, "a", "m", 1);
	assert_int_equal(cc_store_outbox_extend(f->st, 1, 0, W(500), NULL), CC_ECONFLICT);
	assert_int_equal(cc_store_outbox_extend(f->st, 77, 1, W(500), NULL), CC_ENOENT);
	ok(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL));
	assert_int_equal(cc_store_outbox_extend(f->st, 1, l.items[0].fence, CC_NEVER, NULL),
	    CC_EINVAL);
	assert_int_equal(cc_store_outbox_extend(f->st, 1, l.items[0].fence + 1, W(500), NULL),
	    CC_ECONFLICT);
	ok(cc_store_outbox_requeue(f->st, W(200), S(""), &n, NULL));
	assert_int_equal(cc_store_outbox_extend(f->st, 1, l.items[0].fence, W(500), NULL),
	    CC_ECONFLICT);
	c.now = W(200);
	ok(cc_store_outbox_claim(f->st, &c, &f->a, &l2, NULL));
	assert_int_equal(cc_store_outbox_extend(f->st, 1, l.items[0].fence, W(500), NULL),
	    CC_ECONFLICT);
	ok(cc_store_outbox_extend(f->st, 1, l2.items[0].fence, W(500), NULL));
	store_commit(f->st);
	assert_int_equal(cc_store_outbox_extend(f->st, 1, l2.items[0].fence, W(600), NULL),
	    CC_EINVAL);		/* outside of a transaction */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(channels_take_turns_and_what_is_claimed_comes_in_order_of_next),
		BOTH(more_channels_than_the_limit_give_one_each_the_earliest_first),
		BOTH(no_channel_gives_more_than_its_quota),
		BOTH(next_does_not_speak_of_a_channel_that_is_shut),
		BOTH(quotas_have_limits),
		BOTH(of_a_channel_those_with_safety_come_first),
		BOTH(channels_take_turns_whatever_their_lanes),
		BOTH(next_is_the_earliest_of_both_lanes),
		BOTH(a_message_keeps_its_lane_whatever_becomes_of_it),
		BOTH(a_long_delivery_keeps_its_lease),
		BOTH(a_claim_that_is_over_cannot_be_made_longer),
		{ "what_waits_in_one_channel_costs_the_others_nothing",
		  what_waits_in_one_channel_costs_the_others_nothing, store_setup_sqlite,
		  store_teardown, NULL },
		{ "a_storm_costs_the_claim_of_a_safety_alert_nothing",
		  a_storm_costs_the_claim_of_a_safety_alert_nothing, store_setup_sqlite,
		  store_teardown, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
