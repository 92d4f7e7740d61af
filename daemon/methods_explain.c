/* clock.explain: the clocks that there are, or why there are none. */
#include "daemon/methods_inner.h"

#include <string.h>

#include "daemon/explain.h"
#include "scheduler/why.h"

enum { EXPLAIN_MAX = 50 };

/* --- the question ------------------------------------------------------------------------- */

struct question {
	struct cc_str case_id, clock, subject;
	int64_t period;			/* 0: all */
};

static enum cc_code
read_question(const struct cc_call *c, struct question *q, struct cc_err *reterr)
{
	enum cc_code code = cc_rpc_need(c->rpc, "case", reterr);

	if (code == CC_OK)
		code = cc_rpc_need(c->rpc, "clock", reterr);
	if (code == CC_OK)
		code = cc_rpc_text(c->rpc, "case", &q->case_id, reterr);
	if (code == CC_OK && !cc_id_ok(q->case_id))
		return cc_fail(reterr, CC_EINVAL, 0, "case: expected an id");
	if (code == CC_OK)
		code = cc_rpc_text(c->rpc, "clock", &q->clock, reterr);
	if (code == CC_OK)
		code = cc_rpc_text(c->rpc, "subject", &q->subject, reterr);
	if (code == CC_OK)
		code = cc_rpc_int(c->rpc, "period", (struct cc_rpc_range){1, UINT32_MAX},
		    &q->period, reterr);
	return code;
}

static int
rule_place(const struct cc_pack *p, struct cc_str id)
{
	for (uint16_t i = 0; i < p->nrules; i++)
		if (id.n == strlen(p->rules[i]->id) && memcmp(id.p, p->rules[i]->id, id.n) == 0)
			return p->rules[i]->index;
	return -1;
}

/* --- why there is none --------------------------------------------------------------- */

static void
put_sentence(struct cc_buf *b, const char *line)
{
	if (b->n > 0 && b->p[b->n - 1] != '[')
		cc_buf_char(b, ',');
	cc_buf_jsons(b, line);
}

/* Whom a choice would have been for is not always known; it may be anybody. */
static bool
may_be_for(const struct cc_why_choice *k, struct cc_str subject)
{
	return subject.n == 0 || k->subject.n == 0 || cc_str_eq(k->subject, subject);
}

/* The choices that may be for the subject; those of others when there are none. */
static void
put_choices(const struct cc_why *w, struct cc_str subject, struct cc_buf *b)
{
	char line[CC_WHY_LINE];
	uint32_t fit = 0, n = 0;

	for (uint32_t i = 0; i < w->nchoices; i++)
		fit += may_be_for(&w->choices[i], subject);
	for (uint32_t i = 0; i < w->nchoices; i++) {
		if (fit > 0 && !may_be_for(&w->choices[i], subject))
			continue;
		if (n++ == EXPLAIN_MAX) {
			put_sentence(b, "there is more of the kind");
			return;
		}
		cc_why_line(w, &w->choices[i], line);
		put_sentence(b, line);
	}
}

static enum cc_code
put_why(struct cc_call *c, const struct question *q, const struct cc_case *of,
    const struct cc_eval_options *o, struct cc_err *reterr)
{
	char line[CC_WHY_LINE];
	struct cc_why w;
	enum cc_code code;

	CC_BUF_LIT(c->out, ",\"why\":[");
	if (of->nevents == 0) {
		put_sentence(c->out, "no event of this case has come");
	} else {
		code = cc_why_not(c->setup->pack, of, o, c->arena, &w, reterr);
		if (code != CC_OK)
			return code;
		cc_why_line(&w, NULL, line);
		if (line[0] != '\0')
			put_sentence(c->out, line);
		put_choices(&w, q->subject, c->out);
	}
	cc_buf_char(c->out, ']');
	return CC_OK;
}

/* --- the method -------------------------------------------------------------------------- */

static bool
asked_for(const struct question *q, const struct cc_clock *k)
{
	return (q->subject.n == 0 || cc_str_eq(q->subject, k->subject)) &&
	    (q->period == 0 || q->period == k->period);
}

/* One whose steps would fill the answer is told without them. */
static void
put_clock(struct cc_explaining *x, struct cc_buf *out)
{
	const struct cc_traces *traces = x->traces;
	struct cc_buf b;

	cc_buf_init(&b, CC_PAGE_BYTES / 2);
	cc_explain(x, &b);
	if (cc_buf_end(&b, 0) == CC_OK) {
		cc_buf_put(out, b.p, b.n);
	} else {
		x->traces = NULL;
		cc_explain(x, out);
		x->traces = traces;
	}
	cc_buf_done(&b);
}

static unsigned
put_clocks(struct cc_call *c, const struct question *q, const struct cc_result *r,
    const struct cc_traces *traces)
{
	struct cc_view view;
	struct cc_explaining x = {.setup = c->setup, .result = r, .case_id = q->case_id,
	    .view = &view, .traces = traces};
	unsigned n = 0;
	bool more = false;

	CC_BUF_LIT(c->out, "{\"items\":[");
	for (uint32_t i = 0; i < r->nclocks && !more; i++) {
		x.clock = &r->clocks[i];
		if (!asked_for(q, x.clock) || !cc_clock_view(x.clock, c->now.wall, &view))
			continue;
		more = n == EXPLAIN_MAX || c->out->n > CC_PAGE_BYTES;
		if (more)
			break;
		if (n++ > 0)
			cc_buf_char(c->out, ',');
		put_clock(&x, c->out);
	}
	cc_buf_char(c->out, ']');
	cc_put_bool(c->out, "more", more);
	return n;
}

/* Noting the steps takes room and work that a very big case may not leave. */
static enum cc_code
eval(struct cc_call *c, const struct cc_case *of, struct cc_eval_options *o,
    struct cc_result *ret, struct cc_err *reterr)
{
	enum cc_code code = cc_eval_case(c->setup->pack, of, o, c->arena, ret, reterr);

	if (code != CC_ENOMEM && code != CC_ERANGE)
		return code;
	o->traces = NULL;
	return cc_eval_case(c->setup->pack, of, o, c->arena, ret, reterr);
}

enum cc_code
cc_method_explain(struct cc_call *c, struct cc_err *reterr)
{
	struct question q = {.subject = CC_STR("")};
	struct cc_traces traces = {.n = 0};
	struct cc_eval_options o = {.now = c->now.wall, .traces = &traces};
	struct cc_result r;
	struct cc_case of;
	enum cc_code code = read_question(c, &q, reterr);

	if (code != CC_OK)
		return code;
	o.only_rule = rule_place(c->setup->pack, q.clock);
	if (o.only_rule < 0)
		return cc_fail(reterr, CC_EINVAL, 0, "clock: the policy has no rule '%.64s'",
		    q.clock.p);
	code = cc_call_case(c, q.case_id, &of, reterr);
	if (code == CC_OK)
		code = eval(c, &of, &o, &r, reterr);
	if (code == CC_OK && put_clocks(c, &q, &r, o.traces) == 0)
		code = put_why(c, &q, &of, &o, reterr);
	if (code == CC_OK)
		cc_buf_char(c->out, '}');
	return code;
}
