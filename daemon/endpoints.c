#include "daemon/endpoints.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "daemon/digest.h"

static struct {
	pthread_mutex_t lock;
	struct cc_endpoint_shown list[CC_ENGINE_QUOTAS];
	uint32_t n;
} shown = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
cc_endpoints_show(const struct cc_endpoint_shown *list, uint32_t n)
{
	(void)pthread_mutex_lock(&shown.lock);	/* of a sound mutex these cannot fail */
	shown.n = n < CC_ENGINE_QUOTAS ? n : CC_ENGINE_QUOTAS;
	if (shown.n > 0)
		memcpy(shown.list, list, shown.n * sizeof *list);
	(void)pthread_mutex_unlock(&shown.lock);
}

static void
put_one(struct cc_buf *b, const struct cc_endpoint_shown *e)
{
	CC_BUF_LIT(b, "{\"name\":");
	cc_buf_jsons(b, e->name);
	CC_BUF_LIT(b, ",\"state\":");
	cc_buf_jsons(b, e->state);
	CC_BUF_LIT(b, ",\"busy\":");
	cc_buf_int(b, e->busy);
	CC_BUF_LIT(b, ",\"failures\":");
	cc_buf_int(b, e->failures);
	CC_BUF_LIT(b, ",\"until\":");
	cc_buf_wall(b, e->until);
	cc_buf_char(b, '}');
}

void
cc_endpoints_put(struct cc_buf *b)
{
	cc_buf_char(b, '[');
	(void)pthread_mutex_lock(&shown.lock);
	for (uint32_t i = 0; i < shown.n; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		put_one(b, &shown.list[i]);
	}
	(void)pthread_mutex_unlock(&shown.lock);
	cc_buf_char(b, ']');
}

/* A key of the store has up to 64 bytes: a longer name goes in by its digest. */
void
cc_endpoint_key(struct cc_str channel, char ret[CC_ENDPOINT_KEY])
{
	static const char prefix[] = "endpoint:";
	char digest[CC_DIGEST_TEXT];

	if (sizeof prefix + channel.n > CC_ENDPOINT_KEY &&
	    cc_digest(&channel, 1, digest, NULL) == CC_OK)
		(void)snprintf(ret, CC_ENDPOINT_KEY, "%s%s", prefix, digest);	/* fits */
	else
		(void)snprintf(ret, CC_ENDPOINT_KEY, "%s%.*s", prefix, (int)channel.n,
		    channel.p);	/* cut is better than nothing */
}

const char *
cc_endpoint_url(const struct cc_config *cf, struct cc_str channel)
{
	static const char webhook[] = "webhook:", url[] = ".url";
	size_t skip = sizeof webhook - 1, n = channel.n - skip;

	if (channel.n <= skip || memcmp(channel.p, webhook, skip) != 0)
		return "";
	for (uint32_t i = 0; i < cf->webhooks.n; i++) {
		const struct cc_notify_setting *s = &cf->webhooks.items[i];

		if (strncmp(s->key, channel.p + skip, n) == 0 && strcmp(s->key + n, url) == 0)
			return s->value;
	}
	return "";
}

bool
cc_endpoint_kept_disabled(struct cc_str kept, const char *url)
{
	return kept.n > 0 && kept.n == strlen(url) && memcmp(kept.p, url, kept.n) == 0;
}
