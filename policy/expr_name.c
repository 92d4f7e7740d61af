#include "policy/compile.h"

#include <stdio.h>
#include <string.h>

enum { CC_MEANT_MAX = CC_SCOPE_MAX + CC_DECLS_MAX };

bool
cc_scope_add(struct cc_scope *s, const char *name, uint32_t n, struct cc_ty ty,
    uint16_t *ret_slot)
{
	if (s->nnames == CC_SCOPE_MAX)
		return false;
	s->names[s->nnames++] = (struct cc_name){name, n, ty, s->nslots};
	*ret_slot = s->nslots++;
	return true;
}

uint16_t
cc_scope_slot(struct cc_scope *s)
{
	return s->nslots++;
}

int
cc_code_of(const struct cc_compiler *c, const struct cc_ty *ty, struct cc_str text)
{
	const struct cc_schema *s = &c->pack->schema;

	for (uint16_t i = 0; ty->codes != NULL && i < ty->ncodes; i++)
		if (cc_str_eq(text, (struct cc_str){s->codes[ty->codes[i]],
		    (uint32_t)strlen(s->codes[ty->codes[i]])}))
			return ty->codes[i];
	for (uint16_t i = 0; ty->codes == NULL && i < s->ncodes; i++)
		if (cc_str_eq(text, (struct cc_str){s->codes[i], (uint32_t)strlen(s->codes[i])}))
			return i;
	return -1;
}

static struct cc_expr
slot_of(struct cc_parser *p, struct cc_ty ty, uint16_t slot)
{
	struct cc_expr e = cc_node_new(p, CC_OP_SLOT, ty);

	e.node->slot = slot;
	return e;
}

/* ---- fields and attributes ---- */

static struct cc_ty
type_of_field(const struct cc_field_def *f)
{
	static const enum cc_vtype one[] = {
		[CC_FIELD_ID] = CC_V_ID, [CC_FIELD_BOOL] = CC_V_BOOL,
		[CC_FIELD_INT] = CC_V_INT, [CC_FIELD_TIME] = CC_V_INSTANT,
		[CC_FIELD_DATE] = CC_V_DATE, [CC_FIELD_ZONE] = CC_V_INT,
		[CC_FIELD_CODE] = CC_V_CODE,
	};
	struct cc_ty t = {.v = one[f->type], .codes = f->codes, .ncodes = f->ncodes};

	return f->list ? cc_ty_sequence(&t) : t;
}

/* The field of that name in the types that have it; v ANY when none has, or when
 * they disagree. */
static struct cc_ty
field_type(const struct cc_compiler *c, const struct cc_types *types, struct cc_str name,
    uint16_t *ret_id)
{
	const struct cc_schema *s = &c->pack->schema;
	struct cc_ty ty = {.v = CC_V_ANY};

	for (uint16_t i = 0; i < s->ntypes; i++) {
		int f = cc_types_has(types, i) ? cc_schema_field(&s->types[i], name) : -1;
		struct cc_ty t;

		if (f < 0)
			continue;
		*ret_id = s->types[i].fields[f].name_id;
		t = type_of_field(&s->types[i].fields[f]);
		if (ty.v == CC_V_ANY)
			ty = t;
		else if (ty.v != t.v)
			return cc_ty_of(CC_V_ANY);
		else if (ty.ncodes != t.ncodes || ty.codes == NULL || t.codes == NULL ||
		    memcmp(ty.codes, t.codes, t.ncodes * sizeof *t.codes) != 0)
			ty.codes = NULL;
	}
	return ty;
}

