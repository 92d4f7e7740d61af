/*
 * daemon/explain_inner.h - shared by the files explain*.c, private to them.
 *
 * Purpose:   parts of the object that daemon/explain.h describes.
 * Errors:    a failure stays in the buffer.
 */
#ifndef CC_DAEMON_EXPLAIN_INNER_H
#define CC_DAEMON_EXPLAIN_INNER_H

#include "daemon/explain.h"
#include "scheduler/history.h"
#include "scheduler/trace.h"

extern const char *const cc_explain_weekdays[7];

/* "name": a string, or null. */
void cc_explain_string(struct cc_buf *b, const char *name, const char *value);

/* One line for people. */
void cc_explain_say(struct cc_buf *b, const char *fmt, ...) CC_PRINTF(2, 3);

/* The event at a place of the history, or NULL. */
const struct cc_hevent *cc_explain_at(const struct cc_explaining *x, int32_t place);

/* explain_event.c: "name": an event, with or without its data, or null; the same in a
 * few words, cut to fit. */
void cc_explain_event(const struct cc_explaining *x, struct cc_buf *b, const char *name,
    int32_t place, bool data);
void cc_explain_event_words(const struct cc_explaining *x, int32_t place, char *to,
    size_t size);
/* What it says: "granted: yes, role: r". */
void cc_explain_event_data(const struct cc_explaining *x, int32_t place, char *to,
    size_t size);

/* explain_sum.c: what a step is called in JSON. */
const char *cc_explain_what(enum cc_op op);

/* explain_sum.c: the steps of one expression as JSON, and in lines (explain_words.c). */
void cc_explain_steps(const struct cc_explaining *x, struct cc_buf *b, const char *name,
    const struct cc_trace *t);
void cc_explain_lines(const struct cc_explaining *x, struct cc_buf *b,
    const struct cc_trace *t);

/* "days" of the first step that gave the value and counts days. */
void cc_explain_days(const struct cc_explaining *x, struct cc_buf *b,
    const struct cc_trace *t);

#endif
