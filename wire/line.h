/*
 * wire/line.h - one line of input: an event, a request, or a refusal.
 *
 * Source:    DESIGN.md sections 4 and 5; rule sheet section 4 and 5.28.
 * Purpose:   a line is parsed once.  With a member `specversion` it is an event
 *            and is checked against the pack's types; else with `jsonrpc` it is a
 *            request (wire/rpc.h); anything else is refused with the first code
 *            that applies.  Any bytes get an answer; none can crash the reader.
 * Units:     bytes; instants UTC seconds; `ahead` seconds.
 * Ownership: texts of a draft are copies in the caller's arena; a request is
 *            given to the caller (cc_rpc_free); a refusal is a value.
 * Errors:    none beside refusals; no memory is refused as `overloaded`.
 * Threads:   no shared state; any thread, each with its own arena.
 */
#ifndef CC_WIRE_LINE_H
#define CC_WIRE_LINE_H

#include "scheduler/event.h"
#include "wire/refusal.h"

struct cc_rpc;

enum {
	CC_LINE_MAX_BYTES = 64 * 1024,	/* default of max_bytes */
	CC_LINE_DEPTH = 32,
	CC_LINE_AHEAD = 300		/* default of ahead */
};

/* What a line is held against; the same for all lines of a connection. */
struct cc_line_rules {
	const struct cc_schema *schema;
	const struct cc_zones *zones;
	uint32_t max_bytes;
	bool may_send;			/* false: an event is `forbidden` */
	bool has_now;			/* false: no event is `future_time` */
	struct cc_wall now;
	cc_dur_s ahead;			/* how far after now a time may lie */
};

enum cc_line_kind { CC_LINE_EVENT = 1, CC_LINE_REQUEST, CC_LINE_REFUSED };

/* Only the member that `kind` names is written. */
struct cc_line {
	enum cc_line_kind kind;
	struct cc_draft draft;
	struct cc_rpc *request;		/* may be malformed: cc_rpc_fault says so */
	struct cc_refused refused;
};

/* Read a line, given without its newline (a carriage return before it is white
 * space).  An empty line is refused as parse_error; programs that read files
 * skip it first, with cc_wire_line_blank. */
void cc_wire_line_parse(const struct cc_line_rules *rules, struct cc_str line,
    struct cc_arena *a, struct cc_line *ret);

/* The same where only events make sense (files): a request is refused as
 * invalid_event.  True when *ret is a draft, else *ret_refused says why. */
bool cc_wire_event_parse(const struct cc_line_rules *rules, struct cc_str line,
    struct cc_arena *a, struct cc_draft *ret, struct cc_refused *ret_refused);

/* True when the line holds nothing but blanks, tabs and carriage returns. */
bool cc_wire_line_blank(struct cc_str line);

/* The refusal of a line that is longer than rules->max_bytes, for a reader that
 * stops before its end. */
void cc_wire_line_too_large(uint32_t max_bytes, struct cc_refused *ret);

#endif
