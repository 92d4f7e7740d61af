#include "tests/property/year_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/heap.h"
#include "scheduler/event.h"
#include "tests/support/histories.h"
#include "tests/support/ladders.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, LINE = 2048, MAIL_BYTES = 512 * 1024 * 1024 };

/* The last day on which anything happens: what is left of the year is for the rungs. */
#define LAST (CC_YEAR_BEGIN + (int64_t)350 * DAY)

/* One case on its way through the year. */
struct tale {
	uint64_t *seed;
	struct cc_year_mail *mail;
	const char *case_id;
	uint32_t number, events, victims;
	int64_t began, closes;
};

static int64_t
between(struct tale *w, int64_t low, int64_t high)
{
	return low + (int64_t)cc_test_random(w->seed, (uint64_t)(high - low + 1));
}

static bool
chance(struct tale *w, unsigned percent)
{
	return cc_test_random(w->seed, 100) < percent;
}

static struct cc_year_event *
add(struct cc_year_mail *m)
{
	if (m->n == m->cap) {
		m->cap = m->cap == 0 ? 4096 : 2 * m->cap;
		m->items = realloc(m->items, m->cap * sizeof *m->items);
		assert_non_null(m->items);
	}
	m->items[m->n] = (struct cc_year_event){.order = m->n};
	return &m->items[m->n++];
}

/* Most things are entered the same hour, some the next day, a few much later; a clock that
 * is a little fast sends ahead of time. */
static int64_t
entered(struct tale *w, int64_t at)
{
	unsigned how = (unsigned)cc_test_random(w->seed, 100);

	if (how < 3)
		return at - between(w, 1, 4 * MINUTE);
	if (how < 80)
		return at + between(w, 0, 20 * MINUTE);
	if (how < 94)
		return at + between(w, 20 * MINUTE, 8 * HOUR);
	return at + (how < 98 ? between(w, 8 * HOUR, 30 * HOUR) : between(w, DAY, 5 * DAY));
}

static unsigned CC_PRINTF(4, 5)
say(struct tale *w, const char *type, int64_t at, const char *fmt, ...)
{
	char line[LINE], data[LINE / 2], time[CC_WALL_TEXT];
	struct cc_year_event *e;
	unsigned number = ++w->events;
	va_list ap;
	int n;

	if (at > LAST)
		return 0;
	va_start(ap, fmt);
	n = vsnprintf(data, sizeof data, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof data);
	cc_wall_format((struct cc_wall){at}, time);
	n = snprintf(line, sizeof line, "{\"specversion\":\"1.0\",\"id\":\"%s-e%u\",\"source\":"
	    "\"/cms/region-%02u\",\"type\":\"%s\",\"subject\":\"%s\",\"time\":\"%s\",\"data\":"
	    "{%s}}", w->case_id, number, w->number % 3 + 1, type, w->case_id, time, data);
	assert_true(n >= 0 && (size_t)n < sizeof line);
	e = add(w->mail);
	e->time = at;
	e->send = entered(w, at);
	e->case_id = w->case_id;
	e->line = cc_arena_text(&w->mail->arena, line, (size_t)n);
	assert_non_null(e->line);
	return number;
}

/* --- parts of a case ------------------------------------------------------------------- */

static void
assign(struct tale *w, int64_t at)
{
	if (chance(w, 4)) {	/* a slip, put right some days later */
		(void)say(w, "case.assigned", at, "\"role\":\"primary\","
		    "\"staff_id\":\"s-nowhere\"");
		at += between(w, HOUR, 4 * DAY);
	}
	(void)say(w, "case.assigned", at, "\"role\":\"primary\",\"staff_id\":\"w-%02u\"",
	    (unsigned)cc_test_random(w->seed, CC_YEAR_WORKERS) + 1);
}

static const char *
victim_list(const struct tale *w)
{
	static const char *const lists[] = {
		"\"v1\"", "\"v1\",\"v2\"", "\"v1\",\"v2\",\"v3\""
	};

	return lists[w->victims - 1];
}

