/* Test files: from YAML to tests that are ready to run. */
#include "policy/pack_test_parts.h"

#include <stdlib.h>
#include <string.h>

/* A history of the file, and who uses it. */
struct history {
	const char *name;
	struct cc_pack_story story;
};

struct reading {
	struct cc_pack_tests *t;
	struct history *histories;
	uint32_t nhistories;
	uint32_t first;		/* of this file among the tests */
};

static bool
instant(struct reading *r, const struct cc_yaml *y, const char *what, struct cc_wall *ret)
{
	struct cc_err err;

	if (!cc_yaml_is_text(y, what, r->t->diags))
		return false;
	if (cc_wall_parse((struct cc_str){y->text, y->len}, ret, &err) == CC_OK)
		return true;
	cc_diag(r->t->diags, y->at, "%s: %s", what, err.msg);
	return false;
}

/* ---- rules ----------------------------------------------------------- */

static void
no_such_rule(struct reading *r, const struct cc_yaml *y)
{
	const struct cc_pack *p = r->t->pack;
	const char **names = cc_arena_array(r->t->arena, p->nrules, sizeof *names);
	const char *near = NULL;

	for (uint16_t i = 0; names != NULL && i < p->nrules; i++)
		names[i] = p->rules[i]->id;
	if (names != NULL)
		near = cc_nearest(y->text, y->len, names, p->nrules);
	cc_diag(r->t->diags, y->at, "there is no rule '%.80s'%s%s%s", y->text,
	    near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
}

static const struct cc_rule *
rule_of(struct reading *r, const struct cc_yaml *y)
{
	const struct cc_pack *p = r->t->pack;
	unsigned lo = 0, hi = p->nrules;

	if (!cc_yaml_is_text(y, "a rule", r->t->diags))
		return NULL;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		int c = strcmp(p->rules[mid]->id, y->text);

		if (c == 0)
			return p->rules[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	no_such_rule(r, y);
	return NULL;
}

static bool
has_rule(const struct cc_pack_test *test, const struct cc_rule *rule)
{
	for (uint16_t i = 0; i < test->nrules; i++)
		if (test->rules[i] == rule)
			return true;
	return false;
}

static void
add_rule(struct reading *r, struct cc_pack_test *test, const struct cc_yaml *y)
{
	const struct cc_rule *rule = rule_of(r, y);

	if (rule == NULL)
		return;
	if (rule->silent)
		cc_diag(r->t->diags, y->at, "rule '%s' prints no records: there is nothing to "
		    "test", rule->id);
	else if (has_rule(test, rule))
		cc_diag(r->t->diags, y->at, "rule '%s' is named twice", rule->id);
	else
		test->rules[test->nrules++] = rule;
}

static bool
read_rules(struct reading *r, struct cc_pack_test *test, const struct cc_yaml *y)
{
	if (y == NULL || y->kind != CC_YAML_LIST || y->n == 0 || y->n > CC_PACK_TEST_RULES) {
		cc_diag(r->t->diags, y == NULL ? test->at : y->at,
		    "rules: expected a list of 1 to %d rules", (int)CC_PACK_TEST_RULES);
		return false;
	}
	test->rules = cc_arena_array(r->t->arena, y->n, sizeof *test->rules);
	for (uint32_t i = 0; test->rules != NULL && i < y->n; i++)
		add_rule(r, test, y->items[i]);
	return test->nrules == y->n;
}

/* ---- expected records ------------------------------------------------ */

/* What clocks and alerts have in common: which clock. */
static bool
read_head(struct reading *r, const struct cc_pack_test *test, const struct cc_yaml *y,
    struct cc_pack_record *ret)
{
	const struct cc_yaml *clock = cc_yaml_get(y, "clock");
	const struct cc_yaml *subject = cc_yaml_get(y, "subject");
	const struct cc_yaml *period = cc_yaml_get(y, "period");
	const struct cc_rule *rule = test->rules[0];
	int64_t n = 1;

	*ret = (struct cc_pack_record){.subject = CC_STR("case"), .started = CC_NEVER,
	    .due = CC_NEVER, .ended = CC_NEVER, .at = CC_NEVER};
	if (clock != NULL) {
		rule = rule_of(r, clock);
	} else if (test->nrules > 1) {
		cc_diag(r->t->diags, y->at, "the key 'clock' is missing: 'rules' names several");
		return false;
	}
	if (rule == NULL)
		return false;
	if (!has_rule(test, rule)) {
		cc_diag(r->t->diags, clock == NULL ? y->at : clock->at,
		    "rule '%s' is not among the 'rules' of this test",
		    rule->id);
		return false;
	}
	if (subject != NULL && !cc_yaml_is_text(subject, "subject", r->t->diags))
		return false;
	if (period != NULL && !cc_yaml_whole(period, 1, UINT32_MAX, &n, r->t->diags))
		return false;
	if (subject != NULL)
		ret->subject = (struct cc_str){subject->text, subject->len};
	ret->clock = rule->id;
	ret->period = (uint32_t)n;
	return true;
}

static bool
optional_instant(struct reading *r, const struct cc_yaml *y, const char *key,
    struct cc_wall *ret)
{
	const struct cc_yaml *v = cc_yaml_get(y, key);

	return v == NULL || instant(r, v, key, ret);
}

static bool
required(struct reading *r, const struct cc_yaml *y, const char *key)
{
	if (cc_yaml_get(y, key) != NULL)
		return true;
	cc_diag(r->t->diags, y->at, "the key '%s' is missing", key);
	return false;
}

/* The text of an enum's member, as records write it. */
static bool
word(struct reading *r, const struct cc_yaml *y, const char *key, const char **ret)
{
	static const char *const severities[] = {"notice", "warning", "critical"};
	const char *states[CC_STATE_FAILED];
	bool is_state = strcmp(key, "state") == 0;
	const char *const *words = is_state ? states : severities;
	int at;

	for (int s = CC_STATE_RUNNING; s <= CC_STATE_FAILED; s++)
		states[s - 1] = cc_state_text((enum cc_state)s);
	if (!required(r, y, key))
		return false;
	at = cc_yaml_word(cc_yaml_get(y, key), words, is_state ? CC_STATE_FAILED : 3, key,
	    r->t->diags);
	if (at >= 0)
		*ret = words[at];
	return at >= 0;
}

static void
read_clock(struct reading *r, struct cc_pack_test *test, const struct cc_yaml *y)
{
	static const char *const keys[] = {"clock", "subject", "period", "state", "started",
	    "due", "ended"};
	struct cc_pack_record rec;

	if (cc_yaml_keys(y, "clocks", keys, 7, r->t->diags) && read_head(r, test, y, &rec) &&
	    word(r, y, "state", &rec.word) && required(r, y, "started") &&
	    optional_instant(r, y, "started", &rec.started) &&
	    optional_instant(r, y, "due", &rec.due) &&
	    optional_instant(r, y, "ended", &rec.ended))
		cc_pack_put_clock(&test->clocks, r->t->arena, &rec);
}

static bool
read_roles(struct reading *r, const struct cc_yaml *y, struct cc_pack_record *rec)
{
	const struct cc_yaml *to = cc_yaml_get(y, "to");

	if (!required(r, y, "to") || !cc_yaml_is_list(to, "to", r->t->diags))
		return false;
	if (to->n > 8) {
		cc_diag(r->t->diags, to->at, "to: more than 8 roles");
		return false;
	}
	for (uint32_t i = 0; i < to->n; i++) {
		if (!cc_yaml_is_text(to->items[i], "to", r->t->diags))
			return false;
		rec->to[rec->nto++] = to->items[i]->text;
	}
	return true;
}

static void
read_alert(struct reading *r, struct cc_pack_test *test, const struct cc_yaml *y)
{
	static const char *const keys[] = {"clock", "subject", "period", "at", "rung", "to",
	    "severity"};
	const struct cc_yaml *rung = cc_yaml_get(y, "rung");
	struct cc_pack_record rec;

	if (!cc_yaml_keys(y, "alerts", keys, 7, r->t->diags) ||
	    !read_head(r, test, y, &rec) || !required(r, y, "at") ||
	    !optional_instant(r, y, "at", &rec.at) || !required(r, y, "rung") ||
	    !cc_yaml_is_text(rung, "rung", r->t->diags) || !read_roles(r, y, &rec) ||
	    !word(r, y, "severity", &rec.severity))
		return;
	rec.word = rung->text;
	cc_pack_put_alert(&test->alerts, r->t->arena, &rec);
}

static void
read_records(struct reading *r, struct cc_pack_test *test, const struct cc_yaml *y)
{
	const struct cc_yaml *clocks = cc_yaml_get(y, "clocks");
	const struct cc_yaml *alerts = cc_yaml_get(y, "alerts");

	if (!required(r, y, "clocks") || !cc_yaml_is_list(clocks, "clocks", r->t->diags))
		return;
	if (alerts != NULL && !cc_yaml_is_list(alerts, "alerts", r->t->diags))
		return;
	if (clocks->n > CC_PACK_TEST_LINES ||
	    (alerts != NULL && alerts->n > CC_PACK_TEST_LINES)) {
		cc_diag(r->t->diags, clocks->at, "more than %d records", (int)CC_PACK_TEST_LINES);
		return;
	}
	for (uint32_t i = 0; i < clocks->n; i++)
		read_clock(r, test, clocks->items[i]);
	for (uint32_t i = 0; alerts != NULL && i < alerts->n; i++)
		read_alert(r, test, alerts->items[i]);
	test->wants_alerts = alerts != NULL;
	cc_pack_lines_sort(&test->clocks);
	cc_pack_lines_sort(&test->alerts);
}

/* ---- holidays -------------------------------------------------------- */

static int
by_day(const void *a, const void *b)
{
	const struct cc_holiday *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

static bool
read_days(struct reading *r, const struct cc_yaml *y, struct cc_calendar *cal)
{
	struct cc_holiday *v = cc_arena_array(r->t->arena, y->n, sizeof *v);
	uint32_t n = 0;

	for (uint32_t i = 0; v != NULL && i < y->n; i++) {
		const struct cc_yaml *d = y->items[i];
		struct cc_err err;

		if (!cc_yaml_is_text(d, "holidays", r->t->diags))
			return false;
		if (cc_day_parse((struct cc_str){d->text, d->len}, &v[n].day, &err) != CC_OK) {
			cc_diag(r->t->diags, d->at, "holidays: %s", err.msg);
			return false;
		}
		v[n].name = "a holiday of this test";
		v[n++].line = d->at.line;
	}
	if (n > 1)
		qsort(v, n, sizeof *v, by_day);
	for (uint32_t i = 1; i < n; i++)
		if (v[i].day == v[i - 1].day) {
			cc_diag(r->t->diags, y->at, "holidays: a date is named twice");
			return false;
		}
	cal->holidays = v;
	cal->nholidays = n;
	return v != NULL;
}

static void
read_holidays(struct reading *r, struct cc_pack_test *test, const struct cc_yaml *y)
{
	struct cc_calendar *cal;

	if (y == NULL)
		return;
	cal = cc_arena_alloc(r->t->arena, sizeof *cal);
	if (cal == NULL)
		return;
	*cal = r->t->pack->calendar;
	cal->nholidays = 0;
	cal->file = y->at.file;
	cal->first = cc_day_of((struct cc_civil){1970, 1, 1});
	cal->last = cc_day_of((struct cc_civil){2099, 12, 31});
	test->calendar = cal;
	if (y->kind == CC_YAML_SCALAR && strcmp(y->text, "none") == 0)
		return;
	if (y->kind != CC_YAML_LIST)
		cc_diag(r->t->diags, y->at, "holidays: expected a list of dates, or 'none'");
	else
		(void)read_days(r, y, cal); /* reported */
}

/* ---- tests ----------------------------------------------------------- */

static struct cc_pack_story
story_of(struct reading *r, const struct cc_yaml *y)
{
	const struct cc_yaml *name = cc_yaml_get(y, "history");
	const struct cc_yaml *events = cc_yaml_get(y, "events");
	struct cc_pack_story s = {.last = CC_NEVER};
	uint32_t i = 0;

	if (name != NULL && cc_yaml_is_text(name, "history", r->t->diags)) {
		while (i < r->nhistories && strcmp(r->histories[i].name, name->text) != 0)
			i++;
		if (i == r->nhistories)
			cc_diag(r->t->diags, name->at, "there is no history '%.60s' in this file",
			    name->text);
		else
			s = cc_pack_story_copy(r->t->arena, &r->histories[i].story);
	}
	if (events != NULL)
		cc_pack_story_add(r->t, &s, events);
	return s;
}

static void
read_story(struct reading *r, struct cc_pack_test *test, const struct cc_yaml *y)
{
	const struct cc_yaml *now = cc_yaml_get(y, "now"), *known = cc_yaml_get(y, "known_at");
	unsigned before = r->t->diags->n;
	struct cc_pack_story s = story_of(r, y);

	test->c = (struct cc_case){CC_STR("t"), s.v, s.n};
	test->now = s.last;
	if (now != NULL)
		(void)instant(r, now, "now", &test->now); /* reported */
	else if (s.n == 0 && r->t->diags->n == before)
		cc_diag(r->t->diags, test->at, "this test has no events");
	if (known != NULL)
		test->as_known = instant(r, known, "known_at", &test->known_at);
}

static bool
read_name(struct reading *r, struct cc_pack_test *test, const struct cc_yaml *y)
{
	const struct cc_yaml *name = cc_yaml_get(y, "test");

	if (!required(r, y, "test") || !cc_yaml_is_text(name, "test", r->t->diags))
		return false;
	for (uint32_t i = r->first; i < r->t->n; i++)
		if (strcmp(r->t->v[i].name, name->text) == 0) {
			cc_diag(r->t->diags, name->at, "there is another test of this name, in "
			    "line %u", r->t->v[i].at.line);
			return false;
		}
	test->name = name->text;
	return true;
}

static struct cc_pack_test *
new_test(struct cc_pack_tests *t, struct cc_place at)
{
	if (t->n == CC_PACK_TESTS_MAX) {
		cc_diag(t->diags, at, "more than %d tests", (int)CC_PACK_TESTS_MAX);
		return NULL;
	}
	if (t->n == t->cap) {
		uint32_t cap = t->cap == 0 ? 64 : 2 * t->cap;
		struct cc_pack_test *v = cc_arena_array(t->arena, cap, sizeof *v);

		if (v == NULL)
			return NULL;
		if (t->n > 0)
			memcpy(v, t->v, t->n * sizeof *v);
		t->v = v;
		t->cap = cap;
	}
	return &t->v[t->n];
}

static void
read_test(struct reading *r, const struct cc_yaml *y)
{
	static const char *const keys[] = {"test", "rules", "history", "events", "now",
	    "known_at", "holidays", "clocks", "alerts"};
	struct cc_pack_test *test = new_test(r->t, y->at);

	if (test == NULL || !cc_yaml_keys(y, "a test", keys, 9, r->t->diags))
		return;
	*test = (struct cc_pack_test){.at = y->at};
	if (!read_name(r, test, y))
		return;
	read_story(r, test, y);
	read_holidays(r, test, cc_yaml_get(y, "holidays"));
	if (read_rules(r, test, cc_yaml_get(y, "rules")))
		read_records(r, test, y);
	r->t->n++;
}

static void
read_histories(struct reading *r, const struct cc_yaml *y)
{
	if (y == NULL)
		return;
	if (y->kind != CC_YAML_MAP) {
		cc_diag(r->t->diags, y->at, "histories: expected a mapping of names to lists of "
		    "events");
		return;
	}
	r->histories = cc_arena_array(r->t->arena, y->n, sizeof *r->histories);
	for (uint32_t i = 0; r->histories != NULL && i < y->n; i++) {
		struct history *h = &r->histories[r->nhistories++];

		*h = (struct history){.name = y->keys[i]->text, .story = {.last = CC_NEVER}};
		cc_pack_story_add(r->t, &h->story, y->items[i]);
	}
}

static bool
read_root(struct cc_pack_tests *t, const struct cc_yaml *root)
{
	static const char *const keys[] = {"histories", "tests"};
	unsigned before = t->diags->n;
	const struct cc_yaml *list;
	struct reading r = {.t = t, .first = t->n};

	if (root == NULL || !cc_yaml_keys(root, "a test file", keys, 2, t->diags))
		return false;
	list = cc_yaml_get(root, "tests");
	if (!required(&r, root, "tests") || !cc_yaml_is_list(list, "tests", t->diags))
		return false;
	read_histories(&r, cc_yaml_get(root, "histories"));
	for (uint32_t i = 0; i < list->n; i++)
		read_test(&r, list->items[i]);
	if (t->arena->failed)
		cc_diag(t->diags, (struct cc_place){root->at.file, 0, 0}, "out of memory");
	return t->diags->n == before;
}

bool
cc_pack_test_read(struct cc_pack_tests *t, const char *path)
{
	return read_root(t, cc_yaml_read(path, t->arena, t->diags));
}

bool
cc_pack_test_parse(struct cc_pack_tests *t, const char *name, struct cc_str text)
{
	return read_root(t, cc_yaml_parse(name, text.p, text.n, t->arena, t->diags));
}
