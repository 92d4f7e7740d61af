#include <stdio.h>
#include <stdlib.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/screen.h"

static int
run(const struct cc_args *a)
{
	const char *name = cc_args_plain(a, 0);
	struct cc_ask q;
	char *safe;
	int code;

	cc_ask_begin(&q);
	cc_ask_text(&q, "endpoint", name);
	code = cc_ask_run(&q, a, "endpoint.enable");
	if (code == CC_EXIT_DONE && cc_args_has(a, "json")) {
		code = cc_ask_print(&q);
	} else if (code == CC_EXIT_DONE) {
		safe = cc_text_safe(name);
		printf("%s is used again\n", safe == NULL ? "it" : safe);
		free(safe);
	}
	cc_ask_done(&q);
	return code;
}

static const struct cc_option options[] = {
	{.name = "json", .help = "The answer as one JSON object"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_endpoint_enable = {
	.name = "endpoint enable", .usage = "NAME [--json]",
	.summary = "Use an endpoint again that was disabled or rests",
	.details = "NAME as `caseclock status` shows it: email, webhook:NAME, a module.\n"
	    "It needs the right to administer.",
	.args = {options, sizeof options / sizeof options[0], 1, 1}, .run = run,
};
