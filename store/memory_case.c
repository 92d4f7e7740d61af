#include "store/memory.h"

#include <stdlib.h>
#include <string.h>

#include "store/codec.h"

#define KIND(t) (&cc_mem_kinds[t])

/* --- events -------------------------------------------------------------- */

/* The last event of a case, or NULL. */
static const struct cc_mem_event *
last_event(const struct cc_memory *m, struct cc_str case_id)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_EVENTS);
	const struct cc_mem_event key = { .e = { .case_id = case_id }, .seq = INT64_MAX }, *e;
	bool same;
	size_t i = cc_mem_place(t, KIND(CC_MEM_EVENTS), &key, &same);

	if (i == 0)
		return NULL;
	e = cc_mem_at(t, i - 1);
	return cc_str_eq(e->e.case_id, case_id) ? e : NULL;
}

static enum cc_code
add_case(struct cc_memory *m, const struct cc_store_event *e, struct cc_err *reterr)
{
	struct cc_mem_case c = { .c = { .exists = true, .id = e->case_id,
	    .stamps = { CC_STR(""), CC_STR(""), CC_STR("") }, .wake = CC_NEVER,
	    .first_source = e->source }, .blob = CC_STR("") };

	c.no = (int64_t)cc_memory_see(m, CC_MEM_CASES)->n + 1;
	return cc_memory_put(m, CC_MEM_CASES, CC_MEM_COUNT, &c, reterr);
}

enum cc_code
cc_memory_event_append(struct cc_store *st, const struct cc_store_event *e,
    struct cc_store_appended *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_table *ids = cc_memory_see(m, CC_MEM_IDENTITY);
	struct cc_mem_event row = { .e = *e };
	const struct cc_mem_event *known = cc_mem_get(ids, KIND(CC_MEM_IDENTITY), &row);
	const struct cc_mem_event *last = last_event(m, e->case_id);
	enum cc_code code = CC_OK;

	if (known != NULL) {
		bool same = cc_str_eq(known->e.case_id, e->case_id) &&
		    cc_str_eq(known->e.bytes, e->bytes);

		*ret = (struct cc_store_appended){
		    same ? CC_APPEND_DUPLICATE : CC_APPEND_CONFLICT, known->seq,
		    known->e.recorded };
		return CC_OK;
	}
	row.seq = (int64_t)ids->n + 1;
	if (last != NULL && last->e.recorded.s > e->recorded.s)
		row.e.recorded = last->e.recorded;
	if (last == NULL)
		code = add_case(m, e, reterr);
	if (code == CC_OK)
		code = cc_memory_put(m, CC_MEM_EVENTS, CC_MEM_IDENTITY, &row, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_appended){ CC_APPEND_NEW, row.seq, row.e.recorded };
	return code;
}

static enum cc_code
events_of(struct cc_memory *m, const struct cc_store_events_of *of, struct cc_arena *a,
    struct cc_store_kepts *ret, struct cc_err *reterr)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_EVENTS);
	const struct cc_mem_event key = { .e = { .case_id = of->case_id },
	    .seq = of->after == INT64_MAX ? of->after : of->after + 1 }, *e;
	struct cc_store_vec v = { 0 };
	int64_t next = 0;
	bool same;

	for (size_t i = cc_mem_place(t, KIND(CC_MEM_EVENTS), &key, &same);
	    (e = cc_mem_at(t, i)) != NULL && cc_str_eq(e->e.case_id, of->case_id); i++) {
		struct cc_store_kept *k;

		if (v.items != NULL && v.n == of->limit) {
			next = ((struct cc_store_kept *)v.items)[v.n - 1].seq;
			break;
		}
		k = cc_store_vec_add(&v, sizeof *k, a);
		if (k == NULL)
			return cc_memory_no_memory(m, reterr);
		*k = (struct cc_store_kept){ e->seq, e->e.recorded,
		    { cc_arena_text(a, e->e.bytes.p, e->e.bytes.n), e->e.bytes.n } };
		if (k->bytes.p == NULL)
			return cc_memory_no_memory(m, reterr);
	}
	*ret = (struct cc_store_kepts){ v.items, v.n, next };
	return CC_OK;
}

