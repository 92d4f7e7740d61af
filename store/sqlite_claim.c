#include "store/sqlite.h"

#include <stdlib.h>

/* --- quotas -------------------------------------------------------------- */

/* The quotas of a call by the numbers of their channels.  A channel that no message
 * ever had has none, and needs no quota. */
struct quotas {
	struct {
		int64_t channel;
		uint32_t n;
	} v[CC_STORE_QUOTAS_MAX];
	uint32_t n, each;
};

static enum cc_code
number_quotas(struct cc_sqlite *s, const struct cc_store_quota *q, uint32_t n,
    struct quotas *ret, struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	ret->n = 0;
	for (uint32_t i = 0; code == CC_OK && i < n; i++) {
		int64_t channel = 0;

		code = cc_sqlite_name(s, q[i].channel, false, &channel, reterr);
		if (code != CC_OK || channel == 0)
			continue;
		ret->v[ret->n].channel = channel;
		ret->v[ret->n++].n = q[i].n;
	}
	return code;
}

static uint32_t
quota_of(const struct quotas *q, int64_t channel)
{
	for (uint32_t i = 0; i < q->n; i++)
		if (q->v[i].channel == channel)
			return q->v[i].n;
	return q->each;
}

/* --- lanes: the messages of a channel with safety, then those without ---- */

struct lane {
	int64_t channel;	/* 0: there is no further one */
	int64_t no;
	struct cc_wall next;	/* of the first that it has queued */
};

static const struct lane before_all = { .no = 1 };

int64_t
cc_sqlite_lane(const struct cc_store_message *m)
{
	return m->safety ? 0 : 1;
}

/* Goes on to the lane after `l` that has something queued: one step in the index, which
 * SQLite finds by >=; by > it would read along all of `l`. */
static enum cc_code
next_lane(struct cc_sqlite *s, struct lane *l, struct cc_err *reterr)
{
	struct lane to = before_all;
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_LANE);
	enum cc_code code;

	cc_q_int(&q, l->channel);
	cc_q_int(&q, l->no + 1);
	while (cc_q_row(&q)) {
		to.channel = cc_q_get(&q, 0);
		to.no = cc_q_get(&q, 1);
		to.next = cc_q_get_wall(&q, 2);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*l = to;
	return code;
}

/* --- turns --------------------------------------------------------------- */

struct due {
	int64_t next, no, channel, lane;
	uint32_t turn;		/* its place among the due of its channel */
};

/* The best `limit` of all channels, in order of turn, next, no; room for twice as many,
 * so that a lane is added whole and then the rest is cut off. */
struct turns {
	struct cc_sqlite *s;
	const struct cc_store_claim *c;
	struct cc_arena *a;
	struct due *v;
	uint32_t n;
	uint32_t reach;		/* turns from here on come too late */
};

static int
order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_turn(const void *pa, const void *pb)
{
	const struct due *a = pa, *b = pb;
	int c = order(a->turn, b->turn);

	if (c == 0)
		c = order(a->next, b->next);
	return c != 0 ? c : order(a->no, b->no);
}

static int
by_channel(const void *pa, const void *pb)
{
	const struct due *a = pa, *b = pb;
	int c = order(a->channel, b->channel);

	return c != 0 ? c : order(a->turn, b->turn);
}

static void
cut(struct turns *t)
{
	if (t->n <= t->c->limit)
		return;
	qsort(t->v, t->n, sizeof *t->v, by_turn);
	t->n = t->c->limit;
	t->reach = t->v[t->n - 1].turn + 1;
}

static enum cc_code
add_lane(struct turns *t, const struct lane *l, uint32_t quota, uint32_t *turn,
    struct cc_err *reterr)
{
	uint32_t most = quota < t->reach ? quota : t->reach, first = *turn;
	struct cc_q q;
	enum cc_code code;

