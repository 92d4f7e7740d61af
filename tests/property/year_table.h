/*
 * tests/property/year_table.h - what came of a year, in numbers.
 *
 * Purpose:   the counts of a region as a table that another process can read and add up.
 * Ownership: a table is plain memory, without pointers.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_PROPERTY_YEAR_TABLE_H
#define CC_TESTS_PROPERTY_YEAR_TABLE_H

#include "tests/property/year_world.h"

enum { CC_YEAR_ROWS = 200 };

struct cc_year_table {
	struct {
		char name[48];
		double n;
	} rows[CC_YEAR_ROWS];
	uint32_t n;
};

void cc_year_table_fill(struct cc_year_table *t, const struct cc_year_world *w,
    double seconds);

/* The counts of another region; `seconds` are of both at once and stay. */
void cc_year_table_add(struct cc_year_table *t, const struct cc_year_table *other);

void cc_year_table_print(const struct cc_year_table *t);

#endif
