#include "daemon/dispatch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/backoff.h"
#include "daemon/dispatch_inner.h"
#include "daemon/log.h"
#include "wire/message.h"

enum { AGAIN_MS = 1000, SWEEP_MS = 1000 };

/* One attempt at one message. */
struct cc_delivery {
	struct cc_notify_req req;
	struct cc_dispatch *all;
	struct cc_delivery *next, **prev;
	struct cc_claimed *batch;
	const struct cc_store_message *row;
	struct cc_channel *channel;
	const struct cc_notifier *by;
	void *module;			/* NULL: it has none (any more) */
	struct cc_endpoint_answered answered;
	struct cc_message message;
	struct cc_message_doc *doc;
	struct cc_now started;
	struct cc_outcome outcome;
	bool cancelled;		/* it took too long */
	bool orphan;		/* its module was closed, and will answer */
};

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

/* Its endpoint has shut: whatever of it is under way comes back and waits. */
static void
call_off(struct cc_dispatch *d, const struct cc_channel *c)
{
	for (struct cc_delivery *y = d->busy; y != NULL; y = y->next)
		if (y->channel == c && !y->orphan && y->module != NULL)
			y->by->cancel(y->module, &y->req);
}

static void
report_shut(struct cc_dispatch *d, const struct cc_channel *c)
{
	struct cc_now now = d->now(d->now_self);
	struct cc_mono until = cc_endpoint_until(&c->end, now.mono);

	if (c->end.phase == CC_ENDPOINT_DISABLED) {
		CC_COUNT(d->figures, endpoints_disabled);
		return;		/* the engine says it, when it is written down */
	}
	CC_COUNT(d->figures, endpoints_opened);
	cc_log(CC_LOG_WARN, "endpoint %s failed %u times one after the other and is left alone "
	    "for %lld s; its messages wait", c->name, c->end.failures,
	    (long long)((until.ms - now.mono.ms + 999) / 1000));
}

