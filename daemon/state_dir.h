/*
 * daemon/state_dir.h - the folder of the store, and one daemon in it at a time.
 *
 * Source:    DESIGN.md section 8 (state_dir).
 * Purpose:   makes the folder when it is absent (mode 0700), and locks it: the lock
 *            goes with the process, however it ends.
 * Errors:    CC_EIO  the folder cannot be made or locked; CC_EBUSY another daemon has it.
 */
#ifndef CC_DAEMON_STATE_DIR_H
#define CC_DAEMON_STATE_DIR_H

#include "scheduler/base.h"

/* *ret_lock is closed at the end. */
enum cc_code cc_state_dir_lock(const char *path, int *ret_lock, struct cc_err *reterr)
    CC_MUST_USE;

#endif
