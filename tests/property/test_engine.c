/*
 * Random histories: the clocks are a function of the events and of nothing else.
 * Arrival order, events that have not come or are not known, earlier evaluations
 * and repeats leave no trace.  CC_SEED in the environment repeats a run, CC_CASES
 * says how many cases a test tells (one_by_one a quarter, some the half).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "store/store.h"
#include "tests/support/histories.h"
#include "tests/support/ladders.h"

enum { CASES = 160, EVENTS = 60 };

static unsigned cases;

#define DAY INT64_C(86400)

static uint64_t seed;

/* A case some weeks after its last event, when most dues are past. */
static struct cc_wall
later(const struct cc_case_file *f)
{
	return (struct cc_wall){f->last.s + 30 * DAY};
}

static char *
dump(const struct cc_case *c, const struct cc_eval_options *o)
{
	struct cc_arena a;
	struct cc_result r;
	char *text;

	cc_heap_arena_init(&a, CC_CASE_ARENA);
	r = cc_case_eval(c, o, &a);
	text = cc_case_dump(&r);
	cc_arena_done(&a);
	return text;
}

/* Both are freed. */
static void
same_text(const struct cc_case *c, char *got, char *want)
{
	if (strcmp(got, want) != 0) {
		size_t n = 0;

		while (got[n] == want[n])
			n++;
		while (n > 0 && got[n - 1] != '\n')
			n--;
		cc_histories_show(c);
		print_error("got:  %.*s\nwant: %.*s\n", (int)strcspn(got + n, "\n"),
		    got + n, (int)strcspn(want + n, "\n"), want + n);
		fail_msg("the clocks differ");
	}
	free(got);
	free(want);
}

static struct cc_wall
some_time(const struct cc_case_file *f)
{
	uint32_t i = (uint32_t)cc_test_random(&seed, f->c.nevents);
	struct cc_str id, source;
	struct cc_wall t;

	assert_int_equal(cc_event_head(f->events[i].bytes, &t, &id, &source, NULL), CC_OK);
	if (cc_test_random(&seed, 3) == 0)
		t.s += (int64_t)cc_test_random(&seed, 20 * DAY);
	return t;
}

/* The events for which `keep` says so, in the same order of arrival. */
static struct cc_case
some_of(const struct cc_case *c, bool (*keep)(const struct cc_input *, struct cc_wall),
    struct cc_wall t)
{
	struct cc_input *in = calloc(c->nevents + 1, sizeof *in);
	struct cc_case part = {.id = c->id, .events = in};

	assert_non_null(in);
	for (uint32_t i = 0; i < c->nevents; i++)
		if (keep(&c->events[i], t))
			in[part.nevents++] = c->events[i];
	return part;
}

static void
some_of_end(struct cc_case *part)
{
	union { const struct cc_input *in; void *p; } u = {.in = part->events};

	free(u.p);
}

static bool
happened(const struct cc_input *in, struct cc_wall t)
{
	struct cc_str id, source;
	struct cc_wall at;

	assert_int_equal(cc_event_head(in->bytes, &at, &id, &source, NULL), CC_OK);
	return at.s <= t.s;
}

static bool
was_known(const struct cc_input *in, struct cc_wall t)
{
	return in->recorded.s <= t.s;
}

/* ---- the tests ----------------------------------------------------------- */

static void
the_order_of_arrival_changes_no_clock(void **state)
{
	(void)state;
	for (unsigned k = 0; k < cases; k++) {
		struct cc_case_file f;
		struct cc_eval_options o;
		char *want;

		cc_histories_tell(&seed, &f, EVENTS);
		o = cc_case_at(later(&f));
		want = dump(&f.c, &o);
		cc_histories_shuffle(&seed, &f);
		same_text(&f.c, dump(&f.c, &o), want);
		cc_case_end(&f);
	}
}

