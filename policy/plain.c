#include "policy/plain.h"

static bool
trail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Bytes of the character at p, of which n are left; 0 when it is not one. */
static uint32_t
char_length(const unsigned char *p, uint32_t n)
{
	if (p[0] < 0x80)
		return (p[0] >= ' ' && p[0] != 0x7f) || p[0] == '\t' ||
		    p[0] == '\n' || p[0] == '\r';
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		return n >= 2 && trail(p[1]) ? 2 : 0;
	if (p[0] >= 0xe0 && p[0] <= 0xef) {
		if (n < 3 || !trail(p[1]) || !trail(p[2]) ||
		    (p[0] == 0xe0 && p[1] < 0xa0) ||
		    (p[0] == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		if (n < 4 || !trail(p[1]) || !trail(p[2]) || !trail(p[3]) ||
		    (p[0] == 0xf0 && p[1] < 0x90) ||
		    (p[0] == 0xf4 && p[1] > 0x8f))
			return 0;
		return 4;
	}
	return 0;
}

uint32_t
cc_plain_bad(struct cc_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	uint32_t i = 0;

	while (i < s.n) {
		uint32_t n = char_length(p + i, s.n - i);

		if (n == 0)
			return i;
		i += n;
	}
	return s.n;
}

struct cc_place
cc_plain_place(struct cc_str s, uint32_t offset)
{
	struct cc_place at = {1, 1};

	for (uint32_t i = 0; i < offset && i < s.n; i++) {
		at.column++;
		if (s.p[i] == '\n')
			at = (struct cc_place){at.line + 1, 1};
	}
	return at;
}
