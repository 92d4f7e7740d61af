#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/event.h"
#include "tests/support/ladders.h"
#include "tests/support/small_schema.h"

enum { ARENA = 16 * 1024 * 1024, MUTATIONS = 20000 };

static struct cc_str
str(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static struct cc_draft
draft_of(struct cc_arena *a, const char *json)
{
	struct cc_line_rules rules = cc_test_line_rules();
	struct cc_draft d;
	struct cc_refused r;

	if (!cc_wire_event_parse(&rules, str(json), a, &d, &r))
		fail_msg("%s %s: %s", cc_refusal_text(r.code), r.pointer,
		    r.message);
	return d;
}

static struct cc_str
encoded(struct cc_arena *a, const char *json)
{
	struct cc_draft d = draft_of(a, json);
	struct cc_str bytes;
	struct cc_err err;

	assert_int_equal(cc_event_encode(cc_test_schema(), &d, a, &bytes, &err),
	    CC_OK);
	return bytes;
}

static void
same_draft(const struct cc_schema *s, const struct cc_draft *x,
    const struct cc_draft *y)
{
	assert_int_equal(x->type, y->type);
	assert_true(cc_str_eq(x->id, y->id));
	assert_true(cc_str_eq(x->source, y->source));
	assert_int_equal(x->time.s, y->time.s);
	for (int i = 0; i < CC_FIELDS_MAX; i++) {
		assert_int_equal(x->fields[i].given, y->fields[i].given);
		assert_int_equal(x->fields[i].n, y->fields[i].n);
		if (i >= s->types[x->type].nfields)
			continue;
		for (uint32_t k = 0; k < x->fields[i].n; k++) {
			const struct cc_item *p = &x->fields[i].items[k];
			const struct cc_item *q = &y->fields[i].items[k];

			assert_int_equal(p->v, q->v);
			assert_true(cc_str_eq(p->text, q->text));
		}
	}
}

#define HEAD(type)                                                           \
	"{\"specversion\":\"1.0\",\"id\":\"e-2\",\"source\":\"/s\","         \
	"\"subject\":\"k\",\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"" type \
	"\",\"data\":"

static const char *const samples[] = {
	cc_test_event_full,
	HEAD("intake.received") "{\"intake_id\":\"i\",\"priority\":\"PN\","
	    "\"victim_person_ids\":[],\"screened\":false,"
	    "\"timezone\":\"America/Denver\"}}",
	HEAD("person.added") "{\"person_id\":\"p\",\"age_years\":150,"
	    "\"roles\":[\"parent_in_home\",\"alleged_victim\"]}}",
	HEAD("extension.requested") "{\"extension_id\":\"x\","
	    "\"until_date\":\"2099-12-31\"}}",
	HEAD("notice.released") "{}}",
	HEAD("event.voided") "{\"event_id\":\"e-1\","
	    "\"reason\":\"entered_in_error\"}}",
};
enum { NSAMPLES = sizeof samples / sizeof samples[0] };

static void
what_is_encoded_is_decoded(void **state)
{
	const struct cc_schema *s = cc_test_schema();
	struct cc_arena a = cc_test_arena(ARENA);

	(void)state;
	for (int i = 0; i < NSAMPLES; i++) {
		struct cc_draft d = draft_of(&a, samples[i]), back;
		struct cc_str bytes = encoded(&a, samples[i]), again;
		struct cc_str id, source;
		struct cc_wall t;
		struct cc_err err;

		assert_int_equal(cc_event_decode(s, &cc_test_zones, bytes, &a,
		    &back, &err), CC_OK);
		same_draft(s, &d, &back);
		assert_int_equal(back.subject.n, 0);
		assert_false(back.has_recorded);
		assert_int_equal(cc_event_encode(s, &back, &a, &again, &err),
		    CC_OK);
		assert_true(cc_str_eq(bytes, again));
		assert_int_equal(cc_event_head(bytes, &t, &id, &source, &err),
		    CC_OK);
		assert_int_equal(t.s, d.time.s);
		assert_true(cc_str_eq(id, d.id));
		assert_true(cc_str_eq(source, d.source));
	}
	cc_arena_done(&a);
}

static void
the_bytes_are_as_the_contract_says(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_str bytes = encoded(&a, HEAD("notice.released")
	    "{\"recipient_id\":\"r1\"}}");
	uint32_t type = cc_key32(str("notice.released"));
	uint16_t field = cc_key16(str("recipient_id"));
	/* 2026-01-01T00:00:00Z is 1767225600; zigzag 3534451200 */
	const unsigned char want[] = {
		1, (unsigned char)(type >> 24), (unsigned char)(type >> 16),
		(unsigned char)(type >> 8), (unsigned char)type,
		0x80, 0xe4, 0xad, 0x95, 0x0d,
		3, 'e', '-', '2', 2, '/', 's', 1,
		(unsigned char)(field >> 8), (unsigned char)field, 0, 2, 'r', '1'
	};

	(void)state;
	assert_int_equal(bytes.n, sizeof want);
	assert_memory_equal(bytes.p, want, sizeof want);
	cc_arena_done(&a);
}

static void
order_of_members_does_not_count_and_order_in_lists_does(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_str x = encoded(&a, HEAD("person.added")
	    "{\"person_id\":\"p\",\"roles\":[\"parent_in_home\","
	    "\"alleged_victim\"]}}");
	struct cc_str same = encoded(&a, HEAD("person.added")
	    "{\"roles\":[\"parent_in_home\",\"alleged_victim\"],"
	    "\"person_id\":\"p\"}}");
	struct cc_str other = encoded(&a, HEAD("person.added")
	    "{\"person_id\":\"p\",\"roles\":[\"alleged_victim\","
	    "\"parent_in_home\"]}}");
	struct cc_str absent = encoded(&a, HEAD("person.added")
	    "{\"person_id\":\"p\"}}");
	struct cc_str empty = encoded(&a, HEAD("person.added")
	    "{\"person_id\":\"p\",\"roles\":[]}}");

	(void)state;
	assert_true(cc_str_eq(x, same));
	assert_false(cc_str_eq(x, other));
	assert_false(cc_str_eq(absent, empty));
	cc_arena_done(&a);
}

static void
a_reordered_pack_gives_the_same_bytes(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_schema turned = *cc_test_schema();
	struct cc_event_type types[16];
	struct cc_field_def fields[CC_FIELDS_MAX];
	struct cc_draft d = draft_of(&a, cc_test_event_full), back;
	const struct cc_event_type *t = &turned.types[d.type];
	struct cc_str bytes = encoded(&a, cc_test_event_full), again;
	struct cc_err err;

	(void)state;
	memcpy(types, turned.types, turned.ntypes * sizeof types[0]);
	for (int i = 0; i < t->nfields; i++)
		fields[i] = t->fields[t->nfields - 1 - i];
	types[d.type].fields = fields;
	turned.types = types;
	assert_int_equal(cc_event_decode(&turned, &cc_test_zones, bytes, &a,
	    &back, &err), CC_OK);
	assert_true(back.fields[t->nfields - 1].given);
	assert_int_equal(cc_event_encode(&turned, &back, &a, &again, &err),
	    CC_OK);
	assert_true(cc_str_eq(bytes, again));
	cc_arena_done(&a);
}

/* What a changed pack no longer knows is told apart from damage. */
static void
an_event_without_meaning_is_foreign(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_schema s = *cc_test_schema();
	struct cc_event_type types[16];
	struct cc_field_def fields[CC_FIELDS_MAX];
	struct cc_zones no_zones = {.zones = NULL, .nzones = 0};
	struct cc_str full = encoded(&a, cc_test_event_full);
	struct cc_str zoned = encoded(&a, samples[1]);
	struct cc_draft d = draft_of(&a, cc_test_event_full), untouched;
	struct cc_err err;

	(void)state;
	memset(&untouched, 0x5a, sizeof untouched);
	memcpy(types, s.types, s.ntypes * sizeof types[0]);
	memcpy(fields, types[d.type].fields,
	    types[d.type].nfields * sizeof fields[0]);
	types[d.type].fields = fields;
	s.types = types;

	types[d.type].key ^= 1;
	assert_int_equal(cc_event_decode(&s, &cc_test_zones, full, &a,
	    &untouched, &err), CC_ENOENT);
	types[d.type].key ^= 1;
	types[d.type].nfields--;
	assert_int_equal(cc_event_decode(&s, &cc_test_zones, full, &a,
	    &untouched, &err), CC_ENOENT);
	types[d.type].nfields++;
	fields[1].ncodes = 0;
	assert_int_equal(cc_event_decode(&s, &cc_test_zones, full, &a,
	    &untouched, &err), CC_ENOENT);
	fields[1].ncodes = 2;
	fields[2].list = false;
	assert_int_equal(cc_event_decode(&s, &cc_test_zones, full, &a,
	    &untouched, &err), CC_ENOENT);
	assert_int_equal(cc_event_decode(cc_test_schema(), &no_zones, zoned, &a,
	    &untouched, &err), CC_ENOENT);
	assert_int_equal(((unsigned char *)&untouched)[0], 0x5a);
	cc_arena_done(&a);
}

static void
an_unknown_version_is_refused_with_its_number(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_str bytes = encoded(&a, cc_test_event_full);
	char *copy = cc_arena_text(&a, bytes.p, bytes.n);
	struct cc_draft d;
	struct cc_err err;

	(void)state;
	copy[0] = 9;
	assert_int_equal(cc_event_decode(cc_test_schema(), &cc_test_zones,
	    (struct cc_str){copy, bytes.n}, &a, &d, &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "version 9"));
	cc_arena_done(&a);
}

static void
every_cut_is_refused(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);

	(void)state;
	for (int i = 0; i < NSAMPLES; i++) {
		struct cc_str bytes = encoded(&a, samples[i]);

		for (uint32_t n = 0; n < bytes.n; n++) {
			/* its own block, so that a read past the end is seen */
			char *cut = malloc(n == 0 ? 1 : n);
			struct cc_draft d;
			struct cc_err err;

			assert_non_null(cut);
			memcpy(cut, bytes.p, n);
			assert_int_equal(cc_event_decode(cc_test_schema(),
			    &cc_test_zones, (struct cc_str){cut, n}, &a, &d,
			    &err), CC_EINVAL);
			free(cut);
		}
	}
	cc_arena_done(&a);
}

