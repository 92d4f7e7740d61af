#include "tests/unit/message_kit.h"

#include <stddef.h>

struct cc_wall
message_at(int64_t s)
{
	return (struct cc_wall){s};
}

struct cc_message
message_sample(void)
{
	return (struct cc_message){
		.id = "0123456789abcdef0123456789abcdef",
		.thread = "fedcba9876543210fedcba9876543210",
		.case_id = "48211234", .rule = "priority-1-initial-contact",
		.title = "See the child \"today\"", .section = "2244.1",
		.subject = "v1", .period = 1, .epoch = 2,
		.kind = CC_KIND_DEADLINE, .state = CC_STATE_OVERDUE,
		.started = message_at(MESSAGE_T0), .due = message_at(MESSAGE_T0 + 86400),
		.ended = CC_NEVER,
		.at = message_at(MESSAGE_T0 + 86401), .fired = message_at(MESSAGE_T0 + 86402),
		.known = message_at(MESSAGE_T0),
		.late = false, .rung = "breach", .severity = CC_CRITICAL,
		.told = {"caseworker", "supervisor"}, .ntold = 2,
		.role = "supervisor", .link = "https://cms.example/c/48211234",
		.zone = "America/Chicago",
		.due_local = "Sun 2026-03-08 19:30:00 CDT",
		.at_local = "Sun 2026-03-08 19:30:01 CDT",
		.previous_due = CC_NEVER
	};
}

/* What an item or a list keeps of a message: no id, no thread. */
struct cc_message
message_item(const char *case_id)
{
	struct cc_message m = message_sample();

	m.id = m.thread = NULL;
	m.case_id = case_id;
	return m;
}

/* A list of things: nothing of a clock applies to it. */
struct cc_message
message_list(enum cc_message_form form, const struct cc_message *items, uint32_t n)
{
	return (struct cc_message){
		.id = "0123456789abcdef0123456789abcdef",
		.thread = "fedcba9876543210fedcba9876543210", .form = form,
		.case_id = "", .title = "Due this week",
		.at = message_at(MESSAGE_T0), .fired = message_at(MESSAGE_T0),
		.started = CC_NEVER, .due = CC_NEVER,
		.ended = CC_NEVER, .known = CC_NEVER, .previous_due = CC_NEVER,
		.items = items, .nitems = n
	};
}
