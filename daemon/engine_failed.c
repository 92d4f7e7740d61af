/* Messages that did not arrive, and endpoints that are gone: outcomes, notices. */
#include "daemon/engine_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/endpoints.h"
#include "daemon/log.h"
#include "daemon/methods_inner.h"
#include "daemon/tell_inner.h"
#include "policy/heap.h"
#include "store/outbox.h"

enum { MESSAGE_ARENA = 16 * 1024 * 1024 };

/* An error of one message is no reason to lose what became of the others. */
static enum cc_code
unless_spoiled(enum cc_code code, const char *what, const struct cc_err *err,
    struct cc_err *reterr)
{
	if (code == CC_EIO || code == CC_EBUSY || code == CC_ENOMEM)
		return cc_fail(reterr, code, err->sys, "%s", err->msg);
	if (code != CC_OK)
		cc_log_err(CC_LOG_ERR, what, err);
	return CC_OK;
}

/* --- outcomes ------------------------------------------------------------------------ */

/* It answered that it is gone (410): kept, so that a restart knows it too. */
static enum cc_code
disable(struct cc_engine *e, struct cc_str channel, struct cc_err *reterr)
{
	const char *url = cc_endpoint_url(&e->setup->config, channel);
	char key[CC_ENDPOINT_KEY], words[200], cause[128];
	enum cc_code code;

	cc_endpoint_key(channel, key);
	(void)snprintf(words, sizeof words, "Endpoint %.*s answered that it is gone (410) and "
	    "is not used any more; caseclock endpoint enable uses it again", (int)channel.n,
	    channel.p);	/* fits */
	(void)snprintf(cause, sizeof cause, "disabled %.*s", (int)channel.n, channel.p);
	code = cc_store_meta_put(e->cf.store, cc_tell_text(key), cc_tell_text(url), reterr);
	return code != CC_OK ? code : cc_tell_operator(e, CC_STR(""), words,
	    cc_tell_text(cause), reterr);
}

enum cc_code
cc_engine_failed(struct cc_engine *e, const struct cc_outcome *o, struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.after = o->no - 1, .payload = true, .limit = 1};
	struct cc_store_messages list = {0};
	struct cc_err err = {.msg = ""};
	struct cc_arena keep;
	enum cc_code code;

	cc_heap_arena_init(&keep, MESSAGE_ARENA);
	code = cc_store_messages_list(e->cf.store, &f, &keep, &list, &err);
	if (code == CC_OK && list.n == 1 && o->disabled)
		code = disable(e, list.items[0].channel, &err);
	if (code == CC_OK && list.n == 1 && o->to == CC_OUTBOX_DEAD)
		code = cc_tell_higher(e, &list.items[0], &err);
	cc_arena_done(&keep);
	return unless_spoiled(code, "a message that did not arrive", &err, reterr);
}

/* --- endpoint.enable ----------------------------------------------------------------- */

static bool
is_module(const struct cc_config *cf, struct cc_str name)
{
	for (uint32_t i = 0; i < cf->ncopies; i++)
		if (cc_str_eq(cc_tell_text(cf->copies[i]), name))
			return true;
	for (uint32_t i = 0; i < cf->modules.n; i++)
		if (strncmp(cf->modules.items[i].key, name.p, name.n) == 0 &&
		    cf->modules.items[i].key[name.n] == '.')
			return true;
	return false;
}

static bool
is_channel(const struct cc_config *cf, struct cc_str name)
{
	if (cc_str_eq(name, CC_STR("email")))
		return cf->mail.n > 0;
	return cc_endpoint_url(cf, name)[0] != '\0' || is_module(cf, name);
}

enum cc_code
cc_engine_endpoint_enable(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_str name = {"", 0};
	char key[CC_ENDPOINT_KEY];
	struct cc_buf b;
	enum cc_code code = cc_rpc_need(j->rpc, "endpoint", reterr);

	if (code == CC_OK)
		code = cc_rpc_text(j->rpc, "endpoint", &name, reterr);
	if (code != CC_OK)
		return code;
	if (name.n == 0 || name.n > CC_CHANNEL_MAX || !is_channel(&e->setup->config, name))
		return cc_fail(reterr, CC_EINVAL, 0, "endpoint: the configuration has no "
		    "'%.79s'; expected email, webhook:NAME or the name of a module", name.p);
	cc_endpoint_key(name, key);
	code = cc_store_meta_put(e->cf.store, cc_tell_text(key), CC_STR(""), reterr);
	if (code != CC_OK)
		return code;
	cc_log(CC_LOG_NOTICE, "endpoint %.*s is used again", (int)name.n, name.p);
	cc_buf_init(&b, 512);
	cc_buf_char(&b, '{');
	cc_put_text(&b, "endpoint", name);
	cc_buf_char(&b, '}');
	cc_method_result(j, &b);
	cc_buf_done(&b);
	return CC_OK;
}

/* --- message.bounced ------------------------------------------------------------------ */

/* A delivery notice, as RFC 3464 has it. */
struct notice {
	struct cc_str id, action, status, detail;
	char code[CC_OUTBOX_CODE_MAX], words[CC_STORE_DETAIL_MAX + 1];
};

/* "5.1.1": a class and two numbers. */
static bool
is_status(struct cc_str s)
{
	uint32_t i = 2;

	if (s.n < 5 || s.n > 9 || s.p[1] != '.' || (s.p[0] != '2' && s.p[0] != '4' &&
	    s.p[0] != '5'))
		return false;
	for (int part = 0; part < 2; part++) {
		uint32_t begin = i;

		while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
		if (i == begin || i > begin + 3)
			return false;
		if (part == 0 && (i == s.n || s.p[i++] != '.'))
			return false;
	}
	return i == s.n;
}

