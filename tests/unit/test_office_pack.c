#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scheduler/rule.h"
#include "tests/support/pack_kit.h"

/*
 * The pack of tests/packs/office is of another shape than the shipped one: if
 * anything in the program knew an agency, something here would be wrong.  Its
 * office is in Lisbon (winter time is UTC; summer time begins on 2026-03-29), and
 * shut on Friday 2026-03-06 and Friday 2026-04-03.
 */
#define E CC_TEST_EVENT
#define OPENED(id, time, more) E(id, "ticket.opened", time, "\"ticket_id\":\"T-" id "\"," more)
#define STAGE(id, time, to) E(id, "stage.set", time, "\"stage\":\"" to "\"")
#define VISIT(id, time, why) E(id, "visit.made", time, "\"purpose\":\"" why "\"")
#define LETTER(id, time, what) E(id, "letter.sent", time, "\"letter\":" what)
#define BARE(id, type, time) E(id, type, time, "")

enum { LINES = 10 };

static struct cc_test_pack office;

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

static const struct row {
	const char *what, *rules, *now;
	const char *lines[LINES];
	const char *clocks;
} rows[] = {
	{"two business days pass over the holiday and the weekend", "receipt-2bd",
	    "2026-03-09T23:59:59Z",
	    {OPENED("1", "2026-03-04T20:00:00Z", "\"urgency\":\"low\"")},
	    "receipt-2bd 1 1 running 03-04T20:00:00 03-09T23:59:59 -\n"},
	{"only the receipt for this ticket counts", "receipt-2bd", "2026-03-10T00:00:00Z",
	    {OPENED("1", "2026-03-04T20:00:00Z", "\"urgency\":\"low\""),
	     OPENED("2", "2026-03-04T21:00:00Z", "\"urgency\":\"low\""),
	     LETTER("3", "2026-03-05T09:00:00Z", "\"receipt\",\"about_id\":\"2\"")},
	    "receipt-2bd 1 1 overdue 03-04T20:00:00 03-09T23:59:59 -\n"
	    "receipt-2bd 2 1 met 03-04T21:00:00 03-09T23:59:59 03-05T09:00:00\n"},
	{"a due on a holiday moves to the next business day", "answer-10d",
	    "2026-03-20T00:00:00Z",
	    {OPENED("1", "2026-02-24T10:00:00Z", "\"urgency\":\"low\"")},
	    "answer-10d T-1 1 overdue 02-24T10:00:00 03-09T23:59:59 -\n"},
	{"a due on a business day stays", "answer-10d", "2026-03-06T00:00:00Z",
	    {OPENED("1", "2026-02-23T10:00:00Z", "\"urgency\":\"low\""),
	     BARE("2", "offer.withdrawn", "2026-03-01T10:00:00Z")},
	    "answer-10d T-1 1 exempt 02-23T10:00:00 03-05T23:59:59 03-01T10:00:00\n"},
	{"the zone is the ticket's: Midnight in Auckland", "answer-10d", "2026-03-20T00:00:00Z",
	    {OPENED("1", "2026-02-22T12:00:00Z", "\"urgency\":\"low\",\"zone\":"
	     "\"Pacific/Auckland\"")},
	    "answer-10d T-1 1 overdue 02-23T01:00:00 03-05T23:59:59 -\n"},
	{"a hazard is due at once, and late when it is done later", "hazard-now",
	    "2026-03-20T00:00:00Z",
	    {OPENED("1", "2026-03-02T10:00:00Z", "\"urgency\":\"low\",\"hazard\":true"),
	     VISIT("2", "2026-03-02T10:05:00Z", "look"),
	     VISIT("3", "2026-03-02T10:10:00Z", "mend")},
	    "hazard-now 1 1 late 03-02T10:00:00 03-02T10:00:00 03-02T10:10:00\n"},
	{"no hazard, no duty", "hazard-now", "2026-03-20T00:00:00Z",
	    {OPENED("1", "2026-03-02T10:00:00Z", "\"urgency\":\"low\"")}, ""},
	{"office hours run from nine to five: an evening waits for the morning",
	    "look-urgent", "2026-03-20T00:00:00Z",
	    {OPENED("1", "2026-03-02T16:59:59Z", "\"urgency\":\"urgent\""),
	     OPENED("2", "2026-03-02T17:00:00Z", "\"urgency\":\"urgent\""),
	     OPENED("3", "2026-03-05T18:00:00Z", "\"urgency\":\"urgent\""),
	     OPENED("4", "2026-03-10T03:00:00Z", "\"urgency\":\"urgent\"")},
	    "look-urgent 1 1 overdue 03-02T16:59:59 03-03T00:59:59 -\n"
	    "look-urgent 2 1 overdue 03-03T09:00:00 03-03T17:00:00 -\n"
	    "look-urgent 3 1 overdue 03-09T09:00:00 03-09T17:00:00 -\n"
	    "look-urgent 4 1 overdue 03-10T09:00:00 03-10T17:00:00 -\n"},
	{"a rating that changes ends the clock, and begins one", "look-urgent",
	    "2026-03-20T00:00:00Z",
	    {OPENED("1", "2026-03-02T10:00:00Z", "\"urgency\":\"urgent\""),
	     E("2", "ticket.rated", "2026-03-02T11:00:00Z",
	     "\"ticket_id\":\"T-1\",\"urgency\":\"low\""),
	     E("3", "ticket.rated", "2026-03-02T12:00:00Z",
	     "\"ticket_id\":\"T-1\",\"urgency\":\"urgent\""),
	     VISIT("4", "2026-03-02T13:00:00Z", "look")},
	    "look-urgent 1 1 cancelled 03-02T10:00:00 03-02T18:00:00 03-02T11:00:00\n"
	    "look-urgent 1 2 met 03-02T10:00:00 03-02T18:00:00 03-02T13:00:00\n"},
	{"a missed look gives a clock over the clock, once its due has passed",
	    "look-urgent look-missed", "2026-03-03T18:00:00Z",
	    {OPENED("1", "2026-03-02T10:00:00Z", "\"urgency\":\"urgent\""),
	     OPENED("2", "2026-03-03T10:00:00Z", "\"urgency\":\"urgent\"")},
	    "look-missed 1 1 running 03-02T18:00:00 03-03T23:59:59 -\n"
	    "look-urgent 1 1 overdue 03-02T10:00:00 03-02T18:00:00 -\n"
	    "look-urgent 2 1 running 03-03T10:00:00 03-03T18:00:00 -\n"},
	{"works pause while they are held", "works-45d", "2026-03-20T00:00:00Z",
	    {STAGE("1", "2026-01-05T10:00:00Z", "works"),
	     BARE("2", "hold.begun", "2026-01-10T10:00:00Z")},
	    "works-45d case 1 paused 01-05T10:00:00 02-19T23:59:59 -\n"},
	{"an act in the hold is in time, whatever the due", "works-45d",
	    "2026-03-20T00:00:00Z",
	    {STAGE("1", "2026-01-05T10:00:00Z", "works"),
	     BARE("2", "hold.begun", "2026-01-10T10:00:00Z"),
	     VISIT("3", "2026-03-01T10:00:00Z", "check"),
	     BARE("4", "hold.ended", "2026-03-02T10:00:00Z")},
	    "works-45d case 1 met 01-05T10:00:00 02-19T23:59:59 03-01T10:00:00\n"},
	{"after the hold the due counts again", "works-45d", "2026-03-20T00:00:00Z",
	    {STAGE("1", "2026-01-05T10:00:00Z", "works"),
	     BARE("2", "hold.begun", "2026-01-10T10:00:00Z"),
	     BARE("3", "hold.ended", "2026-03-02T10:00:00Z"),
	     VISIT("4", "2026-03-03T10:00:00Z", "check")},
	    "works-45d case 1 late 01-05T10:00:00 02-19T23:59:59 03-03T10:00:00\n"},
	{"months are clamped, and roll over the weekend", "works-visit-monthly",
	    "2026-05-01T00:00:00Z",
	    {STAGE("1", "2026-01-31T10:00:00Z", "works"),
	     VISIT("2", "2026-02-20T10:00:00Z", "look"),
	     VISIT("3", "2026-03-31T10:00:00Z", "look"),
	     STAGE("4", "2026-04-10T10:00:00Z", "review"),
	     VISIT("5", "2026-04-12T10:00:00Z", "look")},
	    "works-visit-monthly case 1 met 01-31T10:00:00 03-02T23:59:59 02-20T10:00:00\n"
	    "works-visit-monthly case 2 late 02-20T10:00:00 03-20T23:59:59 03-31T11:00:00\n"
	    "works-visit-monthly case 3 cancelled 03-31T11:00:00 04-30T23:59:59 "
	    "04-10T11:00:00\n"},
	{"the gate looks at what stood before the works", "works-need-permit",
	    "2026-05-01T00:00:00Z",
	    {STAGE("1", "2026-01-05T10:00:00Z", "works"),
	     E("2", "permit.given", "2026-01-06T10:00:00Z", "\"until\":\"2026-02-01\""),
	     STAGE("3", "2026-01-10T10:00:00Z", "review"),
	     STAGE("4", "2026-02-01T10:00:00Z", "works"),
	     STAGE("5", "2026-02-01T11:00:00Z", "review"),
	     STAGE("6", "2026-02-02T10:00:00Z", "works")},
	    "works-need-permit case 1 failed 01-05T10:00:00 01-05T10:00:00 01-05T10:00:00\n"
	    "works-need-permit case 2 passed 02-01T10:00:00 02-01T10:00:00 02-01T10:00:00\n"
	    "works-need-permit case 3 failed 02-02T10:00:00 02-02T10:00:00 02-02T10:00:00\n"},
	{"a hazard needs no permit", "works-need-permit", "2026-05-01T00:00:00Z",
	    {OPENED("1", "2026-01-04T10:00:00Z", "\"urgency\":\"low\",\"hazard\":true"),
	     STAGE("2", "2026-01-05T10:00:00Z", "works")},
	    "works-need-permit case 1 exempt 01-05T10:00:00 01-05T10:00:00 01-05T10:00:00\n"},
	{"fourteen days are fresh, fifteen are not", "review-fresh-visit-14d",
	    "2026-05-01T00:00:00Z",
	    {BARE("1", "review.asked", "2026-01-01T10:00:00Z"),
	     VISIT("2", "2026-01-02T10:00:00Z", "look"),
	     BARE("3", "review.asked", "2026-01-16T23:00:00Z"),
	     BARE("4", "review.asked", "2026-01-17T00:00:00Z")},
	    "review-fresh-visit-14d 1 1 failed 01-01T10:00:00 01-01T10:00:00 01-01T10:00:00\n"
	    "review-fresh-visit-14d 3 1 passed 01-16T23:00:00 01-16T23:00:00 01-16T23:00:00\n"
	    "review-fresh-visit-14d 4 1 failed 01-17T00:00:00 01-17T00:00:00 01-17T00:00:00\n"},
	{"a window is used, withdrawn or over; a second offer waits for the first",
	    "offer-window-5d", "2026-05-01T00:00:00Z",
	    {BARE("1", "offer.made", "2026-01-01T10:00:00Z"),
	     BARE("2", "offer.made", "2026-01-02T10:00:00Z"),
	     BARE("3", "offer.taken", "2026-01-06T23:59:59Z"),
	     BARE("4", "offer.made", "2026-01-07T10:00:00Z"),
	     BARE("5", "offer.withdrawn", "2026-01-08T10:00:00Z"),
	     BARE("6", "offer.made", "2026-01-09T10:00:00Z"),
	     BARE("7", "offer.taken", "2026-01-15T00:00:00Z")},
	    "offer-window-5d case 1 used 01-01T10:00:00 01-06T23:59:59 01-06T23:59:59\n"
	    "offer-window-5d case 2 cancelled 01-07T10:00:00 01-12T23:59:59 01-08T10:00:00\n"
	    "offer-window-5d case 3 expired 01-09T10:00:00 01-14T23:59:59 01-14T23:59:59\n"},
	{"the set has those of the tickets and those who come later, each once",
	    "tell-tenants-3bd", "2026-03-03T00:00:00Z",
	    {OPENED("1", "2026-03-02T10:00:00Z",
	     "\"urgency\":\"low\",\"tenant_ids\":[\"A\",\"B\",\"A\"]"),
	     E("2", "tenant.joined", "2026-03-02T11:00:00Z", "\"tenant_id\":\"C\""),
	     E("3", "tenant.joined", "2026-03-02T11:00:00Z", "\"tenant_id\":\"B\""),
	     E("4", "tenant.left", "2026-03-02T12:00:00Z", "\"tenant_id\":\"C\""),
	     E("5", "tenant.left", "2026-03-02T12:00:00Z", "\"tenant_id\":\"B\""),
	     LETTER("6", "2026-03-02T13:00:00Z", "\"notice\",\"tenant_id\":\"A\"")},
	    "tell-tenants-3bd A 1 met 03-02T10:00:00 03-05T23:59:59 03-02T13:00:00\n"
	    "tell-tenants-3bd B 1 running 03-02T10:00:00 03-05T23:59:59 -\n"
	    "tell-tenants-3bd C 1 exempt 03-02T11:00:00 03-05T23:59:59 03-02T12:00:00\n"},
	{"a basis prints nothing", "base-visits", "2026-05-01T00:00:00Z",
	    {VISIT("1", "2026-01-02T10:00:00Z", "look")}, ""},
	{"a struck entry was never sent", "receipt-2bd", "2026-05-01T00:00:00Z",
	    {OPENED("1", "2026-03-04T20:00:00Z", "\"urgency\":\"low\""),
	     E("2", "entry.struck", "2026-03-05T20:00:00Z", "\"entry_id\":\"1\"")}, ""},
	{NULL, NULL, NULL, {NULL}, NULL},
};

