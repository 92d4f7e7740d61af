/*
 * daemon/log.h - lines for the service's log, on standard error.
 *
 * Source:    DESIGN.md section 8 (journald priorities).
 * Purpose:   one line a record, written with one call.  Under journald (when
 *            JOURNAL_STREAM is set) a line begins with its "<N>" priority, else
 *            with the time.
 * Limits:    a line is cut at CC_LOG_LINE bytes; control characters become "?".
 * Threads:   any.  cc_log_open comes first, once.
 */
#ifndef CC_DAEMON_LOG_H
#define CC_DAEMON_LOG_H

#include "notify/notifier.h"

enum { CC_LOG_LINE = 1024 };

void cc_log_open(void);

void cc_log(enum cc_notify_priority priority, const char *fmt, ...) CC_PRINTF(2, 3);

/* "what: CODE: text": an error where it stops travelling. */
void cc_log_err(enum cc_notify_priority priority, const char *what,
    const struct cc_err *err);

#endif
