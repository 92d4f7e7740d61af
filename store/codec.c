#include "store/codec.h"

#include <stdlib.h>
#include <string.h>

enum {
	FLAG_TOLD = 1, FLAG_LIVE = 2, FLAG_PRESENT = 4,
	FLAG_TIMES = 8,		/* this bit and the three above: started, due, ... */
	NTIMES = 4,
	MIN_INSTANCE = 9	/* bytes that the smallest one takes */
};

/* The texts met so far: both sides fill it alike. */
struct seen {
	struct cc_str text[CC_CODEC_SEEN];
	uint32_t n;
};

bool
cc_store_buf_room(struct cc_store_buf *b, size_t more)
{
	size_t cap = b->cap == 0 ? 512 : b->cap;
	unsigned char *p;

	if (more > SIZE_MAX / 4 || b->n > SIZE_MAX / 4)
		return false;
	if (b->cap - b->n >= more)
		return true;
	while (cap - b->n < more)
		cap *= 2;
	p = realloc(b->p, cap);
	if (p == NULL)
		return false;
	b->p = p;
	b->cap = cap;
	return true;
}

void
cc_store_buf_done(struct cc_store_buf *b)
{
	free(b->p);
	*b = (struct cc_store_buf){ 0 };
}

/* --- writing: room was made by the caller -------------------------------- */

static void
put_varint(struct cc_store_buf *b, uint64_t v)
{
	while (v >= 0x80) {
		b->p[b->n++] = (unsigned char)(v | 0x80);
		v >>= 7;
	}
	b->p[b->n++] = (unsigned char)v;
}

static uint64_t
zigzag(uint64_t v)
{
	return (v << 1) ^ (v >> 63 ? UINT64_MAX : 0);
}

static uint64_t
unzigzag(uint64_t v)
{
	return (v >> 1) ^ (v & 1 ? UINT64_MAX : 0);
}

static bool
put_text(struct cc_store_buf *b, struct seen *seen, struct cc_str t)
{
	for (uint32_t i = 0; i < seen->n; i++) {
		if (cc_str_eq(seen->text[i], t)) {
			if (!cc_store_buf_room(b, 10))
				return false;
			put_varint(b, (uint64_t)i << 1 | 1);
			return true;
		}
	}
	if (!cc_store_buf_room(b, (size_t)t.n + 10))
		return false;
	put_varint(b, (uint64_t)t.n << 1);
	if (t.n > 0)
		memcpy(b->p + b->n, t.p, t.n);
	b->n += t.n;
	if (seen->n < CC_CODEC_SEEN)
		seen->text[seen->n++] = t;
	return true;
}

static void
put_times(struct cc_store_buf *b, const struct cc_wall *t)
{
	uint64_t before = 0;

	for (int i = 0; i < NTIMES; i++) {
		if (!cc_given(t[i]))
			continue;
		put_varint(b, zigzag((uint64_t)t[i].s - before));
		before = (uint64_t)t[i].s;
	}
}

static bool
put_instance(struct cc_store_buf *b, struct seen *seen, const struct cc_instance *v)
{
	const struct cc_wall times[NTIMES] = { v->started, v->due, v->told_due, v->known };
	unsigned flags = 0;

	if (!put_text(b, seen, v->rule) || !put_text(b, seen, v->subject) ||
	    !put_text(b, seen, v->origin_id) || !put_text(b, seen, v->origin_source) ||
	    !cc_store_buf_room(b, 80 + (size_t)v->ndone * 4))
		return false;
	flags |= v->told ? FLAG_TOLD : 0;
	flags |= v->live ? FLAG_LIVE : 0;
	flags |= v->present ? FLAG_PRESENT : 0;
	for (int i = 0; i < NTIMES; i++)
		if (cc_given(times[i]))
			flags |= (unsigned)FLAG_TIMES << i;
	put_varint(b, v->same);
	put_varint(b, v->epoch);
	b->p[b->n++] = (unsigned char)flags;
	b->p[b->n++] = (unsigned char)v->state;
	put_times(b, times);
	put_varint(b, v->ndone);
	for (uint32_t i = 0; i < v->ndone; i++)
		for (int s = 0; s < 32; s += 8)
			b->p[b->n++] = (unsigned char)(v->done[i] >> s);
	return true;
}

enum cc_code
cc_codec_encode(const struct cc_instance *v, uint32_t n, struct cc_store_buf *b,
    struct cc_err *reterr)
{
	struct seen seen = { .n = 0 };

	if (n > CC_STORE_INSTANCES_MAX)
		return cc_fail(reterr, CC_ERANGE, 0, "a case with %u instances; the most is %d",
		    n, CC_STORE_INSTANCES_MAX);
	b->n = 0;
	if (!cc_store_buf_room(b, 11))
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for the instances of a case");
	b->p[b->n++] = CC_CODEC_VERSION;
	put_varint(b, n);
	for (uint32_t i = 0; i < n; i++) {
		if (v[i].state > CC_STATE_FAILED)
			return cc_fail(reterr, CC_EINVAL, 0, "an instance in no known state");
		if (!put_instance(b, &seen, &v[i]))
			return cc_fail(reterr, CC_ENOMEM, 0,
			    "no memory for the instances of a case");
		if (b->n > CC_CODEC_MAX)
			return cc_fail(reterr, CC_ERANGE, 0,
			    "the instances of a case take over %d bytes", CC_CODEC_MAX);
	}
	return CC_OK;
}

