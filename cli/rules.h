/*
 * cli/rules.h - what the daemon's policy calls its rules.
 *
 * Purpose:   titles and kinds for tables; asked once (policy.info), found by id.
 * Ownership: cc_rules_done gives everything back; texts are borrowed until then.
 */
#ifndef CC_CLI_RULES_H
#define CC_CLI_RULES_H

#include "cli/connect.h"

struct cc_rules {
	struct cc_json *doc;
	const struct cc_json *info;	/* the result of policy.info */
};

/* An enum cc_exit. */
int cc_rules_open(struct cc_rules *r, struct cc_connection *c);
void cc_rules_done(struct cc_rules *r);

/* A member of the rule of that id ("title", "kind"), or NULL. */
const char *cc_rules_get(const struct cc_rules *r, const char *id, const char *member);

/* An immediate duty: shown as "to be done at once", without number or reproach. */
bool cc_rules_immediate(const struct cc_rules *r, const char *id);

/* The policy's default zone, or NULL. */
const char *cc_rules_zone(const struct cc_rules *r);

#endif
