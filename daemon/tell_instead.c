#include "daemon/tell_inner.h"

#include <stdio.h>
#include <string.h>

#include "daemon/log.h"
#include "policy/heap.h"

enum { KEEP_ARENA = 64 * 1024 * 1024, PAGE = 200 };

/* A message that does not reach its recipient, and what is needed to say it to another. */
struct instead {
	struct cc_engine *engine;
	struct cc_arena keep;			/* what is read of the store */
	struct cc_mark mark;			/* of e->work before */
	struct cc_store_message row;		/* with payload */
	struct cc_message message;
	struct cc_message_doc *doc;
	struct cc_store_alert alert;		/* id 0: it is of none */
	const struct cc_rule *rule;		/* NULL: of none, or the policy has it no more */
};

static bool
is(struct cc_str s, const char *text)
{
	return cc_str_eq(s, cc_tell_text(text));
}

static bool
of_alert(const struct cc_message *m)
{
	return m->form == 0 || m->form == CC_FORM_ALERT;
}

static void
end(struct instead *x)
{
	cc_message_doc_free(x->doc);
	cc_arena_release(&x->engine->work, x->mark);
	cc_arena_done(&x->keep);
}

static enum cc_code
begin(struct cc_engine *e, const struct cc_store_message *m, struct instead *ret,
    struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	memset(ret, 0, sizeof *ret);
	ret->engine = e;
	cc_heap_arena_init(&ret->keep, KEEP_ARENA);
	ret->mark = cc_arena_mark(&e->work);
	ret->row = *m;
	if (m->payload.n == 0)
		code = cc_store_message_get(e->cf.store, m->id, &ret->keep, &ret->row, reterr);
	if (code == CC_OK)
		code = cc_message_parse(ret->row.payload.p, ret->row.payload.n, &ret->message,
		    &ret->doc, reterr);
	if (code == CC_OK && m->alert != 0 && of_alert(&ret->message)) {
		code = cc_store_alert_get(e->cf.store, m->alert, &ret->keep, &ret->alert,
		    reterr);
		if (code == CC_OK)
			ret->rule = cc_tell_rule(e->setup->pack, ret->alert.rule);
	}
	if (code != CC_OK)
		end(ret);
	return code;
}

/* --- to another address ------------------------------------------------------------- */

/* An id of its own for this message to that address. */
static enum cc_code
fresh_id(const struct instead *x, const struct cc_tell_address *to, char ret[33],
    struct cc_err *reterr)
{
	const struct cc_str texts[] = {cc_tell_text(x->engine->node), CC_STR("instead"),
	    x->row.id, to->recipient, cc_tell_text(to->channel), cc_tell_text(to->address)};

	return cc_digest(texts, sizeof texts / sizeof texts[0], ret, reterr);
}

/*
 * The id is the one that this recipient's message of the alert has anyway, so that who
 * was told already is not told again.  When that one was closed itself, because it went
 * elsewhere once, it takes another.
 */
static enum cc_code
id_for(const struct instead *x, const struct cc_tell_address *to, char ret[33],
    struct cc_err *reterr)
{
	struct cc_tell_ids ids;
	struct cc_store_message there;
	struct cc_arena keep;
	enum cc_code code;

	if (x->alert.id == 0)
		return fresh_id(x, to, ret, reterr);
	code = cc_tell_ids(x->engine, &x->alert, to, &ids, reterr);
	if (code != CC_OK)
		return code;
	cc_heap_arena_init(&keep, KEEP_ARENA);
	code = cc_store_message_get(x->engine->cf.store, cc_tell_text(ids.id), &keep, &there,
	    reterr);
	if (code == CC_OK && (there.no == x->row.no || there.state == CC_OUTBOX_SUPERSEDED))
		code = fresh_id(x, to, ret, reterr);
	else if (code == CC_OK || code == CC_ENOENT) {
		memcpy(ret, ids.id, sizeof ids.id);
		code = CC_OK;
	}
	cc_arena_done(&keep);
	return code;
}

