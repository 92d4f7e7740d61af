/*
 * notify/mime.h - a message of the outbox as a mail.
 *
 * Source:    DESIGN.md section 7 (Delivery, E-mail); RFC 5322, RFC 2046, RFC 3834.
 * Purpose:   From, To, Subject, Date, Message-ID (stable over all attempts),
 *            References (all messages of one clock thread together), Auto-Submitted; the
 *            text and HTML parts that the templates make, and where it is asked for the
 *            deadline as an iCalendar attachment.
 * Purity:    no clock, no I/O; memory by malloc.
 * Ownership: borrows every argument; the text is freed with free().
 * Errors:    CC_EINVAL an address or an id is wrong; CC_ERANGE; CC_ENOMEM.
 * Limits:    CC_MAIL_MAX bytes; a list that is longer leaves items out and says so.
 * Invariant: CRLF line ends only, lines of at most 998 bytes, ASCII throughout; a control
 *            character of a text of the message never reaches a header.
 */
#ifndef CC_NOTIFY_MIME_H
#define CC_NOTIFY_MIME_H

#include "notify/ical.h"
#include "wire/render.h"

enum { CC_MAIL_MAX = 128 * 1024 };

struct cc_mail {
	const struct cc_message *message;
	const char *from, *to;		/* plain addresses */
	struct cc_wall date;		/* of this attempt */
	bool title_in_subject;
	const struct cc_templates *templates;	/* NULL: the compiled-in ones */
	enum cc_calendar_form calendar;
};

enum cc_code cc_mail_render(const struct cc_mail *mail, char **ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
