#include "store/sqlite.h"

#include <string.h>

/* --- events -------------------------------------------------------------- */

/* (source, id) is known as event `seq` of case `kase`: the same content? */
static enum cc_code
judge_known(struct cc_sqlite *s, const struct cc_store_event *e, int64_t kase,
    struct cc_store_appended *r, struct cc_err *reterr)
{
	int64_t mine = 0;
	bool found = false;
	struct cc_q q;
	enum cc_code code = cc_sqlite_case_no(s, e->case_id, &mine, reterr);

	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_EVENT_GET);
	cc_q_int(&q, kase);
	cc_q_int(&q, r->seq);
	while (cc_q_row(&q)) {
		found = true;
		r->recorded = cc_q_get_wall(&q, 0);
		r->outcome = mine == kase && cc_str_eq(cc_q_peek(&q, 1), e->bytes) ?
		    CC_APPEND_DUPLICATE : CC_APPEND_CONFLICT;
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && !found)
		code = cc_fail(reterr, CC_EBUG, 0, "event %lld is known but not there",
		    (long long)r->seq);
	return code;
}

/* Is (source, id) there?  r->seq 0 when not. */
static enum cc_code
find_known(struct cc_sqlite *s, const struct cc_store_event *e, int64_t source,
    struct cc_store_appended *r, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_IDENTITY);
	int64_t kase = 0;
	enum cc_code code;

	cc_q_int(&q, source);
	cc_q_text(&q, e->id);
	while (cc_q_row(&q)) {
		kase = cc_q_get(&q, 0);
		r->seq = cc_q_get(&q, 1);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && r->seq != 0)
		code = judge_known(s, e, kase, r, reterr);
	return code;
}

static enum cc_code
add_case(struct cc_sqlite *s, struct cc_str id, int64_t source, int64_t *ret,
    struct cc_err *reterr)
{
	int64_t no = s->fig[CC_FIG_CASES] + 1;
	struct cc_q q;
	enum cc_code code;

	if (no > UINT32_MAX)
		return cc_fail(reterr, CC_ERANGE, 0, "the store holds %lld cases, its most",
		    (long long)no - 1);
	q = cc_q_open(s, CC_SQL_CASE_ADD);
	cc_q_int(&q, no);
	cc_q_text(&q, id);
	cc_q_int(&q, source);
	code = cc_q_run(&q, reterr);
	if (code != CC_OK)
		return code;
	s->fig[CC_FIG_CASES] = no;
	*ret = no;
	return CC_OK;
}

/* The case's number and the recorded time of its last event; no row: 0. */
static enum cc_code
case_last(struct cc_sqlite *s, struct cc_str id, int64_t *ret_no, struct cc_wall *ret_last,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_CASE_LAST);

	cc_q_text(&q, id);
	while (cc_q_row(&q)) {
		*ret_no = cc_q_get(&q, 0);
		*ret_last = cc_q_get_wall(&q, 1);
	}
	return cc_q_end(&q, reterr);
}

/* *ret_new is false when (source, id) was there: nothing has changed then. */
static enum cc_code
claim_identity(struct cc_sqlite *s, struct cc_str id, int64_t source, int64_t kase,
    bool *ret_new, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_IDENTITY_ADD);
	enum cc_code code;

	cc_q_int(&q, source);
	cc_q_text(&q, id);
	cc_q_int(&q, kase);
	cc_q_int(&q, s->fig[CC_FIG_EVENTS] + 1);
	code = cc_q_run(&q, reterr);
	*ret_new = code == CC_OK && sqlite3_changes(s->db) > 0;
	return code;
}

static enum cc_code
write_event(struct cc_sqlite *s, const struct cc_store_event *e, int64_t kase,
    struct cc_store_appended *r, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_EVENT_ADD);
	enum cc_code code;

	r->outcome = CC_APPEND_NEW;
	r->seq = s->fig[CC_FIG_EVENTS] + 1;
	if (r->recorded.s < e->recorded.s)
		r->recorded = e->recorded;
	cc_q_int(&q, kase);
	cc_q_int(&q, r->seq);
	cc_q_wall(&q, r->recorded);
	cc_q_blob(&q, e->bytes);
	code = cc_q_run(&q, reterr);
	if (code == CC_OK)
		s->fig[CC_FIG_EVENTS] = r->seq;
	return code;
}

