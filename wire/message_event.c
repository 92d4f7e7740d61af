/* The webhook's body; the contract is in wire/message.h. */
#include "wire/message_inner.h"

#include <string.h>

#include "wire/record.h"

static struct cc_str
str_of(const char *text)
{
	return (struct cc_str){text, text == NULL ? 0 : (uint32_t)strlen(text)};
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
	cc_message_put_told(b, m);
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

	cc_message_put_name(b, "clock_record");
	code = cc_record_values(b, &r);
	if (code != CC_OK)	/* it must outlast the object: the body is void */
		b->fail = code;
}

/* One alert, or one item of a list. */
static void
put_data(struct cc_buf *b, const struct cc_message *m)
{
	cc_buf_char(b, '{');
	put_alert(b, m);
	put_clock(b, m);
	cc_message_put_text(b, "title", m->title == NULL ? "" : m->title);
	cc_message_put_text(b, "link", m->link);
	cc_message_put_name(b, "epoch");
	cc_buf_int(b, m->epoch);
	if (cc_message_was_due(m))
		cc_message_put_wall(b, "previous_due", m->previous_due);
	if (m->withdrawn) {
		cc_message_put_name(b, "withdrawn");
		CC_BUF_LIT(b, "true");
	}
	cc_buf_char(b, '}');
}

static void
put_list(struct cc_buf *b, const struct cc_message *m)
{
	cc_buf_char(b, '{');
	cc_message_put_text(b, "form", cc_message_form_text(m->form));
	cc_message_put_text(b, "title", m->title == NULL ? "" : m->title);
	if (m->unit != NULL)
		cc_message_put_text(b, "unit", m->unit);
	cc_message_put_name(b, "items");
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < m->nitems; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		put_data(b, &m->items[i]);
	}
	cc_buf_char(b, ']');
	if (m->nleft_out > 0) {
		cc_message_put_name(b, "left_out");
		cc_buf_int(b, m->nleft_out);
	}
	cc_buf_char(b, '}');
}

static const char *
type_of(const struct cc_message *m)
{
	switch (m->form) {
	case CC_FORM_GROUP:
		return "caseclock.messages.group";
	case CC_FORM_DIGEST:
		return "caseclock.messages.digest";
	case CC_FORM_HANDOVER:
		return "caseclock.messages.handover";
	case CC_FORM_CONFIGURATION:
		return "caseclock.configuration";
	case CC_FORM_ALERT:
		break;
	}
	if (strcmp(m->rung, "moved") == 0 || strcmp(m->rung, "back") == 0)
		return "caseclock.alert.moved";
	if (strcmp(m->rung, "clear") == 0)
		return "caseclock.alert.cleared";
	return "caseclock.alert.fired";
}

enum cc_code
cc_message_cloudevent(const struct cc_message *m, char **ret, struct cc_err *reterr)
{
	enum cc_code code = cc_message_check(m, reterr);
	struct cc_buf b;

	if (code != CC_OK)
		return code;
	cc_buf_init(&b, CC_MESSAGE_EVENT_MAX);
	cc_buf_char(&b, '{');
	cc_message_put_text(&b, "specversion", "1.0");
	cc_message_put_text(&b, "id", m->id);
	cc_message_put_text(&b, "source", "/caseclock");
	cc_message_put_text(&b, "type", type_of(m));
	if (m->case_id != NULL && m->case_id[0] != '\0')
		cc_message_put_text(&b, "subject", m->case_id);
	cc_message_put_wall(&b, "time", m->fired);
	cc_message_put_text(&b, "datacontenttype", "application/json");
	cc_message_put_name(&b, "data");
	if (cc_message_is_alert(m))
		put_data(&b, m);
	else
		put_list(&b, m);
	cc_buf_char(&b, '}');
	return cc_message_finish(&b, ret, reterr);
}
