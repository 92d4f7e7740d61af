/* Signatures, addresses and URLs of webhooks. */
#include "notify/webhook_sign.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "notify/webhook_url.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static const struct cc_webhook_signed published = {
	.id = "msg_p5jXN8AQM9LWM0D4loKWxJek", .timestamp = { 1614265330 },
	.body = "{\"test\": 2432232314}", .n = 20,
};

static const char vector[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

static void
equals_the_published_vector(void **state)
{
	struct cc_webhook_keys k;
	char text[CC_WEBHOOK_SIGNATURE_MAX];

	(void)state;
	assert_int_equal(cc_webhook_keys_take(SECRET "\n", &k, NULL), CC_OK);
	for (int again = 0; again < 3; again++) {	/* a keyed context is used again */
		assert_int_equal(cc_webhook_sign(&k, &published, text, NULL), CC_OK);
		assert_string_equal(text, vector);
	}
	cc_webhook_keys_done(&k);
}

static void
signs_with_every_secret_while_keys_rotate(void **state)
{
	struct cc_webhook_keys k;
	char text[CC_WEBHOOK_SIGNATURE_MAX];

	(void)state;
	assert_int_equal(cc_webhook_keys_take("\n " OTHER " \r\n\n" SECRET, &k, NULL), CC_OK);
	assert_int_equal(k.n, 2);
	assert_int_equal(cc_webhook_sign(&k, &published, text, NULL), CC_OK);
	assert_memory_equal(text, "v1,", 3);
	assert_memory_not_equal(text, vector, strlen(vector));
	assert_int_equal(text[47], ' ');
	assert_string_equal(text + 48, vector);
	cc_webhook_keys_done(&k);
}

static void
every_part_changes_the_signature(void **state)
{
	struct cc_webhook_signed other[] = { published, published, published };
	struct cc_webhook_keys k;
	char text[CC_WEBHOOK_SIGNATURE_MAX];

	(void)state;
	other[0].id = "msg_p5jXN8AQM9LWM0D4loKWxJel";
	other[1].timestamp.s++;
	other[2].n--;
	assert_int_equal(cc_webhook_keys_take(SECRET, &k, NULL), CC_OK);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(cc_webhook_sign(&k, &other[i], text, NULL), CC_OK);
		assert_string_not_equal(text, vector);
	}
	cc_webhook_keys_done(&k);
}

static void
refuses_what_is_no_secret(void **state)
{
	static const char *const bad[] = {
		"", "\n \n", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_!!!!",
		"whsec_AAAA", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", SECRET "=",
		"whsec_MfKQ9r8GKYqrTwj PD8ILPZIo2LaLaSw", SECRET " " SECRET,
		SECRET "\n" SECRET "\n" SECRET "\n" SECRET "\n" SECRET,
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAA",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cc_webhook_keys k = { .n = 77 };
		struct cc_err err = { .msg = "" };

		assert_int_equal(cc_webhook_keys_take(bad[i], &k, &err), CC_EINVAL);
		assert_int_equal(k.n, 77);
		assert_true(err.msg[0] != '\0');
	}
}

static const struct {
	const char *address;
	bool open;
} addresses[] = {
	{ "8.8.8.8", true }, { "1.1.1.1", true }, { "172.15.0.1", true },
	{ "172.32.0.1", true }, { "192.167.255.255", true }, { "223.255.255.255", true },
	{ "2606:4700::1111", true }, { "2a00:1450:4001::1", true },
	{ "::ffff:8.8.8.8", true },
	{ "127.0.0.1", false }, { "127.255.0.1", false }, { "0.0.0.0", false },
	{ "10.0.0.1", false }, { "100.64.0.1", false }, { "169.254.169.254", false },
	{ "172.16.0.1", false }, { "172.31.255.255", false }, { "192.168.1.1", false },
	{ "192.0.0.1", false }, { "192.0.2.7", false }, { "198.18.0.1", false },
	{ "198.51.100.1", false }, { "203.0.113.1", false }, { "224.0.0.1", false },
	{ "255.255.255.255", false },
	{ "::", false }, { "::1", false }, { "::ffff:127.0.0.1", false },
	{ "::ffff:10.1.2.3", false }, { "fe80::1", false }, { "fc00::1", false },
	{ "fd12:3456::1", false }, { "ff02::1", false }, { "64:ff9b::a00:1", false },
	{ "2001:db8::1", false }, { "2001::1", false }, { "2002:7f00:1::", false },
	{ "3fff:1::1", false }, { "::7f00:1", false },
};

