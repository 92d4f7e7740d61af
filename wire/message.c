#include "wire/message.h"

#include <string.h>

#include "wire/message_inner.h"

#define MEMBER(member) offsetof(struct cc_message, member)
#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define MEMBERS(a) {(a), COUNT(a)}

static const struct cc_message_member own[] = {
	{"id", MEMBER(id), false},
	{"thread", MEMBER(thread), false},
}, texts[] = {
	{"case", MEMBER(case_id), false},
	{"clock", MEMBER(rule), false},
	{"title", MEMBER(title), false},
	{"section", MEMBER(section), false},
	{"subject", MEMBER(subject), false},
	{"rung", MEMBER(rung), false},
	{"role", MEMBER(role), false},
	{"link", MEMBER(link), true},
	{"zone", MEMBER(zone), false},
	{"due_local", MEMBER(due_local), true},
	{"at_local", MEMBER(at_local), false},
}, further[] = {
	{"language", MEMBER(language), true},
	{"previous_due_local", MEMBER(previous_due_local), true},
	{"cause", MEMBER(cause), true},
	{"ends", MEMBER(ends), true},
	{"thread_before", MEMBER(thread_before), true},
	{"unit", MEMBER(unit), true},
}, walls[] = {
	{"started", MEMBER(started), true},
	{"due", MEMBER(due), true},
	{"ended", MEMBER(ended), true},
	{"at", MEMBER(at), false},
	{"fired", MEMBER(fired), false},
	{"known", MEMBER(known), true},
}, numbers[] = {
	{"period", MEMBER(period), false},
	{"epoch", MEMBER(epoch), false},
};

const struct cc_message_members cc_message_own = MEMBERS(own),
    cc_message_texts = MEMBERS(texts), cc_message_further = MEMBERS(further),
    cc_message_walls = MEMBERS(walls), cc_message_numbers = MEMBERS(numbers);

static const char *const forms[] = {
	[CC_FORM_ALERT] = "alert", [CC_FORM_GROUP] = "group", [CC_FORM_DIGEST] = "digest",
	[CC_FORM_HANDOVER] = "handover", [CC_FORM_CONFIGURATION] = "configuration"
};

const char *
cc_message_form_text(enum cc_message_form form)
{
	return form == 0 || (size_t)form >= COUNT(forms) ? forms[CC_FORM_ALERT] : forms[form];
}

bool
cc_message_is_alert(const struct cc_message *m)
{
	return m->form == 0 || m->form == CC_FORM_ALERT;
}

bool
cc_message_was_due(const struct cc_message *m)
{
	return cc_given(m->previous_due) && m->previous_due.s != 0;
}

/* ---- writing --------------------------------------------------------- */

static const char *
text_at(const struct cc_message *m, size_t at)
{
	const char *p;

	memcpy(&p, (const char *)m + at, sizeof p);
	return p;
}

void
cc_message_put_name(struct cc_buf *b, const char *name)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		cc_buf_char(b, ',');
	cc_buf_jsons(b, name);
	cc_buf_char(b, ':');
}

void
cc_message_put_text(struct cc_buf *b, const char *name, const char *text)
{
	cc_message_put_name(b, name);
	if (text == NULL)
		CC_BUF_LIT(b, "null");
	else
		cc_buf_jsons(b, text);
}

void
cc_message_put_wall(struct cc_buf *b, const char *name, struct cc_wall t)
{
	cc_message_put_name(b, name);
	cc_buf_wall(b, t);
}

void
cc_message_put_told(struct cc_buf *b, const struct cc_message *m)
{
	cc_message_put_name(b, "to");
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < m->ntold; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		cc_buf_jsons(b, m->told[i]);
	}
	cc_buf_char(b, ']');
}

/* `loose`: what does not apply may be missing: texts are "" then. */
static void
put_texts(struct cc_buf *b, const struct cc_message *m, bool loose)
{
	for (size_t i = 0; i < cc_message_texts.n; i++) {
		const struct cc_message_member *t = &cc_message_texts.m[i];
		const char *text = text_at(m, t->at);

		if (text == NULL && loose && !t->optional)
			text = "";
		cc_message_put_text(b, t->name, text);
	}
}

/* A word for a number; null for the 0 of what has none. */
static void
put_word(struct cc_buf *b, const char *name, int v, const char *word)
{
	cc_message_put_text(b, name, v == 0 ? NULL : word);
}

