#include "tests/unit/told_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char told_staff[] =
    "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
    "delegate_id\n"
    "s-duty,program_director,duty@example.org,,,,,,,\n"
    "s-padm,program_administrator,padm@example.org,,,,,,,\n"
    "s-lead,program_director,lead@example.org,,s-padm,,,,,\n"
    "s-sup,supervisor,sup@example.org,office,s-lead,,,,,\n"
    "s-worker,caseworker,worker@example.org,,s-sup,,,,,\n"
    "s-other,caseworker,other@example.org,,s-sup,,,,,\n"
    "s-mute,caseworker,,,s-sup,,,,,\n";

void
told_reload(struct lab *l, const char *staff, const char *more)
{
	char text[1024];

	(void)snprintf(text, sizeof text, "alerts: {group_wait: 0s}\n%s", more);
	(void)cc_kit_file(&l->kit, "staff.csv", staff);
	cc_setup_unref(l->kit.setup);
	l->kit.setup = cc_kit_setup(&l->kit, text);
	cc_engine_adopt(l->engine, cc_setup_ref(l->kit.setup));
	assert_true(cc_engine_step(l->engine, false));
}

int
told_begin(void **state)
{
	int rc = lab_begin(state);

	if (rc == 0)
		told_reload(*state, told_staff, "");
	return rc;
}

const char *
told_event(const char *id, const char *type, int64_t at, const char *data)
{
	static char line[1024];
	char time[CC_WALL_TEXT];

	cc_wall_format((struct cc_wall){CC_KIT_T0 + at}, time);
	(void)snprintf(line, sizeof line, "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":"
	    "\"/t\",\"type\":\"%s\",\"subject\":\"c1\",\"time\":\"%s\",\"data\":{%s}}", id,
	    type, time, data);
	return line;
}

void
told_say(struct lab *l, const char *id, const char *type, int64_t at, const char *data)
{
	assert_int_equal(lab_tell(l, told_event(id, type, at, data)), CC_RESULT_ACCEPTED);
}

void
told_assign(struct lab *l, const char *id, int64_t at, const char *staff)
{
	char data[200];

	(void)snprintf(data, sizeof data, "\"role\":\"primary\",\"staff_id\":\"%s\"", staff);
	told_say(l, id, "case.assigned", at, data);
}

void
told_intake(struct lab *l, const char *id, int64_t at, const char *priority)
{
	assert_int_equal(lab_tell(l, cc_kit_intake(id, "c1", priority, at)),
	    CC_RESULT_ACCEPTED);
}

bool
told_says(const struct cc_store_message *m, const char *words)
{
	if (strstr(m->payload.p, words) != NULL)
		return true;
	print_message("no %s in %s\n", words, m->payload.p);
	return false;
}

static bool
member(const struct cc_store_message *m, const char *name, const char *value)
{
	char text[200];

	(void)snprintf(text, sizeof text, "\"%s\":\"%s\"", name, value);
	return value[0] == '\0' || strstr(m->payload.p, text) != NULL;
}

static const struct cc_store_message *
look(struct lab *l, const char *const want[3], unsigned *ret_n)
{
	struct cc_store_message_filter f = {.limit = 4096, .payload = true};
	const struct cc_store_message *found = NULL;
	struct cc_store_messages list;

	*ret_n = 0;
	cc_arena_reset(&l->arena);
	assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	assert_int_equal(list.next, 0);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct cc_store_message *m = &list.items[i];

		if (!member(m, "clock", want[0]) || !member(m, "rung", want[1]) ||
		    (want[2][0] != '\0' && !lab_is(m->recipient, want[2])))
			continue;
		found = m;
		++*ret_n;
	}
	return found;
}

const struct cc_store_message *
told_message(struct lab *l, const char *clock, const char *rung, const char *recipient)
{
	unsigned n;

	return look(l, (const char *const[]){clock, rung, recipient}, &n);
}

unsigned
told_count(struct lab *l, const char *clock, const char *rung, const char *recipient)
{
	unsigned n;

	(void)look(l, (const char *const[]){clock, rung, recipient}, &n);
	return n;
}

static struct cc_claimed *
claim(struct lab *l)
{
	struct cc_queued *q;

	lab_want(l, 1000);
	assert_true(cc_engine_step(l->engine, false));
	q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
	if (q == NULL)
		return NULL;
	l->claims++;
	assert_null(q->next);
	return (struct cc_claimed *)q;
}

unsigned
told_deliver(struct lab *l, enum cc_outbox_state to)
{
	enum cc_attempt_outcome how = to == CC_OUTBOX_SENT ? CC_ATTEMPT_SENT : CC_ATTEMPT_PERM;
	struct cc_claimed *c;
	unsigned n = 0;

	while ((c = claim(l)) != NULL) {
		struct cc_outcomes *o = calloc(1, sizeof *o +
		    c->rows.n * sizeof o->items[0]);

		assert_non_null(o);
		o->work.kind = CC_WORK_OUTCOMES;
		o->n = c->rows.n;
		n += o->n;
		for (uint32_t i = 0; i < o->n; i++)
			o->items[i] = (struct cc_outcome){.no = c->rows.items[i].no,
			    .fence = c->rows.items[i].fence, .to = to,
			    .now = l->kit.now.wall, .next = l->kit.now.wall,
			    .started = l->kit.now.wall, .ended = l->kit.now.wall,
			    .attempt = how, .code = "250"};
		assert_true(cc_engine_force(l->engine, &o->work));
		assert_true(cc_engine_step(l->engine, false));
		assert_ptr_equal(cc_queue_take(&l->outlet.queue, UINT32_MAX, false),
		    &o->work.queued);
		free(o);
		cc_claimed_free(c);
	}
	lab_want(l, 0);
	return n;
}
