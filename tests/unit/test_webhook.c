/* The webhook module against a server in the same loop. */
#include "notify/registry.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "notify/webhook.h"
#include "tests/unit/notify_kit.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

enum { HUGE_BODY = 1 << 20, BURST = 200 };

/* --- a small HTTP server -------------------------------------------------------- */

struct server {
	uv_tcp_t listener;
	struct cc_webhook_keys keys;
	struct client *clients;
	unsigned port, open, most_open, opened, requests, signed_right;
	unsigned seen_redirected;
	char retry_after[64];		/* of the answer 429 */
	char body[8192], content_type[64], id[64];
};

struct client {
	uv_tcp_t tcp;
	struct server *server;
	struct client *next;
	size_t used;
	char in[16384];
};

static void
on_client_closed(uv_handle_t *handle)
{
	struct client *c = handle->data, **at = &c->server->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->server->open--;
	free(c);
}

static void
close_client(struct client *c)
{
	if (!uv_is_closing((uv_handle_t *)&c->tcp))
		uv_close((uv_handle_t *)&c->tcp, on_client_closed);
}

static void
on_answered(uv_write_t *w, int status)
{
	(void)status;
	free(w->data);
	free(w);
}

static void
reply(struct client *c, const char *status, const char *headers, size_t body)
{
	uv_write_t *w = calloc(1, sizeof *w);
	char *text = malloc(512 + body);
	uv_buf_t buf;
	int n;

	assert_non_null(w);
	assert_non_null(text);
	n = snprintf(text, 512, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n", status, body,
	    headers);
	memset(text + n, 'x', body);
	w->data = text;
	buf = uv_buf_init(text, (unsigned)((size_t)n + body));
	assert_int_equal(uv_write(w, (uv_stream_t *)&c->tcp, &buf, 1, on_answered), 0);
}

/* The value of a header in the request; "" when there is none. */
static void
header(const char *head, const char *name, char *to, size_t size)
{
	const char *at = strcasestr(head, name);
	size_t n;

	to[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(name);
	at += strspn(at, ": ");
	n = strcspn(at, "\r\n");
	(void)snprintf(to, size, "%.*s", (int)n, at);
}

static void
check_signature(struct server *s, const char *head, const char *body, size_t n)
{
	char id[64], stamp[32], given[256], made[CC_WEBHOOK_SIGNATURE_MAX];
	struct cc_webhook_signed what = { .id = id, .body = body, .n = n };

	header(head, "\r\nwebhook-id", id, sizeof id);
	header(head, "\r\nwebhook-timestamp", stamp, sizeof stamp);
	header(head, "\r\nwebhook-signature", given, sizeof given);
	header(head, "\r\ncontent-type", s->content_type, sizeof s->content_type);
	what.timestamp.s = strtoll(stamp, NULL, 10);
	assert_int_equal(cc_webhook_sign(&s->keys, &what, made, NULL), CC_OK);
	s->signed_right += strcmp(made, given) == 0;
	memcpy(s->id, id, sizeof id);
	(void)snprintf(s->body, sizeof s->body, "%.*s", (int)n, body);
}

static void
answer_path(struct client *c, const char *path)
{
	char line[128];

	if (strncmp(path, "/200", 4) == 0) {
		reply(c, "200 OK", "", 2);
	} else if (strncmp(path, "/202", 4) == 0) {
		reply(c, "202 Accepted", "", 0);
	} else if (strncmp(path, "/302", 4) == 0) {
		(void)snprintf(line, sizeof line,
		    "Location: http://127.0.0.1:%u/target\r\n", c->server->port);
		reply(c, "302 Found", line, 0);
	} else if (strncmp(path, "/target", 7) == 0) {
		c->server->seen_redirected++;
		reply(c, "200 OK", "", 0);
	} else if (strncmp(path, "/410", 4) == 0) {
		reply(c, "410 Gone", "", 0);
	} else if (strncmp(path, "/429", 4) == 0) {
		(void)snprintf(line, sizeof line, "Retry-After: %s\r\n",
		    c->server->retry_after);
		reply(c, "429 Too Many Requests", line, 0);
	} else if (strncmp(path, "/500", 4) == 0) {
		reply(c, "500 Internal Server Error", "", 5);
	} else if (strncmp(path, "/404", 4) == 0) {
		reply(c, "404 Not Found", "", 5);
	} else if (strncmp(path, "/huge", 5) == 0) {
		reply(c, "200 OK", "", HUGE_BODY);
	} else if (strncmp(path, "/bighead", 8) == 0) {
		reply(c, "503 Busy", "", HUGE_BODY);
	} else if (strncmp(path, "/junk", 5) == 0) {
		reply(c, "banana", "", 0);
	} else if (strncmp(path, "/close", 6) == 0) {
		close_client(c);
	}		/* else: no answer at all */
}

static void
take_request(struct client *c)
{
	char *end, length[16], path[64];
	size_t head, body;

	c->in[c->used] = '\0';
	end = strstr(c->in, "\r\n\r\n");
	if (end == NULL)
		return;
	head = (size_t)(end - c->in) + 4;
	header(c->in, "\r\ncontent-length", length, sizeof length);
	body = strtoul(length, NULL, 10);
	if (c->used < head + body)
		return;
	assert_int_equal(sscanf(c->in, "POST %63s HTTP/1.1", path), 1);
	assert_null(strcasestr(c->in, "\r\nexpect:"));
	c->server->requests++;
	check_signature(c->server, c->in, c->in + head, body);
	c->used = 0;
	answer_path(c, path);
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct client *c = handle->data;

	(void)suggested;
	*buf = uv_buf_init(c->in + c->used, (unsigned)(sizeof c->in - 1 - c->used));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = stream->data;

	(void)buf;
	if (n < 0) {
		close_client(c);
		return;
	}
	c->used += (size_t)n;
	take_request(c);
}

static void
on_connection(uv_stream_t *listener, int status)
{
	struct server *s = listener->data;
	struct client *c = calloc(1, sizeof *c);

	assert_int_equal(status, 0);
	assert_non_null(c);
	c->server = s;
	c->tcp.data = c;
	c->next = s->clients;
	s->clients = c;
	s->opened++;
	s->open++;
	s->most_open = s->open > s->most_open ? s->open : s->most_open;
	assert_int_equal(uv_tcp_init(listener->loop, &c->tcp), 0);
	assert_int_equal(uv_accept(listener, (uv_stream_t *)&c->tcp), 0);
	assert_int_equal(uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read), 0);
}

