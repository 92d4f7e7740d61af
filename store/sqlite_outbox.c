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

static enum cc_code
insert(struct cc_sqlite *s, const struct cc_store_message *m, int64_t no, int64_t kase,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_ADD);
	enum cc_code code;

	cc_q_int(&q, no);
	cc_q_int(&q, m->state);
	cc_q_wall(&q, m->next);
	cc_q_wall(&q, m->give_up);
	cc_q_wall(&q, m->closed);
	cc_q_text(&q, m->reason);
	code = cc_q_run(&q, reterr);
	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_OUTBOX_TEXT);
	cc_q_int(&q, no);
	cc_q_text(&q, m->id);
	cc_q_int(&q, m->alert);
	cc_q_int(&q, kase);
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
	int64_t no = 0, kase = 0;
	enum cc_code code = find(s, m->id, &no, reterr);

	if (code == CC_OK && no != 0) {
		*ret = (struct cc_store_added){ false, no };
		return CC_OK;
	}
	if (code == CC_OK && m->case_id.n > 0) {
		code = cc_sqlite_case_no(s, m->case_id, &kase, reterr);
		if (code == CC_OK && kase == 0)
			return cc_fail(reterr, CC_ENOENT, 0, "a message of unknown case %.*s",
			    (int)m->case_id.n, m->case_id.p);
	}
	no = s->fig[CC_FIG_MESSAGES] + 1;
	if (code == CC_OK)
		code = insert(s, m, no, kase, reterr);
	if (code != CC_OK)
		return code;
	s->fig[CC_FIG_MESSAGES] = no;
	s->fig[CC_FIG_OUTBOX + m->state]++;
	*ret = (struct cc_store_added){ true, no };
	return CC_OK;
}

/* --- what moves of one message ------------------------------------------- */

/* CC_ENOENT without words: the caller knows what that means. */
static enum cc_code
load(struct cc_sqlite *s, int64_t no, struct cc_store_message *ret, struct cc_err *reterr)
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

static enum cc_code
save(struct cc_sqlite *s, const struct cc_store_message *m, enum cc_outbox_state was,
    struct cc_err *reterr)
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
	if (m->owner.n > 0)
		cc_q_text(&q, m->owner);
	else
		cc_q_null(&q);
	cc_q_wall(&q, m->closed);
	cc_q_text(&q, m->reason);
	s->fig[CC_FIG_OUTBOX + was]--;
	s->fig[CC_FIG_OUTBOX + m->state]++;
	return cc_q_run(&q, reterr);
}

