#include "store/memory.h"

#define KIND(t) (&cc_mem_kinds[t])

static const struct cc_mem_pair *
pair_of(const struct cc_memory *m, enum cc_mem_tables t, struct cc_str text)
{
	const struct cc_mem_pair key = { .key = text };

	return cc_mem_get(cc_memory_see(m, t), KIND(t), &key);
}

/* --- notices ------------------------------------------------------------- */

static bool
forget_old(struct cc_memory *m, int64_t before)
{
	struct cc_mem_table *t = cc_memory_write(m, CC_MEM_NOTICES);

	if (t == NULL)
		return false;
	(void)pthread_mutex_lock(&m->db->lock);	/* the rows' counts */
	for (size_t i = t->n; i > 0; i--) {
		const struct cc_mem_pair *p = cc_mem_at(t, i - 1);

		if (p->number < before)
			cc_mem_remove(t, i - 1);
	}
	(void)pthread_mutex_unlock(&m->db->lock);
	return true;
}

enum cc_code
cc_memory_notice(struct cc_store *st, struct cc_str cause, cc_day day, bool *ret,
    struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_pair *old = pair_of(m, CC_MEM_NOTICES, cause);
	const struct cc_mem_pair row = { cause, CC_STR(""), day };
	bool fresh = old == NULL, first = fresh || old->number < day;
	enum cc_code code = CC_OK;

	if (first)
		code = cc_memory_put(m, CC_MEM_NOTICES, CC_MEM_COUNT, &row, reterr);
	if (code == CC_OK && fresh && !forget_old(m, (int64_t)day - CC_STORE_NOTICE_DAYS))
		code = cc_memory_no_memory(m, reterr);
	if (code == CC_OK)
		*ret = first;
	return code;
}

/* --- audit --------------------------------------------------------------- */

enum cc_code
cc_memory_audit_add(struct cc_store *st, const struct cc_store_audit *au, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	struct cc_store_audit row = *au;

	row.id = (int64_t)cc_memory_see(m, CC_MEM_AUDIT)->n + 1;
	return cc_memory_put(m, CC_MEM_AUDIT, CC_MEM_COUNT, &row, reterr);
}

static enum cc_code
audits(struct cc_memory *m, const struct cc_store_audit_from *from, struct cc_arena *a,
    struct cc_store_audits *ret, struct cc_err *reterr)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_AUDIT);
	const struct cc_store_audit key = { .id = from->after }, *au;
	struct cc_store_vec v = { 0 };
	int64_t next = 0;
	bool same;
	size_t i = cc_mem_place(t, KIND(CC_MEM_AUDIT), &key, &same);

	for (i += same; (au = cc_mem_at(t, i)) != NULL; i++) {
		struct cc_store_audit *slot;

		if (v.items != NULL && v.n == from->limit) {
			next = ((struct cc_store_audit *)v.items)[v.n - 1].id;
			break;
		}
		slot = cc_store_vec_add(&v, sizeof *slot, a);
		if (slot == NULL || !cc_mem_out(KIND(CC_MEM_AUDIT), au, a, slot))
			return cc_memory_no_memory(m, reterr);
	}
	*ret = (struct cc_store_audits){ v.items, v.n, next };
	return CC_OK;
}

