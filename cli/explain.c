#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/connect.h"
#include "cli/screen.h"

enum { QUESTION_MAX = 4096, ITEM_MAX = 1024 * 1024 };

static int
put_question(const struct cc_args *a, struct cc_buf *b)
{
	const char *period = cc_args_value(a, "period", 0);
	const char *subject = cc_args_plain(a, 2);
	char *end;

	CC_BUF_LIT(b, "{\"case\":");
	cc_buf_jsons(b, cc_args_plain(a, 0));
	CC_BUF_LIT(b, ",\"clock\":");
	cc_buf_jsons(b, cc_args_plain(a, 1));
	if (subject != NULL) {
		CC_BUF_LIT(b, ",\"subject\":");
		cc_buf_jsons(b, subject);
	}
	if (period != NULL) {
		long n;

		errno = 0;
		n = strtol(period, &end, 10);
		if (end == period || *end != '\0' || errno != 0 || n < 1)
			return cc_misused("explain: --period is a number from 1, not %.80s",
			    period);
		CC_BUF_LIT(b, ",\"period\":");
		cc_buf_int(b, n);
	}
	cc_buf_char(b, '}');
	return cc_buf_end(b, 0) == CC_OK ? CC_EXIT_DONE :
	    cc_misused("explain: the arguments are too long");
}

static void
print_lines(const struct cc_json *lines)
{
	for (size_t i = 0; i < cc_json_count(lines); i++) {
		const char *line = cc_json_text(cc_json_at(lines, i));
		char *safe = line == NULL ? NULL : cc_text_safe(line);

		if (safe != NULL)
			puts(safe);
		free(safe);
	}
}

/* cc_finish_output sees whether it could be written. */
static int
print_buf(struct cc_buf *b)
{
	cc_buf_char(b, '\n');
	if (cc_buf_end(b, 0) != CC_OK) {
		cc_complain("explain: the answer is too long");
		return CC_EXIT_FAILED;
	}
	(void)fwrite(b->p, 1, b->n, stdout);
	return CC_EXIT_DONE;
}

static int
print_json(const struct cc_json *item)
{
	struct cc_buf b;
	int code;

	cc_buf_init(&b, ITEM_MAX);
	cc_json_print(&b, item);
	code = print_buf(&b);
	cc_buf_done(&b);
	return code;
}

static void
print_why_json(const struct cc_args *a, const struct cc_json *why)
{
	const char *subject = cc_args_plain(a, 2);
	struct cc_buf b;

	cc_buf_init(&b, ITEM_MAX);
	CC_BUF_LIT(&b, "{\"case\":");
	cc_buf_jsons(&b, cc_args_plain(a, 0));
	CC_BUF_LIT(&b, ",\"clock\":");
	cc_buf_jsons(&b, cc_args_plain(a, 1));
	CC_BUF_LIT(&b, ",\"subject\":");
	if (subject == NULL)
		CC_BUF_LIT(&b, "null");
	else
		cc_buf_jsons(&b, subject);
	CC_BUF_LIT(&b, ",\"why\":");
	cc_json_print(&b, why);
	cc_buf_char(&b, '}');
	(void)print_buf(&b); /* the exit status is the same */
	cc_buf_done(&b);
}

/* A daemon that gives no reasons is an older one. */
static int
print_why(const struct cc_args *a, const struct cc_json *why)
{
	const char *subject = cc_args_plain(a, 2);

	if (cc_args_has(a, "json") && cc_json_count(why) > 0)
		print_why_json(a, why);
	else
		print_lines(why);
	cc_complain("case %s has no clock %s%s%s%s%s", cc_args_plain(a, 0),
	    cc_args_plain(a, 1), subject == NULL ? "" : " for ",
	    subject == NULL ? "" : subject,
	    cc_args_has(a, "period") ? ", period " : "",
	    cc_args_has(a, "period") ? cc_args_value(a, "period", 0) : "");
	return CC_EXIT_FAILED;
}

static int
print_items(const struct cc_args *a, const struct cc_json *items)
{
	bool json = cc_args_has(a, "json");
	int code = CC_EXIT_DONE;

	for (size_t i = 0; i < cc_json_count(items) && code == CC_EXIT_DONE; i++) {
		if (json) {
			code = print_json(cc_json_at(items, i));
			continue;
		}
		if (i > 0)
			puts("");
		print_lines(cc_json_get(cc_json_at(items, i), "text"));
	}
	return code;
}

static int
explain(const struct cc_args *a, const struct cc_buf *b)
{
	const struct cc_json *result, *items;
	struct cc_json *doc = NULL;
	bool more = false;
	struct cc_connection c;
	int code = cc_connection_open(&c, a);

	if (code != CC_EXIT_DONE)
		return code;
	code = cc_connection_ask(&c, "clock.explain",
	    (struct cc_str){b->p, (uint32_t)b->n}, &doc, &result);
	items = code == CC_EXIT_DONE ? cc_json_get(result, "items") : NULL;
	if (code == CC_EXIT_DONE && cc_json_count(items) > 0) {
		code = print_items(a, items);
		if (cc_json_bool(cc_json_get(result, "more"), &more) && more)
			cc_complain("there are more than these: name SUBJECT or --period N");
	} else if (code == CC_EXIT_DONE) {
		code = print_why(a, cc_json_get(result, "why"));
	}
	cc_json_free(doc);
	cc_connection_close(&c);
	return code;
}

static int
run(const struct cc_args *a)
{
	struct cc_buf b;
	int code;

	cc_buf_init(&b, QUESTION_MAX);
	code = put_question(a, &b);
	if (code == CC_EXIT_DONE)
		code = explain(a, &b);
	cc_buf_done(&b);
	return code;
}

static const struct cc_option options[] = {
	{.name = "period", .value = "N", .help = "Only this period"},
	{.name = "json", .help = "One explanation a line, times in UTC"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_explain = {
	.name = "explain", .usage = "CASE CLOCK [SUBJECT] [--period N] [--json]",
	.summary = "Show how a clock came to be, step by step",
	.details = "The rule and its section, the event it counts from, each day counted or\n"
	    "skipped and why, what ended it, and the versions of policy, holidays and\n"
	    "zone data: enough to redo the sum by hand.  When there is no such clock:\n"
	    "which condition failed, or what has not come; the exit status is then 1.",
	.args = {options, sizeof options / sizeof options[0], 2, 3}, .run = run,
};
