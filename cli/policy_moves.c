#include "cli/policy_moves.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cases.h"
#include "cli/command.h"
#include "cli/lines.h"
#include "policy/heap.h"
#include "wire/line.h"

#define CASE_ARENA ((size_t)1 << 30)

enum { LINE_ARENA = 4 * 1024 * 1024, ROLES = 32, TO_TEXT = 256 };

/* How many alerts a role would get that it does not get now, or the other way. */
struct role {
	const char *name;
	unsigned more, fewer;
};

struct moving {
	const struct cc_moves *m;
	struct cc_cases cases;
	struct cc_arena line_arena, case_arena;
	struct cc_wall now;
	struct role roles[ROLES];
	unsigned nroles;
	unsigned long total, touched, move, change, appear, vanish;
	bool headed;		/* the present case's line is out */
	bool refused, failed;
};

/* A clock as one of the packs sees it; clock NULL: not at all. */
struct seen {
	const struct cc_pack *pack;
	const struct cc_clock *clock;
	struct cc_view view;
	struct cc_alert alerts[CC_RUNGS_MAX];
	unsigned nalerts;
};

/* ---- reading --------------------------------------------------------- */

static void
refuse(struct moving *v, uint64_t line, const struct cc_refused *r)
{
	(void)fprintf(stderr, "line %llu: %s%s%s: %s\n", (unsigned long long)line,
	    cc_refusal_text(r->code), r->pointer[0] == '\0' ? "" : " ", r->pointer,
	    r->message);
	v->refused = true;
}

static void
on_conflict(void *self, uint64_t line, uint64_t first)
{
	struct cc_refused r = {.code = CC_NOT_REFUSED};

	cc_refuse(&r, CC_REFUSED_ID_CONFLICT, "/id",
	    "line %llu has the same source and id with other content, and stands",
	    (unsigned long long)first);
	refuse(self, line, &r);
}

/* An event that only one of the packs knows is good: the other passes over it. */
static const struct cc_pack *
parse(struct moving *v, struct cc_str text, struct cc_draft *d, struct cc_refused *why)
{
	const struct cc_pack *packs[] = {v->m->after, v->m->before};

	for (unsigned i = 0; i < 2; i++) {
		struct cc_line_rules rules = {.schema = &packs[i]->schema,
		    .zones = packs[i]->zones, .max_bytes = CC_LINES_MAX, .may_send = true};
		struct cc_refused other;

		if (cc_wire_event_parse(&rules, text, &v->line_arena, d, i == 0 ? why : &other))
			return packs[i];
	}
	return NULL;
}

static enum cc_code
take_line(struct moving *v, const struct cc_text_line *l, struct cc_err *err)
{
	const struct cc_pack *p;
	struct cc_draft d;
	struct cc_refused why;
	struct cc_str bytes;
	enum cc_code code;

	if (l->too_long) {
		cc_wire_line_too_large(CC_LINES_MAX, &why);
		refuse(v, l->number, &why);
		return CC_OK;
	}
	if (cc_wire_line_blank(l->text))
		return CC_OK;
	cc_arena_reset(&v->line_arena);
	p = parse(v, l->text, &d, &why);
	if (p == NULL) {
		refuse(v, l->number, &why);
		return CC_OK;
	}
	code = cc_event_encode(&p->schema, &d, &v->line_arena, &bytes, err);
	return code != CC_OK ? code : cc_cases_add(&v->cases, l->number, &d, bytes, err);
}

static enum cc_code
take_lines(struct moving *v, int fd, struct cc_err *err)
{
	struct cc_lines lines;
	struct cc_text_line l;
	enum cc_code code = cc_lines_open(&lines, fd, err);

	while (code == CC_OK) {
		code = cc_lines_next(&lines, &l, err);
		if (code == CC_OK)
			code = take_line(v, &l, err);
	}
	cc_lines_close(&lines);
	return code == CC_ENOENT ? cc_cases_end(&v->cases, err) : code;
}

/* ---- one clock ------------------------------------------------------- */

