/*
 * Random histories on virtual time: looked at only at events and wakes, a case
 * prints what looking at every second prints, and its alerts fire once each.
 * CC_SEED in the environment repeats a run, CC_CASES makes it longer; every case is
 * looked at a thousand times, so that CC_CASES counts for a tenth here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "scheduler/plan.h"
#include "tests/support/histories.h"
#include "tests/support/ladders.h"

enum {
	CASES = 240,	/* for which CC_CASES would stand */
	LOOKED_CASES = 16, LOOKED_EVENTS = 40,
	PLANNED_CASES = 24, PLANNED_EVENTS = 40,
	LOOKS = 4000, SHOTS = 20000
};

#define DAY INT64_C(86400)

static uint64_t seed;

/* ---- wakes are complete -------------------------------------------------- */

struct look {
	int64_t t;
	char *lines;
};

struct looks {
	struct look look[LOOKS];
	uint32_t n;
};

static struct cc_wall
sooner(struct cc_wall a, struct cc_wall b)
{
	if (!cc_given(a))
		return b;
	return cc_given(b) && b.s < a.s ? b : a;
}

static struct cc_wall
first_time(const struct cc_case_file *f)
{
	struct cc_wall first = CC_NEVER;

	for (uint32_t i = 0; i < f->c.nevents; i++) {
		struct cc_str id, source;
		struct cc_wall t;

		assert_int_equal(cc_event_head(f->events[i].bytes, &t, &id, &source, NULL),
		    CC_OK);
		first = sooner(first, t);
	}
	return first;
}

/* From before the first event on, from wake to wake, until nothing can change. */
static void
look_through(const struct cc_case_file *f, struct looks *l)
{
	struct cc_wall t = {first_time(f).s - DAY};

	for (l->n = 0; cc_given(t); l->n++) {
		struct cc_eval_options o = cc_case_at(t);
		struct cc_arena a;
		struct cc_result r;

		assert_true(l->n < LOOKS);
		cc_heap_arena_init(&a, CC_CASE_ARENA);
		r = cc_case_eval(&f->c, &o, &a);
		l->look[l->n] = (struct look){t.s, cc_case_records(&f->c, &r, t)};
		t = sooner(r.next, r.next_event);
		assert_true(!cc_given(t) || t.s > l->look[l->n].t);
		cc_arena_done(&a);
	}
}

static void
looks_end(struct looks *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		free(l->look[i].lines);
}

/* What was printed at the last look is what would be printed now. */
static void
check_second(const struct cc_case_file *f, const struct looks *l, int64_t t)
{
	struct cc_eval_options o = cc_case_at((struct cc_wall){t});
	uint32_t i = l->n;
	char *want;

	while (i > 0 && l->look[i - 1].t > t)
		i--;
	if (i == 0)
		return;
	want = cc_case_print(&f->c, &o);
	if (strcmp(want, l->look[i - 1].lines) != 0) {
		cc_histories_show(&f->c);
		print_error("looked at %lld:\n%sat %lld:\n%s", (long long)l->look[i - 1].t,
		    l->look[i - 1].lines, (long long)t, want);
		fail_msg("something changed between two wakes");
	}
	free(want);
}

static void
check_around(const struct cc_case_file *f, const struct looks *l, struct cc_wall t)
{
	if (!cc_given(t))
		return;
	for (int64_t off = -1; off <= 1; off++)
		check_second(f, l, t.s + off);
}

