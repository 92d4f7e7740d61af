#include "policy/holidays_days.h"

#include "policy/ics_scan.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* 2099-12-31: no clock looks at a later day. */
enum { LAST_DAY = 47481 };

/* The file while it is read. */
struct reading {
	struct cc_holidays_job *j;
	struct cc_ics ics;
	icalcomponent *calendar;
	uint32_t nrules;
	bool *drop_seen;
	struct cc_err *reterr;
};

/* One event while it is read. */
struct event {
	const struct cc_ics_event *at;
	icalcomponent *c;
	struct icaltimetype start;
	cc_day day;
	int span;		/* days that one occurrence lasts */
	uint32_t given;		/* days given so far */
	const char *name;
	cc_day *except;		/* EXDATE, sorted */
	uint32_t nexcept;
};

/* Refuses what stands at property `name` of the event, or at its BEGIN. */
static enum cc_code
refuse(const struct reading *r, const struct cc_ics_event *at,
    const char *name, const char *what)
{
	const struct cc_ics_prop *p = cc_ics_prop(at, name);

	return cc_fail(r->reterr, CC_EINVAL, 0, "%s:%u:%u: %s%s%s",
	    r->j->src->path, p != NULL ? p->line : at->line,
	    p != NULL ? p->column : 1, p != NULL ? name : "",
	    p != NULL ? ": " : "", what);
}

static enum cc_code
out_of_memory(const struct reading *r)
{
	return cc_fail(r->reterr, CC_ENOMEM, 0, "%s: out of memory",
	    r->j->src->path);
}

static icalproperty *
first_of(const struct event *e, icalproperty_kind kind)
{
	return icalcomponent_get_first_property(e->c, kind);
}

static bool
day_of(struct icaltimetype t, cc_day *ret)
{
	struct cc_civil c = {t.year, t.month, t.day};

	if (!t.is_date || !cc_civil_ok(c))
		return false;
	*ret = cc_day_of(c);
	return *ret >= 0 && *ret <= LAST_DAY;
}

/*
 * libical takes a property it cannot read away and leaves a note that names
 * it.  The note's property is found again by name in our own list.
 */
static enum cc_code
refuse_note(const struct reading *r, const struct cc_ics_event *at,
    const char *note)
{
	const struct cc_ics_prop *found = NULL;
	char name[64];

	for (uint32_t i = 0; i < at->nprops && found == NULL; i++) {
		const struct cc_ics_prop *p = &at->props[i];

		if (p->name.n >= sizeof name)
			continue;
		memcpy(name, p->name.p, p->name.n);
		name[p->name.n] = '\0';
		if (strcasestr(note, name) != NULL)
			found = p;
	}
	if (found == NULL)
		return refuse(r, at, "", note);
	return cc_fail(r->reterr, CC_EINVAL, 0, "%s:%u:%u: %s",
	    r->j->src->path, found->line, found->column, note);
}

/* The parser's or the checker's note in a component, or NULL. */
static const char *
note_in(icalcomponent *c)
{
	icalproperty *p =
	    icalcomponent_get_first_property(c, ICAL_XLICERROR_PROPERTY);

	return p == NULL ? NULL : icalproperty_get_xlicerror(p);
}

static enum cc_code
check_notes(const struct reading *r)
{
	icalcomponent *c = icalcomponent_get_first_component(r->calendar,
	    ICAL_VEVENT_COMPONENT);
	const char *note;

	for (uint32_t i = 0; i < r->ics.nevents; i++) {
		if (c == NULL)
			return cc_fail(r->reterr, CC_EINVAL, 0, "%s:%u:1: this "
			    "event is not understood", r->j->src->path,
			    r->ics.events[i].line);
		note = note_in(c);
		if (note != NULL)
			return refuse_note(r, &r->ics.events[i], note);
		c = icalcomponent_get_next_component(r->calendar,
		    ICAL_VEVENT_COMPONENT);
	}
	note = note_in(r->calendar);
	if (note == NULL && icalcomponent_count_errors(r->calendar) > 0)
		note = "an alarm or a time zone in it is not understood";
	if (note == NULL && c != NULL)
		note = "its events are not understood";
	if (note == NULL)
		return CC_OK;
	return cc_fail(r->reterr, CC_EINVAL, 0, "%s:1:1: the calendar: %s",
	    r->j->src->path, note);
}

