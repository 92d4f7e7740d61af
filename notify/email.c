#include "notify/email.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "notify/email_child.h"
#include "notify/mime.h"
#include "notify/registry.h"

/*
 * The module hands mails in batches to one worker process and is told how each went.
 *
 *   NONE --spawn--> STARTING --ready--> IDLE --go--> BUSY --end--> IDLE
 *     ^                |                 |             |
 *     +---- gone ------+-----------------+-------------+   (then a pause, doubling)
 */
enum phase { NONE, STARTING, IDLE, BUSY };

enum { PAUSE_FIRST_MS = 100, PAUSE_MAX_MS = 30000, TIMERS = 2 };

struct job {
	struct cc_notify_defer defer;	/* first: for answers that must come later */
	struct email *owner;
	struct job *prev, *next;
	struct cc_notify_req *req;
	uint64_t seq;			/* 0: waiting */
	struct cc_notify_result result;
};

struct list {
	struct job *first, *last;
	uint32_t n;
};

struct email {
	struct cc_notify_defer pump;	/* first */
	struct cc_notify_host *host;
	struct cc_email_settings set;
	enum phase phase;
	struct cc_mail_child *child;
	bool refused;			/* this child said that its settings are wrong */
	struct list waiting, batch, ending;
	uint64_t seq;
	uint64_t held_until;		/* loop time: no login is tried before */
	char held_code[32], held_why[160];
	uint32_t pause_ms;
	uv_timer_t deadline, pause;
	bool paused, closing, freeing;
	unsigned closed;
};

static void
list_add(struct list *l, struct job *j)
{
	j->next = NULL;
	j->prev = l->last;
	if (l->last != NULL)
		l->last->next = j;
	else
		l->first = j;
	l->last = j;
	l->n++;
}

static void
list_drop(struct list *l, struct job *j)
{
	if (j->prev != NULL)
		j->prev->next = j->next;
	else
		l->first = j->next;
	if (j->next != NULL)
		j->next->prev = j->prev;
	else
		l->last = j->prev;
	l->n--;
}

static void
say(struct email *e, enum cc_notify_priority priority, const char *what, const char *why)
{
	char line[320];

	(void)snprintf(line, sizeof line, "email: %s: %s", what, why);
	e->host->log(e->host, priority, line);
}

static void
on_timer_closed(uv_handle_t *handle)
{
	struct email *e = handle->data;

	if (++e->closed < TIMERS)
		return;
	cc_email_settings_done(&e->set);
	free(e);
}

static void
finish_close(struct email *e)
{
	if (!e->closing || e->freeing || e->child != NULL || e->waiting.n != 0 ||
	    e->batch.n != 0 || e->ending.n != 0 || e->pump.waiting)
		return;
	e->freeing = true;
	uv_close((uv_handle_t *)&e->deadline, on_timer_closed);
	uv_close((uv_handle_t *)&e->pause, on_timer_closed);
}

/* `j` is on no list any more.  The callback may send again. */
static void
answer(struct job *j, const struct cc_notify_result *result)
{
	struct cc_notify_req *req = j->req;
	struct cc_notify_result copy = *result;

	free(j);
	req->module = NULL;
	req->done(req, &copy);
}

static void
on_ending(struct cc_notify_defer *d)
{
	struct job *j = (struct job *)(void *)d;
	struct email *e = j->owner;

	list_drop(&e->ending, j);
	answer(j, &j->result);
	finish_close(e);
}

/* Answers later: for callers inside send(), cancel() or close(). */
static void
answer_later(struct job *j, enum cc_notify_outcome outcome, const char *code)
{
	cc_notify_result_set(&j->result, outcome, code, "");
	list_add(&j->owner->ending, j);
	j->defer.fn = on_ending;
	j->owner->host->defer(j->owner->host, &j->defer);
}

static void
answer_all(struct list *l, const struct cc_notify_result *result)
{
	struct list taken = *l;
	struct job *j, *next;

	memset(l, 0, sizeof *l);
	for (j = taken.first; j != NULL; j = j->next)
		j->seq = UINT64_MAX;	/* too late to cancel, also from a callback below */
	for (j = taken.first; j != NULL; j = next) {
		next = j->next;
		answer(j, result);
	}
}

static void
fail_all(struct list *l, const char *code, const char *why, int64_t retry_after)
{
	struct cc_notify_result result;

	cc_notify_result_set(&result, CC_NOTIFY_TEMP_FAIL, code, why);
	result.retry_after = retry_after;
	answer_all(l, &result);
}

