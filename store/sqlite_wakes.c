#include "store/sqlite.h"

#include <stdlib.h>

/* --- the index over the wakes table -------------------------------------- */

/* What the open transaction changed, taken back: the index speaks of the last
 * commit, the table of the transaction. */
static bool
unmove(struct cc_sqlite *s)
{
	for (size_t i = s->nmoves; i > 0; i--) {
		const struct cc_sqlite_move *m = &s->moves[i - 1];

		if (m->to >= 0)
			(void)cc_wakes_remove(&s->wakes, cc_wakes_key(m->to, m->no));
		if (m->from >= 0 && !cc_wakes_add(&s->wakes, cc_wakes_key(m->from, m->no)))
			return false;
	}
	return true;
}

/* Reads at most `most` rows of the table as keys; *ret_n is how many. */
static enum cc_code
read_keys(struct cc_sqlite *s, uint64_t *keys, size_t most, size_t *ret_n,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_WAKES);
	size_t n = 0;
	enum cc_code code;

	while (cc_q_row(&q)) {
		if (n == most) {
			cc_q_fail(&q, SQLITE_CORRUPT);
			break;
		}
		keys[n++] = cc_wakes_key(cc_q_get(&q, 1), cc_q_get(&q, 0));
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret_n = n;
	return code;
}

enum cc_code
cc_sqlite_wakes_need(struct cc_sqlite *s, struct cc_err *reterr)
{
	size_t most = (size_t)s->fig[CC_FIG_OPEN] + 1, n = 0;
	uint64_t *keys, *spare;
	enum cc_code code;

	if (s->wakes_known)
		return CC_OK;
	keys = calloc(most, sizeof *keys);
	spare = calloc(most, sizeof *spare);
	if (keys == NULL || spare == NULL)
		code = cc_fail(reterr, CC_ENOMEM, 0, "no memory for the wakes of %zu cases",
		    most - 1);
	else
		code = read_keys(s, keys, most, &n, reterr);
	if (code == CC_OK && (!cc_wakes_fill(&s->wakes, keys, spare, n) || !unmove(s))) {
		cc_wakes_done(&s->wakes);
		code = cc_fail(reterr, CC_ENOMEM, 0, "no memory for the wakes of %zu cases", n);
	}
	free(keys);
	free(spare);
	s->wakes_known = code == CC_OK;
	return code;
}

bool
cc_sqlite_wake_move(struct cc_sqlite *s, struct cc_sqlite_move m)
{
	if (s->nmoves == s->moves_cap) {
		size_t cap = s->moves_cap == 0 ? 64 : s->moves_cap * 2;
		struct cc_sqlite_move *p = realloc(s->moves, cap * sizeof *p);

		if (p == NULL)
			return false;
		s->moves = p;
		s->moves_cap = cap;
	}
	s->moves[s->nmoves++] = m;
	return true;
}

/* Without memory the index is dropped, and made again when it is next asked. */
void
cc_sqlite_wakes_committed(struct cc_sqlite *s)
{
	for (size_t i = 0; i < s->nmoves && s->wakes_known; i++) {
		const struct cc_sqlite_move *m = &s->moves[i];

		if (m->from >= 0 && !cc_wakes_remove(&s->wakes, cc_wakes_key(m->from, m->no)))
			s->wakes_known = false;
		if (m->to >= 0 && !cc_wakes_add(&s->wakes, cc_wakes_key(m->to, m->no)))
			s->wakes_known = false;
	}
	s->nmoves = 0;
	if (!s->wakes_known)
		cc_wakes_done(&s->wakes);
}

/* --- due ----------------------------------------------------------------- */

/* Adds the case of `key` unless its stamp is `but`. */
static enum cc_code
add_case(struct cc_sqlite *s, uint64_t key, int64_t but, struct cc_store_vec *v,
    struct cc_arena *a, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_CASE_ID);
	bool found = false;
	enum cc_code code;

	cc_q_int(&q, (int64_t)(key & UINT32_MAX));
	while (cc_q_row(&q)) {
		struct cc_store_wake *w;

		found = true;
		if (cc_q_get(&q, 1) == but)
			continue;
		w = cc_store_vec_add(v, sizeof *w, a);
		if (w == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		w->case_id = cc_q_get_text(&q, 0, a);
		w->wake = (struct cc_wall){ (int64_t)(key >> 32) };
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && !found)
		code = cc_fail(reterr, CC_EBUG, 0, "the wake of a case that is not there");
	return code;
}

enum cc_code
cc_sqlite_wakes_due(struct cc_store *st, const struct cc_store_due *due, struct cc_arena *a,
    struct cc_store_wakes *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_vec v = { 0 };
	uint64_t key = 0;
	enum cc_code code = cc_sqlite_wakes_need(s, reterr);

	while (code == CC_OK && v.n < due->limit && cc_wakes_first(&s->wakes, key, &key)) {
		if ((int64_t)(key >> 32) > due->now.s)
			break;
		code = add_case(s, key, -1, &v, a, reterr);
		key++;
	}
	if (code == CC_OK)
		*ret = (struct cc_store_wakes){ v.items, v.n };
	return code;
}

