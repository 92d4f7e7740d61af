#include <stdio.h>

#include "cli/command.h"
#include "cli/pack.h"
#include "cli/tests.h"
#include "policy/heap.h"

enum { RUN_ARENA = 256 * 1024 * 1024, WHY_LINES = 20 };

struct score {
	bool first, why;	/* the options */
	unsigned passed, failed;
	bool broken;		/* a test could not be run */
};

static void
tell_failure(const struct cc_pack_test *t, const struct cc_pack_lines *l)
{
	printf("%s:%u: FAILED %s\n", t->at.file, t->at.line, t->name);
	for (uint32_t i = 0; i < l->n; i++)
		printf("  %s\n", l->v[i]);
}

/* What each rule of the test made of the events, clock or none. */
static void
tell_why(const struct cc_pack *p, const struct cc_pack_test *t, struct cc_arena *a)
{
	for (uint16_t i = 0; i < t->nrules; i++) {
		char line[CC_WHY_LINE];
		struct cc_why why;
		struct cc_err err;

		if (cc_pack_test_why(p, t, t->rules[i], a, &why, &err) != CC_OK) {
			cc_complain("%s: %s", t->rules[i]->id, err.msg);
			return;
		}
		printf("  %s:\n", t->rules[i]->id);
		cc_why_line(&why, NULL, line);
		if (line[0] != '\0')
			printf("    %s\n", line);
		for (uint32_t k = 0; k < why.nchoices && k < WHY_LINES; k++) {
			cc_why_line(&why, &why.choices[k], line);
			printf("    %s\n", line);
		}
		if (why.nchoices > WHY_LINES)
			printf("    (%u more)\n", (unsigned)why.total - WHY_LINES);
	}
}

static bool
run_one(const struct cc_pack *p, const struct cc_pack_test *t, struct cc_arena *a,
    struct score *s)
{
	struct cc_pack_lines lines;
	struct cc_err err;

	if (cc_pack_test_run(p, t, a, &lines, &err) != CC_OK) {
		cc_complain("%s:%u: %s: %s", t->at.file, t->at.line, t->name, err.msg);
		s->broken = true;
		return false;
	}
	if (lines.n == 0) {
		s->passed++;
		return true;
	}
	tell_failure(t, &lines);
	if (s->why)
		tell_why(p, t, a);
	s->failed++;
	return false;
}

static int
run_all(const struct cc_tests *t, struct score s)
{
	struct cc_arena a;

	if (t->tests.n == 0) {
		cc_complain("policy test: there are no tests");
		return CC_EXIT_FAILED;
	}
	cc_heap_arena_init(&a, RUN_ARENA);
	for (uint32_t i = 0; i < t->tests.n; i++) {
		bool good = run_one(t->tests.pack, &t->tests.v[i], &a, &s);

		cc_arena_reset(&a);
		if (s.first && !good)
			break;
	}
	cc_arena_done(&a);
	printf("%u passed, %u failed\n", s.passed, s.failed);
	return s.failed > 0 || s.broken ? CC_EXIT_FAILED : CC_EXIT_DONE;
}

static int
run(const struct cc_args *a)
{
	struct score s = {.first = cc_args_has(a, "first"), .why = cc_args_has(a, "why")};
	struct cc_loaded l;
	struct cc_tests t;
	int code;

	if (!cc_loaded_open(&l, cc_args_plain(a, 0), NULL)) {
		code = l.refused ? CC_EXIT_REFUSED : CC_EXIT_FAILED;
	} else {
		code = cc_tests_open(&t, l.pack, cc_args_plain(a, 0), &a->plain[1],
		    a->nplain - 1);
		if (code == CC_EXIT_DONE)
			code = run_all(&t, s);
		cc_tests_done(&t);
	}
	cc_loaded_done(&l);
	return code;
}

static const struct cc_option options[] = {
	{.name = "first", .help = "Stop at the first test that fails"},
	{.name = "why",
	    .help = "Say of failed tests how far each rule came, and why"},
};

const struct cc_command cc_command_policy_test = {
	.name = "policy test", .usage = "[--first] [--why] DIR [FILE]...",
	.summary = "Run the tests of a policy pack",
	.details = "Runs the tests in DIR/tests, or in the named files.  What a test found\n"
	    "and did not expect is printed with +, what it expected and did not find\n"
	    "with -, as it would stand in the file.  Exit status 1: a test failed; 4: the\n"
	    "pack or a test file has mistakes, and nothing was run.",
	.args = {options, sizeof options / sizeof options[0], 1, CC_ARGS_PLAIN},
	.run = run,
};
