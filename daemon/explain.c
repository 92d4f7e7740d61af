#include "daemon/explain.h"

#include <stdio.h>
#include <string.h>

#include "daemon/explain_inner.h"
#include "daemon/methods_inner.h"
#include "daemon/no_holidays.h"
#include "scheduler/earlier.h"

enum { LINE_MAX_BYTES = 1200 };

const char *const cc_explain_weekdays[7] = {"Sunday", "Monday", "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday"};

void
cc_explain_string(struct cc_buf *b, const char *name, const char *value)
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

/* An evaluation that could not note its steps has none to tell. */
static const struct cc_traced *
traced_of(const struct cc_explaining *x)
{
	static const struct cc_traced none;
	const struct cc_traced *t = x->traces == NULL ? NULL :
	    cc_traced_of(x->traces, x->clock);

	return t == NULL ? &none : t;
}

static const char *
due_text(const struct cc_explaining *x)
{
	const struct cc_earlier *e = earlier_of(x);

	return e == NULL ? rulex_of(x)->due_text : e->text;
}

/* --- days nobody vouches for --------------------------------------------------------- */

/* A member's or another rule's instant may have been counted in business days. */
static bool
looked_at_calendar(const struct cc_explaining *x)
{
	const struct cc_trace *t = traced_of(x)->due;

	for (uint32_t i = 0; t != NULL && i < t->n; i++)
		switch (t->steps[i].node->op) {
		case CC_OP_BD:
		case CC_OP_BD_FROM:
		case CC_OP_BD_END:
		case CC_OP_NBD:
		case CC_OP_IN_BLOCK:
		case CC_OP_BUSINESS_DAY:
		case CC_OP_BUSINESS_ELAPSED:
			return true;
		default:
			break;
		}
	return false;
}

/* Years between start and due in which days were counted blindly. */
static unsigned
unknown_years(const struct cc_explaining *x, int years[CC_NO_HOLIDAYS_YEARS])
{
	const struct cc_pack *p = x->setup->pack;
	struct cc_wall from = x->view->started, until = x->view->due;

	if (!cc_given(from) || !cc_given(until) ||
	    !(cc_counts_holidays(p->program, rulex_of(x)) || looked_at_calendar(x)))
		return 0;
	if (until.s < from.s)
		until = from;
	return cc_no_holidays(&p->calendar, cc_local_day(x->result->zone, from),
	    cc_local_day(x->result->zone, until), years);
}

static void
put_unknown_years(const struct cc_explaining *x, struct cc_buf *b)
{
	int years[CC_NO_HOLIDAYS_YEARS];
	unsigned n = unknown_years(x, years);

	cc_put_key(b, "no_holiday_data");
	cc_buf_char(b, '[');
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		cc_buf_int(b, years[i]);
	}
	cc_buf_char(b, ']');
}

/* --- text for people -------------------------------------------------------------------- */

void
cc_explain_say(struct cc_buf *b, const char *fmt, ...)
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
		cc_explain_say(b, "%s %s, by the rule: %.400s", what, local, rule);
	else if (cc_given(t))
		cc_explain_say(b, "%s %s", what, local);
}

static void
say_event(const struct cc_explaining *x, struct cc_buf *b, const char *what,
    int32_t place)
{
	const struct cc_hevent *e = cc_explain_at(x, place);
	char words[LINE_MAX_BYTES / 2], data[LINE_MAX_BYTES / 2];

	if (e == NULL)
		return;
	cc_explain_event_words(x, place, words, sizeof words);
	cc_explain_event_data(x, place, data, sizeof data);
	cc_explain_say(b, "%s %s, from %.*s", what, words,
	    (int)x->result->history->symbols.text[e->source].n,
	    x->result->history->symbols.text[e->source].p);
	if (data[0] != '\0')
		cc_explain_say(b, "  it says %s", data);
}

