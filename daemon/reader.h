/*
 * daemon/reader.h - the thread that answers requests that only read.
 *
 * Source:    DESIGN.md section 8 (lists use a second, read-only connection and never
 *            see uncommitted data).
 * Purpose:   the engine hands a request on when all lines before it are committed; it
 *            is answered here from one snapshot, so that a long list holds up neither
 *            the loop nor the engine.
 * Ownership: the store, a reader, is borrowed; jobs are given and come back through
 *            the outlet; the set-up of a job is given with its reference.
 * Limits:    a client has one request under way, so that limits.clients bounds the
 *            queue; CC_CALL_ARENA bytes for one answer.
 * Threads:   cc_reader_ask from the engine's thread, the rest from the loop's.
 */
#ifndef CC_DAEMON_READER_H
#define CC_DAEMON_READER_H

#include "daemon/clock.h"
#include "daemon/engine.h"
#include "daemon/figures.h"
#include "daemon/job.h"

struct cc_reader;

struct cc_reader_config {
	struct cc_store *store;
	struct cc_figures *figures;
	struct cc_outlet *outlet;
	cc_now_fn *now;
	void *now_self;
};

enum cc_code cc_reader_new(const struct cc_reader_config *cf, struct cc_reader **ret,
    struct cc_err *reterr) CC_MUST_USE;
void cc_reader_free(struct cc_reader *r);	/* joined, or never started; NULL is fine */

/* For figures of `status`: the engine beside it. */
void cc_reader_beside(struct cc_reader *r, struct cc_engine *e);

enum cc_code cc_reader_start(struct cc_reader *r, struct cc_err *reterr) CC_MUST_USE;

/* `self` is the reader: fits struct cc_engine_config.forward. */
void cc_reader_ask(void *self, struct cc_job *job, struct cc_setup *setup);

/* Finishes what waits, then ends the thread. */
void cc_reader_stop(struct cc_reader *r);
void cc_reader_join(struct cc_reader *r);

/* Answers what waits in the calling thread: for tests, in place of a start. */
void cc_reader_step(struct cc_reader *r);

#endif
