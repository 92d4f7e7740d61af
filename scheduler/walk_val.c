#include "scheduler/walk_trace.h"

#include <string.h>

/* Tags of the memo: the kind of thing in the upper half, its number below. */
enum { CC_TAG_TERM = 1 << 16 };

static struct cc_val
yes(bool b)
{
	return cc_val_of(b);
}

static bool
true_at(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val v = cc_walk_val(w, n);

	return v.given && v.i != 0;
}

static struct cc_val
raw_field(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val e = cc_walk_val(w, n->k[0]);
	const struct cc_hevent *ev;
	const struct cc_event_type *t;
	uint8_t slot;

	if (!e.given)
		return cc_val_absent();
	ev = &w->h->events[e.i];
	t = &w->pack->schema.types[ev->type];
	slot = t->slot_of[n->name];
	if (slot == 0)
		return cc_val_absent();
	return ev->slots[slot - 1];
}

/* An absent bool has the value that its declaration says: the history has put
 * it in i. */
static struct cc_val
field(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val v = raw_field(w, n);

	if (n->type == CC_V_BOOL)
		v.given = true;
	return v;
}

static struct cc_val
meta(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val e = cc_walk_val(w, n->k[0]);

	if (!e.given)
		return e;
	if (n->op == CC_OP_META_TIME)
		return cc_val_of(w->h->events[e.i].time);
	return cc_val_of(w->h->events[e.i].id);
}

static struct cc_val
attribute(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val r = cc_walk_val(w, n->k[0]);
	const struct cc_record *rec;
	uint8_t slot;

	if (!r.given)
		return cc_val_absent();
	rec = &w->recs[r.i];
	slot = w->prog->kinds[rec->kind].slot_of[n->name];
	return slot == 0 ? cc_val_absent() : rec->attrs[slot - 1];
}

static struct cc_val
call_body(struct cc_walk *w, const struct cc_node *n, const struct cc_val *args)
{
	const struct cc_term *t = &w->prog->terms[n->ref];
	uint32_t old = cc_frame_enter(w, t->nslots);
	struct cc_val v;

	for (uint16_t i = 0; i < n->nargs; i++)
		*cc_slot(w, i) = args[i];
	v = cc_walk_val(w, t->body);
	cc_frame_leave(w, old);
	return v;
}

static struct cc_val
call(struct cc_walk *w, const struct cc_node *n)
{
	const struct cc_term *t = &w->prog->terms[n->ref];
	struct cc_val args[8];
	int64_t key[CC_MEMO_KEYS] = {0, 0, 0};
	struct cc_memo *m;
	struct cc_val v;

	for (uint16_t i = 0; i < n->nargs; i++)
		args[i] = cc_walk_val(w, n->args[i]);
	if (!t->memo)
		return call_body(w, n, args);
	for (uint16_t i = 0; i < n->nargs; i++)
		key[i] = args[i].given ? args[i].i : INT64_MIN + 1;
	if (cc_memo_find(w, CC_TAG_TERM + n->ref, key, &m))
		return m->val;
	v = cc_walk_keep(w, call_body(w, n, args), n->type);
	/* The table may have grown meanwhile: look the place up again. */
	if (!w->failed) {
		(void)cc_memo_find(w, CC_TAG_TERM + n->ref, key, &m);
		if (m != NULL)
			m->val = v;
	}
	return v;
}

static struct cc_val
compare(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val a = cc_walk_val(w, n->k[0]), b = cc_walk_val(w, n->k[1]);

	if (!a.given || !b.given)
		return yes(false);
	switch (n->op) {
	case CC_OP_EQ:
		return yes(a.i == b.i);
	case CC_OP_NE:
		return yes(a.i != b.i);
	case CC_OP_LT:
		return yes(a.i < b.i);
	case CC_OP_LE:
		return yes(a.i <= b.i);
	case CC_OP_GT:
		return yes(a.i > b.i);
	default:
		return yes(a.i >= b.i);
	}
}

/* Instants lie in 1970 to 2099 and durations are literals, so sums of a few of
 * them cannot overflow; a sum that would is absent all the same. */
