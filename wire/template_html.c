#include "wire/template_inner.h"

#include <string.h>

/* What a message needs; none of it loads or runs anything. */
static const char *const elements[] = {
	"html", "head", "meta", "title", "body", "div", "p", "span", "h1", "h2", "h3", "a",
	"ul", "ol", "li", "b", "strong", "em", "i", "br", "hr", "table", "thead", "tbody", "tr",
	"td", "th", "dl", "dt", "dd", "small"
};

static const struct {
	const char *name;
	bool value;		/* a text may stand in it */
} attributes[] = {
	{"lang", true}, {"title", true}, {"aria-label", true}, {"href", false},
	{"style", false}, {"charset", false}, {"name", false}, {"content", false},
	{"role", false}, {"scope", false}, {"colspan", false}, {"dir", false}
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

static void
begin_word(struct cc_html *h, enum cc_html_state state)
{
	h->state = state;
	h->n = 0;
	h->word[0] = '\0';
}

static const char *
add_word(struct cc_html *h, char c)
{
	if (h->n + 1u >= sizeof h->word)
		return "the name is too long";
	h->word[h->n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	h->word[h->n] = '\0';
	return NULL;
}

static const char *
known_element(const struct cc_html *h)
{
	for (size_t i = 0; i < COUNT(elements); i++)
		if (strcmp(elements[i], h->word) == 0)
			return NULL;
	return "this element is not one of those that a message may have";
}

static const char *
known_attribute(const struct cc_html *h)
{
	for (size_t i = 0; i < COUNT(attributes); i++)
		if (strcmp(attributes[i].name, h->word) == 0)
			return NULL;
	return "this attribute is not one of those that a message may have";
}

static const char *
in_tag(struct cc_html *h, char c)
{
	if (c == '>') {
		h->state = CC_HTML_TEXT;
		return NULL;
	}
	if (is_blank(c) || c == '/')
		return NULL;
	if (!is_letter(c))
		return "expected an attribute or '>'";
	begin_word(h, CC_HTML_ATTR);
	return add_word(h, c);
}

/* The name of an element or an attribute goes on or ends. */
static const char *
in_name(struct cc_html *h, char c)
{
	const char *wrong;

	if (is_word(c))
		return add_word(h, c);
	if (h->state == CC_HTML_ATTR) {
		wrong = known_attribute(h);
		if (wrong == NULL && c != '=')
			wrong = "an attribute has '=' and a value in double quotes at once";
		h->state = CC_HTML_EQUALS;
		return wrong;
	}
	wrong = known_element(h);
	h->state = CC_HTML_TAG;
	return wrong != NULL ? wrong : in_tag(h, c);
}

static const char *
in_quotes(struct cc_html *h, char c)
{
	if (c == '"') {
		if (strcmp(h->word, "href") == 0 && !h->filled)
			return "href needs the name of an address";
		h->state = CC_HTML_TAG;
		return NULL;
	}
	if (strcmp(h->word, "href") == 0)
		return "in href stands the name of an address and nothing else";
	/* No address of a style: a mail loads nothing. */
	if (strcmp(h->word, "style") == 0 && (c == '(' || c == '@' || c == '\\'))
		return "a style has no '(', '@' or '\\': a message loads nothing";
	return c == '<' ? "write &lt; here" : NULL;
}

static const char *
step(struct cc_html *h, char c)
{
	switch (h->state) {
	case CC_HTML_TEXT:
		if (c == '<')
			begin_word(h, CC_HTML_OPEN);
		return NULL;
	case CC_HTML_OPEN:
		if (c == '!') {
			h->state = CC_HTML_DECLARATION;
			return NULL;
		}
		if (c == '/') {
			begin_word(h, CC_HTML_CLOSE_NAME);
			return NULL;
		}
		if (!is_letter(c))
			return "write &lt; for a '<' that begins no element";
		h->state = CC_HTML_NAME;
		return add_word(h, c);
	case CC_HTML_NAME:
	case CC_HTML_CLOSE_NAME:
	case CC_HTML_ATTR:
		return in_name(h, c);
	case CC_HTML_TAG:
		return in_tag(h, c);
	case CC_HTML_EQUALS:
		h->state = CC_HTML_QUOTED;
		h->filled = false;
		return c == '"' ? NULL : "an attribute's value stands in double quotes";
	case CC_HTML_QUOTED:
		return in_quotes(h, c);
	case CC_HTML_DECLARATION:
		/* Only <!DOCTYPE html>: what a comment hides some readers show. */
		if (c == '>')
			h->state = CC_HTML_TEXT;
		return is_letter(c) || c == ' ' || c == '>' ? NULL :
		    "HTML comments are not kept; write {{! ... }}";
	}
	return NULL;
}

const char *
cc_html_walk(struct cc_html *h, struct cc_str text, uint32_t *ret_at)
{
	for (uint32_t i = 0; i < text.n; i++) {
		const char *wrong = step(h, text.p[i]);

		if (wrong != NULL) {
			*ret_at = i;
			return wrong;
		}
	}
	return NULL;
}

const char *
cc_html_value(struct cc_html *h, enum cc_value_kind kind)
{
	if (h->state == CC_HTML_TEXT)
		return NULL;
	if (h->state != CC_HTML_QUOTED)
		return "a value stands in text or in an attribute's double quotes";
	if (strcmp(h->word, "href") == 0) {
		if (kind != CC_VALUE_URL)
			return "href takes an address only, as 'link' is";
		if (h->filled)
			return "in href stands the name of an address and nothing else";
		h->filled = true;
		return NULL;
	}
	for (size_t i = 0; i < COUNT(attributes); i++)
		if (strcmp(attributes[i].name, h->word) == 0 && attributes[i].value)
			return NULL;
	return "no value may stand in this attribute";
}

const char *
cc_html_section(const struct cc_html *h)
{
	return h->state == CC_HTML_TEXT || h->state == CC_HTML_QUOTED ? NULL :
	    "a section stands in text or inside an attribute's double quotes";
}

bool
cc_html_same(const struct cc_html *a, const struct cc_html *b)
{
	return a->state == b->state && (a->state == CC_HTML_TEXT ||
	    (a->filled == b->filled && strcmp(a->word, b->word) == 0));
}
