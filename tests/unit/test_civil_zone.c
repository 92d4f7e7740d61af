/* The local day and the wall clock of real zones and of rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/tzif.h"
#include "scheduler/civil.h"

static struct cc_arena arena;

static struct cc_str
str(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

static const struct cc_zone *
zone(const char *name)
{
	struct cc_zone *z = cc_arena_alloc(&arena, sizeof *z);
	struct cc_err err;

	assert_non_null(z);
	if (cc_tzif_load(NULL, str(name), &arena, z, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return z;
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
writes_local_time_for_people(void **state)
{
	static const struct {
		const char *zone;
		int64_t t;
		const char *text;
	} t[] = {
		{"America/Chicago", 1773016200, "Sun 2026-03-08 19:30:00 CDT"},
		{"America/Chicago", 1767225600, "Wed 2025-12-31 18:00:00 CST"},
		{"America/Denver", 1773016200, "Sun 2026-03-08 18:30:00 MDT"},
		{"America/Phoenix", 1773016200, "Sun 2026-03-08 17:30:00 MST"},
		{"Asia/Kolkata", 1773016200, "Mon 2026-03-09 06:00:00 IST"},
		{"America/Sao_Paulo", 1773016200,
		    "Sun 2026-03-08 21:30:00 -03"},
		{"Etc/UTC", 1773016200, "Mon 2026-03-09 00:30:00 UTC"},
	};
	char got[CC_LOCAL_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		cc_local_format(zone(t[i].zone), (struct cc_wall){t[i].t},
		    got);
		assert_string_equal(got, t[i].text);
	}
}

/* One row a day: when it begins and when it ends. */
static const struct {
	const char *zone, *day, *sod, *eod;
} days[] = {
	/* 23, 25 and 24 hours in the United States. */
	{"America/Chicago", "2025-03-09", "2025-03-09T06:00:00Z",
	    "2025-03-10T04:59:59Z"},
	{"America/Chicago", "2025-11-02", "2025-11-02T05:00:00Z",
	    "2025-11-03T05:59:59Z"},
	{"America/Chicago", "2026-07-04", "2026-07-04T05:00:00Z",
	    "2026-07-05T04:59:59Z"},
	{"America/Denver", "2025-11-02", "2025-11-02T06:00:00Z",
	    "2025-11-03T06:59:59Z"},
	{"America/New_York", "2025-03-09", "2025-03-09T05:00:00Z",
	    "2025-03-10T03:59:59Z"},
	{"America/Phoenix", "2025-03-09", "2025-03-09T07:00:00Z",
	    "2025-03-10T06:59:59Z"},
	/* After the last transition of the file: the rule. */
	{"America/Chicago", "2098-03-09", "2098-03-09T06:00:00Z",
	    "2098-03-10T04:59:59Z"},
	{"America/Chicago", "2099-11-01", "2099-11-01T05:00:00Z",
	    "2099-11-02T05:59:59Z"},
	/* The other hemisphere, by rule: daylight time over New Year. */
	{"Australia/Sydney", "2090-01-01", "2089-12-31T13:00:00Z",
	    "2090-01-01T12:59:59Z"},
	{"Australia/Sydney", "2090-07-01", "2090-06-30T14:00:00Z",
	    "2090-07-01T13:59:59Z"},
	{"Pacific/Auckland", "2099-12-31", "2099-12-30T11:00:00Z",
	    "2099-12-31T10:59:59Z"},
	/* No midnight: the clock went from 23:59:59 to 01:00:00. */
	{"America/Sao_Paulo", "2017-10-15", "2017-10-15T03:00:00Z",
	    "2017-10-16T01:59:59Z"},
	{"Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z",
	    "2026-03-29T20:59:59Z"},
	{"Asia/Beirut", "2090-03-26", "2090-03-25T22:00:00Z",
	    "2090-03-26T20:59:59Z"},
	{"Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z",
	    "2026-04-24T20:59:59Z"},
	/* Midnight twice: 00:00:00 to 00:59:59 came again. */
	{"America/Havana", "2025-11-02", "2025-11-02T04:00:00Z",
	    "2025-11-03T04:59:59Z"},
	/* Set back at midnight to 23:00: the day begins after that. */
	{"America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z",
	    "2018-02-19T02:59:59Z"},
	{"America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z",
	    "2018-02-18T02:59:59Z"},
	/* Set back at 00:01 to 23:01: it began a minute before. */
	{"America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z",
	    "2010-11-08T03:29:59Z"},
	/* A day that was left out is the instant at which it would have been,
	 * and holds nothing. */
	{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z",
	    "2011-12-30T09:59:59Z"},
	{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z",
	    "2011-12-30T09:59:59Z"},
	{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z",
	    "2011-12-31T09:59:59Z"},
	/* A day of 24 hours and a half. */
	{"Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z",
	    "2026-04-05T13:29:59Z"},
	/* Daylight time below standard time. */
	{"Europe/Dublin", "2026-03-29", "2026-03-29T00:00:00Z",
	    "2026-03-29T22:59:59Z"},
	{"Europe/Dublin", "2095-10-30", "2095-10-29T23:00:00Z",
	    "2095-10-30T23:59:59Z"},
	/* Far from Greenwich. */
	{"Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00Z",
	    "2026-01-01T09:59:59Z"},
	{"Etc/GMT+12", "2026-01-01", "2026-01-01T12:00:00Z",
	    "2026-01-02T11:59:59Z"},
};

