#include "daemon/tell_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200 };

/* Somebody who heard of an instance, and how. */
struct heard {
	struct heard *next;
	struct cc_tell_address to;
	const char *role;
};

/* What the messages of one thread say; texts in e->work. */
struct thread {
	struct heard *first, **end;
	const char *before;		/* the thread that this one goes on from, or NULL */
	const char *title, *section;	/* of the last of them, or NULL */
	enum cc_kind kind;
	bool safety;
};

static bool
is(struct cc_str s, const char *text)
{
	return cc_str_eq(s, cc_tell_text(text));
}

/* Whether the reason kept with a message begins with this code. */
static bool
for_reason(const struct cc_store_message *m, const char *code)
{
	size_t n = strlen(code);

	return m->reason.n >= n && memcmp(m->reason.p, code, n) == 0 &&
	    (m->reason.n == n || m->reason.p[n] == ' ');
}

/* Whether its recipient was told, or will be: a message that was closed before it left
 * told nobody, save where that was because there was nothing new to say. */
static bool
tells(const struct cc_store_message *m)
{
	switch (m->state) {
	case CC_OUTBOX_QUEUED:
	case CC_OUTBOX_CLAIMED:
	case CC_OUTBOX_SENT:
	case CC_OUTBOX_DEAD:
	case CC_OUTBOX_GROUPED:
		return true;
	case CC_OUTBOX_SUPERSEDED:
		return for_reason(m, CC_TELL_SAME) ||
		    for_reason(m, "superseded: nothing new") ||
		    for_reason(m, "superseded: goes on");
	case CC_OUTBOX_HELD:
	case CC_OUTBOX_COUNT:
		break;
	}
	return false;
}

static struct heard *
find(const struct thread *th, const struct cc_store_message *m)
{
	struct heard *h = th->first;

	while (h != NULL && !(cc_str_eq(h->to.recipient, m->recipient) &&
	    is(m->channel, h->to.channel)))
		h = h->next;
	return h;
}

/* The recipient of a message, once for each channel, under the address used last. */
static void
hear(struct cc_engine *e, struct thread *th, const struct cc_store_message *row,
    const struct cc_message *m)
{
	struct heard *h = find(th, row);

	if (h == NULL) {
		h = cc_arena_alloc(&e->work, sizeof *h);
		if (h == NULL)
			return;	/* seen in e->work.failed */
		h->to.channel = cc_tell_copy(e, row->channel);
		h->to.recipient.p = cc_tell_copy(e, row->recipient);
		h->to.recipient.n = row->recipient.n;
		h->to.person = cc_directory_find(&e->setup->directory, row->recipient);
		*th->end = h;
		th->end = &h->next;
	}
	h->to.address = cc_tell_copy(e, row->address);
	h->to.safety = row->safety;
	h->role = cc_tell_copy(e, cc_tell_text(m->role == NULL ? "" : m->role));
}

static enum cc_code
read_row(struct cc_engine *e, struct thread *th, const struct cc_store_message *row,
    struct cc_err *reterr)
{
	struct cc_message_doc *doc = NULL;
	struct cc_message m;
	enum cc_code code;

	if (!tells(row) || is(row->recipient, CC_TELL_COPIES))
		return CC_OK;
	code = cc_message_parse(row->payload.p, row->payload.n, &m, &doc, reterr);
	if (code != CC_OK)
		return code;
	hear(e, th, row, &m);
	th->safety |= row->safety;
	th->title = cc_tell_copy(e, cc_tell_text(m.title));
	th->section = cc_tell_copy(e, cc_tell_text(m.section));
	th->kind = m.kind;
	if (m.thread_before != NULL)
		th->before = cc_tell_copy(e, cc_tell_text(m.thread_before));
	cc_message_doc_free(doc);
	return e->work.failed ? cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages") :
	    CC_OK;
}

/* Adds what the messages of a thread say to *th. */
static enum cc_code
read_thread(struct cc_engine *e, const char *id, struct thread *th, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.thread = cc_tell_text(id), .payload = true,
	    .limit = PAGE};
	enum cc_code code = CC_OK;

	do {
		struct cc_store_messages list = {0};

		cc_arena_reset(&e->rows);
		code = cc_store_messages_list(e->cf.store, &f, &e->rows, &list, reterr);
		for (uint32_t i = 0; i < list.n && code == CC_OK; i++)
			code = read_row(e, th, &list.items[i], reterr);
		f.after = list.next;
	} while (f.after != 0 && code == CC_OK);
	return code;
}

static enum cc_code
thread_of_alert(struct cc_engine *e, const struct cc_store_alert *al, char ret[33],
    struct cc_err *reterr)
{
	struct cc_instance i = {.rule = al->rule, .subject = al->subject,
	    .origin_id = al->origin_id, .origin_source = al->origin_source,
	    .same = al->same};

	return cc_tell_thread(e, al->case_id, &i, ret, reterr);
}

/* Who heard of the instance of an alert, or of the one before it; the thread of that one
 * comes first, so that what was said last counts. */
