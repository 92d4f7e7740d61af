/*
 * daemon/dispatch.h with an engine on the store in memory and modules that do as they are
 * told: what is slow or down leaves the others their pace.
 */
#include "daemon/dispatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/tell_inner.h"
#include "tests/unit/engine_lab.h"

enum { TURN_MS = 100, PACE = 50, PENDING = 4096 };

/* --- modules that do as they are told ------------------------------------------------ */

struct fake {
	struct cc_notifier table;
	char name[16];
	enum cc_notify_outcome outcome;	/* 0: it hangs */
	const char *code;
	int64_t retry_after;
	uint32_t pace;			/* answers a turn */
	struct cc_notify_req *pending[PENDING];
	bool cancelled[PENDING];
	uint32_t n, most, sent, tried;
};

static enum cc_code
fake_send(void *self, struct cc_notify_req *req, struct cc_err *reterr)
{
	struct fake *f = self;

	(void)reterr;
	assert_true(f->n < PENDING);
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

static struct fake *
fake(const char *name, enum cc_notify_outcome outcome, const char *code)
{
	struct fake *f = calloc(1, sizeof *f);

	assert_non_null(f);
	(void)snprintf(f->name, sizeof f->name, "%s", name);
	f->table = (struct cc_notifier){.abi = CC_NOTIFIER_ABI, .name = f->name, .help = "",
	    .send = fake_send, .cancel = fake_cancel, .close = fake_close};
	f->outcome = outcome;
	f->code = code;
	f->retry_after = -1;
	f->pace = PACE;
	return f;
}

/* --- the scene -------------------------------------------------------------------------- */

static struct scene {
	struct lab *l;
	uv_loop_t uv;
	struct cc_dispatch d;
	struct cc_config cf;
	struct fake *fakes[8];
	uint32_t nfakes, messages;
	bool idle;
} scene;

static void
on_idle(void *self)
{
	((struct scene *)self)->idle = true;
}

static void
use(struct scene *s)
{
	struct cc_modules m = {.n = 0};

	for (uint32_t i = 0; i < s->nfakes; i++)
		m.items[m.n++] = (struct cc_module){&s->fakes[i]->table, s->fakes[i]};
	cc_dispatch_use(&s->d, &m, &s->cf);
}

static struct scene *
begin(struct lab *l, struct fake *const *fakes, uint32_t n)
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
	use(s);
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

/* A turn of everything; 100 ms pass. */
static void
turn(struct scene *s)
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

static void
turns(struct scene *s, uint32_t n)
{
	while (n-- > 0)
		turn(s);
}

static void
finish(struct scene *s)
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

static void
put_messages(struct scene *s, const char *channel, uint32_t n)
{
	struct cc_wall now = s->l->kit.now.wall;
	char id[40], *json = NULL;
	struct cc_message m = {.id = id, .thread = "t", .form = CC_FORM_CONFIGURATION,
	    .title = "a word to the operator", .at = now, .fired = now, .started = CC_NEVER,
	    .due = CC_NEVER, .ended = CC_NEVER, .known = CC_NEVER, .previous_due = CC_NEVER};
	struct cc_store_message row = {.thread = CC_STR("t"), .recipient = CC_STR(CC_TELL_COPIES),
	    .address = CC_STR("x"), .safety = true, .state = CC_OUTBOX_QUEUED, .created = now,
	    .next = now, .give_up = {now.s + 3 * DAY}};
	struct cc_store_added added;

	row.channel = (struct cc_str){channel, (uint32_t)strlen(channel)};
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

static int64_t
outbox(struct scene *s, enum cc_outbox_state state)
{
	struct cc_store_status status;

	assert_int_equal(cc_store_status(s->l->store, &status, NULL), CC_OK);
	return status.outbox[state];
}

/* The same of one channel: the operator is told of some things too. */
static unsigned
outbox_of(struct scene *s, const char *channel, enum cc_outbox_state state)
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

static const struct cc_channel *
channel(struct scene *s, const char *name)
{
	for (uint32_t i = 0; i < s->d.nchannels; i++)
		if (strcmp(s->d.channels[i].name, name) == 0)
			return &s->d.channels[i];
	fail_msg("no channel %s", name);
	return NULL;
}

static bool
status_says(const char *words)
{
	struct cc_buf b;
	char *text;
	bool said;

	cc_buf_init(&b, 65536);
	cc_endpoints_put(&b);
	text = cc_buf_take(&b);
	assert_non_null(text);
	said = strstr(text, words) != NULL;
	free(text);
	return said;
}

/* --- tests ------------------------------------------------------------------------------ */

static uint32_t
turns_until_sent(struct scene *s, const struct fake *f, uint32_t n)
{
	uint32_t k = 0;

	while (f->sent < n && k < 1000) {
		turn(s);
		k++;
	}
	assert_int_equal(f->sent, n);
	return k;
}

static void
one_that_hangs_and_one_that_is_down_delay_nobody(void **state)
{
	struct fake *alone = fake("fine", CC_NOTIFY_SENT, "ok");
	struct fake *three[] = {fake("hung", 0, ""), fake("down", CC_NOTIFY_TEMP_FAIL,
	    "HTTP 503"), fake("fine", CC_NOTIFY_SENT, "ok")};
	struct lab *l = *state;
	struct scene *s = begin(l, &alone, 1);
	uint32_t pace, took;

	put_messages(s, "fine", 2000);
	pace = turns_until_sent(s, alone, 2000);
	assert_in_range(pace, 40, 42);
	finish(s);
	(void)lab_end(state);
	(void)lab_begin(state);
	s = begin(*state, three, 3);
	put_messages(s, "hung", 2000);	/* first in the queue */
	put_messages(s, "down", 2000);
	put_messages(s, "fine", 2000);
	took = turns_until_sent(s, three[2], 2000);
	assert_in_range(took, pace, pace + 2);
	assert_true(three[0]->most <= s->cf.limits.deliveries);
	assert_int_equal(three[0]->n, s->cf.limits.deliveries);	/* still hanging */
	assert_true(three[1]->tried <= s->cf.limits.deliveries + 2);	/* the breaker opened */
	assert_true(status_says("{\"name\":\"down\",\"state\":\"open\",\"busy\":0,"));
	assert_true(status_says("{\"name\":\"fine\",\"state\":\"ok\",\"busy\":0,\"failures\":0,"
	    "\"until\":null}"));
	assert_int_equal(outbox(s, CC_OUTBOX_SENT), 2000);
	assert_int_equal(outbox(s, CC_OUTBOX_QUEUED) + outbox(s, CC_OUTBOX_CLAIMED), 4000);
	finish(s);
}

/* However many hang, there is always room for one more. */
static void
many_that_hang_leave_room_for_another(void **state)
{
	static const char *const names[] = {"h0", "h1", "h2", "h3", "h4", "h5", "h6"};
	struct fake *list[8];
	struct scene *s;

	for (int i = 0; i < 7; i++)
		list[i] = fake(names[i], 0, "");
	list[7] = fake("fine", CC_NOTIFY_SENT, "ok");
	s = begin(*state, list, 8);
	s->cf.limits.deliveries = 1000;
	use(s);
	for (int i = 0; i < 7; i++)
		put_messages(s, names[i], 1500);
	turns(s, 30);
	assert_true(s->d.nbusy < CC_DISPATCH_MOST);
	put_messages(s, "fine", 500);
	assert_in_range(turns_until_sent(s, list[7], 500), 10, 12);
	finish(s);
}

/* A shut channel with messages that are due does not keep the engine turning. */
static void
a_shut_channel_lets_the_engine_rest(void **state)
{
	struct fake *down = fake("down", CC_NOTIFY_TEMP_FAIL, "HTTP 503");
	struct scene *s = begin(*state, &down, 1);
	struct lab *l = *state;
	unsigned commits;

	put_messages(s, "down", 500);
	turns(s, 3);
	assert_string_equal(cc_endpoint_text(&channel(s, "down")->end, l->kit.now.mono), "open");
	assert_int_equal(outbox(s, CC_OUTBOX_CLAIMED), 0);
	assert_int_equal(outbox(s, CC_OUTBOX_QUEUED), 500);
	commits = l->commits;
	turns(s, 200);		/* 20 s: not yet the time to try */
	assert_int_equal(l->commits, commits);
	turns(s, 500);
	assert_true(l->commits > commits);
	finish(s);
}

static void
an_endpoint_is_tried_by_one_and_comes_back(void **state)
{
	struct fake *f = fake("down", CC_NOTIFY_TEMP_FAIL, "HTTP 503");
	struct scene *s = begin(*state, &f, 1);
	uint32_t tried;

	put_messages(s, "down", 100);
	turns(s, 3);
	tried = f->tried;
	assert_int_equal(atomic_load(&s->l->figures.endpoints_opened), 1);
	turns(s, 500);		/* the wait was 30 s; one probe, which failed: 30 to 60 s more */
	assert_int_equal(f->tried, tried + 1);
	assert_int_equal(atomic_load(&s->l->figures.endpoints_opened), 2);
	f->outcome = CC_NOTIFY_SENT;
	turns(s, 1300);
	assert_int_equal(f->sent, 100);
	assert_true(status_says("\"state\":\"ok\""));
	assert_int_equal(outbox(s, CC_OUTBOX_SENT), 100);
	finish(s);
}

static void
retry_after_of_one_rests_them_all(void **state)
{
	struct fake *f = fake("busy", CC_NOTIFY_TEMP_FAIL, "HTTP 429");
	struct scene *s = begin(*state, &f, 1);
	uint32_t tried;

	f->retry_after = 120;
	f->pace = 1;
	put_messages(s, "busy", 1);
	turns(s, 2);
	put_messages(s, "busy", 50);
	turns(s, 2);
	tried = f->tried;
	assert_int_equal(tried, 1);
	assert_true(status_says("\"state\":\"resting\""));
	f->outcome = CC_NOTIFY_SENT;
	f->pace = PACE;
	turns(s, 1190);
	assert_int_equal(f->tried, tried);
	turns(s, 20);
	assert_int_equal(f->sent, 51);
	finish(s);
}

/* A mail server that puts off some recipients is there for the others. */
static void
greylisting_is_no_reason_to_leave_a_server_alone(void **state)
{
	struct fake *f = fake("mail", CC_NOTIFY_TEMP_FAIL, "451");
	struct scene *s = begin(*state, &f, 1);

	put_messages(s, "mail", 300);
	turns(s, 12);
	assert_int_equal(f->tried, 300);
	assert_true(status_says("\"state\":\"ok\""));
	f->code = "421";
	put_messages(s, "mail", 300);
	turns(s, 12);
	assert_true(status_says("\"state\":\"open\""));
	finish(s);
}

static void
gone_kills_one_message_and_the_rest_wait(void **state)
{
	struct fake *f = fake("hook", CC_NOTIFY_DISABLED, "HTTP 410");
	struct scene *s = begin(*state, &f, 1);

	f->pace = 1;
	put_messages(s, "hook", 40);
	turns(s, 100);
	assert_int_equal(outbox(s, CC_OUTBOX_DEAD), 1);
	assert_true(status_says("\"state\":\"disabled\""));
	assert_int_equal(atomic_load(&s->l->figures.endpoints_disabled), 1);
	use(s);			/* a reload changes nothing */
	turns(s, 100);
	assert_int_equal(f->tried, 40);
	cc_dispatch_enable(&s->d, CC_STR("hook"));
	f->outcome = CC_NOTIFY_SENT;
	f->pace = PACE;
	turns(s, 20);
	assert_true(f->sent >= 39);
	finish(s);
}

static void
a_disabled_webhook_is_open_again_at_another_url(void **state)
{
	static const struct cc_notify_setting old = {"h.url", "https://a.example/", "f", 1, 1};
	static const struct cc_notify_setting new = {"h.url", "https://b.example/", "f", 1, 1};
	struct fake *f = fake("fine", CC_NOTIFY_SENT, "ok");
	struct scene *s = begin(*state, &f, 1);

	s->cf.webhooks = (struct cc_notify_cfg){&old, 1};
	use(s);
	cc_dispatch_disable(&s->d, CC_STR("webhook:h"));
	assert_true(status_says("{\"name\":\"webhook:h\",\"state\":\"disabled\""));
	use(s);
	assert_true(status_says("{\"name\":\"webhook:h\",\"state\":\"disabled\""));
	s->cf.webhooks.items = &new;
	use(s);
	assert_true(status_says("{\"name\":\"webhook:h\",\"state\":\"ok\""));
	cc_dispatch_disable(&s->d, CC_STR("webhook:h"));
	cc_dispatch_enable(&s->d, CC_STR("h"));		/* its short name will do */
	assert_true(status_says("{\"name\":\"webhook:h\",\"state\":\"ok\""));
	finish(s);
}

static void
the_rate_of_an_endpoint_is_kept(void **state)
{
	struct fake *f = fake("fine", CC_NOTIFY_SENT, "ok");
	struct scene *s = begin(*state, &f, 1);

	s->cf.limits.rate = 60;	/* 15 at once, then one a second */
	use(s);
	f->pace = 1000;
	put_messages(s, "fine", 100);
	turns(s, 100);
	assert_in_range(f->sent, 24, 25);
	turns(s, 300);
	assert_in_range(f->sent, 54, 55);
	finish(s);
}

static void
messages_of_a_dead_endpoint_are_given_up_in_the_end(void **state)
{
	struct fake *f = fake("down", CC_NOTIFY_TEMP_FAIL, "timeout");
	struct scene *s = begin(*state, &f, 1);
	struct lab *l = *state;

	s->cf.limits.breaker = 1000;
	use(s);
	put_messages(s, "down", 1);
	for (int hour = 0; hour < 80 * 4 && outbox(s, CC_OUTBOX_DEAD) == 0; hour++) {
		turns(s, 3);
		l->kit.now.mono.ms += 900 * 1000;
		l->kit.now.wall.s = CC_KIT_T0 + l->kit.now.mono.ms / 1000;
		cc_dispatch_tick(&s->d);
	}
	assert_int_equal(outbox(s, CC_OUTBOX_DEAD), 1);
	assert_true(f->tried > 40);
	assert_int_equal(atomic_load(&l->figures.given_up), 1);
	finish(s);
}

/* Nobody asks for them while their endpoint is shut; their time is over all the same. */
static void
messages_of_a_disabled_endpoint_are_given_up_in_the_end(void **state)
{
	struct fake *f = fake("gone", CC_NOTIFY_DISABLED, "HTTP 410");
	struct scene *s = begin(*state, &f, 1);
	struct lab *l = *state;

	put_messages(s, "gone", 30);
	turns(s, 3);
	assert_int_equal(outbox_of(s, "gone", CC_OUTBOX_DEAD), 1);
	cc_kit_at(&l->kit, 3 * DAY - HOUR);
	turns(s, 3);
	assert_int_equal(outbox_of(s, "gone", CC_OUTBOX_QUEUED), 29);
	cc_kit_at(&l->kit, 3 * DAY + HOUR);
	turns(s, 3);
	assert_int_equal(outbox_of(s, "gone", CC_OUTBOX_QUEUED), 0);
	assert_int_equal(outbox_of(s, "gone", CC_OUTBOX_DEAD), 30);
	finish(s);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)
	const struct CMUnitTest tests[] = {
		TEST(one_that_hangs_and_one_that_is_down_delay_nobody),
		TEST(many_that_hang_leave_room_for_another),
		TEST(a_shut_channel_lets_the_engine_rest),
		TEST(an_endpoint_is_tried_by_one_and_comes_back),
		TEST(retry_after_of_one_rests_them_all),
		TEST(greylisting_is_no_reason_to_leave_a_server_alone),
		TEST(gone_kills_one_message_and_the_rest_wait),
		TEST(a_disabled_webhook_is_open_again_at_another_url),
		TEST(the_rate_of_an_endpoint_is_kept),
		TEST(messages_of_a_dead_endpoint_are_given_up_in_the_end),
		TEST(messages_of_a_disabled_endpoint_are_given_up_in_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
