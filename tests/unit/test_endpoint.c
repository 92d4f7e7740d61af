/* How much may be sent to a far side: daemon/endpoint.h, daemon/backoff.h. */
#include "daemon/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/ladders.h"

#define S INT64_C(1000)

static const struct cc_endpoint_limits limits = {
	.deliveries = 10, .rate = 600, .breaker = 3, .backoff = {30, 3600}
};

static struct cc_mono
at(int64_t ms)
{
	return (struct cc_mono){1000000 + ms};
}

static struct cc_endpoint_state
fresh(void)
{
	struct cc_endpoint_state e;

	cc_endpoint_init(&e, &limits, at(0));
	return e;
}

static uint32_t
room(struct cc_endpoint_state *e, int64_t ms)
{
	cc_endpoint_pass(e, &limits, at(ms));
	return cc_endpoint_room(e, &limits, at(ms));
}

static bool
end(struct cc_endpoint_state *e, enum cc_endpoint_answer answer, int64_t retry_after, int64_t ms)
{
	const struct cc_endpoint_answered a = {answer, retry_after, 0};

	return cc_endpoint_end(e, &limits, &a, at(ms));
}

/* One message there and back. */
static bool
once(struct cc_endpoint_state *e, enum cc_endpoint_answer answer, int64_t ms)
{
	cc_endpoint_begin(e);
	return end(e, answer, -1, ms);
}

static void
so_many_are_under_way_and_no_more(void **state)
{
	struct cc_endpoint_state e = fresh();

	(void)state;
	assert_int_equal(room(&e, 0), 10);
	for (int i = 0; i < 10; i++)
		cc_endpoint_begin(&e);
	assert_int_equal(room(&e, 0), 0);
	assert_int_equal(cc_endpoint_next(&e, &limits, at(0)).ms, INT64_MAX);
	assert_false(end(&e, CC_ANSWER_GOOD, -1, 5));
	assert_int_equal(room(&e, 5), 1);
	cc_endpoint_put_back(&e, &limits);
	assert_int_equal(room(&e, 5), 2);
}

/* 600 a minute: a quarter of it at once, then one in 100 ms; never more in any stretch of
 * time than it adds up to. */
static void
the_rate_is_kept_in_every_stretch_of_time(void **state)
{
	const struct cc_endpoint_limits wide = {.deliveries = 1000, .rate = 600, .breaker = 3,
	    .backoff = {30, 3600}};
	struct cc_endpoint_state e;
	uint64_t seed = cc_test_seed(5);
	int64_t sent = 0, t = 0;

	(void)state;
	cc_endpoint_init(&e, &wide, at(0));
	assert_int_equal(cc_endpoint_room(&e, &wide, at(0)), 150);
	while (t < 600 * S) {
		cc_endpoint_pass(&e, &wide, at(t));
		for (uint32_t n = cc_endpoint_room(&e, &wide, at(t)); n > 0; n--, sent++) {
			const struct cc_endpoint_answered a = {CC_ANSWER_GOOD, -1, 0};

			cc_endpoint_begin(&e);
			assert_false(cc_endpoint_end(&e, &wide, &a, at(t)));
		}
		assert_true(sent <= 150 + t / 100);
		assert_true(sent >= 150 + t / 100 - 1);
		assert_in_range(cc_endpoint_next(&e, &wide, at(t)).ms, at(t).ms, at(t).ms + 100);
		t += (int64_t)cc_test_random(&seed, 700);
	}
	cc_endpoint_pass(&e, &wide, at(t + 86400 * S));	/* a rest does not pile up */
	assert_int_equal(cc_endpoint_room(&e, &wide, at(t + 86400 * S)), 150);
}

static void
the_slowest_rate_still_moves(void **state)
{
	const struct cc_endpoint_limits slow = {.deliveries = 1, .rate = 1, .breaker = 1,
	    .backoff = {1, 1}};
	const struct cc_endpoint_answered a = {CC_ANSWER_GOOD, -1, 0};
	struct cc_endpoint_state e;

	(void)state;
	cc_endpoint_init(&e, &slow, at(0));
	assert_int_equal(cc_endpoint_room(&e, &slow, at(0)), 1);
	cc_endpoint_begin(&e);
	assert_false(cc_endpoint_end(&e, &slow, &a, at(0)));
	assert_int_equal(cc_endpoint_room(&e, &slow, at(0)), 0);
	assert_int_equal(cc_endpoint_next(&e, &slow, at(0)).ms, at(60 * S).ms);
	cc_endpoint_pass(&e, &slow, at(60 * S - 1));
	assert_int_equal(cc_endpoint_room(&e, &slow, at(60 * S - 1)), 0);
	cc_endpoint_pass(&e, &slow, at(60 * S));
	assert_int_equal(cc_endpoint_room(&e, &slow, at(60 * S)), 1);
}

