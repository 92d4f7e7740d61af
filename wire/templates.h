/*
 * wire/templates.h - the templates of a pack, compiled: by language, form and part.
 *
 * Source:    docs/policy-language.md section 11; DESIGN.md section 7 (Messages).
 * Purpose:   every form of message (enum cc_message_form) has a subject, a text and an
 *            HTML template in every language of the pack.  A pack without templates has
 *            the English ones that are compiled in.
 * Ownership: owns what is compiled; borrows the pack and the zones, which must outlive
 *            it.
 * Errors:    CC_EINVAL mistakes were reported, each with file, line and column;
 *            CC_ENOMEM.
 * Threads:   read-only once opened.
 */
#ifndef CC_WIRE_TEMPLATES_H
#define CC_WIRE_TEMPLATES_H

#include "scheduler/pack.h"
#include "wire/template.h"
#include "wire/words.h"

enum cc_message_part { CC_MESSAGE_SUBJECT, CC_MESSAGE_TEXT, CC_MESSAGE_HTML, CC_MESSAGE_PARTS };

enum { CC_MESSAGE_FORMS = CC_FORM_CONFIGURATION };

struct cc_templates;

/* `pack` NULL: the compiled-in ones.  `zones` NULL: instants are told in UTC, or as the
 * message's own local texts say. */
enum cc_code cc_templates_open(const struct cc_pack *pack, const struct cc_zones *zones,
    const struct cc_template_report *report, struct cc_templates **ret,
    struct cc_err *reterr) CC_MUST_USE;
void cc_templates_free(struct cc_templates *t);	/* NULL is fine */

/* The language of that code, or the first when there is none such or code is NULL. */
enum cc_language cc_templates_language(const struct cc_templates *t, const char *code);

/* The i-th language (of the templates), or NULL past the last. */
const char *cc_templates_code(const struct cc_templates *t, unsigned i);

const struct cc_template *cc_templates_find(const struct cc_templates *t,
    enum cc_language l, enum cc_message_form form, enum cc_message_part part);

/* What the rule or event type is called in that language, or in English, or NULL. */
const char *cc_templates_title(const struct cc_templates *t, enum cc_language l,
    const char *of);

const struct cc_zone *cc_templates_zone(const struct cc_templates *t, const char *name);

/* "alert", "group", "digest", "handover", "configuration"; "subject", "txt", "html".
 * NULL for a number that is none. */
const char *cc_template_form_text(enum cc_message_form form);
const char *cc_template_part_text(enum cc_message_part part);

/* The compiled-in template. */
const char *cc_template_builtin(enum cc_message_form form, enum cc_message_part part);

/* The names that a message's templates may use: of the message, then of an alert. */
extern const struct cc_names cc_message_names, cc_alert_names;

#endif
