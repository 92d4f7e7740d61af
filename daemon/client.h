/*
 * daemon/client.h - connections: lines in, answers out in the order of the lines.
 *
 * Source:    DESIGN.md section 5.
 * Purpose:   reads lines, decodes them, hands them to the engine, and writes the
 *            answers back.  A reader is paused while the engine's queue is full, while
 *            CC_CLIENT_OUT bytes of answers are not taken, while limits.pending lines
 *            are under way, or while a request waits for an earlier one.  A line over
 *            limits.line is answered `too_large` and the connection closed; half a
 *            line before a hang-up is dropped and counted; a peer without any right,
 *            or over limits.clients, gets one line and is closed.
 * Ownership: a connection owns itself from accept or open until its handle is closed;
 *            its lines under way outlive it and are freed when they come back.
 * Threads:   the loop's.
 * Limits:    see above; one request of a connection is under way at a time.
 */
#ifndef CC_DAEMON_CLIENT_H
#define CC_DAEMON_CLIENT_H

#include <uv.h>

#include "daemon/engine.h"
#include "daemon/peer.h"

enum {
	CC_CLIENT_OUT = 256 * 1024,	/* answers not yet taken: then it is paused */
	CC_CLIENT_OUT_MAX = 64 * 1024 * 1024,
	CC_CLIENT_IN = 8 * 1024,	/* room for input at first */
	CC_CLIENTS_SPARE = 64,		/* beyond limits.clients, to tell them so */
	CC_CLIENT_AWAY = 1024 * 1024,	/* read away before such a connection is closed */
	CC_LINE_ARENA = 8 * 1024 * 1024
};

struct cc_clients {
	uv_loop_t *loop;
	struct cc_engine *engine;
	const struct cc_setup *setup;	/* in force; changed by a reload */
	struct cc_figures *figures;
	cc_now_fn *now;
	void *now_self;
	void (*on_empty)(void *self);	/* while draining: the last one is gone */
	void *self;

	struct cc_client *first, **last;	/* the rest is private */
	uint32_t n;
	bool stalled, draining;
	struct cc_arena arena;
};

/* The first block of `all` is filled. */
void cc_clients_init(struct cc_clients *all);
void cc_clients_done(struct cc_clients *all);

/* Takes the connection that waits at `server`. */
void cc_clients_accept(struct cc_clients *all, uv_stream_t *server);

/* Takes a connected socket: for tests.  CC_ENOMEM, CC_EIO: the socket stays. */
enum cc_code cc_clients_open(struct cc_clients *all, int fd, struct cc_rights rights,
    struct cc_err *reterr) CC_MUST_USE;

/* A line came back from the engine or the reader. */
void cc_clients_answered(struct cc_clients *all, struct cc_job *j);

/* After a batch of these: write, and read on where there is room. */
void cc_clients_turn(struct cc_clients *all);

/* Reads no more; each connection is closed when it has its answers.  on_empty is
 * called when none is left, at once when there is none. */
void cc_clients_drain(struct cc_clients *all);

/* Closes all at once. */
void cc_clients_close(struct cc_clients *all);

#endif
