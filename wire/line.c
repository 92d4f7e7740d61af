#include "wire/line.h"

#include <string.h>

#include "wire/doc.h"
#include "wire/event_json.h"
#include "wire/rpc.h"
#include "wire/rpc_doc.h"

static void
start_refusal(struct cc_refused *r)
{
	r->code = CC_NOT_REFUSED;
	r->pointer[0] = '\0';
	r->message[0] = '\0';
	r->id[0] = '\0';
	r->source[0] = '\0';
}

void
cc_wire_line_too_large(uint32_t max_bytes, struct cc_refused *ret)
{
	start_refusal(ret);
	cc_refuse(ret, CC_REFUSED_TOO_LARGE, "",
	    "expected a line of at most %u bytes; got more",
	    (unsigned)max_bytes);
}

bool
cc_wire_line_blank(struct cc_str line)
{
	for (uint32_t i = 0; i < line.n; i++) {
		if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r')
			return false;
	}
	return true;
}

static json_t *
parse(const struct cc_line_rules *rules, struct cc_str line,
    struct cc_refused *refused)
{
	struct cc_err err;
	json_t *doc = NULL;
	enum cc_code code;

	if (line.n > rules->max_bytes) {
		cc_wire_line_too_large(rules->max_bytes, refused);
		return NULL;
	}
	code = cc_doc_parse(line, CC_LINE_DEPTH, &doc, &err);
	if (code == CC_OK)
		return doc;
	cc_refuse(refused, code == CC_ENOMEM ? CC_REFUSED_OVERLOADED :
	    CC_REFUSED_PARSE_ERROR, "", "%s", err.msg);
	return NULL;
}

static bool
is_request(const json_t *doc)
{
	return json_object_get(doc, "specversion") == NULL &&
	    json_object_get(doc, "jsonrpc") != NULL;
}

static bool
read_event(const struct cc_line_rules *rules, json_t *doc, size_t nbytes,
    struct cc_arena *a, struct cc_line *ret)
{
	struct cc_event_reading r = {
		.rules = rules, .arena = a, .text_max = nbytes,
		.draft = &ret->draft, .refused = &ret->refused
	};

	return cc_event_json_read(&r, doc);
}

void
cc_wire_line_parse(const struct cc_line_rules *rules, struct cc_str line,
    struct cc_arena *a, struct cc_line *ret)
{
	json_t *doc;

	ret->request = NULL;
	ret->kind = CC_LINE_REFUSED;
	start_refusal(&ret->refused);
	doc = parse(rules, line, &ret->refused);
	if (doc == NULL)
		return;
	if (is_request(doc)) {
		ret->request = cc_rpc_of(doc);	/* takes doc, also on failure */
		if (ret->request != NULL) {
			ret->kind = CC_LINE_REQUEST;
			return;
		}
		cc_refuse(&ret->refused, CC_REFUSED_OVERLOADED, "",
		    "no memory for a request");
		return;
	}
	if (read_event(rules, doc, line.n, a, ret))
		ret->kind = CC_LINE_EVENT;
	json_decref(doc);
}

bool
cc_wire_event_parse(const struct cc_line_rules *rules, struct cc_str line,
    struct cc_arena *a, struct cc_draft *ret, struct cc_refused *ret_refused)
{
	struct cc_line l;

	cc_wire_line_parse(rules, line, a, &l);
	if (l.kind == CC_LINE_EVENT) {
		*ret = l.draft;
		return true;
	}
	if (l.kind == CC_LINE_REQUEST) {
		cc_rpc_free(l.request);
		cc_refuse(&l.refused, CC_REFUSED_INVALID_EVENT, "/specversion",
		    "expected an event; got a request");
	}
	*ret_refused = l.refused;
	return false;
}
