/*
 * notify/ical.h - the deadline of an alert as iCalendar, for a mail's attachment.
 *
 * Source:    RFC 5545, RFC 5546 section 3 (PUBLISH); DESIGN.md section 7 (Subject).
 * Purpose:   one VTODO or VEVENT: UID from the thread, so that all messages of a clock
 *            speak of one entry; SEQUENCE the epoch; SUMMARY case, state and rule, with
 *            the title only where the Subject may have it.  What is over is COMPLETED or
 *            CANCELLED (an event always CANCELLED, which takes it off the calendar).  A
 *            duty to be done at once has no DUE, and so no VEVENT.
 * Purity:    no clock, no I/O; memory by malloc.
 * Units:     instants in UTC.
 * Ownership: borrows every argument; the text is freed with free().
 * Errors:    CC_ENOENT the message has nothing for a calendar (a list, a configuration
 *            alert, an event without due); CC_ENOMEM.
 * Invariant: CRLF line ends, folded at 75 bytes.
 */
#ifndef CC_NOTIFY_ICAL_H
#define CC_NOTIFY_ICAL_H

#include "wire/words.h"

enum cc_calendar_form { CC_CALENDAR_NONE, CC_CALENDAR_TODO, CC_CALENDAR_EVENT };

struct cc_ical {
	const struct cc_message *message;
	enum cc_calendar_form form;
	enum cc_language language;
	const char *organizer;		/* a plain address: who publishes it */
	bool title;			/* in the SUMMARY */
};

/* "none", "todo", "event"; false when it is another word. */
bool cc_calendar_form_find(const char *word, enum cc_calendar_form *ret);

enum cc_code cc_ical_render(const struct cc_ical *c, char **ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
