/*
 * tests/support/small_schema.h - a few event types and zones, built by hand.
 *
 * Purpose:   every type of field once, as scalar and as list where both exist,
 *            so that wire/ and the codec are tested without a policy pack.
 * Ownership: static data, filled in at the first call.
 */
#ifndef CC_TESTS_SUPPORT_SMALL_SCHEMA_H
#define CC_TESTS_SUPPORT_SMALL_SCHEMA_H

#include "scheduler/schema.h"
#include "scheduler/zones.h"
#include "wire/line.h"

const struct cc_schema *cc_test_schema(void);
extern const struct cc_zones cc_test_zones;

/* Rules with the schema and zones, the default limits, and no clock. */
struct cc_line_rules cc_test_line_rules(void);

/* An event of the small schema with every field of its type. */
extern const char cc_test_event_full[];

#endif
