#include "scheduler/clock.h"

#include <string.h>

#include "scheduler/rule.h"

/* How many instants can change a view: see marks_of. */
enum { CC_CLOCK_MARKS = 6 };

static bool
reached(struct cc_wall t, struct cc_wall now)
{
	return cc_given(t) && t.s <= now.s;
}

static bool
judged(const struct cc_clock *c)
{
	return c->rule->kind == CC_KIND_GATE ||
	    c->rule->kind == CC_KIND_FRESHNESS;
}

/* The event that a gate or a freshness test guards. */
static struct cc_wall
guarded(const struct cc_clock *c)
{
	return cc_given(c->ended) ? c->ended : c->started;
}

static bool
view_judged(const struct cc_clock *c, struct cc_wall now, struct cc_view *ret)
{
	struct cc_wall at = guarded(c);
	enum cc_state s = c->met ? CC_STATE_PASSED : CC_STATE_FAILED;

	if (!reached(at, now))
		return false;
	if (c->end == CC_END_EXEMPT)
		s = CC_STATE_EXEMPT;
	*ret = (struct cc_view){s, at, at, at};
	return true;
}

/* True when the events have ended the window by now, while it was open (G19). */
static bool
window_ended(const struct cc_clock *c, struct cc_wall now)
{
	if (c->end == CC_END_NONE || !reached(c->ended, now))
		return false;
	if (c->end == CC_END_ACT && !c->met)
		return false;
	return !cc_given(c->due) || c->ended.s <= c->due.s;
}

static void
view_window(const struct cc_clock *c, struct cc_wall now, struct cc_view *ret)
{
	*ret = (struct cc_view){CC_STATE_OPEN, c->started, c->due, CC_NEVER};
	if (window_ended(c, now)) {
		ret->state = c->end == CC_END_ACT ? CC_STATE_USED :
		    CC_STATE_CANCELLED;
		ret->ended = c->ended;
	} else if (cc_given(c->due) && now.s > c->due.s) {
		ret->state = CC_STATE_EXPIRED;
		ret->ended = c->due;
	}
}

static enum cc_state
ended_state(const struct cc_clock *c)
{
	if (c->end == CC_END_EXEMPT)
		return CC_STATE_EXEMPT;
	if (c->end == CC_END_CANCELLED)
		return CC_STATE_CANCELLED;
	return c->met ? CC_STATE_MET : CC_STATE_LATE;
}

static void
view_duty(const struct cc_clock *c, struct cc_wall now, struct cc_view *ret)
{
	*ret = (struct cc_view){CC_STATE_RUNNING, c->started, c->due, CC_NEVER};
	if (c->end != CC_END_NONE && reached(c->ended, now)) {
		ret->state = ended_state(c);
		ret->ended = c->ended;
	} else if (reached(c->paused, now) && !reached(c->resumed, now)) {
		ret->state = CC_STATE_PAUSED;
	} else if (cc_given(c->due) && now.s > c->due.s) {
		ret->state = CC_STATE_OVERDUE;
	}
}

bool
cc_clock_view(const struct cc_clock *c, struct cc_wall now, struct cc_view *ret)
{
	if (!reached(c->armed, now))
		return false;
	if (judged(c))
		return view_judged(c, now, ret);
	if (c->rule->kind == CC_KIND_WINDOW)
		view_window(c, now, ret);
	else
		view_duty(c, now, ret);
	return true;
}

static bool
same_view(const struct cc_view *a, const struct cc_view *b)
{
	return a->state == b->state && a->started.s == b->started.s &&
	    a->due.s == b->due.s && a->ended.s == b->ended.s;
}

/* Every instant at which the view can change. */
static void
marks_of(const struct cc_clock *c, struct cc_wall ret[CC_CLOCK_MARKS])
{
	ret[0] = c->armed;
	ret[1] = c->ended;
	ret[2] = c->paused;
	ret[3] = c->resumed;
	ret[4] = guarded(c);
	ret[5] = CC_NEVER;
	if (cc_given(c->due) && c->due.s < INT64_MAX)
		ret[5].s = c->due.s + 1;
}

static struct cc_wall
mark_after(const struct cc_wall marks[CC_CLOCK_MARKS], struct cc_wall t)
{
	struct cc_wall best = CC_NEVER;

	for (int i = 0; i < CC_CLOCK_MARKS; i++) {
		if (!cc_given(marks[i]) || marks[i].s <= t.s)
			continue;
		if (!cc_given(best) || marks[i].s < best.s)
			best = marks[i];
	}
	return best;
}

/* A mark need not change the view (a due inside a pause, a pause after the
 * end), so each is looked at. */
struct cc_wall
cc_clock_next(const struct cc_clock *c, struct cc_wall now)
{
	struct cc_wall marks[CC_CLOCK_MARKS], t;
	struct cc_view was, is;
	bool armed = cc_clock_view(c, now, &was);

	marks_of(c, marks);
	for (t = mark_after(marks, now); cc_given(t); t = mark_after(marks, t)) {
		if (cc_clock_view(c, t, &is) != armed)
			return t;
		if (armed && !same_view(&was, &is))
			return t;
	}
	return CC_NEVER;
}

bool
cc_state_live(enum cc_state s)
{
	return s == CC_STATE_RUNNING || s == CC_STATE_OVERDUE ||
	    s == CC_STATE_PAUSED || s == CC_STATE_OPEN;
}

const char *
cc_state_text(enum cc_state s)
{
	static const char *const text[] = {
		[CC_STATE_RUNNING] = "running",
		[CC_STATE_OVERDUE] = "overdue",
		[CC_STATE_PAUSED] = "paused",
		[CC_STATE_MET] = "met",
		[CC_STATE_LATE] = "late",
		[CC_STATE_CANCELLED] = "cancelled",
		[CC_STATE_EXEMPT] = "exempt",
		[CC_STATE_OPEN] = "open",
		[CC_STATE_USED] = "used",
		[CC_STATE_EXPIRED] = "expired",
		[CC_STATE_PASSED] = "passed",
		[CC_STATE_FAILED] = "failed",
	};

	if ((size_t)s >= sizeof text / sizeof text[0] || text[s] == NULL)
		return "unknown";
	return text[s];
}

const char *
cc_kind_text(enum cc_kind k)
{
	static const char *const text[] = {
		[CC_KIND_DEADLINE] = "deadline",
		[CC_KIND_RECURRING] = "recurring",
		[CC_KIND_WINDOW] = "window",
		[CC_KIND_FRESHNESS] = "freshness",
		[CC_KIND_GATE] = "gate",
		[CC_KIND_IMMEDIATE] = "immediate",
	};

	if ((size_t)k >= sizeof text / sizeof text[0] || text[k] == NULL)
		return "unknown";
	return text[k];
}

int
cc_clock_cmp(const struct cc_clock *a, const struct cc_clock *b)
{
	int c = strcmp(a->rule->id, b->rule->id);

	if (c == 0)
		c = cc_str_cmp(a->subject, b->subject);
	if (c == 0)
		c = (a->period > b->period) - (a->period < b->period);
	return c;
}
