/*
 * tests/property/year_far.h - the far sides of a year: a mail server, three endpoints.
 *
 * Purpose:   notifier modules "email" and "webhook" that answer on virtual time, as the
 *            faults in force say, and count what arrived.
 * Units:     virtual milliseconds of the monotonic clock.
 * Ownership: a request is the dispatcher's; the far side holds it until it answers.
 * Invariant: a request is answered once, from cc_year_far_turn alone.
 */
#ifndef CC_TESTS_PROPERTY_YEAR_FAR_H
#define CC_TESTS_PROPERTY_YEAR_FAR_H

#include "daemon/modules.h"

enum { CC_YEAR_PENDING = 8192, CC_YEAR_FAULTS = 64 };

enum cc_year_fault_kind {
	CC_FAULT_DOWN = 1,	/* nobody answers the door */
	CC_FAULT_STORM,		/* most are put off with 4xx, some with 421 */
	CC_FAULT_HANG,		/* connections stay open, no answer comes */
	CC_FAULT_GONE,		/* 410 */
	CC_FAULT_BUSY,		/* 429 with Retry-After */
	CC_FAULT_FULL,		/* one address is refused for good */
	CC_FAULT_DOUBT		/* it arrives, and the answer is lost */
};

struct cc_year_fault {
	enum cc_year_fault_kind kind;
	const char *channel;		/* "email", "webhook:north" */
	const char *address;		/* of FULL; else NULL: all */
	int64_t from, until;		/* ms */
};

struct cc_year_pending {
	struct cc_notify_req *req;
	char channel[48];
	int64_t at;			/* when it is answered; INT64_MAX: it hangs */
	bool cancelled;
};

struct cc_year_far {
	uint64_t *seed;
	int64_t now;			/* set by the world before each step */
	struct cc_year_fault faults[CC_YEAR_FAULTS];
	uint32_t nfaults;
	struct cc_year_pending pending[CC_YEAR_PENDING];
	uint32_t n;
	/* A message has arrived. */
	void (*arrived)(void *self, const char *id, const char *channel);
	void *self;
	uint64_t answers[8];		/* by kind of fault; 0: it went well */
};

extern const struct cc_notifier cc_year_email, cc_year_webhook;

/* The two modules over this far side. */
void cc_year_far_modules(struct cc_year_far *f, struct cc_modules *ret);

/* Answers what is ready; whether there was anything. */
bool cc_year_far_turn(struct cc_year_far *f);

/* When the next answer comes, INT64_MAX never. */
int64_t cc_year_far_next(const struct cc_year_far *f);

/* Whether a fault of that channel is in force. */
bool cc_year_far_troubled(const struct cc_year_far *f, const char *channel);

/* The near side dies: half of what is under way has arrived, no answer is heard. */
void cc_year_far_cut(struct cc_year_far *f);

#endif
