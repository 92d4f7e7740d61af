/* The SQLite store when the world fails: kill -9, a full disk, each write and sync. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sqlite.h"
#include "tests/unit/store_vfs.h"

/* One group as the engine writes it: two events, the case, a rung, a message. */
static enum cc_code
group(struct cc_store *st, int64_t i)
{
	struct cc_store_event e = { S("/s"), store_text("a%lld", (long long)i), S("c"),
	    S("bytes of an event, some of them"), W(i) };
	struct cc_store_alert al = store_alert("c", "r", "breach");
	struct cc_store_message m = store_message("m", "c", i);
	struct cc_store_appended ap;
	struct cc_store_added ad;
	enum cc_code code = cc_store_begin(st, NULL);

	if (code == CC_OK)
		code = cc_store_event_append(st, &e, &ap, NULL);
	e.id = store_text("b%lld", (long long)i);
	if (code == CC_OK)
		code = cc_store_event_append(st, &e, &ap, NULL);
	if (code == CC_OK)
		code = store_put(st, "c", i, W(i + 1000));
	al.epoch = (uint32_t)i;
	if (code == CC_OK)
		code = cc_store_alert_add(st, &al, &ad, NULL);
	m.id = store_text("m%lld", (long long)i);
	if (code == CC_OK)
		code = cc_store_outbox_add(st, &m, &ad, NULL);
	return code == CC_OK ? cc_store_commit(st, NULL) : code;
}

/* That the store holds `n` whole groups and nothing of another. */
static void
check_groups(struct store_fixture *f, int64_t n)
{
	struct cc_err err = { 0 };
	struct cc_store_case c;
	struct cc_wall next;

	if (cc_store_verify(f->st, &err) != CC_OK)
		fail_msg("%s", err.msg);
	ok(cc_store_case_load(f->st, S("c"), &f->a, &c, NULL));
	assert_int_equal(c.version, n);
	assert_int_equal(store_status(f->st).events, 2 * n);
	assert_int_equal(store_status(f->st).alerts, n);
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_QUEUED], n);
	ok(cc_store_wake_next(f->st, &next, NULL));
	assert_true(n == 0 ? !cc_given(next) : next.s == n - 1 + 1000);
}

/* --- kill -9 ------------------------------------------------------------- */

static void
write_until_killed(const struct store_fixture *f, int fd)
{
	const struct cc_store_config cf = store_config(f);
	struct cc_store *st;
	struct cc_store_status s;

	if (cc_store_open_sqlite(&cf, &st, NULL) != CC_OK ||
	    cc_store_status(st, &s, NULL) != CC_OK)
		_exit(1);
	for (int64_t i = s.events / 2;; i++) {
		int64_t done = i + 1;

		if (group(st, i) != CC_OK || write(fd, &done, sizeof done) != sizeof done)
			_exit(2);
	}
}

