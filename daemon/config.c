#include "daemon/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config_inner.h"
#include "notify/mime_text.h"
#include "scheduler/schema.h"
#include "wire/refusal.h"

#define COUNT(list) ((unsigned)(sizeof(list) / sizeof(list)[0]))

void
cc_config_wrong(struct cc_config_reader *r, struct cc_place at, const char *fmt, ...)
{
	char text[CC_DIAG_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);	/* cut is fine */
	va_end(ap);
	cc_diag(r->d, at, "%s", text);
	r->ok = false;
}

const char *
cc_config_text(struct cc_config_reader *r, const struct cc_yaml *y, const char *what)
{
	const char *copy;

	if (!cc_yaml_is_text(y, what, r->d)) {
		r->ok = false;
		return "";
	}
	for (uint32_t i = 0; i < y->len; i++)
		if ((unsigned char)y->text[i] < ' ' || y->text[i] == 0x7f) {
			cc_config_wrong(r, y->at, "%s: a control character", what);
			return "";
		}
	copy = cc_arena_text(r->a, y->text, y->len);
	return copy == NULL ? "" : copy;
}

const char *
cc_config_path(struct cc_config_reader *r, const struct cc_yaml *y, const char *what)
{
	const char *text = cc_config_text(r, y, what);
	const char *slash = strrchr(r->file, '/');
	size_t folder, n = strlen(text);
	char *path;

	if (text[0] == '/' || text[0] == '\0' || slash == NULL)
		return text;
	folder = (size_t)(slash - r->file) + 1;
	path = cc_arena_alloc(r->a, folder + n + 1);
	if (path == NULL)
		return "";
	memcpy(path, r->file, folder);
	memcpy(path + folder, text, n);
	return path;
}

/* A section that is a map with these keys only; NULL when it is not one. */
static const struct cc_yaml *
section(struct cc_config_reader *r, const struct cc_yaml *root, const char *name,
    const char *const *keys, unsigned nkeys)
{
	const struct cc_yaml *y = cc_yaml_get(root, name);

	if (y == NULL)
		return NULL;
	if (!cc_yaml_keys(y, name, keys, nkeys, r->d))
		r->ok = false;
	return y->kind == CC_YAML_MAP ? y : NULL;
}

static const char *
needed_path(struct cc_config_reader *r, const struct cc_yaml *root, const char *key)
{
	const struct cc_yaml *y = cc_yaml_get(root, key);

	if (y != NULL)
		return cc_config_path(r, y, key);
	cc_config_wrong(r, root->at, "%s is missing", key);
	return "";
}

static void
read_socket(struct cc_config_reader *r, const struct cc_yaml *root,
    struct cc_config *ret)
{
	static const char *const keys[] = {"path", "mode"};
	const struct cc_yaml *s = section(r, root, "socket", keys, COUNT(keys));
	const struct cc_yaml *y = cc_yaml_get(s, "path");
	char *end;

	ret->socket_path = "/run/caseclock/caseclock.sock";
	ret->socket_mode = 0660;
	if (y != NULL)
		ret->socket_path = cc_config_path(r, y, "socket.path");
	if (y != NULL && strlen(ret->socket_path) > CC_SOCKET_PATH_MAX)
		cc_config_wrong(r, y->at, "socket.path: at most %d bytes; got %zu",
		    (int)CC_SOCKET_PATH_MAX, strlen(ret->socket_path));
	y = cc_yaml_get(s, "mode");
	if (y == NULL)
		return;
	if (y->kind == CC_YAML_SCALAR && y->len == 4 && y->text[0] == '0') {
		ret->socket_mode = (unsigned)strtoul(y->text, &end, 8);
		if (*end == '\0' && ret->socket_mode <= 0777)
			return;
	}
	cc_config_wrong(r, y->at, "socket.mode: expected four octal digits in quotes, "
	    "such as \"0660\"");
}

static void
read_route(struct cc_config_reader *r, const struct cc_yaml *y, struct cc_route *ret)
{
	static const char *const keys[] = {"source", "staff_id"};
	const struct cc_yaml *v;

	ret->source = ret->staff_id = "";
	ret->at = y->at;
	if (!cc_yaml_keys(y, "routes", keys, COUNT(keys), r->d)) {
		r->ok = false;
		return;
	}
	v = cc_yaml_get(y, "source");
	if (v == NULL)
		cc_config_wrong(r, y->at, "routes: source is missing");
	else
		ret->source = cc_config_text(r, v, "routes: source");
	if (v != NULL && ret->source[0] != '\0' &&
	    !cc_source_ok((struct cc_str){ret->source, (uint32_t)strlen(ret->source)}))
		cc_config_wrong(r, v->at, "routes: source: expected \"*\" or the source of "
		    "events: 1 to 256 printable ASCII characters");
	v = cc_yaml_get(y, "staff_id");
	if (v == NULL) {
		cc_config_wrong(r, y->at, "routes: staff_id is missing");
		return;
	}
	ret->staff_id = cc_config_text(r, v, "routes: staff_id");
	ret->at = v->at;
}

static void
read_routes(struct cc_config_reader *r, const struct cc_yaml *root,
    struct cc_config *ret)
{
	const struct cc_yaml *y = cc_yaml_get(root, "routes");
	struct cc_route *routes;
	bool all = false;