/* The first event of a case: is the event new at all? */
static enum cc_code
append_first(struct cc_sqlite *s, const struct cc_store_event *e, struct cc_store_appended *r,
    struct cc_err *reterr)
{
	int64_t source = 0, kase = 0;
	bool fresh = false;
	enum cc_code code = cc_sqlite_name(s, e->source, true, &source, reterr);

	if (code == CC_OK)
		code = find_known(s, e, source, r, reterr);
	if (code != CC_OK || r->seq != 0)
		return code;
	code = add_case(s, e->case_id, source, &kase, reterr);
	if (code == CC_OK)
		code = claim_identity(s, e->id, source, kase, &fresh, reterr);
	return code == CC_OK ? write_event(s, e, kase, r, reterr) : code;
}

static enum cc_code
append_more(struct cc_sqlite *s, const struct cc_store_event *e, int64_t kase,
    struct cc_store_appended *r, struct cc_err *reterr)
{
	int64_t source = 0;
	bool fresh = false;
	enum cc_code code = cc_sqlite_name(s, e->source, true, &source, reterr);

	if (code == CC_OK)
		code = claim_identity(s, e->id, source, kase, &fresh, reterr);
	if (code != CC_OK)
		return code;
	return fresh ? write_event(s, e, kase, r, reterr) : find_known(s, e, source, r, reterr);
}

enum cc_code
cc_sqlite_event_append(struct cc_store *st, const struct cc_store_event *e,
    struct cc_store_appended *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_appended r = { .seq = 0, .recorded = e->recorded };
	int64_t kase = 0;
	enum cc_code code = case_last(s, e->case_id, &kase, &r.recorded, reterr);

	if (code == CC_OK && kase == 0)
		code = append_first(s, e, &r, reterr);
	else if (code == CC_OK)
		code = append_more(s, e, kase, &r, reterr);
	if (code == CC_OK)
		*ret = r;
	return code;
}

enum cc_code
cc_sqlite_case_events(struct cc_store *st, const struct cc_store_events_of *of,
    struct cc_arena *a, struct cc_store_kepts *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_store_vec v = { 0 };
	int64_t kase = 0, next = 0;
	struct cc_q q;
	enum cc_code code = cc_sqlite_case_no(s, of->case_id, &kase, reterr);

	if (code != CC_OK)
		return code;
	q = cc_q_open(s, CC_SQL_EVENTS_OF);
	cc_q_int(&q, kase);
	cc_q_int(&q, of->after);
	cc_q_int(&q, (int64_t)of->limit + 1);
	while (cc_q_row(&q)) {
		struct cc_store_kept *k;

		if (v.items != NULL && v.n == of->limit) {
			next = ((struct cc_store_kept *)v.items)[v.n - 1].seq;
			break;
		}
		k = cc_store_vec_add(&v, sizeof *k, a);
		if (k == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		k->seq = cc_q_get(&q, 0);
		k->recorded = cc_q_get_wall(&q, 1);
		k->bytes = cc_q_get_text(&q, 2, a);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_kepts){ v.items, v.n, next };
	return code;
}

/* --- cases --------------------------------------------------------------- */

/* The columns of CC_SQL_CASE_COLS and the two behind them. */
static void
get_case(struct cc_q *q, struct cc_arena *a, struct cc_store_case *c)
{
	*c = (struct cc_store_case){ .exists = true };
	c->id = cc_q_get_text(q, 0, a);
	c->version = cc_q_get(q, 1);
	c->stamps.pack = cc_q_get_text(q, 2, a);
	c->stamps.calendar = cc_q_get_text(q, 3, a);
	c->stamps.zones = cc_q_get_text(q, 4, a);
	c->wake = cc_q_get_wall(q, 5);
	c->first_source = cc_q_get_text(q, 6, a);
	c->nlive = (uint32_t)cc_q_get(q, 7);
	c->recorded = cc_q_get_wall(q, 8);
	c->last_seq = cc_q_get(q, 9);
}

enum cc_code
cc_sqlite_case_load(struct cc_store *st, struct cc_str id, struct cc_arena *a,
    struct cc_store_case *ret, struct cc_err *reterr)
{
	struct cc_store_case c = { .exists = false, .wake = CC_NEVER, .recorded = CC_NEVER };
	struct cc_codec_instances in = { 0 };
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_CASE_LOAD);
	enum cc_code code = CC_OK, end;

	cc_q_text(&q, id);
	if (cc_q_row(&q)) {
		get_case(&q, a, &c);
		code = cc_codec_decode(cc_q_peek(&q, 10), a, &in, reterr);
	}
	end = cc_q_end(&q, reterr);
	if (end != CC_OK)
		return end;
	if (code == CC_EINVAL)
		return cc_fail(reterr, CC_EIO, SQLITE_CORRUPT,
		    "the store: the instances of case %.*s cannot be read", (int)id.n, id.p);
	if (code != CC_OK)
		return code;
	c.instances = in.items;
	c.ninstances = in.n;
	*ret = c;
	return CC_OK;
}

