#include "scheduler/history.h"

#include <stdlib.h>
#include <string.h>

/* What is known of every accepted event before voids are applied. */
struct raw {
	struct cc_hevent ev;
	uint32_t names;		/* a void: symbol of the event it names */
	bool is_void, in_force, gone;
};

struct build {
	const struct cc_pack *pack;
	const struct cc_case *c;
	const struct cc_eval_options *o;
	struct cc_arena *a;
	struct cc_history *h;
	struct raw *raw;
	uint32_t n;
	uint32_t *by_id;	/* places in raw, sorted by (id, arrival) */
};

static int64_t
value_of(struct build *b, const struct cc_field_def *f, const struct cc_item *it)
{
	if (f->type == CC_FIELD_ID)
		return cc_symbol(&b->h->symbols, it->text);
	return it->v;
}

static const struct cc_val *
slots_of(struct build *b, const struct cc_event_type *t, const struct cc_draft *d)
{
	struct cc_val *v = cc_arena_array(b->a, t->nfields, sizeof *v);

	if (v == NULL)
		return NULL;
	for (uint16_t i = 0; i < t->nfields; i++) {
		const struct cc_field_def *f = &t->fields[i];
		const struct cc_draft_field *df = &d->fields[i];

		v[i].given = df->given;
		if (!df->given) {
			v[i].i = f->type == CC_FIELD_BOOL && f->absent_bool;
		} else if (!f->list) {
			v[i].i = value_of(b, f, &df->items[0]);
		} else {
			int64_t *list = cc_arena_array(b->a, df->n, sizeof *list);

			if (list == NULL)
				return NULL;
			for (uint32_t k = 0; k < df->n; k++) {
				int64_t x = value_of(b, f, &df->items[k]);
				uint32_t m = 0;

				/* Repeated members count once. */
				while (m < v[i].n && list[m] != x)
					m++;
				if (m == v[i].n)
					list[v[i].n++] = x;
			}
			v[i].v = list;
		}
	}
	return v;
}

/* Decodes one event into the next raw place.  CC_ENOENT: it has no meaning. */
static enum cc_code
take(struct build *b, uint32_t arrival, struct cc_err *reterr)
{
	const struct cc_schema *s = &b->pack->schema;
	const struct cc_event_type *t;
	struct raw *r = &b->raw[b->n];
	struct cc_draft d;
	enum cc_code code;

	memset(&d, 0, sizeof d);
	code = cc_event_decode(s, b->pack->zones, b->c->events[arrival].bytes, b->a,
	    &d, reterr);
	if (code != CC_OK)
		return code;
	if (d.time.s > b->o->now.s) {
		if (!cc_given(b->h->next_event) || d.time.s < b->h->next_event.s)
			b->h->next_event = d.time;
		return CC_OK;
	}
	t = &s->types[d.type];
	r->ev.time = d.time.s;
	r->ev.arrival = arrival;
	r->ev.type = d.type;
	r->ev.id = cc_symbol(&b->h->symbols, d.id);
	r->ev.source = cc_symbol(&b->h->symbols, d.source);
	r->ev.slots = slots_of(b, t, &d);
	r->is_void = t->voids;
	if (b->a->failed || r->ev.slots == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "evaluation: out of memory");
	if (t->voids && r->ev.slots[t->void_field].given)
		r->names = (uint32_t)r->ev.slots[t->void_field].i;
	b->n++;
	return CC_OK;
}

static bool
by_id_before(const struct raw *raw, uint32_t x, uint32_t y)
{
	if (raw[x].ev.id != raw[y].ev.id)
		return raw[x].ev.id < raw[y].ev.id;
	return raw[x].ev.arrival < raw[y].ev.arrival;
}

/* Heap sort: no recursion, no comparator context, O(n log n) always. */
static void
sift(const struct raw *raw, uint32_t *v, uint32_t root, uint32_t n,
    bool (*before)(const struct raw *, uint32_t, uint32_t))
{
	for (;;) {
		uint32_t child = 2 * root + 1, x;

		if (child >= n)
			return;
		if (child + 1 < n && before(raw, v[child], v[child + 1]))
			child++;
		if (!before(raw, v[root], v[child]))
			return;
		x = v[root];
		v[root] = v[child];
		v[child] = x;
		root = child;
	}
}