	if (y == NULL) {
		cc_config_wrong(r, root->at, "routes is missing: a route for the source "
		    "\"*\" is required");
		return;
	}
	if (!cc_yaml_is_list(y, "routes", r->d)) {
		r->ok = false;
		return;
	}
	routes = y->n > CC_ROUTES_MAX ? NULL : cc_arena_array(r->a, y->n, sizeof *routes);
	if (routes == NULL) {
		cc_config_wrong(r, y->at, "routes: more than %d", (int)CC_ROUTES_MAX);
		return;
	}
	for (uint32_t i = 0; i < y->n; i++) {
		read_route(r, y->items[i], &routes[i]);
		all |= strcmp(routes[i].source, "*") == 0;
		for (uint32_t k = 0; k < i; k++)
			if (routes[i].source[0] != '\0' &&
			    strcmp(routes[k].source, routes[i].source) == 0)
				cc_config_wrong(r, y->items[i]->at,
				    "routes: the source '%.60s' comes twice", routes[i].source);
	}
	if (!all)
		cc_config_wrong(r, y->at, "routes: a route for the source \"*\" is required");
	ret->routes = routes;
	ret->nroutes = y->n;
}

static void
read_operator(struct cc_config_reader *r, const struct cc_yaml *root,
    struct cc_config *ret)
{
	static const char *const keys[] = {"email", "webhook"};
	const struct cc_yaml *o = section(r, root, "operator", keys, COUNT(keys));
	const struct cc_yaml *email = cc_yaml_get(o, "email");
	const struct cc_yaml *hook = cc_yaml_get(o, "webhook");
	const char *wrong;

	ret->operator_email = ret->operator_webhook = "";
	if (email == NULL && hook == NULL) {
		cc_config_wrong(r, o == NULL ? root->at : o->at, "operator.email or "
		    "operator.webhook is required: where a message goes when nobody can "
		    "be found");
		return;
	}
	if (email != NULL) {
		ret->operator_email = cc_config_text(r, email, "operator.email");
		wrong = cc_mail_address_wrong(ret->operator_email);
		if (wrong != NULL && ret->operator_email[0] != '\0')
			cc_config_wrong(r, email->at, "operator.email: %s", wrong);
		if (ret->mail.n == 0)
			cc_config_wrong(r, email->at, "operator.email: needs mail.server");
	}
	if (hook == NULL)
		return;
	ret->operator_webhook = cc_config_text(r, hook, "operator.webhook");
	if (ret->operator_webhook[0] != '\0' && !cc_config_endpoint(ret, ret->operator_webhook))
		cc_config_wrong(r, hook->at, "operator.webhook: there is no webhooks.%.64s",
		    ret->operator_webhook);
}

static enum cc_code
read_root(struct cc_config_reader *r, const struct cc_yaml *root,
    struct cc_config *ret)
{
	static const char *const keys[] = {"state_dir", "policy", "directory", "holidays",
	    "socket", "routes", "operator", "access", "mail", "webhooks", "limits", "alerts",
	    "modules", "audit"};

	if (root->kind != CC_YAML_MAP) {
		cc_config_wrong(r, root->at, "expected a mapping of keys to values");
		return CC_EINVAL;
	}
	if (!cc_yaml_keys(root, "configuration", keys, COUNT(keys), r->d))
		r->ok = false;
	ret->file = r->file;
	ret->state_dir = needed_path(r, root, "state_dir");
	ret->policy = needed_path(r, root, "policy");
	ret->directory = needed_path(r, root, "directory");
	if (cc_yaml_get(root, "holidays") != NULL)
		ret->holidays = cc_config_path(r, cc_yaml_get(root, "holidays"), "holidays");
	read_socket(r, root, ret);
	cc_config_access(r, cc_yaml_get(root, "access"), ret);
	cc_config_mail(r, cc_yaml_get(root, "mail"), ret);
	cc_config_webhooks(r, cc_yaml_get(root, "webhooks"), ret);
	read_routes(r, root, ret);
	read_operator(r, root, ret);
	cc_config_modules(r, cc_yaml_get(root, "modules"), ret);
	cc_config_limits(r, cc_yaml_get(root, "limits"), ret);
	cc_config_alerts(r, cc_yaml_get(root, "alerts"), ret);
	cc_config_audit(r, cc_yaml_get(root, "audit"), ret);
	if (r->a->failed)
		cc_config_wrong(r, root->at, "no memory for the configuration");
	return r->ok ? CC_OK : CC_EINVAL;
}

static enum cc_code
read_file(const char *path, const struct cc_yaml *root, struct cc_arena *a,
    struct cc_diags *d, struct cc_config *ret)
{
	struct cc_config_reader r = {.a = a, .d = d, .ok = true};
	struct cc_config cf = {0};
	enum cc_code code;

	if (root == NULL)
		return CC_EINVAL;	/* reported by the reader of YAML */
	r.file = cc_arena_text(a, path, strlen(path));
	if (r.file == NULL)
		return CC_ENOMEM;
	code = read_root(&r, root, &cf);
	if (code == CC_OK)
		*ret = cf;
	return code;
}

enum cc_code
cc_config_load(const char *path, struct cc_arena *a, struct cc_diags *d,
    struct cc_config *ret)
{
	return read_file(path, cc_yaml_read(path, a, d), a, d, ret);
}

enum cc_code
cc_config_parse(const char *path, struct cc_str text, struct cc_arena *a,
    struct cc_diags *d, struct cc_config *ret)
{
	return read_file(path, cc_yaml_parse(path, text.p, text.n, a, d), a, d, ret);
}

bool
cc_config_endpoint(const struct cc_config *cf, const char *name)
{
	size_t n = strlen(name);

	for (uint32_t i = 0; i < cf->webhooks.n; i++)
		if (strncmp(cf->webhooks.items[i].key, name, n) == 0 &&
		    strcmp(cf->webhooks.items[i].key + n, ".url") == 0)
			return true;
	return false;
}
