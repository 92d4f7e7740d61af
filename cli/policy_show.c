#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/pack.h"
#include "cli/table.h"
#include "cli/when.h"
#include "policy/heap.h"
#include "policy/pack_source.h"
#include "scheduler/program.h"

enum { SOURCE_ARENA = 64 * 1024 * 1024, TO_TEXT = 256, WORDS_TEXT = 96, LABEL = 12,
	RULES_MAX = 2048 };

/* ---- all rules ------------------------------------------------------- */

static int
show_all(const struct cc_pack *p)
{
	static const struct cc_column columns[] = {
		{.title = "RULE"}, {.title = "KIND"}, {.title = "RECORDS"},
		{.title = "SECTION"}, {.title = "TITLE", .may_cut = true},
	};
	struct cc_table t;

	cc_table_begin(&t, stdout, columns, sizeof columns / sizeof columns[0]);
	for (uint16_t i = 0; i < p->nrules; i++) {
		const struct cc_rule *r = p->rules[i];

		cc_table_cell(&t, r->id, r->safety ? CC_BOLD : CC_PLAIN);
		cc_table_cell(&t, cc_kind_text(r->kind), CC_PLAIN);
		cc_table_cell(&t, r->silent ? "none" : "yes", CC_PLAIN);
		cc_table_cell(&t, r->section, CC_PLAIN);
		cc_table_cell(&t, r->title, CC_PLAIN);
	}
	if (cc_table_end(&t))
		return CC_EXIT_DONE;
	cc_complain("policy show: no memory for the table");
	return CC_EXIT_FAILED;
}

/* ---- the ladder ------------------------------------------------------ */

static void
rung_words(const struct cc_rung *r, char ret[WORDS_TEXT])
{
	char length[CC_LENGTH_TEXT];

	if (r->base != CC_RUNG_ELAPSED)
		cc_length_text(r->amount, length);
	switch (r->base) {
	case CC_RUNG_BEFORE:
		(void)snprintf(ret, WORDS_TEXT, "%s before the due", length);
		break;
	case CC_RUNG_ELAPSED:
		(void)snprintf(ret, WORDS_TEXT, "%d %% of the way from start to due",
		    (int)r->amount);
		break;
	case CC_RUNG_BREACH:
		(void)snprintf(ret, WORDS_TEXT, "the second after the due");
		break;
	case CC_RUNG_AFTER:
		(void)snprintf(ret, WORDS_TEXT, "%s after the due", length);
		break;
	case CC_RUNG_RAISE:
		(void)snprintf(ret, WORDS_TEXT, "when it begins to exist");
		break;
	case CC_RUNG_REMIND:
		(void)snprintf(ret, WORDS_TEXT, "%s after it begins to exist", length);
		break;
	case CC_RUNG_FAILED:
		(void)snprintf(ret, WORDS_TEXT, "at the guarded event, when the test fails");
		break;
	}
}

/* Each role once: the top of the chain stands for all above it. */
static void
roles_text(const struct cc_pack *p, const struct cc_rule *rule, uint8_t to,
    char ret[TO_TEXT])
{
	const char *last = "";
	size_t n = 0;

	ret[0] = '\0';
	for (unsigned bit = 0; bit < 8; bit++) {
		const char *role = cc_rung_role(&p->chain, rule, bit);
		int k;

		if ((to & 1u << bit) == 0 || strcmp(role, last) == 0)
			continue;
		k = snprintf(ret + n, TO_TEXT - n, "%s%s", n == 0 ? "" : ", ", role);
		if (k < 0 || (size_t)k >= TO_TEXT - n)
			return;
		n += (size_t)k;
		last = role;
	}
}

static bool
print_ladder(const struct cc_pack *p, const struct cc_rule *rule,
    const struct cc_ladder *l)
{
	static const struct cc_column columns[] = {
		{.title = "  RUNG"}, {.title = "INSTANT"}, {.title = "TOLD"},
		{.title = "SEVERITY"},
	};
	struct cc_table t;

	cc_table_begin(&t, stdout, columns, sizeof columns / sizeof columns[0]);
	for (uint16_t i = 0; i < l->nrungs; i++) {
		char name[64], words[WORDS_TEXT], to[TO_TEXT];

		(void)snprintf(name, sizeof name, "  %s", l->rungs[i].name); /* cut is fine */
		rung_words(&l->rungs[i], words);
		roles_text(p, rule, l->rungs[i].to, to);
		cc_table_cell(&t, name, CC_PLAIN);
		cc_table_cell(&t, words, CC_PLAIN);
		cc_table_cell(&t, to, CC_PLAIN);
		cc_table_cell(&t, cc_severity_text(l->rungs[i].severity), CC_PLAIN);
	}
	return cc_table_end(&t);
}

