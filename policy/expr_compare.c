#include "policy/compile.h"

#include <string.h>

/* A bare word beside something coded: the code, when it is listed and is not
 * the beginning of something longer. */
static bool
bare_code(struct cc_parser *p, const struct cc_ty *ty, struct cc_expr *ret)
{
	struct cc_token after = cc_parse_peek(p);
	int code;

	if ((ty->v != CC_V_CODE && ty->v != CC_V_CODES) || p->tok.kind != CC_T_NAME ||
	    cc_token_is(&after, ".") || cc_token_is(&after, "("))
		return false;
	code = cc_code_of(p->c, ty, p->tok.text);
	if (code < 0)
		return false;
	*ret = cc_node_new(p, CC_OP_CONST, cc_ty_of(CC_V_CODE));
	ret->node->imm = code;
	cc_parse_next(p);
	return true;
}

static struct cc_expr
beside(struct cc_parser *p, const struct cc_ty *ty)
{
	struct cc_expr e;

	if (bare_code(p, ty, &e))
		return e;
	p->beside = ty;
	e = cc_parse_fallback(p);
	p->beside = NULL;
	if (!p->failed && e.node->op == CC_OP_CONST && e.ty.v == CC_V_CODE && ty->codes != NULL)
		cc_parse_error(p, "this code is not one of those that it is compared with");
	return e;
}

/* x in (A, B), or x in a sequence */
static struct cc_expr
membership(struct cc_parser *p, struct cc_expr x)
{
	const struct cc_node *args[64];
	const struct cc_node **copy;
	struct cc_expr e, y;
	uint16_t n = 0;
	struct cc_lexer l = p->lexer;
	struct cc_token t = p->tok, second;

	/* A list in parentheses has a comma, or a lone code. */
	if (cc_token_is(&t, "(")) {
		(void)cc_lex_next(&l);
		second = cc_lex_next(&l);
	}
	if (!cc_token_is(&t, "(") || (!cc_token_is(&second, ",") && !cc_token_is(&second, ")"))) {
		y = cc_parse_operand(p);
		if (!p->failed && (y.ty.v < CC_V_EVENTS || cc_ty_element(&y.ty).v != x.ty.v))
			cc_parse_error(p, "%s cannot be in %s", cc_ty_text(&x.ty),
			    cc_ty_text(&y.ty));
		return cc_binary(p, CC_OP_IN_SEQ, cc_ty_of(CC_V_BOOL), x, y);
	}
	cc_parse_want(p, "(");
	e = cc_unary(p, CC_OP_IN_LIST, cc_ty_of(CC_V_BOOL), x);
	do {
		y = beside(p, &x.ty);
		if (p->failed || !cc_unify(p, &y, &(struct cc_expr){x.node, x.ty}, "in"))
			return e;
		if (n == 64) {
			cc_parse_error(p, "more than 64 values in a list");
			return e;
		}
		args[n++] = y.node;
	} while (cc_parse_take(p, ","));
	cc_parse_want(p, ")");
	copy = cc_arena_array(p->c->a, n, sizeof *copy);
	if (copy == NULL)
		return e;
	memcpy(copy, args, n * sizeof *copy);
	e.node->args = copy;
	e.node->nargs = n;
	return e;
}

static struct cc_expr
has(struct cc_parser *p, struct cc_expr x)
{
	struct cc_expr y = beside(p, &x.ty);

	if (!p->failed && (x.ty.v < CC_V_EVENTS || cc_ty_element(&x.ty).v != y.ty.v))
		cc_parse_error(p, "%s cannot have %s", cc_ty_text(&x.ty), cc_ty_text(&y.ty));
	return cc_binary(p, CC_OP_IN_SEQ, cc_ty_of(CC_V_BOOL), y, x);
}

