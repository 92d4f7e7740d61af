/*
 * daemon/setup.h - all that comes from files: configuration, zones, pack, staff.
 *
 * Source:    DESIGN.md section 8 (reload is all or nothing; --check-config).
 * Purpose:   one object that is loaded whole or not at all and then never changes;
 *            whoever works with it holds a reference, so that a reload swaps it
 *            without anybody waiting.
 * Ownership: cc_setup_load gives the first reference; the last cc_setup_unref frees.
 * Threads:   loading in one thread at a time (libical); references from any.
 */
#ifndef CC_DAEMON_SETUP_H
#define CC_DAEMON_SETUP_H

#include <stdatomic.h>

#include "daemon/config.h"
#include "daemon/directory.h"
#include "daemon/exit.h"
#include "daemon/people.h"
#include "policy/diag.h"
#include "scheduler/pack.h"
#include "store/store.h"
#include "wire/templates.h"

struct cc_setup {
	atomic_uint refs;
	struct cc_arena texts;		/* configuration and staff */
	struct cc_arena zone_arena, pack_arena;
	struct cc_config config;
	struct cc_zones zones;
	const struct cc_pack *pack;
	struct cc_templates *templates;	/* the pack's, compiled */
	struct cc_directory directory;
	struct cc_store_stamps stamps;	/* of pack, calendar and zones */
};

/* CC_EXIT_OK, or the kind of failure; every mistake is in the list. */
enum cc_exit cc_setup_load(const char *config, struct cc_diags *d,
    struct cc_setup **ret) CC_MUST_USE;

struct cc_setup *cc_setup_ref(struct cc_setup *s);
void cc_setup_unref(struct cc_setup *s);	/* NULL is fine */

/* What cc_people_find needs of a set-up; the rest of *ret is untouched. */
void cc_setup_people(const struct cc_setup *s, struct cc_people *ret);

#endif
