#include "daemon/ping.h"

#include <stdio.h>

#include "daemon/log.h"

void
cc_ping_init(struct cc_ping *p, uv_loop_t *loop)
{
	p->multi = NULL;
	p->easy = NULL;
	p->url[0] = '\0';
	p->beats = 0;
	p->busy = p->failed = false;
	(void)uv_timer_init(loop, &p->timer);	/* cannot fail */
	p->timer.data = p;
}

static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's type */
forget(char *data, size_t size, size_t n, void *self)
{
	(void)data;
	(void)self;
	return size * n;
}

/* Said when it changes: a watcher that is away for a day is not a line every minute. */
static void
on_done(void *owner, CURL *easy, CURLcode code)
{
	struct cc_ping *p = owner;
	bool failed = code != CURLE_OK;

	(void)easy;
	p->busy = false;
	if (failed && !p->failed)
		cc_log(CC_LOG_WARN, "the ping to audit.ping_url failed: %s",
		    curl_easy_strerror(code));
	else if (!failed && p->failed)
		cc_log(CC_LOG_NOTICE, "the ping to audit.ping_url works again");
	p->failed = failed;
}

static void
on_timer(uv_timer_t *timer)
{
	struct cc_ping *p = timer->data;
	uint64_t beats = cc_engine_beats(p->engine);
	struct cc_err err = {.msg = ""};
	bool alive = beats != p->beats;

	/* An engine at rest turns when it is asked to: so the next ping knows. */
	p->beats = beats;
	cc_engine_poke(p->engine);
	if (!alive || p->busy || atomic_load(&p->figures->audit_gaps) > 0)
		return;
	p->busy = cc_multi_add(p->multi, p->easy, &err) == CC_OK;
	if (!p->busy)
		cc_log_err(CC_LOG_WARN, "the ping to audit.ping_url", &err);
}

static CURL *
prepare(const char *url)
{
	CURL *c = curl_easy_init();

	if (c == NULL)
		return NULL;
	if (curl_easy_setopt(c, CURLOPT_URL, url) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_PROXY, "") != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, forget) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)CC_PING_MS) != CURLE_OK) {
		curl_easy_cleanup(c);
		return NULL;
	}
	return c;
}

static void
stop(struct cc_ping *p)
{
	(void)uv_timer_stop(&p->timer);	/* it is there */
	if (p->busy)
		cc_multi_remove(p->multi, p->easy);
	p->busy = false;
	curl_easy_cleanup(p->easy);
	p->easy = NULL;
	cc_multi_close(p->multi);
	p->multi = NULL;
}

enum cc_code
cc_ping_use(struct cc_ping *p, const struct cc_config *cf, struct cc_err *reterr)
{
	uint64_t every = (uint64_t)cf->ping_every * 1000;
	enum cc_code code;

	stop(p);
	if (cf->ping_url == NULL)
		return CC_OK;
	(void)snprintf(p->url, sizeof p->url, "%s", cf->ping_url);	/* was checked */
	p->easy = prepare(p->url);
	if (p->easy == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for the ping");
	code = cc_multi_open(p->timer.loop, p, on_done, &p->multi, reterr);
	if (code != CC_OK) {
		stop(p);
		return code;
	}
	p->beats = cc_engine_beats(p->engine) - 1;	/* the first one goes out at once */
	(void)uv_timer_start(&p->timer, on_timer, 0, every);	/* has a callback */
	return CC_OK;
}

void
cc_ping_close(struct cc_ping *p)
{
	stop(p);
	uv_close((uv_handle_t *)&p->timer, NULL);
}
