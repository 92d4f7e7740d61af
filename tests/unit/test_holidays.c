/* The holidays of the Texas pack, and plain lists of dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/holidays.h"
#include "policy/plain.h"

enum { MIB = 1024 * 1024, BIG = 2 * MIB };

static const char texas[] = "policy/packs/texas-cps/holidays.ics";

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

/* The tests run in any folder of the tree or its build. */
static int
go_to_the_source_tree(void)
{
	for (int i = 0; i < 8; i++) {
		if (access(texas, R_OK) == 0)
			return 0;
		if (chdir("..") != 0)
			break;
	}
	return -1;
}

static void
load_texas(struct cc_calendar *ret, const char *const *drop, uint32_t ndrop,
    char version[CC_FNV_TEXT])
{
	struct cc_holidays_source src = {
		.path = texas, .drop = drop, .ndrop = ndrop,
		.drop_must_exist = true
	};
	struct cc_err err;

	if (cc_holidays_load(&src, &arena, ret, version, &err) != CC_OK)
		fail_msg("%s", err.msg);
}

static void
knows_the_seventeen_texas_holidays_of_2026(void **state)
{
	static const struct {
		const char *day, *name;
	} list[] = {
		{"2026-01-01", "New Year's Day"},
		/* Two of the seventeen fall on one day in 2026. */
		{"2026-01-19", "Martin Luther King, Jr. Day; "
		    "Confederate Heroes Day"},
		{"2026-02-16", "Presidents' Day"},
		{"2026-03-02", "Texas Independence Day"},
		{"2026-04-21", "San Jacinto Day"},
		{"2026-05-25", "Memorial Day"},
		{"2026-06-19", "Emancipation Day in Texas (Juneteenth)"},
		{"2026-07-04", "Independence Day"},
		{"2026-08-27", "Lyndon Baines Johnson Day"},
		{"2026-09-07", "Labor Day"},
		{"2026-11-11", "Veterans Day"},
		{"2026-11-26", "Thanksgiving Day"},
		{"2026-11-27", "Friday after Thanksgiving"},
		{"2026-12-24", "Christmas Eve"},
		{"2026-12-25", "Christmas Day"},
		{"2026-12-26", "day after Christmas"},
	};
	struct cc_calendar c;
	char version[CC_FNV_TEXT];
	size_t n = 0;

	(void)state;
	load_texas(&c, NULL, 0, version);
	for (cc_day d = day("2026-01-01"); d <= day("2026-12-31"); d++)
		n += cc_holiday_on(&c, d) != NULL;
	assert_int_equal(n, sizeof list / sizeof list[0]);
	for (size_t i = 0; i < n; i++)
		assert_holiday(&c, list[i].day, list[i].name);
	assert_int_equal(c.first, day("2015-01-01"));
	assert_int_equal(c.last, day("2045-12-31"));
	assert_int_equal(strlen(version), 16);
}

/* The rules once more, by arithmetic instead of RRULE. */
static cc_day
nth(int year, int month, int wday, int n)
{
	cc_day d = cc_day_of((struct cc_civil){year, month, 1});

	while (cc_weekday(d) != wday)
		d++;
	return d + 7 * (n - 1);
}

static void
agrees_with_arithmetic_in_every_year(void **state)
{
	static const int fixed[][2] = {
		{1, 1}, {1, 19}, {3, 2}, {4, 21}, {6, 19}, {7, 4}, {8, 27},
		{11, 11}, {12, 24}, {12, 25}, {12, 26}
	};
	struct cc_calendar c;
	char version[CC_FNV_TEXT];
	uint32_t seen = 0;

	(void)state;
	load_texas(&c, NULL, 0, version);
	for (int y = 2015; y <= 2099; y++) {
		cc_day memorial = cc_day_of((struct cc_civil){y, 5, 31});
		cc_day moving[6];

		while (cc_weekday(memorial) != 1)
			memorial--;
		moving[0] = nth(y, 1, 1, 3);
		moving[1] = nth(y, 2, 1, 3);
		moving[2] = memorial;
		moving[3] = nth(y, 9, 1, 1);
		moving[4] = nth(y, 11, 4, 4);
		moving[5] = moving[4] + 1;
		for (int i = 0; i < 6; i++)
			assert_non_null(cc_holiday_on(&c, moving[i]));
		for (size_t i = 0; i < 11; i++)
			assert_non_null(cc_holiday_on(&c,
			    cc_day_of((struct cc_civil){y, fixed[i][0],
			    fixed[i][1]})));
		/* 17, less one where King's day is Confederate Heroes Day. */
		seen += 17 - (moving[0] ==
		    cc_day_of((struct cc_civil){y, 1, 19}));
	}
	assert_int_equal(c.nholidays, seen);
	for (uint32_t i = 0; i < c.nholidays; i++) {
		assert_true(c.holidays[i].line > 5);
		if (i > 0)
			assert_true(c.holidays[i - 1].day < c.holidays[i].day);
	}
}