enum cc_code
cc_memory_case_events(struct cc_store *st, const struct cc_store_events_of *of,
    struct cc_arena *a, struct cc_store_kepts *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = events_of(m, of, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}

/* --- cases --------------------------------------------------------------- */

/* The row with what its last event says. */
static bool
out_case(const struct cc_memory *m, const struct cc_mem_case *c, struct cc_arena *a,
    struct cc_mem_case *ret)
{
	const struct cc_mem_event *last = last_event(m, c->c.id);

	if (!cc_mem_out(KIND(CC_MEM_CASES), c, a, ret))
		return false;
	ret->c.recorded = last == NULL ? CC_NEVER : last->e.recorded;
	ret->c.last_seq = last == NULL ? 0 : last->seq;
	return true;
}

static enum cc_code
load(struct cc_memory *m, struct cc_str id, struct cc_arena *a, struct cc_store_case *ret,
    struct cc_err *reterr)
{
	const struct cc_mem_case *c = cc_memory_case(m, id);
	struct cc_mem_case out = { .c = { .exists = false, .wake = CC_NEVER,
	    .recorded = CC_NEVER } };
	struct cc_codec_instances in = { 0 };
	enum cc_code code = CC_OK;

	if (c != NULL && !out_case(m, c, a, &out))
		return cc_memory_no_memory(m, reterr);
	if (c != NULL)
		code = cc_codec_decode(c->blob, a, &in, reterr);
	if (code != CC_OK)
		return code;
	out.c.instances = in.items;
	out.c.ninstances = in.n;
	*ret = out.c;
	return CC_OK;
}

enum cc_code
cc_memory_case_load(struct cc_store *st, struct cc_str id, struct cc_arena *a,
    struct cc_store_case *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = load(m, id, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}

enum cc_code
cc_memory_case_put(struct cc_store *st, const struct cc_store_put *p, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_case *old = cc_memory_case(m, p->case_id);
	struct cc_store_buf blob = { 0 };
	struct cc_mem_case c;
	enum cc_code code;

	if (old == NULL)
		return cc_fail(reterr, CC_ENOENT, 0, "case %.*s has no event",
		    (int)p->case_id.n, p->case_id.p);
	if (old->c.version != p->expected)
		return cc_fail(reterr, CC_ECONFLICT, 0,
		    "case %.*s is at version %lld, not %lld: another writer was first",
		    (int)p->case_id.n, p->case_id.p, (long long)old->c.version,
		    (long long)p->expected);
	c = *old;
	c.c.version++;
	c.c.stamps = p->stamps;
	c.c.wake = p->wake;
	c.c.nlive = 0;
	for (uint32_t i = 0; i < p->ninstances; i++)
		c.c.nlive += p->instances[i].live;
	code = cc_codec_encode(p->instances, p->ninstances, &blob, reterr);
	if (code == CC_OK) {
		c.blob = (struct cc_str){ (const char *)blob.p, (uint32_t)blob.n };
		code = cc_memory_put(m, CC_MEM_CASES, CC_MEM_COUNT, &c, reterr);
	}
	cc_store_buf_done(&blob);
	return code;
}

static enum cc_code
list(struct cc_memory *m, const struct cc_store_cases_from *from, struct cc_arena *a,
    struct cc_store_cases *ret, struct cc_err *reterr)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_CASES);
	const struct cc_mem_case key = { .c = { .id = from->after } }, *c;
	struct cc_store_vec v = { 0 };
	struct cc_str next = CC_STR("");
	bool same;
	size_t i = cc_mem_place(t, KIND(CC_MEM_CASES), &key, &same);

	for (i += same; (c = cc_mem_at(t, i)) != NULL; i++) {
		struct cc_store_case *slot;
		struct cc_mem_case out;

		if (v.items != NULL && v.n == from->limit) {
			next = ((struct cc_store_case *)v.items)[v.n - 1].id;
			break;
		}
		slot = cc_store_vec_add(&v, sizeof *slot, a);
		if (slot == NULL || !out_case(m, c, a, &out))
			return cc_memory_no_memory(m, reterr);
		*slot = out.c;
	}
	*ret = (struct cc_store_cases){ v.items, v.n, next };
	return CC_OK;
}