static void
only_public_addresses_are_public(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
		struct sockaddr_in v4 = { .sin_family = AF_INET };
		const struct sockaddr *a = (const struct sockaddr *)&v4;

		if (strchr(addresses[i].address, ':') != NULL) {
			assert_int_equal(inet_pton(AF_INET6, addresses[i].address,
			    &v6.sin6_addr), 1);
			a = (const struct sockaddr *)&v6;
		} else {
			assert_int_equal(inet_pton(AF_INET, addresses[i].address,
			    &v4.sin_addr), 1);
		}
		if (cc_webhook_address_public(a) != addresses[i].open)
			fail_msg("%s", addresses[i].address);
	}
}

static void
a_socket_of_another_family_is_not_public(void **state)
{
	struct sockaddr other = { .sa_family = AF_UNIX };

	(void)state;
	assert_false(cc_webhook_address_public(&other));
}

static const struct {
	const char *url;
	bool private_too, allowed;
} urls[] = {
	{ "https://hooks.example.test/x", false, true },
	{ "https://hooks.example.test:8443/x?y=1", false, true },
	{ "https://hooks.example.test:9000/x", false, false },
	{ "https://hooks.example.test:9000/x", true, true },
	{ "http://hooks.example.test/", false, false },
	{ "http://127.0.0.1:8080/", true, true },
	{ "http://127.0.0.1:8080/", false, false },
	{ "https://user:pass@hooks.example.test/", true, false },
	{ "https://user@hooks.example.test/", true, false },
	{ "https://hooks.example.test/#part", true, false },
	{ "ftp://hooks.example.test/", true, false },
	{ "file:///etc/passwd", true, false },
	{ "hooks.example.test", true, false },
	{ "https://", true, false }, { "https:///x", true, false },
	{ "https://hooks.example.test/ x", true, false },
	{ "https://hooks.example.test/\r\nX: y", true, false },
	{ "https://hooks.example.test:99999/", true, false },
	{ "", true, false },
};

static void
urls_are_judged_by_the_table(void **state)
{
	struct cc_webhook_ports ports;

	(void)state;
	assert_int_equal(cc_webhook_ports_take(" 443  8443 ", &ports, NULL), CC_OK);
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		struct cc_err err = { .msg = "" };
		enum cc_code code = cc_webhook_url_check(urls[i].url,
		    urls[i].private_too, &ports, &err);

		if ((code == CC_OK) != urls[i].allowed)
			fail_msg("%s: %s", urls[i].url, err.msg);
		assert_true(code == CC_OK || err.msg[0] != '\0');
	}
}

static void
lists_of_ports_are_strict(void **state)
{
	static const char *const bad[] = {
		"", " ", "0", "65536", "443,8443", "443x", "-1", "999999",
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
	};
	struct cc_webhook_ports p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(cc_webhook_ports_take(bad[i], &p, NULL), CC_EINVAL);
	assert_int_equal(cc_webhook_ports_take("1 65535", &p, NULL), CC_OK);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.port[1], 65535);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_the_published_vector),
		cmocka_unit_test(signs_with_every_secret_while_keys_rotate),
		cmocka_unit_test(every_part_changes_the_signature),
		cmocka_unit_test(refuses_what_is_no_secret),
		cmocka_unit_test(only_public_addresses_are_public),
		cmocka_unit_test(a_socket_of_another_family_is_not_public),
		cmocka_unit_test(urls_are_judged_by_the_table),
		cmocka_unit_test(lists_of_ports_are_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
