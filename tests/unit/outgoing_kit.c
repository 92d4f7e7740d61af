#include "tests/unit/outgoing_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/schema.h"

const struct out_written out_worker = {.channel = "email", .recipient = "s-worker",
    .address = "worker@example.org", .epoch = 1, .due = 3, .state = CC_STATE_OVERDUE,
    .rung = "breach"};

static void
event(const struct out_scene *s)
{
	struct cc_store_event ev = {.source = CC_STR("/t"), .id = post_text(s->case_id),
	    .case_id = post_text(s->case_id), .bytes = CC_STR("x"), .recorded = {CC_KIT_T0}};
	struct cc_store_appended appended;

	assert_int_equal(cc_store_event_append(s->lab->store, &ev, &appended, NULL), CC_OK);
}

static struct cc_instance
instance(const char *origin, const struct out_stands *now)
{
	static const uint32_t none[1];
	static uint32_t taken[1];
	struct cc_instance i = {.rule = CC_STR("some-rule"), .subject = CC_STR("v1"),
	    .origin_id = post_text(origin), .origin_source = CC_STR("/t"),
	    .epoch = now->epoch, .told = true, .live = now->live, .present = now->present,
	    .state = now->state, .started = {CC_KIT_T0}, .due = {CC_KIT_T0 + now->due * DAY},
	    .told_due = CC_NEVER, .known = {CC_KIT_T0}, .done = none};

	taken[0] = cc_key32(CC_STR("taken"));
	if (now->taken) {
		i.done = taken;
		i.ndone = 1;
	}
	return i;
}

void
out_put_case(const struct out_scene *s, const struct out_stands *now, int64_t version)
{
	const struct out_stands heir = {1, true, true, false, CC_STATE_RUNNING, now->heir, 0};
	const struct cc_instance list[2] = {instance("e1", now), instance("e2", &heir)};
	struct cc_store_put put = {.case_id = post_text(s->case_id), .expected = version,
	    .stamps = s->lab->kit.setup->stamps, .wake = CC_NEVER, .instances = list,
	    .ninstances = now->heir == 0 ? 1 : 2};

	struct cc_err err = {.msg = ""};

	if (cc_store_case_put(s->lab->store, &put, &err) != CC_OK)
		fail_msg("%s", err.msg);
}

void
out_begin(struct out_scene *s, struct lab *l, unsigned number, const struct out_stands *now)
{
	memset(s, 0, sizeof *s);
	s->lab = l;
	(void)snprintf(s->case_id, sizeof s->case_id, "c%u", number);
	(void)snprintf(s->thread, sizeof s->thread, "t%u", number);
	(void)snprintf(s->before, sizeof s->before, "b%u", number);
	event(s);
	out_put_case(s, now, 0);
}

struct cc_store_message
out_write(struct out_scene *s, const struct out_written *w)
{
	static char ids[400][32];
	static unsigned used;
	char *id = ids[used++ % 400];
	struct lab *l = s->lab;
	struct cc_message m = post_message(id, w->before ? s->before : s->thread);
	struct cc_store_alert al = {.case_id = post_text(s->case_id),
	    .rule = CC_STR("some-rule"), .subject = CC_STR("v1"),
	    .origin_id = w->before ? CC_STR("e0") : CC_STR("e1"),
	    .origin_source = CC_STR("/t"), .epoch = w->epoch, .period = 1,
	    .rung = post_text(w->rung), .severity = CC_WARNING, .to = CC_STR("caseworker"),
	    .state = w->state, .at = {CC_KIT_T0}, .fired = {CC_KIT_T0},
	    .started = {CC_KIT_T0}, .due = {CC_KIT_T0 + w->due * DAY}, .ended = CC_NEVER,
	    .known = {CC_KIT_T0}, .previous_due = CC_NEVER, .released = CC_NEVER};
	struct cc_store_message row = {.thread = post_text(m.thread), .case_id = al.case_id,
	    .recipient = post_text(w->recipient), .channel = post_text(w->channel),
	    .address = post_text(w->address), .safety = w->safety,
	    .state = CC_OUTBOX_QUEUED, .created = l->kit.now.wall,
	    .next = {l->kit.now.wall.s + w->next}, .give_up = {l->kit.now.wall.s + 30 * DAY}};
	struct cc_store_added added = {0};
	struct cc_err err = {.msg = ""};
	char *json = NULL;

	(void)snprintf(id, 32, "%s.%u", s->case_id, s->messages++);
	row.id = post_text(id);
	assert_int_equal(cc_store_alert_add(l->store, &al, &added, NULL), CC_OK);
	row.alert = added.id;
	m.case_id = s->case_id;
	m.rung = w->rung;
	m.epoch = w->epoch;
	m.state = w->state;
	m.due = al.due;
	m.thread_before = w->thread_before;
	if (cc_message_print(&m, &json, &err) != CC_OK)
		fail_msg("%s", err.msg);
	row.payload = post_text(json);
	if (cc_store_outbox_add(l->store, &row, &added, &err) != CC_OK)
		fail_msg("%s", err.msg);
	assert_true(added.added);
	free(json);
	return post_row(l, id);
}

struct cc_store_message
out_carrier(struct lab *l, const char *id, int64_t next)
{
	struct cc_message m = post_message(id, "group");
	struct cc_posting p = post_posting(l, &m, "s-worker");
	struct cc_store_message row;

	p.message.form = CC_FORM_GROUP;
	p.at_once = true;
	l->engine->now.wall.s += next;
	row = post_put(l, &p);
	l->engine->now = cc_kit_now(&l->kit);
	return row;
}

struct cc_store_message
out_claim_one(struct lab *l, const struct cc_store_message *m)
{
	struct cc_store_messages rows = post_claim(l);

	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.items[0].no, m->no);
	return rows.items[0];
}

struct cc_store_messages
out_look(struct lab *l)
{
	struct cc_store_messages rows = post_claim(l);

	assert_int_equal(cc_outgoing_look_again(l->engine, &l->arena, &rows, NULL), CC_OK);
	return rows;
}

bool
out_begins(struct cc_str s, const char *with)
{
	return s.n >= strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}