static void
drops_the_kinds_that_an_agency_does_not_keep(void **state)
{
	static const char *const partial[] = {"state-partial"};
	static const char *const both[] = {"state-partial", "STATE"};
	static const char *const typo[] = {"state-partail"};
	struct cc_holidays_source src = {
		.path = texas, .drop = typo, .ndrop = 1, .drop_must_exist = true
	};
	struct cc_calendar c;
	struct cc_err err;
	char all[CC_FNV_TEXT], some[CC_FNV_TEXT];

	(void)state;
	load_texas(&c, NULL, 0, all);
	load_texas(&c, partial, 1, some);
	assert_string_not_equal(all, some);
	assert_holiday(&c, "2026-03-02", NULL);
	assert_holiday(&c, "2026-08-27", NULL);
	assert_holiday(&c, "2026-12-24", "Christmas Eve");
	/* The other holiday of that day keeps it. */
	assert_holiday(&c, "2026-01-19", "Martin Luther King, Jr. Day");
	assert_holiday(&c, "2027-01-19", NULL);
	load_texas(&c, both, 2, some);
	assert_holiday(&c, "2026-12-24", NULL);
	assert_holiday(&c, "2026-12-25", "Christmas Day");
	assert_int_equal(cc_holidays_load(&src, &arena, &c, some, &err),
	    CC_EINVAL);
	assert_non_null(strstr(err.msg, "state-partail"));
	src.drop_must_exist = false;
	assert_int_equal(cc_holidays_load(&src, &arena, &c, some, &err),
	    CC_OK);
}