/* Waits for `want` reports, kills, and gives the last number that was told. */
static int64_t
kill_after(struct store_fixture *f, int want)
{
	int64_t last = 0;
	int fd[2], got = 0, status;
	pid_t child;

	assert_int_equal(pipe(fd), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)close(fd[0]);
		write_until_killed(f, fd[1]);
	}
	(void)close(fd[1]);
	while (read(fd[0], &last, sizeof last) == sizeof last)
		if (++got == want)
			(void)kill(child, SIGKILL);
	(void)close(fd[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_true(got >= want);
	return last;
}

static void
what_was_told_before_a_kill_is_there_after_it(void **state)
{
	struct store_fixture *f = *state;
	unsigned seed = 20260311;
	int64_t told = 0;

	print_message("seed %u\n", seed);
	cc_store_close(f->st);
	f->st = NULL;
	for (int round = 0; round < 15; round++) {
		int64_t kept;

		told = kill_after(f, 1 + (int)((unsigned)rand_r(&seed) % 60));
		store_reopen(f);
		kept = store_status(f->st).events / 2;
		assert_true(kept == told || kept == told + 1);
		check_groups(f, kept);
		cc_store_close(f->st);
		f->st = NULL;
	}
	assert_true(told >= 15);
	store_reopen(f);
}

/* --- each call of the file system ---------------------------------------- */

static void
use_vfs(struct store_fixture *f)
{
	struct cc_store_config cf = store_config(f);

	cc_store_close(f->st);
	f->st = NULL;
	cf.vfs = store_vfs_name();
	cf.cache_kib = 64;	/* pages spill into the log before the commit */
	ok(cc_store_open_sqlite(&cf, &f->st, NULL));
}

static void
fail_each_call(struct store_fixture *f, enum store_vfs_kind kind, bool stays)
{
	int64_t groups = 0;
	int n;

	use_vfs(f);
	for (n = 0;; n++) {
		enum cc_code code;

		store_vfs_fail(kind, n, stays);
		code = group(f->st, groups);
		store_vfs_stop();
		if (code == CC_OK) {
			groups++;
			check_groups(f, groups);
			if (!store_vfs_failed())
				break;
			continue;
		}
		assert_true(store_vfs_failed());
		cc_store_rollback(f->st);
		check_groups(f, groups);
		if (n % 3 == 0) {
			/* A commit that failed may still be whole on the disk; it is
			 * never half there. */
			use_vfs(f);
			groups = store_status(f->st).events / 2;
			check_groups(f, groups);
		}
		/* The handle is as good as new. */
		ok(group(f->st, groups));
		check_groups(f, ++groups);
		cc_arena_reset(&f->a);
	}
	assert_true(n > 2);
}

static void
a_write_or_sync_that_fails_once_spoils_one_group(void **state)
{
	fail_each_call(*state, STORE_VFS_IO, false);
}

static void
a_disk_that_fails_for_long_spoils_one_group(void **state)
{
	fail_each_call(*state, STORE_VFS_IO, true);
}

static void
a_full_disk_spoils_one_group(void **state)
{
	fail_each_call(*state, STORE_VFS_FULL, true);
}

static void
opening_fails_whole_or_not_at_all(void **state)
{
	struct store_fixture *f = *state;
	struct cc_store_config cf = store_config(f);
	struct cc_store *st = NULL;
	struct cc_err err = { 0 };
	int n;

	cf.vfs = store_vfs_name();
	cc_store_close(f->st);
	f->st = NULL;
	for (n = 0;; n++) {
		enum cc_code code;

		/* A file anew each time: its schema is made under the fault. */
		(void)unlink(f->path);
		(void)unlink(store_text("%s-wal", f->path).p);
		(void)unlink(store_text("%s-shm", f->path).p);
		(void)unlink(store_text("%s-journal", f->path).p);
		store_vfs_fail(STORE_VFS_IO, n, true);
		code = cc_store_open_sqlite(&cf, &st, &err);
		store_vfs_stop();
		if (code == CC_OK)
			cc_store_close(st);
		if (!store_vfs_failed())
			break;
		store_reopen(f);	/* what was left behind can be gone on with */
		check_groups(f, 0);
		ok(group(f->st, 0));
		check_groups(f, 1);
		cc_store_close(f->st);
		f->st = NULL;
	}
	assert_true(n > 5);
	store_reopen(f);
}

/* --- real limits --------------------------------------------------------- */

static void
a_store_at_its_page_limit_refuses_and_goes_on_with_more(void **state)
{
	struct store_fixture *f = *state;
	sqlite3 *db = cc_sqlite_of(f->st)->db;
	int64_t groups = 0;
	struct cc_err err = { 0 };

	assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count = 60", NULL, NULL, NULL),
	    SQLITE_OK);
	while (groups < 10000 && group(f->st, groups) == CC_OK)
		groups++;
	assert_true(groups > 0 && groups < 10000);
	assert_int_equal(cc_store_commit(f->st, &err), CC_EIO);
	cc_store_rollback(f->st);
	check_groups(f, groups);
	assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count = 100000", NULL, NULL, NULL),
	    SQLITE_OK);
	for (int i = 0; i < 50; i++)
		ok(group(f->st, groups++));
	check_groups(f, groups);
}

static void
a_file_size_limit_is_an_error_and_no_crash(void **state)
{
	struct store_fixture *f = *state;
	struct rlimit before, small;
	void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
	int64_t groups = 0;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 400 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	while (groups < 10000 && group(f->st, groups) == CC_OK)
		groups++;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, was);
	assert_true(groups > 0 && groups < 10000);
	cc_store_rollback(f->st);
	check_groups(f, groups);
	for (int i = 0; i < 50; i++)
		ok(group(f->st, groups++));
	store_reopen(f);
	check_groups(f, groups);
}

#define SQLITE_TEST(test) { #test, test, store_setup_sqlite, store_teardown, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SQLITE_TEST(what_was_told_before_a_kill_is_there_after_it),
		SQLITE_TEST(a_write_or_sync_that_fails_once_spoils_one_group),
		SQLITE_TEST(a_disk_that_fails_for_long_spoils_one_group),
		SQLITE_TEST(a_full_disk_spoils_one_group),
		SQLITE_TEST(opening_fails_whole_or_not_at_all),
		SQLITE_TEST(a_store_at_its_page_limit_refuses_and_goes_on_with_more),
		SQLITE_TEST(a_file_size_limit_is_an_error_and_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
