#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/list.h"

enum { TO_MAX = 512 };

static const struct cc_column columns[] = {
	{.title = "ALERT", .right = true}, {.title = "FIRED"}, {.title = "CASE"},
	{.title = "CLOCK"}, {.title = "SUBJECT"}, {.title = "RUNG"},
	{.title = "SEVERITY"}, {.title = "TO"}, {.title = "HELD"},
	{.title = "MESSAGES", .right = true},
};

static enum cc_tint
tint_of(const char *severity)
{
	if (severity == NULL)
		return CC_PLAIN;
	if (strcmp(severity, "critical") == 0)
		return CC_RED;
	return strcmp(severity, "warning") == 0 ? CC_YELLOW : CC_PLAIN;
}

/* "caseworker, supervisor" */
static void
put_roles(struct cc_list *l, const struct cc_json *to)
{
	struct cc_buf b;

	cc_buf_init(&b, TO_MAX);
	for (size_t i = 0; i < cc_json_count(to); i++) {
		const char *role = cc_json_text(cc_json_at(to, i));

		if (role != NULL && b.n > 0)
			CC_BUF_LIT(&b, ", ");
		if (role != NULL)
			cc_buf_puts(&b, role);
	}
	cc_buf_char(&b, '\0');
	if (cc_buf_end(&b, 0) == CC_OK)
		cc_list_cell(l, b.p, CC_PLAIN);
	else
		cc_list_cell(l, "many", CC_PLAIN);
	cc_buf_done(&b);
}

static void
row(struct cc_list *l, const struct cc_json *item)
{
	const char *severity = cc_item(item, "severity");
	char messages[24];

	(void)snprintf(messages, sizeof messages, "%zu",
	    cc_json_count(cc_json_get(item, "messages")));
	cc_list_number(l, cc_json_get(item, "id"));
	cc_list_when(l, cc_item(item, "fired"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "case"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "clock"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "subject"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "rung"), CC_PLAIN);
	cc_list_cell(l, severity, tint_of(severity));
	put_roles(l, cc_json_get(item, "to"));
	cc_list_cell(l, cc_item(item, "held"), CC_YELLOW);
	cc_list_cell(l, messages, CC_PLAIN);
}

static int
run(const struct cc_args *a)
{
	static const struct cc_listing listing = {"alerts.list", columns,
		sizeof columns / sizeof columns[0], row, "no alerts", false};
	struct cc_list l;

	cc_list_begin(&l, &listing, a);
	cc_list_text(&l, "case", cc_args_plain(a, 0));
	if (cc_args_has(a, "held"))
		cc_list_true(&l, "held");
	return cc_list_run(&l, a);
}

static const struct cc_option options[] = {
	{.name = "held", .help = "Only those that were held back and not released"},
	{.name = "json", .help = "One alert a line, times in UTC"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_alerts = {
	.name = "alerts", .usage = "[CASE] [--held] [--json]",
	.summary = "Show what has fired, oldest first",
	.details = "A held alert was recorded and not sent, because what it speaks of lies\n"
	    "too far back; `caseclock messages redrive --alert N` sends it.",
	.args = {options, sizeof options / sizeof options[0], 0, 1}, .run = run,
};
