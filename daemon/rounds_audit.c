#include "daemon/rounds_inner.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/log.h"
#include "policy/heap.h"

/*
 * The proof is made of other parts than the doing: the case is derived from nothing, what
 * its ladders ask is taken from the function that `simulate` prints alerts with, and what
 * was done is read from the rows of alerts and messages; plan.c and its marks have no say.
 */

enum { ROWS_MAX = 256 * 1024 * 1024, HOUR = 3600 };

static void CC_PRINTF(3, 4)
gap(struct cc_audit_book *b, struct cc_str case_id, const char *fmt, ...)
{
	char words[sizeof b->first];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof words, fmt, ap);	/* cut is fine */
	va_end(ap);
	if (b->gaps < CC_AUDIT_GAPS)
		cc_log(CC_LOG_ERR, "audit: case %.*s: %s", (int)case_id.n, case_id.p, words);
	if (b->gaps++ > 0)
		return;
	memcpy(b->first, words, sizeof b->first);
	(void)snprintf(b->first_case, sizeof b->first_case, "%.*s", (int)case_id.n,
	    case_id.p);
}

/* What the store says of one case. */
struct told {
	const struct cc_store_alert *v;
	uint32_t n;
	struct cc_store_acks acks;
};

static enum cc_code
read_told(struct cc_round_case *c, struct cc_arena *a, struct told *ret,
    struct cc_err *reterr)
{
	struct cc_store *st = c->engine->cf.store;
	struct cc_store_alert_filter f = {.case_id = c->entry->id,
	    .limit = CC_STORE_LIST_MAX};
	struct cc_store_acks_of q = {.case_id = c->entry->id, .now = c->rounds->began,
	    .limit = CC_STORE_LIST_MAX};
	struct cc_store_alert *all = NULL;
	enum cc_code code = cc_store_acks_list(st, &q, a, &ret->acks, reterr);

	ret->n = 0;
	do {
		struct cc_store_alerts list = {0};
		struct cc_store_alert *more;

		if (code == CC_OK)
			code = cc_store_alerts_list(st, &f, a, &list, reterr);
		if (code != CC_OK)
			return code;
		more = cc_arena_array(a, (size_t)ret->n + list.n, sizeof *more);
		if (more == NULL)
			return cc_fail(reterr, CC_ENOMEM, 0, "no memory for the audit");
		if (ret->n > 0)
			memcpy(more, all, ret->n * sizeof *more);
		if (list.n > 0)
			memcpy(more + ret->n, list.items, list.n * sizeof *more);
		all = more;
		ret->n += list.n;
		f.after = list.next;
	} while (f.after != 0);
	ret->v = all;
	return CC_OK;
}

static bool
is_of(const struct cc_store_alert *al, const struct cc_clock *clock)
{
	return cc_str_eq(al->rule, (struct cc_str){clock->rule->id,
	    (uint32_t)strlen(clock->rule->id)}) && cc_str_eq(al->subject, clock->subject);
}

/* When somebody was told last of this clock or the one it took the place of, or it was
 * held on purpose; CC_NEVER: never.  It stands for the rungs that fell before: it is one of
 * them, a graver one, or `moved`. */
static struct cc_wall
last_told(const struct told *t, const struct cc_clock *clock)
{
	struct cc_wall last = CC_NEVER;

	for (uint32_t i = 0; i < t->n; i++)
		if ((!cc_given(last) || t->v[i].fired.s > last.s) && is_of(&t->v[i], clock))
			last = t->v[i].fired;
	return last;
}

/* When the first of these acknowledgements of the clock began; CC_NEVER: it has none. */
static struct cc_wall
first_of(const struct cc_store_acks *acks, const struct told *t, const struct cc_clock *clock)
{
	struct cc_wall first = CC_NEVER;

	for (uint32_t i = 0; i < acks->n; i++)
		for (uint32_t k = 0; k < t->n; k++)
			if (t->v[k].id == acks->items[i].alert && is_of(&t->v[k], clock) &&
			    (!cc_given(first) || acks->items[i].at.s < first.s))
				first = acks->items[i].at;
	return first;
}

/* Since when the clock has been acknowledged without a break; CC_NEVER: it is not.  Where
 * one ends within another, what it held waits on. */
