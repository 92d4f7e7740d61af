#include "store/memory.h"

#include <stdlib.h>

/* --- kinds of rows ------------------------------------------------------- */

static int
order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
event_cmp(const void *pa, const void *pb)
{
	const struct cc_mem_event *a = pa, *b = pb;
	int c = cc_str_cmp(a->e.case_id, b->e.case_id);

	return c != 0 ? c : order(a->seq, b->seq);
}

static int
identity_cmp(const void *pa, const void *pb)
{
	const struct cc_mem_event *a = pa, *b = pb;
	int c = cc_str_cmp(a->e.source, b->e.source);

	return c != 0 ? c : cc_str_cmp(a->e.id, b->e.id);
}

static int
case_cmp(const void *pa, const void *pb)
{
	const struct cc_mem_case *a = pa, *b = pb;

	return cc_str_cmp(a->c.id, b->c.id);
}

static int
alert_cmp(const void *pa, const void *pb)
{
	const struct cc_store_alert *a = pa, *b = pb;

	return order(a->id, b->id);
}

static int
alert_key_cmp(const void *pa, const void *pb)
{
	const struct cc_store_alert *a = pa, *b = pb;
	int c = cc_str_cmp(a->case_id, b->case_id);

	if (c == 0)
		c = cc_str_cmp(a->rule, b->rule);
	if (c == 0)
		c = cc_str_cmp(a->subject, b->subject);
	if (c == 0)
		c = cc_str_cmp(a->origin_id, b->origin_id);
	if (c == 0)
		c = cc_str_cmp(a->origin_source, b->origin_source);
	if (c == 0)
		c = order(a->same, b->same);
	if (c == 0)
		c = order(a->epoch, b->epoch);
	return c != 0 ? c : cc_str_cmp(a->rung, b->rung);
}

static int
ack_cmp(const void *pa, const void *pb)
{
	const struct cc_mem_ack *a = pa, *b = pb;

	return order(a->no, b->no);
}

static int
message_cmp(const void *pa, const void *pb)
{
	const struct cc_store_message *a = pa, *b = pb;

	return order(a->no, b->no);
}

static int
attempt_cmp(const void *pa, const void *pb)
{
	const struct cc_mem_attempt *a = pa, *b = pb;
	int c = order(a->message, b->message);

	return c != 0 ? c : order(a->t.number, b->t.number);
}

static int
pair_cmp(const void *pa, const void *pb)
{
	const struct cc_mem_pair *a = pa, *b = pb;

	return cc_str_cmp(a->key, b->key);
}

static int
audit_cmp(const void *pa, const void *pb)
{
	const struct cc_store_audit *a = pa, *b = pb;

	return order(a->id, b->id);
}

static int
silence_cmp(const void *pa, const void *pb)
{
	const struct cc_store_silence *a = pa, *b = pb;

	return order(a->id, b->id);
}

#define AT(type, member) offsetof(struct type, member)

static const size_t event_texts[] = { AT(cc_mem_event, e.source), AT(cc_mem_event, e.id),
	AT(cc_mem_event, e.case_id), AT(cc_mem_event, e.bytes) };
static const size_t case_texts[] = { AT(cc_mem_case, c.id), AT(cc_mem_case, c.stamps.pack),
	AT(cc_mem_case, c.stamps.calendar), AT(cc_mem_case, c.stamps.zones),
	AT(cc_mem_case, c.first_source), AT(cc_mem_case, blob) };
static const size_t alert_texts[] = { AT(cc_store_alert, case_id), AT(cc_store_alert, rule),
	AT(cc_store_alert, subject), AT(cc_store_alert, origin_id),
	AT(cc_store_alert, origin_source), AT(cc_store_alert, rung), AT(cc_store_alert, to),
	AT(cc_store_alert, held) };
static const size_t ack_texts[] = { AT(cc_mem_ack, k.by), AT(cc_mem_ack, case_id) };
static const size_t message_texts[] = { AT(cc_store_message, id), AT(cc_store_message, case_id),
	AT(cc_store_message, recipient), AT(cc_store_message, channel),
	AT(cc_store_message, address), AT(cc_store_message, thread),
	AT(cc_store_message, payload), AT(cc_store_message, hold),
	AT(cc_store_message, owner), AT(cc_store_message, reason) };
static const size_t attempt_texts[] = { AT(cc_mem_attempt, t.code),
	AT(cc_mem_attempt, t.detail) };
static const size_t pair_texts[] = { AT(cc_mem_pair, key), AT(cc_mem_pair, value) };
static const size_t silence_texts[] = { AT(cc_store_silence, case_id),
	AT(cc_store_silence, rule), AT(cc_store_silence, recipient), AT(cc_store_silence, by),
	AT(cc_store_silence, reason) };
static const size_t audit_texts[] = { AT(cc_store_audit, who), AT(cc_store_audit, what),
	AT(cc_store_audit, detail) };

#define KIND(type, texts, cmp) \
	{ sizeof(struct type), (texts), sizeof(texts) / sizeof((texts)[0]), (cmp) }

