#include "policy/compile.h"

#include <string.h>

enum { CC_ARGS_MAX = 8 };

/* What a function takes and gives. */
struct function {
	const char *name;
	enum cc_op op;
	uint8_t nargs;
	enum cc_vtype args[3];
	enum cc_vtype result;
};

static const struct function functions[] = {
	{"D", CC_OP_DAY, 1, {CC_V_INSTANT}, CC_V_DATE},
	{"SOD", CC_OP_SOD, 1, {CC_V_DATE}, CC_V_INSTANT},
	{"EOD", CC_OP_EOD, 1, {CC_V_DATE}, CC_V_INSTANT},
	{"LOCAL", CC_OP_LOCAL, 2, {CC_V_DATE, CC_V_DUR}, CC_V_INSTANT},
	{"BD", CC_OP_BD, 2, {CC_V_DATE, CC_V_INT}, CC_V_DATE},
	{"BD_FROM", CC_OP_BD_FROM, 2, {CC_V_DATE, CC_V_INT}, CC_V_DATE},
	{"BD_END", CC_OP_BD_END, 2, {CC_V_DATE, CC_V_INT}, CC_V_INSTANT},
	{"NBD", CC_OP_NBD, 1, {CC_V_INSTANT}, CC_V_DATE},
	{"in_block", CC_OP_IN_BLOCK, 1, {CC_V_INSTANT}, CC_V_BOOL},
	{"business_day", CC_OP_BUSINESS_DAY, 1, {CC_V_DATE}, CC_V_BOOL},
	{"business_elapsed", CC_OP_BUSINESS_ELAPSED, 2, {CC_V_INSTANT, CC_V_DUR}, CC_V_INSTANT},
	{"months", CC_OP_MONTHS, 2, {CC_V_DATE, CC_V_INT}, CC_V_DATE},
	{"longest_gap", CC_OP_LONGEST_GAP, 3, {CC_V_INSTANT, CC_V_EVENTS, CC_V_INSTANT},
	    CC_V_INT},
};

/* Functions of any number of arguments of one type. */
static const struct {
	const char *name;
	enum cc_op op;
} many[] = {
	{"earliest", CC_OP_EARLIEST}, {"latest", CC_OP_LATEST}, {"all_of", CC_OP_ALL},
	{"union", CC_OP_UNION}, {"minus", CC_OP_MINUS}, {"ids", CC_OP_IDS},
};

enum { NFUNCTIONS = sizeof functions / sizeof functions[0],
	NMANY = sizeof many / sizeof many[0] };

static bool
same(struct cc_str s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

bool
cc_is_function(struct cc_str name)
{
	for (unsigned i = 0; i < NFUNCTIONS; i++)
		if (same(name, functions[i].name))
			return true;
	for (unsigned i = 0; i < NMANY; i++)
		if (same(name, many[i].name))
			return true;
	return same(name, "clocks");
}

static unsigned
arguments(struct cc_parser *p, struct cc_expr args[CC_ARGS_MAX])
{
	unsigned n = 0;

	cc_parse_want(p, "(");
	while (!p->failed && !cc_token_is(&p->tok, ")")) {
		if (n == CC_ARGS_MAX) {
			cc_parse_error(p, "more than %d arguments", (int)CC_ARGS_MAX);
			break;
		}
		args[n++] = cc_parse_expr(p);
		if (!cc_parse_take(p, ","))
			break;
	}
	cc_parse_want(p, ")");
	return n;
}

static void
set_args(struct cc_parser *p, struct cc_expr e, const struct cc_expr *args, unsigned n)
{
	const struct cc_node **v = cc_arena_array(p->c->a, n, sizeof *v);

	if (v == NULL) {
		cc_parse_error(p, "out of memory");
		return;
	}
	for (unsigned i = 0; i < n; i++)
		v[i] = args[i].node;
	e.node->args = v;
	e.node->nargs = (uint16_t)n;
}

static struct cc_expr
call_function(struct cc_parser *p, const struct function *f)
{
	struct cc_expr args[CC_ARGS_MAX];
	unsigned n = arguments(p, args);
	struct cc_expr e = cc_node_new(p, f->op, cc_ty_of(f->result));

	if (!p->failed && n != f->nargs)
		cc_parse_error(p, "%s wants %u argument%s, found %u", f->name, f->nargs,
		    f->nargs == 1 ? "" : "s", n);
	for (unsigned i = 0; !p->failed && i < n; i++)
		e.node->k[i] = cc_coerce(p, args[i], f->args[i], f->name).node;
	return e;
}

static struct cc_expr
call_many(struct cc_parser *p, enum cc_op op, const char *name)
{
	struct cc_expr args[CC_ARGS_MAX];
	unsigned n = arguments(p, args);
	struct cc_expr e;
	bool seq = op == CC_OP_UNION || op == CC_OP_MINUS || op == CC_OP_IDS;

	if (!p->failed && n == 0)
		cc_parse_error(p, "%s wants at least one argument", name);
	/* Twice: the common type may show only at the last. */
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 1; !p->failed && i < n && !seq; i++)
			if (!cc_unify(p, &args[0], &args[i], name))
				break;
	for (unsigned i = 0; !p->failed && i < n && seq; i++) {
		if (op == CC_OP_IDS || args[i].ty.v < CC_V_EVENTS)
			args[i] = cc_coerce(p, args[i], op == CC_OP_IDS ? CC_V_ID : CC_V_IDS, name);
		if (op == CC_OP_UNION && args[i].ty.v == CC_V_EVENTS)
			cc_parse_error(p, "union puts ids together; for events say a | b");
		if (!p->failed && op != CC_OP_IDS)
			(void)cc_unify(p, &args[0], &args[i], name);
	}
	if (p->failed)
		return cc_node_new(p, CC_OP_ABSENT, cc_ty_of(CC_V_ANY));
	if (!seq && args[0].ty.v >= CC_V_EVENTS)
		cc_parse_error(p, "%s wants single values, found %s; say first or last", name,
		    cc_ty_text(&args[0].ty));
	e = cc_node_new(p, op, op == CC_OP_IDS ? cc_ty_of(CC_V_IDS) : args[0].ty);
	set_args(p, e, args, n);
	return e;
}

