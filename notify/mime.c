#include "notify/mime.h"

#include <stdio.h>
#include <string.h>

#include "notify/mime_body.h"
#include "notify/mime_text.h"
#include "notify/words.h"

enum { SUBJECT_MAX = 900, ID_MAX = 64 };

/* An id goes between < and @: nothing but these. */
static bool
id_ok(const char *id)
{
	size_t n = strlen(id);

	return n > 0 && n <= ID_MAX && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-") == n && id[0] != '.' && id[n - 1] != '.';
}

static enum cc_code
check_text(const char *what, const char *text, bool may_miss, struct cc_err *reterr)
{
	const char *wrong = text == NULL ? "is missing" : cc_mail_text_wrong(text);

	if (wrong == NULL || (text == NULL && may_miss))
		return CC_OK;
	return cc_fail(reterr, CC_EINVAL, 0, "message: %s %s", what, wrong);
}

static enum cc_code
check_texts(const struct cc_message *m, struct cc_err *reterr)
{
	const struct {
		const char *what, *text;
		bool may_miss;
	} list[] = {
		{ "case", m->case_id, false }, { "rule", m->rule, false },
		{ "title", m->title, false }, { "section", m->section, false },
		{ "subject", m->subject, false }, { "rung", m->rung, false },
		{ "role", m->role, false }, { "link", m->link, true },
		{ "due_local", m->due_local, true }, { "at_local", m->at_local, true },
	};
	enum cc_code code = CC_OK;

	for (size_t i = 0; i < sizeof list / sizeof list[0] && code == CC_OK; i++)
		code = check_text(list[i].what, list[i].text, list[i].may_miss, reterr);
	for (uint32_t i = 0; i < m->ntold && code == CC_OK; i++)
		code = i < CC_MESSAGE_TOLD_MAX ?
		    check_text("told", m->told[i], false, reterr) :
		    cc_fail(reterr, CC_EINVAL, 0, "message: too many roles");
	return code;
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
	return check_texts(m, reterr);
}

static void
put_subject(struct cc_buf *b, const struct cc_mail *mail)
{
	const struct cc_message *m = mail->message;
	bool dated = m->due_local != NULL && m->kind != CC_KIND_IMMEDIATE;
	char text[SUBJECT_MAX];

	(void)snprintf(text, sizeof text, "Case %s: %s%s%s%s%s", m->case_id,
	    cc_words_state(m), mail->title_in_subject ? ": " : "",
	    mail->title_in_subject ? m->title : "", dated ? ", due " : "",
	    dated ? m->due_local : "");
	cc_mail_trim_cut(text);
	cc_mail_put_header(b, "Subject", text);
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
put_headers(struct cc_buf *b, const struct cc_mail *mail)
{
	const struct cc_message *m = mail->message;

	put_address(b, "From: Caseclock ", mail->from);
	put_address(b, "To: ", mail->to);
	put_subject(b, mail);
	CC_BUF_LIT(b, "Date: ");
	cc_mail_put_date(b, mail->date);
	CC_BUF_LIT(b, "\r\n");
	put_id(b, "Message-ID", m->id, mail->from);
	put_id(b, "In-Reply-To", m->thread, mail->from);
	put_id(b, "References", m->thread, mail->from);
	CC_BUF_LIT(b, "Auto-Submitted: auto-generated\r\n"
	    "X-Auto-Response-Suppress: All\r\n");
	if (m->severity == CC_CRITICAL)
		CC_BUF_LIT(b, "Importance: high\r\n");
	CC_BUF_LIT(b, "MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n"
	    " boundary=\"=_");
	cc_buf_puts(b, m->id);
	CC_BUF_LIT(b, "\"\r\n\r\n");
}

/* "=_" never comes out of quoted-printable, so the boundary cannot be in a part. */
static void
put_boundary(struct cc_buf *b, const struct cc_mail *mail, const char *end)
{
	CC_BUF_LIT(b, "--=_");
	cc_buf_puts(b, mail->message->id);
	cc_buf_puts(b, end);
	CC_BUF_LIT(b, "\r\n");
}

static enum cc_code
put_part(struct cc_buf *b, const struct cc_mail *mail, const char *type,
    void (*body)(struct cc_buf *, const struct cc_message *))
{
	struct cc_buf raw;
	enum cc_code code;

	cc_buf_init(&raw, CC_MAIL_MAX);
	body(&raw, mail->message);
	put_boundary(b, mail, "");
	CC_BUF_LIT(b, "Content-Type: ");
	cc_buf_puts(b, type);
	CC_BUF_LIT(b, "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n");
	if (raw.fail == CC_OK)
		cc_mail_put_qp(b, raw.p, raw.n);
	code = raw.fail != CC_OK ? raw.fail : b->fail;
	cc_buf_done(&raw);
	return code;
}

enum cc_code
cc_mail_render(const struct cc_mail *mail, char **ret, struct cc_err *reterr)
{
	struct cc_buf b;
	char *text = NULL;
	enum cc_code code = check(mail, reterr);

	if (code != CC_OK)
		return code;
	cc_buf_init(&b, CC_MAIL_MAX);
	put_headers(&b, mail);
	code = put_part(&b, mail, "text/plain", cc_mail_put_text);
	if (code == CC_OK)
		code = put_part(&b, mail, "text/html", cc_mail_put_html);
	put_boundary(&b, mail, "--");
	if (code == CC_OK && (code = b.fail) == CC_OK) {
		text = cc_buf_take(&b);
		code = text == NULL ? CC_ENOMEM : CC_OK;
	}
	cc_buf_done(&b);
	if (code != CC_OK)
		return cc_fail(reterr, code, 0, "message cannot be rendered: %s",
		    cc_code_text(code));
	*ret = text;
	return CC_OK;
}
