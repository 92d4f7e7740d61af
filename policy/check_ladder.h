/*
 * policy/check_ladder.h - ladders against the rules that climb them.
 *
 * Source:    DESIGN.md section 7.
 * Purpose:   a rung that its kind of clock can never reach is a mistake, and so is a
 *            safety rule whose ladder does not tell of what is most grave: the breach of
 *            a deadline, a duty to be done at once, a test that failed.
 * Errors:    reported to the list.
 */
#ifndef CC_POLICY_CHECK_LADDER_H
#define CC_POLICY_CHECK_LADDER_H

#include "policy/yaml.h"
#include "scheduler/rule.h"

/* Why a clock of this kind never comes to a rung of this base, or NULL. */
const char *cc_never_reached(enum cc_kind kind, enum cc_rung_base base);

/* A ladder of its own (at its name) or the defaults (at `safety`): rungs out of reach,
 * and what a safety rule lacks. */
void cc_check_rule_ladder(const struct cc_ladders *defaults, const struct cc_rule *r,
    struct cc_place at, struct cc_diags *d);

#endif
