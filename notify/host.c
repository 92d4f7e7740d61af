#include "notify/host.h"

#include <assert.h>
#include <signal.h>
#include <string.h>

/* What a function puts off meanwhile waits for the next turn, so that the loop
 * never starves. */
static void
on_idle(uv_idle_t *idle)
{
	struct cc_host *h = idle->data;
	struct cc_notify_defer *d = h->first, *next;

	h->first = NULL;
	h->last = &h->first;
	for (; d != NULL; d = next) {
		next = d->next;
		d->next = NULL;
		d->waiting = false;
		d->fn(d);	/* may free d */
	}
	if (h->first == NULL)
		(void)uv_idle_stop(idle);	/* cannot fail */
}

static void
host_defer(struct cc_notify_host *lent, struct cc_notify_defer *d)
{
	struct cc_host *h = (struct cc_host *)(void *)lent;

	assert(!d->waiting && d->fn != NULL);
	d->waiting = true;
	d->next = NULL;
	*h->last = d;
	h->last = &d->next;
	(void)uv_idle_start(&h->idle, on_idle);	/* fails only without callback */
}

void
cc_host_init(struct cc_host *h, uv_loop_t *loop)
{
	memset(h, 0, sizeof *h);
	h->last = &h->first;
	h->lent.loop = loop;
	h->lent.defer = host_defer;
	(void)uv_idle_init(loop, &h->idle);	/* cannot fail */
	h->idle.data = h;
	(void)signal(SIGPIPE, SIG_IGN);	/* cannot fail; modules write to programs */
}

void
cc_host_close(struct cc_host *h)
{
	assert(h->first == NULL);
	uv_close((uv_handle_t *)&h->idle, NULL);
}
