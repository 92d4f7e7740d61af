#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "scheduler/history.h"
#include "tests/support/ladders.h"
#include "tests/support/pack_kit.h"

enum { ARENA = 64 * 1024 * 1024, LINES = 8, TEXT = 400 };

#define E CC_TEST_EVENT
#define FROM CC_TEST_EVENT_FROM
#define VISIT(id, time) E(id, "visit.made", time, "\"purpose\":\"look\"")
#define STRIKE(id, time, names) E(id, "entry.struck", time, "\"entry_id\":\"" names "\"")
#define OPENED(id, time, more)                                               \
	E(id, "ticket.opened", time, "\"ticket_id\":\"T\",\"urgency\":\"low\"" more)

/* Times within one day. */
#define T(hour) "2026-03-02T" hour ":00:00Z"

static struct cc_test_pack office;
static struct cc_arena arena;

static int
load_office(void **state)
{
	(void)state;
	if (cc_test_go_to_the_tree() != 0)
		return -1;
	cc_test_pack_load("tests/packs/office", &office);
	cc_test_pack_expect(&office, NULL, 0);
	return 0;
}

static int
drop_office(void **state)
{
	(void)state;
	cc_test_pack_done(&office);
	return 0;
}

static int
begin(void **state)
{
	(void)state;
	cc_heap_arena_init(&arena, ARENA);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	cc_arena_done(&arena);
	return 0;
}

