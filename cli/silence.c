#include <inttypes.h>
#include <stdio.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/list.h"

/* ---- add ------------------------------------------------------------- */

/* What is wrong with the question before it is asked. */
static int
check_add(const struct cc_args *a)
{
	if (!cc_args_has(a, "case") && !cc_args_has(a, "clock") &&
	    !cc_args_has(a, "recipient"))
		return cc_misused("silence add: of what?  --case, --clock, --recipient, one "
		    "of them at least");
	if (!cc_args_has(a, "reason"))
		return cc_misused("silence add: why?  --reason CODE");
	if (!cc_args_has(a, "as"))
		return cc_misused("silence add: who asks for it?  --as STAFF_ID");
	return CC_EXIT_DONE;
}

static void
print_added(const struct cc_ask *q)
{
	struct cc_when w;
	char local[CC_LOCAL_TEXT];
	int64_t n = 0;

	(void)cc_json_int(cc_json_get(q->result, "silence"), &n); /* else 0 */
	cc_when_open(&w, NULL);
	cc_when_json(&w, cc_json_get_text(q->result, "until"), local);
	printf("silence %" PRId64 "%s%s; caseclock silence end %" PRId64 " ends it before\n",
	    n, local[0] == '\0' ? "" : " until ", local, n);
	cc_when_done(&w);
}

static int
run_add(const struct cc_args *a)
{
	static const char *const names[] = {"case", "clock", "recipient", "reason"};
	struct cc_ask q;
	int code = check_add(a);

	cc_ask_begin(&q);
	if (code == CC_EXIT_DONE)
		code = cc_ask_until(&q, a, "silence add");
	if (code == CC_EXIT_DONE) {
		for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
			cc_ask_text(&q, names[i], cc_args_value(a, names[i], 0));
		cc_ask_text(&q, "by", cc_args_value(a, "as", 0));
		code = cc_ask_run(&q, a, "silence.add");
	}
	if (code == CC_EXIT_DONE && cc_args_has(a, "json"))
		code = cc_ask_print(&q);
	else if (code == CC_EXIT_DONE)
		print_added(&q);
	cc_ask_done(&q);
	return code;
}

static const struct cc_option add_options[] = {
	{.name = "case", .value = "CASE", .help = "Of this case"},
	{.name = "clock", .value = "ID", .help = "Of this rule"},
	{.name = "recipient", .value = "STAFF_ID", .help = "To this person"},
	CC_OPTIONS_END,
	{.name = "reason", .value = "CODE", .help = "Why: a word such as outage"},
	{.name = "as", .value = "STAFF_ID", .help = "Who asks for it"},
	{.name = "json", .help = "The answer as one JSON object"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_silence_add = {
	.name = "silence add",
	.usage = "[--case CASE] [--clock ID] [--recipient STAFF_ID]\n"
	    "           --for LENGTH|--until TIME --reason CODE --as STAFF_ID [--json]",
	.summary = "Let messages wait; those of safety clocks never do",
	.details = "It is for what fits all of --case, --clock and --recipient that are\n"
	    "given.  At its end the messages are looked at again and what still holds\n"
	    "leaves.  It needs the right to administer.",
	.args = {add_options, sizeof add_options / sizeof add_options[0], 0, 0},
	.run = run_add,
};

/* ---- end ------------------------------------------------------------- */

static int
run_end(const struct cc_args *a)
{
	const char *text = cc_args_plain(a, 0);
	struct cc_ask q;
	int64_t n, released = 0;
	int code;

	if (!cc_number_of(text, &n))
		return cc_misused("silence end: N is the number of a silence, not %.80s; "
		    "caseclock silence list shows them", text);
	cc_ask_begin(&q);
	cc_ask_number(&q, "silence", n);
	code = cc_ask_run(&q, a, "silence.end");
	if (code == CC_EXIT_DONE && cc_args_has(a, "json"))
		code = cc_ask_print(&q);
	else if (code == CC_EXIT_DONE) {
		(void)cc_json_int(cc_json_get(q.result, "released"), &released); /* else 0 */
		printf("silence %" PRId64 " has ended; %" PRId64 " message%s waited for it\n",
		    n, released, released == 1 ? "" : "s");
	}
	cc_ask_done(&q);
	return code;
}

static const struct cc_option end_options[] = {
	{.name = "json", .help = "The answer as one JSON object"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_silence_end = {
	.name = "silence end", .usage = "N [--json]",
	.summary = "End a silence now; what waited for it leaves",
	.details = "It needs the right to administer.",
	.args = {end_options, sizeof end_options / sizeof end_options[0], 1, 1},
	.run = run_end,
};

/* ---- list ------------------------------------------------------------ */

static const struct cc_column columns[] = {
	{.title = "SILENCE", .right = true}, {.title = "CASE"}, {.title = "CLOCK"},
	{.title = "RECIPIENT"}, {.title = "FROM"}, {.title = "UNTIL"}, {.title = "ENDED"},
	{.title = "BY"}, {.title = "REASON", .may_cut = true},
};

static void
row(struct cc_list *l, const struct cc_json *item)
{
	cc_list_number(l, cc_json_get(item, "silence"));
	cc_list_cell(l, cc_item(item, "case"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "clock"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "recipient"), CC_PLAIN);
	cc_list_when(l, cc_item(item, "at"), CC_PLAIN);
	cc_list_when(l, cc_item(item, "until"), CC_PLAIN);
	cc_list_when(l, cc_item(item, "ended"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "by"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "reason"), CC_PLAIN);
}

static int
run_list(const struct cc_args *a)
{
	static const struct cc_listing in_force = {"silence.list", columns,
		sizeof columns / sizeof columns[0], row, "no silence is in force", false};
	static const struct cc_listing all = {"silence.list", columns,
		sizeof columns / sizeof columns[0], row, "no silences", false};
	struct cc_list l;

	cc_list_begin(&l, cc_args_has(a, "all") ? &all : &in_force, a);
	if (cc_args_has(a, "all"))
		cc_list_true(&l, "all");
	return cc_list_run(&l, a);
}

static const struct cc_option list_options[] = {
	{.name = "all", .help = "Also those that are over"},
	{.name = "json", .help = "One silence a line, times in UTC"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_silence_list = {
	.name = "silence list", .usage = "[--all] [--json]",
	.summary = "Show the silences in force: whose, why, until when",
	.args = {list_options, sizeof list_options / sizeof list_options[0], 0, 0},
	.run = run_list,
};
