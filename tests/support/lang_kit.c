#include "tests/support/lang_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "scheduler/walk.h"
#include "tests/support/pack_kit.h"
#include "wire/buf.h"

enum { ARENA = 256 * 1024 * 1024, TEXT = 4 * 1024 * 1024, FILES = 5 };

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

static const char pack_yaml[] =
"name: lang\n"
"version: 1\n"
"effective: 2026-01-01\n"
"language: 1\n"
"zone: Etc/UTC\n"
"calendar:\n"
"  holidays: days\n"
"  workdays: [mon, tue, wed, thu, fri]\n"
"  block: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n"
"chain: [desk]\n";

static const char events_yaml[] =
"version: 1\n"
"types:\n"
"  a.made:\n"
"    fields:\n"
"      people: {type: list, items: {type: id}}\n"
"      marks: {type: list, items: {type: enum, enum: [red, green, blue]}}\n"
"      refs: {type: list, items: {type: id}}\n"
"      ref: {type: id}\n"
"      who: {type: id}\n"
"      n: {type: int}\n"
"      k: {type: enum, enum: [red, green]}\n"
"      answer: {type: enum, enum: ['yes', 'no', 15_day]}\n"
"      flag: {type: bool}\n"
"      sure: {type: bool, absent: true}\n"
"      on: {type: date}\n"
"      at: {type: time}\n"
"  b.made:\n"
"    fields:\n"
"      who: {type: id}\n"
"      n: {type: int}\n"
"      k: {type: enum, enum: [red, blue]}\n"
"      odd: {type: int}\n"
"  d.never:\n"
"    fields:\n"
"      n: {type: int}\n"
"      flag: {type: bool}\n"
"      odd: {type: id}\n"
"  s.set:\n"
"    fields:\n"
"      to: {type: enum, enum: [up, down, shut]}\n"
"      who: {type: id}\n"
"      at: {type: time}\n"
"  v.void:\n"
"    voids: entry\n"
"    fields:\n"
"      entry: {type: id, required: true}\n";

static const char rules_yaml[] =
"timelines:\n"
"  - timeline: phase\n"
"    values: [none, up, down, shut]\n"
"    initial: none\n"
"    set:\n"
"      - {on: s.set, to: it.to}\n"
"  - timeline: calm\n"
"    values: [none, up, down, shut]\n"
"    initial: none\n"
"    same_second: last\n"
"    set:\n"
"      - {on: s.set, to: it.to}\n"
"  - timeline: 'own(p: id)'\n"
"    values: [none, up, down, shut]\n"
"    initial: none\n"
"    set:\n"
"      - {on: 's.set[who = p]', to: it.to}\n"
"  - timeline: begun\n"
"    values: [none, up, down, shut]\n"
"    begins: first b.made\n"
"    initial: none\n"
"    set:\n"
"      - {on: s.set after (first b.made), to: it.to}\n"
"  - timeline: moved\n"
"    values: [none, up, down, shut]\n"
"    initial: none\n"
"    set:\n"
"      - {on: 's.set[at is given]', to: it.to, at: it.at}\n"
"  - timeline: counted\n"
"    values: [0_more, 1_more, 2_more, 3_more]\n"
"    initial: 0_more\n"
"    set:\n"
"      - {on: b.made, when: value = 2_more and since is b.made, to: 3_more}\n"
"      - {on: b.made, when: value = 1_more, to: 2_more}\n"
"      - {on: b.made, when: since is absent, to: 1_more}\n"
"  - timeline: asked\n"
"    values: [red, blue]\n"
"    set:\n"
"      - {on: 'b.made[k is given]', to: it.k}\n"
"spans:\n"
"  - span: seg\n"
"    of: phase\n"
"    while: [up, down]\n"
"    split: yes\n"
"  - span: run\n"
"    of: phase\n"
"    while: [up, down]\n"
"    split: no\n"
"    attributes:\n"
"      again: made + 1\n"
"      made: >-\n"
"        (if some x in a.made from start until end: x = first_made then 0 else 9) +\n"
"        count a.made from start until end\n"
"      first_made: first a.made[n is given] from start until end\n"
"  - span: 'mine(p: id)'\n"
"    of: own(p)\n"
"    while: [up]\n"
"    split: yes\n"
"    attributes:\n"
"      owner: p\n"
"sets:\n"
"  - set: pairs\n"
"    members:\n"
"      - for: [e in a.made, v in e.people]\n"
"        give: {person: v, since: e.time, late: no, extra: absent}\n"
"      - for: e in a.made\n"
"        let: {m: e.time}\n"
"        where: e.people is given and no e.people\n"
"        give: {extra: 1, late: yes, since: m, person: absent}\n"
"terms:\n"
"  - {term: 'twice(x: number)', is: x + x}\n"
"  - {term: 'of_person(p: id)', is: 'a.made[who = p]'}\n"
"  - {term: 'kind_of(e: a.made | b.made)', is: e.k}\n"
"  - {term: 'either_kind(e: event)', is: 'if e is d.never then absent else e.k'}\n"
"  - {term: 'odd_of(e: b.made)', is: e.odd}\n"
"  - {term: named_late, is: 'union(a.made.who, b.made.who)'}\n"
"rules:\n"
"  - {rule: every-a, section: '1', title: t, kind: deadline, responsible: desk,\n"
"     for: e in a.made, let: {size: e.n}, subject: e, due: e + 1h}\n"
"  - {rule: every-b, section: '1', title: t, kind: deadline, responsible: desk,\n"
"     for: e in b.made, let: {size: e.n}, subject: e, due: e + 1h}\n"
"  - {rule: chained, section: '1', title: t, kind: recurring, responsible: desk,\n"
"     for: 'e in a.made[k = red]', chain: {from: e, acts: a.made, stop: last b.made},\n"
"     due: start + 24h}\n";

