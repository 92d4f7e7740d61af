/* Messages as subject, text and HTML: what they say, to whom, and how long. */
#include "wire/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/pack_kit.h"
#include "tests/unit/notify_kit.h"
#include "wire/render_inner.h"
#include "wire/utf8.h"

static struct cc_test_pack texas;
static struct cc_templates *of_pack, *builtin;

static void
on_report(void *self, const char *file, uint32_t line, uint32_t column, const char *words)
{
	(void)self;
	fail_msg("%s:%u:%u: %s", file, line, column, words);
}

static const struct cc_template_report report = {on_report, NULL};

static int
open_all(void **state)
{
	struct cc_err err;

	(void)state;
	if (cc_test_go_to_the_tree() != 0)
		return -1;
	cc_test_pack_load("policy/packs/texas-cps", &texas);
	cc_test_pack_expect(&texas, NULL, 0);
	return cc_templates_open(texas.pack, cc_test_system_zones(), &report, &of_pack,
	    &err) == CC_OK && cc_templates_open(NULL, NULL, &report, &builtin, &err) == CC_OK ?
	    0 : -1;
}

static int
close_all(void **state)
{
	(void)state;
	cc_templates_free(of_pack);
	cc_templates_free(builtin);
	cc_test_pack_done(&texas);
	return 0;
}

static struct cc_parts
render_with(const struct cc_templates *t, const struct cc_message *m, bool title)
{
	struct cc_render r = {.message = m, .templates = t, .title_in_subject = title,
	    .most = m->nitems};
	struct cc_parts parts;
	struct cc_err err = {.msg = ""};

	if (cc_render(&r, &parts, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return parts;
}

static struct cc_parts
render(const struct cc_message *m)
{
	return render_with(of_pack, m, false);
}

static void
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void
has_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" in:\n%s", part, text);
}

static void
an_alert_says_what_when_which_rule_what_ends_it_and_who_else(void **state)
{
	struct cc_message m = kit_message();
	struct cc_parts p;

	(void)state;
	m.ends = "contact.made, event.voided";
	p = render(&m);
	assert_string_equal(p.subject,
	    "Case 48211234: overdue, due Sun, Mar 8 2026, 7:30 PM CDT");
	assert_string_equal(p.text, "See the child for the first time\n"
	    "Now: overdue by 4 hours\n"
	    "\n"
	    "The due time has passed.\n"
	    "\n"
	    "Due: Sunday, March 8, 2026, 7:30 PM CDT\n"
	    "What ends it: a contact is made; an entry is voided\n"
	    "\n"
	    "Case: 48211234\n"
	    "For: v1\n"
	    "Rule: priority-1-initial-contact (section 2244.1)\n"
	    "You are told as: caseworker\n"
	    "Also told: program director\n"
	    "Open the case: https://cms.example.test/case/48211234?a=1&b=2\n"
	    "\n"
	    "-- \n"
	    "Sent by Caseclock. This mailbox is not read. The message holds ids and\n"
	    "dates only; names are in the case-management system.\n");
	has(p.html, "<html lang=\"en\">");
	has(p.html, "href=\"https://cms.example.test/case/48211234?a=1&amp;b=2\"");
	has(p.html, "Sunday, March 8, 2026, 7:30 PM CDT");
	has(p.html, "a contact is made; an entry is voided");
	cc_parts_done(&p);
}

static void
spanish_has_its_words_its_dates_and_its_titles(void **state)
{
	struct cc_message m = kit_message();
	struct cc_parts p;

	(void)state;
	m.language = "es";
	m.ends = "contact.made";
	p = render(&m);
	assert_string_equal(p.language, "es");
	assert_string_equal(p.subject,
	    "Caso 48211234: vencido, plazo: dom 8 mar 2026, 7:30 p. m. CDT");
	has(p.text, "Ver al niño: prioridad 1, dentro de las 24 horas del reporte\n");
	has(p.text, "Ahora: vencido desde hace 4 horas\n");
	has(p.text, "Plazo: domingo, 8 de marzo de 2026, 7:30 p. m. CDT\n");
	has(p.text, "Qué lo termina: se realiza un contacto\n");
	has(p.text, "También avisado: director de programa\n");
	has(p.html, "<html lang=\"es\">");
	cc_parts_done(&p);
	m.language = "fr";	/* not there: the first */
	p = render(&m);
	assert_string_equal(p.language, "en");
	cc_parts_done(&p);
}

