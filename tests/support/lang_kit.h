/*
 * tests/support/lang_kit.h - expressions over a small history, for tests.
 *
 * Purpose:   a pack whose terms, timelines, spans, sets and rules use every
 *            construct of the language, a history of thirteen events, and a
 *            way to ask what an expression is worth over it, or what is wrong
 *            with it.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_SUPPORT_LANG_KIT_H
#define CC_TESTS_SUPPORT_LANG_KIT_H

struct cc_lang_row {
	const char *text;	/* the expression */
	const char *is;		/* its value; or "COLUMN: what is wrong" */
};

void cc_lang_expect_values(const struct cc_lang_row *rows, unsigned n);

/* Each expression is refused with one mistake, at that column of it. */
void cc_lang_expect_mistakes(const struct cc_lang_row *rows, unsigned n);

#endif
