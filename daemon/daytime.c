#include "daemon/daytime.h"

bool
cc_daytime_parse(struct cc_str text, int32_t *ret)
{
	static const char most[] = "29:59";
	int32_t hour, minute;

	if (text.n != sizeof most - 1)
		return false;
	for (unsigned i = 0; i < sizeof most - 1; i++)
		if (most[i] == ':' ? text.p[i] != ':' :
		    text.p[i] < '0' || text.p[i] > most[i])
			return false;
	hour = (text.p[0] - '0') * 10 + text.p[1] - '0';
	minute = (text.p[3] - '0') * 10 + text.p[4] - '0';
	if (hour > 23)
		return false;
	*ret = hour * 3600 + minute * 60;
	return true;
}