static void
report(struct tale *w, const char *priority)
{
	(void)say(w, "intake.received", w->began, "\"intake_id\":\"i1\",\"priority\":\"%s\","
	    "\"screened\":%s,\"victim_person_ids\":[%s],\"perpetrator_person_ids\":[\"PF\"]",
	    priority, chance(w, 40) ? "true" : "false", victim_list(w));
	if (!chance(w, 6))
		assign(w, w->began + between(w, 10 * MINUTE, 5 * HOUR));
	if (chance(w, 30))
		assign(w, w->began + between(w, 3 * DAY, 60 * DAY));
	for (uint32_t v = 1; v <= w->victims; v++)
		(void)say(w, "person.added", w->began + between(w, HOUR, 20 * HOUR),
		    "\"person_id\":\"v%u\",\"roles\":[\"alleged_victim\"],\"household_id\":\"H1\"",
		    v);
	(void)say(w, "person.added", w->began + between(w, HOUR, 30 * HOUR),
	    "\"person_id\":\"PM\",\"roles\":[\"parent_in_home\"],\"household_id\":\"H1\"");
	if (chance(w, 12))
		(void)say(w, "intake.priority_changed", w->began + between(w, HOUR, 40 * HOUR),
		    "\"intake_id\":\"i1\",\"new_priority\":\"%s\"", chance(w, 50) ? "P1" : "P2");
	if (chance(w, 6))
		(void)say(w, "intake.received", w->began + between(w, 2 * DAY, 25 * DAY),
		    "\"intake_id\":\"i2\",\"priority\":\"P2\",\"victim_person_ids\":[\"v1\"]");
}

/* What was done is written down: that it was done on the day, the story mostly the next. */
static void
document(struct tale *w, unsigned event, int64_t at)
{
	if (chance(w, 97))
		(void)say(w, "documentation.entered", at + between(w, 10 * MINUTE, 4 * HOUR),
		    "\"level\":\"entry\",\"scope\":\"item\",\"ref_event_ids\":[\"%s-e%u\"]",
		    w->case_id, event);
	if (chance(w, 97))
		(void)say(w, "documentation.entered", at + between(w, 2 * HOUR, 20 * HOUR),
		    "\"level\":\"full\",\"scope\":\"item\",\"ref_event_ids\":[\"%s-e%u\"]",
		    w->case_id, event);
}

/* A contact; one in ten was entered with the wrong time, is voided and entered again. */
static void
contact(struct tale *w, uint32_t victim, int64_t at)
{
	unsigned number = say(w, "contact.made", at, "\"contact_id\":\"c%u\",\"mode\":"
	    "\"face_to_face\",\"seen_person_ids\":[\"v%u\",\"PM\"],\"purposes\":[\"interview\"],"
	    "\"home_visit\":true,\"household_id\":\"H1\"", w->events + 1, victim);
	int64_t later = at + between(w, HOUR, 6 * DAY);

	if (number != 0)
		document(w, number, at);
	if (number == 0 || !chance(w, 10))
		return;
	(void)say(w, "event.voided", later, "\"event_id\":\"%s-e%u\",\"reason\":\"corrected\"",
	    w->case_id, number);
	(void)say(w, "contact.made", at + between(w, -10 * HOUR, 10 * HOUR), "\"contact_id\":"
	    "\"c%u\",\"mode\":\"face_to_face\",\"seen_person_ids\":[\"v%u\"]", number, victim);
	w->mail->items[w->mail->n - 1].send = later + between(w, 0, 2 * HOUR);
}

