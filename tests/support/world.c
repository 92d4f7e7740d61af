#include "tests/support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define D CC_TEST_D
#define NEVER INT64_MIN
#define T0 CC_WORLD_T0

const struct cc_rule cc_world_deadline = {.id = "d", .kind = CC_KIND_DEADLINE};
const struct cc_rule cc_world_urgent = {
	.id = "u", .kind = CC_KIND_DEADLINE, .safety = true
};
const struct cc_rule cc_world_immediate = {.id = "i", .kind = CC_KIND_IMMEDIATE};
const struct cc_rule cc_world_window = {.id = "w", .kind = CC_KIND_WINDOW};
const struct cc_rule cc_world_gate = {.id = "g", .kind = CC_KIND_GATE};
const struct cc_rule cc_world_basis = {
	.id = "b", .kind = CC_KIND_DEADLINE, .silent = true
};

int
cc_world_begin(void **state)
{
	struct cc_world *w = calloc(1, sizeof *w);

	if (w == NULL)
		return -1;
	w->arena = cc_test_arena(1 << 24);
	w->plan.wake = CC_NEVER;
	*state = w;
	return 0;
}

int
cc_world_end(void **state)
{
	struct cc_world *w = *state;

	cc_arena_done(&w->arena);
	free(w);
	return 0;
}

struct cc_wall
cc_world_at(int64_t s)
{
	return (struct cc_wall){T0 + s};
}

struct cc_clock *
cc_world_add(struct cc_world *w, const struct cc_rule *r, cc_dur_s len)
{
	struct cc_clock *c = &w->clocks[w->nclocks++];

	*c = (struct cc_clock){
		.rule = r, .subject = CC_STR("V1"), .period = 1,
		.armed = cc_world_at(0), .started = cc_world_at(0),
		.due = cc_world_at(len),
		.ended = CC_NEVER, .paused = CC_NEVER, .resumed = CC_NEVER,
		.origin_id = CC_STR("e-1"), .origin_source = CC_STR("/cms"),
	};
	return c;
}

void
cc_world_close(struct cc_clock *c, enum cc_end how, int64_t when)
{
	c->end = how;
	c->ended = cc_world_at(when);
	c->met = how == CC_END_ACT && when <= c->due.s - T0;
}

struct cc_plan_input
cc_world_input(const struct cc_world *w, int64_t now)
{
	return (struct cc_plan_input){
		.old = w->plan.instances, .nold = w->plan.ninstances,
		.clocks = w->clocks, .nclocks = w->nclocks,
		.ladders = &cc_test_ladders, .now = cc_world_at(now),
		.holds = w->holds, .nholds = w->nholds,
		.settings = {60, 7 * D, 30 * D},
	};
}

void
cc_world_step(struct cc_world *w, int64_t now)
{
	struct cc_plan_input in = cc_world_input(w, now);
	struct cc_err err;

	assert_int_equal(cc_plan_case(&in, &w->arena, &w->plan, &err), CC_OK);
}

void
cc_world_nothing(struct cc_world *w, int64_t now)
{
	cc_world_step(w, now);
	assert_int_equal(w->plan.nfirings, 0);
}

const struct cc_firing *
cc_world_fires(struct cc_world *w, int64_t now, const char *rung, int64_t fell)
{
	const struct cc_firing *f;

	cc_world_step(w, now);
	assert_int_equal(w->plan.nfirings, 1);
	f = &w->plan.firings[0];
	assert_string_equal(f->rung->name, rung);
	assert_int_equal(f->kind, CC_FIRE_RUNG);
	assert_int_equal(f->severity, f->rung->severity);
	assert_int_equal(f->previous_due.s, NEVER);
	assert_int_equal(f->at.s, T0 + fell);
	assert_int_equal(f->epoch, w->plan.instances[f->instance].epoch);
	return f;
}

const struct cc_firing *
cc_world_says(struct cc_world *w, int64_t now, enum cc_firing_kind kind)
{
	static const struct cc_rung *const rungs[] = {
		[CC_FIRE_MOVED] = &cc_plan_moved, [CC_FIRE_BACK] = &cc_plan_back,
		[CC_FIRE_CLEAR] = &cc_plan_clear,
	};
	const struct cc_firing *f;

	cc_world_step(w, now);
	assert_int_equal(w->plan.nfirings, 1);
	f = &w->plan.firings[0];
	assert_int_equal(f->kind, kind);
	assert_ptr_equal(f->rung, rungs[kind]);
	assert_int_equal(f->at.s, T0 + now);
	assert_int_equal(f->epoch, w->plan.instances[f->instance].epoch);
	assert_false(f->late);
	assert_false(f->held);
	return f;
}

void
cc_world_news(const struct cc_firing *f, enum cc_severity severity, uint8_t to,
    int64_t previous_due)
{
	assert_int_equal(f->severity, severity);
	assert_int_equal(f->to, to);
	assert_int_equal(f->previous_due.s, previous_due == NEVER ? NEVER :
	    T0 + previous_due);
}

struct cc_hold *
cc_world_hold(struct cc_world *w, const struct cc_clock *of, int64_t from, int64_t until)
{
	struct cc_hold *h = &w->holds[w->nholds++];

	*h = (struct cc_hold){
		.rule = {of->rule->id, (uint32_t)strlen(of->rule->id)},
		.subject = of->subject, .origin_id = of->origin_id,
		.origin_source = of->origin_source, .same = of->same, .epoch = 1,
		.at = cc_world_at(from), .until = cc_world_at(until),
		.roles = CC_TEST_R0,
	};
	return h;
}

void
cc_world_in_time(const struct cc_firing *f, uint8_t to)
{
	assert_int_equal(f->to, to);
	assert_false(f->late);
	assert_false(f->held);
}

void
cc_world_late_news(const struct cc_firing *f, uint8_t to, bool held)
{
	assert_int_equal(f->to, to);
	assert_true(f->late);
	assert_int_equal(f->held, held);
}

void
cc_world_expect_wake(const struct cc_world *w, int64_t when)
{
	assert_int_equal(w->plan.wake.s, when == NEVER ? NEVER : T0 + when);
}

const struct cc_instance *
cc_world_only(const struct cc_world *w)
{
	assert_int_equal(w->plan.ninstances, 1);
	return &w->plan.instances[0];
}

const struct cc_instance *
cc_world_of(const struct cc_world *w, const char *origin)
{
	const struct cc_instance *found = NULL;

	for (uint32_t i = 0; i < w->plan.ninstances; i++) {
		const struct cc_instance *one = &w->plan.instances[i];

		if (one->origin_id.n != strlen(origin) ||
		    memcmp(one->origin_id.p, origin, one->origin_id.n) != 0)
			continue;
		assert_null(found);
		found = one;
	}
	assert_non_null(found);
	return found;
}