static enum cc_code
acked_since(struct cc_round_case *c, const struct told *t, const struct cc_clock *clock,
    struct cc_wall *ret, struct cc_err *reterr)
{
	struct cc_store_acks_of q = {.case_id = c->entry->id, .limit = CC_STORE_LIST_MAX};
	struct cc_store_acks acks = t->acks;
	struct cc_wall first = first_of(&acks, t, clock);
	struct cc_arena a;
	enum cc_code code = CC_OK;

	*ret = CC_NEVER;
	cc_heap_arena_init(&a, ROWS_MAX);
	while (code == CC_OK && cc_given(first) && (!cc_given(*ret) || first.s < ret->s)) {
		*ret = first;
		q.now.s = first.s - 1;
		cc_arena_reset(&a);
		code = cc_store_acks_list(c->engine->cf.store, &q, &a, &acks, reterr);
		first = first_of(&acks, t, clock);
	}
	cc_arena_done(&a);
	return code;
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Whether an acknowledgement may hold it back: of a safety clock no breach, and nothing
 * that goes to more than one role. */
static bool
may_wait(const struct cc_clock *clock, const struct cc_rung *rung)
{
	if (!clock->rule->safety || begins(rung->name, "repeat-") ||
	    begins(rung->name, "remind-"))
		return true;
	return strcmp(rung->name, "breach") != 0 && (rung->to & (rung->to - 1)) == 0;
}

static enum cc_code
check_rungs(struct cc_round_case *c, const struct told *t, const struct cc_clock *clock,
    struct cc_err *reterr)
{
	struct cc_audit_book *b = &c->rounds->audit;
	const struct cc_ladder *l = cc_ladder_for(&c->engine->setup->pack->ladders, clock);
	struct cc_wall until = {c->rounds->began.s - CC_AUDIT_GRACE}, acked = CC_NEVER;
	struct cc_wall told = CC_NEVER;
	struct cc_alert asked[CC_RUNGS_MAX];
	unsigned n = cc_alerts_of(l, clock, until, asked);
	enum cc_code code = CC_OK;

	if (n > 0)
		told = last_told(t, clock);
	for (unsigned i = 0; i < n && code == CC_OK; i++) {
		b->rungs++;
		if (cc_given(told) && told.s >= asked[i].at.s)
			continue;
		if (!cc_given(acked))
			code = acked_since(c, t, clock, &acked, reterr);
		if (code == CC_OK && (!cc_given(acked) || asked[i].at.s < acked.s ||
		    !may_wait(clock, asked[i].rung)))
			gap(b, c->entry->id, "%s %.*s: the step %s fell and has no outcome",
			    clock->rule->id, (int)clock->subject.n, clock->subject.p,
			    asked[i].rung->name);
	}
	return code;
}

/* The wake comes in time for the next rung. */
static void
check_wake(struct cc_round_case *c, const struct told *t, const struct cc_clock *clock,
    const struct cc_view *v)
{
	const struct cc_ladder *l = cc_ladder_for(&c->engine->setup->pack->ladders, clock);
	struct cc_wall now = c->rounds->began, wake = c->entry->wake, at;

	if (l == NULL || v->state == CC_STATE_PAUSED || t->acks.n > 0)
		return;
	for (uint16_t i = 0; i < l->nrungs; i++) {
		at = cc_rung_at(&l->rungs[i], clock);
		if (!cc_given(at) || at.s <= now.s || (cc_given(clock->ended) &&
		    at.s >= clock->ended.s) || (clock->rule->kind == CC_KIND_WINDOW &&
		    cc_given(clock->due) && at.s > clock->due.s))
			continue;
		if (cc_given(wake) && wake.s <= at.s)
			continue;
		gap(&c->rounds->audit, c->entry->id, "%s %.*s: nothing will wake the case for "
		    "the step %s", clock->rule->id, (int)clock->subject.n, clock->subject.p,
		    l->rungs[i].name);
		return;
	}
}

static bool
is_clear(const struct cc_store_alert *al)
{
	return cc_str_eq(al->rung, CC_STR("clear"));
}

static bool
same_instance(const struct cc_store_alert *a, const struct cc_store_alert *b)
{
	return cc_str_eq(a->rule, b->rule) && cc_str_eq(a->subject, b->subject) &&
	    cc_str_eq(a->origin_id, b->origin_id) &&
	    cc_str_eq(a->origin_source, b->origin_source) && a->same == b->same;
}

/* A clock that ended after somebody was told of it: the last word is `clear`. */
static void
check_clear(struct cc_round_case *c, const struct told *t, const struct cc_clock *clock)
{
	const struct cc_store_alert *last = NULL;

	for (uint32_t i = 0; i < t->n; i++) {
		const struct cc_store_alert *al = &t->v[i];

		if (is_of(al, clock) && cc_str_eq(al->origin_id, clock->origin_id) &&
		    cc_str_eq(al->origin_source, clock->origin_source) &&
		    al->same == clock->same && (al->held.n == 0 || cc_given(al->released)))
			last = al;
	}
	if (last != NULL && !is_clear(last))
		gap(&c->rounds->audit, c->entry->id, "%s %.*s: it ended, and nobody was told so",
		    clock->rule->id, (int)clock->subject.n, clock->subject.p);
}

/* Every alert that was not held has a message. */
static enum cc_code
check_messages(struct cc_round_case *c, struct cc_arena *a, const struct told *t,
    struct cc_err *reterr)
{
	struct cc_audit_book *b = &c->rounds->audit;