static struct cc_val
sum(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val a = cc_walk_val(w, n->k[0]), b = cc_walk_val(w, n->k[1]);
	int64_t r;

	if (!a.given || !b.given)
		return cc_val_absent();
	if (n->op == CC_OP_ADD ? __builtin_add_overflow(a.i, b.i, &r) :
	    __builtin_sub_overflow(a.i, b.i, &r))
		return cc_val_absent();
	return cc_val_of(r);
}

static struct cc_val
in_list(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val a = cc_walk_val(w, n->k[0]);

	for (uint16_t i = 0; a.given && i < n->nargs; i++) {
		struct cc_val b = cc_walk_val(w, n->args[i]);

		if (b.given && a.i == b.i)
			return yes(true);
	}
	return yes(false);
}

struct member {
	int64_t item;
};

static bool
visit_member(struct cc_walk *w, int64_t item, void *ctx)
{
	(void)w;
	return ((const struct member *)ctx)->item == item;
}

static struct cc_val
in_seq(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val a = cc_walk_val(w, n->k[0]);
	struct member m = {a.i};

	return yes(a.given && cc_walk_each(w, n->k[1], CC_ALL_EVENTS, false,
	    visit_member, &m));
}

/* "Absent means any". */
static struct cc_val
matches(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val a = cc_walk_val(w, n->k[0]), b;

	if (!a.given)
		return yes(true);
	b = cc_walk_val(w, n->k[1]);
	if (!cc_is_seq(n->k[0]->type))
		return yes(b.given && a.i == b.i);
	if (a.n == 0)
		return yes(true);
	if (!cc_is_seq(n->k[1]->type)) {
		for (uint32_t i = 0; b.given && i < a.n; i++)
			if (a.v[i] == b.i)
				return yes(true);
		return yes(false);
	}
	for (uint32_t i = 0; b.given && i < a.n; i++)
		for (uint32_t k = 0; k < b.n; k++)
			if (a.v[i] == b.v[k])
				return yes(true);
	return yes(false);
}

static struct cc_val
refers(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val e = cc_walk_val(w, n->k[0]), to = cc_walk_val(w, n->k[1]);
	struct cc_val v;
	uint32_t source;

	if (!e.given || !to.given)
		return yes(false);
	v = raw_field(w, n);
	if (!v.given)
		return yes(false);
	source = w->h->events[e.i].source;
	if (n->imm == 0)	/* one id, not a list */
		return yes(cc_history_refer(w->h, (uint32_t)v.i, source) == to.i);
	for (uint32_t i = 0; i < v.n; i++)
		if (cc_history_refer(w->h, (uint32_t)v.v[i], source) == to.i)
			return yes(true);
	return yes(false);
}

static struct cc_val
is_type(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val e = cc_walk_val(w, n->k[0]);

	return yes(e.given && cc_types_has(&n->types, w->h->events[e.i].type));
}

static bool
visit_any(struct cc_walk *w, int64_t item, void *ctx)
{
	(void)w;
	(void)item;
	(void)ctx;
	return true;
}

static bool
visit_count(struct cc_walk *w, int64_t item, void *ctx)
{
	(void)w;
	(void)item;
	++*(int64_t *)ctx;
	return false;
}

static struct cc_val
of_sequence(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_mark m = cc_arena_mark(&w->temp);
	struct cc_val v;
	int64_t count = 0;

	switch (n->op) {
	case CC_OP_FIRST:
	case CC_OP_LAST:
		return cc_walk_first(w, n->k[0], CC_ALL_EVENTS, n->op == CC_OP_LAST);
	case CC_OP_EXISTS:
		v = yes(cc_walk_each(w, n->k[0], CC_ALL_EVENTS, false, visit_any, NULL));
		break;
	default:
		(void)cc_walk_each(w, n->k[0], CC_ALL_EVENTS, false, visit_count, &count);
		v = cc_val_of(count);
		break;
	}
	cc_arena_release(&w->temp, m);
	return v;
}

struct quant {
	const struct cc_node *node;
	uint32_t base;
	struct cc_val best;
	uint32_t seen, missing;
};

static bool
better(enum cc_op op, int64_t x, const struct cc_val *best)
{
	if (!best->given)
		return true;
	return op == CC_OP_EARLIEST_OF || op == CC_OP_EARLIEST ? x < best->i : x > best->i;
}

