/*
 * store/sqlite_sql.h - every statement of the SQLite store, by name; private.
 *
 * No statement is ever built from input: values are bound.  A column that may
 * be absent is NULL; `kase` is a case's number; texts that recur (sources,
 * rules, rungs, roles) are kept once in `names`.
 */
#ifndef CC_STORE_SQLITE_SQL_H
#define CC_STORE_SQLITE_SQL_H

#define CC_SQL_CASE_COLS                                                        \
	"c.id, c.version, s.pack, s.calendar, s.zones, w.wake, n.text, c.live, "

#define CC_SQL_CASE_FROM                                                        \
	" FROM cases c JOIN names n ON n.no = c.source"                         \
	" LEFT JOIN stamps s ON s.no = c.stamp LEFT JOIN wakes w ON w.no = c.no "

#define CC_SQL_LAST(col)                                                        \
	"(SELECT e." col " FROM events e WHERE e.kase = c.no"                   \
	" ORDER BY e.seq DESC LIMIT 1)"

#define CC_SQL_ALERTS                                                           \
	"SELECT a.id, c.id, r.text, a.subject, a.origin_id, o.text, a.same,"    \
	" a.epoch, a.period, g.text, a.severity, t.text, a.state, a.at,"        \
	" a.fired, a.started, a.due, a.ended, a.known, a.previous_due, a.late," \
	" a.held, a.released FROM alerts a JOIN cases c ON c.no = a.kase"       \
	" JOIN names r ON r.no = a.rule JOIN names o ON o.no = a.origin_source" \
	" JOIN names g ON g.no = a.rung JOIN names t ON t.no = a.roles WHERE "

#define CC_SQL_HELD "a.held IS NOT NULL AND a.released IS NULL"

/* ?1: with payloads. */
#define CC_SQL_MESSAGES(index)                                                  \
	"SELECT o.no, t.id, t.alert, c.id, t.recipient, t.channel, t.address,"  \
	" t.thread, iif(?1, t.payload, x''), t.safety, o.state, t.created,"     \
	" o.next, o.give_up, o.attempts, o.fence, o.claimed, o.lease, o.owner," \
	" o.closed, o.reason, o.hold, o.carrier FROM outbox o " index           \
	" CROSS JOIN outbox_text t ON t.no = o.no"                              \
	" LEFT JOIN cases c ON c.no = t.kase WHERE "

/* As CC_SQL_MESSAGES, but found by the texts. */
#define CC_SQL_MESSAGES_BY(index)                                               \
	"SELECT o.no, t.id, t.alert, c.id, t.recipient, t.channel, t.address,"  \
	" t.thread, iif(?1, t.payload, x''), t.safety, o.state, t.created,"     \
	" o.next, o.give_up, o.attempts, o.fence, o.claimed, o.lease, o.owner," \
	" o.closed, o.reason, o.hold, o.carrier FROM outbox_text t " index      \
	" CROSS JOIN outbox o ON o.no = t.no"                                   \
	" LEFT JOIN cases c ON c.no = t.kase WHERE "

/* What else a filter asks, of `o` and `t`. */
#define CC_SQL_ALSO                                                             \
	" AND (?5 = 0 OR t.kase = ?5) AND (?6 = 0 OR t.alert = ?6)"             \
	" AND (?7 = '' OR t.thread = ?7) AND (?8 = '' OR t.recipient = ?8)"     \
	" AND (?9 = 0 OR o.carrier = ?9)"

/* ?2 after, ?3 limit, ?4 state or 0. */
#define CC_SQL_PAGE(no)                                                         \
	" AND " no " > ?2 AND (?4 = 0 OR o.state = ?4) ORDER BY " no " LIMIT ?3"

#define CC_SQL_SILENCES                                                         \
	"SELECT id, case_id, rule, recipient, who, reason, at, until, ended"    \
	" FROM silences "

