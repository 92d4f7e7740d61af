/* iCalendar files of holidays: what counts, and what is refused where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/holidays.h"

enum { MIB = 1024 * 1024, BIG = 2 * MIB };

static struct cc_arena arena;
static char big[BIG];

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

static void
assert_holiday(const struct cc_calendar *c, const char *date, const char *name)
{
	const struct cc_holiday *h = cc_holiday_on(c, day(date));

	if (name == NULL) {
		assert_null(h);
		return;
	}
	if (h == NULL)
		fail_msg("%s is no holiday", date);
	else
		assert_string_equal(h->name, name);
}

static enum cc_code
parse(const char *path, const char *text, struct cc_calendar *ret,
    struct cc_err *reterr)
{
	struct cc_holidays_source src = {.path = path};

	return cc_holidays_parse(&src, str(text), &arena, ret, reterr);
}

/* The text must be refused with these words, and nothing be written. */
static void
assert_refused(const char *path, const char *text, enum cc_code code,
    const char *words)
{
	struct cc_calendar c = {.nholidays = 77, .first = 5};
	struct cc_err err = {CC_OK, 0, ""};
	size_t total = arena.total;

	assert_int_equal(parse(path, text, &c, &err), code);
	if (strstr(err.msg, words) == NULL)
		fail_msg("expected \"%s\", got \"%s\"", words, err.msg);
	assert_int_equal(c.nholidays, 77);
	assert_int_equal(c.first, 5);
	assert_int_equal(arena.total, total);
}

/* Puts a text at offset n of the big buffer; gives the offset after it. */
static size_t
put(size_t n, const char *text)
{
	size_t len = strlen(text);

	assert_true(n + len < sizeof big);
	memcpy(big + n, text, len + 1);
	return n + len;
}

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:a@b\r\nDTSTAMP:20260101T000000Z\r\n" \
	lines "END:VEVENT\r\n"
#define ICS(lines) HEAD EVENT("SUMMARY:Day\r\n" lines) "END:VCALENDAR\r\n"
#define START "DTSTART;VALUE=DATE:20260105\r\n"	/* a Monday */