static bool
visit_quant(struct cc_walk *w, int64_t item, void *ctx)
{
	struct quant *q = ctx;
	uint32_t inner = w->base;
	struct cc_mark m = cc_arena_mark(&w->temp);
	struct cc_val v;

	w->base = q->base;
	*cc_slot(w, q->node->slot) = cc_val_of(item);
	v = cc_walk_val(w, q->node->k[1]);
	w->base = inner;
	cc_arena_release(&w->temp, m);
	q->seen++;
	switch (q->node->op) {
	case CC_OP_EVERY:
		q->missing += !v.given || v.i == 0;
		return q->missing != 0;
	case CC_OP_SOME:
		q->best.given = v.given && v.i != 0;
		return q->best.given;
	default:
		if (!v.given)
			q->missing++;
		else if (better(q->node->op, v.i, &q->best))
			q->best = v;
		return false;
	}
}

static struct cc_val
quantify(struct cc_walk *w, const struct cc_node *n)
{
	struct quant q = {n, w->base, cc_val_absent(), 0, 0};
	struct cc_mark m = cc_arena_mark(&w->temp);

	(void)cc_walk_each(w, n->k[0], CC_ALL_EVENTS, false, visit_quant, &q);
	cc_arena_release(&w->temp, m);
	switch (n->op) {
	case CC_OP_EVERY:
		return yes(q.missing == 0);
	case CC_OP_SOME:
		return yes(q.best.given);
	case CC_OP_ALL_OF:
		return q.missing == 0 && q.seen > 0 ? q.best : cc_val_absent();
	default:
		return q.best;
	}
}

/* earliest(...), latest(...) pass over what is absent; all_of(...) does not. */
static struct cc_val
extreme(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val best = cc_val_absent();

	for (uint16_t i = 0; i < n->nargs; i++) {
		struct cc_val v = cc_walk_val(w, n->args[i]);

		if (!v.given && n->op == CC_OP_ALL)
			return v;
		if (v.given && better(n->op, v.i, &best))
			best = v;
	}
	return best;
}

static bool
moment_holds(struct cc_walk *w, const struct cc_node *n, int64_t t)
{
	*cc_slot(w, n->slot) = cc_val_of(t);
	return true_at(w, n->k[2]);
}

/* The first instant at or after k0, before k1, at which the condition holds;
 * between events nothing changes but the calendar date, which the writer of a
 * rule puts into k0. */
static struct cc_val
moment(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val from = cc_walk_val(w, n->k[0]), to = cc_walk_val(w, n->k[1]);
	int64_t last;

	if (!from.given || (to.given && from.i >= to.i))
		return cc_val_absent();
	if (moment_holds(w, n, from.i))
		return from;
	last = from.i;
	for (uint32_t i = cc_history_from(w->h, from.i); i < w->h->n && !w->failed; i++) {
		int64_t t = w->h->events[i].time;

		if (t == last)
			continue;
		if (to.given && t >= to.i)
			break;
		last = t;
		if (moment_holds(w, n, t))
			return cc_val_of(t);
	}
	return cc_val_absent();
}

static struct cc_val
bool_code(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val v = cc_walk_val(w, n->k[0]);

	return v.given ? cc_val_of(v.i != 0 ? n->imm : n->imm2) : v;
}

static struct cc_val
otherwise(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val v = cc_walk_val(w, n->k[0]);

	return v.given ? v : cc_walk_val(w, n->k[1]);
}

static struct cc_val
given(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val v = n->op == CC_OP_FIELD_GIVEN ? raw_field(w, n) :
	    cc_walk_val(w, n->k[0]);

	return yes(v.given);
}

static struct cc_val
logic(struct cc_walk *w, const struct cc_node *n)
{
	switch (n->op) {
	case CC_OP_OR:
		return yes(true_at(w, n->k[0]) || true_at(w, n->k[1]));
	case CC_OP_AND:
		return yes(true_at(w, n->k[0]) && true_at(w, n->k[1]));
	case CC_OP_NOT:
		return yes(!true_at(w, n->k[0]));
	default:
		return cc_walk_val(w, n->k[true_at(w, n->k[0]) ? 1 : 2]);
	}
}

