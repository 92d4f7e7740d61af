/* First tasks, reviews and the visits every 45 days. */
#include "tests/support/case.h"
#include "tests/support/words.h"

#define TASKS10 "inv-initial-tasks-10d"
#define DAY15 "supervisor-review-15d"
#define DAY60 "supervisor-review-60d"
#define VISIT "ongoing-contact-45d"
#define REPORT INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
#define BEGUN REPORT TO("2026-01-12T15:00:00-06:00", "s1", "INV")

static const struct cc_case_row rows[] = {
	{"the first tasks may be finished in the last second of day 10",
	    BEGUN
	    TASKS("2026-01-22T23:59:59-06:00"),
	    "2026-02-01T06:00:00Z", TASKS10,
	    "case 1 met 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-23T05:59:59Z\n"},
	{"the first second of day 11 is late for the first tasks",
	    BEGUN
	    TASKS("2026-01-23T00:00:00-06:00"),
	    "2026-02-01T06:00:00Z", TASKS10,
	    "case 1 late 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-23T06:00:00Z\n"},
	{"day 10 may be a leap day",
	    INTAKE("2028-02-19T23:59:59-06:00", "i1", "P2", "V1")
	    TO("2028-02-19T23:59:59-06:00", "s1", "INV"),
	    "2028-02-20T06:00:00Z", TASKS10,
	    "case 1 running 2028-02-20T05:59:59Z 2028-03-01T05:59:59Z -\n"},
	{"day 10 may be the day that summer time begins",
	    INTAKE("2026-02-26T00:00:00-06:00", "i1", "P2", "V1")
	    TO("2026-02-26T09:00:00-06:00", "s1", "INV"),
	    "2026-03-01T06:00:00Z", TASKS10,
	    "case 1 running 2026-02-26T06:00:00Z 2026-03-09T04:59:59Z -\n"},
	{"day 10 may be the day that winter time begins",
	    INTAKE("2026-10-22T23:30:00-05:00", "i1", "P2", "V1")
	    TO("2026-10-23T09:00:00-05:00", "s1", "INV"),
	    "2026-10-30T05:00:00Z", TASKS10,
	    "case 1 running 2026-10-23T04:30:00Z 2026-11-02T05:59:59Z -\n"},
	{"a weekend and a holiday move no days",
	    INTAKE("2026-05-15T10:00:00-05:00", "i1", "P2", "V1")
	    TO("2026-05-15T11:00:00-05:00", "s1", "INV"),
	    "2026-05-26T05:00:00Z", TASKS10,
	    "case 1 overdue 2026-05-15T15:00:00Z 2026-05-26T04:59:59Z -\n"},
	{"the days are those of the zone that the report names",
	    INTAKE("2026-01-12T23:30:00-07:00", "i1", "P2", "V1")
		" timezone=America/Denver"
	    TO("2026-01-13T09:00:00-07:00", "s1", "INV"),
	    "2026-01-14T07:00:00Z", TASKS10,
	    "case 1 running 2026-01-13T06:30:00Z 2026-01-23T06:59:59Z -\n"},
	{"the first report with a zone gives it and a later one does not change it",
	    INTAKE("2026-01-12T22:30:00-07:00", "i1", "P2", "V1")
	    INTAKE("2026-01-12T23:30:00-07:00", "i2", "P2", "V1")
		" timezone=America/Denver"
	    INTAKE("2026-01-13T00:30:00-07:00", "i3", "P2", "V1")
		" timezone=America/Chicago"
	    TO("2026-01-13T09:00:00-07:00", "s1", "INV"),
	    "2026-01-14T07:00:00Z", TASKS10,
	    "case 1 running 2026-01-13T05:30:00Z 2026-01-23T06:59:59Z -\n"},
	{"no tasks are due before the progression and afterwards they may be overdue at once",
	    REPORT
	    TO("2026-01-13T09:00:00-06:00", "s1", "AR")
	    TO("2026-02-02T09:00:00-06:00", "s2", "INV"),
	    "2026-02-02T15:00:00Z", TASKS10,
	    "case 1 overdue 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z -\n"},
	{"before that progression nothing is printed",
	    REPORT
	    TO("2026-01-13T09:00:00-06:00", "s1", "AR")
	    TO("2026-02-02T09:00:00-06:00", "s2", "INV"),
	    "2026-02-02T14:59:59Z", TASKS10,
	    ""},
	{"tasks done since the report end the clock before it was armed",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    TASKS("2026-01-12T11:40:00-06:00")
	    TO("2026-02-02T09:00:00-06:00", "s2", "INV"),
	    "2026-02-02T15:00:00Z", TASKS10,
	    "case 1 met 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-12T17:40:00Z\n"},
	{"tasks done before the report do not count",
	    TASKS("2026-01-12T11:39:59-06:00")
	    BEGUN
	    EVENT("2026-01-12T16:00:00-06:00", "task.completed") " task=upload",
	    "2026-01-13T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z -\n"},
	{"a closing cancels what is already overdue and shows that it was",
	    BEGUN
	    CLOSED("2026-01-25T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-02-01T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-25T16:00:00Z\n"},
	{"each segment asks for the tasks and those done in the first serve the second",
	    BEGUN
	    TASKS("2026-01-14T10:00:00-06:00")
	    TO("2026-01-15T10:00:00-06:00", "s2", "SCHOOL"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 met 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-14T16:00:00Z\n"
	    "case 2 met 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-14T16:00:00Z\n"},
	{"a second progression to the same phase begins nothing",
	    BEGUN
	    TO("2026-01-15T10:00:00-06:00", "s2", "INV"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z -\n"},
	{"a second stage keeps the phase until it is closed too",
	    BEGUN
	    TO("2026-01-13T10:00:00-06:00", "s2", "INV")
	    CLOSED("2026-01-14T10:00:00-06:00", "s1", "INV", "administrative")
	    CLOSED("2026-01-15T10:00:00-06:00", "s2", "INV", "standard"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-15T16:00:00Z\n"},
	{"a stage closed as progressed is no longer open",
	    BEGUN
	    TO("2026-01-13T10:00:00-06:00", "s2", "INV")
	    CLOSED("2026-01-14T10:00:00-06:00", "s1", "INV", "progressed")
	    CLOSED("2026-01-15T10:00:00-06:00", "s2", "INV", "standard"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-15T16:00:00Z\n"},
	{"the closing of a stage of another kind touches nothing",
	    BEGUN
	    CLOSED("2026-01-14T10:00:00-06:00", "s9", "AR", "standard")
	    CLOSED("2026-01-14T11:00:00-06:00", "s8", "FPR", "standard"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z -\n"},
	{"without a report no days are counted",
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV"),
	    "2026-02-20T06:00:00Z", TASKS10,
	    ""},
	{"a report after the start of the first investigation is its anchor",
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV")
	    INTAKE("2026-01-14T10:00:00-06:00", "i1", "P2", "V1"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-14T16:00:00Z 2026-01-25T05:59:59Z -\n"},
	{"a later report moves nothing and an earlier one that arrives late does",
	    BEGUN
	    INTAKE("2026-01-13T10:00:00-06:00", "i2", "P1", "V1")
	    INTAKE("2026-01-11T10:00:00-06:00", "i0", "P2", "V1"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-11T16:00:00Z 2026-01-22T05:59:59Z -\n"},
	{"when the report is voided the next one is the anchor",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1") " #a"
	    INTAKE("2026-01-13T10:00:00-06:00", "i2", "P2", "V1")
	    TO("2026-01-13T15:00:00-06:00", "s1", "INV")
	    VOID("2026-01-14T10:00:00-06:00", "a"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-13T16:00:00Z 2026-01-24T05:59:59Z -\n"},
	{"a reopened stage without a report of its own counts nothing from the old one",
	    BEGUN
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-03-01T10:00:00-06:00", "s1", "INV"),
	    "2026-03-20T05:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-15T16:00:00Z\n"},
	{"a report that came before the closing and is progressed after it anchors the new run",
	    BEGUN
	    INTAKE("2026-01-14T10:00:00-06:00", "i2", "P2", "V1")
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-01-16T10:00:00-06:00", "s2", "INV") " intake_id=i2",
	    "2026-02-20T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-15T16:00:00Z\n"
	    "case 2 overdue 2026-01-14T16:00:00Z 2026-01-25T05:59:59Z -\n"},
	{"day 15 is counted from the report in alternative response too",
	    REPORT
	    TO("2026-01-14T09:00:00-06:00", "s1", "AR")
	    TO("2026-01-20T09:00:00-06:00", "s2", "INV"),
	    "2026-01-28T05:59:59Z", DAY15,
	    "case 1 running 2026-01-12T17:40:00Z 2026-01-28T05:59:59Z -\n"},
	{"a review in the last second of day 15 is in time",
	    BEGUN
	    REVIEW("2026-01-20T10:00:00-06:00", "60_day")
	    REVIEW("2026-01-27T23:59:59-06:00", "15_day"),
	    "2026-02-01T06:00:00Z", DAY15,
	    "case 1 met 2026-01-12T17:40:00Z 2026-01-28T05:59:59Z 2026-01-28T05:59:59Z\n"},
	{"a review on day 16 is late",
	    BEGUN
	    REVIEW("2026-01-28T00:00:00-06:00", "15_day"),
	    "2026-02-01T06:00:00Z", DAY15,
	    "case 1 late 2026-01-12T17:40:00Z 2026-01-28T05:59:59Z 2026-01-28T06:00:00Z\n"},
	{"a case closed before day 15 needs no review",
	    BEGUN
	    CLOSED("2026-01-26T23:59:59-06:00", "s1", "INV", "standard"),
	    "2026-02-01T06:00:00Z", DAY15,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-28T05:59:59Z 2026-01-27T05:59:59Z\n"},
	{"a case closed on day 15 was open that day",
	    BEGUN
	    CLOSED("2026-01-27T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-01-28T05:59:59Z", DAY15,
	    "case 1 running 2026-01-12T17:40:00Z 2026-01-28T05:59:59Z -\n"},
	{"when day 15 is over the missed review ends",
	    BEGUN
	    CLOSED("2026-01-27T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-01-28T06:00:00Z", DAY15,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-28T05:59:59Z 2026-01-28T06:00:00Z\n"},
	{"a review after the closing on day 15 is in time",
	    BEGUN
	    CLOSED("2026-01-27T10:00:00-06:00", "s1", "INV", "standard")
	    REVIEW("2026-01-27T15:00:00-06:00", "15_day"),
	    "2026-01-28T06:00:00Z", DAY15,
	    "case 1 met 2026-01-12T17:40:00Z 2026-01-28T05:59:59Z 2026-01-27T21:00:00Z\n"},
	{"a case closed on day 16 ends an overdue review at the closing",
	    BEGUN
	    CLOSED("2026-01-28T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-02-01T06:00:00Z", DAY15,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-28T05:59:59Z 2026-01-28T16:00:00Z\n"},
	{"the review of day 61 is known from the start and begins with the day",
	    BEGUN,
	    "2026-01-12T21:00:00Z", DAY60,
	    "case 1 running 2026-03-14T05:00:00Z 2026-03-15T04:59:59Z -\n"},
	{"day 61 is overdue in the first second of day 62",
	    BEGUN,
	    "2026-03-15T05:00:00Z", DAY60,
	    "case 1 overdue 2026-03-14T05:00:00Z 2026-03-15T04:59:59Z -\n"},
	{"day 61 may be the day that summer time begins",
	    INTAKE("2026-01-06T22:00:00-06:00", "i1", "P2", "V1")
	    TO("2026-01-07T09:00:00-06:00", "s1", "INV"),
	    "2026-03-01T06:00:00Z", DAY60,
	    "case 1 running 2026-03-08T06:00:00Z 2026-03-09T04:59:59Z -\n"},
	{"a 60 day review made early serves",
	    BEGUN
	    REVIEW("2026-02-01T10:00:00-06:00", "60_day"),
	    "2026-03-20T05:00:00Z", DAY60,
	    "case 1 met 2026-03-14T05:00:00Z 2026-03-15T04:59:59Z 2026-02-01T16:00:00Z\n"},
	{"a case closed on day 61 was still open after 60 days",
	    BEGUN
	    CLOSED("2026-03-14T09:00:00-05:00", "s1", "INV", "standard"),
	    "2026-03-15T05:00:00Z", DAY60,
	    "case 1 cancelled 2026-03-14T05:00:00Z 2026-03-15T04:59:59Z 2026-03-15T05:00:00Z\n"},
	{"a case closed on day 60 needs no such review",
	    BEGUN
	    CLOSED("2026-03-13T23:59:59-05:00", "s1", "INV", "standard"),
	    "2026-03-20T05:00:00Z", DAY60,
	    "case 1 cancelled 2026-03-14T05:00:00Z 2026-03-15T04:59:59Z 2026-03-14T04:59:59Z\n"},
	{"alternative response has no such review",
	    REPORT
	    TO("2026-01-14T09:00:00-06:00", "s1", "AR"),
	    "2026-03-20T05:00:00Z", DAY60,
	    ""},
	{"each meeting ends a period and begins the next",
	    BEGUN
	    SEEN("2026-01-14T16:00:00-06:00", "V1")
	    SEEN("2026-02-28T23:59:59-06:00", "V1"),
	    "2026-04-12T05:00:00Z", VISIT,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T22:00:00Z\n"
	    "V1 2 met 2026-01-14T22:00:00Z 2026-03-01T05:59:59Z 2026-03-01T05:59:59Z\n"
	    "V1 3 running 2026-03-01T05:59:59Z 2026-04-15T04:59:59Z -\n"},
	{"a meeting one second after day 45 is late and 45 days may end on a leap day",
	    INTAKE("2028-01-15T12:00:00-06:00", "i1", "P2", "V1")
	    TO("2028-01-15T13:00:00-06:00", "s1", "INV")
	    SEEN("2028-03-01T00:00:00-06:00", "V1"),
	    "2028-03-02T06:00:00Z", VISIT,
	    "V1 1 late 2028-01-15T18:00:00Z 2028-03-01T05:59:59Z 2028-03-01T06:00:00Z\n"
	    "V1 2 running 2028-03-01T06:00:00Z 2028-04-16T04:59:59Z -\n"},
	{"meetings in the second of the report end nothing and several in one second count once",
	    BEGUN
	    SEEN("2026-01-12T11:40:00-06:00", "V1")
	    SEEN("2026-01-14T16:00:00-06:00", "V1")
	    SEEN("2026-01-14T16:00:00-06:00", "V1")
	    CALLED("2026-01-16T16:00:00-06:00", "V1")
	    TRIED("2026-01-17T16:00:00-06:00", "V1"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T22:00:00Z\n"
	    "V1 2 running 2026-01-14T22:00:00Z 2026-03-01T05:59:59Z -\n"},
	{"a submission stops the visits at once",
	    BEGUN
	    SEEN("2026-01-14T16:00:00-06:00", "V1")
	    SUBMIT("2026-02-20T10:00:00-06:00", "a", "close")
	    SEEN("2026-02-25T10:00:00-06:00", "V1"),
	    "2026-04-01T05:00:00Z", VISIT,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T22:00:00Z\n"
	    "V1 2 cancelled 2026-01-14T22:00:00Z 2026-03-01T05:59:59Z 2026-02-20T16:00:00Z\n"},
	{"a return brings the stopped period back with its old due",
	    BEGUN
	    SEEN("2026-01-14T16:00:00-06:00", "V1")
	    SUBMIT("2026-02-20T10:00:00-06:00", "a", "close")
	    DECIDED("2026-03-05T10:00:00-06:00", "a", "returned"),
	    "2026-04-01T05:00:00Z", VISIT,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T22:00:00Z\n"
	    "V1 2 overdue 2026-01-14T22:00:00Z 2026-03-01T05:59:59Z -\n"},
	{"visits made while the submission lay count when it is returned",
	    BEGUN
	    SEEN("2026-01-14T16:00:00-06:00", "V1")
	    SUBMIT("2026-02-20T10:00:00-06:00", "a", "close")
	    SEEN("2026-02-25T10:00:00-06:00", "V1")
	    EVENT("2026-03-05T10:00:00-06:00", "css.decided")
		" submission_id=a decision=reject",
	    "2026-03-10T05:00:00Z", VISIT,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T22:00:00Z\n"
	    "V1 2 met 2026-01-14T22:00:00Z 2026-03-01T05:59:59Z 2026-02-25T16:00:00Z\n"
	    "V1 3 running 2026-02-25T16:00:00Z 2026-04-12T04:59:59Z -\n"},
	{"approval and closing leave the stop at the submission",
	    BEGUN
	    SUBMIT("2026-02-20T10:00:00-06:00", "a", "close")
	    DECIDED("2026-02-22T10:00:00-06:00", "a", "approved")
	    CLOSED("2026-02-23T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-04-01T05:00:00Z", VISIT,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-20T16:00:00Z\n"},
	{"a closing without a submission stops the visits itself",
	    BEGUN
	    CLOSED("2026-03-02T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-04-01T05:00:00Z", VISIT,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-03-02T16:00:00Z\n"},
	{"a return just before the closing leaves the closing as the stop",
	    BEGUN
	    SUBMIT("2026-02-20T10:00:00-06:00", "a", "close")
	    DECIDED("2026-02-22T10:00:00-06:00", "a", "returned")
	    CLOSED("2026-02-23T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-04-01T05:00:00Z", VISIT,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-23T16:00:00Z\n"},
	{"of a death and a submission the earlier stops the visits",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1,V2")
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV")
	    UPDATED("2026-02-10T08:00:00-06:00", "V1", "deceased", "yes")
	    SUBMIT("2026-02-20T10:00:00-06:00", "a", "close")
	    UPDATED("2026-02-21T08:00:00-06:00", "V2", "deceased", "yes"),
	    "2026-04-01T05:00:00Z", VISIT,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-10T14:00:00Z\n"
	    "V2 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-20T16:00:00Z\n"},
	{"another required child counts from the adding and a child in the home does not count",
	    BEGUN
	    ADDED("2026-01-20T10:00:00-06:00", "K1", "other_required_child")
	    ADDED("2026-01-20T10:00:00-06:00", "K2", "child_in_home"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "K1 1 running 2026-01-20T16:00:00Z 2026-03-07T05:59:59Z -\n"
	    "V1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a child met before he was known counts from the meeting",
	    BEGUN
	    SEEN("2026-01-14T16:00:00-06:00", "K1")
	    ADDED("2026-01-20T10:00:00-06:00", "K1", "other_required_child"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "K1 1 running 2026-01-14T22:00:00Z 2026-03-01T05:59:59Z -\n"
	    "V1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"that chain is not printed before the child was known",
	    BEGUN
	    SEEN("2026-01-14T16:00:00-06:00", "K1")
	    ADDED("2026-01-20T10:00:00-06:00", "K1", "other_required_child"),
	    "2026-01-20T15:59:59Z", VISIT,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a victim of a later report counts from that report",
	    BEGUN
	    INTAKE("2026-01-20T10:00:00-06:00", "i2", "P2", "V2"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"
	    "V2 1 running 2026-01-20T16:00:00Z 2026-03-07T05:59:59Z -\n"},
	{"a child who becomes known after the submission has no chain",
	    BEGUN
	    SUBMIT("2026-02-20T10:00:00-06:00", "a", "close")
	    ADDED("2026-02-21T10:00:00-06:00", "K1", "other_required_child"),
	    "2026-03-01T06:00:00Z", VISIT,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-20T16:00:00Z\n"},
	{"meetings in alternative response count when the case becomes an investigation",
	    REPORT
	    TO("2026-01-13T09:00:00-06:00", "s1", "AR")
	    SEEN("2026-01-15T10:00:00-06:00", "V1")
	    TO("2026-02-10T09:00:00-06:00", "s2", "INV"),
	    "2026-02-20T06:00:00Z", VISIT,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-15T16:00:00Z\n"
	    "V1 2 running 2026-01-15T16:00:00Z 2026-03-02T05:59:59Z -\n"},
	{"alternative response alone has no such visits",
	    REPORT
	    TO("2026-01-13T09:00:00-06:00", "s1", "AR")
	    SEEN("2026-01-15T10:00:00-06:00", "V1")
	    TO("2026-02-10T09:00:00-06:00", "s2", "INV"),
	    "2026-02-10T14:59:59Z", VISIT,
	    ""},
	{"a reopened stage counts the visits from its start",
	    BEGUN
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-03-01T10:00:00-06:00", "s1", "INV")
	    SEEN("2026-03-05T10:00:00-06:00", "V1"),
	    "2026-03-20T05:00:00Z", VISIT,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-15T16:00:00Z\n"
	    "V1 2 met 2026-03-01T16:00:00Z 2026-04-16T04:59:59Z 2026-03-05T16:00:00Z\n"
	    "V1 3 running 2026-03-05T16:00:00Z 2026-04-20T04:59:59Z -\n"},
	{"a school investigation after another begins a chain of its own from the report",
	    BEGUN
	    TO("2026-01-20T09:00:00-06:00", "s2", "SCHOOL"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-20T15:00:00Z\n"
	    "V1 2 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
};

int
main(void)
{
	return cc_case_run("policy_supervision", rows, sizeof rows / sizeof rows[0]);
}
