#include "daemon/cache.h"

#include <stdlib.h>
#include <string.h>

#include "scheduler/schema.h"

static struct cc_entry **
bucket(struct cc_cache *c, struct cc_str id)
{
	return &c->buckets[cc_key32(id) % CC_CACHE_BUCKETS];
}

static void
unlink_use(struct cc_cache *c, struct cc_entry *e)
{
	*(e->newer != NULL ? &e->newer->older : &c->newest) = e->older;
	*(e->older != NULL ? &e->older->newer : &c->oldest) = e->newer;
}

static void
link_newest(struct cc_cache *c, struct cc_entry *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(c->newest != NULL ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

struct cc_entry *
cc_cache_find(struct cc_cache *c, struct cc_str id)
{
	struct cc_entry *e = *bucket(c, id);

	while (e != NULL && !cc_str_eq(e->id, id))
		e = e->next_of_bucket;
	if (e != NULL && c->newest != e) {
		unlink_use(c, e);
		link_newest(c, e);
	}
	return e;
}

static void
grown(struct cc_cache *c, struct cc_entry *e, size_t more)
{
	e->size += more;
	c->size += more;
}

struct cc_entry *
cc_cache_add(struct cc_cache *c, const struct cc_store_case *row)
{
	size_t n = sizeof(struct cc_entry) + row->id.n + row->first_source.n + 2;
	struct cc_entry *e = calloc(1, n), **b;
	char *text;

	if (e == NULL)
		return NULL;
	text = (char *)(e + 1);
	memcpy(text, row->id.p, row->id.n);
	e->id = (struct cc_str){text, row->id.n};
	text += row->id.n + 1;
	memcpy(text, row->first_source.p, row->first_source.n);
	e->first_source = (struct cc_str){text, row->first_source.n};
	e->version = row->version;
	e->wake = row->wake;
	b = bucket(c, e->id);
	e->next_of_bucket = *b;
	*b = e;
	link_newest(c, e);
	c->n++;
	grown(c, e, n);
	if (cc_cache_instances(c, e, row->instances, row->ninstances))
		return e;
	cc_cache_drop(c, e);
	return NULL;
}

bool
cc_cache_event(struct cc_cache *c, struct cc_entry *e, struct cc_str bytes,
    struct cc_wall recorded)
{
	char *copy;

	if (e->nevents == e->cap) {
		uint32_t cap = e->cap == 0 ? 8 : e->cap * 2;
		struct cc_input *more = realloc(e->events, cap * sizeof *more);

		if (more == NULL)
			return false;
		grown(c, e, (cap - e->cap) * sizeof *more);
		e->events = more;
		e->cap = cap;
	}
	copy = malloc(bytes.n + 1u);
	if (copy == NULL)
		return false;
	memcpy(copy, bytes.p, bytes.n);
	copy[bytes.n] = '\0';
	e->events[e->nevents++] = (struct cc_input){{copy, bytes.n}, recorded};
	grown(c, e, bytes.n + 1u);
	return true;
}

static size_t
size_of(const struct cc_instance *i)
{
	return i->rule.n + i->subject.n + i->origin_id.n + i->origin_source.n +
	    (size_t)i->ndone * sizeof *i->done;
}

static void
keep(struct cc_str *s, char **at)
{
	if (s->n > 0)
		memcpy(*at, s->p, s->n);
	s->p = *at;
	*at += s->n;
}

bool
cc_cache_instances(struct cc_cache *c, struct cc_entry *e,
    const struct cc_instance *list, uint32_t n)
{
	size_t numbers = 0, all = n * sizeof *list, old = 0;
	struct cc_instance *copy;
	uint32_t *done;
	char *text;

	for (uint32_t i = 0; i < e->ninstances; i++)
		old += sizeof *e->instances + size_of(&e->instances[i]);
	for (uint32_t i = 0; i < n; i++) {
		numbers += list[i].ndone;
		all += size_of(&list[i]);
	}
	copy = malloc(all > 0 ? all : 1);
	if (copy == NULL)
		return false;
	done = (uint32_t *)(void *)(copy + n);
	text = (char *)(done + numbers);
	for (uint32_t i = 0; i < n; i++) {
		copy[i] = list[i];
		if (list[i].ndone > 0)
			memcpy(done, list[i].done, list[i].ndone * sizeof *done);
		copy[i].done = done;
		done += list[i].ndone;
		keep(&copy[i].rule, &text);
		keep(&copy[i].subject, &text);
		keep(&copy[i].origin_id, &text);
		keep(&copy[i].origin_source, &text);
	}
	free(e->instances);
	e->instances = copy;
	e->ninstances = n;
	e->size += all - old;
	c->size += all - old;
	return true;
}

bool
cc_cache_clocks(struct cc_cache *c, struct cc_entry *e, const struct cc_result *r,
    struct cc_wall now)
{
	size_t all = r->nclocks * sizeof *r->clocks;
	struct cc_clock *copy;
	char *text;

	for (uint32_t i = 0; i < r->nclocks; i++)
		all += r->clocks[i].subject.n + r->clocks[i].origin_id.n +
		    r->clocks[i].origin_source.n;
	copy = malloc(all > 0 ? all : 1);
	if (copy != NULL) {
		text = (char *)(copy + r->nclocks);
		for (uint32_t i = 0; i < r->nclocks; i++) {
			copy[i] = r->clocks[i];
			keep(&copy[i].subject, &text);
			keep(&copy[i].origin_id, &text);
			keep(&copy[i].origin_source, &text);
		}
	} else {
		all = 0;
	}
	free(e->clocks);	/* only now: the new ones may borrow their texts */
	e->clocks = copy;
	e->nclocks = copy == NULL ? 0 : r->nclocks;
	e->size += all - e->clocks_size;
	c->size += all - e->clocks_size;
	e->clocks_size = all;
	e->derived_events = e->nevents;
	e->derived_at = now;
	e->next_event = r->next_event;
	return copy != NULL;
}

void
cc_cache_drop(struct cc_cache *c, struct cc_entry *e)
{
	struct cc_entry **b = bucket(c, e->id);

	while (*b != e)
		b = &(*b)->next_of_bucket;
	*b = e->next_of_bucket;
	unlink_use(c, e);
	c->n--;
	c->size -= e->size;
	for (uint32_t i = 0; i < e->nevents; i++) {
		union {
			const char *read_only;
			char *owned;
		} bytes = {e->events[i].bytes.p};

		free(bytes.owned);
	}
	free(e->events);
	free(e->instances);
	free(e->clocks);
	free(e);
}

void
cc_cache_trim(struct cc_cache *c)
{
	struct cc_entry *e = c->oldest, *newer;

	for (; e != NULL && c->size > c->limit; e = newer) {
		newer = e->newer;
		if (!e->touched)
			cc_cache_drop(c, e);
	}
}

void
cc_cache_done(struct cc_cache *c)
{
	while (c->newest != NULL)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): dropping takes it off the list */
		cc_cache_drop(c, c->newest);
}
