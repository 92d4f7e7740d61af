/* Mails as text: headers, folding, encodings, wording, and what is refused. */
#include "notify/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "notify/mime_text.h"
#include "tests/unit/notify_kit.h"

static struct cc_mail
mail_of(const struct cc_message *m)
{
	return (struct cc_mail){
		.message = m, .from = "caseclock@cms.example.test", .to = "kim@example.test",
		.date = { 1773030600 },
	};
}

static char *
render(const struct cc_mail *mail)
{
	struct cc_err err = { .msg = "" };
	char *text = NULL;

	if (cc_mail_render(mail, &text, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return text;
}

static const char head[] =
    "From: Caseclock <caseclock@cms.example.test>\r\n"
    "To: <kim@example.test>\r\n"
    "Subject: Case 48211234: overdue, due Sun, 8 Mar 2026 19:30:00 CDT\r\n"
    "Date: Mon, 09 Mar 2026 04:30:00 +0000\r\n"
    "Message-ID: <00112233445566778899aabbccddeeff@cms.example.test>\r\n"
    "In-Reply-To: <ffeeddccbbaa99887766554433221100@cms.example.test>\r\n"
    "References: <ffeeddccbbaa99887766554433221100@cms.example.test>\r\n"
    "Auto-Submitted: auto-generated\r\n"
    "X-Auto-Response-Suppress: All\r\n"
    "Importance: high\r\n"
    "Content-Language: en\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative;\r\n"
    " boundary=\"=_00112233445566778899aabbccddeeff\"\r\n"
    "\r\n"
    "--=_00112233445566778899aabbccddeeff\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n";

static void
looks_as_it_should(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *text = render(&mail);

	(void)state;
	assert_true(strlen(text) > strlen(head));
	assert_memory_equal(text, head, strlen(head));
	assert_non_null(strstr(text, "\r\nNow: overdue by 4 hours\r\n"));
	assert_non_null(strstr(text, "\r\n--=_00112233445566778899aabbccddeeff--\r\n"));
	assert_non_null(strstr(text, "Content-Type: text/html; charset=utf-8\r\n"));
	assert_null(strstr(text, "text/calendar"));
	free(text);
}

static void
every_line_ends_in_crlf_and_is_short_ascii(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *text, title[3000];

	(void)state;
	for (size_t i = 0; i + 3 < sizeof title; i += 3)
		memcpy(title + i, "\xe2\x82\xac", 3);
	title[sizeof title - 3] = '\0';
	m.title = title;
	mail.title_in_subject = true;
	text = render(&mail);
	for (char *line = text; *line != '\0';) {
		size_t n = strcspn(line, "\r\n");

		assert_true(n <= 998);
		assert_true(n <= 78);
		assert_memory_equal(line + n, "\r\n", 2);
		for (size_t i = 0; i < n; i++)
			assert_true(line[i] >= ' ' && line[i] <= '~');
		line += n + 2;
	}
	free(text);
}

static void
the_title_is_in_the_subject_only_when_asked_for(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *without = render(&mail), *with;

	(void)state;
	mail.title_in_subject = true;
	with = render(&mail);
	*strstr(without, "Date:") = '\0';
	*strstr(with, "Date:") = '\0';
	assert_null(strstr(without, "See the child"));
	assert_non_null(strstr(with, "See the child"));
	free(without);
	free(with);
}

static const struct {
	const char *value, *line;
} headers[] = {
	{ "short", "X: short\r\n" },
	{ "", "X: \r\n" },
	{ "h\xc3\xa9llo you", "X: =?UTF-8?Q?h=C3=A9llo_you?=\r\n" },
	{ "a =?b?= c", "X: =?UTF-8?Q?a_=3D=3Fb=3F=3D_c?=\r\n" },
	{ "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff gggggg hhhhhh",
	    "X: aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff gggggg\r\n"
	    " hhhhhh\r\n" },
	{ "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	    "\xc3\xa9",
	    "X: =?UTF-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=\r\n"
	    " =?UTF-8?Q?=C3=A9?=\r\n" },
};

static void
headers_are_folded_and_encoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		struct cc_buf b;
		char *text;

		cc_buf_init(&b, 4096);
		cc_mail_put_header(&b, "X", headers[i].value);
		text = cc_buf_take(&b);
		assert_string_equal(text, headers[i].line);
		free(text);
	}
}

