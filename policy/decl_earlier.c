#include "policy/compile.h"

/* The date of an entry; it must come after the one before. */
static void
started_before(struct cc_compiler *c, const struct cc_yaml *y, struct cc_earlier *e,
    const struct cc_earlier *last)
{
	const struct cc_yaml *date = cc_yaml_get(y, "started_before");
	struct cc_err err;

	if (date == NULL || cc_yaml_get(y, "due") == NULL) {
		cc_diag(c->d, y->at, "earlier needs 'started_before' (a date) and 'due'");
		return;
	}
	if (!cc_yaml_is_text(date, "started_before", c->d))
		return;
	if (cc_day_parse((struct cc_str){date->text, date->len}, &e->day, &err) != CC_OK)
		cc_diag(c->d, date->at, "started_before: '%.40s' is no date (YYYY-MM-DD)",
		    date->text);
	else if (last != NULL && e->day <= last->day)
		cc_diag(c->d, date->at, "started_before: %s is not later than the date before "
		    "it: the oldest comes first", date->text);
}

static void
due(struct cc_compiler *c, struct cc_scope *s, const struct cc_yaml *y,
    struct cc_earlier *e)
{
	struct cc_parser p = {.c = c, .scope = s, .yaml = y};

	if (y == NULL)
		return;
	e->due = cc_coerce(&p, cc_compile_text(c, s, y), CC_V_INSTANT, "due").node;
	e->text = y->kind == CC_YAML_SCALAR ? y->text : "";
}

void
cc_compile_earlier(struct cc_compiler *c, struct cc_scope *s, const struct cc_yaml *y,
    struct cc_rulex *r)
{
	static const char *const keys[] = {"started_before", "due"};
	struct cc_earlier *v;

	if (y == NULL || !cc_yaml_is_list(y, "earlier", c->d))
		return;
	if (r->pub.kind == CC_KIND_GATE || r->pub.kind == CC_KIND_FRESHNESS) {
		cc_diag(c->d, y->at, "earlier: gates and freshness tests have no due");
		return;
	}
	if (y->n > CC_EARLIER_MAX) {
		cc_diag(c->d, y->at, "earlier: at most %d dues", (int)CC_EARLIER_MAX);
		return;
	}
	v = cc_arena_array(c->a, y->n, sizeof *v);
	for (uint32_t i = 0; v != NULL && i < y->n; i++) {
		if (!cc_yaml_keys(y->items[i], "earlier", keys, 2, c->d))
			continue;
		started_before(c, y->items[i], &v[i], i == 0 ? NULL : &v[i - 1]);
		due(c, s, cc_yaml_get(y->items[i], "due"), &v[i]);
	}
	r->earlier = v;
	r->nearlier = v == NULL ? 0 : (uint16_t)y->n;
}
