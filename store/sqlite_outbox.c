#include "store/sqlite.h"

#include "store/outbox.h"

/* --- adding -------------------------------------------------------------- */

static enum cc_code
find(struct cc_sqlite *s, struct cc_str id, int64_t *ret, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_FIND);
	int64_t no = 0;
	enum cc_code code;

	cc_q_text(&q, id);
	while (cc_q_row(&q))
		no = cc_q_get(&q, 0);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = no;
	return code;
}

static void
bind_or_null(struct cc_q *q, struct cc_str t)
{
	if (t.n > 0)
		cc_q_text(q, t);
	else
		cc_q_null(q);
}

/* A message's number, and its texts that are numbers. */
struct numbered {
	int64_t no, kase, channel;
};

static enum cc_code
insert(struct cc_sqlite *s, const struct cc_store_message *m, const struct numbered *n,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_ADD);
	enum cc_code code;

	cc_q_int(&q, n->no);
	cc_q_int(&q, m->state);
	cc_q_wall(&q, m->next);
	cc_q_wall(&q, m->give_up);
	cc_q_wall(&q, m->closed);
	cc_q_text(&q, m->reason);
	cc_q_int(&q, n->channel);
	cc_q_int(&q, cc_sqlite_lane(m));
	bind_or_null(&q, m->hold);
	code = cc_q_run(&q, reterr);
	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_OUTBOX_TEXT);
	cc_q_int(&q, n->no);
	cc_q_text(&q, m->id);
	cc_q_int(&q, m->alert);
	cc_q_int(&q, n->kase);
	cc_q_text(&q, m->recipient);
	cc_q_text(&q, m->channel);
	cc_q_text(&q, m->address);
	cc_q_text(&q, m->thread);
	cc_q_blob(&q, m->payload);
	cc_q_int(&q, m->safety);
	cc_q_wall(&q, m->created);
	return cc_q_run(&q, reterr);
}

enum cc_code
cc_sqlite_outbox_add(struct cc_store *st, const struct cc_store_message *m,
    struct cc_store_added *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct numbered n = { 0, 0, 0 };
	enum cc_code code = find(s, m->id, &n.no, reterr);

	if (code == CC_OK && n.no != 0) {
		*ret = (struct cc_store_added){ false, n.no };
		return CC_OK;
	}
	if (code == CC_OK && m->case_id.n > 0) {
		code = cc_sqlite_case_no(s, m->case_id, &n.kase, reterr);
		if (code == CC_OK && n.kase == 0)
			return cc_fail(reterr, CC_ENOENT, 0, "a message of unknown case %.*s",
			    (int)m->case_id.n, m->case_id.p);
	}
	if (code == CC_OK)
		code = cc_sqlite_name(s, m->channel, true, &n.channel, reterr);
	n.no = s->fig[CC_FIG_MESSAGES] + 1;
	if (code == CC_OK)
		code = insert(s, m, &n, reterr);
	if (code != CC_OK)
		return code;
	s->fig[CC_FIG_MESSAGES] = n.no;
	s->fig[CC_FIG_OUTBOX + m->state]++;
	*ret = (struct cc_store_added){ true, n.no };
	return CC_OK;
}

/* --- what moves of one message ------------------------------------------- */

enum cc_code
cc_sqlite_outbox_load(struct cc_sqlite *s, int64_t no, struct cc_store_message *ret,
    struct cc_err *reterr)
{
	struct cc_store_message m = { .no = 0 };
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_GET);
	enum cc_code code;

	cc_q_int(&q, no);
	while (cc_q_row(&q)) {
		m.no = no;
		m.state = (enum cc_outbox_state)cc_q_get(&q, 0);
		m.next = cc_q_get_wall(&q, 1);
		m.give_up = cc_q_get_wall(&q, 2);
		m.attempts = (uint32_t)cc_q_get(&q, 3);
		m.fence = cc_q_get(&q, 4);
		m.claimed = cc_q_get_wall(&q, 5);
		m.lease = cc_q_get_wall(&q, 6);
		m.closed = cc_q_get_wall(&q, 7);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && m.no == 0)
		return CC_ENOENT;
	if (code == CC_OK)
		*ret = m;
	return code;
}