static void
print_condition(const struct cc_ladder_choice *ch)
{
	char length[CC_LENGTH_TEXT];

	printf("\nLadder \"%s\"", ch->ladder->name);
	if (ch->needs_due)
		printf(" of a clock with a due");
	if (ch->min_len > INT64_MIN) {
		cc_length_text(ch->min_len - 1, length);
		printf(", more than %s from start to due", length);
	}
	if (ch->max_len < INT64_MAX) {
		cc_length_text(ch->max_len, length);
		printf(", at most %s from start to due", length);
	}
	printf(":\n");
}

static bool
print_ladders(const struct cc_pack *p, const struct cc_rule *r)
{
	bool any = false;

	if (r->ladder != NULL) {
		printf("\nLadder \"%s\", its own:\n", r->ladder->name);
		return print_ladder(p, r, r->ladder);
	}
	for (uint16_t i = 0; i < p->ladders.n; i++) {
		const struct cc_ladder_choice *ch = &p->ladders.choices[i];

		if ((ch->kinds >> r->kind & 1) == 0)
			continue;
		any = true;
		print_condition(ch);
		if (!print_ladder(p, r, ch->ladder))
			return false;
	}
	if (!any)
		printf("\nNobody is told: no ladder is for its kind.\n");
	return true;
}

/* ---- the rule as it is written --------------------------------------- */

static void
print_indent(unsigned n)
{
	printf("%*s", (int)n, "");
}

static void print_value(const struct cc_yaml *y, unsigned indent);

static void
print_map(const struct cc_yaml *y, unsigned indent, bool first_inline)
{
	for (uint32_t i = 0; i < y->n; i++) {
		if (i > 0 || !first_inline)
			print_indent(indent);
		printf("%s:", y->keys[i]->text);
		print_value(y->items[i], indent);
	}
}

static void
print_list(const struct cc_yaml *y, unsigned indent)
{
	for (uint32_t i = 0; i < y->n; i++) {
		print_indent(indent + 2);
		printf("-");
		if (y->items[i]->kind == CC_YAML_MAP) {
			printf(" ");
			print_map(y->items[i], indent + 4, true);
		} else {
			print_value(y->items[i], indent + 2);
		}
	}
}

/* After a key or a dash: on the same line when it is a text. */
static void
print_value(const struct cc_yaml *y, unsigned indent)
{
	if (y->kind == CC_YAML_SCALAR) {
		printf(" %s\n", y->text);
		return;
	}
	printf("\n");
	if (y->kind == CC_YAML_LIST)
		print_list(y, indent);
	else
		print_map(y, indent + 2, false);
}

