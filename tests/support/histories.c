#include "tests/support/histories.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/ladders.h"
#include "wire/event_json.h"

#define DAY INT64_C(86400)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* 2026-01-12T17:40:00Z and 2026-10-01T17:40:00Z: both changes of the clocks
 * and many holidays lie in the weeks that follow. */
static const int64_t begins[] = {INT64_C(1768239600), INT64_C(1790876400)};

struct tale {
	uint64_t *seed;
	struct cc_case_file *f;
	const struct cc_schema *schema;
	int64_t t;		/* of the event before */
	int64_t recorded;
	struct cc_item items[CC_FIELDS_MAX][4];
};

/* How often a type comes, beside the times that any type does. */
static const struct {
	const char *type;
	unsigned weight;
} weights[] = {
	{"intake.received", 8}, {"intake.priority_changed", 5},
	{"stage.progressed", 10}, {"stage.closed", 6}, {"stage.opened", 2},
	{"contact.made", 14}, {"contact.attempted", 4}, {"person.added", 10},
	{"person.updated", 6}, {"case.submitted", 5}, {"submission.decided", 4},
	{"css.decided", 2}, {"css.received", 1}, {"extension.decided", 4},
	{"extension.requested", 2}, {"task.completed", 3},
	{"review.completed", 2}, {"safety_assessment.completed", 4},
	{"risk_assessment.completed", 2}, {"followup_plan.approved", 2},
	{"parent.notified", 3}, {"recipient.registered", 3},
	{"notice.sent", 3}, {"notice.delayed", 3}, {"notice.released", 3},
	{"notice.exempted", 1}, {"reopen.decided", 2}, {"event.voided", 7},
	{"documentation.entered", 3}, {"staffing.held", 2},
	{"fatality.reported", 1}, {"child.removed", 1},
	{"report.changed", 2}, {"determination.made", 3}, {"legal.decided", 2},
	{"request.received", 2}, {"courtesy.progress", 2},
};

/* Codes that come more often than the others of their field. */
static const struct {
	const char *field, *code;
	unsigned percent;
} habits[] = {
	{"mode", "face_to_face", 70}, {"to", "INV", 50}, {"to", "AR", 30},
	{"closure_kind", "standard", 40}, {"notice_kinds", "findings", 50},
	{"value", "no", 40}, {"value", "yes", 40}, {"notice_kind", "findings", 70},
	{"decision", "returned", 40},
	{"attribute", "locatable", 30}, {"attribute", "deceased", 15},
	{"task", "initial_tasks", 50}, {"kind", "INV", 40},
};

/* Ids come from small pools, so that they meet.  By the end of the field's name;
 * the first that fits counts. */
static const struct {
	const char *end;
	const char *pool[6];
} pools[] = {
	{"victim_person_ids", {"V1", "V2", "V3", "V1", "V1", "V2"}},
	{"child_person_id", {"V1", "V2", "V3", "K1", "V1", "V1"}},
	{"child_person_ids", {"V1", "V2", "V3", "K1", "V1", "V1"}},
	{"deceased_person_ids", {"V2", "V3", "V3", "V2", "V3", "V3"}},
	{"perpetrator_person_ids", {"PM", "PF", "X1", "PF", "PF", "X1"}},
	{"parent_person_id", {"PM", "PF", "PM", "PF", "PM", "PM"}},
	{"recipient_id", {"PM", "PF", "REP", "PM", "PM", "case"}},
	{"person_id", {"V1", "V2", "K1", "PM", "PF", "X1"}},
	{"person_ids", {"V1", "V2", "K1", "PM", "PF", "X1"}},
	{"household_id", {"H1", "H2", "H1", "H1", "H1", "home"}},
	{"_id", {"a", "b", "c", "a", "a", "b"}},
	{"_ids", {"a", "b", "c", "a", "a", "b"}},
};

static uint64_t
below(struct tale *w, uint64_t n)
{
	return cc_test_random(w->seed, n);
}

static bool
chance(struct tale *w, unsigned percent)
{
	return below(w, 100) < percent;
}

static bool
ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

static struct cc_str
text_of(const char *p)
{
	return (struct cc_str){p, (uint32_t)strlen(p)};
}