static void
put_numbers(struct cc_buf *b, const struct cc_message *m)
{
	for (size_t i = 0; i < cc_message_numbers.n; i++) {
		uint32_t v;

		memcpy(&v, (const char *)m + cc_message_numbers.m[i].at, sizeof v);
		cc_message_put_name(b, cc_message_numbers.m[i].name);
		cc_buf_int(b, v);
	}
	put_word(b, "kind", (int)m->kind, cc_kind_text(m->kind));
	put_word(b, "state", (int)m->state, cc_state_text(m->state));
	put_word(b, "severity", (int)m->severity, cc_severity_text(m->severity));
}

static void
put_bool(struct cc_buf *b, const char *name, bool v)
{
	cc_message_put_name(b, name);
	cc_buf_puts(b, v ? "true" : "false");
}

/* What is written only when it says something, so that plain alerts stay short and
 * rows that were queued by an older version can still be read. */
static void
put_further(struct cc_buf *b, const struct cc_message *m)
{
	for (size_t i = 0; i < cc_message_further.n; i++) {
		const char *text = text_at(m, cc_message_further.m[i].at);

		if (text != NULL)
			cc_message_put_text(b, cc_message_further.m[i].name, text);
	}
	if (!cc_message_is_alert(m))
		cc_message_put_text(b, "form", cc_message_form_text(m->form));
	if (cc_message_was_due(m))
		cc_message_put_wall(b, "previous_due", m->previous_due);
	if (m->withdrawn)
		put_bool(b, "withdrawn", true);
	if (m->nleft_out > 0) {
		cc_message_put_name(b, "left_out");
		cc_buf_int(b, m->nleft_out);
	}
}

static void
put_members(struct cc_buf *b, const struct cc_message *m, bool loose)
{
	put_texts(b, m, loose);
	put_numbers(b, m);
	for (size_t i = 0; i < cc_message_walls.n; i++) {
		struct cc_wall t;

		memcpy(&t, (const char *)m + cc_message_walls.m[i].at, sizeof t);
		cc_message_put_wall(b, cc_message_walls.m[i].name, t);
	}
	put_bool(b, "late", m->late);
	cc_message_put_told(b, m);
	put_further(b, m);
}

static void
put_items(struct cc_buf *b, const struct cc_message *m)
{
	cc_message_put_name(b, "items");
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < m->nitems; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		cc_buf_char(b, '{');
		put_members(b, &m->items[i], true);
		cc_buf_char(b, '}');
	}
	cc_buf_char(b, ']');
}

enum cc_code
cc_message_finish(struct cc_buf *b, char **ret, struct cc_err *reterr)
{
	enum cc_code code = cc_buf_end(b, 0);
	unsigned long max = (unsigned long)b->max;
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
		    "message takes more than %lu bytes", max);
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
cc_message_check(const struct cc_message *m, struct cc_err *reterr)
{
	enum cc_code code = check_told(m, reterr);

	if (code == CC_OK && m->nitems > CC_MESSAGE_ITEMS_MAX) {
		code = cc_fail(reterr, CC_ERANGE, 0, "message has %u items, more than %d",
		    (unsigned)m->nitems, CC_MESSAGE_ITEMS_MAX);
	}
	if (code == CC_OK && m->nitems > 0 && cc_message_is_alert(m))
		code = cc_fail(reterr, CC_EINVAL, 0, "an alert has no items");
	for (uint32_t i = 0; i < m->nitems && code == CC_OK; i++) {
		if (m->items[i].nitems > 0 || !cc_message_is_alert(&m->items[i]))
			code = cc_fail(reterr, CC_EINVAL, 0, "an item of a message is an alert");
		else
			code = check_told(&m->items[i], reterr);
	}
	return code;
}

enum cc_code
cc_message_print(const struct cc_message *m, char **ret, struct cc_err *reterr)
{
	enum cc_code code = cc_message_check(m, reterr);
	struct cc_buf b;

	if (code != CC_OK)
		return code;
	cc_buf_init(&b, CC_MESSAGE_JSON_MAX);
	cc_buf_char(&b, '{');
	cc_message_put_text(&b, "id", m->id);
	cc_message_put_text(&b, "thread", m->thread);
	put_members(&b, m, !cc_message_is_alert(m));
	if (!cc_message_is_alert(m))
		put_items(&b, m);
	cc_buf_char(&b, '}');
	return cc_message_finish(&b, ret, reterr);
}
