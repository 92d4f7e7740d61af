/*
 * wire/record.h - clock and alert records as JSON objects.
 *
 * Source:    DESIGN.md section 6: the members in that order, compact, null
 *            printed, no other members.
 * Purpose:   one writer for simulate, the lists of the daemon and messages, so
 *            that they print the same bytes.
 * Ownership: arguments are borrowed.
 * Errors:    CC_ERANGE, CC_ENOMEM when the buffer is at its limit: then nothing
 *            of the object is in it.
 * Threads:   no shared state.
 *
 * No newline is written: a record is a line or an item of a list.
 */
#ifndef CC_WIRE_RECORD_H
#define CC_WIRE_RECORD_H

#include "scheduler/clock.h"
#include "scheduler/rule.h"
#include "wire/buf.h"

enum cc_code cc_record_clock(struct cc_buf *b, struct cc_str case_id,
    const struct cc_clock *c, const struct cc_view *v) CC_MUST_USE;

/* The alert that the ladder asks for (simulate). */
enum cc_code cc_record_alert(struct cc_buf *b, struct cc_str case_id,
    const struct cc_clock *c, const struct cc_alert *a,
    const struct cc_chain *chain) CC_MUST_USE;

/* A clock in plain values, for those that have no struct cc_clock. */
struct cc_record_values {
	struct cc_str case_id, clock, subject, section;
	uint32_t period;
	enum cc_state state;
	enum cc_kind kind;
	struct cc_wall started, due, ended;	/* CC_NEVER: null */
};
enum cc_code cc_record_values(struct cc_buf *b, const struct cc_record_values *r)
    CC_MUST_USE;

/* A rung that fired (the daemon's history): the alert object, then `fired`,
 * `epoch` and `messages`, the stable ids of what was sent for it. */
struct cc_record_fired {
	struct cc_str case_id, clock, subject, rung;
	uint32_t period, epoch;
	struct cc_wall at, fired;
	enum cc_severity severity;
	const struct cc_str *to;
	uint32_t nto;
	const struct cc_str *messages;
	uint32_t nmessages;
};
enum cc_code cc_record_fired(struct cc_buf *b, const struct cc_record_fired *r)
    CC_MUST_USE;

/* The members of an alert object from "record" to "severity", without braces and
 * without `to`; for writers that add members.  Failures stay in the buffer. */
void cc_record_alert_head(struct cc_buf *b, const struct cc_record_fired *r);

#endif
