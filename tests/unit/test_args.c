#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/args.h"

static const struct cc_option options[] = {
	{.name = "until", .value = "TIME"},
	{.name = "state", .value = "S", .repeats = true},
	{.name = "json"},
};
static const struct cc_args_table table = {options, 3, 1, 2};

enum { WORDS = 8 };

/* argv is not const, so words are copied. */
static enum cc_code
parse(const char *const *words, struct cc_args *ret, struct cc_err *err)
{
	static char text[WORDS][64];
	static char *argv[WORDS];
	int n = 0;

	for (; n < WORDS && words[n] != NULL; n++) {
		strncpy(text[n], words[n], sizeof text[n] - 1);
		argv[n] = text[n];
	}
	return cc_args_parse(&table, n, argv, ret, err);
}

static void
takes_options_and_arguments_in_any_order(void **state)
{
	const char *const words[] = {"a", "--state", "open", "--until=t=1", "b",
		"--state=met", "--json", NULL};
	struct cc_args a;
	struct cc_err err;

	(void)state;
	assert_int_equal(parse(words, &a, &err), CC_OK);
	assert_string_equal(cc_args_plain(&a, 0), "a");
	assert_string_equal(cc_args_plain(&a, 1), "b");
	assert_null(cc_args_plain(&a, 2));
	assert_string_equal(cc_args_value(&a, "state", 0), "open");
	assert_string_equal(cc_args_value(&a, "state", 1), "met");
	assert_null(cc_args_value(&a, "state", 2));
	assert_string_equal(cc_args_value(&a, "until", 0), "t=1");
	assert_true(cc_args_has(&a, "json"));
	assert_false(a.help);
}

static void
a_double_dash_ends_the_options_and_one_dash_is_an_argument(void **state)
{
	const char *const words[] = {"-", "--", "--json", NULL};
	struct cc_args a;
	struct cc_err err;

	(void)state;
	assert_int_equal(parse(words, &a, &err), CC_OK);
	assert_string_equal(cc_args_plain(&a, 0), "-");
	assert_string_equal(cc_args_plain(&a, 1), "--json");
	assert_false(cc_args_has(&a, "json"));
}

static void
help_wins_over_all_that_is_wrong(void **state)
{
	const char *const words[] = {"--nonsense", "--help", NULL};
	const char *const behind[] = {"x", "--", "--help", NULL};
	struct cc_args a;
	struct cc_err err;

	(void)state;
	assert_int_equal(parse(words, &a, &err), CC_OK);
	assert_true(a.help);
	assert_int_equal(parse(behind, &a, &err), CC_OK);
	assert_false(a.help);
}

static void
refuses_what_it_does_not_know_and_says_what_is_near(void **state)
{
	static const struct {
		const char *words[5], *says;
	} rows[] = {
		{{"x", "--untill=1"}, "no option --untill; did you mean --until?"},
		{{"x", "--jsn"}, "did you mean --json?"},
		{{"x", "--frobnicate"}, "there is no option --frobnicate"},
		{{"x", "-j"}, "there is no option --j"},
		{{"x", "--json=1"}, "--json takes no value"},
		{{"x", "--until"}, "--until needs a value: TIME"},
		{{"x", "--until", "1", "--until=2"}, "--until is given twice"},
		{{"--json"}, "an argument is missing"},
		{{"a", "b", "c"}, "one argument too many: c"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_args a = {.nplain = 77};
		struct cc_err err = {.msg = ""};

		assert_int_equal(parse(rows[i].words, &a, &err), CC_EINVAL);
		if (strstr(err.msg, rows[i].says) == NULL)
			fail_msg("row %zu: %s", i, err.msg);
		assert_int_equal(a.nplain, 77);
	}
}

static void
the_number_of_options_is_limited(void **state)
{
	static char word[] = "--state=x";
	char *argv[CC_ARGS_OPTIONS + 1];
	struct cc_args a;
	struct cc_err err;

	(void)state;
	for (int i = 0; i <= CC_ARGS_OPTIONS; i++)
		argv[i] = word;
	argv[0] = (char[]){"x"};
	assert_int_equal(cc_args_parse(&table, CC_ARGS_OPTIONS + 1, argv, &a, &err), CC_OK);
	argv[0] = word;
	assert_int_equal(cc_args_parse(&table, CC_ARGS_OPTIONS + 1, argv, &a, &err),
	    CC_EINVAL);
	assert_non_null(strstr(err.msg, "more than 64 options"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_options_and_arguments_in_any_order),
		cmocka_unit_test(a_double_dash_ends_the_options_and_one_dash_is_an_argument),
		cmocka_unit_test(help_wins_over_all_that_is_wrong),
		cmocka_unit_test(refuses_what_it_does_not_know_and_says_what_is_near),
		cmocka_unit_test(the_number_of_options_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
