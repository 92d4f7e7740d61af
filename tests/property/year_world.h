/*
 * tests/property/year_world.h - a whole daemon on virtual time.
 *
 * Purpose:   the engine, the store and the dispatcher as the daemon has them, with far
 *            sides that answer on virtual time; what the loop does with its timers is done
 *            here by hand: from one instant at which there is something to do to the next.
 * Units:     `ms` is true time since the year began; the wall shows it plus `skew`, which
 *            jumps, the monotonic clock shows it as it is.
 * Ownership: cc_year_world_begin makes everything, cc_year_world_end frees it.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_PROPERTY_YEAR_WORLD_H
#define CC_TESTS_PROPERTY_YEAR_WORLD_H

#include "daemon/dispatch.h"
#include "tests/property/year_check.h"
#include "tests/property/year_far.h"
#include "tests/property/year_staff.h"

struct cc_year_counts {
	uint64_t turns, accepted, duplicates, sent_again, kills, stops, jumps, reloads, commits,
	    lost_commits, audits, rungs, acknowledged, silences, refused, redriven,
	    bad_nights, looked;
	int64_t gaps, open_most;
};

enum { CC_YEAR_CHANNELS = 16 };

/* When a channel was last not as it should be, true ms; -1: never. */
struct cc_year_trouble {
	char channel[48];
	int64_t last;
};

struct cc_year_world {
	uint64_t *seed;
	struct cc_kit kit;
	struct cc_year_staff staff;
	struct cc_year_far far;
	struct cc_year_check check;
	struct cc_year_counts counts;
	struct cc_figures figures;
	struct cc_store *store;
	struct cc_outlet outlet;
	struct cc_engine *engine;
	struct cc_dispatch dispatch;
	uv_loop_t uv;
	bool open, idle;
	unsigned runs;
	char owner[32];
	int64_t ms;			/* true time since CC_YEAR_BEGIN */
	int64_t skew;			/* seconds that the wall is wrong */
	struct cc_year_trouble troubles[CC_YEAR_CHANNELS];
	uint32_t ntroubles;
	unsigned fail_commits;		/* that many more fail */
	int64_t audit_at;		/* of the last one that was looked at */
	enum cc_job_result result;	/* of the last event */
	char *answer;			/* to the last request; malloc */
};

/* `path`: of a store in a file, which must not be there; NULL: in memory. */
void cc_year_world_begin(struct cc_year_world *w, uint64_t *seed, const char *path);
void cc_year_world_end(struct cc_year_world *w);

/* Lives up to that instant, and does what there is to do at it. */
void cc_year_world_live(struct cc_year_world *w, int64_t ms);

/* Lives on until nothing is under way to anybody. */
void cc_year_world_rest(struct cc_year_world *w);

/* One event; its result. */
enum cc_job_result cc_year_world_event(struct cc_year_world *w,
    const struct cc_year_event *e);

/* One request that writes; whether it was done. */
bool cc_year_world_ask(struct cc_year_world *w, const char *method, const char *params);

/* The daemon is away for a while: killed, or stopped in order. */
void cc_year_world_kill(struct cc_year_world *w, int64_t away_ms);
void cc_year_world_stop(struct cc_year_world *w, int64_t away_ms);

/* The wall clock is set so many seconds off the truth. */
void cc_year_world_jump(struct cc_year_world *w, int64_t skew);

/* The people as they are now come into force. */
void cc_year_world_reload(struct cc_year_world *w);

/* The trouble of a channel; one is noted now, of all when `channel` is NULL. */
struct cc_year_trouble *cc_year_world_trouble_of(struct cc_year_world *w,
    const char *channel);
void cc_year_world_troubled(struct cc_year_world *w, const char *channel);

/* The wall as it is shown. */
int64_t cc_year_world_wall(const struct cc_year_world *w);

#endif
