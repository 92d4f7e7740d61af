#include "tests/support/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/load.h"
#include "policy/zones.h"
#include "scheduler/civil.h"
#include "wire/line.h"
#include "wire/record.h"

enum { JSON_MAX = 64 * 1024, PRINT_MAX = 64 * 1024 * 1024, WORDS = 32 };

static struct cc_arena pack_arena, zone_arena;
static struct cc_zones zones;
static const struct cc_pack *pack;

char *
cc_case_path(const char *file)
{
	const char *src = getenv("CC_SRC");
	char *path = NULL;

	if (asprintf(&path, "%s/%s", src != NULL ? src : ".", file) < 0)
		fail_msg("out of memory");
	return path;
}

static void
load_zones(void)
{
	struct cc_err err;

	cc_heap_arena_init(&zone_arena, CC_PACK_ARENA);
	if (cc_zones_load(NULL, &zone_arena, &zones, &err) != CC_OK)
		fail_msg("zones: %s", err.msg);
}

static void
load_pack(const char *holidays)
{
	char *dir = cc_case_path("policy/packs/texas-cps");
	struct cc_pack_options o = {dir, holidays, &zones};
	struct cc_diags d = {.n = 0};
	struct cc_err err;

	if (zone_arena.top == NULL)
		load_zones();
	cc_heap_arena_init(&pack_arena, CC_PACK_ARENA);
	if (cc_pack_load(&o, &pack_arena, &d, &pack, &err) != CC_OK) {
		for (unsigned i = 0; i < cc_diags_kept(&d); i++)
			print_error("%s\n", d.text[i]);
		fail_msg("pack: %s", err.msg);
	}
	cc_diags_done(&d);
	free(dir);
}

const struct cc_pack *
cc_case_pack(void)
{
	if (pack == NULL)
		load_pack(NULL);
	return pack;
}

void
cc_case_pack_with(const char *holidays)
{
	char *path = cc_case_path(holidays);

	if (pack != NULL)
		cc_arena_done(&pack_arena);
	load_pack(path);
	free(path);
}

void
cc_case_begin(struct cc_case_file *f, const char *id)
{
	*f = (struct cc_case_file){.last = {INT64_MIN}};
	f->c.id = (struct cc_str){id, (uint32_t)strlen(id)};
	cc_heap_arena_init(&f->arena, CC_CASE_ARENA);
}

void
cc_case_end(struct cc_case_file *f)
{
	free(f->events);
	cc_arena_done(&f->arena);
	*f = (struct cc_case_file){.cap = 0};
}

void
cc_case_take(struct cc_case_file *f, struct cc_input in, struct cc_wall time)
{
	if (f->c.nevents == f->cap) {
		struct cc_input *more;

		f->cap = f->cap == 0 ? 64 : 2 * f->cap;
		more = realloc(f->events, f->cap * sizeof *more);
		assert_non_null(more);
		f->events = more;
		f->c.events = more;
	}
	f->events[f->c.nevents++] = in;
	if (time.s > f->last.s)
		f->last = time;
}

void
cc_case_json(struct cc_case_file *f, const char *line, size_t n)
{
	const struct cc_pack *p = cc_case_pack();
	struct cc_line_rules rules = {.schema = &p->schema, .zones = p->zones,
	    .max_bytes = CC_LINE_MAX_BYTES, .may_send = true};
	struct cc_str text = {line, (uint32_t)n};
	struct cc_input in;
	struct cc_refused why;
	struct cc_draft d;
	struct cc_err err;

	if (!cc_wire_event_parse(&rules, text, &f->arena, &d, &why))
		fail_msg("refused: %s: %.*s", why.message, (int)n, line);
	if (cc_event_encode(&p->schema, &d, &f->arena, &in.bytes, &err) != CC_OK)
		fail_msg("encode: %s", err.msg);
	in.recorded = d.has_recorded ? d.recorded : d.time;
	cc_case_take(f, in, d.time);
}

/* ---- short form ---------------------------------------------------------- */

static bool
bare(const char *v)
{
	return strcmp(v, "true") == 0 || strcmp(v, "false") == 0 ||
	    strspn(v, "0123456789") == strlen(v);
}

static void
put_value(struct cc_buf *b, char *v)
{
	char *save = NULL;
	bool first = true;

	if (v[0] != '[') {
		if (bare(v))
			cc_buf_puts(b, v);
		else
			cc_buf_jsons(b, v);
		return;
	}
	v[strcspn(v, "]")] = '\0';
	cc_buf_char(b, '[');
	for (char *w = strtok_r(v + 1, ",", &save); w != NULL;
	    w = strtok_r(NULL, ",", &save)) {
		if (!first)
			cc_buf_char(b, ',');
		cc_buf_jsons(b, w);
		first = false;
	}
	cc_buf_char(b, ']');
}

