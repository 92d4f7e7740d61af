#include "daemon/config_inner.h"

#include <string.h>

#include "daemon/daytime.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, URL_MAX = 1000 };

#define COUNT(list) ((unsigned)(sizeof(list) / sizeof(list)[0]))

struct number {
	const char *key;
	int64_t min, max, standard;
};

/* Reports unknown keys; NULL when there is nothing to read. */
static const struct cc_yaml *
section(struct cc_config_reader *r, const struct cc_yaml *y, const char *name,
    const char *const *keys, unsigned nkeys)
{
	if (y == NULL)
		return NULL;
	if (!cc_yaml_keys(y, name, keys, nkeys, r->d))
		r->ok = false;
	return y->kind == CC_YAML_MAP ? y : NULL;
}

static int64_t
whole(struct cc_config_reader *r, const struct cc_yaml *s, const struct number *n)
{
	const struct cc_yaml *y = cc_yaml_get(s, n->key);
	int64_t v = n->standard;

	if (y != NULL && !cc_yaml_whole(y, n->min, n->max, &v, r->d))
		r->ok = false;
	return v;
}

static cc_dur_s
duration(struct cc_config_reader *r, const struct cc_yaml *s, const struct number *n)
{
	const struct cc_yaml *y = cc_yaml_get(s, n->key);
	int64_t v = n->standard;

	if (y == NULL)
		return v;
	if (!cc_yaml_duration(y, &v, r->d))
		r->ok = false;
	else if (v < n->min || v > n->max)
		cc_config_wrong(r, y->at, "%s: expected %llds to %llds; got %llds", n->key,
		    (long long)n->min, (long long)n->max, (long long)v);
	return v;
}

/* A time of the day; `standard` when it is not given. */
static int32_t
daytime(struct cc_config_reader *r, const struct cc_yaml *s, const char *key,
    int32_t standard)
{
	const struct cc_yaml *y = cc_yaml_get(s, key);
	int32_t v = standard;

	if (y == NULL)
		return v;
	if (!cc_yaml_is_text(y, key, r->d))
		r->ok = false;
	else if (!cc_daytime_parse((struct cc_str){y->text, y->len}, &v))
		cc_config_wrong(r, y->at, "%s: expected a time of the day such as \"20:00\"; "
		    "got '%.40s'", key, y->text);
	return v;
}

/* --- limits --- */

void
cc_config_limits(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret)
{
	static const char *const keys[] = {"line", "clients", "queue", "pending", "ahead",
	    "cache", "deliveries", "rate", "breaker"};
	static const struct number line = {"line", 1024, 1048576, 65536},
	    clients = {"clients", 1, 16384, 1024}, queue = {"queue", 16, 65536, 4096},
	    pending = {"pending", 1, 4096, 1024}, ahead = {"ahead", 0, DAY, 5 * MINUTE},
	    cache = {"cache", 1, 4096, 16}, deliveries = {"deliveries", 1, 1000, 256},
	    rate = {"rate", 1, 60000, 600}, breaker = {"breaker", 1, 1000, 5};
	const struct cc_yaml *s = section(r, y, "limits", keys, COUNT(keys));

	ret->limits.line = (uint32_t)whole(r, s, &line);
	ret->limits.clients = (uint32_t)whole(r, s, &clients);
	ret->limits.queue = (uint32_t)whole(r, s, &queue);
	ret->limits.pending = (uint32_t)whole(r, s, &pending);
	ret->limits.deliveries = (uint32_t)whole(r, s, &deliveries);
	ret->limits.rate = (uint32_t)whole(r, s, &rate);
	ret->limits.breaker = (uint32_t)whole(r, s, &breaker);
	ret->limits.ahead = duration(r, s, &ahead);
	ret->limits.cache = (size_t)whole(r, s, &cache) * 1024 * 1024;
}

/* --- alerts --- */

