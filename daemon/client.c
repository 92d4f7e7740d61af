#include "daemon/client.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/client_inner.h"
#include "daemon/log.h"
#include "policy/heap.h"
#include "wire/answer.h"

/* --- a connection's life ------------------------------------------------------- */

static void
unlink_client(struct cc_client *c)
{
	struct cc_clients *all = c->all;

	*c->prev = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		all->last = c->prev;
	all->n--;
	atomic_store(&all->figures->clients, all->n);
}

static void
link_client(struct cc_client *c)
{
	struct cc_clients *all = c->all;

	c->next = NULL;
	c->prev = all->last;
	*all->last = c;
	all->last = &c->next;
	all->n++;
	atomic_store(&all->figures->clients, all->n);
}

static void
on_closed(uv_handle_t *handle)
{
	struct cc_client *c = handle->data;
	struct cc_clients *all = c->all;

	cc_buf_done(&c->out);
	cc_buf_done(&c->sending);
	free(c->in);
	free(c);
	if (all->draining && all->n == 0)
		all->on_empty(all->self);
}

/* Lines that are with the engine come back to nobody. */
static void
forget_jobs(struct cc_client *c)
{
	struct cc_job *j = c->jobs, *next;

	for (; j != NULL; j = next) {
		next = j->next_of_client;
		if (j->away)
			j->client = NULL;
		else
			cc_job_free(j);
	}
	c->jobs = c->held = NULL;
	c->last_job = &c->jobs;
}

/* What the other side sent after its last words came would make the system reset the
 * connection under the answer: it is read away, as far as it is there already. */
static void
read_away(struct cc_client *c)
{
	char bin[4096];
	uv_os_fd_t fd;
	size_t left = CC_CLIENT_AWAY;
	ssize_t n = 1;

	if (uv_fileno((uv_handle_t *)&c->pipe, &fd) != 0)
		return;
	while (n > 0 && left > sizeof bin) {
		n = recv(fd, bin, sizeof bin, MSG_DONTWAIT);
		left -= n > 0 ? (size_t)n : 0;
	}
}

void
cc_client_close(struct cc_client *c)
{
	if (c->closing)
		return;
	c->closing = true;
	if (c->nin > 0 && !c->last_words)
		CC_COUNT(c->all->figures, half_lines);
	if (c->last_words || c->all->draining)
		read_away(c);
	forget_jobs(c);
	unlink_client(c);
	uv_close((uv_handle_t *)&c->pipe, on_closed);
}

static struct cc_client *
new_client(struct cc_clients *all)
{
	struct cc_client *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->all = all;
	c->last_job = &c->jobs;
	cc_buf_init(&c->out, CC_CLIENT_OUT_MAX);
	cc_buf_init(&c->sending, CC_CLIENT_OUT_MAX);
	(void)uv_pipe_init(all->loop, &c->pipe, 0);	/* cannot fail without ipc */
	c->pipe.data = c;
	c->write.data = c;
	link_client(c);
	return c;
}

static void
say_last(struct cc_client *c, enum cc_refusal code, const char *words)
{
	struct cc_refused r = {.code = CC_NOT_REFUSED};

	cc_refuse(&r, code, "", "%s", words);
	CC_COUNT(c->all->figures, clients_refused);
	c->last_words = true;
	if (cc_answer_put_refused(&c->out, &r) != CC_OK)
		cc_client_close(c);
	else
		cc_client_flush(c);
}

static void
begin(struct cc_client *c, struct cc_rights rights)
{
	c->rights = rights;
	CC_COUNT(c->all->figures, connections);
	if (c->all->n > c->all->setup->config.limits.clients)
		say_last(c, CC_REFUSED_OVERLOADED, "too many connections; try again later");
	else if (!rights.may[CC_RIGHT_SEND] && !rights.may[CC_RIGHT_READ] &&
	    !rights.may[CC_RIGHT_ADMIN])
		say_last(c, CC_REFUSED_FORBIDDEN, "this user may not speak to caseclockd");
	else
		cc_client_read(c);
}

void
cc_clients_accept(struct cc_clients *all, uv_stream_t *server)
{
	struct cc_client *c = new_client(all);
	struct cc_rights rights = {.uid = CC_UID_NOBODY};
	struct cc_err err;
	uv_os_fd_t fd;

	if (c == NULL) {
		cc_log(CC_LOG_ERR, "no memory for a connection");
		return;
	}
	if (uv_accept(server, (uv_stream_t *)&c->pipe) != 0 || all->draining ||
	    all->n > all->setup->config.limits.clients + CC_CLIENTS_SPARE ||
	    uv_fileno((uv_handle_t *)&c->pipe, &fd) != 0) {
		cc_client_close(c);
		return;
	}
	if (cc_peer_ask(fd, &all->setup->config, &rights, &err) != CC_OK)
		cc_log_err(CC_LOG_WARN, "a connection", &err);	/* has no right */
	begin(c, rights);
}

enum cc_code
cc_clients_open(struct cc_clients *all, int fd, struct cc_rights rights,
    struct cc_err *reterr)
{
	struct cc_client *c = new_client(all);
	int rc;

