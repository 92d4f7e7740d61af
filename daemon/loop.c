#include "daemon/loop.h"

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/endpoints.h"
#include "daemon/log.h"
#include "daemon/loop_inner.h"
#include "daemon/methods.h"
#include "daemon/state_dir.h"
#include "policy/heap.h"

enum { KEPT_ARENA = 1024 * 1024 };

/* --- the end --------------------------------------------------------------------------
 *
 *   SIGTERM -> no more lines, modules closed -> outcomes recorded -> engine told to
 *   finish -> engine and reader ended, answers written -> clients gone -> uv_stop
 */

static void
step_to_end(struct cc_loop *l)
{
	if (!l->stopping)
		return;
	if (l->deliveries_idle && !l->engine_told) {
		l->engine_told = true;
		cc_engine_stop(l->engine);
	}
	if (l->engine_told && cc_engine_stopped(l->engine) && l->clients_gone)
		uv_stop(&l->uv);
}

static void
on_deliveries_idle(void *self)
{
	struct cc_loop *l = self;

	l->deliveries_idle = true;
	step_to_end(l);
}

static void
on_clients_gone(void *self)
{
	struct cc_loop *l = self;

	l->clients_gone = true;
	step_to_end(l);
}

/* Whoever has not taken his last answers by now does without. */
static void
on_grace(uv_timer_t *timer)
{
	struct cc_loop *l = timer->data;

	if (!l->clients_gone)
		cc_log(CC_LOG_WARN, "%u connections are closed with answers not taken",
		    l->clients.n);
	if (!l->deliveries_idle)
		cc_log(CC_LOG_WARN, "%u messages are still under way; they go out again at "
		    "the next start", l->dispatch.nbusy + l->dispatch.nended);
	cc_clients_close(&l->clients);
	l->clients_gone = l->deliveries_idle = true;
	step_to_end(l);
}

static void
begin_end(struct cc_loop *l, const char *why)
{
	if (l->stopping)
		return;
	l->stopping = true;
	cc_log(CC_LOG_NOTICE, "stopping: %s", why);
	cc_sd_stopping();
	cc_listener_close(l->cf.listener);
	cc_timer_close(&l->timer);
	(void)uv_timer_start(&l->grace, on_grace, CC_LOOP_GRACE_MS, 0);
	cc_clients_drain(&l->clients);
	cc_dispatch_drain(&l->dispatch);
}

/* --- work that comes back -------------------------------------------------------- */

/* What the engine has written down is done here too. */
static void
heed(struct cc_loop *l, const struct cc_job *j)
{
	struct cc_str name = {NULL, 0};

	if (j->refused || j->result == CC_RESULT_STORAGE ||
	    strcmp(cc_method_name(j->method), "endpoint.enable") != 0 ||
	    cc_rpc_text(j->rpc, "endpoint", &name, NULL) != CC_OK || l->stopping)
		return;
	cc_dispatch_enable(&l->dispatch, name);
}

static void
on_work_back(uv_async_t *async)
{
	struct cc_loop *l = async->data;
	struct cc_queued *q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false), *next;

	for (; q != NULL; q = next) {
		struct cc_work *w = (struct cc_work *)q;

		next = q->next;
		switch (w->kind) {
		case CC_WORK_REQUEST:
			heed(l, (struct cc_job *)w);
			cc_clients_answered(&l->clients, (struct cc_job *)w);
			break;
		case CC_WORK_EVENT:
		case CC_WORK_SAID:
			cc_clients_answered(&l->clients, (struct cc_job *)w);
			break;
		case CC_WORK_OUTCOMES:
			cc_dispatch_recorded(&l->dispatch, (struct cc_outcomes *)w);
			break;
		case CC_WORK_CLAIMED:
			cc_dispatch_claimed(&l->dispatch, (struct cc_claimed *)w);
			break;
		}
	}
	cc_clients_turn(&l->clients);
	cc_timer_set(&l->timer, cc_engine_next(l->engine), cc_now_read().wall);
	step_to_end(l);
}

/* From the engine and the reader. */
static void
wake(void *self)
{
	struct cc_loop *l = self;

	(void)uv_async_send(&l->async);	/* fails on a closed handle only */
}

