/* What explain says of a clock is enough to redo the sum: for every test of the Texas
 * pack each step of each due is worked out again from what the answer says. */
#include "daemon/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/folder.h"
#include "policy/heap.h"
#include "policy/pack_test.h"
#include "tests/support/pack_kit.h"
#include "wire/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ARENA ((size_t)512 * 1024 * 1024)
#define PACK "policy/packs/texas-cps"

enum { RULES_MAX = 400, ANSWER_MAX = 8 * 1024 * 1024, MISTAKES_SHOWN = 40 };

static struct cc_test_pack texas;
static struct cc_pack_tests tests;
static struct cc_arena arena;
static struct cc_diags diags;
static unsigned covered[RULES_MAX];	/* dues redone, by rule */
static unsigned mistakes;

static int
begin(void **state)
{
	struct cc_folder names = {.n = 0};
	struct cc_err err;

	(void)state;
	if (cc_test_go_to_the_tree() != 0)
		return -1;
	cc_test_pack_load(PACK, &texas);
	if (texas.pack == NULL || texas.pack->nrules > RULES_MAX)
		return -1;
	cc_heap_arena_init(&arena, ARENA);
	tests = (struct cc_pack_tests){.pack = texas.pack, .arena = &arena, .diags = &diags};
	if (cc_folder_list(PACK, "tests", &arena, &names, &err) != CC_OK)
		return -1;
	for (unsigned i = 0; i < names.n; i++)
		if (!cc_pack_test_read(&tests, names.v[i]))
			return -1;
	return tests.n > 0 ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	cc_arena_done(&arena);
	cc_diags_done(&diags);
	cc_test_pack_done(&texas);
	return 0;
}

/* ---- the answer ------------------------------------------------------- */

struct asked {
	struct cc_pack pack;
	struct cc_setup setup;
	struct cc_result result;
	struct cc_traces traces;
	const struct cc_clock *clock;
	const struct cc_json *doc, *steps;
	const char *test;
};

static void
wrong(const struct asked *k, size_t step, const char *what)
{
	if (mistakes++ < MISTAKES_SHOWN)
		print_message("%s: %s of %.*s, step %zu: %s\n", k->test, k->clock->rule->id,
		    (int)k->clock->subject.n, k->clock->subject.p, step, what);
}

/* Instants as seconds, dates as days. */
static bool
number_of(const struct cc_json *v, int64_t *ret)
{
	const char *text = v == NULL ? NULL : cc_json_text(v);
	struct cc_wall t;
	cc_day d;
	bool b;

	if (text != NULL && strlen(text) == 10 && cc_day_parse((struct cc_str){text, 10}, &d,
	    NULL) == CC_OK) {
		*ret = d;
		return true;
	}
	if (text != NULL && cc_wall_parse((struct cc_str){text, (uint32_t)strlen(text)}, &t,
	    NULL) == CC_OK) {
		*ret = t.s;
		return true;
	}
	if (v != NULL && cc_json_bool(v, &b)) {
		*ret = b;
		return true;
	}
	return v != NULL && cc_json_int(v, ret);
}

static bool
member(const struct cc_json *step, const char *name, int64_t *ret)
{
	return number_of(cc_json_get(step, name), ret);
}

static bool
flag(const struct cc_json *step, const char *name)
{
	bool b = false;

	return cc_json_bool(cc_json_get(step, name), &b) && b;
}

static bool
is(const struct cc_json *step, const char *what)
{
	return strcmp(cc_json_get_text(step, "what"), what) == 0;
}

static bool
one_of(const struct cc_json *step, const char *const *what, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (is(step, what[i]))
			return true;
	return false;
}

/* ---- one step again --------------------------------------------------- */

static bool
holiday(const struct asked *k, cc_day d)
{
	for (uint32_t i = 0; i < k->pack.calendar.nholidays; i++)
		if (k->pack.calendar.holidays[i].day == d)
			return true;
	return false;
}