static struct seen
see(const struct cc_pack *p, const struct cc_clock *c, struct cc_wall now)
{
	struct seen s = {.pack = p};
	const struct cc_ladder *l;

	if (c == NULL || !cc_clock_view(c, now, &s.view))
		return s;
	s.clock = c;
	l = cc_ladder_for(&p->ladders, c);
	if (l != NULL)
		s.nalerts = cc_alerts_of(l, c, now, s.alerts);
	return s;
}

static bool
same_view(const struct seen *a, const struct seen *b)
{
	return a->view.state == b->view.state && a->view.started.s == b->view.started.s &&
	    a->view.due.s == b->view.due.s && a->view.ended.s == b->view.ended.s;
}

static void
roles_text(const struct seen *s, const struct cc_rung *r, char ret[TO_TEXT])
{
	const char *last = "";
	size_t n = 0;

	ret[0] = '\0';
	for (unsigned bit = 0; bit < 8; bit++) {
		const char *role = cc_rung_role(&s->pack->chain, s->clock->rule, bit);
		int k;

		if ((r->to & 1u << bit) == 0 || strcmp(role, last) == 0)
			continue;
		k = snprintf(ret + n, TO_TEXT - n, "%s%s", n == 0 ? "" : ", ", role);
		if (k < 0 || (size_t)k >= TO_TEXT - n)
			return;
		n += (size_t)k;
		last = role;
	}
}

static bool
has_alert(const struct seen *s, const struct cc_alert *a, const char *to)
{
	char other[TO_TEXT];

	for (unsigned i = 0; i < s->nalerts; i++) {
		if (s->alerts[i].at.s != a->at.s ||
		    strcmp(s->alerts[i].rung->name, a->rung->name) != 0 ||
		    s->alerts[i].rung->severity != a->rung->severity)
			continue;
		roles_text(s, s->alerts[i].rung, other);
		if (strcmp(other, to) == 0)
			return true;
	}
	return false;
}

static void
count_role(struct moving *v, const char *name, bool more)
{
	unsigned i = 0;

	while (i < v->nroles && strcmp(v->roles[i].name, name) != 0)
		i++;
	if (i == v->nroles) {
		if (i == ROLES)
			return;	/* a chain has 8 roles, and assignments are few */
		v->roles[v->nroles++] = (struct role){.name = name};
	}
	v->roles[i].more += more;
	v->roles[i].fewer += !more;
}

static void
count_roles(struct moving *v, const struct seen *s, const struct cc_rung *r, bool more)
{
	const char *last = "";

	for (unsigned bit = 0; bit < 8; bit++) {
		const char *role = cc_rung_role(&s->pack->chain, s->clock->rule, bit);

		if ((r->to & 1u << bit) == 0 || strcmp(role, last) == 0)
			continue;
		count_role(v, role, more);
		last = role;
	}
}

/* ---- printing -------------------------------------------------------- */

static void
head(struct moving *v, const struct cc_case *c, const struct cc_zone *z)
{
	if (v->headed)
		return;
	v->headed = true;
	v->touched++;
	printf("\ncase %.*s (%s)\n", (int)c->id.n, c->id.p, z->name);
}

static void
print_time(const char *word, const struct cc_zone *z, struct cc_wall t)
{
	char text[CC_LOCAL_TEXT];

	if (!cc_given(t))
		return;
	cc_local_format(z, t, text);
	printf("%s%s", word, text);
}

/* A duty at once has no number, and nobody is reproached with one. */
static const char *
duty_words(enum cc_state state)
{
	if (cc_state_live(state))
		return "to be done at once";
	return state == CC_STATE_MET || state == CC_STATE_LATE ? "done" : cc_state_text(state);
}

static void
print_view(const struct seen *s, const struct cc_zone *z)
{
	bool immediate = s->clock->rule->kind == CC_KIND_IMMEDIATE;

	printf("%s", immediate ? duty_words(s->view.state) : cc_state_text(s->view.state));
	print_time(", started ", z, s->view.started);
	print_time(immediate ? "" : ", due ", z, immediate ? CC_NEVER : s->view.due);
	print_time(", ended ", z, s->view.ended);
}

