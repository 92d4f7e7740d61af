#include "store/sqlite.h"

#include <inttypes.h>

/* Each gives one number, which is not 0 when something is wrong. */
#define FIGURE(name) "(SELECT value FROM figures WHERE name = '" name "')"
#define OUTBOX(name, state)                                                     \
	{ "the number of messages " name " is not the one kept",                \
	  "SELECT " FIGURE(name) " <> (SELECT count(*) FROM outbox WHERE state = " state ")" }

static const struct {
	const char *what, *sql;
} checks[] = {
	{ "the number of events is not the one kept",
	  "SELECT " FIGURE("events") " <> (SELECT count(*) FROM events)" },
	{ "events and their identities are not one to one",
	  "SELECT (SELECT count(*) FROM events) <> (SELECT count(*) FROM identity)" },
	{ "an identity has no event",
	  "SELECT count(*) FROM identity i WHERE NOT EXISTS(SELECT 1 FROM events e"
	  " WHERE e.kase = i.kase AND e.seq = i.seq)" },
	{ "an event is of no case",
	  "SELECT count(*) FROM (SELECT DISTINCT kase FROM events) e"
	  " WHERE NOT EXISTS(SELECT 1 FROM cases c WHERE c.no = e.kase)" },
	{ "a case has no event",
	  "SELECT count(*) FROM cases c WHERE NOT EXISTS(SELECT 1 FROM events e"
	  " WHERE e.kase = c.no)" },
	{ "two events have one seq",
	  "SELECT (SELECT count(*) FROM events) <> (SELECT count(DISTINCT seq) FROM events)" },
	{ "an event was recorded before the one that arrived before it",
	  "SELECT count(*) FROM (SELECT recorded < lag(recorded) OVER"
	  " (PARTITION BY kase ORDER BY seq) AS back FROM events) WHERE back" },
	{ "the number of cases is not the one kept",
	  "SELECT " FIGURE("cases") " <> (SELECT count(*) FROM cases)" },
	{ "the number of open cases is not the one kept",
	  "SELECT " FIGURE("open") " <> (SELECT count(*) FROM wakes)" },
	{ "a wake is of no case, or out of range",
	  "SELECT count(*) FROM wakes w WHERE w.wake < 0 OR w.wake > 4291747199"
	  " OR NOT EXISTS(SELECT 1 FROM cases c WHERE c.no = w.no)" },
	{ "the number of live instances is not the one kept",
	  "SELECT " FIGURE("live") " <> (SELECT ifnull(sum(live), 0) FROM cases)" },
	{ "the number of cases of some stamps is not the one kept",
	  "SELECT count(*) FROM stamps s WHERE s.cases <>"
	  " (SELECT count(*) FROM cases c WHERE c.stamp = s.no)" },
	{ "a case has unknown stamps",
	  "SELECT count(*) FROM cases c WHERE (c.version = 0) <> (c.stamp = 0) OR (c.stamp > 0"
	  " AND NOT EXISTS(SELECT 1 FROM stamps s WHERE s.no = c.stamp))" },
	{ "a case's first source has no name",
	  "SELECT count(*) FROM cases c WHERE NOT EXISTS(SELECT 1 FROM names n"
	  " WHERE n.no = c.source)" },
	{ "the number of alerts is not the one kept",
	  "SELECT " FIGURE("alerts") " <> (SELECT count(*) FROM alerts)" },
	{ "the number of held alerts is not the one kept",
	  "SELECT " FIGURE("held") " <> (SELECT count(*) FROM alerts"
	  " WHERE held IS NOT NULL AND released IS NULL)" },
	{ "the source of an event has no name",
	  "SELECT count(*) FROM (SELECT DISTINCT source FROM identity) i"
	  " WHERE NOT EXISTS(SELECT 1 FROM names n WHERE n.no = i.source)" },
	{ "an alert is of no case",
	  "SELECT count(*) FROM alerts a WHERE NOT EXISTS(SELECT 1 FROM cases c"
	  " WHERE c.no = a.kase)" },
	{ "a name of an alert is missing",
	  "SELECT count(*) FROM alerts a WHERE"
	  " NOT EXISTS(SELECT 1 FROM names n WHERE n.no = a.rule) OR"
	  " NOT EXISTS(SELECT 1 FROM names n WHERE n.no = a.origin_source) OR"
	  " NOT EXISTS(SELECT 1 FROM names n WHERE n.no = a.rung) OR"
	  " NOT EXISTS(SELECT 1 FROM names n WHERE n.no = a.roles)" },
	{ "an acknowledgement is of no alert",
	  "SELECT count(*) FROM acks k WHERE NOT EXISTS(SELECT 1 FROM alerts a"
	  " WHERE a.id = k.alert AND a.kase = k.kase)" },
	{ "the number of messages is not the one kept",
	  "SELECT " FIGURE("messages") " <> (SELECT count(*) FROM outbox)" },
	{ "a message lacks its half",
	  "SELECT (SELECT count(*) FROM outbox) <> (SELECT count(*) FROM outbox o"
	  " JOIN outbox_text t ON t.no = o.no) OR (SELECT count(*) FROM outbox) <>"
	  " (SELECT count(*) FROM outbox_text)" },
	OUTBOX("queued", "1"), OUTBOX("claimed", "2"), OUTBOX("sent", "3"),
	OUTBOX("dead", "4"), OUTBOX("superseded", "5"), OUTBOX("withheld", "6"),
	OUTBOX("grouped", "7"),
	{ "a queued message has no instant, or a claimed one no lease",
	  "SELECT count(*) FROM outbox WHERE (state = 1) <> (next IS NOT NULL)"
	  " OR (state = 2) <> (lease IS NOT NULL)" },
	{ "the channel of a message is not the one of its other half",
	  "SELECT count(*) FROM outbox o JOIN outbox_text t ON t.no = o.no"
	  " LEFT JOIN names n ON n.no = o.channel WHERE n.text IS NOT t.channel" },
	{ "the lane of a message is not the one of its other half",
	  "SELECT count(*) FROM outbox o JOIN outbox_text t ON t.no = o.no"
	  " WHERE o.lane <> (t.safety = 0)" },
	{ "a message waits on purpose that is not queued",
	  "SELECT count(*) FROM outbox WHERE hold IS NOT NULL AND (state <> 1 OR hold = '')" },
	{ "a grouped message has no carrier, or one that is grouped too, or another has one",
	  "SELECT count(*) FROM outbox o WHERE (o.state = 7) <> (o.carrier IS NOT NULL) OR"
	  " (o.state = 7 AND NOT EXISTS(SELECT 1 FROM outbox c WHERE c.no = o.carrier"
	  " AND c.state <> 7))" },
	{ "a silence is of nothing, or has no length",
	  "SELECT count(*) FROM silences WHERE until <= at OR (case_id = '' AND rule = ''"
	  " AND recipient = '')" },
	{ "the attempts of a message are not those counted",
	  "SELECT count(*) FROM outbox o WHERE o.attempts <>"
	  " (SELECT count(*) FROM attempts t WHERE t.message = o.no)" },
	{ "the number of attempts is not the one kept",
	  "SELECT " FIGURE("attempts") " <> (SELECT count(*) FROM attempts)" },
};

