#include "daemon/methods_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/outbox.h"
#include "wire/event_json.h"
#include "wire/message.h"
#include "wire/record.h"

enum { MESSAGES_OF_ALERT = 64 };

/* --- pages ------------------------------------------------------------------------ */

static bool
number_of(struct cc_str s, int64_t *ret)
{
	int64_t v = 0;

	if (s.n == 0 || s.n > 18)
		return false;
	for (uint32_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*ret = v;
	return true;
}

enum cc_code
cc_page_read(const struct cc_call *c, bool numbered, struct cc_page *ret,
    struct cc_err *reterr)
{
	struct cc_page p = {.limit = CC_PAGE_DEFAULT, .cursor = CC_STR("")};
	enum cc_code code = cc_rpc_int(c->rpc, "limit",
	    (struct cc_rpc_range){1, CC_PAGE_MAX}, &p.limit, reterr);

	if (code == CC_OK)
		code = cc_rpc_text(c->rpc, "cursor", &p.cursor, reterr);
	if (code != CC_OK)
		return code;
	if (cc_rpc_has(c->rpc, "cursor") && (p.cursor.n == 0 ||
	    p.cursor.n > CC_STORE_TEXT_MAX || (numbered && !number_of(p.cursor, &p.after))))
		return cc_fail(reterr, CC_EINVAL, 0,
		    "cursor: expected the `next` of an earlier answer");
	*ret = p;
	return CC_OK;
}

void
cc_page_begin(struct cc_call *c)
{
	CC_BUF_LIT(c->out, "{\"items\":[");
}

void
cc_page_end(struct cc_call *c, struct cc_str next)
{
	CC_BUF_LIT(c->out, "],\"next\":");
	if (next.n == 0)
		CC_BUF_LIT(c->out, "null");
	else
		cc_buf_json(c->out, next);
	cc_buf_char(c->out, '}');
}

void
cc_page_end_number(struct cc_call *c, int64_t next)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%lld", (long long)next);	/* fits */

	cc_page_end(c, (struct cc_str){text, next == 0 ? 0 : (uint32_t)n});
}

/* An empty id would mean "of all cases" to the store. */
static enum cc_code
read_case(const struct cc_call *c, struct cc_str *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_rpc_text(c->rpc, "case", ret, reterr);

	if (code == CC_OK && cc_rpc_has(c->rpc, "case") && !cc_id_ok(*ret))
		return cc_fail(reterr, CC_EINVAL, 0, "case: expected an id");
	return code;
}

void
cc_item_begin(struct cc_call *c)
{
	if (c->out->n > 0 && c->out->p[c->out->n - 1] != '[')
		cc_buf_char(c->out, ',');
}

bool
cc_page_full(const struct cc_call *c)
{
	return c->out->n > CC_PAGE_BYTES;
}

/* --- case.events -------------------------------------------------------------------- */

enum cc_code
cc_call_case(struct cc_call *c, struct cc_str id, struct cc_case *ret,
    struct cc_err *reterr)
{
	struct cc_store_events_of q = {.case_id = id, .limit = CC_STORE_LIST_MAX};
	struct cc_input *events = NULL;
	uint32_t n = 0, cap = 0;

	do {
		struct cc_store_kepts list = {0};
		enum cc_code code = cc_store_case_events(c->store, &q, c->arena, &list, reterr);

		if (code != CC_OK)
			return code;
		if (n + list.n > cap) {
			uint32_t more = list.next == 0 ? n + list.n : (n + list.n) * 2;
			struct cc_input *grown = cc_arena_array(c->arena, more, sizeof *grown);

			if (grown == NULL)
				return cc_fail(reterr, CC_ENOMEM, 0, "the case is too large");
			if (n > 0)
				memcpy(grown, events, n * sizeof *grown);
			events = grown;
			cap = more;
		}
		for (uint32_t i = 0; i < list.n; i++)
			events[n++] = (struct cc_input){list.items[i].bytes,
			    list.items[i].recorded};
		q.after = list.next;
	} while (q.after != 0);
	*ret = (struct cc_case){.id = id, .events = events, .nevents = n};
	return CC_OK;
}

