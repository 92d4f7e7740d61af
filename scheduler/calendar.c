#include "scheduler/calendar.h"

enum { DAY_S = 86400, NO_FURTHER = 2932896 };	/* 9999-12-31 */

const struct cc_holiday *
cc_holiday_on(const struct cc_calendar *c, cc_day d)
{
	uint32_t lo = 0, hi = c->nholidays;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (c->holidays[mid].day < d)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == c->nholidays || c->holidays[lo].day != d)
		return NULL;
	return &c->holidays[lo];
}

bool
cc_business_day(const struct cc_calendar *c, cc_day d)
{
	if ((c->workdays >> cc_weekday(d) & 1) == 0)
		return false;
	return cc_holiday_on(c, d) == NULL;
}

static cc_day
plus(cc_day d, int64_t n)
{
	int64_t sum = d + n;

	if (sum > INT32_MAX)
		return INT32_MAX;
	return sum < INT32_MIN ? INT32_MIN : (cc_day)sum;
}

/*
 * The first business day from d on; false when CC_BUSINESS_SEARCH days, or
 * the days there are, hold none.
 */
static bool
business_at_or_after(const struct cc_calendar *c, cc_day d, cc_day *ret)
{
	for (int i = 0; i < CC_BUSINESS_SEARCH && d < NO_FURTHER; i++, d++) {
		if (cc_business_day(c, d)) {
			*ret = d;
			return true;
		}
	}
	return false;
}

cc_day
cc_business_after(const struct cc_calendar *c, cc_day d, int n)
{
	cc_day at = d;

	for (int i = 0; i < n; i++) {
		if (!business_at_or_after(c, plus(at, 1), &at))
			return plus(d, n);
	}
	return at;
}

cc_day
cc_business_from(const struct cc_calendar *c, cc_day d, int n)
{
	return cc_business_after(c, plus(d, -1), n);
}

bool
cc_in_block(const struct cc_calendar *c, const struct cc_zone *z,
    struct cc_wall t)
{
	cc_day d = cc_local_day(z, t);
	int32_t at = cc_weekday(d) * DAY_S + cc_local_seconds(z, t);
	int32_t from = c->block_from_wday * DAY_S + c->block_from_s;
	int32_t to = c->block_to_wday * DAY_S + c->block_to_s;
	bool inside;

	/* A block may run over the end of the week. */
	if (from <= to)
		inside = from <= at && at < to;
	else
		inside = from <= at || at < to;
	return inside && cc_holiday_on(c, d) == NULL;
}

cc_day
cc_next_business(const struct cc_calendar *c, const struct cc_zone *z,
    struct cc_wall t)
{
	cc_day d = cc_local_day(z, t);

	if (cc_weekday(d) == c->block_from_wday &&
	    cc_local_seconds(z, t) < c->block_from_s && cc_business_day(c, d))
		return d;
	return cc_business_after(c, d, 1);
}

struct cc_wall
cc_business_elapsed(const struct cc_calendar *c, const struct cc_zone *z,
    struct cc_wall t, cc_dur_s d)
{
	cc_day day = cc_local_day(z, t);
	cc_dur_s left = d;

	if (d <= 0)
		return t;
	while (business_at_or_after(c, day, &day)) {
		struct cc_wall from = cc_sod(z, day);
		struct cc_wall to = cc_sod(z, plus(day, 1));

		if (from.s < t.s)
			from = t;
		/* `to` may lie before t where a clock is set back over
		 * midnight: such a day has nothing left to count. */
		if (to.s > from.s) {
			if (to.s - from.s >= left)
				return (struct cc_wall){from.s + left};
			left -= to.s - from.s;
		}
		day = plus(day, 1);
	}
	if (t.s > INT64_MAX - d)
		return (struct cc_wall){INT64_MAX};
	return (struct cc_wall){t.s + d};
}
