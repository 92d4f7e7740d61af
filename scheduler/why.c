#include "scheduler/why.h"

#include <stdio.h>
#include <string.h>

#include "scheduler/derive.h"

/* ---- text that is cut to fit ------------------------------------------ */

struct line {
	char *p;
	size_t n, cap;
};

static void CC_PRINTF(2, 3)
say(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int k;

	va_start(ap, fmt);
	k = vsnprintf(l->p + l->n, l->cap - l->n, fmt, ap);
	va_end(ap);
	if (k > 0)
		l->n = l->n + (size_t)k < l->cap ? l->n + (size_t)k : l->cap - 1;
}

/* ---- which element ---------------------------------------------------- */

static void
say_event(struct line *l, const struct cc_walk *w, int64_t place)
{
	struct cc_str id = w->h->symbols.text[w->h->events[place].id];

	say(l, "%.*s", (int)id.n, id.p);
}

static void
say_attr(struct line *l, const struct cc_walk *w, enum cc_vtype t, const struct cc_val *v)
{
	if (t == CC_V_EVENT)
		say_event(l, w, v->i);
	else
		say(l, "%.*s", (int)w->h->symbols.text[v->i].n, w->h->symbols.text[v->i].p);
}

static const char *
attr_name(const struct cc_walk *w, const struct cc_reckind *k, unsigned place)
{
	for (uint16_t i = 0; i < w->prog->nattr_names; i++)
		if (k->slot_of[i] == place + 1)
			return w->prog->attr_names[i];
	return "";
}

/* The events and ids of a member. */
static void
say_member(struct line *l, const struct cc_walk *w, const struct cc_set *set,
    const struct cc_record *r)
{
	const char *comma = "(";

	for (uint16_t i = 0; i < set->nattrs; i++) {
		enum cc_vtype t = set->members[0].give[i]->type;

		if ((t != CC_V_EVENT && t != CC_V_ID) || !r->attrs[i].given)
			continue;
		say(l, "%s%s ", comma, attr_name(w, &w->prog->kinds[set->kind], i));
		say_attr(l, w, t, &r->attrs[i]);
		comma = ", ";
	}
	say(l, "%s", *comma == ',' ? ")" : "");
}

static void
say_record(struct line *l, const struct cc_walk *w, int64_t rec)
{
	const struct cc_record *r = &w->recs[rec];

	say(l, "%s", w->prog->kinds[r->kind].name);
	for (uint16_t i = 0; i < w->prog->nsets; i++)
		if (w->prog->sets[i].kind == r->kind && w->prog->sets[i].nmembers > 0)
			say_member(l, w, &w->prog->sets[i], r);
	for (uint16_t i = 0; i < w->prog->nspans; i++)
		if (w->prog->spans[i].kind == r->kind && r->attrs[CC_SPAN_START].given) {
			say(l, " from ");
			say_event(l, w, r->attrs[CC_SPAN_START].i);
		}
	for (uint16_t i = 0; i < w->prog->nrules; i++)
		if (w->prog->rules[i].kind == r->kind && r->attrs[CC_CLOCK_ORIGIN].given) {
			say(l, " of ");
			say_event(l, w, r->attrs[CC_CLOCK_ORIGIN].i);
		}
}

static const char *
names_of(struct cc_walk *w, const struct cc_rulex *r)
{
	char text[CC_WHY_TEXT];
	struct line l = {text, 0, sizeof text};

	text[0] = '\0';
	for (uint16_t i = 0; i < r->ngens; i++) {
		const struct cc_val *v = cc_slot(w, r->gens[i].slot);

		say(&l, "%s%s = ", i == 0 ? "" : ", ", r->gens[i].name);
		if (r->gens[i].seq->type == CC_V_EVENTS)
			say_event(&l, w, v->i);
		else if (r->gens[i].seq->type == CC_V_RECS)
			say_record(&l, w, v->i);
		else if (r->gens[i].seq->type == CC_V_IDS)
			say_attr(&l, w, CC_V_ID, v);
		else
			say(&l, "%s", w->pack->schema.codes[v->i]);
	}
	return cc_arena_text(w->keep, text, l.n);
}