static void
events_that_have_not_come_change_nothing(void **state)
{
	(void)state;
	for (unsigned k = 0; k < cases; k++) {
		struct cc_case_file f;
		struct cc_eval_options o;
		struct cc_case part;

		cc_histories_tell(&seed, &f, EVENTS);
		o = cc_case_at(some_time(&f));
		part = some_of(&f.c, happened, o.now);
		same_text(&f.c, dump(&f.c, &o), dump(&part, &o));
		some_of_end(&part);
		cc_case_end(&f);
	}
}

static void
as_known_at_an_instant_is_without_what_was_recorded_later(void **state)
{
	(void)state;
	for (unsigned k = 0; k < cases; k++) {
		struct cc_case_file f;
		struct cc_eval_options o, plain;
		struct cc_case part;

		cc_histories_tell(&seed, &f, EVENTS);
		plain = o = cc_case_at(later(&f));
		o.as_known = true;
		o.as_known_at = some_time(&f);
		part = some_of(&f.c, was_known, o.as_known_at);
		same_text(&f.c, dump(&f.c, &o), dump(&part, &plain));
		some_of_end(&part);
		cc_case_end(&f);
	}
}

static void
evaluating_again_gives_the_same_in_a_used_arena_and_in_a_fresh_one(void **state)
{
	struct cc_arena used;

	(void)state;
	cc_heap_arena_init(&used, CC_CASE_ARENA);
	for (unsigned k = 0; k < (cases + 1) / 2; k++) {
		struct cc_case_file f;
		struct cc_eval_options o;
		struct cc_result r;

		cc_histories_tell(&seed, &f, EVENTS);
		o = cc_case_at(some_time(&f));
		for (int turn = 0; turn < 2; turn++) {
			cc_arena_reset(&used);
			r = cc_case_eval(&f.c, &o, &used);
			same_text(&f.c, cc_case_dump(&r), dump(&f.c, &o));
		}
		cc_case_end(&f);
	}
	cc_arena_done(&used);
}

/* The place of an event's type, and whether it voids or may name the zone. */
static int
type_of(const struct cc_input *in, bool *ret_whole)
{
	const struct cc_pack *p = cc_case_pack();
	struct cc_arena a;
	struct cc_draft d;
	struct cc_err err;

	cc_heap_arena_init(&a, CC_CASE_ARENA);
	assert_int_equal(cc_event_decode(&p->schema, p->zones, in->bytes, &a, &d, &err),
	    CC_OK);
	*ret_whole = p->schema.types[d.type].voids ||
	    strcmp(p->schema.types[d.type].name, "intake.received") == 0;
	cc_arena_done(&a);
	return d.type;
}

/* The clocks of the first n events, from those of the first n - 1. */
static void
one_more(struct cc_case_file *f, uint32_t n, struct cc_wall now, struct cc_arena *turns)
{
	struct cc_arena *was = &turns[(n + 1) % 2], *is = &turns[n % 2], fresh;
	struct cc_case before = f->c, after = f->c;
	struct cc_eval_options o = cc_case_at(now), from_nothing = o;
	struct cc_eval_known known = {.nclocks = 0};
	struct cc_result old, new, want;
	bool whole;
	int type = type_of(&f->events[n - 1], &whole);

	before.nevents = n - 1;
	after.nevents = n;
	cc_arena_reset(was);
	cc_arena_reset(is);
	old = cc_case_eval(&before, &o, was);
	known.clocks = old.clocks;
	known.nclocks = old.nclocks;
	known.touched[type / 64] |= UINT64_C(1) << type % 64;
	o.known = whole ? NULL : &known;
	new = cc_case_eval(&after, &o, is);
	cc_heap_arena_init(&fresh, CC_CASE_ARENA);
	want = cc_case_eval(&after, &from_nothing, &fresh);
	assert_int_equal(new.next.s, want.next.s);
	same_text(&after, cc_case_dump(&new), cc_case_dump(&want));
	cc_arena_done(&fresh);
}