static void
wake_pump(struct email *e)
{
	if (!e->pump.waiting)
		e->host->defer(e->host, &e->pump);
}

/* A wrong password or setting: every further try would fail as well, and may lock the
 * account.  So none is made for a while. */
static void
hold(struct email *e, const char *code, const char *why)
{
	e->held_until = uv_now(e->host->loop) + (uint64_t)e->set.auth_hold_s * 1000;
	(void)snprintf(e->held_code, sizeof e->held_code, "%s", code);
	(void)snprintf(e->held_why, sizeof e->held_why, "%s", why);
	say(e, CC_LOG_ERR, "configuration error, mail is held back", why);
}

static int64_t
hold_left(const struct email *e)
{
	uint64_t now = uv_now(e->host->loop);

	return e->held_until <= now ? 0 : (int64_t)((e->held_until - now + 999) / 1000);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct email *e = timer->data;

	if (e->child == NULL)
		return;
	say(e, CC_LOG_WARN, "worker", "killed, it did not finish in time");
	cc_mail_child_kill(e->child);
}

/* --- the worker's lines ------------------------------------------------------ */

static const struct {
	const char *kind;
	enum cc_notify_outcome outcome;
	bool config;
} kinds[] = {
	{ "sent", CC_NOTIFY_SENT, false }, { "temp", CC_NOTIFY_TEMP_FAIL, false },
	{ "perm", CC_NOTIFY_PERM_FAIL, false }, { "config", CC_NOTIFY_TEMP_FAIL, true },
	{ "doubt", CC_NOTIFY_TEMP_FAIL, false },
};

static bool
on_result(struct email *e, char *const *field)
{
	struct cc_notify_result result;
	struct job *j = e->batch.first;
	uint64_t seq;

	if (!cc_mailer_number(field[1], &seq))
		return false;
	while (j != NULL && j->seq != seq)
		j = j->next;
	for (size_t i = 0; j != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].kind, field[2]) != 0)
			continue;
		cc_notify_result_set(&result, kinds[i].outcome, field[3], field[4]);
		if (kinds[i].config && hold_left(e) == 0)
			hold(e, field[3], field[4]);
		if (kinds[i].config)
			result.retry_after = hold_left(e);
		list_drop(&e->batch, j);
		answer(j, &result);
		return true;
	}
	return false;
}

static bool
become_idle(struct email *e)
{
	(void)uv_timer_stop(&e->deadline);
	e->phase = IDLE;
	if (e->closing) {
		cc_mail_child_hang_up(e->child);
		(void)uv_timer_start(&e->deadline, on_deadline, e->set.grace_ms, 0);
	}
	wake_pump(e);
	return true;
}

static bool
on_line(void *owner, char *const *field, unsigned n)
{
	struct email *e = owner;

	if (e->phase == STARTING && n == 2 && strcmp(field[0], "ready") == 0)
		return strcmp(field[1], CC_MAILER_VERSION) == 0 && become_idle(e);
	if (e->phase == STARTING && n == 2 && strcmp(field[0], "refused") == 0) {
		e->refused = true;
		hold(e, "config", field[1]);
		return true;
	}
	if (e->phase == BUSY && n == 5 && strcmp(field[0], "result") == 0)
		return on_result(e, field);
	if (e->phase == BUSY && n == 2 && strcmp(field[0], "end") == 0) {
		e->pause_ms = 0;
		return e->batch.n == 0 && become_idle(e);
	}
	return false;
}

/* --- its life ---------------------------------------------------------------- */

static void
on_pause(uv_timer_t *timer)
{
	struct email *e = timer->data;

	e->paused = false;
	wake_pump(e);
}

static void
start_pause(struct email *e)
{
	uint32_t ms = e->pause_ms == 0 ? PAUSE_FIRST_MS : e->pause_ms * 2;

	e->pause_ms = ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : ms;
	e->paused = true;
	(void)uv_timer_start(&e->pause, on_pause, e->pause_ms, 0);
}

