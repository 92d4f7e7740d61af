#include "policy/load_schema.h"

#include <stdlib.h>
#include <string.h>

enum { CC_SCHEMA_CODES = 4096, CC_SCHEMA_NAMES = 512 };

struct schema {
	struct cc_arena *a;
	struct cc_diags *d;
	const struct cc_yaml *codes;	/* named lists, or NULL */
	const struct cc_yaml *common;	/* fields of every type, or NULL */
	const char **code;
	uint16_t *code_key;
	uint16_t ncodes;
	const char **name;
	uint16_t nnames;
};

static struct cc_str
str(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

/* The number of a code, made when new; keys of 16 bits must not collide. */
static uint16_t
code_number(struct schema *s, const char *text, struct cc_place at)
{
	uint16_t key = cc_key16(str(text));

	for (uint16_t i = 0; i < s->ncodes; i++) {
		if (strcmp(s->code[i], text) == 0)
			return i;
		/* Keys are looked up within one field's list; see unique_keys. */
	}
	if (s->ncodes == CC_SCHEMA_CODES) {
		cc_diag(s->d, at, "more than %d codes in one pack", (int)CC_SCHEMA_CODES);
		return 0;
	}
	s->code[s->ncodes] = text;
	s->code_key[s->ncodes] = key;
	return s->ncodes++;
}

static uint16_t
name_number(struct schema *s, const char *text, struct cc_place at)
{
	for (uint16_t i = 0; i < s->nnames; i++)
		if (strcmp(s->name[i], text) == 0)
			return i;
	if (s->nnames == CC_SCHEMA_NAMES) {
		cc_diag(s->d, at, "more than %d names of fields in one pack",
		    (int)CC_SCHEMA_NAMES);
		return 0;
	}
	s->name[s->nnames] = text;
	return s->nnames++;
}

static void
unique_keys(struct schema *s, const uint16_t *v, uint16_t n, struct cc_place at)
{
	for (uint16_t i = 0; i < n; i++)
		for (uint16_t k = 0; k < i; k++) {
			if (v[i] == v[k])
				cc_diag(s->d, at, "code '%s' is listed twice", s->code[v[i]]);
			else if (s->code_key[v[i]] == s->code_key[v[k]])
				cc_diag(s->d, at, "codes '%s' and '%s' have the same key; "
				    "rename one", s->code[v[i]], s->code[v[k]]);
		}
}

/* `enum: [A, B]`, or the name of a list under `codes`. */
static void
read_codes(struct schema *s, const struct cc_yaml *y, struct cc_field_def *f)
{
	const struct cc_yaml *list = y;
	uint16_t *v;

	if (y == NULL) {
		return;
	}
	if (y->kind == CC_YAML_SCALAR) {
		list = cc_yaml_get(s->codes, y->text);
		if (list == NULL) {
			cc_diag(s->d, y->at, "enum: there is no list '%.40s' under 'codes'",
			    y->text);
			return;
		}
	}
	if (!cc_yaml_is_list(list, "enum", s->d))
		return;
	v = cc_arena_array(s->a, list->n, sizeof *v);
	for (uint32_t i = 0; v != NULL && i < list->n; i++)
		if (cc_yaml_is_text(list->items[i], "code", s->d))
			v[f->ncodes++] = code_number(s, list->items[i]->text, list->items[i]->at);
	if (v == NULL)
		return;
	f->codes = v;
	unique_keys(s, v, f->ncodes, y->at);
	if (list->n == 0)
		cc_diag(s->d, y->at, "field '%s': an enum needs its codes", f->name);
}

static void
read_type(struct schema *s, const struct cc_yaml *y, struct cc_field_def *f)
{
	static const char *const types[] = {"id", "bool", "int", "time", "date", "zone",
	    "enum", "list"};
	static const char *const item_keys[] = {"type", "enum"};
	const struct cc_yaml *type = cc_yaml_get(y, "type"), *items;
	int t;

	if (type == NULL) {
		cc_diag(s->d, y->at, "field '%s': the key 'type' is missing", f->name);
		return;
	}
	t = cc_yaml_word(type, types, 8, "type", s->d);
	if (t == 7 && !f->list) {
		f->list = true;
		items = cc_yaml_get(y, "items");
		if (items == NULL || !cc_yaml_keys(items, "items", item_keys, 2, s->d))
			cc_diag(s->d, y->at, "field '%s': a list needs 'items'", f->name);
		else
			read_type(s, items, f);
		return;
	}
	if (t < 0 || t == 7) {
		if (t == 7)
			cc_diag(s->d, type->at, "field '%s': no lists in lists", f->name);
		return;
	}
	f->type = (enum cc_field_type)(CC_FIELD_ID + t);
	if (f->type == CC_FIELD_CODE) {
		read_codes(s, cc_yaml_get(y, "enum"), f);
		if (cc_yaml_get(y, "enum") == NULL)
			cc_diag(s->d, y->at, "field '%s': an enum needs its codes", f->name);
	}
}

static void
read_field(struct schema *s, const struct cc_yaml *key, const struct cc_yaml *y,
    struct cc_field_def *f)
{
	static const char *const keys[] = {"type", "required", "enum", "items", "absent"};
	const struct cc_yaml *required = cc_yaml_get(y, "required");
	const struct cc_yaml *absent = cc_yaml_get(y, "absent");

	memset(f, 0, sizeof *f);
	f->name = key->text;
	f->name_id = name_number(s, key->text, key->at);
	f->key = cc_key16(str(key->text));
	f->type = CC_FIELD_ID;
	if (!cc_yaml_keys(y, key->text, keys, 5, s->d))
		return;
	if (required != NULL)
		(void)cc_yaml_yes(required, &f->required, s->d);
	read_type(s, y, f);
	if (absent != NULL) {
		if (f->type != CC_FIELD_BOOL || f->list)
			cc_diag(s->d, absent->at, "field '%s': only a bool has 'absent'", f->name);
		(void)cc_yaml_yes(absent, &f->absent_bool, s->d);
	}
}

static void
read_fields(struct schema *s, const struct cc_yaml *fields, struct cc_event_type *t,
    struct cc_field_def *f, bool common)
{
	if (fields == NULL)
		return;
	if (fields->kind != CC_YAML_MAP) {
		cc_diag(s->d, fields->at, "type '%s': expected a mapping of fields", t->name);
		return;
	}
	for (uint32_t i = 0; i < fields->n; i++) {
		bool own = cc_schema_field(t, str(fields->keys[i]->text)) >= 0;

		if (common && own)
			continue;
		if (t->nfields == CC_FIELDS_MAX) {
			cc_diag(s->d, fields->keys[i]->at, "type '%s': more than %d fields",
			    t->name, (int)CC_FIELDS_MAX);
			return;
		}
		read_field(s, fields->keys[i], fields->items[i], &f[t->nfields]);
		for (uint16_t k = 0; k < t->nfields; k++)
			if (f[k].key == f[t->nfields].key)
				cc_diag(s->d, fields->keys[i]->at, "fields '%s' and '%s' have the "
				    "same key; rename one", f[k].name, f[t->nfields].name);
		t->nfields++;
	}
}

static void
read_event_type(struct schema *s, const struct cc_yaml *key, const struct cc_yaml *y,
    struct cc_event_type *t)
{
	static const char *const keys[] = {"fields", "voids"};
	struct cc_field_def *f = cc_arena_array(s->a, CC_FIELDS_MAX, sizeof *f);
	const struct cc_yaml *voids;

	memset(t, 0, sizeof *t);
	t->name = key->text;
	t->key = cc_key32(str(key->text));
	t->fields = f;
	if (f == NULL || !cc_yaml_keys(y, key->text, keys, 2, s->d))
		return;
	read_fields(s, cc_yaml_get(y, "fields"), t, f, false);
	read_fields(s, s->common, t, f, true);
	voids = cc_yaml_get(y, "voids");
	if (voids != NULL && cc_yaml_is_text(voids, "voids", s->d)) {
		int at = cc_schema_field(t, str(voids->text));

		if (at < 0 || f[at].type != CC_FIELD_ID || f[at].list)
			cc_diag(s->d, voids->at, "voids: '%.40s' is no id field of '%s'",
			    voids->text, t->name);
		t->voids = at >= 0;
		t->void_field = at < 0 ? 0 : (uint16_t)at;
	}
}

static int
by_name(const void *a, const void *b)
{
	const struct cc_event_type *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* A table from the number of a name to the field's place. */
static void
index_slots(struct schema *s, struct cc_event_type *t, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		uint8_t *slot = cc_arena_array(s->a, s->nnames, sizeof *slot);

		for (uint16_t k = 0; slot != NULL && k < t[i].nfields; k++)
			slot[t[i].fields[k].name_id] = (uint8_t)(k + 1);
		t[i].slot_of = slot;
		for (uint16_t k = 0; k < i; k++)
			if (t[k].key == t[i].key)
				cc_diag(s->d, (struct cc_place){"events.yaml", 0, 0},
				    "types '%s' and '%s' have the same key; rename one", t[k].name,
				    t[i].name);
	}
}

void
cc_load_schema(const struct cc_yaml *root, const char *const *extra, unsigned nextra,
    struct cc_arena *a, struct cc_diags *d, struct cc_schema *ret)
{
	static const char *const keys[] = {"version", "id_pattern", "codes", "common", "types"};
	struct schema s = {.a = a, .d = d};
	const struct cc_yaml *types = cc_yaml_get(root, "types");
	struct cc_event_type *t;

	(void)cc_yaml_keys(root, "file", keys, 5, d);
	if (types == NULL || types->kind != CC_YAML_MAP || types->n == 0 ||
	    types->n > CC_TYPES_MAX) {
		cc_diag(d, root->at, "expected 'types', a mapping of 1 to %d event types",
		    (int)CC_TYPES_MAX);
		return;
	}
	s.codes = cc_yaml_get(root, "codes");
	s.common = cc_yaml_get(root, "common");
	s.code = cc_arena_array(a, CC_SCHEMA_CODES, sizeof *s.code);
	s.code_key = cc_arena_array(a, CC_SCHEMA_CODES, sizeof *s.code_key);
	s.name = cc_arena_array(a, CC_SCHEMA_NAMES, sizeof *s.name);
	t = cc_arena_array(a, types->n, sizeof *t);
	if (a->failed) {
		cc_diag(d, root->at, "out of memory");
		return;
	}
	for (uint32_t i = 0; i < types->n; i++)
		read_event_type(&s, types->keys[i], types->items[i], &t[i]);
	for (unsigned i = 0; i < nextra; i++)
		(void)code_number(&s, extra[i], root->at);
	qsort(t, types->n, sizeof *t, by_name);
	index_slots(&s, t, (uint16_t)types->n);
	*ret = (struct cc_schema){.types = t, .ntypes = (uint16_t)types->n, .codes = s.code,
	    .code_keys = s.code_key, .ncodes = s.ncodes, .names = s.name,
	    .nnames = s.nnames};
}