static void
expands_rules_dates_and_exceptions(void **state)
{
	static const struct {
		const char *text, *days[8];
		uint32_t n;
	} t[] = {
		{ICS(START), {"2026-01-05"}, 1},
		{ICS(START "DTEND;VALUE=DATE:20260108\r\n"),
		    {"2026-01-05", "2026-01-06", "2026-01-07"}, 3},
		{ICS(START "DURATION:P2D\r\n"),
		    {"2026-01-05", "2026-01-06"}, 2},
		{ICS(START "DURATION:P1W\r\n"),
		    {"2026-01-05", "2026-01-11"}, 7},
		{ICS(START "RRULE:FREQ=WEEKLY;COUNT=3\r\n"),
		    {"2026-01-05", "2026-01-12", "2026-01-19"}, 3},
		{ICS(START "RRULE:FREQ=DAILY;UNTIL=20260107\r\n"),
		    {"2026-01-05", "2026-01-06", "2026-01-07"}, 3},
		{ICS(START "RRULE:FREQ=WEEKLY;COUNT=3\r\n"
		    "EXDATE;VALUE=DATE:20260112\r\n"),
		    {"2026-01-05", "2026-01-19"}, 2},
		{ICS(START "EXDATE;VALUE=DATE:20260105,20260203\r\n"
		    "RDATE;VALUE=DATE:20260202,20260203\r\n"),
		    {"2026-02-02"}, 1},
		/* RDATE on a day that the rule gives too: once. */
		{ICS(START "RRULE:FREQ=WEEKLY;COUNT=2\r\n"
		    "RDATE;VALUE=DATE:20260112\r\n"),
		    {"2026-01-05", "2026-01-12"}, 2},
		{ICS(START "STATUS:CANCELLED\r\n"), {NULL}, 0},
		{ICS(START "RRULE:FREQ=YEARLY;\r\n COUNT=2\r\n"),
		    {"2026-01-05", "2027-01-05"}, 2},
		{ICS("DTSTART;VALUE=DATE:20991230\r\nRRULE:FREQ=DAILY\r\n"),
		    {"2099-12-30", "2099-12-31"}, 2},
		{ICS("DTSTART;VALUE=DATE:20991231\r\nDURATION:P3D\r\n"),
		    {"2099-12-31"}, 1},
		{ICS("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY;"
		    "COUNT=2\r\n"), {"2024-02-29", "2028-02-29"}, 2},
		{HEAD "END:VCALENDAR\r\n", {NULL}, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct cc_calendar c;
		struct cc_err err;

		if (parse("x.ics", t[i].text, &c, &err) != CC_OK)
			fail_msg("row %zu: %s", i, err.msg);
		assert_int_equal(c.nholidays, t[i].n);
		for (int k = 0; t[i].days[k] != NULL; k++)
			assert_holiday(&c, t[i].days[k], "Day");
		/* Nobody vouches for it. */
		assert_true(c.first > c.last);
	}
}

static void
is_told_by_content_too_and_takes_bare_line_feeds(void **state)
{
	struct cc_calendar c;
	struct cc_err err;
	const char *text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
	    "X-CASECLOCK-REVIEWED:2026-01-01/2026-12-31\n"
	    "BEGIN:VEVENT\nUID:a\nDTSTAMP:20260101T000000Z\n"
	    "SUMMARY:One\\, two\\nthree\nDTSTART;VALUE=DATE:20260105\n"
	    "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT10M\n"
	    "END:VALARM\nEND:VEVENT\nEND:VCALENDAR\n";

	(void)state;
	if (parse("holidays", text, &c, &err) != CC_OK)
		fail_msg("%s", err.msg);
	assert_holiday(&c, "2026-01-05", "One, two three");
	assert_int_equal(c.holidays[0].line, 5);
	assert_int_equal(c.first, day("2026-01-01"));
	assert_int_equal(c.last, day("2026-12-31"));
}

/* All events stand at line 4 here; SUMMARY is line 7, what follows line 8. */
static const struct {
	const char *text, *words;
} hostile[] = {
	{ICS(START "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
	    "x.ics:9:7: RRULE: FREQ of DAILY or longer"},
	{ICS(START "RRULE:FREQ=MINUTELY\r\n"), "x.ics:9:7: RRULE"},
	{ICS(START "RRULE:FREQ=HOURLY\r\n"), "x.ics:9:7: RRULE"},
	{ICS(START "RRULE:FREQ=DAILY;BYHOUR=3\r\n"), "x.ics:9:7: "},
	{ICS(START "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\n"),
	    "x.ics:9:7: RRULE: DTSTART must be the first day"},
	{ICS(START "RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=2MO\r\n"),
	    "DTSTART must be the first day"},
	{ICS(START "RRULE:FREQ=FORTNIGHTLY\r\n"), "x.ics:9:7: "},
	{ICS(START "RRULE:nonsense\r\n"), "x.ics:9:7: "},
	{ICS("DTSTART;VALUE=DATE:20261301\r\n"), "x.ics:8:20: "},
	{ICS("DTSTART;VALUE=DATE:20260230\r\n"), "x.ics:8:20: "},
	{ICS("DTSTART;VALUE=DATE:tomorrow\r\n"), "x.ics:8:20: "},
	{ICS("DTSTART:20260105T000000Z\r\n"),
	    "x.ics:8:9: DTSTART: a date of 1970 to 2099"},
	{ICS("DTSTART;TZID=Nowhere:20260105T000000\r\n"),
	    "x.ics:8:22: DTSTART"},
	{ICS("DTSTART;VALUE=DATE:19691231\r\n"), "x.ics:8:20: "},
	{ICS("DTSTART;VALUE=DATE:21000101\r\n"), "x.ics:8:20: "},
	{ICS(""), "x.ics:4:1: the event has no DTSTART"},
	{ICS(START START), "x.ics:8:20: "},
	{ICS(START "DTEND;VALUE=DATE:20260105\r\n"), "x.ics:9:18: "},
	{ICS(START "DTEND;VALUE=DATE:20270105\r\n"), "x.ics:9:18: "},
	{ICS(START "DTEND:20260105T120000Z\r\n"), "x.ics:9:7: "},
	{ICS(START "DURATION:PT1H\r\n"), "x.ics:9:10: "},
	{ICS(START "DURATION:-P1D\r\n"), "x.ics:9:10: "},
	{ICS(START "DURATION:P9999999D\r\n"), "x.ics:9:10: "},
	{ICS(START "DURATION:P1D\r\nDTEND;VALUE=DATE:20260106\r\n"),
	    "must not have both"},
	{ICS(START "EXDATE:20260105T000000Z\r\n"), "x.ics:9:8: EXDATE"},
	{ICS(START "RDATE:20260105T000000Z\r\n"), "x.ics:9:7: RDATE"},
	{ICS(START "RDATE;VALUE=PERIOD:20260105T000000Z/P1D\r\n"),
	    "x.ics:9:20: RDATE"},
	{ICS(START "RECURRENCE-ID;VALUE=DATE:20260105\r\n"),
	    "x.ics:9:26: RECURRENCE-ID"},
	{ICS(START "EXRULE:FREQ=DAILY\r\n"), "x.ics:9:8: EXRULE"},
	{HEAD EVENT(START) "END:VCALENDAR\r\n", "needs a SUMMARY"},
	{HEAD EVENT("SUMMARY:\r\n" START) "END:VCALENDAR\r\n", "SUMMARY"},
	/* Nesting. */
	{HEAD "BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VCALENDAR\r\n",
	    "x.ics:6:5: this END has no BEGIN; END:VEVENT is expected"},
	{HEAD "BEGIN:VEVENT\r\nSUMMARY:x\r\n",
	    "x.ics:4:1: BEGIN:VEVENT has no END"},
	{HEAD, "x.ics:1:1: BEGIN:VCALENDAR has no END"},
	{HEAD "BEGIN:VEVENT\r\n" EVENT(START), "x.ics:5:7: "},
	{HEAD "END:VCALENDAR\r\nEND:VCALENDAR\r\n", "x.ics:5:5: "},
	{HEAD "END:VCALENDAR\r\n" HEAD "END:VCALENDAR\r\n",
	    "x.ics:5:1: one calendar a file"},
	{"", "x.ics:1:1: BEGIN:VCALENDAR is expected"},
	{"VERSION:2.0\r\n", "x.ics:1:1: BEGIN:VCALENDAR is expected"},
	{"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "x.ics:1:7: VCALENDAR"},
	{HEAD "BEGIN:VTODO\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
	    "x.ics:4:7: only VEVENT"},
	/* Lines. */
	{HEAD "what is this\r\n", "x.ics:4:5: a property"},
	{HEAD ":value\r\n", "x.ics:4:1: a property"},
	{HEAD "X-A;B=\"c:d\r\n", "x.ics:4:4: a colon"},
	{" folded\r\n" HEAD, "x.ics:1:1: a property"},
	{HEAD "X-A:\x01\r\n", "x.ics:4:5: a byte that is not"},
	{HEAD "X-A:\xc0\xaf\r\n", "x.ics:4:5: a byte that is not"},
	/* The years vouched for. */
	{HEAD "X-CASECLOCK-REVIEWED:2015/2045\r\nEND:VCALENDAR\r\n",
	    "x.ics:4:22: the first and the last day"},
	{HEAD "X-CASECLOCK-REVIEWED:2045-01-01/2015-12-31\r\n"
	    "END:VCALENDAR\r\n", "x.ics:4:22: "},
	{HEAD "X-CASECLOCK-REVIEWED:\r\nEND:VCALENDAR\r\n",
	    "x.ics:4:22: "},
	{HEAD "X-CASECLOCK-REVIEWED:2015-01-01/2016-01-01\r\n"
	    "X-CASECLOCK-REVIEWED:2015-01-01/2016-01-01\r\n"
	    "END:VCALENDAR\r\n", "x.ics:5:1: "},
};

static void
refuses_hostile_and_mistaken_calendars_with_the_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
		assert_refused("x.ics", hostile[i].text, CC_EINVAL,
		    hostile[i].words);
}

static void
refuses_more_than_its_limits(void **state)
{
	size_t n;

	(void)state;
	assert_refused("x.ics", HEAD "BEGIN:VTIMEZONE\r\nBEGIN:A\r\n"
	    "BEGIN:B\r\nBEGIN:C\r\n", CC_ERANGE,
	    "x.ics:7:1: components nested");
	assert_refused("x.ics", ICS("DTSTART;VALUE=DATE:20150101\r\n"
	    "RRULE:FREQ=DAILY\r\n"), CC_ERANGE, "more than 5000 days");
	assert_refused("x.ics", ICS("DTSTART;VALUE=DATE:20150101\r\n"
	    "RRULE:FREQ=DAILY;COUNT=100000\r\n"), CC_ERANGE, "x.ics:4:1: ");

	n = put(0, HEAD);
	for (int i = 0; i <= CC_HOLIDAYS_EVENTS; i++)
		n = put(n, "BEGIN:VEVENT\nEND:VEVENT\n");
	assert_refused("x.ics", big, CC_ERANGE, "more than 2000 events");

	n = put(0, HEAD);
	for (int i = 0; i <= CC_HOLIDAYS_RULES; i++)
		n = put(n, EVENT("SUMMARY:x\r\n" START
		    "RRULE:FREQ=YEARLY;COUNT=1\r\n"));
	(void)put(n, "END:VCALENDAR\r\n");
	assert_refused("x.ics", big, CC_ERANGE, "more than 200 rules");

	n = put(0, HEAD);
	for (int i = 0; i < 6; i++)
		n = put(n, EVENT("SUMMARY:x\r\n" START
		    "RRULE:FREQ=DAILY;COUNT=4000\r\n"));
	(void)put(n, "END:VCALENDAR\r\n");
	assert_refused("x.ics", big, CC_ERANGE, "more than 20000 holidays");

	n = put(0, HEAD);
	for (int i = 0; i <= CC_HOLIDAYS_LINES; i++)
		n = put(n, "A:\n");
	assert_refused("x.ics", big, CC_ERANGE, "more than 50000 lines");
}

static int
begin(void **state)
{
	(void)state;
	cc_heap_arena_init(&arena, 64 * MIB);
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
		cmocka_unit_test(expands_rules_dates_and_exceptions),
		cmocka_unit_test(
		    is_told_by_content_too_and_takes_bare_line_feeds),
		cmocka_unit_test(
		    refuses_hostile_and_mistaken_calendars_with_the_line),
		cmocka_unit_test(refuses_more_than_its_limits),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
