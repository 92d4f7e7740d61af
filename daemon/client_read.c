#include "daemon/client_inner.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/methods.h"
#include "wire/answer.h"
#include "wire/line.h"

/* --- a line becomes a job -------------------------------------------------------- */

static struct cc_job *
refusal(struct cc_client *c, const struct cc_refused *r)
{
	struct cc_job *j = NULL;
	struct cc_buf b;

	CC_COUNT(c->all->figures, refused);
	cc_buf_init(&b, CC_ANSWER_MAX_BYTES);
	if (cc_answer_put_refused(&b, r) == CC_OK)
		j = cc_job_said(&b);
	cc_buf_done(&b);
	return j;
}

/* Of an import: nothing can have been recorded after now. */
static struct cc_job *
recorded_ahead(struct cc_client *c, const struct cc_draft *d)
{
	struct cc_refused r = {.code = CC_NOT_REFUSED};

	cc_refused_of(&r, d->id, d->source);
	cc_refuse(&r, CC_REFUSED_FUTURE_TIME, "/recordedtime",
	    "an event that is imported was recorded before now");
	return refusal(c, &r);
}

/* Bytes of an event, independent of the policy that it was read under. */
static struct cc_job *
event(struct cc_client *c, const struct cc_draft *d, struct cc_wall now)
{
	struct cc_refused r = {.code = CC_NOT_REFUSED};
	struct cc_err err = {.msg = ""};
	struct cc_job *j;
	struct cc_str bytes;
	enum cc_code code;

	if (c->importing && d->has_recorded && d->recorded.s > now.s)
		return recorded_ahead(c, d);
	code = cc_event_encode(&c->all->setup->pack->schema, d, &c->all->arena, &bytes,
	    &err);
	if (code == CC_OK) {
		j = cc_job_event(d, bytes);
		if (j != NULL && c->importing && d->has_recorded)
			j->recorded = d->recorded;
		return j;
	}
	cc_refused_of(&r, d->id, d->source);
	cc_refuse(&r, code == CC_ERANGE ? CC_REFUSED_TOO_LARGE : CC_REFUSED_OVERLOADED, "",
	    "%s", err.msg);
	return refusal(c, &r);
}

static struct cc_job *
rpc_error(struct cc_rpc *rpc, int code, const char *words)
{
	struct cc_rpc_error e = {.code = code, .message = words};
	struct cc_job *j = NULL;
	struct cc_buf b;

	cc_buf_init(&b, CC_ANSWER_MAX_BYTES);
	if (cc_rpc_error(&b, cc_rpc_id(rpc), &e) == CC_OK)
		j = cc_job_said(&b);
	cc_buf_done(&b);
	cc_rpc_free(rpc);
	return j;
}

static struct cc_job *
request(struct cc_client *c, struct cc_rpc *rpc)
{
	const struct cc_method *m;

	if (cc_rpc_fault(rpc) != NULL)
		return rpc_error(rpc, CC_RPC_INVALID, cc_rpc_fault(rpc));
	m = cc_method_find(cc_rpc_method(rpc));
	if (m == NULL)
		return rpc_error(rpc, CC_RPC_METHOD, "no such method");
	if (!c->rights.may[cc_method_right(m)])
		return rpc_error(rpc, CC_RPC_FORBIDDEN, "this user may not ask that");
	c->importing = c->importing || cc_method_imports(m, rpc);
	return cc_job_request(rpc, m);
}

static struct cc_job *
job_of(struct cc_client *c, struct cc_str text)
{
	const struct cc_setup *s = c->all->setup;
	struct cc_line_rules rules = {.schema = &s->pack->schema, .zones = &s->zones,
	    .max_bytes = s->config.limits.line, .may_send = c->rights.may[CC_RIGHT_SEND],
	    .has_now = true, .now = c->all->now(c->all->now_self).wall,
	    .ahead = s->config.limits.ahead};
	struct cc_job *j = NULL;
	struct cc_line line;

	cc_wire_line_parse(&rules, text, &c->all->arena, &line);
	switch (line.kind) {
	case CC_LINE_EVENT:
		j = event(c, &line.draft, rules.now);
		break;
	case CC_LINE_REQUEST:
		j = request(c, line.request);
		break;
	case CC_LINE_REFUSED:
		j = refusal(c, &line.refused);
		break;
	}
	cc_arena_reset(&c->all->arena);
	return j;
}

/* --- a job goes to the engine ------------------------------------------------------ */

static bool
hand_on(struct cc_client *c)
{
	struct cc_job *j = c->held;

	if (j == NULL)
		return true;
	if (j->work.kind == CC_WORK_REQUEST && c->asking)
		return false;
	if (!cc_engine_submit(c->all->engine, &j->work)) {
		c->all->stalled = true;
		return false;
	}
	c->held = NULL;
	j->away = true;
	if (j->work.kind == CC_WORK_REQUEST)
		c->asking = true;
	return true;
}

