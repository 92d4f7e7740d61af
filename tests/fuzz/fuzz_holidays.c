/* Any text as a holiday file: by its content iCalendar or a plain list. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "policy/heap.h"
#include "policy/holidays.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const drop[] = {"state"};
	struct cc_holidays_source src = {
		.path = "fuzz", .drop = drop, .ndrop = 1
	};
	struct cc_calendar c = {.nholidays = 0};
	struct cc_arena a;
	struct cc_err err;

	if (size > CC_HOLIDAYS_BYTES)
		return 0;
	cc_heap_arena_init(&a, 16 * 1024 * 1024);
	if (cc_holidays_parse(&src,
	    (struct cc_str){(const char *)data, (uint32_t)size}, &a, &c,
	    &err) == CC_OK) {
		for (uint32_t i = 0; i < c.nholidays; i++) {
			if (c.holidays[i].name == NULL || (i > 0 &&
			    c.holidays[i - 1].day >= c.holidays[i].day))
				abort();
		}
	}
	cc_arena_done(&a);
	return 0;
}
