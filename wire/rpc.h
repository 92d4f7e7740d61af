/*
 * wire/rpc.h - JSON-RPC 2.0 over lines: requests read, answers written, and the
 * other way round for the tool.
 *
 * Source:    DESIGN.md section 5 (methods, codes).
 * Purpose:   typed getters for the parameters of a request, so that a method says
 *            in a few lines what it takes and everything else is -32602.
 * Ownership: a request is owned by who got it (cc_rpc_free); what its getters
 *            answer is borrowed from it.
 * Errors:    parameter getters: CC_EINVAL with words that name the parameter (to
 *            be answered as CC_RPC_PARAMS); CC_ERANGE, CC_ENOMEM when a buffer is
 *            at its limit: then nothing of the line is in it.
 * Threads:   no shared state.
 *
 * A request without id is refused as -32600 with id null: answers are in the order
 * of the lines, and a line without answer would break that.  Batches are not
 * taken, nor parameters by position.
 */
#ifndef CC_WIRE_RPC_H
#define CC_WIRE_RPC_H

#include "wire/buf.h"
#include "wire/json.h"

enum cc_rpc_code {
	CC_RPC_PARSE = -32700,
	CC_RPC_INVALID = -32600,	/* not a request */
	CC_RPC_METHOD = -32601,		/* no such method */
	CC_RPC_PARAMS = -32602,		/* unknown or wrong parameter */
	CC_RPC_FORBIDDEN = -32001,
	CC_RPC_STORE = -32002
};

enum { CC_RPC_ID_TEXT = 256, CC_RPC_METHOD_MAX = 64 };

struct cc_rpc;

void cc_rpc_free(struct cc_rpc *r);		/* NULL is fine */

/* NULL when the request is well formed, else what is wrong with it; it is then
 * answered with CC_RPC_INVALID. */
const char *cc_rpc_fault(const struct cc_rpc *r);

/* The id as JSON text ("17", "\"a\"", "null"); "null" when there is no usable
 * one.  At most CC_RPC_ID_TEXT bytes with the NUL. */
const char *cc_rpc_id(const struct cc_rpc *r);

/* The method's name; "" when cc_rpc_fault is not NULL. */
const char *cc_rpc_method(const struct cc_rpc *r);

/* ---- parameters ------------------------------------------------------ */

/* CC_EINVAL unless every parameter is one of `names`, which ends with NULL. */
enum cc_code cc_rpc_only(const struct cc_rpc *r, const char *const *names,
    struct cc_err *reterr) CC_MUST_USE;

/* True when the parameter is there (null counts as there). */
bool cc_rpc_has(const struct cc_rpc *r, const char *name);

/* CC_EINVAL when the parameter is absent. */
enum cc_code cc_rpc_need(const struct cc_rpc *r, const char *name,
    struct cc_err *reterr) CC_MUST_USE;

/* All parameters as one compact JSON object; {} when there are none. */
void cc_rpc_params(const struct cc_rpc *r, struct cc_buf *b);

/* The getters leave *ret untouched and answer CC_OK when the parameter is absent;
 * null is a wrong type.  Texts have a NUL behind them. */
enum cc_code cc_rpc_text(const struct cc_rpc *r, const char *name,
    struct cc_str *ret, struct cc_err *reterr) CC_MUST_USE;

struct cc_rpc_texts {
	struct cc_str *items;		/* room for `max` */
	uint32_t max, n;
};

/* A list of strings, into ret->items; a longer list is CC_EINVAL. */
enum cc_code cc_rpc_list(const struct cc_rpc *r, const char *name,
    struct cc_rpc_texts *ret, struct cc_err *reterr) CC_MUST_USE;

enum cc_code cc_rpc_bool(const struct cc_rpc *r, const char *name, bool *ret,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_rpc_range {
	int64_t min, max;
};

/* A whole number within the range. */
enum cc_code cc_rpc_int(const struct cc_rpc *r, const char *name,
    struct cc_rpc_range range, int64_t *ret, struct cc_err *reterr) CC_MUST_USE;

/* ---- answers --------------------------------------------------------- */

/* {"jsonrpc":"2.0","id":ID,"result":...}: write the result, one JSON value, into
 * the buffer between begin and end.  begin returns the mark that end wants. */
size_t cc_rpc_begin(struct cc_buf *b, const char *id);
enum cc_code cc_rpc_end(struct cc_buf *b, size_t mark) CC_MUST_USE;

/* The same with the result at hand as JSON text. */
enum cc_code cc_rpc_result(struct cc_buf *b, const char *id, struct cc_str json)
    CC_MUST_USE;

struct cc_rpc_error {
	int code;
	const char *message;
	struct cc_str data;	/* JSON text, n 0: none */
};
enum cc_code cc_rpc_error(struct cc_buf *b, const char *id,
    const struct cc_rpc_error *e) CC_MUST_USE;

/* ---- the asking side ------------------------------------------------- */

/* A request line; `params` is the JSON text of an object, n 0: none. */
enum cc_code cc_rpc_ask(struct cc_buf *b, int64_t id, const char *method,
    struct cc_str params) CC_MUST_USE;

/* An answer, borrowed from the document. */
struct cc_rpc_reply {
	bool has_id;			/* false: null */
	int64_t id;
	const struct cc_json *result;	/* NULL: an error */
	int64_t code;
	const char *message;
	const struct cc_json *data;	/* NULL: none */
};

/* CC_EINVAL  the document is no answer to a request. */
enum cc_code cc_rpc_reply(const struct cc_json *doc, struct cc_rpc_reply *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
