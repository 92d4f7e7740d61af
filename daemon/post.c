#include "daemon/post.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/engine_inner.h"

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

/* --- quiet hours ---------------------------------------------------------------- */

struct cc_day_times
cc_times_of(const struct cc_person *p, const struct cc_config *cf)
{
	struct cc_day_times t = cf->times;

	if (p == NULL)
		return t;
	if (p->quiet_from >= 0) {
		t.quiet_from = p->quiet_from;
		t.quiet_until = p->quiet_until;
	}
	if (p->digest_at != -1)
		t.digest_at = p->digest_at < 0 ? -1 : p->digest_at;
	return t;
}

/* Quiet hours are instants of the wall clock on two days: where the clock is put on or
 * back between them they are an hour shorter or longer. */
struct cc_wall
cc_quiet_until(const struct cc_day_times *t, const struct cc_zone *zone, struct cc_wall now)
{
	cc_day today = cc_local_day(zone, now);

	if (t->quiet_from < 0 || t->quiet_until < 0)
		return now;
	for (cc_day day = today - 1; day <= today; day++) {
		cc_day last = t->quiet_from < t->quiet_until ? day : day + 1;
		struct cc_wall from = cc_local(zone, day, t->quiet_from);
		struct cc_wall until = cc_local(zone, last, t->quiet_until);

		if (from.s <= now.s && now.s < until.s)
			return until;
	}
	return now;
}

/* --- silences --------------------------------------------------------------------- */

void
cc_post_forget(struct cc_engine *e)
{
	e->waits.read = false;
	e->waits.silences = NULL;
	e->waits.nsilences = 0;
	cc_arena_reset(&e->waits.arena);
}

