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

#include "tests/unit/door_lab.h"

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
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"alert.forget\"}", "-32601"},
	{"{\"jsonrpc\":\"2.0\",\"method\":\"status\"}", "-32600"},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\",\"params\":{\"x\":1}}", "-32602"},
};

static void
each_bad_line_gets_its_code_and_the_connection_goes_on(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, true);

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const char *got;

		door_put_line(fd, bad[i].line);
		door_run(l);
		got = door_get(l, fd, NULL);
		if (strstr(got, bad[i].code) == NULL || door_count(got, "\n") != 1)
			fail_msg("%s: %s", bad[i].line, got);
	}
	door_put_event(fd, 1);
	door_run(l);
	assert_non_null(strstr(door_get(l, fd, NULL), "\"accepted\""));
	(void)close(fd);
}

static void
a_time_ahead_is_refused_by_the_clock(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, false, false);

	door_put_line(fd, cc_kit_intake("e1", "c1", "P2", 301));
	door_put_line(fd, cc_kit_intake("e2", "c1", "P2", 300));
	door_run(l);
	assert_int_equal(door_count(door_get(l, fd, NULL), "\"future_time\""), 1);
	assert_int_equal(door_count(l->got, "\"accepted\""), 1);
	(void)close(fd);
}

static void
answers_keep_the_order_of_the_lines(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, false);
	const char *first, *second, *third;

	door_put_event(fd, 1);
	door_put_line(fd, "nonsense");	/* answered at once, but not written before e1's */
	door_put_line(fd, "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"case.events\","
	    "\"params\":{\"case\":\"c1\"}}");
	door_run_loop(l);
	assert_string_equal(door_get(l, fd, NULL), "");
	door_run(l);
	(void)door_get(l, fd, NULL);
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
	struct door *l = *state;
	int fd = door_open(l, true, false, false);
	char two[2048];
	size_t n;

	(void)snprintf(two, sizeof two, "%s\n", cc_kit_intake("e1", "c1", "P2", -60));
	n = strlen(two);
	(void)snprintf(two + n, sizeof two - n, "%s\r\n", cc_kit_intake("e2", "c1", "P2", -60));
	for (size_t i = 0; two[i] != '\0'; i++) {
		door_put(fd, &two[i], 1);
		door_run_loop(l);
	}
	door_run(l);
	assert_int_equal(door_count(door_get(l, fd, NULL), "\"accepted\""), 2);
	(void)close(fd);
}

/* --- limits -------------------------------------------------------------------------- */

static void
a_long_line_is_answered_and_the_connection_closed(void **state)
{
	struct door *l = *state;
	static char line[4096];
	bool closed;

	for (size_t n = 1023; n <= 1026; n++) {
		int fd = door_open(l, true, false, false);

		memset(line, ' ', n);
		memcpy(line, "[]", 2);
		line[n] = '\n';
		door_put_event(fd, (int)n);
		door_put(fd, line, n + 1);
		door_put_event(fd, (int)n + 1000);
		door_run(l);
		(void)door_get(l, fd, &closed);
		assert_int_equal(door_count(l->got, "\"accepted\""), n <= 1024 ? 2 : 1);
		assert_int_equal(door_count(l->got, "too_large"), n <= 1024 ? 0 : 1);
		assert_int_equal(closed, n > 1024);
		(void)close(fd);
		door_run(l);
	}
	assert_int_equal(l->clients.n, 0);
}

static void
half_a_line_before_a_hang_up_is_dropped_and_counted(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, false, false);
	bool closed;

	door_put_event(fd, 1);
	door_put(fd, "{\"specversion\"", 14);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	door_run(l);
	assert_int_equal(door_count(door_get(l, fd, &closed), "\n"), 1);
	assert_non_null(strstr(l->got, "\"accepted\""));
	assert_true(closed);
	assert_int_equal(atomic_load(&l->figures.half_lines), 1);
	(void)close(fd);
}

static void
a_client_has_so_many_lines_under_way_and_no_more(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, false, false);

	for (int i = 0; i < 30; i++)
		door_put_event(fd, i);
	door_run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 4);
	door_run_engine(l);
	door_run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 4);
	assert_int_equal(door_count(door_get(l, fd, NULL), "\"accepted\""), 4);
	door_run(l);
	assert_int_equal(door_count(door_get(l, fd, NULL), "\"accepted\""), 26);
	(void)close(fd);
}

/* The queue holds sixteen: four connections with four lines each, and a fifth that is
 * over the limit of three, so three with four; then the limit of the queue is seen
 * through a wider door. */
