/*
 * Requests of the engine that keep messages waiting or say that one came back: silences,
 * notices, endpoints; and what follows when a message dies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/endpoints.h"
#include "daemon/until.h"
#include "tests/unit/post_kit.h"

static void
must_say(const char *answer, const char *words)
{
	if (strstr(answer, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, answer);
}

/* --- silence.add ------------------------------------------------------------------------ */

#define ASKED "\"by\":\"s-sup\",\"reason\":\"outage\""

static const struct {
	const char *params, *said;
} silences[] = {
	{"{\"case\":\"c1\",\"for\":\"4h\"," ASKED "}",
	    "{\"silence\":1,\"until\":\"2026-03-08T04:00:00Z\"}"},
	{"{\"clock\":\"inv-initial-tasks-10d\",\"until\":\"2026-03-09T00:00:00Z\"," ASKED "}",
	    "\"until\":\"2026-03-09T00:00:00Z\""},
	{"{\"recipient\":\"s-worker\",\"for\":\"30d\"," ASKED "}", "\"silence\":3"},
	{"{\"for\":\"4h\"," ASKED "}", "expected one at least of: case, clock, recipient"},
	{"{\"case\":\"\",\"for\":\"4h\"," ASKED "}", "case: expected 1 to 512 bytes"},
	{"{\"clock\":\"no-such-clock\",\"for\":\"4h\"," ASKED "}",
	    "the policy has no clock 'no-such-clock'"},
	{"{\"clock\":\"priority-1-initial-contact\",\"for\":\"4h\"," ASKED "}",
	    "a safety clock is never silenced"},
	{"{\"recipient\":\"s-ghost\",\"for\":\"4h\"," ASKED "}", "no staff_id 's-ghost'"},
	{"{\"case\":\"c1\"," ASKED "}", "expected one of until and for"},
	{"{\"case\":\"c1\",\"for\":\"1h\",\"until\":\"2026-03-09T00:00:00Z\"," ASKED "}",
	    "expected one of until and for"},
	{"{\"case\":\"c1\",\"for\":\"forever\"," ASKED "}", "for: expected a length such as"},
	{"{\"case\":\"c1\",\"until\":\"tomorrow\"," ASKED "}", "until: "},
	{"{\"case\":\"c1\",\"for\":\"31d\"," ASKED "}", "a silence lasts 30 days at most"},
	{"{\"case\":\"c1\",\"for\":\"0s\"," ASKED "}", "the end must lie after now"},
	{"{\"case\":\"c1\",\"until\":\"2026-03-07T00:00:00Z\"," ASKED "}",
	    "the end must lie after now"},
	{"{\"case\":\"c1\",\"for\":\"1h\",\"by\":\"s-sup\"}", "reason"},
	{"{\"case\":\"c1\",\"for\":\"1h\",\"reason\":\"outage\"}", "by"},
	{"{\"case\":\"c1\",\"for\":\"1h\",\"by\":\"s-sup\",\"reason\":\"it is late\"}",
	    "reason: expected an id"},
	{"{\"case\":\"c1\",\"for\":4," ASKED "}", "for"},
	{"{\"case\":\"c1\",\"for\":\"1h\",\"why\":\"x\"," ASKED "}", "why"},
};

static void
a_silence_has_a_scope_an_end_an_author_and_a_reason(void **state)
{
	struct lab *l = *state;
	struct cc_store_silence_filter f = {.now = CC_NEVER, .limit = 100};
	struct cc_store_silences list = {0};

	for (size_t i = 0; i < sizeof silences / sizeof silences[0]; i++)
		must_say(post_ask(l, "silence.add", silences[i].params), silences[i].said);
	assert_int_equal(cc_store_silences_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	assert_int_equal(list.n, 3);	/* what was refused left nothing */
	assert_true(lab_is(list.items[0].by, "s-sup"));
	assert_true(lab_is(list.items[1].rule, "inv-initial-tasks-10d"));
}

static void
lengths_are_whole_numbers_with_a_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t s;		/* -1: refused */
	} rows[] = {
		{"1s", 1}, {"15m", 900}, {"4h", 4 * HOUR}, {"30d", 30 * DAY}, {"0s", 0},
		{"3650d", 3650 * (int64_t)DAY}, {"3651d", -1}, {"", -1}, {"s", -1}, {"4", -1},
		{"-4h", -1}, {"4 h", -1}, {"4hh", -1}, {"4w", -1}, {"1234567890s", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		cc_dur_s d = -1;
		bool ok = cc_length_parse(post_text(rows[i].text), &d);

		assert_int_equal(ok, rows[i].s >= 0);
		assert_int_equal(d, rows[i].s);
	}
}

