#include "daemon/outgoing_inner.h"

#include <stdio.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/tell_inner.h"
#include "policy/heap.h"

enum { LOOK_ARENA = 256 * 1024 * 1024 };

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

bool
cc_outgoing_spoiled(enum cc_code code)
{
	return code == CC_EIO || code == CC_EBUSY || code == CC_ENOMEM;
}

void
cc_outgoing_close(struct cc_outgoing *o, const struct cc_store_message *m,
    const struct cc_store_outcome *how)
{
	struct cc_store_outcome *to = &o->outcomes[o->noutcomes++];

	*to = *how;
	to->no = m->no;
	to->fence = m->fence;
	to->now = o->engine->now.wall;
	to->started = to->ended = CC_NEVER;
}

/* What is wrong with one message is no reason to hold up the others: it is sent as it
 * was written. */
static enum cc_code
let_go(const struct cc_store_message *m, enum cc_code code, const struct cc_err *err,
    struct cc_err *reterr)
{
	if (cc_outgoing_spoiled(code))
		return cc_fail(reterr, code, err->sys, "%s", err->msg);
	if (code != CC_OK)
		cc_log(CC_LOG_WARN, "message %lld goes out unseen: %s", (long long)m->no,
		    err->msg);
	return CC_OK;
}

static enum cc_code
elsewhere(struct cc_outgoing *o, const struct cc_store_message *m, struct cc_verdict *ret,
    struct cc_err *reterr)
{
	bool moved = false;
	enum cc_code code = cc_tell_elsewhere(o->engine, m, &moved, reterr);

	if (code == CC_OK && moved) {
		ret->code = "superseded: delegate";
		(void)snprintf(ret->detail, sizeof ret->detail,
		    "(%.*s cannot be told there now)", (int)m->recipient.n,
		    m->recipient.p);	/* cut is fine */
	}
	return code;
}

/* --- a message that carries others -------------------------------------------------- */

/* Those of the list that are still wanted come first. */
static enum cc_code
sort_out(struct cc_outgoing *o, const struct cc_store_messages *list,
    const struct cc_store_message **ret, uint32_t *ret_n, struct cc_verdict *ret_why,
    struct cc_err *reterr)
{
	*ret_n = 0;
	for (uint32_t i = 0; i < list->n; i++) {
		struct cc_verdict one = {.code = NULL};
		enum cc_code code = cc_outgoing_judge(o, &list->items[i], &one, reterr);

		if (code != CC_OK)
			return code;
		if (one.code == NULL)
			ret[(*ret_n)++] = &list->items[i];
		else
			*ret_why = one;
	}
	return CC_OK;
}

/* Its text has been written: where a part of it does not hold any more, the others are
 * said anew.  Else the recipient would never hear that the part is over, or would have
 * heard so before. */
static enum cc_code
judge_parts(struct cc_outgoing *o, const struct cc_store_messages *list,
    struct cc_verdict *ret, bool *ret_whole, struct cc_err *reterr)
{
	const struct cc_store_message **wanted = cc_arena_array(&o->keep, list->n,
	    sizeof *wanted);
	struct cc_verdict why = {.code = NULL};
	uint32_t n = 0;
	enum cc_code code;

	if (wanted == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a group");
	code = sort_out(o, list, wanted, &n, &why, reterr);
	*ret_whole = n == list->n;
	if (code != CC_OK || *ret_whole)
		return code;
	for (uint32_t i = 0; i < n && code == CC_OK; i++)
		code = cc_tell_again(o->engine, wanted[i], reterr);
	*ret = why;
	if (n > 0) {
		ret->code = "superseded: regrouped";
		(void)snprintf(ret->detail, sizeof ret->detail,
		    "(%u of %u parts are said anew)", n, list->n);	/* fits */
	}
	return code;
}

static enum cc_code
judge_carrier(struct cc_outgoing *o, const struct cc_store_message *m,
    struct cc_verdict *ret, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.carrier = m->no, .payload = true,
	    .limit = CC_STORE_LIST_MAX};
	struct cc_store_messages list = {0};
	bool whole = false;
	enum cc_code code = cc_store_messages_list(o->engine->cf.store, &f, &o->scratch,
	    &list, reterr);

	if (code == CC_OK)
		code = judge_parts(o, &list, ret, &whole, reterr);
	for (uint32_t i = 0; i < list.n && code == CC_OK && whole; i++)
		code = elsewhere(o, &list.items[i], ret, reterr);
	return code;
}

/* --- one message ----------------------------------------------------------------------- */

/* Neither the operator nor a copy: somebody of the directory, who may be away. */
static bool
to_a_person(const struct cc_store_message *m)
{
	return !cc_str_eq(m->recipient, CC_STR(CC_TELL_OPERATOR)) &&
	    !cc_str_eq(m->recipient, CC_STR(CC_TELL_COPIES));
}

