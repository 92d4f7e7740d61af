/* Reading a message back; the contract is in wire/message.h. */
#include "wire/message_inner.h"

#include <stdlib.h>
#include <string.h>

#include "scheduler/civil.h"
#include "wire/json.h"

enum { SEVERITY_LAST = CC_CRITICAL, DAY_S = 86400 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct cc_message_doc {
	struct cc_json *json;
	struct cc_message *items;	/* NULL: none */
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
read_list_of_texts(const struct cc_json *o, const struct cc_message_members *members,
    struct cc_message *m, struct cc_err *reterr)
{
	for (size_t i = 0; i < members->n; i++) {
		const struct cc_message_member *t = &members->m[i];
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
read_texts(const struct cc_json *o, struct cc_message *m, struct cc_err *reterr)
{
	return read_list_of_texts(o, &cc_message_texts, m, reterr);
}

static enum cc_code
read_numbers(const struct cc_json *o, struct cc_message *m,
    struct cc_err *reterr)
{
	for (size_t i = 0; i < cc_message_numbers.n; i++) {
		const struct cc_message_member *n = &cc_message_numbers.m[i];
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
	for (size_t i = 0; i < cc_message_walls.n; i++) {
		const struct cc_message_member *w = &cc_message_walls.m[i];
		const struct cc_json *v = cc_json_get(o, w->name);
		const char *text = cc_json_text(v);
		struct cc_wall t = CC_NEVER;

		if (text != NULL ? !instant(text, &t) :
		    !((w->optional || !cc_message_is_alert(m)) && cc_json_type(v) == CC_JSON_NULL))
			return bad(reterr, w->name);
		memcpy((char *)m + w->at, &t, sizeof t);
	}
	return CC_OK;
}

/* The number of a word, 0 for none of them. */
static int
number_of(const char *word, int last, const char *(*text)(int v))
{
	int v = last;

	while (v > 0 && (word == NULL || strcmp(word, text(v)) != 0))
		v--;
	return v;
}

static const char *
kind_text(int v)
{
	return cc_kind_text((enum cc_kind)v);
}

static const char *
state_text(int v)
{
	return cc_state_text((enum cc_state)v);
}

static const char *
form_text(int v)
{
	return cc_message_form_text((enum cc_message_form)v);
}

static const char *
severity_text(int v)
{
	return cc_severity_text((enum cc_severity)v);
}

static enum cc_code
read_word(const struct cc_json *o, const char *name, bool loose, int *ret,
    struct cc_err *reterr)
{
	static const struct {
		const char *name;
		int last;
		const char *(*text)(int v);
	} words[] = {
		{"kind", CC_KIND_IMMEDIATE, kind_text},
		{"state", CC_STATE_FAILED, state_text},
		{"severity", SEVERITY_LAST, severity_text},
	};
	const struct cc_json *v = cc_json_get(o, name);
	size_t i = 0;

	while (strcmp(words[i].name, name) != 0)
		i++;
	*ret = number_of(cc_json_text(v), words[i].last, words[i].text);
	if (*ret != 0 || (loose && cc_json_type(v) == CC_JSON_NULL))
		return CC_OK;
	return bad(reterr, name);
}

static enum cc_code
read_words(const struct cc_json *o, struct cc_message *m, struct cc_err *reterr)
{
	bool loose = !cc_message_is_alert(m);
	int kind = 0, state = 0, severity = 0;
	enum cc_code code = read_word(o, "kind", loose, &kind, reterr);

	if (code == CC_OK)
		code = read_word(o, "state", loose, &state, reterr);
	if (code == CC_OK)
		code = read_word(o, "severity", loose, &severity, reterr);
	if (code != CC_OK)
		return code;
	m->kind = (enum cc_kind)kind;
	m->state = (enum cc_state)state;
	m->severity = (enum cc_severity)severity;
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
read_form(const struct cc_json *o, struct cc_message *m, struct cc_err *reterr)
{
	const struct cc_json *v = cc_json_get(o, "form");
	int form;

	m->form = CC_FORM_ALERT;
	if (v == NULL)
		return CC_OK;
	form = number_of(cc_json_text(v), CC_FORM_CONFIGURATION, form_text);
	if (form == 0)
		return bad(reterr, "form");
	m->form = (enum cc_message_form)form;
	return CC_OK;
}

/* What is there only when it says something. */
static enum cc_code
read_further(const struct cc_json *o, struct cc_message *m, struct cc_err *reterr)
{
	const struct cc_json *due = cc_json_get(o, "previous_due");
	const struct cc_json *withdrawn = cc_json_get(o, "withdrawn");
	const struct cc_json *left = cc_json_get(o, "left_out");
	int64_t n = 0;

	m->previous_due = CC_NEVER;
	for (size_t i = 0; i < cc_message_further.n; i++) {
		const struct cc_message_member *t = &cc_message_further.m[i];
		const struct cc_json *v = cc_json_get(o, t->name);
		const char *text = cc_json_text(v);

		if (v != NULL && text == NULL)
			return bad(reterr, t->name);
		memcpy((char *)m + t->at, &text, sizeof text);
	}
	if (due != NULL && (cc_json_text(due) == NULL ||
	    !instant(cc_json_text(due), &m->previous_due)))
		return bad(reterr, "previous_due");
	if (withdrawn != NULL && !cc_json_bool(withdrawn, &m->withdrawn))
		return bad(reterr, "withdrawn");
	if (left != NULL && (!cc_json_int(left, &n) || n < 0 || n > UINT32_MAX))
		return bad(reterr, "left_out");
	m->nleft_out = (uint32_t)n;
	return CC_OK;
}

static enum cc_code
read_members(const struct cc_json *o, struct cc_message *m,
    struct cc_err *reterr)
{
	static enum cc_code (*const steps[])(const struct cc_json *o,
	    struct cc_message *m, struct cc_err *reterr) = {
		read_texts, read_numbers, read_walls, read_words, read_told, read_further
	};

	for (size_t i = 0; i < COUNT(steps); i++) {
		enum cc_code code = steps[i](o, m, reterr);

		if (code != CC_OK)
			return code;
	}
	return CC_OK;
}

/* Items are alerts, of which some members may be missing: they are read as loosely as a
 * list, and have no items of their own. */
static enum cc_code
read_items(const struct cc_json *o, struct cc_message_doc *doc, struct cc_message *m,
    struct cc_err *reterr)
{
	const struct cc_json *list = cc_json_get(o, "items");
	size_t n = cc_json_count(list);

	if (cc_message_is_alert(m))
		return list == NULL ? CC_OK : bad(reterr, "items");
	if (cc_json_type(list) != CC_JSON_LIST || n > CC_MESSAGE_ITEMS_MAX)
		return bad(reterr, "items");
	if (n == 0)
		return CC_OK;
	doc->items = calloc(n, sizeof *doc->items);
	if (doc->items == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a message");
	for (size_t i = 0; i < n; i++) {
		const struct cc_json *item = cc_json_at(list, i);
		struct cc_message *to = &doc->items[i];
		enum cc_code code;

		if (cc_json_type(item) != CC_JSON_OBJECT ||
		    cc_json_get(item, "items") != NULL || cc_json_get(item, "form") != NULL)
			return bad(reterr, "items");
		to->form = m->form;
		code = read_members(item, to, reterr);
		if (code != CC_OK)
			return code;
		to->form = CC_FORM_ALERT;
	}
	m->items = doc->items;
	m->nitems = (uint32_t)n;
	return CC_OK;
}

static enum cc_code
read_message(struct cc_message_doc *doc, struct cc_message *m, struct cc_err *reterr)
{
	enum cc_code code = read_form(doc->json, m, reterr);

	if (code == CC_OK) {
		code = read_list_of_texts(doc->json, &cc_message_own, m, reterr);
	}
	if (code == CC_OK)
		code = read_members(doc->json, m, reterr);
	if (code == CC_OK)
		code = read_items(doc->json, doc, m, reterr);
	return code;
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
		code = read_message(doc, &m, reterr);
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
	free(doc->items);
	free(doc);
}
