#include "policy/compile.h"

#include <string.h>

#include "policy/check_ladder.h"

/* ---- generators and lets, shared by sets and rules ---- */

static uint16_t
generators(struct cc_compiler *c, struct cc_scope *s, const struct cc_yaml *y,
    const struct cc_gen **ret)
{
	uint32_t n = y == NULL ? 0 : y->kind == CC_YAML_LIST ? y->n : 1;
	struct cc_gen *v = cc_arena_array(c->a, n, sizeof *v);
	uint16_t k = 0;

	for (uint32_t i = 0; v != NULL && i < n; i++)
		if (cc_compile_generator(c, s, y->kind == CC_YAML_LIST ? y->items[i] : y, &v[k]))
			k++;
	*ret = v;
	return k;
}

static uint16_t
lets(struct cc_compiler *c, struct cc_scope *s, const struct cc_yaml *y,
    const struct cc_let **ret, struct cc_kinddef *kind)
{
	struct cc_let *v;
	uint16_t k = 0;

	if (y == NULL)
		return 0;
	if (y->kind != CC_YAML_MAP) {
		cc_diag(c->d, y->at, "let: expected a mapping of names to expressions");
		return 0;
	}
	v = cc_arena_array(c->a, y->n, sizeof *v);
	for (uint32_t i = 0; v != NULL && i < y->n; i++) {
		struct cc_expr e = cc_compile_text(c, s, y->items[i]);

		v[k].name = y->keys[i]->text;
		v[k].value = e.node;
		if (kind != NULL && !cc_kind_own(c, kind, y->keys[i]->text, e.ty, y->keys[i]))
			break;
		if (!cc_scope_add(s, y->keys[i]->text, y->keys[i]->len, e.ty, &v[k].slot)) {
			cc_diag(c->d, y->keys[i]->at, "too many names");
			break;
		}
		k++;
	}
	*ret = v;
	return k;
}

static const struct cc_node *
typed(struct cc_compiler *c, struct cc_scope *s, const struct cc_yaml *y,
    enum cc_vtype v, const char *what)
{
	struct cc_parser p = {.c = c, .scope = s, .yaml = y};

	if (y == NULL)
		return NULL;
	return cc_coerce(&p, cc_compile_text(c, s, y), v, what).node;
}

/* ---- sets ---- */

static void
give(struct cc_compiler *c, struct cc_decl *d, struct cc_scope *s,
    const struct cc_yaml *y, struct cc_members *m, bool first)
{
	struct cc_kinddef *k = d->kinddef;
	const struct cc_node **v = cc_arena_array(c->a, CC_ATTRS_MAX, sizeof *v);

	if (v == NULL || y == NULL || y->kind != CC_YAML_MAP) {
		cc_diag(c->d, d->at, "set '%s': expected 'give', a mapping of names to values",
		    d->name);
		return;
	}
	for (uint32_t i = 0; i < y->n; i++) {
		struct cc_parser p = {.c = c, .scope = s, .yaml = y->items[i]};
		struct cc_expr e = cc_compile_text(c, s, y->items[i]);
		struct cc_attrdef *a = first ? cc_kind_attr(c, k, y->keys[i]->text, e.ty) :
		    cc_kind_find(k, (struct cc_str){y->keys[i]->text, y->keys[i]->len});
		struct cc_expr as;

		if (a == NULL) {
			cc_diag(c->d, y->keys[i]->at, "set '%s': its first members do not give "
			    "'%.40s'", d->name, y->keys[i]->text);
			continue;
		}
		as = (struct cc_expr){e.node, a->ty};
		if (cc_unify(&p, &e, &as, a->name))
			a->ty = e.ty;
		v[a->place] = e.node;
	}
	for (unsigned i = 0; i < k->nattrs; i++)
		if (v[i] == NULL)
			cc_diag(c->d, y->at, "set '%s': these members do not give '%s'", d->name,
			    k->attrs[i].name);
	m->give = v;
}

