#include "cli/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy/heap.h"
#include "policy/tzif.h"

enum { ZONE_ARENA = 8 * 1024 * 1024, MINUTE = 60, HOUR = 3600, DAY = 86400 };

static bool
try_zone(struct cc_when *w, const char *name)
{
	struct cc_err err;

	if (name == NULL || name[0] == '\0' || strlen(name) >= sizeof w->name)
		return false;
	/* Old zones stay until it is full: another load must not lose the one in force. */
	if (w->arena.total > ZONE_ARENA / 2)
		cc_arena_reset(&w->arena);
	if (cc_tzif_load(NULL, (struct cc_str){name, (uint32_t)strlen(name)}, &w->arena,
	    &w->zone, &err) != CC_OK)
		return false;
	(void)snprintf(w->name, sizeof w->name, "%s", name);
	return true;
}

void
cc_when_zone(struct cc_when *w, const char *name)
{
	if (!w->fixed && name != NULL && strcmp(name, w->name) != 0 && try_zone(w, name))
		w->changes++;
}

static bool
try_tz(struct cc_when *w)
{
	const char *tz = getenv("TZ");

	return tz != NULL && try_zone(w, tz[0] == ':' ? tz + 1 : tz);
}

/* The name behind the link /etc/localtime. */
static bool
try_machine(struct cc_when *w)
{
	char path[1024];
	ssize_t n = readlink("/etc/localtime", path, sizeof path - 1);
	const char *name;

	if (n <= 0)
		return false;
	path[n] = '\0';
	name = strstr(path, "zoneinfo/");
	return name != NULL && try_zone(w, name + strlen("zoneinfo/"));
}

void
cc_when_open(struct cc_when *w, const char *policy_zone)
{
	static const struct cc_zone_kind utc = {0, false, "UTC"};
	struct timespec now = {0};

	memset(w, 0, sizeof *w);
	cc_heap_arena_init(&w->arena, ZONE_ARENA);
	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail with this clock */
	w->now.s = now.tv_sec;
	w->fixed = try_tz(w);
	if (w->fixed || try_zone(w, policy_zone) || try_machine(w))
		return;
	w->zone = (struct cc_zone){.name = "UTC", .kinds = &utc, .nkinds = 1};
	(void)snprintf(w->name, sizeof w->name, "UTC");
}

void
cc_when_done(struct cc_when *w)
{
	cc_arena_done(&w->arena);
}

void
cc_when_text(const struct cc_when *w, struct cc_wall t, char ret[CC_LOCAL_TEXT])
{
	if (cc_given(t))
		cc_local_format(&w->zone, t, ret);
	else
		ret[0] = '\0';
}

struct cc_wall
cc_when_of(const char *text)
{
	struct cc_wall t;
	struct cc_err err;

	if (text == NULL || cc_wall_parse((struct cc_str){text,
	    (uint32_t)strlen(text)}, &t, &err) != CC_OK)
		return CC_NEVER;
	return t;
}

void
cc_when_json(const struct cc_when *w, const char *text, char ret[CC_LOCAL_TEXT])
{
	cc_when_text(w, cc_when_of(text), ret);
}

void
cc_length_text(cc_dur_s s, char ret[CC_LENGTH_TEXT])
{
	static const struct {
		int64_t size;
		const char *name;
	} units[] = {{DAY, "d"}, {HOUR, "h"}, {MINUTE, "min"}, {1, "s"}};
	unsigned i = 0;
	int64_t rest;

	while (i < 3 && s < units[i].size)
		i++;
	rest = i < 3 ? s % units[i].size / units[i + 1].size : 0;
	if (rest > 0)
		(void)snprintf(ret, CC_LENGTH_TEXT, "%" PRId64 " %s %" PRId64 " %s",
		    s / units[i].size, units[i].name, rest, units[i + 1].name);
	else
		(void)snprintf(ret, CC_LENGTH_TEXT, "%" PRId64 " %s",
		    s / units[i].size, units[i].name);
}

void
cc_when_left(const struct cc_when *w, struct cc_wall t, char ret[CC_LENGTH_TEXT])
{
	char length[CC_LENGTH_TEXT];

	ret[0] = '\0';
	if (!cc_given(t))
		return;
	if (t.s >= w->now.s) {
		cc_length_text(t.s - w->now.s, length);
		(void)snprintf(ret, CC_LENGTH_TEXT, "in %.*s", CC_LENGTH_TEXT - 8, length);
	} else {
		cc_length_text(w->now.s - t.s, length);
		(void)snprintf(ret, CC_LENGTH_TEXT, "%.*s over", CC_LENGTH_TEXT - 8, length);
	}
}
