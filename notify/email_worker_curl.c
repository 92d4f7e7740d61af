#include "notify/email_worker.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 1000, ADDRESS_SIZE = 1024, URL_SIZE = 600 };

/* One transfer at a time, over whatever session the multi has kept or opens. */
struct link {
	struct cc_worker_curl *owner;
	CURL *easy;
	struct cc_worker_job *job;	/* NULL: idle */
	struct curl_slist *to;
	size_t given;			/* of the text */
	bool fresh;			/* the session was opened for this mail */
	bool again;			/* the second try, of a session that had died */
	bool in_reply, ehlo_dsn;
	struct cc_curl_facts facts;
	char error[CURL_ERROR_SIZE];
};

struct cc_worker_curl {
	const struct cc_worker_config *config;
	CURLM *multi;
	struct link links[CC_MAILER_CONNECTIONS_MAX];
	char url[URL_SIZE], token[CC_WORKER_TOKEN_MAX];
	bool dsn_offered;		/* by the session opened last */
	bool dsn_broken;		/* offered, yet not understood */

	struct cc_worker_job *jobs;	/* of the batch under way */
	size_t n, next;
	unsigned running;
	bool lost;			/* begin no more of this batch, for this: */
	struct cc_worker_verdict why;
	cc_worker_report_fn *report;
};

/* --- what libcurl tells and asks ------------------------------------------------ */

static bool
digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

static void
add_words(struct cc_curl_facts *f, const char *p, size_t n)
{
	size_t have = strlen(f->text);

	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	(void)snprintf(f->text + have, sizeof f->text - have, "%s%.*s",
	    have > 0 ? " " : "", (int)(n < sizeof f->text ? n : sizeof f->text), p);
}

static void
end_reply(struct link *l)
{
	struct cc_curl_facts *f = &l->facts;

	l->in_reply = false;
	f->replies++;
	if (f->reply == 235)
		f->authenticated = true;
	if (f->text_given)
		f->text_reply = true;
}

static bool
is_dsn(const char *p, size_t n)
{
	return n >= 7 && strncasecmp(p + 4, "DSN", 3) == 0 &&
	    (p[7] == '\r' || p[7] == '\n' || p[7] == ' ');
}

/* Nothing outweighs a refusal, nor the answer to the text: what comes after it is about
 * QUIT. */
static bool
decided(const struct link *l)
{
	return !l->in_reply && (l->facts.reply >= 400 || l->facts.text_reply);
}

