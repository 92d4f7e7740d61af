/* Which due of a rule that changed counts: by the local date of the case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/tzif.h"
#include "scheduler/earlier.h"

static struct cc_arena arena;

static struct cc_str
str(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

/* The text of the due in that zone; "own" for the rule's own. */
static const char *
due_of(const struct cc_rulex *r, const char *zone, const char *started)
{
	const struct cc_earlier *e;
	struct cc_zone z;
	struct cc_wall t = CC_NEVER;
	struct cc_err err;

	if (cc_tzif_load(NULL, str(zone), &arena, &z, &err) != CC_OK ||
	    cc_wall_parse(str(started), &t, &err) != CC_OK)
		fail_msg("%s", err.msg);
	e = cc_earlier_of(r, &z, t);
	return e == NULL ? "own" : e->text;
}

static void
the_due_is_that_of_the_first_date_behind_the_start(void **state)
{
	static const struct {
		const char *zone, *started, *due;
	} t[] = {
		{"America/Chicago", "1990-01-01T00:00:00Z", "first"},
		{"America/Chicago", "2026-03-01T05:59:59Z", "first"},
		{"America/Chicago", "2026-03-01T06:00:00Z", "second"},
		{"America/New_York", "2026-03-01T05:00:00Z", "second"},
		{"America/New_York", "2026-03-01T04:59:59Z", "first"},
		/* an hour less from midnight in summer time */
		{"America/Chicago", "2026-09-01T04:59:59Z", "second"},
		{"America/Chicago", "2026-09-01T05:00:00Z", "own"},
		{"America/Phoenix", "2026-09-01T06:59:59Z", "second"},
		{"America/Phoenix", "2026-09-01T07:00:00Z", "own"},
		{"Etc/UTC", "2026-09-01T00:00:00Z", "own"},
		{"Etc/UTC", "2026-08-31T23:59:59Z", "second"},
	};
	struct cc_earlier earlier[2] = {{.text = "first"}, {.text = "second"}};
	struct cc_rulex r = {.earlier = earlier, .nearlier = 2};

	(void)state;
	assert_int_equal(cc_day_parse(str("2026-03-01"), &earlier[0].day, NULL), CC_OK);
	assert_int_equal(cc_day_parse(str("2026-09-01"), &earlier[1].day, NULL), CC_OK);
	cc_heap_arena_init(&arena, 1 << 20);
	for (unsigned i = 0; i < sizeof t / sizeof t[0]; i++)
		if (strcmp(due_of(&r, t[i].zone, t[i].started), t[i].due) != 0)
			fail_msg("%s in %s: not %s", t[i].started, t[i].zone, t[i].due);
	cc_arena_done(&arena);
}

static void
a_rule_that_never_changed_has_its_own(void **state)
{
	struct cc_rulex r = {.nearlier = 0};

	(void)state;
	cc_heap_arena_init(&arena, 1 << 20);
	assert_string_equal(due_of(&r, "America/Chicago", "2026-03-01T05:59:59Z"), "own");
	cc_arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_due_is_that_of_the_first_date_behind_the_start),
		cmocka_unit_test(a_rule_that_never_changed_has_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
