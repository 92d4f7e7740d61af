#include "policy/compile.h"

#include <stdio.h>
#include <string.h>

enum { CC_EXPR_DEPTH = 60 };

void
cc_parse_next(struct cc_parser *p)
{
	p->tok = cc_lex_next(&p->lexer);
	if (p->tok.kind == CC_T_BAD)
		cc_parse_error(p, "cannot read '%.*s'", p->tok.text.n > 20 ? 20 :
		    (int)p->tok.text.n, p->tok.text.p);
}

struct cc_token
cc_parse_peek(const struct cc_parser *p)
{
	struct cc_lexer l = p->lexer;

	return cc_lex_next(&l);
}

void
cc_parse_error(struct cc_parser *p, const char *fmt, ...)
{
	char text[CC_DIAG_TEXT];
	va_list ap;

	if (p->failed)
		return;
	p->failed = true;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap); /* cut is fine */
	va_end(ap);
	cc_diag(p->c->d, cc_yaml_place(p->yaml, p->tok.offset), "%s", text);
}

bool
cc_parse_take(struct cc_parser *p, const char *word)
{
	if (p->failed || !cc_token_is(&p->tok, word))
		return false;
	cc_parse_next(p);
	return true;
}

void
cc_parse_want(struct cc_parser *p, const char *word)
{
	if (cc_parse_take(p, word))
		return;
	cc_parse_error(p, "expected '%s' before '%.*s'", word,
	    p->tok.kind == CC_T_END ? 3 : (int)p->tok.text.n,
	    p->tok.kind == CC_T_END ? "end" : p->tok.text.p);
}

static struct cc_expr
absent(struct cc_parser *p)
{
	return cc_node_new(p, CC_OP_ABSENT, cc_ty_of(CC_V_ANY));
}

static struct cc_expr
constant(struct cc_parser *p, enum cc_vtype v, int64_t i)
{
	struct cc_expr e = cc_node_new(p, CC_OP_CONST, cc_ty_of(v));

	e.node->imm = i;
	cc_parse_next(p);
	return e;
}

static struct cc_expr bounded(struct cc_parser *p);

/* ---- quantifiers: every x in S: C ---- */

static struct cc_expr
quantifier(struct cc_parser *p, enum cc_op op)
{
	unsigned names = p->scope->nnames;
	struct cc_token name = p->tok;
	struct cc_expr seq, value, e;
	uint16_t slot;

	if (name.kind != CC_T_NAME)
		cc_parse_error(p, "expected a name and 'in'");
	cc_parse_next(p);
	cc_parse_want(p, "in");
	seq = bounded(p);
	if (!p->failed && seq.ty.v < CC_V_EVENTS)
		cc_parse_error(p, "expected a sequence after 'in', found %s",
		    cc_ty_text(&seq.ty));
	cc_parse_want(p, ":");
	if (p->failed || !cc_scope_add(p->scope, name.text.p, name.text.n,
	    cc_ty_element(&seq.ty), &slot)) {
		cc_parse_error(p, "too many names in one expression");
		return absent(p);
	}
	value = cc_parse_expr(p);
	p->scope->nnames = names;
	if (op == CC_OP_EVERY || op == CC_OP_SOME)
		value = cc_coerce(p, value, CC_V_BOOL, "condition");
	else if (op == CC_OP_FILTER)
		value = cc_coerce(p, value, CC_V_BOOL, "condition");
	else if (value.ty.v >= CC_V_EVENTS)
		cc_parse_error(p, "expected one value for each, found %s", cc_ty_text(&value.ty));
	e = cc_binary(p, op, op == CC_OP_FILTER ? seq.ty :
	    op == CC_OP_EVERY || op == CC_OP_SOME ? cc_ty_of(CC_V_BOOL) : value.ty,
	    seq, value);
	e.node->slot = slot;
	return e;
}

