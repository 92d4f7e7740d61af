/* Events of a test file: each becomes the line that a sender would have sent, so
 * that it is checked as the daemon checks it. */
#include "policy/pack_test_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/buf.h"
#include "wire/line.h"

static const char *const heads[] = {"at", "type", "id", "source", "recorded", "data"};

enum { HEADS = sizeof heads / sizeof heads[0] };

static bool
is_head(const char *key)
{
	for (unsigned i = 0; i < HEADS; i++)
		if (strcmp(heads[i], key) == 0)
			return true;
	return false;
}

static const char *
text_or(const struct cc_yaml *event, const char *key, const char *or_else)
{
	const struct cc_yaml *y = cc_yaml_get(event, key);

	return y == NULL ? or_else : y->text;
}

/* ---- the line -------------------------------------------------------- */

static void
put_scalar(struct cc_buf *b, const struct cc_field_def *f, const char *text)
{
	bool yes = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;
	bool no = strcmp(text, "false") == 0 || strcmp(text, "no") == 0;
	size_t n = strlen(text);

	if (f != NULL && f->type == CC_FIELD_BOOL && (yes || no))
		cc_buf_puts(b, yes ? "true" : "false");
	else if (f != NULL && f->type == CC_FIELD_INT && n > 0 && n < 10 &&
	    strspn(text, "0123456789") == n && (n == 1 || text[0] != '0'))
		cc_buf_puts(b, text);
	else
		cc_buf_jsons(b, text);
}

static void
put_value(struct cc_buf *b, const struct cc_field_def *f, const struct cc_yaml *y)
{
	if (y->kind == CC_YAML_SCALAR) {
		put_scalar(b, f, y->text);
		return;
	}
	if (y->kind == CC_YAML_MAP) {
		cc_buf_puts(b, "{}");	/* no field is one: the reader refuses it */
		return;
	}
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < y->n; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		if (y->items[i]->kind == CC_YAML_SCALAR)
			put_scalar(b, f, y->items[i]->text);
		else
			cc_buf_puts(b, "[]");
	}
	cc_buf_char(b, ']');
}

static void
put_fields(struct cc_buf *b, const struct cc_event_type *type, const struct cc_yaml *map,
    bool all, const char **comma)
{
	for (uint32_t i = 0; map != NULL && i < map->n; i++) {
		const struct cc_yaml *k = map->keys[i];
		int at;

		if (!all && is_head(k->text))
			continue;
		at = type == NULL ? -1 :
		    cc_schema_field(type, (struct cc_str){k->text, k->len});
		cc_buf_puts(b, *comma);
		cc_buf_jsons(b, k->text);
		cc_buf_char(b, ':');
		put_value(b, at < 0 ? NULL : &type->fields[at], map->items[i]);
		*comma = ",";
	}
}

static void
put_member(struct cc_buf *b, const char *name, const char *value)
{
	cc_buf_char(b, ',');
	cc_buf_jsons(b, name);
	cc_buf_char(b, ':');
	cc_buf_jsons(b, value);
}

static void
put_line(struct cc_buf *b, const struct cc_schema *s, const struct cc_yaml *y,
    uint32_t number)
{
	const char *name = text_or(y, "type", ""), *comma = "", *recorded;
	int type = cc_schema_type(s, (struct cc_str){name, (uint32_t)strlen(name)});
	const struct cc_event_type *t = type < 0 ? NULL : &s->types[type];
	char id[24];

	(void)snprintf(id, sizeof id, "e-%u", (unsigned)number);
	cc_buf_puts(b, "{\"specversion\":\"1.0\",\"subject\":\"t\"");
	put_member(b, "id", text_or(y, "id", id));
	put_member(b, "source", text_or(y, "source", "/t"));
	put_member(b, "type", name);
	put_member(b, "time", text_or(y, "at", ""));
	recorded = text_or(y, "recorded", NULL);
	if (recorded != NULL)
		put_member(b, "recordedtime", recorded);
	cc_buf_puts(b, ",\"data\":{");
	put_fields(b, t, y, false, &comma);
	put_fields(b, t, cc_yaml_get(y, "data"), true, &comma);
	cc_buf_puts(b, "}}");
}

/* ---- where a refusal points ------------------------------------------ */

static const struct cc_yaml *
item_of(const struct cc_yaml *y, const char *rest)
{
	char *end;
	unsigned long n;

	if (y == NULL || y->kind != CC_YAML_LIST || *rest != '/')
		return y;
	n = strtoul(rest + 1, &end, 10);
	return *end == '\0' && n < y->n ? y->items[n] : y;
}

static const struct cc_yaml *
field_node(const struct cc_yaml *event, const char *pointer)
{
	size_t n = strcspn(pointer, "/");
	const struct cc_yaml *maps[] = {event, cc_yaml_get(event, "data")};

	for (unsigned m = 0; m < 2; m++)
		for (uint32_t i = 0; maps[m] != NULL && maps[m]->kind == CC_YAML_MAP &&
		    i < maps[m]->n; i++) {
			const struct cc_yaml *k = maps[m]->keys[i];

			if (k->len != n || strncmp(k->text, pointer, n) != 0)
				continue;
			/* A wrong name is wrong at its key. */
			return pointer[n] == '\0' ? k : item_of(maps[m]->items[i], pointer + n);
		}
	return NULL;
}

