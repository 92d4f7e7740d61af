/*
 * daemon/listener.h - the socket that connections come to.
 *
 * Source:    DESIGN.md sections 5 and 8 (socket activation; AF_UNIX, mode 0660).
 * Purpose:   takes over the socket that systemd hands in, else makes one: a path left
 *            behind by a dead daemon is cleared, one that somebody listens at is not.
 * Ownership: the listener has the descriptor, and removes the path when it made it.
 * Errors:    CC_EBUSY somebody listens there; CC_EIO the system refuses; CC_EINVAL what
 *            was handed in is no such socket.
 * Threads:   cc_listener_socket before any other thread runs (it sets the umask); the
 *            rest from the loop.
 */
#ifndef CC_DAEMON_LISTENER_H
#define CC_DAEMON_LISTENER_H

#include <uv.h>

#include "daemon/client.h"

enum { CC_LISTEN_BACKLOG = 128 };

struct cc_listener {
	uv_pipe_t pipe;
	struct cc_clients *clients;
	char path[CC_SOCKET_PATH_MAX + 1];	/* "" when it was handed in */
	dev_t dev;
	ino_t ino;
	int fd;				/* bound and not yet with the loop, -1 none */
	bool open;
};

/* Binds a socket to the path, or takes the one that was handed in. */
enum cc_code cc_listener_socket(struct cc_listener *l, const struct cc_config *cf,
    struct cc_err *reterr) CC_MUST_USE;

enum cc_code cc_listener_open(struct cc_listener *l, struct cc_clients *clients,
    struct cc_err *reterr) CC_MUST_USE;

/* Accepts no more; the path is removed.  Twice is fine, and without an open too. */
void cc_listener_close(struct cc_listener *l);

#endif