static void
every_rule_that_prints_and_every_event_has_a_spanish_title(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < texas.pack->nrules; i++)
		if (!texas.pack->rules[i]->silent && cc_templates_title(of_pack, CC_SPANISH,
		    texas.pack->rules[i]->id) == NULL)
			fail_msg("%s", texas.pack->rules[i]->id);
	for (uint16_t i = 0; i < texas.pack->schema.ntypes; i++)
		for (int l = 0; l < CC_LANGUAGES; l++)
			if (cc_templates_title(of_pack, (enum cc_language)l,
			    texas.pack->schema.types[i].name) == NULL)
				fail_msg("%s", texas.pack->schema.types[i].name);
}

static void
a_moved_date_tells_the_old_the_new_and_why(void **state)
{
	struct cc_message m = kit_message();
	struct cc_parts p;

	(void)state;
	m.rung = "moved";
	m.state = CC_STATE_RUNNING;
	m.previous_due = m.due;
	m.due.s += 3 * 86400;
	m.fired.s = m.due.s - 86400;
	m.cause = "calendar";
	p = render(&m);
	has(p.subject, "Case 48211234: changed, not yet done, due Wed, Mar 11 2026, 7:30 PM CDT");
	has(p.text, "Was due: Sunday, March 8, 2026, 7:30 PM CDT\n"
	    "Now due: Wednesday, March 11, 2026, 7:30 PM CDT\n"
	    "Why: the holiday calendar was changed\n");
	has(p.html, "Was due");
	cc_parts_done(&p);
	m.cause = "extension.decided";
	p = render(&m);
	has(p.text, "Why: an extension is decided on\n");
	cc_parts_done(&p);
}

static void
an_all_clear_says_what_happened_and_no_more_what_would_end_it(void **state)
{
	struct cc_message m = kit_message();
	struct cc_parts p;

	(void)state;
	m.rung = "clear";
	m.state = CC_STATE_LATE;
	m.ended.s = m.due.s + 3600;
	m.ends = "contact.made";
	p = render(&m);
	assert_string_equal(p.subject, "Case 48211234: done late");
	has(p.text, "Now: done late\n");
	has(p.text, "Ended: Sunday, March 8, 2026, 8:30 PM CDT\n");
	has_not(p.text, "What ends it");
	has(p.html, "#1b6e3c");
	has_not(p.html, "#b3261e");
	cc_parts_done(&p);
	m.withdrawn = true;
	m.ended = CC_NEVER;
	p = render(&m);
	assert_string_equal(p.subject, "Case 48211234: withdrawn");
	has(p.text, "this was withdrawn, nothing is to be done here.");
	cc_parts_done(&p);
}

static void
late_news_says_when_it_was_due_and_when_it_became_known(void **state)
{
	struct cc_message m = kit_message();
	struct cc_parts p;

	(void)state;
	m.late = true;
	m.known = m.fired;
	p = render(&m);
	has(p.text, "Due: Sunday, March 8, 2026, 7:30 PM CDT\n");
	has(p.text, "Became known: Sunday, March 8, 2026, 11:30 PM CDT, after this step had\n");
	cc_parts_done(&p);
}

static void
an_immediate_duty_has_no_date_and_no_number(void **state)
{
	static const char *const rungs[] = {"raise", "remind-2", "moved", "back", "clear"};

	(void)state;
	for (size_t i = 0; i < sizeof rungs / sizeof rungs[0]; i++)
		for (int l = 0; l < CC_LANGUAGES; l++) {
			struct cc_message m = kit_message();
			struct cc_parts p;

			m.kind = CC_KIND_IMMEDIATE;
			m.state = CC_STATE_RUNNING;
			m.rung = rungs[i];
			m.previous_due = m.started;
			m.ended = m.known = m.fired;
			m.late = true;
			m.period = 3;
			m.case_id = "c";
			m.subject = "v";
			m.rule = "rule";
			m.section = "s";
			m.link = NULL;
			m.language = cc_language_code((enum cc_language)l);
			p = render(&m);
			assert_int_equal(strcspn(p.subject, "0123456789"), strlen(p.subject));
			assert_int_equal(strcspn(p.text, "0123456789"), strlen(p.text));
			has_not(p.text, "overdue");
			has_not(p.text, "vencid");
			has_not(p.text, "Due");
			has_not(p.text, "Plazo");
			cc_parts_done(&p);
		}
}

