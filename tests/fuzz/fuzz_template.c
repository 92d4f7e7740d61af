/*
 * tests/fuzz/fuzz_template.c - any bytes as a template, and its first half as a value.
 *
 * Checks:    a template compiles, or is refused with at least one report whose place is
 *            in the text; what is rendered has no control character that the template has
 *            not, and in HTML as many '<' as the template's own text can have given.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/templates.h"
#include "wire/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT = 4096, VALUE = 64, OUTPUT = 256 * 1024 };

static const struct cc_name_def item_defs[] = {{"x", CC_VALUE_TEXT, NULL}};
static const struct cc_names item_names = {item_defs, 1};
static const struct cc_name_def defs[] = {
	{"a", CC_VALUE_TEXT, NULL}, {"u", CC_VALUE_URL, NULL}, {"f", CC_VALUE_FLAG, NULL},
	{"l", CC_VALUE_LIST, &item_names},
};
static const struct cc_names names = {defs, 4};

struct reports {
	unsigned n;
	uint32_t lines;
};

static void
must(bool claim)
{
	if (!claim)
		abort();
}

static void
on_report(void *self, const char *file, uint32_t line, uint32_t column, const char *words)
{
	struct reports *r = self;

	must(strcmp(file, "f") == 0 && words[0] != '\0' && column >= 1);
	must(line >= 1 && line <= r->lines);
	r->n++;
}

static size_t
count(const char *p, size_t n, char c)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += p[i] == c;
	return found;
}

static void
check_output(const struct cc_buf *b, enum cc_template_place place, struct cc_str text)
{
	for (size_t i = 0; i < b->n;) {
		uint32_t n = cc_utf8_size(b->p + i, b->n - i);

		must(n > 0);
		must(!cc_utf8_controls(b->p + i, n) || b->p[i] == '\n' || b->p[i] == '\t');
		i += n;
	}
	/* Values never give one: without a tag in the template there is none. */
	if (place == CC_PLACE_HTML && count(text.p, text.n, '<') == 0)
		must(count(b->p, b->n, '<') == 0);
}

static void
try_place(enum cc_template_place place, struct cc_str text, const char *value)
{
	struct reports seen = {0, 1 + (uint32_t)count(text.p, text.n, '\n')};
	struct cc_template_report report = {on_report, &seen};
	struct cc_template_source s = {.file = "f", .text = text, .place = place,
	    .scopes = {&names}, .nscopes = 1};
	const struct cc_value item[] = {{.text = value}};
	const struct cc_value *const items[] = {item, item};
	const struct cc_value v[] = {{.text = value}, {.text = "https://x.test/<\">"},
	    {.on = true}, {.items = items, .n = 2}};
	const struct cc_value *const scopes[CC_TEMPLATE_SCOPES] = {v, NULL};
	struct cc_template *t = NULL;
	enum cc_code code = cc_template_compile(&s, &report, &t, NULL);
	struct cc_buf b;

	must((code == CC_OK) == (seen.n == 0));
	if (code != CC_OK)
		return;
	cc_buf_init(&b, OUTPUT);
	cc_template_render(t, scopes, &b);
	if (b.fail == CC_OK)
		check_output(&b, place, text);
	cc_buf_done(&b);
	cc_template_free(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char value[VALUE];
	struct cc_str text;

	if (size > INPUT)
		size = INPUT;
	text = (struct cc_str){(const char *)data, (uint32_t)size};
	memset(value, 0, sizeof value);
	if (size > 0)
		memcpy(value, data, size / 2 < VALUE ? size / 2 : VALUE - 1);
	try_place(CC_PLACE_LINE, text, value);
	try_place(CC_PLACE_TEXT, text, value);
	try_place(CC_PLACE_HTML, text, value);
	return 0;
}