static void
take(struct cc_client *c, struct cc_job *j)
{
	if (j == NULL) {	/* no memory, not even for words */
		cc_client_close(c);
		return;
	}
	j->client = c;
	j->uid = c->rights.uid;
	j->next_of_client = NULL;
	*c->last_job = j;
	c->last_job = &j->next_of_client;
	c->pending++;
	if (j->work.kind != CC_WORK_SAID)
		c->held = j;
}

void
cc_client_drop_held(struct cc_client *c)
{
	struct cc_job **at = &c->jobs;

	if (c->held == NULL)
		return;
	while (*at != c->held)
		at = &(*at)->next_of_client;
	*at = NULL;	/* it is the last */
	c->last_job = at;
	cc_job_free(c->held);
	c->held = NULL;
	c->pending--;
}

/* --- bytes become lines ---------------------------------------------------------------- */

static bool
may_take(const struct cc_client *c)
{
	return !c->closing && !c->last_words && !c->all->draining &&
	    c->pending < c->all->setup->config.limits.pending &&
	    c->out.n + c->sending.n < CC_CLIENT_OUT;
}

static void
too_long(struct cc_client *c)
{
	struct cc_refused r;

	cc_wire_line_too_large(c->all->setup->config.limits.line, &r);
	take(c, refusal(c, &r));
	c->last_words = true;
	c->nin = 0;
}

/* Takes whole lines as long as it may; the rest moves to the front. */
static void
take_lines(struct cc_client *c)
{
	size_t at = 0;

	while (hand_on(c) && may_take(c)) {
		size_t from = c->scanned > at ? c->scanned : at;
		const char *end = c->nin > from ? memchr(c->in + from, '\n', c->nin - from) :
		    NULL;

		if (end == NULL) {
			c->scanned = c->nin;
			break;
		}
		take(c, job_of(c, (struct cc_str){c->in + at,
		    (uint32_t)(end - (c->in + at))}));
		at = (size_t)(end - c->in) + 1;
		c->scanned = at;
	}
	if (c->closing)
		return;
	if (at > 0) {
		memmove(c->in, c->in + at, c->nin - at);
		c->nin -= at;
		c->scanned -= at;
	}
	if (may_take(c) && c->held == NULL && c->nin > c->all->setup->config.limits.line &&
	    memchr(c->in, '\n', c->nin) == NULL)
		too_long(c);
}

/* The other side says no more: half a line is dropped. */
static void
end_of_input(struct cc_client *c)
{
	if (!c->ended || c->nin == 0 || c->held != NULL || !may_take(c) ||
	    memchr(c->in, '\n', c->nin) != NULL)
		return;
	CC_COUNT(c->all->figures, half_lines);
	c->nin = 0;
}

void
cc_client_go_on(struct cc_client *c)
{
	if (c->closing)
		return;
	take_lines(c);
	if (!c->closing)
		end_of_input(c);
	if (!c->closing)
		cc_client_emit(c);
	if (!c->closing)
		cc_client_flush(c);
	if (!c->closing)
		cc_client_read(c);
}

/* --- reading ------------------------------------------------------------------------------ */

static void
on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct cc_client *c = handle->data;
	size_t most = (size_t)c->all->setup->config.limits.line + 1;
	size_t cap = c->cap == 0 ? CC_CLIENT_IN : c->cap * 2;
	char *more;

	(void)suggested;
	if (c->cap - c->nin < CC_CLIENT_IN / 2 && c->cap < most) {
		cap = cap > most ? most : cap;
		more = realloc(c->in, cap);
		if (more != NULL) {
			c->in = more;
			c->cap = cap;
		}
	}
	*buf = uv_buf_init(c->in + c->nin, (unsigned)(c->cap - c->nin));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct cc_client *c = stream->data;

	(void)buf;
	if (n == UV_EOF) {
		c->ended = true;
		(void)uv_read_stop(stream);
		c->reading = false;
	} else if (n < 0) {
		cc_client_close(c);
		return;
	} else {
		c->nin += (size_t)n;
	}
	cc_client_go_on(c);
}

/* Reads when what came would be taken, and rests otherwise. */
void
cc_client_read(struct cc_client *c)
{
	bool read = may_take(c) && c->held == NULL && !c->ended;

	if (read == c->reading)
		return;
	c->reading = read;
	if (!read)
		(void)uv_read_stop((uv_stream_t *)&c->pipe);
	else if (uv_read_start((uv_stream_t *)&c->pipe, on_room, on_read) != 0)
		cc_client_close(c);
}
