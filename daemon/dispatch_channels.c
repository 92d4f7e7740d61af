/* The dispatcher's channels; the contract is in daemon/dispatch_inner.h. */
#include "daemon/dispatch_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_SOONER_MS = 50, NOT_LATER_MS = 60000 };

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

/* --- the table -------------------------------------------------------------------- */

static struct cc_channel *
find(struct cc_dispatch *d, struct cc_str name)
{
	for (uint32_t i = 0; i < d->nchannels; i++)
		if (cc_str_eq(text_of(d->channels[i].name), name))
			return &d->channels[i];
	return NULL;
}

static struct cc_channel *
room_for_one(struct cc_dispatch *d)
{
	if (d->nchannels < CC_DISPATCH_CHANNELS)
		return &d->channels[d->nchannels++];
	for (uint32_t i = 0; i < d->nchannels; i++)
		if (!d->channels[i].configured && d->channels[i].end.busy == 0)
			return &d->channels[i];
	return NULL;
}

struct cc_channel *
cc_channel_of(struct cc_dispatch *d, struct cc_str name)
{
	struct cc_channel *c = find(d, name);

	if (c != NULL)
		return c;
	c = room_for_one(d);
	if (c == NULL)
		return &d->channels[d->nchannels - 1];
	free(c->url);
	*c = (struct cc_channel){.configured = false};
	(void)snprintf(c->name, sizeof c->name, "%.*s", (int)name.n, name.p);	/* cut is fine */
	cc_endpoint_init(&c->end, &d->limits, d->now(d->now_self).mono);
	return c;
}

/* --- a configuration -------------------------------------------------------------- */

/* Another URL is another endpoint: what was said of the old one is forgotten. */
static void
use_url(struct cc_channel *c, const char *url)
{
	if (url[0] == '\0' || (c->url != NULL && strcmp(c->url, url) == 0))
		return;
	if (c->url != NULL)
		cc_endpoint_enable(&c->end);
	free(c->url);
	c->url = strdup(url);	/* without memory it counts as new again next time */
}

static void
use_webhooks(struct cc_dispatch *d, const struct cc_config *cf)
{
	static const char dot_url[] = ".url";
	char name[CC_CHANNEL_MAX + 1];

	for (uint32_t i = 0; i < cf->webhooks.n; i++) {
		const struct cc_notify_setting *s = &cf->webhooks.items[i];
		size_t n = strlen(s->key), tail = sizeof dot_url - 1;
		struct cc_channel *c;

		if (n <= tail || strcmp(s->key + n - tail, dot_url) != 0)
			continue;
		(void)snprintf(name, sizeof name, "webhook:%.*s", (int)(n - tail), s->key);
		c = cc_channel_of(d, text_of(name));
		c->configured = true;
		use_url(c, s->value);
	}
}

void
cc_channels_use(struct cc_dispatch *d, const struct cc_config *cf)
{
	d->limits = (struct cc_endpoint_limits){.deliveries = cf->limits.deliveries,
	    .rate = cf->limits.rate, .breaker = cf->limits.breaker,
	    .backoff = {cf->retry_first, cf->retry_most}};
	for (uint32_t i = 0; i < d->nchannels; i++)
		d->channels[i].configured = false;
	for (uint32_t i = 0; i < d->modules.n; i++) {
		const char *name = d->modules.items[i].by->name;

		if (strcmp(name, "webhook") != 0)
			cc_channel_of(d, text_of(name))->configured = true;
	}
	use_webhooks(d, cf);
}

void
cc_channels_free(struct cc_dispatch *d)
{
	for (uint32_t i = 0; i < d->nchannels; i++)
		free(d->channels[i].url);
	d->nchannels = 0;
}

/* --- disabled, enabled ------------------------------------------------------------ */

void
cc_dispatch_disable(struct cc_dispatch *d, struct cc_str channel)
{
	cc_endpoint_disable(&cc_channel_of(d, channel)->end);
	cc_dispatch_tick(d);
}

void
cc_dispatch_enable(struct cc_dispatch *d, struct cc_str name)
{
	char webhook[CC_CHANNEL_MAX + 1];
	struct cc_channel *c = find(d, name);

	if (c == NULL) {
		(void)snprintf(webhook, sizeof webhook, "webhook:%.*s", (int)name.n, name.p);
		c = find(d, text_of(webhook));
	}
	if (c == NULL)
		return;
	cc_endpoint_enable(&c->end);
	cc_dispatch_tick(d);
}

/* --- room ------------------------------------------------------------------------- */

static void
show(struct cc_dispatch *d, struct cc_now now)
{
	for (uint32_t i = 0; i < d->nchannels; i++) {
		const struct cc_channel *c = &d->channels[i];
		struct cc_endpoint_shown *to = &d->shown[i];
		struct cc_mono until = cc_endpoint_until(&c->end, now.mono);

		memcpy(to->name, c->name, sizeof to->name);
		to->state = cc_endpoint_text(&c->end, now.mono);
		to->busy = c->end.busy;
		to->failures = c->end.failures;
		to->until = CC_NEVER;
		if (until.ms > 0)
			to->until.s = now.wall.s + (until.ms - now.mono.ms + 999) / 1000;
	}
	cc_endpoints_show(d->shown, d->nchannels);
}

static void
on_open(uv_timer_t *timer)
{
	cc_dispatch_tick(timer->data);
}

static void
set_timer(struct cc_dispatch *d, int64_t ms)
{
	if (ms < NOT_SOONER_MS)
		ms = NOT_SOONER_MS;	/* a few at a time */
	if (ms > NOT_LATER_MS)
		ms = NOT_LATER_MS;
	(void)uv_timer_start(&d->open, on_open, (uint64_t)ms, 0);	/* has a callback */
}

static uint32_t
least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* No channel may have more under way than is left for the others, and a claim takes half
 * of that at most: so however many hang, some always is. */
void
cc_channels_say(struct cc_dispatch *d)
{
	struct cc_now now = d->now(d->now_self);
	uint32_t used = d->nbusy + d->nended;
	uint32_t left = used < CC_DISPATCH_MOST ? CC_DISPATCH_MOST - used : 0;
	struct cc_endpoint_state fresh;
	struct cc_want w = {.total = (left + 1) / 2, .seen = d->seen, .quotas = d->quotas,
	    .n = d->nchannels};
	int64_t next = INT64_MAX;

	cc_endpoint_init(&fresh, &d->limits, now.mono);
	w.each = least(cc_endpoint_room(&fresh, &d->limits, now.mono), left);
	for (uint32_t i = 0; i < d->nchannels; i++) {
		struct cc_channel *c = &d->channels[i];
		uint32_t room;
		struct cc_mono t;

		cc_endpoint_pass(&c->end, &d->limits, now.mono);
		room = cc_endpoint_room(&c->end, &d->limits, now.mono);
		memcpy(d->quotas[i].channel, c->name, sizeof c->name);
		d->quotas[i].n = least(room, left > c->end.busy ? left - c->end.busy : 0);
		t = cc_endpoint_next(&c->end, &d->limits, now.mono);
		if (room == 0 && t.ms < next)
			next = t.ms;
	}
	cc_engine_want(d->engine, &w);
	if (next != INT64_MAX)
		set_timer(d, next - now.mono.ms);
	show(d, now);
}
