#include "scheduler/plan_inner.h"

#include <string.h>

#include "scheduler/schema.h"

/* The rungs of one ladder that have passed and were not fired before. */
struct passed {
	const struct cc_plan_step *gravest;
	uint8_t to;		/* of all of them */
	bool late;
};

static bool
judged(const struct cc_clock *c)
{
	return c->rule->kind == CC_KIND_GATE ||
	    c->rule->kind == CC_KIND_FRESHNESS;
}

/* --- holds ----------------------------------------------------------------- */

static struct cc_plan_key
key_of_hold(const struct cc_hold *h)
{
	return (struct cc_plan_key){h->rule, h->subject, h->origin_id,
	    h->origin_source, h->same};
}

static int
cmp_hold_to(const struct cc_hold *h, const struct cc_plan_key *key, uint32_t epoch)
{
	struct cc_plan_key own = key_of_hold(h);
	int c = cc_plan_key_cmp(&own, key);

	return c != 0 ? c : (h->epoch > epoch) - (h->epoch < epoch);
}

static int
cmp_holds(const void *of, uint32_t a, uint32_t b)
{
	const struct cc_hold *x = (const struct cc_hold *)of + a;
	const struct cc_hold *y = (const struct cc_hold *)of + b;
	struct cc_plan_key key = key_of_hold(y);
	int c = cmp_hold_to(x, &key, y->epoch);

	return c != 0 ? c : (x->at.s > y->at.s) - (x->at.s < y->at.s);
}

bool
cc_plan_sort_holds(struct cc_planner *p)
{
	p->holds = cc_arena_array(p->arena, p->in->nholds, sizeof *p->holds);
	if (p->holds == NULL)
		return false;
	for (uint32_t n = 0; n < p->in->nholds; n++)
		p->holds[n] = n;
	return cc_plan_sort(p->arena, p->in->holds, cmp_holds, p->holds,
	    p->in->nholds);
}

