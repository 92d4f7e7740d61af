#include "daemon/engine_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/digest.h"
#include "daemon/log.h"
#include "wire/buf.h"
#include "wire/message.h"

enum { LINK_MAX = 4096, ROLES_MAX = 8 };

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

/* A copy with a NUL behind it. */
static const char *
copy(const struct cc_telling *t, struct cc_str s)
{
	return cc_arena_text(&t->engine->work, s.p, s.n);
}

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

/* --- the text of a message --------------------------------------------------- */

static void
put_escaped(struct cc_buf *b, struct cc_str s)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:";

	for (uint32_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c != '\0' && strchr(plain, c) != NULL) {
			cc_buf_char(b, (char)c);
		} else {
			cc_buf_char(b, '%');
			cc_buf_char(b, hex[c >> 4]);
			cc_buf_char(b, hex[c & 15]);
		}
	}
}

/* The link of the configuration's template; NULL: there is none. */
static const char *
link_of(const struct cc_telling *t, const struct cc_store_alert *al)
{
	const struct {
		const char *word;
		struct cc_str value;
	} words[] = {{"{case}", al->case_id}, {"{clock}", al->rule},
	    {"{subject}", al->subject}};
	const char *p = t->engine->setup->config.link;
	const char *link = NULL;
	struct cc_buf b;

	if (p[0] == '\0')
		return NULL;
	cc_buf_init(&b, LINK_MAX);
	while (*p != '\0') {
		unsigned i = 0;

		while (i < 3 && strncmp(p, words[i].word, strlen(words[i].word)) != 0)
			i++;
		if (i == 3) {
			cc_buf_char(&b, *p++);
		} else {
			put_escaped(&b, words[i].value);
			p += strlen(words[i].word);
		}
	}
	if (cc_buf_end(&b, 0) == CC_OK)
		link = copy(t, (struct cc_str){b.p, (uint32_t)b.n});
	cc_buf_done(&b);
	return link;
}

/* The names in `al->to`, one by one. */
static unsigned
split_roles(const struct cc_telling *t, const struct cc_store_alert *al,
    const char *ret[ROLES_MAX])
{
	struct cc_str rest = al->to;
	unsigned n = 0;

	while (rest.n > 0 && n < ROLES_MAX) {
		const char *space = memchr(rest.p, ' ', rest.n);
		uint32_t len = space == NULL ? rest.n : (uint32_t)(space - rest.p);

		ret[n] = copy(t, (struct cc_str){rest.p, len});
		if (ret[n] != NULL)
			n++;
		rest.p += len;
		rest.n -= len;
		if (rest.n > 0) {
			rest.p++;
			rest.n--;
		}
	}
	return n;
}

static void
fill_times(const struct cc_telling *t, const struct cc_store_alert *al,
    struct cc_message *m, char due[CC_LOCAL_TEXT], char at[CC_LOCAL_TEXT])
{
	m->started = al->started;
	m->due = al->due;
	m->ended = al->ended;
	m->at = al->at;
	m->fired = al->fired;
	m->known = al->known;
	m->zone = t->zone->name;
	cc_local_format(t->zone, al->at, at);
	m->at_local = at;
	if (!cc_given(al->due))
		return;
	cc_local_format(t->zone, al->due, due);
	m->due_local = due;
}

/* --- rows of the outbox -------------------------------------------------------- */

/* One address of one recipient. */
struct address {
	struct cc_str recipient;
	const char *channel, *address;
	bool safety;
};

static enum cc_code
ids_of(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct address *to, char id[CC_DIGEST_TEXT], char thread[CC_DIGEST_TEXT],
    struct cc_err *reterr)
{
	char numbers[2][16];
	struct cc_str texts[] = {
		text_of(t->engine->node), al->case_id, al->rule, al->subject, al->origin_id,
		al->origin_source, CC_STR(""), CC_STR(""), al->rung, to->recipient,
		text_of(to->channel)
	};
	enum cc_code code;

	(void)snprintf(numbers[0], sizeof numbers[0], "%u", al->same);	/* fits */
	(void)snprintf(numbers[1], sizeof numbers[1], "%u", al->epoch);	/* fits */
	texts[6] = text_of(numbers[0]);
	texts[7] = text_of(numbers[1]);
	code = cc_digest(texts, 7, thread, reterr);
	return code != CC_OK ? code :
	    cc_digest(texts, sizeof texts / sizeof texts[0], id, reterr);
}

