#include "store/memory.h"

#define KIND(t) (&cc_mem_kinds[t])

enum cc_code
cc_memory_silence_add(struct cc_store *st, const struct cc_store_silence *s, int64_t *ret_id,
    struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	struct cc_store_silence row = *s;
	enum cc_code code;

	row.id = (int64_t)cc_memory_see(m, CC_MEM_SILENCES)->n + 1;
	code = cc_memory_put(m, CC_MEM_SILENCES, CC_MEM_COUNT, &row, reterr);
	if (code == CC_OK)
		*ret_id = row.id;
	return code;
}

enum cc_code
cc_memory_silence_end(struct cc_store *st, int64_t id, struct cc_wall now,
    struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_silence key = { .id = id }, *old;
	struct cc_store_silence row;

	old = cc_mem_get(cc_memory_see(m, CC_MEM_SILENCES), KIND(CC_MEM_SILENCES), &key);
	if (old == NULL)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no silence %lld", (long long)id);
	if (cc_store_silence_over(old, now))
		return cc_fail(reterr, CC_ECONFLICT, 0, "silence %lld has ended already",
		    (long long)id);
	row = *old;
	row.ended = now;
	return cc_memory_put(m, CC_MEM_SILENCES, CC_MEM_COUNT, &row, reterr);
}

static bool
in_force(const struct cc_store_silence *s, struct cc_wall now)
{
	return s->at.s <= now.s && now.s < s->until.s &&
	    (!cc_given(s->ended) || now.s < s->ended.s);
}

static enum cc_code
list(struct cc_memory *m, const struct cc_store_silence_filter *f, struct cc_arena *a,
    struct cc_store_silences *ret, struct cc_err *reterr)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_SILENCES);
	struct cc_store_vec v = { 0 };
	int64_t next = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct cc_store_silence *s = cc_mem_at(t, i);
		struct cc_store_silence *slot;

		if (s->id <= f->after || (cc_given(f->now) && !in_force(s, f->now)))
			continue;
		if (v.items != NULL && v.n == f->limit) {
			next = ((struct cc_store_silence *)v.items)[v.n - 1].id;
			break;
		}
		slot = cc_store_vec_add(&v, sizeof *slot, a);
		if (slot == NULL || !cc_mem_out(KIND(CC_MEM_SILENCES), s, a, slot))
			return cc_memory_no_memory(m, reterr);
	}
	*ret = (struct cc_store_silences){ v.items, v.n, next };
	return CC_OK;
}

enum cc_code
cc_memory_silences_list(struct cc_store *st, const struct cc_store_silence_filter *f,
    struct cc_arena *a, struct cc_store_silences *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = list(m, f, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}
