#include "daemon/explain_inner.h"

#include <stdio.h>
#include <string.h>

#include "daemon/methods_inner.h"

enum { VALUE_MAX = 128 };

const struct cc_hevent *
cc_explain_at(const struct cc_explaining *x, int32_t place)
{
	const struct cc_history *h = x->result->history;

	return place < 0 || (uint32_t)place >= h->n ? NULL : &h->events[place];
}

/* --- one value of a field ------------------------------------------------------------ */

static struct cc_str
value_text(const struct cc_explaining *x, enum cc_field_type type, int64_t v,
    char room[VALUE_MAX])
{
	const struct cc_pack *p = x->setup->pack;
	const char *text = room;

	switch (type) {
	case CC_FIELD_ID:
		return x->result->history->symbols.text[v];
	case CC_FIELD_BOOL:
		text = v != 0 ? "yes" : "no";
		break;
	case CC_FIELD_TIME:
		cc_wall_format((struct cc_wall){v}, room);
		break;
	case CC_FIELD_DATE:
		cc_day_format((cc_day)v, room);
		break;
	case CC_FIELD_ZONE:
		text = p->zones->zones[v].name;
		break;
	case CC_FIELD_CODE:
		text = p->schema.codes[v];
		break;
	case CC_FIELD_INT:
		(void)snprintf(room, VALUE_MAX, "%lld", (long long)v);
		break;
	}
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static void
put_value(const struct cc_explaining *x, struct cc_buf *b, enum cc_field_type type,
    int64_t v)
{
	char room[VALUE_MAX];

	if (type == CC_FIELD_BOOL)
		cc_buf_puts(b, v != 0 ? "true" : "false");
	else if (type == CC_FIELD_INT)
		cc_buf_int(b, v);
	else
		cc_buf_json(b, value_text(x, type, v, room));
}

static void
put_field(const struct cc_explaining *x, struct cc_buf *b, const struct cc_field_def *f,
    const struct cc_val *v)
{
	cc_put_key(b, f->name);
	if (!f->list) {
		put_value(x, b, f->type, v->i);
		return;
	}
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < v->n; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		put_value(x, b, f->type, v->v[i]);
	}
	cc_buf_char(b, ']');
}

/* --- one event ------------------------------------------------------------------------ */

static void
put_data(const struct cc_explaining *x, struct cc_buf *b, const struct cc_hevent *e)
{
	const struct cc_event_type *t = &x->setup->pack->schema.types[e->type];

	cc_put_key(b, "data");
	cc_buf_char(b, '{');
	for (uint16_t i = 0; i < t->nfields; i++)
		if (e->slots[i].given)
			put_field(x, b, &t->fields[i], &e->slots[i]);
	cc_buf_char(b, '}');
}

void
cc_explain_event(const struct cc_explaining *x, struct cc_buf *b, const char *name,
    int32_t place, bool data)
{
	const struct cc_history *h = x->result->history;
	const struct cc_hevent *e = cc_explain_at(x, place);

	cc_put_key(b, name);
	if (e == NULL) {
		CC_BUF_LIT(b, "null");
		return;
	}
	cc_buf_char(b, '{');
	cc_put_text(b, "id", h->symbols.text[e->id]);
	cc_put_text(b, "source", h->symbols.text[e->source]);
	cc_explain_string(b, "type", x->setup->pack->schema.types[e->type].name);
	cc_put_wall(b, "time", (struct cc_wall){e->time});
	if (data)
		put_data(x, b, e);
	cc_buf_char(b, '}');
}

void
cc_explain_event_words(const struct cc_explaining *x, int32_t place, char *to, size_t size)
{
	const struct cc_history *h = x->result->history;
	const struct cc_hevent *e = cc_explain_at(x, place);
	char local[CC_LOCAL_TEXT];

	to[0] = '\0';
	if (e == NULL)
		return;
	cc_local_format(x->result->zone, (struct cc_wall){e->time}, local);
	(void)snprintf(to, size, "event %.*s (%s) of %s", (int)h->symbols.text[e->id].n,
	    h->symbols.text[e->id].p, x->setup->pack->schema.types[e->type].name, local);
}

void
cc_explain_event_data(const struct cc_explaining *x, int32_t place, char *to, size_t size)
{
	const struct cc_hevent *e = cc_explain_at(x, place);
	const struct cc_event_type *t;
	char room[VALUE_MAX];
	size_t n = 0;

	to[0] = '\0';
	if (e == NULL)
		return;
	t = &x->setup->pack->schema.types[e->type];
	for (uint16_t i = 0; i < t->nfields && n < size; i++) {
		struct cc_str v;
		int k;

		if (!e->slots[i].given || t->fields[i].list)
			continue;
		v = value_text(x, t->fields[i].type, e->slots[i].i, room);
		k = snprintf(to + n, size - n, "%s%s: %.*s", n == 0 ? "" : ", ",
		    t->fields[i].name, (int)v.n, v.p);
		n += k > 0 ? (size_t)k : 0;
	}
}