enum cc_code
cc_sqlite_cases_list(struct cc_store *st, const struct cc_store_cases_from *from,
    struct cc_arena *a, struct cc_store_cases *ret, struct cc_err *reterr)
{
	struct cc_store_vec v = { 0 };
	struct cc_str next = CC_STR("");
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_CASES_LIST);
	enum cc_code code;

	cc_q_text(&q, from->after);
	cc_q_int(&q, (int64_t)from->limit + 1);
	while (cc_q_row(&q)) {
		struct cc_store_case *c;

		if (v.items != NULL && v.n == from->limit) {
			next = ((struct cc_store_case *)v.items)[v.n - 1].id;
			break;
		}
		c = cc_store_vec_add(&v, sizeof *c, a);
		if (c == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		get_case(&q, a, c);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_cases){ v.items, v.n, next };
	return code;
}

/* --- writing a case ------------------------------------------------------ */

struct head {
	int64_t no, version, stamp, live, wake;		/* wake -1: none */
};

static enum cc_code
case_head(struct cc_sqlite *s, struct cc_str id, struct head *ret, struct cc_err *reterr)
{
	struct head h = { .no = 0 };
	struct cc_q q = cc_q_open(s, CC_SQL_CASE_HEAD);
	enum cc_code code;

	cc_q_text(&q, id);
	while (cc_q_row(&q)) {
		struct cc_wall wake = cc_q_get_wall(&q, 4);

		h = (struct head){ cc_q_get(&q, 0), cc_q_get(&q, 1), cc_q_get(&q, 2),
		    cc_q_get(&q, 3), cc_given(wake) ? wake.s : -1 };
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && h.no == 0)
		return cc_fail(reterr, CC_ENOENT, 0, "case %.*s has no event", (int)id.n, id.p);
	if (code == CC_OK)
		*ret = h;
	return code;
}

/* The stamps as one text with lengths, to be compared with the last ones. */
static bool
stamps_same(struct cc_sqlite *s, const struct cc_store_stamps *t, bool keep)
{
	const struct cc_str part[] = { t->pack, t->calendar, t->zones };
	struct cc_store_buf *b = &s->stamp_text;
	size_t at = 0, need = 0;
	bool same = s->stamp != 0;

	for (int i = 0; i < 3; i++)
		need += sizeof part[i].n + part[i].n;
	if (keep) {
		b->n = 0;
		if (!cc_store_buf_room(b, need))
			return false;
	} else if (!same || b->n != need) {
		return false;
	}
	for (int i = 0; i < 3; i++) {
		if (keep) {
			memcpy(b->p + at, &part[i].n, sizeof part[i].n);
			memcpy(b->p + at + sizeof part[i].n, part[i].n == 0 ? "" : part[i].p,
			    part[i].n);
		} else if (memcmp(b->p + at, &part[i].n, sizeof part[i].n) != 0 ||
		    memcmp(b->p + at + sizeof part[i].n, part[i].n == 0 ? "" : part[i].p,
		    part[i].n) != 0) {
			return false;
		}
		at += sizeof part[i].n + part[i].n;
	}
	b->n = need;
	return true;
}