const struct cc_mem_kind cc_mem_kinds[CC_MEM_COUNT] = {
	[CC_MEM_EVENTS] = KIND(cc_mem_event, event_texts, event_cmp),
	[CC_MEM_IDENTITY] = KIND(cc_mem_event, event_texts, identity_cmp),
	[CC_MEM_CASES] = KIND(cc_mem_case, case_texts, case_cmp),
	[CC_MEM_ALERTS] = KIND(cc_store_alert, alert_texts, alert_cmp),
	[CC_MEM_ALERT_KEYS] = KIND(cc_store_alert, alert_texts, alert_key_cmp),
	[CC_MEM_ACKS] = KIND(cc_mem_ack, ack_texts, ack_cmp),
	[CC_MEM_MESSAGES] = KIND(cc_store_message, message_texts, message_cmp),
	[CC_MEM_MESSAGE_IDS] = KIND(cc_mem_pair, pair_texts, pair_cmp),
	[CC_MEM_ATTEMPTS] = KIND(cc_mem_attempt, attempt_texts, attempt_cmp),
	[CC_MEM_NOTICES] = KIND(cc_mem_pair, pair_texts, pair_cmp),
	[CC_MEM_AUDIT] = KIND(cc_store_audit, audit_texts, audit_cmp),
	[CC_MEM_META] = KIND(cc_mem_pair, pair_texts, pair_cmp),
	[CC_MEM_SILENCES] = KIND(cc_store_silence, silence_texts, silence_cmp),
};

/* --- seeing and writing -------------------------------------------------- */

static enum cc_code
fault(struct cc_err *reterr)
{
	return cc_fail(reterr, CC_EIO, 0, "the store: a test's fault");
}

enum cc_code
cc_memory_no_memory(struct cc_memory *m, struct cc_err *reterr)
{
	(void)m;
	return cc_fail(reterr, CC_ENOMEM, 0, "the store: no memory");
}

static void
lock(struct cc_mem_db *db)
{
	(void)pthread_mutex_lock(&db->lock);	/* a plain mutex of ours: cannot fail */
}

static void
unlock(struct cc_mem_db *db)
{
	(void)pthread_mutex_unlock(&db->lock);	/* as above */
}

enum cc_code
cc_memory_enter(struct cc_memory *m, struct cc_err *reterr)
{
	if (cc_store_faulty(&m->base, "read"))
		return fault(reterr);
	if (m->base.reader && !m->base.open)
		lock(m->db);
	return CC_OK;
}

void
cc_memory_leave(struct cc_memory *m)
{
	if (m->base.reader && !m->base.open)
		unlock(m->db);
}

const struct cc_mem_table *
cc_memory_see(const struct cc_memory *m, enum cc_mem_tables t)
{
	if (m->work[t] != NULL)
		return m->work[t];
	return m->snap[t] != NULL ? m->snap[t] : m->db->t[t];
}

struct cc_mem_table *
cc_memory_write(struct cc_memory *m, enum cc_mem_tables t)
{
	if (cc_store_faulty(&m->base, "write"))
		return NULL;
	if (m->work[t] == NULL) {
		lock(m->db);	/* the rows' counts */
		m->work[t] = cc_mem_table_copy(m->db->t[t]);
		unlock(m->db);
	}
	return m->work[t];
}

static bool
put_row(struct cc_memory *m, enum cc_mem_tables t, struct cc_mem_row *r)
{
	struct cc_mem_table *w = cc_memory_write(m, t);
	bool done;

	if (w == NULL)
		return false;
	lock(m->db);	/* the rows' counts */
	done = cc_mem_set(w, &cc_mem_kinds[t], r);
	unlock(m->db);
	return done;
}

enum cc_code
cc_memory_put(struct cc_memory *m, enum cc_mem_tables t, enum cc_mem_tables also,
    const void *data, struct cc_err *reterr)
{
	struct cc_mem_row *r = cc_mem_row_new(&cc_mem_kinds[t], data);
	bool done;

	if (r == NULL)
		return cc_memory_no_memory(m, reterr);
	done = put_row(m, t, r) && (also == CC_MEM_COUNT || put_row(m, also, r));
	lock(m->db);
	cc_mem_row_drop(r);
	unlock(m->db);
	return done ? CC_OK : cc_memory_no_memory(m, reterr);
}

const struct cc_mem_case *
cc_memory_case(const struct cc_memory *m, struct cc_str id)
{
	struct cc_mem_case key = { .c = { .id = id } };

	return cc_mem_get(cc_memory_see(m, CC_MEM_CASES), &cc_mem_kinds[CC_MEM_CASES], &key);
}

/* --- opening, transactions ----------------------------------------------- */

static void
drop_all(struct cc_mem_table **t)
{
	for (int i = 0; i < CC_MEM_COUNT; i++) {
		cc_mem_table_drop(t[i]);
		t[i] = NULL;
	}
}

static void
db_drop(struct cc_mem_db *db)
{
	bool last;

	lock(db);
	last = --db->refs == 0;
	unlock(db);
	if (!last)
		return;
	drop_all(db->t);
	(void)pthread_mutex_destroy(&db->lock);	/* nobody holds it */
	free(db);
}

