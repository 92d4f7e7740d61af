/*
 * tests/support/story.h - random lives of clocks, for tests of plans.
 *
 * Purpose:   a story is a list of changes: a clock appears (known in time, late,
 *            or ahead), ends, has its end voided, moves, pauses, vanishes, or
 *            begins from another event, new or one of before; and a list of
 *            acknowledgements.
 * Units:     every instant is a whole minute after CC_STORY_T0, and every length
 *            four minutes' multiple, so that only breaches fall between minutes.
 * Purity:    the same seed gives the same story.
 */
#ifndef CC_TESTS_SUPPORT_STORY_H
#define CC_TESTS_SUPPORT_STORY_H

#include "scheduler/clock.h"
#include "tests/support/ladders.h"

#define CC_STORY_T0 INT64_C(1772928000)	/* 2026-03-08T00:00:00Z */

enum {
	CC_STORY_SLOTS = 4, CC_STORY_ORIGINS = 8, CC_STORY_CHANGES = 256,
	CC_STORY_ACKS = 24
};

/* From `t` on the slot holds this clock, or none. */
struct cc_change {
	int64_t t;
	int slot;
	bool there;
	int origin;
	struct cc_clock clock;
};

/* At `t` somebody acknowledges what is in the slot, for so many seconds. */
struct cc_ack {
	int64_t t, len;
	int slot;
	uint8_t roles;
};

struct cc_story {
	struct cc_change changes[CC_STORY_CHANGES];
	int n;
	struct cc_ack acks[CC_STORY_ACKS];	/* by time */
	int nacks;
	int64_t end;
};

/* A whole number of minutes below `days` days, in seconds. */
int64_t cc_story_minutes(uint64_t *seed, int64_t days);

/* A gate or a freshness test. */
bool cc_story_judged(const struct cc_clock *c);

/* A clock of any kind, armed at t. */
struct cc_clock cc_story_clock(uint64_t *seed, int slot, int64_t t);

/* Ends the clock at t, or some time after it. */
void cc_story_end(uint64_t *seed, struct cc_clock *c, int64_t t);

/* A story of `days` days, with so many changes to each slot. */
void cc_story_tell(uint64_t *seed, struct cc_story *s, int64_t days,
    int per_slot);

#endif
