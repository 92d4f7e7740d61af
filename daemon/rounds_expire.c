/* Messages whose time is over; the contract is in daemon/rounds_inner.h. */
#include "daemon/rounds_inner.h"

#include <stdio.h>

#include "daemon/log.h"
#include "policy/heap.h"

enum { ROWS_MAX = 64 * 1024 * 1024 };

/* Nobody tried, for its endpoint is disabled or rests: whoever stands above is told. */
static enum cc_code
give_up(struct cc_engine *e, const struct cc_store_message *m, struct cc_err *reterr)
{
	const struct cc_store_outcome row = {.no = m->no, .to = CC_OUTBOX_DEAD,
	    .now = e->now.wall, .started = CC_NEVER, .ended = CC_NEVER,
	    .code = CC_STR("expired"),
	    .detail = CC_STR("its endpoint took nothing until its time was over")};
	const struct cc_outcome o = {.no = m->no, .to = CC_OUTBOX_DEAD};
	enum cc_code one, code = cc_store_outbox_complete(e->cf.store, &row, 1, &one, reterr);

	if (code == CC_OK && one != CC_OK)
		code = cc_fail(reterr, CC_EBUG, 0, "message %lld cannot be closed: %s",
		    (long long)m->no, cc_code_text(one));
	if (code != CC_OK)
		return code;
	CC_COUNT(e->cf.figures, given_up);
	cc_log(CC_LOG_ERR, "message %.*s to %.*s is given up: its endpoint took nothing until "
	    "its time was over", (int)m->id.n, m->id.p, (int)m->channel.n, m->channel.p);
	return cc_engine_failed(e, &o, reterr);
}

enum cc_code
cc_expire_step(struct cc_engine *e, struct cc_rounds *r, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.state = CC_OUTBOX_QUEUED,
	    .after = r->expire_after, .limit = CC_ROUNDS_LOOK};
	struct cc_store_messages list = {0};
	struct cc_arena rows;
	enum cc_code code;

	cc_heap_arena_init(&rows, ROWS_MAX);
	code = cc_store_messages_list(e->cf.store, &f, &rows, &list, reterr);
	for (uint32_t i = 0; i < list.n && code == CC_OK; i++)
		if (cc_given(list.items[i].give_up) &&
		    list.items[i].give_up.s <= e->now.wall.s)
			code = give_up(e, &list.items[i], reterr);
	cc_arena_done(&rows);
	if (code != CC_OK)
		return code;
	r->expire_after = list.next;
	if (list.next == 0)
		r->expire_next = (struct cc_wall){e->now.wall.s + CC_EXPIRE_EVERY};
	return CC_OK;
}
