/*
 * store/sqlite.h - what the files of the SQLite store share; private to store/.
 *
 * Purpose:   the handle, statements as small values, names and figures.
 * Source:    the layout: sqlite_schema.c.
 * Errors:    SQLite codes become enum cc_code in cc_q_end, with the extended code
 *            in `sys`.
 * Threads:   a connection belongs to one thread at a time.
 */
#ifndef CC_STORE_SQLITE_H
#define CC_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/codec.h"
#include "store/ops.h"
#include "store/sqlite_sql.h"
#include "store/wakes.h"

/* Counted as the rows change, so that nothing is ever counted by a scan. */
enum cc_figure {
	CC_FIG_EVENTS, CC_FIG_CASES, CC_FIG_OPEN, CC_FIG_LIVE, CC_FIG_ALERTS,
	CC_FIG_HELD, CC_FIG_ATTEMPTS, CC_FIG_FENCE, CC_FIG_MESSAGES,
	CC_FIG_OUTBOX,		/* + enum cc_outbox_state */
	CC_FIG_COUNT = CC_FIG_OUTBOX + CC_OUTBOX_COUNT
};

enum { CC_SQLITE_NAMES = 256, CC_SQLITE_STALE_FEW = 4096 };

struct cc_sqlite_name {
	int64_t no;
	char *text;
	uint32_t n;
};

/* A wake that the open transaction moves; -1: none. */
struct cc_sqlite_move {
	int64_t no, from, to;
};

struct cc_sqlite {
	struct cc_store base;		/* first */
	sqlite3 *db;
	sqlite3_stmt *stmt[CC_SQL_COUNT];
	char *path;
	struct cc_store_config cf;	/* path is the one above */
	int64_t fig[CC_FIG_COUNT], fig_before[CC_FIG_COUNT];
	int64_t data_version;		/* changes when another connection commits */
	struct cc_sqlite_name names[CC_SQLITE_NAMES];
	bool names_added;		/* by the open transaction */
	int64_t stamp;			/* number of the stamps last used, 0 none */
	struct cc_store_buf stamp_text;
	struct cc_wakes wakes;
	bool wakes_known;
	struct cc_sqlite_move *moves;
	size_t nmoves, moves_cap;
	int64_t stale_stamp;		/* whose walk stale_from belongs to */
	uint64_t stale_from;
	struct cc_store_buf blob;
};

static inline struct cc_sqlite *
cc_sqlite_of(struct cc_store *st)
{
	return (struct cc_sqlite *)st;	/* base comes first */
}

/* --- one run of a statement ---------------------------------------------- */

struct cc_q {
	struct cc_sqlite *s;
	sqlite3_stmt *st;
	int rc;			/* the first failure, SQLITE_OK while none */
	int at;			/* next parameter to bind */
	const char *name;	/* of the statement */
	bool fault;		/* the failure is a test's */
};

/* Binds follow in order; a failure is kept and told by cc_q_end. */
struct cc_q cc_q_open(struct cc_sqlite *s, enum cc_sql id);
void cc_q_int(struct cc_q *q, int64_t v);
void cc_q_wall(struct cc_q *q, struct cc_wall t);		/* CC_NEVER: NULL */
void cc_q_text(struct cc_q *q, struct cc_str t);
void cc_q_blob(struct cc_q *q, struct cc_str t);
void cc_q_null(struct cc_q *q);

bool cc_q_row(struct cc_q *q);	/* false: no more rows, or it failed */
int64_t cc_q_get(struct cc_q *q, int col);
struct cc_wall cc_q_get_wall(struct cc_q *q, int col);	/* NULL: CC_NEVER */
struct cc_str cc_q_get_text(struct cc_q *q, int col, struct cc_arena *a);
struct cc_str cc_q_peek(struct cc_q *q, int col);		/* until the next row */
void cc_q_fail(struct cc_q *q, int rc);

/* Ends the run (the statement can be used again). */
enum cc_code cc_q_end(struct cc_q *q, struct cc_err *reterr) CC_MUST_USE;
enum cc_code cc_q_run(struct cc_q *q, struct cc_err *reterr) CC_MUST_USE;	/* to its end */

/* The code for a failure of SQLite's on `db` (may be NULL). */
enum cc_code cc_sqlite_fail(sqlite3 *db, int rc, const char *what, struct cc_err *reterr);

/* --- shared -------------------------------------------------------------- */

/* The number of a text; 0 when unknown and not `add`. */
enum cc_code cc_sqlite_name(struct cc_sqlite *s, struct cc_str text, bool add, int64_t *ret,
    struct cc_err *reterr) CC_MUST_USE;
