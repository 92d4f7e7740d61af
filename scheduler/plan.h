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
	/* Rungs fired or passed over in this epoch, by name hash (cc_key32), "moved",
	 * "back" and "clear" among them; "taken" once another took its place. */
	const uint32_t *done;
	uint32_t ndone;
	/* Input only, not stored, false in the result: its clock has gone, it fired
	 * `clear`, and no message of that has left yet. */
	bool unsent;
};

/* An acknowledgement in force, or that was: rungs that fall within it wait for its end,
 * and there for the end of the next.  Of a safety clock it holds repeats and reminders
 * (rungs named repeat-* and remind-*), and rungs to nobody but `roles`; never a breach.
 * It is of one epoch: a new one, or an heir, is not held. */
struct cc_hold {
	struct cc_str rule, subject, origin_id, origin_source;
	uint32_t same, epoch;
	struct cc_wall at, until;	/* at <= t < until */
	uint8_t roles;			/* bit n: whoever acknowledged stands for Rn */
};

struct cc_plan_settings {
	cc_dur_s late;		/* alerts.late, 60 s */
	cc_dur_s history;	/* alerts.history, 7 d */
	cc_dur_s history_safety;	/* 30 d */
};

enum cc_firing_kind {
	CC_FIRE_RUNG = 1,	/* a rung of the ladder */
	CC_FIRE_MOVED,		/* a new epoch: the due is another */
	CC_FIRE_BACK,		/* a new epoch: live again, the due is the same */
	CC_FIRE_CLEAR		/* what was told has ended or vanished */
};

#define CC_PLAN_NONE UINT32_MAX

/* The rungs of these three, in no ladder: "moved", "back", "clear". */
extern const struct cc_rung cc_plan_moved, cc_plan_back, cc_plan_clear;

/* What fires now, at most one for each instance.  MOVED, BACK and CLEAR go to everybody
 * who was told of the instance (or of the one it is heir of), and MOVED and BACK also to
 * the roles of `to`; their `at` is now, and they are neither `late` nor `held`: they are
 * news at the instant at which the case is planned, whatever has passed. */
struct cc_firing {
	enum cc_firing_kind kind;
	uint32_t instance;	/* place in the result's instances */
	uint32_t clock;		/* place in the clocks; CC_PLAN_NONE: it vanished */
	uint32_t heir_of;	/* of moved and clear: place in the result's instances of
				 * the vanished one whose place it takes; CC_PLAN_NONE */
	const struct cc_rung *rung;
	enum cc_severity severity;	/* of moved and back: as grave as what has passed,
					 * warning when nothing has; of clear: notice */
	struct cc_wall previous_due;	/* that was told and is another now; CC_NEVER */
	uint32_t epoch;
	struct cc_wall at;	/* E: when it fell; now */
	uint8_t to;		/* roles; the union over passed rungs when late, and of
				 * moved and back; 0 of clear */
	bool late;		/* late news: say due and when it became known */
	bool held;		/* held: history; nothing is sent */
};

/* An instance that takes the place of a vanished one, whether or not it fires: places
 * in the result's instances. */
struct cc_plan_heir {
	uint32_t instance, of;
};

struct cc_plan {
	const struct cc_instance *instances;
	uint32_t ninstances;
	const struct cc_firing *firings;
	uint32_t nfirings;
	const struct cc_plan_heir *heirs;	/* what is unsent of `of` need not be */
	uint32_t nheirs;
	struct cc_wall wake;	/* next rung or change by time alone, CC_NEVER none */
};

struct cc_plan_input {
	const struct cc_instance *old;
	uint32_t nold;
	const struct cc_clock *clocks;
	uint32_t nclocks;
	const struct cc_ladders *ladders;
	const struct cc_hold *holds;
	uint32_t nholds;
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
 * nothing.  Paused: no rung fires; when it runs on, the gravest missed rung
 * fires once; so with rungs that an acknowledgement held, but a lesser one is
 * passed over when a graver one goes to all its roles meanwhile.
 *
 * A told instance that is live under another due than the one told, or live again
 * after it had ended or vanished, enters a new epoch, which fires MOVED (BACK when
 * the due is the one told), paused or not, in place of every rung that has passed
 * under the new due or falls now; `to` holds the roles of those.  An instance of
 * which rungs were only held enters a new epoch too when its due changes, so that
 * they can fire under the new one; nobody was told, so the gravest fires as a rung.
 *
 * A told instance that ends or vanishes fires CLEAR, once an epoch (a window that
 * expired and a failed test do not, unless they vanish; a failed test that passes
 * after all does, and so does an expired window that turns out to have been used).
 * When its due is another by then, CLEAR carries it in a new epoch.  After that
 * nobody waits for it: as long as it stays ended a new due fires nothing and opens
 * no epoch; told_due stays, and is what MOVED or BACK goes by if it is live again.
 *
 * A told instance that vanishes uncleared (or has gone, with `unsent`), and another of
 * the same rule and subject that appears - is fresh, or is there again - are one.  The
 * heir is told what the other was told: without MOVED when its due is the one told (it
 * takes over the done rungs, and its own fire as usual), with MOVED when not (later
 * rungs fire as in a new epoch), with CLEAR when it has ended; an heir that was known
 * before enters a new epoch.  The vanished one fires nothing, counts as cleared, and has
 * no second heir.  Which is whose: those of equal due, then what is live before what
 * has ended, then in the order of their starts and of the clocks' periods, then of the
 * clocks.  What has ended and was never known may have been there before: it is heir
 * only of what vanishes now, and of an equal due.  A window that had expired is heir of
 * an equal due only.
 *
 * Late is also what is overdue when its clock is armed, by more than `late`: the one
 * alert goes to the roles of all rungs that fall together then.
 *
 * Held: late news of what should have fired more than `late` ago, when the due
 * (without one, or once somebody was told of the instance: the gravest rung)
 * lies further back than the history.  MOVED, BACK and CLEAR are never held.  Clocks
 * of silent rules are passed over.
 */
enum cc_code cc_plan_case(const struct cc_plan_input *in, struct cc_arena *a,
    struct cc_plan *ret, struct cc_err *reterr) CC_MUST_USE;

#endif
