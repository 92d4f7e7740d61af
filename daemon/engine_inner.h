/*
 * daemon/engine_inner.h - inside of the engine: shared by engine*.c and tell.c.
 *
 * Source:    DESIGN.md sections 7 and 8.
 * Ownership: see engine.h.
 * Threads:   the engine's alone, save what is marked otherwise.
 */
#ifndef CC_DAEMON_ENGINE_INNER_H
#define CC_DAEMON_ENGINE_INNER_H

#include "daemon/cache.h"
#include "daemon/engine.h"

struct cc_engine {
	struct cc_engine_config cf;
	struct cc_queue queue;			/* any thread */
	pthread_t thread;
	bool threaded;
	_Atomic(struct cc_setup *) fresh;	/* any thread: to be adopted */
	atomic_uint want;			/* any thread */
	atomic_int_least64_t next;		/* any thread */
	atomic_uint_least64_t beats;		/* any thread */
	atomic_bool stopped;			/* any thread */
	struct cc_setup *setup;
	struct cc_cache cache;
	struct cc_entry *touched;		/* cases of this group */
	struct cc_arena work;			/* one evaluation */
	struct cc_arena rows;			/* rows of the store, one read */
	struct cc_now now;			/* of this group */
	struct cc_claimed *claimed;		/* by this group */
	int64_t hold_until;			/* mono ms: time's own work rests */
	bool stale;				/* some cases are yet to be derived anew */
	bool busy;				/* more is due already */
	char node[33];				/* of this store, in all message ids */
};

/* --- engine_case.c --- */

/* The case, from the cache or the store, with its events.  CC_ENOENT: the store does
 * not know it. */
enum cc_code cc_engine_case(struct cc_engine *e, struct cc_str id,
    struct cc_entry **ret, struct cc_err *reterr) CC_MUST_USE;

/* Pins the entry for this group; it will be derived before the commit. */
void cc_engine_touch(struct cc_engine *e, struct cc_entry *c);

/* Evaluates a touched case, plans it, writes its row, alerts and messages. */
enum cc_code cc_engine_plan(struct cc_engine *e, struct cc_entry *c,
    struct cc_err *reterr) CC_MUST_USE;

/* An event of a client. */
enum cc_code cc_engine_event(struct cc_engine *e, struct cc_job *j,
    struct cc_err *reterr) CC_MUST_USE;

/* --- engine_wake.c --- */

/* Whether time's own work is due. */
bool cc_engine_due(struct cc_engine *e);

/* Touches cases whose wake is due, then some of those to be derived anew. */
enum cc_code cc_engine_wakes(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* Counts what is to be derived anew under the set-up in force. */
void cc_engine_recount(struct cc_engine *e);

/* The next instant at which something is due; also notes whether some is already. */
void cc_engine_look_ahead(struct cc_engine *e);

/* --- engine_outbox.c --- */

enum cc_code cc_engine_outcomes(struct cc_engine *e, struct cc_outcomes *o,
    struct cc_err *reterr) CC_MUST_USE;

/* Claims what is due, as many as are wanted. */
enum cc_code cc_engine_claim(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* Claims of a former run go back to the queue. */
enum cc_code cc_engine_reclaim(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* The request messages.redrive: its answer goes into j->text. */
enum cc_code cc_engine_redrive(struct cc_engine *e, struct cc_job *j,
    struct cc_err *reterr) CC_MUST_USE;

/* --- tell.c --- */

/* What is needed to write the messages of one case. */
struct cc_telling {
	struct cc_engine *engine;
	const struct cc_zone *zone;
	struct cc_people people;
};

enum cc_code cc_telling_begin(struct cc_engine *e, const struct cc_entry *c,
    const struct cc_result *r, struct cc_telling *ret, struct cc_err *reterr) CC_MUST_USE;

/* Adds the messages of an alert to the outbox, one for each address of each person
 * that stands for one of its roles. */
enum cc_code cc_tell(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, struct cc_err *reterr) CC_MUST_USE;

#endif