static void
first_contacts(struct tale *w, int64_t allowed)
{
	for (uint32_t v = 1; v <= w->victims; v++) {
		if (chance(w, 25))
			(void)say(w, "contact.attempted", w->began + between(w, HOUR, allowed),
			    "\"contact_id\":\"t%u\",\"mode\":\"face_to_face\","
			    "\"target_person_ids\":"
			    "[\"v%u\"],\"home_visit\":true", w->events, v);
		if (chance(w, 5))
			continue;
		contact(w, v, w->began + between(w, allowed / 5, chance(w, 80) ? allowed :
		    3 * allowed));
		(void)say(w, "parent.notified", w->began + allowed + between(w, HOUR, 40 * HOUR),
		    "\"parent_person_id\":\"PM\",\"child_person_id\":\"v%u\",\"topic\":"
		    "\"child_contact\"", v);
	}
	if (chance(w, 4))
		(void)say(w, "person.updated", w->began + between(w, DAY, 9 * DAY),
		    "\"person_id\":\"v1\",\"attribute\":\"locatable\",\"value\":\"no\"");
}

static void
rare_things(struct tale *w)
{
	int64_t at = w->began + between(w, 6 * HOUR, 20 * DAY);

	if (chance(w, 3))
		(void)say(w, "child.removed", at, "\"child_person_id\":\"v1\","
		    "\"kind\":\"exigent\"");
	if (chance(w, 1))
		(void)say(w, "fatality.reported", at, "\"child_person_id\":\"v1\"");
	if (chance(w, 1))
		(void)say(w, "trafficking.identified", at,
		    "\"child_person_id\":\"v1\",\"status\":\"suspected\"");
	if (chance(w, 5))
		(void)say(w, "concern.raised", at, "\"kind\":\"safety\",\"person_id\":\"v1\"");
	if (chance(w, 3))
		(void)say(w, "request.received", at, "\"request_id\":\"r1\","
		    "\"kind\":\"complaint\"");
}

/* Whoever keeps up with the paper catches up every week or two. */
static void
paper(struct tale *w)
{
	for (int64_t at = w->began + between(w, 2 * DAY, 9 * DAY); at < w->closes;
	    at += between(w, 4 * DAY, 14 * DAY))
		for (unsigned i = 0; i < 2; i++)
			(void)say(w, "documentation.entered", at, "\"level\":\"%s\",\"scope\":"
			    "\"all_to_date\"", i == 0 ? "entry" : "full");
}

/* Everybody is seen again, by those who keep at it. */
static void
visits(struct tale *w, bool ar)
{
	int64_t at = w->began + between(w, 8 * DAY, 14 * DAY);

	for (; at < w->closes && chance(w, 95); at += between(w, 9 * DAY,
	    ar ? 15 * DAY : 40 * DAY)) {
		unsigned number = say(w, "contact.made", at, "\"contact_id\":\"n%u\",\"mode\":"
		    "\"face_to_face\",\"seen_person_ids\":[%s,\"PM\"],\"purposes\":"
		    "[\"meaningful\",\"interview\"],\"home_visit\":true,\"household_id\":\"H1\"",
		    w->events, victim_list(w));

		if (number != 0)
			document(w, number, at);
	}
}

static void
work(struct tale *w)
{
	static const char *const tasks[] = {"initial_tasks", "upload"};

	for (unsigned i = 0; i < 2; i++)
		if (chance(w, 95))
			(void)say(w, "task.completed", w->began + between(w, 4 * HOUR, 2 * DAY),
			    "\"task\":\"%s\"", tasks[i]);
	if (chance(w, 96))
		(void)say(w, "safety_assessment.completed", w->began + between(w, DAY, 7 * DAY),
		    "\"household_id\":\"H1\",\"kind\":\"initial\",\"finding\":\"%s\"",
		    chance(w, 80) ? "safe" : "unsafe");
	if (chance(w, 95))
		(void)say(w, "review.completed", w->began + between(w, 9 * DAY, 16 * DAY),
		    "\"kind\":\"15_day\",\"role\":\"supervisor\"");
	if (chance(w, 95))
		(void)say(w, "review.completed", w->began + between(w, 35 * DAY, 60 * DAY),
		    "\"kind\":\"60_day\",\"role\":\"supervisor\"");
	if (chance(w, 95))
		(void)say(w, "followup_plan.approved", w->began + between(w, 4 * HOUR, 3 * DAY),
		    "\"child_person_ids\":[%s],\"role\":\"supervisor\"", victim_list(w));
	if (chance(w, 95))
		(void)say(w, "safety_assessment.completed", w->began + between(w, 30 * DAY,
		    45 * DAY), "\"household_id\":\"H1\",\"kind\":\"reassessment\",\"finding\":"
		    "\"safe\"");
	if (chance(w, 95))
		(void)say(w, "risk_assessment.completed", w->began + between(w, 20 * DAY, 45 * DAY),
		    "\"household_id\":\"H1\",\"level\":\"moderate\"");
	if (chance(w, 90))
		(void)say(w, "staffing.held", w->began + between(w, DAY, 20 * DAY),
		    "\"staffing_id\":\"sf1\",\"kind\":\"open_stage\",\"roles\":[\"supervisor\"]");
}

