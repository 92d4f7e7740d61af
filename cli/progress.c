#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/screen.h"

enum { EVERY_MS = 100, BAR_MAX = 60, WORDS = 44 };

int64_t
cc_progress_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
cc_progress_begin(struct cc_progress *p, uint64_t total)
{
	*p = (struct cc_progress){.total = total};
	p->on = cc_screen_width(stderr) > 0;
	p->began = cc_progress_now();
}

static void
draw_bar(const struct cc_progress *p, uint64_t bytes, unsigned columns)
{
	char bar[BAR_MAX + 1];
	unsigned share = bytes >= p->total ? 100 : (unsigned)(bytes * 100 / p->total);
	unsigned full = columns * share / 100;

	memset(bar, '.', columns);
	memset(bar, '#', full);
	bar[columns] = '\0';
	cc_say("[%s] %3u%%  ", bar, share);
}

void
cc_progress_show(struct cc_progress *p, uint64_t bytes, uint64_t lines)
{
	int64_t now = p->on ? cc_progress_now() : 0, ms = now - p->began;
	unsigned width;

	if (!p->on || (p->drawn && now - p->last < EVERY_MS))
		return;
	width = cc_screen_width(stderr);
	cc_say("\r");
	if (p->total > 0 && width > WORDS)
		draw_bar(p, bytes, width - WORDS > BAR_MAX ? BAR_MAX : width - WORDS);
	cc_say("%llu lines, %llu/s\033[K", (unsigned long long)lines,
	    (unsigned long long)(ms > 0 ? lines * 1000 / (uint64_t)ms : 0));
	p->drawn = true;
	p->last = now;
}

void
cc_progress_clear(struct cc_progress *p)
{
	if (p->drawn)
		cc_say("\r\033[K");
	p->drawn = false;
}