static struct cc_history
build(const char *const *lines, unsigned n, const struct cc_eval_options *o)
{
	struct cc_case c = cc_test_case(office.pack, lines, n, &arena);
	struct cc_history h;
	struct cc_err err;

	if (cc_history_build(office.pack, &c, o, &arena, &h, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return h;
}

static struct cc_eval_options
until(const char *now)
{
	return (struct cc_eval_options){.now = cc_test_wall(now), .only_rule = -1};
}

/* The ids of the effective events, in order; with the source where it is /b. */
static void
names(const struct cc_history *h, char ret[TEXT])
{
	size_t n = 0;

	ret[0] = '\0';
	for (uint32_t i = 0; i < h->n; i++) {
		struct cc_str id = h->symbols.text[h->events[i].id];
		struct cc_str source = h->symbols.text[h->events[i].source];
		bool b = cc_str_eq(source, CC_STR("/b"));

		n += (size_t)snprintf(ret + n, TEXT - n, "%s%.*s%s", i == 0 ? "" : " ",
		    (int)id.n, id.p, b ? "@b" : "");
		assert_true(n < TEXT);
	}
}

static const struct row {
	const char *what, *now;
	const char *lines[LINES];
	const char *effective;
} rows[] = {
	{"events come in order of time, then of arrival", T("23"),
	    {VISIT("a", T("12")), VISIT("b", T("10")), VISIT("c", T("12")), VISIT("d", T("11"))},
	    "b d a c"},
	{"events after now do not count", T("11"),
	    {VISIT("a", T("12")), VISIT("b", T("10")), VISIT("c", T("11"))}, "b c"},
	{"a fraction of a second is cut", T("11"), {VISIT("a", "2026-03-02T11:00:00.9Z")}, "a"},
	{"a void takes an event out, and itself", T("23"),
	    {VISIT("a", T("10")), VISIT("b", T("11")), STRIKE("v", T("12"), "a")}, "b"},
	{"a void that arrives before its event takes it out too", T("23"),
	    {STRIKE("v", T("12"), "a"), VISIT("a", T("10")), VISIT("b", T("11"))}, "b"},
	{"a void dated before its event takes it out too", T("23"),
	    {VISIT("a", T("10")), STRIKE("v", T("09"), "a")}, ""},
	{"a void after now does not count", T("11"),
	    {VISIT("a", T("10")), STRIKE("v", T("12"), "a")}, "a"},
	{"a void of a void brings the event back", T("23"),
	    {VISIT("a", T("10")), STRIKE("v", T("11"), "a"), STRIKE("w", T("12"), "v")}, "a"},
	{"a void of a void of a void takes it out again", T("23"),
	    {VISIT("a", T("10")), STRIKE("v", T("11"), "a"), STRIKE("w", T("12"), "v"),
	     STRIKE("x", T("13"), "w")}, ""},
	{"arrival decides, not time: a later void dated earlier", T("23"),
	    {VISIT("a", T("10")), STRIKE("v", T("11"), "a"), STRIKE("w", T("09"), "v")}, "a"},
	{"a void cannot take out a void that arrives after it", T("23"),
	    {VISIT("a", T("10")), STRIKE("w", T("12"), "v"), STRIKE("v", T("11"), "a")}, ""},
	{"a void of itself does nothing", T("23"),
	    {VISIT("a", T("10")), STRIKE("v", T("11"), "v")}, "a"},
	{"a void of nothing does nothing", T("23"),
	    {VISIT("a", T("10")), STRIKE("v", T("11"), "zz")}, "a"},
	{"two voids of one event are one", T("23"),
	    {VISIT("a", T("10")), STRIKE("v", T("11"), "a"), STRIKE("w", T("11"), "a"),
	     STRIKE("x", T("12"), "w")}, ""},
	{"a void names the event of its own source first", T("23"),
	    {VISIT("a", T("10")), FROM("/b", "a", "visit.made", T("11"), "\"purpose\":\"mend\""),
	     FROM("/b", "v", "entry.struck", T("12"), "\"entry_id\":\"a\"")}, "a"},
	{"and else the one that arrived first", T("23"),
	    {FROM("/b", "a", "visit.made", T("11"), "\"purpose\":\"mend\""), VISIT("a", T("10")),
	     FROM("/c", "v", "entry.struck", T("12"), "\"entry_id\":\"a\"")}, "a"},
	{"one id from two sources is two events", T("23"),
	    {VISIT("a", T("10")), FROM("/b", "a", "visit.made", T("10"), "\"purpose\":\"mend\"")},
	    "a a@b"},
	{"nothing comes of nothing", T("23"), {NULL}, ""},
};

static void
takes_the_effective_events_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_eval_options o = until(rows[i].now);
		struct cc_history h;
		char is[TEXT];
		unsigned n = 0;

		while (n < LINES && rows[i].lines[n] != NULL)
			n++;
		h = build(rows[i].lines, n, &o);
		names(&h, is);
		if (strcmp(is, rows[i].effective) != 0)
			fail_msg("%s: expected \"%s\", found \"%s\"", rows[i].what,
			    rows[i].effective, is);
	}
}

static void
knows_when_the_next_event_comes(void **state)
{
	static const char *const lines[] = {
		VISIT("a", T("14")), VISIT("b", T("10")), VISIT("c", T("12"))};
	struct cc_eval_options o = until(T("11"));
	struct cc_history h = build(lines, 3, &o);

	(void)state;
	assert_int_equal(h.next_event.s, cc_test_wall(T("12")).s);
	o = until(T("14"));
	h = build(lines, 3, &o);
	assert_false(cc_given(h.next_event));
}

/* The n-th line is recorded at second n. */
static void
as_known_leaves_out_what_was_recorded_later(void **state)
{
	static const char *const lines[] = {VISIT("a", T("10")), VISIT("b", T("11")),
	    STRIKE("v", T("09"), "a"), STRIKE("w", T("08"), "v")};
	static const char *const known[] = {"", "a", "a b", "b", "a b"};

	(void)state;
	for (int at = 0; at < 5; at++) {
		struct cc_eval_options o = until(T("23"));
		struct cc_history h;
		char is[TEXT];

		o.as_known = true;
		o.as_known_at = (struct cc_wall){at};
		h = build(lines, 4, &o);
		names(&h, is);
		assert_string_equal(is, known[at]);
	}
}

