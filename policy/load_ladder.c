#include "policy/load_ladder.h"

#include <stdio.h>
#include <string.h>

#include "policy/check_ladder.h"
#include "scheduler/schema.h"

struct ladder {
	struct cc_arena *a;
	struct cc_diags *d;
	struct cc_rung *rungs;
	uint16_t n;
};

static const char *const severities[] = {"notice", "warning", "critical"};

/* Bits of [R0, R1]. */
static uint8_t
roles(struct ladder *l, const struct cc_yaml *y)
{
	static const char *const words[] = {"R0", "R1", "R2", "R3", "R4", "R5"};
	uint8_t to = 0;

	if (y == NULL || !cc_yaml_is_list(y, "to", l->d))
		return 0;
	for (uint32_t i = 0; i < y->n; i++) {
		int w = cc_yaml_word(y->items[i], words, 6, "to", l->d);

		if (w >= 0)
			to |= (uint8_t)(1u << w);
	}
	return to;
}

static void
add(struct ladder *l, const struct cc_yaml *y, const struct cc_rung *r, const char *name)
{
	uint32_t key = cc_key32((struct cc_str){name, (uint32_t)strlen(name)});

	if (l->n == CC_RUNGS_MAX) {
		cc_diag(l->d, y->at, "a ladder has at most %d rungs, repeats included",
		    (int)CC_RUNGS_MAX);
		return;
	}
	for (uint16_t i = 0; i < l->n; i++) {
		const char *other = l->rungs[i].name;

		if (cc_key32((struct cc_str){other, (uint32_t)strlen(other)}) == key)
			cc_diag(l->d, y->at, "rungs '%s' and '%s' have one name or key",
			    other, name);
	}
	l->rungs[l->n] = *r;
	l->rungs[l->n].name = cc_arena_text(l->a, name, strlen(name));
	l->n++;
}

/* "before-3d", "elapsed-75", "breach", "after-4h", "raise", "failed" */
static bool
instant_of(struct ladder *l, const struct cc_yaml *y, struct cc_rung *r)
{
	static const struct {
		const char *word;
		enum cc_rung_base base;
		bool amount;
	} words[] = {{"before-", CC_RUNG_BEFORE, true}, {"elapsed-", CC_RUNG_ELAPSED, true},
	    {"after-", CC_RUNG_AFTER, true}, {"breach", CC_RUNG_BREACH, false},
	    {"raise", CC_RUNG_RAISE, false}, {"failed", CC_RUNG_FAILED, false}};

	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t n = strlen(words[i].word);
		struct cc_yaml rest = *y;

		if (strncmp(y->text, words[i].word, n) != 0 ||
		    (!words[i].amount && y->text[n] != '\0'))
			continue;
		r->base = words[i].base;
		rest.text += n;
		rest.len -= (uint32_t)n;
		if (!words[i].amount)
			return true;
		if (r->base == CC_RUNG_ELAPSED)
			return cc_yaml_whole(&rest, 1, 99, &r->amount, l->d);
		return cc_yaml_duration(&rest, &r->amount, l->d);
	}
	cc_diag(l->d, y->at, "rung '%.40s': expected before-3d, elapsed-75, breach, after-4h, "
	    "raise or failed", y->text);
	return false;
}

static void
read_rung(struct ladder *l, const struct cc_yaml *y, struct cc_rung r)
{
	const struct cc_yaml *name = cc_yaml_get(y, "rung");

	if (cc_yaml_is_text(name, "rung", l->d) && instant_of(l, name, &r))
		add(l, y, &r, name->text);
}

/* repeat: {gaps: [1d, 2d, 4d, 7d], at_most: 10}: the last gap goes on. */
static void
read_repeat(struct ladder *l, const struct cc_yaml *y, struct cc_rung r)
{
	static const char *const keys[] = {"gaps", "at_most"};
	const struct cc_yaml *rep = cc_yaml_get(y, "repeat");
	const struct cc_yaml *gaps = cc_yaml_get(rep, "gaps"), *most = cc_yaml_get(rep, "at_most");
	int64_t at = l->n == 0 ? 0 : l->rungs[l->n - 1].amount, gap = 0, n;
	char name[32];

	if (!cc_yaml_keys(rep, "repeat", keys, 2, l->d))
		return;
	if (gaps == NULL || most == NULL || !cc_yaml_is_list(gaps, "gaps", l->d) || gaps->n == 0) {
		cc_diag(l->d, rep->at, "repeat needs 'gaps' (a list) and 'at_most'");
		return;
	}
	if (!cc_yaml_whole(most, 1, CC_RUNGS_MAX, &n, l->d))
		return;
	if (l->n > 0 && l->rungs[l->n - 1].base != CC_RUNG_AFTER &&
	    l->rungs[l->n - 1].base != CC_RUNG_BREACH) {
		cc_diag(l->d, y->at, "repeat follows breach or an after- rung");
		return;
	}
	r.base = CC_RUNG_AFTER;
	for (int64_t i = 0; i < n; i++) {
		if (i < gaps->n && !cc_yaml_duration(gaps->items[i], &gap, l->d))
			return;
		at += gap;
		r.amount = at;
		(void)snprintf(name, sizeof name, "repeat-%lld", (long long)i + 1);
		add(l, y, &r, name);
	}
}

