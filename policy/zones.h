/*
 * policy/zones.h - loads every time zone of the system at once.
 *
 * Source:    rule sheet G5; DESIGN.md sections 3 and 8 (new zone data is
 *            picked up at start and at reload only).
 * Limits:    CC_ZONES_COUNT zones, CC_ZONES_DEPTH folders deep.
 * Ownership: the table, its zones and texts live in the arena; give the whole
 *            arena back when the table is replaced.
 * Errors:    all or nothing: one zone file that cannot be read refuses the
 *            load and is named.  CC_ENOENT no such folder or no zones in it;
 *            CC_EIO it cannot be read; CC_EINVAL a bad file; CC_ERANGE a
 *            limit; CC_ENOMEM.
 * Threads:   none; no state.
 */
#ifndef CC_POLICY_ZONES_H
#define CC_POLICY_ZONES_H

#include "scheduler/arena.h"
#include "scheduler/zones.h"

enum { CC_ZONES_COUNT = 4000, CC_ZONES_DEPTH = 4 };

/*
 * All TZif files below `dir` (NULL: the system's), without the folders posix
 * and right, the files localtime and posixrules, and names that
 * cc_tzif_name_ok() refuses.  Files of another format are passed over.  The
 * version is that of tzdata.zi, else of +VERSION, else the hash.
 */
enum cc_code cc_zones_load(const char *dir, struct cc_arena *a,
    struct cc_zones *ret, struct cc_err *reterr) CC_MUST_USE;

#endif
