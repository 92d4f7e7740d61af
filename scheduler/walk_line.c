#include "scheduler/walk_trace.h"

#include <string.h>

enum { CC_TAG_STEPS = 2 << 16, CC_TAG_SPANS = 3 << 16 };

/* The events of one entry of a timeline, gone through from the left. */
struct head {
	struct cc_val on;
	uint32_t at;
};

struct tracing {
	const struct cc_timeline *tl;
	struct head *heads;
	struct cc_step *steps;
	uint32_t n, cap;
	struct cc_val value;	/* now in force */
	int32_t since;
	bool custom;		/* some entry says its own instant */
};

static void
add_step(struct cc_walk *w, struct tracing *t, struct cc_step s)
{
	if (t->n == t->cap) {
		uint32_t cap = t->cap == 0 ? 8 : t->cap * 2;
		struct cc_step *v = cc_arena_array(w->keep, cap, sizeof *v);

		if (v == NULL) {
			w->failed = true;
			return;
		}
		if (t->n != 0)
			memcpy(v, t->steps, t->n * sizeof *v);
		t->steps = v;
		t->cap = cap;
	}
	t->steps[t->n++] = s;
}

static void
begin(struct cc_walk *w, struct tracing *t)
{
	struct cc_step s = {INT64_MIN, -1, 0, false};

	if (t->tl->begins != NULL) {
		struct cc_val e = cc_walk_val(w, t->tl->begins);

		if (!e.given)
			return;
		s.ev = (int32_t)e.i;
		s.at = w->h->events[e.i].time;
	}
	if (t->tl->initial != NULL) {
		struct cc_val v = cc_walk_val(w, t->tl->initial);

		s.value = v.i;
		s.given = v.given;
	}
	t->value = (struct cc_val){.i = s.value, .given = s.given};
	t->since = s.ev;
	add_step(w, t, s);
}

/* Asks one entry about one event; true when it set the value. */
static bool
ask(struct cc_walk *w, struct tracing *t, const struct cc_step_rule *r, int64_t ev)
{
	struct cc_step s = {w->h->events[ev].time, (int32_t)ev, 0, false};
	struct cc_val v;

	*cc_slot(w, CC_TL_IT) = cc_val_of(ev);
	*cc_slot(w, CC_TL_VALUE) = t->value;
	*cc_slot(w, CC_TL_SINCE) = t->since < 0 ? cc_val_absent() : cc_val_of(t->since);
	if (r->when != NULL) {
		v = cc_walk_val(w, r->when);
		if (!v.given || v.i == 0)
			return false;
	}
	v = cc_walk_val(w, r->to);
	s.value = v.i;
	s.given = v.given;
	if (r->at != NULL) {
		struct cc_val at = cc_walk_val(w, r->at);

		if (at.given)
			s.at = at.i;
		t->custom = true;
	} else if (s.given == t->value.given && (!s.given || s.value == t->value.i)) {
		return true;	/* the value in force already: begins nothing */
	}
	t->value = (struct cc_val){.i = s.value, .given = s.given};
	t->since = s.ev;
	add_step(w, t, s);
	return true;
}

static void
trace(struct cc_walk *w, struct tracing *t)
{
	for (;;) {
		int64_t ev = INT64_MAX;
		bool set = false;

		for (uint16_t i = 0; i < t->tl->nset; i++) {
			const struct head *h = &t->heads[i];

			if (h->at < h->on.n && h->on.v[h->at] < ev)
				ev = h->on.v[h->at];
		}
		if (ev == INT64_MAX || w->failed)
			return;
		for (uint16_t i = 0; i < t->tl->nset; i++) {
			struct head *h = &t->heads[i];

			if (h->at >= h->on.n || h->on.v[h->at] != ev)
				continue;
			h->at++;
			if (!set)
				set = ask(w, t, &t->tl->set[i], ev);
		}
	}
}

static bool
same_value(const struct cc_step *a, const struct cc_step *b)
{
	return a->given == b->given && (!a->given || a->value == b->value);
}

/* Steps with instants of their own are put in order of them; of one second only
 * the last counts where the timeline says so; a step to the value in force goes. */
