/*
 * notify/email_worker.h - the mail worker: a program of its own around libesmtp.
 *
 * Source:    DESIGN.md section 7 (E-mail); notify/mailer_line.h for its lines.
 * Purpose:   libesmtp blocks, and has faults; so it runs apart, is given a batch of
 *            mails for one session at a time, and may be killed whenever it is late.
 *            Only notify/email_worker_session.c knows libesmtp.
 * Threads:   one.
 * Units:     milliseconds.
 * Invariant: nothing here ever writes a password, nor a line sent while the server
 *            asks for one.
 */
#ifndef CC_NOTIFY_EMAIL_WORKER_H
#define CC_NOTIFY_EMAIL_WORKER_H

#include "notify/mailer_line.h"
#include "scheduler/base.h"

enum { CC_WORKER_TEXT = 160 };

struct cc_worker_config {
	char host[256];
	uint32_t port;
	bool tls;		/* else only to a loopback address */
	bool literal;		/* host is an IPv4 address */
	char ca_file[1024];	/* "" the system's */
	char user[256];		/* "" no AUTH */
	char password[512];
	char helo[256];
	uint32_t timeout_ms;
};

/* Takes the fields of a `config` line; reads the password.  CC_EINVAL, CC_EIO. */
enum cc_code cc_worker_config_take(char *const *fields, unsigned n,
    struct cc_worker_config *ret, struct cc_err *reterr) CC_MUST_USE;

/* --- what goes over the wire, watched ------------------------------------- */

enum cc_watch_fault {
	CC_WATCH_FINE,
	CC_WATCH_INJECTED,	/* clear text behind the answer to STARTTLS */
	CC_WATCH_AUTH,		/* the server refused user and password */
	CC_WATCH_AUTH_LATER,	/* it could not check them now */
	CC_WATCH_NO_AUTH	/* a user is set, yet the mail went on without AUTH */
};

struct cc_watch {
	bool want_auth;			/* a user is set */
	bool starttls, authenticating, authenticated, in_mail;
	enum cc_watch_fault fault;	/* the first one */
	unsigned refusal;		/* of the session, not of one mail: its code, 0 none */
	char reply[CC_WORKER_TEXT];	/* its text */
};

void cc_watch_init(struct cc_watch *w, bool want_auth);

/* A chunk was read or is written.  True: a fault was found just now, so cut the line. */
bool cc_watch_read(struct cc_watch *w, const char *p, size_t n);
bool cc_watch_write(struct cc_watch *w, const char *p, size_t n);

/* --- how a mail went -------------------------------------------------------- */

enum cc_worker_kind {
	CC_WORKER_SENT = 1, CC_WORKER_TEMP, CC_WORKER_PERM, CC_WORKER_CONFIG,
	CC_WORKER_DOUBT
};

/* What libesmtp left behind; codes 0 when there was no reply. */
struct cc_worker_facts {
	const struct cc_watch *watch;
	bool started;			/* smtp_start_session said 1 */
	const char *error;		/* why not, when it did not */
	const char *certificate;	/* why the certificate was refused, "" */
	int sender, recipient, message;
	const char *sender_text, *recipient_text, *message_text;
};

struct cc_worker_verdict {
	enum cc_worker_kind kind;
	char code[32];
	char detail[CC_WORKER_TEXT];
};

void cc_worker_judge(const struct cc_worker_facts *f, struct cc_worker_verdict *ret);
const char *cc_worker_kind_text(enum cc_worker_kind k);

/* --- TLS -------------------------------------------------------------------- */

struct ssl_ctx_st;

struct cc_worker_tls {
	struct ssl_ctx_st *ctx;
	const struct cc_worker_config *config;
	bool verified;			/* of the last handshake: chain and name hold */
	char refused[CC_WORKER_TEXT];	/* why not, "" */
};

/* `t` stays in place until _done.  CC_EIO the CA file, CC_ENOMEM. */
enum cc_code cc_worker_tls_init(struct cc_worker_tls *t,
    const struct cc_worker_config *config, struct cc_err *reterr) CC_MUST_USE;
void cc_worker_tls_done(struct cc_worker_tls *t);

/* --- sessions --------------------------------------------------------------- */

struct cc_worker_job {
	uint64_t seq;
	char *line;			/* owns the texts */
	const char *id, *from, *to, *text;
	bool reported;
	void *message;			/* libesmtp's, during the session */
};

/* Called once for each job of a batch. */
typedef void cc_worker_report_fn(struct cc_worker_job *job,
    const struct cc_worker_verdict *v);

void cc_worker_session_setup(void);
void cc_worker_session_run(struct cc_worker_tls *tls, struct cc_worker_job *jobs,
    size_t n, cc_worker_report_fn *report);

#endif
