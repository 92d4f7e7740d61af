#include "tests/property/year_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/endpoints.h"
#include "daemon/engine_inner.h"
#include "daemon/methods.h"
#include "tests/support/ladders.h"
#include "wire/line.h"

enum { MS = 1000, TICK_MS = 30000, TURNS_AT_ONCE = 20000 };

int64_t
cc_year_world_wall(const struct cc_year_world *w)
{
	return CC_YEAR_BEGIN + w->ms / MS + w->skew;
}

static void
show_time(struct cc_year_world *w)
{
	w->kit.now.wall.s = cc_year_world_wall(w);
	w->kit.now.mono.ms = w->ms + 1;	/* 0 is "not yet" in places */
	w->far.now = w->kit.now.mono.ms;
}

/* --- the store --------------------------------------------------------------------------- */

static bool
fault(void *self, const char *step)
{
	struct cc_year_world *w = self;

	if (w->fail_commits == 0 || strcasecmp(step, "commit") != 0)
		return false;
	w->fail_commits--;
	w->counts.lost_commits++;
	return true;
}

static void
committed(void *self, uint64_t number)
{
	struct cc_year_world *w = self;

	(void)number;
	w->counts.commits++;
}

static void
open_store(struct cc_year_world *w, const char *path)
{
	const struct cc_store_config cf = {.path = path, .create = true};
	const struct cc_store_hooks hooks = {.fault = fault, .committed = committed, .self = w};
	enum cc_code code = path == NULL ? cc_store_open_memory(NULL, &w->store, NULL) :
	    cc_store_open_sqlite(&cf, &w->store, NULL);

	assert_int_equal(code, CC_OK);
	cc_store_fault(w->store, &hooks);
}

/* --- a run of the daemon ------------------------------------------------------------- */

static void
no_reader(void *self, struct cc_job *job, struct cc_setup *setup)
{
	(void)self;
	(void)setup;
	(void)job;
	fail_msg("a request that reads was put");
}

static void
wake(void *self)
{
	(void)self;	/* the outlet is looked into after each step */
}

static void
on_idle(void *self)
{
	((struct cc_year_world *)self)->idle = true;
}

/* What the loop does at its start: endpoints that were disabled stay so. */
static void
disable_kept(struct cc_year_world *w)
{
	struct cc_dispatch *d = &w->dispatch;

	for (uint32_t i = 0; i < d->nchannels; i++) {
		struct cc_str name = {d->channels[i].name, (uint32_t)strlen(d->channels[i].name)};
		struct cc_str kept = {"", 0};
		char key[CC_ENDPOINT_KEY];

		cc_endpoint_key(name, key);
		cc_arena_reset(&w->kit.arena);
		if (cc_store_meta_get(w->store, (struct cc_str){key, (uint32_t)strlen(key)},
		    &w->kit.arena, &kept, NULL) == CC_OK && cc_endpoint_kept_disabled(kept,
		    cc_endpoint_url(&w->kit.setup->config, name)))
			cc_dispatch_disable(d, name);
	}
}

static void
start(struct cc_year_world *w)
{
	struct cc_engine_config cf = {.store = w->store, .setup = w->kit.setup,
	    .figures = &w->figures, .outlet = &w->outlet, .forward = no_reader,
	    .now = cc_kit_now, .now_self = &w->kit, .owner = w->owner};
	struct cc_modules modules = {.n = 0};
	unsigned refused = 0;
	enum cc_code code;

	show_time(w);
	(void)snprintf(w->owner, sizeof w->owner, "run-%u", ++w->runs);	/* fits */
	/* Whoever starts the daemon tries again as long as the disk refuses. */
	while ((code = cc_engine_new(&cf, &w->engine, NULL)) == CC_EIO) {
		assert_true(++refused < TURNS_AT_ONCE);
		w->ms += MS;
		show_time(w);
	}
	assert_int_equal(code, CC_OK);
	assert_int_equal(uv_loop_init(&w->uv), 0);
	memset(&w->dispatch, 0, sizeof w->dispatch);
	w->dispatch.engine = w->engine;
	w->dispatch.figures = &w->figures;
	w->dispatch.now = cc_kit_now;
	w->dispatch.now_self = &w->kit;
	w->dispatch.on_idle = on_idle;
	w->dispatch.self = w;
	w->idle = false;
	cc_dispatch_init(&w->dispatch, &w->uv);
	cc_year_far_modules(&w->far, &modules);
	cc_dispatch_use(&w->dispatch, &modules, &w->kit.setup->config);
	disable_kept(w);
	w->open = true;
	cc_year_world_troubled(w, NULL);
}

