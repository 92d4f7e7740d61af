#include "scheduler/schema.h"

#include <string.h>

static int
name_cmp(struct cc_str want, const char *have)
{
	struct cc_str h = {have, (uint32_t)strlen(have)};

	return cc_str_cmp(want, h);
}

int
cc_schema_type(const struct cc_schema *s, struct cc_str name)
{
	int lo = 0, hi = (int)s->ntypes - 1;

	while (lo <= hi) {
		int mid = lo + (hi - lo) / 2;
		int c = name_cmp(name, s->types[mid].name);

		if (c == 0)
			return mid;
		if (c < 0)
			hi = mid - 1;
		else
			lo = mid + 1;
	}
	return -1;
}

/* Names are short and differ early: the first byte settles most of them. */
static bool
name_eq(struct cc_str want, const char *have)
{
	return want.n != 0 && want.p[0] == have[0] && strlen(have) == want.n &&
	    memcmp(want.p, have, want.n) == 0;
}

int
cc_schema_field(const struct cc_event_type *t, struct cc_str name)
{
	for (int i = 0; i < (int)t->nfields; i++) {
		if (name_eq(name, t->fields[i].name))
			return i;
	}
	return -1;
}

int
cc_schema_code(const struct cc_schema *s, const struct cc_field_def *f,
    struct cc_str text)
{
	for (uint16_t i = 0; i < f->ncodes; i++) {
		if (name_eq(text, s->codes[f->codes[i]]))
			return f->codes[i];
	}
	return -1;
}

static bool
letter_or_digit(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

bool
cc_id_ok(struct cc_str id)
{
	if (id.n == 0 || id.n > 64 || !letter_or_digit((unsigned char)id.p[0]))
		return false;
	for (uint32_t i = 1; i < id.n; i++) {
		char c = id.p[i];

		if (!letter_or_digit((unsigned char)c) && c != '.' &&
		    c != '_' && c != ':' && c != '-')
			return false;
	}
	return true;
}

uint32_t
cc_key32(struct cc_str text)
{
	uint32_t h = 2166136261u;

	for (uint32_t i = 0; i < text.n; i++) {
		h ^= (unsigned char)text.p[i];
		h *= 16777619u;
	}
	return h;
}

uint16_t
cc_key16(struct cc_str text)
{
	uint32_t h = cc_key32(text);

	return (uint16_t)((h >> 16) ^ (h & 0xffffu));
}
