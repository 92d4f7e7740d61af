#include "scheduler/walk.h"

#include <stdlib.h>
#include <string.h>

/* A growing list in temp. */
struct list {
	int64_t *v;
	uint32_t n, cap;
};

static bool
push(struct cc_walk *w, struct list *l, int64_t item)
{
	if (l->n == l->cap) {
		uint32_t cap = l->cap == 0 ? 8 : l->cap * 2;
		int64_t *v = cc_arena_raw(&w->temp, cap * sizeof *v);

		if (v == NULL) {
			w->failed = true;
			return true;
		}
		if (l->n != 0)
			memcpy(v, l->v, l->n * sizeof *v);
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = item;
	return false;
}

static bool
collect(struct cc_walk *w, int64_t item, void *ctx)
{
	return push(w, ctx, item);
}

static bool
collect_unique(struct cc_walk *w, int64_t item, void *ctx)
{
	struct list *l = ctx;

	for (uint32_t i = 0; i < l->n; i++)
		if (l->v[i] == item)
			return false;
	return push(w, l, item);
}

struct cc_val
cc_walk_seq(struct cc_walk *w, const struct cc_node *n)
{
	struct list l = {NULL, 0, 0};

	if (n->op == CC_OP_SLOT)
		return *cc_slot(w, n->slot);
	(void)cc_walk_each(w, n, CC_ALL_EVENTS, false, collect, &l);
	return (struct cc_val){.v = l.v, .n = l.n, .given = true};
}

struct one {
	int64_t item;
	bool found;
};

static bool
take_one(struct cc_walk *w, int64_t item, void *ctx)
{
	struct one *o = ctx;

	(void)w;
	o->item = item;
	o->found = true;
	return true;
}

struct cc_val
cc_walk_first(struct cc_walk *w, const struct cc_node *n, struct cc_range r, bool last)
{
	struct cc_mark m = cc_arena_mark(&w->temp);
	struct one o = {0, false};

	(void)cc_walk_each(w, n, r, last, take_one, &o);
	cc_arena_release(&w->temp, m);
	return o.found ? cc_val_of(o.item) : cc_val_absent();
}

/* Visits the items of a list, events only within the range. */
static bool
each_item(struct cc_walk *w, const struct cc_val *v, bool events, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx)
{
	for (uint32_t k = 0; k < v->n && !w->failed; k++) {
		int64_t x = v->v[backwards ? v->n - 1 - k : k];

		if (events && (x < (int64_t)r.lo || x >= (int64_t)r.hi))
			continue;
		if (fn(w, x, ctx))
			return true;
	}
	return false;
}

static uint32_t
lower(const uint32_t *v, uint32_t n, uint32_t x)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (v[mid] < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
each_of_type(struct cc_walk *w, unsigned type, struct cc_range r, bool backwards,
    cc_visit_fn *fn, void *ctx)
{
	const uint32_t *v = w->h->of_type[type];
	uint32_t lo = lower(v, w->h->ntype[type], r.lo);
	uint32_t hi = lower(v, w->h->ntype[type], r.hi);

	while (lo < hi && !w->failed) {
		uint32_t at = backwards ? v[--hi] : v[lo++];

		if (fn(w, at, ctx))
			return true;
	}
	return false;
}

static bool
each_selected(struct cc_walk *w, const struct cc_node *n, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx)
{
	uint32_t lo = r.lo, hi = r.hi < w->h->n ? r.hi : w->h->n;

	if (n->imm >= 0)
		return each_of_type(w, (unsigned)n->imm, r, backwards, fn, ctx);
	while (lo < hi && !w->failed) {
		uint32_t at = backwards ? --hi : lo++;

		if (cc_types_has(&n->types, w->h->events[at].type) && fn(w, at, ctx))
			return true;
	}
	return false;
}

struct filter {
	const struct cc_node *node;
	uint32_t base;
	cc_visit_fn *fn;
	void *ctx;
};

/* The condition is asked in the frame in which the filter stands. */
static bool
visit_filtered(struct cc_walk *w, int64_t item, void *ctx)
{
	const struct filter *f = ctx;
	uint32_t inner = w->base;
	struct cc_mark m = cc_arena_mark(&w->temp);
	struct cc_val v;

	w->base = f->base;
	*cc_slot(w, f->node->slot) = cc_val_of(item);
	v = cc_walk_val(w, f->node->k[1]);
	w->base = inner;
	cc_arena_release(&w->temp, m);
	return v.given && v.i != 0 && f->fn(w, item, f->ctx);
}

/* The list that the visit grows must not lie above the mark: see push(). */
static bool
each_filtered(struct cc_walk *w, const struct cc_node *n, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx)
{
	struct filter f = {n, w->base, fn, ctx};

	return cc_walk_each(w, n->k[0], r, backwards, visit_filtered, &f);
}

/* An absent upper bound bounds nothing; an absent lower one admits nothing. */
static struct cc_range
bounded(struct cc_walk *w, const struct cc_node *n, struct cc_range r)
{
	struct cc_val at = cc_walk_val(w, n->k[1]);
	uint32_t x;

	if (!at.given) {
		if (n->how == CC_FROM || n->how == CC_AFTER || n->how == CC_FOLLOWING)
			r.hi = r.lo;
		return r;
	}
	switch (n->how) {
	case CC_FROM:
	case CC_BEFORE:
		x = cc_history_from(w->h, at.i);
		break;
	case CC_AFTER:
	case CC_UNTIL:
		x = at.i == INT64_MAX ? w->h->n : cc_history_from(w->h, at.i + 1);
		break;
	case CC_FOLLOWING:
		x = (uint32_t)at.i + 1;
		break;
	default:
		x = (uint32_t)at.i;
		break;
	}
	if (n->how == CC_FROM || n->how == CC_AFTER || n->how == CC_FOLLOWING)
		r.lo = x > r.lo ? x : r.lo;
	else
		r.hi = x < r.hi ? x : r.hi;
	return r;
}

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static bool
each_merged(struct cc_walk *w, const struct cc_node *n, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx)
{
	struct list l = {NULL, 0, 0};
	struct cc_val v;
	uint32_t k = 0;

	(void)cc_walk_each(w, n->k[0], r, false, collect, &l);
	(void)cc_walk_each(w, n->k[1], r, false, collect, &l);
	if (w->failed)
		return false;
	if (l.n > 1)
		qsort(l.v, l.n, sizeof *l.v, by_number);
	for (uint32_t i = 0; i < l.n; i++)
		if (k == 0 || l.v[k - 1] != l.v[i])
			l.v[k++] = l.v[i];
	v = (struct cc_val){.v = l.v, .n = k, .given = true};
	return each_item(w, &v, true, r, backwards, fn, ctx);
}

struct project {
	const struct cc_node *node;
	uint32_t base;
	struct list out;
};

static bool
visit_projected(struct cc_walk *w, int64_t item, void *ctx)
{
	struct project *p = ctx;
	uint32_t inner = w->base;
	struct cc_val v;

	w->base = p->base;
	*cc_slot(w, p->node->slot) = cc_val_of(item);
	v = cc_walk_val(w, p->node->k[1]);
	w->base = inner;
	if (!v.given)
		return false;
	if (!cc_is_seq(p->node->k[1]->type))
		return collect_unique(w, v.i, &p->out);
	for (uint32_t i = 0; i < v.n; i++)
		if (collect_unique(w, v.v[i], &p->out))
			return true;
	return false;
}

static bool
each_projected(struct cc_walk *w, const struct cc_node *n, bool backwards,
    cc_visit_fn *fn, void *ctx)
{
	struct project p = {n, w->base, {NULL, 0, 0}};
	struct cc_val v;

	(void)cc_walk_each(w, n->k[0], CC_ALL_EVENTS, false, visit_projected, &p);
	v = (struct cc_val){.v = p.out.v, .n = p.out.n, .given = true};
	return each_item(w, &v, false, CC_ALL_EVENTS, backwards, fn, ctx);
}

/* Ids of several sequences or values, each once; MINUS: of the first only those
 * that the others do not have. */
static bool
each_combined(struct cc_walk *w, const struct cc_node *n, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx)
{
	struct list l = {NULL, 0, 0};
	struct cc_val v;

	for (uint16_t i = 0; i < n->nargs; i++) {
		v = cc_walk_val(w, n->args[i]);
		if (!v.given)
			continue;
		if (!cc_is_seq(n->args[i]->type)) {
			(void)collect_unique(w, v.i, &l);
			continue;
		}
		for (uint32_t k = 0; k < v.n; k++) {
			if (n->op != CC_OP_MINUS || i == 0) {
				(void)collect_unique(w, v.v[k], &l);
				continue;
			}
			for (uint32_t m = 0; m < l.n; m++)
				if (l.v[m] == v.v[k]) {
					memmove(&l.v[m], &l.v[m + 1],
					    (l.n - m - 1) * sizeof *l.v);
					l.n--;
					break;
				}
		}
	}
	if (w->failed)
		return false;
	v = (struct cc_val){.v = l.v, .n = l.n, .given = true};
	return each_item(w, &v, n->type == CC_V_EVENTS, r, backwards, fn, ctx);
}

/* A term that gives events, walked in its own frame with the caller's range. */
static bool
each_called(struct cc_walk *w, const struct cc_node *n, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx)
{
	const struct cc_term *t = &w->prog->terms[n->ref];
	struct cc_val args[8];
	struct cc_val *frame;
	uint32_t old;
	bool stopped;

	if (t->memo) {
		struct cc_val v = cc_walk_val(w, n);

		return each_item(w, &v, n->type == CC_V_EVENTS, r, backwards, fn, ctx);
	}
	for (uint16_t i = 0; i < n->nargs; i++)
		args[i] = cc_walk_val(w, n->args[i]);
	old = cc_frame_enter(w, t->nslots);
	frame = cc_slot(w, 0);
	for (uint16_t i = 0; i < n->nargs; i++)
		frame[i] = args[i];
	stopped = cc_walk_each(w, t->body, r, backwards, fn, ctx);
	cc_frame_leave(w, old);
	return stopped;
}

static bool
each_value(struct cc_walk *w, const struct cc_node *n, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx)
{
	struct cc_val v, key;

	switch (n->op) {
	case CC_OP_ONE:
		v = cc_walk_val(w, n->k[0]);
		key = v;
		if (!v.given)
			return false;
		v = (struct cc_val){.v = &key.i, .n = 1, .given = true};
		break;
	case CC_OP_SPANS:
		if (n->k[0] != NULL) {
			key = cc_walk_val(w, n->k[0]);
			v = key.given ? cc_walk_spans(w, n->ref, &key) : cc_val_absent();
		} else {
			v = cc_walk_spans(w, n->ref, NULL);
		}
		break;
	case CC_OP_MEMBERS:
		v = cc_walk_members(w, n->ref);
		break;
	case CC_OP_CLOCKS:
		v = cc_walk_clocks(w, n);
		break;
	default:
		v = cc_walk_val(w, n);
		break;
	}
	if (!v.given)
		return false;
	return each_item(w, &v, n->type == CC_V_EVENTS, r, backwards, fn, ctx);
}

static bool
each(struct cc_walk *w, const struct cc_node *n, struct cc_range r, bool backwards,
    cc_visit_fn *fn, void *ctx)
{
	switch (n->op) {
	case CC_OP_SELECT:
		return each_selected(w, n, r, backwards, fn, ctx);
	case CC_OP_FILTER:
		return each_filtered(w, n, r, backwards, fn, ctx);
	case CC_OP_BOUND:
		return cc_walk_each(w, n->k[0], bounded(w, n, r), backwards, fn, ctx);
	case CC_OP_MERGE:
		return each_merged(w, n, r, backwards, fn, ctx);
	case CC_OP_PROJECT:
		return each_projected(w, n, backwards, fn, ctx);
	case CC_OP_UNION:
	case CC_OP_MINUS:
	case CC_OP_IDS:
		return each_combined(w, n, r, backwards, fn, ctx);
	case CC_OP_CALL:
		return each_called(w, n, r, backwards, fn, ctx);
	default:
		return each_value(w, n, r, backwards, fn, ctx);
	}
}

bool
cc_walk_each(struct cc_walk *w, const struct cc_node *n, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx)
{
	bool stopped;

	if (w->failed || r.lo >= r.hi || !cc_walk_deeper(w))
		return false;
	stopped = each(w, n, r, backwards, fn, ctx);
	w->depth--;
	return stopped;
}
