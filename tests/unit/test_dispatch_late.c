/* daemon/dispatch.h and daemon/engine.h: what has to wait, in which order it leaves, and when
 * its time is over. */
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

static void
the_rate_of_an_endpoint_is_kept(void **state)
{
	struct fake *f = fake_new("fine", CC_NOTIFY_SENT, "ok");
	struct scene *s = scene_begin(*state, &f, 1);

	s->cf.limits.rate = 60;	/* 15 at once, then one a second */
	scene_use(s);
	f->pace = 1000;
	scene_put(s, "fine", 100);
	scene_turns(s, 100);
	assert_in_range(f->sent, 24, 25);
	scene_turns(s, 300);
	assert_in_range(f->sent, 54, 55);
	scene_finish(s);
}

static void
a_storm_behind_a_rate_limit_delays_no_safety_alert(void **state)
{
	struct fake *f = fake_new("fine", CC_NOTIFY_SENT, "ok");
	struct scene *s = scene_begin(*state, &f, 1);

	s->cf.limits.rate = 60;
	scene_use(s);
	f->pace = 1000;
	s->ordinary = true;
	scene_put(s, "fine", 1000);
	scene_turns(s, 100);
	assert_in_range(f->sent, 24, 25);
	s->ordinary = false;
	scene_put(s, "fine", 3);
	scene_turns(s, 40);		/* as many as go in four seconds */
	assert_in_range(f->sent, 27, 29);
	for (uint32_t i = 1000; i < 1003; i++)
		assert_int_equal(scene_state_of(s, i), CC_OUTBOX_SENT);
	assert_int_equal(scene_state_of(s, 999), CC_OUTBOX_QUEUED);
	scene_finish(s);
}

static void
messages_of_a_dead_endpoint_are_given_up_in_the_end(void **state)
{
	struct fake *f = fake_new("down", CC_NOTIFY_TEMP_FAIL, "timeout");
	struct scene *s = scene_begin(*state, &f, 1);
	struct lab *l = *state;

	s->cf.limits.breaker = 1000;
	scene_use(s);
	scene_put(s, "down", 1);
	for (int hour = 0; hour < 80 * 4 && scene_outbox(s, CC_OUTBOX_DEAD) == 0; hour++) {
		scene_turns(s, 3);
		l->kit.now.mono.ms += 900 * 1000;
		l->kit.now.wall.s = CC_KIT_T0 + l->kit.now.mono.ms / 1000;
		cc_dispatch_tick(&s->d);
	}
	assert_int_equal(scene_outbox(s, CC_OUTBOX_DEAD), 1);
	assert_true(f->tried > 40);
	assert_int_equal(atomic_load(&l->figures.given_up), 1);
	scene_finish(s);
}

/* Nobody asks for them while their endpoint is shut; their time is over all the same. */
static void
messages_of_a_disabled_endpoint_are_given_up_in_the_end(void **state)
{
	struct fake *f = fake_new("gone", CC_NOTIFY_DISABLED, "HTTP 410");
	struct scene *s = scene_begin(*state, &f, 1);
	struct lab *l = *state;

	scene_put(s, "gone", 20);
	s->hold = "quiet";	/* over, but nobody took them up since */
	scene_put(s, "gone", 10);
	scene_turns(s, 3);
	assert_int_equal(scene_outbox_of(s, "gone", CC_OUTBOX_DEAD), 1);
	cc_kit_at(&l->kit, 3 * DAY - HOUR);
	scene_turns(s, 3);
	assert_int_equal(scene_outbox_of(s, "gone", CC_OUTBOX_QUEUED), 29);
	cc_kit_at(&l->kit, 3 * DAY + HOUR);
	scene_turns(s, 3);
	assert_int_equal(scene_outbox_of(s, "gone", CC_OUTBOX_QUEUED), 0);
	assert_int_equal(scene_outbox_of(s, "gone", CC_OUTBOX_DEAD), 30);
	scene_finish(s);
}

/* A run leaves the first hour for a last attempt, whatever lay there; then the engine
 * wakes by itself. */
static void
a_start_leaves_an_hour_for_a_last_attempt(void **state)
{
	struct fake *f = fake_new("gone", CC_NOTIFY_SENT, "ok");
	struct scene *s = scene_begin(*state, &f, 1);
	struct lab *l = *state;

	s->give_up = 60;
	cc_dispatch_disable(&s->d, CC_STR("gone"));
	scene_put(s, "gone", 2500);	/* three pages */
	scene_turns(s, 3);
	assert_in_range(cc_engine_next(l->engine).s, CC_KIT_T0 + 600, CC_KIT_T0 + HOUR);
	cc_kit_at(&l->kit, HOUR - 2);
	scene_turns(s, 3);
	assert_int_equal(scene_outbox_of(s, "gone", CC_OUTBOX_QUEUED), 2500);
	cc_kit_at(&l->kit, HOUR + 1);
	scene_turns(s, 3);
	assert_int_equal(scene_outbox_of(s, "gone", CC_OUTBOX_DEAD), 2500);
	assert_true(cc_engine_next(l->engine).s <= CC_KIT_T0 + HOUR + 610);
	s->give_up = 1;
	scene_put(s, "gone", 1);
	scene_turns(s, 3);
	assert_int_equal(scene_outbox_of(s, "gone", CC_OUTBOX_QUEUED), 1);
	cc_kit_at(&l->kit, HOUR + 611);
	scene_turns(s, 3);
	assert_int_equal(scene_outbox_of(s, "gone", CC_OUTBOX_DEAD), 2501);
	assert_int_equal(f->tried, 0);
	scene_finish(s);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)
	const struct CMUnitTest tests[] = {
		TEST(the_rate_of_an_endpoint_is_kept),
		TEST(a_storm_behind_a_rate_limit_delays_no_safety_alert),
		TEST(messages_of_a_dead_endpoint_are_given_up_in_the_end),
		TEST(messages_of_a_disabled_endpoint_are_given_up_in_the_end),
		TEST(a_start_leaves_an_hour_for_a_last_attempt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
