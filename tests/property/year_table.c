#include "tests/property/year_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void
put(struct cc_year_table *t, const char *name, double n)
{
	assert_true(t->n < CC_YEAR_ROWS);
	(void)snprintf(t->rows[t->n].name, sizeof t->rows[0].name, "%s", name);
	t->rows[t->n++].n = n;
}

static void
row(struct cc_year_table *t, const char *name, uint64_t n)
{
	put(t, name, (double)n);
}

static void
counts(struct cc_year_table *t, const char *name, const struct cc_year_count *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		char text[64];

		(void)snprintf(text, sizeof text, "%s %s", name, list[i].name);	/* cut is fine */
		row(t, text, list[i].n);
	}
}

static void
tell_store(struct cc_year_table *t, const struct cc_year_world *w)
{
	const struct cc_year_check *c = &w->check;
	struct cc_store_status s;

	assert_int_equal(cc_store_status(w->store, &s, NULL), CC_OK);
	row(t, "cases", (uint64_t)s.cases);
	row(t, "events", (uint64_t)s.events);
	row(t, "clocks of which somebody was told", c->clocks);
	row(t, "commits", w->counts.commits);
	row(t, "alerts", (uint64_t)s.alerts);
	counts(t, "  alert", c->rungs, c->nrungs);
	row(t, "  held as history", c->held_alerts);
	row(t, "messages", (uint64_t)s.outbox[0]);
	row(t, "  of safety clocks", c->safety);
	row(t, "  sent", (uint64_t)s.outbox[CC_OUTBOX_SENT]);
	row(t, "  said by another (grouped)", (uint64_t)s.outbox[CC_OUTBOX_GROUPED]);
	row(t, "  superseded", (uint64_t)s.outbox[CC_OUTBOX_SUPERSEDED]);
	row(t, "  dead", (uint64_t)s.outbox[CC_OUTBOX_DEAD]);
	row(t, "  waiting on purpose", (uint64_t)s.outbox[CC_OUTBOX_QUEUED]);
	counts(t, "  reason", c->reasons, c->nreasons);
	row(t, "attempts", (uint64_t)s.attempts);
}

static void
tell_messages(struct cc_year_table *t, const struct cc_year_world *w)
{
	static const char *const kinds[] = {"ok", "nobody there", "storm", "hung up", "gone",
	    "busy", "mailbox full", "answer lost"};
	const struct cc_year_check *c = &w->check;

	row(t, "arrived", c->arrivals);
	row(t, "  of these repeats under one id", c->repeats);
	for (unsigned i = 0; i < 8; i++) {
		char text[64];

		(void)snprintf(text, sizeof text, "  answer: %s", kinds[i]);
		row(t, text, w->far.answers[i]);
	}
	row(t, "of safety clocks, late for a fault", c->soonest_late);
	row(t, "held at first: group", c->holds_group);
	row(t, "held at first: quiet hours", c->holds_quiet);
	row(t, "held at first: silence", c->holds_silence);
	row(t, "digests", c->digests);
	row(t, "handovers", c->handovers);
	row(t, "configuration alerts", c->notices);
	row(t, "clears looked for and found", c->cleared);
}

static void
tell_world(struct cc_year_table *t, const struct cc_year_world *w, double seconds)
{
	const struct cc_year_counts *n = &w->counts;

	row(t, "acknowledged", n->acknowledged);
	row(t, "silences", n->silences);
	row(t, "given up", atomic_load(&w->figures.given_up));
	row(t, "redriven once", n->redriven);
	row(t, "killed", n->kills);
	row(t, "stopped", n->stops);
	row(t, "clock jumps", n->jumps);
	row(t, "reloads", n->reloads);
	row(t, "commits refused by the disk", n->lost_commits);
	row(t, "events sent again", n->sent_again + n->duplicates);
	row(t, "audits", n->audits);
	row(t, "  cases looked at", n->looked);
	row(t, "  steps looked at", n->rungs);
	row(t, "  gaps", (uint64_t)n->gaps);
	row(t, "  nights with gaps", n->bad_nights);
	row(t, "turns of the engine", n->turns);
	put(t, "seconds", seconds);
	put(t, "seconds of the processor", (double)clock() / CLOCKS_PER_SEC);
}

void
cc_year_table_fill(struct cc_year_table *t, const struct cc_year_world *w, double seconds)
{
	t->n = 0;
	tell_store(t, w);
	tell_messages(t, w);
	tell_world(t, w, seconds);
}

static uint32_t
find(const struct cc_year_table *t, const char *name)
{
	uint32_t i = 0;

	while (i < t->n && strcmp(t->rows[i].name, name) != 0)
		i++;
	return i;
}

void
cc_year_table_add(struct cc_year_table *t, const struct cc_year_table *other)
{
	for (uint32_t k = 0; k < other->n; k++) {
		uint32_t i = find(t, other->rows[k].name);

		if (i == t->n)
			put(t, other->rows[k].name, other->rows[k].n);
		else if (strcmp(t->rows[i].name, "seconds") != 0)
			t->rows[i].n += other->rows[k].n;
	}
}

void
cc_year_table_print(const struct cc_year_table *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		print_message("  %-40s %10.0f\n", t->rows[i].name, t->rows[i].n);
}