/* The first hold of the instance's epoch, in the order of p->holds. */
static uint32_t
first_hold(const struct cc_planner *p, const struct cc_instance *i)
{
	struct cc_plan_key key = cc_plan_key_of(i);
	uint32_t lo = 0, hi = p->in->nholds;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (cmp_hold_to(&p->in->holds[p->holds[mid]], &key, i->epoch) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
is_repeat(const struct cc_rung *r)
{
	return strncmp(r->name, "repeat-", 7) == 0 ||
	    strncmp(r->name, "remind-", 7) == 0;
}

static bool
can_hold(const struct cc_hold *h, const struct cc_rule *rule, const struct cc_rung *r)
{
	if (!rule->safety)
		return true;
	if (r->base == CC_RUNG_BREACH)
		return false;
	return is_repeat(r) || (r->to & (unsigned)~h->roles) == 0;
}

/* What of the clock at hand a rung may have to wait for. */
struct waiting {
	const struct cc_planner *p;
	const struct cc_clock *c;
	const struct cc_instance *i;
	uint32_t hold;		/* the first of its epoch */
};

/* One pass is enough: they are sorted by their beginning, so one that lies behind
 * cannot reach past the end of a later one that holds. */
static struct cc_wall
after_holds(const struct waiting *w, const struct cc_rung *r, struct cc_wall at)
{
	const struct cc_plan_input *in = w->p->in;
	struct cc_plan_key key = cc_plan_key_of(w->i);

	for (uint32_t n = w->hold; n < in->nholds; n++) {
		const struct cc_hold *h = &in->holds[w->p->holds[n]];

		if (cmp_hold_to(h, &key, w->i->epoch) != 0 || h->at.s > at.s)
			break;
		if (at.s < h->until.s && can_hold(h, w->c->rule, r))
			at = h->until;
	}
	return at;
}

static struct cc_wall
after_pause(const struct cc_clock *c, struct cc_wall at)
{
	if (judged(c) || c->rule->kind == CC_KIND_WINDOW || !cc_given(c->paused))
		return at;
	if (at.s >= c->paused.s && (!cc_given(c->resumed) || at.s < c->resumed.s))
		return c->resumed;
	return at;
}

/* When a rung that falls at `at` can fire: a pause or a hold keeps it until its end,
 * and the end of the clock, where it is known beforehand, makes it moot. */
static struct cc_wall
falls(const struct waiting *w, const struct cc_rung *r, struct cc_wall at)
{
	const struct cc_clock *c = w->c;
	struct cc_wall before;

	do {
		before = at;
		at = after_pause(c, at);
		if (!cc_given(at))
			return CC_NEVER;
		at = after_holds(w, r, at);
	} while (at.s != before.s);
	if (judged(c))
		return at;
	if (c->rule->kind == CC_KIND_WINDOW)
		return cc_given(c->due) && at.s > c->due.s ? CC_NEVER : at;
	if (c->end != CC_END_NONE && cc_given(c->ended) && at.s >= c->ended.s)
		return CC_NEVER;
	return at;
}

/* --- ladders --------------------------------------------------------------- */

static bool
has_key(const struct cc_instance *i, uint32_t key)
{
	for (uint32_t n = 0; n < i->ndone; n++) {
		if (i->done[n] == key)
			return true;
	}
	return false;
}

bool
cc_plan_is_done(const struct cc_instance *i, const char *name)
{
	return has_key(i, cc_key32(cc_plan_text(name)));
}

/* A clock that is armed when its due has passed (a priority is raised) was asked nothing
 * of in time: those below the gravest rung have not heard of it either. */
static bool
behind(const struct cc_planner *p, const struct cc_clock *c, const struct cc_plan_step *s)
{
	if (s->rung->base != CC_RUNG_BREACH && s->rung->base != CC_RUNG_AFTER)
		return false;
	return s->at.s == c->armed.s && cc_given(c->due) &&
	    c->armed.s - c->due.s > p->in->settings.late;
}

void
cc_plan_look(const struct cc_planner *p, const struct cc_plan_hand *h,
    struct cc_plan_steps *ret)
{
	const struct cc_clock *c = &p->in->clocks[h->clock];
	const struct cc_ladder *l = cc_ladder_for(p->in->ladders, c);
	struct waiting w = {p, c, h->i, first_hold(p, h->i)};

	ret->n = 0;
	for (uint32_t n = 0; l != NULL && n < l->nrungs && n < CC_RUNGS_MAX; n++) {
		struct cc_plan_step *s = &ret->step[ret->n];

		*s = (struct cc_plan_step){.rung = &l->rungs[n],
		    .key = cc_key32(cc_plan_text(l->rungs[n].name)),
		    .at = cc_rung_at(&l->rungs[n], c)};
		if (!cc_given(s->at) || has_key(h->i, s->key))
			continue;
		s->behind = behind(p, c, s);
		s->fell = falls(&w, s->rung, s->at);
		if (cc_given(s->fell))
			ret->n++;
	}
}

/* Takes every rung that can have fired by now. */
static struct passed
take_passed(const struct cc_planner *p, struct cc_plan_steps *s)
{
	struct passed gone = {.gravest = NULL};

	for (uint32_t n = 0; n < s->n; n++) {
		struct cc_plan_step *t = &s->step[n];

		if (t->fell.s > p->in->now.s)
			continue;
		t->used = true;
		gone.gravest = t;
		gone.to |= t->rung->to;
		if (t->behind || p->in->now.s - t->at.s > p->in->settings.late)
			gone.late = true;
	}
	return gone;
}

/* A lesser rung that a hold keeps has nothing more to say once a graver one went to
 * all whom it would go to. */
static void
pass_over_held(const struct cc_planner *p, struct cc_plan_steps *s,
    const struct cc_plan_step *fired, uint8_t to)
{
	for (struct cc_plan_step *t = s->step; t < fired; t++) {
		if (t->at.s <= p->in->now.s && (t->rung->to & (unsigned)~to) == 0)
			t->used = true;
	}
}

/*
 * Late news of the distant past is held back.  What counts is the due; but once
 * somebody was told, the rung: else a repeat two weeks after the due would be
 * lost to a restart of two minutes.  What a pause or a hold kept back is not late.
 */
static bool
distant(const struct cc_planner *p, const struct cc_plan_hand *h,
    const struct cc_plan_step *gravest)
{
	const struct cc_plan_settings *s = &p->in->settings;
	const struct cc_clock *c = &p->in->clocks[h->clock];
	cc_dur_s history = c->rule->safety ? s->history_safety : s->history;
	struct cc_wall of = cc_given(c->due) && !h->i->told ? c->due : gravest->at;

	return p->in->now.s - gravest->fell.s > s->late &&
	    p->in->now.s - of.s > history;
}

bool
cc_plan_mark(struct cc_planner *p, struct cc_instance *i,
    const struct cc_plan_steps *s, const char *name)
{
	uint32_t n = i->ndone, more = name != NULL, *all;

	for (uint32_t k = 0; s != NULL && k < s->n; k++)
		more += s->step[k].used;
	all = cc_arena_array(p->arena, (size_t)n + more, sizeof *all);
	if (all == NULL)
		return false;
	if (n > 0)
		memcpy(all, i->done, n * sizeof *all);
	for (uint32_t k = 0; s != NULL && k < s->n; k++) {
		if (s->step[k].used)
			all[n++] = s->step[k].key;
	}
	if (name != NULL)
		all[n++] = cc_key32(cc_plan_text(name));
	i->done = all;
	i->ndone = n;
	return true;
}

bool
cc_plan_fire_rung(struct cc_planner *p, const struct cc_plan_hand *h,
    struct cc_plan_steps *s)
{
	struct passed gone = take_passed(p, s);
	struct cc_firing *f;

	if (gone.gravest == NULL)
		return true;
	f = &p->fired[p->nfired++];
	*f = (struct cc_firing){
		.kind = CC_FIRE_RUNG,
		.instance = (uint32_t)(h->i - p->out),
		.clock = h->clock,
		.heir_of = CC_PLAN_NONE,
		.rung = gone.gravest->rung,
		.severity = gone.gravest->rung->severity,
		.previous_due = CC_NEVER,
		.epoch = h->i->epoch,
		.at = gone.gravest->at,
		.to = gone.late ? gone.to : gone.gravest->rung->to,
		.late = gone.late,
		.held = distant(p, h, gone.gravest),
	};
	if (!f->held) {
		h->i->told = true;
		h->i->told_due = h->i->due;
		pass_over_held(p, s, gone.gravest, f->to);
	}
	return cc_plan_mark(p, h->i, s, NULL);
}

void
cc_plan_stand_for(const struct cc_planner *p, struct cc_plan_steps *s,
    struct cc_firing *f)
{
	struct passed gone = take_passed(p, s);

	f->to = gone.to;
	if (gone.gravest != NULL)
		f->severity = gone.gravest->rung->severity;
}

void
cc_plan_wake_rungs(struct cc_planner *p, const struct cc_plan_steps *s)
{
	for (uint32_t n = 0; n < s->n; n++) {
		if (!s->step[n].used)
			cc_plan_wake_at(p, s->step[n].fell);
	}
}
