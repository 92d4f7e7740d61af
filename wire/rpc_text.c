#include "wire/rpc.h"

#include <string.h>

size_t
cc_rpc_begin(struct cc_buf *b, const char *id)
{
	size_t mark = b->n;

	CC_BUF_LIT(b, "{\"jsonrpc\":\"2.0\",\"id\":");
	cc_buf_puts(b, id);
	CC_BUF_LIT(b, ",\"result\":");
	return mark;
}

enum cc_code
cc_rpc_end(struct cc_buf *b, size_t mark)
{
	CC_BUF_LIT(b, "}\n");
	return cc_buf_end(b, mark);
}

enum cc_code
cc_rpc_result(struct cc_buf *b, const char *id, struct cc_str json)
{
	size_t mark = cc_rpc_begin(b, id);

	cc_buf_put(b, json.p, json.n);
	return cc_rpc_end(b, mark);
}

enum cc_code
cc_rpc_error(struct cc_buf *b, const char *id, const struct cc_rpc_error *e)
{
	size_t mark = b->n;

	CC_BUF_LIT(b, "{\"jsonrpc\":\"2.0\",\"id\":");
	cc_buf_puts(b, id);
	CC_BUF_LIT(b, ",\"error\":{\"code\":");
	cc_buf_int(b, e->code);
	CC_BUF_LIT(b, ",\"message\":");
	cc_buf_jsons(b, e->message);
	if (e->data.n != 0) {
		CC_BUF_LIT(b, ",\"data\":");
		cc_buf_put(b, e->data.p, e->data.n);
	}
	CC_BUF_LIT(b, "}}\n");
	return cc_buf_end(b, mark);
}

enum cc_code
cc_rpc_ask(struct cc_buf *b, int64_t id, const char *method,
    struct cc_str params)
{
	size_t mark = b->n;

	CC_BUF_LIT(b, "{\"jsonrpc\":\"2.0\",\"id\":");
	cc_buf_int(b, id);
	CC_BUF_LIT(b, ",\"method\":");
	cc_buf_jsons(b, method);
	if (params.n != 0) {
		CC_BUF_LIT(b, ",\"params\":");
		cc_buf_put(b, params.p, params.n);
	}
	CC_BUF_LIT(b, "}\n");
	return cc_buf_end(b, mark);
}

static enum cc_code
bad_reply(struct cc_err *reterr, const char *what)
{
	return cc_fail(reterr, CC_EINVAL, 0, "not an answer to a request: %s",
	    what);
}

enum cc_code
cc_rpc_reply(const struct cc_json *doc, struct cc_rpc_reply *ret,
    struct cc_err *reterr)
{
	const char *version = cc_json_get_text(doc, "jsonrpc");
	const struct cc_json *error = cc_json_get(doc, "error");
	const struct cc_json *id = cc_json_get(doc, "id");
	struct cc_rpc_reply r = {.result = cc_json_get(doc, "result")};

	if (version == NULL || strcmp(version, "2.0") != 0)
		return bad_reply(reterr, "jsonrpc is not 2.0");
	r.has_id = cc_json_int(id, &r.id);
	if (!r.has_id && cc_json_type(id) != CC_JSON_NULL)
		return bad_reply(reterr, "id is neither a number nor null");
	if ((r.result == NULL) == (error == NULL))
		return bad_reply(reterr, "expected either a result or an error");
	if (error != NULL) {
		r.message = cc_json_get_text(error, "message");
		r.data = cc_json_get(error, "data");
		if (!cc_json_int(cc_json_get(error, "code"), &r.code) ||
		    r.message == NULL)
			return bad_reply(reterr, "error lacks code or message");
	}
	*ret = r;
	return CC_OK;
}
