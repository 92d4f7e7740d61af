/*
 * daemon/ping.h - the dead-man ping: a sign of life to a watcher elsewhere.
 *
 * Source:    DESIGN.md section 9 (promise 2).
 * Purpose:   while all is well, one GET to audit.ping_url every audit.ping_every: the
 *            engine's thread turns, and the last audit found no gap.  When one of the two
 *            is not so the pings stop, and the watcher raises its own alarm.
 * Units:     the timer runs on monotonic time.
 * Ownership: the loop is borrowed; the struct stays in place until the loop has run the
 *            callbacks of cc_ping_close.
 * Threads:   the loop's.
 * Limits:    one ping at a time, of CC_PING_MS at most; its answer is not read.
 */
#ifndef CC_DAEMON_PING_H
#define CC_DAEMON_PING_H

#include <uv.h>

#include "daemon/config.h"
#include "daemon/engine.h"
#include "notify/webhook_multi.h"

enum { CC_PING_MS = 10000 };

struct cc_ping {
	struct cc_engine *engine;
	struct cc_figures *figures;

	struct cc_multi *multi;		/* the rest is private; NULL: no ping is wanted */
	CURL *easy;
	uv_timer_t timer;
	char url[1024];
	uint64_t beats;			/* of the engine at the last ping */
	bool busy, failed;
};

/* `engine` and `figures` are filled. */
void cc_ping_init(struct cc_ping *p, uv_loop_t *loop);

/* Takes up what the configuration says; a url NULL ends the pings.  CC_ENOMEM. */
enum cc_code cc_ping_use(struct cc_ping *p, const struct cc_config *cf,
    struct cc_err *reterr) CC_MUST_USE;

void cc_ping_close(struct cc_ping *p);

#endif
