#include "daemon/tell_inner.h"

#include <stdio.h>
#include <string.h>

#include "daemon/post.h"
#include "policy/heap.h"

enum { HELD_ARENA = 16 * 1024 * 1024 };

enum cc_code
cc_telling_begin(struct cc_engine *e, const struct cc_entry *c,
    const struct cc_result *r, struct cc_telling *ret, struct cc_err *reterr)
{
	memset(ret, 0, sizeof *ret);
	ret->engine = e;
	ret->zone = r->zone;
	cc_setup_people(e->setup, &ret->people);
	ret->people.first_source = c->first_source;
	ret->people.now = e->now.wall;
	return cc_people_assigned(r->history, &e->work, &ret->people, reterr);
}

enum cc_code
cc_telling_of_case(struct cc_engine *e, struct cc_str case_id, struct cc_telling *ret,
    struct cc_err *reterr)
{
	struct cc_eval_options o = {.now = e->now.wall, .only_rule = 0};
	struct cc_result result;
	struct cc_entry *c;
	enum cc_code code = cc_engine_case(e, case_id, &c, reterr);

	if (code != CC_OK)
		return code;
	/* One rule will do: only the history and the zone are wanted. */
	code = cc_eval_case(e->setup->pack, &(struct cc_case){.id = c->id,
	    .events = c->events, .nevents = c->nevents}, &o, &e->work, &result, reterr);
	return code == CC_OK ? cc_telling_begin(e, c, &result, ret, reterr) : code;
}

const struct cc_rule *
cc_tell_rule(const struct cc_pack *p, struct cc_str id)
{
	for (uint16_t i = 0; i < p->nrules; i++)
		if (cc_str_eq(cc_tell_text(p->rules[i]->id), id))
			return p->rules[i];
	return NULL;
}

unsigned
cc_tell_step(const struct cc_chain *chain, const struct cc_rule *rule, const char *role)
{
	for (unsigned n = 0; n < CC_CHAIN_MAX; n++)
		if (strcmp(cc_rung_role(chain, rule, n), role) == 0)
			return n;
	return 0;
}

/* --- addresses ------------------------------------------------------------------ */

unsigned
cc_tell_addresses(struct cc_engine *e, const struct cc_person *p,
    struct cc_tell_address ret[CC_TELL_ADDRESSES])
{
	const struct cc_config *cf = &e->setup->config;
	const char *email = p == NULL ? cf->operator_email : p->email;
	const char *hook = p == NULL ? cf->operator_webhook : p->webhook;
	struct cc_str who = p == NULL ? CC_STR(CC_TELL_OPERATOR) : p->id;
	unsigned n = 0;

	if (email[0] != '\0' && cf->mail.n > 0)
		ret[n++] = (struct cc_tell_address){who, p, "email", email, false};
	if (hook[0] != '\0') {
		size_t len = sizeof "webhook:" + strlen(hook);
		char *channel = cc_arena_alloc(&e->work, len);

		if (channel != NULL) {
			(void)snprintf(channel, len, "webhook:%s", hook);	/* fits */
			ret[n++] = (struct cc_tell_address){who, p, channel, hook, false};
		}
	}
	return n;
}

/* --- ids ------------------------------------------------------------------------ */

enum { THREAD_TEXTS = 7, ID_TEXTS = 11 };

enum cc_code
cc_tell_ids(struct cc_engine *e, const struct cc_store_alert *al,
    const struct cc_tell_address *to, struct cc_tell_ids *ret, struct cc_err *reterr)
{
	char numbers[2][16];
	struct cc_str texts[ID_TEXTS] = {
		cc_tell_text(e->node), al->case_id, al->rule, al->subject, al->origin_id,
		al->origin_source, CC_STR(""), CC_STR(""), al->rung, to->recipient,
		cc_tell_text(to->channel)
	};
	enum cc_code code;

	(void)snprintf(numbers[0], sizeof numbers[0], "%u", al->same);	/* fits */
	(void)snprintf(numbers[1], sizeof numbers[1], "%u", al->epoch);	/* fits */
	texts[6] = cc_tell_text(numbers[0]);
	texts[7] = cc_tell_text(numbers[1]);
	code = cc_digest(texts, THREAD_TEXTS, ret->thread, reterr);
	return code == CC_OK ? cc_digest(texts, ID_TEXTS, ret->id, reterr) : code;
}

enum cc_code
cc_tell_thread(struct cc_engine *e, struct cc_str case_id, const struct cc_instance *i,
    char ret[33], struct cc_err *reterr)
{
	char number[16];
	struct cc_str texts[THREAD_TEXTS] = {
		cc_tell_text(e->node), case_id, i->rule, i->subject, i->origin_id,
		i->origin_source, CC_STR("")
	};

	(void)snprintf(number, sizeof number, "%u", i->same);	/* fits */
	texts[6] = cc_tell_text(number);
	return cc_digest(texts, THREAD_TEXTS, ret, reterr);
}

/* --- rows of the outbox ----------------------------------------------------------- */

