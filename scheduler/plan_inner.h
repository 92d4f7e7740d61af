/*
 * scheduler/plan_inner.h - what the files of the planner share.
 *
 * Purpose:   plan.c matches clocks and instances and puts the answer together;
 *            plan_heirs.c finds which appeared instance takes the place of which
 *            vanished one; plan_epoch.c carries one instance on and says its news;
 *            plan_rungs.c looks at ladders, pauses and holds.
 * Purity:    as scheduler/plan.h; every bool that is not a claim is false when the
 *            arena is at its limit.
 * Ownership: everything lives in the arena of the call.
 */
#ifndef CC_SCHEDULER_PLAN_INNER_H
#define CC_SCHEDULER_PLAN_INNER_H

#include "scheduler/plan.h"

/* A clock as seen now. */
struct cc_plan_sight {
	bool there;		/* armed, and not of a silent rule */
	struct cc_view v;
	uint32_t old;		/* its old instance, or CC_PLAN_NONE */
	uint32_t of;		/* the old instance whose place it takes, or CC_PLAN_NONE */
};

struct cc_planner {
	const struct cc_plan_input *in;
	struct cc_arena *arena;
	struct cc_plan_sight *sights;	/* one for each clock */
	uint32_t *order;	/* places of the old instances, sorted by identity */
	uint32_t *holds;	/* places of the holds, sorted by identity, epoch, begin */
	bool *seen;		/* old instances that a clock was found for */
	bool *taken;		/* old instances whose place another takes */
	uint32_t *place;	/* of the old instances in `out` */
	struct cc_instance *out;
	struct cc_firing *fired;
	struct cc_plan_heir *heirs;
	uint32_t *fresh;	/* places in `out` of those seen for the first time */
	uint32_t nout, nfired, nheirs, nfresh;
	struct cc_wall wake;
};

/* What names an instance within its case. */
struct cc_plan_key {
	struct cc_str rule, subject, origin_id, origin_source;
	uint32_t same;
};

/* --- plan.c --- */

/* Somebody may still have to be told of it: it is live, or a test that failed. */
bool cc_plan_wanted(const struct cc_view *v);

/* Told, and nobody has been told how it ended: it was live when last derived, or a
 * window that expired, which is not told. */
bool cc_plan_open(const struct cc_instance *i);

struct cc_str cc_plan_text(const char *s);
struct cc_plan_key cc_plan_key_of(const struct cc_instance *i);
int cc_plan_key_cmp(const struct cc_plan_key *a, const struct cc_plan_key *b);

typedef int cc_plan_cmp_fn(const void *of, uint32_t a, uint32_t b);

/* Sorts places of `of`, equals in the order they came. */
bool cc_plan_sort(struct cc_arena *a, const void *of, cc_plan_cmp_fn *cmp,
    uint32_t *order, size_t n);

/* Notes an instant at which to look again. */
void cc_plan_wake_at(struct cc_planner *p, struct cc_wall t);

/* --- plan_rungs.c --- */

/* One rung of a ladder that was not done before. */
struct cc_plan_step {
	const struct cc_rung *rung;
	uint32_t key;
	struct cc_wall at;	/* E */
	struct cc_wall fell;	/* when it can fire: after pauses and holds */
	bool behind;		/* overdue long since when the clock was armed */
	bool used;		/* fired or passed over now */
};

struct cc_plan_steps {
	struct cc_plan_step step[CC_RUNGS_MAX];
	uint32_t n;
};

/* The clock at hand and its instance. */
struct cc_plan_hand {
	uint32_t clock;
	struct cc_instance *i;
};

/* What is left of the ladder in the instance's epoch. */
void cc_plan_look(const struct cc_planner *p, const struct cc_plan_hand *h,
    struct cc_plan_steps *ret);

/* Fires the gravest of the rungs that have passed, if any has. */
bool cc_plan_fire_rung(struct cc_planner *p, const struct cc_plan_hand *h,
    struct cc_plan_steps *s);

/* Takes the rungs that have passed, for news that stands for them: its roles, and its
 * severity where there are any. */
void cc_plan_stand_for(const struct cc_planner *p, struct cc_plan_steps *s,
    struct cc_firing *f);

/* Notes the next rung to come. */
void cc_plan_wake_rungs(struct cc_planner *p, const struct cc_plan_steps *s);

bool cc_plan_is_done(const struct cc_instance *i, const char *name);

/* Adds the rungs used now, and one more name unless NULL. */
bool cc_plan_mark(struct cc_planner *p, struct cc_instance *i,
    const struct cc_plan_steps *s, const char *name);

/* Places of the holds in the order of cc_planner.holds. */
bool cc_plan_sort_holds(struct cc_planner *p);

/* --- plan_epoch.c --- */

/* Among the done rungs of a vanished instance: another has taken its place. */
extern const char cc_plan_taken[];

/* Carries the instance of a clock that is there on, and fires what it has to say. */
bool cc_plan_carry(struct cc_planner *p, uint32_t clock);

/* Keeps what was told of clocks that have gone, and says so where nobody has. */
bool cc_plan_keep_vanished(struct cc_planner *p);

/* --- plan_heirs.c --- */

/* Fills `of` of the sights, and `taken`. */
bool cc_plan_find_heirs(struct cc_planner *p);

#endif
