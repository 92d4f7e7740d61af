#include "policy/compile.h"

#include <string.h>

static bool
same(struct cc_str s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

char *
cc_text_copy(struct cc_compiler *c, struct cc_str s)
{
	return cc_arena_text(c->a, s.p, s.n);
}

static struct cc_decl *
find(struct cc_compiler *c, struct cc_str name, bool rule)
{
	for (unsigned i = 0; i < c->ndecls; i++)
		if ((c->decls[i].kind == CC_D_RULE) == rule && same(name, c->decls[i].name))
			return &c->decls[i];
	return NULL;
}

struct cc_decl *
cc_decl_find(struct cc_compiler *c, struct cc_str name)
{
	return find(c, name, false);
}

struct cc_decl *
cc_decl_rule(struct cc_compiler *c, struct cc_str id)
{
	return find(c, id, true);
}

/* "name" or "name(p: type, ...)": the name, and the parameters as written. */
static bool
split_header(struct cc_compiler *c, const struct cc_yaml *y, struct cc_decl *d)
{
	const char *open = strchr(y->text, '(');
	uint32_t n = open == NULL ? y->len : (uint32_t)(open - y->text);

	while (n > 0 && (y->text[n - 1] == ' ' || y->text[n - 1] == '\n'))
		n--;
	d->name = cc_text_copy(c, (struct cc_str){y->text, n});
	d->param_types = open;
	d->params_known = open == NULL;
	return d->name != NULL && n > 0;
}

static bool
good_name(const struct cc_decl *d)
{
	const char *s = d->name;

	for (; *s != '\0'; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || *s == '_' ||
		    (*s >= '0' && *s <= '9' && s != d->name) ||
		    (d->kind == CC_D_RULE && (*s == '-' || (*s >= '0' && *s <= '9')))))
			return false;
	return true;
}

static void
declare(struct cc_compiler *c, enum cc_decl_kind kind, const char *key,
    const struct cc_yaml *y)
{
	const struct cc_yaml *head = cc_yaml_get(y, key);
	struct cc_decl *d = &c->decls[c->ndecls];
	struct cc_decl *before;

	if (head == NULL || !cc_yaml_is_text(head, key, c->d)) {
		if (head == NULL)
			cc_diag(c->d, y->at, "expected a mapping with the key '%s'", key);
		return;
	}
	if (c->ndecls == CC_DECLS_MAX) {
		cc_diag(c->d, y->at, "more than %d declarations in one pack", (int)CC_DECLS_MAX);
		return;
	}
	memset(d, 0, sizeof *d);
	d->kind = kind;
	d->yaml = y;
	d->at = head->at;
	if (!split_header(c, head, d) || !good_name(d)) {
		cc_diag(c->d, head->at, "'%.60s' is no name (letters, digits and _%s)",
		    head->text, kind == CC_D_RULE ? " and -" : "");
		return;
	}
	if (d->param_types != NULL && (kind == CC_D_RULE || kind == CC_D_SET)) {
		cc_diag(c->d, head->at, "'%s': a %s has no parameters", d->name, key);
		return;
	}
	before = find(c, (struct cc_str){d->name, (uint32_t)strlen(d->name)}, kind == CC_D_RULE);
	if (before != NULL) {
		cc_diag(c->d, head->at, "'%s' is declared twice (first in %s:%u)", d->name,
		    before->at.file, before->at.line);
		return;
	}
	c->ndecls++;
}

