#include "daemon/methods_inner.h"

#include <stdio.h>
#include <string.h>

#include "wire/record.h"

enum { STATES = CC_STATE_FAILED + 1, CURSOR_MAX = 1024 };

/* What clocks.list was asked, and how far it has come. */
struct asked {
	struct cc_str case_id, clock, subject;
	bool any_state, states[STATES];
	struct cc_page page;
	/* Where the cursor stands: in this case, behind this clock ("" for the case as
	 * a whole). */
	struct cc_str at_case, at_clock, at_subject;
	uint32_t at_period;
	int64_t put;
};

static enum cc_code
read_states(const struct cc_call *c, struct asked *q, struct cc_err *reterr)
{
	struct cc_str items[STATES];
	struct cc_rpc_texts list = {.items = items, .max = STATES};
	enum cc_code code = cc_rpc_list(c->rpc, "state", &list, reterr);

	q->any_state = !cc_rpc_has(c->rpc, "state");
	for (uint32_t i = 0; code == CC_OK && i < list.n; i++) {
		int s = CC_STATE_RUNNING;

		while (s < STATES && strcmp(cc_state_text((enum cc_state)s), items[i].p) != 0)
			s++;
		if (s == STATES)
			return cc_fail(reterr, CC_EINVAL, 0, "state: '%.40s' is no state of a "
			    "clock", items[i].p);
		q->states[s] = true;
	}
	return code;
}

static bool
cut(struct cc_str *rest, struct cc_str *ret)
{
	const char *bar = memchr(rest->p, '|', rest->n);

	if (bar == NULL)
		return false;
	*ret = (struct cc_str){rest->p, (uint32_t)(bar - rest->p)};
	*rest = (struct cc_str){bar + 1, rest->n - ret->n - 1};
	return true;
}

/* CASE|CLOCK|SUBJECT|PERIOD; no id holds a bar. */
static enum cc_code
read_cursor(struct asked *q, struct cc_err *reterr)
{
	struct cc_str rest = q->page.cursor;
	bool ok;

	if (rest.n == 0)
		return CC_OK;
	ok = cut(&rest, &q->at_case) && cut(&rest, &q->at_clock) &&
	    cut(&rest, &q->at_subject) && cc_id_ok(q->at_case) && rest.n < 10;
	for (uint32_t i = 0; ok && i < rest.n; i++) {
		ok = rest.p[i] >= '0' && rest.p[i] <= '9';
		q->at_period = q->at_period * 10 + (uint32_t)(rest.p[i] - '0');
	}
	return ok ? CC_OK : cc_fail(reterr, CC_EINVAL, 0,
	    "cursor: expected the `next` of an earlier answer");
}

static enum cc_code
read_asked(const struct cc_call *c, struct asked *q, struct cc_err *reterr)
{
	enum cc_code code = cc_rpc_text(c->rpc, "case", &q->case_id, reterr);

	if (code == CC_OK && cc_rpc_has(c->rpc, "case") && !cc_id_ok(q->case_id))
		return cc_fail(reterr, CC_EINVAL, 0, "case: expected an id");
	if (code == CC_OK)
		code = cc_rpc_text(c->rpc, "clock", &q->clock, reterr);
	if (code == CC_OK)
		code = cc_rpc_text(c->rpc, "subject", &q->subject, reterr);
	if (code == CC_OK)
		code = read_states(c, q, reterr);
	if (code == CC_OK)
		code = cc_page_read(c, false, &q->page, reterr);
	return code == CC_OK ? read_cursor(q, reterr) : code;
}

static struct cc_str
rule_id(const struct cc_clock *k)
{
	return (struct cc_str){k->rule->id, (uint32_t)strlen(k->rule->id)};
}

/* Whether the clock lies behind the cursor, in the order of output. */
static bool
behind(const struct asked *q, const struct cc_clock *k)
{
	int c = cc_str_cmp(rule_id(k), q->at_clock);

	if (c == 0)
		c = cc_str_cmp(k->subject, q->at_subject);
	return c > 0 || (c == 0 && k->period > q->at_period);
}

static bool
wanted(const struct cc_call *c, const struct asked *q, const struct cc_clock *k,
    struct cc_view *view)
{
	return (q->clock.n == 0 || cc_str_eq(q->clock, rule_id(k))) &&
	    (q->subject.n == 0 || cc_str_eq(q->subject, k->subject)) &&
	    cc_clock_view(k, c->now.wall, view) &&
	    (q->any_state || q->states[view->state]);
}

static bool
full(const struct cc_call *c, const struct asked *q)
{
	return q->put >= q->page.limit || c->out->n > CC_PAGE_BYTES;
}