static bool
begins_as_url(const char *text)
{
	return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

static bool
printable_url(const char *text)
{
	return strlen(text) <= URL_MAX && strpbrk(text, " \"<>") == NULL;
}

/* Every {word} of the template is one that can be filled in. */
static void
read_link(struct cc_config_reader *r, const struct cc_yaml *y, struct cc_config *ret)
{
	static const char *const words[] = {"{case}", "{clock}", "{subject}"};
	const char *link;

	ret->link = "";
	if (y == NULL)
		return;
	link = ret->link = cc_config_text(r, y, "alerts.link");
	if (link[0] == '\0')
		return;
	if (!begins_as_url(link))
		cc_config_wrong(r, y->at, "alerts.link: expected https://...");
	if (!printable_url(link))
		cc_config_wrong(r, y->at, "alerts.link: at most %d characters, without "
		    "blanks, quotes and angle brackets", (int)URL_MAX);
	for (const char *p = strchr(link, '{'); p != NULL; p = strchr(p + 1, '{')) {
		bool known = false;

		for (unsigned i = 0; i < COUNT(words); i++)
			known |= strncmp(p, words[i], strlen(words[i])) == 0;
		if (!known)
			cc_config_wrong(r, cc_yaml_place(y, (size_t)(p - link)),
			    "alerts.link: expected {case}, {clock} or {subject}");
	}
}

static void
read_retries(struct cc_config_reader *r, const struct cc_yaml *s, struct cc_config *ret)
{
	static const struct number give_up = {"give_up", HOUR, 30 * DAY, 3 * DAY},
	    first = {"retry_first", 1, HOUR, 30}, most = {"retry_most", 1, DAY, HOUR};
	const struct cc_yaml *y = cc_yaml_get(s, "retry_first");

	ret->give_up = duration(r, s, &give_up);
	ret->retry_first = duration(r, s, &first);
	ret->retry_most = duration(r, s, &most);
	if (r->ok && ret->retry_first > ret->retry_most)
		cc_config_wrong(r, (y == NULL ? cc_yaml_get(s, "retry_most") : y)->at,
		    "retry_first: expected at most retry_most (%llds); got %llds",
		    (long long)ret->retry_most, (long long)ret->retry_first);
}

static void
read_times(struct cc_config_reader *r, const struct cc_yaml *s, struct cc_config *ret)
{
	const struct cc_yaml *from = cc_yaml_get(s, "quiet_from");
	const struct cc_yaml *until = cc_yaml_get(s, "quiet_until");

	ret->times.quiet_from = daytime(r, s, "quiet_from", -1);
	ret->times.quiet_until = daytime(r, s, "quiet_until", -1);
	ret->times.digest_at = daytime(r, s, "digest_at", -1);
	if ((from == NULL) != (until == NULL))
		cc_config_wrong(r, (from == NULL ? until : from)->at,
		    "quiet hours need both quiet_from and quiet_until");
	else if (from != NULL && ret->times.quiet_from >= 0 &&
	    ret->times.quiet_from == ret->times.quiet_until)
		cc_config_wrong(r, until->at,
		    "quiet_until: the same time as quiet_from; leave both out for no quiet "
		    "hours");
}

static bool
has_module(const struct cc_config *cf, const char *name)
{
	size_t n = strlen(name);

	for (uint32_t i = 0; i < cf->modules.n; i++)
		if (strncmp(cf->modules.items[i].key, name, n) == 0 &&
		    cf->modules.items[i].key[n] == '.')
			return true;
	return false;
}

/* A channel that needs no address: built in, set, or to be found in the folder. */
static void
check_copy(struct cc_config_reader *r, const struct cc_yaml *y, const char *name,
    const struct cc_config *cf)
{
	if (strcmp(name, "email") == 0 || strcmp(name, "webhook") == 0)
		cc_config_wrong(r, y->at, "copies: %s needs an address, which a copy has not; "
		    "expected the name of a module such as journal", name);
	else if (strcmp(name, "journal") != 0 && cf->modules_dir == NULL &&
	    !has_module(cf, name))
		cc_config_wrong(r, y->at, "copies: there is no modules.%.40s and no "
		    "modules.dir", name);
}

static void
read_copies(struct cc_config_reader *r, const struct cc_yaml *y, struct cc_config *ret)
{
	const char **copies;

	if (y == NULL)
		return;
	if (!cc_yaml_is_list(y, "copies", r->d)) {
		r->ok = false;
		return;
	}
	if (y->n > CC_COPIES_MAX) {
		cc_config_wrong(r, y->at, "copies: more than %d", (int)CC_COPIES_MAX);
		return;
	}
	copies = cc_arena_array(r->a, y->n, sizeof *copies);
	for (uint32_t i = 0; copies != NULL && i < y->n; i++) {
		copies[i] = cc_config_text(r, y->items[i], "copies");
		if (copies[i][0] == '\0')
			continue;
		check_copy(r, y->items[i], copies[i], ret);
		for (uint32_t k = 0; k < i; k++)
			if (strcmp(copies[k], copies[i]) == 0)
				cc_config_wrong(r, y->items[i]->at, "copies: '%.40s' comes twice",
				    copies[i]);
	}
	ret->copies = copies;
	ret->ncopies = copies == NULL ? 0 : y->n;
}

void
cc_config_alerts(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret)
{
	static const char *const keys[] = {"late", "history", "history_safety", "give_up",
	    "retry_first", "retry_most", "group_wait", "ack_max", "ack_safety_max",
	    "quiet_from", "quiet_until", "digest_at", "copies", "link"};
	static const struct number wait = {"group_wait", 0, HOUR, 30},
	    late = {"late", 1, DAY, MINUTE}, history = {"history", HOUR, 400 * DAY, 7 * DAY},
	    safety = {"history_safety", HOUR, 400 * DAY, 30 * DAY},
	    ack = {"ack_max", MINUTE, 30 * DAY, 7 * DAY},
	    ack_safety = {"ack_safety_max", MINUTE, DAY, 4 * HOUR};
	const struct cc_yaml *s = section(r, y, "alerts", keys, COUNT(keys));

	ret->alerts.late = duration(r, s, &late);
	ret->alerts.history = duration(r, s, &history);
	ret->alerts.history_safety = duration(r, s, &safety);
	ret->group_wait = duration(r, s, &wait);
	ret->ack_max = duration(r, s, &ack);
	ret->ack_safety_max = duration(r, s, &ack_safety);
	read_retries(r, s, ret);
	read_times(r, s, ret);
	read_copies(r, cc_yaml_get(s, "copies"), ret);
	read_link(r, cc_yaml_get(s, "link"), ret);
}

/* --- audit --- */

static void
read_ping(struct cc_config_reader *r, const struct cc_yaml *y, struct cc_config *ret)
{
	const char *url, *host, *end;

	if (y == NULL)
		return;
	url = ret->ping_url = cc_config_text(r, y, "audit.ping_url");
	if (url[0] == '\0')
		return;
	if (!begins_as_url(url)) {
		cc_config_wrong(r, y->at, "audit.ping_url: expected https://... or http://...");
		return;
	}
	host = strchr(url, '/') + 2;
	end = host + strcspn(host, "/?#");
	if (host == end || !printable_url(url))
		cc_config_wrong(r, y->at, "audit.ping_url: expected a host, and at most %d "
		    "characters without blanks, quotes and angle brackets", (int)URL_MAX);
	else if (memchr(host, '@', (size_t)(end - host)) != NULL)
		cc_config_wrong(r, y->at, "audit.ping_url: a URL may not hold a password");
}

void
cc_config_audit(struct cc_config_reader *r, const struct cc_yaml *y,
    struct cc_config *ret)
{
	static const char *const keys[] = {"at", "ping_url", "ping_every"};
	static const struct number every = {"ping_every", MINUTE, DAY, 5 * MINUTE};
	const struct cc_yaml *s = section(r, y, "audit", keys, COUNT(keys));

	ret->audit_at = daytime(r, s, "at", 3 * HOUR);
	ret->ping_every = duration(r, s, &every);
	read_ping(r, cc_yaml_get(s, "ping_url"), ret);
}