static void
on_gone(void *owner, int64_t status, int sig)
{
	struct email *e = owner;
	enum phase phase = e->phase;
	struct cc_notify_result result;
	char why[96];

	e->child = NULL;
	e->phase = NONE;
	(void)uv_timer_stop(&e->deadline);
	(void)snprintf(why, sizeof why, sig != 0 ?
	    "the mail worker was ended by signal %d" :
	    "the mail worker ended with code %d", sig != 0 ? sig : (int)status);
	cc_notify_result_set(&result, e->closing ? CC_NOTIFY_CANCELLED :
	    CC_NOTIFY_TEMP_FAIL, "in doubt", why);
	if (!e->closing && !e->refused)
		say(e, CC_LOG_WARN, phase == BUSY ? "in the middle of a session" :
		    "between sessions", why);
	answer_all(&e->batch, &result);
	if (phase == STARTING && !e->refused)
		fail_all(&e->waiting, "worker", why, -1);
	if (!e->closing) {
		start_pause(e);
		wake_pump(e);
	}
	finish_close(e);
}

static void
put_config(const struct email *e, struct cc_buf *b)
{
	const struct cc_email_settings *s = &e->set;
	char timeout[16], connections[16];

	(void)snprintf(timeout, sizeof timeout, "%u", s->timeout_ms);
	(void)snprintf(connections, sizeof connections, "%u", s->connections);
	cc_mailer_put(b, "config", true);
	cc_mailer_put(b, CC_MAILER_VERSION, false);
	cc_mailer_put(b, s->transport, false);
	cc_mailer_put(b, s->host, false);
	cc_mailer_put(b, s->port, false);
	cc_mailer_put(b, s->tls, false);
	cc_mailer_put(b, s->tls_min, false);
	cc_mailer_put(b, s->ca_file, false);
	cc_mailer_put(b, s->user, false);
	cc_mailer_put(b, s->password_file, false);
	cc_mailer_put(b, s->token_file, false);
	cc_mailer_put(b, s->hostname, false);
	cc_mailer_put(b, timeout, false);
	cc_mailer_put(b, connections, false);
	cc_mailer_put(b, s->dsn ? "yes" : "no", false);
	cc_buf_char(b, '\n');
}

static void
start_worker(struct email *e)
{
	struct cc_mail_child_config config = {
		.loop = e->host->loop, .program = e->set.worker, .home = e->set.home,
		.owner = e, .on_line = on_line, .on_gone = on_gone,
	};
	struct cc_buf b;
	struct cc_err err;

	e->refused = false;
	if (cc_mail_child_start(&config, &e->child, &err) != CC_OK) {
		e->child = NULL;
		say(e, CC_LOG_ERR, "worker", err.msg);
		start_pause(e);
		fail_all(&e->waiting, "worker", err.msg, -1);
		return;
	}
	e->phase = STARTING;
	(void)uv_timer_start(&e->deadline, on_deadline, e->set.deadline_ms, 0);
	cc_buf_init(&b, CC_MAILER_LINE_MAX);
	put_config(e, &b);
	cc_mail_child_write(e->child, &b);
}

/* --- batches ----------------------------------------------------------------- */

static enum cc_code
put_job(struct email *e, struct cc_buf *b, struct job *j, struct cc_err *reterr)
{
	const struct cc_notify_req *req = j->req;
	struct cc_mail mail = {
		.message = req->message, .from = e->set.from, .to = req->to,
		.date = e->host->now(e->host), .title_in_subject = e->set.title_in_subject,
		.templates = e->host->templates, .calendar = e->set.calendar,
	};
	char seq[24], *text;
	enum cc_code code = cc_mail_render(&mail, &text, reterr);

	j->seq = ++e->seq;
	if (code != CC_OK)
		return code;
	(void)snprintf(seq, sizeof seq, "%llu", (unsigned long long)j->seq);
	cc_mailer_put(b, "job", true);
	cc_mailer_put(b, seq, false);
	cc_mailer_put(b, req->message->id, false);
	cc_mailer_put(b, e->set.bounce, false);
	cc_mailer_put(b, req->to, false);
	cc_mailer_put(b, text, false);
	cc_buf_char(b, '\n');
	free(text);
	return b->fail;
}

/* Moves jobs into the batch; those that cannot be rendered go to `ret_bad`. */
static void
fill_batch(struct email *e, struct cc_buf *b, struct list *ret_bad)
{
	struct cc_err err;

	while (e->batch.n < e->set.batch && e->waiting.first != NULL) {
		struct job *j = e->waiting.first;
		size_t mark = b->n;
		enum cc_code code = put_job(e, b, j, &err);

		if (b->fail != CC_OK) {
			code = cc_buf_end(b, mark);
			err.msg[0] = '\0';
		}
		list_drop(&e->waiting, j);
		if (code == CC_OK) {
			list_add(&e->batch, j);
			continue;
		}
		cc_notify_result_set(&j->result, code == CC_ENOMEM ?
		    CC_NOTIFY_TEMP_FAIL : CC_NOTIFY_PERM_FAIL, cc_code_text(code),
		    err.msg);
		list_add(ret_bad, j);
	}
}

