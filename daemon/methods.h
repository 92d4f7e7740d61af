/*
 * daemon/methods.h - the requests that the socket answers.
 *
 * Source:    DESIGN.md sections 5, 6 and 8.
 * Purpose:   one table of methods: the right each needs, whether it writes (then the
 *            engine runs it inside its group) or reads (then the reader runs it on
 *            its own connection, after the commit of the lines before it).
 * Ownership: a job's answer is put into j->text with malloc.
 * Writers:   cc_write_fn of engine_inner.h; each checks its parameters before it writes
 *            and answers with cc_method_result.  What it fails with is answered by
 *            cc_method_write, which also keeps the audit.
 * Threads:   the table from any; cc_method_read from the reader; the others from the
 *            engine.
 * Limits:    an answer is at most CC_ANSWER_MAX bytes; a list is cut before
 *            CC_PAGE_BYTES and goes on from its cursor, with fewer items than asked
 *            for.  clocks.list looks at CC_PAGE_CASES cases at most in one page.
 *
 * Results; lists are {"items":[...],"next":CURSOR or null}, limit 1 to 1000, 100 when
 * it is not given; a cursor is a text that means nothing to the asker.
 *
 *   status {}          {"version","policy":{"name","version","stamp","effective","zone",
 *                      "holidays","holidays_from","holidays_until":dates that the data
 *                      vouch for or null,"zones","no_holiday_data":[of this year and the
 *                      next, those they do not]},"started","loaded","now",
 *                      "wake":INSTANT or null,"stale":cases to be derived anew,"clients",
 *                      "waiting":work before the engine,"store":{"schema","events",
 *                      "cases","open_cases","live","alerts","held","attempts",
 *                      "file_bytes","log_bytes"},"outbox":{"queued","claimed","sent",
 *                      "dead","superseded","held","grouped"},"silences":in force,
 *                      "endpoints":[{"name","state":"ok","resting","open","disabled",
 *                      "busy","failures","until"}],"rounds":{"at":INSTANT or null,
 *                      "cases","rungs","messages","gaps","unreachable"}: what the last
 *                      nightly rounds looked at and found,
 *                      "counters":{...figures.h...}}
 *   clocks.list {case?,clock?,subject?,state?[],limit?,cursor?}
 *                      clock records as `simulate` prints them
 *   clock.explain {case,clock,subject?,period?}
 *                      {"items":[{...one explanation, see explain.h...}],"more"}: at
 *                      most 50 and CC_PAGE_BYTES; `more` when there are further clocks
 *                      and, when items is empty, "why":[sentences]: which condition
 *                      failed, what has not come
 *   case.events {case,limit?,cursor?}
 *                      {"seq","recorded","event":{the CloudEvent, with recordedtime},
 *                      "effective":bool}, in
 *                      order of arrival; a voided event, a void, or one of a type that
 *                      the policy no longer has is not effective ("event" is then null)
 *   alerts.list {case?,held?,limit?,cursor?}
 *                      alert records with fired, epoch and messages, then "id","state",
 *                      "started","due","late","held":REASON or null,"released",
 *                      "previous_due": of moved, back and clear, else null
 *   alert.acknowledge {alert | case,clock,subject?; until | for; by}
 *                      holds the ladder of a clock to the end; `until` an instant, `for`
 *                      a length ("4h"), `by` a staff id
 *   messages.list {case?,state?,alert?,limit?,cursor?}
 *                      {"id","no","alert":ID or null,"case","recipient","channel",
 *                      "address","state","created","next","attempts","closed","reason",
 *                      "hold":what it waits for on purpose or null,"carrier":number of
 *                      the message that says it or null,"rung","clock","subject","due",
 *                      "title","role","form":"alert","group","digest","handover" or
 *                      "configuration"}
 *   messages.redrive {id?|alert?|all?}
 *                      {"redriven":N}: a dead or held message, a held alert, or all that
 *                      are dead
 *   message.bounced {id,action,status?,detail?}
 *                      a delivery notice came back for a message
 *   silence.add {case?,clock?,recipient?; until | for; by, reason}
 *                      messages of clocks that are not safety clocks wait for its end
 *                      {"silence":N,"until":INSTANT}
 *   silence.end {silence}
 *                      {"silence":N,"released":how many messages waited for it}
 *   silence.list {all?,limit?,cursor?}
 *                      {"silence","case","clock","recipient","by","reason","at","until",
 *                      "ended"}, null where it is not given; those in force, or all
 *   endpoint.enable {endpoint}
 *                      a channel that was disabled or rests is used again
 *   import.begin {}    {"importing":true}: from here on the recordedtime of the events of
 *                      this connection is the instant at which they were recorded; it may
 *                      not lie after now
 *   audit.run {}       {"audit":"begun"}: the nightly rounds begin now; `status` shows what
 *                      they found
 *   audit.list {limit?,cursor?}
 *                      {"no","at","who":"uid N","what":METHOD,"detail":its parameters}:
 *                      each of acknowledge, redrive, silence.add and end, endpoint.enable,
 *                      import.begin and audit.run that was done
 *   policy.info {}     {"name","version","stamp","effective","zone","holidays",
 *                      "holidays_from","holidays_until","zones",
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

struct cc_engine;
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

/* The answer: `result` is one JSON value; an overflow of it is answered as such. */
void cc_method_result(struct cc_job *j, const struct cc_buf *result);
/* The answer of a request that could not be kept (CC_RPC_STORE). */
void cc_method_failed(struct cc_job *j, const struct cc_err *err);
/* The answer of a request whose parameters are wrong (CC_RPC_PARAMS). */
void cc_method_refused(struct cc_job *j, const struct cc_err *err);
/* Any error as an answer line. */
void cc_method_error(struct cc_job *j, int code, const char *message);

/*
 * The engine runs a request that writes, inside its transaction, perhaps again after a
 * rollback.  What the asker did wrong (CC_EINVAL, CC_ENOENT, CC_ECONFLICT, CC_ERANGE) is
 * answered -32602; other codes are the store's and go up: the group is rolled back.
 */
enum cc_code cc_method_write(struct cc_engine *e, struct cc_job *j,
    struct cc_err *reterr) CC_MUST_USE;

/* messages.redrive: what is asked, and the answer. */
struct cc_redrive_asked {
	struct cc_str message;		/* empty: not one message */
	int64_t alert;			/* 0: not an alert */
};
enum cc_code cc_method_redrive_read(const struct cc_job *j,
    struct cc_redrive_asked *ret, struct cc_err *reterr) CC_MUST_USE;
void cc_method_redriven(struct cc_job *j, uint32_t n);

/* The request that turns a connection into an import, well formed. */
#define CC_METHOD_IMPORT "import.begin"
bool cc_method_imports(const struct cc_method *m, const struct cc_rpc *rpc);

#endif
