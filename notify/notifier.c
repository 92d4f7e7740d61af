#include "notify/notifier.h"

const char *
cc_notify_outcome_text(enum cc_notify_outcome o)
{
	static const char *const text[] = {
		[CC_NOTIFY_SENT] = "sent",
		[CC_NOTIFY_TEMP_FAIL] = "temp-fail",
		[CC_NOTIFY_PERM_FAIL] = "perm-fail",
		[CC_NOTIFY_CANCELLED] = "cancelled",
		[CC_NOTIFY_DISABLED] = "disabled",
	};

	if ((size_t)o >= sizeof text / sizeof text[0] || text[o] == NULL)
		return "unknown outcome";
	return text[o];
}

/* The far side's words end up in logs and lists: printable ASCII only. */
static void
set_text(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; from[i] != '\0' && i + 1 < size; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	while (i > 0 && to[i - 1] == ' ')
		i--;
	to[i] = '\0';
}

void
cc_notify_result_set(struct cc_notify_result *r, enum cc_notify_outcome outcome,
    const char *code, const char *detail)
{
	r->outcome = outcome;
	r->retry_after = -1;
	set_text(r->code, sizeof r->code, code);
	set_text(r->detail, sizeof r->detail, detail);
}
