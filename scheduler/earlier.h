/*
 * scheduler/earlier.h - rules that changed: which due counts for which clock.
 *
 * Source:    docs/policy-language.md section 6 (earlier).
 * Purpose:   a rule may keep the dues that it had before; a clock that started
 *            before the first second of a local date finishes under the due that
 *            counted then.
 * Purity:    no clock, no I/O, no globals.
 * Ownership: the answer is of the pack.
 */
#ifndef CC_SCHEDULER_EARLIER_H
#define CC_SCHEDULER_EARLIER_H

#include "scheduler/program.h"

/* The due for a clock of `r` that started then, in the zone of its case: the first
 * whose date lies behind the start; NULL: the rule's own. */
const struct cc_earlier *cc_earlier_of(const struct cc_rulex *r, const struct cc_zone *z,
    struct cc_wall started);

#endif
