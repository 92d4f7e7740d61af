/*
 * wire/message.h - one message of the outbox: what it tells, and its JSON.
 *
 * Source:    DESIGN.md section 7 (People, Delivery, Webhook).
 * Purpose:   the engine writes a message beside the fired rung; the outbox keeps
 *            its JSON; a notifier reads it back and renders it for its channel.
 *            It holds ids, codes, titles and instants, never a name.
 * Ownership: texts are borrowed; cc_message_parse points into its own object.
 * Threads:   no shared state; any thread.
 * Errors:    CC_EINVAL for JSON that is not a message; CC_ENOMEM.
 */
#ifndef CC_WIRE_MESSAGE_H
#define CC_WIRE_MESSAGE_H

#include "scheduler/clock.h"
#include "scheduler/rule.h"

enum {
	CC_MESSAGE_TOLD_MAX = 8, CC_MESSAGE_JSON_MAX = 60 * 1024, CC_MESSAGE_ITEMS_MAX = 50,
	/* A body repeats some texts: what can be printed fits. */
	CC_MESSAGE_EVENT_MAX = 3 * CC_MESSAGE_JSON_MAX
};

/* What a message is: one alert, or several things in one. */
enum cc_message_form {
	CC_FORM_ALERT = 1,	/* a fired rung, `moved`, `back`, `clear` */
	CC_FORM_GROUP,		/* several alerts to one recipient: items */
	CC_FORM_DIGEST,		/* the day's list of one recipient: items */
	CC_FORM_HANDOVER,	/* a case has a new holder: what is open is in items */
	CC_FORM_CONFIGURATION	/* to the operator: title says what is wrong */
};

/* Texts are NUL-terminated; NULL only where said. */
struct cc_message {
	const char *id;			/* stable: 32 hex digits */
	const char *thread;		/* stable per instance: 32 hex digits */
	const char *case_id, *rule, *title, *section, *subject;
	uint32_t period, epoch;
	enum cc_kind kind;
	enum cc_state state;		/* when it fired */
	struct cc_wall started, due, ended;	/* CC_NEVER: none */
	struct cc_wall at, fired;	/* when the rung fell; when it fired */
	struct cc_wall known;		/* when the clock became known */
	bool late;			/* late news: known only after the rung fell */
	const char *rung;
	enum cc_severity severity;
	const char *told[CC_MESSAGE_TOLD_MAX];	/* role names told by this rung */
	uint32_t ntold;
	const char *role;		/* the role this recipient stands for */
	const char *link;		/* NULL: none configured */
	const char *zone;		/* IANA name, of the case */
	/* Texts for people, with zone; due_local NULL: no due. */
	const char *due_local, *at_local;
	enum cc_message_form form;	/* 0 counts as ALERT */
	const char *language;		/* "en", "es"; NULL: the first of the templates */
	struct cc_wall previous_due;	/* moved, back, clear: told before; CC_NEVER or 0: none */
	const char *previous_due_local;	/* NULL: none */
	const char *cause;		/* moved, back, clear: what changed it: an event type,
					 * "policy", "calendar", "zones", "time"; NULL */
	bool withdrawn;			/* clear: the clock is no more */
	const char *ends;		/* what ends it: event types, ", " between; NULL */
	const char *thread_before;	/* of the instance it took the place of; NULL */
	const char *unit;		/* DIGEST of a unit: its name; NULL */
	/* Neither id nor thread nor items of their own; at most CC_MESSAGE_ITEMS_MAX. */
	const struct cc_message *items;
	uint32_t nitems, nleft_out;	/* left out: more than fit */
};

/* The message as one JSON object (compact, no newline); the caller frees it with
 * free().  In a form other than ALERT, and in items, what does not apply may be
 * missing: a text that is NULL is written and read as "", kind, state and severity may
 * be 0 and instants CC_NEVER.  CC_ENOMEM; CC_ERANGE over CC_MESSAGE_JSON_MAX or with
 * too many roles or items; CC_EINVAL: an alert with items, an item that is not an
 * alert. */
enum cc_code cc_message_print(const struct cc_message *m, char **ret,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_message_doc;	/* owns what the parsed message points to */

enum cc_code cc_message_parse(const char *json, size_t n, struct cc_message *ret,
    struct cc_message_doc **ret_doc, struct cc_err *reterr) CC_MUST_USE;
void cc_message_doc_free(struct cc_message_doc *doc);	/* NULL is fine */

/* The CloudEvents body of the webhook (DESIGN.md section 7): `type` is
 * caseclock.alert.fired, caseclock.alert.moved (`moved`, `back`) or
 * caseclock.alert.cleared (`clear`), id the message id, source /caseclock, subject the
 * case, data the alert object of section 6 and clock_record, title, link, epoch,
 * previous_due when there is one, withdrawn (true) when the clock is no more.  The
 * other forms: type caseclock.messages.group, .digest, .handover or
 * caseclock.configuration, data {"form", "title", "unit"?, "items": [as data above],
 * "left_out"?}, without subject where there is no case.  Freed with free(). */
enum cc_code cc_message_cloudevent(const struct cc_message *m, char **ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
