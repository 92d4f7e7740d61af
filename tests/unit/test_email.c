/*
 * The email module with its real worker (CC_BIN names the folder of caseclock-mailer),
 * against an SMTP server in the same loop.
 */
#include "notify/registry.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/notify_kit.h"
#include "tests/unit/smtp_kit.h"

/* --- the fixture ------------------------------------------------------------------ */

struct fixture {
	struct kit kit;
	struct kit_smtp server;
	struct cc_message message;
	void *self;
	char address[32], worker[PATH_MAX];
	struct cc_notify_setting items[16];
	struct cc_notify_cfg cfg;
};

static void
set(struct fixture *f, const char *key, const char *value)
{
	for (uint32_t i = 0; i < f->cfg.n; i++)
		if (strcmp(f->items[i].key, key) == 0) {
			f->items[i].value = value;
			return;
		}
	f->items[f->cfg.n++] = (struct cc_notify_setting){ key, value, "c.yaml", 5, 11 };
}

static void
find_worker(struct fixture *f)
{
	const char *given = getenv("CC_MAILER"), *bin = getenv("CC_BIN");
	char path[PATH_MAX];

	if (given != NULL)
		(void)snprintf(path, sizeof path, "%s", given);
	else
		(void)snprintf(path, sizeof path, "%s/caseclock-mailer",
		    bin != NULL ? bin : "build/release");
	if (realpath(path, f->worker) == NULL || access(f->worker, X_OK) != 0)
		fail_msg("no mail worker at %s: set CC_MAILER or CC_BIN", path);
}

static struct fixture *
setup(enum kit_smtp_mode mode)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	kit_open(&f->kit);
	f->message = kit_message();
	kit_smtp_open(&f->server, &f->kit.loop, mode);
	(void)snprintf(f->address, sizeof f->address, "127.0.0.1:%u", f->server.port);
	find_worker(f);
	f->cfg.items = f->items;
	set(f, "server", f->address);
	set(f, "from", "caseclock@cms.example.test");
	set(f, "tls", "none");
	set(f, "worker", f->worker);
	set(f, "hostname", "test.example");
	set(f, "timeout_ms", "1000");
	return f;
}

static void
start(struct fixture *f)
{
	struct cc_err err = { .msg = "" };

	if (cc_notifier_email.open(&f->kit.host.lent, &f->cfg, &f->self, &err) != CC_OK)
		fail_msg("%s", err.msg);
}

static void
teardown(struct fixture *f)
{
	if (f->self != NULL)
		cc_notifier_email.close(f->self);
	kit_smtp_close(&f->server);
	kit_run_out(&f->kit);
	kit_close(&f->kit);
	kit_remove_files();
	free(f);
}

static struct cc_notify_result
ask(struct fixture *f, const char *to)
{
	struct kit_req r;
	unsigned before = f->kit.done;

	kit_req_init(&r, &f->kit, &f->message, to);
	kit_send(&cc_notifier_email, f->self, &r);
	kit_run_until(&f->kit, before + 1);
	assert_int_equal(r.done, 1);
	return r.result;
}

static void
expect(const struct cc_notify_result *r, enum cc_notify_outcome outcome, const char *code)
{
	if (r->outcome != outcome || strcmp(r->code, code) != 0)
		fail_msg("%s %s (%s)", cc_notify_outcome_text(r->outcome), r->code,
		    r->detail);
}

/* --- tests ------------------------------------------------------------------------ */

static void
a_mail_arrives_as_it_was_rendered(void **state)
{
	struct fixture *f = setup(FINE);
	struct cc_notify_result r;

	(void)state;
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_SENT, "250");
	assert_int_equal(f->server.mails, 1);
	assert_non_null(strstr(f->server.last, "Message-ID: <00112233445566778899aabbccddeeff@"
	    "cms.example.test>\r\n"));
	assert_non_null(strstr(f->server.last, "Auto-Submitted: auto-generated\r\n"));
	assert_non_null(strstr(f->server.envelope, "RET=HDRS "
	    "ENVID=00112233445566778899aabbccddeeff"));
	assert_non_null(strstr(f->server.envelope, "NOTIFY=FAILURE,DELAY "
	    "ORCPT=rfc822;kim@example.test"));
	teardown(f);
}

