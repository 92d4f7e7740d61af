/* Business days and the weekly block, over the Texas holidays of 2025/26
 * written out by hand: no file is read but the zone's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/tzif.h"
#include "scheduler/calendar.h"

enum { H = 3600, D = 86400, MONDAY_TO_FRIDAY = 0x3e };

static const struct {
	const char *day, *name;
} texas[] = {
	{"2025-11-11", "Veterans Day"},
	{"2025-11-27", "Thanksgiving Day"},
	{"2025-11-28", "Friday after Thanksgiving"},
	{"2025-12-24", "Christmas Eve"},
	{"2025-12-25", "Christmas Day"},
	{"2025-12-26", "day after Christmas"},
	{"2026-01-01", "New Year's Day"},
	{"2026-01-19", "Martin Luther King, Jr. Day"},
	{"2026-02-16", "Presidents' Day"},
	{"2026-03-02", "Texas Independence Day"},
	{"2026-04-21", "San Jacinto Day"},
	{"2026-05-25", "Memorial Day"},
	{"2026-06-19", "Emancipation Day"},
	{"2026-07-04", "Independence Day"},
	{"2026-08-27", "Lyndon Baines Johnson Day"},
	{"2026-09-07", "Labor Day"},
};

static struct cc_arena arena;
static struct cc_zone chicago;
static struct cc_holiday holidays[sizeof texas / sizeof texas[0]];
static struct cc_calendar cal;

static struct cc_str
str(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

static cc_day
day(const char *text)
{
	cc_day d = 0;

	assert_int_equal(cc_day_parse(str(text), &d, NULL), CC_OK);
	return d;
}

static struct cc_wall
wall(const char *text)
{
	struct cc_wall w = {0};

	assert_int_equal(cc_wall_parse(str(text), &w, NULL), CC_OK);
	return w;
}

static void
assert_day(cc_day d, const char *text)
{
	char got[CC_DAY_TEXT];

	cc_day_format(d, got);
	assert_string_equal(got, text);
}

static void
assert_wall(struct cc_wall t, const char *text)
{
	char got[CC_WALL_TEXT];

	cc_wall_format(t, got);
	assert_string_equal(got, text);
}

static void
finds_each_holiday_and_no_other_day(void **state)
{
	size_t found = 0;

	(void)state;
	for (cc_day d = day("2025-11-01"); d <= day("2026-12-31"); d++) {
		const struct cc_holiday *h = cc_holiday_on(&cal, d);

		if (h == NULL)
			continue;
		assert_int_equal(h->day, d);
		assert_string_equal(h->name, texas[found].name);
		found++;
	}
	assert_int_equal(found, sizeof texas / sizeof texas[0]);
	assert_null(cc_holiday_on(&cal, INT32_MIN));
	assert_null(cc_holiday_on(&cal, INT32_MAX));
}

static void
knows_a_business_day(void **state)
{
	static const struct {
		const char *day;
		bool business;
	} t[] = {
		{"2025-11-21", true}, {"2025-11-22", false},
		{"2025-11-23", false}, {"2025-11-24", true},
		{"2025-11-26", true}, {"2025-11-27", false},
		{"2025-11-28", false}, {"2025-11-29", false},
		{"2025-12-01", true}, {"2025-12-24", false},
		{"2026-07-03", true}, {"2026-07-04", false},
		{"2026-07-06", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_int_equal(cc_business_day(&cal, day(t[i].day)),
		    t[i].business);
}

static void
counts_business_days_after_a_day(void **state)
{
	static const struct {
		const char *from;
		int n;
		const char *to;
	} t[] = {
		/* Over Thanksgiving. */
		{"2025-11-26", 1, "2025-12-01"},
		{"2025-11-26", 5, "2025-12-05"},
		{"2025-11-24", 2, "2025-11-26"},
		{"2025-11-24", 3, "2025-12-01"},
		/* A holiday is no different from the weekend as a start. */
		{"2025-11-27", 1, "2025-12-01"},
		{"2025-11-29", 1, "2025-12-01"},
		{"2025-11-30", 1, "2025-12-01"},
		/* Over Christmas and New Year. */
		{"2025-12-23", 1, "2025-12-29"},
		{"2025-12-22", 2, "2025-12-29"},
		{"2025-12-23", 3, "2025-12-31"},
		{"2025-12-23", 4, "2026-01-02"},
		{"2025-12-23", 5, "2026-01-05"},
		/* A plain week, and a holiday on a Saturday. */
		{"2026-06-01", 5, "2026-06-08"},
		{"2026-06-05", 1, "2026-06-08"},
		{"2026-07-02", 2, "2026-07-06"},
		{"2026-06-01", 0, "2026-06-01"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_day(cc_business_after(&cal, day(t[i].from), t[i].n),
		    t[i].to);
}

