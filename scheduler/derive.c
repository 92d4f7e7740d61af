#include "scheduler/derive.h"

#include "scheduler/walk_trace.h"
#include "scheduler/why.h"

#include <stdlib.h>
#include <string.h>

struct making {
	const struct cc_rulex *rule;
	struct cc_candidates *out;
};

struct cc_candidate *
cc_candidate_add(struct cc_walk *w, struct cc_candidates *c)
{
	if (c->n == c->cap) {
		uint32_t cap = c->cap == 0 ? 2 : c->cap * 2;
		struct cc_candidate *v = cap > CC_CASE_CLOCKS_MAX ? NULL :
		    cc_arena_raw(w->keep, cap * sizeof *v);

		if (v == NULL) {
			w->failed = true;
			return NULL;
		}
		if (c->n != 0)
			memcpy(v, c->v, c->n * sizeof *v);
		c->v = v;
		c->cap = cap;
	}
	memset(&c->v[c->n], 0, sizeof c->v[c->n]);
	return &c->v[c->n++];
}

/* "V1", or "PM/e-4" for several. */
static bool
subject_of(struct cc_walk *w, const struct cc_rulex *r, uint32_t *ret)
{
	struct cc_str part[4] = {{NULL, 0}};
	size_t n = 0;
	char *text, *p;

	for (uint16_t i = 0; i < r->nsubject; i++) {
		struct cc_val v = cc_walk_val(w, r->subject[i]);

		if (!v.given)
			return false;
		if (r->nsubject == 1) {
			*ret = (uint32_t)v.i;
			return true;
		}
		part[i] = w->h->symbols.text[v.i];
		n += part[i].n + 1;
	}
	text = cc_arena_alloc(w->keep, n);
	if (text == NULL) {
		w->failed = true;
		return false;
	}
	p = text;
	for (uint16_t i = 0; i < r->nsubject; i++) {
		if (i > 0)
			*p++ = '/';
		memcpy(p, part[i].p, part[i].n);
		p += part[i].n;
	}
	*ret = cc_symbol(&w->h->symbols, (struct cc_str){text, (uint32_t)(p - text)});
	return *ret != UINT32_MAX;
}

static struct cc_wall
instant(struct cc_walk *w, const struct cc_node *n, struct cc_wall or_else)
{
	struct cc_val v;

	if (n == NULL)
		return or_else;
	v = cc_walk_val(w, n);
	return v.given ? (struct cc_wall){v.i} : CC_NEVER;
}

/* Gates and freshness tests: judged once, at the event they guard (G20). */
static void
judge(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c)
{
	struct cc_val v = cc_val_absent();

	if (r->exempt_when != NULL)
		v = cc_walk_val(w, r->exempt_when);
	c->armed = c->due = c->ended = c->started;
	c->end_event = c->origin_event;
	if (v.given && v.i != 0) {
		c->end = CC_END_EXEMPT;
		return;
	}
	v = r->passed == NULL ? cc_val_absent() : cc_walk_val(w, r->passed);
	c->end = CC_END_ACT;
	c->met = v.given && v.i != 0;
}

static bool
is_judged(const struct cc_rulex *r)
{
	return r->pub.kind == CC_KIND_GATE || r->pub.kind == CC_KIND_FRESHNESS;
}

/* Armed and started; false when the clock does not exist. */
static bool
set_start(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c)
{
	struct cc_wall at = CC_NEVER;
	struct cc_val v = r->origin == NULL ? cc_val_absent() : cc_walk_val(w, r->origin);

	c->origin_event = -1;
	c->end_event = -1;
	if (v.given) {
		c->origin_event = (int32_t)v.i;
		at.s = w->h->events[v.i].time;
	}
	c->started = instant(w, r->started, at);
	if (!cc_given(c->started))
		return false;
	*cc_slot(w, r->start_slot) = cc_val_of(c->started.s);
	c->armed = instant(w, r->armed, c->started);
	if (w->tracing != NULL)
		cc_trace_start(w, r, c);
	return cc_given(c->armed);
}

static void
name_origin(const struct cc_walk *w, struct cc_clock *c)
{
	const struct cc_hevent *e;

	if (c->origin_event < 0)
		return;
	e = &w->h->events[c->origin_event];
	c->origin_id = w->h->symbols.text[e->id];
	c->origin_source = w->h->symbols.text[e->source];
}