/* Each line of the server comes here, TLS or not. */
static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): the library's type */
on_reply(char *p, size_t size, size_t count, void *arg)
{
	struct link *l = arg;
	size_t n = size * count;

	if (n < 5 || !digits(p, 3) || decided(l))
		return n;
	if (!l->in_reply) {
		l->in_reply = true;
		l->facts.text[0] = '\0';
		if (strncmp(p, "250", 3) == 0)	/* of the last EHLO, not of AUTH */
			l->ehlo_dsn = false;
	}
	l->facts.reply = (unsigned)((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
	l->ehlo_dsn = l->ehlo_dsn || (l->facts.reply == 250 && n > 7 && is_dsn(p, n));
	add_words(&l->facts, p + 4, n - 4);
	if (p[3] != '-')
		end_reply(l);
	return n;
}

/* libcurl 7.88 has no way to ask for notices.  It puts what stands in an address between
 * brackets, so that one which closes the first bracket itself can carry parameters; the
 * last of them begins with a bracket, for the end of it adds one (both are plain xtext,
 * RFC 3461 section 4). */
static bool
ask_notices(struct link *l)
{
	char from[ADDRESS_SIZE], to[ADDRESS_SIZE];
	struct curl_slist *list;

	(void)snprintf(from, sizeof from, "%s> RET=HDRS ENVID=<%s", l->job->from,
	    l->job->id);
	(void)snprintf(to, sizeof to, "%s> NOTIFY=FAILURE,DELAY ORCPT=rfc822;<%s",
	    l->job->to, l->job->to);
	list = curl_slist_append(NULL, to);
	if (list == NULL)
		return false;
	curl_slist_free_all(l->to);
	l->to = list;
	return curl_easy_setopt(l->easy, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
	    curl_easy_setopt(l->easy, CURLOPT_MAIL_RCPT, l->to) == CURLE_OK;
}

/* '+' and '=' would need the escapes of xtext. */
static bool
plain_xtext(const char *text)
{
	return text[strcspn(text, "+=")] == '\0';
}

/* The session stands and MAIL comes next.  A server that offers no login gets none from
 * libcurl, and no mail from us. */
static int
/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's type */
on_begin(void *arg, char *ip, char *own_ip, int port, int own_port)
{
	struct link *l = arg;
	struct cc_worker_curl *w = l->owner;
	long opened = 0;

	(void)ip;
	(void)own_ip;
	(void)port;
	(void)own_port;
	(void)curl_easy_getinfo(l->easy, CURLINFO_NUM_CONNECTS, &opened);
	l->fresh = opened > 0;
	if (l->fresh)
		w->dsn_offered = l->ehlo_dsn;
	if (l->fresh && l->facts.want_auth && !l->facts.authenticated)
		return CURL_PREREQFUNC_ABORT;
	l->facts.begun = true;
	l->facts.replies = l->facts.reply = 0;
	l->facts.text[0] = '\0';
	if (w->config->dsn && w->dsn_offered && !w->dsn_broken &&
	    plain_xtext(l->job->id) && plain_xtext(l->job->to)) {
		l->facts.dsn = true;
		if (!ask_notices(l))
			return CURL_PREREQFUNC_ABORT;
	}
	return CURL_PREREQFUNC_OK;
}

static size_t
on_text(char *to, size_t size, size_t count, void *arg)
{
	struct link *l = arg;
	size_t room = size * count, left = strlen(l->job->text + l->given);
	size_t n = left < room ? left : room;

	memcpy(to, l->job->text + l->given, n);
	l->given += n;
	if (n == left)
		l->facts.text_given = true;
	return n;
}

static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): the library's type */
on_body(char *data, size_t size, size_t count, void *arg)
{
	(void)data;
	(void)arg;
	return size * count;
}

/* --- a transfer ------------------------------------------------------------------ */

static bool
set_tls(CURL *c, const struct cc_worker_config *config)
{
	const char *bundle = getenv("SSL_CERT_FILE");
	const char *ca = config->ca_file[0] != '\0' ? config->ca_file : bundle;

	if (!config->tls)
		return curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_NONE) ==
		    CURLE_OK;
	/* Debian's libcurl would look into the system's folder besides the file. */
	return curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)(config->tls13 ?
	    CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2)) == CURLE_OK &&
	    (ca == NULL || (curl_easy_setopt(c, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_CAINFO, ca) == CURLE_OK));
}

static bool
set_login(CURL *c, const struct cc_worker_config *config)
{
	bool token = config->token_file[0] != '\0';

	if (config->user[0] == '\0')
		return true;
	return curl_easy_setopt(c, CURLOPT_USERNAME, config->user) == CURLE_OK &&
	    (token || curl_easy_setopt(c, CURLOPT_PASSWORD, config->password) ==
	    CURLE_OK) && curl_easy_setopt(c, CURLOPT_SASL_IR, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_LOGIN_OPTIONS, token ? "AUTH=XOAUTH2" :
	    "AUTH=PLAIN;AUTH=LOGIN") == CURLE_OK;
}

static bool
set_limits(CURL *c, const struct cc_worker_config *config)
{
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)config->timeout_ms) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	    (long)((config->timeout_ms + 999) / 1000)) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS,
	    (long)config->timeout_ms * 3) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
}

static bool
set_calls(struct link *l)
{
	CURL *c = l->easy;

	return curl_easy_setopt(c, CURLOPT_URL, l->owner->url) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_READFUNCTION, on_text) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_READDATA, l) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_reply) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_HEADERDATA, l) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_begin) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PREREQDATA, l) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, l->error) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PRIVATE, l) == CURLE_OK;
}

