/*
 * daemon/people.h and daemon/backoff.h: who is told, and when again, as tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "daemon/people.h"

enum { CW, SUP, PD, PA, RD };

static const struct cc_chain chain = {
	.role = {"caseworker", "supervisor", "program_director", "program_administrator",
	    "regional_director"}, .n = 5
};
static const struct cc_zone_kind utc = {.abbr = "UTC"};
static const struct cc_zone zone = {.name = "Etc/UTC", .kinds = &utc, .nkinds = 1};

/* Sorted by id.  w1 stands below sup, w2 below a program director at once; off is on
 * leave with w2 for him, gap on leave with nobody, mute has no address; loop1 and loop2
 * stand in for each other, both on leave. */
static struct cc_person staff[13];
enum { DUTY, GAP, INTAKE, LOOP1, LOOP2, MUTE, OFF, PADM, PDIR, SUPV, W1, W2, W3 };

static void
put(int at, const char *id, int role, int above)
{
	staff[at] = (struct cc_person){.id = {id, (uint32_t)strlen(id)},
	    .role = (uint8_t)role, .email = "x@example.org", .webhook = "", .unit = "",
	    .zone = &zone, .supervisor = above < 0 ? NULL : &staff[above]};
}

static void
away(int at, int delegate)
{
	staff[at].has_leave = true;
	staff[at].away_from = 100;
	staff[at].away_until = 110;
	staff[at].delegate = delegate < 0 ? NULL : &staff[delegate];
}

static int
begin(void **state)
{
	(void)state;
	put(DUTY, "duty", PD, PADM);
	put(GAP, "gap", CW, SUPV);
	put(INTAKE, "intake", SUP, DUTY);
	put(LOOP1, "loop1", CW, SUPV);
	put(LOOP2, "loop2", CW, SUPV);
	put(MUTE, "mute", CW, SUPV);
	put(OFF, "off", CW, SUPV);
	put(PADM, "padm", PA, -1);
	put(PDIR, "pdir", PD, PADM);
	put(SUPV, "supv", SUP, PDIR);
	put(W1, "w1", CW, SUPV);
	put(W2, "w2", CW, PDIR);
	put(W3, "w3", CW, -1);
	away(OFF, W2);
	away(GAP, -1);
	away(LOOP1, LOOP2);
	away(LOOP2, LOOP1);
	staff[MUTE].email = "";
	return 0;
}

static const struct cc_route routes[] = {
	{.source = "*", .staff_id = "duty"}, {.source = "/region", .staff_id = "intake"}
};

struct row {
	const char *name;
	const char *primary, *secondary;	/* staff ids, NULL: nobody */
	int responsible;
	unsigned n;
	const char *assignment, *source;
	const char *told;			/* NULL: the operator */
	enum cc_people_cause cause;
};

