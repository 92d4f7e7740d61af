/*
 * wire/doc.h - JSON text to a jansson value, hostile text included.
 *
 * Source:    DESIGN.md section 5 (parse_error).
 * Purpose:   for the files of wire/ only: the one place that calls the parser.
 *            A scan before it bounds the nesting and finds NUL bytes and a byte
 *            order mark, which the parser words badly or bounds too high.
 * Ownership: cc_doc_parse returns a new reference, released with json_decref.
 * Errors:    CC_EINVAL with words for people that hold at most a few characters
 *            of the text; CC_ENOMEM.
 * Threads:   no shared state.
 */
#ifndef CC_WIRE_DOC_H
#define CC_WIRE_DOC_H

#include <jansson.h>

#include "scheduler/base.h"

enum { CC_GOT_TEXT = 64 };

enum cc_code cc_doc_parse(struct cc_str text, unsigned depth, json_t **ret,
    struct cc_err *reterr) CC_MUST_USE;

/* What a value is, for an error: a scalar as JSON cut to about 40 characters,
 * "a list", "an object", "nothing" for NULL.  Printable ASCII. */
const char *cc_doc_got(const json_t *v, char ret[CC_GOT_TEXT]);

/* The bytes of a string value. */
struct cc_str cc_doc_str(const json_t *v);

#endif