#define FROM CC_TEST_EVENT_FROM
#define E CC_TEST_EVENT
#define SET(id, time, data) E(id, "s.set", time, data)

/* Monday to Saturday; /a unless it says /b. */
static const char *const history[] = {
	E("a1", "a.made", "2026-03-02T09:00:00Z", "\"people\":[\"V1\",\"V2\",\"V1\"],"
	    "\"marks\":[\"red\",\"green\"],\"refs\":[\"x\",\"b1\"],\"who\":\"V1\",\"n\":3,"
	    "\"k\":\"red\",\"answer\":\"no\",\"flag\":true,\"sure\":false,"
	    "\"on\":\"2026-03-10\",\"at\":\"2026-03-05T12:00:00Z\""),
	SET("s1", "2026-03-02T09:00:00Z", "\"to\":\"up\",\"who\":\"V1\""),
	E("b1", "b.made", "2026-03-03T10:00:00Z", "\"who\":\"V2\",\"n\":5,\"k\":\"blue\""),
	E("a2", "a.made", "2026-03-03T10:00:00Z", "\"people\":[\"V3\"],\"who\":\"V2\","
	    "\"k\":\"green\",\"answer\":\"yes\""),
	SET("s2", "2026-03-03T10:00:00Z", "\"to\":\"down\",\"who\":\"V1\""),
	SET("s3", "2026-03-03T10:00:00Z", "\"to\":\"up\",\"who\":\"V2\""),
	FROM("/b", "b1", "b.made", "2026-03-04T00:00:00Z", ""),
	E("a3", "a.made", "2026-03-04T12:00:00Z", "\"people\":[]"),
	E("b2", "b.made", "2026-03-05T00:00:00Z", "\"who\":\"V1\",\"k\":\"red\""),
	SET("s4", "2026-03-05T00:00:00Z", "\"to\":\"up\",\"who\":\"V2\""),
	SET("s5", "2026-03-06T00:00:00Z", "\"to\":\"shut\",\"who\":\"V1\""),
	FROM("/b", "a4", "a.made", "2026-03-06T08:00:00Z", "\"ref\":\"b1\","
	    "\"answer\":\"15_day\""),
	SET("s6", "2026-03-07T00:00:00Z", "\"to\":\"up\",\"who\":\"V1\","
	    "\"at\":\"2026-03-03T00:00:00Z\""),
};

