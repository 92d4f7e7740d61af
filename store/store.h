/*
 * store/store.h - what is kept: events, cases, wakes, fired rungs, messages.
 *
 * Source:    DESIGN.md sections 2, 4, 5, 7, 8 and 9.
 * Purpose:   one synchronous, transactional contract with two implementations:
 *            SQLite (store/sqlite*.c) and a fake in memory (store/memory*.c);
 *            both pass tests/unit/test_store_contract.c.
 * Units:     instants UTC seconds, CC_NEVER for none; leases in seconds.
 * Ownership: arguments are borrowed for the call.  Rows come back in the
 *            caller's arena, each text with a NUL behind it; nothing points
 *            into the store.
 * Errors:    CC_EINVAL (a broken argument, a write outside a transaction or on a
 *            reader), CC_EIO (disk; `sys` is the SQLite code), CC_EBUSY (another
 *            writer holds the file), CC_ENOMEM, CC_EBUG (the store contradicts
 *            itself); further codes are named at the call.  CC_EIO, CC_EBUSY and
 *            CC_ENOMEM from a write spoil the transaction: every later write and
 *            the commit refuse until cc_store_rollback, after which the handle
 *            is as good as new.  Other refusals change nothing and the
 *            transaction may go on.  ret_* is written only on success.
 * Threads:   one handle, one thread at a time.  The engine has the writer; other
 *            threads have a reader each, which sees only what was committed.
 * Invariants: what was committed stays, whatever is killed when.  Events,
 *            alerts and attempts are only ever added.  A row of the outbox moves
 *            along the table in store/outbox.h only.
 * Limits:    every list is cut at `limit` (1 to CC_STORE_LIST_MAX, else
 *            CC_EINVAL) and goes on from a cursor; texts see below.
 */
#ifndef CC_STORE_STORE_H
#define CC_STORE_STORE_H

#include "scheduler/arena.h"
#include "scheduler/clock.h"
#include "scheduler/event.h"
#include "scheduler/plan.h"
#include "store/silence.h"

enum {
	CC_STORE_LIST_MAX = 4096,	/* rows of one list, claim or completion */
	CC_STORE_ID_MAX = 512,		/* case, event, rule, subject, staff ids */
	CC_STORE_TEXT_MAX = 2048,	/* addresses, keys, stamps */
	CC_STORE_DETAIL_MAX = 200,	/* reasons and details; longer ones are cut */
	CC_STORE_PAYLOAD_MAX = 64 * 1024,
	CC_STORE_META_MAX = 16 * 1024,	/* one meta value */
	CC_STORE_INSTANCES_MAX = 65536,	/* instances of one case */
	CC_STORE_QUOTAS_MAX = 1024,	/* quotas of one claim */
	CC_STORE_HOLD_MAX = 64		/* the word why a queued message waits */
};

/* A wake is an instant from 1970 to 2105; a later one is kept as this one. */
#define CC_STORE_WAKE_MAX INT64_C(4291747199)

struct cc_store;

struct cc_store_config {
	const char *path;	/* SQLite: file; its folder must exist and be ours */
	bool create;		/* make a new store when there is no file */
	uint32_t busy_ms;	/* wait for another writer; 0: 5000 */
	uint32_t cache_kib;	/* page cache; 0: 8192 */
	const char *vfs;	/* SQLite VFS by name (tests); NULL: the default */
};

/* Seams for tests; each may be NULL.  `fault` is asked before every step that
 * can fail in the world (a statement, a commit, a file, an allocation of the
 * store); true makes that step fail.  `committed` is told the number of each
 * commit after it is durable and before cc_store_commit returns. */
struct cc_store_hooks {
	bool (*fault)(void *self, const char *step);
	void (*committed)(void *self, uint64_t number);
	void *self;
};

/* --- opening ---------------------------------------------------------------
 *
 * Opens (and with `create` makes) the store and brings an older schema up to
 * date in one transaction.
 * CC_ENOENT  no such file and not `create`, or no such folder.
 * CC_EINVAL  not a Caseclock store, or one of a newer program, or the folder is
 *            not ours or others may write in it; the text says which.
 */
