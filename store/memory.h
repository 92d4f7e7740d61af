/*
 * store/memory.h - what the files of the store in memory share; private to
 * store/.
 *
 * Purpose:   a fake that passes the same contract test as SQLite, and counts by
 *            looking where SQLite keeps figures: the one checks the other.
 * Threads:   one writer and any number of readers share a struct cc_mem_db; its
 *            lock guards the committed tables and every count.
 */
#ifndef CC_STORE_MEMORY_H
#define CC_STORE_MEMORY_H

#include <pthread.h>

#include "store/memory_table.h"

enum cc_mem_tables {
	CC_MEM_EVENTS, CC_MEM_IDENTITY, CC_MEM_CASES, CC_MEM_ALERTS, CC_MEM_ALERT_KEYS,
	CC_MEM_ACKS, CC_MEM_MESSAGES, CC_MEM_MESSAGE_IDS, CC_MEM_ATTEMPTS,
	CC_MEM_NOTICES, CC_MEM_AUDIT, CC_MEM_META, CC_MEM_SILENCES, CC_MEM_COUNT
};

struct cc_mem_event {
	struct cc_store_event e;
	int64_t seq;
};

struct cc_mem_case {
	struct cc_store_case c;		/* without instances */
	struct cc_str blob;		/* the instances, store/codec.h */
	int64_t no;			/* in order of arrival */
};

struct cc_mem_ack {
	struct cc_store_ack k;
	struct cc_str case_id;
	int64_t no;
};

struct cc_mem_attempt {
	struct cc_store_attempt t;
	int64_t message;
};

struct cc_mem_pair {			/* notices, meta, message ids */
	struct cc_str key, value;
	int64_t number;
};

struct cc_mem_db {
	pthread_mutex_t lock;
	uint32_t refs;			/* handles */
	struct cc_mem_table *t[CC_MEM_COUNT];
	int64_t fence;
};

struct cc_memory {
	struct cc_store base;		/* first */
	struct cc_mem_db *db;
	struct cc_mem_table *work[CC_MEM_COUNT];	/* writer: changed by this transaction */
	struct cc_mem_table *snap[CC_MEM_COUNT];	/* reader: its snapshot */
	int64_t fence;
};

extern const struct cc_mem_kind cc_mem_kinds[CC_MEM_COUNT];

static inline struct cc_memory *
cc_memory_of(struct cc_store *st)
{
	return (struct cc_memory *)st;	/* base comes first */
}

/* Every read is between these: a reader outside of a snapshot holds the lock. */
enum cc_code cc_memory_enter(struct cc_memory *m, struct cc_err *reterr) CC_MUST_USE;
void cc_memory_leave(struct cc_memory *m);

/* A table as this handle sees it. */
const struct cc_mem_table *cc_memory_see(const struct cc_memory *m, enum cc_mem_tables t);

/* A table to write in; NULL: no memory, or a test's fault. */
struct cc_mem_table *cc_memory_write(struct cc_memory *m, enum cc_mem_tables t);

/* Puts a row into a table, and the same row into `also` when it is not
 * CC_MEM_COUNT. */
enum cc_code cc_memory_put(struct cc_memory *m, enum cc_mem_tables t, enum cc_mem_tables also,
    const void *data, struct cc_err *reterr) CC_MUST_USE;

enum cc_code cc_memory_no_memory(struct cc_memory *m, struct cc_err *reterr);
const struct cc_mem_case *cc_memory_case(const struct cc_memory *m, struct cc_str id);

extern const struct cc_store_ops cc_memory_ops;

enum cc_code cc_memory_alert_add(struct cc_store *, const struct cc_store_alert *,
    struct cc_store_added *, struct cc_err *);
enum cc_code cc_memory_alert_release(struct cc_store *, int64_t, struct cc_wall,
    struct cc_err *);
enum cc_code cc_memory_alerts_list(struct cc_store *, const struct cc_store_alert_filter *,
    struct cc_arena *, struct cc_store_alerts *, struct cc_err *);
enum cc_code cc_memory_alert_get(struct cc_store *, int64_t, struct cc_arena *,
    struct cc_store_alert *, struct cc_err *);
enum cc_code cc_memory_ack_add(struct cc_store *, const struct cc_store_ack *, struct cc_err *);
enum cc_code cc_memory_acks_list(struct cc_store *, const struct cc_store_acks_of *,
    struct cc_arena *, struct cc_store_acks *, struct cc_err *);

enum cc_code cc_memory_outbox_add(struct cc_store *, const struct cc_store_message *,
    struct cc_store_added *, struct cc_err *);
