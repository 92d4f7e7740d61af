#include "notify/email_child.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { ENV_MAX = 8, ENV_SIZE = 1100, HANDLES = 3 };

struct cc_mail_child {
	struct cc_mail_child_config config;
	uv_process_t process;
	uv_pipe_t in, out;		/* its input, its output */
	bool spawned, hung_up, killed, exited, drained;
	int64_t status;
	int signal;
	unsigned closed;		/* of HANDLES */
	size_t used;
	char line[CC_MAILER_ANSWER_MAX + 1];
};

struct write {
	uv_write_t req;
	struct cc_buf buf;
};

static void
on_closed(uv_handle_t *handle)
{
	struct cc_mail_child *c = handle->data;

	if (++c->closed == HANDLES)
		free(c);
}

static void
close_all(struct cc_mail_child *c)
{
	if (!c->hung_up)
		uv_close((uv_handle_t *)&c->in, on_closed);
	uv_close((uv_handle_t *)&c->out, on_closed);
	uv_close((uv_handle_t *)&c->process, on_closed);
}

/* The exit may be told before the last lines are read: both are waited for. */
static void
check_gone(struct cc_mail_child *c)
{
	if (!c->exited || !c->drained)
		return;
	close_all(c);
	c->config.on_gone(c->config.owner, c->status, c->signal);
}

static void
on_exit_of(uv_process_t *process, int64_t status, int sig)
{
	struct cc_mail_child *c = process->data;

	c->exited = true;
	c->status = status;
	c->signal = sig;
	check_gone(c);
}

void
cc_mail_child_kill(struct cc_mail_child *c)
{
	c->killed = true;
	if (c->spawned && !c->exited)
		(void)uv_process_kill(&c->process, SIGKILL);	/* it may be gone */
}

void
cc_mail_child_hang_up(struct cc_mail_child *c)
{
	if (c->hung_up)
		return;
	c->hung_up = true;
	uv_close((uv_handle_t *)&c->in, on_closed);
}

/* Hands out the whole lines; false when one made no sense or is too long. */
static bool
take_lines(struct cc_mail_child *c)
{
	char *field[CC_MAILER_FIELDS], *end;
	size_t from = 0;

	while ((end = memchr(c->line + from, '\n', c->used - from)) != NULL) {
		size_t n = (size_t)(end - (c->line + from));
		unsigned fields = cc_mailer_split(c->line + from, n, field);

		if (fields == 0 || !c->config.on_line(c->config.owner, field, fields))
			return false;
		from += n + 1;
	}
	c->used -= from;
	memmove(c->line, c->line + from, c->used);
	return c->used < sizeof c->line;
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct cc_mail_child *c = handle->data;

	(void)suggested;
	*buf = uv_buf_init(c->line + c->used, (unsigned)(sizeof c->line - c->used));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct cc_mail_child *c = stream->data;

	(void)buf;
	if (n < 0) {
		(void)uv_read_stop(stream);
		c->drained = true;
		cc_mail_child_kill(c);	/* without output it is of no use */
		check_gone(c);
		return;
	}
	if (c->killed)
		return;		/* nothing it says counts any more */
	c->used += (size_t)n;
	if (!take_lines(c)) {
		c->used = 0;
		cc_mail_child_kill(c);
	}
}

static void
on_written(uv_write_t *req, int status)
{
	struct write *w = (struct write *)(void *)req;

	(void)status;	/* a broken pipe is seen as the end of its output */
	cc_buf_done(&w->buf);
	free(w);
}

void
cc_mail_child_write(struct cc_mail_child *c, struct cc_buf *given)
{
	struct write *w = given->fail == CC_OK && !c->hung_up ? malloc(sizeof *w) : NULL;
	uv_buf_t buf;

	if (w == NULL) {
		cc_buf_done(given);
		cc_mail_child_kill(c);
		return;
	}
	w->buf = *given;
	cc_buf_init(given, given->max);
	buf = uv_buf_init(w->buf.p, (unsigned)w->buf.n);
	if (uv_write(&w->req, (uv_stream_t *)&c->in, &buf, 1, on_written) != 0) {
		on_written(&w->req, 0);
		cc_mail_child_kill(c);
	}
}

/* Only what it needs: nothing of the daemon's surroundings leaks into it. */
static void
set_env(char text[ENV_MAX][ENV_SIZE], char *env[ENV_MAX + 1], const char *home)
{
	static const char *const kept[] = { "SSL_CERT_FILE", "SSL_CERT_DIR" };
	unsigned n = 0;

	(void)snprintf(text[n++], ENV_SIZE, "HOME=%s", home);
	(void)snprintf(text[n++], ENV_SIZE, "PATH=/usr/bin:/bin");
	(void)snprintf(text[n++], ENV_SIZE, "LANG=C");
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		const char *value = getenv(kept[i]);

		if (value != NULL)
			(void)snprintf(text[n++], ENV_SIZE, "%s=%s", kept[i], value);
	}
	for (unsigned i = 0; i < n; i++)
		env[i] = text[i];
	env[n] = NULL;
}

static int
spawn(struct cc_mail_child *c)
{
	char text[ENV_MAX][ENV_SIZE], *env[ENV_MAX + 1], program[1024];
	char *args[] = { program, NULL };
	uv_stdio_container_t stdio[3] = {
		{ .flags = UV_CREATE_PIPE | UV_READABLE_PIPE,
		    .data.stream = (uv_stream_t *)&c->in },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
		    .data.stream = (uv_stream_t *)&c->out },
		{ .flags = UV_INHERIT_FD, .data.fd = 2 },
	};
	uv_process_options_t options = {
		.exit_cb = on_exit_of, .file = program, .args = args, .env = env,
		.cwd = "/", .stdio = stdio, .stdio_count = 3,
	};

	set_env(text, env, c->config.home);
	(void)snprintf(program, sizeof program, "%s", c->config.program);
	return uv_spawn(c->config.loop, &c->process, &options);
}

enum cc_code
cc_mail_child_start(const struct cc_mail_child_config *config, struct cc_mail_child **ret,
    struct cc_err *reterr)
{
	struct cc_mail_child *c = calloc(1, sizeof *c);
	int sys;

	if (c == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for the mail worker");
	c->config = *config;
	(void)uv_pipe_init(config->loop, &c->in, 0);	/* neither can fail */
	(void)uv_pipe_init(config->loop, &c->out, 0);
	sys = spawn(c);
	c->spawned = sys == 0;
	c->in.data = c->out.data = c->process.data = c;
	if (sys == 0)
		sys = uv_read_start((uv_stream_t *)&c->out, on_alloc, on_read);
	if (sys != 0) {
		cc_mail_child_kill(c);
		close_all(c);
		return cc_fail(reterr, CC_EIO, sys, "mail worker %s: %s", config->program,
		    uv_strerror(sys));
	}
	*ret = c;
	return CC_OK;
}
