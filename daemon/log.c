#include "daemon/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "scheduler/civil.h"

static bool journal;

void
cc_log_open(void)
{
	const char *stream = getenv("JOURNAL_STREAM");

	journal = stream != NULL && stream[0] != '\0';
}

static size_t
begin(char *line, size_t size, enum cc_notify_priority priority)
{
	char at[CC_WALL_TEXT];
	int n;

	if (journal) {
		n = snprintf(line, size, "<%d>", (int)priority);
	} else {
		cc_wall_format(cc_now_read().wall, at);
		n = snprintf(line, size, "%s caseclockd: ", at);
	}
	return n < 0 ? 0 : (size_t)n;
}

static void
put(char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[n] = '\n';
	/* Nobody is left to tell when standard error is gone. */
	if (write(STDERR_FILENO, line, n + 1) < 0)
		return;
}

void
cc_log(enum cc_notify_priority priority, const char *fmt, ...)
{
	char line[CC_LOG_LINE + 1];
	size_t n = begin(line, sizeof line, priority);
	va_list ap;
	int more;

	va_start(ap, fmt);
	more = vsnprintf(line + n, sizeof line - n, fmt, ap);
	va_end(ap);
	if (more > 0)
		n += (size_t)more;
	put(line, n < CC_LOG_LINE ? n : CC_LOG_LINE - 1);
}

void
cc_log_err(enum cc_notify_priority priority, const char *what,
    const struct cc_err *err)
{
	cc_log(priority, "%s: %s: %s", what, cc_code_text(err->code), err->msg);
}
