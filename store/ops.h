/*
 * store/ops.h - what an implementation of store/store.h gives; private to
 * store/.
 *
 * Purpose:   store/store.c checks arguments, the transaction and limits once for
 *            all implementations and calls these.  An implementation puts a
 *            struct cc_store first in its own handle.
 * Errors:    as in store/store.h; store.c spoils the transaction on CC_EIO,
 *            CC_EBUSY, CC_ENOMEM and CC_EBUG of a write.
 */
#ifndef CC_STORE_OPS_H
#define CC_STORE_OPS_H

#include "store/outbox.h"

struct cc_store_ops {
	void (*close)(struct cc_store *st);
	enum cc_code (*open_reader)(struct cc_store *, struct cc_store **, struct cc_err *);
	enum cc_code (*begin)(struct cc_store *, struct cc_err *);
	enum cc_code (*commit)(struct cc_store *, struct cc_err *);
	void (*rollback)(struct cc_store *);

	enum cc_code (*event_append)(struct cc_store *, const struct cc_store_event *,
	    struct cc_store_appended *, struct cc_err *);
	enum cc_code (*case_events)(struct cc_store *, const struct cc_store_events_of *,
	    struct cc_arena *, struct cc_store_kepts *, struct cc_err *);
	enum cc_code (*case_load)(struct cc_store *, struct cc_str, struct cc_arena *,
	    struct cc_store_case *, struct cc_err *);
	enum cc_code (*case_put)(struct cc_store *, const struct cc_store_put *,
	    struct cc_err *);
	enum cc_code (*cases_list)(struct cc_store *, const struct cc_store_cases_from *,
	    struct cc_arena *, struct cc_store_cases *, struct cc_err *);

	enum cc_code (*wakes_due)(struct cc_store *, const struct cc_store_due *,
	    struct cc_arena *, struct cc_store_wakes *, struct cc_err *);
	enum cc_code (*wake_next)(struct cc_store *, struct cc_wall *, struct cc_err *);
	enum cc_code (*stale_list)(struct cc_store *, const struct cc_store_stale *,
	    struct cc_arena *, struct cc_store_wakes *, struct cc_err *);
	enum cc_code (*stale_count)(struct cc_store *, const struct cc_store_stamps *,
	    int64_t *, struct cc_err *);

	enum cc_code (*alert_add)(struct cc_store *, const struct cc_store_alert *,
	    struct cc_store_added *, struct cc_err *);
	enum cc_code (*alert_release)(struct cc_store *, int64_t, struct cc_wall,
	    struct cc_err *);
	enum cc_code (*alerts_list)(struct cc_store *, const struct cc_store_alert_filter *,
	    struct cc_arena *, struct cc_store_alerts *, struct cc_err *);
	enum cc_code (*alert_get)(struct cc_store *, int64_t, struct cc_arena *,
	    struct cc_store_alert *, struct cc_err *);
	enum cc_code (*ack_add)(struct cc_store *, const struct cc_store_ack *, struct cc_err *);
	enum cc_code (*acks_list)(struct cc_store *, const struct cc_store_acks_of *,
	    struct cc_arena *, struct cc_store_acks *, struct cc_err *);