enum cc_code
cc_sqlite_wake_next(struct cc_store *st, struct cc_wall *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	uint64_t key;
	enum cc_code code = cc_sqlite_wakes_need(s, reterr);

	if (code != CC_OK)
		return code;
	*ret = CC_NEVER;
	if (cc_wakes_first(&s->wakes, 0, &key))
		ret->s = (int64_t)(key >> 32);
	return CC_OK;
}

/* --- stale --------------------------------------------------------------- */

struct stamp {
	int64_t no, cases;	/* no 0: nothing was ever put under these stamps */
};

static enum cc_code
stamp_find(struct cc_sqlite *s, const struct cc_store_stamps *t, struct stamp *ret,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_STAMP_FIND);
	struct stamp r = { 0, 0 };
	enum cc_code code;

	cc_q_text(&q, t->pack);
	cc_q_text(&q, t->calendar);
	cc_q_text(&q, t->zones);
	while (cc_q_row(&q))
		r = (struct stamp){ cc_q_get(&q, 0), cc_q_get(&q, 1) };
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = r;
	return code;
}

enum cc_code
cc_sqlite_stale_count(struct cc_store *st, const struct cc_store_stamps *in_force, int64_t *ret,
    struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct stamp stamp = { 0, 0 };
	enum cc_code code = stamp_find(s, in_force, &stamp, reterr);

	/* A writer's figures are its own; a reader's may be of an older commit. */
	if (code == CC_OK && st->reader && !st->open)
		code = cc_sqlite_figures_load(s, reterr);
	if (code == CC_OK)
		*ret = s->fig[CC_FIG_CASES] - stamp.cases;
	return code;
}

/* Walks the index from where the last call found its first stale case: what lies
 * before that was put since, or is fresh for long. */
static enum cc_code
walk(struct cc_sqlite *s, uint32_t limit, struct cc_store_vec *v, struct cc_arena *a,
    struct cc_err *reterr)
{
	uint64_t key = s->stale_from;
	enum cc_code code = cc_sqlite_wakes_need(s, reterr);

	while (code == CC_OK && v->n < limit && cc_wakes_first(&s->wakes, key, &key)) {
		if (v->n == 0)
			s->stale_from = key;
		code = add_case(s, key, s->stale_stamp, v, a, reterr);
		key++;
	}
	return code;
}

/* By one of the two queries; the rows of STALE_REST have no wake. */
static enum cc_code
by_stamp(struct cc_sqlite *s, enum cc_sql id, uint32_t limit, struct cc_store_vec *v,
    struct cc_arena *a, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, id);

	cc_q_int(&q, s->stale_stamp);
	cc_q_int(&q, limit);
	while (cc_q_row(&q)) {
		struct cc_store_wake *w = cc_store_vec_add(v, sizeof *w, a);

		if (w == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		w->case_id = cc_q_get_text(&q, 0, a);
		w->wake = id == CC_SQL_STALE_FEW ? cc_q_get_wall(&q, 1) : CC_NEVER;
	}
	return cc_q_end(&q, reterr);
}

/* Of many stale cases the index says the order, and none is looked at twice; a
 * walk that ends with nothing starts over once, so that none can be missed. */
static enum cc_code
of_many(struct cc_sqlite *s, uint32_t limit, struct cc_store_vec *v, struct cc_arena *a,
    struct cc_err *reterr)
{
	bool partial = s->stale_from != 0;
	enum cc_code code = walk(s, limit, v, a, reterr);

	if (code == CC_OK && v->n == 0)
		code = by_stamp(s, CC_SQL_STALE_REST, limit, v, a, reterr);
	if (code == CC_OK && v->n == 0 && partial) {
		s->stale_from = 0;
		code = walk(s, limit, v, a, reterr);
	}
	return code;
}

/* Few are sorted by the query. */
enum cc_code
cc_sqlite_stale_list(struct cc_store *st, const struct cc_store_stale *stale,
    struct cc_arena *a, struct cc_store_wakes *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_vec v = { 0 };
	struct stamp stamp = { 0, 0 };
	int64_t left;
	enum cc_code code = stamp_find(s, &stale->in_force, &stamp, reterr);

	if (code != CC_OK)
		return code;
	if (stamp.no == 0)
		stamp.no = -1;		/* no case has that one: all are stale */
	if (stamp.no != s->stale_stamp) {
		s->stale_stamp = stamp.no;
		s->stale_from = 0;
	}
	left = s->fig[CC_FIG_CASES] - stamp.cases;
	if (left > CC_SQLITE_STALE_FEW) {
		code = of_many(s, stale->limit, &v, a, reterr);
	} else if (left > 0) {
		code = by_stamp(s, CC_SQL_STALE_FEW, stale->limit, &v, a, reterr);
	}
	if (code == CC_OK)
		*ret = (struct cc_store_wakes){ v.items, v.n };
	return code;
}
