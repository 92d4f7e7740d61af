/* After the closing: reopening, and the bar on changing the finding. */
#include "tests/support/case.h"
#include "tests/support/words.h"

#define REOPEN "reopen-window-60d"
#define BAR "finding-change-bar-60d"
#define BEGUN \
	INTAKE("2026-01-02T11:40:00-06:00", "i1", "P2", "V1") \
	TO("2026-01-02T15:00:00-06:00", "s1", "INV")
#define SHUT BEGUN CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard")

static const struct cc_case_row rows[] = {
	{"a closed case may be reopened through the last second of day 59",
	    SHUT,
	    "2026-03-16T04:59:59Z", REOPEN,
	    "case 1 open 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z -\n"},
	{"on day 60 the window has expired",
	    SHUT,
	    "2026-03-16T05:00:00Z", REOPEN,
	    "case 1 expired 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z 2026-03-16T04:59:59Z\n"},
	{"a reopening granted on day 59 uses the window",
	    SHUT
	    REOPENED("2026-03-15T23:59:59-05:00", "true"),
	    "2026-04-01T05:00:00Z", REOPEN,
	    "case 1 used 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z 2026-03-16T04:59:59Z\n"},
	{"a reopening granted on day 60 is too late",
	    SHUT
	    EVENT("2026-03-15T16:30:00-05:00", "reopen.requested")
		" reason=need_for_services"
	    REOPENED("2026-03-16T00:00:00-05:00", "true"),
	    "2026-04-01T05:00:00Z", REOPEN,
	    "case 1 expired 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z 2026-03-16T04:59:59Z\n"},
	{"a request alone or a refusal uses nothing",
	    SHUT
	    EVENT("2026-02-15T16:30:00-06:00", "reopen.requested")
	    REOPENED("2026-02-16T10:00:00-06:00", "false"),
	    "2026-03-01T06:00:00Z", REOPEN,
	    "case 1 open 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z -\n"},
	{"a reopening granted in the second of a closing counts for the old window and the new",
	    BEGUN
	    REOPENED("2026-01-15T09:59:59-06:00", "true")
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard")
	    CLOSED("2026-01-16T10:00:00-06:00", "s2", "SCHOOL", "administrative")
	    REOPENED("2026-01-16T10:00:00-06:00", "true"),
	    "2026-03-01T06:00:00Z", REOPEN,
	    "case 1 used 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z 2026-01-16T16:00:00Z\n"
	    "case 2 used 2026-01-16T16:00:00Z 2026-03-17T04:59:59Z 2026-01-16T16:00:00Z\n"},
	{"a newer closing replaces the window",
	    SHUT
	    TO("2026-02-01T10:00:00-06:00", "s1", "INV")
	    CLOSED("2026-02-05T10:00:00-06:00", "s1", "INV", "administrative"),
	    "2026-02-10T06:00:00Z", REOPEN,
	    "case 1 cancelled 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z 2026-02-05T16:00:00Z\n"
	    "case 2 open 2026-02-05T16:00:00Z 2026-04-06T04:59:59Z -\n"},
	{"a newer closing after a reopening leaves the window used",
	    SHUT
	    REOPENED("2026-01-30T10:00:00-06:00", "true")
	    TO("2026-02-01T10:00:00-06:00", "s1", "INV")
	    CLOSED("2026-02-05T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-02-10T06:00:00Z", REOPEN,
	    "case 1 used 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z 2026-01-30T16:00:00Z\n"
	    "case 2 open 2026-02-05T16:00:00Z 2026-04-06T04:59:59Z -\n"},
	{"the closing of one stage opens a window though the phase goes on",
	    BEGUN
	    TO("2026-01-10T10:00:00-06:00", "s2", "INV")
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-02-10T06:00:00Z", REOPEN,
	    "case 1 open 2026-01-15T16:00:00Z 2026-03-16T04:59:59Z -\n"},
	{"alternative response and a stage that was progressed open no window",
	    BEGUN
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "progressed")
	    CLOSED("2026-01-16T10:00:00-06:00", "s2", "AR", "standard")
	    CLOSED("2026-01-17T10:00:00-06:00", "s3", "FPR", "standard"),
	    "2026-02-10T06:00:00Z", REOPEN,
	    ""},
	{"the window of a closing in spring ends at the local midnight",
	    BEGUN
	    CLOSED("2026-01-07T23:30:00-06:00", "s1", "INV", "standard"),
	    "2026-03-01T06:00:00Z", REOPEN,
	    "case 1 open 2026-01-08T05:30:00Z 2026-03-08T05:59:59Z -\n"},
	{"the window of a closing in autumn ends on the day the clocks go back",
	    BEGUN
	    CLOSED("2026-09-03T00:00:00-05:00", "s1", "INV", "standard"),
	    "2026-10-01T05:00:00Z", REOPEN,
	    "case 1 open 2026-09-03T05:00:00Z 2026-11-02T05:59:59Z -\n"},
	{"a voided closing opens no window",
	    SHUT
	    VOID("2026-01-16T10:00:00-06:00", "e3"),
	    "2026-03-01T06:00:00Z", REOPEN,
	    ""},
	{"the finding is barred from the first second of day 61",
	    SHUT,
	    "2026-03-17T05:00:00Z", BAR,
	    "case 1 open 2026-03-17T05:00:00Z - -\n"},
	{"through day 60 there is no bar",
	    SHUT,
	    "2026-03-17T04:59:59Z", BAR,
	    ""},
	{"day 61 may be the day that summer time begins",
	    BEGUN
	    CLOSED("2026-01-06T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-03-08T06:00:00Z", BAR,
	    "case 1 open 2026-03-08T06:00:00Z - -\n"},
	{"a reopening granted in its window leaves no bar",
	    SHUT
	    REOPENED("2026-03-15T23:59:59-05:00", "true"),
	    "2026-04-01T05:00:00Z", BAR,
	    ""},
	{"a reopening granted on day 60 leaves the bar",
	    SHUT
	    REOPENED("2026-03-16T00:00:00-05:00", "true"),
	    "2026-04-01T05:00:00Z", BAR,
	    "case 1 open 2026-03-17T05:00:00Z - -\n"},
	{"a reopening refused leaves the bar",
	    SHUT
	    REOPENED("2026-02-15T10:00:00-06:00", "false"),
	    "2026-04-01T05:00:00Z", BAR,
	    "case 1 open 2026-03-17T05:00:00Z - -\n"},
	{"a newer closing before day 61 moves the bar to its own day 61",
	    SHUT
	    TO("2026-02-01T10:00:00-06:00", "s1", "INV")
	    CLOSED("2026-02-05T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-05-01T05:00:00Z", BAR,
	    "case 1 open 2026-04-07T05:00:00Z - -\n"},
	{"a newer closing before day 61 takes the bar away until then",
	    SHUT
	    TO("2026-02-01T10:00:00-06:00", "s1", "INV")
	    CLOSED("2026-02-05T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-04-07T04:59:59Z", BAR,
	    ""},
	{"a newer closing after day 61 replaces the bar",
	    SHUT
	    CLOSED("2026-04-01T10:00:00-05:00", "s1", "INV", "standard"),
	    "2026-07-01T05:00:00Z", BAR,
	    "case 1 cancelled 2026-03-17T05:00:00Z - 2026-04-01T15:00:00Z\n"
	    "case 2 open 2026-06-01T05:00:00Z - -\n"},
	{"a reopening counts only for the closing whose window it lies in",
	    SHUT
	    REOPENED("2026-02-01T10:00:00-06:00", "true")
	    TO("2026-02-01T11:00:00-06:00", "s1", "INV")
	    CLOSED("2026-03-01T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-07-01T05:00:00Z", BAR,
	    "case 1 open 2026-05-01T05:00:00Z - -\n"},
	{"alternative response leaves no bar",
	    INTAKE("2026-01-02T11:40:00-06:00", "i1", "P2", "V1")
	    TO("2026-01-02T15:00:00-06:00", "s1", "AR")
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "AR", "standard"),
	    "2026-07-01T05:00:00Z", BAR,
	    ""},
};

int
main(void)
{
	return cc_case_run("policy_closing", rows, sizeof rows / sizeof rows[0]);
}
