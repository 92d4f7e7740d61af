/*
 * The store's figures, beside the limits of the same disk in the same run:
 * events with their case row in groups of 1, 64 and 1,024; an fdatasync of one
 * page; the outbox (20,000 messages added, claimed and told in groups of 1,000);
 * opening with many open cases.  Prints `name key=value`.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "store/ops.h"
#include "store/store.h"

enum { CASES = 2000, MESSAGES = 20000, CLAIM = 1000, OPEN_CASES = 250000 };

static char folder[] = "/tmp/cc-bench-XXXXXX";

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
need(enum cc_code code, const struct cc_err *err, const char *what)
{
	if (code == CC_OK)
		return;
	(void)fprintf(stderr, "bench_store: %s: %s\n", what, err->msg);
	exit(1);
}

static void
path_of(const char *name, char *ret, size_t n)
{
	(void)snprintf(ret, n, "%s/%s", folder, name);
}

static struct cc_store *
open_store(const char *name)
{
	char path[128];
	const struct cc_store_config cf = { .path = path, .create = true };
	struct cc_store *st = NULL;
	struct cc_err err = { 0 };

	path_of(name, path, sizeof path);
	need(cc_store_open_sqlite(&cf, &st, &err), &err, "open");
	return st;
}

static struct cc_str
text(char *buf, size_t size, const char *fmt, long n)
{
	(void)snprintf(buf, size, "%s-%ld", fmt, n);
	return (struct cc_str){ buf, (uint32_t)strlen(buf) };
}

/* About 200 bytes of instances: four live clocks of one case. */
static void
instances(struct cc_instance *v, int64_t now)
{
	static const uint32_t done[2] = { 0x12345678, 0x9abcdef0 };

	for (int i = 0; i < 4; i++)
		v[i] = (struct cc_instance){ .rule = CC_STR("priority-1-initial-contact"),
		    .subject = CC_STR("v1"), .origin_id = CC_STR("e-123456"),
		    .origin_source = CC_STR("/cms/region-07"), .same = (uint32_t)i, .epoch = 1,
		    .live = true, .present = true, .state = CC_STATE_RUNNING,
		    .started = { now }, .due = { now + 86400 * (i + 1) },
		    .told_due = CC_NEVER, .known = { now }, .done = done,
		    .ndone = i < 2 ? 2u : 0u };
}

static int64_t version[CASES];

/* The engine keeps decoded cases, so that a case is not read for each event. */
static void
one_event(struct cc_store *st, long n)
{
	char id[32], kase[32], body[160];
	struct cc_instance v[4];
	struct cc_store_event e = { CC_STR("/cms/region-07"), text(id, sizeof id, "e", n),
	    text(kase, sizeof kase, "case", n * 7919 % CASES), { body, sizeof body },
	    { 1800000000 + n } };
	struct cc_store_put put = { .case_id = e.case_id, .stamps = { CC_STR("pack 1"),
	    CC_STR("calendar 1"), CC_STR("zones 1") }, .wake = { 1800000000 + n * 31 % 999983 },
	    .instances = v, .ninstances = 4 };
	struct cc_store_appended r;
	struct cc_err err = { 0 };

	memset(body, 'b', sizeof body);
	instances(v, e.recorded.s);
	need(cc_store_event_append(st, &e, &r, &err), &err, "append");
	put.expected = version[n * 7919 % CASES]++;
	need(cc_store_case_put(st, &put, &err), &err, "put");
}

