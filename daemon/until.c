#include "daemon/until.h"

#include <string.h>

#include "scheduler/civil.h"

enum { DIGITS_MAX = 9 };

static const int64_t LENGTH_MAX = INT64_C(3650) * 86400;

bool
cc_length_parse(struct cc_str text, cc_dur_s *ret)
{
	static const char units[] = "smhd";
	static const int64_t seconds[] = {1, 60, 3600, 86400};
	const char *unit = text.n < 2 || text.p[text.n - 1] == '\0' ? NULL :
	    strchr(units, text.p[text.n - 1]);
	int64_t v = 0;

	if (unit == NULL || text.n - 1 > DIGITS_MAX)
		return false;
	for (uint32_t i = 0; i + 1 < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v * 10 + (text.p[i] - '0');
	}
	v *= seconds[unit - units];
	if (v > LENGTH_MAX)
		return false;
	*ret = v;
	return true;
}

static enum cc_code
end_of(const struct cc_rpc *rpc, const struct cc_until *u, struct cc_wall *ret,
    struct cc_err *reterr)
{
	struct cc_str until = {"", 0}, length = {"", 0};
	struct cc_err err = {.msg = ""};
	cc_dur_s d;
	enum cc_code code = cc_rpc_text(rpc, "until", &until, reterr);

	if (code == CC_OK)
		code = cc_rpc_text(rpc, "for", &length, reterr);
	if (code != CC_OK)
		return code;
	if (cc_rpc_has(rpc, "until") == cc_rpc_has(rpc, "for"))
		return cc_fail(reterr, CC_EINVAL, 0, "expected one of until and for: it must "
		    "have an end");
	if (cc_rpc_has(rpc, "until")) {
		if (cc_wall_parse(until, ret, &err) == CC_OK)
			return CC_OK;
		return cc_fail(reterr, CC_EINVAL, 0, "until: %s", err.msg);
	}
	if (!cc_length_parse(length, &d))
		return cc_fail(reterr, CC_EINVAL, 0, "for: expected a length such as 30m, 4h "
		    "or 2d; got '%.40s'", length.p);
	ret->s = u->now.s + d;
	return CC_OK;
}

enum cc_code
cc_until_read(const struct cc_rpc *rpc, const struct cc_until *u, struct cc_wall *ret,
    struct cc_err *reterr)
{
	struct cc_wall end;
	enum cc_code code = end_of(rpc, u, &end, reterr);

	if (code != CC_OK)
		return code;
	if (end.s <= u->now.s)
		return cc_fail(reterr, CC_EINVAL, 0, "the end must lie after now");
	if (end.s > u->now.s + u->most)
		return cc_fail(reterr, CC_EINVAL, 0, "the end lies %llds ahead, more than "
		    "%llds%s%s", (long long)(end.s - u->now.s), (long long)u->most,
		    u->why_most == NULL ? "" : ": ", u->why_most == NULL ? "" : u->why_most);
	*ret = end;
	return CC_OK;
}