static void
counts_events_that_have_no_meaning_under_the_pack(void **state)
{
	static const char *const line[] = {VISIT("a", T("10"))};
	struct cc_case one = cc_test_case(office.pack, line, 1, &arena), c;
	struct cc_eval_options o = until(T("23"));
	struct cc_test_pack other;
	struct cc_history h;
	struct cc_err err;

	(void)state;
	cc_test_pack_load("policy/packs/texas-cps", &other);
	cc_test_pack_expect(&other, NULL, 0);
	c = (struct cc_case){CC_STR("k"), one.events, 1};
	assert_int_equal(cc_history_build(other.pack, &c, &o, &arena, &h, &err), CC_OK);
	assert_int_equal(h.n, 0);
	assert_int_equal(h.nforeign, 1);
	cc_test_pack_done(&other);
}

static void
refuses_damaged_bytes(void **state)
{
	static const struct cc_input damaged[] = {{{"\001\002\003", 3}, {1}}};
	struct cc_case c = {CC_STR("k"), damaged, 1};
	struct cc_eval_options o = until(T("23"));
	struct cc_history h;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_history_build(office.pack, &c, &o, &arena, &h, &err), CC_EINVAL);
	assert_true(err.msg[0] != '\0');
}

static void
refuses_more_events_than_a_case_may_have(void **state)
{
	struct cc_case c = {CC_STR("k"), NULL, CC_CASE_EVENTS_MAX + 1};
	struct cc_eval_options o = until(T("23"));
	struct cc_history h;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_history_build(office.pack, &c, &o, &arena, &h, &err), CC_ERANGE);
	assert_non_null(strstr(err.msg, "200000"));
}

static void
repeated_members_of_a_list_count_once(void **state)
{
	static const char *const lines[] = {OPENED("a", T("10"),
	    ",\"tenant_ids\":[\"A\",\"B\",\"A\",\"B\",\"C\"]")};
	struct cc_eval_options o = until(T("23"));
	struct cc_history h = build(lines, 1, &o);
	const struct cc_event_type *t = &office.pack->schema.types[h.events[0].type];
	const struct cc_val *v = &h.events[0].slots[cc_schema_field(t, CC_STR("tenant_ids"))];

	(void)state;
	assert_int_equal(v->n, 3);
	assert_true(cc_str_eq(h.symbols.text[v->v[0]], CC_STR("A")));
	assert_true(cc_str_eq(h.symbols.text[v->v[2]], CC_STR("C")));
}

static const char *
zone_of(const char *const *lines, unsigned n)
{
	struct cc_eval_options o = until(T("23"));

	return build(lines, n, &o).zone->name;
}

static void
the_zone_is_that_of_the_first_event_that_names_one(void **state)
{
	static const char *const lines[] = {
		OPENED("c", T("12"), ",\"zone\":\"Asia/Tokyo\""),
		OPENED("b", T("11"), ",\"zone\":\"America/Denver\""),
		OPENED("a", T("10"), ""), STRIKE("v", T("13"), "b")};

	(void)state;
	assert_string_equal(zone_of(lines, 1), "Asia/Tokyo");
	assert_string_equal(zone_of(lines, 3), "America/Denver");
	assert_string_equal(zone_of(lines, 4), "Asia/Tokyo");
	assert_string_equal(zone_of(lines + 2, 1), "Europe/Lisbon");
	assert_string_equal(zone_of(lines, 0), "Europe/Lisbon");
}

