#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/schema.h"
#include "tests/support/small_schema.h"

static struct cc_str
str(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static void
finds_every_type_and_no_other(void **state)
{
	const struct cc_schema *s = cc_test_schema();
	static const char *const none[] = {
		"", "a", "contact", "contact.mad", "contact.madee", "zzz",
		"Contact.made", "event.void", "intake.received "
	};

	(void)state;
	for (int i = 0; i < s->ntypes; i++)
		assert_int_equal(cc_schema_type(s, str(s->types[i].name)), i);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(cc_schema_type(s, str(none[i])), -1);
}

static void
finds_no_type_in_an_empty_schema(void **state)
{
	static const struct cc_schema empty;

	(void)state;
	assert_int_equal(cc_schema_type(&empty, str("contact.made")), -1);
}

static void
finds_every_field_and_no_other(void **state)
{
	const struct cc_schema *s = cc_test_schema();

	(void)state;
	for (int i = 0; i < s->ntypes; i++) {
		const struct cc_event_type *t = &s->types[i];

		for (int k = 0; k < t->nfields; k++) {
			assert_int_equal(cc_schema_field(t,
			    str(t->fields[k].name)), k);
		}
		assert_int_equal(cc_schema_field(t, str("")), -1);
		assert_int_equal(cc_schema_field(t, str("narrative")), -1);
	}
	assert_int_equal(cc_schema_field(&s->types[0], str("mod")), -1);
	assert_int_equal(cc_schema_field(&s->types[0], str("modes")), -1);
	/* a NUL inside a name is a byte like any other */
	assert_int_equal(cc_schema_field(&s->types[0],
	    (struct cc_str){"mode\0x", 6}), -1);
}

static void
a_code_counts_only_for_the_fields_that_list_it(void **state)
{
	const struct cc_schema *s = cc_test_schema();
	const struct cc_event_type *t = &s->types[cc_schema_type(s,
	    str("intake.received"))];
	const struct cc_field_def *f = &t->fields[cc_schema_field(t,
	    str("priority"))];

	(void)state;
	assert_int_equal(cc_schema_code(s, f, str("P1")), 0);
	assert_int_equal(cc_schema_code(s, f, str("PN")), 2);
	assert_int_equal(cc_schema_code(s, f, str("P")), -1);
	assert_int_equal(cc_schema_code(s, f, str("p1")), -1);
	assert_int_equal(cc_schema_code(s, f, str("")), -1);
	assert_int_equal(cc_schema_code(s, f, str("phone")), -1);
}

static void
ids_follow_the_pattern(void **state)
{
	static const char long_id[] = "a123456789012345678901234567890123456789"
	    "012345678901234567890123";
	static const char *const good[] = {
		"a", "0", "Z", "e-1", "a.b", "a_b", "a:b", "9-._:", long_id
	};
	static const char *const bad[] = {
		"", "-a", ".a", "_a", ":a", " a", "a ", "a/b", "a\n", "\xc3\xa9",
		"a\xc3\xa9", "a\tb", "a\"b", "@"
	};
	char too_long[sizeof long_id + 1];

	(void)state;
	assert_int_equal(strlen(long_id), 64);
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(cc_id_ok(str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(cc_id_ok(str(bad[i])));
	(void)snprintf(too_long, sizeof too_long, "%sx", long_id);
	assert_false(cc_id_ok(str(too_long)));
	assert_false(cc_id_ok((struct cc_str){"a\0b", 3}));
}

static void
keys_are_the_published_hash(void **state)
{
	(void)state;
	/* test vectors of FNV-1a, 32 bits */
	assert_int_equal(cc_key32(str("")), 0x811c9dc5u);
	assert_int_equal(cc_key32(str("a")), 0xe40c292cu);
	assert_int_equal(cc_key32(str("foobar")), 0xbf9cf968u);
	assert_int_equal(cc_key16(str("foobar")), 0xbf9c ^ 0xf968);
	assert_int_equal(cc_key16(str("")), 0x811c ^ 0x9dc5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_type_and_no_other),
		cmocka_unit_test(finds_no_type_in_an_empty_schema),
		cmocka_unit_test(finds_every_field_and_no_other),
		cmocka_unit_test(a_code_counts_only_for_the_fields_that_list_it),
		cmocka_unit_test(ids_follow_the_pattern),
		cmocka_unit_test(keys_are_the_published_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