static void
events_added_one_by_one_give_what_evaluating_from_nothing_gives(void **state)
{
	struct cc_arena turns[2];

	(void)state;
	cc_heap_arena_init(&turns[0], CC_CASE_ARENA);
	cc_heap_arena_init(&turns[1], CC_CASE_ARENA);
	for (unsigned k = 0; k < (cases + 3) / 4; k++) {
		struct cc_case_file f;

		cc_histories_tell(&seed, &f, EVENTS);
		for (uint32_t n = 1; n <= f.c.nevents; n++)
			one_more(&f, n, later(&f), turns);
		cc_case_end(&f);
	}
	cc_arena_done(&turns[0]);
	cc_arena_done(&turns[1]);
}

/* A void means its own source's event before another's: when that one comes, the
 * other stands again, and with it a clock that knows nothing of the new type. */
static void
an_event_that_takes_over_a_void_brings_back_the_other(void **state)
{
	struct cc_arena turns[2];
	struct cc_case_file f;
	struct cc_wall now;

	(void)state;
	cc_heap_arena_init(&turns[0], CC_CASE_ARENA);
	cc_heap_arena_init(&turns[1], CC_CASE_ARENA);
	cc_case_begin(&f, "c1");
	cc_case_short(&f, "2026-01-14T16:00:00Z request.received request_id=r1"
	    " kind=complaint #e1@/a\n"
	    "2026-01-14T17:00:00Z event.voided event_id=e1 #e2@/b\n"
	    "2026-01-14T18:00:00Z contact.made contact_id=k1 mode=phone"
	    " seen_person_ids=[V1] #e1@/b\n");
	now = (struct cc_wall){f.last.s + DAY};
	for (uint32_t n = 1; n <= f.c.nevents; n++) {
		struct cc_case part = f.c;
		struct cc_eval_options o = cc_case_at(now);

		one_more(&f, n, now, turns);
		part.nevents = n;
		cc_arena_reset(&turns[0]);
		assert_int_equal(cc_case_eval(&part, &o, &turns[0]).nclocks > 0, n != 2);
	}
	cc_arena_done(&turns[0]);
	cc_arena_done(&turns[1]);
	cc_case_end(&f);
}

/* ---- repeats ------------------------------------------------------------- */

static enum cc_store_append
keep(struct cc_store *st, const struct cc_case *c, const struct cc_input *in)
{
	struct cc_store_event e = {.case_id = c->id, .bytes = in->bytes,
	    .recorded = in->recorded};
	struct cc_store_appended got;
	struct cc_wall t;

	assert_int_equal(cc_event_head(in->bytes, &t, &e.id, &e.source, NULL), CC_OK);
	assert_int_equal(cc_store_begin(st, NULL), CC_OK);
	assert_int_equal(cc_store_event_append(st, &e, &got, NULL), CC_OK);
	assert_int_equal(cc_store_commit(st, NULL), CC_OK);
	return got.outcome;
}

/* The case as the store has it. */
static char *
dump_kept(struct cc_store *st, const struct cc_case *c, const struct cc_eval_options *o)
{
	struct cc_store_events_of q = {.case_id = c->id, .limit = 1000};
	struct cc_store_kepts k;
	struct cc_case kept = {.id = c->id};
	struct cc_input *in;
	struct cc_arena a;
	char *text;

	cc_heap_arena_init(&a, CC_CASE_ARENA);
	assert_int_equal(cc_store_case_events(st, &q, &a, &k, NULL), CC_OK);
	in = cc_arena_array(&a, k.n, sizeof *in);
	assert_non_null(in);
	for (uint32_t i = 0; i < k.n; i++)
		in[i] = (struct cc_input){k.items[i].bytes, k.items[i].recorded};
	kept.events = in;
	kept.nevents = k.n;
	text = dump(&kept, o);
	cc_arena_done(&a);
	return text;
}

