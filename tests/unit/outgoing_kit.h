/*
 * tests/unit/outgoing_kit.h - cases whose one instance stands as the test says, and the
 * messages of its alerts.
 *
 * Purpose:   what the tests of the second look at outgoing messages share.
 * Ownership: everything lives in the lab and its arena, in the transaction that is open.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_UNIT_OUTGOING_KIT_H
#define CC_TESTS_UNIT_OUTGOING_KIT_H

#include "tests/unit/post_kit.h"

/* How the instance stands now. */
struct out_stands {
	uint32_t epoch;
	bool live, present, taken;
	enum cc_state state;
	int due;
	int heir;			/* due of a live one that took its place, 0 none */
};

#define OUT_LIVE {1, true, true, false, CC_STATE_RUNNING, 3, 0}
#define OUT_NEXT_EPOCH {2, true, true, false, CC_STATE_RUNNING, 4, 0}
#define OUT_MET {1, false, true, false, CC_STATE_MET, 3, 0}
#define OUT_WAS_LATE {1, false, true, false, CC_STATE_LATE, 3, 0}
#define OUT_GONE {1, false, false, false, CC_STATE_RUNNING, 3, 0}
#define OUT_TAKEN(due) {1, false, false, true, CC_STATE_RUNNING, 3, (due)}

/* One instance of a case of its own, and its messages to the worker. */
struct out_scene {
	struct lab *lab;
	char case_id[16], thread[16], before[16];
	unsigned messages;
};

struct out_written {
	const char *rung, *channel, *recipient, *address, *thread_before;
	uint32_t epoch;
	int due;
	enum cc_state state;
	bool safety, before;
	int64_t next;
};

/* A mail of a breach to the worker of the kit. */
extern const struct out_written out_worker;

/* A case of its own, with this number. */
void out_begin(struct out_scene *s, struct lab *l, unsigned number,
    const struct out_stands *now);

/* Its instance stands otherwise now; `version` as it is. */
void out_put_case(const struct out_scene *s, const struct out_stands *now, int64_t version);

/* An alert of the instance and its message. */
struct cc_store_message out_write(struct out_scene *s, const struct out_written *w);

/* A message that carries others, due `next` seconds from now. */
struct cc_store_message out_carrier(struct lab *l, const char *id, int64_t next);

/* Claims what is due: exactly this one. */
struct cc_store_message out_claim_one(struct lab *l, const struct cc_store_message *m);

/* Claims what is due and looks at it again: what is to be sent. */
struct cc_store_messages out_look(struct lab *l);

bool out_begins(struct cc_str s, const char *with);

#endif