	enum cc_code (*outbox_add)(struct cc_store *, const struct cc_store_message *,
	    struct cc_store_added *, struct cc_err *);
	enum cc_code (*outbox_claim)(struct cc_store *, const struct cc_store_claim *,
	    struct cc_arena *, struct cc_store_messages *, struct cc_err *);
	/* One outcome; *ret is its code.  The result is not CC_OK only when the
	 * store itself failed. */
	enum cc_code (*outbox_complete)(struct cc_store *, const struct cc_store_outcome *,
	    enum cc_code *ret, struct cc_err *);
	enum cc_code (*outbox_requeue)(struct cc_store *, struct cc_wall, struct cc_str,
	    uint32_t *, struct cc_err *);
	enum cc_code (*outbox_next)(struct cc_store *, const struct cc_store_quota *, uint32_t,
	    struct cc_wall *, struct cc_err *);
	enum cc_code (*outbox_extend)(struct cc_store *, int64_t no, int64_t fence,
	    struct cc_wall lease, struct cc_err *);
	enum cc_code (*outbox_release)(struct cc_store *, struct cc_str, struct cc_wall,
	    uint32_t *, struct cc_err *);
	enum cc_code (*outbox_bounce)(struct cc_store *, struct cc_str,
	    const struct cc_outbox_notice *, struct cc_err *);
	enum cc_code (*messages_list)(struct cc_store *, const struct cc_store_message_filter *,
	    struct cc_arena *, struct cc_store_messages *, struct cc_err *);
	enum cc_code (*message_get)(struct cc_store *, struct cc_str, struct cc_arena *,
	    struct cc_store_message *, struct cc_err *);
	enum cc_code (*attempts_list)(struct cc_store *, const struct cc_store_attempt_filter *,
	    struct cc_arena *, struct cc_store_attempts *, struct cc_err *);
	enum cc_code (*redrive)(struct cc_store *, const struct cc_store_redrive *, uint32_t *,
	    struct cc_err *);

	enum cc_code (*silence_add)(struct cc_store *, const struct cc_store_silence *,
	    int64_t *, struct cc_err *);
	enum cc_code (*silence_end)(struct cc_store *, int64_t, struct cc_wall,
	    struct cc_err *);
	enum cc_code (*silences_list)(struct cc_store *, const struct cc_store_silence_filter *,
	    struct cc_arena *, struct cc_store_silences *, struct cc_err *);

	enum cc_code (*notice)(struct cc_store *, struct cc_str, cc_day, bool *,
	    struct cc_err *);
	enum cc_code (*audit_add)(struct cc_store *, const struct cc_store_audit *,
	    struct cc_err *);
	enum cc_code (*audit_list)(struct cc_store *, const struct cc_store_audit_from *,
	    struct cc_arena *, struct cc_store_audits *, struct cc_err *);
	enum cc_code (*meta_get)(struct cc_store *, struct cc_str, struct cc_arena *,
	    struct cc_str *, struct cc_err *);
	enum cc_code (*meta_put)(struct cc_store *, struct cc_str, struct cc_str,
	    struct cc_err *);
	enum cc_code (*status)(struct cc_store *, struct cc_store_status *, struct cc_err *);
	enum cc_code (*backup)(struct cc_store *, const char *, struct cc_err *);
	enum cc_code (*verify)(struct cc_store *, struct cc_err *);
};

struct cc_store {
	const struct cc_store_ops *ops;
	struct cc_store_hooks hooks;
	bool reader, open, spoiled;	/* open: a transaction is */
	uint64_t commits;
};

/* Whether a silence has been ended, or has run out by `now`. */
static inline bool
cc_store_silence_over(const struct cc_store_silence *s, struct cc_wall now)
{
	return s->until.s <= now.s || cc_given(s->ended);
}

/* Version of the layout, of the steps in sqlite_schema.c. */
enum { CC_STORE_SCHEMA = 2 };

/* Notices older than this are forgotten. */
enum { CC_STORE_NOTICE_DAYS = 400 };

/* True when the test's hook wants this step to fail. */
static inline bool
cc_store_faulty(struct cc_store *st, const char *step)
{
	return st->hooks.fault != NULL && st->hooks.fault(st->hooks.self, step);
}

/* A list that grows in an arena: room for one more behind n, or NULL. */
struct cc_store_vec {
	void *items;
	uint32_t n, cap;
};

void *cc_store_vec_add(struct cc_store_vec *v, size_t size, struct cc_arena *a);

/* An arena over the heap for the store's own work. */
void cc_store_arena_init(struct cc_arena *a, size_t limit);

#endif