static struct cc_val
as_val(struct cc_wall t)
{
	return cc_given(t) ? cc_val_of(t.s) : cc_val_absent();
}

void
cc_clock_attrs(const struct cc_clock *c, struct cc_val *attrs)
{
	attrs[CC_CLOCK_ARMED] = as_val(c->armed);
	attrs[CC_CLOCK_STARTED] = as_val(c->started);
	attrs[CC_CLOCK_DUE] = as_val(c->due);
	attrs[CC_CLOCK_ENDED] = c->end == CC_END_NONE ? cc_val_absent() : as_val(c->ended);
	attrs[CC_CLOCK_PAUSED] = as_val(c->paused);
	attrs[CC_CLOCK_RESUMED] = as_val(c->resumed);
	if (c->origin_event >= 0)
		attrs[CC_CLOCK_ORIGIN] = cc_val_of(c->origin_event);
}

/* The clock as a record: its own names after the common ones. */
struct cc_val *
cc_clock_record(struct cc_walk *w, const struct cc_rulex *r, int64_t *ret)
{
	struct cc_val *attrs = NULL;

	*ret = cc_record_new(w, r->kind, CC_CLOCK_ATTRS + r->ngens + r->nlets, &attrs);
	for (uint16_t i = 0; *ret >= 0 && i < r->ngens; i++)
		attrs[CC_CLOCK_ATTRS + i] = *cc_slot(w, r->gens[i].slot);
	for (uint16_t i = 0; *ret >= 0 && i < r->nlets; i++)
		attrs[CC_CLOCK_ATTRS + r->ngens + i] = cc_walk_keep(w,
		    *cc_slot(w, r->lets[i].slot), r->lets[i].value->type);
	for (uint16_t i = 0; w->tracing != NULL && *ret >= 0 && i < r->nlets; i++)
		cc_trace_attr(w, *ret, CC_CLOCK_ATTRS + r->ngens + i,
		    &(struct cc_trace_frame){r->lets, r->nlets, -1, r}, r->lets[i].value);
	return *ret < 0 ? NULL : attrs;
}

/* One choice of the generators: perhaps a clock. */
static void
make(struct cc_walk *w, void *ctx)
{
	const struct making *m = ctx;
	const struct cc_rulex *r = m->rule;
	struct cc_candidate k = {.clock = {.rule = &r->pub, .due = CC_NEVER,
	    .ended = CC_NEVER, .paused = CC_NEVER, .resumed = CC_NEVER}};
	struct cc_candidate *c;
	struct cc_val *attrs;

	k.choice = cc_why_begin(w, r);
	for (uint16_t i = 0; i < r->nlets; i++)
		*cc_slot(w, r->lets[i].slot) = cc_walk_val(w, r->lets[i].value);
	if (r->where != NULL) {
		struct cc_val v = cc_walk_val(w, r->where);

		if (!v.given || v.i == 0) {
			cc_why_end(w, k.choice, CC_WHY_WHERE);
			return;
		}
	}
	if (!set_start(w, r, &k.clock)) {
		cc_why_end(w, k.choice, cc_given(k.clock.started) ? CC_WHY_NOT_ARMED :
		    CC_WHY_NOT_STARTED);
		return;
	}
	if (!subject_of(w, r, &k.subject)) {
		cc_why_end(w, k.choice, CC_WHY_NO_SUBJECT);
		return;
	}
	for (uint16_t i = 0; i < r->nonce; i++)
		k.once[i] = cc_walk_val(w, r->once_per[i]);
	if (r->chain_from != NULL) {
		cc_derive_chain(w, r, &k, m->out);
		return;
	}
	attrs = cc_clock_record(w, r, &k.rec);
	if (attrs == NULL)
		return;
	if (is_judged(r))
		judge(w, r, &k.clock);
	else
		cc_derive_end(w, r, &k.clock, attrs);
	cc_clock_attrs(&k.clock, attrs);
	if (w->tracing != NULL)
		cc_trace_clock(w, k.rec, &k.clock);
	c = cc_candidate_add(w, m->out);
	if (c == NULL)
		return;
	k.order = m->out->n;
	k.tie = k.clock.origin_event;
	*c = k;
}

/* In order of arming, then of what began them, then as generated (G22).  The
 * periods of one chain stay together. */
