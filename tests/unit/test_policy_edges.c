/* Where seconds meet and things come twice: the edges of the rules that the other
 * tables of policies test. */
#include "tests/support/case.h"
#include "tests/support/words.h"

#define P1 "priority-1-initial-contact"
#define P2 "priority-2-initial-contact"
#define P2S "priority-2-screened-initial-contact"
#define FOLLOW "missed-contact-followup-plan"
#define PARENT "parent-notice-child-interviewed-24h"
#define TASKS10 "inv-initial-tasks-10d"
#define VISIT "ongoing-contact-45d"
#define SUBMIT45 "inv-submit-45d"
#define CAP "extension-cap-90d"
#define READY "inv-tasks-before-submission"
#define N24 "findings-notice-admin-24h"
#define N15 "findings-notice-15d"
#define AFTER "findings-notice-after-le-delay"
#define BAR "finding-change-bar-60d"
#define URGENT INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
#define REPORT INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
#define BEGUN REPORT TO("2026-01-12T15:00:00-06:00", "s1", "INV")
#define VISITED SEEN("2026-01-14T16:00:00-06:00", "V1")
#define TOOLS \
	TOOL("2026-01-15T10:00:00-06:00") RISK("2026-01-16T10:00:00-06:00")
#define DONE TASKS("2026-01-20T10:00:00-06:00")
#define ENDED CLOSED("2026-06-05T15:45:00-05:00", "s1", "INV", "administrative")
#define SHUT REGISTERED("2026-06-05T10:00:00-05:00", "PM", "parent") ENDED

