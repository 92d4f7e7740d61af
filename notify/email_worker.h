/*
 * notify/email_worker.h - the mail worker: a program of its own around libesmtp, and
 * around libcurl for what libesmtp cannot do (port 465, TLS 1.3, XOAUTH2).
 *
 * Source:    DESIGN.md section 7 (E-mail); notify/mailer_line.h for its lines.
 * Purpose:   libesmtp blocks, and has faults; so it runs apart, is given a batch of
 *            mails for one session at a time, and may be killed whenever it is late.
 *            libcurl's sessions live here too: it says QUIT whenever a session is given
 *            up and waits for the answer, which would stop the daemon's loop.
 *            Only notify/email_worker_session.c knows libesmtp, only
 *            notify/email_worker_curl.c libcurl.
 * Threads:   one.
 * Units:     milliseconds.
 * Invariant: nothing here ever writes a password, nor a line sent while the server
 *            asks for one.
 */
#ifndef CC_NOTIFY_EMAIL_WORKER_H
#define CC_NOTIFY_EMAIL_WORKER_H

#include "notify/mailer_line.h"
#include "scheduler/base.h"

enum { CC_WORKER_TEXT = 160, CC_WORKER_TOKEN_MAX = 8192 };

struct cc_worker_config {
	bool curl;		/* the transport: libcurl, else libesmtp */
	char host[256];
	uint32_t port;
	bool tls;		/* else only to a loopback address */
	bool implicit;		/* TLS from the first byte on; with curl */
	bool tls13;		/* nothing older; with curl */
	bool literal;		/* host is an IPv4 address */
	char ca_file[1024];	/* "" the system's */
	char user[256];		/* "" no AUTH */
	char password[512];
	char token_file[1024];	/* "" AUTH with the password; with curl */
	char helo[256];
	uint32_t timeout_ms;
	uint32_t connections;	/* with curl */
	bool dsn;		/* ask for delivery notices where the server offers it */
};

/* Takes the fields of a `config` line; reads the password.  CC_EINVAL, CC_EIO. */
enum cc_code cc_worker_config_take(char *const *fields, unsigned n,
    struct cc_worker_config *ret, struct cc_err *reterr) CC_MUST_USE;

/* The first line of a file: what stands behind is nobody's password.  CC_EINVAL it is
 * empty, or has `size` bytes or more; CC_EIO. */
enum cc_code cc_worker_secret_read(const char *path, char *ret, size_t size,
    struct cc_err *reterr) CC_MUST_USE;

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

/* Fills it; the texts become one line of printable characters. */
void cc_worker_verdict_set(struct cc_worker_verdict *v, enum cc_worker_kind kind,
    const char *code, const char *detail);
void cc_worker_verdict_reply(struct cc_worker_verdict *v, enum cc_worker_kind kind,
    int code, const char *text);

/* The server takes no mail before it knows who sends it. */
bool cc_worker_wants_auth(int code);

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

/* --- sessions of libcurl ------------------------------------------------------ */

struct cc_worker_curl;

/* What libcurl and the server left behind of one mail. */
struct cc_curl_facts {
	int code;			/* a CURLcode */
	const char *error;		/* libcurl's words, may be "" */
	bool want_auth, authenticated;	/* the second: in this session */
	bool begun;			/* the session is set up: the mail was spoken of */
	bool dsn;			/* notices were asked for */
	unsigned replies;		/* since it was begun: to MAIL, RCPT, DATA */
	bool text_given;		/* all of the text, to libcurl */
	bool text_reply;		/* the server answered after that */
	unsigned reply;			/* the last one's code, 0 none */
	char text[CC_WORKER_TEXT];	/* and its words */
};

void cc_curl_judge(const struct cc_curl_facts *f, struct cc_worker_verdict *ret);

/* The server offered notices and does not understand the request for one. */
bool cc_curl_dsn_misunderstood(const struct cc_curl_facts *f);

/* Nothing was said about the mail: the next one would fare no better. */
bool cc_curl_session_lost(const struct cc_curl_facts *f);

/* `config` is borrowed until _close.  CC_ENOMEM. */
enum cc_code cc_worker_curl_open(const struct cc_worker_config *config,
    struct cc_worker_curl **ret, struct cc_err *reterr) CC_MUST_USE;
void cc_worker_curl_close(struct cc_worker_curl *w);	/* NULL is fine */
void cc_worker_curl_run(struct cc_worker_curl *w, struct cc_worker_job *jobs, size_t n,
    cc_worker_report_fn *report);

#endif
