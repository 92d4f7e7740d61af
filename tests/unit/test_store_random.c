/* Random work on both stores at once: they answer alike, whatever is rolled back. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite.h"

enum { CASES = 300, STEPS = 10000, MANY = CC_SQLITE_STALE_FEW + 700 };

struct pair {
	struct store_fixture *f[2];	/* SQLite, memory */
	uint64_t seed;
	int64_t now, events;
	unsigned states;	/* of messages that there were, as bits */
	unsigned safe, overtook;	/* claimed; and before older ones */
};

static uint32_t
draw(struct pair *p, uint32_t n)
{
	p->seed ^= p->seed << 13;
	p->seed ^= p->seed >> 7;
	p->seed ^= p->seed << 17;
	return (uint32_t)(p->seed >> 20) % n;
}

static int
setup(void **state)
{
	static struct pair p;
	void *one;
	const char *seed = getenv("CC_SEED");

	memset(&p, 0, sizeof p);
	if (store_setup_sqlite(&one) != 0)
		return -1;
	p.f[0] = one;
	if (store_setup_memory(&one) != 0)
		return -1;
	p.f[1] = one;
	p.seed = seed != NULL ? strtoull(seed, NULL, 10) : 20260311;
	print_message("CC_SEED=%llu\n", (unsigned long long)p.seed);
	*state = &p;
	return 0;
}

static int
teardown(void **state)
{
	struct pair *p = *state;
	void *one = p->f[0], *other = p->f[1];
	int bad = store_teardown(&one);

	return store_teardown(&other) != 0 || bad != 0 ? -1 : 0;
}

/* --- steps: each on both, the answers compared --------------------------- */

static void
step_event(struct pair *p)
{
	char case_id[16], id[24], body[32];
	struct cc_store_event e;
	struct cc_store_appended r[2];

	(void)snprintf(case_id, sizeof case_id, "c%u", draw(p, CASES));
	/* Now and then an id that may be known already. */
	(void)snprintf(id, sizeof id, "e%lld", (long long)(draw(p, 5) == 0 ?
	    (int64_t)draw(p, 1 + (uint32_t)p->events) : p->events++));
	(void)snprintf(body, sizeof body, "body %u", draw(p, 3));
	e = (struct cc_store_event){ S(draw(p, 2) == 0 ? "/a" : "/b"), S(id), S(case_id), S(body),
	    W(p->now - (int64_t)draw(p, 100)) };
	for (int i = 0; i < 2; i++)
		ok(cc_store_event_append(p->f[i]->st, &e, &r[i], NULL));
	assert_int_equal(r[0].outcome, r[1].outcome);
	assert_int_equal(r[0].seq, r[1].seq);
	assert_true(r[0].recorded.s == r[1].recorded.s);
}

static void
step_put(struct pair *p)
{
	char case_id[16], pack[16];
	struct cc_instance v[3] = { { .rule = S("r"), .live = draw(p, 2) == 0 },
	    { .rule = S("q"), .live = draw(p, 2) == 0 }, { .rule = S("s"), .live = true } };
	struct cc_store_put put = { .instances = v, .ninstances = draw(p, 4) };
	struct cc_store_case c[2];
	enum cc_code code[2];

	(void)snprintf(case_id, sizeof case_id, "c%u", draw(p, CASES));
	(void)snprintf(pack, sizeof pack, "pack-%u", draw(p, 3));
	put.case_id = S(case_id);
	put.stamps = (struct cc_store_stamps){ S(pack), S("calendar"), S("zones") };
	put.wake = draw(p, 4) == 0 ? CC_NEVER : W(p->now + (int64_t)draw(p, 1000));
	for (int i = 0; i < 2; i++) {
		ok(cc_store_case_load(p->f[i]->st, put.case_id, &p->f[i]->a, &c[i], NULL));
		put.expected = c[i].version + (c[i].version % 17 == 16);
		code[i] = cc_store_case_put(p->f[i]->st, &put, NULL);
	}
	assert_int_equal(code[0], code[1]);
	assert_int_equal(c[0].exists, c[1].exists);
	assert_int_equal(c[0].version, c[1].version);
	assert_true(c[0].wake.s == c[1].wake.s);
	assert_true(c[0].recorded.s == c[1].recorded.s);
	assert_int_equal(c[0].last_seq, c[1].last_seq);
	assert_int_equal(c[0].ninstances, c[1].ninstances);
}

