#include "policy/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
cc_diag(struct cc_diags *d, struct cc_place at, const char *fmt, ...)
{
	char text[CC_DIAG_TEXT];
	va_list ap;
	int n = 0;

	if (d->n++ >= CC_DIAGS_MAX)
		return;
	if (at.file == NULL)
		text[0] = '\0';	/* the words say where */
	else if (at.line != 0)
		n = snprintf(text, sizeof text, "%s:%u:%u: ", at.file, at.line, at.column);
	else
		n = snprintf(text, sizeof text, "%s: ", at.file);
	if (n < 0 || (size_t)n >= sizeof text)
		n = 0;
	va_start(ap, fmt);
	(void)vsnprintf(text + n, sizeof text - (size_t)n, fmt, ap); /* cut is fine */
	va_end(ap);
	d->text[d->n - 1] = strdup(text);
	if (d->text[d->n - 1] == NULL)
		d->n--;
}

unsigned
cc_diags_kept(const struct cc_diags *d)
{
	return d->n < CC_DIAGS_MAX ? d->n : CC_DIAGS_MAX;
}

void
cc_diags_done(struct cc_diags *d)
{
	unsigned n = cc_diags_kept(d);

	for (unsigned i = 0; i < n; i++)
		free(d->text[i]);
	memset(d, 0, sizeof *d);
}

enum { CC_WORD_MAX = 48 };

/* Edit distance of two short words. */
static unsigned
distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned row[CC_WORD_MAX + 1];

	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned up = row[j], best = diagonal + (a[i - 1] != b[j - 1]);

			if (up + 1 < best)
				best = up + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			diagonal = up;
		}
	}
	return row[nb];
}

const char *
cc_nearest(const char *word, size_t n, const char *const *words, unsigned nwords)
{
	const char *best = NULL;
	unsigned least = n < 4 ? 2 : 3;

	if (n > CC_WORD_MAX)
		return NULL;
	for (unsigned i = 0; i < nwords; i++) {
		size_t m = strlen(words[i]);
		unsigned d;

		if (m > CC_WORD_MAX)
			continue;
		d = distance(word, n, words[i], m);
		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return best;
}