/* --- reading: every byte may be hostile ---------------------------------- */

struct in {
	const unsigned char *p, *end;
	bool bad;
};

static uint64_t
get_varint(struct in *in)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint64_t byte;

		if (in->bad || in->p == in->end)
			break;
		byte = *in->p++;
		if (shift == 63 && byte > 1)
			break;
		v |= (byte & 0x7f) << shift;
		if (byte < 0x80)
			return v;
	}
	in->bad = true;
	return 0;
}

static uint32_t
get_u32(struct in *in)
{
	uint64_t v = get_varint(in);

	if (v > UINT32_MAX)
		in->bad = true;
	return in->bad ? 0 : (uint32_t)v;
}

static unsigned
get_byte(struct in *in)
{
	if (in->bad || in->p == in->end) {
		in->bad = true;
		return 0;
	}
	return *in->p++;
}

/* NULL text: no memory (in->bad is not set then). */
static struct cc_str
get_text(struct in *in, struct seen *seen, struct cc_arena *a)
{
	struct cc_str none = { "", 0 }, t;
	uint64_t v = get_varint(in);

	if (in->bad)
		return none;
	if (v & 1) {
		if (v >> 1 < seen->n)
			return seen->text[v >> 1];
		in->bad = true;
		return none;
	}
	if (v >> 1 > (uint64_t)(in->end - in->p)) {
		in->bad = true;
		return none;
	}
	t.n = (uint32_t)(v >> 1);
	t.p = cc_arena_text(a, (const char *)in->p, t.n);
	in->p += t.n;
	if (t.p != NULL && seen->n < CC_CODEC_SEEN)
		seen->text[seen->n++] = t;
	return t;
}

static void
get_times(struct in *in, unsigned flags, struct cc_instance *v)
{
	struct cc_wall *const times[NTIMES] =
	    { &v->started, &v->due, &v->told_due, &v->known };
	uint64_t before = 0;

	for (int i = 0; i < NTIMES; i++) {
		*times[i] = CC_NEVER;
		if ((flags & (unsigned)FLAG_TIMES << i) == 0)
			continue;
		before += unzigzag(get_varint(in));
		/* Two's complement, as every compiler that we use has it. */
		times[i]->s = (int64_t)before;
	}
}

static enum cc_code
get_done(struct in *in, struct cc_arena *a, struct cc_instance *v)
{
	uint32_t *done;

	v->ndone = get_u32(in);
	if (in->bad || v->ndone > (size_t)(in->end - in->p) / 4) {
		in->bad = true;
		return CC_OK;
	}
	done = cc_arena_array(a, v->ndone == 0 ? 1 : v->ndone, sizeof *done);
	if (done == NULL)
		return CC_ENOMEM;
	for (uint32_t i = 0; i < v->ndone; i++)
		for (int s = 0; s < 32; s += 8)
			done[i] |= (uint32_t)*in->p++ << s;
	v->done = done;
	return CC_OK;
}

static enum cc_code
get_instance(struct in *in, struct seen *seen, struct cc_arena *a, struct cc_instance *v)
{
	unsigned flags;

	v->rule = get_text(in, seen, a);
	v->subject = get_text(in, seen, a);
	v->origin_id = get_text(in, seen, a);
	v->origin_source = get_text(in, seen, a);
	if (v->rule.p == NULL || v->subject.p == NULL || v->origin_id.p == NULL ||
	    v->origin_source.p == NULL)
		return CC_ENOMEM;
	v->same = get_u32(in);
	v->epoch = get_u32(in);
	flags = get_byte(in);
	v->told = flags & FLAG_TOLD;
	v->live = flags & FLAG_LIVE;
	v->present = flags & FLAG_PRESENT;
	v->state = (enum cc_state)get_byte(in);
	if (flags >> 7 || v->state > CC_STATE_FAILED)
		in->bad = true;
	get_times(in, flags, v);
	return get_done(in, a, v);
}

enum cc_code
cc_codec_decode(struct cc_str bytes, struct cc_arena *a, struct cc_codec_instances *ret,
    struct cc_err *reterr)
{
	struct in in = { .p = (const unsigned char *)bytes.p,
	    .end = (const unsigned char *)bytes.p };
	struct seen seen = { .n = 0 };
	struct cc_instance *v;
	uint32_t n = 0;

	if (bytes.n > 0) {
		in.end = in.p + bytes.n;
		if (get_byte(&in) != CC_CODEC_VERSION)
			return cc_fail(reterr, CC_EINVAL, 0,
			    "instances of a case in a form that this program does not know");
		n = get_u32(&in);
		if (n > (size_t)(in.end - in.p) / MIN_INSTANCE)
			in.bad = true;
	}
	v = in.bad ? NULL : cc_arena_array(a, n == 0 ? 1 : n, sizeof *v);
	for (uint32_t i = 0; v != NULL && i < n && !in.bad; i++)
		if (get_instance(&in, &seen, a, &v[i]) != CC_OK)
			v = NULL;
	if (in.bad || (v != NULL && in.p != in.end))
		return cc_fail(reterr, CC_EINVAL, 0, "damaged instances of a case");
	if (v == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for the instances of a case");
	*ret = (struct cc_codec_instances){ v, n };
	return CC_OK;
}
