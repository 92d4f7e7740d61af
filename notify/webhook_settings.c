#include "notify/webhook.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify/setting.h"

enum { SECRET_FILE_MAX = 4096 };

#define SET(member) offsetof(struct cc_webhook_settings, member)
#define END(member) offsetof(struct cc_endpoint, member)
#define SIZE(type, member) sizeof((struct type *)0)->member

static const struct cc_setting_spec common_specs[] = {
	{ "ports", CC_SETTING_TEXT, SET(ports), 0, SIZE(cc_webhook_settings, ports) },
	{ "queue", CC_SETTING_UINT, SET(queue), 1, 100000 },
	{ "connections", CC_SETTING_UINT, SET(connections), 1, 64 },
	{ "timeout_ms", CC_SETTING_UINT, SET(timeout_ms), 100, 600000 },
	{ "connect_timeout_ms", CC_SETTING_UINT, SET(connect_timeout_ms), 100, 600000 },
	{ "answer_max", CC_SETTING_UINT, SET(answer_max), 0, 16 * 1024 * 1024 },
};

static const struct cc_setting_spec endpoint_specs[] = {
	{ "url", CC_SETTING_TEXT, END(url), 0, SIZE(cc_endpoint, url) },
	{ "secret_file", CC_SETTING_TEXT, END(secret_file), 0,
	    SIZE(cc_endpoint, secret_file) },
	{ "ca_file", CC_SETTING_TEXT, END(ca_file), 0, SIZE(cc_endpoint, ca_file) },
	{ "allow_private", CC_SETTING_BOOL, END(allow_private), 0, 0 },
};

static const struct cc_setting_table common_table = {
	"webhook", common_specs, sizeof common_specs / sizeof common_specs[0]
};
static const struct cc_setting_table endpoint_table = {
	"webhook", endpoint_specs, sizeof endpoint_specs / sizeof endpoint_specs[0]
};

static const struct cc_webhook_settings defaults = {
	.ports = "443 8443", .queue = 1000, .connections = 4, .timeout_ms = 20000,
	.connect_timeout_ms = 5000, .answer_max = 65536,
};

struct cc_endpoint *
cc_webhook_endpoint(const struct cc_webhook_settings *s, const char *name)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (strcmp(s->endpoints[i].name, name) == 0)
			return &s->endpoints[i];
	return NULL;
}

