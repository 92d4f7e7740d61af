#include <stdio.h>

#include "cli/command.h"
#include "cli/pack.h"

static const struct cc_option options[] = {
	{.name = "holidays", .value = "FILE",
	    .help = "Check with these holidays instead of the pack's own"},
};

static void
print_pack(const char *dir, const struct cc_pack *p)
{
	unsigned silent = 0;

	for (uint16_t i = 0; i < p->nrules; i++)
		silent += p->rules[i]->silent;
	printf("%s: ok: %s %s, %u rules (%u of them only a basis for others), "
	    "%u event types, %u holidays\n", dir, p->name, p->version,
	    (unsigned)p->nrules, silent, (unsigned)p->schema.ntypes,
	    (unsigned)p->calendar.nholidays);
}

static int
run(const struct cc_args *a)
{
	const char *dir = cc_args_plain(a, 0);
	struct cc_loaded l;
	int code = CC_EXIT_DONE;

	if (cc_loaded_open(&l, dir, cc_args_value(a, "holidays", 0)))
		print_pack(dir, l.pack);
	else
		code = l.refused ? CC_EXIT_REFUSED : CC_EXIT_FAILED;
	cc_loaded_done(&l);
	return code;
}

const struct cc_command cc_command_policy_check = {
	.name = "policy check", .usage = "[--holidays FILE] DIR",
	.summary = "Load a policy pack and say what is wrong with it",
	.details = "Every mistake is told on standard error, one a line, as\n"
	    "FILE:LINE:COLUMN: what was expected.  A good pack gives one line \"ok\".\n"
	    "Exit status 4: the pack has mistakes; 1: it cannot be read.",
	.args = {options, sizeof options / sizeof options[0], 1, 1}, .run = run,
};
