/*
 * policy/slurp.h - a whole regular file into an arena, up to a limit.
 *
 * Ownership: the bytes live in the arena, with a NUL behind them that is not
 *            counted.
 * Errors:    CC_ENOENT no such file; CC_EIO it cannot be read or is not a
 *            regular file; CC_ERANGE it is longer than `max`; CC_ENOMEM.
 *            `sys` is the errno.  Nothing stays in the arena after an error.
 * Threads:   none; no state.
 */
#ifndef CC_POLICY_SLURP_H
#define CC_POLICY_SLURP_H

#include "scheduler/arena.h"

enum cc_code cc_slurp(const char *path, uint32_t max, struct cc_arena *a,
    struct cc_str *ret, struct cc_err *reterr) CC_MUST_USE;

#endif
