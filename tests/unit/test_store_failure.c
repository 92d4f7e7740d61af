/* Limits, readers and failures, of every store: on SQLite and in memory. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "store/ops.h"

/* --- limits -------------------------------------------------------------- */

static void
every_list_has_a_limit(void **state)
{
	struct store_fixture *f = *state;
	static const uint32_t wrong[] = { 0, CC_STORE_LIST_MAX + 1, UINT32_MAX };

	store_begin(f->st);
	for (int i = 0; i < 3; i++) {
		uint32_t n = wrong[i];
		struct cc_store_kepts kepts;
		struct cc_store_cases cases;
		struct cc_store_wakes wakes;
		struct cc_store_alerts alerts;
		struct cc_store_acks acks;
		struct cc_store_messages messages;
		struct cc_store_attempts attempts;
		struct cc_store_audits audits;
		struct cc_store_silences silences;
		struct cc_err err = { 0 };

		assert_int_equal(cc_store_case_events(f->st, &(struct cc_store_events_of){
		    S("c"), 0, n }, &f->a, &kepts, &err), CC_EINVAL);
		assert_int_equal(cc_store_cases_list(f->st, &(struct cc_store_cases_from){
		    S(""), n }, &f->a, &cases, &err), CC_EINVAL);
		assert_int_equal(cc_store_wakes_due(f->st, &(struct cc_store_due){ W(1), n },
		    &f->a, &wakes, &err), CC_EINVAL);
		assert_int_equal(cc_store_stale_list(f->st, &(struct cc_store_stale){ STAMPS, n },
		    &f->a, &wakes, &err), CC_EINVAL);
		assert_int_equal(cc_store_alerts_list(f->st, &(struct cc_store_alert_filter){
		    .limit = n }, &f->a, &alerts, &err), CC_EINVAL);
		assert_int_equal(cc_store_acks_list(f->st, &(struct cc_store_acks_of){ S("c"),
		    W(1), n }, &f->a, &acks, &err), CC_EINVAL);
		assert_int_equal(cc_store_messages_list(f->st, &(struct cc_store_message_filter){
		    .limit = n }, &f->a, &messages, &err), CC_EINVAL);
		assert_int_equal(cc_store_outbox_claim(f->st, &(struct cc_store_claim){ .now = W(1),
		    .lease = 60, .limit = n, .owner = S("me") }, &f->a, &messages, &err),
		    CC_EINVAL);
		assert_int_equal(cc_store_attempts_list(f->st, &(struct cc_store_attempt_filter){
		    1, 0, n }, &f->a, &attempts, &err), CC_EINVAL);
		assert_int_equal(cc_store_silences_list(f->st,
		    &(struct cc_store_silence_filter){ .now = W(1), .limit = n }, &f->a,
		    &silences, &err), CC_EINVAL);
		assert_int_equal(cc_store_audit_list(f->st, &(struct cc_store_audit_from){ 0, n },
		    &f->a, &audits, &err), CC_EINVAL);
	}
	store_commit(f->st);
}

static void
texts_that_are_too_long_are_refused(void **state)
{
	struct store_fixture *f = *state;
	char *big = cc_arena_alloc(&f->a, CC_STORE_PAYLOAD_MAX + 1);
	const struct cc_str id = { big, CC_STORE_ID_MAX + 1 };
	const struct cc_str text = { big, CC_STORE_TEXT_MAX + 1 };
	const struct cc_str payload = { big, CC_STORE_PAYLOAD_MAX + 1 };
	struct cc_store_alert al = store_alert("c", "r", "breach");
	struct cc_store_message m = store_message("m", "c", 1);
	struct cc_store_added r;
	struct cc_store_appended ap;
	struct cc_err err = { 0 };

	memset(big, 'a', CC_STORE_PAYLOAD_MAX + 1);
	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	for (int i = 0; i < 3; i++) {
		struct cc_store_event e = { S("/s"), S("e"), S("c"), S("b"), W(1) };

		*(i == 0 ? &e.source : i == 1 ? &e.id : &e.case_id) = id;
		assert_int_equal(cc_store_event_append(f->st, &e, &ap, &err), CC_EINVAL);
		*(i == 0 ? &e.source : i == 1 ? &e.id : &e.case_id) = S("");
		assert_int_equal(cc_store_event_append(f->st, &e, &ap, &err), CC_EINVAL);
	}
	al.rule = id;
	assert_int_equal(cc_store_alert_add(f->st, &al, &r, &err), CC_EINVAL);
	m.payload = payload;
	assert_int_equal(cc_store_outbox_add(f->st, &m, &r, &err), CC_EINVAL);
	m = store_message("m", "c", 1);
	m.address = text;
	assert_int_equal(cc_store_outbox_add(f->st, &m, &r, &err), CC_EINVAL);
	assert_int_equal(cc_store_meta_put(f->st, text, S(""), &err), CC_EINVAL);
	assert_int_equal(cc_store_meta_put(f->st, S("k"), (struct cc_str){ big,
	    CC_STORE_META_MAX + 1 }, &err), CC_EINVAL);
	store_commit(f->st);
	assert_int_equal(store_status(f->st).events, 1);
}

