#include "daemon/setup.h"

#include <stdlib.h>
#include <string.h>

#include "policy/heap.h"
#include "policy/load.h"
#include "policy/zones.h"

enum { TEXTS_MAX = 512 * 1024 * 1024, ZONES_MAX = 64 * 1024 * 1024 };

static void
report(struct cc_diags *d, const char *file, const struct cc_err *err)
{
	cc_diag(d, (struct cc_place){file, 0, 0}, "%s", err->msg);
}

static bool
endpoint(const void *self, const char *name)
{
	return cc_config_endpoint(self, name);
}

static void
on_template(void *self, const char *file, uint32_t line, uint32_t column, const char *words)
{
	cc_diag(self, (struct cc_place){file, line, column}, "%s", words);
}

static enum cc_exit
load_templates(struct cc_setup *s, struct cc_diags *d)
{
	struct cc_template_report to = {on_template, d};
	struct cc_err err = {.msg = ""};
	unsigned before = d->n;

	if (cc_templates_open(s->pack, &s->zones, &to, &s->templates, &err) == CC_OK)
		return CC_EXIT_OK;
	if (d->n == before)
		report(d, s->config.policy, &err);
	return CC_EXIT_POLICY;
}

static enum cc_exit
load_policy(struct cc_setup *s, struct cc_diags *d)
{
	struct cc_pack_options o = {.dir = s->config.policy,
	    .holidays = s->config.holidays, .zones = &s->zones};
	struct cc_err err = {.msg = ""};

	if (cc_zones_load(NULL, &s->zone_arena, &s->zones, &err) != CC_OK) {
		report(d, "time zones", &err);
		return CC_EXIT_POLICY;
	}
	if (cc_pack_load(&o, &s->pack_arena, d, &s->pack, &err) != CC_OK) {
		if (d->n == 0)
			report(d, s->config.policy, &err);
		return CC_EXIT_POLICY;
	}
	return CC_EXIT_OK;
}

void
cc_setup_people(const struct cc_setup *s, struct cc_people *ret)
{
	ret->directory = &s->directory;
	ret->chain = &s->pack->chain;
	ret->routes = s->config.routes;
	ret->nroutes = s->config.nroutes;
	ret->mail = s->config.mail.n > 0;
}

/* A route must lead to somebody whatever leave is taken: the person himself, or
 * who stands in, has to have an address. */
static bool
check_routes(const struct cc_setup *s, struct cc_diags *d)
{
	struct cc_people people = {0};
	bool ok = true;

	cc_setup_people(s, &people);
	for (uint32_t i = 0; i < s->config.nroutes; i++) {
		const struct cc_route *r = &s->config.routes[i];
		const struct cc_person *p = cc_directory_find(&s->directory,
		    (struct cc_str){r->staff_id, (uint32_t)strlen(r->staff_id)});

		if (p == NULL) {
			cc_diag(d, r->at, "routes: the directory has no staff_id '%.64s'",
			    r->staff_id);
			ok = false;
		} else if (!cc_people_reachable(&people, p)) {
			cc_diag(d, r->at, "routes: '%.64s' leads to nobody: there is no address "
			    "that can be used", r->staff_id);
			ok = false;
		}
	}
	return ok;
}

static enum cc_exit
load_staff(struct cc_setup *s, struct cc_diags *d)
{
	struct cc_directory_source src = {.path = s->config.directory,
	    .chain = &s->pack->chain, .zones = &s->zones, .zone = s->pack->zone,
	    .endpoint = endpoint, .self = &s->config};

	if (cc_directory_load(&src, &s->texts, d, &s->directory) != CC_OK)
		return CC_EXIT_DIRECTORY;
	return check_routes(s, d) ? CC_EXIT_OK : CC_EXIT_DIRECTORY;
}

static struct cc_str
text_of(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

static enum cc_exit
load_all(struct cc_setup *s, const char *config, struct cc_diags *d)
{
	enum cc_exit kind;

	if (cc_config_load(config, &s->texts, d, &s->config) != CC_OK)
		return CC_EXIT_CONFIG;
	kind = load_policy(s, d);
	if (kind == CC_EXIT_OK)
		kind = load_templates(s, d);
	if (kind == CC_EXIT_OK)
		kind = load_staff(s, d);
	if (kind != CC_EXIT_OK)
		return kind;
	s->stamps.pack = text_of(s->pack->stamp);
	s->stamps.calendar = text_of(s->pack->calendar_stamp);
	s->stamps.zones = text_of(s->zones.stamp);
	return CC_EXIT_OK;
}

enum cc_exit
cc_setup_load(const char *config, struct cc_diags *d, struct cc_setup **ret)
{
	struct cc_setup *s = calloc(1, sizeof *s);
	enum cc_exit kind;

	if (s == NULL)
		return CC_EXIT_SYSTEM;
	atomic_init(&s->refs, 1);
	cc_heap_arena_init(&s->texts, TEXTS_MAX);
	cc_heap_arena_init(&s->zone_arena, ZONES_MAX);
	cc_heap_arena_init(&s->pack_arena, CC_PACK_ARENA);
	kind = load_all(s, config, d);
	if (kind == CC_EXIT_OK)
		*ret = s;
	else
		cc_setup_unref(s);
	return kind;
}

struct cc_setup *
cc_setup_ref(struct cc_setup *s)
{
	(void)atomic_fetch_add(&s->refs, 1);
	return s;
}

void
cc_setup_unref(struct cc_setup *s)
{
	if (s == NULL || atomic_fetch_sub(&s->refs, 1) > 1)
		return;
	cc_templates_free(s->templates);
	cc_arena_done(&s->pack_arena);
	cc_arena_done(&s->zone_arena);
	cc_arena_done(&s->texts);
	free(s);
}
