#include "daemon/methods.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/methods_inner.h"

#ifndef CC_VERSION
#define CC_VERSION "unknown"
#endif

struct cc_method {
	const char *name;
	enum cc_right right;
	cc_method_fn *read;		/* NULL: the engine runs it */
	const char *const *params;
};

#define PARAMS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_PARAMS ((const char *const[]){NULL})

static const struct cc_method methods[] = {
	{"status", CC_RIGHT_READ, cc_method_status, NO_PARAMS},
	{"clocks.list", CC_RIGHT_READ, cc_method_clocks,
	    PARAMS("case", "clock", "subject", "state", "limit", "cursor")},
	{"clock.explain", CC_RIGHT_READ, cc_method_explain,
	    PARAMS("case", "clock", "subject", "period")},
	{"case.events", CC_RIGHT_READ, cc_method_events,
	    PARAMS("case", "limit", "cursor")},
	{"alerts.list", CC_RIGHT_READ, cc_method_alerts,
	    PARAMS("case", "held", "limit", "cursor")},
	{"messages.list", CC_RIGHT_READ, cc_method_messages,
	    PARAMS("case", "state", "alert", "limit", "cursor")},
	{"messages.redrive", CC_RIGHT_ADMIN, NULL, PARAMS("id", "alert", "all")},
	{"policy.info", CC_RIGHT_READ, cc_method_policy, NO_PARAMS},
	{"backup", CC_RIGHT_ADMIN, cc_method_backup, PARAMS("path")},
};

const struct cc_method *
cc_method_find(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

const char *
cc_method_name(const struct cc_method *m)
{
	return m->name;
}

enum cc_right
cc_method_right(const struct cc_method *m)
{
	return m->right;
}

bool
cc_method_writes(const struct cc_method *m)
{
	return m->read == NULL;
}

/* --- answers ------------------------------------------------------------------- */

/* The buffer becomes the answer; without memory the line is missing and the
 * connection ends. */
static void
answer(struct cc_job *j, struct cc_buf *b)
{
	free(j->text);
	j->ntext = b->n;
	j->text = cc_buf_take(b);
	if (j->text == NULL)
		j->ntext = 0;
	cc_buf_done(b);
}

void
cc_method_error(struct cc_job *j, int code, const char *message)
{
	struct cc_rpc_error e = {.code = code, .message = message};
	struct cc_buf b;

	cc_buf_init(&b, CC_ANSWER_MAX);
	if (cc_rpc_error(&b, cc_rpc_id(j->rpc), &e) != CC_OK)
		cc_buf_clear(&b);
	answer(j, &b);
}

void
cc_method_failed(struct cc_job *j, const struct cc_err *err)
{
	cc_method_error(j, CC_RPC_STORE, err->msg);
}

void
cc_method_refused(struct cc_job *j, const struct cc_err *err)
{
	cc_method_error(j, CC_RPC_PARAMS, err->msg);
}

static enum cc_code
call(const struct cc_method *m, struct cc_call *c, struct cc_err *reterr)
{
	enum cc_code code = cc_rpc_only(c->rpc, m->params, reterr);

	return code == CC_OK ? m->read(c, reterr) : code;
}

void
cc_method_read(struct cc_job *j, struct cc_call *c)
{
	struct cc_err err = {.msg = ""};
	struct cc_buf b;
	size_t mark;
	enum cc_code code;

	cc_buf_init(&b, CC_ANSWER_MAX);
	c->rpc = j->rpc;
	c->out = &b;
	mark = cc_rpc_begin(&b, cc_rpc_id(j->rpc));
	code = call(j->method, c, &err);
	c->out = NULL;	/* the buffer ends with this function */
	if (code == CC_OK && cc_rpc_end(&b, mark) == CC_OK) {
		answer(j, &b);
		return;
	}
	cc_buf_done(&b);
	if (code == CC_OK)
		cc_method_error(j, CC_RPC_STORE, "the answer is too large; ask for less");
	else if (code == CC_EINVAL || code == CC_ENOENT)
		cc_method_refused(j, &err);
	else
		cc_method_failed(j, &err);
}

/* --- messages.redrive ------------------------------------------------------------ */

enum cc_code
cc_method_redrive_read(const struct cc_job *j, struct cc_redrive_asked *ret,
    struct cc_err *reterr)
{
	struct cc_redrive_asked ask = {0};
	bool all = false;
	enum cc_code code = cc_rpc_only(j->rpc, j->method->params, reterr);

	if (code == CC_OK)
		code = cc_rpc_text(j->rpc, "id", &ask.message, reterr);
	if (code == CC_OK)
		code = cc_rpc_int(j->rpc, "alert", (struct cc_rpc_range){1, INT64_MAX},
		    &ask.alert, reterr);
	if (code == CC_OK)
		code = cc_rpc_bool(j->rpc, "all", &all, reterr);
	if (code != CC_OK)
		return code;
	if ((cc_rpc_has(j->rpc, "id") ? 1 : 0) + (ask.alert != 0 ? 1 : 0) + (all ? 1 : 0) != 1 ||
	    (cc_rpc_has(j->rpc, "id") && ask.message.n == 0))
		return cc_fail(reterr, CC_EINVAL, 0,
		    "expected one of: id of a message, alert, all true");
	*ret = ask;
	return CC_OK;
}

void
cc_method_redriven(struct cc_job *j, uint32_t n)
{
	struct cc_buf b;
	size_t mark;

	cc_buf_init(&b, CC_ANSWER_MAX);
	mark = cc_rpc_begin(&b, cc_rpc_id(j->rpc));
	CC_BUF_LIT(&b, "{\"redriven\":");
	cc_buf_int(&b, n);
	cc_buf_char(&b, '}');
	if (cc_rpc_end(&b, mark) != CC_OK)
		cc_buf_clear(&b);
	answer(j, &b);
}

/* --- small methods ------------------------------------------------------------------ */

void
cc_put_key(struct cc_buf *b, const char *name)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		cc_buf_char(b, ',');
	cc_buf_jsons(b, name);
	cc_buf_char(b, ':');
}

