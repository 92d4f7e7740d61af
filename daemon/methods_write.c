#include "daemon/methods.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/methods_inner.h"

/* --- the frame of all that write ---------------------------------------------------- */

/* Cut between characters. */
static struct cc_str
cut(struct cc_str s)
{
	if (s.n <= CC_STORE_TEXT_MAX)
		return s;
	s.n = CC_STORE_TEXT_MAX;
	while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}

/* Who did what with which parameters: `by` among them is only what the asker says. */
static enum cc_code
audit(struct cc_engine *e, const struct cc_job *j, struct cc_err *reterr)
{
	const char *what = cc_method_name(j->method);
	char who[32];
	int n = snprintf(who, sizeof who, "uid %" PRIuMAX, (uintmax_t)j->uid);	/* fits */
	struct cc_store_audit row = {.at = e->now.wall, .who = {who, (uint32_t)n},
	    .what = {what, (uint32_t)strlen(what)}};
	struct cc_buf b;
	enum cc_code code;

	cc_buf_init(&b, CC_ANSWER_MAX);
	cc_rpc_params(j->rpc, &b);
	code = cc_buf_end(&b, 0);
	if (code == CC_OK) {
		row.detail = cut((struct cc_str){b.p, (uint32_t)b.n});
		code = cc_store_audit_add(e->cf.store, &row, reterr);
	} else {
		code = cc_fail(reterr, code, 0, "no memory for the audit");
	}
	cc_buf_done(&b);
	return code;
}

static bool
askers_fault(enum cc_code code)
{
	return code == CC_EINVAL || code == CC_ENOENT || code == CC_ECONFLICT ||
	    code == CC_ERANGE;
}

enum cc_code
cc_method_write(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_err err = {.msg = ""};
	enum cc_code code;

	free(j->text);	/* of an attempt that was rolled back */
	j->text = NULL;
	j->ntext = 0;
	j->refused = false;
	code = cc_method_known(j->method, j->rpc, &err);
	if (code == CC_OK)
		code = cc_method_writer(j->method)(e, j, &err);
	if (code == CC_OK && !j->refused && cc_method_audited(j->method))
		code = audit(e, j, &err);
	if (code == CC_OK)
		return CC_OK;
	if (askers_fault(code)) {
		cc_method_refused(j, &err);
		return CC_OK;
	}
	return cc_fail(reterr, code, err.sys, "%s", err.msg);
}

/* --- messages.redrive --------------------------------------------------------------- */

enum cc_code
cc_method_redrive_read(const struct cc_job *j, struct cc_redrive_asked *ret,
    struct cc_err *reterr)
{
	struct cc_redrive_asked ask = {0};
	bool all = false;
	enum cc_code code = cc_rpc_text(j->rpc, "id", &ask.message, reterr);

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

	cc_buf_init(&b, 64);
	cc_buf_char(&b, '{');
	cc_put_number(&b, "redriven", n);
	cc_buf_char(&b, '}');
	cc_method_result(j, &b);
	cc_buf_done(&b);
}

/* --- import.begin ------------------------------------------------------------------- */

bool
cc_method_imports(const struct cc_method *m, const struct cc_rpc *rpc)
{
	return strcmp(cc_method_name(m), CC_METHOD_IMPORT) == 0 &&
	    cc_method_known(m, rpc, NULL) == CC_OK;
}

/* The connection knows already (daemon/client_read.c): here it is only answered, in its
 * place among the lines, and audited. */
enum cc_code
cc_method_import(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_buf b;

	(void)e;
	(void)reterr;
	cc_buf_init(&b, 64);
	CC_BUF_LIT(&b, "{\"importing\":true}");
	cc_method_result(j, &b);
	cc_buf_done(&b);
	return CC_OK;
}
