#include "scheduler/arena.h"

#include <string.h>

enum { CC_ARENA_ALIGN = 16, CC_ARENA_BLOCK = 64 * 1024 };

static size_t
rounded(size_t n)
{
	return (n + CC_ARENA_ALIGN - 1) & ~(size_t)(CC_ARENA_ALIGN - 1);
}

static char *
bytes_of(struct cc_block *b)
{
	return (char *)b + rounded(sizeof *b);
}

static bool
grow(struct cc_arena *a, size_t n)
{
	size_t cap = n > CC_ARENA_BLOCK ? n : CC_ARENA_BLOCK;
	size_t all = rounded(sizeof(struct cc_block)) + cap;
	struct cc_block *b;

	if (all < cap || a->total > a->limit || all > a->limit - a->total)
		return false;
	b = a->more(a->self, NULL, all);
	if (b == NULL)
		return false;
	b->prev = a->top;
	b->cap = cap;
	b->used = 0;
	a->top = b;
	a->total += all;
	return true;
}

void *
cc_arena_raw(struct cc_arena *a, size_t n)
{
	size_t want = rounded(n == 0 ? 1 : n);
	char *p;

	if (want < n) {
		a->failed = true;
		return NULL;
	}
	if (a->top == NULL || a->top->cap - a->top->used < want) {
		if (!grow(a, want)) {
			a->failed = true;
			return NULL;
		}
	}
	p = bytes_of(a->top) + a->top->used;
	a->top->used += want;
	return p;
}

void *
cc_arena_alloc(struct cc_arena *a, size_t n)
{
	void *p = cc_arena_raw(a, n);

	if (p != NULL)
		memset(p, 0, n);
	return p;
}

void *
cc_arena_array(struct cc_arena *a, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size) {
		a->failed = true;
		return NULL;
	}
	return cc_arena_alloc(a, n * size);
}

char *
cc_arena_text(struct cc_arena *a, const char *p, size_t n)
{
	char *copy = n == SIZE_MAX ? NULL : cc_arena_raw(a, n + 1);

	if (copy == NULL)
		return NULL;
	if (n != 0)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

struct cc_mark
cc_arena_mark(const struct cc_arena *a)
{
	struct cc_mark m = {a->top, a->top == NULL ? 0 : a->top->used};

	return m;
}

static void
drop_top(struct cc_arena *a)
{
	struct cc_block *b = a->top;

	a->top = b->prev;
	a->total -= rounded(sizeof *b) + b->cap;
	(void)a->more(a->self, b, 0); /* giving back cannot fail */
}

void
cc_arena_release(struct cc_arena *a, struct cc_mark m)
{
	while (a->top != m.top)
		drop_top(a);
	if (a->top != NULL)
		a->top->used = m.used;
}

void
cc_arena_reset(struct cc_arena *a)
{
	while (a->top != NULL && a->top->prev != NULL)
		drop_top(a);
	if (a->top != NULL)
		a->top->used = 0;
	a->failed = false;
}

void
cc_arena_done(struct cc_arena *a)
{
	while (a->top != NULL)
		drop_top(a);
	a->failed = false;
}
