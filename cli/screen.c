#include "cli/screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_WIDTH = 80 };

unsigned
cc_screen_width(FILE *f)
{
	struct winsize w;

	if (!isatty(fileno(f)))
		return 0;
	if (ioctl(fileno(f), TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
		return USUAL_WIDTH;
	return w.ws_col;
}

bool
cc_screen_colours(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no != NULL && no[0] != '\0')
		return false;
	if (term == NULL || strcmp(term, "dumb") == 0)
		return false;
	return isatty(fileno(f)) == 1;
}

const char *
cc_screen_tint(enum cc_tint t)
{
	static const char *const begin[] = {
		[CC_PLAIN] = "", [CC_BOLD] = "\033[1m", [CC_FAINT] = "\033[2m",
		[CC_RED] = "\033[31m", [CC_YELLOW] = "\033[33m", [CC_GREEN] = "\033[32m",
	};

	return begin[t];
}

const char *
cc_screen_plain(void)
{
	return "\033[0m";
}

/* The code point at p and its bytes; a byte that begins none stands for itself. */
static uint32_t
point_at(const char *p, size_t *ret_n)
{
	unsigned char c = (unsigned char)p[0];
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t v = n == 1 ? c : c & (0x7fu >> n);

	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80) {
			*ret_n = 1;
			return c;
		}
		v = v << 6 | ((unsigned char)p[i] & 0x3fu);
	}
	*ret_n = n;
	return v;
}

static unsigned
columns_of(uint32_t v)
{
	static const struct {
		uint32_t from, to;
		unsigned columns;
	} odd[] = {
		{0x300, 0x36f, 0}, {0x200b, 0x200f, 0}, {0x20d0, 0x20ff, 0},
		{0xfe00, 0xfe0f, 0}, {0x1100, 0x115f, 2}, {0x2e80, 0xa4cf, 2},
		{0xac00, 0xd7a3, 2}, {0xf900, 0xfaff, 2}, {0xfe30, 0xfe6f, 2},
		{0xff00, 0xff60, 2}, {0x1f300, 0x1faff, 2}, {0x20000, 0x3fffd, 2},
	};

	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		if (v >= odd[i].from && v <= odd[i].to)
			return odd[i].columns;
	}
	return 1;
}

unsigned
cc_text_columns(const char *text)
{
	unsigned columns = 0;

	while (*text != '\0') {
		size_t n;

		columns += columns_of(point_at(text, &n));
		text += n;
	}
	return columns;
}

size_t
cc_text_fit(const char *text, unsigned columns)
{
	const char *p = text;
	unsigned taken = 0;

	while (*p != '\0') {
		size_t n;

		taken += columns_of(point_at(p, &n));
		if (taken > columns)
			break;
		p += n;
	}
	return (size_t)(p - text);
}

char *
cc_text_safe(const char *text)
{
	char *copy = strdup(text);

	for (char *p = copy; p != NULL && *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < 0x20 || c == 0x7f)
			*p = '?';
		/* The C1 controls are two bytes in UTF-8: C2 80 to C2 9F. */
		else if (c == 0xc2 && (unsigned char)p[1] >= 0x80 &&
		    (unsigned char)p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
	return copy;
}
