/*
 * wire/render.h - a message as people read it: subject, plain text and HTML.
 *
 * Source:    DESIGN.md section 6 (immediate duties), section 7 (what messages carry,
 *            Subject); docs/policy-language.md section 11.
 * Purpose:   the message's members become the values of the templates' names, in the
 *            message's language; the templates make the three parts of them.
 * Purity:    no clock, no I/O; memory by malloc.
 * Ownership: borrows every argument; the parts are freed with cc_parts_done.
 * Errors:    CC_ENOMEM; CC_ERANGE a part would be longer than its limit even without
 *            items.
 * Limits:    a value of CC_RENDER_VALUE bytes is cut; items are left out (and counted)
 *            from the end until the HTML has at most CC_RENDER_HTML bytes.
 * Invariant: the subject is one line of at most CC_RENDER_SUBJECT bytes of UTF-8 without
 *            control characters; lines of the text have at most CC_RENDER_COLUMNS
 *            characters where there are blanks to break at.  The rule's title is in the
 *            subject only when asked for.
 */
#ifndef CC_WIRE_RENDER_H
#define CC_WIRE_RENDER_H

#include "wire/templates.h"

enum {
	CC_RENDER_VALUE = 480, CC_RENDER_LINK = 2048, CC_RENDER_SUBJECT = 240,
	CC_RENDER_TEXT = 40 * 1024, CC_RENDER_HTML = 60 * 1024, CC_RENDER_COLUMNS = 72
};

struct cc_render {
	const struct cc_message *message;
	const struct cc_templates *templates;
	bool title_in_subject;
	uint32_t most;			/* items at most; the rest is left out and counted */
};

struct cc_parts {
	char *subject, *text, *html;	/* LF line ends */
	const char *language;		/* "en" */
};

enum cc_code cc_render(const struct cc_render *r, struct cc_parts *ret,
    struct cc_err *reterr) CC_MUST_USE;
void cc_parts_done(struct cc_parts *p);

#endif
