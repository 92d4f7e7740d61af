/*
 * daemon/sd.h - words to the service manager, and its watchdog.
 *
 * Source:    DESIGN.md section 8 (READY, STATUS, RELOADING, watchdog).
 * Purpose:   without a service manager every call does nothing.  The watchdog is fed
 *            from the loop, and only when the engine has turned since the last time:
 *            so both are alive.
 * Threads:   the loop's.
 */
#ifndef CC_DAEMON_SD_H
#define CC_DAEMON_SD_H

#include <uv.h>

#include "daemon/engine.h"

struct cc_sd {
	uv_timer_t timer;
	struct cc_engine *engine;
	uint64_t beats;			/* the engine's when it was last looked at */
	bool open, watched;
};

void cc_sd_open(struct cc_sd *s, uv_loop_t *loop, struct cc_engine *e);
void cc_sd_close(struct cc_sd *s);	/* twice is fine */

void cc_sd_ready(const char *status);
void cc_sd_status(const char *status);
void cc_sd_reloading(void);
void cc_sd_stopping(void);

#endif
