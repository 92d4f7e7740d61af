/* What every store promises of alerts and small things: on SQLite and in memory. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* --- alerts -------------------------------------------------------------- */

static void
a_rung_is_fired_once_per_instance_and_epoch(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_alert base = store_alert("c", "r", "breach"), row;
	struct cc_store_added first, other;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	(void)store_event(f->st, "d", "e2", 1);
	ok(cc_store_alert_add(f->st, &base, &first, NULL));
	assert_true(first.added);
	for (int i = 0; i < 9; i++) {
		struct cc_store_alert al = base;

		switch (i) {
		case 0: break;			/* the same again */
		case 1: al.rung = S("after-4h"); break;
		case 2: al.epoch = 2; break;
		case 3: al.same = 1; break;
		case 4: al.subject = S("v2"); break;
		case 5: al.origin_id = S("e-9"); break;
		case 6: al.origin_source = S("/t"); break;
		case 7: al.rule = S("r2"); break;
		default: al.case_id = S("d"); break;
		}
		al.fired = W(5555);
		ok(cc_store_alert_add(f->st, &al, &other, NULL));
		assert_int_equal(other.added, i > 0);
		assert_int_equal(other.id, first.id + i);
	}
	base.case_id = S("nobody");
	assert_int_equal(cc_store_alert_add(f->st, &base, &other, NULL), CC_ENOENT);
	store_commit(f->st);
	assert_int_equal(store_status(f->st).alerts, 9);
	ok(cc_store_alert_get(f->st, first.id, &f->a, &row, NULL));
	assert_int_equal(row.fired.s, 1001);	/* the first one stays */
	assert_int_equal(cc_store_alert_get(f->st, 99, &f->a, &row, NULL), CC_ENOENT);
}

static void
an_alert_comes_back_as_it_was_added(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_alert al = store_alert("c", "r", "moved"), row;
	struct cc_store_added r;

	al.same = 4;
	al.epoch = 5;
	al.period = 6;
	al.late = true;
	al.ended = W(-1);
	al.previous_due = W(888);
	al.held = S("history");
	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	ok(cc_store_alert_add(f->st, &al, &r, NULL));
	store_commit(f->st);
	ok(cc_store_alert_get(f->st, r.id, &f->a, &row, NULL));
	assert_text(row.case_id, "c");
	assert_text(row.rule, "r");
	assert_text(row.subject, "v1");
	assert_text(row.origin_id, "e-1");
	assert_text(row.origin_source, "/s");
	assert_text(row.rung, "moved");
	assert_text(row.to, "caseworker supervisor");
	assert_text(row.held, "history");
	assert_int_equal(row.same, 4);
	assert_int_equal(row.epoch, 5);
	assert_int_equal(row.period, 6);
	assert_int_equal(row.severity, CC_CRITICAL);
	assert_int_equal(row.state, CC_STATE_OVERDUE);
	assert_int_equal(row.at.s, 1000);
	assert_int_equal(row.fired.s, 1001);
	assert_int_equal(row.started.s, 500);
	assert_int_equal(row.due.s, 999);
	assert_int_equal(row.ended.s, -1);
	assert_int_equal(row.known.s, 501);
	assert_int_equal(row.previous_due.s, 888);
	assert_true(row.late);
	assert_false(cc_given(row.released));
}

static void
count_alerts(struct store_fixture *f, const char *case_id, bool held, uint32_t expected)
{
	struct cc_store_alert_filter q = { .case_id = S(case_id), .held = held, .limit = 2 };
	uint32_t seen = 0;
	int64_t before = 0;

	for (;;) {
		struct cc_store_alerts l;

		ok(cc_store_alerts_list(f->st, &q, &f->a, &l, NULL));
		for (uint32_t i = 0; i < l.n; i++, seen++) {
			assert_true(l.items[i].id > before);
			before = l.items[i].id;
			if (case_id[0] != '\0')
				assert_text(l.items[i].case_id, case_id);
			if (held)
				assert_text(l.items[i].held, "history");
		}
		if (l.next == 0)
			break;
		q.after = l.next;
	}
	assert_int_equal(seen, expected);
}

