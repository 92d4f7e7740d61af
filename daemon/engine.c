#include "daemon/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/engine_inner.h"
#include "daemon/log.h"
#include "daemon/methods.h"
#include "daemon/rounds.h"
#include "policy/heap.h"

/* --- one group ------------------------------------------------------------- */

static void
untouch(struct cc_engine *e, bool drop)
{
	struct cc_entry *c = e->touched, *next;

	e->touched = NULL;
	for (; c != NULL; c = next) {
		next = c->next_touched;
		c->touched = c->by_event = false;
		c->next_touched = NULL;
		if (drop)
			cc_cache_drop(&e->cache, c);
	}
	cc_cache_trim(&e->cache);
}

static bool
writes(const struct cc_work *w)
{
	return w->kind != CC_WORK_REQUEST ||
	    cc_method_writes(((const struct cc_job *)w)->method);
}

static enum cc_code
apply(struct cc_engine *e, struct cc_work *w, struct cc_err *reterr)
{
	switch (w->kind) {
	case CC_WORK_EVENT:
		return cc_engine_event(e, (struct cc_job *)w, reterr);
	case CC_WORK_OUTCOMES:
		return cc_engine_outcomes(e, (struct cc_outcomes *)w, reterr);
	case CC_WORK_REQUEST:
		return cc_method_write(e, (struct cc_job *)w, reterr);
	case CC_WORK_SAID:
	case CC_WORK_CLAIMED:
		break;
	}
	return cc_fail(reterr, CC_EBUG, 0, "work that is not the engine's");
}

static enum cc_code
inside(struct cc_engine *e, struct cc_work *first, bool alone, bool due,
    struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	for (struct cc_work *w = first; w != NULL && code == CC_OK;
	    w = alone ? NULL : (struct cc_work *)w->queued.next)
		if (writes(w))
			code = apply(e, w, reterr);
	if (code == CC_OK && due)
		code = cc_engine_wakes(e, reterr);
	for (struct cc_entry *c = e->touched; c != NULL && code == CC_OK;
	    c = c->next_touched)
		code = cc_engine_plan(e, c, reterr);
	if (code == CC_OK && due)
		code = cc_engine_claim(e, reterr);
	if (code == CC_OK && due)
		code = cc_engine_expire(e, reterr);
	if (code == CC_OK && due)
		code = cc_engine_rounds(e, reterr);
	return code;
}

/* One transaction over the work (or over the first of it alone), and over what time
 * brings. */
static enum cc_code
attempt(struct cc_engine *e, struct cc_work *first, bool alone, bool due,
    struct cc_err *reterr)
{
	enum cc_code code = cc_store_begin(e->cf.store, reterr);

	if (code != CC_OK)
		return code;
	cc_post_forget(e);
	code = inside(e, first, alone, due, reterr);
	if (code == CC_OK)
		code = cc_store_commit(e->cf.store, reterr);
	if (code != CC_OK) {
		cc_store_rollback(e->cf.store);
		cc_claimed_free(e->claimed);
		e->claimed = NULL;
		cc_rounds_undo(e);
		e->expire_after = 0;
	}
	untouch(e, code != CC_OK);
	CC_COUNT(e->cf.figures, groups);
	return code;
}

/* What cannot be kept, alone either, is answered so. */
static void
failed(struct cc_engine *e, struct cc_work *w, const struct cc_err *err)
{
	struct cc_job *j;

	if (w->kind == CC_WORK_OUTCOMES) {
		((struct cc_outcomes *)w)->stored = false;
		return;
	}
	j = (struct cc_job *)w;
	j->result = CC_RESULT_STORAGE;
	(void)snprintf(j->why, sizeof j->why, "%s", err->msg);	/* cut is fine */
	if (w->kind == CC_WORK_REQUEST)
		cc_method_failed(j, err);
	CC_COUNT(e->cf.figures, storage_failed);
}

static void
one_by_one(struct cc_engine *e, struct cc_work *first)
{
	struct cc_err err = {.msg = ""};

	for (struct cc_work *w = first; w != NULL; w = (struct cc_work *)w->queued.next)
		if (writes(w) && attempt(e, w, true, false, &err) != CC_OK) {
			cc_log_err(CC_LOG_ERR, "store", &err);
			failed(e, w, &err);
		}
}

