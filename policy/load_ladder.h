/*
 * policy/load_ladder.h - ladders from pack.yaml, unfolded into single rungs.
 *
 * Source:    DESIGN.md section 7 (default ladders).
 * Purpose:   `repeat` and `remind` become rungs of their own, each counted from
 *            the rung before it.
 * Ownership: ladders live in the arena.
 * Errors:    reported to the list.
 */
#ifndef CC_POLICY_LOAD_LADDER_H
#define CC_POLICY_LOAD_LADDER_H

#include "policy/yaml.h"
#include "scheduler/rule.h"

/* `list` is pack.yaml's `ladders`.  Gives the ladders by name, and the choices by
 * kind in the order of the list. */
void cc_load_ladders(const struct cc_yaml *list, struct cc_arena *a,
    struct cc_diags *d, struct cc_ladders *ret, const struct cc_ladder **ret_named,
    unsigned *ret_n);

#endif
