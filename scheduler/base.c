#include "scheduler/base.h"

#include <stdio.h>
#include <string.h>

enum cc_code
cc_fail(struct cc_err *reterr, enum cc_code code, int sys, const char *fmt, ...)
{
	va_list ap;

	if (reterr == NULL)
		return code;
	reterr->code = code;
	reterr->sys = sys;
	va_start(ap, fmt);
	(void)vsnprintf(reterr->msg, sizeof reterr->msg, fmt, ap); /* cut is fine */
	va_end(ap);
	return code;
}

const char *
cc_code_text(enum cc_code code)
{
	static const char *const text[] = {
#define CC_CODE_TEXT(name, words) [name] = (words),
		CC_CODES(CC_CODE_TEXT)
#undef CC_CODE_TEXT
	};

	if ((size_t)code >= sizeof text / sizeof text[0])
		return "unknown code";
	return text[code];
}

bool
cc_str_eq(struct cc_str a, struct cc_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int
cc_str_cmp(struct cc_str a, struct cc_str b)
{
	uint32_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}
