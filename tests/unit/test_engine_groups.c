/*
 * daemon/engine.h: groups and their commits, failures, wakes, rungs, restarts and
 * reloads, on the store in memory and with the Texas pack.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/methods.h"
#include "tests/support/texas_lines.h"
#include "tests/unit/engine_lab.h"
#include "wire/buf.h"
#include "wire/line.h"

/* --- groups -------------------------------------------------------------------- */

static void
answers_come_back_only_after_the_commit(void **state)
{
	struct lab *l = *state;
	struct cc_job *jobs[MANY];
	char id[16], name[16];

	for (int i = 0; i < MANY; i++) {
		(void)snprintf(id, sizeof id, "e%d", i);
		(void)snprintf(name, sizeof name, "c%d", i % 5);
		jobs[i] = lab_submit(l, cc_kit_intake(id, name, "P2", -60));
	}
	assert_int_equal(l->commits, 0);
	assert_true(cc_engine_step(l->engine, false));
	assert_int_equal(l->commits, 1);	/* one group, one commit */
	assert_int_equal(l->back_at_commit, 0);
	lab_expect_back(l, jobs, MANY);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(jobs[i]->result, CC_RESULT_ACCEPTED);
		assert_true(i == 0 || jobs[i]->seq > jobs[i - 1]->seq);
	}
	for (int i = 0; i < MANY; i++)
		cc_job_free(jobs[i]);
	assert_int_equal(lab_events_kept(l), MANY);
	assert_int_equal(atomic_load(&l->figures.accepted), MANY);
}

static void
a_duplicate_waits_for_the_group_of_its_original(void **state)
{
	struct lab *l = *state;
	struct cc_job *jobs[3];

	jobs[0] = lab_submit(l, cc_kit_intake("e1", "c1", "P1", -60));
	jobs[1] = lab_submit(l, cc_kit_intake("e1", "c1", "P1", -60));
	jobs[2] = lab_submit(l, cc_kit_intake("e1", "c1", "P2", -60));
	assert_true(cc_engine_step(l->engine, false));
	assert_int_equal(l->commits, 1);
	assert_int_equal(l->back_at_commit, 0);
	lab_expect_back(l, jobs, 3);
	assert_int_equal(jobs[0]->result, CC_RESULT_ACCEPTED);
	assert_int_equal(jobs[1]->result, CC_RESULT_DUPLICATE);
	assert_int_equal(jobs[1]->seq, jobs[0]->seq);
	assert_int_equal(jobs[2]->result, CC_RESULT_CONFLICT);
	for (int i = 0; i < 3; i++)
		cc_job_free(jobs[i]);
	assert_int_equal(lab_events_kept(l), 1);
}

static void
a_failed_group_is_tried_again_one_by_one(void **state)
{
	struct lab *l = *state;
	struct cc_job *jobs[3];

	for (int i = 0; i < 3; i++) {
		char id[8] = {'e', (char)('0' + i), '\0'};

		jobs[i] = lab_submit(l, cc_kit_intake(id, "c1", "P2", -60));
	}
	l->fail_from = l->fail_to = 1;	/* the group's own commit */
	assert_true(cc_engine_step(l->engine, false));
	lab_expect_back(l, jobs, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(jobs[i]->result, CC_RESULT_ACCEPTED);
		cc_job_free(jobs[i]);
	}
	assert_int_equal(l->commits, 3);
	assert_int_equal(lab_events_kept(l), 3);
	assert_int_equal(atomic_load(&l->figures.group_failures), 1);
}

static void
what_fails_alone_too_is_answered_so_and_can_be_sent_again(void **state)
{
	struct lab *l = *state;
	struct cc_job *jobs[3];

	for (int i = 0; i < 3; i++) {
		char id[8] = {'e', (char)('0' + i), '\0'};

		jobs[i] = lab_submit(l, cc_kit_intake(id, "c1", "P2", -60));
	}
	l->fail_from = 1;
	l->fail_to = 2;		/* the group, then the first event alone */
	assert_true(cc_engine_step(l->engine, false));
	lab_expect_back(l, jobs, 3);
	assert_int_equal(jobs[0]->result, CC_RESULT_STORAGE);
	assert_true(jobs[0]->why[0] != '\0');
	assert_int_equal(jobs[1]->result, CC_RESULT_ACCEPTED);
	assert_int_equal(jobs[2]->result, CC_RESULT_ACCEPTED);
	for (int i = 0; i < 3; i++)
		cc_job_free(jobs[i]);
	assert_int_equal(lab_events_kept(l), 2);
	assert_int_equal(lab_tell(l, cc_kit_intake("e0", "c1", "P2", -60)), CC_RESULT_ACCEPTED);
	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P2", -60)), CC_RESULT_DUPLICATE);
	assert_int_equal(lab_events_kept(l), 3);
}

