#include "store/store.h"

#include "store/checks.h"

enum cc_code
cc_store_silence_add(struct cc_store *st, const struct cc_store_silence *s, int64_t *ret_id,
    struct cc_err *reterr)
{
	struct cc_store_silence row = *s;
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK)
		code = CC_CHECK_TEXTS(reterr, { "a case id", s->case_id, 0, CC_STORE_ID_MAX },
		    { "a rule id", s->rule, 0, CC_STORE_ID_MAX },
		    { "the id of a recipient", s->recipient, 0, CC_STORE_ID_MAX },
		    { "the name of who silences", s->by, 1, CC_STORE_ID_MAX },
		    { "the reason of a silence", s->reason, 0, CC_STORE_ID_MAX });
	if (code == CC_OK && s->case_id.n == 0 && s->rule.n == 0 && s->recipient.n == 0)
		code = cc_fail(reterr, CC_EINVAL, 0,
		    "a silence is of a case, a rule or a recipient, not of everything");
	if (code == CC_OK && (!cc_given(s->at) || !cc_given(s->until) || s->until.s <= s->at.s))
		code = cc_fail(reterr, CC_EINVAL, 0, "a silence must end after it begins");
	if (code != CC_OK)
		return code;
	row.ended = CC_NEVER;
	return cc_store_settle(st, st->ops->silence_add(st, &row, ret_id, reterr));
}

enum cc_code
cc_store_silence_end(struct cc_store *st, int64_t id, struct cc_wall now, struct cc_err *reterr)
{
	enum cc_code code = cc_store_may_write(st, reterr);

	if (code == CC_OK && !cc_given(now))
		code = cc_fail(reterr, CC_EINVAL, 0, "the end of a silence without its instant");
	if (code != CC_OK)
		return code;
	return cc_store_settle(st, st->ops->silence_end(st, id, now, reterr));
}

enum cc_code
cc_store_silences_list(struct cc_store *st, const struct cc_store_silence_filter *f,
    struct cc_arena *a, struct cc_store_silences *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_store_check_limit(f->limit, reterr);

	return code != CC_OK ? code : st->ops->silences_list(st, f, a, ret, reterr);
}
