#include "store/wakes.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_KEYS = 511, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

struct cc_wakes_block {
	uint64_t n;
	uint64_t key[BLOCK_KEYS];
};

/* The last block whose first key is at or below `key`, or the first block. */
static size_t
block_of(const struct cc_wakes *w, uint64_t key)
{
	size_t lo = 0, hi = w->nblocks;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->blocks[mid]->key[0] <= key)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* The place in the block of the first key at or above `key`, n when none. */
static size_t
place_in(const struct cc_wakes_block *b, uint64_t key)
{
	size_t lo = 0, hi = (size_t)b->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->key[mid] < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct cc_wakes_block *
block_insert(struct cc_wakes *w, size_t at)
{
	struct cc_wakes_block *b;

	if (w->nblocks == w->cap) {
		size_t cap = w->cap == 0 ? 16 : w->cap * 2;
		struct cc_wakes_block **p = realloc(w->blocks, cap * sizeof *p);

		if (p == NULL)
			return NULL;
		w->blocks = p;
		w->cap = cap;
	}
	b = malloc(sizeof *b);
	if (b == NULL)
		return NULL;
	b->n = 0;
	memmove(w->blocks + at + 1, w->blocks + at, (w->nblocks - at) * sizeof *w->blocks);
	w->blocks[at] = b;
	w->nblocks++;
	return b;
}

static void
block_remove(struct cc_wakes *w, size_t at)
{
	free(w->blocks[at]);
	w->nblocks--;
	memmove(w->blocks + at, w->blocks + at + 1, (w->nblocks - at) * sizeof *w->blocks);
}

/* Splits the full block at `at`: at its end when the key goes behind everything
 * there (wakes mostly move forward, and full blocks hold less air). */
static bool
block_split(struct cc_wakes *w, size_t at, uint64_t key)
{
	struct cc_wakes_block *b = w->blocks[at], *next = block_insert(w, at + 1);
	size_t keep = BLOCK_KEYS / 2;

	if (next == NULL)
		return false;
	if (key > b->key[BLOCK_KEYS - 1])
		keep = BLOCK_KEYS - 1;
	next->n = BLOCK_KEYS - keep;
	memcpy(next->key, b->key + keep, (size_t)next->n * sizeof b->key[0]);
	b->n = keep;
	return true;
}

bool
cc_wakes_add(struct cc_wakes *w, uint64_t key)
{
	struct cc_wakes_block *b;
	size_t at, i;

	if (w->nblocks == 0 && block_insert(w, 0) == NULL)
		return false;
	at = block_of(w, key);
	b = w->blocks[at];
	i = place_in(b, key);
	if (i < b->n && b->key[i] == key)
		return true;
	if (b->n == BLOCK_KEYS) {
		if (!block_split(w, at, key))
			return false;
		at = block_of(w, key);
		b = w->blocks[at];
		i = place_in(b, key);
	}
	memmove(b->key + i + 1, b->key + i, ((size_t)b->n - i) * sizeof b->key[0]);
	b->key[i] = key;
	b->n++;
	w->n++;
	return true;
}

/* Two neighbours that fit in one become one, so that air does not gather. */
static void
block_merge(struct cc_wakes *w, size_t at)
{
	struct cc_wakes_block *b = w->blocks[at], *next;

	if (b->n == 0) {
		block_remove(w, at);
		return;
	}
	if (at + 1 == w->nblocks)
		return;
	next = w->blocks[at + 1];
	if (b->n + next->n > BLOCK_KEYS * 3 / 4)
		return;
	memcpy(b->key + b->n, next->key, (size_t)next->n * sizeof b->key[0]);
	b->n += next->n;
	block_remove(w, at + 1);
}

bool
cc_wakes_remove(struct cc_wakes *w, uint64_t key)
{
	struct cc_wakes_block *b;
	size_t at, i;

	if (w->nblocks == 0)
		return false;
	at = block_of(w, key);
	b = w->blocks[at];
	i = place_in(b, key);
	if (i == b->n || b->key[i] != key)
		return false;
	b->n--;
	memmove(b->key + i, b->key + i + 1, ((size_t)b->n - i) * sizeof b->key[0]);
	w->n--;
	if (b->n < BLOCK_KEYS / 4)
		block_merge(w, at);
	return true;
}

/* Three stable passes over the wake; the case numbers are in order already. */
static void
sort_by_wake(uint64_t *keys, uint64_t *spare, size_t n)
{
	for (unsigned shift = 32; shift < 64; shift += DIGIT_BITS) {
		size_t count[DIGITS] = { 0 }, at = 0;
		uint64_t *t = keys;

		for (size_t i = 0; i < n; i++)
			count[keys[i] >> shift & (DIGITS - 1)]++;
		for (size_t d = 0; d < DIGITS; d++) {
			size_t c = count[d];

			count[d] = at;
			at += c;
		}
		for (size_t i = 0; i < n; i++)
			spare[count[keys[i] >> shift & (DIGITS - 1)]++] = keys[i];
		keys = spare;
		spare = t;
	}
	/* An odd number of passes: the order is in what was `spare`. */
	memcpy(spare, keys, n * sizeof *keys);
}

bool
cc_wakes_fill(struct cc_wakes *w, uint64_t *keys, uint64_t *spare, size_t n)
{
	if (n == 0)
		return true;
	sort_by_wake(keys, spare, n);
	for (size_t at = 0; at < n; ) {
		size_t k = n - at < BLOCK_KEYS ? n - at : BLOCK_KEYS;
		struct cc_wakes_block *b = block_insert(w, w->nblocks);

		if (b == NULL) {
			cc_wakes_done(w);
			return false;
		}
		memcpy(b->key, keys + at, k * sizeof *keys);
		b->n = k;
		at += k;
	}
	w->n = n;
	return true;
}

bool
cc_wakes_first(const struct cc_wakes *w, uint64_t from, uint64_t *ret)
{
	size_t at, i;

	if (w->nblocks == 0)
		return false;
	at = block_of(w, from);
	i = place_in(w->blocks[at], from);
	if (i == w->blocks[at]->n) {
		if (++at == w->nblocks)
			return false;
		i = 0;
	}
	*ret = w->blocks[at]->key[i];
	return true;
}

void
cc_wakes_done(struct cc_wakes *w)
{
	for (size_t i = 0; i < w->nblocks; i++)
		free(w->blocks[i]);
	free(w->blocks);
	*w = (struct cc_wakes){ 0 };
}
