#include "scheduler/walk_trace.h"

#include <string.h>

#include "scheduler/earlier.h"

void
cc_trace_attr(struct cc_walk *w, int64_t rec, unsigned place,
    const struct cc_trace_frame *f, const struct cc_node *n)
{
	cc_trace_attr_is(w, rec, place, cc_trace_of(w, f, n));
}

/* A place of its own for what is noted of the clock. */
static struct cc_traced *
traced_new(struct cc_walk *w, struct cc_clock *c)
{
	struct cc_traces *t = w->tracing;

	if (t->n == t->cap) {
		uint32_t cap = t->cap == 0 ? 16 : t->cap * 2;
		struct cc_traced *v = cc_arena_array(w->keep, cap, sizeof *v);

		if (v == NULL) {
			w->failed = true;
			return NULL;
		}
		if (t->n != 0)
			memcpy(v, t->v, t->n * sizeof *v);
		t->v = v;
		t->cap = cap;
	}
	t->v[t->n] = (struct cc_traced){.armed = NULL};
	c->traced = ++t->n;
	return &t->v[t->n - 1];
}

static struct cc_traced *
traced_of(struct cc_walk *w, const struct cc_clock *c)
{
	return w->failed || c->traced == 0 ? NULL : &w->tracing->v[c->traced - 1];
}

static const struct cc_trace *
of_rule(struct cc_walk *w, const struct cc_rulex *r, const struct cc_node *n)
{
	return cc_trace_of(w, &(struct cc_trace_frame){r->lets, r->nlets, -1, r}, n);
}

void
cc_trace_start(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c)
{
	const struct cc_trace *started = of_rule(w, r, r->started);
	const struct cc_trace *armed = of_rule(w, r, r->armed);
	struct cc_traced *t = traced_new(w, c);

	if (t == NULL)
		return;
	t->started = started;
	t->armed = armed;
}

/* Each period of a chain starts with its event and has a due of its own. */
void
cc_trace_due(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c)
{
	const struct cc_earlier *e = cc_earlier_of(r, w->h->zone, c->started);
	const struct cc_trace *due = of_rule(w, r, e == NULL ? r->due : e->due);
	struct cc_traced *t;

	t = r->chain_from != NULL ? traced_new(w, c) : traced_of(w, c);
	if (t != NULL)
		t->due = due;
}

void
cc_trace_pause(struct cc_walk *w, const struct cc_rulex *r, const struct cc_clock *c)
{
	const struct cc_trace *paused = of_rule(w, r, r->paused_from);
	const struct cc_trace *resumed = of_rule(w, r, r->paused_until);
	struct cc_traced *t = traced_of(w, c);

	if (t == NULL)
		return;
	t->paused = paused;
	t->resumed = resumed;
}

void
cc_trace_ending(struct cc_walk *w, const struct cc_rulex *r, const struct cc_clock *c,
    const struct cc_ending *e)
{
	const struct cc_trace *ended = of_rule(w, r, e->node);
	struct cc_traced *t = traced_of(w, c);

	if (t == NULL)
		return;
	t->ended = ended;
	t->ended_text = e->text;
}

void
cc_trace_stop(struct cc_walk *w, const struct cc_rulex *r, const struct cc_clock *c)
{
	const struct cc_trace *stop = of_rule(w, r, r->chain_stop);
	struct cc_traced *t = traced_of(w, c);

	if (t != NULL)
		t->ended = stop;
}

void
cc_trace_clock(struct cc_walk *w, int64_t rec, const struct cc_clock *c)
{
	const struct cc_traced *t = traced_of(w, c);

	if (t == NULL)
		return;
	cc_trace_attr_is(w, rec, CC_CLOCK_ARMED, t->armed);
	cc_trace_attr_is(w, rec, CC_CLOCK_STARTED, t->started);
	cc_trace_attr_is(w, rec, CC_CLOCK_DUE, t->due);
	cc_trace_attr_is(w, rec, CC_CLOCK_PAUSED, t->paused);
	cc_trace_attr_is(w, rec, CC_CLOCK_RESUMED, t->resumed);
}
