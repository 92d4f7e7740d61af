#include "store/sqlite.h"

#include "store/outbox.h"

/* The columns of CC_SQL_MESSAGES. */
void
cc_sqlite_get_message(struct cc_q *q, struct cc_arena *a, struct cc_store_message *m)
{
	m->no = cc_q_get(q, 0);
	m->id = cc_q_get_text(q, 1, a);
	m->alert = cc_q_get(q, 2);
	m->case_id = cc_q_get_text(q, 3, a);
	m->recipient = cc_q_get_text(q, 4, a);
	m->channel = cc_q_get_text(q, 5, a);
	m->address = cc_q_get_text(q, 6, a);
	m->thread = cc_q_get_text(q, 7, a);
	m->payload = cc_q_get_text(q, 8, a);
	m->safety = cc_q_get(q, 9) != 0;
	m->state = (enum cc_outbox_state)cc_q_get(q, 10);
	m->created = cc_q_get_wall(q, 11);
	m->next = cc_q_get_wall(q, 12);
	m->give_up = cc_q_get_wall(q, 13);
	m->attempts = (uint32_t)cc_q_get(q, 14);
	m->fence = cc_q_get(q, 15);
	m->claimed = cc_q_get_wall(q, 16);
	m->lease = cc_q_get_wall(q, 17);
	m->owner = cc_q_get_text(q, 18, a);
	m->closed = cc_q_get_wall(q, 19);
	m->reason = cc_q_get_text(q, 20, a);
	m->hold = cc_q_get_text(q, 21, a);
	m->carrier = cc_q_get(q, 22);
}

static enum cc_code
gather(struct cc_q *q, uint32_t limit, struct cc_arena *a, struct cc_store_messages *ret,
    struct cc_err *reterr)
{
	struct cc_store_vec v = { 0 };
	int64_t next = 0;
	enum cc_code code;

	while (cc_q_row(q)) {
		struct cc_store_message *m;

		if (v.n == limit) {
			next = ((struct cc_store_message *)v.items)[v.n - 1].no;
			break;
		}
		m = cc_store_vec_add(&v, sizeof *m, a);
		if (m == NULL) {
			cc_q_fail(q, SQLITE_NOMEM);
			break;
		}
		cc_sqlite_get_message(q, a, m);
	}
	code = cc_q_end(q, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_messages){ v.items, v.n, next };
	return code;
}

/* The statement whose index fits the filter best. */
static enum cc_sql
choose(const struct cc_store_message_filter *f)
{
	if (f->carrier != 0)
		return CC_SQL_MESSAGES_CARRIED;
	if (f->thread.n > 0)
		return CC_SQL_MESSAGES_THREAD;
	if (f->alert != 0)
		return CC_SQL_MESSAGES_ALERT;
	if (f->case_id.n > 0)
		return CC_SQL_MESSAGES_CASE;
	switch (f->state) {
	case CC_OUTBOX_QUEUED:
		return CC_SQL_MESSAGES_QUEUED;
	case CC_OUTBOX_CLAIMED:
		return CC_SQL_MESSAGES_CLAIMED;
	case CC_OUTBOX_DEAD:
	case CC_OUTBOX_SUPERSEDED:
	case CC_OUTBOX_HELD:
	case CC_OUTBOX_GROUPED:
		return CC_SQL_MESSAGES_ODD;
	default:
		return CC_SQL_MESSAGES_ALL;
	}
}

/* Whether the statement asks more than the state. */
static bool
asks_more(enum cc_sql id)
{
	return id == CC_SQL_MESSAGES_CASE || id == CC_SQL_MESSAGES_ALERT ||
	    id == CC_SQL_MESSAGES_THREAD || id == CC_SQL_MESSAGES_CARRIED;
}

enum cc_code
cc_sqlite_messages_list(struct cc_store *st, const struct cc_store_message_filter *f,
    struct cc_arena *a, struct cc_store_messages *ret, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	enum cc_sql id = choose(f);
	int64_t kase = 0;
	struct cc_q q;

	if (f->case_id.n > 0) {
		enum cc_code code = cc_sqlite_case_no(s, f->case_id, &kase, reterr);

		if (code != CC_OK)
			return code;
		if (kase == 0)
			kase = -1;	/* unknown: no message is of it */
	}
	q = cc_q_open(s, id);
	cc_q_int(&q, f->payload);
	cc_q_int(&q, f->after);
	cc_q_int(&q, (int64_t)f->limit + 1);
	cc_q_int(&q, f->state);
	if (asks_more(id)) {
		cc_q_int(&q, kase);
		cc_q_int(&q, f->alert);
		cc_q_text(&q, f->thread);
		cc_q_text(&q, f->recipient);
		cc_q_int(&q, f->carrier);
	}
	return gather(&q, f->limit, a, ret, reterr);
}

enum cc_code
cc_sqlite_message_get(struct cc_store *st, struct cc_str id, struct cc_arena *a,
    struct cc_store_message *ret, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_MESSAGE_GET);
	struct cc_store_messages list;
	enum cc_code code;

	cc_q_int(&q, 1);
	cc_q_text(&q, id);
	code = gather(&q, 1, a, &list, reterr);
	if (code != CC_OK)
		return code;
	if (list.n == 0)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no message %.*s", (int)id.n, id.p);
	*ret = list.items[0];
	return CC_OK;
}

enum cc_code
cc_sqlite_attempts_list(struct cc_store *st, const struct cc_store_attempt_filter *f,
    struct cc_arena *a, struct cc_store_attempts *ret, struct cc_err *reterr)
{
	struct cc_store_vec v = { 0 };
	struct cc_q q = cc_q_open(cc_sqlite_of(st), CC_SQL_ATTEMPTS_OF);
	uint32_t next = 0;
	enum cc_code code;

	cc_q_int(&q, f->no);
	cc_q_int(&q, f->after);
	cc_q_int(&q, (int64_t)f->limit + 1);
	while (cc_q_row(&q)) {
		struct cc_store_attempt *t;

		if (v.items != NULL && v.n == f->limit) {
			next = ((struct cc_store_attempt *)v.items)[v.n - 1].number;
			break;
		}
		t = cc_store_vec_add(&v, sizeof *t, a);
		if (t == NULL) {
			cc_q_fail(&q, SQLITE_NOMEM);
			break;
		}
		t->number = (uint32_t)cc_q_get(&q, 0);
		t->started = cc_q_get_wall(&q, 1);
		t->ended = cc_q_get_wall(&q, 2);
		t->outcome = (enum cc_attempt_outcome)cc_q_get(&q, 3);
		t->code = cc_q_get_text(&q, 4, a);
		t->detail = cc_q_get_text(&q, 5, a);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_attempts){ v.items, v.n, next };
	return code;
}
