#include "store/memory_table.h"

#include <stdlib.h>
#include <string.h>

struct cc_mem_row {
	uint32_t refs;
	max_align_t data[];	/* the struct, then its texts */
};

static struct cc_str
text_of(const void *data, size_t at)
{
	struct cc_str t;

	memcpy(&t, (const char *)data + at, sizeof t);
	return t;
}

struct cc_mem_row *
cc_mem_row_new(const struct cc_mem_kind *k, const void *data)
{
	size_t need = sizeof(struct cc_mem_row) + k->size;
	struct cc_mem_row *r;
	char *p;

	for (size_t i = 0; i < k->ntexts; i++)
		need += (size_t)text_of(data, k->texts[i]).n + 1;
	r = malloc(need);
	if (r == NULL)
		return NULL;
	r->refs = 1;
	memcpy(r->data, data, k->size);
	p = (char *)r->data + k->size;
	for (size_t i = 0; i < k->ntexts; i++) {
		struct cc_str t = text_of(data, k->texts[i]);

		if (t.n > 0)
			memcpy(p, t.p, t.n);
		p[t.n] = '\0';
		t.p = p;
		memcpy((char *)r->data + k->texts[i], &t, sizeof t);
		p += t.n + 1;
	}
	return r;
}

const void *
cc_mem_row_data(const struct cc_mem_row *r)
{
	return r->data;
}

void
cc_mem_row_drop(struct cc_mem_row *r)
{
	if (--r->refs == 0)
		free(r);
}

struct cc_mem_table *
cc_mem_table_new(void)
{
	struct cc_mem_table *t = calloc(1, sizeof *t);

	if (t != NULL)
		t->refs = 1;
	return t;
}

struct cc_mem_table *
cc_mem_table_copy(const struct cc_mem_table *t)
{
	struct cc_mem_table *c = cc_mem_table_new();

	if (c == NULL)
		return NULL;
	c->cap = t->n + t->n / 4 + 16;
	c->rows = malloc(c->cap * sizeof(struct cc_mem_row *));
	if (c->rows == NULL) {
		free(c);
		return NULL;
	}
	for (size_t i = 0; i < t->n; i++) {
		c->rows[i] = t->rows[i];
		c->rows[i]->refs++;
	}
	c->n = t->n;
	return c;
}

void
cc_mem_table_drop(struct cc_mem_table *t)
{
	if (t == NULL || --t->refs > 0)
		return;
	for (size_t i = 0; i < t->n; i++)
		cc_mem_row_drop(t->rows[i]);
	free(t->rows);
	free(t);
}

size_t
cc_mem_place(const struct cc_mem_table *t, const struct cc_mem_kind *k, const void *key,
    bool *ret_same)
{
	size_t lo = 0, hi = t->n;

	*ret_same = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = k->cmp(t->rows[mid]->data, key);

		if (c == 0)
			*ret_same = true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const void *
cc_mem_at(const struct cc_mem_table *t, size_t i)
{
	return i < t->n ? t->rows[i]->data : NULL;
}

const void *
cc_mem_get(const struct cc_mem_table *t, const struct cc_mem_kind *k, const void *key)
{
	bool same;
	size_t i = cc_mem_place(t, k, key, &same);

	return same ? cc_mem_at(t, i) : NULL;
}

bool
cc_mem_set(struct cc_mem_table *t, const struct cc_mem_kind *k, struct cc_mem_row *r)
{
	bool same;
	size_t i = cc_mem_place(t, k, r->data, &same);

	if (same) {
		r->refs++;
		cc_mem_row_drop(t->rows[i]);
		t->rows[i] = r;
		return true;
	}
	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? 16 : t->cap * 2;
		struct cc_mem_row **p = realloc(t->rows, cap * sizeof(struct cc_mem_row *));

		if (p == NULL)
			return false;
		t->rows = p;
		t->cap = cap;
	}
	memmove(t->rows + i + 1, t->rows + i, (t->n - i) * sizeof(struct cc_mem_row *));
	t->rows[i] = r;
	r->refs++;
	t->n++;
	return true;
}

void
cc_mem_remove(struct cc_mem_table *t, size_t i)
{
	cc_mem_row_drop(t->rows[i]);
	t->n--;
	memmove(t->rows + i, t->rows + i + 1, (t->n - i) * sizeof(struct cc_mem_row *));
}

bool
cc_mem_out(const struct cc_mem_kind *k, const void *data, struct cc_arena *a, void *ret)
{
	memcpy(ret, data, k->size);
	for (size_t i = 0; i < k->ntexts; i++) {
		struct cc_str t = text_of(data, k->texts[i]);

		t.p = cc_arena_text(a, t.p, t.n);
		if (t.p == NULL)
			return false;
		memcpy((char *)ret + k->texts[i], &t, sizeof t);
	}
	return true;
}
