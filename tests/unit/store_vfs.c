#include "tests/unit/store_vfs.h"

#include <sqlite3.h>

#include <stddef.h>
#include <string.h>

struct file {
	sqlite3_file base;	/* first */
	sqlite3_file *real;	/* right behind this struct */
};

static struct {
	bool armed, stays, failed;
	enum store_vfs_kind kind;
	int left;
} plan;

static bool
fails(bool writes)
{
	if (!plan.armed || (plan.kind == STORE_VFS_FULL && !writes))
		return false;
	if (plan.left-- > 0)
		return false;
	plan.failed = true;
	if (plan.stays)
		plan.left = 0;
	else
		plan.armed = false;
	return true;
}

static int
error(int io)
{
	return plan.kind == STORE_VFS_FULL ? SQLITE_FULL : io;
}

static sqlite3_file *
real(sqlite3_file *f)
{
	return ((struct file *)f)->real;	/* base comes first */
}

static int
on_close(sqlite3_file *f)
{
	return real(f)->pMethods == NULL ? SQLITE_OK : real(f)->pMethods->xClose(real(f));
}

static int
on_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return real(f)->pMethods->xRead(real(f), p, n, at);
}

static int
on_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (fails(true))
		return error(SQLITE_IOERR_WRITE);
	return real(f)->pMethods->xWrite(real(f), p, n, at);
}

static int
on_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	if (fails(true))
		return error(SQLITE_IOERR_TRUNCATE);
	return real(f)->pMethods->xTruncate(real(f), n);
}

static int
on_sync(sqlite3_file *f, int flags)
{
	if (fails(false))
		return SQLITE_IOERR_FSYNC;
	return real(f)->pMethods->xSync(real(f), flags);
}

static int
on_size(sqlite3_file *f, sqlite3_int64 *n)
{
	return real(f)->pMethods->xFileSize(real(f), n);
}

static int
on_lock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xLock(real(f), level);
}

static int
on_unlock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xUnlock(real(f), level);
}

static int
on_reserved(sqlite3_file *f, int *ret)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}

static int
on_control(sqlite3_file *f, int op, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
on_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
on_traits(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int
on_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	if (fails(false))
		return SQLITE_IOERR_SHMMAP;
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, ret);
}

static int
on_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}

static void
on_shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int
on_shm_unmap(sqlite3_file *f, int delete)
{
	return real(f)->pMethods->xShmUnmap(real(f), delete);
}

static const sqlite3_io_methods methods = { 2, on_close, on_read, on_write, on_truncate, on_sync,
	on_size, on_lock, on_unlock, on_reserved, on_control, on_sector, on_traits, on_shm_map,
	on_shm_lock, on_shm_barrier, on_shm_unmap, NULL, NULL };

static sqlite3_vfs *
below(sqlite3_vfs *v)
{
	return v->pAppData;
}

static int
on_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret)
{
	struct file *file = (struct file *)f;	/* base comes first */
	int rc;

	f->pMethods = NULL;
	file->real = (sqlite3_file *)(void *)(file + 1);
	memset(file->real, 0, (size_t)below(v)->szOsFile);
	if (fails(false))
		return SQLITE_CANTOPEN;
	rc = below(v)->xOpen(below(v), name, file->real, flags, ret);
	if (rc == SQLITE_OK)
		f->pMethods = &methods;
	return rc;
}

static int
on_delete(sqlite3_vfs *v, const char *name, int sync_folder)
{
	return below(v)->xDelete(below(v), name, sync_folder);
}

static int
on_access(sqlite3_vfs *v, const char *name, int flags, int *ret)
{
	return below(v)->xAccess(below(v), name, flags, ret);
}

static int
on_full(sqlite3_vfs *v, const char *name, int n, char *ret)
{
	return below(v)->xFullPathname(below(v), name, n, ret);
}

const char *
store_vfs_name(void)
{
	static sqlite3_vfs vfs;

	if (vfs.zName == NULL) {
		sqlite3_vfs *plain = sqlite3_vfs_find(NULL);

		vfs = *plain;
		vfs.pNext = NULL;
		vfs.zName = "caseclock-faults";
		vfs.szOsFile = (int)sizeof(struct file) + plain->szOsFile;
		vfs.pAppData = plain;
		vfs.xOpen = on_open;
		vfs.xDelete = on_delete;
		vfs.xAccess = on_access;
		vfs.xFullPathname = on_full;
		(void)sqlite3_vfs_register(&vfs, 0);	/* fails only without memory */
	}
	return vfs.zName;
}

void
store_vfs_fail(enum store_vfs_kind kind, int n, bool stays)
{
	plan.armed = true;
	plan.stays = stays;
	plan.failed = false;
	plan.kind = kind;
	plan.left = n;
}

void
store_vfs_stop(void)
{
	plan.armed = false;
}

bool
store_vfs_failed(void)
{
	return plan.failed;
}
