/*
 * cli/command.h - what a command of `caseclock` is, and what it ends with.
 *
 * Source:    DESIGN.md section 8 (exit codes); docs/caseclock.1.
 * Purpose:   each command is one const struct in its own file and one row of the
 *            table in cli/main.c.  Results go to standard output, all else to
 *            standard error.
 */
#ifndef CC_CLI_COMMAND_H
#define CC_CLI_COMMAND_H

#include "cli/args.h"

enum cc_exit {
	CC_EXIT_DONE = 0, CC_EXIT_FAILED = 1, CC_EXIT_USAGE = 2,
	CC_EXIT_UNREACHABLE = 3, CC_EXIT_REFUSED = 4
};

struct cc_command {
	const char *name;	/* one word or two: "clocks", "policy check" */
	const char *usage;	/* what follows the name */
	const char *summary;	/* one line */
	const char *details;	/* lines for --help, or NULL */
	struct cc_args_table args;
	int (*run)(const struct cc_args *a);	/* an enum cc_exit */
};

extern const struct cc_command cc_command_send, cc_command_clocks,
    cc_command_alerts, cc_command_messages, cc_command_redrive,
    cc_command_explain, cc_command_status, cc_command_simulate,
    cc_command_policy_check, cc_command_policy_test, cc_command_policy_show,
    cc_command_policy_diff, cc_command_policy_rows, cc_command_backup,
    cc_command_acknowledge, cc_command_silence_add, cc_command_silence_end,
    cc_command_silence_list, cc_command_endpoint_enable, cc_command_audit, cc_command_audit_run,
    cc_command_events, cc_command_preview, cc_command_bounce;

/* "caseclock: WORDS" on standard error, with a newline. */
void cc_complain(const char *fmt, ...) CC_PRINTF(1, 2);

/* The words alone, as they are, on standard error. */
void cc_say(const char *fmt, ...) CC_PRINTF(1, 2);

/* The same as cc_complain for a wrong argument; answers CC_EXIT_USAGE. */
int cc_misused(const char *fmt, ...) CC_PRINTF(1, 2);

/* Empty what standard output still holds; CC_EXIT_FAILED, with words, when it or
 * something before could not be written, else `code`. */
int cc_finish_output(int code);

#endif
