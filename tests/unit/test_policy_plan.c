/* After the first contact: the plan when it was missed, and word to the parents. */
#include "tests/support/case.h"
#include "tests/support/words.h"

#define FOLLOW "missed-contact-followup-plan"
#define PARENT "parent-notice-child-interviewed-24h"
#define REPORT INTAKE("2026-01-12T11:40:00-06:00", "i1", "P1", "V1")
#define FAMILY \
	REPORT ADDED("2026-01-12T11:40:00-06:00", "PM", "parent_in_home")

static const struct cc_case_row rows[] = {
	{"no plan is asked for in the due second",
	    REPORT,
	    "2026-01-13T17:40:00Z", FOLLOW,
	    ""},
	{"one second later the plan is overdue",
	    REPORT,
	    "2026-01-13T17:40:01Z", FOLLOW,
	    "V1 1 overdue 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a child seen in the due second needs no plan",
	    REPORT
	    SEEN("2026-01-13T11:40:00-06:00", "V1"),
	    "2026-01-14T06:00:00Z", FOLLOW,
	    ""},
	{"an attempt prevents no plan",
	    REPORT
	    TRIED("2026-01-12T18:00:00-06:00", "V1"),
	    "2026-01-14T06:00:00Z", FOLLOW,
	    "V1 1 overdue 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a plan made before the due is in time",
	    REPORT
	    PLAN("2026-01-12T20:00:00-06:00", "V2,V1"),
	    "2026-01-14T06:00:00Z", FOLLOW,
	    "V1 1 met 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-13T02:00:00Z\n"},
	{"a plan before the intake or for another child does not count",
	    REPORT
	    PLAN("2026-01-12T11:39:59-06:00", "V1")
	    PLAN("2026-01-12T20:00:00-06:00", "V2"),
	    "2026-01-14T06:00:00Z", FOLLOW,
	    "V1 1 overdue 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a plan made after the due is late",
	    REPORT
	    PLAN("2026-01-14T09:00:00-06:00", "V1"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    "V1 1 late 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T15:00:00Z\n"},
	{"seeing the child after the due cancels the plan",
	    REPORT
	    TRIED("2026-01-13T20:00:00-06:00", "V1")
	    SEEN("2026-01-14T09:00:00-06:00", "V1")
	    PLAN("2026-01-14T10:00:00-06:00", "V1"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    "V1 1 cancelled 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T15:00:00Z\n"},
	{"a plan in the second in which the child is seen wins",
	    REPORT
	    SEEN("2026-01-14T09:00:00-06:00", "V1")
	    PLAN("2026-01-14T09:00:00-06:00", "V1"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    "V1 1 late 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T15:00:00Z\n"},
	{"the death of the child cancels the plan",
	    REPORT
	    UPDATED("2026-01-14T09:00:00-06:00", "V1", "deceased", "yes"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    "V1 1 cancelled 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T15:00:00Z\n"},
	{"a report set to no priority after the due cancels the plan",
	    REPORT
	    PRIORITY("2026-01-14T09:00:00-06:00", "i1", "PN"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    "V1 1 cancelled 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T15:00:00Z\n"},
	{"a closing after the due cancels the plan",
	    REPORT
	    TO("2026-01-12T12:00:00-06:00", "s1", "INV")
	    CLOSED("2026-01-14T09:00:00-06:00", "s1", "INV", "administrative"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    "V1 1 cancelled 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T15:00:00Z\n"},
	{"no plan where the contact clock was cancelled by the due",
	    REPORT
	    TO("2026-01-13T11:40:00-06:00", "s1", "AR"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    ""},
	{"no plan where something would have cancelled it after an attempt",
	    REPORT
	    TO("2026-01-12T12:00:00-06:00", "s1", "INV")
	    TRIED("2026-01-12T15:00:00-06:00", "V1")
	    CLOSED("2026-01-13T09:00:00-06:00", "s1", "INV", "administrative"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    ""},
	{"a lower priority moves the plan to its own due",
	    REPORT
	    PRIORITY("2026-01-12T13:00:00-06:00", "i1", "P2"),
	    "2026-01-15T17:40:01Z", FOLLOW,
	    "V1 1 overdue 2026-01-15T17:40:00Z 2026-01-15T17:40:00Z -\n"},
	{"a higher priority that is past its due asks for the plan when it changes",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    PRIORITY("2026-01-13T17:40:00-06:00", "i1", "P1"),
	    "2026-01-13T23:40:00Z", FOLLOW,
	    "V1 1 overdue 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"before that change there is no plan",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    PRIORITY("2026-01-13T17:40:00-06:00", "i1", "P1"),
	    "2026-01-13T23:39:59Z", FOLLOW,
	    ""},
	{"two contact clocks of one child and due ask for one plan",
	    REPORT
	    INTAKE("2026-01-12T11:40:00-06:00", "i2", "P1", "V1"),
	    "2026-01-14T06:00:00Z", FOLLOW,
	    "V1 1 overdue 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"a second missed contact is passed over while the first plan is open",
	    REPORT
	    INTAKE("2026-01-12T18:00:00-06:00", "i2", "P1", "V1"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    "V1 1 overdue 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z -\n"},
	{"after the first plan the second missed contact asks for another",
	    REPORT
	    INTAKE("2026-01-12T18:00:00-06:00", "i2", "P1", "V1")
	    PLAN("2026-01-13T18:00:00-06:00", "V1"),
	    "2026-01-15T06:00:00Z", FOLLOW,
	    "V1 1 late 2026-01-13T17:40:00Z 2026-01-13T17:40:00Z 2026-01-14T00:00:00Z\n"
	    "V1 2 met 2026-01-14T00:00:00Z 2026-01-14T00:00:00Z 2026-01-14T00:00:00Z\n"},
	{"a victim added later and seen that morning needs no plan",
	    REPORT
	    SEEN("2026-01-12T12:00:00-06:00", "V1")
	    SEEN("2026-01-13T08:00:00-06:00", "V2")
	    ADDED("2026-01-13T16:00:00-06:00", "V2", "alleged_victim")
	    ADDED("2026-01-13T16:00:00-06:00", "V3", "alleged_victim"),
	    "2026-01-16T06:00:00Z", FOLLOW,
	    "V3 1 overdue 2026-01-14T22:00:00Z 2026-01-14T22:00:00Z -\n"},
	{"a missed meeting in alternative response asks for a plan",
	    INTAKE("2026-01-12T11:40:00-06:00", "i1", "P2", "V1")
	    TO("2026-01-13T09:00:00-06:00", "s1", "AR"),
	    "2026-01-20T06:00:00Z", FOLLOW,
	    "V1 1 overdue 2026-01-18T15:00:00Z 2026-01-18T15:00:00Z -\n"},
	{"a parent is told within 24 hours and the due second is in time",
	    FAMILY
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k"
	    TOLD("2026-01-13T15:00:00-06:00", "PM"),
	    "2026-01-15T06:00:00Z", PARENT,
	    "PM/k 1 met 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z 2026-01-13T21:00:00Z\n"},
	{"one second later the parent was told late",
	    FAMILY
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k"
	    TOLD("2026-01-13T15:00:01-06:00", "PM"),
	    "2026-01-15T06:00:00Z", PARENT,
	    "PM/k 1 late 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z 2026-01-13T21:00:01Z\n"},
	{"a parent who is present is told at the meeting",
	    FAMILY
	    SEEN("2026-01-12T15:00:00-06:00", "V1,PM") " #k",
	    "2026-01-15T06:00:00Z", PARENT,
	    "PM/k 1 met 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z 2026-01-12T21:00:00Z\n"},
	{"an attempt to tell counts and word about something else does not",
	    FAMILY
	    ADDED("2026-01-12T14:00:00-06:00", "PF", "parent_elsewhere")
	    EVENT("2026-01-12T15:00:00-06:00", "contact.made")
		" contact_id=c9 mode=face_to_face seen_person_ids=[V1] #k"
	    TOLD("2026-01-12T16:00:00-06:00", "PM")
		" attempt=true topic=child_contact contact_id=c9 child_person_id=V1"
	    TOLD("2026-01-12T16:00:00-06:00", "PF") " topic=assignment"
	    TOLD("2026-01-12T17:00:00-06:00", "PF") " contact_id=c8"
	    TOLD("2026-01-12T18:00:00-06:00", "PF") " child_person_id=V2",
	    "2026-01-13T02:00:00Z", PARENT,
	    "PF/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"
	    "PM/k 1 met 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z 2026-01-12T22:00:00Z\n"},
	{"word before the meeting does not count and in its second does",
	    FAMILY
	    ADDED("2026-01-12T14:00:00-06:00", "PF", "parent_elsewhere")
	    TOLD("2026-01-12T14:59:59-06:00", "PM")
	    TOLD("2026-01-12T15:00:00-06:00", "PF")
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k",
	    "2026-01-13T02:00:00Z", PARENT,
	    "PF/k 1 met 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z 2026-01-12T21:00:00Z\n"
	    "PM/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"},
	{"a parent added after the meeting is not told of it",
	    REPORT
	    ADDED("2026-01-12T15:00:00-06:00", "PM", "parent_in_home")
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k"
	    ADDED("2026-01-12T15:00:01-06:00", "PF", "involved_parent"),
	    "2026-01-13T02:00:00Z", PARENT,
	    "PM/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"},
	{"one clock for a parent however many children were seen",
	    FAMILY
	    ADDED("2026-01-12T14:00:00-06:00", "V2", "child_in_home")
	    SEEN("2026-01-12T15:00:00-06:00", "V1,V2") " #k",
	    "2026-01-13T02:00:00Z", PARENT,
	    "PM/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"},
	{"a parent of other children is not told",
	    REPORT
	    ADDED("2026-01-12T14:00:00-06:00", "PM", "parent_in_home")
		" child_person_ids=[V2]"
	    ADDED("2026-01-12T14:00:00-06:00", "PF", "parent_elsewhere")
		" child_person_ids=[V2]"
	    ADDED("2026-01-12T16:00:00-06:00", "PF", "parent_elsewhere")
		" child_person_ids=[V1]"
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k",
	    "2026-01-13T02:00:00Z", PARENT,
	    "PF/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"},
	{"a parent who cannot be found or is dead at the meeting is not told",
	    FAMILY
	    ADDED("2026-01-12T12:00:00-06:00", "PF", "parent_elsewhere")
		" locatable=false"
	    ADDED("2026-01-12T12:00:00-06:00", "PX", "legal_caregiver")
	    ADDED("2026-01-12T12:00:00-06:00", "PY", "involved_parent")
	    UPDATED("2026-01-12T13:00:00-06:00", "PM", "locatable", "no")
	    UPDATED("2026-01-12T14:00:00-06:00", "PM", "locatable", "yes")
	    UPDATED("2026-01-12T13:00:00-06:00", "PX", "deceased", "yes")
	    UPDATED("2026-01-12T15:00:01-06:00", "PY", "locatable", "no")
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k",
	    "2026-01-13T02:00:00Z", PARENT,
	    "PM/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"
	    "PY/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"},
	{"telling that would endanger exempts from when that is known",
	    FAMILY
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k"
	    UPDATED("2026-01-12T16:00:00-06:00", "PM", "notification_endangers", "yes")
	    SEEN("2026-01-12T17:00:00-06:00", "V1") " #m",
	    "2026-01-15T06:00:00Z", PARENT,
	    "PM/k 1 exempt 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z 2026-01-12T22:00:00Z\n"
	    "PM/m 1 exempt 2026-01-12T23:00:00Z 2026-01-13T23:00:00Z 2026-01-12T23:00:00Z\n"},
	{"a call and a meeting with adults alone are not told",
	    FAMILY
	    CALLED("2026-01-12T15:00:00-06:00", "V1")
	    SEEN("2026-01-12T16:00:00-06:00", "NEIGHBOR")
	    TRIED("2026-01-12T17:00:00-06:00", "V1"),
	    "2026-01-15T06:00:00Z", PARENT,
	    ""},
	{"a meeting in alternative response or after the closing is not told",
	    FAMILY
	    TO("2026-01-12T13:00:00-06:00", "s1", "AR")
	    SEEN("2026-01-12T15:00:00-06:00", "V1")
	    CLOSED("2026-01-12T16:00:00-06:00", "s1", "AR", "standard")
	    SEEN("2026-01-12T17:00:00-06:00", "V1"),
	    "2026-01-15T06:00:00Z", PARENT,
	    ""},
	{"the closing leaves the word to the parents due",
	    FAMILY
	    TO("2026-01-12T13:00:00-06:00", "s1", "INV")
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k"
	    CLOSED("2026-01-12T16:00:00-06:00", "s1", "INV", "standard"),
	    "2026-01-14T06:00:00Z", PARENT,
	    "PM/k 1 overdue 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"},
	{"meetings of one id from two sources are two triggers",
	    FAMILY
	    SEEN("2026-01-12T15:00:00-06:00", "V1") " #k@/a"
	    SEEN("2026-01-12T16:00:00-06:00", "V1") " #k@/b",
	    "2026-01-13T02:00:00Z", PARENT,
	    "PM/k 1 running 2026-01-12T21:00:00Z 2026-01-13T21:00:00Z -\n"
	    "PM/k 2 running 2026-01-12T22:00:00Z 2026-01-13T22:00:00Z -\n"},
};

int
main(void)
{
	return cc_case_run("policy_plan", rows, sizeof rows / sizeof rows[0]);
}