/* ---- notes on the way ------------------------------------------------- */

uint32_t
cc_why_begin(struct cc_walk *w, const struct cc_rulex *r)
{
	struct cc_why_log *log = w->why;

	if (log == NULL || log->rule != r)
		return 0;
	log->total++;
	if (log->n == CC_WHY_MAX)
		return 0;
	log->choices[log->n] = (struct cc_why_choice){.names = names_of(w, r),
	    .trial = log->total};
	return ++log->n;
}

/* The operands of `and`, from left to right; parts past the last are one. */
static unsigned
take_apart(const struct cc_node *n, const struct cc_node *part[CC_WHY_PARTS], unsigned k)
{
	if (n->op == CC_OP_AND && k + 1 < CC_WHY_PARTS) {
		k = take_apart(n->k[0], part, k);
		return k < CC_WHY_PARTS ? take_apart(n->k[1], part, k) : k;
	}
	part[k] = n;
	return k + 1;
}

static uint16_t
failed_parts(struct cc_walk *w, const struct cc_node *where)
{
	const struct cc_node *part[CC_WHY_PARTS];
	unsigned n = take_apart(where, part, 0);
	uint16_t bits = 0;

	for (unsigned i = 0; i < n; i++) {
		struct cc_val v = cc_walk_val(w, part[i]);

		if (!v.given || v.i == 0)
			bits |= (uint16_t)(1u << i);
	}
	return bits;
}

void
cc_why_end(struct cc_walk *w, uint32_t choice, enum cc_why_outcome o)
{
	struct cc_why_choice *c;

	if (choice == 0)
		return;
	c = &w->why->choices[choice - 1];
	c->outcome = o;
	if (o == CC_WHY_WHERE)
		c->parts = failed_parts(w, w->why->rule->where);
}

/* A chain's further periods are choices of their own, side by side with the
 * first. */
static struct cc_why_choice *
place_for(struct cc_why_log *log, uint32_t choice)
{
	struct cc_why_choice *first = &log->choices[choice - 1];

	if (first->outcome == 0)
		return first;
	if (log->n == CC_WHY_MAX)
		return NULL;
	log->choices[log->n] = *first;
	return &log->choices[log->n++];
}

static const struct cc_clock *
copy_clock(struct cc_walk *w, const struct cc_clock *c)
{
	struct cc_clock *copy = c == NULL ? NULL : cc_arena_alloc(w->keep, sizeof *copy);

	if (copy != NULL)
		*copy = *c;
	return copy;
}

void
cc_why_settled(struct cc_walk *w, uint32_t choice, const struct cc_clock *c,
    const struct cc_clock *by)
{
	struct cc_why_choice *to = choice == 0 ? NULL : place_for(w->why, choice);

	if (to == NULL)
		return;
	/* What agrees in `once_per` goes before anything has a number. */
	to->outcome = by == NULL ? CC_WHY_STANDS :
	    by->period == 0 ? CC_WHY_ONCE : CC_WHY_IGNORED;
	to->subject = c->subject;
	to->clock = copy_clock(w, c);
	to->by = copy_clock(w, by);
}

/* ---- no choice at all ------------------------------------------------- */

struct counting {
	const struct cc_rulex *rule;
	uint32_t with[CC_WHY_PARTS], without[CC_WHY_PARTS];
};

static void
count_choices(struct cc_walk *w, struct counting *c, uint16_t depth)
{
	const struct cc_gen *g;
	struct cc_val seq;

	if (depth == c->rule->ngens || depth == CC_WHY_PARTS)
		return;
	g = &c->rule->gens[depth];
	seq = cc_walk_seq(w, g->seq);
	c->with[depth] += seq.n;
	if (g->seq->op == CC_OP_FILTER)
		c->without[depth] += cc_walk_seq(w, g->seq->k[0]).n;
	for (uint32_t i = 0; i < seq.n && !w->failed; i++) {
		*cc_slot(w, g->slot) = cc_val_of(seq.v[i]);
		count_choices(w, c, (uint16_t)(depth + 1));
	}
}

