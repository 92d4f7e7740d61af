#include "daemon/dispatch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/backoff.h"
#include "daemon/log.h"
#include "notify/registry.h"
#include "wire/message.h"

enum { AGAIN_MS = 1000 };

/* One attempt at one message. */
struct cc_delivery {
	struct cc_notify_req req;
	struct cc_dispatch *all;
	struct cc_delivery *next, **prev;
	struct cc_claimed *batch;
	const struct cc_store_message *row;
	struct cc_channel *channel;
	const struct cc_notifier *by;
	void *module;
	struct cc_message message;
	struct cc_message_doc *doc;
	struct cc_now started;
	struct cc_outcome outcome;
	bool cancelled;		/* it took too long */
	bool orphan;		/* its module was closed, and will answer */
};

/* --- modules ------------------------------------------------------------------------ */

enum cc_code
cc_modules_open(struct cc_notify_host *host, const struct cc_config *cf,
    struct cc_modules *ret, struct cc_err *reterr)
{
	struct cc_modules m = {0};
	enum cc_code code = CC_OK;

	if (cf->mail.n > 0)
		code = cc_notifier_email.open(host, &cf->mail, &m.email, reterr);
	if (code == CC_OK && cf->webhooks.n > 0)
		code = cc_notifier_webhook.open(host, &cf->webhooks, &m.webhook, reterr);
	if (code != CC_OK) {
		cc_modules_close(&m);
		return code;
	}
	*ret = m;
	return CC_OK;
}

void
cc_modules_close(struct cc_modules *m)
{
	cc_notifier_email.close(m->email);
	cc_notifier_webhook.close(m->webhook);
	m->email = m->webhook = NULL;
}

/* --- lists ----------------------------------------------------------------------------- */

static void
unlink_delivery(struct cc_delivery *y)
{
	*y->prev = y->next;
	if (y->next != NULL)
		y->next->prev = y->prev;
}

static void
link_delivery(struct cc_delivery **list, struct cc_delivery *y)
{
	y->next = *list;
	y->prev = list;
	if (y->next != NULL)
		y->next->prev = &y->next;
	*list = y;
}

static void
free_delivery(struct cc_delivery *y)
{
	unlink_delivery(y);
	cc_message_doc_free(y->doc);
	if (--y->batch->left == 0)
		cc_claimed_free(y->batch);
	free(y);
}

/* The row of the table for this channel; the last one is shared when it is full. */
static struct cc_channel *
channel_of(struct cc_dispatch *d, struct cc_str name)
{
	uint32_t i = 0;

	while (i < d->nchannels && (strlen(d->channels[i].name) != name.n ||
	    memcmp(d->channels[i].name, name.p, name.n) != 0))
		i++;
	if (i < d->nchannels)
		return &d->channels[i];
	if (i == CC_DISPATCH_CHANNELS)
		return &d->channels[i - 1];
	(void)snprintf(d->channels[i].name, sizeof d->channels[i].name, "%.*s",
	    (int)name.n, name.p);	/* names of endpoints are shorter */
	d->channels[i].moved = d->now(d->now_self).mono;
	d->nchannels++;
	return &d->channels[i];
}

/* --- outcomes go back ------------------------------------------------------------ */

static void
check_idle(struct cc_dispatch *d)
{
	if (d->draining && d->nbusy == 0 && d->nended == 0 && d->posted == NULL)
		d->on_idle(d->self);
}

static void
on_again(uv_timer_t *timer);

static void
try_again(struct cc_dispatch *d)
{
	(void)uv_timer_start(&d->again, on_again, AGAIN_MS, 0);	/* has a callback */
}

