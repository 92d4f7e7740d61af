#include "tests/unit/door_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { OUT_MAX = 4 * 1024 * 1024 };

static void
wake(void *self)
{
	(void)self;
}

static void
on_empty(void *self)
{
	struct door *l = self;

	l->empty++;
}

/* Four lines under way, lines of 1,024 bytes, three connections. */
static const char config[] = "limits: {line: 1024, pending: 4, clients: 3, queue: 16}\n";

int
door_begin(void **state)
{
	static struct door lab;
	struct door *l = &lab;
	struct cc_reader_config rc = {.figures = &l->figures, .outlet = &l->outlet,
	    .now = cc_kit_now, .now_self = &l->kit};
	struct cc_engine_config ec = {.figures = &l->figures, .outlet = &l->outlet,
	    .forward = cc_reader_ask, .now = cc_kit_now, .now_self = &l->kit,
	    .owner = "run-1"};

	memset(l, 0, sizeof *l);
	cc_kit_begin(&l->kit, config);
	l->got = malloc(OUT_MAX);
	assert_non_null(l->got);
	assert_int_equal(uv_loop_init(&l->uv), 0);
	assert_int_equal(cc_queue_init(&l->outlet.queue, UINT32_MAX, SIZE_MAX, NULL), CC_OK);
	l->outlet.wake = wake;
	assert_int_equal(cc_store_open_memory(NULL, &l->store, NULL), CC_OK);
	assert_int_equal(cc_store_open_reader(l->store, &l->reader_store, NULL), CC_OK);
	rc.store = l->reader_store;
	assert_int_equal(cc_reader_new(&rc, &l->reader, NULL), CC_OK);
	ec.store = l->store;
	ec.setup = l->kit.setup;
	ec.forward_self = l->reader;
	assert_int_equal(cc_engine_new(&ec, &l->engine, NULL), CC_OK);
	l->clients = (struct cc_clients){.loop = &l->uv, .engine = l->engine,
	    .setup = l->kit.setup, .figures = &l->figures, .now = cc_kit_now,
	    .now_self = &l->kit, .on_empty = on_empty, .self = l};
	cc_clients_init(&l->clients);
	*state = l;
	return 0;
}

/* A new connection; the test's end. */
int
door_open(struct door *l, bool send, bool read, bool admin)
{
	struct cc_rights rights = {.may = {send, read, admin}, .uid = DOOR_UID};
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    fds), 0);
	assert_int_equal(cc_clients_open(&l->clients, fds[0], rights, NULL), CC_OK);
	return fds[1];
}

/* The loop as long as it has something to do at once. */
void
door_run_loop(struct door *l)
{
	for (int i = 0; i < 20; i++)
		(void)uv_run(&l->uv, UV_RUN_NOWAIT);
}

/* The engine and the reader once, and what comes back of it. */
void
door_run_engine(struct door *l)
{
	struct cc_queued *q, *next;

	(void)cc_engine_step(l->engine, false);
	cc_reader_step(l->reader);
	q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
	for (; q != NULL; q = next) {
		next = q->next;
		cc_clients_answered(&l->clients, (struct cc_job *)q);
	}
	cc_clients_turn(&l->clients);
}

void
door_run(struct door *l)
{
	for (int i = 0; i < 50; i++) {
		door_run_loop(l);
		door_run_engine(l);
	}
	door_run_loop(l);
}

int
door_end(void **state)
{
	struct door *l = *state;

	cc_clients_close(&l->clients);
	door_run(l);
	cc_clients_done(&l->clients);
	assert_int_equal(uv_loop_close(&l->uv), 0);
	cc_engine_free(l->engine);
	cc_reader_free(l->reader);
	cc_store_close(l->reader_store);
	cc_store_close(l->store);
	cc_queue_done(&l->outlet.queue);
	cc_kit_end(&l->kit);
	free(l->got);
	return 0;
}

void
door_put(int fd, const char *bytes, size_t n)
{
	assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

void
door_put_line(int fd, const char *line)
{
	door_put(fd, line, strlen(line));
	door_put(fd, "\n", 1);
}

/* All that can be read now, as text; "" for none.  *ret_end: the other side closed. */
const char *
door_get(struct door *l, int fd, bool *ret_end)
{
	ssize_t n = 1;

	l->ngot = 0;
	while (n > 0 && l->ngot < OUT_MAX - 1) {
		n = recv(fd, l->got + l->ngot, OUT_MAX - 1 - l->ngot, MSG_DONTWAIT);
		l->ngot += n > 0 ? (size_t)n : 0;
	}
	if (ret_end != NULL)
		*ret_end = n == 0;
	l->got[l->ngot] = '\0';
	return l->got;
}

unsigned
door_count(const char *text, const char *word)
{
	unsigned n = 0;

	for (const char *p = strstr(text, word); p != NULL; p = strstr(p + 1, word))
		n++;
	return n;
}

void
door_put_event(int fd, int number)
{
	char id[16];

	(void)snprintf(id, sizeof id, "e%d", number);
	door_put_line(fd, cc_kit_intake(id, "c1", "P2", -60));
}

const char *
door_ask(struct door *l, int fd, const char *line)
{
	door_put_line(fd, line);
	door_run(l);
	return door_get(l, fd, NULL);
}
