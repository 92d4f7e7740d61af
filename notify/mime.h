/*
 * notify/mime.h - a message of the outbox as a mail.
 *
 * Source:    DESIGN.md section 7 (Delivery, E-mail); RFC 5322, RFC 2046, RFC 3834.
 * Purpose:   From, To, Subject (case, state, due), Date, Message-ID (stable over all
 *            attempts), References (all messages of one clock thread together),
 *            Auto-Submitted; a text part and an HTML part.
 * Purity:    no clock, no I/O; memory by malloc.
 * Ownership: borrows every argument; the text is freed with free().
 * Errors:    CC_EINVAL an address is wrong, or a text holds a control character or is
 *            not UTF-8: no such text ever reaches a header; CC_ERANGE; CC_ENOMEM.
 * Invariant: CRLF line ends only, lines of at most 998 bytes, ASCII throughout.
 */
#ifndef CC_NOTIFY_MIME_H
#define CC_NOTIFY_MIME_H

#include "wire/message.h"

enum { CC_MAIL_MAX = 128 * 1024 };

struct cc_mail {
	const struct cc_message *message;
	const char *from, *to;		/* plain addresses */
	struct cc_wall date;		/* of this attempt */
	bool title_in_subject;
};

enum cc_code cc_mail_render(const struct cc_mail *mail, char **ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