static enum cc_code
add_attempt(struct cc_sqlite *s, int64_t no, const struct cc_store_attempt *t,
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

enum cc_code
cc_sqlite_outbox_complete(struct cc_store *st, const struct cc_store_outcome *o,
    enum cc_code *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_message m = { .no = 0 };
	struct cc_outbox_words words;
	enum cc_outbox_state was;
	enum cc_code code = load(s, o->no, &m, reterr), row;

	if (code == CC_ENOENT) {
		*ret = CC_ENOENT;
		return CC_OK;
	}
	if (code != CC_OK)
		return code;
	row = cc_outbox_judge(&m, o);
	if (row == CC_OK) {
		was = m.state;
		cc_outbox_apply(&m, o, &words);
		code = save(s, &m, was, reterr);
		if (code == CC_OK && cc_given(o->started)) {
			const struct cc_store_attempt t = { m.attempts, o->started, o->ended,
			    o->attempt, o->code, o->detail };

			code = add_attempt(s, m.no, &t, reterr);
		}
	}
	if (code == CC_OK)
		*ret = row;
	return code;
}

/* --- claims -------------------------------------------------------------- */

enum cc_code
cc_sqlite_outbox_claim(struct cc_store *st, const struct cc_store_claim *c, struct cc_arena *a,
    struct cc_store_messages *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_vec v = { 0 };
	struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_DUE);
	struct cc_store_message *m;
	enum cc_code code;

	cc_q_int(&q, 1);
	cc_q_wall(&q, c->now);
	cc_q_int(&q, c->limit);
	while (cc_q_row(&q)) {
		m = cc_store_vec_add(&v, sizeof *m, a);
		if (m == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		cc_sqlite_get_message(&q, a, m);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && v.n > 0)
		s->fig[CC_FIG_FENCE]++;
	m = v.items;
	for (uint32_t i = 0; code == CC_OK && i < v.n; i++) {
		cc_outbox_claim(&m[i], c, s->fig[CC_FIG_FENCE]);
		m[i].owner.p = cc_arena_text(a, c->owner.p, c->owner.n);
		if (m[i].owner.p == NULL)
			return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a claim");
		code = save(s, &m[i], CC_OUTBOX_QUEUED, reterr);
	}
	if (code == CC_OK)
		*ret = (struct cc_store_messages){ v.items, v.n, 0 };
	return code;
}

struct numbers {
	int64_t no[CC_STORE_LIST_MAX];
	uint32_t n;
};

static enum cc_code
gather_numbers(struct cc_q *q, struct numbers *ret, struct cc_err *reterr)
{
	ret->n = 0;
	while (ret->n < CC_STORE_LIST_MAX && cc_q_row(q))
		ret->no[ret->n++] = cc_q_get(q, 0);
	return cc_q_end(q, reterr);
}

static enum cc_code
lose(struct cc_sqlite *s, int64_t no, struct cc_wall now, struct cc_err *reterr)
{
	struct cc_store_message m = { .no = 0 };
	enum cc_code code = load(s, no, &m, reterr);
	struct cc_store_attempt t = { .outcome = CC_ATTEMPT_LOST, .started = m.claimed,
	    .ended = now, .code = CC_STR("lost"), .detail = CC_STR("") };

	if (code != CC_OK)
		return code;
	cc_outbox_lose(&m, now);
	t.number = m.attempts;
	code = save(s, &m, CC_OUTBOX_CLAIMED, reterr);
	return code == CC_OK ? add_attempt(s, no, &t, reterr) : code;
}

enum cc_code
cc_sqlite_outbox_requeue(struct cc_store *st, struct cc_wall now, struct cc_str others_than,
    uint32_t *ret_n, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct numbers lost;
	struct cc_q q;
	enum cc_code code;

	q = cc_q_open(s, others_than.n > 0 ? CC_SQL_OUTBOX_OTHERS : CC_SQL_OUTBOX_LOST);
	cc_q_int(&q, now.s);
	cc_q_int(&q, CC_STORE_LIST_MAX);
	if (others_than.n > 0)
		cc_q_text(&q, others_than);
	code = gather_numbers(&q, &lost, reterr);
	for (uint32_t i = 0; code == CC_OK && i < lost.n; i++)
		code = lose(s, lost.no[i], now, reterr);
	if (code == CC_OK)
		*ret_n = lost.n;
	return code;
}

enum cc_code
cc_sqlite_outbox_next(struct cc_store *st, struct cc_wall *ret, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_OUTBOX_NEXT);
	struct cc_wall next = CC_NEVER;
	enum cc_code code;

	while (cc_q_row(&q))
		next = cc_q_get_wall(&q, 0);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = next;
	return code;
}

/* --- redrive ------------------------------------------------------------- */

static enum cc_code
redrive_one(struct cc_sqlite *s, int64_t no, const struct cc_store_redrive *r,
    struct cc_err *reterr)
{
	struct cc_store_message m = { .no = 0 };
	enum cc_outbox_state was;
	enum cc_code code = load(s, no, &m, reterr);

	if (code != CC_OK)
		return code;
	if (cc_outbox_move(m.state, CC_OUTBOX_REDRIVE) == 0)
		return cc_fail(reterr, CC_ECONFLICT, 0, "message %.*s is %s: only a dead or held "
		    "one can be sent again", (int)r->id.n, r->id.p,
		    cc_outbox_state_text(m.state));
	was = m.state;
	cc_outbox_redrive(&m, r);
	return save(s, &m, was, reterr);
}

enum cc_code
cc_sqlite_redrive(struct cc_store *st, const struct cc_store_redrive *r, uint32_t *ret_n,
    struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct numbers dead;
	enum cc_code code;

	if (r->id.n > 0) {
		dead.n = 1;
		code = find(s, r->id, &dead.no[0], reterr);
		if (code == CC_OK && dead.no[0] == 0)
			return cc_fail(reterr, CC_ENOENT, 0, "there is no message %.*s",
			    (int)r->id.n, r->id.p);
	} else {
		struct cc_q q = cc_q_open(s, CC_SQL_OUTBOX_DEAD);

		cc_q_int(&q, CC_STORE_LIST_MAX);
		code = gather_numbers(&q, &dead, reterr);
	}
	for (uint32_t i = 0; code == CC_OK && i < dead.n; i++)
		code = redrive_one(s, dead.no[i], r, reterr);
	if (code == CC_OK)
		*ret_n = dead.n;
	return code;
}