/* A full disk for a while: every event is refused, the engine turns on, and time's own
 * work waits and is done afterwards. */
static void
goes_on_when_the_store_has_failed_for_a_while(void **state)
{
	struct lab *l = *state;

	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", -60)), CC_RESULT_ACCEPTED);
	l->fail_from = 1;
	l->fail_to = UINT32_MAX;
	for (int i = 0; i < 20; i++) {
		uint64_t beats = cc_engine_beats(l->engine);

		assert_int_equal(lab_tell(l, cc_kit_intake("e2", "c2", "P2", -60)),
		    CC_RESULT_STORAGE);
		assert_true(cc_engine_beats(l->engine) > beats);
	}
	cc_kit_at(&l->kit, 20 * HOUR);
	assert_true(cc_engine_step(l->engine, false));
	assert_int_equal(lab_alerts(l, "c1").n, 0);
	l->fail_from = l->fail_to = 0;
	lab_turn_to(l, 20 * HOUR + 2);
	assert_int_equal(lab_alerts(l, "c1").n > 0, 1);
	assert_int_equal(lab_tell(l, cc_kit_intake("e2", "c2", "P2", -60)), CC_RESULT_ACCEPTED);
}

static void
a_request_is_handed_on_after_the_commit_of_what_came_before(void **state)
{
	static const char ask[] = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"case.events\","
	    "\"params\":{\"case\":\"c1\"}}";
	struct lab *l = *state;
	struct cc_line_rules rules = {.max_bytes = 4096};
	struct cc_line line;
	struct cc_job *e = lab_submit(l, cc_kit_intake("e1", "c1", "P2", -60)), *r;

	cc_wire_line_parse(&rules, CC_STR(ask), &l->arena, &line);
	assert_int_equal(line.kind, CC_LINE_REQUEST);
	r = cc_job_request(line.request, cc_method_find("case.events"));
	assert_non_null(r);
	assert_true(cc_engine_submit(l->engine, &r->work));
	assert_true(cc_engine_step(l->engine, false));
	lab_expect_back(l, &e, 1);
	cc_reader_step(l->reader);
	lab_expect_back(l, &r, 1);
	assert_non_null(r->text);
	assert_non_null(strstr(r->text, "\"id\":7"));
	assert_non_null(strstr(r->text, "\"id\":\"e1\""));
	cc_job_free(e);
	cc_job_free(r);
}

static void
is_full_at_its_limit_and_finishes_what_it_has_when_stopped(void **state)
{
	struct lab *l = *state;
	uint32_t limit = l->kit.setup->config.limits.queue, n = 0;
	struct cc_job *j = NULL;
	struct cc_queued *q, *next;
	char id[16];

	for (;;) {
		(void)snprintf(id, sizeof id, "e%u", n);
		j = cc_kit_job(&l->kit, cc_kit_intake(id, "c1", "PN", -60));
		if (!cc_engine_submit(l->engine, &j->work))
			break;
		n++;
		assert_true(n <= limit);
	}
	assert_int_equal(n, limit);
	cc_job_free(j);
	cc_engine_stop(l->engine);
	while (cc_engine_step(l->engine, true))
		;
	q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
	for (; q != NULL; q = next, n--) {
		next = q->next;
		assert_int_equal(((struct cc_job *)q)->result, CC_RESULT_ACCEPTED);
		cc_job_free((struct cc_job *)q);
	}
	assert_int_equal(n, 0);
}

/* --- time ------------------------------------------------------------------------- */

static const struct {
	const char *rung;
	int64_t at;
} ladder[] = {
	{"elapsed-75", 18 * HOUR}, {"breach", DAY + 1}, {"after-4h", DAY + 4 * HOUR},
	{"after-12h", DAY + 12 * HOUR}, {"repeat-1", 2 * DAY + 12 * HOUR},
	{"repeat-2", 4 * DAY + 12 * HOUR}
};

