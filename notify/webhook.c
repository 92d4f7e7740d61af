#include "notify/webhook.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "notify/registry.h"
#include "notify/webhook_multi.h"

/*
 * Each endpoint has a queue and at most `connections` transfers under way.  libcurl's own
 * queue is not used: its time-outs would run while a transfer waits for a connection.
 */

struct cc_transfer {
	struct cc_notify_defer defer;	/* first */
	struct webhook *owner;
	struct cc_endpoint *endpoint;	/* NULL: there is none of that name */
	struct cc_transfer *prev, *next;
	struct cc_notify_req *req;
	enum { WAITING = 1, RUNNING, ENDING } state;
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	size_t received;
	bool address_refused, capped;
	char error[CURL_ERROR_SIZE];
	struct cc_notify_result result;
};

struct webhook {
	struct cc_notify_defer pump;	/* first */
	struct cc_notify_host *host;
	struct cc_webhook_settings set;
	struct cc_multi *multi;
	struct cc_transfer *running;	/* a list */
	uint32_t outstanding;
	bool closing;
};

static void
queue_add(struct cc_endpoint *e, struct cc_transfer *t)
{
	t->state = WAITING;
	t->next = NULL;
	t->prev = e->last;
	if (e->last != NULL)
		e->last->next = t;
	else
		e->first = t;
	e->last = t;
}

static void
queue_drop(struct cc_endpoint *e, struct cc_transfer *t)
{
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		e->first = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	else
		e->last = t->prev;
}

static void
running_add(struct webhook *w, struct cc_transfer *t)
{
	t->state = RUNNING;
	t->prev = NULL;
	t->next = w->running;
	if (w->running != NULL)
		w->running->prev = t;
	w->running = t;
	t->endpoint->busy++;
}

static void
running_drop(struct webhook *w, struct cc_transfer *t)
{
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		w->running = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	t->endpoint->busy--;
}

static void
wake_pump(struct webhook *w)
{
	if (!w->pump.waiting)
		w->host->defer(w->host, &w->pump);
}

static void
transfer_free(struct cc_transfer *t)
{
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	free(t->body);
	free(t);
}

/* `t` is on no list any more.  The callback may send again. */
static void
answer(struct cc_transfer *t, const struct cc_notify_result *result)
{
	struct webhook *w = t->owner;
	struct cc_notify_req *req = t->req;
	struct cc_notify_result copy = *result;

	if (t->endpoint != NULL)
		t->endpoint->outstanding--;
	transfer_free(t);
	w->outstanding--;
	req->module = NULL;
	wake_pump(w);
	req->done(req, &copy);
}

static void
on_ending(struct cc_notify_defer *d)
{
	struct cc_transfer *t = (struct cc_transfer *)(void *)d;

	answer(t, &t->result);
}

static void
answer_later(struct cc_transfer *t, enum cc_notify_outcome outcome, const char *code,
    const char *detail)
{
	t->state = ENDING;
	cc_notify_result_set(&t->result, outcome, code, detail);
	t->defer.fn = on_ending;
	t->owner->host->defer(t->owner->host, &t->defer);
}

/* --- one transfer -------------------------------------------------------------- */

/* The address that will really be used: names, odd spellings and changing name servers
 * end here. */
static curl_socket_t
on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct cc_transfer *t = arg;

	(void)purpose;
	if (!t->endpoint->allow_private && !cc_webhook_address_public(&address->addr)) {
		t->address_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

/* Answers are read to keep the connection, up to a limit, and thrown away. */
static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): the library's type */
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct cc_transfer *t = arg;

	(void)data;
	t->received += size * n;
	if (t->received <= t->owner->set.answer_max)
		return size * n;
	t->capped = true;
	return 0;
}

static bool
id_ok(const char *id)
{
	size_t n = strlen(id);

	return n > 0 && n <= 128 && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-") == n;
}

