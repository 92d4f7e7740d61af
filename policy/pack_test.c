#include "policy/pack_test.h"

#include <stdlib.h>
#include <string.h>

#include "policy/pack_test_parts.h"
#include "wire/buf.h"

enum { RECORD_BYTES = 4096 };

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* ---- lines ----------------------------------------------------------- */

void
cc_pack_lines_add(struct cc_pack_lines *l, struct cc_arena *a, const char *text)
{
	if (l->n == l->cap) {
		uint32_t cap = l->cap == 0 ? 8 : 2 * l->cap;
		const char **v = cc_arena_array(a, cap, sizeof *v);

		if (v == NULL)
			return; /* the arena remembers */
		for (uint32_t i = 0; i < l->n; i++)
			v[i] = l->v[i];
		l->v = v;
		l->cap = cap;
	}
	if (text != NULL)
		l->v[l->n++] = text;
}

void
cc_pack_lines_sort(struct cc_pack_lines *l)
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof l->v[0], by_text);
}

static void
put_wall(struct cc_buf *b, const char *name, struct cc_wall t)
{
	char text[CC_WALL_TEXT];

	if (!cc_given(t))
		return;
	cc_wall_format(t, text);
	cc_buf_puts(b, ", ");
	cc_buf_puts(b, name);
	cc_buf_puts(b, ": ");
	cc_buf_puts(b, text);
}

static void
put_head(struct cc_buf *b, const struct cc_pack_record *r)
{
	cc_buf_puts(b, "{clock: ");
	cc_buf_puts(b, r->clock);
	if (!cc_str_eq(r->subject, CC_STR("case"))) {
		cc_buf_puts(b, ", subject: ");
		cc_buf_put(b, r->subject.p, r->subject.n);
	}
	if (r->period != 1) {
		cc_buf_puts(b, ", period: ");
		cc_buf_int(b, r->period);
	}
}

static void
put_end(struct cc_pack_lines *l, struct cc_arena *a, struct cc_buf *b)
{
	cc_buf_char(b, '}');
	if (cc_buf_end(b, 0) == CC_OK)
		cc_pack_lines_add(l, a, cc_arena_text(a, b->p, b->n));
	else
		a->failed = true;
	cc_buf_done(b);
}

void
cc_pack_put_clock(struct cc_pack_lines *l, struct cc_arena *a,
    const struct cc_pack_record *r)
{
	struct cc_buf b;

	cc_buf_init(&b, RECORD_BYTES);
	put_head(&b, r);
	cc_buf_puts(&b, ", state: ");
	cc_buf_puts(&b, r->word);
	put_wall(&b, "started", r->started);
	put_wall(&b, "due", r->due);
	put_wall(&b, "ended", r->ended);
	put_end(l, a, &b);
}

void
cc_pack_put_alert(struct cc_pack_lines *l, struct cc_arena *a,
    const struct cc_pack_record *r)
{
	struct cc_buf b;

	cc_buf_init(&b, RECORD_BYTES);
	put_head(&b, r);
	put_wall(&b, "at", r->at);
	cc_buf_puts(&b, ", rung: ");
	cc_buf_puts(&b, r->word);
	cc_buf_puts(&b, ", to: [");
	for (unsigned i = 0; i < r->nto; i++) {
		cc_buf_puts(&b, i == 0 ? "" : ", ");
		cc_buf_puts(&b, r->to[i]);
	}
	cc_buf_puts(&b, "], severity: ");
	cc_buf_puts(&b, r->severity);
	put_end(l, a, &b);
}

/* ---- what is found --------------------------------------------------- */

static void
add_role(struct cc_pack_record *r, const char *role)
{
	for (unsigned i = 0; i < r->nto; i++)
		if (strcmp(r->to[i], role) == 0)
			return;
	r->to[r->nto++] = role;
}

static void
put_alerts(const struct cc_pack *p, const struct cc_clock *c, struct cc_wall now,
    struct cc_arena *a, struct cc_pack_lines *out)
{
	const struct cc_ladder *ladder = cc_ladder_for(&p->ladders, c);
	struct cc_alert alerts[CC_RUNGS_MAX];
	unsigned n = ladder == NULL ? 0 : cc_alerts_of(ladder, c, now, alerts);

