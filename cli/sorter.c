#include "cli/sorter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/heap.h"

enum { FIRST_ITEMS = 1024, RUN_BUFFER = 64 * 1024, WRITE_BUFFER = 256 * 1024 };

static size_t
size_of(const struct cc_kept *k)
{
	/* Heads in a buffer stay aligned. */
	return (sizeof *k + k->ncase + k->nbytes + 7) & ~(size_t)7;
}

void
cc_sorter_init(struct cc_sorter *s, size_t memory, cc_kept_cmp *cmp)
{
	*s = (struct cc_sorter){.cmp = cmp, .memory = memory, .fd = -1};
	cc_heap_arena_init(&s->arena, memory);
}

static void
drop_memory(struct cc_sorter *s)
{
	cc_arena_done(&s->arena);
	free(s->items);
	s->items = NULL;
	s->nitems = s->cap = s->next = 0;
}

void
cc_sorter_done(struct cc_sorter *s)
{
	drop_memory(s);
	for (unsigned i = 0; i < s->nruns; i++)
		free(s->runs[i].buf);
	free(s->runs);
	free(s->heap);
	s->runs = NULL;
	s->heap = NULL;
	s->nruns = s->nheap = 0;
	if (s->fd >= 0)
		(void)close(s->fd); /* nobody needs its bytes any more */
	s->fd = -1;
}

/* ---- the temporary file ---------------------------------------------- */

static enum cc_code
open_file(struct cc_sorter *s, struct cc_err *reterr)
{
	const char *dir = s->dir != NULL ? s->dir : getenv("TMPDIR");
	char name[4096];
	int n;

	if (dir == NULL || dir[0] == '\0')
		dir = "/var/tmp";
	s->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd >= 0)
		return CC_OK;
	/* Not every file system has files without a name. */
	n = snprintf(name, sizeof name, "%s/caseclock-XXXXXX", dir);
	if (n > 0 && (size_t)n < sizeof name)
		s->fd = mkostemp(name, O_CLOEXEC);
	if (s->fd < 0)
		return cc_fail(reterr, CC_EIO, errno,
		    "no temporary file in %s: %s (TMPDIR names another folder)", dir,
		    strerror(errno));
	if (unlink(name) != 0)
		return cc_fail(reterr, CC_EIO, errno, "cannot unlink %s: %s", name,
		    strerror(errno));
	return CC_OK;
}

