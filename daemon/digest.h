/*
 * daemon/digest.h - stable ids from what they stand for.
 *
 * Source:    DESIGN.md section 7 (a message's stable id).
 * Purpose:   32 hexadecimal digits of SHA-256 over a list of texts, each with its
 *            length before it, so that no two lists run into one.
 * Errors:    CC_EIO  the library of hashes failed.
 * Threads:   any.
 */
#ifndef CC_DAEMON_DIGEST_H
#define CC_DAEMON_DIGEST_H

#include "scheduler/base.h"

enum { CC_DIGEST_TEXT = 33 };

enum cc_code cc_digest(const struct cc_str *texts, unsigned n,
    char ret[CC_DIGEST_TEXT], struct cc_err *reterr) CC_MUST_USE;

#endif
