#include "tests/support/oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NOBODY = -1 };

int
cc_oracle_slot(const struct cc_instance *i)
{
	return i->subject.p[0] - '0';
}

int
cc_oracle_origin(const struct cc_instance *i)
{
	return i->origin_id.p[0] - '0';
}

/* A clock of the story that is there now. */
struct there {
	struct cc_oracle *o;
	const struct cc_oracle_look *look;
	const struct cc_clock *c;
	uint32_t clock;
	int slot, origin;
	struct cc_view v;
	bool wanted;
	int heir_of;		/* the origin whose place it takes */
};

static const struct cc_firing *
firing_of(const struct cc_oracle_look *l, int slot, int origin)
{
	const struct cc_firing *found = NULL;

	for (uint32_t n = 0; n < l->plan->nfirings; n++) {
		const struct cc_firing *f = &l->plan->firings[n];
		const struct cc_instance *i = &l->plan->instances[f->instance];

		if (cc_oracle_slot(i) != slot || cc_oracle_origin(i) != origin)
			continue;
		assert_null(found);
		assert_int_equal(f->epoch, i->epoch);
		found = f;
	}
	return found;
}

/* The result's instance of what is expected, or NULL. */
static const struct cc_instance *
instance_of(const struct cc_oracle_look *l, int slot, int origin)
{
	for (uint32_t n = 0; n < l->plan->ninstances; n++) {
		const struct cc_instance *i = &l->plan->instances[n];

		if (cc_oracle_slot(i) == slot && cc_oracle_origin(i) == origin)
			return i;
	}
	return NULL;
}

static bool
unsent(const struct cc_oracle_look *l, int slot, int origin)
{
	for (uint32_t n = 0; n < l->in->nold; n++) {
		const struct cc_instance *i = &l->in->old[n];

		if (cc_oracle_slot(i) == slot && cc_oracle_origin(i) == origin)
			return i->unsent;
	}
	return false;
}

static bool
open_still(const struct cc_expected *e)
{
	return e->told && e->present && !e->cleared && (e->live || e->expired);
}

/* Of those whose place this one may take: of equal due, else the first. */
static int
place_taken(const struct there *s)
{
	const struct cc_expected *all = s->o->of[s->slot];
	bool sure = all[s->origin].exists || s->wanted;
	int best = NOBODY;

	if (all[s->origin].exists && all[s->origin].present)
		return NOBODY;
	for (int k = 0; k < CC_STORY_ORIGINS; k++) {
		const struct cc_expected *e = &all[k], *b = &all[best == NOBODY ? k : best];
		bool equal = e->told_due == s->v.due.s, was = b->told_due == s->v.due.s;

		if (k == s->origin || !e->exists || !e->told || e->taken ||
		    (!open_still(e) && (!sure || !unsent(s->look, s->slot, k))))
			continue;
		if (!equal && (!sure || s->v.state == CC_STATE_EXPIRED))
			continue;
		if (best == NOBODY || (equal && !was) || (equal == was &&
		    (e->started < b->started ||
		    (e->started == b->started && e->place < b->place))))
			best = k;
	}
	return best;
}

static bool
held_by(const struct cc_hold *h, const struct there *s, const struct cc_rung *r)
{
	const struct cc_expected *e = &s->o->of[s->slot][s->origin];

	if (h->subject.p[0] - '0' != s->slot || h->origin_id.p[0] - '0' != s->origin ||
	    h->epoch != e->epoch)
		return false;
	if (!s->c->rule->safety || strstr(r->name, "repeat") != NULL ||
	    strstr(r->name, "remind") != NULL)
		return true;
	return r->base != CC_RUNG_BREACH && (r->to | h->roles) == h->roles;
}

/* Round and round, until neither a pause nor a hold keeps it. */
static int64_t
can_fire(const struct there *s, const struct cc_rung *r, int64_t t)
{
	const struct cc_plan_input *in = s->look->in;
	bool duty = !cc_story_judged(s->c) && s->c->rule->kind != CC_KIND_WINDOW;

	for (int64_t before = t - 1; before != t; ) {
		before = t;
		for (uint32_t n = 0; n < in->nholds; n++) {
			const struct cc_hold *h = &in->holds[n];

			if (held_by(h, s, r) && h->at.s <= t && t < h->until.s)
				t = h->until.s;
		}
		if (duty && cc_given(s->c->paused) && t >= s->c->paused.s) {
			if (!cc_given(s->c->resumed))
				return INT64_MAX;
			if (t < s->c->resumed.s)
				t = s->c->resumed.s;
		}
	}
	return t;
}

struct passed {
	uint32_t rungs, waiting;
	int gravest;
	int64_t since;
	uint8_t to;
};

/* How long it had been overdue when it was armed, for what falls at the arming. */
static int64_t
behind(const struct cc_clock *c, const struct cc_rung *r)
{
	bool asks = r->base == CC_RUNG_BREACH || r->base == CC_RUNG_AFTER;

	return asks && cc_given(c->due) && cc_rung_at(r, c).s == c->armed.s ?
	    c->armed.s - c->due.s : 0;
}

