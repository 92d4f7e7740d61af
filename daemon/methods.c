#include "daemon/methods.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/methods_inner.h"

struct cc_method {
	const char *name;
	const char *const *params;
	cc_method_fn *read;		/* one of the two */
	cc_write_fn *write;
	enum cc_right right;
	bool audited;			/* what was done is kept for good */
};

#define PARAMS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_PARAMS ((const char *const[]){NULL})

static const struct cc_method methods[] = {
	{.name = "status", .right = CC_RIGHT_READ,
	    .params = NO_PARAMS, .read = cc_method_status},
	{.name = "clocks.list", .right = CC_RIGHT_READ,
	    .params = PARAMS("case", "clock", "subject", "state", "limit", "cursor"),
	    .read = cc_method_clocks},
	{.name = "clock.explain", .right = CC_RIGHT_READ,
	    .params = PARAMS("case", "clock", "subject", "period"), .read = cc_method_explain},
	{.name = "case.events", .right = CC_RIGHT_READ,
	    .params = PARAMS("case", "limit", "cursor"),
	    .read = cc_method_events},
	{.name = "alerts.list", .right = CC_RIGHT_READ,
	    .params = PARAMS("case", "held", "limit", "cursor"),
	    .read = cc_method_alerts},
	{.name = "alert.acknowledge", .right = CC_RIGHT_SEND,
	    .params = PARAMS("alert", "case", "clock", "subject", "until", "for", "by"),
	    .write = cc_engine_acknowledge, .audited = true},
	{.name = "messages.list", .right = CC_RIGHT_READ,
	    .params = PARAMS("case", "state", "alert", "limit", "cursor"),
	    .read = cc_method_messages},
	{.name = "messages.redrive", .right = CC_RIGHT_ADMIN,
	    .params = PARAMS("id", "alert", "all"),
	    .write = cc_engine_redrive, .audited = true},
	{.name = "message.bounced", .right = CC_RIGHT_SEND,
	    .params = PARAMS("id", "action", "status", "detail"), .write = cc_engine_bounced},
	{.name = "silence.add", .right = CC_RIGHT_ADMIN,
	    .params = PARAMS("case", "clock", "recipient", "until", "for", "by", "reason"),
	    .write = cc_engine_silence_add, .audited = true},
	{.name = "silence.end", .right = CC_RIGHT_ADMIN, .params = PARAMS("silence"),
	    .write = cc_engine_silence_end, .audited = true},
	{.name = "silence.list", .right = CC_RIGHT_READ,
	    .params = PARAMS("all", "limit", "cursor"),
	    .read = cc_method_silences},
	{.name = "endpoint.enable", .right = CC_RIGHT_ADMIN, .params = PARAMS("endpoint"),
	    .write = cc_engine_endpoint_enable, .audited = true},
	{.name = CC_METHOD_IMPORT, .right = CC_RIGHT_ADMIN, .params = NO_PARAMS,
	    .write = cc_method_import, .audited = true},
	{.name = "audit.run", .right = CC_RIGHT_ADMIN,
	    .params = NO_PARAMS, .write = cc_engine_audit,
	    .audited = true},
	{.name = "audit.list", .right = CC_RIGHT_ADMIN, .params = PARAMS("limit", "cursor"),
	    .read = cc_method_audit},
	{.name = "policy.info", .right = CC_RIGHT_READ,
	    .params = NO_PARAMS, .read = cc_method_policy},
	{.name = "backup", .right = CC_RIGHT_ADMIN,
	    .params = PARAMS("path"), .read = cc_method_backup},
};

