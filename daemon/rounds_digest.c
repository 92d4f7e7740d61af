#include "daemon/rounds_inner.h"

#include <stdio.h>
#include <string.h>

#include "daemon/digest.h"
#include "daemon/post.h"
#include "daemon/tell_inner.h"
#include "scheduler/civil.h"

enum { WEEK = 7, WRITE_SLICE = 32 };

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

/* --- when ------------------------------------------------------------------------ */

/* The person's digest after `done`; CC_NEVER: has none. */
static struct cc_wall
next_of(const struct cc_setup *s, const struct cc_person *p, struct cc_wall done)
{
	int32_t at = cc_times_of(p, &s->config).digest_at;
	cc_day day;
	struct cc_wall t;

	if (at < 0)
		return CC_NEVER;
	day = cc_local_day(p->zone, done);
	t = cc_local(p->zone, day, at);
	return t.s > done.s ? t : cc_local(p->zone, day + 1, at);
}

struct cc_wall
cc_digest_next(const struct cc_setup *s, struct cc_wall done)
{
	struct cc_wall first = CC_NEVER;

	for (uint32_t i = 0; i < s->directory.n; i++) {
		struct cc_wall t = next_of(s, &s->directory.people[i], done);

		if (cc_given(t) && (!cc_given(first) || t.s < first.s))
			first = t;
	}
	return first;
}

