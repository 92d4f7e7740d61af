#include "tests/unit/notify_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { GUARD_MS = 30000, FILES = 4 };

static char files[FILES][64];
static unsigned nfiles;

static struct cc_wall
kit_now(struct cc_notify_host *host)
{
	const struct kit *k = host->data;

	return k->now;
}

static void
kit_log(struct cc_notify_host *host, enum cc_notify_priority priority, const char *line)
{
	struct kit *k = host->data;
	size_t n = strlen(k->log);

	k->lines++;
	(void)snprintf(k->log + n, sizeof k->log - n, "<%d>%s\n", (int)priority, line);
}

static void
on_guard(uv_timer_t *timer)
{
	struct kit *k = timer->data;

	k->expired = true;
	uv_stop(&k->loop);
}

void
kit_open(struct kit *k)
{
	memset(k, 0, sizeof *k);
	assert_int_equal(uv_loop_init(&k->loop), 0);
	cc_host_init(&k->host, &k->loop);
	k->host.lent.now = kit_now;
	k->host.lent.log = kit_log;
	k->host.lent.data = k;
	k->now.s = 1773016200;	/* 2026-03-09 00:30:00 UTC */
	assert_int_equal(uv_timer_init(&k->loop, &k->guard), 0);
	k->guard.data = k;
	assert_int_equal(uv_timer_start(&k->guard, on_guard, GUARD_MS, 0), 0);
	uv_unref((uv_handle_t *)&k->guard);
}

void
kit_run_until(struct kit *k, unsigned done)
{
	while (k->done < done && !k->expired)
		(void)uv_run(&k->loop, UV_RUN_ONCE);
	assert_false(k->expired);
	assert_int_equal(k->done, done);
}

void
kit_run_out(struct kit *k)
{
	(void)uv_run(&k->loop, UV_RUN_DEFAULT);
	assert_false(k->expired);
}

void
kit_close(struct kit *k)
{
	cc_host_close(&k->host);
	uv_close((uv_handle_t *)&k->guard, NULL);
	kit_run_out(k);
	assert_int_equal(uv_loop_close(&k->loop), 0);
}

struct cc_message
kit_message(void)
{
	return (struct cc_message){
		.id = "00112233445566778899aabbccddeeff",
		.thread = "ffeeddccbbaa99887766554433221100",
		.case_id = "48211234", .rule = "priority-1-initial-contact",
		.title = "See the child for the first time", .section = "2244.1",
		.subject = "v1", .period = 1, .epoch = 1,
		.kind = CC_KIND_DEADLINE, .state = CC_STATE_OVERDUE,
		.started = { 1772929800 }, .due = { 1773016200 }, .ended = CC_NEVER,
		.at = { 1773016201 }, .fired = { 1773030600 }, .known = { 1772929800 },
		.rung = "breach", .severity = CC_CRITICAL,
		.told = { "caseworker", "program_director" }, .ntold = 2,
		.role = "caseworker", .link = "https://cms.example.test/case/48211234?a=1&b=2",
		.zone = "America/Chicago", .due_local = "Sun, 8 Mar 2026 19:30:00 CDT",
		.at_local = "Sun, 8 Mar 2026 19:30:01 CDT",
	};
}

static void
on_done(struct cc_notify_req *req, const struct cc_notify_result *result)
{
	struct kit_req *r = req->data;

	assert_false(r->inside);
	assert_int_equal(r->done, 0);
	r->done++;
	r->result = *result;
	r->kit->done++;
}

void
kit_req_init(struct kit_req *r, struct kit *k, const struct cc_message *m, const char *to)
{
	memset(r, 0, sizeof *r);
	r->kit = k;
	r->req.message = m;
	r->req.to = to;
	r->req.attempt = 1;
	r->req.done = on_done;
	r->req.data = r;
}

void
kit_send(const struct cc_notifier *n, void *self, struct kit_req *r)
{
	struct cc_err err = { .msg = "" };

	r->inside = true;
	if (n->send(self, &r->req, &err) != CC_OK)
		fail_msg("send: %s", err.msg);
	r->inside = false;
}

const char *
kit_file(const char *text)
{
	char *path = files[nfiles % FILES];
	size_t n = strlen(text);
	int fd;

	if (path[0] != '\0')
		(void)unlink(path);
	nfiles++;
	(void)snprintf(path, sizeof files[0], "/tmp/caseclock-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	assert_int_equal(close(fd), 0);
	return path;
}

void
kit_remove_files(void)
{
	for (unsigned i = 0; i < FILES; i++) {
		if (files[i][0] != '\0')
			(void)unlink(files[i]);
		files[i][0] = '\0';
	}
}
