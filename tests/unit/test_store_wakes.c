/* Wakes: the index in memory alone, and what every store promises of them. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/wakes.h"

/* --- the index ----------------------------------------------------------- */

/* A small generator of our own: the same numbers everywhere. */
static uint64_t
draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void
a_key_is_a_wake_and_a_number(void **state)
{
	(void)state;
	assert_true(cc_wakes_key(1, 0xffffffff) < cc_wakes_key(2, 0));
	assert_true(cc_wakes_key(CC_STORE_WAKE_MAX, 7) >> 32 == (uint64_t)CC_STORE_WAKE_MAX);
	assert_true((cc_wakes_key(CC_STORE_WAKE_MAX, 7) & UINT32_MAX) == 7);
}

/* Against the simplest thing that can hold keys: a bit for each. */
static void
the_index_holds_what_was_added_and_not_removed(void **state)
{
	enum { KEYS = 20000, STEPS = 200000 };
	static bool in[KEYS];
	struct cc_wakes w = { 0 };
	uint64_t seed = 88172645463325252u, key = 0;
	size_t n = 0, seen = 0;

	(void)state;
	for (int i = 0; i < STEPS; i++) {
		size_t k = draw(&seed) % KEYS;
		/* Fills in the first half, empties in the second. */
		bool add = draw(&seed) % 100 < (i < STEPS / 2 ? 70u : 25u);

		if (add)
			assert_true(cc_wakes_add(&w, k * 3));
		else
			assert_int_equal(cc_wakes_remove(&w, k * 3), in[k]);
		n += (add && !in[k]) - (size_t)(!add && in[k]);
		in[k] = add;
		assert_int_equal(w.n, n);
	}
	for (size_t k = 0; k < KEYS; k++) {
		if (!in[k])
			continue;
		assert_true(cc_wakes_first(&w, key, &key));
		assert_int_equal(key, k * 3);
		key++;
		seen++;
	}
	assert_false(cc_wakes_first(&w, key, &key));
	assert_int_equal(seen, n);
	for (size_t k = 0; k < KEYS; k++)
		(void)cc_wakes_remove(&w, k * 3);
	assert_int_equal(w.n, 0);
	assert_int_equal(w.nblocks, 0);
	assert_false(cc_wakes_first(&w, 0, &key));
	cc_wakes_done(&w);
}

static void
filling_sorts_by_wake_and_then_by_number(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 510, 511, 512, 30000 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		size_t n = sizes[i];
		uint64_t *keys = calloc(n + 1, sizeof *keys);
		uint64_t *spare = calloc(n + 1, sizeof *spare);
		uint64_t seed = 99 + n, key = 0, last = 0;
		struct cc_wakes w = { 0 };

		assert_non_null(keys);
		assert_non_null(spare);
		for (size_t k = 0; k < n; k++)
			keys[k] = cc_wakes_key((int64_t)(draw(&seed) %
			    (k % 2 == 0 ? 5u : 4291747199u)), (int64_t)k);
		assert_true(cc_wakes_fill(&w, keys, spare, n));
		assert_int_equal(w.n, n);
		for (size_t k = 0; k < n; k++) {
			assert_true(cc_wakes_first(&w, key, &key));
			assert_true(k == 0 || key > last);
			last = key++;
		}
		assert_false(cc_wakes_first(&w, key, &key));
		cc_wakes_done(&w);
		free(keys);
		free(spare);
	}
}

/* Wakes mostly move forward: what stays must not be mostly air. */
static void
the_index_stays_small_when_wakes_move_on(void **state)
{
	enum { CASES = 50000 };
	static uint32_t wake[CASES];
	struct cc_wakes w = { 0 };
	uint64_t seed = 4711;

	(void)state;
	for (int64_t i = 0; i < CASES; i++)
		assert_true(cc_wakes_add(&w, cc_wakes_key(wake[i] = (uint32_t)(draw(&seed) %
		    1000000), i)));
	for (int i = 0; i < 10 * CASES; i++) {
		size_t k = draw(&seed) % CASES;

		assert_true(cc_wakes_remove(&w, cc_wakes_key(wake[k], (int64_t)k)));
		wake[k] += (uint32_t)(draw(&seed) % 1000000);
		assert_true(cc_wakes_add(&w, cc_wakes_key(wake[k], (int64_t)k)));
	}
	assert_int_equal(w.n, CASES);
	assert_true(w.nblocks * 4096 < (size_t)CASES * 20);	/* bytes a case */
	cc_wakes_done(&w);
}

/* --- wakes --------------------------------------------------------------- */

static void
check_due(struct store_fixture *f, int64_t now, uint32_t limit, const char *expected)
{
	struct cc_store_wakes w;
	char got[200] = "";

	ok(cc_store_wakes_due(f->st, &(struct cc_store_due){ W(now), limit }, &f->a, &w, NULL));
	for (uint32_t i = 0; i < w.n; i++) {
		size_t n = strlen(got);

		(void)snprintf(got + n, sizeof got - n, "%s:%lld ", w.items[i].case_id.p,
		    (long long)w.items[i].wake.s);
	}
	assert_string_equal(got, expected);
}

