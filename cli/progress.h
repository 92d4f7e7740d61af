/*
 * cli/progress.h - a bar on standard error, on a terminal only.
 *
 * Units:     bytes of the input for the bar, lines for people.
 * Threads:   one thread.
 */
#ifndef CC_CLI_PROGRESS_H
#define CC_CLI_PROGRESS_H

#include "scheduler/base.h"

struct cc_progress {
	bool on, drawn;
	uint64_t total;		/* bytes, 0: not known */
	int64_t began, last;	/* milliseconds */
};

void cc_progress_begin(struct cc_progress *p, uint64_t total);

/* Draw it, if the last time is long enough ago. */
void cc_progress_show(struct cc_progress *p, uint64_t bytes, uint64_t lines);

/* Take it off the line, before other words are printed and at the end. */
void cc_progress_clear(struct cc_progress *p);

/* Milliseconds of a clock that only goes forward. */
int64_t cc_progress_now(void);

#endif
