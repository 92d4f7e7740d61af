#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

#include "scheduler/civil.h"
#include "wire/buf.h"
#include "wire/json.h"
#include "wire/record.h"

enum { SEVERITY_LAST = CC_CRITICAL, DAY_S = 86400 };

/* The members that are texts, and where they live in the struct. */
static const struct text_member {
	const char *name;
	size_t at;
	bool optional;		/* NULL is written as null */
} text_members[] = {
	{"id", offsetof(struct cc_message, id), false},
	{"thread", offsetof(struct cc_message, thread), false},
	{"case", offsetof(struct cc_message, case_id), false},
	{"clock", offsetof(struct cc_message, rule), false},
	{"title", offsetof(struct cc_message, title), false},
	{"section", offsetof(struct cc_message, section), false},
	{"subject", offsetof(struct cc_message, subject), false},
	{"rung", offsetof(struct cc_message, rung), false},
	{"role", offsetof(struct cc_message, role), false},
	{"link", offsetof(struct cc_message, link), true},
	{"zone", offsetof(struct cc_message, zone), false},
	{"due_local", offsetof(struct cc_message, due_local), true},
	{"at_local", offsetof(struct cc_message, at_local), false},
};

static const struct wall_member {
	const char *name;
	size_t at;
	bool optional;		/* CC_NEVER is written as null */
} wall_members[] = {
	{"started", offsetof(struct cc_message, started), true},
	{"due", offsetof(struct cc_message, due), true},
	{"ended", offsetof(struct cc_message, ended), true},
	{"at", offsetof(struct cc_message, at), false},
	{"fired", offsetof(struct cc_message, fired), false},
	{"known", offsetof(struct cc_message, known), true},
};

static const struct number_member {
	const char *name;
	size_t at;
} number_members[] = {
	{"period", offsetof(struct cc_message, period)},
	{"epoch", offsetof(struct cc_message, epoch)},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- writing --------------------------------------------------------- */

static const char *
text_at(const struct cc_message *m, size_t at)
{
	const char *p;

	memcpy(&p, (const char *)m + at, sizeof p);
	return p;
}

static void
put_name(struct cc_buf *b, const char *name)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		cc_buf_char(b, ',');
	cc_buf_jsons(b, name);
	cc_buf_char(b, ':');
}

static void
put_text(struct cc_buf *b, const char *name, const char *text)
{
	put_name(b, name);
	if (text == NULL)
		CC_BUF_LIT(b, "null");
	else
		cc_buf_jsons(b, text);
}

static void
put_told(struct cc_buf *b, const char *name, const struct cc_message *m)
{
	put_name(b, name);
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < m->ntold; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		cc_buf_jsons(b, m->told[i]);
	}
	cc_buf_char(b, ']');
}

static void
put_members(struct cc_buf *b, const struct cc_message *m)
{
	for (size_t i = 0; i < COUNT(text_members); i++)
		put_text(b, text_members[i].name, text_at(m, text_members[i].at));
	for (size_t i = 0; i < COUNT(number_members); i++) {
		uint32_t v;

		memcpy(&v, (const char *)m + number_members[i].at, sizeof v);
		put_name(b, number_members[i].name);
		cc_buf_int(b, v);
	}
	put_text(b, "kind", cc_kind_text(m->kind));
	put_text(b, "state", cc_state_text(m->state));
	put_text(b, "severity", cc_severity_text(m->severity));
	for (size_t i = 0; i < COUNT(wall_members); i++) {
		struct cc_wall t;

		memcpy(&t, (const char *)m + wall_members[i].at, sizeof t);
		put_name(b, wall_members[i].name);
		cc_buf_wall(b, t);
	}
	put_name(b, "late");
	cc_buf_puts(b, m->late ? "true" : "false");
	put_told(b, "to", m);
}

/* Hand over what was written, or say why not. */
static enum cc_code
finish(struct cc_buf *b, char **ret, struct cc_err *reterr)
{
	enum cc_code code = cc_buf_end(b, 0);
	char *text;

	if (code == CC_OK) {
		text = cc_buf_take(b);
		if (text != NULL) {
			*ret = text;
			return CC_OK;
		}
		code = CC_ENOMEM;
	}
	cc_buf_done(b);
	if (code == CC_ERANGE) {
		return cc_fail(reterr, CC_ERANGE, 0,
		    "message takes more than %d bytes", CC_MESSAGE_JSON_MAX);
	}
	return cc_fail(reterr, code, 0, "no memory for a message");
}

static enum cc_code
check_told(const struct cc_message *m, struct cc_err *reterr)
{
	if (m->ntold <= CC_MESSAGE_TOLD_MAX)
		return CC_OK;
	return cc_fail(reterr, CC_ERANGE, 0, "message names %u roles, more than %d",
	    (unsigned)m->ntold, CC_MESSAGE_TOLD_MAX);
}

