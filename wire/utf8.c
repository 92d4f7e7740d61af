#include "wire/utf8.h"

#include <string.h>

static uint32_t
follow(unsigned char c)
{
	return c >= 0xc2 && c <= 0xdf ? 1 : (c & 0xf0) == 0xe0 ? 2 :
	    c >= 0xf0 && c <= 0xf4 ? 3 : 0;
}

uint32_t
cc_utf8_size(const char *text, size_t left)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t more;

	if (left == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	more = follow(p[0]);
	if (more == 0 || left <= more)
		return 0;
	for (uint32_t i = 1; i <= more; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return more + 1;
}

bool
cc_utf8_controls(const char *text, uint32_t n)
{
	const unsigned char *p = (const unsigned char *)text;

	if (n == 1)
		return p[0] < ' ' || p[0] == 0x7f;
	if (n == 2)
		return p[0] == 0xc2 && p[1] < 0xa0;
	if (n != 3 || p[0] != 0xe2)
		return false;
	/* U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069 */
	return (p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f ||
	    (p[2] >= 0xa8 && p[2] <= 0xae))) || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

void
cc_utf8_trim_cut(char *text)
{
	size_t n = strlen(text), start = n;

	while (start > 0 && n - start < 3 && (text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (text[start - 1] & 0x80) != 0)
		start--;
	if (start < n && cc_utf8_size(text + start, n - start) == 0)
		text[start] = '\0';
}

uint32_t
cc_utf8_count(const char *p, size_t n)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)p[i] & 0xc0) != 0x80;
	return count;
}