static const char *const channels[] = { "email", "webhook:a", "webhook:b", "webhook:c" };
static const char *const holds[] = { "", "", "group", "silence:1" };

static void
step_message(struct pair *p)
{
	char id[24];
	struct cc_store_message m;
	struct cc_store_added r[2];

	(void)snprintf(id, sizeof id, "m%u", draw(p, 4000));
	m = store_message(id, "", p->now + (int64_t)draw(p, 50));
	m.channel = S(channels[draw(p, 4)]);
	m.safety = draw(p, 5) == 0;
	m.hold = S(holds[draw(p, 4)]);
	m.thread = store_text("t%u", draw(p, 9));
	m.recipient = S(draw(p, 2) == 0 ? "ann" : "bob");
	for (int i = 0; i < 2; i++)
		ok(cc_store_outbox_add(p->f[i]->st, &m, &r[i], NULL));
	assert_int_equal(r[0].added, r[1].added);
	assert_int_equal(r[0].id, r[1].id);
}

static uint32_t
random_quotas(struct pair *p, struct cc_store_quota *q)
{
	uint32_t n = draw(p, 4);

	for (uint32_t i = 0; i < n; i++) {
		q[i].channel = S(channels[draw(p, 4)]);
		q[i].n = draw(p, 4);
	}
	return n;
}

static void
step_deliver(struct pair *p)
{
	struct cc_store_quota q[4];
	struct cc_store_claim c = { .now = W(p->now), .lease = 1 + draw(p, 60), .quotas = q,
	    .owner = S("me") };
	static const enum cc_outbox_state to[] = { CC_OUTBOX_SENT, CC_OUTBOX_QUEUED,
	    CC_OUTBOX_DEAD, CC_OUTBOX_SUPERSEDED, CC_OUTBOX_HELD, CC_OUTBOX_GROUPED };
	struct cc_store_messages l[2];
	struct cc_store_outcome o[8];
	enum cc_code rows[2][8];

	c.limit = 1 + draw(p, 8);
	c.each = draw(p, 4);
	c.nquotas = random_quotas(p, q);
	for (int i = 0; i < 2; i++)
		ok(cc_store_outbox_claim(p->f[i]->st, &c, &p->f[i]->a, &l[i], NULL));
	assert_int_equal(l[0].n, l[1].n);
	for (uint32_t k = 0; k < l[0].n; k++) {
		assert_int_equal(l[0].items[k].no, l[1].items[k].no);
		assert_int_equal(l[0].items[k].fence, l[1].items[k].fence);
		assert_int_equal(l[0].items[k].safety, l[1].items[k].safety);
		p->safe += l[0].items[k].safety;
		p->overtook += k > 0 && l[0].items[k - 1].safety && !l[0].items[k].safety &&
		    l[0].items[k - 1].no > l[0].items[k].no;
		o[k] = (struct cc_store_outcome){ .no = l[0].items[k].no,
		    .fence = l[0].items[k].fence - (draw(p, 9) == 0), .to = to[draw(p, 6)],
		    .carrier = (int64_t)draw(p, 300), .hold = S(holds[draw(p, 4)]),
		    .next = W(p->now + 20), .now = W(p->now), .started = W(p->now),
		    .ended = W(p->now), .attempt = CC_ATTEMPT_TEMP, .code = S("code") };
	}
	if (draw(p, 3) == 0)
		return;		/* its sender dies: the lease runs out */
	for (int i = 0; i < 2; i++)
		ok(cc_store_outbox_complete(p->f[i]->st, o, l[i].n, rows[i], NULL));
	for (uint32_t k = 0; k < l[0].n; k++)
		assert_int_equal(rows[0][k], rows[1][k]);
}