static void
the_title_is_in_the_subject_only_when_asked_for(void **state)
{
	struct cc_message m = kit_message();
	struct cc_parts p = render(&m);

	(void)state;
	has_not(p.subject, "See the child");
	cc_parts_done(&p);
	p = render_with(of_pack, &m, true);
	assert_string_equal(p.subject, "Case 48211234: overdue: See the child for the first "
	    "time, due Sun, Mar 8 2026, 7:30 PM CDT");
	cc_parts_done(&p);
}

enum { ITEMS = CC_MESSAGE_ITEMS_MAX };

static struct cc_message items[ITEMS];

/* A list of the first n: every third overdue, every third at once. */
static struct cc_message
list_of(enum cc_message_form form, uint32_t n)
{
	static char cases[ITEMS][8];
	struct cc_message m = kit_message();

	for (uint32_t i = 0; i < ITEMS; i++) {
		items[i] = kit_message();
		(void)snprintf(cases[i], sizeof cases[i], "k%u", i % 4);
		items[i].case_id = cases[i];
		items[i].link = NULL;
		items[i].state = CC_STATE_RUNNING;
		items[i].kind = i % 3 == 1 ? CC_KIND_IMMEDIATE : CC_KIND_DEADLINE;
		items[i].due.s = m.fired.s + (i % 3 == 2 ? 86400 * 3 : -3600 * (int64_t)(i + 1));
	}
	m.form = form;
	m.case_id = m.rule = m.title = m.section = m.subject = m.rung = "";
	m.due = m.started = CC_NEVER;
	m.due_local = m.link = NULL;
	m.items = items;
	m.nitems = n;
	return m;
}

static void
a_digest_counts_in_its_subject_and_names_no_case_there(void **state)
{
	struct cc_message m = list_of(CC_FORM_DIGEST, 6);
	struct cc_parts p;

	(void)state;
	m.unit = "u-7";
	p = render_with(of_pack, &m, true);
	assert_string_equal(p.subject, "Caseclock: 6 open, 2 overdue, some at once");
	has(p.text, "Today's list, unit u-7\n6 open, 2 overdue, some to be done at once, 2 due "
	    "within a week\n");
	cc_parts_done(&p);
	m.nitems = 0;
	m.items = NULL;
	p = render(&m);
	assert_string_equal(p.subject, "Caseclock: nothing open");
	has(p.text, "Nothing is open.");
	cc_parts_done(&p);
}

static void
a_list_is_grouped_by_case_with_the_worst_first(void **state)
{
	struct cc_message m = list_of(CC_FORM_DIGEST, 8);
	struct cc_parts p = render(&m);
	const char *k0 = strstr(p.text, "CASE k0"), *k3 = strstr(p.text, "CASE k3");
	const char *k2 = strstr(p.text, "CASE k2"), *k1 = strstr(p.text, "CASE k1");

	(void)state;
	/* k2 has the oldest due (item 6), then k3 (item 3), then k0 (item 0). */
	assert_non_null(k0);
	assert_non_null(k1);
	assert_non_null(k2);
	assert_non_null(k3);
	assert_true(k2 < k3 && k3 < k0 && k0 < k1);
	assert_null(strstr(k0 + 1, "CASE k0"));
	/* Within a case too. */
	assert_true(strstr(k2, "overdue") < strstr(k2, "due in"));
	cc_parts_done(&p);
}

static void
a_digest_tells_how_things_stand_when_it_is_made(void **state)
{
	struct cc_message m = list_of(CC_FORM_DIGEST, 1);
	struct cc_parts p;

	(void)state;
	items[0].fired.s -= 86400;	/* of the alert of yesterday */
	p = render(&m);
	has(p.text, "overdue by 1 hour;");
	cc_parts_done(&p);
}

