/*
 * tests/bench/bench_daemon.c - durable events a second, beside what SQLite alone
 * does on the same disk in the same run.
 *
 * The daemon is started on a fresh store in CC_TMP; one client sends events with 1
 * and with 64 in flight and counts the answers.  The limit is SQLite in C, WAL,
 * synchronous=FULL: an event row and three timer rows indexed by due, 1 and 64 a
 * commit.  Only the ratios mean anything; they are printed last.
 */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 400, LINE_SIZE = 600, ALONE = 1500, PIPELINED = 12000, WINDOW = 64 };

static const char *tmp, *bin, *src;

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	fprintf(stderr, "bench_daemon: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
sql(sqlite3 *db, const char *text)
{
	char *err = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &err) != SQLITE_OK) {
		fprintf(stderr, "bench_daemon: sqlite: %s\n", err);
		exit(1);
	}
}

static void
one_row(sqlite3_stmt *ev, sqlite3_stmt *timer, int i)
{
	char id[32], body[160];

	(void)snprintf(id, sizeof id, "e-%d", i);
	memset(body, 'x', sizeof body);
	sqlite3_bind_text(ev, 1, id, -1, SQLITE_TRANSIENT);
	sqlite3_bind_blob(ev, 2, body, sizeof body, SQLITE_STATIC);
	if (sqlite3_step(ev) != SQLITE_DONE)
		die("sqlite step");
	sqlite3_reset(ev);
	for (int k = 0; k < 3; k++) {
		sqlite3_bind_int(timer, 1, i);
		sqlite3_bind_int64(timer, 2, 1700000000 + (long)i * 7919 % 1000003 + k);
		if (sqlite3_step(timer) != SQLITE_DONE)
			die("sqlite step");
		sqlite3_reset(timer);
	}
}

/* Events a second of SQLite alone, `group` a commit. */
static double
raw_rate(int n, int group)
{
	char path[PATH_SIZE];
	sqlite3_stmt *ev, *timer;
	sqlite3 *db;
	double t;

	(void)snprintf(path, sizeof path, "%s/raw-%d.db", tmp, group);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		die(path);
	sql(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	    "CREATE TABLE event(seq INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB);"
	    "CREATE TABLE timer(id INTEGER PRIMARY KEY, ev INTEGER, due INTEGER);"
	    "CREATE INDEX timer_due ON timer(due)");
	if (sqlite3_prepare_v2(db, "INSERT INTO event(id, body) VALUES(?, ?)", -1, &ev, NULL) ||
	    sqlite3_prepare_v2(db, "INSERT INTO timer(ev, due) VALUES(?, ?)", -1, &timer, NULL))
		die("prepare");
	t = seconds();
	for (int i = 0; i < n; i++) {
		if (i % group == 0)
			sql(db, "BEGIN");
		one_row(ev, timer, i);
		if (i % group == group - 1 || i == n - 1)
			sql(db, "COMMIT");
	}
	t = seconds() - t;
	sqlite3_finalize(ev);
	sqlite3_finalize(timer);
	sqlite3_close(db);
	return n / t;
}

static void
write_file(const char *name, const char *text)
{
	char path[PATH_SIZE];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", tmp, name);
	f = fopen(path, "w");
	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		die(path);
}