static enum cc_code
put_row(const struct cc_telling *t, const struct cc_store_message *from,
    const struct cc_message *m, struct cc_err *reterr)
{
	struct cc_engine *e = t->engine;
	struct cc_store_message row = *from;
	struct cc_store_added added;
	char *json = NULL;
	enum cc_code code = cc_message_print(m, &json, reterr);

	if (code != CC_OK)
		return code;
	row.id = text_of(m->id);
	row.thread = text_of(m->thread);
	row.payload = text_of(json);
	row.state = CC_OUTBOX_QUEUED;
	row.created = row.next = e->now.wall;
	row.give_up = (struct cc_wall){e->now.wall.s + e->setup->config.give_up};
	code = cc_store_outbox_add(e->cf.store, &row, &added, reterr);
	free(json);
	return code;
}

/* The message of an alert, to one address. */
static enum cc_code
tell_address(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_message *common, const struct address *to, struct cc_err *reterr)
{
	char id[CC_DIGEST_TEXT], thread[CC_DIGEST_TEXT];
	struct cc_message m = *common;
	struct cc_store_message row = {.alert = al->id, .case_id = al->case_id,
	    .recipient = to->recipient, .channel = text_of(to->channel),
	    .address = text_of(to->address), .safety = to->safety};
	enum cc_code code = ids_of(t, al, to, id, thread, reterr);

	if (code != CC_OK)
		return code;
	m.id = id;
	m.thread = thread;
	return put_row(t, &row, &m, reterr);
}

/* Every address of a person, or of the operator (NULL). */
static unsigned
addresses_of(const struct cc_telling *t, const struct cc_person *p,
    struct address ret[2])
{
	const struct cc_config *cf = &t->engine->setup->config;
	const char *email = p == NULL ? cf->operator_email : p->email;
	const char *hook = p == NULL ? cf->operator_webhook : p->webhook;
	struct cc_str who = p == NULL ? CC_STR("operator") : p->id;
	unsigned n = 0;

	if (email[0] != '\0' && cf->mail.n > 0)
		ret[n++] = (struct address){who, "email", email, false};
	if (hook[0] != '\0') {
		size_t len = sizeof "webhook:" + strlen(hook);
		char *channel = cc_arena_alloc(&t->engine->work, len);

		if (channel != NULL) {
			(void)snprintf(channel, len, "webhook:%s", hook);	/* fits */
			ret[n++] = (struct address){who, channel, hook, false};
		}
	}
	return n;
}

/* --- what is wrong with the configuration ---------------------------------------- */

static void
notice_words(const struct cc_found *f, const char *role, char *to, size_t size)
{
	int n = (int)f->about.n;
	const char *who = f->about.p == NULL ? "" : f->about.p;

	switch (f->cause) {
	case CC_PEOPLE_UNKNOWN_STAFF:
		(void)snprintf(to, size, "The directory has no staff_id %.*s", n, who);
		break;
	case CC_PEOPLE_NO_ADDRESS:
		(void)snprintf(to, size, "No address can be used for staff_id %.*s", n, who);
		break;
	case CC_PEOPLE_CHAIN_END:
		(void)snprintf(to, size, "Nobody stands above staff_id %.*s as %s", n, who,
		    role);
		break;
	case CC_PEOPLE_NO_HOLDER:
	case CC_PEOPLE_FOUND:
		(void)snprintf(to, size, "No route leads to a holder");
		break;
	}
}