/* --- its end ------------------------------------------------------------------------- */

static void
extension(struct tale *w)
{
	int64_t at = w->began + between(w, 25 * DAY, 46 * DAY);
	char date[CC_DAY_TEXT];

	cc_day_format((cc_day)((at + between(w, 10 * DAY, 40 * DAY)) / DAY), date);
	(void)say(w, "extension.requested", at - between(w, HOUR, 2 * DAY),
	    "\"extension_id\":\"x1\",\"code\":\"medical_records\"");
	(void)say(w, "extension.decided", at, "\"extension_id\":\"x1\",\"granted\":%s,"
	    "\"new_due_date\":\"%s\",\"role\":\"program_director\",\"written\":true",
	    chance(w, 80) ? "true" : "false", date);
}

static void
close_case(struct tale *w, const char *kind)
{
	int64_t at = w->closes;

	(void)say(w, "case.submitted", at, "\"submission_id\":\"u1\",\"recommended_action\":"
	    "\"close\"");
	if (chance(w, 20)) {
		(void)say(w, "submission.decided", at + between(w, HOUR, 6 * DAY),
		    "\"submission_id\":\"u1\",\"decision\":\"returned\",\"role\":\"supervisor\"");
		at += between(w, 6 * DAY, 9 * DAY);
		(void)say(w, "case.submitted", at, "\"submission_id\":\"u2\","
		    "\"recommended_action\":\"close\"");
	}
	(void)say(w, "recipient.registered", at, "\"recipient_id\":\"PM\",\"role\":\"parent\","
	    "\"notice_kinds\":[\"%s\"]", strcmp(kind, "AR") == 0 ? "ar_closure" : "findings");
	at += between(w, HOUR, 10 * DAY);
	(void)say(w, "submission.decided", at, "\"submission_id\":\"u%d\",\"decision\":"
	    "\"approved\",\"role\":\"supervisor\"", chance(w, 80) ? 1 : 2);
	(void)say(w, "stage.closed", at + MINUTE, "\"stage_id\":\"s1\",\"kind\":\"%s\","
	    "\"closure_kind\":\"standard\",\"disposition\":\"ro\"", kind);
	for (unsigned i = 0; i < 2; i++)
		(void)say(w, "documentation.entered", at - between(w, MINUTE, 5 * HOUR),
		    "\"level\":"
		    "\"%s\",\"scope\":\"all_to_date\"", i == 0 ? "entry" : "full");
	if (chance(w, 97))
		(void)say(w, "notice.sent", at + between(w, HOUR, 17 * DAY), "\"recipient_id\":"
		    "\"PM\",\"notice_kind\":\"%s\"", strcmp(kind, "AR") == 0 ? "ar_closure" :
		    "findings");
}

