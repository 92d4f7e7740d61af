#include "scheduler/plan.h"

#include <string.h>

#include "scheduler/plan_inner.h"

static enum cc_code
no_memory(struct cc_err *reterr)
{
	return cc_fail(reterr, CC_ENOMEM, 0, "no memory to plan the case's "
	    "alerts: the arena is at its limit");
}

static enum cc_code
doubled(struct cc_str rule, struct cc_err *reterr)
{
	return cc_fail(reterr, CC_EBUG, 0, "two clocks of rule %.*s have the "
	    "same subject and origin", (int)rule.n, rule.p);
}

/* --- identities and their order ------------------------------------------ */

struct cc_str
cc_plan_text(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

struct cc_plan_key
cc_plan_key_of(const struct cc_instance *i)
{
	return (struct cc_plan_key){i->rule, i->subject, i->origin_id,
	    i->origin_source, i->same};
}

static struct cc_plan_key
key_of_clock(const struct cc_clock *c)
{
	return (struct cc_plan_key){cc_plan_text(c->rule->id), c->subject,
	    c->origin_id, c->origin_source, c->same};
}

int
cc_plan_key_cmp(const struct cc_plan_key *a, const struct cc_plan_key *b)
{
	int c = cc_str_cmp(a->rule, b->rule);

	if (c == 0)
		c = cc_str_cmp(a->subject, b->subject);
	if (c == 0)
		c = cc_str_cmp(a->origin_id, b->origin_id);
	if (c == 0)
		c = cc_str_cmp(a->origin_source, b->origin_source);
	return c != 0 ? c : (a->same > b->same) - (a->same < b->same);
}

static int
cmp_instances(const void *of, uint32_t a, uint32_t b)
{
	const struct cc_instance *i = of;
	struct cc_plan_key x = cc_plan_key_of(&i[a]), y = cc_plan_key_of(&i[b]);

	return cc_plan_key_cmp(&x, &y);
}

struct sorting {
	const void *of;
	cc_plan_cmp_fn *cmp;
	uint32_t *order, *spare;
};

/* Joins the sorted runs [lo, mid) and [mid, hi). */
static void
merge_runs(const struct sorting *s, const size_t at[3])
{
	uint32_t *order = s->order, *spare = s->spare;
	size_t left = at[0], right = at[1], n = at[0];

	while (left < at[1] && right < at[2]) {
		if (s->cmp(s->of, order[right], order[left]) < 0)
			spare[n++] = order[right++];
		else
			spare[n++] = order[left++];
	}
	while (left < at[1])
		spare[n++] = order[left++];
	memcpy(order + at[0], spare + at[0], (n - at[0]) * sizeof *order);
}

/* What comes back from the store is nearly in order: then a comparison for
 * each is enough. */
bool
cc_plan_sort(struct cc_arena *a, const void *of, cc_plan_cmp_fn *cmp,
    uint32_t *order, size_t n)
{
	struct sorting s = {of, cmp, order, NULL};

	if (n < 2)
		return true;
	s.spare = cc_arena_array(a, n, sizeof *s.spare);
	if (s.spare == NULL)
		return false;
	for (size_t run = 1; run < n; run *= 2) {
		for (size_t lo = 0; lo + run < n; lo += 2 * run) {
			size_t mid = lo + run;
			size_t hi = n - mid < run ? n : mid + run;

			if (cmp(of, order[mid - 1], order[mid]) > 0)
				merge_runs(&s, (const size_t[3]){lo, mid, hi});
		}
	}
	return true;
}

/* The place of the old instance of that identity, or CC_PLAN_NONE. */
static uint32_t
find_old(const struct cc_planner *p, const struct cc_plan_key *key)
{
	const struct cc_instance *old = p->in->old;
	uint32_t lo = 0, hi = p->in->nold;
	struct cc_plan_key found;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		found = cc_plan_key_of(&old[p->order[mid]]);
		if (cc_plan_key_cmp(&found, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == p->in->nold)
		return CC_PLAN_NONE;
	found = cc_plan_key_of(&old[p->order[lo]]);
	return cc_plan_key_cmp(&found, key) == 0 ? p->order[lo] : CC_PLAN_NONE;
}

/* --- the parts of a plan ------------------------------------------------- */

bool
cc_plan_wanted(const struct cc_view *v)
{
	return cc_state_live(v->state) || v->state == CC_STATE_FAILED;
}

bool
cc_plan_open(const struct cc_instance *i)
{
	return i->told && i->present &&
	    (i->live || i->state == CC_STATE_EXPIRED) &&
	    !cc_plan_is_done(i, cc_plan_clear.name);
}

void
cc_plan_wake_at(struct cc_planner *p, struct cc_wall t)
{
	if (!cc_given(t) || t.s <= p->in->now.s)
		return;
	if (!cc_given(p->wake) || t.s < p->wake.s)
		p->wake = t;
}

/* Room for every old instance, for each clock that may be wanted, and for each that
 * ended but takes the place of an old one. */
static bool
prepare_room(struct cc_planner *p)
{
	const struct cc_plan_input *in = p->in;
	size_t nold = in->nold, live = nold;

	for (uint32_t n = 0; n < in->nclocks; n++)
		live += p->sights[n].there && cc_plan_wanted(&p->sights[n].v);
	p->order = cc_arena_array(p->arena, nold, sizeof *p->order);
	p->place = cc_arena_array(p->arena, nold, sizeof *p->place);
	p->seen = cc_arena_array(p->arena, nold, sizeof *p->seen);
	p->taken = cc_arena_array(p->arena, nold, sizeof *p->taken);
	p->heirs = cc_arena_array(p->arena, nold, sizeof *p->heirs);
	p->out = cc_arena_array(p->arena, nold + live, sizeof *p->out);
	p->fired = cc_arena_array(p->arena, nold + live, sizeof *p->fired);
	p->fresh = cc_arena_array(p->arena, live, sizeof *p->fresh);
	return p->order != NULL && p->place != NULL && p->seen != NULL &&
	    p->taken != NULL && p->heirs != NULL && p->out != NULL &&
	    p->fired != NULL && p->fresh != NULL;
}

static enum cc_code
prepare(struct cc_planner *p, struct cc_err *reterr)
{
	const struct cc_plan_input *in = p->in;

	p->sights = cc_arena_array(p->arena, in->nclocks, sizeof *p->sights);
	if (p->sights == NULL)
		return no_memory(reterr);
	for (uint32_t n = 0; n < in->nclocks; n++) {
		struct cc_plan_sight *s = &p->sights[n];

		s->old = s->of = CC_PLAN_NONE;
		/* A basis for other rules is nobody's duty. */
		if (in->clocks[n].rule->silent)
			continue;
		s->there = cc_clock_view(&in->clocks[n], in->now, &s->v);
		cc_plan_wake_at(p, cc_clock_next(&in->clocks[n], in->now));
	}
	if (!prepare_room(p))
		return no_memory(reterr);
	for (uint32_t n = 0; n < in->nold; n++)
		p->order[n] = n;
	if (!cc_plan_sort(p->arena, in->old, cmp_instances, p->order, in->nold) ||
	    !cc_plan_sort_holds(p))
		return no_memory(reterr);
	return CC_OK;
}

/* Finds the old instance of each clock that is there. */
static enum cc_code
match(struct cc_planner *p, struct cc_err *reterr)
{
	for (uint32_t n = 0; n < p->in->nclocks; n++) {
		struct cc_plan_key key = key_of_clock(&p->in->clocks[n]);
		uint32_t old;

		if (!p->sights[n].there)
			continue;
		old = find_old(p, &key);
		if (old != CC_PLAN_NONE && p->seen[old])
			return doubled(key.rule, reterr);
		if (old != CC_PLAN_NONE)
			p->seen[old] = true;
		p->sights[n].old = old;
	}
	return CC_OK;
}

/* Doubles of old instances were refused on the way; these are left. */
static enum cc_code
prove_unique(const struct cc_planner *p, struct cc_err *reterr)
{
	if (!cc_plan_sort(p->arena, p->out, cmp_instances, p->fresh, p->nfresh))
		return no_memory(reterr);
	for (uint32_t n = 1; n < p->nfresh; n++) {
		if (cmp_instances(p->out, p->fresh[n - 1], p->fresh[n]) == 0)
			return doubled(p->out[p->fresh[n]].rule, reterr);
	}
	return CC_OK;
}

/* Where the vanished ones ended up is known only at the end. */
static void
point_at_vanished(struct cc_planner *p)
{
	for (uint32_t n = 0; n < p->nfired; n++) {
		if (p->fired[n].heir_of != CC_PLAN_NONE)
			p->fired[n].heir_of = p->place[p->fired[n].heir_of];
	}
	for (uint32_t n = 0; n < p->nheirs; n++)
		p->heirs[n].of = p->place[p->heirs[n].of];
}

enum cc_code
cc_plan_case(const struct cc_plan_input *in, struct cc_arena *a,
    struct cc_plan *ret, struct cc_err *reterr)
{
	struct cc_planner p = {.in = in, .arena = a, .wake = CC_NEVER};
	enum cc_code code = prepare(&p, reterr);

	if (code == CC_OK)
		code = match(&p, reterr);
	if (code == CC_OK && !cc_plan_find_heirs(&p))
		code = no_memory(reterr);
	for (uint32_t n = 0; code == CC_OK && n < in->nclocks; n++) {
		if (p.sights[n].there && !cc_plan_carry(&p, n))
			code = no_memory(reterr);
	}
	if (code == CC_OK && !cc_plan_keep_vanished(&p))
		code = no_memory(reterr);
	if (code == CC_OK)
		code = prove_unique(&p, reterr);
	if (code != CC_OK)
		return code;
	point_at_vanished(&p);
	*ret = (struct cc_plan){p.out, p.nout, p.fired, p.nfired, p.heirs,
	    p.nheirs, p.wake};
	return CC_OK;
}