bool
cc_declare_file(struct cc_compiler *c, const struct cc_yaml *root)
{
	static const char *const keys[] = {"terms", "timelines", "spans", "sets", "rules"};
	static const struct {
		enum cc_decl_kind kind;
		const char *list, *key;
	} lists[] = {{CC_D_TERM, "terms", "term"}, {CC_D_TIMELINE, "timelines", "timeline"},
	    {CC_D_SPAN, "spans", "span"}, {CC_D_SET, "sets", "set"}, {CC_D_RULE, "rules", "rule"}};

	if (!cc_yaml_keys(root, "file", keys, 5, c->d) && root->kind != CC_YAML_MAP)
		return false;
	for (unsigned k = 0; k < 5; k++) {
		const struct cc_yaml *l = cc_yaml_get(root, lists[k].list);

		if (l == NULL || !cc_yaml_is_list(l, lists[k].list, c->d))
			continue;
		for (uint32_t i = 0; i < l->n; i++)
			declare(c, lists[k].kind, lists[k].key, l->items[i]);
	}
	return true;
}

/* ---- parameters ---- */

struct header {
	struct cc_compiler *c;
	struct cc_decl *d;
	struct cc_lexer lexer;
	struct cc_token tok;
};

static void
advance(struct header *h)
{
	h->tok = cc_lex_next(&h->lexer);
}

static bool
simple_type(struct cc_str s, struct cc_ty *ret)
{
	static const struct {
		const char *word;
		enum cc_vtype v;
	} words[] = {{"id", CC_V_ID}, {"instant", CC_V_INSTANT}, {"date", CC_V_DATE},
	    {"number", CC_V_INT}, {"bool", CC_V_BOOL}, {"ids", CC_V_IDS},
	    {"duration", CC_V_DUR}};

	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (same(s, words[i].word)) {
			*ret = cc_ty_of(words[i].v);
			return true;
		}
	return false;
}

/* One event type of "a | b", joined with a dot. */
static bool
add_event_type(struct header *h, struct cc_ty *ret)
{
	struct cc_str name = h->tok.text;
	const struct cc_schema *s = &h->c->pack->schema;
	int type;

	advance(h);
	if (cc_token_is(&h->tok, ".")) {
		advance(h);
		name.n = (uint32_t)(h->tok.text.p + h->tok.text.n - name.p);
		advance(h);
	}
	type = cc_schema_type(s, name);
	if (type < 0) {
		cc_diag(h->c->d, h->d->at, "'%s': '%.*s' is no type of a parameter", h->d->name,
		    (int)name.n, name.p);
		return false;
	}
	ret->v = CC_V_EVENT;
	cc_types_add(&ret->types, (unsigned)type);
	return true;
}

static bool
param_type(struct header *h, struct cc_ty *ret)
{
	struct cc_decl *d;

	*ret = cc_ty_of(CC_V_ANY);
	if (simple_type(h->tok.text, ret)) {
		advance(h);
		return true;
	}
	if (cc_token_is(&h->tok, "event")) {
		ret->v = CC_V_EVENT;
		for (uint16_t i = 0; i < h->c->pack->schema.ntypes; i++)
			cc_types_add(&ret->types, i);
		advance(h);
		return true;
	}
	d = find(h->c, h->tok.text, false);
	if (d != NULL && (d->kind == CC_D_SPAN || d->kind == CC_D_SET)) {
		*ret = cc_ty_rec(CC_V_REC, d->kinddef);
		advance(h);
		return true;
	}
	for (;;) {
		if (!add_event_type(h, ret))
			return false;
		if (!cc_token_is(&h->tok, "|"))
			return true;
		advance(h);
	}
}

bool
cc_decl_params(struct cc_compiler *c, struct cc_decl *d)
{
	struct header h = {.c = c, .d = d};

	if (d->params_known)
		return true;
	d->params_known = true;
	h.lexer = (struct cc_lexer){d->param_types, (uint32_t)strlen(d->param_types), 0};
	advance(&h);
	do {
		struct cc_param *p = &d->params[d->nparams];
		struct cc_str name;

		advance(&h);
		name = h.tok.text;
		if (h.tok.kind != CC_T_NAME || d->nparams == CC_PARAMS_MAX)
			goto bad;
		advance(&h);
		if (!cc_token_is(&h.tok, ":"))
			goto bad;
		advance(&h);
		if (!param_type(&h, &p->ty))
			return false;
		p->name = cc_text_copy(c, name);
		d->nparams++;
	} while (cc_token_is(&h.tok, ","));
	if (cc_token_is(&h.tok, ")")) {
		advance(&h);
		if (h.tok.kind == CC_T_END)
			return true;
	}
bad:
	cc_diag(c->d, d->at, "'%s': expected parameters as (name: type, ...), at most %d",
	    d->name, (int)CC_PARAMS_MAX);
	return false;
}

