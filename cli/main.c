/* caseclock: send case events, look at policy clocks, try a policy. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/connect.h"
#include "policy/diag.h"

static const struct cc_command *const commands[] = {
	&cc_command_send, &cc_command_clocks, &cc_command_alerts,
	&cc_command_messages, &cc_command_redrive, &cc_command_preview,
	&cc_command_bounce, &cc_command_acknowledge,
	&cc_command_silence_add, &cc_command_silence_list, &cc_command_silence_end,
	&cc_command_endpoint_enable, &cc_command_audit, &cc_command_audit_run,
	&cc_command_events,
	&cc_command_explain, &cc_command_status, &cc_command_simulate, &cc_command_policy_check,
	&cc_command_policy_test, &cc_command_policy_show,
	&cc_command_policy_diff,
	&cc_command_policy_rows, &cc_command_backup,
};

enum { COMMANDS = sizeof commands / sizeof commands[0], COLUMN = 24 };

static void
print_commands(FILE *f)
{
	for (unsigned i = 0; i < COMMANDS; i++)
		(void)fprintf(f, "  %-18s %s\n", commands[i]->name,
		    commands[i]->summary); /* cc_finish_output sees it */
}

static int
print_help(void)
{
	puts("Usage: caseclock [--socket PATH] COMMAND [OPTION]... [ARGUMENT]...\n"
	    "       caseclock COMMAND --help\n"
	    "       caseclock --version\n"
	    "\n"
	    "Send case events to caseclockd, look at policy clocks, try a policy.\n"
	    "\n"
	    "Commands:");
	print_commands(stdout);
	puts("\n"
	    "The socket is that of --socket, else of CASECLOCK_SOCKET, else\n"
	    CC_SOCKET_DEFAULT ".\n"
	    "\n"
	    "Exit status: 0 done, 1 failed, 2 wrong usage, 3 the daemon cannot be\n"
	    "reached, 4 some input was refused.");
	return cc_finish_output(CC_EXIT_DONE);
}

static void
print_option(const struct cc_option *o)
{
	char left[64];
	int n = snprintf(left, sizeof left, "--%s%s%s", o->name,
	    o->value == NULL ? "" : " ", o->value == NULL ? "" : o->value);

	if (n > COLUMN - 2)
		printf("  %s\n  %*s%s\n", left, COLUMN, "", o->help);
	else
		printf("  %-*s%s\n", COLUMN, left, o->help);
}

static void
print_command(const struct cc_command *c)
{
	printf("Usage: caseclock %s%s%s\n\n%s\n", c->name,
	    c->usage[0] == '\0' ? "" : " ", c->usage, c->summary);
	if (c->details != NULL)
		printf("\n%s\n", c->details);
	puts("\nOptions:");
	for (unsigned i = 0; i < c->args.noptions; i++)
		print_option(&c->args.options[i]);
	print_option(&(struct cc_option){.name = "help", .help = "Print this"});
}

/* How many words of argv name the command: 1 or 2, 0 when they do not. */
static int
words_of(const struct cc_command *c, int argc, char *const *argv)
{
	size_t n = strcspn(c->name, " ");

	if (strlen(argv[0]) != n || strncmp(c->name, argv[0], n) != 0)
		return 0;
	if (c->name[n] == '\0')
		return 1;
	return argc > 1 && strcmp(c->name + n + 1, argv[1]) == 0 ? 2 : 0;
}

static const struct cc_command *
find(int argc, char *const *argv, int *ret_words)
{
	const struct cc_command *best = NULL;

	*ret_words = 0;
	for (unsigned i = 0; i < COMMANDS; i++) {
		int words = words_of(commands[i], argc, argv);

		if (words > *ret_words) {
			*ret_words = words;
			best = commands[i];
		}
	}
	return best;
}

/* The first word of a command of two words, alone or with another. */
static int
half_command(int argc, char *const *argv)
{
	size_t n = strlen(argv[0]);
	bool help = argc > 1 && strcmp(argv[1], "--help") == 0, any = false;

	for (unsigned i = 0; i < COMMANDS; i++) {
		const char *name = commands[i]->name;

		if (strncmp(name, argv[0], n) != 0 || name[n] != ' ')
			continue;
		if (help) {
			print_command(commands[i]);
			any = true;
		} else {
			return cc_misused("%s needs another word: caseclock %s", argv[0],
			    name);
		}
	}
	return any ? cc_finish_output(CC_EXIT_DONE) : -1;
}

static int
unknown_command(int argc, char *const *argv)
{
	char words[COMMANDS][16];
	const char *names[COMMANDS], *near;
	int code = half_command(argc, argv);

	if (code >= 0)
		return code;
	for (unsigned i = 0; i < COMMANDS; i++) {
		const char *name = commands[i]->name;

		(void)snprintf(words[i], sizeof words[i], "%.*s",
		    (int)strcspn(name, " "), name);
		names[i] = words[i];
	}
	near = cc_nearest(argv[0], strlen(argv[0]), names, COMMANDS);
	if (near != NULL)
		return cc_misused("there is no command %s; did you mean %s?", argv[0],
		    near);
	cc_complain("there is no command %.80s; there are:", argv[0]);
	print_commands(stderr);
	return CC_EXIT_USAGE;
}

static int
run(const struct cc_command *c, int argc, char *const *argv)
{
	struct cc_args args;
	struct cc_err err;
	int code;

	if (cc_args_parse(&c->args, argc, argv, &args, &err) != CC_OK)
		return cc_misused("%s: %s\nUsage: caseclock %s %s", c->name, err.msg,
		    c->name, c->usage);
	if (args.help) {
		print_command(c);
		return cc_finish_output(CC_EXIT_DONE);
	}
	code = c->run(&args);
	return cc_finish_output(code);
}

/* Options before the command; answers an exit code, or -1 to go on at *at. */
static int
leading_options(int argc, char *const *argv, int *at)
{
	const char *word = argv[*at];

	if (strcmp(word, "--help") == 0)
		return print_help();
	if (strcmp(word, "--version") == 0) {
		puts("caseclock " CC_VERSION);
		return cc_finish_output(CC_EXIT_DONE);
	}
	if (strncmp(word, "--socket=", 9) == 0) {
		cc_connect_path(word + 9);
	} else if (strcmp(word, "--socket") == 0) {
		if (++*at == argc)
			return cc_misused("--socket needs a value: PATH");
		cc_connect_path(argv[*at]);
	} else {
		return cc_misused("there is no option %.80s before a command", word);
	}
	++*at;
	return -1;
}

int
main(int argc, char **argv)
{
	const struct cc_command *c;
	int at = 1, words, code;

	while (at < argc && argv[at][0] == '-') {
		code = leading_options(argc, argv, &at);
		if (code >= 0)
			return code;
	}
	if (at >= argc)
		return cc_misused("which command?  caseclock --help lists them");
	c = find(argc - at, argv + at, &words);
	if (c == NULL)
		return unknown_command(argc - at, argv + at);
	return run(c, argc - at - words, argv + at + words);
}