/* One group is with the engine at a time; meanwhile the next one gathers. */
static void
post(struct cc_dispatch *d)
{
	uint32_t n = d->nended < CC_DISPATCH_GROUP ? d->nended : CC_DISPATCH_GROUP;

	if (d->away)
		return;
	if (d->posted == NULL && n > 0) {
		d->posted = calloc(1, sizeof *d->posted + n * sizeof d->posted->items[0]);
		if (d->posted == NULL) {
			try_again(d);
			return;
		}
		d->posted->work.kind = CC_WORK_OUTCOMES;
		for (uint32_t i = 0; i < n; i++) {
			struct cc_delivery *y = d->ended;

			/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list */
			d->posted->items[d->posted->n++] = y->outcome;
			d->nended--;
			free_delivery(y);
		}
	}
	if (d->posted == NULL)
		return;
	d->away = cc_engine_force(d->engine, &d->posted->work);
	if (!d->away) {	/* the engine has ended: the next start requeues them */
		free(d->posted);
		d->posted = NULL;
	}
}

static void
on_again(uv_timer_t *timer)
{
	post(timer->data);
}

void
cc_dispatch_recorded(struct cc_dispatch *d, struct cc_outcomes *o)
{
	assert(o == d->posted);
	d->away = false;
	if (!o->stored) {
		try_again(d);
		return;
	}
	free(o);
	d->posted = NULL;
	post(d);
	cc_dispatch_tick(d);
	check_idle(d);
}

/* --- an attempt ends --------------------------------------------------------------- */

static void
end_delivery(struct cc_delivery *y)
{
	struct cc_dispatch *d = y->all;
	struct cc_now now = d->now(d->now_self);

	y->outcome.no = y->row->no;
	y->outcome.fence = y->row->fence;
	y->outcome.now = now.wall;
	unlink_delivery(y);
	link_delivery(&d->ended, y);
	d->nbusy--;
	d->nended++;
	y->channel->busy--;
	y->channel->moved = now.mono;
	post(d);
}

static void
set_words(struct cc_outcome *o, const char *code, const char *detail)
{
	(void)snprintf(o->code, sizeof o->code, "%s", code);		/* cut is fine */
	(void)snprintf(o->detail, sizeof o->detail, "%s", detail);	/* cut is fine */
}

/* Nothing was tried: the message waits a little. */
static void
put_off(struct cc_delivery *y, const char *code)
{
	y->outcome.to = CC_OUTBOX_QUEUED;
	y->outcome.next = (struct cc_wall){y->started.wall.s + CC_DISPATCH_PUT_OFF};
	y->outcome.started = y->outcome.ended = CC_NEVER;
	set_words(&y->outcome, code, "");
	end_delivery(y);
}

/* Once more later, or given up when its time is over before that. */
static void
retry(struct cc_delivery *y, int64_t retry_after)
{
	struct cc_dispatch *d = y->all;
	struct cc_wall now = d->now(d->now_self).wall;
	uint32_t jitter = 0;

	(void)uv_random(NULL, NULL, &jitter, sizeof jitter, 0, NULL);	/* 0 will do */
	y->outcome.next = (struct cc_wall){now.s +
	    cc_backoff(y->row->attempts + 1, retry_after, jitter)};
	y->outcome.to = CC_OUTBOX_QUEUED;
	if (cc_given(y->row->give_up) && y->outcome.next.s > y->row->give_up.s) {
		y->outcome.to = CC_OUTBOX_DEAD;
		CC_COUNT(d->figures, given_up);
		cc_log(CC_LOG_ERR, "message %.*s is given up: %s %s", (int)y->row->id.n,
		    y->row->id.p, y->outcome.code, y->outcome.detail);
	} else {
		CC_COUNT(d->figures, retries);
	}
}

