/* A store that the first version wrote: opened by this one, it loses nothing. */
#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite.h"

/* What the first version made; written here again, so that it stays what it was. */
static const char version_1[] =
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
	" what TEXT NOT NULL, detail TEXT NOT NULL) STRICT;";

/* A case, its events, an alert, and messages of two channels in all six states. */
static const char rows_1[] =
	"PRAGMA application_id = 0x43436c6b; PRAGMA user_version = 1;"
	"INSERT INTO names VALUES(1, '/s'), (2, 'rule'), (3, 'breach'), (4, 'supervisor'),"
	" (5, 'email');"
	"INSERT INTO cases VALUES(1, 'c', 1, 0, 0, 0, x'');"
	"INSERT INTO events VALUES(1, 1, 10, x'01'), (1, 2, 11, x'02');"
	"INSERT INTO identity VALUES(1, 'e1', 1, 1), (1, 'e2', 1, 2);"
	"INSERT INTO alerts VALUES(1, 1, 2, 'v1', 1, 'e1', 0, 1, 3, 1, 3, 4, 4, 1000, 1001,"
	" 500, 999, NULL, 501, NULL, 0, NULL, NULL);"
	"INSERT INTO outbox(no, state, next, give_up, attempts, fence, claimed, lease, owner,"
	" closed, reason) VALUES"
	" (1, 1, 50, 900, 0, 0, NULL, NULL, NULL, NULL, ''),"
	" (2, 2, NULL, 900, 0, 1, 40, 100, 'old', NULL, ''),"
	" (3, 3, NULL, 900, 1, 2, NULL, NULL, NULL, 60, '250 ok'),"
	" (4, 4, NULL, 900, 1, 3, NULL, NULL, NULL, 61, 'gave up'),"
	" (5, 5, NULL, 900, 0, 0, NULL, NULL, NULL, 62, 'superseded'),"
	" (6, 6, NULL, NULL, 0, 0, NULL, NULL, NULL, 63, 'history'),"
	" (7, 1, 45, 900, 0, 0, NULL, NULL, NULL, NULL, '');"
	"INSERT INTO outbox_text VALUES"
	" (1, 'm1', 1, 1, 's-1', 'email', 'a@example.org', 't1', x'7b7d', 0, 5),"
	" (2, 'm2', 1, 1, 's-1', 'webhook:cms', 'https://x', 't1', x'7b7d', 1, 5),"
	" (3, 'm3', 1, 1, 's-2', 'email', 'b@example.org', 't2', x'7b7d', 0, 5),"
	" (4, 'm4', 1, 1, 's-2', 'webhook:cms', 'https://x', 't2', x'7b7d', 0, 5),"
	" (5, 'm5', 1, 1, 's-2', 'email', 'b@example.org', 't2', x'7b7d', 0, 5),"
	" (6, 'm6', 1, 1, 's-2', 'email', 'b@example.org', '', x'7b7d', 0, 5),"
	" (7, 'm7', 0, 0, '', 'webhook:other', 'https://y', '', x'7b7d', 0, 5);"
	"INSERT INTO attempts VALUES(3, 1, 55, 56, 1, '250', 'ok'), (4, 1, 55, 56, 3, '550',"
	" 'no');"
	"UPDATE figures SET value = 2 WHERE name IN ('events', 'queued', 'attempts');"
	"UPDATE figures SET value = 1 WHERE name IN ('cases', 'alerts', 'claimed', 'sent',"
	" 'dead', 'superseded', 'withheld');"
	"UPDATE figures SET value = 3 WHERE name = 'fence';"
	"UPDATE figures SET value = 7 WHERE name = 'messages';"
	"INSERT INTO audit VALUES(1, 5, 'admin', 'reload', '');";