/* What was not claimed: put together, let go, come back, made longer. */
static void
step_move(struct pair *p)
{
	const struct cc_store_outcome o = { .no = (int64_t)draw(p, 400),
	    .to = CC_OUTBOX_GROUPED, .carrier = (int64_t)draw(p, 400), .now = W(p->now),
	    .started = CC_NEVER, .next = CC_NEVER };
	const struct cc_str hold = S(holds[2 + draw(p, 2)]), id = store_text("m%u",
	    draw(p, 4000));
	const int64_t after = (int64_t)draw(p, 400), stale = (int64_t)draw(p, 200);
	bool release = draw(p, 12) == 0;
	enum cc_code code[2], row[2];
	uint32_t n[2] = { 0, 0 };

	for (int i = 0; i < 2; i++) {
		struct cc_store *st = p->f[i]->st;
		struct cc_store_messages l = { 0 };
		int64_t no = after, fence = stale;

		ok(cc_store_outbox_complete(st, &o, 1, &row[i], NULL));
		code[i] = cc_store_outbox_bounce(st, id, S("5.1.1"), S("gone"), W(p->now), NULL);
		ok(cc_store_messages_list(st, &(struct cc_store_message_filter){ .limit = 1,
		    .state = CC_OUTBOX_CLAIMED, .after = after }, &p->f[i]->a, &l, NULL));
		if (l.n > 0 && stale % 2 == 0) {
			no = l.items[0].no;
			fence = l.items[0].fence;
		}
		n[i] = (uint32_t)cc_store_outbox_extend(st, no, fence, W(p->now + 90), NULL);
	}
	assert_int_equal(row[0], row[1]);
	assert_int_equal(code[0], code[1]);
	assert_int_equal(n[0], n[1]);
	for (int i = 0; release && i < 2; i++)
		ok(cc_store_outbox_release(p->f[i]->st, hold, W(p->now), &n[i], NULL));
	assert_int_equal(n[0], n[1]);
}

static void
step_silence(struct pair *p)
{
	const struct cc_store_silence s = { .rule = store_text("r%u", draw(p, 9)),
	    .by = S("admin"), .at = W(p->now), .until = W(p->now + 1 + (int64_t)draw(p, 900)) };
	int64_t end = (int64_t)draw(p, 200), id[2];
	enum cc_code code[2];

	for (int i = 0; i < 2; i++) {
		ok(cc_store_silence_add(p->f[i]->st, &s, &id[i], NULL));
		code[i] = cc_store_silence_end(p->f[i]->st, end, W(p->now), NULL);
	}
	assert_int_equal(id[0], id[1]);
	assert_int_equal(code[0], code[1]);
}

static void
step_other(struct pair *p)
{
	const struct cc_store_redrive r = { S(""), W(p->now), W(p->now + 9) };
	char case_id[16];
	struct cc_store_alert al;
	struct cc_store_added added[2];
	enum cc_code code[2];
	uint32_t n[2];

	(void)snprintf(case_id, sizeof case_id, "c%u", draw(p, CASES));
	al = store_alert(case_id, "rule", draw(p, 2) == 0 ? "breach" : "before-1d");
	al.epoch = draw(p, 3);
	al.held = S(draw(p, 4) == 0 ? "history" : "");
	for (int i = 0; i < 2; i++)
		code[i] = cc_store_alert_add(p->f[i]->st, &al, &added[i], NULL);
	assert_int_equal(code[0], code[1]);
	if (code[0] == CC_OK) {
		assert_int_equal(added[0].id, added[1].id);
		assert_int_equal(added[0].added, added[1].added);
		for (int i = 0; i < 2; i++)
			code[i] = cc_store_alert_release(p->f[i]->st, added[i].id, W(p->now),
			    NULL);
		assert_int_equal(code[0], code[1]);
	}
	if (draw(p, 10) != 0)
		return;
	for (int i = 0; i < 2; i++)
		ok(cc_store_redrive(p->f[i]->st, &r, &n[i], NULL));
	assert_int_equal(n[0], n[1]);
}

/* --- comparing ----------------------------------------------------------- */

static void
compare_wakes(struct pair *p, const struct cc_store_wakes *a, const struct cc_store_wakes *b)
{
	(void)p;
	assert_int_equal(a->n, b->n);
	for (uint32_t i = 0; i < a->n; i++) {
		assert_true(cc_str_eq(a->items[i].case_id, b->items[i].case_id));
		assert_true(a->items[i].wake.s == b->items[i].wake.s);
	}
}

