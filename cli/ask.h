/*
 * cli/ask.h - one question to the daemon that changes something, and its answer.
 *
 * Purpose:   what acknowledge, silence and endpoint have in common: the parameters,
 *            an end that is given as an instant or as a length, the answer as JSON.
 * Ownership: cc_ask_done gives everything back; texts are copied.
 * Errors:    functions that answer an int give an enum cc_exit, after the words are
 *            out on standard error.
 */
#ifndef CC_CLI_ASK_H
#define CC_CLI_ASK_H

#include "cli/connect.h"

struct cc_ask {
	struct cc_buf params;
	struct cc_json *doc;
	const struct cc_json *result;	/* after cc_ask_run; borrowed */
};

void cc_ask_begin(struct cc_ask *q);
void cc_ask_done(struct cc_ask *q);

/* A parameter; nothing when `value` is NULL. */
void cc_ask_text(struct cc_ask *q, const char *name, const char *value);
void cc_ask_number(struct cc_ask *q, const char *name, int64_t value);

/* --until TIME or --for LENGTH: one of the two must be given; the daemon reads them.
 * `command` is for the words. */
int cc_ask_until(struct cc_ask *q, const struct cc_args *a, const char *command);

/* Ask and wait. */
int cc_ask_run(struct cc_ask *q, const struct cc_args *a, const char *method);

/* The result as one line. */
int cc_ask_print(const struct cc_ask *q);

/* A whole number from 1 on, of an argument. */
bool cc_number_of(const char *text, int64_t *ret);

/* The options that go with cc_ask_until. */
#define CC_OPTIONS_END \
	{.name = "for", .value = "LENGTH", .help = "How long: 90m, 4h, 2d"}, \
	{.name = "until", .value = "TIME", .help = "Until when, RFC 3339 with an offset"}

#endif
