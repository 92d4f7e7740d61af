#include "cli/sample.h"

#include <string.h>

enum { HOUR = 3600, DAY = 86400, NOW = 1773030600 };	/* 2026-03-09 04:30 UTC */

const char *const cc_sample_names[CC_SAMPLE_COUNT] = {
	"breach", "before", "late-news", "moved", "clear", "withdrawn", "immediate", "group",
	"digest", "handover", "configuration"
};

/* What stands in for a rule where there is no pack. */
static const struct cc_rule own_rules[] = {
	{.id = "first-visit-24h", .title = "Visit for the first time", .section = "1.1",
	    .kind = CC_KIND_DEADLINE, .ends = "visit.made"},
	{.id = "tell-at-once", .title = "Tell the office at once", .section = "1.2",
	    .kind = CC_KIND_IMMEDIATE, .ends = "office.told"},
};

/* The i-th rule of that kind that prints records, safety rules first; the last one when
 * there are fewer; NULL: there is none. */
static const struct cc_rule *
nth_rule(const struct cc_pack *p, enum cc_kind kind, unsigned i)
{
	const struct cc_rule *last = NULL;

	for (int safety = 1; safety >= 0; safety--)
		for (uint16_t k = 0; k < p->nrules; k++) {
			const struct cc_rule *r = p->rules[k];

			if (r->silent || r->kind != kind || r->safety != (safety == 1))
				continue;
			last = r;
			if (i-- == 0)
				return r;
		}
	return last;
}

static const struct cc_rule *
rule_of(const struct cc_pack *p, enum cc_kind kind, unsigned i)
{
	const struct cc_rule *r = p == NULL ? NULL : nth_rule(p, kind, i);

	return r != NULL ? r : &own_rules[kind == CC_KIND_IMMEDIATE];
}

static struct cc_wall
at(int64_t seconds_from_now)
{
	return (struct cc_wall){NOW + seconds_from_now};
}

/* An alert of the rule, made now, due so many seconds from now. */
static struct cc_message
alert(const struct cc_samples *s, const struct cc_rule *r, const char *rung, int64_t due)
{
	struct cc_message m = {
		.id = "00112233445566778899aabbccddeeff",
		.thread = "ffeeddccbbaa99887766554433221100",
		.form = CC_FORM_ALERT, .case_id = "48211234", .rule = r->id, .title = r->title,
		.section = r->section, .subject = "v1", .period = 1, .epoch = 1,
		.kind = r->kind, .state = due < 0 ? CC_STATE_OVERDUE : CC_STATE_RUNNING,
		.started = at(due - DAY), .due = at(due), .ended = CC_NEVER,
		.at = at(due + 1), .fired = at(0), .known = CC_NEVER, .previous_due = CC_NEVER,
		.rung = rung, .severity = due < 0 ? CC_CRITICAL : CC_WARNING,
		.told = {"caseworker", "supervisor"}, .ntold = 2, .role = "caseworker",
		.link = "https://cms.agency.example/cases/48211234", .ends = r->ends,
	};

	m.zone = s->pack == NULL || s->pack->zone == NULL ? NULL : s->pack->zone->name;
	if (r->kind == CC_KIND_IMMEDIATE) {
		m.state = CC_STATE_RUNNING;
		m.severity = CC_WARNING;
		m.due = m.started = m.at = at(-HOUR);
	}
	return m;
}

static void
add(struct cc_samples *s, const char *language, struct cc_message m)
{
	m.language = language;
	s->v[s->n].name = cc_sample_names[s->n];
	s->v[s->n++].message = m;
}