static void
compare_messages(struct pair *p)
{
	static const struct cc_store_message_filter none = { .limit = 50 };
	struct cc_store_message_filter q = none;
	struct cc_store_messages l[2];
	struct cc_store_silences s[2];

	q.state = (enum cc_outbox_state)draw(p, CC_OUTBOX_COUNT);
	if (draw(p, 2) == 0)
		q.thread = store_text("t%u", draw(p, 9));
	if (q.thread.n > 0 && draw(p, 2) == 0)
		q.recipient = S("ann");
	if (draw(p, 4) == 0)
		q.carrier = (int64_t)draw(p, 300);
	for (int i = 0; i < 2; i++) {
		ok(cc_store_messages_list(p->f[i]->st, &q, &p->f[i]->a, &l[i], NULL));
		ok(cc_store_silences_list(p->f[i]->st, &(struct cc_store_silence_filter){
		    .now = W(p->now), .limit = 100 }, &p->f[i]->a, &s[i], NULL));
	}
	assert_int_equal(l[0].n, l[1].n);
	assert_int_equal(l[0].next, l[1].next);
	for (uint32_t i = 0; i < l[0].n; i++) {
		const struct cc_store_message *a = &l[0].items[i], *b = &l[1].items[i];

		assert_int_equal(a->no, b->no);
		assert_int_equal(a->state, b->state);
		assert_int_equal(a->carrier, b->carrier);
		assert_true(a->next.s == b->next.s);
		assert_true(a->lease.s == b->lease.s);
		assert_true(a->closed.s == b->closed.s);
		assert_true(cc_str_eq(a->hold, b->hold));
		assert_true(cc_str_eq(a->reason, b->reason));
		assert_true(cc_str_eq(a->owner, b->owner));
		assert_true(cc_str_eq(a->channel, b->channel));
	}
	assert_int_equal(s[0].n, s[1].n);
	for (uint32_t i = 0; i < s[0].n; i++)
		assert_int_equal(s[0].items[i].id, s[1].items[i].id);
}

static void
compare(struct pair *p)
{
	struct cc_store_quota q[4];
	uint32_t nq = random_quotas(p, q);
	const struct cc_store_due due = { W(p->now + (int64_t)draw(p, 500)), 1 + draw(p, 400) };
	const struct cc_store_stale stale = { { S("pack-1"), S("calendar"), S("zones") }, 4096 };
	struct cc_store_wakes w[2], s[2];
	struct cc_wall next[2], out[2];
	struct cc_store_status st[2];
	int64_t left[2];

	for (int i = 0; i < 2; i++) {
		struct store_fixture *f = p->f[i];

		ok(cc_store_wakes_due(f->st, &due, &f->a, &w[i], NULL));
		ok(cc_store_wake_next(f->st, &next[i], NULL));
		ok(cc_store_outbox_next(f->st, q, nq, &out[i], NULL));
		ok(cc_store_stale_list(f->st, &stale, &f->a, &s[i], NULL));
		ok(cc_store_stale_count(f->st, &stale.in_force, &left[i], NULL));
		st[i] = store_status(f->st);
	}
	compare_messages(p);
	compare_wakes(p, &w[0], &w[1]);
	compare_wakes(p, &s[0], &s[1]);
	assert_true(next[0].s == next[1].s);
	assert_true(out[0].s == out[1].s);
	assert_int_equal(left[0], left[1]);
	assert_int_equal(left[0], s[0].n);
	for (int k = 0; k < CC_OUTBOX_COUNT; k++)
		p->states |= (st[0].outbox[k] > 0 ? 1U : 0U) << k;
	st[0].file_bytes = st[0].log_bytes = 0;
	assert_memory_equal(&st[0], &st[1], sizeof st[0]);
	for (int i = 0; i < 2; i++)
		cc_arena_reset(&p->f[i]->a);
}

