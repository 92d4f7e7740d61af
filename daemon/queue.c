#include "daemon/queue.h"

#include <assert.h>
#include <string.h>

enum cc_code
cc_queue_init(struct cc_queue *q, uint32_t max, size_t max_bytes,
    struct cc_err *reterr)
{
	int rc;

	memset(q, 0, sizeof *q);
	rc = pthread_mutex_init(&q->lock, NULL);
	if (rc != 0)
		return cc_fail(reterr, CC_ENOMEM, rc, "queue: no lock");
	rc = pthread_cond_init(&q->filled, NULL);
	if (rc != 0) {
		(void)pthread_mutex_destroy(&q->lock);
		return cc_fail(reterr, CC_ENOMEM, rc, "queue: no condition");
	}
	q->last = &q->first;
	q->max = max;
	q->max_bytes = max_bytes;
	return CC_OK;
}

void
cc_queue_done(struct cc_queue *q)
{
	assert(q->first == NULL);
	(void)pthread_cond_destroy(&q->filled);
	(void)pthread_mutex_destroy(&q->lock);
}

/* Locking an initialised mutex of the normal kind cannot fail. */
static void
lock(struct cc_queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
}

static void
unlock(struct cc_queue *q)
{
	(void)pthread_mutex_unlock(&q->lock);
}

static bool
put(struct cc_queue *q, struct cc_queued *item, bool force)
{
	bool taken;

	lock(q);
	taken = !q->closed && (force || (q->n < q->max &&
	    (q->n == 0 || q->bytes + item->bytes <= q->max_bytes)));
	if (taken) {
		item->next = NULL;
		*q->last = item;
		q->last = &item->next;
		q->n++;
		q->bytes += item->bytes;
		(void)pthread_cond_signal(&q->filled);
	}
	unlock(q);
	return taken;
}

bool
cc_queue_push(struct cc_queue *q, struct cc_queued *item)
{
	return put(q, item, false);
}

bool
cc_queue_force(struct cc_queue *q, struct cc_queued *item)
{
	return put(q, item, true);
}

struct cc_queued *
cc_queue_take(struct cc_queue *q, uint32_t max, bool wait)
{
	struct cc_queued *first, **end;
	uint32_t n = 0;

	lock(q);
	while (wait && q->first == NULL && !q->poked && !q->closed)
		(void)pthread_cond_wait(&q->filled, &q->lock);
	q->poked = false;
	first = q->first;
	for (end = &q->first; *end != NULL && n < max; end = &(*end)->next) {
		q->bytes -= (*end)->bytes;
		n++;
	}
	q->n -= n;
	if (n > 0) {
		q->first = *end;
		*end = NULL;
		if (q->first == NULL)
			q->last = &q->first;
	}
	unlock(q);
	return n > 0 ? first : NULL;
}

void
cc_queue_poke(struct cc_queue *q)
{
	lock(q);
	q->poked = true;
	(void)pthread_cond_signal(&q->filled);
	unlock(q);
}

void
cc_queue_close(struct cc_queue *q)
{
	lock(q);
	q->closed = true;
	(void)pthread_cond_signal(&q->filled);
	unlock(q);
}

bool
cc_queue_closed(struct cc_queue *q)
{
	bool closed;

	lock(q);
	closed = q->closed;
	unlock(q);
	return closed;
}

bool
cc_queue_roomy(struct cc_queue *q)
{
	bool roomy;

	lock(q);
	roomy = q->n <= q->max / 2 && q->bytes <= q->max_bytes / 2;
	unlock(q);
	return roomy;
}

uint32_t
cc_queue_length(struct cc_queue *q)
{
	uint32_t n;

	lock(q);
	n = q->n;
	unlock(q);
	return n;
}
