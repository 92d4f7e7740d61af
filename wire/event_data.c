#include "wire/event_data.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "wire/doc.h"

enum { POINTER_NAME_CUT = 40, INT_FIELD_MAX = 150, CODES_TEXT = 360 };

struct cc_str
cc_data_keep(struct cc_data_reading *r, struct cc_str s)
{
	struct cc_str kept = {r->texts, s.n};

	assert(s.n <= r->left);
	if (s.n != 0)
		memcpy(r->texts, s.p, s.n);
	r->texts += s.n;
	r->left -= s.n;
	return kept;
}

static bool
control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

void
cc_event_pointer(char ret[CC_POINTER_TEXT], const char *base, const char *name,
    int64_t index)
{
	char text[2 * POINTER_NAME_CUT + 4];
	size_t n = 0, i;

	for (i = 0; i < POINTER_NAME_CUT && name[i] != '\0'; i++) {
		if (name[i] == '~' || name[i] == '/') {
			text[n++] = '~';
			text[n++] = name[i] == '~' ? '0' : '1';
		} else {
			/* a terminal may show it */
			text[n++] = control(name[i]) ? '?' : name[i];
		}
	}
	memcpy(text + n, name[i] != '\0' ? "..." : "\0\0\0", 4);
	if (index < 0) {
		(void)snprintf(ret, CC_POINTER_TEXT, "%s/%s", base, text);
		return;
	}
	(void)snprintf(ret, CC_POINTER_TEXT, "%s/%s/%lld", base, text,
	    (long long)index);
}

/* One value: which field, and which place in its list (-1: not a list). */
struct spot {
	const struct cc_field_def *field;
	const json_t *value;
	int64_t index;
};

static bool
refuse(struct cc_data_reading *r, const struct spot *at, const char *expected)
{
	char pointer[CC_POINTER_TEXT], got[CC_GOT_TEXT];

	cc_event_pointer(pointer, "/data", at->field->name, at->index);
	cc_refuse(r->refused, CC_REFUSED_INVALID_DATA, pointer,
	    "expected %s; got %s", expected, cc_doc_got(at->value, got));
	return false;
}

static bool
refuse_words(struct cc_data_reading *r, const struct spot *at,
    const char *words)
{
	char pointer[CC_POINTER_TEXT];

	cc_event_pointer(pointer, "/data", at->field->name, at->index);
	cc_refuse(r->refused, CC_REFUSED_INVALID_DATA, pointer, "%s", words);
	return false;
}

static bool
read_id(struct cc_data_reading *r, const struct spot *at, struct cc_item *ret)
{
	if (!json_is_string(at->value) || !cc_id_ok(cc_doc_str(at->value))) {
		return refuse(r, at, "an id: 1 to 64 of A-Z a-z 0-9 . _ : -, "
		    "first a letter or digit");
	}
	ret->text = cc_data_keep(r, cc_doc_str(at->value));
	return true;
}

static bool
read_bool(struct cc_data_reading *r, const struct spot *at, struct cc_item *ret)
{
	if (!json_is_boolean(at->value))
		return refuse(r, at, "true or false");
	ret->v = json_is_true(at->value);
	return true;
}

static bool
read_int(struct cc_data_reading *r, const struct spot *at, struct cc_item *ret)
{
	json_int_t v = json_integer_value(at->value);

	if (!json_is_integer(at->value) || v < 0 || v > INT_FIELD_MAX)
		return refuse(r, at, "a whole number from 0 to 150");
	ret->v = v;
	return true;
}

static bool
read_instant(struct cc_data_reading *r, const struct spot *at,
    struct cc_item *ret)
{
	struct cc_wall t;
	struct cc_err err;

	if (!json_is_string(at->value))
		return refuse(r, at, "a time with offset");
	if (cc_wall_parse(cc_doc_str(at->value), &t, &err) != CC_OK)
		return refuse_words(r, at, err.msg);
	ret->v = t.s;
	return true;
}

static bool
read_date(struct cc_data_reading *r, const struct spot *at, struct cc_item *ret)
{
	struct cc_err err;
	cc_day d;

	if (!json_is_string(at->value))
		return refuse(r, at, "a date YYYY-MM-DD");
	if (cc_day_parse(cc_doc_str(at->value), &d, &err) != CC_OK)
		return refuse_words(r, at, err.msg);
	ret->v = d;
	return true;
}

static bool
read_zone(struct cc_data_reading *r, const struct spot *at, struct cc_item *ret)
{
	if (json_is_string(at->value))
		ret->v = cc_zones_index(r->rules->zones, cc_doc_str(at->value));
	if (!json_is_string(at->value) || ret->v < 0)
		return refuse(r, at, "the name of an IANA time zone");
	ret->text = cc_data_keep(r, cc_doc_str(at->value));
	return true;
}