/* first moment t from X before Y: C */
static struct cc_expr
moment(struct cc_parser *p)
{
	unsigned names = p->scope->nnames;
	struct cc_token name = p->tok;
	struct cc_expr from, to, cond, e;
	uint16_t slot;

	if (name.kind != CC_T_NAME)
		cc_parse_error(p, "expected a name after 'first moment'");
	cc_parse_next(p);
	cc_parse_want(p, "from");
	from = cc_coerce(p, cc_parse_operand(p), CC_V_INSTANT, "from");
	cc_parse_want(p, "before");
	to = cc_coerce(p, cc_parse_operand(p), CC_V_INSTANT, "before");
	cc_parse_want(p, ":");
	if (p->failed || !cc_scope_add(p->scope, name.text.p, name.text.n,
	    cc_ty_of(CC_V_INSTANT), &slot)) {
		cc_parse_error(p, "too many names in one expression");
		return absent(p);
	}
	cond = cc_coerce(p, cc_parse_expr(p), CC_V_BOOL, "condition");
	p->scope->nnames = names;
	e = cc_binary(p, CC_OP_MOMENT, cc_ty_of(CC_V_INSTANT), from, to);
	e.node->k[2] = cond.node;
	e.node->slot = slot;
	return e;
}

/* A word that stands before "NAME in": every, some, all, earliest, latest. */
static bool
is_quantifier(const struct cc_parser *p, enum cc_op *ret)
{
	static const struct {
		const char *word;
		enum cc_op op;
	} words[] = {{"every", CC_OP_EVERY}, {"some", CC_OP_SOME}, {"all", CC_OP_ALL_OF},
	    {"earliest", CC_OP_EARLIEST_OF}, {"latest", CC_OP_LATEST_OF}};
	struct cc_lexer l = p->lexer;
	struct cc_token name, in;

	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!cc_token_is(&p->tok, words[i].word))
			continue;
		name = cc_lex_next(&l);
		in = cc_lex_next(&l);
		*ret = words[i].op;
		return name.kind == CC_T_NAME && cc_token_is(&in, "in");
	}
	return false;
}

static struct cc_expr
braces(struct cc_parser *p)
{
	struct cc_expr e;

	cc_parse_want(p, "{");
	e = quantifier(p, CC_OP_FILTER);
	cc_parse_want(p, "}");
	return e;
}

/* ---- primary and postfix ---- */

static struct cc_expr
parenthesised(struct cc_parser *p)
{
	struct cc_expr e;

	cc_parse_want(p, "(");
	e = cc_parse_expr(p);
	cc_parse_want(p, ")");
	return e;
}

static struct cc_expr
literal_id(struct cc_parser *p)
{
	struct cc_expr e = cc_node_new(p, CC_OP_LITERAL_ID, cc_ty_of(CC_V_ID));

	if (!cc_id_ok(p->tok.text))
		cc_parse_error(p, "\"%.*s\" is no id", (int)p->tok.text.n, p->tok.text.p);
	e.node->imm = cc_literal(p->c, p->tok.text);
	cc_parse_next(p);
	return e;
}

static struct cc_expr
primary(struct cc_parser *p)
{
	switch (p->tok.kind) {
	case CC_T_NUMBER:
		return constant(p, CC_V_INT, p->tok.number);
	case CC_T_DURATION:
	case CC_T_TIME:
		return constant(p, CC_V_DUR, p->tok.number);
	case CC_T_TEXT:
		return literal_id(p);
	case CC_T_NAME:
		return cc_parse_name(p);
	default:
		break;
	}
	if (cc_token_is(&p->tok, "("))
		return parenthesised(p);
	if (cc_token_is(&p->tok, "-") && cc_parse_peek(p).kind == CC_T_NUMBER) {
		cc_parse_next(p);
		return constant(p, CC_V_INT, -p->tok.number);
	}
	if (cc_token_is(&p->tok, "{"))
		return braces(p);
	cc_parse_error(p, "expected a value before '%.*s'",
	    p->tok.kind == CC_T_END ? 3 : (int)p->tok.text.n,
	    p->tok.kind == CC_T_END ? "end" : p->tok.text.p);
	return absent(p);
}