static void
load(const char *terms, struct cc_test_pack *ret)
{
	const struct cc_test_file files[FILES] = {{"pack.yaml", pack_yaml},
	    {"events.yaml", events_yaml}, {"days", "2026-03-06\n"},
	    {"rules/base.yaml", rules_yaml}, {"terms.yaml", terms}};

	cc_test_pack_make(files, FILES, ret);
}

/* ---- values as text ---- */

static void
put_event(struct cc_buf *b, const struct cc_history *h, int64_t place)
{
	struct cc_str id = h->symbols.text[h->events[place].id];
	struct cc_str source = h->symbols.text[h->events[place].source];

	cc_buf_put(b, id.p, id.n);
	if (cc_str_eq(source, CC_STR("/a")))
		return;
	cc_buf_char(b, '@');
	cc_buf_put(b, source.p, source.n);
}

/* "seg:s1": the kind, and what a span starts with. */
static void
put_record(struct cc_buf *b, const struct cc_walk *w, int64_t i)
{
	const struct cc_record *r = &w->recs[i];
	const struct cc_reckind *k = &w->prog->kinds[r->kind];

	cc_buf_puts(b, k->name);
	for (uint16_t s = 0; s < w->prog->nspans; s++) {
		if (w->prog->spans[s].kind != r->kind || !r->attrs[CC_SPAN_START].given)
			continue;
		cc_buf_char(b, ':');
		put_event(b, w->h, r->attrs[CC_SPAN_START].i);
	}
}

static void
put_instant(struct cc_buf *b, int64_t t)
{
	char text[CC_WALL_TEXT];

	if (t == INT64_MIN / 2) {
		cc_buf_puts(b, "beginning");
		return;
	}
	cc_wall_format((struct cc_wall){t}, text);
	cc_buf_puts(b, text);
}

static void
put_day(struct cc_buf *b, int64_t d)
{
	char text[CC_DAY_TEXT];

	cc_day_format((cc_day)d, text);
	cc_buf_puts(b, text);
}

static void
put_one(struct cc_buf *b, const struct cc_walk *w, enum cc_vtype type, int64_t i)
{
	struct cc_str id;

	switch (type) {
	case CC_V_BOOL:
		cc_buf_puts(b, i != 0 ? "yes" : "no");
		break;
	case CC_V_INSTANT:
		put_instant(b, i);
		break;
	case CC_V_DATE:
		put_day(b, i);
		break;
	case CC_V_ID:
		id = w->h->symbols.text[i];
		cc_buf_put(b, id.p, id.n);
		break;
	case CC_V_CODE:
		cc_buf_puts(b, w->pack->schema.codes[i]);
		break;
	case CC_V_EVENT:
		put_event(b, w->h, i);
		break;
	case CC_V_REC:
		put_record(b, w, i);
		break;
	default:
		cc_buf_int(b, i);
		if (type == CC_V_DUR)
			cc_buf_char(b, 's');
		break;
	}
}

static void
put_value(struct cc_buf *b, const struct cc_walk *w, enum cc_vtype type, struct cc_val v)
{
	static const enum cc_vtype element[] = {[CC_V_EVENTS] = CC_V_EVENT,
	    [CC_V_IDS] = CC_V_ID, [CC_V_CODES] = CC_V_CODE, [CC_V_RECS] = CC_V_REC};

	if (!v.given) {
		cc_buf_char(b, '-');
		return;
	}
	if (!cc_is_seq(type)) {
		put_one(b, w, type, v.i);
		return;
	}
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < v.n; i++) {
		if (i > 0)
			cc_buf_char(b, ' ');
		put_one(b, w, element[type], v.v[i]);
	}
	cc_buf_char(b, ']');
}

/* ---- asking ---- */

