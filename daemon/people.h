/*
 * daemon/people.h - from a role to the person who is told.
 *
 * Source:    DESIGN.md section 7 (People).
 * Purpose:   R0 of a rule is the holder of its assignment, or the first above the
 *            holder with the rule's role; Rn is the first above R0 with the n-th
 *            role above, or a higher one.  Who is on leave is stood in for by the
 *            delegate.  Where that leads to nobody, the route of the case's first
 *            source gives a holder and so a chain; where that does too, the
 *            operator is told.
 * Purity:    a function of its arguments; no clock, no I/O, no allocation (save
 *            cc_people_assigned, from its arena).
 * Ownership: borrows everything.
 */
#ifndef CC_DAEMON_PEOPLE_H
#define CC_DAEMON_PEOPLE_H

#include "daemon/config.h"
#include "daemon/directory.h"
#include "scheduler/history.h"

/* Delegates of delegates are followed so far. */
enum { CC_DELEGATES_MAX = 8 };

/* One effective case.assigned. */
struct cc_assigned {
	struct cc_str role, staff, program;	/* program n 0: absent */
};

struct cc_people {
	const struct cc_directory *directory;
	const struct cc_chain *chain;
	const struct cc_route *routes;
	uint32_t nroutes;
	bool mail;			/* an e-mail address can be used */
	const struct cc_assigned *assigned;	/* in order of time */
	uint32_t nassigned;
	struct cc_str first_source;	/* of the event that arrived first */
	struct cc_wall now;
};

/* Why the case's own people could not be used. */
enum cc_people_cause {
	CC_PEOPLE_FOUND, CC_PEOPLE_NO_HOLDER, CC_PEOPLE_UNKNOWN_STAFF,
	CC_PEOPLE_CHAIN_END, CC_PEOPLE_NO_ADDRESS
};

struct cc_found {
	const struct cc_person *person;	/* NULL: the operator */
	enum cc_people_cause cause;
	struct cc_str about;		/* the staff_id that the cause speaks of; may be "" */
};

/* Who is told as Rn of this rule. */
void cc_people_find(const struct cc_people *in, const struct cc_rule *rule,
    unsigned n, struct cc_found *ret);

/* True when the person, or who stands in, has an address that can be used. */
bool cc_people_reachable(const struct cc_people *in, const struct cc_person *p);

/* Who stands in for a person on leave: somebody who is there and has an address that can
 * be used.  NULL: nobody does, or the person is not away. */
const struct cc_person *cc_people_cover(const struct cc_people *in,
    const struct cc_person *p);

/* "no_holder", "unknown_staff", ... */
const char *cc_people_cause_text(enum cc_people_cause cause);

/* The assignments among the effective events of a case.  CC_ENOMEM. */
enum cc_code cc_people_assigned(const struct cc_history *h, struct cc_arena *a,
    struct cc_people *ret, struct cc_err *reterr) CC_MUST_USE;

#endif
