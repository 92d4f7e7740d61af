/*
 * daemon/config.h - the configuration: one YAML file, every key checked.
 *
 * Source:    DESIGN.md sections 5, 7 and 8; caseclockd(8) explains the keys.
 * Purpose:   every mistake of the file is reported at once, with file, line and
 *            column.  What needs the pack or the directory (roles, routes that lead
 *            to nobody) is checked in daemon/setup.c; the values of mail and webhooks
 *            by the modules that use them.
 * Units:     durations in seconds, sizes in bytes unless a name says otherwise.
 * Ownership: everything lives in the caller's arena.
 * Threads:   read-only once loaded.
 *
 * Relative paths are relative to the folder of the file.  Keys and defaults:
 *
 *   state_dir, policy, directory          required
 *   holidays                              a file instead of the pack's calendar
 *   socket.path /run/caseclock/caseclock.sock, socket.mode "0660"
 *   routes [{source, staff_id}]           required, one with source "*"
 *   operator.email, operator.webhook      one of them required
 *   access.send|read|admin.users|groups   group caseclock sends and reads; root and
 *                                         the service's own user may do everything
 *   mail.KEY, webhooks.NAME.KEY           notify/registry.h
 *   limits.line 65536 (1024 to 1048576 bytes)     limits.clients 1024 (1 to 16384)
 *   limits.queue 4096 (16 to 65536 items)         limits.pending 1024 (1 to 4096 lines
 *   of one client under way)    limits.ahead 5m (0s to 1d)   limits.cache 16 (1 to
 *   4096 MiB of cases)    limits.deliveries 256 (1 to 1000 messages of one channel
 *   under way)
 *   alerts.group_wait 0s (only 0s: messages are not grouped)   alerts.late 60s
 *   alerts.history 7d    alerts.history_safety 30d    alerts.give_up 3d (1h to 30d)
 *   alerts.link                           https or http, with {case}, {clock}, {subject}
 */
#ifndef CC_DAEMON_CONFIG_H
#define CC_DAEMON_CONFIG_H

#include <sys/types.h>

#include "notify/notifier.h"
#include "policy/diag.h"
#include "scheduler/arena.h"
#include "scheduler/plan.h"

enum { CC_ROUTES_MAX = 1000, CC_ACCESS_MAX = 256, CC_SOCKET_PATH_MAX = 107 };

enum cc_right { CC_RIGHT_SEND, CC_RIGHT_READ, CC_RIGHT_ADMIN, CC_RIGHTS };

struct cc_route {
	const char *source, *staff_id;
	struct cc_place at;		/* of the staff_id */
};

struct cc_access {
	const uid_t *users;
	const gid_t *groups;
	uint32_t nusers, ngroups;
};

struct cc_limits {
	uint32_t line, clients, queue, pending, deliveries;
	cc_dur_s ahead;
	size_t cache;
};

struct cc_config {
	const char *file;
	const char *state_dir, *policy, *directory;
	const char *holidays;			/* or NULL */
	const char *socket_path;
	unsigned socket_mode;
	const struct cc_route *routes;
	uint32_t nroutes;
	const char *operator_email, *operator_webhook;	/* "" when not given */
	struct cc_access access[CC_RIGHTS];
	struct cc_notify_cfg mail, webhooks;	/* n 0: not configured */
	struct cc_limits limits;
	struct cc_plan_settings alerts;
	cc_dur_s give_up;
	const char *link;			/* "" when not given */
};

/* CC_EINVAL: the list of diagnostics says what; CC_ENOMEM. */
enum cc_code cc_config_load(const char *path, struct cc_arena *a,
    struct cc_diags *d, struct cc_config *ret) CC_MUST_USE;

/* The same from text in memory; `path` names the file. */
enum cc_code cc_config_parse(const char *path, struct cc_str text,
    struct cc_arena *a, struct cc_diags *d, struct cc_config *ret) CC_MUST_USE;

/* Whether webhooks.NAME is there. */
bool cc_config_endpoint(const struct cc_config *cf, const char *name);

#endif
