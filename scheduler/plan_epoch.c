#include "scheduler/plan_inner.h"

#include <string.h>

#include "scheduler/schema.h"

/* They stand in no ladder: nobody asks when they fall. */
const struct cc_rung cc_plan_moved = {"moved", CC_RUNG_RAISE, 0, 0, CC_WARNING};
const struct cc_rung cc_plan_back = {"back", CC_RUNG_RAISE, 0, 0, CC_WARNING};
const struct cc_rung cc_plan_clear = {"clear", CC_RUNG_RAISE, 0, 0, CC_NOTICE};

const char cc_plan_taken[] = "taken";

static const enum cc_firing_kind no_news = 0;

/* What was fired or held, in any epoch, is history; else it is only belief. */
static bool
is_history(const struct cc_instance *i)
{
	return i->told || i->ndone > 0 || i->epoch > 1;
}

/* What those who were told of the instance, as it was, have to hear now. */
static enum cc_firing_kind
news_of(const struct cc_instance *i, const struct cc_plan_sight *s)
{
	bool heir = s->of != CC_PLAN_NONE;

	if (!i->told)
		return no_news;
	if (cc_plan_wanted(&s->v)) {
		if (i->told_due.s != s->v.due.s)
			return CC_FIRE_MOVED;
		return heir || (i->live && i->present) ? no_news : CC_FIRE_BACK;
	}
	if (s->v.state == CC_STATE_EXPIRED)
		return no_news;
	return heir || cc_plan_open(i) ? CC_FIRE_CLEAR : no_news;
}

/*
 * Rungs that were only held told nobody; still their names are used up in this
 * epoch, so a new due needs a new one for them to fire.
 */
static bool
new_epoch(const struct cc_instance *i, const struct cc_view *v, enum cc_firing_kind news)
{
	if (!i->told)
		return i->ndone > 0 && i->due.s != v->due.s;
	return news == CC_FIRE_MOVED || news == CC_FIRE_BACK ||
	    (news == CC_FIRE_CLEAR && i->told_due.s != v->due.s);
}

static void
open_epoch(struct cc_instance *i)
{
	i->epoch++;
	i->done = NULL;
	i->ndone = 0;
}

/* What was told of the vanished one was told of this one; under the same due its rungs
 * are done. */
static bool
inherit(struct cc_planner *p, struct cc_instance *i, const struct cc_instance *from,
    struct cc_wall due)
{
	uint32_t clear = cc_key32(cc_plan_text(cc_plan_clear.name)), *done, n = 0;

	i->told = true;
	i->told_due = from->told_due;
	if (from->told_due.s != due.s || from->ndone == 0)
		return true;
	done = cc_arena_array(p->arena, from->ndone, sizeof *done);
	if (done == NULL)
		return false;
	for (uint32_t k = 0; k < from->ndone; k++) {
		if (from->done[k] != clear)
			done[n++] = from->done[k];
	}
	i->done = done;
	i->ndone = n;
	return true;
}

static const struct cc_rung *
rung_of(enum cc_firing_kind kind)
{
	switch (kind) {
	case CC_FIRE_MOVED:
		return &cc_plan_moved;
	case CC_FIRE_BACK:
		return &cc_plan_back;
	case CC_FIRE_RUNG:
	case CC_FIRE_CLEAR:
		break;
	}
	return &cc_plan_clear;
}

static struct cc_firing *
fire(struct cc_planner *p, enum cc_firing_kind kind, const struct cc_plan_hand *h)
{
	const struct cc_rung *rung = rung_of(kind);
	struct cc_firing *f = &p->fired[p->nfired++];

	*f = (struct cc_firing){
		.kind = kind,
		.instance = (uint32_t)(h->i - p->out),
		.clock = h->clock,
		.heir_of = CC_PLAN_NONE,
		.rung = rung,
		.severity = rung->severity,
		.previous_due = CC_NEVER,
		.epoch = h->i->epoch,
		.at = p->in->now,
	};
	return f;
}

/* Moved, back or clear of a clock that is there. */
static bool
fire_news(struct cc_planner *p, enum cc_firing_kind kind, const struct cc_plan_hand *h,
    struct cc_plan_steps *s)
{
	struct cc_firing *f = fire(p, kind, h);