static struct cc_store_message
post_one(struct lab *l, const char *id)
{
	struct cc_message m = post_message(id, "thread");
	struct cc_posting p = post_posting(l, &m, "s-worker");
	struct cc_store_message row;

	post_begin(l);
	row = post_put(l, &p);
	post_commit(l);
	return row;
}

static void
the_end_of_a_silence_lets_go_what_waited_for_it(void **state)
{
	struct lab *l = *state;
	struct cc_store_message row;

	must_say(post_ask(l, "silence.add", "{\"recipient\":\"s-worker\",\"for\":\"4h\","
	    ASKED "}"), "\"silence\":1");
	must_say(post_ask(l, "silence.add", "{\"recipient\":\"s-sup\",\"for\":\"4h\","
	    ASKED "}"), "\"silence\":2");
	row = post_one(l, "a");
	assert_true(lab_is(row.hold, "silence:1"));
	must_say(post_ask(l, "silence.end", "{\"silence\":2}"), "\"released\":0");
	assert_true(lab_is(post_row(l, "a").hold, "silence:1"));
	must_say(post_ask(l, "silence.end", "{\"silence\":1}"), "\"released\":1");
	row = post_row(l, "a");
	assert_int_equal(row.hold.n, 0);
	assert_int_equal(row.next.s, CC_KIT_T0);
	row = post_one(l, "b");
	assert_true(lab_is(row.hold, "group"));
	must_say(post_ask(l, "silence.end", "{\"silence\":1}"), "silence 1 has ended");
	must_say(post_ask(l, "silence.end", "{\"silence\":9}"), "there is no silence 9");
	must_say(post_ask(l, "silence.end", "{}"), "silence");
}

/* --- message.bounced ------------------------------------------------------------------------ */

static struct cc_claimed *
claim(struct lab *l)
{
	struct cc_queued *q;

	lab_want(l, 1000);
	assert_true(cc_engine_step(l->engine, false));
	q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
	if (q == NULL)
		return NULL;
	assert_null(q->next);
	l->claims++;
	return (struct cc_claimed *)q;
}

static void
complete(struct lab *l, const struct cc_claimed *c, enum cc_outbox_state to, bool disabled)
{
	struct cc_outcomes *o = calloc(1, sizeof *o + c->rows.n * sizeof o->items[0]);

	assert_non_null(o);
	o->work.kind = CC_WORK_OUTCOMES;
	o->n = c->rows.n;
	for (uint32_t i = 0; i < o->n; i++)
		o->items[i] = (struct cc_outcome){.no = c->rows.items[i].no,
		    .fence = c->rows.items[i].fence, .to = to, .now = l->kit.now.wall,
		    .next = {l->kit.now.wall.s + DAY}, .started = l->kit.now.wall,
		    .ended = l->kit.now.wall, .disabled = disabled, .attempt =
		    to == CC_OUTBOX_SENT ? CC_ATTEMPT_SENT : CC_ATTEMPT_PERM, .code = "550"};
	assert_true(cc_engine_force(l->engine, &o->work));
	assert_true(cc_engine_step(l->engine, false));
	assert_ptr_equal(cc_queue_take(&l->outlet.queue, UINT32_MAX, false),
	    &o->work.queued);
	assert_true(o->stored);
	free(o);
}

/* The messages of the outbox to this recipient. */
static struct cc_store_messages
all_to(struct lab *l, const char *recipient)
{
	struct cc_store_message_filter f = {.limit = 1000, .payload = true};
	struct cc_store_messages list = {0};
	struct cc_store_message *kept;
	uint32_t n = 0;

	assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	kept = cc_arena_array(&l->arena, list.n, sizeof *kept);
	for (uint32_t i = 0; i < list.n; i++)
		if (lab_is(list.items[i].recipient, recipient))
			kept[n++] = list.items[i];
	list.items = kept;
	list.n = n;
	return list;
}

