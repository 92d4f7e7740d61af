#include "notify/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_AFTER_MAX = 3 * 86400, GONE = 410 };

/* Seconds or a date (RFC 9110 10.2.3); -1 when it is neither. */
static int64_t
retry_after(const char *text, struct cc_wall now)
{
	size_t digits;
	int64_t s;

	if (text == NULL)
		return -1;
	text += strspn(text, " \t");
	digits = strspn(text, "0123456789");
	if (digits > 0 && text[digits + strspn(text + digits, " \t")] == '\0') {
		s = digits > 9 ? RETRY_AFTER_MAX : strtoll(text, NULL, 10);
	} else {
		s = (int64_t)curl_getdate(text, NULL);
		if (s < 0)
			return -1;
		s -= now.s;
	}
	return s < 0 ? 0 : s > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : s;
}

static void
judge_status(const struct cc_webhook_answer *a, struct cc_notify_result *ret)
{
	char code[32];
	long kind = a->status / 100;

	(void)snprintf(code, sizeof code, "HTTP %ld", a->status);
	if (kind == 2) {
		cc_notify_result_set(ret, CC_NOTIFY_SENT, code, "");
	} else if (a->status == GONE) {
		cc_notify_result_set(ret, CC_NOTIFY_DISABLED, code,
		    "the endpoint says that it is gone");
	} else if (a->status == 408 || a->status == 425 || a->status == 429 || kind == 5) {
		cc_notify_result_set(ret, CC_NOTIFY_TEMP_FAIL, code, "");
		ret->retry_after = retry_after(a->retry_after, a->now);
	} else {
		cc_notify_result_set(ret, CC_NOTIFY_PERM_FAIL, code, kind == 3 ?
		    "redirects are not followed" : "");
	}
}

static const char *
code_words(CURLcode code)
{
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return "timeout";
	case CURLE_COULDNT_RESOLVE_HOST:
		return "dns";
	case CURLE_COULDNT_CONNECT:
		return "connect";
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		return "tls";
	default:
		return "network";
	}
}

/* An answer that was cut for its length has told its status before. */
void
cc_webhook_judge(const struct cc_webhook_answer *a, struct cc_notify_result *ret)
{
	if (a->code == CURLE_OK || (a->capped && a->status >= 200)) {
		judge_status(a, ret);
		return;
	}
	if (a->address_refused) {
		cc_notify_result_set(ret, CC_NOTIFY_TEMP_FAIL, "address",
		    "the endpoint's address is not public (allow_private is off)");
		return;
	}
	cc_notify_result_set(ret, CC_NOTIFY_TEMP_FAIL, code_words(a->code),
	    a->error[0] != '\0' ? a->error : curl_easy_strerror(a->code));
}
