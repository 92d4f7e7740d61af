#include "wire/event_json.h"

#include <stdio.h>
#include <string.h>

#include "wire/doc.h"
#include "wire/event_data.h"

/* The members of an event, in the order in which they are looked at. */
enum member {
	M_SPECVERSION, M_ID, M_SOURCE, M_TYPE, M_SUBJECT, M_TIME, M_DATA,
	M_CONTENTTYPE, M_SCHEMA, M_RECORDED, M_COUNT
};

struct envelope {
	json_t *m[M_COUNT];
	const char *unknown;	/* the first member that has no business here */
};

static const char *const member_names[M_COUNT] = {
	[M_SPECVERSION] = "specversion", [M_ID] = "id", [M_SOURCE] = "source",
	[M_TYPE] = "type", [M_SUBJECT] = "subject", [M_TIME] = "time",
	[M_DATA] = "data", [M_CONTENTTYPE] = "datacontenttype",
	[M_SCHEMA] = "dataschema", [M_RECORDED] = "recordedtime"
};

static int
member_of(const char *name)
{
	for (int i = 0; i < M_COUNT; i++) {
		if (name[0] == member_names[i][0] &&
		    strcmp(name, member_names[i]) == 0)
			return i;
	}
	return -1;
}

static void
gather(json_t *doc, struct envelope *e)
{
	memset(e, 0, sizeof *e);
	for (void *it = json_object_iter(doc); it != NULL;
	     it = json_object_iter_next(doc, it)) {
		const char *name = json_object_iter_key(it);
		int at = member_of(name);

		if (at >= 0)
			e->m[at] = json_object_iter_value(it);
		else if (e->unknown == NULL)
			e->unknown = name;
	}
}

static bool
specversion_ok(struct cc_str s)
{
	return cc_str_eq(s, CC_STR("1.0"));
}

static bool
json_type_ok(struct cc_str s)
{
	return cc_str_eq(s, CC_STR("application/json"));
}

static const char id_words[] =
    "an id: 1 to 64 of A-Z a-z 0-9 . _ : -, first a letter or digit";

/* What each member must be; NULL test: any string. */
static const struct {
	bool required;
	bool (*ok)(struct cc_str s);
	const char *expected;
} member_rules[M_COUNT] = {
	[M_SPECVERSION] = {true, specversion_ok, "\"1.0\""},
	[M_ID] = {true, cc_id_ok, id_words},
	[M_SOURCE] = {true, cc_source_ok, "1 to 256 printable ASCII characters"},
	[M_TYPE] = {true, NULL, "the name of an event type"},
	[M_SUBJECT] = {true, cc_id_ok, id_words},
	[M_TIME] = {true, NULL, "a time as text"},
	[M_DATA] = {true, NULL, "an object"},
	[M_CONTENTTYPE] = {false, json_type_ok, "\"application/json\""},
	[M_SCHEMA] = {false, NULL, "a string"},
	[M_RECORDED] = {false, NULL, "a time as text"},
};

static bool
member_ok(int i, const json_t *v)
{
	if (v == NULL)
		return !member_rules[i].required;
	if (i == M_DATA)
		return json_is_object(v);
	if (!json_is_string(v))
		return false;
	return member_rules[i].ok == NULL || member_rules[i].ok(cc_doc_str(v));
}

static bool
refuse_unknown(struct cc_event_reading *r, const char *name)
{
	char pointer[CC_POINTER_TEXT];

	cc_event_pointer(pointer, "", name, -1);
	cc_refuse(r->refused, CC_REFUSED_INVALID_EVENT, pointer,
	    "expected only members of an event; this one is not known");
	return false;
}

static bool
check_envelope(struct cc_event_reading *r, const struct envelope *e)
{
	for (int i = 0; i < M_COUNT; i++) {
		char pointer[CC_POINTER_TEXT], got[CC_GOT_TEXT];

		if (member_ok(i, e->m[i]))
			continue;
		cc_event_pointer(pointer, "", member_names[i], -1);
		cc_refuse(r->refused, CC_REFUSED_INVALID_EVENT, pointer,
		    "expected %s; got %s", member_rules[i].expected,
		    cc_doc_got(e->m[i], got));
		return false;
	}
	return e->unknown == NULL || refuse_unknown(r, e->unknown);
}

