#include "policy/compile.h"

#include <string.h>

static void
add_params(struct cc_scope *s, const struct cc_decl *d)
{
	uint16_t slot;

	for (unsigned i = 0; i < d->nparams; i++)
		(void)cc_scope_add(s, d->params[i].name, (uint32_t)strlen(d->params[i].name),
		    d->params[i].ty, &slot);
}

/* The set or span of a parameter first: its attributes are what the body reads. */
static void
ready_params(struct cc_compiler *c, struct cc_scope *s, struct cc_decl *d)
{
	struct cc_parser p = {.c = c, .scope = s, .yaml = d->yaml};

	for (unsigned i = 0; i < d->nparams; i++) {
		struct cc_decl *of = d->params[i].ty.v != CC_V_REC ? NULL :
		    cc_decl_find(c, (struct cc_str){d->params[i].ty.kinds[0]->name,
		    (uint32_t)strlen(d->params[i].ty.kinds[0]->name)});

		if (of != NULL && cc_decl_ready(&p, of))
			cc_types_join(&s->deps, &of->deps);
	}
}

/* Worth remembering: few scalar arguments; a sequence of events only when it
 * has none, since a bounded walk is cheaper. */
static bool
worth_memo(const struct cc_decl *d)
{
	if (d->nparams > 3)
		return false;
	for (unsigned i = 0; i < d->nparams; i++)
		if (d->params[i].ty.v >= CC_V_EVENTS)
			return false;
	return d->nparams == 0 || d->result.v != CC_V_EVENTS;
}

void
cc_compile_term(struct cc_compiler *c, struct cc_decl *d)
{
	static const char *const keys[] = {"term", "is"};
	const struct cc_yaml *is = cc_yaml_get(d->yaml, "is");
	struct cc_scope s = {.nslots = 0};
	struct cc_term *t = &c->terms[d->index];
	struct cc_expr e;

	(void)cc_yaml_keys(d->yaml, d->name, keys, 2, c->d);
	if (is == NULL) {
		cc_diag(c->d, d->at, "term '%s': the key 'is' is missing", d->name);
		return;
	}
	ready_params(c, &s, d);
	add_params(&s, d);
	e = cc_compile_text(c, &s, is);
	d->result = e.ty;
	d->deps = s.deps;
	t->name = d->name;
	t->nparams = d->nparams;
	t->nslots = s.nslots;
	t->body = e.node;
	t->memo = worth_memo(d);
	t->text = is->kind == CC_YAML_SCALAR ? is->text : NULL;
	t->file = d->at.file;
	t->line = d->at.line;
}

/* ---- timelines ---- */

static uint16_t *
codes_of(struct cc_compiler *c, const struct cc_yaml *list, const char *what,
    const struct cc_ty *from, uint16_t *ret_n)
{
	uint16_t *v;

	if (list == NULL || !cc_yaml_is_list(list, what, c->d))
		return NULL;
	v = cc_arena_array(c->a, list->n, sizeof *v);
	for (uint32_t i = 0; v != NULL && i < list->n; i++) {
		int code;

		if (!cc_yaml_is_text(list->items[i], what, c->d))
			return NULL;
		code = cc_code_of(c, from,
		    (struct cc_str){list->items[i]->text, list->items[i]->len});
		if (code < 0) {
			cc_diag(c->d, list->items[i]->at, "%s: unknown code '%.40s'", what,
			    list->items[i]->text);
			return NULL;
		}
		v[(*ret_n)++] = (uint16_t)code;
	}
	return v;
}

struct tl {
	struct cc_compiler *c;
	struct cc_decl *d;
	struct cc_scope s;
	struct cc_timeline *t;
	struct cc_types types;	/* of the events that set it */
	struct cc_expr *on;	/* of each entry */
};

static const struct cc_node *
coded(struct tl *t, const struct cc_yaml *y, const struct cc_ty *want)
{
	struct cc_parser p = {.c = t->c, .scope = &t->s, .yaml = y};
	struct cc_expr e;

	/* A bare word of `values` is that value, whatever else has the name. */
	if (y->kind == CC_YAML_SCALAR) {
		int code = cc_code_of(t->c, want, (struct cc_str){y->text, y->len});

		if (code >= 0) {
			e = cc_node_new(&p, CC_OP_CONST, cc_ty_of(CC_V_CODE));
			e.node->imm = code;
			return e.node;
		}
	}
	e = cc_coerce(&p, cc_compile_text(t->c, &t->s, y), CC_V_CODE, "value of a timeline");
	return e.node;
}

