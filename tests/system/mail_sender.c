/*
 * Sends made-up alerts through the email module and its worker, as the daemon would:
 *
 *   mail_sender COUNT ROUNDS ADDRESS KEY=VALUE...
 *
 * Message n (0, 1, ...) has the id of n in 32 hexadecimal digits.  What fails for a while
 * is sent again in the next round, at most ROUNDS of them.  An ADDRESS with a '%' in it
 * has the number in its place.  KEY=VALUE are settings of mail.*.  Each answer is a line:
 * ROUND TAB n TAB OUTCOME TAB CODE TAB SECONDS-TO-WAIT TAB WORDS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "notify/host.h"
#include "notify/registry.h"

enum { COUNT_MAX = 10000, SETTINGS_MAX = 32, WINDOW = 500 };

struct mail {
	struct cc_notify_req req;
	struct cc_message message;
	struct sender *owner;
	unsigned n;
	bool again;
	char id[40], title[200], to[128];
};

struct sender {
	uv_loop_t loop;
	struct cc_host host;
	void *self;
	struct mail *mails;
	unsigned count, round, next, under_way;
};

static struct cc_wall
now(struct cc_notify_host *host)
{
	(void)host;
	return (struct cc_wall){ (int64_t)time(NULL) };
}

static void
on_log(struct cc_notify_host *host, enum cc_notify_priority priority, const char *line)
{
	(void)host;
	(void)fprintf(stderr, "<%d>%s\n", (int)priority, line);	/* for whom it may concern */
}

static void
on_done(struct cc_notify_req *req, const struct cc_notify_result *r)
{
	struct mail *m = req->data;

	m->owner->under_way--;
	m->again = r->outcome == CC_NOTIFY_TEMP_FAIL;
	printf("%u\t%u\t%s\t%s\t%lld\t%s\n", m->owner->round, m->n,
	    cc_notify_outcome_text(r->outcome), r->code, (long long)r->retry_after,
	    r->detail);
}

static const char *const titles[] = {
	"See the child for the first time",
	"ni\xc3\xb1" "a & <b>bold</b> \"quoted\" 'single' {{title}} %s %n",
	".leading dot and a line that is long enough to be folded by whoever has to fold it, "
	    "soft or hard, before it is over at last",
	"\xd8\xb4\xd9\x87\xd8\xb1 right to left, \xf0\x9f\x93\x85 4 bytes = one character",
	"Bcc: victim@example.test Content-Type: text/html; boundary=\"x\"",
	"--=_caseclock",
};

static void
make(struct sender *s, unsigned n, const char *address)
{
	struct mail *m = &s->mails[n];
	const char *mark = strchr(address, '%');

	m->owner = s;
	m->n = n;
	m->again = true;
	(void)snprintf(m->id, sizeof m->id, "%032x", n);
	(void)snprintf(m->title, sizeof m->title, "%s", titles[n % (sizeof titles /
	    sizeof titles[0])]);
	if (mark == NULL)
		(void)snprintf(m->to, sizeof m->to, "%s", address);
	else
		(void)snprintf(m->to, sizeof m->to, "%.*s%u%s", (int)(mark - address),
		    address, n, mark + 1);
	m->message = (struct cc_message){
		.id = m->id, .thread = "feedfacefeedfacefeedfacefeedface",
		.case_id = "48211234", .rule = "priority-1-initial-contact",
		.title = m->title, .section = "2244.1; \xc2\xa7 2", .subject = "v1",
		.period = 1, .epoch = 1, .kind = CC_KIND_DEADLINE,
		.state = CC_STATE_OVERDUE, .started = { 1772929800 },
		.due = { 1773016200 }, .ended = CC_NEVER, .at = { 1773016201 },
		.fired = { 1773030600 }, .known = { 1772929800 }, .rung = "breach",
		.severity = CC_CRITICAL, .told = { "caseworker", "supervisor" },
		.ntold = 2, .role = "caseworker",
		.link = "https://cms.example.test/case/48211234?a=1&b=2",
		.zone = "America/Chicago", .due_local = "Sun, 8 Mar 2026 19:30:00 CDT",
		.at_local = "Sun, 8 Mar 2026 19:30:01 CDT",
	};
	m->req = (struct cc_notify_req){
		.message = &m->message, .to = m->to, .done = on_done, .data = m,
	};
}

/* True while there is something to wait for. */
static bool
fill(struct sender *s)
{
	struct cc_err err;

	for (; s->next < s->count && s->under_way < WINDOW; s->next++) {
		struct mail *m = &s->mails[s->next];

		if (!m->again)
			continue;
		m->req.attempt = s->round;
		if (cc_notifier_email.send(s->self, &m->req, &err) != CC_OK)
			break;	/* the queue is full: after the next answer */
		s->under_way++;
	}
	return s->under_way > 0;
}

static int
run(struct sender *s, unsigned rounds)
{
	for (s->round = 1; s->round <= rounds; s->round++) {
		s->next = 0;
		while (fill(s))
			(void)uv_run(&s->loop, UV_RUN_ONCE);
	}
	cc_notifier_email.close(s->self);
	(void)uv_run(&s->loop, UV_RUN_DEFAULT);
	cc_host_close(&s->host);
	(void)uv_run(&s->loop, UV_RUN_DEFAULT);
	return uv_loop_close(&s->loop) == 0 && fflush(stdout) == 0 ? EXIT_SUCCESS :
	    EXIT_FAILURE;
}

static bool
settings(char **words, int n, struct cc_notify_setting items[SETTINGS_MAX])
{
	for (int i = 0; i < n && i < SETTINGS_MAX; i++) {
		char *value = strchr(words[i], '=');

		if (value == NULL)
			return false;
		*value = '\0';
		items[i] = (struct cc_notify_setting){ words[i], value + 1, NULL, 0, 0 };
	}
	return n <= SETTINGS_MAX;
}

int
main(int argc, char **argv)
{
	static struct sender s;
	struct cc_notify_setting items[SETTINGS_MAX];
	struct cc_notify_cfg cfg = { items, argc > 4 ? (uint32_t)(argc - 4) : 0 };
	struct cc_err err;

	if (argc < 5 || !settings(argv + 4, argc - 4, items)) {
		(void)fprintf(stderr, "mail_sender COUNT ROUNDS ADDRESS KEY=VALUE...\n");
		return EXIT_FAILURE;
	}
	s.count = (unsigned)strtoul(argv[1], NULL, 10);
	s.mails = s.count > COUNT_MAX ? NULL : calloc(s.count, sizeof *s.mails);
	if (s.mails == NULL || uv_loop_init(&s.loop) != 0)
		return EXIT_FAILURE;
	cc_host_init(&s.host, &s.loop);
	s.host.lent.now = now;
	s.host.lent.log = on_log;
	if (cc_notifier_email.open(&s.host.lent, &cfg, &s.self, &err) != CC_OK) {
		(void)fprintf(stderr, "mail_sender: %s\n", err.msg);
		return EXIT_FAILURE;
	}
	for (unsigned n = 0; n < s.count; n++)
		make(&s, n, argv[3]);
	return run(&s, (unsigned)strtoul(argv[2], NULL, 10));
}
