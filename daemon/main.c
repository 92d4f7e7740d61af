/*
 * caseclockd: see caseclockd(8).
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/log.h"
#include "daemon/loop.h"

#ifndef CC_VERSION
#define CC_VERSION "unknown"
#endif
#ifndef CC_SYSCONFDIR
#define CC_SYSCONFDIR "/etc"
#endif

static const char help[] =
    "Usage: caseclockd [-c FILE] [--check-config] [--version] [--help]\n"
    "\n"
    "Keeps the policy clocks of cases and tells people before they run out.\n"
    "Runs in the foreground and logs to standard error.\n"
    "\n"
    "  -c, --config FILE   the configuration\n"
    "                      (default " CC_SYSCONFDIR "/caseclock/caseclockd.yaml)\n"
    "      --check-config  read everything as at a start, say what is wrong, and exit\n"
    "      --version       print the version and exit\n"
    "      --help          print this and exit\n"
    "\n"
    "Exit status: 0 stopped as asked, 1 failed while running, 2 usage,\n"
    "3 configuration, 4 policy, 5 directory, 6 store, 7 socket, 8 system.\n";

struct options {
	const char *config;
	bool check;
};

static enum cc_exit
check(const struct cc_setup *setup)
{
	if (!cc_loop_check(setup))
		return CC_EXIT_CONFIG;
	(void)printf("%s: nothing to say against it: policy %s %s, %u rules, %u people\n",
	    setup->config.file, setup->pack->name, setup->pack->version,
	    setup->pack->nrules, setup->directory.n);
	return fflush(stdout) == 0 ? CC_EXIT_OK : CC_EXIT_FAILED;
}

static enum cc_exit
run(const struct options *o, struct cc_setup *setup)
{
	struct cc_listener listener;
	struct cc_loop_config cf = {.file = o->config, .setup = setup,
	    .listener = &listener};
	struct cc_err err = {.msg = ""};

	if (cc_listener_socket(&listener, &setup->config, &err) != CC_OK) {
		cc_log(CC_LOG_ERR, "%s", err.msg);
		cc_setup_unref(setup);
		return CC_EXIT_SOCKET;
	}
	return cc_loop_run(&cf);
}

static enum cc_exit
start(const struct options *o)
{
	struct cc_setup *setup = NULL;
	struct cc_diags diags = {.n = 0};
	enum cc_exit kind = cc_setup_load(o->config, &diags, &setup);

	for (unsigned i = 0; i < cc_diags_kept(&diags); i++)
		(void)fprintf(stderr, "%s\n", diags.text[i]);
	if (diags.n > cc_diags_kept(&diags))
		(void)fprintf(stderr, "and %u more mistakes\n",
		    diags.n - cc_diags_kept(&diags));
	cc_diags_done(&diags);
	if (kind != CC_EXIT_OK)
		return kind;
	if (!o->check)
		return run(o, setup);
	kind = check(setup);
	cc_setup_unref(setup);
	return kind;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'},
		{"check-config", no_argument, NULL, 'k'},
		{"version", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0}
	};
	struct options o = {.config = CC_SYSCONFDIR "/caseclock/caseclockd.yaml"};
	int opt;

	while ((opt = getopt_long(argc, argv, "c:h", longs, NULL)) != -1) {
		switch (opt) {
		case 'c':
			o.config = optarg;
			break;
		case 'k':
			o.check = true;
			break;
		case 'v':
			(void)printf("caseclockd %s\n", CC_VERSION);
			return fflush(stdout) == 0 ? CC_EXIT_OK : CC_EXIT_FAILED;
		case 'h':
			(void)fputs(help, stdout);
			return fflush(stdout) == 0 ? CC_EXIT_OK : CC_EXIT_FAILED;
		default:
			(void)fprintf(stderr, "Try caseclockd --help.\n");
			return CC_EXIT_USAGE;
		}
	}
	if (optind < argc) {
		(void)fprintf(stderr, "caseclockd: unexpected argument '%s'\n", argv[optind]);
		return CC_EXIT_USAGE;
	}
	(void)signal(SIGPIPE, SIG_IGN);	/* cannot fail */
	cc_log_open();
	return (int)start(&o);
}