static bool
is_action(struct cc_str s)
{
	static const char *const actions[] = {"failed", "delayed", "delivered", "relayed",
	    "expanded"};

	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (cc_str_eq(s, cc_tell_text(actions[i])))
			return true;
	return false;
}

/* The words come out of a mail that anybody may have written: on one line. */
static void
one_line(struct cc_str from, char ret[CC_STORE_DETAIL_MAX + 1])
{
	struct cc_str s = cc_store_cut(from, CC_STORE_DETAIL_MAX);

	for (uint32_t i = 0; i < s.n; i++)
		ret[i] = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i];
	ret[s.n] = '\0';
}

static enum cc_code
read_notice(const struct cc_rpc *rpc, struct notice *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_rpc_need(rpc, "id", reterr);

	memset(ret, 0, sizeof *ret);
	ret->action = CC_STR("failed");
	ret->status = ret->detail = CC_STR("");
	if (code == CC_OK)
		code = cc_rpc_text(rpc, "id", &ret->id, reterr);
	if (code == CC_OK)
		code = cc_rpc_text(rpc, "action", &ret->action, reterr);
	if (code == CC_OK)
		code = cc_rpc_text(rpc, "status", &ret->status, reterr);
	if (code == CC_OK)
		code = cc_rpc_text(rpc, "detail", &ret->detail, reterr);
	if (code != CC_OK)
		return code;
	if (!is_action(ret->action))
		return cc_fail(reterr, CC_EINVAL, 0, "action: expected failed, delayed, "
		    "delivered, relayed or expanded; got '%.40s'", ret->action.p);
	if (ret->status.n > 0 && !is_status(ret->status))
		return cc_fail(reterr, CC_EINVAL, 0, "status: expected one such as 5.1.1; got "
		    "'%.40s'", ret->status.p);
	(void)snprintf(ret->code, sizeof ret->code, "%.16s%s%.9s", cc_str_eq(ret->action,
	    CC_STR("failed")) ? "bounced" : ret->action.p, ret->status.n > 0 ? " " : "",
	    ret->status.p);	/* fits */
	one_line(ret->detail, ret->words);
	return CC_OK;
}

/* What was noted of a message, for good. */
static enum cc_code
audit(struct cc_engine *e, const struct cc_job *j, const struct notice *n,
    struct cc_err *reterr)
{
	char who[32], detail[CC_STORE_TEXT_MAX];
	int nwho = snprintf(who, sizeof who, "uid %" PRIuMAX, (uintmax_t)j->uid);	/* fits */
	int len = snprintf(detail, sizeof detail, "%.64s: %s %s", n->id.p, n->code, n->words);
	struct cc_store_audit row = {.at = e->now.wall, .who = {who, (uint32_t)nwho},
	    .what = CC_STR("message.bounced"), .detail = {detail, (uint32_t)len}};

	return cc_store_audit_add(e->cf.store, &row, reterr);
}

/* One that was sent has not arrived: it counts as a rung that failed.  What is not, or
 * not yet, sent goes its way. */
static enum cc_code
bounce(struct cc_engine *e, const struct notice *n, struct cc_store_message *m,
    struct cc_arena *keep, bool *ret, struct cc_err *reterr)
{
	struct cc_err err = {.msg = ""};
	enum cc_code code;

	*ret = false;
	if (!cc_str_eq(n->action, CC_STR("failed")) || m->state != CC_OUTBOX_SENT)
		return CC_OK;
	code = cc_store_outbox_bounce(e->cf.store, n->id, cc_tell_text(n->code),
	    cc_tell_text(n->words), e->now.wall, reterr);
	if (code == CC_OK)
		code = cc_store_message_get(e->cf.store, n->id, keep, m, reterr);
	if (code != CC_OK)
		return code;
	*ret = true;
	code = cc_tell_higher(e, m, &err);
	return unless_spoiled(code, "a message that came back", &err, reterr);
}

static void
answer(struct cc_job *j, const struct cc_store_message *m, bool bounced)
{
	struct cc_buf b;

	cc_buf_init(&b, 1024);
	cc_buf_char(&b, '{');
	cc_put_text(&b, "id", m->id);
	cc_put_bool(&b, "bounced", bounced);
	cc_put_text(&b, "state", cc_tell_text(cc_outbox_state_text(m->state)));
	cc_buf_char(&b, '}');
	cc_method_result(j, &b);
	cc_buf_done(&b);
}

enum cc_code
cc_engine_bounced(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_store_message m;
	struct cc_arena keep;
	struct notice n;
	bool bounced = false;
	enum cc_code code = read_notice(j->rpc, &n, reterr);

	if (code != CC_OK)
		return code;
	cc_heap_arena_init(&keep, MESSAGE_ARENA);
	code = n.id.n == 0 || n.id.n > CC_STORE_ID_MAX ? CC_ENOENT :
	    cc_store_message_get(e->cf.store, n.id, &keep, &m, reterr);
	if (code == CC_ENOENT)
		code = cc_fail(reterr, code, 0, "id: there is no message '%.64s'", n.id.p);
	else if (code == CC_OK)
		code = bounce(e, &n, &m, &keep, &bounced, reterr);
	if (code == CC_OK)
		code = audit(e, j, &n, reterr);
	if (code == CC_OK)
		answer(j, &m, bounced);
	cc_arena_done(&keep);
	return code;
}
