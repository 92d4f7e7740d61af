/* What the email module does by libcurl and not by libesmtp. */
#include "tests/unit/email_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "notify/registry.h"

static void
send_many(struct kit_email *f, unsigned n)
{
	struct kit_req *r = calloc(n, sizeof *r);
	unsigned before = f->kit.done;

	assert_non_null(r);
	for (unsigned i = 0; i < n; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "kim@example.test");
		kit_send(&cc_notifier_email, f->self, &r[i]);
	}
	kit_run_until(&f->kit, before + n);
	for (unsigned i = 0; i < n; i++)
		kit_email_expect(&r[i].result, CC_NOTIFY_SENT, "250");
	free(r);
}

static void
sessions_of_libcurl_outlive_their_batch_and_are_few(void **state)
{
	static const char *const connections[] = { "1", "3" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct kit_email *f = kit_email_setup(FINE, "curl");

		kit_email_set(f, "connections", connections[i]);
		kit_email_set(f, "batch", "20");
		kit_email_start(f);
		send_many(f, 100);
		send_many(f, 100);
		assert_int_equal(f->server.mails, 200);
		assert_in_range(f->server.connections, 1, i == 0 ? 1 : 3);
		kit_email_teardown(f);
	}
}

static void
a_session_that_died_while_kept_costs_no_attempt(void **state)
{
	static const enum kit_smtp_mode modes[] = { KEPT_421, KEPT_DROP };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct kit_email *f = kit_email_setup(modes[i], "curl");

		kit_email_start(f);
		for (unsigned j = 0; j < 3; j++) {
			struct cc_notify_result r = kit_email_ask(f, "kim@example.test");

			kit_email_expect(&r, CC_NOTIFY_SENT, "250");
		}
		assert_int_equal(f->server.mails, 3);
		kit_email_teardown(f);
	}
}

static void
a_server_that_misunderstands_notices_gets_the_mail_without(void **state)
{
	struct kit_email *f = kit_email_setup(DSN_BROKEN, "curl");
	struct cc_notify_result r;

	(void)state;
	kit_email_start(f);
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_TEMP_FAIL, "501");
	r = kit_email_ask(f, "kim@example.test");
	kit_email_expect(&r, CC_NOTIFY_SENT, "250");
	kit_email_teardown(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_of_libcurl_outlive_their_batch_and_are_few),
		cmocka_unit_test(a_session_that_died_while_kept_costs_no_attempt),
		cmocka_unit_test(a_server_that_misunderstands_notices_gets_the_mail_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
