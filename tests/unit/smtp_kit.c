#include "tests/unit/smtp_kit.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct kit_smtp_client {
	uv_tcp_t tcp;
	struct kit_smtp *server;
	struct kit_smtp_client *next;
	bool in_data, has_recipient;
	unsigned auth_step;
	size_t used;
	char in[32768];
};

static void
on_client_closed(uv_handle_t *handle)
{
	struct kit_smtp_client *c = handle->data, **at = &c->server->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	free(c);
}

static void
close_client(struct kit_smtp_client *c)
{
	if (!uv_is_closing((uv_handle_t *)&c->tcp))
		uv_close((uv_handle_t *)&c->tcp, on_client_closed);
}

/* Small: the kernel takes it at once. */
static void
say(struct kit_smtp_client *c, const char *text)
{
	char copy[512];
	uv_buf_t buf = uv_buf_init(copy, (unsigned)strlen(text));

	(void)snprintf(copy, sizeof copy, "%s", text);
	assert_int_equal(uv_try_write((uv_stream_t *)&c->tcp, &buf, 1), (int)strlen(text));
}

static bool
starts(const char *line, const char *with)
{
	return strncasecmp(line, with, strlen(with)) == 0;
}

static void
on_ehlo(struct kit_smtp_client *c)
{
	enum kit_smtp_mode mode = c->server->mode;

	c->server->helos++;
	if (mode == INJECT)
		say(c, "250-fake\r\n250 STARTTLS\r\n");
	else if (mode == AUTH_WRONG || mode == AUTH_RIGHT || mode == AUTH_LATER)
		say(c, "250-fake\r\n250 AUTH PLAIN LOGIN\r\n");
	else
		say(c, "250-fake\r\n250 DSN\r\n");
}

static void
on_rcpt(struct kit_smtp_client *c, const char *line)
{
	if (c->server->mode == RCPT_DROP)
		close_client(c);
	else if (c->server->mode == RCPT_HANG)
		c->has_recipient = false;
	else if (strstr(line, "bad@") != NULL)
		say(c, "550 5.1.1 no such user\r\n");
	else if (strstr(line, "later@") != NULL)
		say(c, "451 4.3.0 greylisted\r\n");
	else {
		c->has_recipient = true;
		say(c, "250 2.1.5 ok\r\n");
	}
}

static void
on_auth(struct kit_smtp_client *c)
{
	if (c->server->mode == AUTH_LATER)
		say(c, "454 4.7.0 no directory now\r\n");
	else if (c->server->mode == AUTH_WRONG)
		say(c, "535 5.7.8 wrong\r\n");
	else
		say(c, "235 2.7.0 fine\r\n");
}

static void
on_sender(struct kit_smtp_client *c, const char *line)
{
	struct kit_smtp *s = c->server;

	s->tried++;
	(void)snprintf(s->envelope, sizeof s->envelope, "%s\n", line);
	c->has_recipient = false;
	if (s->mode == DSN_BROKEN && strstr(line, "RET=") != NULL)
		say(c, "501 5.5.4 what is RET\r\n");
	else
		say(c, s->mode == SENDER_530 ? "530 5.7.0 log in first\r\n" :
		    s->mode == SENDER_LATER ? "450 4.1.8 later\r\n" : "250 2.1.0 ok\r\n");
}

static void
on_line(struct kit_smtp_client *c, const char *line)
{
	struct kit_smtp *s = c->server;

	if (starts(line, "EHLO") || starts(line, "HELO")) {
		on_ehlo(c);
	} else if (starts(line, "STARTTLS")) {
		say(c, "220 ready\r\n250-forged\r\n250 DSN\r\n250 ok\r\n250 ok\r\n354 go\r\n"
		    "250 2.0.0 queued (forged)\r\n");
	} else if (starts(line, "AUTH")) {
		s->logins++;
		c->auth_step = starts(line, "AUTH LOGIN") ? 1 : 0;
		if (c->auth_step == 1)
			say(c, "334 UGFzc3dvcmQ6\r\n");
		else
			on_auth(c);
	} else if (c->auth_step == 1) {
		c->auth_step = 0;
		on_auth(c);
	} else if (starts(line, "MAIL FROM")) {
		on_sender(c, line);
	} else if (starts(line, "RCPT TO")) {
		size_t n = strlen(s->envelope);

		(void)snprintf(s->envelope + n, sizeof s->envelope - n, "%s\n", line);
		on_rcpt(c, line);
	} else if (starts(line, "DATA")) {
		c->in_data = c->has_recipient;
		say(c, c->in_data ? "354 go on\r\n" : "503 5.5.1 no recipient\r\n");
	} else if (starts(line, "QUIT")) {
		say(c, "221 bye\r\n");
		close_client(c);
	} else {
		say(c, "250 ok\r\n");
	}
}

