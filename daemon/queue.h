/*
 * daemon/queue.h - a bounded queue from one thread to another.
 *
 * Source:    DESIGN.md section 8 (one bounded queue; full: the reader is paused).
 * Purpose:   work goes over in order, in groups; whoever fills it is told "full"
 *            and never waits, whoever empties it may wait.
 * Ownership: an item is given with a push that succeeds, and given back by take.
 *            Items embed struct cc_queued first.
 * Limits:    `max` items and `max_bytes` of their `bytes`; cc_queue_force is for
 *            what is bounded elsewhere.
 * Threads:   any; take from one thread only.
 */
#ifndef CC_DAEMON_QUEUE_H
#define CC_DAEMON_QUEUE_H

#include <pthread.h>

#include "scheduler/base.h"

struct cc_queued {
	struct cc_queued *next;
	uint32_t bytes;
};

struct cc_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct cc_queued *first, **last;
	uint32_t n, max;
	size_t bytes, max_bytes;
	bool closed, poked;
};

/* CC_ENOMEM  the system has no more locks. */
enum cc_code cc_queue_init(struct cc_queue *q, uint32_t max, size_t max_bytes,
    struct cc_err *reterr) CC_MUST_USE;
/* The queue must be empty. */
void cc_queue_done(struct cc_queue *q);

/* False, and nothing is taken, when the queue is full or closed. */
bool cc_queue_push(struct cc_queue *q, struct cc_queued *item) CC_MUST_USE;
/* The same beyond the limits; false only when closed. */
bool cc_queue_force(struct cc_queue *q, struct cc_queued *item) CC_MUST_USE;

/* Up to `max` items in order, linked by next; NULL when there are none.  With
 * `wait` it waits for an item, a poke or the closing first. */
struct cc_queued *cc_queue_take(struct cc_queue *q, uint32_t max, bool wait);

/* Ends a wait, the present one or the next. */
void cc_queue_poke(struct cc_queue *q);

/* Nothing more is taken in; what is there can still be taken out. */
void cc_queue_close(struct cc_queue *q);
bool cc_queue_closed(struct cc_queue *q);

/* True when less than half of either limit is used: time to read on. */
bool cc_queue_roomy(struct cc_queue *q);
uint32_t cc_queue_length(struct cc_queue *q);

#endif
