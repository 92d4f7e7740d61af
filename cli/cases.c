#include "cli/cases.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { FIRST_SLOTS = 4096, FIRST_INPUTS = 256 };

/* ---- order ----------------------------------------------------------- */

static void
identity_of(const struct cc_kept *k, struct cc_str *id, struct cc_str *source)
{
	struct cc_wall t;

	/* The bytes are ours: cc_event_encode made them. */
	if (cc_event_head(cc_kept_bytes(k), &t, id, source, NULL) != CC_OK)
		*id = *source = CC_STR("");
}

static int
cmp_identity(const struct cc_kept *a, const struct cc_kept *b)
{
	struct cc_str ia, sa, ib, sb;
	int c;

	identity_of(a, &ia, &sa);
	identity_of(b, &ib, &sb);
	c = cc_str_cmp(ia, ib);
	return c != 0 ? c : cc_str_cmp(sa, sb);
}

static int
cmp_line(const struct cc_kept *a, const struct cc_kept *b)
{
	return (a->line > b->line) - (a->line < b->line);
}

static int
by_identity(const struct cc_kept *a, const struct cc_kept *b)
{
	int c;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	c = cmp_identity(a, b);
	return c != 0 ? c : cmp_line(a, b);
}

/* A refused line is an event without bytes; its key is the line that stands. */
static bool
refused(const struct cc_kept *k)
{
	return k->nbytes == 0;
}

/* First the refused lines, then case by case. */
static int
by_case(const struct cc_kept *a, const struct cc_kept *b)
{
	int c = refused(b) - refused(a);

	if (c == 0 && !refused(a))
		c = cc_str_cmp(cc_kept_case(a), cc_kept_case(b));
	return c != 0 ? c : cmp_line(a, b);
}

static bool
same_content(const struct cc_kept *a, const struct cc_kept *b)
{
	return cc_str_eq(cc_kept_case(a), cc_kept_case(b)) &&
	    cc_str_eq(cc_kept_bytes(a), cc_kept_bytes(b));
}

/* ---- identity while all is in memory --------------------------------- */

