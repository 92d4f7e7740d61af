#include "daemon/reader.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/methods.h"
#include "policy/heap.h"

/* A request with the set-up that it is answered under. */
struct asked {
	struct cc_queued queued;
	struct cc_job *job;
	struct cc_setup *setup;
};

struct cc_reader {
	struct cc_reader_config cf;
	struct cc_engine *engine;
	struct cc_queue queue;
	struct cc_arena arena;
	pthread_t thread;
	bool threaded;
};

enum cc_code
cc_reader_new(const struct cc_reader_config *cf, struct cc_reader **ret,
    struct cc_err *reterr)
{
	struct cc_reader *r = calloc(1, sizeof *r);
	enum cc_code code;

	if (r == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "reader: no memory");
	r->cf = *cf;
	code = cc_queue_init(&r->queue, UINT32_MAX, SIZE_MAX, reterr);
	if (code != CC_OK) {
		free(r);
		return code;
	}
	cc_heap_arena_init(&r->arena, CC_CALL_ARENA);
	*ret = r;
	return CC_OK;
}

void
cc_reader_free(struct cc_reader *r)
{
	if (r == NULL)
		return;
	cc_arena_done(&r->arena);
	cc_queue_done(&r->queue);
	free(r);
}

void
cc_reader_beside(struct cc_reader *r, struct cc_engine *e)
{
	r->engine = e;
}

void
cc_reader_ask(void *self, struct cc_job *job, struct cc_setup *setup)
{
	struct cc_reader *r = self;
	struct asked *a = calloc(1, sizeof *a);

	if (a != NULL) {
		a->job = job;
		a->setup = setup;
		if (cc_queue_force(&r->queue, &a->queued))
			return;
		free(a);
	}
	cc_setup_unref(setup);
	cc_method_error(job, CC_RPC_STORE, "no memory for the request, or the end is near");
	cc_outlet_put(r->cf.outlet, &job->work);
}

static void
answer(struct cc_reader *r, struct asked *a)
{
	struct cc_err err = {.msg = ""};
	struct cc_call c = {.store = r->cf.store, .setup = a->setup,
	    .figures = r->cf.figures, .now = r->cf.now(r->cf.now_self),
	    .arena = &r->arena, .wake = CC_NEVER};

	if (r->engine != NULL) {
		c.waiting = cc_engine_waiting(r->engine);
		c.wake = cc_engine_next(r->engine);
	}
	if (cc_store_begin(r->cf.store, &err) == CC_OK) {
		cc_method_read(a->job, &c);
		cc_store_rollback(r->cf.store);
	} else {
		cc_method_failed(a->job, &err);
	}
	cc_arena_reset(&r->arena);
	CC_COUNT(r->cf.figures, requests);
	cc_setup_unref(a->setup);
	cc_outlet_put(r->cf.outlet, &a->job->work);
	free(a);
}

static bool
turn(struct cc_reader *r, bool wait)
{
	struct asked *a = (struct asked *)cc_queue_take(&r->queue, 1, wait);

	if (a != NULL)
		answer(r, a);
	return a != NULL || !cc_queue_closed(&r->queue);
}

static void *
run(void *self)
{
	struct cc_reader *r = self;

	while (turn(r, true))
		;
	return NULL;
}

void
cc_reader_step(struct cc_reader *r)
{
	while (cc_queue_length(&r->queue) > 0)
		(void)turn(r, false);
}

enum cc_code
cc_reader_start(struct cc_reader *r, struct cc_err *reterr)
{
	int rc = pthread_create(&r->thread, NULL, run, r);

	if (rc != 0)
		return cc_fail(reterr, CC_ENOMEM, rc, "reader: no thread: %s", strerror(rc));
	r->threaded = true;
	return CC_OK;
}

void
cc_reader_stop(struct cc_reader *r)
{
	cc_queue_close(&r->queue);
}

void
cc_reader_join(struct cc_reader *r)
{
	if (r->threaded)
		(void)pthread_join(r->thread, NULL);	/* it is ours and joinable */
	r->threaded = false;
}
