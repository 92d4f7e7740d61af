/*
 * A year of a region on virtual time, with everything that goes wrong in one: the mail
 * server is down for two days, puts off most of what it is given, hangs, loses answers; an
 * endpoint is gone, another dead for longer than a message lives; people leave and are away;
 * the daemon is killed, and its disk refuses commits; the clock is set forward and back;
 * staff and holidays change.  The engine, the store and the dispatcher are the daemon's.
 * Whatever happens, nobody is left untold: each night's audit finds no gap, no id has two
 * contents, nothing of a safety clock is held.
 *
 * CC_SEED repeats a run, CC_CASES says how many cases, up to 1,000 (500; 40 under the
 * sanitizers or valgrind).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "tests/property/year_table.h"
#include "tests/support/ladders.h"

/* The sanitizers make a year ten times as long: they get fewer cases. */
#if defined(__SANITIZE_ADDRESS__)
enum { CASES = 40 };
#else
enum { CASES = 500 };
#endif

enum {
	FILE_CASES = 5, SLOW_CASES = 40, MOST_CASES = 1000, LATER = 8192, TAIL = 14,
	LOG_LINES = 40, GAPS = 40
};

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* --- the log and chance, in place of the daemon's and of libuv's ------------------------ */

static struct {
	char lines[LOG_LINES][256];
	uint32_t n;
} kept;

static void CC_PRINTF(1, 0)
keep(const char *fmt, va_list ap)
{
	(void)vsnprintf(kept.lines[kept.n++ % LOG_LINES], sizeof kept.lines[0], fmt, ap);
}

/* A gap is found night after night; it is printed once. */
static void
print_new(const char *line)
{
	static char seen[GAPS][sizeof kept.lines[0]];
	static uint32_t n;
	uint32_t i = 0;

	while (i < n && strcmp(seen[i], line) != 0)
		i++;
	if (i < n || n == GAPS)
		return;
	(void)snprintf(seen[n++], sizeof seen[0], "%s", line);
	print_error("%s\n", line);
}

void
cc_log(enum cc_notify_priority priority, const char *fmt, ...)
{
	va_list ap;

	if (priority > CC_LOG_WARN)
		return;
	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
	if (strncmp(fmt, "audit: case", 11) == 0)
		print_new(kept.lines[(kept.n - 1) % LOG_LINES]);
}

void
cc_log_err(enum cc_notify_priority priority, const char *what, const struct cc_err *err)
{
	cc_log(priority, "%s: %s", what, err->msg);
}

static uint64_t seed;

/* A run is its seed's and nobody else's. */
int
uv_random(uv_loop_t *loop, uv_random_t *req, void *buf, size_t n, unsigned flags,
    uv_random_cb cb)
{
	unsigned char *to = buf;

	(void)loop;
	(void)req;
	(void)flags;
	(void)cb;
	for (size_t i = 0; i < n; i++)
		to[i] = (unsigned char)cc_test_random(&seed, 256);
	return 0;
}

/* --- a year ----------------------------------------------------------------------------- */

struct later {
	int64_t ms;
	const struct cc_year_event *event;
};

/* Things that come again and again, each with its own pace. */
enum habit {
	KILL, STOP, JUMP, STAFF, ACK, SILENCE, DISK, HABITS
};

struct year {
	struct cc_year_world world;
	struct cc_year_mail mail;
	uint32_t sent;			/* of the mail */
	struct later later[LATER];
	uint32_t nlater;
	int64_t next[HABITS];
	int64_t jump_back;		/* when the clock is put right, INT64_MAX: it is */
	unsigned chores;		/* of the list below that are done */
};

static struct year year;

static int64_t
some(int64_t low, int64_t high)
{
	return low + (int64_t)cc_test_random(&seed, (uint64_t)(high - low + 1));
}