static uint32_t
alerts_of(struct store_fixture *f, const char *rule, const char *subject)
{
	const struct cc_store_alert_filter q = { .case_id = S("c"), .rule = S(rule),
	    .subject = S(subject), .limit = 10 };
	struct cc_store_alerts l = { 0 };

	ok(cc_store_alerts_list(f->st, &q, &f->a, &l, NULL));
	for (uint32_t i = 0; i < l.n; i++) {
		if (rule[0] != '\0')
			assert_text(l.items[i].rule, rule);
		if (subject[0] != '\0')
			assert_text(l.items[i].subject, subject);
	}
	return l.n;
}

static void
the_alerts_of_a_case_are_listed_by_rule_and_subject(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_alerts l;
	struct cc_store_added r;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	(void)store_event(f->st, "d", "e2", 1);
	for (int i = 0; i < 12; i++) {
		struct cc_store_alert al = store_alert(i % 2 == 0 ? "c" : "d",
		    i < 8 ? "r" : "q", "breach");

		al.subject = S(i % 3 == 0 ? "v1" : "");
		al.epoch = (uint32_t)i;
		ok(cc_store_alert_add(f->st, &al, &r, NULL));
	}
	store_commit(f->st);
	assert_int_equal(alerts_of(f, "", ""), 6);
	assert_int_equal(alerts_of(f, "r", ""), 4);
	assert_int_equal(alerts_of(f, "q", ""), 2);
	assert_int_equal(alerts_of(f, "no such rule", ""), 0);
	assert_int_equal(alerts_of(f, "breach", ""), 0);	/* a name, not of a rule */
	assert_int_equal(alerts_of(f, "", "v1"), 2);
	assert_int_equal(alerts_of(f, "r", "v1"), 2);
	assert_int_equal(alerts_of(f, "q", "v1"), 0);
	assert_int_equal(alerts_of(f, "r", "v2"), 0);
	assert_int_equal(cc_store_alerts_list(f->st, &(struct cc_store_alert_filter){
	    .rule = S("r"), .limit = 1 }, &f->a, &l, NULL), CC_EINVAL);
	assert_int_equal(cc_store_alerts_list(f->st, &(struct cc_store_alert_filter){
	    .subject = S("v1"), .limit = 1 }, &f->a, &l, NULL), CC_EINVAL);
}

static void
alerts_are_listed_by_case_and_by_being_held(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_added r = { 0 };
	int64_t held = 0, plain = 0;

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	(void)store_event(f->st, "d", "e2", 1);
	for (int i = 0; i < 12; i++) {
		struct cc_store_alert al = store_alert(i % 3 == 0 ? "d" : "c", "r", "breach");

		al.subject = store_text("v%d", i);
		if (i % 4 == 0)
			al.held = S("history");
		ok(cc_store_alert_add(f->st, &al, &r, NULL));
		if (i % 4 == 0)
			held = r.id;
		else
			plain = r.id;
	}
	store_commit(f->st);
	count_alerts(f, "", false, 12);
	count_alerts(f, "c", false, 8);
	count_alerts(f, "d", false, 4);
	count_alerts(f, "nobody", false, 0);
	count_alerts(f, "", true, 3);
	count_alerts(f, "c", true, 2);
	assert_int_equal(store_status(f->st).held, 3);
	store_begin(f->st);
	ok(cc_store_alert_release(f->st, held, W(70), NULL));
	assert_int_equal(cc_store_alert_release(f->st, held, W(71), NULL), CC_ECONFLICT);
	assert_int_equal(cc_store_alert_release(f->st, plain, W(71), NULL), CC_ECONFLICT);
	assert_int_equal(cc_store_alert_release(f->st, 99, W(71), NULL), CC_ENOENT);
	store_commit(f->st);
	count_alerts(f, "", true, 2);
	count_alerts(f, "", false, 12);
	assert_int_equal(store_status(f->st).held, 2);
}