enum cc_code
cc_sqlite_outbox_save(struct cc_sqlite *s, const struct cc_store_message *m,
    enum cc_outbox_state was, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_SET);

	cc_q_int(&q, m->no);
	cc_q_int(&q, m->state);
	cc_q_wall(&q, m->next);
	cc_q_wall(&q, m->give_up);
	cc_q_int(&q, m->attempts);
	cc_q_int(&q, m->fence);
	cc_q_wall(&q, m->claimed);
	cc_q_wall(&q, m->lease);
	bind_or_null(&q, m->owner);
	cc_q_wall(&q, m->closed);
	cc_q_text(&q, m->reason);
	bind_or_null(&q, m->hold);
	if (m->carrier != 0)
		cc_q_int(&q, m->carrier);
	else
		cc_q_null(&q);
	s->fig[CC_FIG_OUTBOX + was]--;
	s->fig[CC_FIG_OUTBOX + m->state]++;
	return cc_q_run(&q, reterr);
}

enum cc_code
cc_sqlite_attempt_add(struct cc_sqlite *s, int64_t no, const struct cc_store_attempt *t,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_ATTEMPT_ADD);

	cc_q_int(&q, no);
	cc_q_int(&q, t->number);
	cc_q_wall(&q, t->started);
	cc_q_wall(&q, t->ended);
	cc_q_int(&q, t->outcome);
	cc_q_text(&q, t->code);
	cc_q_text(&q, t->detail);
	s->fig[CC_FIG_ATTEMPTS]++;
	return cc_q_run(&q, reterr);
}

/* Whether o->no may be grouped under o->carrier: that is there and not grouped itself,
 * and nothing is grouped under o->no. */
static enum cc_code
check_carrier(struct cc_sqlite *s, const struct cc_store_outcome *o, enum cc_code *ret_row,
    struct cc_err *reterr)
{
	struct cc_store_message carrier = { .no = 0 };
	struct cc_q q;
	bool carries = false;
	enum cc_code code = cc_sqlite_outbox_load(s, o->carrier, &carrier, reterr);

	if (code == CC_ENOENT || (code == CC_OK && carrier.state == CC_OUTBOX_GROUPED)) {
		*ret_row = CC_EINVAL;
		return CC_OK;
	}
	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_OUTBOX_CARRIED);
	cc_q_int(&q, o->no);
	while (cc_q_row(&q))
		carries = true;
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && carries)
		*ret_row = CC_EINVAL;
	return code;
}

enum cc_code
cc_sqlite_outbox_complete(struct cc_store *st, const struct cc_store_outcome *o,
    enum cc_code *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_message m = { .no = 0 };
	struct cc_outbox_words words;
	enum cc_outbox_state was;
	enum cc_code code = cc_sqlite_outbox_load(s, o->no, &m, reterr), row;

	if (code == CC_ENOENT) {
		*ret = CC_ENOENT;
		return CC_OK;
	}
	if (code != CC_OK)
		return code;
	row = cc_outbox_judge(&m, o);
	if (row == CC_OK && o->to == CC_OUTBOX_GROUPED)
		code = check_carrier(s, o, &row, reterr);
	if (code == CC_OK && row == CC_OK) {
		was = m.state;
		cc_outbox_apply(&m, o, &words);
		code = cc_sqlite_outbox_save(s, &m, was, reterr);
		if (code == CC_OK && cc_given(o->started)) {
			const struct cc_store_attempt t = { m.attempts, o->started, o->ended,
			    o->attempt, o->code, o->detail };

			code = cc_sqlite_attempt_add(s, m.no, &t, reterr);
		}
	}
	if (code == CC_OK)
		*ret = row;
	return code;
}

/* --- without an outcome -------------------------------------------------- */

static enum cc_code
unknown(struct cc_str id, struct cc_err *reterr)
{
	return cc_fail(reterr, CC_ENOENT, 0, "there is no message %.*s", (int)id.n, id.p);
}

