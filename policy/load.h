/*
 * policy/load.h - load a policy pack: a folder in, a compiled pack out.
 *
 * Source:    docs/policy-language.md; DESIGN.md sections 2 and 10.
 * Purpose:   read and check every file of the pack; loads nothing if anything
 *            is wrong, and says all that is wrong, each with file, line and
 *            column.
 * Ownership: the pack and all it holds live in the arena; the zones must outlive
 *            it.
 * Errors:    CC_EINVAL: the list of diagnostics says what; CC_ENOMEM.
 * Threads:   any one thread; a loaded pack is read-only.
 */
#ifndef CC_POLICY_LOAD_H
#define CC_POLICY_LOAD_H

#include "policy/diag.h"
#include "scheduler/arena.h"
#include "scheduler/pack.h"

enum { CC_PACK_ARENA = 256 * 1024 * 1024 };	/* a sensible limit for the arena */

struct cc_pack_options {
	const char *dir;		/* the folder */
	const char *holidays;		/* instead of the pack's own calendar, or NULL */
	const struct cc_zones *zones;	/* policy/zones.h */
};

enum cc_code cc_pack_load(const struct cc_pack_options *o, struct cc_arena *a,
    struct cc_diags *d, const struct cc_pack **ret, struct cc_err *reterr) CC_MUST_USE;

#endif