static void
expect_ladder(struct lab *l)
{
	struct cc_store_alerts list = lab_alerts(l, "c1");
	unsigned n = 0;

	for (uint32_t i = 0; i < list.n; i++) {
		const struct cc_store_alert *a = &list.items[i];

		if (!lab_is(a->rule, "priority-1-initial-contact"))
			continue;
		assert_true(n < sizeof ladder / sizeof ladder[0]);
		if (!lab_is(a->rung, ladder[n].rung))
			fail_msg("rung %u is %.*s", n, (int)a->rung.n, a->rung.p);
		assert_int_equal(a->at.s - CC_KIT_T0, ladder[n].at);
		assert_int_equal(a->fired.s, a->at.s);	/* neither late nor early */
		assert_false(a->late);
		assert_int_equal(a->epoch, 1);
		n++;
	}
	assert_int_equal(n, sizeof ladder / sizeof ladder[0]);
}

static void
fires_every_rung_at_its_second(void **state)
{
	struct lab *l = *state;

	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", 0)), CC_RESULT_ACCEPTED);
	assert_true(lab_live(l, 5 * DAY) > 5);
	expect_ladder(l);
}

static void
a_restart_at_every_wake_changes_nothing(void **state)
{
	struct lab *l = *state;

	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", 0)), CC_RESULT_ACCEPTED);
	for (;;) {
		struct cc_wall next = cc_engine_next(l->engine);

		if (!cc_given(next) || next.s > CC_KIT_T0 + 5 * DAY)
			break;
		/* Not within an instant: the nightly rounds begin anew with each run. */
		if (next.s > l->kit.now.wall.s) {
			cc_engine_free(l->engine);
			lab_start(l, "run-2");
		}
		lab_turn_to(l, next.s - CC_KIT_T0);
	}
	expect_ladder(l);
}

static void
an_event_a_little_ahead_takes_effect_at_its_time(void **state)
{
	struct lab *l = *state;
	struct cc_wall next;

	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", 120)), CC_RESULT_ACCEPTED);
	next = cc_engine_next(l->engine);
	assert_int_equal(next.s, CC_KIT_T0 + 120);
	lab_turn_to(l, 120);
	assert_true(cc_engine_next(l->engine).s > CC_KIT_T0 + 120);
}

static void
late_news_fires_once_and_old_history_is_held(void **state)
{
	struct lab *l = *state;
	struct cc_store_alerts list;
	unsigned late = 0;

	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", -2 * DAY)),
	    CC_RESULT_ACCEPTED);
	list = lab_alerts(l, "c1");
	for (uint32_t i = 0; i < list.n; i++)
		if (lab_is(list.items[i].rule, "priority-1-initial-contact")) {
			assert_true(list.items[i].late);
			assert_int_equal(list.items[i].held.n, 0);
			late++;
		}
	assert_int_equal(late, 1);
	assert_int_equal(lab_tell(l, cc_kit_intake("e2", "c2", "P1", -100 * DAY)),
	    CC_RESULT_ACCEPTED);
	list = lab_alerts(l, "c2");
	assert_true(list.n > 0);
	for (uint32_t i = 0; i < list.n; i++) {
		struct cc_store_message_filter f = {.alert = list.items[i].id, .limit = 10};
		struct cc_store_messages messages;

		if (!lab_is(list.items[i].rule, "priority-1-initial-contact"))
			continue;
		assert_true(lab_is(list.items[i].held, "history"));
		assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &messages, NULL),
		    CC_OK);
		assert_int_equal(messages.n, 0);
	}
}

static void
derives_everything_anew_under_another_policy(void **state)
{
	struct lab *l = *state;
	struct cc_setup *other;
	char id[16], name[16], more[256];

	for (int i = 0; i < 3 * CC_ENGINE_SLICE; i++) {
		(void)snprintf(id, sizeof id, "e%d", i);
		(void)snprintf(name, sizeof name, "c%d", i);
		assert_int_equal(lab_tell(l, cc_kit_intake(id, name, "P2", -60)),
		    CC_RESULT_ACCEPTED);
	}
	(void)snprintf(more, sizeof more, "holidays: %s\n",
	    cc_kit_file(&l->kit, "holidays.txt", "2026-03-10\n"));
	other = cc_kit_setup(&l->kit, more);
	assert_string_not_equal(other->pack->calendar_stamp, l->kit.setup->pack->calendar_stamp);
	cc_engine_adopt(l->engine, other);
	for (int i = 0; i < 10; i++)
		assert_true(cc_engine_step(l->engine, false));
	assert_int_equal(atomic_load(&l->figures.stale), 0);
	assert_int_equal(atomic_load(&l->figures.rederived), 3 * CC_ENGINE_SLICE);
}

