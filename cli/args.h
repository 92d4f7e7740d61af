/*
 * cli/args.h - options and arguments of one command, checked.
 *
 * Purpose:   --NAME VALUE, --NAME=VALUE, --NAME; `--` ends the options, `-` is
 *            an argument; options and arguments may be mixed.  Nothing is
 *            abbreviated and nothing is passed over: an unknown option is
 *            refused with the nearest one there is.
 * Ownership: everything is borrowed from argv and from the table.
 * Errors:    CC_EINVAL with words for a person at a terminal.
 * Threads:   no shared state.
 */
#ifndef CC_CLI_ARGS_H
#define CC_CLI_ARGS_H

#include "scheduler/base.h"

enum { CC_ARGS_OPTIONS = 64, CC_ARGS_PLAIN = 16 };

struct cc_option {
	const char *name;	/* without the dashes */
	const char *value;	/* what its value is called, NULL: it takes none */
	const char *help;
	bool repeats;		/* may be given more than once */
};

struct cc_args_table {
	const struct cc_option *options;
	unsigned noptions;
	unsigned min, max;	/* how many arguments beside the options */
};

struct cc_args {
	const struct cc_args_table *table;
	struct {
		const char *name, *value;	/* value NULL: it takes none */
	} given[CC_ARGS_OPTIONS];
	unsigned ngiven;
	const char *plain[CC_ARGS_PLAIN];
	unsigned nplain;
	bool help;		/* --help was among them: the rest was not checked */
};

/* `argv` holds `argc` words after the command's name. */
enum cc_code cc_args_parse(const struct cc_args_table *t, int argc,
    char *const *argv, struct cc_args *ret, struct cc_err *reterr) CC_MUST_USE;

bool cc_args_has(const struct cc_args *a, const char *name);

/* The value of the n-th (from 0) time that the option was given, or NULL. */
const char *cc_args_value(const struct cc_args *a, const char *name, unsigned n);

/* The n-th argument, or NULL. */
const char *cc_args_plain(const struct cc_args *a, unsigned n);

#endif