static const struct row rows[] = {
	{"the holder himself", "w1", NULL, CW, 0, "primary", "/x", "w1", CC_PEOPLE_FOUND},
	{"one up", "w1", NULL, CW, 1, "primary", "/x", "supv", CC_PEOPLE_FOUND},
	{"two up", "w1", NULL, CW, 2, "primary", "/x", "pdir", CC_PEOPLE_FOUND},
	{"three up", "w1", NULL, CW, 3, "primary", "/x", "padm", CC_PEOPLE_FOUND},
	{"a role nobody has: the next higher", "w2", NULL, CW, 1, "primary", "/x", "pdir",
	    CC_PEOPLE_FOUND},
	{"the responsible is a supervisor", "w1", NULL, SUP, 0, "primary", "/x", "supv",
	    CC_PEOPLE_FOUND},
	{"and one above him", "w1", NULL, SUP, 1, "primary", "/x", "pdir", CC_PEOPLE_FOUND},
	{"who stands for the supervisor is not told twice", "w2", NULL, SUP, 1, "primary",
	    "/x", "padm", CC_PEOPLE_FOUND},
	{"secondary", "w1", "w2", CW, 0, "secondary", "/x", "w2", CC_PEOPLE_FOUND},
	{"no assignment named means primary", "w1", "w2", CW, 0, NULL, "/x", "w1",
	    CC_PEOPLE_FOUND},
	{"no secondary: the route", "w1", NULL, CW, 0, "secondary", "/x", "duty",
	    CC_PEOPLE_NO_HOLDER},
	{"no holder: the route for all", NULL, NULL, CW, 0, "primary", "/x", "duty",
	    CC_PEOPLE_NO_HOLDER},
	{"no holder: the route of the source", NULL, NULL, CW, 0, "primary", "/region",
	    "intake", CC_PEOPLE_NO_HOLDER},
	{"and its chain", NULL, NULL, CW, 1, "primary", "/region", "duty",
	    CC_PEOPLE_NO_HOLDER},
	{"a source that only begins alike", NULL, NULL, CW, 0, "primary", "/regio", "duty",
	    CC_PEOPLE_NO_HOLDER},
	{"unknown staff: the route", "ghost", NULL, CW, 0, "primary", "/x", "duty",
	    CC_PEOPLE_UNKNOWN_STAFF},
	{"no address: the route", "mute", NULL, CW, 0, "primary", "/x", "duty",
	    CC_PEOPLE_NO_ADDRESS},
	{"no address matters to himself only", "mute", NULL, CW, 1, "primary", "/x", "supv",
	    CC_PEOPLE_FOUND},
	{"end of the chain: the route's", "w3", NULL, CW, 1, "primary", "/x", "padm",
	    CC_PEOPLE_CHAIN_END},
	{"end of both chains: the operator", "w3", NULL, CW, 4, "primary", "/x", NULL,
	    CC_PEOPLE_CHAIN_END},
	{"nobody so high for a case without holder", NULL, NULL, CW, 4, "primary", "/x", NULL,
	    CC_PEOPLE_CHAIN_END},
	{"on leave: the delegate", "off", NULL, CW, 0, "primary", "/x", "w2", CC_PEOPLE_FOUND},
	{"the climb goes from who is on leave", "off", NULL, CW, 1, "primary", "/x", "supv",
	    CC_PEOPLE_FOUND},
	{"on leave without delegate: himself", "gap", NULL, CW, 0, "primary", "/x", "gap",
	    CC_PEOPLE_FOUND},
};

static void
finds_who_is_told(void **state)
{
	struct cc_directory dir = {.people = staff, .n = 13};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct cc_assigned list[2];
		struct cc_rule rule = {.id = "r", .responsible = (uint8_t)r->responsible,
		    .assignment = r->assignment};
		struct cc_people in = {.directory = &dir, .chain = &chain, .routes = routes,
		    .nroutes = 2, .mail = true, .assigned = list, .now = {105 * 86400},
		    .first_source = {r->source, (uint32_t)strlen(r->source)}};
		struct cc_found f;

		if (r->primary != NULL)
			list[in.nassigned++] = (struct cc_assigned){CC_STR("primary"),
			    {r->primary, (uint32_t)strlen(r->primary)}, CC_STR("")};
		if (r->secondary != NULL)
			list[in.nassigned++] = (struct cc_assigned){CC_STR("secondary"),
			    {r->secondary, (uint32_t)strlen(r->secondary)}, CC_STR("")};
		cc_people_find(&in, &rule, r->n, &f);
		if ((f.person == NULL) != (r->told == NULL) || (f.person != NULL &&
		    strcmp(f.person->id.p, r->told) != 0))
			fail_msg("%s: told %s", r->name, f.person == NULL ? "the operator" :
			    f.person->id.p);
		if (f.cause != r->cause)
			fail_msg("%s: cause %s", r->name, cc_people_cause_text(f.cause));
	}
}

static void
delegates_in_a_circle_end(void **state)
{
	struct cc_directory dir = {.people = staff, .n = 13};
	struct cc_assigned a = {CC_STR("primary"), CC_STR("loop1"), CC_STR("")};
	struct cc_rule rule = {.id = "r"};
	struct cc_people in = {.directory = &dir, .chain = &chain, .mail = true,
	    .assigned = &a, .nassigned = 1, .now = {105 * 86400}, .first_source = CC_STR("")};
	struct cc_found f;

	(void)state;
	cc_people_find(&in, &rule, 0, &f);
	assert_non_null(f.person);
	in.now.s = 111 * 86400;
	cc_people_find(&in, &rule, 0, &f);
	assert_string_equal(f.person->id.p, "loop1");
}

