/*
 * Cases on virtual time: clocks that appear, move, pause, end, vanish and come
 * back at random.  Handled only at events and wakes they fire what looking every
 * minute fires; handled late or too often they still lose no rung, fire none
 * early and none twice.  CC_SEED in the environment repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/plan.h"
#include "tests/support/story.h"

#define D CC_TEST_D
#define T0 CC_STORY_T0

enum { STORIES = 3000, KEPT = CC_STORY_SLOTS * CC_STORY_ORIGINS, LOGGED = 4096 };

static const struct cc_plan_settings settings = {60, 7 * D, 30 * D};

struct shot {
	int64_t t, at;
	int slot, origin;
	const char *rung;
	uint32_t epoch;
	uint8_t to;
	bool late, held;
};

/* What a plain second reading of the rules expects of one instance. */
struct oracle {
	bool exists, told, live;
	uint32_t epoch, done;
	int64_t due;
};

struct run {
	const struct cc_story *story;
	int applied;
	struct cc_change slot[CC_STORY_SLOTS];
	struct cc_arena arena;
	struct cc_instance kept[KEPT];	/* as a store would keep them */
	uint32_t done[2][KEPT][CC_RUNGS_MAX];	/* in turn: read one, write one */
	int turn;
	uint32_t nkept;
	struct cc_clock clocks[CC_STORY_SLOTS];
	int slot_of[CC_STORY_SLOTS];
	uint32_t nclocks;
	struct cc_plan plan;
	struct oracle oracle[CC_STORY_SLOTS][CC_STORY_ORIGINS];
	struct shot *log;
	uint32_t nlog;
};

static struct cc_wall
at(int64_t t)
{
	return (struct cc_wall){t};
}

static struct run *
run_new(const struct cc_story *s)
{
	struct run *r = calloc(1, sizeof *r);

	assert_non_null(r);
	r->story = s;
	r->arena = cc_test_arena(1 << 20);
	r->log = calloc(LOGGED, sizeof *r->log);
	assert_non_null(r->log);
	r->plan.wake = CC_NEVER;
	return r;
}

static void
run_free(struct run *r)
{
	cc_arena_done(&r->arena);
	free(r->log);
	free(r);
}

static void
gather(struct run *r, int64_t t)
{
	const struct cc_story *s = r->story;

	for (; r->applied < s->n && s->changes[r->applied].t <= t; r->applied++)
		r->slot[s->changes[r->applied].slot] = s->changes[r->applied];
	r->nclocks = 0;
	for (int i = 0; i < CC_STORY_SLOTS; i++) {
		if (!r->slot[i].there)
			continue;
		r->slot_of[r->nclocks] = i;
		r->clocks[r->nclocks++] = r->slot[i].clock;
	}
}

/* Keep what a store keeps: values, no pointer into the arena. */
static void
keep(struct run *r)
{
	r->turn = !r->turn;
	assert_true(r->plan.ninstances <= KEPT);
	for (uint32_t i = 0; i < r->plan.ninstances; i++) {
		struct cc_instance one = r->plan.instances[i];

		assert_true(one.ndone <= CC_RUNGS_MAX);
		if (one.ndone > 0)
			memcpy(r->done[r->turn][i], one.done,
			    one.ndone * sizeof one.done[0]);
		one.done = r->done[r->turn][i];
		r->kept[i] = one;
	}
	r->nkept = r->plan.ninstances;
}

static void
write_log(struct run *r, int64_t t)
{
	for (uint32_t i = 0; i < r->plan.nfirings; i++) {
		const struct cc_firing *f = &r->plan.firings[i];
		int slot = r->slot_of[f->clock];

		assert_true(r->nlog < LOGGED);
		r->log[r->nlog++] = (struct shot){
			t, f->at.s, slot, r->slot[slot].origin, f->rung->name,
			f->epoch, f->to, f->late, f->held,
		};
	}
}

static const struct cc_firing *
firing_of(const struct run *r, uint32_t clock)
{
	const struct cc_firing *found = NULL;

	for (uint32_t i = 0; i < r->plan.nfirings; i++) {
		if (r->plan.firings[i].clock != clock)
			continue;
		assert_null(found);
		found = &r->plan.firings[i];
	}
	return found;
}

static void
expect_firing(struct oracle *o, const struct cc_clock *c,
    const struct cc_firing *f, int64_t t)
{
	const struct cc_ladder *l = cc_ladder_for(&cc_test_ladders, c);
	int64_t since = 0;
	uint32_t passed = 0, gravest = 0;
	uint8_t to = 0;

	for (uint32_t i = 0; l != NULL && i < l->nrungs; i++) {
		struct cc_wall e = cc_rung_at(&l->rungs[i], c);

		if (!cc_given(e) || e.s > t || (o->done >> i & 1) != 0)
			continue;
		passed |= UINT32_C(1) << i;
		gravest = i;
		to |= l->rungs[i].to;
		if (t - e.s > since)
			since = t - e.s;
	}
	assert_int_equal(f != NULL, passed != 0);
	if (f == NULL)
		return;
	assert_ptr_equal(f->rung, &l->rungs[gravest]);
	assert_int_equal(f->at.s, cc_rung_at(f->rung, c).s);
	assert_int_equal(f->epoch, o->epoch);
	assert_int_equal(f->late, since > settings.late);
	assert_int_equal(f->to, since > settings.late ? to : f->rung->to);
	if (f->held) {
		assert_true(f->late);
		assert_true(t - (o->told ? f->at.s : c->due.s) >
		    (c->rule->safety ? 30 : 7) * D);
	}
	o->done |= passed;
	o->told = o->told || !f->held;
}