static void
server_open(struct server *s, uv_loop_t *loop)
{
	struct sockaddr_in a;
	int size = sizeof a;

	memset(s, 0, sizeof *s);
	assert_int_equal(cc_webhook_keys_take(SECRET, &s->keys, NULL), CC_OK);
	assert_int_equal(uv_tcp_init(loop, &s->listener), 0);
	s->listener.data = s;
	assert_int_equal(uv_ip4_addr("127.0.0.1", 0, &a), 0);
	assert_int_equal(uv_tcp_bind(&s->listener, (const struct sockaddr *)&a, 0), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&s->listener, 128, on_connection), 0);
	assert_int_equal(uv_tcp_getsockname(&s->listener, (struct sockaddr *)&a, &size), 0);
	s->port = ntohs(a.sin_port);
}

static void
server_close(struct server *s)
{
	uv_close((uv_handle_t *)&s->listener, NULL);
	for (struct client *c = s->clients; c != NULL; c = c->next)
		close_client(c);
	cc_webhook_keys_done(&s->keys);
}

/* --- the module under test ------------------------------------------------------- */

static const char *const paths[] = {
	"200", "202", "302", "404", "410", "429", "500", "huge", "bighead", "junk", "close",
	"hang",
};

enum { PATHS = sizeof paths / sizeof paths[0], SETTINGS = 3 * PATHS + 10 };

struct fixture {
	struct kit kit;
	struct server server;
	void *self;
	struct cc_message message;
};