void
cc_put_text(struct cc_buf *b, const char *name, struct cc_str value)
{
	cc_put_key(b, name);
	cc_buf_json(b, value);
}

void
cc_put_number(struct cc_buf *b, const char *name, int64_t value)
{
	cc_put_key(b, name);
	cc_buf_int(b, value);
}

void
cc_put_wall(struct cc_buf *b, const char *name, struct cc_wall t)
{
	cc_put_key(b, name);
	cc_buf_wall(b, t);
}

void
cc_put_bool(struct cc_buf *b, const char *name, bool value)
{
	cc_put_key(b, name);
	cc_buf_puts(b, value ? "true" : "false");
}

static void
put_string(struct cc_buf *b, const char *name, const char *value)
{
	cc_put_key(b, name);
	cc_buf_jsons(b, value);
}

/* The members that tell one policy from another. */
static void
put_versions(struct cc_buf *b, const struct cc_setup *s)
{
	put_string(b, "name", s->pack->name);
	put_string(b, "version", s->pack->version);
	put_string(b, "stamp", s->pack->stamp);
	put_string(b, "effective", s->pack->effective);
	put_string(b, "zone", s->pack->zone->name);
	put_string(b, "holidays", s->pack->calendar_stamp);
	put_string(b, "zones", s->zones.version);
}

static void
put_store(struct cc_buf *b, const struct cc_store_status *s)
{
	cc_put_key(b, "store");
	cc_buf_char(b, '{');
	cc_put_number(b, "schema", s->schema);
	cc_put_number(b, "events", s->events);
	cc_put_number(b, "cases", s->cases);
	cc_put_number(b, "open_cases", s->open_cases);
	cc_put_number(b, "live", s->live);
	cc_put_number(b, "alerts", s->alerts);
	cc_put_number(b, "held", s->held);
	cc_put_number(b, "attempts", s->attempts);
	cc_put_number(b, "file_bytes", s->file_bytes);
	cc_put_number(b, "log_bytes", s->log_bytes);
	cc_buf_char(b, '}');
	cc_put_key(b, "outbox");
	cc_buf_char(b, '{');
	cc_put_number(b, "queued", s->outbox[CC_OUTBOX_QUEUED]);
	cc_put_number(b, "claimed", s->outbox[CC_OUTBOX_CLAIMED]);
	cc_put_number(b, "sent", s->outbox[CC_OUTBOX_SENT]);
	cc_put_number(b, "dead", s->outbox[CC_OUTBOX_DEAD]);
	cc_put_number(b, "superseded", s->outbox[CC_OUTBOX_SUPERSEDED]);
	cc_put_number(b, "held", s->outbox[CC_OUTBOX_HELD]);
	cc_buf_char(b, '}');
}