static uint64_t
mix(uint64_t h, struct cc_str s)
{
	for (uint32_t i = 0; i < s.n; i += 8) {
		uint64_t w = 0;

		memcpy(&w, s.p + i, s.n - i < 8 ? s.n - i : 8);
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	h = (h ^ s.n) * UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

/* The slot of the event with this identity, or the free slot for it. */
static const struct cc_kept **
slot_of(const struct cc_cases *c, uint64_t key, struct cc_str id,
    struct cc_str source)
{
	size_t mask = c->slots - 1;

	for (size_t i = (size_t)key & mask;; i = (i + 1) & mask) {
		const struct cc_kept *k = c->table[i];
		struct cc_str kid, ksource;

		if (k == NULL)
			return &c->table[i];
		if (k->key != key)
			continue;
		identity_of(k, &kid, &ksource);
		if (cc_str_eq(kid, id) && cc_str_eq(ksource, source))
			return &c->table[i];
	}
}

static enum cc_code
grow_table(struct cc_cases *c, struct cc_err *reterr)
{
	size_t slots = c->slots == 0 ? FIRST_SLOTS : 2 * c->slots;
	const struct cc_kept **table = calloc(slots, sizeof *table);

	if (table == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a table of events");
	for (size_t i = 0; i < c->slots; i++) {
		size_t at;

		if (c->table[i] == NULL)
			continue;
		at = (size_t)c->table[i]->key & (slots - 1);
		while (table[at] != NULL)
			at = (at + 1) & (slots - 1);
		table[at] = c->table[i];
	}
	free(c->table);
	c->table = table;
	c->slots = slots;
	return CC_OK;
}

static void
drop_table(struct cc_cases *c)
{
	free(c->table);
	c->table = NULL;
	c->slots = c->used = 0;
}

void
cc_cases_init(struct cc_cases *c, const struct cc_cases_settings *s)
{
	*c = (struct cc_cases){.settings = *s, .latest = CC_NEVER};
	/* Without random bytes only an input made to be slow is slow. */
	if (getrandom(&c->seed, sizeof c->seed, GRND_NONBLOCK) < 0)
		c->seed = 1;
	/* The table of identities takes a part as well. */
	cc_sorter_init(&c->by_identity, s->memory - s->memory / 8, by_identity);
	cc_sorter_init(&c->by_case, s->memory, by_case);
	c->by_identity.dir = c->by_case.dir = s->dir;
}

void
cc_cases_done(struct cc_cases *c)
{
	cc_sorter_done(&c->by_identity);
	cc_sorter_done(&c->by_case);
	drop_table(c);
	free(c->inputs);
	c->inputs = NULL;
}

static void
accept_time(struct cc_cases *c, struct cc_wall t)
{
	if (!cc_given(c->latest) || t.s > c->latest.s)
		c->latest = t;
}

/* A line whose id and source came before is a repeat, or refused. */
static void
settle(struct cc_cases *c, const struct cc_kept *first, const struct cc_kept *head,
    const char *const parts[2])
{
	struct cc_str id = {parts[0], head->ncase}, bytes = {parts[1], head->nbytes};

	if (!cc_str_eq(cc_kept_case(first), id) ||
	    !cc_str_eq(cc_kept_bytes(first), bytes))
		c->settings.on_conflict(c->settings.self, head->line, first->line);
}

static enum cc_code
keep(struct cc_cases *c, const struct cc_kept *head, const char *const parts[2],
    const struct cc_kept **slot, struct cc_err *reterr)
{
	const struct cc_kept *k;
	enum cc_code code = cc_sorter_add(&c->by_identity, head, parts, &k, reterr);

	if (code != CC_OK)
		return code;
	if (c->by_identity.nruns > 0) {
		drop_table(c);
	} else if (slot != NULL) {
		*slot = k;
		c->used++;
	}
	return CC_OK;
}

enum cc_code
cc_cases_add(struct cc_cases *c, uint64_t line, const struct cc_draft *d,
    struct cc_str bytes, struct cc_err *reterr)
{
	const char *const parts[2] = {d->subject.p, bytes.p};
	struct cc_kept head = {
		.line = line, .key = mix(mix(c->seed, d->id), d->source),
		.ncase = d->subject.n, .nbytes = bytes.n
	};
	const struct cc_kept **slot = NULL;
	enum cc_code code;

	if (c->by_identity.nruns == 0) {
		if (c->used * 4 >= c->slots * 3) {
			code = grow_table(c, reterr);
			if (code != CC_OK)
				return code;
		}
		slot = slot_of(c, head.key, d->id, d->source);
		if (*slot != NULL) {
			settle(c, *slot, &head, parts);
			return CC_OK;
		}
		accept_time(c, d->time);
	}
	return keep(c, &head, parts, slot, reterr);
}

/* ---- identity when events are in the file ---------------------------- */

static enum cc_code
pass_on(struct cc_cases *c, const struct cc_kept *k, const struct cc_kept *first,
    struct cc_err *reterr)
{
	struct cc_kept head = *k;
	const char *const parts[2] = {k->text, k->text + k->ncase};
	struct cc_str id, source;
	struct cc_wall t;
	enum cc_code code;

	if (first != NULL) {
		head.key = first->line;
		head.ncase = head.nbytes = 0;
	} else {
		code = cc_event_head(cc_kept_bytes(k), &t, &id, &source, reterr);
		if (code != CC_OK)
			return code;
		accept_time(c, t);
	}
	return cc_sorter_add(&c->by_case, &head, parts, NULL, reterr);
}

/* Goes through all events by identity; those that stand, and the lines refused,
 * go on into the order by case.  `first` is a copy: the sorter's event is gone
 * with the next. */
static enum cc_code
merge(struct cc_cases *c, struct cc_kept *first, struct cc_err *reterr)
{
	const struct cc_kept *k;
	bool any = false;
	enum cc_code code;

	while ((code = cc_sorter_next(&c->by_identity, &k, reterr)) == CC_OK) {
		if (any && first->key == k->key && cmp_identity(first, k) == 0) {
			if (same_content(first, k))
				continue;
			code = pass_on(c, k, first, reterr);
		} else {
			memcpy(first, k, sizeof *k + k->ncase + k->nbytes);
			any = true;
			code = pass_on(c, k, NULL, reterr);
		}
		if (code != CC_OK)
			return code;
	}
	return code == CC_ENOENT ? CC_OK : code;
}

static enum cc_code
merge_all(struct cc_cases *c, struct cc_err *reterr)
{
	struct cc_kept *first;
	enum cc_code code = cc_sorter_sort(&c->by_identity, reterr);

	if (code != CC_OK)
		return code;
	first = malloc(CC_SORTER_EVENT);
	if (first == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to merge");
	code = merge(c, first, reterr);
	free(first);
	cc_sorter_done(&c->by_identity);
	return code == CC_OK ? cc_sorter_sort(&c->by_case, reterr) : code;
}

static struct cc_sorter *
sorted(struct cc_cases *c)
{
	return c->merged ? &c->by_case : &c->by_identity;
}

/* Reads one event ahead; c->ahead is NULL at the end. */
static enum cc_code
look_ahead(struct cc_cases *c, struct cc_err *reterr)
{
	enum cc_code code = cc_sorter_next(sorted(c), &c->ahead, reterr);

	if (code == CC_ENOENT) {
		c->ahead = NULL;
		return CC_OK;
	}
	return code;
}

enum cc_code
cc_cases_end(struct cc_cases *c, struct cc_err *reterr)
{
	enum cc_code code;

	drop_table(c);
	if (c->by_identity.nruns > 0) {
		c->merged = true;
		code = merge_all(c, reterr);
	} else {
		c->by_identity.cmp = by_case;
		code = cc_sorter_sort(&c->by_identity, reterr);
	}
	if (code == CC_OK)
		code = look_ahead(c, reterr);
	while (code == CC_OK && c->ahead != NULL && refused(c->ahead)) {
		c->settings.on_conflict(c->settings.self, c->ahead->line, c->ahead->key);
		code = look_ahead(c, reterr);
	}
	return code;
}

/* ---- case by case ---------------------------------------------------- */

static bool
put_input(struct cc_cases *c, struct cc_arena *a, size_t n, struct cc_str bytes)
{
	const char *copy;

	if (n > CC_CASE_EVENTS_MAX)
		return false;
	if (n == c->ninputs) {
		size_t more = n == 0 ? FIRST_INPUTS : 2 * n;
		struct cc_input *inputs = realloc(c->inputs, more * sizeof *inputs);

		if (inputs == NULL)
			return false;
		c->inputs = inputs;
		c->ninputs = more;
	}
	copy = cc_arena_text(a, bytes.p, bytes.n);
	c->inputs[n] = (struct cc_input){{copy, bytes.n}, CC_NEVER};
	return copy != NULL;
}

enum cc_code
cc_cases_next(struct cc_cases *c, struct cc_arena *a, struct cc_case *ret,
    bool *ret_fits, struct cc_err *reterr)
{
	struct cc_str id;
	size_t n = 0;
	bool fits;
	enum cc_code code = CC_OK;

	if (c->ahead == NULL)
		return cc_fail(reterr, CC_ENOENT, 0, "no more cases");
	id = cc_kept_case(c->ahead);
	id.p = cc_arena_text(a, id.p, id.n);
	if (id.p == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a case");
	fits = true;
	while (code == CC_OK && c->ahead != NULL &&
	    cc_str_eq(cc_kept_case(c->ahead), id)) {
		fits = fits && put_input(c, a, n++, cc_kept_bytes(c->ahead));
		code = look_ahead(c, reterr);
	}
	if (code != CC_OK)
		return code;
	*ret = (struct cc_case){id, c->inputs, fits ? (uint32_t)n : 0};
	*ret_fits = fits;
	return CC_OK;
}