enum cc_code
cc_message_print(const struct cc_message *m, char **ret, struct cc_err *reterr)
{
	enum cc_code code = check_told(m, reterr);
	struct cc_buf b;

	if (code != CC_OK)
		return code;
	cc_buf_init(&b, CC_MESSAGE_JSON_MAX);
	cc_buf_char(&b, '{');
	put_members(&b, m);
	cc_buf_char(&b, '}');
	return finish(&b, ret, reterr);
}

static struct cc_str
str_of(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static void
put_alert(struct cc_buf *b, const struct cc_message *m)
{
	struct cc_record_fired r = {
		.case_id = str_of(m->case_id), .clock = str_of(m->rule),
		.subject = str_of(m->subject), .rung = str_of(m->rung),
		.period = m->period, .at = m->at, .severity = m->severity
	};

	cc_record_alert_head(b, &r);
	put_told(b, "to", m);
}

static void
put_clock(struct cc_buf *b, const struct cc_message *m)
{
	struct cc_record_values r = {
		.case_id = str_of(m->case_id), .clock = str_of(m->rule),
		.subject = str_of(m->subject), .section = str_of(m->section),
		.period = m->period, .state = m->state, .kind = m->kind,
		.started = m->started, .due = m->due, .ended = m->ended
	};

	enum cc_code code;

	put_name(b, "clock_record");
	code = cc_record_values(b, &r);
	if (code != CC_OK)	/* it must outlast the object: the body is void */
		b->fail = code;
}

static void
put_wall(struct cc_buf *b, const char *name, struct cc_wall t)
{
	put_name(b, name);
	cc_buf_wall(b, t);
}

enum cc_code
cc_message_cloudevent(const struct cc_message *m, char **ret,
    struct cc_err *reterr)
{
	enum cc_code code = check_told(m, reterr);
	struct cc_buf b;

	if (code != CC_OK)
		return code;
	cc_buf_init(&b, CC_MESSAGE_JSON_MAX);
	cc_buf_char(&b, '{');
	put_text(&b, "specversion", "1.0");
	put_text(&b, "id", m->id);
	put_text(&b, "source", "/caseclock");
	put_text(&b, "type", "caseclock.alert.fired");
	put_text(&b, "subject", m->case_id);
	put_wall(&b, "time", m->fired);
	put_text(&b, "datacontenttype", "application/json");
	CC_BUF_LIT(&b, ",\"data\":{");
	put_alert(&b, m);
	put_clock(&b, m);
	put_text(&b, "title", m->title);
	put_text(&b, "link", m->link);
	put_name(&b, "epoch");
	cc_buf_int(&b, m->epoch);
	CC_BUF_LIT(&b, "}}");
	return finish(&b, ret, reterr);
}

/* ---- reading --------------------------------------------------------- */

struct cc_message_doc {
	struct cc_json *json;
};

static enum cc_code
bad(struct cc_err *reterr, const char *name)
{
	return cc_fail(reterr, CC_EINVAL, 0,
	    "not a message: member %s is missing or wrong", name);
}

static bool
digits(const char *p, int n, int *ret)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*ret = v;
	return true;
}

/* An instant as cc_wall_format prints it.  Unlike those of events it may lie
 * after 2099: a due can. */
static bool
instant(const char *p, struct cc_wall *ret)
{
	struct cc_civil c;
	int h, m, s;

	if (strlen(p) != 20 || p[4] != '-' || p[7] != '-' || p[10] != 'T' ||
	    p[13] != ':' || p[16] != ':' || p[19] != 'Z')
		return false;
	if (!digits(p, 4, &c.year) || !digits(p + 5, 2, &c.month) ||
	    !digits(p + 8, 2, &c.day) || !digits(p + 11, 2, &h) ||
	    !digits(p + 14, 2, &m) || !digits(p + 17, 2, &s))
		return false;
	if (!cc_civil_ok(c) || h > 23 || m > 59 || s > 59)
		return false;
	ret->s = (int64_t)cc_day_of(c) * DAY_S + h * 3600 + m * 60 + s;
	return true;
}

static enum cc_code
read_texts(const struct cc_json *o, struct cc_message *m, struct cc_err *reterr)
{
	for (size_t i = 0; i < COUNT(text_members); i++) {
		const struct text_member *t = &text_members[i];
		const struct cc_json *v = cc_json_get(o, t->name);
		const char *text = cc_json_text(v);

		if (text == NULL &&
		    !(t->optional && cc_json_type(v) == CC_JSON_NULL))
			return bad(reterr, t->name);
		memcpy((char *)m + t->at, &text, sizeof text);
	}
	return CC_OK;
}

