#include "wire/answer.h"

#include <string.h>

enum cc_code
cc_answer_put(struct cc_buf *b, const struct cc_answer *a)
{
	size_t mark = b->n;

	if (a->status == CC_ACCEPTED)
		CC_BUF_LIT(b, "{\"status\":\"accepted\",\"id\":");
	else
		CC_BUF_LIT(b, "{\"status\":\"duplicate\",\"id\":");
	cc_buf_json(b, a->id);
	CC_BUF_LIT(b, ",\"source\":");
	cc_buf_json(b, a->source);
	CC_BUF_LIT(b, ",\"seq\":");
	cc_buf_int(b, a->seq);
	CC_BUF_LIT(b, "}\n");
	return cc_buf_end(b, mark);
}

enum cc_code
cc_answer_put_refused(struct cc_buf *b, const struct cc_refused *r)
{
	size_t mark = b->n;

	CC_BUF_LIT(b, "{\"status\":\"rejected\",");
	if (r->id[0] != '\0') {
		CC_BUF_LIT(b, "\"id\":");
		cc_buf_jsons(b, r->id);
		cc_buf_char(b, ',');
	}
	if (r->source[0] != '\0') {
		CC_BUF_LIT(b, "\"source\":");
		cc_buf_jsons(b, r->source);
		cc_buf_char(b, ',');
	}
	CC_BUF_LIT(b, "\"error\":{\"code\":");
	cc_buf_jsons(b, cc_refusal_text(r->code));
	CC_BUF_LIT(b, ",\"pointer\":");
	cc_buf_jsons(b, r->pointer);
	CC_BUF_LIT(b, ",\"message\":");
	cc_buf_jsons(b, r->message);
	CC_BUF_LIT(b, "}}\n");
	return cc_buf_end(b, mark);
}

static enum cc_code
bad_answer(struct cc_err *reterr, const char *what)
{
	return cc_fail(reterr, CC_EINVAL, 0, "not an answer to an event: %s",
	    what);
}

static enum cc_code
read_rejected(const struct cc_json *doc, struct cc_answer_seen *a,
    struct cc_err *reterr)
{
	const struct cc_json *error = cc_json_get(doc, "error");

	a->status = CC_REJECTED;
	a->code = cc_json_get_text(error, "code");
	a->pointer = cc_json_get_text(error, "pointer");
	a->message = cc_json_get_text(error, "message");
	if (a->code == NULL || a->pointer == NULL || a->message == NULL)
		return bad_answer(reterr, "error lacks code, pointer or message");
	return CC_OK;
}

enum cc_code
cc_answer_read(const struct cc_json *doc, struct cc_answer_seen *ret,
    struct cc_err *reterr)
{
	const char *status = cc_json_get_text(doc, "status");
	struct cc_answer_seen a = {
		.id = cc_json_get_text(doc, "id"),
		.source = cc_json_get_text(doc, "source")
	};
	enum cc_code code = CC_OK;

	if (status == NULL)
		return bad_answer(reterr, "no status");
	if (strcmp(status, "rejected") == 0) {
		code = read_rejected(doc, &a, reterr);
	} else if (strcmp(status, "accepted") == 0 ||
	    strcmp(status, "duplicate") == 0) {
		a.status = status[0] == 'a' ? CC_ACCEPTED : CC_DUPLICATE;
		if (a.id == NULL || a.source == NULL ||
		    !cc_json_int(cc_json_get(doc, "seq"), &a.seq))
			code = bad_answer(reterr, "no id, source or seq");
	} else {
		code = bad_answer(reterr, "unknown status");
	}
	if (code == CC_OK)
		*ret = a;
	return code;
}