/* A few seconds of interest: those of clocks, events, wakes, and any. */
static void
check_samples(const struct cc_case_file *f, const struct looks *l)
{
	struct cc_eval_options o = cc_case_at((struct cc_wall){l->look[l->n - 1].t});
	struct cc_arena a;
	struct cc_result r;

	cc_heap_arena_init(&a, CC_CASE_ARENA);
	r = cc_case_eval(&f->c, &o, &a);
	for (int k = 0; k < 20 && r.nclocks > 0; k++) {
		const struct cc_clock *c = &r.clocks[cc_test_random(&seed, r.nclocks)];
		struct cc_wall marks[] = {c->armed, c->started, c->due, c->ended, c->paused,
		    c->resumed};

		check_around(f, l, marks[cc_test_random(&seed, 6)]);
	}
	cc_arena_done(&a);
	for (int k = 0; k < 10; k++)
		check_second(f, l, l->look[cc_test_random(&seed, l->n)].t - 1);
	for (int k = 0; k < 20; k++) {
		int64_t span = l->look[l->n - 1].t - l->look[0].t + 60 * DAY;

		check_second(f, l, l->look[0].t + (int64_t)cc_test_random(&seed,
		    (uint64_t)span));
	}
}

static void
nothing_changes_between_two_wakes(void **state)
{
	struct looks *l = calloc(1, sizeof *l);
	unsigned cases = cc_test_count(LOOKED_CASES, CASES);

	(void)state;
	assert_non_null(l);
	for (unsigned k = 0; k < cases; k++) {
		struct cc_case_file f;

		cc_histories_tell(&seed, &f, LOOKED_EVENTS);
		look_through(&f, l);
		assert_true(l->n > 1);
		check_samples(&f, l);
		looks_end(l);
		cc_case_end(&f);
	}
	free(l);
}

/* ---- alerts over the real clocks ----------------------------------------- */

/* What names a fired rung for ever. */
struct shot {
	char name[256];
};

struct planned {
	struct cc_case_file f;
	struct cc_arena arena;		/* of one evaluation and its plan */
	struct cc_arena kept[2];	/* in turn: read the one, write the other */
	unsigned turn;
	const struct cc_instance *old;
	uint32_t nold;
	struct shot *shots;
	uint32_t nshots;
};

