#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *sql;
} texts[CC_SQL_COUNT] = {
#define CC_SQL_TEXT(id, text) [CC_SQL_##id] = { #id, text },
	CC_SQLS(CC_SQL_TEXT)
#undef CC_SQL_TEXT
};

static enum cc_code
code_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return CC_EBUSY;
	case SQLITE_NOMEM:
		return CC_ENOMEM;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
	case SQLITE_ERROR:
		return CC_EBUG;
	default:
		return CC_EIO;
	}
}

enum cc_code
cc_sqlite_fail(sqlite3 *db, int rc, const char *what, struct cc_err *reterr)
{
	const char *text = sqlite3_errstr(rc);
	int sys = rc;

	if (db != NULL && (sqlite3_errcode(db) & 0xff) == (rc & 0xff)) {
		text = sqlite3_errmsg(db);
		sys = sqlite3_extended_errcode(db);
	}
	return cc_fail(reterr, code_of(rc), sys, "the store: %s: %s", what, text);
}

struct cc_q
cc_q_open(struct cc_sqlite *s, enum cc_sql id)
{
	struct cc_q q = { .s = s, .rc = SQLITE_OK, .at = 1, .name = texts[id].name };

	if (cc_store_faulty(&s->base, q.name)) {
		q.fault = true;
		q.rc = SQLITE_IOERR;
		return q;
	}
	if (s->stmt[id] == NULL)
		q.rc = sqlite3_prepare_v3(s->db, texts[id].sql, -1, SQLITE_PREPARE_PERSISTENT,
		    &s->stmt[id], NULL);
	q.st = s->stmt[id];
	return q;
}

void
cc_q_fail(struct cc_q *q, int rc)
{
	if (q->rc == SQLITE_OK)
		q->rc = rc;
}

void
cc_q_int(struct cc_q *q, int64_t v)
{
	if (q->rc == SQLITE_OK)
		cc_q_fail(q, sqlite3_bind_int64(q->st, q->at++, v));
}

void
cc_q_null(struct cc_q *q)
{
	if (q->rc == SQLITE_OK)
		cc_q_fail(q, sqlite3_bind_null(q->st, q->at++));
}

void
cc_q_wall(struct cc_q *q, struct cc_wall t)
{
	if (cc_given(t))
		cc_q_int(q, t.s);
	else
		cc_q_null(q);
}

void
cc_q_text(struct cc_q *q, struct cc_str t)
{
	if (q->rc == SQLITE_OK)
		cc_q_fail(q, sqlite3_bind_text(q->st, q->at++, t.n == 0 ? "" : t.p,
		    (int)t.n, SQLITE_STATIC));
}

void
cc_q_blob(struct cc_q *q, struct cc_str t)
{
	if (q->rc == SQLITE_OK)
		cc_q_fail(q, sqlite3_bind_blob(q->st, q->at++, t.n == 0 ? "" : t.p,
		    (int)t.n, SQLITE_STATIC));
}

bool
cc_q_row(struct cc_q *q)
{
	int rc;

	if (q->rc != SQLITE_OK)
		return false;
	rc = sqlite3_step(q->st);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		q->rc = rc;
	return false;
}

int64_t
cc_q_get(struct cc_q *q, int col)
{
	return sqlite3_column_int64(q->st, col);
}

struct cc_wall
cc_q_get_wall(struct cc_q *q, int col)
{
	if (sqlite3_column_type(q->st, col) == SQLITE_NULL)
		return CC_NEVER;
	return (struct cc_wall){ sqlite3_column_int64(q->st, col) };
}

struct cc_str
cc_q_peek(struct cc_q *q, int col)
{
	const void *p = sqlite3_column_blob(q->st, col);
	int n = sqlite3_column_bytes(q->st, col);

	if (p == NULL || n <= 0)
		return CC_STR("");
	return (struct cc_str){ p, (uint32_t)n };
}

struct cc_str
cc_q_get_text(struct cc_q *q, int col, struct cc_arena *a)
{
	struct cc_str t = cc_q_peek(q, col);

	t.p = cc_arena_text(a, t.p, t.n);
	if (t.p == NULL) {
		cc_q_fail(q, SQLITE_NOMEM);
		return CC_STR("");
	}
	return t;
}

enum cc_code
cc_q_end(struct cc_q *q, struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	if (q->fault)
		code = cc_fail(reterr, CC_EIO, SQLITE_IOERR, "the store: %s: a test's fault",
		    q->name);
	else if (q->rc != SQLITE_OK)
		code = cc_sqlite_fail(q->s->db, q->rc, q->name, reterr);
	if (q->st != NULL) {
		(void)sqlite3_reset(q->st);	/* repeats the failure told above */
		(void)sqlite3_clear_bindings(q->st);	/* what was bound is the caller's */
	}
	return code;
}

enum cc_code
cc_q_run(struct cc_q *q, struct cc_err *reterr)
{
	while (cc_q_row(q))
		;
	return cc_q_end(q, reterr);
}

/* --- names: texts that recur, kept once ---------------------------------- */

static uint32_t
place_of(struct cc_str t)
{
	uint32_t h = 2166136261u;

	for (uint32_t i = 0; i < t.n; i++)
		h = (h ^ (unsigned char)t.p[i]) * 16777619u;
	return (h ^ h >> 16) % CC_SQLITE_NAMES;
}

