/*
 * daemon/engine.h: the messages of rungs: to whom, claimed, recorded, sent again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/engine_lab.h"

/* --- messages ------------------------------------------------------------------------ */

static struct cc_claimed *
claim(struct lab *l, uint32_t want)
{
	struct cc_queued *q;

	lab_want(l, want);
	assert_true(cc_engine_step(l->engine, false));
	q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
	if (q == NULL)
		return NULL;
	assert_null(q->next);
	assert_int_equal(((struct cc_work *)q)->kind, CC_WORK_CLAIMED);
	l->claims++;
	return (struct cc_claimed *)q;
}

static void
complete(struct lab *l, const struct cc_claimed *c, enum cc_outbox_state to)
{
	struct cc_outcomes *o = calloc(1, sizeof *o + c->rows.n * sizeof o->items[0]);
	struct cc_queued *q;

	assert_non_null(o);
	o->work.kind = CC_WORK_OUTCOMES;
	o->n = c->rows.n;
	for (uint32_t i = 0; i < o->n; i++)
		o->items[i] = (struct cc_outcome){.no = c->rows.items[i].no,
		    .fence = c->rows.items[i].fence, .to = to, .now = l->kit.now.wall,
		    .next = l->kit.now.wall, .started = l->kit.now.wall,
		    .ended = l->kit.now.wall, .attempt = CC_ATTEMPT_SENT, .code = "250"};
	assert_true(cc_engine_force(l->engine, &o->work));
	assert_true(cc_engine_step(l->engine, false));
	q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
	assert_ptr_equal(q, &o->work.queued);
	assert_null(q->next);
	assert_true(o->stored);
	free(o);
}

static int64_t
outbox(struct lab *l, enum cc_outbox_state s)
{
	struct cc_store_status status;

	assert_int_equal(cc_store_status(l->store, &status, NULL), CC_OK);
	return status.outbox[s];
}

static void
messages_go_to_the_people_of_the_case_and_are_sent_once(void **state)
{
	static const char assigned[] = "{\"specversion\":\"1.0\",\"id\":\"a1\","
	    "\"source\":\"/t\",\"type\":\"case.assigned\",\"subject\":\"c1\","
	    "\"time\":\"2026-03-07T23:00:00Z\",\"data\":{\"role\":\"primary\","
	    "\"staff_id\":\"s-worker\"}}";
	struct lab *l = *state;
	struct cc_claimed *c;
	unsigned seen = 0;

	assert_int_equal(lab_tell(l, assigned), CC_RESULT_ACCEPTED);
	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", 0)), CC_RESULT_ACCEPTED);
	(void)lab_live(l, DAY + 1);
	while ((c = claim(l, 5)) != NULL) {
		assert_true(c->rows.n <= 5);
		for (uint32_t i = 0; i < c->rows.n; i++) {
			const struct cc_store_message *m = &c->rows.items[i];

			assert_int_equal(m->id.n, 32);
			if (strstr(m->payload.p, "\"priority-1-initial-contact\"") == NULL ||
			    strstr(m->payload.p, "\"breach\"") == NULL)
				continue;
			assert_true(m->safety);
			assert_true(lab_is(m->recipient, "s-worker") || lab_is(m->recipient,
			    "s-sup"));
			seen++;
		}
		complete(l, c, CC_OUTBOX_SENT);
		cc_claimed_free(c);
	}
	assert_int_equal(seen, 3);	/* two by mail, the supervisor by webhook too */
	assert_int_equal(outbox(l, CC_OUTBOX_QUEUED), 0);
	assert_int_equal(outbox(l, CC_OUTBOX_CLAIMED), 0);
	assert_true(outbox(l, CC_OUTBOX_SENT) >= 3);
}

static void
a_restart_sends_what_was_under_way_again_under_the_same_id(void **state)
{
	struct lab *l = *state;
	struct cc_claimed *first, *again;
	int64_t all;

	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", -2 * DAY)),
	    CC_RESULT_ACCEPTED);
	first = claim(l, 1000);
	assert_non_null(first);
	all = outbox(l, CC_OUTBOX_CLAIMED);
	assert_int_equal(all, first->rows.n);
	assert_null(claim(l, 1000));
	cc_engine_free(l->engine);
	lab_start(l, "run-2");
	again = claim(l, 1000);
	assert_non_null(again);
	assert_int_equal(again->rows.n, first->rows.n);
	for (uint32_t i = 0; i < again->rows.n; i++) {
		assert_true(cc_str_eq(again->rows.items[i].id, first->rows.items[i].id));
		assert_true(again->rows.items[i].fence > first->rows.items[i].fence);
	}
	/* What the first run would still say does not count any more. */
	complete(l, first, CC_OUTBOX_DEAD);
	assert_int_equal(outbox(l, CC_OUTBOX_DEAD), 0);
	complete(l, again, CC_OUTBOX_SENT);
	assert_int_equal(outbox(l, CC_OUTBOX_SENT), all);
	cc_claimed_free(first);
	cc_claimed_free(again);
}

static void
claims_nothing_that_is_not_wanted(void **state)
{
	struct lab *l = *state;

	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", -2 * DAY)),
	    CC_RESULT_ACCEPTED);
	assert_null(claim(l, 0));
	assert_true(outbox(l, CC_OUTBOX_QUEUED) > 0);
}

static void
the_operator_hears_of_a_cause_once_a_day(void **state)
{
	struct lab *l = *state;
	char line[400], id[16];

	for (int day = 0; day < 2; day++) {
		cc_kit_at(&l->kit, day * DAY);
		for (int i = 0; i < 3; i++) {
			int n = day * 3 + i;

			(void)snprintf(line, sizeof line, "{\"specversion\":\"1.0\",\"id\":"
			    "\"a%d\",\"source\":\"/t\",\"type\":\"case.assigned\",\"subject\":"
			    "\"c%d\",\"time\":\"2026-03-07T23:00:00Z\",\"data\":{\"role\":"
			    "\"primary\",\"staff_id\":\"s-ghost\"}}", n, n);
			assert_int_equal(lab_tell(l, line), CC_RESULT_ACCEPTED);
			(void)snprintf(id, sizeof id, "c%d", n);
			(void)snprintf(line, sizeof line, "%s",
			    cc_kit_intake(id, id, "P1", day * DAY - 2 * DAY));
			assert_int_equal(lab_tell(l, line), CC_RESULT_ACCEPTED);
		}
	}
	/* Each cause came on both days, and never more than once a day. */
	{
		struct cc_store_message_filter f = {.limit = 1000, .payload = true};
		struct cc_store_messages list;
		unsigned ghosts = 0;

		assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL),
		    CC_OK);
		for (uint32_t i = 0; i < list.n; i++)
			if (lab_is(list.items[i].recipient,
			    "operator") && list.items[i].alert == 0 &&
			    strstr(list.items[i].payload.p, "The directory has no "
			    "staff_id s-ghost") != NULL)
				ghosts++;
		assert_int_equal(ghosts, 2);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(messages_go_to_the_people_of_the_case_and_are_sent_once),
		T(a_restart_sends_what_was_under_way_again_under_the_same_id),
		T(claims_nothing_that_is_not_wanted),
		T(the_operator_hears_of_a_cause_once_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