static int
by_name(const void *a, const void *b)
{
	const struct shot *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static struct cc_str
copied(struct cc_arena *a, struct cc_str s)
{
	char *p = cc_arena_text(a, s.p, s.n);

	assert_non_null(p);
	return (struct cc_str){p, s.n};
}

/* Keep the instances as a store does: values, no pointer into the evaluation. */
static void
keep(struct planned *p, const struct cc_plan *plan)
{
	struct cc_arena *a = &p->kept[p->turn++ % 2];
	struct cc_instance *in;

	cc_arena_reset(a);
	in = cc_arena_array(a, plan->ninstances + 1, sizeof *in);
	assert_non_null(in);
	for (uint32_t i = 0; i < plan->ninstances; i++) {
		size_t n = plan->instances[i].ndone * sizeof in->done[0];
		uint32_t *done = cc_arena_alloc(a, n + 1);

		in[i] = plan->instances[i];
		in[i].rule = copied(a, in[i].rule);
		in[i].subject = copied(a, in[i].subject);
		in[i].origin_id = copied(a, in[i].origin_id);
		in[i].origin_source = copied(a, in[i].origin_source);
		assert_non_null(done);
		if (n > 0)
			memcpy(done, in[i].done, n);
		in[i].done = done;
	}
	p->old = in;
	p->nold = plan->ninstances;
}

static void
note(struct planned *p, const struct cc_instance *i, const struct cc_firing *g)
{
	assert_true(p->nshots < SHOTS);
	assert_int_equal(i->epoch, g->epoch);
	snprintf(p->shots[p->nshots++].name, sizeof p->shots[0].name,
	    "%.*s %.*s %.*s@%.*s %u epoch %u %s", (int)i->rule.n, i->rule.p,
	    (int)i->subject.n, i->subject.p, (int)i->origin_id.n, i->origin_id.p,
	    (int)i->origin_source.n, i->origin_source.p, (unsigned)i->same,
	    (unsigned)g->epoch, g->rung->name);
}

/* The first n events have arrived; returns the next wake. */
static struct cc_wall
step(struct planned *p, uint32_t n, struct cc_wall now)
{
	const struct cc_pack *pack = cc_case_pack();
	struct cc_case c = p->f.c;
	struct cc_eval_options o = cc_case_at(now);
	struct cc_plan_input in = {.old = p->old, .nold = p->nold,
	    .ladders = &pack->ladders, .now = now, .settings = {60, 7 * DAY, 30 * DAY}};
	struct cc_result r;
	struct cc_plan plan;
	struct cc_err err;

	c.nevents = n;
	cc_arena_reset(&p->arena);
	r = cc_case_eval(&c, &o, &p->arena);
	in.clocks = r.clocks;
	in.nclocks = r.nclocks;
	if (cc_plan_case(&in, &p->arena, &plan, &err) != CC_OK)
		fail_msg("plan: %s", err.msg);
	for (uint32_t i = 0; i < plan.nfirings; i++) {
		const struct cc_firing *g = &plan.firings[i];

		assert_true(g->at.s <= now.s);
		assert_true(g->held || g->to != 0);
		assert_false(r.clocks[g->clock].rule->silent);
		note(p, &plan.instances[g->instance], g);
	}
	keep(p, &plan);
	assert_true(!cc_given(plan.wake) || plan.wake.s > now.s);
	/* a clock that changes by itself is never slept through */
	if (cc_given(r.next))
		assert_true(cc_given(plan.wake) && plan.wake.s <= r.next.s);
	return sooner(plan.wake, r.next_event);
}

/* Events as they are recorded, and every wake in between and after. */
static void
live(struct planned *p)
{
	struct cc_wall wake = CC_NEVER;
	uint32_t n = 0, steps = 0;

	while (n < p->f.c.nevents || cc_given(wake)) {
		struct cc_wall now = wake;

		if (n < p->f.c.nevents && (!cc_given(wake) ||
		    p->f.events[n].recorded.s <= wake.s)) {
			now = p->f.events[n].recorded;
			while (n < p->f.c.nevents && p->f.events[n].recorded.s <= now.s)
				n++;
		}
		wake = step(p, n, now);
		assert_true(++steps < 5000);
		/* looking again in the same second fires nothing */
		if (steps % 8 == 0) {
			uint32_t before = p->nshots;

			wake = step(p, n, now);
			assert_int_equal(p->nshots, before);
		}
	}
}

static void
no_alert_fires_twice_and_every_wake_lies_ahead(void **state)
{
	unsigned cases = cc_test_count(PLANNED_CASES, CASES);
	uint64_t fired = 0;

	(void)state;
	for (unsigned k = 0; k < cases; k++) {
		struct planned p = {.nshots = 0};

		p.shots = calloc(SHOTS, sizeof *p.shots);
		assert_non_null(p.shots);
		cc_heap_arena_init(&p.arena, CC_CASE_ARENA);
		cc_heap_arena_init(&p.kept[0], CC_CASE_ARENA);
		cc_heap_arena_init(&p.kept[1], CC_CASE_ARENA);
		cc_histories_tell(&seed, &p.f, PLANNED_EVENTS);
		live(&p);
		qsort(p.shots, p.nshots, sizeof *p.shots, by_name);
		for (uint32_t i = 1; i < p.nshots; i++)
			if (strcmp(p.shots[i].name, p.shots[i - 1].name) == 0)
				fail_msg("fired twice: %s", p.shots[i].name);
		fired += p.nshots;
		cc_arena_done(&p.arena);
		cc_arena_done(&p.kept[0]);
		cc_arena_done(&p.kept[1]);
		cc_case_end(&p.f);
		free(p.shots);
	}
	assert_true(fired > 20 * (uint64_t)cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changes_between_two_wakes),
		cmocka_unit_test(no_alert_fires_twice_and_every_wake_lies_ahead),
	};

	seed = cc_test_seed(20260301);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