/* ---- kinds of records ---- */

struct cc_kinddef *
cc_kind_new(struct cc_compiler *c, const char *name)
{
	struct cc_kinddef *k = cc_arena_alloc(c->a, sizeof *k);

	if (k == NULL || c->nkinds == CC_DECLS_MAX)
		return NULL;
	k->name = name;
	k->index = (uint16_t)c->nkinds;
	c->kinds[c->nkinds++] = k;
	return k;
}

uint16_t
cc_attr_name(struct cc_compiler *c, const char *name)
{
	for (unsigned i = 0; i < c->nattr_names; i++)
		if (strcmp(c->attr_names[i], name) == 0)
			return (uint16_t)i;
	if (c->nattr_names == CC_NAMES_MAX) {
		cc_diag(c->d, (struct cc_place){name, 0, 0}, "too many names of attributes");
		return 0;
	}
	c->attr_names[c->nattr_names] = name;
	return (uint16_t)c->nattr_names++;
}

struct cc_attrdef *
cc_kind_attr(struct cc_compiler *c, struct cc_kinddef *k, const char *name, struct cc_ty ty)
{
	struct cc_attrdef *a = &k->attrs[k->nattrs];

	if (k->nattrs == CC_ATTRS_MAX)
		return NULL;
	memset(a, 0, sizeof *a);
	a->name = name;
	a->name_id = cc_attr_name(c, name);
	a->place = k->nattrs++;
	a->ty = ty;
	a->state = 2;
	return a;
}

bool
cc_kind_own(struct cc_compiler *c, struct cc_kinddef *k, const char *name,
    struct cc_ty ty, const struct cc_yaml *at)
{
	if (cc_kind_find(k, (struct cc_str){name, (uint32_t)strlen(name)}) != NULL) {
		cc_diag(c->d, at->at, "the name '%.40s' is taken", name);
		return false;
	}
	if (cc_kind_attr(c, k, name, ty) == NULL) {
		cc_diag(c->d, at->at, "more than %d names", (int)CC_ATTRS_MAX);
		return false;
	}
	return true;
}

struct cc_attrdef *
cc_kind_find(const struct cc_kinddef *k, struct cc_str name)
{
	for (unsigned i = 0; i < k->nattrs; i++)
		if (same(name, k->attrs[i].name)) {
			/* The table belongs to the compiler, which is not const. */
			union {
				const struct cc_attrdef *in;
				struct cc_attrdef *out;
			} u = {&k->attrs[i]};

			return u.out;
		}
	return NULL;
}

int64_t
cc_literal(struct cc_compiler *c, struct cc_str text)
{
	for (unsigned i = 0; i < c->nliterals; i++)
		if (same(text, c->literals[i]))
			return i;
	if (c->nliterals == CC_NAMES_MAX) {
		cc_diag(c->d, (struct cc_place){"pack", 0, 0}, "too many id literals");
		return 0;
	}
	c->literals[c->nliterals] = cc_text_copy(c, text);
	return c->nliterals++;
}

/* ---- bodies, when they are needed ---- */

static void
compile(struct cc_compiler *c, struct cc_decl *d)
{
	d->state = 1;
	switch (d->kind) {
	case CC_D_TERM:
		cc_compile_term(c, d);
		break;
	case CC_D_TIMELINE:
		cc_compile_timeline(c, d);
		break;
	case CC_D_SPAN:
		cc_compile_span(c, d);
		break;
	case CC_D_SET:
		cc_compile_set(c, d);
		break;
	default:
		cc_compile_rule(c, d);
		break;
	}
	d->state = 2;
}

