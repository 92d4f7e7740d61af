#include "daemon/tell_inner.h"

#include <string.h>

#include "wire/buf.h"

enum { LINK_MAX = 4096 };

struct cc_str
cc_tell_text(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

const char *
cc_tell_copy(struct cc_engine *e, struct cc_str s)
{
	return cc_arena_text(&e->work, s.p, s.n);
}

const char *
cc_tell_local(struct cc_engine *e, const struct cc_zone *z, struct cc_wall t)
{
	char text[CC_LOCAL_TEXT];

	if (!cc_given(t))
		return NULL;
	cc_local_format(z, t, text);
	return cc_tell_copy(e, cc_tell_text(text));
}

/* --- the link ------------------------------------------------------------------- */

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

const char *
cc_tell_link(struct cc_engine *e, struct cc_str case_id, struct cc_str rule,
    struct cc_str subject)
{
	const struct {
		const char *word;
		struct cc_str value;
	} words[] = {{"{case}", case_id}, {"{clock}", rule}, {"{subject}", subject}};
	const char *p = e->setup->config.link;
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
		link = cc_tell_copy(e, (struct cc_str){b.p, (uint32_t)b.n});
	cc_buf_done(&b);
	return link;
}

/* --- an alert --------------------------------------------------------------------- */

/* The names in `al->to`, one by one. */
static void
split_roles(struct cc_engine *e, const struct cc_store_alert *al, struct cc_message *m)
{
	struct cc_str rest = al->to;

	m->ntold = 0;
	while (rest.n > 0 && m->ntold < CC_MESSAGE_TOLD_MAX) {
		const char *space = memchr(rest.p, ' ', rest.n);
		uint32_t len = space == NULL ? rest.n : (uint32_t)(space - rest.p);

		m->told[m->ntold++] = cc_tell_copy(e, (struct cc_str){rest.p, len});
		rest.p += len;
		rest.n -= len;
		if (rest.n > 0) {
			rest.p++;
			rest.n--;
		}
	}
}

static void
fill_times(const struct cc_telling *t, const struct cc_store_alert *al,
    struct cc_message *m)
{
	m->started = al->started;
	m->due = al->due;
	m->ended = al->ended;
	m->at = al->at;
	m->fired = al->fired;
	m->known = al->known;
	m->previous_due = al->previous_due;
	m->zone = t->zone->name;
	m->at_local = cc_tell_local(t->engine, t->zone, al->at);
	m->due_local = cc_tell_local(t->engine, t->zone, al->due);
	m->previous_due_local = cc_tell_local(t->engine, t->zone, al->previous_due);
}

static void
fill_rule(const struct cc_telling *t, const struct cc_rule *r, struct cc_str id,
    struct cc_message *m)
{
	m->rule = r == NULL ? cc_tell_copy(t->engine, id) : r->id;
	m->title = r == NULL ? m->rule : r->title;
	m->section = r == NULL ? "" : r->section;
	m->kind = r == NULL ? CC_KIND_DEADLINE : r->kind;
	m->ends = r == NULL ? NULL : r->ends;
}

enum cc_code
cc_tell_fill(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, struct cc_message *ret, struct cc_err *reterr)
{
	struct cc_engine *e = t->engine;
	struct cc_message m = {.form = CC_FORM_ALERT,
	    .case_id = cc_tell_copy(e, al->case_id),
	    .subject = cc_tell_copy(e, al->subject), .period = al->period,
	    .epoch = al->epoch, .state = al->state, .late = al->late,
	    .rung = cc_tell_copy(e, al->rung), .severity = al->severity,
	    .link = cc_tell_link(e, al->case_id, al->rule, al->subject)};

	fill_rule(t, rule, al->rule, &m);
	fill_times(t, al, &m);
	split_roles(e, al, &m);
	if (e->work.failed)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages");
	*ret = m;
	return CC_OK;
}

/* --- an item ---------------------------------------------------------------------- */

void
cc_tell_item(const struct cc_telling *t, struct cc_str case_id,
    const struct cc_clock *c, const struct cc_view *v, struct cc_message *ret)
{
	struct cc_engine *e = t->engine;
	struct cc_message m = {.form = CC_FORM_ALERT, .case_id = cc_tell_copy(e, case_id),
	    .subject = cc_tell_copy(e, c->subject), .period = c->period, .epoch = 1,
	    .state = v->state, .rung = "", .role = "",
	    .severity = v->state == CC_STATE_OVERDUE ? CC_CRITICAL : CC_NOTICE,
	    .started = v->started, .due = v->due, .ended = v->ended, .at = e->now.wall,
	    .fired = e->now.wall, .known = CC_NEVER, .previous_due = CC_NEVER,
	    .zone = t->zone->name};

	fill_rule(t, c->rule, cc_tell_text(c->rule->id), &m);
	m.link = cc_tell_link(e, case_id, cc_tell_text(c->rule->id), c->subject);
	m.due_local = cc_tell_local(e, t->zone, v->due);
	m.at_local = cc_tell_local(e, t->zone, m.at);
	*ret = m;
}
