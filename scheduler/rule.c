#include "scheduler/rule.h"

#include <string.h>

/* The assignment that the lowest role of the chain stands for. */
static const char first_assignment[] = "primary";

static bool
judged(const struct cc_clock *c)
{
	return c->rule->kind == CC_KIND_GATE ||
	    c->rule->kind == CC_KIND_FRESHNESS;
}

static bool
fits(const struct cc_ladder_choice *ch, const struct cc_clock *c)
{
	cc_dur_s len;

	if ((ch->kinds >> c->rule->kind & 1) == 0)
		return false;
	if (!cc_given(c->due))
		return !ch->needs_due;
	if (!cc_given(c->started))
		return true;
	len = c->due.s - c->started.s;
	return ch->min_len <= len && len <= ch->max_len;
}

const struct cc_ladder *
cc_ladder_for(const struct cc_ladders *l, const struct cc_clock *c)
{
	if (c->rule->ladder != NULL)
		return c->rule->ladder;
	for (uint16_t i = 0; i < l->n; i++) {
		if (fits(&l->choices[i], c))
			return l->choices[i].ladder;
	}
	return NULL;
}

/* t + d, or CC_NEVER when t is not given or the sum does not fit. */
static struct cc_wall
plus(struct cc_wall t, int64_t d)
{
	struct cc_wall sum = CC_NEVER;

	if (!cc_given(t) || __builtin_add_overflow(t.s, d, &sum.s))
		return CC_NEVER;
	return sum;
}

/* Parts of a second are cut, so that the share is never counted too late. */
static struct cc_wall
share_elapsed(const struct cc_clock *c, int64_t percent)
{
	cc_dur_s len;

	if (!cc_given(c->due) || !cc_given(c->started))
		return CC_NEVER;
	len = c->due.s - c->started.s;
	if (len <= 0 || percent < 0 || percent > 100)
		return CC_NEVER;
	return plus(c->started, len / 100 * percent + len % 100 * percent / 100);
}

static struct cc_wall
nominal(const struct cc_rung *r, const struct cc_clock *c)
{
	switch (r->base) {
	case CC_RUNG_BEFORE:
		return r->amount == INT64_MIN ? CC_NEVER :
		    plus(c->due, -r->amount);
	case CC_RUNG_ELAPSED:
		return share_elapsed(c, r->amount);
	case CC_RUNG_BREACH:
		return plus(c->due, 1);
	case CC_RUNG_AFTER:
		return plus(c->due, r->amount);
	case CC_RUNG_RAISE:
		return c->armed;
	case CC_RUNG_REMIND:
		return plus(c->armed, r->amount);
	case CC_RUNG_FAILED:
		break;
	}
	return CC_NEVER;
}

/* A test is judged once, at the event it guards: it has no other rung. */
static struct cc_wall
judged_at(const struct cc_rung *r, const struct cc_clock *c)
{
	if (r->base != CC_RUNG_FAILED || c->met || c->end == CC_END_EXEMPT)
		return CC_NEVER;
	return cc_given(c->ended) ? c->ended : c->started;
}

struct cc_wall
cc_rung_at(const struct cc_rung *r, const struct cc_clock *c)
{
	struct cc_wall at = judged(c) ? judged_at(r, c) : nominal(r, c);

	if (!cc_given(at) || !cc_given(c->armed))
		return CC_NEVER;
	return at.s < c->armed.s ? c->armed : at;
}

const char *
cc_rung_role(const struct cc_chain *chain, const struct cc_rule *r, unsigned n)
{
	unsigned place = r->responsible;

	if (place == 0 && n == 0 && r->assignment != NULL &&
	    strcmp(r->assignment, first_assignment) != 0)
		return r->assignment;
	if (chain->n == 0)
		return "";
	if (n >= chain->n || place >= chain->n - n)
		return chain->role[chain->n - 1];
	return chain->role[place + n];
}

const char *
cc_severity_text(enum cc_severity s)
{
	switch (s) {
	case CC_NOTICE:
		return "notice";
	case CC_WARNING:
		return "warning";
	case CC_CRITICAL:
		return "critical";
	}
	return "unknown";
}

/* Does the clock, as seen now, ask for an alert that falls at `at`? */
static bool
asked(const struct cc_clock *c, const struct cc_view *v, struct cc_wall at)
{
	if (judged(c))
		return true;
	if (cc_given(v->ended) && at.s >= v->ended.s)
		return false;
	if (c->rule->kind == CC_KIND_WINDOW || !cc_given(c->paused))
		return true;
	return at.s < c->paused.s ||
	    (cc_given(c->resumed) && at.s >= c->resumed.s);
}

/* Keeps `ret` sorted by instant; a later rung of the same instant replaces. */
static unsigned
insert(struct cc_alert *ret, unsigned n, struct cc_alert one)
{
	unsigned i = n;

	while (i > 0 && ret[i - 1].at.s > one.at.s)
		i--;
	if (i > 0 && ret[i - 1].at.s == one.at.s) {
		ret[i - 1] = one;
		return n;
	}
	memmove(&ret[i + 1], &ret[i], (n - i) * sizeof ret[0]);
	ret[i] = one;
	return n + 1;
}

unsigned
cc_alerts_of(const struct cc_ladder *l, const struct cc_clock *c,
    struct cc_wall now, struct cc_alert ret[CC_RUNGS_MAX])
{
	struct cc_view v;
	unsigned n = 0;

	if (l == NULL || !cc_clock_view(c, now, &v))
		return 0;
	for (uint16_t i = 0; i < l->nrungs && i < CC_RUNGS_MAX; i++) {
		struct cc_alert one = {&l->rungs[i], i, CC_NEVER};

		one.at = cc_rung_at(one.rung, c);
		if (cc_given(one.at) && one.at.s <= now.s && asked(c, &v, one.at))
			n = insert(ret, n, one);
	}
	return n;
}
