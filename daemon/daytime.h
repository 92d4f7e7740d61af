/*
 * daemon/daytime.h - a time of the day as configuration and directory write it.
 *
 * Source:    DESIGN.md section 7 (quiet hours, digest).
 * Units:     seconds after local midnight, 0 to 86340.
 * Purity:    a function of its argument.
 */
#ifndef CC_DAEMON_DAYTIME_H
#define CC_DAEMON_DAYTIME_H

#include "scheduler/base.h"

/* "HH:MM", 00:00 to 23:59.  False: it is not one. */
bool cc_daytime_parse(struct cc_str text, int32_t *ret);

#endif
