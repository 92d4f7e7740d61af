/*
 * wire/answer.h - what became of an event: the lines that answer it.
 *
 * Source:    DESIGN.md section 5.
 * Purpose:   the daemon writes these lines; `caseclock send` reads them.
 * Ownership: arguments are borrowed; cc_answer_read borrows from the document.
 * Errors:    CC_ERANGE, CC_ENOMEM when the buffer is at its limit: then nothing
 *            of the line is in it.
 * Threads:   no shared state.
 */
#ifndef CC_WIRE_ANSWER_H
#define CC_WIRE_ANSWER_H

#include "wire/buf.h"
#include "wire/json.h"
#include "wire/refusal.h"

enum { CC_ANSWER_MAX_BYTES = 8 * 1024 };	/* no answer line is longer */

enum cc_answer_status { CC_ACCEPTED = 1, CC_DUPLICATE, CC_REJECTED };

/* An accepted event, or one that was known (`seq` is then of the first). */
struct cc_answer {
	enum cc_answer_status status;	/* CC_ACCEPTED or CC_DUPLICATE */
	struct cc_str id, source;
	int64_t seq;
};

/* Append one line with its newline. */
enum cc_code cc_answer_put(struct cc_buf *b, const struct cc_answer *a) CC_MUST_USE;
enum cc_code cc_answer_put_refused(struct cc_buf *b, const struct cc_refused *r)
    CC_MUST_USE;

/* An answer as read; NULL where the line has no such member. */
struct cc_answer_seen {
	enum cc_answer_status status;
	const char *id, *source;
	int64_t seq;			/* 0 when rejected */
	const char *code, *pointer, *message;	/* not NULL when rejected */
};

/* CC_EINVAL  the document is no answer to an event. */
enum cc_code cc_answer_read(const struct cc_json *doc, struct cc_answer_seen *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