enum cc_code cc_store_open_sqlite(const struct cc_store_config *cf,
    struct cc_store **ret, struct cc_err *reterr) CC_MUST_USE;

/* The fake: `cf` may be NULL.  Everything is gone when the last handle closes. */
enum cc_code cc_store_open_memory(const struct cc_store_config *cf,
    struct cc_store **ret, struct cc_err *reterr) CC_MUST_USE;

/* A read-only handle on the same store, for another thread (open it in the
 * thread of `st`, then hand it over).  Every write on it, and cc_store_wakes_due,
 * cc_store_wake_next and cc_store_stale_list, is CC_EINVAL. */
enum cc_code cc_store_open_reader(struct cc_store *st, struct cc_store **ret,
    struct cc_err *reterr) CC_MUST_USE;

/* An open transaction is rolled back.  NULL is fine; handles close in any order. */
void cc_store_close(struct cc_store *st);

/* For tests; NULL takes the hooks away. */
void cc_store_fault(struct cc_store *st, const struct cc_store_hooks *hooks);

/* --- transactions ----------------------------------------------------------
 *
 * Every write needs one.  On a reader begin takes a snapshot: the reads up to
 * commit or rollback see one state.  CC_EINVAL: one is open (begin), none is open
 * (commit).  A commit that failed leaves the transaction spoiled: roll it back.
 */
enum cc_code cc_store_begin(struct cc_store *st, struct cc_err *reterr) CC_MUST_USE;
enum cc_code cc_store_commit(struct cc_store *st, struct cc_err *reterr) CC_MUST_USE;
void cc_store_rollback(struct cc_store *st);	/* none open: nothing happens */

/* --- events -------------------------------------------------------------- */

struct cc_store_event {
	struct cc_str source, id, case_id;
	struct cc_str bytes;		/* compact form, scheduler/event.h */
	struct cc_wall recorded;	/* wall clock; kept never earlier than the case's last */
};

enum cc_store_append { CC_APPEND_NEW = 1, CC_APPEND_DUPLICATE, CC_APPEND_CONFLICT };

struct cc_store_appended {
	enum cc_store_append outcome;
	int64_t seq;			/* of the event, or of the one that was there first */
	struct cc_wall recorded;	/* as kept, of that event */
};

/* Appends.  (source, id) is one event in the whole store: the same case and
 * equal bytes is a duplicate, anything else a conflict; neither changes
 * anything.  seq is above 0, unique, and increases in the order of arrival.  A
 * case comes to be with its first event (version 0, no stamps, no wake). */
enum cc_code cc_store_event_append(struct cc_store *st, const struct cc_store_event *e,
    struct cc_store_appended *ret, struct cc_err *reterr) CC_MUST_USE;

struct cc_store_kept {
	int64_t seq;
	struct cc_wall recorded;
	struct cc_str bytes;
};

struct cc_store_kepts {
	const struct cc_store_kept *items;
	uint32_t n;
	int64_t next;		/* pass as `after` for more; 0: that was all */
};

struct cc_store_events_of {
	struct cc_str case_id;
	int64_t after;		/* cursor: seqs above it; 0: from the first */
	uint32_t limit;
};

/* The events of a case, in order of seq.  An unknown case has none. */
enum cc_code cc_store_case_events(struct cc_store *st, const struct cc_store_events_of *q,
    struct cc_arena *a, struct cc_store_kepts *ret, struct cc_err *reterr) CC_MUST_USE;

/* --- cases --------------------------------------------------------------- */

/* What a case was derived under; texts chosen by the caller, compared whole. */
struct cc_store_stamps {
	struct cc_str pack, calendar, zones;
};