static void
readers_pause_while_the_queue_is_full_and_all_get_their_turn(void **state)
{
	struct door *l = *state;
	struct cc_setup *wide = cc_kit_setup(&l->kit, "limits: {line: 1024, pending: 100}\n");
	unsigned answered[3] = {0, 0, 0};
	int fds[3];

	l->clients.setup = wide;
	for (int c = 0; c < 3; c++) {
		fds[c] = door_open(l, true, false, false);
		for (int i = 0; i < 60; i++)
			door_put_event(fds[c], c * 100 + i);
	}
	door_run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 16);
	for (int turn = 0; turn < 12; turn++) {
		door_run_engine(l);
		door_run_loop(l);
		assert_true(cc_engine_waiting(l->engine) <= 16);
		for (int c = 0; c < 3; c++)
			answered[c] += door_count(door_get(l, fds[c], NULL), "\"accepted\"");
	}
	for (int c = 0; c < 3; c++)	/* nobody has had it all, nobody nothing */
		assert_in_range(answered[c], 30, 60);
	door_run(l);
	for (int c = 0; c < 3; c++) {
		answered[c] += door_count(door_get(l, fds[c], NULL), "\"accepted\"");
		assert_int_equal(answered[c], 60);
		(void)close(fds[c]);
	}
	door_run(l);
	l->clients.setup = l->kit.setup;
	cc_setup_unref(wide);
}

static void
a_client_that_never_reads_is_paused(void **state)
{
	static const char ask[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"policy.info\"}\n";
	struct door *l = *state;
	int deaf = door_open(l, true, true, false), other = door_open(l, true, false, false);
	size_t sent = 0;
	uint64_t asked;

	for (int i = 0; i < 3000; i++) {
		ssize_t n = send(deaf, ask, sizeof ask - 1, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			door_run_loop(l);
			door_run_engine(l);
			continue;
		}
		assert_int_equal(n, (ssize_t)(sizeof ask - 1));
		sent += (size_t)n;
	}
	door_run(l);
	asked = atomic_load(&l->figures.requests);
	door_run(l);
	assert_int_equal(atomic_load(&l->figures.requests), asked);	/* it rests */
	assert_true(asked * (sizeof ask - 1) < sent);
	door_put_event(other, 1);
	door_run(l);
	assert_non_null(strstr(door_get(l, other, NULL), "\"accepted\""));
	/* When it reads at last, everything comes. */
	for (int i = 0; i < 5000 && atomic_load(&l->figures.requests) < sent / (sizeof ask - 1);
	    i++) {
		(void)door_get(l, deaf, NULL);
		door_run_loop(l);
		door_run_engine(l);
	}
	assert_int_equal(atomic_load(&l->figures.requests), sent / (sizeof ask - 1));
	(void)close(deaf);
	(void)close(other);
}

static void
one_connection_too_many_is_told_so(void **state)
{
	struct door *l = *state;
	int fds[4];
	bool closed;

	for (int i = 0; i < 4; i++)
		fds[i] = door_open(l, true, false, false);
	door_run(l);
	assert_non_null(strstr(door_get(l, fds[3], &closed), "\"overloaded\""));
	assert_true(closed);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(door_get(l, fds[i], &closed), "");
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
	struct door *l = *state;

	for (int i = 0; i < 3; i++) {
		int fd = door_open(l, table[i].send, table[i].read, table[i].admin);

		door_put_event(fd, i);
		door_run(l);
		assert_non_null(strstr(door_get(l, fd, NULL),
		    table[i].send ? "\"accepted\"" : "\"forbidden\""));
		door_put_line(fd, status);
		door_run(l);
		assert_non_null(strstr(door_get(l, fd, NULL),
		    table[i].read ? "\"result\"" : "-32001"));
		door_put_line(fd, redrive);
		door_run(l);
		assert_non_null(strstr(door_get(l, fd, NULL),
		    table[i].admin ? "\"redriven\":0" : "-32001"));
		(void)close(fd);
		door_run(l);
	}
}

static void
who_has_no_right_is_told_so_and_closed(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, false, false, false);
	bool closed;

	door_run(l);
	assert_non_null(strstr(door_get(l, fd, &closed), "\"forbidden\""));
	assert_true(closed);
	(void)close(fd);
}

/* --- the end ---------------------------------------------------------------------------- */

static void
draining_answers_what_was_handed_on_and_closes(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, false, false);
	bool closed;

	for (int i = 0; i < 10; i++)
		door_put_event(fd, i);
	door_run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 4);
	cc_clients_drain(&l->clients);
	assert_int_equal(l->empty, 0);
	door_run(l);
	assert_int_equal(door_count(door_get(l, fd, &closed), "\"accepted\""), 4);
	assert_true(closed);
	assert_true(l->empty >= 1);
	assert_int_equal(l->clients.n, 0);
	(void)close(fd);
}

static void
a_hang_up_with_lines_under_way_leaves_nothing_behind(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, false);

	for (int i = 0; i < 4; i++)
		door_put_event(fd, i);
	door_run_loop(l);
	assert_int_equal(cc_engine_waiting(l->engine), 4);
	cc_clients_close(&l->clients);
	door_run(l);
	assert_int_equal(atomic_load(&l->figures.accepted), 4);	/* kept all the same */
	assert_int_equal(l->clients.n, 0);
	(void)close(fd);
}

#define T(name) cmocka_unit_test_setup_teardown(name, door_begin, door_end)

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