static void
check_clock(struct run *r, uint32_t clock, int64_t t)
{
	const struct cc_clock *c = &r->clocks[clock];
	const struct cc_change *ch = &r->slot[r->slot_of[clock]];
	struct oracle *o = &r->oracle[ch->slot][ch->origin];
	const struct cc_firing *f = firing_of(r, clock);
	struct cc_view v;
	bool wanted;

	if (!cc_clock_view(c, at(t), &v)) {
		assert_null(f);
		return;
	}
	wanted = cc_state_live(v.state) || v.state == CC_STATE_FAILED;
	if (!o->exists) {
		*o = (struct oracle){.exists = wanted, .epoch = 1};
	} else if (v.due.s != o->due ? o->told || o->done != 0 :
	    o->told && wanted && !o->live) {
		o->epoch++;
		o->done = 0;
	}
	o->due = v.due.s;
	o->live = wanted;
	if (wanted && v.state != CC_STATE_PAUSED)
		expect_firing(o, c, f, t);
	else
		assert_null(f);
}

/* Every slot and origin: what is not there now is not live. */
static void
check(struct run *r, int64_t t)
{
	uint32_t expected = 0;

	for (int s = 0; s < CC_STORY_SLOTS; s++) {
		for (int g = 0; g < CC_STORY_ORIGINS; g++) {
			struct cc_view v;

			if (!r->slot[s].there || r->slot[s].origin != g ||
			    !cc_clock_view(&r->slot[s].clock, at(t), &v))
				r->oracle[s][g].live = false;
		}
	}
	for (uint32_t i = 0; i < r->nclocks; i++)
		check_clock(r, i, t);
	for (int s = 0; s < CC_STORY_SLOTS; s++) {
		for (int g = 0; g < CC_STORY_ORIGINS; g++) {
			struct oracle *o = &r->oracle[s][g];

			o->exists = o->exists &&
			    (o->live || o->told || o->done != 0 ||
			    o->epoch > 1);
			expected += o->exists;
		}
	}
	assert_int_equal(r->plan.ninstances, expected);
}

static void
handle(struct run *r, int64_t t)
{
	struct cc_plan_input in = {
		.old = r->kept, .nold = r->nkept, .clocks = r->clocks,
		.ladders = &cc_test_ladders, .now = at(t),
		.settings = settings,
	};
	struct cc_err err;

	gather(r, t);
	in.nclocks = r->nclocks;
	cc_arena_reset(&r->arena);
	assert_int_equal(cc_plan_case(&in, &r->arena, &r->plan, &err), CC_OK);
	assert_true(!cc_given(r->plan.wake) || r->plan.wake.s > t);
	write_log(r, t);
	check(r, t);
	keep(r);
}

/* The next event or wake, or the end of the story. */
static int64_t
next_of(const struct run *r)
{
	const struct cc_story *s = r->story;
	int64_t t = s->end;

	if (r->applied < s->n && s->changes[r->applied].t < t)
		t = s->changes[r->applied].t;
	if (cc_given(r->plan.wake) && r->plan.wake.s < t)
		t = r->plan.wake.s;
	return t;
}

static struct run *
by_wakes(const struct cc_story *s)
{
	struct run *r = run_new(s);

	for (int64_t t = next_of(r); t < s->end; t = next_of(r))
		handle(r, t);
	return r;
}

/* Everything falls on a whole minute, but for breaches: a second after. */
static struct run *
by_minutes(const struct cc_story *s)
{
	struct run *r = run_new(s);

	for (int64_t t = T0; t < s->end; t += 60) {
		handle(r, t);
		handle(r, t + 1);
	}
	return r;
}

static void
same_log(const struct run *a, const struct run *b)
{
	for (uint32_t i = 0; i < a->nlog && i < b->nlog; i++) {
		const struct shot *x = &a->log[i], *y = &b->log[i];

		assert_int_equal(x->t, y->t);
		assert_int_equal(x->slot, y->slot);
		assert_int_equal(x->origin, y->origin);
		assert_string_equal(x->rung, y->rung);
		assert_int_equal(x->at, y->at);
		assert_int_equal(x->epoch, y->epoch);
		assert_int_equal(x->to, y->to);
		assert_int_equal(x->late, y->late);
		assert_int_equal(x->held, y->held);
	}
	assert_int_equal(a->nlog, b->nlog);
}