/* Takes the mail, and ends the session while nobody speaks. */
static void
leave(struct kit_smtp_client *c, enum kit_smtp_mode mode)
{
	say(c, "250 2.0.0 queued\r\n");
	if (mode == KEPT_421)
		say(c, "421 4.4.2 idle for too long\r\n");
	close_client(c);
}

static void
on_mail(struct kit_smtp_client *c, const char *text, size_t n)
{
	struct kit_smtp *s = c->server;

	c->in_data = false;
	s->mails++;
	(void)snprintf(s->last, sizeof s->last, "%.*s", (int)n, text);
	if (s->mode == DROP_AFTER_DATA)
		close_client(c);
	else if (s->mode == REFUSE_DATA)
		say(c, "554 5.6.0 refused\r\n");
	else if (s->mode == FULL_NOW)
		say(c, "452 4.2.2 mailbox\r\n");
	else if (s->mode == FULL)
		say(c, "552-5.2.2 the mailbox\r\n552 5.2.2 is full\r\n");
	else if (s->mode == KEPT_421 || s->mode == KEPT_DROP)
		leave(c, s->mode);
	else if (s->mode != HANG_AFTER_DATA)
		say(c, "250 2.0.0 queued\r\n");
}

/* Takes one line or one mail off the input; false when there is none yet. */
static bool
take(struct kit_smtp_client *c)
{
	const char *ending = c->in_data ? "\r\n.\r\n" : "\r\n";
	char *end, line[1024];
	size_t n;

	c->in[c->used] = '\0';
	end = strstr(c->in, ending);
	if (end == NULL || uv_is_closing((uv_handle_t *)&c->tcp))
		return false;
	n = (size_t)(end - c->in);
	if (c->in_data) {
		on_mail(c, c->in, n);
	} else {
		(void)snprintf(line, sizeof line, "%.*s", (int)n, c->in);
		on_line(c, line);
	}
	n += strlen(ending);
	c->used -= n;
	memmove(c->in, c->in + n, c->used);
	return true;
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct kit_smtp_client *c = handle->data;

	(void)suggested;
	*buf = uv_buf_init(c->in + c->used, (unsigned)(sizeof c->in - 1 - c->used));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct kit_smtp_client *c = stream->data;

	(void)buf;
	if (n < 0) {
		close_client(c);
		return;
	}
	c->used += (size_t)n;
	while (take(c))
		;
}

static void
on_connection(uv_stream_t *listener, int status)
{
	struct kit_smtp *s = listener->data;
	struct kit_smtp_client *c = calloc(1, sizeof *c);

	assert_int_equal(status, 0);
	assert_non_null(c);
	c->server = s;
	c->tcp.data = c;
	c->next = s->clients;
	s->clients = c;
	s->connections++;
	assert_int_equal(uv_tcp_init(listener->loop, &c->tcp), 0);
	assert_int_equal(uv_accept(listener, (uv_stream_t *)&c->tcp), 0);
	assert_int_equal(uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read), 0);
	if (s->mode == GREET_421)
		say(c, "421 4.3.2 not now\r\n");
	else if (s->mode != GREET_HANG)
		say(c, "220 fake ESMTP\r\n");
}

void
kit_smtp_open(struct kit_smtp *s, uv_loop_t *loop, enum kit_smtp_mode mode)
{
	struct sockaddr_in a;
	int size = sizeof a;

	s->mode = mode;
	assert_int_equal(uv_tcp_init(loop, &s->listener), 0);
	s->listener.data = s;
	assert_int_equal(uv_ip4_addr("127.0.0.1", 0, &a), 0);
	assert_int_equal(uv_tcp_bind(&s->listener, (const struct sockaddr *)&a, 0), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&s->listener, 16, on_connection), 0);
	assert_int_equal(uv_tcp_getsockname(&s->listener, (struct sockaddr *)&a, &size), 0);
	s->port = ntohs(a.sin_port);
}

void
kit_smtp_close(struct kit_smtp *s)
{
	uv_close((uv_handle_t *)&s->listener, NULL);
	for (struct kit_smtp_client *c = s->clients; c != NULL; c = c->next)
		close_client(c);
}