static enum cc_code
stamp_query(struct cc_sqlite *s, enum cc_sql id, const struct cc_store_stamps *t, int64_t *ret,
    struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, id);
	int64_t no = 0;
	enum cc_code code;

	cc_q_text(&q, t->pack);
	cc_q_text(&q, t->calendar);
	cc_q_text(&q, t->zones);
	while (cc_q_row(&q))
		no = cc_q_get(&q, 0);
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = no;
	return code;
}

static enum cc_code
stamp_number(struct cc_sqlite *s, const struct cc_store_stamps *t, int64_t *ret,
    struct cc_err *reterr)
{
	int64_t no = 0;
	enum cc_code code;

	if (stamps_same(s, t, false)) {
		*ret = s->stamp;
		return CC_OK;
	}
	code = stamp_query(s, CC_SQL_STAMP_FIND, t, &no, reterr);
	if (code == CC_OK && no == 0)
		code = stamp_query(s, CC_SQL_STAMP_ADD, t, &no, reterr);
	if (code != CC_OK)
		return code;
	s->stamp = stamps_same(s, t, true) ? no : 0;
	*ret = no;
	return CC_OK;
}

static enum cc_code
stamp_count(struct cc_sqlite *s, int64_t stamp, int64_t by, struct cc_err *reterr)
{
	struct cc_q q;

	if (stamp == 0)
		return CC_OK;
	q = cc_q_open(s, CC_SQL_STAMP_COUNT);
	cc_q_int(&q, stamp);
	cc_q_int(&q, by);
	return cc_q_run(&q, reterr);
}

static enum cc_code
write_wake(struct cc_sqlite *s, const struct head *h, int64_t wake, struct cc_err *reterr)
{
	struct cc_q q;
	enum cc_code code;

	if (wake == h->wake)
		return CC_OK;
	if (!cc_sqlite_wake_move(s, (struct cc_sqlite_move){ h->no, h->wake, wake }))
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a wake");
	q = cc_q_open(s, wake < 0 ? CC_SQL_WAKE_CLEAR : CC_SQL_WAKE_SET);
	cc_q_int(&q, h->no);
	if (wake >= 0)
		cc_q_int(&q, wake);
	code = cc_q_run(&q, reterr);
	s->fig[CC_FIG_OPEN] += (wake >= 0) - (h->wake >= 0);
	return code;
}

static enum cc_code
write_case(struct cc_sqlite *s, const struct cc_store_put *p, const struct head *h,
    int64_t stamp, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_CASE_SET);
	int64_t live = 0;
	enum cc_code code;

	for (uint32_t i = 0; i < p->ninstances; i++)
		live += p->instances[i].live;
	cc_q_int(&q, h->no);
	cc_q_int(&q, h->version + 1);
	cc_q_int(&q, stamp);
	cc_q_int(&q, live);
	cc_q_blob(&q, (struct cc_str){ (const char *)s->blob.p, (uint32_t)s->blob.n });
	code = cc_q_run(&q, reterr);
	s->fig[CC_FIG_LIVE] += live - h->live;
	if (code == CC_OK && stamp != h->stamp) {
		code = stamp_count(s, h->stamp, -1, reterr);
		if (code == CC_OK)
			code = stamp_count(s, stamp, 1, reterr);
	}
	return code;
}

enum cc_code
cc_sqlite_case_put(struct cc_store *st, const struct cc_store_put *p, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct head h = { .no = 0 };
	int64_t stamp = 0;
	enum cc_code code = case_head(s, p->case_id, &h, reterr);

	if (code == CC_OK && h.version != p->expected)
		code = cc_fail(reterr, CC_ECONFLICT, 0,
		    "case %.*s is at version %lld, not %lld: another writer was first",
		    (int)p->case_id.n, p->case_id.p, (long long)h.version,
		    (long long)p->expected);
	if (code == CC_OK)
		code = cc_codec_encode(p->instances, p->ninstances, &s->blob, reterr);
	if (code == CC_OK)
		code = stamp_number(s, &p->stamps, &stamp, reterr);
	if (code == CC_OK)
		code = write_case(s, p, &h, stamp, reterr);
	if (code == CC_OK)
		code = write_wake(s, &h, cc_given(p->wake) ? p->wake.s : -1, reterr);
	return code;
}