static void
repeats_of_an_event_change_nothing(void **state)
{
	(void)state;
	for (unsigned k = 0; k < (cases + 1) / 2; k++) {
		struct cc_case_file f;
		struct cc_store *st;
		struct cc_eval_options o;

		cc_histories_tell(&seed, &f, EVENTS);
		o = cc_case_at(later(&f));
		assert_int_equal(cc_store_open_memory(NULL, &st, NULL), CC_OK);
		for (uint32_t i = 0; i < f.c.nevents; i++) {
			uint32_t again = (uint32_t)cc_test_random(&seed, i + 1);

			assert_int_equal(keep(st, &f.c, &f.events[i]), CC_APPEND_NEW);
			if (cc_test_random(&seed, 2) == 0)
				assert_int_equal(keep(st, &f.c, &f.events[again]),
				    CC_APPEND_DUPLICATE);
		}
		same_text(&f.c, dump_kept(st, &f.c, &o), dump(&f.c, &o));
		cc_store_close(st);
		cc_case_end(&f);
	}
}

/* The identity rule: the same content is the same bytes, however it is written. */
static void
an_event_written_in_another_way_is_the_same_event(void **state)
{
	static const char *const same[] = {
		"{\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"/a\","
		"\"type\":\"contact.made\",\"subject\":\"c1\","
		"\"time\":\"2026-01-14T16:00:00-06:00\",\"data\":{\"contact_id\":\"k1\","
		"\"mode\":\"phone\",\"seen_person_ids\":[\"V1\"],\"home_visit\":true}}",
		"{ \"data\": {\"home_visit\":true, \"seen_person_ids\":[\"V1\"], "
		"\"mode\":\"phone\",\"contact_id\":\"k1\"}, "
		"\"time\":\"2026-01-14T22:00:00.750Z\",\"subject\":\"c1\","
		"\"type\":\"contact.made\",\"source\":\"/a\",\"id\":\"e1\","
		"\"recordedtime\":\"2026-01-15T22:00:00Z\",\"specversion\":\"1.0\"}",
	};
	struct cc_case_file f;

	(void)state;
	cc_case_begin(&f, "c1");
	cc_case_json(&f, same[0], strlen(same[0]));
	cc_case_json(&f, same[1], strlen(same[1]));
	assert_true(cc_str_eq(f.events[0].bytes, f.events[1].bytes));
	cc_case_short(&f, "2026-01-14T22:00:00Z contact.made contact_id=k1 mode=phone"
	    " seen_person_ids=[V1] home_visit=true #e1@/a\n"
	    "2026-01-14T22:00:00Z contact.made contact_id=k1 mode=phone"
	    " seen_person_ids=[V1] home_visit=false #e1@/a\n"
	    "2026-01-14T22:00:00Z contact.made contact_id=k1 mode=phone"
	    " seen_person_ids=[V1] #e1@/a\n");
	assert_true(cc_str_eq(f.events[0].bytes, f.events[2].bytes));
	assert_false(cc_str_eq(f.events[0].bytes, f.events[3].bytes));
	assert_false(cc_str_eq(f.events[3].bytes, f.events[4].bytes));
	cc_case_end(&f);
}

/* ---- what holds of every clock ------------------------------------------- */

static bool
state_fits(enum cc_kind k, enum cc_state s)
{
	static const unsigned duty = 1 << CC_STATE_RUNNING | 1 << CC_STATE_OVERDUE |
	    1 << CC_STATE_PAUSED | 1 << CC_STATE_MET | 1 << CC_STATE_LATE |
	    1 << CC_STATE_CANCELLED | 1 << CC_STATE_EXEMPT;
	static const unsigned window = 1 << CC_STATE_OPEN | 1 << CC_STATE_USED |
	    1 << CC_STATE_EXPIRED | 1 << CC_STATE_CANCELLED;
	static const unsigned test = 1 << CC_STATE_PASSED | 1 << CC_STATE_FAILED |
	    1 << CC_STATE_EXEMPT;
	unsigned set = k == CC_KIND_WINDOW ? window :
	    k == CC_KIND_GATE || k == CC_KIND_FRESHNESS ? test : duty;

	return (set & 1u << s) != 0;
}

