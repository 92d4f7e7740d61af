/*
 * daemon/outgoing_inner.h - inside of the second look: shared by outgoing*.c.
 *
 * Source:    DESIGN.md section 7 (identity, People, Delivery).
 * Purpose:   a message was written when its rung fired; when it is about to leave the
 *            case may stand otherwise, the recipient may have been told something else,
 *            and several messages may wait for the same recipient.
 * Ownership: `keep` lives as long as the look, `scratch` as long as one message of it.
 * Errors:    those of the store; CC_ENOMEM.
 * Threads:   the engine's, inside its transaction.
 */
#ifndef CC_DAEMON_OUTGOING_INNER_H
#define CC_DAEMON_OUTGOING_INNER_H

#include "daemon/engine_inner.h"

struct cc_outgoing_case {
	struct cc_store_case row;
	struct cc_outgoing_case *next;
};

struct cc_outgoing {
	struct cc_engine *engine;
	struct cc_arena keep, scratch;
	struct cc_outgoing_case *cases;		/* looked at so far */
	const struct cc_store_message **left;	/* to be sent */
	struct cc_store_outcome *outcomes;	/* of those that are not */
	uint32_t nleft, noutcomes;
};

/* Why a message is not to be sent: code NULL when it is. */
struct cc_verdict {
	const char *code;
	char detail[CC_STORE_DETAIL_MAX];
};

/* Errors after which the transaction cannot go on; others are of one message only. */
bool cc_outgoing_spoiled(enum cc_code code);

/* Closes the message of this claim as `to`, without an attempt. */
void cc_outgoing_close(struct cc_outgoing *o, const struct cc_store_message *m,
    const struct cc_store_outcome *how);

/* --- outgoing_told.c --- */

enum cc_told { CC_TOLD_NOT, CC_TOLD_MAYBE, CC_TOLD_SURE };

/* Another message of an instance to the same recipient by the same channel. */
struct cc_said {
	int64_t no, alert;
	uint32_t epoch;
	bool clear;
	enum cc_state state;
	enum cc_severity severity;
	struct cc_wall due;
	enum cc_told told;
	bool leaving;			/* about to, or on its way */
};

struct cc_past {
	struct cc_said *items;		/* in the order in which they were written */
	uint32_t n;
	const char *before;		/* the thread that this one goes on from, or NULL */
};

/* All of a thread, but `m` itself; in scratch. */
enum cc_code cc_outgoing_past(struct cc_outgoing *o, const struct cc_store_message *m,
    struct cc_str thread, struct cc_past *ret, struct cc_err *reterr) CC_MUST_USE;

/* The message of that number, without payload.  CC_ENOENT. */
enum cc_code cc_outgoing_by_number(struct cc_outgoing *o, int64_t no,
    struct cc_store_message *ret, struct cc_err *reterr) CC_MUST_USE;

/* Whether an attempt that did not succeed may have reached the recipient all the same:
 * it was lost, or ended without an answer. */
enum cc_code cc_outgoing_doubtful(struct cc_outgoing *o, int64_t no, bool *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* --- outgoing_rules.c --- */

/* Whether a message of an alert still says something. */
enum cc_code cc_outgoing_judge(struct cc_outgoing *o, const struct cc_store_message *m,
    struct cc_verdict *ret, struct cc_err *reterr) CC_MUST_USE;

/* --- outgoing_group.c --- */

/* Puts messages to one recipient together: those leave the list, and a message that says
 * them all waits in their place. */
enum cc_code cc_outgoing_group(struct cc_outgoing *o, struct cc_err *reterr) CC_MUST_USE;

#endif