static void
bytes_left_over_are_refused(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_str bytes = encoded(&a, cc_test_event_full);
	char *more = cc_arena_text(&a, bytes.p, bytes.n);
	struct cc_draft d;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_event_decode(cc_test_schema(), &cc_test_zones,
	    (struct cc_str){more, bytes.n + 1}, &a, &d, &err), CC_EINVAL);
	cc_arena_done(&a);
}

static void
a_long_way_to_write_a_number_is_refused(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_str bytes = encoded(&a, samples[4]);
	char *longer = cc_arena_alloc(&a, bytes.n + 1);
	struct cc_draft d;
	struct cc_err err;

	(void)state;
	/* the last byte is the number of fields, 0: written as 80 00 */
	memcpy(longer, bytes.p, bytes.n);
	longer[bytes.n - 1] = (char)0x80;
	longer[bytes.n] = 0;
	assert_int_equal(cc_event_decode(cc_test_schema(), &cc_test_zones,
	    (struct cc_str){longer, bytes.n + 1}, &a, &d, &err), CC_EINVAL);
	cc_arena_done(&a);
}

/* Change, drop or insert a few bytes. */
static uint32_t
mutate(uint64_t *seed, unsigned char *p, uint32_t n)
{
	uint64_t changes = 1 + cc_test_random(seed, 4);

	while (changes-- > 0 && n > 1) {
		uint32_t at = (uint32_t)cc_test_random(seed, n);

		switch (cc_test_random(seed, 4)) {
		case 0:
			p[at] = (unsigned char)cc_test_random(seed, 256);
			break;
		case 1:
			p[at] ^= (unsigned char)(1u << cc_test_random(seed, 8));
			break;
		case 2:
			memmove(p + at, p + at + 1, n - at - 1);
			n--;
			break;
		default:
			memmove(p + at + 1, p + at, n - at);
			p[at] = (unsigned char)cc_test_random(seed, 256);
			n++;
			break;
		}
	}
	return n;
}

