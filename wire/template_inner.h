/*
 * wire/template_inner.h - inside of templates: steps, and the walk over HTML.
 *
 * Source:    wire/template.h.
 * Purity:    no clock, no I/O.
 * Ownership: see wire/template.h.
 */
#ifndef CC_WIRE_TEMPLATE_INNER_H
#define CC_WIRE_TEMPLATE_INNER_H

#include "wire/template.h"

enum cc_step_op { CC_STEP_TEXT = 1, CC_STEP_VALUE, CC_STEP_IF, CC_STEP_UNLESS, CC_STEP_END };

struct cc_step {
	enum cc_step_op op;
	uint8_t up;			/* how many scopes out the name is */
	uint16_t name;			/* place in that scope's table */
	enum cc_value_kind kind;
	uint32_t at, n;			/* TEXT: bytes of the text.  IF, UNLESS: `n` is the
					 * place of the END */
};

struct cc_template {
	enum cc_template_place place;
	struct cc_step *steps;
	uint32_t nsteps, cap;
	char *text;
	uint16_t nscopes;
};

/* Where in an HTML document a byte stands. */
enum cc_html_state {
	CC_HTML_TEXT = 0, CC_HTML_OPEN, CC_HTML_NAME, CC_HTML_CLOSE_NAME, CC_HTML_TAG,
	CC_HTML_ATTR, CC_HTML_EQUALS, CC_HTML_QUOTED, CC_HTML_DECLARATION
};

struct cc_html {
	enum cc_html_state state;
	char word[24];			/* the name under way, then the attribute's */
	uint8_t n;
	bool filled;			/* QUOTED: something stands in it already */
};

/* Goes over bytes of the template.  NULL, or what is wrong with the byte at *ret_at. */
const char *cc_html_walk(struct cc_html *h, struct cc_str text, uint32_t *ret_at);

/* NULL, or why a value of that kind may not stand here.  It then stands here. */
const char *cc_html_value(struct cc_html *h, enum cc_value_kind kind);

/* NULL, or why no section may begin or end here. */
const char *cc_html_section(const struct cc_html *h);

/* A section's end finds what its beginning left, or not. */
bool cc_html_same(const struct cc_html *a, const struct cc_html *b);

#endif
