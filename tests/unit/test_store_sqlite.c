/* The SQLite store's own: its file, its schema, its neighbours, its copies. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite.h"

static sqlite3 *
db_of(struct store_fixture *f)
{
	return cc_sqlite_of(f->st)->db;
}

static void
sql(sqlite3 *db, const char *text)
{
	char *msg = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &msg) != SQLITE_OK)
		fail_msg("%s: %s", text, msg);
}

static void
fill(struct store_fixture *f, const char *first, int n)
{
	const struct cc_store_message m = store_message(first, "c", 5);
	struct cc_store_added r;

	store_begin(f->st);
	for (int i = 0; i < n; i++)
		(void)store_event(f->st, "c", store_text("%s-%d", first, i).p, i);
	ok(cc_store_outbox_add(f->st, &m, &r, NULL));
	store_commit(f->st);
}

static enum cc_code
open_at(struct store_fixture *f, const char *path, bool create, struct cc_err *err)
{
	struct cc_store_config cf = store_config(f);
	struct cc_store *st = NULL;
	enum cc_code code;

	cf.path = path;
	cf.create = create;
	memset(err, 0, sizeof *err);
	code = cc_store_open_sqlite(&cf, &st, err);
	cc_store_close(st);
	return code;
}

static mode_t
mode_of(const char *path)
{
	struct stat sb;

	assert_int_equal(stat(path, &sb), 0);
	return sb.st_mode & 07777;
}

/* --- the file ------------------------------------------------------------ */

static void
everything_is_there_after_reopening(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_status before, after;
	const struct cc_store_alert al = store_alert("c", "r", "breach");
	struct cc_store_added r;
	struct cc_wall next;

	fill(f, "a", 10);
	store_begin(f->st);
	ok(store_put(f->st, "c", 0, W(99)));
	ok(cc_store_alert_add(f->st, &al, &r, NULL));
	store_commit(f->st);
	before = store_status(f->st);
	store_reopen(f);
	after = store_status(f->st);
	assert_int_equal(after.schema, CC_STORE_SCHEMA);
	assert_int_equal(after.events, before.events);
	assert_int_equal(after.alerts, 1);
	assert_int_equal(after.open_cases, 1);
	assert_int_equal(after.outbox[CC_OUTBOX_QUEUED], 1);
	ok(cc_store_wake_next(f->st, &next, NULL));
	assert_int_equal(next.s, 99);
	store_begin(f->st);
	assert_int_equal(store_event(f->st, "c", "next", 1), 11);
	store_commit(f->st);
}

static void
its_files_are_for_the_owner_only(void **state)
{
	struct store_fixture *f = *state;
	mode_t before = umask(0);

	cc_store_close(f->st);
	f->st = NULL;
	assert_int_equal(unlink(f->path), 0);
	store_reopen(f);
	fill(f, "a", 1);
	(void)umask(before);
	assert_int_equal(mode_of(f->path), 0600);
	assert_int_equal(mode_of(store_text("%s-wal", f->path).p), 0600);
	assert_int_equal(mode_of(store_text("%s-shm", f->path).p), 0600);
	cc_store_close(f->st);
	f->st = NULL;
	assert_int_equal(chmod(f->path, 0644), 0);
	store_reopen(f);
	assert_int_equal(mode_of(f->path), 0600);
}

static void
write_file(const char *path, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(close(fd), 0);
}