/* A text that does not get remembered for want of memory is looked up again. */
static void
name_keep(struct cc_sqlite *s, struct cc_str t, int64_t no)
{
	struct cc_sqlite_name *n = &s->names[place_of(t)];
	char *copy = malloc((size_t)t.n + 1);

	if (copy == NULL)
		return;
	if (t.n > 0)
		memcpy(copy, t.p, t.n);
	free(n->text);
	*n = (struct cc_sqlite_name){ no, copy, t.n };
}

void
cc_sqlite_names_drop(struct cc_sqlite *s)
{
	for (size_t i = 0; i < CC_SQLITE_NAMES; i++) {
		free(s->names[i].text);
		s->names[i] = (struct cc_sqlite_name){ 0 };
	}
	s->stamp = 0;
	s->names_added = false;
}

static enum cc_code
one_number(struct cc_q *q, int64_t *ret, struct cc_err *reterr)
{
	int64_t no = 0;
	enum cc_code code;

	while (cc_q_row(q))
		no = cc_q_get(q, 0);
	code = cc_q_end(q, reterr);
	if (code == CC_OK)
		*ret = no;
	return code;
}

enum cc_code
cc_sqlite_name(struct cc_sqlite *s, struct cc_str text, bool add, int64_t *ret,
    struct cc_err *reterr)
{
	const struct cc_sqlite_name *kept = &s->names[place_of(text)];
	int64_t no = 0;
	enum cc_code code;
	struct cc_q q;

	if (kept->no != 0 && cc_str_eq((struct cc_str){ kept->text, kept->n }, text)) {
		*ret = kept->no;
		return CC_OK;
	}
	q = cc_q_open(s, CC_SQL_NAME_FIND);
	cc_q_text(&q, text);
	code = one_number(&q, &no, reterr);
	if (code == CC_OK && no == 0 && add) {
		q = cc_q_open(s, CC_SQL_NAME_ADD);
		cc_q_text(&q, text);
		s->names_added = true;
		code = one_number(&q, &no, reterr);
	}
	if (code != CC_OK)
		return code;
	if (no != 0)
		name_keep(s, text, no);
	*ret = no;
	return CC_OK;
}

enum cc_code
cc_sqlite_case_no(struct cc_sqlite *s, struct cc_str id, int64_t *ret, struct cc_err *reterr)
{
	struct cc_q q = cc_q_open(s, CC_SQL_CASE_NO);

	cc_q_text(&q, id);
	return one_number(&q, ret, reterr);
}

/* --- figures ------------------------------------------------------------- */

static const char *const figure_names[CC_FIG_COUNT] = {
	[CC_FIG_EVENTS] = "events", [CC_FIG_CASES] = "cases", [CC_FIG_OPEN] = "open",
	[CC_FIG_LIVE] = "live", [CC_FIG_ALERTS] = "alerts", [CC_FIG_HELD] = "held",
	[CC_FIG_ATTEMPTS] = "attempts", [CC_FIG_FENCE] = "fence",
	[CC_FIG_MESSAGES] = "messages",
	[CC_FIG_OUTBOX] = NULL,
	[CC_FIG_OUTBOX + CC_OUTBOX_QUEUED] = "queued",
	[CC_FIG_OUTBOX + CC_OUTBOX_CLAIMED] = "claimed",
	[CC_FIG_OUTBOX + CC_OUTBOX_SENT] = "sent",
	[CC_FIG_OUTBOX + CC_OUTBOX_DEAD] = "dead",
	[CC_FIG_OUTBOX + CC_OUTBOX_SUPERSEDED] = "superseded",
	[CC_FIG_OUTBOX + CC_OUTBOX_HELD] = "withheld",
	[CC_FIG_OUTBOX + CC_OUTBOX_GROUPED] = "grouped",
};

enum cc_code
cc_sqlite_figures_load(struct cc_sqlite *s, struct cc_err *reterr)
{
	int64_t fig[CC_FIG_COUNT] = { 0 };
	struct cc_q q = cc_q_open(s, CC_SQL_FIGURES);
	enum cc_code code;

	while (cc_q_row(&q)) {
		struct cc_str name = cc_q_peek(&q, 0);

		for (int i = 0; i < CC_FIG_COUNT; i++)
			if (figure_names[i] != NULL && cc_str_eq(name, (struct cc_str){
			    figure_names[i], (uint32_t)strlen(figure_names[i]) }))
				fig[i] = cc_q_get(&q, 1);
	}
	code = cc_q_end(&q, reterr);
	if (code == CC_OK)
		memcpy(s->fig, fig, sizeof fig);
	return code;
}

enum cc_code
cc_sqlite_figures_save(struct cc_sqlite *s, struct cc_err *reterr)
{
	for (int i = 0; i < CC_FIG_COUNT; i++) {
		struct cc_q q;
		enum cc_code code;

		if (s->fig[i] == s->fig_before[i])
			continue;
		q = cc_q_open(s, CC_SQL_FIGURE_SET);
		cc_q_text(&q, (struct cc_str){ figure_names[i],
		    (uint32_t)strlen(figure_names[i]) });
		cc_q_int(&q, s->fig[i]);
		code = cc_q_run(&q, reterr);
		if (code != CC_OK)
			return code;
	}
	return CC_OK;
}
