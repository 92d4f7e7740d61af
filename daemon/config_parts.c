#include "daemon/config_inner.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef CC_LIBEXECDIR
#define CC_LIBEXECDIR "/usr/libexec/caseclock"
#endif

#define COUNT(list) ((unsigned)(sizeof(list) / sizeof(list)[0]))

enum {
	NAMES_BUFFER = 64 * 1024, ENDPOINTS_MAX = 256, MODULES_MAX = 32, MODULE_NAME_MAX = 32
};

/* --- access --- */

static bool
user_of(const char *name, uid_t *ret)
{
	char buffer[NAMES_BUFFER];
	struct passwd pw, *found = NULL;

	if (getpwnam_r(name, &pw, buffer, sizeof buffer, &found) != 0 || found == NULL)
		return false;
	*ret = pw.pw_uid;
	return true;
}

static bool
group_of(const char *name, gid_t *ret)
{
	char buffer[NAMES_BUFFER];
	struct group gr, *found = NULL;

	if (getgrnam_r(name, &gr, buffer, sizeof buffer, &found) != 0 || found == NULL)
		return false;
	*ret = gr.gr_gid;
	return true;
}

static bool
names_list(struct cc_config_reader *r, const struct cc_yaml *y, const char *what)
{
	if (!cc_yaml_is_list(y, what, r->d)) {
		r->ok = false;
		return false;
	}
	if (y->n > CC_ACCESS_MAX) {
		cc_config_wrong(r, y->at, "%s: more than %d", what, (int)CC_ACCESS_MAX);
		return false;
	}
	return true;
}

static void
read_users(struct cc_config_reader *r, const struct cc_yaml *y, struct cc_access *ret)
{
	uid_t *users;

	if (y == NULL || !names_list(r, y, "users"))
		return;
	users = cc_arena_array(r->a, y->n, sizeof *users);
	for (uint32_t i = 0; users != NULL && i < y->n; i++) {
		const char *name = cc_config_text(r, y->items[i], "users");

		if (name[0] != '\0' && !user_of(name, &users[i]))
			cc_config_wrong(r, y->items[i]->at, "there is no user '%.60s'", name);
	}
	ret->users = users;
	ret->nusers = users == NULL ? 0 : y->n;
}

static void
read_groups(struct cc_config_reader *r, const struct cc_yaml *y, struct cc_access *ret)
{
	gid_t *groups;

	if (y == NULL || !names_list(r, y, "groups"))
		return;
	groups = cc_arena_array(r->a, y->n, sizeof *groups);
	for (uint32_t i = 0; groups != NULL && i < y->n; i++) {
		const char *name = cc_config_text(r, y->items[i], "groups");

		if (name[0] != '\0' && !group_of(name, &groups[i]))
			cc_config_wrong(r, y->items[i]->at, "there is no group '%.60s'", name);
	}
	ret->groups = groups;
	ret->ngroups = groups == NULL ? 0 : y->n;
}

/* The group caseclock may send and read, where there is one. */
static void
standard_access(struct cc_config_reader *r, struct cc_access *ret)
{
	gid_t *group = cc_arena_alloc(r->a, sizeof *group);

	if (group == NULL || !group_of("caseclock", group))
		return;
	ret->groups = group;
	ret->ngroups = 1;
}

void
cc_config_access(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret)
{
	static const char *const rights[] = {"send", "read", "admin"};
	static const char *const keys[] = {"users", "groups"};

	if (y != NULL && !cc_yaml_keys(y, "access", rights, COUNT(rights), r->d)) {
		r->ok = false;
		return;
	}
	for (unsigned i = 0; i < CC_RIGHTS; i++) {
		const struct cc_yaml *s = cc_yaml_get(y, rights[i]);

		if (s == NULL) {
			if (i != CC_RIGHT_ADMIN)
				standard_access(r, &ret->access[i]);
			continue;
		}
		if (!cc_yaml_keys(s, rights[i], keys, COUNT(keys), r->d)) {
			r->ok = false;
			continue;
		}
		read_users(r, cc_yaml_get(s, "users"), &ret->access[i]);
		read_groups(r, cc_yaml_get(s, "groups"), &ret->access[i]);
	}
}

/* --- settings of the notifiers --- */

struct settings {
	struct cc_notify_setting *items;
	uint32_t n;
};