static void
so_many_failures_one_after_the_other_open_it(void **state)
{
	struct cc_endpoint_state e = fresh();

	(void)state;
	assert_false(once(&e, CC_ANSWER_BAD, 1));
	assert_false(once(&e, CC_ANSWER_BAD, 2));
	assert_false(once(&e, CC_ANSWER_GOOD, 3));	/* begins anew */
	assert_false(once(&e, CC_ANSWER_BAD, 4));
	assert_false(once(&e, CC_ANSWER_BAD, 5));
	assert_false(once(&e, CC_ANSWER_NONE, 6));	/* says nothing */
	assert_int_equal(room(&e, 6), 10);
	assert_true(once(&e, CC_ANSWER_BAD, 7));
	assert_int_equal(e.phase, CC_ENDPOINT_OPEN);
	assert_string_equal(cc_endpoint_text(&e, at(7)), "open");
	assert_int_equal(room(&e, 8), 0);
	assert_int_equal(cc_endpoint_next(&e, &limits, at(8)).ms, e.open_until.ms);
	assert_int_equal(cc_endpoint_until(&e, at(8)).ms, e.open_until.ms);
	assert_int_equal(e.open_until.ms, at(7 + 30 * S).ms);
}

/* Opened at 0 by three failures, with one straggler under way. */
static struct cc_endpoint_state
opened(void)
{
	struct cc_endpoint_state e = fresh();

	cc_endpoint_begin(&e);
	for (int i = 0; i < 3; i++)
		(void)once(&e, CC_ANSWER_BAD, 0);
	assert_int_equal(e.phase, CC_ENDPOINT_OPEN);
	return e;
}

static void
after_its_wait_one_message_tries(void **state)
{
	struct cc_endpoint_state e = opened();

	(void)state;
	assert_int_equal(room(&e, 30 * S - 1), 0);
	assert_int_equal(room(&e, 30 * S), 1);	/* the straggler does not count */
	assert_string_equal(cc_endpoint_text(&e, at(30 * S)), "open");
	cc_endpoint_begin(&e);
	assert_int_equal(room(&e, 31 * S), 0);
	assert_int_equal(cc_endpoint_next(&e, &limits, at(31 * S)).ms, INT64_MAX);
	assert_false(end(&e, CC_ANSWER_GOOD, -1, 31 * S));
	assert_string_equal(cc_endpoint_text(&e, at(31 * S)), "ok");
	assert_int_equal(room(&e, 31 * S), 9);
	assert_int_equal(e.failures, 0);
}

static void
a_probe_that_was_not_made_leaves_its_place(void **state)
{
	struct cc_endpoint_state e = opened();

	(void)state;
	assert_int_equal(room(&e, 30 * S), 1);
	cc_endpoint_begin(&e);
	cc_endpoint_put_back(&e, &limits);
	assert_int_equal(room(&e, 30 * S), 1);
	cc_endpoint_begin(&e);
	assert_false(end(&e, CC_ANSWER_NONE, -1, 30 * S));
	assert_int_equal(room(&e, 30 * S), 1);
}

static void
each_failed_probe_doubles_the_wait_up_to_the_most(void **state)
{
	static const int64_t least[] = {30, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800};
	static const int64_t most[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600};
	struct cc_endpoint_state e = opened();
	uint64_t seed = cc_test_seed(9);
	int64_t t = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof least / sizeof least[0]; i++) {
		int64_t wait = e.open_until.ms - at(t).ms;
		struct cc_endpoint_answered a = {CC_ANSWER_BAD, -1,
		    (uint32_t)cc_test_random(&seed, UINT32_MAX)};

		assert_in_range(wait, least[i] * S, most[i] * S);
		t += wait;
		assert_int_equal(room(&e, t), 1);
		cc_endpoint_begin(&e);
		assert_true(cc_endpoint_end(&e, &limits, &a, at(t)));
	}
	assert_int_equal(room(&e, t + 3600 * S), 1);
	assert_false(once(&e, CC_ANSWER_GOOD, t + 3600 * S));
	for (int i = 0; i < 3; i++)	/* and begins anew with the least */
		(void)once(&e, CC_ANSWER_BAD, t + 3601 * S);
	assert_int_equal(e.open_until.ms, at(t + 3631 * S).ms);
}

static void
stragglers_of_an_open_one_do_not_lengthen_its_wait(void **state)
{
	struct cc_endpoint_state e = opened();
	struct cc_mono until = e.open_until;

	(void)state;
	assert_false(end(&e, CC_ANSWER_BAD, -1, 20 * S));
	assert_int_equal(e.open_until.ms, until.ms);
	e = opened();
	assert_false(end(&e, CC_ANSWER_GOOD, -1, 1 * S));	/* it is there after all */
	assert_true(room(&e, 1 * S) > 0);
}

