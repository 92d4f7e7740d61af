/* What every store promises of events, cases and transactions: on SQLite and in memory. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* --- events -------------------------------------------------------------- */

static void
an_event_is_new_once_then_a_duplicate(void **state)
{
	struct cc_store *st = ((struct store_fixture *)*state)->st;
	const struct cc_store_event e = { S("/cms/7"), S("e-1"), S("c1"), S("bytes"), W(100) };
	struct cc_store_event later = e;
	struct cc_store_appended r = { 0 };

	store_begin(st);
	ok(cc_store_event_append(st, &e, &r, NULL));
	assert_int_equal(r.outcome, CC_APPEND_NEW);
	assert_true(r.seq > 0);
	assert_int_equal(r.recorded.s, 100);
	later.recorded = W(900);
	for (int i = 0; i < 2; i++) {
		struct cc_store_appended again = { 0 };

		ok(cc_store_event_append(st, &later, &again, NULL));
		assert_int_equal(again.outcome, CC_APPEND_DUPLICATE);
		assert_int_equal(again.seq, r.seq);
		assert_int_equal(again.recorded.s, 100);
		if (i == 0) {
			store_commit(st);
			store_begin(st);
		}
	}
	store_commit(st);
	assert_int_equal(store_status(st).events, 1);
}

static void
the_same_identity_with_other_content_is_a_conflict(void **state)
{
	struct cc_store *st = ((struct store_fixture *)*state)->st;
	const struct {
		const char *source, *id, *case_id, *bytes;
		enum cc_store_append expected;
	} table[] = {
		{ "/a", "e-1", "c1", "one", CC_APPEND_NEW },
		{ "/a", "e-1", "c1", "two", CC_APPEND_CONFLICT },	/* other bytes */
		{ "/a", "e-1", "c1", "on", CC_APPEND_CONFLICT },
		{ "/a", "e-1", "c2", "one", CC_APPEND_CONFLICT },	/* other case */
		{ "/b", "e-1", "c1", "one", CC_APPEND_NEW },	/* other source */
		{ "/a", "e-2", "c2", "one", CC_APPEND_NEW },
		{ "/a", "e-2", "c1", "one", CC_APPEND_CONFLICT },
		{ "/a", "e-1", "c1", "one", CC_APPEND_DUPLICATE },
		{ "/ae", "-1", "c1", "one", CC_APPEND_NEW },	/* not a join of texts */
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const struct cc_store_event e = { S(table[i].source), S(table[i].id),
		    S(table[i].case_id), S(table[i].bytes), W(5) };
		struct cc_store_appended r = { 0 };

		store_begin(st);
		ok(cc_store_event_append(st, &e, &r, NULL));
		assert_int_equal(r.outcome, table[i].expected);
		store_commit(st);
	}
	assert_int_equal(store_status(st).events, 4);
	assert_int_equal(store_status(st).cases, 2);
}

