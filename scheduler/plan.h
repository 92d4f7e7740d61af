/*
 * scheduler/plan.h - from derived clocks to fired rungs: the alert layer's
 * pure half.
 *
 * Source:    DESIGN.md section 7 (instance, epoch, fired rung, instants, late
 *            news); rule sheet for what a clock is.
 * Purpose:   clocks are belief and are derived anew; what was fired and told is
 *            history and only grows.  cc_plan_case takes what the store knows
 *            of a case's instances and the clocks just derived, and says which
 *            rungs fire now, what to store, and when to look again.
 * Purity:    no clock, no I/O; `now` is an argument; memory from the arena.
 * Units:     instants UTC seconds, CC_NEVER for none.
 * Ownership: texts of the result point into the clocks, the old instances or
 *            the arena.
 * Invariant: a rung of an epoch is fired (or passed over) at most once; an
 *            epoch never goes down.
 */
#ifndef CC_SCHEDULER_PLAN_H
#define CC_SCHEDULER_PLAN_H

#include "scheduler/arena.h"
#include "scheduler/rule.h"

/* What the store keeps of one instance.  Kept while the clock is live, and for
 * ever once a rung of it fired or was held: its name in that epoch is used. */
struct cc_instance {
	struct cc_str rule, subject;		/* rule id; subject */
	struct cc_str origin_id, origin_source;
	uint32_t same;			/* as in struct cc_clock */
	uint32_t epoch;			/* 1 at first */
	bool told;			/* a rung of any epoch fired to somebody (not held) */
	bool live;			/* live (or a failed gate) when last derived */
	bool present;			/* false: the clock vanished */
	enum cc_state state;		/* when last derived */
	struct cc_wall started, due;	/* as last derived */
	struct cc_wall told_due;	/* the due that was last told, CC_NEVER none */
	struct cc_wall known;		/* wall instant at which it became known */
	/* Rungs fired or passed over in this epoch, by name hash (cc_key32). */
	const uint32_t *done;
	uint32_t ndone;
};

struct cc_plan_settings {
	cc_dur_s late;		/* alerts.late, 60 s */
	cc_dur_s history;	/* alerts.history, 7 d */
	cc_dur_s history_safety;	/* 30 d */
};

/* A rung that fires now. */
struct cc_firing {
	uint32_t instance;	/* place in the result's instances */
	uint32_t clock;		/* place in the clocks */
	const struct cc_rung *rung;
	uint32_t epoch;
	struct cc_wall at;	/* E: when it fell */
	uint8_t to;		/* roles; the union over passed rungs when late */
	bool late;		/* late news: say due and when it became known */
	bool held;		/* held: history; nothing is sent */
};

struct cc_plan {
	const struct cc_instance *instances;
	uint32_t ninstances;
	const struct cc_firing *firings;
	uint32_t nfirings;
	struct cc_wall wake;	/* next rung or change by time alone, CC_NEVER none */
};

struct cc_plan_input {
	const struct cc_instance *old;
	uint32_t nold;
	const struct cc_clock *clocks;
	uint32_t nclocks;
	const struct cc_ladders *ladders;
	struct cc_wall now;
	struct cc_plan_settings settings;
};

/*
 * Plan a case.
 *
 * CC_ENOMEM  the arena is at its limit.
 * CC_EBUG    two clocks of one rule, subject, origin and `same`.
 *
 * A clock's rungs are looked at when it is armed by now and live, or is a gate
 * or freshness test that failed.  A clock first known after it had ended fires
 * nothing.  Paused: nothing fires; when it runs on, the gravest missed rung
 * fires once.  A told instance whose due changes, or that is live again after
 * it had ended or vanished, enters a new epoch; of the rungs already passed under
 * the new due the gravest fires, for all.  An instance of which rungs were only
 * held does so too when its due changes, so that they can fire under the new
 * one; nobody was told the old one (told is false).
 *
 * Held: late news of what should have fired more than `late` ago, when the due
 * (without one, or once somebody was told of the instance: the gravest rung)
 * lies further back than the history.  Clocks of silent rules are passed over.
 */
enum cc_code cc_plan_case(const struct cc_plan_input *in, struct cc_arena *a,
    struct cc_plan *ret, struct cc_err *reterr) CC_MUST_USE;

#endif
