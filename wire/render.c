#include "wire/render.h"

#include <stdlib.h>
#include <string.h>

#include "wire/render_inner.h"
#include "wire/utf8.h"

enum { ARENA_MAX = 16 * 1024 * 1024, RAW_SUBJECT = 8 * 1024 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- the names of the templates ---------------------------------------- */

static const struct cc_name_def alert_defs[] = {
#define CC_DEF(n, text, kind) {text, CC_VALUE_##kind, NULL},
	CC_ALERT_NAMES(CC_DEF)
#undef CC_DEF
};
const struct cc_names cc_alert_names = {alert_defs, COUNT(alert_defs)};

static const struct cc_name_def case_defs[] = {
	[CC_C_CASE] = {"case", CC_VALUE_TEXT, NULL},
	[CC_C_LINK] = {"link", CC_VALUE_URL, NULL},
	[CC_C_OVERDUE] = {"overdue", CC_VALUE_FLAG, NULL},
	[CC_C_ITEMS] = {"items", CC_VALUE_LIST, &cc_alert_names},
};
static const struct cc_names case_names = {case_defs, COUNT(case_defs)};

static const struct cc_name_def message_defs[] = {
#define CC_DEF(n, text, kind) {text, CC_VALUE_##kind, \
	CC_VALUE_##kind == CC_VALUE_LIST ? &case_names : NULL},
	CC_MESSAGE_NAMES(CC_DEF)
#undef CC_DEF
};
const struct cc_names cc_message_names = {message_defs, COUNT(message_defs)};

/* ---- lines --------------------------------------------------------------- */

/* Where a line of n bytes is to be broken: before *ret_next, after what is returned;
 * n when it need not or cannot be. */
static size_t
break_at(const char *p, size_t n, size_t columns, size_t *ret_next)
{
	size_t first = 0, last = 0, column = 0;

	while (first < n && p[first] == ' ')
		first++;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == ' ' && i > first) {
			if (column > columns && last > 0)
				break;
			last = i;
			if (column > columns)
				break;
		}
		column += ((unsigned char)p[i] & 0xc0) != 0x80;
	}
	if (column <= columns || last == 0) {
		*ret_next = n;
		return n;
	}
	*ret_next = last + 1;
	return last;
}

static void
wrap_line(const char *p, size_t n, struct cc_buf *b)
{
	size_t indent = 0, end, next;

	while (indent < n && p[indent] == ' ')
		indent++;
	if (n > indent + 1 && (p[indent] == '-' || p[indent] == '*') && p[indent + 1] == ' ')
		indent += 2;
	end = break_at(p, n, CC_RENDER_COLUMNS, &next);
	cc_buf_put(b, p, end);
	while (next < n) {
		p += next;
		n -= next;
		cc_buf_char(b, '\n');
		for (size_t i = 0; i < indent; i++)
			cc_buf_char(b, ' ');
		end = break_at(p, n, CC_RENDER_COLUMNS - (indent < 40 ? indent : 40), &next);
		cc_buf_put(b, p, end);
	}
	cc_buf_char(b, '\n');
}

/* Blank lines at the ends and doubled ones go: sections that are left out leave them. */
void
cc_render_wrap(const char *text, size_t n, struct cc_buf *b)
{
	bool blank = false, any = false;

	for (size_t at = 0; at < n;) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end == NULL ? n - at : (size_t)(end - (text + at));

		if (len == 0) {
			blank = any;
		} else {
			if (blank)
				cc_buf_char(b, '\n');
			blank = false;
			any = true;
			wrap_line(text + at, len, b);
		}
		at += len + 1;
	}
}

/* One line: blanks and line ends in a row are one blank, none at the ends. */
static void
one_line(const char *p, size_t n, struct cc_buf *b)
{
	bool gap = false;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == ' ' || p[i] == '\n' || p[i] == '\t') {
			gap = b->n > 0;
			continue;
		}
		if (gap)
			cc_buf_char(b, ' ');
		gap = false;
		cc_buf_char(b, p[i]);
	}
}

/* ---- parts ---------------------------------------------------------------- */

struct scopes {
	const struct cc_value *v[CC_TEMPLATE_SCOPES];
};

