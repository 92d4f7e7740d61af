/*
 * The layout.  Events lie clustered by (case, seq), once, in their compact form;
 * a case is one row; one index finds an event by (source, id), the source as a
 * number, so that ids that count up lie side by side.  The wakes of open cases
 * are a narrow table of their own (8 bytes or so a row), which is read whole at
 * start without touching the case rows and without the closed cases.  Of a
 * message, what moves (outbox) lies apart from what never changes (outbox_text).
 *
 * Since version 2 what moves also says its channel, as a number of `names`, and its
 * lane there, 0 with safety and 1 without: queued messages lie in an index by (channel,
 * lane, next), so that a claim steps from lane to lane, takes the first few of each, and
 * never reads along the messages of a channel that is shut or slow.  `hold` says why a
 * queued message waits on purpose (a partial index finds those to release), `carrier` which
 * message says a grouped one (state 7; a partial index finds what a message carries).  The
 * messages of one instance are found by their thread.  Silences are a table of their own,
 * only ever added to and ended; those in force are found by when they end.
 */
#include "store/sqlite.h"

#include <stdio.h>

static const char *const steps[] = {
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE figures(name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"INSERT INTO figures VALUES('events', 0), ('cases', 0), ('open', 0), ('live', 0),"
	" ('alerts', 0), ('held', 0), ('attempts', 0), ('fence', 0), ('messages', 0),"
	" ('queued', 0), ('claimed', 0), ('sent', 0), ('dead', 0), ('superseded', 0),"
	" ('withheld', 0);"
	"CREATE TABLE names(no INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE stamps(no INTEGER PRIMARY KEY, pack TEXT NOT NULL,"
	" calendar TEXT NOT NULL, zones TEXT NOT NULL, cases INTEGER NOT NULL,"
	" UNIQUE(pack, calendar, zones)) STRICT;"
	"CREATE TABLE cases(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	" source INTEGER NOT NULL, version INTEGER NOT NULL, stamp INTEGER NOT NULL,"
	" live INTEGER NOT NULL, instances BLOB NOT NULL) STRICT;"
	"CREATE INDEX cases_stamp ON cases(stamp);"
	"CREATE TABLE wakes(no INTEGER PRIMARY KEY, wake INTEGER NOT NULL) STRICT;"
	"CREATE TABLE events(kase INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" recorded INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(kase, seq))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE identity(source INTEGER NOT NULL, id TEXT NOT NULL,"
	" kase INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(source, id))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE alerts(id INTEGER PRIMARY KEY, kase INTEGER NOT NULL,"
	" rule INTEGER NOT NULL, subject TEXT NOT NULL, origin_source INTEGER NOT NULL,"
	" origin_id TEXT NOT NULL, same INTEGER NOT NULL, epoch INTEGER NOT NULL,"
	" rung INTEGER NOT NULL, period INTEGER NOT NULL, severity INTEGER NOT NULL,"
	" roles INTEGER NOT NULL, state INTEGER NOT NULL, at INTEGER NOT NULL,"
	" fired INTEGER NOT NULL, started INTEGER, due INTEGER, ended INTEGER,"
	" known INTEGER, previous_due INTEGER, late INTEGER NOT NULL, held TEXT,"
	" released INTEGER) STRICT;"
	"CREATE UNIQUE INDEX alerts_once ON alerts(kase, rule, subject, origin_source,"
	" origin_id, same, epoch, rung);"
	"CREATE INDEX alerts_held ON alerts(released) WHERE held IS NOT NULL AND"
	" released IS NULL;"
	"CREATE TABLE acks(id INTEGER PRIMARY KEY, alert INTEGER NOT NULL,"
	" kase INTEGER NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL,"
	" until INTEGER NOT NULL) STRICT;"
	"CREATE INDEX acks_case ON acks(kase, until);"
	"CREATE TABLE outbox(no INTEGER PRIMARY KEY, state INTEGER NOT NULL, next INTEGER,"
	" give_up INTEGER, attempts INTEGER NOT NULL, fence INTEGER NOT NULL,"
	" claimed INTEGER, lease INTEGER, owner TEXT, closed INTEGER, reason TEXT NOT NULL)"
	" STRICT;"
	"CREATE INDEX outbox_due ON outbox(next) WHERE state = 1;"
	"CREATE INDEX outbox_lease ON outbox(lease) WHERE state = 2;"
	"CREATE INDEX outbox_odd ON outbox(state) WHERE state IN (4, 5, 6);"
	"CREATE TABLE outbox_text(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	" alert INTEGER NOT NULL, kase INTEGER NOT NULL, recipient TEXT NOT NULL,"
	" channel TEXT NOT NULL, address TEXT NOT NULL, thread TEXT NOT NULL,"
	" payload BLOB NOT NULL, safety INTEGER NOT NULL, created INTEGER NOT NULL) STRICT;"
	"CREATE INDEX outbox_text_case ON outbox_text(kase) WHERE kase > 0;"
	"CREATE INDEX outbox_text_alert ON outbox_text(alert) WHERE alert > 0;"
	"CREATE TABLE attempts(message INTEGER NOT NULL, number INTEGER NOT NULL,"
	" started INTEGER NOT NULL, ended INTEGER NOT NULL, outcome INTEGER NOT NULL,"
	" code TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY(message, number))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE notices(cause TEXT PRIMARY KEY, day INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE audit(id INTEGER PRIMARY KEY, at INTEGER, who TEXT NOT NULL,"
	" what TEXT NOT NULL, detail TEXT NOT NULL) STRICT;",

	"INSERT INTO figures VALUES('grouped', 0);"
	"ALTER TABLE outbox ADD COLUMN channel INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE outbox ADD COLUMN lane INTEGER NOT NULL DEFAULT 1;"
	"ALTER TABLE outbox ADD COLUMN hold TEXT;"
	"ALTER TABLE outbox ADD COLUMN carrier INTEGER;"
	"DROP INDEX outbox_due;"
	"DROP INDEX outbox_odd;"
	"INSERT INTO names(text) SELECT DISTINCT channel FROM outbox_text WHERE true"
	" ON CONFLICT DO NOTHING;"
	"UPDATE outbox SET (channel, lane) = (SELECT n.no, t.safety = 0"
	" FROM outbox_text t JOIN names n"
	" ON n.text = t.channel WHERE t.no = outbox.no);"
	"CREATE INDEX outbox_due ON outbox(channel, lane, next) WHERE state = 1;"
	"CREATE INDEX outbox_odd ON outbox(state) WHERE state IN (4, 5, 6, 7);"
	"CREATE INDEX outbox_hold ON outbox(hold) WHERE hold IS NOT NULL;"
	"CREATE INDEX outbox_carrier ON outbox(carrier) WHERE carrier IS NOT NULL;"
	"CREATE INDEX outbox_text_thread ON outbox_text(thread) WHERE thread <> '';"
	"CREATE TABLE silences(id INTEGER PRIMARY KEY, case_id TEXT NOT NULL,"
	" rule TEXT NOT NULL, recipient TEXT NOT NULL, who TEXT NOT NULL,"
	" reason TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL,"
	" ended INTEGER) STRICT;"
	"CREATE INDEX silences_until ON silences(until);",
};

_Static_assert(sizeof steps / sizeof steps[0] == CC_STORE_SCHEMA, "a version for each step");

const struct cc_sqlite_steps cc_sqlite_steps = { steps, CC_STORE_SCHEMA };

static enum cc_code
number_of(sqlite3 *db, const char *sql, int64_t *ret, struct cc_err *reterr)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc != SQLITE_ROW) {
		enum cc_code code;

		if (rc == SQLITE_NOTADB)
			code = cc_fail(reterr, CC_EINVAL, rc,
			    "this file is not a Caseclock store");
		else
			code = cc_sqlite_fail(db, rc, "reading its header", reterr);
		(void)sqlite3_finalize(st);	/* repeats the failure told above */
		return code;
	}
	*ret = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return CC_OK;
}