static void
reads_a_plain_list(void **state)
{
	struct cc_calendar c = {.workdays = 0x3e};
	struct cc_err err;
	const char *text = "# Days of the county\r\n\n"
	    "2026-12-25 # Christmas Day\r\n"
	    "  2024-07-04\t\n"
	    "2026-12-25 # Christmas Day\n"
	    "2025-01-01#New Year";

	(void)state;
	if (parse("list.txt", text, &c, &err) != CC_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(c.nholidays, 3);
	assert_int_equal(c.workdays, 0x3e);
	assert_holiday(&c, "2024-07-04", "holiday");
	assert_holiday(&c, "2025-01-01", "New Year");
	assert_holiday(&c, "2026-12-25",
	    "Christmas Day");
	assert_int_equal(c.holidays[0].line, 4);
	assert_int_equal(c.holidays[2].line, 3);
	assert_int_equal(c.first, day("2024-01-01"));
	assert_int_equal(c.last, day("2026-12-31"));
	assert_int_equal(parse("list.txt", "\xef\xbb\xbf" "2026-07-04\n", &c,
	    &err), CC_OK);
	assert_int_equal(c.nholidays, 1);
}

static void
takes_an_empty_list_at_its_word(void **state)
{
	static const char *const texts[] = {
		"", "\n", "# none\n", "  \r\n#\n\t\n"
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct cc_calendar c = {.nholidays = 9};

		assert_int_equal(parse("none", texts[i], &c, NULL), CC_OK);
		assert_int_equal(c.nholidays, 0);
		assert_int_equal(c.first, INT32_MIN);
		assert_int_equal(c.last, INT32_MAX);
	}
}

static void
refuses_a_bad_list_with_its_place(void **state)
{
	char *p = big;

	(void)state;
	assert_refused("h.txt", "2026-01-01\n\n  2026-02-30\n", CC_EINVAL,
	    "h.txt:3:3: date \"2026-02-30\": there is no such date");
	assert_refused("h.txt", "2026-01-01 New Year\n", CC_EINVAL,
	    "h.txt:1:1: ");
	assert_refused("h.txt", "01/01/2026\n", CC_EINVAL, "h.txt:1:1: ");
	assert_refused("h.txt", "2100-01-01\n", CC_EINVAL, "outside 1970");
	assert_refused("h.txt", "# ok\n2026-01-01\xff\n", CC_EINVAL,
	    "h.txt:2:11: a byte that is not UTF-8");
	for (int i = 0; i <= CC_HOLIDAYS_LINES; i++)
		*p++ = '\n';
	*p = '\0';
	assert_refused("h.txt", big, CC_ERANGE, "more than 50000 lines");
	p = big;
	for (int i = 0; i <= CC_HOLIDAYS_DAYS; i++, p += 11)
		memcpy(p, "2026-01-01\n", 12);
	assert_refused("h.txt", big, CC_ERANGE, "more than 20000 holidays");
	memset(big, '#', CC_HOLIDAYS_BYTES + 1);
	big[CC_HOLIDAYS_BYTES + 1] = '\0';
	assert_refused("h.txt", big, CC_ERANGE, "longer than");
	big[CC_HOLIDAYS_BYTES] = '\0';
	assert_int_equal(parse("h.txt", big, &(struct cc_calendar){0}, NULL),
	    CC_OK);
}

static void
tells_a_missing_file_from_a_bad_one(void **state)
{
	struct cc_holidays_source src = {.path = "/tmp/no/such/holidays.ics"};
	struct cc_calendar c;
	struct cc_err err;
	char version[CC_FNV_TEXT] = "untouched";

	(void)state;
	assert_int_equal(cc_holidays_load(&src, &arena, &c, version, &err),
	    CC_ENOENT);
	assert_non_null(strstr(err.msg, src.path));
	src.path = "/tmp";
	assert_int_equal(cc_holidays_load(&src, &arena, &c, version, &err),
	    CC_EIO);
	src.path = "/dev/zero";
	assert_int_equal(cc_holidays_load(&src, &arena, &c, version, &err),
	    CC_EIO);
	assert_string_equal(version, "untouched");
}

static void
cuts_a_long_name_between_characters(void **state)
{
	struct cc_calendar c;
	size_t n = put(0, "2026-01-01 # ");

	(void)state;
	big[n++] = 'x';
	for (int i = 0; i < 150; i++, n += 2)
		memcpy(big + n, "\xc3\xa9", 3);
	assert_int_equal(parse("l", big, &c, NULL), CC_OK);
	assert_int_equal(strlen(c.holidays[0].name), CC_HOLIDAYS_NAME - 1);
	assert_int_equal(cc_plain_bad(str(c.holidays[0].name)),
	    CC_HOLIDAYS_NAME - 1);
}

static void
tells_plain_text_from_other_bytes(void **state)
{
	static const struct {
		const char *p;
		uint32_t n, bad;
	} t[] = {
		{"", 0, 0}, {"abc\t\r\n", 6, 6}, {"a\0b", 3, 1},
		{"\x1b[0m", 4, 0}, {"a\x7f", 2, 1},
		{"\xc3\xa9", 2, 2}, {"\xc3", 1, 0}, {"\xa9", 1, 0},
		{"\xc1\x81", 2, 0}, {"\xe0\x80\x80", 3, 0},
		{"\xed\xa0\x80", 3, 0}, {"\xe2\x82\xac", 3, 3},
		{"\xe2\x82", 2, 0}, {"\xf0\x9f\x98\x80", 4, 4},
		{"\xf0\x80\x80\x80", 4, 0}, {"\xf4\x90\x80\x80", 4, 0},
		{"\xf5\x80\x80\x80", 4, 0}, {"ok\xff", 3, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_int_equal(cc_plain_bad((struct cc_str){t[i].p, t[i].n}),
		    t[i].bad);
}

static void
fails_softly_without_memory(void **state)
{
	struct cc_holidays_source src = {.path = texas};
	struct cc_calendar c = {.nholidays = 77};
	char version[CC_FNV_TEXT];
	struct cc_err err;
	size_t limit;

	(void)state;
	for (limit = 0; limit < 4 * MIB; limit += 32 * 1024) {
		struct cc_arena a;
		enum cc_code code;

		cc_heap_arena_init(&a, limit);
		code = cc_holidays_load(&src, &a, &c, version, &err);
		if (code != CC_OK) {
			assert_int_equal(code, CC_ENOMEM);
			assert_int_equal(c.nholidays, 77);
			assert_int_equal(a.total, 0);
		}
		cc_arena_done(&a);
		if (code == CC_OK)
			break;
	}
	assert_true(limit > 0);
	assert_true(limit < 4 * MIB);
}

static int
begin(void **state)
{
	(void)state;
	cc_heap_arena_init(&arena, 64 * MIB);
	return go_to_the_source_tree();
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
		cmocka_unit_test(knows_the_seventeen_texas_holidays_of_2026),
		cmocka_unit_test(agrees_with_arithmetic_in_every_year),
		cmocka_unit_test(drops_the_kinds_that_an_agency_does_not_keep),
		cmocka_unit_test(reads_a_plain_list),
		cmocka_unit_test(takes_an_empty_list_at_its_word),
		cmocka_unit_test(refuses_a_bad_list_with_its_place),
		cmocka_unit_test(tells_a_missing_file_from_a_bad_one),
		cmocka_unit_test(cuts_a_long_name_between_characters),
		cmocka_unit_test(tells_plain_text_from_other_bytes),
		cmocka_unit_test(fails_softly_without_memory),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
