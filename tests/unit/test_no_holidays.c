/* daemon/no_holidays.h: years that nobody vouches for, and rules that count on them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "daemon/no_holidays.h"
#include "tests/support/setup_kit.h"

static cc_day
day(int year, int month, int d)
{
	return cc_day_of((struct cc_civil){year, month, d});
}

static void
names_each_year_with_a_date_beyond_the_data(void **state)
{
	const struct cc_calendar c = {.first = day(2020, 1, 1), .last = day(2025, 6, 30)};
	const struct {
		cc_day from, until;
		unsigned n;
		int first, last;
	} table[] = {
		{day(2020, 1, 1), day(2025, 6, 30), 0, 0, 0},
		{day(2025, 6, 30), day(2025, 7, 1), 1, 2025, 2025},
		{day(2019, 12, 31), day(2020, 1, 2), 1, 2019, 2019},
		{day(2019, 12, 31), day(2026, 1, 1), 3, 2019, 2026},
		{day(2025, 12, 31), day(2027, 1, 1), 3, 2025, 2027},
		{day(2026, 1, 1), day(2060, 1, 1), CC_NO_HOLIDAYS_YEARS, 2026, 2033},
		{day(2026, 1, 2), day(2026, 1, 1), 0, 0, 0},
	};
	int years[CC_NO_HOLIDAYS_YEARS];

	(void)state;
	for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
		assert_int_equal(cc_no_holidays(&c, table[i].from, table[i].until, years),
		    table[i].n);
		if (table[i].n == 0)
			continue;
		assert_int_equal(years[0], table[i].first);
		assert_int_equal(years[table[i].n - 1], table[i].last);
	}
}

static void
without_data_no_year_is_vouched_for(void **state)
{
	const struct cc_calendar c = {.first = 1, .last = 0};
	int years[CC_NO_HOLIDAYS_YEARS];

	(void)state;
	assert_int_equal(cc_no_holidays(&c, day(2026, 1, 1), day(2026, 12, 31), years), 1);
	assert_int_equal(years[0], 2026);
}

static bool
counts(const struct cc_pack *p, const char *id)
{
	for (uint16_t i = 0; i < p->nrules; i++)
		if (strcmp(p->rules[i]->id, id) == 0)
			return cc_counts_holidays(p->program,
			    &p->program->rules[p->rules[i]->index]);
	fail_msg("no rule %s", id);
	return false;
}

/* Whatever the words of the rule: what the pack's terms say counts as well. */
static void
tells_rules_that_count_business_days_from_those_that_do_not(void **state)
{
	struct cc_kit k;
	const struct cc_pack *p;
	unsigned plain = 0, all = 0;

	(void)state;
	cc_kit_begin(&k, "");
	p = k.setup->pack;
	assert_false(counts(p, "priority-1-initial-contact"));
	assert_false(counts(p, "priority-2-initial-contact"));
	for (uint16_t i = 0; i < p->nrules; i++) {
		const struct cc_rulex *r = &p->program->rules[p->rules[i]->index];

		all += cc_counts_holidays(p->program, r);
		if (r->due_text == NULL || strstr(r->due_text, "BD(") == NULL)
			continue;
		plain++;
		assert_true(cc_counts_holidays(p->program, r));
	}
	assert_true(plain > 0 && all > plain && all < p->nrules / 2u);
	assert_true(counts(p, "ar-first-contact-next-business-day"));
	cc_kit_end(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_each_year_with_a_date_beyond_the_data),
		cmocka_unit_test(without_data_no_year_is_vouched_for),
		cmocka_unit_test(tells_rules_that_count_business_days_from_those_that_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
