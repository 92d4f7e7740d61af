/* The wording, in every language: complete, calm, and as the tables say. */
#include "wire/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/notify_kit.h"
#include "wire/words_table.h"

static const char *const words[][CC_LANGUAGES] = {
#define ROW(name, en, es) {en, es},
	CC_WORDS(ROW)
#undef ROW
};

static unsigned
marks(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == '%';
	return n;
}

static void
no_word_is_missing_in_any_language(void **state)
{
	(void)state;
	assert_int_equal(sizeof words / sizeof words[0], CC_WORD_COUNT);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		for (int l = 0; l < CC_LANGUAGES; l++) {
			assert_non_null(words[i][l]);
			assert_true(words[i][l][0] != '\0');
			/* What is put in has its place in each. */
			assert_int_equal(marks(words[i][0]), marks(words[i][l]));
		}
}

static void
every_state_rung_and_role_has_words_in_each_language(void **state)
{
	static const char *const roles[] = {"caseworker", "primary", "secondary", "supervisor",
		"program_director", "program_administrator", "regional_director",
		"associate_commissioner", "operator"};
	static const char *const causes[] = {"policy", "calendar", "zones", "time"};
	char en[CC_WORDS_MAX], es[CC_WORDS_MAX];

	(void)state;
	for (int s = CC_STATE_RUNNING; s <= CC_STATE_FAILED; s++) {
		struct cc_message m = kit_message();

		m.state = (enum cc_state)s;
		assert_string_not_equal(cc_words_state(CC_ENGLISH, &m),
		    cc_words_state(CC_SPANISH, &m));
	}
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		cc_words_role(CC_ENGLISH, roles[i], en);
		cc_words_role(CC_SPANISH, roles[i], es);
		assert_null(strchr(es, '_'));
		if (strcmp(roles[i], "supervisor") != 0)
			assert_string_not_equal(en, es);
	}
	for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
		assert_string_not_equal(cc_words_cause(CC_ENGLISH, causes[i]),
		    cc_words_cause(CC_SPANISH, causes[i]));
	assert_null(cc_words_cause(CC_ENGLISH, "contact.made"));
	cc_words_role(CC_SPANISH, "night_desk", es);
	assert_string_equal(es, "night desk");
}

static const struct {
	int64_t seconds;
	const char *en, *es;
} lengths[] = {
	{0, "less than a minute", "menos de un minuto"}, {59, "less than a minute",
	    "menos de un minuto"}, {60, "1 minute", "1 minuto"}, {3600, "1 hour", "1 hora"},
	{3660, "1 hour 1 minute", "1 hora 1 minuto"}, {86400, "1 day", "1 día"},
	{3 * 86400 + 4 * 3600, "3 days 4 hours", "3 días 4 horas"},
	{2 * 86400 + 59, "2 days", "2 días"},
};

static void
lengths_are_told_in_their_two_largest_units(void **state)
{
	char text[CC_WORDS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		cc_words_length(CC_ENGLISH, lengths[i].seconds, text);
		assert_string_equal(text, lengths[i].en);
		cc_words_length(CC_SPANISH, lengths[i].seconds, text);
		assert_string_equal(text, lengths[i].es);
	}
}

