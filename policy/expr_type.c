#include "policy/compile.h"

#include <string.h>

struct cc_ty
cc_ty_of(enum cc_vtype v)
{
	return (struct cc_ty){.v = v};
}

struct cc_ty
cc_ty_event(enum cc_vtype v, const struct cc_types *types)
{
	struct cc_ty t = {.v = v};

	t.types = *types;
	return t;
}

struct cc_ty
cc_ty_rec(enum cc_vtype v, const struct cc_kinddef *kind)
{
	struct cc_ty t = {.v = v, .nkinds = 1};

	t.kinds[0] = kind;
	return t;
}

const char *
cc_ty_text(const struct cc_ty *t)
{
	static const char *const text[] = {
		[CC_V_ANY] = "an absent value", [CC_V_BOOL] = "yes or no",
		[CC_V_INT] = "a number", [CC_V_DUR] = "a duration",
		[CC_V_INSTANT] = "an instant", [CC_V_DATE] = "a date", [CC_V_ID] = "an id",
		[CC_V_CODE] = "a code", [CC_V_EVENT] = "an event",
		[CC_V_REC] = "a span, member or clock", [CC_V_EVENTS] = "events",
		[CC_V_IDS] = "ids", [CC_V_CODES] = "codes",
		[CC_V_RECS] = "spans, members or clocks",
	};

	return text[t->v];
}

struct cc_ty
cc_ty_element(const struct cc_ty *seq)
{
	struct cc_ty t = *seq;

	switch (seq->v) {
	case CC_V_EVENTS:
		t.v = CC_V_EVENT;
		break;
	case CC_V_IDS:
		t.v = CC_V_ID;
		break;
	case CC_V_CODES:
		t.v = CC_V_CODE;
		break;
	case CC_V_RECS:
		t.v = CC_V_REC;
		break;
	default:
		t.v = CC_V_ANY;
		break;
	}
	return t;
}

struct cc_ty
cc_ty_sequence(const struct cc_ty *element)
{
	struct cc_ty t = *element;

	switch (element->v) {
	case CC_V_EVENT:
		t.v = CC_V_EVENTS;
		break;
	case CC_V_ID:
		t.v = CC_V_IDS;
		break;
	case CC_V_CODE:
		t.v = CC_V_CODES;
		break;
	case CC_V_REC:
		t.v = CC_V_RECS;
		break;
	default:
		t.v = CC_V_ANY;
		break;
	}
	return t;
}

struct cc_expr
cc_node_new(struct cc_parser *p, enum cc_op op, struct cc_ty ty)
{
	static struct cc_node spare;	/* after running out of memory: never walked */
	struct cc_expr e = {cc_arena_alloc(p->c->a, sizeof *e.node), ty};

	if (e.node == NULL) {
		cc_parse_error(p, "out of memory");
		e.node = &spare;
		return e;
	}
	e.node->op = op;
	e.node->type = ty.v;
	return e;
}

struct cc_expr
cc_unary(struct cc_parser *p, enum cc_op op, struct cc_ty ty, struct cc_expr k)
{
	struct cc_expr e = cc_node_new(p, op, ty);

	e.node->k[0] = k.node;
	return e;
}

struct cc_expr
cc_binary(struct cc_parser *p, enum cc_op op, struct cc_ty ty, struct cc_expr x,
    struct cc_expr y)
{
	struct cc_expr e = cc_unary(p, op, ty, x);

	e.node->k[1] = y.node;
	return e;
}

static struct cc_expr
bool_to_code(struct cc_parser *p, struct cc_expr e)
{
	int yes = cc_code_of(p->c, &(struct cc_ty){.v = CC_V_CODE}, CC_STR("yes"));
	int no = cc_code_of(p->c, &(struct cc_ty){.v = CC_V_CODE}, CC_STR("no"));
	struct cc_expr r = cc_unary(p, CC_OP_BOOL_CODE, cc_ty_of(CC_V_CODE), e);

	r.node->imm = yes;
	r.node->imm2 = no;
	return r;
}

struct cc_expr
cc_coerce(struct cc_parser *p, struct cc_expr e, enum cc_vtype v, const char *what)
{
	struct cc_ty want = cc_ty_of(v);

	if (e.ty.v == v || e.ty.v == CC_V_ANY || p->failed)
		return e;
	if (e.ty.v == CC_V_EVENT && v == CC_V_INSTANT)
		return cc_unary(p, CC_OP_META_TIME, want, e);
	if (e.ty.v == CC_V_EVENT && v == CC_V_ID)
		return cc_unary(p, CC_OP_META_ID, want, e);
	if (e.ty.v == CC_V_BOOL && v == CC_V_CODE)
		return bool_to_code(p, e);
	if (v >= CC_V_EVENTS && cc_ty_sequence(&e.ty).v == v)
		return cc_unary(p, CC_OP_ONE, cc_ty_sequence(&e.ty), e);
	cc_parse_error(p, "%s: expected %s, found %s", what, cc_ty_text(&want),
	    cc_ty_text(&e.ty));
	return e;
}

