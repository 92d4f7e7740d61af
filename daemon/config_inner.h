/*
 * daemon/config_inner.h - reading the configuration: shared by config*.c.
 *
 * Purpose:   one reader goes through the file, reports what is wrong and goes on.
 * Ownership: what it makes lives in its arena.
 * Threads:   none.
 */
#ifndef CC_DAEMON_CONFIG_INNER_H
#define CC_DAEMON_CONFIG_INNER_H

#include "daemon/config.h"
#include "policy/yaml.h"

struct cc_config_reader {
	const char *file;
	struct cc_arena *a;
	struct cc_diags *d;
	bool ok;
};

/* A whole text value, "" after a mistake; it must be printable. */
const char *cc_config_text(struct cc_config_reader *r, const struct cc_yaml *y,
    const char *what);

/* The same as a path, absolute or relative to the file's folder. */
const char *cc_config_path(struct cc_config_reader *r, const struct cc_yaml *y,
    const char *what);

/* A mistake at a place. */
void cc_config_wrong(struct cc_config_reader *r, struct cc_place at,
    const char *fmt, ...) CC_PRINTF(3, 4);

/* Sections; `y` may be NULL where the section may be absent. */
void cc_config_access(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret);
void cc_config_mail(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret);
void cc_config_webhooks(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret);
void cc_config_modules(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret);
void cc_config_limits(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret);
/* After the modules, of which copies may name some. */
void cc_config_alerts(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret);
void cc_config_audit(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret);

#endif