static void
tell(struct tale *w)
{
	static const struct {
		const char *priority, *kind;
		int64_t allowed;
	} sorts[] = {
		{"P1", "INV", DAY}, {"P1", "INV", DAY}, {"P2", "INV", 3 * DAY},
		{"P2", "INV", 3 * DAY}, {"P2", "INV", 3 * DAY}, {"P1", "INV", DAY},
		{"P2", "AR", 5 * DAY}, {"P2", "AR", 5 * DAY}, {"PN", "AR", 5 * DAY},
		{"P2", "SCHOOL", 3 * DAY}
	};
	unsigned sort = (unsigned)cc_test_random(w->seed, 10);
	const char *kind = sorts[sort].kind;

	w->victims = (uint32_t)between(w, 1, 3);
	w->closes = w->began + between(w, 24 * DAY, chance(w, 75) ? 44 * DAY : 75 * DAY);
	report(w, sorts[sort].priority);
	(void)say(w, "stage.progressed", w->began + between(w, 10 * MINUTE, 8 * HOUR),
	    "\"stage_id\":\"s1\",\"to\":\"%s\",\"from\":\"intake\",\"intake_id\":\"i1\"", kind);
	first_contacts(w, sorts[sort].allowed);
	rare_things(w);
	work(w);
	if (chance(w, 25))
		extension(w);
	if (!chance(w, 10))
		paper(w);
	visits(w, strcmp(kind, "AR") == 0);
	if (!chance(w, 4))
		close_case(w, kind);
}

/* --- careless cases --------------------------------------------------------------------- */

/* Ids are of a case's own sources, since one id from one source is one event. */
static void
rename_source(struct tale *w, const struct cc_input *in, struct cc_year_event *e)
{
	const struct cc_pack *p = cc_case_pack();
	struct cc_arena *a = &w->mail->arena;
	struct cc_draft d;
	char source[64];
	int n;

	assert_int_equal(cc_event_decode(&p->schema, p->zones, in->bytes, a, &d, NULL), CC_OK);
	n = snprintf(source, sizeof source, "%.*s/%s", (int)d.source.n, d.source.p, w->case_id);
	d.source = (struct cc_str){source, (uint32_t)n};
	assert_int_equal(cc_event_encode(&p->schema, &d, a, &e->bytes, NULL), CC_OK);
	e->time = d.time.s;
	assert_int_equal(cc_event_head(e->bytes, &d.time, &e->id, &e->source, NULL), CC_OK);
}

/* Anything at all, entered when it was recorded. */
static void
careless(struct tale *w)
{
	struct cc_case_file f;

	cc_histories_tell(w->seed, &f, (unsigned)between(w, 8, 40));
	for (uint32_t i = 0; i < f.c.nevents && f.c.events[i].recorded.s <= LAST; i++) {
		struct cc_year_event *e = add(w->mail);

		e->send = f.c.events[i].recorded.s;
		e->case_id = w->case_id;
		rename_source(w, &f.c.events[i], e);
	}
	cc_case_end(&f);
}

static int
by_send(const void *a, const void *b)
{
	const struct cc_year_event *x = a, *y = b;

	if (x->send != y->send)
		return x->send < y->send ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void
cc_year_mail_begin(struct cc_year_mail *m, uint64_t *seed, uint32_t cases)
{
	memset(m, 0, sizeof *m);
	m->cases = cases;
	cc_heap_arena_init(&m->arena, MAIL_BYTES);
	for (uint32_t i = 1; i <= cases; i++) {
		struct tale w = {.seed = seed, .mail = m, .number = i};
		char name[24];
		int n = snprintf(name, sizeof name, "%06u", i);

		w.case_id = cc_arena_text(&m->arena, name, (size_t)n);
		assert_non_null(w.case_id);
		w.began = CC_YEAR_BEGIN + between(&w, 6 * HOUR, 330 * (int64_t)DAY);
		if (chance(&w, CC_YEAR_CARELESS))
			careless(&w);
		else
			tell(&w);
	}
	qsort(m->items, m->n, sizeof *m->items, by_send);
}

void
cc_year_mail_end(struct cc_year_mail *m)
{
	free(m->items);
	cc_arena_done(&m->arena);
	memset(m, 0, sizeof *m);
}