static bool
add_header(struct cc_transfer *t, const char *name, const char *value)
{
	char line[CC_WEBHOOK_SIGNATURE_MAX + 64];
	struct curl_slist *more;

	(void)snprintf(line, sizeof line, "%s:%s%s", name, value[0] == '\0' ? "" : " ",
	    value);
	more = curl_slist_append(t->headers, line);
	if (more == NULL)
		return false;
	t->headers = more;
	return true;
}

static enum cc_code
set_headers(struct cc_transfer *t, struct cc_err *reterr)
{
	struct cc_webhook_signed what = {
		.id = t->req->message->id, .body = t->body, .n = strlen(t->body),
		.timestamp = t->owner->host->now(t->owner->host),
	};
	char signature[CC_WEBHOOK_SIGNATURE_MAX], stamp[24];
	enum cc_code code;

	if (!id_ok(what.id))
		return cc_fail(reterr, CC_EINVAL, 0, "message id is no plain id");
	code = cc_webhook_sign(&t->endpoint->keys, &what, signature, reterr);
	if (code != CC_OK)
		return code;
	(void)snprintf(stamp, sizeof stamp, "%lld", (long long)what.timestamp.s);
	if (!add_header(t, "Content-Type", "application/cloudevents+json; charset=utf-8") ||
	    !add_header(t, "Expect", "") || !add_header(t, "webhook-id", what.id) ||
	    !add_header(t, "webhook-timestamp", stamp) ||
	    !add_header(t, "webhook-signature", signature))
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory");
	return CC_OK;
}

/* With a file of its own an endpoint trusts nothing else: Debian's libcurl would look
 * into the system's folder besides.  The file is read for each connection. */
static bool
set_trust(CURL *c, const char *ca_file)
{
	return curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	    (ca_file[0] == '\0' ||
	    (curl_easy_setopt(c, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_CA_CACHE_TIMEOUT, 0L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_CAINFO, ca_file) == CURLE_OK));
}

/* True when libcurl took all of them.  Redirects are off; their protocols are narrowed
 * besides ("" is no list to this libcurl). */
static bool
set_limits(struct cc_transfer *t)
{
	const struct cc_webhook_settings *s = &t->owner->set;
	CURL *c = t->easy;

	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
	    set_trust(c, t->endpoint->ca_file) &&
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)s->connect_timeout_ms) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)s->timeout_ms) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK;
}

static bool
set_request(struct cc_transfer *t)
{
	CURL *c = t->easy;

	return curl_easy_setopt(c, CURLOPT_URL, t->endpoint->url) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_POSTFIELDS, t->body) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)strlen(t->body)) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_USERAGENT, "caseclock") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PRIVATE, t) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open_socket) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK;
}

static enum cc_code
start(struct cc_transfer *t, struct cc_err *reterr)
{
	enum cc_code code = cc_message_cloudevent(t->req->message, &t->body, reterr);

	if (code == CC_OK)
		code = set_headers(t, reterr);
	if (code != CC_OK)
		return code;
	t->easy = curl_easy_init();
	if (t->easy == NULL || !set_limits(t) || !set_request(t))
		return cc_fail(reterr, CC_ENOMEM, 0, "the transfer cannot be set up");
	return cc_multi_add(t->owner->multi, t->easy, reterr);
}

static void
on_transfer_done(void *owner, CURL *easy, CURLcode code)
{
	struct webhook *w = owner;
	struct cc_transfer *t = NULL;
	struct cc_webhook_answer a = { .code = code };
	struct cc_notify_result result;
	struct curl_header *header;
	char *private = NULL;

	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	t = (struct cc_transfer *)(void *)private;
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &a.status);
	if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
		a.retry_after = header->value;
	a.address_refused = t->address_refused;
	a.capped = t->capped;
	a.error = t->error;
	a.now = w->host->now(w->host);
	cc_webhook_judge(&a, &result);
	running_drop(w, t);
	answer(t, &result);
}

/* --- queues -------------------------------------------------------------------- */