static bool
set_mail(struct link *l)
{
	const struct cc_worker_config *config = l->owner->config;
	CURL *c = l->easy;

	curl_slist_free_all(l->to);
	l->to = curl_slist_append(NULL, l->job->to);
	return l->to != NULL &&
	    curl_easy_setopt(c, CURLOPT_MAIL_FROM, l->job->from) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, l->to) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE,
	    (curl_off_t)strlen(l->job->text)) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, l->again ? 1L : 0L) == CURLE_OK &&
	    (config->token_file[0] == '\0' || curl_easy_setopt(c,
	    CURLOPT_XOAUTH2_BEARER, l->owner->token) == CURLE_OK);
}

static void
tell(struct cc_worker_curl *w, struct cc_worker_job *job, const struct cc_worker_verdict *v)
{
	job->reported = true;
	w->report(job, v);
}

static void
begin(struct link *l)
{
	struct cc_worker_curl *w = l->owner;
	struct cc_worker_verdict v;

	memset(&l->facts, 0, sizeof l->facts);
	l->facts.want_auth = w->config->user[0] != '\0';
	l->given = 0;
	l->fresh = l->in_reply = l->ehlo_dsn = false;
	l->error[0] = '\0';
	if (set_mail(l) && curl_multi_add_handle(w->multi, l->easy) == CURLM_OK) {
		w->running++;
		return;
	}
	cc_worker_verdict_set(&v, CC_WORKER_TEMP, "session", "the transfer cannot be set up");
	tell(w, l->job, &v);
	l->job = NULL;
}

/* --- a batch ----------------------------------------------------------------------- */

/* A session that was kept may have died while nobody spoke; no word of the mail was
 * taken, so it goes over a new one. */
static bool
died_while_kept(const struct link *l)
{
	const struct cc_curl_facts *f = &l->facts;

	return !l->again && !l->fresh && f->code != CURLE_OK && f->begun &&
	    (f->replies == 0 || (f->replies == 1 && f->reply == 421));
}

/* The rest of the batch would wait for the same end. */
static void
give_up(struct cc_worker_curl *w, const struct cc_curl_facts *f,
    const struct cc_worker_verdict *v)
{
	if (w->lost)
		return;
	w->lost = true;
	w->why = *v;
	if (f->begun)
		cc_worker_verdict_set(&w->why, CC_WORKER_TEMP, "session",
		    "the session was lost with a mail before this one");
}

/* libcurl says that it could not connect, and keeps the reason apart. */
static void
add_reason(struct link *l, CURLcode code)
{
	size_t n = strlen(l->error);
	long sys = 0;

	(void)curl_easy_getinfo(l->easy, CURLINFO_OS_ERRNO, &sys);
	if (code == CURLE_COULDNT_CONNECT && sys != 0)
		(void)snprintf(l->error + n, sizeof l->error - n, "%s%s",
		    n > 0 ? ": " : "", strerror((int)sys));
}

static void
end(struct link *l, CURLcode code)
{
	struct cc_worker_curl *w = l->owner;
	struct cc_worker_verdict v;

	w->running--;
	add_reason(l, code);
	l->facts.code = (int)code;
	l->facts.error = l->error[0] != '\0' ? l->error : curl_easy_strerror(code);
	if (died_while_kept(l)) {
		l->again = true;
		begin(l);
		return;
	}
	cc_curl_judge(&l->facts, &v);
	if (cc_curl_dsn_misunderstood(&l->facts))
		w->dsn_broken = true;
	if (cc_curl_session_lost(&l->facts))
		give_up(w, &l->facts, &v);
	tell(w, l->job, &v);
	l->job = NULL;
}

