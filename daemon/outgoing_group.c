#include "daemon/outgoing_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/digest.h"
#include "daemon/log.h"

/* Room for what a group says of itself. */
enum { GROUP_BYTES = CC_MESSAGE_JSON_MAX - 4096 };

/* Messages that become one. */
struct group {
	const struct cc_store_message **members;
	uint32_t n;
	struct cc_message *items;	/* of the members, in the order of their dues */
	struct cc_message_doc *docs[CC_MESSAGE_ITEMS_MAX];
	char id[CC_DIGEST_TEXT], thread[CC_DIGEST_TEXT], title[32];
};

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

/* --- what can be put together ------------------------------------------------------- */

/* Machines want single events, and of a safety clock each comes by itself.  What may
 * have arrived under its own id goes on under that. */
static enum cc_code
may_join(struct cc_outgoing *o, const struct cc_store_message *m, bool *ret,
    struct cc_err *reterr)
{
	bool doubt = false;
	enum cc_code code = CC_OK;

	*ret = false;
	if (m->safety || m->alert == 0 || !cc_str_eq(m->channel, CC_STR("email")))
		return CC_OK;
	if (m->attempts > 0)
		code = cc_outgoing_doubtful(o, m->no, &doubt, reterr);
	*ret = !doubt;
	return code;
}

static int
by_recipient(const void *a, const void *b)
{
	const struct cc_store_message *x = *(const struct cc_store_message *const *)a;
	const struct cc_store_message *y = *(const struct cc_store_message *const *)b;
	int c = cc_str_cmp(x->recipient, y->recipient);

	if (c == 0)
		c = cc_str_cmp(x->address, y->address);
	return c != 0 ? c : x->no < y->no ? -1 : x->no > y->no;
}

static bool
same_recipient(const struct cc_store_message *a, const struct cc_store_message *b)
{
	return cc_str_eq(a->recipient, b->recipient) && cc_str_eq(a->address, b->address);
}

/* How many of these, which all go to one recipient, fit into one message. */
static uint32_t
fitting(const struct cc_store_message *const *m, uint32_t n)
{
	uint32_t k = 0;
	size_t bytes = 0;

	while (k < n && k < CC_MESSAGE_ITEMS_MAX && bytes + m[k]->payload.n <= GROUP_BYTES)
		bytes += m[k++]->payload.n;
	return k;
}

/* --- the message that says them all ---------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
	return cc_str_cmp(*(const struct cc_str *)a, *(const struct cc_str *)b);
}

/* The same members give the same id. */
static enum cc_code
name(struct cc_engine *e, struct group *g, struct cc_err *reterr)
{
	const struct cc_store_message *first = g->members[0];
	struct cc_str texts[CC_MESSAGE_ITEMS_MAX + 4] = {
		text_of(e->node), CC_STR("group"), first->recipient, first->channel
	};
	enum cc_code code = cc_digest(texts, 4, g->thread, reterr);

	for (uint32_t i = 0; i < g->n; i++)
		texts[4 + i] = g->members[i]->id;
	qsort(texts + 4, g->n, sizeof texts[0], by_text);
	return code != CC_OK ? code : cc_digest(texts, 4 + g->n, g->id, reterr);
}

static bool
due_before(const struct cc_message *a, const struct cc_message *b)
{
	if (!cc_given(a->due) || !cc_given(b->due))
		return cc_given(a->due) && !cc_given(b->due);
	return a->due.s < b->due.s;
}

