/*
 * daemon/cache.h - cases that the engine has at hand.
 *
 * Source:    DESIGN.md sections 2 and 8 (a bounded cache; only this is in memory).
 * Purpose:   events, instances and clocks of the cases worked on lately, so that an
 *            event costs no reading, and only the rules that it can touch are derived.
 * Ownership: entries belong to the cache; a pinned one (`touched`) stays until it is
 *            unpinned, the others go when the limit is passed, the least lately used
 *            first.
 * Units:     bytes, as asked of malloc.
 * Threads:   the engine's alone.
 */
#ifndef CC_DAEMON_CACHE_H
#define CC_DAEMON_CACHE_H

#include "scheduler/eval.h"
#include "scheduler/plan.h"
#include "store/store.h"

enum { CC_CACHE_BUCKETS = 8192 };

struct cc_entry {
	struct cc_entry *next_of_bucket;
	struct cc_entry *newer, *older;		/* by use */
	struct cc_entry *next_touched;
	bool touched;
	bool by_event;			/* an event of this group is among its events */
	uint32_t fresh;			/* by_event: the place of the first of them */
	struct cc_str id, first_source;	/* one allocation, owned by the entry */
	int64_t version;
	struct cc_wall wake;
	const char *restamped;		/* what is another since the row was derived:
					 * "policy", "calendar", "zones"; NULL: nothing */
	struct cc_input *events;	/* bytes of each allocated */
	uint32_t nevents, cap;
	struct cc_instance *instances;	/* one allocation with all their texts */
	uint32_t ninstances;
	struct cc_clock *clocks;	/* as last derived; NULL: not known */
	uint32_t nclocks;
	uint32_t derived_events;	/* how many of the events they come from */
	struct cc_wall derived_at;	/* and at which now */
	struct cc_wall next_event;	/* the earliest event after it, CC_NEVER none */
	size_t clocks_size;		/* bytes of the clocks */
	size_t size;			/* bytes of all this */
};

struct cc_cache {
	struct cc_entry *buckets[CC_CACHE_BUCKETS];
	struct cc_entry *newest, *oldest;
	uint32_t n;
	size_t size, limit;
};

/* The place of the first event that came with this group; all behind it did too. */
static inline uint32_t
cc_entry_fresh(const struct cc_entry *e)
{
	return e->by_event ? e->fresh : e->nevents;
}

/* The entry, now the newest, or NULL. */
struct cc_entry *cc_cache_find(struct cc_cache *c, struct cc_str id);

/* A new entry from the row of the store, without events.  NULL: no memory. */
struct cc_entry *cc_cache_add(struct cc_cache *c, const struct cc_store_case *row);

/* One more event.  False: no memory. */
bool cc_cache_event(struct cc_cache *c, struct cc_entry *e, struct cc_str bytes,
    struct cc_wall recorded) CC_MUST_USE;

/* Copies the instances in place of the old ones.  False: no memory, the old ones
 * stay. */
bool cc_cache_instances(struct cc_cache *c, struct cc_entry *e,
    const struct cc_instance *list, uint32_t n) CC_MUST_USE;

/* Copies what was derived of all events at `now`.  False: no memory, and nothing is
 * known. */
bool cc_cache_clocks(struct cc_cache *c, struct cc_entry *e,
    const struct cc_result *r, struct cc_wall now) CC_MUST_USE;

void cc_cache_drop(struct cc_cache *c, struct cc_entry *e);

/* Drops what is over the limit, pinned entries excepted. */
void cc_cache_trim(struct cc_cache *c);

/* Drops everything. */
void cc_cache_done(struct cc_cache *c);

#endif