static void
entry(struct tl *t, const struct cc_yaml *y, const struct cc_expr *set_by,
    struct cc_step_rule *r)
{
	static const char *const keys[] = {"on", "when", "to", "at"};
	const struct cc_yaml *on = cc_yaml_get(y, "on"), *when = cc_yaml_get(y, "when");
	const struct cc_yaml *to = cc_yaml_get(y, "to"), *at = cc_yaml_get(y, "at");
	struct cc_parser p = {.c = t->c, .scope = &t->s, .yaml = on};

	(void)cc_yaml_keys(y, t->d->name, keys, 4, t->c->d);
	if (on == NULL || to == NULL) {
		cc_diag(t->c->d, y->at, "timeline '%s': an entry needs 'on' and 'to'",
		    t->d->name);
		return;
	}
	r->on = set_by->node;
	t->s.names[CC_TL_IT].ty = cc_ty_event(CC_V_EVENT, &set_by->ty.types);
	t->s.names[CC_TL_SINCE].ty = cc_ty_event(CC_V_EVENT, &t->types);
	if (when != NULL) {
		p.yaml = when;
		r->when = cc_coerce(&p, cc_compile_text(t->c, &t->s, when), CC_V_BOOL,
		    "when").node;
	}
	r->to = coded(t, to, &t->d->result);
	if (at != NULL) {
		p.yaml = at;
		r->at = cc_coerce(&p, cc_compile_text(t->c, &t->s, at), CC_V_INSTANT, "at").node;
	}
}

/* The types of all entries are known before `since` is read in one of them. */
static void
collect_types(struct tl *t, const struct cc_yaml *set)
{
	for (uint32_t i = 0; i < set->n; i++) {
		const struct cc_yaml *on = cc_yaml_get(set->items[i], "on");
		struct cc_parser p = {.c = t->c, .scope = &t->s, .yaml = on};

		if (on == NULL)
			continue;
		t->on[i] = cc_coerce(&p, cc_compile_text(t->c, &t->s, on), CC_V_EVENTS, "on");
		cc_types_join(&t->types, &t->on[i].ty.types);
	}
}

static void
timeline_scope(struct tl *t)
{
	struct cc_ty key = t->d->nparams > 0 ? t->d->params[0].ty : cc_ty_of(CC_V_ANY);
	const char *name = t->d->nparams > 0 ? t->d->params[0].name : "";
	uint16_t slot;

	(void)cc_scope_add(&t->s, name, (uint32_t)strlen(name), key, &slot);
	(void)cc_scope_add(&t->s, "it", 2, cc_ty_of(CC_V_ANY), &slot);
	(void)cc_scope_add(&t->s, "value", 5, t->d->result, &slot);
	(void)cc_scope_add(&t->s, "since", 5, cc_ty_of(CC_V_ANY), &slot);
}