/* Quiet hours or a silence that have begun since it was posted. */
static enum cc_code
held_up(struct cc_outgoing *o, const struct cc_store_message *m,
    const struct cc_message *text, bool *ret, struct cc_err *reterr)
{
	struct cc_engine *e = o->engine;
	const struct cc_person *person = to_a_person(m) ?
	    cc_directory_find(&e->setup->directory, m->recipient) : NULL;
	struct cc_held_up wait;
	const char *hold;
	enum cc_code code;

	*ret = false;
	if (person == NULL || text->form == CC_FORM_DIGEST ||
	    text->form == CC_FORM_CONFIGURATION)
		return CC_OK;
	code = cc_post_held_up(e, m, text->rule == NULL ? "" : text->rule, person, &wait,
	    reterr);
	if (code != CC_OK || wait.hold[0] == '\0')
		return code;
	hold = cc_arena_text(&o->keep, wait.hold, strlen(wait.hold));
	if (hold == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a hold");
	cc_outgoing_close(o, m, &(struct cc_store_outcome){.to = CC_OUTBOX_QUEUED,
	    .next = wait.next, .hold = text_of(hold), .code = CC_STR("held:"),
	    .detail = text_of(hold)});
	*ret = true;
	return CC_OK;
}

static enum cc_code
decide(struct cc_outgoing *o, const struct cc_store_message *m,
    const struct cc_message *text, struct cc_verdict *ret, struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	if (text->form == CC_FORM_GROUP)
		return judge_carrier(o, m, ret, reterr);
	if (m->alert != 0)
		code = cc_outgoing_judge(o, m, ret, reterr);
	if (code == CC_OK && ret->code == NULL)
		code = elsewhere(o, m, ret, reterr);
	return code;
}

static enum cc_code
supersede(struct cc_outgoing *o, const struct cc_store_message *m,
    const struct cc_verdict *v, struct cc_err *reterr)
{
	char *detail = cc_arena_text(&o->keep, v->detail, strlen(v->detail));

	if (detail == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a verdict");
	cc_outgoing_close(o, m, &(struct cc_store_outcome){.to = CC_OUTBOX_SUPERSEDED,
	    .code = text_of(v->code), .detail = text_of(detail)});
	return CC_OK;
}

static enum cc_code
look_at(struct cc_outgoing *o, const struct cc_store_message *m, struct cc_err *reterr)
{
	struct cc_verdict verdict = {.code = NULL};
	struct cc_message_doc *doc = NULL;
	struct cc_message text;
	struct cc_err err = {.msg = ""};
	bool waits = false;
	enum cc_code code = cc_message_parse(m->payload.p, m->payload.n, &text, &doc, &err);

	cc_arena_reset(&o->scratch);
	if (code == CC_OK) {
		code = decide(o, m, &text, &verdict, &err);
		if (code == CC_OK && verdict.code == NULL)
			code = held_up(o, m, &text, &waits, &err);
		cc_message_doc_free(doc);
	}
	if (code != CC_OK)
		verdict.code = NULL;
	code = let_go(m, code, &err, reterr);
	if (code != CC_OK || waits)
		return code;
	if (verdict.code != NULL)
		return supersede(o, m, &verdict, reterr);
	o->left[o->nleft++] = m;
	return CC_OK;
}

/* --- all of a claim ------------------------------------------------------------------- */

static enum cc_code
complete(struct cc_outgoing *o, struct cc_err *reterr)
{
	enum cc_code *codes = cc_arena_array(&o->keep, o->noutcomes, sizeof *codes), code;

	if (o->noutcomes == 0)
		return CC_OK;
	if (codes == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages");
	code = cc_store_outbox_complete(o->engine->cf.store, o->outcomes, o->noutcomes, codes,
	    reterr);
	for (uint32_t i = 0; code == CC_OK && i < o->noutcomes; i++)
		if (codes[i] != CC_OK)
			code = cc_fail(reterr, CC_EBUG, 0, "message %lld cannot be closed: %s",
			    (long long)o->outcomes[i].no, cc_code_text(codes[i]));
	return code;
}

static enum cc_code
look_again(struct cc_outgoing *o, struct cc_arena *a, struct cc_store_messages *rows,
    struct cc_err *reterr)
{
	struct cc_store_message *items = cc_arena_array(a, rows->n, sizeof *items);
	enum cc_code code = CC_OK;

	o->left = cc_arena_array(&o->keep, rows->n, sizeof *o->left);
	o->outcomes = cc_arena_array(&o->keep, rows->n, sizeof *o->outcomes);
	if (items == NULL || o->left == NULL || o->outcomes == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages");
	for (uint32_t i = 0; i < rows->n && code == CC_OK; i++)
		code = look_at(o, &rows->items[i], reterr);
	if (code == CC_OK)
		code = cc_outgoing_group(o, reterr);
	if (code == CC_OK)
		code = complete(o, reterr);
	if (code != CC_OK)
		return code;
	for (uint32_t i = 0; i < o->nleft; i++)
		items[i] = *o->left[i];
	rows->items = items;
	rows->n = o->nleft;
	return CC_OK;
}

enum cc_code
cc_outgoing_look_again(struct cc_engine *e, struct cc_arena *a,
    struct cc_store_messages *rows, struct cc_err *reterr)
{
	struct cc_outgoing o = {.engine = e};
	enum cc_code code;

	if (rows->n == 0)
		return CC_OK;
	cc_heap_arena_init(&o.keep, LOOK_ARENA);
	cc_heap_arena_init(&o.scratch, LOOK_ARENA);
	code = look_again(&o, a, rows, reterr);
	cc_arena_done(&o.scratch);
	cc_arena_done(&o.keep);
	return code;
}
