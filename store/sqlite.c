#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 5000, CACHE_KIB = 8192 };

/* --- the file ------------------------------------------------------------ */

static enum cc_code
sys_fail(struct cc_err *reterr, const char *path, const char *what)
{
	int e = errno;

	return cc_fail(reterr, e == ENOENT || e == ENOTDIR ? CC_ENOENT : CC_EIO, e,
	    "%s: %s: %s", path, what, strerror(e));
}

/* The folder of `path` as text of its own; NULL: no memory. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static enum cc_code
check_folder(const char *folder, struct cc_err *reterr)
{
	struct stat sb;

	if (stat(folder, &sb) != 0)
		return sys_fail(reterr, folder, "the folder of the store");
	if (!S_ISDIR(sb.st_mode))
		return cc_fail(reterr, CC_ENOENT, 0, "%s: not a folder", folder);
	if (sb.st_uid != geteuid())
		return cc_fail(reterr, CC_EINVAL, 0,
		    "%s: the folder of the store belongs to user %u, not to this one (%u)",
		    folder, (unsigned)sb.st_uid, (unsigned)geteuid());
	if (sb.st_mode & S_IWOTH)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "%s: everybody may write in the folder of the store", folder);
	return CC_OK;
}

static enum cc_code
sync_folder(const char *folder, struct cc_err *reterr)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum cc_code code = CC_OK;

	if (fd < 0)
		return sys_fail(reterr, folder, "opening the folder of the store");
	if (fsync(fd) != 0)
		code = sys_fail(reterr, folder, "syncing the folder of the store");
	(void)close(fd);	/* nothing was written through it */
	return code;
}

static enum cc_code
create_file(const char *path, const char *folder, struct cc_err *reterr)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return sys_fail(reterr, path, "making the store");
	if (close(fd) != 0)
		return sys_fail(reterr, path, "making the store");
	return sync_folder(folder, reterr);
}

/* SQLite gives its other files the mode of this one, so it must be right first. */
static enum cc_code
check_file(const char *path, const char *folder, bool create, struct cc_err *reterr)
{
	struct stat sb;

	if (lstat(path, &sb) != 0) {
		if (errno == ENOENT && create)
			return create_file(path, folder, reterr);
		return sys_fail(reterr, path, "the store");
	}
	if (!S_ISREG(sb.st_mode))
		return cc_fail(reterr, CC_EINVAL, 0, "%s: not a plain file", path);
	if (sb.st_uid != geteuid())
		return cc_fail(reterr, CC_EINVAL, 0, "%s: the store belongs to user %u",
		    path, (unsigned)sb.st_uid);
	if ((sb.st_mode & 07777) != 0600 && chmod(path, 0600) != 0)
		return sys_fail(reterr, path, "setting the mode of the store");
	return CC_OK;
}

static enum cc_code
check_path(const char *path, bool create, struct cc_err *reterr)
{
	char *folder = folder_of(path);
	enum cc_code code;

	if (folder == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to open the store");
	code = check_folder(folder, reterr);
	if (code == CC_OK)
		code = check_file(path, folder, create, reterr);
	free(folder);
	return code;
}

/* --- opening and closing ------------------------------------------------- */

void
cc_sqlite_close(struct cc_store *st)
{
	struct cc_sqlite *s = cc_sqlite_of(st);

	for (int i = 0; i < CC_SQL_COUNT; i++)
		(void)sqlite3_finalize(s->stmt[i]);	/* repeats an old failure */
	(void)sqlite3_close(s->db);	/* cannot be busy: nothing is left in it */
	cc_sqlite_names_drop(s);
	cc_wakes_done(&s->wakes);
	cc_store_buf_done(&s->stamp_text);
	cc_store_buf_done(&s->blob);
	free(s->moves);
	free(s->path);
	free(s);
}

static enum cc_code
set(struct cc_sqlite *s, const char *sql, struct cc_err *reterr)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? CC_OK : cc_sqlite_fail(s->db, rc, sql, reterr);
}

static int
on_mode(void *self, int n, char **values, char **names)
{
	(void)names;
	*(bool *)self = n == 1 && values[0] != NULL && strcmp(values[0], "wal") == 0;
	return 0;
}