static void
plan_faults(struct cc_year_far *f)
{
	static const struct {
		enum cc_year_fault_kind kind;
		const char *channel, *address;
		int day;
		int64_t length;
	} list[] = {
		{CC_FAULT_DOWN, "email", NULL, 60, 2 * DAY},
		{CC_FAULT_GONE, "webhook:north", NULL, 80, 15 * DAY},
		{CC_FAULT_STORM, "email", NULL, 100, DAY},
		{CC_FAULT_HANG, "email", NULL, 130, 5 * HOUR},
		{CC_FAULT_DOUBT, "email", NULL, 150, 2 * HOUR},
		{CC_FAULT_DOWN, "webhook:south", NULL, 170, 5 * DAY},
		{CC_FAULT_BUSY, "webhook:west", NULL, 200, 12 * HOUR},
		{CC_FAULT_FULL, "email", "sup3@example.org", 220, 20 * DAY},
		{CC_FAULT_FULL, "email", "w05-0@example.org", 20, 200 * DAY},
		{CC_FAULT_DOWN, "email", NULL, 250, 3 * HOUR},
		{CC_FAULT_DOWN, "email", NULL, 270, 20 * MINUTE},
		{CC_FAULT_HANG, "webhook:west", NULL, 280, 2 * DAY},
		{CC_FAULT_STORM, "email", NULL, 300, 6 * HOUR},
		{CC_FAULT_DOWN, "webhook:west", NULL, 320, 6 * HOUR},
	};

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		int64_t from = list[i].day * DAY + some(0, DAY);

		f->faults[f->nfaults++] = (struct cc_year_fault){.kind = list[i].kind,
		    .channel = list[i].channel, .address = list[i].address, .from = from,
		    .until = from + list[i].length};
	}
}

/* Tries again as long as the disk refuses. */
static void
insist(struct cc_year_world *w, const char *method, const char *params)
{
	for (unsigned n = 0; !cc_year_world_ask(w, method, params); n++) {
		assert_true(n < 20);
		cc_year_world_live(w, w->ms + SECOND);
	}
}

/* All that is dead once more. */
static void
redrive(struct cc_year_world *w)
{
	const char *n;

	insist(w, "messages.redrive", "{\"all\":true}");
	n = strstr(w->answer, "\"redriven\":");
	assert_non_null(n);
	w->counts.redriven = strtoull(n + strlen("\"redriven\":"), NULL, 10);
}

/* What an administrator has to do once. */
static void
do_chore(struct year *y, unsigned n)
{
	struct cc_year_world *w = &y->world;

	switch (n) {
	case 0:
		insist(w, "endpoint.enable", "{\"endpoint\":\"webhook:north\"}");
		cc_dispatch_enable(&w->dispatch, CC_STR("webhook:north"));
		break;
	case 1:
		w->staff.holidays = 1;
		cc_year_world_reload(w);
		break;
	case 2:
		redrive(w);
		break;
	default:
		w->staff.holidays = 0;
		cc_year_world_reload(w);
		break;
	}
}

static const int64_t chores[] = {97 * DAY, 180 * DAY, 185 * DAY, 240 * DAY, INT64_MAX};

static void
acknowledge(struct cc_year_world *w)
{
	struct cc_store_status s;
	struct cc_store_alert_filter f = {.limit = 1};
	struct cc_store_alerts alerts;
	struct cc_store_message_filter mf = {.limit = 1};
	struct cc_store_messages messages;
	char params[256];
	int64_t back = some(0, 40);

	assert_int_equal(cc_store_status(w->store, &s, NULL), CC_OK);
	f.after = s.alerts > back ? s.alerts - back - 1 : 0;
	cc_arena_reset(&w->kit.arena);
	assert_int_equal(cc_store_alerts_list(w->store, &f, &w->kit.arena, &alerts, NULL), CC_OK);
	if (alerts.n == 0)
		return;
	mf.alert = alerts.items[0].id;
	assert_int_equal(cc_store_messages_list(w->store, &mf, &w->kit.arena, &messages, NULL),
	    CC_OK);
	if (messages.n == 0)
		return;
	(void)snprintf(params, sizeof params, "{\"alert\":%" PRId64 ",\"for\":\"%d%s\",\"by\":"
	    "\"%s\"}", mf.alert, (int)some(1, 4), some(0, 3) == 0 ? "d" : "h",
	    messages.items[0].recipient.p);
	if (cc_year_world_ask(w, "alert.acknowledge", params))
		w->counts.acknowledged++;
	else
		w->counts.refused++;
}

static void
silence(struct cc_year_world *w)
{
	char params[256];

	(void)snprintf(params, sizeof params, "{\"recipient\":\"%s%02d\",\"for\":\"%dh\","
	    "\"by\":\"sup-1\",\"reason\":\"training\"}", "w-", (int)some(1, CC_YEAR_WORKERS),
	    (int)some(1, 60));
	if (cc_year_world_ask(w, "silence.add", params))
		w->counts.silences++;
	else
		w->counts.refused++;
}

