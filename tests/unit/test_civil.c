/* Civil dates and RFC 3339. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/civil.h"

static struct cc_str
str(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

static cc_day
day(const char *text)
{
	cc_day d = 0;
	struct cc_err err;

	if (cc_day_parse(str(text), &d, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return d;
}

static void
assert_wall(struct cc_wall t, const char *text)
{
	char got[CC_WALL_TEXT];

	cc_wall_format(t, got);
	assert_string_equal(got, text);
}

static void
counts_each_day_of_four_centuries_once(void **state)
{
	static const int len[12] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	cc_day d = cc_day_of((struct cc_civil){1900, 1, 1});
	int w = 1; /* 1 January 1900 was a Monday */

	(void)state;
	assert_int_equal(d, -25567);
	for (int y = 1900; y < 2300; y++) {
		for (int m = 1; m <= 12; m++) {
			int n = len[m - 1] + (m == 2 && y % 4 == 0 &&
			    (y % 100 != 0 || y % 400 == 0));

			for (int k = 1; k <= n; k++, d++, w = (w + 1) % 7) {
				struct cc_civil c = cc_civil_of(d);

				assert_int_equal(cc_day_of(
				    (struct cc_civil){y, m, k}), d);
				assert_int_equal(c.year, y);
				assert_int_equal(c.month, m);
				assert_int_equal(c.day, k);
				assert_int_equal(cc_weekday(d), w);
			}
			assert_false(cc_civil_ok(
			    (struct cc_civil){y, m, n + 1}));
		}
	}
}

