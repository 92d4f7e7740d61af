#include "notify/email_worker.h"

#include <string.h>

enum { CLOSING = 421 };

void
cc_watch_init(struct cc_watch *w, bool want_auth)
{
	memset(w, 0, sizeof *w);
	w->want_auth = want_auth;
}

static bool
fault(struct cc_watch *w, enum cc_watch_fault f)
{
	if (w->fault != CC_WATCH_FINE)
		return false;
	w->fault = f;
	return true;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static unsigned
reply_code(const char *p, size_t n)
{
	if (n < 3 || !digit(p[0]) || !digit(p[1]) || !digit(p[2]))
		return 0;
	return (unsigned)((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
}

static void
keep_reply(struct cc_watch *w, unsigned code, const char *p, size_t n)
{
	size_t i;

	w->refusal = code;
	for (i = 0; i < n && i + 1 < sizeof w->reply && p[i] != '\r' && p[i] != '\n'; i++)
		w->reply[i] = p[i] >= ' ' && p[i] <= '~' ? p[i] : '?';
	w->reply[i] = '\0';
}

/* Whatever stands behind the first line end came before TLS did, and would be taken
 * for what came after it. */
static bool
read_starttls(struct cc_watch *w, const char *p, size_t n)
{
	const char *end = memchr(p, '\n', n);

	if (end == NULL)
		return false;	/* the answer is not whole yet */
	w->starttls = false;
	return (size_t)(end - p) + 1 < n && fault(w, CC_WATCH_INJECTED);
}

static bool
read_auth(struct cc_watch *w, unsigned code)
{
	if (code == 235)
		w->authenticated = true;
	if (code == 235 || code >= 400)
		w->authenticating = false;
	if (code >= 500)
		return fault(w, CC_WATCH_AUTH);
	return code >= 400 && fault(w, CC_WATCH_AUTH_LATER);
}

bool
cc_watch_read(struct cc_watch *w, const char *p, size_t n)
{
	unsigned code = reply_code(p, n);

	/* A refusal inside a mail is that mail's own, save the one that ends it all. */
	if (code >= 400 && w->fault == CC_WATCH_FINE && (!w->in_mail || code == CLOSING))
		keep_reply(w, code, p, n);
	if (w->starttls)
		return read_starttls(w, p, n);
	return w->authenticating && read_auth(w, code);
}

static bool
begins(const char *p, size_t n, const char *with)
{
	size_t len = strlen(with);

	return n >= len && memcmp(p, with, len) == 0;
}

bool
cc_watch_write(struct cc_watch *w, const char *p, size_t n)
{
	if (begins(p, n, "STARTTLS"))
		w->starttls = true;
	else if (begins(p, n, "AUTH "))
		w->authenticating = true;
	if (!begins(p, n, "MAIL FROM:"))
		return false;
	w->in_mail = true;
	return w->want_auth && !w->authenticated && fault(w, CC_WATCH_NO_AUTH);
}
