#include "policy/load_templates.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/slurp.h"
#include "policy/yaml.h"
#include "wire/templates.h"

enum { PATH_SIZE = 1024, NAME_SIZE = 48, TITLE_SIZE = 240, FILES_MAX = 64,
	TEXTS = CC_LANGUAGES * CC_MESSAGE_FORMS * CC_MESSAGE_PARTS };

static const char titles_file[] = "titles.yaml";

struct reading {
	const char *dir;
	struct cc_arena *a;
	struct cc_diags *d;
	struct cc_pack *pack;
	struct cc_pack_text *texts;
	struct cc_pack_title *titles;
	uint32_t ntitles, cap;
};

/* A path in the arena; NULL (reported) when it is too long. */
static const char *
path_of(struct reading *r, const char *folder, const char *name)
{
	char path[PATH_SIZE];
	int n = snprintf(path, sizeof path, "%s%s%s", folder, name[0] == '\0' ? "" : "/", name);

	if (n < 0 || (size_t)n >= sizeof path) {
		cc_diag(r->d, (struct cc_place){r->dir, 0, 0}, "the path is too long");
		return NULL;
	}
	return cc_arena_text(r->a, path, (size_t)n);
}

/* "alert.html" of a form and a part. */
static void
file_name(int form, int part, char ret[NAME_SIZE])
{
	(void)snprintf(ret, NAME_SIZE, "%s.%s",
	    cc_template_form_text((enum cc_message_form)form),
	    cc_template_part_text((enum cc_message_part)part));	/* fits */
}

static void
read_text(struct reading *r, const char *folder, const char *language, const char *name)
{
	struct cc_pack_text *t = &r->texts[r->pack->ntexts];
	const char *dot = strchr(name, '.');
	struct cc_err err = {.msg = ""};

	t->file = path_of(r, folder, name);
	if (t->file == NULL)
		return;
	if (cc_slurp(t->file, CC_TEMPLATE_BYTES, r->a, &t->text, &err) != CC_OK) {
		cc_diag(r->d, (struct cc_place){NULL, 0, 0}, "%s", err.msg);
		return;
	}
	t->language = language;
	t->name = cc_arena_text(r->a, name, (size_t)(dot - name));
	t->part = cc_arena_text(r->a, dot + 1, strlen(dot + 1));
	r->pack->ntexts++;
}

static void
read_texts(struct reading *r, const char *folder, const char *language)
{
	char name[NAME_SIZE];

	for (int f = CC_FORM_ALERT; f <= CC_MESSAGE_FORMS; f++)
		for (int p = 0; p < CC_MESSAGE_PARTS; p++) {
			file_name(f, p, name);
			read_text(r, folder, language, name);
		}
}

/* ---- files that do not belong there ------------------------------------ */

static bool
is_known(const char *file)
{
	char name[NAME_SIZE];

	for (int f = CC_FORM_ALERT; f <= CC_MESSAGE_FORMS; f++)
		for (int p = 0; p < CC_MESSAGE_PARTS; p++) {
			file_name(f, p, name);
			if (strcmp(name, file) == 0)
				return true;
		}
	return strcmp(file, titles_file) == 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in a folder, sorted, without hidden ones; -1 when it cannot be read. */
static int
list(struct reading *r, const char *folder, char *names[FILES_MAX])
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	int n = 0;

	if (dir == NULL) {
		if (errno != ENOENT)
			cc_diag(r->d, (struct cc_place){folder, 0, 0}, "cannot be read: %s",
			    strerror(errno));
		return -1;
	}
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (n == FILES_MAX) {
			cc_diag(r->d, (struct cc_place){folder, 0, 0}, "more than %d files",
			    (int)FILES_MAX);
			break;
		}
		names[n] = cc_arena_text(r->a, e->d_name, strlen(e->d_name));
		if (names[n] == NULL)
			break;
		n++;
	}
	(void)closedir(dir);	/* only read from */
	qsort(names, (size_t)n, sizeof *names, by_text);
	return n;
}

static bool
only_known(struct reading *r, const char *folder)
{
	char *names[FILES_MAX];
	int n = list(r, folder, names);
	bool titles = false;

	for (int i = 0; i < n; i++) {
		const char *path;

		titles |= strcmp(names[i], titles_file) == 0;
		if (is_known(names[i]))
			continue;
		path = path_of(r, folder, names[i]);
		cc_diag(r->d, (struct cc_place){path, 0, 0}, "no template has this name");
	}
	return titles;
}

/* ---- titles ------------------------------------------------------------ */

static bool
has_rule(const struct cc_pack *p, const char *id)
{
	for (uint16_t i = 0; i < p->nrules; i++)
		if (p->rules[i]->id != NULL && strcmp(p->rules[i]->id, id) == 0)
			return true;
	return false;
}