/* The days follow one another, each counts or says why not; how many count. */
static int64_t
redo_days(const struct asked *k, size_t at, const struct cc_json *step, bool business)
{
	const struct cc_json *days = cc_json_get(step, "days");
	int64_t n = 0, seconds = 0, before = 0;

	for (size_t i = 0; i < cc_json_count(days); i++) {
		const struct cc_json *day = cc_json_at(days, i);
		const char *why = cc_json_get_text(day, "why");
		int64_t d = 0, number = 0, part = 0;
		bool counted = flag(day, "counted"), work;

		if (!member(day, "date", &d) || (i > 0 && d != before + 1))
			wrong(k, at, "the days do not follow one another");
		before = d;
		if (counted != (why[0] == '\0') || counted != member(day, "number", &number))
			wrong(k, at, "a day neither counts nor says why");
		work = (d + 4) % 7 != 0 && (d + 4) % 7 != 6 && !holiday(k, (cc_day)d);
		if (counted && business && !work)
			wrong(k, at, "a day counts that is none of work");
		if (!counted && strncmp(why, "the day", 7) != 0 && (!business || work))
			wrong(k, at, "a day is skipped that counts");
		if (!counted && (strncmp(why, "holiday", 7) == 0) !=
		    (cc_json_get_text(cc_json_get(day, "holiday"), "file") != NULL))
			wrong(k, at, "a holiday names no file");
		if (counted && number != ++n)
			wrong(k, at, "the numbers do not go up by one");
		if (member(day, "seconds", &part))
			seconds += part;
	}
	return is(step, "business_elapsed") ? seconds : n;
}

static void
redo_counting(const struct asked *k, size_t at, const struct cc_json *step, int64_t a,
    int64_t b, int64_t v)
{
	const struct cc_json *days = cc_json_get(step, "days");
	const struct cc_zone *z = k->result.zone;
	int64_t first = 0, last = 0, n;
	size_t count = cc_json_count(days);

	if (!flag(step, "gave"))
		return;
	if (count == 0 || !member(cc_json_at(days, 0), "date", &first) ||
	    !member(cc_json_at(days, count - 1), "date", &last)) {
		wrong(k, at, "it lists no days");
		return;
	}
	n = redo_days(k, at, step, !is(step, "+"));
	if (is(step, "NBD"))
		b = 1;
	if (n != b)
		wrong(k, at, "as many days do not count as the rule says");
	if (is(step, "NBD") || is(step, "business_elapsed"))
		a = cc_local_day(z, (struct cc_wall){a});
	if (is(step, "BD_END") && v != cc_eod(z, (cc_day)last).s)
		wrong(k, at, "it is not the end of the last day");
	if (is(step, "BD_END") || is(step, "business_elapsed"))
		v = cc_local_day(z, (struct cc_wall){v});
	if (first != a || last != v)
		wrong(k, at, "the days are not those from the first to the last");
}

static void
redo_civil(const struct asked *k, size_t at, const struct cc_json *step, int64_t a,
    int64_t b, int64_t v)
{
	const struct cc_zone *z = k->result.zone;

	if (is(step, "D") && v != cc_local_day(z, (struct cc_wall){a}))
		wrong(k, at, "it is not the local day");
	if (is(step, "EOD") && v != cc_sod(z, (cc_day)a + 1).s - 1)
		wrong(k, at, "it is not the end of the day");
	if (is(step, "SOD") && v != cc_sod(z, (cc_day)a).s)
		wrong(k, at, "it is not the beginning of the day");
	if (is(step, "LOCAL") && v != cc_local(z, (cc_day)a, (int32_t)b).s)
		wrong(k, at, "it is not that time of the day");
	if (is(step, "months") && (cc_civil_of((cc_day)v).year * 12 +
	    cc_civil_of((cc_day)v).month - cc_civil_of((cc_day)a).year * 12 -
	    cc_civil_of((cc_day)a).month != b))
		wrong(k, at, "it is not so many months on");
}

/* The step is one value of those that go into it, or of the step it names. */
static void
redo_chosen(const struct asked *k, size_t at, const struct cc_json *step, int64_t v)
{
	int64_t of, value, same;

	if (member(step, "same", &same)) {
		if (!member(cc_json_at(k->steps, (size_t)same), "value", &value) || value != v)
			wrong(k, at, "it is not the value that it names");
		return;
	}
	for (size_t i = at + 1; i < cc_json_count(k->steps); i++) {
		const struct cc_json *s = cc_json_at(k->steps, i);

		if (member(s, "of", &of) && of == (int64_t)at && flag(s, "gave") &&
		    member(s, "value", &value) && value == v)
			return;
	}
	wrong(k, at, "nothing that goes into it gives its value");
}

