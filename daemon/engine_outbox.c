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

enum cc_code
cc_engine_outcomes(struct cc_engine *e, struct cc_outcomes *o, struct cc_err *reterr)
{
	struct cc_store_outcome *rows;
	enum cc_code *codes, code;

	cc_arena_reset(&e->rows);
	rows = cc_arena_array(&e->rows, o->n, sizeof *rows);
	codes = cc_arena_array(&e->rows, o->n, sizeof *codes);
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
	code = cc_store_outbox_complete(e->cf.store, rows, o->n, codes, reterr);
	if (code != CC_OK)
		return code;
	for (uint32_t i = 0; i < o->n; i++)
		if (codes[i] != CC_OK)	/* the claim had run out: another has it */
			cc_log(CC_LOG_WARN, "message %lld: its outcome came too late: %s",
			    (long long)o->items[i].no, cc_code_text(codes[i]));
	o->stored = true;
	return CC_OK;
}

enum cc_code
cc_engine_claim(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_store_claim q = {.now = e->now.wall, .lease = CC_ENGINE_LEASE,
	    .limit = atomic_load(&e->want), .owner = text_of(e->cf.owner)};
	struct cc_wall next = CC_NEVER;
	struct cc_claimed *c;
	enum cc_code code;

	if (q.limit == 0)
		return CC_OK;
	code = cc_store_outbox_next(e->cf.store, &next, reterr);
	if (code != CC_OK || !cc_given(next) || next.s > e->now.wall.s)
		return code;
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages");
	c->work.kind = CC_WORK_CLAIMED;
	cc_heap_arena_init(&c->arena, CLAIM_ARENA);
	code = cc_store_outbox_claim(e->cf.store, &q, &c->arena, &c->rows, reterr);
	if (code != CC_OK || c->rows.n == 0) {
		cc_claimed_free(c);
		return code;
	}
	c->left = c->rows.n;
	e->claimed = c;
	atomic_store(&e->want, 0);	/* the loop says anew what it has room for */
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

static const struct cc_rule *
rule_of(const struct cc_pack *p, struct cc_str id)
{
	for (uint16_t i = 0; i < p->nrules; i++)
		if (cc_str_eq(text_of(p->rules[i]->id), id))
			return p->rules[i];
	return NULL;
}

/* A held alert is told after all. */
static enum cc_code
release_alert(struct cc_engine *e, int64_t id, struct cc_err *reterr)
{
	struct cc_store_alert al;
	struct cc_entry *c;
	struct cc_telling t;
	struct cc_arena keep;
	struct cc_result result;
	const struct cc_rule *rule;
	enum cc_code code;

	cc_heap_arena_init(&keep, CLAIM_ARENA);
	code = cc_store_alert_get(e->cf.store, id, &keep, &al, reterr);
	if (code == CC_OK)
		code = cc_store_alert_release(e->cf.store, id, e->now.wall, reterr);
	if (code == CC_OK)
		code = cc_engine_case(e, al.case_id, &c, reterr);
	if (code == CC_OK) {
		struct cc_case of = {.id = c->id, .events = c->events, .nevents = c->nevents};
		struct cc_eval_options o = {.now = e->now.wall, .only_rule = 0};

		cc_arena_reset(&e->work);
		code = cc_eval_case(e->setup->pack, &of, &o, &e->work, &result, reterr);
	}
	if (code == CC_OK)
		code = cc_telling_begin(e, c, &result, &t, reterr);
	if (code == CC_OK) {
		rule = rule_of(e->setup->pack, al.rule);
		al.late = true;
		al.fired = e->now.wall;
		code = rule == NULL ? cc_fail(reterr, CC_ENOENT, 0,
		    "the policy in force has no rule of that name any more") :
		    cc_tell(&t, &al, rule, reterr);
	}
	cc_arena_done(&keep);
	return code;
}

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
		return release_alert(e, ask->alert, reterr);
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