	for (uint32_t i = 0; i < t->n; i++) {
		const struct cc_store_alert *al = &t->v[i];
		struct cc_store_message_filter f = {.alert = al->id, .limit = 1};
		struct cc_store_messages list = {0};
		enum cc_code code;

		/* Older ones were looked at on earlier nights. */
		if (al->fired.s < c->rounds->night_done.s - HOUR ||
		    (al->held.n > 0 && !cc_given(al->released)))
			continue;
		code = cc_store_messages_list(c->engine->cf.store, &f, a, &list, reterr);
		if (code != CC_OK)
			return code;
		b->messages++;
		/* Whoever was told of a former instance may all have been told enough. */
		if (list.n == 0 && !is_clear(al))
			gap(b, c->entry->id, "%.*s %.*s: the step %.*s fired and has no message",
			    (int)al->rule.n, al->rule.p, (int)al->subject.n, al->subject.p,
			    (int)al->rung.n, al->rung.p);
	}
	return CC_OK;
}

/* Whether the later alert says what became of the earlier one: it is of the same instance,
 * or of one that took its place, and was told as moved or over. */
static bool
tells_on(const struct cc_store_alert *later, const struct cc_store_alert *of)
{
	return same_instance(of, later) || (cc_str_eq(of->rule, later->rule) &&
	    cc_str_eq(of->subject, later->subject) && (is_clear(later) ||
	    cc_str_eq(later->rung, CC_STR("moved"))));
}

/* What was told and has vanished: its last word is `clear`, unless another clock of the
 * rule and subject took its place. */
static void
check_vanished(struct cc_round_case *c, const struct told *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct cc_store_alert *al = &t->v[i];
		bool known = al->held.n > 0 || is_clear(al);

		for (uint32_t k = 0; k < c->result.nclocks && !known; k++)
			known = is_of(al, &c->result.clocks[k]);
		for (uint32_t k = i + 1; k < t->n && !known; k++)
			known = tells_on(&t->v[k], al);
		if (!known)
			gap(&c->rounds->audit, c->entry->id, "%.*s %.*s: it was withdrawn, and "
			    "nobody was told so", (int)al->rule.n, al->rule.p,
			    (int)al->subject.n, al->subject.p);
	}
}

static enum cc_code
check_clock(struct cc_round_case *c, const struct told *t, const struct cc_clock *clock,
    struct cc_err *reterr)
{
	enum cc_code code = CC_OK;
	struct cc_view v;

	if (clock->rule->silent || !cc_clock_view(clock, c->rounds->began, &v))
		return CC_OK;
	if (cc_state_live(v.state) || v.state == CC_STATE_FAILED)
		code = check_rungs(c, t, clock, reterr);
	else if (v.state != CC_STATE_EXPIRED)
		check_clear(c, t, clock);
	if (cc_state_live(v.state))
		check_wake(c, t, clock, &v);
	return code;
}

