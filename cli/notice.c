#include "cli/notice.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PARTS_MAX = 100, DEPTH_MAX = 10, VALUE_SIZE = 256 };

/* What was found so far. */
struct found {
	struct cc_bounce b;
	unsigned parts;
	int grave;			/* of b.action; 0: none yet */
	bool report;			/* there is a delivery-status part */
	char envelope[CC_NOTICE_ID + 1], header[CC_NOTICE_ID + 1], told[CC_NOTICE_ID + 1];
	char status[12];		/* one in plain words */
};

/* --- texts ---------------------------------------------------------------------- */

/* "<32 digits@", or the digits alone; ret stays as it is when there are none. */
static void
take_id(const char *text, char ret[CC_NOTICE_ID + 1])
{
	text += strspn(text, " \t<");
	if (strspn(text, "0123456789abcdef") != CC_NOTICE_ID || ret[0] != '\0')
		return;
	if (strchr("@> \t", text[CC_NOTICE_ID]) == NULL)	/* "" is in it as well */
		return;
	memcpy(ret, text, CC_NOTICE_ID);
	ret[CC_NOTICE_ID] = '\0';
}

/* "5.1.1": a class and two numbers of at most three digits; what may follow is a comment.
 * Its length, 0 when it is none. */
static size_t
status_length(const char *p)
{
	size_t n = 1;

	if (p[0] != '2' && p[0] != '4' && p[0] != '5')
		return 0;
	for (int i = 0; i < 2; i++) {
		size_t digits;

		if (p[n] != '.')
			return 0;
		digits = strspn(p + n + 1, "0123456789");
		if (digits == 0 || digits > 3)
			return 0;
		n += 1 + digits;
	}
	return p[n] == '.' ? 0 : n;
}

static void
take_status(const char *text, char ret[12])
{
	size_t n = status_length(text);

	if (n > 0 && n < 12 && ret[0] == '\0') {
		memcpy(ret, text, n);
		ret[n] = '\0';
	}
}

/* A field: its name's end, its value on one line.  Answers where the next line begins. */
static const char *
take_value(const char *p, char ret[VALUE_SIZE])
{
	size_t n = 0;

	for (;;) {
		size_t line = strcspn(p, "\n");

		for (size_t i = 0; i < line && n + 1 < VALUE_SIZE; i++)
			if (p[i] != '\r' && (n > 0 || (p[i] != ' ' && p[i] != '\t')))
				ret[n++] = p[i];
		p += line;
		if (*p == '\0' || (p[1] != ' ' && p[1] != '\t'))
			break;
		p++;
	}
	while (n > 0 && (ret[n - 1] == ' ' || ret[n - 1] == '\t'))
		n--;
	ret[n] = '\0';
	return *p == '\0' ? p : p + 1;
}

static bool
named(const char *line, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(line, name, n) == 0 &&
	    line[n + strspn(line + n, " \t")] == ':';
}

static const char *
after_colon(const char *line)
{
	return strchr(line, ':') + 1;
}

/* --- fields of a delivery report --------------------------------------------------- */

static const struct {
	const char *word;
	int grave;
} actions[] = {
	{ "expanded", 1 }, { "delivered", 2 }, { "relayed", 3 }, { "delayed", 4 },
	{ "failed", 5 },
};

struct fields {
	char action[VALUE_SIZE], status[VALUE_SIZE], diagnostic[VALUE_SIZE];
};

static int
gravity(const char *action)
{
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
		size_t n = strlen(actions[i].word);

		if (strncasecmp(action, actions[i].word, n) == 0 &&
		    strchr(" \t(", action[n]) != NULL)
			return actions[i].grave;
	}
	return 0;
}

/* "smtp; 550 5.1.1 ..." is "smtp 550". */
static void
put_diagnostic(const char *text, char ret[32])
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
	const char *code = text + n + strspn(text + n, "; \t");
	size_t digits = strspn(code, "0123456789");

	if (n > 0 && n <= 16 && text[n] == ';' && digits == 3)
		(void)snprintf(ret, 32, "%.*s %.3s", (int)n, text, code);
}

