/*
 * wire/refusal.h - why a line was refused, in the words of the protocol.
 *
 * Source:    DESIGN.md section 5 (error codes, in the order in which they apply).
 * Ownership: a struct cc_refused is a value: it borrows nothing and is never
 *            freed.
 * Threads:   no shared state.
 */
#ifndef CC_WIRE_REFUSAL_H
#define CC_WIRE_REFUSAL_H

#include "scheduler/base.h"

/* A line is refused with the first that applies. */
#define CC_REFUSALS(X)                                                       \
	X(CC_REFUSED_TOO_LARGE, "too_large")                                 \
	X(CC_REFUSED_PARSE_ERROR, "parse_error")                             \
	X(CC_REFUSED_FORBIDDEN, "forbidden")                                 \
	X(CC_REFUSED_INVALID_EVENT, "invalid_event")                         \
	X(CC_REFUSED_INVALID_TIME, "invalid_time")                           \
	X(CC_REFUSED_UNKNOWN_TYPE, "unknown_type")                           \
	X(CC_REFUSED_INVALID_DATA, "invalid_data")                           \
	X(CC_REFUSED_FUTURE_TIME, "future_time")                             \
	X(CC_REFUSED_ID_CONFLICT, "id_conflict")                             \
	X(CC_REFUSED_OVERLOADED, "overloaded")                               \
	X(CC_REFUSED_STORAGE_FAILED, "storage_failed")

enum cc_refusal {
	CC_NOT_REFUSED,
#define CC_REFUSAL_ENUM(name, text) name,
	CC_REFUSALS(CC_REFUSAL_ENUM)
#undef CC_REFUSAL_ENUM
	CC_REFUSAL_COUNT
};

enum {
	CC_EVENT_ID_MAX = 64, CC_EVENT_SOURCE_MAX = 256,
	CC_POINTER_TEXT = 128, CC_REFUSED_TEXT = 512
};

struct cc_refused {
	enum cc_refusal code;
	char pointer[CC_POINTER_TEXT];	/* JSON pointer; "" is the whole line */
	char message[CC_REFUSED_TEXT];	/* what was expected, what was got */
	char id[CC_EVENT_ID_MAX + 1];	/* "" when the line has no usable one */
	char source[CC_EVENT_SOURCE_MAX + 1];
};

/* The code as it is written, for example "invalid_data". */
const char *cc_refusal_text(enum cc_refusal code);

/* Set code, pointer and message; id and source are left as they are.  A pointer
 * or message too long is cut. */
void cc_refuse(struct cc_refused *r, enum cc_refusal code, const char *pointer,
    const char *fmt, ...) CC_PRINTF(4, 5);

/* Note the id and source of the event that is refused. */
void cc_refused_of(struct cc_refused *r, struct cc_str id, struct cc_str source);

/* 1 to 256 bytes of printable ASCII. */
bool cc_source_ok(struct cc_str source);

#endif
