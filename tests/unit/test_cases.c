#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cases.h"
#include "tests/support/ladders.h"
#include "tests/support/small_schema.h"

enum { ARENA = 64 * 1024 * 1024, EVENTS = 6000, ROUNDS = 12 };

/* One line of an input, in the words of the test. */
struct sent {
	int id, source, subject, content;
	int64_t time;
};

struct heard {
	uint64_t line[EVENTS], first[EVENTS];
	size_t n;
};

static void
on_conflict(void *self, uint64_t line, uint64_t first)
{
	struct heard *h = self;

	assert_true(h->n < EVENTS);
	h->line[h->n] = line;
	h->first[h->n++] = first;
}

static struct cc_str
text(struct cc_arena *a, const char *prefix, int n)
{
	char buf[32];
	int len = snprintf(buf, sizeof buf, "%s%d", prefix, n);

	return (struct cc_str){cc_arena_text(a, buf, (size_t)len), (uint32_t)len};
}

/* The draft of a line; `content` is the one field. */
static struct cc_draft
draft_of(struct cc_arena *a, const struct sent *s)
{
	struct cc_draft d = {
		.type = (uint16_t)cc_schema_type(cc_test_schema(), CC_STR("notice.released")),
		.id = text(a, "e-", s->id), .source = text(a, "/s/", s->source),
		.subject = text(a, "case-", s->subject), .time = {s->time}
	};
	struct cc_item *item = cc_arena_alloc(a, sizeof *item);

	item->text = text(a, "r", s->content);
	d.fields[0] = (struct cc_draft_field){true, 1, item};
	return d;
}

static struct cc_str
encoded(struct cc_arena *a, const struct cc_draft *d)
{
	struct cc_str bytes;
	struct cc_err err;

	assert_int_equal(cc_event_encode(cc_test_schema(), d, a, &bytes, &err), CC_OK);
	return bytes;
}

static void
add(struct cc_cases *c, struct cc_arena *a, uint64_t line, const struct sent *s)
{
	struct cc_draft d = draft_of(a, s);
	struct cc_err err;

	assert_int_equal(cc_cases_add(c, line, &d, encoded(a, &d), &err), CC_OK);
	cc_arena_reset(a);
}

/* What the rule sheet says of the lines, by looking at all pairs. */
struct truth {
	bool stands[EVENTS];
	struct heard heard;
	int64_t latest;
};

static bool
same_identity(const struct sent *a, const struct sent *b)
{
	return a->id == b->id && a->source == b->source;
}

static void
find_truth(const struct sent *s, size_t n, struct truth *t)
{
	memset(t, 0, sizeof *t);
	t->latest = INT64_MIN;
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < i && !(t->stands[k] && same_identity(&s[k], &s[i])))
			k++;
		t->stands[i] = k == i;
		if (k == i && s[i].time > t->latest)
			t->latest = s[i].time;
		if (k < i && (s[k].subject != s[i].subject || s[k].time != s[i].time ||
		    s[k].content != s[i].content))
			on_conflict(&t->heard, i + 1, k + 1);
	}
}

static void
expect_case(const struct cc_case *c, const struct sent *s, size_t n,
    const struct truth *t, struct cc_arena *a)
{
	uint32_t k = 0;

	for (size_t i = 0; i < n; i++) {
		struct cc_draft d;

		if (!t->stands[i])
			continue;
		d = draft_of(a, &s[i]);
		if (!cc_str_eq(d.subject, c->id))
			continue;
		assert_true(k < c->nevents);
		assert_true(cc_str_eq(c->events[k].bytes, encoded(a, &d)));
		k++;
	}
	assert_int_equal(k, c->nevents);
}

static void
expect_truth(struct cc_cases *c, const struct heard *h, const struct sent *s, size_t n)
{
	struct cc_arena arena = cc_test_arena(ARENA), scratch = cc_test_arena(ARENA);
	struct truth *t = malloc(sizeof *t);
	struct cc_case got = {.nevents = 0};
	char last[64] = "";
	size_t events = 0, stands = 0;
	struct cc_err err;
	bool fits;

	assert_non_null(t);
	find_truth(s, n, t);
	assert_int_equal(c->latest.s, t->latest);
	assert_int_equal(h->n, t->heard.n);
	assert_memory_equal(h->line, t->heard.line, h->n * sizeof h->line[0]);
	assert_memory_equal(h->first, t->heard.first, h->n * sizeof h->first[0]);
	while (cc_cases_next(c, &arena, &got, &fits, &err) == CC_OK) {
		char id[64];

		assert_true(fits);
		(void)snprintf(id, sizeof id, "%.*s", (int)got.id.n, got.id.p);
		assert_true(strcmp(last, id) < 0);
		memcpy(last, id, sizeof last);
		expect_case(&got, s, n, t, &scratch);
		events += got.nevents;
		cc_arena_reset(&arena);
		cc_arena_reset(&scratch);
	}
	assert_int_equal(err.code, CC_ENOENT);
	for (size_t i = 0; i < n; i++)
		stands += t->stands[i];
	assert_int_equal(events, stands);
	free(t);
	cc_arena_done(&arena);
	cc_arena_done(&scratch);
}

