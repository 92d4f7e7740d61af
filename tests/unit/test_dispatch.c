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

#include "tests/unit/dispatch_kit.h"

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

static uint32_t
turns_until_sent(struct scene *s, const struct fake *f, uint32_t n)
{
	uint32_t k = 0;

	while (f->sent < n && k < 1000) {
		scene_turn(s);
		k++;
	}
	assert_int_equal(f->sent, n);
	return k;
}

static void
one_that_hangs_and_one_that_is_down_delay_nobody(void **state)
{
	struct fake *alone = fake_new("fine", CC_NOTIFY_SENT, "ok");
	struct fake *three[] = {fake_new("hung", 0, ""), fake_new("down", CC_NOTIFY_TEMP_FAIL,
	    "HTTP 503"), fake_new("fine", CC_NOTIFY_SENT, "ok")};
	struct lab *l = *state;
	struct scene *s = scene_begin(l, &alone, 1);
	uint32_t pace, took;

	scene_put(s, "fine", 2000);
	pace = turns_until_sent(s, alone, 2000);
	assert_in_range(pace, 40, 42);
	scene_finish(s);
	(void)lab_end(state);
	(void)lab_begin(state);
	s = scene_begin(*state, three, 3);
	scene_put(s, "hung", 2000);	/* first in the queue */
	scene_put(s, "down", 2000);
	scene_put(s, "fine", 2000);
	took = turns_until_sent(s, three[2], 2000);
	assert_in_range(took, pace, pace + 2);
	assert_true(three[0]->most <= s->cf.limits.deliveries);
	assert_int_equal(three[0]->n, s->cf.limits.deliveries);	/* still hanging */
	assert_true(three[1]->tried <= s->cf.limits.deliveries + 2);	/* the breaker opened */
	assert_true(status_says("{\"name\":\"down\",\"state\":\"open\",\"busy\":0,"));
	assert_true(status_says("{\"name\":\"fine\",\"state\":\"ok\",\"busy\":0,\"failures\":0,"
	    "\"until\":null}"));
	assert_int_equal(scene_outbox(s, CC_OUTBOX_SENT), 2000);
	assert_int_equal(scene_outbox(s, CC_OUTBOX_QUEUED) +
	    scene_outbox(s, CC_OUTBOX_CLAIMED), 4000);
	scene_finish(s);
}

/* However many hang, there is always room for one more. */
static void
many_that_hang_leave_room_for_another(void **state)
{
	static const char *const names[] = {"h0", "h1", "h2", "h3", "h4", "h5", "h6"};
	struct fake *list[8];
	struct scene *s;

	for (int i = 0; i < 7; i++)
		list[i] = fake_new(names[i], 0, "");
	list[7] = fake_new("fine", CC_NOTIFY_SENT, "ok");
	s = scene_begin(*state, list, 8);
	s->cf.limits.deliveries = 1000;
	scene_use(s);
	for (int i = 0; i < 7; i++)
		scene_put(s, names[i], 1500);
	scene_turns(s, 30);
	assert_true(s->d.nbusy < CC_DISPATCH_MOST);
	scene_put(s, "fine", 500);
	assert_in_range(turns_until_sent(s, list[7], 500), 10, 12);
	scene_finish(s);
}

/* A shut channel with messages that are due does not keep the engine turning. */
static void
a_shut_channel_lets_the_engine_rest(void **state)
{
	struct fake *down = fake_new("down", CC_NOTIFY_TEMP_FAIL, "HTTP 503");
	struct scene *s = scene_begin(*state, &down, 1);
	struct lab *l = *state;
	unsigned commits;

	scene_put(s, "down", 500);
	scene_turns(s, 3);
	assert_string_equal(cc_endpoint_text(&channel(s, "down")->end, l->kit.now.mono), "open");
	assert_int_equal(scene_outbox(s, CC_OUTBOX_CLAIMED), 0);
	assert_int_equal(scene_outbox(s, CC_OUTBOX_QUEUED), 500);
	commits = l->commits;
	scene_turns(s, 200);		/* 20 s: not yet the time to try */
	assert_int_equal(l->commits, commits);
	scene_turns(s, 500);
	assert_true(l->commits > commits);
	scene_finish(s);
}

