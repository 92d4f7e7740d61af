/*
 * scheduler/trace.h - how the instants of a clock were worked out, step by step.
 *
 * Source:    DESIGN.md section 6 (caseclock explain); docs/policy-language.md
 *            sections 3 and 6.
 * Purpose:   an evaluation that is asked to (cc_eval_options.traces) works the
 *            instants of each clock out a second time and notes every step: which
 *            calendar function was called with what and gave what, which event's
 *            time or field went in, which branch was taken, which of several was
 *            the earliest.  Terms, lets, attributes of members and of other rules'
 *            clocks are followed to where they were worked out.  How events and
 *            people are chosen is not followed: the event is named.
 * Purity:    no clock, no I/O, no globals; memory from the evaluation's arena.
 *            Nothing is noted, and nothing costs, when nobody asks.
 * Units:     values as in scheduler/program.h: instants UTC seconds, dates
 *            cc_day, durations seconds.
 * Ownership: lives in the arena of the evaluation and borrows its history and pack.
 * Limits:    the enum below; a trace that would have more steps is `cut`.
 */
#ifndef CC_SCHEDULER_TRACE_H
#define CC_SCHEDULER_TRACE_H

#include "scheduler/arena.h"
#include "scheduler/clock.h"
#include "scheduler/program.h"

enum { CC_TRACE_STEPS = 400, CC_TRACE_PASSED = 50 };

/* An event that was looked at and did not go in. */
struct cc_trace_passed {
	int32_t event;
	bool outside;	/* of the time that counts; else its conditions fail */
};

struct cc_trace_step {
	const struct cc_node *node;	/* op and types */
	int32_t of;		/* the step that it goes into, -1: it is the whole */
	int32_t same;		/* the earlier step whose value this is, -1 none */
	int32_t event;		/* place in the history of the event it names, -1 none */
	struct cc_val a, b, v;	/* operands and result; no sequences */
	const char *name;	/* of a term, let, attribute; or NULL */
	const struct cc_term *term;	/* that chose the events of a quantifier, or NULL */
	const struct cc_rule *rule;	/* of the clock that an attribute is of, or NULL */
	const struct cc_trace_passed *passed;	/* of a quantifier over events */
	uint16_t npassed;
	bool passed_more;	/* there were more than CC_TRACE_PASSED */
	bool gave;		/* the value of the whole comes from here */
};

/* One expression: its steps, each before those that go into it; steps[0] is the
 * whole. */
struct cc_trace {
	const struct cc_trace_step *steps;
	uint32_t n;
	bool cut;		/* there were more steps than fit */
};

/* One clock.  NULL: the rule has no such expression. */
struct cc_traced {
	const struct cc_trace *armed, *started, *due, *paused, *resumed, *ended;
	const char *ended_text;	/* the ending that counted, as the pack writes it, or NULL */
};

struct cc_traces {
	struct cc_traced *v;
	uint32_t n, cap;
};

/* Of a clock of an evaluation with these traces; NULL when it has none. */
static inline const struct cc_traced *
cc_traced_of(const struct cc_traces *t, const struct cc_clock *c)
{
	return c->traced == 0 || c->traced > t->n ? NULL : &t->v[c->traced - 1];
}

#endif
