#include "wire/json.h"

#include "wire/doc.h"

#include <stdlib.h>
#include <string.h>

/* A struct cc_json is never looked into: it is the parser's value under a
 * name that its library does not own. */
static const json_t *
inside(const struct cc_json *v)
{
	return (const json_t *)(const void *)v;
}

static const struct cc_json *
outside(const json_t *v)
{
	return (const struct cc_json *)(const void *)v;
}

enum cc_code
cc_json_parse(struct cc_str text, struct cc_json **ret, struct cc_err *reterr)
{
	json_t *doc;
	enum cc_code code = cc_doc_parse(text, CC_JSON_DEPTH, &doc, reterr);

	if (code == CC_OK)
		*ret = (struct cc_json *)(void *)doc;
	return code;
}

void
cc_json_free(struct cc_json *doc)
{
	json_decref((json_t *)(void *)doc);
}

enum cc_json_type
cc_json_type(const struct cc_json *v)
{
	if (v == NULL)
		return CC_JSON_NONE;
	switch (json_typeof(inside(v))) {
	case JSON_OBJECT:
		return CC_JSON_OBJECT;
	case JSON_ARRAY:
		return CC_JSON_LIST;
	case JSON_STRING:
		return CC_JSON_STRING;
	case JSON_INTEGER:
		return CC_JSON_INT;
	case JSON_REAL:
		return CC_JSON_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return CC_JSON_BOOL;
	case JSON_NULL:
		return CC_JSON_NULL;
	}
	return CC_JSON_NONE;
}

const struct cc_json *
cc_json_get(const struct cc_json *object, const char *name)
{
	return outside(json_object_get(inside(object), name));
}

const char *
cc_json_text(const struct cc_json *v)
{
	return json_string_value(inside(v));
}

const char *
cc_json_get_text(const struct cc_json *object, const char *name)
{
	return cc_json_text(cc_json_get(object, name));
}

bool
cc_json_int(const struct cc_json *v, int64_t *ret)
{
	if (!json_is_integer(inside(v)))
		return false;
	*ret = json_integer_value(inside(v));
	return true;
}

bool
cc_json_bool(const struct cc_json *v, bool *ret)
{
	if (!json_is_boolean(inside(v)))
		return false;
	*ret = json_is_true(inside(v));
	return true;
}

bool
cc_json_number(const struct cc_json *v, double *ret)
{
	if (!json_is_number(inside(v)))
		return false;
	*ret = json_number_value(inside(v));
	return true;
}

size_t
cc_json_count(const struct cc_json *v)
{
	return json_is_object(inside(v)) ? json_object_size(inside(v)) :
	    json_array_size(inside(v));
}

const struct cc_json *
cc_json_at(const struct cc_json *list, size_t i)
{
	return outside(json_array_get(inside(list), i));
}

/* The library walks only what it may change, though walking changes nothing:
 * the way round -Wcast-qual is to copy the pointer's bytes. */
static json_t *
walkable(const struct cc_json *object)
{
	json_t *v;

	memcpy(&v, &object, sizeof v);
	return v;
}

bool
cc_json_next(const struct cc_json *object, struct cc_json_walk *w)
{
	json_t *o = walkable(object);

	w->at = w->at == NULL ? json_object_iter(o) :
	    json_object_iter_next(o, w->at);
	if (w->at == NULL)
		return false;
	w->name = json_object_iter_key(w->at);
	w->value = outside(json_object_iter_value(w->at));
	return true;
}

static int
on_piece(const char *piece, size_t n, void *buf)
{
	cc_buf_put(buf, piece, n);
	return 0;
}

void
cc_json_print(struct cc_buf *b, const struct cc_json *v)
{
	if (json_dump_callback(inside(v), on_piece, b,
	    JSON_COMPACT | JSON_ENCODE_ANY) != 0 && b->fail == CC_OK)
		b->fail = CC_ENOMEM;
}
