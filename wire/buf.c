#include "wire/buf.h"

#include <stdlib.h>
#include <string.h>

#include "scheduler/civil.h"
#include "scheduler/clock.h"

enum { CC_BUF_FIRST = 256 };

void
cc_buf_init(struct cc_buf *b, size_t max)
{
	*b = (struct cc_buf){.max = max};
}

void
cc_buf_done(struct cc_buf *b)
{
	free(b->p);
	cc_buf_init(b, b->max);
}

void
cc_buf_clear(struct cc_buf *b)
{
	b->n = 0;
	b->fail = CC_OK;
}

void
cc_buf_consume(struct cc_buf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

char *
cc_buf_take(struct cc_buf *b)
{
	char *p;

	if (b->fail != CC_OK)
		return NULL;
	p = realloc(b->p, b->n + 1);
	if (p == NULL)
		return NULL;
	p[b->n] = '\0';
	cc_buf_init(b, b->max);
	return p;
}

static bool
grow(struct cc_buf *b, size_t more)
{
	size_t cap = b->cap == 0 ? CC_BUF_FIRST : b->cap;
	char *p;

	if (more > b->max || b->n > b->max - more) {
		b->fail = CC_ERANGE;
		return false;
	}
	while (cap < b->n + more && cap <= b->max / 2)
		cap *= 2;
	if (cap < b->n + more || cap > b->max)
		cap = b->max;
	p = realloc(b->p, cap);
	if (p == NULL) {
		b->fail = CC_ENOMEM;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void
cc_buf_put(struct cc_buf *b, const char *p, size_t n)
{
	if (b->fail != CC_OK || n == 0)
		return;
	if (b->cap - b->n < n && !grow(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void
cc_buf_puts(struct cc_buf *b, const char *text)
{
	cc_buf_put(b, text, strlen(text));
}

void
cc_buf_char(struct cc_buf *b, char c)
{
	cc_buf_put(b, &c, 1);
}

void
cc_buf_int(struct cc_buf *b, int64_t v)
{
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	char digits[24];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u != 0);
	if (v < 0)
		digits[--at] = '-';
	cc_buf_put(b, digits + at, sizeof digits - at);
}

static bool
tail_ok(const unsigned char *p, size_t left, size_t len)
{
	if (left < len)
		return false;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return false;
	}
	return true;
}

/* Bytes of the UTF-8 character at p (not ASCII), 0 when it is none. */
static size_t
utf8_len(const unsigned char *p, size_t left)
{
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		return tail_ok(p, left, 2) ? 2 : 0;
	if (p[0] >= 0xe0 && p[0] <= 0xef) {
		if (!tail_ok(p, left, 3) || (p[0] == 0xe0 && p[1] < 0xa0) ||
		    (p[0] == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		if (!tail_ok(p, left, 4) || (p[0] == 0xf0 && p[1] < 0x90) ||
		    (p[0] == 0xf4 && p[1] > 0x8f))
			return 0;
		return 4;
	}
	return 0;
}

static bool
plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void
put_escape(struct cc_buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char u[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
	char two[] = {'\\', (char)c};

	switch (c) {
	case '"':
	case '\\':
		break;
	case '\n':
		two[1] = 'n';
		break;
	case '\r':
		two[1] = 'r';
		break;
	case '\t':
		two[1] = 't';
		break;
	default:
		cc_buf_put(b, u, sizeof u);
		return;
	}
	cc_buf_put(b, two, sizeof two);
}

/* Writes the character at p that is not plain; returns its bytes. */
static size_t
put_special(struct cc_buf *b, const unsigned char *p, size_t left)
{
	size_t len;

	if (*p < 0x80) {
		put_escape(b, *p);
		return 1;
	}
	len = utf8_len(p, left);
	if (len == 0) {
		CC_BUF_LIT(b, "\\ufffd");
		return 1;
	}
	cc_buf_put(b, (const char *)p, len);
	return len;
}

void
cc_buf_json(struct cc_buf *b, struct cc_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;

	cc_buf_char(b, '"');
	while (i < s.n) {
		size_t from = i;

		while (i < s.n && plain(p[i]))
			i++;
		cc_buf_put(b, s.p + from, i - from);
		if (i < s.n)
			i += put_special(b, p + i, s.n - i);
	}
	cc_buf_char(b, '"');
}

void
cc_buf_jsons(struct cc_buf *b, const char *text)
{
	cc_buf_json(b, (struct cc_str){text, (uint32_t)strlen(text)});
}

void
cc_buf_wall(struct cc_buf *b, struct cc_wall t)
{
	char text[CC_WALL_TEXT];

	if (!cc_given(t)) {
		CC_BUF_LIT(b, "null");
		return;
	}
	cc_wall_format(t, text);
	cc_buf_char(b, '"');
	cc_buf_puts(b, text);
	cc_buf_char(b, '"');
}

enum cc_code
cc_buf_end(struct cc_buf *b, size_t mark)
{
	enum cc_code code = b->fail;

	if (code != CC_OK) {
		b->n = mark;
		b->fail = CC_OK;
	}
	return code;
}
