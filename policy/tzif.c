#include "policy/tzif.h"

#include "policy/slurp.h"

#include <stdio.h>
#include <string.h>

enum { HEADER = 44, KIND_BYTES = 6 };

/* The six counts of a header, in the order of the file. */
struct counts {
	uint32_t ut, std, leap, time, type, chars;
};

/* One parse: what is left of the file, and what the errors call it. */
struct reader {
	const unsigned char *p, *end;
	struct counts n;
	const unsigned char *times, *indices, *types, *abbrs;
	struct cc_arena *arena;
	struct cc_zone zone;
	const char *wrong;
};

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be64s(const unsigned char *p)
{
	uint64_t u = (uint64_t)be32(p) << 32 | be32(p + 4);

	/* Two's complement by hand: a plain cast is up to the compiler. */
	return u <= INT64_MAX ? (int64_t)u : -(int64_t)(~u) - 1;
}

static int32_t
be32s(const unsigned char *p)
{
	uint32_t u = be32(p);

	return u <= INT32_MAX ? (int32_t)u : -(int32_t)(~u) - 1;
}

static bool
wrong(struct reader *r, const char *what)
{
	r->wrong = what;
	return false;
}

static bool
read_header(struct reader *r)
{
	const unsigned char *p = r->p;

	if (r->end - p < HEADER)
		return wrong(r, "the file is cut off in a header");
	if (memcmp(p, "TZif", 4) != 0)
		return wrong(r, "it is not a TZif file");
	if (p[4] < '2')
		return wrong(r, "TZif version 2 or later is needed");
	r->n = (struct counts){
		be32(p + 20), be32(p + 24), be32(p + 28),
		be32(p + 32), be32(p + 36), be32(p + 40)
	};
	if (r->n.leap != 0)
		return wrong(r, "it counts leap seconds (a \"right\" zone)");
	if (r->n.time > CC_TZIF_COUNT || r->n.chars > CC_TZIF_COUNT)
		return wrong(r, "a count is over 100000");
	if (r->n.type == 0 || r->n.type > CC_TZIF_KINDS)
		return wrong(r, "the kinds of local time are not 1 to 256");
	if ((r->n.ut != 0 && r->n.ut != r->n.type) ||
	    (r->n.std != 0 && r->n.std != r->n.type))
		return wrong(r, "the counts of the header contradict each other");
	r->p += HEADER;
	return true;
}

/* The bytes behind a header, with instants of `width` bytes. */
static bool
read_block(struct reader *r, uint32_t width)
{
	/* No count is over 100000, so this sum fits easily. */
	uint32_t need = r->n.time * width + r->n.time +
	    r->n.type * KIND_BYTES + r->n.chars + r->n.std + r->n.ut;

	if ((size_t)(r->end - r->p) < need)
		return wrong(r, "the file is cut off");
	r->times = r->p;
	r->indices = r->times + r->n.time * width;
	r->types = r->indices + r->n.time;
	r->abbrs = r->types + r->n.type * KIND_BYTES;
	r->p += need;
	return true;
}

static bool
copy_abbr(struct reader *r, uint32_t at, char ret[8])
{
	const unsigned char *end;
	size_t n;

	if (at >= r->n.chars)
		return wrong(r, "an abbreviation lies outside its table");
	end = memchr(r->abbrs + at, 0, r->n.chars - at);
	if (end == NULL)
		return wrong(r, "an abbreviation has no end");
	n = (size_t)(end - (r->abbrs + at));
	if (n > 7)
		return wrong(r, "an abbreviation is longer than 7 bytes");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = r->abbrs[at + i];

		if (c <= ' ' || c > '~')
			return wrong(r, "an abbreviation is not plain text");
	}
	memset(ret, 0, 8);
	memcpy(ret, r->abbrs + at, n);
	return true;
}

static bool
read_kinds(struct reader *r)
{
	struct cc_zone_kind *k = cc_arena_array(r->arena, r->n.type, sizeof *k);

	if (k == NULL)
		return wrong(r, NULL);
	for (uint32_t i = 0; i < r->n.type; i++) {
		const unsigned char *p = r->types + i * KIND_BYTES;

		k[i].offset = be32s(p);
		if (k[i].offset < -CC_TZIF_OFFSET ||
		    k[i].offset > CC_TZIF_OFFSET)
			return wrong(r, "an offset is over 26 hours");
		if (p[4] > 1)
			return wrong(r, "a daylight flag is neither 0 nor 1");
		k[i].dst = p[4] == 1;
		if (!copy_abbr(r, p[5], k[i].abbr))
			return false;
	}
	r->zone.kinds = k;
	r->zone.nkinds = r->n.type;
	r->zone.first_kind = 0;
	return true;
}

