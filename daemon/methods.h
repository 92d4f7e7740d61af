/*
 * daemon/methods.h - the requests that the socket answers.
 *
 * Source:    DESIGN.md sections 5, 6 and 8.
 * Purpose:   one table of methods: the right each needs, whether it writes (then the
 *            engine runs it inside its group) or reads (then the reader runs it on
 *            its own connection, after the commit of the lines before it).
 * Ownership: a job's answer is put into j->text with malloc.
 * Threads:   the table from any; cc_method_read from the reader; the others from the
 *            engine.
 * Limits:    an answer is at most CC_ANSWER_MAX bytes; a list is cut before
 *            CC_PAGE_BYTES and goes on from its cursor, with fewer items than asked
 *            for.  clocks.list looks at CC_PAGE_CASES cases at most in one page.
 *
 * Results; lists are {"items":[...],"next":CURSOR or null}, limit 1 to 1000, 100 when
 * it is not given; a cursor is a text that means nothing to the asker.
 *
 *   status {}          {"version","policy":{name,version,stamp,effective,holidays,zones},
 *                      "started","now","wake":INSTANT or null,"stale":cases to be derived
 *                      anew,"clients","waiting":work before the engine,"store":{"schema",
 *                      "events","cases","open_cases","live","alerts","held","attempts",
 *                      "file_bytes","log_bytes"},"outbox":{"queued","claimed","sent",
 *                      "dead","superseded","held"},"counters":{...figures.h...}}
 *   clocks.list {case?,clock?,subject?,state?[],limit?,cursor?}
 *                      clock records as `simulate` prints them
 *   clock.explain {case,clock,subject?,period?}
 *                      {"items":[{...one explanation, see explain.h...}]}
 *                      and, when items is empty, "why":[sentences]: which condition
 *                      failed, what has not come
 *   case.events {case,limit?,cursor?}
 *                      {"seq","recorded","event":{the CloudEvent},"effective":bool}, in
 *                      order of arrival; a voided event, a void, or one of a type that
 *                      the policy no longer has is not effective ("event" is then null)
 *   alerts.list {case?,held?,limit?,cursor?}
 *                      alert records with fired, epoch and messages, then "id","state",
 *                      "started","due","late","held":REASON or null
 *   messages.list {case?,state?,alert?,limit?,cursor?}
 *                      {"id","no","alert":ID or null,"case","recipient","channel",
 *                      "address","state","created","next","attempts","closed","reason",
 *                      "rung","clock","subject","due"}
 *   messages.redrive {id?|alert?|all?}
 *                      {"redriven":N}: a dead or held message, a held alert, or all that
 *                      are dead
 *   policy.info {}     {"name","version","stamp","effective","holidays","zones",
 *                      "rules":[{"id","title","section","kind","safety"}],"types":[...]}
 *   backup {path}      {"path","bytes"}; path is absolute and must not exist
 */
#ifndef CC_DAEMON_METHODS_H
#define CC_DAEMON_METHODS_H

#include "daemon/clock.h"
#include "daemon/figures.h"
#include "daemon/job.h"
#include "wire/buf.h"

enum {
	CC_ANSWER_MAX = 1024 * 1024, CC_PAGE_BYTES = 512 * 1024, CC_PAGE_CASES = 2000,
	CC_PAGE_DEFAULT = 100, CC_PAGE_MAX = 1000, CC_CALL_ARENA = 512 * 1024 * 1024
};

struct cc_method;

/* The method of that name, or NULL. */
const struct cc_method *cc_method_find(const char *name);
const char *cc_method_name(const struct cc_method *m);
enum cc_right cc_method_right(const struct cc_method *m);
bool cc_method_writes(const struct cc_method *m);

/* One call of a method that reads. */
struct cc_call {
	struct cc_store *store;		/* a reader, with a snapshot taken */
	const struct cc_setup *setup;
	struct cc_figures *figures;
	uint32_t waiting;		/* before the engine */
	struct cc_wall wake;
	struct cc_now now;
	const struct cc_rpc *rpc;
	struct cc_arena *arena;		/* empty */
	struct cc_buf *out;		/* the result goes here, one JSON value */
};

/* Runs it and writes the whole answer line into j->text. */
void cc_method_read(struct cc_job *j, struct cc_call *c);

/* The answer of a request that could not be kept (CC_RPC_STORE). */
void cc_method_failed(struct cc_job *j, const struct cc_err *err);
/* The answer of a request whose parameters are wrong (CC_RPC_PARAMS). */
void cc_method_refused(struct cc_job *j, const struct cc_err *err);
/* Any error as an answer line. */
void cc_method_error(struct cc_job *j, int code, const char *message);

/* messages.redrive: what is asked, and the answer. */
struct cc_redrive_asked {
	struct cc_str message;		/* empty: not one message */
	int64_t alert;			/* 0: not an alert */
};
enum cc_code cc_method_redrive_read(const struct cc_job *j,
    struct cc_redrive_asked *ret, struct cc_err *reterr) CC_MUST_USE;
void cc_method_redriven(struct cc_job *j, uint32_t n);

#endif
