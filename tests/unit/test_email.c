/*
 * The email module with its real worker (CC_BIN names the folder of caseclock-mailer),
 * against an SMTP server in the same loop; first by libesmtp, then by libcurl.  Logins and
 * TLS by libcurl need TLS, and are in tests/system/200-mail-tls.sh.
 */
#include "tests/unit/email_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "notify/registry.h"

static const char *transport;		/* NULL: not set */

static bool
curl(void)
{
	return transport != NULL && strcmp(transport, "curl") == 0;
}

/* --- tests ------------------------------------------------------------------------ */

static void
a_mail_arrives_as_it_was_rendered(void **state)
{
	struct kit_email *f = kit_email_setup(FINE, transport);
	struct cc_notify_result r;

	(void)state;
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_SENT, "250");
	assert_int_equal(f->server.mails, 1);
	assert_non_null(strstr(f->server.last, "Message-ID: <00112233445566778899aabbccddeeff@"
	    "cms.example.test>\r\n"));
	assert_non_null(strstr(f->server.last, "Auto-Submitted: auto-generated\r\n"));
	assert_non_null(strstr(f->server.envelope, curl() ?
	    "MAIL FROM:<caseclock@cms.example.test> RET=HDRS "
	    "ENVID=<00112233445566778899aabbccddeeff>\n" :
	    "RET=HDRS ENVID=00112233445566778899aabbccddeeff"));
	assert_non_null(strstr(f->server.envelope, curl() ?
	    "RCPT TO:<kim@example.test> NOTIFY=FAILURE,DELAY "
	    "ORCPT=rfc822;<kim@example.test>\n" :
	    "NOTIFY=FAILURE,DELAY ORCPT=rfc822;kim@example.test"));
	kit_email_teardown(f);
}

static void
notices_are_asked_for_only_where_they_may(void **state)
{
	struct kit_email *f = kit_email_setup(FINE, transport);
	struct cc_notify_result r;

	(void)state;
	kit_email_set(f, "dsn", "no");
	kit_email_set(f, "bounce_address", "returned+mail@cms.example.test");
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_SENT, "250");
	assert_string_equal(f->server.envelope,
	    "MAIL FROM:<returned+mail@cms.example.test>\nRCPT TO:<kim@example.test>\n");
	assert_non_null(strstr(f->server.last, "caseclock@cms.example.test"));
	assert_null(strstr(f->server.last, "returned"));	/* only in the envelope */
	kit_email_teardown(f);
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
	struct kit_email *f = kit_email_setup(FINE, transport);
	struct kit_req r[N];

	(void)state;
	kit_email_start(f);
	for (unsigned i = 0; i < N; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, rows[i].to);
		kit_send(&cc_notifier_email, f->self, &r[i]);
	}
	kit_run_until(&f->kit, N);
	for (unsigned i = 0; i < N; i++)
		kit_email_expect(&r[i].result, rows[i].outcome, rows[i].code);
	/* libcurl ends a session in which a recipient was refused */
	assert_in_range(f->server.connections, 1, curl() ? 3 : 1);
	assert_int_equal(f->server.mails, 2);
	kit_email_teardown(f);
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
	{ RCPT_HANG, CC_NOTIFY_TEMP_FAIL, "session", "" },
	{ RCPT_DROP, CC_NOTIFY_TEMP_FAIL, "session", "" },
	{ FULL_NOW, CC_NOTIFY_TEMP_FAIL, "452", "4.2.2 mailbox" },
	{ FULL, CC_NOTIFY_PERM_FAIL, "552", "5.2.2" },
};

static void
troubles_of_the_server_are_judged_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		struct kit_email *f = kit_email_setup(troubles[i].mode, transport);
		struct cc_notify_result r;

		kit_email_start(f);
		r = kit_email_ask(f, "kim@example.test");
		kit_email_expect(&r, troubles[i].outcome, troubles[i].code);
		if (strstr(r.detail, troubles[i].says) == NULL)
			fail_msg("%s", r.detail);
		kit_email_teardown(f);
	}
}

static void
a_refused_connection_is_temporary(void **state)
{
	struct kit_email *f = kit_email_setup(FINE, transport);
	struct cc_notify_result r;

	(void)state;
	kit_email_set(f, "server", "127.0.0.1:1");
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "session");
	assert_non_null(strstr(r.detail, "refused"));
	kit_email_teardown(f);
}

static void
set_login(struct kit_email *f)
{
	kit_email_set(f, "user", "clock");
	kit_email_set(f, "password_file", kit_file("secret-word\n"));
}