static struct cc_expr
field_matches(struct cc_parser *p, struct cc_expr x)
{
	struct cc_expr y = beside(p, &x.ty);
	struct cc_ty ex = x.ty.v >= CC_V_EVENTS ? cc_ty_element(&x.ty) : x.ty;
	struct cc_ty ey = y.ty.v >= CC_V_EVENTS ? cc_ty_element(&y.ty) : y.ty;

	if (!p->failed && (ex.v != ey.v || (y.ty.v >= CC_V_EVENTS && x.ty.v < CC_V_EVENTS)))
		cc_parse_error(p, "%s cannot match %s", cc_ty_text(&x.ty), cc_ty_text(&y.ty));
	return cc_binary(p, CC_OP_MATCHES, cc_ty_of(CC_V_BOOL), x, y);
}

static struct cc_expr
field_refers(struct cc_parser *p, struct cc_expr x)
{
	struct cc_expr e, y;

	cc_parse_want(p, "to");
	y = cc_coerce(p, cc_parse_fallback(p), CC_V_EVENT, "refers to");
	if (!p->failed && (x.node->op != CC_OP_FIELD || (x.ty.v != CC_V_ID && x.ty.v != CC_V_IDS)))
		cc_parse_error(p, "only an id field of an event refers to an event");
	if (p->failed)
		return x;
	e = cc_node_new(p, CC_OP_REFERS, cc_ty_of(CC_V_BOOL));
	e.node->k[0] = x.node->k[0];
	e.node->name = x.node->name;
	e.node->imm = x.ty.v == CC_V_IDS;
	e.node->k[1] = y.node;
	return e;
}

/* x is given, x is absent, E is contact.made */
static struct cc_expr
is_what(struct cc_parser *p, struct cc_expr x)
{
	struct cc_expr e;
	bool absent_word = cc_token_is(&p->tok, "absent");

	if (absent_word || cc_token_is(&p->tok, "given")) {
		cc_parse_next(p);
		if (x.node->op == CC_OP_FIELD) {
			e = cc_node_new(p, CC_OP_FIELD_GIVEN, cc_ty_of(CC_V_BOOL));
			e.node->k[0] = x.node->k[0];
			e.node->name = x.node->name;
		} else {
			e = cc_unary(p, CC_OP_IS_GIVEN, cc_ty_of(CC_V_BOOL), x);
		}
		return absent_word ? cc_unary(p, CC_OP_NOT, cc_ty_of(CC_V_BOOL), e) : e;
	}
	e = cc_parse_operand(p);
	if (!p->failed && (x.ty.v != CC_V_EVENT || e.ty.v != CC_V_EVENTS ||
	    e.node->op != CC_OP_SELECT))
		cc_parse_error(p, "expected given, absent or an event type after 'is'");
	if (p->failed)
		return x;
	x = cc_unary(p, CC_OP_IS_TYPE, cc_ty_of(CC_V_BOOL), x);
	x.node->types = e.node->types;
	return x;
}

struct cc_expr
cc_parse_comparison(struct cc_parser *p)
{
	static const struct {
		const char *word;
		enum cc_op op;
	} ops[] = {{"=", CC_OP_EQ}, {"!=", CC_OP_NE}, {"<", CC_OP_LT}, {"<=", CC_OP_LE},
	    {">", CC_OP_GT}, {">=", CC_OP_GE}};
	struct cc_expr e = cc_parse_fallback(p);

	if (p->failed)
		return e;
	for (unsigned i = 0; i < sizeof ops / sizeof ops[0]; i++)
		if (cc_parse_take(p, ops[i].word))
			return cc_compare(p, ops[i].op, e, beside(p, &e.ty));
	if (cc_parse_take(p, "in"))
		return membership(p, e);
	if (cc_parse_take(p, "has"))
		return has(p, e);
	if (cc_parse_take(p, "matches"))
		return field_matches(p, e);
	if (cc_parse_take(p, "refers"))
		return field_refers(p, e);
	if (cc_parse_take(p, "is"))
		return is_what(p, e);
	return e;
}
