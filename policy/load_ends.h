/*
 * policy/load_ends.h - which events end a rule's clocks, for people.
 *
 * Source:    DESIGN.md section 7 (what a message says).
 * Purpose:   the event types whose events the rule's acts may be, as the compiled
 *            expressions say: what a message tells under "what ends it".
 * Ownership: the text lives in the arena.
 */
#ifndef CC_POLICY_LOAD_ENDS_H
#define CC_POLICY_LOAD_ENDS_H

#include "scheduler/arena.h"
#include "scheduler/program.h"

/* "contact.made, documentation.entered", sorted; NULL: no type can be told. */
const char *cc_ends_of(const struct cc_program *p, const struct cc_rulex *r,
    const struct cc_schema *s, struct cc_arena *a);

#endif
