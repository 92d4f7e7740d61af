#include "tests/support/story.h"

#include <stdlib.h>

#define D CC_TEST_D
#define T0 CC_STORY_T0

static const struct cc_rule rules[] = {
	{.id = "deadline", .kind = CC_KIND_DEADLINE},
	{.id = "safety", .kind = CC_KIND_RECURRING, .safety = true},
	{.id = "immediate", .kind = CC_KIND_IMMEDIATE},
	{.id = "window", .kind = CC_KIND_WINDOW},
	{.id = "gate", .kind = CC_KIND_GATE},
	{.id = "freshness", .kind = CC_KIND_FRESHNESS},
};

static const char *const names[] = {"0", "1", "2", "3", "4", "5", "6", "7"};

static struct cc_str
name_of(int n)
{
	return (struct cc_str){names[n], 1};
}

static struct cc_wall
at(int64_t t)
{
	return (struct cc_wall){t};
}

int64_t
cc_story_minutes(uint64_t *seed, int64_t days)
{
	return 60 * (int64_t)cc_test_random(seed, (uint64_t)days * 1440);
}

bool
cc_story_judged(const struct cc_clock *c)
{
	return c->rule->kind == CC_KIND_GATE ||
	    c->rule->kind == CC_KIND_FRESHNESS;
}

/* A length whose three quarters are whole minutes. */
static int64_t
length(uint64_t *seed)
{
	int64_t days = cc_test_random(seed, 2) == 0 ? 3 : 30;

	return 240 * (1 + (int64_t)cc_test_random(seed, (uint64_t)days * 360));
}

struct cc_clock
cc_story_clock(uint64_t *seed, int slot, int64_t t)
{
	struct cc_clock c = {
		.rule = &rules[cc_test_random(seed, 6)],
		.subject = name_of(slot), .period = 1,
		.armed = at(t), .started = at(t), .ended = CC_NEVER,
		.paused = CC_NEVER, .resumed = CC_NEVER,
		.origin_id = name_of(0), .origin_source = CC_STR("/cms"),
	};

	c.due = at(t + length(seed));
	if (c.rule->kind == CC_KIND_IMMEDIATE)
		c.due = c.started;
	if (cc_story_judged(&c)) {
		c.due = c.ended = c.started;
		c.end = CC_END_ACT;
		c.met = cc_test_random(seed, 3) == 0;
	}
	return c;
}

/* The clock may be known long after it began, or armed ahead. */
static void
shift(uint64_t *seed, struct cc_clock *c)
{
	int64_t by = 0;

	switch (cc_test_random(seed, 4)) {
	case 0:
		by = -cc_story_minutes(seed, 40);
		break;
	case 1:
		by = cc_story_minutes(seed, 2);
		break;
	default:
		break;
	}
	c->armed.s += by;
	c->started.s += by;
	c->due.s += by;
	if (cc_given(c->ended))
		c->ended.s += by;
}

void
cc_story_end(uint64_t *seed, struct cc_clock *c, int64_t t)
{
	c->end = (enum cc_end)(1 + cc_test_random(seed, 3));
	if (c->rule->kind == CC_KIND_WINDOW && c->end == CC_END_EXEMPT)
		c->end = CC_END_CANCELLED;
	c->ended = at(t);
	if (cc_test_random(seed, 3) == 0)
		c->ended.s += cc_story_minutes(seed, 2);	/* it counts only later */
	c->met = c->end == CC_END_ACT && c->ended.s <= c->due.s;
}

static void
change_duty(uint64_t *seed, struct cc_clock *c, int64_t t)
{
	switch (cc_test_random(seed, 6)) {
	case 0:
	case 1:
		cc_story_end(seed, c, t);
		break;
	case 2:
		c->end = CC_END_NONE;	/* the act was voided */
		c->ended = CC_NEVER;
		c->met = false;
		break;
	case 3:
		if (c->rule->kind != CC_KIND_IMMEDIATE)
			c->due = at(c->started.s + length(seed));
		break;
	case 4:
		c->paused = at(t + cc_story_minutes(seed, 1));
		c->resumed = CC_NEVER;
		break;
	default:
		if (cc_given(c->paused))
			c->resumed = at(c->paused.s + cc_story_minutes(seed, 20));
	}
}

static void
change(uint64_t *seed, struct cc_change *ch)
{
	switch (cc_test_random(seed, 8)) {
	case 0:
		ch->there = !ch->there;
		break;
	case 1:		/* begins with another event, perhaps one of before */
		if (cc_test_random(seed, 3) == 0)
			ch->origin = (int)cc_test_random(seed, (uint64_t)ch->origin + 1);
		else if (ch->origin + 1 < CC_STORY_ORIGINS)
			ch->origin++;
		ch->clock.origin_id = name_of(ch->origin);
		if (cc_test_random(seed, 2) == 0 && !cc_story_judged(&ch->clock) &&
		    ch->clock.rule->kind != CC_KIND_IMMEDIATE)
			ch->clock.due = at(ch->clock.started.s + length(seed));
		break;
	default:
		if (cc_story_judged(&ch->clock))
			ch->clock.met = !ch->clock.met;
		else
			change_duty(seed, &ch->clock, ch->t);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct cc_change *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->slot - y->slot;
}

/* Now and then somebody acknowledges, for hours or for days. */
static void
tell_acks(uint64_t *seed, struct cc_story *s, int64_t days)
{
	int64_t t = T0;

	for (s->nacks = 0; s->nacks < CC_STORY_ACKS; s->nacks++) {
		struct cc_ack *a = &s->acks[s->nacks];

		t += cc_story_minutes(seed, days / 16 + 1);
		a->t = t;
		a->slot = (int)cc_test_random(seed, CC_STORY_SLOTS);
		a->len = cc_story_minutes(seed, cc_test_random(seed, 2) == 0 ? 1 : 12);
		a->roles = (uint8_t)(1 + cc_test_random(seed, 7));
	}
}

void
cc_story_tell(uint64_t *seed, struct cc_story *s, int64_t days, int per_slot)
{
	s->n = 0;
	s->end = T0 + days * D;
	for (int slot = 0; slot < CC_STORY_SLOTS; slot++) {
		int64_t span = days / (per_slot + 1) + 1;
		struct cc_change ch = {.slot = slot, .there = true};

		ch.t = T0 + cc_story_minutes(seed, span);
		ch.clock = cc_story_clock(seed, slot, ch.t);
		shift(seed, &ch.clock);
		for (int i = 0; i < per_slot && s->n < CC_STORY_CHANGES; i++) {
			s->changes[s->n++] = ch;
			ch.t += 60 + cc_story_minutes(seed, span);
			change(seed, &ch);
		}
	}
	qsort(s->changes, (size_t)s->n, sizeof s->changes[0], by_time);
	tell_acks(seed, s, days);
}
