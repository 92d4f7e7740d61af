/*
 * cli/when.h - instants and lengths of time in the words of people.
 *
 * Source:    DESIGN.md section 3 (local time with zone for people).
 * Purpose:   one zone at a time: that of TZ when it names one, for all; else that
 *            of the case that is shown; where many are, the policy's, else the
 *            machine's, else UTC.
 * Units:     instants UTC seconds; lengths in seconds.
 * Ownership: cc_when_done gives the zone back.
 */
#ifndef CC_CLI_WHEN_H
#define CC_CLI_WHEN_H

#include "scheduler/arena.h"
#include "scheduler/civil.h"
#include "scheduler/clock.h"

enum { CC_LENGTH_TEXT = 48, CC_ZONE_NAME_TEXT = 256 };

struct cc_when {
	struct cc_arena arena;
	struct cc_zone zone;
	struct cc_wall now;
	bool fixed;		/* by TZ */
	char name[CC_ZONE_NAME_TEXT];	/* of the zone in force */
	unsigned changes;	/* how often another zone came into force */
};

/* `policy_zone` may be NULL. */
void cc_when_open(struct cc_when *w, const char *policy_zone);

/* From here on this zone, unless TZ says otherwise; NULL or a zone that is not
 * known here changes nothing. */
void cc_when_zone(struct cc_when *w, const char *name);
void cc_when_done(struct cc_when *w);

/* "Mon 2026-03-09 19:30:00 CDT"; "" for CC_NEVER. */
void cc_when_text(const struct cc_when *w, struct cc_wall t, char ret[CC_LOCAL_TEXT]);

/* The same of an instant as it is written in JSON; "" when it is none. */
void cc_when_json(const struct cc_when *w, const char *text, char ret[CC_LOCAL_TEXT]);

/* The two largest units: "3 d 4 h", "5 h 10 min", "59 s". */
void cc_length_text(cc_dur_s s, char ret[CC_LENGTH_TEXT]);

/* "in 3 d 4 h" before t, "5 h 10 min over" after it, "" for CC_NEVER. */
void cc_when_left(const struct cc_when *w, struct cc_wall t, char ret[CC_LENGTH_TEXT]);

/* The instant in an RFC 3339 text; CC_NEVER for NULL or none. */
struct cc_wall cc_when_of(const char *text);

#endif
