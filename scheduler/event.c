#include "scheduler/event.h"

#include <string.h>

enum {
	VARINT_MAX_BYTES = 10,
	SOURCE_MAX = 256,
	INT_MAX_VALUE = 150,
	TYPE_KEY_BYTES = 4,
	SHORT_KEY_BYTES = 2
};

/* 2099-12-31T23:59:59Z, and the day 2099-12-31 */
#define LAST_INSTANT INT64_C(4102444799)
#define LAST_DAY INT64_C(47481)

/* ---- writing --------------------------------------------------------- */

/* Bytes to come: with p NULL they are only counted. */
struct sink {
	char *p;
	size_t n;
};

static void
put_byte(struct sink *w, unsigned c)
{
	if (w->p != NULL)
		w->p[w->n] = (char)(unsigned char)c;
	w->n++;
}

static void
put_uint(struct sink *w, uint64_t v)
{
	while (v >= 0x80) {
		put_byte(w, (unsigned)(v & 0x7f) | 0x80u);
		v >>= 7;
	}
	put_byte(w, (unsigned)v);
}

static void
put_int(struct sink *w, int64_t v)
{
	put_uint(w, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

static void
put_key(struct sink *w, uint32_t key, int nbytes)
{
	for (int shift = 8 * (nbytes - 1); shift >= 0; shift -= 8)
		put_byte(w, (key >> shift) & 0xffu);
}

static void
put_text(struct sink *w, struct cc_str s)
{
	put_uint(w, s.n);
	if (w->p != NULL && s.n != 0)
		memcpy(w->p + w->n, s.p, s.n);
	w->n += s.n;
}

static void
put_item(struct sink *w, const struct cc_schema *s,
    const struct cc_field_def *f, const struct cc_item *it)
{
	switch (f->type) {
	case CC_FIELD_ID:
	case CC_FIELD_ZONE:
		put_text(w, it->text);
		break;
	case CC_FIELD_CODE:
		put_key(w, s->code_keys[it->v], SHORT_KEY_BYTES);
		break;
	case CC_FIELD_BOOL:
	case CC_FIELD_INT:
	case CC_FIELD_TIME:
	case CC_FIELD_DATE:
		put_int(w, it->v);
		break;
	}
}

/* The given fields by key, so that neither the order in the line nor a
 * re-ordered pack shows in the bytes. */
static unsigned
given_by_key(const struct cc_event_type *t, const struct cc_draft *d,
    uint8_t ret[CC_FIELDS_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->nfields && i < CC_FIELDS_MAX; i++) {
		unsigned j = n;

		if (!d->fields[i].given)
			continue;
		while (j > 0 && t->fields[ret[j - 1]].key > t->fields[i].key) {
			ret[j] = ret[j - 1];
			j--;
		}
		ret[j] = (uint8_t)i;
		n++;
	}
	return n;
}

static void
put_event(struct sink *w, const struct cc_schema *s, const struct cc_draft *d)
{
	const struct cc_event_type *t = &s->types[d->type];
	uint8_t order[CC_FIELDS_MAX];
	unsigned n = given_by_key(t, d, order);

	put_byte(w, CC_COMPACT_VERSION);
	put_key(w, t->key, TYPE_KEY_BYTES);
	put_int(w, d->time.s);
	put_text(w, d->id);
	put_text(w, d->source);
	put_uint(w, n);
	for (unsigned i = 0; i < n; i++) {
		const struct cc_field_def *f = &t->fields[order[i]];
		const struct cc_draft_field *v = &d->fields[order[i]];

		put_key(w, f->key, SHORT_KEY_BYTES);
		put_uint(w, f->list ? (uint64_t)v->n + 1 : 0);
		for (uint32_t k = 0; k < v->n; k++)
			put_item(w, s, f, &v->items[k]);
	}
}

enum cc_code
cc_event_encode(const struct cc_schema *s, const struct cc_draft *d,
    struct cc_arena *a, struct cc_str *ret, struct cc_err *reterr)
{
	struct sink w = {NULL, 0};
	size_t need;

	put_event(&w, s, d);
	need = w.n;
	if (need > CC_COMPACT_MAX) {
		return cc_fail(reterr, CC_ERANGE, 0,
		    "event takes %zu bytes, more than %d", need, CC_COMPACT_MAX);
	}
	w.p = cc_arena_alloc(a, need);
	w.n = 0;
	if (w.p == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for an event");
	put_event(&w, s, d);
	*ret = (struct cc_str){w.p, (uint32_t)need};
	return CC_OK;
}

/* ---- reading: every byte may be hostile ------------------------------- */

struct source {
	const unsigned char *p;
	size_t left;
};

static bool
get_byte(struct source *r, unsigned *ret)
{
	if (r->left == 0)
		return false;
	*ret = *r->p++;
	r->left--;
	return true;
}

/* Only the shortest form is taken, so that equal content is equal bytes. */
static bool
get_uint(struct source *r, uint64_t *ret)
{
	uint64_t v = 0;
	unsigned c;

	for (int i = 0; i < VARINT_MAX_BYTES; i++) {
		if (!get_byte(r, &c))
			return false;
		if (i == VARINT_MAX_BYTES - 1 && c > 1)
			return false;
		v |= (uint64_t)(c & 0x7f) << (7 * i);
		if ((c & 0x80) == 0) {
			if (c == 0 && i > 0)
				return false;
			*ret = v;
			return true;
		}
	}
	return false;
}

static bool
get_int(struct source *r, int64_t min, int64_t max, int64_t *ret)
{
	uint64_t u;
	int64_t v;

	if (!get_uint(r, &u))
		return false;
	v = (int64_t)(u >> 1);
	if ((u & 1) != 0)
		v = -v - 1;
	if (v < min || v > max)
		return false;
	*ret = v;
	return true;
}

static bool
get_key(struct source *r, int nbytes, uint32_t *ret)
{
	uint32_t v = 0;
	unsigned c;

	for (int i = 0; i < nbytes; i++) {
		if (!get_byte(r, &c))
			return false;
		v = v << 8 | c;
	}
	*ret = v;
	return true;
}

static bool
get_text(struct source *r, size_t max, struct cc_str *ret)
{
	uint64_t n;

	if (!get_uint(r, &n) || n == 0 || n > max || n > r->left)
		return false;
	*ret = (struct cc_str){(const char *)r->p, (uint32_t)n};
	r->p += n;
	r->left -= (size_t)n;
	return true;
}

static enum cc_code
damaged(struct cc_err *reterr, const char *what)
{
	return cc_fail(reterr, CC_EINVAL, 0, "stored event is damaged: %s", what);
}

static enum cc_code
foreign(struct cc_err *reterr, const char *what, uint32_t key)
{
	return cc_fail(reterr, CC_ENOENT, 0,
	    "the pack no longer declares this event's %s (key %08x)", what,
	    (unsigned)key);
}

struct head {
	uint32_t type_key;
	struct cc_wall time;
	struct cc_str id, source;
};

static enum cc_code
get_head(struct source *r, struct head *ret, struct cc_err *reterr)
{
	unsigned version;

	if (!get_byte(r, &version))
		return damaged(reterr, "no bytes");
	if (version != CC_COMPACT_VERSION) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "stored event has version %u; this program knows %d",
		    version, CC_COMPACT_VERSION);
	}
	if (!get_key(r, TYPE_KEY_BYTES, &ret->type_key) ||
	    !get_int(r, 0, LAST_INSTANT, &ret->time.s))
		return damaged(reterr, "type or time");
	if (!get_text(r, 64, &ret->id) || !cc_id_ok(ret->id))
		return damaged(reterr, "id");
	if (!get_text(r, SOURCE_MAX, &ret->source))
		return damaged(reterr, "source");
	return CC_OK;
}

/* What a decoding holds on to. */
struct reading {
	const struct cc_schema *schema;
	const struct cc_zones *zones;
	struct cc_arena *arena;
	struct source in;
	struct cc_err *reterr;
};

static enum cc_code
get_code(struct reading *d, const struct cc_field_def *f, struct cc_item *ret)
{
	uint32_t key;

	if (!get_key(&d->in, SHORT_KEY_BYTES, &key))
		return damaged(d->reterr, "code");
	for (uint16_t i = 0; i < f->ncodes; i++) {
		if (d->schema->code_keys[f->codes[i]] == key) {
			ret->v = f->codes[i];
			return CC_OK;
		}
	}
	return foreign(d->reterr, "code", key);
}

static enum cc_code
get_zone(struct reading *d, struct cc_item *ret)
{
	if (!get_text(&d->in, SOURCE_MAX, &ret->text))
		return damaged(d->reterr, "zone");
	ret->v = cc_zones_index(d->zones, ret->text);
	if (ret->v < 0)
		return foreign(d->reterr, "time zone", cc_key32(ret->text));
	return CC_OK;
}

static enum cc_code
get_number(struct reading *d, int64_t max, struct cc_item *ret)
{
	if (!get_int(&d->in, 0, max, &ret->v))
		return damaged(d->reterr, "number");
	return CC_OK;
}

static enum cc_code
get_item(struct reading *d, const struct cc_field_def *f, struct cc_item *ret)
{
	switch (f->type) {
	case CC_FIELD_ID:
		if (!get_text(&d->in, 64, &ret->text) || !cc_id_ok(ret->text))
			return damaged(d->reterr, "id in a field");
		return CC_OK;
	case CC_FIELD_ZONE:
		return get_zone(d, ret);
	case CC_FIELD_CODE:
		return get_code(d, f, ret);
	case CC_FIELD_BOOL:
		return get_number(d, 1, ret);
	case CC_FIELD_INT:
		return get_number(d, INT_MAX_VALUE, ret);
	case CC_FIELD_TIME:
		return get_number(d, LAST_INSTANT, ret);
	case CC_FIELD_DATE:
		return get_number(d, LAST_DAY, ret);
	}
	return cc_fail(d->reterr, CC_EBUG, 0, "field of an unknown type");
}

static enum cc_code
get_items(struct reading *d, const struct cc_field_def *f,
    struct cc_draft_field *ret)
{
	struct cc_item *items;
	uint64_t count;
	uint32_t n;

	if (!get_uint(&d->in, &count) || count > (uint64_t)CC_LIST_MAX + 1)
		return damaged(d->reterr, "length of a list");
	if ((count != 0) != f->list)
		return foreign(d->reterr, "shape of a field", f->key);
	n = f->list ? (uint32_t)count - 1 : 1;
	/* each value takes a byte at least: no memory for what cannot come */
	if (n > d->in.left)
		return damaged(d->reterr, "list is cut off");
	items = cc_arena_array(d->arena, n, sizeof *items);
	if (items == NULL)
		return cc_fail(d->reterr, CC_ENOMEM, 0, "no memory for an event");
	for (uint32_t i = 0; i < n; i++) {
		enum cc_code code = get_item(d, f, &items[i]);

		if (code != CC_OK)
			return code;
	}
	*ret = (struct cc_draft_field){true, n, items};
	return CC_OK;
}

static int
field_of_key(const struct cc_event_type *t, uint32_t key)
{
	for (int i = 0; i < (int)t->nfields; i++) {
		if (t->fields[i].key == key)
			return i;
	}
	return -1;
}

static enum cc_code
get_fields(struct reading *d, const struct cc_event_type *t,
    struct cc_draft_field fields[CC_FIELDS_MAX])
{
	uint64_t n;
	uint32_t key, last = 0;

	if (!get_uint(&d->in, &n) || n > CC_FIELDS_MAX)
		return damaged(d->reterr, "number of fields");
	for (uint64_t i = 0; i < n; i++) {
		enum cc_code code;
		int at;

		if (!get_key(&d->in, SHORT_KEY_BYTES, &key) ||
		    (i > 0 && key <= last))
			return damaged(d->reterr, "field");
		last = key;
		at = field_of_key(t, key);
		if (at < 0)
			return foreign(d->reterr, "field", key);
		code = get_items(d, &t->fields[at], &fields[at]);
		if (code != CC_OK)
			return code;
	}
	if (d->in.left != 0)
		return damaged(d->reterr, "bytes left over");
	return CC_OK;
}

static int
type_of_key(const struct cc_schema *s, uint32_t key)
{
	for (int i = 0; i < (int)s->ntypes; i++) {
		if (s->types[i].key == key)
			return i;
	}
	return -1;
}

static struct source
source_of(struct cc_str bytes)
{
	return (struct source){(const unsigned char *)bytes.p, bytes.n};
}

enum cc_code
cc_event_decode(const struct cc_schema *s, const struct cc_zones *z,
    struct cc_str bytes, struct cc_arena *a, struct cc_draft *ret,
    struct cc_err *reterr)
{
	struct reading r = {s, z, a, source_of(bytes), reterr};
	struct cc_draft d = {0};
	struct head h = {0};
	enum cc_code code = get_head(&r.in, &h, reterr);
	int type;

	if (code != CC_OK)
		return code;
	type = type_of_key(s, h.type_key);
	if (type < 0)
		return foreign(reterr, "type", h.type_key);
	code = get_fields(&r, &s->types[type], d.fields);
	if (code != CC_OK)
		return code;
	d.type = (uint16_t)type;
	d.id = h.id;
	d.source = h.source;
	d.time = h.time;
	*ret = d;
	return CC_OK;
}

enum cc_code
cc_event_head(struct cc_str bytes, struct cc_wall *ret_time,
    struct cc_str *ret_id, struct cc_str *ret_source, struct cc_err *reterr)
{
	struct source r = source_of(bytes);
	struct head h = {0};
	enum cc_code code = get_head(&r, &h, reterr);

	if (code != CC_OK)
		return code;
	*ret_time = h.time;
	*ret_id = h.id;
	*ret_source = h.source;
	return CC_OK;
}