static void
drain(struct cc_worker_curl *w)
{
	const CURLMsg *msg;
	char *private;
	int left;

	while ((msg = curl_multi_info_read(w->multi, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		CURLcode code = msg->data.result;	/* gone after the removal */

		if (msg->msg != CURLMSG_DONE)
			continue;
		private = NULL;
		(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
		(void)curl_multi_remove_handle(w->multi, easy);
		end((struct link *)(void *)private, code);
	}
}

/* The first mail goes alone: what its session meets, the others would meet as well. */
static void
begin_some(struct cc_worker_curl *w)
{
	uint32_t most = w->next == 0 || (w->next == 1 && w->running == 1) ? 1 :
	    w->config->connections;

	for (uint32_t i = 0; i < w->config->connections; i++) {
		struct link *l = &w->links[i];

		if (w->lost || w->next == w->n || w->running >= most)
			return;
		if (l->job != NULL)
			continue;
		l->job = &w->jobs[w->next++];
		l->again = false;
		begin(l);
	}
}

static bool
read_token(struct cc_worker_curl *w)
{
	struct cc_err err;

	if (w->config->token_file[0] == '\0')
		return true;
	if (cc_worker_secret_read(w->config->token_file, w->token, sizeof w->token, &err) ==
	    CC_OK)
		return true;
	w->lost = true;
	cc_worker_verdict_set(&w->why, CC_WORKER_TEMP, "auth", err.msg);
	return false;
}

/* libcurl has no memory left, or a fault. */
static void
end_all(struct cc_worker_curl *w)
{
	for (uint32_t i = 0; i < w->config->connections; i++) {
		struct link *l = &w->links[i];

		if (l->job == NULL)
			continue;
		(void)curl_multi_remove_handle(w->multi, l->easy);
		l->again = true;	/* there is no other try */
		end(l, CURLE_OUT_OF_MEMORY);
	}
}

void
cc_worker_curl_run(struct cc_worker_curl *w, struct cc_worker_job *jobs, size_t n,
    cc_worker_report_fn *report)
{
	int running;

	w->jobs = jobs;
	w->n = n;
	w->next = 0;
	w->lost = false;
	w->report = report;
	if (read_token(w))
		begin_some(w);
	while (w->running > 0) {
		if (curl_multi_perform(w->multi, &running) != CURLM_OK ||
		    curl_multi_poll(w->multi, NULL, 0, running > 0 ? POLL_MS : 0, NULL) !=
		    CURLM_OK)
			end_all(w);
		drain(w);
		begin_some(w);
	}
	for (; w->next < n; w->next++)
		tell(w, &jobs[w->next], &w->why);
	explicit_bzero(w->token, sizeof w->token);
}

/* --- its life ------------------------------------------------------------------------ */

static bool
open_link(struct cc_worker_curl *w, struct link *l)
{
	l->owner = w;
	l->easy = curl_easy_init();
	return l->easy != NULL && set_calls(l) && set_limits(l->easy, w->config) &&
	    set_tls(l->easy, w->config) && set_login(l->easy, w->config);
}

enum cc_code
cc_worker_curl_open(const struct cc_worker_config *config, struct cc_worker_curl **ret,
    struct cc_err *reterr)
{
	struct cc_worker_curl *w = calloc(1, sizeof *w);
	bool ok = w != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;

	if (!ok) {
		free(w);
		return cc_fail(reterr, CC_ENOMEM, 0, "libcurl does not start");
	}
	w->config = config;
	(void)snprintf(w->url, sizeof w->url, "%s://%s:%u/%s",
	    config->implicit ? "smtps" : "smtp", config->host, config->port, config->helo);
	w->multi = curl_multi_init();
	ok = w->multi != NULL && curl_multi_setopt(w->multi, CURLMOPT_MAXCONNECTS,
	    (long)config->connections) == CURLM_OK;
	for (uint32_t i = 0; ok && i < config->connections; i++)
		ok = open_link(w, &w->links[i]);
	if (!ok) {
		cc_worker_curl_close(w);
		return cc_fail(reterr, CC_ENOMEM, 0, "libcurl cannot be set up");
	}
	*ret = w;
	return CC_OK;
}

void
cc_worker_curl_close(struct cc_worker_curl *w)
{
	if (w == NULL)
		return;
	for (uint32_t i = 0; i < CC_MAILER_CONNECTIONS_MAX; i++) {
		curl_easy_cleanup(w->links[i].easy);
		curl_slist_free_all(w->links[i].to);
	}
	(void)curl_multi_cleanup(w->multi);	/* says QUIT */
	free(w);
	curl_global_cleanup();
}
