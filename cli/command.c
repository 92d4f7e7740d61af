#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void say(const char *fmt, va_list ap) CC_PRINTF(1, 0);

static void
say(const char *fmt, va_list ap)
{
	(void)fputs("caseclock: ", stderr); /* nowhere else to complain */
	(void)vfprintf(stderr, fmt, ap);
	(void)fputc('\n', stderr);
}

void
cc_complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

int
cc_misused(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return CC_EXIT_USAGE;
}

void
cc_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap); /* nowhere else to complain */
	va_end(ap);
}

int
cc_finish_output(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	cc_complain("cannot write to standard output: %s", strerror(errno));
	return CC_EXIT_FAILED;
}