enum cc_code
cc_method_status(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_store_status s;
	struct cc_buf *b = c->out;
	enum cc_code code = cc_store_status(c->store, &s, reterr);

	if (code != CC_OK)
		return code;
	cc_buf_char(b, '{');
	put_string(b, "version", CC_VERSION);
	cc_put_key(b, "policy");
	cc_buf_char(b, '{');
	put_versions(b, c->setup);
	cc_buf_char(b, '}');
	cc_put_wall(b, "started", (struct cc_wall){atomic_load(&c->figures->started)});
	cc_put_wall(b, "loaded", (struct cc_wall){atomic_load(&c->figures->loaded)});
	cc_put_wall(b, "now", c->now.wall);
	cc_put_wall(b, "wake", c->wake);
	cc_put_number(b, "stale", atomic_load(&c->figures->stale));
	cc_put_number(b, "clients", (int64_t)atomic_load(&c->figures->clients));
	cc_put_number(b, "waiting", c->waiting);
	put_store(b, &s);
	cc_put_key(b, "counters");
	cc_buf_char(b, '{');
#define PUT_FIGURE(name) \
	cc_put_number(b, #name, (int64_t)atomic_load(&c->figures->name));
	CC_FIGURES(PUT_FIGURE)
#undef PUT_FIGURE
	CC_BUF_LIT(b, "}}");
	return CC_OK;
}

enum cc_code
cc_method_policy(struct cc_call *c, struct cc_err *reterr)
{
	const struct cc_pack *p = c->setup->pack;
	struct cc_buf *b = c->out;

	(void)reterr;
	cc_buf_char(b, '{');
	put_versions(b, c->setup);
	cc_put_key(b, "rules");
	cc_buf_char(b, '[');
	for (uint16_t i = 0; i < p->nrules; i++) {
		const struct cc_rule *r = p->rules[i];

		cc_buf_puts(b, i > 0 ? ",{" : "{");
		put_string(b, "id", r->id);
		put_string(b, "title", r->title);
		put_string(b, "section", r->section);
		put_string(b, "kind", cc_kind_text(r->kind));
		cc_put_bool(b, "safety", r->safety);
		cc_buf_char(b, '}');
	}
	cc_buf_char(b, ']');
	cc_put_key(b, "types");
	cc_buf_char(b, '[');
	for (uint16_t i = 0; i < p->schema.ntypes; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		cc_buf_jsons(b, p->schema.types[i].name);
	}
	CC_BUF_LIT(b, "]}");
	return CC_OK;
}

enum cc_code
cc_method_backup(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_str path = {"", 0};
	struct stat st = {0};
	enum cc_code code = cc_rpc_need(c->rpc, "path", reterr);

	if (code == CC_OK)
		code = cc_rpc_text(c->rpc, "path", &path, reterr);
	if (code != CC_OK)
		return code;
	if (path.n == 0 || path.p[0] != '/' || path.n > CC_STORE_TEXT_MAX)
		return cc_fail(reterr, CC_EINVAL, 0, "path: expected an absolute path");
	/* A backup takes its own snapshot. */
	cc_store_rollback(c->store);
	code = cc_store_backup(c->store, path.p, reterr);
	if (code == CC_ECONFLICT)
		return cc_fail(reterr, CC_EINVAL, 0, "path: there is a file already");
	if (code != CC_OK)
		return code;
	(void)stat(path.p, &st);	/* only for the size in the answer */
	cc_buf_char(c->out, '{');
	cc_put_text(c->out, "path", path);
	cc_put_number(c->out, "bytes", (int64_t)st.st_size);
	cc_buf_char(c->out, '}');
	return CC_OK;
}
