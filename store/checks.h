/*
 * store/checks.h - what store.c and store_outbox.c ask before they call an
 * implementation; private to store/.
 *
 * Errors:    CC_EINVAL with words; CC_EIO for a write in a spoiled transaction.
 */
#ifndef CC_STORE_CHECKS_H
#define CC_STORE_CHECKS_H

#include "store/ops.h"

enum cc_code cc_store_may_write(struct cc_store *st, struct cc_err *reterr) CC_MUST_USE;

/* Every write goes through here: what may have left half a change behind
 * spoils the transaction.  Gives `code` back. */
enum cc_code cc_store_settle(struct cc_store *st, enum cc_code code);

enum cc_code cc_store_check_limit(uint32_t limit, struct cc_err *reterr) CC_MUST_USE;

struct cc_text_rule {
	const char *what;
	struct cc_str text;
	uint32_t min, max;		/* bytes */
};

enum cc_code cc_store_check_texts(const struct cc_text_rule *r, size_t n,
    struct cc_err *reterr) CC_MUST_USE;

#define CC_CHECK_TEXTS(err, ...)                                            \
	cc_store_check_texts((const struct cc_text_rule[]){ __VA_ARGS__ },  \
	    sizeof((const struct cc_text_rule[]){ __VA_ARGS__ }) /          \
	    sizeof(struct cc_text_rule), (err))

#endif