static void
decode_hostile(struct cc_arena *a, const unsigned char *p, uint32_t n)
{
	unsigned char *own = malloc(n);
	struct cc_str bytes = {(const char *)own, n}, again;
	struct cc_draft d;
	struct cc_err err;
	enum cc_code code;

	assert_non_null(own);
	memcpy(own, p, n);
	code = cc_event_decode(cc_test_schema(), &cc_test_zones, bytes, a, &d,
	    &err);
	if (code == CC_OK) {
		/* what passes is in its one true form */
		assert_int_equal(cc_event_encode(cc_test_schema(), &d, a, &again,
		    &err), CC_OK);
		assert_true(cc_str_eq(bytes, again));
	} else {
		assert_true(code == CC_EINVAL || code == CC_ENOENT);
		assert_true(err.msg[0] != '\0');
	}
	free(own);
}

static void
survives_hostile_bytes(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_str bytes[NSAMPLES];
	uint64_t seed = cc_test_seed(20261121);
	struct cc_mark mark;

	(void)state;
	for (int i = 0; i < NSAMPLES; i++)
		bytes[i] = encoded(&a, samples[i]);
	mark = cc_arena_mark(&a);
	for (int i = 0; i < MUTATIONS; i++) {
		struct cc_str b = bytes[cc_test_random(&seed, NSAMPLES)];
		unsigned char p[512];

		assert_true(b.n + 8 < sizeof p);
		memcpy(p, b.p, b.n);
		decode_hostile(&a, p, mutate(&seed, p, b.n));
		cc_arena_release(&a, mark);
	}
	cc_arena_done(&a);
}