static bool
read_time(struct cc_event_reading *r, const struct envelope *e, int i,
    struct cc_wall *ret)
{
	char pointer[CC_POINTER_TEXT];
	struct cc_err err;

	if (cc_wall_parse(cc_doc_str(e->m[i]), ret, &err) == CC_OK)
		return true;
	cc_event_pointer(pointer, "", member_names[i], -1);
	cc_refuse(r->refused, CC_REFUSED_INVALID_TIME, pointer, "%s", err.msg);
	return false;
}

static bool
read_times(struct cc_event_reading *r, const struct envelope *e,
    struct cc_draft *d)
{
	if (!read_time(r, e, M_TIME, &d->time))
		return false;
	d->has_recorded = e->m[M_RECORDED] != NULL;
	return !d->has_recorded || read_time(r, e, M_RECORDED, &d->recorded);
}

static bool
read_type(struct cc_event_reading *r, const struct envelope *e,
    struct cc_draft *d)
{
	char got[CC_GOT_TEXT];
	int at = cc_schema_type(r->rules->schema, cc_doc_str(e->m[M_TYPE]));

	if (at < 0) {
		cc_refuse(r->refused, CC_REFUSED_UNKNOWN_TYPE, "/type",
		    "expected an event type of the policy pack; got %s",
		    cc_doc_got(e->m[M_TYPE], got));
		return false;
	}
	d->type = (uint16_t)at;
	return true;
}

static bool
check_future(struct cc_event_reading *r, const struct cc_draft *d)
{
	const struct cc_line_rules *rules = r->rules;
	char now[CC_WALL_TEXT], got[CC_WALL_TEXT];

	if (!rules->has_now || d->time.s <= rules->now.s ||
	    d->time.s - rules->now.s <= rules->ahead)
		return true;
	cc_wall_format(rules->now, now);
	cc_wall_format(d->time, got);
	cc_refuse(r->refused, CC_REFUSED_FUTURE_TIME, "/time",
	    "expected at most %lld s after now (%s); got %s",
	    (long long)rules->ahead, now, got);
	return false;
}

/* Which event the refusal speaks of, as far as the line says so usably. */
static void
note_identity(struct cc_refused *refused, const struct envelope *e)
{
	struct cc_str id = {NULL, 0}, source = {NULL, 0};

	if (e->m[M_ID] != NULL && member_ok(M_ID, e->m[M_ID]))
		id = cc_doc_str(e->m[M_ID]);
	if (e->m[M_SOURCE] != NULL && member_ok(M_SOURCE, e->m[M_SOURCE]))
		source = cc_doc_str(e->m[M_SOURCE]);
	cc_refused_of(refused, id, source);
}

static bool
read_all(struct cc_event_reading *r, const struct envelope *e,
    struct cc_draft *d)
{
	struct cc_data_reading in = {
		.rules = r->rules, .arena = r->arena, .refused = r->refused
	};

	if (!check_envelope(r, e) || !read_times(r, e, d) || !read_type(r, e, d))
		return false;
	in.texts = cc_arena_alloc(r->arena, r->text_max);
	if (in.texts == NULL) {
		cc_refuse(r->refused, CC_REFUSED_OVERLOADED, "",
		    "no memory for an event");
		return false;
	}
	in.left = r->text_max;
	d->id = cc_data_keep(&in, cc_doc_str(e->m[M_ID]));
	d->source = cc_data_keep(&in, cc_doc_str(e->m[M_SOURCE]));
	d->subject = cc_data_keep(&in, cc_doc_str(e->m[M_SUBJECT]));
	return cc_data_read(&in, e->m[M_DATA], d) && check_future(r, d);
}

bool
cc_event_json_read(struct cc_event_reading *r, struct json_t *doc)
{
	struct envelope e;
	struct cc_draft d;
	char got[CC_GOT_TEXT];

	if (!r->rules->may_send) {
		cc_refuse(r->refused, CC_REFUSED_FORBIDDEN, "",
		    "expected a sender with the right to send events");
		return false;
	}
	if (!json_is_object(doc)) {
		cc_refuse(r->refused, CC_REFUSED_INVALID_EVENT, "",
		    "expected an event as an object; got %s", cc_doc_got(doc, got));
		return false;
	}
	memset(&d, 0, sizeof d);
	gather(doc, &e);
	if (!read_all(r, &e, &d)) {
		note_identity(r->refused, &e);
		return false;
	}
	*r->draft = d;
	return true;
}
