#include "policy/yaml.h"

#include "policy/slurp.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

struct reading {
	yaml_parser_t parser;
	const char *name;
	const char *text;
	size_t byte, character;	/* the same place of the text, counted both ways */
	struct cc_arena *a;
	struct cc_diags *d;
};

/* libyaml counts characters; nodes are read in the order of the text. */
static const char *
text_at(struct reading *r, size_t character)
{
	if (character < r->character)
		r->byte = r->character = 0;
	while (r->character < character && r->text[r->byte] != '\0') {
		do
			r->byte++;
		while (((unsigned char)r->text[r->byte] & 0xc0) == 0x80);
		r->character++;
	}
	return r->text + r->byte;
}

static struct cc_place
place_of(const struct reading *r, const yaml_mark_t *m)
{
	return (struct cc_place){r->name, (uint32_t)m->line + 1, (uint32_t)m->column + 1};
}

static bool
next(struct reading *r, yaml_event_t *e)
{
	if (yaml_parser_parse(&r->parser, e))
		return true;
	cc_diag(r->d, place_of(r, &r->parser.problem_mark), "YAML: %s%s%s",
	    r->parser.problem == NULL ? "cannot be read" : r->parser.problem,
	    r->parser.context == NULL ? "" : ", ",
	    r->parser.context == NULL ? "" : r->parser.context);
	return false;
}

static struct cc_yaml *read_node(struct reading *r, yaml_event_t *e, unsigned depth);

static struct cc_yaml *
new_node(struct reading *r, enum cc_yaml_kind kind, const yaml_event_t *e)
{
	struct cc_yaml *y = cc_arena_alloc(r->a, sizeof *y);

	if (y == NULL) {
		cc_diag(r->d, place_of(r, &e->start_mark), "out of memory");
		return NULL;
	}
	y->kind = kind;
	y->at = place_of(r, &e->start_mark);
	return y;
}

static struct cc_yaml *
read_scalar(struct reading *r, const yaml_event_t *e)
{
	struct cc_yaml *y;
	const char *text = (const char *)e->data.scalar.value;
	size_t n = e->data.scalar.length;

	if (e->data.scalar.anchor != NULL || e->data.scalar.tag != NULL) {
		cc_diag(r->d, place_of(r, &e->start_mark),
		    "anchors (&) and tags (!) are not allowed; quote the text if it begins so");
		return NULL;
	}
	if (memchr(text, '\0', n) != NULL) {
		cc_diag(r->d, place_of(r, &e->start_mark), "a NUL character is not allowed");
		return NULL;
	}
	y = new_node(r, CC_YAML_SCALAR, e);
	if (y == NULL)
		return NULL;
	y->text = cc_arena_text(r->a, text, n);
	y->len = (uint32_t)n;
	y->source = text_at(r, e->start_mark.index);
	return y->text == NULL ? NULL : y;
}

static bool
add(struct reading *r, const struct cc_yaml ***v, uint32_t n, const struct cc_yaml *x)
{
	const struct cc_yaml **w;

	assert(n == 0 || *v != NULL);
	if ((n & (n - 1)) == 0) {
		w = cc_arena_array(r->a, n == 0 ? 1 : (size_t)n * 2, sizeof *w);
		if (w == NULL)
			return false;
		for (uint32_t i = 0; i < n; i++)
			w[i] = (*v)[i];
		*v = w;
	}
	(*v)[n] = x;
	return true;
}

static struct cc_yaml *
read_list(struct reading *r, const yaml_event_t *begin, unsigned depth)
{
	struct cc_yaml *y = new_node(r, CC_YAML_LIST, begin);
	const struct cc_yaml **v = NULL;

	while (y != NULL) {
		yaml_event_t e;
		struct cc_yaml *x;

		if (!next(r, &e))
			return NULL;
		if (e.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&e);
			break;
		}
		x = read_node(r, &e, depth);
		if (x == NULL || !add(r, &v, y->n, x))
			return NULL;
		y->n++;
	}
	if (y != NULL)
		y->items = v;
	return y;
}

static bool
new_key(struct reading *r, const struct cc_yaml *y, const struct cc_yaml **keys,
    const struct cc_yaml *k)
{
	if (k->kind != CC_YAML_SCALAR) {
		cc_diag(r->d, k->at, "expected a key, found a list or a mapping");
		return false;
	}
	assert(y->n == 0 || keys != NULL);
	for (uint32_t i = 0; i < y->n; i++)
		if (strcmp(keys[i]->text, k->text) == 0) {
			cc_diag(r->d, k->at, "key '%.60s' given twice (first in line %u)",
			    k->text, keys[i]->at.line);
			return false;
		}
	return true;
}

static struct cc_yaml *
read_map(struct reading *r, const yaml_event_t *begin, unsigned depth)
{
	struct cc_yaml *y = new_node(r, CC_YAML_MAP, begin);
	const struct cc_yaml **keys = NULL, **items = NULL;

	while (y != NULL) {
		yaml_event_t e;
		struct cc_yaml *k, *x;

		if (!next(r, &e))
			return NULL;
		if (e.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&e);
			break;
		}
		k = read_node(r, &e, depth);
		if (k == NULL || !new_key(r, y, keys, k) || !next(r, &e))
			return NULL;
		x = read_node(r, &e, depth);
		if (x == NULL || !add(r, &keys, y->n, k) || !add(r, &items, y->n, x))
			return NULL;
		y->n++;
	}
	if (y != NULL) {
		y->keys = keys;
		y->items = items;
	}
	return y;
}