static void
sort_places(const struct raw *raw, uint32_t *v, uint32_t n,
    bool (*before)(const struct raw *, uint32_t, uint32_t))
{
	bool sorted = true;

	for (uint32_t i = 1; i < n && sorted; i++)
		sorted = !before(raw, v[i], v[i - 1]);
	if (sorted)
		return;
	for (uint32_t i = n / 2; i-- > 0;)
		sift(raw, v, i, n, before);
	for (uint32_t i = n; i-- > 1;) {
		uint32_t x = v[0];

		v[0] = v[i];
		v[i] = x;
		sift(raw, v, 0, i, before);
	}
}

/* G4 among the raw events: the same source first, else the first to arrive. */
static int32_t
raw_refer(const struct build *b, uint32_t id, uint32_t source)
{
	uint32_t lo = 0, hi = b->n;
	int32_t found = -1;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (b->raw[b->by_id[mid]].ev.id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < b->n && b->raw[b->by_id[lo]].ev.id == id; lo++) {
		uint32_t at = b->by_id[lo];

		if (b->raw[at].ev.source == source)
			return (int32_t)at;
		if (found < 0)
			found = (int32_t)at;
	}
	return found;
}

/* G2: voids in reverse order of arrival; a void named by one in force is not. */
static void
apply_voids(struct build *b)
{
	for (uint32_t i = 0; i < b->n; i++)
		b->raw[i].in_force = b->raw[i].is_void;
	for (uint32_t i = b->n; i-- > 0;) {
		struct raw *r = &b->raw[i];
		int32_t at;

		if (!r->is_void || !r->in_force)
			continue;
		at = raw_refer(b, r->names, r->ev.source);
		if (at < 0 || (uint32_t)at == i)
			continue;
		if (b->raw[at].is_void) {
			/* Only a void gone through later can be taken out of force. */
			if ((uint32_t)at < i)
				b->raw[at].in_force = false;
		} else {
			b->raw[at].gone = true;
		}
	}
}

static bool
in_order_before(const struct raw *raw, uint32_t x, uint32_t y)
{
	if (raw[x].ev.time != raw[y].ev.time)
		return raw[x].ev.time < raw[y].ev.time;
	return raw[x].ev.arrival < raw[y].ev.arrival;
}

static enum cc_code
order(struct build *b, struct cc_err *reterr)
{
	struct cc_history *h = b->h;
	uint32_t *v = cc_arena_array(b->a, b->n, sizeof *v);
	struct cc_hevent *ev = cc_arena_array(b->a, b->n, sizeof *ev);
	uint32_t *ids = cc_arena_array(b->a, b->n, sizeof *ids);
	uint32_t *place = cc_arena_array(b->a, b->n, sizeof *place);
	uint32_t n = 0, k = 0;

	if (v == NULL || ev == NULL || ids == NULL || place == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "evaluation: out of memory");
	for (uint32_t i = 0; i < b->n; i++)
		if (!b->raw[i].gone && !b->raw[i].is_void)
			v[n++] = i;
	sort_places(b->raw, v, n, in_order_before);
	for (uint32_t i = 0; i < n; i++) {
		ev[i] = b->raw[v[i]].ev;
		place[v[i]] = i;
	}
	for (uint32_t i = 0; i < b->n; i++) {
		const struct raw *r = &b->raw[b->by_id[i]];

		if (!r->gone && !r->is_void)
			ids[k++] = place[b->by_id[i]];
	}
	h->events = ev;
	h->n = n;
	h->by_id = ids;
	return CC_OK;
}