static enum cc_code
add_endpoint(struct cc_webhook_settings *s, const struct cc_notify_setting *setting,
    size_t n, struct cc_err *reterr)
{
	struct cc_endpoint *more;

	if (n == 0 || n > CC_WEBHOOK_NAME_MAX || strspn(setting->key,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") < n)
		return cc_setting_refuse("webhook", setting,
		    "an endpoint's name is 1 to 64 letters, digits, - and _", reterr);
	if (s->n == CC_WEBHOOK_ENDPOINTS_MAX)
		return cc_setting_refuse("webhook", setting, "too many endpoints", reterr);
	more = realloc(s->endpoints, (s->n + 1) * sizeof *more);
	if (more == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "webhook: no memory");
	s->endpoints = more;
	memset(&more[s->n], 0, sizeof *more);
	memcpy(more[s->n].name, setting->key, n);
	s->n++;
	return CC_OK;
}

/* "NAME.url": the name, which may be new, and the key behind its dot. */
static enum cc_code
take_one(struct cc_webhook_settings *s, const struct cc_notify_setting *setting,
    struct cc_err *reterr)
{
	const char *dot = strrchr(setting->key, '.');
	char name[CC_WEBHOOK_NAME_MAX + 1] = "";
	struct cc_endpoint *e;
	enum cc_code code;
	size_t n;

	if (dot == NULL)
		return cc_setting_put(&common_table, setting, setting->key, s, reterr);
	n = (size_t)(dot - setting->key);
	if (n < sizeof name)
		memcpy(name, setting->key, n);
	e = cc_webhook_endpoint(s, name);
	if (e == NULL) {
		code = add_endpoint(s, setting, n, reterr);
		if (code != CC_OK)
			return code;
		e = &s->endpoints[s->n - 1];
	}
	return cc_setting_put(&endpoint_table, setting, dot + 1, e, reterr);
}

/* The setting of an endpoint, or its url when that one is absent: for its place. */
static enum cc_code
refuse(const struct cc_notify_cfg *cfg, const struct cc_endpoint *e, const char *key,
    const char *what, struct cc_err *reterr)
{
	size_t n = strlen(e->name);
	const struct cc_notify_setting *any = NULL;

	for (uint32_t i = 0; i < cfg->n; i++) {
		const struct cc_notify_setting *s = &cfg->items[i];

		if (strncmp(s->key, e->name, n) != 0 || s->key[n] != '.')
			continue;
		if (strcmp(s->key + n + 1, key) == 0)
			return cc_setting_refuse("webhook", s, what, reterr);
		any = s;
	}
	if (any != NULL && any->file != NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "%s:%u:%u: webhook: %s.%s: %s",
		    any->file, any->line, any->column, e->name, key, what);
	return cc_fail(reterr, CC_EINVAL, 0, "webhook: %s.%s: %s", e->name, key, what);
}

static enum cc_code
take_secret(const struct cc_notify_cfg *cfg, struct cc_endpoint *e,
    struct cc_err *reterr)
{
	char text[SECRET_FILE_MAX];
	struct cc_err err;
	enum cc_code code;

	if (e->secret_file[0] == '\0')
		return refuse(cfg, e, "secret_file", "is missing", reterr);
	code = cc_setting_read_secret(e->secret_file, text, sizeof text, &err);
	if (code == CC_OK)
		code = cc_webhook_keys_take(text, &e->keys, &err);
	OPENSSL_cleanse(text, sizeof text);
	return code == CC_OK ? CC_OK :
	    refuse(cfg, e, "secret_file", err.msg, reterr);
}

static enum cc_code
check_endpoint(const struct cc_notify_cfg *cfg, struct cc_endpoint *e,
    const struct cc_webhook_ports *ports, struct cc_err *reterr)
{
	struct cc_err err;

	if (e->url[0] == '\0')
		return refuse(cfg, e, "url", "is missing", reterr);
	if (cc_webhook_url_check(e->url, e->allow_private, ports, &err) != CC_OK)
		return refuse(cfg, e, "url", err.msg, reterr);
	if (e->ca_file[0] != '\0' && access(e->ca_file, R_OK) != 0)
		return refuse(cfg, e, "ca_file", strerror(errno), reterr);
	return take_secret(cfg, e, reterr);
}

static enum cc_code
check(const struct cc_notify_cfg *cfg, struct cc_webhook_settings *s,
    struct cc_err *reterr)
{
	const struct cc_notify_setting *at = cc_setting_find(cfg, "ports");
	struct cc_webhook_ports ports;
	struct cc_err err;
	enum cc_code code = cc_webhook_ports_take(s->ports, &ports, &err);

	if (code != CC_OK)	/* the default is fine, so it was set */
		return cc_setting_refuse("webhook", at, err.msg, reterr);
	for (uint32_t i = 0; i < s->n && code == CC_OK; i++)
		code = check_endpoint(cfg, &s->endpoints[i], &ports, reterr);
	return code;
}

enum cc_code
cc_webhook_settings_take(const struct cc_notify_cfg *cfg,
    struct cc_webhook_settings *ret, struct cc_err *reterr)
{
	struct cc_webhook_settings s = defaults;
	enum cc_code code = CC_OK;

	for (uint32_t i = 0; i < cfg->n && code == CC_OK; i++) {
		code = cc_setting_single("webhook", cfg, i, reterr);
		if (code == CC_OK)
			code = take_one(&s, &cfg->items[i], reterr);
	}
	if (code == CC_OK)
		code = check(cfg, &s, reterr);
	if (code != CC_OK) {
		cc_webhook_settings_done(&s);
		return code;
	}
	*ret = s;
	return CC_OK;
}

void
cc_webhook_settings_done(struct cc_webhook_settings *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		cc_webhook_keys_done(&s->endpoints[i].keys);
	free(s->endpoints);
	s->endpoints = NULL;
	s->n = 0;
}