static struct fixture *
setup(const char *connections)
{
	struct fixture *f = calloc(1, sizeof *f);
	static char keys[SETTINGS][32], urls[PATHS][64];
	struct cc_notify_setting items[SETTINGS];
	struct cc_notify_cfg cfg = { items, 0 };
	const char *secret = kit_file(SECRET "\n");
	struct cc_err err = { .msg = "" };

	assert_non_null(f);
	kit_open(&f->kit);
	server_open(&f->server, &f->kit.loop);
	f->message = kit_message();
	memset(items, 0, sizeof items);
	for (unsigned i = 0; i < PATHS; i++) {
		static const char *const names[] = { "url", "secret_file", "allow_private" };

		(void)snprintf(urls[i], sizeof urls[i], "http://127.0.0.1:%u/%s",
		    f->server.port, paths[i]);
		for (unsigned j = 0; j < 3; j++, cfg.n++) {
			(void)snprintf(keys[cfg.n], sizeof keys[0], "%s.%s", paths[i], names[j]);
			items[cfg.n].key = keys[cfg.n];
			items[cfg.n].value = j == 0 ? urls[i] : j == 1 ? secret : "true";
		}
	}
	items[cfg.n++] = (struct cc_notify_setting){ .key = "inner.url",
	    .value = "https://127.0.0.1:443/" };
	items[cfg.n++] = (struct cc_notify_setting){ .key = "inner.secret_file",
	    .value = secret };
	items[cfg.n++] = (struct cc_notify_setting){ .key = "nobody.url",
	    .value = "http://127.0.0.1:1/" };
	items[cfg.n++] = (struct cc_notify_setting){ .key = "nobody.secret_file",
	    .value = secret };
	items[cfg.n++] = (struct cc_notify_setting){ .key = "nobody.allow_private",
	    .value = "yes" };
	items[cfg.n++] = (struct cc_notify_setting){ .key = "connections",
	    .value = connections };
	items[cfg.n++] = (struct cc_notify_setting){ .key = "timeout_ms", .value = "1500" };
	items[cfg.n++] = (struct cc_notify_setting){ .key = "queue", .value = "200" };
	if (cc_notifier_webhook.open(&f->kit.host.lent, &cfg, &f->self, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return f;
}

static void
teardown(struct fixture *f)
{
	if (f->self != NULL)
		cc_notifier_webhook.close(f->self);
	server_close(&f->server);
	kit_run_out(&f->kit);
	kit_close(&f->kit);
	kit_remove_files();
	free(f);
}

/* One message to one endpoint. */
static struct cc_notify_result
ask(struct fixture *f, const char *to)
{
	struct kit_req r;
	unsigned before = f->kit.done;

	kit_req_init(&r, &f->kit, &f->message, to);
	kit_send(&cc_notifier_webhook, f->self, &r);
	kit_run_until(&f->kit, before + 1);
	assert_int_equal(r.done, 1);
	return r.result;
}

static const struct {
	const char *to;
	enum cc_notify_outcome outcome;
	const char *code;
} answers[] = {
	{ "200", CC_NOTIFY_SENT, "HTTP 200" },
	{ "202", CC_NOTIFY_SENT, "HTTP 202" },
	{ "302", CC_NOTIFY_PERM_FAIL, "HTTP 302" },
	{ "404", CC_NOTIFY_PERM_FAIL, "HTTP 404" },
	{ "500", CC_NOTIFY_TEMP_FAIL, "HTTP 500" },
	{ "bighead", CC_NOTIFY_TEMP_FAIL, "HTTP 503" },
	{ "huge", CC_NOTIFY_SENT, "HTTP 200" },
	{ "junk", CC_NOTIFY_TEMP_FAIL, "network" },
	{ "close", CC_NOTIFY_TEMP_FAIL, "network" },
	{ "hang", CC_NOTIFY_TEMP_FAIL, "timeout" },
	{ "nobody", CC_NOTIFY_TEMP_FAIL, "connect" },
	{ "inner", CC_NOTIFY_TEMP_FAIL, "address" },
	{ "unheard-of", CC_NOTIFY_PERM_FAIL, "endpoint" },
};

static void
answers_are_judged_by_the_table(void **state)
{
	struct fixture *f = setup("4");

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct cc_notify_result r = ask(f, answers[i].to);

		if (r.outcome != answers[i].outcome ||
		    strcmp(r.code, answers[i].code) != 0)
			fail_msg("%s: %s %s (%s)", answers[i].to,
			    cc_notify_outcome_text(r.outcome), r.code, r.detail);
		assert_int_equal(r.retry_after, -1);
	}
	assert_int_equal(f->server.seen_redirected, 0);
	assert_int_equal(f->server.requests, f->server.signed_right);
	teardown(f);
}

static void
the_body_is_a_cloudevent_under_the_id_of_the_message(void **state)
{
	struct fixture *f = setup("4");

	(void)state;
	assert_int_equal(ask(f, "200").outcome, CC_NOTIFY_SENT);
	assert_string_equal(f->server.id, f->message.id);
	assert_string_equal(f->server.content_type,
	    "application/cloudevents+json; charset=utf-8");
	assert_non_null(strstr(f->server.body, "\"specversion\":\"1.0\""));
	assert_non_null(strstr(f->server.body, f->message.id));
	assert_non_null(strstr(f->server.body, "\"caseclock.alert.fired\""));
	teardown(f);
}

static const struct {
	const char *header;
	int64_t seconds;
} retries[] = {
	{ "120", 120 }, { "0", 0 }, { " 7 ", 7 }, { "99999999999999999999", 3 * 86400 },
	{ "Mon, 09 Mar 2026 00:32:00 GMT", 120 }, { "Mon, 09 Mar 2026 00:00:00 GMT", 0 },
	{ "Tue, 09 Mar 2027 00:32:00 GMT", 3 * 86400 }, { "soon", -1 }, { "", -1 },
	{ "-5", -1 },
};

static void
retry_after_is_taken_as_seconds_or_date(void **state)
{
	struct fixture *f = setup("4");

	(void)state;
	for (size_t i = 0; i < sizeof retries / sizeof retries[0]; i++) {
		struct cc_notify_result r;

		(void)snprintf(f->server.retry_after, sizeof f->server.retry_after, "%s",
		    retries[i].header);
		r = ask(f, "429");
		assert_int_equal(r.outcome, CC_NOTIFY_TEMP_FAIL);
		if (r.retry_after != retries[i].seconds)
			fail_msg("%s: %lld", retries[i].header, (long long)r.retry_after);
	}
	teardown(f);
}

/* That nothing more is sent there is the dispatcher's doing: it calls off what waits. */
static void
gone_is_told_and_what_waits_can_be_called_off(void **state)
{
	struct fixture *f = setup("1");
	struct kit_req r[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "410");
		kit_send(&cc_notifier_webhook, f->self, &r[i]);
	}
	kit_run_until(&f->kit, 1);
	assert_int_equal(r[0].result.outcome, CC_NOTIFY_DISABLED);
	assert_string_equal(r[0].result.code, "HTTP 410");
	for (unsigned i = 1; i < 3; i++)
		cc_notifier_webhook.cancel(f->self, &r[i].req);
	kit_run_until(&f->kit, 3);
	for (unsigned i = 1; i < 3; i++)
		assert_int_equal(r[i].result.outcome, CC_NOTIFY_CANCELLED);
	assert_true(f->server.requests <= 2);
	assert_int_equal(ask(f, "200").outcome, CC_NOTIFY_SENT);	/* others go on */
	teardown(f);
}

