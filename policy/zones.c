#include "policy/zones.h"

#include "policy/fnv.h"
#include "policy/slurp.h"
#include "policy/tzif.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096, VERSION_BYTES = 32, ZI_BYTES = 4 * 1024 * 1024 };

struct walk {
	const char *dir;
	struct cc_arena *arena;
	struct cc_arena tmp;		/* one file at a time */
	struct cc_zone *zones;
	uint32_t nzones;
	struct cc_err *reterr;
};

static enum cc_code
walk_folder(struct walk *w, const char *rel, int depth);

static bool
skipped(const char *rel)
{
	static const char *const names[] = {
		"posix", "right", "localtime", "posixrules"
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(rel, names[i]) == 0)
			return true;
	}
	return false;
}

static enum cc_code
take_file(struct walk *w, const char *path, struct cc_str name)
{
	struct cc_str bytes;
	enum cc_code code;

	cc_arena_reset(&w->tmp);
	code = cc_slurp(path, CC_TZIF_BYTES, &w->tmp, &bytes, w->reterr);
	if (code != CC_OK)
		return code;
	if (bytes.n < 4 || memcmp(bytes.p, "TZif", 4) != 0)
		return CC_OK; /* zone.tab and its like */
	if (w->nzones == CC_ZONES_COUNT)
		return cc_fail(w->reterr, CC_ERANGE, 0, "%s: more than %d "
		    "time zones", w->dir, CC_ZONES_COUNT);
	code = cc_tzif_parse(bytes, name, w->arena, &w->zones[w->nzones],
	    w->reterr);
	if (code == CC_OK)
		w->nzones++;
	return code;
}

static enum cc_code
take_entry(struct walk *w, const char *rel, int depth)
{
	char path[PATH_BYTES];
	struct cc_str name = {rel, (uint32_t)strlen(rel)};
	struct stat st;
	int n = snprintf(path, sizeof path, "%s/%s", w->dir, rel);

	if (skipped(rel) || !cc_tzif_name_ok(name))
		return CC_OK;
	if (n < 0 || (size_t)n >= sizeof path)
		return cc_fail(w->reterr, CC_ERANGE, 0, "%s: a path below it "
		    "is too long", w->dir);
	/* A folder behind a link may lead in a circle: only real ones. */
	if (lstat(path, &st) != 0)
		return CC_OK; /* gone since the listing */
	if (S_ISDIR(st.st_mode))
		return walk_folder(w, rel, depth + 1);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return CC_OK; /* a link to nowhere, or not a file */
	if (st.st_size > CC_TZIF_BYTES)
		return CC_OK; /* no zone is that long */
	return take_file(w, path, name);
}

static enum cc_code
walk_open(struct walk *w, DIR *d, const char *rel, int depth)
{
	char child[CC_TZIF_NAME + 1];
	const struct dirent *e;

	while ((e = readdir(d)) != NULL) {
		int n = snprintf(child, sizeof child, "%s%s%s", rel,
		    *rel == '\0' ? "" : "/", e->d_name);
		enum cc_code code;

		if (n < 0 || (size_t)n >= sizeof child)
			continue; /* too long for the name of a zone */
		code = take_entry(w, child, depth);
		if (code != CC_OK)
			return code;
	}
	return CC_OK;
}

static enum cc_code
walk_folder(struct walk *w, const char *rel, int depth)
{
	char path[PATH_BYTES];
	enum cc_code code;
	DIR *d;
	int n = snprintf(path, sizeof path, "%s/%s", w->dir, rel);

	if (n < 0 || (size_t)n >= sizeof path || depth > CC_ZONES_DEPTH)
		return cc_fail(w->reterr, CC_ERANGE, 0, "%s: the folders below "
		    "it are too deep", w->dir);
	d = opendir(path);
	if (d == NULL) {
		int e = errno;
		char buf[80];

		return cc_fail(w->reterr, e == ENOENT ? CC_ENOENT : CC_EIO, e,
		    "%s: %s", path, strerror_r(e, buf, sizeof buf));
	}
	code = walk_open(w, d, rel, depth);
	(void)closedir(d); /* it was only read */
	return code;
}

