/* Messages that wait for an endpoint longer than they may; see daemon/engine_inner.h. */
#include "daemon/engine_inner.h"

#include "daemon/log.h"
#include "policy/heap.h"

enum {
	EXPIRE_EVERY = 600,
	EXPIRE_FIRST = 3600,	/* a start leaves this time for a last attempt */
	EXPIRE_PAGE = 1000, EXPIRE_ARENA = 64 * 1024 * 1024
};

/* A channel that has room is asked for its messages anyway, and gives up those whose
 * time is over when they fail. */
static bool
is_shut(const struct cc_engine *e, struct cc_str channel)
{
	for (uint32_t i = 0; i < e->nquotas; i++)
		if (e->quotas[i].n == 0 && cc_str_eq(e->quotas[i].channel, channel))
			return true;
	return false;
}

static bool
any_is_shut(const struct cc_engine *e)
{
	for (uint32_t i = 0; i < e->nquotas; i++)
		if (e->quotas[i].n == 0)
			return true;
	return false;
}

struct cc_wall
cc_engine_expire_next(struct cc_engine *e)
{
	int64_t first = e->now.wall.s + EXPIRE_FIRST;

	/* Also when the clock was put back. */
	if (e->expire_at == 0 || e->expire_at > first)
		e->expire_at = first;
	if (!any_is_shut(e))
		return CC_NEVER;
	return e->expire_after != 0 ? e->now.wall : (struct cc_wall){e->expire_at};
}

/* Held up or put off, it is not tried before its next anyway. */
static bool
is_over(const struct cc_engine *e, const struct cc_store_message *m)
{
	return cc_given(m->give_up) && m->give_up.s < e->now.wall.s &&
	    m->next.s <= e->now.wall.s && is_shut(e, m->channel);
}

static enum cc_code
expire_one(struct cc_engine *e, const struct cc_store_message *m, struct cc_err *reterr)
{
	struct cc_store_outcome row = {.no = m->no, .to = CC_OUTBOX_DEAD, .now = e->now.wall,
	    .started = CC_NEVER, .ended = CC_NEVER, .next = CC_NEVER, .code = CC_STR("expired"),
	    .detail = CC_STR("its endpoint took nothing until its time was over")};
	struct cc_outcome o = {.no = m->no, .to = CC_OUTBOX_DEAD, .now = e->now.wall,
	    .started = CC_NEVER, .ended = CC_NEVER, .next = CC_NEVER};
	enum cc_code one = CC_OK, code;

	code = cc_store_outbox_complete(e->cf.store, &row, 1, &one, reterr);
	if (code != CC_OK || one != CC_OK)	/* not queued any more */
		return code;
	CC_COUNT(e->cf.figures, given_up);
	cc_log(CC_LOG_ERR, "message %.*s to %.*s is given up: its endpoint took nothing until "
	    "its time was over", (int)m->id.n, m->id.p, (int)m->channel.n, m->channel.p);
	return cc_engine_failed(e, &o, reterr);
}

enum cc_code
cc_engine_expire(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.state = CC_OUTBOX_QUEUED,
	    .after = e->expire_after, .limit = EXPIRE_PAGE};
	struct cc_store_messages list = {0};
	struct cc_wall next = cc_engine_expire_next(e);
	struct cc_arena keep;
	enum cc_code code;

	if (!cc_given(next) || next.s > e->now.wall.s)
		return CC_OK;
	cc_heap_arena_init(&keep, EXPIRE_ARENA);
	code = cc_store_messages_list(e->cf.store, &f, &keep, &list, reterr);
	for (uint32_t i = 0; i < list.n && code == CC_OK; i++)
		if (is_over(e, &list.items[i]))
			code = expire_one(e, &list.items[i], reterr);
	if (code == CC_OK) {
		e->expire_after = list.next;
		if (list.next == 0)
			e->expire_at = e->now.wall.s + EXPIRE_EVERY;
	}
	cc_arena_done(&keep);
	return code;
}