static struct cc_draft
long_list(struct cc_arena *a, uint32_t n, const char *id)
{
	struct cc_item *items = cc_arena_array(a, n, sizeof *items);
	struct cc_draft d = draft_of(a, cc_test_event_full);

	assert_non_null(items);
	for (uint32_t i = 0; i < n; i++)
		items[i].text = str(id);
	d.fields[2] = (struct cc_draft_field){true, n, items};
	return d;
}

static void
lists_and_events_have_a_limit(void **state)
{
	static const char id64[] = "x123456789012345678901234567890123456789"
	    "012345678901234567890123";
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_draft d = long_list(&a, CC_LIST_MAX, "v"), back;
	struct cc_str bytes;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_event_encode(cc_test_schema(), &d, &a, &bytes, &err),
	    CC_OK);
	assert_int_equal(cc_event_decode(cc_test_schema(), &cc_test_zones, bytes,
	    &a, &back, &err), CC_OK);
	assert_int_equal(back.fields[2].n, CC_LIST_MAX);

	d = long_list(&a, CC_LIST_MAX + 1, "v");
	assert_int_equal(cc_event_encode(cc_test_schema(), &d, &a, &bytes, &err),
	    CC_OK);
	assert_int_equal(cc_event_decode(cc_test_schema(), &cc_test_zones, bytes,
	    &a, &back, &err), CC_EINVAL);

	d = long_list(&a, CC_LIST_MAX, id64);
	assert_int_equal(cc_event_encode(cc_test_schema(), &d, &a, &bytes, &err),
	    CC_ERANGE);
	cc_arena_done(&a);
}

static void
no_memory_is_an_error_and_nothing_is_written(void **state)
{
	struct cc_arena a = cc_test_arena(ARENA), none = cc_test_arena(0);
	struct cc_draft d = draft_of(&a, cc_test_event_full), back;
	struct cc_str bytes = {"untouched", 9}, good;
	struct cc_err err;

	(void)state;
	good = encoded(&a, cc_test_event_full);
	assert_int_equal(cc_event_encode(cc_test_schema(), &d, &none, &bytes,
	    &err), CC_ENOMEM);
	assert_string_equal(bytes.p, "untouched");
	assert_int_equal(cc_event_decode(cc_test_schema(), &cc_test_zones, good,
	    &none, &back, &err), CC_ENOMEM);
	cc_arena_done(&none);
	cc_arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_is_decoded),
		cmocka_unit_test(the_bytes_are_as_the_contract_says),
		cmocka_unit_test(
		    order_of_members_does_not_count_and_order_in_lists_does),
		cmocka_unit_test(a_reordered_pack_gives_the_same_bytes),
		cmocka_unit_test(an_event_without_meaning_is_foreign),
		cmocka_unit_test(an_unknown_version_is_refused_with_its_number),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(bytes_left_over_are_refused),
		cmocka_unit_test(a_long_way_to_write_a_number_is_refused),
		cmocka_unit_test(survives_hostile_bytes),
		cmocka_unit_test(lists_and_events_have_a_limit),
		cmocka_unit_test(no_memory_is_an_error_and_nothing_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
