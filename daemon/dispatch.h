/*
 * daemon/dispatch.h - from the outbox to the notifiers, and what became of it.
 *
 * Source:    DESIGN.md section 7 (Delivery).
 * Purpose:   messages that the engine claimed go to the module of their channel; each
 *            outcome goes back in groups.  A temporary failure is tried again after
 *            cc_backoff until the message's time is over, then it is dead-lettered with
 *            the reason; a permanent one at once.  A message whose outcome is not
 *            recorded when the daemon dies goes out again under the same id.  The engine
 *            is told how much there is room for, channel by channel (endpoint.h): one
 *            that is slow, down or shut leaves the others what they need.
 * Ownership: the modules; claimed batches until each of their messages has an outcome.
 * Limits:    limits.deliveries messages of one channel are under way, CC_DISPATCH_MOST in
 *            all, of which a channel never has more than is left free for the others; an
 *            attempt that has no outcome after CC_DISPATCH_LONGEST is cancelled.
 * Threads:   the loop's.
 */
#ifndef CC_DAEMON_DISPATCH_H
#define CC_DAEMON_DISPATCH_H

#include <uv.h>

#include "daemon/endpoint.h"
#include "daemon/endpoints.h"
#include "daemon/engine.h"
#include "daemon/modules.h"
#include "notify/host.h"

enum {
	CC_DISPATCH_LONGEST = CC_ENGINE_LEASE * 3 / 4,	/* seconds */
	CC_DISPATCH_PUT_OFF = 5,	/* seconds, when a module is full */
	CC_DISPATCH_MOST = 4096,	/* messages under way */
	CC_DISPATCH_GROUP = 1024,	/* outcomes of one group */
	CC_DISPATCH_CHANNELS = CC_ENGINE_QUOTAS
};

struct cc_delivery;

struct cc_channel {
	char name[CC_CHANNEL_MAX + 1];
	struct cc_endpoint_state end;
	char *url;			/* of a webhook: where it is; else NULL */
	bool configured;
};

struct cc_dispatch {
	struct cc_engine *engine;
	struct cc_figures *figures;
	cc_now_fn *now;
	void *now_self;
	void (*on_idle)(void *self);	/* while draining: nothing is under way any more */
	void *self;

	struct cc_host host;		/* the rest is private */
	struct cc_modules modules;
	struct cc_endpoint_limits limits;
	struct cc_channel channels[CC_DISPATCH_CHANNELS];
	uint32_t nchannels;
	struct cc_delivery *busy, *ended;	/* ended: outcome not yet handed back */
	uint32_t nbusy, nended;
	struct cc_outcomes *posted;	/* with the engine, or to be posted again */
	bool away, draining;
	uint64_t seen;			/* claims */
	struct cc_mono swept;		/* when what takes too long was looked for */
	uv_timer_t again;
	uv_timer_t open;		/* until an endpoint has room again */
	struct cc_quota quotas[CC_DISPATCH_CHANNELS];
	struct cc_endpoint_shown shown[CC_DISPATCH_CHANNELS];
};

/* The first block is filled.  Needs a running loop; sets SIGPIPE to be ignored. */
void cc_dispatch_init(struct cc_dispatch *d, uv_loop_t *loop);

/* New modules and limits come into force; what the old ones have under way is tried again.
 * An endpoint whose URL is another is open again, a disabled one at its old URL is not. */
void cc_dispatch_use(struct cc_dispatch *d, const struct cc_modules *m,
    const struct cc_config *cf);

/* At the start: the store says that the channel is disabled. */
void cc_dispatch_disable(struct cc_dispatch *d, struct cc_str channel);

/* A channel ("email", "webhook:NAME"), or the webhook of that name, is used again. */
void cc_dispatch_enable(struct cc_dispatch *d, struct cc_str name);

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