static int
by_name(const void *a, const void *b)
{
	const struct cc_zone *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* The first line of a file, after `prefix`, when it begins so and is a word. */
static bool
first_line(struct walk *w, const char *file, const char *prefix,
    char ret[VERSION_BYTES])
{
	char path[PATH_BYTES];
	struct cc_str s;
	size_t skip = strlen(prefix), n = 0;
	int len = snprintf(path, sizeof path, "%s/%s", w->dir, file);

	if (len < 0 || (size_t)len >= sizeof path)
		return false;
	cc_arena_reset(&w->tmp);
	if (cc_slurp(path, ZI_BYTES, &w->tmp, &s, NULL) != CC_OK)
		return false;
	if (s.n < skip || memcmp(s.p, prefix, skip) != 0)
		return false;
	while (skip + n < s.n && s.p[skip + n] > ' ' && s.p[skip + n] <= '~') {
		if (n == VERSION_BYTES - 1)
			return false;
		n++;
	}
	memcpy(ret, s.p + skip, n);
	ret[n] = '\0';
	return n > 0;
}

/* Everything that an answer about local time can depend on. */
static uint64_t
hash_zone(uint64_t h, const struct cc_zone *z)
{
	const struct cc_zone_rule *r = &z->rule;
	const struct cc_zone_change *c[2] = {&r->to_dst, &r->to_std};

	h = cc_fnv_add(h, z->name, strlen(z->name) + 1);
	h = cc_fnv_add(h, z->at, z->ntrans * sizeof *z->at);
	h = cc_fnv_add(h, z->kind_at, z->ntrans);
	for (uint32_t i = 0; i < z->nkinds; i++) {
		h = cc_fnv_add(h, &z->kinds[i].offset, sizeof(int32_t));
		h = cc_fnv_add(h, z->kinds[i].abbr, sizeof z->kinds[i].abbr);
	}
	h = cc_fnv_add(h, &z->first_kind, sizeof z->first_kind);
	h = cc_fnv_add(h, &z->has_rule, sizeof z->has_rule);
	h = cc_fnv_add(h, &r->std.offset, sizeof r->std.offset);
	h = cc_fnv_add(h, r->std.abbr, sizeof r->std.abbr);
	h = cc_fnv_add(h, &r->dst.offset, sizeof r->dst.offset);
	h = cc_fnv_add(h, r->dst.abbr, sizeof r->dst.abbr);
	for (int i = 0; i < 2; i++) {
		int v[6] = {c[i]->form, c[i]->month, c[i]->week, c[i]->wday,
		    c[i]->yday, c[i]->time};

		h = cc_fnv_add(h, v, sizeof v);
	}
	return h;
}

static bool
set_version(struct walk *w, struct cc_zones *z)
{
	uint64_t h = CC_FNV_START;
	char hash[CC_FNV_TEXT], version[VERSION_BYTES];
	char stamp[VERSION_BYTES + CC_FNV_TEXT + 1];
	int n;

	for (uint32_t i = 0; i < w->nzones; i++)
		h = hash_zone(h, &w->zones[i]);
	cc_fnv_text(h, hash);
	if (first_line(w, "tzdata.zi", "# version ", version) ||
	    first_line(w, "+VERSION", "", version)) {
		n = snprintf(stamp, sizeof stamp, "%s-%s", version, hash);
	} else {
		memcpy(version, hash, sizeof hash);
		n = snprintf(stamp, sizeof stamp, "%s", hash);
	}
	z->version = cc_arena_text(w->arena, version, strlen(version));
	z->stamp = cc_arena_text(w->arena, stamp, (size_t)n);
	return z->version != NULL && z->stamp != NULL;
}

static enum cc_code
load(struct walk *w, struct cc_zones *ret)
{
	struct cc_zones z;
	enum cc_code code;

	w->zones = cc_arena_array(w->arena, CC_ZONES_COUNT, sizeof *w->zones);
	if (w->zones == NULL)
		return cc_fail(w->reterr, CC_ENOMEM, 0,
		    "time zones: out of memory");
	code = walk_folder(w, "", 1);
	if (code != CC_OK)
		return code;
	if (w->nzones == 0)
		return cc_fail(w->reterr, CC_ENOENT, 0, "%s: no time zones "
		    "there; is the package tzdata installed?", w->dir);
	/* The order of a listing is up to the file system. */
	qsort(w->zones, w->nzones, sizeof *w->zones, by_name);
	z.zones = w->zones;
	z.nzones = w->nzones;
	if (!set_version(w, &z))
		return cc_fail(w->reterr, CC_ENOMEM, 0,
		    "time zones: out of memory");
	*ret = z;
	return CC_OK;
}

enum cc_code
cc_zones_load(const char *dir, struct cc_arena *a, struct cc_zones *ret,
    struct cc_err *reterr)
{
	struct cc_mark mark = cc_arena_mark(a);
	struct walk w = {
		.dir = dir == NULL ? CC_TZIF_DIR : dir,
		.arena = a,
		.tmp = {.more = a->more, .self = a->self,
		    .limit = 2 * ZI_BYTES},
		.reterr = reterr,
	};
	enum cc_code code = load(&w, ret);

	cc_arena_done(&w.tmp);
	if (code != CC_OK)
		cc_arena_release(a, mark);
	return code;
}
