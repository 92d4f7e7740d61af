#include "daemon/outgoing_inner.h"

#include <stdio.h>
#include <string.h>

#include "daemon/digest.h"
#include "scheduler/civil.h"
#include "scheduler/schema.h"

/* So many that took each other's place are followed back. */
enum { FORMER_MAX = 64, PAGE = 256 };

/* One message under judgement. */
struct look {
	struct cc_outgoing *o;
	const struct cc_store_message *m;
	struct cc_store_alert alert;
	const struct cc_store_case *of;
	const struct cc_instance *now;		/* its instance, as it stands */
	struct cc_past past;
	struct cc_verdict *verdict;
};

/* --- what the store knows --------------------------------------------------------- */

static enum cc_code
case_of(struct cc_outgoing *o, struct cc_str id, const struct cc_store_case **ret,
    struct cc_err *reterr)
{
	struct cc_outgoing_case *c = o->cases;
	enum cc_code code;

	while (c != NULL && !cc_str_eq(c->row.id, id))
		c = c->next;
	if (c == NULL) {
		c = cc_arena_alloc(&o->keep, sizeof *c);
		if (c == NULL)
			return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a case");
		code = cc_store_case_load(o->engine->cf.store, id, &o->keep, &c->row, reterr);
		if (code != CC_OK)
			return code;
		c->next = o->cases;
		o->cases = c;
	}
	*ret = &c->row;
	return CC_OK;
}

static bool
is_instance(const struct cc_instance *i, const struct cc_store_alert *al)
{
	return i->same == al->same && cc_str_eq(i->rule, al->rule) &&
	    cc_str_eq(i->subject, al->subject) && cc_str_eq(i->origin_id, al->origin_id) &&
	    cc_str_eq(i->origin_source, al->origin_source);
}

static const struct cc_instance *
instance_of(const struct cc_store_case *c, const struct cc_store_alert *al)
{
	for (uint32_t n = 0; n < c->ninstances; n++)
		if (is_instance(&c->instances[n], al))
			return &c->instances[n];
	return NULL;
}

/* Another instance took its place when it vanished. */
static bool
was_taken(const struct cc_instance *i)
{
	uint32_t key = cc_key32(CC_STR("taken"));

	for (uint32_t n = 0; !i->present && n < i->ndone; n++)
		if (i->done[n] == key)
			return true;
	return false;
}

/* A live one of the same rule and subject that says the same due, or NULL. */
static const struct cc_instance *
goes_on(const struct look *l)
{
	for (uint32_t n = 0; n < l->of->ninstances; n++) {
		const struct cc_instance *i = &l->of->instances[n];

		if (i != l->now && i->present && i->live && i->told &&
		    i->due.s == l->alert.due.s && cc_str_eq(i->rule, l->now->rule) &&
		    cc_str_eq(i->subject, l->now->subject))
			return i;
	}
	return NULL;
}

/* --- verdicts ----------------------------------------------------------------------- */

static enum cc_code
against(const struct look *l, const char *code)
{
	char due[CC_WALL_TEXT] = "none";

	if (cc_given(l->now->due))
		cc_wall_format(l->now->due, due);
	l->verdict->code = code;
	(void)snprintf(l->verdict->detail, sizeof l->verdict->detail,
	    "(the clock is %s now, due %s, epoch %u)", l->now->present ?
	    cc_state_text(l->now->state) : "withdrawn", due, l->now->epoch);	/* fits */
	return CC_OK;
}

/* The last message that was, or may have been, read. */
static const struct cc_said *
last_of(const struct cc_past *p)
{
	for (uint32_t n = p->n; n-- > 0;)
		if (p->items[n].told != CC_TOLD_NOT)
			return &p->items[n];
	return NULL;
}

/* The thread that the message goes on from, or NULL; in scratch. */
static enum cc_code
thread_before(struct look *l, const char **ret, struct cc_err *reterr)
{
	struct cc_message_doc *doc = NULL;
	struct cc_message text;
	enum cc_code code = cc_message_parse(l->m->payload.p, l->m->payload.n, &text, &doc,
	    reterr);

	if (code != CC_OK)
		return code;
	*ret = text.thread_before == NULL ? l->past.before : cc_arena_text(&l->o->scratch,
	    text.thread_before, strlen(text.thread_before));
	cc_message_doc_free(doc);
	return CC_OK;
}

/* The same, also of the instance whose place this one took, and of those before. */
static enum cc_code
last_told(struct look *l, const struct cc_said **ret, struct cc_err *reterr)
{
	const char *thread = NULL;
	enum cc_code code = CC_OK;

	*ret = last_of(&l->past);
	if (*ret == NULL)
		code = thread_before(l, &thread, reterr);
	for (unsigned n = 0; code == CC_OK && *ret == NULL && thread != NULL &&
	    n < FORMER_MAX; n++) {
		struct cc_past before;

		code = cc_outgoing_past(l->o, l->m, (struct cc_str){thread,
		    (uint32_t)strlen(thread)}, &before, reterr);
		if (code != CC_OK)
			return code;
		*ret = last_of(&before);
		thread = before.before;
	}
	return code;
}

/* Whether somebody else's message of the alert went elsewhere: this one may say it in
 * the place of one who was told. */
