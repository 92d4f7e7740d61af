#include "daemon/sd.h"

#include <systemd/sd-daemon.h>

/* An answer may take as long as a slow disk does: it is asked for each time, and what
 * counts is that it came since the last time. */
static void
on_timer(uv_timer_t *timer)
{
	struct cc_sd *s = timer->data;
	uint64_t beats = cc_engine_beats(s->engine);

	if (beats != s->beats)
		(void)sd_notify(0, "WATCHDOG=1");	/* nobody listening is no fault */
	s->beats = beats;
	cc_engine_poke(s->engine);
}

void
cc_sd_open(struct cc_sd *s, uv_loop_t *loop, struct cc_engine *e)
{
	uint64_t usec = 0, ms;

	s->engine = e;
	s->open = true;
	(void)uv_timer_init(loop, &s->timer);	/* cannot fail */
	s->timer.data = s;
	s->watched = sd_watchdog_enabled(0, &usec) > 0 && usec > 0;
	if (!s->watched)
		return;
	ms = usec / 4000;
	cc_engine_poke(e);
	(void)uv_timer_start(&s->timer, on_timer, ms > 0 ? ms : 1, ms > 0 ? ms : 1);
}

void
cc_sd_close(struct cc_sd *s)
{
	if (!s->open)
		return;
	s->open = false;
	uv_close((uv_handle_t *)&s->timer, NULL);
}

void
cc_sd_ready(const char *status)
{
	(void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void
cc_sd_status(const char *status)
{
	(void)sd_notifyf(0, "STATUS=%s", status);
}

void
cc_sd_reloading(void)
{
	(void)sd_notify(0, "RELOADING=1\nSTATUS=Reading the configuration again");
}

void
cc_sd_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1\nSTATUS=Finishing what is under way");
}
