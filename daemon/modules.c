#include "daemon/modules.h"

#include <stdlib.h>
#include <string.h>

#include "notify/registry.h"

/* --- which ------------------------------------------------------------------------ */

static bool
is_of(const struct cc_notify_setting *s, const char *name)
{
	size_t n = strlen(name);

	return strncmp(s->key, name, n) == 0 && s->key[n] == '.';
}

static bool
copied_to(const struct cc_config *cf, const char *name)
{
	for (uint32_t i = 0; i < cf->ncopies; i++)
		if (strcmp(cf->copies[i], name) == 0)
			return true;
	return false;
}

static uint32_t
count_settings(const struct cc_config *cf, const char *name)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < cf->modules.n; i++)
		n += is_of(&cf->modules.items[i], name) ? 1 : 0;
	return n;
}

/* email and webhook have sections of their own. */
static bool
is_plain(const struct cc_notifier *by)
{
	return by != &cc_notifier_email && by != &cc_notifier_webhook;
}

static const struct cc_notifier *
find_table(const char *name)
{
	const struct cc_notifier *by = cc_registry_find(name);

	return by != NULL ? by : cc_plugins_find(name);
}

/* --- opening ---------------------------------------------------------------------- */

static enum cc_code
open_one(struct cc_notify_host *host, const struct cc_notifier *by,
    const struct cc_notify_cfg *cfg, struct cc_modules *m, struct cc_err *reterr)
{
	struct cc_module *to = &m->items[m->n];
	enum cc_code code;

	if (m->n == CC_MODULES_MAX)
		return cc_fail(reterr, CC_EINVAL, 0, "more than %d modules", CC_MODULES_MAX);
	to->by = by;
	code = by->open(host, cfg, &to->self, reterr);
	if (code == CC_OK)
		m->n++;
	return code;
}

/* With its settings under the names that the module knows them by. */
static enum cc_code
open_plain(struct cc_notify_host *host, const struct cc_config *cf,
    const struct cc_notifier *by, struct cc_modules *m, struct cc_err *reterr)
{
	uint32_t n = count_settings(cf, by->name), k = 0;
	struct cc_notify_setting *own;
	struct cc_notify_cfg cfg = {.n = n};
	enum cc_code code;

	if (n == 0 && !copied_to(cf, by->name))
		return CC_OK;
	own = calloc(n + 1, sizeof *own);
	if (own == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "%s: no memory", by->name);
	for (uint32_t i = 0; i < cf->modules.n; i++)
		if (is_of(&cf->modules.items[i], by->name)) {
			own[k] = cf->modules.items[i];
			own[k++].key += strlen(by->name) + 1;
		}
	cfg.items = own;
	code = open_one(host, by, &cfg, m, reterr);
	free(own);
	return code;
}

/* Each name that the configuration uses is a module's. */
static enum cc_code
check_names(const struct cc_config *cf, struct cc_err *reterr)
{
	char name[CC_MODULE_NAME_MAX + 1];

	for (uint32_t i = 0; i < cf->modules.n; i++) {
		const struct cc_notify_setting *s = &cf->modules.items[i];
		size_t n = strcspn(s->key, ".");

		if (n < sizeof name) {
			memcpy(name, s->key, n);
			name[n] = '\0';
			if (find_table(name) != NULL)
				continue;
		}
		return cc_fail(reterr, CC_EINVAL, 0,
		    "%s:%u:%u: modules.%.*s: there is no such module, neither built in nor in "
		    "modules.dir", s->file == NULL ? "" : s->file, s->line, s->column, (int)n,
		    s->key);
	}
	for (uint32_t i = 0; i < cf->ncopies; i++) {
		const struct cc_notifier *by = find_table(cf->copies[i]);

		if (by == NULL || !is_plain(by))
			return cc_fail(reterr, CC_EINVAL, 0, "%s: alerts.copies: there is no "
			    "module %.64s that could take copies", cf->file, cf->copies[i]);
	}
	return CC_OK;
}

static enum cc_code
open_all(struct cc_notify_host *host, const struct cc_config *cf, struct cc_modules *m,
    struct cc_err *reterr)
{
	const struct cc_notifier *by;
	enum cc_code code = CC_OK;

	if (cf->modules_dir != NULL)
		code = cc_plugins_load(cf->modules_dir, reterr);
	if (code == CC_OK)
		code = check_names(cf, reterr);
	if (code == CC_OK && cf->mail.n > 0)
		code = open_one(host, &cc_notifier_email, &cf->mail, m, reterr);
	if (code == CC_OK && cf->webhooks.n > 0)
		code = open_one(host, &cc_notifier_webhook, &cf->webhooks, m, reterr);
	for (unsigned i = 0; code == CC_OK && (by = cc_registry_at(i)) != NULL; i++)
		if (is_plain(by))
			code = open_plain(host, cf, by, m, reterr);
	for (unsigned i = 0; code == CC_OK && (by = cc_plugins_at(i)) != NULL; i++)
		code = open_plain(host, cf, by, m, reterr);
	return code;
}

enum cc_code
cc_modules_open(struct cc_notify_host *host, const struct cc_config *cf,
    struct cc_modules *ret, struct cc_err *reterr)
{
	struct cc_modules m = {.n = 0};
	enum cc_code code = open_all(host, cf, &m, reterr);

	if (code != CC_OK) {
		cc_modules_close(&m);
		return code;
	}
	*ret = m;
	return CC_OK;
}

void
cc_modules_close(struct cc_modules *m)
{
	for (uint32_t i = 0; i < m->n; i++)
		m->items[i].by->close(m->items[i].self);
	m->n = 0;
}

const struct cc_module *
cc_modules_find(const struct cc_modules *m, struct cc_str channel)
{
	const char *colon = memchr(channel.p, ':', channel.n);
	struct cc_str name = channel;

	if (colon != NULL)
		name.n = (uint32_t)(colon - channel.p);
	for (uint32_t i = 0; i < m->n; i++) {
		const char *own = m->items[i].by->name;

		if (strlen(own) == name.n && memcmp(own, name.p, name.n) == 0 &&
		    (colon != NULL) == (strcmp(own, cc_notifier_webhook.name) == 0))
			return &m->items[i];
	}
	return NULL;
}