/* The gravest recipient counts; a mail of ours has but one. */
static void
end_group(struct found *f, struct fields *g)
{
	int grave = gravity(g->action);

	if (grave == 0 && status_length(g->status) > 0)
		grave = g->status[0] == '5' ? 5 : g->status[0] == '4' ? 4 : 2;
	if (grave > f->grave) {
		f->grave = grave;
		(void)snprintf(f->b.action, sizeof f->b.action, "%s",
		    actions[grave - 1].word);
		f->b.status[0] = f->b.detail[0] = '\0';
		take_status(g->status, f->b.status);
		put_diagnostic(g->diagnostic, f->b.detail);
	}
	memset(g, 0, sizeof *g);
}

static void
read_report(struct found *f, const char *text)
{
	struct fields g = { .action = "" };
	char value[VALUE_SIZE];

	f->report = true;
	while (*text != '\0') {
		const char *line = text;
		size_t n = strcspn(line, "\r\n");

		text = take_value(memchr(line, ':', n) == NULL ? line : after_colon(line),
		    value);
		if (n == 0)
			end_group(f, &g);
		else if (named(line, "Original-Envelope-Id"))
			take_id(value, f->envelope);
		else if (named(line, "Action"))
			memcpy(g.action, value, sizeof value);
		else if (named(line, "Status"))
			memcpy(g.status, value, sizeof value);
		else if (named(line, "Diagnostic-Code"))
			memcpy(g.diagnostic, value, sizeof value);
	}
	end_group(f, &g);
}

/* --- plain words --------------------------------------------------------------------- */

/* Headers of a mail, as the text they are; also behind the mark of a quotation. */
static void
read_words(struct found *f, const char *text)
{
	char value[VALUE_SIZE];

	while (*text != '\0') {
		const char *line = text + strspn(text, "> \t");
		size_t n = strcspn(line, "\n");

		if (named(line, "Message-ID") && memchr(line, ':', n) != NULL) {
			(void)take_value(after_colon(line), value);
			if (value[0] == '<')
				take_id(value, f->told);
		}
		for (size_t i = 0; i < n && f->status[0] == '\0'; i++)
			if (i == 0 || strchr(" #(", line[i - 1]) != NULL)
				take_status(line + i, f->status);
		text = line + n + (line[n] == '\n' ? 1 : 0);
	}
}

/* --- parts ------------------------------------------------------------------------------ */

/* The part as it was before it was encoded, NUL-terminated; NULs in it end it. */
static GByteArray *
content_of(GMimePart *part)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
	GMimeStream *stream;
	GByteArray *bytes;

	if (wrapper == NULL)
		return NULL;
	bytes = g_byte_array_new();
	stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	(void)g_mime_data_wrapper_write_to_stream(wrapper, stream);	/* memory only */
	g_object_unref(stream);
	return g_byte_array_append(bytes, (const guint8 *)"", 1);
}

static void
read_leaf(struct found *f, GMimeObject *o)
{
	GMimeContentType *type = g_mime_object_get_content_type(o);
	GByteArray *bytes = content_of(GMIME_PART(o));
	const char *text;

	if (bytes == NULL)
		return;
	text = (const char *)bytes->data;
	if (g_mime_content_type_is_type(type, "message", "delivery-status") ||
	    g_mime_content_type_is_type(type, "message", "global-delivery-status"))
		read_report(f, text);
	else if (g_mime_content_type_is_type(type, "text", "*") ||
	    g_mime_content_type_is_type(type, "message", "*"))
		read_words(f, text);
	g_byte_array_free(bytes, TRUE);
}