static enum cc_code
write_all(struct cc_sorter *s, const char *p, size_t n, struct cc_err *reterr)
{
	while (n > 0) {
		ssize_t done = pwrite(s->fd, p, n, (off_t)s->size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return cc_fail(reterr, CC_EIO, errno,
			    "cannot write to the temporary file: %s", strerror(errno));
		p += done;
		n -= (size_t)done;
		s->size += (uint64_t)done;
	}
	return CC_OK;
}

/* ---- keeping --------------------------------------------------------- */

static _Thread_local cc_kept_cmp *order; /* qsort hands no context through */

static int
by_order(const void *a, const void *b)
{
	return order(*(struct cc_kept *const *)a, *(struct cc_kept *const *)b);
}

static void
sort_items(struct cc_sorter *s)
{
	order = s->cmp;
	if (s->nitems > 1)
		qsort(s->items, s->nitems, sizeof *s->items, by_order);
}

static enum cc_code
write_items(struct cc_sorter *s, struct cc_err *reterr)
{
	char *buf = malloc(WRITE_BUFFER);
	enum cc_code code = CC_OK;
	size_t n = 0;

	if (buf == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to write events away");
	for (size_t i = 0; i < s->nitems && code == CC_OK; i++) {
		size_t size = size_of(s->items[i]);

		if (n + size > WRITE_BUFFER) {
			code = write_all(s, buf, n, reterr);
			n = 0;
		}
		if (code == CC_OK && size > WRITE_BUFFER) {
			code = write_all(s, (const char *)s->items[i], size, reterr);
		} else if (code == CC_OK) {
			memcpy(buf + n, s->items[i], size);
			n += size;
		}
	}
	if (code == CC_OK)
		code = write_all(s, buf, n, reterr);
	free(buf);
	return code;
}

/* Writes what is in memory away as one more run. */
static enum cc_code
spill(struct cc_sorter *s, struct cc_err *reterr)
{
	struct cc_sorter_run *runs;
	uint64_t at = s->size;
	enum cc_code code;

	if (s->nruns == CC_SORTER_RUNS)
		return cc_fail(reterr, CC_ERANGE, 0,
		    "the input is too large: more than %d parts of %zu MiB",
		    (int)CC_SORTER_RUNS, s->memory >> 20);
	runs = realloc(s->runs, (s->nruns + 1) * sizeof *runs);
	if (runs == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a list of parts");
	s->runs = runs;
	if (s->fd < 0) {
		code = open_file(s, reterr);
		if (code != CC_OK)
			return code;
	}
	sort_items(s);
	code = write_items(s, reterr);
	if (code != CC_OK)
		return code;
	s->runs[s->nruns++] = (struct cc_sorter_run){.at = at, .end = s->size};
	drop_memory(s);
	return CC_OK;
}

static enum cc_code
grow(struct cc_sorter *s, struct cc_err *reterr)
{
	size_t cap = s->cap == 0 ? FIRST_ITEMS : 2 * s->cap;
	struct cc_kept **items = realloc(s->items, cap * sizeof *items);

	if (items == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a list of events");
	s->items = items;
	s->cap = cap;
	return CC_OK;
}

static struct cc_kept *
place_for(struct cc_sorter *s, size_t size)
{
	if (s->arena.total + s->cap * sizeof *s->items > s->memory)
		return NULL;
	return cc_arena_alloc(&s->arena, size);
}

enum cc_code
cc_sorter_add(struct cc_sorter *s, const struct cc_kept *head,
    const char *const parts[2], const struct cc_kept **ret, struct cc_err *reterr)
{
	size_t size = size_of(head);
	struct cc_kept *k;
	enum cc_code code = CC_OK;

	if (size > CC_SORTER_EVENT)
		return cc_fail(reterr, CC_ERANGE, 0, "an event of %zu bytes", size);
	k = place_for(s, size);
	if (k == NULL && s->nitems > 0) {
		code = spill(s, reterr);
		if (code != CC_OK)
			return code;
		cc_arena_reset(&s->arena);
		k = place_for(s, size);
	}
	if (k == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for an event");
	if (s->nitems == s->cap)
		code = grow(s, reterr);
	if (code != CC_OK)
		return code;
	*k = *head;
	if (head->ncase > 0)
		memcpy(k->text, parts[0], head->ncase);
	if (head->nbytes > 0)
		memcpy(k->text + head->ncase, parts[1], head->nbytes);
	s->items[s->nitems++] = k;
	if (ret != NULL)
		*ret = k;
	return CC_OK;
}

/* ---- merging --------------------------------------------------------- */

static const struct cc_kept *
first_of(const struct cc_sorter_run *r)
{
	const void *p = r->buf + r->from;

	return p;
}

static enum cc_code
read_more(struct cc_sorter *s, struct cc_sorter_run *r, struct cc_err *reterr)
{
	size_t want = r->cap - r->to;
	ssize_t n;

	if (want > r->end - r->at)
		want = (size_t)(r->end - r->at);
	n = pread(s->fd, r->buf + r->to, want, (off_t)r->at);
	if (n < 0 && errno == EINTR)
		return CC_OK;
	if (n <= 0)
		return cc_fail(reterr, CC_EIO, n < 0 ? errno : 0,
		    "cannot read the temporary file: %s",
		    n < 0 ? strerror(errno) : "it ended early");
	r->to += (size_t)n;
	r->at += (uint64_t)n;
	return CC_OK;
}

static bool
whole_event(const struct cc_sorter_run *r, size_t *ret_size)
{
	size_t n = r->to - r->from;

	*ret_size = sizeof(struct cc_kept);
	if (n < *ret_size)
		return false;
	*ret_size = size_of(first_of(r));
	return n >= *ret_size;
}

/* Sees that a whole event lies at r->from; *ret_none when the run is at its end. */
static enum cc_code
load(struct cc_sorter *s, struct cc_sorter_run *r, bool *ret_none,
    struct cc_err *reterr)
{
	size_t size;
	enum cc_code code;

	*ret_none = r->from == r->to && r->at == r->end;
	while (!*ret_none && !whole_event(r, &size)) {
		if (r->from > 0) {
			memmove(r->buf, r->buf + r->from, r->to - r->from);
			r->to -= r->from;
			r->from = 0;
		}
		if (size > r->cap) {
			char *buf = size > CC_SORTER_EVENT ? NULL : realloc(r->buf, size);

			if (buf == NULL)
				return cc_fail(reterr, CC_ENOMEM, 0,
				    "no memory for an event of %zu bytes", size);
			r->buf = buf;
			r->cap = size;
		}
		code = read_more(s, r, reterr);
		if (code != CC_OK)
			return code;
	}
	return CC_OK;
}

static bool
less(const struct cc_sorter *s, unsigned a, unsigned b)
{
	return s->cmp(first_of(&s->runs[s->heap[a]]), first_of(&s->runs[s->heap[b]])) < 0;
}

static void
sift_down(struct cc_sorter *s, unsigned at)
{
	for (;;) {
		unsigned least = at, l = 2 * at + 1;
		uint16_t keep;

		if (l < s->nheap && less(s, l, least))
			least = l;
		if (l + 1 < s->nheap && less(s, l + 1, least))
			least = l + 1;
		if (least == at)
			return;
		keep = s->heap[at];
		s->heap[at] = s->heap[least];
		s->heap[least] = keep;
		at = least;
	}
}

static enum cc_code
open_runs(struct cc_sorter *s, struct cc_err *reterr)
{
	s->heap = calloc(s->nruns, sizeof *s->heap);
	if (s->heap == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to merge");
	for (unsigned i = 0; i < s->nruns; i++) {
		struct cc_sorter_run *r = &s->runs[i];
		enum cc_code code;
		bool none;

		r->buf = malloc(RUN_BUFFER);
		if (r->buf == NULL)
			return cc_fail(reterr, CC_ENOMEM, 0, "no memory to merge");
		r->cap = RUN_BUFFER;
		code = load(s, r, &none, reterr);
		if (code != CC_OK)
			return code;
		if (!none)
			s->heap[s->nheap++] = (uint16_t)i;
	}
	for (unsigned i = s->nheap; i-- > 0;)
		sift_down(s, i);
	return CC_OK;
}

enum cc_code
cc_sorter_sort(struct cc_sorter *s, struct cc_err *reterr)
{
	enum cc_code code;

	if (s->nruns == 0) {
		sort_items(s);
		return CC_OK;
	}
	if (s->nitems > 0) {
		code = spill(s, reterr);
		if (code != CC_OK)
			return code;
	}
	return open_runs(s, reterr);
}

/* The run on top has given its event: go to its next. */
static enum cc_code
step(struct cc_sorter *s, struct cc_err *reterr)
{
	struct cc_sorter_run *r = &s->runs[s->heap[0]];
	enum cc_code code;
	bool none;

	r->from += size_of(first_of(r));
	code = load(s, r, &none, reterr);
	if (code != CC_OK)
		return code;
	if (none)
		s->heap[0] = s->heap[--s->nheap];
	sift_down(s, 0);
	return CC_OK;
}

enum cc_code
cc_sorter_next(struct cc_sorter *s, const struct cc_kept **ret,
    struct cc_err *reterr)
{
	enum cc_code code;

	if (s->nruns == 0) {
		if (s->next == s->nitems)
			return cc_fail(reterr, CC_ENOENT, 0, "no more events");
		*ret = s->items[s->next++];
		return CC_OK;
	}
	if (s->given) {
		s->given = false;
		code = step(s, reterr);
		if (code != CC_OK)
			return code;
	}
	if (s->nheap == 0)
		return cc_fail(reterr, CC_ENOENT, 0, "no more events");
	*ret = first_of(&s->runs[s->heap[0]]);
	s->given = true;
	return CC_OK;
}
