/*
 * scheduler/why.h - why a rule gives the clocks it gives, and no others.
 *
 * Source:    docs/policy-language.md section 6; rule sheet 1.4 (G16 to G24).
 * Purpose:   evaluates one rule over a case as cc_eval_case does and notes, for
 *            each choice of its generators' elements, how far it came: which part
 *            of its condition failed, what it waits for, which clock stood in the
 *            way.
 * Purity:    no clock, no I/O, no globals; memory from the arena.
 * Ownership: the answer lives in the arena and borrows the events' bytes and the
 *            pack.
 * Limits:    CC_WHY_MAX choices are kept, all are counted.
 * Errors:    those of cc_eval_case.
 */
#ifndef CC_SCHEDULER_WHY_H
#define CC_SCHEDULER_WHY_H

#include "scheduler/eval.h"
#include "scheduler/program.h"

enum { CC_WHY_MAX = 200, CC_WHY_PARTS = 16, CC_WHY_TEXT = 200, CC_WHY_LINE = 1024 };

enum cc_why_outcome {
	CC_WHY_STANDS = 1,	/* there is a clock */
	CC_WHY_LATER,		/* there will be one: it is armed after now */
	CC_WHY_WHERE,		/* `where` does not hold */
	CC_WHY_NOT_STARTED,	/* nothing to count from: `started` or `origin` absent */
	CC_WHY_NOT_ARMED,	/* `armed` is absent: what it waits for has not come */
	CC_WHY_NO_SUBJECT,	/* a part of `subject` is absent */
	CC_WHY_NO_CHAIN,	/* the event that begins the chain is absent */
	CC_WHY_STOPPED,		/* the chain was stopped before it began */
	CC_WHY_IGNORED,		/* an earlier one of the subject still stood (`by`) */
	CC_WHY_ONCE		/* once_per: an earlier one stands for it (`by`) */
};

struct cc_why_choice {
	enum cc_why_outcome outcome;
	const char *names;	/* "d = contact_duty(child V1, intake e-1), s = ..." */
	struct cc_str subject;	/* empty when it cannot be said */
	uint16_t parts;		/* WHERE: bit n: part n of the condition failed */
	const struct cc_clock *clock;	/* from STANDS on: what it is, or would be */
	const struct cc_clock *by;	/* IGNORED, ONCE; period 0 when not known */
	uint32_t trial;		/* periods of one chain have the same */
};

struct cc_why {
	const struct cc_rulex *rule;
	const struct cc_zone *zone;	/* of the case */
	const struct cc_why_choice *choices;	/* as generated; the first CC_WHY_MAX */
	uint32_t nchoices, total;
	/* No choice at all: the generator that never had an element, and how many
	 * it would have had without its filter; -1 when there were choices. */
	int empty;
	uint32_t unfiltered;
	/* The parts of `where` that must all hold, as written; one when it cannot
	 * be taken apart. */
	struct cc_str parts[CC_WHY_PARTS];
	uint16_t nparts;
};

enum cc_code cc_why_not(const struct cc_pack *p, const struct cc_case *c,
    const struct cc_eval_options *o, struct cc_arena *a, struct cc_why *ret,
    struct cc_err *reterr) CC_MUST_USE;	/* of rule o->only_rule */

/* One sentence, cut to fit: about a choice, or, with `choice` NULL, about why
 * there is none ("" when there are some). */
void cc_why_line(const struct cc_why *w, const struct cc_why_choice *choice,
    char ret[CC_WHY_LINE]);

/* ---- for derive.c: what is noted on the way ---- */

struct cc_walk;
struct cc_candidate;

struct cc_why_log {
	const struct cc_rulex *rule;
	struct cc_why_choice *choices;
	uint32_t n, total;
	bool failed;
};

/* A new choice of rule `r` whose slots are set: its number, 0 when nobody asks. */
uint32_t cc_why_begin(struct cc_walk *w, const struct cc_rulex *r);

/* It came no further, since (and which parts of the condition failed). */
void cc_why_end(struct cc_walk *w, uint32_t choice, enum cc_why_outcome o);

/* It became the clock c, which stands when `by` is NULL.  Copies both. */
void cc_why_settled(struct cc_walk *w, uint32_t choice, const struct cc_clock *c,
    const struct cc_clock *by);

#endif
