#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP_PAGES = 256 };

static enum cc_code
sys_fail(struct cc_err *reterr, const char *path, const char *what)
{
	int e = errno;

	return cc_fail(reterr, e == ENOENT || e == ENOTDIR ? CC_ENOENT :
	    e == EEXIST ? CC_ECONFLICT : CC_EIO, e, "%s: %s: %s", path, what, strerror(e));
}

static enum cc_code
copy_pages(struct cc_sqlite *s, sqlite3 *to, struct cc_err *reterr)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", s->db, "main");
	int rc = SQLITE_OK, end;

	if (b == NULL)
		return cc_sqlite_fail(to, sqlite3_errcode(to), "starting a backup", reterr);
	while (rc == SQLITE_OK) {
		if (cc_store_faulty(&s->base, "backup")) {
			(void)sqlite3_backup_finish(b);	/* nothing is kept of it */
			return cc_fail(reterr, CC_EIO, SQLITE_IOERR,
			    "the store: backup: a test's fault");
		}
		rc = sqlite3_backup_step(b, STEP_PAGES);
	}
	end = sqlite3_backup_finish(b);
	if (rc != SQLITE_DONE || end != SQLITE_OK)
		return cc_sqlite_fail(to, rc != SQLITE_DONE ? rc : end, "writing a backup",
		    reterr);
	return CC_OK;
}

/* A read transaction holds one snapshot, however long the copy takes. */
static enum cc_code
copy(struct cc_sqlite *s, const char *part, struct cc_err *reterr)
{
	sqlite3 *to = NULL;
	enum cc_code code = CC_OK;
	struct cc_q q;
	int rc = sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE, s->cf.vfs);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(to, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		code = cc_sqlite_fail(to, rc, part, reterr);
		(void)sqlite3_close(to);
		return code;
	}
	q = cc_q_open(s, CC_SQL_BEGIN_READ);
	code = cc_q_run(&q, reterr);
	if (code == CC_OK) {
		q = cc_q_open(s, CC_SQL_FIGURES);	/* the first read takes it */
		code = cc_q_run(&q, reterr);
		if (code == CC_OK)
			code = copy_pages(s, to, reterr);
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	}
	rc = sqlite3_close(to);
	if (code == CC_OK && rc != SQLITE_OK)
		code = cc_sqlite_fail(NULL, rc, "closing a backup", reterr);
	return code;
}

static enum cc_code
sync_path(const char *path, struct cc_err *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum cc_code code = CC_OK;

	if (fd < 0)
		return sys_fail(reterr, path, "opening the backup to sync it");
	if (fsync(fd) != 0)
		code = sys_fail(reterr, path, "syncing the backup");
	(void)close(fd);	/* nothing was written through it */
	return code;
}

static enum cc_code
sync_both(const char *part, const char *path, struct cc_err *reterr)
{
	enum cc_code code = sync_path(part, reterr);
	const char *slash = strrchr(path, '/');
	char *folder;

	if (code != CC_OK)
		return code;
	/* link() and not rename(): an existing file is never replaced. */
	if (link(part, path) != 0)
		return sys_fail(reterr, path, "naming the backup");
	folder = slash == NULL ? strdup(".") :
	    strndup(path, slash == path ? 1 : (size_t)(slash - path));
	if (folder == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a backup");
	code = sync_path(folder, reterr);
	free(folder);
	return code;
}

static enum cc_code
make(struct cc_sqlite *s, const char *part, const char *path, struct cc_err *reterr)
{
	enum cc_code code;
	int fd;

	if (unlink(part) != 0 && errno != ENOENT)	/* of a backup that was cut short */
		return sys_fail(reterr, part, "removing an unfinished backup");
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return sys_fail(reterr, part, "making the backup");
	(void)close(fd);	/* still empty */
	code = copy(s, part, reterr);
	if (code == CC_OK)
		code = sync_both(part, path, reterr);
	(void)unlink(part);	/* its name only; a leftover is removed next time */
	return code;
}

enum cc_code
cc_sqlite_backup(struct cc_store *st, const char *path, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct stat sb;
	char *part;
	size_t n = strlen(path);
	enum cc_code code;

	if (n == 0)
		return cc_fail(reterr, CC_EINVAL, 0, "a backup without a path");
	if (lstat(path, &sb) == 0)
		return cc_fail(reterr, CC_ECONFLICT, 0,
		    "%s: there is a file already; a backup replaces none", path);
	part = malloc(n + sizeof ".part");
	if (part == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a backup");
	memcpy(part, path, n);
	memcpy(part + n, ".part", sizeof ".part");
	code = make(s, part, path, reterr);
	free(part);
	return code;
}
