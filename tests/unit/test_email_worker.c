/* What the mail worker makes of what it sees, and the lines of its pipe. */
#include "notify/email_worker.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	enum cc_watch_fault fault;
	bool started;
	const char *certificate;
	int sender, recipient, message;
	enum cc_worker_kind kind;
	const char *code;
} verdicts[] = {
	{ CC_WATCH_INJECTED, true, "", 250, 250, 250, CC_WORKER_TEMP, "security" },
	{ CC_WATCH_AUTH, true, "", 250, 250, 250, CC_WORKER_CONFIG, "auth" },
	{ CC_WATCH_NO_AUTH, true, "", 250, 250, 250, CC_WORKER_CONFIG, "auth" },
	{ CC_WATCH_AUTH_LATER, true, "", 250, 250, 250, CC_WORKER_TEMP, "auth" },
	{ CC_WATCH_FINE, false, "", 250, 250, 250, CC_WORKER_TEMP, "session" },
	{ CC_WATCH_FINE, true, "certificate refused", 0, 0, 0, CC_WORKER_TEMP, "tls" },
	{ CC_WATCH_FINE, true, "", 0, 0, 0, CC_WORKER_TEMP, "session" },
	{ CC_WATCH_FINE, true, "", 550, 0, 0, CC_WORKER_PERM, "550" },
	{ CC_WATCH_FINE, true, "", 530, 0, 0, CC_WORKER_CONFIG, "530" },
	{ CC_WATCH_FINE, true, "", 450, 0, 0, CC_WORKER_TEMP, "450" },
	{ CC_WATCH_FINE, true, "", 250, 550, 503, CC_WORKER_PERM, "550" },
	{ CC_WATCH_FINE, true, "", 250, 451, 503, CC_WORKER_TEMP, "451" },
	{ CC_WATCH_FINE, true, "", 250, 0, 0, CC_WORKER_TEMP, "session" },
	{ CC_WATCH_FINE, true, "", 250, 250, 250, CC_WORKER_SENT, "250" },
	{ CC_WATCH_FINE, true, "", 250, 250, 554, CC_WORKER_PERM, "554" },
	{ CC_WATCH_FINE, true, "", 250, 250, 452, CC_WORKER_TEMP, "452" },
	{ CC_WATCH_FINE, true, "", 250, 250, 0, CC_WORKER_DOUBT, "in doubt" },
	{ CC_WATCH_FINE, true, "", 250, 250, 354, CC_WORKER_DOUBT, "in doubt" },
};

static void
outcomes_are_judged_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
		struct cc_watch w;
		struct cc_worker_facts f = {
			.watch = &w, .started = verdicts[i].started, .error = "why",
			.certificate = verdicts[i].certificate, .sender = verdicts[i].sender,
			.recipient = verdicts[i].recipient, .message = verdicts[i].message,
		};
		struct cc_worker_verdict v;

		cc_watch_init(&w, true);
		w.fault = verdicts[i].fault;
		cc_worker_judge(&f, &v);
		assert_int_equal(v.kind, verdicts[i].kind);
		assert_string_equal(v.code, verdicts[i].code);
	}
}