static const struct cc_case_row rows[] = {
	{"a move to alternative response in the second of the adding does not cancel",
	    REPORT
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim")
	    TO("2026-01-13T16:00:00-06:00", "s1", "AR"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T22:00:00Z\n"
	    "V2 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"},
	{"and it begins the screened clock of the victim added",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim")
	    TO("2026-01-13T16:00:00-06:00", "s1", "AR"),
	    "2026-01-14T06:00:00Z", P2S,
	    "V2 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"},
	{"of two closings the first after the progression cancels",
	    BEGUN
	    CLOSED("2026-01-12T16:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-01-12T17:00:00-06:00", "s1", "INV")
	    CLOSED("2026-01-12T18:00:00-06:00", "s1", "INV", "standard"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-12T22:00:00Z\n"},
	{"a closing before the adding does not count for the victim added",
	    BEGUN
	    CLOSED("2026-01-13T16:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-01-14T17:00:00-06:00", "s1", "INV")
	    ADDED("2026-01-15T16:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-16T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T22:00:00Z\n"
	    "V2 1 running 2026-01-15T22:00:00Z 2026-01-18T22:00:00Z -\n"},
	{"a closing in the second of the progression cancels",
	    REPORT
	    TO("2026-01-13T09:00:00-06:00", "s1", "INV")
	    CLOSED("2026-01-13T09:00:00-06:00", "s1", "INV", "administrative"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T15:00:00Z\n"},
	{"a closing in the second of the intake cancels what it has armed",
	    REPORT
	    CLOSED("2026-01-12T11:40:00-06:00", "s1", "INV", "administrative"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-12T17:40:00Z\n"},
	{"an intake in the second of the adding is the latest one",
	    REPORT
	    INTAKE("2026-01-13T16:00:00-06:00", "i2", "P1", "V3")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-14T06:00:00Z", P1,
	    "V2 1 running 2026-01-13T22:00:00Z 2026-01-14T22:00:00Z -\n"
	    "V3 1 running 2026-01-13T22:00:00Z 2026-01-14T22:00:00Z -\n"},
	{"an intake in that second that lists the victim leaves nothing to be added",
	    URGENT
	    INTAKE("2026-01-13T16:00:00-06:00", "i2", "P2", "V2")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-14T06:00:00Z", P2,
	    "V2 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"},
	{"a victim added twice counts from the first",
	    REPORT
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim")
	    ADDED("2026-01-13T18:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"
	    "V2 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"},
	{"an attempt in the second of the intake counts",
	    URGENT
	    TRIED("2026-01-12T11:40:00-06:00", "V1"),
	    "2026-01-14T06:00:00Z", P1,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-12T17:40:00Z\n"},
	{"a priority changed in the second of the adding leaves no clock of the old one",
	    REPORT
	    PRIORITY("2026-01-13T16:00:00-06:00", "i1", "P1")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T22:00:00Z\n"},
	{"a priority changed in the second of the intake is its first",
	    REPORT
	    PRIORITY("2026-01-12T11:40:00-06:00", "i1", "P1"),
	    "2026-01-12T18:00:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a move to alternative response cancels an urgent contact",
	    URGENT
	    TO("2026-01-12T15:00:00-06:00", "s1", "AR"),
	    "2026-01-14T06:00:00Z", P1,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-12T21:00:00Z\n"},
	{"of two reports of a death the first cancels an urgent contact",
	    URGENT
	    EVENT("2026-01-12T16:00:00-06:00", "fatality.reported") " child_person_id=V1"
	    UPDATED("2026-01-12T18:00:00-06:00", "V1", "deceased", "yes"),
	    "2026-01-14T06:00:00Z", P1,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-12T22:00:00Z\n"},
	{"a death in the second of the intake leaves nothing to arm",
	    EVENT("2026-01-12T11:40:00-06:00", "fatality.reported") " child_person_id=V1"
	    URGENT,
	    "2026-01-14T06:00:00Z", P1,
	    ""},
	{"a change of priority cancels a screened clock",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-12T11:40:00-06:00", "s1", "INV")
	    PRIORITY("2026-01-13T10:00:00-06:00", "i1", "P1"),
	    "2026-01-20T06:00:00Z", P2S,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T16:00:00Z\n"},
	{"a closing cancels a screened clock",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV")
	    CLOSED("2026-01-13T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-01-20T06:00:00Z", P2S,
	    "V1 1 cancelled 2026-01-12T21:00:00Z 2026-01-15T21:00:00Z 2026-01-13T16:00:00Z\n"},
	{"a death cancels a screened clock",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV")
	    UPDATED("2026-01-13T10:00:00-06:00", "V1", "deceased", "yes"),
	    "2026-01-20T06:00:00Z", P2S,
	    "V1 1 cancelled 2026-01-12T21:00:00Z 2026-01-15T21:00:00Z 2026-01-13T16:00:00Z\n"},
	{"a clock that its priority ended asks for no plan when the case moves later",
	    URGENT
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "P2")
	    TO("2026-01-14T09:00:00-06:00", "s1", "AR")
	    SEEN("2026-01-15T09:00:00-06:00", "V1"),
	    "2026-01-20T06:00:00Z", FOLLOW,
	    ""},
	{"the plan of a missed meeting in alternative response begins a second after the due",
	    REPORT
	    TO("2026-01-13T09:00:00-06:00", "s1", "AR"),
	    "2026-01-18T15:00:01Z", FOLLOW,
	    "V1 1 overdue 2026-01-18T15:00:00Z 2026-01-18T15:00:00Z -\n"},
	{"of two changes to no priority the first cancels the plan",
	    URGENT
	    PRIORITY("2026-01-14T09:00:00-06:00", "i1", "PN")
	    PRIORITY("2026-01-14T10:00:00-06:00", "i1", "P1")
	    PRIORITY("2026-01-14T11:00:00-06:00", "i1", "PN"),
	    "2026-01-20T06:00:00Z", FOLLOW,
	    "V1 1 cancelled 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T15:00:00Z\n"},
	{"a meeting in the second of the intake leaves no plan",
	    URGENT
	    SEEN("2026-01-12T11:40:00-06:00", "V1"),
	    "2026-01-20T06:00:00Z", FOLLOW,
	    ""},
	{"each child missed at one instant has a plan and the first meeting ends it",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1,V2")
	    SEEN("2026-01-14T09:00:00-06:00", "V1")
	    SEEN("2026-01-15T09:00:00-06:00", "V1,V2"),
	    "2026-01-20T06:00:00Z", FOLLOW,
	    "V1 1 cancelled 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T15:00:00Z\n"
	    "V2 1 cancelled 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-15T15:00:00Z\n"},
	{"another person who cannot be found leaves the parent to be told",
	    URGENT
	    ADDED("2026-01-12T12:00:00-06:00", "PM", "parent_in_home")
	    ADDED("2026-01-12T12:00:00-06:00", "PF", "parent_elsewhere")
		" locatable=false"
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k",
	    "2026-01-13T02:00:00Z", PARENT,
	    "PM/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"},
	{"any child of the case who is seen is told of",
	    URGENT
	    ADDED("2026-01-12T12:00:00-06:00", "PM", "parent_in_home")
	    ADDED("2026-01-12T12:00:00-06:00", "K1", "child_in_home")
	    ADDED("2026-01-12T12:00:00-06:00", "K2", "other_required_child")
	    SEEN("2026-01-12T15:00:00-06:00", "K1") " #k"
	    SEEN("2026-01-12T16:00:00-06:00", "K2") " #m",
	    "2026-01-13T02:00:00Z", PARENT,
	    "PM/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"
	    "PM/m 1 running 2026-01-12T22:00:00Z 2026-01-13T22:00:00Z -\n"},
	{"of two warnings the first exempts",
	    URGENT
	    ADDED("2026-01-12T12:00:00-06:00", "PM", "parent_in_home")
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k"
	    UPDATED("2026-01-12T16:00:00-06:00", "PM", "notification_endangers", "yes")
	    UPDATED("2026-01-12T17:00:00-06:00", "PM", "notification_endangers", "yes"),
	    "2026-01-20T06:00:00Z", PARENT,
	    "PM/k 1 exempt 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z 2026-01-12T22:00:00Z\n"},
	{"a stage closed as progressed leaves the phase",
	    BEGUN
	    CLOSED("2026-01-13T10:00:00-06:00", "s1", "INV", "progressed"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z -\n"},
	{"a stage closed and named again in one second is open",
	    BEGUN
	    TO("2026-01-13T09:00:00-06:00", "s2", "INV")
	    CLOSED("2026-01-13T10:00:00-06:00", "s2", "INV", "standard")
	    TO("2026-01-13T10:00:00-06:00", "s2", "INV")
	    CLOSED("2026-01-13T11:00:00-06:00", "s1", "INV", "standard"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z -\n"},
	{"a stage named after the closing in its second comes too late",
	    BEGUN
	    CLOSED("2026-01-13T10:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-01-13T10:00:00-06:00", "s2", "INV"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-13T16:00:00Z\n"},
	{"of two reports after the start the first is the anchor",
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV")
	    INTAKE("2026-01-14T10:00:00-06:00", "i1", "P2", "V1")
	    INTAKE("2026-01-15T10:00:00-06:00", "i2", "P2", "V1"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 running 2026-01-14T16:00:00Z 2026-01-25T05:59:59Z -\n"},
	{"a report in the second of the closing anchors nothing before it",
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV")
	    CLOSED("2026-01-14T10:00:00-06:00", "s1", "INV", "standard")
	    INTAKE("2026-01-14T10:00:00-06:00", "i1", "P2", "V1"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    ""},
	{"a later run is anchored by its first own report later than the closing",
	    BEGUN
	    CLOSED("2026-01-14T10:00:00-06:00", "s1", "INV", "standard")
	    INTAKE("2026-01-14T10:00:00-06:00", "i2", "P2", "V1")
	    INTAKE("2026-01-15T10:00:00-06:00", "i3", "P2", "V1")
	    INTAKE("2026-01-16T10:00:00-06:00", "i4", "P2", "V1")
	    TO("2026-01-17T10:00:00-06:00", "s2", "INV"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-14T16:00:00Z\n"
	    "case 2 running 2026-01-15T16:00:00Z 2026-01-26T05:59:59Z -\n"},
	{"a report in the second of its progression anchors the later run",
	    BEGUN
	    CLOSED("2026-01-14T10:00:00-06:00", "s1", "INV", "standard")
	    INTAKE("2026-01-17T10:00:00-06:00", "i2", "P2", "V1")
	    TO("2026-01-17T10:00:00-06:00", "s2", "INV"),
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-14T16:00:00Z\n"
	    "case 2 running 2026-01-17T16:00:00Z 2026-01-28T05:59:59Z -\n"},
	{"a report in the second of the closing may be carried over by name",
	    BEGUN
	    CLOSED("2026-01-14T10:00:00-06:00", "s1", "INV", "standard")
	    INTAKE("2026-01-14T10:00:00-06:00", "i2", "P2", "V1")
	    TO("2026-01-17T10:00:00-06:00", "s2", "INV") " intake_id=i2",
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-14T16:00:00Z\n"
	    "case 2 running 2026-01-14T16:00:00Z 2026-01-25T05:59:59Z -\n"},
	{"a report that was progressed before is not carried over",
	    REPORT
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV") " intake_id=i1"
	    CLOSED("2026-01-14T10:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-01-17T10:00:00-06:00", "s2", "INV") " intake_id=i1",
	    "2026-01-20T06:00:00Z", TASKS10,
	    "case 1 cancelled 2026-01-12T17:40:00Z 2026-01-23T05:59:59Z 2026-01-14T16:00:00Z\n"},
	{"with a report carried over people count since that report",
	    BEGUN
	    ADDED("2026-01-13T12:00:00-06:00", "K1", "other_required_child")
	    INTAKE("2026-01-14T10:00:00-06:00", "i2", "P2", "V2")
	    ADDED("2026-01-14T12:00:00-06:00", "K2", "other_required_child")
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-01-16T10:00:00-06:00", "s2", "INV") " intake_id=i2",
	    "2026-01-20T06:00:00Z", VISIT,
	    "K1 1 cancelled 2026-01-13T18:00:00Z 2026-02-28T05:59:59Z 2026-01-15T16:00:00Z\n"
	    "K2 1 cancelled 2026-01-14T18:00:00Z 2026-03-01T05:59:59Z 2026-01-15T16:00:00Z\n"
	    "K2 2 running 2026-01-14T18:00:00Z 2026-03-01T05:59:59Z -\n"
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-15T16:00:00Z\n"
	    "V2 1 cancelled 2026-01-14T16:00:00Z 2026-03-01T05:59:59Z 2026-01-15T16:00:00Z\n"
	    "V2 2 running 2026-01-14T16:00:00Z 2026-03-01T05:59:59Z -\n"},
	{"a child added before the report counts from the report",
	    ADDED("2026-01-12T10:00:00-06:00", "K1", "other_required_child")
	    BEGUN,
	    "2026-01-20T06:00:00Z", VISIT,
	    "K1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"
	    "V1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"of a report and an adding the earlier makes a child known",
	    BEGUN
	    INTAKE("2026-01-20T10:00:00-06:00", "i2", "P2", "V2")
	    ADDED("2026-01-25T10:00:00-06:00", "V2", "alleged_victim"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"
	    "V2 1 running 2026-01-20T16:00:00Z 2026-03-07T05:59:59Z -\n"},
	{"of the meetings before a child was known the first begins the chain",
	    BEGUN
	    SEEN("2026-01-12T11:40:00-06:00", "K1")
	    SEEN("2026-01-14T16:00:00-06:00", "K2")
	    SEEN("2026-01-16T16:00:00-06:00", "K1,K2")
	    ADDED("2026-01-20T10:00:00-06:00", "K1", "other_required_child")
	    ADDED("2026-01-20T10:00:00-06:00", "K2", "other_required_child"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "K1 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-16T22:00:00Z\n"
	    "K1 2 running 2026-01-16T22:00:00Z 2026-03-03T05:59:59Z -\n"
	    "K2 1 met 2026-01-14T22:00:00Z 2026-03-01T05:59:59Z 2026-01-16T22:00:00Z\n"
	    "K2 2 running 2026-01-16T22:00:00Z 2026-03-03T05:59:59Z -\n"
	    "V1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a child known in the second of the closing was known and one after it was not",
	    BEGUN
	    ADDED("2026-01-20T10:00:00-06:00", "K1", "other_required_child")
	    CLOSED("2026-01-20T10:00:00-06:00", "s1", "INV", "standard")
	    ADDED("2026-01-20T10:00:01-06:00", "K2", "other_required_child"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "K1 1 cancelled 2026-01-20T16:00:00Z 2026-03-07T05:59:59Z 2026-01-20T16:00:00Z\n"
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-20T16:00:00Z\n"},
	{"the dead whom a report lists are not visited",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1,V2")
		" fatality=true deceased_person_ids=[V2]"
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV"),
	    "2026-02-01T06:00:00Z", VISIT,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a return in a school investigation asks for no submission in 45 days",
	    BEGUN
	    SUBMIT("2026-01-14T10:00:00-06:00", "a", "close")
	    TO("2026-01-15T10:00:00-06:00", "s2", "SCHOOL")
	    DECIDED("2026-01-16T10:00:00-06:00", "a", "returned"),
	    "2026-02-01T06:00:00Z", SUBMIT45,
	    "case 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T16:00:00Z\n"},
	{"each investigation of a run asks for its submission and a return for its own",
	    BEGUN
	    SUBMIT("2026-01-14T10:00:00-06:00", "a", "close")
	    TO("2026-01-15T10:00:00-06:00", "s2", "SCHOOL")
	    TO("2026-01-16T10:00:00-06:00", "s3", "INV")
	    SUBMIT("2026-01-20T10:00:00-06:00", "b", "close")
	    DECIDED("2026-01-21T10:00:00-06:00", "b", "returned"),
	    "2026-02-01T06:00:00Z", SUBMIT45,
	    "case 1 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-14T16:00:00Z\n"
	    "case 2 met 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z 2026-01-20T16:00:00Z\n"
	    "case 3 running 2026-01-12T17:40:00Z 2026-02-27T05:59:59Z -\n"},
	{"a school investigation has no window of 90 days",
	    REPORT
	    TO("2026-01-15T10:00:00-06:00", "s2", "SCHOOL"),
	    "2026-02-01T06:00:00Z", CAP,
	    ""},
	{"a valid grant of day 91 does not use the window",
	    BEGUN
	    GRANT("2026-02-20T13:00:00-06:00", "x", "2026-04-13")
		" role=program_director written=true",
	    "2026-05-01T05:00:00Z", CAP,
	    "case 1 expired 2026-01-12T17:40:00Z 2026-04-13T04:59:59Z 2026-04-13T04:59:59Z\n"},
	{"tasks done in the second of the report count",
	    REPORT
	    SEEN("2026-01-12T11:40:00-06:00", "V1")
	    TOOL("2026-01-12T11:40:00-06:00")
	    RISK("2026-01-12T11:40:00-06:00")
	    TASKS("2026-01-12T11:40:00-06:00")
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV")
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 passed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"tasks done in the second of the submission count",
	    BEGUN
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    SEEN("2026-02-10T10:00:00-06:00", "V1")
	    TOOL("2026-02-10T10:00:00-06:00")
	    RISK("2026-02-10T10:00:00-06:00")
	    TASKS("2026-02-10T10:00:00-06:00"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 passed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"a victim whom a report lists in the second of the submission is to be seen",
	    BEGUN VISITED TOOLS DONE
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    INTAKE("2026-02-10T10:00:00-06:00", "i2", "P2", "V2"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"a victim added in the second of the submission is to be seen",
	    BEGUN VISITED TOOLS DONE
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    ADDED("2026-02-10T10:00:00-06:00", "V2", "alleged_victim"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"a victim added since the report that is carried over is to be seen",
	    BEGUN
	    INTAKE("2026-01-14T10:00:00-06:00", "i2", "P2", "V1")
	    ADDED("2026-01-14T12:00:00-06:00", "V3", "alleged_victim")
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard")
	    TO("2026-01-16T10:00:00-06:00", "s2", "INV") " intake_id=i2"
	    SEEN("2026-01-17T10:00:00-06:00", "V1")
	    TOOL("2026-01-17T10:00:00-06:00")
	    RISK("2026-01-17T10:00:00-06:00")
	    TASKS("2026-01-17T10:00:00-06:00")
	    SUBMIT("2026-01-20T10:00:00-06:00", "a", "close")
	    SEEN("2026-01-21T10:00:00-06:00", "V3")
	    SUBMIT("2026-01-22T10:00:00-06:00", "b", "close"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 failed 2026-01-20T16:00:00Z 2026-01-20T16:00:00Z 2026-01-20T16:00:00Z\n"
	    "b 1 passed 2026-01-22T16:00:00Z 2026-01-22T16:00:00Z 2026-01-22T16:00:00Z\n"},
	{"a victim added between the submission and the closing was not to be seen",
	    BEGUN VISITED TOOLS DONE
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    ADDED("2026-02-11T10:00:00-06:00", "V2", "alleged_victim")
	    CLOSED("2026-02-12T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 passed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"the home is that of the first child added with one",
	    BEGUN VISITED DONE
	    ADDED("2026-01-12T12:00:00-06:00", "PM", "parent_in_home") " household_id=H9"
	    ADDED("2026-01-12T13:00:00-06:00", "V1", "alleged_victim") " household_id=H1"
	    ADDED("2026-01-12T14:00:00-06:00", "K1", "child_in_home") " household_id=H2"
	    TOOL("2026-01-15T10:00:00-06:00") " household_id=H1"
	    RISK("2026-01-15T10:00:00-06:00") " household_id=H1"
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close"),
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 passed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"without one it is that of the first tool",
	    BEGUN VISITED DONE
	    TOOL("2026-01-15T10:00:00-06:00") " household_id=H3"
	    RISK("2026-01-15T10:00:00-06:00") " household_id=H3"
	    SUBMIT("2026-02-10T10:00:00-06:00", "a", "close")
	    EVENT("2026-02-11T10:00:00-06:00", "safety.circumstances_changed")
		" household_id=H4",
	    "2026-02-20T06:00:00Z", READY,
	    "a 1 passed 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z 2026-02-10T16:00:00Z\n"},
	{"of two exemptions the first counts",
	    SHUT
	    EXEMPTED("2026-06-05T17:00:00-05:00", "PM")
	    EXEMPTED("2026-06-05T18:00:00-05:00", "PM"),
	    "2026-06-10T05:00:00Z", N24,
	    "PM 1 exempt 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-05T22:00:00Z\n"},
	{"a delay released in the second of the closing holds nothing",
	    DELAYED("2026-06-05T11:00:00-05:00")
	    RELEASED("2026-06-05T15:45:00-05:00")
	    SHUT,
	    "2026-06-10T05:00:00Z", N24,
	    "PM 1 overdue 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"and nothing begins after it",
	    DELAYED("2026-06-05T11:00:00-05:00")
	    RELEASED("2026-06-05T15:45:00-05:00")
	    SHUT,
	    "2026-06-10T05:00:00Z", AFTER,
	    ""},
	{"an exemption in the second of the release wins over it",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    EXEMPTED("2026-06-10T10:00:00-05:00", "PM")
	    RELEASED("2026-06-10T10:00:00-05:00"),
	    "2026-06-20T05:00:00Z", N24,
	    "PM 1 exempt 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-10T15:00:00Z\n"},
	{"and leaves nothing after the delay",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    EXEMPTED("2026-06-10T10:00:00-05:00", "PM")
	    RELEASED("2026-06-10T10:00:00-05:00"),
	    "2026-06-20T05:00:00Z", AFTER,
	    ""},
	{"each further release begins a period and the notice to another ends none",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-07T10:00:00-05:00")
	    DELAYED("2026-06-08T10:00:00-05:00")
	    RELEASED("2026-06-09T10:00:00-05:00")
	    DELAYED("2026-06-10T10:00:00-05:00")
	    RELEASED("2026-06-11T10:00:00-05:00")
	    SENT("2026-06-11T12:00:00-05:00", "PF"),
	    "2026-06-20T05:00:00Z", AFTER,
	    "PM 1 cancelled 2026-06-07T15:00:00Z 2026-06-07T15:00:00Z 2026-06-09T15:00:00Z\n"
	    "PM 2 cancelled 2026-06-09T15:00:00Z 2026-06-09T15:00:00Z 2026-06-11T15:00:00Z\n"
	    "PM 3 overdue 2026-06-11T15:00:00Z 2026-06-11T15:00:00Z -\n"},
	{"a standard closure exempts whom it cannot reach and whom it may not tell",
	    REGISTERED("2026-06-05T10:00:00-05:00", "PF", "parent") " locatable=false"
	    REGISTERED("2026-06-05T10:00:00-05:00", "PM", "parent")
	    CLOSED("2026-06-05T15:45:00-05:00", "s1", "INV", "standard")
	    EXEMPTED("2026-06-08T10:00:00-05:00", "PM"),
	    "2026-06-10T05:00:00Z", N15,
	    "PF 1 exempt 2026-06-05T20:45:00Z 2026-06-21T04:59:59Z 2026-06-05T20:45:00Z\n"
	    "PM 1 exempt 2026-06-05T20:45:00Z 2026-06-21T04:59:59Z 2026-06-08T15:00:00Z\n"},
	{"a standard closure with nobody registered has a clock until somebody is",
	    CLOSED("2026-06-05T15:45:00-05:00", "s1", "INV", "standard")
	    REGISTERED("2026-06-08T10:00:00-05:00", "PM", "parent"),
	    "2026-06-10T05:00:00Z", N15,
	    "PM 1 running 2026-06-08T15:00:00Z 2026-06-21T04:59:59Z -\n"
	    "case 1 cancelled 2026-06-05T20:45:00Z 2026-06-21T04:59:59Z 2026-06-08T15:00:00Z\n"},
	{"a newer closing in the first second of day 61 cancels the bar that began",
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard")
	    CLOSED("2026-03-17T00:00:00-05:00", "s2", "INV", "standard"),
	    "2026-04-01T05:00:00Z", BAR,
	    "case 1 cancelled 2026-03-17T05:00:00Z - 2026-03-17T05:00:00Z\n"},
	{"a reopening granted in the second of the closing leaves no bar",
	    REOPENED("2026-01-15T10:00:00-06:00", "true")
	    CLOSED("2026-01-15T10:00:00-06:00", "s1", "INV", "standard"),
	    "2026-04-01T05:00:00Z", BAR,
	    ""},
};

int
main(void)
{
	return cc_case_run("policy_edges", rows, sizeof rows / sizeof rows[0]);
}
