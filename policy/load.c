#include "policy/load.h"

#include "policy/compile.h"
#include "policy/fnv.h"
#include "policy/holidays.h"
#include "policy/load_ends.h"
#include "policy/load_ladder.h"
#include "policy/load_schema.h"
#include "policy/load_templates.h"
#include "policy/slurp.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CC_PACK_FILES = 200, CC_PACK_PATH = 1024, CC_PACK_EXTRA = 1024,
	CC_PACK_DROPS = 32 };

struct loading {
	const struct cc_pack_options *o;
	struct cc_arena *a;
	struct cc_diags *d;
	struct cc_compiler c;
	struct cc_pack *pack;
	const struct cc_yaml *file[CC_PACK_FILES];	/* terms.yaml and rules */
	unsigned nfiles;
	uint64_t hash;
};

/* Adds a file's bytes to the pack's stamp; a missing file is seen elsewhere. */
static void
stamp_file(struct loading *l, const char *path)
{
	struct cc_mark m = cc_arena_mark(l->a);
	struct cc_str text;

	if (cc_slurp(path, CC_YAML_BYTES, l->a, &text, NULL) == CC_OK)
		l->hash = cc_fnv_add(l->hash, text.p, text.n);
	cc_arena_release(l->a, m);
}

static const struct cc_yaml *
read_file(struct loading *l, const char *name)
{
	char path[CC_PACK_PATH];

	if (snprintf(path, sizeof path, "%s/%s", l->o->dir, name) >= (int)sizeof path) {
		cc_diag(l->d, (struct cc_place){l->o->dir, 0, 0}, "the path is too long");
		return NULL;
	}
	stamp_file(l, path);
	return cc_yaml_read(path, l->a, l->d);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the .yaml files in rules/, sorted: the order must not depend on
 * the file system. */
static unsigned
rule_files(struct loading *l, char *names[CC_PACK_FILES])
{
	char path[CC_PACK_PATH];
	struct dirent *e;
	unsigned n = 0;
	DIR *dir;

	if (snprintf(path, sizeof path, "%s/rules", l->o->dir) >= (int)sizeof path)
		return 0;
	dir = opendir(path);
	if (dir == NULL) {
		cc_diag(l->d, (struct cc_place){path, 0, 0}, "cannot be read: %s", strerror(errno));
		return 0;
	}
	while ((e = readdir(dir)) != NULL && n < CC_PACK_FILES) {
		size_t k = strlen(e->d_name);
		char *name;

		if (k < 6 || e->d_name[0] == '.' || strcmp(e->d_name + k - 5, ".yaml") != 0)
			continue;
		name = cc_arena_alloc(l->a, k + 7);
		if (name == NULL)
			break;
		memcpy(name, "rules/", 6);
		memcpy(name + 6, e->d_name, k + 1);
		names[n++] = name;
	}
	(void)closedir(dir);
	if (n == CC_PACK_FILES)
		cc_diag(l->d, (struct cc_place){path, 0, 0}, "more than %d files",
		    (int)CC_PACK_FILES - 1);
	qsort(names, n, sizeof *names, by_text);
	return n;
}

/* ---- pack.yaml ---- */

static const char *
text_of(struct loading *l, const struct cc_yaml *root, const char *key)
{
	const struct cc_yaml *y = cc_yaml_get(root, key);

	if (y == NULL) {
		cc_diag(l->d, root->at, "pack.yaml: the key '%s' is missing", key);
		return "";
	}
	return cc_yaml_is_text(y, key, l->d) ? y->text : "";
}

static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/* "mon 08:00:00" */
static void
week_instant(struct loading *l, const struct cc_yaml *y, int *ret_wday, int32_t *ret_s)
{
	struct cc_lexer lex;
	struct cc_token day, time, end;

	if (!cc_yaml_is_text(y, "block", l->d))
		return;
	lex = (struct cc_lexer){y->text, y->len, 0};
	day = cc_lex_next(&lex);
	time = cc_lex_next(&lex);
	end = cc_lex_next(&lex);
	for (int i = 0; i < 7; i++)
		if (cc_token_is(&day, weekdays[i]) && time.kind == CC_T_TIME &&
		    end.kind == CC_T_END) {
			*ret_wday = i;
			*ret_s = (int32_t)time.number;
			return;
		}
	cc_diag(l->d, y->at, "expected a weekday and a time such as 'mon 08:00:00', found '%.40s'",
	    y->text);
}

static void
load_block(struct loading *l, const struct cc_yaml *y)
{
	struct cc_calendar *cal = &l->pack->calendar;
	const struct cc_yaml *from, *to;

	if (y == NULL)
		return;
	from = cc_yaml_get(y, "from");
	to = cc_yaml_get(y, "to");
	if (from == NULL || to == NULL) {
		cc_diag(l->d, y->at, "block: expected a mapping with 'from' and 'to'");
		return;
	}
	week_instant(l, from, &cal->block_from_wday, &cal->block_from_s);
	week_instant(l, to, &cal->block_to_wday, &cal->block_to_s);
}

static void
load_holidays(struct loading *l, const struct cc_yaml *cal)
{
	const struct cc_yaml *file = cc_yaml_get(cal, "holidays"), *drop = cc_yaml_get(cal, "drop");
	struct cc_holidays_source src = {.path = l->o->holidays};
	const char *kinds[CC_PACK_DROPS];
	char path[CC_PACK_PATH], version[CC_FNV_TEXT];
	struct cc_err err;

	if (l->o->holidays == NULL && file != NULL && cc_yaml_is_text(file, "holidays", l->d)) {
		(void)snprintf(path, sizeof path, "%s/%s", l->o->dir, file->text);
		src.path = path;
		src.drop_must_exist = true;
	}
	if (drop != NULL && cc_yaml_is_list(drop, "drop", l->d)) {
		if (drop->n > CC_PACK_DROPS)
			cc_diag(l->d, drop->at, "drop: more than %d kinds", (int)CC_PACK_DROPS);
		for (uint32_t i = 0; i < drop->n && i < CC_PACK_DROPS; i++)
			if (cc_yaml_is_text(drop->items[i], "drop", l->d))
				kinds[src.ndrop++] = drop->items[i]->text;
	}
	src.drop = kinds;
	if (src.path == NULL) {
		cc_diag(l->d, cal->at, "calendar: the key 'holidays' is missing");
		return;
	}
	src.path = cc_arena_text(l->a, src.path, strlen(src.path));
	if (cc_holidays_load(&src, l->a, &l->pack->calendar, version, &err) != CC_OK) {
		cc_diag(l->d, (struct cc_place){NULL, 0, 0}, "%s", err.msg);
		return;
	}
	l->pack->calendar_stamp = cc_arena_text(l->a, version, strlen(version));
	l->pack->calendar.file = src.path;
}

static void
load_calendar(struct loading *l, const struct cc_yaml *root)
{
	static const char *const keys[] = {"holidays", "workdays", "block", "drop"};
	const struct cc_yaml *cal = cc_yaml_get(root, "calendar");
	const struct cc_yaml *days = cc_yaml_get(cal, "workdays");

	if (cal == NULL) {
		cc_diag(l->d, root->at, "pack.yaml: the key 'calendar' is missing");
		return;
	}
	(void)cc_yaml_keys(cal, "calendar", keys, 4, l->d);
	if (cal->kind != CC_YAML_MAP)
		return;
	for (uint32_t i = 0; days != NULL && days->kind == CC_YAML_LIST && i < days->n; i++) {
		int w = cc_yaml_word(days->items[i], weekdays, 7, "workdays", l->d);

		if (w >= 0)
			l->pack->calendar.workdays |= (uint8_t)(1u << w);
	}
	if (l->pack->calendar.workdays == 0)
		cc_diag(l->d, cal->at, "calendar: 'workdays' needs at least one day");
	load_block(l, cc_yaml_get(cal, "block"));
	load_holidays(l, cal);
}

static void
load_chain(struct loading *l, const struct cc_yaml *root)
{
	const struct cc_yaml *y = cc_yaml_get(root, "chain");

	if (y == NULL || y->kind != CC_YAML_LIST || y->n == 0 || y->n > CC_CHAIN_MAX) {
		cc_diag(l->d, root->at, "pack.yaml: 'chain' is a list of 1 to %d roles, "
		    "lowest first", (int)CC_CHAIN_MAX);
		return;
	}
	for (uint32_t i = 0; i < y->n; i++)
		if (cc_yaml_is_text(y->items[i], "chain", l->d))
			l->pack->chain.role[l->pack->chain.n++] = y->items[i]->text;
}

/* The place of `key`'s field in a type, or -1 (reported when it is named). */
static int
field_of(struct loading *l, const struct cc_yaml *y, const char *key, int type)
{
	const struct cc_yaml *f = cc_yaml_get(y, key);
	const char *near;
	int at;

	if (f == NULL || type < 0 || !cc_yaml_is_text(f, key, l->d))
		return -1;
	at = cc_schema_field(&l->pack->schema.types[type], (struct cc_str){f->text, f->len});
	if (at < 0) {
		const struct cc_event_type *t = &l->pack->schema.types[type];
		const char *names[CC_FIELDS_MAX];

		for (uint16_t i = 0; i < t->nfields; i++)
			names[i] = t->fields[i].name;
		near = cc_nearest(f->text, f->len, names, t->nfields);
		cc_diag(l->d, f->at, "'%s' has no field '%.40s'%s%s%s", t->name, f->text,
		    near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
		    near == NULL ? "" : "'?");
	}
	return at;
}

static int
type_of(struct loading *l, const struct cc_yaml *y)
{
	const struct cc_yaml *e = cc_yaml_get(y, "event");
	const char *names[CC_TYPES_MAX], *near;
	int type;

	if (y == NULL)
		return -1;
	if (e == NULL) {
		cc_diag(l->d, y->at, "expected a mapping with the key 'event'");
		return -1;
	}
	if (!cc_yaml_is_text(e, "event", l->d))
		return -1;
	type = cc_schema_type(&l->pack->schema, (struct cc_str){e->text, e->len});
	if (type >= 0)
		return type;
	for (uint16_t i = 0; i < l->pack->schema.ntypes; i++)
		names[i] = l->pack->schema.types[i].name;
	near = cc_nearest(e->text, e->len, names, l->pack->schema.ntypes);
	cc_diag(l->d, e->at, "there is no event type '%.60s'%s%s%s", e->text,
	    near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
	return -1;
}

static void
load_assignment(struct loading *l, const struct cc_yaml *y)
{
	static const char *const keys[] = {"event", "role", "staff", "program", "first"};
	struct cc_pack *p = l->pack;

	p->assign.type = p->assign.role = p->assign.staff = p->assign.program = -1;
	if (y == NULL || (!cc_yaml_keys(y, "assignment", keys, 5, l->d) &&
	    y->kind != CC_YAML_MAP))
		return;
	p->assign.type = type_of(l, y);
	p->assign.role = field_of(l, y, "role", p->assign.type);
	p->assign.staff = field_of(l, y, "staff", p->assign.type);
	p->assign.program = field_of(l, y, "program", p->assign.type);
}

static void
load_zone_from(struct loading *l, const struct cc_yaml *y)
{
	static const char *const keys[] = {"event", "field"};
	struct cc_program *p = l->c.prog;

	p->zone_type = p->zone_field = -1;
	if (y == NULL || (!cc_yaml_keys(y, "zone_from", keys, 2, l->d) &&
	    y->kind != CC_YAML_MAP))
		return;
	p->zone_type = type_of(l, y);
	p->zone_field = field_of(l, y, "field", p->zone_type);
	if (cc_yaml_get(y, "field") == NULL)
		cc_diag(l->d, y->at, "zone_from: the key 'field' is missing");
	if (p->zone_type >= 0 && p->zone_field >= 0 && l->pack->schema.types[p->zone_type]
	    .fields[p->zone_field].type != CC_FIELD_ZONE)
		cc_diag(l->d, y->at, "zone_from: names no zone field");
}

static void
load_zone(struct loading *l, const struct cc_yaml *root)
{
	const char *name = text_of(l, root, "zone");

	if (name[0] == '\0')
		return;
	l->pack->zone = cc_zones_find(l->o->zones, (struct cc_str){name, (uint32_t)strlen(name)});
	if (l->pack->zone == NULL)
		cc_diag(l->d, cc_yaml_get(root, "zone")->at, "unknown time zone '%.60s'", name);
}

static void
load_head(struct loading *l, const struct cc_yaml *root)
{
	static const char *const keys[] = {"name", "version", "effective", "language", "zone",
	    "zone_from", "calendar", "chain", "assignment", "ladders"};
	const struct cc_yaml *ladders = cc_yaml_get(root, "ladders");
	const struct cc_yaml *language = cc_yaml_get(root, "language");
	int64_t version;

	if (!cc_yaml_keys(root, "pack.yaml", keys, sizeof keys / sizeof keys[0], l->d) &&
	    root->kind != CC_YAML_MAP)
		return;
	l->pack->zones = l->o->zones;
	l->pack->name = text_of(l, root, "name");
	l->pack->version = text_of(l, root, "version");
	l->pack->effective = text_of(l, root, "effective");
	if (language == NULL)
		cc_diag(l->d, root->at, "pack.yaml: the key 'language' is missing");
	else
		(void)cc_yaml_whole(language, 1, 1, &version, l->d);
	load_zone(l, root);
	load_calendar(l, root);
	load_chain(l, root);
	load_assignment(l, cc_yaml_get(root, "assignment"));
	load_zone_from(l, cc_yaml_get(root, "zone_from"));
	if (ladders != NULL && cc_yaml_is_list(ladders, "ladders", l->d))
		cc_load_ladders(ladders, l->a, l->d, &l->pack->ladders, &l->c.named_ladders,
		    &l->c.nnamed_ladders);
}

/* ---- linking ---- */

/* Values of timelines are codes too: they must be known before expressions. */
static unsigned
timeline_codes(const struct loading *l, const char *extra[CC_PACK_EXTRA])
{
	unsigned n = 0;

	extra[n++] = "yes";
	extra[n++] = "no";
	for (unsigned f = 0; f < l->nfiles; f++) {
		const struct cc_yaml *list = cc_yaml_get(l->file[f], "timelines");

		if (list == NULL || list->kind != CC_YAML_LIST)
			continue;
		for (uint32_t i = 0; i < list->n; i++) {
			const struct cc_yaml *v = cc_yaml_get(list->items[i], "values");

			for (uint32_t k = 0; v != NULL && v->kind == CC_YAML_LIST && k < v->n; k++)
				if (v->items[k]->kind == CC_YAML_SCALAR && n < CC_PACK_EXTRA)
					extra[n++] = v->items[k]->text;
		}
	}
	return n;
}

static bool
open_compiler(struct loading *l)
{
	struct cc_compiler *c = &l->c;

	c->a = l->a;
	c->d = l->d;
	c->pack = l->pack;
	c->prog = cc_arena_alloc(l->a, sizeof *c->prog);
	c->decls = cc_arena_array(l->a, CC_DECLS_MAX, sizeof *c->decls);
	c->kinds = cc_arena_array(l->a, CC_DECLS_MAX, sizeof *c->kinds);
	c->literals = cc_arena_array(l->a, CC_NAMES_MAX, sizeof *c->literals);
	c->attr_names = cc_arena_array(l->a, CC_NAMES_MAX, sizeof *c->attr_names);
	return !l->a->failed;
}

/* The places of every kind's attributes, by the number of their names. */
static const struct cc_reckind *
link_kinds(struct loading *l)
{
	struct cc_reckind *v = cc_arena_array(l->a, l->c.nkinds, sizeof *v);

	for (unsigned i = 0; v != NULL && i < l->c.nkinds; i++) {
		const struct cc_kinddef *k = l->c.kinds[i];
		uint8_t *slot = cc_arena_array(l->a, l->c.nattr_names, sizeof *slot);

		for (unsigned j = 0; slot != NULL && j < k->nattrs; j++)
			slot[k->attrs[j].name_id] = (uint8_t)(k->attrs[j].place + 1);
		v[i] = (struct cc_reckind){k->name, slot, k->nattrs};
	}
	return v;
}

static void
link_program(struct loading *l)
{
	struct cc_compiler *c = &l->c;
	struct cc_program *p = c->prog;
	const struct cc_rule **rules = cc_arena_array(l->a, c->nrules, sizeof *rules);

	p->terms = c->terms;
	p->nterms = (uint16_t)c->nterms;
	p->timelines = c->timelines;
	p->ntimelines = (uint16_t)c->ntimelines;
	p->spans = c->spans;
	p->nspans = (uint16_t)c->nspans;
	p->sets = c->sets;
	p->nsets = (uint16_t)c->nsets;
	p->rules = c->rules;
	p->nrules = (uint16_t)c->nrules;
	p->kinds = link_kinds(l);
	p->nkinds = (uint16_t)c->nkinds;
	p->literals = c->literals;
	p->nliterals = (uint16_t)c->nliterals;
	p->attr_names = c->attr_names;
	p->nattr_names = (uint16_t)c->nattr_names;
	for (unsigned i = 0; rules != NULL && i < c->nrules; i++) {
		c->rules[i].pub.ends = cc_ends_of(p, &c->rules[i], &l->pack->schema, l->a);
		rules[i] = &c->rules[i].pub;
	}
	l->pack->rules = rules;
	l->pack->nrules = (uint16_t)c->nrules;
	l->pack->program = p;
}

static void
finish_stamp(struct loading *l)
{
	char text[CC_FNV_TEXT];

	cc_fnv_text(l->hash, text);
	l->pack->stamp = cc_arena_text(l->a, text, strlen(text));
}

static void
load_all(struct loading *l)
{
	const struct cc_yaml *head, *events, *terms;
	const char *extra[CC_PACK_EXTRA];
	char *names[CC_PACK_FILES];
	unsigned n;

	head = read_file(l, "pack.yaml");
	events = read_file(l, "events.yaml");
	terms = read_file(l, "terms.yaml");
	if (terms != NULL)
		l->file[l->nfiles++] = terms;
	n = rule_files(l, names);
	for (unsigned i = 0; i < n && l->nfiles < CC_PACK_FILES; i++) {
		const struct cc_yaml *y = read_file(l, names[i]);

		if (y != NULL)
			l->file[l->nfiles++] = y;
	}
	if (head == NULL || events == NULL)
		return;
	cc_load_schema(events, extra, timeline_codes(l, extra), l->a, l->d, &l->pack->schema);
	if (l->pack->schema.ntypes == 0)
		return;
	load_head(l, head);
	/* With a file missing, every name that it declares would be a mistake. */
	if (l->pack->chain.n == 0 || l->nfiles != n + 1)
		return;
	for (unsigned i = 0; i < l->nfiles; i++)
		(void)cc_declare_file(&l->c, l->file[i]);
	cc_compile_all(&l->c);
	link_program(l);
	cc_load_templates(l->o->dir, l->a, l->d, l->pack);
	finish_stamp(l);
}

enum cc_code
cc_pack_load(const struct cc_pack_options *o, struct cc_arena *a, struct cc_diags *d,
    const struct cc_pack **ret, struct cc_err *reterr)
{
	struct loading *l = calloc(1, sizeof *l);
	unsigned before = d->n;
	enum cc_code code = CC_OK;

	if (l == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "pack: out of memory");
	l->o = o;
	l->a = a;
	l->d = d;
	l->hash = CC_FNV_START;
	l->pack = cc_arena_alloc(a, sizeof *l->pack);
	if (l->pack == NULL || !open_compiler(l))
		code = cc_fail(reterr, CC_ENOMEM, 0, "pack: out of memory");
	else
		load_all(l);
	if (code == CC_OK && a->failed)
		code = cc_fail(reterr, CC_ENOMEM, 0, "pack: out of memory");
	if (code == CC_OK && d->n != before)
		code = cc_fail(reterr, CC_EINVAL, 0, "%s: the pack has %u mistake%s", o->dir,
		    d->n - before, d->n - before == 1 ? "" : "s");
	if (code == CC_OK)
		*ret = l->pack;
	free(l);
	return code;
}