void
cc_compile_set(struct cc_compiler *c, struct cc_decl *d)
{
	static const char *const keys[] = {"set", "members"};
	static const char *const member_keys[] = {"for", "let", "where", "give"};
	const struct cc_yaml *list = cc_yaml_get(d->yaml, "members");
	struct cc_set *out = &c->sets[d->index];
	struct cc_members *m;

	(void)cc_yaml_keys(d->yaml, d->name, keys, 2, c->d);
	if (list == NULL || !cc_yaml_is_list(list, "members", c->d)) {
		cc_diag(c->d, d->at, "set '%s' needs 'members', a list", d->name);
		return;
	}
	m = cc_arena_array(c->a, list->n, sizeof *m);
	for (uint32_t i = 0; m != NULL && i < list->n; i++) {
		const struct cc_yaml *y = list->items[i];
		struct cc_scope s = {.nslots = 0};

		if (!cc_yaml_keys(y, d->name, member_keys, 4, c->d))
			continue;
		m[i].ngens = generators(c, &s, cc_yaml_get(y, "for"), &m[i].gens);
		m[i].nlets = lets(c, &s, cc_yaml_get(y, "let"), &m[i].lets, NULL);
		m[i].where = typed(c, &s, cc_yaml_get(y, "where"), CC_V_BOOL, "where");
		give(c, d, &s, cc_yaml_get(y, "give"), &m[i], i == 0);
		m[i].nslots = s.nslots;
		cc_types_join(&d->deps, &s.deps);
	}
	out->name = d->name;
	out->kind = d->kinddef->index;
	out->nattrs = d->kinddef->nattrs;
	out->members = m;
	out->nmembers = m == NULL ? 0 : (uint16_t)list->n;
}

/* ---- rules ---- */

struct ru {
	struct cc_compiler *c;
	struct cc_decl *d;
	struct cc_scope s;
	struct cc_rulex *r;
	const struct cc_yaml *y;
	struct cc_ty origin;
	bool names_event;	/* the subject names an event */
	bool broken;		/* a generator was mistaken */
};

static const struct cc_yaml *
key(const struct ru *u, const char *name)
{
	return cc_yaml_get(u->y, name);
}

static const char *
text_of(const struct ru *u, const char *name)
{
	const struct cc_yaml *y = key(u, name);

	return y == NULL || y->kind != CC_YAML_SCALAR ? NULL : y->text;
}

static const char *
required(struct ru *u, const char *name)
{
	const struct cc_yaml *y = key(u, name);

	if (y == NULL) {
		cc_diag(u->c->d, u->d->at, "rule '%s': the key '%s' is missing", u->d->name, name);
		return "";
	}
	return cc_yaml_is_text(y, name, u->c->d) ? y->text : "";
}

static void
add_safety(struct ru *u)
{
	const struct cc_yaml *safety = key(u, "safety");

	if (safety != NULL)
		(void)cc_yaml_yes(safety, &u->r->pub.safety, u->c->d);
}

/* A code of the pack, as text; or NULL. */
static const char *
code_text(struct ru *u, const char *name)
{
	const struct cc_yaml *y = key(u, name);

	if (y == NULL || !cc_yaml_is_text(y, name, u->c->d))
		return NULL;
	if (cc_code_of(u->c, &(struct cc_ty){.v = CC_V_CODE},
	    (struct cc_str){y->text, y->len}) < 0)
		cc_diag(u->c->d, y->at, "%s: unknown code '%.40s'", name, y->text);
	return y->text;
}

static void
who(struct ru *u)
{
	const struct cc_chain *chain = &u->c->pack->chain;
	const struct cc_yaml *y = key(u, "responsible");
	int at;

	if (y == NULL) {
		cc_diag(u->c->d, u->d->at, "rule '%s': the key 'responsible' is missing",
		    u->d->name);
		return;
	}
	at = cc_yaml_word(y, chain->role, chain->n, "responsible", u->c->d);
	if (at >= 0)
		u->r->pub.responsible = (uint8_t)at;
	u->r->pub.assignment = code_text(u, "assignment");
	u->r->pub.program = code_text(u, "program");
}

