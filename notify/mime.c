#include "notify/mime.h"

#include <stdlib.h>
#include <string.h>

#include "notify/mime_text.h"

enum { ID_MAX = 64 };

/* An id goes between < and @: nothing but these. */
static bool
id_ok(const char *id)
{
	size_t n = strlen(id);

	return n > 0 && n <= ID_MAX && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-") == n && id[0] != '.' && id[n - 1] != '.';
}

static enum cc_code
check(const struct cc_mail *mail, struct cc_err *reterr)
{
	const struct cc_message *m = mail->message;
	const char *wrong = cc_mail_address_wrong(mail->from);

	if (wrong != NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "sender: %s", wrong);
	wrong = cc_mail_address_wrong(mail->to);
	if (wrong != NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "recipient: %s", wrong);
	if (m->id == NULL || m->thread == NULL || !id_ok(m->id) || !id_ok(m->thread))
		return cc_fail(reterr, CC_EINVAL, 0, "message: id or thread is no plain id");
	return CC_OK;
}

static void
put_address(struct cc_buf *b, const char *name, const char *address)
{
	cc_buf_puts(b, name);
	CC_BUF_LIT(b, "<");
	cc_buf_puts(b, address);
	CC_BUF_LIT(b, ">\r\n");
}

static void
put_id(struct cc_buf *b, const char *name, const char *id, const char *from)
{
	cc_buf_puts(b, name);
	CC_BUF_LIT(b, ": <");
	cc_buf_puts(b, id);
	cc_buf_puts(b, strchr(from, '@'));
	CC_BUF_LIT(b, ">\r\n");
}

static void
put_reference(struct cc_buf *b, const char *id, const char *from)
{
	CC_BUF_LIT(b, " <");
	cc_buf_puts(b, id);
	cc_buf_puts(b, strchr(from, '@'));
	CC_BUF_LIT(b, ">");
}

static void
put_headers(struct cc_buf *b, const struct cc_mail *mail, const struct cc_parts *parts)
{
	const struct cc_message *m = mail->message;

	put_address(b, "From: Caseclock ", mail->from);
	put_address(b, "To: ", mail->to);
	cc_mail_put_header(b, "Subject", parts->subject);
	CC_BUF_LIT(b, "Date: ");
	cc_mail_put_date(b, mail->date);
	CC_BUF_LIT(b, "\r\n");
	put_id(b, "Message-ID", m->id, mail->from);
	put_id(b, "In-Reply-To", m->thread, mail->from);
	CC_BUF_LIT(b, "References:");
	if (m->thread_before != NULL && id_ok(m->thread_before))
		put_reference(b, m->thread_before, mail->from);
	put_reference(b, m->thread, mail->from);
	CC_BUF_LIT(b, "\r\nAuto-Submitted: auto-generated\r\n"
	    "X-Auto-Response-Suppress: All\r\n");
	if (m->severity == CC_CRITICAL && !cc_words_is_clear(m))
		CC_BUF_LIT(b, "Importance: high\r\n");
	CC_BUF_LIT(b, "Content-Language: ");
	cc_buf_puts(b, parts->language);
	CC_BUF_LIT(b, "\r\nMIME-Version: 1.0\r\n");
}

/* ---- parts --------------------------------------------------------------------- */

/* "=_" never comes out of quoted-printable, so the boundary cannot be in a part. */
static void
put_boundary(struct cc_buf *b, const struct cc_mail *mail, const char *kind, const char *end)
{
	CC_BUF_LIT(b, "--=_");
	cc_buf_puts(b, kind);
	cc_buf_puts(b, mail->message->id);
	cc_buf_puts(b, end);
	CC_BUF_LIT(b, "\r\n");
}

static void
put_multipart(struct cc_buf *b, const struct cc_mail *mail, const char *type, const char *kind)
{
	CC_BUF_LIT(b, "Content-Type: multipart/");
	cc_buf_puts(b, type);
	CC_BUF_LIT(b, ";\r\n boundary=\"=_");
	cc_buf_puts(b, kind);
	cc_buf_puts(b, mail->message->id);
	CC_BUF_LIT(b, "\"\r\n\r\n");
}