static enum cc_code
in_place(struct look *l, bool *ret, struct cc_err *reterr)
{
	static const char gone[] = "superseded: delegate";
	struct cc_store_message_filter f = {.alert = l->alert.id, .limit = PAGE};

	*ret = false;
	do {
		struct cc_store_messages list = {0};
		enum cc_code code = cc_store_messages_list(l->o->engine->cf.store, &f,
		    &l->o->scratch, &list, reterr);

		if (code != CC_OK)
			return code;
		for (uint32_t i = 0; i < list.n; i++)
			*ret |= list.items[i].state == CC_OUTBOX_SUPERSEDED &&
			    list.items[i].reason.n >= sizeof gone - 1 &&
			    memcmp(list.items[i].reason.p, gone, sizeof gone - 1) == 0;
		f.after = list.next;
	} while (f.after != 0 && !*ret);
	return CC_OK;
}

/* --- the rules ------------------------------------------------------------------------ */

/* False when nobody is owed it any more, or under another due. */
static bool
still_wanted(const struct look *l, const char *moved)
{
	if (l->now->epoch > l->alert.epoch)
		(void)against(l, moved);
	else if (was_taken(l->now) && goes_on(l) != NULL)
		return true;
	else if (was_taken(l->now))
		(void)against(l, moved);
	else if (!l->now->present || !l->now->live)
		(void)against(l, "superseded: ended");
	return l->verdict->code == NULL;
}

static enum cc_code
judge_rung(struct look *l)
{
	if (!still_wanted(l, "superseded: moved"))
		return CC_OK;
	for (uint32_t n = 0; n < l->past.n; n++) {
		const struct cc_said *s = &l->past.items[n];

		if (s->alert > l->alert.id && s->epoch == l->alert.epoch && !s->clear &&
		    (s->told == CC_TOLD_SURE || s->leaving))
			return against(l, "superseded: overtaken");
	}
	return CC_OK;
}

/* It stands for what passed since the recipient was told. */
static bool
graver(const struct look *l, const struct cc_said *last)
{
	return l->alert.severity > last->severity ||
	    (l->now->state == CC_STATE_OVERDUE && l->alert.state == CC_STATE_OVERDUE &&
	    last->state != CC_STATE_OVERDUE);
}

static enum cc_code
judge_moved(struct look *l, struct cc_err *reterr)
{
	const struct cc_said *last = NULL;
	enum cc_code code;

	if (!still_wanted(l, "superseded: moved again"))
		return CC_OK;
	code = last_told(l, &last, reterr);
	if (code != CC_OK || last == NULL)
		return code;
	if (last->told == CC_TOLD_SURE && !last->clear && last->due.s == l->now->due.s &&
	    !graver(l, last))
		return against(l, "superseded: nothing new");
	return CC_OK;
}

/* Whether the recipient knows of another that looks the same, and has to be done: to
 * hear that nothing is to be done any more would mislead. */
static enum cc_code
misleads(struct look *l, bool *ret, struct cc_err *reterr)
{
	const struct cc_instance *other = goes_on(l);
	const struct cc_said *last;
	char thread[CC_DIGEST_TEXT];
	struct cc_past past;
	enum cc_code code;

	*ret = false;
	if (other == NULL)
		return CC_OK;
	code = cc_tell_thread(l->o->engine, l->alert.case_id, other, thread, reterr);
	if (code == CC_OK)
		code = cc_outgoing_past(l->o, l->m, (struct cc_str){thread,
		    (uint32_t)strlen(thread)}, &past, reterr);
	if (code != CC_OK)
		return code;
	last = last_of(&past);
	*ret = last != NULL && !last->clear;
	return CC_OK;
}

static enum cc_code
judge_clear(struct look *l, struct cc_err *reterr)
{
	const struct cc_said *last = NULL;
	bool stands_in = false, other = false;
	enum cc_code code;

	if (l->now->epoch > l->alert.epoch || was_taken(l->now))
		return against(l, "superseded: back");
	code = misleads(l, &other, reterr);
	if (code == CC_OK && other)
		return against(l, "superseded: goes on");
	if (code == CC_OK)
		code = last_told(l, &last, reterr);
	if (code != CC_OK)
		return code;
	if (last == NULL && l->alert.state != CC_STATE_LATE) {
		code = in_place(l, &stands_in, reterr);
		return code != CC_OK || stands_in ? code :
		    against(l, "superseded: never told");
	}
	if (last != NULL && last->told == CC_TOLD_SURE && last->clear &&
	    last->epoch == l->alert.epoch)
		return against(l, "superseded: nothing new");
	return CC_OK;
}

static bool
rung_is(const struct look *l, const struct cc_rung *r)
{
	return l->alert.rung.n == strlen(r->name) &&
	    memcmp(l->alert.rung.p, r->name, l->alert.rung.n) == 0;
}

enum cc_code
cc_outgoing_judge(struct cc_outgoing *o, const struct cc_store_message *m,
    struct cc_verdict *ret, struct cc_err *reterr)
{
	struct look l = {.o = o, .m = m, .verdict = ret};
	enum cc_code code = cc_store_alert_get(o->engine->cf.store, m->alert, &o->scratch,
	    &l.alert, reterr);

	ret->code = NULL;
	ret->detail[0] = '\0';
	if (code == CC_OK)
		code = case_of(o, l.alert.case_id, &l.of, reterr);
	if (code != CC_OK)
		return code;
	l.now = instance_of(l.of, &l.alert);
	if (l.now == NULL)	/* of it nothing is known that would speak against it */
		return CC_OK;
	code = cc_outgoing_past(o, m, m->thread, &l.past, reterr);
	if (code != CC_OK)
		return code;
	if (rung_is(&l, &cc_plan_clear))
		return judge_clear(&l, reterr);
	if (rung_is(&l, &cc_plan_moved) || rung_is(&l, &cc_plan_back))
		return judge_moved(&l, reterr);
	return judge_rung(&l);
}