static void
drop(struct cc_queued *q)
{
	for (struct cc_queued *next; q != NULL; q = next) {
		struct cc_work *work = (struct cc_work *)q;

		next = q->next;
		if (work->kind == CC_WORK_CLAIMED)
			cc_claimed_free((struct cc_claimed *)work);
		else if (work->kind == CC_WORK_OUTCOMES)
			free(work);
		else
			cc_job_free((struct cc_job *)work);
	}
}

/* Everything of the run goes; what the store has stays. */
static void
end_run(struct cc_year_world *w)
{
	cc_engine_stop(w->engine);
	cc_year_far_cut(&w->far);
	assert_int_equal(w->dispatch.nbusy, 0);
	drop(cc_queue_take(&w->engine->queue, UINT32_MAX, false));
	drop(cc_queue_take(&w->outlet.queue, UINT32_MAX, false));
	w->dispatch.away = true;	/* what was posted has just been dropped */
	cc_dispatch_close(&w->dispatch);
	(void)uv_run(&w->uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->uv), 0);
	cc_engine_free(w->engine);
	w->engine = NULL;
	w->open = false;
}

/* --- what comes back ---------------------------------------------------------------------- */

struct cc_year_trouble *
cc_year_world_trouble_of(struct cc_year_world *w, const char *channel)
{
	uint32_t i = 0;

	while (i < w->ntroubles && strcmp(w->troubles[i].channel, channel) != 0)
		i++;
	assert_true(i < CC_YEAR_CHANNELS);
	if (i == w->ntroubles) {
		w->ntroubles++;
		(void)snprintf(w->troubles[i].channel, sizeof w->troubles[i].channel, "%s",
		    channel);
		w->troubles[i].last = -1;
	}
	return &w->troubles[i];
}

void
cc_year_world_troubled(struct cc_year_world *w, const char *channel)
{
	if (channel != NULL) {
		cc_year_world_trouble_of(w, channel)->last = w->ms;
		return;
	}
	for (uint32_t i = 0; i < w->dispatch.nchannels; i++)
		cc_year_world_trouble_of(w, w->dispatch.channels[i].name)->last = w->ms;
}

static void
note_troubles(struct cc_year_world *w)
{
	for (uint32_t i = 0; i < w->dispatch.nchannels; i++) {
		const struct cc_channel *c = &w->dispatch.channels[i];

		if (w->engine->total == 0 || c->end.failures > 0 ||
		    cc_endpoint_room(&c->end, &w->dispatch.limits, w->kit.now.mono) == 0 ||
		    cc_year_far_troubled(&w->far, c->name))
			cc_year_world_troubled(w, c->name);
	}
}

static void
take_claimed(struct cc_year_world *w, struct cc_claimed *c)
{
	for (uint32_t i = 0; i < c->rows.n; i++) {
		const struct cc_store_message *m = &c->rows.items[i];

		cc_year_check_claimed(&w->check, m, w->ms,
		    cc_year_world_trouble_of(w, m->channel.p)->last);
	}
	cc_dispatch_claimed(&w->dispatch, c);
}

static void
take_answer(struct cc_year_world *w, struct cc_job *j)
{
	if (j->work.kind == CC_WORK_EVENT) {
		w->result = j->result;
	} else {
		free(w->answer);
		w->answer = j->text == NULL ? NULL : strndup(j->text, j->ntext);
	}
	cc_job_free(j);
}

static bool
take_back(struct cc_year_world *w)
{
	struct cc_queued *q = cc_queue_take(&w->outlet.queue, UINT32_MAX, false), *next;
	bool any = q != NULL;

	for (; q != NULL; q = next) {
		struct cc_work *work = (struct cc_work *)q;

		next = q->next;
		if (work->kind == CC_WORK_CLAIMED)
			take_claimed(w, (struct cc_claimed *)work);
		else if (work->kind == CC_WORK_OUTCOMES)
			cc_dispatch_recorded(&w->dispatch, (struct cc_outcomes *)work);
		else
			take_answer(w, (struct cc_job *)work);
	}
	return any;
}

