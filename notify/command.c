#include "notify/registry.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "notify/setting.h"

/*
 * Runs a program for each message: its JSON on the standard input, CASECLOCK_TO and
 * CASECLOCK_ATTEMPT around it.  Exit 0 sent, 75 (EX_TEMPFAIL) try again, else not.
 */

enum {
	ARGUMENTS_MAX = 16, ARGUMENT_SIZE = 512, HANDLES = 3, TEMP_FAIL = 75,
	TO_SIZE = 400
};

struct command {
	struct cc_notify_defer pump;	/* first */
	struct cc_notify_host *host;
	char program[1024];
	char argument[ARGUMENTS_MAX][ARGUMENT_SIZE];
	unsigned arguments;
	uint32_t deadline_ms, queue, parallel;
	struct run *first, *last;	/* waiting */
	struct run *running;
	uint32_t nrunning, outstanding;
	bool closing;
};

struct run {
	struct cc_notify_defer defer;	/* first */
	struct command *owner;
	struct run *prev, *next;
	struct cc_notify_req *req;
	enum { WAITING = 1, RUNNING, ENDING } state;
	char *json;
	uv_process_t process;
	uv_pipe_t in;
	uv_timer_t timer;
	uv_write_t write;
	bool cancelled, late;
	unsigned closed;
	struct cc_notify_result result;
};

#define AT(member) offsetof(struct command, member)

static const struct cc_setting_spec specs[] = {
	{ "program", CC_SETTING_TEXT, AT(program), 0, 1024 },
	{ "deadline_ms", CC_SETTING_UINT, AT(deadline_ms), 100, 3600000 },
	{ "queue", CC_SETTING_UINT, AT(queue), 1, 100000 },
	{ "parallel", CC_SETTING_UINT, AT(parallel), 1, 64 },
};

static const struct cc_setting_table table = { "command", specs, 4 };
static const struct cc_setting_spec argument_spec = {
	"argument", CC_SETTING_TEXT, 0, 0, ARGUMENT_SIZE
};
static const struct cc_setting_table argument_table = { "command", &argument_spec, 1 };

static void
wake_pump(struct command *c)
{
	if (!c->pump.waiting)
		c->host->defer(c->host, &c->pump);
}

static void
queue_drop(struct command *c, struct run *r)
{
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		c->first = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	else
		c->last = r->prev;
}

static void
running_drop(struct command *c, struct run *r)
{
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		c->running = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	c->nrunning--;
}

static void
answer(struct run *r)
{
	struct command *c = r->owner;
	struct cc_notify_req *req = r->req;
	struct cc_notify_result result = r->result;

	free(r->json);
	free(r);
	c->outstanding--;
	req->module = NULL;
	wake_pump(c);
	req->done(req, &result);
}

static void
on_ending(struct cc_notify_defer *d)
{
	answer((struct run *)(void *)d);
}

static void
answer_later(struct run *r, enum cc_notify_outcome outcome, const char *code,
    const char *detail)
{
	r->state = ENDING;
	cc_notify_result_set(&r->result, outcome, code, detail);
	r->defer.fn = on_ending;
	r->owner->host->defer(r->owner->host, &r->defer);
}

static void
on_closed(uv_handle_t *handle)
{
	struct run *r = handle->data;

	if (++r->closed == HANDLES)
		answer(r);
}

static void
finish(struct run *r)
{
	running_drop(r->owner, r);
	r->state = ENDING;
	if (!uv_is_closing((uv_handle_t *)&r->in))
		uv_close((uv_handle_t *)&r->in, on_closed);
	uv_close((uv_handle_t *)&r->process, on_closed);
	uv_close((uv_handle_t *)&r->timer, on_closed);
}

/* The program leads its own group, so that what it started goes with it. */
static void
kill_run(struct run *r)
{
	if (r->process.pid > 0)
		(void)kill(-r->process.pid, SIGKILL);	/* it may be gone */
}

