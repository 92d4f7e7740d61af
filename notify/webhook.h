/*
 * notify/webhook.h - inside of the webhook module: settings, endpoints, answers.
 *
 * Source:    DESIGN.md section 7 (Webhook), section 8 (webhooks.*).
 * Threads:   the loop thread.
 * Ownership: texts are copied; cc_webhook_settings_done frees the endpoints.
 * Errors:    CC_EINVAL names the setting, its file and line; CC_EIO a secret that cannot
 *            be read; CC_ENOMEM.
 */
#ifndef CC_NOTIFY_WEBHOOK_H
#define CC_NOTIFY_WEBHOOK_H

#include <curl/curl.h>

#include "notify/notifier.h"
#include "notify/webhook_sign.h"
#include "notify/webhook_url.h"

enum { CC_WEBHOOK_NAME_MAX = 64, CC_WEBHOOK_ENDPOINTS_MAX = 256 };

struct cc_transfer;

struct cc_endpoint {
	char name[CC_WEBHOOK_NAME_MAX + 1];
	char url[2048], secret_file[1024], ca_file[1024];
	bool allow_private;
	struct cc_webhook_keys keys;

	uint32_t outstanding;		/* messages not yet answered */
	uint32_t busy;			/* transfers under way */
	struct cc_transfer *first, *last;	/* those that wait */
};

struct cc_webhook_settings {
	struct cc_endpoint *endpoints;
	uint32_t n;
	char ports[128];
	uint32_t queue, connections, timeout_ms, connect_timeout_ms, answer_max;
};

enum cc_code cc_webhook_settings_take(const struct cc_notify_cfg *cfg,
    struct cc_webhook_settings *ret, struct cc_err *reterr) CC_MUST_USE;
void cc_webhook_settings_done(struct cc_webhook_settings *s);

/* The endpoint of that name, or NULL. */
struct cc_endpoint *cc_webhook_endpoint(const struct cc_webhook_settings *s,
    const char *name);

/* What a transfer left behind. */
struct cc_webhook_answer {
	CURLcode code;
	long status;			/* 0: no answer */
	bool address_refused, capped;
	const char *error;		/* libcurl's words, may be "" */
	const char *retry_after;	/* the header, NULL: none */
	struct cc_wall now;
};

void cc_webhook_judge(const struct cc_webhook_answer *a, struct cc_notify_result *ret);

#endif