/* A case whose worker was told of an alert: the message's id. */
static const char *
told_worker(struct lab *l)
{
	static const char assigned[] = "{\"specversion\":\"1.0\",\"id\":\"a1\","
	    "\"source\":\"/t\",\"type\":\"case.assigned\",\"subject\":\"c1\","
	    "\"time\":\"2026-03-07T23:00:00Z\",\"data\":{\"role\":\"primary\","
	    "\"staff_id\":\"s-worker\"}}";
	struct cc_claimed *c;
	struct cc_store_messages list;

	assert_int_equal(lab_tell(l, assigned), CC_RESULT_ACCEPTED);
	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", -20 * HOUR)),
	    CC_RESULT_ACCEPTED);
	cc_kit_at(&l->kit, 60);
	while ((c = claim(l)) != NULL) {
		complete(l, c, CC_OUTBOX_SENT, false);
		cc_claimed_free(c);
	}
	list = all_to(l, "s-worker");
	for (uint32_t i = 0; i < list.n; i++)
		if (list.items[i].state == CC_OUTBOX_SENT && list.items[i].alert != 0)
			return list.items[i].id.p;
	fail_msg("nothing was sent to the worker");
	return NULL;
}

static const char *
bounce(struct lab *l, const char *id, const char *more)
{
	char params[512];

	(void)snprintf(params, sizeof params, "{\"id\":\"%s\"%s}", id, more);
	return post_ask(l, "message.bounced", params);
}

