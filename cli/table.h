/*
 * cli/table.h - rows of text in columns, for people.
 *
 * Purpose:   columns are as wide as their widest cell.  On a terminal that is too
 *            narrow the one column that may be cut is cut; elsewhere nothing is, and
 *            no row is ever wrapped.
 * Limits:    CC_TABLE_ROWS rows are held at a time; a longer table is printed in
 *            stretches whose columns only grow wider.
 * Ownership: cells are copied.
 * Errors:    no memory is told once at the end.
 */
#ifndef CC_CLI_TABLE_H
#define CC_CLI_TABLE_H

#include "cli/screen.h"

enum { CC_TABLE_COLUMNS = 12, CC_TABLE_ROWS = 1000 };

struct cc_column {
	const char *title;
	bool right;		/* numbers */
	bool may_cut;
};

struct cc_cell {
	char *text;
	enum cc_tint tint;
};

struct cc_table {
	FILE *out;
	const struct cc_column *columns;
	unsigned ncolumns;
	unsigned widths[CC_TABLE_COLUMNS];
	struct cc_cell *cells;		/* CC_TABLE_ROWS x ncolumns */
	unsigned ncells, column;	/* held; of the next cell */
	unsigned long rows;		/* printed or held */
	unsigned screen;		/* columns of the terminal, 0 none */
	bool colours, headed, failed;
};

void cc_table_begin(struct cc_table *t, FILE *out, const struct cc_column *columns,
    unsigned ncolumns);

/* The next cell; after the last of a row a new row begins.  NULL is shown as "-". */
void cc_table_cell(struct cc_table *t, const char *text, enum cc_tint tint);

/* Print what is held and give the memory back.  False: there was no memory, and
 * something is missing. */
bool cc_table_end(struct cc_table *t);

#endif
