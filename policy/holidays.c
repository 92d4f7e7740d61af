#include "policy/holidays.h"

#include "policy/heap.h"
#include "policy/holidays_days.h"
#include "policy/plain.h"
#include "policy/slurp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Scratch memory for one file: its lines and its days. */
enum { TMP_BYTES = 32 * 1024 * 1024 };

bool
cc_holidays_add(struct cc_holidays_days *d, struct cc_holiday h)
{
	if (d->n == CC_HOLIDAYS_DAYS)
		return false;
	d->day[d->n++] = h;
	return true;
}

const char *
cc_holidays_name(struct cc_arena *a, struct cc_str s)
{
	uint32_t n = s.n;
	char *copy;

	if (n > CC_HOLIDAYS_NAME) {
		n = CC_HOLIDAYS_NAME;
		while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
			n--;
	}
	copy = cc_arena_text(a, s.p, n);
	for (uint32_t i = 0; copy != NULL && i < n; i++) {
		if ((unsigned char)copy[i] < ' ')
			copy[i] = ' ';
	}
	return copy;
}

static struct cc_str
trimmed(struct cc_str s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && strchr(" \t\r", s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

/* Cuts off the first line, without its line feed. */
static struct cc_str
next_line(struct cc_str *rest)
{
	const char *end = memchr(rest->p, '\n', rest->n);
	struct cc_str line = *rest;

	if (end == NULL) {
		rest->p += rest->n;
		rest->n = 0;
		return line;
	}
	line.n = (uint32_t)(end - rest->p);
	rest->p += line.n + 1;
	rest->n -= line.n + 1;
	return line;
}

static enum cc_code
list_line(struct cc_holidays_job *j, struct cc_str line, uint32_t number,
    struct cc_err *reterr)
{
	const char *hash = line.n == 0 ? NULL : memchr(line.p, '#', line.n);
	struct cc_str date = line, note = {"", 0};
	struct cc_holiday h = {.line = number};
	struct cc_err why;

	if (hash != NULL) {
		date.n = (uint32_t)(hash - line.p);
		note.p = hash + 1;
		note.n = line.n - date.n - 1;
	}
	date = trimmed(date);
	if (date.n == 0)
		return CC_OK;
	if (cc_day_parse(date, &h.day, &why) != CC_OK)
		return cc_fail(reterr, CC_EINVAL, 0, "%s:%u:%u: %s",
		    j->src->path, number, (unsigned)(date.p - line.p) + 1,
		    why.msg);
	note = trimmed(note);
	h.name = cc_holidays_name(j->arena, note.n > 0 ? note :
	    CC_STR("holiday"));
	if (h.name == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "%s: out of memory",
		    j->src->path);
	if (!cc_holidays_add(&j->days, h))
		return cc_fail(reterr, CC_ERANGE, 0, "%s:%u:1: more than %d "
		    "holidays", j->src->path, number, CC_HOLIDAYS_DAYS);
	return CC_OK;
}

/* Whole years, since a list that names some days of a year is the list of
 * that year. */
static void
vouch_for_years(struct cc_holidays_days *d)
{
	struct cc_civil from = {9999, 1, 1}, to = {1, 12, 31};

	if (d->n == 0) {
		d->first = INT32_MIN;
		d->last = INT32_MAX;
		return;
	}
	for (uint32_t i = 0; i < d->n; i++) {
		int year = cc_civil_of(d->day[i].day).year;

		from.year = year < from.year ? year : from.year;
		to.year = year > to.year ? year : to.year;
	}
	d->first = cc_day_of(from);
	d->last = cc_day_of(to);
}

static enum cc_code
read_list(struct cc_holidays_job *j, struct cc_err *reterr)
{
	struct cc_str rest = j->bytes;
	uint32_t number = 0;

	while (rest.n > 0) {
		struct cc_str line = next_line(&rest);
		enum cc_code code = list_line(j, line, ++number, reterr);

		if (code != CC_OK)
			return code;
		if (number == CC_HOLIDAYS_LINES && rest.n > 0)
			return cc_fail(reterr, CC_ERANGE, 0, "%s:%u:1: more "
			    "than %d lines", j->src->path, number + 1,
			    CC_HOLIDAYS_LINES);
	}
	vouch_for_years(&j->days);
	return CC_OK;
}

static bool
is_ics(const char *path, struct cc_str bytes)
{
	static const char begin[] = "BEGIN:VCALENDAR";
	size_t n = strlen(path);

	if (n >= 4 && strcasecmp(path + n - 4, ".ics") == 0)
		return true;
	return bytes.n >= sizeof begin - 1 &&
	    strncasecmp(bytes.p, begin, sizeof begin - 1) == 0;
}

static int
by_day(const void *a, const void *b)
{
	const struct cc_holiday *x = a, *y = b;
	int c;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	c = strcmp(x->name, y->name);
	return c;
}

/* One day, two reasons: both names, "A; B". */
static const char *
joined(struct cc_arena *a, const char *one, const char *two)
{
	size_t n = strlen(one), m = strlen(two);
	char *p;

	if (strcmp(one, two) == 0 || n + m > 4 * CC_HOLIDAYS_NAME)
		return one;
	p = cc_arena_alloc(a, n + m + 3);
	if (p == NULL)
		return NULL;
	memcpy(p, one, n);
	memcpy(p + n, "; ", 2);
	memcpy(p + n + 2, two, m + 1);
	return p;
}

/* Sorted and unique, in the result's arena.  False without memory. */
static bool
finish(struct cc_holidays_job *j, struct cc_calendar *ret)
{
	struct cc_holidays_days *d = &j->days;
	struct cc_holiday *out;
	uint32_t n = 0;

	qsort(d->day, d->n, sizeof *d->day, by_day);
	out = cc_arena_array(j->arena, d->n, sizeof *out);
	if (out == NULL)
		return false;
	for (uint32_t i = 0; i < d->n; i++) {
		if (n == 0 || out[n - 1].day != d->day[i].day) {
			out[n++] = d->day[i];
			continue;
		}
		/* The rows of one event follow one another: named once. */
		if (d->day[i].line == d->day[i - 1].line &&
		    d->day[i].day == d->day[i - 1].day)
			continue;
		out[n - 1].name = joined(j->arena, out[n - 1].name,
		    d->day[i].name);
		if (out[n - 1].name == NULL)
			return false;
	}
	ret->holidays = out;
	ret->nholidays = n;
	ret->first = d->first;
	ret->last = d->last;
	return true;
}

/* Editors of some systems put a byte order mark first. */
static struct cc_str
without_mark(struct cc_str s)
{
	if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0) {
		s.p += 3;
		s.n -= 3;
	}
	return s;
}

static enum cc_code
read_into(struct cc_holidays_job *j, struct cc_calendar *ret,
    struct cc_err *reterr)
{
	uint32_t bad = cc_plain_bad(j->bytes);
	enum cc_code code;

	if (bad < j->bytes.n) {
		struct cc_place at = cc_plain_place(j->bytes, bad);

		return cc_fail(reterr, CC_EINVAL, 0, "%s:%u:%u: a byte that is "
		    "not UTF-8 text", j->src->path, at.line, at.column);
	}
	j->days.day = cc_arena_array(j->tmp, CC_HOLIDAYS_DAYS,
	    sizeof *j->days.day);
	if (j->days.day == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "%s: out of memory",
		    j->src->path);
	if (is_ics(j->src->path, j->bytes))
		code = cc_holidays_ics(j, reterr);
	else
		code = read_list(j, reterr);
	if (code == CC_OK && !finish(j, ret))
		code = cc_fail(reterr, CC_ENOMEM, 0, "%s: out of memory",
		    j->src->path);
	return code;
}

enum cc_code
cc_holidays_parse(const struct cc_holidays_source *src, struct cc_str bytes,
    struct cc_arena *a, struct cc_calendar *ret, struct cc_err *reterr)
{
	struct cc_mark mark = cc_arena_mark(a);
	struct cc_arena tmp;
	struct cc_holidays_job j = {
		.src = src, .bytes = without_mark(bytes),
		.arena = a, .tmp = &tmp,
	};
	enum cc_code code;

	if (bytes.n > CC_HOLIDAYS_BYTES)
		return cc_fail(reterr, CC_ERANGE, 0, "%s: longer than the %d "
		    "bytes allowed", src->path, CC_HOLIDAYS_BYTES);
	cc_heap_arena_init(&tmp, TMP_BYTES);
	code = read_into(&j, ret, reterr);
	cc_arena_done(&tmp);
	if (code != CC_OK)
		cc_arena_release(a, mark);
	return code;
}

static void
version_of(const struct cc_holidays_source *src, struct cc_str bytes,
    char ret[CC_FNV_TEXT])
{
	uint64_t h = cc_fnv_add(CC_FNV_START, bytes.p, bytes.n);

	for (uint32_t i = 0; i < src->ndrop; i++)
		h = cc_fnv_add(h, src->drop[i], strlen(src->drop[i]) + 1);
	cc_fnv_text(h, ret);
}

enum cc_code
cc_holidays_load(const struct cc_holidays_source *src, struct cc_arena *a,
    struct cc_calendar *ret, char ret_version[CC_FNV_TEXT],
    struct cc_err *reterr)
{
	struct cc_arena file;
	struct cc_str bytes;
	enum cc_code code;

	cc_heap_arena_init(&file, 2 * CC_HOLIDAYS_BYTES);
	code = cc_slurp(src->path, CC_HOLIDAYS_BYTES, &file, &bytes, reterr);
	if (code == CC_OK)
		code = cc_holidays_parse(src, bytes, a, ret, reterr);
	if (code == CC_OK)
		version_of(src, bytes, ret_version);
	cc_arena_done(&file);
	return code;
}
