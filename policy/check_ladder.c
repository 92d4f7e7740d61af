#include "policy/check_ladder.h"

const char *
cc_never_reached(enum cc_kind kind, enum cc_rung_base base)
{
	if (kind == CC_KIND_GATE || kind == CC_KIND_FRESHNESS)
		return base == CC_RUNG_FAILED ? NULL : "a test is judged once: only 'failed' "
		    "can fire";
	if (base == CC_RUNG_FAILED)
		return "only gates and freshness tests fail";
	if (kind == CC_KIND_IMMEDIATE && base == CC_RUNG_ELAPSED)
		return "a duty to be done at once has no time that elapses";
	return NULL;
}

/* What the ladder of a safety rule must hold; 0: nothing. */
static enum cc_rung_base
gravest_of(enum cc_kind kind)
{
	switch (kind) {
	case CC_KIND_DEADLINE:
	case CC_KIND_RECURRING:
		return CC_RUNG_BREACH;
	case CC_KIND_IMMEDIATE:
		return CC_RUNG_RAISE;
	case CC_KIND_GATE:
	case CC_KIND_FRESHNESS:
		return CC_RUNG_FAILED;
	case CC_KIND_WINDOW:
		break;
	}
	return (enum cc_rung_base)0;
}

static const char *
word_of(enum cc_rung_base base)
{
	return base == CC_RUNG_BREACH ? "breach" : base == CC_RUNG_RAISE ? "raise" : "failed";
}

static bool
holds(const struct cc_ladder *l, enum cc_rung_base base)
{
	for (uint16_t i = 0; i < l->nrungs; i++)
		if (l->rungs[i].base == base)
			return true;
	return false;
}

/* The default ladder that a clock of this kind and length climbs, and up to which length
 * it does; NULL: none. */
static const struct cc_ladder *
default_of(const struct cc_ladders *l, enum cc_kind kind, cc_dur_s len, cc_dur_s *ret_to)
{
	const struct cc_ladder *found = NULL;

	*ret_to = INT64_MAX;
	for (uint16_t i = 0; i < l->n; i++) {
		const struct cc_ladder_choice *c = &l->choices[i];

		if ((c->kinds >> kind & 1) == 0 || c->max_len < len)
			continue;
		if (c->min_len > len) {
			/* It goes before what comes later only from there on. */
			if (found == NULL && c->min_len - 1 < *ret_to)
				*ret_to = c->min_len - 1;
			continue;
		}
		if (found == NULL) {
			found = c->ladder;
			*ret_to = c->max_len < *ret_to ? c->max_len : *ret_to;
		}
	}
	return found;
}

/* Every length that a clock can have, from none on. */
static void
check_defaults(const struct cc_ladders *l, const struct cc_rule *r, enum cc_rung_base base,
    struct cc_place at, struct cc_diags *d)
{
	cc_dur_s len = 0, to;

	for (;;) {
		const struct cc_ladder *ladder = default_of(l, r->kind, len, &to);

		if (ladder == NULL) {
			cc_diag(d, at, "safety: pack.yaml has no ladder for some clocks of this "
			    "kind: nobody would be told of '%s'", word_of(base));
			return;
		}
		if (!holds(ladder, base)) {
			cc_diag(d, at, "safety: the ladder '%.40s' has no rung '%s': nobody "
			    "would be told of it", ladder->name, word_of(base));
			return;
		}
		if (to == INT64_MAX)
			return;
		len = to + 1;
	}
}

static void
check_own(const struct cc_rule *r, struct cc_place at, struct cc_diags *d)
{
	const struct cc_ladder *l = r->ladder;

	for (uint16_t i = 0; i < l->nrungs; i++) {
		const char *why = cc_never_reached(r->kind, l->rungs[i].base);

		if (why != NULL)
			cc_diag(d, at, "ladder: rung '%s' of '%.40s' can never fire here: %s",
			    l->rungs[i].name, l->name, why);
	}
}

void
cc_check_rule_ladder(const struct cc_ladders *defaults, const struct cc_rule *r,
    struct cc_place at, struct cc_diags *d)
{
	enum cc_rung_base base = gravest_of(r->kind);

	if (r->silent)
		return;
	if (r->ladder != NULL)
		check_own(r, at, d);
	if (!r->safety || base == 0)
		return;
	if (r->ladder == NULL)
		check_defaults(defaults, r, base, at, d);
	else if (!holds(r->ladder, base))
		cc_diag(d, at, "ladder: '%.40s' has no rung '%s', and this is a safety rule: "
		    "nobody would be told of it", r->ladder->name, word_of(base));
}
