#include "wire/record.h"

#include <string.h>

static struct cc_str
str_of(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

enum cc_code
cc_record_values(struct cc_buf *b, const struct cc_record_values *r)
{
	size_t mark = b->n;

	CC_BUF_LIT(b, "{\"record\":\"clock\",\"case\":");
	cc_buf_json(b, r->case_id);
	CC_BUF_LIT(b, ",\"clock\":");
	cc_buf_json(b, r->clock);
	CC_BUF_LIT(b, ",\"subject\":");
	cc_buf_json(b, r->subject);
	CC_BUF_LIT(b, ",\"period\":");
	cc_buf_int(b, r->period);
	CC_BUF_LIT(b, ",\"state\":");
	cc_buf_jsons(b, cc_state_text(r->state));
	CC_BUF_LIT(b, ",\"started\":");
	cc_buf_wall(b, r->started);
	CC_BUF_LIT(b, ",\"due\":");
	cc_buf_wall(b, r->due);
	CC_BUF_LIT(b, ",\"ended\":");
	cc_buf_wall(b, r->ended);
	CC_BUF_LIT(b, ",\"section\":");
	cc_buf_json(b, r->section);
	CC_BUF_LIT(b, ",\"kind\":");
	cc_buf_jsons(b, cc_kind_text(r->kind));
	cc_buf_char(b, '}');
	return cc_buf_end(b, mark);
}

enum cc_code
cc_record_clock(struct cc_buf *b, struct cc_str case_id,
    const struct cc_clock *c, const struct cc_view *v)
{
	struct cc_record_values r = {
		.case_id = case_id, .clock = str_of(c->rule->id),
		.subject = c->subject, .section = str_of(c->rule->section),
		.period = c->period, .state = v->state, .kind = c->rule->kind,
		.started = v->started, .due = v->due, .ended = v->ended
	};

	return cc_record_values(b, &r);
}

void
cc_record_alert_head(struct cc_buf *b, const struct cc_record_fired *r)
{
	CC_BUF_LIT(b, "\"record\":\"alert\",\"case\":");
	cc_buf_json(b, r->case_id);
	CC_BUF_LIT(b, ",\"clock\":");
	cc_buf_json(b, r->clock);
	CC_BUF_LIT(b, ",\"subject\":");
	cc_buf_json(b, r->subject);
	CC_BUF_LIT(b, ",\"period\":");
	cc_buf_int(b, r->period);
	CC_BUF_LIT(b, ",\"at\":");
	cc_buf_wall(b, r->at);
	CC_BUF_LIT(b, ",\"rung\":");
	cc_buf_json(b, r->rung);
	CC_BUF_LIT(b, ",\"severity\":");
	cc_buf_jsons(b, cc_severity_text(r->severity));
}

static void
put_texts(struct cc_buf *b, const struct cc_str *texts, uint32_t n)
{
	cc_buf_char(b, '[');
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		cc_buf_json(b, texts[i]);
	}
	cc_buf_char(b, ']');
}

static void
put_alert(struct cc_buf *b, const struct cc_record_fired *r)
{
	cc_buf_char(b, '{');
	cc_record_alert_head(b, r);
	CC_BUF_LIT(b, ",\"to\":");
	put_texts(b, r->to, r->nto);
}

/* The names of the roles in `to`, each once: the top of the chain stands for
 * all above it. */
static uint32_t
roles_of(const struct cc_chain *chain, const struct cc_rule *rule, uint8_t to,
    struct cc_str ret[8])
{
	uint32_t n = 0;

	for (unsigned bit = 0; bit < 8; bit++) {
		struct cc_str role;
		uint32_t i = 0;

		if ((to & 1u << bit) == 0)
			continue;
		role = str_of(cc_rung_role(chain, rule, bit));
		while (i < n && !cc_str_eq(ret[i], role))
			i++;
		if (i == n)
			ret[n++] = role;
	}
	return n;
}

enum cc_code
cc_record_alert(struct cc_buf *b, struct cc_str case_id,
    const struct cc_clock *c, const struct cc_alert *a,
    const struct cc_chain *chain)
{
	struct cc_str roles[8];
	struct cc_record_fired r = {
		.case_id = case_id, .clock = str_of(c->rule->id),
		.subject = c->subject, .rung = str_of(a->rung->name),
		.period = c->period, .at = a->at, .severity = a->rung->severity,
		.to = roles
	};
	size_t mark = b->n;

	r.nto = roles_of(chain, c->rule, a->rung->to, roles);
	put_alert(b, &r);
	cc_buf_char(b, '}');
	return cc_buf_end(b, mark);
}

enum cc_code
cc_record_fired(struct cc_buf *b, const struct cc_record_fired *r)
{
	size_t mark = b->n;

	put_alert(b, r);
	CC_BUF_LIT(b, ",\"fired\":");
	cc_buf_wall(b, r->fired);
	CC_BUF_LIT(b, ",\"epoch\":");
	cc_buf_int(b, r->epoch);
	CC_BUF_LIT(b, ",\"messages\":");
	put_texts(b, r->messages, r->nmessages);
	cc_buf_char(b, '}');
	return cc_buf_end(b, mark);
}