static struct cc_expr
event_member(struct cc_parser *p, struct cc_expr e, struct cc_str name)
{
	uint16_t id = 0;
	struct cc_ty ty = field_type(p->c, &e.ty.types, name, &id);
	struct cc_expr r;

	if (ty.v != CC_V_ANY) {
		r = cc_unary(p, CC_OP_FIELD, ty, e);
		r.node->name = id;
		return r;
	}
	if (cc_str_eq(name, CC_STR("time")))
		return cc_unary(p, CC_OP_META_TIME, cc_ty_of(CC_V_INSTANT), e);
	if (cc_str_eq(name, CC_STR("id")))
		return cc_unary(p, CC_OP_META_ID, cc_ty_of(CC_V_ID), e);
	return (struct cc_expr){NULL, ty};
}

static bool
join_attr(struct cc_parser *p, struct cc_ty *ty, const struct cc_ty *o)
{
	if (ty->v == CC_V_ANY) {
		*ty = *o;
		return true;
	}
	if (o->v == CC_V_ANY)
		return true;
	cc_types_join(&ty->types, &o->types);
	if (ty->codes != o->codes)
		ty->codes = NULL;
	for (unsigned i = 0; i < o->nkinds; i++) {
		unsigned k = 0;

		while (k < ty->nkinds && ty->kinds[k] != o->kinds[i])
			k++;
		if (k == CC_KINDS_MAX)
			cc_parse_error(p, "more than %d kinds of records together",
			    (int)CC_KINDS_MAX);
		else if (k == ty->nkinds)
			ty->kinds[ty->nkinds++] = o->kinds[i];
	}
	return ty->v == o->v;
}

static struct cc_expr
record_member(struct cc_parser *p, struct cc_expr e, struct cc_str name)
{
	struct cc_ty ty = {.v = CC_V_ANY};
	uint16_t id = 0;
	struct cc_expr r;

	for (unsigned i = 0; i < e.ty.nkinds; i++) {
		struct cc_attrdef *a = cc_kind_find(e.ty.kinds[i], name);

		if (a == NULL)
			return (struct cc_expr){NULL, ty};
		if (!cc_attr_ready(p, a))
			return (struct cc_expr){NULL, ty};
		if (!join_attr(p, &ty, &a->ty))
			cc_parse_error(p, "'%.*s' is %s in one rule and %s in another",
			    (int)name.n, name.p, cc_ty_text(&ty), cc_ty_text(&a->ty));
		id = a->name_id;
	}
	r = cc_unary(p, CC_OP_ATTR, ty, e);
	r.node->name = id;
	return r;
}

struct cc_expr
cc_member_of(struct cc_parser *p, struct cc_expr e, struct cc_str name)
{
	if (e.ty.v == CC_V_EVENT)
		return event_member(p, e, name);
	if (e.ty.v == CC_V_REC)
		return record_member(p, e, name);
	return (struct cc_expr){NULL, cc_ty_of(CC_V_ANY)};
}