/* The alerts of `s` that `other` does not have. */
static void
print_alerts(struct moving *v, const struct seen *s, const struct seen *other,
    const struct cc_zone *z)
{
	bool more = s->pack == v->m->after;

	for (unsigned i = 0; i < s->nalerts; i++) {
		const struct cc_alert *a = &s->alerts[i];
		char to[TO_TEXT];

		roles_text(s, a->rung, to);
		if (has_alert(other, a, to))
			continue;
		printf("    %s %s", more ? "tells" : "no longer tells", to);
		printf(": %s, %s", cc_severity_text(a->rung->severity), a->rung->name);
		print_time(", ", z, a->at);
		printf("\n");
		count_roles(v, s, a->rung, more);
	}
}

static bool
alerts_differ(const struct seen *a, const struct seen *b)
{
	for (unsigned i = 0; i < a->nalerts; i++) {
		char to[TO_TEXT];

		roles_text(a, a->alerts[i].rung, to);
		if (!has_alert(b, &a->alerts[i], to))
			return true;
	}
	return a->nalerts != b->nalerts;
}

/* What becomes of the clock, in one word; NULL: nothing. */
static const char *
fate(struct moving *v, const struct seen *old, const struct seen *new)
{
	if (old->clock == NULL && new->clock == NULL)
		return NULL;
	if (old->clock == NULL || new->clock == NULL) {
		v->appear += old->clock == NULL;
		v->vanish += new->clock == NULL;
		return old->clock == NULL ? "appears" : "vanishes";
	}
	if (old->view.due.s != new->view.due.s) {
		v->move++;
		return "moves";
	}
	if (same_view(old, new) && !alerts_differ(old, new))
		return NULL;
	v->change++;
	return "changes";
}

static void
print_pair(struct moving *v, const struct cc_case *c, const struct cc_zone *z,
    const struct cc_clock *const pair[2])
{
	struct seen old = see(v->m->before, pair[0], v->now);
	struct seen new = see(v->m->after, pair[1], v->now);
	const char *word = fate(v, &old, &new);
	const struct cc_clock *k = new.clock != NULL ? new.clock : old.clock;

	if (word == NULL)
		return;
	head(v, c, z);
	printf("  %-9s %s %.*s", word, k->rule->id, (int)k->subject.n, k->subject.p);
	if (k->period != 1)
		printf(" (%u)", (unsigned)k->period);
	printf("\n");
	if (old.clock != NULL && (new.clock == NULL || !same_view(&old, &new))) {
		printf("    was: ");
		print_view(&old, z);
		printf("\n");
	}
	if (new.clock != NULL) {
		printf("    %s: ", old.clock != NULL && same_view(&old, &new) ? "as before" :
		    "now");
		print_view(&new, z);
		printf("\n");
	}
	print_alerts(v, &new, &old, z);
	print_alerts(v, &old, &new, z);
}

/* ---- one case -------------------------------------------------------- */

static int
cmp_instance(const struct cc_clock *a, const struct cc_clock *b)
{
	int c = strcmp(a->rule->id, b->rule->id);

	if (c == 0)
		c = cc_str_cmp(a->subject, b->subject);
	if (c == 0)
		c = cc_str_cmp(a->origin_id, b->origin_id);
	if (c == 0)
		c = cc_str_cmp(a->origin_source, b->origin_source);
	return c != 0 ? c : (a->same > b->same) - (a->same < b->same);
}

static int
by_instance(const void *a, const void *b)
{
	return cmp_instance(*(const struct cc_clock *const *)a,
	    *(const struct cc_clock *const *)b);
}

static const struct cc_clock **
sorted(struct moving *v, const struct cc_result *r)
{
	const struct cc_clock **p = cc_arena_array(&v->case_arena, (size_t)r->nclocks + 1,
	    sizeof *p);

	for (uint32_t i = 0; p != NULL && i < r->nclocks; i++)
		p[i] = &r->clocks[i];
	if (p != NULL && r->nclocks > 1)
		qsort(p, r->nclocks, sizeof *p, by_instance);
	return p;
}

static enum cc_code
compare(struct moving *v, const struct cc_case *c, const struct cc_result r[2],
    struct cc_err *err)
{
	const struct cc_clock **old = sorted(v, &r[0]), **new = sorted(v, &r[1]);
	uint32_t i = 0, k = 0;

