/*
 * notify/webhook_multi.h - libcurl's multi interface on a libuv loop.
 *
 * Source:    DESIGN.md section 7 (Webhook), section 8 (nothing blocks the loop).
 * Threads:   the loop thread.
 * Ownership: handles belong to the caller, who removes them before their end;
 *            cc_multi_close frees the multi when the loop has run its callbacks.
 * Errors:    CC_ENOMEM.
 * Invariant: on_done comes from the loop, once for each handle that was added and not
 *            removed before; the handle is removed already.
 */
#ifndef CC_NOTIFY_WEBHOOK_MULTI_H
#define CC_NOTIFY_WEBHOOK_MULTI_H

#include <curl/curl.h>
#include <uv.h>

#include "scheduler/base.h"

struct cc_multi;

typedef void cc_multi_done_fn(void *owner, CURL *easy, CURLcode code);

enum cc_code cc_multi_open(uv_loop_t *loop, void *owner, cc_multi_done_fn *on_done,
    struct cc_multi **ret, struct cc_err *reterr) CC_MUST_USE;

enum cc_code cc_multi_add(struct cc_multi *m, CURL *easy, struct cc_err *reterr)
    CC_MUST_USE;
void cc_multi_remove(struct cc_multi *m, CURL *easy);

/* No handle may be in it.  NULL is fine. */
void cc_multi_close(struct cc_multi *m);

#endif
