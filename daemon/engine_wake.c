#include "daemon/engine_inner.h"

#include "daemon/log.h"
#include "daemon/rounds.h"

static struct cc_wall
next_wake(struct cc_engine *e)
{
	struct cc_wall t = CC_NEVER;
	struct cc_err err = {.msg = ""};

	if (cc_store_wake_next(e->cf.store, &t, &err) != CC_OK)
		cc_log_err(CC_LOG_ERR, "store: next wake", &err);
	return t;
}

static struct cc_wall
next_message(struct cc_engine *e)
{
	struct cc_wall t = CC_NEVER;
	struct cc_err err = {.msg = ""};

	if (cc_store_outbox_next(e->cf.store, e->quotas, e->nquotas, &t, &err) != CC_OK)
		cc_log_err(CC_LOG_ERR, "store: next message", &err);
	return t;
}

static bool
reached(struct cc_wall t, struct cc_wall now)
{
	return cc_given(t) && t.s <= now.s;
}

bool
cc_engine_due(struct cc_engine *e)
{
	cc_engine_take_want(e);
	return e->stale || reached(next_wake(e), e->now.wall) ||
	    reached(cc_engine_expire_next(e), e->now.wall) ||
	    reached(cc_rounds_next(e), e->now.wall) ||
	    (e->total > 0 && reached(next_message(e), e->now.wall));
}

static enum cc_code
touch_all(struct cc_engine *e, const struct cc_store_wakes *list, struct cc_err *reterr)
{
	struct cc_entry *c;

	for (uint32_t i = 0; i < list->n; i++) {
		enum cc_code code = cc_engine_case(e, list->items[i].case_id, &c, reterr);

		if (code != CC_OK)
			return code;
		cc_engine_touch(e, c);
	}
	return CC_OK;
}

enum cc_code
cc_engine_wakes(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_store_due due = {.now = e->now.wall, .limit = CC_ENGINE_SLICE};
	struct cc_store_stale stale = {.in_force = e->setup->stamps,
	    .limit = CC_ENGINE_SLICE};
	struct cc_store_wakes list = {0};
	enum cc_code code;

	/* The list lives in its own arena, since reading a case uses the other. */
	cc_arena_reset(&e->work);
	code = cc_store_wakes_due(e->cf.store, &due, &e->work, &list, reterr);
	if (code == CC_OK)
		code = touch_all(e, &list, reterr);
	if (code != CC_OK)
		return code;
	CC_COUNT_N(e->cf.figures, wakes, list.n);
	if (!e->stale || list.n == CC_ENGINE_SLICE)
		return CC_OK;
	cc_arena_reset(&e->work);
	code = cc_store_stale_list(e->cf.store, &stale, &e->work, &list, reterr);
	if (code == CC_OK)
		code = touch_all(e, &list, reterr);
	if (code != CC_OK)
		return code;
	if (list.n == 0)
		e->stale = false;
	CC_COUNT_N(e->cf.figures, rederived, list.n);
	return CC_OK;
}

/* Wakes and stale cases come first: of a case whose rung is about to fire the audit would
 * think that it did not. */
enum cc_code
cc_engine_rounds(struct cc_engine *e, struct cc_err *reterr)
{
	if (e->stale || !reached(cc_rounds_next(e), e->now.wall) ||
	    reached(next_wake(e), e->now.wall))
		return CC_OK;
	return cc_rounds_step(e, reterr);
}

void
cc_engine_recount(struct cc_engine *e)
{
	int64_t n = 0;
	struct cc_err err = {.msg = ""};

	if (cc_store_stale_count(e->cf.store, &e->setup->stamps, &n, &err) != CC_OK) {
		cc_log_err(CC_LOG_ERR, "store: cases to be derived anew", &err);
		n = 1;	/* look for them all the same */
	}
	atomic_store(&e->cf.figures->stale, n);
	e->stale = n > 0;
	if (e->stale)
		cc_log(CC_LOG_NOTICE, "%lld cases are to be derived anew", (long long)n);
}

static struct cc_wall
earlier(struct cc_wall a, struct cc_wall b)
{
	return cc_given(b) && (!cc_given(a) || b.s < a.s) ? b : a;
}

void
cc_engine_look_ahead(struct cc_engine *e)
{
	struct cc_wall t = earlier(next_wake(e), cc_rounds_next(e));
	bool held = e->now.mono.ms < e->hold_until;

	cc_engine_take_want(e);
	if (e->total > 0)
		t = earlier(t, next_message(e));
	t = earlier(t, cc_engine_expire_next(e));
	if (atomic_load(&e->cf.figures->stale) > 0 && e->stale && !held) {
		int64_t n = 0;

		if (cc_store_stale_count(e->cf.store, &e->setup->stamps, &n, NULL) == CC_OK)
			atomic_store(&e->cf.figures->stale, n);
		e->stale = n > 0;
	}
	e->busy = !held && (e->stale || reached(t, e->now.wall));
	if (held && (e->stale || reached(t, e->now.wall)))
		t = (struct cc_wall){e->now.wall.s + 1};
	if (atomic_exchange(&e->next, t.s) != t.s)
		e->cf.outlet->wake(e->cf.outlet->self);
}
