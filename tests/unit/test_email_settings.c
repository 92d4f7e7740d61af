/* mail.*: which settings go together, and what is said of those that do not. */
#include "notify/email.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/notify_kit.h"

enum { MAX = 10 };

/* "key=value" each; SECRET stands for a file that can be read.  `wrong` is the key that
 * is blamed, NULL: all is well. */
struct row {
	const char *settings[MAX - 2];
	const char *wrong, *says;
};

static const struct row rows[] = {
	{ { "transport=esmtp" }, NULL, NULL },
	{ { "transport=curl" }, NULL, NULL },
	{ { "transport=pigeon" }, "transport", "esmtp or curl" },
	{ { "tls=starttls" }, NULL, NULL },
	{ { "tls=implicit", "transport=curl" }, NULL, NULL },
	{ { "tls=implicit" }, "tls", "needs transport: curl" },
	{ { "tls=implicit", "transport=esmtp" }, "tls", "needs transport: curl" },
	{ { "tls=ssl", "transport=curl" }, "tls", "starttls, implicit or none" },
	{ { "tls=none", "transport=curl" }, "tls", "loopback" },
	{ { "tls=none", "server=127.0.0.1:25", "transport=curl" }, NULL, NULL },
	{ { "tls=none", "server=localhost:25", "transport=curl" }, NULL, NULL },
	{ { "tls=none", "server=localhost:25" }, NULL, NULL },
	{ { "tls_min=1.2" }, NULL, NULL },
	{ { "tls_min=1.3" }, "tls_min", "needs transport: curl" },
	{ { "tls_min=1.3", "transport=curl" }, NULL, NULL },
	{ { "tls_min=1.3", "transport=curl", "tls=implicit" }, NULL, NULL },
	{ { "tls_min=1.1", "transport=curl" }, "tls_min", "1.2 or 1.3" },
	{ { "tls_min=1.2", "tls=none", "server=127.0.0.1:25" }, "tls_min", "no meaning" },
	{ { "user=clock", "password_file=SECRET" }, NULL, NULL },
	{ { "user=clock", "password_file=SECRET", "transport=curl" }, NULL, NULL },
	{ { "user=clock", "password_file=SECRET", "tls=none", "server=127.0.0.1:25" }, NULL,
	    NULL },
	{ { "user=clock", "password_file=SECRET", "tls=none", "server=127.0.0.1:25",
	    "transport=curl" }, "user", "over TLS only" },
	{ { "user=clock" }, "user", "password_file or oauth_token_file" },
	{ { "password_file=SECRET" }, "password_file", "needs a user" },
	{ { "user=clock", "oauth_token_file=SECRET", "transport=curl" }, NULL, NULL },
	{ { "user=clock", "oauth_token_file=SECRET", "transport=curl", "tls=implicit" },
	    NULL, NULL },
	{ { "user=clock", "oauth_token_file=SECRET" }, "oauth_token_file",
	    "needs transport: curl" },
	{ { "user=clock", "oauth_token_file=SECRET", "transport=curl", "tls=none",
	    "server=127.0.0.1:25" }, "user", "over TLS only" },
	{ { "oauth_token_file=SECRET", "transport=curl" }, "oauth_token_file",
	    "needs a user" },
	{ { "user=clock", "oauth_token_file=SECRET", "password_file=SECRET",
	    "transport=curl" }, "oauth_token_file", "one of both" },
	{ { "user=clock", "oauth_token_file=/nonexistent", "transport=curl" },
	    "oauth_token_file", "No such file" },
	{ { "user=clock", "password_file=/nonexistent", "transport=curl" },
	    "password_file", "No such file" },
	{ { "connections=1", "transport=curl" }, NULL, NULL },
	{ { "connections=16", "transport=curl" }, NULL, NULL },
	{ { "connections=17", "transport=curl" }, "connections", "out of range" },
	{ { "connections=0", "transport=curl" }, "connections", "out of range" },
	{ { "connections=2" }, "connections", "needs transport: curl" },
	{ { "dsn=no" }, NULL, NULL },
	{ { "dsn=yes", "transport=curl" }, NULL, NULL },
	{ { "dsn=maybe" }, "dsn", "true or false" },
	{ { "calendar=none" }, NULL, NULL }, { { "calendar=todo" }, NULL, NULL },
	{ { "calendar=event" }, NULL, NULL },
	{ { "calendar=vtodo" }, "calendar", "none, todo or event" },
	{ { "bounce_address=returned@example.test" }, NULL, NULL },
	{ { "bounce_address=nobody" }, "bounce_address", "address" },
	{ { "bounce_address=a@b\nc" }, "bounce_address", "control" },
	{ { "ca_file=/nonexistent", "transport=curl" }, "ca_file", "No such file" },
	{ { "proxy=here" }, "proxy", "unknown setting" },
};