static void
a_full_arena_is_an_error_and_nothing_more(void **state)
{
	struct store_fixture *f = *state;
	struct cc_arena small = { .more = f->a.more, .limit = 1 };
	struct cc_store_case c = { .version = -7 };
	struct cc_store_kepts k = { .n = 77 };

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	store_commit(f->st);
	assert_int_equal(cc_store_case_load(f->st, S("c"), &small, &c, NULL), CC_ENOMEM);
	assert_int_equal(c.version, -7);
	assert_int_equal(cc_store_case_events(f->st, &(struct cc_store_events_of){ S("c"), 0, 9 },
	    &small, &k, NULL), CC_ENOMEM);
	assert_int_equal(k.n, 77);
	cc_arena_done(&small);
	ok(cc_store_case_load(f->st, S("c"), &f->a, &c, NULL));
	assert_true(c.exists);
}

/* --- readers ------------------------------------------------------------- */

static void
a_reader_sees_only_what_was_committed(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store *reader;
	struct cc_store_case c;

	ok(cc_store_open_reader(f->st, &reader, NULL));
	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	ok(cc_store_case_load(reader, S("c"), &f->a, &c, NULL));
	assert_false(c.exists);
	assert_int_equal(store_status(reader).events, 0);
	store_commit(f->st);
	ok(cc_store_case_load(reader, S("c"), &f->a, &c, NULL));
	assert_true(c.exists);
	assert_int_equal(store_status(reader).events, 1);
	store_begin(f->st);
	(void)store_event(f->st, "c", "e2", 1);
	cc_store_rollback(f->st);
	assert_int_equal(store_status(reader).events, 1);
	cc_store_close(reader);
}

static void
a_readers_transaction_is_one_snapshot(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store *reader;
	struct cc_store_kepts k;
	const struct cc_store_events_of q = { S("c"), 0, 10 };

	ok(cc_store_open_reader(f->st, &reader, NULL));
	store_begin(reader);
	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	store_commit(f->st);
	ok(cc_store_case_events(reader, &q, &f->a, &k, NULL));
	assert_int_equal(k.n, 0);
	assert_int_equal(store_status(reader).events, 0);
	store_commit(reader);
	ok(cc_store_case_events(reader, &q, &f->a, &k, NULL));
	assert_int_equal(k.n, 1);
	cc_store_close(reader);
}