static int64_t
downtime(void)
{
	int64_t how = some(0, 99);

	if (how < 70)
		return some(SECOND, 90 * SECOND);
	return how < 96 ? some(MINUTE, 3 * HOUR) : some(6 * HOUR, 30 * HOUR);
}

static void
jump(struct year *y)
{
	cc_year_world_jump(&y->world, some(0, 1) == 0 ? 7200 : -3600);
	y->jump_back = y->world.ms + some(MINUTE, 14 * HOUR);
}

static void
do_habit(struct year *y, enum habit h)
{
	struct cc_year_world *w = &y->world;
	static const int64_t pace[HABITS] = {
		[KILL] = 3 * DAY, [STOP] = 20 * DAY, [JUMP] = 15 * DAY, [STAFF] = 14 * DAY,
		[ACK] = 5 * HOUR, [SILENCE] = 3 * DAY, [DISK] = 6 * DAY
	};

	switch (h) {
	case KILL:
		cc_year_world_kill(w, downtime());
		break;
	case STOP:
		cc_year_world_stop(w, downtime());
		break;
	case JUMP:
		jump(y);
		break;
	case STAFF:
		cc_year_staff_change(&w->staff, &seed, (int)(w->ms / DAY));
		cc_year_world_reload(w);
		break;
	case ACK:
		acknowledge(w);
		break;
	case SILENCE:
		silence(w);
		break;
	case DISK:
	case HABITS:
		w->fail_commits += (unsigned)some(1, 6);
		break;
	}
	y->next[h] = w->ms + some(pace[h] / 4, 2 * pace[h]);
}

/* --- events go out ------------------------------------------------------------------- */

static void
put_off(struct year *y, const struct cc_year_event *e, int64_t wait)
{
	assert_true(y->nlater < LATER);
	y->later[y->nlater++] = (struct later){y->world.ms + wait, e};
}

static void
submit(struct year *y, const struct cc_year_event *e)
{
	struct cc_year_world *w = &y->world;
	enum cc_job_result result;

	/* The daemon would refuse what lies more than five minutes ahead of its wall. */
	if (e->time > cc_year_world_wall(w) + 290) {
		put_off(y, e, some(10 * MINUTE, HOUR));
		return;
	}
	result = cc_year_world_event(w, e);
	if (result == CC_RESULT_STORAGE) {
		w->counts.sent_again++;
		put_off(y, e, some(SECOND, MINUTE));
		return;
	}
	assert_int_equal(result, CC_RESULT_ACCEPTED);
	w->counts.accepted++;
	if (some(0, 49) == 0) {		/* the answer was lost */
		assert_int_equal(cc_year_world_event(w, e), CC_RESULT_DUPLICATE);
		w->counts.duplicates++;
	}
}

static void
submit_later(struct year *y)
{
	for (uint32_t i = 0; i < y->nlater;) {
		struct later x = y->later[i];

		if (x.ms > y->world.ms) {
			i++;
			continue;
		}
		y->later[i] = y->later[--y->nlater];
		submit(y, x.event);
	}
}