static void
tidy(struct tracing *t)
{
	uint32_t k = 0;

	for (uint32_t i = 1; t->custom && i < t->n; i++) {
		struct cc_step s = t->steps[i];
		uint32_t at = i;

		for (; at > 0 && t->steps[at - 1].at > s.at; at--)
			t->steps[at] = t->steps[at - 1];
		t->steps[at] = s;
	}
	for (uint32_t i = 0; i < t->n; i++) {
		if (t->tl->last_in_second && i + 1 < t->n &&
		    t->steps[i + 1].at == t->steps[i].at)
			continue;
		if (k > 0 && same_value(&t->steps[k - 1], &t->steps[i]))
			continue;
		t->steps[k++] = t->steps[i];
	}
	t->n = k;
}

static const struct cc_steps *
make_steps(struct cc_walk *w, unsigned ref, const struct cc_val *key)
{
	const struct cc_timeline *tl = &w->prog->timelines[ref];
	struct tracing t = {.tl = tl, .since = -1};
	struct cc_steps *s = cc_arena_alloc(w->keep, sizeof *s);
	uint32_t old = cc_frame_enter(w, tl->nslots);

	t.heads = cc_arena_array(w->keep, tl->nset, sizeof *t.heads);
	if (s == NULL || t.heads == NULL) {
		w->failed = true;
		return NULL;
	}
	if (key != NULL)
		*cc_slot(w, CC_TL_KEY) = *key;
	begin(w, &t);
	for (uint16_t i = 0; i < tl->nset && !w->failed; i++)
		t.heads[i].on = cc_walk_keep(w, cc_walk_seq(w, tl->set[i].on), CC_V_EVENTS);
	if (tl->begins == NULL || t.n > 0)
		trace(w, &t);
	tidy(&t);
	cc_frame_leave(w, old);
	s->v = t.steps;
	s->n = t.n;
	return s;
}

static const struct cc_steps *
steps_of(struct cc_walk *w, unsigned ref, const struct cc_val *key)
{
	int64_t k[CC_MEMO_KEYS] = {key == NULL ? INT64_MIN : key->i, 0, 0};
	const struct cc_steps *s;
	struct cc_memo *m;

	if (cc_memo_find(w, CC_TAG_STEPS + ref, k, &m) && m->ptr != NULL)
		return m->ptr;
	s = make_steps(w, ref, key);
	if (w->failed)
		return NULL;
	(void)cc_memo_find(w, CC_TAG_STEPS + ref, k, &m);
	if (m != NULL)
		m->ptr = s;
	return s;
}

/* The step in force where a node reads, or NULL. */
static const struct cc_step *
step_at(const struct cc_walk *w, const struct cc_steps *s, unsigned how, int64_t where)
{
	uint32_t i = s->n;

	if (how == CC_AT_LAST)
		return i == 0 ? NULL : &s->v[i - 1];
	for (; i > 0; i--) {
		const struct cc_step *x = &s->v[i - 1];
		int64_t t;

		if (how == CC_AT) {
			if (x->at <= where)
				return x;
			continue;
		}
		t = w->h->events[where].time;
		if (x->at < t || (x->at == t && (how == CC_JUST_AFTER ?
		    x->ev <= where : x->ev < where)))
			return x;
	}
	return NULL;
}

/* Works out key and place; false when one of them is absent. */
static bool
where_of(struct cc_walk *w, const struct cc_node *n, struct cc_val *key, int64_t *where)
{
	struct cc_val v;

	*key = cc_val_of(0);
	*where = 0;
	if (n->k[0] != NULL) {
		*key = cc_walk_val(w, n->k[0]);
		if (!key->given)
			return false;
	}
	if (n->k[1] == NULL)
		return true;
	v = cc_walk_val(w, n->k[1]);
	*where = v.i;
	return v.given;
}

struct cc_val
cc_walk_read(struct cc_walk *w, const struct cc_node *n)
{
	const struct cc_steps *s;
	const struct cc_step *at;
	struct cc_val key;
	int64_t where;

	if (!where_of(w, n, &key, &where))
		return cc_val_absent();
	s = steps_of(w, n->ref, n->k[0] == NULL ? NULL : &key);
	at = s == NULL ? NULL : step_at(w, s, n->how, where);
	if (at == NULL || !at->given)
		return cc_val_absent();
	return cc_val_of(at->value);
}

static bool
listed(const struct cc_span *sp, const struct cc_step *s)
{
	for (uint16_t i = 0; s->given && i < sp->nvalues; i++)
		if (sp->values[i] == s->value)
			return true;
	return false;
}