static void
an_endpoint_is_tried_by_one_and_comes_back(void **state)
{
	struct fake *f = fake_new("down", CC_NOTIFY_TEMP_FAIL, "HTTP 503");
	struct scene *s = scene_begin(*state, &f, 1);
	uint32_t tried;

	scene_put(s, "down", 100);
	scene_turns(s, 3);
	tried = f->tried;
	assert_int_equal(atomic_load(&s->l->figures.endpoints_opened), 1);
	/* The wait was 30 s; one probe, which failed: 30 to 60 s more. */
	scene_turns(s, 500);
	assert_int_equal(f->tried, tried + 1);
	assert_int_equal(atomic_load(&s->l->figures.endpoints_opened), 2);
	f->outcome = CC_NOTIFY_SENT;
	scene_turns(s, 1300);
	assert_int_equal(f->sent, 100);
	assert_true(status_says("\"state\":\"ok\""));
	assert_int_equal(scene_outbox(s, CC_OUTBOX_SENT), 100);
	scene_finish(s);
}

static void
retry_after_of_one_rests_them_all(void **state)
{
	struct fake *f = fake_new("busy", CC_NOTIFY_TEMP_FAIL, "HTTP 429");
	struct scene *s = scene_begin(*state, &f, 1);
	uint32_t tried;

	f->retry_after = 120;
	f->pace = 1;
	scene_put(s, "busy", 1);
	scene_turns(s, 2);
	scene_put(s, "busy", 50);
	scene_turns(s, 2);
	tried = f->tried;
	assert_int_equal(tried, 1);
	assert_true(status_says("\"state\":\"resting\""));
	f->outcome = CC_NOTIFY_SENT;
	f->pace = FAKE_PACE;
	scene_turns(s, 1190);
	assert_int_equal(f->tried, tried);
	scene_turns(s, 20);
	assert_int_equal(f->sent, 51);
	scene_finish(s);
}

/* A mail server that puts off some recipients is there for the others. */
static void
greylisting_is_no_reason_to_leave_a_server_alone(void **state)
{
	struct fake *f = fake_new("mail", CC_NOTIFY_TEMP_FAIL, "451");
	struct scene *s = scene_begin(*state, &f, 1);

	scene_put(s, "mail", 300);
	scene_turns(s, 12);
	assert_int_equal(f->tried, 300);
	assert_true(status_says("\"state\":\"ok\""));
	f->code = "421";
	scene_put(s, "mail", 300);
	scene_turns(s, 12);
	assert_true(status_says("\"state\":\"open\""));
	scene_finish(s);
}

static void
gone_kills_one_message_and_the_rest_wait(void **state)
{
	struct fake *f = fake_new("hook", CC_NOTIFY_DISABLED, "HTTP 410");
	struct scene *s = scene_begin(*state, &f, 1);

	f->pace = 1;
	scene_put(s, "hook", 40);
	scene_turns(s, 100);
	assert_int_equal(scene_outbox(s, CC_OUTBOX_DEAD), 1);
	assert_true(status_says("\"state\":\"disabled\""));
	assert_int_equal(atomic_load(&s->l->figures.endpoints_disabled), 1);
	scene_use(s);			/* a reload changes nothing */
	scene_turns(s, 100);
	assert_int_equal(f->tried, 40);
	cc_dispatch_enable(&s->d, CC_STR("hook"));
	f->outcome = CC_NOTIFY_SENT;
	f->pace = FAKE_PACE;
	scene_turns(s, 20);
	assert_true(f->sent >= 39);
	scene_finish(s);
}

static void
a_disabled_webhook_is_open_again_at_another_url(void **state)
{
	static const struct cc_notify_setting old = {"h.url", "https://a.example/", "f", 1, 1};
	static const struct cc_notify_setting new = {"h.url", "https://b.example/", "f", 1, 1};
	struct fake *f = fake_new("fine", CC_NOTIFY_SENT, "ok");
	struct scene *s = scene_begin(*state, &f, 1);

	s->cf.webhooks = (struct cc_notify_cfg){&old, 1};
	scene_use(s);
	cc_dispatch_disable(&s->d, CC_STR("webhook:h"));
	assert_true(status_says("{\"name\":\"webhook:h\",\"state\":\"disabled\""));
	scene_use(s);
	assert_true(status_says("{\"name\":\"webhook:h\",\"state\":\"disabled\""));
	s->cf.webhooks.items = &new;
	scene_use(s);
	assert_true(status_says("{\"name\":\"webhook:h\",\"state\":\"ok\""));
	cc_dispatch_disable(&s->d, CC_STR("webhook:h"));
	cc_dispatch_enable(&s->d, CC_STR("h"));		/* its short name will do */
	assert_true(status_says("{\"name\":\"webhook:h\",\"state\":\"ok\""));
	scene_finish(s);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
