/*
 * daemon/outgoing_group.c: messages to one recipient become one, and what becomes of that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/outgoing_kit.h"

static const struct out_stands live_now = OUT_LIVE;

/* As many mails to the out_worker, each of a case of its own, due on other days. */
static void
write_many(struct lab *l, unsigned from, unsigned n, struct cc_store_message *ret)
{
	for (unsigned i = 0; i < n; i++) {
		struct out_written w = out_worker;
		struct out_scene s;

		out_begin(&s, l, from + i, &live_now);
		w.due = 3 + (int)((i * 7) % 5);
		ret[i] = out_write(&s, &w);
	}
}

static void
several_to_one_recipient_become_one(void **state)
{
	struct lab *l = *state;
	struct cc_store_message m[3], by;
	struct cc_store_messages rows;
	struct cc_message text;
	struct cc_message_doc *doc = NULL;

	post_begin(l);
	write_many(l, 1, 3, m);
	assert_int_equal(out_look(l).n, 0);
	for (int i = 0; i < 3; i++) {
		m[i] = post_row(l, m[i].id.p);
		assert_int_equal(m[i].state, CC_OUTBOX_GROUPED);
		assert_int_equal(m[i].carrier, m[0].carrier);
	}
	rows = out_look(l);
	assert_int_equal(rows.n, 1);
	by = rows.items[0];
	assert_int_equal(by.no, m[0].carrier);
	assert_int_equal(by.alert, 0);
	assert_int_equal(by.case_id.n, 0);
	assert_int_equal(by.hold.n, 0);
	assert_false(by.safety);
	assert_true(lab_is(by.recipient, "s-worker"));
	assert_int_equal(cc_message_parse(by.payload.p, by.payload.n, &text, &doc, NULL),
	    CC_OK);
	assert_int_equal(text.form, CC_FORM_GROUP);
	assert_int_equal(text.nitems, 3);
	for (uint32_t i = 1; i < text.nitems; i++)
		assert_true(text.items[i - 1].due.s <= text.items[i].due.s);
	assert_string_equal(text.items[2].rule, "some-rule");
	cc_message_doc_free(doc);
	post_commit(l);
}

static void
a_group_of_one_case_names_it(void **state)
{
	struct lab *l = *state;
	struct out_scene s;
	struct out_written w = out_worker;
	struct cc_store_message m;

	post_begin(l);
	out_begin(&s, l, 1, &live_now);
	m = out_write(&s, &w);
	w.rung = "moved";	/* what moved is never overtaken, nor does it overtake here */
	w.before = true;
	(void)out_write(&s, &w);
	assert_int_equal(out_look(l).n, 0);
	m = post_row(l, m.id.p);
	assert_true(lab_is(out_look(l).items[0].case_id, "c1"));
	post_commit(l);
}

static void
the_same_members_make_the_same_message(void **state)
{
	struct lab *l = *state;
	struct cc_store_message m[2];
	char id[64];

	post_begin(l);
	write_many(l, 1, 2, m);
	post_commit(l);
	post_begin(l);
	assert_int_equal(out_look(l).n, 0);
	(void)snprintf(id, sizeof id, "%s", out_look(l).items[0].id.p);
	cc_store_rollback(l->store);
	cc_kit_at(&l->kit, HOUR);
	post_begin(l);
	assert_int_equal(out_look(l).n, 0);
	assert_true(lab_is(out_look(l).items[0].id, id));
	post_commit(l);
}

