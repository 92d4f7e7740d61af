/*
 * tests/fuzz/fuzz_pack_test.c - any bytes as a test file of a pack.
 *
 * Checks:    the file is refused with at least one message, or each of its tests
 *            runs; a test that expects what it found holds; the clocks that
 *            cc_why_not says stand are those of the evaluation.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/heap.h"
#include "policy/load.h"
#include "policy/pack_test.h"
#include "policy/zones.h"
#include "scheduler/why.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA = 256 * 1024 * 1024, INPUT = 16 * 1024, RUNS = 20 };

static void
must(bool claim)
{
	if (!claim)
		abort();
}

/* Loaded once and kept to the end. */
static const struct cc_pack *
pack(void)
{
	static struct cc_arena arena;
	static struct cc_zones zones;
	static const struct cc_pack *loaded;
	const char *src = getenv("CC_SRC");
	struct cc_pack_options o = {.zones = &zones};
	struct cc_diags d = {.n = 0};
	char dir[1024];

	if (loaded != NULL)
		return loaded;
	cc_heap_arena_init(&arena, CC_PACK_ARENA);
	(void)snprintf(dir, sizeof dir, "%s/tests/packs/office", src == NULL ? "." : src);
	o.dir = dir;
	must(cc_zones_load(NULL, &arena, &zones, NULL) == CC_OK);
	must(cc_pack_load(&o, &arena, &d, &loaded, NULL) == CC_OK);
	cc_diags_done(&d);
	return loaded;
}

/* The lines found, as if they had been expected. */
static void
expect_found(struct cc_pack_test *t, const struct cc_pack_lines *found, struct cc_arena *a)
{
	t->clocks = (struct cc_pack_lines){.v = cc_arena_array(a, found->n, sizeof(char *))};
	t->wants_alerts = false;
	for (uint32_t i = 0; t->clocks.v != NULL && i < found->n; i++)
		if (found->v[i][0] == '+')
			t->clocks.v[t->clocks.n++] = found->v[i] + 2;
}

static void
check_why(const struct cc_pack_test *t, const struct cc_rule *rule, struct cc_arena *a)
{
	struct cc_eval_options o = {.now = t->now, .only_rule = rule->index,
	    .as_known = t->as_known, .as_known_at = t->known_at};
	char line[CC_WHY_LINE];
	struct cc_result r;
	struct cc_why why;
	uint32_t stands = 0;

	must(cc_eval_case(pack(), &t->c, &o, a, &r, NULL) == CC_OK);
	must(cc_why_not(pack(), &t->c, &o, a, &why, NULL) == CC_OK);
	cc_why_line(&why, NULL, line);
	must((why.nchoices == 0) == (line[0] != '\0'));
	for (uint32_t i = 0; i < why.nchoices; i++) {
		must(why.choices[i].outcome != 0);
		stands += why.choices[i].outcome <= CC_WHY_LATER;
		cc_why_line(&why, &why.choices[i], line);
		must(line[0] != '\0');
	}
	must(stands == r.nclocks || why.nchoices == CC_WHY_MAX);
}

static void
check_test(struct cc_pack_test *t, struct cc_arena *a)
{
	struct cc_pack_lines lines;

	t->clocks.n = 0;
	t->wants_alerts = false;
	must(cc_pack_test_run(pack(), t, a, &lines, NULL) == CC_OK);
	expect_found(t, &lines, a);
	must(cc_pack_test_run(pack(), t, a, &lines, NULL) == CC_OK);
	must(lines.n == 0);
	t->wants_alerts = true;
	must(cc_pack_test_run(pack(), t, a, &lines, NULL) == CC_OK);
	for (uint16_t i = 0; i < t->nrules && t->calendar == NULL; i++)
		check_why(t, t->rules[i], a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cc_arena a;
	struct cc_diags d = {.n = 0};
	struct cc_pack_tests t = {.pack = pack(), .arena = &a, .diags = &d};
	bool good;

	cc_heap_arena_init(&a, ARENA);
	if (size > INPUT)
		size = INPUT;
	good = cc_pack_test_parse(&t, "f.yaml",
	    (struct cc_str){(const char *)data, (uint32_t)size});
	must(good == (d.n == 0));
	for (uint32_t i = 0; good && i < t.n && i < RUNS; i++)
		check_test(&t.v[i], &a);
	cc_diags_done(&d);
	cc_arena_done(&a);
	return 0;
}
