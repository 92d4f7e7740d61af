#include "store/sqlite.h"

/* --- adding -------------------------------------------------------------- */

/* What an alert's texts are as numbers. */
struct numbers {
	int64_t kase, rule, source, rung, roles;
};

static enum cc_code
find_numbers(struct cc_sqlite *s, const struct cc_store_alert *al, struct numbers *ret,
    struct cc_err *reterr)
{
	struct numbers n = { 0 };
	enum cc_code code = cc_sqlite_case_no(s, al->case_id, &n.kase, reterr);

	if (code == CC_OK && n.kase == 0)
		return cc_fail(reterr, CC_ENOENT, 0, "an alert of unknown case %.*s",
		    (int)al->case_id.n, al->case_id.p);
	if (code == CC_OK)
		code = cc_sqlite_name(s, al->rule, true, &n.rule, reterr);
	if (code == CC_OK)
		code = cc_sqlite_name(s, al->origin_source, true, &n.source, reterr);
	if (code == CC_OK)
		code = cc_sqlite_name(s, al->rung, true, &n.rung, reterr);
	if (code == CC_OK)
		code = cc_sqlite_name(s, al->to, true, &n.roles, reterr);
	if (code == CC_OK)
		*ret = n;
	return code;
}

/* The eight columns on which an alert is unique. */
static void
bind_key(struct cc_q *q, const struct cc_store_alert *al, const struct numbers *n)
{
	cc_q_int(q, n->kase);
	cc_q_int(q, n->rule);
	cc_q_text(q, al->subject);
	cc_q_int(q, n->source);
	cc_q_text(q, al->origin_id);
	cc_q_int(q, al->same);
	cc_q_int(q, al->epoch);
	cc_q_int(q, n->rung);
}

static enum cc_code
insert(struct cc_sqlite *s, const struct cc_store_alert *al, const struct numbers *n,
    int64_t id, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_ALERT_ADD);

	bind_key(&q, al, n);
	cc_q_int(&q, id);
	cc_q_int(&q, al->period);
	cc_q_int(&q, al->severity);
	cc_q_int(&q, n->roles);
	cc_q_int(&q, al->state);
	cc_q_wall(&q, al->at);
	cc_q_wall(&q, al->fired);
	cc_q_wall(&q, al->started);
	cc_q_wall(&q, al->due);
	cc_q_wall(&q, al->ended);
	cc_q_wall(&q, al->known);
	cc_q_wall(&q, al->previous_due);
	cc_q_int(&q, al->late);
	if (al->held.n > 0)
		cc_q_text(&q, al->held);
	else
		cc_q_null(&q);
	return cc_q_run(&q, reterr);
}

enum cc_code
cc_sqlite_alert_add(struct cc_store *st, const struct cc_store_alert *al,
    struct cc_store_added *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct numbers n = { 0 };
	int64_t id = 0;
	struct cc_q q;
	enum cc_code code = find_numbers(s, al, &n, reterr);

	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_ALERT_FIND);
	bind_key(&q, al, &n);
	while (cc_q_row(&q))
		id = cc_q_get(&q, 0);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && id != 0) {
		*ret = (struct cc_store_added){ false, id };
		return CC_OK;
	}
	id = s->fig[CC_FIG_ALERTS] + 1;
	if (code == CC_OK)
		code = insert(s, al, &n, id, reterr);
	if (code != CC_OK)
		return code;
	s->fig[CC_FIG_ALERTS] = id;
	s->fig[CC_FIG_HELD] += al->held.n > 0;
	*ret = (struct cc_store_added){ true, id };
	return CC_OK;
}

/* --- of one alert -------------------------------------------------------- */

struct head {
	int64_t kase;
	bool held, released;
};

static enum cc_code
alert_head(struct cc_sqlite *s, int64_t id, struct head *ret, struct cc_err *reterr)
{
	struct head h = { .kase = 0 };
	struct cc_q q = cc_q_open(s, CC_SQL_ALERT_HEAD);
	enum cc_code code;

	cc_q_int(&q, id);
	while (cc_q_row(&q)) {
		h.kase = cc_q_get(&q, 0);
		h.held = cc_q_peek(&q, 1).n > 0;
		h.released = cc_given(cc_q_get_wall(&q, 2));
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && h.kase == 0)
		code = cc_fail(reterr, CC_ENOENT, 0, "there is no alert %lld", (long long)id);
	if (code == CC_OK)
		*ret = h;
	return code;
}

enum cc_code
cc_sqlite_alert_release(struct cc_store *st, int64_t id, struct cc_wall now,
    struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct head h = { .kase = 0 };
	struct cc_q q;
	enum cc_code code = alert_head(s, id, &h, reterr);

	if (code == CC_OK && (!h.held || h.released))
		code = cc_fail(reterr, CC_ECONFLICT, 0, "alert %lld is %s", (long long)id,
		    h.held ? "released already" : "not held");
	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_ALERT_RELEASE);
	cc_q_int(&q, id);
	cc_q_wall(&q, now);
	code = cc_q_run(&q, reterr);
	s->fig[CC_FIG_HELD]--;
	return code;
}

