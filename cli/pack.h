/*
 * cli/pack.h - load a policy pack for a command, and say what is wrong with it.
 *
 * Ownership: cc_loaded_done gives everything back, also of a half-loaded one.
 * Errors:    told on standard error; every mistake on a line of its own as
 *            file:line:column: words.
 */
#ifndef CC_CLI_PACK_H
#define CC_CLI_PACK_H

#include "policy/load.h"
#include "wire/templates.h"

struct cc_loaded {
	struct cc_arena zones_arena, arena;
	struct cc_zones zones;
	const struct cc_pack *pack;
	struct cc_templates *templates;	/* the pack's, compiled */
	bool refused;		/* the pack has mistakes (not: it cannot be read) */
};

/* `holidays` may be NULL: the pack's own.  False after the words are out. */
bool cc_loaded_open(struct cc_loaded *l, const char *dir, const char *holidays);
void cc_loaded_done(struct cc_loaded *l);

#endif
