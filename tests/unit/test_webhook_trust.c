/*
 * Whom the webhook module believes.  The certificates that libcurl asks OpenSSL for are
 * noted here in place of OpenSSL, which a program may do with any function of a shared
 * library that it links.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <unistd.h>

#include "notify/registry.h"
#include "tests/unit/notify_kit.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static unsigned files, folders;
static char file[1024];

int
X509_STORE_load_file(X509_STORE *store, const char *name)
{
	assert_non_null(store);
	(void)snprintf(file, sizeof file, "%s", name);
	files++;
	return 1;
}

int
X509_STORE_load_path(X509_STORE *store, const char *name)
{
	assert_non_null(store);
	assert_non_null(name);
	folders++;
	return 1;
}

/* A port that takes connections and never says a word. */
static int
mute_port(char url[64])
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	(void)snprintf(url, 64, "https://127.0.0.1:%u/", ntohs(a.sin_port));
	return fd;
}

/* One message to it, with this ca_file or (NULL) none: the handshake never ends. */
static void
ask(const char *ca_file)
{
	char url[64];
	int fd = mute_port(url);
	struct cc_notify_setting items[] = {
		{ .key = "timeout_ms", .value = "1500" },
		{ .key = "far.url", .value = url },
		{ .key = "far.secret_file", .value = kit_file(SECRET "\n") },
		{ .key = "far.allow_private", .value = "yes" },
		{ .key = "far.ca_file", .value = ca_file }
	};
	struct cc_notify_cfg cfg = { items, ca_file == NULL ? 4 : 5 };
	struct cc_message m = kit_message();
	struct cc_err err = { .msg = "" };
	struct kit kit;
	struct kit_req r;
	void *self = NULL;

	files = folders = 0;
	file[0] = '\0';
	kit_open(&kit);
	if (cc_notifier_webhook.open(&kit.host.lent, &cfg, &self, &err) != CC_OK)
		fail_msg("%s", err.msg);
	kit_req_init(&r, &kit, &m, "far");
	kit_send(&cc_notifier_webhook, self, &r);
	kit_run_until(&kit, 1);
	assert_int_equal(r.result.outcome, CC_NOTIFY_TEMP_FAIL);
	cc_notifier_webhook.close(self);
	kit_run_out(&kit);
	kit_close(&kit);
	assert_int_equal(close(fd), 0);
	kit_remove_files();
}

static void
without_a_file_the_authorities_of_the_system_are_trusted(void **state)
{
	(void)state;
	ask(NULL);
	assert_int_equal(files + folders > 0, 1);
}

static void
with_a_file_nothing_else_is_trusted(void **state)
{
	char path[256];

	(void)state;
	(void)snprintf(path, sizeof path, "%s", kit_file("an authority\n"));
	ask(path);
	assert_int_equal(files, 1);
	assert_string_equal(file, path);
	assert_int_equal(folders, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_file_the_authorities_of_the_system_are_trusted),
		cmocka_unit_test(with_a_file_nothing_else_is_trusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
