#include "daemon/explain_inner.h"

#include <string.h>

#include "daemon/explain_days.h"
#include "daemon/methods_inner.h"

/* --- days -------------------------------------------------------------------------------- */

static void
put_holiday(const struct cc_explaining *x, struct cc_buf *b, const struct cc_holiday *h)
{
	cc_put_key(b, "holiday");
	if (h == NULL) {
		CC_BUF_LIT(b, "null");
		return;
	}
	cc_buf_char(b, '{');
	cc_explain_string(b, "name", h->name);
	cc_explain_string(b, "file", x->setup->pack->calendar.file);
	cc_put_number(b, "line", h->line);
	cc_buf_char(b, '}');
}

static void
put_day(const struct cc_explaining *x, struct cc_buf *b, struct cc_days *d, cc_day day)
{
	struct cc_counted c;
	char date[CC_DAY_TEXT];

	cc_days_next(d, day, &c);
	cc_day_format(day, date);
	cc_buf_puts(b, day > d->first ? ",{" : "{");
	cc_explain_string(b, "date", date);
	cc_explain_string(b, "weekday", cc_explain_weekdays[cc_weekday(day)]);
	cc_put_key(b, "number");
	if (c.number > 0)
		cc_buf_int(b, c.number);
	else
		CC_BUF_LIT(b, "null");
	cc_put_bool(b, "counted", c.number > 0);
	cc_explain_string(b, "why", c.why);
	put_holiday(x, b, c.holiday);
	if (d->step->node->op == CC_OP_BUSINESS_ELAPSED)
		cc_put_number(b, "seconds", c.seconds);
	cc_buf_char(b, '}');
}

static void
put_days(const struct cc_explaining *x, struct cc_buf *b, struct cc_days *d)
{
	cc_put_key(b, "days");
	cc_buf_char(b, '[');
	for (cc_day day = d->first; day <= d->last; day++)
		put_day(x, b, d, day);
	cc_buf_char(b, ']');
}

static bool
days_of(const struct cc_explaining *x, const struct cc_trace_step *s, struct cc_days *ret)
{
	return s->gave &&
	    cc_days_of(s, &x->setup->pack->calendar, x->result->zone, ret);
}

void
cc_explain_days(const struct cc_explaining *x, struct cc_buf *b, const struct cc_trace *t)
{
	struct cc_days d = {.first = 1, .last = 0};

	for (uint32_t i = 0; t != NULL && i < t->n; i++)
		if (days_of(x, &t->steps[i], &d))
			break;
	put_days(x, b, &d);
}

/* --- steps ------------------------------------------------------------------------------ */

static const char *const whats[] = {
	[CC_OP_CONST] = "number",
	[CC_OP_SLOT] = "name", [CC_OP_FIELD] = "field", [CC_OP_META_TIME] = "time",
	[CC_OP_ATTR] = "attribute", [CC_OP_CALL] = "term", [CC_OP_READ] = "timeline",
	[CC_OP_IF] = "if", [CC_OP_OTHERWISE] = "otherwise", [CC_OP_EQ] = "=",
	[CC_OP_NE] = "!=", [CC_OP_LT] = "<", [CC_OP_LE] = "<=", [CC_OP_GT] = ">",
	[CC_OP_GE] = ">=", [CC_OP_ADD] = "+", [CC_OP_SUB] = "-", [CC_OP_EXISTS] = "any",
	[CC_OP_COUNT] = "count", [CC_OP_EARLIEST_OF] = "earliest of",
	[CC_OP_LATEST_OF] = "latest of", [CC_OP_ALL_OF] = "all of",
	[CC_OP_EARLIEST] = "earliest", [CC_OP_LATEST] = "latest", [CC_OP_ALL] = "all",
	[CC_OP_MOMENT] = "first moment", [CC_OP_DAY] = "D", [CC_OP_SOD] = "SOD",
	[CC_OP_EOD] = "EOD", [CC_OP_LOCAL] = "LOCAL", [CC_OP_BD] = "BD",
	[CC_OP_BD_FROM] = "BD_FROM", [CC_OP_BD_END] = "BD_END", [CC_OP_NBD] = "NBD",
	[CC_OP_IN_BLOCK] = "in_block", [CC_OP_BUSINESS_DAY] = "business_day",
	[CC_OP_BUSINESS_ELAPSED] = "business_elapsed", [CC_OP_MONTHS] = "months",
	[CC_OP_LONGEST_GAP] = "longest_gap",
};

