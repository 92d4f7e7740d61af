/* What every notifier module promises, asked of each in the registry. */
#include "notify/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/notify_kit.h"

/* Settings with which a module opens and reaches nobody. */
static const struct {
	const char *module;
	struct cc_notify_setting items[4];
	uint32_t n;
} working[] = {
	{ "email", { { "server", "127.0.0.1:1", NULL, 0, 0 },
	    { "from", "clock@example.test", NULL, 0, 0 }, { "tls", "none", NULL, 0, 0 },
	    { "worker", "/nonexistent/mailer", NULL, 0, 0 } }, 4 },
	{ "webhook", { { "connections", "2", NULL, 0, 0 } }, 1 },
	{ "journal", { { "prefix", "told", NULL, 0, 0 } }, 1 },
	{ "command", { { "program", "/bin/true", NULL, 0, 0 },
	    { "deadline_ms", "20000", NULL, 0, 0 } }, 2 },
};

enum { MODULES = sizeof working / sizeof working[0] };

static void *
open_module(struct kit *k, const struct cc_notifier *n, const struct cc_notify_cfg *cfg)
{
	struct cc_err err = { .msg = "" };
	void *self = NULL;

	if (n->open(&k->host.lent, cfg, &self, &err) != CC_OK)
		fail_msg("%s: %s", n->name, err.msg);
	return self;
}

static void *
open_working(struct kit *k, unsigned i, const struct cc_notifier **ret)
{
	struct cc_notify_cfg cfg = { working[i].items, working[i].n };

	*ret = cc_registry_find(working[i].module);
	assert_non_null(*ret);
	return open_module(k, *ret, &cfg);
}

static void
every_module_is_complete_and_found_by_name(void **state)
{
	const struct cc_notifier *n;
	unsigned i;

	(void)state;
	for (i = 0; (n = cc_registry_at(i)) != NULL; i++) {
		assert_int_equal(cc_registry_check(n, NULL), CC_OK);
		assert_ptr_equal(cc_registry_find(n->name), n);
	}
	assert_int_equal(i, MODULES);
	assert_null(cc_registry_at(i + 1));
	assert_null(cc_registry_find("pigeon"));
}

static void
a_module_of_another_abi_or_with_a_gap_is_refused(void **state)
{
	struct cc_notifier bad[6];

	(void)state;
	for (unsigned i = 0; i < 6; i++)
		bad[i] = cc_notifier_journal;
	bad[0].abi++;
	bad[1].name = "";
	bad[2].open = NULL;
	bad[3].send = NULL;
	bad[4].cancel = NULL;
	bad[5].close = NULL;
	for (unsigned i = 0; i < 6; i++) {
		struct cc_err err = { .msg = "" };

		assert_int_equal(cc_registry_check(&bad[i], &err), CC_EINVAL);
		assert_true(err.msg[0] != '\0');
	}
}

static void
an_unknown_setting_is_refused_and_named(void **state)
{
	const struct cc_notify_setting item = { "colour", "red", "/etc/c.yaml", 12, 3 };
	struct cc_notify_cfg cfg = { &item, 1 };
	const struct cc_notifier *n;
	struct kit k;

	(void)state;
	kit_open(&k);
	for (unsigned i = 0; (n = cc_registry_at(i)) != NULL; i++) {
		struct cc_err err = { .msg = "" };
		char expected[128];
		int mark;
		void *self = &mark;

		assert_int_equal(n->open(&k.host.lent, &cfg, &self, &err), CC_EINVAL);
		assert_ptr_equal(self, &mark);	/* nothing is handed out on failure */
		(void)snprintf(expected, sizeof expected,
		    "/etc/c.yaml:12:3: %s: colour: unknown setting", n->name);
		assert_string_equal(err.msg, expected);
	}
	kit_close(&k);
}

static void
closing_nothing_is_nothing(void **state)
{
	const struct cc_notifier *n;

	(void)state;
	for (unsigned i = 0; (n = cc_registry_at(i)) != NULL; i++)
		n->close(NULL);
}

static void
a_module_that_did_nothing_leaves_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MODULES; i++) {
		const struct cc_notifier *n;
		struct kit k;
		void *self;

		kit_open(&k);
		self = open_working(&k, i, &n);
		n->close(self);
		kit_run_out(&k);
		kit_close(&k);	/* asserts that the loop is empty */
	}
}

static void
done_comes_exactly_once_and_later(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MODULES; i++) {
		struct cc_message m = kit_message();
		const struct cc_notifier *n;
		struct kit_req r[3];
		struct kit k;
		void *self;

		kit_open(&k);
		self = open_working(&k, i, &n);
		for (unsigned j = 0; j < 3; j++) {
			kit_req_init(&r[j], &k, &m, "kim@example.test");
			kit_send(n, self, &r[j]);
		}
		kit_run_until(&k, 3);
		n->close(self);
		kit_run_out(&k);
		for (unsigned j = 0; j < 3; j++)
			assert_int_equal(r[j].done, 1);
		kit_close(&k);
	}
}

