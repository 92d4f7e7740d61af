/*
 * scheduler/walk_trace.h - noting the steps: for walk*.c and derive*.c, private to
 * the core.
 *
 * Source:    scheduler/trace.h.
 * Purpose:   each function works something out anew that was just worked out, in
 *            the same frame, and notes the steps.  Called only when somebody asks
 *            (cc_walk.tracing is not NULL).
 * Purity:    no clock, no I/O, no globals; memory in the walk's arenas.
 * Errors:    a full arena fails the walk.
 */
#ifndef CC_SCHEDULER_WALK_TRACE_H
#define CC_SCHEDULER_WALK_TRACE_H

#include "scheduler/trace.h"
#include "scheduler/walk.h"

/* Names whose expressions stand in the frame that is open, and the record whose
 * attributes stand there from slot 1 on (-1 none). */
struct cc_trace_frame {
	const struct cc_let *lets;
	uint16_t nlets;
	int64_t rec;
	const struct cc_rulex *rule;	/* whose `act` and `start` stand there, or NULL */
};

/* A value is followed here instead, from one level down, which is left (walk_val.c):
 * see cc_walk.work_max. */
struct cc_val cc_walk_traced(struct cc_walk *w, const struct cc_node *n);

/* The steps of a node's value, in the frame that is open; NULL when it has none. */
const struct cc_trace *cc_trace_of(struct cc_walk *w, const struct cc_trace_frame *f,
    const struct cc_node *n);

/* Which steps gave the value of the whole (walk_gave.c). */
void cc_trace_mark(struct cc_trace_step *steps, uint32_t n);

/* The steps of an attribute that was worked out elsewhere; NULL: none. */
void cc_trace_attr_is(struct cc_walk *w, int64_t rec, unsigned place,
    const struct cc_trace *t);

/* ---- derive_trace.c: for whom steps are noted ---- */

/* Armed and started of a new clock; its due; its pause; the ending that counted;
 * what stopped a chain. */
void cc_trace_start(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c);
void cc_trace_due(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c);
void cc_trace_pause(struct cc_walk *w, const struct cc_rulex *r, const struct cc_clock *c);
void cc_trace_ending(struct cc_walk *w, const struct cc_rulex *r, const struct cc_clock *c,
    const struct cc_ending *e);
void cc_trace_stop(struct cc_walk *w, const struct cc_rulex *r, const struct cc_clock *c);

/* One attribute of a new record. */
void cc_trace_attr(struct cc_walk *w, int64_t rec, unsigned place,
    const struct cc_trace_frame *f, const struct cc_node *n);

/* The instants of a clock, as attributes of its record. */
void cc_trace_clock(struct cc_walk *w, int64_t rec, const struct cc_clock *c);

#endif