static pid_t
start_daemon(void)
{
	char text[2 * PATH_SIZE], config[PATH_SIZE], program[PATH_SIZE];
	pid_t pid;

	(void)snprintf(text, sizeof text, "state_dir: state\nsocket:\n  path: s.sock\n"
	    "policy: %s/policy/packs/texas-cps\ndirectory: staff.csv\nroutes:\n"
	    "  - source: \"*\"\n    staff_id: s-1\noperator:\n  email: op@agency.example\n"
	    "mail:\n  server: 127.0.0.1:9\n  from: a@agency.example\n  tls: none\n", src);
	write_file("bench.yaml", text);
	write_file("staff.csv", "staff_id,role,email,webhook,supervisor_id,unit,timezone,"
	    "away_from,away_until,delegate_id\n"
	    "s-1,supervisor,s-1@agency.example,,,,America/Chicago,,,\n");
	(void)snprintf(config, sizeof config, "%s/bench.yaml", tmp);
	(void)snprintf(program, sizeof program, "%s/caseclockd", bin);
	pid = fork();
	if (pid == 0) {
		(void)!freopen("/dev/null", "w", stderr);
		(void)execl(program, program, "-c", config, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static int
connect_daemon(pid_t pid)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || snprintf(a.sun_path, sizeof a.sun_path, "%s/s.sock", tmp) >=
	    (int)sizeof a.sun_path)
		die("socket");
	for (int i = 0; i < 500; i++) {
		struct timespec pause = {0, 20000000};

		if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
			return fd;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			break;
		(void)nanosleep(&pause, NULL);
	}
	die("the daemon did not answer");
	return -1;
}

/* The i-th event: five to a case, of the last days. */
static int
line_of(char *line, const char *run, int i)
{
	static const char *const kinds[] = {
		"\"intake.received\",\"data\":{\"intake_id\":\"i1\",\"priority\":\"P2\","
		    "\"victim_person_ids\":[\"v1\",\"v2\"]}",
		"\"stage.progressed\",\"data\":{\"stage_id\":\"s1\",\"to\":\"INV\"}",
		"\"case.assigned\",\"data\":{\"role\":\"primary\",\"staff_id\":\"s-1\"}",
		"\"contact.made\",\"data\":{\"contact_id\":\"c1\",\"mode\":\"face_to_face\","
		    "\"seen_person_ids\":[\"v1\",\"v2\"],\"home_visit\":true}",
		"\"task.completed\",\"data\":{\"task\":\"initial_tasks\"}",
	};
	time_t at = time(NULL) - 3600 * (6 - i % 5);
	struct tm t;
	char when[32];

	(void)gmtime_r(&at, &t);
	(void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &t);
	return snprintf(line, LINE_SIZE, "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":"
	    "\"/bench/%s\",\"subject\":\"%s-%d\",\"time\":\"%s\",\"type\":%s}\n", i, run, run,
	    i / 5, when, kinds[i % 5]);
}

static void
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0)
			die("write");
		p += k;
		n -= (size_t)k;
	}
}

/* Answers that have come; every one must say accepted. */
static int
answers(int fd)
{
	static char buf[65536];
	static size_t held;
	ssize_t k = read(fd, buf + held, sizeof buf - held - 1);
	int n = 0;
	char *p = buf, *end;

	if (k <= 0)
		die("read");
	held += (size_t)k;
	buf[held] = '\0';
	while ((end = strchr(p, '\n')) != NULL) {
		*end = '\0';
		if (strstr(p, "\"accepted\"") == NULL) {
			fprintf(stderr, "bench_daemon: %s\n", p);
			exit(1);
		}
		n++;
		p = end + 1;
	}
	held -= (size_t)(p - buf);
	memmove(buf, p, held);
	return n;
}

static double
daemon_rate(int fd, const char *run, int n, int window)
{
	char line[LINE_SIZE];
	int sent = 0, got = 0;
	double t = seconds();

	while (got < n) {
		for (; sent < n && sent - got < window; sent++)
			send_all(fd, line, (size_t)line_of(line, run, sent));
		got += answers(fd);
	}
	return n / (seconds() - t);
}

int
main(void)
{
	double raw1, raw64, one, many;
	int fd, status;
	pid_t pid;

	tmp = getenv("CC_TMP");
	bin = getenv("CC_BIN");
	src = getenv("CC_SRC");
	if (tmp == NULL || bin == NULL || src == NULL) {
		fprintf(stderr, "bench_daemon: run it with make bench\n");
		return 1;
	}
	raw1 = raw_rate(ALONE, 1);
	raw64 = raw_rate(PIPELINED, 64);
	pid = start_daemon();
	fd = connect_daemon(pid);
	one = daemon_rate(fd, "one", ALONE, 1);
	many = daemon_rate(fd, "many", PIPELINED, WINDOW);
	(void)close(fd);
	(void)kill(pid, SIGTERM);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "bench_daemon: the daemon did not end well\n");
		return 1;
	}
	printf("sqlite-alone in_flight=1 events_per_s=%.0f\n", raw1);
	printf("sqlite-alone in_flight=64 events_per_s=%.0f\n", raw64);
	printf("caseclockd in_flight=1 events_per_s=%.0f\n", one);
	printf("caseclockd in_flight=64 events_per_s=%.0f\n", many);
	printf("ratio in_flight=1 of_sqlite=%.2f\n", one / raw1);
	printf("ratio in_flight=64 of_sqlite=%.2f\n", many / raw64);
	return 0;
}
