#include "daemon/no_holidays.h"

unsigned
cc_no_holidays(const struct cc_calendar *c, cc_day from, cc_day until,
    int ret[CC_NO_HOLIDAYS_YEARS])
{
	unsigned n = 0;

	while (from <= until && n < CC_NO_HOLIDAYS_YEARS) {
		int year = cc_civil_of(from).year;
		cc_day next = cc_day_of((struct cc_civil){.year = year + 1, .month = 1,
		    .day = 1});
		cc_day last = next - 1 < until ? next - 1 : until;

		if (from < c->first || last > c->last)
			ret[n++] = year;
		from = next;
	}
	return n;
}

/* --- does a rule count them ----------------------------------------------------- */

enum { DEPTH = 200, TERMS = UINT16_MAX + 1 };

struct scan {
	const struct cc_program *p;
	uint64_t seen[TERMS / 64];	/* terms that were looked into */
};

static bool
counts(enum cc_op op)
{
	switch (op) {
	case CC_OP_BD:
	case CC_OP_BD_FROM:
	case CC_OP_BD_END:
	case CC_OP_NBD:
	case CC_OP_IN_BLOCK:
	case CC_OP_BUSINESS_DAY:
	case CC_OP_BUSINESS_ELAPSED:
		return true;
	default:
		return false;
	}
}

/* The body of a term, the first time that it is met. */
static const struct cc_node *
body_of(struct scan *s, const struct cc_node *n)
{
	uint64_t bit;

	if (n->op != CC_OP_CALL || n->ref >= s->p->nterms)
		return NULL;
	bit = UINT64_C(1) << n->ref % 64;
	if ((s->seen[n->ref / 64] & bit) != 0)
		return NULL;
	s->seen[n->ref / 64] |= bit;
	return s->p->terms[n->ref].body;
}

/* Expressions nest far less deep than DEPTH: the parser bounds them. */
static bool
look(struct scan *s, const struct cc_node *n, unsigned depth)
{
	if (n == NULL || depth == DEPTH)
		return false;
	if (counts(n->op) || look(s, body_of(s, n), depth + 1))
		return true;
	for (unsigned i = 0; i < 3; i++)
		if (look(s, n->k[i], depth + 1))
			return true;
	for (uint16_t i = 0; i < n->nargs; i++)
		if (look(s, n->args[i], depth + 1))
			return true;
	return false;
}

bool
cc_counts_holidays(const struct cc_program *p, const struct cc_rulex *r)
{
	struct scan s = {.p = p};
	bool found = look(&s, r->started, 0) || look(&s, r->due, 0) ||
	    look(&s, r->paused_until, 0);

	for (uint16_t i = 0; i < r->nearlier && !found; i++)
		found = look(&s, r->earlier[i].due, 0);
	for (uint16_t i = 0; i < r->nlets && !found; i++)
		found = look(&s, r->lets[i].value, 0);
	return found;
}