	if (first >= most || l->next.s > t->c->now.s)
		return CC_OK;
	q = cc_q_open(t->s, CC_SQL_OUTBOX_DUE);
	cc_q_int(&q, l->channel);
	cc_q_int(&q, l->no);
	cc_q_wall(&q, t->c->now);
	cc_q_int(&q, most - first);
	while (*turn < most && cc_q_row(&q))
		t->v[t->n++] = (struct due){ cc_q_get(&q, 0), cc_q_get(&q, 1), l->channel,
		    l->no, (*turn)++ };
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		cut(t);
	return code;
}

static enum cc_code
take_turns(struct turns *t, struct cc_err *reterr)
{
	const struct cc_store_claim *c = t->c;
	struct quotas quotas = { .each = c->each == 0 ? c->limit : c->each };
	struct lane at = before_all;
	int64_t channel = 0;
	uint32_t turn = 0;
	enum cc_code code = number_quotas(t->s, c->quotas, c->nquotas, &quotas, reterr);

	if (code == CC_OK)
		code = next_lane(t->s, &at, reterr);
	while (code == CC_OK && at.channel != 0) {
		if (at.channel != channel)
			turn = 0;
		channel = at.channel;
		code = add_lane(t, &at, quota_of(&quotas, channel), &turn, reterr);
		if (code == CC_OK)
			code = next_lane(t->s, &at, reterr);
	}
	return code;
}

/* --- claims -------------------------------------------------------------- */

static int
by_lane(const void *pa, const void *pb)
{
	const struct cc_store_message *a = pa, *b = pb;
	int c = order(cc_sqlite_lane(a), cc_sqlite_lane(b));

	if (c == 0)
		c = order(a->next.s, b->next.s);
	return c != 0 ? c : order(a->no, b->no);
}

/* The first `n` of the lane that `d` is in, which are those whose turn it is. */
static enum cc_code
load_lane(struct turns *t, const struct due *d, uint32_t n, struct cc_store_message *items,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(t->s, CC_SQL_MESSAGES_DUE);
	uint32_t got = 0;
	enum cc_code code;

	cc_q_int(&q, 1);
	cc_q_int(&q, d->channel);
	cc_q_int(&q, d->lane);
	cc_q_wall(&q, t->c->now);
	cc_q_int(&q, n);
	while (got < n && cc_q_row(&q))
		cc_sqlite_get_message(&q, t->a, &items[got++]);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && got != n)
		code = cc_fail(reterr, CC_EBUG, 0, "a queued message lacks its half");
	return code;
}

static enum cc_code
load(struct turns *t, struct cc_store_message *items, struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	qsort(t->v, t->n, sizeof *t->v, by_channel);
	for (uint32_t i = 0, end; code == CC_OK && i < t->n; i = end) {
		for (end = i; end < t->n && t->v[end].channel == t->v[i].channel &&
		    t->v[end].lane == t->v[i].lane; end++)
			;
		code = load_lane(t, &t->v[i], end - i, items + i, reterr);
	}
	if (code == CC_OK)
		qsort(items, t->n, sizeof *items, by_lane);
	return code;
}

