#include "scheduler/plan.h"

#include <string.h>

#include "scheduler/schema.h"

/* What is being built; `order` are the places of the old instances, sorted by
 * identity, and `seen` those that a clock has been found for. */
struct planner {
	const struct cc_plan_input *in;
	struct cc_arena *arena;
	uint32_t *order;
	bool *seen;
	struct cc_instance *out;
	struct cc_firing *fired;
	uint32_t *fresh;	/* places in `out` of those seen for the first time */
	uint32_t nout, nfired, nfresh;
	struct cc_wall wake;
};

/* The rungs of one ladder that have passed and were not fired before. */
struct passed {
	const struct cc_rung *gravest;
	struct cc_wall at;	/* of the gravest: E */
	struct cc_wall fell;	/* and when it could first have fired */
	uint32_t keys[CC_RUNGS_MAX];
	uint32_t n;
	uint8_t to;		/* of all of them */
	bool late;
};

static enum cc_code
no_memory(struct cc_err *reterr)
{
	return cc_fail(reterr, CC_ENOMEM, 0, "no memory to plan the case's "
	    "alerts: the arena is at its limit");
}

static enum cc_code
doubled(const struct cc_instance *i, struct cc_err *reterr)
{
	return cc_fail(reterr, CC_EBUG, 0, "two clocks of rule %.*s have the "
	    "same subject and origin", (int)i->rule.n, i->rule.p);
}

static int
cmp_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int
cmp_instances(const struct cc_instance *a, const struct cc_instance *b)
{
	int c = cc_str_cmp(a->rule, b->rule);

	if (c == 0)
		c = cc_str_cmp(a->subject, b->subject);
	if (c == 0)
		c = cc_str_cmp(a->origin_id, b->origin_id);
	if (c == 0)
		c = cc_str_cmp(a->origin_source, b->origin_source);
	return c != 0 ? c : cmp_numbers(a->same, b->same);
}

