/*
 * daemon/endpoint.h - how much may be sent to one far side now.
 *
 * Source:    DESIGN.md section 7 (Delivery).
 * Purpose:   an endpoint is what stands behind one channel: the mail server, a webhook's
 *            URL, a program.  At most `deliveries` messages are under way, `rate` a
 *            minute begin, and a far side that fails is left alone:
 *
 *              OK --breaker temporary failures, one after the other--> OPEN
 *              OPEN --its wait is over--> HALF: one message tries
 *              HALF --failure--> OPEN, for about twice as long
 *              OPEN, HALF --any answer--> OK
 *              any --410--> DISABLED, until cc_endpoint_enable
 *
 *            Beside that it rests while a Retry-After of its own says so.
 * Purity:    no clock, no I/O, no allocation; jitter is an argument.
 * Units:     struct cc_mono is milliseconds of the monotonic clock; waits seconds.
 * Invariant: a wait is at least retry_first and, but for a Retry-After, at most
 *            retry_most.
 */
#ifndef CC_DAEMON_ENDPOINT_H
#define CC_DAEMON_ENDPOINT_H

#include "daemon/backoff.h"
#include "daemon/clock.h"

enum {
	CC_ENDPOINT_TOKEN = 60000,	/* a message; `rate` of these come back a millisecond */
	CC_ENDPOINT_BURST = 4		/* a minute's part that may go at once: a quarter */
};

enum cc_endpoint_phase {
	CC_ENDPOINT_OK = 1, CC_ENDPOINT_OPEN, CC_ENDPOINT_HALF, CC_ENDPOINT_DISABLED
};

struct cc_endpoint_limits {
	uint32_t deliveries, rate, breaker;
	struct cc_backoff_range backoff;
};

struct cc_endpoint_state {
	enum cc_endpoint_phase phase;
	uint32_t busy;			/* messages under way */
	uint32_t failures;		/* temporary ones since the last answer */
	uint32_t opens;			/* since the last answer */
	bool probing;			/* HALF: the one message is under way */
	int64_t tokens;			/* in CC_ENDPOINT_TOKEN */
	struct cc_mono filled;		/* when the tokens were counted */
	struct cc_mono open_until;	/* OPEN */
	struct cc_mono rest_until;	/* 0: it does not rest */
};

enum cc_endpoint_answer {
	CC_ANSWER_GOOD = 1,	/* it answered, with whatever: it is there */
	CC_ANSWER_BAD,		/* it did not, or says that it cannot now */
	CC_ANSWER_NONE,		/* the attempt was called off */
	CC_ANSWER_GONE		/* 410 */
};

struct cc_endpoint_answered {
	enum cc_endpoint_answer answer;
	int64_t retry_after;		/* seconds, -1: none */
	uint32_t jitter;
};

void cc_endpoint_init(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l,
    struct cc_mono now);

/* Time passes: tokens come back, a wait ends.  Call it before the two below. */
void cc_endpoint_pass(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l,
    struct cc_mono now);

/* How many messages may begin now. */
uint32_t cc_endpoint_room(const struct cc_endpoint_state *e,
    const struct cc_endpoint_limits *l, struct cc_mono now);

/* Without room: when time alone makes some, INT64_MAX never. */
struct cc_mono cc_endpoint_next(const struct cc_endpoint_state *e,
    const struct cc_endpoint_limits *l, struct cc_mono now);

/* A message begins. */
void cc_endpoint_begin(struct cc_endpoint_state *e);

/* It is put back; nothing was tried. */
void cc_endpoint_put_back(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l);

/* It ended.  True: the endpoint has shut because of it, call off what else is under way. */
bool cc_endpoint_end(struct cc_endpoint_state *e, const struct cc_endpoint_limits *l,
    const struct cc_endpoint_answered *a, struct cc_mono now);

void cc_endpoint_disable(struct cc_endpoint_state *e);

/* Open again, with everything forgotten that held it back. */
void cc_endpoint_enable(struct cc_endpoint_state *e);

/* "ok", "resting", "open", "disabled"; and until when by the clock, 0 when that is not
 * known. */
const char *cc_endpoint_text(const struct cc_endpoint_state *e, struct cc_mono now);
struct cc_mono cc_endpoint_until(const struct cc_endpoint_state *e, struct cc_mono now);

#endif
