/*
 * daemon/no_holidays.h - which years the holiday data say nothing about.
 *
 * Source:    DESIGN.md section 3.
 * Purpose:   a day that nobody vouches for is counted as if it were no holiday; `status`
 *            and `explain` must then say so.
 * Purity:    pure.
 */
#ifndef CC_DAEMON_NO_HOLIDAYS_H
#define CC_DAEMON_NO_HOLIDAYS_H

#include "scheduler/calendar.h"
#include "scheduler/program.h"

enum { CC_NO_HOLIDAYS_YEARS = 8 };

/* The years of the dates from ... until of which some date is not vouched for, in order,
 * the first CC_NO_HOLIDAYS_YEARS; how many. */
unsigned cc_no_holidays(const struct cc_calendar *c, cc_day from, cc_day until,
    int ret[CC_NO_HOLIDAYS_YEARS]);

/* Whether start, due or pause of the rule's clocks count business days or look at the
 * weekly block, in its own words or in terms of the pack. */
bool cc_counts_holidays(const struct cc_program *p, const struct cc_rulex *r);

#endif
