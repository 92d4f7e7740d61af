#include "scheduler/derive.h"

#include "scheduler/earlier.h"
#include "scheduler/walk_trace.h"

/* The earliest instant that a list of endings gives. */
struct found {
	struct cc_val at;
	int32_t ev;
};

static void
consider(struct found *f, int64_t at, int32_t ev)
{
	if (f->at.given && f->at.i <= at)
		return;
	f->at = cc_val_of(at);
	f->ev = ev;
}

/* Sequences: the first at or after `from`.  Events and instants: as they are,
 * but never before `floor`. */
static void
look(struct cc_walk *w, const struct cc_ending *e, int64_t from, int64_t floor,
    struct found *f)
{
	struct cc_range r = {0, UINT32_MAX};
	struct cc_val v;
	int64_t at;

	if (e->node->type == CC_V_EVENTS) {
		r.lo = cc_history_from(w->h, from);
		v = cc_walk_first(w, e->node, r, false);
	} else {
		v = cc_walk_val(w, e->node);
	}
	if (!v.given)
		return;
	if (e->node->type == CC_V_INSTANT) {
		consider(f, v.i > floor ? v.i : floor, -1);
		return;
	}
	at = w->h->events[v.i].time;
	consider(f, at > floor ? at : floor, (int32_t)v.i);
}

static struct found
earliest_of(struct cc_walk *w, const struct cc_ending *e, unsigned n, int64_t from,
    int64_t floor)
{
	struct found f = {cc_val_absent(), -1};

	for (unsigned i = 0; i < n; i++)
		look(w, &e[i], from, floor, &f);
	return f;
}

static void
set_pause(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c)
{
	struct cc_val from, until;

	if (r->paused_from == NULL)
		return;
	from = cc_walk_val(w, r->paused_from);
	if (!from.given)
		return;
	until = r->paused_until == NULL ? cc_val_absent() : cc_walk_val(w, r->paused_until);
	if (until.given && until.i <= from.i)
		return;
	c->paused = (struct cc_wall){from.i};
	if (until.given)
		c->resumed = (struct cc_wall){until.i};
	if (w->tracing != NULL)
		cc_trace_pause(w, r, c);
}

/* An act in the pause is timely whatever the due. */
static bool
timely(const struct cc_clock *c, int64_t act)
{
	if (!cc_given(c->due) || act <= c->due.s)
		return true;
	return cc_given(c->paused) && act >= c->paused.s &&
	    (!cc_given(c->resumed) || act <= c->resumed.s);
}

/* G18: the earliest decides; at the same second the act, then the exemption. */
static void
decide(struct cc_clock *c, const struct found *act, const struct found *exempt,
    const struct found *cancelled)
{
	const struct found *best = NULL;

	c->end = CC_END_NONE;
	if (act->at.given) {
		best = act;
		c->end = CC_END_ACT;
	}
	if (exempt->at.given && (best == NULL || exempt->at.i < best->at.i)) {
		best = exempt;
		c->end = CC_END_EXEMPT;
	}
	if (cancelled->at.given && (best == NULL || cancelled->at.i < best->at.i)) {
		best = cancelled;
		c->end = CC_END_CANCELLED;
	}
	if (best == NULL)
		return;
	c->ended = (struct cc_wall){best->at.i};
	c->end_event = best->ev;
	c->met = c->end == CC_END_ACT && timely(c, best->at.i);
}

/* G19: what happens after a window's due never counts. */
static void
cut_at(struct found *f, struct cc_wall due)
{
	if (f->at.given && cc_given(due) && f->at.i > due.s)
		f->at = cc_val_absent();
}

void
cc_derive_due(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c)
{
	const struct cc_earlier *e = cc_earlier_of(r, w->h->zone, c->started);
	const struct cc_node *due = e == NULL ? r->due : e->due;
	struct cc_val v;

	if (due != NULL) {
		v = cc_walk_val(w, due);
		c->due = v.given ? (struct cc_wall){v.i} : CC_NEVER;
	} else {
		c->due = r->pub.kind == CC_KIND_IMMEDIATE && r->chain_from == NULL ?
		    c->started : CC_NEVER;
	}
	if (w->tracing != NULL)
		cc_trace_due(w, r, c);
}

/* Which of the endings it was, for whoever asks. */
static void
note_ending(struct cc_walk *w, const struct cc_rulex *r, const struct cc_clock *c,
    int64_t from)
{
	const struct cc_ending *e = c->end == CC_END_ACT ? r->acts :
	    c->end == CC_END_EXEMPT ? r->exempt : r->cancelled;
	unsigned n = c->end == CC_END_ACT ? r->nacts :
	    c->end == CC_END_EXEMPT ? r->nexempt : r->ncancelled;
	bool act = c->end == CC_END_ACT;

	for (unsigned i = 0; i < n; i++) {
		struct found f = earliest_of(w, &e[i], 1, act ? from : c->armed.s,
		    act ? INT64_MIN : c->armed.s);

		if (f.at.given && f.at.i == c->ended.s && f.ev == c->end_event) {
			cc_trace_ending(w, r, c, &e[i]);
			return;
		}
	}
}

void
cc_derive_end(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c,
    struct cc_val *attrs)
{
	int64_t from = c->started.s, armed = c->armed.s;
	struct found act, exempt, cancelled;
	struct cc_val v;

	if (r->acts_from != NULL) {
		v = cc_walk_val(w, r->acts_from);
		from = v.given ? v.i : INT64_MAX;
	}
	act = earliest_of(w, r->acts, r->nacts, from, INT64_MIN);
	*cc_slot(w, r->act_slot) = act.at;
	cc_derive_due(w, r, c);
	set_pause(w, r, c);
	exempt = earliest_of(w, r->exempt, r->nexempt, armed, armed);
	cancelled = earliest_of(w, r->cancelled, r->ncancelled, armed, armed);
	attrs[CC_CLOCK_ACT] = act.at;
	attrs[CC_CLOCK_EXEMPT] = exempt.at;
	attrs[CC_CLOCK_CANCELLED] = cancelled.at;
	if (r->pub.kind == CC_KIND_WINDOW) {
		cut_at(&act, c->due);
		cut_at(&exempt, c->due);
		cut_at(&cancelled, c->due);
	}
	decide(c, &act, &exempt, &cancelled);
	if (w->tracing != NULL && c->end != CC_END_NONE)
		note_ending(w, r, c, from);
	if (c->end != CC_END_NONE && cc_given(c->paused) && c->ended.s < c->paused.s)
		c->paused = c->resumed = CC_NEVER;
}