enum cc_code
cc_digest_begin(struct cc_engine *e, struct cc_rounds *r, struct cc_err *reterr)
{
	const struct cc_directory *dir = &r->setup->directory;
	struct cc_digest_book *b = &r->digest;

	b->of = cc_arena_array(&r->arena, dir->n, sizeof b->of[0]);
	b->wanted = cc_arena_array(&r->arena, dir->n, sizeof b->wanted[0]);
	b->written = 0;
	if (b->of == NULL || b->wanted == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for digests");
	for (uint32_t i = 0; i < dir->n; i++) {
		struct cc_wall t = next_of(r->setup, &dir->people[i], r->digest_done);

		/* The last one, when the daemon stood still for more than a day. */
		while (cc_given(t) && t.s + CC_ROUNDS_LATEST < e->now.wall.s)
			t = next_of(r->setup, &dir->people[i], t);
		b->wanted[i] = cc_given(t) && t.s <= e->now.wall.s;
	}
	return CC_OK;
}

/* --- what ------------------------------------------------------------------------ */

/* Immediate duties first, then by due. */
static bool
worse(const struct cc_digest_line *a, const struct cc_digest_line *b)
{
	bool now_a = a->rule->kind == CC_KIND_IMMEDIATE;
	bool now_b = b->rule->kind == CC_KIND_IMMEDIATE;

	return now_a != now_b ? now_a : a->due.s < b->due.s;
}

static void
insert(struct cc_digest_list *l, const struct cc_digest_line *line)
{
	uint32_t i = l->n;

	if (l->n == CC_MESSAGE_ITEMS_MAX) {
		l->left_out++;
		if (!worse(line, &l->lines[l->n - 1]))
			return;
		i--;
	} else {
		l->n++;
	}
	while (i > 0 && worse(line, &l->lines[i - 1])) {
		l->lines[i] = l->lines[i - 1];
		i--;
	}
	l->lines[i] = *line;
}

/* Overdue, due today, or within a week of days of the reader's. */
static bool
due_soon(const struct cc_digest_line *line, const struct cc_person *p, struct cc_wall now)
{
	return line->rule->kind == CC_KIND_IMMEDIATE ||
	    line->due.s <= cc_eod(p->zone, cc_local_day(p->zone, now) + WEEK - 1).s;
}

static enum cc_code
add_line(struct cc_round_case *c, const struct cc_person *p,
    const struct cc_digest_line *line, bool others, struct cc_err *reterr)
{
	struct cc_rounds *r = c->rounds;
	size_t place = (size_t)(p - r->setup->directory.people);
	struct cc_digest_list **l = &r->digest.of[place];

	if (!r->digest.wanted[place] || !due_soon(line, p, r->began))
		return CC_OK;
	if (*l == NULL)
		*l = cc_arena_alloc(&r->arena, sizeof **l);
	if (*l == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for digests");
	(*l)->unit |= others;
	insert(*l, line);
	return CC_OK;
}

/* To the person who answers for it, and to the one above, whose unit it is. */
static enum cc_code
add_clock(struct cc_round_case *c, const struct cc_clock *clock,
    const struct cc_view *v, struct cc_err *reterr)
{
	struct cc_rounds *r = c->rounds;
	struct cc_digest_line line = {.rule = clock->rule, .zone = c->result.zone,
	    .period = clock->period, .state = v->state, .started = v->started,
	    .due = v->due};
	struct cc_found found;
	enum cc_code code;

	cc_people_find(&c->telling.people, clock->rule, 0, &found);
	if (found.person == NULL)
		return CC_OK;
	line.case_id = cc_arena_text(&r->arena, c->entry->id.p, c->entry->id.n);
	line.subject = cc_arena_text(&r->arena, clock->subject.p, clock->subject.n);
	if (line.case_id == NULL || line.subject == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for digests");
	code = add_line(c, found.person, &line, false, reterr);
	if (code == CC_OK && found.person->supervisor != NULL)
		code = add_line(c, found.person->supervisor, &line, true, reterr);
	return code;
}

enum cc_code
cc_digest_case(struct cc_round_case *c, struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	for (uint32_t i = 0; i < c->result.nclocks && code == CC_OK; i++) {
		const struct cc_clock *clock = &c->result.clocks[i];
		struct cc_view v;

		if (clock->rule->silent || !cc_clock_view(clock, c->rounds->began, &v) ||
		    !cc_given(v.due) || !cc_state_live(v.state) ||
		    v.state == CC_STATE_PAUSED)
			continue;
		code = add_clock(c, clock, &v, reterr);
	}
	return code;
}

/* --- into the outbox --------------------------------------------------------------- */

static void
fill_item(struct cc_engine *e, const struct cc_digest_line *from, char due[CC_LOCAL_TEXT],
    struct cc_message *to)
{
	struct cc_wall now = e->rounds->began;

	cc_local_format(from->zone, from->due, due);
	*to = (struct cc_message){.case_id = from->case_id, .rule = from->rule->id,
	    .title = from->rule->title, .section = from->rule->section,
	    .subject = from->subject, .period = from->period, .epoch = 1,
	    .kind = from->rule->kind, .state = from->state, .started = from->started,
	    .due = from->due, .ended = CC_NEVER, .at = now, .fired = now,
	    .known = CC_NEVER, .rung = "digest", .severity = CC_NOTICE, .role = "",
	    .zone = from->zone->name, .due_local = due, .at_local = "",
	    .previous_due = CC_NEVER, .link = cc_tell_link(e, text_of(from->case_id),
	    text_of(from->rule->id), text_of(from->subject))};
}

static enum cc_code
post_digest(struct cc_engine *e, const struct cc_person *p, const struct cc_message *m,
    const char *channel, const char *address, struct cc_err *reterr)
{
	char id[CC_DIGEST_TEXT], thread[CC_DIGEST_TEXT], day[CC_DAY_TEXT];
	struct cc_str texts[] = {text_of(e->node), CC_STR("digest"), p->id,
	    text_of(channel), CC_STR("")};
	struct cc_posting post = {.person = p, .at_once = true,
	    .row = {.recipient = p->id, .channel = text_of(channel),
	    .address = text_of(address)}};
	enum cc_code code;

	cc_day_format(cc_local_day(p->zone, e->rounds->began), day);
	texts[4] = text_of(day);
	code = cc_digest(texts, 4, thread, reterr);
	if (code == CC_OK)
		code = cc_digest(texts, 5, id, reterr);
	if (code != CC_OK)
		return code;
	post.message = *m;
	post.message.id = id;
	post.message.thread = thread;
	code = cc_post(e, &post, NULL, reterr);
	/* What does not fit is counted. */
	while (code == CC_ERANGE && post.message.nitems > 1) {
		post.message.nitems--;
		post.message.nleft_out++;
		code = cc_post(e, &post, NULL, reterr);
	}
	return code;
}

static enum cc_code
write_one(struct cc_engine *e, const struct cc_person *p, const struct cc_digest_list *l,
    struct cc_err *reterr)
{
	struct cc_wall now = e->rounds->began;
	struct cc_message *items = cc_arena_array(&e->work, l->n, sizeof *items);
	char (*due)[CC_LOCAL_TEXT] = cc_arena_array(&e->work, l->n, sizeof *due);
	char at[CC_LOCAL_TEXT], channel[160];
	struct cc_message m = {.form = CC_FORM_DIGEST, .case_id = "", .rule = "digest",
	    .title = "", .section = "", .subject = "", .period = 1, .epoch = 1,
	    .kind = CC_KIND_DEADLINE, .state = CC_STATE_RUNNING, .started = CC_NEVER,
	    .due = CC_NEVER, .ended = CC_NEVER, .at = now, .fired = now,
	    .known = CC_NEVER, .previous_due = CC_NEVER, .rung = "digest",
	    .severity = CC_NOTICE, .role = "", .zone = p->zone->name, .at_local = at,
	    .unit = l->unit && p->unit[0] != '\0' ? p->unit : NULL, .items = items,
	    .nitems = l->n, .nleft_out = l->left_out};
	enum cc_code code = CC_OK;

	if (items == NULL || due == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a digest");
	for (uint32_t i = 0; i < l->n; i++)
		fill_item(e, &l->lines[i], due[i], &items[i]);
	cc_local_format(p->zone, now, at);
	if (p->email[0] != '\0' && e->setup->config.mail.n > 0)
		code = post_digest(e, p, &m, "email", p->email, reterr);
	if (code == CC_OK && p->webhook[0] != '\0') {
		(void)snprintf(channel, sizeof channel, "webhook:%s", p->webhook);
		code = post_digest(e, p, &m, channel, p->webhook, reterr);
	}
	if (code == CC_OK)
		CC_COUNT(e->cf.figures, digests);
	return code;
}

enum cc_code
cc_digest_write(struct cc_engine *e, struct cc_rounds *r, bool *ret_all,
    struct cc_err *reterr)
{
	const struct cc_directory *dir = &r->setup->directory;
	struct cc_digest_book *b = &r->digest;
	enum cc_code code = CC_OK;
	unsigned n = 0;

	while (b->written < dir->n && n < WRITE_SLICE && code == CC_OK) {
		uint32_t i = b->written++;

		if (b->of[i] == NULL)
			continue;
		cc_arena_reset(&e->work);
		code = write_one(e, &dir->people[i], b->of[i], reterr);
		n++;
	}
	*ret_all = b->written == dir->n;
	return code;
}
