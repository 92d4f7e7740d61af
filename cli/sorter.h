/*
 * cli/sorter.h - events put in order in bounded memory.
 *
 * Purpose:   takes events in any order and gives them back sorted.  Up to
 *            `memory` bytes they stay in memory; beyond, sorted runs go to a
 *            temporary file that has no name, and are merged while read.
 * Limits:    CC_SORTER_RUNS runs; one event is at most CC_SORTER_EVENT bytes.
 * Ownership: the sorter copies what it is given; what it gives is good until
 *            the next call.
 * Errors:    CC_ENOMEM; CC_EIO the temporary file (sys: errno); CC_ERANGE a
 *            limit; CC_ENOENT at the end of the events.
 * Threads:   one thread at a time.
 */
#ifndef CC_CLI_SORTER_H
#define CC_CLI_SORTER_H

#include "scheduler/arena.h"

enum { CC_SORTER_RUNS = 512, CC_SORTER_EVENT = 320 * 1024 };

/* One event in memory and in the file: this head, the case, the compact form. */
struct cc_kept {
	uint64_t line;		/* place in the input, from 1 */
	uint64_t key;		/* what cli/cases.c makes of it */
	uint32_t ncase, nbytes;
	char text[];
};

static inline struct cc_str
cc_kept_case(const struct cc_kept *k)
{
	return (struct cc_str){k->text, k->ncase};
}

static inline struct cc_str
cc_kept_bytes(const struct cc_kept *k)
{
	return (struct cc_str){k->text + k->ncase, k->nbytes};
}

/* <0, 0, >0; no two events that are kept compare as 0. */
typedef int cc_kept_cmp(const struct cc_kept *a, const struct cc_kept *b);

struct cc_sorter_run {
	uint64_t at, end;	/* bytes of the file not yet read */
	char *buf;
	size_t from, to, cap;	/* bytes read, not yet given */
};

struct cc_sorter {
	cc_kept_cmp *cmp;
	size_t memory;
	const char *dir;		/* for the file; NULL: TMPDIR, else /var/tmp */
	struct cc_arena arena;
	struct cc_kept **items;		/* in memory, in order of arrival, then sorted */
	size_t nitems, cap, next;
	int fd;				/* of the temporary file, -1 none */
	uint64_t size;			/* of the file */
	struct cc_sorter_run *runs;
	uint16_t *heap;			/* runs by their first event, the least on top */
	unsigned nruns, nheap;
	bool given;			/* the run on top gave its event last */
};

void cc_sorter_init(struct cc_sorter *s, size_t memory, cc_kept_cmp *cmp);
void cc_sorter_done(struct cc_sorter *s);

/* Keep an event; *ret (may be NULL) is where it lies as long as nothing has been
 * written to the file. */
enum cc_code cc_sorter_add(struct cc_sorter *s, const struct cc_kept *head,
    const char *const parts[2], const struct cc_kept **ret,
    struct cc_err *reterr) CC_MUST_USE;

/* No more events: sort them.  While all are in memory `cmp` may be changed before. */
enum cc_code cc_sorter_sort(struct cc_sorter *s, struct cc_err *reterr) CC_MUST_USE;

/* The next event in order, after cc_sorter_sort. */
enum cc_code cc_sorter_next(struct cc_sorter *s, const struct cc_kept **ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
