#include "daemon/tell_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/methods.h"
#include "daemon/until.h"

enum { PAGE = 200 };

static bool
is_instance(const struct cc_instance *i, const struct cc_store_alert *al)
{
	return i->same == al->same && cc_str_eq(i->rule, al->rule) &&
	    cc_str_eq(i->subject, al->subject) && cc_str_eq(i->origin_id, al->origin_id) &&
	    cc_str_eq(i->origin_source, al->origin_source);
}

/* --- for the plan ----------------------------------------------------------------- */

/* The steps at which `who` is told: as the one found, or as one who is stood in for. */
static uint8_t
steps_of(const struct cc_people *people, const struct cc_rule *rule, struct cc_str who)
{
	const struct cc_person *p = cc_directory_find(people->directory, who);
	const struct cc_person *cover = p == NULL ? NULL : cc_people_cover(people, p);
	uint8_t steps = 0;

	for (unsigned n = 0; p != NULL && n < CC_CHAIN_MAX; n++) {
		struct cc_found found;

		cc_people_find(people, rule, n, &found);
		if (found.person == p || (cover != NULL && found.person == cover))
			steps |= (uint8_t)(1U << n);
	}
	return steps;
}

static enum cc_code
hold_of(struct cc_engine *e, const struct cc_people *people, const struct cc_store_ack *ack,
    struct cc_arena *a, struct cc_hold *ret)
{
	struct cc_store_alert al;
	const struct cc_rule *rule;
	enum cc_code code = cc_store_alert_get(e->cf.store, ack->alert, a, &al, NULL);

	if (code != CC_OK)
		return code;
	rule = cc_tell_rule(e->setup->pack, al.rule);
	*ret = (struct cc_hold){.rule = al.rule, .subject = al.subject,
	    .origin_id = al.origin_id, .origin_source = al.origin_source, .same = al.same,
	    .epoch = al.epoch, .at = ack->at, .until = ack->until,
	    .roles = rule == NULL ? 0 : steps_of(people, rule, ack->by)};
	return CC_OK;
}

/* Nobody acknowledges what nobody was told. */
static bool
any_told(const struct cc_entry *c)
{
	for (uint32_t i = 0; i < c->ninstances; i++)
		if (c->instances[i].told)
			return true;
	return false;
}

