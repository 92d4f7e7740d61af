/*
 * policy/load_schema.h - event types from events.yaml.
 *
 * Source:    docs/policy-language.md section 1; DESIGN.md section 4.
 * Ownership: the schema lives in the arena.
 * Errors:    reported to the list; the schema is then not to be used.
 */
#ifndef CC_POLICY_LOAD_SCHEMA_H
#define CC_POLICY_LOAD_SCHEMA_H

#include "policy/yaml.h"
#include "scheduler/schema.h"

/* The texts of `extra` (values of timelines and the like) become codes too. */
void cc_load_schema(const struct cc_yaml *root, const char *const *extra,
    unsigned nextra, struct cc_arena *a, struct cc_diags *d, struct cc_schema *ret);

#endif
