#include "wire/refusal.h"

#include <stdio.h>
#include <string.h>

const char *
cc_refusal_text(enum cc_refusal code)
{
	static const char *const text[CC_REFUSAL_COUNT] = {
		[CC_NOT_REFUSED] = "not refused",
#define CC_REFUSAL_TEXT(name, words) [name] = (words),
		CC_REFUSALS(CC_REFUSAL_TEXT)
#undef CC_REFUSAL_TEXT
	};

	return (size_t)code < CC_REFUSAL_COUNT ? text[code] : "unknown code";
}

void
cc_refuse(struct cc_refused *r, enum cc_refusal code, const char *pointer,
    const char *fmt, ...)
{
	va_list ap;

	r->code = code;
	(void)snprintf(r->pointer, sizeof r->pointer, "%s", pointer);
	va_start(ap, fmt);
	(void)vsnprintf(r->message, sizeof r->message, fmt, ap);
	va_end(ap);
}

static void
copy_cut(char *to, size_t size, struct cc_str s)
{
	size_t n = s.n < size ? s.n : size - 1;

	if (n != 0)
		memcpy(to, s.p, n);
	to[n] = '\0';
}

void
cc_refused_of(struct cc_refused *r, struct cc_str id, struct cc_str source)
{
	copy_cut(r->id, sizeof r->id, id);
	copy_cut(r->source, sizeof r->source, source);
}

bool
cc_source_ok(struct cc_str source)
{
	if (source.n == 0 || source.n > CC_EVENT_SOURCE_MAX)
		return false;
	for (uint32_t i = 0; i < source.n; i++) {
		if (source.p[i] < 0x20 || source.p[i] > 0x7e)
			return false;
	}
	return true;
}
