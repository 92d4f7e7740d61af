/*
 * tests/support/mistake_kit.h - one mistake in a small pack, for tests.
 *
 * Purpose:   a pack without mistakes; a row changes one file of it and says what
 *            the loader must find: these lines, no others, and no pack.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_SUPPORT_MISTAKE_KIT_H
#define CC_TESTS_SUPPORT_MISTAKE_KIT_H

#include "tests/support/pack_kit.h"

enum { CC_MISTAKES_MAX = 12 };

struct cc_mistake_row {
	const char *what, *file;
	/* `was` in the file becomes `is`; "": `is` comes at its end; NULL: it is the
	 * whole file (NULL too: there is no file). */
	const char *was, *is;
	const char *lines[CC_MISTAKES_MAX];
};

void cc_expect_mistakes(const struct cc_mistake_row *rows, unsigned n);

/* The small pack with these files in the place of its own. */
void cc_small_pack(const struct cc_test_file *files, unsigned n, struct cc_test_pack *ret);

#endif