static void
safety_machines_and_others_are_not_put_together(void **state)
{
	static const struct out_written kinds[] = {
		{.safety = true, .channel = "email", .recipient = "s-worker",
		    .address = "worker@example.org"},
		{.channel = "webhook:office", .recipient = "s-sup", .address = "office"},
		{.channel = "journal", .recipient = "copies", .address = "journal"},
	};
	struct lab *l = *state;
	struct cc_store_messages rows;

	post_begin(l);
	for (unsigned i = 0; i < 6; i++) {
		struct out_written w = kinds[i % 3];
		struct out_scene s;

		w.rung = "breach";
		w.epoch = 1;
		w.due = 3;
		w.state = CC_STATE_OVERDUE;
		out_begin(&s, l, i, &live_now);
		(void)out_write(&s, &w);
	}
	rows = out_look(l);
	assert_int_equal(rows.n, 6);
	assert_true(rows.items[0].safety && rows.items[1].safety);
	for (uint32_t i = 1; i < 6; i++)	/* then in the order in which they were written */
		assert_true(i == 2 || rows.items[i].no > rows.items[i - 1].no);
	for (uint32_t i = 2; i < 6; i++)
		assert_false(rows.items[i].safety);
	post_commit(l);
}

static void
one_alone_and_where_nothing_is_gathered_go_by_themselves(void **state)
{
	struct lab *l = *state;
	struct cc_store_message m[4];

	post_begin(l);
	write_many(l, 1, 1, m);
	assert_int_equal(out_look(l).n, 1);
	l->kit.setup->config.group_wait = 0;
	write_many(l, 10, 4, m);
	assert_int_equal(out_look(l).n, 4);
	post_commit(l);
}

static void
more_than_fit_become_several(void **state)
{
	struct lab *l = *state;
	struct cc_store_message m[CC_MESSAGE_ITEMS_MAX * 2 + 1];
	struct cc_store_messages rows;
	struct cc_store_message_filter f = {.limit = 1000};
	struct cc_store_messages list = {0};

	post_begin(l);
	write_many(l, 1, sizeof m / sizeof m[0], m);
	assert_int_equal(out_look(l).n, 1);		/* the last, alone */
	rows = out_look(l);
	assert_true(rows.n >= 2);
	for (uint32_t i = 0; i < rows.n; i++) {
		f.carrier = rows.items[i].no;
		assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL),
		    CC_OK);
		assert_true(list.n >= 2 && list.n <= CC_MESSAGE_ITEMS_MAX);
	}
	post_commit(l);
}

static void
what_may_have_arrived_goes_on_under_its_own_id(void **state)
{
	struct lab *l = *state;
	struct cc_store_message m[3], x;

	post_begin(l);
	write_many(l, 1, 1, m);
	x = out_claim_one(l, &m[0]);
	post_move(l, &x, CC_OUTBOX_QUEUED, CC_ATTEMPT_LOST, 0);
	write_many(l, 2, 2, m + 1);
	assert_int_equal(out_look(l).n, 1);
	assert_int_equal(post_row(l, m[0].id.p).state, CC_OUTBOX_CLAIMED);
	assert_int_equal(post_row(l, m[1].id.p).state, CC_OUTBOX_GROUPED);
	post_commit(l);
}

/* The clock of that case is met. */
static void
meet(struct lab *l, const char *case_id)
{
	static const struct out_stands met = OUT_MET;
	struct out_scene s = {.lab = l};

	(void)snprintf(s.case_id, sizeof s.case_id, "%s", case_id);
	out_put_case(&s, &met, 1);
}

/* The only message of that alert that is waiting, or is claimed. */
static struct cc_store_message
open_of(struct lab *l, int64_t alert)
{
	struct cc_store_message_filter f = {.alert = alert, .payload = true, .limit = 100};
	struct cc_store_messages list = {0};
	struct cc_store_message found = {0};

	assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	for (uint32_t i = 0; i < list.n; i++) {
		if (list.items[i].state != CC_OUTBOX_QUEUED &&
		    list.items[i].state != CC_OUTBOX_CLAIMED)
			continue;
		assert_int_equal(found.no, 0);
		found = list.items[i];
	}
	return found;
}