static void
knows_which_dates_are_real(void **state)
{
	static const struct {
		struct cc_civil c;
		bool ok;
	} t[] = {
		{{2026, 1, 1}, true}, {{2026, 12, 31}, true},
		{{2024, 2, 29}, true}, {{2026, 2, 29}, false},
		{{2000, 2, 29}, true}, {{1900, 2, 29}, false},
		{{2026, 0, 1}, false}, {{2026, 13, 1}, false},
		{{2026, 4, 31}, false}, {{2026, 4, 0}, false},
		{{1, 1, 1}, true}, {{0, 1, 1}, false},
		{{9999, 12, 31}, true}, {{10000, 1, 1}, false},
		{{-4, 1, 1}, false}, {{2026, 4, -1}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_int_equal(cc_civil_ok(t[i].c), t[i].ok);
}

static void
survives_the_ends_of_the_day_type(void **state)
{
	struct cc_civil far = {INT32_MAX, 12, 31};
	struct cc_civil past = {INT32_MIN, 1, 1};

	(void)state;
	assert_int_equal(cc_day_of(far), INT32_MAX);
	assert_int_equal(cc_day_of(past), INT32_MIN);
	assert_int_equal(cc_day_of(cc_civil_of(INT32_MAX)), INT32_MAX);
	assert_int_equal(cc_day_of(cc_civil_of(INT32_MIN)), INT32_MIN);
	assert_int_equal(cc_add_months(0, INT32_MAX), INT32_MAX);
	assert_int_equal(cc_add_months(0, INT32_MIN), INT32_MIN);
	assert_in_range(cc_weekday(INT32_MIN), 0, 6);
}

static void
adds_months_and_stays_in_the_month(void **state)
{
	static const struct {
		const char *from;
		int n;
		const char *to;
	} t[] = {
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2026-01-31", 2, "2026-03-31"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", -48, "2020-02-29"},
		{"2025-11-15", 2, "2026-01-15"},
		{"2026-01-15", -1, "2025-12-15"},
		{"2026-01-15", -13, "2024-12-15"},
		{"2026-05-30", 0, "2026-05-30"},
		{"2026-12-31", 2, "2027-02-28"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		char got[CC_DAY_TEXT];

		cc_day_format(cc_add_months(day(t[i].from), t[i].n), got);
		assert_string_equal(got, t[i].to);
	}
}

static void
reads_instants_with_an_offset(void **state)
{
	static const struct {
		const char *text, *utc;
	} t[] = {
		{"2026-03-09T00:30:00Z", "2026-03-09T00:30:00Z"},
		{"2026-03-09t00:30:00z", "2026-03-09T00:30:00Z"},
		{"2026-03-08T19:30:00-05:00", "2026-03-09T00:30:00Z"},
		{"2026-03-09T06:00:00+05:30", "2026-03-09T00:30:00Z"},
		{"2026-03-09T00:30:00-00:00", "2026-03-09T00:30:00Z"},
		{"2026-03-09T00:30:00.999999999999Z", "2026-03-09T00:30:00Z"},
		{"2026-03-09T00:30:59.5+00:00", "2026-03-09T00:30:59Z"},
		{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
		{"1969-12-31T19:00:00-05:00", "1970-01-01T00:00:00Z"},
		{"2099-12-31T23:59:59Z", "2099-12-31T23:59:59Z"},
		{"2100-01-01T00:59:59+01:00", "2099-12-31T23:59:59Z"},
		{"2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"},
		{"2026-06-30T23:59:59-23:59", "2026-07-01T23:58:59Z"},
		{"2026-06-30T23:59:59+23:59", "2026-06-30T00:00:59Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct cc_wall w;
		struct cc_err err;

		if (cc_wall_parse(str(t[i].text), &w, &err) != CC_OK)
			fail_msg("%s", err.msg);
		assert_wall(w, t[i].utc);
	}
}

static void
refuses_instants_that_are_none(void **state)
{
	static const struct {
		const char *text, *why;
	} t[] = {
		{"", "it is not"},
		{"2026-03-09T00:30:00", "offset (Z or +hh:mm) is missing"},
		{"2026-03-09T00:30:00.25", "offset (Z or +hh:mm) is missing"},
		{"2026-03-09T00:30:00 Z", "neither Z nor"},
		{"2026-03-09 00:30:00Z", "it is not"},
		{"2026-03-09", "it is not"},
		{"2026-03-09T00:30Z", "it is not"},
		{"20260309T003000Z", "it is not"},
		{"2026-13-09T00:30:00Z", "no such date"},
		{"2026-00-09T00:30:00Z", "no such date"},
		{"2026-02-29T00:30:00Z", "no such date"},
		{"2026-04-31T00:30:00Z", "no such date"},
		{"0000-01-01T00:00:00Z", "no such date"},
		{"2026-03-09T24:00:00Z", "no such time of day"},
		{"2026-03-09T23:60:00Z", "no such time of day"},
		{"2026-12-31T23:59:60Z", "seconds run from 00 to 59"},
		{"2026-03-09T00:30:00.Z", "a fraction needs digits"},
		{"2026-03-09T00:30:00,5Z", "neither Z nor"},
		{"2026-03-09T00:30:00+24:00", "offset is out of range"},
		{"2026-03-09T00:30:00+05:60", "offset is out of range"},
		{"2026-03-09T00:30:00+0530", "neither Z nor"},
		{"2026-03-09T00:30:00+5:30", "neither Z nor"},
		{"2026-03-09T00:30:00-05", "neither Z nor"},
		{"2026-03-09T00:30:00ZZ", "something follows"},
		{"2026-03-09T00:30:00Z ", "something follows"},
		{"2026-03-09T00:30:00-05:00[America/Chicago]",
		    "something follows"},
		{"+2026-03-09T00:30:00Z", "it is not"},
		{" 2026-03-09T00:30:00Z", "it is not"},
		{"2026-3-09T00:30:00Z", "it is not"},
		{"1969-12-31T23:59:59Z", "outside 1970 to 2099"},
		{"1970-01-01T00:00:00+00:01", "outside 1970 to 2099"},
		{"2100-01-01T00:00:00Z", "outside 1970 to 2099"},
		{"2099-12-31T23:59:59-00:01", "outside 1970 to 2099"},
		{"9999-12-31T23:59:59Z", "outside 1970 to 2099"},
		{"0001-01-01T00:00:00Z", "outside 1970 to 2099"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct cc_wall w = {42};
		struct cc_err err = {CC_OK, 0, ""};

		assert_int_equal(cc_wall_parse(str(t[i].text), &w, &err),
		    CC_EINVAL);
		assert_int_equal(err.code, CC_EINVAL);
		if (strstr(err.msg, t[i].why) == NULL)
			fail_msg("%s: %s", t[i].text, err.msg);
		assert_int_equal(w.s, 42);
		assert_int_equal(cc_wall_parse(str(t[i].text), &w, NULL),
		    CC_EINVAL);
	}
}

static void
refuses_every_prefix_of_an_instant(void **state)
{
	const char *text = "2026-03-09T00:30:00.125-05:00";
	struct cc_wall w = {42};

	(void)state;
	for (uint32_t n = 0; n < strlen(text); n++) {
		char copy[32];

		/* A copy of its own, so that a sanitizer sees an overrun. */
		memcpy(copy, text, n);
		assert_int_equal(cc_wall_parse((struct cc_str){copy, n}, &w,
		    NULL), CC_EINVAL);
	}
	assert_int_equal(w.s, 42);
	assert_int_equal(cc_wall_parse(str(text), &w, NULL), CC_OK);
}

static void
shows_no_control_character_of_a_bad_instant(void **state)
{
	struct cc_wall w;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_wall_parse(CC_STR("20\n<3>forged"), &w, &err),
	    CC_EINVAL);
	assert_null(strchr(err.msg, '\n'));
	assert_null(strstr(err.msg, "forged"));
	assert_int_equal(cc_wall_parse((struct cc_str){"2026\0Z", 6}, &w,
	    &err), CC_EINVAL);
	assert_int_equal(cc_wall_parse((struct cc_str){NULL, 0}, &w, &err),
	    CC_EINVAL);
}

static void
reads_dates_and_refuses_what_is_none(void **state)
{
	static const char *const bad[] = {
		"", "2026", "2026-3-9", "2026-03-9", "2026-02-29",
		"2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32",
		"1969-12-31", "2100-01-01", "9999-01-01", "2026-03-09T",
		"2026-03-09 ", " 2026-03-09", "20260309", "2026/03/09",
		"09.03.2026", "+026-03-09"
	};
	cc_day d = 7;
	struct cc_err err;

	(void)state;
	assert_int_equal(day("1970-01-01"), 0);
	assert_int_equal(day("2099-12-31"), 47481);
	assert_int_equal(day("2024-02-29"), 19782);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(cc_day_parse(str(bad[i]), &d, &err),
		    CC_EINVAL);
		assert_non_null(strstr(err.msg, "date"));
		assert_int_equal(d, 7);
	}
	assert_int_equal(cc_day_parse((struct cc_str){NULL, 0}, &d, &err),
	    CC_EINVAL);
}

static void
writes_instants_and_dates(void **state)
{
	char text[CC_DAY_TEXT];

	(void)state;
	assert_wall((struct cc_wall){0}, "1970-01-01T00:00:00Z");
	assert_wall((struct cc_wall){-1}, "1969-12-31T23:59:59Z");
	assert_wall((struct cc_wall){4102444799}, "2099-12-31T23:59:59Z");
	assert_wall((struct cc_wall){1773016200}, "2026-03-09T00:30:00Z");
	/* Far off the texts still fit; the date stops at its four digits. */
	assert_wall((struct cc_wall){INT64_MAX}, "9999-12-31T15:30:07Z");
	assert_wall((struct cc_wall){INT64_MIN}, "0000-01-01T08:29:52Z");
	cc_day_format(20521, text);
	assert_string_equal(text, "2026-03-09");
	cc_day_format(INT32_MAX, text);
	assert_string_equal(text, "9999-12-31");
	cc_day_format(INT32_MIN, text);
	assert_string_equal(text, "0000-01-01");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_each_day_of_four_centuries_once),
		cmocka_unit_test(knows_which_dates_are_real),
		cmocka_unit_test(survives_the_ends_of_the_day_type),
		cmocka_unit_test(adds_months_and_stays_in_the_month),
		cmocka_unit_test(reads_instants_with_an_offset),
		cmocka_unit_test(refuses_instants_that_are_none),
		cmocka_unit_test(refuses_every_prefix_of_an_instant),
		cmocka_unit_test(shows_no_control_character_of_a_bad_instant),
		cmocka_unit_test(reads_dates_and_refuses_what_is_none),
		cmocka_unit_test(writes_instants_and_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
