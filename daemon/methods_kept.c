#include "daemon/methods_inner.h"

/* --- silence.list ------------------------------------------------------------------- */

static void
put_given(struct cc_buf *b, const char *name, struct cc_str value)
{
	cc_put_key(b, name);
	if (value.n > 0)
		cc_buf_json(b, value);
	else
		CC_BUF_LIT(b, "null");
}

static void
put_silence(struct cc_call *c, const struct cc_store_silence *s)
{
	struct cc_buf *b = c->out;

	cc_item_begin(c);
	cc_buf_char(b, '{');
	cc_put_number(b, "silence", s->id);
	put_given(b, "case", s->case_id);
	put_given(b, "clock", s->rule);
	put_given(b, "recipient", s->recipient);
	cc_put_text(b, "by", s->by);
	cc_put_text(b, "reason", s->reason);
	cc_put_wall(b, "at", s->at);
	cc_put_wall(b, "until", s->until);
	cc_put_wall(b, "ended", s->ended);
	cc_buf_char(b, '}');
}

enum cc_code
cc_method_silences(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_store_silence_filter f = {.now = c->now.wall};
	struct cc_store_silences list = {0};
	struct cc_page page;
	bool all = false;
	int64_t next;
	enum cc_code code = cc_rpc_bool(c->rpc, "all", &all, reterr);

	if (code == CC_OK)
		code = cc_page_read(c, true, &page, reterr);
	if (code != CC_OK)
		return code;
	if (all)
		f.now = CC_NEVER;
	f.after = page.after;
	f.limit = (uint32_t)page.limit;
	code = cc_store_silences_list(c->store, &f, c->arena, &list, reterr);
	if (code != CC_OK)
		return code;
	next = list.next;
	cc_page_begin(c);
	for (uint32_t i = 0; i < list.n; i++) {
		put_silence(c, &list.items[i]);
		if (cc_page_full(c) && i + 1 < list.n) {
			next = list.items[i].id;
			break;
		}
	}
	cc_page_end_number(c, next);
	return CC_OK;
}

/* --- audit.list --------------------------------------------------------------------- */

static void
put_audit(struct cc_call *c, const struct cc_store_audit *au)
{
	struct cc_buf *b = c->out;

	cc_item_begin(c);
	cc_buf_char(b, '{');
	cc_put_number(b, "no", au->id);
	cc_put_wall(b, "at", au->at);
	cc_put_text(b, "who", au->who);
	cc_put_text(b, "what", au->what);
	cc_put_text(b, "detail", au->detail);
	cc_buf_char(b, '}');
}

enum cc_code
cc_method_audit(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_store_audit_from from = {0};
	struct cc_store_audits list = {0};
	struct cc_page page;
	int64_t next;
	enum cc_code code = cc_page_read(c, true, &page, reterr);

	if (code != CC_OK)
		return code;
	from.after = page.after;
	from.limit = (uint32_t)page.limit;
	code = cc_store_audit_list(c->store, &from, c->arena, &list, reterr);
	if (code != CC_OK)
		return code;
	next = list.next;
	cc_page_begin(c);
	for (uint32_t i = 0; i < list.n; i++) {
		put_audit(c, &list.items[i]);
		if (cc_page_full(c) && i + 1 < list.n) {
			next = list.items[i].id;
			break;
		}
	}
	cc_page_end_number(c, next);
	return CC_OK;
}