enum cc_code
cc_engine_holds(struct cc_engine *e, const struct cc_entry *c,
    const struct cc_people *people, struct cc_arena *a, const struct cc_hold **ret,
    uint32_t *ret_n, struct cc_err *reterr)
{
	struct cc_store_acks_of q = {.case_id = c->id, .now = e->now.wall,
	    .limit = CC_STORE_LIST_MAX};
	struct cc_store_acks list = {0};
	struct cc_hold *holds;
	enum cc_code code;

	*ret = NULL;
	*ret_n = 0;
	if (!any_told(c))
		return CC_OK;
	/* The end of one is a wake: those that ended since the case was planned last were
	 * in force the second before it, and rungs that fell within them wait for that end. */
	if (cc_given(c->wake) && c->wake.s <= q.now.s)
		q.now.s = c->wake.s - 1;
	code = cc_store_acks_list(e->cf.store, &q, a, &list, reterr);
	if (code != CC_OK || list.n == 0)
		return code;
	holds = cc_arena_array(a, list.n, sizeof *holds);
	if (holds == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for acknowledgements");
	for (uint32_t i = 0; i < list.n; i++) {
		code = hold_of(e, people, &list.items[i], a, &holds[i]);
		if (code != CC_OK)
			return cc_fail(reterr, code, 0, "the alert of an acknowledgement "
			    "cannot be read");
	}
	*ret = holds;
	*ret_n = list.n;
	return CC_OK;
}

/* --- alert.acknowledge: which alert ---------------------------------------------------- */

struct asked {
	int64_t alert;				/* 0: not given */
	struct cc_str case_id, clock, subject;	/* n 0: not given */
	struct cc_str by;
};

static enum cc_code
read_asked(const struct cc_rpc *rpc, struct asked *ret, struct cc_err *reterr)
{
	struct asked a = {0};
	enum cc_code code = cc_rpc_int(rpc, "alert", (struct cc_rpc_range){1, INT64_MAX},
	    &a.alert, reterr);

	if (code == CC_OK)
		code = cc_rpc_text(rpc, "case", &a.case_id, reterr);
	if (code == CC_OK)
		code = cc_rpc_text(rpc, "clock", &a.clock, reterr);
	if (code == CC_OK)
		code = cc_rpc_text(rpc, "subject", &a.subject, reterr);
	if (code == CC_OK)
		code = cc_rpc_need(rpc, "by", reterr);
	if (code == CC_OK)
		code = cc_rpc_text(rpc, "by", &a.by, reterr);
	if (code != CC_OK)
		return code;
	if (a.alert != 0 ? a.case_id.n + a.clock.n + a.subject.n > 0 :
	    a.case_id.n == 0 || a.clock.n == 0)
		return cc_fail(reterr, CC_EINVAL, 0, "expected either alert, or case and clock "
		    "(and subject)");
	*ret = a;
	return CC_OK;
}

/* The one live clock of that name of which somebody was told. */
static enum cc_code
pick(const struct cc_entry *c, const struct asked *a, const struct cc_instance **ret,
    struct cc_err *reterr)
{
	const struct cc_instance *found = NULL;

	for (uint32_t i = 0; i < c->ninstances; i++) {
		const struct cc_instance *in = &c->instances[i];

		if (!in->told || !in->live || !in->present || !cc_str_eq(in->rule, a->clock) ||
		    (a->subject.n > 0 && !cc_str_eq(in->subject, a->subject)))
			continue;
		if (found != NULL)
			return cc_fail(reterr, CC_EINVAL, 0, "several clocks of that name are "
			    "live: name the subject (%.*s, %.*s) or the alert",
			    (int)found->subject.n, found->subject.p, (int)in->subject.n,
			    in->subject.p);
		found = in;
	}
	if (found == NULL)
		return cc_fail(reterr, CC_ENOENT, 0, "no live clock of that name of which "
		    "somebody was told");
	*ret = found;
	return CC_OK;
}

/* The last alert of an instance in its epoch that was told. */
static enum cc_code
last_alert(struct cc_engine *e, struct cc_str case_id, const struct cc_instance *in,
    int64_t *ret, struct cc_err *reterr)
{
	struct cc_store_alert_filter f = {.case_id = case_id, .limit = PAGE};
	int64_t found = 0;

	do {
		struct cc_store_alerts list = {0};
		enum cc_code code;

		cc_arena_reset(&e->rows);
		code = cc_store_alerts_list(e->cf.store, &f, &e->rows, &list, reterr);
		if (code != CC_OK)
			return code;
		for (uint32_t i = 0; i < list.n; i++)
			if (is_instance(in, &list.items[i]) &&
			    list.items[i].epoch == in->epoch && list.items[i].held.n == 0)
				found = list.items[i].id;
		f.after = list.next;
	} while (f.after != 0);
	*ret = found;
	return CC_OK;
}

/* An heir that nobody had to be told of has none of its own: its first rung will. */
static enum cc_code
find_alert(struct cc_engine *e, const struct asked *a, int64_t *ret, struct cc_err *reterr)
{
	const struct cc_instance *in = NULL;
	struct cc_entry *c;
	enum cc_code code;

	*ret = a->alert;
	if (a->alert != 0)
		return CC_OK;
	code = cc_engine_case(e, a->case_id, &c, reterr);
	if (code == CC_ENOENT)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no case '%.*s'",
		    (int)a->case_id.n, a->case_id.p);
	if (code == CC_OK)
		code = pick(c, a, &in, reterr);
	if (code == CC_OK)
		code = last_alert(e, c->id, in, ret, reterr);
	if (code == CC_OK && *ret == 0)
		return cc_fail(reterr, CC_ENOENT, 0, "no alert of that clock was told under "
		    "its present due");
	return code;
}

/* --- alert.acknowledge: may it be ------------------------------------------------------- */

