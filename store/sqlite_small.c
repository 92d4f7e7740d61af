#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* --- notices ------------------------------------------------------------- */

static enum cc_code
notice_set(struct cc_sqlite *s, struct cc_str cause, cc_day day, bool fresh,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_NOTICE_SET);
	enum cc_code code;

	cc_q_text(&q, cause);
	cc_q_int(&q, day);
	code = cc_q_run(&q, reterr);
	if (code != CC_OK || !fresh)
		return code;
	/* A new cause pays for the old ones, so that the table stays small. */
	q = cc_q_open(s, CC_SQL_NOTICES_OLD);
	cc_q_int(&q, (int64_t)day - CC_STORE_NOTICE_DAYS);
	return cc_q_run(&q, reterr);
}

enum cc_code
cc_sqlite_notice(struct cc_store *st, struct cc_str cause, cc_day day, bool *ret,
    struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_q q = cc_q_open(s, CC_SQL_NOTICE_GET);
	int64_t last = INT64_MIN;
	enum cc_code code;

	cc_q_text(&q, cause);
	while (cc_q_row(&q))
		last = cc_q_get(&q, 0);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && last < day)
		code = notice_set(s, cause, day, last == INT64_MIN, reterr);
	if (code == CC_OK)
		*ret = last < day;
	return code;
}

/* --- audit --------------------------------------------------------------- */

enum cc_code
cc_sqlite_audit_add(struct cc_store *st, const struct cc_store_audit *au, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_AUDIT_ADD);

	cc_q_wall(&q, au->at);
	cc_q_text(&q, au->who);
	cc_q_text(&q, au->what);
	cc_q_text(&q, au->detail);
	return cc_q_run(&q, reterr);
}

enum cc_code
cc_sqlite_audit_list(struct cc_store *st, const struct cc_store_audit_from *from,
    struct cc_arena *a, struct cc_store_audits *ret, struct cc_err *reterr)
{
	struct cc_store_vec v = { 0 };
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_AUDIT_LIST);
	int64_t next = 0;
	enum cc_code code;

	cc_q_int(&q, from->after);
	cc_q_int(&q, (int64_t)from->limit + 1);
	while (cc_q_row(&q)) {
		struct cc_store_audit *au;

		if (v.items != NULL && v.n == from->limit) {
			next = ((struct cc_store_audit *)v.items)[v.n - 1].id;
			break;
		}
		au = cc_store_vec_add(&v, sizeof *au, a);
		if (au == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		au->id = cc_q_get(&q, 0);
		au->at = cc_q_get_wall(&q, 1);
		au->who = cc_q_get_text(&q, 2, a);
		au->what = cc_q_get_text(&q, 3, a);
		au->detail = cc_q_get_text(&q, 4, a);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_audits){ v.items, v.n, next };
	return code;
}

/* --- meta ---------------------------------------------------------------- */

enum cc_code
cc_sqlite_meta_get(struct cc_store *st, struct cc_str key, struct cc_arena *a,
    struct cc_str *ret, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_META_GET);
	struct cc_str value = { NULL, 0 };
	enum cc_code code;

	cc_q_text(&q, key);
	while (cc_q_row(&q))
		value = cc_q_get_text(&q, 0, a);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && value.p == NULL)
		code = cc_fail(reterr, CC_ENOENT, 0, "the store holds no value \"%.*s\"",
		    (int)key.n, key.p);
	if (code == CC_OK)
		*ret = value;
	return code;
}

enum cc_code
cc_sqlite_meta_put(struct cc_store *st, struct cc_str key, struct cc_str value,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_META_SET);

	cc_q_text(&q, key);
	cc_q_blob(&q, value);
	return cc_q_run(&q, reterr);
}

/* --- status -------------------------------------------------------------- */

static int64_t
size_of(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 ? (int64_t)sb.st_size : 0;
}

static int64_t
log_size(const char *path)
{
	size_t n = strlen(path);
	char *log = malloc(n + sizeof "-wal");
	int64_t size;

	if (log == NULL)
		return 0;
	memcpy(log, path, n);
	memcpy(log + n, "-wal", sizeof "-wal");
	size = size_of(log);
	free(log);
	return size;
}

enum cc_code
cc_sqlite_status(struct cc_store *st, struct cc_store_status *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);

	/* A reader's figures are those of its snapshot, or of now. */
	if (st->reader && !st->open) {
		enum cc_code code = cc_sqlite_figures_load(s, reterr);

		if (code != CC_OK)
			return code;
	}
	ret->schema = CC_STORE_SCHEMA;
	ret->events = s->fig[CC_FIG_EVENTS];
	ret->cases = s->fig[CC_FIG_CASES];
	ret->open_cases = s->fig[CC_FIG_OPEN];
	ret->live = s->fig[CC_FIG_LIVE];
	ret->alerts = s->fig[CC_FIG_ALERTS];
	ret->held = s->fig[CC_FIG_HELD];
	ret->attempts = s->fig[CC_FIG_ATTEMPTS];
	for (int i = 1; i < CC_OUTBOX_COUNT; i++)
		ret->outbox[i] = s->fig[CC_FIG_OUTBOX + i];
	ret->file_bytes = size_of(s->path);
	ret->log_bytes = log_size(s->path);
	return CC_OK;
}