static void
a_full_endpoint_leaves_the_others_their_places(void **state)
{
	struct fixture *f = setup("1");
	struct kit_req *r = calloc(BURST + 1, sizeof *r);
	struct cc_err err;

	(void)state;
	assert_non_null(r);
	for (unsigned i = 0; i < BURST; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "hang");
		kit_send(&cc_notifier_webhook, f->self, &r[i]);
	}
	kit_req_init(&r[BURST], &f->kit, &f->message, "hang");
	assert_int_equal(cc_notifier_webhook.send(f->self, &r[BURST].req, &err), CC_EBUSY);
	assert_int_equal(ask(f, "200").outcome, CC_NOTIFY_SENT);
	for (unsigned i = 0; i < BURST; i++)
		if (r[i].done == 0)
			cc_notifier_webhook.cancel(f->self, &r[i].req);
	kit_run_until(&f->kit, BURST + 1);
	free(r);
	teardown(f);
}

static void
two_hundred_messages_use_four_connections(void **state)
{
	struct fixture *f = setup("4");
	struct kit_req *r = calloc(BURST + 1, sizeof *r);
	struct cc_err err;

	(void)state;
	assert_non_null(r);
	for (unsigned i = 0; i < BURST; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "200");
		kit_send(&cc_notifier_webhook, f->self, &r[i]);
	}
	kit_req_init(&r[BURST], &f->kit, &f->message, "200");
	assert_int_equal(cc_notifier_webhook.send(f->self, &r[BURST].req, &err), CC_EBUSY);
	kit_run_until(&f->kit, BURST);
	for (unsigned i = 0; i < BURST; i++)
		assert_int_equal(r[i].result.outcome, CC_NOTIFY_SENT);
	assert_int_equal(r[BURST].done, 0);
	assert_int_equal(f->server.requests, BURST);
	assert_int_equal(f->server.signed_right, BURST);
	assert_int_equal(f->server.opened, 4);
	assert_int_equal(f->server.most_open, 4);
	free(r);
	teardown(f);
}

