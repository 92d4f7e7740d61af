/*
 * scheduler/clock.h - one clock: what a rule says of one subject of one case.
 *
 * Source:    DESIGN.md section 6; rule sheet 1.4 (G16 to G24).
 * Purpose:   the result of an evaluation, as printed, stored and alerted on.
 *            A derived clock holds only what the events say (nothing that
 *            depends on now); cc_clock_view gives its state at an instant.
 * Purity:    no clock reads, no I/O, no allocation.
 * Units:     instants UTC seconds; CC_NEVER (INT64_MIN) stands for "none".
 * Ownership: texts live in the evaluation's arena or the pack.
 */
#ifndef CC_SCHEDULER_CLOCK_H
#define CC_SCHEDULER_CLOCK_H

#include "scheduler/base.h"

#define CC_NEVER ((struct cc_wall){INT64_MIN})

static inline bool
cc_given(struct cc_wall t)
{
	return t.s != INT64_MIN;
}

enum cc_kind {
	CC_KIND_DEADLINE = 1, CC_KIND_RECURRING, CC_KIND_WINDOW,
	CC_KIND_FRESHNESS, CC_KIND_GATE, CC_KIND_IMMEDIATE
};

/* Numbers are stored on disk: append only. */
enum cc_state {
	CC_STATE_RUNNING = 1, CC_STATE_OVERDUE, CC_STATE_PAUSED, CC_STATE_MET,
	CC_STATE_LATE, CC_STATE_CANCELLED, CC_STATE_EXEMPT, CC_STATE_OPEN,
	CC_STATE_USED, CC_STATE_EXPIRED, CC_STATE_PASSED, CC_STATE_FAILED
};

struct cc_rule;

/* How a clock ended, when the events say that it did. */
enum cc_end { CC_END_NONE, CC_END_ACT, CC_END_EXEMPT, CC_END_CANCELLED };

struct cc_clock {
	const struct cc_rule *rule;
	struct cc_str subject;		/* "V1", "PM/e-4", "case" */
	uint32_t period;		/* 1, 2, 3, ... */
	struct cc_wall armed;		/* from then on the record exists */
	struct cc_wall started, due;	/* due CC_NEVER: none */
	enum cc_end end;
	struct cc_wall ended;		/* of `end`; CC_NEVER when none */
	bool met;			/* END_ACT: timely.  Gates: passed */
	struct cc_wall paused, resumed;	/* the pause in force: [paused, resumed) */
	struct cc_str origin_id, origin_source;	/* the event that begins it */
	uint32_t same;			/* 0, 1, ...: clocks of one rule, subject, origin */
	/* For explain: the events, as places in the history, -1 none. */
	int32_t origin_event, end_event;
	uint32_t traced;		/* of scheduler/trace.h, 0: nobody asked */
};

/* A clock as seen at an instant: what is printed. */
struct cc_view {
	enum cc_state state;
	struct cc_wall started, due, ended;	/* ended CC_NEVER: null */
};

/* False when the clock is not armed by `now`: it prints nothing. */
bool cc_clock_view(const struct cc_clock *c, struct cc_wall now,
    struct cc_view *ret);

/* The earliest instant after `now` at which cc_clock_view would answer
 * otherwise without any new event, or CC_NEVER. */
struct cc_wall cc_clock_next(const struct cc_clock *c, struct cc_wall now);

/* True while somebody may still be owed something: running, overdue, paused,
 * open. */
bool cc_state_live(enum cc_state s);

const char *cc_state_text(enum cc_state s);
const char *cc_kind_text(enum cc_kind k);

/* Order of output (G26): clock id, subject as byte strings, then period. */
int cc_clock_cmp(const struct cc_clock *a, const struct cc_clock *b);

#endif
