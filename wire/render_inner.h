/*
 * wire/render_inner.h - inside of rendering: the values of a message's names.
 *
 * Source:    wire/render.h.
 * Purity:    no clock, no I/O; memory from the arena.
 * Ownership: values live in the arena.
 */
#ifndef CC_WIRE_RENDER_INNER_H
#define CC_WIRE_RENDER_INNER_H

#include "scheduler/arena.h"
#include "wire/render.h"

/* Names of one alert: X(NAME, name in templates, kind). */
#define CC_ALERT_NAMES(X)                                                               \
	X(CASE, "case", TEXT)                                                           \
	X(FOR, "for", TEXT)                                                             \
	X(TITLE, "title", TEXT)                                                         \
	X(RULE, "rule", TEXT)                                                           \
	X(SECTION, "section", TEXT)                                                     \
	X(STATE, "state", TEXT)                                                         \
	X(STANDING, "standing", TEXT)                                                   \
	X(WHAT, "what", TEXT)                                                           \
	X(DUE, "due", TEXT)                                                             \
	X(DUE_BRIEF, "due_brief", TEXT)                                                 \
	X(PREVIOUS_DUE, "previous_due", TEXT)                                           \
	X(CAUSE, "cause", TEXT)                                                         \
	X(ENDED, "ended", TEXT)                                                         \
	X(KNOWN, "known", TEXT)                                                         \
	X(AT, "at", TEXT)                                                               \
	X(PERIOD, "period", TEXT)                                                       \
	X(ROLE, "role", TEXT)                                                           \
	X(TOLD, "told", TEXT)                                                           \
	X(OTHERS, "others", TEXT)                                                       \
	X(ENDS, "ends", TEXT)                                                           \
	X(LINK, "link", URL)                                                            \
	X(LINK_TEXT, "link_text", TEXT)                                                 \
	X(AT_ONCE, "at_once", FLAG)                                                     \
	X(OVERDUE, "overdue", FLAG)                                                     \
	X(TODAY, "today", FLAG)                                                         \
	X(LATE, "late", FLAG)                                                           \
	X(MOVED, "moved", FLAG)                                                         \
	X(BACK, "back", FLAG)                                                           \
	X(CLEAR, "clear", FLAG)                                                         \
	X(WITHDRAWN, "withdrawn", FLAG)                                                 \
	X(CRITICAL, "critical", FLAG)                                                   \
	X(WARNING, "warning", FLAG)

/* Names of the whole message. */
#define CC_MESSAGE_NAMES(X)                                                             \
	X(LANGUAGE, "language", TEXT)                                                   \
	X(ID, "id", TEXT)                                                               \
	X(UNIT, "unit", TEXT)                                                           \
	X(COUNT, "count", TEXT)                                                         \
	X(OVERDUE_COUNT, "overdue_count", TEXT)                                         \
	X(ANY_AT_ONCE, "any_at_once", FLAG)                                             \
	X(TODAY_COUNT, "today_count", TEXT)                                             \
	X(WEEK_COUNT, "week_count", TEXT)                                               \
	X(LATER_COUNT, "later_count", TEXT)                                             \
	X(LEFT_OUT, "left_out", TEXT)                                                   \
	X(SHOW_TITLE, "show_title", FLAG)                                               \
	X(CASES, "cases", LIST)

enum {
#define CC_ALERT_ENUM(n, text, kind) CC_A_##n,
	CC_ALERT_NAMES(CC_ALERT_ENUM)
#undef CC_ALERT_ENUM
	CC_A_VALUES
};
enum {
#define CC_MESSAGE_ENUM(n, text, kind) CC_M_##n,
	CC_MESSAGE_NAMES(CC_MESSAGE_ENUM)
#undef CC_MESSAGE_ENUM
	CC_M_VALUES
};
enum { CC_C_CASE, CC_C_LINK, CC_C_OVERDUE, CC_C_ITEMS, CC_C_VALUES };	/* of a case */

struct cc_rendering {
	struct cc_arena arena;
	const struct cc_render *r;
	const struct cc_message *m;	/* the whole one */
	enum cc_language language;
};

/* CC_A_VALUES values of one alert, or NULL; of an item the whole message gives what it
 * lacks.  No memory is remembered by the arena. */
const struct cc_value *cc_render_alert(struct cc_rendering *x, const struct cc_message *m);

/* CC_M_VALUES values of the whole message with its first `nitems` items. */
const struct cc_value *cc_render_whole(struct cc_rendering *x, uint32_t nitems);

/* A copy in the arena, cut to `max` bytes; NULL of NULL. */
const char *cc_render_copy(struct cc_rendering *x, const char *text, size_t max);

/* How an item stands among others: overdue first, then at once, open, the rest. */
enum cc_rank { CC_RANK_OVERDUE, CC_RANK_AT_ONCE, CC_RANK_OPEN, CC_RANK_REST };
enum cc_rank cc_render_rank(const struct cc_message *m);

/* The item with what it lacks taken from the whole message. */
struct cc_message cc_render_item(const struct cc_rendering *x, const struct cc_message *m);

/* Due on the local day on which the message was made. */
bool cc_render_today(const struct cc_rendering *x, const struct cc_message *m);

/* Breaks lines longer than CC_RENDER_COLUMNS at blanks. */
void cc_render_wrap(const char *text, size_t n, struct cc_buf *b);

#endif