#define CC_SQLS(X)                                                              \
	X(BEGIN, "BEGIN IMMEDIATE")                                             \
	X(BEGIN_READ, "BEGIN")                                                  \
	X(COMMIT, "COMMIT")                                                     \
	X(ROLLBACK, "ROLLBACK")                                                 \
	X(DATA_VERSION, "PRAGMA data_version")                                  \
	X(FIGURES, "SELECT name, value FROM figures")                           \
	X(FIGURE_SET, "UPDATE figures SET value = ?2 WHERE name = ?1")          \
	X(NAME_FIND, "SELECT no FROM names WHERE text = ?1")                    \
	X(NAME_ADD, "INSERT INTO names(text) VALUES(?1) RETURNING no")          \
	X(STAMP_FIND, "SELECT no, cases FROM stamps"                            \
	    " WHERE pack = ?1 AND calendar = ?2 AND zones = ?3")                \
	X(STAMP_ADD, "INSERT INTO stamps(pack, calendar, zones, cases)"         \
	    " VALUES(?1, ?2, ?3, 0) RETURNING no")                              \
	X(STAMP_COUNT, "UPDATE stamps SET cases = cases + ?2 WHERE no = ?1")    \
	X(CASE_NO, "SELECT no FROM cases WHERE id = ?1")                        \
	X(CASE_LAST, "SELECT c.no, " CC_SQL_LAST("recorded")                    \
	    " FROM cases c WHERE c.id = ?1")                                    \
	X(CASE_ID, "SELECT id, stamp FROM cases WHERE no = ?1")                 \
	X(CASE_ADD, "INSERT INTO cases(no, id, source, version, stamp, live,"   \
	    " instances) VALUES(?1, ?2, ?3, 0, 0, 0, x'')")                     \
	X(CASE_HEAD, "SELECT c.no, c.version, c.stamp, c.live, w.wake"          \
	    " FROM cases c LEFT JOIN wakes w ON w.no = c.no WHERE c.id = ?1")   \
	X(CASE_SET, "UPDATE cases SET version = ?2, stamp = ?3, live = ?4,"     \
	    " instances = ?5 WHERE no = ?1")                                    \
	X(CASE_LOAD, "SELECT " CC_SQL_CASE_COLS CC_SQL_LAST("recorded") ", "    \
	    CC_SQL_LAST("seq") ", c.instances" CC_SQL_CASE_FROM                 \
	    "WHERE c.id = ?1")                                                  \
	X(CASES_LIST, "SELECT " CC_SQL_CASE_COLS CC_SQL_LAST("recorded") ", "   \
	    CC_SQL_LAST("seq") CC_SQL_CASE_FROM                                 \
	    "WHERE c.id > ?1 ORDER BY c.id LIMIT ?2")                           \
	X(IDENTITY, "SELECT kase, seq FROM identity"                            \
	    " WHERE source = ?1 AND id = ?2")                                   \
	X(IDENTITY_ADD, "INSERT INTO identity(source, id, kase, seq)"           \
	    " VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")                   \
	X(EVENT_GET, "SELECT recorded, body FROM events"                        \
	    " WHERE kase = ?1 AND seq = ?2")                                    \
	X(EVENT_ADD, "INSERT INTO events(kase, seq, recorded, body)"            \
	    " VALUES(?1, ?2, ?3, ?4)")                                          \
	X(EVENTS_OF, "SELECT seq, recorded, body FROM events"                   \
	    " WHERE kase = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")              \
	X(WAKES, "SELECT no, wake FROM wakes ORDER BY no")                      \
	X(WAKE_SET, "INSERT INTO wakes(no, wake) VALUES(?1, ?2)"                \
	    " ON CONFLICT(no) DO UPDATE SET wake = excluded.wake")              \
	X(WAKE_CLEAR, "DELETE FROM wakes WHERE no = ?1")                        \
	X(STALE_FEW, "SELECT c.id, w.wake FROM"                                 \
	    " (SELECT no FROM cases WHERE stamp < ?1 UNION ALL"                 \
	    " SELECT no FROM cases WHERE stamp > ?1) s"                         \
	    " CROSS JOIN cases c ON c.no = s.no"                                \
	    " LEFT JOIN wakes w ON w.no = c.no"                                 \
	    " ORDER BY w.wake IS NULL, w.wake, c.no LIMIT ?2")                  \
	X(STALE_REST, "SELECT c.id FROM cases c WHERE (c.stamp < ?1 OR"         \
	    " c.stamp > ?1) AND NOT EXISTS(SELECT 1 FROM wakes w"               \
	    " WHERE w.no = c.no) LIMIT ?2")                                     \
	X(ALERT_FIND, "SELECT id FROM alerts WHERE kase = ?1 AND rule = ?2"     \
	    " AND subject = ?3 AND origin_source = ?4 AND origin_id = ?5"       \
	    " AND same = ?6 AND epoch = ?7 AND rung = ?8")                      \
	X(ALERT_ADD, "INSERT INTO alerts(kase, rule, subject, origin_source,"   \
	    " origin_id, same, epoch, rung, id, period, severity, roles, state," \
	    " at, fired, started, due, ended, known, previous_due, late, held)" \
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"   \
	    " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)")                    \
	X(ALERT_HEAD, "SELECT kase, held, released FROM alerts WHERE id = ?1")  \
	X(ALERT_RELEASE, "UPDATE alerts SET released = ?2 WHERE id = ?1")       \
	X(ALERT_GET, CC_SQL_ALERTS "a.id = ?1")                                 \
	X(ALERTS_ALL, CC_SQL_ALERTS "a.id > ?1 ORDER BY a.id LIMIT ?2")         \
	X(ALERTS_HELD, CC_SQL_ALERTS CC_SQL_HELD                                \
	    " AND a.id > ?1 ORDER BY a.id LIMIT ?2")                            \
	X(ALERTS_CASE, CC_SQL_ALERTS "a.kase = ?3 AND a.id > ?1"                \
	    " AND (?4 = 0 OR (" CC_SQL_HELD ")) AND (?5 = 0 OR a.rule = ?5)"    \
	    " AND (?6 = '' OR a.subject = ?6) ORDER BY a.id LIMIT ?2")          \
	X(ACK_ADD, "INSERT INTO acks(alert, kase, who, at, until)"              \
	    " VALUES(?1, ?2, ?3, ?4, ?5)")                                      \
	X(ACKS_OF, "SELECT alert, who, at, until FROM acks WHERE kase = ?1"     \
	    " AND until > ?2 AND at <= ?2 ORDER BY id DESC LIMIT ?3")           \
	X(OUTBOX_FIND, "SELECT no FROM outbox_text WHERE id = ?1")              \
	X(OUTBOX_ADD, "INSERT INTO outbox(no, state, next, give_up, attempts,"  \
	    " fence, closed, reason, channel, lane, hold)"                      \
	    " VALUES(?1, ?2, ?3, ?4, 0, 0, ?5, ?6, ?7, ?8, ?9)")                \
	X(OUTBOX_TEXT, "INSERT INTO outbox_text(no, id, alert, kase, recipient," \
	    " channel, address, thread, payload, safety, created)"              \
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")            \
	X(OUTBOX_GET, "SELECT state, next, give_up, attempts, fence, claimed,"  \
	    " lease, closed FROM outbox WHERE no = ?1")                         \
	X(OUTBOX_SET, "UPDATE outbox SET state = ?2, next = ?3, give_up = ?4,"  \
	    " attempts = ?5, fence = ?6, claimed = ?7, lease = ?8, owner = ?9," \
	    " closed = ?10, reason = ?11, hold = ?12, carrier = ?13"            \
	    " WHERE no = ?1")                                                   \
	X(OUTBOX_EXTEND, "UPDATE outbox SET lease = ?2 WHERE no = ?1")          \
	X(OUTBOX_RELEASE, "UPDATE outbox SET next = min(next, ?2), hold = NULL" \
	    " WHERE no = ?1")                                                   \
	X(OUTBOX_HOLDS, "SELECT no FROM outbox INDEXED BY outbox_hold"          \
	    " WHERE hold = ?1 ORDER BY no LIMIT ?2")                            \
	X(OUTBOX_CARRIED, "SELECT no FROM outbox INDEXED BY outbox_carrier"     \
	    " WHERE carrier = ?1 LIMIT 1")                                      \
	X(OUTBOX_LANE, "SELECT channel, lane, next FROM outbox"                 \
	    " INDEXED BY outbox_due WHERE state = 1"                            \
	    " AND (channel, lane) >= (?1, ?2)"                                  \
	    " ORDER BY channel, lane, next LIMIT 1")                            \
	X(OUTBOX_DUE, "SELECT next, no FROM outbox INDEXED BY outbox_due"       \
	    " WHERE state = 1 AND channel = ?1 AND lane = ?2 AND next <= ?3"    \
	    " ORDER BY next, no LIMIT ?4")                                      \
	X(OUTBOX_LEASE, "SELECT min(lease) FROM outbox"                         \
	    " INDEXED BY outbox_lease WHERE state = 2")                         \
	X(OUTBOX_LOST, "SELECT no FROM outbox INDEXED BY outbox_lease"          \
	    " WHERE state = 2 AND lease <= ?1 ORDER BY lease LIMIT ?2")         \
	X(OUTBOX_OTHERS, "SELECT no FROM outbox INDEXED BY outbox_lease"        \
	    " WHERE state = 2 AND (lease <= ?1 OR owner <> ?3) LIMIT ?2")       \
	X(OUTBOX_DEAD, "SELECT no FROM outbox WHERE state = 4"                  \
	    " AND state IN (4, 5, 6, 7) ORDER BY no LIMIT ?1")                  \
	X(MESSAGE_GET, CC_SQL_MESSAGES_BY("") "t.id = ?2")                      \
	X(MESSAGES_DUE, CC_SQL_MESSAGES("INDEXED BY outbox_due")                \
	    "o.state = 1 AND o.channel = ?2 AND o.lane = ?3 AND o.next <= ?4"   \
	    " ORDER BY o.next, o.no LIMIT ?5")                                  \
	X(MESSAGES_ALL, CC_SQL_MESSAGES("") "1" CC_SQL_PAGE("o.no"))                    \
	X(MESSAGES_QUEUED, CC_SQL_MESSAGES("INDEXED BY outbox_due")             \
	    "o.state = 1" CC_SQL_PAGE("o.no"))                                          \
	X(MESSAGES_CLAIMED, CC_SQL_MESSAGES("INDEXED BY outbox_lease")          \
	    "o.state = 2" CC_SQL_PAGE("o.no"))                                          \
	X(MESSAGES_ODD, CC_SQL_MESSAGES("INDEXED BY outbox_odd")                \
	    "o.state IN (4, 5, 6, 7) AND o.state = ?4 AND o.no > ?2"            \
	    " ORDER BY o.no LIMIT ?3")                                          \
	X(MESSAGES_CASE, CC_SQL_MESSAGES_BY("INDEXED BY outbox_text_case")      \
	    "t.kase = ?5 AND t.kase > 0" CC_SQL_ALSO CC_SQL_PAGE("t.no"))       \
	X(MESSAGES_ALERT, CC_SQL_MESSAGES_BY("INDEXED BY outbox_text_alert")    \
	    "t.alert = ?6 AND t.alert > 0" CC_SQL_ALSO CC_SQL_PAGE("t.no"))     \
	X(MESSAGES_THREAD, CC_SQL_MESSAGES_BY("INDEXED BY outbox_text_thread")  \
	    "t.thread = ?7 AND t.thread <> ''" CC_SQL_ALSO CC_SQL_PAGE("t.no")) \
	X(MESSAGES_CARRIED, CC_SQL_MESSAGES("INDEXED BY outbox_carrier")        \
	    "o.carrier = ?9" CC_SQL_ALSO CC_SQL_PAGE("o.no"))                   \
	X(ATTEMPT_ADD, "INSERT INTO attempts(message, number, started, ended,"  \
	    " outcome, code, detail) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")       \
	X(ATTEMPTS_OF, "SELECT number, started, ended, outcome, code, detail"   \
	    " FROM attempts WHERE message = ?1 AND number > ?2"                 \
	    " ORDER BY number LIMIT ?3")                                        \
	X(SILENCE_ADD, "INSERT INTO silences(case_id, rule, recipient, who,"    \
	    " reason, at, until) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"            \
	    " RETURNING id")                                                    \
	X(SILENCE_HEAD, "SELECT until, ended FROM silences WHERE id = ?1")      \
	X(SILENCE_END, "UPDATE silences SET ended = ?2 WHERE id = ?1")          \
	X(SILENCES_ALL, CC_SQL_SILENCES "WHERE id > ?1 ORDER BY id LIMIT ?2")   \
	X(SILENCES_NOW, CC_SQL_SILENCES "INDEXED BY silences_until"             \
	    " WHERE until > ?3 AND at <= ?3 AND (ended IS NULL OR ended > ?3)"  \
	    " AND id > ?1 ORDER BY id LIMIT ?2")                                \
	X(NOTICE_GET, "SELECT day FROM notices WHERE cause = ?1")               \
	X(NOTICE_SET, "INSERT INTO notices(cause, day) VALUES(?1, ?2)"          \
	    " ON CONFLICT(cause) DO UPDATE SET day = excluded.day")             \
	X(NOTICES_OLD, "DELETE FROM notices WHERE day < ?1")                    \
	X(AUDIT_ADD, "INSERT INTO audit(at, who, what, detail)"                 \
	    " VALUES(?1, ?2, ?3, ?4)")                                          \
	X(AUDIT_LIST, "SELECT id, at, who, what, detail FROM audit"             \
	    " WHERE id > ?1 ORDER BY id LIMIT ?2")                              \
	X(META_GET, "SELECT value FROM meta WHERE key = ?1")                    \
	X(META_SET, "INSERT INTO meta(key, value) VALUES(?1, ?2)"               \
	    " ON CONFLICT(key) DO UPDATE SET value = excluded.value")           \
	X(INTEGRITY, "PRAGMA integrity_check(1)")                               \
	X(CASE_BLOBS, "SELECT id, live, instances FROM cases ORDER BY no")

enum cc_sql {
#define CC_SQL_ENUM(name, text) CC_SQL_##name,
	CC_SQLS(CC_SQL_ENUM)
#undef CC_SQL_ENUM
	CC_SQL_COUNT
};

#endif