/* True when the event is of a kind that does not count. */
static bool
dropped(struct reading *r, const struct event *e)
{
	const struct cc_holidays_source *src = r->j->src;
	icalproperty *p = first_of(e, ICAL_CATEGORIES_PROPERTY);
	bool drop = false;

	for (; p != NULL; p = icalcomponent_get_next_property(e->c,
	    ICAL_CATEGORIES_PROPERTY)) {
		const char *s = icalproperty_get_categories(p);

		while (s != NULL && *s != '\0') {
			size_t n = strcspn(s, ",");

			for (uint32_t i = 0; i < src->ndrop; i++) {
				if (strlen(src->drop[i]) != n ||
				    strncasecmp(src->drop[i], s, n) != 0)
					continue;
				r->drop_seen[i] = true;
				drop = true;
			}
			s += n + (s[n] == ',');
		}
	}
	return drop;
}

/* Forms of iCalendar that a reviewed list of holidays does without. */
static enum cc_code
check_forms(const struct reading *r, const struct event *e)
{
	static const struct {
		const char *name, *what;
	} unwanted[] = {
		{"RECURRENCE-ID", "changes of single days are not taken; use "
		    "EXDATE and RDATE"},
		{"EXRULE", "is no longer part of iCalendar; use EXDATE"},
	};

	for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
		if (cc_ics_prop(e->at, unwanted[i].name) != NULL)
			return refuse(r, e->at, unwanted[i].name,
			    unwanted[i].what);
	}
	return CC_OK;
}

static enum cc_code
read_span(const struct reading *r, struct event *e)
{
	icalproperty *p = first_of(e, ICAL_DTEND_PROPERTY);
	int64_t days = 1;
	const char *name = "DTEND";
	cc_day end;

	if (p != NULL) {
		if (!day_of(icalproperty_get_dtend(p), &end))
			return refuse(r, e->at, name, "a date is expected, "
			    "for example DTEND;VALUE=DATE:20260102");
		days = (int64_t)end - e->day;
	}
	p = first_of(e, ICAL_DURATION_PROPERTY);
	if (p != NULL) {
		struct icaldurationtype d = icalproperty_get_duration(p);

		name = "DURATION";
		if (d.hours != 0 || d.minutes != 0 || d.seconds != 0 ||
		    d.is_neg)
			return refuse(r, e->at, name,
			    "whole days are expected, for example P1D");
		days = (int64_t)d.days + 7 * (int64_t)d.weeks;
	}
	if (days < 1 || days > CC_HOLIDAYS_SPAN)
		return refuse(r, e->at, name,
		    "a holiday lasts 1 to 31 days; DTEND is the day after it");
	e->span = (int)days;
	return CC_OK;
}

