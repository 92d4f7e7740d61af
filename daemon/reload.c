#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/loop_inner.h"

static void
on_work(uv_work_t *work)
{
	struct cc_reload *r = work->data;

	r->result = cc_setup_load(r->file, &r->diags, &r->fresh);
}

/* Some things are fixed for the life of the process. */
static bool
fixed(const char *what, const char *was, const char *is)
{
	if (strcmp(was, is) == 0)
		return true;
	cc_log(CC_LOG_ERR, "reload: %s is %s and would become %s: that needs a restart",
	    what, was, is);
	return false;
}

static bool
acceptable(const struct cc_config *was, const struct cc_config *is)
{
	bool ok = fixed("state_dir", was->state_dir, is->state_dir);

	ok &= fixed("socket.path", was->socket_path, is->socket_path);
	if (was->socket_mode != is->socket_mode || was->limits.queue != is->limits.queue) {
		cc_log(CC_LOG_ERR, "reload: socket.mode and limits.queue need a restart");
		ok = false;
	}
	return ok;
}

static bool
swap(struct cc_loop *l, struct cc_setup *fresh)
{
	struct cc_err err = {.msg = ""};
	struct cc_modules modules = {0};

	if (!acceptable(&l->setup->config, &fresh->config))
		return false;
	if (cc_modules_open(&l->dispatch.host.lent, &fresh->config, &modules, &err) != CC_OK) {
		cc_log(CC_LOG_ERR, "reload: %s", err.msg);
		return false;
	}
	cc_dispatch_use(&l->dispatch, &modules, &fresh->config);
	l->dispatch.host.lent.templates = fresh->templates;
	cc_engine_adopt(l->engine, cc_setup_ref(fresh));
	cc_setup_unref(l->setup);
	l->setup = cc_setup_ref(fresh);
	l->clients.setup = l->setup;
	if (cc_ping_use(&l->ping, &fresh->config, &err) != CC_OK)
		cc_log_err(CC_LOG_ERR, "reload: no pings", &err);
	return true;
}

static void
finish(struct cc_loop *l)
{
	struct cc_reload *r = &l->reload;
	bool done = r->result == CC_EXIT_OK && !l->stopping && swap(l, r->fresh);

	for (unsigned i = 0; i < cc_diags_kept(&r->diags); i++)
		cc_log(CC_LOG_ERR, "reload: %s", r->diags.text[i]);
	if (done) {
		CC_COUNT(&l->figures, reloads);
		atomic_store(&l->figures.loaded, cc_now_read().wall.s);
		cc_log(CC_LOG_NOTICE, "reloaded: policy %s %s (%s)", l->setup->pack->name,
		    l->setup->pack->version, l->setup->pack->stamp);
		cc_sd_ready("Running");
	} else {
		CC_COUNT(&l->figures, reloads_refused);
		cc_log(CC_LOG_ERR, "reload refused: everything stays as it was");
		cc_sd_ready("Running; the last reload was refused, see the log");
	}
	cc_setup_unref(r->fresh);
	r->fresh = NULL;
	cc_diags_done(&r->diags);
}

static void
on_after(uv_work_t *work, int status)
{
	struct cc_reload *r = work->data;
	struct cc_loop *l = work->loop->data;

	if (status != 0)
		r->result = CC_EXIT_SYSTEM;
	finish(l);
	r->under_way = false;
	free(r->file);
	r->file = NULL;
	if (r->again && !l->stopping) {
		r->again = false;
		cc_reload_begin(l);
	}
}

void
cc_reload_begin(struct cc_loop *l)
{
	struct cc_reload *r = &l->reload;

	if (r->under_way) {
		r->again = true;
		return;
	}
	r->file = strdup(l->cf.file);
	if (r->file == NULL) {
		cc_log(CC_LOG_ERR, "reload refused: no memory");
		return;
	}
	cc_sd_reloading();
	r->work.data = r;
	r->result = CC_EXIT_SYSTEM;
	r->under_way = uv_queue_work(&l->uv, &r->work, on_work, on_after) == 0;
	if (!r->under_way) {
		cc_log(CC_LOG_ERR, "reload refused: no thread");
		free(r->file);
	}
}