static enum cc_code
read_heard(struct cc_engine *e, const struct cc_tell_told *what, struct thread *ret,
    struct cc_err *reterr)
{
	char own[CC_DIGEST_TEXT], before[CC_DIGEST_TEXT];
	enum cc_code code = CC_OK;

	*ret = (struct thread){.end = &ret->first};
	if (what->heir_of != NULL) {
		code = cc_tell_thread(e, what->alert->case_id, what->heir_of, before, reterr);
		if (code == CC_OK)
			code = read_thread(e, before, ret, reterr);
		if (code == CC_OK)
			ret->before = cc_tell_copy(e, cc_tell_text(before));
	}
	if (code == CC_OK)
		code = thread_of_alert(e, what->alert, own, reterr);
	return code == CC_OK ? read_thread(e, own, ret, reterr) : code;
}

/* --- the message ------------------------------------------------------------------ */

static void
also_told(struct cc_message *m, const char *role)
{
	for (uint32_t i = 0; i < m->ntold; i++)
		if (strcmp(m->told[i], role) == 0)
			return;
	if (role[0] != '\0' && m->ntold < CC_MESSAGE_TOLD_MAX)
		m->told[m->ntold++] = role;
}

static enum cc_code
fill(const struct cc_telling *t, const struct cc_tell_told *what,
    const struct thread *th, struct cc_message *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_tell_fill(t, what->alert, what->rule, ret, reterr);

	if (code != CC_OK)
		return code;
	ret->cause = t->cause;
	ret->withdrawn = what->withdrawn;
	ret->thread_before = th->before;
	if (what->rule == NULL && th->title != NULL) {
		ret->title = th->title;
		ret->section = th->section;
		ret->kind = th->kind;
	}
	return CC_OK;
}

enum cc_code
cc_tell_told(const struct cc_telling *t, const struct cc_tell_told *what,
    struct cc_err *reterr)
{
	struct cc_engine *e = t->engine;
	struct cc_message roles, m;
	struct thread th;
	enum cc_code code = read_heard(e, what, &th, reterr);

	if (code == CC_OK)
		code = fill(t, what, &th, &roles, reterr);
	if (code != CC_OK)
		return code;
	/* Where nobody heard, for no message had left, the one responsible does. */
	if (th.first == NULL && roles.ntold == 0 && what->rule != NULL &&
	    !is(what->alert->rung, cc_plan_clear.name))
		also_told(&roles, cc_rung_role(t->people.chain, what->rule, 0));
	m = roles;	/* who was told before, too */
	for (const struct heard *h = th.first; h != NULL; h = h->next)
		also_told(&m, h->role);
	for (const struct heard *h = th.first; h != NULL && code == CC_OK; h = h->next) {
		m.role = h->role;
		code = cc_tell_address(t, what->alert, &m, &h->to, reterr);
	}
	if (what->rule != NULL && code == CC_OK)
		code = cc_tell_roles(t, what->alert, what->rule, &roles, reterr);
	if (code == CC_OK)
		code = cc_tell_copies(t, what->alert, &m,
		    what->rule != NULL ? what->rule->safety : th.safety, reterr);
	return code;
}

/* --- the place of another ------------------------------------------------------------ */

static enum cc_code
close_row(struct cc_engine *e, int64_t no, const char *reason, const char *detail,
    struct cc_err *reterr)
{
	struct cc_store_outcome o = {.no = no, .to = CC_OUTBOX_SUPERSEDED,
	    .now = e->now.wall, .started = CC_NEVER, .ended = CC_NEVER,
	    .code = cc_tell_text(reason), .detail = cc_tell_text(detail)};
	enum cc_code each = CC_OK, code;

	code = cc_store_outbox_complete(e->cf.store, &o, 1, &each, reterr);
	if (code == CC_OK && each != CC_OK)
		code = cc_fail(reterr, CC_EBUG, 0, "message %lld cannot be closed: %s",
		    (long long)no, cc_code_text(each));
	return code;
}

/* A message to one who heard of the instance before: kept, so that it is known who hears
 * of this one, and closed. */
static enum cc_code
keep_same(const struct cc_telling *t, const struct cc_tell_told *what,
    const struct cc_message *common, const struct heard *h, struct cc_err *reterr)
{
	struct cc_engine *e = t->engine;
	struct cc_store_message row = {.case_id = what->alert->case_id,
	    .recipient = h->to.recipient, .channel = cc_tell_text(h->to.channel),
	    .address = cc_tell_text(h->to.address), .safety = h->to.safety,
	    .state = CC_OUTBOX_QUEUED, .created = e->now.wall, .next = e->now.wall,
	    .give_up = {e->now.wall.s + e->setup->config.give_up}};
	struct cc_store_added added = {0};
	struct cc_message m = *common;
	struct cc_tell_ids ids;
	char *json = NULL;
	enum cc_code code = cc_tell_ids(e, what->alert, &h->to, &ids, reterr);

	m.id = ids.id;
	m.thread = ids.thread;
	m.role = h->role;
	if (code == CC_OK)
		code = cc_message_print(&m, &json, reterr);
	if (code != CC_OK)
		return code;
	row.id = cc_tell_text(ids.id);
	row.thread = cc_tell_text(ids.thread);
	row.payload = cc_tell_text(json);
	code = cc_store_outbox_add(e->cf.store, &row, &added, reterr);
	free(json);
	if (code == CC_OK && added.added)
		code = close_row(e, added.id, CC_TELL_SAME,
		    "the clock goes on under another event, due as before", reterr);
	return code;
}

