#include "notify/mime_body.h"

#include <stdio.h>
#include <string.h>

#include "notify/mime_text.h"
#include "notify/words.h"

enum { FACTS_MAX = 16, TOLD_TEXT = 8 * 72 };

struct fact {
	const char *label, *value;
};

/* What both bodies say, in order; the texts that had to be made live here. */
struct facts {
	struct fact list[FACTS_MAX];
	unsigned n;
	char standing[CC_WORDS_MAX], rung[CC_WORDS_MAX], role[CC_WORDS_MAX];
	char ended[CC_WORDS_MAX], known[CC_WORDS_MAX + 64], told[TOLD_TEXT];
	char period[16], rule[480];
};

static void
add(struct facts *f, const char *label, const char *value)
{
	if (value != NULL && value[0] != '\0' && f->n < FACTS_MAX)
		f->list[f->n++] = (struct fact){ label, value };
}

static void
put_told(struct facts *f, const struct cc_message *m)
{
	size_t n = 0;
	char role[CC_WORDS_MAX];

	for (uint32_t i = 0; i < m->ntold && i < CC_MESSAGE_TOLD_MAX; i++) {
		cc_words_role(m->told[i], role);
		role[64] = '\0';
		cc_mail_trim_cut(role);
		n += (size_t)snprintf(f->told + n, sizeof f->told - n, "%s%.64s",
		    i == 0 ? "" : ", ", role);
	}
}

/* The dates of a duty with a due; of one to be done at once none is told. */
static void
add_dates(struct facts *f, const struct cc_message *m)
{
	char known[CC_WORDS_MAX];

	add(f, "Due", m->due_local);
	if (cc_given(m->ended)) {
		cc_words_utc(m->ended, f->ended);
		add(f, "Ended", f->ended);
	}
	if (m->late && cc_given(m->known)) {
		cc_words_utc(m->known, known);
		(void)snprintf(f->known, sizeof f->known,
		    "%s, after this step had already been reached", known);
		add(f, "Became known", f->known);
	}
	add(f, "Step reached", m->at_local);
	if (m->period > 1 || m->kind == CC_KIND_RECURRING) {
		(void)snprintf(f->period, sizeof f->period, "%u", m->period);
		add(f, "Period", f->period);
	}
}

static void
collect(struct facts *f, const struct cc_message *m)
{
	bool at_once = m->kind == CC_KIND_IMMEDIATE;

	memset(f, 0, sizeof *f);
	cc_words_standing(m, f->standing);
	cc_words_rung(m, f->rung);
	cc_words_role(m->role, f->role);
	put_told(f, m);
	(void)snprintf(f->rule, sizeof f->rule, "%s (section %s)", m->rule, m->section);
	cc_mail_trim_cut(f->rule);
	add(f, "Case", m->case_id);
	add(f, "For", strcmp(m->subject, "case") == 0 ? "the whole case" : m->subject);
	if (at_once)
		add(f, "When", "to be done at once");
	else
		add_dates(f, m);
	add(f, "What happened", f->rung);
	if (at_once && m->late)
		add(f, "Note", "This became known only afterwards.");
	add(f, "Told", f->told);
	add(f, "You are told as", f->role);
	add(f, "Rule", f->rule);
	add(f, "Open the case", m->link);
}

static const char footer[] =
    "Sent by Caseclock. This mailbox is not read. The message holds ids and dates only; "
    "names are in the case-management system.";

void
cc_mail_put_text(struct cc_buf *b, const struct cc_message *m)
{
	struct facts f;

	collect(&f, m);
	cc_buf_puts(b, m->title);
	cc_buf_char(b, '\n');
	cc_buf_puts(b, f.standing);
	CC_BUF_LIT(b, "\n\n");
	for (unsigned i = 0; i < f.n; i++) {
		cc_buf_puts(b, f.list[i].label);
		CC_BUF_LIT(b, ": ");
		cc_buf_puts(b, f.list[i].value);
		cc_buf_char(b, '\n');
	}
	CC_BUF_LIT(b, "\n-- \n");
	cc_buf_puts(b, footer);
	cc_buf_char(b, '\n');
}

static const char *
colour(const struct cc_message *m)
{
	if (cc_words_is_clear(m))
		return "#1b6e3c";
	return m->severity == CC_CRITICAL ? "#a3161b" :
	    m->severity == CC_WARNING ? "#8a5300" : "#1f4e79";
}

static void
put_row(struct cc_buf *b, const struct fact *fact, bool link)
{
	CC_BUF_LIT(b, "<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;"
	    "padding:6px 12px 6px 0;color:#555;font-weight:normal\">");
	cc_mail_put_escaped(b, fact->label);
	CC_BUF_LIT(b, "</th>\n<td style=\"padding:6px 0;overflow-wrap:anywhere\">");
	if (link) {
		CC_BUF_LIT(b, "<a href=\"");
		cc_mail_put_escaped(b, fact->value);
		CC_BUF_LIT(b, "\">");
	}
	cc_mail_put_escaped(b, fact->value);
	if (link)
		CC_BUF_LIT(b, "</a>");
	CC_BUF_LIT(b, "</td></tr>\n");
}

static void
put_head(struct cc_buf *b, const struct cc_message *m, const char *standing)
{
	CC_BUF_LIT(b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
	cc_mail_put_escaped(b, m->case_id);
	CC_BUF_LIT(b, "</title></head>\n<body style=\"margin:0;padding:16px;background:#fff;"
	    "color:#111;font-family:sans-serif;font-size:16px;line-height:1.4\">\n"
	    "<div style=\"max-width:600px\">\n<h1 style=\"font-size:20px;margin:0 0 4px\">");
	cc_mail_put_escaped(b, m->title);
	CC_BUF_LIT(b, "</h1>\n<p style=\"margin:0 0 12px;font-weight:bold;color:");
	cc_buf_puts(b, colour(m));
	CC_BUF_LIT(b, "\">");
	cc_mail_put_escaped(b, standing);
	CC_BUF_LIT(b, "</p>\n<table style=\"border-collapse:collapse;width:100%\">\n");
}

/* Only such links become links; any other scheme is shown as text. */
static bool
is_web_link(const struct cc_message *m, const char *value)
{
	return m->link != NULL && value == m->link &&
	    (strncmp(value, "https://", 8) == 0 || strncmp(value, "http://", 7) == 0);
}

void
cc_mail_put_html(struct cc_buf *b, const struct cc_message *m)
{
	struct facts f;

	collect(&f, m);
	put_head(b, m, f.standing);
	for (unsigned i = 0; i < f.n; i++)
		put_row(b, &f.list[i], is_web_link(m, f.list[i].value));
	CC_BUF_LIT(b, "</table>\n<p style=\"margin:16px 0 0;font-size:13px;color:#555\">");
	cc_mail_put_escaped(b, footer);
	CC_BUF_LIT(b, "</p>\n</div></body></html>\n");
}