enum cc_code
cc_memory_audit_list(struct cc_store *st, const struct cc_store_audit_from *from,
    struct cc_arena *a, struct cc_store_audits *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = audits(m, from, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}

/* --- meta ---------------------------------------------------------------- */

enum cc_code
cc_memory_meta_get(struct cc_store *st, struct cc_str key, struct cc_arena *a,
    struct cc_str *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_pair *p;
	struct cc_mem_pair out = {0};
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	p = pair_of(m, CC_MEM_META, key);
	if (p == NULL)
		code = cc_fail(reterr, CC_ENOENT, 0, "the store holds no value \"%.*s\"",
		    (int)key.n, key.p);
	else if (!cc_mem_out(KIND(CC_MEM_META), p, a, &out))
		code = cc_memory_no_memory(m, reterr);
	cc_memory_leave(m);
	if (code == CC_OK)
		*ret = out.value;
	return code;
}

enum cc_code
cc_memory_meta_put(struct cc_store *st, struct cc_str key, struct cc_str value,
    struct cc_err *reterr)
{
	const struct cc_mem_pair row = { key, value, 0 };

	return cc_memory_put(cc_memory_of(st), CC_MEM_META, CC_MEM_COUNT, &row, reterr);
}

/* --- status, backup, verify ---------------------------------------------- */

enum cc_code
cc_memory_status(struct cc_store *st, struct cc_store_status *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_table *t;
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	ret->schema = CC_STORE_SCHEMA;
	ret->events = (int64_t)cc_memory_see(m, CC_MEM_EVENTS)->n;
	t = cc_memory_see(m, CC_MEM_CASES);
	ret->cases = (int64_t)t->n;
	for (size_t i = 0; i < t->n; i++) {
		const struct cc_mem_case *c = cc_mem_at(t, i);

		ret->open_cases += cc_given(c->c.wake);
		ret->live += c->c.nlive;
	}
	t = cc_memory_see(m, CC_MEM_ALERTS);
	ret->alerts = (int64_t)t->n;
	for (size_t i = 0; i < t->n; i++) {
		const struct cc_store_alert *al = cc_mem_at(t, i);

		ret->held += al->held.n > 0 && !cc_given(al->released);
	}
	t = cc_memory_see(m, CC_MEM_MESSAGES);
	for (size_t i = 0; i < t->n; i++) {
		const struct cc_store_message *msg = cc_mem_at(t, i);

		ret->outbox[msg->state]++;
	}
	ret->attempts = (int64_t)cc_memory_see(m, CC_MEM_ATTEMPTS)->n;
	cc_memory_leave(m);
	return CC_OK;
}

enum cc_code
cc_memory_backup(struct cc_store *st, const char *path, struct cc_err *reterr)
{
	(void)st;
	(void)path;
	return cc_fail(reterr, CC_EINVAL, 0, "a store in memory has no backup");
}

/* A grouped message, and no other, has a carrier, which is not grouped; and only what
 * is queued waits on purpose. */
static bool
fits(const struct cc_memory *m, const struct cc_store_message *msg)
{
	const struct cc_store_message key = { .no = msg->carrier }, *carrier;

	carrier = cc_mem_get(cc_memory_see(m, CC_MEM_MESSAGES), KIND(CC_MEM_MESSAGES), &key);
	if (msg->hold.n > 0 && msg->state != CC_OUTBOX_QUEUED)
		return false;
	if (msg->state != CC_OUTBOX_GROUPED)
		return msg->carrier == 0;
	return carrier != NULL && carrier->state != CC_OUTBOX_GROUPED;
}

/* The tables are in order, the two that hold events hold the same ones, and messages
 * fit their carriers. */
enum cc_code
cc_memory_verify(struct cc_store *st, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	bool bad = false;
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	for (int k = 0; k < CC_MEM_COUNT; k++) {
		const struct cc_mem_table *t = cc_memory_see(m, (enum cc_mem_tables)k);

		for (size_t i = 1; i < t->n; i++)
			bad = bad || cc_mem_kinds[k].cmp(cc_mem_at(t, i - 1),
			    cc_mem_at(t, i)) >= 0;
	}
	bad = bad || cc_memory_see(m, CC_MEM_EVENTS)->n != cc_memory_see(m, CC_MEM_IDENTITY)->n;
	for (size_t i = 0; i < cc_memory_see(m, CC_MEM_MESSAGES)->n; i++)
		bad = bad || !fits(m, cc_mem_at(cc_memory_see(m, CC_MEM_MESSAGES), i));
	cc_memory_leave(m);
	if (bad)
		return cc_fail(reterr, CC_EBUG, 0, "the store contradicts itself");
	return CC_OK;
}
