/*
 * policy/load_templates.h - the templates of a pack as text, and titles in its languages.
 *
 * Source:    docs/policy-language.md section 11.
 * Purpose:   templates/LANGUAGE/FORM.PART, all forms and parts of each language, and
 *            templates/LANGUAGE/titles.yaml (what rules and event types are called).
 *            wire/templates.h compiles the texts; nothing here reads inside them.
 * Ownership: everything lives in the arena.
 * Errors:    reported to the list: a file or a language that is not known, a file that
 *            is missing, a title of a rule or an event type that the pack has not.
 */
#ifndef CC_POLICY_LOAD_TEMPLATES_H
#define CC_POLICY_LOAD_TEMPLATES_H

#include "policy/diag.h"
#include "scheduler/arena.h"
#include "scheduler/pack.h"

/* `pack` has its rules and event types already.  A folder without templates/ is well. */
void cc_load_templates(const char *dir, struct cc_arena *a, struct cc_diags *d,
    struct cc_pack *pack);

#endif