static uint32_t
audits(struct lab *l, const char *word)
{
	struct cc_store_audit_from f = {.limit = 1000};
	struct cc_store_audits list = {0};
	uint32_t n = 0;

	assert_int_equal(cc_store_audit_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	for (uint32_t i = 0; i < list.n; i++)
		n += lab_is(list.items[i].what, "message.bounced") &&
		    strstr(list.items[i].detail.p, word) != NULL;
	return n;
}

static void
a_mail_that_came_back_counts_as_a_rung_that_failed(void **state)
{
	struct lab *l = *state;
	const char *id = told_worker(l);
	uint32_t before = all_to(l, "s-sup").n + all_to(l, "s-duty").n +
	    all_to(l, "operator").n;
	struct cc_store_message m;

	must_say(bounce(l, id, ",\"action\":\"failed\",\"status\":\"5.1.1\","
	    "\"detail\":\"no such\\nuser\""), "\"bounced\":true,\"state\":\"dead\"");
	m = post_row(l, id);
	assert_int_equal(m.state, CC_OUTBOX_DEAD);
	assert_true(lab_is(m.reason, "bounced 5.1.1 no such user"));
	assert_true(all_to(l, "s-sup").n + all_to(l, "s-duty").n + all_to(l, "operator").n >
	    before);
	assert_int_equal(audits(l, "bounced 5.1.1 no such user"), 1);
	/* A second notice of it changes nothing. */
	before = all_to(l, "s-sup").n + all_to(l, "s-duty").n + all_to(l, "operator").n;
	must_say(bounce(l, id, ""), "\"bounced\":false,\"state\":\"dead\"");
	assert_int_equal(all_to(l, "s-sup").n + all_to(l, "s-duty").n +
	    all_to(l, "operator").n, before);
}

static void
other_notices_are_only_noted(void **state)
{
	struct lab *l = *state;
	const char *id = told_worker(l);

	must_say(bounce(l, id, ",\"action\":\"delayed\",\"status\":\"4.4.1\""),
	    "\"bounced\":false,\"state\":\"sent\"");
	must_say(bounce(l, id, ",\"action\":\"delivered\",\"status\":\"2.0.0\""),
	    "\"bounced\":false");
	must_say(bounce(l, id, ",\"action\":\"relayed\""), "\"bounced\":false");
	assert_int_equal(post_row(l, id).state, CC_OUTBOX_SENT);
	assert_int_equal(audits(l, "delayed 4.4.1"), 1);
	assert_int_equal(audits(l, id), 3);
}

static void
a_notice_must_be_of_a_message_and_well_formed(void **state)
{
	static const struct {
		const char *more, *said;
	} rows[] = {
		{",\"action\":\"lost\"", "action: expected failed"},
		{",\"status\":\"5\"", "status: expected one such as 5.1.1"},
		{",\"status\":\"5.1\"", "status: expected"},
		{",\"status\":\"3.1.1\"", "status: expected"},
		{",\"status\":\"5.1.1234\"", "status: expected"},
		{",\"status\":\"5.1.1x\"", "status: expected"},
		{",\"status\":\"5..11\"", "status: expected"},
		{",\"detail\":5", "detail"},
	};
	struct lab *l = *state;
	const char *id = told_worker(l);

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		must_say(bounce(l, id, rows[i].more), rows[i].said);
	must_say(bounce(l, "nobody", ""), "there is no message 'nobody'");
	must_say(bounce(l, "", ""), "there is no message ''");
	must_say(post_ask(l, "message.bounced", "{}"), "id");
	assert_int_equal(post_row(l, id).state, CC_OUTBOX_SENT);
	assert_int_equal(audits(l, ""), 0);
}

/* --- outcomes ------------------------------------------------------------------------------- */

static void
somebody_above_hears_of_what_died(void **state)
{
	struct lab *l = *state;
	struct cc_claimed *c;
	uint32_t dead = 0, above;

	assert_int_equal(lab_tell(l, "{\"specversion\":\"1.0\",\"id\":\"a1\",\"source\":\"/t\","
	    "\"type\":\"case.assigned\",\"subject\":\"c1\",\"time\":\"2026-03-07T23:00:00Z\","
	    "\"data\":{\"role\":\"primary\",\"staff_id\":\"s-worker\"}}"), CC_RESULT_ACCEPTED);
	assert_int_equal(lab_tell(l, cc_kit_intake("e1", "c1", "P1", -20 * HOUR)),
	    CC_RESULT_ACCEPTED);
	above = all_to(l, "s-sup").n + all_to(l, "s-duty").n;
	c = claim(l);
	assert_non_null(c);
	for (uint32_t i = 0; i < c->rows.n; i++)
		dead += lab_is(c->rows.items[i].recipient, "s-worker");
	assert_true(dead > 0);
	complete(l, c, CC_OUTBOX_DEAD, false);
	cc_claimed_free(c);
	assert_true(all_to(l, "s-sup").n + all_to(l, "s-duty").n > above ||
	    all_to(l, "operator").n > 0);
}

static void
an_endpoint_that_is_gone_is_kept_and_told_until_it_is_enabled(void **state)
{
	struct lab *l = *state;
	struct cc_message m = post_message("a", "thread");
	struct cc_posting p = post_posting(l, &m, "s-sup");
	struct cc_claimed *c;
	char key[CC_ENDPOINT_KEY];
	struct cc_str kept;

	p.row.channel = CC_STR("webhook:office");
	p.row.address = CC_STR("office");
	p.at_once = true;
	post_begin(l);
	(void)post_put(l, &p);
	post_commit(l);
	c = claim(l);
	assert_non_null(c);
	complete(l, c, CC_OUTBOX_QUEUED, true);
	cc_claimed_free(c);
	cc_endpoint_key(CC_STR("webhook:office"), key);
	assert_int_equal(cc_store_meta_get(l->store, post_text(key), &l->arena, &kept, NULL),
	    CC_OK);
	assert_true(cc_endpoint_kept_disabled(kept, cc_endpoint_url(&l->kit.setup->config,
	    CC_STR("webhook:office"))));
	assert_int_equal(all_to(l, "operator").n, 1);
	must_say(all_to(l, "operator").items[0].payload.p, "webhook:office");
	must_say(post_ask(l, "endpoint.enable", "{\"endpoint\":\"webhook:office\"}"),
	    "\"endpoint\":\"webhook:office\"");
	assert_int_equal(cc_store_meta_get(l->store, post_text(key), &l->arena, &kept, NULL),
	    CC_OK);
	assert_int_equal(kept.n, 0);
}

static void
only_what_is_configured_can_be_enabled(void **state)
{
	struct lab *l = *state;

	must_say(post_ask(l, "endpoint.enable", "{\"endpoint\":\"email\"}"), "\"result\"");
	must_say(post_ask(l, "endpoint.enable", "{\"endpoint\":\"webhook:shop\"}"),
	    "the configuration has no 'webhook:shop'");
	must_say(post_ask(l, "endpoint.enable", "{\"endpoint\":\"office\"}"),
	    "the configuration has no 'office'");
	must_say(post_ask(l, "endpoint.enable", "{\"endpoint\":\"\"}"), "\"error\"");
	must_say(post_ask(l, "endpoint.enable", "{}"), "endpoint");
}

#define T(name) cmocka_unit_test_setup_teardown(name, lab_begin, lab_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_silence_has_a_scope_an_end_an_author_and_a_reason),
		cmocka_unit_test(lengths_are_whole_numbers_with_a_unit),
		T(the_end_of_a_silence_lets_go_what_waited_for_it),
		T(a_mail_that_came_back_counts_as_a_rung_that_failed),
		T(other_notices_are_only_noted),
		T(a_notice_must_be_of_a_message_and_well_formed),
		T(somebody_above_hears_of_what_died),
		T(an_endpoint_that_is_gone_is_kept_and_told_until_it_is_enabled),
		T(only_what_is_configured_can_be_enabled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