	f->heir_of = p->sights[h->clock].of;
	if (h->i->told_due.s != h->i->due.s)
		f->previous_due = h->i->told_due;
	h->i->told_due = h->i->due;
	if (kind != CC_FIRE_CLEAR)
		cc_plan_stand_for(p, s, f);
	return cc_plan_mark(p, h->i, s, f->rung->name);
}

static bool
speak(struct cc_planner *p, enum cc_firing_kind news, const struct cc_plan_hand *h)
{
	const struct cc_view *v = &p->sights[h->clock].v;
	struct cc_plan_steps s = {.n = 0};

	if (cc_plan_wanted(v))
		cc_plan_look(p, h, &s);
	if (news != no_news) {
		if (!fire_news(p, news, h, &s))
			return false;
	} else if (v->state != CC_STATE_PAUSED && !cc_plan_fire_rung(p, h, &s)) {
		return false;
	}
	cc_plan_wake_rungs(p, &s);
	return true;
}

/* First seen: known now, nobody told. */
static struct cc_instance
first_seen(const struct cc_planner *p, const struct cc_clock *c)
{
	return (struct cc_instance){
		.rule = cc_plan_text(c->rule->id),
		.subject = c->subject,
		.origin_id = c->origin_id,
		.origin_source = c->origin_source,
		.same = c->same,
		.epoch = 1,
		.told_due = CC_NEVER,
		.known = p->in->now,
	};
}

static bool
take_place(struct cc_planner *p, struct cc_instance *i, const struct cc_plan_sight *s)
{
	p->heirs[p->nheirs++] = (struct cc_plan_heir){(uint32_t)(i - p->out), s->of};
	if (s->old != CC_PLAN_NONE)
		open_epoch(i);
	return inherit(p, i, &p->in->old[s->of], s->v.due);
}

bool
cc_plan_carry(struct cc_planner *p, uint32_t clock)
{
	const struct cc_plan_sight *s = &p->sights[clock];
	bool known = s->old != CC_PLAN_NONE, heir = s->of != CC_PLAN_NONE;
	struct cc_plan_hand h = {clock, &p->out[p->nout]};
	enum cc_firing_kind news;

	if (!cc_plan_wanted(&s->v) && !heir &&
	    (!known || !is_history(&p->in->old[s->old])))
		return true;
	if (known)
		p->place[s->old] = p->nout;
	else
		p->fresh[p->nfresh++] = p->nout;
	p->nout++;
	*h.i = known ? p->in->old[s->old] : first_seen(p, &p->in->clocks[clock]);
	if (heir && !take_place(p, h.i, s))
		return false;
	news = news_of(h.i, s);
	if (!heir && new_epoch(h.i, &s->v, news))
		open_epoch(h.i);
	h.i->live = cc_plan_wanted(&s->v);
	h.i->present = true;
	h.i->unsent = false;
	h.i->state = s->v.state;
	h.i->started = s->v.started;
	h.i->due = s->v.due;
	return speak(p, news, &h);
}

/* Another speaks for it from now on, and only one. */
static bool
mark_taken(struct cc_planner *p, struct cc_instance *i)
{
	if (!cc_plan_is_done(i, cc_plan_clear.name) &&
	    !cc_plan_mark(p, i, NULL, cc_plan_clear.name))
		return false;
	return cc_plan_mark(p, i, NULL, cc_plan_taken);
}

bool
cc_plan_keep_vanished(struct cc_planner *p)
{
	for (uint32_t n = 0; n < p->in->nold; n++) {
		const struct cc_instance *old = &p->in->old[n];
		struct cc_plan_hand h = {CC_PLAN_NONE, &p->out[p->nout]};
		bool ok = true;

		if (p->seen[n] || !is_history(old))
			continue;
		p->place[n] = p->nout++;
		*h.i = *old;
		h.i->present = false;
		h.i->live = false;
		h.i->unsent = false;
		if (p->taken[n]) {
			ok = mark_taken(p, h.i);
		} else if (cc_plan_open(old)) {
			(void)fire(p, CC_FIRE_CLEAR, &h);
			ok = cc_plan_mark(p, h.i, NULL, cc_plan_clear.name);
		}
		if (!ok)
			return false;
	}
	return true;
}