/* What is due first stands first. */
static enum cc_code
read_items(struct cc_outgoing *o, struct group *g, struct cc_err *reterr)
{
	g->items = cc_arena_array(&o->scratch, g->n, sizeof *g->items);
	if (g->items == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a group");
	for (uint32_t i = 0; i < g->n; i++) {
		struct cc_str json = g->members[i]->payload;
		struct cc_message m;
		uint32_t k = i;
		enum cc_code code = cc_message_parse(json.p, json.n, &m, &g->docs[i], reterr);

		if (code != CC_OK)
			return code;
		m.id = m.thread = NULL;
		for (; k > 0 && due_before(&m, &g->items[k - 1]); k--)
			g->items[k] = g->items[k - 1];
		g->items[k] = m;
	}
	return CC_OK;
}

static bool
of_one_case(const struct group *g)
{
	for (uint32_t i = 1; i < g->n; i++)
		if (!cc_str_eq(g->members[i]->case_id, g->members[0]->case_id))
			return false;
	return true;
}

static void
fill(struct cc_outgoing *o, struct group *g, struct cc_posting *ret)
{
	struct cc_engine *e = o->engine;
	const struct cc_store_message *first = g->members[0];
	struct cc_message m = {.form = CC_FORM_GROUP, .id = g->id, .thread = g->thread,
	    .title = g->title, .zone = g->items[0].zone, .role = g->items[0].role,
	    .rung = "group", .started = CC_NEVER, .due = CC_NEVER, .ended = CC_NEVER,
	    .known = CC_NEVER, .previous_due = CC_NEVER, .at = e->now.wall,
	    .fired = e->now.wall, .items = g->items, .nitems = g->n};

	(void)snprintf(g->title, sizeof g->title, "%u alerts", g->n);	/* fits */
	for (uint32_t i = 0; i < g->n; i++)
		if (g->items[i].severity > m.severity)
			m.severity = g->items[i].severity;
	*ret = (struct cc_posting){.row = {.recipient = first->recipient,
	    .channel = first->channel, .address = first->address}, .at_once = true,
	    .person = cc_directory_find(&e->setup->directory, first->recipient)};
	if (of_one_case(g)) {
		ret->row.case_id = first->case_id;
		m.case_id = g->items[0].case_id;
	}
	ret->message = m;
}

static enum cc_code
post(struct cc_outgoing *o, struct group *g, int64_t *ret_no, struct cc_err *reterr)
{
	struct cc_posting p;
	struct cc_store_message row;
	enum cc_code code = name(o->engine, g, reterr);

	if (code == CC_OK)
		code = read_items(o, g, reterr);
	if (code != CC_OK)
		return code;
	fill(o, g, &p);
	code = cc_post(o->engine, &p, ret_no, reterr);
	if (code == CC_OK)
		code = cc_outgoing_by_number(o, *ret_no, &row, reterr);
	if (code == CC_OK && (row.state != CC_OUTBOX_QUEUED || row.attempts > 0))
		return cc_fail(reterr, CC_ECONFLICT, 0, "the group has left already");
	return code;
}

/* Marks its members as said by it.  When it cannot be written they go one by one. */
static enum cc_code
put_together(struct cc_outgoing *o, const struct cc_store_message **members, uint32_t n,
    bool *ret_done, struct cc_err *reterr)
{
	struct group g = {.members = members, .n = n};
	struct cc_err err = {.msg = ""};
	int64_t no = 0;
	enum cc_code code = post(o, &g, &no, &err);

	for (uint32_t i = 0; i < n; i++)
		cc_message_doc_free(g.docs[i]);
	*ret_done = code == CC_OK;
	if (cc_outgoing_spoiled(code))
		return cc_fail(reterr, code, err.sys, "%s", err.msg);
	if (code != CC_OK)
		cc_log(CC_LOG_WARN, "%u messages go out one by one: %s", n, err.msg);
	for (uint32_t i = 0; i < n && *ret_done; i++)
		cc_outgoing_close(o, members[i], &(struct cc_store_outcome){
		    .to = CC_OUTBOX_GROUPED, .carrier = no, .code = CC_STR("grouped")});
	return CC_OK;
}

/* --- all that is left ------------------------------------------------------------------- */

/* Sorted: the messages of one recipient stand together. */
static enum cc_code
group_all(struct cc_outgoing *o, const struct cc_store_message **list, uint32_t n,
    struct cc_err *reterr)
{
	uint32_t i = 0;

	while (i < n) {
		uint32_t k = i + 1, fit;
		bool done = false;

		while (k < n && same_recipient(list[i], list[k]))
			k++;
		fit = fitting(list + i, k - i);
		if (fit > 1) {
			enum cc_code code;

			cc_arena_reset(&o->scratch);
			code = put_together(o, list + i, fit, &done, reterr);
			if (code != CC_OK)
				return code;
		}
		fit = fit == 0 ? 1 : fit;
		for (uint32_t j = i; j < i + fit && !done; j++)
			o->left[o->nleft++] = list[j];
		i += fit;
	}
	return CC_OK;
}

static int
by_order(const void *a, const void *b)
{
	const struct cc_store_message *x = *(const struct cc_store_message *const *)a;
	const struct cc_store_message *y = *(const struct cc_store_message *const *)b;

	/* They stand in one array, in the order of the claim. */
	return x < y ? -1 : x > y;
}

enum cc_code
cc_outgoing_group(struct cc_outgoing *o, struct cc_err *reterr)
{
	const struct cc_store_message **list;
	uint32_t n = 0, others = 0;
	enum cc_code code = CC_OK;

	if (o->engine->setup->config.group_wait == 0 || o->nleft < 2)
		return CC_OK;
	list = cc_arena_array(&o->keep, o->nleft, sizeof *list);
	if (list == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for groups");
	for (uint32_t i = 0; i < o->nleft && code == CC_OK; i++) {
		bool joins = false;

		cc_arena_reset(&o->scratch);
		code = may_join(o, o->left[i], &joins, reterr);
		if (joins)
			list[n++] = o->left[i];
		else
			o->left[others++] = o->left[i];
	}
	o->nleft = others;
	if (code != CC_OK)
		return code;
	qsort(list, n, sizeof list[0], by_recipient);
	code = group_all(o, list, n, reterr);
	qsort(o->left, o->nleft, sizeof o->left[0], by_order);
	return code;
}