static void
start_waiting(struct webhook *w, struct cc_endpoint *e)
{
	struct cc_transfer *t;
	struct cc_err err;
	enum cc_code code;

	while (e->busy < w->set.connections && (t = e->first) != NULL) {
		queue_drop(e, t);
		code = start(t, &err);
		if (code == CC_OK)
			running_add(w, t);
		else
			answer_later(t, code == CC_ENOMEM ? CC_NOTIFY_TEMP_FAIL :
			    CC_NOTIFY_PERM_FAIL, cc_code_text(code), err.msg);
	}
}

static void
webhook_free(struct webhook *w)
{
	cc_multi_close(w->multi);
	cc_webhook_settings_done(&w->set);
	free(w);
	curl_global_cleanup();
}

static void
on_pump(struct cc_notify_defer *d)
{
	struct webhook *w = (struct webhook *)(void *)d;

	for (uint32_t i = 0; i < w->set.n && !w->closing; i++)
		start_waiting(w, &w->set.endpoints[i]);
	if (w->closing && w->outstanding == 0)
		webhook_free(w);
}

/* --- the module ------------------------------------------------------------------ */

static enum cc_code
webhook_open(struct cc_notify_host *host, const struct cc_notify_cfg *cfg,
    void **ret_self, struct cc_err *reterr)
{
	struct webhook *w = calloc(1, sizeof *w);
	enum cc_code code;

	if (w == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "webhook: no memory");
	code = cc_webhook_settings_take(cfg, &w->set, reterr);
	if (code != CC_OK)
		goto err_free;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		code = cc_fail(reterr, CC_ENOMEM, 0, "webhook: libcurl does not start");
		goto err_settings;
	}
	code = cc_multi_open(host->loop, w, on_transfer_done, &w->multi, reterr);
	if (code != CC_OK)
		goto err_curl;
	w->host = host;
	w->pump.fn = on_pump;
	*ret_self = w;
	return CC_OK;

err_curl:
	curl_global_cleanup();
err_settings:
	cc_webhook_settings_done(&w->set);
err_free:
	free(w);
	return code;
}

static enum cc_code
webhook_send(void *self, struct cc_notify_req *req, struct cc_err *reterr)
{
	struct webhook *w = self;
	struct cc_endpoint *e = cc_webhook_endpoint(&w->set, req->to);
	struct cc_transfer *t;

	if (w->closing)
		return cc_fail(reterr, CC_EINVAL, 0, "webhook: closed");
	if (e != NULL && e->outstanding >= w->set.queue)
		return cc_fail(reterr, CC_EBUSY, 0, "webhook: %u messages wait for %s already",
		    w->set.queue, e->name);
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "webhook: no memory");
	t->owner = w;
	t->req = req;
	t->endpoint = e;
	req->module = t;
	w->outstanding++;
	if (e != NULL)
		e->outstanding++;
	if (e == NULL) {
		answer_later(t, CC_NOTIFY_PERM_FAIL, "endpoint",
		    "no endpoint of that name is configured");
	} else {
		queue_add(e, t);
		wake_pump(w);
	}
	return CC_OK;
}

static void
webhook_cancel(void *self, struct cc_notify_req *req)
{
	struct webhook *w = self;
	struct cc_transfer *t = req->module;

	if (t == NULL || t->state == ENDING)
		return;
	if (t->state == RUNNING) {
		cc_multi_remove(w->multi, t->easy);
		running_drop(w, t);
	} else {
		queue_drop(t->endpoint, t);
	}
	answer_later(t, CC_NOTIFY_CANCELLED, "cancelled", "");
}

static void
webhook_close(void *self)
{
	struct webhook *w = self;

	if (w == NULL)
		return;
	assert(!w->closing);
	while (w->running != NULL)
		webhook_cancel(w, w->running->req);
	for (uint32_t i = 0; i < w->set.n; i++)
		while (w->set.endpoints[i].first != NULL)
			webhook_cancel(w, w->set.endpoints[i].first->req);
	w->closing = true;
	wake_pump(w);
}

const struct cc_notifier cc_notifier_webhook = {
	.abi = CC_NOTIFIER_ABI, .name = "webhook",
	.help = "post a signed CloudEvents event to an endpoint",
	.open = webhook_open, .send = webhook_send, .cancel = webhook_cancel,
	.close = webhook_close,
};
