/*
 * wire/event_json.h - events as JSON: checked on the way in, printed on the way
 * out.
 *
 * Source:    DESIGN.md sections 4 and 5; rule sheet section 4, 5.28.
 * Purpose:   cc_event_json_read turns a parsed line into a draft, or refuses it
 *            with the first code that applies: the whole envelope, then its
 *            times, its type, its data, and whether it lies in the future.
 * Ownership: the draft's texts are copies in the arena; its items too.
 * Errors:    refusals only; an arena at its limit is `overloaded`.
 * Threads:   no shared state.
 */
#ifndef CC_WIRE_EVENT_JSON_H
#define CC_WIRE_EVENT_JSON_H

#include "wire/buf.h"
#include "wire/line.h"

struct json_t;

struct cc_event_reading {
	const struct cc_line_rules *rules;
	struct cc_arena *arena;
	size_t text_max;		/* bytes of the line: no text of it is longer */
	struct cc_draft *draft;		/* written only when the event is good */
	struct cc_refused *refused;	/* written only when it is not */
};

/* True when the document is a good event. */
bool cc_event_json_read(struct cc_event_reading *r, struct json_t *doc);

/* The event as one compact JSON object (no newline), fields in the order of the
 * schema, times in UTC.  A failure stays in the buffer (cc_buf_end). */
void cc_event_json_print(struct cc_buf *b, const struct cc_schema *s,
    const struct cc_draft *d);

#endif
