/*
 * tests/property/year_check.h - what must be true of a year of messages.
 *
 * Purpose:   looks at each message when it comes to be, when it is claimed and when it
 *            arrives: an id has one content; a message of a safety clock waits for
 *            nothing; one alert is said once to a recipient and channel.
 * Ownership: a table of what is known of each id, freed with cc_year_check_end.
 * Errors:    what is wrong is printed and counted.
 */
#ifndef CC_TESTS_PROPERTY_YEAR_CHECK_H
#define CC_TESTS_PROPERTY_YEAR_CHECK_H

#include "store/store.h"

enum { CC_YEAR_RUNGS = 64, CC_YEAR_REASONS = 64, CC_YEAR_SOON = 20,
	CC_YEAR_SHOWN = 20 };

struct cc_year_known {
	uint64_t id, content;
	int64_t created;		/* true ms */
	uint32_t arrived, claims;
	bool safety;
};

struct cc_year_count {
	char name[48];
	uint64_t n;
};

struct cc_year_check {
	struct cc_year_known *table;	/* open addressing; id 0: free */
	uint32_t size, n;
	int64_t last;			/* number of the last message seen */
	uint64_t wrong;			/* how much is; the first ones are printed */
	uint64_t arrivals, repeats, safety, soonest_late;
	struct cc_arena arena;
	/* At the end. */
	struct cc_year_count rungs[CC_YEAR_RUNGS], reasons[CC_YEAR_REASONS];
	uint32_t nrungs, nreasons;
	uint64_t held_alerts, digests, handovers, notices, clocks, cleared;
	uint64_t holds_group, holds_quiet, holds_silence;
};

void cc_year_check_begin(struct cc_year_check *c);
void cc_year_check_end(struct cc_year_check *c);

/* Messages that came to be since it was called last. */
void cc_year_check_new(struct cc_year_check *c, struct cc_store *st, int64_t ms);

/* One is claimed.  `excuse`: since when (true ms) its channel has been as it should. */
void cc_year_check_claimed(struct cc_year_check *c, const struct cc_store_message *m,
    int64_t ms, int64_t well_since);

void cc_year_check_arrived(struct cc_year_check *c, const char *id);

/* The whole store, when everything has been said; `now` is the wall's. */
void cc_year_check_all(struct cc_year_check *c, struct cc_store *st, struct cc_wall now);

#endif
