/*
 * wire/json.h - read JSON that another program wrote, without its library.
 *
 * Purpose:   the tool and the notifiers read answers, messages and records
 *            through these few calls; only wire/ knows which library parses.
 * Ownership: cc_json_parse returns a document, freed with cc_json_free; every
 *            value reached from it is borrowed and dies with it.
 * Errors:    CC_EINVAL  not UTF-8, not JSON, a NUL, a duplicate member, nested
 *                       more than CC_JSON_DEPTH deep;
 *            CC_ENOMEM.
 *            Accessors take NULL and wrong types: they answer "no such value",
 *            so a path can be walked without a test at each step.
 * Threads:   no shared state; one thread at a time for one document.
 */
#ifndef CC_WIRE_JSON_H
#define CC_WIRE_JSON_H

#include "wire/buf.h"

enum { CC_JSON_DEPTH = 64 };

struct cc_json;

enum cc_json_type {
	CC_JSON_NONE,		/* no value */
	CC_JSON_NULL, CC_JSON_BOOL, CC_JSON_INT, CC_JSON_REAL, CC_JSON_STRING,
	CC_JSON_LIST, CC_JSON_OBJECT
};

/* One step through the members of an object, in the order of the text. */
struct cc_json_walk {
	const char *name;
	const struct cc_json *value;
	void *at;		/* private */
};

enum cc_code cc_json_parse(struct cc_str text, struct cc_json **ret,
    struct cc_err *reterr) CC_MUST_USE;
void cc_json_free(struct cc_json *doc);		/* NULL is fine */

enum cc_json_type cc_json_type(const struct cc_json *v);

/* The member of that name, or NULL. */
const struct cc_json *cc_json_get(const struct cc_json *object, const char *name);

/* The text with a NUL behind it (it holds none), or NULL when not a string. */
const char *cc_json_text(const struct cc_json *v);
const char *cc_json_get_text(const struct cc_json *object, const char *name);

/* False, and *ret untouched, when the value is not of that type. */
bool cc_json_int(const struct cc_json *v, int64_t *ret);
bool cc_json_bool(const struct cc_json *v, bool *ret);
bool cc_json_number(const struct cc_json *v, double *ret);

/* Items of a list, or members of an object; 0 for all else. */
size_t cc_json_count(const struct cc_json *v);

/* The i-th item of a list, or NULL. */
const struct cc_json *cc_json_at(const struct cc_json *list, size_t i);

/* The next member, the first when *w is zeroed; false at the end. */
bool cc_json_next(const struct cc_json *object, struct cc_json_walk *w);

/* The value as compact JSON, members in the order of the text.  A failure stays
 * in the buffer (cc_buf_end). */
void cc_json_print(struct cc_buf *b, const struct cc_json *v);

#endif
