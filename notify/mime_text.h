/*
 * notify/mime_text.h - encodings and checks of mail: quoted-printable, RFC 2047, dates,
 * addresses.
 *
 * Source:    RFC 2045 6.7, RFC 2047, RFC 5321 4.1.2, RFC 5322 2.1.1 and 3.3.
 * Purity:    no clock, no I/O; memory only through struct cc_buf.
 * Ownership: borrows every argument.
 * Invariant: what is written has CRLF line ends and, of quoted-printable and encoded
 *            words, lines of at most 76 characters.
 */
#ifndef CC_NOTIFY_MIME_TEXT_H
#define CC_NOTIFY_MIME_TEXT_H

#include "wire/buf.h"

enum { CC_MAIL_ADDRESS_MAX = 254, CC_MAIL_LOCAL_MAX = 64, CC_MAIL_LINE = 76 };

/* NULL when `address` is a plain dot-atom@domain in ASCII, else what is wrong. */
const char *cc_mail_address_wrong(const char *address);

/* NULL when `text` is UTF-8 without control characters, else what is wrong. */
const char *cc_mail_text_wrong(const char *text);

/* Takes off the last character when a cut left only part of it. */
void cc_mail_trim_cut(char *text);

/* UTF-8 with LF line ends to quoted-printable. */
void cc_mail_put_qp(struct cc_buf *b, const char *text, size_t n);

/* "NAME: value", folded; encoded words where the value is not plain ASCII. */
void cc_mail_put_header(struct cc_buf *b, const char *name, const char *value);

/* "Mon, 09 Mar 2026 00:30:00 +0000". */
void cc_mail_put_date(struct cc_buf *b, struct cc_wall t);

/* Text for HTML: & < > " ' as references. */
void cc_mail_put_escaped(struct cc_buf *b, const char *text);

#endif
