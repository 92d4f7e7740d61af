/*
 * store/wakes.h - the wakes of all open cases, in memory and in order.
 *
 * Purpose:   a due index on disk costs more than the event itself, so the store
 *            keeps only the value on disk and the order here: blocks of sorted
 *            keys, 8 bytes each, wake above and case number below; about 12
 *            bytes an open case with the air in the blocks.
 * Units:     a key is wake << 32 | case number; wakes are 0 to
 *            CC_STORE_WAKE_MAX, case numbers fit in 32 bits.
 * Ownership: a struct cc_wakes owns its blocks; zeroed is empty.
 * Errors:    false when there is no memory; nothing has changed then.
 * Threads:   one.
 */
#ifndef CC_STORE_WAKES_H
#define CC_STORE_WAKES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cc_wakes_block;

struct cc_wakes {
	struct cc_wakes_block **blocks;	/* none empty, in order of their keys */
	size_t nblocks, cap;
	uint64_t n;
};

static inline uint64_t
cc_wakes_key(int64_t wake, int64_t number)
{
	return (uint64_t)wake << 32 | (uint32_t)number;
}

bool cc_wakes_add(struct cc_wakes *w, uint64_t key);	/* there already: true */
bool cc_wakes_remove(struct cc_wakes *w, uint64_t key);	/* false: it is not there */

/* Fills an empty index from `n` keys whose lower halves ascend; sorts `keys`
 * in place and uses `spare` (n keys too). */
bool cc_wakes_fill(struct cc_wakes *w, uint64_t *keys, uint64_t *spare, size_t n);

/* The first key at or above `from`; false when there is none. */
bool cc_wakes_first(const struct cc_wakes *w, uint64_t from, uint64_t *ret);

void cc_wakes_done(struct cc_wakes *w);

#endif
