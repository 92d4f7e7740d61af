/*
 * notify/mailer_line.h - the lines between the daemon and its mail worker.
 *
 * Source:    DESIGN.md section 7 (E-mail); written for both programs, so that neither
 *            links the other's files.
 * Purpose:   a line is fields between tabs with a newline behind; in a field tab,
 *            newline, carriage return and backslash are written \t \n \r \\.
 *
 *   to the worker                               from the worker
 *   config 2 TRANSPORT HOST PORT TLS TLSMIN     ready 2
 *          CAFILE USER PASSWORDFILE TOKENFILE   refused WHY          (and it ends)
 *          HELO TIMEOUT_MS CONNECTIONS DSN
 *   job SEQ ID FROM TO TEXT                     result SEQ KIND CODE DETAIL
 *   go COUNT                                    end COUNT
 *
 *            `config` comes first and once: TRANSPORT is esmtp or curl, TLS starttls,
 *            implicit or none, TLSMIN 1.2 or 1.3, DSN yes or no; a file or a user that
 *            is not set is an empty field.  FROM is the sender of the envelope.  `go`
 *            sends the COUNT jobs before it (esmtp: over one session; curl: over at most
 *            CONNECTIONS, which stay open) and is answered by one `result` a job, in any
 *            order, then `end`.
 *            KIND is sent, temp, perm, config (wrong until somebody changes a setting)
 *            or doubt (the text was given to the server, its answer was not seen).
 * Purity:    no I/O, no globals; memory only through struct cc_buf.
 * Errors:    a line that breaks any of this ends the conversation: nobody guesses.
 */
#ifndef CC_NOTIFY_MAILER_LINE_H
#define CC_NOTIFY_MAILER_LINE_H

#include <string.h>

#include "wire/buf.h"

#define CC_MAILER_VERSION "2"

enum {
	CC_MAILER_FIELDS = 15,
	CC_MAILER_LINE_MAX = 300 * 1024,	/* a job: a mail of 128 KiB, escaped */
	CC_MAILER_ANSWER_MAX = 1024,		/* a line of the worker */
	CC_MAILER_BATCH_MAX = 200,
	CC_MAILER_CONNECTIONS_MAX = 16
};

/* Adds a field; `first` ones have no tab before them. */
static inline void
cc_mailer_put(struct cc_buf *b, const char *text, bool first)
{
	static const char special[] = "\t\n\r\\", letters[] = "tnr\\";

	if (!first)
		cc_buf_char(b, '\t');
	for (;;) {
		size_t n = strcspn(text, special);

		cc_buf_put(b, text, n);
		text += n;
		if (*text == '\0')
			return;
		cc_buf_char(b, '\\');
		cc_buf_char(b, letters[strchr(special, *text) - special]);
		text++;
	}
}

static inline char
cc_mailer_unescape(char letter)
{
	return letter == 't' ? '\t' : letter == 'n' ? '\n' : letter == 'r' ? '\r' :
	    letter == '\\' ? '\\' : '\0';
}

/*
 * Splits the line of `n` bytes (no newline; one byte behind it may be written) in place.
 * Returns the number of fields, 0 when the line is broken: a NUL, a bad escape, more
 * than CC_MAILER_FIELDS.
 */
static inline unsigned
cc_mailer_split(char *line, size_t n, char *ret[CC_MAILER_FIELDS])
{
	char *out = line;
	unsigned fields = 1;

	ret[0] = line;
	for (size_t i = 0; i < n; i++) {
		char c = line[i];

		if (c == '\0' || c == '\n' || c == '\r')
			return 0;
		if (c == '\t') {
			if (fields == CC_MAILER_FIELDS)
				return 0;
			*out++ = '\0';
			ret[fields++] = out;
			continue;
		}
		if (c == '\\') {
			if (i + 1 == n || (c = cc_mailer_unescape(line[++i])) == '\0')
				return 0;
		}
		*out++ = c;
	}
	*out = '\0';
	return fields;
}

/* A decimal number of at most 18 digits; false when it is none. */
static inline bool
cc_mailer_number(const char *text, uint64_t *ret)
{
	uint64_t v = 0;
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 18 || text[n] != '\0')
		return false;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (uint64_t)(text[i] - '0');
	*ret = v;
	return true;
}

#endif
