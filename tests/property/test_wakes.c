/*
 * Random histories on virtual time: looked at only at events and wakes, a case
 * prints what looking at every second prints, and its alerts fire once each; who was
 * told of a clock is told when it moves, and once when it ends.
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
#include "scheduler/schema.h"
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

enum { HOLDS = 32 };

struct planned {
	struct cc_case_file f;
	struct cc_arena arena;		/* of one evaluation and its plan */
	struct cc_arena kept[2];	/* in turn: read the one, write the other */
	unsigned turn;
	const struct cc_instance *old;
	uint32_t nold;
	struct cc_arena hold_texts;
	struct cc_hold holds[HOLDS];
	uint32_t nholds;
	struct shot *shots;
	uint32_t nshots;
	uint64_t said[CC_FIRE_CLEAR + 1], heirs;
	bool unsent;		/* no clear of a vanished clock ever leaves */
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
		in[i].unsent = p->unsent && in[i].told && !in[i].present;
	}
	p->old = in;
	p->nold = plan->ninstances;
}

static struct shot
name_of(const struct cc_instance *i, const char *rung)
{
	struct shot s;

	snprintf(s.name, sizeof s.name, "%.*s %.*s %.*s@%.*s %u epoch %u %s",
	    (int)i->rule.n, i->rule.p, (int)i->subject.n, i->subject.p,
	    (int)i->origin_id.n, i->origin_id.p, (int)i->origin_source.n,
	    i->origin_source.p, (unsigned)i->same, (unsigned)i->epoch, rung);
	return s;
}

static void
note(struct planned *p, const struct cc_result *r, const struct cc_plan *plan,
    const struct cc_firing *g)
{
	const struct cc_instance *i = &plan->instances[g->instance];

	assert_true(p->nshots < SHOTS);
	assert_int_equal(i->epoch, g->epoch);
	p->shots[p->nshots++] = name_of(i, g->rung->name);
	p->said[g->kind]++;
	switch (g->kind) {
	case CC_FIRE_RUNG:
		assert_true(g->held || g->to != 0);
		break;
	case CC_FIRE_MOVED:
	case CC_FIRE_BACK:
		assert_int_equal(i->told_due.s, i->due.s);
		assert_true(i->live);
		break;
	case CC_FIRE_CLEAR:
		assert_false(i->live);
		assert_int_equal(g->clock == CC_PLAN_NONE, !i->present);
		break;
	}
	if (g->kind != CC_FIRE_RUNG)
		assert_true(i->told && !g->held && !g->late);
	if (g->clock == CC_PLAN_NONE)
		return;
	assert_false(r->clocks[g->clock].rule->silent);
	assert_int_equal(r->clocks[g->clock].due.s, i->due.s);
}

/* Somebody acknowledges something they were told, for up to three days. */
static void
acknowledge(struct planned *p, struct cc_wall now)
{
	const struct cc_instance *i;
	struct cc_arena *a = &p->hold_texts;

	if (p->nold == 0 || p->nholds == HOLDS)
		return;
	i = &p->old[cc_test_random(&seed, p->nold)];
	if (!i->told || !i->live)
		return;
	p->holds[p->nholds++] = (struct cc_hold){
		.rule = copied(a, i->rule), .subject = copied(a, i->subject),
		.origin_id = copied(a, i->origin_id),
		.origin_source = copied(a, i->origin_source),
		.same = i->same, .epoch = i->epoch, .at = now,
		.until = {now.s + (int64_t)cc_test_random(&seed, 3 * DAY)}, .roles = 1,
	};
}

/* The first n events have arrived; returns the next wake. */
static struct cc_wall
step(struct planned *p, uint32_t n, struct cc_wall now)
{
	const struct cc_pack *pack = cc_case_pack();
	struct cc_case c = p->f.c;
	struct cc_eval_options o = cc_case_at(now);
	struct cc_plan_input in = {.old = p->old, .nold = p->nold,
	    .ladders = &pack->ladders, .holds = p->holds, .nholds = p->nholds,
	    .now = now, .settings = {60, 7 * DAY, 30 * DAY}};
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
		assert_true(plan.firings[i].at.s <= now.s);
		note(p, &r, &plan, &plan.firings[i]);
	}
	p->heirs += plan.nheirs;
	keep(p, &plan);
	assert_true(!cc_given(plan.wake) || plan.wake.s > now.s);
	/* a clock that changes by itself is never slept through */
	if (cc_given(r.next))
		assert_true(cc_given(plan.wake) && plan.wake.s <= r.next.s);
	return sooner(plan.wake, r.next_event);
}

