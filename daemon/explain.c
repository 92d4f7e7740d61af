#include "daemon/explain.h"

#include <stdio.h>
#include <string.h>

#include "daemon/methods_inner.h"
#include "scheduler/earlier.h"
#include "scheduler/history.h"

enum { LINE_MAX_BYTES = 600 };

static const char *const weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday"};

static void
put_string(struct cc_buf *b, const char *name, const char *value)
{
	cc_put_key(b, name);
	if (value == NULL)
		CC_BUF_LIT(b, "null");
	else
		cc_buf_jsons(b, value);
}

static const struct cc_rulex *
rulex_of(const struct cc_explaining *x)
{
	return &x->setup->pack->program->rules[x->clock->rule->index];
}

/* The due that the rule had when the clock started; NULL: the one it has. */
static const struct cc_earlier *
earlier_of(const struct cc_explaining *x)
{
	return cc_earlier_of(rulex_of(x), x->result->zone, x->clock->started);
}

static const char *
due_text(const struct cc_explaining *x)
{
	const struct cc_earlier *e = earlier_of(x);

	return e == NULL ? rulex_of(x)->due_text : e->text;
}

/* --- events ------------------------------------------------------------------------ */

static const struct cc_hevent *
event_at(const struct cc_explaining *x, int32_t place)
{
	const struct cc_history *h = x->result->history;

	return place < 0 || (uint32_t)place >= h->n ? NULL : &h->events[place];
}

static void
put_event(const struct cc_explaining *x, struct cc_buf *b, const char *name,
    int32_t place)
{
	const struct cc_history *h = x->result->history;
	const struct cc_hevent *e = event_at(x, place);

	cc_put_key(b, name);
	if (e == NULL) {
		CC_BUF_LIT(b, "null");
		return;
	}
	cc_buf_char(b, '{');
	cc_put_text(b, "id", h->symbols.text[e->id]);
	cc_put_text(b, "source", h->symbols.text[e->source]);
	put_string(b, "type", x->setup->pack->schema.types[e->type].name);
	cc_put_wall(b, "time", (struct cc_wall){e->time});
	cc_buf_char(b, '}');
}

/* --- days ---------------------------------------------------------------------------- */

struct days {
	cc_day first, last;		/* day 0 and the due's day; last < first: none */
	bool business;
};

static struct days
days_of(const struct cc_explaining *x)
{
	const char *text = due_text(x);
	struct days d = {.first = 1, .last = 0};
	cc_day first, last;

	if (text == NULL || !cc_given(x->view->due) || !cc_given(x->view->started) ||
	    (strstr(text, "D(") == NULL && strstr(text, "BD") == NULL))
		return d;
	first = cc_local_day(x->result->zone, x->view->started);
	last = cc_local_day(x->result->zone, x->view->due);
	if (last < first || last - first > CC_EXPLAIN_DAYS)
		return d;
	d.first = first;
	d.last = last;
	d.business = strstr(text, "BD") != NULL;
	return d;
}

/* Why a day is not counted; "" when it is. */
static void
why_not(const struct cc_explaining *x, const struct days *d, cc_day day, char *to,
    size_t size)
{
	const struct cc_calendar *c = &x->setup->pack->calendar;
	const struct cc_holiday *h = cc_holiday_on(c, day);

	to[0] = '\0';
	if (day == d->first)
		(void)snprintf(to, size, "the day it starts is not counted");
	else if (d->business && h != NULL)
		(void)snprintf(to, size, "holiday: %.100s (line %u of the holidays)",
		    h->name == NULL ? "" : h->name, h->line);
	else if (d->business && !cc_business_day(c, day))
		(void)snprintf(to, size, "weekend");
}

static void
put_days(const struct cc_explaining *x, const struct days *d, struct cc_buf *b)
{
	char date[CC_DAY_TEXT], why[200];
	int n = 0;

	cc_put_key(b, "days");
	cc_buf_char(b, '[');
	for (cc_day day = d->first; day <= d->last; day++) {
		why_not(x, d, day, why, sizeof why);
		cc_day_format(day, date);
		cc_buf_puts(b, day > d->first ? ",{" : "{");
		put_string(b, "date", date);
		put_string(b, "weekday", weekdays[cc_weekday(day)]);
		cc_put_key(b, "number");
		if (why[0] == '\0')
			cc_buf_int(b, ++n);
		else
			CC_BUF_LIT(b, "null");
		cc_put_bool(b, "counted", why[0] == '\0');
		put_string(b, "why", why);
		cc_buf_char(b, '}');
	}
	cc_buf_char(b, ']');
}