static void
on_time(struct cc_timer *t, bool jumped)
{
	struct cc_loop *l = t->data;

	if (jumped)
		cc_log(CC_LOG_NOTICE, "the wall clock was set");
	cc_dispatch_tick(&l->dispatch);
	cc_engine_poke(l->engine);
	cc_timer_set(t, cc_engine_next(l->engine), cc_now_read().wall);
}

static void
on_signal(uv_signal_t *handle, int signum)
{
	struct cc_loop *l = handle->data;

	if (signum == SIGHUP && !l->stopping)
		cc_reload_begin(l);
	else if (signum != SIGHUP)
		begin_end(l, signum == SIGTERM ? "SIGTERM" : "SIGINT");
}

/* --- the beginning --------------------------------------------------------------- */

static enum cc_exit
open_store(struct cc_loop *l, struct cc_err *reterr)
{
	char path[PATH_MAX];
	struct cc_store_config cf = {.path = path, .create = true};

	if (cc_state_dir_lock(l->setup->config.state_dir, &l->lock, reterr) != CC_OK)
		return CC_EXIT_STORE;
	(void)snprintf(path, sizeof path, "%s/caseclock.db", l->setup->config.state_dir);
	if (cc_store_open_sqlite(&cf, &l->store, reterr) != CC_OK ||
	    cc_store_open_reader(l->store, &l->reader_store, reterr) != CC_OK)
		return CC_EXIT_STORE;
	return CC_EXIT_OK;
}

static enum cc_exit
make_threads(struct cc_loop *l, struct cc_err *reterr)
{
	struct cc_reader_config rc = {.store = l->reader_store, .figures = &l->figures,
	    .outlet = &l->outlet, .now = cc_now_system};
	struct cc_engine_config ec = {.store = l->store, .setup = l->setup,
	    .figures = &l->figures, .outlet = &l->outlet, .forward = cc_reader_ask,
	    .now = cc_now_system, .owner = l->owner};

	if (cc_reader_new(&rc, &l->reader, reterr) != CC_OK)
		return CC_EXIT_SYSTEM;
	ec.forward_self = l->reader;
	if (cc_engine_new(&ec, &l->engine, reterr) != CC_OK)
		return CC_EXIT_STORE;
	cc_reader_beside(l->reader, l->engine);
	return CC_EXIT_OK;
}

static enum cc_exit
make_handles(struct cc_loop *l, struct cc_err *reterr)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

	if (uv_async_init(&l->uv, &l->async, on_work_back) != 0) {
		(void)cc_fail(reterr, CC_EIO, 0, "no event loop");
		return CC_EXIT_SYSTEM;
	}
	l->async.data = l;
	(void)uv_timer_init(&l->uv, &l->grace);	/* cannot fail */
	l->grace.data = l;
	cc_ping_init(&l->ping, &l->uv);
	for (unsigned i = 0; i < 3; i++) {
		/* Without memory the init fails, and then the start does. */
		(void)uv_signal_init(&l->uv, &l->signals[i]);
		l->signals[i].data = l;
		(void)uv_signal_start(&l->signals[i], on_signal, numbers[i]);
	}
	l->handles = true;
	return CC_EXIT_OK;
}

/* Endpoints that answered 410 in a former run stay disabled where they were. */
static enum cc_code
disable_kept(struct cc_loop *l, struct cc_err *reterr)
{
	struct cc_arena arena;
	char key[CC_ENDPOINT_KEY];
	enum cc_code code = CC_OK;

	cc_heap_arena_init(&arena, KEPT_ARENA);
	for (uint32_t i = 0; i < l->dispatch.nchannels && code == CC_OK; i++) {
		const char *name = l->dispatch.channels[i].name;
		struct cc_str channel = {name, (uint32_t)strlen(name)}, kept = {NULL, 0};

		cc_endpoint_key(channel, key);
		code = cc_store_meta_get(l->store, (struct cc_str){key, (uint32_t)strlen(key)},
		    &arena, &kept, reterr);
		if (code == CC_ENOENT)
			code = CC_OK;
		else if (code == CC_OK && cc_endpoint_kept_disabled(kept,
		    cc_endpoint_url(&l->setup->config, channel)))
			cc_dispatch_disable(&l->dispatch, channel);
	}
	cc_arena_done(&arena);
	return code;
}

