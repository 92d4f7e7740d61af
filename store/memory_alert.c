#include "store/memory.h"

#define KIND(t) (&cc_mem_kinds[t])

/* --- adding -------------------------------------------------------------- */

static const struct cc_store_alert *
alert_of(const struct cc_memory *m, int64_t id)
{
	const struct cc_store_alert key = { .id = id };

	return cc_mem_get(cc_memory_see(m, CC_MEM_ALERTS), KIND(CC_MEM_ALERTS), &key);
}

static enum cc_code
unknown(int64_t id, struct cc_err *reterr)
{
	return cc_fail(reterr, CC_ENOENT, 0, "there is no alert %lld", (long long)id);
}

enum cc_code
cc_memory_alert_add(struct cc_store *st, const struct cc_store_alert *al,
    struct cc_store_added *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_table *keys = cc_memory_see(m, CC_MEM_ALERT_KEYS);
	const struct cc_store_alert *known;
	struct cc_store_alert row = *al;
	enum cc_code code;

	if (cc_memory_case(m, al->case_id) == NULL)
		return cc_fail(reterr, CC_ENOENT, 0, "an alert of unknown case %.*s",
		    (int)al->case_id.n, al->case_id.p);
	known = cc_mem_get(keys, KIND(CC_MEM_ALERT_KEYS), al);
	if (known != NULL) {
		*ret = (struct cc_store_added){ false, known->id };
		return CC_OK;
	}
	row.id = (int64_t)keys->n + 1;
	row.released = CC_NEVER;
	code = cc_memory_put(m, CC_MEM_ALERTS, CC_MEM_ALERT_KEYS, &row, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_added){ true, row.id };
	return code;
}

enum cc_code
cc_memory_alert_release(struct cc_store *st, int64_t id, struct cc_wall now,
    struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_alert *old = alert_of(m, id);
	struct cc_store_alert row;

	if (old == NULL)
		return unknown(id, reterr);
	if (old->held.n == 0 || cc_given(old->released))
		return cc_fail(reterr, CC_ECONFLICT, 0, "alert %lld is %s", (long long)id,
		    old->held.n > 0 ? "released already" : "not held");
	row = *old;
	row.released = now;
	return cc_memory_put(m, CC_MEM_ALERTS, CC_MEM_ALERT_KEYS, &row, reterr);
}

/* --- lists --------------------------------------------------------------- */

static bool
wanted(const struct cc_store_alert *al, const struct cc_store_alert_filter *f)
{
	if (f->case_id.n > 0 && !cc_str_eq(f->case_id, al->case_id))
		return false;
	if ((f->rule.n > 0 && !cc_str_eq(f->rule, al->rule)) ||
	    (f->subject.n > 0 && !cc_str_eq(f->subject, al->subject)))
		return false;
	return !f->held || (al->held.n > 0 && !cc_given(al->released));
}

static enum cc_code
list(struct cc_memory *m, const struct cc_store_alert_filter *f, struct cc_arena *a,
    struct cc_store_alerts *ret, struct cc_err *reterr)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_ALERTS);
	struct cc_store_vec v = { 0 };
	int64_t next = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct cc_store_alert *al = cc_mem_at(t, i);
		struct cc_store_alert *slot;

		if (al->id <= f->after || !wanted(al, f))
			continue;
		if (v.items != NULL && v.n == f->limit) {
			next = ((struct cc_store_alert *)v.items)[v.n - 1].id;
			break;
		}
		slot = cc_store_vec_add(&v, sizeof *slot, a);
		if (slot == NULL || !cc_mem_out(KIND(CC_MEM_ALERTS), al, a, slot))
			return cc_memory_no_memory(m, reterr);
	}
	*ret = (struct cc_store_alerts){ v.items, v.n, next };
	return CC_OK;
}

enum cc_code
cc_memory_alerts_list(struct cc_store *st, const struct cc_store_alert_filter *f,
    struct cc_arena *a, struct cc_store_alerts *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = list(m, f, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}

enum cc_code
cc_memory_alert_get(struct cc_store *st, int64_t id, struct cc_arena *a,
    struct cc_store_alert *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_alert *al;
	struct cc_store_alert out = {0};
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	al = alert_of(m, id);
	if (al == NULL)
		code = unknown(id, reterr);
	else if (!cc_mem_out(KIND(CC_MEM_ALERTS), al, a, &out))
		code = cc_memory_no_memory(m, reterr);
	cc_memory_leave(m);
	if (code == CC_OK)
		*ret = out;
	return code;
}

/* --- acknowledgements ---------------------------------------------------- */

enum cc_code
cc_memory_ack_add(struct cc_store *st, const struct cc_store_ack *ack, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_alert *al = alert_of(m, ack->alert);
	struct cc_mem_ack row = { .k = *ack };

	if (al == NULL)
		return unknown(ack->alert, reterr);
	row.case_id = al->case_id;
	row.no = (int64_t)cc_memory_see(m, CC_MEM_ACKS)->n + 1;
	return cc_memory_put(m, CC_MEM_ACKS, CC_MEM_COUNT, &row, reterr);
}

static enum cc_code
acks(struct cc_memory *m, const struct cc_store_acks_of *of, struct cc_arena *a,
    struct cc_store_acks *ret, struct cc_err *reterr)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_ACKS);
	struct cc_store_vec v = { 0 };

	for (size_t i = t->n; i > 0 && v.n < of->limit; i--) {
		const struct cc_mem_ack *k = cc_mem_at(t, i - 1);
		struct cc_store_ack *slot;
		struct cc_mem_ack out;

		if (!cc_str_eq(k->case_id, of->case_id) || k->k.at.s > of->now.s ||
		    k->k.until.s <= of->now.s)
			continue;
		slot = cc_store_vec_add(&v, sizeof *slot, a);
		if (slot == NULL || !cc_mem_out(KIND(CC_MEM_ACKS), k, a, &out))
			return cc_memory_no_memory(m, reterr);
		*slot = out.k;
	}
	*ret = (struct cc_store_acks){ v.items, v.n };
	return CC_OK;
}

enum cc_code
cc_memory_acks_list(struct cc_store *st, const struct cc_store_acks_of *of, struct cc_arena *a,
    struct cc_store_acks *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = acks(m, of, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}
