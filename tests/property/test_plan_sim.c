/*
 * Cases on virtual time: clocks that appear, move, pause, end, vanish, come back and
 * take each other's place at random, and are acknowledged.  Handled only at events and
 * wakes they fire what looking every minute fires; handled late or too often they still
 * lose nothing, fire nothing early and nothing twice.  CC_SEED in the environment
 * repeats a run.
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
#include "scheduler/schema.h"
#include "tests/support/oracle.h"
#include "tests/support/story.h"

#define D CC_TEST_D
#define T0 CC_STORY_T0

enum {
	STORIES = 3000, KEPT = CC_STORY_SLOTS * CC_STORY_ORIGINS, LOGGED = 4096,
	DONE = CC_RUNGS_MAX + 4		/* and moved, back, clear, taken */
};

/* How long messages wait before they leave. */
#define UNSENT (2 * D)

static const struct cc_plan_settings settings = {60, 7 * D, 30 * D};

struct shot {
	int64_t t, at, previous_due;
	int slot, origin;
	enum cc_firing_kind kind;
	enum cc_severity severity;
	const char *rung;
	uint32_t epoch;
	uint8_t to;
	bool late, held, heir;
};

struct run {
	const struct cc_story *story;
	int applied, acked;
	struct cc_change slot[CC_STORY_SLOTS];
	struct cc_arena arena;
	struct cc_instance kept[KEPT];	/* as a store would keep them */
	uint32_t done[2][KEPT][DONE];	/* in turn: read one, write one */
	int turn;
	uint32_t nkept;
	struct cc_clock clocks[CC_STORY_SLOTS];
	uint32_t nclocks;
	struct cc_hold holds[CC_STORY_ACKS];
	uint32_t nholds;
	int64_t cleared[CC_STORY_SLOTS][CC_STORY_ORIGINS];	/* when */
	struct cc_plan plan;
	struct cc_oracle oracle;
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

/* Somebody acknowledges what was told of the clock in the slot. */
static void
acknowledge(struct run *r, const struct cc_ack *ack, int64_t t)
{
	for (uint32_t i = 0; i < r->nkept; i++) {
		const struct cc_instance *one = &r->kept[i];

		if (cc_oracle_slot(one) != ack->slot || !one->present || !one->told)
			continue;
		r->holds[r->nholds++] = (struct cc_hold){
			one->rule, one->subject, one->origin_id, one->origin_source,
			one->same, one->epoch, at(t), at(t + ack->len), ack->roles,
		};
	}
}

static void
gather(struct run *r, int64_t t)
{
	const struct cc_story *s = r->story;

	for (; r->acked < s->nacks && s->acks[r->acked].t <= t; r->acked++)
		acknowledge(r, &s->acks[r->acked], t);
	for (; r->applied < s->n && s->changes[r->applied].t <= t; r->applied++)
		r->slot[s->changes[r->applied].slot] = s->changes[r->applied];
	r->nclocks = 0;
	for (int i = 0; i < CC_STORY_SLOTS; i++) {
		if (r->slot[i].there)
			r->clocks[r->nclocks++] = r->slot[i].clock;
	}
	for (uint32_t i = 0; i < r->nkept; i++) {
		struct cc_instance *one = &r->kept[i];

		one->unsent = one->told && !one->present &&
		    t - r->cleared[cc_oracle_slot(one)][cc_oracle_origin(one)] < UNSENT;
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

		assert_true(one.ndone <= DONE);
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
		const struct cc_instance *one = &r->plan.instances[f->instance];
		int slot = cc_oracle_slot(one), origin = cc_oracle_origin(one);

		assert_true(r->nlog < LOGGED);
		r->log[r->nlog++] = (struct shot){
			t, f->at.s, f->previous_due.s, slot, origin, f->kind,
			f->severity, f->rung->name, f->epoch, f->to, f->late,
			f->held, f->heir_of != CC_PLAN_NONE,
		};
		if (f->kind == CC_FIRE_CLEAR)
			r->cleared[slot][origin] = t;
	}
}

static void
handle(struct run *r, int64_t t)
{
	struct cc_plan_input in = {
		.old = r->kept, .nold = r->nkept, .clocks = r->clocks,
		.ladders = &cc_test_ladders, .now = at(t), .holds = r->holds,
		.settings = settings,
	};
	struct cc_oracle_look look = {t, &in, &r->plan};
	struct cc_err err;

	gather(r, t);
	in.nclocks = r->nclocks;
	in.nholds = r->nholds;
	cc_arena_reset(&r->arena);
	assert_int_equal(cc_plan_case(&in, &r->arena, &r->plan, &err), CC_OK);
	assert_true(!cc_given(r->plan.wake) || r->plan.wake.s > t);
	write_log(r, t);
	cc_oracle_check(&r->oracle, &look);
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
	if (r->acked < s->nacks && s->acks[r->acked].t < t)
		t = s->acks[r->acked].t;
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
		assert_int_equal(x->kind, y->kind);
		assert_int_equal(x->severity, y->severity);
		assert_int_equal(x->previous_due, y->previous_due);
		assert_int_equal(x->heir, y->heir);
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

/* Told and over: one clear in its last epoch, but for a window that expired (unless it
 * was first thought to be used), and for one whose place another took.  Told and not
 * over: none. */
static void
each_end_is_told(const struct run *r)
{
	for (uint32_t i = 0; i < r->nkept; i++) {
		const struct cc_instance *one = &r->kept[i];
		bool taken = false;
		unsigned clears = 0;

		if (!one->told)
			continue;
		for (uint32_t k = 0; k < one->ndone; k++)
			taken = taken || one->done[k] == cc_key32(CC_STR("taken"));
		for (uint32_t k = 0; k < r->nlog; k++) {
			const struct shot *x = &r->log[k];

			clears += x->kind == CC_FIRE_CLEAR && x->epoch == one->epoch &&
			    x->slot == cc_oracle_slot(one) &&
			    x->origin == cc_oracle_origin(one);
		}
		if (taken || (one->present && one->state == CC_STATE_EXPIRED))
			assert_true(clears <= 1);
		else
			assert_int_equal(clears, !one->live);
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
	each_end_is_told(a);
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

struct tally {
	uint32_t fired, late, held, heirs, waited, of[CC_FIRE_CLEAR + 1];
};

static void
count(const struct run *r, struct tally *n)
{
	for (uint32_t i = 0; i < r->nlog; i++) {
		n->fired++;
		n->late += r->log[i].late;
		n->held += r->log[i].held;
		n->of[r->log[i].kind]++;
	}
	n->heirs += r->oracle.heirs;
	n->waited += r->oracle.waited;
}

/* Handled late, early, or for no reason: the oracle sees to the rest. */
static void
nothing_is_lost_early_or_double_however_wakes_are_handled(void **state)
{
	uint64_t seed = cc_test_seed(20260310);
	struct cc_story *s = calloc(1, sizeof *s);
	struct tally n = {.fired = 0};

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
		each_end_is_told(r);
		count(r, &n);
		run_free(r);
	}
	free(s);
	printf("%u fired, %u late, %u held; %u moved, %u back, %u clear, %u heirs; "
	    "%u times a rung waited\n", n.fired, n.late, n.held, n.of[CC_FIRE_MOVED],
	    n.of[CC_FIRE_BACK], n.of[CC_FIRE_CLEAR], n.heirs, n.waited);
	assert_true(n.held > 0 && n.late > n.held && n.fired > n.late);
	assert_true(n.of[CC_FIRE_MOVED] > 0 && n.of[CC_FIRE_BACK] > 0 && n.waited > 0);
	assert_true(n.of[CC_FIRE_CLEAR] > n.heirs && n.heirs > 0);
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
		s->nacks = 0;
		s->end = T0 + 200 * D;
		r = by_wakes(s);
		c = s->changes[1].clock;
		n = cc_alerts_of(cc_ladder_for(&cc_test_ladders, &c), &c,
		    at(s->end - 1), want);
		if (r->nlog > 0 && r->log[r->nlog - 1].kind == CC_FIRE_CLEAR)
			r->nlog--;
		assert_int_equal(r->nlog, n);
		for (unsigned k = 0; k < n; k++) {
			assert_string_equal(r->log[k].rung, want[k].rung->name);
			assert_int_equal(r->log[k].at, want[k].at.s);
			assert_int_equal(r->log[k].t, want[k].at.s);
			/* What was overdue by then is told to those below, too. */
			assert_int_equal(r->log[k].late, want[k].at.s == c.armed.s &&
			    (want[k].rung->base == CC_RUNG_BREACH ||
			    want[k].rung->base == CC_RUNG_AFTER) &&
			    c.armed.s - c.due.s > 60);
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
		    nothing_is_lost_early_or_double_however_wakes_are_handled),
		cmocka_unit_test(
		    known_in_time_a_clock_fires_what_its_ladder_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
