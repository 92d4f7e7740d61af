#include "notify/email_worker.h"

#include <curl/curl.h>

enum { STARTTLS_ACCEPTED = 220, TRY_LATER = 400, REFUSED = 500 };

bool
cc_curl_dsn_misunderstood(const struct cc_curl_facts *f)
{
	return f->dsn && f->begun && f->replies <= 2 &&
	    (f->reply == 501 || f->reply == 504 || f->reply == 555);
}

bool
cc_curl_session_lost(const struct cc_curl_facts *f)
{
	return f->code != CURLE_OK && (!f->begun || f->reply == 421 ||
	    (!f->text_reply && (f->text_given || f->reply < TRY_LATER)));
}

static void
judge_login(const struct cc_curl_facts *f, struct cc_worker_verdict *v)
{
	if (f->reply >= REFUSED)
		cc_worker_verdict_set(v, CC_WORKER_CONFIG, "auth", f->text);
	else if (f->reply >= TRY_LATER)
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "auth", f->text);
	else if (f->reply / 100 == 3)	/* XOAUTH2: the reason comes as a question */
		cc_worker_verdict_set(v, CC_WORKER_CONFIG, "auth",
		    "the server refused the token");
	else
		cc_worker_verdict_set(v, CC_WORKER_CONFIG, "auth",
		    "the server offers no way to log in that is known here");
}

static void
judge_tls(const struct cc_curl_facts *f, struct cc_worker_verdict *v)
{
	if (f->code != CURLE_USE_SSL_FAILED)
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "tls", f->error);
	else if (f->reply >= TRY_LATER)
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "tls", f->text);
	else
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "tls",
		    "the server does not offer STARTTLS");
}

static bool
of_tls(int code)
{
	switch (code) {
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CIPHER:
		return true;
	default:
		return false;
	}
}

/* The session ended before any mail was spoken of. */
static void
judge_session(const struct cc_curl_facts *f, struct cc_worker_verdict *v)
{
	if (f->code == CURLE_LOGIN_DENIED)
		judge_login(f, v);
	else if (f->code == CURLE_ABORTED_BY_CALLBACK)
		cc_worker_verdict_set(v, CC_WORKER_CONFIG, "auth",
		    "the server offers no way to log in that is known here");
	else if (of_tls(f->code))
		judge_tls(f, v);
	else if (f->code == CURLE_WEIRD_SERVER_REPLY && f->reply == STARTTLS_ACCEPTED)
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "security",
		    "clear text behind the answer to STARTTLS: somebody is on the line");
	else if (f->reply >= TRY_LATER)
		cc_worker_verdict_reply(v, CC_WORKER_TEMP, (int)f->reply, f->text);
	else
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "session", f->error);
}

static enum cc_worker_kind
kind_of(unsigned reply)
{
	return reply / 100 == 2 ? CC_WORKER_SENT :
	    reply / 100 == 5 ? CC_WORKER_PERM : CC_WORKER_TEMP;
}

/* The order is the point: each line is only true when none before it was. */
void
cc_curl_judge(const struct cc_curl_facts *f, struct cc_worker_verdict *ret)
{
	if (f->text_reply)
		cc_worker_verdict_reply(ret, kind_of(f->reply), (int)f->reply, f->text);
	else if (f->text_given)
		cc_worker_verdict_set(ret, CC_WORKER_DOUBT, "in doubt",
		    "the session ended before the server said whether it took the mail");
	else if (!f->begun || f->replies == 0)
		judge_session(f, ret);
	else if (cc_curl_dsn_misunderstood(f))
		cc_worker_verdict_reply(ret, CC_WORKER_TEMP, (int)f->reply, f->text);
	else if (f->replies == 1 && cc_worker_wants_auth((int)f->reply))
		cc_worker_verdict_reply(ret, CC_WORKER_CONFIG, (int)f->reply, f->text);
	else if (f->reply >= TRY_LATER)
		cc_worker_verdict_reply(ret, kind_of(f->reply), (int)f->reply, f->text);
	else
		cc_worker_verdict_set(ret, CC_WORKER_TEMP, "session", f->error);
}
