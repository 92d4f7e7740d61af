/*
 * wire/event_data.h - the `data` of an event against the fields of its type.
 *
 * Source:    rule sheet section 4 and 5.28; DESIGN.md section 4.
 * Purpose:   for wire/event_json.c only.  Strict: an unknown field, a wrong type,
 *            null, an unlisted code or a missing required field is refused, so
 *            that no name or narrative finds a place.
 * Ownership: texts and items are copies in the arena.  All texts go into one
 *            piece as long as the line: no text decodes to more than its bytes.
 * Errors:    refusals only.
 * Threads:   no shared state.
 */
#ifndef CC_WIRE_EVENT_DATA_H
#define CC_WIRE_EVENT_DATA_H

#include "wire/line.h"

struct json_t;

struct cc_data_reading {
	const struct cc_line_rules *rules;
	struct cc_arena *arena;
	struct cc_refused *refused;
	char *texts;		/* room for the texts, from here */
	size_t left;
};

/* A copy of `s` in the room for texts. */
struct cc_str cc_data_keep(struct cc_data_reading *r, struct cc_str s);

/* Read `data` into the fields of *d, whose type is set. */
bool cc_data_read(struct cc_data_reading *r, struct json_t *data,
    struct cc_draft *d);

/* A JSON pointer: `base`, then "/name" escaped and cut, then "/index" when it is
 * not negative. */
void cc_event_pointer(char ret[CC_POINTER_TEXT], const char *base,
    const char *name, int64_t index);

#endif