static const char *
value_of(const char *setting, const char *secret)
{
	const char *value = strchr(setting, '=') + 1;

	return strcmp(value, "SECRET") == 0 ? secret : value;
}

static uint32_t
fill(struct cc_notify_setting items[MAX], char keys[MAX][32], const struct row *row,
    const char *secret)
{
	uint32_t n = 0;
	bool server = false;

	for (; n < MAX - 2 && row->settings[n] != NULL; n++) {
		const char *s = row->settings[n];

		(void)snprintf(keys[n], sizeof keys[n], "%.*s", (int)strcspn(s, "="), s);
		items[n] = (struct cc_notify_setting){ keys[n], value_of(s, secret),
		    "c.yaml", n + 1, 9 };
		server = server || strcmp(keys[n], "server") == 0;
	}
	items[n++] = (struct cc_notify_setting){ "from", "clock@example.test", "c.yaml", 50,
	    9 };
	if (!server)
		items[n++] = (struct cc_notify_setting){ "server", "mail.example.test:587",
		    "c.yaml", 51, 9 };
	return n;
}

/* Where the error is looked for: the line of the setting that is blamed. */
static bool
blamed(const struct cc_notify_setting *items, uint32_t n, const struct row *row,
    const char *msg)
{
	char begin[96];

	for (uint32_t i = 0; i < n; i++)
		if (strcmp(items[i].key, row->wrong) == 0) {
			(void)snprintf(begin, sizeof begin, "c.yaml:%u:9: email: %s: ",
			    items[i].line, row->wrong);
			return strncmp(msg, begin, strlen(begin)) == 0 &&
			    strstr(msg, row->says) != NULL;
		}
	return false;
}

static void
settings_that_do_not_go_together_are_refused_with_their_place(void **state)
{
	const char *secret = kit_file("word\n");

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_notify_setting items[MAX];
		char keys[MAX][32];
		uint32_t n = fill(items, keys, &rows[i], secret);
		struct cc_notify_cfg cfg = { items, n };
		struct cc_email_settings s;
		struct cc_err err = { .msg = "" };
		enum cc_code code = cc_email_settings_take(&cfg, &s, &err);

		if (code != (rows[i].wrong == NULL ? CC_OK : CC_EINVAL))
			fail_msg("row %zu (%s): %s", i, rows[i].settings[0], err.msg);
		if (code == CC_OK)
			cc_email_settings_done(&s);
		else if (!blamed(items, n, &rows[i], err.msg))
			fail_msg("row %zu (%s): %s", i, rows[i].settings[0], err.msg);
	}
	kit_remove_files();
}

static void
what_is_not_set_has_its_default(void **state)
{
	static const struct row none = { { NULL }, NULL, NULL };
	struct cc_notify_setting items[MAX];
	char keys[MAX][32];
	uint32_t n = fill(items, keys, &none, "");
	struct cc_notify_cfg cfg = { items, n };
	struct cc_email_settings s;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_email_settings_take(&cfg, &s, &err), CC_OK);
	assert_string_equal(s.transport, "esmtp");
	assert_string_equal(s.tls, "starttls");
	assert_string_equal(s.tls_min, "1.2");
	assert_string_equal(s.bounce, "clock@example.test");
	assert_string_equal(s.host, "mail.example.test");
	assert_string_equal(s.port, "587");
	assert_true(s.dsn);
	assert_false(s.title_in_subject);
	assert_int_equal(s.connections, 2);
	cc_email_settings_done(&s);
}

static void
a_server_and_a_sender_are_wanted(void **state)
{
	static const struct {
		struct cc_notify_setting only;
		const char *says;
	} lone[] = {
		{ { "from", "clock@example.test", "c.yaml", 3, 9 },
		    "c.yaml: email: server: is missing" },
		{ { "server", "mail.example.test:25", "c.yaml", 3, 9 },
		    "c.yaml: email: from: is missing" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cc_notify_cfg cfg = { &lone[i].only, 1 };
		struct cc_email_settings s;
		struct cc_err err;

		assert_int_equal(cc_email_settings_take(&cfg, &s, &err), CC_EINVAL);
		assert_string_equal(err.msg, lone[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_that_do_not_go_together_are_refused_with_their_place),
		cmocka_unit_test(what_is_not_set_has_its_default),
		cmocka_unit_test(a_server_and_a_sender_are_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
