#include "daemon/engine_inner.h"
#include "daemon/log.h"
#include "daemon/methods_inner.h"
#include "daemon/tell_inner.h"
#include "daemon/until.h"

#include <inttypes.h>
#include <stdio.h>

enum { SILENCE_MOST = 30 * 86400 };

/* --- silence.add ------------------------------------------------------------------ */

/* What is not given matches all; what is given is not empty. */
static enum cc_code
scope(const struct cc_rpc *rpc, const char *name, struct cc_str *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_rpc_text(rpc, name, ret, reterr);

	if (code == CC_OK && cc_rpc_has(rpc, name) && (ret->n == 0 ||
	    ret->n > CC_STORE_ID_MAX))
		return cc_fail(reterr, CC_EINVAL, 0, "%s: expected 1 to %d bytes", name,
		    (int)CC_STORE_ID_MAX);
	return code;
}

static enum cc_code
code_word(const struct cc_rpc *rpc, const char *name, struct cc_str *ret,
    struct cc_err *reterr)
{
	enum cc_code code = cc_rpc_need(rpc, name, reterr);

	if (code == CC_OK)
		code = cc_rpc_text(rpc, name, ret, reterr);
	if (code == CC_OK && !cc_id_ok(*ret))
		return cc_fail(reterr, CC_EINVAL, 0, "%s: expected an id (letters, digits, "
		    "'._:-', at most 64); got '%.40s'", name, ret->p);
	return code;
}

/* A clock and a person that nobody has are mistakes; a case may come later. */
static enum cc_code
check_scope(const struct cc_engine *e, const struct cc_store_silence *s,
    struct cc_err *reterr)
{
	const struct cc_rule *rule = cc_tell_rule(e->setup->pack, s->rule);

	if (s->case_id.n == 0 && s->rule.n == 0 && s->recipient.n == 0)
		return cc_fail(reterr, CC_EINVAL, 0, "expected one at least of: case, clock, "
		    "recipient");
	if (s->rule.n > 0 && rule == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "clock: the policy has no clock '%.64s'",
		    s->rule.p);
	if (s->rule.n > 0 && rule->safety)
		return cc_fail(reterr, CC_EINVAL, 0, "clock: %s is a safety clock, and a "
		    "safety clock is never silenced", rule->id);
	if (s->recipient.n > 0 && cc_directory_find(&e->setup->directory,
	    s->recipient) == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "recipient: the directory has no "
		    "staff_id '%.64s'", s->recipient.p);
	return CC_OK;
}

static enum cc_code
read_silence(const struct cc_engine *e, const struct cc_rpc *rpc,
    struct cc_store_silence *ret, struct cc_err *reterr)
{
	const struct cc_until u = {.now = e->now.wall, .most = SILENCE_MOST,
	    .why_most = "a silence lasts 30 days at most"};
	struct cc_store_silence s = {.at = e->now.wall, .ended = CC_NEVER};
	enum cc_code code = scope(rpc, "case", &s.case_id, reterr);

	if (code == CC_OK)
		code = scope(rpc, "clock", &s.rule, reterr);
	if (code == CC_OK)
		code = scope(rpc, "recipient", &s.recipient, reterr);
	if (code == CC_OK)
		code = code_word(rpc, "by", &s.by, reterr);
	if (code == CC_OK)
		code = code_word(rpc, "reason", &s.reason, reterr);
	if (code == CC_OK)
		code = cc_until_read(rpc, &u, &s.until, reterr);
	if (code == CC_OK)
		code = check_scope(e, &s, reterr);
	if (code == CC_OK)
		*ret = s;
	return code;
}

enum cc_code
cc_engine_silence_add(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_store_silence s;
	struct cc_buf b;
	int64_t id = 0;
	enum cc_code code = read_silence(e, j->rpc, &s, reterr);

	if (code == CC_OK)
		code = cc_store_silence_add(e->cf.store, &s, &id, reterr);
	if (code != CC_OK)
		return code;
	cc_post_forget(e);
	cc_buf_init(&b, 256);
	cc_buf_char(&b, '{');
	cc_put_number(&b, "silence", id);
	cc_put_wall(&b, "until", s.until);
	cc_buf_char(&b, '}');
	cc_method_result(j, &b);
	cc_buf_done(&b);
	return CC_OK;
}

/* --- silence.end -------------------------------------------------------------------- */

/* What waited for it leaves; should anything else hold it, that is seen then. */
static enum cc_code
release(struct cc_engine *e, int64_t id, int64_t *ret, struct cc_err *reterr)
{
	char hold[CC_HOLD_TEXT];
	int len = snprintf(hold, sizeof hold, "silence:%" PRId64, id);	/* fits */
	uint32_t n;

	*ret = 0;
	do {
		enum cc_code code = cc_store_outbox_release(e->cf.store,
		    (struct cc_str){hold, (uint32_t)len}, e->now.wall, &n, reterr);

		if (code != CC_OK)
			return code;
		*ret += n;
	} while (n == CC_STORE_LIST_MAX);
	return CC_OK;
}

enum cc_code
cc_engine_silence_end(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_buf b;
	int64_t id = 0, n = 0;
	enum cc_code code = cc_rpc_need(j->rpc, "silence", reterr);

	if (code == CC_OK)
		code = cc_rpc_int(j->rpc, "silence", (struct cc_rpc_range){1, INT64_MAX}, &id,
		    reterr);
	if (code == CC_OK)
		code = cc_store_silence_end(e->cf.store, id, e->now.wall, reterr);
	if (code == CC_ENOENT)
		return cc_fail(reterr, code, 0, "there is no silence %" PRId64, id);
	if (code == CC_ECONFLICT)
		return cc_fail(reterr, code, 0, "silence %" PRId64 " has ended", id);
	if (code == CC_OK)
		code = release(e, id, &n, reterr);
	if (code != CC_OK)
		return code;
	cc_post_forget(e);
	cc_buf_init(&b, 256);
	cc_buf_char(&b, '{');
	cc_put_number(&b, "silence", id);
	cc_put_number(&b, "released", n);
	cc_buf_char(&b, '}');
	cc_method_result(j, &b);
	cc_buf_done(&b);
	return CC_OK;
}
