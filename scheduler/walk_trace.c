#include "scheduler/walk_trace.h"

#include <string.h>

enum { CC_TAG_TRACE = 4 << 16, LINKS = 64 };

/* The value in this slot was worked out in that step. */
struct link {
	uint32_t base;
	uint16_t slot;
	int32_t step;
};

/* One expression under way. */
struct cc_tracer {
	struct cc_trace_step *steps;
	uint32_t n, cap;
	int32_t into;		/* the step that the next one goes into */
	bool condition;		/* of an if: yes and no are followed too */
	bool cut;
	uint32_t base;		/* of the frame that it began in */
	struct cc_trace_frame frame;
	struct link links[LINKS];
	uint32_t nlinks;
};

/* ---- steps --------------------------------------------------------------- */

static int32_t
step_new(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_tracer *t = w->tracer;

	if (t->n == CC_TRACE_STEPS) {
		t->cut = true;
		return -1;
	}
	if (t->n == t->cap) {
		uint32_t cap = t->cap == 0 ? 8 : t->cap * 2;
		struct cc_trace_step *v = cc_arena_array(w->keep, cap, sizeof *v);

		if (v == NULL) {
			w->failed = true;
			return -1;
		}
		if (t->n != 0)
			memcpy(v, t->steps, t->n * sizeof *v);
		t->steps = v;
		t->cap = cap;
	}
	t->steps[t->n] = (struct cc_trace_step){.node = n, .of = t->into, .same = -1,
	    .event = -1};
	return (int32_t)t->n++;
}

/* Worked out without noting anything. */
static struct cc_val
aside(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val v;

	w->work_max = CC_WALK_WORK;
	v = cc_is_seq(n->type) ? cc_walk_seq(w, n) : cc_walk_value(w, n);
	w->work_max = 0;
	return v;
}

static void
link_slot(struct cc_walk *w, uint16_t slot, int32_t step)
{
	struct cc_tracer *t = w->tracer;

	if (step >= 0 && t->nlinks == LINKS)
		t->cut = true;
	else if (step >= 0)
		t->links[t->nlinks++] = (struct link){w->base, slot, step};
}

static int32_t
linked(const struct cc_walk *w, uint16_t slot)
{
	const struct cc_tracer *t = w->tracer;

	for (uint32_t i = t->nlinks; i-- > 0;)
		if (t->links[i].base == w->base && t->links[i].slot == slot)
			return t->links[i].step;
	return -1;
}

/* ---- what was noted before ----------------------------------------------- */

static void
attr_key(int64_t rec, unsigned place, int64_t key[CC_MEMO_KEYS])
{
	key[0] = rec;
	key[1] = place;
	key[2] = 0;
}

static const struct cc_trace *
trace_of_attr(struct cc_walk *w, int64_t rec, unsigned place)
{
	int64_t key[CC_MEMO_KEYS];
	struct cc_memo *m;

	attr_key(rec, place, key);
	return cc_memo_find(w, CC_TAG_TRACE, key, &m) ? m->ptr : NULL;
}

void
cc_trace_attr_is(struct cc_walk *w, int64_t rec, unsigned place, const struct cc_trace *t)
{
	int64_t key[CC_MEMO_KEYS];
	struct cc_memo *m;

	if (t == NULL)
		return;
	attr_key(rec, place, key);
	(void)cc_memo_find(w, CC_TAG_TRACE, key, &m);
	if (m == NULL)
		w->failed = true;
	else
		m->ptr = t;
}

/* The steps of another expression as if they stood here. */
static void
splice(struct cc_walk *w, int32_t at, const struct cc_trace *from)
{
	struct cc_tracer *t = w->tracer;
	int32_t first = (int32_t)t->n;

	if (from == NULL)
		return;
	if (from->cut || t->n + from->n > CC_TRACE_STEPS) {
		t->cut = true;
		return;
	}
	for (uint32_t i = 0; i < from->n; i++) {
		int32_t k = step_new(w, from->steps[i].node);

		if (k < 0)
			return;
		t->steps[k] = from->steps[i];
		t->steps[k].gave = false;
		t->steps[k].of = i == 0 ? at : from->steps[i].of + first;
		if (from->steps[i].same >= 0)
			t->steps[k].same = from->steps[i].same + first;
	}
}

