/*
 * scheduler/event.h - one event, as decoded from a line and as kept.
 *
 * Source:    DESIGN.md section 4; rule sheet G1, section 4.
 * Purpose:   a `struct cc_draft` is a checked event with its texts; its
 *            compact form (bytes with a version byte) is what stores keep and
 *            compare: two drafts have the same content exactly when their
 *            compact forms are equal bytes (recorded time and arrival are
 *            not in it).  scheduler/history.h turns the compact events of one
 *            case into what the rules read.
 * Purity:    no clock, no I/O; memory from the caller's arena.
 * Ownership: a draft borrows the texts it was given; an encoded event lives in
 *            the arena.
 */
#ifndef CC_SCHEDULER_EVENT_H
#define CC_SCHEDULER_EVENT_H

#include "scheduler/arena.h"
#include "scheduler/schema.h"
#include "scheduler/zones.h"

enum { CC_COMPACT_VERSION = 1, CC_COMPACT_MAX = 256 * 1024, CC_LIST_MAX = 4096 };

/* The value of one field of a draft. */
struct cc_item {
	int64_t v;		/* bool 0/1, int, instant, day, zone index, code index */
	struct cc_str text;	/* ID: the bytes; ZONE: the name */
};

struct cc_draft_field {
	bool given;
	uint32_t n;			/* 1, or the length of the list (may be 0) */
	const struct cc_item *items;
};

struct cc_draft {
	uint16_t type;			/* index into schema->types */
	struct cc_str id, source, subject;
	struct cc_wall time;
	bool has_recorded;		/* the sender gave recordedtime */
	struct cc_wall recorded;
	struct cc_draft_field fields[CC_FIELDS_MAX];	/* by field index */
};

/*
 * The compact form of `d`: bytes in the arena, at most CC_COMPACT_MAX.
 * Layout (all numbers LEB128 varints, signed ones zigzag): version byte; type
 * key (4 bytes, big-endian); time; id length, id; source length, source; number
 * of given fields; each: field key (2 bytes), count + 1 when a list (0 when
 * not), then the values: ID and ZONE as length and bytes, CODE as its 2-byte key,
 * others as a signed varint.  Repeated members of a list of ids are kept.
 * CC_ENOMEM, CC_ERANGE (too large).
 */
enum cc_code cc_event_encode(const struct cc_schema *s, const struct cc_draft *d,
    struct cc_arena *a, struct cc_str *ret, struct cc_err *reterr) CC_MUST_USE;

/*
 * The draft that `bytes` holds under the schema `s`; texts point into `bytes`.
 * `subject` and the recorded time are not in the bytes and stay empty.
 * CC_EINVAL  damaged bytes, or a version this program does not know.
 * CC_ENOENT  the schema no longer has the type, a field or a code: the event
 *            has no meaning under this pack (the caller counts it).
 */
enum cc_code cc_event_decode(const struct cc_schema *s, const struct cc_zones *z,
    struct cc_str bytes, struct cc_arena *a, struct cc_draft *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* Only the time, id and source of a compact event.  CC_EINVAL. */
enum cc_code cc_event_head(struct cc_str bytes, struct cc_wall *ret_time,
    struct cc_str *ret_id, struct cc_str *ret_source, struct cc_err *reterr) CC_MUST_USE;


#endif