/* Each night's audit is looked at. */
static void
look_at_audit(struct cc_year_world *w)
{
	int64_t at = atomic_load(&w->figures.audit_at);
	int64_t gaps = atomic_load(&w->figures.audit_gaps);
	int64_t cases = atomic_load(&w->figures.audit_cases);

	if (at == w->audit_at)
		return;
	w->audit_at = at;
	w->counts.audits++;
	w->counts.rungs += (uint64_t)atomic_load(&w->figures.audit_rungs);
	w->counts.gaps += gaps;
	w->counts.looked += (uint64_t)cases;
	if (cases > w->counts.open_most)
		w->counts.open_most = cases;
	w->counts.bad_nights += gaps > 0;
}

/* --- time --------------------------------------------------------------------------------- */

static bool
turn(struct cc_year_world *w)
{
	bool any;

	w->counts.turns++;
	any = cc_year_far_turn(&w->far);
	cc_dispatch_tick(&w->dispatch);
	assert_true(cc_engine_step(w->engine, false));
	cc_year_check_new(&w->check, w->store, w->ms);
	note_troubles(w);
	any |= take_back(w);
	look_at_audit(w);
	return any;
}

/* The next true instant at which there is something to do, in ms. */
static int64_t
next_instant(struct cc_year_world *w)
{
	struct cc_wall wall = cc_engine_next(w->engine);
	int64_t mono = w->kit.now.mono.ms, next = cc_year_far_next(&w->far);

	for (uint32_t i = 0; i < w->dispatch.nchannels; i++) {
		const struct cc_endpoint_state *e = &w->dispatch.channels[i].end;
		int64_t t = cc_endpoint_next(e, &w->dispatch.limits, w->kit.now.mono).ms;

		if (cc_endpoint_room(e, &w->dispatch.limits, w->kit.now.mono) == 0 && t < next)
			next = t > mono ? t : mono + 1;
	}
	if (w->dispatch.nbusy > 0 && next > mono + TICK_MS)
		next = mono + TICK_MS;
	next = next == INT64_MAX ? next : next - 1;
	if (cc_given(wall)) {
		int64_t t = (wall.s - CC_YEAR_BEGIN - w->skew) * MS;

		next = t < next ? t : next;
	}
	if (w->engine->stale || next < w->ms)
		return w->ms;
	return next;
}

/* Does all there is to do at this instant. */
static void
settle(struct cc_year_world *w)
{
	unsigned n = 0;

	show_time(w);
	while (turn(w) || next_instant(w) <= w->ms) {
		/* A store that failed is left alone for a second. */
		if (w->kit.now.mono.ms < w->engine->hold_until) {
			w->ms = w->engine->hold_until;
			show_time(w);
		}
		if (++n > TURNS_AT_ONCE)
			fail_msg("time stands still at %" PRId64 " ms", w->ms);
	}
}

static bool
under_way(const struct cc_year_world *w)
{
	return w->dispatch.nbusy > 0 || w->dispatch.nended > 0 || w->dispatch.posted != NULL;
}

void
cc_year_world_rest(struct cc_year_world *w)
{
	for (unsigned n = 0; n < TURNS_AT_ONCE && under_way(w); n++)
		cc_year_world_live(w, w->ms + MS);
	assert_false(under_way(w));
}

void
cc_year_world_live(struct cc_year_world *w, int64_t ms)
{
	settle(w);
	for (int64_t next = next_instant(w); next <= ms; next = next_instant(w)) {
		w->ms = next > w->ms ? next : w->ms;
		settle(w);
	}
	w->ms = ms > w->ms ? ms : w->ms;
	show_time(w);
}

/* --- what happens ------------------------------------------------------------------------ */

static struct cc_job *
job_of(struct cc_year_world *w, const struct cc_year_event *e)
{
	struct cc_draft d = {.source = e->source, .id = e->id};
	struct cc_job *j;

	if (e->line != NULL)
		return cc_kit_job(&w->kit, e->line);
	d.subject = (struct cc_str){e->case_id, (uint32_t)strlen(e->case_id)};
	j = cc_job_event(&d, e->bytes);
	assert_non_null(j);
	return j;
}