static void
what_is_not_a_store_is_refused_and_left_alone(void **state)
{
	struct store_fixture *f = *state;
	char path[120], link_path[120], junk[4096], back[4096];
	struct cc_err err;
	sqlite3 *db;
	int fd;

	(void)snprintf(path, sizeof path, "%s/other", f->folder);
	(void)snprintf(link_path, sizeof link_path, "%s/link", f->folder);
	assert_int_equal(open_at(f, path, false, &err), CC_ENOENT);
	assert_int_equal(open_at(f, store_text("%s/no/x", f->folder).p, true, &err), CC_ENOENT);
	assert_int_equal(open_at(f, f->folder, true, &err), CC_EINVAL);
	assert_int_equal(open_at(f, "", true, &err), CC_EINVAL);
	for (size_t i = 0; i < sizeof junk; i++)
		junk[i] = (char)(i * 7);
	write_file(path, junk, sizeof junk);
	assert_int_equal(open_at(f, path, true, &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "not a Caseclock store"));
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, back, sizeof back), sizeof back);
	(void)close(fd);
	assert_memory_equal(junk, back, sizeof junk);
	write_file(path, "", 0);
	assert_int_equal(open_at(f, path, false, &err), CC_EINVAL);
	assert_int_equal(open_at(f, path, true, &err), CC_OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sql(db, "CREATE TABLE t(x)");
	(void)sqlite3_close(db);
	assert_int_equal(open_at(f, path, true, &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "another program's"));
	assert_int_equal(symlink(f->path, link_path), 0);
	assert_int_equal(open_at(f, link_path, true, &err), CC_EINVAL);
	assert_int_equal(chmod(f->folder, 0777), 0);
	assert_int_equal(open_at(f, f->path, true, &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "everybody may write"));
	assert_int_equal(chmod(f->folder, 0700), 0);
}

static void
a_damaged_store_is_an_error_and_no_crash(void **state)
{
	struct store_fixture *f = *state;
	char zeros[8192];
	struct cc_err err;
	struct cc_store *st = NULL;
	const struct cc_store_config cf = store_config(f);
	struct stat sb;
	int fd;

	fill(f, "a", 200);
	cc_store_close(f->st);
	f->st = NULL;
	assert_int_equal(stat(f->path, &sb), 0);
	memset(zeros, 0x5a, sizeof zeros);
	fd = open(f->path, O_WRONLY);
	for (off_t at = 4096 * 8; at < sb.st_size; at += (off_t)sizeof zeros)
		assert_true(pwrite(fd, zeros, sizeof zeros, at) > 0);
	(void)close(fd);
	if (cc_store_open_sqlite(&cf, &st, &err) == CC_OK) {
		assert_true(cc_store_verify(st, &err) != CC_OK);
		cc_store_close(st);
	}
}

/* --- the schema ---------------------------------------------------------- */

static int64_t
version_of(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	int64_t v;

	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	v = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return v;
}

static void
a_store_climbs_to_a_newer_schema_whole_or_not_at_all(void **state)
{
	struct store_fixture *f = *state;
	enum { OURS = CC_STORE_SCHEMA };
	const char *all[OURS + 2];
	const char **good = &all[OURS - 1];	/* good[0] leads to our version */
	struct cc_sqlite_steps steps = { all, OURS + 1 };
	struct cc_err err = { 0 };
	sqlite3 *db = NULL;

	memcpy(all, cc_sqlite_steps.sql, OURS * sizeof *all);
	good[1] = "CREATE TABLE more(x) STRICT";
	fill(f, "a", 3);
	cc_store_close(f->st);
	f->st = NULL;
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_not_equal(cc_sqlite_migrate(db, &steps, false, &err), CC_OK);
	assert_int_equal(version_of(db), OURS);	/* a column without type: refused */
	good[1] = "CREATE TABLE more(x INTEGER) STRICT";
	good[2] = "SELECT nonsense";
	steps.n = OURS + 2;
	assert_int_not_equal(cc_sqlite_migrate(db, &steps, false, &err), CC_OK);
	assert_int_equal(version_of(db), OURS);	/* its first half is gone too */
	good[2] = "INSERT INTO more SELECT no FROM cases";
	assert_int_equal(cc_sqlite_migrate(db, &steps, false, &err), CC_OK);
	assert_int_equal(version_of(db), OURS + 2);
	sql(db, "DELETE FROM more WHERE x = 1");
	assert_int_equal(sqlite3_changes(db), 1);
	assert_int_equal(cc_sqlite_migrate(db, &steps, false, &err), CC_OK);
	(void)sqlite3_close(db);
	/* And this program now finds a store of a newer one. */
	assert_int_equal(open_at(f, f->path, true, &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "newer Caseclock"));
	assert_non_null(strstr(err.msg, "schema 4"));
}