static void
end_delivery(struct cc_delivery *y)
{
	struct cc_dispatch *d = y->all;
	struct cc_channel *c = y->channel;
	struct cc_now now = d->now(d->now_self);
	bool shut = false;

	y->outcome.no = y->row->no;
	y->outcome.fence = y->row->fence;
	y->outcome.now = now.wall;
	unlink_delivery(y);
	link_delivery(&d->ended, y);
	d->nbusy--;
	d->nended++;
	if (y->answered.answer == 0)
		cc_endpoint_put_back(&c->end, &d->limits);
	else
		shut = cc_endpoint_end(&c->end, &d->limits, &y->answered, now.mono);
	post(d);	/* it may be gone after this */
	if (shut) {
		report_shut(d, c);
		call_off(d, c);
	}
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

static uint32_t
random_number(void)
{
	uint32_t n = 0;

	(void)uv_random(NULL, NULL, &n, sizeof n, 0, NULL);	/* 0 will do */
	return n;
}

/* Once more later, or given up when its time is over before that. */
static void
retry(struct cc_delivery *y, int64_t retry_after)
{
	struct cc_dispatch *d = y->all;
	struct cc_wall now = d->now(d->now_self).wall;

	y->outcome.next = (struct cc_wall){now.s + cc_backoff(&d->limits.backoff,
	    y->row->attempts + 1, retry_after, random_number())};
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

/* A mail server that puts off one recipient ("451") is there for the others; one that
 * closes its doors says 421. */
static bool
about_one_message(const struct cc_notify_result *r)
{
	return r->code[0] == '4' && strcmp(r->code, "421") != 0 &&
	    strspn(r->code, "0123456789") == 3 && (r->code[3] == '\0' || r->code[3] == ' ');
}

static enum cc_endpoint_answer
answer_of(const struct cc_delivery *y, const struct cc_notify_result *r)
{
	switch (r->outcome) {
	case CC_NOTIFY_SENT:
	case CC_NOTIFY_PERM_FAIL:
		return CC_ANSWER_GOOD;
	case CC_NOTIFY_TEMP_FAIL:
		return about_one_message(r) ? CC_ANSWER_GOOD : CC_ANSWER_BAD;
	case CC_NOTIFY_CANCELLED:
		return y->cancelled ? CC_ANSWER_BAD : CC_ANSWER_NONE;
	case CC_NOTIFY_DISABLED:
		break;
	}
	return CC_ANSWER_GONE;
}

static void
give_up(struct cc_delivery *y, const struct cc_notify_result *r)
{
	y->outcome.to = CC_OUTBOX_DEAD;
	y->outcome.attempt = CC_ATTEMPT_PERM;
	y->outcome.disabled = r->outcome == CC_NOTIFY_DISABLED;
	CC_COUNT(y->all->figures, given_up);
	cc_log(CC_LOG_ERR, "message %.*s to %s is given up: %s %s", (int)y->row->id.n,
	    y->row->id.p, y->channel->name, r->code, r->detail);
}

static void
settle(struct cc_delivery *y, const struct cc_notify_result *r)
{
	switch (r->outcome) {
	case CC_NOTIFY_SENT:
		y->outcome.to = CC_OUTBOX_SENT;
		y->outcome.attempt = CC_ATTEMPT_SENT;
		CC_COUNT(y->all->figures, sent);
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
	give_up(y, r);
}

static void
on_done(struct cc_notify_req *req, const struct cc_notify_result *r)
{
	struct cc_delivery *y = req->data;
	struct cc_dispatch *d = y->all;

	CC_COUNT(d->figures, attempts);
	y->outcome.started = y->started.wall;
	y->outcome.ended = d->now(d->now_self).wall;
	y->answered = (struct cc_endpoint_answered){.answer = answer_of(y, r),
	    .retry_after = r->retry_after, .jitter = random_number()};
	set_words(&y->outcome, r->code, r->detail);
	settle(y, r);
	end_delivery(y);	/* it may be gone after this */
	cc_dispatch_tick(d);
}

/* --- an attempt begins ------------------------------------------------------------ */

static void
fail(struct cc_delivery *y, bool for_good, const char *code, const char *words)
{
	y->outcome.started = y->outcome.ended = y->started.wall;
	y->answered.answer = CC_ANSWER_NONE;
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
	const struct cc_module *m = cc_modules_find(&y->all->modules, y->row->channel);
	struct cc_err err = {.msg = ""};
	enum cc_code code;

	if (y->all->draining) {
		put_off(y, "stopping");
		return;
	}
	if (m == NULL) {
		fail(y, false, "configuration", "there is no such channel any more");
		return;
	}
	if (cc_message_parse(y->row->payload.p, y->row->payload.n, &y->message, &y->doc,
	    &err) != CC_OK) {
		fail(y, true, "payload", err.msg);
		return;
	}
	y->by = m->by;
	y->req.message = &y->message;
	y->req.to = y->row->address.p;
	y->req.attempt = y->row->attempts + 1;
	y->req.done = on_done;
	y->req.data = y;
	code = m->by->send(m->self, &y->req, &err);
	y->module = code == CC_OK ? m->self : NULL;
	if (code == CC_EBUSY)
		put_off(y, "queue full");
	else if (code != CC_OK)
		fail(y, false, cc_code_text(code), err.msg);
}

void
cc_dispatch_claimed(struct cc_dispatch *d, struct cc_claimed *c)
{
	uint32_t n = c->rows.n;

	d->seen++;
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
		y->channel = cc_channel_of(d, y->row->channel);
		cc_endpoint_begin(&y->channel->end);
		link_delivery(&d->busy, y);
		d->nbusy++;
		attempt(y);	/* it may be gone after this */
	}
	if (--c->left == 0)
		cc_claimed_free(c);
	cc_dispatch_tick(d);
}

/* --- time ------------------------------------------------------------------------ */

static void
sweep(struct cc_dispatch *d, struct cc_mono now)
{
	struct cc_delivery *y, *next;

	if (now.ms - d->swept.ms < SWEEP_MS)
		return;
	d->swept = now;
	for (y = d->busy; y != NULL; y = next) {
		next = y->next;
		if (y->cancelled || y->orphan || y->module == NULL ||
		    now.ms - y->started.mono.ms < CC_DISPATCH_LONGEST * INT64_C(1000))
			continue;
		y->cancelled = true;
		y->by->cancel(y->module, &y->req);
	}
}

void
cc_dispatch_tick(struct cc_dispatch *d)
{
	if (d->draining)
		return;
	cc_channels_say(d);
	sweep(d, d->now(d->now_self).mono);
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
	d->modules = (struct cc_modules){.n = 0};
	d->nchannels = d->nbusy = d->nended = 0;
	d->busy = d->ended = NULL;
	d->posted = NULL;
	d->away = d->draining = false;
	(void)uv_timer_init(loop, &d->again);	/* cannot fail */
	d->again.data = d;
	(void)uv_timer_init(loop, &d->open);	/* cannot fail */
	d->open.data = d;
	d->seen = 0;
	d->swept.ms = 0;
}

/* What the modules have under way will be answered as cancelled. */
static void
abandon(struct cc_dispatch *d)
{
	for (struct cc_delivery *y = d->busy; y != NULL; y = y->next)
		y->orphan = true;
}

void
cc_dispatch_use(struct cc_dispatch *d, const struct cc_modules *m,
    const struct cc_config *cf)
{
	struct cc_modules old = d->modules;

	abandon(d);
	d->modules = *m;
	cc_channels_use(d, cf);
	cc_modules_close(&old);
	cc_dispatch_tick(d);
}

void
cc_dispatch_drain(struct cc_dispatch *d)
{
	static const struct cc_want nothing = {.total = 0};

	d->draining = true;
	cc_engine_want(d->engine, &nothing);
	(void)uv_timer_stop(&d->open);	/* cannot fail */
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
	uv_close((uv_handle_t *)&d->open, NULL);
	cc_channels_free(d);
}
