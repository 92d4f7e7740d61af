#include "policy/tzif.h"

#include <string.h>

/* The footer's language: POSIX TZ with the extensions of RFC 8536 (hours up
 * to 167 and below zero in the time of a change). */

struct scan {
	const char *p, *end;
};

static bool
letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
take(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool
take_number(struct scan *s, int max, int *ret)
{
	int v = 0, n = 0;

	while (s->p < s->end && digit(*s->p) && n < 3) {
		v = v * 10 + (*s->p++ - '0');
		n++;
	}
	if (n == 0 || v > max)
		return false;
	*ret = v;
	return true;
}

/* "CST", or "<-03>" where it is not letters alone. */
static bool
take_abbr(struct scan *s, char ret[8])
{
	bool quoted = take(s, '<');
	size_t n = 0;

	while (s->p < s->end && (letter(*s->p) ||
	    (quoted && (digit(*s->p) || *s->p == '+' || *s->p == '-')))) {
		if (n == 7)
			return false;
		ret[n++] = *s->p++;
	}
	memset(ret + n, 0, 8 - n);
	return n >= 3 && (!quoted || take(s, '>'));
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool
take_time(struct scan *s, int hours, int32_t *ret)
{
	bool minus = take(s, '-');
	int h, m = 0, sec = 0;

	if (!minus)
		(void)take(s, '+'); /* it may be left out */
	if (!take_number(s, hours, &h))
		return false;
	if (take(s, ':') && (!take_number(s, 59, &m) ||
	    (take(s, ':') && !take_number(s, 59, &sec))))
		return false;
	*ret = (h * 3600 + m * 60 + sec) * (minus ? -1 : 1);
	return true;
}

static bool
take_change_day(struct scan *s, struct cc_zone_change *ret)
{
	if (take(s, 'M')) {
		ret->form = CC_CHANGE_M;
		return take_number(s, 12, &ret->month) && ret->month >= 1 &&
		    take(s, '.') && take_number(s, 5, &ret->week) &&
		    ret->week >= 1 && take(s, '.') &&
		    take_number(s, 6, &ret->wday);
	}
	if (take(s, 'J')) {
		ret->form = CC_CHANGE_J;
		return take_number(s, 365, &ret->yday) && ret->yday >= 1;
	}
	ret->form = CC_CHANGE_N;
	return take_number(s, 365, &ret->yday);
}

static bool
take_change(struct scan *s, struct cc_zone_change *ret)
{
	*ret = (struct cc_zone_change){.time = 2 * 3600};
	if (!take(s, ',') || !take_change_day(s, ret))
		return false;
	return !take(s, '/') || take_time(s, 167, &ret->time);
}

/* POSIX counts offsets west of Greenwich; we count east. */
static bool
take_kind(struct scan *s, struct cc_zone_kind *ret, bool need_offset)
{
	int32_t west;

	if (!take_abbr(s, ret->abbr))
		return false;
	if (!need_offset && (s->p == s->end || *s->p == ','))
		return true;
	if (!take_time(s, 24, &west))
		return false;
	ret->offset = -west;
	return true;
}

static bool
take_rule(struct scan *s, struct cc_zone_rule *r)
{
	if (!take_kind(s, &r->std, true))
		return false;
	if (s->p == s->end)
		return true;
	r->has_dst = true;
	r->dst.dst = true;
	r->dst.offset = r->std.offset + 3600;
	/* Without dates POSIX leaves the changes to chance: refused. */
	return take_kind(s, &r->dst, false) && take_change(s, &r->to_dst) &&
	    take_change(s, &r->to_std) && s->p == s->end;
}

enum cc_code
cc_tzif_rule(struct cc_str text, struct cc_zone_rule *ret,
    struct cc_err *reterr)
{
	struct scan s = {text.p, text.n == 0 ? text.p : text.p + text.n};
	struct cc_zone_rule r;

	memset(&r, 0, sizeof r);
	if (!take_rule(&s, &r))
		return cc_fail(reterr, CC_EINVAL, 0, "the rule for later years "
		    "is not understood at byte %ld of it; expected for example "
		    "CST6CDT,M3.2.0,M11.1.0", (long)(s.p - text.p) + 1);
	*ret = r;
	return CC_OK;
}
