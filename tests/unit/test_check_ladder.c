/*
 * policy/check_ladder.h: rungs out of reach, and safety rules that nobody would be told of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "policy/check_ladder.h"
#include "tests/support/ladders.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct cc_place at = {"r.yaml", 3, 5};

static const struct cc_rung only_before[] = {
	{"before-1d", CC_RUNG_BEFORE, 86400, CC_TEST_R0, CC_NOTICE},
};
static const struct cc_rung with_breach[] = {
	{"breach", CC_RUNG_BREACH, 0, CC_TEST_R0, CC_CRITICAL},
};
static const struct cc_rung mixed[] = {
	{"elapsed-50", CC_RUNG_ELAPSED, 50, CC_TEST_R0, CC_NOTICE},
	{"raise", CC_RUNG_RAISE, 0, CC_TEST_R0, CC_WARNING},
	{"failed", CC_RUNG_FAILED, 0, CC_TEST_R0, CC_WARNING},
};
static const struct cc_ladder quiet = {"quiet", only_before, COUNT(only_before)},
    loud = {"loud", with_breach, COUNT(with_breach)}, all = {"all", mixed, COUNT(mixed)};

enum { DEADLINES = 1 << CC_KIND_DEADLINE };

/* The first diagnostic; "" for none. */
static const char *
first(const struct cc_ladders *defaults, const struct cc_rule *r)
{
	static char text[CC_DIAG_TEXT];
	struct cc_diags d = {.n = 0};

	cc_check_rule_ladder(defaults, r, at, &d);
	text[0] = '\0';
	if (d.n > 0)
		(void)snprintf(text, sizeof text, "%s", d.text[0]);	/* fits */
	cc_diags_done(&d);
	return text;
}

static void
a_safety_rule_needs_its_gravest_rung(void **state)
{
	static const struct {
		enum cc_kind kind;
		const struct cc_ladder *ladder;
		const char *word;	/* NULL: nothing is wrong */
	} table[] = {
		{CC_KIND_DEADLINE, &loud, NULL}, {CC_KIND_DEADLINE, &quiet, "breach"},
		{CC_KIND_RECURRING, &quiet, "breach"}, {CC_KIND_WINDOW, &quiet, NULL},
		{CC_KIND_IMMEDIATE, &cc_test_immediate, NULL},
		{CC_KIND_IMMEDIATE, &loud, "raise"}, {CC_KIND_GATE, &cc_test_failed, NULL},
		{CC_KIND_FRESHNESS, &cc_test_failed, NULL},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(table); i++) {
		struct cc_rule r = {.id = "r", .kind = table[i].kind, .safety = true,
		    .ladder = table[i].ladder};
		const char *text = first(&cc_test_ladders, &r);

		if (table[i].word == NULL)
			assert_string_equal(text, "");
		else
			assert_non_null(strstr(text, table[i].word));
		if (table[i].word != NULL)
			assert_non_null(strstr(text, "r.yaml:3:5: ladder: "));
		r.safety = false;
		assert_string_equal(first(&cc_test_ladders, &r), "");
	}
}

static void
defaults_must_tell_of_a_safety_clock_of_any_length(void **state)
{
	const struct cc_ladder_choice gap[] = {
		{DEADLINES, true, INT64_MIN, 100, &loud}, {DEADLINES, true, 102, INT64_MAX, &loud},
	};
	const struct cc_ladder_choice mute[] = {
		{DEADLINES, true, INT64_MIN, 100, &loud}, {DEADLINES, true, 101, 200, &quiet},
		{DEADLINES, true, INT64_MIN, INT64_MAX, &loud},
	};
	const struct cc_ladder_choice hidden[] = {
		{DEADLINES, true, INT64_MIN, INT64_MAX, &loud},
		{DEADLINES, true, 101, 200, &quiet},
	};
	const struct cc_rule r = {.id = "r", .kind = CC_KIND_DEADLINE, .safety = true};

	(void)state;
	assert_string_equal(first(&cc_test_ladders, &r), "");
	assert_string_equal(first(&(struct cc_ladders){gap, 2}, &r), "r.yaml:3:5: safety: "
	    "pack.yaml has no ladder for some clocks of this kind: nobody would be told of "
	    "'breach'");
	assert_string_equal(first(&(struct cc_ladders){mute, 3}, &r), "r.yaml:3:5: safety: the "
	    "ladder 'quiet' has no rung 'breach': nobody would be told of it");
	assert_string_equal(first(&(struct cc_ladders){hidden, 2}, &r), "");
	assert_string_equal(first(&(struct cc_ladders){NULL, 0}, &r), first(
	    &(struct cc_ladders){gap, 0}, &r));
	assert_string_not_equal(first(&(struct cc_ladders){NULL, 0}, &r), "");
}

static void
a_rung_that_its_kind_never_reaches_is_told(void **state)
{
	static const struct {
		enum cc_kind kind;
		const char *rung;
	} table[] = {
		{CC_KIND_DEADLINE, "'failed'"}, {CC_KIND_WINDOW, "'failed'"},
		{CC_KIND_GATE, "'elapsed-50'"}, {CC_KIND_IMMEDIATE, "'elapsed-50'"},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(table); i++) {
		struct cc_rule r = {.id = "r", .kind = table[i].kind, .ladder = &all};

		assert_non_null(strstr(first(&cc_test_ladders, &r), table[i].rung));
		assert_non_null(strstr(first(&cc_test_ladders, &r), "can never fire here"));
	}
}

static void
a_rule_that_prints_nothing_tells_nobody(void **state)
{
	const struct cc_rule r = {.id = "r", .kind = CC_KIND_DEADLINE, .safety = true,
	    .silent = true, .ladder = &all};

	(void)state;
	assert_string_equal(first(&cc_test_ladders, &r), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_safety_rule_needs_its_gravest_rung),
		cmocka_unit_test(defaults_must_tell_of_a_safety_clock_of_any_length),
		cmocka_unit_test(a_rung_that_its_kind_never_reaches_is_told),
		cmocka_unit_test(a_rule_that_prints_nothing_tells_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
