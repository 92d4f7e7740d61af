#include "store/store.h"

#include "store/checks.h"
#include "store/outbox.h"

enum { LEASE_MAX = 86400 };

static enum cc_code
check_message(const struct cc_store_message *m, struct cc_err *reterr)
{
	if (m->state != CC_OUTBOX_QUEUED && m->state != CC_OUTBOX_HELD)
		return cc_fail(reterr, CC_EINVAL, 0, "a new message is queued or held");
	if (!cc_given(m->created) || (m->state == CC_OUTBOX_QUEUED &&
	    (!cc_given(m->next) || !cc_given(m->give_up))))
		return cc_fail(reterr, CC_EINVAL, 0, "a message without its instants");
	if (m->alert < 0)
		return cc_fail(reterr, CC_EINVAL, 0, "the number of an alert is below 0");
	return CC_CHECK_TEXTS(reterr, { "the id of a message", m->id, 1, CC_STORE_ID_MAX },
	    { "the word for why a message waits", m->hold, 0, CC_STORE_HOLD_MAX },
	    { "a case id", m->case_id, 0, CC_STORE_ID_MAX },
	    { "the id of a recipient", m->recipient, 0, CC_STORE_ID_MAX },
	    { "the name of a channel", m->channel, 1, CC_STORE_ID_MAX },
	    { "an address", m->address, 0, CC_STORE_TEXT_MAX },
	    { "the id of a thread", m->thread, 0, CC_STORE_ID_MAX },
	    { "the text of a message", m->payload, 0, CC_STORE_PAYLOAD_MAX });
}

enum cc_code
cc_store_outbox_add(struct cc_store *st, const struct cc_store_message *m,
    struct cc_store_added *ret, struct cc_err *reterr)
{
	struct cc_store_message cut = *m;
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = check_message(m, reterr);
	if (code != CC_OK)
		return code;
	cut.reason = cc_store_cut(m->reason, CC_STORE_DETAIL_MAX);
	cut.lease = cut.claimed = cut.closed = CC_NEVER;
	cut.owner = CC_STR("");
	cut.attempts = 0;
	cut.fence = cut.carrier = 0;
	if (cut.state == CC_OUTBOX_HELD) {
		cut.hold = CC_STR("");
		cut.next = CC_NEVER;
		cut.closed = cut.created;
	}
	return cc_store_settle(st, st->ops->outbox_add(st, &cut, ret, reterr));
}

static enum cc_code
check_quotas(const struct cc_store_quota *q, uint32_t n, struct cc_err *reterr)
{
	if (n > CC_STORE_QUOTAS_MAX)
		return cc_fail(reterr, CC_EINVAL, 0, "quotas of %u channels; the most is %d", n,
		    CC_STORE_QUOTAS_MAX);
	for (uint32_t i = 0; i < n; i++) {
		enum cc_code code = CC_CHECK_TEXTS(reterr,
		    { "the name of a channel", q[i].channel, 1, CC_STORE_ID_MAX });

		if (code != CC_OK)
			return code;
	}
	return CC_OK;
}

enum cc_code
cc_store_outbox_claim(struct cc_store *st, const struct cc_store_claim *c, struct cc_arena *a,
    struct cc_store_messages *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);
	uint32_t n;

	if (code == CC_OK)
		code = cc_store_check_limit(c->limit, reterr);
	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr,
		    { "the name of the claimer", c->owner, 1, CC_STORE_ID_MAX });
	if (code == CC_OK && (c->lease < 1 || c->lease > LEASE_MAX))
		code = cc_fail(reterr, CC_EINVAL, 0, "a lease lasts from 1 s to 1 day");
	if (code == CC_OK && (!cc_given(c->now) || c->now.s > INT64_MAX - LEASE_MAX))
		code = cc_fail(reterr, CC_EINVAL, 0, "a claim without its instant");
	if (code == CC_OK)
		code = check_quotas(c->quotas, c->nquotas, reterr);
	if (code == CC_OK)
		code = cc_store_settle(st,
		    st->ops->outbox_requeue(st, c->now, CC_STR(""), &n, reterr));
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->outbox_claim(st, c, a, ret, reterr));
}

enum cc_code
cc_store_outbox_complete(struct cc_store *st, const struct cc_store_outcome *o, uint32_t n,
    enum cc_code *ret_codes, struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);
	unsigned char rows[CC_STORE_LIST_MAX];	/* codes, written out at the end */

	if (code == CC_OK && n > CC_STORE_LIST_MAX)
		code = cc_fail(reterr, CC_EINVAL, 0, "%u outcomes at once; the most is %d", n,
		    CC_STORE_LIST_MAX);
	for (uint32_t i = 0; code == CC_OK && i < n; i++) {
		struct cc_store_outcome cut = o[i];
		enum cc_code row = CC_OK;

		cut.code = cc_store_cut(cut.code, CC_OUTBOX_CODE_MAX);
		cut.detail = cc_store_cut(cut.detail, CC_STORE_DETAIL_MAX);
		code = cc_store_settle(st, st->ops->outbox_complete(st, &cut, &row, reterr));
		rows[i] = (unsigned char)row;
	}
	for (uint32_t i = 0; code == CC_OK && i < n; i++)
		ret_codes[i] = (enum cc_code)rows[i];
	return code;
}

enum cc_code
cc_store_outbox_requeue(struct cc_store *st, struct cc_wall now, struct cc_str others_than,
    uint32_t *ret_n, struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code != CC_OK)
		return code;
	return cc_store_settle(st,
	    st->ops->outbox_requeue(st, now, others_than, ret_n, reterr));
}