bool
cc_decl_ready(struct cc_parser *p, struct cc_decl *d)
{
	if (d->state == 1) {
		/* A span may look at itself: its records' base attributes are known. */
		if (d->kind == CC_D_SPAN)
			return true;
		cc_parse_error(p, "'%s' depends on itself", d->name);
		return false;
	}
	if (d->state == 2)
		return true;
	if (p->c->depth == CC_DECL_DEPTH) {
		cc_parse_error(p, "more than %d names that need one another in a row",
		    (int)CC_DECL_DEPTH);
		return false;
	}
	p->c->depth++;
	compile(p->c, d);
	p->c->depth--;
	return true;
}

/* Numbers and record kinds first, so that bodies can name each other. */
static bool
number(struct cc_compiler *c)
{
	for (unsigned i = 0; i < c->ndecls; i++) {
		struct cc_decl *d = &c->decls[i];

		switch (d->kind) {
		case CC_D_TERM:
			d->index = (uint16_t)c->nterms++;
			break;
		case CC_D_TIMELINE:
			d->index = (uint16_t)c->ntimelines++;
			break;
		case CC_D_SPAN:
			d->index = (uint16_t)c->nspans++;
			break;
		case CC_D_SET:
			d->index = (uint16_t)c->nsets++;
			break;
		default:
			d->index = (uint16_t)c->nrules++;
			break;
		}
		if (d->kind == CC_D_TERM || d->kind == CC_D_TIMELINE)
			continue;
		d->kinddef = cc_kind_new(c, d->name);
		if (d->kinddef == NULL)
			return false;
	}
	return true;
}

/* Rules are numbered in the order of their ids, as they are searched. */
static void
sort_rules(struct cc_compiler *c)
{
	for (unsigned i = 1; i < c->ndecls; i++) {
		struct cc_decl d = c->decls[i];
		unsigned at = i;

		if (d.kind != CC_D_RULE)
			continue;
		for (; at > 0; at--) {
			const struct cc_decl *b = &c->decls[at - 1];

			if (b->kind != CC_D_RULE || strcmp(b->name, d.name) <= 0)
				break;
			c->decls[at] = *b;
		}
		c->decls[at] = d;
	}
}

/* Rules last, so that sorting them moves no other declaration. */
static bool
rules_last(struct cc_compiler *c)
{
	struct cc_decl *v = cc_arena_array(c->a, CC_DECLS_MAX, sizeof *v);
	unsigned n = 0;

	if (v == NULL)
		return false;
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < c->ndecls; i++)
			if ((c->decls[i].kind == CC_D_RULE) == (k == 1))
				v[n++] = c->decls[i];
	c->decls = v;
	return true;
}

void
cc_compile_all(struct cc_compiler *c)
{
	bool ok = rules_last(c);

	if (ok) {
		sort_rules(c);
		ok = number(c);
	}
	c->terms = cc_arena_array(c->a, c->nterms, sizeof *c->terms);
	c->timelines = cc_arena_array(c->a, c->ntimelines, sizeof *c->timelines);
	c->spans = cc_arena_array(c->a, c->nspans, sizeof *c->spans);
	c->sets = cc_arena_array(c->a, c->nsets, sizeof *c->sets);
	c->rules = cc_arena_array(c->a, c->nrules, sizeof *c->rules);
	if (!ok || c->a->failed) {
		cc_diag(c->d, (struct cc_place){"pack", 0, 0}, "out of memory");
		return;
	}
	for (unsigned i = 0; i < c->ndecls; i++)
		(void)cc_decl_params(c, &c->decls[i]);
	for (unsigned i = 0; i < c->ndecls; i++)
		if (c->decls[i].state == 0)
			compile(c, &c->decls[i]);
}
