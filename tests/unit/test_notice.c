/* Delivery notices as the mail servers of the world write them; the mails lie in the
 * fuzzer's corpus. */
#include "cli/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CORPUS "tests/fuzz/corpus/bounce/"
#define OURS "00112233445566778899aabbccddeeff"

static const struct {
	const char *file;
	enum cc_code code;
	const char *action, *status, *detail;	/* when the code is CC_OK */
} rows[] = {
	{ "postfix-failed", CC_OK, "failed", "5.1.1", "smtp 550" },
	{ "postfix-delayed", CC_OK, "delayed", "4.4.1", "" },
	{ "postfix-success", CC_OK, "relayed", "2.0.0", "smtp 250" },
	{ "exim-report", CC_OK, "failed", "5.0.0", "" },
	{ "exim-words", CC_OK, "failed", "5.2.1", "in plain words" },
	{ "exim-warning", CC_OK, "delayed", "", "in plain words" },
	{ "exchange-ndr", CC_OK, "failed", "5.1.10", "smtp 550" },
	{ "exchange-returned", CC_OK, "failed", "5.2.2", "smtp 554" },
	{ "qmail", CC_OK, "failed", "5.1.1", "in plain words" },
	{ "sendmail-warning", CC_OK, "delayed", "4.4.1", "" },
	{ "gmail", CC_OK, "failed", "5.1.1", "smtp 550" },
	{ "two-recipients", CC_OK, "failed", "5.2.2", "smtp 552" },
	{ "envelope-folded", CC_OK, "failed", "5.7.1", "" },
	{ "status-encoded", CC_OK, "failed", "5.4.4", "" },
	{ "utf8-report", CC_OK, "failed", "5.6.7", "" },
	{ "no-action", CC_EINVAL, NULL, NULL, NULL },
	{ "not-ours", CC_ENOENT, NULL, NULL, NULL },
	{ "reply", CC_EINVAL, NULL, NULL, NULL },
	{ "vacation", CC_EINVAL, NULL, NULL, NULL },
	{ "read-receipt", CC_EINVAL, NULL, NULL, NULL },
	{ "nested-deep", CC_ENOENT, NULL, NULL, NULL },
	{ "parts-many", CC_ENOENT, NULL, NULL, NULL },
	{ "empty", CC_EINVAL, NULL, NULL, NULL },
	{ "header-only", CC_ENOENT, NULL, NULL, NULL },
	{ "cut-off", CC_OK, "failed", "5.1.1", "" },
	{ "nul-bytes", CC_EINVAL, NULL, NULL, NULL },
	{ "binary", CC_EINVAL, NULL, NULL, NULL },
};

static char *
read_file(const char *name, size_t *ret_n)
{
	char path[256], *text = malloc(CC_NOTICE_MAX + 2);
	FILE *f;

	(void)snprintf(path, sizeof path, CORPUS "%s.eml", name);
	f = fopen(path, "rb");
	assert_non_null(text);
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	*ret_n = fread(text, 1, CC_NOTICE_MAX + 2, f);
	assert_int_equal(ferror(f), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
notices_of_many_servers_are_tied_to_their_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cc_bounce b = { .id = "" };
		struct cc_err err = { .msg = "" };
		size_t n;
		char *text = read_file(rows[i].file, &n);
		enum cc_code code = cc_notice_read(text, n, &b, &err);

		free(text);
		if (code != rows[i].code)
			fail_msg("%s: %s %s", rows[i].file, cc_code_text(code), err.msg);
		if (code != CC_OK)
			continue;
		if (strcmp(b.id, OURS) != 0 || strcmp(b.action, rows[i].action) != 0 ||
		    strcmp(b.status, rows[i].status) != 0 ||
		    strcmp(b.detail, rows[i].detail) != 0)
			fail_msg("%s: '%s' '%s' '%s' '%s'", rows[i].file, b.id, b.action,
			    b.status, b.detail);
	}
}