/* The same input in so much memory; answers how many runs were written. */
static unsigned
check(const struct sent *s, size_t n, size_t memory)
{
	struct cc_arena arena = cc_test_arena(ARENA);
	struct heard *h = calloc(1, sizeof *h);
	struct cc_cases_settings settings = {memory, NULL, on_conflict, h};
	struct cc_cases c;
	struct cc_err err;
	unsigned runs;

	assert_non_null(h);
	cc_cases_init(&c, &settings);
	for (size_t i = 0; i < n; i++)
		add(&c, &arena, i + 1, &s[i]);
	runs = c.by_identity.nruns;
	if (cc_cases_end(&c, &err) != CC_OK)
		fail_msg("%s", err.msg);
	expect_truth(&c, h, s, n);
	cc_cases_done(&c);
	free(h);
	cc_arena_done(&arena);
	return runs;
}

static void
repeats_count_once_and_conflicts_are_refused(void **state)
{
	static const struct sent s[] = {
		{1, 1, 1, 1, 100}, {1, 1, 1, 1, 100},	/* a repeat */
		{1, 2, 1, 1, 100},			/* another source */
		{1, 1, 2, 1, 100},			/* another case */
		{1, 1, 1, 2, 100}, {1, 1, 1, 1, 101},	/* other data, other time */
		{2, 1, 2, 1, 99},
	};

	(void)state;
	assert_int_equal(check(s, sizeof s / sizeof s[0], CC_CASES_MEMORY), 0);
}

static void
an_input_without_events_has_no_case_and_no_latest_instant(void **state)
{
	struct cc_cases_settings settings = {CC_CASES_MEMORY, NULL, on_conflict, NULL};
	struct cc_arena arena = cc_test_arena(ARENA);
	struct cc_cases c;
	struct cc_case got;
	struct cc_err err;
	bool fits;

	(void)state;
	cc_cases_init(&c, &settings);
	assert_int_equal(cc_cases_end(&c, &err), CC_OK);
	assert_false(cc_given(c.latest));
	assert_int_equal(cc_cases_next(&c, &arena, &got, &fits, &err), CC_ENOENT);
	cc_cases_done(&c);
	cc_arena_done(&arena);
}

static void
in_memory_or_spilled_the_answer_is_the_same(void **state)
{
	uint64_t seed = cc_test_seed(20260307);
	struct sent *s = malloc(EVENTS * sizeof *s);
	unsigned most = 0;

	(void)state;
	assert_non_null(s);
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = 1 + cc_test_random(&seed, EVENTS);
		int ids = 1 + (int)cc_test_random(&seed, round % 2 == 0 ? 60 : EVENTS);
		unsigned runs;

		for (size_t i = 0; i < n; i++)
			s[i] = (struct sent){
				(int)cc_test_random(&seed, (uint64_t)ids),
				(int)cc_test_random(&seed, 2),
				(int)cc_test_random(&seed, 9),
				(int)cc_test_random(&seed, 2),
				1000 + (int64_t)cc_test_random(&seed, 3)
			};
		assert_int_equal(check(s, n, CC_CASES_MEMORY), 0);
		/* One block of an arena is the least. */
		runs = check(s, n, 100 * 1024);
		most = runs > most ? runs : most;
	}
	assert_true(most >= 3);
	free(s);
}

static void
a_case_too_large_for_its_arena_is_told_and_the_next_comes(void **state)
{
	struct cc_cases_settings settings = {CC_CASES_MEMORY, NULL, on_conflict, NULL};
	struct cc_arena arena = cc_test_arena(ARENA), small = cc_test_arena(70 * 1024);
	struct cc_cases c;
	struct cc_case got;
	struct cc_err err;
	bool fits;

	(void)state;
	cc_cases_init(&c, &settings);
	for (int i = 0; i < 3000; i++)
		add(&c, &arena, (uint64_t)i + 1, &(struct sent){i, 1, 1, 1, 100});
	add(&c, &arena, 3001, &(struct sent){1, 2, 2, 1, 100});
	assert_int_equal(cc_cases_end(&c, &err), CC_OK);
	assert_int_equal(cc_cases_next(&c, &small, &got, &fits, &err), CC_OK);
	assert_false(fits);
	assert_int_equal(got.nevents, 0);
	cc_arena_reset(&small);
	assert_int_equal(cc_cases_next(&c, &small, &got, &fits, &err), CC_OK);
	assert_true(fits);
	assert_int_equal(got.nevents, 1);
	assert_int_equal(cc_cases_next(&c, &small, &got, &fits, &err), CC_ENOENT);
	cc_cases_done(&c);
	cc_arena_done(&arena);
	cc_arena_done(&small);
}

static void
without_a_place_for_a_file_a_large_input_is_refused(void **state)
{
	struct cc_cases_settings settings = {100 * 1024, "/no/such/folder", on_conflict,
		NULL};
	struct cc_arena arena = cc_test_arena(ARENA);
	enum cc_code code = CC_OK;
	struct cc_cases c;
	struct cc_err err;
	uint64_t line = 0;

	(void)state;
	cc_cases_init(&c, &settings);
	while (code == CC_OK && line < 10000) {
		struct cc_draft d = draft_of(&arena, &(struct sent){(int)line, 1, 1, 1, 1});

		code = cc_cases_add(&c, ++line, &d, encoded(&arena, &d), &err);
		cc_arena_reset(&arena);
	}
	assert_int_equal(code, CC_EIO);
	assert_non_null(strstr(err.msg, "/no/such/folder"));
	cc_cases_done(&c);
	cc_arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats_count_once_and_conflicts_are_refused),
		cmocka_unit_test(an_input_without_events_has_no_case_and_no_latest_instant),
		cmocka_unit_test(in_memory_or_spilled_the_answer_is_the_same),
		cmocka_unit_test(a_case_too_large_for_its_arena_is_told_and_the_next_comes),
		cmocka_unit_test(without_a_place_for_a_file_a_large_input_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