static struct cc_expr
postfix(struct cc_parser *p)
{
	struct cc_expr e = primary(p);

	while (!p->failed) {
		if (cc_parse_take(p, "."))
			e = cc_parse_member(p, e);
		else if (cc_parse_take(p, "["))
			e = cc_parse_filter(p, e);
		else
			break;
	}
	return e;
}

static struct cc_expr
merged(struct cc_parser *p)
{
	struct cc_expr e = postfix(p);

	while (cc_parse_take(p, "|")) {
		struct cc_expr y = cc_coerce(p, postfix(p), CC_V_EVENTS, "|");

		e = cc_coerce(p, e, CC_V_EVENTS, "|");
		if (p->failed || !cc_unify(p, &e, &y, "|"))
			break;
		e = cc_binary(p, CC_OP_MERGE, e.ty, e, y);
	}
	return e;
}

/* ---- bounds ---- */

static struct cc_expr
bound(struct cc_parser *p, struct cc_expr e, enum cc_bound how, struct cc_expr at)
{
	bool place = how == CC_PRECEDING || how == CC_FOLLOWING;

	at = cc_coerce(p, at, place ? CC_V_EVENT : CC_V_INSTANT, "bound");
	e = cc_binary(p, CC_OP_BOUND, e.ty, e, at);
	e.node->how = (uint8_t)how;
	return e;
}

/* S in span: from its start until its end. */
static struct cc_expr
within(struct cc_parser *p, struct cc_expr e)
{
	struct cc_expr span = cc_parse_operand(p), start, end;

	if (p->failed)
		return e;
	start = cc_member_of(p, span, CC_STR("start"));
	end = cc_member_of(p, span, CC_STR("end"));
	if (span.ty.v != CC_V_REC || start.node == NULL || end.node == NULL) {
		cc_parse_error(p, "expected a span after 'in', found %s", cc_ty_text(&span.ty));
		return e;
	}
	return bound(p, bound(p, e, CC_FROM, start), CC_UNTIL, end);
}

static struct cc_expr
bounded(struct cc_parser *p)
{
	static const char *const words[] = {"from", "after", "until", "before", "preceding",
	    "following"};
	struct cc_expr e = merged(p);

	while (!p->failed && (e.ty.v == CC_V_EVENTS || e.ty.v == CC_V_EVENT)) {
		unsigned i = 0;

		while (i < 6 && !cc_token_is(&p->tok, words[i]))
			i++;
		if (i == 6 && !(e.ty.v == CC_V_EVENTS && cc_token_is(&p->tok, "in")))
			break;
		if (e.ty.v == CC_V_EVENT)
			e = cc_coerce(p, e, CC_V_EVENTS, "bound");
		cc_parse_next(p);
		e = i == 6 ? within(p, e) : bound(p, e, (enum cc_bound)i, cc_parse_operand(p));
	}
	return e;
}

static bool
begins_value(const struct cc_token *t)
{
	static const char *const after[] = {"and", "or", "then", "else", "otherwise", "in",
	    "from", "until", "before", "preceding", "following", "is"};

	if (t->kind == CC_T_NAME) {
		for (unsigned i = 0; i < sizeof after / sizeof after[0]; i++)
			if (cc_token_is(t, after[i]))
				return false;
		return true;
	}
	return cc_token_is(t, "(") || cc_token_is(t, "{");
}

