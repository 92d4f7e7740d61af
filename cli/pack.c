#include "cli/pack.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "policy/heap.h"
#include "policy/zones.h"

enum { ZONES_ARENA = 64 * 1024 * 1024 };

static void
tell(struct cc_loaded *l, const struct cc_diags *d, const char *dir,
    const struct cc_err *err)
{
	unsigned kept = cc_diags_kept(d);

	for (unsigned i = 0; i < kept; i++)
		cc_say("%s\n", d->text[i]);
	if (d->n > kept)
		cc_complain("%u more mistakes are not shown", d->n - kept);
	l->refused = d->n > 0 || err->code == CC_EINVAL;
	if (d->n == 0)
		cc_complain("%s: %s", dir, err->msg);
	else
		cc_complain("%s: %u mistake%s; nothing was loaded", dir, d->n,
		    d->n == 1 ? "" : "s");
}

static void
on_template(void *self, const char *file, uint32_t line, uint32_t column, const char *words)
{
	cc_diag(self, (struct cc_place){file, line, column}, "%s", words);
}

bool
cc_loaded_open(struct cc_loaded *l, const char *dir, const char *holidays)
{
	struct cc_diags diags = {.n = 0};
	struct cc_template_report report = {on_template, &diags};
	struct cc_pack_options o = {.dir = dir, .holidays = holidays};
	struct cc_err err = {.code = CC_OK};
	enum cc_code code;

	memset(l, 0, sizeof *l);
	cc_heap_arena_init(&l->zones_arena, ZONES_ARENA);
	cc_heap_arena_init(&l->arena, CC_PACK_ARENA);
	code = cc_zones_load(NULL, &l->zones_arena, &l->zones, &err);
	if (code != CC_OK) {
		cc_complain("time zones: %s", err.msg);
		return false;
	}
	o.zones = &l->zones;
	code = cc_pack_load(&o, &l->arena, &diags, &l->pack, &err);
	if (code == CC_OK)
		code = cc_templates_open(l->pack, &l->zones, &report, &l->templates, &err);
	if (code != CC_OK)
		tell(l, &diags, dir, &err);
	cc_diags_done(&diags);
	return code == CC_OK;
}

void
cc_loaded_done(struct cc_loaded *l)
{
	cc_templates_free(l->templates);
	cc_arena_done(&l->arena);
	cc_arena_done(&l->zones_arena);
}