/* ---- nodes that are followed in their own way ---------------------------- */

static struct cc_val
trace_call(struct cc_walk *w, const struct cc_node *n, int32_t at)
{
	const struct cc_term *term = &w->prog->terms[n->ref];
	struct cc_tracer *t = w->tracer;
	struct cc_val args[8] = {{.given = false}}, v;
	int32_t step[8] = {0};
	uint32_t old, links;

	for (uint16_t i = 0; i < n->nargs; i++) {
		step[i] = (int32_t)t->n;
		args[i] = cc_walk_val(w, n->args[i]);
		if (step[i] == (int32_t)t->n)
			step[i] = -1;
	}
	t->steps[at].name = term->name;
	t->steps[at].term = term;
	links = t->nlinks;
	old = cc_frame_enter(w, term->nslots);
	for (uint16_t i = 0; i < n->nargs; i++) {
		*cc_slot(w, i) = args[i];
		link_slot(w, i, step[i]);
	}
	v = cc_walk_val(w, term->body);
	cc_frame_leave(w, old);
	t->nlinks = links;
	return v;
}

static const char *
rule_slot(const struct cc_rulex *r, uint16_t slot)
{
	if (r == NULL)
		return NULL;
	return slot == r->act_slot ? "act" : slot == r->start_slot ? "start" : NULL;
}

static const struct cc_let *
let_of(const struct cc_tracer *t, uint16_t slot)
{
	for (uint16_t i = 0; i < t->frame.nlets; i++)
		if (t->frame.lets[i].slot == slot)
			return &t->frame.lets[i];
	return NULL;
}

/* A name: of a parameter, of a let (followed the first time), of what a record has. */
static struct cc_val
trace_slot(struct cc_walk *w, const struct cc_node *n, int32_t at)
{
	struct cc_tracer *t = w->tracer;
	const struct cc_let *let;

	t->steps[at].same = linked(w, n->slot);
	if (w->base != t->base)
		return *cc_slot(w, n->slot);
	let = let_of(t, n->slot);
	t->steps[at].name = rule_slot(t->frame.rule, n->slot);
	if (let != NULL) {
		t->steps[at].name = let->name;
		if (t->steps[at].same < 0) {
			link_slot(w, n->slot, at);
			(void)cc_walk_val(w, let->value);
		}
	} else if (t->frame.rec >= 0 && n->slot > 0) {
		splice(w, at, trace_of_attr(w, t->frame.rec, n->slot - 1u));
	}
	return *cc_slot(w, n->slot);
}

static struct cc_val
trace_if(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_tracer *t = w->tracer;
	bool before = t->condition;
	struct cc_val c;

	t->condition = true;
	c = cc_walk_val(w, n->k[0]);
	t->condition = before;
	return cc_walk_val(w, n->k[c.given && c.i != 0 ? 1 : 2]);
}

/* A time or field of an event. */
static struct cc_val
trace_event(struct cc_walk *w, const struct cc_node *n, int32_t at)
{
	struct cc_val e = aside(w, n->k[0]);

	if (e.given)
		w->tracer->steps[at].event = (int32_t)e.i;
	if (n->op == CC_OP_FIELD)
		w->tracer->steps[at].name = w->pack->schema.names[n->name];
	return aside(w, n);
}

static const struct cc_rule *
rule_of_kind(const struct cc_walk *w, uint16_t kind)
{
	for (uint16_t i = 0; i < w->prog->nrules; i++)
		if (w->prog->rules[i].kind == kind)
			return &w->prog->rules[i].pub;
	return NULL;
}

static struct cc_val
trace_attr(struct cc_walk *w, const struct cc_node *n, int32_t at)
{
	struct cc_val r = aside(w, n->k[0]);
	uint16_t kind;
	uint8_t place;

	w->tracer->steps[at].name = w->prog->attr_names[n->name];
	if (!r.given)
		return cc_val_absent();
	kind = w->recs[r.i].kind;
	place = w->prog->kinds[kind].slot_of[n->name];
	w->tracer->steps[at].rule = rule_of_kind(w, kind);
	if (place > 0)
		splice(w, at, trace_of_attr(w, r.i, place - 1u));
	return aside(w, n);
}