static enum cc_code
read_numbers(const struct cc_json *o, struct cc_message *m,
    struct cc_err *reterr)
{
	for (size_t i = 0; i < COUNT(number_members); i++) {
		const struct number_member *n = &number_members[i];
		int64_t wide;
		uint32_t v;

		if (!cc_json_int(cc_json_get(o, n->name), &wide) || wide < 0 ||
		    wide > UINT32_MAX)
			return bad(reterr, n->name);
		v = (uint32_t)wide;
		memcpy((char *)m + n->at, &v, sizeof v);
	}
	if (!cc_json_bool(cc_json_get(o, "late"), &m->late))
		return bad(reterr, "late");
	return CC_OK;
}

static enum cc_code
read_walls(const struct cc_json *o, struct cc_message *m, struct cc_err *reterr)
{
	for (size_t i = 0; i < COUNT(wall_members); i++) {
		const struct wall_member *w = &wall_members[i];
		const struct cc_json *v = cc_json_get(o, w->name);
		const char *text = cc_json_text(v);
		struct cc_wall t = CC_NEVER;

		if (text != NULL ? !instant(text, &t) :
		    !(w->optional && cc_json_type(v) == CC_JSON_NULL))
			return bad(reterr, w->name);
		memcpy((char *)m + w->at, &t, sizeof t);
	}
	return CC_OK;
}

static enum cc_code
read_words(const struct cc_json *o, struct cc_message *m, struct cc_err *reterr)
{
	const char *kind = cc_json_get_text(o, "kind");
	const char *state = cc_json_get_text(o, "state");
	const char *severity = cc_json_get_text(o, "severity");
	int k = CC_KIND_IMMEDIATE, s = CC_STATE_FAILED, v = SEVERITY_LAST;

	while (k > 0 && (kind == NULL ||
	    strcmp(kind, cc_kind_text((enum cc_kind)k)) != 0))
		k--;
	while (s > 0 && (state == NULL ||
	    strcmp(state, cc_state_text((enum cc_state)s)) != 0))
		s--;
	while (v > 0 && (severity == NULL ||
	    strcmp(severity, cc_severity_text((enum cc_severity)v)) != 0))
		v--;
	if (k == 0 || s == 0 || v == 0)
		return bad(reterr, k == 0 ? "kind" : s == 0 ? "state" : "severity");
	m->kind = (enum cc_kind)k;
	m->state = (enum cc_state)s;
	m->severity = (enum cc_severity)v;
	return CC_OK;
}

static enum cc_code
read_told(const struct cc_json *o, struct cc_message *m, struct cc_err *reterr)
{
	const struct cc_json *to = cc_json_get(o, "to");
	size_t n = cc_json_count(to);

	if (cc_json_type(to) != CC_JSON_LIST || n > CC_MESSAGE_TOLD_MAX)
		return bad(reterr, "to");
	for (size_t i = 0; i < n; i++) {
		m->told[i] = cc_json_text(cc_json_at(to, i));
		if (m->told[i] == NULL)
			return bad(reterr, "to");
	}
	m->ntold = (uint32_t)n;
	return CC_OK;
}

static enum cc_code
read_members(const struct cc_json *o, struct cc_message *m,
    struct cc_err *reterr)
{
	static enum cc_code (*const steps[])(const struct cc_json *o,
	    struct cc_message *m, struct cc_err *reterr) = {
		read_texts, read_numbers, read_walls, read_words, read_told
	};

	for (size_t i = 0; i < COUNT(steps); i++) {
		enum cc_code code = steps[i](o, m, reterr);

		if (code != CC_OK)
			return code;
	}
	return CC_OK;
}

enum cc_code
cc_message_parse(const char *json, size_t n, struct cc_message *ret,
    struct cc_message_doc **ret_doc, struct cc_err *reterr)
{
	struct cc_message m = {0};
	struct cc_message_doc *doc;
	enum cc_code code;

	if (n > CC_MESSAGE_JSON_MAX) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "not a message: more than %d bytes", CC_MESSAGE_JSON_MAX);
	}
	doc = calloc(1, sizeof *doc);
	if (doc == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a message");
	code = cc_json_parse((struct cc_str){json, (uint32_t)n}, &doc->json,
	    reterr);
	if (code == CC_OK)
		code = read_members(doc->json, &m, reterr);
	if (code != CC_OK) {
		cc_message_doc_free(doc);
		return code;
	}
	*ret = m;
	*ret_doc = doc;
	return CC_OK;
}

void
cc_message_doc_free(struct cc_message_doc *doc)
{
	if (doc == NULL)
		return;
	cc_json_free(doc->json);
	free(doc);
}
