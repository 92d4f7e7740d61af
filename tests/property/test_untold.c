/*
 * daemon/engine_inner.h: whatever comes and however messages fare, in the end everybody's
 * last word on a clock is how it stands.  CC_SEED, CC_COUNT.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/ladders.h"
#include "tests/unit/told_lab.h"

enum { STEPS = 30, SENT_MAX = 4096, EVENTS_MAX = 64, ROWS_MAX = 4096 };

/* How it went with one run. */
struct run {
	struct lab *l;
	uint64_t seed;
	int64_t now;
	unsigned nevents;
	char ids[EVENTS_MAX][16];
	bool voided[EVENTS_MAX];
	unsigned order;
	unsigned sent[SENT_MAX];	/* by number: when it was sent, 0 never */
	unsigned checked, cleared, overdue;
};

/* --- what happens ---------------------------------------------------------------------- */

static unsigned
pick(struct run *r, unsigned n)
{
	return (unsigned)cc_test_random(&r->seed, n);
}

static const char *
fresh(struct run *r)
{
	(void)snprintf(r->ids[r->nevents], sizeof r->ids[0], "ev%u", r->nevents);
	return r->ids[r->nevents++];
}

static void
say(struct run *r, const char *type, const char *data)
{
	if (r->nevents == EVENTS_MAX)
		return;
	assert_int_equal(lab_tell(r->l, told_event(fresh(r), type,
	    r->now - (int64_t)pick(r, 2) * (int64_t)pick(r, 3600), data)),
	    CC_RESULT_ACCEPTED);
}

static void
void_one(struct run *r)
{
	unsigned k = pick(r, r->nevents);
	char data[64];

	if (r->voided[k])
		return;
	r->voided[k] = true;
	(void)snprintf(data, sizeof data, "\"event_id\":\"%s\"", r->ids[k]);
	r->voided[r->nevents == EVENTS_MAX ? 0 : r->nevents] = true;
	say(r, "event.voided", data);
}

static void
happen(struct run *r)
{
	static const char *const priorities[] = {"P1", "P2", "PN"};
	static const char *const staff[] = {"s-worker", "s-other"};
	char data[300];

	switch (pick(r, 9)) {
	case 0:
		(void)snprintf(data, sizeof data, "\"intake_id\":\"i-1\",\"new_priority\":"
		    "\"%s\"", priorities[pick(r, 3)]);
		say(r, "intake.priority_changed", data);
		break;
	case 1:
	case 2:
	case 3:
		void_one(r);
		break;
	case 4:
		(void)snprintf(data, sizeof data, "\"intake_id\":\"i-1\",\"priority\":\"%s\","
		    "\"screened\":false,\"victim_person_ids\":[\"v1\"]",
		    priorities[pick(r, 2)]);
		say(r, "intake.received", data);
		break;
	case 5:
		if (pick(r, 3) != 0)
			break;
		(void)snprintf(data, sizeof data, "\"contact_id\":\"k%u\",\"mode\":"
		    "\"face_to_face\",\"seen_person_ids\":[\"v1\"],\"purposes\":[\"interview\","
		    "\"observation\",\"meaningful\"],\"home_visit\":true", r->nevents);
		say(r, "contact.made", data);
		break;
	case 6:
		(void)snprintf(data, sizeof data, "\"role\":\"primary\",\"staff_id\":\"%s\"",
		    staff[pick(r, 2)]);
		say(r, "case.assigned", data);
		break;
	case 7:
		(void)snprintf(data, sizeof data, "\"extension_id\":\"x%u\"", r->nevents);
		say(r, "extension.requested", data);
		(void)snprintf(data, sizeof data, "\"extension_id\":\"x%u\",\"granted\":true,"
		    "\"new_due_date\":\"2026-04-%02u\",\"role\":\"program_director\","
		    "\"written\":true", r->nevents - 1, 1 + pick(r, 28));
		say(r, "extension.decided", data);
		break;
	default:
		(void)snprintf(data, sizeof data, "\"stage_id\":\"st1\",\"to\":\"INV\","
		    "\"intake_id\":\"i-1\"");
		say(r, "stage.progressed", data);
		break;
	}
}

