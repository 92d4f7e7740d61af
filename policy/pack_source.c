#include "policy/pack_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/folder.h"

static const struct {
	const char *list, *key;	/* "terms" of "term" */
} parts[] = {
	[CC_PART_RULE] = {"rules", "rule"}, [CC_PART_TERM] = {"terms", "term"},
	[CC_PART_SET] = {"sets", "set"}, [CC_PART_TIMELINE] = {"timelines", "timeline"},
	[CC_PART_SPAN] = {"spans", "span"},
};

struct reading {
	const char *dir;
	struct cc_arena *a;
	struct cc_diags *d;
	struct cc_pack_source s;
	uint32_t cap;
};

const char *
cc_pack_part_text(enum cc_pack_part part)
{
	return parts[part].key;
}

/* "f2f" of "f2f(p: id)". */
static struct cc_str
name_of(const struct cc_yaml *y)
{
	size_t n = strcspn(y->text, "( ");

	return (struct cc_str){y->text, (uint32_t)n};
}

static bool
add_decl(struct reading *r, enum cc_pack_part part, const struct cc_yaml *y)
{
	const struct cc_yaml *name = cc_yaml_get(y, parts[part].key);

	if (name == NULL || name->kind != CC_YAML_SCALAR)
		return true;	/* the loader would not have it */
	if (r->s.ndecls == r->cap) {
		uint32_t cap = r->cap == 0 ? 256 : 2 * r->cap;
		struct cc_pack_decl *v = cc_arena_array(r->a, cap, sizeof *v);

		if (v == NULL)
			return false;
		if (r->s.ndecls > 0)
			memcpy(v, r->s.decls, r->s.ndecls * sizeof *v);
		r->s.decls = v;
		r->cap = cap;
	}
	r->s.decls[r->s.ndecls++] = (struct cc_pack_decl){part, name_of(name), y};
	return true;
}

static void
add_file(struct reading *r, const struct cc_yaml *root)
{
	for (int part = CC_PART_RULE; part <= CC_PART_SPAN; part++) {
		const struct cc_yaml *list = cc_yaml_get(root, parts[part].list);

		for (uint32_t i = 0; list != NULL && list->kind == CC_YAML_LIST && i < list->n; i++)
			if (!add_decl(r, (enum cc_pack_part)part, list->items[i]))
				return; /* the arena remembers */
	}
}

static const struct cc_yaml *
read_file(struct reading *r, const char *name)
{
	char path[CC_FOLDER_PATH];

	if (snprintf(path, sizeof path, "%s/%s", r->dir, name) >= (int)sizeof path) {
		cc_diag(r->d, (struct cc_place){r->dir, 0, 0}, "the path is too long");
		return NULL;
	}
	return cc_yaml_read(path, r->a, r->d);
}

static int
cmp_decl(enum cc_pack_part part, struct cc_str name, const struct cc_pack_decl *d)
{
	if (part != d->part)
		return part < d->part ? -1 : 1;
	return cc_str_cmp(name, d->name);
}

static int
by_name(const void *a, const void *b)
{
	const struct cc_pack_decl *x = a;

	return cmp_decl(x->part, x->name, b);
}

enum cc_code
cc_pack_source_read(const char *dir, struct cc_arena *a, struct cc_diags *d,
    struct cc_pack_source *ret, struct cc_err *reterr)
{
	struct reading r = {.dir = dir, .a = a, .d = d};
	unsigned before = d->n;
	struct cc_folder rules;
	enum cc_code code = cc_folder_list(dir, "rules", a, &rules, reterr);

	if (code != CC_OK)
		return code;
	r.s.head = read_file(&r, "pack.yaml");
	r.s.events = read_file(&r, "events.yaml");
	add_file(&r, read_file(&r, "terms.yaml"));
	for (unsigned i = 0; i < rules.n; i++)
		add_file(&r, cc_yaml_read(rules.v[i], a, d));
	if (a->failed)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to read %s", dir);
	if (d->n != before)
		return cc_fail(reterr, CC_EINVAL, 0, "%s: the pack has mistakes", dir);
	if (r.s.ndecls > 1)
		qsort(r.s.decls, r.s.ndecls, sizeof *r.s.decls, by_name);
	*ret = r.s;
	return CC_OK;
}

const struct cc_pack_decl *
cc_pack_source_find(const struct cc_pack_source *s, enum cc_pack_part part,
    struct cc_str name)
{
	uint32_t lo = 0, hi = s->ndecls;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = cmp_decl(part, name, &s->decls[mid]);

		if (c == 0)
			return &s->decls[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

/* ---- comparing ------------------------------------------------------- */

static bool
blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool
same_text(const char *a, const char *b)
{
	for (;;) {
		bool between = blank(*a) || blank(*b);

		if (between && !(blank(*a) && blank(*b)) && *a != '\0' && *b != '\0')
			return false;
		while (blank(*a))
			a++;
		while (blank(*b))
			b++;
		if (*a == '\0' || *b == '\0')
			return *a == *b;
		if (*a++ != *b++)
			return false;
	}
}

static bool
same_items(const struct cc_yaml *a, const struct cc_yaml *b)
{
	for (uint32_t i = 0; i < a->n; i++) {
		const struct cc_yaml *other = a->kind == CC_YAML_LIST ? b->items[i] :
		    cc_yaml_get(b, a->keys[i]->text);

		if (other == NULL || !cc_pack_same(a->items[i], other))
			return false;
	}
	return true;
}

bool
cc_pack_same(const struct cc_yaml *a, const struct cc_yaml *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind)
		return false;
	if (a->kind == CC_YAML_SCALAR)
		return same_text(a->text, b->text);
	return a->n == b->n && same_items(a, b);
}

static bool
in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_' || c == '-';
}

static bool
text_mentions(const char *text, struct cc_str word)
{
	for (const char *p = text; (p = strstr(p, word.p)) != NULL; p++)
		if ((p == text || !in_word(p[-1])) && !in_word(p[word.n]))
			return true;
	return false;
}

bool
cc_pack_mentions(const struct cc_yaml *y, struct cc_str word)
{
	char text[256];

	if (y == NULL || word.n >= sizeof text)
		return false;
	if (y->kind != CC_YAML_SCALAR) {
		for (uint32_t i = 0; i < y->n; i++)
			if (cc_pack_mentions(y->items[i], word))
				return true;
		return false;
	}
	memcpy(text, word.p, word.n);
	text[word.n] = '\0';
	return text_mentions(y->text, (struct cc_str){text, word.n});
}