static bool
read_transitions(struct reader *r)
{
	int64_t *at = cc_arena_array(r->arena, r->n.time, sizeof *at);
	uint8_t *kind = cc_arena_alloc(r->arena, r->n.time);

	if (at == NULL || kind == NULL)
		return wrong(r, NULL);
	for (uint32_t i = 0; i < r->n.time; i++) {
		at[i] = be64s(r->times + i * 8);
		kind[i] = r->indices[i];
		if (i > 0 && at[i] <= at[i - 1])
			return wrong(r, "the transitions are not in order");
		if (kind[i] >= r->n.type)
			return wrong(r, "a transition names a kind of local "
			    "time that is not there");
	}
	r->zone.at = at;
	r->zone.kind_at = kind;
	r->zone.ntrans = r->n.time;
	return true;
}

static bool
read_footer(struct reader *r, struct cc_err *why)
{
	const unsigned char *end;
	struct cc_str text;

	if (r->p == r->end || *r->p != '\n')
		return wrong(r, "the footer is missing");
	r->p++;
	end = memchr(r->p, '\n', (size_t)(r->end - r->p));
	if (end == NULL)
		return wrong(r, "the file is cut off in its footer");
	if (end - r->p > 255)
		return wrong(r, "the footer is longer than 255 bytes");
	text = (struct cc_str){(const char *)r->p, (uint32_t)(end - r->p)};
	if (text.n == 0)
		return true;
	if (cc_tzif_rule(text, &r->zone.rule, why) != CC_OK)
		return wrong(r, why->msg);
	r->zone.has_rule = true;
	return true;
}

static bool
read_all(struct reader *r, struct cc_err *why)
{
	/* The first block has 32-bit instants: old programs read it, we only
	 * step over it. */
	return read_header(r) && read_block(r, 4) && read_header(r) &&
	    read_block(r, 8) && read_kinds(r) && read_transitions(r) &&
	    read_footer(r, why);
}

enum cc_code
cc_tzif_parse(struct cc_str bytes, struct cc_str name, struct cc_arena *a,
    struct cc_zone *ret, struct cc_err *reterr)
{
	struct cc_mark mark = cc_arena_mark(a);
	struct reader r;
	struct cc_err why;
	const unsigned char *p = (const unsigned char *)bytes.p;

	if (!cc_tzif_name_ok(name))
		return cc_fail(reterr, CC_EINVAL, 0, "this is not a name of a "
		    "time zone; expected for example America/Chicago");
	memset(&r, 0, sizeof r);
	r.p = p;
	r.end = bytes.n == 0 ? p : p + bytes.n;
	r.arena = a;
	r.zone.name = cc_arena_text(a, name.p, name.n);
	if (r.zone.name != NULL && read_all(&r, &why)) {
		*ret = r.zone;
		return CC_OK;
	}
	cc_arena_release(a, mark);
	if (r.wrong == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "time zone %.*s: out of "
		    "memory", (int)name.n, name.p);
	return cc_fail(reterr, CC_EINVAL, 0, "time zone %.*s: %s",
	    (int)name.n, name.p, r.wrong);
}

static bool
name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' ||
	    c == '.' || c == '/';
}

bool
cc_tzif_name_ok(struct cc_str name)
{
	char before = '/';

	if (name.n == 0 || name.n > CC_TZIF_NAME)
		return false;
	for (uint32_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!name_char(c))
			return false;
		/* Neither "..", nor a hidden file, nor an empty part. */
		if (before == '/' && (c == '.' || c == '/'))
			return false;
		before = c;
	}
	return before != '/';
}

enum cc_code
cc_tzif_load(const char *dir, struct cc_str name, struct cc_arena *a,
    struct cc_zone *ret, struct cc_err *reterr)
{
	char path[4096];
	struct cc_arena tmp;
	struct cc_str bytes;
	enum cc_code code;
	int n;

	if (!cc_tzif_name_ok(name))
		return cc_fail(reterr, CC_EINVAL, 0, "this is not a name of a "
		    "time zone; expected for example America/Chicago");
	n = snprintf(path, sizeof path, "%s/%.*s",
	    dir == NULL ? CC_TZIF_DIR : dir, (int)name.n, name.p);
	if (n < 0 || (size_t)n >= sizeof path)
		return cc_fail(reterr, CC_EINVAL, 0, "the path of time zone "
		    "%.*s is too long", (int)name.n, name.p);
	/* The file is needed only while it is read. */
	tmp = (struct cc_arena){.more = a->more, .self = a->self,
	    .limit = 2 * CC_TZIF_BYTES};
	code = cc_slurp(path, CC_TZIF_BYTES, &tmp, &bytes, reterr);
	if (code == CC_OK)
		code = cc_tzif_parse(bytes, name, a, ret, reterr);
	cc_arena_done(&tmp);
	return code;
}
