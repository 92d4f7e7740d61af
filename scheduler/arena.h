/*
 * scheduler/arena.h - memory of no fixed size, lent by the caller.
 *
 * Purpose:   the core allocates only from an arena that the shell hands in.
 *            An arena is a list of blocks; when one is full it asks its
 *            `more` function for another, up to `limit` bytes in all.
 * Purity:    no malloc here; `more` is the shell's (cc_heap_more of
 *            policy/heap.h is one over malloc).
 * Ownership: what is allocated lives until a release to an earlier mark or
 *            the end of the arena; nothing is freed one by one.
 * Errors:    NULL when `more` has no memory or the limit is reached, and
 *            `failed` stays set until the next cc_arena_reset: a long
 *            calculation may test it once at its end.
 */
#ifndef CC_SCHEDULER_ARENA_H
#define CC_SCHEDULER_ARENA_H

#include "scheduler/base.h"

struct cc_block {
	struct cc_block *prev;
	size_t cap, used;	/* bytes after this header */
};

struct cc_arena {
	struct cc_block *top;
	/* Gives `n` bytes or NULL; `old` is NULL.  Called with n 0 to give
	 * `old` back. */
	void *(*more)(void *self, void *old, size_t n);
	void *self;
	size_t total, limit;	/* bytes held, bytes allowed */
	bool failed;
};

struct cc_mark {
	struct cc_block *top;
	size_t used;
};

/* Zeroed bytes, aligned for any type, or NULL (and `failed` is set). */
void *cc_arena_alloc(struct cc_arena *a, size_t n);

/* The same, not zeroed: for what is filled at once. */
void *cc_arena_raw(struct cc_arena *a, size_t n);

/* `n` objects of `size` bytes, zeroed; NULL on overflow too. */
void *cc_arena_array(struct cc_arena *a, size_t n, size_t size);

/* A copy of `n` bytes with a NUL behind it, or NULL. */
char *cc_arena_text(struct cc_arena *a, const char *p, size_t n);

/* Where the arena stands now; a later release gives back all since. */
struct cc_mark cc_arena_mark(const struct cc_arena *a);
void cc_arena_release(struct cc_arena *a, struct cc_mark m);

/* Gives back everything but the first block and clears `failed`. */
void cc_arena_reset(struct cc_arena *a);

/* Gives back everything.  The arena may be used again. */
void cc_arena_done(struct cc_arena *a);

#endif
