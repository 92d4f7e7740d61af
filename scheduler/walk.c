#include "scheduler/walk.h"

#include <string.h>

enum { CC_MEMO_START = 64 };

static bool
failed(struct cc_walk *w)
{
	w->failed = true;
	return false;
}

enum cc_code
cc_walk_init(struct cc_walk *w, const struct cc_pack *p, struct cc_history *h,
    struct cc_arena *keep, struct cc_err *reterr)
{
	*w = (struct cc_walk){.pack = p, .prog = p->program, .h = h, .keep = keep,
	    .work_max = CC_WALK_WORK};
	w->temp = (struct cc_arena){.more = keep->more, .self = keep->self,
	    .limit = keep->limit};
	/* A frame is zeroed when it is entered. */
	w->stack = cc_arena_raw(keep, CC_FRAME_SLOTS * sizeof *w->stack);
	w->derived = cc_arena_array(keep, w->prog->nrules, sizeof *w->derived);
	w->sets = cc_arena_array(keep, w->prog->nsets, sizeof *w->sets);
	/* So that a release never gives back the only block, to ask for it again. */
	if (cc_arena_raw(&w->temp, 1) == NULL)
		w->stack = NULL;
	if (w->stack == NULL || w->derived == NULL || w->sets == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "evaluation: out of memory");
	return CC_OK;
}

void
cc_walk_done(struct cc_walk *w)
{
	cc_arena_done(&w->temp);
}

uint32_t
cc_frame_enter(struct cc_walk *w, unsigned nslots)
{
	uint32_t old = w->base;

	if (w->top + nslots > CC_FRAME_SLOTS) {
		/* Deeper than any pack that loads can go; the slots overlap, the
		 * result is thrown away. */
		(void)failed(w);
		w->base = 0;
		return old;
	}
	w->base = w->top;
	w->top += nslots;
	memset(&w->stack[w->base], 0, nslots * sizeof *w->stack);
	return old;
}

void
cc_frame_leave(struct cc_walk *w, uint32_t old_base)
{
	if (w->failed)
		return;
	w->top = w->base;
	w->base = old_base;
}

int64_t
cc_record_new(struct cc_walk *w, unsigned kind, unsigned n, struct cc_val **ret_attrs)
{
	struct cc_val *attrs = cc_arena_array(w->keep, n, sizeof *attrs);

	if (w->nrecs == w->cap_recs) {
		uint32_t cap = w->cap_recs == 0 ? 64 : w->cap_recs * 2;
		struct cc_record *more = cap > CC_RECORDS_MAX ? NULL :
		    cc_arena_array(w->keep, cap, sizeof *more);

		if (more == NULL) {
			(void)failed(w);
			return -1;
		}
		if (w->nrecs != 0)
			memcpy(more, w->recs, w->nrecs * sizeof *more);
		w->recs = more;
		w->cap_recs = cap;
	}
	if (attrs == NULL) {
		(void)failed(w);
		return -1;
	}
	w->recs[w->nrecs] = (struct cc_record){(uint16_t)kind, attrs};
	*ret_attrs = attrs;
	return w->nrecs++;
}

static uint32_t
memo_hash(uint32_t tag, const int64_t key[CC_MEMO_KEYS])
{
	uint64_t x = tag * 0x9E3779B97F4A7C15u;

	for (int i = 0; i < CC_MEMO_KEYS; i++) {
		x ^= (uint64_t)key[i];
		x *= 0xBF58476D1CE4E5B9u;
		x ^= x >> 29;
	}
	return (uint32_t)(x ^ x >> 32);
}

static struct cc_memo *
memo_place(struct cc_memo *table, uint32_t cap, uint32_t tag,
    const int64_t key[CC_MEMO_KEYS])
{
	uint32_t at = memo_hash(tag, key) & (cap - 1);

	while (table[at].tag != 0 && (table[at].tag != tag ||
	    memcmp(table[at].key, key, sizeof table[at].key) != 0))
		at = (at + 1) & (cap - 1);
	return &table[at];
}

static bool
memo_grow(struct cc_walk *w)
{
	uint32_t cap = w->cap_memo == 0 ? CC_MEMO_START : w->cap_memo * 2;
	struct cc_memo *table = cc_arena_array(w->keep, cap, sizeof *table);

	if (table == NULL)
		return failed(w);
	for (uint32_t i = 0; i < w->cap_memo; i++)
		if (w->memo[i].tag != 0)
			*memo_place(table, cap, w->memo[i].tag, w->memo[i].key) = w->memo[i];
	w->memo = table;
	w->cap_memo = cap;
	return true;
}

bool
cc_memo_find(struct cc_walk *w, uint32_t tag, const int64_t key[CC_MEMO_KEYS],
    struct cc_memo **ret)
{
	struct cc_memo *m;

	*ret = NULL;
	if (w->nmemo * 4 >= w->cap_memo * 3 && !memo_grow(w))
		return false;
	m = memo_place(w->memo, w->cap_memo, tag, key);
	*ret = m;
	if (m->tag != 0)
		return true;
	m->tag = tag;
	memcpy(m->key, key, sizeof m->key);
	w->nmemo++;
	return false;
}

struct cc_val
cc_walk_keep(struct cc_walk *w, struct cc_val v, enum cc_vtype t)
{
	int64_t *copy;

	if (!cc_is_seq(t) || v.n == 0)
		return v;
	copy = cc_arena_raw(w->keep, v.n * sizeof *copy);
	if (copy == NULL) {
		(void)failed(w);
		return cc_val_absent();
	}
	memcpy(copy, v.v, v.n * sizeof *copy);
	v.v = copy;
	return v;
}

struct choices {
	const struct cc_gen *gens;
	unsigned n;
	cc_choice_fn *each;
	void *ctx;
};

static void
choose(struct cc_walk *w, const struct choices *c, unsigned depth)
{
	struct cc_val seq;

	if (depth == c->n) {
		c->each(w, c->ctx);
		return;
	}
	seq = cc_walk_seq(w, c->gens[depth].seq);
	for (uint32_t i = 0; i < seq.n && !w->failed; i++) {
		*cc_slot(w, c->gens[depth].slot) = cc_val_of(seq.v[i]);
		choose(w, c, depth + 1);
	}
}

void
cc_walk_choices(struct cc_walk *w, const struct cc_gen *gens, unsigned n,
    cc_choice_fn *each, void *ctx)
{
	struct choices c = {gens, n, each, ctx};

	choose(w, &c, 0);
}