static void
settle(struct cc_delivery *y, const struct cc_notify_result *r)
{
	struct cc_dispatch *d = y->all;

	switch (r->outcome) {
	case CC_NOTIFY_SENT:
		y->outcome.to = CC_OUTBOX_SENT;
		y->outcome.attempt = CC_ATTEMPT_SENT;
		CC_COUNT(d->figures, sent);
		return;
	case CC_NOTIFY_TEMP_FAIL:
		y->outcome.attempt = CC_ATTEMPT_TEMP;
		retry(y, r->retry_after);
		return;
	case CC_NOTIFY_CANCELLED:
		y->outcome.attempt = CC_ATTEMPT_CANCELLED;
		if (y->cancelled) {
			retry(y, -1);
			return;
		}
		y->outcome.to = CC_OUTBOX_QUEUED;
		y->outcome.next = y->outcome.ended;
		return;
	case CC_NOTIFY_PERM_FAIL:
	case CC_NOTIFY_DISABLED:
		break;
	}
	y->outcome.to = CC_OUTBOX_DEAD;
	y->outcome.attempt = CC_ATTEMPT_PERM;
	CC_COUNT(d->figures, given_up);
	cc_log(CC_LOG_ERR, "message %.*s to %s is given up: %s %s", (int)y->row->id.n,
	    y->row->id.p, y->channel->name, r->code, r->detail);
}

static void
on_done(struct cc_notify_req *req, const struct cc_notify_result *r)
{
	struct cc_delivery *y = req->data;
	struct cc_dispatch *d = y->all;

	CC_COUNT(d->figures, attempts);
	y->outcome.started = y->started.wall;
	y->outcome.ended = d->now(d->now_self).wall;
	set_words(&y->outcome, r->code, r->detail);
	settle(y, r);
	end_delivery(y);	/* it may be gone after this */
	cc_dispatch_tick(d);
}

/* --- an attempt begins ------------------------------------------------------------ */

/* The module of the channel; NULL when the configuration has it no more. */
static void
find_module(struct cc_delivery *y)
{
	static const char webhook[] = "webhook:";
	struct cc_dispatch *d = y->all;
	struct cc_str channel = y->row->channel;

	if (cc_str_eq(channel, CC_STR("email"))) {
		y->by = &cc_notifier_email;
		y->module = d->modules.email;
	} else if (channel.n >= sizeof webhook - 1 &&
	    memcmp(channel.p, webhook, sizeof webhook - 1) == 0) {
		y->by = &cc_notifier_webhook;
		y->module = d->modules.webhook;
	}
}

static void
fail(struct cc_delivery *y, bool for_good, const char *code, const char *words)
{
	y->outcome.started = y->outcome.ended = y->started.wall;
	set_words(&y->outcome, code, words);
	if (for_good) {
		y->outcome.to = CC_OUTBOX_DEAD;
		y->outcome.attempt = CC_ATTEMPT_PERM;
		CC_COUNT(y->all->figures, given_up);
	} else {
		y->outcome.attempt = CC_ATTEMPT_TEMP;
		retry(y, -1);
	}
	end_delivery(y);
}

static void
attempt(struct cc_delivery *y)
{
	struct cc_err err = {.msg = ""};
	enum cc_code code;

	find_module(y);
	if (y->all->draining || y->channel->busy > y->all->limit) {
		put_off(y, y->all->draining ? "stopping" : "channel full");
		return;
	}
	if (y->module == NULL) {
		fail(y, false, "configuration", "there is no such channel any more");
		return;
	}
	if (cc_message_parse(y->row->payload.p, y->row->payload.n, &y->message, &y->doc,
	    &err) != CC_OK) {
		fail(y, true, "payload", err.msg);
		return;
	}
	y->req.message = &y->message;
	y->req.to = y->row->address.p;
	y->req.attempt = y->row->attempts + 1;
	y->req.done = on_done;
	y->req.data = y;
	code = y->by->send(y->module, &y->req, &err);
	if (code == CC_EBUSY)
		put_off(y, "queue full");
	else if (code != CC_OK)
		fail(y, false, cc_code_text(code), err.msg);
}