static struct cc_expr
prefixed(struct cc_parser *p)
{
	static const struct {
		const char *word;
		enum cc_op op;
	} words[] = {{"first", CC_OP_FIRST}, {"last", CC_OP_LAST}, {"any", CC_OP_EXISTS},
	    {"no", CC_OP_NOT}, {"count", CC_OP_COUNT}};
	struct cc_token after = cc_parse_peek(p);
	struct cc_expr e;
	unsigned i = 0;

	while (i < 5 && !cc_token_is(&p->tok, words[i].word))
		i++;
	if (i == 5 || !begins_value(&after))
		return bounded(p);
	cc_parse_next(p);
	if (words[i].op == CC_OP_FIRST && cc_token_is(&p->tok, "moment")) {
		cc_parse_next(p);
		return moment(p);
	}
	e = bounded(p);
	if (p->failed)
		return e;
	if (e.ty.v < CC_V_EVENTS && e.ty.v != CC_V_ANY && e.ty.v != CC_V_EVENT) {
		cc_parse_error(p, "'%s' wants a sequence, found %s", words[i].word,
		    cc_ty_text(&e.ty));
		return e;
	}
	if (e.ty.v == CC_V_EVENT)
		e = cc_coerce(p, e, CC_V_EVENTS, words[i].word);
	switch (words[i].op) {
	case CC_OP_NOT:
		e = cc_unary(p, CC_OP_EXISTS, cc_ty_of(CC_V_BOOL), e);
		return cc_unary(p, CC_OP_NOT, cc_ty_of(CC_V_BOOL), e);
	case CC_OP_EXISTS:
		return cc_unary(p, CC_OP_EXISTS, cc_ty_of(CC_V_BOOL), e);
	case CC_OP_COUNT:
		return cc_unary(p, CC_OP_COUNT, cc_ty_of(CC_V_INT), e);
	default:
		return cc_unary(p, words[i].op, cc_ty_element(&e.ty), e);
	}
}

/* ---- sums, otherwise ---- */

static struct cc_expr
sums(struct cc_parser *p, struct cc_expr (*part)(struct cc_parser *))
{
	struct cc_expr e = part(p);

	while (!p->failed) {
		if (cc_parse_take(p, "+"))
			e = cc_sum(p, CC_OP_ADD, e, part(p));
		else if (cc_parse_take(p, "-"))
			e = cc_sum(p, CC_OP_SUB, e, part(p));
		else
			break;
	}
	return e;
}

/* The operand of a bound has no bounds of its own, unless in parentheses. */
struct cc_expr
cc_parse_operand(struct cc_parser *p)
{
	return sums(p, merged);
}

static struct cc_expr
quantified(struct cc_parser *p)
{
	enum cc_op op;

	if (is_quantifier(p, &op)) {
		cc_parse_next(p);
		return quantifier(p, op);
	}
	return sums(p, prefixed);
}

struct cc_expr
cc_parse_fallback(struct cc_parser *p)
{
	struct cc_expr e = quantified(p);

	while (cc_parse_take(p, "otherwise")) {
		struct cc_expr y = quantified(p);

		if (p->failed || !cc_unify(p, &e, &y, "otherwise"))
			break;
		e = cc_binary(p, CC_OP_OTHERWISE, e.ty, e, y);
	}
	return e;
}

static struct cc_expr
negation(struct cc_parser *p)
{
	struct cc_expr e;

	if (!cc_parse_take(p, "not"))
		return cc_parse_comparison(p);
	if (++p->depth > CC_EXPR_DEPTH)
		cc_parse_error(p, "nested too deeply");
	if (p->failed)
		return absent(p);
	e = cc_coerce(p, negation(p), CC_V_BOOL, "not");
	p->depth--;
	return cc_unary(p, CC_OP_NOT, cc_ty_of(CC_V_BOOL), e);
}

static struct cc_expr
conjunction(struct cc_parser *p)
{
	struct cc_expr e = negation(p);

	while (cc_parse_take(p, "and")) {
		e = cc_coerce(p, e, CC_V_BOOL, "and");
		e = cc_binary(p, CC_OP_AND, cc_ty_of(CC_V_BOOL), e,
		    cc_coerce(p, negation(p), CC_V_BOOL, "and"));
	}
	return e;
}

