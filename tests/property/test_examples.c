/*
 * The worked examples: every clock line exactly, at the greatest time of the
 * file; and no beginning of an example that cannot be evaluated.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/case.h"

struct example {
	const char *events, *clocks, *holidays, *id;
	unsigned nevents;
};

/* The whole file, freed with free(). */
static char *
text_of(const char *name)
{
	char *path = cc_case_path(name), *text;
	FILE *f = fopen(path, "rb");
	long n;

	if (f == NULL)
		fail_msg("%s cannot be opened", path);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	n = ftell(f);
	assert_true(n >= 0);
	rewind(f);
	text = calloc((size_t)n + 1, 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)n, f), (size_t)n);
	fclose(f);
	free(path);
	return text;
}

static void
tell(struct cc_case_file *f, const struct example *e)
{
	char *text = text_of(e->events), *save = NULL;

	cc_case_pack_with(e->holidays);
	cc_case_begin(f, e->id);
	for (char *l = strtok_r(text, "\n", &save); l != NULL;
	    l = strtok_r(NULL, "\n", &save))
		cc_case_json(f, l, strlen(l));
	assert_int_equal(f->c.nevents, e->nevents);
	free(text);
}

static void
prints_the_lines_of_the_example(void **state)
{
	const struct example *e = *state;
	struct cc_case_file f;
	struct cc_eval_options o;
	char *want = text_of(e->clocks), *got;

	tell(&f, e);
	o = cc_case_at(f.last);
	got = cc_case_print(&f.c, &o);
	assert_string_equal(got, want);
	free(got);
	free(want);
	cc_case_end(&f);
}

/* At the time of the last event of the beginning, and after every due. */
static void
every_beginning_of_the_example_can_be_evaluated(void **state)
{
	const struct example *e = *state;
	struct cc_case_file f;

	tell(&f, e);
	for (uint32_t n = 0; n <= f.c.nevents; n++) {
		struct cc_case part = f.c;
		struct cc_eval_options o = cc_case_at(f.last), end = o;
		char *now, *later;

		part.nevents = n;
		end.now.s += INT64_C(365) * 86400;
		now = cc_case_print(&part, &o);
		later = cc_case_print(&part, &end);
		assert_true(n > 0 || strlen(now) == 0);
		assert_true(n < f.c.nevents || strlen(now) > 0);
		assert_null(strstr(later, "\"running\""));
		free(now);
		free(later);
	}
	cc_case_end(&f);
}

#define AT(n, what) "tests/examples/example" #n "." what
#define EXAMPLE(n, count) \
	static struct example example##n = {AT(n, "events.ndjson"), \
	    AT(n, "clocks.ndjson"), AT(n, "holidays.txt"), "ex" #n, count}

EXAMPLE(1, 33);
EXAMPLE(3, 25);
EXAMPLE(5, 24);

#define TEST(f, n) {#f "_" #n, f, NULL, NULL, &example##n}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(prints_the_lines_of_the_example, 1),
		TEST(prints_the_lines_of_the_example, 3),
		TEST(prints_the_lines_of_the_example, 5),
		TEST(every_beginning_of_the_example_can_be_evaluated, 1),
		TEST(every_beginning_of_the_example_can_be_evaluated, 3),
		TEST(every_beginning_of_the_example_can_be_evaluated, 5),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
