#include "store/memory.h"

#include <stdlib.h>

#define KIND(t) (&cc_mem_kinds[t])

/* --- whose turn it is ---------------------------------------------------- */

struct due {
	const struct cc_store_message *m;
	uint32_t turn;		/* its place among the due of its channel */
};

static int
next_cmp(const struct cc_store_message *a, const struct cc_store_message *b)
{
	if (a->next.s != b->next.s)
		return a->next.s < b->next.s ? -1 : 1;
	return (a->no > b->no) - (a->no < b->no);
}

/* Those with safety come first. */
static int
lane_cmp(const struct cc_store_message *a, const struct cc_store_message *b)
{
	return a->safety != b->safety ? b->safety - a->safety : next_cmp(a, b);
}

static int
by_channel(const void *pa, const void *pb)
{
	const struct due *a = pa, *b = pb;
	int c = cc_str_cmp(a->m->channel, b->m->channel);

	return c != 0 ? c : lane_cmp(a->m, b->m);
}

static int
by_turn(const void *pa, const void *pb)
{
	const struct due *a = pa, *b = pb;

	return a->turn != b->turn ? (a->turn < b->turn ? -1 : 1) : next_cmp(a->m, b->m);
}

static int
by_lane(const void *pa, const void *pb)
{
	const struct due *a = pa, *b = pb;

	return lane_cmp(a->m, b->m);
}

static uint32_t
quota_of(const struct cc_store_quota *q, uint32_t n, uint32_t each, struct cc_str channel)
{
	for (uint32_t i = 0; i < n; i++)
		if (cc_str_eq(q[i].channel, channel))
			return q[i].n;
	return each;
}

/* Numbers the turns of each channel and drops what is over its quota. */
static size_t
number_turns(const struct cc_store_claim *c, struct due *v, size_t n)
{
	uint32_t each = c->each == 0 ? c->limit : c->each, turn = 0;
	size_t kept = 0;

	if (n > 0)
		qsort(v, n, sizeof *v, by_channel);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && !cc_str_eq(v[i].m->channel, v[i - 1].m->channel))
			turn = 0;
		v[i].turn = turn++;
	}
	for (size_t i = 0; i < n; i++)
		if (v[i].turn < quota_of(c->quotas, c->nquotas, each, v[i].m->channel))
			v[kept++] = v[i];
	return kept;
}

/* --- claims -------------------------------------------------------------- */

static size_t
gather(const struct cc_mem_table *t, const struct cc_store_claim *c, struct due *v)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct cc_store_message *msg = cc_mem_at(t, i);

		if (msg->state == CC_OUTBOX_QUEUED && msg->next.s <= c->now.s)
			v[n++].m = msg;
	}
	n = number_turns(c, v, n);
	if (n > c->limit) {
		qsort(v, n, sizeof *v, by_turn);
		n = c->limit;
	}
	if (n > 0)
		qsort(v, n, sizeof *v, by_lane);
	return n;
}

static enum cc_code
claim_one(struct cc_memory *m, const struct cc_store_message *msg,
    const struct cc_store_claim *c, struct cc_arena *a, struct cc_store_vec *v)
{
	struct cc_store_message row = *msg, *slot;

	cc_outbox_claim(&row, c, m->fence);
	slot = cc_store_vec_add(v, sizeof *slot, a);
	if (slot == NULL || !cc_mem_out(KIND(CC_MEM_MESSAGES), &row, a, slot))
		return CC_ENOMEM;
	return cc_memory_put(m, CC_MEM_MESSAGES, CC_MEM_COUNT, &row, NULL);
}

enum cc_code
cc_memory_outbox_claim(struct cc_store *st, const struct cc_store_claim *c, struct cc_arena *a,
    struct cc_store_messages *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_MESSAGES);
	struct due *due = calloc(t->n + 1, sizeof *due);
	struct cc_store_vec v = { 0 };
	enum cc_code code = due == NULL ? CC_ENOMEM : CC_OK;
	size_t n = due == NULL ? 0 : gather(t, c, due);

	m->fence += n > 0;
	for (size_t i = 0; code == CC_OK && i < n; i++)
		code = claim_one(m, due[i].m, c, a, &v);
	free(due);
	if (code != CC_OK)
		return cc_memory_no_memory(m, reterr);
	*ret = (struct cc_store_messages){ v.items, v.n, 0 };
	return CC_OK;
}

/* --- next ---------------------------------------------------------------- */

enum cc_code
cc_memory_outbox_next(struct cc_store *st, const struct cc_store_quota *quotas, uint32_t n,
    struct cc_wall *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_table *t;
	struct cc_wall next = CC_NEVER;
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	t = cc_memory_see(m, CC_MEM_MESSAGES);
	for (size_t i = 0; i < t->n; i++) {
		const struct cc_store_message *msg = cc_mem_at(t, i);
		struct cc_wall at = CC_NEVER;

		if (msg->state == CC_OUTBOX_CLAIMED)
			at = msg->lease;
		else if (msg->state == CC_OUTBOX_QUEUED &&
		    quota_of(quotas, n, 1, msg->channel) > 0)
			at = msg->next;
		if (cc_given(at) && (!cc_given(next) || at.s < next.s))
			next = at;
	}
	cc_memory_leave(m);
	*ret = next;
	return CC_OK;
}