static struct passed
passed_now(const struct there *s, const struct cc_ladder *l)
{
	const struct cc_expected *e = &s->o->of[s->slot][s->origin];
	struct passed gone = {.gravest = NOBODY};

	for (int n = 0; l != NULL && n < l->nrungs; n++) {
		struct cc_wall at = cc_rung_at(&l->rungs[n], s->c);

		if (!cc_given(at) || at.s > s->look->t || (e->done >> n & 1) != 0)
			continue;
		if (can_fire(s, &l->rungs[n], at.s) > s->look->t) {
			gone.waiting |= UINT32_C(1) << n;
			continue;
		}
		gone.rungs |= UINT32_C(1) << n;
		gone.gravest = n;
		gone.to |= l->rungs[n].to;
		if (s->look->t - at.s > gone.since)
			gone.since = s->look->t - at.s;
		if (behind(s->c, &l->rungs[n]) > gone.since)
			gone.since = behind(s->c, &l->rungs[n]);
	}
	return gone;
}

static void
expect_rung(const struct there *s, const struct cc_firing *f)
{
	const struct cc_ladder *l = cc_ladder_for(&cc_test_ladders, s->c);
	struct cc_expected *e = &s->o->of[s->slot][s->origin];
	struct passed gone = passed_now(s, l);
	bool late = gone.since > s->look->in->settings.late;

	if (s->v.state == CC_STATE_PAUSED || gone.gravest == NOBODY) {
		assert_null(f);
		s->o->waited += gone.waiting != 0;
		return;
	}
	assert_non_null(f);
	assert_int_equal(f->kind, CC_FIRE_RUNG);
	assert_ptr_equal(f->rung, &l->rungs[gone.gravest]);
	assert_int_equal(f->severity, f->rung->severity);
	assert_int_equal(f->at.s, cc_rung_at(f->rung, s->c).s);
	assert_int_equal(f->previous_due.s, INT64_MIN);
	assert_int_equal(f->late, late);
	assert_int_equal(f->to, late ? gone.to : f->rung->to);
	e->done |= gone.rungs;
	if (f->held) {
		assert_true(late);
		assert_true(s->look->t - (e->told ? f->at.s : s->c->due.s) >
		    (s->c->rule->safety ? 30 : 7) * CC_TEST_D);
		return;
	}
	e->told = true;
	e->told_due = e->due;
	for (int n = 0; n < gone.gravest; n++) {
		if ((gone.waiting >> n & 1) != 0 && (l->rungs[n].to | f->to) == f->to)
			e->done |= UINT32_C(1) << n;
	}
}

static void
expect_news(const struct there *s, const struct cc_firing *f, enum cc_firing_kind kind)
{
	const struct cc_ladder *l = cc_ladder_for(&cc_test_ladders, s->c);
	struct cc_expected *e = &s->o->of[s->slot][s->origin];
	struct passed gone = {.gravest = NOBODY};

	assert_non_null(f);
	assert_int_equal(f->kind, kind);
	assert_false(f->late || f->held);
	assert_int_equal(f->at.s, s->look->t);
	assert_int_equal(f->previous_due.s, e->told_due == e->due ? INT64_MIN : e->told_due);
	if (kind != CC_FIRE_CLEAR)
		gone = passed_now(s, l);
	assert_int_equal(f->to, gone.to);
	assert_int_equal(f->severity, kind == CC_FIRE_CLEAR ? CC_NOTICE :
	    gone.gravest == NOBODY ? CC_WARNING : l->rungs[gone.gravest].severity);
	e->done |= gone.rungs;
	e->cleared = kind == CC_FIRE_CLEAR;
	e->told_due = e->due;
}

static void
new_epoch(struct cc_expected *e)
{
	e->epoch++;
	e->done = 0;
	e->cleared = e->taken = false;
}

/* The heir is told what the other was told. */
static void
take_over(struct there *s)
{
	struct cc_expected *e = &s->o->of[s->slot][s->origin];
	const struct cc_expected *from = &s->o->of[s->slot][s->heir_of];

	if (e->exists)
		new_epoch(e);
	else
		*e = (struct cc_expected){.epoch = 1};
	e->told = true;
	e->told_due = from->told_due;
	if (from->told_due == s->v.due.s)
		e->done = from->done;
	s->o->heirs++;
}

/* What those who were told hear, 0 for nothing. */
static int
news(const struct there *s, const struct cc_expected *e, bool was_there)
{
	if (!e->told || s->v.state == CC_STATE_EXPIRED)
		return 0;
	if (s->wanted && s->v.due.s != e->told_due)
		return CC_FIRE_MOVED;
	if (s->wanted)
		return was_there || s->heir_of != NOBODY ? 0 : CC_FIRE_BACK;
	return s->heir_of != NOBODY || open_still(e) ? CC_FIRE_CLEAR : 0;
}

