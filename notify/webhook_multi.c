#include "notify/webhook_multi.h"

#include <stdlib.h>

enum { CONNECTIONS_KEPT = 64 };	/* idle ones, over all endpoints */

struct cc_multi {
	CURLM *curl;
	uv_loop_t *loop;
	uv_timer_t timer;
	void *owner;
	cc_multi_done_fn *on_done;
	bool closing;
};

/* One socket of libcurl; lives until its handle is closed. */
struct watch {
	uv_poll_t poll;
	curl_socket_t fd;
	struct cc_multi *multi;
};

static void
drain(struct cc_multi *m)
{
	const CURLMsg *msg;
	int left;

	while (!m->closing && (msg = curl_multi_info_read(m->curl, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		CURLcode code = msg->data.result;	/* gone after the removal */

		if (msg->msg != CURLMSG_DONE)
			continue;
		cc_multi_remove(m, easy);
		m->on_done(m->owner, easy, code);
	}
}

static void
act(struct cc_multi *m, curl_socket_t fd, int events)
{
	int running;

	(void)curl_multi_socket_action(m->curl, fd, events, &running);
	drain(m);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	int flags = 0;

	if (status < 0)
		flags = CURL_CSELECT_ERR;
	if ((events & UV_READABLE) != 0)
		flags |= CURL_CSELECT_IN;
	if ((events & UV_WRITABLE) != 0)
		flags |= CURL_CSELECT_OUT;
	act(w->multi, w->fd, flags);
}

static void
on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
on_timeout(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

/* Only notes the time: libcurl must not be called from inside its callbacks. */
static int
on_timer(CURLM *curl, long ms, void *arg)
{
	struct cc_multi *m = arg;

	(void)curl;
	if (m->closing)
		return 0;
	if (ms < 0)
		(void)uv_timer_stop(&m->timer);
	else
		(void)uv_timer_start(&m->timer, on_timeout, ms == 0 ? 1 : (uint64_t)ms, 0);
	return 0;
}

static struct watch *
new_watch(struct cc_multi *m, curl_socket_t fd)
{
	struct watch *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	if (uv_poll_init_socket(m->loop, &w->poll, fd) != 0) {
		free(w);
		return NULL;
	}
	w->poll.data = w;
	w->fd = fd;
	w->multi = m;
	(void)curl_multi_assign(m->curl, fd, w);	/* the socket is known to it */
	return w;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct cc_multi *m = arg;
	struct watch *w = socket_arg;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w != NULL) {
			(void)uv_poll_stop(&w->poll);
			uv_close((uv_handle_t *)&w->poll, on_watch_closed);
			(void)curl_multi_assign(m->curl, fd, NULL);
		}
		return 0;
	}
	if (w == NULL && (w = new_watch(m, fd)) == NULL)
		return -1;
	if (what != CURL_POLL_OUT)
		events |= UV_READABLE;
	if (what != CURL_POLL_IN)
		events |= UV_WRITABLE;
	return uv_poll_start(&w->poll, events, on_poll) == 0 ? 0 : -1;
}

enum cc_code
cc_multi_open(uv_loop_t *loop, void *owner, cc_multi_done_fn *on_done,
    struct cc_multi **ret, struct cc_err *reterr)
{
	struct cc_multi *m = calloc(1, sizeof *m);

	if (m == NULL || (m->curl = curl_multi_init()) == NULL) {
		free(m);
		return cc_fail(reterr, CC_ENOMEM, 0, "webhook: no memory");
	}
	m->loop = loop;
	m->owner = owner;
	m->on_done = on_done;
	(void)uv_timer_init(loop, &m->timer);	/* cannot fail */
	m->timer.data = m;
	(void)curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	(void)curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, on_timer);
	(void)curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
	(void)curl_multi_setopt(m->curl, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	(void)curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
	*ret = m;
	return CC_OK;
}

enum cc_code
cc_multi_add(struct cc_multi *m, CURL *easy, struct cc_err *reterr)
{
	CURLMcode rc = curl_multi_add_handle(m->curl, easy);

	return rc == CURLM_OK ? CC_OK :
	    cc_fail(reterr, CC_ENOMEM, (int)rc, "webhook: %s", curl_multi_strerror(rc));
}

void
cc_multi_remove(struct cc_multi *m, CURL *easy)
{
	(void)curl_multi_remove_handle(m->curl, easy);	/* fails for a stranger only */
}

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
cc_multi_close(struct cc_multi *m)
{
	if (m == NULL)
		return;
	m->closing = true;
	(void)curl_multi_cleanup(m->curl);	/* kept connections: on_socket closes them */
	uv_close((uv_handle_t *)&m->timer, on_timer_closed);
}
