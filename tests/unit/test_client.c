/*
 * daemon/client.h: lines in and answers out over a socket pair, with an engine that
 * turns only when the test says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/client.h"
#include "daemon/reader.h"
#include "tests/support/setup_kit.h"

enum { OUT_MAX = 4 * 1024 * 1024 };

struct lab {
	struct cc_kit kit;
	uv_loop_t uv;
	struct cc_store *store, *reader_store;
	struct cc_engine *engine;
	struct cc_reader *reader;
	struct cc_figures figures;
	struct cc_outlet outlet;
	struct cc_clients clients;
	unsigned empty;
	int fd;				/* the client's end */
	char *got;			/* what came out of it, not yet read by the test */
	size_t ngot;
};

static void
wake(void *self)
{
	(void)self;
}

static void
on_empty(void *self)
{
	struct lab *l = self;

	l->empty++;
}

/* Four lines under way, lines of 1,024 bytes, three connections. */
static const char config[] = "limits: {line: 1024, pending: 4, clients: 3, queue: 16}\n";

static int
begin(void **state)
{
	static struct lab lab;
	struct lab *l = &lab;
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
static int
open_client(struct lab *l, bool send, bool read, bool admin)
{
	struct cc_rights rights = {{send, read, admin}};
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    fds), 0);
	assert_int_equal(cc_clients_open(&l->clients, fds[0], rights, NULL), CC_OK);
	return fds[1];
}

/* The loop as long as it has something to do at once. */
static void
run_loop(struct lab *l)
{
	for (int i = 0; i < 20; i++)
		(void)uv_run(&l->uv, UV_RUN_NOWAIT);
}

/* The engine and the reader once, and what comes back of it. */
static void
run_engine(struct lab *l)
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

static void
run_all(struct lab *l)
{
	for (int i = 0; i < 50; i++) {
		run_loop(l);
		run_engine(l);
	}
	run_loop(l);
}

static int
end(void **state)
{
	struct lab *l = *state;

	cc_clients_close(&l->clients);
	run_all(l);
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

static void
put(int fd, const char *bytes, size_t n)
{
	assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

static void
put_line(int fd, const char *line)
{
	put(fd, line, strlen(line));
	put(fd, "\n", 1);
}

/* All that can be read now, as text; "" for none.  *ret_end: the other side closed. */
static const char *
get(struct lab *l, int fd, bool *ret_end)
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

static unsigned
count(const char *text, const char *word)
{
	unsigned n = 0;

	for (const char *p = strstr(text, word); p != NULL; p = strstr(p + 1, word))
		n++;
	return n;
}

static void
put_event(int fd, int number)
{
	char id[16];

	(void)snprintf(id, sizeof id, "e%d", number);
	put_line(fd, cc_kit_intake(id, "c1", "P2", -60));
}

/* --- lines ------------------------------------------------------------------------ */

static const struct {
	const char *line, *code;
} bad[] = {
	{"hello", "parse_error"},
	{"", "parse_error"},
	{"\xff", "parse_error"},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
	    "]]]", "parse_error"},
	{"{\"a\":1,\"a\":2}", "parse_error"},
	{"17", "invalid_event"},
	{"[]", "invalid_event"},
	{"{}", "invalid_event"},
	{"{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/t\",\"type\":\"t\",\"subject\":"
	    "\"c\",\"time\":\"2026-03-07\",\"data\":{}}", "invalid_time"},
	{"{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/t\",\"type\":\"t\",\"subject\":"
	    "\"c\",\"time\":\"2026-03-07T00:00:00Z\",\"data\":{}}", "unknown_type"},
	{"{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/t\",\"type\":\"intake.received\","
	    "\"subject\":\"c\",\"time\":\"2026-03-07T00:00:00Z\",\"data\":{\"name\":\"n\"}}",
	    "invalid_data"},
	{"{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/t\",\"type\":\"person.died\","
	    "\"subject\":\"c\",\"time\":\"2026-03-07T00:00:00Z\",\"data\":7}",
	    "invalid_event"},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"}", "-32601"},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"alert.acknowledge\"}", "-32601"},
	{"{\"jsonrpc\":\"2.0\",\"method\":\"status\"}", "-32600"},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\",\"params\":{\"x\":1}}", "-32602"},
};

static void
each_bad_line_gets_its_code_and_the_connection_goes_on(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, true, true, true);

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const char *got;

		put_line(fd, bad[i].line);
		run_all(l);
		got = get(l, fd, NULL);
		if (strstr(got, bad[i].code) == NULL || count(got, "\n") != 1)
			fail_msg("%s: %s", bad[i].line, got);
	}
	put_event(fd, 1);
	run_all(l);
	assert_non_null(strstr(get(l, fd, NULL), "\"accepted\""));
	(void)close(fd);
}

static void
a_time_ahead_is_refused_by_the_clock(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, true, false, false);

	put_line(fd, cc_kit_intake("e1", "c1", "P2", 301));
	put_line(fd, cc_kit_intake("e2", "c1", "P2", 300));
	run_all(l);
	assert_int_equal(count(get(l, fd, NULL), "\"future_time\""), 1);
	assert_int_equal(count(l->got, "\"accepted\""), 1);
	(void)close(fd);
}

