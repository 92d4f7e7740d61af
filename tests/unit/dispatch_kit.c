#include "tests/unit/dispatch_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/tell_inner.h"

enum { TURN_MS = 100 };

static struct scene scene;

/* --- modules that do as they are told ------------------------------------------------ */

static enum cc_code
fake_send(void *self, struct cc_notify_req *req, struct cc_err *reterr)
{
	struct fake *f = self;

	(void)reterr;
	assert_true(f->n < FAKE_PENDING);
	assert_int_equal(strlen(req->message->id), 32);
	f->cancelled[f->n] = false;
	f->pending[f->n++] = req;
	f->tried++;
	if (f->n > f->most)
		f->most = f->n;
	return CC_OK;
}

static void
fake_cancel(void *self, struct cc_notify_req *req)
{
	struct fake *f = self;

	for (uint32_t i = 0; i < f->n; i++)
		if (f->pending[i] == req)
			f->cancelled[i] = true;
}

static void
fake_close(void *self)
{
	(void)self;	/* the test ends them itself */
}

/* The first is answered. */
static void
answer_one(struct fake *f)
{
	struct cc_notify_req *req = f->pending[0];
	bool cancelled = f->cancelled[0];
	struct cc_notify_result r;

	f->n--;
	memmove(f->pending, f->pending + 1, f->n * sizeof f->pending[0]);
	memmove(f->cancelled, f->cancelled + 1, f->n * sizeof f->cancelled[0]);
	cc_notify_result_set(&r, cancelled ? CC_NOTIFY_CANCELLED : f->outcome,
	    cancelled ? "cancelled" : f->code, "");
	r.retry_after = cancelled ? -1 : f->retry_after;
	f->sent += !cancelled && f->outcome == CC_NOTIFY_SENT;
	req->done(req, &r);
}

/* One turn: what was cancelled comes back, the others at their pace. */
static void
fake_turn(struct fake *f)
{
	uint32_t left = f->pace, n = f->n;

	while (n-- > 0) {
		struct cc_notify_req *first = f->pending[0];
		bool cancelled = f->cancelled[0];

		if (cancelled || (f->outcome != 0 && left > 0)) {
			left -= cancelled ? 0 : 1;
			answer_one(f);
			continue;
		}
		memmove(f->pending, f->pending + 1, (f->n - 1) * sizeof f->pending[0]);
		memmove(f->cancelled, f->cancelled + 1, (f->n - 1) * sizeof f->cancelled[0]);
		f->pending[f->n - 1] = first;
		f->cancelled[f->n - 1] = cancelled;
	}
}

struct fake *
fake_new(const char *name, enum cc_notify_outcome outcome, const char *code)
{
	struct fake *f = calloc(1, sizeof *f);

	assert_non_null(f);
	(void)snprintf(f->name, sizeof f->name, "%s", name);
	f->table = (struct cc_notifier){.abi = CC_NOTIFIER_ABI, .name = f->name, .help = "",
	    .send = fake_send, .cancel = fake_cancel, .close = fake_close};
	f->outcome = outcome;
	f->code = code;
	f->retry_after = -1;
	f->pace = FAKE_PACE;
	return f;
}

/* --- the scene -------------------------------------------------------------------------- */

static void
on_idle(void *self)
{
	((struct scene *)self)->idle = true;
}

void
scene_use(struct scene *s)
{
	struct cc_modules m = {.n = 0};

	for (uint32_t i = 0; i < s->nfakes; i++)
		m.items[m.n++] = (struct cc_module){&s->fakes[i]->table, s->fakes[i]};
	cc_dispatch_use(&s->d, &m, &s->cf);
}

struct scene *
scene_begin(struct lab *l, struct fake *const *fakes, uint32_t n)
{
	struct scene *s = &scene;

	memset(s, 0, sizeof *s);
	s->l = l;
	assert_int_equal(uv_loop_init(&s->uv), 0);
	s->d.engine = l->engine;
	s->d.figures = &l->figures;
	s->d.now = cc_kit_now;
	s->d.now_self = &l->kit;
	s->d.on_idle = on_idle;
	s->d.self = s;
	s->cf = l->kit.setup->config;
	s->cf.limits.rate = 60000;
	cc_dispatch_init(&s->d, &s->uv);
	for (uint32_t i = 0; i < n; i++)
		s->fakes[s->nfakes++] = fakes[i];
	scene_use(s);
	return s;
}

