/*
 * tests/property/year_cases.h - what the case workers of a region send in a year.
 *
 * Purpose:   events of many cases in the order in which they are sent: investigations,
 *            alternative response, school, with contacts in time and late, late entries,
 *            voids and corrections, extensions, reassignments, closings, cases that are
 *            forgotten; and a part of careless cases that may hold anything.
 * Ownership: everything lies in the arena of struct cc_year_mail.
 * Purity:    the same seed gives the same year.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_PROPERTY_YEAR_CASES_H
#define CC_TESTS_PROPERTY_YEAR_CASES_H

#include "scheduler/arena.h"
#include "scheduler/schema.h"

#define CC_YEAR_BEGIN INT64_C(1767247200)	/* 2026-01-01T00:00:00-06:00 */

enum {
	CC_YEAR_DAYS = 365, CC_YEAR_WORKERS = 40, CC_YEAR_CARELESS = 4	/* percent */
};

struct cc_year_event {
	int64_t send;			/* true wall instant */
	int64_t time;			/* of the event */
	uint32_t order;
	const char *line;		/* one line of input; NULL: the three below */
	struct cc_str source, id, bytes;
	const char *case_id;
};

struct cc_year_mail {
	struct cc_arena arena;
	struct cc_year_event *items;	/* in the order of `send` */
	uint32_t n, cap, cases;
};

void cc_year_mail_begin(struct cc_year_mail *m, uint64_t *seed, uint32_t cases);
void cc_year_mail_end(struct cc_year_mail *m);

#endif