static enum cc_code
run_check(sqlite3 *db, const char *what, const char *sql, struct cc_err *reterr)
{
	sqlite3_stmt *st = NULL;
	enum cc_code code = CC_OK;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc != SQLITE_ROW)
		code = cc_sqlite_fail(db, rc, "verifying", reterr);
	else if (sqlite3_column_int64(st, 0) != 0)
		code = cc_fail(reterr, CC_EBUG, 0, "the store contradicts itself: %s", what);
	(void)sqlite3_finalize(st);	/* repeats the failure told above */
	return code;
}

static enum cc_code
check_file(struct cc_sqlite *s, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_INTEGRITY);
	enum cc_code code = CC_OK, end;

	if (cc_q_row(&q)) {
		struct cc_str t = cc_q_peek(&q, 0);

		if (!cc_str_eq(t, CC_STR("ok")))
			code = cc_fail(reterr, CC_EBUG, SQLITE_CORRUPT,
			    "the store's file is damaged: %.*s", (int)t.n, t.p);
	}
	end = cc_q_end(&q, code == CC_OK ? reterr : NULL);
	return code != CC_OK ? code : end;
}

static enum cc_code
check_blob(struct cc_q *q, struct cc_arena *a, struct cc_err *reterr)
{
	struct cc_str id = cc_q_peek(q, 0);
	struct cc_codec_instances in;
	int64_t live = 0;
	enum cc_code code = cc_codec_decode(cc_q_peek(q, 2), a, &in, reterr);

	if (code == CC_ENOMEM)
		return code;
	if (code != CC_OK)
		return cc_fail(reterr, CC_EBUG, 0,
		    "the store contradicts itself: the instances of case %.*s cannot be read",
		    (int)id.n, id.p);
	for (uint32_t i = 0; i < in.n; i++)
		live += in.items[i].live;
	if (live != cc_q_get(q, 1))
		return cc_fail(reterr, CC_EBUG, 0, "the store contradicts itself: case %.*s "
		    "has %" PRId64 " live instances, not those counted", (int)id.n, id.p, live);
	return CC_OK;
}

