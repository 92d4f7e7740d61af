/*
 * daemon/methods.h: requests that write, what is kept of them, imports, and what the
 * lists and `status` say beside the records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/door_lab.h"

#define ASK(method, params) \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":" params "}"

#define BEGIN_IMPORT ASK("import.begin", "{}")

/* An intake with a member more. */
static const char *
intake(const char *id, const char *more, int64_t at)
{
	static char line[1024];

	(void)snprintf(line, sizeof line, "{%s,%s", more,
	    cc_kit_intake(id, "c1", "P1", at) + 1);
	return line;
}

static bool
has(const char *text, const char *word)
{
	if (strstr(text, word) != NULL)
		return true;
	print_message("no %s in %s\n", word, text);
	return false;
}

/* --- imports ---------------------------------------------------------------------- */

static void
an_import_says_when_an_event_was_recorded(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, true);

	assert_true(has(door_ask(l, fd, BEGIN_IMPORT), "{\"importing\":true}"));
	assert_true(has(door_ask(l, fd, intake("e1",
	    "\"recordedtime\":\"2024-03-02T10:00:00-06:00\"", -64000000)), "\"accepted\""));
	assert_true(has(door_ask(l, fd, cc_kit_intake("e2", "c1", "P2", -60)), "\"accepted\""));
	(void)door_ask(l, fd, ASK("case.events", "{\"case\":\"c1\"}"));
	assert_true(has(l->got, "\"seq\":1,\"recorded\":\"2024-03-02T16:00:00Z\""));
	assert_true(has(l->got, "\"recordedtime\":\"2024-03-02T16:00:00Z\""));
	/* Without one it is now; no record of a case is older than the one before. */
	assert_true(has(l->got, "\"seq\":2,\"recorded\":\"2026-03-08T00:00:00Z\""));
	assert_true(has(door_ask(l, fd, intake("e3",
	    "\"recordedtime\":\"2025-01-01T00:00:00Z\"", -60)), "\"accepted\""));
	(void)door_ask(l, fd, ASK("case.events", "{\"case\":\"c1\"}"));
	assert_true(has(l->got, "\"seq\":3,\"recorded\":\"2026-03-08T00:00:00Z\""));
	(void)close(fd);
}

static void
an_import_refuses_what_was_recorded_after_now(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, true);

	(void)door_ask(l, fd, BEGIN_IMPORT);
	(void)door_ask(l, fd, intake("e1", "\"recordedtime\":\"2026-03-08T00:00:01Z\"", -60));
	assert_true(has(l->got, "\"future_time\",\"pointer\":\"/recordedtime\""));
	(void)door_ask(l, fd, intake("e1", "\"recordedtime\":\"2026-03-08T00:00:00Z\"", -60));
	assert_true(has(l->got, "\"accepted\""));
	(void)close(fd);
}

static void
without_an_import_recordedtime_counts_for_nothing(void **state)
{
	struct door *l = *state;
	int importer = door_open(l, true, true, true), fd = door_open(l, true, true, false);

	(void)door_ask(l, importer, BEGIN_IMPORT);
	/* Neither the import of another connection nor one that was refused counts. */
	assert_true(has(door_ask(l, fd, BEGIN_IMPORT), "-32001"));
	(void)door_ask(l, fd, intake("e1", "\"recordedtime\":\"2024-01-01T00:00:00Z\"", -60));
	assert_true(has(l->got, "\"accepted\""));
	(void)door_ask(l, fd, intake("e2", "\"recordedtime\":\"2027-01-01T00:00:00Z\"", -60));
	assert_true(has(l->got, "\"accepted\""));
	(void)door_ask(l, fd, ASK("case.events", "{\"case\":\"c1\"}"));
	assert_int_equal(door_count(l->got, "\"recorded\":\"2026-03-08T00:00:00Z\""), 2);
	(void)close(importer);
	(void)close(fd);
}

static void
a_malformed_import_does_not_begin_one(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, true);

	assert_true(has(door_ask(l, fd, ASK("import.begin", "{\"from\":1}")), "-32602"));
	(void)door_ask(l, fd, intake("e1", "\"recordedtime\":\"2024-01-01T00:00:00Z\"", -60));
	(void)door_ask(l, fd, ASK("case.events", "{\"case\":\"c1\"}"));
	assert_true(has(l->got, "\"recorded\":\"2026-03-08T00:00:00Z\""));
	(void)close(fd);
}

static void
history_is_held_and_mails_nobody(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, true);

	(void)door_ask(l, fd, BEGIN_IMPORT);
	(void)door_ask(l, fd, intake("e1", "\"recordedtime\":\"2024-03-02T10:00:00-06:00\"",
	    -64000000));
	assert_true(has(door_ask(l, fd, ASK("alerts.list", "{\"held\":true}")),
	    "\"held\":\"history\""));
	assert_true(has(door_ask(l, fd, ASK("messages.list", "{}")), "{\"items\":[],"));
	(void)close(fd);
}

/* --- the audit ---------------------------------------------------------------------- */

