#include "scheduler/earlier.h"

const struct cc_earlier *
cc_earlier_of(const struct cc_rulex *r, const struct cc_zone *z, struct cc_wall started)
{
	for (uint16_t i = 0; i < r->nearlier; i++)
		if (started.s < cc_sod(z, r->earlier[i].day).s)
			return &r->earlier[i];
	return NULL;
}