static struct cc_str
some_event_id(struct tale *w)
{
	char name[16];
	unsigned n = (unsigned)below(w, w->f->c.nevents + 2) + 1;
	char *copy;

	snprintf(name, sizeof name, "e%u", n);
	copy = cc_arena_text(&w->f->arena, name, strlen(name));
	assert_non_null(copy);
	return text_of(copy);
}

static struct cc_str
some_id(struct tale *w, const char *field)
{
	if (ends_with(field, "event_id") || ends_with(field, "event_ids"))
		return some_event_id(w);
	for (size_t i = 0; i < COUNT(pools); i++)
		if (ends_with(field, pools[i].end))
			return text_of(pools[i].pool[below(w, 6)]);
	fail_msg("no pool for %s", field);
	return text_of("");
}

static int64_t
some_code(struct tale *w, const struct cc_field_def *d)
{
	for (size_t i = 0; i < COUNT(habits); i++) {
		int code;

		if (strcmp(habits[i].field, d->name) != 0 ||
		    !chance(w, habits[i].percent))
			continue;
		code = cc_schema_code(w->schema, d, text_of(habits[i].code));
		if (code >= 0)
			return code;
	}
	return d->codes[below(w, d->ncodes)];
}

static int64_t
some_zone(struct tale *w, struct cc_str *ret_name)
{
	static const char *const names[] = {"America/Chicago", "America/Denver"};
	int at;

	*ret_name = text_of(names[below(w, 2)]);
	at = cc_zones_index(cc_case_pack()->zones, *ret_name);
	assert_true(at >= 0);
	return at;
}

static void
fill_item(struct tale *w, const struct cc_field_def *d, struct cc_item *it)
{
	*it = (struct cc_item){.v = 0};
	switch (d->type) {
	case CC_FIELD_ID:
		it->text = some_id(w, d->name);
		break;
	case CC_FIELD_BOOL:
		it->v = chance(w, 60);
		break;
	case CC_FIELD_INT:
		it->v = (int64_t)below(w, 20);
		break;
	case CC_FIELD_TIME:
		it->v = w->t + ((int64_t)below(w, 7) - 3) * DAY;
		break;
	case CC_FIELD_DATE:
		it->v = w->t / DAY + (int64_t)below(w, 80) - 5;
		break;
	case CC_FIELD_ZONE:
		it->v = some_zone(w, &it->text);
		break;
	case CC_FIELD_CODE:
		it->v = some_code(w, d);
		break;
	}
}

static void
fill_fields(struct tale *w, struct cc_draft *d)
{
	const struct cc_event_type *t = &w->schema->types[d->type];

	for (uint16_t i = 0; i < t->nfields; i++) {
		const struct cc_field_def *def = &t->fields[i];
		struct cc_draft_field *to = &d->fields[i];

		if (!def->required && !chance(w, 25))
			continue;
		to->given = true;
		to->n = def->list ? (uint32_t)below(w, 3) + (def->required || chance(w, 70)) : 1;
		to->items = w->items[i];
		for (uint32_t k = 0; k < to->n; k++)
			fill_item(w, def, &w->items[i][k]);
	}
}

static uint16_t
some_type(struct tale *w)
{
	unsigned total = 0, at;

	if (w->f->c.nevents == 0 && chance(w, 80))
		return (uint16_t)cc_schema_type(w->schema, text_of("intake.received"));
	if (chance(w, 15))
		return (uint16_t)below(w, w->schema->ntypes);
	for (size_t i = 0; i < COUNT(weights); i++)
		total += weights[i].weight;
	at = (unsigned)below(w, total);
	for (size_t i = 0; i < COUNT(weights); i++) {
		int type = cc_schema_type(w->schema, text_of(weights[i].type));

		if (type < 0)
			fail_msg("the pack has no %s", weights[i].type);
		if (at < weights[i].weight)
			return (uint16_t)type;
		at -= weights[i].weight;
	}
	return 0;
}

/* Many events of one second; most soon after the one before, some weeks. */
static void
move_on(struct tale *w)
{
	unsigned how = (unsigned)below(w, 100);

	if (how < 25)
		return;
	if (how < 30)
		w->t += (int64_t)below(w, 3);
	else if (how < 60)
		w->t += (int64_t)below(w, 4 * 3600);
	else if (how < 92)
		w->t += (int64_t)below(w, 5 * DAY);
	else
		w->t += (int64_t)below(w, 40 * DAY);
}

