#include "tests/property/year_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/heap.h"
#include "wire/message.h"

enum { FIRST_SIZE = 1 << 16, PAGE = 1000, CHECK_BYTES = 512 * 1024 * 1024 };

void
cc_year_check_begin(struct cc_year_check *c)
{
	memset(c, 0, sizeof *c);
	c->size = FIRST_SIZE;
	c->table = calloc(c->size, sizeof *c->table);
	assert_non_null(c->table);
	cc_heap_arena_init(&c->arena, CHECK_BYTES);
}

void
cc_year_check_end(struct cc_year_check *c)
{
	free(c->table);
	cc_arena_done(&c->arena);
	memset(c, 0, sizeof *c);
}

/* --- the table ------------------------------------------------------------------------ */

static uint64_t
mix(uint64_t h, struct cc_str s)
{
	for (uint32_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return (h ^ 0xffU) * UINT64_C(1099511628211);
}

/* The first half of an id of 32 hex digits. */
static uint64_t
key_of(struct cc_str id)
{
	char half[17];
	uint64_t key;

	assert_int_equal(id.n, 32);
	memcpy(half, id.p, 16);
	half[16] = '\0';
	key = strtoull(half, NULL, 16);
	return key == 0 ? 1 : key;
}

static struct cc_year_known *
slot(const struct cc_year_check *c, uint64_t key)
{
	uint32_t i = (uint32_t)(key % c->size);

	while (c->table[i].id != 0 && c->table[i].id != key)
		i = (i + 1) % c->size;
	return &c->table[i];
}

static void
grow(struct cc_year_check *c)
{
	struct cc_year_known *old = c->table;
	uint32_t size = c->size;

	c->size *= 2;
	c->table = calloc(c->size, sizeof *c->table);
	assert_non_null(c->table);
	for (uint32_t i = 0; i < size; i++)
		if (old[i].id != 0)
			*slot(c, old[i].id) = old[i];
	free(old);
}

static uint64_t
content_of(const struct cc_store_message *m)
{
	uint64_t h = mix(UINT64_C(1469598103934665603), m->payload);

	h = mix(h, m->recipient);
	h = mix(h, m->channel);
	h = mix(h, m->address);
	return mix(h, m->thread);
}

/* --- what is wrong -------------------------------------------------------------------- */

static void CC_PRINTF(2, 3)
wrong(struct cc_year_check *c, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);	/* cut is fine */
	va_end(ap);
	if (c->wrong++ < CC_YEAR_SHOWN)
		print_error("%s\n", text);
}

/* --- as it happens ------------------------------------------------------------------ */

/* Of a safety clock: it may leave at once. */
static void
check_new(struct cc_year_check *c, const struct cc_store_message *m)
{
	if (strncmp(m->hold.p, "group", 5) == 0)
		c->holds_group++;
	else if (strncmp(m->hold.p, "quiet", 5) == 0)
		c->holds_quiet++;
	else if (strncmp(m->hold.p, "silence", 7) == 0)
		c->holds_silence++;
	if (!m->safety)
		return;
	c->safety++;
	if (m->hold.n > 0)
		wrong(c, "message %s of a safety clock is held: %s", m->id.p, m->hold.p);
	if (m->state == CC_OUTBOX_GROUPED || m->state == CC_OUTBOX_HELD)
		wrong(c, "message %s of a safety clock waits for another", m->id.p);
	if (m->attempts == 0 && m->state == CC_OUTBOX_QUEUED && m->next.s > m->created.s)
		wrong(c, "message %s of a safety clock leaves %" PRId64 " s after it was written",
		    m->id.p, m->next.s - m->created.s);
}

void
cc_year_check_new(struct cc_year_check *c, struct cc_store *st, int64_t ms)
{
	struct cc_store_message_filter f = {.payload = true, .limit = PAGE};

	do {
		struct cc_store_messages list = {0};

		cc_arena_reset(&c->arena);
		f.after = c->last;
		assert_int_equal(cc_store_messages_list(st, &f, &c->arena, &list, NULL), CC_OK);
		for (uint32_t i = 0; i < list.n; i++) {
			const struct cc_store_message *m = &list.items[i];
			uint64_t key = key_of(m->id);
			struct cc_year_known *k = slot(c, key);

			if (k->id != 0)
				wrong(c, "message id %s is used twice", m->id.p);
			*k = (struct cc_year_known){.id = key, .content = content_of(m),
			    .created = ms, .safety = m->safety};
			check_new(c, m);
			c->last = m->no;
			if (++c->n > c->size / 2)
				grow(c);
		}
		f.after = list.next;
	} while (f.after != 0);
}