static void
each_recipient_has_an_outcome_and_one_session_carries_all(void **state)
{
	static const struct {
		const char *to;
		enum cc_notify_outcome outcome;
		const char *code;
	} rows[] = {
		{ "kim@example.test", CC_NOTIFY_SENT, "250" },
		{ "bad@example.test", CC_NOTIFY_PERM_FAIL, "550" },
		{ "later@example.test", CC_NOTIFY_TEMP_FAIL, "451" },
		{ "not an address", CC_NOTIFY_PERM_FAIL, "invalid" },
		{ "lee@example.test", CC_NOTIFY_SENT, "250" },
	};
	enum { N = sizeof rows / sizeof rows[0] };
	struct fixture *f = setup(FINE);
	struct kit_req r[N];

	(void)state;
	start(f);
	for (unsigned i = 0; i < N; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, rows[i].to);
		kit_send(&cc_notifier_email, f->self, &r[i]);
	}
	kit_run_until(&f->kit, N);
	for (unsigned i = 0; i < N; i++)
		expect(&r[i].result, rows[i].outcome, rows[i].code);
	assert_int_equal(f->server.connections, 1);
	assert_int_equal(f->server.mails, 2);
	teardown(f);
}

static const struct {
	enum kit_smtp_mode mode;
	enum cc_notify_outcome outcome;
	const char *code, *says;
} troubles[] = {
	{ GREET_421, CC_NOTIFY_TEMP_FAIL, "421", "not now" },
	{ GREET_HANG, CC_NOTIFY_TEMP_FAIL, "session", "" },
	{ DROP_AFTER_DATA, CC_NOTIFY_TEMP_FAIL, "in doubt", "" },
	{ HANG_AFTER_DATA, CC_NOTIFY_TEMP_FAIL, "in doubt", "" },
	{ REFUSE_DATA, CC_NOTIFY_PERM_FAIL, "554", "5.6.0 refused" },
	{ SENDER_LATER, CC_NOTIFY_TEMP_FAIL, "450", "later" },
	{ SENDER_530, CC_NOTIFY_TEMP_FAIL, "530", "log in first" },
};

static void
troubles_of_the_server_are_judged_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		struct fixture *f = setup(troubles[i].mode);
		struct cc_notify_result r;

		start(f);
		r = ask(f, "kim@example.test");
		expect(&r, troubles[i].outcome, troubles[i].code);
		if (strstr(r.detail, troubles[i].says) == NULL)
			fail_msg("%s", r.detail);
		teardown(f);
	}
}

static void
a_refused_connection_is_temporary(void **state)
{
	struct fixture *f = setup(FINE);
	struct cc_notify_result r;

	(void)state;
	set(f, "server", "127.0.0.1:1");
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "session");
	assert_non_null(strstr(r.detail, "refused"));
	teardown(f);
}

static void
set_login(struct fixture *f)
{
	set(f, "user", "clock");
	set(f, "password_file", kit_file("secret-word\n"));
}

static void
a_wrong_password_is_tried_once_and_then_held(void **state)
{
	struct fixture *f = setup(AUTH_WRONG);
	struct cc_notify_result r;

	(void)state;
	set_login(f);
	set(f, "auth_hold_s", "600");
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "auth");
	assert_in_range(r.retry_after, 590, 600);
	assert_int_equal(f->server.logins, 1);
	assert_int_equal(f->server.tried, 0);	/* nothing went without a login */
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "auth");
	assert_in_range(r.retry_after, 590, 600);
	assert_int_equal(f->server.logins, 1);
	assert_int_equal(f->server.connections, 1);
	assert_non_null(strstr(f->kit.log, "<3>email: configuration error"));
	assert_null(strstr(f->kit.log, "secret-word"));
	teardown(f);
}