/* To the operator, once a day and cause. */
static enum cc_code
tell_operator(const struct cc_telling *t, const struct cc_store_alert *al,
    const char *words, struct cc_str cause, cc_day day, struct cc_err *reterr)
{
	struct address to[2];
	unsigned n = addresses_of(t, NULL, to);
	char number[16], id[CC_DIGEST_TEXT], thread[CC_DIGEST_TEXT];
	char due[CC_LOCAL_TEXT], at[CC_LOCAL_TEXT];
	struct cc_message m = {.id = id, .thread = thread, .case_id = copy(t, al->case_id),
	    .rule = "configuration", .title = words, .section = "", .subject = "case",
	    .period = 1, .epoch = 1, .kind = CC_KIND_IMMEDIATE, .state = CC_STATE_RUNNING,
	    .rung = "raise", .severity = CC_WARNING, .role = "operator",
	    .told = {"operator"}, .ntold = 1};
	struct cc_store_alert when = {.started = al->fired, .due = al->fired,
	    .ended = CC_NEVER, .at = al->fired, .fired = al->fired, .known = al->fired};
	enum cc_code code = CC_OK;

	(void)snprintf(number, sizeof number, "%d", (int)day);	/* fits */
	fill_times(t, &when, &m, due, at);
	for (unsigned i = 0; i < n && code == CC_OK; i++) {
		const struct cc_str texts[] = {text_of(t->engine->node),
		    CC_STR("configuration"), cause, text_of(number), text_of(to[i].channel)};
		struct cc_store_message row = {.case_id = al->case_id,
		    .recipient = to[i].recipient, .channel = text_of(to[i].channel),
		    .address = text_of(to[i].address)};

		code = cc_digest(texts, 3, thread, reterr);
		if (code == CC_OK)
			code = cc_digest(texts, 5, id, reterr);
		if (code == CC_OK)
			code = put_row(t, &row, &m, reterr);
	}
	return code;
}

/* Says once a day that the case's own people could not be used.  A case that has no
 * holder yet, and a route for it, is as the configuration wants it. */
static enum cc_code
notice(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_found *f, const char *role, struct cc_err *reterr)
{
	struct cc_engine *e = t->engine;
	const char *name = cc_people_cause_text(f->cause);
	cc_day day = cc_local_day(e->setup->pack->zone, e->now.wall);
	char cause[256], words[200];
	bool first = false;
	enum cc_code code;

	if (f->person == NULL)
		CC_COUNT(e->cf.figures, to_operator);
	if (f->cause == CC_PEOPLE_FOUND || (f->cause == CC_PEOPLE_NO_HOLDER &&
	    f->person != NULL))
		return CC_OK;
	(void)snprintf(cause, sizeof cause, "%s %.*s %s", name, (int)f->about.n,
	    f->about.p == NULL ? "" : f->about.p, f->cause == CC_PEOPLE_CHAIN_END ? role : "");
	code = cc_store_notice(e->cf.store, text_of(cause), day, &first, reterr);
	if (code != CC_OK || !first)
		return code;
	notice_words(f, role, words, sizeof words);
	cc_log(CC_LOG_WARN, "case %.*s: %s; the message goes to %s", (int)al->case_id.n,
	    al->case_id.p, words, f->person == NULL ? "the operator" : "the route");
	CC_COUNT(e->cf.figures, configuration_alerts);
	return tell_operator(t, al, words, text_of(cause), day, reterr);
}

/* --- an alert --------------------------------------------------------------------- */

/* Which step up from the responsible role has this name. */
static unsigned
step_of(const struct cc_chain *chain, const struct cc_rule *rule, const char *role)
{
	for (unsigned n = 0; n < CC_CHAIN_MAX; n++)
		if (strcmp(cc_rung_role(chain, rule, n), role) == 0)
			return n;
	return 0;
}

static enum cc_code
tell_role(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, struct cc_message *m, struct cc_err *reterr)
{
	struct cc_found found;
	struct address to[2];
	unsigned n;
	enum cc_code code;

	cc_people_find(&t->people, rule,
	    step_of(&t->engine->setup->pack->chain, rule, m->role), &found);
	code = notice(t, al, &found, m->role, reterr);
	n = addresses_of(t, found.person, to);
	for (unsigned i = 0; i < n && code == CC_OK; i++) {
		to[i].safety = rule->safety;
		code = tell_address(t, al, m, &to[i], reterr);
	}
	return code;
}

enum cc_code
cc_tell(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, struct cc_err *reterr)
{
	char due[CC_LOCAL_TEXT], at[CC_LOCAL_TEXT];
	struct cc_message m = {.case_id = copy(t, al->case_id), .rule = rule->id,
	    .title = rule->title, .section = rule->section, .subject = copy(t, al->subject),
	    .period = al->period, .epoch = al->epoch, .kind = rule->kind,
	    .state = al->state, .late = al->late, .rung = copy(t, al->rung),
	    .severity = al->severity, .link = link_of(t, al)};
	enum cc_code code = CC_OK;

	fill_times(t, al, &m, due, at);
	m.ntold = split_roles(t, al, m.told);
	if (t->engine->work.failed)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages");
	for (unsigned i = 0; i < m.ntold && code == CC_OK; i++) {
		m.role = m.told[i];
		code = tell_role(t, al, rule, &m, reterr);
	}
	return code;
}
