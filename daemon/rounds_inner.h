/*
 * daemon/rounds_inner.h - inside of the rounds: shared by rounds*.c.
 *
 * Ownership: books are part of struct cc_rounds; their texts lie in its arena.
 * Threads:   the engine's.
 */
#ifndef CC_DAEMON_ROUNDS_INNER_H
#define CC_DAEMON_ROUNDS_INNER_H

#include "daemon/engine_inner.h"
#include "daemon/rounds.h"

enum cc_round_kind { CC_ROUND_DIGEST = 1, CC_ROUND_NIGHT = 2 };

/* One line of a digest to be. */
struct cc_digest_line {
	const struct cc_rule *rule;
	const char *case_id, *subject;
	const struct cc_zone *zone;		/* of the case */
	uint32_t period;
	enum cc_state state;
	struct cc_wall started, due;
};

/* The digest of one person, sorted, the worst first. */
struct cc_digest_list {
	struct cc_digest_line lines[CC_MESSAGE_ITEMS_MAX];
	uint32_t n, left_out;
	bool unit;			/* somebody else's clocks are in it */
};

struct cc_digest_book {
	struct cc_digest_list **of;	/* by place in the directory; NULL: none yet */
	bool *wanted;			/* whose digest it is time for */
	uint32_t written;		/* places whose digest is in the outbox */
};

struct cc_reach_cause {
	char key[240], case_id[CC_STORE_ID_MAX + 1];
	struct cc_wall from;		/* the first rung that would miss */
	uint32_t n;
};

struct cc_reach_book {
	struct cc_reach_cause causes[CC_REACH_CAUSES];
	uint32_t n, written, left_out;
};

struct cc_audit_book {
	int64_t cases, rungs, messages, gaps;
	char first[200];		/* the first gap, in words */
	char first_case[CC_STORE_ID_MAX + 1];
};

struct cc_rounds {
	unsigned doing;			/* bits of enum cc_round_kind; 0: resting */
	struct cc_setup *setup;		/* under which; a reference, NULL while resting */
	struct cc_wall began;
	char after[CC_STORE_ID_MAX + 1];	/* the last case that was looked at */
	bool walked;			/* all cases were; now the books are written */
	struct cc_wall since;		/* when this run began */
	bool loaded;			/* night_done and digest_done are read */
	struct cc_wall night_done, digest_done;	/* as kept in the store */
	struct cc_wall night_next, digest_next;
	const struct cc_setup *planned;	/* the set-up that the two above come from */
	struct cc_arena arena;		/* of the books */
	struct cc_digest_book digest;
	struct cc_reach_book reach;
	struct cc_audit_book audit;
};

/* A case of the rounds, derived from nothing. */
struct cc_round_case {
	struct cc_engine *engine;
	struct cc_rounds *rounds;
	const struct cc_entry *entry;
	struct cc_result result;
	struct cc_telling telling;
};

/* --- rounds_digest.c --- */

/* When the next digest of anybody is due after `done`; CC_NEVER: never. */
struct cc_wall cc_digest_next(const struct cc_setup *s, struct cc_wall done);
enum cc_code cc_digest_begin(struct cc_engine *e, struct cc_rounds *r,
    struct cc_err *reterr) CC_MUST_USE;
enum cc_code cc_digest_case(struct cc_round_case *c, struct cc_err *reterr) CC_MUST_USE;
/* Writes some; *ret_all: that was all. */
enum cc_code cc_digest_write(struct cc_engine *e, struct cc_rounds *r, bool *ret_all,
    struct cc_err *reterr) CC_MUST_USE;

/* --- rounds_reach.c --- */

enum cc_code cc_reach_case(struct cc_round_case *c, struct cc_err *reterr) CC_MUST_USE;
enum cc_code cc_reach_write(struct cc_engine *e, struct cc_rounds *r, bool *ret_all,
    struct cc_err *reterr) CC_MUST_USE;

/* --- rounds_audit.c --- */

enum cc_code cc_audit_case(struct cc_round_case *c, struct cc_err *reterr) CC_MUST_USE;
/* Looks through the outbox, tells what was found, and sets the figures. */
enum cc_code cc_audit_end(struct cc_engine *e, struct cc_rounds *r,
    struct cc_err *reterr) CC_MUST_USE;

#endif
