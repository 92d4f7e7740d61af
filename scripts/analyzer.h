/*
 * scripts/analyzer.h - what clang's analyzer cannot see from one file.
 *
 * Purpose:   read before each file that `make tidy` looks at, and by no
 *            compiler.  cc_fail returns the code that it is given; without
 *            knowing that the analyzer follows failures as successes.
 */
#ifndef CC_SCRIPTS_ANALYZER_H
#define CC_SCRIPTS_ANALYZER_H

#include "scheduler/base.h"

#define cc_fail(err, code, ...) ((void)cc_fail((err), (code), __VA_ARGS__), (code))

#endif