static void
retry_after_rests_the_whole_endpoint(void **state)
{
	struct cc_endpoint_state e = fresh();

	(void)state;
	cc_endpoint_begin(&e);
	assert_false(end(&e, CC_ANSWER_BAD, 120, 0));
	assert_int_equal(room(&e, 1), 0);
	assert_string_equal(cc_endpoint_text(&e, at(1)), "resting");
	assert_int_equal(cc_endpoint_next(&e, &limits, at(1)).ms, at(120 * S).ms);
	assert_int_equal(cc_endpoint_until(&e, at(1)).ms, at(120 * S).ms);
	assert_int_equal(room(&e, 120 * S - 1), 0);
	assert_int_equal(room(&e, 120 * S), 10);
	assert_string_equal(cc_endpoint_text(&e, at(120 * S)), "ok");
	cc_endpoint_begin(&e);
	(void)end(&e, CC_ANSWER_BAD, 60, 121 * S);
	cc_endpoint_begin(&e);
	(void)end(&e, CC_ANSWER_BAD, 5, 122 * S);	/* opens; the longer wait counts */
	assert_int_equal(cc_endpoint_next(&e, &limits, at(122 * S)).ms, at(181 * S).ms);
}

static void
gone_disables_until_it_is_enabled(void **state)
{
	struct cc_endpoint_state e = fresh();

	(void)state;
	cc_endpoint_begin(&e);
	cc_endpoint_begin(&e);
	assert_true(end(&e, CC_ANSWER_GONE, -1, 0));
	assert_string_equal(cc_endpoint_text(&e, at(0)), "disabled");
	assert_int_equal(cc_endpoint_until(&e, at(0)).ms, 0);
	assert_false(end(&e, CC_ANSWER_GOOD, -1, 1));	/* what was under way before */
	assert_int_equal(room(&e, 86400 * S), 0);
	assert_int_equal(cc_endpoint_next(&e, &limits, at(86400 * S)).ms, INT64_MAX);
	cc_endpoint_enable(&e);
	assert_int_equal(room(&e, 86400 * S), 10);
	assert_int_equal(e.busy, 0);
}

/* --- waits of a message ------------------------------------------------------------- */

static const struct cc_backoff_range range = {30, 3600};

static void
waits_grow_with_attempts_and_stay_within_their_limits(void **state)
{
	const struct cc_backoff_range one = {7, 7};

	(void)state;
	assert_int_equal(cc_backoff(&range, 1, -1, 0), 30);
	assert_int_equal(cc_backoff(&range, 1, -1, 30), 60);
	assert_int_equal(cc_backoff(&range, 2, -1, 90), 120);
	assert_int_equal(cc_backoff(&one, 9, -1, 12345), 7);
	for (uint32_t attempt = 0; attempt < 5000; attempt += 7)
		for (uint32_t jitter = 0; jitter < 9000; jitter += 311) {
			cc_dur_s w = cc_backoff(&range, attempt, -1, jitter);

			assert_in_range(w, 30, 3600);
			if (attempt < 6)
				assert_true(w <= (30LL << attempt));
		}
	assert_in_range(cc_backoff(&range, 9, -1, UINT32_MAX), 30, 3600);
}

/* Full jitter: every wait of the range comes, and about as often. */
static void
chance_uses_the_whole_range(void **state)
{
	unsigned parts[10] = {0};
	uint64_t seed = cc_test_seed(3);

	(void)state;
	for (int i = 0; i < 10000; i++) {
		cc_dur_s w = cc_backoff(&range, 8, -1, (uint32_t)cc_test_random(&seed,
		    UINT32_MAX));

		parts[(w - 30) * 10 / 3571]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(parts[i], 850, 1150);
}

static void
a_wait_that_was_asked_for_is_never_undercut(void **state)
{
	(void)state;
	assert_int_equal(cc_backoff(&range, 1, 7200, 5), 7200);
	assert_int_equal(cc_backoff(&range, 1, 0, 5), 35);
	assert_int_equal(cc_backoff(&range, 20, 31, 3000), 3030);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_are_under_way_and_no_more),
		cmocka_unit_test(the_rate_is_kept_in_every_stretch_of_time),
		cmocka_unit_test(the_slowest_rate_still_moves),
		cmocka_unit_test(so_many_failures_one_after_the_other_open_it),
		cmocka_unit_test(after_its_wait_one_message_tries),
		cmocka_unit_test(a_probe_that_was_not_made_leaves_its_place),
		cmocka_unit_test(each_failed_probe_doubles_the_wait_up_to_the_most),
		cmocka_unit_test(stragglers_of_an_open_one_do_not_lengthen_its_wait),
		cmocka_unit_test(retry_after_rests_the_whole_endpoint),
		cmocka_unit_test(gone_disables_until_it_is_enabled),
		cmocka_unit_test(waits_grow_with_attempts_and_stay_within_their_limits),
		cmocka_unit_test(chance_uses_the_whole_range),
		cmocka_unit_test(a_wait_that_was_asked_for_is_never_undercut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
