/*
 * tests/unit/store_vfs.h - a file system for SQLite that fails when told to.
 *
 * Purpose:   passes everything to the default VFS, counts what writes, syncs,
 *            truncates, opens or maps, and fails the n-th such call.
 * Threads:   one store at a time.
 */
#ifndef CC_TESTS_UNIT_STORE_VFS_H
#define CC_TESTS_UNIT_STORE_VFS_H

#include <stdbool.h>

enum store_vfs_kind {
	STORE_VFS_IO,		/* SQLITE_IOERR of the call's kind */
	STORE_VFS_FULL		/* SQLITE_FULL from writes and truncates only */
};

/* The name for struct cc_store_config; registers it once. */
const char *store_vfs_name(void);

/* The call after `n` others fails, and (when it stays) all after it. */
void store_vfs_fail(enum store_vfs_kind kind, int n, bool stays);
void store_vfs_stop(void);
bool store_vfs_failed(void);	/* since the last store_vfs_fail */

#endif
