/*
 * daemon/until.h - the end that a request gives: `until` an instant, or `for` a length.
 *
 * Source:    DESIGN.md section 7 (acknowledging and silences always have an end).
 * Units:     lengths are a whole number and s, m, h or d ("4h"); instants RFC 3339.
 * Errors:    CC_EINVAL  neither or both are given, one is not well formed, or the end is
 *            not after now, or further ahead than `most`.
 */
#ifndef CC_DAEMON_UNTIL_H
#define CC_DAEMON_UNTIL_H

#include "wire/rpc.h"

struct cc_until {
	struct cc_wall now;
	cc_dur_s most;
	const char *why_most;		/* words behind the refusal of more, or NULL */
};

enum cc_code cc_until_read(const struct cc_rpc *rpc, const struct cc_until *u,
    struct cc_wall *ret, struct cc_err *reterr) CC_MUST_USE;

/* "30s", "15m", "4h", "2d"; up to ten years. */
bool cc_length_parse(struct cc_str text, cc_dur_s *ret);

#endif