static void
put_setting(struct settings *s, const char *key, const char *value, struct cc_place at)
{
	s->items[s->n++] = (struct cc_notify_setting){.key = key, .value = value,
	    .file = at.file, .line = at.line, .column = at.column};
}

static bool
is_path(const char *key)
{
	static const char *const paths[] = {"ca_file", "password_file", "secret_file",
	    "oauth_token_file", "worker", "home", "program"};

	for (unsigned i = 0; i < COUNT(paths); i++)
		if (strcmp(key, paths[i]) == 0)
			return true;
	return false;
}

/* The mail worker lies beside a daemon that was built and not installed. */
static const char *
worker_path(struct cc_config_reader *r)
{
	char self[PATH_MAX];
	static const char name[] = "/caseclock-mailer";
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - sizeof name);
	char *slash;

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (slash != NULL) {
			memcpy(slash, name, sizeof name);
			if (access(self, X_OK) == 0)
				return cc_arena_text(r->a, self, strlen(self));
		}
	}
	return CC_LIBEXECDIR "/caseclock-mailer";
}

/* Relative paths count from the file, and modules want them absolute. */
static const char *
absolute(struct cc_config_reader *r, const struct cc_yaml *y, const char *key)
{
	const char *path = cc_config_path(r, y, key);
	char here[PATH_MAX];
	char *whole;
	size_t n;

	if (path[0] == '/' || path[0] == '\0' || getcwd(here, sizeof here) == NULL)
		return path;
	n = strlen(here) + strlen(path) + 2;
	whole = cc_arena_alloc(r->a, n);
	if (whole == NULL)
		return "";
	(void)snprintf(whole, n, "%s/%s", here, path);	/* fits */
	return whole;
}

void
cc_config_mail(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret)
{
	static const char *const keys[] = {"server", "from", "tls", "ca_file", "user",
	    "password_file", "title_in_subject", "hostname", "worker", "home", "queue",
	    "batch", "timeout_ms", "deadline_ms", "grace_ms", "auth_hold_s", "transport",
	    "tls_min", "oauth_token_file", "bounce_address", "connections", "dsn", "calendar"};
	struct settings s = {0};

	if (y == NULL)
		return;
	if (!cc_yaml_keys(y, "mail", keys, COUNT(keys), r->d)) {
		r->ok = false;
		return;
	}
	if (cc_yaml_get(y, "server") == NULL)
		cc_config_wrong(r, y->at, "mail.server is missing");
	s.items = cc_arena_array(r->a, y->n + 1, sizeof *s.items);
	for (uint32_t i = 0; s.items != NULL && i < y->n; i++) {
		const char *key = cc_config_text(r, y->keys[i], "mail");

		put_setting(&s, key, is_path(key) ? absolute(r, y->items[i], key) :
		    cc_config_text(r, y->items[i], key), y->items[i]->at);
	}
	if (s.items != NULL && cc_yaml_get(y, "worker") == NULL)
		put_setting(&s, "worker", worker_path(r), y->at);
	ret->mail.items = s.items;
	ret->mail.n = s.n;
}

static void
read_endpoint(struct cc_config_reader *r, const struct cc_yaml *name,
    const struct cc_yaml *y, struct settings *s)
{
	static const char *const keys[] = {"url", "secret_file", "ca_file",
	    "allow_private"};

	if (!cc_yaml_keys(y, "webhooks", keys, COUNT(keys), r->d)) {
		r->ok = false;
		return;
	}
	if (strchr(name->text, '.') != NULL || name->len == 0 || name->len > 64)
		cc_config_wrong(r, name->at, "webhooks: an endpoint's name is 1 to 64 "
		    "letters, digits, - and _");
	if (cc_yaml_get(y, "url") == NULL)
		cc_config_wrong(r, name->at, "webhooks.%.64s.url is missing", name->text);
	for (uint32_t i = 0; i < y->n; i++) {
		size_t n = name->len + y->keys[i]->len + 2;
		char *key = cc_arena_alloc(r->a, n);

		if (key == NULL)
			return;
		(void)snprintf(key, n, "%s.%s", name->text, y->keys[i]->text);	/* fits */
		put_setting(s, key, is_path(y->keys[i]->text) ?
		    absolute(r, y->items[i], key) : cc_config_text(r, y->items[i], key),
		    y->items[i]->at);
	}
}