/* For each event, by arrival, whether it counts. */
static enum cc_code
effective(struct cc_call *c, struct cc_str id, bool **ret, uint32_t *ret_n,
    struct cc_err *reterr)
{
	struct cc_case of;
	struct cc_result r;
	struct cc_eval_options o = {.now = c->now.wall, .only_rule = 0};
	enum cc_code code = cc_call_case(c, id, &of, reterr);
	bool *in;

	o.now.s += 7 * 86400;	/* those a little ahead of now are effective too */
	if (code == CC_OK)
		code = cc_eval_case(c->setup->pack, &of, &o, c->arena, &r, reterr);
	if (code != CC_OK)
		return code;
	in = cc_arena_array(c->arena, of.nevents + 1u, sizeof *in);
	if (in == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "the case is too large");
	for (uint32_t i = 0; i < r.history->n; i++)
		in[r.history->events[i].arrival] = true;
	*ret = in;
	*ret_n = of.nevents;
	return CC_OK;
}

static void
put_event(struct cc_call *c, struct cc_str id, const struct cc_store_kept *k, bool in)
{
	const struct cc_pack *p = c->setup->pack;
	struct cc_draft d;
	struct cc_err err = {.msg = ""};

	cc_item_begin(c);
	cc_buf_char(c->out, '{');
	cc_put_number(c->out, "seq", k->seq);
	cc_put_wall(c->out, "recorded", k->recorded);
	cc_put_key(c->out, "event");
	if (cc_event_decode(&p->schema, p->zones, k->bytes, c->arena, &d, &err) == CC_OK) {
		d.subject = id;
		d.has_recorded = true;
		d.recorded = k->recorded;
		cc_event_json_print(c->out, &p->schema, &d);
	} else {
		CC_BUF_LIT(c->out, "null");
	}
	cc_put_bool(c->out, "effective", in);
	cc_buf_char(c->out, '}');
}

enum cc_code
cc_method_events(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_store_events_of q = {.case_id = {"", 0}};
	struct cc_store_kepts list = {0};
	struct cc_page page;
	bool *in = NULL;
	uint32_t n = 0, first = 0;
	enum cc_code code = cc_rpc_need(c->rpc, "case", reterr);

	if (code == CC_OK)
		code = read_case(c, &q.case_id, reterr);
	if (code == CC_OK)
		code = cc_page_read(c, true, &page, reterr);
	if (code == CC_OK)
		code = effective(c, q.case_id, &in, &n, reterr);
	if (code != CC_OK)
		return code;
	/* The cursor is the place among the case's events. */
	first = page.after > n ? n : (uint32_t)page.after;
	cc_page_begin(c);
	q.limit = CC_STORE_LIST_MAX;
	for (uint32_t at = 0, put = 0; at < n && put < page.limit && !cc_page_full(c);) {
		code = cc_store_case_events(c->store, &q, c->arena, &list, reterr);
		if (code != CC_OK)
			return code;
		for (uint32_t i = 0; i < list.n && put < page.limit && !cc_page_full(c);
		    i++, at++) {
			if (at < first)
				continue;
			put_event(c, q.case_id, &list.items[i], in[at]);
			put++;
			first = at + 1;
		}
		q.after = list.next;
		if (q.after == 0)
			break;
	}
	cc_page_end_number(c, first < n ? first : 0);
	return CC_OK;
}

/* --- alerts.list ---------------------------------------------------------------------- */

