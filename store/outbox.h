/*
 * store/outbox.h - how a message of the outbox moves, whatever keeps it.
 *
 * Source:    DESIGN.md section 7 (Delivery).
 * Purity:    no clock, no I/O, no allocation.
 *
 *               +--- retry, lost ---+
 *               v                   |
 *   add ----> QUEUED -- claim --> CLAIMED -- sent ------> SENT -- bounce --> DEAD
 *               |  ^                | ^  +-- give up ---> DEAD
 *               |  +--- redrive --+ +-+  +-- hold ------> HELD
 *               |                 | extend  supersede -> SUPERSEDED
 *               |           DEAD, HELD   +-- group -----> GROUPED
 *               +-- give up, hold, supersede, group, retry (put off), release:
 *                   unclaimed too
 *
 * A pair that the table does not have is no move: CC_EINVAL.
 */
#ifndef CC_STORE_OUTBOX_H
#define CC_STORE_OUTBOX_H

#include "store/store.h"

enum cc_outbox_event {
	CC_OUTBOX_CLAIM = 1, CC_OUTBOX_DELIVER, CC_OUTBOX_RETRY, CC_OUTBOX_GIVE_UP,
	CC_OUTBOX_SUPERSEDE, CC_OUTBOX_HOLD, CC_OUTBOX_LOSE, CC_OUTBOX_REDRIVE,
	CC_OUTBOX_GROUP, CC_OUTBOX_EXTEND, CC_OUTBOX_RELEASE, CC_OUTBOX_BOUNCE,
	CC_OUTBOX_EVENTS
};

enum { CC_OUTBOX_CODE_MAX = 64 };

/* Words kept with a move: code, a space, detail. */
struct cc_outbox_words {
	char text[CC_OUTBOX_CODE_MAX + CC_STORE_DETAIL_MAX + 2];
};

/* The state after, or 0: there is no such move. */
enum cc_outbox_state cc_outbox_move(enum cc_outbox_state from, enum cc_outbox_event e);

const char *cc_outbox_state_text(enum cc_outbox_state s);
const char *cc_attempt_text(enum cc_attempt_outcome o);

/* Whether `o` may be applied to `m`: CC_OK, CC_ECONFLICT (stale fence), CC_EINVAL.
 * Whether its carrier is there, only the store knows. */
enum cc_code cc_outbox_judge(const struct cc_store_message *m, const struct cc_store_outcome *o);

/* Applies an outcome that was judged CC_OK.  m->reason points into `words`. */
void cc_outbox_apply(struct cc_store_message *m, const struct cc_store_outcome *o,
    struct cc_outbox_words *words);

/* The other moves; the message must be in a state that has the move. */
void cc_outbox_claim(struct cc_store_message *m, const struct cc_store_claim *c, int64_t fence);
void cc_outbox_lose(struct cc_store_message *m, struct cc_wall now);
void cc_outbox_redrive(struct cc_store_message *m, const struct cc_store_redrive *r);
void cc_outbox_release(struct cc_store_message *m, struct cc_wall now);

/* What a notice that came back says. */
struct cc_outbox_notice {
	struct cc_str code, detail;
	struct cc_wall now;
};

/* m->reason points into `words`. */
void cc_outbox_bounce(struct cc_store_message *m, const struct cc_outbox_notice *n,
    struct cc_outbox_words *words);

/* The text cut to `max` bytes, never inside a UTF-8 character. */
struct cc_str cc_store_cut(struct cc_str t, uint32_t max);

#endif