static void
check_times(const struct cc_clock *c, const struct cc_view *v, struct cc_wall now)
{
	bool ended = cc_given(v->ended);

	assert_int_equal(ended, !cc_state_live(v->state));
	assert_true(c->armed.s <= now.s);
	assert_true(!ended || v->ended.s <= now.s);
	if (v->state == CC_STATE_LATE || v->state == CC_STATE_OVERDUE)
		assert_true(cc_given(v->due));
	if (v->state == CC_STATE_LATE)
		assert_true(v->ended.s > v->due.s);
	if (v->state == CC_STATE_OVERDUE)
		assert_true(now.s > v->due.s);
	if (v->state == CC_STATE_RUNNING && cc_given(v->due))
		assert_true(now.s <= v->due.s);
	if (v->state == CC_STATE_MET && cc_given(v->due) && v->ended.s > v->due.s)
		assert_true(cc_given(c->paused) && c->paused.s <= v->ended.s);
	if (v->state == CC_STATE_USED && cc_given(v->due))
		assert_true(v->ended.s <= v->due.s);
	if (v->state == CC_STATE_EXPIRED)
		assert_int_equal(v->ended.s, v->due.s);
}

/* Clocks are sorted: those of one rule and subject are neighbours. */
static void
check_clocks(const struct cc_result *r, struct cc_wall now)
{
	for (uint32_t i = 0; i < r->nclocks; i++) {
		const struct cc_clock *c = &r->clocks[i], *prev = i > 0 ? c - 1 : NULL;
		struct cc_view v;

		assert_true(c->subject.n > 0);
		assert_false(c->rule->silent);
		if (prev != NULL && prev->rule == c->rule &&
		    cc_str_eq(prev->subject, c->subject)) {
			assert_int_equal(c->period, prev->period + 1);
			assert_true(c->armed.s >= prev->armed.s);
		} else {
			assert_int_equal(c->period, 1);
		}
		if (!cc_clock_view(c, now, &v))
			continue;
		assert_true(state_fits(c->rule->kind, v.state));
		check_times(c, &v, now);
	}
}

static void
periods_have_no_gaps_and_states_agree_with_their_times(void **state)
{
	uint64_t clocks = 0;

	(void)state;
	for (unsigned k = 0; k < cases; k++) {
		struct cc_case_file f;
		struct cc_eval_options o;
		struct cc_arena a;
		struct cc_result r;

		cc_histories_tell(&seed, &f, EVENTS);
		o = cc_case_at(k % 2 == 0 ? later(&f) : some_time(&f));
		cc_heap_arena_init(&a, CC_CASE_ARENA);
		r = cc_case_eval(&f.c, &o, &a);
		check_clocks(&r, o.now);
		clocks += r.nclocks;
		cc_arena_done(&a);
		cc_case_end(&f);
	}
	/* histories that make no clocks would prove nothing */
	assert_true(clocks > 20 * (uint64_t)cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_arrival_changes_no_clock),
		cmocka_unit_test(events_that_have_not_come_change_nothing),
		cmocka_unit_test(as_known_at_an_instant_is_without_what_was_recorded_later),
		cmocka_unit_test(
		    evaluating_again_gives_the_same_in_a_used_arena_and_in_a_fresh_one),
		cmocka_unit_test(
		    events_added_one_by_one_give_what_evaluating_from_nothing_gives),
		cmocka_unit_test(an_event_that_takes_over_a_void_brings_back_the_other),
		cmocka_unit_test(repeats_of_an_event_change_nothing),
		cmocka_unit_test(an_event_written_in_another_way_is_the_same_event),
		cmocka_unit_test(periods_have_no_gaps_and_states_agree_with_their_times),
	};

	seed = cc_test_seed(20260112);
	cases = cc_test_count(CASES, CASES);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