static int
by_value(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

static void
bench_events(long group, long total)
{
	char name[32];
	struct cc_store *st = open_store(text(name, sizeof name, "events", group).p);
	double *lasted = calloc((size_t)(total / group), sizeof *lasted), start = seconds();
	struct cc_err err = { 0 };
	long commits = 0;
	double took;

	if (lasted == NULL)
		exit(1);
	memset(version, 0, sizeof version);
	for (long n = 0; n < total; ) {
		double begun = seconds();

		need(cc_store_begin(st, &err), &err, "begin");
		for (long i = 0; i < group; i++)
			one_event(st, n++);
		need(cc_store_commit(st, &err), &err, "commit");
		lasted[commits++] = seconds() - begun;
	}
	took = seconds() - start;
	qsort(lasted, (size_t)commits, sizeof *lasted, by_value);
	(void)printf("store_events group=%ld events=%ld per_second=%.0f p50_ms=%.3f "
	    "p99_ms=%.3f\n", group, total, (double)total / took, lasted[commits / 2] * 1e3,
	    lasted[commits * 99 / 100] * 1e3);
	free(lasted);
	cc_store_close(st);
}

static void
bench_sync(void)
{
	enum { WRITES = 2000 };
	char path[128], page[4096];
	int fd;
	double start;

	path_of("sync", path, sizeof path);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	memset(page, 'x', sizeof page);
	start = seconds();
	for (int i = 0; i < WRITES; i++)
		if (pwrite(fd, page, sizeof page, (off_t)i * 4096) < 0 || fdatasync(fd) != 0)
			exit(1);
	(void)printf("store_limit what=fdatasync_4k per_second=%.0f\n",
	    WRITES / (seconds() - start));
	(void)close(fd);
}

static void
add_messages(struct cc_store *st)
{
	char id[32], payload[900];
	struct cc_err err = { 0 };
	struct cc_store_added r;

	memset(payload, 'p', sizeof payload);
	for (long n = 0; n < MESSAGES; n++) {
		struct cc_store_message m = { .id = text(id, sizeof id, "message", n),
		    .recipient = CC_STR("s-1"), .channel = CC_STR("webhook:cms"),
		    .address = CC_STR("https://cms.example.org/hook"),
		    .thread = CC_STR("0123456789abcdef0123456789abcdef"),
		    .payload = { payload, sizeof payload }, .state = CC_OUTBOX_QUEUED,
		    .created = { 1 }, .next = { 2 }, .give_up = { 99 } };

		if (n % CLAIM == 0)
			need(cc_store_begin(st, &err), &err, "begin");
		need(cc_store_outbox_add(st, &m, &r, &err), &err, "add");
		if (n % CLAIM == CLAIM - 1)
			need(cc_store_commit(st, &err), &err, "commit");
	}
}

static long
deliver(struct cc_store *st, struct cc_arena *a)
{
	static struct cc_store_outcome o[CLAIM];
	static enum cc_code rows[CLAIM];
	const struct cc_store_claim c = { .now = { 5 }, .lease = 60, .limit = CLAIM,
	    .owner = CC_STR("bench") };
	struct cc_store_messages l;
	struct cc_err err = { 0 };

	need(cc_store_begin(st, &err), &err, "begin");
	need(cc_store_outbox_claim(st, &c, a, &l, &err), &err, "claim");
	need(cc_store_commit(st, &err), &err, "commit");
	for (uint32_t i = 0; i < l.n; i++)
		o[i] = (struct cc_store_outcome){ .no = l.items[i].no,
		    .fence = l.items[i].fence, .to = CC_OUTBOX_SENT, .now = { 6 },
		    .started = { 5 }, .ended = { 6 }, .attempt = CC_ATTEMPT_SENT,
		    .code = CC_STR("200") };
	need(cc_store_begin(st, &err), &err, "begin");
	need(cc_store_outbox_complete(st, o, l.n, rows, &err), &err, "complete");
	need(cc_store_commit(st, &err), &err, "commit");
	cc_arena_reset(a);
	return l.n;
}

static void
bench_outbox(void)
{
	struct cc_store *st = open_store("outbox");
	struct cc_arena a;
	long n = 0, got;
	double start = seconds();

	add_messages(st);
	(void)printf("store_outbox what=add per_second=%.0f\n", MESSAGES / (seconds() - start));
	cc_store_arena_init(&a, 1 << 26);
	start = seconds();
	while ((got = deliver(st, &a)) > 0)
		n += got;
	(void)printf("store_outbox what=claim_and_complete messages=%ld per_second=%.0f\n", n,
	    (double)n / (seconds() - start));
	cc_arena_done(&a);
	cc_store_close(st);
}

static void
fill_cases(struct cc_store *st)
{
	char id[32];
	struct cc_instance v[4];
	struct cc_err err = { 0 };
	struct cc_store_appended r;

	for (long n = 0; n < OPEN_CASES; n++) {
		struct cc_store_event e = { CC_STR("/s"), text(id, sizeof id, "k", n), { id, 0 },
		    CC_STR("body"), { 1 } };
		struct cc_store_put put = { .stamps = { CC_STR("p"), CC_STR("c"), CC_STR("z") },
		    .wake = { 1800000000 + n * 7919 % 31536000 }, .instances = v,
		    .ninstances = 4 };

		e.case_id = put.case_id = e.id;
		instances(v, put.wake.s);
		if (n % 5000 == 0)
			need(cc_store_begin(st, &err), &err, "begin");
		need(cc_store_event_append(st, &e, &r, &err), &err, "append");
		need(cc_store_case_put(st, &put, &err), &err, "put");
		if (n % 5000 == 4999)
			need(cc_store_commit(st, &err), &err, "commit");
	}
}

static void
bench_open(void)
{
	struct cc_store *st = open_store("open");
	struct cc_store_wakes w;
	struct cc_store_status s = { 0 };
	struct cc_arena a;
	struct cc_err err = { 0 };
	struct rusage u;
	double start;

	fill_cases(st);
	cc_store_close(st);
	cc_store_arena_init(&a, 1 << 24);
	start = seconds();
	st = open_store("open");
	need(cc_store_wakes_due(st, &(struct cc_store_due){ { INT64_MAX }, 1000 }, &a, &w, &err),
	    &err, "due");
	start = seconds() - start;
	need(cc_store_status(st, &s, &err), &err, "status");
	(void)getrusage(RUSAGE_SELF, &u);
	(void)printf("store_open open_cases=%lld live_clocks=%lld open_and_next_1000_ms=%.1f "
	    "file_mb=%.0f peak_rss_mb=%.0f\n", (long long)s.open_cases, (long long)s.live,
	    start * 1e3, (double)s.file_bytes / 1e6, (double)u.ru_maxrss / 1e3);
	cc_arena_done(&a);
	cc_store_close(st);
}

static void
clean_up(void)
{
	static const char *const names[] = { "events-1", "events-64", "events-1024", "outbox",
	    "open", "sync" };
	static const char *const ends[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++) {
			char path[160];

			(void)snprintf(path, sizeof path, "%s/%s%s", folder, names[i], ends[k]);
			(void)unlink(path);
		}
	(void)rmdir(folder);
}

int
main(void)
{
	if (mkdtemp(folder) == NULL || atexit(clean_up) != 0)
		return 1;
	bench_sync();
	bench_events(1, 2000);
	bench_events(64, 64000);
	bench_events(1024, 204800);
	bench_outbox();
	bench_open();
	return 0;
}