static void
count_result(struct cc_engine *e, const struct cc_job *j)
{
	if (j->result == CC_RESULT_ACCEPTED)
		CC_COUNT(e->cf.figures, accepted);
	else if (j->result == CC_RESULT_DUPLICATE)
		CC_COUNT(e->cf.figures, duplicates);
	else if (j->result == CC_RESULT_CONFLICT)
		CC_COUNT(e->cf.figures, conflicts);
}

/* The work goes back, in its order; requests that read go on to the reader. */
static void
hand_back(struct cc_engine *e, struct cc_work *first)
{
	struct cc_work *next;

	for (struct cc_work *w = first; w != NULL; w = next) {
		next = (struct cc_work *)w->queued.next;
		if (w->kind == CC_WORK_EVENT)
			count_result(e, (struct cc_job *)w);
		if (writes(w))
			cc_outlet_put(e->cf.outlet, w);
		else
			e->cf.forward(e->cf.forward_self, (struct cc_job *)w,
			    cc_setup_ref(e->setup));
	}
	if (e->claimed != NULL) {
		e->claims++;	/* the loop says anew what it has room for */
		cc_outlet_put(e->cf.outlet, &e->claimed->work);
		e->claimed = NULL;
	}
}

static bool
any_writes(const struct cc_work *w)
{
	while (w != NULL && !writes(w))
		w = (const struct cc_work *)w->queued.next;
	return w != NULL;
}

static void
adopt(struct cc_engine *e)
{
	struct cc_setup *fresh = atomic_exchange(&e->fresh, NULL);

	if (fresh == NULL)
		return;
	cc_cache_done(&e->cache);	/* its clocks point into the old policy */
	cc_setup_unref(e->setup);
	e->setup = fresh;
	e->cache.limit = fresh->config.limits.cache;
	cc_engine_recount(e);
}

bool
cc_engine_step(struct cc_engine *e, bool wait)
{
	struct cc_err err = {.msg = ""};
	struct cc_work *first;
	bool due;

	first = (struct cc_work *)cc_queue_take(&e->queue, CC_ENGINE_GROUP,
	    wait && !e->busy);
	adopt(e);
	e->now = e->cf.now(e->cf.now_self);
	(void)atomic_fetch_add(&e->beats, 1);
	due = e->now.mono.ms >= e->hold_until && cc_engine_due(e);
	if ((due || any_writes(first)) && attempt(e, first, false, due, &err) != CC_OK) {
		cc_log_err(CC_LOG_ERR, "store: a group is rolled back", &err);
		CC_COUNT(e->cf.figures, group_failures);
		e->hold_until = e->now.mono.ms + CC_ENGINE_HOLD_MS;
		one_by_one(e, first);
	}
	hand_back(e, first);
	cc_engine_look_ahead(e);
	return first != NULL || !cc_queue_closed(&e->queue);
}

/* --- life ------------------------------------------------------------------- */

static void *
run(void *self)
{
	struct cc_engine *e = self;

	while (cc_engine_step(e, true))
		;
	atomic_store(&e->stopped, true);
	e->cf.outlet->wake(e->cf.outlet->self);
	return NULL;
}

/* The store's own name, made when it is new: message ids of two stores differ. */
static enum cc_code
name_node(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_str key = CC_STR("node"), value;
	unsigned char bytes[16];
	enum cc_code code = cc_store_meta_get(e->cf.store, key, &e->rows, &value, reterr);

	if (code == CC_OK && value.n == sizeof e->node - 1) {
		memcpy(e->node, value.p, value.n);
		return CC_OK;
	}
	if (code != CC_ENOENT)
		return code == CC_OK ? cc_fail(reterr, CC_EBUG, 0,
		    "the store's name is damaged") : code;
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return cc_fail(reterr, CC_EIO, errno, "no random bytes");
	for (unsigned i = 0; i < sizeof bytes; i++)
		(void)snprintf(e->node + 2 * i, 3, "%02x", bytes[i]);	/* fits */
	return cc_store_meta_put(e->cf.store, key,
	    (struct cc_str){e->node, sizeof e->node - 1}, reterr);
}