/* remind: {first: 4h, grow: double, up_to: 1d, at_most: 10, wider_from: 24h} */
static void
read_remind(struct ladder *l, const struct cc_yaml *y, struct cc_rung r)
{
	static const char *const keys[] = {"first", "grow", "up_to", "at_most", "wider_from"};
	static const char *const grow_words[] = {"double", "no"};
	const struct cc_yaml *rem = cc_yaml_get(y, "remind");
	const struct cc_yaml *first = cc_yaml_get(rem, "first"), *up = cc_yaml_get(rem, "up_to");
	const struct cc_yaml *most = cc_yaml_get(rem, "at_most"), *grow = cc_yaml_get(rem, "grow");
	const struct cc_yaml *from = cc_yaml_get(rem, "wider_from");
	uint8_t wider = cc_yaml_get(y, "wider") == NULL ? r.to : roles(l, cc_yaml_get(y, "wider"));
	int64_t gap, limit, n, widen = INT64_MAX, at = 0;
	bool doubles;
	char name[32];

	if (!cc_yaml_keys(rem, "remind", keys, 5, l->d))
		return;
	if (first == NULL || up == NULL || most == NULL) {
		cc_diag(l->d, rem->at, "remind needs 'first', 'up_to' and 'at_most'");
		return;
	}
	if (!cc_yaml_duration(first, &gap, l->d) || !cc_yaml_duration(up, &limit, l->d) ||
	    !cc_yaml_whole(most, 1, CC_RUNGS_MAX, &n, l->d) ||
	    (from != NULL && !cc_yaml_duration(from, &widen, l->d)))
		return;
	doubles = grow != NULL && cc_yaml_word(grow, grow_words, 2, "grow", l->d) == 0;
	r.base = CC_RUNG_REMIND;
	for (int64_t i = 0; i < n; i++) {
		uint8_t to = r.to;

		at += gap;
		r.amount = at;
		if (at >= widen)
			r.to = wider;
		(void)snprintf(name, sizeof name, "remind-%lld", (long long)i + 1);
		add(l, y, &r, name);
		r.to = to;
		if (doubles)
			gap = gap * 2 < limit ? gap * 2 : limit;
	}
}

static void
read_step(struct ladder *l, const struct cc_yaml *y)
{
	static const char *const keys[] = {"rung", "repeat", "remind", "to", "wider", "severity"};
	const struct cc_yaml *severity = cc_yaml_get(y, "severity");
	struct cc_rung r = {.name = NULL};
	int w;

	if (!cc_yaml_keys(y, "rung", keys, 6, l->d))
		return;
	r.to = roles(l, cc_yaml_get(y, "to"));
	if (r.to == 0 || severity == NULL) {
		cc_diag(l->d, y->at, "a rung needs 'to' (for example [R0, R1]) and 'severity'");
		return;
	}
	w = cc_yaml_word(severity, severities, 3, "severity", l->d);
	r.severity = (enum cc_severity)(CC_NOTICE + (w < 0 ? 0 : w));
	if (cc_yaml_get(y, "rung") != NULL)
		read_rung(l, y, r);
	else if (cc_yaml_get(y, "repeat") != NULL)
		read_repeat(l, y, r);
	else if (cc_yaml_get(y, "remind") != NULL)
		read_remind(l, y, r);
	else
		cc_diag(l->d, y->at, "expected 'rung', 'repeat' or 'remind'");
}