static struct cc_expr
disjunction(struct cc_parser *p)
{
	struct cc_expr e = conjunction(p);

	while (cc_parse_take(p, "or")) {
		e = cc_coerce(p, e, CC_V_BOOL, "or");
		e = cc_binary(p, CC_OP_OR, cc_ty_of(CC_V_BOOL), e,
		    cc_coerce(p, conjunction(p), CC_V_BOOL, "or"));
	}
	return e;
}

struct cc_expr
cc_parse_expr(struct cc_parser *p)
{
	struct cc_expr c, x, y, e;

	if (++p->depth > CC_EXPR_DEPTH)
		cc_parse_error(p, "nested too deeply");
	if (p->failed)
		return absent(p);
	if (!cc_parse_take(p, "if")) {
		e = disjunction(p);
		p->depth--;
		return e;
	}
	c = cc_coerce(p, disjunction(p), CC_V_BOOL, "if");
	cc_parse_want(p, "then");
	x = cc_parse_expr(p);
	cc_parse_want(p, "else");
	y = cc_parse_expr(p);
	p->depth--;
	if (p->failed || !cc_unify(p, &x, &y, "then and else"))
		return absent(p);
	e = cc_binary(p, CC_OP_IF, x.ty, c, x);
	e.node->k[2] = y.node;
	return e;
}

static bool
open_text(struct cc_parser *p, struct cc_compiler *c, struct cc_scope *s,
    const struct cc_yaml *yaml)
{
	memset(p, 0, sizeof *p);
	p->c = c;
	p->scope = s;
	p->yaml = yaml;
	if (!cc_yaml_is_text(yaml, "expression", c->d)) {
		p->failed = true;
		return false;
	}
	p->lexer = (struct cc_lexer){yaml->text, yaml->len, 0};
	cc_parse_next(p);
	return true;
}

struct cc_expr
cc_compile_text(struct cc_compiler *c, struct cc_scope *s, const struct cc_yaml *yaml)
{
	struct cc_parser p;
	struct cc_expr e;

	if (!open_text(&p, c, s, yaml))
		return absent(&p);
	e = cc_parse_expr(&p);
	if (!p.failed && p.tok.kind != CC_T_END)
		cc_parse_error(&p, "'%.*s' was not expected here", (int)p.tok.text.n,
		    p.tok.text.p);
	if (s->nslots > CC_FRAME_MAX)
		cc_parse_error(&p, "too many names in one declaration");
	return p.failed ? absent(&p) : e;
}

bool
cc_compile_generator(struct cc_compiler *c, struct cc_scope *s,
    const struct cc_yaml *yaml, struct cc_gen *ret)
{
	struct cc_parser p;
	struct cc_token name;
	struct cc_expr seq;
	uint16_t slot;

	if (!open_text(&p, c, s, yaml))
		return false;
	name = p.tok;
	if (name.kind != CC_T_NAME)
		cc_parse_error(&p, "expected 'NAME in SEQUENCE'");
	cc_parse_next(&p);
	cc_parse_want(&p, "in");
	seq = bounded(&p);
	if (!p.failed && p.tok.kind != CC_T_END)
		cc_parse_error(&p, "'%.*s' was not expected here", (int)p.tok.text.n,
		    p.tok.text.p);
	if (!p.failed && seq.ty.v < CC_V_EVENTS)
		cc_parse_error(&p, "expected a sequence after 'in', found %s",
		    cc_ty_text(&seq.ty));
	if (p.failed) {
		/* The name is known all the same, so that one mistake is one. */
		(void)cc_scope_add(s, name.text.p, name.text.n, cc_ty_of(CC_V_ANY), &slot);
		return false;
	}
	ret->text = yaml->text;
	ret->seq = seq.node;
	ret->name = cc_text_copy(c, name.text);
	return cc_scope_add(s, name.text.p, name.text.n, cc_ty_element(&seq.ty), &ret->slot);
}