static enum cc_code
index_types(struct build *b, struct cc_err *reterr)
{
	struct cc_history *h = b->h;
	uint16_t nt = b->pack->schema.ntypes;
	uint32_t *count = cc_arena_array(b->a, nt, sizeof *count);
	uint32_t **lists = cc_arena_array(b->a, nt, sizeof *lists);
	uint32_t *all = cc_arena_array(b->a, h->n, sizeof *all);

	if (count == NULL || lists == NULL || all == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "evaluation: out of memory");
	for (uint32_t i = 0; i < h->n; i++)
		count[h->events[i].type]++;
	for (uint16_t t = 0; t < nt; t++) {
		lists[t] = all;
		all += count[t];
		count[t] = 0;
	}
	for (uint32_t i = 0; i < h->n; i++) {
		uint16_t t = h->events[i].type;

		lists[t][count[t]++] = i;
	}
	h->of_type = (const uint32_t *const *)lists;
	h->ntype = count;
	return CC_OK;
}

static void
find_zone(struct build *b)
{
	const struct cc_program *p = b->pack->program;
	struct cc_history *h = b->h;

	h->zone = b->pack->zone;
	if (p->zone_type < 0)
		return;
	for (uint32_t i = 0; i < h->ntype[p->zone_type]; i++) {
		const struct cc_hevent *e = &h->events[h->of_type[p->zone_type][i]];
		const struct cc_val *v = &e->slots[p->zone_field];

		if (v->given) {
			h->zone = &b->pack->zones->zones[v->i];
			return;
		}
	}
}

static enum cc_code
take_all(struct build *b, struct cc_err *reterr)
{
	const struct cc_case *c = b->c;

	for (uint32_t i = 0; i < c->nevents; i++) {
		enum cc_code code;

		if (b->o->as_known && c->events[i].recorded.s > b->o->as_known_at.s)
			continue;
		code = take(b, i, reterr);
		if (code == CC_ENOENT)
			b->h->nforeign++;
		else if (code != CC_OK)
			return code;
	}
	return CC_OK;
}

enum cc_code
cc_history_build(const struct cc_pack *p, const struct cc_case *c,
    const struct cc_eval_options *o, struct cc_arena *a, struct cc_history *ret,
    struct cc_err *reterr)
{
	struct cc_history h = {.pack = p, .next_event = CC_NEVER};
	struct build b = {.pack = p, .c = c, .o = o, .a = a, .h = &h};
	enum cc_code code;

	if (c->nevents > CC_CASE_EVENTS_MAX)
		return cc_fail(reterr, CC_ERANGE, 0, "the case has more than %d events",
		    (int)CC_CASE_EVENTS_MAX);
	h.symbols.arena = a;
	for (uint16_t i = 0; i < p->program->nliterals; i++) {
		const char *text = p->program->literals[i];
		struct cc_str lit = {text, (uint32_t)strlen(text)};

		(void)cc_symbol(&h.symbols, lit); /* a full arena is seen below */
	}
	b.raw = cc_arena_array(a, c->nevents, sizeof *b.raw);
	if (a->failed)
		return cc_fail(reterr, CC_ENOMEM, 0, "evaluation: out of memory");
	code = take_all(&b, reterr);
	if (code != CC_OK)
		return code;
	b.by_id = cc_arena_array(a, b.n, sizeof *b.by_id);
	if (b.by_id == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "evaluation: out of memory");
	for (uint32_t i = 0; i < b.n; i++)
		b.by_id[i] = i;
	sort_places(b.raw, b.by_id, b.n, by_id_before);
	for (uint32_t i = 1; i < b.n; i++)
		h.shared_ids |= b.raw[b.by_id[i]].ev.id == b.raw[b.by_id[i - 1]].ev.id;
	apply_voids(&b);
	code = order(&b, reterr);
	if (code == CC_OK)
		code = index_types(&b, reterr);
	if (code != CC_OK)
		return code;
	find_zone(&b);
	*ret = h;
	return CC_OK;
}

int32_t
cc_history_refer(const struct cc_history *h, uint32_t id, uint32_t source)
{
	uint32_t lo = 0, hi = h->n;
	int32_t found = -1;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (h->events[h->by_id[mid]].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < h->n && h->events[h->by_id[lo]].id == id; lo++) {
		uint32_t at = h->by_id[lo];

		if (h->events[at].source == source)
			return (int32_t)at;
		if (found < 0)
			found = (int32_t)at;
	}
	return found;
}

uint32_t
cc_history_from(const struct cc_history *h, int64_t t)
{
	uint32_t lo = 0, hi = h->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (h->events[mid].time < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
