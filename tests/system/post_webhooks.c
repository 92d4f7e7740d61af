/*
 * Posts messages through the webhook module: post_webhooks URL SECRET_FILE COUNT
 *
 * Goal: signatures of the real module for a verifier that somebody else wrote.  Exit 0 when
 * all were taken; else what was answered instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <uv.h>

#include "notify/host.h"
#include "notify/registry.h"

enum { COUNT_MAX = 500 };

struct post {
	struct cc_notify_req req;
	struct cc_message message;
	char id[40], title[80];
};

static struct post posts[COUNT_MAX];
static unsigned done, wrong;

static struct cc_wall
now(struct cc_notify_host *host)
{
	struct timespec ts = {0, 0};

	(void)host;
	(void)timespec_get(&ts, TIME_UTC);
	return (struct cc_wall){(int64_t)ts.tv_sec};
}

static void
print_line(struct cc_notify_host *host, enum cc_notify_priority priority, const char *line)
{
	(void)host;
	(void)priority;
	(void)fprintf(stderr, "%s\n", line);
}

static void
on_done(struct cc_notify_req *req, const struct cc_notify_result *result)
{
	(void)req;
	done++;
	if (result->outcome == CC_NOTIFY_SENT)
		return;
	wrong++;
	(void)fprintf(stderr, "%s %s %s\n", cc_notify_outcome_text(result->outcome),
	    result->code, result->detail);
}

/* Bodies of all sorts: other lengths, other letters. */
static void
fill(struct post *p, unsigned i)
{
	static const char *const texts[] = {"See the child", "Ni\xc3\xb1o: visita hoy",
	    "\"quoted\" \\ / \t tab", "\xe2\x82\xac 5 \xf0\x9f\x95\x90", ""};
	const struct cc_wall t = {1772929800 + (int64_t)i};

	(void)snprintf(p->id, sizeof p->id, "%032x", i + 1);
	(void)snprintf(p->title, sizeof p->title, "%s %0*u", texts[i % 5], (int)(i % 37), i);
	p->message = (struct cc_message){.id = p->id, .thread = "t", .case_id = "48211234",
	    .rule = "r", .title = p->title, .section = "1", .subject = "v1", .period = 1,
	    .epoch = 1, .kind = CC_KIND_DEADLINE, .state = CC_STATE_OVERDUE, .started = t,
	    .due = t, .ended = CC_NEVER, .at = t, .fired = t, .known = t, .rung = "breach",
	    .severity = CC_CRITICAL, .role = "caseworker", .zone = "America/Chicago",
	    .at_local = "", .previous_due = CC_NEVER};
	p->req = (struct cc_notify_req){.message = &p->message, .to = "far", .attempt = 1,
	    .done = on_done};
}

int
main(int argc, char **argv)
{
	struct cc_notify_setting items[] = {{.key = "far.url"}, {.key = "far.secret_file"},
	    {.key = "far.allow_private", .value = "yes"}};
	struct cc_notify_cfg cfg = {items, 3};
	struct cc_err err = {.msg = ""};
	struct cc_host host;
	uv_loop_t loop;
	unsigned count = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	void *self;

	if (count == 0 || count > COUNT_MAX || uv_loop_init(&loop) != 0) {
		(void)fprintf(stderr, "usage: post_webhooks URL SECRET_FILE COUNT\n");
		return 2;
	}
	items[0].value = argv[1];
	items[1].value = argv[2];
	cc_host_init(&host, &loop);
	host.lent.now = now;
	host.lent.log = print_line;
	if (cc_notifier_webhook.open(&host.lent, &cfg, &self, &err) != CC_OK) {
		(void)fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	for (unsigned i = 0; i < count; i++) {
		fill(&posts[i], i);
		if (cc_notifier_webhook.send(self, &posts[i].req, &err) != CC_OK) {
			(void)fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
	}
	while (done < count)
		(void)uv_run(&loop, UV_RUN_ONCE);
	cc_notifier_webhook.close(self);
	while (host.first != NULL)
		(void)uv_run(&loop, UV_RUN_NOWAIT);
	cc_host_close(&host);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)printf("%u posted, %u not taken\n", count, wrong);
	return uv_loop_close(&loop) == 0 && wrong == 0 ? 0 : 1;
}