void cc_sqlite_names_drop(struct cc_sqlite *s);

/* A case's number, 0 when there is none. */
enum cc_code cc_sqlite_case_no(struct cc_sqlite *s, struct cc_str id, int64_t *ret,
    struct cc_err *reterr) CC_MUST_USE;

enum cc_code cc_sqlite_figures_load(struct cc_sqlite *s, struct cc_err *reterr) CC_MUST_USE;
enum cc_code cc_sqlite_figures_save(struct cc_sqlite *s, struct cc_err *reterr) CC_MUST_USE;

/* A case's wake moves in the open transaction.  False: no memory. */
bool cc_sqlite_wake_move(struct cc_sqlite *s, struct cc_sqlite_move m);
void cc_sqlite_wakes_committed(struct cc_sqlite *s);	/* never fails */
/* Makes the index from the table when it is not known. */
enum cc_code cc_sqlite_wakes_need(struct cc_sqlite *s, struct cc_err *reterr) CC_MUST_USE;

/* --- schema -------------------------------------------------------------- */

enum { CC_SQLITE_APPLICATION = 0x43436c6b };	/* "CClk" */

/* The steps that lead from an empty file to today's schema; step i leads from
 * version i to i + 1. */
struct cc_sqlite_steps {
	const char *const *sql;
	int n;
};

extern const struct cc_sqlite_steps cc_sqlite_steps;

/* Brings `db` to the last step, in one transaction.  CC_EINVAL: it is not a
 * store, or newer than the steps, or empty and not `create`. */
enum cc_code cc_sqlite_migrate(sqlite3 *db, const struct cc_sqlite_steps *steps, bool create,
    struct cc_err *reterr) CC_MUST_USE;

/* --- the operations, by file --------------------------------------------- */

extern const struct cc_store_ops cc_sqlite_ops;

void cc_sqlite_close(struct cc_store *st);
enum cc_code cc_sqlite_open_reader(struct cc_store *, struct cc_store **, struct cc_err *);

enum cc_code cc_sqlite_event_append(struct cc_store *, const struct cc_store_event *,
    struct cc_store_appended *, struct cc_err *);
enum cc_code cc_sqlite_case_events(struct cc_store *, const struct cc_store_events_of *,
    struct cc_arena *, struct cc_store_kepts *, struct cc_err *);
enum cc_code cc_sqlite_case_load(struct cc_store *, struct cc_str, struct cc_arena *,
    struct cc_store_case *, struct cc_err *);
enum cc_code cc_sqlite_case_put(struct cc_store *, const struct cc_store_put *, struct cc_err *);
enum cc_code cc_sqlite_cases_list(struct cc_store *, const struct cc_store_cases_from *,
    struct cc_arena *, struct cc_store_cases *, struct cc_err *);

enum cc_code cc_sqlite_wakes_due(struct cc_store *, const struct cc_store_due *,
    struct cc_arena *, struct cc_store_wakes *, struct cc_err *);
enum cc_code cc_sqlite_wake_next(struct cc_store *, struct cc_wall *, struct cc_err *);
enum cc_code cc_sqlite_stale_list(struct cc_store *, const struct cc_store_stale *,
    struct cc_arena *, struct cc_store_wakes *, struct cc_err *);
enum cc_code cc_sqlite_stale_count(struct cc_store *, const struct cc_store_stamps *, int64_t *,
    struct cc_err *);

enum cc_code cc_sqlite_alert_add(struct cc_store *, const struct cc_store_alert *,
    struct cc_store_added *, struct cc_err *);
enum cc_code cc_sqlite_alert_release(struct cc_store *, int64_t, struct cc_wall,
    struct cc_err *);
enum cc_code cc_sqlite_alerts_list(struct cc_store *, const struct cc_store_alert_filter *,
    struct cc_arena *, struct cc_store_alerts *, struct cc_err *);
enum cc_code cc_sqlite_alert_get(struct cc_store *, int64_t, struct cc_arena *,
    struct cc_store_alert *, struct cc_err *);
enum cc_code cc_sqlite_ack_add(struct cc_store *, const struct cc_store_ack *, struct cc_err *);
enum cc_code cc_sqlite_acks_list(struct cc_store *, const struct cc_store_acks_of *,
    struct cc_arena *, struct cc_store_acks *, struct cc_err *);

enum cc_code cc_sqlite_outbox_add(struct cc_store *, const struct cc_store_message *,
    struct cc_store_added *, struct cc_err *);
