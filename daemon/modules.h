/*
 * daemon/modules.h - the notifier modules: built in, or loaded from a folder.
 *
 * Source:    DESIGN.md section 7 (Modules).
 * Purpose:   a module stands for the channel of its name.  email and webhook are opened
 *            when mail and webhooks are configured, the others when modules.NAME gives
 *            them settings or alerts.copies names them.  Every *.so of modules.dir is
 *            loaded: its symbol `caseclock_notifier` is the module's table.
 * Ownership: what was opened is closed with cc_modules_close.  What was loaded stays in
 *            memory until the process ends, so that nothing of it is used after it went;
 *            a file that has changed comes into force at a restart.
 * Errors:    CC_EINVAL names the file or the setting: a folder or file that others than
 *            its owner may write, or whose owner is neither root nor the service's user;
 *            no plain file; no module; another ABI; a gap in the table; a name that is
 *            taken; a setting for, or a copy to, a module that is not there; CC_EIO the
 *            folder cannot be read; CC_ENOMEM.
 * Limits:    CC_PLUGINS_MAX loaded modules, names of up to CC_MODULE_NAME_MAX bytes:
 *            small letters, digits, - and _.
 * Threads:   the loop's.
 */
#ifndef CC_DAEMON_MODULES_H
#define CC_DAEMON_MODULES_H

#include "daemon/config.h"
#include "notify/notifier.h"

#define CC_MODULE_SYMBOL "caseclock_notifier"

enum { CC_PLUGINS_MAX = 16, CC_MODULE_NAME_MAX = 32, CC_MODULES_MAX = CC_PLUGINS_MAX + 8 };

/* One that is open. */
struct cc_module {
	const struct cc_notifier *by;
	void *self;
};

struct cc_modules {
	struct cc_module items[CC_MODULES_MAX];
	uint32_t n;
};

/* Loads what is new in modules.dir, then opens what the configuration asks for: all or
 * nothing, save that what was loaded stays loaded. */
enum cc_code cc_modules_open(struct cc_notify_host *host, const struct cc_config *cf,
    struct cc_modules *ret, struct cc_err *reterr) CC_MUST_USE;
void cc_modules_close(struct cc_modules *m);

/* The open module that a channel goes to ("webhook:NAME" to webhook), or NULL. */
const struct cc_module *cc_modules_find(const struct cc_modules *m, struct cc_str channel);

/* Loads every *.so of the folder that is not loaded yet, in the order of their names. */
enum cc_code cc_plugins_load(const char *dir, struct cc_err *reterr) CC_MUST_USE;

/* The i-th that was loaded, NULL behind the last. */
const struct cc_notifier *cc_plugins_at(unsigned i);

/* The loaded module of that name, or NULL. */
const struct cc_notifier *cc_plugins_find(const char *name);

#endif
