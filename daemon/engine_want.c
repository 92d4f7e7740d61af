/* What the dispatcher has room for; the contract is in daemon/engine.h. */
#include "daemon/engine_inner.h"

#include <string.h>

/* Of a channel that has no quota of its own, `each`. */
static uint32_t
quota_of(const struct cc_quota *quotas, uint32_t n, uint32_t each, const char *channel)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(quotas[i].channel, channel) == 0)
			return quotas[i].n;
	return each;
}

/* Whether something may be claimed now that could not be before. */
static bool
opens(const struct cc_wanted *was, const struct cc_want *is, uint32_t n)
{
	if (is->total == 0)
		return false;
	if (was->total == 0 || was->seen != is->seen || (was->each == 0 && is->each > 0))
		return true;
	for (uint32_t i = 0; i < n; i++)
		if (is->quotas[i].n > 0 &&
		    quota_of(was->quotas, was->n, was->each, is->quotas[i].channel) == 0)
			return true;
	return false;
}

void
cc_engine_want(struct cc_engine *e, const struct cc_want *w)
{
	struct cc_wanted *to = &e->wanted;
	uint32_t n = w->n < CC_ENGINE_QUOTAS ? w->n : CC_ENGINE_QUOTAS;
	bool poke;

	(void)pthread_mutex_lock(&to->lock);	/* of a sound mutex these cannot fail */
	poke = opens(to, w, n);
	to->total = w->total;
	to->each = w->each;
	to->seen = w->seen;
	to->n = n;
	if (n > 0)
		memcpy(to->quotas, w->quotas, n * sizeof *w->quotas);
	(void)pthread_mutex_unlock(&to->lock);
	if (poke)
		cc_queue_poke(&e->queue);
}

void
cc_engine_take_want(struct cc_engine *e)
{
	struct cc_wanted *from = &e->wanted;

	(void)pthread_mutex_lock(&from->lock);
	e->total = from->seen == e->claims ? from->total : 0;
	e->each = from->each;
	e->nquotas = from->n;
	for (uint32_t i = 0; i < from->n; i++) {
		memcpy(e->channels[i], from->quotas[i].channel, sizeof e->channels[i]);
		e->quotas[i].channel = (struct cc_str){e->channels[i],
		    (uint32_t)strlen(e->channels[i])};
		e->quotas[i].n = from->quotas[i].n;
	}
	(void)pthread_mutex_unlock(&from->lock);
}