/* An operand that is no number of the rule is what another step gave. */
static void
redo_operands(const struct asked *k, size_t at, const struct cc_json *step)
{
	int64_t operand[2], of, value;
	bool given[2] = {member(step, "a", &operand[0]), member(step, "b", &operand[1])};

	for (size_t i = at + 1; i < cc_json_count(k->steps); i++) {
		const struct cc_json *s = cc_json_at(k->steps, i);

		if (!member(s, "of", &of) || of != (int64_t)at || !member(s, "value", &value))
			continue;
		if (!(given[0] && value == operand[0]) && !(given[1] && value == operand[1]))
			wrong(k, at, "what goes into it is none of its operands");
	}
}

/* What the event says: the first step that names it has that. */
static const struct cc_json *
data_of(const struct asked *k, const struct cc_json *event)
{
	for (size_t i = 0; i < cc_json_count(k->steps); i++) {
		const struct cc_json *e = cc_json_get(cc_json_at(k->steps, i), "event");

		if (e != NULL && strcmp(cc_json_get_text(e, "id"),
		    cc_json_get_text(event, "id")) == 0 && strcmp(cc_json_get_text(e, "source"),
		    cc_json_get_text(event, "source")) == 0)
			return cc_json_get(e, "data");
	}
	return NULL;
}

static void
redo_leaf(const struct asked *k, size_t at, const struct cc_json *step, int64_t v)
{
	const struct cc_json *event = cc_json_get(step, "event");
	int64_t value;

	if (event == NULL) {
		wrong(k, at, "it names no event");
		return;
	}
	if (is(step, "time") ? !member(event, "time", &value) :
	    !member(data_of(k, event), cc_json_get_text(step, "name"), &value))
		wrong(k, at, "the event does not say it");
	else if (value != v)
		wrong(k, at, "the event says another value");
}

static bool
is_slot_of_chain(const struct cc_json *step)
{
	const char *name = cc_json_get_text(step, "name");

	return is(step, "name") && name != NULL && cc_json_get(step, "same") == NULL &&
	    (strcmp(name, "start") == 0 || strcmp(name, "act") == 0);
}

static void
redo_step(const struct asked *k, size_t at, const struct cc_json *step)
{
	static const char *const counts[] = {"BD", "BD_FROM", "BD_END", "NBD",
	    "business_elapsed"};
	static const char *const civil[] = {"D", "SOD", "EOD", "LOCAL", "months"};
	int64_t a = 0, b = 0, v = 0;
	bool has_a = member(step, "a", &a), has_b = member(step, "b", &b);
	bool date = cc_json_text(cc_json_get(step, "value")) != NULL &&
	    strlen(cc_json_text(cc_json_get(step, "value"))) == 10;

	if (!flag(step, "gave"))
		return;
	if (!member(step, "value", &v)) {
		wrong(k, at, "it gave the due and has no value");
	} else if (is(step, "+") || is(step, "-")) {
		if (!has_a || !has_b || (is(step, "+") ? a + b : a - b) != v)
			wrong(k, at, "it is not the sum");
		redo_operands(k, at, step);
		if (is(step, "+") && date)
			redo_counting(k, at, step, a, b, v);
	} else if (one_of(step, counts, 5)) {
		redo_operands(k, at, step);
		redo_counting(k, at, step, a, b, v);
	} else if (one_of(step, civil, 5)) {
		redo_operands(k, at, step);
		redo_civil(k, at, step, a, b, v);
	} else if (is(step, "time") || is(step, "field")) {
		redo_leaf(k, at, step, v);
	} else if (is(step, "number")) {
		return;
	} else if (is_slot_of_chain(step)) {
		if (strcmp(cc_json_get_text(step, "name"), "start") == 0 &&
		    v != k->clock->started.s)
			wrong(k, at, "it is not the start");
	} else {
		redo_chosen(k, at, step, v);
	}
}

/* ---- one clock -------------------------------------------------------- */