static void
check_there(struct there *s)
{
	struct cc_expected *e = &s->o->of[s->slot][s->origin];
	const struct cc_firing *f = firing_of(s->look, s->slot, s->origin);
	int kind;

	if (!e->exists && !s->wanted && s->heir_of == NOBODY) {
		assert_null(f);
		return;
	}
	if (s->heir_of != NOBODY)
		take_over(s);
	else if (!e->exists)
		*e = (struct cc_expected){.epoch = 1, .due = s->v.due.s,
		    .told_due = INT64_MIN};
	kind = news(s, e, e->present && e->live);
	if (s->heir_of == NOBODY && (e->told ?
	    kind != 0 && (s->wanted || e->told_due != s->v.due.s) :
	    e->done != 0 && e->due != s->v.due.s))
		new_epoch(e);
	e->exists = e->present = true;
	e->live = s->wanted;
	e->expired = s->v.state == CC_STATE_EXPIRED;
	e->started = s->v.started.s;
	e->due = s->v.due.s;
	if (f != NULL) {
		assert_int_equal(f->clock, s->clock);
		assert_int_equal(f->heir_of == CC_PLAN_NONE,
		    s->heir_of == NOBODY || f->kind == CC_FIRE_RUNG);
	}
	if (kind != 0)
		expect_news(s, f, (enum cc_firing_kind)kind);
	else if (s->wanted)
		expect_rung(s, f);
	else
		assert_null(f);
}

static void
check_vanished(struct cc_oracle *o, const struct cc_oracle_look *l, int slot, int origin,
    bool taken)
{
	struct cc_expected *e = &o->of[slot][origin];
	const struct cc_firing *f = firing_of(l, slot, origin);

	if (taken) {
		e->taken = e->cleared = true;
		assert_null(f);
	} else if (e->exists && open_still(e)) {
		e->cleared = true;
		assert_non_null(f);
		assert_int_equal(f->kind, CC_FIRE_CLEAR);
		assert_int_equal(f->clock, CC_PLAN_NONE);
		assert_int_equal(f->heir_of, CC_PLAN_NONE);
		assert_int_equal(f->previous_due.s, INT64_MIN);
		assert_int_equal(f->to, 0);
	} else {
		assert_null(f);
	}
	e->present = e->live = false;
}

static void
check_slot(struct cc_oracle *o, const struct cc_oracle_look *l, int slot)
{
	struct there s = {.o = o, .look = l, .slot = slot, .origin = NOBODY, .heir_of = NOBODY};

	for (uint32_t n = 0; n < l->in->nclocks; n++) {
		const struct cc_clock *c = &l->in->clocks[n];

		if (c->subject.p[0] - '0' != slot ||
		    !cc_clock_view(c, (struct cc_wall){l->t}, &s.v))
			continue;
		s.c = c;
		s.clock = n;
		s.origin = c->origin_id.p[0] - '0';
		s.wanted = cc_state_live(s.v.state) || s.v.state == CC_STATE_FAILED;
		s.heir_of = place_taken(&s);
	}
	if (s.origin != NOBODY)
		check_there(&s);
	for (int k = 0; k < CC_STORY_ORIGINS; k++) {
		if (k != s.origin)
			check_vanished(o, l, slot, k, k == s.heir_of);
	}
}

/* What the plan says of an instance is what is expected. */
static void
compare(const struct cc_expected *e, const struct cc_instance *i)
{
	assert_non_null(i);
	assert_int_equal(i->epoch, e->epoch);
	assert_int_equal(i->told, e->told);
	assert_int_equal(i->live, e->live);
	assert_int_equal(i->present, e->present);
	assert_int_equal(i->due.s, e->due);
	assert_int_equal(i->told_due.s, e->told_due);
	assert_false(i->unsent);
	if (e->told && e->live)
		assert_int_equal(i->told_due.s, i->due.s);
}

void
cc_oracle_check(struct cc_oracle *o, const struct cc_oracle_look *look)
{
	uint32_t expected = 0, heirs = o->heirs;

	for (int s = 0; s < CC_STORY_SLOTS; s++)
		check_slot(o, look, s);
	for (int s = 0; s < CC_STORY_SLOTS; s++) {
		for (int k = 0; k < CC_STORY_ORIGINS; k++) {
			struct cc_expected *e = &o->of[s][k];
			const struct cc_instance *i = instance_of(look, s, k);

			e->exists = e->exists && (e->live || e->told || e->done != 0 ||
			    e->epoch > 1);
			expected += e->exists;
			if (!e->exists)
				continue;
			compare(e, i);
			e->place = (uint32_t)(i - look->plan->instances);
		}
	}
	assert_int_equal(look->plan->ninstances, expected);
	assert_int_equal(look->plan->nheirs, o->heirs - heirs);
}
