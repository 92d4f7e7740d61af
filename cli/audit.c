#include <stdio.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/list.h"

static const struct cc_column columns[] = {
	{.title = "NO", .right = true}, {.title = "WHEN"}, {.title = "WHO"},
	{.title = "WHAT"}, {.title = "DETAIL", .may_cut = true},
};

static void
row(struct cc_list *l, const struct cc_json *item)
{
	cc_list_number(l, cc_json_get(item, "no"));
	cc_list_when(l, cc_item(item, "at"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "who"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "what"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "detail"), CC_PLAIN);
}

static int
run(const struct cc_args *a)
{
	static const struct cc_listing listing = {"audit.list", columns,
		sizeof columns / sizeof columns[0], row, "nothing was done", false};
	struct cc_list l;

	cc_list_begin(&l, &listing, a);
	return cc_list_run(&l, a);
}

static const struct cc_option options[] = {
	{.name = "json", .help = "One deed a line, times in UTC"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_audit = {
	.name = "audit", .usage = "[--json]",
	.summary = "Show what was done by hand: who, when, what",
	.details = "Acknowledgements, silences, redrives, endpoints put in use again,\n"
	    "imports.  WHO is the user of the machine; `by` in DETAIL is what he said.\n"
	    "It needs the right to administer.",
	.args = {options, sizeof options / sizeof options[0], 0, 0}, .run = run,
};

/* ---- run ------------------------------------------------------------- */

static int
run_now(const struct cc_args *a)
{
	struct cc_ask q;
	int code;

	cc_ask_begin(&q);
	code = cc_ask_run(&q, a, "audit.run");
	if (code == CC_EXIT_DONE && cc_args_has(a, "json"))
		code = cc_ask_print(&q);
	else if (code == CC_EXIT_DONE)
		puts("the rounds have begun; caseclock status shows what they find");
	cc_ask_done(&q);
	return code;
}

static const struct cc_option run_options[] = {
	{.name = "json", .help = "The answer as one JSON object"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_audit_run = {
	.name = "audit run", .usage = "[--json]",
	.summary = "Begin the nightly rounds now",
	.details = "They look for people who cannot be reached and for rungs without an\n"
	    "outcome; caseclock status shows what they found.  It needs the right to\n"
	    "administer.",
	.args = {run_options, sizeof run_options / sizeof run_options[0], 0, 0},
	.run = run_now,
};
