/* Submitting an investigation: the days, extensions, the gate, the decision. */
#include "tests/support/case.h"
#include "tests/support/words.h"

#define SUBMIT45 "inv-submit-45d"
#define CAP "extension-cap-90d"
#define BEYOND "extension-beyond-90d-approval"
#define READY "inv-tasks-before-submission"
#define DECISION "supervisor-decision-5bd"
#define REPORT INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
#define BEGUN REPORT TO("2026-01-12T15:00:00-06:00", "s1", "INV")
#define VISITED SEEN("2026-01-14T16:00:00-06:00", "V1")
#define TOOLS \
	TOOL("2026-01-15T10:00:00-06:00") RISK("2026-01-16T10:00:00-06:00")
#define DONE TASKS("2026-01-20T10:00:00-06:00")

static const struct cc_case_row rows[] = {
	{"a submission in the last second of day 45 is in time",
	    INTAKE("2026-05-04T23:59:59-05:00", "i1", "P2", "V1")
	    TO("2026-05-05T09:00:00-05:00", "s1", "INV")
	    SUBMIT("2026-06-18T23:59:59-05:00", "a", "close"),
	    "2026-06-20T05:00:00Z", SUBMIT45,
	    "case 1 met 2026-05-05T04:59:59Z 2026-06-19T04:59:59Z 2026-06-19T04:59:59Z\n"},
	{"one second later the submission is late",
	    INTAKE("2026-05-04T23:59:59-05:00", "i1", "P2", "V1")
	    TO("2026-05-05T09:00:00-05:00", "s1", "INV")
	    SUBMIT("2026-06-19T00:00:00-05:00", "a", "close"),
	    "2026-06-20T05:00:00Z", SUBMIT45,
	    "case 1 late 2026-05-05T04:59:59Z 2026-06-19T04:59:59Z 2026-06-19T05:00:00Z\n"},
	{"day 45 may be a leap day",
	    INTAKE("2028-01-15T12:00:00-06:00", "i1", "P2", "V1")
	    TO("2028-01-15T13:00:00-06:00", "s1", "INV"),
	    "2028-03-01T05:59:59Z", SUBMIT45,
	    "case 1 running 2028-01-15T18:00:00Z 2028-03-01T05:59:59Z -\n"},
	{"day 45 may be the day that summer time begins and a Sunday",
	    INTAKE("2026-01-22T12:00:00-06:00", "i1", "P2", "V1")
	    TO("2026-01-22T13:00:00-06:00", "s1", "INV"),
	    "2026-03-09T05:00:00Z", SUBMIT45,
	    "case 1 overdue 2026-01-22T18:00:00Z 2026-03-09T04:59:59Z -\n"},
	{"a submission of any action is the one asked for",
	    BEGUN
	    SUBMIT("2026-01-14T10:00:00-06:00", "a", "admin_refute"),
	    "2026-02-01T06:00:00Z", SUBMIT45,
	    "case 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T16:00:00Z\n"},
	{"a submission before the segment began does not count",
	    REPORT
	    TO("2026-01-13T10:00:00-06:00", "s1", "AR")
	    SUBMIT("2026-01-14T10:00:00-06:00", "a", "close")
	    TO("2026-01-15T10:00:00-06:00", "s2", "INV"),
	    "2026-02-01T06:00:00Z", SUBMIT45,
	    "case 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a submission in the second of the closing wins",
	    BEGUN
	    CLOSED("2026-01-14T10:00:00-06:00", "s1", "INV", "standard")
	    SUBMIT("2026-01-14T10:00:00-06:00", "a", "close"),
	    "2026-02-01T06:00:00Z", SUBMIT45,
	    "case 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T16:00:00Z\n"},
	{"a closing cancels and shows whether it came after the due",
	    BEGUN
	    CLOSED("2026-03-01T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-03-20T05:00:00Z", SUBMIT45,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-03-01T16:00:00Z\n"},
	{"a school investigation has other days",
	    REPORT
	    TO("2026-01-13T10:00:00-06:00", "s1", "SCHOOL"),
	    "2026-03-20T05:00:00Z", SUBMIT45,
	    ""},
	{"a grant moves the due to the end of its date",
	    BEGUN
	    GRANT("2026-02-25T13:00:00-06:00", "x", "2026-04-10"),
	    "2026-04-11T04:59:59Z", SUBMIT45,
	    "case 1 running 2026-01-12T17:40:00Z 2026-04-11T04:59:59Z -\n"},
	{"a grant never moves the due to an earlier day",
	    BEGUN
	    GRANT("2026-01-20T13:00:00-06:00", "x", "2026-02-20"),
	    "2026-02-01T06:00:00Z", SUBMIT45,
	    "case 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a grant of day 90 counts and of day 91 only in writing from the program director",
	    BEGUN
	    GRANT("2026-02-20T13:00:00-06:00", "x", "2026-04-12")
	    GRANT("2026-02-21T13:00:00-06:00", "y", "2026-04-13")
	    GRANT("2026-02-22T13:00:00-06:00", "z", "2026-04-14") " role=program_director"
	    GRANT("2026-02-22T13:00:00-06:00", "w", "2026-04-15")
		" role=supervisor written=true",
	    "2026-03-01T06:00:00Z", SUBMIT45,
	    "case 1 running 2026-01-12T17:40:00Z 2026-04-13T04:59:59Z -\n"},
	{"the program director in writing grants any date",
	    BEGUN
	    GRANT("2026-02-20T13:00:00-06:00", "x", "2026-06-30")
		" role=program_director written=true",
	    "2026-03-01T06:00:00Z", SUBMIT45,
	    "case 1 running 2026-01-12T17:40:00Z 2026-07-01T04:59:59Z -\n"},
	{"an extension refused or without a date moves nothing",
	    BEGUN
	    EVENT("2026-02-20T13:00:00-06:00", "extension.decided")
		" extension_id=x granted=false new_due_date=2026-04-01"
	    EVENT("2026-02-20T14:00:00-06:00", "extension.decided")
		" extension_id=y granted=true",
	    "2026-03-01T06:00:00Z", SUBMIT45,
	    "case 1 overdue 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a grant after the old due still moves it",
	    BEGUN
	    GRANT("2026-03-01T13:00:00-06:00", "x", "2026-03-20"),
	    "2026-03-05T06:00:00Z", SUBMIT45,
	    "case 1 running 2026-01-12T17:40:00Z 2026-03-21T04:59:59Z -\n"},
	{"before that grant the clock is overdue",
	    BEGUN
	    GRANT("2026-03-01T13:00:00-06:00", "x", "2026-03-20"),
	    "2026-03-01T18:59:59Z", SUBMIT45,
	    "case 1 overdue 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a grant after the submission does not make it timely and one in its second does",
	    BEGUN
	    SUBMIT("2026-03-01T13:00:00-06:00", "a", "close")
	    GRANT("2026-03-01T13:00:00-06:00", "x", "2026-03-05")
	    GRANT("2026-03-01T13:00:01-06:00", "y", "2026-03-20"),
	    "2026-03-20T05:00:00Z", SUBMIT45,
	    "case 1 met 2026-01-12T17:40:00Z 2026-03-06T05:59:59Z 2026-03-01T19:00:00Z\n"},
	{"a grant decided in alternative response is none of the investigation",
	    REPORT
	    TO("2026-01-13T10:00:00-06:00", "s1", "AR")
	    GRANT("2026-01-20T13:00:00-06:00", "x", "2026-04-01")
	    TO("2026-02-01T10:00:00-06:00", "s2", "INV"),
	    "2026-02-10T06:00:00Z", SUBMIT45,
	    "case 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a voided grant was never given",
	    BEGUN
	    GRANT("2026-02-20T13:00:00-06:00", "x", "2026-04-10") " #g"
	    VOID("2026-02-21T13:00:00-06:00", "g"),
	    "2026-03-01T06:00:00Z", SUBMIT45,
	    "case 1 overdue 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a return asks for the next submission by the old due",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    DECIDED("2026-02-12T10:00:00-06:00", "a", "returned"),
	    "2026-02-20T06:00:00Z", SUBMIT45,
	    "case 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-10T16:00:00Z\n"
	    "case 2 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a return after day 45 gives the day of the return",
	    BEGUN
	    SUBMIT("2026-02-25T10:00:00-06:00", "a", "close")
	    EVENT("2026-03-05T10:00:00-06:00", "css.decided")
		" submission_id=a decision=reject",
	    "2026-03-06T06:00:00Z", SUBMIT45,
	    "case 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-25T16:00:00Z\n"
	    "case 2 overdue 2026-01-12T17:40:00Z 2026-03-06T05:59:59Z -\n"},
	{"each return makes a period and grants move them all",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    DECIDED("2026-02-12T10:00:00-06:00", "a", "returned")
	    SUBMIT("2026-02-20T10:00:00-06:00", "b", "close")
	    DECIDED("2026-02-21T10:00:00-06:00", "b", "returned")
	    GRANT("2026-02-25T10:00:00-06:00", "x", "2026-04-10"),
	    "2026-03-10T05:00:00Z", SUBMIT45,
	    "case 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-10T16:00:00Z\n"
	    "case 2 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-02-20T16:00:00Z\n"
	    "case 3 running 2026-01-12T17:40:00Z 2026-04-11T04:59:59Z -\n"},
	{"a return while the submission is still asked for makes no period",
	    BEGUN
	    DECIDED("2026-02-12T10:00:00-06:00", "a", "returned"),
	    "2026-02-20T06:00:00Z", SUBMIT45,
	    "case 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"the window of extensions is open in its last second",
	    BEGUN,
	    "2026-04-13T04:59:59Z", CAP,
	    "case 1 open 2026-01-12T17:40:00Z 2026-04-13T04:59:59Z -\n"},
	{"one second later it has expired and ended with its due",
	    BEGUN,
	    "2026-04-13T05:00:00Z", CAP,
	    "case 1 expired 2026-01-12T17:40:00Z 2026-04-13T04:59:59Z 2026-04-13T04:59:59Z\n"},
	{"the first grant to day 90 uses the window",
	    BEGUN
	    GRANT("2026-02-20T13:00:00-06:00", "x", "2026-06-30")
		" role=program_director written=true"
	    GRANT("2026-02-25T13:00:00-06:00", "y", "2026-04-12")
	    GRANT("2026-02-26T13:00:00-06:00", "z", "2026-04-01"),
	    "2026-05-01T05:00:00Z", CAP,
	    "case 1 used 2026-01-12T17:40:00Z 2026-04-13T04:59:59Z 2026-02-25T19:00:00Z\n"},
	{"a grant after day 90 does not use the window",
	    BEGUN
	    GRANT("2026-04-13T13:00:00-05:00", "y", "2026-04-12"),
	    "2026-05-01T05:00:00Z", CAP,
	    "case 1 expired 2026-01-12T17:40:00Z 2026-04-13T04:59:59Z 2026-04-13T04:59:59Z\n"},
	{"a closing cancels the window and after its due does nothing to it",
	    BEGUN
	    CLOSED("2026-03-20T10:00:00-05:00", "s1", "INV", "standard")
	    INTAKE("2026-03-21T10:00:00-05:00", "i2", "P2", "V1")
	    TO("2026-03-21T12:00:00-05:00", "s2", "INV"),
	    "2026-05-01T05:00:00Z", CAP,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-04-13T04:59:59Z 2026-03-20T15:00:00Z\n"
	    "case 2 open 2026-03-21T15:00:00Z 2026-06-20T04:59:59Z -\n"},
	{"a window that expired stays so after the closing",
	    BEGUN
	    CLOSED("2026-04-20T10:00:00-05:00", "s1", "INV", "standard"),
	    "2026-05-01T05:00:00Z", CAP,
	    "case 1 expired 2026-01-12T17:40:00Z 2026-04-13T04:59:59Z 2026-04-13T04:59:59Z\n"},
	{"past day 90 the program director in writing passes and others fail",
	    BEGUN
	    GRANT("2026-02-20T10:00:00-06:00", "a", "2026-04-13")
		" role=program_director written=true"
	    GRANT("2026-02-20T11:00:00-06:00", "b", "2026-04-13")
		" role=supervisor written=true"
	    GRANT("2026-02-20T12:00:00-06:00", "c", "2026-04-13") " role=program_director"
	    GRANT("2026-02-20T13:00:00-06:00", "d", "2026-04-12")
	    GRANT("2026-05-01T00:00:00-05:00", "e", "2026-06-01"),
	    "2026-05-01T05:00:00Z", BEYOND,
	    "a 1 passed 2026-02-20T16:00:00Z 2026-02-20T16:00:00Z 2026-02-20T16:00:00Z\n"
	    "b 1 failed 2026-02-20T17:00:00Z 2026-02-20T17:00:00Z 2026-02-20T17:00:00Z\n"
	    "c 1 failed 2026-02-20T18:00:00Z 2026-02-20T18:00:00Z 2026-02-20T18:00:00Z\n"
	    "e 1 failed 2026-05-01T05:00:00Z 2026-05-01T05:00:00Z 2026-05-01T05:00:00Z\n"},
	{"the same extension decided twice is judged twice",
	    BEGUN
	    GRANT("2026-02-20T10:00:00-06:00", "a", "2026-05-13")
	    GRANT("2026-02-21T10:00:00-06:00", "a", "2026-05-13")
		" role=program_director written=true",
	    "2026-05-01T05:00:00Z", BEYOND,
	    "a 1 failed 2026-02-20T16:00:00Z 2026-02-20T16:00:00Z 2026-02-20T16:00:00Z\n"
	    "a 2 passed 2026-02-21T16:00:00Z 2026-02-21T16:00:00Z 2026-02-21T16:00:00Z\n"},
	{"without a report or outside an investigation no day 90 is guarded",
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV")
	    GRANT("2026-02-20T10:00:00-06:00", "a", "2026-11-13")
	    CLOSED("2026-03-02T15:00:00-06:00", "s1", "INV", "standard")
	    INTAKE("2026-03-03T10:00:00-06:00", "i2", "P2", "V1")
	    TO("2026-03-03T15:00:00-06:00", "s2", "SCHOOL")
	    GRANT("2026-03-04T10:00:00-06:00", "b", "2026-11-13"),
	    "2026-12-01T06:00:00Z", BEYOND,
	    ""},
	{"a submission with all tasks done passes",
	    BEGUN VISITED TOOLS DONE
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 passed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"a submission with the victim not seen fails",
	    BEGUN TOOLS DONE
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    TRIED("2026-02-10T09:00:00-06:00", "V1")
	    CALLED("2026-02-10T09:00:00-06:00", "V1"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"a submission without the safety tool fails",
	    BEGUN VISITED DONE
	    RISK("2026-01-16T10:00:00-06:00")
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"a submission without the risk tool fails",
	    BEGUN VISITED DONE
	    TOOL("2026-01-16T10:00:00-06:00")
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"only a case that cannot be completed needs no risk tool",
	    BEGUN VISITED DONE
	    TOOL("2026-01-16T10:00:00-06:00")
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "unable_to_complete")
	    SUBMIT("2026-02-11T10:00:00-06:00", "b", "family_refusal"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 passed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"
	    "b 1 failed 2026-02-11T16:00:00Z 2026-02-11T16:00:00Z 2026-02-11T16:00:00Z\n"},
	{"a submission without the first tasks fails",
	    BEGUN VISITED TOOLS
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    TASKS("2026-02-10T10:00:01-06:00"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"acts in the second of the submission count and before the report do not",
	    SEEN("2026-01-12T11:39:59-06:00", "V1")
	    BEGUN TOOLS DONE
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    SUBMIT("2026-02-11T10:00:00-06:00", "b", "close")
	    SEEN("2026-02-11T10:00:00-06:00", "V1"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"
	    "b 1 passed 2026-02-11T16:00:00Z 2026-02-11T16:00:00Z 2026-02-11T16:00:00Z\n"},
	{"tools of another household do not count",
	    BEGUN VISITED DONE
	    ADDED("2026-01-12T12:00:00-06:00", "V1", "alleged_victim") " household_id=H1"
	    TOOL("2026-01-15T10:00:00-06:00") " household_id=H2"
	    RISK("2026-01-15T10:00:00-06:00") " household_id=H1"
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    TOOL("2026-02-11T10:00:00-06:00")
	    SUBMIT("2026-02-12T10:00:00-06:00", "b", "close"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"
	    "b 1 passed 2026-02-12T16:00:00Z 2026-02-12T16:00:00Z 2026-02-12T16:00:00Z\n"},
	{"a victim added before the submission is to be seen and one added after it is not",
	    BEGUN VISITED TOOLS DONE
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    ADDED("2026-02-11T10:00:00-06:00", "V2", "alleged_victim")
	    SUBMIT("2026-02-12T10:00:00-06:00", "b", "close")
	    UPDATED("2026-02-13T10:00:00-06:00", "V2", "deceased", "yes")
	    SUBMIT("2026-02-14T10:00:00-06:00", "c", "close"),
	    "2026-03-20T05:00:00Z", READY,
	    "a 1 passed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"
	    "b 1 failed 2026-02-12T16:00:00Z 2026-02-12T16:00:00Z 2026-02-12T16:00:00Z\n"
	    "c 1 passed 2026-02-14T16:00:00Z 2026-02-14T16:00:00Z 2026-02-14T16:00:00Z\n"},
	{"administrative and short submissions are not held to the tasks",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "admin_refute")
	    SUBMIT("2026-02-10T11:00:00-06:00", "b", "abbreviated_ruled_out")
	    SUBMIT("2026-02-10T12:00:00-06:00", "c", "moved_cannot_locate")
	    SUBMIT("2026-02-10T13:00:00-06:00", "d", "admin_over_60")
	    SUBMIT("2026-02-10T14:00:00-06:00", "e", "family_preservation"),
	    "2026-03-20T05:00:00Z", READY,
	    "e 1 failed 2026-02-10T20:00:00Z 2026-02-10T20:00:00Z 2026-02-10T20:00:00Z\n"},
	{"the same submission sent again is judged again",
	    BEGUN TOOLS DONE
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    VISITED
	    SEEN("2026-02-10T12:00:00-06:00", "V1") " #k"
	    VOID("2026-02-12T10:00:00-06:00", "e7")
	    SUBMIT("2026-02-11T10:00:00-06:00", "a", "close"),
	    "2026-03-20T05:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"
	    "a 2 passed 2026-02-11T16:00:00Z 2026-02-11T16:00:00Z 2026-02-11T16:00:00Z\n"},
	{"outside an investigation and without a report nothing is judged",
	    SUBMIT("2026-01-10T10:00:00-06:00", "z", "close")
	    TO("2026-01-12T10:00:00-06:00", "s1", "AR")
	    SUBMIT("2026-01-13T10:00:00-06:00", "a", "close")
	    TO("2026-01-14T10:00:00-06:00", "s2", "INV")
	    SUBMIT("2026-01-15T10:00:00-06:00", "b", "close"),
	    "2026-03-20T05:00:00Z", READY,
	    ""},
	{"the fifth business day passes over a weekend and a holiday",
	    BEGUN
	    SUBMIT("2026-05-22T09:00:00-05:00", "a", "close"),
	    "2026-06-02T04:59:59Z", DECISION,
	    "a 1 running 2026-05-22T14:00:00Z 2026-06-02T04:59:59Z -\n"},
	{"the end of that day is the last timely second",
	    BEGUN
	    SUBMIT("2026-05-22T09:00:00-05:00", "a", "close")
	    SUBMIT("2026-06-03T09:00:00-05:00", "b", "close")
	    DECIDED("2026-06-01T23:59:59-05:00", "a", "approved")
	    DECIDED("2026-06-10T00:00:00-05:00", "b", "approved"),
	    "2026-06-10T05:00:00Z", DECISION,
	    "a 1 met 2026-05-22T14:00:00Z 2026-06-02T04:59:59Z 2026-06-02T04:59:59Z\n"
	    "b 1 met 2026-06-03T14:00:00Z 2026-06-11T04:59:59Z 2026-06-10T05:00:00Z\n"},
	{"a second later the decision is late",
	    BEGUN
	    SUBMIT("2026-05-22T09:00:00-05:00", "a", "close")
	    DECIDED("2026-06-02T00:00:00-05:00", "a", "returned"),
	    "2026-06-10T05:00:00Z", DECISION,
	    "a 1 late 2026-05-22T14:00:00Z 2026-06-02T04:59:59Z 2026-06-02T05:00:00Z\n"},
	{"a submission on a Saturday counts from the next business day",
	    BEGUN
	    SUBMIT("2026-05-23T09:00:00-05:00", "a", "close"),
	    "2026-05-24T05:00:00Z", DECISION,
	    "a 1 running 2026-05-23T14:00:00Z 2026-06-02T04:59:59Z -\n"},
	{"the holidays at the end of December are passed over",
	    INTAKE("2026-12-20T09:00:00-06:00", "i1", "P2", "V1")
	    TO("2026-12-20T10:00:00-06:00", "s1", "INV")
	    SUBMIT("2026-12-22T09:00:00-06:00", "a", "close"),
	    "2026-12-23T06:00:00Z", DECISION,
	    "a 1 running 2026-12-22T15:00:00Z 2027-01-01T05:59:59Z -\n"},
	{"the business days of a submission on the last days of a year reach into the next",
	    INTAKE("2026-12-20T09:00:00-06:00", "i1", "P2", "V1")
	    TO("2026-12-20T10:00:00-06:00", "s1", "INV")
	    SUBMIT("2026-12-30T09:00:00-06:00", "a", "close"),
	    "2027-01-01T06:00:00Z", DECISION,
	    "a 1 running 2026-12-30T15:00:00Z 2027-01-08T05:59:59Z -\n"},
	{"a holiday with some staff is a holiday",
	    BEGUN
	    SUBMIT("2026-04-17T09:00:00-05:00", "a", "close"),
	    "2026-04-20T05:00:00Z", DECISION,
	    "a 1 running 2026-04-17T14:00:00Z 2026-04-28T04:59:59Z -\n"},
	{"a decision on another submission ends nothing",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    DECIDED("2026-02-11T10:00:00-06:00", "b", "approved")
	    EVENT("2026-02-11T11:00:00-06:00", "css.received") " submission_id=b"
	    EVENT("2026-02-11T12:00:00-06:00", "approval.recorded")
		" subject=admin_closure role=program_director"
	    EVENT("2026-02-11T13:00:00-06:00", "approval.recorded")
		" subject=legal role=supervisor",
	    "2026-02-20T06:00:00Z", DECISION,
	    "a 1 overdue 2026-02-10T16:00:00Z 2026-02-19T05:59:59Z -\n"},
	{"the receipt by the specialist ends the decision",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    EVENT("2026-02-12T11:00:00-06:00", "css.received") " submission_id=a"
	    DECIDED("2026-02-13T11:00:00-06:00", "a", "approved"),
	    "2026-02-20T06:00:00Z", DECISION,
	    "a 1 met 2026-02-10T16:00:00Z 2026-02-19T05:59:59Z 2026-02-12T17:00:00Z\n"},
	{"the supervisor's approval of an administrative closure ends it",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "admin_refute")
	    EVENT("2026-02-10T10:00:00-06:00", "approval.recorded")
		" subject=admin_closure role=supervisor",
	    "2026-02-20T06:00:00Z", DECISION,
	    "a 1 met 2026-02-10T16:00:00Z 2026-02-19T05:59:59Z 2026-02-10T16:00:00Z\n"},
	{"the closing itself ends it",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    CLOSED("2026-02-14T11:00:00-06:00", "s1", "INV", "standard"),
	    "2026-02-20T06:00:00Z", DECISION,
	    "a 1 met 2026-02-10T16:00:00Z 2026-02-19T05:59:59Z 2026-02-14T17:00:00Z\n"},
	{"a closing while another stage is open does not",
	    BEGUN
	    TO("2026-01-13T15:00:00-06:00", "s2", "INV")
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    CLOSED("2026-02-14T11:00:00-06:00", "s1", "INV", "standard"),
	    "2026-02-16T06:00:00Z", DECISION,
	    "a 1 running 2026-02-10T16:00:00Z 2026-02-19T05:59:59Z -\n"},
	{"a later submission under a new id takes its place",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    SUBMIT("2026-02-10T10:00:00-06:00", "b", "close")
	    SUBMIT("2026-02-12T10:00:00-06:00", "b", "close"),
	    "2026-02-14T06:00:00Z", DECISION,
	    "a 1 cancelled 2026-02-10T16:00:00Z 2026-02-19T05:59:59Z 2026-02-10T16:00:00Z\n"
	    "b 1 running 2026-02-10T16:00:00Z 2026-02-19T05:59:59Z -\n"},
	{"a submission returned and sent again is decided again",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    DECIDED("2026-02-11T10:00:00-06:00", "a", "returned")
	    SUBMIT("2026-02-12T10:00:00-06:00", "a", "close"),
	    "2026-02-20T06:00:00Z", DECISION,
	    "a 1 met 2026-02-10T16:00:00Z 2026-02-19T05:59:59Z 2026-02-11T16:00:00Z\n"
	    "a 2 running 2026-02-12T16:00:00Z 2026-02-21T05:59:59Z -\n"},
	{"other phases have no such decision",
	    REPORT
	    SUBMIT("2026-01-12T12:00:00-06:00", "a", "close")
	    TO("2026-01-13T10:00:00-06:00", "s1", "AR")
	    SUBMIT("2026-01-14T10:00:00-06:00", "b", "close")
	    TO("2026-01-15T10:00:00-06:00", "s2", "SCHOOL")
	    SUBMIT("2026-01-16T10:00:00-06:00", "c", "close"),
	    "2026-02-20T06:00:00Z", DECISION,
	    ""},
};

int
main(void)
{
	return cc_case_run("policy_submission", rows, sizeof rows / sizeof rows[0]);
}