static void
a_group_and_a_handover_say_what_they_are(void **state)
{
	struct cc_message m = list_of(CC_FORM_GROUP, 3);
	struct cc_parts p = render(&m);

	(void)state;
	assert_string_equal(p.subject, "Caseclock: 3 alerts, 1 overdue, some at once");
	cc_parts_done(&p);
	m.form = CC_FORM_HANDOVER;
	m.case_id = "k0";
	p = render(&m);
	assert_string_equal(p.subject, "Case k0: now yours, 3 open, 1 overdue, some at once");
	has(p.text, "You hold it as: caseworker\n");
	cc_parts_done(&p);
	m.form = CC_FORM_CONFIGURATION;
	m.title = "No route leads to a holder";
	m.nitems = 0;
	p = render(&m);
	has(p.text, "No route leads to a holder\n");
	cc_parts_done(&p);
}

static void
what_is_too_long_leaves_items_out_and_says_how_many(void **state)
{
	struct cc_message m = list_of(CC_FORM_DIGEST, ITEMS);
	char *title = malloc(4000);
	struct cc_parts p;

	(void)state;
	assert_non_null(title);
	memset(title, '&', 3999);
	title[3999] = '\0';
	for (uint32_t i = 0; i < ITEMS; i++)
		items[i].title = items[i].rule = title;
	m.nleft_out = 7;
	p = render(&m);
	assert_true(strlen(p.html) <= CC_RENDER_HTML && strlen(p.text) <= CC_RENDER_TEXT);
	has(p.text, "57 open");
	has(p.text, "Left out for want of room: ");
	/* 7 before, and all that had no room here. */
	assert_true(strtol(strstr(p.text, "want of room: ") + strlen("want of room: "), NULL,
	    10) > 7);
	cc_parts_done(&p);
	free(title);
}

