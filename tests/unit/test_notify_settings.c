/* Settings of the email and webhook modules: each wrong one is refused with its place. */
#include "notify/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/notify_kit.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static const struct {
	const char *key, *value, *says;
} email_refusals[] = {
	{ "server", "mail.example.test", "HOST:PORT" }, { "server", "::1:25", "IPv4" },
	{ "server", "a b:25", "host" }, { "server", "mail:0", "port" },
	{ "server", "mail:65536", "port" }, { "from", "nobody", "address" },
	{ "from", "a@b\nc", "control" }, { "tls", "maybe", "implicit or none" },
	{ "tls", "none", "loopback" }, { "ca_file", "/nonexistent", "No such file" },
	{ "user", "clock", "password_file" }, { "password_file", "/etc/passwd", "user" },
	{ "worker", "caseclock-mailer", "absolute" }, { "home", "/usr", "empty" },
	{ "home", "relative", "absolute" }, { "queue", "x", "whole number" },
	{ "batch", "201", "out of range" }, { "timeout_ms", "999", "out of range" },
	{ "title_in_subject", "maybe", "true or false" }, { "colour", "red", "unknown" },
	{ "hostname", "a b", "host name" },
};

static void
settings_of_email_are_refused_with_their_place(void **state)
{
	struct kit k;

	(void)state;
	kit_open(&k);
	for (size_t i = 0; i < sizeof email_refusals / sizeof email_refusals[0]; i++) {
		struct cc_notify_setting items[3] = {
			{ "server", "mail.example.test:587", "c.yaml", 3, 3 },
			{ "from", "a@example.test", "c.yaml", 4, 3 },
		};
		struct cc_notify_cfg cfg = { items, 3 };
		struct cc_err err = { .msg = "" };
		void *self = NULL;

		items[2] = (struct cc_notify_setting){ email_refusals[i].key,
		    email_refusals[i].value, "c.yaml", 7, 9 };
		for (unsigned j = 0; j < 2; j++)
			if (strcmp(items[j].key, email_refusals[i].key) == 0) {
				items[j] = items[2];
				cfg.n = 2;
			}
		assert_int_equal(cc_notifier_email.open(&k.host.lent, &cfg, &self, &err),
		    CC_EINVAL);
		assert_null(self);
		if (strncmp(err.msg, "c.yaml:7:9: email: ", 19) != 0 ||
		    strstr(err.msg, email_refusals[i].says) == NULL)
			fail_msg("%s: %s", email_refusals[i].key, err.msg);
	}
	kit_close(&k);
}

static const struct {
	const char *key, *value, *says;
} webhook_refusals[] = {
	{ "a.url", "http://10.0.0.1/", "https" },
	{ "a.url", "https://u:p@example.test/", "password" },
	{ "a.colour", "red", "unknown setting" },
	{ "colour", "red", "unknown setting" },
	{ "a b.url", "https://example.test/", "name" },
	{ ".url", "https://example.test/", "name" },
	{ "a.allow_private", "perhaps", "true or false" },
	{ "a.ca_file", "/nonexistent/ca.pem", "No such file" },
	{ "a.secret_file", "/nonexistent/secret", "No such file" },
	{ "ports", "443;80", "port numbers" },
	{ "queue", "0", "out of range" }, { "queue", "1e3", "whole number" },
	{ "connections", "65", "out of range" },
};

static void
settings_of_webhook_are_refused_with_their_place(void **state)
{
	struct kit k;

	(void)state;
	kit_open(&k);
	for (size_t i = 0; i < sizeof webhook_refusals / sizeof webhook_refusals[0]; i++) {
		const char *secret = kit_file(SECRET);
		struct cc_notify_setting items[] = {
			{ webhook_refusals[i].key, webhook_refusals[i].value, "c.yaml", 7, 9 },
			{ "a.url", "https://example.test/", "c.yaml", 3, 1 },
			{ "a.secret_file", secret, "c.yaml", 4, 1 },
		};
		struct cc_notify_cfg cfg = { items, 3 };
		void *self = NULL;
		struct cc_err err = { .msg = "" };

		if (strcmp(webhook_refusals[i].key, "a.url") == 0)
			items[1].key = "b.url", items[2].key = "b.secret_file";
		if (strcmp(webhook_refusals[i].key, "a.secret_file") == 0)
			cfg.n = 2;
		assert_int_equal(cc_notifier_webhook.open(&k.host.lent, &cfg, &self, &err),
		    CC_EINVAL);
		assert_null(self);
		if (strncmp(err.msg, "c.yaml:7:9: webhook: ", 21) != 0 ||
		    strstr(err.msg, webhook_refusals[i].says) == NULL)
			fail_msg("%s: %s", webhook_refusals[i].key, err.msg);
	}
	kit_close(&k);
	kit_remove_files();
}

static void
an_endpoint_without_secret_or_url_is_refused(void **state)
{
	struct cc_notify_setting url = { "a.url", "https://example.test/", "c.yaml", 3, 1 };
	struct cc_notify_setting twice[] = { url, url };
	struct cc_notify_setting ca = { "a.allow_private", "no", "c.yaml", 4, 2 };
	struct cc_notify_cfg cfg[] = { { &url, 1 }, { &ca, 1 }, { twice, 2 } };
	static const char *const says[] = {
		"a.secret_file: is missing", "a.url: is missing", "twice"
	};
	struct kit k;

	(void)state;
	kit_open(&k);
	for (unsigned i = 0; i < 3; i++) {
		void *self = NULL;
		struct cc_err err = { .msg = "" };

		assert_int_equal(cc_notifier_webhook.open(&k.host.lent, &cfg[i], &self,
		    &err), CC_EINVAL);
		assert_non_null(strstr(err.msg, says[i]));
	}
	kit_close(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_of_email_are_refused_with_their_place),
		cmocka_unit_test(settings_of_webhook_are_refused_with_their_place),
		cmocka_unit_test(an_endpoint_without_secret_or_url_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