static void
a_reader_writes_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store *reader;
	struct cc_store_wakes w;
	struct cc_wall next;
	struct cc_err err = { 0 };
	const struct cc_store_event e = { S("/s"), S("e"), S("c"), S("b"), W(1) };
	struct cc_store_appended r;
	uint32_t n;

	ok(cc_store_open_reader(f->st, &reader, NULL));
	store_begin(reader);
	assert_int_equal(cc_store_event_append(reader, &e, &r, &err), CC_EINVAL);
	assert_int_equal(cc_store_meta_put(reader, S("k"), S("v"), &err), CC_EINVAL);
	assert_int_equal(cc_store_outbox_extend(reader, 1, 1, W(9), &err), CC_EINVAL);
	assert_int_equal(cc_store_outbox_release(reader, S("group"), W(9), &n, &err), CC_EINVAL);
	assert_int_equal(cc_store_outbox_bounce(reader, S("m"), S("c"), S("d"), W(9), &err),
	    CC_EINVAL);
	assert_int_equal(cc_store_silence_end(reader, 1, W(9), &err), CC_EINVAL);
	cc_store_rollback(reader);
	assert_int_equal(cc_store_wakes_due(reader, &(struct cc_store_due){ W(1), 1 }, &f->a, &w,
	    &err), CC_EINVAL);
	assert_int_equal(cc_store_wake_next(reader, &next, &err), CC_EINVAL);
	ok(cc_store_verify(reader, NULL));
	/* The writer may go first. */
	cc_store_close(f->st);
	f->st = NULL;
	assert_int_equal(store_status(reader).events, 0);
	cc_store_close(reader);
}

struct looker {
	struct cc_store *reader;
	_Atomic int looks;
	bool torn;
	_Atomic bool stop;
};

/* In every snapshot the case has as many events as its version says. */
static void *
look(void *self)
{
	struct looker *l = self;
	struct cc_arena a;

	cc_store_arena_init(&a, 1 << 24);
	while (!l->stop) {
		struct cc_store_case c = { 0 };
		struct cc_store_kepts k = { 0 };

		if (cc_store_begin(l->reader, NULL) != CC_OK ||
		    cc_store_case_load(l->reader, S("c"), &a, &c, NULL) != CC_OK ||
		    cc_store_case_events(l->reader, &(struct cc_store_events_of){ S("c"), 0,
		    CC_STORE_LIST_MAX }, &a, &k, NULL) != CC_OK ||
		    cc_store_commit(l->reader, NULL) != CC_OK || (int64_t)k.n != c.version * 2)
			l->torn = true;
		l->looks++;
		cc_arena_reset(&a);
	}
	cc_arena_done(&a);
	return NULL;
}

static void
a_reader_in_another_thread_never_sees_half_a_group(void **state)
{
	struct store_fixture *f = *state;
	struct looker l = { .looks = 0 };
	pthread_t thread;

	ok(cc_store_open_reader(f->st, &l.reader, NULL));
	assert_int_equal(pthread_create(&thread, NULL, look, &l), 0);
	while (l.looks == 0)
		(void)sched_yield();	/* it looks while the groups are written */
	for (int64_t i = 0; i < 300; i++) {
		store_begin(f->st);
		(void)store_event(f->st, "c", store_text("a%d", (int)i).p, i);
		(void)store_event(f->st, "c", store_text("b%d", (int)i).p, i);
		ok(store_put(f->st, "c", i, W(i)));
		if (i % 7 == 0) {
			cc_store_rollback(f->st);
			store_begin(f->st);
			(void)store_event(f->st, "c", store_text("a%d", (int)i).p, i);
			(void)store_event(f->st, "c", store_text("c%d", (int)i).p, i);
			ok(store_put(f->st, "c", i, W(i)));
		}
		store_commit(f->st);
	}
	l.stop = true;
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(l.looks > 0);
	assert_false(l.torn);
	cc_store_close(l.reader);
}

/* --- faults -------------------------------------------------------------- */

struct faults {
	int left;		/* steps before the one that fails; below 0: it came */
	int steps;
};

static bool
on_step(void *self, const char *step)
{
	struct faults *f = self;

	(void)step;
	f->steps++;
	return f->left-- == 0;
}

/* The rest of what is done to messages, and silences: the first message is claimed under
 * `fence`, the second was sent. */