static int
by_number(const void *a, const void *b)
{
	const cc_day *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static enum cc_code
read_except(const struct reading *r, struct event *e)
{
	icalproperty *p = first_of(e, ICAL_EXDATE_PROPERTY);

	if (p == NULL)
		return CC_OK;
	e->except = cc_arena_array(r->j->tmp, CC_HOLIDAYS_OF_EVENT,
	    sizeof *e->except);
	if (e->except == NULL)
		return out_of_memory(r);
	for (; p != NULL; p = icalcomponent_get_next_property(e->c,
	    ICAL_EXDATE_PROPERTY)) {
		if (e->nexcept == CC_HOLIDAYS_OF_EVENT)
			return cc_fail(r->reterr, CC_ERANGE, 0, "%s:%u:1: more "
			    "than %d EXDATEs", r->j->src->path, e->at->line,
			    CC_HOLIDAYS_OF_EVENT);
		if (!day_of(icalproperty_get_exdate(p),
		    &e->except[e->nexcept]))
			return refuse(r, e->at, "EXDATE", "dates of 1970 to "
			    "2099 are expected, for example "
			    "EXDATE;VALUE=DATE:20260101");
		e->nexcept++;
	}
	qsort(e->except, e->nexcept, sizeof *e->except, by_number);
	return CC_OK;
}

/* One occurrence, all its days. */
static enum cc_code
give(struct reading *r, struct event *e, cc_day day)
{
	if (e->nexcept > 0 && bsearch(&day, e->except, e->nexcept,
	    sizeof day, by_number) != NULL)
		return CC_OK;
	for (int i = 0; i < e->span && day + i <= LAST_DAY; i++) {
		struct cc_holiday h = {day + i, e->name, e->at->line};

		if (++e->given > CC_HOLIDAYS_OF_EVENT)
			return cc_fail(r->reterr, CC_ERANGE, 0, "%s:%u:1: this "
			    "event gives more than %d days", r->j->src->path,
			    e->at->line, CC_HOLIDAYS_OF_EVENT);
		if (!cc_holidays_add(&r->j->days, h))
			return cc_fail(r->reterr, CC_ERANGE, 0, "%s:%u:1: more "
			    "than %d holidays in all", r->j->src->path,
			    e->at->line, CC_HOLIDAYS_DAYS);
	}
	return CC_OK;
}

/* Rules that libical would walk second by second are refused before it makes
 * an iterator of them: one of these can take minutes to find nothing. */
static const char *
rule_wrong(const struct icalrecurrencetype *rule)
{
	if (rule->freq == ICAL_NO_RECURRENCE)
		return "FREQ=YEARLY, MONTHLY, WEEKLY or DAILY is expected";
	if (rule->freq < ICAL_DAILY_RECURRENCE)
		return "FREQ of DAILY or longer is expected for whole days";
	if (rule->by_hour[0] != ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_minute[0] != ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_second[0] != ICAL_RECURRENCE_ARRAY_MAX)
		return "a whole day has no BYHOUR, BYMINUTE or BYSECOND";
	if (rule->rscale != NULL)
		return "RSCALE is not taken: only the Gregorian calendar";
	if (rule->interval < 1)
		return "INTERVAL of 1 or more is expected";
	return NULL;
}

static enum cc_code
walk_rule(struct reading *r, struct event *e, icalrecur_iterator *it)
{
	struct icaltimetype t = icalrecur_iterator_next(it);
	enum cc_code code = CC_OK;
	uint32_t n = 0;
	cc_day day;

	/* Such a rule is a slip of the pen, and finding its first day can
	 * cost libical a search through all years. */
	if (icaltime_is_null_time(t) || !day_of(t, &day) || day != e->day)
		return refuse(r, e->at, "RRULE",
		    "DTSTART must be the first day that the rule gives");
	while (code == CC_OK && !icaltime_is_null_time(t) &&
	    day_of(t, &day)) {
		/* Days that EXDATE takes away cost time as well. */
		if (++n > CC_HOLIDAYS_OF_EVENT)
			return cc_fail(r->reterr, CC_ERANGE, 0, "%s:%u:1: a "
			    "rule gives more than %d days", r->j->src->path,
			    e->at->line, CC_HOLIDAYS_OF_EVENT);
		code = give(r, e, day);
		t = icalrecur_iterator_next(it);
	}
	return code;
}

static enum cc_code
read_rule(struct reading *r, struct event *e, icalproperty *p)
{
	struct icalrecurrencetype rule = icalproperty_get_rrule(p);
	const char *what = rule_wrong(&rule);
	icalrecur_iterator *it;
	enum cc_code code;

	if (what != NULL)
		return refuse(r, e->at, "RRULE", what);
	if (++r->nrules > CC_HOLIDAYS_RULES)
		return cc_fail(r->reterr, CC_ERANGE, 0, "%s:%u:1: more than %d "
		    "rules", r->j->src->path, e->at->line, CC_HOLIDAYS_RULES);
	it = icalrecur_iterator_new(rule, e->start);
	if (it == NULL)
		return refuse(r, e->at, "RRULE",
		    "this rule is not understood");
	code = walk_rule(r, e, it);
	icalrecur_iterator_free(it);
	return code;
}

static enum cc_code
read_days(struct reading *r, struct event *e)
{
	enum cc_code code = give(r, e, e->day);
	icalproperty *p;

	for (p = first_of(e, ICAL_RRULE_PROPERTY);
	    p != NULL && code == CC_OK;
	    p = icalcomponent_get_next_property(e->c, ICAL_RRULE_PROPERTY))
		code = read_rule(r, e, p);
	for (p = first_of(e, ICAL_RDATE_PROPERTY);
	    p != NULL && code == CC_OK;
	    p = icalcomponent_get_next_property(e->c, ICAL_RDATE_PROPERTY)) {
		struct icaldatetimeperiodtype t = icalproperty_get_rdate(p);
		cc_day day;

		if (!icalperiodtype_is_null_period(t.period) ||
		    !day_of(t.time, &day))
			return refuse(r, e->at, "RDATE", "dates of 1970 to "
			    "2099 are expected, for example "
			    "RDATE;VALUE=DATE:20260101");
		code = give(r, e, day);
	}
	return code;
}

static enum cc_code
read_head(const struct reading *r, struct event *e)
{
	icalproperty *start = first_of(e, ICAL_DTSTART_PROPERTY);
	const char *name = icalcomponent_get_summary(e->c);

	if (start == NULL)
		return refuse(r, e->at, "", "the event has no DTSTART");
	e->start = icalproperty_get_dtstart(start);
	if (!day_of(e->start, &e->day))
		return refuse(r, e->at, "DTSTART", "a date of 1970 to 2099 is "
		    "expected, for example DTSTART;VALUE=DATE:20260101");
	if (name == NULL || *name == '\0')
		return refuse(r, e->at, "SUMMARY",
		    "the event needs a SUMMARY, the name of the holiday");
	e->name = cc_holidays_name(r->j->arena,
	    (struct cc_str){name, (uint32_t)strlen(name)});
	return e->name == NULL ? out_of_memory(r) : CC_OK;
}

static enum cc_code
read_event(struct reading *r, struct event *e)
{
	enum cc_code code = check_forms(r, e);

	if (code != CC_OK)
		return code;
	if (icalcomponent_get_status(e->c) == ICAL_STATUS_CANCELLED)
		return CC_OK;
	code = read_head(r, e);
	if (code == CC_OK)
		code = read_span(r, e);
	if (code == CC_OK)
		code = read_except(r, e);
	/* After the checks: a mistake in a dropped event is still one. */
	if (code != CC_OK || dropped(r, e))
		return code;
	return read_days(r, e);
}

static enum cc_code
read_events(struct reading *r)
{
	icalcomponent *c = icalcomponent_get_first_component(r->calendar,
	    ICAL_VEVENT_COMPONENT);

	for (uint32_t i = 0; i < r->ics.nevents && c != NULL; i++) {
		struct event e = {.at = &r->ics.events[i], .c = c};
		struct cc_mark mark = cc_arena_mark(r->j->tmp);
		enum cc_code code = read_event(r, &e);

		cc_arena_release(r->j->tmp, mark);
		if (code != CC_OK)
			return code;
		c = icalcomponent_get_next_component(r->calendar,
		    ICAL_VEVENT_COMPONENT);
	}
	return CC_OK;
}

/* FROM/TO, two dates. */
static enum cc_code
read_reviewed(struct reading *r)
{
	const struct cc_ics_prop *p = &r->ics.reviewed;
	struct cc_holidays_days *d = &r->j->days;
	struct cc_str from = p->value, to = p->value;
	const char *slash;
	struct cc_err why;
	bool ok;

	d->first = 1;
	d->last = 0;
	if (p->line == 0)
		return CC_OK;
	slash = p->value.n == 0 ? NULL : memchr(from.p, '/', from.n);
	ok = slash != NULL;
	if (ok) {
		from.n = (uint32_t)(slash - from.p);
		to.p = slash + 1;
		to.n -= from.n + 1;
		ok = cc_day_parse(from, &d->first, &why) == CC_OK &&
		    cc_day_parse(to, &d->last, &why) == CC_OK &&
		    d->first <= d->last;
	}
	if (ok)
		return CC_OK;
	return cc_fail(r->reterr, CC_EINVAL, 0, "%s:%u:%u: the first and the "
	    "last day reviewed are expected, for example "
	    "2015-01-01/2045-12-31", r->j->src->path, p->line, p->column);
}

static enum cc_code
check_drop(const struct reading *r)
{
	const struct cc_holidays_source *src = r->j->src;

	for (uint32_t i = 0; i < src->ndrop && src->drop_must_exist; i++) {
		if (!r->drop_seen[i])
			return cc_fail(r->reterr, CC_EINVAL, 0, "%s:1:1: no "
			    "event has the kind \"%.40s\" that is to be "
			    "dropped (CATEGORIES)", src->path, src->drop[i]);
	}
	return CC_OK;
}

static enum cc_code
read_calendar(struct reading *r)
{
	enum cc_code code = read_reviewed(r);

	if (code == CC_OK)
		code = check_notes(r);
	if (code != CC_OK)
		return code;
	/* Its findings are left as notes, too. */
	if (!icalrestriction_check(r->calendar)) {
		code = check_notes(r);
		if (code != CC_OK)
			return code;
	}
	r->drop_seen = cc_arena_array(r->j->tmp, r->j->src->ndrop,
	    sizeof *r->drop_seen);
	if (r->drop_seen == NULL)
		return out_of_memory(r);
	code = read_events(r);
	return code == CC_OK ? check_drop(r) : code;
}

enum cc_code
cc_holidays_ics(struct cc_holidays_job *j, struct cc_err *reterr)
{
	struct reading r = {.j = j, .reterr = reterr};
	enum cc_code code;
	char *text;

	code = cc_ics_scan(j->src->path, j->bytes, j->tmp, &r.ics, reterr);
	if (code != CC_OK)
		return code;
	text = cc_arena_text(j->tmp, j->bytes.p, j->bytes.n);
	if (text == NULL)
		return out_of_memory(&r);
	/* By default a malformed file may end the process. */
	icalerror_set_errors_are_fatal(0);
	r.calendar = icalparser_parse_string(text);
	if (r.calendar == NULL ||
	    icalcomponent_isa(r.calendar) != ICAL_VCALENDAR_COMPONENT)
		code = cc_fail(reterr, CC_EINVAL, 0,
		    "%s:1:1: this is not an iCalendar text", j->src->path);
	else
		code = read_calendar(&r);
	if (r.calendar != NULL)
		icalcomponent_free(r.calendar);
	icalmemory_free_ring();
	return code;
}
