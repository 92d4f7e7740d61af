/*
 * notify/webhook_sign.h - signatures of webhooks.
 *
 * Source:    the Standard Webhooks specification (HMAC-SHA256, "v1"); DESIGN.md
 *            section 7 (Webhook).
 * Purity:    no clock, no I/O.
 * Units:     the timestamp is UTC seconds.
 * Ownership: the keys live in the struct until cc_webhook_keys_done.
 * Errors:    CC_EINVAL a secret is not whsec_ and base64 of 24 to 64 bytes, or there are
 *            none or too many; CC_ENOMEM; CC_EBUG the library refused.
 */
#ifndef CC_NOTIFY_WEBHOOK_SIGN_H
#define CC_NOTIFY_WEBHOOK_SIGN_H

#include "scheduler/base.h"

enum {
	CC_WEBHOOK_KEYS_MAX = 4,	/* old and new ones side by side */
	CC_WEBHOOK_KEY_MIN = 24, CC_WEBHOOK_KEY_MAX = 64,
	CC_WEBHOOK_SIGNATURE_MAX = CC_WEBHOOK_KEYS_MAX * 48 + 1
};

struct evp_mac_ctx_st;

struct cc_webhook_keys {
	struct evp_mac_ctx_st *keyed[CC_WEBHOOK_KEYS_MAX];
	unsigned n;
};

struct cc_webhook_signed {
	const char *id;
	struct cc_wall timestamp;
	const char *body;
	size_t n;
};

/* Secrets, one a line; empty lines and spaces around do not count. */
enum cc_code cc_webhook_keys_take(const char *text, struct cc_webhook_keys *ret,
    struct cc_err *reterr) CC_MUST_USE;
void cc_webhook_keys_done(struct cc_webhook_keys *k);

/* "v1,BASE64", one for each key, between spaces: the value of webhook-signature. */
enum cc_code cc_webhook_sign(const struct cc_webhook_keys *k,
    const struct cc_webhook_signed *what, char ret[CC_WEBHOOK_SIGNATURE_MAX],
    struct cc_err *reterr) CC_MUST_USE;

#endif
