/* Silences: added, ended early, listed; what every store promises of them. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static int64_t
add(struct store_fixture *f, const char *case_id, const char *rule, const char *recipient,
    int64_t at)
{
	const struct cc_store_silence s = { .case_id = S(case_id), .rule = S(rule),
	    .recipient = S(recipient), .by = S("admin"), .reason = S("maintenance"), .at = W(at),
	    .until = W(at + 100), .id = 77, .ended = W(5) };
	int64_t id = 0;

	ok(cc_store_silence_add(f->st, &s, &id, NULL));
	return id;
}

/* The ids of the list, in pages of two. */
static void
assert_list(struct store_fixture *f, struct cc_wall now, const char *expected)
{
	struct cc_store_silence_filter q = { .now = now, .limit = 2 };
	char ids[200];
	size_t n = 0;

	ids[0] = '\0';
	for (;;) {
		struct cc_store_silences l = { 0 };

		ok(cc_store_silences_list(f->st, &q, &f->a, &l, NULL));
		for (uint32_t i = 0; i < l.n; i++)
			n += (size_t)snprintf(ids + n, sizeof ids - n, "%s%lld",
			    n == 0 ? "" : " ", (long long)l.items[i].id);
		if (l.next == 0)
			break;
		q.after = l.next;
	}
	assert_string_equal(ids, expected);
}

static void
a_silence_comes_back_whole(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_silences l;

	store_begin(f->st);
	assert_int_equal(add(f, "c-1", "", "", 10), 1);
	assert_int_equal(add(f, "", "first-contact", "s-1", 20), 2);
	store_commit(f->st);
	ok(cc_store_silences_list(f->st, &(struct cc_store_silence_filter){ .now = CC_NEVER,
	    .limit = 10 }, &f->a, &l, NULL));
	assert_int_equal(l.n, 2);
	assert_int_equal(l.next, 0);
	assert_text(l.items[0].case_id, "c-1");
	assert_text(l.items[0].rule, "");
	assert_text(l.items[0].recipient, "");
	assert_text(l.items[1].case_id, "");
	assert_text(l.items[1].rule, "first-contact");
	assert_text(l.items[1].recipient, "s-1");
	assert_text(l.items[1].by, "admin");
	assert_text(l.items[1].reason, "maintenance");
	assert_int_equal(l.items[1].at.s, 20);
	assert_int_equal(l.items[1].until.s, 120);
	assert_false(cc_given(l.items[1].ended));
}

static void
a_silence_is_in_force_from_its_begin_until_its_end(void **state)
{
	struct store_fixture *f = *state;

	store_begin(f->st);
	(void)add(f, "c", "", "", 10);		/* 10 to 110 */
	(void)add(f, "", "r", "", 50);		/* 50 to 150 */
	(void)add(f, "", "", "s", 60);		/* 60 to 160 */
	(void)add(f, "d", "", "", 300);
	assert_list(f, W(9), "");
	assert_list(f, W(10), "1");
	assert_list(f, W(60), "1 2 3");
	assert_list(f, W(109), "1 2 3");
	assert_list(f, W(110), "2 3");
	assert_list(f, W(160), "");
	assert_list(f, CC_NEVER, "1 2 3 4");
	ok(cc_store_silence_end(f->st, 2, W(100), NULL));
	assert_list(f, W(99), "1 2 3");
	assert_list(f, W(100), "1 3");
	ok(cc_store_silence_end(f->st, 4, W(100), NULL));	/* before it began */
	assert_list(f, W(350), "");
	assert_list(f, CC_NEVER, "1 2 3 4");
	store_commit(f->st);
}

static void
a_silence_ends_once(void **state)
{
	struct store_fixture *f = *state;

	store_begin(f->st);
	(void)add(f, "c", "", "", 10);
	(void)add(f, "c", "", "", 10);
	assert_int_equal(cc_store_silence_end(f->st, 3, W(20), NULL), CC_ENOENT);
	assert_int_equal(cc_store_silence_end(f->st, 0, W(20), NULL), CC_ENOENT);
	assert_int_equal(cc_store_silence_end(f->st, 1, CC_NEVER, NULL), CC_EINVAL);
	ok(cc_store_silence_end(f->st, 1, W(20), NULL));
	assert_int_equal(cc_store_silence_end(f->st, 1, W(30), NULL), CC_ECONFLICT);
	assert_int_equal(cc_store_silence_end(f->st, 1, W(5), NULL), CC_ECONFLICT);
	assert_int_equal(cc_store_silence_end(f->st, 2, W(110), NULL), CC_ECONFLICT);
	ok(cc_store_silence_end(f->st, 2, W(109), NULL));
	store_commit(f->st);
	assert_int_equal(cc_store_silence_end(f->st, 2, W(20), NULL), CC_EINVAL);
}

static void
a_silence_of_everything_or_without_length_is_refused(void **state)
{
	struct store_fixture *f = *state;
	static char big[CC_STORE_ID_MAX + 2];
	const struct cc_store_silence good = { .rule = S("r"), .by = S("admin"), .at = W(10),
	    .until = W(11) };
	struct cc_store_silence bad[10];
	struct cc_store_silences l;
	struct cc_store *reader;
	int64_t id = -7;

	memset(big, 'x', sizeof big - 1);
	for (int i = 0; i < 10; i++)
		bad[i] = good;
	bad[0].rule = S("");
	bad[1].until = W(10);
	bad[2].until = W(9);
	bad[3].until = CC_NEVER;
	bad[4].at = CC_NEVER;
	bad[5].by = S("");
	bad[6].rule = S(big);
	bad[7].case_id = S(big);
	bad[8].recipient = S(big);
	bad[9].reason = S(big);
	store_begin(f->st);
	for (int i = 0; i < 10; i++)
		assert_int_equal(cc_store_silence_add(f->st, &bad[i], &id, NULL), CC_EINVAL);
	assert_int_equal(id, -7);
	ok(cc_store_silence_add(f->st, &good, &id, NULL));
	assert_int_equal(id, 1);
	assert_int_equal(cc_store_silences_list(f->st, &(struct cc_store_silence_filter){
	    .now = W(1) }, &f->a, &l, NULL), CC_EINVAL);
	assert_int_equal(cc_store_silences_list(f->st, &(struct cc_store_silence_filter){
	    .now = W(1), .limit = CC_STORE_LIST_MAX + 1 }, &f->a, &l, NULL), CC_EINVAL);
	store_commit(f->st);
	assert_int_equal(cc_store_silence_add(f->st, &good, &id, NULL), CC_EINVAL);
	ok(cc_store_open_reader(f->st, &reader, NULL));
	store_begin(reader);
	assert_int_equal(cc_store_silence_add(reader, &good, &id, NULL), CC_EINVAL);
	ok(cc_store_silences_list(reader, &(struct cc_store_silence_filter){ .now = W(10),
	    .limit = 9 }, &f->a, &l, NULL));
	assert_int_equal(l.n, 1);
	cc_store_close(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_silence_comes_back_whole),
		BOTH(a_silence_is_in_force_from_its_begin_until_its_end),
		BOTH(a_silence_ends_once),
		BOTH(a_silence_of_everything_or_without_length_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