/* A new stretch; its own attributes are read in a frame of the span. */
static int64_t
stretch(struct cc_walk *w, const struct cc_span *sp, const struct cc_val *key,
    const struct cc_step *from, const struct cc_step *to, int64_t prev)
{
	struct cc_val *attr;
	int64_t rec = cc_record_new(w, sp->kind, CC_SPAN_ATTRS + sp->nattrs, &attr);
	uint32_t old;

	if (rec < 0)
		return rec;
	if (from->ev >= 0)
		attr[CC_SPAN_START] = cc_val_of(from->ev);
	if (to != NULL)
		attr[CC_SPAN_END] = cc_val_of(to->ev);
	attr[CC_SPAN_VALUE] = cc_val_of(from->value);
	if (prev >= 0)
		attr[CC_SPAN_PREV] = cc_val_of(prev);
	old = cc_frame_enter(w, sp->nslots);
	if (key != NULL)
		*cc_slot(w, 0) = *key;
	for (unsigned i = 0; i < CC_SPAN_ATTRS; i++)
		*cc_slot(w, 1 + i) = attr[i];
	for (uint16_t i = 0; i < sp->nattrs; i++) {
		uint16_t at = sp->places[i];

		attr[at] = cc_walk_keep(w, cc_walk_val(w, sp->attrs[i]), sp->attrs[i]->type);
		*cc_slot(w, 1 + at) = attr[at];
	}
	if (w->tracing != NULL)
		for (uint16_t i = 0; i < sp->nattrs; i++)
			cc_trace_attr(w, rec, sp->places[i],
			    &(struct cc_trace_frame){.rec = rec}, sp->attrs[i]);
	cc_frame_leave(w, old);
	return rec;
}

static struct cc_val
make_spans(struct cc_walk *w, const struct cc_span *sp, const struct cc_val *key)
{
	const struct cc_steps *s = steps_of(w, sp->timeline, key);
	int64_t *out = s == NULL ? NULL : cc_arena_array(w->keep, s->n, sizeof *out);
	int64_t prev = -1;
	uint32_t n = 0;

	if (out == NULL) {
		w->failed = true;
		return cc_val_absent();
	}
	for (uint32_t i = 0; i < s->n && !w->failed;) {
		uint32_t k = i + 1;

		if (listed(sp, &s->v[i])) {
			while (!sp->split && k < s->n && listed(sp, &s->v[k]))
				k++;
			prev = stretch(w, sp, key, &s->v[i], k < s->n ? &s->v[k] : NULL, prev);
			out[n++] = prev;
		}
		i = k;
	}
	return (struct cc_val){.v = out, .n = n, .given = true};
}

struct cc_val
cc_walk_spans(struct cc_walk *w, unsigned span, const struct cc_val *key)
{
	int64_t k[CC_MEMO_KEYS] = {key == NULL ? INT64_MIN : key->i, 0, 0};
	struct cc_memo *m;
	struct cc_val v;

	if (cc_memo_find(w, CC_TAG_SPANS + span, k, &m) && m->val.given)
		return m->val;
	v = make_spans(w, &w->prog->spans[span], key);
	if (w->failed)
		return cc_val_absent();
	(void)cc_memo_find(w, CC_TAG_SPANS + span, k, &m);
	if (m != NULL)
		m->val = v;
	return v;
}

static bool
in_force(const struct cc_walk *w, const struct cc_val *attr, unsigned how, int64_t where)
{
	const struct cc_val *a = &attr[CC_SPAN_START], *b = &attr[CC_SPAN_END];

	switch (how) {
	case CC_AT_LAST:
		return !b->given;
	case CC_AT:
		return (!a->given || w->h->events[a->i].time <= where) &&
		    (!b->given || w->h->events[b->i].time > where);
	case CC_JUST_AFTER:
		return (!a->given || a->i <= where) && (!b->given || b->i > where);
	default:
		return (!a->given || a->i < where) && (!b->given || b->i >= where);
	}
}

struct cc_val
cc_walk_span_at(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val key, all;
	int64_t where;

	if (!where_of(w, n, &key, &where))
		return cc_val_absent();
	all = cc_walk_spans(w, n->ref, n->k[0] == NULL ? NULL : &key);
	for (uint32_t i = all.n; i-- > 0;)
		if (in_force(w, w->recs[all.v[i]].attrs, n->how, where))
			return cc_val_of(all.v[i]);
	return cc_val_absent();
}
