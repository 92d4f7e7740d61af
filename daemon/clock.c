#include "daemon/clock.h"

#include <time.h>

struct cc_now
cc_now_read(void)
{
	struct timespec wall = {0}, mono = {0};
	struct cc_now now;

	(void)clock_gettime(CLOCK_REALTIME, &wall);	/* both clocks always exist */
	(void)clock_gettime(CLOCK_MONOTONIC, &mono);
	now.wall.s = wall.tv_sec;
	now.mono.ms = (int64_t)mono.tv_sec * 1000 + mono.tv_nsec / 1000000;
	return now;
}

struct cc_now
cc_now_system(void *self)
{
	(void)self;
	return cc_now_read();
}
