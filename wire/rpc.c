#include "wire/rpc.h"

#include <stdlib.h>
#include <string.h>

#include "wire/doc.h"
#include "wire/rpc_doc.h"

struct cc_rpc {
	json_t *doc;
	json_t *params;		/* an object, or NULL */
	bool by_position;	/* params is a list */
	const char *method;
	const char *fault;
	char id[CC_RPC_ID_TEXT];
};

static const char *
check_members(json_t *doc)
{
	static const char *const known[] = {"jsonrpc", "id", "method", "params"};
	size_t nknown = sizeof known / sizeof known[0];

	for (void *it = json_object_iter(doc); it != NULL;
	     it = json_object_iter_next(doc, it)) {
		const char *name = json_object_iter_key(it);
		size_t i = 0;

		while (i < nknown && strcmp(name, known[i]) != 0)
			i++;
		if (i == nknown)
			return "a request has no members but jsonrpc, id, method and params";
	}
	return NULL;
}

static const char *
read_id(struct cc_rpc *r)
{
	const json_t *id = json_object_get(r->doc, "id");
	size_t n;

	if (id == NULL)
		return "a request needs an id: each line is answered";
	if (!json_is_string(id) && !json_is_number(id) && !json_is_null(id))
		return "id must be a string, a number or null";
	n = json_dumpb(id, r->id, sizeof r->id - 1,
	    JSON_COMPACT | JSON_ENCODE_ANY);
	if (n == 0 || n >= sizeof r->id) {
		memcpy(r->id, "null", sizeof "null");
		return "id is too long: at most 255 bytes as JSON";
	}
	r->id[n] = '\0';
	return NULL;
}

static const char *
read_method(struct cc_rpc *r)
{
	const json_t *version = json_object_get(r->doc, "jsonrpc");
	const json_t *method = json_object_get(r->doc, "method");
	size_t n = json_string_length(method);

	if (!json_is_string(version) ||
	    strcmp(json_string_value(version), "2.0") != 0)
		return "jsonrpc must be \"2.0\"";
	if (!json_is_string(method) || n == 0 || n > CC_RPC_METHOD_MAX)
		return "method must be a string of 1 to 64 bytes";
	r->method = json_string_value(method);
	return NULL;
}

static const char *
read_params(struct cc_rpc *r)
{
	json_t *params = json_object_get(r->doc, "params");

	r->by_position = json_is_array(params);
	if (json_is_object(params))
		r->params = params;
	else if (params != NULL && !r->by_position)
		return "params must be an object";
	return NULL;
}

struct cc_rpc *
cc_rpc_of(struct json_t *doc)
{
	struct cc_rpc *r = calloc(1, sizeof *r);

	if (r == NULL) {
		json_decref(doc);
		return NULL;
	}
	r->doc = doc;
	r->method = "";
	memcpy(r->id, "null", sizeof "null");
	r->fault = read_id(r);
	if (r->fault == NULL)
		r->fault = check_members(doc);
	if (r->fault == NULL)
		r->fault = read_params(r);
	if (r->fault == NULL)
		r->fault = read_method(r);
	return r;
}

void
cc_rpc_free(struct cc_rpc *r)
{
	if (r == NULL)
		return;
	json_decref(r->doc);
	free(r);
}

const char *
cc_rpc_fault(const struct cc_rpc *r)
{
	return r->fault;
}

const char *
cc_rpc_id(const struct cc_rpc *r)
{
	return r->id;
}

const char *
cc_rpc_method(const struct cc_rpc *r)
{
	return r->method;
}

/* ---- parameters ------------------------------------------------------ */