/* ---- events that did not go in ------------------------------------------- */

static bool
has(const struct cc_val *v, int64_t item)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->v[i] == item)
			return true;
	return false;
}

/* What a sequence is chosen from: NULL when that is not one choice of types. */
static const struct cc_node *
source_of(const struct cc_walk *w, const struct cc_node *n, const struct cc_term **term)
{
	for (;;) {
		if (n->op == CC_OP_BOUND || n->op == CC_OP_FILTER) {
			n = n->k[0];
		} else if (n->op == CC_OP_CALL) {
			*term = &w->prog->terms[n->ref];
			n = (*term)->body;
		} else {
			return n->op == CC_OP_SELECT ? n : NULL;
		}
	}
}

static void
note_passed(struct cc_walk *w, const struct cc_node *seq, const struct cc_val *taken,
    int32_t at)
{
	struct cc_trace_step *s = &w->tracer->steps[at];
	const struct cc_node *source = source_of(w, seq, &s->term), *free = seq;
	struct cc_trace_passed *v;
	struct cc_val all, in;

	if (source == NULL)
		return;
	while (free->op == CC_OP_BOUND)
		free = free->k[0];
	all = aside(w, source);
	in = aside(w, free);
	v = cc_arena_array(w->keep, CC_TRACE_PASSED, sizeof *v);
	for (uint32_t i = 0; v != NULL && i < all.n && !s->passed_more; i++) {
		if (has(taken, all.v[i]))
			continue;
		s->passed_more = s->npassed == CC_TRACE_PASSED;
		if (!s->passed_more)
			v[s->npassed++] = (struct cc_trace_passed){(int32_t)all.v[i],
			    has(&in, all.v[i])};
	}
	s->passed = v;
}

static struct cc_val
better(enum cc_op op, struct cc_val best, struct cc_val v)
{
	if (!best.given)
		return v;
	return (op == CC_OP_EARLIEST_OF ? v.i < best.i : v.i > best.i) ? v : best;
}

/* The earliest, latest or all of the values of a sequence's elements. */
static struct cc_val
trace_quantifier(struct cc_walk *w, const struct cc_node *n, int32_t at)
{
	struct cc_val seq = aside(w, n->k[0]), best = cc_val_absent();
	bool missing = seq.n == 0;

	if (n->k[0]->type == CC_V_EVENTS)
		note_passed(w, n->k[0], &seq, at);
	for (uint32_t i = 0; i < seq.n && !w->failed; i++) {
		struct cc_val v;

		*cc_slot(w, n->slot) = cc_val_of(seq.v[i]);
		v = cc_walk_val(w, n->k[1]);
		if (v.given)
			best = better(n->op, best, v);
		else
			missing = true;
	}
	return n->op == CC_OP_ALL_OF && missing ? cc_val_absent() : best;
}

/* Whether there is any: the first is named. */
static struct cc_val
trace_any(struct cc_walk *w, const struct cc_node *n, int32_t at)
{
	struct cc_val v;

	if (n->k[0]->type == CC_V_EVENTS) {
		v = aside(w, n->k[0]);
		if (v.n > 0)
			w->tracer->steps[at].event = (int32_t)v.v[0];
	}
	return aside(w, n);
}

/* ---- the way of every value while steps are noted ------------------------ */

enum way { ASIDE, THROUGH, STEP };

static enum way
way_of_yes_or_no(enum cc_op op)
{
	switch (op) {
	case CC_OP_OR:
	case CC_OP_AND:
	case CC_OP_NOT:
		return THROUGH;
	case CC_OP_CALL:
	case CC_OP_SLOT:
	case CC_OP_IF:
	case CC_OP_EQ:
	case CC_OP_NE:
	case CC_OP_LT:
	case CC_OP_LE:
	case CC_OP_GT:
	case CC_OP_GE:
	case CC_OP_EXISTS:
	case CC_OP_IN_BLOCK:
	case CC_OP_BUSINESS_DAY:
		return STEP;
	default:
		return ASIDE;
	}
}