static void
join_kinds(struct cc_parser *p, struct cc_ty *t, const struct cc_ty *o)
{
	for (unsigned i = 0; i < o->nkinds; i++) {
		unsigned k = 0;

		while (k < t->nkinds && t->kinds[k] != o->kinds[i])
			k++;
		if (k == CC_KINDS_MAX)
			cc_parse_error(p, "more than %d kinds of records together",
			    (int)CC_KINDS_MAX);
		else if (k == t->nkinds)
			t->kinds[t->nkinds++] = o->kinds[i];
	}
}

bool
cc_unify(struct cc_parser *p, struct cc_expr *x, struct cc_expr *y, const char *what)
{
	if (x->ty.v == CC_V_ANY) {
		x->ty = y->ty;
		return true;
	}
	if (y->ty.v == CC_V_ANY) {
		y->ty = x->ty;
		return true;
	}
	if (x->ty.v != y->ty.v) {
		if (x->ty.v == CC_V_INSTANT || y->ty.v == CC_V_INSTANT) {
			*x = cc_coerce(p, *x, CC_V_INSTANT, what);
			*y = cc_coerce(p, *y, CC_V_INSTANT, what);
		} else if (x->ty.v == CC_V_CODE || y->ty.v == CC_V_CODE) {
			*x = cc_coerce(p, *x, CC_V_CODE, what);
			*y = cc_coerce(p, *y, CC_V_CODE, what);
		} else if (x->ty.v >= CC_V_EVENTS) {
			*y = cc_coerce(p, *y, x->ty.v, what);
		} else {
			*x = cc_coerce(p, *x, y->ty.v, what);
		}
		if (p->failed)
			return false;
	}
	cc_types_join(&x->ty.types, &y->ty.types);
	y->ty.types = x->ty.types;
	join_kinds(p, &x->ty, &y->ty);
	y->ty.nkinds = x->ty.nkinds;
	memcpy(y->ty.kinds, x->ty.kinds, sizeof y->ty.kinds);
	if (x->ty.codes == NULL)
		y->ty.codes = NULL;
	if (y->ty.codes == NULL)
		x->ty.codes = NULL;
	return true;
}

static bool
ordered(enum cc_vtype v)
{
	return v == CC_V_INSTANT || v == CC_V_DATE || v == CC_V_INT || v == CC_V_DUR;
}

struct cc_expr
cc_compare(struct cc_parser *p, enum cc_op op, struct cc_expr x, struct cc_expr y)
{
	bool order = op != CC_OP_EQ && op != CC_OP_NE;

	if (order && x.ty.v == CC_V_EVENT)
		x = cc_coerce(p, x, CC_V_INSTANT, "comparison");
	if (order && y.ty.v == CC_V_EVENT)
		y = cc_coerce(p, y, CC_V_INSTANT, "comparison");
	if (!cc_unify(p, &x, &y, "comparison"))
		return x;
	if (x.ty.v >= CC_V_EVENTS)
		cc_parse_error(p, "comparison: %s cannot be compared; say which one (first, last)",
		    cc_ty_text(&x.ty));
	else if (order && x.ty.v != CC_V_ANY && !ordered(x.ty.v))
		cc_parse_error(p, "comparison: %s has no order", cc_ty_text(&x.ty));
	return cc_binary(p, op, cc_ty_of(CC_V_BOOL), x, y);
}

struct cc_expr
cc_sum(struct cc_parser *p, enum cc_op op, struct cc_expr x, struct cc_expr y)
{
	static const struct {
		enum cc_vtype x, y, add, sub;	/* CC_V_ANY: not possible */
	} rules[] = {
		{CC_V_INSTANT, CC_V_DUR, CC_V_INSTANT, CC_V_INSTANT},
		{CC_V_INSTANT, CC_V_INSTANT, CC_V_ANY, CC_V_DUR},
		{CC_V_DATE, CC_V_INT, CC_V_DATE, CC_V_DATE},
		{CC_V_DATE, CC_V_DATE, CC_V_ANY, CC_V_INT},
		{CC_V_INT, CC_V_INT, CC_V_INT, CC_V_INT},
		{CC_V_DUR, CC_V_DUR, CC_V_DUR, CC_V_DUR},
	};

	if (x.ty.v == CC_V_EVENT)
		x = cc_coerce(p, x, CC_V_INSTANT, "sum");
	if (y.ty.v == CC_V_EVENT)
		y = cc_coerce(p, y, CC_V_INSTANT, "sum");
	if (p->failed || x.ty.v == CC_V_ANY || y.ty.v == CC_V_ANY)
		return x.ty.v == CC_V_ANY ? x : y;	/* a sum with absent is absent */
	for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		enum cc_vtype v = op == CC_OP_ADD ? rules[i].add : rules[i].sub;

		if (rules[i].x == x.ty.v && rules[i].y == y.ty.v && v != CC_V_ANY)
			return cc_binary(p, op, cc_ty_of(v), x, y);
	}
	cc_parse_error(p, "%s and %s cannot be %s (hours go with instants: 24h; whole days "
	    "with dates: D(x) + 10)", cc_ty_text(&x.ty), cc_ty_text(&y.ty),
	    op == CC_OP_ADD ? "added" : "subtracted");
	return x;
}
