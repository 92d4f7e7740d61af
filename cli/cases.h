/*
 * cli/cases.h - the events of an input, sorted out by case.
 *
 * Source:    rule sheet G1; DESIGN.md sections 4 and 6.
 * Purpose:   takes the good lines of an input in order of arrival; an exact
 *            repeat (same source, id, case, content) counts once, the same source
 *            and id with anything else is refused and the first one stands; then
 *            gives case after case, by id, each with its events in order of
 *            arrival.
 * Limits:    about `memory` bytes are held, however long the input is: beyond
 *            that events wait in a temporary file (cli/sorter.h), and conflicts
 *            are told when the input has ended, in the order of their lines.
 *            One case must fit into the arena it is given to.
 * Ownership: copies what it is given.
 * Errors:    those of cli/sorter.h.
 * Threads:   one thread at a time.
 */
#ifndef CC_CLI_CASES_H
#define CC_CLI_CASES_H

#include "cli/sorter.h"
#include "scheduler/eval.h"

enum { CC_CASES_MEMORY = 128 * 1024 * 1024 };

struct cc_cases_settings {
	size_t memory;
	const char *dir;	/* for temporary files; NULL: TMPDIR, else /var/tmp */
	/* Line `line` is refused: it has the id and source of line `first`. */
	void (*on_conflict)(void *self, uint64_t line, uint64_t first);
	void *self;
};

struct cc_cases {
	struct cc_cases_settings settings;
	struct cc_sorter by_identity, by_case;
	const struct cc_kept **table;	/* by identity, while all is in memory */
	size_t slots, used;
	uint64_t seed;
	struct cc_wall latest;		/* of the accepted events; CC_NEVER none */
	const struct cc_kept *ahead;	/* read, of the next case */
	bool merged, ended;
	struct cc_input *inputs;
	size_t ninputs;
};

void cc_cases_init(struct cc_cases *c, const struct cc_cases_settings *s);
void cc_cases_done(struct cc_cases *c);

/* The event of a line; `bytes` is its compact form.  Lines come in order. */
enum cc_code cc_cases_add(struct cc_cases *c, uint64_t line,
    const struct cc_draft *d, struct cc_str bytes, struct cc_err *reterr) CC_MUST_USE;

/* The input has ended.  From then on c->latest is known. */
enum cc_code cc_cases_end(struct cc_cases *c, struct cc_err *reterr) CC_MUST_USE;

/*
 * The next case, in the arena; good until the next call.  A case that is too
 * large for the arena gives its id and no events, and *ret_fits is false.
 * CC_ENOENT at the end.
 */
enum cc_code cc_cases_next(struct cc_cases *c, struct cc_arena *a,
    struct cc_case *ret, bool *ret_fits, struct cc_err *reterr) CC_MUST_USE;

#endif