static void
close_handle(struct cc_store *st)
{
	struct cc_memory *m = cc_memory_of(st);

	db_drop(m->db);
	free(m);
}

static struct cc_mem_db *
db_new(void)
{
	struct cc_mem_db *db = calloc(1, sizeof *db);

	if (db == NULL)
		return NULL;
	for (int i = 0; i < CC_MEM_COUNT; i++) {
		db->t[i] = cc_mem_table_new();
		if (db->t[i] == NULL) {
			drop_all(db->t);
			free(db);
			return NULL;
		}
	}
	if (pthread_mutex_init(&db->lock, NULL) != 0) {
		drop_all(db->t);
		free(db);
		return NULL;
	}
	return db;
}

static enum cc_code
open_handle(struct cc_mem_db *db, bool reader, struct cc_store **ret, struct cc_err *reterr)
{
	struct cc_memory *m = calloc(1, sizeof *m);

	if (m == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to open the store");
	m->base.ops = &cc_memory_ops;
	m->base.reader = reader;
	m->db = db;
	lock(db);
	db->refs++;
	unlock(db);
	*ret = &m->base;
	return CC_OK;
}

enum cc_code
cc_store_open_memory(const struct cc_store_config *cf, struct cc_store **ret,
    struct cc_err *reterr)
{
	struct cc_mem_db *db = db_new();
	enum cc_code code;

	(void)cf;	/* nothing in it is about memory */
	if (db == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to open the store");
	code = open_handle(db, false, ret, reterr);
	if (code != CC_OK) {
		db->refs = 1;
		db_drop(db);
	}
	return code;
}

static enum cc_code
open_reader(struct cc_store *st, struct cc_store **ret, struct cc_err *reterr)
{
	return open_handle(cc_memory_of(st)->db, true, ret, reterr);
}

static enum cc_code
begin(struct cc_store *st, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);

	if (cc_store_faulty(st, "begin"))
		return fault(reterr);
	lock(m->db);
	for (int i = 0; st->reader && i < CC_MEM_COUNT; i++) {
		m->snap[i] = m->db->t[i];
		m->snap[i]->refs++;
	}
	m->fence = m->db->fence;
	unlock(m->db);
	return CC_OK;
}

static void
rollback(struct cc_store *st)
{
	struct cc_memory *m = cc_memory_of(st);

	lock(m->db);
	drop_all(m->work);
	drop_all(m->snap);
	unlock(m->db);
}

static enum cc_code
commit(struct cc_store *st, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);

	if (cc_store_faulty(st, "commit"))
		return fault(reterr);
	lock(m->db);
	for (int i = 0; i < CC_MEM_COUNT; i++) {
		if (m->work[i] == NULL)
			continue;
		cc_mem_table_drop(m->db->t[i]);
		m->db->t[i] = m->work[i];
		m->work[i] = NULL;
	}
	if (!st->reader)
		m->db->fence = m->fence;
	drop_all(m->snap);
	unlock(m->db);
	return CC_OK;
}

const struct cc_store_ops cc_memory_ops = {
	.close = close_handle,
	.open_reader = open_reader,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.event_append = cc_memory_event_append,
	.case_events = cc_memory_case_events,
	.case_load = cc_memory_case_load,
	.case_put = cc_memory_case_put,
	.cases_list = cc_memory_cases_list,
	.wakes_due = cc_memory_wakes_due,
	.wake_next = cc_memory_wake_next,
	.stale_list = cc_memory_stale_list,
	.stale_count = cc_memory_stale_count,
	.alert_add = cc_memory_alert_add,
	.alert_release = cc_memory_alert_release,
	.alerts_list = cc_memory_alerts_list,
	.alert_get = cc_memory_alert_get,
	.ack_add = cc_memory_ack_add,
	.acks_list = cc_memory_acks_list,
	.outbox_add = cc_memory_outbox_add,
	.outbox_claim = cc_memory_outbox_claim,
	.outbox_complete = cc_memory_outbox_complete,
	.outbox_requeue = cc_memory_outbox_requeue,
	.outbox_next = cc_memory_outbox_next,
	.outbox_extend = cc_memory_outbox_extend,
	.outbox_release = cc_memory_outbox_release,
	.outbox_bounce = cc_memory_outbox_bounce,
	.messages_list = cc_memory_messages_list,
	.message_get = cc_memory_message_get,
	.attempts_list = cc_memory_attempts_list,
	.redrive = cc_memory_redrive,
	.silence_add = cc_memory_silence_add,
	.silence_end = cc_memory_silence_end,
	.silences_list = cc_memory_silences_list,
	.notice = cc_memory_notice,
	.audit_add = cc_memory_audit_add,
	.audit_list = cc_memory_audit_list,
	.meta_get = cc_memory_meta_get,
	.meta_put = cc_memory_meta_put,
	.status = cc_memory_status,
	.backup = cc_memory_backup,
	.verify = cc_memory_verify,
};
