/*
 * tests/property/year_staff.h - the people of a region, who come and go.
 *
 * Purpose:   a staff directory that changes: people leave, take leave with and without
 *            somebody who stands in, get another supervisor or address; and the
 *            configuration that goes with it.
 * Purity:    the same seed gives the same people.
 */
#ifndef CC_TESTS_PROPERTY_YEAR_STAFF_H
#define CC_TESTS_PROPERTY_YEAR_STAFF_H

#include "daemon/setup.h"
#include "tests/property/year_cases.h"
#include "tests/support/setup_kit.h"

enum { CC_YEAR_SUPERVISORS = 8 };

struct cc_year_worker {
	bool gone, away;
	int leave_from, leave_days;	/* days of the year */
	unsigned delegate;		/* 0: nobody, else the number of a worker */
	unsigned supervisor;		/* 1 ... */
	unsigned moves;			/* of the address */
};

struct cc_year_staff {
	struct cc_year_worker workers[CC_YEAR_WORKERS + 1];	/* from 1 */
	bool supervisor_away[CC_YEAR_SUPERVISORS + 1];
	unsigned changes, holidays;
};

void cc_year_staff_begin(struct cc_year_staff *s, uint64_t *seed);

/* Some leave, some come back, some move, as of that day of the year. */
void cc_year_staff_change(struct cc_year_staff *s, uint64_t *seed, int day);

/* The set-up of these people, from files in the kit's folder. */
struct cc_setup *cc_year_staff_setup(const struct cc_year_staff *s, struct cc_kit *k);

#endif