static void
finds_where_a_local_day_begins_and_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
		const struct cc_zone *z = zone(days[i].zone);
		cc_day d = day(days[i].day);

		assert_wall(cc_sod(z, d), days[i].sod);
		assert_wall(cc_eod(z, d), days[i].eod);
	}
}

static void
says_what_the_wall_shows_around_each_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
		const struct cc_zone *z = zone(days[i].zone);
		cc_day d = day(days[i].day);
		struct cc_wall sod = cc_sod(z, d);

		/* Only the day that was left out is never shown. */
		assert_int_equal(cc_local_day(z, sod),
		    strcmp(days[i].sod, "2011-12-30T10:00:00Z") == 0 ?
		    day("2011-12-31") : d);
		assert_true(cc_local_day(z, (struct cc_wall){sod.s - 1}) < d);
		assert_int_equal(cc_sod(z, d + 1).s, cc_eod(z, d).s + 1);
	}
}

static void
reads_a_wall_time_in_gap_and_overlap(void **state)
{
	enum { H = 3600, M = 60 };
	static const struct {
		const char *zone, *day;
		int32_t s;
		const char *utc;
	} t[] = {
		/* The gap 02:00 to 03:00: read by the offset before it. */
		{"America/Chicago", "2025-03-09", 2 * H - 1,
		    "2025-03-09T07:59:59Z"},
		{"America/Chicago", "2025-03-09", 2 * H,
		    "2025-03-09T08:00:00Z"},
		{"America/Chicago", "2025-03-09", 2 * H + 30 * M,
		    "2025-03-09T08:30:00Z"},
		{"America/Chicago", "2025-03-09", 3 * H - 1,
		    "2025-03-09T08:59:59Z"},
		{"America/Chicago", "2025-03-09", 3 * H,
		    "2025-03-09T08:00:00Z"},
		/* The overlap 01:00 to 02:00: the first one. */
		{"America/Chicago", "2025-11-02", 1 * H + 30 * M,
		    "2025-11-02T06:30:00Z"},
		{"America/Chicago", "2025-11-02", 2 * H - 1,
		    "2025-11-02T06:59:59Z"},
		{"America/Chicago", "2025-11-02", 2 * H,
		    "2025-11-02T08:00:00Z"},
		/* Both again by rule. */
		{"America/Chicago", "2098-03-09", 2 * H + 30 * M,
		    "2098-03-09T08:30:00Z"},
		{"America/Chicago", "2099-11-01", 1 * H + 30 * M,
		    "2099-11-01T06:30:00Z"},
		{"America/Phoenix", "2025-03-09", 2 * H + 30 * M,
		    "2025-03-09T09:30:00Z"},
		{"America/Sao_Paulo", "2017-10-15", 0,
		    "2017-10-15T03:00:00Z"},
		{"America/Sao_Paulo", "2017-10-15", 30 * M,
		    "2017-10-15T03:30:00Z"},
		{"Pacific/Apia", "2011-12-30", 12 * H,
		    "2011-12-30T22:00:00Z"},
		{"Asia/Kolkata", "2026-06-01", 5 * H + 30 * M,
		    "2026-06-01T00:00:00Z"},
		/* Beyond the day: into its neighbours. */
		{"America/Chicago", "2026-06-01", 25 * H,
		    "2026-06-02T06:00:00Z"},
		{"America/Chicago", "2026-06-01", -1 * H,
		    "2026-06-01T04:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_wall(cc_local(zone(t[i].zone), day(t[i].day), t[i].s),
		    t[i].utc);
}

static void
tells_local_date_and_second_at_the_edges(void **state)
{
	const struct cc_zone *z = zone("America/Chicago");
	struct cc_wall spring = {1741507200}; /* 2025-03-09T08:00:00Z */
	struct cc_wall autumn = {1762066800}; /* 2025-11-02T07:00:00Z */

	(void)state;
	assert_int_equal(cc_local_seconds(z, spring), 3 * 3600);
	assert_int_equal(cc_local_seconds(z, (struct cc_wall){spring.s - 1}),
	    2 * 3600 - 1);
	assert_int_equal(cc_local_seconds(z, autumn), 3600);
	assert_int_equal(cc_local_seconds(z, (struct cc_wall){autumn.s - 1}),
	    2 * 3600 - 1);
	assert_true(cc_zone_at(z, spring)->dst);
	assert_false(cc_zone_at(z, (struct cc_wall){spring.s - 1})->dst);
	assert_int_equal(cc_zone_at(z, spring)->offset, -5 * 3600);
	assert_string_equal(cc_zone_at(z, autumn)->abbr, "CST");
	assert_int_equal(cc_local_day(z, (struct cc_wall){-1}), -1);
	assert_int_equal(cc_local_day(z, (struct cc_wall){INT64_MAX}),
	    INT32_MAX);
	assert_int_equal(cc_local_day(z, (struct cc_wall){INT64_MIN}),
	    INT32_MIN);
	assert_in_range(cc_local_seconds(z, (struct cc_wall){INT64_MIN}), 0,
	    86399);
}

static struct cc_zone
ruled(const char *text)
{
	struct cc_zone z;
	struct cc_err err;

	memset(&z, 0, sizeof z);
	z.name = text;
	z.has_rule = true;
	if (cc_tzif_rule(str(text), &z.rule, &err) != CC_OK)
		fail_msg("%s: %s", text, err.msg);
	return z;
}

static void
follows_every_form_of_rule(void **state)
{
	static const struct {
		const char *rule;
		int64_t t;
		int32_t offset;
	} t[] = {
		/* 2026-03-08T07:59:59Z and a second later */
		{"CST6CDT,M3.2.0,M11.1.0", 1772956799, -21600},
		{"CST6CDT,M3.2.0,M11.1.0", 1772956800, -18000},
		/* J60 is 1 March in every year, 59 with 0 first is 29 February
		 * in a leap year. 2028-02-29T12:00Z, 2028-03-01T12:00Z */
		{"AAA0BBB,J60/0,J300/0", 1835438400, 0},
		{"AAA0BBB,J60/0,J300/0", 1835524800, 3600},
		{"AAA0BBB,59/0,300/0", 1835438400, 3600},
		{"AAA0BBB,59/0,300/0", 1835352000, 0},
		/* 2027-03-01T12:00Z */
		{"AAA0BBB,J60/0,J300/0", 1803902400, 3600},
		/* Daylight time for ever (2026-01-01T03:00Z, 2026-07-01) */
		{"XXX3EDT4,0/0,J365/23", 1767236400, -14400},
		{"XXX3EDT4,0/0,J365/23", 1767236399, -14400},
		{"XXX3EDT4,0/0,J365/23", 1782864000, -14400},
		/* A change a day before the date it is counted from:
		 * last Sunday of March at -1 h, America/Nuuk, 2027-03-28. */
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1806195599, -7200},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1806195600, -3600},
		/* Hours beyond the day: Gaza, Saturday 02:00 after the fourth
		 * Thursday + 50 h: 2027-03-27T00:00Z. */
		{"EET-2EEST,M3.4.4/50,M10.4.4/50", 1806105599, 7200},
		{"EET-2EEST,M3.4.4/50,M10.4.4/50", 1806105600, 10800},
		/* A change of January that happens in December before:
		 * 2027-01-01 00:00 less 167 h is 2026-12-25T01:00Z. */
		{"AAA0BBB,J1/-167,J180/0", 1798160399, 0},
		{"AAA0BBB,J1/-167,J180/0", 1798160400, 3600},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct cc_zone z = ruled(t[i].rule);

		assert_int_equal(cc_zone_at(&z, (struct cc_wall){t[i].t})
		    ->offset, t[i].offset);
	}
}

