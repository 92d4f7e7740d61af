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
 *   limits.rate 600 (1 to 60000 messages a minute to one endpoint)
 *   limits.breaker 5 (1 to 1000 temporary failures one after the other, then an endpoint
 *   rests)
 *   alerts.late 60s    alerts.history 7d    alerts.history_safety 30d
 *   alerts.give_up 3d (1h to 30d)    alerts.retry_first 30s (1s to 1h)
 *   alerts.retry_most 1h (1s to 1d)    alerts.group_wait 30s (0s to 1h)
 *   alerts.ack_max 7d (1m to 30d)    alerts.ack_safety_max 4h (1m to 24h)
 *   alerts.quiet_from, alerts.quiet_until "HH:MM", both or neither: quiet hours of
 *   those who have none of their own in the directory
 *   alerts.digest_at "HH:MM"              local time of the daily digest; absent: none
 *   alerts.copies [CHANNEL]               every alert goes there too: a module's name
 *   alerts.link                           https or http, with {case}, {clock}, {subject}
 *   modules.dir                           folder of modules to be loaded
 *   modules.NAME.KEY                      settings of a module: journal, command, loaded;
 *   a list gives a setting for each of its items
 *   audit.at "03:00"                      local time of the nightly rounds
 *   audit.ping_url, audit.ping_every 5m (1m to 1d)   the dead-man ping; absent: none
 */
#ifndef CC_DAEMON_CONFIG_H
#define CC_DAEMON_CONFIG_H

#include <sys/types.h>

#include "notify/notifier.h"
#include "policy/diag.h"
#include "scheduler/arena.h"
#include "scheduler/plan.h"

enum { CC_ROUTES_MAX = 1000, CC_COPIES_MAX = 16, CC_ACCESS_MAX = 256, CC_SOCKET_PATH_MAX = 107 };

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
	uint32_t line, clients, queue, pending, deliveries, rate, breaker;
	cc_dur_s ahead;
	size_t cache;
};

/* Seconds of the local day, -1: none.  quiet_from may lie behind quiet_until: over
 * midnight. */
struct cc_day_times {
	int32_t quiet_from, quiet_until, digest_at;
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
	cc_dur_s give_up, retry_first, retry_most, group_wait, ack_max, ack_safety_max;
	struct cc_day_times times;		/* of those who have none of their own */
	const char *const *copies;		/* channels */
	uint32_t ncopies;
	const char *link;			/* "" when not given */
	const char *modules_dir;		/* or NULL */
	struct cc_notify_cfg modules;		/* NAME.KEY */
	int32_t audit_at;			/* second of the local day */
	const char *ping_url;			/* or NULL */
	cc_dur_s ping_every;
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
