/*
 * daemon/directory.h and daemon/csv.h: the staff, good and bad, each mistake at its
 * place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/csv.h"
#include "daemon/directory.h"
#include "policy/heap.h"

#define HEAD "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until," \
	"delegate_id\n"

static const struct cc_chain chain = {
	.role = {"caseworker", "supervisor", "program_director"}, .n = 3
};

/* Two zones without changes: six hours west, and UTC. */
static const struct cc_zone_kind west = {.offset = -6 * 3600, .abbr = "WST"};
static const struct cc_zone_kind utc = {.offset = 0, .abbr = "UTC"};
static const struct cc_zone zone_list[] = {
	{.name = "Etc/UTC", .kinds = &utc, .nkinds = 1},
	{.name = "Test/West", .kinds = &west, .nkinds = 1},
};
static const struct cc_zones zones = {.zones = zone_list, .nzones = 2};

struct kit {
	struct cc_arena arena;
	struct cc_diags diags;
	struct cc_directory dir;
};

static bool
endpoint(const void *self, const char *name)
{
	(void)self;
	return strcmp(name, "office") == 0;
}

static int
begin(void **state)
{
	static struct kit k;

	memset(&k, 0, sizeof k);
	cc_heap_arena_init(&k.arena, 64 * 1024 * 1024);
	*state = &k;
	return 0;
}

static int
end(void **state)
{
	struct kit *k = *state;

	cc_diags_done(&k->diags);
	cc_arena_done(&k->arena);
	return 0;
}

static enum cc_code
parse(struct kit *k, const char *text)
{
	struct cc_directory_source src = {.path = "d.csv", .chain = &chain,
	    .zones = &zones, .zone = &zone_list[1], .endpoint = endpoint};

	cc_diags_done(&k->diags);
	return cc_directory_parse(&src, (struct cc_str){text, (uint32_t)strlen(text)},
	    &k->arena, &k->diags, &k->dir);
}

static const struct cc_person *
person(const struct kit *k, const char *id)
{
	const struct cc_person *p = cc_directory_find(&k->dir,
	    (struct cc_str){id, (uint32_t)strlen(id)});

	assert_non_null(p);
	return p;
}

static void
links_people_in_any_order_of_rows_and_columns(void **state)
{
	struct kit *k = *state;

	assert_int_equal(parse(k, "role,staff_id,supervisor_id,email,webhook,unit,timezone,"
	    "away_until,away_from,delegate_id\r\n"
	    "caseworker,s-3,s-2,w@example.org,,7,,2026-03-05,2026-03-01,s-1\r\n"
	    "supervisor,s-2,s-1,,office,7,Etc/UTC,,,\r\n"
	    "program_director,s-1,,\"d@example.org\",,\"a, \"\"b\"\"\",,,,\r\n"), CC_OK);
	assert_int_equal(k->diags.n, 0);
	assert_int_equal(k->dir.n, 3);
	assert_string_equal(person(k, "s-1")->unit, "a, \"b\"");
	assert_ptr_equal(person(k, "s-3")->supervisor, person(k, "s-2"));
	assert_ptr_equal(person(k, "s-2")->supervisor, person(k, "s-1"));
	assert_null(person(k, "s-1")->supervisor);
	assert_ptr_equal(person(k, "s-3")->delegate, person(k, "s-1"));
	assert_int_equal(person(k, "s-2")->role, 1);
	assert_string_equal(person(k, "s-2")->zone->name, "Etc/UTC");
	assert_string_equal(person(k, "s-3")->zone->name, "Test/West");
	assert_null(cc_directory_find(&k->dir, CC_STR("s-4")));
}

static void
a_leave_counts_whole_local_days(void **state)
{
	struct kit *k = *state;
	static const struct {
		const char *at;
		bool away;
	} rows[] = {
		{"2026-03-01T05:59:59Z", false}, {"2026-03-01T06:00:00Z", true},
		{"2026-03-06T05:59:59Z", true}, {"2026-03-06T06:00:00Z", false},
	};

	assert_int_equal(parse(k, HEAD
	    "s-3,caseworker,w@example.org,,,,,2026-03-01,2026-03-05,\n"), CC_OK);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_wall t;

		assert_int_equal(cc_wall_parse((struct cc_str){rows[i].at, 20}, &t, NULL), CC_OK);
		assert_int_equal(cc_person_away(person(k, "s-3"), t), rows[i].away);
	}
}

static void
a_file_without_people_is_fine(void **state)
{
	struct kit *k = *state;

	assert_int_equal(parse(k, "\xef\xbb\xbf" HEAD "\n\n"), CC_OK);
	assert_int_equal(k->dir.n, 0);
}

#define MORE "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until," \
	"delegate_id,language,quiet_from,quiet_until,digest_at\n"