static void
put_member(struct cc_buf *b, const char *name, const char *value)
{
	cc_buf_jsons(b, name);
	cc_buf_char(b, ':');
	cc_buf_jsons(b, value);
	cc_buf_char(b, ',');
}

static void
put_head(struct cc_buf *b, const struct cc_case_file *f, char *name)
{
	char id[32], subject[80], *source = NULL;

	snprintf(id, sizeof id, "e%u", (unsigned)f->c.nevents + 1);
	snprintf(subject, sizeof subject, "%.*s", (int)f->c.id.n, f->c.id.p);
	if (name != NULL && (source = strchr(name, '@')) != NULL)
		*source++ = '\0';
	put_member(b, "id", name != NULL ? name + 1 : id);
	put_member(b, "source", source != NULL ? source : "/t");
	put_member(b, "subject", subject);
}

static void
put_event(struct cc_buf *b, const struct cc_case_file *f, char *words[], int n)
{
	char *name = NULL;
	const char *comma = "";

	if (n < 2)
		fail_msg("an event needs a time and a type: %s", words[0]);
	cc_buf_puts(b, "{\"specversion\":\"1.0\",");
	put_member(b, "time", words[0]);
	put_member(b, "type", words[1]);
	cc_buf_puts(b, "\"data\":{");
	for (int i = 2; i < n; i++) {
		char *value = strchr(words[i], '=');

		if (words[i][0] == '#') {
			name = words[i];
			continue;
		}
		if (value == NULL)
			fail_msg("no value: %s", words[i]);
		*value++ = '\0';
		cc_buf_puts(b, comma);
		cc_buf_jsons(b, words[i]);
		cc_buf_char(b, ':');
		put_value(b, value);
		comma = ",";
	}
	cc_buf_puts(b, "},");
	put_head(b, f, name);
	b->p[b->n - 1] = '}';	/* the last comma */
}

static void
short_line(struct cc_case_file *f, char *line)
{
	char *words[WORDS], *save = NULL;
	struct cc_buf b;
	int n = 0;

	for (char *w = strtok_r(line, " ", &save); w != NULL;
	    w = strtok_r(NULL, " ", &save)) {
		assert_true(n < WORDS);
		words[n++] = w;
	}
	if (n == 0)
		return;
	cc_buf_init(&b, JSON_MAX);
	put_event(&b, f, words, n);
	assert_int_equal(cc_buf_end(&b, 0), CC_OK);
	cc_case_json(f, b.p, b.n);
	cc_buf_done(&b);
}

void
cc_case_short(struct cc_case_file *f, const char *lines)
{
	char *copy = strdup(lines), *save = NULL;

	assert_non_null(copy);
	for (char *l = strtok_r(copy, "\n", &save); l != NULL;
	    l = strtok_r(NULL, "\n", &save))
		short_line(f, l);
	free(copy);
}

/* ---- evaluation ---------------------------------------------------------- */

struct cc_eval_options
cc_case_at(struct cc_wall now)
{
	return (struct cc_eval_options){.now = now, .only_rule = -1};
}

struct cc_result
cc_case_eval(const struct cc_case *c, const struct cc_eval_options *o,
    struct cc_arena *a)
{
	struct cc_result r;
	struct cc_err err;

	if (cc_eval_case(cc_case_pack(), c, o, a, &r, &err) != CC_OK)
		fail_msg("evaluation: %s", err.msg);
	return r;
}

char *
cc_case_records(const struct cc_case *c, const struct cc_result *r,
    struct cc_wall now)
{
	struct cc_buf b;
	char *text;

	cc_buf_init(&b, PRINT_MAX);
	for (uint32_t i = 0; i < r->nclocks; i++) {
		struct cc_view v;

		if (!cc_clock_view(&r->clocks[i], now, &v))
			continue;
		assert_int_equal(cc_record_clock(&b, c->id, &r->clocks[i], &v), CC_OK);
		cc_buf_char(&b, '\n');
	}
	text = cc_buf_take(&b);
	assert_non_null(text);
	return text;
}

char *
cc_case_print(const struct cc_case *c, const struct cc_eval_options *o)
{
	struct cc_arena a;
	struct cc_result r;
	char *text;

	cc_heap_arena_init(&a, CC_CASE_ARENA);
	r = cc_case_eval(c, o, &a);
	text = cc_case_records(c, &r, o->now);
	cc_arena_done(&a);
	return text;
}

struct cc_wall
cc_case_time(const char *rfc3339)
{
	struct cc_str s = {rfc3339, (uint32_t)strlen(rfc3339)};
	struct cc_wall t;
	struct cc_err err;

	if (cc_wall_parse(s, &t, &err) != CC_OK)
		fail_msg("%s: %s", rfc3339, err.msg);
	return t;
}