static void
a_carrier_of_which_nothing_is_wanted_does_not_go(void **state)
{
	struct lab *l = *state;
	struct cc_store_message m[2];
	int64_t by;

	post_begin(l);
	write_many(l, 1, 2, m);
	assert_int_equal(out_look(l).n, 0);
	by = post_row(l, m[0].id.p).carrier;
	meet(l, "c1");
	meet(l, "c2");
	assert_int_equal(out_look(l).n, 0);
	assert_int_equal(open_of(l, m[0].alert).no, 0);
	assert_int_equal(open_of(l, m[1].alert).no, 0);
	{
		struct cc_store_message_filter f = {.after = by - 1, .limit = 1};
		struct cc_store_messages list = {0};

		assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL),
		    CC_OK);
		assert_true(out_begins(list.items[0].reason, "superseded: ended"));
	}
	post_commit(l);
}

/* Else the recipient would read that a clock is overdue which is met, and never that it is:
 * its clear is closed, for nobody was told. */
static void
a_part_that_is_over_is_not_said_and_the_others_are(void **state)
{
	struct lab *l = *state;
	struct cc_store_message m[3], again[2];
	struct cc_store_messages rows;

	post_begin(l);
	write_many(l, 1, 3, m);
	assert_int_equal(out_look(l).n, 0);
	rows = out_look(l);
	assert_int_equal(rows.n, 1);
	post_move(l, &rows.items[0], CC_OUTBOX_QUEUED, CC_ATTEMPT_TEMP, 0);
	meet(l, "c1");
	assert_int_equal(out_look(l).n, 0);
	assert_true(out_begins(post_row(l, rows.items[0].id.p).reason,
	    "superseded: regrouped"));
	assert_int_equal(open_of(l, m[0].alert).no, 0);
	again[0] = open_of(l, m[1].alert);
	again[1] = open_of(l, m[2].alert);
	assert_true(again[0].no != 0 && again[1].no != 0);
	assert_false(cc_str_eq(again[0].id, m[1].id));
	assert_true(cc_str_eq(again[0].thread, m[1].thread));
	assert_true(lab_is(again[0].recipient, "s-worker"));
	assert_true(lab_is(again[0].address, "worker@example.org"));
	/* Together once more, and again a part is over. */
	cc_kit_at(&l->kit, DAY);
	l->engine->now = cc_kit_now(&l->kit);
	assert_int_equal(out_look(l).n, 0);
	assert_int_equal(post_row(l, again[0].id.p).state, CC_OUTBOX_GROUPED);
	meet(l, "c2");
	assert_int_equal(out_look(l).n, 0);
	assert_int_equal(open_of(l, m[1].alert).no, 0);
	assert_true(open_of(l, m[2].alert).no > again[1].no);
	post_commit(l);
}

/* It may have arrived: while all of it holds it goes again under its own id. */
static void
a_carrier_that_may_have_arrived_is_looked_at_as_well(void **state)
{
	struct lab *l = *state;
	struct cc_store_message m[2];
	struct cc_store_messages rows;
	int64_t no;

	post_begin(l);
	write_many(l, 1, 2, m);
	assert_int_equal(out_look(l).n, 0);
	rows = out_look(l);
	assert_int_equal(rows.n, 1);
	no = rows.items[0].no;
	post_move(l, &rows.items[0], CC_OUTBOX_QUEUED, CC_ATTEMPT_LOST, 0);
	rows = out_look(l);
	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.items[0].no, no);
	post_move(l, &rows.items[0], CC_OUTBOX_QUEUED, CC_ATTEMPT_LOST, 0);
	meet(l, "c1");
	meet(l, "c2");
	assert_int_equal(out_look(l).n, 0);
	post_commit(l);
}

#define T(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(several_to_one_recipient_become_one),
		T(a_group_of_one_case_names_it),
		T(the_same_members_make_the_same_message),
		T(safety_machines_and_others_are_not_put_together),
		T(one_alone_and_where_nothing_is_gathered_go_by_themselves),
		T(more_than_fit_become_several),
		T(what_may_have_arrived_goes_on_under_its_own_id),
		T(a_carrier_of_which_nothing_is_wanted_does_not_go),
		T(a_part_that_is_over_is_not_said_and_the_others_are),
		T(a_carrier_that_may_have_arrived_is_looked_at_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
