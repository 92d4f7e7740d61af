#include "policy/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
is_yaml(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && name[0] != '.' && strcmp(name + n - 5, ".yaml") == 0;
}

static enum cc_code
read_names(DIR *d, const char *path, struct cc_arena *a, struct cc_folder *ret,
    struct cc_err *reterr)
{
	const struct dirent *e;

	while ((e = readdir(d)) != NULL) {
		char file[CC_FOLDER_PATH];
		int n;

		if (!is_yaml(e->d_name))
			continue;
		if (ret->n == CC_FOLDER_FILES)
			return cc_fail(reterr, CC_ERANGE, 0, "%s: more than %d files", path,
			    (int)CC_FOLDER_FILES);
		n = snprintf(file, sizeof file, "%s/%s", path, e->d_name);
		if (n < 0 || (size_t)n >= sizeof file)
			return cc_fail(reterr, CC_ERANGE, 0, "%.100s: the path is too long", path);
		ret->v[ret->n] = cc_arena_text(a, file, (size_t)n);
		if (ret->v[ret->n++] == NULL)
			return cc_fail(reterr, CC_ENOMEM, 0, "no memory to list %s", path);
	}
	return CC_OK;
}

enum cc_code
cc_folder_list(const char *dir, const char *sub, struct cc_arena *a,
    struct cc_folder *ret, struct cc_err *reterr)
{
	char path[CC_FOLDER_PATH];
	struct cc_folder names = {.n = 0};
	enum cc_code code;
	DIR *d;

	if (snprintf(path, sizeof path, "%s/%s", dir, sub) >= (int)sizeof path)
		return cc_fail(reterr, CC_ERANGE, 0, "%.100s: the path is too long", dir);
	d = opendir(path);
	if (d == NULL)
		return cc_fail(reterr, errno == ENOENT ? CC_ENOENT : CC_EIO, errno, "%s: %s", path,
		    strerror(errno));
	code = read_names(d, path, a, &names, reterr);
	(void)closedir(d); /* only read from */
	if (code != CC_OK)
		return code;
	qsort(names.v, names.n, sizeof names.v[0], by_text);
	*ret = names;
	return CC_OK;
}
