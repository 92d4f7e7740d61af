#include "scheduler/civil.h"

#include <string.h>

enum { DAY_S = 86400, YEAR_MIN = 1970, YEAR_MAX = 2099 };

/* 1970-01-01T00:00:00Z and 2099-12-31T23:59:59Z */
#define WALL_MIN INT64_C(0)
#define WALL_MAX INT64_C(4102444799)

/* 0000-01-01 and 9999-12-31: what four digits of a year can show. */
enum { DAY_SHOWN_MIN = -719528, DAY_SHOWN_MAX = 2932896 };

static const char bad_wall[] =
    "time \"%.*s\": %s; expected for example 2026-03-09T00:30:00-05:00";

/* A cursor over the text: `at` moves only over what was understood. */
struct scan {
	struct cc_str text;
	uint32_t at;
};

static bool
take_digits(struct scan *s, int n, int *ret)
{
	int v = 0;

	if (s->text.n - s->at < (uint32_t)n)
		return false;
	for (int i = 0; i < n; i++) {
		char c = s->text.p[s->at + (uint32_t)i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	s->at += (uint32_t)n;
	*ret = v;
	return true;
}

/* One character out of `set`, or 0. */
static char
take_one(struct scan *s, const char *set)
{
	char c;

	if (s->at >= s->text.n)
		return 0;
	c = s->text.p[s->at];
	if (c == 0 || strchr(set, c) == NULL)
		return 0;
	s->at++;
	return c;
}

static bool
take_date(struct scan *s, struct cc_civil *ret)
{
	return take_digits(s, 4, &ret->year) && take_one(s, "-") &&
	    take_digits(s, 2, &ret->month) && take_one(s, "-") &&
	    take_digits(s, 2, &ret->day);
}

static bool
take_fraction(struct scan *s)
{
	uint32_t first = s->at;

	while (take_one(s, "0123456789"))
		;
	return s->at > first;
}

/* What is wrong with the time of day, or NULL. */
static const char *
take_clock(struct scan *s, int32_t *ret)
{
	int h, m, sec;

	if (!take_digits(s, 2, &h) || !take_one(s, ":") ||
	    !take_digits(s, 2, &m) || !take_one(s, ":") ||
	    !take_digits(s, 2, &sec))
		return "it is not YYYY-MM-DDThh:mm:ss with an offset";
	if (h > 23 || m > 59)
		return "there is no such time of day";
	if (sec > 59)
		return "seconds run from 00 to 59";
	if (take_one(s, ".") && !take_fraction(s))
		return "a fraction needs digits";
	*ret = h * 3600 + m * 60 + sec;
	return NULL;
}

static const char *
take_offset(struct scan *s, int32_t *ret)
{
	char sign;
	int h, m;

	*ret = 0;
	if (s->at == s->text.n)
		return "the offset (Z or +hh:mm) is missing";
	if (take_one(s, "Zz"))
		return NULL;
	sign = take_one(s, "+-");
	if (sign == 0 || !take_digits(s, 2, &h) || !take_one(s, ":") ||
	    !take_digits(s, 2, &m))
		return "the offset is neither Z nor +hh:mm";
	if (h > 23 || m > 59)
		return "the offset is out of range";
	*ret = (h * 3600 + m * 60) * (sign == '-' ? -1 : 1);
	return NULL;
}

static const char *
take_wall(struct scan *s, int64_t *ret)
{
	struct cc_civil c;
	int32_t clock = 0, offset = 0;
	const char *wrong;

	if (!take_date(s, &c) || !take_one(s, "Tt"))
		return "it is not YYYY-MM-DDThh:mm:ss with an offset";
	if (!cc_civil_ok(c))
		return "there is no such date";
	wrong = take_clock(s, &clock);
	if (wrong == NULL)
		wrong = take_offset(s, &offset);
	if (wrong != NULL)
		return wrong;
	if (s->at != s->text.n)
		return "something follows the offset";
	*ret = (int64_t)cc_day_of(c) * DAY_S + clock - offset;
	if (*ret < WALL_MIN || *ret > WALL_MAX)
		return "it is outside 1970 to 2099";
	return NULL;
}

/* How much of a text an error shows: never a control character, which could
 * forge a line of the log. */
static int
shown(struct cc_str text)
{
	int n = 0;

	while (n < 40 && (uint32_t)n < text.n && text.p[n] >= ' ' &&
	    text.p[n] <= '~')
		n++;
	return n;
}

enum cc_code
cc_wall_parse(struct cc_str text, struct cc_wall *ret, struct cc_err *reterr)
{
	struct scan s = {text, 0};
	int64_t t;
	const char *wrong = take_wall(&s, &t);

	if (wrong != NULL)
		return cc_fail(reterr, CC_EINVAL, 0, bad_wall, shown(text),
		    text.n == 0 ? "" : text.p, wrong);
	ret->s = t;
	return CC_OK;
}

enum cc_code
cc_day_parse(struct cc_str text, cc_day *ret, struct cc_err *reterr)
{
	struct scan s = {text, 0};
	struct cc_civil c;
	const char *wrong = NULL;

	if (!take_date(&s, &c) || s.at != text.n)
		wrong = "it is not YYYY-MM-DD";
	else if (!cc_civil_ok(c))
		wrong = "there is no such date";
	else if (c.year < YEAR_MIN || c.year > YEAR_MAX)
		wrong = "it is outside 1970 to 2099";
	if (wrong != NULL)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "date \"%.*s\": %s; expected for example 2026-03-09",
		    shown(text), text.n == 0 ? "" : text.p, wrong);
	*ret = cc_day_of(c);
	return CC_OK;
}

/* Digits by hand: these run once for each instant of each record. */
static char *
put(char *p, int width, int v)
{
	for (int i = width - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + width;
}

static char *
put_date(char *p, int64_t day)
{
	struct cc_civil c;

	/* Four digits cannot show more; no instant of a record comes near. */
	if (day < DAY_SHOWN_MIN)
		day = DAY_SHOWN_MIN;
	if (day > DAY_SHOWN_MAX)
		day = DAY_SHOWN_MAX;
	c = cc_civil_of((cc_day)day);
	p = put(p, 4, c.year);
	*p++ = '-';
	p = put(p, 2, c.month);
	*p++ = '-';
	return put(p, 2, c.day);
}

static char *
put_clock(char *p, int32_t s)
{
	p = put(p, 2, s / 3600);
	*p++ = ':';
	p = put(p, 2, s / 60 % 60);
	*p++ = ':';
	return put(p, 2, s % 60);
}

void
cc_wall_format(struct cc_wall t, char ret[CC_WALL_TEXT])
{
	int64_t day = t.s / DAY_S - (t.s % DAY_S < 0);
	char *p = put_date(ret, day);

	*p++ = 'T';
	p = put_clock(p, (int32_t)((t.s % DAY_S + DAY_S) % DAY_S));
	*p++ = 'Z';
	*p = '\0';
}

void
cc_day_format(cc_day d, char ret[CC_DAY_TEXT])
{
	*put_date(ret, d) = '\0';
}

void
cc_local_format(const struct cc_zone *z, struct cc_wall t,
    char ret[CC_LOCAL_TEXT])
{
	static const char weekdays[7][4] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
	};
	const struct cc_zone_kind *k = cc_zone_at(z, t);
	cc_day d = cc_local_day(z, t);
	size_t n = strnlen(k->abbr, sizeof k->abbr);
	char *p = ret;

	memcpy(p, weekdays[cc_weekday(d)], 3);
	p += 3;
	*p++ = ' ';
	p = put_date(p, d);
	*p++ = ' ';
	p = put_clock(p, cc_local_seconds(z, t));
	*p++ = ' ';
	memcpy(p, k->abbr, n);
	p[n] = '\0';
}