static void
a_right_password_sends(void **state)
{
	struct fixture *f = setup(AUTH_RIGHT);
	struct cc_notify_result r;

	(void)state;
	set_login(f);
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_SENT, "250");
	assert_int_equal(f->server.logins, 1);
	teardown(f);
}

static void
no_mail_goes_without_the_login_that_is_set(void **state)
{
	struct fixture *f = setup(AUTH_ABSENT);
	struct cc_notify_result r;

	(void)state;
	set_login(f);
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "auth");
	assert_int_equal(f->server.mails, 0);
	teardown(f);
}

static void
a_login_that_cannot_be_checked_now_is_tried_later(void **state)
{
	struct fixture *f = setup(AUTH_LATER);
	struct cc_notify_result r;

	(void)state;
	set_login(f);
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "auth");
	assert_int_equal(r.retry_after, -1);
	assert_int_equal(f->server.mails, 0);
	teardown(f);
}

static void
forged_answers_behind_starttls_never_count_as_sent(void **state)
{
	struct fixture *f = setup(INJECT);
	struct cc_notify_result r;

	(void)state;
	set(f, "tls", "starttls");
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "security");
	assert_int_equal(f->server.mails, 0);
	teardown(f);
}

static void
a_server_without_starttls_gets_no_mail(void **state)
{
	struct fixture *f = setup(NO_STARTTLS);
	struct cc_notify_result r;

	(void)state;
	set(f, "tls", "starttls");
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "tls");
	assert_non_null(strstr(r.detail, "STARTTLS"));
	assert_int_equal(f->server.tried, 0);
	teardown(f);
}

static void
a_worker_that_is_late_is_killed_and_another_takes_over(void **state)
{
	struct fixture *f = setup(HANG_AFTER_DATA);
	struct cc_notify_result r;

	(void)state;
	set(f, "timeout_ms", "60000");
	set(f, "deadline_ms", "1000");
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "in doubt");
	assert_non_null(strstr(r.detail, "signal 9"));
	assert_non_null(strstr(f->kit.log, "did not finish in time"));
	f->server.mode = FINE;
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_SENT, "250");
	teardown(f);
}

static void
a_worker_that_cannot_start_fails_what_waits(void **state)
{
	struct fixture *f = setup(FINE);
	struct cc_notify_result r;

	(void)state;
	set(f, "worker", "/nonexistent/caseclock-mailer");
	start(f);
	r = ask(f, "kim@example.test");
	expect(&r, CC_NOTIFY_TEMP_FAIL, "worker");
	r = ask(f, "kim@example.test");	/* after its pause */
	expect(&r, CC_NOTIFY_TEMP_FAIL, "worker");
	teardown(f);
}

static void
a_program_that_is_no_worker_fails_what_waits(void **state)
{
	static const char *const programs[] = { "/bin/true", "/bin/cat" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct fixture *f = setup(FINE);
		struct cc_notify_result r;

		set(f, "worker", programs[i]);
		start(f);
		r = ask(f, "kim@example.test");
		expect(&r, CC_NOTIFY_TEMP_FAIL, "worker");
		teardown(f);
	}
}

static void
batches_are_bounded_and_the_queue_refuses_more(void **state)
{
	enum { N = 25 };
	struct fixture *f = setup(FINE);
	struct kit_req r[N + 1];
	struct cc_err err;

	(void)state;
	set(f, "batch", "10");
	set(f, "queue", "25");
	start(f);
	for (unsigned i = 0; i < N; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "kim@example.test");
		kit_send(&cc_notifier_email, f->self, &r[i]);
	}
	kit_req_init(&r[N], &f->kit, &f->message, "kim@example.test");
	assert_int_equal(cc_notifier_email.send(f->self, &r[N].req, &err), CC_EBUSY);
	kit_run_until(&f->kit, N);
	for (unsigned i = 0; i < N; i++)
		expect(&r[i].result, CC_NOTIFY_SENT, "250");
	assert_int_equal(f->server.mails, N);
	assert_int_equal(f->server.connections, 3);
	assert_int_equal(r[N].done, 0);
	teardown(f);
}