static bool
carry(struct scene *s)
{
	struct cc_queued *q, *next;
	bool some = false;

	(void)cc_engine_step(s->l->engine, false);
	for (q = cc_queue_take(&s->l->outlet.queue, UINT32_MAX, false); q != NULL; q = next) {
		struct cc_work *w = (struct cc_work *)q;

		next = q->next;
		some = true;
		if (w->kind == CC_WORK_CLAIMED)
			cc_dispatch_claimed(&s->d, (struct cc_claimed *)w);
		else
			cc_dispatch_recorded(&s->d, (struct cc_outcomes *)w);
	}
	return some;
}

void
scene_turn(struct scene *s)
{
	while (carry(s))
		;
	for (uint32_t i = 0; i < s->nfakes; i++)
		fake_turn(s->fakes[i]);
	while (carry(s))
		;
	s->l->kit.now.mono.ms += TURN_MS;
	s->l->kit.now.wall.s = CC_KIT_T0 + s->l->kit.now.mono.ms / 1000;
	cc_dispatch_tick(&s->d);
}

void
scene_turns(struct scene *s, uint32_t n)
{
	while (n-- > 0)
		scene_turn(s);
}

void
scene_finish(struct scene *s)
{
	while (carry(s))
		;
	cc_dispatch_drain(&s->d);
	for (uint32_t i = 0; i < s->nfakes; i++)
		while (s->fakes[i]->n > 0) {
			s->fakes[i]->cancelled[0] = true;
			answer_one(s->fakes[i]);
		}
	while (carry(s))
		;
	assert_true(s->idle);
	cc_dispatch_close(&s->d);
	assert_int_equal(uv_run(&s->uv, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&s->uv), 0);
	for (uint32_t i = 0; i < s->nfakes; i++)
		free(s->fakes[i]);
}

void
scene_put(struct scene *s, const char *channel, uint32_t n)
{
	struct cc_wall now = s->l->kit.now.wall;
	char id[40], *json = NULL;
	struct cc_message m = {.id = id, .thread = "t", .form = CC_FORM_CONFIGURATION,
	    .title = "a word to the operator", .at = now, .fired = now, .started = CC_NEVER,
	    .due = CC_NEVER, .ended = CC_NEVER, .known = CC_NEVER, .previous_due = CC_NEVER};
	struct cc_store_message row = {.thread = CC_STR("t"), .recipient = CC_STR(CC_TELL_COPIES),
	    .address = CC_STR("x"), .safety = !s->ordinary, .state = CC_OUTBOX_QUEUED,
	    .created = now, .next = now,
	    .give_up = {now.s + (s->give_up != 0 ? s->give_up : 3 * DAY)}};
	struct cc_store_added added;

	row.channel = (struct cc_str){channel, (uint32_t)strlen(channel)};
	if (s->hold != NULL)
		row.hold = (struct cc_str){s->hold, (uint32_t)strlen(s->hold)};
	assert_int_equal(cc_store_begin(s->l->store, NULL), CC_OK);
	for (uint32_t i = 0; i < n; i++) {
		(void)snprintf(id, sizeof id, "%032u", s->messages++);
		row.id = (struct cc_str){id, 32};
		assert_int_equal(cc_message_print(&m, &json, NULL), CC_OK);
		row.payload = (struct cc_str){json, (uint32_t)strlen(json)};
		assert_int_equal(cc_store_outbox_add(s->l->store, &row, &added, NULL), CC_OK);
		free(json);
	}
	assert_int_equal(cc_store_commit(s->l->store, NULL), CC_OK);
	cc_engine_poke(s->l->engine);
}

int64_t
scene_outbox(struct scene *s, enum cc_outbox_state state)
{
	struct cc_store_status status;

	assert_int_equal(cc_store_status(s->l->store, &status, NULL), CC_OK);
	return status.outbox[state];
}

unsigned
scene_outbox_of(struct scene *s, const char *channel, enum cc_outbox_state state)
{
	struct cc_store_message_filter f = {.state = state, .limit = CC_STORE_LIST_MAX};
	struct cc_store_messages list;
	unsigned n = 0;

	cc_arena_reset(&s->l->arena);
	assert_int_equal(cc_store_messages_list(s->l->store, &f, &s->l->arena, &list, NULL),
	    CC_OK);
	for (uint32_t i = 0; i < list.n; i++)
		n += lab_is(list.items[i].channel, channel) ? 1 : 0;
	return n;
}

enum cc_outbox_state
scene_state_of(struct scene *s, uint32_t number)
{
	char id[40];
	struct cc_store_message m;

	(void)snprintf(id, sizeof id, "%032u", number);
	cc_arena_reset(&s->l->arena);
	assert_int_equal(cc_store_message_get(s->l->store, (struct cc_str){id, 32},
	    &s->l->arena, &m, NULL), CC_OK);
	return m.state;
}