/* Rungs that count from the due must come in order of time. */
static void
check_order(struct ladder *l, const struct cc_yaml *y)
{
	int64_t last = INT64_MIN;

	for (uint16_t i = 0; i < l->n; i++) {
		const struct cc_rung *r = &l->rungs[i];
		int64_t at = r->base == CC_RUNG_BEFORE ? -r->amount :
		    r->base == CC_RUNG_BREACH ? 1 : r->amount;

		if (r->base == CC_RUNG_ELAPSED || r->base == CC_RUNG_RAISE ||
		    r->base == CC_RUNG_FAILED)
			continue;
		if (at <= last)
			cc_diag(l->d, y->at, "rung '%s' is not later than the one before it "
			    "and can never fire", r->name);
		last = at;
	}
}

static void
choice(struct cc_diags *d, const struct cc_yaml *y, struct cc_ladder_choice *c)
{
	static const char *const kinds[] = {"deadline", "recurring", "window", "freshness",
	    "gate", "immediate"};
	const struct cc_yaml *k = cc_yaml_get(y, "kinds"), *due = cc_yaml_get(y, "needs_due");
	const struct cc_yaml *most = cc_yaml_get(y, "at_most");
	const struct cc_yaml *longer = cc_yaml_get(y, "longer_than");

	c->min_len = INT64_MIN;
	c->max_len = INT64_MAX;
	for (uint32_t i = 0; k != NULL && k->kind == CC_YAML_LIST && i < k->n; i++) {
		int w = cc_yaml_word(k->items[i], kinds, 6, "kinds", d);

		if (w >= 0)
			c->kinds |= (uint16_t)(1u << (CC_KIND_DEADLINE + w));
	}
	if (due != NULL)
		(void)cc_yaml_yes(due, &c->needs_due, d);
	if (most != NULL)
		(void)cc_yaml_duration(most, &c->max_len, d);
	if (longer != NULL && cc_yaml_duration(longer, &c->min_len, d))
		c->min_len++;
}

/* A default ladder is climbed by all kinds that it names. */
static void
check_kinds(const struct ladder *l, const struct cc_yaml *y, uint16_t kinds)
{
	for (enum cc_kind k = CC_KIND_DEADLINE; k <= CC_KIND_IMMEDIATE; k++)
		for (uint16_t i = 0; i < l->n && (kinds >> k & 1) != 0; i++) {
			const char *why = cc_never_reached(k, l->rungs[i].base);

			if (why != NULL)
				cc_diag(l->d, y->at, "rung '%s' can never fire for kind %s: %s",
				    l->rungs[i].name, cc_kind_text(k), why);
		}
}

void
cc_load_ladders(const struct cc_yaml *list, struct cc_arena *a, struct cc_diags *d,
    struct cc_ladders *ret, const struct cc_ladder **ret_named, unsigned *ret_n)
{
	static const char *const keys[] = {"name", "kinds", "needs_due", "at_most",
	    "longer_than", "rungs"};
	struct cc_ladder *v = cc_arena_array(a, list->n, sizeof *v);
	struct cc_ladder_choice *c = cc_arena_array(a, list->n, sizeof *c);
	uint16_t nchoices = 0;

	for (uint32_t i = 0; v != NULL && c != NULL && i < list->n; i++) {
		const struct cc_yaml *y = list->items[i], *rungs = cc_yaml_get(y, "rungs");
		const struct cc_yaml *name = cc_yaml_get(y, "name");
		struct ladder l = {.a = a, .d = d,
		    .rungs = cc_arena_array(a, CC_RUNGS_MAX, sizeof *l.rungs)};

		if (!cc_yaml_keys(y, "ladder", keys, 6, d))
			continue;
		if (name == NULL || rungs == NULL || l.rungs == NULL) {
			cc_diag(d, y->at, "a ladder needs 'name' and 'rungs'");
			continue;
		}
		if (!cc_yaml_is_text(name, "name", d) || !cc_yaml_is_list(rungs, "rungs", d))
			continue;
		for (uint32_t k = 0; k < i; k++)
			if (v[k].name != NULL && strcmp(v[k].name, name->text) == 0)
				cc_diag(d, name->at, "two ladders are named '%.40s'", name->text);
		for (uint32_t k = 0; k < rungs->n; k++)
			read_step(&l, rungs->items[k]);
		check_order(&l, y);
		v[i] = (struct cc_ladder){name->text, l.rungs, l.n};
		choice(d, y, &c[nchoices]);
		check_kinds(&l, y, c[nchoices].kinds);
		c[nchoices].ladder = &v[i];
		if (c[nchoices].kinds != 0)
			nchoices++;
	}
	*ret = (struct cc_ladders){c, nchoices};
	*ret_named = v;
	*ret_n = list->n;
}
