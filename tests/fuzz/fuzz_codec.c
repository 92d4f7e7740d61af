/*
 * tests/fuzz/fuzz_codec.c - any bytes as a stored event.
 *
 * Checks:    bytes that decode encode to themselves, and their head says the
 *            same; all others are refused as damaged or foreign.
 */
#include <stdint.h>
#include <stdlib.h>

#include "scheduler/event.h"
#include "tests/support/ladders.h"
#include "tests/support/small_schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool claim)
{
	if (!claim)
		abort();
}

static void
check_event(struct cc_str bytes, const struct cc_draft *d, struct cc_arena *a)
{
	struct cc_str again, id, source;
	struct cc_wall t;

	must(cc_event_encode(cc_test_schema(), d, a, &again, NULL) == CC_OK);
	must(cc_str_eq(bytes, again));
	must(cc_event_head(bytes, &t, &id, &source, NULL) == CC_OK);
	must(t.s == d->time.s && cc_str_eq(id, d->id) &&
	    cc_str_eq(source, d->source));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cc_arena a = cc_test_arena(64 * 1024 * 1024);
	struct cc_str bytes = {(const char *)data, 0};
	struct cc_draft d;
	enum cc_code code;

	bytes.n = size > CC_COMPACT_MAX ? CC_COMPACT_MAX : (uint32_t)size;
	code = cc_event_decode(cc_test_schema(), &cc_test_zones, bytes, &a, &d,
	    NULL);
	if (code == CC_OK)
		check_event(bytes, &d, &a);
	else
		must(code == CC_EINVAL || code == CC_ENOENT);
	cc_arena_done(&a);
	return 0;
}
