/*
 * daemon/csv.h - comma-separated values, read strictly.
 *
 * Source:    RFC 4180; DESIGN.md section 7 (Directory).
 * Purpose:   rows of fields that know their places.  Lines end with LF or CRLF; a
 *            field with a comma, a quote or a line end stands in quotes, a quote
 *            within is doubled.  Anything else is a mistake with its place: a quote
 *            inside a plain field, text behind a closing quote, a quote that is
 *            never closed, a control character, bytes that are not UTF-8.  A byte
 *            order mark at the beginning and empty lines count nothing.
 * Units:     lines and columns from 1, columns in bytes.
 * Ownership: the text is borrowed; fields are copies in the arena.
 * Limits:    CC_CSV_FIELDS fields a row, CC_CSV_FIELD_MAX bytes a field.
 * Threads:   no shared state.
 */
#ifndef CC_DAEMON_CSV_H
#define CC_DAEMON_CSV_H

#include "policy/diag.h"
#include "scheduler/arena.h"

enum { CC_CSV_FIELDS = 32, CC_CSV_FIELD_MAX = 4096 };

struct cc_csv {
	const char *file;
	const char *p, *end;		/* what is left */
	const char *line_start;
	uint32_t line;
	struct cc_arena *arena;
	struct cc_diags *diags;
};

struct cc_csv_field {
	const char *text;		/* NUL-terminated */
	uint32_t n;
	struct cc_place at;
};

void cc_csv_begin(struct cc_csv *c, const char *file, struct cc_str text,
    struct cc_arena *a, struct cc_diags *d);

/* The next row: how many fields it has; 0 at the end; -1 for a row with a
 * mistake, which was reported: the next call goes on behind it. */
int cc_csv_row(struct cc_csv *c, struct cc_csv_field ret[CC_CSV_FIELDS]);

#endif
