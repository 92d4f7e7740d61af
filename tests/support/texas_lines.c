#include "tests/support/texas_lines.h"

#include "tests/support/pack_kit.h"

#define E CC_TEST_EVENT

const char *const cc_texas_lines[CC_TEXAS_LINES] = {
	E("i1", "intake.received", "2026-03-02T15:00:00Z", "\"intake_id\":\"I1\","
	    "\"priority\":\"P1\",\"victim_person_ids\":[\"V1\",\"V2\"],"
	    "\"perpetrator_person_ids\":[\"P\"]"),
	E("p1", "person.added", "2026-03-02T16:00:00Z", "\"person_id\":\"V1\","
	    "\"roles\":[\"alleged_victim\"],\"household_id\":\"H\""),
	E("p2", "person.added", "2026-03-02T16:00:00Z", "\"person_id\":\"PM\","
	    "\"roles\":[\"parent_in_home\"]"),
	E("s1", "stage.progressed", "2026-03-02T17:00:00Z", "\"to\":\"AR\",\"stage_id\":\"S1\""),
	E("c1", "contact.made", "2026-03-03T17:00:00Z", "\"contact_id\":\"C\","
	    "\"mode\":\"face_to_face\",\"seen_person_ids\":[\"V1\",\"PM\"]"),
	E("s2", "stage.progressed", "2026-03-05T17:00:00Z", "\"to\":\"INV\",\"stage_id\":\"S2\""),
	E("c2", "contact.made", "2026-04-03T17:00:00Z", "\"contact_id\":\"C\","
	    "\"mode\":\"face_to_face\",\"seen_person_ids\":[\"V2\"]"),
	E("u1", "case.submitted", "2026-04-10T17:00:00Z",
	    "\"submission_id\":\"U1\",\"recommended_action\":\"close\""),
	E("x1", "stage.closed", "2026-04-20T17:00:00Z", "\"kind\":\"INV\","
	    "\"closure_kind\":\"standard\",\"stage_id\":\"S2\""),
	E("v1", "event.voided", "2026-04-21T17:00:00Z", "\"event_id\":\"c2\""),
};