static enum cc_code
other_writes(struct store_fixture *f, const struct cc_store_message *claimed)
{
	const struct cc_store_silence quiet = { .rule = S("r"), .by = S("admin"), .at = W(1),
	    .until = W(200) };
	struct cc_store_outcome o = { .no = claimed->no, .fence = claimed->fence,
	    .to = CC_OUTBOX_GROUPED, .now = W(102), .started = CC_NEVER, .next = CC_NEVER };
	struct cc_store_message m = store_message("m3", "c", 500);
	struct cc_store_added ad = { .id = -7 };
	int64_t id = -7;
	uint32_t n = 77;
	enum cc_code row = CC_EBUG, code;

	m.channel = S("a new channel");
	m.hold = S("group");
	if ((code = cc_store_outbox_add(f->st, &m, &ad, NULL)) != CC_OK) {
		assert_int_equal(ad.id, -7);
		return code;
	}
	if ((code = cc_store_outbox_extend(f->st, o.no, o.fence, W(900), NULL)) != CC_OK)
		return code;
	if ((code = cc_store_outbox_release(f->st, m.hold, W(5), &n, NULL)) != CC_OK) {
		assert_int_equal(n, 77);
		return code;
	}
	assert_int_equal(n, 1);
	o.carrier = ad.id;
	if ((code = cc_store_outbox_complete(f->st, &o, 1, &row, NULL)) != CC_OK) {
		assert_int_equal(row, CC_EBUG);
		return code;
	}
	assert_int_equal(row, CC_OK);
	if ((code = cc_store_silence_add(f->st, &quiet, &id, NULL)) != CC_OK) {
		assert_int_equal(id, -7);
		return code;
	}
	if ((code = cc_store_silence_end(f->st, id, W(7), NULL)) != CC_OK)
		return code;
	return cc_store_outbox_bounce(f->st, S("m1"), S("5.1.1"), S("gone"), W(8), NULL);
}

/* Everything that one group of the engine does; stops at the first failure. */
static enum cc_code
one_group(struct store_fixture *f)
{
	const struct cc_store_event e = { S("/new source"), S("e2"), S("c"), S("b"), W(1) };
	const struct cc_store_alert al = store_alert("c", "r", "breach");
	const struct cc_store_message m = store_message("m2", "c", 1);
	const struct cc_store_claim claim = { .now = W(100), .lease = 60, .limit = 10,
	    .owner = S("me") };
	struct cc_store_outcome o = { .to = CC_OUTBOX_SENT, .now = W(101), .started = W(100),
	    .ended = W(101), .attempt = CC_ATTEMPT_SENT, .next = CC_NEVER };
	struct cc_store_appended ap = { .seq = -7 };
	struct cc_store_added ad = { .id = -7 };
	struct cc_store_messages ms = { .next = -7 };
	struct cc_store_case c = { .version = -7 };
	enum cc_code row = CC_EBUG, code;
	bool first = true;

	if ((code = cc_store_begin(f->st, NULL)) != CC_OK)
		return code;
	if ((code = cc_store_event_append(f->st, &e, &ap, NULL)) != CC_OK) {
		assert_int_equal(ap.seq, -7);
		return code;
	}
	if ((code = cc_store_case_load(f->st, S("c"), &f->a, &c, NULL)) != CC_OK) {
		assert_int_equal(c.version, -7);
		return code;
	}
	if ((code = store_put(f->st, "c", 1, W(60))) != CC_OK)
		return code;
	if ((code = cc_store_alert_add(f->st, &al, &ad, NULL)) != CC_OK) {
		assert_int_equal(ad.id, -7);
		return code;
	}
	if ((code = cc_store_outbox_add(f->st, &m, &ad, NULL)) != CC_OK)
		return code;
	if ((code = cc_store_outbox_claim(f->st, &claim, &f->a, &ms, NULL)) != CC_OK) {
		assert_int_equal(ms.next, -7);
		return code;
	}
	assert_int_equal(ms.n, 2);
	o.no = ms.items[0].no;
	o.fence = ms.items[0].fence;
	if ((code = cc_store_outbox_complete(f->st, &o, 1, &row, NULL)) != CC_OK) {
		assert_int_equal(row, CC_EBUG);
		return code;
	}
	assert_int_equal(row, CC_OK);
	if ((code = other_writes(f, &ms.items[1])) != CC_OK)
		return code;
	if ((code = cc_store_notice(f->st, S("cause"), 9, &first, NULL)) != CC_OK)
		return code;
	if ((code = cc_store_meta_put(f->st, S("k"), S("v"), NULL)) != CC_OK)
		return code;
	return cc_store_commit(f->st, NULL);
}