static void
times_of_the_day_and_language_may_be_given(void **state)
{
	struct kit *k = *state;

	assert_int_equal(parse(k, MORE "s-1,supervisor,,,,,,,,,es,20:00,07:30,06:00\n"
	    "s-2,supervisor,,,,,,,,,,,,none\ns-3,supervisor,,,,,,,,,,,,\n"), CC_OK);
	assert_string_equal(person(k, "s-1")->language, "es");
	assert_int_equal(person(k, "s-1")->quiet_from, 20 * 3600);
	assert_int_equal(person(k, "s-1")->quiet_until, 7 * 3600 + 1800);
	assert_int_equal(person(k, "s-1")->digest_at, 6 * 3600);
	assert_int_equal(person(k, "s-2")->digest_at, -2);
	assert_string_equal(person(k, "s-3")->language, "");
	assert_int_equal(person(k, "s-3")->quiet_from, -1);
	assert_int_equal(person(k, "s-3")->digest_at, -1);
	/* One of them alone, in any place. */
	assert_int_equal(parse(k, "digest_at,staff_id,role,email,webhook,supervisor_id,unit,"
	    "timezone,away_from,away_until,delegate_id\n"
	    "05:15,s-1,supervisor,,,,,,,,\n"), CC_OK);
	assert_int_equal(person(k, "s-1")->digest_at, 5 * 3600 + 900);
	assert_int_equal(person(k, "s-1")->quiet_until, -1);
	/* None of them. */
	assert_int_equal(parse(k, HEAD "s-1,supervisor,,,,,,,,\n"), CC_OK);
	assert_string_equal(person(k, "s-1")->language, "");
	assert_int_equal(person(k, "s-1")->digest_at, -1);
}

struct mistake {
	const char *text, *said;
};

static const struct mistake mistakes[] = {
	{"", "d.csv:1:1: expected a header"},
	{"staff_id,role\n", "d.csv:1:1: column email is missing"},
	{"staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
	    "delegate_id,phone\n", "d.csv:1:90: unknown column 'phone'"},
	{"staff_id,role,e-mail,email,webhook,supervisor_id,unit,timezone,away_from,"
	    "away_until,delegate_id\n", "d.csv:1:15: unknown column 'e-mail', did you mean"},
	{"staff_id,staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,"
	    "away_until,delegate_id\n", "d.csv:1:10: column staff_id comes twice"},
	{HEAD "s-1,supervisor\n", "d.csv:2:5: expected 10 fields, as in the header; got 2"},
	{HEAD "s 1,supervisor,,,,,,,,\n", "d.csv:2:1: expected an id"},
	{HEAD ",supervisor,,,,,,,,\n", "d.csv:2:1: expected an id"},
	{HEAD "s-1,boss,,,,,,,,\n", "d.csv:2:5: expected a role (caseworker, supervisor, "
	    "program_director); got 'boss'"},
	{HEAD "s-1,supervisor,nobody,,,,,,,\n", "d.csv:2:16: e-mail address 'nobody'"},
	{HEAD "s-1,supervisor,,shop,,,,,,\n",
	    "d.csv:2:17: the configuration has no endpoint 'shop'"},
	{HEAD "s-1,supervisor,,,s-9,,,,,\n", "d.csv:2:18: unknown supervisor 's-9'"},
	{HEAD "s-1,supervisor,,,,,,,,s-9\n", "d.csv:2:23: unknown delegate 's-9'"},
	{HEAD "s-1,supervisor,,,,,Mars/Base,,,\n", "d.csv:2:20: unknown time zone 'Mars/Base'"},
	{HEAD "s-1,supervisor,,,,,,2026-02-30,2026-03-01,\n", "d.csv:2:21: "},
	{HEAD "s-1,supervisor,,,,,,2026-02-01,1.3.2026,\n", "d.csv:2:32: "},
	{HEAD "s-1,supervisor,,,,,,2026-02-01,,\n",
	    "d.csv:2:32: a leave needs both away_from and away_until"},
	{HEAD "s-1,supervisor,,,,,,2026-02-02,2026-02-01,\n",
	    "d.csv:2:32: the leave ends before it begins"},
	{HEAD "s-1,supervisor,,,,,,,,\ns-2,supervisor,,,,,,,,\ns-1,supervisor,,,,,,,,\n",
	    "d.csv:4:1: staff_id 's-1' comes twice, first in line 2"},
	{HEAD "s-1,supervisor,,,s-1,,,,,\n", "d.csv:2:18: the supervisors of s-1 form a circle"},
	{HEAD "s-1,supervisor,,,s-2,,,,,\ns-2,supervisor,,,s-3,,,,,\n"
	    "s-3,supervisor,,,s-1,,,,,\ns-4,caseworker,,,s-1,,,,,\n",
	    "form a circle"},
	{MORE "s-1,supervisor,,,,,,,,,EN,,,\n",
	    "d.csv:2:24: expected a language as two small letters, such as en; got 'EN'"},
	{MORE "s-1,supervisor,,,,,,,,,eng,,,\n", "d.csv:2:24: expected a language"},
	{MORE "s-1,supervisor,,,,,,,,,,8pm,07:00,\n",
	    "d.csv:2:25: expected a time of the day such as 20:00; got '8pm'"},
	{MORE "s-1,supervisor,,,,,,,,,,20:00,,\n",
	    "d.csv:2:31: quiet hours need both quiet_from and quiet_until"},
	{MORE "s-1,supervisor,,,,,,,,,,,07:00,\n", "d.csv:2:25: quiet hours need both"},
	{MORE "s-1,supervisor,,,,,,,,,,07:00,07:00,\n",
	    "d.csv:2:31: quiet_until is the same time as quiet_from"},
	{MORE "s-1,supervisor,,,,,,,,,,,,24:00\n", "d.csv:2:27: expected a time of the day"},
	{"staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
	    "delegate_id,languages\n", "d.csv:1:90: unknown column 'languages', did you mean "
	    "'language'?"},
	{HEAD "s-1,super\"visor,,,,,,,,\n", "d.csv:2:10: a quote inside a field"},
	{HEAD "\"s-1\"x,supervisor,,,,,,,,\n", "d.csv:2:6: expected a comma or the end"},
	{HEAD "s-1,\"supervisor,,,,,,,,\n", "d.csv:2:5: this quote is never closed"},
	{HEAD "s-1,supervisor,,,,\x01,,,,\n", "d.csv:2:19: a control character"},
	{HEAD "s-1,supervisor,,,,\xff,,,,\n", "d.csv:2:19: a byte that is not UTF-8"},
	{HEAD "s-1,supervisor,,,,\xed\xa0\x80,,,,\n", "d.csv:2:19: a byte that is not UTF-8"},
	{HEAD "s-1,supervisor,,,,,,,,\rs-2", "d.csv:2:23: a control character"},
};