/* A setting for all endpoints, which no endpoint may have for a name. */
static bool
is_common(const char *key)
{
	static const char *const common[] = {"ports", "queue", "connections", "timeout_ms",
	    "connect_timeout_ms", "answer_max"};

	for (unsigned i = 0; i < COUNT(common); i++)
		if (strcmp(key, common[i]) == 0)
			return true;
	return false;
}

void
cc_config_webhooks(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret)
{
	struct settings s = {0};

	if (y == NULL)
		return;
	if (y->kind != CC_YAML_MAP || y->n == 0 || y->n > ENDPOINTS_MAX) {
		cc_config_wrong(r, y->at, "webhooks: expected a mapping of 1 to %d names to "
		    "endpoints", (int)ENDPOINTS_MAX);
		return;
	}
	s.items = cc_arena_array(r->a, (size_t)y->n * 4, sizeof *s.items);
	for (uint32_t i = 0; s.items != NULL && i < y->n; i++)
		if (is_common(y->keys[i]->text))
			put_setting(&s, y->keys[i]->text, cc_config_text(r, y->items[i],
			    y->keys[i]->text), y->items[i]->at);
		else
			read_endpoint(r, y->keys[i], y->items[i], &s);
	ret->webhooks.items = s.items;
	ret->webhooks.n = s.n;
}

/* --- modules --- */

/* Names of channels: none that has a section of its own. */
static bool
module_name(struct cc_config_reader *r, const struct cc_yaml *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

	if (strcmp(name->text, "email") == 0 || strcmp(name->text, "webhook") == 0) {
		cc_config_wrong(r, name->at, "modules.%s: its settings stand under %s",
		    name->text, name->text[0] == 'e' ? "mail" : "webhooks");
		return false;
	}
	if (name->len > 0 && name->len <= MODULE_NAME_MAX &&
	    strspn(name->text, letters) == name->len)
		return true;
	cc_config_wrong(r, name->at, "modules: a module's name is 1 to %d small letters, "
	    "digits, - and _", (int)MODULE_NAME_MAX);
	return false;
}

static void
read_module(struct cc_config_reader *r, const struct cc_yaml *name,
    const struct cc_yaml *y, struct settings *s)
{
	if (!module_name(r, name))
		return;
	if (y->kind != CC_YAML_MAP) {
		cc_config_wrong(r, y->at, "modules.%s: expected a mapping of its settings",
		    name->text);
		return;
	}
	for (uint32_t i = 0; i < y->n; i++) {
		const struct cc_yaml *v = y->items[i];
		size_t n = name->len + y->keys[i]->len + 2;
		char *key = cc_arena_alloc(r->a, n);

		if (key == NULL)
			return;
		(void)snprintf(key, n, "%s.%s", name->text, y->keys[i]->text);	/* fits */
		for (uint32_t k = 0; v->kind == CC_YAML_LIST && k < v->n; k++)
			put_setting(s, key, cc_config_text(r, v->items[k], key),
			    v->items[k]->at);
		if (v->kind != CC_YAML_LIST)
			put_setting(s, key, is_path(y->keys[i]->text) ?
			    absolute(r, v, key) : cc_config_text(r, v, key), v->at);
	}
}

/* How many settings a module's section gives; a list counts for each of its items. */
static size_t
settings_in(const struct cc_yaml *y)
{
	size_t n = 0;

	for (uint32_t i = 0; y->kind == CC_YAML_MAP && i < y->n; i++)
		n += y->items[i]->kind == CC_YAML_LIST ? y->items[i]->n : 1;
	return n;
}

static bool
is_dir(const struct cc_yaml *key)
{
	return strcmp(key->text, "dir") == 0;
}

void
cc_config_modules(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret)
{
	struct settings s = {0};
	size_t n = 0;

	if (y == NULL)
		return;
	if (y->kind != CC_YAML_MAP || y->n == 0 || y->n > MODULES_MAX) {
		cc_config_wrong(r, y->at, "modules: expected a mapping of 1 to %d keys: dir and "
		    "names of modules", (int)MODULES_MAX);
		return;
	}
	for (uint32_t i = 0; i < y->n; i++)
		n += settings_in(y->items[i]);
	s.items = cc_arena_array(r->a, n, sizeof *s.items);
	for (uint32_t i = 0; s.items != NULL && i < y->n; i++)
		if (is_dir(y->keys[i]))
			ret->modules_dir = absolute(r, y->items[i], "modules.dir");
		else
			read_module(r, y->keys[i], y->items[i], &s);
	ret->modules.items = s.items;
	ret->modules.n = s.n;
}