static unsigned
count(const struct row *r)
{
	unsigned n = 0;

	while (n < LINES && r->lines[n] != NULL)
		n++;
	return n;
}

static void
gives_the_clocks_that_the_made_up_agency_asks_for(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (const struct row *r = rows; r->what != NULL; r++) {
		char *is = cc_test_brief(office.pack, r->rules, r->lines, count(r), r->now);
		bool same = strcmp(is, r->clocks) == 0;

		if (!same)
			print_error("%s:\nexpected:\n%sfound:\n%s", r->what, r->clocks, is);
		free(is);
		wrong += !same;
	}
	assert_int_equal(wrong, 0);
}

static void
prints_its_records_in_the_same_form_as_any_pack(void **state)
{
	static const char *const lines[] = {
		OPENED("1", "2026-02-24T10:00:00Z", "\"urgency\":\"low\"")};
	char *is = cc_test_records(office.pack, lines, 1, "2026-02-25T00:00:00Z");

	(void)state;
	assert_string_equal(is,
	    "{\"record\":\"clock\",\"case\":\"k\",\"clock\":\"answer-10d\","
	    "\"subject\":\"T-1\",\"period\":1,\"state\":\"running\","
	    "\"started\":\"2026-02-24T10:00:00Z\","
	    "\"due\":\"2026-03-09T23:59:59Z\",\"ended\":null,\"section\":\"1.2\","
	    "\"kind\":\"deadline\"}\n"
	    "{\"record\":\"clock\",\"case\":\"k\",\"clock\":\"receipt-2bd\","
	    "\"subject\":\"1\",\"period\":1,\"state\":\"running\","
	    "\"started\":\"2026-02-24T10:00:00Z\","
	    "\"due\":\"2026-02-26T23:59:59Z\",\"ended\":null,\"section\":\"1.1\","
	    "\"kind\":\"deadline\"}\n");
	free(is);
}