/* Reads the version of the schema and refuses what is not a store. */
static enum cc_code
inspect(sqlite3 *db, int last, bool create, int64_t *ret, struct cc_err *reterr)
{
	int64_t id = 0, version = 0, things = 0;
	enum cc_code code = number_of(db, "PRAGMA application_id", &id, reterr);

	if (code == CC_OK)
		code = number_of(db, "PRAGMA user_version", &version, reterr);
	if (code == CC_OK)
		code = number_of(db, "SELECT count(*) FROM sqlite_schema", &things, reterr);
	if (code != CC_OK)
		return code;
	if (id == 0 && version == 0 && things == 0) {
		if (!create)
			return cc_fail(reterr, CC_EINVAL, 0,
			    "this file is empty, not a Caseclock store");
	} else if (id != CC_SQLITE_APPLICATION || version < 1) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "this file is another program's database, not a Caseclock store");
	}
	if (version > last)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "this store was written by a newer Caseclock (schema %lld; this program "
		    "knows up to %d): run that version, or restore an older backup",
		    (long long)version, last);
	*ret = version;
	return CC_OK;
}

static enum cc_code
run(sqlite3 *db, const char *sql, struct cc_err *reterr)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? CC_OK : cc_sqlite_fail(db, rc, "migrating", reterr);
}

static enum cc_code
climb(sqlite3 *db, const struct cc_sqlite_steps *st, int64_t version, struct cc_err *reterr)
{
	char mark[96];
	enum cc_code code = CC_OK;

	for (; code == CC_OK && version < st->n; version++)
		code = run(db, st->sql[version], reterr);
	(void)snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    CC_SQLITE_APPLICATION, st->n);	/* fits; numbers of ours, not input */
	if (code == CC_OK)
		code = run(db, mark, reterr);
	return code;
}

enum cc_code
cc_sqlite_migrate(sqlite3 *db, const struct cc_sqlite_steps *st, bool create,
    struct cc_err *reterr)
{
	int64_t version;
	enum cc_code code = inspect(db, st->n, create, &version, reterr);

	if (code != CC_OK || version == st->n)
		return code;
	code = run(db, "BEGIN IMMEDIATE", reterr);
	if (code != CC_OK)
		return code;
	/* Another program may have been here between the look and the lock. */
	code = inspect(db, st->n, create, &version, reterr);
	if (code == CC_OK)
		code = climb(db, st, version, reterr);
	if (code == CC_OK)
		code = run(db, "COMMIT", reterr);
	if (code != CC_OK && sqlite3_get_autocommit(db) == 0)
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);	/* told already */
	return code;
}