static void
make_alerts(struct cc_samples *s, const char *language)
{
	const struct cc_rule *r = rule_of(s->pack, CC_KIND_DEADLINE, 0);
	struct cc_message m = alert(s, r, "breach", -4 * HOUR);

	add(s, language, m);
	m = alert(s, r, "before-1d", 19 * HOUR);
	m.at = at(0);
	m.ntold = 1;
	add(s, language, m);
	m = alert(s, r, "after-1d", -3 * DAY);
	m.late = true;
	m.known = at(0);
	add(s, language, m);
	m = alert(s, r, "moved", 2 * DAY + 3 * HOUR);
	m.previous_due = at(-4 * HOUR);
	m.cause = "calendar";
	m.epoch = 2;
	add(s, language, m);
	m = alert(s, r, "clear", -4 * HOUR);
	m.state = CC_STATE_LATE;
	m.ended = at(-HOUR);
	m.severity = CC_NOTICE;
	add(s, language, m);
	m.state = CC_STATE_CANCELLED;
	m.withdrawn = true;
	m.ended = CC_NEVER;
	m.cause = "policy";
	add(s, language, m);
	add(s, language, alert(s, rule_of(s->pack, CC_KIND_IMMEDIATE, 0), "raise", 0));
}

static void
make_items(struct cc_samples *s)
{
	static const struct {
		enum cc_kind kind;
		unsigned rule;
		int64_t due;
		const char *rung, *case_id, *subject, *link;
	} list[CC_SAMPLE_ITEMS] = {
		{CC_KIND_DEADLINE, 0, -4 * HOUR, "breach", "48211234", "v1",
		    "https://cms.agency.example/cases/48211234"},
		{CC_KIND_DEADLINE, 2, 5 * DAY, "before-3d", "48211234", "case",
		    "https://cms.agency.example/cases/48211234"},
		{CC_KIND_RECURRING, 0, 30 * HOUR, "before-1d", "48210077", "c2",
		    "https://cms.agency.example/cases/48210077"},
		{CC_KIND_IMMEDIATE, 0, 0, "raise", "48210077", "case",
		    "https://cms.agency.example/cases/48210077"},
		{CC_KIND_DEADLINE, 3, 0, "before-1d", "48215500", "v4",
		    "https://cms.agency.example/cases/48215500"},
		{CC_KIND_DEADLINE, 1, -2 * DAY, "after-1d", "48215500", "v4",
		    "https://cms.agency.example/cases/48215500"},
	};

	for (unsigned i = 0; i < CC_SAMPLE_ITEMS; i++) {
		struct cc_message *m = &s->items[i];

		*m = alert(s, rule_of(s->pack, list[i].kind, list[i].rule), list[i].rung,
		    list[i].due);
		m->case_id = list[i].case_id;
		m->subject = list[i].subject;
		m->link = list[i].link;
		m->id = m->thread = NULL;
		if (m->due.s == NOW)
			m->due = at(20 * 60);
	}
}

/* A message of several things. */
static struct cc_message
whole(const struct cc_samples *s, enum cc_message_form form, unsigned n)
{
	struct cc_message m = alert(s, rule_of(s->pack, CC_KIND_DEADLINE, 0), "", HOUR);

	m.form = form;
	m.state = 0;
	m.due = m.started = CC_NEVER;
	m.case_id = m.rule = m.title = m.section = m.subject = m.rung = "";
	m.link = m.ends = NULL;
	m.at = at(0);
	m.ntold = 0;
	m.severity = CC_NOTICE;
	m.items = s->items;
	m.nitems = n;
	return m;
}

static void
make_lists(struct cc_samples *s, const char *language)
{
	struct cc_message m = whole(s, CC_FORM_GROUP, 4);

	add(s, language, m);
	m = whole(s, CC_FORM_DIGEST, CC_SAMPLE_ITEMS);
	m.unit = "u-7";
	m.role = "supervisor";
	add(s, language, m);
	m = whole(s, CC_FORM_HANDOVER, 2);
	m.case_id = "48211234";
	add(s, language, m);
	m = whole(s, CC_FORM_CONFIGURATION, 0);
	m.title = "The directory has no staff_id s-999";
	m.case_id = "48211234";
	m.role = "operator";
	add(s, language, m);
}

void
cc_samples_make(struct cc_samples *s, const struct cc_pack *pack, const char *language)
{
	memset(s, 0, sizeof *s);
	s->pack = pack;
	make_items(s);
	make_alerts(s, language);
	make_lists(s, language);
}
