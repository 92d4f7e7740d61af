#include "daemon/rounds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/rounds_inner.h"
#include "policy/heap.h"

enum { BOOKS_MAX = 256 * 1024 * 1024, DAY = 86400 };

#define NIGHT_KEY CC_STR("rounds.night")
#define DIGEST_KEY CC_STR("rounds.digest")

enum cc_code
cc_rounds_new(struct cc_rounds **ret, struct cc_err *reterr)
{
	struct cc_rounds *r = calloc(1, sizeof *r);

	if (r == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "rounds: no memory");
	cc_heap_arena_init(&r->arena, BOOKS_MAX);
	*ret = r;
	return CC_OK;
}

/* Puts down what was under way. */
static void
rest(struct cc_rounds *r)
{
	cc_setup_unref(r->setup);
	r->setup = NULL;
	r->doing = 0;
	r->walked = false;
	r->after[0] = '\0';
	cc_arena_reset(&r->arena);
}

void
cc_rounds_free(struct cc_rounds *r)
{
	if (r == NULL)
		return;
	rest(r);
	cc_arena_done(&r->arena);
	free(r);
}

/* --- when ------------------------------------------------------------------------ */

static enum cc_code
read_key(struct cc_engine *e, struct cc_str key, struct cc_wall *ret,
    struct cc_err *reterr)
{
	struct cc_str text;
	enum cc_code code;

	cc_arena_reset(&e->rows);
	code = cc_store_meta_get(e->cf.store, key, &e->rows, &text, reterr);
	if (code == CC_OK)
		*ret = (struct cc_wall){strtoll(text.p, NULL, 10)};
	return code;
}

/* An instant kept under the key. */
static struct cc_wall
kept(struct cc_engine *e, struct cc_str key)
{
	struct cc_err err = {.msg = ""};
	struct cc_wall t = e->now.wall;

	if (read_key(e, key, &t, &err) != CC_OK)
		cc_log_err(CC_LOG_ERR, "store: rounds", &err);
	return t;
}

static enum cc_code
keep(struct cc_engine *e, struct cc_str key, struct cc_wall t, struct cc_err *reterr)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%" PRId64, t.s);	/* fits */

	return cc_store_meta_put(e->cf.store, key, (struct cc_str){text, (uint32_t)n},
	    reterr);
}

enum cc_code
cc_rounds_start(struct cc_engine *e, struct cc_err *reterr)
{
	static const char *const keys[] = {"rounds.night", "rounds.digest"};
	enum cc_code code = CC_OK;
	struct cc_wall t;

	e->rounds->since = e->now.wall;
	for (unsigned i = 0; i < 2 && code == CC_OK; i++) {
		struct cc_str key = {keys[i], (uint32_t)strlen(keys[i])};

		code = read_key(e, key, &t, reterr);
		if (code == CC_ENOENT)
			code = keep(e, key, e->now.wall, reterr);
	}
	return code;
}

/* The first instant after `done` at which the wall of the pack's zone shows it. */
static struct cc_wall
night_after(const struct cc_setup *s, struct cc_wall done)
{
	const struct cc_zone *zone = s->pack->zone;
	cc_day day = cc_local_day(zone, done);
	struct cc_wall t = cc_local(zone, day, s->config.audit_at);

	return t.s > done.s ? t : cc_local(zone, day + 1, s->config.audit_at);
}

/* The instants follow the set-up in force. */
static void
plan(struct cc_engine *e)
{
	struct cc_rounds *r = e->rounds;

	if (!r->loaded) {
		r->night_done = kept(e, NIGHT_KEY);
		r->digest_done = kept(e, DIGEST_KEY);
		r->loaded = true;
		r->planned = NULL;
	}
	if (r->planned == e->setup)
		return;
	r->night_next = night_after(e->setup, r->night_done);
	r->digest_next = cc_digest_next(e->setup, r->digest_done);
	r->planned = e->setup;
}

struct cc_wall
cc_rounds_next(struct cc_engine *e)
{
	struct cc_rounds *r = e->rounds;

	plan(e);
	if (r->doing != 0)
		return e->now.wall;
	return cc_given(r->digest_next) && r->digest_next.s < r->night_next.s ?
	    r->digest_next : r->night_next;
}

void
cc_rounds_hurry(struct cc_engine *e)
{
	plan(e);
	e->rounds->night_next = e->now.wall;
}

void
cc_rounds_undo(struct cc_engine *e)
{
	rest(e->rounds);
	e->rounds->loaded = false;
}

/* --- what ------------------------------------------------------------------------ */

static enum cc_code
begin(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_rounds *r = e->rounds;

	r->doing = 0;
	if (cc_given(r->digest_next) && r->digest_next.s <= e->now.wall.s)
		r->doing |= CC_ROUND_DIGEST;
	if (r->night_next.s <= e->now.wall.s)
		r->doing |= CC_ROUND_NIGHT;
	if (r->doing == 0)
		return CC_OK;
	cc_arena_reset(&r->arena);
	r->setup = cc_setup_ref(e->setup);
	r->began = e->now.wall;
	r->after[0] = '\0';
	r->walked = false;
	memset(&r->audit, 0, sizeof r->audit);
	r->reach.n = r->reach.written = r->reach.left_out = 0;
	return (r->doing & CC_ROUND_DIGEST) != 0 ? cc_digest_begin(e, r, reterr) : CC_OK;
}