static void
the_recorded_time_of_a_case_never_goes_back(void **state)
{
	struct store_fixture *f = *state;
	const int64_t given[] = { 100, 90, 100, 105, 1 }, kept[] = { 100, 100, 100, 105, 105 };
	struct cc_store_kepts k;
	struct cc_store_case c;

	store_begin(f->st);
	for (int i = 0; i < 5; i++) {
		char id[16];

		(void)snprintf(id, sizeof id, "e%d", i);
		(void)store_event(f->st, "c", id, given[i]);
	}
	(void)store_event(f->st, "other", "x", 3);
	store_commit(f->st);
	ok(cc_store_case_events(f->st, &(struct cc_store_events_of){ S("c"), 0, 10 }, &f->a, &k,
	    NULL));
	assert_int_equal(k.n, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(k.items[i].recorded.s, kept[i]);
	ok(cc_store_case_load(f->st, S("other"), &f->a, &c, NULL));
	assert_int_equal(c.recorded.s, 3);
}

static void
events_come_back_in_order_page_by_page(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_events_of q = { S("c"), 0, 7 };
	int64_t seq[40], before = 0;
	int seen = 0;

	store_begin(f->st);
	for (int i = 0; i < 40; i++) {
		char id[16];

		(void)snprintf(id, sizeof id, "e%d", i);
		seq[i] = store_event(f->st, i % 2 == 0 ? "c" : "d", id, i);
		assert_true(seq[i] > before);
		before = seq[i];
	}
	store_commit(f->st);
	for (;;) {
		struct cc_store_kepts k;

		ok(cc_store_case_events(f->st, &q, &f->a, &k, NULL));
		for (uint32_t i = 0; i < k.n; i++, seen++) {
			char body[32];

			assert_int_equal(k.items[i].seq, seq[seen * 2]);
			(void)snprintf(body, sizeof body, "body of e%d", seen * 2);
			assert_text(k.items[i].bytes, body);
		}
		if (k.next == 0)
			break;
		assert_int_equal(k.n, 7);
		q.after = k.next;
	}
	assert_int_equal(seen, 20);
}

static void
a_page_that_ends_with_the_last_row_has_no_next(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_kepts k;
	struct cc_store_cases c;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	(void)store_event(f->st, "c", "e2", 1);
	store_commit(f->st);
	ok(cc_store_case_events(f->st, &(struct cc_store_events_of){ S("c"), 0, 2 }, &f->a, &k,
	    NULL));
	assert_int_equal(k.n, 2);
	assert_int_equal(k.next, 0);
	ok(cc_store_cases_list(f->st, &(struct cc_store_cases_from){ S(""), 1 }, &f->a, &c,
	    NULL));
	assert_int_equal(c.n, 1);
	assert_int_equal(c.next.n, 0);
	ok(cc_store_case_events(f->st, &(struct cc_store_events_of){ S("nobody"), 0, 2 }, &f->a,
	    &k, NULL));
	assert_int_equal(k.n, 0);
}

static void
bytes_may_hold_anything(void **state)
{
	struct store_fixture *f = *state;
	static const char raw[] = "\0\xff\0'; DROP TABLE events; --\x80";
	const struct cc_store_event e = { S("/s'; --"), S("e\"%s"), S("c' OR 1=1"),
	    { raw, sizeof raw - 1 }, W(1) };
	struct cc_store_appended r;
	struct cc_store_kepts k;

	store_begin(f->st);
	ok(cc_store_event_append(f->st, &e, &r, NULL));
	store_commit(f->st);
	ok(cc_store_case_events(f->st, &(struct cc_store_events_of){ e.case_id, 0, 2 }, &f->a,
	    &k, NULL));
	assert_int_equal(k.n, 1);
	assert_int_equal(k.items[0].bytes.n, sizeof raw - 1);
	assert_memory_equal(k.items[0].bytes.p, raw, sizeof raw - 1);
}

static void
the_largest_event_is_kept_and_a_larger_one_refused(void **state)
{
	struct store_fixture *f = *state;
	char *big = cc_arena_alloc(&f->a, CC_COMPACT_MAX + 1);
	struct cc_store_event e = { S("/s"), S("big"), S("c"), { big, CC_COMPACT_MAX }, W(1) };
	struct cc_store_appended r = { 0 };
	struct cc_store_kepts k;

	memset(big, 'x', CC_COMPACT_MAX + 1);
	store_begin(f->st);
	ok(cc_store_event_append(f->st, &e, &r, NULL));
	e.bytes.n++;
	e.id = S("bigger");
	r.seq = -7;
	assert_int_equal(cc_store_event_append(f->st, &e, &r, NULL), CC_EINVAL);
	assert_int_equal(r.seq, -7);
	store_commit(f->st);
	ok(cc_store_case_events(f->st, &(struct cc_store_events_of){ S("c"), 0, 2 }, &f->a, &k,
	    NULL));
	assert_int_equal(k.n, 1);
	assert_memory_equal(k.items[0].bytes.p, big, CC_COMPACT_MAX);
}

/* --- cases --------------------------------------------------------------- */

static void
an_unknown_case_is_absent(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_case c = { .exists = true };

	ok(cc_store_case_load(f->st, S("nobody"), &f->a, &c, NULL));
	assert_false(c.exists);
	assert_int_equal(c.ninstances, 0);
	assert_false(cc_given(c.wake));
}

static void
a_case_with_events_only_is_at_version_0(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_case c;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 42);
	store_commit(f->st);
	ok(cc_store_case_load(f->st, S("c"), &f->a, &c, NULL));
	assert_true(c.exists);
	assert_int_equal(c.version, 0);
	assert_text(c.id, "c");
	assert_text(c.stamps.pack, "");
	assert_text(c.first_source, "/s");
	assert_int_equal(c.recorded.s, 42);
	assert_int_equal(c.last_seq, 1);
	assert_false(cc_given(c.wake));
}

