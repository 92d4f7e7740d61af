/*
 * store/silence.h - what is kept of silences; a part of store/store.h.
 *
 * Source:    DESIGN.md sections 1 (safety clock) and 7 (Delivery).
 * Purpose:   who asked for silence about what, until when, and whether somebody ended
 *            it before.  What a silence does to messages is not the store's.
 * Units, ownership, errors, threads: as in store/store.h, which includes this.
 * Invariants: a silence is only ever added, and ended once.
 */
#ifndef CC_STORE_SILENCE_H
#define CC_STORE_SILENCE_H

#include "scheduler/arena.h"
#include "scheduler/clock.h"

struct cc_store;

/* Messages of clocks that are not safety clocks wait until it ends.  What is empty
 * matches all; one of them at least is given. */
struct cc_store_silence {
	int64_t id;			/* given by the store, ascending */
	struct cc_str case_id, rule, recipient;
	struct cc_str by;		/* who asked for it */
	struct cc_str reason;		/* a code */
	struct cc_wall at, until;
	struct cc_wall ended;		/* ended early then; CC_NEVER */
};

struct cc_store_silences {
	const struct cc_store_silence *items;
	uint32_t n;
	int64_t next;			/* pass as `after`; 0: that was all */
};

struct cc_store_silence_filter {
	struct cc_wall now;		/* CC_NEVER: all there ever were; else in force then */
	int64_t after;			/* cursor: ids above it */
	uint32_t limit;
};

/* `id` and `ended` of `s` are ignored.  CC_EINVAL: nothing given, or no length.  What
 * it names need not be known. */
enum cc_code cc_store_silence_add(struct cc_store *st, const struct cc_store_silence *s,
    int64_t *ret_id, struct cc_err *reterr) CC_MUST_USE;

/* CC_ENOENT; CC_ECONFLICT: it has ended. */
enum cc_code cc_store_silence_end(struct cc_store *st, int64_t id, struct cc_wall now,
    struct cc_err *reterr) CC_MUST_USE;

/* In order of id. */
enum cc_code cc_store_silences_list(struct cc_store *st,
    const struct cc_store_silence_filter *f, struct cc_arena *a,
    struct cc_store_silences *ret, struct cc_err *reterr) CC_MUST_USE;

#endif