static enum cc_code
check_blobs(struct cc_sqlite *s, struct cc_err *reterr)
{
	struct cc_arena a;
	struct cc_q q = cc_q_open(s, CC_SQL_CASE_BLOBS);
	enum cc_code code = CC_OK, end;

	cc_store_arena_init(&a, (size_t)CC_CODEC_MAX * 16);
	while (code == CC_OK && cc_q_row(&q)) {
		code = check_blob(&q, &a, reterr);
		cc_arena_reset(&a);
	}
	cc_arena_done(&a);
	end = cc_q_end(&q, code == CC_OK ? reterr : NULL);
	return code != CC_OK ? code : end;
}

/* The index in memory holds what the table holds, and nothing else. */
static enum cc_code
check_index(struct cc_sqlite *s, struct cc_err *reterr)
{
	struct cc_q q;
	uint64_t n = 0;
	bool same = true;
	enum cc_code code;

	if (s->base.reader || !s->wakes_known)
		return CC_OK;
	q = cc_q_open(s, CC_SQL_WAKES);
	while (cc_q_row(&q)) {
		uint64_t key = cc_wakes_key(cc_q_get(&q, 1), cc_q_get(&q, 0)), found;

		n++;
		same = same && cc_wakes_first(&s->wakes, key, &found) && found == key;
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK && (!same || n != s->wakes.n))
		code = cc_fail(reterr, CC_EBUG, 0,
		    "the store contradicts itself: the wakes in memory are not those kept");
	return code;
}

static enum cc_code
check_all(struct cc_sqlite *s, struct cc_err *reterr)
{
	enum cc_code code = check_file(s, reterr);

	for (size_t i = 0; code == CC_OK && i < sizeof checks / sizeof checks[0]; i++)
		code = run_check(s->db, checks[i].what, checks[i].sql, reterr);
	if (code == CC_OK)
		code = check_blobs(s, reterr);
	if (code == CC_OK)
		code = check_index(s, reterr);
	return code;
}

/* One snapshot for all checks: another thread may be writing. */
enum cc_code
cc_sqlite_verify(struct cc_store *st, struct cc_err *reterr)
{
	struct cc_sqlite *s = cc_sqlite_of(st);
	struct cc_q q = cc_q_open(s, CC_SQL_BEGIN_READ);
	enum cc_code code = cc_q_run(&q, reterr);

	if (code != CC_OK)
		return code;
	code = check_all(s, reterr);
	(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);	/* nothing was written */
	return code;
}
