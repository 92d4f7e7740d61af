#include <string.h>

#include "wire/template_inner.h"
#include "wire/utf8.h"

enum { FRAMES = CC_TEMPLATE_SCOPES + CC_TEMPLATE_DEPTH };

/* Scopes open in a rendering, and the lists that are being gone through. */
struct walk {
	const struct cc_template *t;
	struct cc_buf *b;
	const struct cc_value *scopes[FRAMES];
	uint16_t nscopes;
	struct {
		uint32_t step, next;		/* the IF of a list, its next item */
	} lists[CC_TEMPLATE_DEPTH];
	uint16_t nlists;
};

static const char *
reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
cc_template_escape(enum cc_template_place place, const char *text, struct cc_buf *b)
{
	size_t left = text == NULL ? 0 : strlen(text);

	while (left > 0) {
		uint32_t n = cc_utf8_size(text, left);
		const char *as = place == CC_PLACE_HTML ? reference(*text) : NULL;

		if (n == 0)
			CC_BUF_LIT(b, "\xef\xbf\xbd");
		else if (cc_utf8_controls(text, n))
			cc_buf_char(b, ' ');
		else if (as != NULL)
			cc_buf_puts(b, as);
		else
			cc_buf_put(b, text, n);
		n = n == 0 ? 1 : n;
		text += n;
		left -= n;
	}
}

static const struct cc_value *
value_of(const struct walk *w, const struct cc_step *s)
{
	return &w->scopes[w->nscopes - 1 - s->up][s->name];
}

/* The address of a link is one of the web, or none. */
static bool
is_web(const char *text)
{
	return text != NULL &&
	    (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0);
}

static bool
holds(const struct cc_value *v, enum cc_value_kind kind)
{
	switch (kind) {
	case CC_VALUE_TEXT:
		return v->text != NULL && v->text[0] != '\0';
	case CC_VALUE_URL:
		return is_web(v->text);
	case CC_VALUE_FLAG:
		return v->on;
	case CC_VALUE_LIST:
		return v->n > 0;
	}
	return false;
}

/* Into a section, or over it; the step to go on with. */
static uint32_t
enter(struct walk *w, uint32_t at)
{
	const struct cc_step *s = &w->t->steps[at];
	const struct cc_value *v = value_of(w, s);

	if (holds(v, s->kind) != (s->op == CC_STEP_IF))
		return s->n + 1;
	if (s->op == CC_STEP_IF && s->kind == CC_VALUE_LIST) {
		w->lists[w->nlists].step = at;
		w->lists[w->nlists++].next = 1;
		w->scopes[w->nscopes++] = v->items[0];
	}
	return at + 1;
}

/* At the end of a section: the next item, or on. */
static uint32_t
leave(struct walk *w, uint32_t at)
{
	uint32_t begin = w->t->steps[at].at;
	const struct cc_step *s = &w->t->steps[begin];
	const struct cc_value *v;

	if (s->op != CC_STEP_IF || s->kind != CC_VALUE_LIST)
		return at + 1;
	w->nscopes--;
	v = value_of(w, s);
	if (w->lists[w->nlists - 1].next < v->n) {
		w->scopes[w->nscopes++] = v->items[w->lists[w->nlists - 1].next++];
		return begin + 1;
	}
	w->nlists--;
	return at + 1;
}

void
cc_template_render(const struct cc_template *t,
    const struct cc_value *const scopes[CC_TEMPLATE_SCOPES], struct cc_buf *b)
{
	struct walk w = {.t = t, .b = b, .nscopes = t->nscopes};
	uint32_t at = 0;

	for (uint16_t i = 0; i < t->nscopes; i++)
		w.scopes[i] = scopes[i];
	while (at < t->nsteps && b->fail == CC_OK) {
		const struct cc_step *s = &t->steps[at];

		switch (s->op) {
		case CC_STEP_TEXT:
			cc_buf_put(b, t->text + s->at, s->n);
			at++;
			break;
		case CC_STEP_VALUE:
			if (s->kind != CC_VALUE_URL || is_web(value_of(&w, s)->text))
				cc_template_escape(t->place, value_of(&w, s)->text, b);
			at++;
			break;
		case CC_STEP_IF:
		case CC_STEP_UNLESS:
			at = enter(&w, at);
			break;
		case CC_STEP_END:
			at = leave(&w, at);
			break;
		}
	}
}
