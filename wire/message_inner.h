/*
 * wire/message_inner.h - what the writers of messages share.
 *
 * Purpose:   one way to write a member, and to hand over what was written.
 * Ownership: arguments are borrowed.
 * Errors:    failures stay in the buffer until cc_message_finish.
 * Threads:   no shared state.
 */
#ifndef CC_WIRE_MESSAGE_INNER_H
#define CC_WIRE_MESSAGE_INNER_H

#include "wire/buf.h"
#include "wire/message.h"

/* A member of the object: its name, its place in the struct, and whether what is missing
 * (NULL, CC_NEVER) is written as null. */
struct cc_message_member {
	const char *name;
	size_t at;
	bool optional;
};

struct cc_message_members {
	const struct cc_message_member *m;
	size_t n;
};

/* Texts that an item has none of; those that are always there; those that are left out
 * when NULL; instants; numbers. */
extern const struct cc_message_members cc_message_own, cc_message_texts,
    cc_message_further, cc_message_walls, cc_message_numbers;

bool cc_message_is_alert(const struct cc_message *m);
bool cc_message_was_due(const struct cc_message *m);	/* it has a previous_due */

/* A member's name and colon, with a comma before it unless it is the first. */
void cc_message_put_name(struct cc_buf *b, const char *name);

/* A member that is a text; NULL is written as null. */
void cc_message_put_text(struct cc_buf *b, const char *name, const char *text);

void cc_message_put_wall(struct cc_buf *b, const char *name, struct cc_wall t);

/* The member `to`: the roles told. */
void cc_message_put_told(struct cc_buf *b, const struct cc_message *m);

/* CC_ERANGE: more roles or items than there may be, here or in an item; CC_EINVAL:
 * items where there are none. */
enum cc_code cc_message_check(const struct cc_message *m, struct cc_err *reterr) CC_MUST_USE;

/* Hands over what was written; the buffer is done either way. */
enum cc_code cc_message_finish(struct cc_buf *b, char **ret, struct cc_err *reterr) CC_MUST_USE;

/* "alert", "group", "digest", "handover", "configuration". */
const char *cc_message_form_text(enum cc_message_form form);

#endif
