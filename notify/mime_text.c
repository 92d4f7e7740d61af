#include "notify/mime_text.h"

#include <stdio.h>
#include <string.h>

#include "scheduler/civil.h"

enum { WORD_MAX = 75 };	/* of one encoded word, RFC 2047 section 2 */

static const char hex[] = "0123456789ABCDEF";

static bool
letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
atom_char(char c)
{
	return letter_or_digit(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Dot-separated runs of `ok` characters, none empty; returns its length, 0 if none. */
static size_t
dotted(const char *p, bool (*ok)(char))
{
	size_t n = 0;

	for (;;) {
		size_t from = n;

		while (ok(p[n]))
			n++;
		if (n == from)
			return 0;
		if (p[n] != '.')
			return n;
		n++;
	}
}

static bool
domain_char(char c)
{
	return letter_or_digit(c) || c == '-';
}

const char *
cc_mail_address_wrong(const char *address)
{
	size_t local, domain, n = strlen(address);

	if (n == 0)
		return "address is empty";
	if (n > CC_MAIL_ADDRESS_MAX)
		return "address is longer than 254 characters";
	local = dotted(address, atom_char);
	if (local == 0 || address[local] != '@')
		return "address is not a plain name@domain";
	if (local > CC_MAIL_LOCAL_MAX)
		return "address has more than 64 characters before the @";
	domain = dotted(address + local + 1, domain_char);
	if (domain == 0 || address[local + 1 + domain] != '\0')
		return "address has no plain domain";
	return NULL;
}

static unsigned
utf8_follow(unsigned char c)
{
	return c >= 0xc2 && c <= 0xdf ? 1 : (c & 0xf0) == 0xe0 ? 2 :
	    c >= 0xf0 && c <= 0xf4 ? 3 : 0;
}

/* Bytes of the character at p, 0 when it is not UTF-8.  A NUL ends it safely. */
static size_t
utf8_size(const unsigned char *p)
{
	unsigned follow = utf8_follow(p[0]);

	if (p[0] < 0x80)
		return 1;
	if (follow == 0)
		return 0;
	for (unsigned i = 1; i <= follow; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return follow + 1;
}

const char *
cc_mail_text_wrong(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n;

	for (; *p != '\0'; p += n) {
		n = utf8_size(p);
		if (n == 0)
			return "is not UTF-8";
		if (*p < ' ' || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0))
			return "holds a control character";
	}
	return NULL;
}

void
cc_mail_trim_cut(char *text)
{
	size_t n = strlen(text), start = n;

	while (start > 0 && n - start < 3 && (text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (text[start - 1] & 0x80) != 0)
		start--;
	if (start < n && utf8_size((const unsigned char *)text + start) == 0)
		text[start] = '\0';
}

static bool
qp_literal(unsigned char c, bool last)
{
	return (c >= '!' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !last);
}

void
cc_mail_put_qp(struct cc_buf *b, const char *text, size_t n)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		bool last = i + 1 == n || text[i + 1] == '\n';
		bool literal = qp_literal(c, last);
		char coded[] = { '=', hex[c >> 4], hex[c & 15] };
		size_t width = literal ? 1 : sizeof coded;

		if (c == '\n') {
			CC_BUF_LIT(b, "\r\n");
			column = 0;
			continue;
		}
		/* One place is kept for the "=" of a soft line break. */
		if (column + width > CC_MAIL_LINE - 1) {
			CC_BUF_LIT(b, "=\r\n");
			column = 0;
		}
		if (literal)
			cc_buf_char(b, (char)c);
		else
			cc_buf_put(b, coded, sizeof coded);
		column += width;
	}
	if (column > 0)
		CC_BUF_LIT(b, "\r\n");
}

static bool
plain_value(const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			return false;
	return strstr(value, "=?") == NULL;
}

/* Folds at spaces, so that a reader who unfolds has the same text again. */
static void
put_folded(struct cc_buf *b, const char *value, size_t column)
{
	while (*value != '\0') {
		size_t n = strcspn(value + 1, " ") + 1;	/* a space and its word */

		if (column + n > CC_MAIL_LINE && column > 1 && value[0] == ' ') {
			CC_BUF_LIT(b, "\r\n");
			column = 0;
		}
		cc_buf_put(b, value, n);
		column += n;
		value += n;
	}
}

static size_t
q_width(const unsigned char *p, size_t n)
{
	return n == 1 && (letter_or_digit((char)*p) || *p == ' ') ? 1 : 3 * n;
}

static void
put_q(struct cc_buf *b, const unsigned char *p, size_t n)
{
	if (q_width(p, n) == 1) {
		cc_buf_char(b, *p == ' ' ? '_' : (char)*p);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char coded[] = { '=', hex[p[i] >> 4], hex[p[i] & 15] };

		cc_buf_put(b, coded, sizeof coded);
	}
}

/* Encoded words never split a character, RFC 2047 section 5. */
static void
put_encoded(struct cc_buf *b, const char *value, size_t column)
{
	static const char open[] = "=?UTF-8?Q?", close[] = "?=";
	const unsigned char *p = (const unsigned char *)value;
	size_t used = sizeof open - 1 + sizeof close - 1;

	cc_buf_puts(b, open);
	while (*p != '\0') {
		size_t n = utf8_size(p);
		size_t size = n == 0 ? 1 : n;
		size_t width = q_width(p, size);

		if (used + width > WORD_MAX || column + used + width > CC_MAIL_LINE) {
			cc_buf_puts(b, close);
			CC_BUF_LIT(b, "\r\n ");
			cc_buf_puts(b, open);
			used = sizeof open - 1 + sizeof close - 1;
			column = 1;
		}
		put_q(b, p, size);
		used += width;
		p += size;
	}
	cc_buf_puts(b, close);
}

void
cc_mail_put_header(struct cc_buf *b, const char *name, const char *value)
{
	size_t column = strlen(name) + 2;

	cc_buf_puts(b, name);
	CC_BUF_LIT(b, ": ");
	if (plain_value(value))
		put_folded(b, value, column);
	else
		put_encoded(b, value, column);
	CC_BUF_LIT(b, "\r\n");
}

void
cc_mail_put_date(struct cc_buf *b, struct cc_wall t)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t day = t.s >= 0 ? t.s / 86400 : -((86399 - t.s) / 86400);
	int64_t s = t.s - day * 86400;
	struct cc_civil c = cc_civil_of((cc_day)day);
	char text[64];

	(void)snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d +0000",
	    days[cc_weekday((cc_day)day)], c.day, months[c.month - 1], c.year,
	    (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	cc_buf_puts(b, text);
}

void
cc_mail_put_escaped(struct cc_buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			CC_BUF_LIT(b, "&amp;");
		else if (*text == '<')
			CC_BUF_LIT(b, "&lt;");
		else if (*text == '>')
			CC_BUF_LIT(b, "&gt;");
		else if (*text == '"')
			CC_BUF_LIT(b, "&quot;");
		else if (*text == '\'')
			CC_BUF_LIT(b, "&#39;");
		else
			cc_buf_char(b, *text);
	}
}