enum cc_code
cc_tell_same(const struct cc_telling *t, const struct cc_tell_told *what,
    struct cc_err *reterr)
{
	struct cc_message m;
	struct thread th;
	enum cc_code code = read_heard(t->engine, what, &th, reterr);

	if (code == CC_OK)
		code = fill(t, what, &th, &m, reterr);
	for (const struct heard *h = th.first; code == CC_OK && h != NULL; h = h->next)
		code = keep_same(t, what, &m, h, reterr);
	return code;
}

/* --- a clear that has not left ---------------------------------------------------- */

/* Whether it is a `clear` to a person. */
static enum cc_code
is_clear(const struct cc_store_message *row, bool *ret, struct cc_err *reterr)
{
	struct cc_message_doc *doc = NULL;
	struct cc_message m;
	enum cc_code code;

	*ret = false;
	if (is(row->recipient, CC_TELL_COPIES))
		return CC_OK;
	code = cc_message_parse(row->payload.p, row->payload.n, &m, &doc, reterr);
	if (code != CC_OK)
		return code;
	*ret = strcmp(m.rung, cc_plan_clear.name) == 0;
	cc_message_doc_free(doc);
	return CC_OK;
}

struct clears {
	uint32_t waiting, left;		/* queued and never tried; any other */
	bool close;			/* close those that wait */
};

static enum cc_code
look_at_clear(struct cc_engine *e, const struct cc_store_message *row, struct clears *c,
    struct cc_err *reterr)
{
	bool clear = false;
	enum cc_code code = is_clear(row, &clear, reterr);

	if (code != CC_OK || !clear || row->state == CC_OUTBOX_SUPERSEDED)
		return code;
	if (row->state != CC_OUTBOX_QUEUED || row->attempts > 0) {
		c->left++;
		return CC_OK;
	}
	c->waiting++;
	return c->close ? close_row(e, row->no, CC_TELL_REPLACED,
	    "another of the same rule and subject took its place", reterr) : CC_OK;
}

static enum cc_code
look_at_clears(struct cc_engine *e, struct cc_str case_id, const struct cc_instance *i,
    struct clears *c, struct cc_err *reterr)
{
	char id[CC_DIGEST_TEXT];
	struct cc_store_message_filter f = {.payload = true, .limit = PAGE};
	enum cc_code code = cc_tell_thread(e, case_id, i, id, reterr);

	f.thread = cc_tell_text(id);
	if (code != CC_OK)
		return code;
	do {
		struct cc_store_messages list = {0};

		cc_arena_reset(&e->rows);
		code = cc_store_messages_list(e->cf.store, &f, &e->rows, &list, reterr);
		for (uint32_t k = 0; k < list.n && code == CC_OK; k++)
			code = look_at_clear(e, &list.items[k], c, reterr);
		f.after = list.next;
	} while (f.after != 0 && code == CC_OK);
	return code;
}

enum cc_code
cc_tell_unsent(struct cc_engine *e, struct cc_str case_id, const struct cc_instance *i,
    bool *ret, struct cc_err *reterr)
{
	struct clears c = {.close = false};
	enum cc_code code = look_at_clears(e, case_id, i, &c, reterr);

	if (code == CC_OK)
		*ret = c.waiting > 0 && c.left == 0;
	return code;
}

enum cc_code
cc_tell_take_back(struct cc_engine *e, struct cc_str case_id, const struct cc_instance *i,
    struct cc_err *reterr)
{
	struct clears c = {.close = true};

	return look_at_clears(e, case_id, i, &c, reterr);
}

/* --- small things ------------------------------------------------------------------- */

enum cc_code
cc_tell_period(struct cc_engine *e, struct cc_str case_id, const struct cc_instance *i,
    uint32_t *ret, struct cc_err *reterr)
{
	char id[CC_DIGEST_TEXT];
	struct cc_store_message_filter f = {.limit = 1};
	struct cc_store_messages list = {0};
	struct cc_store_alert al;
	enum cc_code code = cc_tell_thread(e, case_id, i, id, reterr);

	f.thread = cc_tell_text(id);
	cc_arena_reset(&e->rows);
	if (code == CC_OK)
		code = cc_store_messages_list(e->cf.store, &f, &e->rows, &list, reterr);
	if (code != CC_OK)
		return code;
	*ret = 1;
	if (list.n == 0 || list.items[0].alert == 0)
		return CC_OK;
	code = cc_store_alert_get(e->cf.store, list.items[0].alert, &e->rows, &al, reterr);
	if (code == CC_OK)
		*ret = al.period;
	return code;
}
