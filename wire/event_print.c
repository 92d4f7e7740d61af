#include "wire/event_json.h"

#include "scheduler/civil.h"

static void
put_member(struct cc_buf *b, const char *name, struct cc_str value)
{
	cc_buf_char(b, ',');
	cc_buf_jsons(b, name);
	cc_buf_char(b, ':');
	cc_buf_json(b, value);
}

static void
put_date(struct cc_buf *b, int64_t day)
{
	char text[CC_DAY_TEXT];

	cc_day_format((cc_day)day, text);
	cc_buf_jsons(b, text);
}

static void
put_value(struct cc_buf *b, const struct cc_schema *s,
    const struct cc_field_def *f, const struct cc_item *it)
{
	switch (f->type) {
	case CC_FIELD_ID:
	case CC_FIELD_ZONE:
		cc_buf_json(b, it->text);
		break;
	case CC_FIELD_BOOL:
		cc_buf_puts(b, it->v != 0 ? "true" : "false");
		break;
	case CC_FIELD_INT:
		cc_buf_int(b, it->v);
		break;
	case CC_FIELD_TIME:
		cc_buf_wall(b, (struct cc_wall){it->v});
		break;
	case CC_FIELD_DATE:
		put_date(b, it->v);
		break;
	case CC_FIELD_CODE:
		cc_buf_jsons(b, s->codes[it->v]);
		break;
	}
}

static void
put_field(struct cc_buf *b, const struct cc_schema *s,
    const struct cc_field_def *f, const struct cc_draft_field *v)
{
	cc_buf_jsons(b, f->name);
	cc_buf_char(b, ':');
	if (!f->list) {
		put_value(b, s, f, &v->items[0]);
		return;
	}
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < v->n; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		put_value(b, s, f, &v->items[i]);
	}
	cc_buf_char(b, ']');
}

void
cc_event_json_print(struct cc_buf *b, const struct cc_schema *s,
    const struct cc_draft *d)
{
	const struct cc_event_type *t = &s->types[d->type];
	const char *sep = "";

	CC_BUF_LIT(b, "{\"specversion\":\"1.0\"");
	put_member(b, "id", d->id);
	put_member(b, "source", d->source);
	CC_BUF_LIT(b, ",\"type\":");
	cc_buf_jsons(b, t->name);
	put_member(b, "subject", d->subject);
	CC_BUF_LIT(b, ",\"time\":");
	cc_buf_wall(b, d->time);
	if (d->has_recorded) {
		CC_BUF_LIT(b, ",\"recordedtime\":");
		cc_buf_wall(b, d->recorded);
	}
	CC_BUF_LIT(b, ",\"data\":{");
	for (uint16_t i = 0; i < t->nfields; i++) {
		if (!d->fields[i].given)
			continue;
		cc_buf_puts(b, sep);
		put_field(b, s, &t->fields[i], &d->fields[i]);
		sep = ",";
	}
	CC_BUF_LIT(b, "}}");
}
