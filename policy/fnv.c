#include "policy/fnv.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t
cc_fnv_add(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(1099511628211);
	return h;
}

void
cc_fnv_text(uint64_t h, char ret[CC_FNV_TEXT])
{
	(void)snprintf(ret, CC_FNV_TEXT, "%016" PRIx64, h); /* always fits */
}