/* ---- tables -------------------------------------------------------------- */

static const struct cc_rule *
rule_of(const char *id)
{
	const struct cc_pack *p = cc_case_pack();

	for (uint16_t i = 0; i < p->nrules; i++)
		if (strcmp(p->rules[i]->id, id) == 0)
			return p->rules[i];
	fail_msg("no such rule: %s", id);
	return NULL;
}

static void
put_time(struct cc_buf *b, struct cc_wall t)
{
	size_t at = b->n;

	cc_buf_char(b, ' ');
	if (!cc_given(t)) {
		cc_buf_char(b, '-');
		return;
	}
	cc_buf_wall(b, t);
	/* without its quotes */
	memmove(b->p + at + 1, b->p + at + 2, b->n - at - 3);
	b->n -= 2;
}

static void
put_more(struct cc_buf *b, const struct cc_clock *c)
{
	put_time(b, c->armed);
	put_time(b, c->started);
	put_time(b, c->due);
	put_time(b, c->ended);
	put_time(b, c->paused);
	put_time(b, c->resumed);
	cc_buf_puts(b, c->met ? " met " : " not ");
	cc_buf_int(b, c->end);
	cc_buf_char(b, ' ');
	cc_buf_put(b, c->origin_id.p, c->origin_id.n);
	cc_buf_char(b, '@');
	cc_buf_put(b, c->origin_source.p, c->origin_source.n);
	cc_buf_char(b, ' ');
	cc_buf_int(b, c->same);
	cc_buf_char(b, '\n');
}

char *
cc_case_dump(const struct cc_result *r)
{
	struct cc_buf b;
	char *text;

	cc_buf_init(&b, PRINT_MAX);
	for (uint32_t i = 0; i < r->nclocks; i++) {
		const struct cc_clock *c = &r->clocks[i];

		cc_buf_puts(&b, c->rule->id);
		cc_buf_char(&b, ' ');
		cc_buf_put(&b, c->subject.p, c->subject.n);
		cc_buf_char(&b, ' ');
		cc_buf_int(&b, c->period);
		put_more(&b, c);
	}
	text = cc_buf_take(&b);
	assert_non_null(text);
	return text;
}

static char *
brief(const struct cc_result *r, const struct cc_rule *rule, struct cc_wall now)
{
	struct cc_buf b;
	char *text;

	cc_buf_init(&b, PRINT_MAX);
	for (uint32_t i = 0; i < r->nclocks; i++) {
		const struct cc_clock *c = &r->clocks[i];
		struct cc_view v;

		if (c->rule != rule || !cc_clock_view(c, now, &v))
			continue;
		cc_buf_put(&b, c->subject.p, c->subject.n);
		cc_buf_char(&b, ' ');
		cc_buf_int(&b, c->period);
		cc_buf_char(&b, ' ');
		cc_buf_puts(&b, cc_state_text(v.state));
		put_time(&b, v.started);
		put_time(&b, v.due);
		put_time(&b, v.ended);
		cc_buf_char(&b, '\n');
	}
	text = cc_buf_take(&b);
	assert_non_null(text);
	return text;
}

/* Once with all rules and once with this one alone: the same is printed. */
static void
run_row(void **state)
{
	const struct cc_case_row *row = *state;
	const struct cc_rule *rule = rule_of(row->rule);
	struct cc_eval_options o = cc_case_at(cc_case_time(row->now));
	struct cc_case_file f;

	cc_case_begin(&f, "c1");
	cc_case_short(&f, row->events);
	for (int alone = 0; alone < 2; alone++) {
		struct cc_arena a;
		struct cc_result r;
		char *got;

		cc_heap_arena_init(&a, CC_CASE_ARENA);
		o.only_rule = alone ? rule->index : -1;
		r = cc_case_eval(&f.c, &o, &a);
		got = brief(&r, rule, o.now);
		if (strcmp(got, row->expect) != 0)
			print_error("%s at %s:\n%sbut expected:\n%s", row->rule,
			    row->now, got, row->expect);
		assert_string_equal(got, row->expect);
		free(got);
		cc_arena_done(&a);
	}
	cc_case_end(&f);
}

int
cc_case_run(const char *group, const struct cc_case_row *rows, size_t n)
{
	struct CMUnitTest *tests = calloc(n, sizeof *tests);
	struct cc_case_row *copy = calloc(n, sizeof *copy);
	int failed = 1;

	if (tests != NULL && copy != NULL) {
		for (size_t i = 0; i < n; i++) {
			copy[i] = rows[i];
			tests[i] = (struct CMUnitTest){.name = rows[i].name,
			    .test_func = run_row, .initial_state = &copy[i]};
		}
		failed = _cmocka_run_group_tests(group, tests, n, NULL, NULL);
	}
	free(tests);
	free(copy);
	return failed;
}
