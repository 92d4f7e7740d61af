/*
 * Answers questions about local time from standard input, one a line, for
 * tests/system/010-local-time.sh to compare with another program's answers:
 *
 *	at ZONE SECONDS       offset, abbreviation, day, second of the day
 *	sod ZONE FIRST LAST   first instant of each day from FIRST to LAST
 *	local ZONE DAY S      the instant at which the wall shows S
 *	zones                 the names of all zones
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/heap.h"
#include "policy/zones.h"

static struct cc_zones zones;

static const struct cc_zone *
zone(const char *name)
{
	return cc_zones_find(&zones,
	    (struct cc_str){name, (uint32_t)strlen(name)});
}

static void
print_at(const struct cc_zone *z, struct cc_wall t)
{
	const struct cc_zone_kind *k = cc_zone_at(z, t);

	printf("%d %s %d %d\n", (int)k->offset, k->abbr,
	    (int)cc_local_day(z, t), (int)cc_local_seconds(z, t));
}

static int
answer(const char *line)
{
	char name[64];
	int64_t t;
	int32_t a, b;

	if (strcmp(line, "zones\n") == 0) {
		for (uint32_t i = 0; i < zones.nzones; i++)
			puts(zones.zones[i].name);
		return 0;
	}
	if (sscanf(line, "at %63s %" SCNd64, name, &t) == 2 && zone(name)) {
		print_at(zone(name), (struct cc_wall){t});
		return 0;
	}
	if (sscanf(line, "sod %63s %" SCNd32 " %" SCNd32, name, &a, &b) == 3 &&
	    zone(name)) {
		for (cc_day d = a; d <= b; d++)
			printf("%" PRId64 "\n", cc_sod(zone(name), d).s);
		return 0;
	}
	if (sscanf(line, "local %63s %" SCNd32 " %" SCNd32, name, &a,
	    &b) == 3 && zone(name)) {
		printf("%" PRId64 "\n", cc_local(zone(name), a, b).s);
		return 0;
	}
	fprintf(stderr, "local_time: not understood: %s", line);
	return 1;
}

int
main(void)
{
	char line[256];
	struct cc_arena arena;
	struct cc_err err;
	int bad = 0;

	cc_heap_arena_init(&arena, 64 * 1024 * 1024);
	if (cc_zones_load(NULL, &arena, &zones, &err) != CC_OK) {
		fprintf(stderr, "local_time: %s\n", err.msg);
		return 1;
	}
	while (fgets(line, sizeof line, stdin) != NULL)
		bad |= answer(line);
	cc_arena_done(&arena);
	return bad;
}