static enum cc_code
say_as(struct instead *x, struct cc_tell_address *to, const char *id, struct cc_err *reterr)
{
	struct cc_store_message row = {.alert = x->row.alert, .case_id = x->row.case_id};
	struct cc_message m = x->message;

	m.id = id;
	m.language = NULL;	/* that of the other */
	to->safety = x->row.safety;
	return cc_tell_post(x->engine, &row, &m, to, reterr);
}

static enum cc_code
say(struct instead *x, struct cc_tell_address *to, struct cc_err *reterr)
{
	char id[CC_DIGEST_TEXT];
	enum cc_code code = id_for(x, to, id, reterr);

	return code == CC_OK ? say_as(x, to, id, reterr) : code;
}

/* To every address of the person, or of the operator (NULL). */
static enum cc_code
say_to(struct instead *x, const struct cc_person *p, struct cc_err *reterr)
{
	struct cc_tell_address to[CC_TELL_ADDRESSES];
	unsigned n = cc_tell_addresses(x->engine, p, to);
	enum cc_code code = CC_OK;

	for (unsigned i = 0; i < n && code == CC_OK; i++)
		code = say(x, &to[i], reterr);
	return code;
}

/* --- at sending ----------------------------------------------------------------------- */

/* Who stands for the role of the message now, by the case's own people. */
static enum cc_code
say_to_role(struct instead *x, struct cc_str gone, struct cc_err *reterr)
{
	struct cc_found found = {.cause = CC_PEOPLE_UNKNOWN_STAFF, .about = gone};
	struct cc_engine *e = x->engine;
	struct cc_telling t;
	enum cc_code code = CC_OK;

	if (cc_directory_find(&e->setup->directory, gone) != NULL)
		found.cause = CC_PEOPLE_NO_ADDRESS;
	if (x->rule != NULL) {
		struct cc_found now;

		code = cc_telling_of_case(e, x->row.case_id, &t, reterr);
		if (code != CC_OK)
			return code;
		cc_people_find(&t.people, x->rule,
		    cc_tell_step(t.people.chain, x->rule, x->message.role), &now);
		found.person = now.person;
	}
	code = cc_tell_notice(e, x->row.case_id, &found, x->message.role, reterr);
	return code == CC_OK ? say_to(x, found.person, reterr) : code;
}

/* The addresses of the recipient that are of the message's kind, else all; 0 as well when
 * the message has one of them: then all is well. */
static unsigned
other_addresses(struct cc_engine *e, const struct cc_person *p,
    const struct cc_store_message *m, struct cc_tell_address ret[CC_TELL_ADDRESSES],
    bool *ret_well)
{
	struct cc_tell_address all[CC_TELL_ADDRESSES];
	unsigned n = cc_tell_addresses(e, p, all), kept = 0;
	bool email = is(m->channel, "email");

	*ret_well = false;
	for (unsigned i = 0; i < n; i++) {
		if (is(m->channel, all[i].channel) && is(m->address, all[i].address))
			*ret_well = true;
		if ((strcmp(all[i].channel, "email") == 0) == email)
			ret[kept++] = all[i];
	}
	if (kept > 0)
		return kept;
	memcpy(ret, all, n * sizeof *all);
	return n;
}

static enum cc_code
move(struct cc_engine *e, const struct cc_store_message *m, const struct cc_person *cover,
    struct cc_tell_address to[CC_TELL_ADDRESSES], unsigned n, struct cc_err *reterr)
{
	struct instead x;
	enum cc_code code = begin(e, m, &x, reterr);

	if (code != CC_OK)
		return code;
	if (cover != NULL)
		code = say_to(&x, cover, reterr);
	else if (n == 0)
		code = say_to_role(&x, m->recipient, reterr);
	for (unsigned i = 0; i < n && cover == NULL && code == CC_OK; i++)
		code = say(&x, &to[i], reterr);
	end(&x);
	return code;
}

enum cc_code
cc_tell_elsewhere(struct cc_engine *e, const struct cc_store_message *m, bool *ret_moved,
    struct cc_err *reterr)
{
	const struct cc_person *p = cc_directory_find(&e->setup->directory, m->recipient);
	const struct cc_person *cover = NULL;
	struct cc_tell_address to[CC_TELL_ADDRESSES];
	struct cc_people people = {.now = e->now.wall};
	struct cc_mark mark = cc_arena_mark(&e->work);
	bool well = is(m->recipient, CC_TELL_COPIES), operator = false;
	unsigned n = 0;
	enum cc_code code = CC_OK;