static const struct {
	const char *text, *coded;
} qp[] = {
	{ "plain\n", "plain\r\n" },
	{ "no end", "no end\r\n" },
	{ "a=b\n", "a=3Db\r\n" },
	{ "space \ntab\t\n", "space=20\r\ntab=09\r\n" },
	{ "h\xc3\xa9\n", "h=C3=A9\r\n" },
	{ ".\n", ".\r\n" },
	{ "\r\n", "=0D\r\n" },
	{ "", "" },
	{ "1234567890123456789012345678901234567890123456789012345678901234567890123456",
	    "123456789012345678901234567890123456789012345678901234567890123456789012345=\r\n"
	    "6\r\n" },
};

static void
quoted_printable_is_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof qp / sizeof qp[0]; i++) {
		struct cc_buf b;
		char *text;

		cc_buf_init(&b, 4096);
		cc_mail_put_qp(&b, qp[i].text, strlen(qp[i].text));
		text = cc_buf_take(&b);
		assert_string_equal(text, qp[i].coded);
		free(text);
	}
}

/* Each of these would add a header, a recipient or a command of its own. */
static const char *const injections[] = {
	"x\r\nBcc: evil@example.test", "x\nBcc: y", "x\ry", "x\x01y", "x\x7fy", "x\ty",
	"x\xc2\x85y", "x\xff", "x\xc0\x80", "x\xed\xa0\x80", "x\xe2\x82",
};

/* The headers alone. */
static char *
headers_of(char *mail)
{
	char *end = strstr(mail, "\r\n\r\n");

	assert_non_null(end);
	end[2] = '\0';
	return mail;
}

/* Names of headers, in the order in which they come. */
static void
only_our_headers(char *mail)
{
	static const char *const names[] = {
		"From: ", "To: ", "Subject: ", "Date: ", "Message-ID: ", "In-Reply-To: ",
		"References: ", "Auto-Submitted: ", "X-Auto-Response-Suppress: ", "Importance: ",
		"Content-Language: ", "MIME-Version: ", "Content-Type: "
	};
	char *line = headers_of(mail);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strncmp(line, names[i], strlen(names[i])) != 0)
			fail_msg("not %s: %s", names[i], line);
		do {
			size_t n = strcspn(line, "\r\n");

			for (size_t k = 0; k < n; k++)
				assert_true(line[k] >= ' ' && line[k] <= '~');
			assert_memory_equal(line + n, "\r\n", 2);
			line += n + 2;
		} while (*line == ' ');
	}
	assert_string_equal(line, "");
}

static void
no_text_of_a_message_reaches_a_header_raw(void **state)
{
	static const size_t members[] = {
		offsetof(struct cc_message, case_id), offsetof(struct cc_message, title),
		offsetof(struct cc_message, rule), offsetof(struct cc_message, section),
		offsetof(struct cc_message, subject), offsetof(struct cc_message, rung),
		offsetof(struct cc_message, role), offsetof(struct cc_message, link),
		offsetof(struct cc_message, due_local), offsetof(struct cc_message, at_local),
		offsetof(struct cc_message, told), offsetof(struct cc_message, language),
		offsetof(struct cc_message, thread_before), offsetof(struct cc_message, zone),
		offsetof(struct cc_message, cause), offsetof(struct cc_message, ends),
		offsetof(struct cc_message, unit), offsetof(struct cc_message, previous_due_local),
	};

	(void)state;
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		for (size_t j = 0; j < sizeof injections / sizeof injections[0]; j++) {
			struct cc_message m = kit_message();
			struct cc_mail mail = mail_of(&m);
			char *text;

			mail.title_in_subject = true;
			memcpy((char *)&m + members[i], &injections[j], sizeof injections[j]);
			text = render(&mail);
			only_our_headers(text);
			free(text);
		}
}