void
cc_compile_timeline(struct cc_compiler *c, struct cc_decl *d)
{
	static const char *const keys[] = {"timeline", "values", "initial", "begins", "set",
	    "same_second"};
	static const char *const last[] = {"last"};
	struct tl t = {.c = c, .d = d, .t = &c->timelines[d->index]};
	const struct cc_yaml *set = cc_yaml_get(d->yaml, "set");
	const struct cc_yaml *initial = cc_yaml_get(d->yaml, "initial");
	const struct cc_yaml *begins = cc_yaml_get(d->yaml, "begins");
	const struct cc_yaml *second = cc_yaml_get(d->yaml, "same_second");
	struct cc_step_rule *rules;

	(void)cc_yaml_keys(d->yaml, d->name, keys, 6, c->d);
	d->result = cc_ty_of(CC_V_CODE);
	d->result.codes = codes_of(c, cc_yaml_get(d->yaml, "values"), "values",
	    &(struct cc_ty){.v = CC_V_CODE}, &d->result.ncodes);
	if (d->result.codes == NULL || set == NULL || !cc_yaml_is_list(set, "set", c->d) ||
	    d->nparams > 1) {
		cc_diag(c->d, d->at, "timeline '%s' needs 'values' and 'set', and has at most "
		    "one parameter", d->name);
		return;
	}
	ready_params(c, &t.s, d);
	timeline_scope(&t);
	t.t->name = d->name;
	t.t->keyed = d->nparams > 0;
	t.t->last_in_second = second != NULL &&
	    cc_yaml_word(second, last, 1, "same_second", c->d) == 0;
	if (begins != NULL) {
		struct cc_parser p = {.c = c, .scope = &t.s, .yaml = begins};

		struct cc_expr e = cc_coerce(&p, cc_compile_text(c, &t.s, begins),
		    CC_V_EVENT, "begins");

		t.t->begins = e.node;
		cc_types_join(&t.types, &e.ty.types);
	}
	if (initial != NULL)
		t.t->initial = coded(&t, initial, &d->result);
	rules = cc_arena_array(c->a, set->n, sizeof *rules);
	t.on = cc_arena_array(c->a, set->n, sizeof *t.on);
	if (rules == NULL || t.on == NULL)
		return;
	collect_types(&t, set);
	for (uint32_t i = 0; i < set->n; i++)
		entry(&t, set->items[i], &t.on[i], &rules[i]);
	t.t->set = rules;
	t.t->nset = (uint16_t)set->n;
	t.t->nslots = t.s.nslots;
	d->deps = t.s.deps;
	/* What sets it is what its spans begin and end with. */
	d->result.types = t.types;
}

/* ---- spans ---- */

struct sp {
	struct cc_compiler *c;
	struct cc_decl *d, *tl;
	struct cc_scope s;
};

bool
cc_attr_ready(struct cc_parser *p, struct cc_attrdef *a)
{
	struct cc_compiler *c = p->c;
	struct cc_scope *s = p->scope;
	struct cc_scope outer;
	struct cc_expr e;

	if (a->state == 2)
		return true;
	if (a->state == 1 || s->own == NULL || cc_kind_find(s->own, (struct cc_str){a->name,
	    (uint32_t)strlen(a->name)}) != a) {
		cc_parse_error(p, "attribute '%s' depends on itself", a->name);
		return false;
	}
	/* Attributes see only what the span gives: names of an expression that is
	 * under way are put aside. */
	a->state = 1;
	outer = *s;
	s->nelements = 0;
	s->nnames = s->nnames < 5 ? s->nnames : 5;
	e = cc_compile_text(c, s, a->yaml);
	memcpy(s->names, outer.names, sizeof s->names);
	memcpy(s->elements, outer.elements, sizeof s->elements);
	s->nnames = outer.nnames;
	s->nelements = outer.nelements;
	a->ty = e.ty;
	a->node = e.node;
	a->order = s->own->nordered++;
	a->state = 2;
	return true;
}

static void
declare_attrs(struct sp *sp, const struct cc_yaml *attrs)
{
	struct cc_kinddef *k = sp->d->kinddef;
	struct cc_ty ev = cc_ty_event(CC_V_EVENT, &sp->tl->result.types);
	struct cc_ty value = sp->tl->result;

	value.v = CC_V_CODE;
	(void)cc_kind_attr(sp->c, k, "start", ev);
	(void)cc_kind_attr(sp->c, k, "end", ev);
	(void)cc_kind_attr(sp->c, k, "value", value);
	(void)cc_kind_attr(sp->c, k, "prev", cc_ty_rec(CC_V_REC, k));
	for (uint32_t i = 0; attrs != NULL && attrs->kind == CC_YAML_MAP && i < attrs->n; i++) {
		struct cc_attrdef *a = &k->attrs[k->nattrs];

		if (!cc_kind_own(sp->c, k, attrs->keys[i]->text, cc_ty_of(CC_V_ANY),
		    attrs->keys[i]))
			return;
		a->yaml = attrs->items[i];
		a->state = 0;
	}
}

/* The frame: the key, the four base attributes, then the span's own, each in
 * the slot of its place. */
