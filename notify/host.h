/*
 * notify/host.h - a host for notifier modules on a libuv loop, ready made.
 *
 * Source:    DESIGN.md section 7 (Modules).
 * Purpose:   the defer of struct cc_notify_host over one idle handle; `now` and `log`
 *            come from the caller.
 * Threads:   the loop thread.
 * Ownership: the loop is borrowed; the struct stays in place until the loop has run
 *            the callback of cc_host_close.
 */
#ifndef CC_NOTIFY_HOST_H
#define CC_NOTIFY_HOST_H

#include <uv.h>

#include "notify/notifier.h"

struct cc_host {
	struct cc_notify_host lent;	/* give &host->lent to the modules */
	uv_idle_t idle;			/* runs while something is put off */
	struct cc_notify_defer *first, **last;
};

/* Sets up the host, and has SIGPIPE ignored in the whole process; fill lent.now, lent.log
 * and lent.data after it. */
void cc_host_init(struct cc_host *h, uv_loop_t *loop);

/* Closes the handle.  Nothing may be put off any more. */
void cc_host_close(struct cc_host *h);

#endif
