/* Any bytes as a zone file, then questions to what was accepted. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "policy/heap.h"
#include "policy/tzif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ask(const struct cc_zone *z)
{
	static const int32_t days[] = {
		INT32_MIN + 2, -719163, -1, 0, 15703, 20521, 47481, 2932896,
		INT32_MAX
	};
	char text[CC_LOCAL_TEXT];

	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
		struct cc_wall sod = cc_sod(z, days[i]);

		if (cc_local_day(z, sod) < days[i])
			abort();
		if (cc_local_day(z, (struct cc_wall){sod.s - 1}) >= days[i])
			abort();
		(void)cc_eod(z, days[i]);
		cc_local_format(z, cc_local(z, days[i], 7200), text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cc_arena a;
	struct cc_zone z;

	if (size > CC_TZIF_BYTES)
		return 0;
	cc_heap_arena_init(&a, 16 * 1024 * 1024);
	if (cc_tzif_parse((struct cc_str){(const char *)data, (uint32_t)size},
	    CC_STR("Fuzz/Zone"), &a, &z, NULL) == CC_OK)
		ask(&z);
	cc_arena_done(&a);
	return 0;
}