static enum cc_code
put_alert(struct cc_call *c, const struct cc_store_alert *al, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.case_id = al->case_id, .alert = al->id,
	    .limit = MESSAGES_OF_ALERT};
	struct cc_str ids[MESSAGES_OF_ALERT], roles[8];
	struct cc_record_fired r = {.case_id = al->case_id, .clock = al->rule,
	    .subject = al->subject, .rung = al->rung, .period = al->period,
	    .epoch = al->epoch, .at = al->at, .fired = al->fired, .severity = al->severity,
	    .to = roles, .messages = ids};
	struct cc_store_messages list = {0};
	struct cc_str rest = al->to;
	enum cc_code code = cc_store_messages_list(c->store, &f, c->arena, &list, reterr);

	if (code != CC_OK)
		return code;
	for (uint32_t i = 0; i < list.n; i++)
		ids[r.nmessages++] = list.items[i].id;
	while (rest.n > 0 && r.nto < 8) {
		const char *space = memchr(rest.p, ' ', rest.n);
		uint32_t n = space == NULL ? rest.n : (uint32_t)(space - rest.p);

		roles[r.nto++] = (struct cc_str){rest.p, n};
		n += space == NULL ? 0 : 1;
		rest = (struct cc_str){rest.p + n, rest.n - n};
	}
	cc_item_begin(c);
	code = cc_record_fired(c->out, &r);
	if (code != CC_OK)
		return cc_fail(reterr, code, 0, "the answer is too large");
	c->out->n--;	/* the brace: more members follow */
	cc_put_number(c->out, "id", al->id);
	cc_put_text(c->out, "state", (struct cc_str){cc_state_text(al->state),
	    (uint32_t)strlen(cc_state_text(al->state))});
	cc_put_wall(c->out, "started", al->started);
	cc_put_wall(c->out, "due", al->due);
	cc_put_bool(c->out, "late", al->late);
	cc_put_key(c->out, "held");
	if (al->held.n > 0)
		cc_buf_json(c->out, al->held);
	else
		CC_BUF_LIT(c->out, "null");
	cc_put_wall(c->out, "released", al->released);
	cc_put_wall(c->out, "previous_due", al->previous_due);
	cc_buf_char(c->out, '}');
	return CC_OK;
}

enum cc_code
cc_method_alerts(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_store_alert_filter f = {.case_id = {"", 0}};
	struct cc_store_alerts list = {0};
	struct cc_page page;
	int64_t next;
	enum cc_code code = read_case(c, &f.case_id, reterr);

	if (code == CC_OK)
		code = cc_rpc_bool(c->rpc, "held", &f.held, reterr);
	if (code == CC_OK)
		code = cc_page_read(c, true, &page, reterr);
	if (code != CC_OK)
		return code;
	f.after = page.after;
	f.limit = (uint32_t)page.limit;
	code = cc_store_alerts_list(c->store, &f, c->arena, &list, reterr);
	next = list.next;
	cc_page_begin(c);
	for (uint32_t i = 0; i < list.n && code == CC_OK; i++) {
		code = put_alert(c, &list.items[i], reterr);
		if (cc_page_full(c) && i + 1 < list.n) {
			next = list.items[i].id;
			break;
		}
	}
	if (code == CC_OK)
		cc_page_end_number(c, next);
	return code;
}

/* --- messages.list ---------------------------------------------------------------------- */

/* What a message is, where it is not one alert. */
static const char *
form_text(enum cc_message_form form)
{
	switch (form) {
	case CC_FORM_GROUP:
		return "group";
	case CC_FORM_DIGEST:
		return "digest";
	case CC_FORM_HANDOVER:
		return "handover";
	case CC_FORM_CONFIGURATION:
		return "configuration";
	case CC_FORM_ALERT:
		break;
	}
	return "alert";
}

static void
put_payload(struct cc_buf *b, struct cc_str payload)
{
	struct cc_message_doc *doc = NULL;
	struct cc_message m;
	struct cc_err err;

	if (cc_message_parse(payload.p, payload.n, &m, &doc, &err) != CC_OK)
		return;
	cc_put_key(b, "rung");
	cc_buf_jsons(b, m.rung);
	cc_put_key(b, "clock");
	cc_buf_jsons(b, m.rule);
	cc_put_key(b, "subject");
	cc_buf_jsons(b, m.subject);
	cc_put_wall(b, "due", m.due);
	cc_put_key(b, "title");
	cc_buf_jsons(b, m.title);
	cc_put_key(b, "role");
	cc_buf_jsons(b, m.role);
	cc_put_key(b, "form");
	cc_buf_jsons(b, form_text(m.form));
	cc_message_doc_free(doc);
}