enum cc_code
cc_sqlite_ack_add(struct cc_store *st, const struct cc_store_ack *ack, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct head h = { .kase = 0 };
	struct cc_q q;
	enum cc_code code = alert_head(s, ack->alert, &h, reterr);

	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_ACK_ADD);
	cc_q_int(&q, ack->alert);
	cc_q_int(&q, h.kase);
	cc_q_text(&q, ack->by);
	cc_q_wall(&q, ack->at);
	cc_q_wall(&q, ack->until);
	return cc_q_run(&q, reterr);
}

enum cc_code
cc_sqlite_acks_list(struct cc_store *st, const struct cc_store_acks_of *of, struct cc_arena *a,
    struct cc_store_acks *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_vec v = { 0 };
	int64_t kase = 0;
	struct cc_q q;
	enum cc_code code = cc_sqlite_case_no(s, of->case_id, &kase, reterr);

	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_ACKS_OF);
	cc_q_int(&q, kase);
	cc_q_int(&q, of->now.s);
	cc_q_int(&q, of->limit);
	while (cc_q_row(&q)) {
		struct cc_store_ack *k = cc_store_vec_add(&v, sizeof *k, a);

		if (k == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		k->alert = cc_q_get(&q, 0);
		k->by = cc_q_get_text(&q, 1, a);
		k->at = cc_q_get_wall(&q, 2);
		k->until = cc_q_get_wall(&q, 3);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_acks){ v.items, v.n };
	return code;
}

/* --- lists --------------------------------------------------------------- */

static void
get_alert(struct cc_q *q, struct cc_arena *a, struct cc_store_alert *al)
{
	al->id = cc_q_get(q, 0);
	al->case_id = cc_q_get_text(q, 1, a);
	al->rule = cc_q_get_text(q, 2, a);
	al->subject = cc_q_get_text(q, 3, a);
	al->origin_id = cc_q_get_text(q, 4, a);
	al->origin_source = cc_q_get_text(q, 5, a);
	al->same = (uint32_t)cc_q_get(q, 6);
	al->epoch = (uint32_t)cc_q_get(q, 7);
	al->period = (uint32_t)cc_q_get(q, 8);
	al->rung = cc_q_get_text(q, 9, a);
	al->severity = (enum cc_severity)cc_q_get(q, 10);
	al->to = cc_q_get_text(q, 11, a);
	al->state = (enum cc_state)cc_q_get(q, 12);
	al->at = cc_q_get_wall(q, 13);
	al->fired = cc_q_get_wall(q, 14);
	al->started = cc_q_get_wall(q, 15);
	al->due = cc_q_get_wall(q, 16);
	al->ended = cc_q_get_wall(q, 17);
	al->known = cc_q_get_wall(q, 18);
	al->previous_due = cc_q_get_wall(q, 19);
	al->late = cc_q_get(q, 20) != 0;
	al->held = cc_q_get_text(q, 21, a);
	al->released = cc_q_get_wall(q, 22);
}

/* The rows of `q`, at most `limit`, and the cursor when there are more. */
static enum cc_code
gather(struct cc_q *q, uint32_t limit, struct cc_arena *a, struct cc_store_alerts *ret,
    struct cc_err *reterr)
{
	struct cc_store_vec v = { 0 };
	int64_t next = 0;
	enum cc_code code;

	while (cc_q_row(q)) {
		struct cc_store_alert *al;

		if (v.n == limit) {
			next = ((struct cc_store_alert *)v.items)[v.n - 1].id;
			break;
		}
		al = cc_store_vec_add(&v, sizeof *al, a);
		if (al == NULL) {
			cc_q_fail(q, SQLITE_NOMEM);
			break;
		}
		get_alert(q, a, al);
	}
	code = cc_q_end(q, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_alerts){ v.items, v.n, next };
	return code;
}

enum cc_code
cc_sqlite_alerts_list(struct cc_store *st, const struct cc_store_alert_filter *f,
    struct cc_arena *a, struct cc_store_alerts *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	enum cc_sql id = f->held ? CC_SQL_ALERTS_HELD : CC_SQL_ALERTS_ALL;
	int64_t kase = 0, rule = 0;
	struct cc_q q;

	if (f->case_id.n > 0) {
		enum cc_code code = cc_sqlite_case_no(s, f->case_id, &kase, reterr);

		if (code == CC_OK && f->rule.n > 0)
			code = cc_sqlite_name(s, f->rule, false, &rule, reterr);
		if (code != CC_OK)
			return code;
		if (f->rule.n > 0 && rule == 0)
			rule = -1;	/* unknown: no alert is of it */
		id = CC_SQL_ALERTS_CASE;
	}
	q = cc_q_open(s, id);
	cc_q_int(&q, f->after);
	cc_q_int(&q, (int64_t)f->limit + 1);
	if (id == CC_SQL_ALERTS_CASE) {
		cc_q_int(&q, kase);
		cc_q_int(&q, f->held);
		cc_q_int(&q, rule);
		cc_q_text(&q, f->subject);
	}
	return gather(&q, f->limit, a, ret, reterr);
}

enum cc_code
cc_sqlite_alert_get(struct cc_store *st, int64_t id, struct cc_arena *a,
    struct cc_store_alert *ret, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_ALERT_GET);
	struct cc_store_alerts list;
	enum cc_code code;

	cc_q_int(&q, id);
	code = gather(&q, 1, a, &list, reterr);
	if (code != CC_OK)
		return code;
	if (list.n == 0)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no alert %lld", (long long)id);
	*ret = list.items[0];
	return CC_OK;
}
