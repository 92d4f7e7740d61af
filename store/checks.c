#include "store/checks.h"

enum cc_code
cc_store_may_write(struct cc_store *st, struct cc_err *reterr)
{
	if (st->reader)
		return cc_fail(reterr, CC_EINVAL, 0, "a reader of the store cannot write");
	if (!st->open)
		return cc_fail(reterr, CC_EINVAL, 0, "a write outside of a transaction");
	if (st->spoiled)
		return cc_fail(reterr, CC_EIO, 0,
		    "this transaction failed before; it can only be rolled back");
	return CC_OK;
}

enum cc_code
cc_store_settle(struct cc_store *st, enum cc_code code)
{
	if (code == CC_EIO || code == CC_EBUSY || code == CC_ENOMEM || code == CC_EBUG)
		st->spoiled = true;
	return code;
}

enum cc_code
cc_store_check_limit(uint32_t limit, struct cc_err *reterr)
{
	if (limit >= 1 && limit <= CC_STORE_LIST_MAX)
		return CC_OK;
	return cc_fail(reterr, CC_EINVAL, 0, "a list of %u rows; 1 to %d are allowed", limit,
	    CC_STORE_LIST_MAX);
}

enum cc_code
cc_store_check_texts(const struct cc_text_rule *r, size_t n, struct cc_err *reterr)
{
	for (size_t i = 0; i < n; i++)
		if (r[i].text.n < r[i].min || r[i].text.n > r[i].max)
			return cc_fail(reterr, CC_EINVAL, 0,
			    "%s of %u bytes; %u to %u are allowed", r[i].what, r[i].text.n,
			    r[i].min, r[i].max);
	return CC_OK;
}
