/*
 * scheduler/walk.h - the walk over compiled expressions: shared by the files
 * walk*.c and derive*.c, private to the core.
 *
 * Source:    docs/policy-language.md sections 2 to 7.
 * Purpose:   one object holds all that an evaluation of one case needs: the
 *            history, the frames of names, what was worked out already.
 * Purity:    no clock, no I/O, no globals.
 * Ownership: `keep` holds what lives as long as the result; `temp` is given back
 *            as the walk goes on.
 * Errors:    a full arena or a broken limit sets `failed` and every further
 *            value is absent; the caller tests it once, at the end.
 */
#ifndef CC_SCHEDULER_WALK_H
#define CC_SCHEDULER_WALK_H

#include "scheduler/history.h"

enum { CC_FRAME_SLOTS = 4096, CC_MEMO_KEYS = 3, CC_RECORDS_MAX = 4000000,
	CC_WALK_DEPTH = 4000, CC_WALK_WORK = 100 * 1000 * 1000 };

struct cc_record {
	uint16_t kind;
	const struct cc_val *attrs;
};

/* What was worked out: a term's value, the steps of a timeline, the spans. */
struct cc_memo {
	uint32_t tag;			/* kind of thing and its number; 0 free */
	int64_t key[CC_MEMO_KEYS];
	struct cc_val val;
	const void *ptr;
};

struct cc_step {
	int64_t at;		/* INT64_MIN for an initial value */
	int32_t ev;		/* the event that set it, -1 none */
	int64_t value;
	bool given;
};

struct cc_steps {
	const struct cc_step *v;
	uint32_t n;
};

/* A rule's clocks that stand, and the same as records. */
struct cc_derived {
	struct cc_clock *clocks;
	int64_t *recs;
	uint32_t n;
	bool done;
};

struct cc_walk {
	const struct cc_pack *pack;
	const struct cc_program *prog;
	struct cc_history *h;
	struct cc_arena *keep;
	struct cc_arena temp;
	struct cc_val *stack;
	uint32_t base, top;
	struct cc_record *recs;
	uint32_t nrecs, cap_recs;
	struct cc_memo *memo;
	uint32_t nmemo, cap_memo;	/* a power of two */
	struct cc_derived *derived;	/* by rule */
	struct cc_derived *sets;	/* by set: recs only */
	uint32_t depth;			/* of walks inside one another */
	uint32_t work;			/* values worked out so far */
	/* Past it the walk fails; 0 while steps are noted, so that each value takes
	 * the way that is never taken otherwise. */
	uint32_t work_max;
	struct cc_why_log *why;		/* NULL: nobody asks */
	struct cc_traces *tracing;	/* NULL: nobody asks how clocks came to be */
	struct cc_tracer *tracer;	/* the expression whose steps are noted now */
	bool failed;
};

struct cc_range {
	uint32_t lo, hi;	/* places in the history, hi not included */
};

#define CC_ALL_EVENTS ((struct cc_range){0, UINT32_MAX})

/* Visits one element; true stops the walk. */
typedef bool cc_visit_fn(struct cc_walk *w, int64_t item, void *ctx);

enum cc_code cc_walk_init(struct cc_walk *w, const struct cc_pack *p,
    struct cc_history *h, struct cc_arena *keep, struct cc_err *reterr);
void cc_walk_done(struct cc_walk *w);

/* The value of a node (walk_val.c); sequences come materialized in temp. */
struct cc_val cc_walk_deep(struct cc_walk *w, const struct cc_node *n);

/* The same without a look at limits and tracing: for walk_trace.c alone. */
struct cc_val cc_walk_value(struct cc_walk *w, const struct cc_node *n);

/* Visit the elements of a sequence in order (or backwards), events only within
 * the range.  True when a visit stopped it (walk_seq.c). */
bool cc_walk_each(struct cc_walk *w, const struct cc_node *n, struct cc_range r,
    bool backwards, cc_visit_fn *fn, void *ctx);
struct cc_val cc_walk_seq(struct cc_walk *w, const struct cc_node *n);

/* The first element within the range, absent when none. */
struct cc_val cc_walk_first(struct cc_walk *w, const struct cc_node *n,
    struct cc_range r, bool last);

/* Civil time and calendar functions (walk_time.c). */
struct cc_val cc_walk_time(struct cc_walk *w, const struct cc_node *n);

/* Timelines and spans (walk_line.c).  `key` NULL: the case. */
struct cc_val cc_walk_read(struct cc_walk *w, const struct cc_node *n);
struct cc_val cc_walk_span_at(struct cc_walk *w, const struct cc_node *n);
struct cc_val cc_walk_spans(struct cc_walk *w, unsigned span, const struct cc_val *key);

/* Members of a set; clocks of rules (derive*.c). */
struct cc_val cc_walk_members(struct cc_walk *w, unsigned set);
struct cc_val cc_walk_clocks(struct cc_walk *w, const struct cc_node *n);
const struct cc_derived *cc_derive(struct cc_walk *w, unsigned rule);

/* Run `each` for every choice of the generators' elements, left to right, with
 * their slots set. */
typedef void cc_choice_fn(struct cc_walk *w, void *ctx);
void cc_walk_choices(struct cc_walk *w, const struct cc_gen *gens, unsigned n,
    cc_choice_fn *each, void *ctx);

/* A new frame of n zeroed slots; the old base.  Every enter has its leave. */
uint32_t cc_frame_enter(struct cc_walk *w, unsigned nslots);
void cc_frame_leave(struct cc_walk *w, uint32_t old_base);

static inline struct cc_val *
cc_slot(struct cc_walk *w, unsigned slot)
{
	return &w->stack[w->base + slot];
}

/* cc_walk_deep; what stands in a slot, which is every second value, without a call. */
static inline struct cc_val
cc_walk_val(struct cc_walk *w, const struct cc_node *n)
{
	if (n->op == CC_OP_SLOT && !w->failed && w->work < w->work_max) {
		w->work++;
		return *cc_slot(w, n->slot);
	}
	return cc_walk_deep(w, n);
}

/* A new record with `n` attributes (zeroed, to be filled), or -1. */
int64_t cc_record_new(struct cc_walk *w, unsigned kind, unsigned n,
    struct cc_val **ret_attrs);

/* The place for (tag, keys): found (ret true) or made. */
bool cc_memo_find(struct cc_walk *w, uint32_t tag,
    const int64_t key[CC_MEMO_KEYS], struct cc_memo **ret);

/* A copy of a sequence in keep. */
struct cc_val cc_walk_keep(struct cc_walk *w, struct cc_val v, enum cc_vtype t);

/* One level down; false, and the walk has failed, where the stack might end.  No
 * expression that people write comes near it. */
static inline bool
cc_walk_deeper(struct cc_walk *w)
{
	if (w->depth == CC_WALK_DEPTH) {
		w->failed = true;
		return false;
	}
	w->depth++;
	return true;
}

static inline struct cc_val
cc_val_of(int64_t i)
{
	return (struct cc_val){.i = i, .given = true};
}

static inline struct cc_val
cc_val_absent(void)
{
	return (struct cc_val){.given = false};
}

static inline bool
cc_is_seq(enum cc_vtype t)
{
	return t >= CC_V_EVENTS;
}

#endif
