#include "daemon/backoff.h"

cc_dur_s
cc_backoff(const struct cc_backoff_range *r, uint32_t attempt, int64_t retry_after,
    uint32_t jitter)
{
	cc_dur_s ceiling = r->first, wait;

	for (uint32_t i = 0; i < attempt && ceiling < r->most; i++)
		ceiling *= 2;
	if (ceiling > r->most)
		ceiling = r->most;
	wait = r->first + (cc_dur_s)(jitter % (uint64_t)(ceiling - r->first + 1));
	return retry_after > wait ? retry_after : wait;
}
