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
#include "daemon/post.h"

/* What the dispatcher has room for, as it said last. */
struct cc_wanted {
	pthread_mutex_t lock;
	uint32_t total, each, n;
	uint64_t seen;
	struct cc_quota quotas[CC_ENGINE_QUOTAS];
};

struct cc_rounds;

struct cc_engine {
	struct cc_engine_config cf;
	struct cc_queue queue;			/* any thread */
	pthread_t thread;
	bool threaded;
	_Atomic(struct cc_setup *) fresh;	/* any thread: to be adopted */
	struct cc_wanted wanted;		/* any thread, under its lock */
	/* A copy of the above for one turn, as the store wants it. */
	struct cc_store_quota quotas[CC_ENGINE_QUOTAS];
	char channels[CC_ENGINE_QUOTAS][CC_CHANNEL_MAX + 1];
	uint32_t nquotas, total, each;
	uint64_t claims;			/* batches handed to the loop */
	int64_t expire_at, expire_after;	/* when to look again, 0: not planned; behind
						 * which number, 0: from the first */
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
	struct cc_rounds *rounds;
	char node[33];				/* of this store, in all message ids */
	struct cc_waits waits;			/* of messages */
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

/* The event's type under the schema, -1 for one that has no meaning any more. */
int cc_engine_type_of(const struct cc_schema *s, struct cc_str bytes);

/* --- engine_wake.c --- */

/* Whether time's own work is due. */
bool cc_engine_due(struct cc_engine *e);

/* Touches cases whose wake is due, then some of those to be derived anew. */
enum cc_code cc_engine_wakes(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* The rounds, when it is time and nothing more urgent is due. */
enum cc_code cc_engine_rounds(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* Counts what is to be derived anew under the set-up in force. */
void cc_engine_recount(struct cc_engine *e);

/* The next instant at which something is due; also notes whether some is already. */
void cc_engine_look_ahead(struct cc_engine *e);

/* --- engine_want.c --- */

/* Takes over what the dispatcher wants, for this turn: e->total is 0 while it has not
 * seen all that was claimed. */
void cc_engine_take_want(struct cc_engine *e);

/* --- engine_expire.c --- */

/* After the claim, every ten minutes while a channel is shut, and not in the first hour of
 * a run: its messages whose time is over are dead, as after a last attempt, and whoever
 * stands above is told.  A page of the queue a call. */
enum cc_code cc_engine_expire(struct cc_engine *e, struct cc_err *reterr) CC_MUST_USE;

/* When; CC_NEVER while no channel is shut. */
struct cc_wall cc_engine_expire_next(struct cc_engine *e);

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

/* --- engine_failed.c --- */

/* A message is dead, or its endpoint answered that it is gone: others are told. */
enum cc_code cc_engine_failed(struct cc_engine *e, const struct cc_outcome *o,
    struct cc_err *reterr) CC_MUST_USE;

/* --- outgoing.c --- */

/* Looks again at messages that were just claimed: some would say what the recipient was
 * told last, or are overtaken, or go to somebody else, or are said together by one.
 * What is left in *rows is to be sent. */
enum cc_code cc_outgoing_look_again(struct cc_engine *e, struct cc_arena *a,
    struct cc_store_messages *rows, struct cc_err *reterr) CC_MUST_USE;

/* --- tell.c --- */

/* What is needed to write the messages of one case. */
struct cc_telling {
	struct cc_engine *engine;
	const struct cc_zone *zone;
	struct cc_people people;
	const char *cause;		/* what changed the case, or NULL */
};

enum cc_code cc_telling_begin(struct cc_engine *e, const struct cc_entry *c,
    const struct cc_result *r, struct cc_telling *ret, struct cc_err *reterr) CC_MUST_USE;

/* The same of any case, evaluated for this; nothing of the caller's may lie in e->rows.
 * CC_ENOENT: the store does not know it. */
enum cc_code cc_telling_of_case(struct cc_engine *e, struct cc_str case_id,
    struct cc_telling *ret, struct cc_err *reterr) CC_MUST_USE;

/* Adds the messages of an alert to the outbox, one for each address of each person
 * that stands for one of its roles, and one for each of alerts.copies. */
enum cc_code cc_tell(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, struct cc_err *reterr) CC_MUST_USE;

/* A held alert is told after all; from then on its instance counts as told.  CC_ENOENT: no
 * such alert, or the policy has its rule no more; CC_ECONFLICT: it is not held. */
enum cc_code cc_tell_held(struct cc_engine *e, int64_t alert,
    struct cc_err *reterr) CC_MUST_USE;

/* A warning to the operator, once a day and cause: `words` is its title. */
enum cc_code cc_tell_operator(struct cc_engine *e, struct cc_str case_id,
    const char *words, struct cc_str cause, struct cc_err *reterr) CC_MUST_USE;

/* --- engine_fire.c --- */

/* A case evaluated and planned. */
struct cc_derived {
	struct cc_result result;
	struct cc_plan plan;
	struct cc_telling telling;
};

/* Writes the alerts and messages of what fires. */
enum cc_code cc_engine_fire(struct cc_engine *e, const struct cc_entry *c,
    const struct cc_derived *d, struct cc_err *reterr) CC_MUST_USE;

/* What changed the case since it was derived last: the type of the last event that did,
 * "policy", "calendar", "zones", or "time". */
const char *cc_engine_cause(const struct cc_engine *e, const struct cc_entry *c,
    const struct cc_result *r);

/* --- tell_told.c --- */

/* `moved`, `back` or `clear` of an alert, to everybody who was told of its instance, or
 * of the one it is heir of; moved and back also to its roles. */
struct cc_tell_told {
	const struct cc_store_alert *alert;
	const struct cc_instance *heir_of;	/* or NULL */
	const struct cc_rule *rule;
	bool withdrawn;
};
enum cc_code cc_tell_told(const struct cc_telling *t, const struct cc_tell_told *what,
    struct cc_err *reterr) CC_MUST_USE;

/* The thread of an instance: 32 hex digits, the same in all its messages. */
enum cc_code cc_tell_thread(struct cc_engine *e, struct cc_str case_id,
    const struct cc_instance *i, char ret[33], struct cc_err *reterr) CC_MUST_USE;

/* --- tell_instead.c --- */

/* Who gets a message that is about to leave: the recipient is on leave, has left the
 * directory, or has another address now.  ret_moved: a message to whoever stands in was
 * added, and this one should be closed as superseded. */
enum cc_code cc_tell_elsewhere(struct cc_engine *e, const struct cc_store_message *m,
    bool *ret_moved, struct cc_err *reterr) CC_MUST_USE;

/* A message of an alert is dead (refused for good, bounced, given up): the next role
 * above is told of the alert in its place, at the top the operator. */
enum cc_code cc_tell_higher(struct cc_engine *e, const struct cc_store_message *failed,
    struct cc_err *reterr) CC_MUST_USE;

/* --- handover.c --- */

/* Tells new holders of the case what is open: those that events since `from` (place in
 * c->events) have assigned, unless these lie further back than alerts.history. */
enum cc_code cc_handover(const struct cc_telling *t, const struct cc_entry *c,
    const struct cc_result *r, uint32_t from, struct cc_err *reterr) CC_MUST_USE;

/* --- requests that write: each puts its answer into j->text --- */

typedef enum cc_code cc_write_fn(struct cc_engine *e, struct cc_job *j,
    struct cc_err *reterr);
cc_write_fn cc_engine_acknowledge, cc_engine_silence_add, cc_engine_silence_end,
    cc_engine_bounced, cc_engine_endpoint_enable, cc_engine_audit;

/* Acknowledgements of a case in force, for the plan. */
enum cc_code cc_engine_holds(struct cc_engine *e, const struct cc_entry *c,
    const struct cc_people *people, struct cc_arena *a, const struct cc_hold **ret,
    uint32_t *ret_n, struct cc_err *reterr) CC_MUST_USE;

#endif