static void
check_instance(const struct cc_instance *got, const struct cc_instance *want)
{
	assert_true(cc_str_eq(got->rule, want->rule));
	assert_true(cc_str_eq(got->subject, want->subject));
	assert_true(cc_str_eq(got->origin_id, want->origin_id));
	assert_true(cc_str_eq(got->origin_source, want->origin_source));
	assert_int_equal(got->same, want->same);
	assert_int_equal(got->epoch, want->epoch);
	assert_int_equal(got->told, want->told);
	assert_int_equal(got->live, want->live);
	assert_int_equal(got->present, want->present);
	assert_int_equal(got->state, want->state);
	assert_true(got->started.s == want->started.s);
	assert_true(got->due.s == want->due.s);
	assert_true(got->told_due.s == want->told_due.s);
	assert_true(got->known.s == want->known.s);
	assert_int_equal(got->ndone, want->ndone);
	if (want->ndone > 0)
		assert_memory_equal(got->done, want->done, want->ndone * sizeof *want->done);
}

static void
a_case_comes_back_as_it_was_put(void **state)
{
	struct store_fixture *f = *state;
	static const uint32_t done[] = { 1, 0xffffffff, 0x12345678 };
	const struct cc_instance v[] = {
		{ .rule = S("r-1"), .subject = S("v1"), .origin_id = S("e-1"),
		  .origin_source = S("/s"), .same = 2, .epoch = 3, .told = true, .live = true,
		  .present = true, .state = CC_STATE_OVERDUE, .started = W(0), .due = W(-5),
		  .told_due = W(INT64_MAX), .known = CC_NEVER, .done = done, .ndone = 3 },
		{ .rule = S("r-1"), .subject = S("v2"), .origin_id = S("e-1"),
		  .origin_source = S("/s"), .epoch = UINT32_MAX, .state = CC_STATE_FAILED,
		  .started = CC_NEVER, .due = CC_NEVER, .told_due = CC_NEVER,
		  .known = W(1800000000) },
		{ .rule = S("r-2"), .live = true, .state = CC_STATE_RUNNING,
		  .started = W(INT64_MIN + 1), .due = W(INT64_MAX), .told_due = W(7),
		  .known = W(8) },
	};
	const struct cc_store_put p = { .case_id = S("c"), .expected = 0, .stamps = STAMPS,
	    .wake = W(777), .instances = v, .ninstances = 3 };
	struct cc_store_case c;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 42);
	ok(cc_store_case_put(f->st, &p, NULL));
	store_commit(f->st);
	ok(cc_store_case_load(f->st, S("c"), &f->a, &c, NULL));
	assert_int_equal(c.version, 1);
	assert_text(c.stamps.pack, "pack-1");
	assert_text(c.stamps.calendar, "calendar-1");
	assert_text(c.stamps.zones, "zones-1");
	assert_int_equal(c.wake.s, 777);
	assert_int_equal(c.nlive, 2);
	assert_int_equal(c.ninstances, 3);
	for (int i = 0; i < 3; i++)
		check_instance(&c.instances[i], &v[i]);
	assert_int_equal(store_status(f->st).live, 2);
	assert_int_equal(store_status(f->st).open_cases, 1);
}

static void
a_put_against_another_version_is_a_conflict(void **state)
{
	struct cc_store *st = ((struct store_fixture *)*state)->st;
	struct store_fixture *f = *state;
	struct cc_store_case c;

	store_begin(st);
	assert_int_equal(store_put(st, "c", 0, W(5)), CC_ENOENT);
	(void)store_event(st, "c", "e1", 42);
	ok(store_put(st, "c", 0, W(5)));
	assert_int_equal(store_put(st, "c", 0, W(6)), CC_ECONFLICT);
	assert_int_equal(store_put(st, "c", 2, W(6)), CC_ECONFLICT);
	ok(store_put(st, "c", 1, W(8)));
	store_commit(st);	/* the refusals spoiled nothing */
	ok(cc_store_case_load(st, S("c"), &f->a, &c, NULL));
	assert_int_equal(c.version, 2);
	assert_int_equal(c.wake.s, 8);
}