static void
answers_keep_the_order_of_the_lines(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, true, true, false);
	const char *first, *second, *third;

	put_event(fd, 1);
	put_line(fd, "nonsense");	/* answered at once, but not written before e1's */
	put_line(fd, "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"case.events\",\"params\":{"
	    "\"case\":\"c1\"}}");
	run_loop(l);
	assert_string_equal(get(l, fd, NULL), "");
	run_all(l);
	(void)get(l, fd, NULL);
	first = strstr(l->got, "\"accepted\"");
	second = strstr(l->got, "parse_error");
	third = strstr(l->got, "\"id\":\"q\"");
	assert_true(first != NULL && second != NULL && third != NULL);
	assert_true(first < second && second < third);
	assert_non_null(strstr(third, "\"e1\""));	/* it sees the event before it */
	(void)close(fd);
}

static void
a_line_may_come_in_any_pieces(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, true, false, false);
	char two[2048];
	size_t n;

	(void)snprintf(two, sizeof two, "%s\n", cc_kit_intake("e1", "c1", "P2", -60));
	n = strlen(two);
	(void)snprintf(two + n, sizeof two - n, "%s\r\n", cc_kit_intake("e2", "c1", "P2", -60));
	for (size_t i = 0; two[i] != '\0'; i++) {
		put(fd, &two[i], 1);
		run_loop(l);
	}
	run_all(l);
	assert_int_equal(count(get(l, fd, NULL), "\"accepted\""), 2);
	(void)close(fd);
}

/* --- limits -------------------------------------------------------------------------- */

static void
a_long_line_is_answered_and_the_connection_closed(void **state)
{
	struct lab *l = *state;
	static char line[4096];
	bool closed;

	for (size_t n = 1023; n <= 1026; n++) {
		int fd = open_client(l, true, false, false);

		memset(line, ' ', n);
		memcpy(line, "[]", 2);
		line[n] = '\n';
		put_event(fd, (int)n);
		put(fd, line, n + 1);
		put_event(fd, (int)n + 1000);
		run_all(l);
		(void)get(l, fd, &closed);
		assert_int_equal(count(l->got, "\"accepted\""), n <= 1024 ? 2 : 1);
		assert_int_equal(count(l->got, "too_large"), n <= 1024 ? 0 : 1);
		assert_int_equal(closed, n > 1024);
		(void)close(fd);
		run_all(l);
	}
	assert_int_equal(l->clients.n, 0);
}

static void
half_a_line_before_a_hang_up_is_dropped_and_counted(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, true, false, false);
	bool closed;

	put_event(fd, 1);
	put(fd, "{\"specversion\"", 14);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	run_all(l);
	assert_int_equal(count(get(l, fd, &closed), "\n"), 1);
	assert_non_null(strstr(l->got, "\"accepted\""));
	assert_true(closed);
	assert_int_equal(atomic_load(&l->figures.half_lines), 1);
	(void)close(fd);
}

static void
a_client_has_so_many_lines_under_way_and_no_more(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, true, false, false);

	for (int i = 0; i < 30; i++)
		put_event(fd, i);
	run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 4);
	run_engine(l);
	run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 4);
	assert_int_equal(count(get(l, fd, NULL), "\"accepted\""), 4);
	run_all(l);
	assert_int_equal(count(get(l, fd, NULL), "\"accepted\""), 26);
	(void)close(fd);
}

/* The queue holds sixteen: four connections with four lines each, and a fifth that is
 * over the limit of three, so three with four; then the limit of the queue is seen
 * through a wider door. */
static void
readers_pause_while_the_queue_is_full_and_all_get_their_turn(void **state)
{
	struct lab *l = *state;
	struct cc_setup *wide = cc_kit_setup(&l->kit, "limits: {line: 1024, pending: 100}\n");
	unsigned answered[3] = {0, 0, 0};
	int fds[3];

	l->clients.setup = wide;
	for (int c = 0; c < 3; c++) {
		fds[c] = open_client(l, true, false, false);
		for (int i = 0; i < 60; i++)
			put_event(fds[c], c * 100 + i);
	}
	run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 16);
	for (int turn = 0; turn < 12; turn++) {
		run_engine(l);
		run_loop(l);
		assert_true(cc_engine_waiting(l->engine) <= 16);
		for (int c = 0; c < 3; c++)
			answered[c] += count(get(l, fds[c], NULL), "\"accepted\"");
	}
	for (int c = 0; c < 3; c++)	/* nobody has had it all, nobody nothing */
		assert_in_range(answered[c], 30, 60);
	run_all(l);
	for (int c = 0; c < 3; c++) {
		answered[c] += count(get(l, fds[c], NULL), "\"accepted\"");
		assert_int_equal(answered[c], 60);
		(void)close(fds[c]);
	}
	run_all(l);
	l->clients.setup = l->kit.setup;
	cc_setup_unref(wide);
}