void
cc_dispatch_claimed(struct cc_dispatch *d, struct cc_claimed *c)
{
	uint32_t n = c->rows.n;

	c->left++;	/* ours, so that it outlives the loop below */
	for (uint32_t i = 0; i < n; i++) {
		struct cc_delivery *y = calloc(1, sizeof *y);

		if (y == NULL) {	/* its lease runs out, then it is claimed again */
			cc_log(CC_LOG_ERR, "no memory for a message");
			c->left--;
			continue;
		}
		y->all = d;
		y->batch = c;
		y->row = &c->rows.items[i];
		y->started = d->now(d->now_self);
		y->channel = channel_of(d, y->row->channel);
		y->channel->busy++;
		link_delivery(&d->busy, y);
		d->nbusy++;
		attempt(y);	/* it may be gone after this */
	}
	if (--c->left == 0)
		cc_claimed_free(c);
	cc_dispatch_tick(d);
}

/* --- room ------------------------------------------------------------------------ */

/* As much as the busiest channel has room for; but a channel that does not move does
 * not hold back the others. */
static uint32_t
room(const struct cc_dispatch *d, struct cc_mono now)
{
	uint32_t most = 0, all = d->nbusy + d->nended, free_all;
	bool stuck = false;

	for (uint32_t i = 0; i < d->nchannels; i++) {
		const struct cc_channel *c = &d->channels[i];

		if (c->busy > most)
			most = c->busy;
		stuck |= c->busy >= d->limit && now.ms - c->moved.ms > CC_DISPATCH_STUCK_MS;
	}
	free_all = all < 2 * d->limit ? 2 * d->limit - all : 0;
	if (stuck)
		return free_all;
	most = most < d->limit ? d->limit - most : 0;
	return most < free_all ? most : free_all;
}

void
cc_dispatch_tick(struct cc_dispatch *d)
{
	struct cc_now now = d->now(d->now_self);
	struct cc_delivery *y, *next;

	if (d->draining)
		return;
	cc_engine_want(d->engine, room(d, now.mono));
	for (y = d->busy; y != NULL; y = next) {
		next = y->next;
		if (y->cancelled || y->orphan ||
		    now.mono.ms - y->started.mono.ms < CC_DISPATCH_LONGEST * INT64_C(1000))
			continue;
		y->cancelled = true;
		y->by->cancel(y->module, &y->req);
	}
}

/* --- life ------------------------------------------------------------------------ */

static struct cc_wall
host_now(struct cc_notify_host *host)
{
	const struct cc_dispatch *d = host->data;

	return d->now(d->now_self).wall;
}

static void
host_log(struct cc_notify_host *host, enum cc_notify_priority priority, const char *line)
{
	(void)host;
	cc_log(priority, "%s", line);
}

void
cc_dispatch_init(struct cc_dispatch *d, uv_loop_t *loop)
{
	cc_host_init(&d->host, loop);
	d->host.lent.now = host_now;
	d->host.lent.log = host_log;
	d->host.lent.data = d;
	d->modules = (struct cc_modules){0};
	d->nchannels = d->nbusy = d->nended = 0;
	d->busy = d->ended = NULL;
	d->posted = NULL;
	d->away = d->draining = false;
	(void)uv_timer_init(loop, &d->again);	/* cannot fail */
	d->again.data = d;
}

/* What the modules have under way will be answered as cancelled. */
static void
abandon(struct cc_dispatch *d)
{
	for (struct cc_delivery *y = d->busy; y != NULL; y = y->next)
		y->orphan = true;
}

void
cc_dispatch_use(struct cc_dispatch *d, const struct cc_modules *m, uint32_t limit)
{
	struct cc_modules old = d->modules;

	abandon(d);
	d->modules = *m;
	d->limit = limit;
	cc_modules_close(&old);
	cc_dispatch_tick(d);
}

void
cc_dispatch_drain(struct cc_dispatch *d)
{
	d->draining = true;
	abandon(d);
	cc_modules_close(&d->modules);
	check_idle(d);
}

void
cc_dispatch_close(struct cc_dispatch *d)
{
	while (d->ended != NULL)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): freeing takes it off the list */
		free_delivery(d->ended);
	d->nended = 0;
	if (!d->away)
		free(d->posted);
	d->posted = NULL;
	cc_host_close(&d->host);
	uv_close((uv_handle_t *)&d->again, NULL);
}