/* Reads the node that `e` begins; deletes the event. */
static struct cc_yaml *
read_node(struct reading *r, yaml_event_t *e, unsigned depth)
{
	struct cc_yaml *y = NULL;
	bool tagged = false;

	if (depth >= CC_YAML_DEPTH) {
		cc_diag(r->d, place_of(r, &e->start_mark), "nested deeper than %d levels",
		    (int)CC_YAML_DEPTH);
	} else if (e->type == YAML_SCALAR_EVENT) {
		y = read_scalar(r, e);
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		tagged = e->data.sequence_start.anchor != NULL ||
		    e->data.sequence_start.tag != NULL;
		y = tagged ? NULL : read_list(r, e, depth + 1);
	} else if (e->type == YAML_MAPPING_START_EVENT) {
		tagged = e->data.mapping_start.anchor != NULL ||
		    e->data.mapping_start.tag != NULL;
		y = tagged ? NULL : read_map(r, e, depth + 1);
	} else {
		tagged = true;
	}
	if (tagged)
		cc_diag(r->d, place_of(r, &e->start_mark),
		    "anchors, aliases and tags are not allowed");
	yaml_event_delete(e);
	return y;
}

/* Skips to the event that begins the root; false when there is none. */
static bool
to_root(struct reading *r, yaml_event_t *e)
{
	for (;;) {
		if (!next(r, e))
			return false;
		if (e->type == YAML_STREAM_END_EVENT) {
			cc_diag(r->d, place_of(r, &e->start_mark), "the file is empty");
			yaml_event_delete(e);
			return false;
		}
		if (e->type != YAML_STREAM_START_EVENT && e->type != YAML_DOCUMENT_START_EVENT)
			return true;
		yaml_event_delete(e);
	}
}

static bool
at_end(struct reading *r)
{
	for (;;) {
		yaml_event_t e;
		yaml_event_type_t type;

		if (!next(r, &e))
			return false;
		type = e.type;
		if (type == YAML_DOCUMENT_START_EVENT)
			cc_diag(r->d, place_of(r, &e.start_mark),
			    "a second document in one file is not allowed");
		yaml_event_delete(&e);
		if (type == YAML_STREAM_END_EVENT)
			return true;
		if (type == YAML_DOCUMENT_START_EVENT)
			return false;
	}
}

const struct cc_yaml *
cc_yaml_parse(const char *name, const char *text, size_t n, struct cc_arena *a,
    struct cc_diags *d)
{
	struct reading r = {.name = cc_arena_text(a, name, strlen(name)), .a = a, .d = d};
	struct cc_yaml *root = NULL;
	yaml_event_t e;

	/* A byte order mark is no part of the text. */
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	r.text = cc_arena_text(a, text, n);
	if (r.name == NULL || r.text == NULL || !yaml_parser_initialize(&r.parser)) {
		cc_diag(d, (struct cc_place){name, 0, 0}, "out of memory");
		return NULL;
	}
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text, n);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	if (to_root(&r, &e)) {
		root = read_node(&r, &e, 0);
		if (root != NULL && !at_end(&r))
			root = NULL;
	}
	yaml_parser_delete(&r.parser);
	return root;
}

const struct cc_yaml *
cc_yaml_read(const char *path, struct cc_arena *a, struct cc_diags *d)
{
	struct cc_err err;
	struct cc_str text;

	if (cc_slurp(path, CC_YAML_BYTES, a, &text, &err) != CC_OK) {
		cc_diag(d, (struct cc_place){NULL, 0, 0}, "%s", err.msg);
		return NULL;
	}
	return cc_yaml_parse(path, text.p, text.n, a, d);
}

const struct cc_yaml *
cc_yaml_get(const struct cc_yaml *map, const char *key)
{
	if (map == NULL || map->kind != CC_YAML_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->n; i++)
		if (strcmp(map->keys[i]->text, key) == 0)
			return map->items[i];
	return NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
step(const char **s, struct cc_place *at)
{
	if (**s == '\n') {
		at->line++;
		at->column = 1;
	} else {
		at->column += ((unsigned char)**s & 0xc0) != 0x80;
	}
	++*s;
}

/* Folding changes only white space: the n-th other character of the text is the
 * n-th in the file, after a quote or the block's header.  A quote within quotes
 * has one character before it. */
struct cc_place
cc_yaml_place(const struct cc_yaml *scalar, size_t offset)
{
	struct cc_place at = scalar->at;
	const char *s = scalar->source, *t = scalar->text;
	char quote = *s == '"' || *s == '\'' ? *s : '\0';
	bool block = *s == '>' || *s == '|';

	if (quote != '\0')
		step(&s, &at);
	while (block && *s != '\0' && *s != '\n')
		step(&s, &at);
	for (size_t i = 0; *s != '\0';) {
		while (i < offset && is_blank(t[i]))
			i++;
		if (t[i] == '\0')
			break;
		if (is_blank(*s)) {
			step(&s, &at);
			continue;
		}
		if (i >= offset)
			break;
		if ((quote == '"' && *s == '\\') || (quote == '\'' && *s == '\''))
			step(&s, &at);
		i++;
		if (*s != '\0')
			step(&s, &at);
	}
	return at;
}