static void
what_is_done_is_kept_with_the_user_who_did_it(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, true, true, true);

	assert_true(has(door_ask(l, fd, ASK("audit.list", "{}")), "{\"items\":[],"));
	(void)door_ask(l, fd, ASK("messages.redrive", "{\"all\":true}"));
	(void)door_ask(l, fd, BEGIN_IMPORT);
	/* What was refused was not done; what only reads is nobody's deed. */
	assert_true(has(door_ask(l, fd, ASK("messages.redrive", "{\"id\":\"nothing\"}")),
	    "-32602"));
	assert_true(has(door_ask(l, fd, ASK("messages.redrive", "{\"every\":true}")), "-32602"));
	(void)door_ask(l, fd, ASK("status", "{}"));
	(void)door_ask(l, fd, ASK("audit.list", "{}"));
	assert_true(has(l->got, "{\"no\":1,\"at\":\"2026-03-08T00:00:00Z\",\"who\":\"uid 4711\","
	    "\"what\":\"messages.redrive\",\"detail\":\"{\\\"all\\\":true}\"},{\"no\":2,"));
	assert_true(has(l->got, "\"what\":\"import.begin\",\"detail\":\"{}\"}],\"next\":null"));
	(void)door_ask(l, fd, ASK("audit.list", "{\"limit\":1}"));
	assert_true(has(l->got, "\"no\":1,") && has(l->got, "\"next\":\"1\""));
	(void)door_ask(l, fd, ASK("audit.list", "{\"limit\":1,\"cursor\":\"1\"}"));
	assert_true(has(l->got, "\"no\":2,"));
	(void)close(fd);
}

/* --- what only those who may ----------------------------------------------------------- */

static void
each_method_asks_for_its_right(void **state)
{
	static const struct {
		const char *line;
		enum cc_right right;
	} table[] = {
		{ASK("alert.acknowledge", "{}"), CC_RIGHT_SEND},
		{ASK("message.bounced", "{}"), CC_RIGHT_SEND},
		{ASK("silence.add", "{}"), CC_RIGHT_ADMIN},
		{ASK("silence.end", "{}"), CC_RIGHT_ADMIN},
		{ASK("silence.list", "{}"), CC_RIGHT_READ},
		{ASK("endpoint.enable", "{}"), CC_RIGHT_ADMIN},
		{ASK("audit.list", "{}"), CC_RIGHT_ADMIN},
		{BEGIN_IMPORT, CC_RIGHT_ADMIN},
	};
	struct door *l = *state;

	for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++)
		for (enum cc_right r = CC_RIGHT_SEND; r <= CC_RIGHT_ADMIN; r++) {
			int fd = door_open(l, r == CC_RIGHT_SEND, r == CC_RIGHT_READ,
			    r == CC_RIGHT_ADMIN);
			bool forbidden = strstr(door_ask(l, fd, table[i].line), "-32001") != NULL;

			if (forbidden != (r != table[i].right))
				fail_msg("%s with right %d: %s", table[i].line, (int)r, l->got);
			(void)close(fd);
			door_run(l);
		}
}

static void
unknown_parameters_are_refused_before_anything_is_done(void **state)
{
	static const char *const lines[] = {
		ASK("alert.acknowledge", "{\"nothing\":1}"),
		ASK("message.bounced", "{\"nothing\":1}"),
		ASK("silence.add", "{\"nothing\":1}"),
		ASK("silence.end", "{\"nothing\":1}"),
		ASK("silence.list", "{\"nothing\":1}"),
		ASK("endpoint.enable", "{\"nothing\":1}"),
		ASK("audit.list", "{\"nothing\":1}"),
	};
	struct door *l = *state;
	int fd = door_open(l, true, true, true);

	for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		(void)door_ask(l, fd, lines[i]);
		assert_true(has(l->got, "-32602") && has(l->got, "nothing"));
	}
	(void)close(fd);
}

/* --- status --------------------------------------------------------------------------- */

static void
status_names_the_dates_that_the_holidays_vouch_for(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, false, true, false);

	(void)door_ask(l, fd, ASK("status", "{}"));
	assert_true(has(l->got, "\"holidays_from\":\"2015-01-01\","
	    "\"holidays_until\":\"2045-12-31\""));
	assert_true(has(l->got, "\"no_holiday_data\":[]"));
	assert_true(has(l->got, "\"grouped\":0") && has(l->got, "\"silences\":0"));
	(void)close(fd);
}

static void
status_names_the_years_without_holiday_data(void **state)
{
	struct door *l = *state;
	int fd = door_open(l, false, true, false);

	cc_kit_at(&l->kit, INT64_C(620000000));	/* late in 2045 */
	assert_true(has(door_ask(l, fd, ASK("status", "{}")), "\"no_holiday_data\":[2046]"));
	cc_kit_at(&l->kit, INT64_C(660000000));	/* in 2047 */
	assert_true(has(door_ask(l, fd, ASK("status", "{}")), "\"no_holiday_data\":[2047,2048]"));
	(void)close(fd);
}

#define T(name) cmocka_unit_test_setup_teardown(name, door_begin, door_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_import_says_when_an_event_was_recorded),
		T(an_import_refuses_what_was_recorded_after_now),
		T(without_an_import_recordedtime_counts_for_nothing),
		T(a_malformed_import_does_not_begin_one),
		T(history_is_held_and_mails_nobody),
		T(what_is_done_is_kept_with_the_user_who_did_it),
		T(each_method_asks_for_its_right),
		T(unknown_parameters_are_refused_before_anything_is_done),
		T(status_names_the_dates_that_the_holidays_vouch_for),
		T(status_names_the_years_without_holiday_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
