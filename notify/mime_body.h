/*
 * notify/mime_body.h - the two bodies of a mail: plain text and HTML, from one list of
 * facts.
 *
 * Source:    DESIGN.md section 6 (immediate duties), section 7 (Delivery).
 * Purity:    no clock, no I/O; memory only through struct cc_buf.
 * Ownership: borrows every argument.
 */
#ifndef CC_NOTIFY_MIME_BODY_H
#define CC_NOTIFY_MIME_BODY_H

#include "wire/buf.h"
#include "wire/message.h"

/* UTF-8 with LF line ends. */
void cc_mail_put_text(struct cc_buf *b, const struct cc_message *m);

/* A whole HTML document: one table, inline styles, no outside resources. */
void cc_mail_put_html(struct cc_buf *b, const struct cc_message *m);

#endif
