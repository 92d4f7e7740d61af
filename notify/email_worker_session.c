#include "notify/email_worker.h"

#include <openssl/ssl.h>

#include <auth-client.h>
#include <libesmtp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	FD_MAX = 256,		/* this program opens a handful */
	DSN_MAX = 80		/* above it libesmtp writes beyond its buffer */
};

/* One session: what the callbacks need. */
struct session {
	struct cc_worker_tls *tls;
	struct cc_worker_config config;	/* own copy: libesmtp wants char * */
	struct cc_watch watch;
	struct cc_worker_job *jobs;
	size_t n;
	cc_worker_report_fn *report;
	smtp_session_t smtp;
	auth_context_t auth;
	char error[CC_WORKER_TEXT];
};

static void
cut_line(int fd)
{
	(void)shutdown(fd, SHUT_RDWR);	/* it may be gone already */
}

/* libesmtp ends a mail with a small write; held back until the server has acknowledged
 * what went before, it would cost tens of milliseconds a mail. */
static void
send_at_once(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);	/* slower without */
}

/* The only sockets of the internet family here are the session's; libesmtp shows its own
 * to nobody. */
static void
to_sockets(void (*act)(int fd))
{
	for (int fd = STDERR_FILENO + 1; fd < FD_MAX; fd++) {
		int family = 0;
		socklen_t size = sizeof family;

		if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 &&
		    (family == AF_INET || family == AF_INET6))
			act(fd);
	}
}

static void
on_monitor(const char *p, int n, int writing, void *arg)
{
	struct session *s = arg;
	bool cut = false;

	if (n <= 0)
		return;
	if (writing == 0)
		cut = cc_watch_read(&s->watch, p, (size_t)n);
	else if (writing == 1)
		cut = cc_watch_write(&s->watch, p, (size_t)n);
	if (cut)
		to_sockets(cut_line);
}

static void
collect(struct session *s, struct cc_worker_job *job, bool started,
    struct cc_worker_verdict *ret);

static void
report(struct session *s, struct cc_worker_job *job, const struct cc_worker_verdict *v)
{
	if (job->reported)
		return;
	job->reported = true;
	s->report(job, v);
}

/* A mail that the server has taken is told at once, so that a kill later in the batch
 * puts it in no doubt. */
static void
on_sent(struct session *s, const void *message)
{
	struct cc_worker_verdict v;

	for (size_t i = 0; i < s->n; i++)
		if (s->jobs[i].message == message) {
			collect(s, &s->jobs[i], true, &v);
			if (v.kind == CC_WORKER_SENT)
				report(s, &s->jobs[i], &v);
		}
}

static void
refuse(struct session *s, const char *why)
{
	if (s->tls->refused[0] == '\0')
		(void)snprintf(s->tls->refused, sizeof s->tls->refused, "%s", why);
}

/* libesmtp checks the name once more, against what the name server said and without
 * regard to addresses.  OpenSSL has checked it against what was configured, and only
 * when it did (then `verified` is set) may that second opinion be passed over. */
static void
on_event(smtp_session_t smtp, int event, void *arg, ...)
{
	struct session *s = arg;
	va_list ap;
	int *ok;

	(void)smtp;
	va_start(ap, arg);
	switch (event) {
	case SMTP_EV_CONNECT:
		to_sockets(send_at_once);
		break;
	case SMTP_EV_MESSAGESENT:
		on_sent(s, va_arg(ap, smtp_message_t));
		break;
	case SMTP_EV_EXTNA_STARTTLS:
		refuse(s, "the server does not offer STARTTLS");
		break;
	case SMTP_EV_WEAK_CIPHER:
		(void)va_arg(ap, int);	/* bits */
		ok = va_arg(ap, int *);
		*ok = 0;
		refuse(s, "the cipher is too weak");
		break;
	case SMTP_EV_INVALID_PEER_CERTIFICATE:
		(void)va_arg(ap, long);	/* OpenSSL's verdict, known already */
		ok = va_arg(ap, int *);
		*ok = 0;
		refuse(s, "certificate refused");
		break;
	case SMTP_EV_NO_PEER_CERTIFICATE:
		ok = va_arg(ap, int *);
		*ok = 0;
		refuse(s, "the server showed no certificate");
		break;
	case SMTP_EV_WRONG_PEER_CERTIFICATE:
		ok = va_arg(ap, int *);
		*ok = s->tls->verified ? 1 : 0;
		if (!s->tls->verified)
			refuse(s, "the certificate is for another host");
		break;
	case SMTP_EV_UNUSABLE_CLIENT_CERTIFICATE:
		ok = va_arg(ap, int *);
		*ok = 0;
		refuse(s, "a client certificate was found, which is not supported");
		break;
	default:
		break;
	}
	va_end(ap);
}

static int
on_ask(auth_client_request_t request, char **result, int fields, void *arg)
{
	struct session *s = arg;

	for (int i = 0; i < fields; i++) {
		if ((request[i].flags & AUTH_PASS) != 0)
			result[i] = s->config.password;
		else if ((request[i].flags & AUTH_USER) != 0)
			result[i] = s->config.user;
		else
			result[i] = NULL;
	}
	return 1;
}

static bool
set_timeouts(smtp_session_t smtp, long ms)
{
	static const int which[] = {
		Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA, Timeout_TRANSFER,
		Timeout_DATA2,
	};

	for (size_t i = 0; i < sizeof which / sizeof which[0]; i++)
		if (smtp_set_timeout(smtp, which[i] | Timeout_OVERRIDE_RFC2822_MINIMUM,
		    ms) == 0)
			return false;
	return true;
}