static void
redo_sum(struct asked *k, const char *name, struct cc_wall want)
{
	const struct cc_json *sum = cc_json_get(cc_json_get(k->doc, "sum"), name);
	int64_t v = 0;

	k->steps = cc_json_get(sum, "steps");
	if (flag(sum, "cut"))
		wrong(k, 0, "the steps are cut");
	if (cc_json_count(k->steps) == 0)
		wrong(k, 0, "there are no steps");
	if (!member(cc_json_at(k->steps, 0), "value", &v) || v != want.s)
		wrong(k, 0, "the whole is another instant");
	for (size_t i = 0; i < cc_json_count(k->steps); i++)
		redo_step(k, i, cc_json_at(k->steps, i));
}

static struct cc_json *
answer(struct asked *k, const struct cc_view *v)
{
	struct cc_explaining x = {.setup = &k->setup, .result = &k->result,
	    .case_id = CC_STR("k"), .clock = k->clock, .view = v, .traces = &k->traces};
	struct cc_json *doc = NULL;
	struct cc_err err;
	struct cc_buf b;

	cc_buf_init(&b, ANSWER_MAX);
	cc_explain(&x, &b);
	assert_int_equal(cc_buf_end(&b, 0), CC_OK);
	if (cc_json_parse((struct cc_str){b.p, (uint32_t)b.n}, &doc, &err) != CC_OK)
		fail_msg("%s: %s: not JSON: %s", k->test, k->clock->rule->id, err.msg);
	cc_buf_done(&b);
	return doc;
}

static void
redo_clock(struct asked *k, struct cc_wall now)
{
	const struct cc_rulex *r = &k->pack.program->rules[k->clock->rule->index];
	struct cc_json *doc;
	struct cc_view v;

	if (!cc_clock_view(k->clock, now, &v) || !cc_given(v.due))
		return;
	k->doc = doc = answer(k, &v);
	if (r->due != NULL)
		redo_sum(k, "due", v.due);
	else
		assert_int_equal(v.due.s, v.started.s);
	if (r->started != NULL && r->chain_from == NULL)
		redo_sum(k, "started", v.started);
	if (cc_given(k->clock->paused))
		redo_sum(k, "paused", k->clock->paused);
	if (cc_given(k->clock->paused) && cc_given(k->clock->resumed))
		redo_sum(k, "resumed", k->clock->resumed);
	covered[k->clock->rule->index]++;
	cc_json_free(doc);
}

static void
redo_test(const struct cc_pack_test *t, const struct cc_rule *rule)
{
	static struct asked k;
	struct cc_eval_options o = {.now = t->now, .only_rule = rule->index,
	    .as_known = t->as_known, .as_known_at = t->known_at, .traces = &k.traces};
	struct cc_arena a;
	struct cc_err err;

	k = (struct asked){.pack = *texas.pack, .test = t->name};
	if (t->calendar != NULL)
		k.pack.calendar = *t->calendar;
	k.setup.pack = &k.pack;
	k.setup.zones = *cc_test_system_zones();
	cc_heap_arena_init(&a, ARENA);
	if (cc_eval_case(&k.pack, &t->c, &o, &a, &k.result, &err) != CC_OK)
		fail_msg("%s: %s", t->name, err.msg);
	for (uint32_t i = 0; i < k.result.nclocks; i++) {
		k.clock = &k.result.clocks[i];
		redo_clock(&k, t->now);
	}
	cc_arena_done(&a);
}

static void
every_due_of_the_pack_tests_can_be_worked_out_again_from_the_answer(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < tests.n; i++)
		for (uint16_t r = 0; r < tests.v[i].nrules; r++)
			redo_test(&tests.v[i], tests.v[i].rules[r]);
	assert_int_equal(mistakes, 0);
}

static void
every_row_that_prints_was_among_them(void **state)
{
	unsigned rows = 0, missing = 0;

	(void)state;
	for (uint16_t i = 0; i < texas.pack->nrules; i++) {
		const struct cc_rulex *r = &texas.pack->program->rules[i];

		if (!r->records)
			continue;
		rows++;
		if (covered[i] == 0 && (r->due != NULL || r->pub.kind == CC_KIND_IMMEDIATE)) {
			print_message("never redone: %s\n", r->pub.id);
			missing++;
		}
	}
	assert_int_equal(rows, 149);
	assert_int_equal(missing, 0);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(
		    every_due_of_the_pack_tests_can_be_worked_out_again_from_the_answer),
		cmocka_unit_test(every_row_that_prints_was_among_them),
	};

	return cmocka_run_group_tests(all, begin, end);
}