	if (c == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a connection");
	rc = uv_pipe_open(&c->pipe, fd);
	if (rc != 0) {
		cc_client_close(c);
		return cc_fail(reterr, CC_EIO, -rc, "connection: %s", uv_strerror(rc));
	}
	begin(c, rights);
	return CC_OK;
}

/* --- answers ------------------------------------------------------------------------ */

static enum cc_code
put_event_answer(struct cc_buf *b, const struct cc_job *j)
{
	struct cc_answer a = {.id = j->id, .source = j->source, .seq = j->seq};
	struct cc_refused r = {.code = CC_NOT_REFUSED};

	if (j->result == CC_RESULT_ACCEPTED || j->result == CC_RESULT_DUPLICATE) {
		a.status = j->result == CC_RESULT_ACCEPTED ? CC_ACCEPTED : CC_DUPLICATE;
		return cc_answer_put(b, &a);
	}
	cc_refused_of(&r, j->id, j->source);
	if (j->result == CC_RESULT_CONFLICT)
		cc_refuse(&r, CC_REFUSED_ID_CONFLICT, "/id", "an event of this source and id "
		    "is known with other content");
	else
		cc_refuse(&r, CC_REFUSED_STORAGE_FAILED, "", "the event could not be kept: "
		    "%s; send it again", j->why);
	return cc_answer_put_refused(b, &r);
}

static bool
put_answer(struct cc_client *c, const struct cc_job *j)
{
	size_t mark = c->out.n;

	if (j->work.kind == CC_WORK_EVENT)
		return put_event_answer(&c->out, j) == CC_OK;
	if (j->text == NULL)
		return false;
	cc_buf_put(&c->out, j->text, j->ntext);
	return cc_buf_end(&c->out, mark) == CC_OK;
}

/* Answers leave in the order of the lines: as far as they have come. */
void
cc_client_emit(struct cc_client *c)
{
	while (!c->closing && c->jobs != NULL && c->jobs->done) {
		struct cc_job *j = c->jobs;

		c->jobs = j->next_of_client;
		if (c->jobs == NULL)
			c->last_job = &c->jobs;
		c->pending--;
		if (j->work.kind == CC_WORK_REQUEST)
			c->asking = false;
		if (!put_answer(c, j))
			cc_client_close(c);
		cc_job_free(j);
	}
}

void
cc_clients_answered(struct cc_clients *all, struct cc_job *j)
{
	(void)all;
	j->away = false;
	j->done = true;
	if (j->client == NULL)
		cc_job_free(j);
	else
		cc_client_emit(j->client);
}

/* --- writing -------------------------------------------------------------------------- */

static void
on_written(uv_write_t *req, int status)
{
	struct cc_client *c = req->data;

	c->writing = false;
	cc_buf_clear(&c->sending);
	if (c->closing)
		return;
	if (status != 0) {
		cc_client_close(c);
		return;
	}
	cc_client_flush(c);
	if (!c->closing)
		cc_client_go_on(c);
}

/* What ends a connection: nothing more comes in, and all answers are out. */
static bool
finished(const struct cc_client *c)
{
	if (c->jobs != NULL || c->out.n > 0 || c->writing)
		return false;
	return c->last_words || c->ended || c->all->draining;
}

void
cc_client_flush(struct cc_client *c)
{
	struct cc_buf swap;
	uv_buf_t b;

	if (c->closing)
		return;
	if (finished(c)) {
		cc_client_close(c);
		return;
	}
	if (c->writing || c->out.n == 0)
		return;
	swap = c->sending;
	c->sending = c->out;
	c->out = swap;
	b = uv_buf_init(c->sending.p, (unsigned)c->sending.n);
	c->writing = true;
	if (uv_write(&c->write, (uv_stream_t *)&c->pipe, &b, 1, on_written) != 0) {
		c->writing = false;
		cc_client_close(c);
	}
}

/* --- all of them ------------------------------------------------------------------------ */

void
cc_clients_init(struct cc_clients *all)
{
	all->first = NULL;
	all->last = &all->first;
	all->n = 0;
	all->stalled = all->draining = false;
	cc_heap_arena_init(&all->arena, CC_LINE_ARENA);
}

void
cc_clients_done(struct cc_clients *all)
{
	assert(all->first == NULL);
	cc_arena_done(&all->arena);
}

/* Each connection once, whatever the turn does to the list; those that wait for room
 * go to its end, so that all get their share. */
void
cc_clients_turn(struct cc_clients *all)
{
	bool room = !all->stalled || cc_engine_roomy(all->engine);
	struct cc_client *c, *next;
	uint32_t n = all->n;

	if (room)
		all->stalled = false;
	for (c = all->first; c != NULL && n > 0; c = next, n--) {
		next = c->next;
		cc_client_flush(c);
		if (c->closing || !room)
			continue;
		if (c->held != NULL && next != NULL) {
			unlink_client(c);
			link_client(c);
		}
		cc_client_go_on(c);
	}
}

void
cc_clients_drain(struct cc_clients *all)
{
	struct cc_client *c, *next;

	all->draining = true;
	if (all->n == 0) {
		all->on_empty(all->self);
		return;
	}
	for (c = all->first; c != NULL; c = next) {
		next = c->next;
		cc_client_drop_held(c);
		(void)uv_read_stop((uv_stream_t *)&c->pipe);
		cc_client_emit(c);
		cc_client_flush(c);
	}
}

void
cc_clients_close(struct cc_clients *all)
{
	struct cc_client *c, *next;

	for (c = all->first; c != NULL; c = next) {
		next = c->next;
		cc_client_close(c);
	}
}