void
cc_year_check_claimed(struct cc_year_check *c, const struct cc_store_message *m,
    int64_t ms, int64_t well_since)
{
	struct cc_year_known *k = slot(c, key_of(m->id));
	int64_t waited = ms - k->created;

	if (k->id == 0)
		wrong(c, "message %s leaves and is not in the outbox", m->id.p);
	if (content_of(m) != k->content)
		wrong(c, "message %s has another content now", m->id.p);
	if (k->claims++ > 0 || !k->safety || waited <= CC_YEAR_SOON * INT64_C(1000))
		return;
	if (k->created > well_since)
		wrong(c, "message %s of a safety clock left %" PRId64 " s late, and nothing was "
		    "in its way", m->id.p, waited / 1000);
	c->soonest_late++;
}

void
cc_year_check_arrived(struct cc_year_check *c, const char *id)
{
	struct cc_year_known *k = slot(c, key_of((struct cc_str){id, (uint32_t)strlen(id)}));

	if (k->id == 0)
		wrong(c, "message %s arrived and was never written", id);
	c->arrivals++;
	c->repeats += k->arrived++ > 0;
}

/* --- at the end --------------------------------------------------------------------- */

static void
count(struct cc_year_count *list, uint32_t *n, uint32_t most, struct cc_str name)
{
	uint32_t i = 0, len = 0;

	while (len < name.n && name.p[len] != '(')
		len++;
	while (len > 0 && name.p[len - 1] == ' ')
		len--;
	if (len >= sizeof list[0].name)
		len = sizeof list[0].name - 1;
	while (i < *n && (strncmp(list[i].name, name.p, len) != 0 || list[i].name[len] != '\0'))
		i++;
	if (i == *n) {
		assert_true(*n < most);
		memcpy(list[i].name, name.p, len);
		++*n;
	}
	list[i].n++;
}

static bool
same_instance(const struct cc_instance *i, const struct cc_store_alert *al)
{
	return i->same == al->same && cc_str_eq(i->rule, al->rule) &&
	    cc_str_eq(i->subject, al->subject) && cc_str_eq(i->origin_id, al->origin_id) &&
	    cc_str_eq(i->origin_source, al->origin_source);
}

static bool
done(const struct cc_instance *i, const char *rung)
{
	uint32_t key = cc_key32((struct cc_str){rung, (uint32_t)strlen(rung)});

	for (uint32_t n = 0; n < i->ndone; n++)
		if (i->done[n] == key)
			return true;
	return false;
}

/* Whoever was told of it was told that it is over, or another took its place. */
static void
check_instance(struct cc_year_check *c, const struct cc_store_case *of,
    const struct cc_instance *i, const struct cc_store_alerts *alerts)
{
	bool judged = i->present && (i->state == CC_STATE_EXPIRED || i->state == CC_STATE_FAILED);

	c->clocks++;
	if (!i->told || i->live || judged || done(i, "taken"))
		return;
	for (uint32_t n = 0; n < alerts->n; n++) {
		const struct cc_store_alert *al = &alerts->items[n];

		if (cc_str_eq(al->rung, CC_STR("clear")) && al->epoch == i->epoch &&
		    same_instance(i, al)) {
			c->cleared++;
			return;
		}
	}
	wrong(c, "case %s: %s %s has ended in epoch %u, and nobody was told so", of->id.p,
	    i->rule.p, i->subject.p, i->epoch);
}

static void
check_case(struct cc_year_check *c, struct cc_store *st, struct cc_str id)
{
	struct cc_store_alert_filter f = {.case_id = id, .limit = CC_STORE_LIST_MAX};
	struct cc_store_alerts list = {0};
	struct cc_store_case row;
	struct cc_arena a;

	cc_heap_arena_init(&a, CHECK_BYTES);
	assert_int_equal(cc_store_case_load(st, id, &a, &row, NULL), CC_OK);
	assert_int_equal(cc_store_alerts_list(st, &f, &a, &list, NULL), CC_OK);
	assert_int_equal(list.next, 0);
	for (uint32_t i = 0; i < row.ninstances; i++)
		check_instance(c, &row, &row.instances[i], &list);
	for (uint32_t i = 0; i < list.n; i++) {
		count(c->rungs, &c->nrungs, CC_YEAR_RUNGS, list.items[i].rung);
		c->held_alerts += list.items[i].held.n > 0;
	}
	cc_arena_done(&a);
}

static void
check_cases(struct cc_year_check *c, struct cc_store *st)
{
	struct cc_store_cases_from f = {.limit = PAGE};
	struct cc_store_cases list;
	struct cc_arena a;

	cc_heap_arena_init(&a, CHECK_BYTES);
	do {
		assert_int_equal(cc_store_cases_list(st, &f, &a, &list, NULL), CC_OK);
		for (uint32_t i = 0; i < list.n; i++)
			check_case(c, st, list.items[i].id);
		f.after = list.next;
	} while (f.after.n > 0);
	cc_arena_done(&a);
}