static enum cc_code
set_wal(struct cc_sqlite *s, struct cc_err *reterr)
{
	bool wal = false;
	int rc = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", on_mode, &wal, NULL);

	if (rc != SQLITE_OK)
		return cc_sqlite_fail(s->db, rc, "setting the journal", reterr);
	if (!wal)
		return cc_fail(reterr, CC_EIO, 0,
		    "%s: its file system cannot hold a write-ahead log", s->path);
	return CC_OK;
}

static enum cc_code
connect_file(struct cc_sqlite *s, struct cc_err *reterr)
{
	enum cc_code code;
	int rc = sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	    s->cf.vfs);

	if (rc != SQLITE_OK)
		return cc_sqlite_fail(s->db, rc, s->path, reterr);
	(void)sqlite3_busy_timeout(s->db, (int)s->cf.busy_ms);	/* cannot fail */
	code = cc_sqlite_migrate(s->db, &cc_sqlite_steps, s->cf.create, reterr);
	if (code == CC_OK)
		code = set_wal(s, reterr);
	/* A commit is on disk when it returns.  The log is written back every 64
	 * MiB: rarely enough that few commits wait for it (at groups of 64 about
	 * one in a hundred), and still read in under 0.1 s at a start after a crash. */
	if (code == CC_OK)
		code = set(s, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384;"
		    "PRAGMA journal_size_limit = 100663296; PRAGMA temp_store = MEMORY;"
		    "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", reterr);
	if (code == CC_OK && s->base.reader)
		code = set(s, "PRAGMA query_only = ON", reterr);
	if (code == CC_OK) {
		char cache[64];

		(void)snprintf(cache, sizeof cache, "PRAGMA cache_size = -%u",
		    s->cf.cache_kib);	/* fits; a number, not text */
		code = set(s, cache, reterr);
	}
	return code;
}

static enum cc_code
data_version(struct cc_sqlite *s, int64_t *ret, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_DATA_VERSION);
	int64_t v = 0;
	enum cc_code code;

	while (cc_q_row(&q))
		v = cc_q_get(&q, 0);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = v;
	return code;
}

static enum cc_code
open_handle(const struct cc_store_config *cf, bool reader, struct cc_store **ret,
    struct cc_err *reterr)
{
	struct cc_sqlite *s = calloc(1, sizeof *s);
	enum cc_code code;

	if (s == NULL || (s->path = strdup(cf->path)) == NULL) {
		free(s);
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to open the store");
	}
	s->base.ops = &cc_sqlite_ops;
	s->base.reader = reader;
	s->cf = *cf;
	s->cf.path = s->path;
	s->cf.busy_ms = cf->busy_ms == 0 ? BUSY_MS : cf->busy_ms;
	s->cf.cache_kib = cf->cache_kib == 0 ? CACHE_KIB : cf->cache_kib;
	code = connect_file(s, reterr);
	if (code == CC_OK)
		code = data_version(s, &s->data_version, reterr);
	if (code == CC_OK)
		code = cc_sqlite_figures_load(s, reterr);
	if (code == CC_OK && !reader)
		code = cc_sqlite_wakes_need(s, reterr);
	if (code != CC_OK) {
		cc_sqlite_close(&s->base);
		return code;
	}
	*ret = &s->base;
	return CC_OK;
}

enum cc_code
cc_store_open_sqlite(const struct cc_store_config *cf, struct cc_store **ret,
    struct cc_err *reterr)
{
	enum cc_code code;

	if (cf->path == NULL || cf->path[0] == '\0')
		return cc_fail(reterr, CC_EINVAL, 0, "a store without a path");
	code = check_path(cf->path, cf->create, reterr);
	if (code != CC_OK)
		return code;
	return open_handle(cf, false, ret, reterr);
}

enum cc_code
cc_sqlite_open_reader(struct cc_store *st, struct cc_store **ret, struct cc_err *reterr)
{
	struct cc_store_config cf = cc_sqlite_of(st)->cf;

	cf.create = false;
	return open_handle(&cf, true, ret, reterr);
}

/* --- transactions -------------------------------------------------------- */

static enum cc_code
simple(struct cc_sqlite *s, enum cc_sql id, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, id);

	return cc_q_run(&q, reterr);
}

