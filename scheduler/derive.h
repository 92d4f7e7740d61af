/*
 * scheduler/derive.h - from a rule to its clocks: shared by derive*.c, private
 * to the core.
 *
 * Source:    rule sheet 1.4 (G16 to G24); docs/policy-language.md section 6.
 * Purity:    no clock, no I/O; memory in the walk's arenas.
 */
#ifndef CC_SCHEDULER_DERIVE_H
#define CC_SCHEDULER_DERIVE_H

#include "scheduler/walk.h"

/* A clock that a rule's generators gave, before the rules about second triggers
 * and numbers. */
struct cc_candidate {
	struct cc_clock clock;
	uint32_t subject;	/* symbol */
	int32_t tie;		/* among equal armings: what began it; 0 in chains */
	uint32_t order;		/* in which it was generated */
	int64_t rec;		/* the same as a record */
	uint32_t choice;	/* of scheduler/why.h, 0: nobody asks */
	struct cc_val once[4];
};

struct cc_candidates {
	struct cc_candidate *v;
	uint32_t n, cap;
};

/* Room for one more, zeroed; NULL when the arena is full. */
struct cc_candidate *cc_candidate_add(struct cc_walk *w, struct cc_candidates *c);

/*
 * Fills due and end of a clock whose armed and started are set (derive_end.c):
 * the earliest of act, exemption and cancellation; G18 and G19.  `attrs` are the
 * clock's attributes as a record, filled too.
 */
void cc_derive_end(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c,
    struct cc_val *attrs);

/* The due of a clock that has started, from what counted then; `act`, and in a
 * chain `start`, are in their slots. */
void cc_derive_due(struct cc_walk *w, const struct cc_rulex *r, struct cc_clock *c);

/* A new record of the rule's kind with its own names, or NULL; and the attributes
 * that the clock itself says. */
struct cc_val *cc_clock_record(struct cc_walk *w, const struct cc_rulex *r, int64_t *ret);
void cc_clock_attrs(const struct cc_clock *c, struct cc_val *attrs);

/* The periods of a chain (derive_chain.c); G24. */
void cc_derive_chain(struct cc_walk *w, const struct cc_rulex *r,
    const struct cc_candidate *base, struct cc_candidates *out);

#endif
