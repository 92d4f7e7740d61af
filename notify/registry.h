/*
 * notify/registry.h - the notifier modules that are built in.
 *
 * Source:    DESIGN.md section 7 (Modules).
 * Purity:    a constant table.
 */
#ifndef CC_NOTIFY_REGISTRY_H
#define CC_NOTIFY_REGISTRY_H

#include "notify/notifier.h"

/*
 * email     server (host:port), from, tls (starttls, none), ca_file, user,
 *           password_file, title_in_subject (bool), hostname (for EHLO), worker (path
 *           of caseclock-mailer; default: beside the installed daemon), home (an empty
 *           directory, made when absent), queue (1000), batch (50), timeout_ms (30000),
 *           deadline_ms (120000), grace_ms (5000), auth_hold_s (900)
 * webhook   NAME.url, NAME.secret_file, NAME.ca_file, NAME.allow_private (bool), and for
 *           all: ports ("443 8443"), queue (1000, of one endpoint), connections (4, to one
 *           endpoint), timeout_ms (20000), connect_timeout_ms (5000), answer_max (65536)
 * journal   prefix
 * command   program (absolute path), argument (may come again), deadline_ms (30000),
 *           queue (1000), parallel (4)
 */
extern const struct cc_notifier cc_notifier_email;
extern const struct cc_notifier cc_notifier_webhook;
extern const struct cc_notifier cc_notifier_journal;
extern const struct cc_notifier cc_notifier_command;

/* The i-th module, NULL behind the last. */
const struct cc_notifier *cc_registry_at(unsigned i);

/* The module of that name, or NULL. */
const struct cc_notifier *cc_registry_find(const char *name);

/* CC_OK when the table of a module is complete and speaks this ABI, else CC_EINVAL
 * with the reason: the check for modules that were loaded from a folder. */
enum cc_code cc_registry_check(const struct cc_notifier *n, struct cc_err *reterr)
    CC_MUST_USE;

#endif