const char *
cc_explain_what(enum cc_op op)
{
	return (size_t)op < sizeof whats / sizeof whats[0] && whats[op] != NULL ?
	    whats[op] : "value";
}

static void
put_val(struct cc_buf *b, const char *name, enum cc_vtype type, const struct cc_val *v)
{
	char date[CC_DAY_TEXT];

	cc_put_key(b, name);
	if (!v->given) {
		CC_BUF_LIT(b, "null");
		return;
	}
	switch (type) {
	case CC_V_BOOL:
		cc_buf_puts(b, v->i != 0 ? "true" : "false");
		break;
	case CC_V_INSTANT:
		cc_buf_wall(b, (struct cc_wall){v->i});
		break;
	case CC_V_DATE:
		cc_day_format((cc_day)v->i, date);
		cc_buf_jsons(b, date);
		break;
	default:
		cc_buf_int(b, v->i);
		break;
	}
}

/* Operands that are values of the sum, not what they were chosen from. */
static void
put_operand(struct cc_buf *b, const char *name, const struct cc_node *k,
    const struct cc_val *v)
{
	if (k != NULL && k->type >= CC_V_BOOL && k->type <= CC_V_DATE && v->given)
		put_val(b, name, k->type, v);
}

static void
put_passed(const struct cc_explaining *x, struct cc_buf *b, const struct cc_trace_step *s)
{
	cc_put_key(b, "passed");
	cc_buf_char(b, '[');
	for (uint16_t i = 0; i < s->npassed; i++) {
		cc_buf_puts(b, i > 0 ? ",{" : "{");
		cc_explain_event(x, b, "event", s->passed[i].event, true);
		cc_explain_string(b, "why", s->passed[i].outside ? "outside" : "conditions");
		cc_buf_char(b, '}');
	}
	cc_buf_char(b, ']');
}

static void
put_term(struct cc_buf *b, const struct cc_term *t)
{
	cc_put_key(b, "term");
	cc_buf_char(b, '{');
	cc_explain_string(b, "name", t->name);
	cc_explain_string(b, "text", t->text);
	cc_explain_string(b, "file", t->file);
	cc_put_number(b, "line", t->line);
	cc_buf_char(b, '}');
}

static void
put_place(struct cc_buf *b, const char *name, int32_t place)
{
	cc_put_key(b, name);
	if (place < 0)
		CC_BUF_LIT(b, "null");
	else
		cc_buf_int(b, place);
}

/* Nobody needs what an event says twice in one sum. */
static bool
is_first(const struct cc_trace *t, const struct cc_trace_step *s)
{
	for (const struct cc_trace_step *i = t->steps; i < s; i++)
		if (i->event == s->event)
			return false;
	return true;
}

static void
put_step(const struct cc_explaining *x, struct cc_buf *b, const struct cc_trace *t,
    const struct cc_trace_step *s)
{
	struct cc_days d;

	put_place(b, "of", s->of);
	cc_explain_string(b, "what", cc_explain_what(s->node->op));
	cc_put_bool(b, "gave", s->gave);
	if (s->name != NULL)
		cc_explain_string(b, "name", s->name);
	if (s->same >= 0)
		put_place(b, "same", s->same);
	if (s->rule != NULL)
		cc_explain_string(b, "clock", s->rule->id);
	if (s->event >= 0)
		cc_explain_event(x, b, "event", s->event, is_first(t, s));
	put_operand(b, "a", s->node->k[0], &s->a);
	put_operand(b, "b", s->node->k[1], &s->b);
	put_val(b, "value", s->node->type, &s->v);
	if (s->term != NULL)
		put_term(b, s->term);
	if (s->npassed > 0)
		put_passed(x, b, s);
	if (s->passed_more)
		cc_put_bool(b, "passed_more", true);
	if (days_of(x, s, &d))
		put_days(x, b, &d);
}

void
cc_explain_steps(const struct cc_explaining *x, struct cc_buf *b, const char *name,
    const struct cc_trace *t)
{
	cc_put_key(b, name);
	if (t == NULL) {
		CC_BUF_LIT(b, "null");
		return;
	}
	cc_buf_char(b, '{');
	cc_put_bool(b, "cut", t->cut);
	cc_put_key(b, "steps");
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < t->n; i++) {
		cc_buf_puts(b, i > 0 ? ",{" : "{");
		put_step(x, b, t, &t->steps[i]);
		cc_buf_char(b, '}');
	}
	CC_BUF_LIT(b, "]}");
}
