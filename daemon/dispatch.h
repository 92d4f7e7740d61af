/*
 * daemon/dispatch.h - from the outbox to the notifiers, and what became of it.
 *
 * Source:    DESIGN.md section 7 (Delivery).
 * Purpose:   messages that the engine claimed go to the module of their channel; each
 *            outcome goes back in groups.  A temporary failure is tried again after
 *            cc_backoff until the message's time is over, then it is dead-lettered with
 *            the reason; a permanent one at once.  A message whose outcome is not
 *            recorded when the daemon dies goes out again under the same id.
 * Ownership: the modules; claimed batches until each of their messages has an outcome.
 * Limits:    limits.deliveries messages of one channel are under way, twice as many in
 *            all; an attempt that has no outcome after CC_DISPATCH_LONGEST is cancelled.
 * Threads:   the loop's.
 */
#ifndef CC_DAEMON_DISPATCH_H
#define CC_DAEMON_DISPATCH_H

#include <uv.h>

#include "daemon/engine.h"
#include "notify/host.h"

enum {
	CC_DISPATCH_LONGEST = CC_ENGINE_LEASE * 3 / 4,	/* seconds */
	CC_DISPATCH_PUT_OFF = 5,	/* seconds, when a channel is full */
	CC_DISPATCH_STUCK_MS = 10000,	/* a full channel without an outcome for so long
					 * holds back the others no more */
	CC_DISPATCH_GROUP = 1024,	/* outcomes of one group */
	CC_DISPATCH_CHANNELS = 512
};

/* The notifiers that the configuration asks for; NULL: it has none of that kind. */
struct cc_modules {
	void *email, *webhook;
};

struct cc_delivery;

struct cc_channel {
	char name[80];
	uint32_t busy;
	struct cc_mono moved;		/* last outcome, or first attempt */
};

struct cc_dispatch {
	struct cc_engine *engine;
	struct cc_figures *figures;
	cc_now_fn *now;
	void *now_self;
	uint32_t limit;			/* limits.deliveries */
	void (*on_idle)(void *self);	/* while draining: nothing is under way any more */
	void *self;

	struct cc_host host;		/* the rest is private */
	struct cc_modules modules;
	struct cc_channel channels[CC_DISPATCH_CHANNELS];
	uint32_t nchannels;
	struct cc_delivery *busy, *ended;	/* ended: outcome not yet handed back */
	uint32_t nbusy, nended;
	struct cc_outcomes *posted;	/* with the engine, or to be posted again */
	bool away, draining;
	uv_timer_t again;
};

/* The first block is filled.  Needs a running loop; sets SIGPIPE to be ignored. */
void cc_dispatch_init(struct cc_dispatch *d, uv_loop_t *loop);

/* Opens what the configuration asks for: all or nothing.  CC_EINVAL names the setting. */
enum cc_code cc_modules_open(struct cc_notify_host *host, const struct cc_config *cf,
    struct cc_modules *ret, struct cc_err *reterr) CC_MUST_USE;
void cc_modules_close(struct cc_modules *m);

/* New modules come into force; what the old ones have under way is tried again. */
void cc_dispatch_use(struct cc_dispatch *d, const struct cc_modules *m, uint32_t limit);

/* What the engine posted. */
void cc_dispatch_claimed(struct cc_dispatch *d, struct cc_claimed *c);
void cc_dispatch_recorded(struct cc_dispatch *d, struct cc_outcomes *o);

/* Says what there is room for, and cancels what takes too long. */
void cc_dispatch_tick(struct cc_dispatch *d);

/* Takes no more and ends the modules; on_idle when all outcomes are recorded. */
void cc_dispatch_drain(struct cc_dispatch *d);

/* Closes the handles; the outcomes that are not recorded are dropped: their messages
 * are requeued at the next start. */
void cc_dispatch_close(struct cc_dispatch *d);

#endif