static enum cc_code
check(const struct cc_entry *c, const struct cc_store_alert *al, struct cc_err *reterr)
{
	const struct cc_instance *in = NULL;

	for (uint32_t i = 0; i < c->ninstances && in == NULL; i++)
		if (is_instance(&c->instances[i], al))
			in = &c->instances[i];
	if (in == NULL || !in->present)
		return cc_fail(reterr, CC_ECONFLICT, 0, "the clock of alert %" PRId64
		    " was withdrawn", al->id);
	if (!in->live)
		return cc_fail(reterr, CC_ECONFLICT, 0, "the clock of alert %" PRId64
		    " has ended: %s", al->id, cc_state_text(in->state));
	if (!in->told)
		return cc_fail(reterr, CC_ECONFLICT, 0, "nobody was told of alert %" PRId64
		    " yet", al->id);
	if (in->epoch != al->epoch)
		return cc_fail(reterr, CC_ECONFLICT, 0, "the clock has moved since alert %"
		    PRId64 ": acknowledge a later one", al->id);
	return CC_OK;
}

static enum cc_code
read_end(struct cc_engine *e, const struct cc_rpc *rpc, bool safety, struct cc_wall *ret,
    struct cc_err *reterr)
{
	const struct cc_config *cf = &e->setup->config;
	const struct cc_until u = {.now = e->now.wall,
	    .most = safety ? cf->ack_safety_max : cf->ack_max,
	    .why_most = safety ? "alerts.ack_safety_max, for this is a safety clock" :
	    "alerts.ack_max"};

	return cc_until_read(rpc, &u, ret, reterr);
}

static void
answer(struct cc_job *j, const struct cc_store_ack *ack, bool safety)
{
	struct cc_buf b;

	cc_buf_init(&b, 256);
	CC_BUF_LIT(&b, "{\"acknowledged\":");
	cc_buf_int(&b, ack->alert);
	CC_BUF_LIT(&b, ",\"until\":");
	cc_buf_wall(&b, ack->until);
	CC_BUF_LIT(&b, ",\"holds\":");
	cc_buf_jsons(&b, safety ? "repeats" : "ladder");
	cc_buf_char(&b, '}');
	cc_method_result(j, &b);
	cc_buf_done(&b);
}

/* The alert is at hand: everything is checked, then kept, and the case planned anew in
 * this transaction. */
static enum cc_code
acknowledge(struct cc_engine *e, struct cc_job *j, const struct cc_store_alert *al,
    struct cc_str by, struct cc_err *reterr)
{
	const struct cc_rule *rule = cc_tell_rule(e->setup->pack, al->rule);
	bool safety = rule != NULL && rule->safety;
	struct cc_store_ack ack = {.alert = al->id, .by = by, .at = e->now.wall};
	struct cc_entry *c;
	enum cc_code code = cc_engine_case(e, al->case_id, &c, reterr);

	if (code == CC_OK)
		code = check(c, al, reterr);
	if (code == CC_OK)
		code = read_end(e, j->rpc, safety, &ack.until, reterr);
	if (code == CC_OK)
		code = cc_store_ack_add(e->cf.store, &ack, reterr);
	if (code != CC_OK)
		return code;
	cc_engine_touch(e, c);
	answer(j, &ack, safety);
	return CC_OK;
}

enum cc_code
cc_engine_acknowledge(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_store_alert al;
	struct asked a = {0};
	int64_t id = 0;
	enum cc_code code = read_asked(j->rpc, &a, reterr);

	if (code != CC_OK)
		return code;
	if (cc_directory_find(&e->setup->directory, a.by) == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "by: the directory has no staff_id "
		    "'%.64s'", a.by.p);
	code = find_alert(e, &a, &id, reterr);
	if (code != CC_OK)
		return code;
	cc_arena_reset(&e->work);	/* reading the case uses the other */
	code = cc_store_alert_get(e->cf.store, id, &e->work, &al, reterr);
	if (code == CC_ENOENT)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no alert %" PRId64, id);
	return code == CC_OK ? acknowledge(e, j, &al, a.by, reterr) : code;
}