static void
text_is_broken_at_72_columns(void **state)
{
	static const struct {
		const char *in, *out;
	} table[] = {
		{"short\n", "short\n"}, {"a\n\n\n\nb\n\n", "a\n\nb\n"}, {"\n\na\n", "a\n"},
		{"- \n", "- \n"}, {"-- \n", "-- \n"},
		{"aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaa "
		    "bbb\n",
		    "aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaa\n"
		    "bbb\n"},
		{"- ñññññññññ aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaa "
		    "bbb\n",
		    "- ñññññññññ aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa\n"
		    "  aaaaaaa bbb\n"},
		{"Link: "
		    "https://x.test/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
		    "Link:\n"
		    "https://x.test/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cc_buf b;
		char *out;

		cc_buf_init(&b, 4096);
		cc_render_wrap(table[i].in, strlen(table[i].in), &b);
		out = cc_buf_take(&b);
		assert_string_equal(out, table[i].out);
		free(out);
	}
}

/* Every text of a message, made hostile in turn. */
static void
no_text_of_a_message_breaks_a_line_or_the_markup(void **state)
{
	static const char *const evil[] = {"x\r\nBcc: evil@example.test",
		"<script>alert(1)</script>", "\"><img src=x>", "a\xff\xe2\x82", "\x1b[2J",
		"{{title}}{{#on}}", "\xe2\x80\xae" "evil"};
	static const size_t members[] = {
		offsetof(struct cc_message, case_id), offsetof(struct cc_message, title),
		offsetof(struct cc_message, rule), offsetof(struct cc_message, section),
		offsetof(struct cc_message, subject), offsetof(struct cc_message, rung),
		offsetof(struct cc_message, role), offsetof(struct cc_message, link),
		offsetof(struct cc_message, due_local), offsetof(struct cc_message, at_local),
		offsetof(struct cc_message, told), offsetof(struct cc_message, cause),
		offsetof(struct cc_message, ends), offsetof(struct cc_message, unit),
		offsetof(struct cc_message, zone), offsetof(struct cc_message, language),
		offsetof(struct cc_message, previous_due_local),
	};

	(void)state;
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		for (size_t k = 0; k < sizeof evil / sizeof evil[0]; k++)
			for (int form = CC_FORM_ALERT; form <= CC_FORM_CONFIGURATION; form++) {
				struct cc_message m = kit_message(), one = kit_message();
				struct cc_parts p;

				memcpy((char *)&m + members[i], &evil[k], sizeof evil[k]);
				memcpy((char *)&one + members[i], &evil[k], sizeof evil[k]);
				m.form = (enum cc_message_form)form;
				m.items = &one;
				m.nitems = form == CC_FORM_ALERT ? 0 : 1;
				p = render_with(form % 2 == 0 ? of_pack : builtin, &m, true);
				for (const char *c = p.subject; *c != '\0'; c++)
					assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
				has_not(p.text, "\nBcc:");
				has_not(p.text, "\x1b");
				has_not(p.text, "\xe2\x80\xae");
				has_not(p.html, "<script");
				has_not(p.html, "<img");
				has_not(p.html, "\xff");
				cc_parts_done(&p);
			}
}

static void
the_subject_is_cut_between_characters(void **state)
{
	struct cc_message m = kit_message();
	char title[2000];
	struct cc_parts p;

	(void)state;
	for (size_t i = 0; i + 3 < sizeof title; i += 3)
		memcpy(title + i, "\xe2\x82\xac", 3);
	title[sizeof title - 2] = '\0';
	m.title = title;
	p = render_with(of_pack, &m, true);
	assert_true(strlen(p.subject) <= CC_RENDER_SUBJECT);
	for (size_t i = 0; p.subject[i] != '\0';) {
		uint32_t n = cc_utf8_size(p.subject + i, strlen(p.subject + i));

		assert_true(n > 0);
		i += n;
	}
	cc_parts_done(&p);
}

static void
a_pack_without_templates_has_english_ones(void **state)
{
	struct cc_message m = kit_message();
	struct cc_parts p;

	(void)state;
	m.language = "es";
	p = render_with(builtin, &m, false);
	assert_string_equal(p.language, "en");
	/* Without zone data the message's own local text. */
	assert_string_equal(p.subject,
	    "Case 48211234: overdue, due Sun, 8 Mar 2026 19:30:00 CDT");
	has(p.text, "Due: Sun, 8 Mar 2026 19:30:00 CDT\n");
	has(p.text, "See the child for the first time\n");
	cc_parts_done(&p);
}

static void
rules_know_what_ends_them(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < texas.pack->nrules; i++) {
		const struct cc_rule *r = texas.pack->rules[i];

		if (strcmp(r->id, "priority-1-initial-contact") == 0)
			assert_string_equal(r->ends, "contact.attempted, contact.made");
		if (strcmp(r->id, "fatality-le-immediate") == 0)
			assert_non_null(strstr(r->ends, "notification.made"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_says_what_when_which_rule_what_ends_it_and_who_else),
		cmocka_unit_test(spanish_has_its_words_its_dates_and_its_titles),
		cmocka_unit_test(every_rule_that_prints_and_every_event_has_a_spanish_title),
		cmocka_unit_test(a_moved_date_tells_the_old_the_new_and_why),
		cmocka_unit_test(an_all_clear_says_what_happened_and_no_more_what_would_end_it),
		cmocka_unit_test(late_news_says_when_it_was_due_and_when_it_became_known),
		cmocka_unit_test(an_immediate_duty_has_no_date_and_no_number),
		cmocka_unit_test(the_title_is_in_the_subject_only_when_asked_for),
		cmocka_unit_test(a_digest_counts_in_its_subject_and_names_no_case_there),
		cmocka_unit_test(a_list_is_grouped_by_case_with_the_worst_first),
		cmocka_unit_test(a_digest_tells_how_things_stand_when_it_is_made),
		cmocka_unit_test(a_group_and_a_handover_say_what_they_are),
		cmocka_unit_test(what_is_too_long_leaves_items_out_and_says_how_many),
		cmocka_unit_test(text_is_broken_at_72_columns),
		cmocka_unit_test(no_text_of_a_message_breaks_a_line_or_the_markup),
		cmocka_unit_test(the_subject_is_cut_between_characters),
		cmocka_unit_test(a_pack_without_templates_has_english_ones),
		cmocka_unit_test(rules_know_what_ends_them),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