/* As `status` counts them. */
static const char *
state_text(enum cc_outbox_state s)
{
	return s == CC_OUTBOX_CLAIMED ? "claimed" : cc_outbox_state_text(s);
}

static void
put_message(struct cc_call *c, const struct cc_store_message *m)
{
	struct cc_buf *b = c->out;
	const char *state = state_text(m->state);

	cc_item_begin(c);
	cc_buf_char(b, '{');
	cc_put_text(b, "id", m->id);
	cc_put_number(b, "no", m->no);
	cc_put_key(b, "alert");
	if (m->alert != 0)
		cc_buf_int(b, m->alert);
	else
		CC_BUF_LIT(b, "null");
	cc_put_text(b, "case", m->case_id);
	cc_put_text(b, "recipient", m->recipient);
	cc_put_text(b, "channel", m->channel);
	cc_put_text(b, "address", m->address);
	cc_put_text(b, "state", (struct cc_str){state, (uint32_t)strlen(state)});
	cc_put_wall(b, "created", m->created);
	cc_put_wall(b, "next", m->state == CC_OUTBOX_QUEUED ? m->next : CC_NEVER);
	cc_put_number(b, "attempts", m->attempts);
	cc_put_wall(b, "closed", m->closed);
	cc_put_text(b, "reason", m->reason);
	cc_put_key(b, "hold");
	if (m->hold.n > 0)
		cc_buf_json(b, m->hold);
	else
		CC_BUF_LIT(b, "null");
	cc_put_key(b, "carrier");
	if (m->carrier != 0)
		cc_buf_int(b, m->carrier);
	else
		CC_BUF_LIT(b, "null");
	put_payload(b, m->payload);
	cc_buf_char(b, '}');
}

static enum cc_code
read_state(const struct cc_call *c, enum cc_outbox_state *ret, struct cc_err *reterr)
{
	struct cc_str text = CC_STR("");
	enum cc_code code = cc_rpc_text(c->rpc, "state", &text, reterr);

	if (code != CC_OK || !cc_rpc_has(c->rpc, "state"))
		return code;
	for (int s = CC_OUTBOX_QUEUED; s < CC_OUTBOX_COUNT; s++)
		if (strcmp(state_text((enum cc_outbox_state)s), text.p) == 0) {
			*ret = (enum cc_outbox_state)s;
			return CC_OK;
		}
	return cc_fail(reterr, CC_EINVAL, 0, "state: expected queued, claimed, sent, dead, "
	    "superseded, held or grouped");
}

enum cc_code
cc_method_messages(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.case_id = {"", 0}, .payload = true};
	struct cc_store_messages list = {0};
	struct cc_page page;
	int64_t next;
	enum cc_code code = read_case(c, &f.case_id, reterr);

	if (code == CC_OK)
		code = read_state(c, &f.state, reterr);
	if (code == CC_OK)
		code = cc_rpc_int(c->rpc, "alert", (struct cc_rpc_range){1, INT64_MAX},
		    &f.alert, reterr);
	if (code == CC_OK)
		code = cc_page_read(c, true, &page, reterr);
	if (code != CC_OK)
		return code;
	f.after = page.after;
	f.limit = (uint32_t)page.limit;
	code = cc_store_messages_list(c->store, &f, c->arena, &list, reterr);
	if (code != CC_OK)
		return code;
	next = list.next;
	cc_page_begin(c);
	for (uint32_t i = 0; i < list.n; i++) {
		put_message(c, &list.items[i]);
		if (cc_page_full(c) && i + 1 < list.n) {
			next = list.items[i].no;
			break;
		}
	}
	cc_page_end_number(c, next);
	return CC_OK;
}
