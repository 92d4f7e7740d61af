/*
 * notify/setting.h - put the settings of a module into its struct by a table.
 *
 * Source:    DESIGN.md section 8 (errors of the configuration have file, line and
 *            column).
 * Purity:    no I/O save cc_setting_read_secret; no globals.
 * Units:     sizes in bytes, numbers as the table's limits say.
 * Ownership: texts are copied into the struct.
 * Errors:    CC_EINVAL "FILE:LINE:COLUMN: MODULE: what is wrong"; CC_EIO.
 */
#ifndef CC_NOTIFY_SETTING_H
#define CC_NOTIFY_SETTING_H

#include "notify/notifier.h"

enum cc_setting_kind {
	CC_SETTING_TEXT = 1,	/* into char[max]; printable, not empty */
	CC_SETTING_BOOL,	/* into bool: true, yes, on, false, no, off */
	CC_SETTING_UINT		/* into uint32_t: min to max */
};

struct cc_setting_spec {
	const char *key;
	enum cc_setting_kind kind;
	size_t offset;
	uint32_t min, max;
};

struct cc_setting_table {
	const char *module;
	const struct cc_setting_spec *specs;
	uint32_t n;
};

/* "FILE:LINE:COLUMN: MODULE: KEY: WHAT" into *reterr; answers CC_EINVAL. */
enum cc_code cc_setting_refuse(const char *module,
    const struct cc_notify_setting *s, const char *what, struct cc_err *reterr);

/* Puts one setting, known as `key` to the table, into the struct at `base`. */
enum cc_code cc_setting_put(const struct cc_setting_table *t,
    const struct cc_notify_setting *s, const char *key, void *base,
    struct cc_err *reterr) CC_MUST_USE;

/* Puts all of them; a key that comes twice is refused. */
enum cc_code cc_setting_put_all(const struct cc_setting_table *t,
    const struct cc_notify_cfg *cfg, void *base, struct cc_err *reterr) CC_MUST_USE;

/* CC_EINVAL when an earlier setting has the key of the i-th. */
enum cc_code cc_setting_single(const char *module, const struct cc_notify_cfg *cfg,
    uint32_t i, struct cc_err *reterr) CC_MUST_USE;

/* The setting of that key, or NULL. */
const struct cc_notify_setting *cc_setting_find(const struct cc_notify_cfg *cfg,
    const char *key);

/* The whole of a small file, NUL-terminated.  CC_EIO cannot be read; CC_ERANGE it has
 * `size` bytes or more, or holds a NUL. */
enum cc_code cc_setting_read_secret(const char *path, char *ret, size_t size,
    struct cc_err *reterr) CC_MUST_USE;

#endif