static int
by_arming(const void *a, const void *b)
{
	const struct cc_candidate *x = a, *y = b;

	if (x->clock.armed.s != y->clock.armed.s)
		return x->clock.armed.s < y->clock.armed.s ? -1 : 1;
	if (x->tie != y->tie)
		return x->tie < y->tie ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* The instant from which a clock no longer stands in the way of another. */
static bool
over_by(const struct cc_clock *c, int64_t t)
{
	if (c->end != CC_END_NONE && c->ended.s <= t)
		return true;
	return c->rule->kind == CC_KIND_WINDOW && cc_given(c->due) && c->due.s <= t;
}

/* Agree in all that the rule may have once only. */
static bool
same_once(const struct cc_rulex *r, const struct cc_candidate *x,
    const struct cc_candidate *y)
{
	for (uint16_t i = 0; i < r->nonce; i++)
		if (x->once[i].given != y->once[i].given || x->once[i].i != y->once[i].i)
			return false;
	return r->nonce > 0;
}

/* The place of the one, among those that stand already, that does not let k stand
 * beside it; n when there is none, and k has its number. */
static uint32_t
in_its_way(const struct cc_rulex *r, const struct cc_candidate *v, uint32_t n,
    struct cc_candidate *k)
{
	bool second = r->again == CC_AGAIN_IGNORED && r->chain_from == NULL && !is_judged(r);
	uint32_t period = 1;

	for (uint32_t i = 0; i < n; i++) {
		if (v[i].subject != k->subject)
			continue;
		if (second && !over_by(&v[i].clock, k->clock.armed.s))
			return i;
		period = v[i].clock.period + 1;
		if (v[i].clock.origin_event == k->clock.origin_event)
			k->clock.same++;
	}
	k->clock.period = period;
	return n;
}

/* Gives the clock its texts. */
static void
name_clock(const struct cc_walk *w, struct cc_candidate *k)
{
	k->clock.subject = w->h->symbols.text[k->subject];
	name_origin(w, &k->clock);
}

/* Of those that agree in `once_per` the first stays, whether or not it will stand
 * beside others of its subject. */
static void
keep_once(struct cc_walk *w, const struct cc_rulex *r, struct cc_candidates *c)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->n && r->nonce > 0; i++) {
		uint32_t k = 0;

		while (k < n && !same_once(r, &c->v[k], &c->v[i]))
			k++;
		if (k == n) {
			c->v[n++] = c->v[i];
		} else if (c->v[i].choice != 0) {
			name_clock(w, &c->v[k]);
			name_clock(w, &c->v[i]);
			cc_why_settled(w, c->v[i].choice, &c->v[i].clock, &c->v[k].clock);
		}
	}
	if (r->nonce > 0)
		c->n = n;
}

static void
settle(struct cc_walk *w, const struct cc_rulex *r, struct cc_candidates *c,
    struct cc_derived *d)
{
	uint32_t n = 0;

	if (c->n > 1)
		qsort(c->v, c->n, sizeof *c->v, by_arming);
	keep_once(w, r, c);
	d->clocks = cc_arena_array(w->keep, c->n, sizeof *d->clocks);
	d->recs = cc_arena_array(w->keep, c->n, sizeof *d->recs);
	if (d->clocks == NULL || d->recs == NULL) {
		w->failed = true;
		return;
	}
	for (uint32_t i = 0; i < c->n; i++) {
		struct cc_candidate k = c->v[i];
		uint32_t by = in_its_way(r, c->v, n, &k);

		name_clock(w, &k);
		cc_why_settled(w, k.choice, &k.clock, by < n ? &d->clocks[by] : NULL);
		if (by < n)
			continue;
		d->clocks[n] = k.clock;
		d->recs[n] = k.rec;
		c->v[n++] = k;
	}
	d->n = n;
}

const struct cc_derived *
cc_derive(struct cc_walk *w, unsigned rule)
{
	const struct cc_rulex *r = &w->prog->rules[rule];
	struct cc_derived *d = &w->derived[rule];
	struct cc_candidates c = {NULL, 0, 0};
	struct making m = {r, &c};
	struct cc_mark mark;
	uint32_t old;

	if (d->done)
		return d;
	d->done = true;
	if (!r->records && r->ngens == 0 && r->started == NULL)
		return d;
	mark = cc_arena_mark(&w->temp);
	old = cc_frame_enter(w, r->nslots);
	cc_walk_choices(w, r->gens, r->ngens, make, &m);
	cc_frame_leave(w, old);
	if (!w->failed)
		settle(w, r, &c, d);
	cc_arena_release(&w->temp, mark);
	return d;
}