static enum cc_code
look_at(struct cc_engine *e, struct cc_str id, struct cc_err *reterr)
{
	struct cc_round_case rc = {.engine = e, .rounds = e->rounds};
	struct cc_eval_options o = {.now = e->now.wall, .only_rule = -1};
	struct cc_err err = {.msg = ""};
	struct cc_entry *entry;
	struct cc_case of;
	enum cc_code code = cc_engine_case(e, id, &entry, reterr);

	if (code != CC_OK)
		return code;
	cc_arena_reset(&e->work);
	rc.entry = entry;
	of = (struct cc_case){.id = entry->id, .events = entry->events,
	    .nevents = entry->nevents};
	if (cc_eval_case(e->setup->pack, &of, &o, &e->work, &rc.result, &err) != CC_OK)
		return CC_OK;	/* the engine says so at each of its wakes */
	code = cc_telling_begin(e, entry, &rc.result, &rc.telling, reterr);
	if (code == CC_OK && (e->rounds->doing & CC_ROUND_DIGEST) != 0)
		code = cc_digest_case(&rc, reterr);
	if (code == CC_OK && (e->rounds->doing & CC_ROUND_NIGHT) != 0)
		code = cc_reach_case(&rc, reterr);
	if (code == CC_OK && (e->rounds->doing & CC_ROUND_NIGHT) != 0)
		code = cc_audit_case(&rc, reterr);
	return code;
}

/* A clock that is live and has a due: neither a window that never closes nor a test that
 * failed long ago. */
static enum cc_code
has_due(struct cc_engine *e, struct cc_str id, bool *ret, struct cc_err *reterr)
{
	struct cc_store_case c;
	enum cc_code code;

	cc_arena_reset(&e->rows);
	code = cc_store_case_load(e->cf.store, id, &e->rows, &c, reterr);
	*ret = false;
	for (uint32_t i = 0; code == CC_OK && i < c.ninstances && !*ret; i++)
		*ret = c.instances[i].live && cc_given(c.instances[i].due) &&
		    c.instances[i].state != CC_STATE_FAILED;
	return code;
}

/* Those of which nothing is to be expected any more are passed over, unless something came
 * of late: the audit looks whether all was cleared. */
static enum cc_code
of_interest(struct cc_engine *e, const struct cc_store_case *row, bool *ret,
    struct cc_err *reterr)
{
	const struct cc_rounds *r = e->rounds;

	*ret = (r->doing & CC_ROUND_NIGHT) != 0 && row->recorded.s >= r->night_done.s - DAY;
	if (*ret || row->nlive == 0)
		return CC_OK;
	*ret = (r->doing & CC_ROUND_NIGHT) != 0 && cc_given(row->wake);
	return *ret ? CC_OK : has_due(e, row->id, ret, reterr);
}

/* Cases in the order of their ids. */
static enum cc_code
walk(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_rounds *r = e->rounds;
	struct cc_store_cases_from q = {.limit = CC_ROUNDS_LOOK};
	struct cc_store_cases list = {0};
	struct cc_arena rows;
	unsigned looked = 0;
	enum cc_code code;

	q.after = (struct cc_str){r->after, (uint32_t)strlen(r->after)};
	cc_heap_arena_init(&rows, BOOKS_MAX);
	code = cc_store_cases_list(e->cf.store, &q, &rows, &list, reterr);
	for (uint32_t i = 0; i < list.n && code == CC_OK && looked < CC_ROUNDS_SLICE; i++) {
		const struct cc_store_case *row = &list.items[i];
		bool interesting = false;

		code = of_interest(e, row, &interesting, reterr);
		if (code == CC_OK && interesting) {
			code = look_at(e, row->id, reterr);
			looked++;
		}
		memcpy(r->after, row->id.p, row->id.n);
		r->after[row->id.n] = '\0';
		r->walked = list.next.n == 0 && i + 1 == list.n;
	}
	if (list.n == 0)
		r->walked = true;
	cc_arena_done(&rows);
	return code;
}

/* Everything is written: the next time is worked out. */
static enum cc_code
finish(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_rounds *r = e->rounds;
	enum cc_code code = CC_OK;

	if ((r->doing & CC_ROUND_NIGHT) != 0) {
		code = cc_audit_end(e, r, reterr);
		r->night_done = r->began;
		if (code == CC_OK)
			code = keep(e, NIGHT_KEY, r->began, reterr);
	}
	if (code == CC_OK && (r->doing & CC_ROUND_DIGEST) != 0) {
		r->digest_done = r->began;
		code = keep(e, DIGEST_KEY, r->began, reterr);
	}
	r->planned = NULL;
	rest(r);
	return code;
}

enum cc_code
cc_rounds_step(struct cc_engine *e, struct cc_err *reterr)
{
	struct cc_rounds *r = e->rounds;
	bool all = true;
	enum cc_code code = CC_OK;

	plan(e);
	if (r->doing != 0 && r->setup != e->setup)
		rest(r);
	if (r->doing == 0)
		code = begin(e, reterr);
	if (r->doing == 0 || code != CC_OK)
		return code;
	if (!r->walked)
		return walk(e, reterr);
	if ((r->doing & CC_ROUND_DIGEST) != 0)
		code = cc_digest_write(e, r, &all, reterr);
	if (code == CC_OK && all && (r->doing & CC_ROUND_NIGHT) != 0)
		code = cc_reach_write(e, r, &all, reterr);
	return code == CC_OK && all ? finish(e, reterr) : code;
}
