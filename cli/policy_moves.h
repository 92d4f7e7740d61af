/*
 * cli/policy_moves.h - which clocks of which cases another pack would move, and
 * who would be told of it.
 *
 * Source:    DESIGN.md section 7 (a clock is known by case, rule, subject, origin).
 * Purpose:   evaluates each case of a file of events under both packs at one
 *            instant and prints what differs, case by case.
 * Limits:    as `simulate`: bounded memory however long the file is.
 * Ownership: borrows every argument.
 * Errors:    told on standard error; a refused line does not stop the rest.
 */
#ifndef CC_CLI_POLICY_MOVES_H
#define CC_CLI_POLICY_MOVES_H

#include "scheduler/pack.h"

struct cc_moves {
	const struct cc_pack *before, *after;
	const char *file;	/* "-": standard input */
	struct cc_wall now;	/* CC_NEVER: the latest event's time */
};

/* An enum cc_exit. */
int cc_moves_print(const struct cc_moves *m);

#endif