static void
a_wrong_password_is_tried_once_and_then_held(void **state)
{
	struct kit_email *f = kit_email_setup(AUTH_WRONG, transport);
	struct cc_notify_result r;

	(void)state;
	set_login(f);
	kit_email_set(f, "auth_hold_s", "600");
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "auth");
	assert_in_range(r.retry_after, 590, 600);
	assert_int_equal(f->server.logins, 1);
	assert_int_equal(f->server.tried, 0);	/* nothing went without a login */
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "auth");
	assert_in_range(r.retry_after, 590, 600);
	assert_int_equal(f->server.logins, 1);
	assert_int_equal(f->server.connections, 1);
	assert_non_null(strstr(f->kit.log, "<3>email: configuration error"));
	assert_null(strstr(f->kit.log, "secret-word"));
	kit_email_teardown(f);
}

static void
a_right_password_sends(void **state)
{
	struct kit_email *f = kit_email_setup(AUTH_RIGHT, transport);
	struct cc_notify_result r;

	(void)state;
	set_login(f);
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_SENT, "250");
	assert_int_equal(f->server.logins, 1);
	kit_email_teardown(f);
}

static void
no_mail_goes_without_the_login_that_is_set(void **state)
{
	struct kit_email *f = kit_email_setup(AUTH_ABSENT, transport);
	struct cc_notify_result r;

	(void)state;
	set_login(f);
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "auth");
	assert_int_equal(f->server.mails, 0);
	kit_email_teardown(f);
}

static void
a_login_that_cannot_be_checked_now_is_tried_later(void **state)
{
	struct kit_email *f = kit_email_setup(AUTH_LATER, transport);
	struct cc_notify_result r;

	(void)state;
	set_login(f);
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "auth");
	assert_int_equal(r.retry_after, -1);
	assert_int_equal(f->server.mails, 0);
	kit_email_teardown(f);
}

static void
forged_answers_behind_starttls_never_count_as_sent(void **state)
{
	struct kit_email *f = kit_email_setup(INJECT, transport);
	struct cc_notify_result r;

	(void)state;
	kit_email_set(f, "tls", "starttls");
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "security");
	assert_int_equal(f->server.mails, 0);
	kit_email_teardown(f);
}

static void
a_server_without_starttls_gets_no_mail(void **state)
{
	struct kit_email *f = kit_email_setup(NO_STARTTLS, transport);
	struct cc_notify_result r;

	(void)state;
	kit_email_set(f, "tls", "starttls");
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "tls");
	assert_non_null(strstr(r.detail, "STARTTLS"));
	assert_int_equal(f->server.tried, 0);
	kit_email_teardown(f);
}

static void
a_lost_session_ends_the_batch_and_does_not_wait_for_each(void **state)
{
	enum { N = 10 };
	struct kit_email *f = kit_email_setup(GREET_HANG, transport);
	struct kit_req r[N];
	uint64_t began = uv_hrtime();

	(void)state;
	kit_email_start(f);
	for (unsigned i = 0; i < N; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "kim@example.test");
		kit_send(&cc_notifier_email, f->self, &r[i]);
	}
	kit_run_until(&f->kit, N);
	for (unsigned i = 0; i < N; i++)
		kit_email_expect(&r[i].result, CC_NOTIFY_TEMP_FAIL, "session");
	assert_int_equal(f->server.connections, 1);
	assert_true(uv_hrtime() - began < 5 * UINT64_C(1000000000));
	kit_email_teardown(f);
}

static void
a_worker_that_is_late_is_killed_and_another_takes_over(void **state)
{
	struct kit_email *f = kit_email_setup(HANG_AFTER_DATA, transport);
	struct cc_notify_result r;

	(void)state;
	kit_email_set(f, "timeout_ms", "60000");
	kit_email_set(f, "deadline_ms", "1000");
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "in doubt");
	assert_non_null(strstr(r.detail, "signal 9"));
	assert_non_null(strstr(f->kit.log, "did not finish in time"));
	f->server.mode = FINE;
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_SENT, "250");
	kit_email_teardown(f);
}

static void
a_worker_that_cannot_start_fails_what_waits(void **state)
{
	struct kit_email *f = kit_email_setup(FINE, transport);
	struct cc_notify_result r;

	(void)state;
	kit_email_set(f, "worker", "/nonexistent/caseclock-mailer");
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "worker");
	r = kit_email_ask(f, "kim@example.test");	/* after its pause */
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "worker");
	kit_email_teardown(f);
}

static void
a_program_that_is_no_worker_fails_what_waits(void **state)
{
	static const char *const programs[] = { "/bin/true", "/bin/cat" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct kit_email *f = kit_email_setup(FINE, transport);
		struct cc_notify_result r;

		kit_email_set(f, "worker", programs[i]);
		kit_email_start(f);
		r = kit_email_ask(f, "kim@example.test");
		kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "worker");
		kit_email_teardown(f);
	}
}