static const struct {
	int64_t fired;
	enum cc_state state;
	enum cc_kind kind;
	const char *standing, *word, *es;
} standings[] = {
	{0, CC_STATE_RUNNING, CC_KIND_DEADLINE, "due in less than a minute", "not yet done",
	    "vence en menos de un minuto"},
	{-60, CC_STATE_RUNNING, CC_KIND_DEADLINE, "due in 1 minute", "not yet done",
	    "vence en 1 minuto"},
	{-86400 * 3 + 60, CC_STATE_RUNNING, CC_KIND_DEADLINE, "due in 2 days 23 hours",
	    "not yet done", "vence en 2 días 23 horas"},
	{1, CC_STATE_OVERDUE, CC_KIND_DEADLINE, "overdue by less than a minute", "overdue",
	    "vencido desde hace menos de un minuto"},
	{3660, CC_STATE_OVERDUE, CC_KIND_RECURRING, "overdue by 1 hour 1 minute", "overdue",
	    "vencido desde hace 1 hora 1 minuto"},
	{0, CC_STATE_MET, CC_KIND_DEADLINE, "done in time", "done in time", "hecho a tiempo"},
	{9, CC_STATE_LATE, CC_KIND_DEADLINE, "done late", "done late", "hecho con retraso"},
	{0, CC_STATE_CANCELLED, CC_KIND_DEADLINE, "no longer needed", "no longer needed",
	    "ya no es necesario"},
	{0, CC_STATE_EXEMPT, CC_KIND_DEADLINE, "exempt", "exempt", "exento"},
	{0, CC_STATE_PAUSED, CC_KIND_DEADLINE, "paused", "paused", "en pausa"},
	{0, CC_STATE_FAILED, CC_KIND_GATE, "not satisfied", "not satisfied", "no cumplido"},
	{-86400 * 3, CC_STATE_OPEN, CC_KIND_WINDOW, "open for 3 days", "open",
	    "abierto durante 3 días"},
	{60, CC_STATE_RUNNING, CC_KIND_IMMEDIATE, "to be done at once", "to be done at once",
	    "debe hacerse de inmediato"},
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
		cc_words_standing(CC_ENGLISH, &m, text);
		assert_string_equal(text, standings[i].standing);
		assert_string_equal(cc_words_state(CC_ENGLISH, &m), standings[i].word);
		cc_words_standing(CC_SPANISH, &m, text);
		assert_string_equal(text, standings[i].es);
	}
}

static const struct {
	const char *rung, *en, *es;
} rungs[] = {
	{"breach", "The due time has passed.", "El plazo ha vencido."},
	{"before-3d", "Notice: it falls due within 3 days.",
	    "Aviso: vence en menos de 3 días."},
	{"before-1d", "Notice: it falls due within 1 day.", "Aviso: vence en menos de 1 día."},
	{"after-4h", "The due time passed 4 hours ago or more.",
	    "El plazo venció hace 4 horas o más."},
	{"after-90s", "The due time passed 90 seconds ago or more.",
	    "El plazo venció hace 90 segundos o más."},
	{"elapsed-75", "75% of the time allowed is gone.",
	    "Ha pasado el 75% del tiempo permitido."},
	{"repeat-2", "Reminder: this is still overdue.", "Recordatorio: esto sigue vencido."},
	{"moved", "The due time has changed.", "El plazo ha cambiado."},
	{"clear", "All clear: nothing more is to be done here.",
	    "Todo en orden: aquí no queda nada por hacer."},
	{"failed", "A requirement was not satisfied when it was needed.",
	    "Un requisito no se cumplía cuando hacía falta."},
	{"before-xd", "Step of the ladder: before-xd.", "Paso de la escala: before-xd."},
	{"own-step", "Step of the ladder: own-step.", "Paso de la escala: own-step."},
};

static void
rungs_are_said_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rungs / sizeof rungs[0]; i++) {
		struct cc_message m = kit_message();
		char text[CC_WORDS_MAX];

		m.rung = rungs[i].rung;
		cc_words_rung(CC_ENGLISH, &m, text);
		assert_string_equal(text, rungs[i].en);
		cc_words_rung(CC_SPANISH, &m, text);
		assert_string_equal(text, rungs[i].es);
	}
}

/* No such word in any language, and no number. */
static void
assert_calm(const char *text)
{
	static const char *const not[] = {
		"breach", "overdue", "late", "vencid", "venci", "retras", "tarde", "plazo"
	};

	for (size_t i = 0; i < sizeof not / sizeof not[0]; i++)
		if (strcasestr(text, not[i]) != NULL)
			fail_msg("%s in: %s", not[i], text);
	if (strcspn(text, "0123456789") != strlen(text))
		fail_msg("a number in: %s", text);
}