static void
none_twice(const struct run *r)
{
	for (uint32_t i = 0; i < r->nlog; i++) {
		const struct shot *x = &r->log[i];

		assert_true(x->at <= x->t);
		for (uint32_t j = 0; j < i; j++) {
			const struct shot *y = &r->log[j];

			assert_false(x->slot == y->slot &&
			    x->origin == y->origin && x->epoch == y->epoch &&
			    strcmp(x->rung, y->rung) == 0);
		}
	}
}

static uint32_t
compare(uint64_t *seed, int64_t days, int per_slot)
{
	struct cc_story *s = calloc(1, sizeof *s);
	struct run *a, *b;
	uint32_t n;

	assert_non_null(s);
	cc_story_tell(seed, s, days, per_slot);
	a = by_wakes(s);
	b = by_minutes(s);
	same_log(a, b);
	none_twice(a);
	n = a->nlog;
	run_free(a);
	run_free(b);
	free(s);
	return n;
}

static void
a_year_of_wakes_fires_what_every_minute_fires(void **state)
{
	uint64_t seed = cc_test_seed(20260308);

	(void)state;
	assert_true(compare(&seed, 365, 16) > 0);
}

static void
weeks_of_wakes_fire_what_every_minute_fires(void **state)
{
	uint64_t seed = cc_test_seed(20260309);
	uint32_t fired = 0;

	(void)state;
	for (unsigned i = 0; i < cc_test_count(30, STORIES); i++)
		fired += compare(&seed, 10, 6);
	assert_true(fired > 3 * cc_test_count(30, STORIES));
}

/* Handled late, early, or for no reason: the oracle sees to the rest. */
static void
no_rung_is_lost_early_or_double_however_wakes_are_handled(void **state)
{
	uint64_t seed = cc_test_seed(20260310);
	struct cc_story *s = calloc(1, sizeof *s);
	uint32_t fired = 0, late = 0, held = 0;

	(void)state;
	assert_non_null(s);
	for (unsigned i = 0; i < cc_test_count(400, STORIES); i++) {
		struct run *r;
		int64_t t = T0;

		cc_story_tell(&seed, s, 365, 16);
		r = run_new(s);
		while (t < s->end) {
			static const uint64_t delays[] = {1, 50, 5000, 2000000};
			uint64_t d = delays[cc_test_random(&seed, 4)];

			handle(r, t);
			t = next_of(r) > t ? next_of(r) : t + 1;
			t += (int64_t)cc_test_random(&seed, d);
		}
		none_twice(r);
		for (uint32_t n = 0; n < r->nlog; n++) {
			fired++;
			late += r->log[n].late;
			held += r->log[n].held;
		}
		run_free(r);
	}
	free(s);
	printf("%u fired, %u late, %u held\n", fired, late, held);
	assert_true(held > 0 && late > held && fired > late);
}

/* Known at the arming, ended when it ends: as `simulate` prints it. */
static void
known_in_time_a_clock_fires_what_its_ladder_asks(void **state)
{
	uint64_t seed = cc_test_seed(20260311);
	struct cc_story *s = calloc(1, sizeof *s);

	(void)state;
	assert_non_null(s);
	for (unsigned i = 0; i < cc_test_count(STORIES, STORIES); i++) {
		struct cc_alert want[CC_RUNGS_MAX];
		struct cc_clock c = cc_story_clock(&seed, 0, T0 + cc_story_minutes(&seed, 9));
		struct run *r;
		unsigned n;

		c.armed.s += cc_story_judged(&c) ? 0 : cc_story_minutes(&seed, 9);
		s->changes[0] = (struct cc_change){.t = c.armed.s, .there = true,
		    .clock = c};
		s->changes[1] = s->changes[0];
		s->changes[1].t += 60 + cc_story_minutes(&seed, 60);
		if (!cc_story_judged(&c) && cc_test_random(&seed, 2) == 0)
			cc_story_end(&seed, &s->changes[1].clock, s->changes[1].t);
		s->n = 2;
		s->end = T0 + 200 * D;
		r = by_wakes(s);
		c = s->changes[1].clock;
		n = cc_alerts_of(cc_ladder_for(&cc_test_ladders, &c), &c,
		    at(s->end - 1), want);
		assert_int_equal(r->nlog, n);
		for (unsigned k = 0; k < n; k++) {
			assert_string_equal(r->log[k].rung, want[k].rung->name);
			assert_int_equal(r->log[k].at, want[k].at.s);
			assert_int_equal(r->log[k].t, want[k].at.s);
			assert_false(r->log[k].late);
		}
		run_free(r);
	}
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_year_of_wakes_fires_what_every_minute_fires),
		cmocka_unit_test(weeks_of_wakes_fire_what_every_minute_fires),
		cmocka_unit_test(
		    no_rung_is_lost_early_or_double_however_wakes_are_handled),
		cmocka_unit_test(
		    known_in_time_a_clock_fires_what_its_ladder_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
