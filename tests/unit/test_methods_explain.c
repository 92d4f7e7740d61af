/* daemon/methods.h: clock.explain of many clocks, and of one whose steps are too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/door_lab.h"

#define EXPLAIN(clock, more)                                                 \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.explain\",\"params\":{\"case\":\"c1\","  \
	"\"clock\":\"" clock "\"" more "}}"

enum { LINE = 256 * 1024, ANSWER = 2 * 1024 * 1024, ID = 62 };

/* An intake of the children from `from` up to, not including, `to`, whose ids have
 * `width` digits; accepted. */
static void
intake(struct door *l, int fd, unsigned from, unsigned to, unsigned width)
{
	static char line[LINE];
	size_t k = (size_t)snprintf(line, sizeof line, "{\"specversion\":\"1.0\",\"id\":\"e%u\","
	    "\"source\":\"/t\",\"type\":\"intake.received\",\"subject\":\"c1\",\"time\":"
	    "\"2026-03-07T23:00:00Z\",\"data\":{\"intake_id\":\"i%u\",\"priority\":\"P1\","
	    "\"screened\":false,\"victim_person_ids\":[", from, from);

	for (unsigned i = from; i < to && k < sizeof line; i++)
		k += (size_t)snprintf(line + k, sizeof line - k, "%s\"v%0*u\"",
		    i == from ? "" : ",", (int)width, i);
	(void)snprintf(line + k, sizeof line - k, "]}}");
	l->kit.setup->config.limits.line = LINE;
	(void)door_ask(l, fd, line);
	if (strstr(l->got, "\"accepted\"") == NULL)
		fail_msg("%s", l->got);
}

/* An answer longer than what a socket holds comes in parts. */
static const char *
ask(struct door *l, int fd, const char *line)
{
	static char all[ANSWER];
	size_t n = 0;

	(void)door_ask(l, fd, line);
	while (l->ngot > 0 && n + l->ngot < sizeof all) {
		memcpy(all + n, l->got, l->ngot + 1);
		n += l->ngot;
		door_run(l);
		(void)door_get(l, fd, NULL);
	}
	return all;
}

static void
of_more_than_fifty_clocks_fifty_are_told_and_that_there_are_more(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, false);
	const char *got;

	for (unsigned i = 0; i < 50; i++)
		intake(l, fd, i, i + 1, 2);
	got = ask(l, fd, EXPLAIN("priority-1-initial-contact", ""));
	assert_int_equal(door_count(got, "\"ended_rule\":"), 50);
	assert_non_null(strstr(got, "],\"more\":false}"));
	intake(l, fd, 50, 51, 2);
	got = ask(l, fd, EXPLAIN("priority-1-initial-contact", ""));
	assert_int_equal(door_count(got, "\"ended_rule\":"), 50);
	assert_non_null(strstr(got, "],\"more\":true}"));
	got = ask(l, fd, EXPLAIN("priority-1-initial-contact", ",\"subject\":\"v50\""));
	assert_int_equal(door_count(got, "\"ended_rule\":"), 1);
	assert_non_null(strstr(got, "],\"more\":false}"));
	(void)close(fd);
}

static void
long_explanations_are_told_as_far_as_an_answer_goes(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, false);
	const char *got;

	intake(l, fd, 0, 50, ID);
	got = ask(l, fd, EXPLAIN("priority-1-initial-contact", ""));
	assert_in_range(door_count(got, "\"ended_rule\":"), 2, 49);
	assert_non_null(strstr(got, "],\"more\":true}"));
	(void)close(fd);
}

static void
a_clock_whose_steps_are_too_long_is_told_without_them(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, false);
	const char *got;

	intake(l, fd, 0, 1600, ID);
	got = ask(l, fd, EXPLAIN("priority-1-initial-contact", ",\"period\":1,\"subject\":"
	    "\"v00000000000000000000000000000000000000000000000000000000000007\""));
	assert_int_equal(door_count(got, "\"ended_rule\":"), 1);
	assert_non_null(strstr(got, "\"sum\":null"));
	assert_non_null(strstr(got, "the case is too big for its sums to be shown"));
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    of_more_than_fifty_clocks_fifty_are_told_and_that_there_are_more,
		    door_begin, door_end),
		cmocka_unit_test_setup_teardown(
		    long_explanations_are_told_as_far_as_an_answer_goes, door_begin, door_end),
		cmocka_unit_test_setup_teardown(
		    a_clock_whose_steps_are_too_long_is_told_without_them, door_begin,
		    door_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
