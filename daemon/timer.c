#include "daemon/timer.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "daemon/log.h"
#include "scheduler/clock.h"

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct cc_timer *t = poll->data;
	uint64_t times;
	ssize_t n;

	(void)events;
	if (status != 0)
		cc_log(CC_LOG_ERR, "timer: %s", uv_strerror(status));
	n = read(t->fd, &times, sizeof times);
	if (n < 0 && errno == EAGAIN)
		return;
	t->on_time(t, n < 0 && errno == ECANCELED);
}

enum cc_code
cc_timer_open(struct cc_timer *t, uv_loop_t *loop, struct cc_err *reterr)
{
	int rc;

	t->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (t->fd < 0)
		return cc_fail(reterr, CC_EIO, errno, "timer: %s", strerror(errno));
	rc = uv_poll_init(loop, &t->poll, t->fd);
	if (rc != 0) {
		(void)close(t->fd);
		return cc_fail(reterr, CC_EIO, -rc, "timer: %s", uv_strerror(rc));
	}
	t->poll.data = t;
	t->open = true;
	rc = uv_poll_start(&t->poll, UV_READABLE, on_poll);
	return rc == 0 ? CC_OK : cc_fail(reterr, CC_EIO, -rc, "timer: %s", uv_strerror(rc));
}

void
cc_timer_set(struct cc_timer *t, struct cc_wall at, struct cc_wall now)
{
	struct itimerspec spec = {{0, 0}, {0, 0}};
	int64_t s = now.s + CC_TIMER_MOST;

	if (cc_given(at) && at.s < s)
		s = at.s > now.s ? at.s : now.s + 1;
	spec.it_value.tv_sec = (time_t)(s > 0 ? s : 1);
	if (t->open && timerfd_settime(t->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
	    &spec, NULL) != 0 && errno != ECANCELED)
		cc_log(CC_LOG_ERR, "timer: %s", strerror(errno));
}

static void
on_closed(uv_handle_t *handle)
{
	struct cc_timer *t = handle->data;

	(void)close(t->fd);
}

void
cc_timer_close(struct cc_timer *t)
{
	if (!t->open)
		return;
	t->open = false;
	uv_close((uv_handle_t *)&t->poll, on_closed);
}