static void
no_member(struct cc_parser *p, const struct cc_ty *ty, struct cc_str name)
{
	const char *words[CC_FIELDS_MAX * 4];
	const struct cc_schema *s = &p->c->pack->schema;
	unsigned n = 0;
	const char *near;

	for (unsigned k = 0; k < ty->nkinds; k++)
		for (unsigned i = 0; i < ty->kinds[k]->nattrs && n < CC_FIELDS_MAX * 4; i++)
			words[n++] = ty->kinds[k]->attrs[i].name;
	for (uint16_t t = 0; t < s->ntypes; t++)
		for (uint16_t i = 0; cc_types_has(&ty->types, t) &&
		    i < s->types[t].nfields && n < CC_FIELDS_MAX * 4; i++)
			words[n++] = s->types[t].fields[i].name;
	near = cc_nearest(name.p, name.n, words, n);
	if (near != NULL && strlen(near) == name.n && memcmp(near, name.p, name.n) == 0) {
		cc_parse_error(p, "'%s' is not of one type in all the types of events here",
		    near);
		return;
	}
	cc_parse_error(p, "%s has no '%.*s'%s%s%s", cc_ty_text(ty), (int)name.n, name.p,
	    near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
}

/* `S.field`: of every element, each value once. */
static struct cc_expr
project(struct cc_parser *p, struct cc_expr seq, struct cc_str name)
{
	struct cc_ty el = cc_ty_element(&seq.ty);
	uint16_t slot = cc_scope_slot(p->scope);
	struct cc_expr one = cc_member_of(p, slot_of(p, el, slot), name);
	struct cc_expr e;
	struct cc_ty ty;

	if (one.node == NULL) {
		no_member(p, &seq.ty, name);
		return seq;
	}
	ty = one.ty.v >= CC_V_EVENTS ? one.ty : cc_ty_sequence(&one.ty);
	if (ty.v == CC_V_ANY || ty.v == CC_V_EVENTS)
		cc_parse_error(p, "'%.*s' cannot be collected over a sequence", (int)name.n,
		    name.p);
	e = cc_binary(p, CC_OP_PROJECT, ty, seq, one);
	e.node->slot = slot;
	return e;
}

struct cc_expr
cc_parse_member(struct cc_parser *p, struct cc_expr e)
{
	struct cc_str name = p->tok.text;
	struct cc_expr r;

	if (p->tok.kind != CC_T_NAME) {
		cc_parse_error(p, "expected a name after '.'");
		return e;
	}
	if (e.ty.v >= CC_V_EVENTS) {
		r = project(p, e, name);
	} else {
		r = cc_member_of(p, e, name);
		if (r.node == NULL && e.ty.v != CC_V_ANY)
			no_member(p, &e.ty, name);
		if (r.node == NULL)
			r = e;
	}
	cc_parse_next(p);
	return r;
}

struct cc_expr
cc_parse_filter(struct cc_parser *p, struct cc_expr e)
{
	struct cc_token peek = cc_parse_peek(p);
	unsigned names = p->scope->nnames;
	struct cc_expr cond, r;
	struct cc_ty el;
	uint16_t slot;

	if (e.ty.v == CC_V_EVENT)
		e = cc_coerce(p, e, CC_V_EVENTS, "[...]");
	if (!p->failed && e.ty.v < CC_V_EVENTS)
		cc_parse_error(p, "[...] wants a sequence before it, found %s", cc_ty_text(&e.ty));
	el = cc_ty_element(&e.ty);
	if (p->failed || p->scope->nelements == CC_ELEMENTS_MAX ||
	    !cc_scope_add(p->scope, "it", 2, el, &slot)) {
		cc_parse_error(p, "too many filters inside one another");
		return e;
	}
	p->scope->elements[p->scope->nelements++] = (struct cc_element){el, slot};
	if (p->tok.kind == CC_T_NAME && cc_token_is(&peek, ":") &&
	    p->scope->nnames < CC_SCOPE_MAX) {
		p->scope->names[p->scope->nnames++] =
		    (struct cc_name){p->tok.text.p, p->tok.text.n, el, slot};
		cc_parse_next(p);
		cc_parse_next(p);
	}
	cond = cc_coerce(p, cc_parse_expr(p), CC_V_BOOL, "condition");
	cc_parse_want(p, "]");
	p->scope->nelements--;
	p->scope->nnames = names;
	r = cc_binary(p, CC_OP_FILTER, e.ty, e, cond);
	r.node->slot = slot;
	return r;
}

/* ---- names ---- */

static struct cc_expr
selector(struct cc_parser *p, int type)
{
	struct cc_types types = {{0}};
	struct cc_expr e;

	cc_types_add(&types, (unsigned)type);
	cc_types_join(&p->scope->deps, &types);
	e = cc_node_new(p, CC_OP_SELECT, cc_ty_event(CC_V_EVENTS, &types));
	e.node->types = types;
	e.node->imm = type;
	return e;
}

/* "contact.made": two words and a dot that the schema knows. */
static bool
event_type(struct cc_parser *p, struct cc_expr *ret)
{
	struct cc_lexer l = p->lexer;
	struct cc_token dot = cc_lex_next(&l), second;
	struct cc_str name = p->tok.text;
	int type;

	if (cc_token_is(&dot, ".")) {
		second = cc_lex_next(&l);
		name.n = (uint32_t)(second.text.p + second.text.n - name.p);
		type = second.kind == CC_T_NAME ?
		    cc_schema_type(&p->c->pack->schema, name) : -1;
		if (type >= 0) {
			cc_parse_next(p);
			cc_parse_next(p);
			cc_parse_next(p);
			*ret = selector(p, type);
			return true;
		}
	}
	type = cc_schema_type(&p->c->pack->schema, p->tok.text);
	if (type < 0)
		return false;
	cc_parse_next(p);
	*ret = selector(p, type);
	return true;
}

/* A field of the innermost element, or a name in scope. */
static bool
known_name(struct cc_parser *p, struct cc_expr *ret)
{
	struct cc_scope *s = p->scope;
	struct cc_str name = p->tok.text;

	if (s->nelements > 0 && !cc_str_eq(name, CC_STR("it"))) {
		struct cc_element *el = &s->elements[s->nelements - 1];

		*ret = cc_member_of(p, slot_of(p, el->ty, el->slot), name);
		if (ret->node != NULL)
			return true;
	}
	for (unsigned i = s->nnames; i-- > 0;)
		if (cc_str_eq(name, (struct cc_str){s->names[i].name, s->names[i].n})) {
			*ret = slot_of(p, s->names[i].ty, s->names[i].slot);
			return true;
		}
	if (s->own != NULL) {
		struct cc_attrdef *a = cc_kind_find(s->own, name);

		if (a != NULL && cc_attr_ready(p, a)) {
			*ret = slot_of(p, a->ty, (uint16_t)(1 + a->place));
			return true;
		}
	}
	return false;
}

static bool
literal_word(struct cc_parser *p, struct cc_expr *ret)
{
	if (cc_token_is(&p->tok, "yes") || cc_token_is(&p->tok, "no")) {
		*ret = cc_node_new(p, CC_OP_CONST, cc_ty_of(CC_V_BOOL));
		ret->node->imm = cc_token_is(&p->tok, "yes");
	} else if (cc_token_is(&p->tok, "absent")) {
		*ret = cc_node_new(p, CC_OP_ABSENT, cc_ty_of(CC_V_ANY));
	} else if (cc_token_is(&p->tok, "beginning")) {
		*ret = cc_node_new(p, CC_OP_CONST, cc_ty_of(CC_V_INSTANT));
		ret->node->imm = INT64_MIN / 2;
	} else if (cc_token_is(&p->tok, "case")) {
		*ret = cc_node_new(p, CC_OP_LITERAL_ID, cc_ty_of(CC_V_ID));
		ret->node->imm = cc_literal(p->c, CC_STR("case"));
	} else {
		return false;
	}
	return true;
}

static bool
any_code(struct cc_parser *p, struct cc_expr *ret)
{
	int code = cc_code_of(p->c, &(struct cc_ty){.v = CC_V_CODE}, p->tok.text);

	if (code < 0)
		return false;
	*ret = cc_node_new(p, CC_OP_CONST, cc_ty_of(CC_V_CODE));
	ret->node->imm = code;
	return true;
}

/* What may have been meant: a name in scope, a declaration, an event type, or a
 * code of what stands beside it. */
struct meant {
	const char *words[CC_MEANT_MAX];
	char text[CC_SCOPE_MAX][64];
	unsigned n;
};

static void
may_mean(struct meant *m, const char *word)
{
	if (m->n < CC_MEANT_MAX)
		m->words[m->n++] = word;
}

static void
members_meant(const struct cc_parser *p, const struct cc_ty *ty, struct meant *m)
{
	const struct cc_schema *s = &p->c->pack->schema;

	for (unsigned k = 0; k < ty->nkinds; k++)
		for (unsigned i = 0; i < ty->kinds[k]->nattrs; i++)
			may_mean(m, ty->kinds[k]->attrs[i].name);
	for (uint16_t t = 0; t < s->ntypes; t++)
		for (uint16_t i = 0; cc_types_has(&ty->types, t) && i < s->types[t].nfields; i++)
			may_mean(m, s->types[t].fields[i].name);
}

static void
collect_meant(const struct cc_parser *p, struct meant *m)
{
	const struct cc_schema *s = &p->c->pack->schema;

	for (unsigned i = 0; p->beside != NULL && i < p->beside->ncodes; i++)
		may_mean(m, s->codes[p->beside->codes[i]]);
	if (p->scope->nelements > 0)
		members_meant(p, &p->scope->elements[p->scope->nelements - 1].ty, m);
	for (unsigned i = 0; i < p->scope->nnames; i++) {
		(void)snprintf(m->text[i], sizeof m->text[i], "%.*s",
		    (int)p->scope->names[i].n, p->scope->names[i].name);
		may_mean(m, m->text[i]);
	}
	for (uint16_t i = 0; i < s->ntypes; i++)
		may_mean(m, s->types[i].name);
	for (unsigned i = 0; i < p->c->ndecls; i++)
		if (p->c->decls[i].kind != CC_D_RULE)
			may_mean(m, p->c->decls[i].name);
}

/* The word, with what stands behind a dot: event types have one. */
static struct cc_str
dotted(const struct cc_parser *p)
{
	struct cc_lexer l = p->lexer;
	struct cc_token dot = cc_lex_next(&l), second = cc_lex_next(&l);
	struct cc_str name = p->tok.text;

	if (cc_token_is(&dot, ".") && second.kind == CC_T_NAME)
		name.n = (uint32_t)(second.text.p + second.text.n - name.p);
	return name;
}

static void
unknown_name(struct cc_parser *p)
{
	struct meant m = {.n = 0};
	struct cc_str name = dotted(p);
	const char *near;

	if (cc_token_is(&p->tok, "first") || cc_token_is(&p->tok, "last")) {
		cc_parse_error(p, "'%.*s' wants a sequence behind it, and after a bound both "
		    "stand in parentheses: (%.*s ...)", (int)p->tok.text.n, p->tok.text.p,
		    (int)p->tok.text.n, p->tok.text.p);
		return;
	}
	collect_meant(p, &m);
	near = cc_nearest(name.p, name.n, m.words, m.n);
	if (near == NULL) {
		name = p->tok.text;
		near = cc_nearest(name.p, name.n, m.words, m.n);
	}
	cc_parse_error(p, "unknown name '%.*s'%s%s%s", (int)name.n, name.p,
	    near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
}

struct cc_expr
cc_parse_name(struct cc_parser *p)
{
	struct cc_token name = p->tok, peek = cc_parse_peek(p);
	struct cc_expr e = {NULL, cc_ty_of(CC_V_ANY)};
	struct cc_decl *d;

	if (cc_token_is(&peek, "(") && (cc_is_function(name.text) ||
	    cc_decl_find(p->c, name.text) != NULL)) {
		cc_parse_next(p);
		return cc_parse_call(p, name);
	}
	if (event_type(p, &e))
		return e;
	if (known_name(p, &e) || literal_word(p, &e)) {
		cc_parse_next(p);
		return e;
	}
	d = p->failed ? NULL : cc_decl_find(p->c, name.text);
	if (d != NULL) {
		cc_parse_next(p);
		return cc_call_decl(p, d, NULL, 0);
	}
	if (!p->failed && any_code(p, &e)) {
		cc_parse_next(p);
		return e;
	}
	if (!p->failed)
		unknown_name(p);
	return cc_node_new(p, CC_OP_ABSENT, cc_ty_of(CC_V_ANY));
}