	if (old == NULL || new == NULL)
		return cc_fail(err, CC_ENOMEM, 0, "no memory to compare");
	while (i < r[0].nclocks || k < r[1].nclocks) {
		int cmp = i == r[0].nclocks ? 1 : k == r[1].nclocks ? -1 :
		    cmp_instance(old[i], new[k]);
		const struct cc_clock *const pair[2] = {cmp <= 0 ? old[i] : NULL,
		    cmp >= 0 ? new[k] : NULL};

		print_pair(v, c, r[1].zone, pair);
		i += cmp <= 0;
		k += cmp >= 0;
	}
	return CC_OK;
}

static enum cc_code
evaluate(struct moving *v, const struct cc_case *c, struct cc_err *err)
{
	struct cc_eval_options o = {.now = v->now, .only_rule = -1};
	struct cc_result r[2];
	enum cc_code code;

	code = cc_eval_case(v->m->before, c, &o, &v->case_arena, &r[0], err);
	if (code == CC_OK)
		code = cc_eval_case(v->m->after, c, &o, &v->case_arena, &r[1], err);
	return code == CC_OK ? compare(v, c, r, err) : code;
}

/* A case that cannot be evaluated does not stop the others. */
static enum cc_code
take_cases(struct moving *v, struct cc_err *err)
{
	enum cc_code code = CC_OK;
	struct cc_case c;
	bool fits;

	for (;;) {
		cc_arena_reset(&v->case_arena);
		code = cc_cases_next(&v->cases, &v->case_arena, &c, &fits, err);
		if (code != CC_OK)
			return code == CC_ENOENT ? CC_OK : code;
		v->total++;
		v->headed = false;
		if (!fits)
			code = cc_fail(err, CC_ERANGE, 0, "more than %d events, or more than %zu "
			    "MiB of them", (int)CC_CASE_EVENTS_MAX, CASE_ARENA >> 20);
		else
			code = evaluate(v, &c, err);
		if (code != CC_OK) {
			cc_complain("case %.*s: %s", (int)c.id.n, c.id.p, err->msg);
			v->failed = true;
		}
	}
}

/* ---- all ------------------------------------------------------------- */

static void
print_sum(const struct moving *v)
{
	char now[CC_WALL_TEXT] = "no event";

	if (cc_given(v->now))
		cc_wall_format(v->now, now);
	printf("\nAs of %s: %lu of %lu cases touched; %lu clocks move, %lu change otherwise, "
	    "%lu appear, %lu vanish.\n", now, v->touched, v->total, v->move, v->change,
	    v->appear, v->vanish);
	for (unsigned i = 0; i < v->nroles; i++)
		printf("  %s: %u alerts more, %u fewer\n", v->roles[i].name, v->roles[i].more,
		    v->roles[i].fewer);
}

static int
run(struct moving *v, int fd)
{
	struct cc_cases_settings settings = {
		.memory = CC_CASES_MEMORY, .on_conflict = on_conflict, .self = v
	};
	struct cc_err err;
	enum cc_code code;

	cc_cases_init(&v->cases, &settings);
	cc_heap_arena_init(&v->line_arena, LINE_ARENA);
	cc_heap_arena_init(&v->case_arena, CASE_ARENA);
	code = take_lines(v, fd, &err);
	v->now = cc_given(v->m->now) ? v->m->now : v->cases.latest;
	if (code == CC_OK)
		code = take_cases(v, &err);
	if (code == CC_OK)
		print_sum(v);
	else
		cc_complain("policy diff: %s: %s", v->m->file, err.msg);
	cc_arena_done(&v->case_arena);
	cc_arena_done(&v->line_arena);
	cc_cases_done(&v->cases);
	if (code != CC_OK || v->failed)
		return CC_EXIT_FAILED;
	return v->refused ? CC_EXIT_REFUSED : CC_EXIT_DONE;
}

int
cc_moves_print(const struct cc_moves *m)
{
	struct moving v = {.m = m};
	bool standard = strcmp(m->file, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(m->file, O_RDONLY | O_CLOEXEC);
	int code;

	if (fd < 0) {
		cc_complain("policy diff: %s: %s", m->file, strerror(errno));
		return CC_EXIT_FAILED;
	}
	code = run(&v, fd);
	if (!standard)
		(void)close(fd); /* only read from */
	return code;
}
