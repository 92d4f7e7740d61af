/*
 * daemon/dispatch_inner.h - inside of the dispatcher: its channels.
 *
 * Source:    DESIGN.md section 7 (Delivery).
 * Threads:   the loop's.
 */
#ifndef CC_DAEMON_DISPATCH_INNER_H
#define CC_DAEMON_DISPATCH_INNER_H

#include "daemon/dispatch.h"

/* The row of the table for this channel, a new one if need be; when it is full an idle one
 * that is not configured gives way, and in the end the last one is shared. */
struct cc_channel *cc_channel_of(struct cc_dispatch *d, struct cc_str name);

/* The channels of a new configuration: all are in the table. */
void cc_channels_use(struct cc_dispatch *d, const struct cc_config *cf);

/* Tells the engine what there is room for and `status` how the endpoints stand, and sets
 * the timer to the instant at which one has room again. */
void cc_channels_say(struct cc_dispatch *d);

void cc_channels_free(struct cc_dispatch *d);

#endif