static const struct {
	struct cc_curl_facts facts;
	enum cc_worker_kind kind;
	const char *code;
	bool lost;		/* the batch ends with it */
} curl_verdicts[] = {
	/* the text was answered: nothing else counts, not even libcurl's own verdict */
	{ { .code = CURLE_OK, .begun = true, .replies = 4, .text_given = true,
	    .text_reply = true, .reply = 250 }, CC_WORKER_SENT, "250", false },
	{ { .code = CURLE_WEIRD_SERVER_REPLY, .begun = true, .replies = 4,
	    .text_given = true, .text_reply = true, .reply = 251 }, CC_WORKER_SENT, "251",
	    false },
	{ { .code = CURLE_WEIRD_SERVER_REPLY, .begun = true, .replies = 4,
	    .text_given = true, .text_reply = true, .reply = 552 }, CC_WORKER_PERM, "552",
	    false },
	{ { .code = CURLE_WEIRD_SERVER_REPLY, .begun = true, .replies = 4,
	    .text_given = true, .text_reply = true, .reply = 452 }, CC_WORKER_TEMP, "452",
	    false },
	{ { .code = CURLE_WEIRD_SERVER_REPLY, .begun = true, .replies = 4,
	    .text_given = true, .text_reply = true, .reply = 421 }, CC_WORKER_TEMP, "421",
	    true },
	/* and without an answer nobody knows */
	{ { .code = CURLE_OPERATION_TIMEDOUT, .begun = true, .replies = 3, .reply = 354,
	    .text_given = true }, CC_WORKER_DOUBT, "in doubt", true },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 3, .reply = 354 },
	    CC_WORKER_TEMP, "session", true },
	/* MAIL, RCPT, DATA */
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 1, .reply = 550 },
	    CC_WORKER_PERM, "550", false },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 1, .reply = 530 },
	    CC_WORKER_CONFIG, "530", false },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 2, .reply = 530 },
	    CC_WORKER_PERM, "530", false },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 2, .reply = 451 },
	    CC_WORKER_TEMP, "451", false },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 2, .reply = 421 },
	    CC_WORKER_TEMP, "421", true },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 3, .reply = 554 },
	    CC_WORKER_PERM, "554", false },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 1, .reply = 555,
	    .dsn = true }, CC_WORKER_TEMP, "555", false },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 1, .reply = 555 },
	    CC_WORKER_PERM, "555", false },
	{ { .code = CURLE_SEND_ERROR, .begun = true, .replies = 3, .reply = 504,
	    .dsn = true }, CC_WORKER_PERM, "504", false },
	{ { .code = CURLE_RECV_ERROR, .begun = true, .replies = 2, .reply = 250 },
	    CC_WORKER_TEMP, "session", true },
	{ { .code = CURLE_RECV_ERROR, .begun = true }, CC_WORKER_TEMP, "session", true },
	/* before the mail */
	{ { .code = CURLE_LOGIN_DENIED, .want_auth = true, .reply = 535 },
	    CC_WORKER_CONFIG, "auth", true },
	{ { .code = CURLE_LOGIN_DENIED, .want_auth = true, .reply = 454 },
	    CC_WORKER_TEMP, "auth", true },
	{ { .code = CURLE_LOGIN_DENIED, .want_auth = true, .reply = 334 },
	    CC_WORKER_CONFIG, "auth", true },
	{ { .code = CURLE_LOGIN_DENIED, .want_auth = true, .reply = 250 },
	    CC_WORKER_CONFIG, "auth", true },
	{ { .code = CURLE_ABORTED_BY_CALLBACK, .want_auth = true, .reply = 250 },
	    CC_WORKER_CONFIG, "auth", true },
	{ { .code = CURLE_PEER_FAILED_VERIFICATION, .reply = 220 }, CC_WORKER_TEMP, "tls",
	    true },
	{ { .code = CURLE_SSL_CONNECT_ERROR }, CC_WORKER_TEMP, "tls", true },
	{ { .code = CURLE_USE_SSL_FAILED, .reply = 250 }, CC_WORKER_TEMP, "tls", true },
	{ { .code = CURLE_USE_SSL_FAILED, .reply = 454 }, CC_WORKER_TEMP, "tls", true },
	{ { .code = CURLE_WEIRD_SERVER_REPLY, .reply = 220 }, CC_WORKER_TEMP, "security",
	    true },
	{ { .code = CURLE_WEIRD_SERVER_REPLY, .reply = 554 }, CC_WORKER_TEMP, "554", true },
	{ { .code = CURLE_REMOTE_ACCESS_DENIED, .reply = 550 }, CC_WORKER_TEMP, "550",
	    true },
	{ { .code = CURLE_COULDNT_CONNECT }, CC_WORKER_TEMP, "session", true },
};

static void
outcomes_of_libcurl_are_judged_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof curl_verdicts / sizeof curl_verdicts[0]; i++) {
		struct cc_curl_facts f = curl_verdicts[i].facts;
		struct cc_worker_verdict v;

		f.error = "why";
		cc_curl_judge(&f, &v);
		if (v.kind != curl_verdicts[i].kind ||
		    strcmp(v.code, curl_verdicts[i].code) != 0 ||
		    cc_curl_session_lost(&f) != curl_verdicts[i].lost)
			fail_msg("row %zu: %s %s", i, cc_worker_kind_text(v.kind), v.code);
	}
}