static enum cc_code
first_words(struct cc_engine *e, struct cc_err *reterr)
{
	enum cc_code code = cc_store_begin(e->cf.store, reterr);

	if (code != CC_OK)
		return code;
	code = name_node(e, reterr);
	if (code == CC_OK)
		code = cc_engine_reclaim(e, reterr);
	if (code == CC_OK)
		code = cc_rounds_start(e, reterr);
	if (code == CC_OK)
		code = cc_store_commit(e->cf.store, reterr);
	if (code != CC_OK)
		cc_store_rollback(e->cf.store);
	cc_arena_reset(&e->rows);
	return code;
}

enum cc_code
cc_engine_new(const struct cc_engine_config *cf, struct cc_engine **ret,
    struct cc_err *reterr)
{
	struct cc_engine *e = calloc(1, sizeof *e);
	enum cc_code code;

	if (e == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "engine: no memory");
	e->cf = *cf;
	(void)pthread_mutex_init(&e->wanted.lock, NULL);	/* of the plain kind: cannot fail */
	code = cc_queue_init(&e->queue, cf->setup->config.limits.queue,
	    CC_ENGINE_QUEUE_BYTES, reterr);
	if (code != CC_OK) {
		(void)pthread_mutex_destroy(&e->wanted.lock);
		free(e);
		return code;
	}
	cc_heap_arena_init(&e->work, CC_ENGINE_ARENA);
	cc_heap_arena_init(&e->rows, CC_ENGINE_ARENA);
	cc_heap_arena_init(&e->waits.arena, CC_ENGINE_ARENA);
	atomic_init(&e->next, INT64_MIN);
	e->setup = cc_setup_ref(cf->setup);
	e->cache.limit = cf->setup->config.limits.cache;
	e->now = cf->now(cf->now_self);
	code = cc_rounds_new(&e->rounds, reterr);
	if (code == CC_OK)
		code = first_words(e, reterr);
	if (code != CC_OK) {
		cc_engine_free(e);
		return code;
	}
	cc_engine_recount(e);
	cc_engine_look_ahead(e);
	*ret = e;
	return CC_OK;
}

void
cc_engine_free(struct cc_engine *e)
{
	if (e == NULL)
		return;
	cc_cache_done(&e->cache);
	cc_arena_done(&e->work);
	cc_arena_done(&e->rows);
	cc_arena_done(&e->waits.arena);
	cc_rounds_free(e->rounds);
	cc_setup_unref(e->setup);
	cc_setup_unref(atomic_exchange(&e->fresh, NULL));
	cc_queue_done(&e->queue);
	(void)pthread_mutex_destroy(&e->wanted.lock);
	free(e);
}

enum cc_code
cc_engine_start(struct cc_engine *e, struct cc_err *reterr)
{
	int rc = pthread_create(&e->thread, NULL, run, e);

	if (rc != 0)
		return cc_fail(reterr, CC_ENOMEM, rc, "engine: no thread: %s", strerror(rc));
	e->threaded = true;
	return CC_OK;
}

void
cc_engine_stop(struct cc_engine *e)
{
	cc_queue_close(&e->queue);
}

bool
cc_engine_stopped(struct cc_engine *e)
{
	return atomic_load(&e->stopped);
}

void
cc_engine_join(struct cc_engine *e)
{
	if (e->threaded)
		(void)pthread_join(e->thread, NULL);	/* it is ours and joinable */
	e->threaded = false;
}

/* --- from the loop ---------------------------------------------------------- */

bool
cc_engine_submit(struct cc_engine *e, struct cc_work *w)
{
	return cc_queue_push(&e->queue, &w->queued);
}

bool
cc_engine_force(struct cc_engine *e, struct cc_work *w)
{
	return cc_queue_force(&e->queue, &w->queued);
}

bool
cc_engine_roomy(struct cc_engine *e)
{
	return cc_queue_roomy(&e->queue);
}

uint32_t
cc_engine_waiting(struct cc_engine *e)
{
	return cc_queue_length(&e->queue);
}

void
cc_engine_poke(struct cc_engine *e)
{
	cc_queue_poke(&e->queue);
}

void
cc_engine_adopt(struct cc_engine *e, struct cc_setup *s)
{
	cc_setup_unref(atomic_exchange(&e->fresh, s));
	cc_queue_poke(&e->queue);
}

struct cc_wall
cc_engine_next(struct cc_engine *e)
{
	return (struct cc_wall){atomic_load(&e->next)};
}

uint64_t
cc_engine_beats(struct cc_engine *e)
{
	return atomic_load(&e->beats);
}
