/*
 * policy/heap.h - an arena over malloc, for the shell.
 *
 * Purpose:   the one way from the core's arenas to the C heap.
 * Ownership: blocks belong to the arena; cc_arena_done gives them back.
 * Threads:   an arena belongs to one thread at a time; there is no shared
 *            state.
 */
#ifndef CC_POLICY_HEAP_H
#define CC_POLICY_HEAP_H

#include "scheduler/arena.h"

/* An arena's `more`: n bytes, or NULL when there are none.  With n 0 it frees
 * `old` and gives NULL.  `self` is not used. */
void *cc_heap_more(void *self, void *old, size_t n);

/* An empty arena that may come to hold `limit` bytes of heap. */
void cc_heap_arena_init(struct cc_arena *a, size_t limit);

#endif