static enum cc_code
claim_all(struct turns *t, struct cc_store_messages *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = t->s;
	const struct cc_str by = t->c->owner;
	struct cc_store_message *m = cc_arena_array(t->a, t->n, sizeof *m);
	struct cc_str owner = { cc_arena_text(t->a, by.p, by.n), by.n };
	enum cc_code code;

	if (m == NULL || owner.p == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a claim");
	code = load(t, m, reterr);
	s->fig[CC_FIG_FENCE]++;
	for (uint32_t i = 0; code == CC_OK && i < t->n; i++) {
		cc_outbox_claim(&m[i], t->c, s->fig[CC_FIG_FENCE]);
		m[i].owner = owner;
		code = cc_sqlite_outbox_save(s, &m[i], CC_OUTBOX_QUEUED, reterr);
	}
	if (code == CC_OK)
		*ret = (struct cc_store_messages){ m, t->n, 0 };
	return code;
}

enum cc_code
cc_sqlite_outbox_claim(struct cc_store *st, const struct cc_store_claim *c, struct cc_arena *a,
    struct cc_store_messages *ret, struct cc_err *reterr)
{
	struct turns t = { .s = cc_sqlite_of(st), .c = c, .a = a, .reach = c->limit };
	enum cc_code code;

	t.v = calloc((size_t)c->limit * 2, sizeof *t.v);
	if (t.v == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a claim");
	code = take_turns(&t, reterr);
	if (code == CC_OK && t.n > 0)
		code = claim_all(&t, ret, reterr);
	else if (code == CC_OK)
		*ret = (struct cc_store_messages){ NULL, 0, 0 };
	free(t.v);
	return code;
}

/* --- leases -------------------------------------------------------------- */

enum cc_code
cc_sqlite_numbers(struct cc_q *q, struct cc_sqlite_numbers *ret, struct cc_err *reterr)
{
	ret->n = 0;
	while (ret->n < CC_STORE_LIST_MAX && cc_q_row(q))
		ret->no[ret->n++] = cc_q_get(q, 0);
	return cc_q_end(q, reterr);
}

static enum cc_code
lose(struct cc_sqlite *s, int64_t no, struct cc_wall now, struct cc_err *reterr)
{
	struct cc_store_message m = { .no = 0 };
	enum cc_code code = cc_sqlite_outbox_load(s, no, &m, reterr);
	struct cc_store_attempt t = { .outcome = CC_ATTEMPT_LOST, .started = m.claimed,
	    .ended = now, .code = CC_STR("lost"), .detail = CC_STR("") };

	if (code != CC_OK)
		return code;
	cc_outbox_lose(&m, now);
	t.number = m.attempts;
	code = cc_sqlite_outbox_save(s, &m, CC_OUTBOX_CLAIMED, reterr);
	return code == CC_OK ? cc_sqlite_attempt_add(s, no, &t, reterr) : code;
}

enum cc_code
cc_sqlite_outbox_requeue(struct cc_store *st, struct cc_wall now, struct cc_str others_than,
    uint32_t *ret_n, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_sqlite_numbers lost;
	struct cc_q q;
	enum cc_code code;

	q = cc_q_open(s, others_than.n > 0 ? CC_SQL_OUTBOX_OTHERS : CC_SQL_OUTBOX_LOST);
	cc_q_int(&q, now.s);
	cc_q_int(&q, CC_STORE_LIST_MAX);
	if (others_than.n > 0)
		cc_q_text(&q, others_than);
	code = cc_sqlite_numbers(&q, &lost, reterr);
	for (uint32_t i = 0; code == CC_OK && i < lost.n; i++)
		code = lose(s, lost.no[i], now, reterr);
	if (code == CC_OK)
		*ret_n = lost.n;
	return code;
}

/* --- next ---------------------------------------------------------------- */

static struct cc_wall
earlier(struct cc_wall a, struct cc_wall b)
{
	if (!cc_given(a))
		return b;
	return cc_given(b) && b.s < a.s ? b : a;
}

static enum cc_code
first_lease(struct cc_sqlite *s, struct cc_wall *ret, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_LEASE);
	struct cc_wall lease = CC_NEVER;
	enum cc_code code;

	while (cc_q_row(&q))
		lease = cc_q_get_wall(&q, 0);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = lease;
	return code;
}

enum cc_code
cc_sqlite_outbox_next(struct cc_store *st, const struct cc_store_quota *list, uint32_t n,
    struct cc_wall *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct quotas quotas = { .each = 1 };
	struct lane at = before_all;
	struct cc_wall next = CC_NEVER;
	enum cc_code code = number_quotas(s, list, n, &quotas, reterr);

	if (code == CC_OK)
		code = first_lease(s, &next, reterr);
	if (code == CC_OK)
		code = next_lane(s, &at, reterr);
	while (code == CC_OK && at.channel != 0) {
		if (quota_of(&quotas, at.channel) > 0)
			next = earlier(next, at.next);
		code = next_lane(s, &at, reterr);
	}
	if (code == CC_OK)
		*ret = next;
	return code;
}
