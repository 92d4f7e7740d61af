#include "daemon/explain_days.h"

#include <stdio.h>

bool
cc_days_of(const struct cc_trace_step *s, const struct cc_calendar *c,
    const struct cc_zone *z, struct cc_days *ret)
{
	bool instant = s->node->op == CC_OP_NBD || s->node->op == CC_OP_BUSINESS_ELAPSED;
	int64_t first, last;

	switch (s->node->op) {
	case CC_OP_ADD:
		if (s->node->type != CC_V_DATE)
			return false;
		break;
	case CC_OP_BD:
	case CC_OP_BD_FROM:
	case CC_OP_BD_END:
	case CC_OP_NBD:
	case CC_OP_BUSINESS_ELAPSED:
		break;
	default:
		return false;
	}
	if (!s->a.given || !s->v.given)
		return false;
	first = instant ? cc_local_day(z, (struct cc_wall){s->a.i}) : s->a.i;
	last = s->node->type == CC_V_INSTANT ?
	    cc_local_day(z, (struct cc_wall){s->v.i}) : s->v.i;
	if (last < first)
		return false;
	*ret = (struct cc_days){.calendar = c, .zone = z, .step = s, .first = (cc_day)first,
	    .last = (cc_day)last, .many = last - first > CC_DAYS_MAX};
	if (ret->many)
		ret->last = ret->first - 1;
	return true;
}

/* The day that the count begins after: BD_FROM and hours begin on it. */
static bool
is_trigger(const struct cc_days *d, cc_day day)
{
	if (day != d->first || d->step->node->op == CC_OP_BD_FROM ||
	    d->step->node->op == CC_OP_BUSINESS_ELAPSED)
		return false;
	return d->step->node->op != CC_OP_NBD || d->last > d->first;
}

static void
say_holiday(const struct cc_days *d, struct cc_counted *c)
{
	const char *name = c->holiday->name == NULL ? "" : c->holiday->name;

	if (c->holiday->line == 0)
		(void)snprintf(c->why, sizeof c->why, "holiday: %.200s", name);
	else
		(void)snprintf(c->why, sizeof c->why, "holiday: %.200s (%.150s, line %u)",
		    name, d->calendar->file == NULL ? "the holidays" : d->calendar->file,
		    (unsigned)c->holiday->line);
}

static void
why_not(const struct cc_days *d, cc_day day, struct cc_counted *c)
{
	int weekday = cc_weekday(day);

	if (is_trigger(d, day)) {
		(void)snprintf(c->why, sizeof c->why, "the day it counts from");
		return;
	}
	if (d->step->node->op == CC_OP_ADD || cc_business_day(d->calendar, day))
		return;
	c->holiday = cc_holiday_on(d->calendar, day);
	if (c->holiday != NULL)
		say_holiday(d, c);
	else
		(void)snprintf(c->why, sizeof c->why, weekday == 0 || weekday == 6 ?
		    "weekend" : "not a day of work");
}

/* Of a day on which hours are counted. */
static int64_t
seconds_of(const struct cc_days *d, cc_day day)
{
	int64_t from = cc_sod(d->zone, day).s, to = cc_sod(d->zone, day + 1).s;

	if (from < d->step->a.i)
		from = d->step->a.i;
	if (to > d->step->v.i)
		to = d->step->v.i;
	return to > from ? to - from : 0;
}

void
cc_days_next(struct cc_days *d, cc_day day, struct cc_counted *ret)
{
	*ret = (struct cc_counted){.number = 0};
	why_not(d, day, ret);
	if (ret->why[0] != '\0')
		return;
	ret->number = ++d->number;
	if (d->step->node->op == CC_OP_BUSINESS_ELAPSED)
		ret->seconds = seconds_of(d, day);
}