static int64_t
send_at(const struct year *y)
{
	return y->sent == y->mail.n ? INT64_MAX :
	    (y->mail.items[y->sent].send - CC_YEAR_BEGIN) * SECOND;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
next_thing(const struct year *y)
{
	int64_t t = least(send_at(y), least(y->jump_back, chores[y->chores]));

	for (uint32_t i = 0; i < y->nlater; i++)
		t = least(t, y->later[i].ms);
	for (unsigned i = 0; i < HABITS; i++)
		t = least(t, y->next[i]);
	return t;
}

static void
do_things(struct year *y)
{
	struct cc_year_world *w = &y->world;

	while (send_at(y) <= w->ms)
		submit(y, &y->mail.items[y->sent++]);
	submit_later(y);
	if (y->jump_back <= w->ms) {
		y->jump_back = INT64_MAX;
		cc_year_world_jump(w, 0);
	}
	while (chores[y->chores] <= w->ms)
		do_chore(y, y->chores++);
	for (unsigned i = 0; i < HABITS; i++)
		if (y->next[i] <= w->ms)
			do_habit(y, (enum habit)i);
}

/* --- a whole year ------------------------------------------------------------------------ */

static double
seconds_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
live_a_year(struct year *y, uint32_t cases, const char *path, struct cc_year_table *ret)
{
	struct cc_year_world *w = &y->world;
	int64_t end = CC_YEAR_DAYS * DAY;
	double began = seconds_now();

	memset(y, 0, sizeof *y);
	cc_year_mail_begin(&y->mail, &seed, cases);
	cc_year_world_begin(w, &seed, path);
	plan_faults(&w->far);
	y->jump_back = INT64_MAX;
	for (unsigned i = 0; i < HABITS; i++)
		y->next[i] = some(DAY, 10 * DAY);
	for (int64_t t = next_thing(y); t < end; t = next_thing(y)) {
		cc_year_world_live(w, t);
		do_things(y);
	}
	assert_int_equal(y->sent, y->mail.n);
	cc_year_world_jump(w, 0);
	w->fail_commits = 0;
	cc_year_world_live(w, end + TAIL * DAY);
	cc_year_world_rest(w);
	cc_year_check_all(&w->check, w->store, w->kit.now.wall);
	cc_year_table_fill(ret, w, seconds_now() - began);
	assert_int_equal(w->check.wrong, 0);
	assert_int_equal(w->counts.gaps, 0);
	assert_in_range(w->counts.audits, CC_YEAR_DAYS - 5, CC_YEAR_DAYS + TAIL + 5);
	cc_year_world_end(w);
	cc_year_mail_end(&y->mail);
}

/* --- the tests -------------------------------------------------------------------------- */

static struct cc_year_table *tables;	/* of the two regions */
static bool child;
static char folder[64];

static void
forget_store(const char *path)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char name[600];

	for (unsigned i = 0; i < 3; i++) {
		(void)snprintf(name, sizeof name, "%s%s", path, tails[i]);
		(void)unlink(name);	/* not all are there */
	}
}

static unsigned
how_many(unsigned n)
{
	unsigned cases = cc_test_count(n, CASES);

	if (getenv("CC_WRAP") != NULL && getenv("CC_CASES") == NULL && cases > SLOW_CASES)
		cases = SLOW_CASES;	/* valgrind is slower still */
	return cases < MOST_CASES ? cases : MOST_CASES;
}

/* A store that is not synced to a disk, where the system has such a place. */
static const char *
fast_store(const char *name)
{
	static char path[512];

	(void)snprintf(folder, sizeof folder, "/dev/shm/cc-year-XXXXXX");
	if (mkdtemp(folder) == NULL) {
		(void)snprintf(folder, sizeof folder, "/tmp/cc-year-XXXXXX");
		assert_non_null(mkdtemp(folder));
	}
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int
tear_down(void **state)
{
	char path[128];

	(void)state;
	if (folder[0] != '\0') {
		(void)snprintf(path, sizeof path, "%s/year.db", folder);
		forget_store(path);
		(void)rmdir(folder);
	}
	folder[0] = '\0';
	return 0;
}

/* Each half of the cases is a region with a daemon of its own, in a process of its own. */
static void
nobody_is_left_untold_in_a_year_of_faults(void **state)
{
	unsigned cases = how_many(CASES), half = cases / 2;
	int status = 0;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_int_not_equal(pid, -1);
	child = pid == 0;
	if (child) {	/* the first one counts the tests; what is wrong is said on stderr */
		seed += 1000000007;
		assert_non_null(freopen("/dev/null", "w", stdout));
	}
	live_a_year(&year, child ? half : cases - half, fast_store("year.db"),
	    &tables[child ? 1 : 0]);
	if (child) {	/* only what is wrong goes on to the end of main */
		(void)tear_down(state);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	cc_year_table_add(&tables[0], &tables[1]);
	cc_year_table_print(&tables[0]);
}

static void
nor_with_a_store_on_disk(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char path[512];

	(void)state;
	if (child)
		return;
	(void)snprintf(path, sizeof path, "%s/cc-year-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(path));
	(void)snprintf(path + strlen(path), 16, "/small.db");	/* fits */
	live_a_year(&year, how_many(FILE_CASES), path, &tables[0]);
	cc_year_table_print(&tables[0]);
	forget_store(path);
	path[strlen(path) - strlen("/small.db")] = '\0';
	assert_int_equal(rmdir(path), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(nobody_is_left_untold_in_a_year_of_faults, tear_down),
		cmocka_unit_test(nor_with_a_store_on_disk),
	};

	seed = cc_test_seed(20260101);
	(void)fflush(stdout);	/* or the child says it again */
	tables = mmap(NULL, 2 * sizeof *tables, PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	if (tables == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