const struct cc_method *
cc_method_find(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

const char *
cc_method_name(const struct cc_method *m)
{
	return m->name;
}

enum cc_right
cc_method_right(const struct cc_method *m)
{
	return m->right;
}

bool
cc_method_writes(const struct cc_method *m)
{
	return m->write != NULL;
}

cc_write_fn *
cc_method_writer(const struct cc_method *m)
{
	return m->write;
}

bool
cc_method_audited(const struct cc_method *m)
{
	return m->audited;
}

enum cc_code
cc_method_known(const struct cc_method *m, const struct cc_rpc *rpc, struct cc_err *reterr)
{
	return cc_rpc_only(rpc, m->params, reterr);
}

/* --- answers ------------------------------------------------------------------- */

/* The buffer becomes the answer; without memory the line is missing and the
 * connection ends. */
static void
answer(struct cc_job *j, struct cc_buf *b)
{
	free(j->text);
	j->ntext = b->n;
	j->text = cc_buf_take(b);
	if (j->text == NULL)
		j->ntext = 0;
	cc_buf_done(b);
}

void
cc_method_error(struct cc_job *j, int code, const char *message)
{
	struct cc_rpc_error e = {.code = code, .message = message};
	struct cc_buf b;

	j->refused = true;
	cc_buf_init(&b, CC_ANSWER_MAX);
	if (cc_rpc_error(&b, cc_rpc_id(j->rpc), &e) != CC_OK)
		cc_buf_clear(&b);
	answer(j, &b);
}

void
cc_method_failed(struct cc_job *j, const struct cc_err *err)
{
	cc_method_error(j, CC_RPC_STORE, err->msg);
}

void
cc_method_refused(struct cc_job *j, const struct cc_err *err)
{
	cc_method_error(j, CC_RPC_PARAMS, err->msg);
}

void
cc_method_result(struct cc_job *j, const struct cc_buf *result)
{
	struct cc_buf b;

	cc_buf_init(&b, CC_ANSWER_MAX);
	if (result->fail != CC_OK || cc_rpc_result(&b, cc_rpc_id(j->rpc),
	    (struct cc_str){result->p, (uint32_t)result->n}) != CC_OK) {
		cc_buf_done(&b);
		cc_method_error(j, CC_RPC_STORE, "the answer is too large");
		return;
	}
	answer(j, &b);
}

static enum cc_code
call(const struct cc_method *m, struct cc_call *c, struct cc_err *reterr)
{
	enum cc_code code = cc_method_known(m, c->rpc, reterr);

	return code == CC_OK ? m->read(c, reterr) : code;
}

void
cc_method_read(struct cc_job *j, struct cc_call *c)
{
	struct cc_err err = {.msg = ""};
	struct cc_buf b;
	size_t mark;
	enum cc_code code;

	cc_buf_init(&b, CC_ANSWER_MAX);
	c->rpc = j->rpc;
	c->out = &b;
	mark = cc_rpc_begin(&b, cc_rpc_id(j->rpc));
	code = call(j->method, c, &err);
	c->out = NULL;	/* the buffer ends with this function */
	if (code == CC_OK && cc_rpc_end(&b, mark) == CC_OK) {
		answer(j, &b);
		return;
	}
	cc_buf_done(&b);
	if (code == CC_OK)
		cc_method_error(j, CC_RPC_STORE, "the answer is too large; ask for less");
	else if (code == CC_EINVAL || code == CC_ENOENT)
		cc_method_refused(j, &err);
	else
		cc_method_failed(j, &err);
}

/* --- small methods ------------------------------------------------------------------ */

void
cc_put_key(struct cc_buf *b, const char *name)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		cc_buf_char(b, ',');
	cc_buf_jsons(b, name);
	cc_buf_char(b, ':');
}

void
cc_put_text(struct cc_buf *b, const char *name, struct cc_str value)
{
	cc_put_key(b, name);
	cc_buf_json(b, value);
}

void
cc_put_number(struct cc_buf *b, const char *name, int64_t value)
{
	cc_put_key(b, name);
	cc_buf_int(b, value);
}

void
cc_put_wall(struct cc_buf *b, const char *name, struct cc_wall t)
{
	cc_put_key(b, name);
	cc_buf_wall(b, t);
}

void
cc_put_bool(struct cc_buf *b, const char *name, bool value)
{
	cc_put_key(b, name);
	cc_buf_puts(b, value ? "true" : "false");
}

enum cc_code
cc_method_backup(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_str path = {"", 0};
	struct stat st = {0};
	enum cc_code code = cc_rpc_need(c->rpc, "path", reterr);

	if (code == CC_OK)
		code = cc_rpc_text(c->rpc, "path", &path, reterr);
	if (code != CC_OK)
		return code;
	if (path.n == 0 || path.p[0] != '/' || path.n > CC_STORE_TEXT_MAX)
		return cc_fail(reterr, CC_EINVAL, 0, "path: expected an absolute path");
	/* A backup takes its own snapshot. */
	cc_store_rollback(c->store);
	code = cc_store_backup(c->store, path.p, reterr);
	if (code == CC_ECONFLICT)
		return cc_fail(reterr, CC_EINVAL, 0, "path: there is a file already");
	if (code != CC_OK)
		return code;
	(void)stat(path.p, &st);	/* only for the size in the answer */
	cc_buf_char(c->out, '{');
	cc_put_text(c->out, "path", path);
	cc_put_number(c->out, "bytes", (int64_t)st.st_size);
	cc_buf_char(c->out, '}');
	return CC_OK;
}