/* A report whose delivery-status part is `fields`. */
static enum cc_code
read_fields(const char *fields, struct cc_bounce *ret, struct cc_err *reterr)
{
	char mail[4096];
	int n = snprintf(mail, sizeof mail, "From: MAILER-DAEMON@x\n"
	    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
	    "--b\nContent-Type: message/delivery-status\n\n%s\n--b--\n", fields);

	assert_in_range(n, 1, sizeof mail - 1);
	return cc_notice_read(mail, (size_t)n, ret, reterr);
}

static const struct {
	const char *fields;
	enum cc_code code;
	const char *status, *detail;
} strange[] = {
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nStatus: 5.1.1", CC_OK, "5.1.1",
	    "" },
	/* no ids of ours: too short, too long, in capitals, another's */
	{ "Original-Envelope-Id: 0011\n\nAction: failed", CC_ENOENT, NULL, NULL },
	{ "Original-Envelope-Id: " OURS "0\n\nAction: failed", CC_ENOENT, NULL, NULL },
	{ "Original-Envelope-Id: 00112233445566778899AABBCCDDEEFF\n\nAction: failed",
	    CC_ENOENT, NULL, NULL },
	{ "Original-Envelope-Id: x" OURS "\n\nAction: failed", CC_ENOENT, NULL, NULL },
	/* no status: classes, places, lengths */
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nStatus: 3.1.1", CC_OK, "", "" },
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nStatus: 5.1", CC_OK, "", "" },
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nStatus: 5.1.1.1", CC_OK, "",
	    "" },
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nStatus: 5.1234.1", CC_OK, "",
	    "" },
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nStatus: 5.123.123", CC_OK,
	    "5.123.123", "" },
	/* the status stands for the action */
	{ "Original-Envelope-Id: " OURS "\n\nStatus: 5.1.1", CC_OK, "5.1.1", "" },
	{ "Original-Envelope-Id: " OURS "\n\nAction: lost\nStatus: 5.1.1", CC_OK, "5.1.1",
	    "" },
	{ "Original-Envelope-Id: " OURS "\n\nAction: lost", CC_EINVAL, NULL, NULL },
	/* nothing but a kind and a number comes out of the diagnosis */
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nDiagnostic-Code: smtp; 550 "
	    "<kim@example.test>", CC_OK, "", "smtp 550" },
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nDiagnostic-Code: kim@example; "
	    "550", CC_OK, "", "" },
	{ "Original-Envelope-Id: " OURS "\n\nAction: failed\nDiagnostic-Code: smtp; 5501",
	    CC_OK, "", "" },
	/* a colon in the next line belongs there */
	{ "Action\nOriginal-Envelope-Id: " OURS "\n\nAction: failed", CC_OK, "", "" },
};

static void
fields_are_read_strictly_and_no_words_get_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
		struct cc_bounce b;
		struct cc_err err = { .msg = "" };
		enum cc_code code = read_fields(strange[i].fields, &b, &err);

		if (code != strange[i].code)
			fail_msg("row %zu: %s %s", i, cc_code_text(code), err.msg);
		if (code == CC_OK && (strcmp(b.id, OURS) != 0 ||
		    strcmp(b.action, "failed") != 0 ||
		    strcmp(b.status, strange[i].status) != 0 ||
		    strcmp(b.detail, strange[i].detail) != 0))
			fail_msg("row %zu: '%s' '%s' '%s'", i, b.action, b.status, b.detail);
	}
}

static void
a_mail_above_the_limit_is_refused(void **state)
{
	char *mail = calloc(CC_NOTICE_MAX + 1, 1);
	struct cc_bounce b;

	(void)state;
	assert_non_null(mail);
	memset(mail, 'x', CC_NOTICE_MAX + 1);
	assert_int_equal(cc_notice_read(mail, CC_NOTICE_MAX + 1, &b, NULL), CC_ERANGE);
	assert_int_equal(cc_notice_read(mail, CC_NOTICE_MAX, &b, NULL), CC_EINVAL);
	free(mail);
}

static int
begin(void **state)
{
	(void)state;
	cc_notice_begin();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	cc_notice_end();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notices_of_many_servers_are_tied_to_their_message),
		cmocka_unit_test(fields_are_read_strictly_and_no_words_get_out),
		cmocka_unit_test(a_mail_above_the_limit_is_refused),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