static int
recs_by_arming(const int64_t x, const int64_t y, const struct cc_walk *w)
{
	const struct cc_val *a = w->recs[x].attrs, *b = w->recs[y].attrs;

	if (a[CC_CLOCK_ARMED].i != b[CC_CLOCK_ARMED].i)
		return a[CC_CLOCK_ARMED].i < b[CC_CLOCK_ARMED].i ? -1 : 1;
	if (a[CC_CLOCK_ORIGIN].i != b[CC_CLOCK_ORIGIN].i)
		return a[CC_CLOCK_ORIGIN].i < b[CC_CLOCK_ORIGIN].i ? -1 : 1;
	return 0;
}

struct cc_val
cc_walk_clocks(struct cc_walk *w, const struct cc_node *n)
{
	uint32_t total = 0, k = 0;
	int64_t *v;

	for (uint16_t i = 0; i < n->nrefs; i++)
		total += cc_derive(w, n->refs[i])->n;
	v = cc_arena_array(w->keep, total, sizeof *v);
	if (v == NULL) {
		w->failed = true;
		return cc_val_absent();
	}
	for (uint16_t i = 0; i < n->nrefs; i++) {
		const struct cc_derived *d = &w->derived[n->refs[i]];

		/* Each rule's clocks are in order: insertion keeps equal ones in
		 * the order in which the rules are named. */
		for (uint32_t j = 0; j < d->n; j++) {
			uint32_t at = k++;

			for (; at > 0 && recs_by_arming(v[at - 1], d->recs[j], w) > 0; at--)
				v[at] = v[at - 1];
			v[at] = d->recs[j];
		}
	}
	return (struct cc_val){.v = v, .n = total, .given = true};
}

struct membership {
	const struct cc_set *set;
	const struct cc_members *members;
	int64_t *v;
	uint32_t n, cap;
};

static void
make_member(struct cc_walk *w, void *ctx)
{
	struct membership *m = ctx;
	struct cc_val *attrs;
	int64_t rec;

	for (uint16_t i = 0; i < m->members->nlets; i++)
		*cc_slot(w, m->members->lets[i].slot) =
		    cc_walk_val(w, m->members->lets[i].value);
	if (m->members->where != NULL) {
		struct cc_val v = cc_walk_val(w, m->members->where);

		if (!v.given || v.i == 0)
			return;
	}
	if (m->n == m->cap) {
		uint32_t cap = m->cap == 0 ? 8 : m->cap * 2;
		int64_t *v = cc_arena_array(w->keep, cap, sizeof *v);

		if (v == NULL) {
			w->failed = true;
			return;
		}
		if (m->n != 0)
			memcpy(v, m->v, m->n * sizeof *v);
		m->v = v;
		m->cap = cap;
	}
	rec = cc_record_new(w, m->set->kind, m->set->nattrs, &attrs);
	if (rec < 0)
		return;
	for (uint16_t i = 0; i < m->set->nattrs; i++)
		attrs[i] = cc_walk_keep(w, cc_walk_val(w, m->members->give[i]),
		    m->members->give[i]->type);
	for (uint16_t i = 0; w->tracing != NULL && i < m->set->nattrs; i++)
		cc_trace_attr(w, rec, i, &(struct cc_trace_frame){m->members->lets,
		    m->members->nlets, -1, NULL}, m->members->give[i]);
	m->v[m->n++] = rec;
}

struct cc_val
cc_walk_members(struct cc_walk *w, unsigned set)
{
	const struct cc_set *s = &w->prog->sets[set];
	struct cc_derived *d = &w->sets[set];
	struct membership m = {.set = s};

	if (!d->done) {
		for (uint16_t i = 0; i < s->nmembers && !w->failed; i++) {
			uint32_t old = cc_frame_enter(w, s->members[i].nslots);

			m.members = &s->members[i];
			cc_walk_choices(w, m.members->gens, m.members->ngens, make_member,
			    &m);
			cc_frame_leave(w, old);
		}
		d->recs = m.v;
		d->n = m.n;
		d->done = true;
	}
	return (struct cc_val){.v = d->recs, .n = d->n, .given = true};
}
