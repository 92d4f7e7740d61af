/*
 * wire/template.h - a small strict template language for messages.
 *
 * Source:    docs/policy-language.md section 11; DESIGN.md section 7 (Messages).
 * Purpose:   {{name}} a value, escaped for its place; {{#name}}..{{/name}} once for each
 *            item of a list, or when a text is not empty or a flag is set; {{^name}}..
 *            {{/name}} when not; {{! comment}}.  Nothing else: no value goes out
 *            unescaped, no file is read, no expression is worked out.  A tag of a
 *            section or a comment alone on its line leaves no line behind.
 * Checks:    every name is known where it stands, every section is closed where it was
 *            opened; in HTML each value stands where its escaping holds, elements and
 *            attributes are of a short list (nothing is loaded, nothing runs), and a
 *            section leaves the markup as it found it.  All mistakes are reported,
 *            each at its line and column (characters, from 1).
 * Purity:    no clock, no I/O; memory by malloc.  Rendering changes nothing but the
 *            buffer.
 * Ownership: a compiled template keeps a copy of its text and borrows its names.
 * Errors:    CC_EINVAL mistakes were reported; CC_ENOMEM.
 * Limits:    CC_TEMPLATE_BYTES a template, CC_TEMPLATE_DEPTH sections in each other;
 *            the output's limit is the buffer's.
 * Threads:   a compiled template is read-only.
 */
#ifndef CC_WIRE_TEMPLATE_H
#define CC_WIRE_TEMPLATE_H

#include "wire/buf.h"

enum {
	CC_TEMPLATE_BYTES = 64 * 1024, CC_TEMPLATE_DEPTH = 8, CC_TEMPLATE_NAME = 32,
	CC_TEMPLATE_SCOPES = 2	/* that a template may begin with */
};

/* Where the text goes, and so how values are escaped. */
enum cc_template_place {
	CC_PLACE_LINE = 1,	/* one line, as a Subject */
	CC_PLACE_TEXT,		/* lines of plain text */
	CC_PLACE_HTML
};

enum cc_value_kind {
	CC_VALUE_TEXT = 1,
	CC_VALUE_URL,		/* the only kind for href; http or https, else empty */
	CC_VALUE_FLAG, CC_VALUE_LIST
};

struct cc_names {
	const struct cc_name_def {
		const char *name;
		enum cc_value_kind kind;
		const struct cc_names *inner;	/* of a LIST's items */
	} *v;
	uint16_t n;
};

/* One value, at the place of its name in the table. */
struct cc_value {
	const char *text;			/* TEXT, URL; NULL is empty */
	bool on;				/* FLAG */
	const struct cc_value *const *items;	/* LIST: the values of each item */
	uint32_t n;
};

struct cc_template_source {
	const char *file;		/* for reports */
	struct cc_str text;
	enum cc_template_place place;
	const struct cc_names *scopes[CC_TEMPLATE_SCOPES];	/* the outer first */
	uint16_t nscopes;
};

struct cc_template_report {
	void (*say)(void *self, const char *file, uint32_t line, uint32_t column,
	    const char *words);
	void *self;
};

struct cc_template;

enum cc_code cc_template_compile(const struct cc_template_source *s,
    const struct cc_template_report *report, struct cc_template **ret,
    struct cc_err *reterr) CC_MUST_USE;
void cc_template_free(struct cc_template *t);	/* NULL is fine */

/* The values of each scope that the template was compiled for.  A failure stays in
 * the buffer. */
void cc_template_render(const struct cc_template *t,
    const struct cc_value *const scopes[CC_TEMPLATE_SCOPES], struct cc_buf *b);

/* One value, escaped for the place: bytes that are no UTF-8 become U+FFFD, and
 * characters that control (line ends, directions) a blank. */
void cc_template_escape(enum cc_template_place place, const char *text, struct cc_buf *b);

#endif
