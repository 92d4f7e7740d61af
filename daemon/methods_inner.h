/*
 * daemon/methods_inner.h - inside of the methods: shared by methods*.c.
 *
 * Purpose:   a method that reads checks its parameters, then writes one JSON value into
 *            c->out.
 * Errors:    CC_EINVAL, CC_ENOENT: the asker's (-32602); others the store's (-32002).
 * Threads:   the reader's, save where the table is read.
 */
#ifndef CC_DAEMON_METHODS_INNER_H
#define CC_DAEMON_METHODS_INNER_H

#include "daemon/engine_inner.h"
#include "daemon/methods.h"
#include "scheduler/eval.h"

typedef enum cc_code cc_method_fn(struct cc_call *c, struct cc_err *reterr);

cc_method_fn cc_method_status, cc_method_clocks, cc_method_explain, cc_method_events,
    cc_method_alerts, cc_method_messages, cc_method_policy, cc_method_backup,
    cc_method_silences, cc_method_audit;

/* Of the table; CC_EINVAL: a parameter that it does not know. */
enum cc_code cc_method_known(const struct cc_method *m, const struct cc_rpc *rpc,
    struct cc_err *reterr) CC_MUST_USE;
bool cc_method_audited(const struct cc_method *m);
cc_write_fn *cc_method_writer(const struct cc_method *m);
cc_write_fn cc_method_import;

/* An item of a list begins: a comma, unless it is the first. */
void cc_item_begin(struct cc_call *c);

/* So much was written that the list goes on with its cursor. */
bool cc_page_full(const struct cc_call *c);

/* The parameters that all lists share. */
struct cc_page {
	int64_t limit;
	struct cc_str cursor;		/* empty: from the first */
	int64_t after;			/* the cursor as a number, for lists that have one */
};

/* `numbered`: the cursor must be a whole number. */
enum cc_code cc_page_read(const struct cc_call *c, bool numbered, struct cc_page *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* Begins {"items":[ and ends with the cursor, "" for none. */
void cc_page_begin(struct cc_call *c);
void cc_page_end(struct cc_call *c, struct cc_str next);
void cc_page_end_number(struct cc_call *c, int64_t next);

/* Loads all events of a case into the arena; nevents 0: the case is not known. */
enum cc_code cc_call_case(struct cc_call *c, struct cc_str id, struct cc_case *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* ,"name": */
void cc_put_key(struct cc_buf *b, const char *name);
void cc_put_text(struct cc_buf *b, const char *name, struct cc_str value);
void cc_put_number(struct cc_buf *b, const char *name, int64_t value);
void cc_put_wall(struct cc_buf *b, const char *name, struct cc_wall t);
void cc_put_bool(struct cc_buf *b, const char *name, bool value);

#endif