/* What another writer changed since is not what we remember. */
static enum cc_code
catch_up(struct cc_sqlite *s, struct cc_err *reterr)
{
	int64_t v = 0;
	enum cc_code code = data_version(s, &v, reterr);

	if (code != CC_OK || v == s->data_version)
		return code;
	code = cc_sqlite_figures_load(s, reterr);
	if (code != CC_OK)
		return code;
	s->data_version = v;
	s->stale_from = 0;
	s->wakes_known = false;
	cc_wakes_done(&s->wakes);
	return CC_OK;
}

static void
undo(struct cc_sqlite *s)
{
	/* After some failures SQLite has rolled back already. */
	if (sqlite3_get_autocommit(s->db) == 0)
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

static enum cc_code
begin(struct cc_store *st, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	enum cc_code code = simple(s, st->reader ? CC_SQL_BEGIN_READ : CC_SQL_BEGIN, reterr);

	if (code != CC_OK)
		return code;
	/* A reader's snapshot is taken by its first read. */
	code = st->reader ? cc_sqlite_figures_load(s, reterr) : catch_up(s, reterr);
	if (code != CC_OK) {
		undo(s);
		return code;
	}
	memcpy(s->fig_before, s->fig, sizeof s->fig);
	s->nmoves = 0;
	s->names_added = false;
	return CC_OK;
}

static enum cc_code
commit(struct cc_store *st, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	enum cc_code code = st->reader ? CC_OK : cc_sqlite_figures_save(s, reterr);

	if (code == CC_OK)
		code = simple(s, CC_SQL_COMMIT, reterr);
	if (code == CC_OK && !st->reader)
		cc_sqlite_wakes_committed(s);
	return code;
}

static void
rollback(struct cc_store *st)
{
	struct cc_sqlite *s = cc_sqlite_of(st);

	undo(s);
	memcpy(s->fig, s->fig_before, sizeof s->fig);
	s->nmoves = 0;
	s->stale_from = 0;
	s->stamp = 0;
	if (s->names_added)
		cc_sqlite_names_drop(s);
}

const struct cc_store_ops cc_sqlite_ops = {
	.close = cc_sqlite_close,
	.open_reader = cc_sqlite_open_reader,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.event_append = cc_sqlite_event_append,
	.case_events = cc_sqlite_case_events,
	.case_load = cc_sqlite_case_load,
	.case_put = cc_sqlite_case_put,
	.cases_list = cc_sqlite_cases_list,
	.wakes_due = cc_sqlite_wakes_due,
	.wake_next = cc_sqlite_wake_next,
	.stale_list = cc_sqlite_stale_list,
	.stale_count = cc_sqlite_stale_count,
	.alert_add = cc_sqlite_alert_add,
	.alert_release = cc_sqlite_alert_release,
	.alerts_list = cc_sqlite_alerts_list,
	.alert_get = cc_sqlite_alert_get,
	.ack_add = cc_sqlite_ack_add,
	.acks_list = cc_sqlite_acks_list,
	.outbox_add = cc_sqlite_outbox_add,
	.outbox_claim = cc_sqlite_outbox_claim,
	.outbox_complete = cc_sqlite_outbox_complete,
	.outbox_requeue = cc_sqlite_outbox_requeue,
	.outbox_next = cc_sqlite_outbox_next,
	.outbox_extend = cc_sqlite_outbox_extend,
	.outbox_release = cc_sqlite_outbox_release,
	.outbox_bounce = cc_sqlite_outbox_bounce,
	.messages_list = cc_sqlite_messages_list,
	.message_get = cc_sqlite_message_get,
	.attempts_list = cc_sqlite_attempts_list,
	.redrive = cc_sqlite_redrive,
	.silence_add = cc_sqlite_silence_add,
	.silence_end = cc_sqlite_silence_end,
	.silences_list = cc_sqlite_silences_list,
	.notice = cc_sqlite_notice,
	.audit_add = cc_sqlite_audit_add,
	.audit_list = cc_sqlite_audit_list,
	.meta_get = cc_sqlite_meta_get,
	.meta_put = cc_sqlite_meta_put,
	.status = cc_sqlite_status,
	.backup = cc_sqlite_backup,
	.verify = cc_sqlite_verify,
};
