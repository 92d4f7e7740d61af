/*
 * policy/diag.h - mistakes found in files, all of them, each at its place.
 *
 * Purpose:   loaders report what is wrong and go on, so that a writer sees
 *            every mistake at once: "file:line:column: what was expected".
 * Ownership: cc_diags_done frees what a list holds.
 * Errors:    past CC_DIAGS_MAX only the count grows.
 * Units:     lines and columns from 1; 0 means unknown.
 */
#ifndef CC_POLICY_DIAG_H
#define CC_POLICY_DIAG_H

#include "scheduler/base.h"

enum { CC_DIAGS_MAX = 100, CC_DIAG_TEXT = 400 };

struct cc_diags {
	char *text[CC_DIAGS_MAX];
	unsigned n;		/* all that were reported */
};

/* A place in a file; file NULL: the words themselves say where. */
struct cc_place {
	const char *file;
	uint32_t line, column;
};

void cc_diag(struct cc_diags *d, struct cc_place at, const char *fmt, ...)
    CC_PRINTF(3, 4);

/* How many texts are kept (at most CC_DIAGS_MAX). */
unsigned cc_diags_kept(const struct cc_diags *d);
void cc_diags_done(struct cc_diags *d);

/* The listed word nearest to `word`, or NULL when none is near: for "did you
 * mean". */
const char *cc_nearest(const char *word, size_t n, const char *const *words,
    unsigned nwords);

#endif
