#include "scheduler/history.h"

#include <string.h>

static uint32_t
hash_of(struct cc_str text)
{
	return cc_key32(text);
}

static bool
grow(struct cc_symbols *s)
{
	uint32_t cap = s->cap == 0 ? 32 : s->cap * 2;
	struct cc_str *text = cc_arena_array(s->arena, cap, sizeof *text);
	uint32_t *slots = cc_arena_array(s->arena, (size_t)cap * 2, sizeof *slots);

	if (text == NULL || slots == NULL)
		return false;
	if (s->n != 0)
		memcpy(text, s->text, s->n * sizeof *text);
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t at = hash_of(text[i]) & (cap * 2 - 1);

		while (slots[at] != 0)
			at = (at + 1) & (cap * 2 - 1);
		slots[at] = i + 1;
	}
	s->text = text;
	s->slots = slots;
	s->cap = cap;
	return true;
}

uint32_t
cc_symbol(struct cc_symbols *s, struct cc_str text)
{
	uint32_t at;

	if (s->n == s->cap && !grow(s))
		return UINT32_MAX;
	at = hash_of(text) & (s->cap * 2 - 1);
	while (s->slots[at] != 0) {
		if (cc_str_eq(s->text[s->slots[at] - 1], text))
			return s->slots[at] - 1;
		at = (at + 1) & (s->cap * 2 - 1);
	}
	s->text[s->n] = text;
	s->slots[at] = ++s->n;
	return s->n - 1;
}