static void
an_immediate_duty_is_never_called_overdue_nor_counted(void **state)
{
	static const char *const steps[] = {"raise", "remind-1", "remind-10", "breach",
		"repeat-1", "failed", "after-4h", "before-3d", "moved", "back", "clear",
		"elapsed-75"};

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		for (int s = CC_STATE_RUNNING; s <= CC_STATE_FAILED; s++)
			for (int l = 0; l < CC_LANGUAGES; l++) {
				struct cc_message m = kit_message();
				char text[CC_WORDS_MAX];

				m.kind = CC_KIND_IMMEDIATE;
				m.rung = steps[i];
				m.state = (enum cc_state)s;
				m.late = true;
				assert_false(cc_words_is_overdue(&m));
				cc_words_standing((enum cc_language)l, &m, text);
				assert_calm(text);
				cc_words_rung((enum cc_language)l, &m, text);
				assert_calm(text);
				assert_calm(cc_words_state((enum cc_language)l, &m));
			}
}

static void
instants_are_told_with_weekday_and_zone(void **state)
{
	static const struct cc_zone_kind kinds[] = {{-18000, true, "CDT"}};
	static const struct cc_zone zone = {.name = "z", .kinds = kinds, .nkinds = 1};
	static const struct {
		int64_t s;
		bool brief;
		const char *en, *es;
	} table[] = {
		{1773016200, false, "Sunday, March 8, 2026, 7:30 PM CDT",
		    "domingo, 8 de marzo de 2026, 7:30 p. m. CDT"},
		{1773016200, true, "Sun, Mar 8 2026, 7:30 PM CDT",
		    "dom 8 mar 2026, 7:30 p. m. CDT"},
		{1773032399, false, "Sunday, March 8, 2026, 11:59:59 PM CDT",
		    "domingo, 8 de marzo de 2026, 11:59:59 p. m. CDT"},
		{1773032400, true, "Mon, Mar 9 2026, 12:00 AM CDT",
		    "lun 9 mar 2026, 12:00 a. m. CDT"},
		{1773032400 + 43200, true, "Mon, Mar 9 2026, 12:00 PM CDT",
		    "lun 9 mar 2026, 12:00 p. m. CDT"},
		{-1, true, "Wed, Dec 31 1969, 6:59:59 PM CDT",
		    "mié 31 dic 1969, 6:59:59 p. m. CDT"},
	};
	char text[CC_WORDS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cc_wall t = {table[i].s};

		cc_words_when(CC_ENGLISH, &zone, t, table[i].brief, text);
		assert_string_equal(text, table[i].en);
		cc_words_when(CC_SPANISH, &zone, t, table[i].brief, text);
		assert_string_equal(text, table[i].es);
	}
	cc_words_when(CC_ENGLISH, NULL, (struct cc_wall){1773016200}, true, text);
	assert_string_equal(text, "Mon, Mar 9 2026, 12:30 AM UTC");
}

static void
languages_are_found_by_their_code(void **state)
{
	enum cc_language l = CC_ENGLISH;

	(void)state;
	assert_true(cc_language_find("es", &l));
	assert_int_equal(l, CC_SPANISH);
	assert_string_equal(cc_language_code(l), "es");
	assert_false(cc_language_find("fr", &l));
	assert_false(cc_language_find(NULL, &l));
	assert_false(cc_language_find("", &l));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_word_is_missing_in_any_language),
		cmocka_unit_test(every_state_rung_and_role_has_words_in_each_language),
		cmocka_unit_test(lengths_are_told_in_their_two_largest_units),
		cmocka_unit_test(standing_is_said_as_the_table_says),
		cmocka_unit_test(rungs_are_said_in_words),
		cmocka_unit_test(an_immediate_duty_is_never_called_overdue_nor_counted),
		cmocka_unit_test(instants_are_told_with_weekday_and_zone),
		cmocka_unit_test(languages_are_found_by_their_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