static bool
has_type(const struct cc_pack *p, const char *name)
{
	return cc_schema_type(&p->schema,
	    (struct cc_str){name, (uint32_t)strlen(name)}) >= 0;
}

static void
add_title(struct reading *r, const char *language, const char *of, const struct cc_yaml *y)
{
	if (!cc_yaml_is_text(y, "title", r->d))
		return;
	if (y->len == 0 || y->len > TITLE_SIZE || strpbrk(y->text, "\n\t") != NULL) {
		cc_diag(r->d, y->at, "a title is one line of 1 to %d bytes", (int)TITLE_SIZE);
		return;
	}
	if (r->ntitles == r->cap) {
		uint32_t cap = r->cap == 0 ? 256 : 2 * r->cap;
		struct cc_pack_title *v = cc_arena_array(r->a, cap, sizeof *v);

		if (v == NULL)
			return;	/* the arena remembers */
		if (r->ntitles > 0)
			memcpy(v, r->titles, r->ntitles * sizeof *v);
		r->titles = v;
		r->cap = cap;
	}
	r->titles[r->ntitles++] = (struct cc_pack_title){language, of, y->text};
}

/* "did you mean" among the pack's own. */
static void
unknown(struct reading *r, const struct cc_yaml *key, bool rules)
{
	const struct cc_pack *p = r->pack;
	uint32_t n = rules ? p->nrules : p->schema.ntypes;
	const char **names = cc_arena_array(r->a, n, sizeof *names);
	const char *near;

	for (uint32_t i = 0; names != NULL && i < n; i++)
		names[i] = !rules ? p->schema.types[i].name :
		    p->rules[i]->id == NULL ? "" : p->rules[i]->id;
	near = names == NULL ? NULL : cc_nearest(key->text, key->len, names, n);
	cc_diag(r->d, key->at, "there is no %s '%.60s'%s%s%s", rules ? "rule" : "event type",
	    key->text, near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
}

static void
read_titles(struct reading *r, const char *folder, const char *language)
{
	static const char *const keys[] = {"rules", "events"};
	const char *path = path_of(r, folder, titles_file);
	const struct cc_yaml *root = path == NULL ? NULL : cc_yaml_read(path, r->a, r->d);

	if (root == NULL || !cc_yaml_keys(root, titles_file, keys, 2, r->d))
		return;
	for (int k = 0; k < 2; k++) {
		const struct cc_yaml *map = cc_yaml_get(root, keys[k]);

		if (map == NULL)
			continue;
		if (map->kind != CC_YAML_MAP) {
			cc_diag(r->d, map->at, "%s: expected a mapping of titles", keys[k]);
			continue;
		}
		for (uint32_t i = 0; i < map->n; i++) {
			const char *of = map->keys[i]->text;

			if (k == 0 ? has_rule(r->pack, of) : has_type(r->pack, of))
				add_title(r, language, of, map->items[i]);
			else
				unknown(r, map->keys[i], k == 0);
		}
	}
}

static int
by_language(const void *a, const void *b)
{
	const struct cc_pack_title *x = a, *y = b;
	int c = strcmp(x->language, y->language);

	return c != 0 ? c : strcmp(x->of, y->of);
}

void
cc_load_templates(const char *dir, struct cc_arena *a, struct cc_diags *d,
    struct cc_pack *pack)
{
	struct reading r = {.dir = dir, .a = a, .d = d, .pack = pack};
	char *languages[FILES_MAX];
	const char *top = path_of(&r, dir, "templates"), *folder;
	int n = top == NULL ? -1 : list(&r, top, languages);
	enum cc_language l;

	r.texts = cc_arena_array(a, TEXTS, sizeof *r.texts);
	if (n < 0 || a->failed)
		return;
	if (n == 0)
		cc_diag(d, (struct cc_place){top, 0, 0}, "expected a folder for each language");
	for (int i = 0; i < n; i++) {
		folder = path_of(&r, top, languages[i]);
		if (folder == NULL)
			return;
		if (!cc_language_find(languages[i], &l)) {
			cc_diag(d, (struct cc_place){folder, 0, 0},
			    "there are no words in this language; there are en and es");
			continue;
		}
		if (only_known(&r, folder))
			read_titles(&r, folder, languages[i]);
		read_texts(&r, folder, languages[i]);
	}
	if (r.ntitles > 1)
		qsort(r.titles, r.ntitles, sizeof *r.titles, by_language);
	pack->texts = r.texts;
	pack->titles = r.titles;
	pack->ntitles = (uint16_t)r.ntitles;
}
