/* The instances of a case as bytes: whatever comes back, nothing breaks. */
#include "store/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "store/ops.h"

static const uint32_t some_done[] = { 5, 6, 7, 0xdeadbeef };

static struct cc_str
text(const char *t)
{
	return (struct cc_str){ t, (uint32_t)strlen(t) };
}

static struct cc_instance
example(int i)
{
	static const char *const rules[] = { "rule-a", "rule-b", "", "rule-c" };
	static const char *const origins[] = { "e-1", "e-2", "e-1", "e-3" };

	return (struct cc_instance){ .rule = text(rules[i % 4]), .subject = text("v1"),
	    .origin_id = text(origins[i % 4]), .origin_source = text("/cms/region-07"),
	    .same = (uint32_t)i, .epoch = 1u + (uint32_t)i, .told = i & 1, .live = i & 2,
	    .present = i & 4, .state = (enum cc_state)(i % 13),
	    .started = (struct cc_wall){ 1700000000 + i },
	    .due = (struct cc_wall){ 1700086400 - 1000 * (int64_t)i }, .told_due = CC_NEVER,
	    .known = (struct cc_wall){ INT64_MAX - i }, .done = some_done,
	    .ndone = (uint32_t)i % 5 };
}

static struct cc_str
bytes_of(const struct cc_store_buf *b)
{
	return (struct cc_str){ (const char *)b->p, (uint32_t)b->n };
}

static void
instances_come_back_as_they_were(void **state)
{
	struct cc_instance v[200];
	struct cc_store_buf b = { 0 };
	struct cc_codec_instances out;
	struct cc_arena a;

	(void)state;
	cc_store_arena_init(&a, 1 << 22);
	for (uint32_t n = 0; n <= 200; n += 40) {
		for (uint32_t i = 0; i < n; i++)
			v[i] = example((int)i);
		assert_int_equal(cc_codec_encode(v, n, &b, NULL), CC_OK);
		assert_int_equal(cc_codec_decode(bytes_of(&b), &a, &out, NULL), CC_OK);
		assert_int_equal(out.n, n);
		for (uint32_t i = 0; i < n; i++) {
			const struct cc_instance *o = &out.items[i];

			assert_true(cc_str_eq(o->rule, v[i].rule));
			assert_true(cc_str_eq(o->subject, v[i].subject));
			assert_true(cc_str_eq(o->origin_id, v[i].origin_id));
			assert_true(cc_str_eq(o->origin_source, v[i].origin_source));
			assert_int_equal(o->same, v[i].same);
			assert_int_equal(o->epoch, v[i].epoch);
			assert_int_equal(o->told, v[i].told);
			assert_int_equal(o->live, v[i].live);
			assert_int_equal(o->present, v[i].present);
			assert_int_equal(o->state, v[i].state);
			assert_true(o->started.s == v[i].started.s);
			assert_true(o->due.s == v[i].due.s);
			assert_true(o->told_due.s == v[i].told_due.s);
			assert_true(o->known.s == v[i].known.s);
			assert_int_equal(o->ndone, v[i].ndone);
			assert_memory_equal(o->done, some_done, o->ndone * 4);
		}
		cc_arena_reset(&a);
	}
	cc_arena_done(&a);
	cc_store_buf_done(&b);
}

static void
more_texts_than_are_remembered_come_back_too(void **state)
{
	enum { N = 300 };
	static struct cc_instance v[N];
	static char names[N][8];
	struct cc_store_buf b = { 0 };
	struct cc_codec_instances out;
	struct cc_arena a;

	(void)state;
	cc_store_arena_init(&a, 1 << 22);
	for (int i = 0; i < N; i++) {
		v[i] = example(0);
		names[i][0] = 's';
		names[i][1] = (char)('A' + i % 26);
		names[i][2] = (char)('A' + i / 26);
		v[i].subject = text(names[i]);
	}
	assert_int_equal(cc_codec_encode(v, N, &b, NULL), CC_OK);
	assert_int_equal(cc_codec_decode(bytes_of(&b), &a, &out, NULL), CC_OK);
	for (int i = 0; i < N; i++)
		assert_true(cc_str_eq(out.items[i].subject, v[i].subject));
	cc_arena_done(&a);
	cc_store_buf_done(&b);
}

static void
an_instance_of_a_usual_kind_takes_few_bytes(void **state)
{
	struct cc_instance v[4];
	struct cc_store_buf b = { 0 };

	(void)state;
	for (int i = 0; i < 4; i++) {
		v[i] = example(0);
		v[i].rule = text("priority-1-initial-contact");
		v[i].known = v[i].told_due = v[i].due;
		v[i].ndone = 2;
	}
	assert_int_equal(cc_codec_encode(v, 4, &b, NULL), CC_OK);
	assert_true(b.n < 4 * 60);
	cc_store_buf_done(&b);
}

static void
what_cannot_be_kept_is_refused(void **state)
{
	struct cc_instance v = example(1);
	struct cc_store_buf b = { 0 };
	uint32_t *many = calloc(CC_CODEC_MAX / 4 + 1, sizeof *many);
	struct cc_err err = { 0 };

	(void)state;
	assert_non_null(many);
	v.state = (enum cc_state)13;
	assert_int_equal(cc_codec_encode(&v, 1, &b, &err), CC_EINVAL);
	v = example(1);
	assert_int_equal(cc_codec_encode(&v, CC_STORE_INSTANCES_MAX + 1, &b, &err), CC_ERANGE);
	v.done = many;
	v.ndone = CC_CODEC_MAX / 4 + 1;
	assert_int_equal(cc_codec_encode(&v, 1, &b, &err), CC_ERANGE);
	free(many);
	cc_store_buf_done(&b);
}

