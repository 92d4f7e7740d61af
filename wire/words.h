/*
 * wire/words.h - wording of messages for people, in each language.
 *
 * Source:    DESIGN.md section 6 (immediate duties), section 7 (Late news, Rung names).
 * Purity:    no clock, no I/O, no allocation, no globals.
 * Units:     instants UTC seconds.
 * Ownership: texts go into the caller's buffers, always NUL-terminated; constant
 *            texts live for ever.
 * Invariant: of an immediate duty nothing here says breach, overdue or late, nor any
 *            number, in any language.  Every word is there in every language: the
 *            table cannot be written otherwise.
 */
#ifndef CC_WIRE_WORDS_H
#define CC_WIRE_WORDS_H

#include "scheduler/civil.h"
#include "wire/message.h"

enum { CC_WORDS_MAX = 160 };

enum cc_language { CC_ENGLISH, CC_SPANISH, CC_LANGUAGES };

/* "en", "es"; false when there are no words in it. */
bool cc_language_find(const char *code, enum cc_language *ret);
const char *cc_language_code(enum cc_language l);

/* "3 days 4 hours", "45 minutes", "less than a minute"; the two largest units. */
void cc_words_length(enum cc_language l, int64_t seconds, char ret[CC_WORDS_MAX]);

/* "overdue by 4 hours", "due in 2 days 3 hours", "to be done at once", "done in time",
 * "no longer needed", ...: how things stood when the message was made. */
void cc_words_standing(enum cc_language l, const struct cc_message *m,
    char ret[CC_WORDS_MAX]);

/* The same in a word or two, for a subject line: "overdue", "not yet done". */
const char *cc_words_state(enum cc_language l, const struct cc_message *m);

/* What happened, a sentence: "It falls due within 3 days.", "The due time has passed." */
void cc_words_rung(enum cc_language l, const struct cc_message *m, char ret[CC_WORDS_MAX]);

/* "program_director" as "program director"; what has no word keeps its own. */
void cc_words_role(enum cc_language l, const char *role, char ret[CC_WORDS_MAX]);

/* Why a due moved or a clock ended: "the holiday calendar was changed"; NULL when the
 * cause is no word of ours (an event type). */
const char *cc_words_cause(enum cc_language l, const char *cause);

/* For people, with weekday and zone: "Sunday, March 8, 2026, 7:30 PM CDT"; `brief` for
 * a subject line: "Sun, Mar 8 2026, 7:30 PM CDT".  Zone NULL: UTC. */
void cc_words_when(enum cc_language l, const struct cc_zone *z, struct cc_wall t, bool brief,
    char ret[CC_WORDS_MAX]);

/* "caseworker, supervisor and program director". */
const char *cc_words_and(enum cc_language l);

/* True for the messages that end the telling of a clock. */
bool cc_words_is_clear(const struct cc_message *m);

/* Overdue, of a duty of which that may be said. */
bool cc_words_is_overdue(const struct cc_message *m);

#endif