enum cc_code cc_sqlite_outbox_claim(struct cc_store *, const struct cc_store_claim *,
    struct cc_arena *, struct cc_store_messages *, struct cc_err *);
enum cc_code cc_sqlite_outbox_complete(struct cc_store *, const struct cc_store_outcome *,
    enum cc_code *, struct cc_err *);
enum cc_code cc_sqlite_outbox_requeue(struct cc_store *, struct cc_wall, struct cc_str,
    uint32_t *, struct cc_err *);
enum cc_code cc_sqlite_outbox_next(struct cc_store *, const struct cc_store_quota *, uint32_t,
    struct cc_wall *, struct cc_err *);
enum cc_code cc_sqlite_outbox_extend(struct cc_store *, int64_t, int64_t, struct cc_wall,
    struct cc_err *);
enum cc_code cc_sqlite_outbox_release(struct cc_store *, struct cc_str, struct cc_wall,
    uint32_t *, struct cc_err *);
enum cc_code cc_sqlite_outbox_bounce(struct cc_store *, struct cc_str,
    const struct cc_outbox_notice *, struct cc_err *);
enum cc_code cc_sqlite_redrive(struct cc_store *, const struct cc_store_redrive *, uint32_t *,
    struct cc_err *);
enum cc_code cc_sqlite_messages_list(struct cc_store *, const struct cc_store_message_filter *,
    struct cc_arena *, struct cc_store_messages *, struct cc_err *);
enum cc_code cc_sqlite_message_get(struct cc_store *, struct cc_str, struct cc_arena *,
    struct cc_store_message *, struct cc_err *);
enum cc_code cc_sqlite_attempts_list(struct cc_store *, const struct cc_store_attempt_filter *,
    struct cc_arena *, struct cc_store_attempts *, struct cc_err *);

enum cc_code cc_sqlite_silence_add(struct cc_store *, const struct cc_store_silence *, int64_t *,
    struct cc_err *);
enum cc_code cc_sqlite_silence_end(struct cc_store *, int64_t, struct cc_wall, struct cc_err *);
enum cc_code cc_sqlite_silences_list(struct cc_store *, const struct cc_store_silence_filter *,
    struct cc_arena *, struct cc_store_silences *, struct cc_err *);

/* What moves of one message (not hold, owner, reason).  CC_ENOENT comes without words:
 * the caller knows what that means. */
enum cc_code cc_sqlite_outbox_load(struct cc_sqlite *s, int64_t no,
    struct cc_store_message *ret, struct cc_err *reterr) CC_MUST_USE;
/* After a move from `was`. */
enum cc_code cc_sqlite_outbox_save(struct cc_sqlite *s, const struct cc_store_message *m,
    enum cc_outbox_state was, struct cc_err *reterr) CC_MUST_USE;
enum cc_code cc_sqlite_attempt_add(struct cc_sqlite *s, int64_t no,
    const struct cc_store_attempt *t, struct cc_err *reterr) CC_MUST_USE;

/* Up to CC_STORE_LIST_MAX numbers: the first column of `q`, which is ended. */
struct cc_sqlite_numbers {
	int64_t no[CC_STORE_LIST_MAX];
	uint32_t n;
};
enum cc_code cc_sqlite_numbers(struct cc_q *q, struct cc_sqlite_numbers *ret,
    struct cc_err *reterr) CC_MUST_USE;
void cc_sqlite_get_message(struct cc_q *q, struct cc_arena *a, struct cc_store_message *m);

/* The lane of its channel that it is claimed from: the lower comes first. */
int64_t cc_sqlite_lane(const struct cc_store_message *m);

enum cc_code cc_sqlite_notice(struct cc_store *, struct cc_str, cc_day, bool *, struct cc_err *);
enum cc_code cc_sqlite_audit_add(struct cc_store *, const struct cc_store_audit *,
    struct cc_err *);
enum cc_code cc_sqlite_audit_list(struct cc_store *, const struct cc_store_audit_from *,
    struct cc_arena *, struct cc_store_audits *, struct cc_err *);
enum cc_code cc_sqlite_meta_get(struct cc_store *, struct cc_str, struct cc_arena *,
    struct cc_str *, struct cc_err *);
enum cc_code cc_sqlite_meta_put(struct cc_store *, struct cc_str, struct cc_str,
    struct cc_err *);
enum cc_code cc_sqlite_status(struct cc_store *, struct cc_store_status *, struct cc_err *);
enum cc_code cc_sqlite_backup(struct cc_store *, const char *, struct cc_err *);
enum cc_code cc_sqlite_verify(struct cc_store *, struct cc_err *);

#endif