static void
put_part(struct cc_buf *b, const char *type, const char *more, const char *text)
{
	CC_BUF_LIT(b, "Content-Type: ");
	cc_buf_puts(b, type);
	CC_BUF_LIT(b, "; charset=utf-8");
	cc_buf_puts(b, more);
	CC_BUF_LIT(b, "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
	cc_mail_put_qp(b, text, strlen(text));
}

static void
put_alternative(struct cc_buf *b, const struct cc_mail *mail, const struct cc_parts *parts)
{
	put_multipart(b, mail, "alternative", "");
	put_boundary(b, mail, "", "");
	put_part(b, "text/plain", "", parts->text);
	put_boundary(b, mail, "", "");
	put_part(b, "text/html", "", parts->html);
	put_boundary(b, mail, "", "--");
}

/* The whole mail; `calendar` NULL: nothing is attached. */
static void
put_mail(struct cc_buf *b, const struct cc_mail *mail, const struct cc_parts *parts,
    const char *calendar)
{
	static const char mixed[] = "m";

	put_headers(b, mail, parts);
	if (calendar == NULL) {
		put_alternative(b, mail, parts);
		return;
	}
	put_multipart(b, mail, "mixed", mixed);
	put_boundary(b, mail, mixed, "");
	put_alternative(b, mail, parts);
	put_boundary(b, mail, mixed, "");
	put_part(b, "text/calendar", "; method=PUBLISH\r\n"
	    "Content-Disposition: attachment; filename=\"deadline.ics\"", calendar);
	put_boundary(b, mail, mixed, "--");
}

/* The attachment with LF line ends (quoted-printable makes CRLF of them), or NULL: there
 * is nothing for a calendar. */
static enum cc_code
make_calendar(const struct cc_mail *mail, const struct cc_templates *t, char **ret,
    struct cc_err *reterr)
{
	struct cc_ical c = {.message = mail->message, .form = mail->calendar,
	    .language = cc_templates_language(t, mail->message->language),
	    .organizer = mail->from, .title = mail->title_in_subject};
	enum cc_code code = cc_ical_render(&c, ret, reterr);
	char *to;

	if (code == CC_ENOENT) {
		*ret = NULL;
		return CC_OK;
	}
	if (code != CC_OK)
		return code;
	to = *ret;
	for (const char *p = *ret; *p != '\0'; p++)
		if (*p != '\r')
			*to++ = *p;
	*to = '\0';
	return CC_OK;
}

/* With the first items only, when `most` is less than there are. */
static enum cc_code
make(const struct cc_mail *mail, const struct cc_templates *t, uint32_t most, char **ret,
    struct cc_err *reterr)
{
	struct cc_render r = {.message = mail->message, .templates = t,
	    .title_in_subject = mail->title_in_subject, .most = most};
	struct cc_parts parts;
	char *calendar = NULL, *text = NULL;
	struct cc_buf b;
	enum cc_code code = cc_render(&r, &parts, reterr);

	if (code != CC_OK)
		return code;
	code = make_calendar(mail, t, &calendar, reterr);
	cc_buf_init(&b, CC_MAIL_MAX);
	if (code == CC_OK) {
		put_mail(&b, mail, &parts, calendar);
		code = b.fail;
	}
	if (code == CC_OK) {
		text = cc_buf_take(&b);
		code = text == NULL ? CC_ENOMEM : CC_OK;
	}
	cc_buf_done(&b);
	free(calendar);
	cc_parts_done(&parts);
	if (code != CC_OK)
		return cc_fail(reterr, code, 0, "message cannot be rendered: %s",
		    cc_code_text(code));
	*ret = text;
	return CC_OK;
}

static void
no_report(void *self, const char *file, uint32_t line, uint32_t column, const char *words)
{
	(void)self;
	(void)file;
	(void)line;
	(void)column;
	(void)words;	/* a test reads the compiled-in templates' mistakes */
}

enum cc_code
cc_mail_render(const struct cc_mail *mail, char **ret, struct cc_err *reterr)
{
	static const struct cc_template_report report = {no_report, NULL};
	const struct cc_templates *t = mail->templates;
	struct cc_templates *own = NULL;
	uint32_t most = mail->message->nitems;
	enum cc_code code = check(mail, reterr);

	if (code == CC_OK && t == NULL) {
		code = cc_templates_open(NULL, NULL, &report, &own, reterr);
		t = own;
	}
	if (code != CC_OK)
		return code;
	while ((code = make(mail, t, most, ret, reterr)) == CC_ERANGE && most > 0)
		most /= 2;
	cc_templates_free(own);
	return code;
}
