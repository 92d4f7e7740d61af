/*
 * tests/bench/bench_simulate.c - `caseclock simulate` over a million events of
 * 50,000 open cases, beside jansson's bare parse of the same file in the same run.
 *
 * The file lies in CC_TMP: 20 events a case, ids only, all cases interleaved, as an
 * agency's would arrive.  The limit is reading the lines and giving each to
 * json_loadb; it keeps nothing and works nothing out.  Both are one thread, and both
 * are timed in processor seconds, so that what else the machine does moves neither;
 * wall_s is told beside.  Peak memory is that of the simulating process.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PATH_SIZE = 400, LINE_SIZE = 800, CASES = 50000, EACH = 20,
	SPREAD = 45 * 86400	/* the cases were opened in so many seconds */
};

#define OPENED INT64_C(1767225600)	/* 2026-01-01T00:00:00Z */

struct step {
	int minutes;		/* since the case was opened */
	const char *type, *data;
};

/* An investigation about a month and a half old, nothing closed. */
static const struct step steps[EACH] = {
	{0, "intake.received", "{\"intake_id\":\"i1\",\"priority\":\"P2\","
	    "\"victim_person_ids\":[\"V1\",\"V2\"],\"reporter_class\":\"professional\"}"},
	{0, "person.added", "{\"person_id\":\"V1\",\"roles\":[\"alleged_victim\"],"
	    "\"age_years\":4,\"household_id\":\"H1\"}"},
	{0, "person.added", "{\"person_id\":\"V2\",\"roles\":[\"alleged_victim\"],"
	    "\"age_years\":9,\"household_id\":\"H1\"}"},
	{0, "person.added", "{\"person_id\":\"PM\",\"roles\":[\"parent_in_home\","
	    "\"alleged_perpetrator\"],\"household_id\":\"H1\"}"},
	{0, "person.added", "{\"person_id\":\"PF\",\"roles\":[\"parent_elsewhere\"]}"},
	{35, "stage.progressed", "{\"stage_id\":\"s1\",\"to\":\"INV\"}"},
	{50, "case.assigned", "{\"role\":\"primary\",\"staff_id\":\"w-17\","
	    "\"program\":\"CPI\"}"},
	{70, "person.identifiers_received", "{\"person_id\":\"PM\"}"},
	{1300, "contact.attempted", "{\"contact_id\":\"c1\",\"mode\":\"face_to_face\","
	    "\"target_person_ids\":[\"V1\",\"V2\"]}"},
	{2600, "contact.made", "{\"contact_id\":\"c2\",\"mode\":\"face_to_face\","
	    "\"seen_person_ids\":[\"V1\",\"PM\"],\"home_visit\":true}"},
	{2900, "background.reviewed", "{\"person_id\":\"PM\",\"check\":\"dfps_history\"}"},
	{3000, "documentation.entered", "{\"level\":\"entry\"}"},
	{3900, "contact.made", "{\"contact_id\":\"c3\",\"mode\":\"face_to_face\","
	    "\"seen_person_ids\":[\"V2\"]}"},
	{4100, "parent.notified", "{\"parent_person_id\":\"PF\","
	    "\"child_person_id\":\"V1\",\"contact_id\":\"c2\"}"},
	{5000, "safety_assessment.completed", "{\"kind\":\"initial\","
	    "\"household_id\":\"H1\",\"finding\":\"safe\"}"},
	{5100, "documentation.entered", "{\"level\":\"full\",\"scope\":\"all_to_date\"}"},
	{11000, "task.completed", "{\"task\":\"initial_tasks\"}"},
	{18000, "case.assigned", "{\"role\":\"primary\",\"staff_id\":\"w-23\","
	    "\"program\":\"CPI\"}"},
	{44000, "contact.made", "{\"contact_id\":\"c4\",\"mode\":\"face_to_face\","
	    "\"seen_person_ids\":[\"V1\",\"V2\"],\"home_visit\":true}"},
	{44200, "documentation.entered", "{\"level\":\"entry\"}"},
};