/* --- how messages fare ------------------------------------------------------------------ */

static void
fate(struct run *r, const struct cc_store_message *m, bool well, struct cc_outcome *ret)
{
	unsigned how = well ? 0 : pick(r, 10);

	*ret = (struct cc_outcome){.no = m->no, .fence = m->fence, .to = CC_OUTBOX_SENT,
	    .now = r->l->kit.now.wall, .next = CC_NEVER, .started = r->l->kit.now.wall,
	    .ended = r->l->kit.now.wall, .attempt = CC_ATTEMPT_SENT, .code = "250"};
	if (how < 5) {
		assert_true(m->no < SENT_MAX);
		r->sent[m->no] = ++r->order;
		return;
	}
	ret->to = CC_OUTBOX_QUEUED;
	ret->next.s = r->l->kit.now.wall.s + 600 + pick(r, 7200);
	ret->attempt = CC_ATTEMPT_TEMP;
	(void)snprintf(ret->code, sizeof ret->code, how < 8 ? "450" : "timeout");
}

static bool
deliver(struct run *r, bool well)
{
	struct lab *l = r->l;
	struct cc_claimed *c;
	struct cc_outcomes *o;

	lab_want(l, 1000);
	assert_true(cc_engine_step(l->engine, false));
	c = (struct cc_claimed *)cc_queue_take(&l->outlet.queue, UINT32_MAX, false);
	lab_want(l, 0);
	if (c == NULL)
		return false;
	l->claims++;
	o = calloc(1, sizeof *o + c->rows.n * sizeof o->items[0]);
	assert_non_null(o);
	o->work.kind = CC_WORK_OUTCOMES;
	o->n = c->rows.n;
	for (uint32_t i = 0; i < o->n; i++)
		fate(r, &c->rows.items[i], well, &o->items[i]);
	assert_true(cc_engine_force(l->engine, &o->work));
	assert_true(cc_engine_step(l->engine, false));
	assert_ptr_equal(cc_queue_take(&l->outlet.queue, UINT32_MAX, false), &o->work.queued);
	free(o);
	cc_claimed_free(c);
	return true;
}

/* --- what everybody knows ---------------------------------------------------------------- */

/* What was said last to one recipient by one channel of a clock. */
struct word {
	char key[160], who[64], channel[64], rung[32];
	unsigned order;
	enum cc_state state;
	enum cc_kind kind;
	int64_t due;
};

static struct word words[ROWS_MAX];
static unsigned nwords;

static void
note(const struct run *r, const struct cc_store_message *m)
{
	int64_t no = m->state == CC_OUTBOX_GROUPED ? m->carrier : m->no;
	struct cc_message_doc *doc = NULL;
	struct cc_message text;
	struct word w = {.order = r->sent[no]};
	unsigned k = 0;

	if (w.order == 0 || m->alert == 0)
		return;
	assert_int_equal(cc_message_parse(m->payload.p, m->payload.n, &text, &doc, NULL),
	    CC_OK);
	(void)snprintf(w.key, sizeof w.key, "%s %s", text.rule, text.subject);
	(void)snprintf(w.who, sizeof w.who, "%s", m->recipient.p);
	(void)snprintf(w.channel, sizeof w.channel, "%s", m->channel.p);
	(void)snprintf(w.rung, sizeof w.rung, "%s", text.rung);
	w.state = text.state;
	w.kind = text.kind;
	w.due = text.due.s;
	cc_message_doc_free(doc);
	while (k < nwords && (strcmp(words[k].key, w.key) != 0 ||
	    strcmp(words[k].who, w.who) != 0 || strcmp(words[k].channel, w.channel) != 0))
		k++;
	if (k == nwords)
		nwords++;
	assert_true(nwords < ROWS_MAX);
	if (words[k].key[0] == '\0' || words[k].order <= w.order)
		words[k] = w;
}

