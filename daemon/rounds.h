/*
 * daemon/rounds.h - the rounds: a walk over all open cases that makes the digests, looks
 * for people who cannot be reached, and proves that nobody was left untold.
 *
 * Source:    DESIGN.md sections 7 and 9.
 * Purpose:   what concerns all cases at once is done case by case in slices between the
 *            other work of the engine.  At each local time of a digest, the digests; at
 *            audit.at, the reachability of every rung to come and the self-audit.
 * Units:     instants UTC seconds.
 * Ownership: everything belongs to the struct; what is under way holds the set-up it began
 *            under, and begins anew when another comes into force.
 * Threads:   the engine's, inside its transaction.
 * Limits:    CC_ROUNDS_LOOK rows and CC_ROUNDS_SLICE cases a turn; CC_MESSAGE_ITEMS_MAX
 *            lines of a digest; CC_REACH_CAUSES causes and CC_AUDIT_GAPS gaps are told of
 *            one night, the others counted.
 * Invariant: a digest has one id a day and recipient: rounds that were cut short by the
 *            end of the daemon are made again and tell nobody twice.
 */
#ifndef CC_DAEMON_ROUNDS_H
#define CC_DAEMON_ROUNDS_H

#include "daemon/setup.h"

enum {
	CC_ROUNDS_LOOK = 512, CC_ROUNDS_SLICE = 32, CC_REACH_CAUSES = 100,
	CC_AUDIT_GAPS = 20,
	CC_ROUNDS_LATEST = 12 * 3600,	/* seconds; a digest later than that is left out */
	CC_AUDIT_GRACE = 600,		/* seconds that the daemon may be behind */
	CC_AUDIT_PATIENCE = 3 * 3600	/* seconds until what is over counts as left lying */
};

struct cc_engine;
struct cc_rounds;

enum cc_code cc_rounds_new(struct cc_rounds **ret, struct cc_err *reterr) CC_MUST_USE;
void cc_rounds_free(struct cc_rounds *r);	/* NULL is fine */

/* With a new store: rounds of before it was made are not made up for. */
enum cc_code cc_rounds_start(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* When there is something to do: now while rounds are under way, CC_NEVER never. */
struct cc_wall cc_rounds_next(struct cc_engine *e);

/* One slice, when it is time. */
enum cc_code cc_rounds_step(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* The nightly part is due at once (request audit.run). */
void cc_rounds_hurry(struct cc_engine *e);

/* The group was rolled back: what was under way begins anew. */
void cc_rounds_undo(struct cc_engine *e);

#endif
