/*
 * daemon/loop.h - the running daemon: threads, handles, signals, reload, the end.
 *
 * Source:    DESIGN.md section 8.
 * Purpose:   puts the parts together and runs them.  SIGTERM and SIGINT: no more
 *            connections or lines are taken, what is under way is finished, written
 *            down and answered, every handle is closed.  SIGHUP: everything that comes
 *            from files is read anew in another thread and swapped in whole, or not at
 *            all.
 * Ownership: the set-up and the listener's socket are given.
 * Errors:    an enum cc_exit, after the words are in the log.
 * Limits:    CC_LOOP_GRACE_MS for clients that do not take their last answers, and for
 *            messages under way, at the end.
 * Threads:   called from main(); makes the engine's and the reader's.
 */
#ifndef CC_DAEMON_LOOP_H
#define CC_DAEMON_LOOP_H

#include "daemon/listener.h"
#include "daemon/setup.h"

enum { CC_LOOP_GRACE_MS = 5000 };

struct cc_loop_config {
	const char *file;		/* the configuration, for reloads */
	struct cc_setup *setup;		/* given */
	struct cc_listener *listener;	/* with its socket made */
};

/* Opens the store and runs until the end is asked for. */
enum cc_exit cc_loop_run(const struct cc_loop_config *cf);

/* Opens the notifiers as a run would, and closes them: for --check-config.  False: the
 * words are in the log. */
bool cc_loop_check(const struct cc_setup *setup);

#endif