static bool
listed(const char *const *names, const char *name)
{
	for (; *names != NULL; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

/* A name from the line, made fit for an error: plain and short. */
static void
plain_name(const char *name, char ret[CC_GOT_TEXT])
{
	json_t *v = json_string(name);

	memcpy(ret, "\"?\"", sizeof "\"?\"");
	if (v != NULL)
		(void)cc_doc_got(v, ret);
	json_decref(v);
}

enum cc_code
cc_rpc_only(const struct cc_rpc *r, const char *const *names,
    struct cc_err *reterr)
{
	char got[CC_GOT_TEXT];

	if (r->by_position) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "params: expected an object (parameters by name); got a list");
	}
	for (void *it = json_object_iter(r->params); it != NULL;
	     it = json_object_iter_next(r->params, it)) {
		const char *name = json_object_iter_key(it);

		if (!listed(names, name)) {
			plain_name(name, got);
			return cc_fail(reterr, CC_EINVAL, 0,
			    "unknown parameter %s", got);
		}
	}
	return CC_OK;
}

bool
cc_rpc_has(const struct cc_rpc *r, const char *name)
{
	return json_object_get(r->params, name) != NULL;
}

static int
on_piece(const char *piece, size_t n, void *self)
{
	cc_buf_put(self, piece, n);
	return 0;
}

void
cc_rpc_params(const struct cc_rpc *r, struct cc_buf *b)
{
	if (r->params == NULL)
		CC_BUF_LIT(b, "{}");
	else if (json_dump_callback(r->params, on_piece, b, JSON_COMPACT) != 0 &&
	    b->fail == CC_OK)
		b->fail = CC_ENOMEM;
}

enum cc_code
cc_rpc_need(const struct cc_rpc *r, const char *name, struct cc_err *reterr)
{
	if (cc_rpc_has(r, name))
		return CC_OK;
	return cc_fail(reterr, CC_EINVAL, 0, "parameter %s is missing", name);
}

static enum cc_code
wrong(struct cc_err *reterr, const char *name, const char *expected,
    const json_t *v)
{
	char got[CC_GOT_TEXT];

	return cc_fail(reterr, CC_EINVAL, 0, "parameter %s: expected %s; got %s",
	    name, expected, cc_doc_got(v, got));
}

enum cc_code
cc_rpc_text(const struct cc_rpc *r, const char *name, struct cc_str *ret,
    struct cc_err *reterr)
{
	const json_t *v = json_object_get(r->params, name);

	if (v == NULL)
		return CC_OK;
	if (!json_is_string(v))
		return wrong(reterr, name, "a string", v);
	*ret = cc_doc_str(v);
	return CC_OK;
}

enum cc_code
cc_rpc_list(const struct cc_rpc *r, const char *name, struct cc_rpc_texts *ret,
    struct cc_err *reterr)
{
	const json_t *v = json_object_get(r->params, name);
	size_t n = json_array_size(v);

	if (v == NULL)
		return CC_OK;
	if (!json_is_array(v))
		return wrong(reterr, name, "a list of strings", v);
	if (n > ret->max) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "parameter %s: expected at most %u strings; got %zu", name,
		    (unsigned)ret->max, n);
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(v, i);

		if (!json_is_string(item))
			return wrong(reterr, name, "a list of strings", item);
	}
	for (size_t i = 0; i < n; i++)
		ret->items[i] = cc_doc_str(json_array_get(v, i));
	ret->n = (uint32_t)n;
	return CC_OK;
}

enum cc_code
cc_rpc_bool(const struct cc_rpc *r, const char *name, bool *ret,
    struct cc_err *reterr)
{
	const json_t *v = json_object_get(r->params, name);

	if (v == NULL)
		return CC_OK;
	if (!json_is_boolean(v))
		return wrong(reterr, name, "true or false", v);
	*ret = json_is_true(v);
	return CC_OK;
}

enum cc_code
cc_rpc_int(const struct cc_rpc *r, const char *name, struct cc_rpc_range range,
    int64_t *ret, struct cc_err *reterr)
{
	const json_t *v = json_object_get(r->params, name);
	char got[CC_GOT_TEXT];

	if (v == NULL)
		return CC_OK;
	if (!json_is_integer(v) || json_integer_value(v) < range.min ||
	    json_integer_value(v) > range.max) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "parameter %s: expected a whole number from %lld to %lld; "
		    "got %s", name, (long long)range.min, (long long)range.max,
		    cc_doc_got(v, got));
	}
	*ret = json_integer_value(v);
	return CC_OK;
}