static void
no_rule(struct cc_parser *p)
{
	const char *ids[CC_DECLS_MAX], *near;
	unsigned n = 0;

	if (p->tok.kind != CC_T_TEXT) {
		cc_parse_error(p, "expected the id of a rule, quoted");
		return;
	}
	for (unsigned i = 0; i < p->c->ndecls; i++)
		if (p->c->decls[i].kind == CC_D_RULE)
			ids[n++] = p->c->decls[i].name;
	near = cc_nearest(p->tok.text.p, p->tok.text.n, ids, n);
	cc_parse_error(p, "there is no rule '%.*s'%s%s%s", (int)p->tok.text.n, p->tok.text.p,
	    near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
}

/* clocks("rule-a", "rule-b") */
static struct cc_expr
call_clocks(struct cc_parser *p)
{
	struct cc_expr e = cc_node_new(p, CC_OP_CLOCKS, cc_ty_of(CC_V_RECS));
	uint16_t *refs = cc_arena_array(p->c->a, CC_KINDS_MAX, sizeof *refs);

	cc_parse_want(p, "(");
	while (!p->failed && refs != NULL) {
		struct cc_decl *d = p->tok.kind == CC_T_TEXT ?
		    cc_decl_rule(p->c, p->tok.text) : NULL;

		if (d == NULL) {
			no_rule(p);
			break;
		}
		if (e.node->nrefs == CC_KINDS_MAX) {
			cc_parse_error(p, "too many rules in clocks()");
			break;
		}
		if (!cc_decl_ready(p, d))
			break;
		cc_types_join(&p->scope->deps, &d->deps);
		p->c->rules[d->index].listed = true;
		refs[e.node->nrefs++] = d->index;
		e.ty.kinds[e.ty.nkinds++] = d->kinddef;
		cc_parse_next(p);
		if (!cc_parse_take(p, ","))
			break;
	}
	cc_parse_want(p, ")");
	e.node->refs = refs;
	return e;
}

/* ---- declarations ---- */

/* A field that an event's type lacks is absent; one that it has must be what the
 * parameter's types say. */
static bool
same_fields(const struct cc_schema *s, const struct cc_types *want, const struct cc_event_type *is)
{
	for (uint16_t i = 0; i < s->ntypes; i++) {
		const struct cc_event_type *w = &s->types[i];

		for (uint16_t k = 0; cc_types_has(want, i) && k < w->nfields; k++) {
			int at = is->slot_of[w->fields[k].name_id] - 1;

			if (at >= 0 && (is->fields[at].type != w->fields[k].type ||
			    is->fields[at].list != w->fields[k].list))
				return false;
		}
	}
	return true;
}

static bool
param_fits(const struct cc_schema *s, const struct cc_ty *want, const struct cc_ty *is)
{
	if (is->v == CC_V_ANY)
		return true;
	if (want->v != is->v)
		return false;
	for (uint16_t i = 0; want->v == CC_V_EVENT && i < s->ntypes; i++)
		if (cc_types_has(&is->types, i) && !cc_types_has(&want->types, i) &&
		    !same_fields(s, &want->types, &s->types[i]))
			return false;
	for (unsigned i = 0; want->v == CC_V_REC && i < is->nkinds; i++)
		if (is->kinds[i] != want->kinds[0])
			return false;
	return true;
}

static bool
fit_args(struct cc_parser *p, struct cc_decl *d, struct cc_expr *args, unsigned n)
{
	if (!cc_decl_params(p->c, d))
		return false;
	if (n != d->nparams) {
		cc_parse_error(p, "'%s' wants %u argument%s, found %u", d->name, d->nparams,
		    d->nparams == 1 ? "" : "s", n);
		return false;
	}
	for (unsigned i = 0; i < n; i++) {
		if (d->params[i].ty.v != CC_V_EVENT && d->params[i].ty.v != CC_V_REC)
			args[i] = cc_coerce(p, args[i], d->params[i].ty.v, d->params[i].name);
		if (p->failed)
			return false;
		if (!param_fits(&p->c->pack->schema, &d->params[i].ty, &args[i].ty)) {
			cc_parse_error(p, "'%s' of '%s' is %s, found %s%s", d->params[i].name,
			    d->name, cc_ty_text(&d->params[i].ty), cc_ty_text(&args[i].ty),
			    args[i].ty.v == CC_V_EVENT ? " with other fields" : "");
			return false;
		}
	}
	return true;
}

/* `just before E`, `just after E`, `at T`, `at last` */
static bool
where(struct cc_parser *p, struct cc_expr *e)
{
	struct cc_expr at;

	if (cc_parse_take(p, "just")) {
		e->node->how = cc_token_is(&p->tok, "before") ? CC_JUST_BEFORE : CC_JUST_AFTER;
		if (!cc_parse_take(p, "before"))
			cc_parse_want(p, "after");
		at = cc_coerce(p, cc_parse_operand(p), CC_V_EVENT, "just before or after");
	} else if (cc_parse_take(p, "at")) {
		e->node->how = CC_AT_LAST;
		if (cc_parse_take(p, "last"))
			return true;
		e->node->how = CC_AT;
		at = cc_coerce(p, cc_parse_operand(p), CC_V_INSTANT, "at");
	} else {
		return false;
	}
	e->node->k[1] = at.node;
	return true;
}

static struct cc_expr
read_timeline(struct cc_parser *p, const struct cc_decl *d, const struct cc_expr *args)
{
	struct cc_expr e = cc_node_new(p, CC_OP_READ, d->result);

	e.node->ref = d->index;
	if (d->nparams > 0)
		e.node->k[0] = args[0].node;
	if (!where(p, &e))
		cc_parse_error(p, "timeline '%s' is read 'just before E', 'just after E', "
		    "'at T' or 'at last'", d->name);
	return e;
}

static struct cc_expr
read_span(struct cc_parser *p, const struct cc_decl *d, const struct cc_expr *args)
{
	struct cc_expr e = cc_node_new(p, CC_OP_SPAN_AT, cc_ty_rec(CC_V_REC, d->kinddef));

	e.node->ref = d->index;
	if (d->nparams > 0)
		e.node->k[0] = args[0].node;
	if (where(p, &e))
		return e;
	e.node->op = CC_OP_SPANS;
	e.node->type = CC_V_RECS;
	e.ty = cc_ty_rec(CC_V_RECS, d->kinddef);
	return e;
}

struct cc_expr
cc_call_decl(struct cc_parser *p, struct cc_decl *d, const struct cc_expr *args, unsigned n)
{
	struct cc_expr copy[CC_ARGS_MAX] = {{NULL, {.v = CC_V_ANY}}};
	struct cc_expr e = {NULL, cc_ty_of(CC_V_ANY)};

	for (unsigned i = 0; i < n; i++)
		copy[i] = args[i];
	if (p->failed || !cc_decl_ready(p, d) || !fit_args(p, d, copy, n))
		return cc_node_new(p, CC_OP_ABSENT, cc_ty_of(CC_V_ANY));
	cc_types_join(&p->scope->deps, &d->deps);
	switch (d->kind) {
	case CC_D_TERM:
		e = cc_node_new(p, CC_OP_CALL, d->result);
		e.node->ref = d->index;
		set_args(p, e, copy, n);
		break;
	case CC_D_TIMELINE:
		e = read_timeline(p, d, copy);
		break;
	case CC_D_SPAN:
		/* Its attributes may name its type, but not look at its stretches. */
		if (d->state == 1)
			cc_parse_error(p, "'%s' depends on itself", d->name);
		e = read_span(p, d, copy);
		break;
	case CC_D_SET:
		e = cc_node_new(p, CC_OP_MEMBERS, cc_ty_rec(CC_V_RECS, d->kinddef));
		e.node->ref = d->index;
		break;
	default:
		cc_parse_error(p, "rule '%s' is used as clocks(\"%s\")", d->name, d->name);
		break;
	}
	return e.node == NULL ? cc_node_new(p, CC_OP_ABSENT, cc_ty_of(CC_V_ANY)) : e;
}

struct cc_expr
cc_parse_call(struct cc_parser *p, struct cc_token name)
{
	struct cc_expr args[CC_ARGS_MAX];
	struct cc_decl *d;
	unsigned n;

	for (unsigned i = 0; i < NFUNCTIONS; i++)
		if (same(name.text, functions[i].name))
			return call_function(p, &functions[i]);
	for (unsigned i = 0; i < NMANY; i++)
		if (same(name.text, many[i].name))
			return call_many(p, many[i].op, many[i].name);
	if (same(name.text, "clocks"))
		return call_clocks(p);
	n = arguments(p, args);
	d = cc_decl_find(p->c, name.text);
	return cc_call_decl(p, d, args, n);
}