static void
on_exit_of(uv_process_t *process, int64_t status, int sig)
{
	struct run *r = process->data;
	char code[32];

	if (sig != 0)
		(void)snprintf(code, sizeof code, "signal %d", sig);
	else
		(void)snprintf(code, sizeof code, "exit %lld", (long long)status);
	if (r->cancelled)
		cc_notify_result_set(&r->result, CC_NOTIFY_CANCELLED, code, "");
	else if (r->late)
		cc_notify_result_set(&r->result, CC_NOTIFY_TEMP_FAIL, "timeout",
		    "the program did not end in time and was killed");
	else if (sig == 0 && status == 0)
		cc_notify_result_set(&r->result, CC_NOTIFY_SENT, code, "");
	else
		cc_notify_result_set(&r->result, sig == 0 && status == TEMP_FAIL ?
		    CC_NOTIFY_TEMP_FAIL : CC_NOTIFY_PERM_FAIL, code, "");
	finish(r);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct run *r = timer->data;

	r->late = true;
	kill_run(r);
}

/* A program need not read its input: a broken pipe is no fault. */
static void
on_written(uv_write_t *req, int status)
{
	struct run *r = req->data;

	(void)status;
	if (!uv_is_closing((uv_handle_t *)&r->in))
		uv_close((uv_handle_t *)&r->in, on_closed);
}

static int
spawn(struct run *r)
{
	struct command *c = r->owner;
	char to[TO_SIZE], attempt[48], path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
	char lang[] = "LANG=C.UTF-8";
	char *env[] = { path, lang, to, attempt, NULL };
	char *args[ARGUMENTS_MAX + 2] = { c->program };
	uv_stdio_container_t stdio[3] = {
		{ .flags = UV_CREATE_PIPE | UV_READABLE_PIPE,
		    .data.stream = (uv_stream_t *)&r->in },
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = 2 },
	};
	uv_process_options_t options = {
		.exit_cb = on_exit_of, .file = c->program, .args = args, .env = env,
		.cwd = "/", .stdio = stdio, .stdio_count = 3,
		.flags = UV_PROCESS_DETACHED,
	};

	(void)snprintf(to, sizeof to, "CASECLOCK_TO=%s", r->req->to);
	(void)snprintf(attempt, sizeof attempt, "CASECLOCK_ATTEMPT=%u", r->req->attempt);
	for (unsigned i = 0; i < c->arguments; i++)
		args[i + 1] = c->argument[i];
	return uv_spawn(c->host->loop, &r->process, &options);
}

static void
feed(struct run *r)
{
	uv_buf_t buf = uv_buf_init(r->json, (unsigned)strlen(r->json));

	r->write.data = r;
	if (uv_write(&r->write, (uv_stream_t *)&r->in, &buf, 1, on_written) != 0)
		on_written(&r->write, 0);
}

static void
start(struct run *r)
{
	struct command *c = r->owner;
	struct cc_err err;
	int sys;

	if (cc_message_print(r->req->message, &r->json, &err) != CC_OK) {
		answer_later(r, CC_NOTIFY_PERM_FAIL, "message", err.msg);
		return;
	}
	(void)uv_pipe_init(c->host->loop, &r->in, 0);	/* neither can fail */
	(void)uv_timer_init(c->host->loop, &r->timer);
	r->state = RUNNING;
	r->prev = NULL;
	r->next = c->running;
	if (c->running != NULL)
		c->running->prev = r;
	c->running = r;
	c->nrunning++;
	sys = spawn(r);
	r->in.data = r->process.data = r->timer.data = r;
	if (sys != 0) {
		cc_notify_result_set(&r->result, CC_NOTIFY_TEMP_FAIL, "spawn",
		    uv_strerror(sys));
		finish(r);
		return;
	}
	(void)uv_timer_start(&r->timer, on_deadline, c->deadline_ms, 0);
	feed(r);
}

static void
on_pump(struct cc_notify_defer *d)
{
	struct command *c = (struct command *)(void *)d;
	struct run *r;

	while (!c->closing && c->nrunning < c->parallel && (r = c->first) != NULL) {
		queue_drop(c, r);
		start(r);
	}
	if (c->closing && c->outstanding == 0)
		free(c);
}

