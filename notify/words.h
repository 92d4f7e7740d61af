/*
 * notify/words.h - wording of messages for people.
 *
 * Source:    DESIGN.md section 6 (immediate duties), section 7 (Late news, Rung names).
 * Purity:    no clock, no I/O, no allocation, no globals.
 * Units:     instants UTC seconds.
 * Ownership: texts go into the caller's buffers, always NUL-terminated; constant
 *            texts live for ever.
 * Invariant: of an immediate duty nothing here says breach, overdue or late, nor any
 *            number.
 */
#ifndef CC_NOTIFY_WORDS_H
#define CC_NOTIFY_WORDS_H

#include "wire/message.h"

enum { CC_WORDS_MAX = 160 };

/* "3 days 4 hours", "45 minutes", "less than a minute"; the two largest units. */
void cc_words_length(int64_t seconds, char ret[CC_WORDS_MAX]);

/* "overdue by 4 hours", "due in 2 days 3 hours", "to be done at once", "done in time",
 * "no longer needed", ...: how things stood when the message was made. */
void cc_words_standing(const struct cc_message *m, char ret[CC_WORDS_MAX]);

/* The same in a word or two, for a subject line: "overdue", "due soon". */
const char *cc_words_state(const struct cc_message *m);

/* What happened, a sentence: "3 days before it is due.", "It passed its due time." */
void cc_words_rung(const struct cc_message *m, char ret[CC_WORDS_MAX]);

/* "program_director" as "program director". */
void cc_words_role(const char *role, char ret[CC_WORDS_MAX]);

/* "Mon, 9 Mar 2026 00:30:00 UTC". */
void cc_words_utc(struct cc_wall t, char ret[CC_WORDS_MAX]);

/* True for the messages that end the telling of a clock. */
bool cc_words_is_clear(const struct cc_message *m);

#endif