static void
complain(const struct run *r, const struct word *w, const char *what)
{
	struct cc_store_message_filter f = {.limit = 4096, .payload = true};
	struct cc_store_messages list = {0};

	cc_arena_reset(&r->l->arena);
	assert_int_equal(cc_store_messages_list(r->l->store, &f, &r->l->arena, &list, NULL),
	    CC_OK);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct cc_store_message *m = &list.items[i];
		struct cc_message_doc *doc = NULL;
		struct cc_message t;
		char key[160];

		if (cc_message_parse(m->payload.p, m->payload.n, &t, &doc, NULL) != CC_OK)
			continue;
		(void)snprintf(key, sizeof key, "%s %s", t.rule == NULL ? "" : t.rule,
		    t.subject == NULL ? "" : t.subject);
		if (strcmp(key, w->key) == 0)
			print_message("%3d %-8.8s to %s %s: %s epoch %u due %lld %s, state %d "
			    "carrier %d order %u '%s'\n", (int)m->no, m->thread.p,
			    m->recipient.p, m->channel.p, t.rung, t.epoch,
			    (long long)(t.due.s - CC_KIT_T0), cc_state_text(t.state), m->state,
			    (int)m->carrier, r->sent[m->no], m->reason.p);
		cc_message_doc_free(doc);
	}
	fail_msg("%s to %s by %s: the last word is %s, due %lld: %s", w->key, w->who,
	    w->channel, w->rung, (long long)(w->due - CC_KIT_T0), what);
}

/* Who may hold the case, by assignment or by route, or be told in the holder's place. */
static bool
holds(const char *who)
{
	return strcmp(who, "s-worker") == 0 || strcmp(who, "s-other") == 0 ||
	    strcmp(who, "s-duty") == 0 || strcmp(who, "operator") == 0;
}

/* Whether somebody was told that it is overdue who may have the recipient's part now. */
static bool
another_was_told(const struct word *w)
{
	for (unsigned k = 0; k < nwords; k++)
		if (strcmp(words[k].key, w->key) == 0 && words[k].due == w->due &&
		    words[k].state == CC_STATE_OVERDUE && (holds(words[k].who) ||
		    !holds(w->who)))
			return true;
	return false;
}

/* Whether the recipient of the word was told of this instance, by the same channel. */
static bool
heard_of(const struct run *r, const struct word *w, const struct cc_instance *in)
{
	struct cc_store_message_filter f = {.limit = 4096};
	struct cc_store_messages list = {0};
	char thread[33];

	assert_int_equal(cc_tell_thread(r->l->engine, CC_STR("c1"), in, thread, NULL), CC_OK);
	f.thread = (struct cc_str){thread, (uint32_t)strlen(thread)};
	assert_int_equal(cc_store_messages_list(r->l->store, &f, &r->l->arena, &list, NULL),
	    CC_OK);
	for (uint32_t i = 0; i < list.n; i++)
		if (lab_is(list.items[i].recipient, w->who) &&
		    lab_is(list.items[i].channel, w->channel) &&
		    r->sent[list.items[i].state == CC_OUTBOX_GROUPED ?
		    list.items[i].carrier : list.items[i].no] != 0)
			return true;
	return false;
}

static void
check_word(struct run *r, const struct word *w, const struct cc_store_case *c)
{
	const struct cc_instance *live = NULL;
	unsigned nlive = 0, expired = 0;
	char key[160];

	for (uint32_t i = 0; i < c->ninstances; i++) {
		const struct cc_instance *in = &c->instances[i];

		(void)snprintf(key, sizeof key, "%.*s %.*s", (int)in->rule.n, in->rule.p,
		    (int)in->subject.n, in->subject.p);
		if (strcmp(key, w->key) != 0 || !in->present)
			continue;
		expired += in->state == CC_STATE_EXPIRED;
		if (!in->live)
			continue;
		nlive++;
		live = in;
	}
	if (nlive > 1 || expired > 0)
		return;
	r->checked++;
	if (nlive == 0) {
		r->cleared++;
		if (strcmp(w->rung, "clear") != 0)
			complain(r, w, "it is over");
		return;
	}
	if (!live->told || live->state == CC_STATE_FAILED)
		return;
	if (strcmp(w->rung, "clear") == 0 && (w->due != live->due.s ||
	    !heard_of(r, w, live)))
		return;		/* of another, before this one */
	if (strcmp(w->rung, "clear") == 0)
		complain(r, w, "it is live");
	if (w->due != live->due.s)
		complain(r, w, "its due is another");
	if (live->state == CC_STATE_OVERDUE && w->kind != CC_KIND_IMMEDIATE) {
		r->overdue++;
		if (w->state != CC_STATE_OVERDUE && live->due.s + 7200 <
		    r->l->kit.now.wall.s && !another_was_told(w))
			complain(r, w, "it is overdue");
	}
}

