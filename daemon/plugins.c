/* Modules that are loaded from a folder; the contract is in daemon/modules.h. */
#include "daemon/modules.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify/registry.h"

/* They stay until the process ends, like the code of which they are part. */
static struct plugin {
	dev_t dev;
	ino_t ino;
	const struct cc_notifier *by;
} plugins[CC_PLUGINS_MAX];
static unsigned nplugins;

const struct cc_notifier *
cc_plugins_at(unsigned i)
{
	return i < nplugins ? plugins[i].by : NULL;
}

const struct cc_notifier *
cc_plugins_find(const char *name)
{
	for (unsigned i = 0; i < nplugins; i++)
		if (strcmp(plugins[i].by->name, name) == 0)
			return plugins[i].by;
	return NULL;
}

static bool
loaded(const struct stat *s)
{
	for (unsigned i = 0; i < nplugins; i++)
		if (plugins[i].dev == s->st_dev && plugins[i].ino == s->st_ino)
			return true;
	return false;
}

/* What runs inside the daemon comes from root or from the daemon's own user, and nobody
 * else may change it. */
static enum cc_code
check_owner(const char *path, const struct stat *s, struct cc_err *reterr)
{
	if (s->st_uid != 0 && s->st_uid != geteuid())
		return cc_fail(reterr, CC_EINVAL, 0,
		    "%s: belongs to user %u, neither root nor the service's own", path,
		    (unsigned)s->st_uid);
	if ((s->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "%s: others than its owner may write it (mode %04o)", path,
		    (unsigned)(s->st_mode & 07777));
	return CC_OK;
}

static enum cc_code
check_name(const char *path, const struct cc_notifier *n, struct cc_err *reterr)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t len = strlen(n->name);

	if (len > CC_MODULE_NAME_MAX || strspn(n->name, letters) != len)
		return cc_fail(reterr, CC_EINVAL, 0, "%s: a module's name is 1 to %d small "
		    "letters, digits, - and _", path, CC_MODULE_NAME_MAX);
	if (strcmp(n->name, "dir") == 0 || cc_registry_find(n->name) != NULL ||
	    cc_plugins_find(n->name) != NULL)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "%s: there is a module named %s already", path, n->name);
	return CC_OK;
}

static enum cc_code
check_table(const char *path, void *handle, const struct cc_notifier **ret,
    struct cc_err *reterr)
{
	const struct cc_notifier *n = dlsym(handle, CC_MODULE_SYMBOL);
	struct cc_err err = {.msg = ""};
	enum cc_code code;

	if (n == NULL)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "%s: not a notifier module: it has no symbol " CC_MODULE_SYMBOL, path);
	if (cc_registry_check(n, &err) != CC_OK)
		return cc_fail(reterr, CC_EINVAL, 0, "%s: %s", path, err.msg);
	code = check_name(path, n, reterr);
	if (code == CC_OK)
		*ret = n;
	return code;
}

static enum cc_code
load_one(const char *path, struct cc_err *reterr)
{
	const struct cc_notifier *n = NULL;
	struct stat s;
	void *handle;
	enum cc_code code;

	if (lstat(path, &s) != 0)
		return cc_fail(reterr, CC_EIO, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(s.st_mode))
		return cc_fail(reterr, CC_EINVAL, 0, "%s: not a plain file", path);
	if (loaded(&s))
		return CC_OK;
	code = check_owner(path, &s, reterr);
	if (code != CC_OK)
		return code;
	if (nplugins == CC_PLUGINS_MAX)
		return cc_fail(reterr, CC_EINVAL, 0, "%s: more than %d modules", path,
		    CC_PLUGINS_MAX);
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "%s", dlerror());
	code = check_table(path, handle, &n, reterr);
	if (code != CC_OK) {
		(void)dlclose(handle);	/* nothing of it was used */
		return code;
	}
	plugins[nplugins++] = (struct plugin){s.st_dev, s.st_ino, n};
	/* cppcheck-suppress resourceLeak ; it stays until the end */
	return CC_OK;
}

static int
is_module(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 3 && strcmp(d->d_name + n - 3, ".so") == 0;
}

enum cc_code
cc_plugins_load(const char *dir, struct cc_err *reterr)
{
	struct dirent **names;
	char path[PATH_MAX];
	struct stat s;
	enum cc_code code;
	int n;

	if (stat(dir, &s) != 0)
		return cc_fail(reterr, CC_EIO, errno, "modules.dir: %s: %s", dir,
		    strerror(errno));
	code = check_owner(dir, &s, reterr);
	if (code != CC_OK)
		return code;
	n = scandir(dir, &names, is_module, alphasort);
	if (n < 0)
		return cc_fail(reterr, CC_EIO, errno, "modules.dir: %s: %s", dir,
		    strerror(errno));
	for (int i = 0; i < n; i++) {
		if (code == CC_OK && snprintf(path, sizeof path, "%s/%s", dir,
		    names[i]->d_name) >= (int)sizeof path)
			code = cc_fail(reterr, CC_EINVAL, 0, "%s: the path is too long", dir);
		if (code == CC_OK)
			code = load_one(path, reterr);
		free(names[i]);
	}
	free(names);
	return code;
}