/* A number of the rule that the step it goes into shows anyway. */
static bool
is_operand(const struct cc_tracer *t, const struct cc_node *n)
{
	const struct cc_node *into = t->into < 0 ? NULL : t->steps[t->into].node;

	return into != NULL && into->op != CC_OP_IF && into->op != CC_OP_OTHERWISE &&
	    (into->k[0] == n || into->k[1] == n);
}

static enum way
way_of(const struct cc_tracer *t, const struct cc_node *n)
{
	switch (n->type) {
	case CC_V_BOOL:
		return t->condition ? way_of_yes_or_no(n->op) : ASIDE;
	case CC_V_INT:
	case CC_V_DUR:
	case CC_V_INSTANT:
	case CC_V_DATE:
		return n->op == CC_OP_ABSENT || (n->op == CC_OP_CONST && is_operand(t, n)) ?
		    THROUGH : STEP;
	default:
		return ASIDE;
	}
}

static struct cc_val
follow(struct cc_walk *w, const struct cc_node *n, int32_t at)
{
	switch (n->op) {
	case CC_OP_CALL:
		return trace_call(w, n, at);
	case CC_OP_SLOT:
		return trace_slot(w, n, at);
	case CC_OP_IF:
		return trace_if(w, n);
	case CC_OP_FIELD:
	case CC_OP_META_TIME:
		return trace_event(w, n, at);
	case CC_OP_ATTR:
		return trace_attr(w, n, at);
	case CC_OP_EARLIEST_OF:
	case CC_OP_LATEST_OF:
	case CC_OP_ALL_OF:
		return trace_quantifier(w, n, at);
	case CC_OP_EXISTS:
		return trace_any(w, n, at);
	case CC_OP_COUNT:
	case CC_OP_READ:
	case CC_OP_LONGEST_GAP:
		return aside(w, n);
	default:
		return cc_walk_value(w, n);
	}
}

static struct cc_val
note(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_tracer *t = w->tracer;
	int32_t into = t->into, at = step_new(w, n);
	bool condition = t->condition;
	struct cc_val v;

	if (at < 0)
		return aside(w, n);
	t->into = at;
	t->condition = condition && n->type == CC_V_BOOL;
	v = follow(w, n, at);
	t->steps[at].v = v;
	t->into = into;
	t->condition = condition;
	return v;
}

struct cc_val
cc_walk_traced(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_tracer *t = w->tracer;
	struct cc_trace_step *into;
	enum way way;
	struct cc_val v;

	if (t == NULL || w->work > CC_WALK_WORK) {
		w->failed = true;
		w->depth--;
		return cc_val_absent();
	}
	way = way_of(t, n);
	v = way == STEP ? note(w, n) : way == ASIDE ? aside(w, n) : cc_walk_value(w, n);
	w->depth--;
	if (t->into < 0 || cc_is_seq(n->type))
		return v;
	into = &t->steps[t->into];
	if (into->node->k[0] == n)
		into->a = v;
	else if (into->node->k[1] == n)
		into->b = v;
	return v;
}

/* ---- one expression ------------------------------------------------------ */

const struct cc_trace *
cc_trace_of(struct cc_walk *w, const struct cc_trace_frame *f, const struct cc_node *n)
{
	struct cc_tracer t = {.into = -1, .base = w->base, .frame = *f}, *outer = w->tracer;
	struct cc_mark temp = cc_arena_mark(&w->temp);
	uint32_t work_max = w->work_max;
	struct cc_trace *ret;

	if (n == NULL || w->failed || n->type < CC_V_BOOL || n->type > CC_V_DATE)
		return NULL;
	w->tracer = &t;
	w->work_max = 0;
	(void)cc_walk_val(w, n);
	w->tracer = outer;
	w->work_max = work_max;
	cc_arena_release(&w->temp, temp);
	if (t.n == 0 || w->failed)
		return NULL;
	cc_trace_mark(t.steps, t.n);
	ret = cc_arena_alloc(w->keep, sizeof *ret);
	if (ret == NULL)
		w->failed = true;
	else
		*ret = (struct cc_trace){t.steps, t.n, t.cut};
	return ret;
}