	cc_setup_people(e->setup, &people);
	if (p != NULL)
		cover = cc_people_cover(&people, p);
	else
		operator = is(m->recipient, CC_TELL_OPERATOR);
	if (!well && cover == NULL && (p != NULL || operator))
		n = other_addresses(e, p, m, to, &well);
	/* The operator has an address; a message to another one stays. */
	if (!well && !(operator && n == 0))
		code = move(e, m, cover, to, n, reterr);
	if (code == CC_OK)
		*ret_moved = !well && !(operator && n == 0);
	cc_arena_release(&e->work, mark);
	return code;
}

enum cc_code
cc_tell_again(struct cc_engine *e, const struct cc_store_message *m, struct cc_err *reterr)
{
	struct cc_tell_address to = {.recipient = m->recipient};
	char id[CC_DIGEST_TEXT];
	struct instead x;
	enum cc_code code = begin(e, m, &x, reterr);

	if (code != CC_OK)
		return code;
	to.person = cc_directory_find(&e->setup->directory, m->recipient);
	to.channel = cc_tell_copy(e, m->channel);
	to.address = cc_tell_copy(e, m->address);
	code = e->work.failed ? cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages") :
	    fresh_id(&x, &to, id, reterr);
	if (code == CC_OK)
		code = say_as(&x, &to, id, reterr);
	end(&x);
	return code;
}

/* --- a message that is dead -------------------------------------------------------------- */

/* Whether the message that says this one is dead. */
static enum cc_code
carrier_dead(struct instead *x, int64_t carrier, bool *ret, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.after = carrier - 1, .limit = 1};
	struct cc_store_messages list = {0};
	enum cc_code code = cc_store_messages_list(x->engine->cf.store, &f, &x->keep, &list,
	    reterr);

	if (code == CC_OK)
		*ret = list.n == 1 && list.items[0].no == carrier &&
		    list.items[0].state == CC_OUTBOX_DEAD;
	return code;
}

/* What became of the messages of an alert to one person. */
struct reach {
	bool told;	/* one was sent, or may yet be */
	bool dead;	/* one could not be delivered */
};

static enum cc_code
note_reach(struct instead *x, const struct cc_store_message *m, struct reach *r,
    struct cc_err *reterr)
{
	bool dead = m->state == CC_OUTBOX_DEAD;
	enum cc_code code = CC_OK;

	if (m->state == CC_OUTBOX_GROUPED)
		code = carrier_dead(x, m->carrier, &dead, reterr);
	r->dead |= dead;
	r->told |= !dead && (m->state == CC_OUTBOX_QUEUED || m->state == CC_OUTBOX_CLAIMED ||
	    m->state == CC_OUTBOX_SENT || m->state == CC_OUTBOX_GROUPED);
	return code;
}

static enum cc_code
reach_of(struct instead *x, struct cc_str who, struct reach *ret, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.alert = x->alert.id, .limit = PAGE};
	enum cc_code code = CC_OK;

	*ret = (struct reach){.told = false};
	do {
		struct cc_store_messages list = {0};

		code = cc_store_messages_list(x->engine->cf.store, &f, &x->keep, &list,
		    reterr);
		for (uint32_t i = 0; i < list.n && code == CC_OK; i++)
			if (list.items[i].no != x->row.no &&
			    cc_str_eq(list.items[i].recipient, who))
				code = note_reach(x, &list.items[i], ret, reterr);
		f.after = list.next;
	} while (f.after != 0 && code == CC_OK);
	return code;
}

