/*
 * tests/fuzz/fuzz_expr.c - any bytes as an expression of the policy language.
 *
 * Purpose:   the expression is compiled with the events and shared words of the
 *            Texas pack, and walked over a short case when it has no mistake.
 * Checks:    it has a mistake with a place, or a value of its type: ids, codes,
 *            events and records that exist.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/compile.h"
#include "policy/heap.h"
#include "policy/load_schema.h"
#include "scheduler/walk.h"
#include "tests/support/pack_kit.h"
#include "tests/support/texas_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA = 256 * 1024 * 1024, INPUT = 4000, EXTRA = 512 };

/* What all inputs share: the words of the pack, compiled once. */
static struct world {
	struct cc_arena arena;
	struct cc_diags diags;
	struct cc_pack pack;
	struct cc_program program;
	struct cc_compiler c;
} world;

static void
must(bool claim)
{
	if (!claim)
		abort();
}

static const struct cc_yaml *
read_yaml(const char *path)
{
	const struct cc_yaml *y = cc_yaml_read(path, &world.arena, &world.diags);

	must(y != NULL);
	return y;
}

static void
load_words(const struct cc_yaml *terms)
{
	const struct cc_yaml *lines = cc_yaml_get(terms, "timelines");
	const char *extra[EXTRA] = {"yes", "no"};
	unsigned n = 2;

	for (uint32_t i = 0; i < lines->n; i++) {
		const struct cc_yaml *v = cc_yaml_get(lines->items[i], "values");

		for (uint32_t k = 0; k < v->n && n < EXTRA; k++)
			extra[n++] = v->items[k]->text;
	}
	cc_load_schema(read_yaml("policy/packs/texas-cps/events.yaml"), extra, n, &world.arena,
	    &world.diags, &world.pack.schema);
}

static const struct cc_reckind *
link_kinds(void)
{
	struct cc_compiler *c = &world.c;
	struct cc_reckind *v = cc_arena_array(&world.arena, c->nkinds, sizeof *v);

	must(v != NULL);
	for (unsigned i = 0; i < c->nkinds; i++) {
		uint8_t *slot = cc_arena_array(&world.arena, c->nattr_names, sizeof *slot);

		must(slot != NULL);
		for (unsigned k = 0; k < c->kinds[i]->nattrs; k++)
			slot[c->kinds[i]->attrs[k].name_id] =
			    (uint8_t)(c->kinds[i]->attrs[k].place + 1);
		v[i] = (struct cc_reckind){c->kinds[i]->name, slot, c->kinds[i]->nattrs};
	}
	return v;
}

static void
open_world(void)
{
	struct cc_compiler *c = &world.c;
	const struct cc_yaml *terms;

	must(cc_test_go_to_the_tree() == 0);
	cc_heap_arena_init(&world.arena, ARENA);
	world.pack.zones = cc_test_system_zones();
	world.pack.zone = cc_zones_find(world.pack.zones, CC_STR("America/Chicago"));
	world.pack.calendar.workdays = 62;
	world.pack.program = &world.program;
	terms = read_yaml("policy/packs/texas-cps/terms.yaml");
	load_words(terms);
	*c = (struct cc_compiler){.a = &world.arena, .d = &world.diags, .pack = &world.pack,
	    .prog = &world.program};
	c->decls = cc_arena_array(c->a, CC_DECLS_MAX, sizeof *c->decls);
	c->kinds = cc_arena_array(c->a, CC_DECLS_MAX, sizeof *c->kinds);
	c->literals = cc_arena_array(c->a, CC_NAMES_MAX, sizeof *c->literals);
	c->attr_names = cc_arena_array(c->a, CC_NAMES_MAX, sizeof *c->attr_names);
	must(cc_declare_file(c, terms));
	cc_compile_all(c);
	must(world.diags.n == 0 && !c->a->failed);
	world.program = (struct cc_program){.terms = c->terms, .timelines = c->timelines,
	    .spans = c->spans, .sets = c->sets, .rules = c->rules, .kinds = link_kinds(),
	    .nterms = (uint16_t)c->nterms, .ntimelines = (uint16_t)c->ntimelines,
	    .nspans = (uint16_t)c->nspans, .nsets = (uint16_t)c->nsets,
	    .nkinds = (uint16_t)c->nkinds, .zone_type = -1, .zone_field = -1};
}

static void
check_one(const struct cc_walk *w, enum cc_vtype type, int64_t i)
{
	switch (type) {
	case CC_V_BOOL:
		must(i == 0 || i == 1);
		break;
	case CC_V_ID:
	case CC_V_IDS:
		must(i >= 0 && i < w->h->symbols.n);
		break;
	case CC_V_CODE:
	case CC_V_CODES:
		must(i >= 0 && i < w->pack->schema.ncodes);
		break;
	case CC_V_EVENT:
	case CC_V_EVENTS:
		must(i >= 0 && i < w->h->n);
		break;
	case CC_V_REC:
	case CC_V_RECS:
		must(i >= 0 && i < w->nrecs && w->recs[i].kind < w->prog->nkinds);
		break;
	default:
		break;
	}
}

static void
walk(const struct cc_node *node, unsigned nslots)
{
	struct cc_eval_options o = {.now = {INT64_C(1790000000)}, .only_rule = -1};
	struct cc_arena a;
	struct cc_history h;
	struct cc_case c;
	struct cc_walk w;
	struct cc_val v;
	uint32_t old;

	cc_heap_arena_init(&a, ARENA);
	world.program.literals = world.c.literals;
	world.program.nliterals = (uint16_t)world.c.nliterals;
	c = cc_test_case(&world.pack, cc_texas_lines, CC_TEXAS_LINES, &a);
	must(cc_history_build(&world.pack, &c, &o, &a, &h, NULL) == CC_OK);
	must(cc_walk_init(&w, &world.pack, &h, &a, NULL) == CC_OK);
	old = cc_frame_enter(&w, nslots);
	v = cc_walk_val(&w, node);
	cc_frame_leave(&w, old);
	if (!w.failed && v.given && !cc_is_seq(node->type))
		check_one(&w, node->type, v.i);
	for (uint32_t i = 0; !w.failed && v.given && i < v.n; i++)
		check_one(&w, node->type, v.v[i]);
	cc_walk_done(&w);
	cc_arena_done(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[INPUT + 1];
	struct cc_scope s = {.nslots = 0};
	struct cc_diags d = {.n = 0};
	struct cc_yaml y = {.kind = CC_YAML_SCALAR, .at = {"f.yaml", 1, 1}, .text = text,
	    .source = text};
	unsigned literals;
	struct cc_mark mark;
	struct cc_expr e;

	if (world.c.a == NULL)
		open_world();
	size = size > INPUT ? INPUT : size;
	for (size_t i = 0; i < size; i++)
		text[i] = data[i] == '\0' ? ' ' : (char)data[i];
	text[size] = '\0';
	y.len = (uint32_t)size;
	literals = world.c.nliterals;
	mark = cc_arena_mark(&world.arena);
	world.c.d = &d;
	e = cc_compile_text(&world.c, &s, &y);
	must(e.node != NULL && !world.arena.failed);
	if (d.n == 0)
		walk(e.node, s.nslots);
	else
		must(strncmp(d.text[0], "f.yaml:", 7) == 0);
	cc_diags_done(&d);
	world.c.nliterals = literals;
	cc_arena_release(&world.arena, mark);
	return 0;
}