static void
cancel_and_close_are_answered_once_as_well(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MODULES; i++) {
		struct cc_message m = kit_message();
		const struct cc_notifier *n;
		struct kit_req r[4];
		struct kit k;
		void *self;

		kit_open(&k);
		self = open_working(&k, i, &n);
		for (unsigned j = 0; j < 4; j++) {
			kit_req_init(&r[j], &k, &m, "kim@example.test");
			kit_send(n, self, &r[j]);
			r[j].inside = true;
		}
		n->cancel(self, &r[0].req);
		n->cancel(self, &r[2].req);
		n->cancel(self, &r[0].req);
		n->close(self);
		for (unsigned j = 0; j < 4; j++)
			r[j].inside = false;
		kit_run_out(&k);
		for (unsigned j = 0; j < 4; j++)
			assert_int_equal(r[j].done, 1);
		kit_close(&k);
	}
}

static void
the_journal_gets_one_line_with_its_priority(void **state)
{
	static const struct {
		enum cc_severity severity;
		const char *rung, *begins;
	} rows[] = {
		{ CC_NOTICE, "before-3d", "<5>alert: case 48211234: " },
		{ CC_WARNING, "before-1d", "<4>alert: case 48211234: " },
		{ CC_CRITICAL, "breach", "<2>alert: case 48211234: " },
		{ CC_CRITICAL, "clear", "<6>alert: case 48211234: " },
	};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct cc_message m = kit_message();
		struct cc_notify_cfg none = { NULL, 0 };
		struct kit_req r;
		struct kit k;
		void *self;

		kit_open(&k);
		self = open_module(&k, &cc_notifier_journal, &none);
		m.severity = rows[i].severity;
		m.rung = rows[i].rung;
		m.subject = "v1\nforged";
		kit_req_init(&r, &k, &m, "kim@example.test");
		kit_send(&cc_notifier_journal, self, &r);
		kit_run_until(&k, 1);
		assert_int_equal(r.result.outcome, CC_NOTIFY_SENT);
		assert_int_equal(k.lines, 1);
		assert_memory_equal(k.log, rows[i].begins, strlen(rows[i].begins));
		assert_ptr_equal(strchr(k.log, '\n'), k.log + strlen(k.log) - 1);
		cc_notifier_journal.close(self);
		kit_run_out(&k);
		kit_close(&k);
	}
}

/* --- command ------------------------------------------------------------------------ */

static struct cc_notify_result
run_script(struct kit *k, const char *script, const char *deadline_ms)
{
	const struct cc_notify_setting items[] = {
		{ "program", "/bin/sh", NULL, 0, 0 }, { "argument", "-c", NULL, 0, 0 },
		{ "argument", script, NULL, 0, 0 },
		{ "deadline_ms", deadline_ms, NULL, 0, 0 },
	};
	struct cc_notify_cfg cfg = { items, 4 };
	struct cc_message m = kit_message();
	unsigned before = k->done;
	struct kit_req r;
	void *self = open_module(k, &cc_notifier_command, &cfg);

	kit_req_init(&r, k, &m, "kim@example.test");
	kit_send(&cc_notifier_command, self, &r);
	kit_run_until(k, before + 1);
	cc_notifier_command.close(self);
	return r.result;
}

static void
exit_codes_of_the_program_are_the_outcome(void **state)
{
	static const struct {
		const char *script;
		enum cc_notify_outcome outcome;
		const char *code;
	} rows[] = {
		{ "exit 0", CC_NOTIFY_SENT, "exit 0" },
		{ "cat >/dev/null; exit 0", CC_NOTIFY_SENT, "exit 0" },
		{ "exit 75", CC_NOTIFY_TEMP_FAIL, "exit 75" },
		{ "exit 1", CC_NOTIFY_PERM_FAIL, "exit 1" },
		{ "kill -TERM $$", CC_NOTIFY_PERM_FAIL, "signal 15" },
		{ "grep -q '\"case\":\"48211234\"'", CC_NOTIFY_SENT, "exit 0" },
		{ "test \"$CASECLOCK_TO $CASECLOCK_ATTEMPT\" = 'kim@example.test 1'",
		    CC_NOTIFY_SENT, "exit 0" },
		{ "test -z \"$HOME$CC_BIN\"", CC_NOTIFY_SENT, "exit 0" },
	};
	struct kit k;

	(void)state;
	kit_open(&k);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_notify_result r = run_script(&k, rows[i].script, "20000");

		assert_int_equal(r.outcome, rows[i].outcome);
		assert_string_equal(r.code, rows[i].code);
	}
	kit_run_out(&k);
	kit_close(&k);
}