static void
cases_are_listed_in_the_order_of_their_bytes(void **state)
{
	struct store_fixture *f = *state;
	static const char *const ids[] = { "b", "a", "B", "aa", "10", "9", "\xc3\xa9", "a-" };
	static const char *const sorted[] = { "10", "9", "B", "a", "a-", "aa", "b",
	    "\xc3\xa9" };
	struct cc_store_cases_from q = { S(""), 3 };
	size_t seen = 0;

	store_begin(f->st);
	for (size_t i = 0; i < 8; i++) {
		char id[16];

		(void)snprintf(id, sizeof id, "e%zu", i);
		(void)store_event(f->st, ids[i], id, (int64_t)i);
	}
	ok(store_put(f->st, "a", 0, W(9)));
	store_commit(f->st);
	for (;;) {
		struct cc_store_cases c;

		ok(cc_store_cases_list(f->st, &q, &f->a, &c, NULL));
		for (uint32_t i = 0; i < c.n; i++, seen++) {
			assert_text(c.items[i].id, sorted[seen]);
			assert_true(c.items[i].exists);
			assert_int_equal(cc_given(c.items[i].wake), seen == 3);
			assert_int_equal(c.items[i].version, seen == 3);
			assert_null(c.items[i].instances);
		}
		if (c.next.n == 0)
			break;
		q.after = c.next;
	}
	assert_int_equal(seen, 8);
}

/* --- transactions -------------------------------------------------------- */

static void
a_rollback_takes_everything_back(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_status before, after;
	struct cc_store_added added;
	struct cc_store_case c;
	struct cc_store_alert al = store_alert("c", "r", "breach");
	struct cc_store_message m = store_message("m1", "c", 5);
	const struct cc_store_put new_stamps = { .case_id = S("d"),
	    .stamps = { S("pack-9"), S("calendar-9"), S("zones-9") }, .wake = W(5) };
	struct cc_wall next;
	bool first;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 42);
	ok(store_put(f->st, "c", 0, W(50)));
	store_commit(f->st);
	before = store_status(f->st);
	for (int i = 0; i < 2; i++) {
		store_begin(f->st);
		assert_int_equal(store_event(f->st, "c", "e2", 43), 2);
		assert_int_equal(store_event(f->st, "d", "e3", 43), 3);
		ok(store_put(f->st, "c", 1, W(5)));
		ok(cc_store_case_put(f->st, &new_stamps, NULL));
		al.origin_source = S("/never seen before");
		ok(cc_store_alert_add(f->st, &al, &added, NULL));
		assert_true(added.added);
		ok(cc_store_outbox_add(f->st, &m, &added, NULL));
		assert_true(added.added);
		ok(cc_store_notice(f->st, S("cause"), 5, &first, NULL));
		assert_true(first);
		ok(cc_store_meta_put(f->st, S("key"), S("value"), NULL));
		cc_store_rollback(f->st);
		after = store_status(f->st);
		after.commits = before.commits;
		after.log_bytes = before.log_bytes;
		after.file_bytes = before.file_bytes;
		assert_memory_equal(&after, &before, sizeof before);
		ok(cc_store_wake_next(f->st, &next, NULL));
		assert_int_equal(next.s, 50);
	}
	ok(cc_store_case_load(f->st, S("d"), &f->a, &c, NULL));
	assert_false(c.exists);
	assert_int_equal(cc_store_meta_get(f->st, S("key"), &f->a, &c.id, NULL), CC_ENOENT);
	/* What was learnt in the transaction is forgotten with it: it works anew. */
	store_begin(f->st);
	(void)store_event(f->st, "d", "e3", 43);
	ok(cc_store_case_put(f->st, &new_stamps, NULL));
	ok(cc_store_alert_add(f->st, &al, &added, NULL));
	store_commit(f->st);
	ok(cc_store_case_load(f->st, S("d"), &f->a, &c, NULL));
	assert_text(c.stamps.zones, "zones-9");
	ok(cc_store_alert_get(f->st, added.id, &f->a, &al, NULL));
	assert_text(al.origin_source, "/never seen before");
}