static struct cc_place
place_of(const struct cc_yaml *event, const char *pointer)
{
	static const struct {
		const char *pointer, *key;
	} names[] = {
		{"/time", "at"}, {"/type", "type"}, {"/id", "id"}, {"/source", "source"},
		{"/recordedtime", "recorded"},
	};
	const struct cc_yaml *y = NULL;

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i].pointer, pointer) == 0)
			y = cc_yaml_get(event, names[i].key);
	if (strncmp(pointer, "/data/", 6) == 0)
		y = field_node(event, pointer + 6);
	return y == NULL ? event->at : y->at;
}

/* ---- the story ------------------------------------------------------- */

static bool
good_shape(struct cc_pack_tests *t, const struct cc_yaml *y)
{
	const struct cc_yaml *data = cc_yaml_get(y, "data");

	if (y->kind != CC_YAML_MAP) {
		cc_diag(t->diags, y->at, "an event is a mapping: {at: TIME, type: TYPE, FIELD: "
		    "VALUE, ...}");
		return false;
	}
	for (unsigned i = 0; i < 2; i++)
		if (cc_yaml_get(y, heads[i]) == NULL) {
			cc_diag(t->diags, y->at, "this event has no '%s'", heads[i]);
			return false;
		}
	for (unsigned i = 0; i + 1 < HEADS; i++) {
		const struct cc_yaml *v = cc_yaml_get(y, heads[i]);

		if (v != NULL && !cc_yaml_is_text(v, heads[i], t->diags))
			return false;
	}
	if (data != NULL && data->kind != CC_YAML_MAP) {
		cc_diag(t->diags, data->at, "data: expected a mapping of fields");
		return false;
	}
	return true;
}

/* An exact repeat counts once; another event of the same name is a mistake. */
static bool
is_new(struct cc_pack_tests *t, const struct cc_pack_story *s, const struct cc_yaml *y,
    struct cc_str bytes)
{
	struct cc_str id, source, old_id, old_source;
	struct cc_wall time;

	if (cc_event_head(bytes, &time, &id, &source, NULL) != CC_OK)
		return false;
	for (uint32_t i = 0; i < s->n; i++) {
		if (cc_event_head(s->v[i].bytes, &time, &old_id, &old_source, NULL) != CC_OK ||
		    !cc_str_eq(id, old_id) || !cc_str_eq(source, old_source))
			continue;
		if (!cc_str_eq(bytes, s->v[i].bytes))
			cc_diag(t->diags, y->at, "there is another event '%.*s' from '%.*s' "
			    "with other content before it", (int)id.n, id.p, (int)source.n,
			    source.p);
		return false;
	}
	return true;
}

static bool
grow(struct cc_arena *a, struct cc_pack_story *s, uint32_t cap)
{
	struct cc_input *v = cc_arena_array(a, cap, sizeof *v);

	if (v == NULL)
		return false;
	if (s->n > 0)
		memcpy(v, s->v, s->n * sizeof *v);
	s->v = v;
	s->cap = cap;
	return true;
}

static void
keep(struct cc_pack_tests *t, struct cc_pack_story *s, const struct cc_yaml *y,
    const struct cc_draft *d)
{
	struct cc_input in = {.recorded = d->has_recorded ? d->recorded : d->time};
	struct cc_err err;

	if (cc_event_encode(&t->pack->schema, d, t->arena, &in.bytes, &err) != CC_OK) {
		cc_diag(t->diags, y->at, "%s", err.msg);
		return;
	}
	if (!is_new(t, s, y, in.bytes))
		return;
	if (s->n == CC_PACK_TEST_EVENTS) {
		cc_diag(t->diags, y->at, "more than %d events", (int)CC_PACK_TEST_EVENTS);
		return;
	}
	if (s->n == s->cap && !grow(t->arena, s, s->cap == 0 ? 8 : 2 * s->cap))
		return;
	s->v[s->n++] = in;
	if (!cc_given(s->last) || d->time.s > s->last.s)
		s->last = d->time;
}

static void
add(struct cc_pack_tests *t, struct cc_pack_story *s, const struct cc_yaml *y,
    struct cc_buf *b)
{
	struct cc_line_rules rules = {.schema = &t->pack->schema, .zones = t->pack->zones,
	    .max_bytes = CC_LINE_MAX_BYTES, .may_send = true};
	struct cc_refused why;
	struct cc_draft d;

	s->told++;
	if (!good_shape(t, y))
		return;
	cc_buf_clear(b);
	put_line(b, &t->pack->schema, y, s->told);
	if (cc_buf_end(b, 0) != CC_OK) {
		cc_diag(t->diags, y->at, "the event is longer than %d bytes",
		    (int)CC_LINE_MAX_BYTES);
		return;
	}
	if (cc_wire_event_parse(&rules, (struct cc_str){b->p, (uint32_t)b->n}, t->arena, &d,
	    &why))
		keep(t, s, y, &d);
	else
		cc_diag(t->diags, place_of(y, why.pointer), "%s: %s",
		    cc_refusal_text(why.code), why.message);
}

void
cc_pack_story_add(struct cc_pack_tests *t, struct cc_pack_story *s,
    const struct cc_yaml *list)
{
	struct cc_buf b;

	if (!cc_yaml_is_list(list, "events", t->diags))
		return;
	cc_buf_init(&b, CC_LINE_MAX_BYTES);
	for (uint32_t i = 0; i < list->n; i++)
		add(t, s, list->items[i], &b);
	cc_buf_done(&b);
}

struct cc_pack_story
cc_pack_story_copy(struct cc_arena *a, const struct cc_pack_story *s)
{
	struct cc_pack_story copy = *s;

	if (s->n > 0 && !grow(a, &copy, s->n + 8))
		copy.n = 0;	/* the arena remembers */
	return copy;
}