static void
check(struct run *r)
{
	struct lab *l = r->l;
	struct cc_store_message_filter f = {.limit = 4096, .payload = true};
	struct cc_store_messages list = {0};
	struct cc_store_case c = {0};

	nwords = 0;
	memset(words, 0, sizeof words);
	cc_arena_reset(&l->arena);
	assert_int_equal(cc_store_messages_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	for (uint32_t i = 0; i < list.n; i++)
		note(r, &list.items[i]);
	assert_int_equal(cc_store_case_load(l->store, CC_STR("c1"), &l->arena, &c, NULL),
	    CC_OK);
	for (unsigned k = 0; k < nwords; k++) {
		check_word(r, &words[k], &c);
	}
}

/* --- runs ---------------------------------------------------------------------------------- */

static void
begin(struct run *r, struct lab *l, uint64_t seed)
{
	static const char *const waits[] = {"0s", "2m"};
	char more[128];

	memset(r, 0, sizeof *r);
	r->l = l;
	r->seed = seed;
	(void)snprintf(more, sizeof more, "alerts: {group_wait: %s, give_up: 30d}\n",
	    waits[pick(r, 2)]);
	(void)cc_kit_file(&l->kit, "staff.csv", told_staff);
	cc_setup_unref(l->kit.setup);
	l->kit.setup = cc_kit_setup(&l->kit, more);
	cc_engine_adopt(l->engine, cc_setup_ref(l->kit.setup));
	assert_true(cc_engine_step(l->engine, false));
	say(r, "case.assigned", "\"role\":\"primary\",\"staff_id\":\"s-worker\"");
	say(r, "intake.received", "\"intake_id\":\"i-1\",\"priority\":\"P1\",\"screened\":false,"
	    "\"victim_person_ids\":[\"v1\"]");
}

static void
live(struct run *r, int64_t s)
{
	r->now += s;
	(void)lab_live(r->l, r->now);
}

static void
settle(struct run *r)
{
	for (int i = 0; i < 12; i++) {
		live(r, 1800);
		while (deliver(r, true))
			;
	}
}

static unsigned runs_checked, runs_cleared, runs_overdue;

static void
the_last_word_is_how_it_stands(void **state)
{
	uint64_t seed = cc_test_seed(20260312);

	(void)state;
	for (unsigned i = 0; i < cc_test_count(24, 24); i++) {
		static struct run r;
		uint64_t own = cc_test_random(&seed, UINT32_MAX);
		void *lab;

		assert_int_equal(told_begin(&lab), 0);
		begin(&r, lab, own);
		for (unsigned k = 0; k < STEPS; k++) {
			happen(&r);
			if (pick(&r, 2) == 0)
				live(&r, 1 + pick(&r, 9 * HOUR));
			if (pick(&r, 2) == 0)
				(void)deliver(&r, false);
			if (k % 10 == 9) {
				settle(&r);
				check(&r);
			}
		}
		runs_checked += r.checked;
		runs_cleared += r.cleared;
		runs_overdue += r.overdue;
		assert_int_equal(lab_end(&lab), 0);
	}
	printf("%u words, %u of clocks that are over, %u of overdue ones\n", runs_checked,
	    runs_cleared, runs_overdue);
	assert_true(runs_cleared > 0 && runs_overdue > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_word_is_how_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