static void
a_program_that_does_not_end_is_killed_with_its_children(void **state)
{
	struct cc_notify_result r;
	struct kit k;

	(void)state;
	kit_open(&k);
	r = run_script(&k, "sleep 60 & sleep 60", "200");
	assert_int_equal(r.outcome, CC_NOTIFY_TEMP_FAIL);
	assert_string_equal(r.code, "timeout");
	kit_run_out(&k);
	kit_close(&k);
}

static void
closing_ends_the_program_that_runs(void **state)
{
	const struct cc_notify_setting items[] = {
		{ "program", "/bin/sleep", NULL, 0, 0 }, { "argument", "60", NULL, 0, 0 },
		{ "parallel", "1", NULL, 0, 0 }, { "queue", "2", NULL, 0, 0 },
	};
	struct cc_notify_cfg cfg = { items, 4 };
	struct cc_message m = kit_message();
	struct kit_req r[3];
	struct cc_err err;
	struct kit k;
	void *self;

	(void)state;
	kit_open(&k);
	self = open_module(&k, &cc_notifier_command, &cfg);
	for (unsigned i = 0; i < 2; i++) {
		kit_req_init(&r[i], &k, &m, "kim@example.test");
		kit_send(&cc_notifier_command, self, &r[i]);
	}
	kit_req_init(&r[2], &k, &m, "kim@example.test");
	assert_int_equal(cc_notifier_command.send(self, &r[2].req, &err), CC_EBUSY);
	(void)uv_run(&k.loop, UV_RUN_ONCE);	/* the first one is started */
	cc_notifier_command.close(self);
	kit_run_until(&k, 2);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(r[i].result.outcome, CC_NOTIFY_CANCELLED);
	assert_int_equal(r[2].done, 0);
	kit_run_out(&k);
	kit_close(&k);
}

static void
settings_of_command_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *key, *value, *says;
	} rows[] = {
		{ "program", "sleep", "absolute" },
		{ "program", "/nonexistent", "No such file" },
		{ "deadline_ms", "99", "out of range" },
		{ "argument", "", "empty" },
	};
	struct kit k;

	(void)state;
	kit_open(&k);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_notify_setting items[] = {
			{ rows[i].key, rows[i].value, "c.yaml", 7, 9 },
			{ "program", "/bin/true", "c.yaml", 8, 9 },
		};
		struct cc_notify_cfg cfg = { items, i < 2 ? 1 : 2 };
		struct cc_err err = { .msg = "" };
		void *self = NULL;

		assert_int_equal(cc_notifier_command.open(&k.host.lent, &cfg, &self, &err),
		    CC_EINVAL);
		assert_memory_equal(err.msg, "c.yaml:7:9: command: ", 21);
		assert_non_null(strstr(err.msg, rows[i].says));
	}
	kit_close(&k);
}

static void
results_are_printable_and_cut(void **state)
{
	struct cc_notify_result r;
	char big[1000];

	(void)state;
	memset(big, 'x', sizeof big);
	big[sizeof big - 1] = '\0';
	cc_notify_result_set(&r, CC_NOTIFY_SENT, "a\r\nb\x80", big);
	assert_string_equal(r.code, "a??b?");
	assert_int_equal(strlen(r.detail), sizeof r.detail - 1);
	assert_int_equal(r.retry_after, -1);
	assert_string_equal(cc_notify_outcome_text(CC_NOTIFY_DISABLED), "disabled");
	assert_string_equal(cc_notify_outcome_text((enum cc_notify_outcome)99),
	    "unknown outcome");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_module_is_complete_and_found_by_name),
		cmocka_unit_test(a_module_of_another_abi_or_with_a_gap_is_refused),
		cmocka_unit_test(an_unknown_setting_is_refused_and_named),
		cmocka_unit_test(closing_nothing_is_nothing),
		cmocka_unit_test(a_module_that_did_nothing_leaves_nothing),
		cmocka_unit_test(done_comes_exactly_once_and_later),
		cmocka_unit_test(cancel_and_close_are_answered_once_as_well),
		cmocka_unit_test(the_journal_gets_one_line_with_its_priority),
		cmocka_unit_test(exit_codes_of_the_program_are_the_outcome),
		cmocka_unit_test(a_program_that_does_not_end_is_killed_with_its_children),
		cmocka_unit_test(closing_ends_the_program_that_runs),
		cmocka_unit_test(settings_of_command_are_refused_with_their_place),
		cmocka_unit_test(results_are_printable_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