static void
span_scope(struct sp *sp)
{
	struct cc_kinddef *k = sp->d->kinddef;
	struct cc_ty key = sp->d->nparams > 0 ? sp->d->params[0].ty : cc_ty_of(CC_V_ANY);
	const char *name = sp->d->nparams > 0 ? sp->d->params[0].name : "";
	uint16_t slot;

	(void)cc_scope_add(&sp->s, name, (uint32_t)strlen(name), key, &slot);
	for (unsigned i = 0; i < CC_SPAN_ATTRS; i++)
		(void)cc_scope_add(&sp->s, k->attrs[i].name,
		    (uint32_t)strlen(k->attrs[i].name), k->attrs[i].ty, &slot);
	sp->s.nslots = (uint16_t)(1 + k->nattrs);
	sp->s.own = k;
}

static void
own_attrs(struct sp *sp, struct cc_span *out)
{
	struct cc_kinddef *k = sp->d->kinddef;
	struct cc_parser p = {.c = sp->c, .scope = &sp->s, .yaml = sp->d->yaml};
	const struct cc_node **v;
	uint16_t *places;

	for (unsigned i = CC_SPAN_ATTRS; i < k->nattrs; i++)
		if (!cc_attr_ready(&p, &k->attrs[i]))
			return;
	v = cc_arena_array(sp->c->a, k->nattrs, sizeof *v);
	places = cc_arena_array(sp->c->a, k->nattrs, sizeof *places);
	for (unsigned i = CC_SPAN_ATTRS; v != NULL && places != NULL && i < k->nattrs; i++) {
		v[k->attrs[i].order] = k->attrs[i].node;
		places[k->attrs[i].order] = k->attrs[i].place;
	}
	out->attrs = v;
	out->places = places;
	out->nattrs = (uint16_t)(k->nattrs - CC_SPAN_ATTRS);
}

/* `of: phase` or `of: priority(i)`: the timeline's name. */
static struct cc_decl *
timeline_of(struct cc_compiler *c, struct cc_decl *d)
{
	const struct cc_yaml *of = cc_yaml_get(d->yaml, "of");
	struct cc_decl *tl;
	struct cc_str name;

	if (of == NULL || !cc_yaml_is_text(of, "of", c->d))
		return NULL;
	name = (struct cc_str){of->text, (uint32_t)strcspn(of->text, "(")};
	tl = cc_decl_find(c, name);
	if (tl == NULL || tl->kind != CC_D_TIMELINE) {
		cc_diag(c->d, of->at, "span '%s': there is no timeline '%.*s'", d->name,
		    (int)name.n, name.p);
		return NULL;
	}
	return tl;
}

void
cc_compile_span(struct cc_compiler *c, struct cc_decl *d)
{
	static const char *const keys[] = {"span", "of", "while", "split", "attributes"};
	struct sp sp = {.c = c, .d = d};
	struct cc_span *out = &c->spans[d->index];
	const struct cc_yaml *split = cc_yaml_get(d->yaml, "split");
	struct cc_parser p = {.c = c, .scope = &sp.s, .yaml = d->yaml};

	(void)cc_yaml_keys(d->yaml, d->name, keys, 5, c->d);
	sp.tl = timeline_of(c, d);
	if (sp.tl == NULL || !cc_decl_ready(&p, sp.tl)) {
		if (cc_yaml_get(d->yaml, "of") == NULL)
			cc_diag(c->d, d->at, "span '%s': the key 'of' is missing", d->name);
		return;
	}
	if (sp.tl->nparams != d->nparams) {
		cc_diag(c->d, d->at, "span '%s' has %u parameters, its timeline %u", d->name,
		    d->nparams, sp.tl->nparams);
		return;
	}
	cc_types_join(&sp.s.deps, &sp.tl->deps);
	out->name = d->name;
	out->timeline = sp.tl->index;
	out->kind = d->kinddef->index;
	out->values = codes_of(c, cc_yaml_get(d->yaml, "while"), "while", &sp.tl->result,
	    &out->nvalues);
	if (cc_yaml_get(d->yaml, "while") == NULL)
		cc_diag(c->d, d->at, "span '%s' needs 'while': the values it lasts for", d->name);
	if (split != NULL)
		(void)cc_yaml_yes(split, &out->split, c->d);
	d->deps = sp.s.deps;
	declare_attrs(&sp, cc_yaml_get(d->yaml, "attributes"));
	span_scope(&sp);
	own_attrs(&sp, out);
	out->nslots = sp.s.nslots;
	d->deps = sp.s.deps;
}