static void
finds_the_next_change_of_a_rule_in_any_year(void **state)
{
	static const char *const rules[] = {
		"CST6CDT,M3.2.0,M11.1.0", "AEST-10AEDT,M10.1.0,M4.1.0/3",
		"IST-1GMT0,M10.5.0,M3.5.0/1", "AAA0BBB,J1/-167,J180/0",
		"AAA0BBB,J1/-167,J2/-167", "AAA0BBB,J364/167,J365/167",
		"EET-2EEST,M3.4.4/50,M10.4.4/50", "AAA12BBB-12,J90,J270",
	};

	(void)state;
	for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
		struct cc_zone z = ruled(rules[r]);
		int64_t before = INT64_MIN;

		/* Day by day nothing is lost and nothing runs backwards,
		 * but for a clock that is set back over midnight. */
		for (cc_day d = 20000; d < 47481; d++) {
			struct cc_wall sod = cc_sod(&z, d);

			assert_true(sod.s >= before);
			assert_true(cc_local_day(&z, sod) >= d);
			assert_true(cc_local_day(&z,
			    (struct cc_wall){sod.s - 1}) < d);
			before = sod.s;
		}
	}
}

static int
begin(void **state)
{
	(void)state;
	cc_heap_arena_init(&arena, 16 * 1024 * 1024);
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
		cmocka_unit_test(writes_local_time_for_people),
		cmocka_unit_test(finds_where_a_local_day_begins_and_ends),
		cmocka_unit_test(says_what_the_wall_shows_around_each_day),
		cmocka_unit_test(reads_a_wall_time_in_gap_and_overlap),
		cmocka_unit_test(tells_local_date_and_second_at_the_edges),
		cmocka_unit_test(follows_every_form_of_rule),
		cmocka_unit_test(finds_the_next_change_of_a_rule_in_any_year),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