enum cc_code
cc_tell_post(struct cc_engine *e, const struct cc_store_message *row,
    const struct cc_message *m, const struct cc_tell_address *to, struct cc_err *reterr)
{
	struct cc_posting p = {.row = *row, .message = *m, .person = to->person,
	    .at_once = to->person == NULL};

	if (e->work.failed)	/* a text of the message may be missing */
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages");
	p.row.recipient = to->recipient;
	p.row.channel = cc_tell_text(to->channel);
	p.row.address = cc_tell_text(to->address);
	p.row.safety = to->safety;
	return cc_post(e, &p, NULL, reterr);
}

enum cc_code
cc_tell_address(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_message *common, const struct cc_tell_address *to,
    struct cc_err *reterr)
{
	struct cc_store_message row = {.alert = al->id, .case_id = al->case_id};
	struct cc_message m = *common;
	struct cc_tell_ids ids;
	enum cc_code code = cc_tell_ids(t->engine, al, to, &ids, reterr);

	if (code != CC_OK)
		return code;
	m.id = ids.id;
	m.thread = ids.thread;
	return cc_tell_post(t->engine, &row, &m, to, reterr);
}

/* --- an alert --------------------------------------------------------------------- */

static enum cc_code
tell_role(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, struct cc_message *m, struct cc_err *reterr)
{
	struct cc_tell_address to[CC_TELL_ADDRESSES];
	struct cc_found found;
	unsigned n;
	enum cc_code code;

	cc_people_find(&t->people, rule, cc_tell_step(t->people.chain, rule, m->role),
	    &found);
	code = cc_tell_notice(t->engine, al->case_id, &found, m->role, reterr);
	n = cc_tell_addresses(t->engine, found.person, to);
	for (unsigned i = 0; i < n && code == CC_OK; i++) {
		to[i].safety = rule->safety;
		code = cc_tell_address(t, al, m, &to[i], reterr);
	}
	return code;
}

enum cc_code
cc_tell_roles(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, const struct cc_message *common, struct cc_err *reterr)
{
	struct cc_message m = *common;
	enum cc_code code = CC_OK;

	for (unsigned i = 0; i < common->ntold && code == CC_OK; i++) {
		m.role = common->told[i];
		code = tell_role(t, al, rule, &m, reterr);
	}
	return code;
}

enum cc_code
cc_tell_copies(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_message *common, bool safety, struct cc_err *reterr)
{
	const struct cc_config *cf = &t->engine->setup->config;
	struct cc_message m = *common;
	enum cc_code code = CC_OK;

	m.role = CC_TELL_COPIES;
	for (uint32_t i = 0; i < cf->ncopies && code == CC_OK; i++) {
		struct cc_tell_address to = {.recipient = CC_STR(CC_TELL_COPIES),
		    .channel = cf->copies[i], .address = "", .safety = safety};

		code = cc_tell_address(t, al, &m, &to, reterr);
	}
	return code;
}

enum cc_code
cc_tell(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, struct cc_err *reterr)
{
	struct cc_message m;
	enum cc_code code = cc_tell_fill(t, al, rule, &m, reterr);

	if (code == CC_OK)
		code = cc_tell_roles(t, al, rule, &m, reterr);
	if (code == CC_OK)
		code = cc_tell_copies(t, al, &m, rule->safety, reterr);
	return code;
}

/* --- a held alert ------------------------------------------------------------------ */

/* From now on somebody was told of the instance: what becomes of it is told as well. */
static void
mark_told(struct cc_entry *c, const struct cc_store_alert *al)
{
	for (uint32_t i = 0; i < c->ninstances; i++) {
		struct cc_instance *in = &c->instances[i];

		if (in->same != al->same || !cc_str_eq(in->rule, al->rule) ||
		    !cc_str_eq(in->subject, al->subject) ||
		    !cc_str_eq(in->origin_id, al->origin_id) ||
		    !cc_str_eq(in->origin_source, al->origin_source))
			continue;
		if (!in->told)
			in->told_due = al->due;
		in->told = true;
	}
}

static enum cc_code
release(struct cc_engine *e, struct cc_store_alert *al, struct cc_err *reterr)
{
	const struct cc_rule *rule = cc_tell_rule(e->setup->pack, al->rule);
	struct cc_telling t;
	struct cc_entry *c;
	enum cc_code code;

	if (rule == NULL)
		return cc_fail(reterr, CC_ENOENT, 0, "the policy in force has no rule of that "
		    "name any more");
	code = cc_store_alert_release(e->cf.store, al->id, e->now.wall, reterr);
	if (code == CC_OK)
		code = cc_telling_of_case(e, al->case_id, &t, reterr);
	if (code == CC_OK)
		code = cc_engine_case(e, al->case_id, &c, reterr);
	if (code != CC_OK)
		return code;
	al->late = true;
	al->fired = e->now.wall;
	mark_told(c, al);
	cc_engine_touch(e, c);
	return cc_tell(&t, al, rule, reterr);
}

enum cc_code
cc_tell_held(struct cc_engine *e, int64_t alert, struct cc_err *reterr)
{
	struct cc_mark mark = cc_arena_mark(&e->work);
	struct cc_store_alert al;
	struct cc_arena keep;
	enum cc_code code;

	cc_heap_arena_init(&keep, HELD_ARENA);
	code = cc_store_alert_get(e->cf.store, alert, &keep, &al, reterr);
	if (code == CC_OK)
		code = release(e, &al, reterr);
	cc_arena_done(&keep);
	cc_arena_release(&e->work, mark);
	return code;
}