enum cc_code
cc_audit_case(struct cc_round_case *c, struct cc_err *reterr)
{
	struct cc_arena a;
	struct told t;
	enum cc_code code;

	cc_heap_arena_init(&a, ROWS_MAX);
	code = read_told(c, &a, &t, reterr);
	/* A case that is yet to be derived under a new policy owes nothing by it. */
	if (code == CC_OK && !c->engine->stale) {
		c->rounds->audit.cases++;
		for (uint32_t i = 0; i < c->result.nclocks && code == CC_OK; i++)
			code = check_clock(c, &t, &c->result.clocks[i], reterr);
		check_vanished(c, &t);
	}
	if (code == CC_OK)
		code = check_messages(c, &a, &t, reterr);
	cc_arena_done(&a);
	return code;
}

/* --- the outbox -------------------------------------------------------------------- */

/* Queued past its time, though this run has had the time to try it or to give it up. */
static bool
overstays(const struct cc_rounds *r, const struct cc_store_message *m, struct cc_wall now)
{
	return cc_given(m->give_up) && m->give_up.s < now.s - CC_AUDIT_PATIENCE &&
	    m->next.s <= now.s && r->since.s < now.s - CC_AUDIT_PATIENCE;
}

/* A message that should be on its way and is not. */
static enum cc_code
check_state(struct cc_engine *e, struct cc_rounds *r, enum cc_outbox_state state,
    struct cc_err *reterr)
{
	struct cc_store_message_filter f = {.state = state, .limit = CC_STORE_LIST_MAX};
	struct cc_wall now = e->now.wall;
	struct cc_arena a;
	enum cc_code code;

	cc_heap_arena_init(&a, ROWS_MAX);
	do {
		struct cc_store_messages list = {0};

		cc_arena_reset(&a);
		code = cc_store_messages_list(e->cf.store, &f, &a, &list, reterr);
		for (uint32_t i = 0; i < list.n && code == CC_OK; i++) {
			const struct cc_store_message *m = &list.items[i];
			bool stuck = state == CC_OUTBOX_CLAIMED ?
			    m->lease.s < now.s - HOUR : overstays(r, m, now);

			r->audit.messages++;
			if (stuck)
				gap(&r->audit, m->case_id, "message %.*s is %s past its time",
				    (int)m->id.n, m->id.p, state == CC_OUTBOX_CLAIMED ?
				    "under way" : "queued");
		}
		f.after = list.next;
	} while (code == CC_OK && f.after != 0);
	cc_arena_done(&a);
	return code;
}

enum cc_code
cc_audit_end(struct cc_engine *e, struct cc_rounds *r, struct cc_err *reterr)
{
	struct cc_audit_book *b = &r->audit;
	struct cc_figures *f = e->cf.figures;
	char words[256];
	enum cc_code code = check_state(e, r, CC_OUTBOX_QUEUED, reterr);

	if (code == CC_OK)
		code = check_state(e, r, CC_OUTBOX_CLAIMED, reterr);
	if (code == CC_OK && b->gaps > 0) {
		(void)snprintf(words, sizeof words, "The nightly audit found %" PRId64
		    " gaps; the first: %.160s", b->gaps, b->first);	/* cut is fine */
		code = cc_tell_operator(e, (struct cc_str){b->first_case,
		    (uint32_t)strlen(b->first_case)}, words, CC_STR("audit"), reterr);
	}
	if (code != CC_OK)
		return code;
	cc_log(b->gaps > 0 ? CC_LOG_ERR : CC_LOG_INFO, "audit: %" PRId64 " cases, %" PRId64
	    " steps, %" PRId64 " messages looked at; %" PRId64 " gaps", b->cases, b->rungs,
	    b->messages, b->gaps);
	atomic_store(&f->audit_at, r->began.s);
	atomic_store(&f->audit_cases, b->cases);
	atomic_store(&f->audit_rungs, b->rungs);
	atomic_store(&f->audit_messages, b->messages);
	atomic_store(&f->audit_gaps, b->gaps);
	return CC_OK;
}