static const struct cc_rule *
rule(const char *id)
{
	for (uint16_t i = 0; i < office.pack->nrules; i++)
		if (strcmp(office.pack->rules[i]->id, id) == 0)
			return office.pack->rules[i];
	fail_msg("there is no rule %s", id);
	return NULL;
}

static void
has_its_own_name_chain_calendar_and_assignment(void **state)
{
	const struct cc_pack *p = office.pack;

	(void)state;
	assert_string_equal(p->name, "house-repairs");
	assert_string_equal(p->version, "3");
	assert_int_equal(p->schema.ntypes, 17);
	assert_int_equal(p->chain.n, 4);
	assert_string_equal(p->chain.role[2], "head_of_works");
	assert_int_equal(p->calendar.nholidays, 4);
	assert_string_equal(p->schema.types[p->assign.type].name, "staff.assigned");
	assert_string_equal(cc_rung_role(&p->chain, rule("works-45d"), 1), "director");
	assert_string_equal(cc_rung_role(&p->chain, rule("tell-tenants-3bd"), 0), "site");
	assert_true(rule("hazard-now")->safety);
	assert_false(rule("works-45d")->safety);
	assert_true(rule("base-visits")->silent);
}

static void
unfolds_the_ladder_that_a_rule_names(void **state)
{
	static const struct {
		const char *name;
		enum cc_rung_base base;
		int64_t amount;
	} loud[] = {
		{"elapsed-50", CC_RUNG_ELAPSED, 50}, {"breach", CC_RUNG_BREACH, 0},
		{"after-1h", CC_RUNG_AFTER, 3600}, {"repeat-1", CC_RUNG_AFTER, 3 * 3600},
		{"repeat-2", CC_RUNG_AFTER, 7 * 3600}, {"repeat-3", CC_RUNG_AFTER, 11 * 3600},
	};
	const struct cc_ladder *l = rule("answer-10d")->ladder;

	(void)state;
	assert_non_null(l);
	assert_string_equal(l->name, "loud");
	assert_int_equal(l->nrungs, sizeof loud / sizeof loud[0]);
	for (unsigned i = 0; i < l->nrungs; i++) {
		assert_string_equal(l->rungs[i].name, loud[i].name);
		assert_int_equal(l->rungs[i].base, loud[i].base);
		assert_int_equal(l->rungs[i].amount, loud[i].amount);
	}
}

static void
widens_reminders_as_they_grow(void **state)
{
	static const int64_t at[] = {1800, 5400, 12600, 19800};
	struct cc_clock c = {.rule = rule("hazard-now"), .due = CC_NEVER};
	const struct cc_ladder *l = cc_ladder_for(&office.pack->ladders, &c);

	(void)state;
	assert_non_null(l);
	assert_string_equal(l->name, "nagging");
	assert_int_equal(l->nrungs, 5);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(l->rungs[i + 1].amount, at[i]);
		assert_int_equal(l->rungs[i + 1].to, at[i] >= 3600 ? 3 : 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_clocks_that_the_made_up_agency_asks_for),
		cmocka_unit_test(prints_its_records_in_the_same_form_as_any_pack),
		cmocka_unit_test(has_its_own_name_chain_calendar_and_assignment),
		cmocka_unit_test(unfolds_the_ladder_that_a_rule_names),
		cmocka_unit_test(widens_reminders_as_they_grow),
	};

	return cmocka_run_group_tests(tests, load_office, drop_office);
}