static bool
refuse_code(struct cc_data_reading *r, const struct spot *at)
{
	const struct cc_field_def *f = at->field;
	char text[CODES_TEXT] = "one of ";
	size_t n = strlen(text);

	for (uint16_t i = 0; i < f->ncodes; i++) {
		const char *code = r->rules->schema->codes[f->codes[i]];
		const char *sep = i == 0 ? "" : ", ";

		/* leave room for the dots that stand for the rest */
		if (n + strlen(sep) + strlen(code) + 6 > sizeof text) {
			(void)snprintf(text + n, sizeof text - n, ", ...");
			break;
		}
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", sep,
		    code);
	}
	return refuse(r, at, text);
}

static bool
read_code(struct cc_data_reading *r, const struct spot *at, struct cc_item *ret)
{
	int code = -1;

	if (json_is_string(at->value)) {
		code = cc_schema_code(r->rules->schema, at->field,
		    cc_doc_str(at->value));
	}
	if (code < 0)
		return refuse_code(r, at);
	ret->v = code;
	return true;
}

static bool
read_value(struct cc_data_reading *r, const struct spot *at,
    struct cc_item *ret)
{
	static bool (*const readers[])(struct cc_data_reading *r,
	    const struct spot *at, struct cc_item *ret) = {
		[CC_FIELD_ID] = read_id, [CC_FIELD_BOOL] = read_bool,
		[CC_FIELD_INT] = read_int, [CC_FIELD_TIME] = read_instant,
		[CC_FIELD_DATE] = read_date, [CC_FIELD_ZONE] = read_zone,
		[CC_FIELD_CODE] = read_code
	};

	return readers[at->field->type](r, at, ret);
}

static bool
read_list(struct cc_data_reading *r, struct spot at, struct cc_draft_field *ret)
{
	const json_t *list = at.value;
	size_t n = json_array_size(list);
	struct cc_item *items;

	if (!json_is_array(list))
		return refuse(r, &at, "a list");
	if (n > CC_LIST_MAX)
		return refuse_words(r, &at, "expected at most 4096 items; got more");
	items = cc_arena_array(r->arena, n, sizeof *items);
	if (items == NULL) {
		cc_refuse(r->refused, CC_REFUSED_OVERLOADED, "",
		    "no memory for an event");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		at.value = json_array_get(list, i);
		at.index = (int64_t)i;
		if (!read_value(r, &at, &items[i]))
			return false;
	}
	*ret = (struct cc_draft_field){true, (uint32_t)n, items};
	return true;
}

static bool
read_unknown(struct cc_data_reading *r, const struct cc_event_type *t,
    const char *name)
{
	char pointer[CC_POINTER_TEXT];

	cc_event_pointer(pointer, "/data", name, -1);
	cc_refuse(r->refused, CC_REFUSED_INVALID_DATA, pointer,
	    "expected only fields of %.64s; this one is not declared", t->name);
	return false;
}

static bool
check_required(struct cc_data_reading *r, const struct cc_event_type *t,
    const struct cc_draft *d)
{
	for (uint16_t i = 0; i < t->nfields; i++) {
		struct spot at = {&t->fields[i], NULL, -1};

		if (t->fields[i].required && !d->fields[i].given)
			return refuse(r, &at, "this required field");
	}
	return true;
}

bool
cc_data_read(struct cc_data_reading *r, struct json_t *data, struct cc_draft *d)
{
	const struct cc_event_type *t = &r->rules->schema->types[d->type];
	struct cc_item *single = cc_arena_array(r->arena, t->nfields,
	    sizeof *single);

	if (single == NULL) {
		cc_refuse(r->refused, CC_REFUSED_OVERLOADED, "",
		    "no memory for an event");
		return false;
	}
	for (void *it = json_object_iter(data); it != NULL;
	     it = json_object_iter_next(data, it)) {
		const char *name = json_object_iter_key(it);
		struct cc_str key = {name,
		    (uint32_t)json_object_iter_key_len(it)};
		int i = cc_schema_field(t, key);
		struct spot at = {NULL, json_object_iter_value(it), -1};

		if (i < 0)
			return read_unknown(r, t, name);
		at.field = &t->fields[i];
		if (at.field->list) {
			if (!read_list(r, at, &d->fields[i]))
				return false;
			continue;
		}
		if (!read_value(r, &at, &single[i]))
			return false;
		d->fields[i] = (struct cc_draft_field){true, 1, &single[i]};
	}
	return check_required(r, t, d);
}
