#include "daemon/outgoing_inner.h"

#include <string.h>

enum { PAGE = 256 };

static bool
is(struct cc_str s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

enum cc_code
cc_outgoing_by_number(struct cc_outgoing *o, int64_t no, struct cc_store_message *ret,
    struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.after = no - 1, .limit = 1};
	struct cc_store_messages list = {0};
	enum cc_code code = cc_store_messages_list(o->engine->cf.store, &f, &o->scratch,
	    &list, reterr);

	if (code != CC_OK)
		return code;
	if (list.n == 0 || list.items[0].no != no)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no message %lld", (long long)no);
	*ret = list.items[0];
	return CC_OK;
}

/* The codes are those of the webhook module and of the mail worker. */
static bool
unanswered(const struct cc_store_attempt *a)
{
	return a->outcome == CC_ATTEMPT_LOST || (a->outcome == CC_ATTEMPT_TEMP &&
	    (is(a->code, "timeout") || is(a->code, "in doubt")));
}

enum cc_code
cc_outgoing_doubtful(struct cc_outgoing *o, int64_t no, bool *ret, struct cc_err *reterr)
{
	struct cc_store_attempt_filter f = {.no = no, .limit = PAGE};

	*ret = false;
	do {
		struct cc_store_attempts list = {0};
		enum cc_code code = cc_store_attempts_list(o->engine->cf.store, &f,
		    &o->scratch, &list, reterr);

		if (code != CC_OK)
			return code;
		for (uint32_t i = 0; i < list.n; i++)
			*ret |= unanswered(&list.items[i]);
		f.after = list.next;
	} while (f.after != 0 && !*ret);
	return CC_OK;
}

/* What became of a message, or of the one that carries it.  One that is claimed by
 * another claim is on its way: it may arrive. */
static enum cc_code
fate(struct cc_outgoing *o, const struct cc_store_message *m, int64_t fence,
    struct cc_said *ret, struct cc_err *reterr)
{
	struct cc_wall now = o->engine->now.wall;
	bool doubt = false;
	enum cc_code code = CC_OK;

	if (m->state == CC_OUTBOX_SENT)
		ret->told = CC_TOLD_SURE;
	else if (m->state == CC_OUTBOX_CLAIMED && m->fence != fence)
		ret->told = CC_TOLD_MAYBE;
	else if (m->attempts > 0)
		code = cc_outgoing_doubtful(o, m->no, &doubt, reterr);
	if (doubt)
		ret->told = CC_TOLD_MAYBE;
	ret->leaving = m->state == CC_OUTBOX_CLAIMED ||
	    (m->state == CC_OUTBOX_QUEUED && m->next.s <= now.s);
	return code;
}

static enum cc_code
said_of(struct cc_outgoing *o, const struct cc_store_message *m, int64_t fence,
    struct cc_said *ret, const char **ret_before, struct cc_err *reterr)
{
	struct cc_store_message carrier;
	struct cc_message_doc *doc = NULL;
	struct cc_message text;
	enum cc_code code = cc_message_parse(m->payload.p, m->payload.n, &text, &doc, reterr);

	if (code != CC_OK)
		return code;
	*ret = (struct cc_said){.no = m->no, .alert = m->alert, .epoch = text.epoch,
	    .clear = strcmp(text.rung, cc_plan_clear.name) == 0, .state = text.state,
	    .severity = text.severity, .due = text.due};
	if (text.thread_before != NULL)
		*ret_before = cc_arena_text(&o->scratch, text.thread_before,
		    strlen(text.thread_before));
	cc_message_doc_free(doc);
	if (o->scratch.failed)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for what was said");
	if (m->state != CC_OUTBOX_GROUPED)
		return fate(o, m, fence, ret, reterr);
	code = cc_outgoing_by_number(o, m->carrier, &carrier, reterr);
	return code != CC_OK ? code : fate(o, &carrier, fence, ret, reterr);
}

static enum cc_code
add_page(struct cc_outgoing *o, const struct cc_store_message *m,
    const struct cc_store_messages *page, struct cc_past *to, struct cc_err *reterr)
{
	struct cc_said *all = cc_arena_array(&o->scratch, (size_t)to->n + page->n,
	    sizeof *all);

	if (all == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for what was said");
	if (to->n > 0)
		memcpy(all, to->items, to->n * sizeof *all);
	to->items = all;
	for (uint32_t i = 0; i < page->n; i++) {
		const struct cc_store_message *x = &page->items[i];
		enum cc_code code;

		if (x->no == m->no || !cc_str_eq(x->channel, m->channel))
			continue;
		code = said_of(o, x, m->fence, &all[to->n], &to->before, reterr);
		if (code != CC_OK)
			return code;
		to->n += x->alert != 0;	/* one of none only says whose place was taken */
	}
	return CC_OK;
}

enum cc_code
cc_outgoing_past(struct cc_outgoing *o, const struct cc_store_message *m,
    struct cc_str thread, struct cc_past *ret, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.thread = thread, .recipient = m->recipient,
	    .payload = true, .limit = PAGE};
	struct cc_past past = {0};

	do {
		struct cc_store_messages page = {0};
		enum cc_code code = cc_store_messages_list(o->engine->cf.store, &f,
		    &o->scratch, &page, reterr);

		if (code == CC_OK && page.n > 0)
			code = add_page(o, m, &page, &past, reterr);
		if (code != CC_OK)
			return code;
		f.after = page.next;
	} while (f.after != 0);
	*ret = past;
	return CC_OK;
}