/* Only these may read a table from end to end; each has its reason. */
static bool
may_scan(enum cc_sql id)
{
	return id == CC_SQL_FIGURES ||		/* 15 rows */
	    id == CC_SQL_NOTICES_OLD ||		/* a row for each cause */
	    id == CC_SQL_WAKES || id == CC_SQL_CASE_BLOBS;	/* start, verify */
}

static void
no_statement_reads_a_whole_table(void **state)
{
	static const char *const texts[] = {
#define TEXT(id, text) text,
		CC_SQLS(TEXT)
#undef TEXT
	};
	struct store_fixture *f = *state;

	for (int i = 0; i < CC_SQL_COUNT; i++) {
		char explain[3000];
		sqlite3_stmt *st = NULL;

		(void)snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", texts[i]);
		assert_int_equal(sqlite3_prepare_v2(db_of(f), explain, -1, &st, NULL),
		    SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *plan = (const char *)sqlite3_column_text(st, 3);

			/* A partial index holds only what it is for: it may be read. */
			if (strncmp(plan, "SCAN ", 5) == 0 && strstr(plan, "outbox_") == NULL &&
			    strstr(plan, "CONSTANT ROW") == NULL && strcmp(plan, "SCAN s") != 0 &&
			    strncmp(plan, "SCAN (", 6) != 0 && !may_scan((enum cc_sql)i))
				fail_msg("%s: %s", texts[i], plan);
		}
		(void)sqlite3_finalize(st);
	}
}

/* What is asked at every turn of the engine never sorts. */
static void
the_statements_of_a_claim_follow_their_index(void **state)
{
	static const char *const texts[] = {
#define TEXT(id, text) [CC_SQL_##id] = text,
		CC_SQLS(TEXT)
#undef TEXT
	};
	static const enum cc_sql ids[] = { CC_SQL_OUTBOX_LANE, CC_SQL_OUTBOX_DUE,
	    CC_SQL_OUTBOX_LEASE, CC_SQL_OUTBOX_HOLDS, CC_SQL_OUTBOX_CARRIED, CC_SQL_MESSAGES_DUE,
	    CC_SQL_MESSAGES_THREAD, CC_SQL_MESSAGES_CARRIED };
	struct store_fixture *f = *state;

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		char explain[3000];
		sqlite3_stmt *st = NULL;
		int searches = 0;

		(void)snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", texts[ids[i]]);
		assert_int_equal(sqlite3_prepare_v2(db_of(f), explain, -1, &st, NULL),
		    SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *plan = (const char *)sqlite3_column_text(st, 3);

			searches += strncmp(plan, "SEARCH ", 7) == 0;
			if (strstr(plan, "TEMP B-TREE") != NULL || strstr(plan, "SCAN") != NULL)
				fail_msg("%s: %s", texts[ids[i]], plan);
		}
		(void)sqlite3_finalize(st);
		assert_true(searches > 0);
	}
}

