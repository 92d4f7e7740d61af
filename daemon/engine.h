/*
 * daemon/engine.h - the thread that owns the store and evaluates.
 *
 * Source:    DESIGN.md sections 2, 5, 7 and 8.
 * Purpose:   takes events, requests that write, delivery outcomes, due wakes and due
 *            messages, handles what it finds as one group in one transaction, and
 *            hands the work back answered when the commit has returned.  When a
 *            group fails it is rolled back, the cases it touched are dropped from the
 *            cache, and its work is tried once more one by one.
 * Ownership: store, figures and outlet are borrowed and outlive the engine; work is
 *            given with cc_engine_submit and comes back through the outlet; the
 *            set-up in force is held by a reference.
 * Errors:    of a start only; later ones are answered, logged, and counted.
 * Threads:   cc_engine_submit ... cc_engine_want from the loop; cc_engine_step is for
 *            tests, in place of cc_engine_start.
 * Limits:    limits.queue items and CC_ENGINE_QUEUE_BYTES wait; CC_ENGINE_GROUP items
 *            and CC_ENGINE_SLICE cases a group; CC_ENGINE_ARENA bytes for one case.
 */
#ifndef CC_DAEMON_ENGINE_H
#define CC_DAEMON_ENGINE_H

#include "daemon/clock.h"
#include "daemon/figures.h"
#include "daemon/job.h"

enum {
	CC_ENGINE_QUEUE_BYTES = 32 * 1024 * 1024, CC_ENGINE_GROUP = 1024,
	CC_ENGINE_SLICE = 64, CC_ENGINE_ARENA = 512 * 1024 * 1024,
	CC_CHANNEL_MAX = 79,		/* bytes of a channel's name */
	CC_ENGINE_QUOTAS = 512,
	CC_ENGINE_LEASE = 3600,		/* seconds a claimed message is ours */
	CC_ENGINE_HOLD_MS = 1000,	/* wait of time's own work after a failure */
	CC_ENGINE_PUT_OFF = 3600	/* seconds until a case that cannot be evaluated is
					 * looked at again */
};

struct cc_engine;

struct cc_engine_config {
	struct cc_store *store;
	struct cc_setup *setup;		/* a reference is taken */
	struct cc_figures *figures;
	struct cc_outlet *outlet;
	/* Hands on a request that only reads, after the commit of what came before it. */
	void (*forward)(void *self, struct cc_job *job, struct cc_setup *setup);
	void *forward_self;
	cc_now_fn *now;
	void *now_self;
	const char *owner;		/* of claims: one for each run */
};

enum cc_code cc_engine_new(const struct cc_engine_config *cf, struct cc_engine **ret,
    struct cc_err *reterr) CC_MUST_USE;

/* The engine must have stopped, or never have been started. */
void cc_engine_free(struct cc_engine *e);	/* NULL is fine */

enum cc_code cc_engine_start(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* Takes no more work; what is there is finished, then the thread ends and pokes the
 * outlet. */
void cc_engine_stop(struct cc_engine *e);
bool cc_engine_stopped(struct cc_engine *e);
void cc_engine_join(struct cc_engine *e);

/* False when the queue is full. */
bool cc_engine_submit(struct cc_engine *e, struct cc_work *w) CC_MUST_USE;
/* For outcomes, of which the dispatcher has few under way.  False: it stopped. */
bool cc_engine_force(struct cc_engine *e, struct cc_work *w) CC_MUST_USE;
bool cc_engine_roomy(struct cc_engine *e);
uint32_t cc_engine_waiting(struct cc_engine *e);

/* Time has come, or may have: look at wakes and messages. */
void cc_engine_poke(struct cc_engine *e);

/* A new set-up comes into force; the reference is given. */
void cc_engine_adopt(struct cc_engine *e, struct cc_setup *s);

/* What the dispatcher has room for: `total` messages in all, of each channel what its
 * quota says, of a channel without a quota `each`; copied.  It holds until the next word,
 * but for nothing once a claim was made that the dispatcher had not `seen` (the number of
 * claims it has been given so far) when it spoke, so that no room is given away twice. */
struct cc_quota {
	char channel[CC_CHANNEL_MAX + 1];
	uint32_t n;			/* 0: shut */
};
struct cc_want {
	uint32_t total, each;
	uint64_t seen;
	const struct cc_quota *quotas;
	uint32_t n;			/* up to CC_ENGINE_QUOTAS; more are ignored */
};
void cc_engine_want(struct cc_engine *e, const struct cc_want *w);

/* When it has something to do without being asked, CC_NEVER for never. */
struct cc_wall cc_engine_next(struct cc_engine *e);

/* Grows by one with each turn: proof of life for the watchdog. */
uint64_t cc_engine_beats(struct cc_engine *e);

/* One turn; with `wait` it waits for something to do.  False when it was stopped and
 * has finished. */
bool cc_engine_step(struct cc_engine *e, bool wait);

#endif
