#include "daemon/rounds_inner.h"

#include "daemon/methods.h"

/* The request audit.run {}: the nightly rounds begin now; `status` shows when they are
 * done and what they found. */
enum cc_code
cc_engine_audit(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_buf b;
	enum cc_code code;

	cc_rounds_hurry(e);
	cc_buf_init(&b, 64);
	CC_BUF_LIT(&b, "{\"audit\":\"begun\"}");
	code = cc_buf_end(&b, 0);
	if (code == CC_OK)
		cc_method_result(j, &b);
	else
		code = cc_fail(reterr, code, 0, "no memory for the answer");
	cc_buf_done(&b);
	return code;
}
