/* Mails as text: headers, folding, encodings, wording, and what is refused. */
#include "notify/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "notify/mime_body.h"
#include "notify/mime_text.h"
#include "notify/words.h"
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

static char *
body_of(const struct cc_message *m, void (*put)(struct cc_buf *, const struct cc_message *))
{
	struct cc_buf b;
	char *text;

	cc_buf_init(&b, CC_MAIL_MAX);
	put(&b, m);
	text = cc_buf_take(&b);
	assert_non_null(text);
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
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative;\r\n"
    " boundary=\"=_00112233445566778899aabbccddeeff\"\r\n"
    "\r\n"
    "--=_00112233445566778899aabbccddeeff\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n";

static const char plain[] =
    "See the child for the first time\n"
    "overdue by 4 hours\n"
    "\n"
    "Case: 48211234\n"
    "For: v1\n"
    "Due: Sun, 8 Mar 2026 19:30:00 CDT\n"
    "Step reached: Sun, 8 Mar 2026 19:30:01 CDT\n"
    "What happened: The due time has passed.\n"
    "Told: caseworker, program director\n"
    "You are told as: caseworker\n"
    "Rule: priority-1-initial-contact (section 2244.1)\n"
    "Open the case: https://cms.example.test/case/48211234?a=1&b=2\n"
    "\n"
    "-- \n"
    "Sent by Caseclock. This mailbox is not read. The message holds ids and dates only; "
    "names are in the case-management system.\n";

static void
looks_as_it_should(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *text = render(&mail), *body = body_of(&m, cc_mail_put_text);

	(void)state;
	assert_true(strlen(text) > strlen(head));
	assert_memory_equal(text, head, strlen(head));
	assert_string_equal(body, plain);
	assert_non_null(strstr(text, "\r\n--=_00112233445566778899aabbccddeeff--\r\n"));
	assert_non_null(strstr(text, "Content-Type: text/html; charset=utf-8\r\n"));
	free(text);
	free(body);
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

static void
no_text_of_a_message_reaches_a_header_raw(void **state)
{
	static const size_t members[] = {
		offsetof(struct cc_message, case_id), offsetof(struct cc_message, title),
		offsetof(struct cc_message, rule), offsetof(struct cc_message, section),
		offsetof(struct cc_message, subject), offsetof(struct cc_message, rung),
		offsetof(struct cc_message, role), offsetof(struct cc_message, link),
		offsetof(struct cc_message, due_local), offsetof(struct cc_message, at_local),
		offsetof(struct cc_message, id), offsetof(struct cc_message, thread),
		offsetof(struct cc_message, told),
	};

	(void)state;
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		for (size_t j = 0; j < sizeof injections / sizeof injections[0]; j++) {
			struct cc_message m = kit_message();
			struct cc_mail mail = mail_of(&m);
			struct cc_err err = { .msg = "" };
			char *text = NULL;

			memcpy((char *)&m + members[i], &injections[j],
			    sizeof injections[j]);
			assert_int_equal(cc_mail_render(&mail, &text, &err), CC_EINVAL);
			assert_null(text);
			assert_true(err.msg[0] != '\0');
		}
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
html_escapes_everything_and_loads_nothing(void **state)
{
	struct cc_message m = kit_message();
	char *html;

	(void)state;
	m.title = "<script>alert('1')</script> & \"more\"";
	m.subject = "<b>";
	m.link = "https://x.test/?a=\"><script>";
	html = body_of(&m, cc_mail_put_html);
	assert_null(strstr(html, "<script"));
	assert_null(strstr(html, "<b>"));
	assert_null(strstr(html, "src="));
	assert_null(strstr(html, "url("));
	assert_null(strstr(html, "<link"));
	assert_non_null(strstr(html, "&lt;script&gt;alert(&#39;1&#39;)"));
	assert_non_null(strstr(html, "href=\"https://x.test/?a=&quot;&gt;&lt;script&gt;\""));
	free(html);
	m.link = "javascript:alert(1)";
	html = body_of(&m, cc_mail_put_html);
	assert_null(strstr(html, "href="));
	free(html);
}

/* Not as a word and not inside one. */
static void
assert_calm(const char *text)
{
	static const char *const words[] = {
		"breach", "Breach", "overdue", "Overdue", " late", "Late"
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strstr(text, words[i]) != NULL)
			fail_msg("%s in: %s", words[i], text);
}

static void
an_immediate_duty_is_never_called_overdue_nor_counted(void **state)
{
	static const char *const rungs[] = {
		"raise", "remind-1", "remind-10", "breach", "after-4h", "before-3d", "moved",
		"back", "clear", "elapsed-75",
	};
	static const enum cc_state states[] = {
		CC_STATE_RUNNING, CC_STATE_OVERDUE, CC_STATE_PAUSED, CC_STATE_MET,
		CC_STATE_LATE, CC_STATE_CANCELLED, CC_STATE_EXEMPT, CC_STATE_EXPIRED,
	};

	(void)state;
	for (size_t i = 0; i < sizeof rungs / sizeof rungs[0]; i++)
		for (size_t j = 0; j < sizeof states / sizeof states[0]; j++) {
			struct cc_message m = kit_message();
			char text[CC_WORDS_MAX], *body;

			m.kind = CC_KIND_IMMEDIATE;
			m.started = m.due;
			m.rung = rungs[i];
			m.state = states[j];
			m.ended = m.fired;
			m.late = true;
			m.case_id = "c";
			m.subject = "v";
			m.rule = "rule";
			m.section = "s";
			m.link = NULL;
			cc_words_standing(&m, text);
			assert_int_equal(strcspn(text, "0123456789"), strlen(text));
			body = body_of(&m, cc_mail_put_text);
			assert_calm(body);
			assert_int_equal(strcspn(body, "0123456789"), strlen(body));
			free(body);
			body = body_of(&m, cc_mail_put_html);
			assert_calm(body);
			free(body);
		}
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
late_news_says_when_it_was_due_and_when_it_became_known(void **state)
{
	struct cc_message m = kit_message();
	char *body;

	(void)state;
	m.late = true;
	m.known.s = 1773030600;
	body = body_of(&m, cc_mail_put_text);
	assert_non_null(strstr(body, "Due: Sun, 8 Mar 2026 19:30:00 CDT\n"));
	assert_non_null(strstr(body, "Became known: Mon, 9 Mar 2026 04:30:00 UTC"));
	free(body);
}

static const struct {
	int64_t fired;
	enum cc_state state;
	enum cc_kind kind;
	const char *standing, *word;
} standings[] = {
	{ 0, CC_STATE_RUNNING, CC_KIND_DEADLINE, "due in less than a minute", "not yet done" },
	{ -60, CC_STATE_RUNNING, CC_KIND_DEADLINE, "due in 1 minute", "not yet done" },
	{ -3600 * 6, CC_STATE_RUNNING, CC_KIND_DEADLINE, "due in 6 hours", "not yet done" },
	{ -86400 * 3 + 60, CC_STATE_RUNNING, CC_KIND_DEADLINE, "due in 2 days 23 hours",
	    "not yet done" },
	{ 1, CC_STATE_OVERDUE, CC_KIND_DEADLINE, "overdue by less than a minute", "overdue" },
	{ 3660, CC_STATE_OVERDUE, CC_KIND_RECURRING, "overdue by 1 hour 1 minute", "overdue" },
	{ 86400, CC_STATE_OVERDUE, CC_KIND_DEADLINE, "overdue by 1 day", "overdue" },
	{ 0, CC_STATE_MET, CC_KIND_DEADLINE, "done in time", "done in time" },
	{ 9, CC_STATE_LATE, CC_KIND_DEADLINE, "done late", "done late" },
	{ 0, CC_STATE_CANCELLED, CC_KIND_DEADLINE, "no longer needed", "no longer needed" },
	{ 0, CC_STATE_EXEMPT, CC_KIND_DEADLINE, "exempt", "exempt" },
	{ 0, CC_STATE_PAUSED, CC_KIND_DEADLINE, "paused", "paused" },
	{ 0, CC_STATE_FAILED, CC_KIND_GATE, "not satisfied", "not satisfied" },
	{ -86400 * 3, CC_STATE_OPEN, CC_KIND_WINDOW, "open for 3 days", "open" },
};

static void
standing_is_said_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof standings / sizeof standings[0]; i++) {
		struct cc_message m = kit_message();
		char text[CC_WORDS_MAX];

		m.fired.s = m.due.s + standings[i].fired;
		m.state = standings[i].state;
		m.kind = standings[i].kind;
		cc_words_standing(&m, text);
		assert_string_equal(text, standings[i].standing);
		assert_string_equal(cc_words_state(&m), standings[i].word);
	}
}

static const struct {
	const char *rung, *words;
} rungs[] = {
	{ "breach", "The due time has passed." },
	{ "before-3d", "Notice: it falls due within 3 days." },
	{ "before-1d", "Notice: it falls due within 1 day." },
	{ "after-4h", "The due time passed 4 hours ago or more." },
	{ "elapsed-75", "75% of the time allowed is gone." },
	{ "repeat-2", "Reminder: this is still overdue." },
	{ "moved", "The due time has changed." },
	{ "clear", "All clear: nothing more is to be done here." },
	{ "failed", "A requirement was not satisfied when it was needed." },
	{ "before-xd", "Step of the ladder: before-xd." },
	{ "own-step", "Step of the ladder: own-step." },
};

static void
rungs_are_said_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rungs / sizeof rungs[0]; i++) {
		struct cc_message m = kit_message();
		char text[CC_WORDS_MAX];

		m.rung = rungs[i].rung;
		cc_words_rung(&m, text);
		assert_string_equal(text, rungs[i].words);
	}
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
a_mail_over_the_limit_is_refused_whole(void **state)
{
	struct cc_message m = kit_message();
	struct cc_mail mail = mail_of(&m);
	char *big = malloc(CC_MAIL_MAX + 1), *text = NULL;

	(void)state;
	assert_non_null(big);
	memset(big, 'a', CC_MAIL_MAX);
	big[CC_MAIL_MAX] = '\0';
	m.title = big;
	assert_int_equal(cc_mail_render(&mail, &text, NULL), CC_ERANGE);
	assert_null(text);
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
		cmocka_unit_test(addresses_are_plain_or_refused),
		cmocka_unit_test(html_escapes_everything_and_loads_nothing),
		cmocka_unit_test(an_immediate_duty_is_never_called_overdue_nor_counted),
		cmocka_unit_test(an_immediate_duty_has_no_due_in_its_subject),
		cmocka_unit_test(late_news_says_when_it_was_due_and_when_it_became_known),
		cmocka_unit_test(standing_is_said_as_the_table_says),
		cmocka_unit_test(rungs_are_said_in_words),
		cmocka_unit_test(a_cut_never_leaves_half_a_character),
		cmocka_unit_test(a_mail_over_the_limit_is_refused_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
