#include "daemon/explain_inner.h"

#include <stdio.h>

#include "daemon/explain_days.h"

enum { TEXT_MAX = 64, EVENT_MAX = 300, DATA_MAX = 300 };

struct words {
	const struct cc_explaining *x;
	struct cc_buf *b;
	const struct cc_trace *t;
};

/* --- values ------------------------------------------------------------------------------ */

/* A length in the largest unit that divides it. */
static void
length(int64_t s, char to[TEXT_MAX])
{
	static const struct {
		int64_t s;
		const char *unit;
	} units[] = {{3600, "h"}, {60, "min"}, {1, "s"}};
	unsigned i = 0;

	while (s % units[i].s != 0)
		i++;
	(void)snprintf(to, TEXT_MAX, "%lld %s", (long long)(s / units[i].s), units[i].unit);
}

static void
value(const struct words *w, enum cc_vtype type, const struct cc_val *v, char to[TEXT_MAX])
{
	char date[CC_DAY_TEXT];

	if (!v->given) {
		(void)snprintf(to, TEXT_MAX, "absent");
		return;
	}
	switch (type) {
	case CC_V_BOOL:
		(void)snprintf(to, TEXT_MAX, "%s", v->i != 0 ? "yes" : "no");
		break;
	case CC_V_INSTANT:
		cc_local_format(w->x->result->zone, (struct cc_wall){v->i}, to);
		break;
	case CC_V_DATE:
		cc_day_format((cc_day)v->i, date);
		(void)snprintf(to, TEXT_MAX, "%.3s %s",
		    cc_explain_weekdays[cc_weekday((cc_day)v->i)], date);
		break;
	case CC_V_DUR:
		length(v->i, to);
		break;
	default:
		(void)snprintf(to, TEXT_MAX, "%lld", (long long)v->i);
		break;
	}
}

static void
operand(const struct words *w, const struct cc_trace_step *s, unsigned k, char to[TEXT_MAX])
{
	to[0] = '\0';
	if (s->node->k[k] != NULL)
		value(w, s->node->k[k]->type, k == 0 ? &s->a : &s->b, to);
}

/* --- lines -------------------------------------------------------------------------------- */

static void
say_days(const struct words *w, const struct cc_trace_step *s)
{
	struct cc_days d;
	struct cc_counted c;
	char date[CC_DAY_TEXT];

	if (!s->gave || !cc_days_of(s, &w->x->setup->pack->calendar, w->x->result->zone, &d))
		return;
	if (d.many)
		cc_explain_say(w->b, "    more than %d days: not listed", (int)CC_DAYS_MAX);
	for (cc_day day = d.first; day <= d.last; day++) {
		const char *name = cc_explain_weekdays[cc_weekday(day)];

		cc_days_next(&d, day, &c);
		cc_day_format(day, date);
		if (c.number == 0)
			cc_explain_say(w->b, "    %s %-9s - %s", date, name, c.why);
		else if (s->node->op == CC_OP_BUSINESS_ELAPSED)
			cc_explain_say(w->b, "    %s %-9s %lld s", date, name,
			    (long long)c.seconds);
		else
			cc_explain_say(w->b, "    %s %-9s day %d", date, name, c.number);
	}
}

static void
say_passed(const struct words *w, const struct cc_trace_step *s)
{
	char event[EVENT_MAX], data[DATA_MAX];

	for (uint16_t i = 0; i < s->npassed; i++) {
		cc_explain_event_words(w->x, s->passed[i].event, event, sizeof event);
		cc_explain_event_data(w->x, s->passed[i].event, data, sizeof data);
		cc_explain_say(w->b, "    not counted, %s: %s; %s", s->passed[i].outside ?
		    "outside the time that counts" : "its conditions are not met", event, data);
	}
	if (s->passed_more)
		cc_explain_say(w->b, "    and more than these %d", (int)CC_TRACE_PASSED);
	if (s->npassed > 0 && s->term != NULL && s->term->text != NULL)
		cc_explain_say(w->b, "    what counts is %s (%s, line %u): %s", s->term->name,
		    s->term->file, (unsigned)s->term->line, s->term->text);
}

static void
say_extreme(const struct words *w, const struct cc_trace_step *s, const char *v)
{
	bool earliest = s->node->op == CC_OP_EARLIEST || s->node->op == CC_OP_EARLIEST_OF;

	say_passed(w, s);
	if (s->v.given)
		cc_explain_say(w->b, "  the %s of these: %s", earliest ? "earliest" :
		    "latest", v);
	else
		cc_explain_say(w->b, "  there is none to count");
}

static void
say_event(const struct words *w, const struct cc_trace_step *s, const char *v)
{
	char event[EVENT_MAX], data[DATA_MAX];

	cc_explain_event_words(w->x, s->event, event, sizeof event);
	cc_explain_event_data(w->x, s->event, data, sizeof data);
	if (s->event < 0)
		cc_explain_say(w->b, "  %s of an event that has not come: %s",
		    s->name == NULL ? "time" : s->name, v);
	else if (s->node->op == CC_OP_META_TIME)
		cc_explain_say(w->b, "  time of %s", event);
	else
		cc_explain_say(w->b, "  %s of %s: %s (%s)", s->name, event, v, data);
}

