/*
 * scheduler/eval.h - evaluate a case: its events in, its clocks out.
 *
 * Source:    DESIGN.md sections 2 and 10; rule sheet section 1.
 * Purpose:   one pure walk over the compiled pack.  The clocks are a function of
 *            the case's effective events, the pack, its calendar and zones; now
 *            only cuts the events dated after it (G1) and, in cc_clock_view, says
 *            which state each clock is in.
 * Purity:    no clock, no I/O, no globals; memory from the arena.
 * Ownership: the result lives in the arena and borrows the events' bytes and the
 *            pack.
 * Errors:    CC_ENOMEM  the arena is at its limit;
 *            CC_ERANGE  more events or clocks than the limits below.
 */
#ifndef CC_SCHEDULER_EVAL_H
#define CC_SCHEDULER_EVAL_H

#include "scheduler/event.h"
#include "scheduler/pack.h"

enum { CC_CASE_EVENTS_MAX = 200000, CC_CASE_CLOCKS_MAX = 1000000 };

/* One stored event of the case, in order of arrival. */
struct cc_input {
	struct cc_str bytes;		/* compact form */
	struct cc_wall recorded;
};

struct cc_case {
	struct cc_str id;
	const struct cc_input *events;	/* order of arrival */
	uint32_t nevents;
};

/* Clocks derived before, and the event types that have come or gone since: only
 * the rules that one of these can touch are derived anew. */
struct cc_eval_known {
	const struct cc_clock *clocks;	/* of a former result, with all rules */
	uint32_t nclocks;
	uint64_t touched[CC_TYPES_MAX / 64];	/* bit n: type n of the schema */
};

struct cc_traces;

struct cc_eval_options {
	struct cc_wall now;		/* events after it do not count */
	bool as_known;			/* only events recorded by as_known_at */
	struct cc_wall as_known_at;
	int only_rule;			/* place of one rule, or -1: all */
	/* NULL: everything from nothing.  Only under the same pack, and not when an
	 * event that voids came, nor one that may name the zone.  Passed over when
	 * two events of the case share an id: then any can touch any rule. */
	const struct cc_eval_known *known;
	/* NULL: nobody asks how the clocks came to be (scheduler/trace.h); else an
	 * empty one, filled with what lives in the arena.  Not together with `known`. */
	struct cc_traces *traces;
};

struct cc_result {
	const struct cc_clock *clocks;	/* sorted by cc_clock_cmp; armed or not */
	uint32_t nclocks;
	const struct cc_zone *zone;	/* of the case (G5) */
	struct cc_wall next;		/* earliest change by time alone after now */
	struct cc_wall next_event;	/* earliest event after now, CC_NEVER none */
	uint32_t nforeign;		/* events without meaning under this pack */
	const struct cc_history *history;	/* for explain */
	/* Clocks taken over from `known` borrow its texts, and say -1 for the places
	 * of their events. */
};

enum cc_code cc_eval_case(const struct cc_pack *p, const struct cc_case *c,
    const struct cc_eval_options *o, struct cc_arena *a, struct cc_result *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
