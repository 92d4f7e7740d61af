/* First contact in an investigation: who must be seen by when, and what ends it. */
#include "tests/support/case.h"
#include "tests/support/words.h"

#define P1 "priority-1-initial-contact"
#define P2 "priority-2-initial-contact"
#define P2S "priority-2-screened-initial-contact"

static const struct cc_case_row rows[] = {
	{"a child seen in the due second is seen in time",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    SEEN("2026-01-13T11:40:00-06:00", "V1"),
	    "2026-01-14T06:00:00Z", P1,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z\n"},
	{"one second after the due is late",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    SEEN("2026-01-13T11:40:01-06:00", "V1"),
	    "2026-01-14T06:00:00Z", P1,
	    "V1 1 late 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-13T17:40:01Z\n"},
	{"in the due second it still runs",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1"),
	    "2026-01-13T17:40:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"in the second after the due it is overdue",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1"),
	    "2026-01-13T17:40:01Z", P1,
	    "V1 1 overdue 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"hours run on over the change to summer time",
	    INTAKE("2026-03-07T23:30:00-06:00", "i1", "P1", "V1"),
	    "2026-03-08T17:00:00Z", P1,
	    "V1 1 running 2026-03-08T05:30:00Z 2026-03-09T05:30:00Z -\n"},
	{"hours run on over the change to winter time",
	    INTAKE("2026-10-31T23:30:00-05:00", "i1", "P1", "V1"),
	    "2026-11-01T18:00:00Z", P1,
	    "V1 1 running 2026-11-01T04:30:00Z 2026-11-02T04:30:00Z -\n"},
	{"the second half past one of a long night counts 24 hours",
	    INTAKE("2026-11-01T01:30:00-06:00", "i1", "P1", "V1"),
	    "2026-11-01T18:00:00Z", P1,
	    "V1 1 running 2026-11-01T07:30:00Z 2026-11-02T07:30:00Z -\n"},
	{"a weekend and a holiday move no hours",
	    INTAKE("2026-05-22T15:00:00-05:00", "i1", "P2", "V1"),
	    "2026-05-25T20:00:01Z", P2,
	    "V1 1 overdue 2026-05-22T20:00:00Z 2026-05-25T20:00:00Z -\n"},
	{"an attempt face to face ends the contact clock",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    TRIED("2026-01-12T18:00:00-06:00", "V1"),
	    "2026-01-14T06:00:00Z", P1,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-13T00:00:00Z\n"},
	{"a call or an attempt at another child ends nothing",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    CALLED("2026-01-12T12:00:00-06:00", "V1")
	    TRIED("2026-01-12T18:00:00-06:00", "V2")
	    EVENT("2026-01-12T19:00:00-06:00", "contact.attempted")
		" contact_id=c2 mode=phone target_person_ids=[V1]",
	    "2026-01-13T06:00:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a meeting in the second of the intake counts and one before it does not",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1,V2")
	    SEEN("2026-01-12T11:40:00-06:00", "V1")
	    SEEN("2026-01-12T11:39:59-06:00", "V2"),
	    "2026-01-13T06:00:00Z", P1,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-12T17:40:00Z\n"
	    "V2 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"an urgent report counts from the intake though it is screened",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1") " screened=true"
	    TO("2026-01-12T15:00:00-06:00", "s1", "INV"),
	    "2026-01-13T06:00:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a screened report has no contact clock before its progression",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "INV"),
	    "2026-01-14T15:59:59Z", P2S,
	    ""},
	{"a screened report counts from its progression",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "INV"),
	    "2026-01-17T16:00:00Z", P2S,
	    "V1 1 running 2026-01-14T16:00:00Z 2026-01-17T16:00:00Z -\n"},
	{"a screened report does not count from the intake",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "INV"),
	    "2026-01-17T16:00:00Z", P2,
	    ""},
	{"a school investigation begins a screened report too",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "SCHOOL"),
	    "2026-01-15T06:00:00Z", P2S,
	    "V1 1 running 2026-01-14T16:00:00Z 2026-01-17T16:00:00Z -\n"},
	{"a meeting before the progression ends a screened clock before it began",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    SEEN("2026-01-13T08:00:00-06:00", "V1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "INV"),
	    "2026-01-15T06:00:00Z", P2S,
	    "V1 1 met 2026-01-14T16:00:00Z 2026-01-17T16:00:00Z 2026-01-13T14:00:00Z\n"},
	{"the progression of another intake begins no screened clock",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "INV") " intake_id=i2",
	    "2026-01-18T06:00:00Z", P2S,
	    ""},
	{"a screened report that goes to alternative response has no clock",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "AR")
	    TO("2026-01-15T10:00:00-06:00", "s2", "INV"),
	    "2026-01-20T06:00:00Z", P2S,
	    ""},
	{"a higher priority counts from the intake and may be overdue at once",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    PRIORITY("2026-01-13T17:40:00-06:00", "i1", "P1"),
	    "2026-01-13T23:40:00Z", P1,
	    "V1 1 overdue 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a change of priority cancels the clock of the old one",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    PRIORITY("2026-01-13T17:40:00-06:00", "i1", "P1"),
	    "2026-01-13T23:40:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T23:40:00Z\n"},
	{"a lower priority gives the longer time from the intake",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "P2"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"},
	{"a change to no priority starts nothing and back again starts anew",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "PN")
	    PRIORITY("2026-01-13T09:00:00-06:00", "i1", "P2"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-12T19:00:00Z\n"
	    "V1 2 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"},
	{"a report without priority has no clock until it gets one",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "PN", "V1")
	    PRIORITY("2026-01-12T15:00:00-06:00", "i1", "P1"),
	    "2026-01-12T21:00:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"of the priorities of one second the last counts",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "P1")
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "P2")
	    PRIORITY("2026-01-12T14:00:00-06:00", "i1", "PN")
	    PRIORITY("2026-01-12T14:00:00-06:00", "i1", "P1"),
	    "2026-01-12T21:00:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a priority that came back within its second never changed",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "P1")
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "P2"),
	    "2026-01-12T21:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"},
	{"the same priority again or a change before the intake changes nothing",
	    PRIORITY("2026-01-12T11:39:59-06:00", "i1", "P1")
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    PRIORITY("2026-01-12T12:00:00-06:00", "i1", "P2")
	    PRIORITY("2026-01-12T12:30:00-06:00", "i2", "P1"),
	    "2026-01-13T06:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"},
	{"a child already seen gets no clock from a new priority",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1,V2")
	    SEEN("2026-01-13T17:00:00-06:00", "V1")
	    TRIED("2026-01-13T17:40:00-06:00", "V2")
	    PRIORITY("2026-01-13T17:40:00-06:00", "i1", "P1"),
	    "2026-01-13T23:40:00Z", P1,
	    ""},
	{"a clock that ended before the new priority stays as it ended",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    SEEN("2026-01-13T17:00:00-06:00", "V1")
	    PRIORITY("2026-01-13T17:40:00-06:00", "i1", "P1"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T23:00:00Z\n"},
	{"a screened report raised before its progression counts from the intake",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    PRIORITY("2026-01-12T20:00:00-06:00", "i1", "P1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "INV"),
	    "2026-01-15T06:00:00Z", P1,
	    "V1 1 overdue 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a screened clock is not armed where its priority ended in that second",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    PRIORITY("2026-01-14T10:00:00-06:00", "i1", "P1")
	    TO("2026-01-14T10:00:00-06:00", "s1", "INV"),
	    "2026-01-15T06:00:00Z", P2S,
	    ""},
	{"a report lowered after its progression counts from the progression",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1") " screened=true"
	    TO("2026-01-12T14:00:00-06:00", "s1", "INV")
	    PRIORITY("2026-01-13T08:00:00-06:00", "i1", "P2"),
	    "2026-01-15T06:00:00Z", P2S,
	    "V1 1 running 2026-01-12T20:00:00Z 2026-01-15T20:00:00Z -\n"},
	{"a move to alternative response cancels and a later investigation brings nothing back",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    TO("2026-01-13T09:00:00-06:00", "s1", "AR")
	    TO("2026-01-14T09:00:00-06:00", "s2", "INV"),
	    "2026-01-20T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T15:00:00Z\n"},
	{"the move of another intake cancels nothing",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    INTAKE("2026-01-12T12:00:00-06:00", "i2", "P2", "V2")
	    TO("2026-01-13T09:00:00-06:00", "s1", "AR") " intake_id=i2",
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"
	    "V2 1 cancelled 2026-01-12T18:00:00Z 2026-01-15T18:00:00Z 2026-01-13T15:00:00Z\n"},
	{"a closing ends only the clocks of intakes that were progressed",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    INTAKE("2026-01-12T12:00:00-06:00", "i2", "P2", "V2")
	    TO("2026-01-13T09:00:00-06:00", "s1", "INV") " intake_id=i1"
	    CLOSED("2026-01-13T15:00:00-06:00", "s1", "INV", "administrative"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T21:00:00Z\n"
	    "V2 1 running 2026-01-12T18:00:00Z 2026-01-15T18:00:00Z -\n"},
	{"a closing before any progression ends the clocks of its intake",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    CLOSED("2026-01-13T15:00:00-06:00", "s1", "INV", "administrative")
	    INTAKE("2026-01-13T16:00:00-06:00", "i2", "P2", "V2"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T21:00:00Z\n"
	    "V2 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"},
	{"a closing with another stage open ends nothing",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    TO("2026-01-13T09:00:00-06:00", "s1", "INV")
	    TO("2026-01-13T10:00:00-06:00", "s2", "INV")
	    CLOSED("2026-01-13T15:00:00-06:00", "s1", "INV", "standard"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"},
	{"the death of the child cancels and after it nothing is armed",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1,V2")
	    EVENT("2026-01-12T20:00:00-06:00", "fatality.reported") " child_person_id=V1"
	    UPDATED("2026-01-12T21:00:00-06:00", "V2", "deceased", "yes")
	    INTAKE("2026-01-13T08:00:00-06:00", "i2", "P2", "V1,V3"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T02:00:00Z\n"
	    "V2 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T03:00:00Z\n"
	    "V3 1 running 2026-01-13T14:00:00Z 2026-01-16T14:00:00Z -\n"},
	{"the dead whom a report lists need no contact",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1,V2")
		" fatality=true deceased_person_ids=[V1]",
	    "2026-01-13T06:00:00Z", P1,
	    "V2 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a fatality with one victim means that victim and with several nobody",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1") " fatality=true"
	    INTAKE("2026-01-12T11:40:00-06:00", "i2", "P1", "V2,V3") " fatality=true",
	    "2026-01-13T06:00:00Z", P1,
	    "V2 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"
	    "V3 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"each intake has its own clock and one meeting ends both",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    INTAKE("2026-01-12T18:00:00-06:00", "i2", "P2", "V1")
	    SEEN("2026-01-13T10:00:00-06:00", "V1"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-13T16:00:00Z\n"
	    "V1 2 met 2026-01-13T00:00:00Z 2026-01-16T00:00:00Z 2026-01-13T16:00:00Z\n"},
	{"a victim added later counts from the adding with the hours of the priority then",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "P2")
	    TO("2026-01-12T14:00:00-06:00", "s1", "INV")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-14T06:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"
	    "V2 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"},
	{"a priority changed after the adding begins at the adding",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    ADDED("2026-01-12T16:00:00-06:00", "V2", "alleged_victim")
	    PRIORITY("2026-01-13T16:00:00-06:00", "i1", "P1"),
	    "2026-01-13T22:00:00Z", P1,
	    "V1 1 overdue 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"
	    "V2 1 running 2026-01-12T22:00:00Z 2026-01-13T22:00:00Z -\n"},
	{"a victim added later may have been seen earlier that day and not the day before",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    SEEN("2026-01-13T00:00:00-06:00", "V2")
	    SEEN("2026-01-12T23:59:59-06:00", "V3")
	    TRIED("2026-01-13T10:00:00-06:00", "V4")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim")
	    ADDED("2026-01-13T16:00:00-06:00", "V3", "alleged_victim")
	    ADDED("2026-01-13T16:00:00-06:00", "V4", "alleged_victim"),
	    "2026-01-15T00:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"
	    "V2 1 met 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z 2026-01-13T06:00:00Z\n"
	    "V3 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"
	    "V4 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"},
	{"a child becomes a victim with the role and belongs to the latest intake",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    INTAKE("2026-01-12T15:00:00-06:00", "i2", "P2", "V1")
	    ADDED("2026-01-12T16:00:00-06:00", "V2", "child_in_home")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-15T00:00:00Z", P2,
	    "V1 1 running 2026-01-12T21:00:00Z 2026-01-15T21:00:00Z -\n"
	    "V2 1 running 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z -\n"},
	{"a victim whom an intake listed already is not added later",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    ADDED("2026-01-13T16:00:00-06:00", "V1", "alleged_victim"),
	    "2026-01-15T00:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"},
	{"a victim added before any intake gets his clock from an intake alone",
	    ADDED("2026-01-12T11:00:00-06:00", "V2", "alleged_victim")
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    INTAKE("2026-01-13T08:00:00-06:00", "i2", "P2", "V2"),
	    "2026-01-15T00:00:00Z", P2,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z -\n"
	    "V2 1 running 2026-01-13T14:00:00Z 2026-01-16T14:00:00Z -\n"},
	{"no clock for a victim added in alternative response or after the closing",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    TO("2026-01-12T14:00:00-06:00", "s1", "AR")
	    ADDED("2026-01-12T16:00:00-06:00", "V2", "alleged_victim")
	    CLOSED("2026-01-13T10:00:00-06:00", "s1", "AR", "standard")
	    ADDED("2026-01-13T16:00:00-06:00", "V3", "alleged_victim"),
	    "2026-01-16T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-12T20:00:00Z\n"},
	{"a victim found after the move to an investigation has a clock",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    TO("2026-01-12T14:00:00-06:00", "s1", "AR")
	    TO("2026-01-14T09:00:00-06:00", "s2", "INV")
	    ADDED("2026-01-14T16:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-16T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-12T20:00:00Z\n"
	    "V2 1 running 2026-01-14T22:00:00Z 2026-01-17T22:00:00Z -\n"},
	{"a victim found then in a screened report counts from the adding",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    TO("2026-01-12T14:00:00-06:00", "s1", "AR")
	    TO("2026-01-14T09:00:00-06:00", "s2", "INV")
	    ADDED("2026-01-14T16:00:00-06:00", "V2", "alleged_victim"),
	    "2026-01-16T06:00:00Z", P2S,
	    "V2 1 running 2026-01-14T22:00:00Z 2026-01-17T22:00:00Z -\n"},
	{"a victim added to a screened report waits for its progression",
	    SCREENED("2026-01-12T11:40:00-06:00", "i1", "V1")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim")
	    TO("2026-01-14T09:00:00-06:00", "s1", "INV"),
	    "2026-01-16T06:00:00Z", P2S,
	    "V1 1 running 2026-01-14T15:00:00Z 2026-01-17T15:00:00Z -\n"
	    "V2 1 running 2026-01-14T15:00:00Z 2026-01-17T15:00:00Z -\n"},
	{"a move to alternative response after the adding cancels",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim")
	    TO("2026-01-14T09:00:00-06:00", "s1", "AR"),
	    "2026-01-16T06:00:00Z", P2,
	    "V1 1 cancelled 2026-01-12T17:40:00Z 2026-01-15T17:40:00Z 2026-01-14T15:00:00Z\n"
	    "V2 1 cancelled 2026-01-13T22:00:00Z 2026-01-16T22:00:00Z 2026-01-14T15:00:00Z\n"},
	{"a voided contact was never made and a voided void never voided",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1,V2")
	    SEEN("2026-01-12T12:00:00-06:00", "V1") " #a"
	    SEEN("2026-01-12T12:00:00-06:00", "V2") " #b"
	    VOID("2026-01-12T13:00:00-06:00", "a")
	    VOID("2026-01-12T13:00:00-06:00", "b") " #v"
	    VOID("2026-01-12T14:00:00-06:00", "v"),
	    "2026-01-13T02:00:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"
	    "V2 1 met 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-12T18:00:00Z\n"},
	{"a void of a void that came before it does nothing",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    VOID("2026-01-12T14:00:00-06:00", "v")
	    SEEN("2026-01-12T12:00:00-06:00", "V1") " #a"
	    VOID("2026-01-12T13:00:00-06:00", "a") " #v",
	    "2026-01-13T02:00:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a void that arrives before what it names takes it away too",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
	    VOID("2026-01-12T11:50:00-06:00", "a")
	    SEEN("2026-01-12T12:00:00-06:00", "V1") " #a"
	    VOID("2026-01-12T12:10:00-06:00", "nothing"),
	    "2026-01-13T02:00:00Z", P1,
	    "V1 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a void names the event of its own source first",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1,V2")
	    SEEN("2026-01-12T12:00:00-06:00", "V1") " #x@/a"
	    SEEN("2026-01-12T12:00:00-06:00", "V2") " #x@/b"
	    VOID("2026-01-12T13:00:00-06:00", "x") " #v@/b",
	    "2026-01-13T02:00:00Z", P1,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-12T18:00:00Z\n"
	    "V2 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a void from a third source names the event that arrived first",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1,V2")
	    SEEN("2026-01-12T12:00:00-06:00", "V2") " #x@/b"
	    SEEN("2026-01-12T11:50:00-06:00", "V1") " #x@/a"
	    VOID("2026-01-12T13:00:00-06:00", "x") " #v@/c",
	    "2026-01-13T02:00:00Z", P1,
	    "V1 1 met 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z 2026-01-12T17:50:00Z\n"
	    "V2 1 running 2026-01-12T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a corrected intake counts as if the first had never been sent",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1") " #a"
	    VOID("2026-01-12T13:00:00-06:00", "a") " reason=corrected"
	    INTAKE("2026-01-12T10:40:00-06:00", "i1", "P1", "V1") " #b",
	    "2026-01-13T02:00:00Z", P1,
	    "V1 1 running 2026-01-12T16:40:00Z 2026-01-13T16:40:00Z -\n"},
};

int
main(void)
{
	return cc_case_run("policy_contact", rows, sizeof rows / sizeof rows[0]);
}
