#include "scheduler/derive.h"

#include "scheduler/walk_trace.h"
#include "scheduler/why.h"

/* The first act strictly later than the period's start and not after the stop. */
static struct cc_val
next_act(struct cc_walk *w, const struct cc_val *acts, uint32_t *at, int64_t start,
    const struct cc_val *stop)
{
	for (; *at < acts->n; ++*at) {
		int64_t t = w->h->events[acts->v[*at]].time;

		if (t <= start)
			continue;
		if (stop->given && t > stop->i)
			return cc_val_absent();
		return cc_val_of(acts->v[*at]);
	}
	return cc_val_absent();
}

static void
end_period(const struct cc_walk *w, struct cc_clock *c, const struct cc_val *act,
    const struct cc_val *stop)
{
	if (act->given) {
		c->end = CC_END_ACT;
		c->ended = (struct cc_wall){w->h->events[act->i].time};
		c->end_event = (int32_t)act->i;
		c->met = !cc_given(c->due) || c->ended.s <= c->due.s;
	} else if (stop->given) {
		c->end = CC_END_CANCELLED;
		c->ended = (struct cc_wall){stop->i > c->armed.s ? stop->i : c->armed.s};
	}
}

/* The period as a record, for clocks(...). */
static bool
record_period(struct cc_walk *w, const struct cc_rulex *r, struct cc_candidate *k,
    const struct cc_val *act, const struct cc_val *stop)
{
	struct cc_val *attrs = cc_clock_record(w, r, &k->rec);

	if (attrs == NULL)
		return false;
	if (act->given)
		attrs[CC_CLOCK_ACT] = cc_val_of(w->h->events[act->i].time);
	attrs[CC_CLOCK_CANCELLED] = *stop;
	cc_clock_attrs(&k->clock, attrs);
	if (w->tracing != NULL)
		cc_trace_clock(w, k->rec, &k->clock);
	return true;
}

static bool
add_period(struct cc_walk *w, const struct cc_rulex *r, const struct cc_candidate *base,
    int64_t begins, const struct cc_val *act, const struct cc_val *stop,
    struct cc_candidates *out)
{
	struct cc_candidate *k = cc_candidate_add(w, out);
	struct cc_clock *c;
	uint32_t order = out->n;
	int64_t start = w->h->events[begins].time;

	if (k == NULL)
		return false;
	*k = *base;
	k->order = order;
	c = &k->clock;
	c->started = (struct cc_wall){start};
	if (c->armed.s < start)
		c->armed = c->started;
	c->origin_event = (int32_t)begins;
	*cc_slot(w, r->start_slot) = cc_val_of(start);
	*cc_slot(w, r->act_slot) = act->given ?
	    cc_val_of(w->h->events[act->i].time) : cc_val_absent();
	cc_derive_due(w, r, c);
	end_period(w, c, act, stop);
	if (w->tracing != NULL && c->end == CC_END_CANCELLED)
		cc_trace_stop(w, r, c);
	return !r->listed || record_period(w, r, k, act, stop);
}

void
cc_derive_chain(struct cc_walk *w, const struct cc_rulex *r,
    const struct cc_candidate *base, struct cc_candidates *out)
{
	struct cc_val from = cc_walk_val(w, r->chain_from);
	struct cc_val acts, stop = cc_val_absent();
	uint32_t at = 0;

	if (!from.given) {
		cc_why_end(w, base->choice, CC_WHY_NO_CHAIN);
		return;
	}
	if (r->chain_stop != NULL)
		stop = cc_walk_val(w, r->chain_stop);
	if (stop.given && w->h->events[from.i].time > stop.i) {
		cc_why_end(w, base->choice, CC_WHY_STOPPED);
		return;
	}
	acts = cc_walk_seq(w, r->chain_acts);
	while (from.given && !w->failed) {
		int64_t start = w->h->events[from.i].time;
		struct cc_val act = next_act(w, &acts, &at, start, &stop);

		if (!add_period(w, r, base, from.i, &act, &stop, out))
			return;
		from = act;
	}
}
