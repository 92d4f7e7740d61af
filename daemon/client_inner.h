/*
 * daemon/client_inner.h - one connection: shared by client.c and client_read.c.
 *
 * Threads:   the loop's.
 *
 *   reading --full, pending, unread answers--> paused --room--> reading
 *   reading --end of input--> ended --all answered and written--> closing
 *   reading --line too long, no right--> last words --written--> closing
 */
#ifndef CC_DAEMON_CLIENT_INNER_H
#define CC_DAEMON_CLIENT_INNER_H

#include "daemon/client.h"
#include "wire/buf.h"

struct cc_client {
	uv_pipe_t pipe;
	struct cc_clients *all;
	struct cc_client *next, **prev;
	struct cc_rights rights;
	char *in;			/* what came and is not yet a whole line */
	size_t nin, cap, scanned;	/* scanned: bytes known to hold no newline */
	struct cc_job *jobs, **last_job;	/* lines not yet answered, in order */
	struct cc_job *held;		/* the last of them, not yet handed on */
	uint32_t pending;
	bool asking;			/* a request is under way */
	bool importing;			/* recordedtime of its events counts */
	struct cc_buf out, sending;
	uv_write_t write;
	bool reading, writing, ended, last_words, closing;
};

/* client_read.c */
void cc_client_read(struct cc_client *c);	/* begins or goes on reading */
void cc_client_go_on(struct cc_client *c);	/* takes what lines there are */
void cc_client_drop_held(struct cc_client *c);

/* client.c */
void cc_client_close(struct cc_client *c);
void cc_client_emit(struct cc_client *c);
void cc_client_flush(struct cc_client *c);

#endif
