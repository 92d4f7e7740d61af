#include "scheduler/plan_inner.h"

/* A vanished instance, or a clock whose instance appears. */
struct side {
	struct cc_str rule, subject;
	struct cc_wall due;	/* told; now */
	int64_t turn;		/* the start; the period */
	uint32_t place;		/* of the instance; of the clock */
	bool ended;
};

struct sides {
	struct side *side;
	uint32_t *order;
	uint32_t n;
};

/* Which of them are paired: those of equal due only, or of any; clocks that surely
 * appear now, or the others. */
struct round {
	bool by_due, sure;
};

/* Somebody was told of it, and is still to hear how it ended. */
static bool
can_be_followed(const struct cc_planner *p, uint32_t old, struct round r)
{
	const struct cc_instance *i = &p->in->old[old];

	if (p->seen[old] || p->taken[old] || !i->told)
		return false;
	if (!cc_plan_open(i) && !(i->unsent && r.sure))
		return false;
	return !cc_plan_is_done(i, cc_plan_taken);
}

/*
 * A clock that has ended and has no instance may have been there for years: what ends
 * untold is not kept.  So it is heir only of what vanishes now, of an equal due.  A
 * window that had expired tells nobody that theirs, of another due, has gone.
 */
static bool
can_follow(const struct cc_planner *p, uint32_t clock, struct round r)
{
	const struct cc_plan_sight *s = &p->sights[clock];
	bool known = s->old != CC_PLAN_NONE;

	if (!s->there || s->of != CC_PLAN_NONE || (known && p->in->old[s->old].present))
		return false;
	if (!r.by_due && s->v.state == CC_STATE_EXPIRED)
		return false;
	return (known || cc_plan_wanted(&s->v)) == r.sure;
}

static bool
room(struct cc_arena *a, struct sides *s, size_t n)
{
	s->side = cc_arena_array(a, n, sizeof *s->side);
	s->order = cc_arena_array(a, n, sizeof *s->order);
	return s->side != NULL && s->order != NULL;
}

static bool
gather_vanished(const struct cc_planner *p, struct round r, struct sides *ret)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < p->in->nold; k++)
		n += can_be_followed(p, k, r);
	if (n == 0)
		return true;
	if (!room(p->arena, ret, n))
		return false;
	for (uint32_t k = 0; k < p->in->nold; k++) {
		const struct cc_instance *i = &p->in->old[k];

		if (!can_be_followed(p, k, r))
			continue;
		ret->order[ret->n] = ret->n;
		ret->side[ret->n++] = (struct side){.rule = i->rule,
		    .subject = i->subject, .due = i->told_due,
		    .turn = i->started.s, .place = k};
	}
	return true;
}

static bool
gather_appeared(const struct cc_planner *p, struct round r, struct sides *ret)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < p->in->nclocks; k++)
		n += can_follow(p, k, r);
	if (n == 0)
		return true;
	if (!room(p->arena, ret, n))
		return false;
	for (uint32_t k = 0; k < p->in->nclocks; k++) {
		const struct cc_clock *c = &p->in->clocks[k];
		const struct cc_plan_sight *s = &p->sights[k];

		if (!can_follow(p, k, r))
			continue;
		ret->order[ret->n] = ret->n;
		ret->side[ret->n++] = (struct side){
		    .rule = cc_plan_text(c->rule->id), .subject = c->subject,
		    .due = s->v.due, .turn = c->period, .place = k,
		    .ended = !cc_plan_wanted(&s->v)};
	}
	return true;
}

static int
cmp_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
cmp_subject(const struct side *a, const struct side *b)
{
	int c = cc_str_cmp(a->rule, b->rule);

	return c != 0 ? c : cc_str_cmp(a->subject, b->subject);
}

static int
cmp_subject_due(const struct side *a, const struct side *b)
{
	int c = cmp_subject(a, b);

	return c != 0 ? c : cmp_numbers(a->due.s, b->due.s);
}

/* What is live is the likelier heir. */
static int
cmp_turn(const struct side *a, const struct side *b)
{
	int c = cmp_numbers(a->ended, b->ended);

	return c != 0 ? c : cmp_numbers(a->turn, b->turn);
}

static int
by_subject(const void *of, uint32_t a, uint32_t b)
{
	const struct side *s = of;
	int c = cmp_subject(&s[a], &s[b]);

	return c != 0 ? c : cmp_turn(&s[a], &s[b]);
}

static int
by_subject_due(const void *of, uint32_t a, uint32_t b)
{
	const struct side *s = of;
	int c = cmp_subject_due(&s[a], &s[b]);

	return c != 0 ? c : cmp_turn(&s[a], &s[b]);
}

/* The first with the first, the second with the second, ... */
static void
pair(struct cc_planner *p, const struct sides *gone, const struct sides *come,
    int (*cmp)(const struct side *, const struct side *))
{
	uint32_t g = 0, c = 0;

	while (g < gone->n && c < come->n) {
		const struct side *x = &gone->side[gone->order[g]];
		const struct side *y = &come->side[come->order[c]];
		int order = cmp(x, y);

		g += order <= 0;
		c += order >= 0;
		if (order != 0)
			continue;
		p->sights[y->place].of = x->place;
		p->taken[x->place] = true;
	}
}

static bool
pair_round(struct cc_planner *p, struct round r)
{
	struct sides gone = {.n = 0}, come = {.n = 0};
	cc_plan_cmp_fn *by = r.by_due ? by_subject_due : by_subject;

	if (!gather_vanished(p, r, &gone))
		return false;
	if (gone.n == 0)
		return true;
	if (!gather_appeared(p, r, &come) ||
	    !cc_plan_sort(p->arena, gone.side, by, gone.order, gone.n) ||
	    !cc_plan_sort(p->arena, come.side, by, come.order, come.n))
		return false;
	pair(p, &gone, &come, r.by_due ? cmp_subject_due : cmp_subject);
	return true;
}

bool
cc_plan_find_heirs(struct cc_planner *p)
{
	return pair_round(p, (struct round){.by_due = true, .sure = true}) &&
	    pair_round(p, (struct round){.by_due = true, .sure = false}) &&
	    pair_round(p, (struct round){.by_due = false, .sure = true});
}