static enum cc_exit
open_parts(struct cc_loop *l, struct cc_err *reterr)
{
	struct cc_modules modules = {0};

	l->dispatch.engine = l->engine;
	l->dispatch.figures = &l->figures;
	l->dispatch.now = cc_now_system;
	l->dispatch.on_idle = on_deliveries_idle;
	l->dispatch.self = l;
	l->clients = (struct cc_clients){.loop = &l->uv, .engine = l->engine,
	    .setup = l->setup, .figures = &l->figures, .now = cc_now_system,
	    .on_empty = on_clients_gone, .self = l};
	cc_clients_init(&l->clients);
	cc_sd_open(&l->sd, &l->uv, l->engine);
	l->dispatch.host.lent.templates = l->setup->templates;
	if (cc_modules_open(&l->dispatch.host.lent, &l->setup->config, &modules,
	    reterr) != CC_OK)
		return CC_EXIT_CONFIG;
	cc_dispatch_use(&l->dispatch, &modules, &l->setup->config);
	if (disable_kept(l, reterr) != CC_OK)
		return CC_EXIT_STORE;
	l->timer.on_time = on_time;
	l->timer.data = l;
	if (cc_timer_open(&l->timer, &l->uv, reterr) != CC_OK)
		return CC_EXIT_SYSTEM;
	if (cc_listener_open(l->cf.listener, &l->clients, reterr) != CC_OK)
		return CC_EXIT_SOCKET;
	if (cc_reader_start(l->reader, reterr) != CC_OK ||
	    cc_engine_start(l->engine, reterr) != CC_OK)
		return CC_EXIT_SYSTEM;
	cc_timer_set(&l->timer, cc_engine_next(l->engine), cc_now_read().wall);
	l->ping.engine = l->engine;
	l->ping.figures = &l->figures;
	if (cc_ping_use(&l->ping, &l->setup->config, reterr) != CC_OK)
		return CC_EXIT_SYSTEM;
	return CC_EXIT_OK;
}

static enum cc_exit
open_all(struct cc_loop *l, struct cc_err *reterr)
{
	unsigned char random[16] = {0};
	enum cc_exit kind = open_store(l, reterr);

	if (uv_random(NULL, NULL, random, sizeof random, 0, NULL) != 0) {
		(void)cc_fail(reterr, CC_EIO, 0, "no random bytes");
		return CC_EXIT_SYSTEM;
	}
	for (unsigned i = 0; i < sizeof random; i++)
		(void)snprintf(l->owner + 2 * i, 3, "%02x", random[i]);	/* fits */
	if (kind == CC_EXIT_OK)
		kind = make_handles(l, reterr);
	if (kind == CC_EXIT_OK)
		kind = make_threads(l, reterr);
	if (kind == CC_EXIT_OK) {
		cc_dispatch_init(&l->dispatch, &l->uv);
		kind = open_parts(l, reterr);
	}
	return kind;
}

/* --- closing --------------------------------------------------------------------- */

/* Work that nobody waits for any more. */
static void
drop_rest(struct cc_loop *l)
{
	struct cc_queued *q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false), *next;

	for (; q != NULL; q = next) {
		struct cc_work *w = (struct cc_work *)q;

		next = q->next;
		if (w->kind == CC_WORK_CLAIMED)
			cc_claimed_free((struct cc_claimed *)w);
		else if (w->kind == CC_WORK_OUTCOMES)
			free(w);
		else
			cc_job_free((struct cc_job *)w);
	}
}

static void
join_threads(struct cc_loop *l)
{
	if (l->engine != NULL) {
		cc_engine_stop(l->engine);
		cc_engine_join(l->engine);
	}
	if (l->reader != NULL) {
		cc_reader_stop(l->reader);
		cc_reader_join(l->reader);
	}
}

static void
close_handles(struct cc_loop *l)
{
	cc_listener_close(l->cf.listener);
	cc_timer_close(&l->timer);
	cc_sd_close(&l->sd);
	if (!l->handles)
		return;
	uv_close((uv_handle_t *)&l->async, NULL);
	uv_close((uv_handle_t *)&l->grace, NULL);
	cc_ping_close(&l->ping);
	for (unsigned i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&l->signals[i], NULL);
}