static void
acknowledgements_hold_from_their_instant_to_their_end(void **state)
{
	struct store_fixture *f = *state;
	const struct cc_store_alert al = store_alert("c", "r", "breach");
	struct cc_store_added r;
	struct cc_store_acks k;
	static const struct {
		int64_t now;
		uint32_t n;
	} table[] = { { 99, 0 }, { 100, 1 }, { 150, 2 }, { 199, 2 }, { 200, 1 }, { 299, 1 },
	    { 300, 0 } };

	store_begin(f->st);
	(void)store_event(f->st, "c", "e1", 1);
	ok(cc_store_alert_add(f->st, &al, &r, NULL));
	ok(cc_store_ack_add(f->st, &(struct cc_store_ack){ r.id, S("ann"), W(100), W(200) },
	    NULL));
	ok(cc_store_ack_add(f->st, &(struct cc_store_ack){ r.id, S("bob"), W(150), W(300) },
	    NULL));
	assert_int_equal(cc_store_ack_add(f->st, &(struct cc_store_ack){ 99, S("x"), W(1), W(2) },
	    NULL), CC_ENOENT);
	assert_int_equal(cc_store_ack_add(f->st,
	    &(struct cc_store_ack){ r.id, S("x"), W(2), W(2) }, NULL), CC_EINVAL);
	store_commit(f->st);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		ok(cc_store_acks_list(f->st, &(struct cc_store_acks_of){ S("c"),
		    W(table[i].now), 10 }, &f->a, &k, NULL));
		assert_int_equal(k.n, table[i].n);
	}
	ok(cc_store_acks_list(f->st, &(struct cc_store_acks_of){ S("c"), W(160), 1 }, &f->a, &k,
	    NULL));
	assert_int_equal(k.n, 1);
	assert_text(k.items[0].by, "bob");	/* the newest first */
	assert_int_equal(k.items[0].alert, r.id);
	assert_int_equal(k.items[0].until.s, 300);
}

/* --- small things -------------------------------------------------------- */

static void
a_cause_is_told_once_a_day(void **state)
{
	struct store_fixture *f = *state;
	static const struct {
		const char *cause;
		cc_day day;
		bool first;
	} table[] = { { "no route", 100, true }, { "no route", 100, false },
	    { "other", 100, true }, { "no route", 101, true }, { "no route", 100, false },
	    { "no route", 101, false }, { "third", 900, true },
	    { "no route", 102, true } /* forgotten after 400 days, so told anew */ };

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		bool first = !table[i].first;

		store_begin(f->st);
		ok(cc_store_notice(f->st, S(table[i].cause), table[i].day, &first, NULL));
		assert_int_equal(first, table[i].first);
		store_commit(f->st);
	}
}

static void
the_audit_keeps_what_was_done(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_audits l;

	store_begin(f->st);
	for (int i = 0; i < 3; i++)
		ok(cc_store_audit_add(f->st, &(struct cc_store_audit){ .at = W(i),
		    .who = S("root"), .what = S("redrive"), .detail = store_text("m%d", i) },
		    NULL));
	store_commit(f->st);
	ok(cc_store_audit_list(f->st, &(struct cc_store_audit_from){ 0, 2 }, &f->a, &l, NULL));
	assert_int_equal(l.n, 2);
	assert_text(l.items[1].detail, "m1");
	assert_text(l.items[1].who, "root");
	assert_text(l.items[1].what, "redrive");
	ok(cc_store_audit_list(f->st, &(struct cc_store_audit_from){ l.next, 2 }, &f->a, &l,
	    NULL));
	assert_int_equal(l.n, 1);
	assert_int_equal(l.items[0].at.s, 2);
	assert_int_equal(l.next, 0);
}

static void
a_meta_value_can_be_replaced(void **state)
{
	struct store_fixture *f = *state;
	struct cc_str v = S("untouched");

	assert_int_equal(cc_store_meta_get(f->st, S("node"), &f->a, &v, NULL), CC_ENOENT);
	assert_text(v, "untouched");
	store_begin(f->st);
	ok(cc_store_meta_put(f->st, S("node"), S("1"), NULL));
	ok(cc_store_meta_put(f->st, S("node"), S("two"), NULL));
	ok(cc_store_meta_put(f->st, S("empty"), S(""), NULL));
	store_commit(f->st);
	ok(cc_store_meta_get(f->st, S("node"), &f->a, &v, NULL));
	assert_text(v, "two");
	ok(cc_store_meta_get(f->st, S("empty"), &f->a, &v, NULL));
	assert_text(v, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_rung_is_fired_once_per_instance_and_epoch),
		BOTH(an_alert_comes_back_as_it_was_added),
		BOTH(alerts_are_listed_by_case_and_by_being_held),
		BOTH(the_alerts_of_a_case_are_listed_by_rule_and_subject),
		BOTH(acknowledgements_hold_from_their_instant_to_their_end),
		BOTH(a_cause_is_told_once_a_day),
		BOTH(the_audit_keeps_what_was_done),
		BOTH(a_meta_value_can_be_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