static char file[PATH_SIZE];

static double
wall(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
busy(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	    (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

/* Of this process, so far. */
static double
seconds(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return busy(&u);
}

static void
die(const char *what)
{
	fprintf(stderr, "bench_simulate: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The cases come in a scattered order, each round in the same. */
static void
put_event(FILE *f, int round, int n)
{
	const struct step *s = &steps[round];
	int c = (int)((int64_t)n * 7919 % CASES);
	time_t at = (time_t)(OPENED + (int64_t)c * SPREAD / CASES + s->minutes * 60);
	char when[32];
	struct tm t;

	(void)gmtime_r(&at, &t);
	(void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &t);
	if (fprintf(f, "{\"specversion\":\"1.0\",\"id\":\"case-%05d-%02d\",\"source\":"
	    "\"/agency/cases\",\"subject\":\"case-%05d\",\"time\":\"%s\",\"type\":\"%s\","
	    "\"data\":%s}\n", c, round, c, when, s->type, s->data) < 0)
		die(file);
}

static void
write_events(void)
{
	FILE *f = fopen(file, "w");

	if (f == NULL)
		die(file);
	for (int round = 0; round < EACH; round++)
		for (int n = 0; n < CASES; n++)
			put_event(f, round, n);
	if (fclose(f) != 0)
		die(file);
}

static double
parse_rate(void)
{
	char line[LINE_SIZE];
	double t = seconds();
	FILE *f = fopen(file, "r");
	int n = 0;

	if (f == NULL)
		die(file);
	for (; fgets(line, sizeof line, f) != NULL; n++) {
		json_error_t err;
		json_t *j = json_loadb(line, strlen(line), JSON_REJECT_DUPLICATES, &err);

		if (j == NULL) {
			fprintf(stderr, "bench_simulate: line %d: %s\n", n + 1, err.text);
			exit(1);
		}
		json_decref(j);
	}
	(void)fclose(f);
	if (n != CASES * EACH) {
		fprintf(stderr, "bench_simulate: %d lines\n", n);
		exit(1);
	}
	return n / (seconds() - t);
}

static void
become_simulate(const char *bin, const char *src)
{
	char program[PATH_SIZE], pack[PATH_SIZE];
	int fd = open("/dev/null", O_WRONLY);

	(void)snprintf(program, sizeof program, "%s/caseclock", bin);
	(void)snprintf(pack, sizeof pack, "%s/policy/packs/texas-cps", src);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		_exit(126);
	(void)execl(program, program, "simulate", "--policy", pack, file, (char *)NULL);
	_exit(127);
}

struct figures {
	double rate, wall, peak_mb;
};

static void
simulate(const char *bin, const char *src, struct figures *ret)
{
	double t = wall();
	struct rusage used;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		become_simulate(bin, src);
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		die("wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "bench_simulate: caseclock simulate failed (%d)\n", status);
		exit(1);
	}
	ret->rate = CASES * EACH / busy(&used);
	ret->wall = wall() - t;
	ret->peak_mb = (double)used.ru_maxrss / 1024;
}

int
main(void)
{
	const char *tmp = getenv("CC_TMP"), *bin = getenv("CC_BIN"), *src = getenv("CC_SRC");
	struct figures f;
	double bare;

	if (tmp == NULL || bin == NULL || src == NULL) {
		fprintf(stderr, "bench_simulate: run it with make bench\n");
		return 1;
	}
	(void)snprintf(file, sizeof file, "%s/events.ndjson", tmp);
	write_events();
	bare = parse_rate();
	simulate(bin, src, &f);
	bare = 2 / (1 / bare + 1 / parse_rate());	/* before and after */
	(void)unlink(file);
	printf("simulate events=%d events_per_s=%.0f peak_rss_mb=%.0f wall_s=%.1f\n",
	    CASES * EACH, f.rate, f.peak_mb, f.wall);
	printf("jansson parse events_per_s=%.0f\n", bare);
	printf("ratio of_jansson=%.2f\n", f.rate / bare);
	return 0;
}