static const char *const damage[] = {
	"UPDATE figures SET value = value + 1 WHERE name = 'events'",
	"UPDATE figures SET value = 7 WHERE name = 'queued'",
	"UPDATE figures SET value = 7 WHERE name = 'live'",
	"DELETE FROM identity WHERE seq = 2",
	"DELETE FROM events WHERE seq = 2",
	"UPDATE events SET recorded = 100000 WHERE seq = 1",
	"UPDATE identity SET seq = 77 WHERE seq = 2",
	"INSERT INTO wakes VALUES(99, 5)",
	"UPDATE wakes SET wake = 6",
	"UPDATE cases SET instances = x'0203'",
	"UPDATE cases SET stamp = 44",
	"UPDATE stamps SET cases = 5",
	"DELETE FROM outbox_text",
	"UPDATE outbox SET attempts = 1",
	"UPDATE outbox SET next = NULL",
	"INSERT INTO acks VALUES(1, 7, 1, 'x', 1, 2)",
	"DELETE FROM cases",
	"DELETE FROM names WHERE text = '/s'",
	"DELETE FROM names WHERE text = 'breach'",
	"UPDATE figures SET value = 0 WHERE name = 'alerts'",
	"UPDATE outbox SET state = 3",
	"UPDATE wakes SET wake = -1",
	"UPDATE outbox SET channel = 1",
	"UPDATE outbox SET lane = 0",
	"UPDATE outbox_text SET safety = 1",
	"DELETE FROM names WHERE text = 'email'",
	"UPDATE figures SET value = 7 WHERE name = 'grouped'",
	"UPDATE outbox SET carrier = 1",
	"UPDATE outbox SET state = 7, next = NULL; UPDATE figures SET value = 0 WHERE"
	" name = 'queued'; UPDATE figures SET value = 1 WHERE name = 'grouped'",
	"UPDATE outbox SET state = 7, next = NULL, carrier = 1; UPDATE figures SET value"
	" = 0 WHERE name = 'queued'; UPDATE figures SET value = 1 WHERE name = 'grouped'",
	"UPDATE outbox SET state = 7, next = NULL, carrier = 9; UPDATE figures SET value"
	" = 0 WHERE name = 'queued'; UPDATE figures SET value = 1 WHERE name = 'grouped'",
	"UPDATE outbox SET hold = ''",
	"UPDATE outbox SET state = 3, next = NULL, hold = 'group'; UPDATE figures SET"
	" value = 0 WHERE name = 'queued'; UPDATE figures SET value = 1 WHERE name = 'sent'",
	"UPDATE silences SET until = at",
	"UPDATE silences SET rule = ''",
};

static void
verify_finds_what_does_not_fit(void **state)
{
	struct store_fixture *f = *state;
	const struct cc_store_alert al = store_alert("c", "r", "breach");
	const struct cc_store_silence quiet = { .rule = S("r"), .by = S("admin"), .at = W(1),
	    .until = W(2) };
	struct cc_store_added added;
	int64_t id;

	fill(f, "a", 3);
	store_begin(f->st);
	ok(cc_store_silence_add(f->st, &quiet, &id, NULL));
	ok(store_put(f->st, "c", 0, W(5)));
	ok(cc_store_alert_add(f->st, &al, &added, NULL));
	store_commit(f->st);
	ok(cc_store_verify(f->st, NULL));
	for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
		char copy[120];
		struct cc_err err = { 0 };
		const struct cc_store_config cf = { .path = copy };
		struct cc_store *st = NULL;
		sqlite3 *db;

		(void)snprintf(copy, sizeof copy, "%s/copy", f->folder);
		ok(cc_store_backup(f->st, copy, NULL));
		ok(cc_store_open_sqlite(&cf, &st, NULL));
		assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
		sql(db, damage[i]);
		(void)sqlite3_close(db);
		if (cc_store_verify(st, &err) != CC_EBUG)
			fail_msg("not found: %s", damage[i]);
		cc_store_close(st);
		assert_int_equal(unlink(copy), 0);
	}
}

/* --- neighbours ---------------------------------------------------------- */

static struct cc_store *
second_writer(struct store_fixture *f)
{
	const struct cc_store_config cf = store_config(f);
	struct cc_store *st = NULL;

	ok(cc_store_open_sqlite(&cf, &st, NULL));
	return st;
}

static void
of_two_writers_the_second_sees_a_conflict(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store *other;
	struct cc_store_case mine, theirs;
	struct cc_store_wakes w;

	fill(f, "a", 2);
	other = second_writer(f);
	ok(cc_store_case_load(f->st, S("c"), &f->a, &mine, NULL));
	ok(cc_store_case_load(other, S("c"), &f->a, &theirs, NULL));
	store_begin(other);
	(void)store_event(other, "c", "theirs", 1);
	(void)store_event(other, "new", "theirs too", 1);
	ok(store_put(other, "c", theirs.version, W(70)));
	store_commit(other);
	store_begin(f->st);
	assert_int_equal(store_put(f->st, "c", mine.version, W(80)), CC_ECONFLICT);
	ok(store_put(f->st, "c", mine.version + 1, W(90)));
	/* Numbers go on from what the other one wrote. */
	assert_int_equal(store_event(f->st, "c", "mine", 1), 5);
	store_commit(f->st);
	ok(cc_store_wakes_due(f->st, &(struct cc_store_due){ W(1000), 10 }, &f->a, &w, NULL));
	assert_int_equal(w.n, 1);
	assert_int_equal(w.items[0].wake.s, 90);
	ok(cc_store_verify(f->st, NULL));
	cc_store_close(other);
}

