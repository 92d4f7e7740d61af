/*
 * tests/support/derive_kit.h - rules of every form over a day, for tests.
 *
 * Purpose:   a pack with one rule for each thing that a rule can say, histories
 *            in short words, clocks in short lines.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_SUPPORT_DERIVE_KIT_H
#define CC_TESTS_SUPPORT_DERIVE_KIT_H

struct cc_derive_row {
	const char *what;
	const char *rule;		/* only its clocks are looked at */
	const char *now;		/* "10" or "10:30", of 2026-03-02 UTC */
	const char *events;		/* "TYPE[@] ID TIME [WHO], ...": @ from another source */
	const char *clocks;		/* "rule subject period state started due ended\n..." */
};

void cc_derive_expect(const struct cc_derive_row *rows, unsigned n);

#endif