static void
only_somebody_who_is_there_and_can_be_reached_stands_in(void **state)
{
	struct cc_directory dir = {.people = staff, .n = 13};
	struct cc_people in = {.directory = &dir, .chain = &chain, .mail = true,
	    .now = {105 * 86400}};

	(void)state;
	assert_ptr_equal(cc_people_cover(&in, &staff[OFF]), &staff[W2]);
	assert_null(cc_people_cover(&in, &staff[W1]));		/* not away */
	assert_null(cc_people_cover(&in, &staff[GAP]));		/* nobody named */
	assert_null(cc_people_cover(&in, &staff[LOOP1]));	/* away themselves */
	in.now.s = 111 * 86400;
	assert_null(cc_people_cover(&in, &staff[OFF]));
	in.now.s = 105 * 86400;
	staff[W2].email = "";
	assert_null(cc_people_cover(&in, &staff[OFF]));		/* no address */
	staff[W2].delegate = &staff[W3];
	staff[W2].has_leave = true;
	staff[W2].away_from = 100;
	staff[W2].away_until = 105;
	assert_ptr_equal(cc_people_cover(&in, &staff[OFF]), &staff[W3]);
}

static void
an_email_address_needs_a_mail_server(void **state)
{
	struct cc_directory dir = {.people = staff, .n = 13};
	struct cc_assigned a = {CC_STR("primary"), CC_STR("w1"), CC_STR("")};
	struct cc_rule rule = {.id = "r"};
	struct cc_people in = {.directory = &dir, .chain = &chain, .assigned = &a,
	    .nassigned = 1, .first_source = CC_STR("")};
	struct cc_found f;

	(void)state;
	assert_false(cc_people_reachable(&in, &staff[W1]));
	cc_people_find(&in, &rule, 0, &f);
	assert_null(f.person);
	assert_int_equal(f.cause, CC_PEOPLE_NO_ADDRESS);
	staff[W1].webhook = "office";
	assert_true(cc_people_reachable(&in, &staff[W1]));
	cc_people_find(&in, &rule, 0, &f);
	assert_ptr_equal(f.person, &staff[W1]);
}

/* Assignments in order: what the rule's program is, and who is meant. */
static void
the_program_picks_among_assignments(void **state)
{
	static const struct {
		const char *program, *told;
	} table[] = {
		{NULL, "w3"}, {"CPI", "w2"}, {"AR", "w3"}, {"FBSS", "w1"}, {"SI", "w1"},
	};
	const struct cc_assigned list[] = {
		{CC_STR("primary"), CC_STR("w1"), CC_STR("")},
		{CC_STR("primary"), CC_STR("w2"), CC_STR("CPI")},
		{CC_STR("secondary"), CC_STR("off"), CC_STR("")},
		{CC_STR("primary"), CC_STR("w3"), CC_STR("AR")},
	};
	struct cc_directory dir = {.people = staff, .n = 13};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cc_rule rule = {.id = "r", .assignment = "primary",
		    .program = table[i].program};
		struct cc_people in = {.directory = &dir, .chain = &chain, .mail = true,
		    .assigned = list, .nassigned = 4, .first_source = CC_STR("")};
		struct cc_found f;

		cc_people_find(&in, &rule, 0, &f);
		assert_string_equal(f.person->id.p, table[i].told);
	}
	/* None fits, and none is without program: the last of any. */
	{
		struct cc_rule rule = {.id = "r", .program = "CVS"};
		struct cc_people in = {.directory = &dir, .chain = &chain, .mail = true,
		    .assigned = list + 1, .nassigned = 3, .first_source = CC_STR("")};
		struct cc_found f;

		cc_people_find(&in, &rule, 0, &f);
		assert_string_equal(f.person->id.p, "w3");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_who_is_told, begin),
		cmocka_unit_test_setup(delegates_in_a_circle_end, begin),
		cmocka_unit_test_setup(only_somebody_who_is_there_and_can_be_reached_stands_in,
		    begin),
		cmocka_unit_test_setup(an_email_address_needs_a_mail_server, begin),
		cmocka_unit_test_setup(the_program_picks_among_assignments, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
