#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "store/checks.h"
#include "store/ops.h"
#include "store/outbox.h"

/* --- for the implementations --------------------------------------------- */

void *
cc_store_vec_add(struct cc_store_vec *v, size_t size, struct cc_arena *a)
{
	if (v->n == v->cap) {
		uint32_t cap = v->cap == 0 ? 16 : v->cap * 2;
		void *p = cc_arena_array(a, cap, size);

		if (p == NULL)
			return NULL;
		if (v->n > 0)
			memcpy(p, v->items, v->n * size);
		v->items = p;
		v->cap = cap;
	}
	return (char *)v->items + v->n++ * size;
}

static void *
heap_more(void *self, void *old, size_t n)
{
	(void)self;
	if (n > 0)
		return malloc(n);
	free(old);
	return NULL;
}

void
cc_store_arena_init(struct cc_arena *a, size_t limit)
{
	*a = (struct cc_arena){ .more = heap_more, .limit = limit };
}

static enum cc_code
check_case(struct cc_str id, struct cc_err *reterr)
{
	return CC_CHECK_TEXTS(reterr, { "a case id", id, 1, CC_STORE_ID_MAX });
}

static enum cc_code
check_stamps(const struct cc_store_stamps *s, struct cc_err *reterr)
{
	return CC_CHECK_TEXTS(reterr, { "the stamp of the pack", s->pack, 0, CC_STORE_TEXT_MAX },
	    { "the stamp of the calendar", s->calendar, 0, CC_STORE_TEXT_MAX },
	    { "the stamp of the zones", s->zones, 0, CC_STORE_TEXT_MAX });
}

/* --- opening, transactions ----------------------------------------------- */

enum cc_code
cc_store_open_reader(struct cc_store *st, struct cc_store **ret, struct cc_err *reterr)
{
	return st->ops->open_reader(st, ret, reterr);
}

void
cc_store_close(struct cc_store *st)
{
	if (st == NULL)
		return;
	cc_store_rollback(st);
	st->ops->close(st);
}

void
cc_store_fault(struct cc_store *st, const struct cc_store_hooks *hooks)
{
	st->hooks = hooks == NULL ? (struct cc_store_hooks){ 0 } : *hooks;
}

enum cc_code
cc_store_begin(struct cc_store *st, struct cc_err *reterr)
{
	enum cc_code code;

	if (st->open)
		return cc_fail(reterr, CC_EINVAL, 0, "a transaction is open already");
	code = st->ops->begin(st, reterr);
	st->open = code == CC_OK;
	st->spoiled = false;
	return code;
}

enum cc_code
cc_store_commit(struct cc_store *st, struct cc_err *reterr)
{
	enum cc_code code;

	if (!st->open)
		return cc_fail(reterr, CC_EINVAL, 0, "there is no transaction to commit");
	if (st->spoiled)
		return cc_store_may_write(st, reterr);
	code = st->ops->commit(st, reterr);
	if (code != CC_OK) {
		st->spoiled = true;
		return code;
	}
	st->open = false;
	if (st->reader)
		return CC_OK;
	st->commits++;
	if (st->hooks.committed != NULL)
		st->hooks.committed(st->hooks.self, st->commits);
	return CC_OK;
}

void
cc_store_rollback(struct cc_store *st)
{
	if (!st->open)
		return;
	st->ops->rollback(st);
	st->open = false;
	st->spoiled = false;
}

/* --- events, cases ------------------------------------------------------- */

enum cc_code
cc_store_event_append(struct cc_store *st, const struct cc_store_event *e,
    struct cc_store_appended *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr, { "a case id", e->case_id, 1, CC_STORE_ID_MAX },
		    { "an event id", e->id, 1, CC_STORE_ID_MAX },
		    { "the source of an event", e->source, 1, CC_STORE_ID_MAX },
		    { "an event", e->bytes, 1, CC_COMPACT_MAX });
	if (code == CC_OK && !cc_given(e->recorded))
		code = cc_fail(reterr, CC_EINVAL, 0, "an event without its recorded time");
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->event_append(st, e, ret, reterr));
}

enum cc_code
cc_store_case_events(struct cc_store *st, const struct cc_store_events_of *q,
    struct cc_arena *a, struct cc_store_kepts *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_check_limit(q->limit, reterr);

	if (code == CC_OK)
		code = check_case(q->case_id, reterr);
	if (code != CC_OK)
		return code;
	return st->ops->case_events(st, q, a, ret, reterr);
}

enum cc_code
cc_store_case_load(struct cc_store *st, struct cc_str case_id, struct cc_arena *a,
    struct cc_store_case *ret, struct cc_err *reterr)
{
	enum cc_code code = check_case(case_id, reterr);

	if (code != CC_OK)
		return code;
	return st->ops->case_load(st, case_id, a, ret, reterr);
}

enum cc_code
cc_store_case_put(struct cc_store *st, const struct cc_store_put *put, struct cc_err *reterr)
{
	struct cc_store_put p = *put;
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = check_case(p.case_id, reterr);
	if (code == CC_OK)
		code = check_stamps(&p.stamps, reterr);
	if (code == CC_OK && p.expected < 0)
		code = cc_fail(reterr, CC_EINVAL, 0, "a case version below 0");
	if (code == CC_OK && p.ninstances > CC_STORE_INSTANCES_MAX)
		code = cc_fail(reterr, CC_ERANGE, 0, "a case with %u instances; the most is %d",
		    p.ninstances, CC_STORE_INSTANCES_MAX);
	if (code != CC_OK)
		return code;
	if (cc_given(p.wake) && p.wake.s < 0)
		p.wake.s = 0;
	if (p.wake.s > CC_STORE_WAKE_MAX)
		p.wake.s = CC_STORE_WAKE_MAX;
	return cc_store_settle(st, st->ops->case_put(st, &p, reterr));
}

