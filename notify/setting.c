#include "notify/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum cc_code
cc_setting_refuse(const char *module, const struct cc_notify_setting *s,
    const char *what, struct cc_err *reterr)
{
	if (s->file == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "%s: %s: %s", module, s->key, what);
	return cc_fail(reterr, CC_EINVAL, 0, "%s:%u:%u: %s: %s: %s", s->file, s->line,
	    s->column, module, s->key, what);
}

static const char *
put_text(const struct cc_setting_spec *spec, const char *value, char *to)
{
	size_t n = strlen(value);

	if (n == 0)
		return "must not be empty";
	if (n >= spec->max)
		return "is too long";
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return "holds a control character";
	memcpy(to, value, n + 1);
	return NULL;
}

static const char *
put_bool(const char *value, bool *to)
{
	static const char *const words[][2] = {
		{ "false", "true" }, { "no", "yes" }, { "off", "on" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		for (int b = 0; b < 2; b++)
			if (strcmp(value, words[i][b]) == 0) {
				*to = b == 1;
				return NULL;
			}
	return "must be true or false";
}

static const char *
put_uint(const struct cc_setting_spec *spec, const char *value, uint32_t *to)
{
	unsigned long v;
	char *end;

	if (value[0] < '0' || value[0] > '9' || strlen(value) > 10)
		return "must be a whole number";
	v = strtoul(value, &end, 10);
	if (*end != '\0')
		return "must be a whole number";
	if (v < spec->min || v > spec->max)
		return "is out of range";
	*to = (uint32_t)v;
	return NULL;
}

enum cc_code
cc_setting_put(const struct cc_setting_table *t, const struct cc_notify_setting *s,
    const char *key, void *base, struct cc_err *reterr)
{
	const struct cc_setting_spec *spec = NULL;
	const char *wrong;
	char *at;

	for (uint32_t i = 0; i < t->n && spec == NULL; i++)
		if (strcmp(t->specs[i].key, key) == 0)
			spec = &t->specs[i];
	if (spec == NULL)
		return cc_setting_refuse(t->module, s, "unknown setting", reterr);
	at = (char *)base + spec->offset;
	if (spec->kind == CC_SETTING_TEXT)
		wrong = put_text(spec, s->value, at);
	else if (spec->kind == CC_SETTING_BOOL)
		wrong = put_bool(s->value, (bool *)(void *)at);
	else
		wrong = put_uint(spec, s->value, (uint32_t *)(void *)at);
	return wrong == NULL ? CC_OK : cc_setting_refuse(t->module, s, wrong, reterr);
}

enum cc_code
cc_setting_single(const char *module, const struct cc_notify_cfg *cfg, uint32_t i,
    struct cc_err *reterr)
{
	for (uint32_t j = 0; j < i; j++)
		if (strcmp(cfg->items[j].key, cfg->items[i].key) == 0)
			return cc_setting_refuse(module, &cfg->items[i],
			    "is given twice", reterr);
	return CC_OK;
}

enum cc_code
cc_setting_put_all(const struct cc_setting_table *t, const struct cc_notify_cfg *cfg,
    void *base, struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	for (uint32_t i = 0; i < cfg->n && code == CC_OK; i++) {
		code = cc_setting_single(t->module, cfg, i, reterr);
		if (code == CC_OK)
			code = cc_setting_put(t, &cfg->items[i], cfg->items[i].key,
			    base, reterr);
	}
	return code;
}

const struct cc_notify_setting *
cc_setting_find(const struct cc_notify_cfg *cfg, const char *key)
{
	for (uint32_t i = 0; i < cfg->n; i++)
		if (strcmp(cfg->items[i].key, key) == 0)
			return &cfg->items[i];
	return NULL;
}

/* Reads until the end or until `size` bytes are there; -1 with errno. */
static ssize_t
read_up_to(int fd, char *to, size_t size)
{
	size_t have = 0;
	ssize_t n = 0;

	while (have < size && (n = read(fd, to + have, size - have)) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			have += (size_t)n;
	}
	return (ssize_t)have;
}

enum cc_code
cc_setting_read_secret(const char *path, char *ret, size_t size, struct cc_err *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int sys;
	ssize_t n;

	if (fd < 0)
		return cc_fail(reterr, CC_EIO, errno, "%s: %s", path, strerror(errno));
	n = read_up_to(fd, ret, size);
	sys = errno;
	(void)close(fd);	/* only read */
	if (n < 0)
		return cc_fail(reterr, CC_EIO, sys, "%s: %s", path, strerror(sys));
	if ((size_t)n >= size)
		return cc_fail(reterr, CC_ERANGE, 0, "%s: over %zu bytes", path, size - 1);
	ret[n] = '\0';
	if (strlen(ret) != (size_t)n)
		return cc_fail(reterr, CC_ERANGE, 0, "%s: holds a NUL byte", path);
	return CC_OK;
}
