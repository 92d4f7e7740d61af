#include "daemon/backoff.h"

cc_dur_s
cc_backoff(uint32_t attempt, int64_t retry_after, uint32_t jitter)
{
	cc_dur_s ceiling = CC_BACKOFF_LEAST, wait;

	for (uint32_t i = 0; i < attempt && ceiling < CC_BACKOFF_MOST; i++)
		ceiling *= 2;
	if (ceiling > CC_BACKOFF_MOST)
		ceiling = CC_BACKOFF_MOST;
	wait = CC_BACKOFF_LEAST + (cc_dur_s)(jitter % (uint32_t)(ceiling - CC_BACKOFF_LEAST + 1));
	return retry_after > wait ? retry_after : wait;
}