/* Instead of the fixture's empty store. */
static void
make_old(struct store_fixture *f)
{
	sqlite3 *db = NULL;
	int fd;

	cc_store_close(f->st);
	f->st = NULL;
	assert_int_equal(unlink(f->path), 0);
	fd = open(f->path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, version_1, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, rows_1, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
}

static void
the_first_step_is_what_it_was(void **state)
{
	(void)state;
	assert_string_equal(cc_sqlite_steps.sql[0], version_1);
}

static void
an_older_store_is_brought_up_to_date_and_nothing_is_lost(void **state)
{
	struct store_fixture *f = *state;
	static const char *const channels[] = { "email", "webhook:cms", "email", "webhook:cms",
	    "email", "email", "webhook:other" };
	struct cc_store_status s;
	struct cc_store_messages l;
	struct cc_err err = { 0 };

	make_old(f);
	store_reopen(f);
	if (cc_store_verify(f->st, &err) != CC_OK)
		fail_msg("%s", err.msg);
	s = store_status(f->st);
	assert_int_equal(s.schema, CC_STORE_SCHEMA);
	assert_int_equal(s.events, 2);
	assert_int_equal(s.alerts, 1);
	assert_int_equal(s.outbox[0], 7);
	assert_int_equal(s.outbox[CC_OUTBOX_QUEUED], 2);
	assert_int_equal(s.outbox[CC_OUTBOX_GROUPED], 0);
	ok(cc_store_messages_list(f->st, &(struct cc_store_message_filter){ .limit = 10,
	    .payload = true }, &f->a, &l, NULL));
	assert_int_equal(l.n, 7);
	for (int i = 0; i < 7; i++) {
		assert_text(l.items[i].id, store_text("m%d", i + 1).p);
		assert_text(l.items[i].channel, channels[i]);
		assert_text(l.items[i].hold, "");
		assert_text(l.items[i].payload, "{}");
		assert_int_equal(l.items[i].carrier, 0);
		assert_int_equal(l.items[i].state, i == 6 ? 1 : i + 1);
	}
	assert_text(l.items[2].reason, "250 ok");
	assert_text(l.items[1].owner, "old");
	ok(cc_store_messages_list(f->st, &(struct cc_store_message_filter){ .limit = 10,
	    .thread = S("t2"), .recipient = S("s-2") }, &f->a, &l, NULL));
	assert_int_equal(l.n, 3);
}

static void
an_older_store_goes_on_as_if_it_had_been_new(void **state)
{
	struct store_fixture *f = *state;
	const struct cc_store_quota shut = { S("webhook:other"), 0 };
	const struct cc_store_claim c = { .now = W(100), .lease = 60, .limit = 9,
	    .quotas = &shut, .nquotas = 1, .owner = S("new") };
	const struct cc_store_redrive r = { S(""), W(100), W(900) };
	struct cc_store_messages l;
	struct cc_store_outcome o = { .no = 1, .to = CC_OUTBOX_GROUPED, .carrier = 4,
	    .now = W(100), .started = CC_NEVER, .next = CC_NEVER };
	enum cc_code row;
	uint32_t n = 0;

	make_old(f);
	store_reopen(f);
	store_begin(f->st);
	ok(cc_store_redrive(f->st, &r, &n, NULL));
	assert_int_equal(n, 1);
	ok(cc_store_outbox_claim(f->st, &c, &f->a, &l, NULL));
	assert_int_equal(l.n, 3);	/* queued, lost, redriven; not what is shut */
	assert_text(l.items[0].id, "m2");	/* with safety */
	assert_text(l.items[1].id, "m1");
	assert_text(l.items[2].id, "m4");
	assert_true(l.items[1].fence > 3);
	o.fence = l.items[1].fence;
	ok(cc_store_outbox_complete(f->st, &o, 1, &row, NULL));
	assert_int_equal(row, CC_OK);
	assert_int_equal(store_event(f->st, "c", "e3", 20), 3);
	store_commit(f->st);
	store_reopen(f);		/* a second time there is nothing to do */
	assert_int_equal(store_status(f->st).outbox[CC_OUTBOX_GROUPED], 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_step_is_what_it_was),
		{ "an_older_store_is_brought_up_to_date_and_nothing_is_lost",
		  an_older_store_is_brought_up_to_date_and_nothing_is_lost, store_setup_sqlite,
		  store_teardown, NULL },
		{ "an_older_store_goes_on_as_if_it_had_been_new",
		  an_older_store_goes_on_as_if_it_had_been_new, store_setup_sqlite,
		  store_teardown, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