/* --- text for people -------------------------------------------------------------------- */

static void
say(struct cc_buf *b, const char *fmt, ...) CC_PRINTF(2, 3);

static void
say(struct cc_buf *b, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap);	/* cut is fine */
	va_end(ap);
	if (b->n > 0 && b->p[b->n - 1] != '[')
		cc_buf_char(b, ',');
	cc_buf_jsons(b, line);
}

static void
say_instant(const struct cc_explaining *x, struct cc_buf *b, const char *what,
    struct cc_wall t, const char *rule)
{
	char local[CC_LOCAL_TEXT] = "never";

	if (cc_given(t))
		cc_local_format(x->result->zone, t, local);
	if (rule != NULL)
		say(b, "%s %s, by the rule: %.400s", what, local, rule);
	else if (cc_given(t))
		say(b, "%s %s", what, local);
}

static void
say_event(const struct cc_explaining *x, struct cc_buf *b, const char *what,
    int32_t place)
{
	const struct cc_history *h = x->result->history;
	const struct cc_hevent *e = event_at(x, place);
	char local[CC_LOCAL_TEXT];

	if (e == NULL)
		return;
	cc_local_format(x->result->zone, (struct cc_wall){e->time}, local);
	say(b, "%s event %.*s (%s) of %s, from %.*s", what,
	    (int)h->symbols.text[e->id].n, h->symbols.text[e->id].p,
	    x->setup->pack->schema.types[e->type].name, local,
	    (int)h->symbols.text[e->source].n, h->symbols.text[e->source].p);
}

static void
say_days(const struct cc_explaining *x, const struct days *d, struct cc_buf *b)
{
	char date[CC_DAY_TEXT], why[200];
	int n = 0;

	for (cc_day day = d->first; day <= d->last; day++) {
		why_not(x, d, day, why, sizeof why);
		cc_day_format(day, date);
		if (why[0] == '\0')
			say(b, "  %s %-9s day %d", date, weekdays[cc_weekday(day)], ++n);
		else
			say(b, "  %s %-9s - %s", date, weekdays[cc_weekday(day)], why);
	}
}

static const char *
how_ended(const struct cc_clock *c)
{
	switch (c->end) {
	case CC_END_ACT:
		return "act";
	case CC_END_EXEMPT:
		return "exempt";
	case CC_END_CANCELLED:
		return "cancelled";
	case CC_END_NONE:
		break;
	}
	return NULL;
}

/* An immediate duty has no number, and nobody is reproached with one. */
static const char *
state_words(const struct cc_explaining *x)
{
	enum cc_state s = x->view->state;

	if (x->clock->rule->kind != CC_KIND_IMMEDIATE)
		return cc_state_text(s);
	if (s == CC_STATE_RUNNING || s == CC_STATE_OVERDUE)
		return "to be done at once";
	return s == CC_STATE_MET || s == CC_STATE_LATE ? "done" : cc_state_text(s);
}

static void
say_due(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_earlier *e = earlier_of(x);
	char date[CC_DAY_TEXT];

	if (x->clock->rule->kind == CC_KIND_IMMEDIATE && e == NULL)
		say(b, "due     at once: the text names no number");
	else
		say_instant(x, b, "due    ", x->view->due, due_text(x));
	if (e == NULL)
		return;
	cc_day_format(e->day, date);
	say(b, "  as the rule was for clocks that started before %s", date);
}

