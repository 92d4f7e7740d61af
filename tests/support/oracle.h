/*
 * tests/support/oracle.h - a plain second reading of what a plan has to be.
 *
 * Source:    DESIGN.md section 7; the contract of scheduler/plan.h.
 * Purpose:   follows a story's instances with no sorting, searching or sharing of
 *            code with the planner, and fails the CMocka test when a plan differs.
 *            Only whether late news is held is taken from the plan, and looked at.
 * Units:     instants UTC seconds.
 */
#ifndef CC_TESTS_SUPPORT_ORACLE_H
#define CC_TESTS_SUPPORT_ORACLE_H

#include "scheduler/plan.h"
#include "tests/support/story.h"

/* What is expected of one instance. */
struct cc_expected {
	bool exists, told, live, present, expired, cleared, taken;
	uint32_t epoch, done;		/* done: bit n is rung n of the ladder */
	int64_t started, due, told_due;
	uint32_t place;			/* in the old instances */
};

struct cc_oracle {
	struct cc_expected of[CC_STORY_SLOTS][CC_STORY_ORIGINS];
	unsigned heirs, waited;		/* that were seen */
};

struct cc_oracle_look {
	int64_t t;
	const struct cc_plan_input *in;
	const struct cc_plan *plan;
};

void cc_oracle_check(struct cc_oracle *o, const struct cc_oracle_look *look);

/* The slot and origin that an instance's subject and origin say. */
int cc_oracle_slot(const struct cc_instance *i);
int cc_oracle_origin(const struct cc_instance *i);

#endif
