/*
 * daemon/endpoints.h - the endpoints as others see them: `status`, the store, the loop.
 *
 * Source:    DESIGN.md section 7 (Delivery: 410 disables the endpoint and says so).
 * Purpose:   the dispatcher shows how its endpoints stand; `status` prints it.  That an
 *            endpoint was disabled is kept in the store under cc_endpoint_key, with the URL
 *            that said so, until `endpoint.enable` or until its URL is another.
 * Ownership: everything is copied.
 * Threads:   cc_endpoints_show from the loop, cc_endpoints_put from any; what is shown is
 *            the process's.
 */
#ifndef CC_DAEMON_ENDPOINTS_H
#define CC_DAEMON_ENDPOINTS_H

#include "daemon/config.h"
#include "daemon/engine.h"
#include "wire/buf.h"

enum { CC_ENDPOINT_KEY = 65 };

struct cc_endpoint_shown {
	char name[CC_CHANNEL_MAX + 1];	/* of the channel: "email", "webhook:NAME" */
	const char *state;		/* "ok", "resting", "open", "disabled": static */
	uint32_t busy, failures;
	struct cc_wall until;		/* of resting and open; CC_NEVER */
};

/* At most CC_ENGINE_QUOTAS. */
void cc_endpoints_show(const struct cc_endpoint_shown *list, uint32_t n);

/* [{"name","state","busy","failures","until":INSTANT or null},...] */
void cc_endpoints_put(struct cc_buf *b);

/* The key of a channel among the store's small things; NUL-terminated. */
void cc_endpoint_key(struct cc_str channel, char ret[CC_ENDPOINT_KEY]);

/* What is kept under it: where the endpoint was when it answered 410.  "" when the channel
 * has no URL. */
const char *cc_endpoint_url(const struct cc_config *cf, struct cc_str channel);

/* Whether what is kept says that the channel is disabled where it is now. */
bool cc_endpoint_kept_disabled(struct cc_str kept, const char *url);

#endif