static bool
set_auth(struct session *s)
{
	if (s->config.user[0] == '\0')
		return true;
	s->auth = auth_create_context();
	return s->auth != NULL &&
	    auth_set_mechanism_flags(s->auth, AUTH_PLUGIN_PLAIN, 0) != 0 &&
	    auth_set_interact_cb(s->auth, on_ask, s) != 0 &&
	    smtp_auth_set_context(s->smtp, s->auth) != 0;
}

static bool
set_session(struct session *s)
{
	const struct cc_worker_config *c = &s->config;
	char server[sizeof c->host + 16];

	(void)snprintf(server, sizeof server, "%s:%u", c->host, c->port);
	s->smtp = smtp_create_session();
	if (s->smtp == NULL || smtp_set_server(s->smtp, server) == 0 ||
	    smtp_set_hostname(s->smtp, c->helo) == 0 ||
	    smtp_set_eventcb(s->smtp, on_event, s) == 0 ||
	    smtp_set_monitorcb(s->smtp, on_monitor, s, 1) == 0 ||
	    !set_timeouts(s->smtp, (long)c->timeout_ms))
		return false;
	if (c->tls && (smtp_starttls_enable(s->smtp, Starttls_REQUIRED) == 0 ||
	    smtp_starttls_set_ctx(s->smtp, s->tls->ctx) == 0))
		return false;
	return set_auth(s);
}

static bool
set_notices(smtp_message_t message, smtp_recipient_t recipient,
    const struct cc_worker_job *job)
{
	if (smtp_dsn_set_ret(message, Ret_HDRS) == 0 ||
	    smtp_dsn_set_notify(recipient, Notify_FAILURE | Notify_DELAY) == 0)
		return false;
	if (strlen(job->id) <= DSN_MAX && smtp_dsn_set_envid(message, job->id) == 0)
		return false;
	return strlen(job->to) > DSN_MAX ||
	    smtp_dsn_set_orcpt(recipient, "rfc822", job->to) != 0;
}

/* Gives the whole text once.  libesmtp calls it with no `len` to begin (again), and frees
 * *ctx, which holds one byte: whether the text was given. */
static const char *
on_text(void **ctx, int *len, void *arg)
{
	const struct cc_worker_job *job = arg;
	char *given;

	if (*ctx == NULL)
		*ctx = calloc(1, 1);
	given = *ctx;
	if (given == NULL || len == NULL) {
		if (given != NULL)
			*given = 0;
		if (len != NULL)
			*len = -1;
		return NULL;
	}
	*len = *given ? 0 : (int)strlen(job->text);
	*given = 1;
	return job->text;
}

static bool
add_job(struct session *s, struct cc_worker_job *job)
{
	smtp_message_t message = smtp_add_message(s->smtp);
	smtp_recipient_t recipient;

	job->message = message;
	if (message == NULL || smtp_set_reverse_path(message, job->from) == 0 ||
	    smtp_set_messagecb(message, on_text, job) == 0)
		return false;
	recipient = smtp_add_recipient(message, job->to);
	return recipient != NULL &&
	    (!s->config.dsn || set_notices(message, recipient, job));
}

static void
on_recipient(smtp_recipient_t recipient, const char *mailbox, void *arg)
{
	struct cc_worker_facts *f = arg;
	const smtp_status_t *status = smtp_recipient_status(recipient);

	(void)mailbox;
	f->recipient = status == NULL ? 0 : status->code;
	f->recipient_text = status == NULL ? NULL : status->text;
}

static void
collect(struct session *s, struct cc_worker_job *job, bool started,
    struct cc_worker_verdict *ret)
{
	struct cc_worker_facts f = {
		.watch = &s->watch, .started = started, .error = s->error,
		.certificate = s->tls->refused,
	};
	const smtp_status_t *status;

	if (job->message != NULL) {
		status = smtp_reverse_path_status(job->message);
		f.sender = status == NULL ? 0 : status->code;
		f.sender_text = status == NULL ? NULL : status->text;
		status = smtp_message_transfer_status(job->message);
		f.message = status == NULL ? 0 : status->code;
		f.message_text = status == NULL ? NULL : status->text;
		(void)smtp_enumerate_recipients(job->message, on_recipient, &f);
	}
	cc_worker_judge(&f, ret);
}

static bool
start(struct session *s)
{
	bool ready = set_session(s);
	char text[CC_WORKER_TEXT];

	for (size_t i = 0; i < s->n && ready; i++)
		ready = add_job(s, &s->jobs[i]);
	if (!ready) {
		(void)snprintf(s->error, sizeof s->error, "the session cannot be set up");
		return false;
	}
	if (smtp_start_session(s->smtp) != 0)
		return true;
	/* Only now does smtp_errno speak of this session. */
	(void)snprintf(s->error, sizeof s->error, "%s",
	    smtp_strerror(smtp_errno(), text, sizeof text));
	return false;
}

void
cc_worker_session_run(struct cc_worker_tls *tls, struct cc_worker_job *jobs, size_t n,
    cc_worker_report_fn *report_fn)
{
	struct session s = {
		.tls = tls, .config = *tls->config, .jobs = jobs, .n = n,
		.report = report_fn,
	};
	struct cc_worker_verdict v;
	bool started;

	cc_watch_init(&s.watch, s.config.user[0] != '\0');
	tls->refused[0] = '\0';
	tls->verified = false;
	started = start(&s);
	for (size_t i = 0; i < n; i++)
		if (!jobs[i].reported) {
			collect(&s, &jobs[i], started, &v);
			report(&s, &jobs[i], &v);
		}
	if (s.smtp != NULL)
		(void)smtp_destroy_session(s.smtp);	/* fails for NULL only */
	if (s.auth != NULL)
		(void)auth_destroy_context(s.auth);	/* as well */
	OPENSSL_cleanse(s.config.password, sizeof s.config.password);
}

void
cc_worker_session_setup(void)
{
	auth_client_init();
}