/* One part as the template gives it; cc_buf_done either way after use. */
static void
fill(const struct cc_rendering *x, enum cc_message_part part, const struct scopes *s,
    struct cc_buf *b)
{
	cc_template_render(cc_templates_find(x->r->templates, x->language,
	    x->m->form, part), s->v, b);
}

static enum cc_code
make_subject(const struct cc_rendering *x, const struct scopes *s, char **ret)
{
	struct cc_buf raw, line;

	cc_buf_init(&raw, RAW_SUBJECT);
	cc_buf_init(&line, RAW_SUBJECT);
	fill(x, CC_MESSAGE_SUBJECT, s, &raw);
	/* What does not fit would be cut anyway. */
	if (raw.fail == CC_ERANGE)
		raw.fail = CC_OK;
	one_line(raw.p, raw.n, &line);
	if (raw.fail != CC_OK)
		line.fail = raw.fail;
	cc_buf_done(&raw);
	*ret = cc_buf_take(&line);
	cc_buf_done(&line);
	if (*ret == NULL)
		return CC_ENOMEM;
	if (strlen(*ret) > CC_RENDER_SUBJECT) {
		(*ret)[CC_RENDER_SUBJECT] = '\0';
		cc_utf8_trim_cut(*ret);
	}
	return CC_OK;
}

static enum cc_code
make_part(const struct cc_rendering *x, enum cc_message_part part, const struct scopes *s,
    char **ret)
{
	size_t max = part == CC_MESSAGE_TEXT ? CC_RENDER_TEXT : CC_RENDER_HTML;
	struct cc_buf raw, done;
	enum cc_code code;

	cc_buf_init(&raw, max);
	cc_buf_init(&done, max);
	fill(x, part, s, &raw);
	if (raw.fail == CC_OK && part == CC_MESSAGE_TEXT)
		cc_render_wrap(raw.p, raw.n, &done);
	else if (raw.fail == CC_OK)
		cc_buf_put(&done, raw.p, raw.n);
	code = raw.fail != CC_OK ? raw.fail : done.fail;
	cc_buf_done(&raw);
	if (code == CC_OK) {
		*ret = cc_buf_take(&done);
		code = *ret == NULL ? CC_ENOMEM : CC_OK;
	}
	cc_buf_done(&done);
	return code;
}

/* All parts with the first `nitems` items. */
static enum cc_code
make(struct cc_rendering *x, uint32_t nitems, struct cc_parts *ret)
{
	struct cc_message whole = cc_render_item(x, x->m);
	struct scopes s = {{cc_render_whole(x, nitems), cc_render_alert(x, &whole)}};
	enum cc_code code;

	*ret = (struct cc_parts){.language = cc_language_code(x->language)};
	if (x->arena.failed || s.v[0] == NULL || s.v[1] == NULL)
		return CC_ENOMEM;
	code = make_subject(x, &s, &ret->subject);
	if (code == CC_OK)
		code = make_part(x, CC_MESSAGE_TEXT, &s, &ret->text);
	if (code == CC_OK)
		code = make_part(x, CC_MESSAGE_HTML, &s, &ret->html);
	if (code != CC_OK)
		cc_parts_done(ret);
	return code;
}

static void *
more(void *self, void *old, size_t n)
{
	(void)self;	/* malloc keeps its own state */
	if (n == 0) {
		free(old);
		return NULL;
	}
	return malloc(n);
}

enum cc_code
cc_render(const struct cc_render *r, struct cc_parts *ret, struct cc_err *reterr)
{
	struct cc_rendering x = {.arena = {.more = more, .limit = ARENA_MAX}, .r = r,
	    .m = r->message,
	    .language = cc_templates_language(r->templates, r->message->language)};
	uint32_t nitems = r->most;
	struct cc_parts parts;
	enum cc_code code;

	/* What is too long for a mail leaves items out rather than telling nothing. */
	while ((code = make(&x, nitems, &parts)) == CC_ERANGE && nitems > 0) {
		nitems /= 2;
		cc_arena_reset(&x.arena);
	}
	cc_arena_done(&x.arena);
	if (code != CC_OK)
		return cc_fail(reterr, code, 0, "message cannot be rendered: %s",
		    cc_code_text(code));
	*ret = parts;
	return CC_OK;
}

void
cc_parts_done(struct cc_parts *p)
{
	free(p->subject);
	free(p->text);
	free(p->html);
	*p = (struct cc_parts){.language = NULL};
}