enum cc_code
cc_memory_cases_list(struct cc_store *st, const struct cc_store_cases_from *from,
    struct cc_arena *a, struct cc_store_cases *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = list(m, from, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}

/* --- wakes: of the last commit ------------------------------------------- */

static int
wake_cmp(const void *pa, const void *pb)
{
	const struct cc_mem_case *a = *(const struct cc_mem_case *const *)pa;
	const struct cc_mem_case *b = *(const struct cc_mem_case *const *)pb;
	bool ga = cc_given(a->c.wake), gb = cc_given(b->c.wake);

	if (ga != gb)
		return ga ? -1 : 1;
	if (a->c.wake.s != b->c.wake.s)
		return a->c.wake.s < b->c.wake.s ? -1 : 1;
	return a->no < b->no ? -1 : a->no > b->no;
}

static bool
stale(const struct cc_mem_case *c, const struct cc_store_stamps *in_force)
{
	return c->c.version == 0 || !cc_str_eq(c->c.stamps.pack, in_force->pack) ||
	    !cc_str_eq(c->c.stamps.calendar, in_force->calendar) ||
	    !cc_str_eq(c->c.stamps.zones, in_force->zones);
}

/* Cases that are due at `now`, or (in_force given) stale; sorted by wake. */
static enum cc_code
collect(struct cc_memory *m, const struct cc_store_due *due,
    const struct cc_store_stamps *in_force, struct cc_arena *a, struct cc_store_wakes *ret)
{
	const struct cc_mem_table *t = m->db->t[CC_MEM_CASES];
	const struct cc_mem_case **found = calloc(t->n + 1, sizeof *found);
	struct cc_store_vec v = { 0 };
	size_t n = 0;

	if (found == NULL)
		return CC_ENOMEM;
	for (size_t i = 0; i < t->n; i++) {
		const struct cc_mem_case *c = cc_mem_at(t, i);

		if (in_force != NULL ? stale(c, in_force) :
		    cc_given(c->c.wake) && c->c.wake.s <= due->now.s)
			found[n++] = c;
	}
	qsort(found, n, sizeof *found, wake_cmp);
	for (size_t i = 0; i < n && v.n < due->limit; i++) {
		struct cc_store_wake *w = cc_store_vec_add(&v, sizeof *w, a);

		if (w != NULL)
			*w = (struct cc_store_wake){ { cc_arena_text(a, found[i]->c.id.p,
			    found[i]->c.id.n), found[i]->c.id.n }, found[i]->c.wake };
		if (w == NULL || w->case_id.p == NULL) {
			free(found);
			return CC_ENOMEM;
		}
	}
	free(found);
	*ret = (struct cc_store_wakes){ v.items, v.n };
	return CC_OK;
}

enum cc_code
cc_memory_wakes_due(struct cc_store *st, const struct cc_store_due *due, struct cc_arena *a,
    struct cc_store_wakes *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = collect(m, due, NULL, a, ret);
	cc_memory_leave(m);
	return code == CC_OK ? CC_OK : cc_memory_no_memory(m, reterr);
}

enum cc_code
cc_memory_wake_next(struct cc_store *st, struct cc_wall *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_table *t = m->db->t[CC_MEM_CASES];
	struct cc_wall next = CC_NEVER;
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	for (size_t i = 0; i < t->n; i++) {
		const struct cc_mem_case *c = cc_mem_at(t, i);

		if (cc_given(c->c.wake) && (!cc_given(next) || c->c.wake.s < next.s))
			next = c->c.wake;
	}
	cc_memory_leave(m);
	*ret = next;
	return CC_OK;
}

enum cc_code
cc_memory_stale_list(struct cc_store *st, const struct cc_store_stale *q, struct cc_arena *a,
    struct cc_store_wakes *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_due any = { .limit = q->limit };
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = collect(m, &any, &q->in_force, a, ret);
	cc_memory_leave(m);
	return code == CC_OK ? CC_OK : cc_memory_no_memory(m, reterr);
}

enum cc_code
cc_memory_stale_count(struct cc_store *st, const struct cc_store_stamps *in_force, int64_t *ret,
    struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_mem_table *t;
	int64_t n = 0;
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	t = cc_memory_see(m, CC_MEM_CASES);
	for (size_t i = 0; i < t->n; i++)
		n += stale(cc_mem_at(t, i), in_force);
	cc_memory_leave(m);
	*ret = n;
	return CC_OK;
}