static void
send_batch(struct email *e)
{
	struct list bad = { .n = 0 };
	struct job *j, *next;
	char line[48];
	struct cc_buf b;

	cc_buf_init(&b, (size_t)CC_MAILER_LINE_MAX * e->set.batch);
	fill_batch(e, &b, &bad);
	if (e->batch.n > 0) {
		(void)snprintf(line, sizeof line, "go\t%u\n", e->batch.n);
		cc_buf_puts(&b, line);
		e->phase = BUSY;
		(void)uv_timer_start(&e->deadline, on_deadline, e->set.deadline_ms, 0);
		cc_mail_child_write(e->child, &b);
	}
	cc_buf_done(&b);
	for (j = bad.first; j != NULL; j = next) {
		next = j->next;
		answer(j, &j->result);
	}
	if (e->phase == IDLE && e->waiting.n > 0)
		wake_pump(e);
}

static void
on_pump(struct cc_notify_defer *d)
{
	struct email *e = (struct email *)(void *)d;
	int64_t left = hold_left(e);

	if (!e->closing && e->waiting.n > 0) {
		if (left > 0)
			fail_all(&e->waiting, e->held_code, e->held_why, left);
		else if (e->phase == IDLE)
			send_batch(e);
		else if (e->phase == NONE && !e->paused)
			start_worker(e);
	}
	finish_close(e);
}

/* --- the module -------------------------------------------------------------- */

static enum cc_code
email_open(struct cc_notify_host *host, const struct cc_notify_cfg *cfg, void **ret_self,
    struct cc_err *reterr)
{
	struct email *e = calloc(1, sizeof *e);
	enum cc_code code;

	if (e == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "email: no memory");
	code = cc_email_settings_take(cfg, &e->set, reterr);
	if (code != CC_OK) {
		free(e);
		return code;
	}
	e->host = host;
	e->pump.fn = on_pump;
	(void)uv_timer_init(host->loop, &e->deadline);	/* neither can fail */
	(void)uv_timer_init(host->loop, &e->pause);
	e->deadline.data = e->pause.data = e;
	*ret_self = e;
	return CC_OK;
}

static enum cc_code
email_send(void *self, struct cc_notify_req *req, struct cc_err *reterr)
{
	struct email *e = self;
	struct job *j;

	if (e->closing)
		return cc_fail(reterr, CC_EINVAL, 0, "email: closed");
	if (e->waiting.n + e->batch.n + e->ending.n >= e->set.queue)
		return cc_fail(reterr, CC_EBUSY, 0, "email: %u messages wait already",
		    e->set.queue);
	j = calloc(1, sizeof *j);
	if (j == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "email: no memory");
	j->owner = e;
	j->req = req;
	req->module = j;
	list_add(&e->waiting, j);
	wake_pump(e);
	return CC_OK;
}

/* What the worker has cannot be taken back: its deadline bounds the wait. */
static void
email_cancel(void *self, struct cc_notify_req *req)
{
	struct email *e = self;
	struct job *j = req->module;

	if (j == NULL || j->seq != 0 || j->defer.waiting)
		return;
	list_drop(&e->waiting, j);
	answer_later(j, CC_NOTIFY_CANCELLED, "cancelled");
}

/* A session under way may end in order within the grace, so that few mails are in
 * doubt; then the worker is killed. */
static void
email_close(void *self)
{
	struct email *e = self;
	struct job *j;

	if (e == NULL)
		return;
	assert(!e->closing);
	e->closing = true;
	(void)uv_timer_stop(&e->pause);
	while ((j = e->waiting.first) != NULL) {
		list_drop(&e->waiting, j);
		answer_later(j, CC_NOTIFY_CANCELLED, "closed");
	}
	if (e->child != NULL) {
		if (e->phase != BUSY)
			cc_mail_child_hang_up(e->child);
		(void)uv_timer_start(&e->deadline, on_deadline, e->set.grace_ms, 0);
	}
	wake_pump(e);
}

const struct cc_notifier cc_notifier_email = {
	.abi = CC_NOTIFIER_ABI, .name = "email",
	.help = "send mail through an SMTP server, by a worker process",
	.open = email_open, .send = email_send, .cancel = email_cancel,
	.close = email_close,
};