static void
batches_are_bounded_and_the_queue_refuses_more(void **state)
{
	enum { N = 25 };
	struct kit_email *f = kit_email_setup(FINE, transport);
	struct kit_req r[N + 1];
	struct cc_err err;

	(void)state;
	kit_email_set(f, "batch", "10");
	kit_email_set(f, "queue", "25");
	kit_email_start(f);
	for (unsigned i = 0; i < N; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "kim@example.test");
		kit_send(&cc_notifier_email, f->self, &r[i]);
	}
	kit_req_init(&r[N], &f->kit, &f->message, "kim@example.test");
	assert_int_equal(cc_notifier_email.send(f->self, &r[N].req, &err), CC_EBUSY);
	kit_run_until(&f->kit, N);
	for (unsigned i = 0; i < N; i++)
		kit_email_expect(&r[i].result, CC_NOTIFY_SENT, "250");
	assert_int_equal(f->server.mails, N);
	assert_int_equal(f->server.connections, 3);
	assert_int_equal(r[N].done, 0);
	kit_email_teardown(f);
}

static void
cancel_takes_back_what_waits(void **state)
{
	struct kit_email *f = kit_email_setup(FINE, transport);
	struct kit_req r;

	(void)state;
	kit_email_start(f);
	kit_req_init(&r, &f->kit, &f->message, "kim@example.test");
	kit_send(&cc_notifier_email, f->self, &r);
	r.inside = true;
	cc_notifier_email.cancel(f->self, &r.req);
	cc_notifier_email.cancel(f->self, &r.req);
	r.inside = false;
	kit_run_until(&f->kit, 1);
	assert_int_equal(r.result.outcome, CC_NOTIFY_CANCELLED);
	assert_int_equal(f->server.mails, 0);
	kit_email_teardown(f);
}

static void
close_waits_its_grace_then_kills(void **state)
{
	struct kit_email *f = kit_email_setup(HANG_AFTER_DATA, transport);
	struct kit_req r[3];

	(void)state;
	kit_email_set(f, "timeout_ms", "60000");
	kit_email_set(f, "grace_ms", "50");
	kit_email_set(f, "batch", "1");
	kit_email_start(f);
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
	kit_email_teardown(f);
}

static void
close_lets_a_session_end_in_order(void **state)
{
	struct kit_email *f = kit_email_setup(FINE, transport);
	struct kit_req r;

	(void)state;
	kit_email_start(f);
	kit_req_init(&r, &f->kit, &f->message, "kim@example.test");
	kit_send(&cc_notifier_email, f->self, &r);
	while (f->server.helos == 0 && !f->kit.expired)
		(void)uv_run(&f->kit.loop, UV_RUN_ONCE);
	cc_notifier_email.close(f->self);
	f->self = NULL;
	kit_run_until(&f->kit, 1);
	kit_email_expect(&r.result, CC_NOTIFY_SENT, "250");
	kit_email_teardown(f);
}

/* What holds for both. */
#define OF_BOTH \
	cmocka_unit_test(a_mail_arrives_as_it_was_rendered), \
	cmocka_unit_test(notices_are_asked_for_only_where_they_may), \
	cmocka_unit_test(each_recipient_has_an_outcome_and_one_session_carries_all), \
	cmocka_unit_test(troubles_of_the_server_are_judged_by_the_table), \
	cmocka_unit_test(a_lost_session_ends_the_batch_and_does_not_wait_for_each), \
	cmocka_unit_test(a_refused_connection_is_temporary), \
	cmocka_unit_test(forged_answers_behind_starttls_never_count_as_sent), \
	cmocka_unit_test(a_server_without_starttls_gets_no_mail), \
	cmocka_unit_test(a_worker_that_is_late_is_killed_and_another_takes_over), \
	cmocka_unit_test(cancel_takes_back_what_waits), \
	cmocka_unit_test(close_waits_its_grace_then_kills), \
	cmocka_unit_test(close_lets_a_session_end_in_order)

static int
by_libcurl(void **state)
{
	(void)state;
	transport = "curl";
	return 0;
}

int
main(void)
{
	const struct CMUnitTest esmtp[] = {
		OF_BOTH,
		cmocka_unit_test(a_wrong_password_is_tried_once_and_then_held),
		cmocka_unit_test(a_right_password_sends),
		cmocka_unit_test(no_mail_goes_without_the_login_that_is_set),
		cmocka_unit_test(a_login_that_cannot_be_checked_now_is_tried_later),
		cmocka_unit_test(a_worker_that_cannot_start_fails_what_waits),
		cmocka_unit_test(a_program_that_is_no_worker_fails_what_waits),
		cmocka_unit_test(batches_are_bounded_and_the_queue_refuses_more),
	};
	const struct CMUnitTest libcurl[] = {
		OF_BOTH,
	};
	int failed = cmocka_run_group_tests_name("esmtp", esmtp, NULL, NULL);

	return failed + cmocka_run_group_tests_name("curl", libcurl, by_libcurl, NULL);
}
