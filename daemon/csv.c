#include "daemon/csv.h"

#include <string.h>

void
cc_csv_begin(struct cc_csv *c, const char *file, struct cc_str text,
    struct cc_arena *a, struct cc_diags *d)
{
	c->file = file;
	c->p = text.p;
	c->end = text.p + text.n;
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		c->p += 3;
	c->line_start = c->p;
	c->line = 1;
	c->arena = a;
	c->diags = d;
}

static struct cc_place
here(const struct cc_csv *c, const char *at)
{
	return (struct cc_place){c->file, c->line, (uint32_t)(at - c->line_start) + 1};
}

/* Length of a line end at p, 0 when there is none. */
static size_t
line_end(const struct cc_csv *c, const char *p)
{
	if (p < c->end && *p == '\n')
		return 1;
	return p + 1 < c->end && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

static void
next_line(struct cc_csv *c, size_t skip)
{
	c->p += skip;
	c->line++;
	c->line_start = c->p;
}

static bool
mistake(struct cc_csv *c, const char *at, const char *what)
{
	cc_diag(c->diags, here(c, at), "%s", what);
	return false;
}

/* How many bytes the UTF-8 character at p has; 0 when it is none. */
static size_t
character(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 :
	    p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* One character of a field goes to `to`; 0 after a mistake. */
static size_t
take_character(struct cc_csv *c, char *to)
{
	size_t n = character((const unsigned char *)c->p, (size_t)(c->end - c->p));

	if (n == 0) {
		(void)mistake(c, c->p, "a byte that is not UTF-8");
		return 0;
	}
	if (n == 1 && ((unsigned char)*c->p < ' ' || *c->p == 0x7f)) {
		(void)mistake(c, c->p, "a control character");
		return 0;
	}
	memcpy(to, c->p, n);
	c->p += n;
	return n;
}

static bool
quoted(struct cc_csv *c, char *text, size_t *ret_n)
{
	struct cc_place opened = here(c, c->p);
	size_t n = 0, took;

	c->p++;
	for (;;) {
		if (c->p == c->end) {
			cc_diag(c->diags, opened, "this quote is never closed");
			return false;
		}
		if (n + 4 > CC_CSV_FIELD_MAX)
			return mistake(c, c->p, "the field is too long");
		if (line_end(c, c->p) > 0) {
			text[n++] = '\n';
			next_line(c, line_end(c, c->p));
			continue;
		}
		if (*c->p == '"' && (c->p + 1 == c->end || c->p[1] != '"')) {
			c->p++;
			break;
		}
		if (*c->p == '"')
			c->p++;
		took = take_character(c, text + n);
		if (took == 0)
			return false;
		n += took;
	}
	*ret_n = n;
	if (c->p == c->end || *c->p == ',' || line_end(c, c->p) > 0)
		return true;
	return mistake(c, c->p, "expected a comma or the end of the line behind the quote");
}

static bool
plain(struct cc_csv *c, char *text, size_t *ret_n)
{
	size_t n = 0, took;

	while (c->p < c->end && *c->p != ',' && line_end(c, c->p) == 0) {
		if (*c->p == '"')
			return mistake(c, c->p,
			    "a quote inside a field: put the field in quotes and double it");
		if (n + 4 > CC_CSV_FIELD_MAX)
			return mistake(c, c->p, "the field is too long");
		took = take_character(c, text + n);
		if (took == 0)
			return false;
		n += took;
	}
	*ret_n = n;
	return true;
}

static bool
field(struct cc_csv *c, struct cc_csv_field *ret)
{
	char text[CC_CSV_FIELD_MAX];
	size_t n = 0;
	bool ok;

	ret->at = here(c, c->p);
	ok = c->p < c->end && *c->p == '"' ? quoted(c, text, &n) : plain(c, text, &n);
	if (!ok)
		return false;
	ret->text = cc_arena_text(c->arena, text, n);
	ret->n = (uint32_t)n;
	return ret->text != NULL || mistake(c, c->p, "no memory for this field");
}

static void
skip_line(struct cc_csv *c)
{
	while (c->p < c->end && *c->p != '\n')
		c->p++;
	if (c->p < c->end)
		next_line(c, 1);
}

int
cc_csv_row(struct cc_csv *c, struct cc_csv_field ret[CC_CSV_FIELDS])
{
	int n = 0;

	while (line_end(c, c->p) > 0)
		next_line(c, line_end(c, c->p));
	if (c->p == c->end)
		return 0;
	for (;;) {
		if (n == CC_CSV_FIELDS) {
			(void)mistake(c, c->p, "too many fields");
			skip_line(c);
			return -1;
		}
		if (!field(c, &ret[n++])) {
			skip_line(c);
			return -1;
		}
		if (c->p == c->end || *c->p != ',')
			break;
		c->p++;
	}
	if (c->p < c->end)
		next_line(c, line_end(c, c->p));
	return n;
}