/* Looking again, in the same second or any before the next, fires nothing. */
static struct cc_wall
look_again(struct planned *p, uint32_t n, struct cc_wall now, struct cc_wall wake)
{
	uint32_t before = p->nshots;
	struct cc_wall next = wake, again;

	if (n < p->f.c.nevents)
		next = sooner(next, p->f.events[n].recorded);
	if (cc_given(next) && next.s - now.s > 1)
		now.s += (int64_t)cc_test_random(&seed, (uint64_t)(next.s - now.s));
	again = step(p, n, now);
	if (p->nshots != before)
		fail_msg("between two wakes fired: %s", p->shots[before].name);
	assert_int_equal(again.s, wake.s);
	return again;
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
		if (steps % 16 == 5)
			acknowledge(p, now);
		wake = step(p, n, now);
		assert_true(++steps < 5000);
		if (steps % 4 == 0)
			wake = look_again(p, n, now, wake);
	}
}

/* Who was told of a clock that is over was told so, once; of one that goes on, not. */
static void
each_end_is_told(const struct planned *p)
{
	for (uint32_t i = 0; i < p->nold; i++) {
		const struct cc_instance *one = &p->old[i];
		struct shot clear = name_of(one, cc_plan_clear.name);
		bool said = bsearch(&clear, p->shots, p->nshots, sizeof clear,
		    by_name) != NULL, taken = false;

		for (uint32_t k = 0; k < one->ndone; k++)
			taken = taken || one->done[k] == cc_key32(CC_STR("taken"));
		if (!one->told || one->live)
			assert_false(said);
		else if (!taken && !(one->present && one->state == CC_STATE_EXPIRED))
			assert_true(said);
		if (one->told && one->live)
			assert_int_equal(one->told_due.s, one->due.s);
	}
}

static void
no_alert_fires_twice_and_every_wake_lies_ahead(void **state)
{
	unsigned cases = cc_test_count(PLANNED_CASES, CASES);
	uint64_t fired = 0, moved = 0, back = 0, clear = 0, heirs = 0;

	(void)state;
	for (unsigned k = 0; k < cases; k++) {
		struct planned p = {.unsent = k % 2 == 1};

		p.shots = calloc(SHOTS, sizeof *p.shots);
		assert_non_null(p.shots);
		cc_heap_arena_init(&p.arena, CC_CASE_ARENA);
		cc_heap_arena_init(&p.kept[0], CC_CASE_ARENA);
		cc_heap_arena_init(&p.kept[1], CC_CASE_ARENA);
		cc_heap_arena_init(&p.hold_texts, CC_CASE_ARENA);
		cc_histories_tell(&seed, &p.f, PLANNED_EVENTS);
		live(&p);
		qsort(p.shots, p.nshots, sizeof *p.shots, by_name);
		for (uint32_t i = 1; i < p.nshots; i++)
			if (strcmp(p.shots[i].name, p.shots[i - 1].name) == 0)
				fail_msg("fired twice: %s", p.shots[i].name);
		each_end_is_told(&p);
		fired += p.nshots;
		moved += p.said[CC_FIRE_MOVED];
		back += p.said[CC_FIRE_BACK];
		clear += p.said[CC_FIRE_CLEAR];
		heirs += p.heirs;
		cc_arena_done(&p.hold_texts);
		cc_arena_done(&p.arena);
		cc_arena_done(&p.kept[0]);
		cc_arena_done(&p.kept[1]);
		cc_case_end(&p.f);
		free(p.shots);
	}
	printf("%u cases: %u fired; %u moved, %u back, %u clear, %u heirs\n", cases,
	    (unsigned)fired, (unsigned)moved, (unsigned)back, (unsigned)clear,
	    (unsigned)heirs);
	assert_true(fired > 20 * (uint64_t)cases && clear > (uint64_t)cases);
	assert_true(cases < PLANNED_CASES || (moved > 0 && back > 0 && heirs > 0));
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