static void
a_client_that_never_reads_is_paused(void **state)
{
	static const char ask[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"policy.info\"}\n";
	struct lab *l = *state;
	int deaf = open_client(l, true, true, false), other = open_client(l, true, false, false);
	size_t sent = 0;
	uint64_t asked;

	for (int i = 0; i < 3000; i++) {
		ssize_t n = send(deaf, ask, sizeof ask - 1, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			run_loop(l);
			run_engine(l);
			continue;
		}
		assert_int_equal(n, (ssize_t)(sizeof ask - 1));
		sent += (size_t)n;
	}
	run_all(l);
	asked = atomic_load(&l->figures.requests);
	run_all(l);
	assert_int_equal(atomic_load(&l->figures.requests), asked);	/* it rests */
	assert_true(asked * (sizeof ask - 1) < sent);
	put_event(other, 1);
	run_all(l);
	assert_non_null(strstr(get(l, other, NULL), "\"accepted\""));
	/* When it reads at last, everything comes. */
	for (int i = 0; i < 5000 && atomic_load(&l->figures.requests) < sent / (sizeof ask - 1);
	    i++) {
		(void)get(l, deaf, NULL);
		run_loop(l);
		run_engine(l);
	}
	assert_int_equal(atomic_load(&l->figures.requests), sent / (sizeof ask - 1));
	(void)close(deaf);
	(void)close(other);
}

static void
one_connection_too_many_is_told_so(void **state)
{
	struct lab *l = *state;
	int fds[4];
	bool closed;

	for (int i = 0; i < 4; i++)
		fds[i] = open_client(l, true, false, false);
	run_all(l);
	assert_non_null(strstr(get(l, fds[3], &closed), "\"overloaded\""));
	assert_true(closed);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(get(l, fds[i], &closed), "");
		assert_false(closed);
	}
	for (int i = 0; i < 4; i++)
		(void)close(fds[i]);
}

/* --- rights -------------------------------------------------------------------------- */

static void
each_right_opens_its_own_door(void **state)
{
	static const char status[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}";
	static const char redrive[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
	    "\"messages.redrive\",\"params\":{\"all\":true}}";
	static const struct {
		bool send, read, admin;
	} table[] = {{true, false, false}, {false, true, false}, {false, false, true}};
	struct lab *l = *state;

	for (int i = 0; i < 3; i++) {
		int fd = open_client(l, table[i].send, table[i].read, table[i].admin);

		put_event(fd, i);
		run_all(l);
		assert_non_null(strstr(get(l, fd, NULL),
		    table[i].send ? "\"accepted\"" : "\"forbidden\""));
		put_line(fd, status);
		run_all(l);
		assert_non_null(strstr(get(l, fd, NULL), table[i].read ? "\"result\"" : "-32001"));
		put_line(fd, redrive);
		run_all(l);
		assert_non_null(strstr(get(l, fd, NULL),
		    table[i].admin ? "\"redriven\":0" : "-32001"));
		(void)close(fd);
		run_all(l);
	}
}

static void
who_has_no_right_is_told_so_and_closed(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, false, false, false);
	bool closed;

	run_all(l);
	assert_non_null(strstr(get(l, fd, &closed), "\"forbidden\""));
	assert_true(closed);
	(void)close(fd);
}

/* --- the end ---------------------------------------------------------------------------- */

static void
draining_answers_what_was_handed_on_and_closes(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, true, false, false);
	bool closed;

	for (int i = 0; i < 10; i++)
		put_event(fd, i);
	run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 4);
	cc_clients_drain(&l->clients);
	assert_int_equal(l->empty, 0);
	run_all(l);
	assert_int_equal(count(get(l, fd, &closed), "\"accepted\""), 4);
	assert_true(closed);
	assert_true(l->empty >= 1);
	assert_int_equal(l->clients.n, 0);
	(void)close(fd);
}

static void
a_hang_up_with_lines_under_way_leaves_nothing_behind(void **state)
{
	struct lab *l = *state;
	int fd = open_client(l, true, true, false);

	for (int i = 0; i < 4; i++)
		put_event(fd, i);
	run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 4);
	cc_clients_close(&l->clients);
	run_all(l);
	assert_int_equal(atomic_load(&l->figures.accepted), 4);	/* kept all the same */
	assert_int_equal(l->clients.n, 0);
	(void)close(fd);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_bad_line_gets_its_code_and_the_connection_goes_on),
		T(a_time_ahead_is_refused_by_the_clock),
		T(answers_keep_the_order_of_the_lines),
		T(a_line_may_come_in_any_pieces),
		T(a_long_line_is_answered_and_the_connection_closed),
		T(half_a_line_before_a_hang_up_is_dropped_and_counted),
		T(a_client_has_so_many_lines_under_way_and_no_more),
		T(readers_pause_while_the_queue_is_full_and_all_get_their_turn),
		T(a_client_that_never_reads_is_paused),
		T(one_connection_too_many_is_told_so),
		T(each_right_opens_its_own_door),
		T(who_has_no_right_is_told_so_and_closed),
		T(draining_answers_what_was_handed_on_and_closes),
		T(a_hang_up_with_lines_under_way_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
