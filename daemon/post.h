/*
 * daemon/post.h - the way of a message into the outbox.
 *
 * Source:    DESIGN.md section 7 (People, Delivery).
 * Purpose:   one place decides when a message may leave: at once, after
 *            alerts.group_wait, when the recipient's quiet hours are over, or when a
 *            silence ends.  Of a safety clock, and to the operator, at once.
 * Ownership: borrows everything during the call.
 * Threads:   the engine's, inside its transaction.
 * Invariant: a message of a safety clock has no hold, and its `next` is its creation.
 */
#ifndef CC_DAEMON_POST_H
#define CC_DAEMON_POST_H

#include "daemon/config.h"
#include "daemon/directory.h"
#include "store/store.h"
#include "wire/message.h"

struct cc_engine;

struct cc_posting {
	struct cc_store_message row;	/* alert, case_id, recipient, channel, address, safety;
					 * the rest is filled in */
	struct cc_message message;	/* id and thread set; language is filled in */
	const struct cc_person *person;	/* NULL: the operator, or no person */
	bool at_once;			/* waits for nothing */
};

/* Adds it; the same id again changes nothing.  ret_no (or NULL): its number. */
enum cc_code cc_post(struct cc_engine *e, const struct cc_posting *p, int64_t *ret_no,
    struct cc_err *reterr) CC_MUST_USE;

/* When quiet hours of these times are over that hold at `now` in this zone; `now` when
 * none hold. */
struct cc_wall cc_quiet_until(const struct cc_day_times *t, const struct cc_zone *zone,
    struct cc_wall now);

/* The person's times, else the configuration's. */
struct cc_day_times cc_times_of(const struct cc_person *p, const struct cc_config *cf);

enum { CC_HOLD_TEXT = 32, CC_GATHERINGS = 4096 };

/* Silences in force, read once a group of the engine; and when the messages leave that
 * are being gathered, by a hash of recipient and channel: two that share a place leave
 * sooner, never later. */
struct cc_waits {
	struct cc_arena arena;
	const struct cc_store_silence *silences;
	uint32_t nsilences;
	bool read;
	struct cc_wall gathering[CC_GATHERINGS];
};

/* What holds a message to a person now: a silence, else quiet hours.  `next` is when
 * that ends; now, and hold empty, when nothing does.  `rule` is its clock, or "". */
struct cc_held_up {
	struct cc_wall next;
	char hold[CC_HOLD_TEXT];
};

enum cc_code cc_post_held_up(struct cc_engine *e, const struct cc_store_message *row,
    const char *rule, const struct cc_person *person, struct cc_held_up *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* A transaction begins, or silences have changed: they are read anew. */
void cc_post_forget(struct cc_engine *e);

#endif
