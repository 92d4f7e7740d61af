/*
 * store/memory_table.h - ordered tables of rows that never change; private to
 * the store in memory.
 *
 * Purpose:   a table is a sorted array of pointers to rows; a changed row is a
 *            new row in its place.  A transaction works on a copy of the array,
 *            so that who reads the old one sees nothing of it.
 * Ownership: rows and tables are counted; a table holds a count on its rows.
 * Errors:    NULL or false when there is no memory; nothing has changed then.
 * Threads:   counts are changed under the store's lock only.
 */
#ifndef CC_STORE_MEMORY_TABLE_H
#define CC_STORE_MEMORY_TABLE_H

#include "store/ops.h"

/* What the rows of a table are: a struct with some struct cc_str in it. */
struct cc_mem_kind {
	size_t size;
	const size_t *texts;		/* where in the struct they are */
	size_t ntexts;
	int (*cmp)(const void *a, const void *b);	/* order; 0: the same key */
};

struct cc_mem_row;

struct cc_mem_table {
	uint32_t refs;
	size_t n, cap;
	struct cc_mem_row **rows;
};

/* A row of its own with a copy of *data and of its texts; one count. */
struct cc_mem_row *cc_mem_row_new(const struct cc_mem_kind *k, const void *data);
const void *cc_mem_row_data(const struct cc_mem_row *r);
void cc_mem_row_drop(struct cc_mem_row *r);

struct cc_mem_table *cc_mem_table_new(void);
struct cc_mem_table *cc_mem_table_copy(const struct cc_mem_table *t);
void cc_mem_table_drop(struct cc_mem_table *t);		/* NULL is fine */

/* The place of the first row at or above `key`; *ret_same: it has that key. */
size_t cc_mem_place(const struct cc_mem_table *t, const struct cc_mem_kind *k,
    const void *key, bool *ret_same);

/* The row at `i`, NULL behind the last. */
const void *cc_mem_at(const struct cc_mem_table *t, size_t i);

/* The row with that key, or NULL. */
const void *cc_mem_get(const struct cc_mem_table *t, const struct cc_mem_kind *k,
    const void *key);

/* Puts `r` in its place, instead of a row of the same key; takes a count. */
bool cc_mem_set(struct cc_mem_table *t, const struct cc_mem_kind *k, struct cc_mem_row *r);
void cc_mem_remove(struct cc_mem_table *t, size_t i);

/* *ret becomes *data with its texts in the arena. */
bool cc_mem_out(const struct cc_mem_kind *k, const void *data, struct cc_arena *a, void *ret);

#endif