/* The mail that came back: its own header, and nothing in it. */
static void
read_returned(struct found *f, GMimeMessagePart *part)
{
	GMimeMessage *m = g_mime_message_part_get_message(part);
	const char *id = m == NULL ? NULL :
	    g_mime_object_get_header(GMIME_OBJECT(m), "Message-ID");

	if (id != NULL)
		take_id(id, f->header);
}

static void
/* NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX deep */
walk(struct found *f, GMimeObject *o, unsigned depth)
{
	if (o == NULL || depth > DEPTH_MAX || f->parts++ >= PARTS_MAX)
		return;
	if (GMIME_IS_MESSAGE_PART(o)) {
		read_returned(f, GMIME_MESSAGE_PART(o));
	} else if (GMIME_IS_MULTIPART(o)) {
		int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));

		for (int i = 0; i < n && f->parts < PARTS_MAX; i++)
			walk(f, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1);
	} else if (GMIME_IS_PART(o)) {
		read_leaf(f, o);
	}
}

/* --- the whole ---------------------------------------------------------------------------- */

static bool
header_says(GMimeMessage *m, const char *name, const char *word)
{
	const char *value = g_mime_object_get_header(GMIME_OBJECT(m), name);

	return value != NULL && strcasestr(value, word) != NULL;
}

/* Programs that deliver mail sign so; people and their absences do not. */
static bool
from_a_mailer(GMimeMessage *m)
{
	return header_says(m, "From", "mailer-daemon") ||
	    header_says(m, "From", "postmaster") || header_says(m, "X-Failed-Recipients", "");
}

static void
judge_plain(struct found *f, GMimeMessage *m)
{
	bool later = header_says(m, "Subject", "delay") || header_says(m, "Subject",
	    "could not send message for past");

	(void)snprintf(f->b.action, sizeof f->b.action, later ? "delayed" : "failed");
	memcpy(f->b.status, f->status, sizeof f->b.status);
	(void)snprintf(f->b.detail, sizeof f->b.detail, "in plain words");
}

static enum cc_code
judge(struct found *f, GMimeMessage *m, struct cc_err *reterr)
{
	const char *id = f->envelope[0] != '\0' ? f->envelope :
	    f->header[0] != '\0' ? f->header : f->told;

	if (f->report && f->grave == 0)
		return cc_fail(reterr, CC_EINVAL, 0, "the report does not say what was done");
	if (!f->report && !from_a_mailer(m))
		return cc_fail(reterr, CC_EINVAL, 0, "no delivery notice");
	if (!f->report)
		judge_plain(f, m);
	if (id[0] == '\0' && f->report) {	/* the sender of the notice answers our mail */
		const char *to = g_mime_object_get_header(GMIME_OBJECT(m), "In-Reply-To");

		if (to != NULL)
			take_id(to, f->told);
	}
	if (id[0] == '\0')
		return cc_fail(reterr, CC_ENOENT, 0,
		    "a delivery notice, of no message of Caseclock");
	memcpy(f->b.id, id, sizeof f->b.id);
	return CC_OK;
}

enum cc_code
cc_notice_read(const char *mail, size_t n, struct cc_bounce *ret, struct cc_err *reterr)
{
	struct found f = { .parts = 0 };
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *m;
	enum cc_code code;

	if (n > CC_NOTICE_MAX)
		return cc_fail(reterr, CC_ERANGE, 0, "longer than %d bytes",
		    (int)CC_NOTICE_MAX);
	stream = g_mime_stream_mem_new_with_buffer(mail, n);
	parser = g_mime_parser_new_with_stream(stream);
	g_object_unref(stream);
	m = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	if (m == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "no mail");
	walk(&f, g_mime_message_get_mime_part(m), 0);
	code = judge(&f, m, reterr);
	g_object_unref(m);
	if (code == CC_OK)
		*ret = f.b;
	return code;
}

void
cc_notice_begin(void)
{
	g_mime_init();
}

void
cc_notice_end(void)
{
	g_mime_shutdown();
}