/* Most ids are new; some are those of another event, from another source. */
static void
name_event(struct tale *w, struct cc_draft *d, char name[16])
{
	unsigned n = w->f->c.nevents + 1;
	bool twin = n > 1 && n % 2 == 0 && chance(w, 12);

	snprintf(name, 16, "e%u", twin ? n - 1 : n);
	d->id = text_of(name);
	/* An id of its own comes from one of two sources, a twin from a third. */
	d->source = text_of(twin ? "/c" : chance(w, 80) ? "/a" : "/b");
}

static void
tell_one(struct tale *w)
{
	struct cc_draft d = {.type = some_type(w)};
	char name[16];
	struct cc_input in;
	struct cc_err err;
	int64_t now = w->t;

	name_event(w, &d, name);
	fill_fields(w, &d);
	if (chance(w, 10))	/* it arrives late */
		d.time.s = now - (int64_t)below(w, 10 * DAY);
	else
		d.time.s = now;
	if (cc_event_encode(w->schema, &d, &w->f->arena, &in.bytes, &err) != CC_OK)
		fail_msg("encode: %s", err.msg);
	if (now > w->recorded)
		w->recorded = now;
	if (chance(w, 15))
		w->recorded += (int64_t)below(w, 2 * DAY);
	in.recorded.s = w->recorded;
	cc_case_take(w->f, in, d.time);
}

void
cc_histories_tell(uint64_t *seed, struct cc_case_file *f, unsigned n)
{
	struct tale w = {.seed = seed, .f = f};

	cc_case_begin(f, "c1");
	w.schema = &cc_case_pack()->schema;
	w.t = begins[cc_test_random(seed, COUNT(begins))] + (int64_t)below(&w, 20 * DAY);
	w.recorded = w.t;
	while (f->c.nevents < n) {
		move_on(&w);
		tell_one(&w);
	}
}

/* ---- orders of arrival --------------------------------------------------- */

struct seen {
	struct cc_wall t;
	struct cc_str id, source;
	bool is_void;
};

static struct seen
look(const struct cc_input *in)
{
	const struct cc_schema *s = &cc_case_pack()->schema;
	int type = cc_schema_type(s, text_of("event.voided"));
	struct seen e;
	uint32_t key;
	struct cc_err err;

	if (cc_event_head(in->bytes, &e.t, &e.id, &e.source, &err) != CC_OK)
		fail_msg("head: %s", err.msg);
	assert_true(type >= 0 && in->bytes.n > 5);
	/* the type's key follows the version byte */
	key = 0;
	for (int i = 1; i <= 4; i++)
		key = key << 8 | (uint8_t)in->bytes.p[i];
	e.is_void = key == s->types[type].key;
	return e;
}

void
cc_histories_shuffle(uint64_t *seed, struct cc_case_file *f)
{
	uint32_t n = f->c.nevents;

	if (n < 2)
		return;
	for (uint32_t k = 0; k < n * n; k++) {
		uint32_t i = (uint32_t)cc_test_random(seed, n - 1);
		struct seen a = look(&f->events[i]), b = look(&f->events[i + 1]);
		struct cc_input x = f->events[i];

		if (a.t.s == b.t.s || (a.is_void && b.is_void) || cc_str_eq(a.id, b.id))
			continue;
		f->events[i] = f->events[i + 1];
		f->events[i + 1] = x;
	}
}

void
cc_histories_show(const struct cc_case *c)
{
	const struct cc_pack *p = cc_case_pack();
	struct cc_arena a = cc_test_arena(CC_CASE_ARENA);
	struct cc_buf b;

	cc_buf_init(&b, 16 * 1024 * 1024);
	for (uint32_t i = 0; i < c->nevents; i++) {
		struct cc_draft d;
		struct cc_err err;

		if (cc_event_decode(&p->schema, p->zones, c->events[i].bytes, &a, &d,
		    &err) != CC_OK)
			continue;
		d.subject = c->id;
		cc_event_json_print(&b, &p->schema, &d);
		cc_buf_char(&b, '\n');
	}
	print_error("%.*s", (int)b.n, b.p);
	cc_buf_done(&b);
	cc_arena_done(&a);
}