static void
an_id_that_is_none_is_refused(void **state)
{
	static const size_t members[] = {
		offsetof(struct cc_message, id), offsetof(struct cc_message, thread)
	};

	(void)state;
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		for (size_t j = 0; j < sizeof injections / sizeof injections[0]; j++) {
			struct cc_message m = kit_message();
			struct cc_mail mail = mail_of(&m);
			struct cc_err err = { .msg = "" };
			char *text = NULL;

			memcpy((char *)&m + members[i], &injections[j], sizeof injections[j]);
			assert_int_equal(cc_mail_render(&mail, &text, &err), CC_EINVAL);
			assert_null(text);
			assert_true(err.msg[0] != '\0');
		}
}

static void
what_took_the_place_of_another_thread_refers_to_both(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *text;

	(void)state;
	m.thread_before = "aaaa";
	text = render(&mail);
	assert_non_null(strstr(text, "\r\nReferences: <aaaa@cms.example.test> "
	    "<ffeeddccbbaa99887766554433221100@cms.example.test>\r\n"));
	free(text);
}

static void
the_deadline_is_attached_where_it_is_asked_for(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *text;

	(void)state;
	mail.calendar = CC_CALENDAR_TODO;
	text = render(&mail);
	assert_non_null(strstr(text, "Content-Type: multipart/mixed;\r\n"
	    " boundary=\"=_m00112233445566778899aabbccddeeff\"\r\n"));
	assert_non_null(strstr(text, "Content-Type: text/calendar; charset=utf-8; "
	    "method=PUBLISH\r\nContent-Disposition: attachment; filename=\"deadline.ics\"\r\n"));
	assert_non_null(strstr(text, "\r\nDUE:20260309T003000Z\r\n"));
	assert_non_null(strstr(text, "\r\n--=_m00112233445566778899aabbccddeeff--\r\n"));
	free(text);
	m.form = CC_FORM_DIGEST;	/* nothing for a calendar */
	text = render(&mail);
	assert_null(strstr(text, "multipart/mixed"));
	free(text);
}

static void
a_list_too_long_for_a_mail_leaves_items_out(void **state)
{
	static struct cc_message items[CC_MESSAGE_ITEMS_MAX];
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char title[600], *text;

	(void)state;
	for (size_t i = 0; i + 3 < sizeof title; i += 3)
		memcpy(title + i, "\xe2\x82\xac", 3);
	title[sizeof title - 3] = '\0';
	for (size_t i = 0; i < CC_MESSAGE_ITEMS_MAX; i++) {
		items[i] = kit_message();
		items[i].title = items[i].rule = items[i].section = title;
	}
	m.form = CC_FORM_DIGEST;
	m.items = items;
	m.nitems = CC_MESSAGE_ITEMS_MAX;
	text = render(&mail);
	assert_true(strlen(text) <= CC_MAIL_MAX);
	assert_non_null(strstr(text, "Left out for want of room: "));
	free(text);
}

static const struct {
	const char *address;
	bool ok;
} addresses[] = {
	{ "kim@example.test", true }, { "kim.lee+case@ex-ample.test", true },
	{ "k@localhost", true }, { "o'brien@example.test", true },
	{ "", false }, { "kim", false }, { "kim@", false }, { "@example.test", false },
	{ "kim@example.test\r\nRCPT TO:<evil@x>", false }, { "kim @example.test", false },
	{ "<kim@example.test>", false }, { "kim@example.test>", false },
	{ "Kim <kim@example.test>", false }, { "kim@a@b", false }, { "kim@a..b", false },
	{ ".kim@example.test", false }, { "kim.@example.test", false },
	{ "kim@example.test.", false }, { "\"k\"@example.test", false },
	{ "kim@[127.0.0.1]", false }, { "k\xc3\xa9@example.test", false },
	{ "kim,lee@example.test", false }, { "kim@example.test\n", false },
	{ "kim\t@example.test", false }, { "kim@exa_mple.test", false },
	{ "12345678901234567890123456789012345678901234567890123456789012345@x", false },
};