enum cc_code
cc_store_outbox_next(struct cc_store *st, const struct cc_store_quota *quotas,
    uint32_t nquotas, struct cc_wall *ret, struct cc_err *reterr)
{
	enum cc_code code = check_quotas(quotas, nquotas, reterr);

	return code != CC_OK ? code : st->ops->outbox_next(st, quotas, nquotas, ret, reterr);
}

enum cc_code
cc_store_outbox_extend(struct cc_store *st, int64_t no, int64_t fence, struct cc_wall lease,
    struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK && !cc_given(lease))
		code = cc_fail(reterr, CC_EINVAL, 0, "a lease without its end");
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->outbox_extend(st, no, fence, lease, reterr));
}

enum cc_code
cc_store_outbox_release(struct cc_store *st, struct cc_str hold, struct cc_wall now,
    uint32_t *ret_n, struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr, { "the word for why messages wait", hold, 1,
		    CC_STORE_HOLD_MAX });
	if (code == CC_OK && !cc_given(now))
		code = cc_fail(reterr, CC_EINVAL, 0, "a release without its instant");
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->outbox_release(st, hold, now, ret_n, reterr));
}

enum cc_code
cc_store_outbox_bounce(struct cc_store *st, struct cc_str id, struct cc_str why,
    struct cc_str detail, struct cc_wall now, struct cc_err *reterr)
{
	const struct cc_outbox_notice notice = { why, detail, now };
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK && !cc_given(now))
		code = cc_fail(reterr, CC_EINVAL, 0, "a notice without its instant");
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->outbox_bounce(st, id, &notice, reterr));
}

enum cc_code
cc_store_messages_list(struct cc_store *st, const struct cc_store_message_filter *f,
    struct cc_arena *a, struct cc_store_messages *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_check_limit(f->limit, reterr);

	if (code == CC_OK && (unsigned)f->state >= CC_OUTBOX_COUNT)
		code = cc_fail(reterr, CC_EINVAL, 0, "a list of messages in no known state");
	if (code == CC_OK && f->recipient.n > 0 && f->thread.n == 0)
		code = cc_fail(reterr, CC_EINVAL, 0,
		    "messages are listed by recipient within a thread only");
	if (code != CC_OK)
		return code;
	return st->ops->messages_list(st, f, a, ret, reterr);
}

enum cc_code
cc_store_message_get(struct cc_store *st, struct cc_str id, struct cc_arena *a,
    struct cc_store_message *ret, struct cc_err *reterr)
{
	return st->ops->message_get(st, id, a, ret, reterr);
}

enum cc_code
cc_store_attempts_list(struct cc_store *st, const struct cc_store_attempt_filter *f,
    struct cc_arena *a, struct cc_store_attempts *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_check_limit(f->limit, reterr);

	return code != CC_OK ? code : st->ops->attempts_list(st, f, a, ret, reterr);
}

enum cc_code
cc_store_redrive(struct cc_store *st, const struct cc_store_redrive *r, uint32_t *ret_n,
    struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK && (!cc_given(r->now) || !cc_given(r->give_up)))
		code = cc_fail(reterr, CC_EINVAL, 0, "a redrive without its instants");
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->redrive(st, r, ret_n, reterr));
}

/* --- small things -------------------------------------------------------- */

enum cc_code
cc_store_notice(struct cc_store *st, struct cc_str cause, cc_day day, bool *ret_first,
    struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr, { "a cause", cause, 1, CC_STORE_TEXT_MAX });
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->notice(st, cause, day, ret_first, reterr));
}

enum cc_code
cc_store_audit_add(struct cc_store *st, const struct cc_store_audit *au, struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr, { "an administrator", au->who, 1, CC_STORE_ID_MAX },
		    { "what was done", au->what, 1, CC_STORE_ID_MAX },
		    { "the details of what was done", au->detail, 0, CC_STORE_TEXT_MAX });
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->audit_add(st, au, reterr));
}

enum cc_code
cc_store_audit_list(struct cc_store *st, const struct cc_store_audit_from *q,
    struct cc_arena *a, struct cc_store_audits *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_check_limit(q->limit, reterr);

	return code != CC_OK ? code : st->ops->audit_list(st, q, a, ret, reterr);
}

static enum cc_code
check_key(struct cc_str key, struct cc_err *reterr)
{
	return CC_CHECK_TEXTS(reterr, { "a key", key, 1, 64 });
}

enum cc_code
cc_store_meta_get(struct cc_store *st, struct cc_str key, struct cc_arena *a,
    struct cc_str *ret, struct cc_err *reterr)
{
	enum cc_code code = check_key(key, reterr);

	return code != CC_OK ? code : st->ops->meta_get(st, key, a, ret, reterr);
}

enum cc_code
cc_store_meta_put(struct cc_store *st, struct cc_str key, struct cc_str value,
    struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = check_key(key, reterr);
	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr, { "a value", value, 0, CC_STORE_META_MAX });
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->meta_put(st, key, value, reterr));
}

enum cc_code
cc_store_status(struct cc_store *st, struct cc_store_status *ret, struct cc_err *reterr)
{
	struct cc_store_status s = { 0 };
	enum cc_code code = st->ops->status(st, &s, reterr);

	if (code != CC_OK)
		return code;
	s.commits = (int64_t)st->commits;
	s.outbox[0] = 0;
	for (int i = 1; i < CC_OUTBOX_COUNT; i++)
		s.outbox[0] += s.outbox[i];
	*ret = s;
	return CC_OK;
}

enum cc_code
cc_store_backup(struct cc_store *st, const char *path, struct cc_err *reterr)
{
	if (st->open)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "a backup cannot be taken inside of a transaction");
	return st->ops->backup(st, path, reterr);
}

enum cc_code
cc_store_verify(struct cc_store *st, struct cc_err *reterr)
{
	if (st->open)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "the store cannot be verified inside of a transaction");
	return st->ops->verify(st, reterr);
}