static bool
differs(struct cc_walk *w, const struct cc_term *t, const struct cc_lang_row *row)
{
	uint32_t old = cc_frame_enter(w, t->nslots);
	struct cc_val v = cc_walk_val(w, t->body);
	struct cc_buf b;
	char *is;
	bool differ;

	cc_frame_leave(w, old);
	assert_false(w->failed);
	cc_buf_init(&b, TEXT);
	put_value(&b, w, t->body->type, v);
	is = cc_buf_take(&b);
	assert_non_null(is);
	differ = strcmp(is, row->is) != 0;
	if (differ)
		print_error("%s: expected %s, found %s\n", row->text, row->is, is);
	free(is);
	return differ;
}

static void
ask_all(const struct cc_pack *p, const struct cc_lang_row *rows, unsigned n)
{
	struct cc_eval_options o = {.now = cc_test_wall("2026-04-01T00:00:00Z"),
	    .only_rule = -1};
	struct cc_history h;
	struct cc_arena a;
	struct cc_case c;
	struct cc_walk w;
	struct cc_err err;
	unsigned asked = 0, wrong = 0;

	cc_heap_arena_init(&a, ARENA);
	c = cc_test_case(p, history, COUNT(history), &a);
	assert_int_equal(cc_history_build(p, &c, &o, &a, &h, &err), CC_OK);
	assert_int_equal(cc_walk_init(&w, p, &h, &a, &err), CC_OK);
	for (uint16_t i = 0; i < p->program->nterms; i++) {
		const struct cc_term *t = &p->program->terms[i];

		if (strncmp(t->name, "probe_", 6) == 0) {
			unsigned at = (unsigned)strtoul(t->name + 6, NULL, 10);

			assert_true(at < n);
			wrong += differs(&w, t, &rows[at]);
			asked++;
		}
	}
	cc_walk_done(&w);
	cc_arena_done(&a);
	assert_int_equal(wrong, 0);
	assert_int_equal(asked, n);
}

static void
put_term(struct cc_buf *b, unsigned i, const char *text)
{
	cc_buf_puts(b, "  - term: probe_");
	cc_buf_int(b, i);
	cc_buf_puts(b, "\n    is: >-\n      ");
	cc_buf_puts(b, text);
	cc_buf_char(b, '\n');
}

void
cc_lang_expect_values(const struct cc_lang_row *rows, unsigned n)
{
	struct cc_test_pack p;
	struct cc_buf b;
	char *terms;

	cc_buf_init(&b, TEXT);
	cc_buf_puts(&b, "terms:\n");
	for (unsigned i = 0; i < n; i++)
		put_term(&b, i, rows[i].text);
	terms = cc_buf_take(&b);
	assert_non_null(terms);
	load(terms, &p);
	free(terms);
	cc_test_pack_expect(&p, NULL, 0);
	ask_all(p.pack, rows, n);
	cc_test_pack_done(&p);
}

void
cc_lang_expect_mistakes(const struct cc_lang_row *rows, unsigned n)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < n; i++) {
		char want[CC_DIAG_TEXT];
		struct cc_test_pack p;
		struct cc_buf b;
		char *terms, *words;
		unsigned column = (unsigned)strtoul(rows[i].is, &words, 10);

		cc_buf_init(&b, TEXT);
		cc_buf_puts(&b, "terms:\n");
		put_term(&b, i, rows[i].text);
		terms = cc_buf_take(&b);
		assert_non_null(terms);
		load(terms, &p);
		free(terms);
		(void)snprintf(want, sizeof want, "terms.yaml:4:%u%s", column + 6, words);
		if (p.code != CC_EINVAL || p.pack != NULL || p.diags.n != 1 ||
		    strcmp(p.diags.text[0], want) != 0) {
			wrong++;
			print_error("%.70s: expected %s, found %u: %s\n", rows[i].text, want,
			    p.diags.n, p.diags.n == 0 ? "" : p.diags.text[0]);
		}
		cc_test_pack_done(&p);
	}
	assert_int_equal(wrong, 0);
}
