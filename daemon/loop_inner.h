/*
 * daemon/loop_inner.h - the daemon's parts: shared by loop.c and reload.c.
 *
 * Threads:   the loop's.
 */
#ifndef CC_DAEMON_LOOP_INNER_H
#define CC_DAEMON_LOOP_INNER_H

#include "daemon/dispatch.h"
#include "daemon/loop.h"
#include "daemon/ping.h"
#include "daemon/reader.h"
#include "daemon/sd.h"
#include "daemon/timer.h"

struct cc_reload {
	uv_work_t work;
	char *file;
	struct cc_diags diags;
	struct cc_setup *fresh;
	enum cc_exit result;
	bool under_way, again;
};

struct cc_loop {
	uv_loop_t uv;
	struct cc_loop_config cf;
	struct cc_setup *setup;		/* in force here */
	struct cc_figures figures;
	struct cc_outlet outlet;
	struct cc_store *store, *reader_store;
	struct cc_engine *engine;
	struct cc_reader *reader;
	struct cc_clients clients;
	struct cc_dispatch dispatch;
	struct cc_timer timer;
	struct cc_ping ping;
	struct cc_sd sd;
	struct cc_reload reload;
	uv_async_t async;
	uv_signal_t signals[3];
	uv_timer_t grace;
	char owner[33];
	int lock;			/* descriptor of the lock of state_dir, -1 none */
	bool handles;			/* async, signals and grace are there */
	bool stopping, deliveries_idle, engine_told, clients_gone;
};

/* SIGHUP: reads everything anew, in a thread of the pool. */
void cc_reload_begin(struct cc_loop *l);

#endif
