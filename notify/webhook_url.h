/*
 * notify/webhook_url.h - where webhooks may go.
 *
 * Source:    DESIGN.md section 7 (Webhook): only http and https, no credentials; the
 *            address really used is what counts, not its spelling.
 * Purity:    no I/O; memory by libcurl's URL parser.
 * Errors:    CC_EINVAL with words for people; CC_ENOMEM.
 */
#ifndef CC_NOTIFY_WEBHOOK_URL_H
#define CC_NOTIFY_WEBHOOK_URL_H

#include "scheduler/base.h"

enum { CC_WEBHOOK_PORTS_MAX = 16 };

struct sockaddr;

struct cc_webhook_ports {
	uint16_t port[CC_WEBHOOK_PORTS_MAX];
	unsigned n;
};

/* "443 8443" */
enum cc_code cc_webhook_ports_take(const char *text, struct cc_webhook_ports *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* A whole URL with scheme and host, without user, password and fragment; http and ports
 * outside the list only where private addresses are allowed. */
enum cc_code cc_webhook_url_check(const char *url, bool allow_private,
    const struct cc_webhook_ports *ports, struct cc_err *reterr) CC_MUST_USE;

/* True for a public unicast address, false for all else: loopback, private, link-local,
 * shared, documentation, multicast, an IPv4 one in IPv6 dress that is not public. */
bool cc_webhook_address_public(const struct sockaddr *address);

#endif
