/*
 * scheduler/rule.h - what a pack says of its rules, beside their sums: names,
 * kinds, who answers for them, and their ladders.
 *
 * Source:    DESIGN.md sections 6 and 7; catalogue section 3.
 * Purity:    data only, built by policy/.
 * Units:     offsets in seconds; share of the time elapsed in percent.
 * Ownership: everything lives in the pack's arena.
 */
#ifndef CC_SCHEDULER_RULE_H
#define CC_SCHEDULER_RULE_H

#include "scheduler/clock.h"

enum { CC_CHAIN_MAX = 8, CC_RUNGS_MAX = 32 };

enum cc_severity { CC_NOTICE = 1, CC_WARNING, CC_CRITICAL };

enum cc_rung_base {
	CC_RUNG_BEFORE = 1,	/* due - amount */
	CC_RUNG_ELAPSED,	/* started + amount % of (due - started) */
	CC_RUNG_BREACH,		/* due + 1 s */
	CC_RUNG_AFTER,		/* due + amount (repeats are unfolded into these) */
	CC_RUNG_RAISE,		/* the arming */
	CC_RUNG_REMIND,		/* the arming + amount */
	CC_RUNG_FAILED		/* the guarded event, state failed only */
};

/* One step of a ladder.  `to` has bit n set for role Rn: R0 is the responsible
 * role, R1 one up its chain, and so on. */
struct cc_rung {
	const char *name;	/* "before-3d", "breach", "repeat-1", "remind-2" */
	enum cc_rung_base base;
	int64_t amount;		/* seconds, or percent for ELAPSED */
	uint8_t to;
	enum cc_severity severity;
};

/* Rungs in the order of the ladder; of rungs that fall together the last counts. */
struct cc_ladder {
	const char *name;
	const struct cc_rung *rungs;
	uint16_t nrungs;
};

/* A default ladder: for these kinds, when the clock has a due or not, and
 * min_len <= due - started <= max_len (both ignored without a due). */
struct cc_ladder_choice {
	uint16_t kinds;		/* bit n: enum cc_kind n */
	bool needs_due;
	cc_dur_s min_len, max_len;
	const struct cc_ladder *ladder;
};

struct cc_rule {
	const char *id;
	const char *title;	/* in our own words, for people */
	const char *section;	/* "2244.1; 2622.2" */
	enum cc_kind kind;
	uint8_t responsible;	/* place in the chain of roles */
	const char *assignment;	/* role code of the assignment: "primary", "secondary" */
	const char *program;	/* or NULL */
	bool safety;
	bool silent;		/* a basis for other rules; prints no records */
	const struct cc_ladder *ladder;	/* its own, or NULL: the default by kind */
	uint16_t index;		/* place in the pack's list of rules */
	const char *file;	/* where it is written, for explain and errors */
	const char *ends;	/* event types that end it, ", " between; NULL: not known */
	uint32_t line;
};

/* Who stands where: "caseworker", "supervisor", ... lowest first. */
struct cc_chain {
	const char *role[CC_CHAIN_MAX];
	uint8_t n;
};

struct cc_ladders {
	const struct cc_ladder_choice *choices;	/* the first that fits counts */
	uint16_t n;
};

/* The ladder of this clock, or NULL when its kind has none. */
const struct cc_ladder *cc_ladder_for(const struct cc_ladders *l,
    const struct cc_clock *c);

/*
 * E: the instant at which rung `r` of clock `c` falls: the later of its nominal
 * instant and the arming; CC_NEVER when it never does (no due, the gate passed,
 * share of a length that is not positive or a share over 100).  A gate or
 * freshness test has no rung but `failed`, and nothing else has that one.  Pauses
 * and the end are not looked at.
 */
struct cc_wall cc_rung_at(const struct cc_rung *r, const struct cc_clock *c);

/*
 * The name of the role that bit `n` of cc_rung.to means for this rule:
 * chain[responsible + n]; for n 0 the assignment when the responsible is the
 * lowest role and the assignment not the first ("secondary").  The top of the
 * chain stands for all above it; an empty chain gives "".
 */
const char *cc_rung_role(const struct cc_chain *chain, const struct cc_rule *r,
    unsigned n);

const char *cc_severity_text(enum cc_severity s);

/* One alert that the ladder asks for when everything is known in time. */
struct cc_alert {
	const struct cc_rung *rung;
	uint16_t place;		/* in the ladder */
	struct cc_wall at;
};

/*
 * The alerts of `simulate` for one clock at `now` (DESIGN.md section 6): every
 * rung whose E is at or before now, before the clock's end (at the same second
 * the act wins; a failed gate's own rung excepted), outside its pause; of several
 * with the same E only the last in the ladder.  At most CC_RUNGS_MAX, by `at`,
 * then place.  Returns how many.
 */
unsigned cc_alerts_of(const struct cc_ladder *l, const struct cc_clock *c,
    struct cc_wall now, struct cc_alert ret[CC_RUNGS_MAX]);

#endif