static void
find_empty(struct cc_walk *w, struct cc_why *why)
{
	struct counting c = {.rule = why->rule};
	uint32_t old = cc_frame_enter(w, why->rule->nslots);

	count_choices(w, &c, 0);
	cc_frame_leave(w, old);
	for (uint16_t i = 0; i < why->rule->ngens && i < CC_WHY_PARTS; i++)
		if (c.with[i] == 0) {
			why->empty = i;
			why->unfiltered = c.without[i];
			return;
		}
}

/* ---- the parts of the condition as written ---------------------------- */

static bool
in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_';
}

static bool
is_word(const char *text, const char *p, const char *word)
{
	size_t n = strlen(word);

	return strncmp(p, word, n) == 0 && !in_word(p[n]) && (p == text || !in_word(p[-1]));
}

/* A quantifier's or an if's last part goes on to the end: what is `and` there
 * does not take the condition apart. */
static bool
goes_on(const char *text, const char *p)
{
	static const char *const words[] = {"every", "some", "if", "earliest", "latest", "all"};

	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (is_word(text, p, words[i]) && p[strlen(words[i])] == ' ')
			return true;
	return false;
}

static struct cc_str
trimmed(const char *from, const char *to)
{
	while (from < to && (*from == ' ' || *from == '\n'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\n'))
		to--;
	return (struct cc_str){from, (uint32_t)(to - from)};
}

static void
split_text(const char *text, struct cc_why *why)
{
	const char *from = text, *p = text;
	unsigned depth = 0;
	bool quoted = false, open = false;

	for (; *p != '\0'; p++) {
		quoted ^= *p == '"';
		if (quoted)
			continue;
		depth += *p == '(' || *p == '[' || *p == '{';
		depth -= depth > 0 && (*p == ')' || *p == ']' || *p == '}');
		open = open || (depth == 0 && goes_on(text, p));
		if (depth > 0 || open || !is_word(text, p, "and") ||
		    why->nparts + 1 >= CC_WHY_PARTS)
			continue;
		why->parts[why->nparts++] = trimmed(from, p);
		from = p + 3;
	}
	why->parts[why->nparts++] = trimmed(from, p);
}

static void
name_parts(struct cc_why *why)
{
	const struct cc_node *part[CC_WHY_PARTS];
	const char *text = why->rule->where_text;

	if (why->rule->where == NULL || text == NULL)
		return;
	split_text(text, why);
	if (why->nparts == take_apart(why->rule->where, part, 0))
		return;
	why->parts[0] = trimmed(text, text + strlen(text));
	why->nparts = 1;
}

/* ---- the question ----------------------------------------------------- */

static enum cc_code
ask(struct cc_walk *w, const struct cc_eval_options *o, struct cc_why_log *log,
    struct cc_why *why, struct cc_err *reterr)
{
	w->why = log;
	(void)cc_derive(w, (unsigned)o->only_rule);
	if (log->total == 0)
		find_empty(w, why);
	w->why = NULL;
	if (w->failed || w->keep->failed)
		return cc_fail(reterr, CC_ENOMEM, 0,
		    "evaluation: out of memory (the limit for one case is reached)");
	for (uint32_t i = 0; i < log->n; i++) {
		struct cc_why_choice *c = &log->choices[i];

		if (c->outcome == CC_WHY_STANDS && c->clock != NULL &&
		    c->clock->armed.s > o->now.s)
			c->outcome = CC_WHY_LATER;
	}
	why->choices = log->choices;
	why->nchoices = log->n;
	why->total = log->total;
	return CC_OK;
}

enum cc_code
cc_why_not(const struct cc_pack *p, const struct cc_case *c,
    const struct cc_eval_options *o, struct cc_arena *a, struct cc_why *ret,
    struct cc_err *reterr)
{
	struct cc_history *h = cc_arena_alloc(a, sizeof *h);
	struct cc_why why = {.empty = -1};
	struct cc_why_log log = {.n = 0};
	struct cc_walk w;
	enum cc_code code;

	if (o->only_rule < 0 || o->only_rule >= p->program->nrules)
		return cc_fail(reterr, CC_EINVAL, 0, "there is no such rule");
	why.rule = log.rule = &p->program->rules[o->only_rule];
	log.choices = cc_arena_array(a, CC_WHY_MAX, sizeof *log.choices);
	if (h == NULL || log.choices == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "evaluation: out of memory");
	code = cc_history_build(p, c, o, a, h, reterr);
	if (code != CC_OK)
		return code;
	name_parts(&why);
	code = cc_walk_init(&w, p, h, a, reterr);
	if (code == CC_OK)
		code = ask(&w, o, &log, &why, reterr);
	cc_walk_done(&w);
	why.zone = h->zone;
	if (code == CC_OK)
		*ret = why;
	return code;
}

/* ---- in words --------------------------------------------------------- */

static void
say_when(struct line *l, const struct cc_zone *z, struct cc_wall t)
{
	char text[CC_LOCAL_TEXT];

	cc_local_format(z, t, text);
	say(l, "%s", text);
}

static void
say_parts(struct line *l, const struct cc_why *w, uint16_t bits)
{
	const char *comma = "this does not hold: ";

	if (w->nparts == 1)
		bits = 1;	/* the whole, when it cannot be taken apart */
	for (uint16_t i = 0; i < w->nparts; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		say(l, "%s%.*s", comma, (int)w->parts[i].n, w->parts[i].p);
		comma = "; nor this: ";
	}
}

static void
say_by(struct line *l, const struct cc_why *w, const struct cc_clock *by)
{
	say(l, "that of %.*s begun by %.*s, from ", (int)by->subject.n, by->subject.p,
	    (int)by->origin_id.n, by->origin_id.p);
	say_when(l, w->zone, by->armed);
}

static void
say_outcome(struct line *l, const struct cc_why *w, const struct cc_why_choice *c)
{
	switch (c->outcome) {
	case CC_WHY_STANDS:
		say(l, "there is a clock for %.*s, number %u", (int)c->subject.n,
		    c->subject.p, (unsigned)c->clock->period);
		break;
	case CC_WHY_LATER:
		say(l, "there will be a clock for %.*s from ", (int)c->subject.n, c->subject.p);
		say_when(l, w->zone, c->clock->armed);
		break;
	case CC_WHY_WHERE:
		say_parts(l, w, c->parts);
		break;
	case CC_WHY_NOT_STARTED:
		say(l, "the instant to count from has not come%s%s",
		    w->rule->started_text == NULL ? "" : ": ",
		    w->rule->started_text == NULL ? "" : w->rule->started_text);
		break;
	case CC_WHY_NOT_ARMED:
		say(l, "what it waits for has not come: %s",
		    w->rule->armed_text == NULL ? "" : w->rule->armed_text);
		break;
	case CC_WHY_NO_SUBJECT:
		say(l, "whom it is for is not known");
		break;
	case CC_WHY_NO_CHAIN:
		say(l, "the event that begins the series has not come");
		break;
	case CC_WHY_STOPPED:
		say(l, "the series was stopped before it began");
		break;
	case CC_WHY_IGNORED:
		say(l, "an earlier clock still stood: ");
		say_by(l, w, c->by);
		break;
	case CC_WHY_ONCE:
		say(l, "another clock stands for it: ");
		say_by(l, w, c->by);
		break;
	}
}

void
cc_why_line(const struct cc_why *w, const struct cc_why_choice *choice,
    char ret[CC_WHY_LINE])
{
	struct line l = {ret, 0, CC_WHY_LINE};

	ret[0] = '\0';
	if (choice != NULL) {
		say(&l, "%s%s", choice->names, choice->names[0] == '\0' ? "" : ": ");
		say_outcome(&l, w, choice);
	} else if (!w->rule->records) {
		say(&l, "the rule prints no clocks%s%s", w->rule->reason == NULL ? "" : ": ",
		    w->rule->reason == NULL ? "" : w->rule->reason);
	} else if (w->empty >= 0) {
		say(&l, "nothing begins it: there is no %s", w->rule->gens[w->empty].text);
		if (w->unfiltered > 0)
			say(&l, " (%u without the condition in brackets)",
			    (unsigned)w->unfiltered);
	}
}
