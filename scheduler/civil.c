#include "scheduler/civil.h"

enum { DAYS_400Y = 146097, DAYS_TO_1970 = 719468, DAYS_MAX_YEAR = 5800000 };

static const int month_days[12] = {
	31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
};

static bool
leap_year(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int
days_in_month(int64_t y, int m)
{
	return m == 2 && leap_year(y) ? 29 : month_days[m - 1];
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years run from March here, so that the leap day is the last of its year. */
static int64_t
days_from(int64_t y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = floor_div(y, 400);
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * DAYS_400Y + yoe * 365 + yoe / 4 - yoe / 100 + doy -
	    DAYS_TO_1970;
}

/* A sum of days that stays inside the type instead of wrapping. */
static cc_day
saturated(int64_t d)
{
	if (d > INT32_MAX)
		return INT32_MAX;
	return d < INT32_MIN ? INT32_MIN : (cc_day)d;
}

cc_day
cc_day_of(struct cc_civil c)
{
	if (c.year > DAYS_MAX_YEAR)
		return INT32_MAX;
	if (c.year < -DAYS_MAX_YEAR)
		return INT32_MIN;
	return saturated(days_from(c.year, c.month, c.day));
}

struct cc_civil
cc_civil_of(cc_day d)
{
	int64_t z = (int64_t)d + DAYS_TO_1970;
	int64_t era = floor_div(z, DAYS_400Y);
	int64_t doe = z - era * DAYS_400Y;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct cc_civil c;

	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	return c;
}

bool
cc_civil_ok(struct cc_civil c)
{
	return c.year >= 1 && c.year <= 9999 && c.month >= 1 && c.month <= 12 &&
	    c.day >= 1 && c.day <= days_in_month(c.year, c.month);
}

int
cc_weekday(cc_day d)
{
	/* 1970-01-01 was a Thursday. */
	int w = (int)(((int64_t)d + 4) % 7);

	return w < 0 ? w + 7 : w;
}

cc_day
cc_add_months(cc_day d, int n)
{
	struct cc_civil c = cc_civil_of(d);
	int64_t months = (int64_t)c.year * 12 + (c.month - 1) + n;
	int64_t year = floor_div(months, 12);
	int month = (int)(months - year * 12) + 1;
	int last = days_in_month(year, month);

	return saturated(days_from(year, month, c.day < last ? c.day : last));
}
