/*
 * tests/unit/dispatch_kit.h - a dispatcher, an engine on the store in memory, and modules
 * that do as they are told.
 *
 * Purpose:   what the tests of the dispatcher share.
 * Units:     a turn is 100 ms.
 * Ownership: there is one scene at a time; it ends its fakes.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_UNIT_DISPATCH_KIT_H
#define CC_TESTS_UNIT_DISPATCH_KIT_H

#include "daemon/dispatch.h"
#include "tests/unit/engine_lab.h"

enum { FAKE_PACE = 50, FAKE_PENDING = 4096 };

/* A module. */
struct fake {
	struct cc_notifier table;
	char name[16];
	enum cc_notify_outcome outcome;	/* 0: it hangs */
	const char *code;
	int64_t retry_after;
	uint32_t pace;			/* answers a turn */
	struct cc_notify_req *pending[FAKE_PENDING];
	bool cancelled[FAKE_PENDING];
	uint32_t n, most, sent, tried;
};

struct scene {
	struct lab *l;
	uv_loop_t uv;
	struct cc_dispatch d;
	struct cc_config cf;
	struct fake *fakes[8];
	uint32_t nfakes, messages;
	bool ordinary;			/* of messages to be put: without safety */
	const char *hold;		/* NULL: none */
	int64_t give_up;		/* seconds; 0: 3 days */
	bool idle;
};

struct fake *fake_new(const char *name, enum cc_notify_outcome outcome, const char *code);

struct scene *scene_begin(struct lab *l, struct fake *const *fakes, uint32_t n);
void scene_finish(struct scene *s);

/* The configuration s->cf comes into force. */
void scene_use(struct scene *s);

/* A turn of everything. */
void scene_turn(struct scene *s);
void scene_turns(struct scene *s, uint32_t n);

/* Messages into the outbox, as the scene says; they are numbered from 0. */
void scene_put(struct scene *s, const char *channel, uint32_t n);

/* How many messages are in this state. */
int64_t scene_outbox(struct scene *s, enum cc_outbox_state state);

/* The same of one channel: the operator is told of some things too. */
unsigned scene_outbox_of(struct scene *s, const char *channel, enum cc_outbox_state state);

enum cc_outbox_state scene_state_of(struct scene *s, uint32_t number);

#endif
