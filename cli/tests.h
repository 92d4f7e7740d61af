/*
 * cli/tests.h - the tests of a policy pack, read for a command.
 *
 * Ownership: cc_tests_done gives everything back, also after a failure.
 * Errors:    told on standard error; every mistake on a line of its own as
 *            file:line:column: words.
 */
#ifndef CC_CLI_TESTS_H
#define CC_CLI_TESTS_H

#include "policy/pack_test.h"

struct cc_tests {
	struct cc_arena arena;
	struct cc_diags diags;
	struct cc_pack_tests tests;
};

/* The tests in DIR/tests or, when n is not 0, in the files.  An enum cc_exit. */
int cc_tests_open(struct cc_tests *t, const struct cc_pack *p, const char *dir,
    const char *const *files, unsigned n);
void cc_tests_done(struct cc_tests *t);

#endif
