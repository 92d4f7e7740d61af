#include "store/sqlite.h"

enum cc_code
cc_sqlite_silence_add(struct cc_store *st, const struct cc_store_silence *m, int64_t *ret_id,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_SILENCE_ADD);
	int64_t id = 0;
	enum cc_code code;

	cc_q_text(&q, m->case_id);
	cc_q_text(&q, m->rule);
	cc_q_text(&q, m->recipient);
	cc_q_text(&q, m->by);
	cc_q_text(&q, m->reason);
	cc_q_wall(&q, m->at);
	cc_q_wall(&q, m->until);
	while (cc_q_row(&q))
		id = cc_q_get(&q, 0);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret_id = id;
	return code;
}

enum cc_code
cc_sqlite_silence_end(struct cc_store *st, int64_t id, struct cc_wall now,
    struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_silence m = { .ended = CC_NEVER };
	struct cc_q q = cc_q_open(s, CC_SQL_SILENCE_HEAD);
	bool found = false;
	enum cc_code code;

	cc_q_int(&q, id);
	while (cc_q_row(&q)) {
		found = true;
		m.until = cc_q_get_wall(&q, 0);
		m.ended = cc_q_get_wall(&q, 1);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && !found)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no silence %lld", (long long)id);
	if (code == CC_OK && cc_store_silence_over(&m, now))
		return cc_fail(reterr, CC_ECONFLICT, 0, "silence %lld has ended already",
		    (long long)id);
	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_SILENCE_END);
	cc_q_int(&q, id);
	cc_q_wall(&q, now);
	return cc_q_run(&q, reterr);
}

static void
get_silence(struct cc_q *q, struct cc_arena *a, struct cc_store_silence *m)
{
	m->id = cc_q_get(q, 0);
	m->case_id = cc_q_get_text(q, 1, a);
	m->rule = cc_q_get_text(q, 2, a);
	m->recipient = cc_q_get_text(q, 3, a);
	m->by = cc_q_get_text(q, 4, a);
	m->reason = cc_q_get_text(q, 5, a);
	m->at = cc_q_get_wall(q, 6);
	m->until = cc_q_get_wall(q, 7);
	m->ended = cc_q_get_wall(q, 8);
}

enum cc_code
cc_sqlite_silences_list(struct cc_store *st, const struct cc_store_silence_filter *f,
    struct cc_arena *a, struct cc_store_silences *ret, struct cc_err *reterr)
{
	struct cc_store_vec v = { 0 };
	struct cc_q q = cc_q_open(cc_sqlite_of(st),
	    cc_given(f->now) ? CC_SQL_SILENCES_NOW : CC_SQL_SILENCES_ALL);
	int64_t next = 0;
	enum cc_code code;

	cc_q_int(&q, f->after);
	cc_q_int(&q, (int64_t)f->limit + 1);
	if (cc_given(f->now))
		cc_q_int(&q, f->now.s);
	while (cc_q_row(&q)) {
		struct cc_store_silence *m;

		if (v.items != NULL && v.n == f->limit) {
			next = ((struct cc_store_silence *)v.items)[v.n - 1].id;
			break;
		}
		m = cc_store_vec_add(&v, sizeof *m, a);
		if (m == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		get_silence(&q, a, m);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_silences){ v.items, v.n, next };
	return code;
}
