#include "daemon/engine_inner.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/methods.h"
#include "policy/heap.h"

enum { CLAIM_ARENA = 256 * 1024 * 1024 };

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

static enum cc_code
record(struct cc_engine *e, const struct cc_outcomes *o, struct cc_arena *a,
    enum cc_code **ret_codes, struct cc_err *reterr)
{
	struct cc_store_outcome *rows = cc_arena_array(a, o->n, sizeof *rows);
	enum cc_code *codes = cc_arena_array(a, o->n, sizeof *codes);

	if (rows == NULL || codes == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for outcomes");
	for (uint32_t i = 0; i < o->n; i++) {
		const struct cc_outcome *from = &o->items[i];

		rows[i] = (struct cc_store_outcome){.no = from->no, .fence = from->fence,
		    .to = from->to, .next = from->next, .now = from->now,
		    .started = from->started, .ended = from->ended,
		    .attempt = from->attempt, .code = text_of(from->code),
		    .detail = text_of(from->detail)};
	}
	*ret_codes = codes;
	return cc_store_outbox_complete(e->cf.store, rows, o->n, codes, reterr);
}

enum cc_code
cc_engine_outcomes(struct cc_engine *e, struct cc_outcomes *o, struct cc_err *reterr)
{
	struct cc_arena keep;
	enum cc_code *codes = NULL, code;

	cc_heap_arena_init(&keep, CLAIM_ARENA);	/* telling others uses the engine's own */
	code = record(e, o, &keep, &codes, reterr);
	for (uint32_t i = 0; i < o->n && code == CC_OK; i++) {
		const struct cc_outcome *x = &o->items[i];

		if (codes[i] != CC_OK)	/* the claim had run out: another has it */
			cc_log(CC_LOG_WARN, "message %lld: its outcome came too late: %s",
			    (long long)x->no, cc_code_text(codes[i]));
		else if (x->to == CC_OUTBOX_DEAD || x->disabled)
			code = cc_engine_failed(e, x, reterr);
	}
	cc_arena_done(&keep);
	o->stored = code == CC_OK;
	return code;
}

enum cc_code
cc_engine_claim(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_store_claim q = {.now = e->now.wall, .lease = CC_ENGINE_LEASE,
	    .limit = e->total, .each = e->each,
	    .quotas = e->quotas, .nquotas = e->nquotas, .owner = text_of(e->cf.owner)};
	struct cc_wall next = CC_NEVER;
	struct cc_claimed *c;
	enum cc_code code;

	if (q.limit == 0)
		return CC_OK;
	code = cc_store_outbox_next(e->cf.store, e->quotas, e->nquotas, &next, reterr);
	if (code != CC_OK || !cc_given(next) || next.s > e->now.wall.s)
		return code;
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages");
	c->work.kind = CC_WORK_CLAIMED;
	cc_heap_arena_init(&c->arena, CLAIM_ARENA);
	code = cc_store_outbox_claim(e->cf.store, &q, &c->arena, &c->rows, reterr);
	if (code == CC_OK)
		code = cc_outgoing_look_again(e, &c->arena, &c->rows, reterr);
	if (code != CC_OK || c->rows.n == 0) {
		cc_claimed_free(c);
		return code;
	}
	c->left = c->rows.n;
	e->claimed = c;
	return CC_OK;
}

enum cc_code
cc_engine_reclaim(struct cc_engine *e, struct cc_err *reterr)
{
	uint32_t n, all = 0;

	do {
		enum cc_code code = cc_store_outbox_requeue(e->cf.store, e->now.wall,
		    text_of(e->cf.owner), &n, reterr);

		if (code != CC_OK)
			return code;
		all += n;
	} while (n == CC_STORE_LIST_MAX);
	if (all > 0)
		cc_log(CC_LOG_NOTICE, "%u messages were under way when the last run ended; "
		    "they go out again under the same ids", all);
	return CC_OK;
}

/* --- messages.redrive --------------------------------------------------------- */

static enum cc_code
redrive(struct cc_engine *e, const struct cc_redrive_asked *ask, uint32_t *ret,
    struct cc_err *reterr)
{
	struct cc_store_redrive q = {.id = ask->message, .now = e->now.wall,
	    .give_up = {e->now.wall.s + e->setup->config.give_up}};
	uint32_t n = 1;

	*ret = 0;
	if (ask->alert != 0) {
		*ret = 1;
		return cc_tell_held(e, ask->alert, reterr);
	}
	do {
		enum cc_code code = cc_store_redrive(e->cf.store, &q, &n, reterr);

		if (code != CC_OK)
			return code;
		*ret += n;
	} while (ask->message.n == 0 && n == CC_STORE_LIST_MAX);
	return CC_OK;
}

enum cc_code
cc_engine_redrive(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_redrive_asked ask = {0};
	struct cc_err err = {.msg = ""};
	uint32_t n = 0;
	enum cc_code code = cc_method_redrive_read(j, &ask, &err);

	free(j->text);	/* of an attempt that was rolled back */
	j->text = NULL;
	if (code == CC_OK)
		code = redrive(e, &ask, &n, &err);
	if (code == CC_EIO || code == CC_EBUSY || code == CC_ENOMEM || code == CC_EBUG)
		return cc_fail(reterr, code, err.sys, "%s", err.msg);
	if (code != CC_OK)
		cc_method_refused(j, &err);
	else
		cc_method_redriven(j, n);
	return CC_OK;
}
