#include "daemon/tell_inner.h"

#include <string.h>

/* Those who were told by this call. */
enum { HOLDERS_MAX = 64 };

/* The clocks that one person has to do with. */
struct items {
	struct cc_message list[CC_MESSAGE_ITEMS_MAX];
	uint32_t n, left_out;
	bool safety;
};

struct handing {
	const struct cc_telling *t;
	const struct cc_entry *c;
	const struct cc_result *r;
	const struct cc_person *told[HOLDERS_MAX];
	unsigned ntold;
};

/* --- which clocks --------------------------------------------------------------- */

/* Overdue and immediate ones first, then by due, then those without. */
static bool
worse(const struct cc_message *a, const struct cc_message *b)
{
	bool x = a->state == CC_STATE_OVERDUE, y = b->state == CC_STATE_OVERDUE;

	if (x != y)
		return x;
	if (cc_given(a->due) != cc_given(b->due))
		return cc_given(a->due);
	return a->due.s < b->due.s;
}

/* Keeps the worst, in order. */
static void
insert(struct items *all, const struct cc_message *m)
{
	uint32_t at = all->n;

	while (at > 0 && worse(m, &all->list[at - 1]))
		at--;
	if (all->n == CC_MESSAGE_ITEMS_MAX)
		all->left_out++;
	else
		all->n++;
	if (at == CC_MESSAGE_ITEMS_MAX)
		return;
	memmove(&all->list[at + 1], &all->list[at],
	    (all->n - at - 1) * sizeof all->list[0]);
	all->list[at] = *m;
}

static void
gather(const struct handing *h, const struct cc_person *p, struct items *ret)
{
	struct cc_wall now = h->t->engine->now.wall;

	ret->n = ret->left_out = 0;
	ret->safety = false;
	for (uint32_t i = 0; i < h->r->nclocks; i++) {
		const struct cc_clock *c = &h->r->clocks[i];
		struct cc_found found;
		struct cc_message m;
		struct cc_view v;

		if (c->rule->silent || !cc_clock_view(c, now, &v) || !cc_state_live(v.state))
			continue;
		cc_people_find(&h->t->people, c->rule, 0, &found);
		if (found.person != p)
			continue;
		cc_tell_item(h->t, h->c->id, c, &v, &m);
		insert(ret, &m);
		ret->safety |= c->rule->safety;
	}
}

/* --- the message ------------------------------------------------------------------ */

static enum cc_code
tell(const struct handing *h, const struct cc_hevent *ev, const struct cc_person *p,
    struct cc_err *reterr)
{
	const struct cc_symbols *names = &h->r->history->symbols;
	struct cc_engine *e = h->t->engine;
	struct cc_str id = names->text[ev->id], source = names->text[ev->source];
	struct cc_tell_address to[CC_TELL_ADDRESSES];
	struct cc_store_message row = {.case_id = h->c->id};
	struct items *all = cc_arena_alloc(&e->work, sizeof *all);
	struct cc_tell_ids ids;
	struct cc_message m = {.form = CC_FORM_HANDOVER, .id = ids.id, .thread = ids.thread,
	    .case_id = cc_tell_copy(e, h->c->id), .rule = "handover",
	    .title = "Open in a case that is yours now", .section = "", .subject = "case",
	    .period = 1, .epoch = 1, .kind = CC_KIND_IMMEDIATE, .state = CC_STATE_RUNNING,
	    .rung = "handover", .severity = CC_NOTICE, .role = "", .started = {ev->time},
	    .due = CC_NEVER, .ended = CC_NEVER, .at = {ev->time}, .fired = e->now.wall,
	    .known = e->now.wall, .previous_due = CC_NEVER, .zone = h->t->zone->name};
	enum cc_code code = CC_OK;
	unsigned n;

	if (all == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for messages");
	gather(h, p, all);
	if (all->n == 0)
		return CC_OK;
	m.items = all->list;
	m.nitems = all->n;
	m.nleft_out = all->left_out;
	m.severity = all->list[0].severity;
	m.at_local = cc_tell_local(e, h->t->zone, m.at);
	m.link = cc_tell_link(e, h->c->id, CC_STR(""), CC_STR("case"));
	n = cc_tell_addresses(e, p, to);
	for (unsigned i = 0; i < n && code == CC_OK; i++) {
		const struct cc_str texts[] = {cc_tell_text(e->node), CC_STR("handover"),
		    h->c->id, source, id, p->id, cc_tell_text(to[i].channel)};

		to[i].safety = all->safety;
		code = cc_digest(texts, 3, ids.thread, reterr);
		if (code == CC_OK)
			code = cc_digest(texts, sizeof texts / sizeof texts[0], ids.id, reterr);
		if (code == CC_OK)
			code = cc_tell_post(e, &row, &m, &to[i], reterr);
	}
	return code;
}

/* --- which events ------------------------------------------------------------------- */

/* The holder before the k-th assignment: of the same role, and of the same program or
 * one of both without; n 0: none. */
static struct cc_str
before(const struct cc_people *in, uint32_t k)
{
	const struct cc_assigned *a = &in->assigned[k];

	while (k-- > 0) {
		const struct cc_assigned *b = &in->assigned[k];

		if (cc_str_eq(a->role, b->role) && (a->program.n == 0 || b->program.n == 0 ||
		    cc_str_eq(a->program, b->program)))
			return b->staff;
	}
	return CC_STR("");
}

/* It came with this group, or lay ahead and has come to its time; not long ago. */
static bool
is_news(const struct handing *h, const struct cc_hevent *ev, uint32_t from)
{
	const struct cc_engine *e = h->t->engine;

	if (e->now.wall.s - ev->time > e->setup->config.alerts.history)
		return false;
	return ev->arrival >= from || (cc_given(h->c->wake) && ev->time >= h->c->wake.s);
}

static bool
was_told(const struct handing *h, const struct cc_person *p)
{
	for (unsigned i = 0; i < h->ntold; i++)
		if (h->told[i] == p)
			return true;
	return false;
}

static enum cc_code
hand(struct handing *h, uint32_t k, const struct cc_hevent *ev, struct cc_err *reterr)
{
	const struct cc_people *in = &h->t->people;
	const struct cc_person *p = cc_directory_find(in->directory, in->assigned[k].staff);
	const struct cc_person *cover;

	if (p == NULL || cc_str_eq(before(in, k), in->assigned[k].staff))
		return CC_OK;	/* who is unknown shows when a rung fires */
	cover = cc_people_cover(in, p);
	if (cover != NULL)
		p = cover;
	if (was_told(h, p) || h->ntold == HOLDERS_MAX)
		return CC_OK;
	h->told[h->ntold++] = p;
	return tell(h, ev, p, reterr);
}

enum cc_code
cc_handover(const struct cc_telling *t, const struct cc_entry *c,
    const struct cc_result *r, uint32_t from, struct cc_err *reterr)
{
	const struct cc_history *hist = r->history;
	int type = hist->pack->assign.type;
	struct handing h = {.t = t, .c = c, .r = r};
	enum cc_code code = CC_OK;

	if (type < 0)
		return CC_OK;
	/* The last first: one message says what all of a group bring. */
	for (uint32_t k = hist->ntype[type]; k-- > 0 && code == CC_OK;) {
		const struct cc_hevent *ev = &hist->events[hist->of_type[type][k]];

		if (is_news(&h, ev, from))
			code = hand(&h, k, ev, reterr);
	}
	return code;
}