/* Where the answer stops: in this case, behind this clock (NULL: the whole case). */
static enum cc_code
stop_at(struct asked *q, struct cc_str id, const struct cc_clock *k, char *next,
    struct cc_err *reterr)
{
	int n = k == NULL ?
	    snprintf(next, CURSOR_MAX, "%.*s|~||", (int)id.n, id.p) :
	    snprintf(next, CURSOR_MAX, "%.*s|%s|%.*s|%u", (int)id.n, id.p, k->rule->id,
	    (int)k->subject.n, k->subject.p, k->period);

	(void)q;
	if (n < 0 || n >= CURSOR_MAX)
		return cc_fail(reterr, CC_EBUG, 0, "a cursor is too long");
	return CC_OK;
}

/* The clocks of one case, as far as the page goes; `next` stays "" when all are in. */
static enum cc_code
put_case(struct cc_call *c, struct asked *q, struct cc_str id, char *next,
    struct cc_err *reterr)
{
	struct cc_eval_options o = {.now = c->now.wall, .only_rule = -1};
	bool resumed = cc_str_eq(id, q->at_case);
	const struct cc_clock *last = NULL;
	struct cc_result r;
	struct cc_case of;
	struct cc_view view;
	enum cc_code code = cc_call_case(c, id, &of, reterr);

	if (code != CC_OK || of.nevents == 0)
		return code;
	code = cc_eval_case(c->setup->pack, &of, &o, c->arena, &r, reterr);
	for (uint32_t i = 0; code == CC_OK && i < r.nclocks; i++) {
		const struct cc_clock *k = &r.clocks[i];

		if ((resumed && !behind(q, k)) || !wanted(c, q, k, &view))
			continue;
		if (full(c, q))
			return last == NULL ? stop_at(q, q->at_case, NULL, next, reterr) :
			    stop_at(q, id, last, next, reterr);
		if (q->put > 0)
			cc_buf_char(c->out, ',');
		code = cc_record_clock(c->out, id, k, &view);
		if (code != CC_OK)
			return cc_fail(reterr, code, 0, "the answer is too large");
		q->put++;
		last = k;
	}
	q->at_case = id;
	return code;
}

/* All cases from the cursor on; the page ends when it is full, or has looked at many
 * cases. */
static enum cc_code
put_cases(struct cc_call *c, struct asked *q, char *next, struct cc_err *reterr)
{
	struct cc_store_cases_from from = {.after = q->at_case, .limit = 256};
	char last[CC_STORE_ID_MAX + 1] = "", here[CC_STORE_ID_MAX + 1] = "";
	uint32_t seen = 0;
	enum cc_code code = CC_OK;

	if (q->at_case.n > 0 && !(q->at_clock.n == 1 && q->at_clock.p[0] == '~'))
		code = put_case(c, q, q->at_case, next, reterr);
	while (code == CC_OK && next[0] == '\0') {
		struct cc_store_cases list = {0};
		struct cc_mark mark = cc_arena_mark(c->arena);

		code = cc_store_cases_list(c->store, &from, c->arena, &list, reterr);
		for (uint32_t i = 0; code == CC_OK && i < list.n && next[0] == '\0'; i++) {
			struct cc_mark one = cc_arena_mark(c->arena);

			code = put_case(c, q, list.items[i].id, next, reterr);
			(void)snprintf(last, sizeof last, "%s", list.items[i].id.p);
			q->at_case = (struct cc_str){last, list.items[i].id.n};
			cc_arena_release(c->arena, one);
			if (code == CC_OK && next[0] == '\0' && ++seen >= CC_PAGE_CASES)
				code = stop_at(q, q->at_case, NULL, next, reterr);
		}
		if (code != CC_OK || list.next.n == 0)
			break;
		(void)snprintf(here, sizeof here, "%s", list.next.p);
		from.after = (struct cc_str){here, list.next.n};
		cc_arena_release(c->arena, mark);
	}
	q->at_case = (struct cc_str){NULL, 0};	/* its text ends with this function */
	return code;
}

enum cc_code
cc_method_clocks(struct cc_call *c, struct cc_err *reterr)
{
	struct asked q = {.case_id = CC_STR(""), .clock = CC_STR(""),
	    .subject = CC_STR(""), .at_case = CC_STR(""), .at_clock = CC_STR(""),
	    .at_subject = CC_STR("")};
	char next[CURSOR_MAX] = "";
	enum cc_code code = read_asked(c, &q, reterr);

	if (code != CC_OK)
		return code;
	cc_page_begin(c);
	if (q.case_id.n == 0)
		code = put_cases(c, &q, next, reterr);
	else if (q.at_case.n == 0 || (cc_str_eq(q.at_case, q.case_id) &&
	    !cc_str_eq(q.at_clock, CC_STR("~"))))
		code = put_case(c, &q, q.case_id, next, reterr);
	if (code == CC_OK)
		cc_page_end(c, (struct cc_str){next, (uint32_t)strlen(next)});
	return code;
}