static void
ladder(struct ru *u)
{
	const struct cc_yaml *y = key(u, "ladder");
	const char *names[CC_NAMES_MAX], *near;
	unsigned n = 0;

	if (y == NULL || !cc_yaml_is_text(y, "ladder", u->c->d))
		return;
	for (unsigned i = 0; i < u->c->nnamed_ladders; i++) {
		const struct cc_ladder *l = &u->c->named_ladders[i];

		if (l->name == NULL)
			continue;	/* it was mistaken */
		if (strcmp(l->name, y->text) == 0) {
			u->r->pub.ladder = l;
			return;
		}
		if (n < CC_NAMES_MAX)
			names[n++] = l->name;
	}
	near = cc_nearest(y->text, y->len, names, n);
	cc_diag(u->c->d, y->at, "ladder: there is no ladder '%.40s' in pack.yaml%s%s%s",
	    y->text, near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
}

static void
describe(struct ru *u)
{
	static const char *const kinds[] = {"deadline", "recurring", "window", "freshness",
	    "gate", "immediate"};
	struct cc_rule *pub = &u->r->pub;
	const struct cc_yaml *kind = key(u, "kind");
	int k;

	pub->id = u->d->name;
	pub->index = u->d->index;
	pub->file = u->d->at.file;
	pub->line = u->d->at.line;
	pub->title = required(u, "title");
	pub->section = required(u, "section");
	pub->kind = CC_KIND_DEADLINE;
	if (kind == NULL) {
		cc_diag(u->c->d, u->d->at, "rule '%s': the key 'kind' is missing", u->d->name);
	} else {
		k = cc_yaml_word(kind, kinds, 6, "kind", u->c->d);
		if (k >= 0)
			pub->kind = (enum cc_kind)(CC_KIND_DEADLINE + k);
	}
	who(u);
	ladder(u);
	add_safety(u);
}

static void
base_attrs(struct ru *u)
{
	static const char *const instants[] = {"armed", "started", "due", "act", "cancelled",
	    "exempt", "ended", "origin", "paused", "resumed"};
	struct cc_ty any = cc_ty_of(CC_V_EVENT);

	for (uint16_t i = 0; i < u->c->pack->schema.ntypes; i++)
		cc_types_add(&any.types, i);
	for (unsigned i = 0; i < CC_CLOCK_ATTRS; i++)
		(void)cc_kind_attr(u->c, u->d->kinddef, instants[i],
		    i == CC_CLOCK_ORIGIN ? any : cc_ty_of(CC_V_INSTANT));
}

/* The event of the first generator: itself, a span's start, a member's or
 * clock's origin. */
static const struct cc_node *
default_origin(struct ru *u)
{
	struct cc_parser p = {.c = u->c, .scope = &u->s, .yaml = u->y};
	struct cc_expr e;
	struct cc_attrdef *a;

	if (u->r->ngens == 0)
		return NULL;
	e = cc_node_new(&p, CC_OP_SLOT, u->s.names[0].ty);
	e.node->slot = u->r->gens[0].slot;
	if (e.ty.v == CC_V_EVENT)
		return e.node;
	if (e.ty.v != CC_V_REC || e.ty.nkinds == 0)
		return NULL;
	a = cc_kind_find(e.ty.kinds[0], CC_STR("origin"));
	if (a == NULL)
		a = cc_kind_find(e.ty.kinds[0], CC_STR("start"));
	if (a == NULL || a->ty.v != CC_V_EVENT)
		return NULL;
	e = cc_unary(&p, CC_OP_ATTR, a->ty, e);
	e.node->name = a->name_id;
	return e.node;
}

static void
subject(struct ru *u)
{
	const struct cc_yaml *y = key(u, "subject");
	uint32_t n = y == NULL ? 0 : y->kind == CC_YAML_LIST ? y->n : 1;
	const struct cc_node **v = cc_arena_array(u->c->a, n == 0 ? 1 : n, sizeof *v);
	struct cc_parser p = {.c = u->c, .scope = &u->s, .yaml = y == NULL ? u->y : y};
	struct cc_expr e;

	if (n > 4) {
		cc_diag(u->c->d, y->at, "subject: at most 4 parts");
		n = 4;
	}
	if (v == NULL)
		return;
	for (uint32_t i = 0; i < n; i++) {
		p.yaml = y->kind == CC_YAML_LIST ? y->items[i] : y;
		e = cc_compile_text(u->c, &u->s, p.yaml);
		u->names_event |= e.ty.v == CC_V_EVENT;
		v[i] = cc_coerce(&p, e, CC_V_ID, "subject").node;
	}
	if (n == 0) {
		e = cc_node_new(&p, CC_OP_LITERAL_ID, cc_ty_of(CC_V_ID));
		e.node->imm = cc_literal(u->c, CC_STR("case"));
		v[0] = e.node;
		n = 1;
	}
	u->r->subject = v;
	u->r->nsubject = (uint16_t)n;
}

/* A list of sequences, events or instants; one alone needs no list. */
static uint16_t
endings(struct ru *u, const char *name, const struct cc_ending **ret)
{
	const struct cc_yaml *y = key(u, name);
	uint32_t n = y == NULL ? 0 : y->kind == CC_YAML_LIST ? y->n : 1;
	struct cc_ending *v = cc_arena_array(u->c->a, n, sizeof *v);

	for (uint32_t i = 0; v != NULL && i < n; i++) {
		const struct cc_yaml *one = y->kind == CC_YAML_LIST ? y->items[i] : y;
		struct cc_expr e = cc_compile_text(u->c, &u->s, one);

		if (e.ty.v != CC_V_EVENTS && e.ty.v != CC_V_EVENT && e.ty.v != CC_V_INSTANT &&
		    e.ty.v != CC_V_ANY)
			cc_diag(u->c->d, one->at, "%s: expected events, an event or an instant, "
			    "found %s", name, cc_ty_text(&e.ty));
		if (e.ty.v == CC_V_ANY && e.node->type != CC_V_INSTANT) {
			struct cc_parser p = {.c = u->c, .scope = &u->s, .yaml = one};

			e = cc_node_new(&p, CC_OP_ABSENT, cc_ty_of(CC_V_INSTANT));
		}
		v[i].node = e.node;
		v[i].text = one->kind == CC_YAML_SCALAR ? one->text : "";
	}
	*ret = v;
	return v == NULL ? 0 : (uint16_t)n;
}

static void
pauses(struct ru *u)
{
	static const char *const keys[] = {"from", "until"};
	const struct cc_yaml *y = key(u, "paused");

	if (y == NULL || !cc_yaml_keys(y, "paused", keys, 2, u->c->d))
		return;
	if (cc_yaml_get(y, "from") == NULL)
		cc_diag(u->c->d, y->at, "paused needs 'from' (an instant)");
	u->r->paused_from = typed(u->c, &u->s, cc_yaml_get(y, "from"), CC_V_INSTANT, "from");
	u->r->paused_until = typed(u->c, &u->s, cc_yaml_get(y, "until"), CC_V_INSTANT, "until");
}

static void
chain(struct ru *u)
{
	static const char *const keys[] = {"from", "acts", "stop"};
	const struct cc_yaml *y = key(u, "chain");

	if (y == NULL || !cc_yaml_keys(y, "chain", keys, 3, u->c->d))
		return;
	if (cc_yaml_get(y, "from") == NULL || cc_yaml_get(y, "acts") == NULL) {
		cc_diag(u->c->d, y->at, "chain needs 'from' (an event) and 'acts'");
		return;
	}
	u->r->chain_from = typed(u->c, &u->s, cc_yaml_get(y, "from"), CC_V_EVENT, "chain from");
	u->r->chain_acts = typed(u->c, &u->s, cc_yaml_get(y, "acts"), CC_V_EVENTS, "chain acts");
	u->r->chain_stop = typed(u->c, &u->s, cc_yaml_get(y, "stop"), CC_V_INSTANT, "chain stop");
}

static void
once(struct ru *u)
{
	const struct cc_yaml *y = key(u, "once_per");
	const struct cc_node **v;
	uint32_t n;

	if (y == NULL)
		return;
	n = y->kind == CC_YAML_LIST ? y->n : 1;
	if (n > 4) {
		cc_diag(u->c->d, y->at, "once_per: at most 4 values");
		return;
	}
	v = cc_arena_array(u->c->a, n, sizeof *v);
	for (uint32_t i = 0; v != NULL && i < n; i++) {
		const struct cc_yaml *one = y->kind == CC_YAML_LIST ? y->items[i] : y;
		struct cc_expr e = cc_compile_text(u->c, &u->s, one);

		v[i] = e.node;
		if (e.ty.v >= CC_V_EVENTS)
			cc_diag(u->c->d, one->at, "once_per: expected one value, found %s",
			    cc_ty_text(&e.ty));
	}
	u->r->once_per = v;
	u->r->nonce = v == NULL ? 0 : (uint16_t)n;
}

static void
second_trigger(struct ru *u)
{
	static const char *const words[] = {"ignored", "own"};
	const struct cc_yaml *y = key(u, "again");
	int w = y == NULL ? 0 : cc_yaml_word(y, words, 2, "again", u->c->d);

	u->r->again = w == 1 || u->names_event ? CC_AGAIN_OWN : CC_AGAIN_IGNORED;
}

/* What the row says of time; names in scope: the generators' and lets', act, and
 * start. */
static void
timing(struct ru *u)
{
	struct cc_rulex *r = u->r;
	bool judged = r->pub.kind == CC_KIND_GATE || r->pub.kind == CC_KIND_FRESHNESS;
	uint16_t slot;

	r->origin = key(u, "origin") == NULL ? default_origin(u) :
	    typed(u->c, &u->s, key(u, "origin"), CC_V_EVENT, "origin");
	(void)cc_scope_add(&u->s, "act", 3, cc_ty_of(CC_V_INSTANT), &slot);
	r->act_slot = slot;
	if (key(u, "chain") != NULL) {
		(void)cc_scope_add(&u->s, "start", 5, cc_ty_of(CC_V_INSTANT), &slot);
		r->start_slot = slot;
	} else {
		r->start_slot = cc_scope_slot(&u->s);
	}
	r->armed = typed(u->c, &u->s, key(u, "armed"), CC_V_INSTANT, "armed");
	r->started = typed(u->c, &u->s, key(u, "started"), CC_V_INSTANT, "started");
	r->due = typed(u->c, &u->s, key(u, "due"), CC_V_INSTANT, "due");
	cc_compile_earlier(u->c, &u->s, key(u, "earlier"), r);
	r->acts_from = typed(u->c, &u->s, key(u, "acts_from"), CC_V_INSTANT, "acts_from");
	r->nacts = endings(u, "acts", &r->acts);
	r->ncancelled = endings(u, "cancelled", &r->cancelled);
	r->nexempt = endings(u, "exempt", &r->exempt);
	r->passed = typed(u->c, &u->s, key(u, "passed"), CC_V_BOOL, "passed");
	r->exempt_when = typed(u->c, &u->s, key(u, "exempt_when"), CC_V_BOOL, "exempt_when");
	pauses(u);
	chain(u);
	once(u);
	r->due_text = text_of(u, "due");
	r->armed_text = text_of(u, "armed");
	r->started_text = text_of(u, "started");
	r->where_text = text_of(u, "where");
	if (judged && r->passed == NULL && r->records)
		cc_diag(u->c->d, u->d->at, "rule '%s': a %s needs 'passed'", u->d->name,
		    r->pub.kind == CC_KIND_GATE ? "gate" : "freshness test");
	if (r->origin == NULL && r->started == NULL && r->records && !u->broken)
		cc_diag(u->c->d, u->d->at, "rule '%s': needs 'origin' (the event that begins the "
		    "clock) or 'started'", u->d->name);
}

static void
printed(struct ru *u)
{
	const struct cc_yaml *y = key(u, "records");

	u->r->records = true;
	u->r->reason = text_of(u, "reason");
	if (y == NULL)
		return;
	if (y->kind != CC_YAML_SCALAR || strcmp(y->text, "none") != 0)
		cc_diag(u->c->d, y->at, "records: the only word here is 'none'");
	u->r->records = false;
	u->r->pub.silent = true;
	if (u->r->reason == NULL)
		cc_diag(u->c->d, u->d->at, "rule '%s': 'records: none' needs a 'reason'",
		    u->d->name);
}

/* When all of the rule is known; a ladder that was mistaken is reported already. */
static void
climb(struct ru *u)
{
	const struct cc_yaml *y = key(u, "ladder");

	if (y == NULL)
		y = key(u, "safety");
	else if (u->r->pub.ladder == NULL)
		return;
	if (y != NULL)
		cc_check_rule_ladder(&u->c->pack->ladders, &u->r->pub, y->at, u->c->d);
}

void
cc_compile_rule(struct cc_compiler *c, struct cc_decl *d)
{
	static const char *const keys[] = {"rule", "section", "title", "kind", "responsible",
	    "assignment", "program", "safety", "ladder", "for", "let", "where", "subject",
	    "origin", "armed", "started", "due", "acts", "acts_from", "cancelled", "exempt",
	    "earlier", "paused", "again", "once_per", "chain", "passed", "exempt_when", "records",
	    "reason"};
	struct ru u = {.c = c, .d = d, .r = &c->rules[d->index], .y = d->yaml};
	unsigned before;

	(void)cc_yaml_keys(d->yaml, d->name, keys, sizeof keys / sizeof keys[0], c->d);
	describe(&u);
	printed(&u);
	climb(&u);
	u.r->kind = d->kinddef->index;
	base_attrs(&u);
	before = c->d->n;
	u.r->ngens = generators(c, &u.s, key(&u, "for"), &u.r->gens);
	u.broken = c->d->n != before;
	for (uint16_t i = 0; !u.broken && i < u.r->ngens; i++)
		(void)cc_kind_own(c, d->kinddef, u.r->gens[i].name, u.s.names[i].ty,
		    key(&u, "for"));
	u.r->nlets = lets(c, &u.s, key(&u, "let"), &u.r->lets, d->kinddef);
	u.r->where = typed(c, &u.s, key(&u, "where"), CC_V_BOOL, "where");
	subject(&u);
	timing(&u);
	second_trigger(&u);
	u.r->nslots = u.s.nslots;
	u.r->deps = u.s.deps;
	d->deps = u.s.deps;
}
