/*
 * tests/support/world.h - a case on virtual time, for tests of plans.
 *
 * Purpose:   clocks that a test changes by hand; each step plans the case at an
 *            instant with the instances that the step before gave, so every
 *            step is a restart too.
 * Units:     instants are seconds after CC_WORLD_T0.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_SUPPORT_WORLD_H
#define CC_TESTS_SUPPORT_WORLD_H

#include "scheduler/plan.h"
#include "tests/support/ladders.h"

#define CC_WORLD_T0 INT64_C(1772928000)	/* 2026-03-08T00:00:00Z */

struct cc_world {
	struct cc_arena arena;
	struct cc_clock clocks[8];
	uint32_t nclocks;
	struct cc_hold holds[4];
	uint32_t nholds;
	struct cc_plan plan;
};

extern const struct cc_rule cc_world_deadline, cc_world_urgent,
    cc_world_immediate, cc_world_window, cc_world_gate, cc_world_basis;

/* Set-up and teardown: *state is a struct cc_world. */
int cc_world_begin(void **state);
int cc_world_end(void **state);

struct cc_wall cc_world_at(int64_t s);

/* A clock armed and started at 0, due `len` later. */
struct cc_clock *cc_world_add(struct cc_world *w, const struct cc_rule *r,
    cc_dur_s len);

/* The clock ends so; an act is timely when it is not after the due. */
void cc_world_close(struct cc_clock *c, enum cc_end how, int64_t when);

/* What the next step hands to cc_plan_case. */
struct cc_plan_input cc_world_input(const struct cc_world *w, int64_t now);

void cc_world_step(struct cc_world *w, int64_t now);

/* A step at which no rung fires. */
void cc_world_nothing(struct cc_world *w, int64_t now);

/* A step at which this rung alone fires, that fell at `fell`. */
const struct cc_firing *cc_world_fires(struct cc_world *w, int64_t now,
    const char *rung, int64_t fell);

/* A step at which moved, back or clear alone is said, at that very instant. */
const struct cc_firing *cc_world_says(struct cc_world *w, int64_t now,
    enum cc_firing_kind kind);

/* Its severity, roles, and the due told before (INT64_MIN: the same). */
void cc_world_news(const struct cc_firing *f, enum cc_severity severity, uint8_t to,
    int64_t previous_due);

/* An acknowledgement of the first epoch of clock `of`. */
struct cc_hold *cc_world_hold(struct cc_world *w, const struct cc_clock *of,
    int64_t from, int64_t until);

/* It is told in time, to its own roles; or as late news, sent or held. */
void cc_world_in_time(const struct cc_firing *f, uint8_t to);
void cc_world_late_news(const struct cc_firing *f, uint8_t to, bool held);

/* The wake of the last step; INT64_MIN: none. */
void cc_world_expect_wake(const struct cc_world *w, int64_t when);

/* The one instance that the last step left; the one of that origin. */
const struct cc_instance *cc_world_only(const struct cc_world *w);
const struct cc_instance *cc_world_of(const struct cc_world *w, const char *origin);

#endif