typedef struct cc_val value_fn(struct cc_walk *w, const struct cc_node *n);

static struct cc_val
absent(struct cc_walk *w, const struct cc_node *n)
{
	(void)w;
	(void)n;
	return cc_val_absent();
}

static struct cc_val
constant(struct cc_walk *w, const struct cc_node *n)
{
	(void)w;
	return cc_val_of(n->imm);
}

static struct cc_val
slot(struct cc_walk *w, const struct cc_node *n)
{
	return *cc_slot(w, n->slot);
}

static value_fn *const values[] = {
	[CC_OP_ABSENT] = absent, [CC_OP_CONST] = constant, [CC_OP_LITERAL_ID] = constant,
	[CC_OP_SLOT] = slot, [CC_OP_FIELD] = field, [CC_OP_META_TIME] = meta,
	[CC_OP_META_ID] = meta, [CC_OP_ATTR] = attribute, [CC_OP_CALL] = call,
	[CC_OP_READ] = cc_walk_read, [CC_OP_SPAN_AT] = cc_walk_span_at,
	[CC_OP_BOOL_CODE] = bool_code, [CC_OP_IF] = logic, [CC_OP_OR] = logic,
	[CC_OP_AND] = logic, [CC_OP_NOT] = logic, [CC_OP_OTHERWISE] = otherwise,
	[CC_OP_EQ] = compare, [CC_OP_NE] = compare, [CC_OP_LT] = compare,
	[CC_OP_LE] = compare, [CC_OP_GT] = compare, [CC_OP_GE] = compare,
	[CC_OP_ADD] = sum, [CC_OP_SUB] = sum, [CC_OP_IN_LIST] = in_list,
	[CC_OP_IN_SEQ] = in_seq, [CC_OP_MATCHES] = matches, [CC_OP_REFERS] = refers,
	[CC_OP_IS_TYPE] = is_type, [CC_OP_IS_GIVEN] = given, [CC_OP_FIELD_GIVEN] = given,
	[CC_OP_FIRST] = of_sequence, [CC_OP_LAST] = of_sequence,
	[CC_OP_EXISTS] = of_sequence, [CC_OP_COUNT] = of_sequence,
	[CC_OP_EVERY] = quantify, [CC_OP_SOME] = quantify, [CC_OP_EARLIEST_OF] = quantify,
	[CC_OP_LATEST_OF] = quantify, [CC_OP_ALL_OF] = quantify,
	[CC_OP_EARLIEST] = extreme, [CC_OP_LATEST] = extreme, [CC_OP_ALL] = extreme,
	[CC_OP_MOMENT] = moment, [CC_OP_DAY] = cc_walk_time, [CC_OP_SOD] = cc_walk_time,
	[CC_OP_EOD] = cc_walk_time, [CC_OP_LOCAL] = cc_walk_time, [CC_OP_BD] = cc_walk_time,
	[CC_OP_BD_FROM] = cc_walk_time, [CC_OP_BD_END] = cc_walk_time,
	[CC_OP_NBD] = cc_walk_time, [CC_OP_IN_BLOCK] = cc_walk_time,
	[CC_OP_BUSINESS_DAY] = cc_walk_time, [CC_OP_BUSINESS_ELAPSED] = cc_walk_time,
	[CC_OP_MONTHS] = cc_walk_time, [CC_OP_LONGEST_GAP] = cc_walk_time,
};

static inline struct cc_val
value(struct cc_walk *w, const struct cc_node *n)
{
	if (n->op == CC_OP_CALL && cc_is_seq(n->type) && !w->prog->terms[n->ref].memo)
		return cc_walk_seq(w, n);
	if ((size_t)n->op < sizeof values / sizeof values[0] && values[n->op] != NULL)
		return values[n->op](w, n);
	return cc_walk_seq(w, n);
}

struct cc_val
cc_walk_value(struct cc_walk *w, const struct cc_node *n)
{
	return value(w, n);
}

struct cc_val
cc_walk_deep(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val v;

	if (w->failed || !cc_walk_deeper(w))
		return cc_val_absent();
	/* No case that people work on comes near this: a few seconds. */
	if (++w->work > w->work_max)
		return cc_walk_traced(w, n);
	v = value(w, n);
	w->depth--;
	return v;
}
