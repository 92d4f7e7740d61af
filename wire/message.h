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

enum { CC_MESSAGE_TOLD_MAX = 8, CC_MESSAGE_JSON_MAX = 16 * 1024 };

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
};

/* The message as one JSON object (compact, no newline); the caller frees it with
 * free().  CC_ENOMEM, CC_ERANGE over CC_MESSAGE_JSON_MAX. */
enum cc_code cc_message_print(const struct cc_message *m, char **ret,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_message_doc;	/* owns what the parsed message points to */

enum cc_code cc_message_parse(const char *json, size_t n, struct cc_message *ret,
    struct cc_message_doc **ret_doc, struct cc_err *reterr) CC_MUST_USE;
void cc_message_doc_free(struct cc_message_doc *doc);	/* NULL is fine */

/* The CloudEvents body of the webhook (DESIGN.md section 7): `type` is
 * caseclock.alert.fired, id the message id, source /caseclock, subject the case,
 * data the alert object of section 6 and clock_record, title, link, epoch.
 * Freed with free(). */
enum cc_code cc_message_cloudevent(const struct cc_message *m, char **ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
