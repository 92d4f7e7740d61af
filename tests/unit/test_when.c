#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/when.h"

#define NOW INT64_C(1772928000)	/* 2026-03-08T00:00:00Z */

/* TZ of whoever runs the test plays no part. */
static void
begin(struct cc_when *w, const char *zone)
{
	cc_when_open(w, zone);
	w->fixed = false;
	cc_when_zone(w, zone);
	w->now.s = NOW;
}

static void
a_length_is_told_in_its_two_largest_units(void **state)
{
	static const struct {
		cc_dur_s s;
		const char *text;
	} rows[] = {
		{0, "0 s"}, {59, "59 s"}, {60, "1 min"}, {61, "1 min 1 s"},
		{3599, "59 min 59 s"}, {3600, "1 h"}, {3660, "1 h 1 min"}, {3659, "1 h"},
		{86399, "23 h 59 min"}, {86400, "1 d"}, {90000, "1 d 1 h"},
		{86400 + 3599, "1 d"}, {400 * 86400 + 7200, "400 d 2 h"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[CC_LENGTH_TEXT];

		cc_length_text(rows[i].s, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void
what_is_left_turns_at_the_second_after_the_due(void **state)
{
	struct cc_when w;
	char text[CC_LENGTH_TEXT];

	(void)state;
	begin(&w, "America/Chicago");
	cc_when_left(&w, (struct cc_wall){NOW + 90}, text);
	assert_string_equal(text, "in 1 min 30 s");
	cc_when_left(&w, (struct cc_wall){NOW}, text);
	assert_string_equal(text, "in 0 s");
	cc_when_left(&w, (struct cc_wall){NOW - 1}, text);
	assert_string_equal(text, "1 s over");
	cc_when_left(&w, CC_NEVER, text);
	assert_string_equal(text, "");
	cc_when_left(&w, (struct cc_wall){INT64_C(4102444799)}, text);
	assert_string_equal(text, "in 26961 d 23 h");
	cc_when_done(&w);
}

static void
each_case_is_told_in_its_own_zone(void **state)
{
	struct cc_when w;
	char text[CC_LOCAL_TEXT];

	(void)state;
	begin(&w, "America/Chicago");
	w.changes = 0;
	cc_when_json(&w, "2026-03-09T04:59:59Z", text);
	assert_string_equal(text, "Sun 2026-03-08 23:59:59 CDT");
	cc_when_zone(&w, "America/Denver");
	cc_when_json(&w, "2026-03-09T04:59:59Z", text);
	assert_string_equal(text, "Sun 2026-03-08 22:59:59 MDT");
	assert_string_equal(w.name, "America/Denver");
	cc_when_zone(&w, "America/Denver");
	assert_int_equal(w.changes, 1);
	/* What is not known, or not given, changes nothing. */
	cc_when_zone(&w, "No/Such");
	cc_when_zone(&w, "../../etc/passwd");
	cc_when_zone(&w, NULL);
	assert_int_equal(w.changes, 1);
	cc_when_json(&w, "2026-03-09T04:59:59Z", text);
	assert_string_equal(text, "Sun 2026-03-08 22:59:59 MDT");
	/* Many changes do not fill the memory. */
	for (int i = 0; i < 4000; i++)
		cc_when_zone(&w, i % 2 == 0 ? "America/Chicago" : "America/Denver");
	assert_int_equal(w.changes, 4001);
	assert_string_equal(w.name, "America/Denver");
	cc_when_done(&w);
}

static void
a_zone_named_by_the_environment_stays(void **state)
{
	struct cc_when w;

	(void)state;
	begin(&w, "America/Chicago");
	w.fixed = true;
	cc_when_zone(&w, "America/Denver");
	assert_string_equal(w.name, "America/Chicago");
	cc_when_done(&w);
}

static void
what_is_no_instant_is_shown_as_nothing(void **state)
{
	struct cc_when w;
	char text[CC_LOCAL_TEXT] = "x";

	(void)state;
	begin(&w, "America/Chicago");
	cc_when_json(&w, NULL, text);
	assert_string_equal(text, "");
	assert_false(cc_given(cc_when_of("soon")));
	cc_when_done(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_length_is_told_in_its_two_largest_units),
		cmocka_unit_test(what_is_left_turns_at_the_second_after_the_due),
		cmocka_unit_test(each_case_is_told_in_its_own_zone),
		cmocka_unit_test(a_zone_named_by_the_environment_stays),
		cmocka_unit_test(what_is_no_instant_is_shown_as_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