static void
an_absent_yes_or_no_is_what_its_declaration_says(void **state)
{
	static const char *const lines[] = {
		E("a", "tenant.joined", T("10"), "\"tenant_id\":\"A\""),
		E("b", "tenant.joined", T("11"), "\"tenant_id\":\"A\",\"reachable\":false")};
	struct cc_eval_options o = until(T("23"));
	struct cc_history h = build(lines, 2, &o);
	const struct cc_event_type *t = &office.pack->schema.types[h.events[0].type];
	int at = cc_schema_field(t, CC_STR("reachable"));

	(void)state;
	assert_false(h.events[0].slots[at].given);
	assert_int_equal(h.events[0].slots[at].i, 1);
	assert_true(h.events[1].slots[at].given);
	assert_int_equal(h.events[1].slots[at].i, 0);
}

static void
finds_the_first_place_at_or_after_an_instant(void **state)
{
	static const char *const lines[] = {
		VISIT("a", T("10")), VISIT("b", T("11")), VISIT("c", T("11"))};
	struct cc_eval_options o = until(T("23"));
	struct cc_history h = build(lines, 3, &o);
	int64_t ten = cc_test_wall(T("10")).s, eleven = cc_test_wall(T("11")).s;

	(void)state;
	assert_int_equal(cc_history_from(&h, INT64_MIN), 0);
	assert_int_equal(cc_history_from(&h, ten), 0);
	assert_int_equal(cc_history_from(&h, ten + 1), 1);
	assert_int_equal(cc_history_from(&h, eleven), 1);
	assert_int_equal(cc_history_from(&h, eleven + 1), 3);
	assert_int_equal(cc_history_from(&h, INT64_MAX), 3);
}

static void
the_same_text_is_the_same_symbol_however_many_there_are(void **state)
{
	struct cc_symbols s = {.arena = &arena};
	static char text[5000][8];

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		uint32_t n = (uint32_t)snprintf(text[i], sizeof text[i], "p%u", i);

		assert_int_equal(cc_symbol(&s, (struct cc_str){text[i], n}), i);
	}
	for (uint32_t i = 0; i < 5000; i += 7)
		assert_int_equal(cc_symbol(&s, (struct cc_str){text[i],
		    (uint32_t)strlen(text[i])}), i);
	assert_int_equal(cc_symbol(&s, (struct cc_str){"", 0}), 5000);
}

/* Whatever order events arrive in, those that are left come in order of time, and
 * those of one time in order of arrival. */
static void
any_arrival_comes_out_in_order(void **state)
{
	uint64_t seed = cc_test_seed(11);

	(void)state;
	for (int round = 0; round < 50; round++) {
		static char line[200][256];
		const char *lines[200];
		struct cc_eval_options o = until("2026-12-01T00:00:00Z");
		struct cc_history h;
		unsigned n = (unsigned)cc_test_random(&seed, 200);

		for (unsigned i = 0; i < n; i++) {
			(void)snprintf(line[i], sizeof line[i], VISIT("e%u", "2026-03-02T%02u:"
			    "00:00Z"), i, (unsigned)cc_test_random(&seed, 24));
			lines[i] = line[i];
		}
		h = build(lines, n, &o);
		assert_int_equal(h.n, n);
		for (uint32_t i = 1; i < h.n; i++)
			assert_true(h.events[i - 1].time < h.events[i].time ||
			    (h.events[i - 1].time == h.events[i].time &&
			    h.events[i - 1].arrival < h.events[i].arrival));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_the_effective_events_in_order),
		TEST(knows_when_the_next_event_comes),
		TEST(as_known_leaves_out_what_was_recorded_later),
		TEST(counts_events_that_have_no_meaning_under_the_pack),
		TEST(refuses_damaged_bytes),
		TEST(refuses_more_events_than_a_case_may_have),
		TEST(repeated_members_of_a_list_count_once),
		TEST(the_zone_is_that_of_the_first_event_that_names_one),
		TEST(an_absent_yes_or_no_is_what_its_declaration_says),
		TEST(finds_the_first_place_at_or_after_an_instant),
		TEST(the_same_text_is_the_same_symbol_however_many_there_are),
		TEST(any_arrival_comes_out_in_order),
	};

	return cmocka_run_group_tests(tests, load_office, drop_office);
}
