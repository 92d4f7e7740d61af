#include "scheduler/civil.h"

/*
 * Every question about a zone is answered from spans: stretches of time under
 * one offset.  The table gives those up to its last transition, the rule all
 * later ones, one year at a time.
 */

enum { DAY_S = 86400, WEEK_DAYS = 7 };

/* No loader lets a greater offset pass (policy/tzif.h). */
enum { OFFSET_MAX = 26 * 3600 };

/* Far beyond any cc_day; keeps the sums below inside 64 bits. */
#define WALL_FAR ((int64_t)1 << 50)

struct span {
	int64_t from, to;	/* [from, to) */
	const struct cc_zone_kind *kind;
};

/* One change of a rule, as an instant. */
struct change {
	int64_t at;
	const struct cc_zone_kind *kind;
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t
near_enough(int64_t t)
{
	if (t > WALL_FAR)
		return WALL_FAR;
	return t < -WALL_FAR ? -WALL_FAR : t;
}

static bool
leap_year(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* Days from 1970-01-01 to 1 January of year y. */
static int64_t
new_year(int64_t y)
{
	int64_t p = y - 1;

	return p * 365 + floor_div(p, 4) - floor_div(p, 100) +
	    floor_div(p, 400) - 719162;
}

static int64_t
year_of(int64_t day)
{
	/* Mean Gregorian years; the guess is off by one at most. */
	int64_t y = 1970 + floor_div(day * 400, 146097);

	while (new_year(y) > day)
		y--;
	while (new_year(y + 1) <= day)
		y++;
	return y;
}

/* The day of the form Mm.w.d: weekday d of week w, week 5 the last one. */
static int64_t
weekday_of_month(int64_t y, const struct cc_zone_change *c)
{
	static const int before[13] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
	};
	int leap = leap_year(y);
	int64_t first = new_year(y) + before[c->month - 1] +
	    (c->month > 2 ? leap : 0);
	int len = before[c->month] - before[c->month - 1] +
	    (c->month == 2 ? leap : 0);
	int64_t w = (first + 4) % WEEK_DAYS;
	int64_t off;

	if (w < 0)
		w += WEEK_DAYS;
	off = (c->wday - w + WEEK_DAYS) % WEEK_DAYS + WEEK_DAYS * (c->week - 1);
	if (off >= len)
		off -= WEEK_DAYS;
	return first + off;
}

/* Seconds since 1970 on the wall when the change of year y happens. */
static int64_t
change_local(int64_t y, const struct cc_zone_change *c)
{
	int64_t day;

	if (c->form == CC_CHANGE_M)
		day = weekday_of_month(y, c);
	else if (c->form == CC_CHANGE_J)
		day = new_year(y) + c->yday - 1 +
		    (leap_year(y) && c->yday >= 60);
	else
		day = new_year(y) + c->yday;
	return day * DAY_S + c->time;
}

/*
 * The changes of the years y-1 to y+1 in order of time.  A change may lie some
 * days outside its year (times run to 167 hours), so y alone is not enough.
 * At one and the same second the later year's wins, which is how a rule says
 * that daylight saving never ends.
 */
static void
changes_around(const struct cc_zone_rule *r, int64_t y, struct change ret[6])
{
	for (int n = 0; n < 6; n += 2) {
		int64_t k = y - 1 + n / 2;
		struct change to_dst = {
			change_local(k, &r->to_dst) - r->std.offset, &r->dst
		};
		struct change to_std = {
			change_local(k, &r->to_std) - r->dst.offset, &r->std
		};
		bool swap = to_std.at < to_dst.at;

		ret[n] = swap ? to_std : to_dst;
		ret[n + 1] = swap ? to_dst : to_std;
	}
	for (int i = 1; i < 6; i++) {
		struct change c = ret[i];
		int j = i;

		for (; j > 0 && ret[j - 1].at > c.at; j--)
			ret[j] = ret[j - 1];
		ret[j] = c;
	}
}

/* The span of t under the rule alone. */
static struct span
rule_span(const struct cc_zone_rule *r, int64_t t)
{
	struct span s = {INT64_MIN, INT64_MAX, &r->std};
	struct change c[6];
	int64_t y;

	if (!r->has_dst)
		return s;
	y = year_of(floor_div(t, DAY_S));
	changes_around(r, y, c);
	/* A rule may put both changes of a year days outside that year. */
	if (t < c[0].at)
		changes_around(r, y - 1, c);
	else if (t >= c[5].at)
		changes_around(r, y + 1, c);
	for (int i = 0; i < 6; i++) {
		if (c[i].at > t) {
			s.to = c[i].at;
			break;
		}
		s.from = c[i].at;
		s.kind = c[i].kind;
	}
	return s;
}

/* How many transitions lie at or before t. */
static uint32_t
transitions_until(const struct cc_zone *z, int64_t t)
{
	uint32_t lo = 0, hi = z->ntrans;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (z->at[mid] <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct span
span_at(const struct cc_zone *z, int64_t t)
{
	uint32_t n = transitions_until(z, t);
	struct span s;

	if (n == z->ntrans && z->has_rule) {
		s = rule_span(&z->rule, t);
		if (n > 0 && s.from < z->at[n - 1])
			s.from = z->at[n - 1];
		return s;
	}
	s.from = n > 0 ? z->at[n - 1] : INT64_MIN;
	s.to = n < z->ntrans ? z->at[n] : INT64_MAX;
	s.kind = &z->kinds[n > 0 ? z->kind_at[n - 1] : z->first_kind];
	return s;
}

static int64_t
local_of(const struct cc_zone *z, struct cc_wall t)
{
	int64_t s = near_enough(t.s);

	return s + span_at(z, s).kind->offset;
}

const struct cc_zone_kind *
cc_zone_at(const struct cc_zone *z, struct cc_wall t)
{
	return span_at(z, near_enough(t.s)).kind;
}

cc_day
cc_local_day(const struct cc_zone *z, struct cc_wall t)
{
	int64_t d = floor_div(local_of(z, t), DAY_S);

	if (d > INT32_MAX)
		return INT32_MAX;
	return d < INT32_MIN ? INT32_MIN : (cc_day)d;
}

int32_t
cc_local_seconds(const struct cc_zone *z, struct cc_wall t)
{
	int64_t l = local_of(z, t);

	return (int32_t)(l - floor_div(l, DAY_S) * DAY_S);
}

/*
 * The first instant at which the wall shows `local` or more.  No wall is more
 * than OFFSET_MAX from UTC, so the search begins that much before; it nearly
 * always ends in the first span.  *ret_offset is the offset by which `local`
 * is read: the one in force then, or the one before the gap if no wall ever
 * shows `local`.
 */
static int64_t
first_at_or_after(const struct cc_zone *z, int64_t local, int32_t *ret_offset)
{
	struct span s = span_at(z, local - OFFSET_MAX);
	int64_t t = local - s.kind->offset;

	*ret_offset = s.kind->offset;
	while (t >= s.to) {
		s = span_at(z, s.to);
		t = local - s.kind->offset;
		if (t < s.from)
			return s.from;
		*ret_offset = s.kind->offset;
	}
	return t;
}

struct cc_wall
cc_local(const struct cc_zone *z, cc_day d, int32_t s)
{
	int64_t local = (int64_t)d * DAY_S + s;
	int32_t offset;

	(void)first_at_or_after(z, local, &offset); /* a gap's end is not asked */
	return (struct cc_wall){local - offset};
}

static struct cc_wall
day_begins(const struct cc_zone *z, int64_t day)
{
	int32_t offset;

	return (struct cc_wall){first_at_or_after(z, day * DAY_S, &offset)};
}

struct cc_wall
cc_sod(const struct cc_zone *z, cc_day d)
{
	return day_begins(z, d);
}

struct cc_wall
cc_eod(const struct cc_zone *z, cc_day d)
{
	struct cc_wall next = day_begins(z, (int64_t)d + 1);

	return (struct cc_wall){next.s - 1};
}
