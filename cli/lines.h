/*
 * cli/lines.h - the lines of a file or pipe, numbered, in bounded memory.
 *
 * Purpose:   reads events one a line.  A line that is longer than CC_LINES_MAX
 *            bytes (its newline not counted) is told as such, without its bytes, and
 *            the rest of it is passed over.  The last line needs no newline.
 * Ownership: the caller keeps the descriptor; a line is good until the next
 *            call.
 * Errors:    CC_ENOENT at the end; CC_EBUSY more must be read first; CC_EIO the
 *            file cannot be read (sys: errno).
 * Threads:   one thread at a time.
 */
#ifndef CC_CLI_LINES_H
#define CC_CLI_LINES_H

#include "scheduler/base.h"

enum { CC_LINES_MAX = 64 * 1024, CC_LINES_BUFFER = 256 * 1024 };

struct cc_lines {
	int fd;
	char *buf;
	size_t from, to;	/* bytes not yet given: [from, to) */
	uint64_t number;	/* of the line last given */
	uint64_t taken;		/* bytes of the lines given so far */
	bool ended, skipping;
};

struct cc_text_line {
	struct cc_str text;	/* empty when too_long */
	uint64_t number;	/* from 1 */
	bool too_long;
};

/* CC_ENOMEM. */
enum cc_code cc_lines_open(struct cc_lines *l, int fd, struct cc_err *reterr)
    CC_MUST_USE;
void cc_lines_close(struct cc_lines *l);

/* The next line of what has been read. */
enum cc_code cc_lines_try(struct cc_lines *l, struct cc_text_line *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* Read once, after CC_EBUSY.  Waits when the file makes one wait. */
enum cc_code cc_lines_read(struct cc_lines *l, struct cc_err *reterr) CC_MUST_USE;

/* The next line; reads as often as needed. */
enum cc_code cc_lines_next(struct cc_lines *l, struct cc_text_line *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