	for (unsigned i = 0; i < n; i++) {
		struct cc_pack_record r = {.clock = c->rule->id, .subject = c->subject,
		    .period = c->period, .word = alerts[i].rung->name, .at = alerts[i].at,
		    .severity = cc_severity_text(alerts[i].rung->severity)};

		for (unsigned bit = 0; bit < 8; bit++)
			if ((alerts[i].rung->to & 1u << bit) != 0)
				add_role(&r, cc_rung_role(&p->chain, c->rule, bit));
		cc_pack_put_alert(out, a, &r);
	}
}

static struct cc_eval_options
options_of(const struct cc_pack_test *t, const struct cc_rule *rule)
{
	return (struct cc_eval_options){.now = t->now, .only_rule = rule->index,
	    .as_known = t->as_known, .as_known_at = t->known_at};
}

/* The pack, with the test's own calendar when it has one. */
static struct cc_pack
pack_of(const struct cc_pack *p, const struct cc_pack_test *t)
{
	struct cc_pack with = *p;

	if (t->calendar != NULL)
		with.calendar = *t->calendar;
	return with;
}

static enum cc_code
find(const struct cc_pack *p, const struct cc_pack_test *t, const struct cc_rule *rule,
    struct cc_arena *a, struct cc_pack_lines found[2], struct cc_err *reterr)
{
	struct cc_eval_options o = options_of(t, rule);
	struct cc_result r;
	enum cc_code code = cc_eval_case(p, &t->c, &o, a, &r, reterr);

	for (uint32_t i = 0; code == CC_OK && i < r.nclocks; i++) {
		const struct cc_clock *c = &r.clocks[i];
		struct cc_view v;
		struct cc_pack_record rec = {.clock = rule->id, .subject = c->subject,
		    .period = c->period};

		if (!cc_clock_view(c, t->now, &v))
			continue;
		rec.word = cc_state_text(v.state);
		rec.started = v.started;
		rec.due = v.due;
		rec.ended = v.ended;
		cc_pack_put_clock(&found[0], a, &rec);
		if (t->wants_alerts)
			put_alerts(p, c, t->now, a, &found[1]);
	}
	return code;
}

/* ---- what differs ---------------------------------------------------- */

static void
put_difference(struct cc_pack_lines *out, struct cc_arena *a, const char *sign,
    const char *line)
{
	size_t n = strlen(line);
	char *text = cc_arena_alloc(a, n + 3);

	if (text == NULL)
		return;
	memcpy(text, sign, 2);
	memcpy(text + 2, line, n + 1);
	cc_pack_lines_add(out, a, text);
}

/* Both are sorted. */
static void
compare(const struct cc_pack_lines *expect, const struct cc_pack_lines *found,
    struct cc_arena *a, struct cc_pack_lines *out)
{
	uint32_t i = 0, j = 0;

	while (i < expect->n || j < found->n) {
		int c = i == expect->n ? 1 : j == found->n ? -1 :
		    strcmp(expect->v[i], found->v[j]);

		if (c < 0)
			put_difference(out, a, "- ", expect->v[i]);
		else if (c > 0)
			put_difference(out, a, "+ ", found->v[j]);
		i += c <= 0;
		j += c >= 0;
	}
}

enum cc_code
cc_pack_test_run(const struct cc_pack *p, const struct cc_pack_test *t,
    struct cc_arena *a, struct cc_pack_lines *ret, struct cc_err *reterr)
{
	struct cc_pack_lines found[2] = {{.n = 0}, {.n = 0}}, out = {.n = 0};
	struct cc_pack with = pack_of(p, t);

	for (uint16_t i = 0; i < t->nrules; i++) {
		enum cc_code code = find(&with, t, t->rules[i], a, found, reterr);

		if (code != CC_OK)
			return code;
	}
	cc_pack_lines_sort(&found[0]);
	cc_pack_lines_sort(&found[1]);
	compare(&t->clocks, &found[0], a, &out);
	if (t->wants_alerts)
		compare(&t->alerts, &found[1], a, &out);
	if (a->failed)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to run a test");
	*ret = out;
	return CC_OK;
}

enum cc_code
cc_pack_test_why(const struct cc_pack *p, const struct cc_pack_test *t,
    const struct cc_rule *rule, struct cc_arena *a, struct cc_why *ret,
    struct cc_err *reterr)
{
	struct cc_eval_options o = options_of(t, rule);
	struct cc_pack with = pack_of(p, t);

	return cc_why_not(&with, &t->c, &o, a, ret, reterr);
}