/* What the store has of the case, as text. */
static void
describe(struct lab *l, const char *case_id, struct cc_buf *ret)
{
	struct cc_store_alerts list = lab_alerts(l, case_id);
	struct cc_store_case row;
	char line[400];

	for (uint32_t i = 0; i < list.n; i++) {
		const struct cc_store_alert *a = &list.items[i];

		(void)snprintf(line, sizeof line, "%s %s %s %u at %lld fired %lld held %s\n",
		    a->rule.p, a->subject.p, a->rung.p, a->epoch, (long long)a->at.s,
		    (long long)a->fired.s, a->held.p);
		cc_buf_puts(ret, line);
	}
	assert_int_equal(cc_store_case_load(l->store, (struct cc_str){case_id,
	    (uint32_t)strlen(case_id)}, &l->arena, &row, NULL), CC_OK);
	(void)snprintf(line, sizeof line, "wake %lld\n", (long long)row.wake.s);
	cc_buf_puts(ret, line);
	for (uint32_t i = 0; i < row.ninstances; i++) {
		const struct cc_instance *in = &row.instances[i];

		(void)snprintf(line, sizeof line, "%s %s %s %d %d due %lld epoch %u done %u\n",
		    in->rule.p, in->subject.p, in->origin_id.p, (int)in->state, in->live,
		    (long long)in->due.s, in->epoch, in->ndone);
		cc_buf_puts(ret, line);
	}
}

/* A case lived through: its lines six days apart, and thirty days after; with `cold` an
 * engine that has nothing at hand at each step. */
static void
live_through(struct lab *l, bool cold, struct cc_buf *ret)
{
	int64_t at = 0;

	for (int i = 0; i <= CC_TEXAS_LINES; i++) {
		int64_t until = at + (i < CC_TEXAS_LINES ? 6 : 30) * DAY;

		if (i < CC_TEXAS_LINES) {
			cc_kit_at(&l->kit, at + 1);
			assert_int_equal(lab_tell(l, cc_texas_lines[i]), CC_RESULT_ACCEPTED);
		}
		for (;;) {
			struct cc_wall next = cc_engine_next(l->engine);

			if (!cc_given(next) || next.s > CC_KIT_T0 + until)
				break;
			if (cold && next.s > l->kit.now.wall.s) {
				cc_engine_free(l->engine);
				lab_start(l, "run-2");
			}
			lab_turn_to(l, next.s - CC_KIT_T0);
		}
		if (cold) {
			cc_engine_free(l->engine);
			lab_start(l, "run-3");
		}
		at = until;
	}
	describe(l, "k", ret);
}

static void
what_is_derived_step_by_step_is_what_is_derived_from_nothing(void **state)
{
	struct lab *l = *state;
	struct cc_buf warm, cold;
	void *again = NULL;

	cc_buf_init(&warm, 1024 * 1024);
	cc_buf_init(&cold, 1024 * 1024);
	live_through(l, false, &warm);
	assert_int_equal(lab_end(state), 0);
	assert_int_equal(lab_begin(&again), 0);
	live_through(again, true, &cold);
	cc_buf_char(&warm, '\0');
	cc_buf_char(&cold, '\0');
	assert_true(warm.n > 2000);
	assert_string_equal(warm.p, cold.p);
	cc_buf_done(&warm);
	cc_buf_done(&cold);
}

#define T(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(answers_come_back_only_after_the_commit),
		T(a_duplicate_waits_for_the_group_of_its_original),
		T(a_failed_group_is_tried_again_one_by_one),
		T(what_fails_alone_too_is_answered_so_and_can_be_sent_again),
		T(goes_on_when_the_store_has_failed_for_a_while),
		T(a_request_is_handed_on_after_the_commit_of_what_came_before),
		T(is_full_at_its_limit_and_finishes_what_it_has_when_stopped),
		T(fires_every_rung_at_its_second),
		T(a_restart_at_every_wake_changes_nothing),
		T(an_event_a_little_ahead_takes_effect_at_its_time),
		T(late_news_fires_once_and_old_history_is_held),
		T(derives_everything_anew_under_another_policy),
		T(what_is_derived_step_by_step_is_what_is_derived_from_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