/* Only what is new: a parameter's or a let's value has been said. */
static void
say_name(const struct words *w, const struct cc_trace_step *s, const char *v)
{
	if (s->name != NULL)
		cc_explain_say(w->b, "  %s is %s", s->name, v);
	else if (s->same < 0)
		cc_explain_say(w->b, "  it is %s", v);
}

static void
say_attribute(const struct words *w, const struct cc_trace_step *s, const char *v)
{
	if (s->rule != NULL)
		cc_explain_say(w->b, "  %s of the clock %s is %s", s->name, s->rule->id, v);
	else
		cc_explain_say(w->b, "  its %s is %s", s->name, v);
}

static void
say_any(const struct words *w, const struct cc_trace_step *s, const char *v)
{
	char event[EVENT_MAX], data[DATA_MAX];

	cc_explain_event_words(w->x, s->event, event, sizeof event);
	cc_explain_event_data(w->x, s->event, data, sizeof data);
	cc_explain_say(w->b, "  is there any: %s%s%s%s%s", v, s->event < 0 ? "" : ", ", event,
	    s->event < 0 ? "" : "; ", data);
}

/* D(a) = v; a + b = v; LOCAL(a, b) = v. */
static void
say_function(const struct words *w, const struct cc_trace_step *s, const char *v)
{
	const char *what = cc_explain_what(s->node->op);
	char a[TEXT_MAX], b[TEXT_MAX];
	const char *days = s->node->type == CC_V_DATE && s->node->op != CC_OP_MONTHS ?
	    " days" : "";

	operand(w, s, 0, a);
	operand(w, s, 1, b);
	if (s->node->op == CC_OP_ADD || s->node->op == CC_OP_SUB)
		cc_explain_say(w->b, "  %s %s %s%s = %s", a, what, b, days, v);
	else if (s->node->type == CC_V_BOOL && b[0] != '\0')
		cc_explain_say(w->b, "  %s %s %s: %s", a, what, b, v);
	else
		cc_explain_say(w->b, "  %s(%s%s%s) = %s", what, a, b[0] == '\0' ? "" : ", ", b,
		    v);
}

static void
say_step(const struct words *w, const struct cc_trace_step *s)
{
	char v[TEXT_MAX];

	value(w, s->node->type, &s->v, v);
	switch (s->node->op) {
	case CC_OP_FIELD:
	case CC_OP_META_TIME:
		say_event(w, s, v);
		break;
	case CC_OP_SLOT:
		say_name(w, s, v);
		break;
	case CC_OP_ATTR:
		say_attribute(w, s, v);
		break;
	case CC_OP_CALL:
		cc_explain_say(w->b, "  %s is %s", s->name, v);
		break;
	case CC_OP_EXISTS:
		say_any(w, s, v);
		break;
	case CC_OP_IF:
		cc_explain_say(w->b, "  the condition %s, so %s", s->a.given && s->a.i != 0 ?
		    "holds" : "does not hold", v);
		break;
	case CC_OP_OTHERWISE:
		if (!s->a.given)
			cc_explain_say(w->b, "  that is absent, so %s", v);
		break;
	case CC_OP_EARLIEST:
	case CC_OP_LATEST:
	case CC_OP_ALL:
	case CC_OP_EARLIEST_OF:
	case CC_OP_LATEST_OF:
	case CC_OP_ALL_OF:
		say_extreme(w, s, v);
		break;
	case CC_OP_MOMENT:
		cc_explain_say(w->b, "  the first moment from then on at which it holds: %s", v);
		break;
	case CC_OP_CONST:	/* said where it goes in */
		break;
	case CC_OP_READ:
	case CC_OP_COUNT:
	case CC_OP_LONGEST_GAP:
		cc_explain_say(w->b, "  %s: %s", cc_explain_what(s->node->op), v);
		break;
	default:
		say_function(w, s, v);
		break;
	}
	say_days(w, s);
}

/* What goes into a step is said before it; steps nest no deeper than expressions. */
static void
say_tree(const struct words *w, uint32_t at)
{
	for (uint32_t i = at + 1; i < w->t->n; i++)
		if (w->t->steps[i].of == (int32_t)at)
			say_tree(w, i);
	say_step(w, &w->t->steps[at]);
}

void
cc_explain_lines(const struct cc_explaining *x, struct cc_buf *b, const struct cc_trace *t)
{
	struct words w = {x, b, t};

	if (t == NULL || t->n == 0)
		return;
	say_tree(&w, 0);
	if (t->cut)
		cc_explain_say(b, "  there are more steps than the %d noted",
		    (int)CC_TRACE_STEPS);
}