static void
names_line_and_column_of_each_mistake(void **state)
{
	struct kit *k = *state;

	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		struct cc_directory before = k->dir;

		assert_int_equal(parse(k, mistakes[i].text), CC_EINVAL);
		assert_true(k->diags.n >= 1);
		if (strstr(k->diags.text[0], mistakes[i].said) == NULL)
			fail_msg("case %zu: '%s' is not in '%s'", i, mistakes[i].said,
			    k->diags.text[0]);
		assert_memory_equal(&before, &k->dir, sizeof before);
	}
}

static void
reports_all_mistakes_at_once_and_a_circle_once(void **state)
{
	struct kit *k = *state;

	assert_int_equal(parse(k, HEAD "s-1,boss,bad,shop,,,,,,\ns-2,supervisor,,,s-9,,,,,\n"
	    "s-3,supervisor,,,s-4,,,,,\ns-4,supervisor,,,s-3,,,,,\n"), CC_EINVAL);
	assert_int_equal(k->diags.n, 5);
}

static void
a_field_may_hold_lines_and_the_place_goes_on(void **state)
{
	struct kit *k = *state;

	assert_int_equal(parse(k, HEAD "s-1,supervisor,,,,\"one\ntwo\",,,,\n"
	    "s-2,boss,,,,,,,,\n"), CC_EINVAL);
	assert_int_equal(k->diags.n, 1);
	assert_non_null(strstr(k->diags.text[0], "d.csv:4:5: "));
}

static void
refuses_fields_and_rows_beyond_the_limits(void **state)
{
	struct kit *k = *state;
	static char text[2 * CC_CSV_FIELD_MAX];
	int n = snprintf(text, sizeof text, HEAD "s-1,supervisor,,,,");

	memset(text + n, 'x', CC_CSV_FIELD_MAX);
	memcpy(text + n + CC_CSV_FIELD_MAX, ",,,,\n", 6);
	assert_int_equal(parse(k, text), CC_EINVAL);
	assert_non_null(strstr(k->diags.text[0], "the field is too long"));
	n = snprintf(text, sizeof text, HEAD);
	memset(text + n, ',', 50);
	text[n + 50] = '\0';
	assert_int_equal(parse(k, text), CC_EINVAL);
	assert_non_null(strstr(k->diags.text[0], "too many fields"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(links_people_in_any_order_of_rows_and_columns,
		    begin, end),
		cmocka_unit_test_setup_teardown(a_leave_counts_whole_local_days, begin, end),
		cmocka_unit_test_setup_teardown(a_file_without_people_is_fine, begin, end),
		cmocka_unit_test_setup_teardown(times_of_the_day_and_language_may_be_given, begin,
		    end),
		cmocka_unit_test_setup_teardown(names_line_and_column_of_each_mistake, begin, end),
		cmocka_unit_test_setup_teardown(reports_all_mistakes_at_once_and_a_circle_once,
		    begin, end),
		cmocka_unit_test_setup_teardown(a_field_may_hold_lines_and_the_place_goes_on,
		    begin, end),
		cmocka_unit_test_setup_teardown(refuses_fields_and_rows_beyond_the_limits, begin,
		    end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