enum cc_code
cc_sqlite_outbox_extend(struct cc_store *st, int64_t no, int64_t fence, struct cc_wall lease,
    struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_message m = { .no = 0 };
	struct cc_q q;
	enum cc_code code = cc_sqlite_outbox_load(s, no, &m, reterr);

	if (code == CC_ENOENT)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no message %lld", (long long)no);
	if (code == CC_OK && (m.fence != fence ||
	    cc_outbox_move(m.state, CC_OUTBOX_EXTEND) == 0))
		return cc_fail(reterr, CC_ECONFLICT, 0, "the claim on message %lld is over",
		    (long long)no);
	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_OUTBOX_EXTEND);
	cc_q_int(&q, no);
	cc_q_wall(&q, lease);
	return cc_q_run(&q, reterr);
}

enum cc_code
cc_sqlite_outbox_release(struct cc_store *st, struct cc_str hold, struct cc_wall now,
    uint32_t *ret_n, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_sqlite_numbers held;
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_HOLDS);
	enum cc_code code;

	cc_q_text(&q, hold);
	cc_q_int(&q, CC_STORE_LIST_MAX);
	code = cc_sqlite_numbers(&q, &held, reterr);
	for (uint32_t i = 0; code == CC_OK && i < held.n; i++) {
		q = cc_q_open(s, CC_SQL_OUTBOX_RELEASE);
		cc_q_int(&q, held.no[i]);
		cc_q_wall(&q, now);
		code = cc_q_run(&q, reterr);
	}
	if (code == CC_OK)
		*ret_n = held.n;
	return code;
}

enum cc_code
cc_sqlite_outbox_bounce(struct cc_store *st, struct cc_str id,
    const struct cc_outbox_notice *notice, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_message m = { .no = 0 };
	struct cc_outbox_words words;
	int64_t no = 0;
	enum cc_code code = find(s, id, &no, reterr);

	if (code == CC_OK && no == 0)
		return unknown(id, reterr);
	if (code == CC_OK)
		code = cc_sqlite_outbox_load(s, no, &m, reterr);
	if (code == CC_OK && cc_outbox_move(m.state, CC_OUTBOX_BOUNCE) == 0)
		return cc_fail(reterr, CC_ECONFLICT, 0, "message %.*s is %s: only a sent one can "
		    "come back", (int)id.n, id.p, cc_outbox_state_text(m.state));
	if (code != CC_OK)
		return code;
	cc_outbox_bounce(&m, notice, &words);
	return cc_sqlite_outbox_save(s, &m, CC_OUTBOX_SENT, reterr);
}

/* --- redrive ------------------------------------------------------------- */

static enum cc_code
redrive_one(struct cc_sqlite *s, int64_t no, const struct cc_store_redrive *r,
    struct cc_err *reterr)
{
	struct cc_store_message m = { .no = 0 };
	enum cc_outbox_state was;
	enum cc_code code = cc_sqlite_outbox_load(s, no, &m, reterr);

	if (code != CC_OK)
		return code;
	if (cc_outbox_move(m.state, CC_OUTBOX_REDRIVE) == 0)
		return cc_fail(reterr, CC_ECONFLICT, 0, "message %.*s is %s: only a dead or held "
		    "one can be sent again", (int)r->id.n, r->id.p,
		    cc_outbox_state_text(m.state));
	was = m.state;
	cc_outbox_redrive(&m, r);
	return cc_sqlite_outbox_save(s, &m, was, reterr);
}

enum cc_code
cc_sqlite_redrive(struct cc_store *st, const struct cc_store_redrive *r, uint32_t *ret_n,
    struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_sqlite_numbers dead;
	enum cc_code code;

	if (r->id.n > 0) {
		dead.n = 1;
		code = find(s, r->id, &dead.no[0], reterr);
		if (code == CC_OK && dead.no[0] == 0)
			return unknown(r->id, reterr);
	} else {
		struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_DEAD);

		cc_q_int(&q, CC_STORE_LIST_MAX);
		code = cc_sqlite_numbers(&q, &dead, reterr);
	}
	for (uint32_t i = 0; code == CC_OK && i < dead.n; i++)
		code = redrive_one(s, dead.no[i], r, reterr);
	if (code == CC_OK)
		*ret_n = dead.n;
	return code;
}