struct cc_store_case {
	bool exists;
	struct cc_str id;
	int64_t version;		/* 0: events only, never put */
	struct cc_store_stamps stamps;	/* empty texts at version 0 */
	struct cc_wall wake;		/* CC_NEVER: none */
	struct cc_wall recorded;	/* of its last event */
	int64_t last_seq;
	struct cc_str first_source;	/* source of the event that arrived first */
	const struct cc_instance *instances;	/* empty in a list */
	uint32_t ninstances, nlive;
};

/* An unknown case is CC_OK with exists false. */
enum cc_code cc_store_case_load(struct cc_store *st, struct cc_str case_id,
    struct cc_arena *a, struct cc_store_case *ret, struct cc_err *reterr) CC_MUST_USE;

struct cc_store_put {
	struct cc_str case_id;
	int64_t expected;		/* the version that was read */
	struct cc_store_stamps stamps;
	struct cc_wall wake;		/* CC_NEVER: none */
	const struct cc_instance *instances;
	uint32_t ninstances;
};

/* Writes the case's row whole; its new version is expected + 1.
 * CC_ECONFLICT  another writer was first: the version is not `expected`.
 * CC_ENOENT     the case has no event.
 * CC_ERANGE     too many instances. */
enum cc_code cc_store_case_put(struct cc_store *st, const struct cc_store_put *put,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_store_cases_from {
	struct cc_str after;	/* cursor: ids above it; empty: from the first */
	uint32_t limit;
};

struct cc_store_cases {
	const struct cc_store_case *items;	/* without instances */
	uint32_t n;
	struct cc_str next;	/* pass as `after` for more; empty: that was all */
};

/* Cases in order of the bytes of their ids. */
enum cc_code cc_store_cases_list(struct cc_store *st, const struct cc_store_cases_from *q,
    struct cc_arena *a, struct cc_store_cases *ret, struct cc_err *reterr) CC_MUST_USE;

/* --- wakes: they speak of the last commit -------------------------------- */

struct cc_store_wake {
	struct cc_str case_id;
	struct cc_wall wake;
};

struct cc_store_wakes {
	const struct cc_store_wake *items;
	uint32_t n;
};

struct cc_store_due {
	struct cc_wall now;
	uint32_t limit;
};

/* Cases whose wake is at or before `now`, in order of wake, then of arrival. */
enum cc_code cc_store_wakes_due(struct cc_store *st, const struct cc_store_due *q,
    struct cc_arena *a, struct cc_store_wakes *ret, struct cc_err *reterr) CC_MUST_USE;

/* The earliest wake of all, CC_NEVER when there is none. */
enum cc_code cc_store_wake_next(struct cc_store *st, struct cc_wall *ret,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_store_stale {
	struct cc_store_stamps in_force;
	uint32_t limit;
};

/* Cases derived under other stamps than those in force (or never put), in order
 * of wake, those without one last: put them, commit, and ask again until none
 * comes.  Ask between transactions: within one, what it put may be seen or not. */
enum cc_code cc_store_stale_list(struct cc_store *st, const struct cc_store_stale *q,
    struct cc_arena *a, struct cc_store_wakes *ret, struct cc_err *reterr) CC_MUST_USE;

/* How many such cases there are. */
enum cc_code cc_store_stale_count(struct cc_store *st,
    const struct cc_store_stamps *in_force, int64_t *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* --- fired rungs: history ------------------------------------------------ */

struct cc_store_alert {
	int64_t id;			/* given by the store, ascending */
	struct cc_str case_id, rule, subject, origin_id, origin_source;
	uint32_t same, epoch, period;
	struct cc_str rung;		/* "breach", "moved", "clear", ... */
	enum cc_severity severity;
	struct cc_str to;		/* role names, parted by one space */
	enum cc_state state;		/* of the clock when it fired */
	struct cc_wall at, fired;	/* when the rung fell; the wall clock */
	struct cc_wall started, due, ended, known;	/* CC_NEVER: none */
	struct cc_wall previous_due;	/* of `moved` */
	bool late;			/* late news */
	struct cc_str held;		/* why nothing was sent ("history"), or empty */
	struct cc_wall released;	/* a held one was redriven then; CC_NEVER */
};

struct cc_store_added {
	bool added;		/* false: it was there already, nothing changed */
	int64_t id;		/* its number, new or old */
};

/* Adds a fired rung, unique on (case, rule, subject, origin, same, epoch, rung);
 * `id` and `released` of `al` are ignored.  CC_ENOENT: unknown case. */
enum cc_code cc_store_alert_add(struct cc_store *st, const struct cc_store_alert *al,
    struct cc_store_added *ret, struct cc_err *reterr) CC_MUST_USE;

/* A held alert is redriven: marks it.  The caller adds its messages.
 * CC_ENOENT no such alert; CC_ECONFLICT it is not held, or was released before. */
enum cc_code cc_store_alert_release(struct cc_store *st, int64_t id, struct cc_wall now,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_store_alert_filter {
	struct cc_str case_id;	/* empty: all */
	bool held;		/* only those held and not released */
	int64_t after;		/* cursor: ids above it */
	uint32_t limit;
	struct cc_str rule, subject;	/* empty: all; else with case_id only */
};

struct cc_store_alerts {
	const struct cc_store_alert *items;
	uint32_t n;
	int64_t next;		/* pass as `after`; 0: that was all */
};

/* In order of id. */
enum cc_code cc_store_alerts_list(struct cc_store *st, const struct cc_store_alert_filter *f,
    struct cc_arena *a, struct cc_store_alerts *ret, struct cc_err *reterr) CC_MUST_USE;

/* One alert.  CC_ENOENT. */
enum cc_code cc_store_alert_get(struct cc_store *st, int64_t id, struct cc_arena *a,
    struct cc_store_alert *ret, struct cc_err *reterr) CC_MUST_USE;

/* An acknowledgement of an alert's instance; it always ends. */
struct cc_store_ack {
	int64_t alert;
	struct cc_str by;		/* staff id or user */
	struct cc_wall at, until;
};

struct cc_store_acks {
	const struct cc_store_ack *items;
	uint32_t n;
};

/* Adds one.  CC_ENOENT: unknown alert.  CC_EINVAL: until is not after at. */
enum cc_code cc_store_ack_add(struct cc_store *st, const struct cc_store_ack *ack,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_store_acks_of {
	struct cc_str case_id;
	struct cc_wall now;
	uint32_t limit;
};

/* Those of a case that hold at `now` (at <= now < until), the newest first. */
enum cc_code cc_store_acks_list(struct cc_store *st, const struct cc_store_acks_of *q,
    struct cc_arena *a, struct cc_store_acks *ret, struct cc_err *reterr) CC_MUST_USE;

/* --- outbox -------------------------------------------------------------- */

/* Numbers are stored on disk: append only.  Moves: store/outbox.h. */
enum cc_outbox_state {
	CC_OUTBOX_QUEUED = 1,		/* waits for `next` */
	CC_OUTBOX_CLAIMED,		/* somebody sends it until `lease` */
	CC_OUTBOX_SENT,
	CC_OUTBOX_DEAD,			/* given up, reason kept, can be redriven */
	CC_OUTBOX_SUPERSEDED,		/* would have said nothing new */
	CC_OUTBOX_HELD,			/* not to be sent, reason kept, can be redriven */
	CC_OUTBOX_GROUPED,		/* another message, its carrier, says it */
	CC_OUTBOX_COUNT
};

struct cc_store_message {
	int64_t no;			/* given by the store, ascending */
	struct cc_str id;		/* stable text, unique */
	int64_t alert;			/* its fired rung, 0: none (configuration alerts) */
	struct cc_str case_id;		/* empty: none */
	struct cc_str recipient;	/* staff id */
	struct cc_str channel;		/* "email" or "webhook:NAME" */
	struct cc_str address;
	struct cc_str thread;		/* stable per instance */
	struct cc_str payload;		/* JSON; empty in lists unless asked for */
	bool safety;			/* no grouping, quiet hours or digest; claimed
					 * before the others of its channel */
	struct cc_str hold;		/* queued and waiting for `next` on purpose: "group",
					 * "quiet", "silence:3", "digest"; empty: not.  Up to 64
					 * bytes; cleared by any move and by release */
	int64_t carrier;		/* grouped: the number of the message that says it */
	enum cc_outbox_state state;
	struct cc_wall created, next, give_up;
	uint32_t attempts;		/* recorded so far */
	int64_t fence;			/* of the claim in force or the last one */
	struct cc_wall claimed, lease;	/* claimed: since when, until when */
	struct cc_str owner;		/* claimed: by whom */
	struct cc_wall closed;		/* end of the last move to a closed state */
	struct cc_str reason;		/* of the last move: code and words */
};

struct cc_store_messages {
	const struct cc_store_message *items;
	uint32_t n;
	int64_t next;			/* pass as `after`; 0: that was all */
};

/* Adds a message, QUEUED, or HELD when m->state is CC_OUTBOX_HELD (with
 * m->reason).  The same id again changes nothing (added false).  Used of `m`: id
 * ... hold, state, created, next, give_up, reason.  CC_ENOENT: a case is named
 * and unknown. */
enum cc_code cc_store_outbox_add(struct cc_store *st, const struct cc_store_message *m,
    struct cc_store_added *ret, struct cc_err *reterr) CC_MUST_USE;

/* How many messages of one channel may be claimed; 0 shuts it.  Of two for one
 * channel the first counts; CC_STORE_QUOTAS_MAX at once, else CC_EINVAL. */
struct cc_store_quota {
	struct cc_str channel;
	uint32_t n;
};

struct cc_store_claim {
	struct cc_wall now;
	cc_dur_s lease;			/* 1 s to 1 day */
	uint32_t limit;			/* in all */
	uint32_t each;			/* of a channel without a quota; 0: as many as limit */
	const struct cc_store_quota *quotas;
	uint32_t nquotas;
	struct cc_str owner;		/* this process, for example a boot or node id */
};

/* Claims queued messages whose `next` is at or before now, of each channel up to its
 * quota: first those with `safety`, then the others, each in order of next, then no; with
 * payload.  So a storm of ordinary messages behind a rate limit delays no safety alert,
 * and it costs a claim nothing however many wait.  The channels take turns: each gives
 * its first, then each its second, and so on up to `limit`, so that one that has a
 * million waiting leaves room for the others; of the last turn those with the earliest
 * next are claimed.  What was claimed comes back in one order: those with safety first,
 * then by next, then by no.  Leases that ran out are requeued first (as by
 * cc_store_outbox_requeue).  All rows of one claim carry one fence, higher than
 * any before. */
enum cc_code cc_store_outbox_claim(struct cc_store *st, const struct cc_store_claim *c,
    struct cc_arena *a, struct cc_store_messages *ret, struct cc_err *reterr) CC_MUST_USE;

/* Numbers are stored on disk: append only. */
enum cc_attempt_outcome {
	CC_ATTEMPT_SENT = 1, CC_ATTEMPT_TEMP, CC_ATTEMPT_PERM, CC_ATTEMPT_CANCELLED,
	CC_ATTEMPT_LOST		/* the lease ran out, or its process died: not known */
};

struct cc_store_outcome {
	int64_t no, fence;		/* fence 0: not claimed, only while QUEUED */
	enum cc_outbox_state to;	/* SENT, QUEUED (retry, put off), DEAD, SUPERSEDED, HELD,
					 * GROUPED */
	struct cc_wall next;		/* QUEUED: when to try again */
	struct cc_str hold;		/* QUEUED: as in struct cc_store_message; not empty:
					 * give_up is put off by as long as it is held */
	int64_t carrier;		/* GROUPED: by which message; it must exist */
	struct cc_wall now;		/* wall instant of the move */
	/* The attempt; started CC_NEVER: nothing was attempted, none recorded. */
	struct cc_wall started, ended;
	enum cc_attempt_outcome attempt;
	struct cc_str code;		/* "250", "http 503", "timeout"; cut at 64 */
	struct cc_str detail;		/* cut at CC_STORE_DETAIL_MAX */
};

/* Records outcomes, up to CC_STORE_LIST_MAX.  ret_codes (n of them): CC_OK;
 * CC_ECONFLICT the fence is stale or the state has moved on: nothing of that row
 * changed; CC_ENOENT no such message; CC_EINVAL no such move, a hold that is too
 * long, or a carrier that is not there, is grouped itself or is the message; nor can
 * a message that carries others be grouped.  Attempts are
 * numbered 1, 2, ...; the reason kept is "code detail". */
enum cc_code cc_store_outbox_complete(struct cc_store *st, const struct cc_store_outcome *o,
    uint32_t n, enum cc_code *ret_codes, struct cc_err *reterr) CC_MUST_USE;

/* Claims whose lease ended at or before now go back to the queue, due at once,
 * with an attempt LOST; with `others_than` (not empty) also every claim of
 * another owner, whatever its lease: for the start after a crash.  At most
 * CC_STORE_LIST_MAX a call; ret_n tells how many, call again while it is that. */
enum cc_code cc_store_outbox_requeue(struct cc_store *st, struct cc_wall now,
    struct cc_str others_than, uint32_t *ret_n, struct cc_err *reterr) CC_MUST_USE;

/* The earliest instant at which a claim with these quotas would find something (a
 * `next` of a channel that is not shut, or the end of a lease), CC_NEVER: never. */
enum cc_code cc_store_outbox_next(struct cc_store *st, const struct cc_store_quota *quotas,
    uint32_t nquotas, struct cc_wall *ret, struct cc_err *reterr) CC_MUST_USE;

/* A claim goes on: its lease ends at `lease`.  CC_ECONFLICT: the fence is stale or it is
 * not claimed; CC_ENOENT. */
enum cc_code cc_store_outbox_extend(struct cc_store *st, int64_t no, int64_t fence,
    struct cc_wall lease, struct cc_err *reterr) CC_MUST_USE;

/* Messages queued under exactly this hold (not empty) are due at once, without it.  At
 * most CC_STORE_LIST_MAX a call, in order of no; ret_n tells how many, call again while
 * it is that. */
enum cc_code cc_store_outbox_release(struct cc_store *st, struct cc_str hold,
    struct cc_wall now, uint32_t *ret_n, struct cc_err *reterr) CC_MUST_USE;

/* A notice came back: a SENT message becomes DEAD with "why detail" as its reason; no
 * attempt is recorded.  CC_ENOENT; CC_ECONFLICT: it is not SENT. */
enum cc_code cc_store_outbox_bounce(struct cc_store *st, struct cc_str id, struct cc_str why,
    struct cc_str detail, struct cc_wall now, struct cc_err *reterr) CC_MUST_USE;

struct cc_store_message_filter {
	struct cc_str case_id;		/* empty: all */
	enum cc_outbox_state state;	/* 0: all */
	int64_t alert;			/* 0: all */
	struct cc_str thread;		/* empty: all; else of one instance */
	struct cc_str recipient;	/* empty: all; else a staff id, with thread only */
	int64_t carrier;		/* 0: all; else those this message carries */
	bool payload;			/* with payloads */
	int64_t after;			/* cursor: numbers above it */
	uint32_t limit;
};

/* In order of no. */
enum cc_code cc_store_messages_list(struct cc_store *st,
    const struct cc_store_message_filter *f, struct cc_arena *a,
    struct cc_store_messages *ret, struct cc_err *reterr) CC_MUST_USE;

/* One message by its stable id, with payload.  CC_ENOENT. */
enum cc_code cc_store_message_get(struct cc_store *st, struct cc_str id, struct cc_arena *a,
    struct cc_store_message *ret, struct cc_err *reterr) CC_MUST_USE;

struct cc_store_attempt {
	uint32_t number;
	struct cc_wall started, ended;
	enum cc_attempt_outcome outcome;
	struct cc_str code, detail;
};

struct cc_store_attempts {
	const struct cc_store_attempt *items;
	uint32_t n;
	uint32_t next;			/* pass as `after`; 0: that was all */
};

struct cc_store_attempt_filter {
	int64_t no;			/* the message */
	uint32_t after, limit;
};

/* The attempts of one message, in order. */
enum cc_code cc_store_attempts_list(struct cc_store *st,
    const struct cc_store_attempt_filter *f, struct cc_arena *a,
    struct cc_store_attempts *ret, struct cc_err *reterr) CC_MUST_USE;

struct cc_store_redrive {
	struct cc_str id;		/* empty: every DEAD message */
	struct cc_wall now, give_up;	/* due at now, given up at give_up */
};

/* DEAD (and, by id, HELD) messages go back to the queue.  At most
 * CC_STORE_LIST_MAX a call; ret_n tells how many.  By id: CC_ENOENT unknown,
 * CC_ECONFLICT neither DEAD nor HELD. */
enum cc_code cc_store_redrive(struct cc_store *st, const struct cc_store_redrive *r,
    uint32_t *ret_n, struct cc_err *reterr) CC_MUST_USE;

/* --- small things -------------------------------------------------------- */

/* True the first time that `cause` is told for `day` (or a later day than any
 * before): one configuration alert per cause per day. */
enum cc_code cc_store_notice(struct cc_store *st, struct cc_str cause, cc_day day,
    bool *ret_first, struct cc_err *reterr) CC_MUST_USE;

/* What an administrator did, for good. */
struct cc_store_audit {
	int64_t id;			/* given by the store, ascending */
	struct cc_wall at;
	struct cc_str who, what, detail;	/* detail up to CC_STORE_TEXT_MAX */
};

struct cc_store_audits {
	const struct cc_store_audit *items;
	uint32_t n;
	int64_t next;			/* pass as `after`; 0: that was all */
};

enum cc_code cc_store_audit_add(struct cc_store *st, const struct cc_store_audit *au,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_store_audit_from {
	int64_t after;			/* cursor: ids above it */
	uint32_t limit;
};

/* In order of id. */
enum cc_code cc_store_audit_list(struct cc_store *st, const struct cc_store_audit_from *q,
    struct cc_arena *a, struct cc_store_audits *ret, struct cc_err *reterr) CC_MUST_USE;

/* Key and value.  get: CC_ENOENT.  Keys of up to 64 bytes; put replaces. */
enum cc_code cc_store_meta_get(struct cc_store *st, struct cc_str key, struct cc_arena *a,
    struct cc_str *ret, struct cc_err *reterr) CC_MUST_USE;
enum cc_code cc_store_meta_put(struct cc_store *st, struct cc_str key, struct cc_str value,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_store_status {
	uint32_t schema;
	int64_t events, cases, open_cases;	/* open: with a wake */
	int64_t live;				/* live instances of all cases */
	int64_t alerts, held;			/* held and not released */
	int64_t outbox[CC_OUTBOX_COUNT];	/* by state; [0] is the sum */
	int64_t attempts;
	int64_t file_bytes, log_bytes;		/* 0 in memory */
	int64_t commits;			/* of this handle */
};

/* Costs the same however much is kept. */
enum cc_code cc_store_status(struct cc_store *st, struct cc_store_status *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* A whole copy of what is committed, readable as a store, mode 0600, on disk
 * when it returns.  CC_ECONFLICT: `path` exists.  In memory: CC_EINVAL.  Takes
 * long; best called on a reader of its own. */
enum cc_code cc_store_backup(struct cc_store *st, const char *path,
    struct cc_err *reterr) CC_MUST_USE;

/* Reads everything and checks it: the file, each table against the others, the
 * figures of cc_store_status, the wake index.  CC_EBUG: the first thing wrong is
 * in *reterr. */
enum cc_code cc_store_verify(struct cc_store *st, struct cc_err *reterr) CC_MUST_USE;

#endif