static void
counts_business_days_in_a_stretch(void **state)
{
	static const struct {
		const char *from;
		int n;
		const char *to;
	} t[] = {
		{"2026-06-01", 1, "2026-06-01"},
		{"2026-06-01", 5, "2026-06-05"},
		{"2026-06-06", 1, "2026-06-08"},
		{"2025-11-26", 2, "2025-12-01"},
		{"2025-11-27", 1, "2025-12-01"},
		{"2025-12-23", 5, "2026-01-02"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_day(cc_business_from(&cal, day(t[i].from), t[i].n),
		    t[i].to);
}

static void
agrees_with_counting_on_the_fingers(void **state)
{
	(void)state;
	for (cc_day d = day("2025-11-01"); d <= day("2026-12-31"); d++) {
		cc_day at = d;

		for (int n = 1; n <= 12; n++) {
			do
				at++;
			while (!cc_business_day(&cal, at));
			assert_int_equal(cc_business_after(&cal, d, n), at);
			assert_int_equal(cc_business_from(&cal, d + 1, n), at);
		}
	}
}

static void
knows_the_edges_of_the_weekly_block(void **state)
{
	static const struct {
		const char *t;	/* local time with its offset */
		bool inside;
	} t[] = {
		{"2026-06-01T07:59:59-05:00", false},	/* Monday */
		{"2026-06-01T08:00:00-05:00", true},
		{"2026-06-01T23:59:59-05:00", true},
		{"2026-06-02T03:00:00-05:00", true},	/* nights belong to it */
		{"2026-06-05T16:59:59-05:00", true},	/* Friday */
		{"2026-06-05T17:00:00-05:00", false},
		{"2026-06-06T12:00:00-05:00", false},
		{"2026-06-07T12:00:00-05:00", false},
		/* Memorial Day, a Monday: outside all day; by the letter the
		 * early Tuesday is inside. */
		{"2026-05-25T10:00:00-05:00", false},
		{"2026-05-25T23:59:59-05:00", false},
		{"2026-05-26T00:00:00-05:00", true},
		{"2025-11-27T10:00:00-06:00", false},
		{"2025-11-26T23:59:59-06:00", true},
		/* The same instants seen from elsewhere stay the same. */
		{"2026-06-01T13:00:00Z", true},
		{"2026-06-01T12:59:59Z", false},
		/* The Monday after each change of the clock. */
		{"2026-03-09T08:00:00-05:00", true},
		{"2026-03-09T07:59:59-05:00", false},
		{"2026-11-02T08:00:00-06:00", true},
		{"2026-11-02T07:59:59-06:00", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_int_equal(cc_in_block(&cal, &chicago, wall(t[i].t)),
		    t[i].inside);
}

static void
takes_blocks_over_the_weekend_and_of_a_whole_week(void **state)
{
	struct cc_calendar c = cal;

	(void)state;
	/* Friday 17:00 to Monday 08:00 is what the other block leaves. */
	c.block_from_wday = 5;
	c.block_from_s = 17 * H;
	c.block_to_wday = 1;
	c.block_to_s = 8 * H;
	for (struct cc_wall t = wall("2026-06-01T00:00:00-05:00");
	    t.s < wall("2026-06-15T00:00:00-05:00").s; t.s += 1799)
		assert_int_not_equal(cc_in_block(&c, &chicago, t),
		    cc_in_block(&cal, &chicago, t));
	c.block_from_wday = 0;
	c.block_from_s = 0;
	c.block_to_wday = 6;
	c.block_to_s = D;
	assert_true(cc_in_block(&c, &chicago,
	    wall("2026-06-06T23:59:59-05:00")));
	assert_true(cc_in_block(&c, &chicago,
	    wall("2026-06-07T00:00:00-05:00")));
	assert_false(cc_in_block(&c, &chicago,
	    wall("2025-12-25T12:00:00-06:00")));
	/* From a second to itself there is nothing. */
	c.block_to_wday = 0;
	c.block_to_s = 0;
	assert_false(cc_in_block(&c, &chicago,
	    wall("2026-06-07T00:00:00-05:00")));
}

static void
finds_the_next_business_day_of_an_instant(void **state)
{
	static const struct {
		const char *t, *day;
	} t[] = {
		/* Monday before 08:00 is that Monday. */
		{"2026-06-01T00:00:00-05:00", "2026-06-01"},
		{"2026-06-01T07:59:59-05:00", "2026-06-01"},
		{"2026-06-01T08:00:00-05:00", "2026-06-02"},
		/* Friday evening and the weekend. */
		{"2026-06-05T17:00:00-05:00", "2026-06-08"},
		{"2026-06-06T03:00:00-05:00", "2026-06-08"},
		{"2026-06-07T23:59:59-05:00", "2026-06-08"},
		/* Memorial Day before 08:00 is not a business day. */
		{"2026-05-25T06:00:00-05:00", "2026-05-26"},
		{"2026-05-25T12:00:00-05:00", "2026-05-26"},
		{"2026-05-22T17:00:00-05:00", "2026-05-26"},
		/* Thanksgiving, Christmas. */
		{"2025-11-27T09:00:00-06:00", "2025-12-01"},
		{"2025-11-28T17:30:00-06:00", "2025-12-01"},
		{"2025-12-24T07:00:00-06:00", "2025-12-29"},
		/* Before 08:00 on another day than the first is the next day's
		 * matter. */
		{"2026-06-02T06:00:00-05:00", "2026-06-03"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_day(cc_next_business(&cal, &chicago, wall(t[i].t)),
		    t[i].day);
}

static void
counts_elapsed_time_on_business_days_only(void **state)
{
	static const struct {
		const char *from;
		cc_dur_s d;
		const char *to;
	} t[] = {
		{"2026-05-15T15:00:00-05:00", 24 * H, "2026-05-18T20:00:00Z"},
		{"2026-05-22T15:00:00-05:00", 24 * H, "2026-05-26T20:00:00Z"},
		{"2026-06-02T10:00:00-05:00", 24 * H, "2026-06-03T15:00:00Z"},
		/* From the weekend: as from Monday 00:00. */
		{"2026-06-06T10:00:00-05:00", 24 * H, "2026-06-09T05:00:00Z"},
		{"2026-06-06T10:00:00-05:00", 1, "2026-06-08T05:00:01Z"},
		/* The last counted second ends the day. */
		{"2026-06-05T00:00:00-05:00", 24 * H, "2026-06-06T05:00:00Z"},
		{"2026-06-05T00:00:01-05:00", 24 * H, "2026-06-08T05:00:01Z"},
		/* Over Thanksgiving and over Christmas. */
		{"2025-11-26T18:00:00-06:00", 24 * H, "2025-12-02T00:00:00Z"},
		{"2025-12-23T12:00:00-06:00", 24 * H, "2025-12-29T18:00:00Z"},
		/* The clocks change on a Sunday, so elapsed hours keep. */
		{"2026-03-06T23:00:00-06:00", 2 * H, "2026-03-09T06:00:00Z"},
		{"2026-10-30T23:00:00-05:00", 2 * H, "2026-11-02T07:00:00Z"},
		{"2026-06-02T10:00:00-05:00", 5 * 24 * H,
		    "2026-06-09T15:00:00Z"},
		{"2026-06-06T10:00:00-05:00", 0, "2026-06-06T15:00:00Z"},
		{"2026-06-06T10:00:00-05:00", -5, "2026-06-06T15:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_wall(cc_business_elapsed(&cal, &chicago, wall(t[i].from),
		    t[i].d), t[i].to);
}

static void
agrees_with_counting_hour_by_hour(void **state)
{
	struct cc_wall t = wall("2025-12-19T00:00:00-06:00");

	(void)state;
	for (int k = 0; k < 500; k++, t.s += 2 * H) {
		struct cc_wall at = t;
		int left = 24;

		/* Chicago keeps whole hours, so an hour is in or out. */
		while (left > 0) {
			left -= cc_business_day(&cal,
			    cc_local_day(&chicago, at));
			at.s += H;
		}
		assert_int_equal(cc_business_elapsed(&cal, &chicago, t,
		    24 * H).s, at.s);
	}
}

static void
returns_even_where_there_is_no_work_day(void **state)
{
	struct cc_calendar c = cal;
	struct cc_wall t = wall("2026-06-02T10:00:00-05:00");
	cc_day d = day("2026-06-02");

	(void)state;
	c.workdays = 0;
	assert_false(cc_business_day(&c, d));
	assert_int_equal(cc_business_after(&c, d, 3), d + 3);
	assert_int_equal(cc_next_business(&c, &chicago, t), d + 1);
	assert_int_equal(cc_business_elapsed(&c, &chicago, t, 100).s,
	    t.s + 100);
	assert_int_equal(cc_business_elapsed(&c, &chicago,
	    (struct cc_wall){INT64_MAX}, 100).s, INT64_MAX);
	assert_int_equal(cc_business_after(&c, INT32_MAX, INT32_MAX),
	    INT32_MAX);
	assert_int_equal(cc_business_from(&c, INT32_MIN, 1), INT32_MIN + 1);
	/* A count beyond all days there are ends too. */
	assert_int_equal(cc_business_after(&cal, d, INT32_MAX), INT32_MAX);
}

static int
begin(void **state)
{
	size_t n = sizeof texas / sizeof texas[0];

	(void)state;
	cc_heap_arena_init(&arena, 1024 * 1024);
	if (cc_tzif_load(NULL, CC_STR("America/Chicago"), &arena, &chicago,
	    NULL) != CC_OK)
		return -1;
	for (size_t i = 0; i < n; i++) {
		cc_day d;

		if (cc_day_parse(str(texas[i].day), &d, NULL) != CC_OK)
			return -1;
		holidays[i] = (struct cc_holiday){d, texas[i].name, 0};
	}
	cal = (struct cc_calendar){
		.holidays = holidays, .nholidays = (uint32_t)n,
		.workdays = MONDAY_TO_FRIDAY,
		.block_from_wday = 1, .block_from_s = 8 * H,
		.block_to_wday = 5, .block_to_s = 17 * H,
	};
	return 0;
}

static int
end(void **state)
{
	(void)state;
	cc_arena_done(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_holiday_and_no_other_day),
		cmocka_unit_test(knows_a_business_day),
		cmocka_unit_test(counts_business_days_after_a_day),
		cmocka_unit_test(counts_business_days_in_a_stretch),
		cmocka_unit_test(agrees_with_counting_on_the_fingers),
		cmocka_unit_test(knows_the_edges_of_the_weekly_block),
		cmocka_unit_test(takes_blocks_over_the_weekend_and_of_a_whole_week),
		cmocka_unit_test(finds_the_next_business_day_of_an_instant),
		cmocka_unit_test(counts_elapsed_time_on_business_days_only),
		cmocka_unit_test(agrees_with_counting_hour_by_hour),
		cmocka_unit_test(returns_even_where_there_is_no_work_day),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