enum cc_code cc_memory_outbox_claim(struct cc_store *, const struct cc_store_claim *,
    struct cc_arena *, struct cc_store_messages *, struct cc_err *);
enum cc_code cc_memory_outbox_complete(struct cc_store *, const struct cc_store_outcome *,
    enum cc_code *, struct cc_err *);
enum cc_code cc_memory_outbox_requeue(struct cc_store *, struct cc_wall, struct cc_str,
    uint32_t *, struct cc_err *);
enum cc_code cc_memory_outbox_next(struct cc_store *, const struct cc_store_quota *, uint32_t,
    struct cc_wall *, struct cc_err *);
enum cc_code cc_memory_outbox_extend(struct cc_store *, int64_t, int64_t, struct cc_wall,
    struct cc_err *);
enum cc_code cc_memory_outbox_release(struct cc_store *, struct cc_str, struct cc_wall,
    uint32_t *, struct cc_err *);
enum cc_code cc_memory_outbox_bounce(struct cc_store *, struct cc_str,
    const struct cc_outbox_notice *, struct cc_err *);
enum cc_code cc_memory_redrive(struct cc_store *, const struct cc_store_redrive *, uint32_t *,
    struct cc_err *);
enum cc_code cc_memory_messages_list(struct cc_store *, const struct cc_store_message_filter *,
    struct cc_arena *, struct cc_store_messages *, struct cc_err *);
enum cc_code cc_memory_message_get(struct cc_store *, struct cc_str, struct cc_arena *,
    struct cc_store_message *, struct cc_err *);
enum cc_code cc_memory_attempts_list(struct cc_store *, const struct cc_store_attempt_filter *,
    struct cc_arena *, struct cc_store_attempts *, struct cc_err *);

enum cc_code cc_memory_silence_add(struct cc_store *, const struct cc_store_silence *, int64_t *,
    struct cc_err *);
enum cc_code cc_memory_silence_end(struct cc_store *, int64_t, struct cc_wall, struct cc_err *);
enum cc_code cc_memory_silences_list(struct cc_store *, const struct cc_store_silence_filter *,
    struct cc_arena *, struct cc_store_silences *, struct cc_err *);

enum cc_code cc_memory_notice(struct cc_store *, struct cc_str, cc_day, bool *, struct cc_err *);
enum cc_code cc_memory_audit_add(struct cc_store *, const struct cc_store_audit *,
    struct cc_err *);
enum cc_code cc_memory_audit_list(struct cc_store *, const struct cc_store_audit_from *,
    struct cc_arena *, struct cc_store_audits *, struct cc_err *);
enum cc_code cc_memory_meta_get(struct cc_store *, struct cc_str, struct cc_arena *,
    struct cc_str *, struct cc_err *);
enum cc_code cc_memory_meta_put(struct cc_store *, struct cc_str, struct cc_str,
    struct cc_err *);
enum cc_code cc_memory_status(struct cc_store *, struct cc_store_status *, struct cc_err *);
enum cc_code cc_memory_backup(struct cc_store *, const char *, struct cc_err *);
enum cc_code cc_memory_verify(struct cc_store *, struct cc_err *);

enum cc_code cc_memory_event_append(struct cc_store *, const struct cc_store_event *,
    struct cc_store_appended *, struct cc_err *);
enum cc_code cc_memory_case_events(struct cc_store *, const struct cc_store_events_of *,
    struct cc_arena *, struct cc_store_kepts *, struct cc_err *);
enum cc_code cc_memory_case_load(struct cc_store *, struct cc_str, struct cc_arena *,
    struct cc_store_case *, struct cc_err *);
enum cc_code cc_memory_case_put(struct cc_store *, const struct cc_store_put *, struct cc_err *);
enum cc_code cc_memory_cases_list(struct cc_store *, const struct cc_store_cases_from *,
    struct cc_arena *, struct cc_store_cases *, struct cc_err *);
enum cc_code cc_memory_wakes_due(struct cc_store *, const struct cc_store_due *,
    struct cc_arena *, struct cc_store_wakes *, struct cc_err *);
enum cc_code cc_memory_wake_next(struct cc_store *, struct cc_wall *, struct cc_err *);
enum cc_code cc_memory_stale_list(struct cc_store *, const struct cc_store_stale *,
    struct cc_arena *, struct cc_store_wakes *, struct cc_err *);
enum cc_code cc_memory_stale_count(struct cc_store *, const struct cc_store_stamps *, int64_t *,
    struct cc_err *);

#endif
