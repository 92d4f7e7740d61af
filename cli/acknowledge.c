#include <stdio.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/when.h"

/* The end of it as the daemon says it. */
static void
print_end(const struct cc_ask *q)
{
	struct cc_when w;
	char local[CC_LOCAL_TEXT];

	cc_when_open(&w, NULL);
	cc_when_json(&w, cc_json_get_text(q->result, "until"), local);
	printf("acknowledged until %s; the clock runs on\n", local[0] == '\0' ? "its end" :
	    local);
	cc_when_done(&w);
}

/* One alert by its number, or the clock by name. */
static int
put_what(struct cc_ask *q, const struct cc_args *a)
{
	const char *alert = cc_args_value(a, "alert", 0);
	int64_t n;

	if ((alert == NULL) == (cc_args_plain(a, 0) == NULL) ||
	    (alert == NULL && cc_args_plain(a, 1) == NULL))
		return cc_misused("acknowledge: either CASE CLOCK [SUBJECT] or --alert N; "
		    "caseclock alerts CASE shows them");
	if (alert != NULL) {
		if (!cc_number_of(alert, &n))
			return cc_misused("acknowledge: --alert is the number of an alert, not "
			    "%.80s", alert);
		cc_ask_number(q, "alert", n);
	}
	cc_ask_text(q, "case", cc_args_plain(a, 0));
	cc_ask_text(q, "clock", cc_args_plain(a, 1));
	cc_ask_text(q, "subject", cc_args_plain(a, 2));
	return CC_EXIT_DONE;
}

static int
run(const struct cc_args *a)
{
	struct cc_ask q;
	int code;

	cc_ask_begin(&q);
	code = put_what(&q, a);
	if (code == CC_EXIT_DONE)
		code = cc_ask_until(&q, a, "acknowledge");
	if (code == CC_EXIT_DONE && cc_args_value(a, "as", 0) == NULL)
		code = cc_misused("acknowledge: who does?  --as STAFF_ID, as in the directory");
	if (code == CC_EXIT_DONE) {
		cc_ask_text(&q, "by", cc_args_value(a, "as", 0));
		code = cc_ask_run(&q, a, "alert.acknowledge");
	}
	if (code == CC_EXIT_DONE && cc_args_has(a, "json"))
		code = cc_ask_print(&q);
	else if (code == CC_EXIT_DONE)
		print_end(&q);
	cc_ask_done(&q);
	return code;
}

static const struct cc_option options[] = {
	CC_OPTIONS_END,
	{.name = "as", .value = "STAFF_ID", .help = "Who acknowledges"},
	{.name = "alert", .value = "N", .help = "The clock of this alert"},
	{.name = "json", .help = "The answer as one JSON object"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_acknowledge = {
	.name = "acknowledge",
	.usage = "CASE CLOCK [SUBJECT] | --alert N\n"
	    "           --for LENGTH|--until TIME --as STAFF_ID [--json]",
	.summary = "Say that somebody works on it: the ladder waits, the clock runs",
	.details = "SUBJECT may be left out while one clock of that name is live.  What falls\n"
	    "meanwhile is told at the end, unless the clock has ended by then.  Of a safety\n"
	    "clock it holds repeats, and what goes to nobody but STAFF_ID; never the breach.",
	.args = {options, sizeof options / sizeof options[0], 0, 3}, .run = run,
};