enum cc_code
cc_store_cases_list(struct cc_store *st, const struct cc_store_cases_from *q,
    struct cc_arena *a, struct cc_store_cases *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_check_limit(q->limit, reterr);

	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr, { "a cursor", q->after, 0, CC_STORE_ID_MAX });
	if (code != CC_OK)
		return code;
	return st->ops->cases_list(st, q, a, ret, reterr);
}

/* --- wakes --------------------------------------------------------------- */

static enum cc_code
not_reader(struct cc_store *st, struct cc_err *reterr)
{
	if (!st->reader)
		return CC_OK;
	return cc_fail(reterr, CC_EINVAL, 0, "a reader of the store does not hold the wakes");
}

enum cc_code
cc_store_wakes_due(struct cc_store *st, const struct cc_store_due *q, struct cc_arena *a,
    struct cc_store_wakes *ret, struct cc_err *reterr)
{
	enum cc_code code = not_reader(st, reterr);

	if (code == CC_OK)
		code = cc_store_check_limit(q->limit, reterr);
	if (code != CC_OK)
		return code;
	return st->ops->wakes_due(st, q, a, ret, reterr);
}

enum cc_code
cc_store_wake_next(struct cc_store *st, struct cc_wall *ret, struct cc_err *reterr)
{
	enum cc_code code = not_reader(st, reterr);

	return code != CC_OK ? code : st->ops->wake_next(st, ret, reterr);
}

enum cc_code
cc_store_stale_list(struct cc_store *st, const struct cc_store_stale *q, struct cc_arena *a,
    struct cc_store_wakes *ret, struct cc_err *reterr)
{
	enum cc_code code = not_reader(st, reterr);

	if (code == CC_OK)
		code = cc_store_check_limit(q->limit, reterr);
	if (code == CC_OK)
		code = check_stamps(&q->in_force, reterr);
	if (code != CC_OK)
		return code;
	return st->ops->stale_list(st, q, a, ret, reterr);
}

enum cc_code
cc_store_stale_count(struct cc_store *st, const struct cc_store_stamps *in_force, int64_t *ret,
    struct cc_err *reterr)
{
	enum cc_code code = check_stamps(in_force, reterr);

	return code != CC_OK ? code : st->ops->stale_count(st, in_force, ret, reterr);
}

/* --- alerts -------------------------------------------------------------- */

enum cc_code
cc_store_alert_add(struct cc_store *st, const struct cc_store_alert *al,
    struct cc_store_added *ret, struct cc_err *reterr)
{
	struct cc_store_alert cut = *al;
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr, { "a case id", al->case_id, 1, CC_STORE_ID_MAX },
		    { "a rule id", al->rule, 1, CC_STORE_ID_MAX },
		    { "a subject", al->subject, 0, 2 * CC_STORE_ID_MAX + 1 },
		    { "the id of an origin", al->origin_id, 0, CC_STORE_ID_MAX },
		    { "the source of an origin", al->origin_source, 0, CC_STORE_ID_MAX },
		    { "the name of a rung", al->rung, 1, CC_STORE_ID_MAX },
		    { "a list of roles", al->to, 0, CC_STORE_TEXT_MAX });
	if (code == CC_OK && (!cc_given(al->at) || !cc_given(al->fired)))
		code = cc_fail(reterr, CC_EINVAL, 0, "an alert without its instants");
	if (code != CC_OK)
		return code;
	cut.held = cc_store_cut(al->held, CC_STORE_DETAIL_MAX);
	return cc_store_settle(st, st->ops->alert_add(st, &cut, ret, reterr));
}

enum cc_code
cc_store_alert_release(struct cc_store *st, int64_t id, struct cc_wall now,
    struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK && !cc_given(now))
		code = cc_fail(reterr, CC_EINVAL, 0, "a release without its instant");
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->alert_release(st, id, now, reterr));
}

enum cc_code
cc_store_alerts_list(struct cc_store *st, const struct cc_store_alert_filter *f,
    struct cc_arena *a, struct cc_store_alerts *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_check_limit(f->limit, reterr);

	if (code == CC_OK && f->case_id.n == 0 && (f->rule.n > 0 || f->subject.n > 0))
		code = cc_fail(reterr, CC_EINVAL, 0,
		    "alerts are listed by rule or subject within a case only");
	return code != CC_OK ? code : st->ops->alerts_list(st, f, a, ret, reterr);
}

enum cc_code
cc_store_alert_get(struct cc_store *st, int64_t id, struct cc_arena *a,
    struct cc_store_alert *ret, struct cc_err *reterr)
{
	return st->ops->alert_get(st, id, a, ret, reterr);
}

enum cc_code
cc_store_ack_add(struct cc_store *st, const struct cc_store_ack *ack, struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr,
		    { "the name of who acknowledges", ack->by, 1, CC_STORE_ID_MAX });
	if (code == CC_OK && (!cc_given(ack->at) || ack->until.s <= ack->at.s))
		code = cc_fail(reterr, CC_EINVAL, 0,
		    "an acknowledgement must end after it begins");
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->ack_add(st, ack, reterr));
}

enum cc_code
cc_store_acks_list(struct cc_store *st, const struct cc_store_acks_of *q, struct cc_arena *a,
    struct cc_store_acks *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_check_limit(q->limit, reterr);

	if (code == CC_OK)
		code = check_case(q->case_id, reterr);
	if (code != CC_OK)
		return code;
	return st->ops->acks_list(st, q, a, ret, reterr);
}