/* A module that was closed may have put something off: that runs first. */
static void
close_dispatch(struct cc_loop *l)
{
	if (l->dispatch.host.lent.loop == NULL)
		return;
	cc_modules_close(&l->dispatch.modules);
	while (l->dispatch.host.first != NULL)
		(void)uv_run(&l->uv, UV_RUN_NOWAIT);
	while (l->dispatch.nbusy > 0)
		(void)uv_run(&l->uv, UV_RUN_ONCE);
	while (l->dispatch.host.first != NULL)
		(void)uv_run(&l->uv, UV_RUN_NOWAIT);
	cc_dispatch_close(&l->dispatch);
}

/* Every handle is closed, or the loop does not close: a leak test with each run. */
static void
close_all(struct cc_loop *l)
{
	if (l->clients.loop != NULL)
		cc_clients_close(&l->clients);
	join_threads(l);
	close_handles(l);
	close_dispatch(l);
	(void)uv_run(&l->uv, UV_RUN_DEFAULT);
	if (uv_loop_close(&l->uv) != 0) {
		cc_log(CC_LOG_CRIT, "a handle was left open");
		abort();
	}
	drop_rest(l);
	if (l->clients.loop != NULL)
		cc_clients_done(&l->clients);
	cc_reader_free(l->reader);
	cc_engine_free(l->engine);
	cc_store_close(l->reader_store);
	cc_store_close(l->store);
	if (l->lock >= 0)
		(void)close(l->lock);
	cc_queue_done(&l->outlet.queue);
	cc_setup_unref(l->setup);
}

static void
report_start(struct cc_loop *l)
{
	struct cc_wall now = cc_now_read().wall;

	atomic_store(&l->figures.started, now.s);
	atomic_store(&l->figures.loaded, now.s);
	cc_log(CC_LOG_NOTICE, "running: policy %s %s (%s), %u people", l->setup->pack->name,
	    l->setup->pack->version, l->setup->pack->stamp, l->setup->directory.n);
	cc_sd_ready("Running");
}

enum cc_exit
cc_loop_run(const struct cc_loop_config *cf)
{
	static struct cc_loop l;	/* large, and one for the process */
	struct cc_err err = {.msg = ""};
	enum cc_exit kind;

	l.cf = *cf;
	l.setup = cf->setup;
	l.lock = -1;
	l.outlet.wake = wake;
	l.outlet.self = &l;
	if (cc_queue_init(&l.outlet.queue, UINT32_MAX, SIZE_MAX, &err) != CC_OK ||
	    uv_loop_init(&l.uv) != 0) {
		cc_log(CC_LOG_ERR, "no event loop");
		return CC_EXIT_SYSTEM;
	}
	l.uv.data = &l;
	kind = open_all(&l, &err);
	if (kind == CC_EXIT_OK) {
		report_start(&l);
		(void)uv_run(&l.uv, UV_RUN_DEFAULT);
	} else {
		cc_log(CC_LOG_ERR, "%s", err.msg);
	}
	close_all(&l);
	if (kind == CC_EXIT_OK)
		cc_log(CC_LOG_NOTICE, "stopped");
	return kind;
}

bool
cc_loop_check(const struct cc_setup *setup)
{
	static struct cc_dispatch d;	/* lends its host to the modules */
	struct cc_modules modules = {0};
	struct cc_err err = {.msg = ""};
	uv_loop_t uv;
	bool ok;

	if (uv_loop_init(&uv) != 0)
		return false;
	d.now = cc_now_system;
	cc_dispatch_init(&d, &uv);
	ok = cc_modules_open(&d.host.lent, &setup->config, &modules, &err) == CC_OK;
	if (!ok)
		cc_log(CC_LOG_ERR, "%s", err.msg);
	cc_modules_close(&modules);
	while (d.host.first != NULL)
		(void)uv_run(&uv, UV_RUN_NOWAIT);
	cc_dispatch_close(&d);
	(void)uv_run(&uv, UV_RUN_DEFAULT);
	return uv_loop_close(&uv) == 0 && ok;
}