/* Joins the sorted runs [lo, mid) and [mid, hi). */
static void
merge_runs(const struct cc_instance *of, uint32_t *order, uint32_t *spare,
    const size_t at[3])
{
	size_t left = at[0], right = at[1], n = at[0];

	while (left < at[1] && right < at[2]) {
		if (cmp_instances(&of[order[right]], &of[order[left]]) < 0)
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
static bool
sort_places(struct cc_arena *a, const struct cc_instance *of, uint32_t *order,
    size_t n)
{
	uint32_t *spare = cc_arena_array(a, n, sizeof *spare);

	if (spare == NULL)
		return false;
	for (size_t run = 1; run < n; run *= 2) {
		for (size_t lo = 0; lo + run < n; lo += 2 * run) {
			size_t mid = lo + run;
			size_t hi = n - mid < run ? n : mid + run;

			if (cmp_instances(&of[order[mid - 1]],
			    &of[order[mid]]) > 0)
				merge_runs(of, order, spare,
				    (const size_t[3]){lo, mid, hi});
		}
	}
	return true;
}

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

static struct cc_instance
identity(const struct cc_clock *c)
{
	return (struct cc_instance){
		.rule = text_of(c->rule->id),
		.subject = c->subject,
		.origin_id = c->origin_id,
		.origin_source = c->origin_source,
		.same = c->same,
	};
}

/* The place of the old instance of that identity, or nold. */
static uint32_t
find_old(const struct planner *p, const struct cc_instance *key)
{
	const struct cc_instance *old = p->in->old;
	uint32_t lo = 0, hi = p->in->nold;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (cmp_instances(&old[p->order[mid]], key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == p->in->nold || cmp_instances(&old[p->order[lo]], key) != 0)
		return p->in->nold;
	return p->order[lo];
}

static void
wake_at(struct planner *p, struct cc_wall t)
{
	if (!cc_given(t) || t.s <= p->in->now.s)
		return;
	if (!cc_given(p->wake) || t.s < p->wake.s)
		p->wake = t;
}

/* Somebody may still have to be told of it: it is live, or a test that failed. */
static bool
wanted(const struct cc_view *v)
{
	return cc_state_live(v->state) || v->state == CC_STATE_FAILED;
}

static bool
is_done(const struct cc_instance *i, uint32_t key)
{
	for (uint32_t n = 0; n < i->ndone; n++) {
		if (i->done[n] == key)
			return true;
	}
	return false;
}

/* When a rung that falls at `at` can fire: a pause holds it until its end, and
 * the end of the clock, where it is known beforehand, makes it moot. */
static struct cc_wall
falls(const struct cc_clock *c, struct cc_wall at)
{
	enum cc_kind k = c->rule->kind;

	if (!cc_given(at) || k == CC_KIND_GATE || k == CC_KIND_FRESHNESS)
		return at;
	if (k == CC_KIND_WINDOW)
		return cc_given(c->due) && at.s > c->due.s ? CC_NEVER : at;
	if (cc_given(c->paused) && at.s >= c->paused.s &&
	    (!cc_given(c->resumed) || at.s < c->resumed.s))
		at = c->resumed;
	if (c->end != CC_END_NONE && cc_given(c->ended) && at.s >= c->ended.s)
		return CC_NEVER;
	return at;
}

/* Of the rungs not done: which have passed, and wake for the next. */
static void
look_at_rungs(struct planner *p, const struct cc_ladder *l,
    const struct cc_clock *c, const struct cc_instance *i, struct passed *ret)
{
	memset(ret, 0, sizeof *ret);
	for (uint32_t n = 0; n < l->nrungs && n < CC_RUNGS_MAX; n++) {
		const struct cc_rung *r = &l->rungs[n];
		uint32_t key = cc_key32(text_of(r->name));
		struct cc_wall at = cc_rung_at(r, c);
		struct cc_wall fell = falls(c, at);

		if (!cc_given(fell) || is_done(i, key))
			continue;
		if (fell.s > p->in->now.s) {
			wake_at(p, fell);
			continue;
		}
		ret->gravest = r;
		ret->at = at;
		ret->fell = fell;
		ret->keys[ret->n++] = key;
		ret->to |= r->to;
		if (p->in->now.s - at.s > p->in->settings.late)
			ret->late = true;
	}
}

/*
 * Late news of the distant past is held back.  What counts is the due; but once
 * somebody was told, the rung: else a repeat two weeks after the due would be
 * lost to a restart of two minutes.  What a pause kept back is not late.
 */
static bool
distant(const struct planner *p, const struct cc_clock *c,
    const struct cc_instance *i, const struct passed *gone)
{
	const struct cc_plan_settings *s = &p->in->settings;
	cc_dur_s history = c->rule->safety ? s->history_safety : s->history;
	struct cc_wall of = cc_given(c->due) && !i->told ? c->due : gone->at;

	return p->in->now.s - gone->fell.s > s->late &&
	    p->in->now.s - of.s > history;
}

static bool
mark_done(struct planner *p, struct cc_instance *i, const struct passed *gone)
{
	uint32_t *all = cc_arena_array(p->arena, (size_t)i->ndone + gone->n,
	    sizeof *all);

	if (all == NULL)
		return false;
	if (i->ndone > 0)
		memcpy(all, i->done, i->ndone * sizeof *all);
	memcpy(all + i->ndone, gone->keys, gone->n * sizeof *all);
	i->done = all;
	i->ndone += gone->n;
	return true;
}

static bool
fire(struct planner *p, uint32_t clock, struct cc_instance *i,
    const struct passed *gone)
{
	struct cc_firing *f = &p->fired[p->nfired++];

	f->instance = (uint32_t)(i - p->out);
	f->clock = clock;
	f->rung = gone->gravest;
	f->epoch = i->epoch;
	f->at = gone->at;
	f->to = gone->late ? gone->to : gone->gravest->to;
	f->late = gone->late;
	f->held = distant(p, &p->in->clocks[clock], i, gone);
	if (!f->held) {
		i->told = true;
		i->told_due = i->due;
	}
	return mark_done(p, i, gone);
}

/*
 * Rungs that were only held told nobody; still their names are used up in this
 * epoch, so a new due needs a new one for them to fire.
 */
static bool
new_epoch(const struct cc_instance *i, const struct cc_view *v)
{
	if (i->due.s != v->due.s)
		return i->told || i->ndone > 0;
	return i->told && wanted(v) && !(i->live && i->present);
}

/* The instance as it was, or at its first: now known, nobody told. */
static struct cc_instance *
carry(struct planner *p, const struct cc_instance *key, uint32_t old,
    const struct cc_view *v)
{
	struct cc_instance *i = &p->out[p->nout++];

	if (old < p->in->nold) {
		*i = p->in->old[old];
		if (new_epoch(i, v)) {
			i->epoch++;
			i->done = NULL;
			i->ndone = 0;
		}
	} else {
		p->fresh[p->nfresh++] = p->nout - 1;
		*i = *key;
		i->epoch = 1;
		i->told_due = CC_NEVER;
		i->known = p->in->now;
	}
	i->live = wanted(v);
	i->present = true;
	i->state = v->state;
	i->started = v->started;
	i->due = v->due;
	return i;
}

/* What was fired or held, in any epoch, is history; else it is only belief. */
static bool
is_history(const struct cc_instance *i)
{
	return i->told || i->ndone > 0 || i->epoch > 1;
}

static enum cc_code
plan_clock(struct planner *p, uint32_t place, struct cc_err *reterr)
{
	const struct cc_clock *c = &p->in->clocks[place];
	const struct cc_ladder *l = cc_ladder_for(p->in->ladders, c);
	struct cc_instance key = identity(c), *i;
	uint32_t old;
	struct cc_view v;
	struct passed gone;

	wake_at(p, cc_clock_next(c, p->in->now));
	if (!cc_clock_view(c, p->in->now, &v))
		return CC_OK;
	old = find_old(p, &key);
	if (old < p->in->nold && p->seen[old])
		return doubled(&key, reterr);
	if (old < p->in->nold)
		p->seen[old] = true;
	if (!wanted(&v) && (old == p->in->nold || !is_history(&p->in->old[old])))
		return CC_OK;
	i = carry(p, &key, old, &v);
	if (l == NULL || !wanted(&v))
		return CC_OK;
	look_at_rungs(p, l, c, i, &gone);
	if (gone.n > 0 && v.state != CC_STATE_PAUSED && !fire(p, place, i, &gone))
		return no_memory(reterr);
	return CC_OK;
}

/* Told instances stay when their clock has gone. */
static void
keep_vanished(struct planner *p)
{
	for (uint32_t n = 0; n < p->in->nold; n++) {
		struct cc_instance *i;

		if (p->seen[n] || !is_history(&p->in->old[n]))
			continue;
		i = &p->out[p->nout++];
		*i = p->in->old[n];
		i->present = false;
		i->live = false;
	}
}

/* Doubles of old instances were refused on the way; these are left. */
static enum cc_code
prove_unique(const struct planner *p, struct cc_err *reterr)
{
	if (!sort_places(p->arena, p->out, p->fresh, p->nfresh))
		return no_memory(reterr);
	for (uint32_t n = 1; n < p->nfresh; n++) {
		const struct cc_instance *i = &p->out[p->fresh[n]];

		if (cmp_instances(&p->out[p->fresh[n - 1]], i) == 0)
			return doubled(i, reterr);
	}
	return CC_OK;
}

/* Room for every old instance, and for each clock that may be wanted. */
static enum cc_code
prepare(struct planner *p, struct cc_err *reterr)
{
	const struct cc_plan_input *in = p->in;
	size_t live = 0;
	struct cc_view v;

	for (uint32_t n = 0; n < in->nclocks; n++) {
		if (cc_clock_view(&in->clocks[n], in->now, &v) && wanted(&v))
			live++;
	}
	p->order = cc_arena_array(p->arena, in->nold, sizeof *p->order);
	p->seen = cc_arena_array(p->arena, in->nold, sizeof *p->seen);
	p->out = cc_arena_array(p->arena, in->nold + live, sizeof *p->out);
	p->fired = cc_arena_array(p->arena, live, sizeof *p->fired);
	p->fresh = cc_arena_array(p->arena, live, sizeof *p->fresh);
	if (p->order == NULL || p->seen == NULL || p->out == NULL ||
	    p->fired == NULL || p->fresh == NULL)
		return no_memory(reterr);
	for (uint32_t n = 0; n < in->nold; n++)
		p->order[n] = n;
	if (!sort_places(p->arena, in->old, p->order, in->nold))
		return no_memory(reterr);
	return CC_OK;
}

enum cc_code
cc_plan_case(const struct cc_plan_input *in, struct cc_arena *a,
    struct cc_plan *ret, struct cc_err *reterr)
{
	struct planner p = {.in = in, .arena = a, .wake = CC_NEVER};
	enum cc_code code = prepare(&p, reterr);

	for (uint32_t n = 0; code == CC_OK && n < in->nclocks; n++) {
		/* A basis for other rules is nobody's duty. */
		if (!in->clocks[n].rule->silent)
			code = plan_clock(&p, n, reterr);
	}
	if (code == CC_OK)
		keep_vanished(&p);
	if (code == CC_OK)
		code = prove_unique(&p, reterr);
	if (code != CC_OK)
		return code;
	*ret = (struct cc_plan){p.out, p.nout, p.fired, p.nfired, p.wake};
	return CC_OK;
}