static void
stamps_of_a_rollback_are_forgotten(void **state)
{
	struct store_fixture *f = *state;
	const struct cc_store_put put = { .case_id = S("c"),
	    .stamps = { S("pack-9"), S("calendar-9"), S("zones-9") }, .wake = CC_NEVER };
	struct cc_store_case c;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 42);
	store_commit(f->st);
	store_begin(f->st);
	ok(cc_store_case_put(f->st, &put, NULL));
	cc_store_rollback(f->st);
	store_begin(f->st);
	ok(cc_store_case_put(f->st, &put, NULL));
	store_commit(f->st);
	ok(cc_store_case_load(f->st, S("c"), &f->a, &c, NULL));
	assert_text(c.stamps.pack, "pack-9");
}

static void
transactions_are_asked_for(void **state)
{
	struct store_fixture *f = *state;
	struct cc_err err = { 0 };
	struct cc_store_appended r = { .seq = -7 };
	const struct cc_store_event e = { S("/s"), S("e"), S("c"), S("b"), W(1) };

	assert_int_equal(cc_store_commit(f->st, &err), CC_EINVAL);
	assert_int_equal(err.code, CC_EINVAL);
	assert_int_equal(cc_store_event_append(f->st, &e, &r, &err), CC_EINVAL);
	assert_int_equal(r.seq, -7);
	assert_int_equal(store_put(f->st, "c", 0, W(1)), CC_EINVAL);
	store_begin(f->st);
	assert_int_equal(cc_store_begin(f->st, &err), CC_EINVAL);
	assert_int_equal(cc_store_verify(f->st, &err), CC_EINVAL);
	assert_int_equal(cc_store_backup(f->st, "/nowhere/x", &err), CC_EINVAL);
	store_commit(f->st);
	cc_store_rollback(f->st);	/* nothing is open: nothing happens */
}

struct commits {
	struct cc_store *st;
	uint64_t number;
	int calls;
	bool answered;
};

static void
on_committed(void *self, uint64_t number)
{
	struct commits *c = self;

	assert_false(c->answered);
	c->number = number;
	c->calls++;
}

static void
the_commit_is_told_before_anything_can_be_answered(void **state)
{
	struct store_fixture *f = *state;
	struct commits c = { .st = f->st };
	const struct cc_store_hooks hooks = { .committed = on_committed, .self = &c };

	cc_store_fault(f->st, &hooks);
	for (int i = 1; i <= 3; i++) {
		char id[16];

		(void)snprintf(id, sizeof id, "e%d", i);
		c.answered = false;
		store_begin(f->st);
		(void)store_event(f->st, "c", id, 1);
		assert_int_equal(c.calls, i - 1);	/* not yet durable */
		store_commit(f->st);
		c.answered = true;
		assert_int_equal(c.calls, i);
		assert_int_equal(c.number, i);
	}
	store_begin(f->st);
	(void)store_event(f->st, "c", "rolled back", 1);
	cc_store_rollback(f->st);
	assert_int_equal(c.calls, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(an_event_is_new_once_then_a_duplicate),
		BOTH(the_same_identity_with_other_content_is_a_conflict),
		BOTH(the_recorded_time_of_a_case_never_goes_back),
		BOTH(events_come_back_in_order_page_by_page),
		BOTH(a_page_that_ends_with_the_last_row_has_no_next),
		BOTH(bytes_may_hold_anything),
		BOTH(the_largest_event_is_kept_and_a_larger_one_refused),
		BOTH(an_unknown_case_is_absent),
		BOTH(a_case_with_events_only_is_at_version_0),
		BOTH(a_case_comes_back_as_it_was_put),
		BOTH(a_put_against_another_version_is_a_conflict),
		BOTH(cases_are_listed_in_the_order_of_their_bytes),
		BOTH(a_rollback_takes_everything_back),
		BOTH(stamps_of_a_rollback_are_forgotten),
		BOTH(transactions_are_asked_for),
		BOTH(the_commit_is_told_before_anything_can_be_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