static enum cc_code
append(struct cc_waits *w, const struct cc_store_silences *page, struct cc_err *reterr)
{
	struct cc_store_silence *all;

	if (w->nsilences == 0) {
		w->silences = page->items;
		w->nsilences = page->n;
		return CC_OK;
	}
	all = cc_arena_array(&w->arena, (size_t)w->nsilences + page->n, sizeof *all);
	if (all == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for silences");
	memcpy(all, w->silences, w->nsilences * sizeof *all);
	memcpy(all + w->nsilences, page->items, page->n * sizeof *all);
	w->silences = all;
	w->nsilences += page->n;
	return CC_OK;
}

static enum cc_code
read_silences(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_store_silence_filter f = {.now = e->now.wall, .limit = CC_STORE_LIST_MAX};

	if (e->waits.read)
		return CC_OK;
	do {
		struct cc_store_silences page = {0};
		enum cc_code code = cc_store_silences_list(e->cf.store, &f, &e->waits.arena,
		    &page, reterr);

		if (code == CC_OK && page.n > 0)
			code = append(&e->waits, &page, reterr);
		if (code != CC_OK) {
			cc_post_forget(e);
			return code;
		}
		f.after = page.next;
	} while (f.after != 0);
	e->waits.read = true;
	return CC_OK;
}

static bool
matches(struct cc_str wanted, struct cc_str is)
{
	return wanted.n == 0 || cc_str_eq(wanted, is);
}

/* The silence that holds it longest, or NULL. */
static const struct cc_store_silence *
silence_of(const struct cc_waits *w, const struct cc_store_message *row, struct cc_str rule)
{
	const struct cc_store_silence *found = NULL;

	for (uint32_t i = 0; i < w->nsilences; i++) {
		const struct cc_store_silence *s = &w->silences[i];

		if (matches(s->case_id, row->case_id) && matches(s->rule, rule) &&
		    matches(s->recipient, row->recipient) &&
		    (found == NULL || s->until.s > found->until.s))
			found = s;
	}
	return found;
}

enum cc_code
cc_post_held_up(struct cc_engine *e, const struct cc_store_message *row, const char *rule,
    const struct cc_person *person, struct cc_held_up *ret, struct cc_err *reterr)
{
	const struct cc_store_silence *silence;
	struct cc_day_times times;
	enum cc_code code;

	memset(ret, 0, sizeof *ret);
	ret->next = e->now.wall;
	if (row->safety || person == NULL)
		return CC_OK;
	code = read_silences(e, reterr);
	if (code != CC_OK)
		return code;
	silence = silence_of(&e->waits, row, text_of(rule));
	if (silence != NULL) {
		ret->next = silence->until;
		(void)snprintf(ret->hold, sizeof ret->hold, "silence:%" PRId64,
		    silence->id);	/* fits */
		return CC_OK;
	}
	times = cc_times_of(person, &e->setup->config);
	ret->next = cc_quiet_until(&times, person->zone, e->now.wall);
	if (ret->next.s > e->now.wall.s)
		(void)snprintf(ret->hold, sizeof ret->hold, "quiet");	/* fits */
	return CC_OK;
}

/* --- gathering --------------------------------------------------------------------- */

static uint32_t
place_of(const struct cc_store_message *row)
{
	const struct cc_str parts[] = {row->recipient, row->channel};
	uint32_t h = 2166136261U;	/* FNV-1a */

	for (unsigned k = 0; k < 2; k++) {
		for (uint32_t i = 0; i < parts[k].n; i++)
			h = (h ^ (unsigned char)parts[k].p[i]) * 16777619U;
		h = (h ^ 0xffU) * 16777619U;
	}
	return h % CC_GATHERINGS;
}

/* What comes within group_wait of the first leaves with it. */
static void
gather(struct cc_engine *e, const struct cc_store_message *row, struct cc_held_up *ret)
{
	struct cc_wall *t = &e->waits.gathering[place_of(row)];
	int64_t now = e->now.wall.s, wait = e->setup->config.group_wait;

	if (wait == 0)
		return;
	if (t->s <= now || t->s > now + wait)
		t->s = now + wait;
	ret->next = *t;
	(void)snprintf(ret->hold, sizeof ret->hold, "group");	/* fits */
}

/* Only alerts by mail become one (outgoing_group.c): others would wait for nothing. */
static bool
gathered(const struct cc_posting *p)
{
	return (p->message.form == 0 || p->message.form == CC_FORM_ALERT) &&
	    cc_str_eq(p->row.channel, CC_STR("email"));
}

static enum cc_code
wait_of(struct cc_engine *e, const struct cc_posting *p, struct cc_held_up *ret,
    struct cc_err *reterr)
{
	enum cc_code code;

	memset(ret, 0, sizeof *ret);
	ret->next = e->now.wall;
	if (p->row.safety || p->at_once || p->person == NULL)
		return CC_OK;
	code = cc_post_held_up(e, &p->row, p->message.rule == NULL ? "" : p->message.rule,
	    p->person, ret, reterr);
	if (code == CC_OK && ret->hold[0] == '\0' && gathered(p))
		gather(e, &p->row, ret);
	return code;
}

/* --- into the outbox ----------------------------------------------------------------- */

enum cc_code
cc_post(struct cc_engine *e, const struct cc_posting *p, int64_t *ret_no,
    struct cc_err *reterr)
{
	struct cc_store_message row = p->row;
	struct cc_message m = p->message;
	struct cc_store_added added = {0};
	struct cc_held_up wait;
	char *json = NULL;
	enum cc_code code = wait_of(e, p, &wait, reterr);

	if (code != CC_OK)
		return code;
	m.language = p->person == NULL || p->person->language[0] == '\0' ? NULL :
	    p->person->language;
	code = cc_message_print(&m, &json, reterr);
	if (code != CC_OK)
		return code;
	row.id = text_of(m.id);
	row.thread = text_of(m.thread);
	row.payload = text_of(json);
	row.hold = text_of(wait.hold);
	row.state = CC_OUTBOX_QUEUED;
	row.created = e->now.wall;
	row.next = wait.next;
	row.give_up = (struct cc_wall){wait.next.s + e->setup->config.give_up};
	code = cc_store_outbox_add(e->cf.store, &row, &added, reterr);
	free(json);
	if (code == CC_OK && ret_no != NULL)
		*ret_no = added.id;
	return code;
}
