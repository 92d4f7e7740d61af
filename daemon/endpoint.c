#include "daemon/endpoint.h"

#include <assert.h>

static int64_t
bucket(const struct cc_endpoint_limits *l)
{
	int64_t n = l->rate / CC_ENDPOINT_BURST;

	return (n < 1 ? 1 : n) * CC_ENDPOINT_TOKEN;
}

void
cc_endpoint_init(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l,
    struct cc_mono now)
{
	*e = (struct cc_endpoint_state){.phase = CC_ENDPOINT_OK, .tokens = bucket(l),
	    .filled = now};
}

/* A bucket is full after 15 s at the latest, at a message a minute after one, so that
 * a longer time counts as two minutes: nothing overflows. */
static void
refill(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l, struct cc_mono now)
{
	int64_t ms = now.ms > e->filled.ms ? now.ms - e->filled.ms : 0;

	if (ms > 2 * CC_ENDPOINT_TOKEN)
		ms = 2 * CC_ENDPOINT_TOKEN;
	e->tokens += ms * l->rate;
	if (e->tokens > bucket(l))	/* also when the rate is less than it was */
		e->tokens = bucket(l);
	e->filled = now;
}

void
cc_endpoint_pass(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l,
    struct cc_mono now)
{
	refill(e, l, now);
	if (e->rest_until.ms != 0 && now.ms >= e->rest_until.ms)
		e->rest_until.ms = 0;
	if (e->phase == CC_ENDPOINT_OPEN && now.ms >= e->open_until.ms) {
		e->phase = CC_ENDPOINT_HALF;
		e->probing = false;
	}
}

uint32_t
cc_endpoint_room(const struct cc_endpoint_state *e, const struct cc_endpoint_limits *l,
    struct cc_mono now)
{
	int64_t n = l->deliveries > e->busy ? l->deliveries - e->busy : 0;

	if (e->phase == CC_ENDPOINT_DISABLED || e->phase == CC_ENDPOINT_OPEN ||
	    now.ms < e->rest_until.ms)
		return 0;
	if (e->phase == CC_ENDPOINT_HALF && n > (e->probing ? 0 : 1))
		n = e->probing ? 0 : 1;
	if (n > e->tokens / CC_ENDPOINT_TOKEN)
		n = e->tokens / CC_ENDPOINT_TOKEN;
	return n < 0 ? 0 : (uint32_t)n;
}

struct cc_mono
cc_endpoint_next(const struct cc_endpoint_state *e, const struct cc_endpoint_limits *l,
    struct cc_mono now)
{
	struct cc_mono t = now;

	if (e->phase == CC_ENDPOINT_DISABLED || e->busy >= l->deliveries ||
	    (e->phase == CC_ENDPOINT_HALF && e->probing))
		return (struct cc_mono){INT64_MAX};
	if (e->tokens < CC_ENDPOINT_TOKEN)
		t.ms = e->filled.ms + (CC_ENDPOINT_TOKEN - e->tokens + l->rate - 1) / l->rate;
	if (e->phase == CC_ENDPOINT_OPEN && e->open_until.ms > t.ms)
		t = e->open_until;
	return e->rest_until.ms > t.ms ? e->rest_until : t;
}

void
cc_endpoint_begin(struct cc_endpoint_state *e)
{
	e->busy++;
	e->tokens -= CC_ENDPOINT_TOKEN;
	if (e->phase == CC_ENDPOINT_HALF)
		e->probing = true;
}

void
cc_endpoint_put_back(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l)
{
	assert(e->busy > 0);
	e->busy--;
	e->tokens += CC_ENDPOINT_TOKEN;
	if (e->tokens > bucket(l))
		e->tokens = bucket(l);
	if (e->phase == CC_ENDPOINT_HALF)
		e->probing = false;
}

/* The first time for about retry_first, then twice as long each time; half of it is
 * chance. */
static void
open_it(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l, uint32_t jitter,
    struct cc_mono now)
{
	const struct cc_backoff_range *r = &l->backoff;
	cc_dur_s wait = r->first, half;

	for (uint32_t i = 0; i < e->opens && wait < r->most; i++)
		wait *= 2;
	if (wait > r->most)
		wait = r->most;
	half = (wait - r->first < wait / 2 ? wait - r->first : wait / 2) * 1000;
	e->open_until.ms = now.ms + wait * 1000 - half +
	    (int64_t)(jitter % (uint64_t)(half + 1));
	e->phase = CC_ENDPOINT_OPEN;
	e->opens++;
	e->probing = false;
}

static bool
fail(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l, uint32_t jitter,
    struct cc_mono now)
{
	if (e->failures < UINT32_MAX)
		e->failures++;
	if (e->phase == CC_ENDPOINT_HALF ||
	    (e->phase == CC_ENDPOINT_OK && e->failures >= l->breaker)) {
		open_it(e, l, jitter, now);
		return true;
	}
	return false;
}

bool
cc_endpoint_end(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l,
    const struct cc_endpoint_answered *a, struct cc_mono now)
{
	struct cc_mono rest = {now.ms + a->retry_after * 1000};

	assert(e->busy > 0);
	e->busy--;
	if (e->phase == CC_ENDPOINT_DISABLED)
		return false;
	switch (a->answer) {
	case CC_ANSWER_GOOD:
		e->phase = CC_ENDPOINT_OK;
		e->failures = e->opens = 0;
		e->probing = false;
		return false;
	case CC_ANSWER_GONE:
		cc_endpoint_disable(e);
		return true;
	case CC_ANSWER_NONE:
		if (e->phase == CC_ENDPOINT_HALF)
			e->probing = false;
		return false;
	case CC_ANSWER_BAD:
		break;
	}
	if (a->retry_after > 0 && rest.ms > e->rest_until.ms)
		e->rest_until = rest;
	return fail(e, l, a->jitter, now);
}

void
cc_endpoint_disable(struct cc_endpoint_state *e)
{
	e->phase = CC_ENDPOINT_DISABLED;
}

void
cc_endpoint_enable(struct cc_endpoint_state *e)
{
	e->phase = CC_ENDPOINT_OK;
	e->failures = e->opens = 0;
	e->probing = false;
	e->rest_until.ms = 0;
}

const char *
cc_endpoint_text(const struct cc_endpoint_state *e, struct cc_mono now)
{
	if (e->phase == CC_ENDPOINT_DISABLED)
		return "disabled";
	if (e->phase != CC_ENDPOINT_OK)
		return "open";
	return now.ms < e->rest_until.ms ? "resting" : "ok";
}

struct cc_mono
cc_endpoint_until(const struct cc_endpoint_state *e, struct cc_mono now)
{
	struct cc_mono t = {0};

	if (e->phase == CC_ENDPOINT_DISABLED)
		return t;
	if (now.ms < e->rest_until.ms)
		t = e->rest_until;
	if (e->phase == CC_ENDPOINT_OPEN && e->open_until.ms > t.ms)
		t = e->open_until;
	return t;
}