static bool
told_above(const char *key)
{
	static const char *const keys[] = {"rule", "title", "section", "kind", "responsible",
	    "assignment", "program", "safety", "reason", "records"};

	for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static void
print_written(const struct cc_yaml *y)
{
	bool any = false;

	for (uint32_t i = 0; i < y->n; i++) {
		if (told_above(y->keys[i]->text))
			continue;
		printf("%s  %s:", any ? "" : "\nAs written:\n", y->keys[i]->text);
		print_value(y->items[i], 2);
		any = true;
	}
}

/* ---- one rule -------------------------------------------------------- */

static void
print_fact(const char *label, const char *text)
{
	printf("  %-*s %s\n", LABEL, label, text);
}

static void
print_types(const struct cc_pack *p, const struct cc_types *t)
{
	const char *comma = "";
	size_t column = LABEL + 3;

	printf("  %-*s ", LABEL, "touched by");
	for (uint16_t i = 0; i < p->schema.ntypes; i++) {
		const char *name = p->schema.types[i].name;

		if ((t->w[i / 64] >> (i % 64) & 1) == 0)
			continue;
		if (column + strlen(name) > 78) {
			printf("%s\n%*s", comma, LABEL + 3, "");
			comma = "";
			column = LABEL + 3;
		}
		printf("%s%s", *comma == '\0' ? "" : ", ", name);
		column += strlen(name) + 2;
		comma = ",";
	}
	printf("%s\n", *comma == '\0' ? "no event" : "");
}

static void
print_facts(const struct cc_pack *p, const struct cc_rulex *x)
{
	const struct cc_rule *r = &x->pub;
	char who[128], place[512];

	(void)snprintf(who, sizeof who, "%s%s%s%s%s", p->chain.role[r->responsible],
	    r->assignment == NULL ? "" : ", by the assignment ",
	    r->assignment == NULL ? "" : r->assignment,
	    r->program == NULL ? "" : ", of the program ",
	    r->program == NULL ? "" : r->program);
	(void)snprintf(place, sizeof place, "%s:%u", r->file, r->line);
	printf("%s\n", r->id);
	print_fact("title", r->title);
	print_fact("section", r->section);
	print_fact("kind", cc_kind_text(r->kind));
	print_fact("responsible", who);
	if (r->safety)
		print_fact("safety", "yes: nothing may hold its alerts back");
	print_fact("written in", place);
	if (x->records) {
		print_types(p, &x->deps);
	} else {
		print_fact("records", "none");
		print_fact("reason", x->reason == NULL ? "not said" : x->reason);
	}
}

static const struct cc_rulex *
find_rule(const struct cc_pack *p, const char *id)
{
	const char *names[RULES_MAX], *near;
	unsigned n = 0;

	for (uint16_t i = 0; i < p->nrules; i++) {
		if (strcmp(p->rules[i]->id, id) == 0)
			return &p->program->rules[i];
		if (n < RULES_MAX)
			names[n++] = p->rules[i]->id;
	}
	near = cc_nearest(id, strlen(id), names, n);
	cc_complain("there is no rule %.80s%s%s%s", id, near == NULL ? "" : "; did you mean ",
	    near == NULL ? "" : near, near == NULL ? "" : "?");
	return NULL;
}

static int
show_one(const struct cc_pack *p, const char *dir, const char *id)
{
	const struct cc_rulex *x = find_rule(p, id);
	struct cc_pack_source s;
	struct cc_diags diags = {.n = 0};
	const struct cc_pack_decl *d;
	struct cc_arena a;
	struct cc_err err;
	int code = CC_EXIT_DONE;

	if (x == NULL)
		return CC_EXIT_FAILED;
	cc_heap_arena_init(&a, SOURCE_ARENA);
	print_facts(p, x);
	if (cc_pack_source_read(dir, &a, &diags, &s, &err) != CC_OK) {
		cc_complain("policy show: %s", err.msg);
		code = CC_EXIT_FAILED;
	} else {
		d = cc_pack_source_find(&s, CC_PART_RULE,
		    (struct cc_str){id, (uint32_t)strlen(id)});
		if (d != NULL)
			print_written(d->yaml);
		if (x->records && !print_ladders(p, &x->pub))
			code = CC_EXIT_FAILED;
	}
	cc_diags_done(&diags);
	cc_arena_done(&a);
	return code;
}

static int
run(const struct cc_args *a)
{
	const char *dir = cc_args_value(a, "policy", 0);
	unsigned at = dir == NULL ? 1 : 0;
	const char *id;
	struct cc_loaded l;
	int code;

	if (dir == NULL)
		dir = cc_args_plain(a, 0);
	if (dir == NULL)
		return cc_misused("policy show: which pack?  caseclock policy show DIR [RULE]");
	if (a->nplain > at + 1)
		return cc_misused("policy show: one rule at a time");
	id = cc_args_plain(a, at);
	if (cc_loaded_open(&l, dir, NULL))
		code = id == NULL ? show_all(l.pack) : show_one(l.pack, dir, id);
	else
		code = l.refused ? CC_EXIT_REFUSED : CC_EXIT_FAILED;
	cc_loaded_done(&l);
	return code;
}

static const struct cc_option options[] = {
	{.name = "policy", .value = "DIR",
	    .help = "The policy pack, instead of the first argument"},
};

const struct cc_command cc_command_policy_show = {
	.name = "policy show", .usage = "DIR [RULE]",
	.summary = "Show the rules of a policy pack, or one in full",
	.details = "Without RULE a table of all.  With it: what it asks for, of whom, who is\n"
	    "told when, which events touch it, and the expressions as they are written.",
	.args = {options, sizeof options / sizeof options[0], 0, 2}, .run = run,
};
