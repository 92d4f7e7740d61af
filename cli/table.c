#include "cli/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, LEAST_CUT = 12 };

void
cc_table_begin(struct cc_table *t, FILE *out, const struct cc_column *columns,
    unsigned ncolumns)
{
	assert(ncolumns > 0 && ncolumns <= CC_TABLE_COLUMNS);
	*t = (struct cc_table){
		.out = out, .columns = columns, .ncolumns = ncolumns,
		.screen = cc_screen_width(out), .colours = cc_screen_colours(out)
	};
	t->cells = calloc((size_t)CC_TABLE_ROWS * ncolumns, sizeof *t->cells);
	t->failed = t->cells == NULL;
	for (unsigned i = 0; i < ncolumns; i++)
		t->widths[i] = cc_text_columns(columns[i].title);
}

static void
pad(FILE *out, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		(void)fputc(' ', out); /* cc_finish_output sees failures */
}

/* The width of column i on this screen. */
static unsigned
width_of(const struct cc_table *t, unsigned i)
{
	unsigned all = GAP * (t->ncolumns - 1), width = t->widths[i], over;

	if (t->screen == 0 || !t->columns[i].may_cut)
		return width;
	for (unsigned k = 0; k < t->ncolumns; k++)
		all += t->widths[k];
	over = all > t->screen ? all - t->screen : 0;
	if (over == 0)
		return width;
	return width > over + LEAST_CUT ? width - over : LEAST_CUT;
}

static void
print_cell(const struct cc_table *t, unsigned i, const char *text, enum cc_tint tint)
{
	unsigned width = width_of(t, i), columns = cc_text_columns(text);
	bool cut = t->columns[i].may_cut && t->screen != 0 && columns > width;
	bool tinted = t->colours && tint != CC_PLAIN;
	size_t n = cut ? cc_text_fit(text, width - 1) : strlen(text);

	if (cut)
		columns = width;
	if (columns > width)
		width = columns;
	if (t->columns[i].right)
		pad(t->out, width - columns);
	if (tinted)
		(void)fputs(cc_screen_tint(tint), t->out);
	(void)fwrite(text, 1, n, t->out);
	if (cut)
		(void)fputs("\xe2\x80\xa6", t->out);
	if (tinted)
		(void)fputs(cc_screen_plain(), t->out);
	/* Nothing trails behind the last column. */
	if (i + 1 < t->ncolumns)
		pad(t->out, (t->columns[i].right ? 0 : width - columns) + GAP);
}

static void
flush_rows(struct cc_table *t)
{
	for (unsigned i = 0; !t->headed && t->ncells > 0 && i < t->ncolumns; i++)
		print_cell(t, i, t->columns[i].title, CC_BOLD);
	if (!t->headed && t->ncells > 0)
		(void)fputc('\n', t->out);
	t->headed = t->headed || t->ncells > 0;
	for (unsigned k = 0, i = 0; k < t->ncells; k++) {
		print_cell(t, i, t->cells[k].text, t->cells[k].tint);
		free(t->cells[k].text);
		if (++i == t->ncolumns) {
			(void)fputc('\n', t->out);
			i = 0;
		}
	}
	t->ncells = 0;
}

void
cc_table_cell(struct cc_table *t, const char *text, enum cc_tint tint)
{
	unsigned i = t->column, columns;
	char *copy;

	if (t->failed)
		return;
	copy = cc_text_safe(text == NULL || text[0] == '\0' ? "-" : text);
	if (copy == NULL) {
		t->failed = true;
		return;
	}
	columns = cc_text_columns(copy);
	if (columns > t->widths[i])
		t->widths[i] = columns;
	t->cells[t->ncells++] = (struct cc_cell){copy, tint};
	t->column = i + 1 == t->ncolumns ? 0 : i + 1;
	if (t->column == 0)
		t->rows++;
	if (t->ncells == CC_TABLE_ROWS * t->ncolumns)
		flush_rows(t);
}

bool
cc_table_end(struct cc_table *t)
{
	if (t->cells != NULL)
		flush_rows(t);
	free(t->cells);
	t->cells = NULL;
	return !t->failed;
}