/* Climbs to the first who is not known to be out of reach. */
static enum cc_code
climb(struct instead *x, const struct cc_telling *t, struct cc_err *reterr)
{
	const struct cc_chain *chain = t->people.chain;
	unsigned n = cc_tell_step(chain, x->rule, x->message.role) + 1;

	for (; x->rule->responsible + n < chain->n; n++) {
		struct cc_found found;
		struct reach r;
		enum cc_code code;

		cc_people_find(&t->people, x->rule, n, &found);
		if (found.person == NULL)
			break;
		if (cc_str_eq(found.person->id, x->row.recipient))
			continue;
		code = reach_of(x, found.person->id, &r, reterr);
		if (code != CC_OK || r.told)
			return code;
		if (r.dead)
			continue;
		x->message.role = cc_rung_role(chain, x->rule, n);
		return say_to(x, found.person, reterr);
	}
	CC_COUNT(x->engine->cf.figures, to_operator);
	return say_to(x, NULL, reterr);
}

/* The next above, unless the recipient hears of the alert another way. */
static enum cc_code
go_higher(struct instead *x, struct cc_err *reterr)
{
	struct cc_telling t;
	struct reach r;
	enum cc_code code = reach_of(x, x->row.recipient, &r, reterr);

	if (code != CC_OK || r.told)
		return code;
	if (x->rule == NULL) {
		CC_COUNT(x->engine->cf.figures, to_operator);
		return say_to(x, NULL, reterr);
	}
	code = cc_telling_of_case(x->engine, x->row.case_id, &t, reterr);
	return code == CC_OK ? climb(x, &t, reterr) : code;
}

static enum cc_code
say_unreachable(struct cc_engine *e, const struct cc_store_message *m,
    struct cc_err *reterr)
{
	char words[200], cause[768];

	if (is(m->recipient, CC_TELL_COPIES))
		(void)snprintf(words, sizeof words, "Copies of alerts cannot be given to "
		    "channel %.*s", (int)m->channel.n, m->channel.p);
	else
		(void)snprintf(words, sizeof words, "Staff_id %.*s cannot be reached through "
		    "%.*s", (int)m->recipient.n, m->recipient.p, (int)m->channel.n,
		    m->channel.p);
	(void)snprintf(cause, sizeof cause, "unreachable %.*s %.*s", (int)m->recipient.n,
	    m->recipient.p, (int)m->channel.n, m->channel.p);
	return cc_tell_operator(e, m->case_id, words, cc_tell_text(cause), reterr);
}

static enum cc_code
of_one(struct cc_engine *e, const struct cc_store_message *failed, struct cc_err *reterr)
{
	struct instead x;
	enum cc_code code = begin(e, failed, &x, reterr);

	if (code != CC_OK)
		return code;
	/* That something is over is no rung: whoever was told in the recipient's place of
	 * what came before is told of its end as well. */
	if (x.alert.id != 0 && !is(x.alert.rung, cc_plan_clear.name))
		code = go_higher(&x, reterr);
	end(&x);
	return code;
}

/* A message that carried others: each of them has failed. */
static enum cc_code
of_carried(struct cc_engine *e, const struct cc_store_message *carrier,
    struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.carrier = carrier->no, .payload = true,
	    .limit = PAGE};
	struct cc_arena keep;
	enum cc_code code = CC_OK;

	cc_heap_arena_init(&keep, KEEP_ARENA);
	do {
		struct cc_store_messages list = {0};

		cc_arena_reset(&keep);
		code = cc_store_messages_list(e->cf.store, &f, &keep, &list, reterr);
		for (uint32_t i = 0; i < list.n && code == CC_OK; i++)
			code = of_one(e, &list.items[i], reterr);
		f.after = list.next;
	} while (f.after != 0 && code == CC_OK);
	cc_arena_done(&keep);
	return code;
}

enum cc_code
cc_tell_higher(struct cc_engine *e, const struct cc_store_message *failed,
    struct cc_err *reterr)
{
	enum cc_code code;

	if (is(failed->recipient, CC_TELL_OPERATOR)) {	/* nobody stands above */
		cc_log(CC_LOG_ERR, "the operator cannot be reached through %.*s: message "
		    "%.*s is dead", (int)failed->channel.n, failed->channel.p,
		    (int)failed->id.n, failed->id.p);
		return CC_OK;
	}
	code = say_unreachable(e, failed, reterr);
	if (code != CC_OK || is(failed->recipient, CC_TELL_COPIES))
		return code;
	return failed->alert != 0 ? of_one(e, failed, reterr) : of_carried(e, failed, reterr);
}