static void
count_form(struct cc_year_check *c, const struct cc_store_message *m)
{
	struct cc_message_doc *doc = NULL;
	struct cc_message text;

	if (m->alert != 0)
		return;
	assert_int_equal(cc_message_parse(m->payload.p, m->payload.n, &text, &doc, NULL), CC_OK);
	c->digests += text.form == CC_FORM_DIGEST;
	c->handovers += text.form == CC_FORM_HANDOVER;
	c->notices += text.form == CC_FORM_CONFIGURATION;
	cc_message_doc_free(doc);
}

static void
check_message(struct cc_year_check *c, const struct cc_store_message *m, struct cc_wall now)
{
	const struct cc_year_known *k = slot(c, key_of(m->id));

	count_form(c, m);
	if (k->content != content_of(m))
		wrong(c, "message %s has another content at the end", m->id.p);
	if (m->safety && (m->hold.n > 0 || m->state == CC_OUTBOX_GROUPED ||
	    m->state == CC_OUTBOX_HELD))
		wrong(c, "message %s of a safety clock was held", m->id.p);
	if (m->state == CC_OUTBOX_SENT && k->arrived == 0)
		wrong(c, "message %s counts as sent and never arrived", m->id.p);
	if (m->state == CC_OUTBOX_CLAIMED || (m->state == CC_OUTBOX_QUEUED &&
	    m->next.s <= now.s))
		wrong(c, "message %s is left over: %s since %" PRId64 " s", m->id.p,
		    m->state == CC_OUTBOX_CLAIMED ? "claimed" : "queued", now.s - m->next.s);
	if ((m->state == CC_OUTBOX_DEAD || m->state == CC_OUTBOX_SUPERSEDED) && m->reason.n == 0)
		wrong(c, "message %s ended without a reason", m->id.p);
	if (m->state == CC_OUTBOX_DEAD || m->state == CC_OUTBOX_SUPERSEDED)
		count(c->reasons, &c->nreasons, CC_YEAR_REASONS, m->reason);
}

/* Whether it was said: by itself, or by the one that carries it. */
static bool
was_said(struct cc_store *st, const struct cc_store_message *m, struct cc_arena *a)
{
	struct cc_store_message_filter f = {.after = m->carrier - 1, .limit = 1};
	struct cc_store_messages list = {0};

	if (m->state != CC_OUTBOX_GROUPED)
		return m->state == CC_OUTBOX_SENT;
	assert_int_equal(cc_store_messages_list(st, &f, a, &list, NULL), CC_OK);
	assert_int_equal(list.n, 1);
	return list.items[0].state == CC_OUTBOX_SENT;
}

/* What was said of one alert to one recipient through one channel: a set of hashes. */
static void
check_once(struct cc_year_check *c, struct cc_year_check *said,
    const struct cc_store_message *m)
{
	char number[24];
	uint64_t h = UINT64_C(1469598103934665603);
	struct cc_year_known *k;
	int n = snprintf(number, sizeof number, "%" PRId64, m->alert);

	h = mix(mix(mix(h, (struct cc_str){number, (uint32_t)n}), m->recipient), m->channel);
	k = slot(said, h == 0 ? 1 : h);
	if (k->id != 0)
		wrong(c, "alert %" PRId64 " was said twice to %s by %s: %s", m->alert,
		    m->recipient.p, m->channel.p, m->id.p);
	k->id = h == 0 ? 1 : h;
	if (++said->n > said->size / 2)
		grow(said);
}

void
cc_year_check_all(struct cc_year_check *c, struct cc_store *st, struct cc_wall now)
{
	struct cc_store_message_filter f = {.payload = true, .limit = PAGE};
	struct cc_year_check said;

	assert_int_equal(cc_store_verify(st, NULL), CC_OK);
	check_cases(c, st);
	cc_year_check_begin(&said);
	do {
		struct cc_store_messages list = {0};

		cc_arena_reset(&c->arena);
		assert_int_equal(cc_store_messages_list(st, &f, &c->arena, &list, NULL), CC_OK);
		for (uint32_t i = 0; i < list.n; i++) {
			check_message(c, &list.items[i], now);
			if (list.items[i].alert != 0 &&
			    was_said(st, &list.items[i], &c->arena))
				check_once(c, &said, &list.items[i]);
		}
		f.after = list.next;
	} while (f.after != 0);
	cc_year_check_end(&said);
}
