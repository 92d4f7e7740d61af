/*
 * wire/buf.h - growing bytes with a limit that cannot be left out.
 *
 * Purpose:   answers, records and messages are written here.
 * Ownership: the buffer owns its bytes (malloc); cc_buf_done frees them,
 *            cc_buf_take gives them to the caller.
 * Errors:    the first write that fails is remembered in `fail` (CC_ENOMEM,
 *            or CC_ERANGE at the limit) and later writes do nothing; cc_buf_end
 *            answers it and takes back all that was written since a mark, so
 *            that a line is in the buffer whole or not at all.
 * Threads:   no shared state; one thread at a time for one buffer.
 */
#ifndef CC_WIRE_BUF_H
#define CC_WIRE_BUF_H

#include "scheduler/base.h"

struct cc_buf {
	char *p;
	size_t n, cap, max;
	enum cc_code fail;
};

/* An empty buffer that never holds more than `max` bytes. */
void cc_buf_init(struct cc_buf *b, size_t max);

/* Free the bytes; the buffer is empty and may be used again. */
void cc_buf_done(struct cc_buf *b);

/* Forget the bytes and the failure, keep the memory. */
void cc_buf_clear(struct cc_buf *b);

/* Drop the first `n` bytes (n at most b->n), for what has been sent. */
void cc_buf_consume(struct cc_buf *b, size_t n);

/* The bytes with a NUL behind them, freed with free(); the buffer is empty
 * then.  NULL when a write failed or there is no memory. */
char *cc_buf_take(struct cc_buf *b);

void cc_buf_put(struct cc_buf *b, const char *p, size_t n);
void cc_buf_puts(struct cc_buf *b, const char *text);
void cc_buf_char(struct cc_buf *b, char c);
void cc_buf_int(struct cc_buf *b, int64_t v);

/* A JSON string with its quotes.  What is not UTF-8 becomes U+FFFD. */
void cc_buf_json(struct cc_buf *b, struct cc_str s);
void cc_buf_jsons(struct cc_buf *b, const char *text);

/* An instant as a JSON string, CC_NEVER as null. */
void cc_buf_wall(struct cc_buf *b, struct cc_wall t);

/* CC_OK, or the failure of a write since `mark` (a former b->n): then the bytes
 * since `mark` are gone and the buffer works again. */
enum cc_code cc_buf_end(struct cc_buf *b, size_t mark) CC_MUST_USE;

#define CC_BUF_LIT(b, lit) cc_buf_put((b), (lit), sizeof(lit) - 1)

#endif