static void
one_transaction(struct pair *p, int steps)
{
	bool keep = draw(p, 4) != 0;

	for (int i = 0; i < 2; i++)
		store_begin(p->f[i]->st);
	while (steps-- > 0) {
		uint32_t k = draw(p, 24);

		p->now += draw(p, 4);
		if (k < 7)
			step_event(p);
		else if (k < 14)
			step_put(p);
		else if (k < 16)
			for (uint32_t n = 1 + draw(p, 4); n > 0; n--)
				step_message(p);
		else if (k < 18)
			step_deliver(p);
		else if (k < 20)
			step_other(p);
		else if (k < 23)
			step_move(p);
		else
			step_silence(p);
	}
	for (int i = 0; i < 2; i++) {
		if (keep)
			store_commit(p->f[i]->st);
		else
			cc_store_rollback(p->f[i]->st);
	}
}

/* cc_store_verify compares the wake index with a scan of the table. */
static void
both_stores_answer_alike_after_random_work(void **state)
{
	struct pair *p = *state;
	int done = 0;

	p->now = 1000000;
	for (int n = 0; done < STEPS; n++) {
		int steps = 1 + (int)draw(p, 12);

		one_transaction(p, steps);
		done += steps;
		compare(p);
		if (n % 50 == 0) {
			ok(cc_store_verify(p->f[0]->st, NULL));
			ok(cc_store_verify(p->f[1]->st, NULL));
		}
		if (n % 200 == 199) {
			struct cc_store_status before = store_status(p->f[0]->st), after;

			store_reopen(p->f[0]);
			after = store_status(p->f[0]->st);
			assert_int_equal(after.events, before.events);
			/* The counts of commits start anew: so do those of the other. */
			p->f[1]->st->commits = 0;
		}
	}
	assert_true(store_status(p->f[0]->st).events > STEPS / 8);
	assert_true(p->safe > 50 && p->overtook > 10);
	assert_int_equal(p->states, (1U << CC_OUTBOX_COUNT) - 1);	/* it came everywhere */
}

/* More stale cases than a query sorts: the walk along the wakes finds each once. */
static void
many_stale_cases_are_found_in_order_each_once(void **state)
{
	struct pair *p = *state;
	struct store_fixture *f = p->f[0];
	const struct cc_store_stale q = { { S("pack-2"), S("calendar-1"), S("zones-1") }, 500 };
	struct cc_wall before = CC_NEVER;
	int64_t left;
	int seen = 0, batches = 0;

	store_begin(f->st);
	for (int i = 0; i < MANY; i++) {
		char id[16];

		(void)snprintf(id, sizeof id, "c%d", i);
		(void)store_event(f->st, id, id, 1);
		ok(store_put(f->st, id, 0, i % 10 == 0 ? CC_NEVER : W((int64_t)draw(p, 9999))));
	}
	store_commit(f->st);
	for (;;) {
		struct cc_store_wakes w;
		bool keep = batches++ % 3 != 1;

		ok(cc_store_stale_count(f->st, &q.in_force, &left, NULL));
		assert_int_equal(left, MANY - seen);
		ok(cc_store_stale_list(f->st, &q, &f->a, &w, NULL));
		if (w.n == 0)
			break;
		store_begin(f->st);
		for (uint32_t i = 0; i < w.n; i++) {
			const struct cc_store_put put = { .case_id = w.items[i].case_id,
			    .expected = 1, .stamps = q.in_force, .wake = w.items[i].wake };

			if (keep && seen > 0 && cc_given(w.items[i].wake))
				assert_true(w.items[i].wake.s >= before.s);
			if (keep)
				before = cc_given(w.items[i].wake) ? w.items[i].wake : before;
			ok(cc_store_case_put(f->st, &put, NULL));
			seen += keep;
		}
		if (keep)
			store_commit(f->st);
		else
			cc_store_rollback(f->st);
		cc_arena_reset(&f->a);
	}
	assert_int_equal(seen, MANY);
	assert_int_equal(left, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "both_stores_answer_alike_after_random_work",
		  both_stores_answer_alike_after_random_work, setup, teardown, NULL },
		{ "many_stale_cases_are_found_in_order_each_once",
		  many_stale_cases_are_found_in_order_each_once, setup, teardown, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
