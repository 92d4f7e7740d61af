/*
 * scheduler/zones.h - all time zones of the system, found by name or number.
 *
 * Source:    rule sheet G5; DESIGN.md section 3.
 * Purity:    no clock, no I/O, no allocation, no globals; the table is loaded
 *            by the shell (policy/zones.h).
 * Ownership: borrows every argument; a zone lives as long as its table.
 * Invariant: zones are sorted by name as byte strings, without doubles.  A
 *            number is good for this table only: after zone data is loaded
 *            anew the same name may have another.
 */
#ifndef CC_SCHEDULER_ZONES_H
#define CC_SCHEDULER_ZONES_H

#include "scheduler/civil.h"

struct cc_zones {
	const struct cc_zone *zones;
	uint32_t nzones;
	const char *version;	/* for people: "2025b", or the hash alone */
	const char *stamp;	/* version and hash of every byte loaded: what a
				 * derivation is stamped with */
};

/* The zone of that name (as in the file system: case counts), or NULL. */
const struct cc_zone *cc_zones_find(const struct cc_zones *z,
    struct cc_str name);

/* Its place in the table, or -1. */
int cc_zones_index(const struct cc_zones *z, struct cc_str name);

#endif