static void
bytes_cut_anywhere_are_refused(void **state)
{
	struct cc_instance v[5];
	struct cc_store_buf b = { 0 };
	struct cc_codec_instances out = { NULL, 77 };
	struct cc_arena a;

	(void)state;
	cc_store_arena_init(&a, 1 << 20);
	for (int i = 0; i < 5; i++)
		v[i] = example(i);
	assert_int_equal(cc_codec_encode(v, 5, &b, NULL), CC_OK);
	for (uint32_t n = 1; n < b.n; n++) {
		/* A copy of exactly n bytes, so that a step too far is seen. */
		char *cut = malloc(n);
		struct cc_err err = { 0 };

		assert_non_null(cut);
		memcpy(cut, b.p, n);
		assert_int_equal(cc_codec_decode((struct cc_str){ cut, n }, &a, &out, &err),
		    CC_EINVAL);
		assert_int_equal(out.n, 77);
		free(cut);
		cc_arena_reset(&a);
	}
	assert_true(cc_store_buf_room(&b, 1));
	b.p[b.n++] = 0;
	assert_int_equal(cc_codec_decode(bytes_of(&b), &a, &out, NULL), CC_EINVAL);
	cc_arena_done(&a);
	cc_store_buf_done(&b);
}

static void
changed_bytes_break_nothing(void **state)
{
	struct cc_instance v[5];
	struct cc_store_buf b = { 0 };
	struct cc_codec_instances out;
	struct cc_arena a;
	uint64_t seed = 0x9e3779b97f4a7c15u;
	int refused = 0;

	(void)state;
	cc_store_arena_init(&a, 1 << 20);
	for (int i = 0; i < 5; i++)
		v[i] = example(i);
	assert_int_equal(cc_codec_encode(v, 5, &b, NULL), CC_OK);
	for (int i = 0; i < 50000; i++) {
		char *copy = malloc(b.n);

		assert_non_null(copy);
		memcpy(copy, b.p, b.n);
		for (int k = 0; k < 1 + i % 3; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			copy[(seed >> 33) % b.n] = (char)(seed >> 20);
		}
		if (cc_codec_decode((struct cc_str){ copy, (uint32_t)b.n }, &a, &out, NULL) !=
		    CC_OK)
			refused++;
		free(copy);
		cc_arena_reset(&a);
	}
	assert_true(refused > 1000);
	cc_arena_done(&a);
	cc_store_buf_done(&b);
}

static void
hostile_bytes_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t n;
	} table[] = {
		{ "\2\0", 2 },					/* a version to come */
		{ "\1", 1 },					/* no count */
		{ "\1\xff\xff\xff\xff\x0f", 6 },		/* 4 billion instances */
		{ "\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11 },
		{ "\1\1\xfe\xff\xff\xff\x0f\0\0\0\0\0\0\0", 14 },	/* a long text */
		{ "\1\1\1\0\0\0\0\0\0\0\0", 11 },		/* a text before any */
		{ "\1\1\0\0\0\0\0\0\x80\0\0", 11 },		/* an unknown flag */
		{ "\1\1\0\0\0\0\0\0\0\x0d\0", 11 },		/* an unknown state */
		{ "\1\1\0\0\0\0\0\0\0\1\xff\xff\xff\xff\x0f", 15 },	/* many rungs */
	};
	struct cc_codec_instances out;
	struct cc_arena a;

	(void)state;
	cc_store_arena_init(&a, 1 << 20);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		assert_int_equal(cc_codec_decode((struct cc_str){ table[i].bytes, table[i].n },
		    &a, &out, NULL), CC_EINVAL);
		cc_arena_reset(&a);
	}
	assert_int_equal(cc_codec_decode((struct cc_str){ NULL, 0 }, &a, &out, NULL), CC_OK);
	assert_int_equal(out.n, 0);
	cc_arena_done(&a);
}

static void
a_full_arena_is_not_damage(void **state)
{
	struct cc_instance v = example(3);
	struct cc_store_buf b = { 0 };
	struct cc_codec_instances out;
	struct cc_arena a;

	(void)state;
	cc_store_arena_init(&a, 1);
	assert_int_equal(cc_codec_encode(&v, 1, &b, NULL), CC_OK);
	assert_int_equal(cc_codec_decode(bytes_of(&b), &a, &out, NULL), CC_ENOMEM);
	cc_arena_done(&a);
	cc_store_buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instances_come_back_as_they_were),
		cmocka_unit_test(more_texts_than_are_remembered_come_back_too),
		cmocka_unit_test(an_instance_of_a_usual_kind_takes_few_bytes),
		cmocka_unit_test(what_cannot_be_kept_is_refused),
		cmocka_unit_test(bytes_cut_anywhere_are_refused),
		cmocka_unit_test(changed_bytes_break_nothing),
		cmocka_unit_test(hostile_bytes_are_refused),
		cmocka_unit_test(a_full_arena_is_not_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
