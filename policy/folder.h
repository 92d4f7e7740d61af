/*
 * policy/folder.h - the YAML files of a folder, in an order that does not depend
 * on the file system.
 *
 * Ownership: the paths live in the arena.
 * Errors:    CC_ENOENT there is no such folder; CC_EIO it cannot be read;
 *            CC_ERANGE more than CC_FOLDER_FILES, or a path that is too long;
 *            CC_ENOMEM.
 * Threads:   no shared state.
 */
#ifndef CC_POLICY_FOLDER_H
#define CC_POLICY_FOLDER_H

#include "scheduler/arena.h"

enum { CC_FOLDER_FILES = 200, CC_FOLDER_PATH = 1024 };

struct cc_folder {
	const char *v[CC_FOLDER_FILES];
	unsigned n;
};

/* The paths "DIR/SUB/NAME.yaml", sorted; hidden files do not count. */
enum cc_code cc_folder_list(const char *dir, const char *sub, struct cc_arena *a,
    struct cc_folder *ret, struct cc_err *reterr) CC_MUST_USE;

#endif