static void
cancel_takes_back_what_waits(void **state)
{
	struct fixture *f = setup(FINE);
	struct kit_req r;

	(void)state;
	start(f);
	kit_req_init(&r, &f->kit, &f->message, "kim@example.test");
	kit_send(&cc_notifier_email, f->self, &r);
	r.inside = true;
	cc_notifier_email.cancel(f->self, &r.req);
	cc_notifier_email.cancel(f->self, &r.req);
	r.inside = false;
	kit_run_until(&f->kit, 1);
	assert_int_equal(r.result.outcome, CC_NOTIFY_CANCELLED);
	assert_int_equal(f->server.mails, 0);
	teardown(f);
}

static void
close_waits_its_grace_then_kills(void **state)
{
	struct fixture *f = setup(HANG_AFTER_DATA);
	struct kit_req r[3];

	(void)state;
	set(f, "timeout_ms", "60000");
	set(f, "grace_ms", "50");
	set(f, "batch", "1");
	start(f);
	for (unsigned i = 0; i < 3; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "kim@example.test");
		kit_send(&cc_notifier_email, f->self, &r[i]);
	}
	while (f->server.mails == 0 && !f->kit.expired)
		(void)uv_run(&f->kit.loop, UV_RUN_ONCE);
	cc_notifier_email.close(f->self);
	f->self = NULL;
	kit_run_until(&f->kit, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(r[i].result.outcome, CC_NOTIFY_CANCELLED);
	teardown(f);
}

static void
close_lets_a_session_end_in_order(void **state)
{
	struct fixture *f = setup(FINE);
	struct kit_req r;

	(void)state;
	start(f);
	kit_req_init(&r, &f->kit, &f->message, "kim@example.test");
	kit_send(&cc_notifier_email, f->self, &r);
	while (f->server.helos == 0 && !f->kit.expired)
		(void)uv_run(&f->kit.loop, UV_RUN_ONCE);
	cc_notifier_email.close(f->self);
	f->self = NULL;
	kit_run_until(&f->kit, 1);
	expect(&r.result, CC_NOTIFY_SENT, "250");
	teardown(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_arrives_as_it_was_rendered),
		cmocka_unit_test(each_recipient_has_an_outcome_and_one_session_carries_all),
		cmocka_unit_test(troubles_of_the_server_are_judged_by_the_table),
		cmocka_unit_test(a_refused_connection_is_temporary),
		cmocka_unit_test(a_wrong_password_is_tried_once_and_then_held),
		cmocka_unit_test(a_right_password_sends),
		cmocka_unit_test(no_mail_goes_without_the_login_that_is_set),
		cmocka_unit_test(a_login_that_cannot_be_checked_now_is_tried_later),
		cmocka_unit_test(forged_answers_behind_starttls_never_count_as_sent),
		cmocka_unit_test(a_server_without_starttls_gets_no_mail),
		cmocka_unit_test(a_worker_that_is_late_is_killed_and_another_takes_over),
		cmocka_unit_test(a_worker_that_cannot_start_fails_what_waits),
		cmocka_unit_test(a_program_that_is_no_worker_fails_what_waits),
		cmocka_unit_test(batches_are_bounded_and_the_queue_refuses_more),
		cmocka_unit_test(cancel_takes_back_what_waits),
		cmocka_unit_test(close_waits_its_grace_then_kills),
		cmocka_unit_test(close_lets_a_session_end_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