static enum cc_code
take_settings(struct command *c, const struct cc_notify_cfg *cfg, struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	for (uint32_t i = 0; i < cfg->n && code == CC_OK; i++) {
		const struct cc_notify_setting *s = &cfg->items[i];

		if (strcmp(s->key, "argument") != 0) {
			code = cc_setting_single("command", cfg, i, reterr);
			if (code == CC_OK)
				code = cc_setting_put(&table, s, s->key, c, reterr);
		} else if (c->arguments == ARGUMENTS_MAX) {
			code = cc_setting_refuse("command", s, "too many arguments", reterr);
		} else {
			code = cc_setting_put(&argument_table, s, s->key,
			    c->argument[c->arguments++], reterr);
		}
	}
	return code;
}

static enum cc_code
check_program(const struct command *c, const struct cc_notify_cfg *cfg,
    struct cc_err *reterr)
{
	const struct cc_notify_setting *s = cc_setting_find(cfg, "program");

	if (s == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "command: program: is missing");
	if (c->program[0] != '/')
		return cc_setting_refuse("command", s, "must be an absolute path", reterr);
	if (access(c->program, X_OK) != 0)
		return cc_setting_refuse("command", s, strerror(errno), reterr);
	return CC_OK;
}

static enum cc_code
command_open(struct cc_notify_host *host, const struct cc_notify_cfg *cfg,
    void **ret_self, struct cc_err *reterr)
{
	struct command *c = calloc(1, sizeof *c);
	enum cc_code code;

	if (c == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "command: no memory");
	c->host = host;
	c->pump.fn = on_pump;
	c->deadline_ms = 30000;
	c->queue = 1000;
	c->parallel = 4;
	code = take_settings(c, cfg, reterr);
	if (code == CC_OK)
		code = check_program(c, cfg, reterr);
	if (code != CC_OK) {
		free(c);
		return code;
	}
	*ret_self = c;
	return CC_OK;
}

static enum cc_code
command_send(void *self, struct cc_notify_req *req, struct cc_err *reterr)
{
	struct command *c = self;
	struct run *r;

	if (c->closing)
		return cc_fail(reterr, CC_EINVAL, 0, "command: closed");
	if (c->outstanding >= c->queue)
		return cc_fail(reterr, CC_EBUSY, 0, "command: %u messages wait already",
		    c->queue);
	if (strlen(req->to) > TO_SIZE - sizeof "CASECLOCK_TO=")
		return cc_fail(reterr, CC_EINVAL, 0, "command: the address is too long");
	r = calloc(1, sizeof *r);
	if (r == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "command: no memory");
	r->owner = c;
	r->req = req;
	r->state = WAITING;
	r->prev = c->last;
	if (c->last != NULL)
		c->last->next = r;
	else
		c->first = r;
	c->last = r;
	req->module = r;
	c->outstanding++;
	wake_pump(c);
	return CC_OK;
}

static void
command_cancel(void *self, struct cc_notify_req *req)
{
	struct command *c = self;
	struct run *r = req->module;

	if (r == NULL || r->state == ENDING)
		return;
	if (r->state == WAITING) {
		queue_drop(c, r);
		answer_later(r, CC_NOTIFY_CANCELLED, "cancelled", "");
		return;
	}
	r->cancelled = true;
	kill_run(r);
}

static void
command_close(void *self)
{
	struct command *c = self;

	if (c == NULL)
		return;
	assert(!c->closing);
	for (struct run *r = c->running; r != NULL; r = r->next)
		command_cancel(c, r->req);
	while (c->first != NULL)
		command_cancel(c, c->first->req);
	c->closing = true;
	wake_pump(c);
}

const struct cc_notifier cc_notifier_command = {
	.abi = CC_NOTIFIER_ABI, .name = "command",
	.help = "run a program with the message as JSON on its standard input",
	.open = command_open, .send = command_send, .cancel = command_cancel,
	.close = command_close,
};