static void
say_unknown_years(const struct cc_explaining *x, struct cc_buf *b)
{
	int years[CC_NO_HOLIDAYS_YEARS];
	unsigned n = unknown_years(x, years);

	for (unsigned i = 0; i < n; i++)
		cc_explain_say(b, "  no holiday data for %d: its days are counted as if none "
		    "were a holiday", years[i]);
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
		cc_explain_say(b, "due     at once: the text names no number");
	else
		say_instant(x, b, "due    ", x->view->due, due_text(x));
	if (e == NULL)
		return;
	cc_day_format(e->day, date);
	cc_explain_say(b, "  as the rule was for clocks that started before %s", date);
}

static void
say_length(const struct cc_explaining *x, struct cc_buf *b)
{
	if (cc_given(x->view->due) && cc_given(x->view->started) &&
	    x->clock->rule->kind != CC_KIND_IMMEDIATE)
		cc_explain_say(b, "  %lld s after the start (%.2f hours)",
		    (long long)(x->view->due.s - x->view->started.s),
		    (double)(x->view->due.s - x->view->started.s) / 3600);
}

static void
say_pause(const struct cc_explaining *x, struct cc_buf *b)
{
	if (!cc_given(x->clock->paused))
		return;
	say_instant(x, b, "paused ", x->clock->paused, NULL);
	cc_explain_lines(x, b, traced_of(x)->paused);
	if (!cc_given(x->clock->resumed)) {
		cc_explain_say(b, "resumed never");
		return;
	}
	say_instant(x, b, "resumed", x->clock->resumed, NULL);
	cc_explain_lines(x, b, traced_of(x)->resumed);
}

static void
say_end(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_traced *t = traced_of(x);

	say_instant(x, b, "ended  ", x->view->ended, NULL);
	if (x->clock->end == CC_END_NONE || !cc_given(x->view->ended))
		return;
	if (t->ended_text != NULL)
		cc_explain_say(b, "  %s, by the rule: %.600s", how_ended(x->clock),
		    t->ended_text);
	else
		cc_explain_say(b, "  %s", how_ended(x->clock));
	cc_explain_lines(x, b, t->ended);
	say_event(x, b, "  ended by", x->clock->end_event);
}