/* '<' read, '>' written; the last chunk is the one that must be found out (or not). */
static const struct {
	bool want_auth;
	const char *chunks[6];
	enum cc_watch_fault fault;
} dialogues[] = {
	{ false, { ">STARTTLS\r\n", "<220 ready\r\n" }, CC_WATCH_FINE },
	{ false, { ">STARTTLS\r\n", "<220 re", "<ady\r\n" }, CC_WATCH_FINE },
	{ false, { ">STARTTLS\r\n", "<220 ready\r\n250 x\r\n" }, CC_WATCH_INJECTED },
	{ false, { ">STARTTLS\r\n", "<220 re", "<ady\r\nx" }, CC_WATCH_INJECTED },
	{ false, { ">STARTTLS\r\n", "<220 ready\r\n", ">EHLO x\r\n", "<250-a\r\n250 b\r\n" },
	    CC_WATCH_FINE },
	{ true, { ">AUTH LOGIN eA==\r\n", "<334 x\r\n", ">eA==\r\n", "<535 no\r\n" },
	    CC_WATCH_AUTH },
	{ true, { ">AUTH PLAIN eA==\r\n", "<534 no\r\n" }, CC_WATCH_AUTH },
	{ true, { ">AUTH PLAIN eA==\r\n", "<454 no\r\n" }, CC_WATCH_AUTH_LATER },
	{ true, { ">AUTH PLAIN eA==\r\n", "<235 yes\r\n", ">MAIL FROM:<a@b>\r\n" },
	    CC_WATCH_FINE },
	{ true, { ">EHLO x\r\n", "<250 fake\r\n", ">MAIL FROM:<a@b>\r\n" },
	    CC_WATCH_NO_AUTH },
	{ false, { ">EHLO x\r\n", "<250 fake\r\n", ">MAIL FROM:<a@b>\r\n" }, CC_WATCH_FINE },
	{ false, { ">MAIL FROM:<a@b>\r\n", "<535 odd\r\n" }, CC_WATCH_FINE },
};

static void
the_watch_finds_what_libesmtp_hides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dialogues / sizeof dialogues[0]; i++) {
		struct cc_watch w;
		bool cut = false;

		cc_watch_init(&w, dialogues[i].want_auth);
		for (unsigned j = 0; j < 6 && dialogues[i].chunks[j] != NULL; j++) {
			const char *p = dialogues[i].chunks[j];

			assert_false(cut);	/* only the last one is guilty */
			cut = p[0] == '<' ? cc_watch_read(&w, p + 1, strlen(p + 1)) :
			    cc_watch_write(&w, p + 1, strlen(p + 1));
		}
		assert_int_equal(w.fault, dialogues[i].fault);
		assert_int_equal(cut, dialogues[i].fault != CC_WATCH_FINE);
	}
}

static void
lines_of_the_pipe_are_split_strictly(void **state)
{
	static const struct {
		const char *line;
		unsigned fields;
	} rows[] = {
		{ "a", 1 }, { "", 1 }, { "a\tb\t", 3 }, { "a\\tb\tc\\n\\r\\\\", 2 },
		{ "a\\", 0 }, { "a\\x", 0 }, { "a\rb", 0 },
		{ "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15", 15 },
		{ "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15\t16", 0 },
	};
	char *field[CC_MAILER_FIELDS], nul[] = { 'a', '\0', 'b', '\0' };
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char line[64];

		(void)snprintf(line, sizeof line, "%s", rows[i].line);
		assert_int_equal(cc_mailer_split(line, strlen(line), field), rows[i].fields);
	}
	assert_int_equal(cc_mailer_split(nul, 3, field), 0);
	assert_false(cc_mailer_number("", &n));
	assert_false(cc_mailer_number("-1", &n));
	assert_false(cc_mailer_number("1x", &n));
	assert_false(cc_mailer_number("1234567890123456789", &n));
	assert_true(cc_mailer_number("123456789012345678", &n));
}

static void
what_is_put_into_a_line_comes_out_of_it(void **state)
{
	static const char text[] = "a\tb\r\nc\\d\\n";
	char *field[CC_MAILER_FIELDS], *line;
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 1024);
	cc_mailer_put(&b, text, true);
	cc_mailer_put(&b, "", false);
	cc_mailer_put(&b, text, false);
	line = cc_buf_take(&b);
	assert_null(strchr(line, '\n'));
	assert_int_equal(cc_mailer_split(line, strlen(line), field), 3);
	assert_string_equal(field[0], text);
	assert_string_equal(field[1], "");
	assert_string_equal(field[2], text);
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_are_judged_in_order),
		cmocka_unit_test(outcomes_of_libcurl_are_judged_in_order),
		cmocka_unit_test(the_watch_finds_what_libesmtp_hides),
		cmocka_unit_test(lines_of_the_pipe_are_split_strictly),
		cmocka_unit_test(what_is_put_into_a_line_comes_out_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