static void
a_second_writer_waits_and_then_is_told_busy(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store *other = second_writer(f);
	struct cc_err err = { 0 };

	store_begin(other);
	assert_int_equal(cc_store_begin(f->st, &err), CC_EBUSY);
	assert_int_equal(err.sys & 0xff, SQLITE_BUSY);
	store_commit(other);
	store_begin(f->st);
	store_commit(f->st);
	cc_store_close(other);
}

/* --- copies -------------------------------------------------------------- */

static void
a_backup_is_a_store(void **state)
{
	struct store_fixture *f = *state;
	char copy[120];
	const struct cc_store_config cf = { .path = copy };
	struct cc_store *st, *reader;
	struct cc_err err = { 0 };

	(void)snprintf(copy, sizeof copy, "%s/copy", f->folder);
	fill(f, "a", 500);
	ok(cc_store_open_reader(f->st, &reader, NULL));
	store_begin(f->st);
	(void)store_event(f->st, "c", "not committed", 1);
	ok(cc_store_backup(reader, copy, NULL));
	store_commit(f->st);
	assert_int_equal(mode_of(copy), 0600);
	assert_int_not_equal(access(store_text("%s.part", copy).p, F_OK), 0);
	assert_int_equal(cc_store_backup(reader, copy, &err), CC_ECONFLICT);
	assert_int_equal(cc_store_backup(reader, store_text("%s/no/x", f->folder).p, &err),
	    CC_ENOENT);
	ok(cc_store_open_sqlite(&cf, &st, NULL));
	ok(cc_store_verify(st, NULL));
	assert_int_equal(store_status(st).events, 500);
	store_begin(st);
	(void)store_event(st, "c", "goes on", 1);
	store_commit(st);
	cc_store_close(st);
	cc_store_close(reader);
}

static bool
third_backup_step(void *self, const char *step)
{
	int *left = self;

	return strcmp(step, "backup") == 0 && (*left)-- == 0;
}

static void
a_backup_that_fails_leaves_no_file(void **state)
{
	struct store_fixture *f = *state;
	int left = 0;
	const struct cc_store_hooks hooks = { .fault = third_backup_step, .self = &left };
	char copy[120];
	int n;

	(void)snprintf(copy, sizeof copy, "%s/copy", f->folder);
	fill(f, "a", 2000);
	for (int i = 0; i < 40; i++) {
		char first[32];

		(void)snprintf(first, sizeof first, "more%d", i);
		fill(f, first, 1000);
	}
	cc_store_fault(f->st, &hooks);
	for (n = 0;; n++) {
		left = n;
		if (cc_store_backup(f->st, copy, NULL) == CC_OK)
			break;
		assert_int_not_equal(access(copy, F_OK), 0);
		assert_int_not_equal(access(store_text("%s.part", copy).p, F_OK), 0);
	}
	assert_true(n >= 2);
	assert_int_equal(access(copy, F_OK), 0);
}

#define SQLITE_TEST(test) { #test, test, store_setup_sqlite, store_teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SQLITE_TEST(everything_is_there_after_reopening),
		SQLITE_TEST(its_files_are_for_the_owner_only),
		SQLITE_TEST(what_is_not_a_store_is_refused_and_left_alone),
		SQLITE_TEST(a_damaged_store_is_an_error_and_no_crash),
		SQLITE_TEST(a_store_climbs_to_a_newer_schema_whole_or_not_at_all),
		SQLITE_TEST(no_statement_reads_a_whole_table),
		SQLITE_TEST(the_statements_of_a_claim_follow_their_index),
		SQLITE_TEST(verify_finds_what_does_not_fit),
		SQLITE_TEST(of_two_writers_the_second_sees_a_conflict),
		SQLITE_TEST(a_second_writer_waits_and_then_is_told_busy),
		SQLITE_TEST(a_backup_is_a_store),
		SQLITE_TEST(a_backup_that_fails_leaves_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