static void
wakes_come_in_order_and_ties_in_order_of_arrival(void **state)
{
	struct store_fixture *f = *state;
	static const char *const ids[] = { "z", "y", "x", "w", "v" };
	static const int64_t wakes[] = { 30, 10, 30, INT64_MIN, 20 };
	struct cc_wall next;

	ok(cc_store_wake_next(f->st, &next, NULL));
	assert_false(cc_given(next));
	store_begin(f->st);
	for (int i = 0; i < 5; i++) {
		(void)store_event(f->st, ids[i], ids[i], 1);
		ok(store_put(f->st, ids[i], 0, W(wakes[i])));
	}
	store_commit(f->st);
	check_due(f, 9, 10, "");
	check_due(f, 10, 10, "y:10 ");
	check_due(f, 1000, 10, "y:10 v:20 z:30 x:30 ");
	check_due(f, 1000, 2, "y:10 v:20 ");
	store_begin(f->st);
	ok(store_put(f->st, "y", 1, CC_NEVER));
	ok(store_put(f->st, "z", 1, W(40)));
	ok(store_put(f->st, "z", 2, W(25)));
	ok(store_put(f->st, "w", 1, W(25)));
	store_commit(f->st);
	check_due(f, 1000, 10, "v:20 z:25 w:25 x:30 ");
	ok(cc_store_wake_next(f->st, &next, NULL));
	assert_int_equal(next.s, 20);
}

static void
wakes_speak_of_the_last_commit(void **state)
{
	struct store_fixture *f = *state;

	store_begin(f->st);
	(void)store_event(f->st, "a", "e1", 1);
	ok(store_put(f->st, "a", 0, W(10)));
	check_due(f, 100, 10, "");
	store_commit(f->st);
	check_due(f, 100, 10, "a:10 ");
	store_begin(f->st);
	ok(store_put(f->st, "a", 1, W(20)));
	check_due(f, 100, 10, "a:10 ");
	cc_store_rollback(f->st);
	check_due(f, 100, 10, "a:10 ");
}

static void
a_wake_out_of_range_is_kept_at_its_end(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_case c;

	store_begin(f->st);
	(void)store_event(f->st, "far", "e1", 1);
	(void)store_event(f->st, "old", "e2", 1);
	ok(store_put(f->st, "far", 0, W(INT64_MAX)));
	ok(store_put(f->st, "old", 0, W(-12345)));
	store_commit(f->st);
	ok(cc_store_case_load(f->st, S("far"), &f->a, &c, NULL));
	assert_true(c.wake.s == CC_STORE_WAKE_MAX);
	check_due(f, INT64_MAX, 10, "old:0 far:4291747199 ");
}

static enum cc_code
put_under(struct cc_store *st, const char *id, int64_t expected, const char *pack, int64_t wake)
{
	const struct cc_store_put p = { .case_id = S(id), .expected = expected,
	    .stamps = { S(pack), S("calendar-1"), S("zones-1") }, .wake = W(wake) };

	return cc_store_case_put(st, &p, NULL);
}

static void
stale_cases_come_in_order_of_wake(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_stale q = { { S("pack-2"), S("calendar-1"), S("zones-1") }, 2 };
	static const struct {
		const char *id, *pack;
		int64_t wake;
	} table[] = { { "a", "pack-1", 50 }, { "b", "pack-1", INT64_MIN }, { "c", "pack-2", 5 },
	    { "d", "pack-1", 10 }, { "e", "pack-0", 30 }, { "f", NULL, INT64_MIN } };
	static const char *const expected[] = { "d", "e", "a", "b", "f" };
	int64_t left;
	int seen = 0;

	store_begin(f->st);
	for (int i = 0; i < 6; i++) {
		(void)store_event(f->st, table[i].id, table[i].id, 1);
		if (table[i].pack != NULL)
			ok(put_under(f->st, table[i].id, 0, table[i].pack, table[i].wake));
	}
	store_commit(f->st);
	for (;;) {
		struct cc_store_wakes w;

		ok(cc_store_stale_count(f->st, &q.in_force, &left, NULL));
		assert_int_equal(left, 5 - seen);
		ok(cc_store_stale_list(f->st, &q, &f->a, &w, NULL));
		if (w.n == 0)
			break;
		store_begin(f->st);
		for (uint32_t i = 0; i < w.n; i++, seen++) {
			assert_text(w.items[i].case_id, expected[seen]);
			ok(put_under(f->st, w.items[i].case_id.p, seen == 4 ? 0 : 1, "pack-2",
			    w.items[i].wake.s));
		}
		store_commit(f->st);
	}
	assert_int_equal(seen, 5);
	q.in_force.zones = S("zones-2");
	ok(cc_store_stale_count(f->st, &q.in_force, &left, NULL));
	assert_int_equal(left, 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_a_wake_and_a_number),
		cmocka_unit_test(the_index_holds_what_was_added_and_not_removed),
		cmocka_unit_test(filling_sorts_by_wake_and_then_by_number),
		cmocka_unit_test(the_index_stays_small_when_wakes_move_on),
		BOTH(wakes_come_in_order_and_ties_in_order_of_arrival),
		BOTH(wakes_speak_of_the_last_commit),
		BOTH(a_wake_out_of_range_is_kept_at_its_end),
		BOTH(stale_cases_come_in_order_of_wake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
