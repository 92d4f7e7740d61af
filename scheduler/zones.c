#include "scheduler/zones.h"

#include <string.h>

int
cc_zones_index(const struct cc_zones *z, struct cc_str name)
{
	uint32_t lo = 0, hi = z->nzones;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const char *here = z->zones[mid].name;
		int c = cc_str_cmp((struct cc_str){here, (uint32_t)strlen(here)},
		    name);

		if (c == 0)
			return (int)mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}

const struct cc_zone *
cc_zones_find(const struct cc_zones *z, struct cc_str name)
{
	int i = cc_zones_index(z, name);

	return i < 0 ? NULL : &z->zones[i];
}