static void
waiting_behind_a_hung_endpoint_costs_no_time_of_ones_own(void **state)
{
	struct fixture *f = setup("1");
	struct kit_req r[4];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, i < 3 ? "hang" : "200");
		kit_send(&cc_notifier_webhook, f->self, &r[i]);
	}
	kit_run_until(&f->kit, 4);
	assert_int_equal(f->server.requests, 4);	/* each got its own attempt */
	for (unsigned i = 0; i < 3; i++)
		assert_string_equal(r[i].result.code, "timeout");
	assert_int_equal(r[3].result.outcome, CC_NOTIFY_SENT);
	teardown(f);
}

static void
cancel_ends_what_waits_and_what_runs(void **state)
{
	struct fixture *f = setup("1");
	struct kit_req r[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, "hang");
		kit_send(&cc_notifier_webhook, f->self, &r[i]);
	}
	while (f->server.requests == 0 && !f->kit.expired)
		(void)uv_run(&f->kit.loop, UV_RUN_ONCE);
	for (unsigned i = 0; i < 2; i++) {
		r[i].inside = true;
		cc_notifier_webhook.cancel(f->self, &r[i].req);
		cc_notifier_webhook.cancel(f->self, &r[i].req);	/* twice is once */
		r[i].inside = false;
	}
	kit_run_until(&f->kit, 2);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(r[i].result.outcome, CC_NOTIFY_CANCELLED);
	cc_notifier_webhook.cancel(f->self, &r[0].req);	/* over already: nothing */
	assert_int_equal(ask(f, "200").outcome, CC_NOTIFY_SENT);
	teardown(f);
}

static void
close_answers_all_that_is_outstanding(void **state)
{
	struct fixture *f = setup("2");
	struct kit_req r[6];

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		kit_req_init(&r[i], &f->kit, &f->message, i == 5 ? "unheard-of" : "hang");
		kit_send(&cc_notifier_webhook, f->self, &r[i]);
	}
	while (f->server.requests < 2 && !f->kit.expired)
		(void)uv_run(&f->kit.loop, UV_RUN_ONCE);
	for (unsigned i = 0; i < 6; i++)
		r[i].inside = true;
	cc_notifier_webhook.close(f->self);
	for (unsigned i = 0; i < 6; i++)
		r[i].inside = false;
	f->self = NULL;
	kit_run_until(&f->kit, 6);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(r[i].result.outcome, CC_NOTIFY_CANCELLED);
	teardown(f);
}

static void
an_id_that_could_forge_a_header_is_never_sent(void **state)
{
	struct fixture *f = setup("4");

	(void)state;
	f->message.id = "abc\r\nX-Evil: 1";
	assert_int_equal(ask(f, "200").outcome, CC_NOTIFY_PERM_FAIL);
	f->message.id = "";
	assert_int_equal(ask(f, "200").outcome, CC_NOTIFY_PERM_FAIL);
	assert_int_equal(f->server.requests, 0);
	teardown(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_judged_by_the_table),
		cmocka_unit_test(the_body_is_a_cloudevent_under_the_id_of_the_message),
		cmocka_unit_test(retry_after_is_taken_as_seconds_or_date),
		cmocka_unit_test(gone_is_told_and_what_waits_can_be_called_off),
		cmocka_unit_test(a_full_endpoint_leaves_the_others_their_places),
		cmocka_unit_test(two_hundred_messages_use_four_connections),
		cmocka_unit_test(waiting_behind_a_hung_endpoint_costs_no_time_of_ones_own),
		cmocka_unit_test(cancel_ends_what_waits_and_what_runs),
		cmocka_unit_test(close_answers_all_that_is_outstanding),
		cmocka_unit_test(an_id_that_could_forge_a_header_is_never_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