static void
put_text(const struct cc_explaining *x, const struct days *d, struct cc_buf *b)
{
	const struct cc_clock *k = x->clock;
	const struct cc_rulex *r = rulex_of(x);
	const struct cc_pack *p = x->setup->pack;

	cc_put_key(b, "text");
	cc_buf_char(b, '[');
	say(b, "%s: %s", k->rule->id, k->rule->title);
	say(b, "section %s; %s; written in %s, line %u", k->rule->section,
	    cc_kind_text(k->rule->kind), k->rule->file, k->rule->line);
	say(b, "case %.*s, for %.*s, period %u: %s", (int)x->case_id.n, x->case_id.p,
	    (int)k->subject.n, k->subject.p, k->period, state_words(x));
	say_event(x, b, "begins with", k->origin_event);
	say_instant(x, b, "armed  ", k->armed, r->armed_text);
	say_instant(x, b, "started", x->view->started, r->started_text);
	say_due(x, b);
	if (cc_given(x->view->due) && cc_given(x->view->started) && d->last < d->first &&
	    k->rule->kind != CC_KIND_IMMEDIATE)
		say(b, "  %lld s after the start (%.2f hours)",
		    (long long)(x->view->due.s - x->view->started.s),
		    (double)(x->view->due.s - x->view->started.s) / 3600);
	say_days(x, d, b);
	if (cc_given(k->paused)) {
		say_instant(x, b, "paused ", k->paused, NULL);
		say_instant(x, b, "resumed", k->resumed, NULL);
	}
	say_instant(x, b, "ended  ", x->view->ended, NULL);
	if (k->end != CC_END_NONE)
		say_event(x, b, how_ended(k), k->end_event);
	say(b, "policy %s %s (%s), in effect since %s", p->name, p->version, p->stamp,
	    p->effective);
	say(b, "holidays %s, zone data %s, zone %s", p->calendar_stamp,
	    x->setup->zones.version, x->result->zone->name);
	cc_buf_char(b, ']');
}

/* --- the object --------------------------------------------------------------------------- */

static void
put_local(const struct cc_explaining *x, struct cc_buf *b, const char *name,
    struct cc_wall t)
{
	char local[CC_LOCAL_TEXT];

	if (cc_given(t))
		cc_local_format(x->result->zone, t, local);
	put_string(b, name, cc_given(t) ? local : NULL);
}

static void
put_times(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_rulex *r = rulex_of(x);
	const struct cc_earlier *e = earlier_of(x);
	char date[CC_DAY_TEXT];

	put_string(b, "state", cc_state_text(x->view->state));
	cc_put_wall(b, "armed", x->clock->armed);
	cc_put_wall(b, "started", x->view->started);
	cc_put_wall(b, "due", x->view->due);
	cc_put_wall(b, "ended", x->view->ended);
	put_string(b, "zone", x->result->zone->name);
	cc_put_key(b, "local");
	cc_buf_char(b, '{');
	put_local(x, b, "armed", x->clock->armed);
	put_local(x, b, "started", x->view->started);
	put_local(x, b, "due", x->view->due);
	put_local(x, b, "ended", x->view->ended);
	cc_buf_char(b, '}');
	cc_put_key(b, "rule");
	cc_buf_char(b, '{');
	put_string(b, "armed", r->armed_text);
	put_string(b, "started", r->started_text);
	put_string(b, "due", due_text(x));
	if (e != NULL)
		cc_day_format(e->day, date);
	put_string(b, "started_before", e == NULL ? NULL : date);
	cc_buf_char(b, '}');
}

static void
put_rule(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_clock *k = x->clock;

	cc_put_text(b, "case", x->case_id);
	put_string(b, "clock", k->rule->id);
	cc_put_text(b, "subject", k->subject);
	cc_put_number(b, "period", k->period);
	put_string(b, "title", k->rule->title);
	put_string(b, "section", k->rule->section);
	put_string(b, "kind", cc_kind_text(k->rule->kind));
	cc_put_bool(b, "safety", k->rule->safety);
	cc_put_key(b, "written");
	cc_buf_char(b, '{');
	put_string(b, "file", k->rule->file);
	cc_put_number(b, "line", k->rule->line);
	cc_buf_char(b, '}');
}

void
cc_explain(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_clock *k = x->clock;
	const struct cc_pack *p = x->setup->pack;
	struct days d = days_of(x);

	cc_buf_char(b, '{');
	put_rule(x, b);
	put_times(x, b);
	put_event(x, b, "origin", k->origin_event);
	put_event(x, b, "ended_by", k->end_event);
	put_string(b, "how", how_ended(k));
	cc_put_key(b, "pause");
	if (cc_given(k->paused)) {
		cc_buf_char(b, '{');
		cc_put_wall(b, "from", k->paused);
		cc_put_wall(b, "until", k->resumed);
		cc_buf_char(b, '}');
	} else {
		CC_BUF_LIT(b, "null");
	}
	put_days(x, &d, b);
	cc_put_key(b, "policy");
	cc_buf_char(b, '{');
	put_string(b, "name", p->name);
	put_string(b, "version", p->version);
	put_string(b, "stamp", p->stamp);
	put_string(b, "effective", p->effective);
	cc_buf_char(b, '}');
	put_string(b, "holidays", p->calendar_stamp);
	put_string(b, "zones", x->setup->zones.version);
	put_text(x, &d, b);
	cc_buf_char(b, '}');
}
