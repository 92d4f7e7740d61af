#include "scheduler/walk.h"

enum { CC_DATE_MAX = 1000000, CC_COUNT_MAX = 100000 };	/* days since 1970; days, months */

struct gap {
	const struct cc_zone *zone;
	const struct cc_history *h;
	cc_day last;
	int64_t until;
	int64_t longest;
};

static bool
visit_gap(struct cc_walk *w, int64_t item, void *ctx)
{
	struct gap *g = ctx;
	int64_t t = g->h->events[item].time;
	cc_day d;

	(void)w;
	if (t > g->until)
		return true;
	d = cc_local_day(g->zone, (struct cc_wall){t});
	if ((int64_t)d - g->last > g->longest)
		g->longest = (int64_t)d - g->last;
	g->last = d;
	return false;
}

/* Days between neighbours among k0, the events of k1 after it, and k2. */
static struct cc_val
longest_gap(struct cc_walk *w, const struct cc_node *n)
{
	struct cc_val from = cc_walk_val(w, n->k[0]), to = cc_walk_val(w, n->k[2]);
	struct cc_range r;
	struct gap g;
	cc_day end;

	if (!from.given || !to.given)
		return cc_val_absent();
	g = (struct gap){w->h->zone, w->h, cc_local_day(w->h->zone,
	    (struct cc_wall){from.i}), to.i, 0};
	r = (struct cc_range){cc_history_from(w->h, from.i), UINT32_MAX};
	(void)cc_walk_each(w, n->k[1], r, false, visit_gap, &g);
	end = cc_local_day(w->h->zone, (struct cc_wall){to.i});
	if ((int64_t)end - g.last > g.longest)
		g.longest = (int64_t)end - g.last;
	return cc_val_of(g.longest);
}

static struct cc_val
of_day(struct cc_walk *w, const struct cc_node *n, int64_t x, int64_t y)
{
	const struct cc_zone *z = w->h->zone;
	const struct cc_calendar *c = &w->pack->calendar;
	cc_day d = (cc_day)x;
	int k = (int)y;

	switch (n->op) {
	case CC_OP_SOD:
		return cc_val_of(cc_sod(z, d).s);
	case CC_OP_EOD:
		return cc_val_of(cc_eod(z, d).s);
	case CC_OP_LOCAL:
		return cc_val_of(cc_local(z, d, (int32_t)y).s);
	case CC_OP_BD:
		return cc_val_of(cc_business_after(c, d, k));
	case CC_OP_BD_FROM:
		return cc_val_of(cc_business_from(c, d, k));
	case CC_OP_BD_END:
		return cc_val_of(cc_eod(z, cc_business_after(c, d, k)).s);
	case CC_OP_MONTHS:
		return cc_val_of(cc_add_months(d, k));
	default:
		return cc_val_of(cc_business_day(c, d));
	}
}

/* Dates and counts that no case can mean: what is worked out of them is absent, so
 * that a pack cannot make the calendar count for hours. */
static bool
too_far(enum cc_op op, int64_t a, int64_t b)
{
	bool date = op != CC_OP_DAY && op != CC_OP_NBD && op != CC_OP_IN_BLOCK &&
	    op != CC_OP_BUSINESS_ELAPSED;
	int64_t reach = date ? CC_DATE_MAX : CC_DATE_MAX * INT64_C(86400);
	int64_t count = op == CC_OP_LOCAL || op == CC_OP_BUSINESS_ELAPSED ?
	    CC_COUNT_MAX * INT64_C(86400) : CC_COUNT_MAX;

	return a > reach || a < -reach || b > count || b < -count;
}

struct cc_val
cc_walk_time(struct cc_walk *w, const struct cc_node *n)
{
	const struct cc_calendar *c = &w->pack->calendar;
	struct cc_val a, b = cc_val_of(0);
	struct cc_wall t;

	if (n->op == CC_OP_LONGEST_GAP)
		return longest_gap(w, n);
	a = cc_walk_val(w, n->k[0]);
	if (n->k[1] != NULL)
		b = cc_walk_val(w, n->k[1]);
	if (!a.given || !b.given || too_far(n->op, a.i, b.i))
		return cc_val_absent();
	t = (struct cc_wall){a.i};
	switch (n->op) {
	case CC_OP_DAY:
		return cc_val_of(cc_local_day(w->h->zone, t));
	case CC_OP_NBD:
		return cc_val_of(cc_next_business(c, w->h->zone, t));
	case CC_OP_IN_BLOCK:
		return cc_val_of(cc_in_block(c, w->h->zone, t));
	case CC_OP_BUSINESS_ELAPSED:
		return cc_val_of(cc_business_elapsed(c, w->h->zone, t, b.i).s);
	default:
		return of_day(w, n, a.i, b.i);
	}
}