enum cc_job_result
cc_year_world_event(struct cc_year_world *w, const struct cc_year_event *e)
{
	struct cc_job *j;

	show_time(w);
	j = job_of(w, e);
	w->result = CC_RESULT_NONE;
	assert_true(cc_engine_submit(w->engine, &j->work));
	settle(w);
	assert_int_not_equal(w->result, CC_RESULT_NONE);
	return w->result;
}

bool
cc_year_world_ask(struct cc_year_world *w, const char *method, const char *params)
{
	struct cc_line_rules rules = {.max_bytes = 4096};
	struct cc_line line;
	char text[2048];
	struct cc_job *j;

	show_time(w);
	(void)snprintf(text, sizeof text, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\","
	    "\"params\":%s}", method, params);
	cc_arena_reset(&w->kit.arena);
	cc_wire_line_parse(&rules, (struct cc_str){text, (uint32_t)strlen(text)},
	    &w->kit.arena, &line);
	assert_int_equal(line.kind, CC_LINE_REQUEST);
	j = cc_job_request(line.request, cc_method_find(method));
	assert_non_null(j);
	assert_true(cc_engine_submit(w->engine, &j->work));
	settle(w);
	return w->answer != NULL && strstr(w->answer, "\"result\"") != NULL;
}

void
cc_year_world_kill(struct cc_year_world *w, int64_t away_ms)
{
	w->counts.kills++;
	end_run(w);
	w->ms += away_ms;
	start(w);
	settle(w);
}

void
cc_year_world_stop(struct cc_year_world *w, int64_t away_ms)
{
	w->counts.stops++;
	cc_dispatch_drain(&w->dispatch);
	for (unsigned n = 0; !w->idle; n++) {
		assert_true(n < TURNS_AT_ONCE);
		show_time(w);
		(void)cc_year_far_turn(&w->far);
		assert_true(cc_engine_step(w->engine, false));
		(void)take_back(w);
		w->ms++;
	}
	end_run(w);
	w->ms += away_ms;
	start(w);
	settle(w);
}

void
cc_year_world_jump(struct cc_year_world *w, int64_t skew)
{
	w->counts.jumps++;
	w->skew = skew;
	show_time(w);
	cc_year_world_troubled(w, NULL);
	settle(w);
}

void
cc_year_world_reload(struct cc_year_world *w)
{
	struct cc_setup *fresh = cc_year_staff_setup(&w->staff, &w->kit);
	struct cc_modules modules = {.n = 0};

	w->counts.reloads++;
	show_time(w);
	cc_year_far_modules(&w->far, &modules);
	cc_dispatch_use(&w->dispatch, &modules, &fresh->config);
	cc_engine_adopt(w->engine, cc_setup_ref(fresh));
	cc_setup_unref(w->kit.setup);
	w->kit.setup = fresh;
	cc_year_world_troubled(w, NULL);
	settle(w);
}

/* --- the beginning, the end ---------------------------------------------------------------- */

static void
arrived(void *self, const char *id, const char *channel)
{
	struct cc_year_world *w = self;

	(void)channel;
	cc_year_check_arrived(&w->check, id);
}

void
cc_year_world_begin(struct cc_year_world *w, uint64_t *seed, const char *path)
{
	struct cc_setup *setup;

	memset(w, 0, sizeof *w);
	w->seed = seed;
	cc_kit_begin(&w->kit, "");
	cc_year_staff_begin(&w->staff, seed);
	setup = cc_year_staff_setup(&w->staff, &w->kit);
	cc_setup_unref(w->kit.setup);
	w->kit.setup = setup;
	w->far.seed = seed;
	w->far.arrived = arrived;
	w->far.self = w;
	cc_year_check_begin(&w->check);
	assert_int_equal(cc_queue_init(&w->outlet.queue, UINT32_MAX, SIZE_MAX, NULL), CC_OK);
	w->outlet.wake = wake;
	open_store(w, path);
	start(w);
}

void
cc_year_world_end(struct cc_year_world *w)
{
	end_run(w);
	cc_store_close(w->store);
	cc_queue_done(&w->outlet.queue);
	cc_year_check_end(&w->check);
	free(w->answer);
	cc_kit_end(&w->kit);
}