static void
addresses_are_plain_or_refused(void **state)
{
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		struct cc_message m = kit_message();
		struct cc_mail to = mail_of(&m), from = mail_of(&m);
		bool ok = cc_mail_address_wrong(addresses[i].address) == NULL;
		char *text = NULL;

		if (ok != addresses[i].ok)
			fail_msg("%s", addresses[i].address);
		to.to = from.from = addresses[i].address;
		assert_int_equal(cc_mail_render(&to, &text, NULL), ok ? CC_OK : CC_EINVAL);
		free(text);
		text = NULL;
		assert_int_equal(cc_mail_render(&from, &text, NULL), ok ? CC_OK : CC_EINVAL);
		free(text);
	}
	memset(longest, 'a', sizeof longest);
	longest[1] = '@';
	longest[254] = '\0';
	assert_null(cc_mail_address_wrong(longest));
	longest[254] = 'a';
	longest[255] = '\0';
	assert_non_null(cc_mail_address_wrong(longest));
}

static void
an_immediate_duty_has_no_due_in_its_subject(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *text;

	(void)state;
	m.kind = CC_KIND_IMMEDIATE;
	m.rung = "raise";
	text = render(&mail);
	assert_non_null(strstr(text, "Subject: Case 48211234: to be done at once\r\n"));
	free(text);
}

static void
a_cut_never_leaves_half_a_character(void **state)
{
	char a[] = "ab\xe2\x82", b[] = "ab\xe2\x82\xac", c[] = "ab\xc3", d[] = "", e[] = "ab";

	(void)state;
	cc_mail_trim_cut(a);
	cc_mail_trim_cut(b);
	cc_mail_trim_cut(c);
	cc_mail_trim_cut(d);
	cc_mail_trim_cut(e);
	assert_string_equal(a, "ab");
	assert_string_equal(b, "ab\xe2\x82\xac");
	assert_string_equal(c, "ab");
	assert_string_equal(d, "");
	assert_string_equal(e, "ab");
}

static void
a_text_of_any_length_is_cut_and_told(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *big = malloc(CC_MAIL_MAX + 1), *text;

	(void)state;
	assert_non_null(big);
	memset(big, 'a', CC_MAIL_MAX);
	big[CC_MAIL_MAX] = '\0';
	m.title = m.rule = m.section = m.link = m.subject = big;
	mail.calendar = CC_CALENDAR_TODO;
	text = render(&mail);
	assert_true(strlen(text) < 16 * 1024);
	free(text);
	free(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_as_it_should),
		cmocka_unit_test(every_line_ends_in_crlf_and_is_short_ascii),
		cmocka_unit_test(the_title_is_in_the_subject_only_when_asked_for),
		cmocka_unit_test(headers_are_folded_and_encoded),
		cmocka_unit_test(quoted_printable_is_as_the_table_says),
		cmocka_unit_test(no_text_of_a_message_reaches_a_header_raw),
		cmocka_unit_test(an_id_that_is_none_is_refused),
		cmocka_unit_test(what_took_the_place_of_another_thread_refers_to_both),
		cmocka_unit_test(the_deadline_is_attached_where_it_is_asked_for),
		cmocka_unit_test(a_list_too_long_for_a_mail_leaves_items_out),
		cmocka_unit_test(addresses_are_plain_or_refused),
		cmocka_unit_test(an_immediate_duty_has_no_due_in_its_subject),
		cmocka_unit_test(a_cut_never_leaves_half_a_character),
		cmocka_unit_test(a_text_of_any_length_is_cut_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