static void
a_failure_at_any_step_leaves_nothing_half_done(void **state)
{
	struct store_fixture *f = *state;
	const struct cc_store_message m = store_message("m1", "c", 1);
	struct cc_store_added ad;
	struct cc_store_status before, after;
	struct faults faults = { .left = 0 };
	const struct cc_store_hooks hooks = { .fault = on_step, .self = &faults };
	struct cc_wall next;
	int n;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	ok(store_put(f->st, "c", 0, W(50)));
	ok(cc_store_outbox_add(f->st, &m, &ad, NULL));
	store_commit(f->st);
	before = store_status(f->st);
	for (n = 0;; n++) {
		enum cc_code code;

		faults = (struct faults){ .left = n };
		cc_store_fault(f->st, &hooks);
		code = one_group(f);
		cc_store_fault(f->st, NULL);
		if (code == CC_OK)
			break;
		assert_true(faults.left < 0);
		assert_true(code == CC_EIO || code == CC_ENOMEM);
		cc_store_rollback(f->st);
		after = store_status(f->st);
		after.file_bytes = before.file_bytes;
		after.log_bytes = before.log_bytes;
		assert_memory_equal(&after, &before, sizeof before);
		ok(cc_store_wake_next(f->st, &next, NULL));
		assert_int_equal(next.s, 50);
		ok(cc_store_verify(f->st, NULL));
		if (!f->memory && n % 8 == 0) {
			store_reopen(f);
			before = store_status(f->st);
			assert_int_equal(before.events, 1);
		}
		cc_arena_reset(&f->a);
	}
	assert_true(n > 10);
	assert_true(faults.left >= 0);
	after = store_status(f->st);
	assert_int_equal(after.events, 2);
	assert_int_equal(after.outbox[CC_OUTBOX_GROUPED], 1);
	assert_int_equal(after.outbox[CC_OUTBOX_DEAD], 1);
	assert_int_equal(after.outbox[CC_OUTBOX_QUEUED], 1);
}

static void
a_spoiled_transaction_can_only_be_rolled_back(void **state)
{
	struct store_fixture *f = *state;
	struct faults faults = { .left = 0 };
	const struct cc_store_hooks hooks = { .fault = on_step, .self = &faults };
	const struct cc_store_event e = { S("/s"), S("e1"), S("c"), S("b"), W(1) };
	struct cc_store_appended r;
	struct cc_err err = { 0 };
	enum cc_code code;

	store_begin(f->st);
	cc_store_fault(f->st, &hooks);
	code = cc_store_event_append(f->st, &e, &r, &err);
	assert_true(code == CC_EIO || code == CC_ENOMEM);
	cc_store_fault(f->st, NULL);
	assert_int_equal(cc_store_event_append(f->st, &e, &r, &err), CC_EIO);
	assert_int_equal(cc_store_commit(f->st, &err), CC_EIO);
	assert_int_equal(cc_store_begin(f->st, &err), CC_EINVAL);
	cc_store_rollback(f->st);
	store_begin(f->st);
	ok(cc_store_event_append(f->st, &e, &r, NULL));
	assert_int_equal(r.seq, 1);
	/* A commit that failed is not simply tried again. */
	faults.left = 0;
	cc_store_fault(f->st, &hooks);
	assert_int_equal(cc_store_commit(f->st, &err), CC_EIO);
	cc_store_fault(f->st, NULL);
	assert_int_equal(cc_store_commit(f->st, &err), CC_EIO);
	cc_store_rollback(f->st);
	assert_int_equal(store_status(f->st).events, 0);
	store_begin(f->st);
	ok(cc_store_event_append(f->st, &e, &r, NULL));
	store_commit(f->st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(every_list_has_a_limit),
		BOTH(texts_that_are_too_long_are_refused),
		BOTH(a_full_arena_is_an_error_and_nothing_more),
		BOTH(a_reader_sees_only_what_was_committed),
		BOTH(a_readers_transaction_is_one_snapshot),
		BOTH(a_reader_writes_nothing),
		BOTH(a_reader_in_another_thread_never_sees_half_a_group),
		BOTH(a_failure_at_any_step_leaves_nothing_half_done),
		BOTH(a_spoiled_transaction_can_only_be_rolled_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