static void
put_text(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_clock *k = x->clock;
	const struct cc_rulex *r = rulex_of(x);
	const struct cc_pack *p = x->setup->pack;
	const struct cc_traced *t = traced_of(x);

	cc_put_key(b, "text");
	cc_buf_char(b, '[');
	cc_explain_say(b, "%s: %s", k->rule->id, k->rule->title);
	cc_explain_say(b, "section %s; %s; written in %s, line %u", k->rule->section,
	    cc_kind_text(k->rule->kind), k->rule->file, k->rule->line);
	cc_explain_say(b, "case %.*s, for %.*s, period %u: %s", (int)x->case_id.n,
	    x->case_id.p, (int)k->subject.n, k->subject.p, k->period, state_words(x));
	say_event(x, b, "begins with", k->origin_event);
	say_instant(x, b, "armed  ", k->armed, r->armed_text);
	cc_explain_lines(x, b, t->armed);
	say_instant(x, b, "started", x->view->started, r->started_text);
	cc_explain_lines(x, b, t->started);
	say_due(x, b);
	if (k->rule->kind != CC_KIND_IMMEDIATE)
		cc_explain_lines(x, b, t->due);
	say_length(x, b);
	say_unknown_years(x, b);
	say_pause(x, b);
	say_end(x, b);
	if (x->traces == NULL && cc_given(x->view->due))
		cc_explain_say(b, "the case is too big for its sums to be shown");
	cc_explain_say(b, "policy %s %s (%s), in effect since %s", p->name, p->version, p->stamp,
	    p->effective);
	cc_explain_say(b, "holidays %s, zone data %s, zone %s", p->calendar_stamp,
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
	cc_explain_string(b, name, cc_given(t) ? local : NULL);
}

static void
put_times(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_rulex *r = rulex_of(x);
	const struct cc_earlier *e = earlier_of(x);
	char date[CC_DAY_TEXT];

	cc_explain_string(b, "state", cc_state_text(x->view->state));
	cc_put_wall(b, "armed", x->clock->armed);
	cc_put_wall(b, "started", x->view->started);
	cc_put_wall(b, "due", x->view->due);
	cc_put_wall(b, "ended", x->view->ended);
	cc_explain_string(b, "zone", x->result->zone->name);
	cc_put_key(b, "local");
	cc_buf_char(b, '{');
	put_local(x, b, "armed", x->clock->armed);
	put_local(x, b, "started", x->view->started);
	put_local(x, b, "due", x->view->due);
	put_local(x, b, "ended", x->view->ended);
	cc_buf_char(b, '}');
	cc_put_key(b, "rule");
	cc_buf_char(b, '{');
	cc_explain_string(b, "armed", r->armed_text);
	cc_explain_string(b, "started", r->started_text);
	cc_explain_string(b, "due", due_text(x));
	if (e != NULL)
		cc_day_format(e->day, date);
	cc_explain_string(b, "started_before", e == NULL ? NULL : date);
	cc_buf_char(b, '}');
}

static void
put_rule(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_clock *k = x->clock;

	cc_put_text(b, "case", x->case_id);
	cc_explain_string(b, "clock", k->rule->id);
	cc_put_text(b, "subject", k->subject);
	cc_put_number(b, "period", k->period);
	cc_explain_string(b, "title", k->rule->title);
	cc_explain_string(b, "section", k->rule->section);
	cc_explain_string(b, "kind", cc_kind_text(k->rule->kind));
	cc_put_bool(b, "safety", k->rule->safety);
	cc_put_key(b, "written");
	cc_buf_char(b, '{');
	cc_explain_string(b, "file", k->rule->file);
	cc_put_number(b, "line", k->rule->line);
	cc_buf_char(b, '}');
}

static void
put_sum(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_traced *t = traced_of(x);

	cc_put_key(b, "sum");
	if (x->traces == NULL) {
		CC_BUF_LIT(b, "null");
		return;
	}
	cc_buf_char(b, '{');
	cc_explain_steps(x, b, "armed", t->armed);
	cc_explain_steps(x, b, "started", t->started);
	cc_explain_steps(x, b, "due", t->due);
	cc_explain_steps(x, b, "paused", t->paused);
	cc_explain_steps(x, b, "resumed", t->resumed);
	cc_explain_steps(x, b, "ended", t->ended);
	cc_buf_char(b, '}');
}

void
cc_explain(const struct cc_explaining *x, struct cc_buf *b)
{
	const struct cc_clock *k = x->clock;
	const struct cc_pack *p = x->setup->pack;

	cc_buf_char(b, '{');
	put_rule(x, b);
	put_times(x, b);
	cc_explain_event(x, b, "origin", k->origin_event, true);
	cc_explain_event(x, b, "ended_by", k->end_event, true);
	cc_explain_string(b, "how", how_ended(k));
	cc_explain_string(b, "ended_rule", traced_of(x)->ended_text);
	cc_put_key(b, "pause");
	if (cc_given(k->paused)) {
		cc_buf_char(b, '{');
		cc_put_wall(b, "from", k->paused);
		cc_put_wall(b, "until", k->resumed);
		cc_buf_char(b, '}');
	} else {
		CC_BUF_LIT(b, "null");
	}
	cc_explain_days(x, b, traced_of(x)->due);
	put_sum(x, b);
	cc_put_key(b, "policy");
	cc_buf_char(b, '{');
	cc_explain_string(b, "name", p->name);
	cc_explain_string(b, "version", p->version);
	cc_explain_string(b, "stamp", p->stamp);
	cc_explain_string(b, "effective", p->effective);
	cc_buf_char(b, '}');
	cc_explain_string(b, "holidays", p->calendar_stamp);
	put_unknown_years(x, b);
	cc_explain_string(b, "zones", x->setup->zones.version);
	put_text(x, b);
	cc_buf_char(b, '}');
}
